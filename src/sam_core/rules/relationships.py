"""RESP-2.2: the account rests on more than one buyer, and it is known who plays which part."""

from __future__ import annotations

from datetime import date
from typing import Final

from sam_core.book import Buyer
from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.penetration.modes import History
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Unknown, Why, add_months
from sam_core.view import TrailingYears

__all__ = ["RULES"]


def _active(history: History, as_of: date, standards: Standards) -> set[str | None]:
    """Who bought within the active months; ``None`` for somebody unnamed."""
    since = add_months(as_of, -standards.penetration.active_months)
    return {buyer for (_, buyer), last in history.pairs.items() if last.on > since}


def _buys(history: History, as_of: date, standards: Standards) -> bool:
    return bool(_active(history, as_of, standards))


@rule(
    "RESP-2.2.contacts",
    title="More than one contact",
    applies=_buys,
    tuned_by=("meetings.contacts_min", "penetration.active_months"),
)
def contacts(
    history: History,
    buyers: tuple[Buyer, ...],
    trailing_years: TrailingYears,
    as_of: date,
    standards: Standards,
) -> Judgement:
    """An account that buys rests on enough active buyers who have not left.

    Fails when fewer than the standard's number bought within the active months and are still there.
    """
    active = _active(history, as_of, standards)
    gone = {one.id for one in buyers if one.left_on is not None}
    present = sorted(buyer for buyer in active if buyer is not None and buyer not in gone)
    asked = standards.meetings.contacts_min
    evidence = tuple(present)
    if len(present) >= asked:
        return met(
            f"The account rests on {len(present)} active buyers.",
            measured=len(present), expected=asked, evidence=evidence,
        )  # fmt: skip
    if None in active:
        return not_assessable(
            f"{len(present)} active buyers are known by name, and some sales do not say who bought.",
            Missing("sale_lines.buyer_id", Unknown(Why.BLANK, "buyer_id of some sales")),
            measured=len(present), expected=asked, evidence=evidence,
        )  # fmt: skip
    rests = {0: "no buyer who is still there", 1: "a single active buyer"}.get(
        len(present), f"{len(present)} active buyers"
    )
    return not_met(
        f"The account rests on {rests}.", measured=len(present), expected=asked, evidence=evidence,
        at_stake=trailing_years.now.revenue if trailing_years.now.revenue > 0 else None,
    )  # fmt: skip


def _has_buyers(buyers: tuple[Buyer, ...], standards: Standards) -> bool:
    return bool(standards.meetings.key_roles) and any(one.left_on is None for one in buyers)


@rule("RESP-2.2.roles", title="Key roles known", applies=_has_buyers, tuned_by=("meetings.key_roles",))
def roles(buyers: tuple[Buyer, ...], standards: Standards) -> Judgement:
    """For every key role somebody is known who plays it.

    Fails when the roles of all buyers are known, and nobody has one of the key roles.
    """
    present = [one for one in buyers if one.left_on is None]
    held = {one.role.value for one in present if not isinstance(one.role, Unknown)}
    unsaid = [one for one in present if isinstance(one.role, Unknown)]
    wanted = standards.meetings.key_roles
    vacant = [role for role in wanted if role not in held]
    if not vacant:
        return met(
            f"Somebody is known as {' and as '.join(wanted)}.", measured=len(wanted), expected=len(wanted)
        )
    sentence = f"Nobody is known as {' or as '.join(vacant)}"
    if unsaid:
        return not_assessable(
            f"{sentence}, and of {len(unsaid)} of {len(present)} buyers nobody has said the role.",
            *dict.fromkeys(Missing("buyers.role", one.role) for one in unsaid if isinstance(one.role, Unknown)),
            measured=len(wanted) - len(vacant), expected=len(wanted), evidence=tuple(one.id for one in unsaid),
        )  # fmt: skip
    return not_met(f"{sentence}.", measured=len(wanted) - len(vacant), expected=len(wanted))


RULES: Final = (contacts, roles)
