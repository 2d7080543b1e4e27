"""ACC-1 and ACC-2: attainment, pace, profit and margin, with what could not be counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sam_core import Period, score
from sam_core.book import Credit, CreditKind, Offering, ProfitExpectation, Quota, QuotaCounts
from sam_core.measures.attainment import attainment, prorated
from sam_core.values import Outcome, Unknown
from tests.core.builders import AS_OF, YEAR, book, day, dossier, held, line, opportunity, product
from tests.core.rules.judging import HIDDEN, policy

ENDED = day("2026-12-31")
HELD = (held(),)


def quota(amount: object, counts: QuotaCounts = QuotaCounts.REVENUE, key: str = "q", **fields: Any) -> Quota:
    return Quota(id=key, amount=Decimal(str(amount)), counts=counts, **{"period": YEAR, **fields})


def expectation(
    profit: Any = None, margin: Any = None, key: str = "e", period: Period = YEAR
) -> ProfitExpectation:
    values = [None if value is None else Decimal(str(value)) for value in (profit, margin)]
    return ProfitExpectation(id=key, period=period, gross_profit=values[0], margin=values[1])


def judged(
    number: int,
    *lines: Any,
    as_of=ENDED,
    assignments: Any = HELD,
    opportunities: Any = (),
    **fields: Any,
):
    one = dossier(sale_lines=lines, assignments=assignments, opportunities=opportunities)
    return score(book(one, **fields), as_of=as_of).accountabilities[number - 1]


def details(found) -> dict[str, Any]:
    return {one.name: one.value for one in found.details}


def sold(key: str, revenue: object, cost: object = HIDDEN, **fields: Any):
    known = cost if isinstance(cost, Unknown) else Decimal(str(cost))
    return line(key, "2026-03-01", revenue, cost=known, **fields)


@given(st.integers(1, 1000), st.integers(1, 364))
def test_parts_of_a_quota_over_consecutive_periods_sum_to_it(amount, days):
    first = Period(YEAR.start, YEAR.start.fromordinal(YEAR.start.toordinal() + days - 1))
    second = Period(first.end.fromordinal(first.end.toordinal() + 1), YEAR.end)
    parts = prorated(Decimal(amount), YEAR, first) + prorated(Decimal(amount), YEAR, second)
    assert parts.quantize(Decimal("1e-9")) == amount


def test_attainment_is_not_capped_and_knows_no_quota_of_nought():
    assert attainment(Decimal(150), Decimal(100)) == Decimal("1.5")
    assert attainment(Decimal(-10), Decimal(100)) == Decimal("-0.1")
    assert isinstance(attainment(Decimal(150), Decimal(0)), Unknown)


def test_quotas_add_each_prorated_by_its_overlapping_days():
    # 365 for the year, and 92 of the 184 days of a second half that ends with March 2027: 200 × 92 ÷ 182
    half = Period(day("2026-10-01"), day("2027-03-31"))
    found = judged(1, sold("1", 100), quotas=(quota(365), quota(182, key="h", period=half)))
    assert found.measured.denominator == 365 + 92


def test_a_cancellation_gives_negative_credit():
    found = judged(1, sold("1", 100), sold("2", -30, quantity=Decimal(-1)), quotas=(quota(100),))
    assert found.measured.value == Decimal("0.7")


def test_shares_of_credit_count_and_overlay_does_not():
    split = (
        Credit(person_id="M1", share=Decimal("0.25")), Credit(person_id="X", share=Decimal("0.75")),
        Credit(person_id="M1", share=Decimal(1), kind=CreditKind.OVERLAY),
    )  # fmt: skip
    overlay = (Credit(person_id="X", share=Decimal(1), kind=CreditKind.OVERLAY),)
    found = judged(1, sold("1", 100, credits=split), sold("2", 10, credits=overlay), quotas=(quota(100),))
    assert found.measured.numerator == 35  # a quarter of the first, all of the second: whose account it is


@pytest.mark.parametrize(
    ("counts", "family", "value"),
    [
        (QuotaCounts.REVENUE, None, Decimal("1.5")),
        (QuotaCounts.GROSS_PROFIT, None, Decimal("0.9")),
        (QuotaCounts.UNITS, None, Decimal("0.05")),
        (QuotaCounts.REVENUE, "F1", Decimal(1)),
        (QuotaCounts.REVENUE, "F3", Decimal(0)),
    ],
)
def test_a_quota_counts_revenue_profit_or_units_of_all_or_of_one_family(counts, family, value):
    # 100 of F1 at 40, three of it; 50 of F2 at 20, two of it
    lines = (
        sold("1", 100, 40, quantity=Decimal(3)),
        sold("2", 50, 20, quantity=Decimal(2), product_id="P2"),
    )
    products = Offering(products=(product("P1", "F1"), product("P2", "F2")))
    found = judged(1, *lines, offering=products, quotas=(quota(100, counts, family=family),))
    assert found.measured.value == value
    assert found.outcome is (Outcome.MET if value >= 1 else Outcome.NOT_MET)


def test_several_kinds_of_quota_must_all_be_met_and_revenue_is_the_headline():
    found = judged(1, sold("1", 100, 40), quotas=(quota(61, QuotaCounts.GROSS_PROFIT, "g"), quota(100)))
    assert (found.measured.name, found.measured.value) == ("quota attainment", 1)
    assert details(found)["quota attainment in gross profit"] == Decimal(60) / 61
    assert found.outcome is Outcome.NOT_MET
    assert (
        judged(1, sold("1", 100, 40), quotas=(quota(60, QuotaCounts.GROSS_PROFIT, "g"), quota(100))).outcome
        is Outcome.MET
    )


def test_what_cannot_be_credited_leaves_the_verdict_open_below_the_floor():
    unclear = (held(end=day("2026-03-01")), held("X", "2026-04-01"))
    lines = (sold("1", 94), line("2", "2026-05-01", 6, credits=()))
    ours = judged(1, *lines, assignments=unclear, quotas=(quota(94),))
    assert ours.outcome is Outcome.MET
    doubt = (held(end=day("2026-03-01")), evolve(held("X", "2026-04-01"), start=HIDDEN, id="u"))
    found = judged(1, *lines, assignments=doubt, quotas=(quota(94),))
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert found.missing[0].name == "assignments"
    assert "only 94% of the revenue" in found.missing[0].reason.where
    lower = policy(quota__coverage_min=Decimal("0.94"))
    assert judged(1, *lines, assignments=doubt, quotas=(quota(94),), policy=lower).outcome is Outcome.MET


def test_units_and_family_that_are_unknown_leave_less_of_it_counted():
    half = (sold("1", 50), sold("2", 50, quantity=HIDDEN))
    found = judged(1, *half, quotas=(quota(1, QuotaCounts.UNITS),))
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert found.measured.coverage.judged_amount == 50
    products = Offering(products=(product("P1", "F1"), product("P2", HIDDEN)))
    mixed = (sold("1", 50), sold("2", 50, product_id="P2"))
    found = judged(1, *mixed, offering=products, quotas=(quota(50, family="F1"),))
    assert found.outcome is Outcome.NOT_ASSESSABLE


def test_the_way_ahead_is_told_by_remaining_amount_run_rate_and_pipeline():
    chance = opportunity("O", closes_on=day("2026-09-01"), amount=Decimal(400), probability=Decimal("0.5"))
    found = judged(1, sold("1", 632), quotas=(quota(1000),), as_of=AS_OF, opportunities=(chance,))
    # 368 remain for the 184 days from July to December; 200 weighted stand against it
    assert details(found) == {
        "remaining amount": 368, "run rate needed a day": 2, "pipeline coverage": Decimal(200) / 368,
    }  # fmt: skip
    assert found.sentence == "63.2% of the quota of 1,000.00 is achieved, 49.6% of the period gone."
    over = details(judged(1, sold("1", 1100), quotas=(quota(1000),)))
    assert over["remaining amount"] == -100
    assert isinstance(over["run rate needed a day"], Unknown)


def test_without_a_quota_it_does_not_apply_and_with_an_unknown_one_it_is_open():
    none = judged(1, sold("1", 100), quotas=())
    assert (none.applies, none.outcome, none.missing) == (False, Outcome.NOT_ASSESSABLE, ())
    hidden = judged(1, sold("1", 100), quotas=HIDDEN)
    assert hidden.applies
    assert [one.name for one in hidden.missing] == ["quotas"]
    assert judged(1, sold("1", 100), quotas=(quota(1, period=Period.year(2030)),)).applies is False


def test_a_quota_of_nought_has_no_attainment():
    found = judged(1, sold("1", 100), quotas=(quota(0),))
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert found.sentence == "Attainment cannot be told: the quota is nought."


def test_profit_is_judged_by_every_expectation_set():
    lines = (sold("1", 100, 60),)
    assert judged(2, *lines, expectations=(expectation(40, "0.4"),)).outcome is Outcome.MET
    assert judged(2, *lines, expectations=(expectation(41),)).outcome is Outcome.NOT_MET
    assert judged(2, *lines, expectations=(expectation(margin="0.41"),)).outcome is Outcome.NOT_MET
    found = judged(2, *lines, expectations=(expectation(margin="0.4"),))
    assert (found.measured.name, found.measured.value, found.target) == (
        "gross margin",
        Decimal("0.4"),
        Decimal("0.4"),
    )
    assert found.sentence == "Gross profit is 40.00, a margin of 40.0% against 40.0%."


def test_a_running_period_expects_its_elapsed_share_and_has_a_margin_of_risk():
    # 365 × 181 ÷ 365 = 181 are due; 0.9 of it is 162.9
    wanted = (expectation(365),)
    for profit, outcome in ((181, Outcome.MET), (180, Outcome.AT_RISK), (162, Outcome.NOT_MET)):
        found = judged(2, sold("1", 1000, 1000 - profit), expectations=wanted, as_of=AS_OF)
        assert found.outcome is outcome
        assert found.target == 181


def test_expectations_add_and_margins_weigh_by_their_days():
    halves = (Period(day("2026-01-01"), day("2026-06-30")), Period(day("2026-07-01"), day("2026-12-31")))
    wanted = tuple(
        expectation(amount, margin, key, period)
        for amount, margin, key, period in ((10, "0.2", "a", halves[0]), (20, "0.4", "b", halves[1]))
    )
    found = judged(2, sold("1", 100, 70), expectations=wanted)
    assert found.target == 30
    assert found.outcome is Outcome.NOT_MET  # a margin of 0.3 against (0.2 × 181 + 0.4 × 184) ÷ 365 = 0.3008
    easier = policy(profit__coverage_min=Decimal(0))
    assert judged(2, sold("1", 1000, 690), expectations=wanted, policy=easier).outcome is Outcome.MET


def test_a_cost_that_is_unknown_leaves_coverage_smaller_not_profit_lower():
    found = judged(2, sold("1", 94, 50), sold("2", 6), expectations=(expectation(44),))
    assert found.measured.value == 44
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert [one.name for one in found.missing] == ["sale_lines.cost"]
    assert judged(2, sold("1", 95, 50), sold("2", 5), expectations=(expectation(45),)).outcome is Outcome.MET


def test_sales_or_expectations_unknown_leave_profit_open():
    hidden = score(book(dossier(), expectations=(expectation(1),)), as_of=ENDED).accountabilities[1]
    assert [one.name for one in hidden.missing] == ["sale_lines"]
    assert hidden.sentence == "Gross profit cannot be told: nothing was sold."
    assert judged(2, sold("1", 1, 1), expectations=HIDDEN).missing[0].name == "expectations"
    assert judged(2, sold("1", 1, 1), expectations=()).applies is False
    uncosted = judged(2, sold("1", 1), expectations=(expectation(margin="0.1"),))
    assert uncosted.outcome is Outcome.NOT_ASSESSABLE
    assert uncosted.sentence == "Gross profit cannot be told: no line has a known cost."


def test_a_margin_without_revenue_is_open_and_before_the_period_nothing_is_judged():
    nothing = judged(2, expectations=(expectation(margin="0.1"),))
    assert nothing.outcome is Outcome.NOT_ASSESSABLE
    assert (
        judged(2, expectations=(expectation(1),), as_of=day("2025-12-31")).outcome is Outcome.NOT_ASSESSABLE
    )
    assert judged(2, expectations=(expectation(1),)).outcome is Outcome.NOT_ASSESSABLE


def test_gap_and_trend_hold_it_against_target_and_the_year_before():
    lines = (line("0", "2025-03-01", 80, cost=Decimal(50)), sold("1", 100, 60))
    found = judged(2, *lines, expectations=(expectation(50),))
    assert (found.gap, found.trend) == (-10, 10)


def test_sales_of_an_account_unknown_leave_attainment_open():
    one = dossier("A1", sale_lines=(sold("1", 100),), assignments=HELD)
    found = score(book(one, dossier("A2"), quotas=(quota(100),)), as_of=ENDED).accountabilities[0]
    assert (found.measured.value, found.outcome) == (1, Outcome.NOT_ASSESSABLE)
    assert [one.name for one in found.missing] == ["sale_lines"]


def test_profit_without_revenue_is_told_without_a_margin():
    lines = (sold("1", 10, 4), sold("2", -10, -4, quantity=Decimal(-1)))
    found = judged(2, *lines, expectations=(expectation(0),))
    assert (found.measured.value, found.outcome) == (0, Outcome.MET)
    assert found.sentence == "Gross profit is 0.00 against 0.00 expected by now."
