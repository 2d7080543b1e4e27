"""OV-1, OV-2 and RESP-1 over the book: named accounts, existing business kept first, then growth to its goals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from sam_core.book import Assignment, GrowthGoal, Person
from sam_core.findings import Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.measures.credit import holder_by_day
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Maybe, Outcome, Period, Unknown, Why

__all__ = ["RULES"]


@rule("OV-2.assigned", title="Assigned to the manager")
def assigned(assignments: tuple[Assignment, ...], manager: Person, as_of: date) -> Judgement:
    """Every account of the book is assigned to its manager by name.

    Fails when nobody, or somebody else, holds the account as its manager on the day of judging.
    """
    holder = holder_by_day(assignments)(as_of)
    if isinstance(holder, Unknown):
        return not_assessable("Nobody can tell who holds the account.", Missing("assignments", holder))
    if holder == manager.id:
        return met(f"The account is assigned to {manager.name}.", measured=holder, expected=manager.id)
    who = "nobody" if holder is None else holder
    return not_met(f"The account is assigned to {who}.", measured=holder, expected=manager.id)


def _against(
    value: Decimal,
    target: Decimal,
    sentence: str,
    period: Period,
    as_of: date,
    standards: Standards,
    *,
    measured: Decimal,
    expected: Decimal,
    at_stake: Decimal,
) -> Judgement:
    """Met at the target; a running period has the quota's margin of risk below it."""
    if value >= target:
        return met(sentence, measured=measured, expected=expected)
    nearly = not period.ended(as_of) and value >= target * standards.quota.pace_at_risk
    verdict = at_risk if nearly else not_met
    return verdict(sentence, measured=measured, expected=expected, at_stake=at_stake)


def _had_business(totals: Totals, period: Period, as_of: date) -> bool:
    """The period has begun, and there was, or may have been, business to keep."""
    kept = totals.retention
    return period.start <= as_of and (kept.base > 0 or kept.judged < kept.asked)


def _unjudged(totals: Totals) -> Judgement | None:
    kept = totals.retention
    if kept.judged == kept.asked:
        return None
    reason = totals.lacking("sale_lines", f"sales of {kept.asked - kept.judged} accounts")
    return not_assessable("The sales of some accounts are not known.", Missing("sale_lines", reason))


@rule(
    "OV-2.kept",
    title="Existing business kept",
    severity=Severity.MUST,
    applies=_had_business,
    tuned_by=("retention.gross_met", "quota.pace_at_risk"),
)
def kept(totals: Totals, period: Period, as_of: date, standards: Standards) -> Judgement:
    """Gross revenue retention of the book, against the same days a year before, is at standard.

    Fails when of last year's revenue less is kept than the standard asks; at risk while the period runs and
    it is nearly reached.
    """
    unjudged = _unjudged(totals)
    if unjudged is not None:
        return unjudged
    base, asked = totals.retention, standards.retention.gross_met
    share = base.retained / base.before
    return _against(
        base.retained, base.before * asked,
        f"{share:.1%} of {base.before:,.2f} of existing business is kept.", period, as_of, standards,
        measured=share, expected=asked, at_stake=base.before - base.retained,
    )  # fmt: skip


@rule(
    "RESP-1.growing",
    title="Existing business grows",
    applies=_had_business,
    tuned_by=("retention.net_met", "quota.pace_at_risk"),
)
def growing(totals: Totals, period: Period, as_of: date, standards: Standards) -> Judgement:
    """Net revenue retention of the book, against the same days a year before, is at standard.

    Fails when last year's customers bring less than the standard asks; at risk while the period runs and it
    is nearly reached.
    """
    unjudged = _unjudged(totals)
    if unjudged is not None:
        return unjudged
    base, asked = totals.retention, standards.retention.net_met
    share = base.now / base.before
    return _against(
        base.now, base.before * asked,
        f"Last year's customers bring {base.now:,.2f} after {base.before:,.2f}, {share:.1%} of it.",
        period, as_of, standards,
        measured=share, expected=asked, at_stake=base.before * asked - base.now,
    )  # fmt: skip


def _goals(growth_goals: tuple[GrowthGoal, ...], period: Period) -> list[GrowthGoal]:
    return [goal for goal in growth_goals if goal.period.overlap(period)]


def _has_goal(growth_goals: tuple[GrowthGoal, ...], period: Period, as_of: date) -> bool:
    return period.start <= as_of and bool(_goals(growth_goals, period))


def _grown(
    name: str,
    this: Decimal,
    last: Decimal,
    goals: list[Maybe[Decimal]],
    totals: Totals,
    period: Period,
    as_of: date,
    standards: Standards,
) -> Judgement:
    if totals.with_sales < totals.accounts:
        reason = totals.lacking("sale_lines", f"sales of {totals.accounts - totals.with_sales} accounts")
        return not_assessable("The sales of some accounts are not known.", Missing("sale_lines", reason))
    if last <= 0:
        reason = Unknown(Why.BLANK, f"no {name} in the comparable period")
        return not_assessable(f"There was no {name} to grow from.", Missing("sale_lines", reason))
    growth = (this - last) / last
    known = [goal for goal in goals if not isinstance(goal, Unknown)]
    highest = max(known, default=None)
    told = (
        f"{name.capitalize()} is {this:,.2f} after {last:,.2f} in the same days a year before, {growth:+.1%}"
    )
    judgement = None
    if highest is not None:
        judgement = _against(
            this, last * (1 + highest), f"{told}; the goal is {highest:+.1%}.", period, as_of, standards,
            measured=growth, expected=highest, at_stake=last * (1 + highest) - this,
        )  # fmt: skip
    unknown = next((goal for goal in goals if isinstance(goal, Unknown)), None)
    if unknown is not None and (judgement is None or judgement.outcome is not Outcome.NOT_MET):
        return not_assessable(
            f"{told}; the goal is not known.",
            Missing(f"growth_goals.{_FIELDS[name]}", unknown),
            measured=growth,
        )
    assert judgement is not None  # noqa: S101  # without an unknown goal there is a known one
    return judgement


_FIELDS: Final = {"revenue": "revenue_growth", "gross profit": "profit_growth"}


@rule(
    "OV-1.sales",
    title="Sales growth goal",
    severity=Severity.MUST,
    applies=_has_goal,
    tuned_by=("quota.pace_at_risk",),
)
def sales_growth(
    growth_goals: tuple[GrowthGoal, ...], totals: Totals, period: Period, as_of: date, standards: Standards
) -> Judgement:
    """Revenue grows over the same days a year before by the assigned goal; by the highest of several.

    Fails when it grows by less; at risk while the period runs and revenue is nearly where the goal wants it.
    """
    goals = [goal.revenue_growth for goal in _goals(growth_goals, period)]
    this, last = totals.now.total.revenue, totals.before.total.revenue
    return _grown("revenue", this, last, goals, totals, period, as_of, standards)


@rule(
    "OV-1.profit",
    title="Profit growth goal",
    severity=Severity.MUST,
    applies=_has_goal,
    tuned_by=("quota.pace_at_risk",),
)
def profit_growth(
    growth_goals: tuple[GrowthGoal, ...], totals: Totals, period: Period, as_of: date, standards: Standards
) -> Judgement:
    """Gross profit grows over the same days a year before by the assigned goal; by the highest of several.

    Fails when it grows by less; at risk while the period runs and profit is nearly where the goal wants it.
    """
    now, before = totals.now.total, totals.before.total
    uncosted = now.lines + before.lines - now.costed_lines - before.costed_lines
    if uncosted:
        reason = Unknown(Why.BLANK, f"cost of {uncosted} sale lines")
        return not_assessable("The cost of some sales is not known.", Missing("sale_lines.cost", reason))
    goals = [goal.profit_growth for goal in _goals(growth_goals, period)]
    return _grown(
        "gross profit", now.gross_profit, before.gross_profit, goals, totals, period, as_of, standards
    )


RULES: Final = (assigned, kept, growing, sales_growth, profit_growth)
