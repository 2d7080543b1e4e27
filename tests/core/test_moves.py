from __future__ import annotations

from decimal import Decimal
from statistics import median

import pytest

from sam_core import moves, score
from sam_core.penetration.moves import MOVES_KEPT
from sam_core.standards import Policy, Revision
from sam_core.values import NOT_FETCHED, Unknown

from .builders import AS_OF, book, day, dossier, line, offering

SOLD = offering("P1", "P2")
FEW = Policy(
    (
        Revision(
            effective=day("2020-01-01"), values={"penetration.owners_min": 2, "penetration.comparable_min": 2}
        ),
    )
)


def customer(number: int, *products: str, segment: str | None = "big", revenue: int = 240):
    """One buyer at one location, owning the products named; revenue is over the active 24 months."""
    name = f"A{number}"
    sold = tuple(
        line(
            f"{name}-{p}", "2026-01-01", revenue, product_id=p, location_id=f"{name}-L", buyer_id=f"{name}-B"
        )
        for p in products
    )
    return dossier(name, segment=segment, sale_lines=sold, locations=(), buyers=())


def test_a_move_is_worth_smoothed_adoption_times_the_median_year_of_owning_cells():
    held = book(
        customer(1, "P1", "P2", revenue=200),
        customer(2, "P1", "P2", revenue=400),
        customer(3, "P1"),
        offering=SOLD,
        policy=FEW,
    )
    (move,) = moves(held, as_of=AS_OF)
    assert (move.account_id, move.product_id, move.place) == ("A3", "P2", ("A3-L", "A3-B"))
    # 2 of 3 active buyers own P2; a year of the two cells is 100 and 200
    assert move.valuation.adoption == Decimal(3) / 5
    assert move.valuation.typical == Decimal(median([100, 200]))
    assert move.value == Decimal(3) / 5 * 150
    assert str(move.valuation) == "2 of 3 active buyers in segment big own it (adoption 0.60) × 150.00 a year"


def test_too_few_comparable_accounts_compare_with_the_whole_book():
    held = book(
        customer(1, "P1", "P2"),
        customer(2, "P1", "P2"),
        customer(3, "P1", segment="small"),
        customer(4, "P1", segment=None),
        offering=SOLD,
        policy=FEW,
    )
    found = {move.account_id: move.valuation.compared for move in moves(held, as_of=AS_OF)}
    assert found == {"A3": "the whole book", "A4": "the whole book"}


def test_with_too_few_owners_the_value_is_unknown_and_the_move_ranks_last():
    held = book(
        customer(1, "P1", "P2"),
        customer(2, "P1"),
        customer(3, "P1"),
        customer(9, "P2", revenue=1),
        offering=offering("P1", "P2", "P3"),
        policy=Policy((Revision(effective=day("2020-01-01"), values={"penetration.owners_min": 3}),)),
    )
    found = moves(held, as_of=AS_OF)
    assert [(move.account_id, move.product_id) for move in found if not isinstance(move.value, Unknown)] == [
        ("A9", "P1")
    ]
    assert [isinstance(move.value, Unknown) for move in found] == [False] + [True] * (len(found) - 1)
    assert "fewer than 3 owners" in str(found[-1].valuation)


def test_ties_break_by_ids():
    held = book(*(customer(n, "P1") for n in (3, 1, 2)), offering=SOLD, policy=FEW)
    assert [move.account_id for move in moves(held, as_of=AS_OF)] == ["A1", "A2", "A3"]


@pytest.mark.parametrize("products", [("P1",), ("P2",), ("P1", "P2")])
def test_the_scorecard_names_the_first_of_all_moves_without_a_second_reading(products):
    many = [customer(n, *products, segment=("big", "small", None)[n % 3], revenue=n) for n in range(1, 31)]
    held = book(*many, customer(99, "P1", "P2"), offering=offering("P1", "P2", "P3"), policy=FEW)
    assert score(held, as_of=AS_OF).moves == moves(held, as_of=AS_OF)[:MOVES_KEPT]


def test_an_account_whose_sales_are_unknown_has_no_moves():
    assert moves(book(dossier(sale_lines=NOT_FETCHED), offering=SOLD), as_of=AS_OF) == []
