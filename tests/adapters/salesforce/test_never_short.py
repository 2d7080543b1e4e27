"""Fewer rows than there are is an error that says so, never a smaller book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sam_adapters.salesforce.doctor import ObjectState, doctor
from sam_adapters.testing.salesforce import Fail, LoopbackSalesforce
from sam_adapters.transport import (
    CursorError,
    NotAvailableError,
    ResponseError,
    ShortReadError,
    TransportError,
    UnavailableError,
)

ROWS = 120


@pytest.fixture
def paged(bench: Any, small: Any) -> LoopbackSalesforce:
    """Contacts on three pages of fifty."""
    for number in range(ROWS):
        small.add("Contact", Id=f"003{number:015d}", AccountId="001000000000000001", Name=f"Contact {number}")
    small.page = lambda number: 50
    return bench.serve(small)


def spoil(change: Callable[[Any], Any], *, match: str = "_contacts", times: int = 1) -> Fail:
    return Fail(match=match, inner=True, change=change, times=times)


def changed(**values: Any) -> Callable[[Any], Any]:
    return lambda page: {**page, **values}


def without(name: str) -> Callable[[Any], Any]:
    return lambda page: {key: value for key, value in page.items() if key != name}


def fewer(page: Any) -> Any:
    return {**page, "records": page["records"][1:]}


def last_is_short(page: Any) -> Any:
    return fewer(page) if page["done"] else page


SPOILT = {
    "a row is missing from a page": fewer,
    "done without the rest": changed(done=True),
    "not done and no way on": without("nextRecordsUrl"),
    "a page without rows that is not the last": changed(records=[]),
    "the total is another on a later page": lambda page: {**page, "totalSize": page["totalSize"] - 1},
    "the total is more than there is": lambda page: {**page, "totalSize": ROWS + 1},
    "the last page is short": last_is_short,
    "the way on leads nowhere": changed(nextRecordsUrl="elsewhere", done=False),
}


def read(bench: Any, loopback: LoopbackSalesforce, *fails: Fail) -> Any:
    mapping = {"currency": "EUR", "objects": {"account_contacts": {"enabled": False}}}
    adapter = bench.open(loopback, mapping)
    adapter.capabilities  # noqa: B018 - the describe
    loopback.fail(*fails)
    reading = bench.read(adapter)
    (dossier,) = reading.book
    return dossier, reading


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_what_is_short_once_is_read_again_and_whole(
    bench: Any, paged: LoopbackSalesforce, change: Any
) -> None:
    dossier, _ = read(bench, paged, spoil(change, times=1))
    assert len(dossier.buyers) == ROWS


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_what_stays_short_is_refused_with_what_is_missing(
    bench: Any, paged: LoopbackSalesforce, change: Any
) -> None:
    with pytest.raises(ShortReadError, match=r"Contact, page \d") as seen:
        read(bench, paged, spoil(change, times=99))
    assert str(ROWS) in str(seen.value)


BROKEN = {
    "no rows at all": without("records"),
    "no total": without("totalSize"),
    "no word on whether it is done": without("done"),
    "a list instead of a page": lambda page: [page],
    "nothing": lambda page: None,
    "a row without an id": lambda page: {**page, "records": [{**page["records"][0], "Id": None}]},
    "a row without a field that was asked for": lambda page: {
        **page,
        "records": [{k: v for k, v in page["records"][0].items() if k != "Title"}],
    },
    "rows inside a field": lambda page: {
        **page,
        "records": [{**page["records"][0], "Name": {"totalSize": 300, "done": False, "records": []}}],
    },
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_is_no_page_is_refused(bench: Any, paged: LoopbackSalesforce, change: Any) -> None:
    with pytest.raises(ResponseError):
        read(bench, paged, spoil(change))


def test_rows_that_change_in_number_under_the_reading_are_read_again(
    bench: Any, paged: LoopbackSalesforce
) -> None:
    grown = spoil(changed(totalSize=ROWS + 1), match="query/01g")
    dossier, _ = read(bench, paged, grown)
    assert len(dossier.buyers) == ROWS
    assert sum("FROM%20Contact" in body for _, _, body in paged.requests) == 2
    with pytest.raises(ShortReadError, match=f"changed from {ROWS} to {ROWS + 1}, twice over"):
        read(bench, paged, spoil(changed(totalSize=ROWS + 1), match="query/01g", times=9))


def test_each_page_may_be_asked_for_as_often_as_its_fault_allows(
    bench: Any, paged: LoopbackSalesforce
) -> None:
    dossier, _ = read(bench, paged, failing(2, "_contacts"))
    assert len(dossier.buyers) == ROWS
    dossier, _ = read(bench, paged, failing(2, "FROM Contact"), failing(2, "query/01g"))
    assert len(dossier.buyers) == ROWS


def test_a_text_in_the_place_of_a_record_is_refused(bench: Any, paged: LoopbackSalesforce) -> None:
    change = lambda page: {**page, "records": [{**row, "Parent": "x"} for row in page["records"]]}  # noqa: E731
    with pytest.raises(ResponseError, match=r"came without Parent\.Name"):
        read(bench, paged, spoil(change, match="_accounts"))


def test_a_row_that_comes_on_two_pages_is_held_once_and_told(bench: Any, paged: LoopbackSalesforce) -> None:
    seen: list[Any] = []

    def again(page: Any) -> Any:
        seen.append(page)
        first = seen[0]["records"][0]
        return page if len(seen) == 1 else {**page, "records": [first, *page["records"]]}

    dossier, reading = read(bench, paged, spoil(again, times=2))
    assert len(dossier.buyers) == ROWS
    assert any("1 rows came twice" in note for note in reading.book.header.provenance.notes)


def test_pages_that_lead_round_in_a_circle_are_left(bench: Any, paged: LoopbackSalesforce) -> None:
    first: list[Any] = []

    def round_and_round(page: Any) -> Any:
        first.append(page)
        return first[0]

    with pytest.raises(ShortReadError, match="no way to the next page, twice over"):
        read(bench, paged, spoil(round_and_round, times=40))
    assert len(first) == 4  # twice the first page, and twice what should have been the second


def test_rows_that_came_twice_before_a_new_beginning_are_not_told_of(
    bench: Any, paged: LoopbackSalesforce
) -> None:
    seen: list[Any] = []

    def again_and_lost(page: Any) -> Any:
        seen.append(page)
        if len(seen) == 1:
            return page
        return {**page, "records": [*seen[0]["records"], *page["records"]], "nextRecordsUrl": None}

    dossier, reading = read(bench, paged, spoil(again_and_lost, times=2))
    assert len(dossier.buyers) == ROWS
    assert not any("came twice" in note for note in reading.book.header.provenance.notes)


def test_more_rows_than_were_promised_do_not_confuse_the_plan(bench: Any, paged: LoopbackSalesforce) -> None:
    first: list[Any] = []
    paged.org.page = lambda number: 10

    def stuffed(page: Any) -> Any:
        first.append(page)
        return page if len(first) == 1 else {**page, "records": [*first[0]["records"] * 20, *page["records"]]}

    mapping = {"currency": "EUR", "objects": {"account_contacts": {"enabled": False}}}
    adapter = bench.open(paged, mapping)
    adapter.capabilities  # noqa: B018 - the describe
    paged.fail(spoil(stuffed, times=2))
    (dossier,) = bench.read(adapter).book
    assert len(dossier.buyers) == ROWS
    assert len(first) == 2
    assert adapter.client.policy.ledger.planned < adapter.client.policy.ledger.actual  # it could not know


def test_of_two_deliveries_of_a_row_the_later_one_counts(bench: Any, paged: LoopbackSalesforce) -> None:
    seen: list[Any] = []

    def renamed(page: Any) -> Any:
        seen.append(page)
        if len(seen) == 1:
            return page
        return {**page, "records": [{**seen[0]["records"][0], "Name": "Married"}, *page["records"]]}

    dossier, _ = read(bench, paged, spoil(renamed, times=2))
    assert dossier.buyers[0].name == "Married"


@pytest.mark.parametrize("status", [400, 404])
def test_an_expired_cursor_begins_the_object_anew_once(
    bench: Any, paged: LoopbackSalesforce, status: int
) -> None:
    gone = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
    dossier, _ = read(bench, paged, Fail(status=status, body=gone, match="query/01g", inner=True))
    assert len(dossier.buyers) == ROWS


def test_a_cursor_that_expires_again_is_refused(bench: Any, paged: LoopbackSalesforce) -> None:
    gone = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
    with pytest.raises(CursorError, match="Contact, page 2"):
        read(bench, paged, Fail(status=404, body=gone, match="query/01g", inner=True, times=9))


def test_a_locator_never_leads_to_another_host(bench: Any, paged: LoopbackSalesforce) -> None:
    def elsewhere(page: Any) -> Any:
        return {
            **page,
            "nextRecordsUrl": page["nextRecordsUrl"].replace("/services", "https://evil.example/services"),
        }

    dossier, _ = read(bench, paged, spoil(elsewhere))
    assert len(dossier.buyers) == ROWS
    assert not any("evil" in body for _, _, body in paged.requests)


def test_parts_that_nobody_asked_for_are_refused(bench: Any, paged: LoopbackSalesforce) -> None:
    def other(answer: Any) -> Any:
        parts = answer["compositeResponse"]
        return {"compositeResponse": [{**parts[0], "referenceId": "other"}, *parts[1:]]}

    with pytest.raises(ResponseError, match="asked for"):
        read(bench, paged, Fail(match="/composite", change=other))


@pytest.mark.parametrize("answer", [{"name": "Account"}, "nothing"])
def test_a_describe_without_fields_is_refused(bench: Any, small: Any, answer: Any) -> None:
    loopback = bench.serve(small)
    loopback.fail(Fail(match="_Account", inner=True, change=lambda _: answer))
    with pytest.raises(ResponseError, match="describe of Account"):
        bench.open(loopback).capabilities  # noqa: B018


def failing(times: int, match: str) -> Fail:
    answer = [{"errorCode": "UNKNOWN_EXCEPTION", "message": ""}]
    return Fail(status=500, body=answer, match=match, inner=True, times=times)


def test_a_describe_that_fails_is_repeated_alone_and_ends_the_reading_when_it_stays(
    bench: Any, small: Any
) -> None:
    loopback = bench.serve(small)
    loopback.fail(failing(2, "_Contact"))
    assert bench.open(loopback).sources["contacts"].gap is None
    assert [body.count("/describe") for _, _, body in loopback.requests][1:] == [1, 1]
    assert len(bench.slept) == 2
    loopback.fail(failing(9, "_Contact"))
    with pytest.raises(UnavailableError, match="describe of Contact"):
        bench.open(loopback).capabilities  # noqa: B018


def test_a_count_that_fails_is_repeated_and_never_taken_for_a_hidden_object(bench: Any, small: Any) -> None:
    loopback = bench.serve(small)
    loopback.fail(failing(2, "COUNT() FROM Contact"))
    contacts = next(one for one in doctor(bench.open(loopback)).objects if one.key == "contacts")
    assert (contacts.state, contacts.rows) == (ObjectState.USABLE, 0)
    loopback.fail(failing(9, "COUNT() FROM Contact"))
    with pytest.raises(UnavailableError, match="counting Contact"):
        doctor(bench.open(loopback))


@pytest.mark.parametrize("answer", [{}, {"totalSize": "7"}, [], None], ids=str)
def test_a_count_without_a_number_is_refused(bench: Any, small: Any, answer: Any) -> None:
    loopback = bench.serve(small)
    loopback.fail(Fail(match="COUNT() FROM Contact", inner=True, change=lambda _: answer))
    with pytest.raises(ResponseError, match="counting Contact"):
        doctor(bench.open(loopback))


# --- what the org has put aside ---------------------------------------------------------------


@pytest.mark.parametrize("bulk_above", [0, 2], ids=["by pages", "by a job"])
def test_meetings_that_were_archived_are_read_and_deleted_ones_are_not(
    bench: Any, small: Any, bulk_above: int
) -> None:
    at = {
        "AccountId": "001000000000000001",
        "StartDateTime": "2024-05-06T10:00:00.000+0000",
        "IsChild": False,
    }
    for number in range(5):
        small.add("Event", Id=f"00U{number}", IsArchived=number % 2 == 0, IsDeleted=number == 4, **at)
    call = {"AccountId": "001000000000000001", "TaskSubtype": "Call", "IsClosed": True}
    small.add("Task", Id="00T1", IsArchived=True, CompletedDateTime=at["StartDateTime"], **call)
    small.page = lambda number: 2
    (dossier,) = bench.read(
        bench.open(bench.serve(small), {"currency": "EUR", "bulk_above": bulk_above})
    ).book
    assert {meeting.id for meeting in dossier.meetings} == {"00U0", "00U1", "00U2", "00U3", "00T1"}


def test_more_objects_than_one_call_describes_take_two(bench: Any, small: Any) -> None:
    for number in range(7):
        small.define(f"Extra{number}__c", Account__c="Account", Score__c="double", On__c="date")
    keys = (
        "deliveries",
        "readings",
        "service_actions",
        "support_requests",
        "handovers",
        "spend_estimates",
        "assignments",
    )
    needed = {
        "deliveries": ["due_on"],
        "readings": ["on", "value"],
        "service_actions": ["on", "about_id"],
        "support_requests": ["role", "asked_on"],
        "handovers": ["won_on"],
        "spend_estimates": ["yearly_amount", "source", "on"],
        "assignments": ["person_id"],
    }
    objects = {
        key: {
            "object": f"Extra{n}__c",
            "account": "Account__r",
            "fields": dict.fromkeys(needed[key], "On__c"),
        }
        for n, key in enumerate(keys)
    }
    loopback = bench.serve(small)
    adapter = bench.open(loopback, {"currency": "EUR", "objects": objects})
    assert adapter.sources["deliveries"].gap is None
    assert loopback.calls == 2


# --- bulk -------------------------------------------------------------------------------------


def bulk(bench: Any, loopback: LoopbackSalesforce, *fails: Fail) -> Any:
    adapter = bench.open(loopback, {"currency": "EUR", "bulk_above": 60})
    adapter.capabilities  # noqa: B018 - the describe
    loopback.fail(*fails)
    reading = bench.read(adapter)
    (dossier,) = reading.book
    return dossier, adapter


def test_above_a_number_of_rows_an_object_is_read_by_a_bulk_job(
    bench: Any, paged: LoopbackSalesforce
) -> None:
    dossier, adapter = bulk(bench, paged)
    assert len(dossier.buyers) == ROWS
    ledger = adapter.client.policy.ledger
    assert ledger.calls["bulk"] == 4
    assert ledger.planned == ledger.actual
    assert not paged.jobs  # the job was deleted


def test_bulk_rows_map_to_the_same_records_as_pages(bench: Any, paged: LoopbackSalesforce) -> None:
    by_pages, _ = read(bench, paged)
    by_job, _ = bulk(bench, paged)
    assert by_job == by_pages


def test_bulk_results_come_in_pages_too(bench: Any, paged: LoopbackSalesforce) -> None:
    paged.org.page = lambda number: 5
    dossier, _ = bulk(bench, paged)
    assert len(dossier.buyers) == ROWS


def test_a_job_that_takes_its_time_is_waited_for(bench: Any, paged: LoopbackSalesforce) -> None:
    waiting = Fail(body={"id": "750", "state": "InProgress"}, match="jobs/query/", times=3)
    dossier, _ = bulk(bench, paged, waiting)
    assert len(dossier.buyers) == ROWS
    assert bench.slept == [1.0, 2.0, 4.0]


def test_a_job_that_cannot_be_deleted_loses_no_row(bench: Any, paged: LoopbackSalesforce) -> None:
    forbidden = [{"errorCode": "INSUFFICIENT_ACCESS", "message": ""}]

    def refuse_the_last(text: Any) -> Any:
        paged.fail(Fail(status=403, body=forbidden, match="jobs/query/750"))
        return text

    dossier, _ = bulk(bench, paged, Fail(match="/results", change=refuse_the_last))
    assert len(dossier.buyers) == ROWS
    assert paged.jobs


def test_an_object_that_no_job_may_read_is_not_taken_for_hidden(
    bench: Any, paged: LoopbackSalesforce
) -> None:
    answer = [{"errorCode": "API_DISABLED_FOR_ORG", "message": ""}]
    with pytest.raises(NotAvailableError, match="Contact, bulk job"):
        bulk(bench, paged, Fail(status=403, body=answer, match="jobs/query"))


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        (Fail(body="{", match="jobs/query", times=1), ResponseError),
        (Fail(body={"id": "750", "state": "Failed"}, match="jobs/query/", times=1), UnavailableError),
        (Fail(body={"id": "750", "state": "InProgress"}, match="jobs/query/", times=500), UnavailableError),
        (Fail(body={"state": "Open"}, match="jobs/query", times=1), ResponseError),
        (Fail(body='"Id"\n', headers={"Content-Type": "text/csv"}, match="/results"), ResponseError),
        (
            Fail(match="/results", change=lambda text: text.rpartition("\n")[0].rpartition("\n")[0] + "\n"),
            ShortReadError,
        ),
        (
            Fail(
                body={"id": "750", "state": "JobComplete", "numberRecordsProcessed": 999}, match="jobs/query/"
            ),
            ShortReadError,
        ),
    ],
    ids=[
        "no json",
        "failed",
        "never ready",
        "no job",
        "other columns",
        "a page cut short",
        "fewer rows than processed",
    ],
)
def test_a_bulk_job_that_comes_to_nothing_is_refused(
    bench: Any, paged: LoopbackSalesforce, fail: Fail, error: type[TransportError]
) -> None:
    with pytest.raises(error):
        bulk(bench, paged, fail)
