"""Never short: what is asked for by id is checked by id, whatever happens to the portal meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sam_adapters.faults import ResponseError, ShortReadError
from sam_adapters.hubspot.reader import Reader

CORE = ("buyers", "sale_lines", "opportunities", "cases", "locations")


def reader(at: Any, **more: Any) -> Reader:
    return Reader(at.client(), **{"workers": 1, **more})


def people(portal: Any, count: int, company: str = "102", start: int = 1000) -> list[str]:
    ids = [str(start + n) for n in range(count)]
    for i in ids:
        portal.add("contacts", i, firstname="N", lastname=i)
        portal.link("companies", company, "contacts", i, (2, 1))
    return ids


# -- records by id -------------------------------------------------------------------------------


def test_ids_are_read_a_hundred_a_call_and_all_of_them(bench: Callable[..., Any]) -> None:
    at = bench()
    ids = people(at.portal, 250)
    read = reader(at)
    found = read.records("contacts", ids, ["lastname", "nothing_of_this_name"])
    assert {i: r["lastname"] for i, r in found.records.items()} == {i: i for i in ids}
    assert [len(r.body["inputs"]) for r in at.hubspot.requests] == [100, 100, 50]
    assert read.client.policy.ledger.planned == read.client.policy.ledger.actual == 3
    assert read.client.policy.ledger.rows == {"contacts": 250}


@pytest.mark.parametrize("gone_is_404", [False, True])
def test_an_archived_record_is_found_among_the_archived_and_one_deleted_for_good_is_not(
    bench: Callable[..., Any], gone_is_404: bool
) -> None:
    at = bench()
    at.hubspot.all_missing_is_404 = gone_is_404
    people(at.portal, 3)
    at.portal.archive("contacts", "1001")
    found = reader(at).records("contacts", ["1000", "1001", "9999"], ["lastname"])
    assert set(found.records) == {"1000"}
    assert "recycle bin" in found.lost["1001"]
    assert "deleted for good, or hidden" in found.lost["9999"]
    assert [r.query.get("archived") for r in at.hubspot.requests] == [None, "true"]


def test_a_record_lost_from_a_book_is_a_problem_that_names_it(bench: Callable[..., Any]) -> None:
    at = bench()
    people(at.portal, 2)
    at.hubspot.fail(
        status=207,
        when=lambda r: r.name == "batch read" and r.kind == "contacts",
        alter=lambda body: body["results"].pop(),
    )
    at.hubspot.before = lambda r: (
        at.portal.archive("contacts", "1001") if r.kind == "contacts" and r.query else None
    )
    reading = at.reading()
    buyers = {b.id for d in reading.book.dossiers("buyers") for b in d.buyers}
    assert buyers == {"201", "202", "1000"}
    assert [str(p) for p in reading.problems] == [
        "contacts, 1001: it is in the recycle bin; restore it, or remove what still points to it (record left out)"
    ]


def test_a_merged_record_answers_under_its_new_id_and_counts_once(bench: Callable[..., Any]) -> None:
    at = bench()
    people(at.portal, 3)
    at.portal.merge("contacts", "1000", "1001", "5000")
    found = reader(at).records("contacts", ["1000", "1001", "1002"], ["lastname"])
    assert set(found.records) == {"5000", "1002"}
    assert found.now == {"1000": "5000", "1001": "5000"}
    assert found.lost == {}
    assert len(at.hubspot.requests) == 1


def test_ids_refused_for_a_passing_reason_are_asked_for_once_more(bench: Callable[..., Any]) -> None:
    at = bench()
    people(at.portal, 3)

    def refuse(body: dict[str, Any]) -> None:
        body["results"] = body["results"][:1]
        body["errors"] = [
            {"category": "INTERNAL_ERROR", "context": {"ids": ["1001", "1002"]}},
            {"category": "X"},
        ]

    at.hubspot.fail(alter=refuse)
    found = reader(at).records("contacts", ["1000", "1001", "1002"], [])
    assert set(found.records) == {"1000", "1001", "1002"}
    assert [len(r.body["inputs"]) for r in at.hubspot.requests] == [3, 2]


def test_ids_refused_twice_end_the_reading(bench: Callable[..., Any]) -> None:
    at = bench()
    people(at.portal, 3)

    def refuse(body: dict[str, Any]) -> None:
        body["results"] = []
        body["errors"] = [{"category": "INTERNAL_ERROR", "context": {"ids": ["1001", "1002"]}}]

    at.hubspot.fail(times=2, alter=refuse)
    with pytest.raises(ShortReadError, match="batch read contacts: 2 records were refused twice"):
        reader(at).records("contacts", ["1000", "1001", "1002"], [])


def test_splits_refused_for_a_passing_reason_are_asked_for_once_more(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.splits["301"] = [{"hs_deal_split_percentage": "1.0", "hubspot_owner_id": "8"}]

    def refuse(body: dict[str, Any]) -> None:
        body["results"] = []
        body["errors"] = [{"category": "INTERNAL_ERROR", "context": {"ids": ["301"]}}]

    at.hubspot.fail(alter=refuse)
    read = reader(at)
    assert [split["hubspot_owner_id"] for split in read.splits(["301"])["301"]] == ["8"]
    assert read.client.policy.ledger.planned == read.client.policy.ledger.actual == 2
    at.hubspot.fail(times=2, alter=refuse)
    with pytest.raises(ShortReadError, match="deal splits: 1 records were refused twice"):
        read.splits(["301"])
    at.hubspot.fail(alter=lambda body: body.update(errors=[{"category": "OBJECT_NOT_FOUND"}]))
    assert list(read.splits(["301", "302"])) == ["301"]


def test_a_record_that_comes_twice_is_held_once(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(alter=lambda body: body["results"].append(body["results"][0]))
    assert list(reader(at).records("contacts", ["201"], []).records) == ["201"]


def test_calls_side_by_side_read_the_same_as_one_after_the_other(bench: Callable[..., Any]) -> None:
    at = bench()
    ids = people(at.portal, 1250)
    found = reader(at, workers=4).records("contacts", ids, ["lastname"])
    assert {i: r["lastname"] for i, r in found.records.items()} == {i: i for i in ids}
    assert len(at.hubspot.requests) == 13
    assert 1 <= at.hubspot.connections <= 4


# -- links ---------------------------------------------------------------------------------------


def test_each_records_own_pages_of_links_are_followed_to_the_end(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.association_page = 3
    ids = people(at.portal, 10)
    people(at.portal, 7, "101", start=2000)
    links = reader(at).links("companies", ["101", "102", "103"], "contacts")
    assert {company: len(found) for company, found in links.items()} == {"101": 7, "102": 11, "103": 1}
    assert set(ids) < set(links["102"])
    assert [len(r.body["inputs"]) for r in at.hubspot.requests] == [3, 2, 2, 1]
    assert at.hubspot.requests[1].body["inputs"] == [{"id": "101", "after": "3"}, {"id": "102", "after": "3"}]


def test_links_are_asked_for_a_thousand_a_call(bench: Callable[..., Any]) -> None:
    at = bench()
    assert reader(at).links("companies", [str(n) for n in range(1, 2002)], "deals").keys() == {"101"}
    assert sorted(len(r.body["inputs"]) for r in at.hubspot.requests) == [1, 1000, 1000]


def test_links_refused_once_are_asked_for_again_and_refused_twice_they_end_the_reading(
    bench: Callable[..., Any],
) -> None:
    at = bench()

    def refuse(body: dict[str, Any]) -> None:
        body["results"] = []
        body["errors"] = [{"category": "INTERNAL_ERROR", "context": {"fromObjectId": ["101"]}}]

    at.hubspot.fail(alter=refuse)
    assert list(reader(at).links("companies", ["101"], "deals")["101"]) == ["301"]
    at.hubspot.fail(times=2, alter=refuse)
    with pytest.raises(ShortReadError, match="associations companies to deals: 1 records were refused twice"):
        reader(at).links("companies", ["101"], "deals")


# -- search --------------------------------------------------------------------------------------


def test_more_than_ten_thousand_are_read_by_windows_of_ids(bench: Callable[..., Any]) -> None:
    at = bench()
    for n in range(10_100):
        at.portal.add("companies", str(10_000_000 + n), name=str(n), hubspot_owner_id="9")
    mine = [{"propertyName": "hubspot_owner_id", "operator": "EQ", "value": "9"}]
    rows = list(reader(at).search("companies", mine, ["name"]))
    assert [row["properties"]["name"] for row in rows] == [str(n) for n in range(10_100)]
    assert len(at.hubspot.requests) == 51
    assert all("after" not in r.body for r in at.hubspot.requests)


def test_a_search_that_comes_short_is_repeated_and_short_again_ends_the_reading(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    mine = [{"propertyName": "hubspot_owner_id", "operator": "EQ", "value": "7"}]
    at.hubspot.fail(alter=lambda body: body["results"].pop())
    assert len(list(reader(at).search("companies", mine, []))) == 2
    at.hubspot.fail(times=2, alter=lambda body: body["results"].pop())
    with pytest.raises(ShortReadError, match="search companies: 1 rows came of 2, twice"):
        list(reader(at).search("companies", mine, []))


def test_a_search_that_does_not_say_how_many_there_are_is_no_answer(bench: Callable[..., Any]) -> None:
    at = bench()
    for n in range(250):
        at.portal.add("companies", str(10_000 + n), name=str(n), hubspot_owner_id="9")
    mine = [{"propertyName": "hubspot_owner_id", "operator": "EQ", "value": "9"}]
    at.hubspot.fail(alter=lambda body: body.pop("total"))
    assert len(list(reader(at).search("companies", mine, []))) == 250
    at.hubspot.fail(times=2, alter=lambda body: body.pop("total"))
    with pytest.raises(ResponseError, match="NO_TOTAL"):
        list(reader(at).search("companies", mine, []))


def test_where_a_search_would_be_longer_than_hubspot_takes_records_are_read_by_id(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.pipelines["deals"][0]["stages"] += [
        {"id": f"stage-number-{n}", "label": str(n), "metadata": {"isClosed": "false", "probability": "0.1"}}
        for n in range(60)
    ]
    at.portal.declare(
        "deals",
        [f"hs_v2_date_{how}_stage-number-{n}" for n in range(60) for how in ("entered", "exited")],
    )
    dossiers = at.dossiers("opportunities", plan="search")
    assert [o.id for d in dossiers.values() for o in d.opportunities] == ["301"]
    assert at.hubspot.count("search", "deals") == 0
    assert at.hubspot.count("search", "line_items") == 1


@pytest.mark.parametrize("plan", ["batch", "search"])
def test_what_the_index_does_not_know_yet_is_read_by_id(bench: Callable[..., Any], plan: str) -> None:
    at, whole = bench(), bench()
    for portal in (at.portal, whole.portal):
        people(portal, 30)
    at.portal.lagging |= {("contacts", "1003"), ("deals", "301"), ("line_items", "402"), ("tickets", "601")}
    seen = at.reading({"plan": plan})
    assert list(seen.book.dossiers(*CORE)) == list(whole.reading({"plan": "batch"}).book.dossiers(*CORE))
    assert len(seen.problems) == 0
    lagged = [r for r in at.hubspot.requests if r.name == "batch read" and r.kind == "contacts"]
    assert [r.body["inputs"] for r in lagged] == (
        [[{"id": "1003"}]] if plan == "search" else [[{"id": str(i)} for i in [201, 202, *range(1000, 1030)]]]
    )


def test_what_was_linked_after_the_links_were_read_waits_for_the_next_reading(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.hubspot.before = lambda r: (
        people(at.portal, 1) if r.name == "search" and r.kind == "contacts" else None
    )
    assert len(at.dossiers("buyers", plan="search")["102"].buyers) == 1
    assert len(at.dossiers("buyers", plan="search")["102"].buyers) == 2


def test_a_company_with_more_contacts_than_a_page_is_read_alone_in_windows(bench: Callable[..., Any]) -> None:
    at = bench()
    people(at.portal, 450)
    adapter = at.adapter({"plan": "search"})
    from sam_adapters.contract import BookRequest

    book = adapter.read(BookRequest(manager_id="7", period=at.period)).book
    assert {d.id: len(d.buyers) for d in book.dossiers("buyers")} == {"101": 1, "102": 451}
    searches = [r for r in at.hubspot.requests if r.name == "search" and r.kind == "contacts"]
    assert sorted(len(r.body["filterGroups"][0]["filters"]) for r in searches) == [1, 1, 2, 2]
    assert adapter.ledger.planned == adapter.ledger.actual


# -- a portal in motion --------------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["batch", "search"])
@pytest.mark.parametrize(
    "moment",
    [
        ("associations", "deals", "line_items"),
        ("associations", "deals", "contacts"),
        ("batch read", "deals", ""),
        ("search", "deals", ""),
    ],
)
def test_deals_merged_in_mid_reading_are_read_with_their_lines_and_contact(
    bench: Callable[..., Any], plan: str, moment: tuple[str, str, str]
) -> None:
    at = bench()
    p = at.portal
    p.add(
        "deals",
        "302",
        dealname="Pumps again",
        pipeline="p",
        dealstage="s1",
        createdate="2026-01-02T10:00:00Z",
    )
    p.link("companies", "101", "deals", "302", (6, 5))
    done = []

    def merge(request: Any) -> None:
        if (request.name, request.kind, request.to) == moment and not done:
            done.append(p.merge("deals", "301", "302", "999"))

    at.hubspot.before = merge
    dossier = at.dossiers("sale_lines", "opportunities", plan=plan)["101"]
    if not done:
        assert (moment[0], plan) in {("batch read", "search"), ("search", "batch")}
        return
    assert [o.id for o in dossier.opportunities] == ["999"]
    assert [(s.id, s.revenue, s.buyer_id) for s in dossier.sale_lines] == [
        ("401", 100, "201"),
        ("402", 200, "201"),
    ]


def test_a_company_merged_in_mid_reading_keeps_its_contacts_and_deals(bench: Callable[..., Any]) -> None:
    at = bench()
    p = at.portal
    p.add("companies", "104", name="Twin", hubspot_owner_id="7", hs_num_child_companies="0")
    done = []

    def merge(request: Any) -> None:
        if request.name == "associations" and request.to == "deals" and not done:
            done.append(p.merge("companies", "101", "104", "888"))

    at.hubspot.before = merge
    dossiers = at.dossiers("buyers", "locations", "opportunities")
    assert done
    assert [o.id for o in dossiers["888"].opportunities] == ["301"]
    assert set(dossiers) == {"102", "888"}
    assert [b.id for b in dossiers["888"].buyers] == ["201"]
    assert {place.id for place in dossiers["888"].locations} == {"888", "103"}


def test_pages_of_owners_and_products_are_followed(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.owners += [
        {"id": str(10_000 + n), "email": f"o{n}@example.com", "archived": False} for n in range(1001)
    ]
    for n in range(205):
        at.portal.add("products", str(70_000 + n), name=f"P{n}")
    header = at.reading().book.header
    assert len(header.people) == 1003
    assert len(header.offering.products) == 206
    assert at.hubspot.count("owners") == 4
    assert at.hubspot.count("list", "products") == 3


def test_pages_of_exchange_rates_are_followed(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.currency = "EUR"
    at.portal.rates += [
        {
            "fromCurrencyCode": "USD",
            "toCurrencyCode": "EUR",
            "conversionRate": "0.9" if n < 149 else "0.5",
            "effectiveAt": f"{2000 + n // 12}-{1 + n % 12:02}-01T00:00:00Z",
        }
        for n in range(150)
    ]
    at.portal.objects["deals"]["301"].properties["deal_currency_code"] = "USD"
    dossier = at.dossiers("sale_lines")["101"]
    assert [sale.revenue for sale in dossier.sale_lines] == [50, 100]
    assert at.hubspot.count("exchange rates") == 2


def test_managers_are_found_with_the_fewer_calls(bench: Callable[..., Any]) -> None:
    at = bench()
    assert [p.id for p in at.adapter().managers()] == ["7", "8"]
    assert at.hubspot.count("search") == 2
    for n in range(700):
        at.portal.add("companies", str(50_000 + n), name=str(n), hubspot_owner_id="7")
    at.hubspot.requests.clear()
    assert [p.id for p in at.adapter().managers()] == ["7", "8"]
    assert at.hubspot.count("search") == 3
