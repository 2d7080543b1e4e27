"""Sums of sales, whose they are and what they cost; retention, growth and breadth from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sam_core import Period, score
from sam_core.book import (
    AssignmentRole,
    Contract,
    Credit,
    CreditKind,
    DatedCost,
    Offering,
    ProductKind,
)
from sam_core.measures.breadth import concentration
from sam_core.measures.credit import allocate, holder_by_day, share_of
from sam_core.measures.growth import growth
from sam_core.measures.retention import Retention, recurring, retention
from sam_core.measures.sales import Amounts, Sales, line_cost, sales
from sam_core.values import Unknown
from tests.core.builders import AS_OF, YEAR, book, day, dossier, held, line, product
from tests.core.rules.judging import HIDDEN

OVERLAY = CreditKind.OVERLAY


def credit(person: str, share: str, kind: CreditKind = CreditKind.REVENUE) -> Credit:
    return Credit(person_id=person, share=Decimal(share), kind=kind)


def test_an_amount_is_shared_to_the_cent_and_the_residue_goes_to_the_largest_share():
    thirds = (credit("a", "0.3333"), credit("b", "0.3334"), credit("c", "0.3333"))
    assert allocate(Decimal("100.00"), thirds) == {
        "a": Decimal("33.33"),
        "b": Decimal("33.34"),
        "c": Decimal("33.33"),
    }
    # half a cent each rounds to even; the first by id of the equals takes what is left
    assert allocate(Decimal("0.01"), (credit("b", "0.5"), credit("a", "0.5"))) == {
        "a": Decimal("0.01"),
        "b": 0,
    }
    assert allocate(Decimal(10), (credit("a", "1", OVERLAY),)) == {}
    assert allocate(Decimal(10), (credit("a", "0.5"), credit("a", "0.5"))) == {"a": 10}


@given(st.decimals(-10_000, 10_000, places=2), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_nothing_is_lost_in_sharing_out(amount, weights):
    shares = [(Decimal(w) / sum(weights)).quantize(Decimal("0.0001")) for w in weights]
    shares[0] += 1 - sum(shares)
    parts = allocate(amount, tuple(credit(str(n), str(share)) for n, share in enumerate(shares)))
    assert sum(parts.values()) == amount


def test_the_holder_of_a_day_is_who_was_assigned_on_it():
    holder = holder_by_day((
        held("old", "2024-01-01", end=day("2025-12-31")), held("new", "2026-01-01"),
        held("hunter", "2020-01-01", role=AssignmentRole.BUSINESS_DEVELOPMENT),
    ))  # fmt: skip
    assert holder(day("2025-12-31")) == "old"
    assert holder(day("2026-01-01")) == holder(day("2026-01-01")) == "new"
    assert holder(day("2023-12-31")) is None


def test_one_holder_since_some_day_holds_it_from_that_day_on():
    holder = holder_by_day((held("a", "2024-01-01"),))
    assert [holder(day(on)) for on in ("2023-12-31", "2024-01-01", "2026-01-01")] == [None, "a", "a"]


def test_two_holders_at_once_or_one_since_nobody_knows_when_are_unknown():
    both = holder_by_day((held("a"), held("b")))
    assert "a and b both hold the account" in both(AS_OF).where
    undated = holder_by_day((evolve(held("a"), start=HIDDEN),))
    assert undated(AS_OF) is HIDDEN
    assert holder_by_day(HIDDEN)(AS_OF) is HIDDEN


def test_a_line_belongs_to_its_credits_else_to_the_holder_of_its_day():
    mine = holder_by_day((held("M1"),))
    split = line(
        "1", "2026-01-01", credits=(credit("M1", "0.3"), credit("X", "0.7"), credit("M1", "1", OVERLAY))
    )
    assert share_of(split, "M1", mine) == Decimal("0.3")
    assert share_of(split, "Y", mine) == 0
    assert share_of(line("2", "2026-01-01"), "M1", mine) == 1
    assert share_of(line("2", "2026-01-01"), "X", mine) == 0
    assert share_of(line("3", "2026-01-01", credits=(credit("X", "1", OVERLAY),)), "M1", mine) == 1
    assert share_of(line("4", "2026-01-01"), "M1", holder_by_day(HIDDEN)) is HIDDEN


DATED = product(
    "P1", dated_costs=(DatedCost(start=day("2026-02-01"), unit_cost=Decimal(7)),), standard_cost=Decimal(5)
)


def test_cost_is_dated_then_the_lines_own_then_the_products_standard():
    two = {"quantity": Decimal(2)}
    assert line_cost(line("1", "2026-02-01", cost=Decimal(1), **two), DATED) == (14, "dated")
    assert line_cost(line("1", "2026-01-31", cost=Decimal(1), **two), DATED) == (1, "own")
    assert line_cost(line("1", "2026-01-31", **two), DATED) == (10, "standard")
    assert line_cost(line("1", "2026-02-01", quantity=HIDDEN), DATED) == (HIDDEN, "")
    assert line_cost(line("1", "2026-02-01", cost=HIDDEN), product("P1")) == (HIDDEN, "")
    assert line_cost(line("1", "2026-02-01", cost=HIDDEN), None) == (HIDDEN, "")


def test_sums_by_family_with_what_is_known_of_cost_units_and_credit():
    offered = Offering(products=(product("P1", "F1"), product("P2", HIDDEN)))
    lines = (
        line("4", "2025-12-31", 999),
        line("1", "2026-01-01", 100, cost=Decimal(60), quantity=Decimal(2)),
        line("2", "2026-01-02", -20, quantity=Decimal(-1)),
        line(
            "3",
            "2026-01-03",
            50,
            product_id="P2",
            credits=(credit("M1", "0.5"), credit("X", "0.5")),
            cost=Decimal(10),
        ),
        line(
            "5",
            "2026-01-04",
            7,
            product_id=HIDDEN,
            credits=(credit("M1", "0.5"), credit("X", "0.5")),
            quantity=HIDDEN,
        ),
        line("6", "2026-01-05", 3, credits=(credit("X", "1"),)),
    )
    found = sales(lines, YEAR, offered, "M1", holder_by_day((held("M1"),)))
    assert found.all["F1"].revenue == 83
    assert found.all[None].revenue == 57
    assert (found.total.lines, found.total.revenue, found.total.turnover) == (5, 140, 180)
    assert (found.total.gross_profit, found.total.costed_revenue, found.total.costed_lines) == (80, 150, 2)
    assert found.credited_total.revenue == Decimal("108.5")  # 100 − 20 + 25 + 3.50
    assert found.credited_total.units == Decimal("1.5")  # 2 − 1 + 0.5; of the fifth nobody knows
    assert found.credited_total.gross_profit == 60  # 40 + half of 40
    assert (found.credit.judged, found.credit.total_amount) == (5, 180)
    assert sales(lines, None, offered, "M1", holder_by_day(HIDDEN)) == Sales()


def test_a_line_of_nobodys_is_left_out_of_credit_and_counted_against_coverage():
    found = sales((line("1", "2026-01-01", 100),), YEAR, HIDDEN, "M1", holder_by_day(HIDDEN))
    assert (found.total.revenue, found.credited_total.revenue) == (100, 0)
    assert (found.credit.judged_amount, found.credit.total_amount) == (0, 100)


def test_a_line_shared_with_a_family_of_no_known_cost_counts_in_revenue_only():
    shared = line("1", "2026-01-01", 100, credits=(credit("M1", "0.5"), credit("X", "0.5")))
    found = sales((shared,), YEAR, HIDDEN, "M1", holder_by_day(HIDDEN))
    assert (found.credited_total.revenue, found.credited_total.costed_lines) == (50, 0)


def test_retention_by_hand():
    # of 100, 200 and 300 the first is lost, the second shrinks to 150, the third grows to 400
    parts = [
        retention(Decimal(a), Decimal(b)) for a, b in ((0, 100), (150, 200), (400, 300), (50, 0), (-10, 100))
    ]
    whole = sum(parts[1:], parts[0])
    values = {one.name: one.value for one in whole.measures()}
    assert values["logo retention"] == Decimal(2) / 4
    assert values["gross revenue retention"] == Decimal(150 + 300) / 700
    assert values["net revenue retention"] == Decimal(550) / 700
    assert whole.measures()[0].coverage.judged == 5


@given(st.lists(st.tuples(st.integers(-50, 500), st.integers(-50, 500)), min_size=1, max_size=8))
def test_gross_retention_lies_between_nought_and_one_and_never_above_net(pairs):
    whole = Retention()
    for now, before in pairs:
        whole += retention(Decimal(now), Decimal(before))
    _, gross, net = (one.value for one in whole.measures())
    if whole.base:
        assert 0 <= gross <= 1
        assert gross <= net
    else:
        assert isinstance(gross, Unknown)


def test_recurring_retention_counts_contracts_in_force_on_the_two_days():
    def contract(key: str, start: str, amount: Any, **fields: Any) -> Contract:
        return Contract(id=key, start=day(start), yearly_amount=amount, **fields)

    kept, gone = (
        contract("k", "2024-01-01", Decimal(10)),
        contract("g", "2024-01-01", Decimal(5), end=day("2025-12-31")),
    )
    found = recurring((kept, gone), AS_OF, day("2025-06-30"))
    assert (found.before, found.now, found.retained) == (15, 10, 10)
    vague = contract("v", "2024-01-01", HIDDEN)
    assert recurring((kept, vague), AS_OF, day("2025-06-30")) == Retention(asked=1)
    over = contract("o", "2020-01-01", HIDDEN, end=day("2021-01-01"))
    assert recurring((kept, over), AS_OF, day("2025-06-30")).judged == 1


def test_growth_of_revenue_profit_and_units_each_with_its_coverage():
    now = Sales(
        all={
            None: Amounts(
                lines=2, revenue=Decimal(120), gross_profit=Decimal(30), units=Decimal(4), counted_lines=1
            )
        }
    )
    before = Sales(
        all={
            None: Amounts(
                lines=1, revenue=Decimal(100), gross_profit=Decimal(20), units=Decimal(5), counted_lines=1
            )
        }
    )
    revenue, profit, units = growth(now, before)
    assert (revenue.value, profit.value, units.value) == (Decimal("0.2"), Decimal("0.5"), Decimal("-0.2"))
    assert (units.coverage.judged, units.coverage.total) == (2, 3)
    assert all(isinstance(one.value, Unknown) for one in growth(now, Sales()))


def test_concentration_is_one_for_a_single_family_and_one_over_n_for_n_alike():
    assert concentration({"a": Decimal(5)}).value == 1
    assert concentration({"a": Decimal(5), "b": Decimal(5), "c": Decimal(-3)}).value == Decimal("0.5")
    assert concentration({"a": Decimal(3), "b": Decimal(1)}).value == Decimal(10) / 16
    assert isinstance(concentration({}).value, Unknown)


def test_breadth_counts_families_sold_and_accounts_that_buy_a_service():
    offered = Offering(products=(
        product("P1", "F1"), product("P2", "F2"), product("P3", "F3", kind=ProductKind.SERVICE),
    ))  # fmt: skip
    accounts = (
        dossier("A1", sale_lines=(line("1", "2026-01-01"), line("2", "2026-01-01", product_id="P3"))),
        dossier("A2", sale_lines=(line("3", "2026-01-01", -5, product_id="P2"),)),
        dossier("A3"),
    )
    card = score(book(*accounts, offering=offered), as_of=AS_OF)
    assert card.measure("share of families sold").value == Decimal(2) / 3  # a return sells nothing
    service = card.measure("share of accounts buying a service")
    assert (service.value, service.coverage.total) == (Decimal("0.5"), 3)
    goods = score(book(*accounts, offering=Offering(products=(product("P1", "F1"),))), as_of=AS_OF)
    assert "share of accounts buying a service" not in {one.name for one in goods.measures}
    assert "share of families sold" not in {one.name for one in score(book(*accounts), as_of=AS_OF).measures}


def test_periods_are_compared_with_the_same_days_of_the_year_before():
    given = dossier(
        sale_lines=(line("1", "2025-06-30", 50), line("2", "2025-07-01", 70), line("3", "2026-06-30", 60))
    )
    card = score(book(given, period=Period.year(2026)), as_of=AS_OF)
    assert card.totals.before.total.revenue == 50
    assert card.measure("revenue growth").value == Decimal("0.2")
