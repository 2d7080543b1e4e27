"""What a reading costs: counted beforehand, kept to, and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_adapters.contract import BookRequest
from sam_adapters.hubspot.doctor import doctor
from sam_adapters.hubspot.plan import chunks, pack, pages
from sam_adapters.testing.hubspot import Portal

CORE = ("buyers", "sale_lines", "opportunities", "cases")
SETTINGS = ("owners", "account", "pipelines", "properties", "list products", "search goal_targets")


def portal_of(base: Portal, companies: int, contacts: int, deals: int, lines: int, tickets: int) -> Portal:
    """So many companies, and so much of everything for each of them (lines: for each deal)."""
    portal = Portal(owners=base.owners, pipelines=base.pipelines)
    for c in range(companies):
        company = str(1_000_000_000 + c)
        portal.add(
            "companies",
            company,
            name=f"Company {c}",
            hubspot_owner_id="7",
            hs_num_child_companies="0",
            num_associated_contacts=str(contacts),
            num_associated_deals=str(deals),
        )
        for n in range(contacts):
            contact = str(2_000_000_000 + c * contacts + n)
            portal.add("contacts", contact, firstname="N", lastname=contact)
            portal.link("companies", company, "contacts", contact, (2, 1))
        for n in range(deals):
            deal = str(3_000_000_000 + c * deals + n)
            portal.add(
                "deals",
                deal,
                dealname=deal,
                pipeline="p",
                dealstage="s2",
                createdate="2026-01-02T10:00:00Z",
                closedate="2026-02-03T10:00:00Z",
                amount="300",
                num_associated_contacts="1" if contacts else "0",
            )
            portal.link("companies", company, "deals", deal, (6, 5))
            if contacts:
                portal.link("deals", deal, "contacts", str(2_000_000_000 + c * contacts), (3, 4))
            for m in range(lines):
                line = str(4_000_000_000 + (c * deals + n) * lines + m)
                portal.add("line_items", line, amount="100", quantity="1")
                portal.link("deals", deal, "line_items", line, (19, 20))
        for n in range(tickets):
            ticket = str(5_000_000_000 + c * tickets + n)
            portal.add("tickets", ticket, subject="x", createdate="2026-03-01T08:00:00Z")
            portal.link("companies", company, "tickets", ticket, (25, 26))
    return portal


@pytest.fixture(scope="module")
def sample() -> Callable[[Portal], Portal]:
    made: list[Portal] = []

    def build(base: Portal) -> Portal:
        if not made:
            made.append(portal_of(base, companies=200, contacts=20, deals=25, lines=3, tickets=15))
        return made[0]

    return build


# 1 search, 3 and 2 x 5 associations; contacts, deals, lines, tickets by 100, or by full parents up to 200
@pytest.mark.parametrize(
    ("plan", "allowed", "foretold"),
    [("batch", 284, 1 + 3 + 10 + 40 + 50 + 150 + 30), ("search", 176, 1 + 3 + 10 + 20 + 25 + 76 + 16)],
)
def test_the_sample_book_is_read_in_the_calls_allowed_as_planned(
    bench: Callable[..., Any], sample: Callable[[Portal], Portal], plan: str, allowed: int, foretold: int
) -> None:
    at = bench(sample(bench().portal))
    adapter = at.adapter({"plan": plan})
    stamps: list[float] = []
    at.hubspot.before = lambda _: stamps.append(at.clock.seconds)
    book = adapter.read(BookRequest(manager_id="7", period=at.period)).book
    dossiers = list(book.dossiers(*CORE))
    of_book = {step: n for step, n in adapter.ledger.calls.items() if not step.startswith(SETTINGS)}
    assert sum(of_book.values()) == foretold <= allowed
    report = doctor(at.adapter({"plan": plan}), "7", rules=())
    assert {step: n for step, n in report.calls.items() if step != "settings"} == of_book
    del at.hubspot.requests[adapter.ledger.actual :]
    assert adapter.ledger.planned == adapter.ledger.actual == len(at.hubspot.requests)
    assert dict(adapter.settings.reader.planned) == dict(adapter.ledger.calls)
    assert sum(adapter.ledger.calls.values()) - sum(of_book.values()) <= 13
    if plan == "search":  # with the settings and the header counted in
        assert adapter.ledger.actual <= allowed
    assert max(sum(1 for other in stamps if start <= other < start + 10) for start in stamps) <= 190
    assert len(dossiers) == 200
    assert sum(len(d.sale_lines) for d in dossiers) == 15_000
    assert sum(len(d.buyers) for d in dossiers) == 4_000
    assert sum(line.revenue for d in dossiers for line in d.sale_lines) == 1_500_000
    assert adapter.calls().splitlines()[-1].split() == ["all", *[str(adapter.ledger.actual)] * 2]


def test_a_book_gone_through_again_makes_no_calls_and_gives_the_same(bench: Callable[..., Any]) -> None:
    at = bench()
    book = at.reading().book
    first, calls = list(book), len(at.hubspot.requests)
    assert list(book) == first
    assert next(iter(book.dossiers("buyers"))).buyers == first[0].buyers
    assert len(at.hubspot.requests) == calls


def test_only_what_is_asked_for_is_read(bench: Callable[..., Any]) -> None:
    at = bench()
    book = at.reading().book
    before = len(at.hubspot.requests)
    list(book.dossiers("cases"))
    assert {r.kind for r in at.hubspot.requests[before:]} == {"companies", "tickets"}


def test_a_portal_of_25_000_deals_is_read_whole(bench: Callable[..., Any]) -> None:
    portal = portal_of(bench().portal, companies=100, contacts=0, deals=250, lines=0, tickets=0)
    at = bench(portal)
    adapter = at.adapter({"plan": "search", "stage_history": False})
    book = adapter.read(BookRequest(manager_id="7", period=at.period)).book
    deals = [o.id for d in book.dossiers("opportunities") for o in d.opportunities]
    assert len(deals) == len(set(deals)) == 25_000
    assert adapter.ledger.planned == adapter.ledger.actual < 300


# -- planning is arithmetic ----------------------------------------------------------------------


@given(st.lists(st.integers(), max_size=50), st.integers(1, 7))
def test_chunks_keep_everything_in_order(items: list[int], size: int) -> None:
    parts = chunks(items, size)
    assert [item for part in parts for item in part] == items
    assert all(len(part) <= size for part in parts)
    assert len(parts) == pages(len(items), size)


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(1, 10**6).map(str), st.integers(0, 450), max_size=300),
    st.integers(1, 100),
)
def test_packing_loses_no_parent_and_fills_no_page_beyond_its_size(rows: dict[str, int], ids: int) -> None:
    parts = pack(rows, ids=ids)
    assert sorted(parent for part in parts for parent in part) == sorted(p for p, n in rows.items() if n)
    for part in parts:
        assert len(part) <= ids
        assert len(part) == 1 or sum(rows[parent] for parent in part) <= 200


def test_a_large_uneven_portfolio_is_packed_in_one_pass_and_nearly_full() -> None:
    rows = {str(n): 101 + n % 40 for n in range(500)}
    assert len(pack(rows)) == 500
    mixed = {**rows, **{f"1{n}": 1 + n % 60 for n in range(2000)}}
    assert len(pack(mixed)) <= 1.25 * pages(sum(mixed.values()), 200)


@settings(max_examples=20)
@given(st.integers(1, 1500))
def test_equal_parents_are_packed_as_tight_as_can_be(parents: int) -> None:
    assert len(pack({str(n): 3 for n in range(parents)})) == pages(parents, 66)
