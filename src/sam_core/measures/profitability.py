"""Is the assigned profitability expectation met? (ACC-2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sam_core.book import BookHeader, ProfitExpectation
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.measures.accountability import Accountability
from sam_core.measures.attainment import prorated
from sam_core.measures.sales import Amounts
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Maybe, Outcome, Period, Unknown, Why

__all__ = ["gross_profit_measures", "profitability"]


def gross_profit_measures(amounts: Amounts, clause_id: str = "ACC-2") -> tuple[Measured, Measured]:
    """Gross profit (revenue − cost) and margin (gross profit ÷ revenue), over the lines whose cost is known.

    The coverage says how much of the revenue that is; the note, by which authority it was costed.
    """
    coverage = amounts.cost_coverage
    note = (
        f"cost by dated costs on {amounts.dated_costs}, the line's own on {amounts.own_costs}, "
        f"standard costs on {amounts.standard_costs} of {amounts.lines} lines"
    )
    profit: Maybe[Decimal] = amounts.gross_profit
    if not amounts.costed_lines:
        profit = Unknown(Why.BLANK, "no line has a known cost" if amounts.lines else "nothing was sold")
    return (
        Measured(name="gross profit", clause_id=clause_id, unit="amount", value=profit, coverage=coverage, note=note),
        ratio(
            "gross margin", clause_id, amounts.gross_profit, amounts.costed_revenue,
            without="no revenue has a known cost", coverage=coverage, note=note,
        ),
    )  # fmt: skip


def _expected(expectations: list[ProfitExpectation], period: Period) -> tuple[Decimal | None, Decimal | None]:
    """The expected amount, prorated and added, and the expected margin, weighted by days."""
    here = [(e, e.period.overlap(period)) for e in expectations if e.period.overlap(period)]
    amounts = [prorated(e.gross_profit, e.period, period) for e, _ in here if e.gross_profit is not None]
    margins = [(e.margin, days) for e, days in here if e.margin is not None]
    margin = (
        sum((m * days for m, days in margins), Decimal(0)) / sum(days for _, days in margins)
        if margins
        else None
    )
    return (sum(amounts, Decimal(0)) if amounts else None), margin


def profitability(
    headers: tuple[BookHeader, ...], totals: Totals, as_of: date, standards: Standards
) -> Accountability:
    """ACC-2 for one book, or for several of one period together; on what is credited to the manager.

    All the expectations set are met, over enough of the revenue. A running period holds an expected
    amount against its elapsed share; a margin is compared plainly.
    """
    period = headers[0].period
    unknown = [h.expectations for h in headers if isinstance(h.expectations, Unknown)]
    expectations = [e for h in headers if not isinstance(h.expectations, Unknown) for e in h.expectations]
    amount, margin = _expected(expectations, period)
    now, before = totals.now.credited_total, totals.before.credited_total
    measured_profit, measured_margin = gross_profit_measures(now)
    profit_before, margin_before = gross_profit_measures(before)
    by_amount = amount is not None or margin is None
    headline, other = (measured_profit, measured_margin) if by_amount else (measured_margin, measured_profit)
    elapsed = period.elapsed(as_of)
    due = None if amount is None else amount * (1 if period.ended(as_of) else elapsed)
    target: Maybe[Decimal] = Unknown(Why.BLANK, "no expectation is set for the period")
    if unknown:
        target = unknown[0]
    elif by_amount and due is not None:
        target = due
    elif margin is not None:
        target = margin
    lacking = [Missing("expectations", reason) for reason in unknown[:1]]
    if not unknown and elapsed:
        lacking += _uncovered(totals, now, standards)
    outcomes = []
    if due is not None:
        outcomes.append(_amount_verdict(measured_profit.value, due, period, as_of, standards))
    if margin is not None and not isinstance(measured_margin.value, Unknown):
        outcomes.append(Outcome.MET if measured_margin.value >= margin else Outcome.NOT_MET)
    elif margin is not None:
        outcomes.append(Outcome.NOT_ASSESSABLE)
    judged = not lacking and bool(outcomes) and bool(elapsed)
    return Accountability(
        clause_id="ACC-2",
        measured=headline,
        target=target,
        outcome=Outcome.all_of(outcomes) if judged else Outcome.NOT_ASSESSABLE,
        sentence=_sentence(measured_profit, measured_margin, due, margin),
        before=(profit_before if by_amount else margin_before).value,
        details=(other,),
        missing=tuple(lacking),
        applies=bool(unknown) or bool(outcomes),
    )


def _uncovered(totals: Totals, now: Amounts, standards: Standards) -> list[Missing]:
    lacking = []
    if totals.with_sales < totals.accounts:
        lacking.append(Missing("sale_lines", totals.lacking("sale_lines", "sales of some accounts")))
    for name, coverage, floor, what in (
        ("assignments", totals.now.credit, standards.quota.coverage_min, "can be credited to somebody"),
        ("sale_lines.cost", now.cost_coverage, standards.profit.coverage_min, "has a known cost"),
    ):
        share = coverage.amount_share
        if share is not None and share < floor:
            lacking.append(Missing(name, Unknown(Why.BLANK, f"only {share:.0%} of the revenue {what}")))
    return lacking


def _amount_verdict(
    value: Maybe[Decimal], due: Decimal, period: Period, as_of: date, standards: Standards
) -> Outcome:
    if isinstance(value, Unknown):
        return Outcome.NOT_ASSESSABLE
    if value >= due:
        return Outcome.MET
    nearly = not period.ended(as_of) and value >= due * standards.quota.pace_at_risk
    return Outcome.AT_RISK if nearly else Outcome.NOT_MET


def _sentence(
    profit: Measured, margin: Measured, due: Decimal | None, expected_margin: Decimal | None
) -> str:
    if isinstance(profit.value, Unknown):
        return f"Gross profit cannot be told: {profit.value.where}."
    text = f"Gross profit is {profit.value:,.2f}"
    if due is not None:
        text += f" against {due:,.2f} expected by now"
    if not isinstance(margin.value, Unknown):
        text += f", a margin of {margin.value:.1%}"
        if expected_margin is not None:
            text += f" against {expected_margin:.1%}"
    return text + "."
