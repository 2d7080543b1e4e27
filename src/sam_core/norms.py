"""What is usual in a book: the yardstick for rules that compare an account with the rest (RESP-4, RESP-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from attrs import field, frozen

from sam_core._monoid import merged, total
from sam_core.book import Dossier
from sam_core.standards import Policy
from sam_core.values import Maybe, Period, Unknown, Why

__all__ = ["NORM_COLLECTIONS", "Norms", "case_history", "norms_of"]

_HALF: Final = Decimal("0.5")

NORM_COLLECTIONS = ("opportunities", "cases")
"""The collections that the norms are read from."""


@frozen(kw_only=True)
class Norms:
    """Counts over a book; they add up over any split of it.

    Attributes:
        stage_days: of every stage that was left, how many days it was held, in order.
        cases: cases opened in the history window; ``case_days`` account-days it spans.
    """

    stage_days: Mapping[str, tuple[int, ...]] = field(factory=dict, hash=False)
    cases: int = 0
    case_days: int = 0

    def __add__(self, other: Norms) -> Norms:
        return Norms(
            stage_days=merged(self.stage_days, other.stage_days, lambda a, b: tuple(sorted(a + b))),
            cases=self.cases + other.cases,
            case_days=self.case_days + other.case_days,
        )

    def usual_stage_days(self, stage: str) -> Maybe[Decimal]:
        """Median days an opportunity holds a stage before it moves on; unknown where none ever did."""
        days = self.stage_days.get(stage)
        return (
            Decimal(median(days))
            if days
            else Unknown(Why.BLANK, f"no opportunity has left stage {stage!r} yet")
        )

    @property
    def case_rate(self) -> Maybe[Decimal]:
        """Cases an account opens in a day; unknown where no account's cases are known.

        The posterior mean under Jeffreys' prior for a Poisson rate, (cases + ½) ÷ account-days: that a book had
        none so far does not make one impossible.
        """
        if not self.case_days:
            return Unknown(Why.BLANK, "no cases known")
        return (self.cases + _HALF) / self.case_days


def norms_of(dossiers: Iterable[Dossier], policy: Policy, as_of: date) -> Norms:
    """The norms of a book as known on that day; opportunities and cases are enough of a dossier."""
    return total((_of(dossier.at(as_of), policy, as_of) for dossier in dossiers), Norms(), lambda a, b: a + b)


def _of(dossier: Dossier, policy: Policy, as_of: date) -> Norms:
    stage_days: dict[str, list[int]] = {}
    if not isinstance(dossier.opportunities, Unknown):
        for opportunity in dossier.opportunities:
            if not isinstance(opportunity.stays, Unknown):
                for stay in opportunity.stays:
                    if stay.end is not None:
                        stage_days.setdefault(stay.stage, []).append((stay.end - stay.start).days)
    cases = case_days = 0
    if not isinstance(dossier.cases, Unknown):
        window = case_history(policy, dossier.account.tier, as_of)
        cases = sum(1 for case in dossier.cases if case.opened_at.date() in window)
        case_days = window.days
    return Norms(
        stage_days={stage: tuple(sorted(days)) for stage, days in stage_days.items()},
        cases=cases,
        case_days=case_days,
    )


def case_history(policy: Policy, tier: str | None, as_of: date) -> Period:
    """The days before the recent window, from which an account's own case rate is read (RESP-6)."""
    service = policy.on(as_of, tier).service
    last = as_of - timedelta(days=service.case_window_days)
    return Period(last - timedelta(days=service.case_history_days - 1), last)
