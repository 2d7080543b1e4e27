"""Whose sale it was: by the line's own credits, else by who held the account on its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from sam_core.book import Assignment, AssignmentRole, Credit, CreditKind, SaleLine
from sam_core.values import Maybe, Unknown, Why

__all__ = ["allocate", "holder_by_day", "share_of"]

_CENT: Final = Decimal("0.01")
_WHOLE: Final = Decimal(1)
_NONE: Final = Decimal(0)


def allocate(amount: Decimal, credits: tuple[Credit, ...]) -> dict[str, Decimal]:
    """Share an amount out by its revenue credits, to the cent, losing none.

    The rounding residue goes to the holder of the largest share, the first by id among equals.

    Returns:
        Amounts by person; they sum to ``amount`` exactly. Overlay credits get nothing.
    """
    shares: dict[str, Decimal] = {}
    for credit in credits:
        if credit.kind is CreditKind.REVENUE:
            shares[credit.person_id] = shares.get(credit.person_id, Decimal(0)) + credit.share
    parts = {
        person: (amount * share).quantize(_CENT, rounding=ROUND_HALF_EVEN) for person, share in shares.items()
    }
    if parts:
        residual_holder = min(shares, key=lambda person: (-shares[person], person))
        parts[residual_holder] += amount - sum(parts.values())
    return parts


def holder_by_day(
    assignments: Maybe[tuple[Assignment, ...]],
) -> Callable[[date], Maybe[str | None]]:
    """Who held the account as its manager, day by day.

    Returns:
        A function of the day: a person's id, ``None`` where known to be nobody, or an
        ``Unknown`` where the source does not say since when, or names two at once.
    """
    if isinstance(assignments, Unknown):
        return lambda _: assignments
    held = [a for a in assignments if a.role is AssignmentRole.ACCOUNT_MANAGER]
    if len(held) == 1 and held[0].end is None and not isinstance(held[0].start, Unknown):
        person, start = held[0].person_id, held[0].start  # the most usual: one holder since some day
        return lambda day: person if start <= day else None
    days: dict[date, Maybe[str | None]] = {}

    def holder(day: date) -> Maybe[str | None]:
        if day not in days:
            days[day] = _holder(held, day)
        return days[day]

    return holder


def _holder(held: list[Assignment], day: date) -> Maybe[str | None]:
    possible = [a for a in held if a.end is None or day <= a.end]
    sure = {a.person_id for a in possible if not isinstance(a.start, Unknown) and a.start <= day}
    if len(sure) > 1:
        return Unknown(
            Why.UNREADABLE, f"assignments: {' and '.join(sorted(sure))} both hold the account on {day}"
        )
    if sure:
        return sure.pop()
    unsure = [a.start for a in possible if isinstance(a.start, Unknown)]
    return unsure[0] if unsure else None


def share_of(line: SaleLine, person_id: str, holder: Callable[[date], Maybe[str | None]]) -> Maybe[Decimal]:
    """What share of a line is a person's: from 0 to 1, unknown where nobody can say whose it is."""
    if line.credits and any(c.kind is CreditKind.REVENUE for c in line.credits):
        shares = (c.share for c in line.credits if c.kind is CreditKind.REVENUE and c.person_id == person_id)
        return sum(shares, _NONE)
    whose = holder(line.on)
    if isinstance(whose, Unknown):
        return whose
    return _WHOLE if whose == person_id else _NONE
