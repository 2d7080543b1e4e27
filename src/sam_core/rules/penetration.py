"""RESP-2.1 to RESP-2.3: where an account has room, in each of the three ways, something is done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

from sam_core._words import count
from sam_core.book import Buyer, Location, Offering, Opportunity, OpportunityStatus, within
from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.penetration.modes import LineMode, Mode
from sam_core.penetration.whitespace import Whitespace
from sam_core.rulebook import rule
from sam_core.values import Maybe, Period, Unknown, Why
from sam_core.view import OfferedLine

__all__ = ["RULES"]


_day: Final = attrgetter("line.on")


def _won(line_modes: tuple[LineMode, ...], period: Period, as_of: date) -> Sequence[LineMode]:
    """The lines of the period so far."""
    return within(line_modes, period.to_date(as_of), _day)


def _vague(opportunity: Opportunity) -> bool:
    """It may be, or have been, about a cell that it does not name."""
    if opportunity.status is OpportunityStatus.WON:
        return False
    if isinstance(opportunity.lines, Unknown):
        return True
    return any(
        isinstance(value, Unknown)
        for line in opportunity.lines
        for value in (line.location_id, line.buyer_id, line.product_id)
    )


def _has_room(mode: Mode) -> Callable[..., bool]:
    """There is, or for all one can tell might be, a cell of that mode to sell into, or it was just won."""
    could_be = (mode, Mode.UNCLASSIFIED)

    def applies(
        whitespace: Whitespace,
        line_modes: tuple[LineMode, ...],
        offered_lines: Maybe[tuple[OfferedLine, ...]],
        opportunities: Maybe[tuple[Opportunity, ...]],
        buyers: Maybe[tuple[Buyer, ...]],
        locations: Maybe[tuple[Location, ...]],
        offering: Offering,  # noqa: ARG001  # without it the grid has only what was sold already
        period: Period,
        as_of: date,
    ) -> bool:
        if whitespace.never_bought:
            return False
        if (
            isinstance(offered_lines, Unknown)
            or isinstance(opportunities, Unknown)
            or isinstance(buyers, Unknown)
        ):
            return True
        return (
            (mode is Mode.NEW_LOCATION and isinstance(locations, Unknown))
            or any(one in whitespace.reach for one in could_be)
            or any(entry.mode in could_be for entry in _won(line_modes, period, as_of))
            or any(offered.mode in could_be for offered in offered_lines)
            or any(_vague(one) for one in opportunities)
            or any(isinstance(one.location_id, Unknown) for one in buyers)
        )

    return applies


def _pursued(
    mode: Mode,
    line_modes: tuple[LineMode, ...],
    offered_lines: tuple[OfferedLine, ...],
    opportunities: tuple[Opportunity, ...],
    space: Whitespace,
    period: Period,
    as_of: date,
) -> Judgement:
    won = _won(line_modes, period, as_of)
    evidence = tuple(entry.line.id for entry in won if entry.mode is mode)
    pipeline = tuple(dict.fromkeys(o.opportunity.id for o in offered_lines if o.mode is mode))
    room = space.reach.get(mode, 0)
    if evidence or pipeline:
        return met(
            f"{count(len(evidence), 'line')} won as {mode.value} in the period and "
            f"{count(len(pipeline), 'opportunity', 'opportunities')} open; "
            f"{count(space.room.get(mode, 0), 'cell is', 'cells are')} still open.",
            measured=len(evidence) + len(pipeline), expected=1, evidence=evidence[:5] + pipeline[:5],
        )  # fmt: skip
    unplaced = [
        o.id for o in opportunities if o.status is OpportunityStatus.OPEN and isinstance(o.lines, Unknown)
    ] + [o.opportunity.id for o in offered_lines if o.mode is Mode.UNCLASSIFIED]
    unclassified = [entry.line.id for entry in won if entry.mode is Mode.UNCLASSIFIED]
    if unplaced or unclassified:
        reason = Unknown(Why.BLANK, f"place, buyer or product of {(unclassified + unplaced)[0]}")
        name = "sale_lines" if unclassified else "opportunities.lines"
        return not_assessable(
            f"Some sales or open opportunities do not say enough to tell whether they are {mode.value}.",
            Missing(name, reason), evidence=tuple((unclassified + unplaced)[:5]),
        )  # fmt: skip
    if not room:
        reason = Unknown(Why.BLANK, "place, buyer or product of earlier sales, lost opportunities or buyers")
        return not_assessable(
            f"What is known does not say enough to tell whether there is room for a {mode.value}.",
            Missing("sale_lines", reason),
        )
    return not_met(
        f"{count(room, 'cell is', 'cells are')} open for a sale to a {mode.value}, and none is won or pursued in the period."
        if mode is not Mode.NEW_PRODUCT
        else f"{count(room, 'cell is', 'cells are')} open for a new product to a current buyer, and none is won or pursued in the period.",
        measured=0, expected=1,
    )  # fmt: skip


@rule("RESP-2.1.pursued", title="New products to current buyers", applies=_has_room(Mode.NEW_PRODUCT))
def new_products(
    line_modes: tuple[LineMode, ...],
    offered_lines: tuple[OfferedLine, ...],
    opportunities: tuple[Opportunity, ...],
    whitespace: Whitespace,
    buyers: tuple[Buyer, ...],  # noqa: ARG001  # without them nobody can tell who is still there
    period: Period,
    as_of: date,
) -> Judgement:
    """Where a current buyer does not own all that could be sold to it, a new product is won or offered.

    Fails when there are open cells for a new product to a current buyer, and none was won in the period
    and no open opportunity names one.
    """
    return _pursued(Mode.NEW_PRODUCT, line_modes, offered_lines, opportunities, whitespace, period, as_of)


@rule("RESP-2.2.pursued", title="New buyers where it buys", applies=_has_room(Mode.NEW_BUYER))
def new_buyers(
    line_modes: tuple[LineMode, ...],
    offered_lines: tuple[OfferedLine, ...],
    opportunities: tuple[Opportunity, ...],
    whitespace: Whitespace,
    buyers: tuple[Buyer, ...],  # noqa: ARG001  # without them nobody can tell who does not buy yet
    period: Period,
    as_of: date,
) -> Judgement:
    """Where a buying location has people who do not buy yet, one of them is won or being won.

    Fails when there are open cells for a new buyer at a location that buys, and none was won in the
    period and no open opportunity names one.
    """
    return _pursued(Mode.NEW_BUYER, line_modes, offered_lines, opportunities, whitespace, period, as_of)


@rule("RESP-2.3.pursued", title="New locations", applies=_has_room(Mode.NEW_LOCATION))
def new_locations(
    line_modes: tuple[LineMode, ...],
    offered_lines: tuple[OfferedLine, ...],
    opportunities: tuple[Opportunity, ...],
    whitespace: Whitespace,
    buyers: tuple[Buyer, ...],  # noqa: ARG001  # without them nobody can tell where they are
    locations: tuple[Location, ...],  # noqa: ARG001  # without them nobody can tell where it does not buy yet
    period: Period,
    as_of: date,
) -> Judgement:
    """Where the customer has locations that do not buy yet, one of them is won or being won.

    Fails when there are open cells at a location that never bought, and none was won in the period and
    no open opportunity names one.
    """
    return _pursued(Mode.NEW_LOCATION, line_modes, offered_lines, opportunities, whitespace, period, as_of)


RULES: Final = (new_products, new_buyers, new_locations)
