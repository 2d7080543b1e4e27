"""The field manager's view: the scorecards of all reports side by side and together, outliers named (ORG-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median
from typing import Final

from attrs import frozen

from sam_core.measured import Measured
from sam_core.scorecard import CombinationError, Scorecard
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Outlier", "TeamRow", "TeamView", "team_view"]

_COMPARED: Final = frozenset({"share", "points", "index"})
"""Units in which managers of books of any size can be compared."""

_TO_DEVIATION: Final = Decimal("1.4826")
"""Median absolute deviations to one standard deviation, for what is distributed normally."""


@frozen(kw_only=True)
class Outlier:
    """A manager whose number stands far from those of the others.

    Attributes:
        value: the manager's; ``usual`` is the median of all.
        distance: how far apart they are, in median absolute deviations brought to standard ones.
    """

    manager_id: str
    manager_name: str
    measure: str
    clause_id: str
    value: Decimal
    usual: Decimal
    distance: Decimal

    def __str__(self) -> str:
        side = "above" if self.value > self.usual else "below"
        return (
            f"{self.manager_name}: {self.measure} {self.value:.3f} is far {side} the usual {self.usual:.3f} "
            f"({self.distance:.1f} deviations)"
        )


@frozen(kw_only=True)
class TeamRow:
    """One measure of every manager, in the order of the scorecards, and of all together."""

    name: str
    clause_id: str
    unit: str
    values: tuple[Maybe[Decimal], ...]
    together: Maybe[Decimal]


@frozen(kw_only=True)
class TeamView:
    """Several managers' scorecards side by side.

    Attributes:
        cards: by manager's id.
        combined: all of them as one; sums of sums, never means of ratios.
        rows: accountabilities first, then the measures, each by manager and together.
        outliers: the farthest first.
        strangers: managers among them who are not known to report to the field manager asked for.
    """

    cards: tuple[Scorecard, ...]
    combined: Scorecard
    rows: tuple[TeamRow, ...]
    outliers: tuple[Outlier, ...]
    strangers: tuple[str, ...]


def team_view(cards: Iterable[Scorecard], *, field_manager_id: str | None = None) -> TeamView:
    """The view of a field manager over the scorecards of all reports.

    A number is an outlier where it lies farther from the median of the managers than the standard
    ``organisation.outlier_factor`` allows, in median absolute deviations; with fewer managers than
    ``organisation.reports_min``, or where most have the same number, nobody is one.

    Args:
        cards: one for each manager, of one day, period, currency and value basis.
        field_manager_id: whose view it is, to tell who does not report to them.

    Raises:
        CombinationError: they do not go together.
    """
    held = tuple(sorted(cards, key=lambda card: card.header.id))
    combined = Scorecard.combined(held)
    if any(len(card.headers) != 1 for card in held):
        raise CombinationError("a team is made of single managers' scorecards; give each for itself")
    by_card = [_measures(card) for card in held]
    together = _measures(combined)
    rows = tuple(
        TeamRow(
            name=one.name,
            clause_id=one.clause_id,
            unit=one.unit,
            values=tuple(found[key].value if key in found else _NOT_THERE for found in by_card),
            together=one.value,
        )
        for key, one in together.items()
    )
    standards = combined.standards.organisation
    outliers = [
        outlier
        for row in rows
        if row.unit in _COMPARED
        for outlier in _outliers(row, held, standards.outlier_factor, standards.reports_min)
    ]
    return TeamView(
        cards=held,
        combined=combined,
        rows=rows,
        outliers=tuple(sorted(outliers, key=lambda o: (-o.distance, o.clause_id, o.measure, o.manager_id))),
        strangers=tuple(
            card.header.id
            for card in held
            if field_manager_id is not None and card.header.manager.manager_id != field_manager_id
        ),
    )


_NOT_THERE: Final = Unknown(Why.NOT_SUPPORTED, "not measured on that scorecard")


def _measures(card: Scorecard) -> Mapping[tuple[str, str], Measured]:
    every = (*(a.measured for a in card.accountabilities), *card.measures)
    return {(one.clause_id, one.name): one for one in every}


def _outliers(row: TeamRow, cards: tuple[Scorecard, ...], factor: Decimal, fewest: int) -> Iterable[Outlier]:
    known = [
        (card.header.manager, value)
        for card, value in zip(cards, row.values, strict=True)
        if not isinstance(value, Unknown)
    ]
    if len(known) < fewest:
        return
    usual = Decimal(median(value for _, value in known))
    deviation = Decimal(median(abs(value - usual) for _, value in known)) * _TO_DEVIATION
    if not deviation:
        return
    for manager, value in known:
        distance = abs(value - usual) / deviation
        if distance > factor:
            yield Outlier(
                manager_id=manager.id,
                manager_name=manager.name,
                measure=row.name,
                clause_id=row.clause_id,
                value=value,
                usual=usual,
                distance=distance,
            )
