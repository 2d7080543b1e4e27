from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import Contract, SaleLine, within
from sam_core.errors import RecordError
from sam_core.testing import days, periods, sale_lines
from sam_core.values import NOT_FETCHED

from .builders import day, line

FIELDS = [one.name for one in attrs.fields(SaleLine)]


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


@given(st.lists(sale_lines()), st.sets(st.sampled_from(FIELDS[3:])))
def test_lines_from_columns_are_those_of_single_constructions(lines, left_out):
    kept = [name for name in FIELDS if name not in left_out]
    columns = {name: tuple(getattr(one, name) for one in lines) for name in kept}
    single = [SaleLine(**{name: getattr(one, name) for name in kept}) for one in lines]
    assert SaleLine.from_columns(columns) == single


PLAIN = {"id": ("1", "2"), "on": (day("2026-01-01"),) * 2, "revenue": (Decimal(1), Decimal(2))}


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ({"id": ("1", " ")}, "SaleLine: id: ' '"),
        ({"on": (day("2026-01-01"), "2026-01-02")}, "SaleLine '2': on"),
        ({"revenue": (Decimal(1), 2.5)}, "SaleLine '2': revenue"),
        ({"revenue": (Decimal(1), Decimal("NaN"))}, "SaleLine '2': revenue"),
        ({"product_id": ("P", "")}, "SaleLine '2': product_id"),
        ({"location_id": ("P", None)}, "SaleLine '2': location_id"),
        ({"buyer_id": (NOT_FETCHED, 7)}, "SaleLine '2': buyer_id"),
        ({"quantity": (NOT_FETCHED, Decimal("Infinity"))}, "SaleLine '2': quantity"),
        ({"cost": (NOT_FETCHED, 1.5)}, "SaleLine '2': cost"),
        ({"credits": ((), "x")}, "SaleLine '2': credits"),
        ({"order_id": (None, "")}, "SaleLine '2': order_id"),
    ],
)
def test_of_columns_the_line_and_field_at_fault_are_named(column, says):
    assert len(SaleLine.from_columns(PLAIN)) == 2
    with pytest.raises(RecordError, match=says):
        SaleLine.from_columns({**PLAIN, **column})


def test_columns_must_be_there_of_one_length_and_known():
    with pytest.raises(ValueError, match="shorter"):
        SaleLine.from_columns({**PLAIN, "revenue": (Decimal(1),)})
    with pytest.raises(TypeError, match="revenue"):
        SaleLine.from_columns({"id": ("1",), "on": (day("2026-01-01"),)})
    with pytest.raises(TypeError, match="price"):
        SaleLine.from_columns({**PLAIN, "price": (1, 2)})


@given(sale_lines())
def test_a_line_from_columns_is_as_frozen_as_any(one):
    (same,) = SaleLine.from_columns({name: (getattr(one, name),) for name in FIELDS})
    assert hash(same) == hash(one)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        same.id = "other"
