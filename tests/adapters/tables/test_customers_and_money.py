"""Who is one customer, and what amounts are worth in the book's currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam_adapters.contract import BookRequest
from sam_adapters.tables import TablesAdapter
from sam_core.book import QuotaCounts
from sam_core.standards import Policy
from sam_core.values import Period, Unknown, Why

SITES = 'effective = 2020-01-01\n[customer]\nlevel = "site"\n'
GROUP = """id,name,parent_id,manager_id
top,Group,,m1
mid,Region,top,m1
leaf,Plant,mid,m1
solo,Solo,,m1
"""
LINES = "account_id,id,on,revenue,location_id\n"


def test_a_hierarchy_is_one_customer_whose_sites_are_its_locations(tables):
    built = tables(
        accounts=GROUP,
        sale_lines=f"{LINES}top,1,2026-01-01,1,\nmid,2,2026-01-01,2,\nleaf,3,2026-01-01,3,dock\nsolo,4,2026-01-01,4,\n",
        locations="account_id,id,name\nleaf,dock,Dock 4\nmid,mid,Region office\n",
        buyers="account_id,id,name,location_id\nleaf,b1,Ada,\ntop,b2,Bo,\n",
    )
    (solo, group), problems = built.all()
    assert [d.id for d in (solo, group)] == ["solo", "top"]
    assert problems == []
    assert [(p.id, p.name) for p in group.locations] == [
        ("dock", "Dock 4"),
        ("leaf", "Plant"),
        ("mid", "Region office"),
    ]
    places = {line.id: line.location_id for line in group.sale_lines}
    assert places == {"1": Unknown(Why.BLANK, "sale_lines.location_id"), "2": "mid", "3": "dock"}
    assert [(b.id, b.location_id) for b in group.buyers] == [("b1", "leaf"), ("b2", None)]
    assert solo.locations == ()
    assert [line.id for line in solo.sale_lines] == ["4"]
    notes = built.read().book.header.provenance.notes
    assert notes == ("2 accounts are taken as locations of the customer at the top of its hierarchy.",)


def test_without_a_table_of_locations_sites_are_all_that_is_known_of_them(tables):
    (solo, group), _ = tables(
        accounts=GROUP, sale_lines="account_id,id,on,revenue\nleaf,3,2026-01-01,3\n"
    ).all()
    assert [p.id for p in group.locations] == ["leaf", "mid"]
    assert solo.locations.why is Why.NOT_CONFIGURED
    assert group.sale_lines[0].location_id == "leaf"


def test_where_the_standards_say_so_every_site_is_a_customer(tables):
    found, problems = tables(accounts=GROUP).all(policy=SITES)
    assert [d.id for d in found] == ["leaf", "mid", "solo", "top"]
    assert problems == []


def test_both_assumptions_hold_for_every_site(tables):
    mapping = "[assume]\nsingle_location = true\nsingle_buyer = true\n"
    (_, group), _ = tables(
        mapping, accounts=GROUP, sale_lines=f"{LINES}top,1,2026-01-01,1,\nmid,2,2026-01-01,2,\n"
    ).all()
    assert [(x.location_id, x.buyer_id) for x in group.sale_lines] == [("top", "top"), ("mid", "mid")]
    assert [p.id for p in group.locations] == [b.id for b in group.buyers] == ["leaf", "mid", "top"]


def test_a_missing_parent_and_a_circle_are_reported_and_stand_for_themselves(tables):
    found, problems = tables(
        accounts="id,name,parent_id,manager_id\na,A,b,m1\nb,B,a,m1\nc,C,a,m1\nd,D,gone,m1\ne,E,e,m1\nf,F,N/A,m1\n"
    ).all()
    assert [d.id for d in found] == ["a", "b", "d", "e", "f"]
    assert [p.id for p in found[0].locations] == ["c"]
    assert sorted(p.partition(":")[0] for p in problems) == [
        f"accounts.csv, row {n}, parent_id" for n in (2, 3, 5, 6, 7)
    ]
    assert [p.rpartition("(")[2] for p in problems] == ["kept, and noted)"] * 4 + ["value taken as unknown)"]


def test_a_site_held_without_its_top_is_reported_and_in_no_book_of_that_manager(tables):
    built = tables(accounts="id,name,parent_id,manager_id\ntop,Group,,m1\nsite,Site,top,m2\n")
    found, problems = built.all("m2")
    assert found == []
    assert "'site' is a site of 'top', which 'm2' does not hold" in problems[0]
    (dossier,), problems = built.all("m1")
    assert [a.person_id for a in dossier.assignments] == ["m1"]
    assert problems == [
        "accounts.csv, row 3, manager_id: 'm2' holds a site of 'top'; the customer goes by the topmost account's holder "
        "(kept, and noted)"
    ]
    assert [d.id for d in built.all("m2", policy=SITES)[0]] == ["site"]


def test_assignments_of_sites_go_by_the_top_too(tables):
    built = tables(
        accounts="id,name,parent_id\ntop,Group,\nsite,Site,top\nother,Other,top\n",
        assignments="account_id,id,person_id,start\ntop,1,m1,2020-01-01\nsite,2,m1,2021-01-01\nother,3,m2,2021-01-01\n",
    )
    dossier, problems = built.one()
    assert [a.id for a in dossier.assignments] == ["1"]
    assert ["person_id: 'm2' holds a site of 'top'" in p for p in problems] == [True]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    parents=st.dictionaries(
        st.sampled_from([f"A{n}" for n in range(6)]),
        st.none() | st.sampled_from([*(f"A{n}" for n in range(6)), "nobody"]),
        min_size=1,
    )
)
def test_every_account_is_in_the_book_exactly_once_as_customer_or_as_site(tmp_path_factory, parents):
    folder = tmp_path_factory.mktemp("tree")
    rows = "".join(f"{key},Name,{parent or ''},m1\n" for key, parent in parents.items())
    (folder / "accounts.csv").write_text(f"id,name,parent_id,manager_id\n{rows}")
    with TablesAdapter(folder, currency="EUR") as adapter:
        reading = adapter.read(BookRequest(manager_id="m1", period=Period.year(2026)))
        found = list(reading.book)
        told = {p.record for p in reading.problems}
    known = [d.id for d in found] + [
        p.id for d in found if isinstance(d.locations, tuple) for p in d.locations
    ]
    assert sorted(known) == sorted(parents)
    broken = {
        key
        for key, parent in parents.items()
        if parent is not None and (parent not in parents or _comes_round(key, parents))
    }
    assert told == {f"row {list(parents).index(key) + 2}" for key in broken}


def _comes_round(key: str, parents: dict[str, str | None]) -> bool:
    above, seen = parents.get(key), set()
    while above is not None and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


# --- money ------------------------------------------------------------------------------------------------

RATES = "currency,start,rate\nUSD,2026-01-01,0.9\nUSD,2026-02-01,0.8\n"
MONEY = "account_id,id,on,revenue,cost,currency\n"


def test_amounts_are_converted_at_the_rate_of_their_day(tables):
    built = tables(
        sale_lines=f"{MONEY}a1,1,2026-01-31,100,50,USD\na1,2,2026-02-01,100,,usd\na1,3,2026-02-01,100,50,\na1,4,2026-02-01,1,1,EUR\n",
        exchange_rates=RATES,
    )
    dossier, problems = built.one()
    assert [(x.revenue, x.cost) for x in dossier.sale_lines] == [
        (Decimal(90), Decimal(45)),
        (Decimal(80), Unknown(Why.BLANK, "sale_lines.cost")),
        (Decimal(100), Decimal(50)),
        (Decimal(1), Decimal(1)),
    ]
    assert problems == []
    assert built.read().book.header.provenance.notes == (
        "Amounts in other currencies are converted to EUR at the dated rates of exchange_rates.",
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a1,2,2025-12-31,100,50,USD", "revenue: 100 USD: there is no rate of USD to EUR on 2025-12-31"),
        ("a1,2,2026-01-01,100,50,GBP", "revenue: 100 GBP: there is no rate of GBP"),
        ("a1,2,2026-01-01,100,50,N/A", "currency: 'N/A' stands for no value"),
        ("a1,2,2026-01-01,100,50,?", "currency: the record needs it"),
        ("a1,2,2026-01-01,100,50,Dollar", "currency: 'DOLLAR' is no ISO 4217 code"),
    ],
)
def test_revenue_that_cannot_be_converted_leaves_the_line_out(tables, row, says):
    dossier, problems = tables(
        sale_lines=f"{MONEY}a1,1,2026-01-31,1,1,EUR\n{row}\n", exchange_rates=RATES
    ).one()
    assert [line.id for line in dossier.sale_lines] == ["1"]
    assert says in problems[0]


def test_other_amounts_that_cannot_be_converted_are_unknown(tables):
    dossier, problems = tables(
        opportunities="account_id,id,name,opened_on,closes_on,amount,currency\n"
        "a1,O1,One,2026-01-15,2026-02-15,100,USD\na1,O2,Two,2026-01-15,,100,USD\na1,O3,Three,2025-01-15,?,100,USD\n",
        opportunity_lines="opportunity_id,id,amount\nO1,1,10\nO2,1,10\nO3,1,10\n",
        contracts="account_id,id,start,yearly_amount,currency\na1,K1,2026-02-01,100,USD\na1,K2,2025-02-01,100,USD\n",
        exchange_rates=RATES,
    ).one()
    amounts = [o.amount for o in dossier.opportunities]
    assert amounts[:2] == [80, 90]
    assert amounts[2].why is Why.NOT_CONFIGURED
    lines = [o.lines[0].amount for o in dossier.opportunities]
    assert lines[:2] == [8, 9]
    assert isinstance(lines[2], Unknown)
    assert dossier.contracts[0].yearly_amount == 80
    assert isinstance(dossier.contracts[1].yearly_amount, Unknown)
    assert len(problems) == 3
    assert all("there is no rate of USD to EUR" in p for p in problems)


def test_lines_of_an_opportunity_may_have_a_currency_of_their_own(tables):
    dossier, _ = tables(
        opportunities="account_id,id,name,opened_on\na1,O1,One,2026-01-15\n",
        opportunity_lines="opportunity_id,id,amount,currency\nO1,1,10,USD\nO1,2,10,\n",
        exchange_rates=RATES,
    ).one()
    assert [line.amount for line in dossier.opportunities[0].lines] == [9, 10]


def test_targets_and_costs_are_converted_and_units_are_not_money(tables):
    header = (
        tables(
            quotas="manager_id,id,period,amount,counts,currency\nm1,Q1,2026,1000,,USD\nm1,Q2,2026H1,40,units,USD\n",
            expectations="manager_id,id,period,gross_profit,margin,currency\nm1,E1,2026Q2,100,,USD\nm1,E2,2025,100,,USD\n",
            products="id,name\np1,Pump\n",
            product_costs="product_id,start,unit_cost,currency\np1,2026-02-01,5,USD\np1,2026-01-01,5,\n",
            exchange_rates=RATES,
        )
        .read()
        .book.header
    )
    assert [(q.amount, q.counts) for q in header.quotas] == [
        (900, QuotaCounts.REVENUE),
        (40, QuotaCounts.UNITS),
    ]
    assert [e.gross_profit for e in header.expectations] == [80]  # of 2025 there is no rate
    assert [(c.start, c.unit_cost) for c in header.offering.products[0].dated_costs] == [
        (date(2026, 1, 1), 5),
        (date(2026, 2, 1), 4),
    ]


def test_rates_that_cannot_serve_are_reported(tables):
    reading = tables(
        exchange_rates=RATES
        + "USD,2026-01-01,0.9\nUSD,2026-01-01,0.7\nXYZ,2026-01-01,1\nGBP,2026-01-01,-1\nGBP,soon,1\n",
        sale_lines=f"{MONEY}a1,1,2026-01-31,100,50,USD\n",
    ).read()
    (dossier,) = reading.book
    assert dossier.sale_lines[0].revenue == 90
    assert [(p.record, p.field, p.effect.name) for p in reading.problems] == [
        ("row 4", "start", "NOTED"),
        ("row 5", "start", "LEFT_OUT"),
        ("row 6", "currency", "LEFT_OUT"),
        ("row 7", "rate", "LEFT_OUT"),
        ("row 8", "start", "LEFT_OUT"),
    ]


# --- the header -------------------------------------------------------------------------------------------


def test_the_header_holds_what_is_the_managers_and_nobody_elses(tables):
    built = tables(
        accounts="id,name,manager_id\na1,One,m1\na2,Two,m2\n",
        people="id,name,role,manager_id\nm1,Ada,,\nm2,Bo,Senior Account Manager,m1\n",
        quotas="manager_id,id,period,amount\nm1,Q1,2026,5\nm2,Q2,2026,6\nm9,Q3,2026,7\n",
        training="id,person_id,title\nT1,m1,Selling\nT2,m2,Buying\n",
        candidates="id,name,able_with_computer\nm1,Ada,yes\nm2,Bo,no\n",
        achievements="candidate_id,id,text,on\nm1,1,Won,2020-01-01\n",
    )
    reading = built.read()
    header = reading.book.header
    assert (header.manager.name, header.manager.role.why) == ("Ada", Why.BLANK)
    assert [p.id for p in header.people] == ["m1", "m2"]
    assert [q.id for q in header.quotas] == ["Q1"]
    assert [t.id for t in header.training] == ["T1"]
    assert header.candidate.able_with_computer is True
    assert header.candidate.degrees.why is Why.NOT_CONFIGURED
    assert [a.id for a in header.candidate.achievements] == ["1"]
    assert header.growth_goals.why is Why.NOT_CONFIGURED
    assert [str(p) for p in reading.problems] == [
        "quotas.csv, row 4, manager_id: nobody of id 'm9' holds an account (record left out)"
    ]
    assert header.provenance.problems == 1


def test_training_and_candidates_may_be_of_other_ids_than_the_managers(tables):
    reading = tables(
        people="id,name\nx,Xaver\n",
        training="manager_id,id,person_id,title\nm1,T1,s1,Selling\n,T2,m1,Buying\n,T3,s1,Else\n",
        candidates="manager_id,id,name\nm1,c1,Ada\nm1,c2,Ada B.\n",
    ).read()
    header = reading.book.header
    assert [t.id for t in header.training] == ["T1", "T2"]
    assert header.candidate.id == "c1"
    assert [str(p) for p in reading.problems] == [
        "candidates.csv, c2, manager_id: a manager is one candidate, and 'c1' is taken already (record left out)"
    ]
    assert header.manager.name == "m1"
    assert header.manager.role == Unknown(Why.BLANK, "people has no row for m1")


def test_a_manager_who_is_no_candidate_is_unknown_as_one(tables):
    header = tables(candidates="id,name\nm2,Bo\n").read().book.header
    assert header.candidate == Unknown(Why.BLANK, "candidates has no row for m1")


def test_the_period_and_standards_asked_for_are_those_of_the_book(tables):
    policy = Policy.from_toml(SITES)
    header = tables().read(period="2026Q1", policy=policy).book.header
    assert (header.period, header.policy) == (Period.parse("2026Q1"), policy)
