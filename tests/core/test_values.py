from __future__ import annotations

import copy
import pickle
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core.errors import CurrencyMismatchError, RecordError, TruthValueError
from sam_core.testing import amounts, coverages, currencies, days, maybe, monies, periods, unknowns
from sam_core.values import (
    NOT_FETCHED,
    Coverage,
    Money,
    Outcome,
    Period,
    Unknown,
    Why,
    add_months,
    is_known,
    known,
)

OUTCOMES = st.sampled_from(Outcome)
VERDICTS = (Outcome.MET, Outcome.AT_RISK, Outcome.NOT_MET)


def refused(problem: str):
    return pytest.raises(RecordError, match=problem)


# Unknown


@given(unknowns())
def test_an_unknown_has_no_truth_value_and_says_how_to_ask_instead(value):
    with pytest.raises(TruthValueError, match="test it with isinstance"):
        bool(value)
    assert str(value).startswith(f"unknown ({value.why.value}")


def test_an_unknown_tells_where_only_when_it_knows_where():
    assert str(Unknown(Why.BLANK, "column cost")) == "unknown (blank: column cost)"
    assert str(NOT_FETCHED) == "unknown (not-fetched)"


@given(st.lists(maybe(st.integers())))
def test_known_keeps_the_known_in_their_order(values):
    assert known(values) == tuple(value for value in values if is_known(value))
    assert not any(isinstance(value, Unknown) for value in known(values))


# Outcome


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_refuses_to_be_a_truth_value(outcome):
    with pytest.raises(TruthValueError, match=r"outcome is Outcome\.MET"):
        bool(outcome)


@given(st.lists(OUTCOMES), st.randoms(use_true_random=False))
def test_combining_outcomes_needs_no_order_and_no_repetition(outcomes, random):
    mixed = outcomes + outcomes
    random.shuffle(mixed)
    assert Outcome.all_of(mixed) is Outcome.all_of(outcomes)
    assert Outcome.any_of(mixed) is Outcome.any_of(outcomes)


@given(st.lists(OUTCOMES, max_size=4), st.lists(OUTCOMES, max_size=4))
def test_combining_outcomes_in_parts_is_combining_them_at_once(a, b):
    for combine in (Outcome.all_of, Outcome.any_of):
        assert combine([combine(a), combine(b)]) is combine(a + b)


def test_one_failure_decides_all_and_one_success_decides_any():
    for others in permutations((*VERDICTS, Outcome.NOT_ASSESSABLE)):
        assert Outcome.all_of(others) is Outcome.NOT_MET
        assert Outcome.any_of(others) is Outcome.MET


def test_nothing_fails_in_nothing_and_nothing_succeeds_in_nothing():
    assert Outcome.all_of([]) is Outcome.MET
    assert Outcome.any_of([]) is Outcome.NOT_MET


@given(st.lists(OUTCOMES, max_size=4), st.integers(0, 4), st.data())
def test_learning_an_open_outcome_never_reverses_a_verdict_of_the_whole(outcomes, count, data):
    learnt = [
        data.draw(st.sampled_from(VERDICTS)) if one is Outcome.NOT_ASSESSABLE else one for one in outcomes
    ]
    for combine in (Outcome.all_of, Outcome.any_of, lambda given: Outcome.at_least(count, given)):
        before = combine(outcomes)
        assert before in (Outcome.NOT_ASSESSABLE, combine(learnt))


@given(st.lists(OUTCOMES, max_size=4))
def test_an_outcome_is_left_open_only_where_what_is_open_could_decide_it(outcomes):
    # Strong Kleene: try every way in which the open ones could come out.
    ways = [[]]
    for one in outcomes:
        ways = [
            [*way, end] for way in ways for end in (VERDICTS if one is Outcome.NOT_ASSESSABLE else (one,))
        ]
    for combine in (Outcome.all_of, Outcome.any_of):
        ends = {combine(way) for way in ways}
        assert combine(outcomes) is (ends.pop() if len(ends) == 1 else Outcome.NOT_ASSESSABLE)


@given(st.lists(OUTCOMES))
def test_one_at_least_is_met_where_any_is(outcomes):
    assert (Outcome.at_least(1, outcomes) is Outcome.MET) == (Outcome.any_of(outcomes) is Outcome.MET)
    assert Outcome.at_least(0, outcomes) is Outcome.MET


def test_two_of_three_stays_open_while_the_gap_could_decide():
    met, missed, gap = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_ASSESSABLE
    assert Outcome.at_least(2, [met, met, missed]) is met
    assert Outcome.at_least(2, [met, gap, missed]) is gap
    assert Outcome.at_least(2, [met, missed, missed]) is missed


# Months


@given(days(), st.integers(-60, 60))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    there = add_months(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)


def test_a_leap_day_is_held_back_in_other_years():
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2024, 2, 29), 48) == date(2028, 2, 29)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)


# Period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026Q3", "2026-07-01", "2026-09-30"),
        ("2026-q1", "2026-01-01", "2026-03-31"),
        ("2026H2", "2026-07-01", "2026-12-31"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        (" 2024-02 ", "2024-02-01", "2024-02-29"),
        ("2026-01-15 .. 2026-06-30", "2026-01-15", "2026-06-30"),
    ],
)
def test_a_period_is_read_as_people_write_it(text, start, end):
    assert Period.parse(text) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text", ["", "next year", "2026Q5", "2026Q0", "2026H3", "2026-13", "2026-1", "0000", "2026..2027",
             "2026-01-01..", "2026-01-01..2026-02-01..2026-03-01", "2026-02-30..2026-03-01"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_the_forms_there_are(text):
    with refused("is not a period; write 2026, 2026Q3") as caught:
        Period.parse(text)
    assert (caught.value.record, caught.value.field) == ("Period", "text")


@given(st.text(max_size=24))
def test_any_text_is_a_period_or_a_record_error(text):
    with suppress(RecordError):
        assert Period.parse(text).days >= 1


def test_a_period_that_ends_before_it_begins_is_refused():
    with refused("2025-12-31 lies before the start 2026-01-01"):
        Period.parse("2026-01-01..2025-12-31")


@pytest.mark.parametrize("field", ["start", "end"])
@pytest.mark.parametrize("value", ["2026-01-01", None, 2026, datetime(2026, 1, 1)])  # that is the point
def test_a_period_has_dates_at_both_ends(field, value):
    given = {"start": date(2026, 1, 1), "end": date(2026, 1, 1), field: value}
    with refused("is not a datetime.date") as caught:
        Period(**given)
    assert caught.value.field == field


@given(periods())
def test_a_written_period_reads_back(period):
    assert Period.parse(str(period)) == period


@given(periods(), days())
def test_days_overlap_and_elapsed_agree_with_counting_days(period, day):
    assert period.days == (period.end - period.start).days + 1
    assert period.overlap(period) == period.days
    assert (day in period) == (period.overlap(Period(day, day)) == 1)
    gone = period.to_date(day)
    assert period.elapsed(day) == Decimal(gone.days if gone else 0) / period.days
    assert 0 <= period.elapsed(day) <= 1
    assert period.ended(day) == (period.elapsed(day) == 1)


@given(periods(), periods())
def test_overlap_is_mutual_and_counts_the_common_days(a, b):
    assert a.overlap(b) == b.overlap(a)
    common = [n for n in range(a.days) if a.start + timedelta(days=n) in b] if a.days < 500 else None
    assert common is None or a.overlap(b) == len(common)


@given(periods())
def test_consecutive_parts_overlap_to_the_whole(period):
    middle = period.start + timedelta(days=period.days // 2)
    if middle == period.start:
        return
    parts = Period(period.start, middle - timedelta(days=1)), Period(middle, period.end)
    assert sum(period.overlap(part) for part in parts) == period.days


def test_nothing_but_a_date_lies_in_a_period():
    assert date(2026, 1, 1) in Period.year(2026)
    assert NOT_FETCHED not in Period.year(2026)
    assert "2026-01-01" not in Period.year(2026)


@given(periods())
def test_the_comparable_period_lies_wholly_before_in_whole_years(period):
    before = period.comparable()
    assert before.end < period.start
    assert (before.start.month, min(before.start.day, 28)) == (period.start.month, min(period.start.day, 28))
    last = period.end + timedelta(days=1)
    assert last.day != 1 or (before.end + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026", "2025"),
        ("2026Q1", "2025-01-01..2025-03-31"),
        ("2025-02", "2024-02-01..2024-02-29"),
        ("2024-02", "2023-02-01..2023-02-28"),
        ("2024-02-29..2024-02-29", "2023-02-28..2023-02-28"),
        ("2025-01-01..2026-06-30", "2023-01-01..2024-06-30"),
        ("2024-01-01..2024-02-28", "2023-01-01..2023-02-28"),
    ],
)
def test_the_comparable_period_knows_month_ends_and_leap_years(text, before):
    assert Period.parse(text).comparable() == Period.parse(before)


@given(days(), st.integers(1, 36))
def test_trailing_months_end_today_and_follow_one_another(day, months):
    period = Period.trailing(day, months)
    assert period.end == day
    assert add_months(day, -months) == period.start - timedelta(days=1)


def test_before_its_first_day_nothing_of_a_period_has_come():
    assert Period.year(2026).to_date(date(2025, 12, 31)) is None
    assert Period.year(2026).to_date(date(2026, 3, 31)) == Period.parse("2026Q1")
    assert Period.year(2026).to_date(date(2027, 3, 31)) == Period.year(2026)


# Money


@given(amounts(), amounts(), currencies())
def test_amounts_of_one_currency_add(a, b, currency):
    assert Money(a, currency) + Money(b, currency) == Money(a + b, currency)


def test_currencies_never_meet_without_a_rate():
    with pytest.raises(CurrencyMismatchError, match="cannot add USD to EUR; convert one of them first"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")
    converted = Money(Decimal("2.50"), "USD").converted(Decimal("0.8"), "EUR")
    assert Money(Decimal(1), "EUR") + converted == Money(Decimal(3), "EUR")
    assert str(converted) == "2.000 EUR"


def test_money_and_a_bare_number_do_not_add():
    with pytest.raises(TypeError):
        Money(Decimal(1), "EUR") + Decimal(1)


@pytest.mark.parametrize("amount", [1.5, 1, "1", None, Decimal("NaN"), Decimal("-Infinity"), NOT_FETCHED])
def test_money_is_a_finite_decimal(amount):
    with refused("is not a finite Decimal") as caught:
        Money(amount, "EUR")
    assert caught.value.field == "amount"


@pytest.mark.parametrize("code", ["EURO", "eur", "", "XXZ", None, ["EUR"]])
def test_a_currency_is_one_that_the_world_knows(code):
    with refused("is no ISO 4217 code") as caught:
        Money(Decimal(1), code)
    assert caught.value.field == "currency"


# Coverage


@given(coverages(), coverages(), coverages())
def test_coverages_add_up_in_any_order_and_split(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Coverage() == a


@given(coverages())
def test_a_coverage_is_a_share_from_nought_to_one_or_there_is_nothing_to_share(coverage):
    assert coverage.share is None if not coverage.total else 0 <= coverage.share <= 1
    assert coverage.amount_share is None if not coverage.total_amount else 0 <= coverage.amount_share <= 1


@given(st.one_of(monies(), coverages(), periods(), unknowns(), OUTCOMES))
def test_values_can_be_copied_and_sent_to_another_process(value):
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert hash(copy.deepcopy(value)) == hash(value)
