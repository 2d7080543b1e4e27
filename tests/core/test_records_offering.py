from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import DatedCost, Offering, Product
from sam_core.errors import RecordError
from sam_core.testing import dated_costs, days, offerings
from sam_core.values import NOT_FETCHED, Unknown, Why

from .builders import account, day, product


def test_a_product_is_on_sale_from_its_introduction_until_the_day_it_is_retired():
    found = product("P", introduced_on=day("2026-02-01"), retired_on=day("2026-03-01"))
    runs = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"]
    assert [found.on_sale(day(on)) for on in runs] == [False, True, True, False]
    assert product("P").on_sale(day("1999-01-01"))


@pytest.mark.parametrize(
    ("segments", "segment", "excluded", "eligible"),
    [
        (None, None, (), True),
        (None, "large", (), True),
        (("large",), "large", (), True),
        (("large",), "small", (), False),
        (("large",), None, (), False),
        ((), "large", (), False),
        (None, None, ("P",), False),
        (None, None, ("Q",), True),
    ],
)
def test_a_product_is_for_the_segments_it_names_and_for_no_account_that_excludes_it(
    segments, segment, excluded, eligible
):
    buyer = account(segment=segment, excluded_product_ids=excluded)
    assert product("P", segments=segments).eligible_for(buyer) is eligible


@given(st.lists(dated_costs(), unique_by=lambda cost: cost.start), days())
def test_a_dated_cost_holds_from_its_day_until_the_next(costs, on):
    begun = [cost for cost in costs if cost.start <= on]
    expected = max(begun, key=lambda cost: cost.start).unit_cost if begun else None
    assert product("P", dated_costs=iter(costs)).dated_cost(on) == expected


def test_what_is_no_dated_cost_is_refused_by_name():
    with pytest.raises(RecordError, match="Product 'P': dated_costs"):
        product("P", dated_costs=("2026-01-01", 3))


def test_dated_costs_are_kept_in_the_order_of_their_days():
    late, early = (DatedCost(start=day(on), unit_cost=Decimal(1)) for on in ("2026-02-01", "2026-01-01"))
    assert product("P", dated_costs=[late, early]).dated_costs == (early, late)


@given(offerings(), days())
def test_what_is_on_sale_stands_in_the_order_of_ids_and_has_families(offering, on):
    found = offering.on_sale(on)
    assert [one.id for one in found] == sorted(one.id for one in offering.products if one.on_sale(on))
    assert offering.families(on) == {one.family for one in found if isinstance(one.family, str)}


def test_a_family_is_unknown_where_the_product_or_its_family_is():
    blank = Unknown(Why.BLANK, "column family")
    offering = Offering(products=(product("P", "F"), product("Q", blank)))
    assert offering.family_of("P") == "F"
    assert offering.family_of("Q") is blank
    assert offering.family_of("elsewhere") is NOT_FETCHED
    assert offering.family_of(blank) is blank
    assert offering.families(day("2026-01-01")) == {"F"}


def test_an_offering_finds_its_products_by_id_also_after_it_was_sent_elsewhere():
    offering = Offering(products=(product("P"), product("Q")))
    assert offering.by_id["Q"].id == "Q"
    twin = pickle.loads(pickle.dumps(offering))
    assert twin == offering
    assert isinstance(twin.by_id["P"], Product)
    assert NOT_FETCHED not in offering.by_id
