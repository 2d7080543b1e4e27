"""Is the assigned sales quota achieved? (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sam_core.book import BookHeader, QuotaCounts
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.measures.accountability import Accountability
from sam_core.measures.sales import Amounts, Sales
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Coverage, Maybe, Outcome, Period, Unknown, Why

__all__ = ["attainment", "prorated", "quota_attainment"]

_Counted = tuple[QuotaCounts, str | None]


def prorated(amount: Decimal, over: Period, within: Period) -> Decimal:
    """The part of an amount for ``over`` that falls within ``within``, by overlapping days.

    Parts of consecutive periods sum to the amount.
    """
    return amount * over.overlap(within) / over.days


def attainment(credited: Decimal, quota: Decimal) -> Maybe[Decimal]:
    """Credited amount ÷ quota, not capped; unknown without a quota above nought."""
    return credited / quota if quota > 0 else Unknown(Why.BLANK, "no quota above nought in the period")


def _quotas(headers: Iterable[BookHeader], period: Period) -> dict[_Counted, Decimal]:
    """Quotas falling into a period by what they count, several of one kind added."""
    sums: dict[_Counted, Decimal] = {}
    for header in headers:
        if isinstance(header.quotas, Unknown):
            continue
        for quota in header.quotas:
            part = prorated(quota.amount, quota.period, period)
            if quota.period.overlap(period):
                key = (quota.counts, quota.family)
                sums[key] = sums.get(key, Decimal(0)) + part
    return sums


def _credited(sales: Sales, counted: _Counted) -> tuple[Decimal, Coverage]:
    """The manager's credited amount of what a quota counts, and how much of it could be told."""
    counts, family = counted
    amounts = sales.credited_total if family is None else sales.credited.get(family, Amounts())
    coverage = sales.credit
    unknown_family = sales.credited.get(None, Amounts()).turnover if family is not None else Decimal(0)
    judged = coverage.judged_amount - unknown_family
    if counts is QuotaCounts.GROSS_PROFIT:
        judged -= amounts.turnover - amounts.costed_turnover
    if counts is QuotaCounts.UNITS and amounts.lines != amounts.counted_lines:
        judged = judged * amounts.counted_lines / amounts.lines
    value = {
        QuotaCounts.REVENUE: amounts.revenue,
        QuotaCounts.GROSS_PROFIT: amounts.gross_profit,
        QuotaCounts.UNITS: amounts.units,
    }[counts]
    return value, Coverage(
        judged=coverage.judged,
        total=coverage.total,
        judged_amount=max(judged, Decimal(0)),
        total_amount=coverage.total_amount,
    )


def _name(counted: _Counted) -> str:
    counts, family = counted
    base = "quota attainment" if counts is QuotaCounts.REVENUE else f"quota attainment in {counts.value}"
    return f"{base}, {family}" if family else base


def quota_attainment(
    headers: tuple[BookHeader, ...], totals: Totals, as_of: date, standards: Standards
) -> Accountability:
    """ACC-1 for one book, or for several of one period together.

    Credited won amount in the period ÷ quota; an ended period is compared plainly, a running one by
    its pace: attainment ÷ elapsed.
    """
    period = headers[0].period
    unknown = [h.quotas for h in headers if isinstance(h.quotas, Unknown)]
    quotas = _quotas(headers, period)
    earlier = _quotas(headers, period.comparable())
    if unknown or not quotas:
        reason = unknown[0] if unknown else Unknown(Why.BLANK, "no quota is assigned for the period")
        return Accountability(
            clause_id="ACC-1",
            measured=Measured(name="quota attainment", clause_id="ACC-1", unit="share", value=reason),
            target=reason,
            outcome=Outcome.NOT_ASSESSABLE,
            sentence="The quota is not known." if unknown else "No quota is assigned for the period.",
            before=reason,
            missing=tuple(Missing("quotas", reason) for reason in unknown[:1]),
            applies=bool(unknown),
        )
    lacking: list[Missing] = []
    groups = []
    outcomes = []
    for counted in sorted(
        quotas, key=lambda key: (key[0] is not QuotaCounts.REVENUE, key[0].value, key[1] or "")
    ):
        amount, coverage = _credited(totals.now, counted)
        measured = ratio(
            _name(counted), "ACC-1", amount, quotas[counted], without="the quota is nought", coverage=coverage
        )
        if period.start <= as_of and totals.with_sales < totals.accounts:
            lacking.append(Missing("sale_lines", totals.lacking("sale_lines", "sales of some accounts")))
        share = coverage.amount_share
        if share is not None and share < standards.quota.coverage_min:
            lacking.append(
                Missing(
                    "assignments",
                    Unknown(Why.BLANK, f"only {share:.0%} of the revenue can be credited and counted"),
                )
            )
        groups.append((counted, measured))
        outcomes.append(_verdict(measured.value, period, as_of, standards))
    counted, headline = groups[0]
    lacking = list(dict.fromkeys(lacking))
    outcome = Outcome.NOT_ASSESSABLE if lacking else Outcome.all_of(outcomes)
    before, _ = _credited(totals.before, counted)
    return Accountability(
        clause_id="ACC-1",
        measured=headline,
        target=_target(period, as_of, standards),
        outcome=outcome,
        sentence=_sentence(headline, period, as_of),
        before=attainment(before, earlier.get(counted, Decimal(0))),
        details=(*(m for _, m in groups[1:]), *_ahead(headline, totals, period, as_of)),
        missing=tuple(lacking),
    )


def _target(period: Period, as_of: date, standards: Standards) -> Decimal:
    """The attainment asked for by now."""
    if period.ended(as_of):
        return standards.quota.attainment_met
    return standards.quota.pace_met * period.elapsed(as_of)


def _verdict(value: Maybe[Decimal], period: Period, as_of: date, standards: Standards) -> Outcome:
    elapsed = period.elapsed(as_of)
    if isinstance(value, Unknown) or not elapsed:
        return Outcome.NOT_ASSESSABLE
    if period.ended(as_of):
        return Outcome.MET if value >= standards.quota.attainment_met else Outcome.NOT_MET
    pace = value / elapsed
    if pace >= standards.quota.pace_met:
        return Outcome.MET
    return Outcome.AT_RISK if pace >= standards.quota.pace_at_risk else Outcome.NOT_MET


def _sentence(measured: Measured, period: Period, as_of: date) -> str:
    if isinstance(measured.value, Unknown):
        return f"Attainment cannot be told: {measured.value.where}."
    if as_of < period.start:
        return "The period has not begun."
    elapsed = "" if period.ended(as_of) else f", {period.elapsed(as_of):.1%} of the period gone"
    return f"{measured.value:.1%} of the quota of {measured.denominator:,.2f} is achieved{elapsed}."


def _ahead(measured: Measured, totals: Totals, period: Period, as_of: date) -> tuple[Measured, ...]:
    """What is still to be won: the amount, the run rate it takes, and the pipeline against it."""
    assert measured.numerator is not None and measured.denominator is not None  # noqa: S101, PT018  # ratio() sets both
    remaining = measured.denominator - measured.numerator
    days_left = (period.end - max(as_of, period.start)).days
    pipeline = totals.pipeline
    return (
        Measured(name="remaining amount", clause_id="ACC-1", unit="amount", value=remaining),
        ratio(
            "run rate needed a day", "ACC-1", max(remaining, Decimal(0)), days_left,
            without="the period has ended", unit="amount",
        ),
        ratio(
            "pipeline coverage", "ACC-1", pipeline.weighted, remaining, without="nothing remains to be won",
            coverage=Coverage(judged=pipeline.judged, total=pipeline.total),
        ),
    )  # fmt: skip
