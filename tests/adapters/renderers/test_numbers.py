from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_adapters.renderers import numbers
from sam_core import Unknown, Why
from sam_core.values import Coverage

NOBODY_KNOWS = Unknown(Why.BLANK, "x")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_an_amount_is_read_back_to_the_cent(value):
    assert Decimal(numbers.amount(value).replace(",", "")) == value


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=4),
    st.sampled_from(["share", "amount", "count", "points", "index"]),
)
def test_a_change_has_a_sign_and_nought_has_none(value, unit):
    text = numbers.change(value, unit)
    digits = text.strip(" p%")
    assert digits.startswith("+") == (value > 0 and bool(digits.strip("+0.,")))
    assert not (digits.startswith("-") and not digits.strip("-0.,"))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("0.5"), "share", "50.0 %"),
        (Decimal("1234567.891"), "amount", "1,234,567.89"),
        (Decimal(3), "count", "3"),
        (Decimal("2.455"), "count", "2.46"),
        (Decimal("41.25"), "points", "41.2"),
        (Decimal("0.347"), "index", "0.35"),
        (NOBODY_KNOWS, "share", "?"),
    ],
)
def test_a_value_is_shown_in_its_unit(value, unit, text):
    assert numbers.number(value, unit) == text


def test_a_change_of_a_share_is_told_in_percentage_points():
    assert numbers.change(Decimal("0.0305"), "share") == "+3.0 pp"
    assert numbers.change(Decimal("-1500.4"), "amount", narrow=True) == "-1,500"
    assert numbers.change(Decimal("-0.001"), "amount") == "0.00"
    assert numbers.change(NOBODY_KNOWS, "amount") == "?"


def test_what_is_not_known_is_a_question_mark_and_never_nought():
    assert [f(NOBODY_KNOWS) for f in (numbers.amount, numbers.whole_amount, numbers.share)] == ["?"] * 3
    assert numbers.share(None) == "?"


def test_coverage_is_told_only_where_it_is_partial():
    assert numbers.coverage(Coverage(judged=8, total=9)) == "8 of 9"
    assert numbers.coverage(Coverage(judged=9, total=9)) == ""


def test_one_is_singular():
    assert [numbers.count(n, "account") for n in (0, 1, 1200)] == [
        "0 accounts",
        "1 account",
        "1,200 accounts",
    ]
    assert numbers.count(2, "entry", "entries") == "2 entries"
