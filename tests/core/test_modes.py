from __future__ import annotations

from itertools import permutations

import pytest

from sam_core.penetration.modes import History, Mode, classify
from sam_core.values import NOT_FETCHED, Unknown

from .builders import day, line


def modes(*lines):
    found, _ = classify(lines, active_months=24)
    return {entry.line.id: entry.mode for entry in found}


def test_the_first_day_is_acquisition_and_the_three_new_ways_follow_in_their_order():
    assert modes(
        line("1", "2026-01-01"),
        line("2", "2026-01-02"),
        line("3", "2026-01-03", product_id="P2"),
        line("4", "2026-01-04", buyer_id="B2"),
        line("5", "2026-01-05", location_id="L2"),
    ) == {
        "1": Mode.ACQUISITION,
        "2": Mode.REPEAT,
        "3": Mode.NEW_PRODUCT,
        "4": Mode.NEW_BUYER,
        "5": Mode.NEW_LOCATION,
    }


def test_a_buyer_known_elsewhere_is_a_new_buyer_at_another_location_that_buys():
    assert (
        modes(
            line("1", "2026-01-01"),
            line("2", "2026-01-02", location_id="L2", buyer_id="B2"),
            line("3", "2026-01-03", location_id="L2", buyer_id="B1"),
        )["3"]
        is Mode.NEW_BUYER
    )


def test_lines_of_one_day_do_not_see_each_other_in_any_order():
    same_day = [
        line("1", "2026-01-01"),
        line("2", "2026-01-01", product_id="P2"),
        line("3", "2026-01-01", location_id="L2"),
    ]
    assert all(set(modes(*order).values()) == {Mode.ACQUISITION} for order in permutations(same_day))


def test_a_return_is_a_return_and_opens_nothing():
    assert modes(line("1", "2026-01-01", -100), line("2", "2026-01-02")) == {
        "1": Mode.RETURN,
        "2": Mode.ACQUISITION,
    }


def test_a_negative_quantity_is_a_return_too():
    assert modes(line("1", "2026-01-01", 0, quantity=-1 * line("x", "2026-01-01").quantity)) == {
        "1": Mode.RETURN
    }


def test_all_modes_that_hold_are_reported_widest_first():
    found, _ = classify(
        [line("1", "2026-01-01"), line("2", "2026-01-02", location_id="L2")], active_months=24
    )
    assert found[0].modes == (Mode.ACQUISITION, Mode.NEW_LOCATION, Mode.NEW_BUYER, Mode.NEW_PRODUCT)
    assert found[1].modes == (Mode.NEW_LOCATION, Mode.NEW_BUYER, Mode.NEW_PRODUCT)


@pytest.mark.parametrize("field", ["location_id", "buyer_id", "product_id"])
def test_an_unknown_deciding_fact_is_unclassified_with_its_reason(field):
    found, _ = classify(
        [line("1", "2026-01-01"), line("2", "2026-01-02", **{field: NOT_FETCHED})], active_months=24
    )
    assert found[1].mode is Mode.UNCLASSIFIED
    assert isinstance(found[1].why, Unknown)
    assert found[1].why.where == field


def test_an_unknown_buyer_matters_not_where_the_location_is_new():
    assert (
        modes(line("1", "2026-01-01"), line("2", "2026-01-02", location_id="L2", buyer_id=NOT_FETCHED))["2"]
        is Mode.NEW_LOCATION
    )


@pytest.mark.parametrize("field", ["location_id", "buyer_id", "product_id"])
def test_newness_is_not_claimed_where_an_earlier_line_may_have_been_the_same(field):
    other = {"location_id": "L2", "buyer_id": "B2", "product_id": "P2"}[field]
    assert (
        modes(
            line("1", "2026-01-01"),
            line("2", "2026-01-02", **{field: NOT_FETCHED}),
            line("3", "2026-01-03", **{field: other}),
        )["3"]
        is Mode.UNCLASSIFIED
    )


def test_what_was_certainly_won_before_is_repeat_whatever_else_is_unknown():
    assert (
        modes(
            line("1", "2026-01-01", buyer_id=NOT_FETCHED), line("2", "2026-01-02"), line("3", "2026-01-03")
        )["3"]
        is Mode.REPEAT
    )


def test_an_unknown_buyer_elsewhere_does_not_cloud_a_new_buyer_here():
    assert (
        modes(
            line("1", "2026-01-01"),
            line("2", "2026-01-02", location_id="L2", buyer_id=NOT_FETCHED),
            line("3", "2026-01-03", buyer_id="B2"),
        )["3"]
        is Mode.NEW_BUYER
    )


def test_a_known_product_of_another_buyer_does_not_cloud_a_new_product():
    assert (
        modes(
            line("1", "2026-01-01"),
            line("2", "2026-01-02", buyer_id="B2"),
            line("3", "2026-01-03", buyer_id="B2", product_id=NOT_FETCHED),
            line("4", "2026-01-04", product_id="P2"),
        )["4"]
        is Mode.NEW_PRODUCT
    )


def test_what_lapsed_and_is_won_again_is_reactivated_and_not_new():
    found, _ = classify([line("1", "2023-01-01"), line("2", "2026-01-01")], active_months=24)
    assert found[1].mode is Mode.REPEAT
    assert found[1].reactivated == ("location", "buyer", "product")


def test_only_what_lapsed_is_reactivated():
    found, _ = classify(
        [line("1", "2023-01-01"), line("2", "2025-06-01", product_id="P2"), line("3", "2026-01-01")],
        active_months=24,
    )
    assert found[2].reactivated == ("product",)


def test_a_win_is_active_until_the_day_before_the_months_are_full():
    last_active, _ = classify([line("1", "2024-01-01"), line("2", "2025-12-31")], active_months=24)
    lapsed, _ = classify([line("1", "2024-01-01"), line("2", "2026-01-01")], active_months=24)
    assert last_active[1].reactivated == ()
    assert lapsed[1].reactivated == ("location", "buyer", "product")


def test_the_history_answers_for_a_sale_of_the_next_day():
    _, history = classify([line("1", "2026-01-01")], active_months=24)
    assert history.decide("L1", "B1", "P1")[0] == (Mode.REPEAT,)
    assert history.locations["L1"].on == day("2026-01-01")
    assert History().decide(None, None, None)[0][0] is Mode.ACQUISITION


def test_lines_said_to_be_in_order_are_taken_as_they_come():
    ordered = [line("1", "2025-01-01"), line("2", "2026-01-01"), line("3", "2026-01-01", product_id="P2")]
    assert (
        classify(ordered, active_months=24, in_order=True)[0] == classify(ordered[::-1], active_months=24)[0]
    )
