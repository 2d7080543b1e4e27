"""RESP-1: existing business is kept and grows profitably, and a decline is seen before it is a loss."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from sam_core.book import Offering, SaleLine, within
from sam_core.findings import Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.measures.sales import line_cost
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Maybe, Period, Unknown

__all__ = ["RULES"]


def _revenue(lines: tuple[SaleLine, ...], period: Period) -> Decimal:
    return sum((line.revenue for line in within(lines, period)), Decimal(0))


def _years(as_of: date) -> tuple[Period, Period]:
    """The trailing 12 months, and the 12 before."""
    now = Period.trailing(as_of, 12)
    return now, now.comparable()


def _last(lines: tuple[SaleLine, ...], period: Period) -> tuple[str, ...]:
    """The last line of a period: enough to find the place in the source."""
    return tuple(line.id for line in within(lines, period)[-1:])


def _bought_a_year_ago(sale_lines: tuple[SaleLine, ...], as_of: date) -> bool:
    return _revenue(sale_lines, _years(as_of)[1]) > 0


@rule(
    "RESP-1.shrinking",
    title="Revenue holds",
    severity=Severity.MUST,
    applies=_bought_a_year_ago,
    tuned_by=("retention.shrinking_share",),
)
def shrinking(sale_lines: tuple[SaleLine, ...], as_of: date, standards: Standards) -> Judgement:
    """An account's revenue of the trailing 12 months holds against the 12 before.

    Fails when nothing was bought in the trailing 12 months; at risk when the fall is larger than the
    standard allows.
    """
    now, before = _years(as_of)
    this, last = _revenue(sale_lines, now), _revenue(sale_lines, before)
    share = this / last
    floor = 1 - standards.retention.shrinking_share
    evidence = _last(sale_lines, before) + _last(sale_lines, now)
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


def _order_days(lines: tuple[SaleLine, ...]) -> list[date]:
    return sorted({line.on for line in lines if not line.is_return})


def _has_a_rhythm(sale_lines: tuple[SaleLine, ...], standards: Standards) -> bool:
    return len(_order_days(sale_lines)) >= standards.retention.reorder_min_orders


@rule(
    "RESP-1.reorder",
    title="Orders keep coming",
    applies=_has_a_rhythm,
    tuned_by=("retention.reorder_factor", "retention.reorder_min_orders"),
)
def reorder(sale_lines: tuple[SaleLine, ...], as_of: date, standards: Standards) -> Judgement:
    """An account orders again within its usual interval: the median of days between its order days.

    Fails when (at risk) the time since the last order exceeds the usual interval by more than the
    standard's factor.
    """
    days = _order_days(sale_lines)
    usual = Decimal(median([(b - a).days for a, b in pairwise(days)]))
    waited = (as_of - days[-1]).days
    limit = usual * standards.retention.reorder_factor
    evidence = tuple(line.id for line in sale_lines if line.on == days[-1] and not line.is_return)[-1:]
    if waited > limit:
        return at_risk(
            f"Last ordered {waited} days ago; it usually orders every {usual:.0f} days.",
            measured=waited, expected=limit, evidence=evidence,
            at_stake=max(_revenue(sale_lines, Period.trailing(as_of, 12)), Decimal(0)) or None,
        )  # fmt: skip
    return met(
        f"Last ordered {waited} days ago; it usually orders every {usual:.0f} days.",
        measured=waited, expected=limit, evidence=evidence,
    )  # fmt: skip


def _profit(lines: tuple[SaleLine, ...], offering: Maybe[Offering], period: Period) -> Decimal | Unknown:
    profit = Decimal(0)
    for line in within(lines, period):
        cost, _ = line_cost(line, offering)
        if isinstance(cost, Unknown):
            return cost
        profit += line.revenue - cost
    return profit


@rule(
    "RESP-1.profit",
    title="Profit holds",
    applies=_bought_a_year_ago,
    tuned_by=("retention.shrinking_share",),
)
def profit(
    sale_lines: tuple[SaleLine, ...], offering: Maybe[Offering], as_of: date, standards: Standards
) -> Judgement:
    """An account's gross profit of the trailing 12 months holds against the 12 before.

    Fails when the account is sold to at a loss in the trailing 12 months after a profit before; at risk
    when profit falls by more than the standard allows.
    """
    now, before = _years(as_of)
    this, last = (_profit(sale_lines, offering, period) for period in (now, before))
    for value in (this, last):
        if isinstance(value, Unknown):
            return not_assessable("The cost of some sale is not known.", Missing("sale_lines.cost", value))
    assert isinstance(this, Decimal) and isinstance(last, Decimal)  # noqa: S101, PT018  # the loop above returned
    floor = last - abs(last) * standards.retention.shrinking_share
    sentence = f"Gross profit of the last 12 months is {this:,.2f} after {last:,.2f} in the 12 before."
    evidence = _last(sale_lines, before) + _last(sale_lines, now)
    if this >= floor:
        return met(sentence, measured=this, expected=floor, evidence=evidence)
    verdict = not_met if this < 0 <= last else at_risk
    return verdict(sentence, measured=this, expected=floor, evidence=evidence, at_stake=last - this)


RULES: Final = (shrinking, reorder, profit)
