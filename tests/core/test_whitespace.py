from __future__ import annotations

from decimal import Decimal

import pytest

from sam_core.book import CompetitorHolding, Dossier, Offering, OpportunityStatus, SpendEstimate
from sam_core.penetration.modes import Mode, classify
from sam_core.penetration.rates import portfolio_of_buyer, rates
from sam_core.penetration.whitespace import CellStatus, Whitespace, whitespace
from sam_core.values import NOT_FETCHED, Unknown

from .builders import (
    AS_OF,
    account,
    buyer,
    day,
    dossier,
    line,
    location,
    offer,
    offering,
    opportunity,
    product,
)

ALL = offering("P1", "P2", "P3")


def space(given=None, sold=ALL, **collections) -> Whitespace:
    one = given or dossier(**{"sale_lines": (), "locations": (), "buyers": (), **collections})
    lines, history = classify(one.sale_lines, active_months=24)
    return whitespace(one, lines, history, sold, as_of=AS_OF, active_months=24)


def test_a_bought_cell_is_owned_and_worth_a_year_of_its_active_months():
    s = space(
        sale_lines=(line("1", "2025-01-01", 300), line("2", "2026-01-01", 100), line("3", "2020-01-01", 999))
    )
    cell = next(cell for cell in s.cells() if cell.product_id == "P1")
    assert (cell.status, cell.yearly_revenue) == (CellStatus.OWNED, Decimal(200))
    assert cell.evidence == ("2",)


def test_what_nobody_bought_is_open_and_the_grid_is_places_times_products():
    s = space(sale_lines=(line("1", "2026-01-01"),), locations=(location("L1"), location("L2")))
    assert s.places == (("L1", "B1"), ("L2", None))
    assert s.counts() == {CellStatus.OWNED: 1, CellStatus.OPEN: 5}
    assert sum(1 for _ in s.cells()) == 6


def test_a_lapsed_cell_is_lapsed():
    s = space(sale_lines=(line("1", "2023-01-01"),))
    assert s.status("L1", "B1", "P1") is CellStatus.LAPSED


def test_an_open_opportunity_makes_pipeline_and_a_lost_one_lost_until_its_time_is_over():
    s = space(
        sale_lines=(line("1", "2026-01-01"),),
        opportunities=(
            opportunity("O1", offer("o1", "P2")),
            opportunity("O2", offer("o2", "P3"), status=OpportunityStatus.LOST),
            opportunity(
                "O3",
                offer("o3", "P3", buyer_id="B9"),
                opened_on=day("2020-01-01"),
                closed_on=day("2020-02-01"),
                status=OpportunityStatus.LOST,
            ),
            opportunity("O4", offer("o4", "P3", buyer_id="B8"), status=OpportunityStatus.WON),
        ),
    )
    assert s.status("L1", "B1", "P2") is CellStatus.PIPELINE
    assert s.status("L1", "B1", "P3") is CellStatus.LOST
    assert s.places == (("L1", "B1"),)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_claims_on_a_cell_the_one_of_higher_precedence_stays(order):
    claims = (
        opportunity("O1", offer("o1", "P2")),
        opportunity("O2", offer("o2", "P2"), status=OpportunityStatus.LOST),
    )
    s = space(sale_lines=(line("1", "2026-01-01"),), opportunities=claims[::order])
    assert s.status("L1", "B1", "P2") is CellStatus.PIPELINE
    assert s.marked[("L1", "B1"), "P2"].evidence == ("O1",)


def test_two_claims_of_one_kind_share_the_cell_as_evidence():
    s = space(
        sale_lines=(line("1", "2026-01-01"),),
        opportunities=(opportunity("O1", offer("o1", "P2")), opportunity("O2", offer("o2", "P2"))),
    )
    assert s.marked[("L1", "B1"), "P2"].evidence == ("O1", "O2")


def test_an_open_opportunity_without_lines_is_unplaced_and_not_dropped():
    s = space(
        opportunities=(
            opportunity("O1"),
            opportunity("O2", lines=NOT_FETCHED),
            opportunity("O3", offer("o3", buyer_id=NOT_FETCHED)),
            opportunity("O4", status=OpportunityStatus.LOST),
            opportunity("O5", offer("o5", buyer_id=NOT_FETCHED), status=OpportunityStatus.LOST),
        )
    )
    assert set(s.unplaced) == {"O1", "O2", "o3"}


def test_a_sale_that_names_no_cell_is_unplaced_with_what_is_missing():
    s = space(
        sale_lines=(
            line("1", "2026-01-01", buyer_id=NOT_FETCHED),
            line("2", "2026-01-01", location_id=NOT_FETCHED),
        )
    )
    assert s.unplaced == {
        "1": "sold, but buyer_id not known",
        "2": "sold, but location_id not known",
    }
    assert s.places == (("L1", None),)


def test_a_competitor_stands_in_the_cells_it_is_known_in():
    s = space(
        sale_lines=(line("1", "2026-01-01"), line("2", "2026-01-01", location_id="L2")),
        competitor_holdings=(
            CompetitorHolding(id="C1", product_id="P2", competitor="Rival", location_id="L2"),
            CompetitorHolding(id="C2", product_id="P1", competitor="Rival"),
        ),
    )
    assert s.status("L2", "B1", "P2") is CellStatus.COMPETITOR
    assert s.status("L1", "B1", "P2") is CellStatus.OPEN
    assert s.status("L1", "B1", "P1") is CellStatus.OWNED


def test_what_the_account_may_not_buy_is_not_eligible_unless_it_owns_it():
    sold = Offering(
        products=(product("P1", segments=("big",)), product("P2"), product("P3", segments=("big",)))
    )
    s = space(sold=sold, sale_lines=(line("1", "2026-01-01"),))
    assert [s.status("L1", "B1", p) for p in ("P1", "P2", "P3")] == [
        CellStatus.OWNED,
        CellStatus.OPEN,
        CellStatus.NOT_ELIGIBLE,
    ]
    assert s.counts() == {CellStatus.OWNED: 1, CellStatus.OPEN: 1, CellStatus.NOT_ELIGIBLE: 1}


def test_a_product_the_account_excludes_is_not_eligible():
    choosy = Dossier(
        account=account("A1", excluded_product_ids=("P2",)),
        sale_lines=(line("1", "2026-01-01"),),
        locations=(),
        buyers=(),
    )
    assert space(choosy).status("L1", "B1", "P2") is CellStatus.NOT_ELIGIBLE


def test_a_retired_product_leaves_the_grid_from_its_day():
    sold = Offering(
        products=(
            product("P1", retired_on=AS_OF),
            product("P2", introduced_on=day("2026-07-01")),
            product("P3"),
        )
    )
    assert space(sold=sold, sale_lines=(line("1", "2026-01-01"),)).products == ("P3",)


def test_without_an_offering_the_products_seen_are_the_grid():
    s = space(
        sold=NOT_FETCHED,
        sale_lines=(line("1", "2026-01-01"), line("2", "2026-01-02", product_id=NOT_FETCHED)),
        opportunities=(
            opportunity("O1", offer("o1", "P7"), offer("o2", NOT_FETCHED)),
            opportunity("O2", lines=NOT_FETCHED),
        ),
    )
    assert s.products == ("P1", "P7")


def test_a_buyer_who_left_has_no_row_unless_something_is_held_there():
    gone = buyer("B1", left_on=day("2026-02-01"))
    assert space(buyers=(gone, buyer("B2"))).places == (("L1", "B2"),)
    held_there = space(buyers=(gone, buyer("B2")), sale_lines=(line("1", "2026-01-01"),))
    assert held_there.places == (("L1", "B1"), ("L1", "B2"))
    retired_only = Offering(products=(product("P2"),))
    assert space(sold=retired_only, buyers=(gone,), sale_lines=(line("1", "2026-01-01"),)).places == (
        ("L1", None),
    )


def test_what_of_the_grid_is_unknown_is_said():
    s = space(dossier(sale_lines=(line("1", "2026-01-01"),)))
    assert s.gaps == (NOT_FETCHED, NOT_FETCHED)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("L1", "B1"), Mode.NEW_PRODUCT),
        (("L1", "B2"), Mode.NEW_BUYER),
        (("L2", None), Mode.NEW_LOCATION),
        (("L3", None), Mode.NEW_BUYER),
    ],
)
def test_an_open_cell_has_the_mode_that_winning_it_the_next_day_would_have(place, expected):
    s = space(
        sale_lines=(line("1", "2026-01-01"), line("2", "2026-01-01", location_id="L3", buyer_id=NOT_FETCHED)),
        locations=(location("L1"), location("L2"), location("L3")),
        buyers=(buyer("B2"),),
    )
    assert dict(s.open_places("P2"))[place] is expected


def test_an_account_that_never_bought_has_no_moves_since_its_first_sale_is_acquisition():
    s = space(locations=(location("L1"),))
    assert s.never_bought
    assert list(s.open_places("P1")) == []
    assert s.room == s.reach == {}
    assert s.counts() == {CellStatus.OPEN: 3}


def test_within_reach_is_also_what_is_pursued_held_by_others_or_lost():
    s = space(
        sale_lines=(line("1", "2026-01-01"),),
        locations=(location("L1"),),
        buyers=(buyer("B1"),),
        opportunities=(opportunity("O1", offer("o1", "P2")),),
    )
    assert (s.status("L1", "B1", "P2"), s.status("L1", "B1", "P3")) == (CellStatus.PIPELINE, CellStatus.OPEN)
    assert s.room == {Mode.NEW_PRODUCT: 1}
    assert s.reach == {Mode.NEW_PRODUCT: 2}


def test_rates_divide_what_is_active_by_what_is_known():
    s = space(
        sale_lines=(line("1", "2026-01-01"), line("2", "2023-01-01", location_id="L2")),
        locations=(location("L1"), location("L2"), location("L3")),
        buyers=(buyer("B1"), buyer("B2"), buyer("B3", "L3")),
    )
    estimates = (
        SpendEstimate(id="s1", yearly_amount=Decimal(10), source="guess", on=day("2020-01-01")),
        SpendEstimate(id="s2", yearly_amount=Decimal(400), source="interview", on=day("2026-01-01")),
    )
    measured = {m.name: m.value for m in rates(s, estimates, Decimal(100)).measures()}
    assert measured["location penetration"] == Decimal(1) / 3
    assert measured["buyer penetration"] == Decimal(1) / 2
    assert measured["portfolio penetration"] == Decimal(1) / 12  # 4 places × 3 products
    assert measured["products per buyer"] == 1
    assert measured["spend penetration"] == Decimal(1) / 4


def test_an_estimate_below_our_own_revenue_is_flagged_as_stale_and_not_clamped():
    estimate = SpendEstimate(id="s", yearly_amount=Decimal(50), source="guess", on=day("2026-01-01"))
    found = rates(space(), (estimate,), Decimal(100)).measures()[-1]
    assert found.value == 2
    assert "stale" in found.note


def test_without_anything_known_every_rate_is_unknown():
    assert all(
        isinstance(m.value, Unknown)
        for m in rates(space(sold=NOT_FETCHED), NOT_FETCHED, Decimal(0)).measures()
    )


def test_a_buyers_portfolio_is_what_it_owns_of_what_it_may_buy():
    s = space(sale_lines=(line("1", "2026-01-01"), line("2", "2026-01-01", product_id="P2", buyer_id="B2")))
    assert portfolio_of_buyer(s, "B1").value == Decimal(1) / 3
