from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import Contract, within
from sam_core.testing import days, periods, sale_lines
from sam_core.values import NOT_FETCHED

from .builders import day, line


@pytest.mark.parametrize(
    ("revenue", "quantity", "is_return"),
    [(1, 1, False), (0, 0, False), (-1, 1, True), (1, -1, True), (-1, None, True), (1, None, False)],
)
def test_a_negative_revenue_or_quantity_makes_a_return(revenue, quantity, is_return):
    amount = NOT_FETCHED if quantity is None else Decimal(quantity)
    assert line("s", "2026-01-01", revenue, quantity=amount).is_return is is_return


@given(st.lists(sale_lines(), max_size=12), periods())
def test_within_a_period_are_the_lines_whose_day_lies_in_it(lines, period):
    lines.sort(key=lambda one: one.on)
    assert list(within(lines, period)) == [one for one in lines if one.on in period]
    assert list(within(lines, None)) == []


def test_a_contract_runs_from_its_start_to_the_last_day_of_its_term():
    contract = Contract(id="c", start=day("2026-02-01"), end=day("2026-03-31"))
    runs = ["2026-01-31", "2026-02-01", "2026-03-31", "2026-04-01"]
    assert [contract.in_force(day(on)) for on in runs] == [False, True, True, False]


def test_a_contract_does_not_run_on_the_day_it_was_cancelled():
    contract = Contract(id="c", start=day("2026-02-01"), cancelled_on=day("2026-03-01"))
    assert [contract.in_force(day(on)) for on in ("2026-02-28", "2026-03-01")] == [True, False]


@given(days())
def test_a_contract_cancelled_on_its_first_day_never_ran(on):
    assert not Contract(id="c", start=on, cancelled_on=on).in_force(on)
