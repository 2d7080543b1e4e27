"""RESP-1: existing business is kept and grows profitably, and a decline is seen before it is a loss."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from sam_core._words import count
from sam_core.findings import Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.penetration.modes import History
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Unknown
from sam_core.view import TrailingYears

__all__ = ["RULES"]


def _bought_a_year_ago(trailing_years: TrailingYears) -> bool:
    return trailing_years.before.revenue > 0


@rule(
    "RESP-1.shrinking",
    title="Revenue holds",
    severity=Severity.MUST,
    applies=_bought_a_year_ago,
    tuned_by=("retention.shrinking_share",),
)
def shrinking(trailing_years: TrailingYears, standards: Standards) -> Judgement:
    """An account's revenue of the trailing 12 months holds against the 12 before.

    Fails when nothing was bought in the trailing 12 months; at risk when the fall is larger than the
    standard allows.
    """
    this, last = trailing_years.now.revenue, trailing_years.before.revenue
    share = this / last
    floor = 1 - standards.retention.shrinking_share
    evidence = trailing_years.evidence
    if this <= 0:
        return not_met(
            f"Bought for {last:,.2f} in the year before, and for nothing in the last 12 months.",
            measured=share, expected=floor, evidence=evidence, at_stake=last,
        )  # fmt: skip
    if share < floor:
        return at_risk(
            f"Revenue of the last 12 months is {this:,.2f}, {1 - share:.0%} below the {last:,.2f} of the 12 before.",
            measured=share, expected=floor, evidence=evidence, at_stake=last - this,
        )  # fmt: skip
    return met(
        f"Revenue of the last 12 months is {this:,.2f} after {last:,.2f} in the 12 before.",
        measured=share, expected=floor, evidence=evidence,
    )  # fmt: skip


def _has_a_rhythm(history: History, standards: Standards) -> bool:
    return len(history.days) >= standards.retention.reorder_min_orders


@rule(
    "RESP-1.reorder",
    title="Orders keep coming",
    applies=_has_a_rhythm,
    tuned_by=("retention.reorder_factor", "retention.reorder_min_orders"),
)
def reorder(history: History, trailing_years: TrailingYears, as_of: date, standards: Standards) -> Judgement:
    """An account orders again within its usual interval: the median of days between its order days.

    Fails when (at risk) the time since the last order exceeds the usual interval by more than the
    standard's factor.
    """
    days = history.days
    usual = Decimal(median([(b - a).days for a, b in pairwise(days)]))
    waited = (as_of - days[-1]).days
    limit = usual * standards.retention.reorder_factor
    last = max(history.cells.values(), key=lambda line: (line.on, line.id))
    evidence = (last.id,)
    if waited > limit:
        return at_risk(
            f"Last ordered {count(waited, 'day')} ago; it usually orders every {usual:.0f} days.",
            measured=waited, expected=limit, evidence=evidence,
            at_stake=max(trailing_years.now.revenue, Decimal(0)) or None,
        )  # fmt: skip
    return met(
        f"Last ordered {count(waited, 'day')} ago; it usually orders every {usual:.0f} days.",
        measured=waited, expected=limit, evidence=evidence,
    )  # fmt: skip


@rule(
    "RESP-1.profit",
    title="Profit holds",
    applies=_bought_a_year_ago,
    tuned_by=("retention.shrinking_share",),
)
def profit(trailing_years: TrailingYears, standards: Standards) -> Judgement:
    """An account's gross profit of the trailing 12 months holds against the 12 before.

    Fails when the account is sold to at a loss in the trailing 12 months after a profit before; at risk
    when profit falls by more than the standard allows.
    """
    this, last = trailing_years.now.profit, trailing_years.before.profit
    if isinstance(this, Unknown):
        return _costs_unknown(this)
    if isinstance(last, Unknown):
        return _costs_unknown(last)
    floor = last - abs(last) * standards.retention.shrinking_share
    sentence = f"Gross profit of the last 12 months is {this:,.2f} after {last:,.2f} in the 12 before."
    evidence = trailing_years.evidence
    if this >= floor:
        return met(sentence, measured=this, expected=floor, evidence=evidence)
    verdict = not_met if this < 0 <= last else at_risk
    return verdict(sentence, measured=this, expected=floor, evidence=evidence, at_stake=last - this)


def _costs_unknown(reason: Unknown) -> Judgement:
    return not_assessable("The cost of some sale is not known.", Missing("sale_lines.cost", reason))


RULES: Final = (shrinking, reorder, profit)
