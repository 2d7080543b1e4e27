"""Each row of the fault catalogue: what the org answers, and what becomes of the reading."""

from __future__ import annotations

import traceback
from typing import Any
from urllib.parse import unquote

import pytest

from sam_adapters.salesforce.connection import salesforce_policy
from sam_adapters.salesforce.faults import SALESFORCE_FAULTS, fault_of_body
from sam_adapters.testing.salesforce import Fail
from sam_adapters.transport import (
    AuthError,
    CursorError,
    Fault,
    LimitError,
    NotAvailableError,
    RequestError,
    ResponseError,
    ShortReadError,
    TooHeavyError,
    TransportError,
    UnavailableError,
)
from sam_core.values import Unknown, Why

COMPOSITE = "/composite"


def body(code: str, message: str = "some words of theirs") -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code, "fields": []}]


HTML = "<html><body>Down for maintenance</body></html>"


def refused(bench: Any, org: Any, *fails: Fail) -> tuple[Any, TransportError]:
    loopback = bench.serve(org)
    adapter = bench.open(loopback)
    adapter.capabilities  # noqa: B018 - the describe, before the faults
    before = len(loopback.requests)
    loopback.fail(*fails)
    with pytest.raises(TransportError) as seen:
        bench.read(adapter)
    del loopback.requests[:before]
    return loopback, seen.value


def repaired(bench: Any, org: Any, *fails: Fail) -> tuple[Any, Any]:
    loopback = bench.serve(org)
    adapter = bench.open(loopback)
    adapter.capabilities  # noqa: B018 - the describe, before the faults
    before = len(loopback.requests)
    loopback.fail(*fails)
    reading = bench.read(adapter)
    assert len(list(reading.book)) == 1
    del loopback.requests[:before]
    return loopback, reading


FATAL = [
    (401, body("INVALID_AUTH_HEADER"), AuthError, 1),
    (401, HTML, AuthError, 1),
    (401, body("INVALID_SESSION_ID"), AuthError, 1),  # a fixed token: there is nothing to renew it with
    (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), LimitError, 1),
    (
        403,
        body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
        UnavailableError,
        4,
    ),
    (403, body("API_DISABLED_FOR_ORG"), NotAvailableError, 1),
    (403, body("API_CURRENTLY_DISABLED"), NotAvailableError, 1),
    (403, body("INSUFFICIENT_ACCESS_OR_READONLY"), NotAvailableError, 1),
    (403, body("CANNOT_EXECUTE_FLOW_TRIGGER"), NotAvailableError, 1),
    (400, body("MALFORMED_QUERY"), RequestError, 1),
    (400, body("EXCEEDED_ID_LIMIT"), RequestError, 1),
    (400, body("DUPLICATE_VALUE"), RequestError, 1),
    (400, body("FIELD_CUSTOM_VALIDATION_EXCEPTION"), RequestError, 1),
    (400, body("REQUIRED_FIELD_MISSING"), RequestError, 1),
    (400, body("STRING_TOO_LONG"), RequestError, 1),
    (409, body("UNABLE_TO_LOCK_ROW"), UnavailableError, 5),
    (404, body("NOT_FOUND"), NotAvailableError, 1),
    (410, body("UNSUPPORTED_API_VERSION"), RequestError, 1),
    (410, HTML, RequestError, 1),
    (414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>", RequestError, 1),
    (431, HTML, RequestError, 1),
    (420, HTML, UnavailableError, 5),
    (406, HTML, UnavailableError, 5),
    (429, HTML, UnavailableError, 5),
    (
        500,
        body("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId 1234567890-12345 (-1234567)"),
        UnavailableError,
        3,
    ),
    (502, HTML, UnavailableError, 5),
    (503, body("SERVER_UNAVAILABLE", "Server too busy"), UnavailableError, 5),
    (504, HTML, UnavailableError, 5),
    (599, HTML, UnavailableError, 3),  # in no row: 5xx is repeated where that is safe
    (418, HTML, RequestError, 1),  # in no row: 4xx is not
    (302, HTML, RequestError, 1),
    (307, "", RequestError, 1),
    (200, HTML, ResponseError, 2),
    (200, "{", ResponseError, 1),
    (200, "{}", ResponseError, 1),
    (200, '{"compositeResponse": []}', ResponseError, 1),
    (0, "", UnavailableError, 4),
]


@pytest.mark.parametrize(("status", "answer", "error", "requests"), FATAL, ids=lambda value: str(value)[:60])
def test_a_fault_of_a_whole_call_ends_the_reading_as_its_row_says(
    bench: Any, small: Any, status: int, answer: Any, error: type[TransportError], requests: int
) -> None:
    loopback, seen = refused(bench, small, Fail(status=status, body=answer, match=COMPOSITE, times=99))
    assert type(seen) is error
    assert len(loopback.requests) == requests
    assert seen.status == status or status in (0, 200)
    assert "SELECT" not in str(seen)
    assert "some words" not in str(seen)


TRANSIENT = [row for row in FATAL if row[3] > 1]


@pytest.mark.parametrize(
    ("status", "answer", "error", "requests"), TRANSIENT, ids=lambda value: str(value)[:60]
)
def test_a_fault_that_passes_is_repeated_and_nothing_is_lost(
    bench: Any, small: Any, status: int, answer: Any, error: type[TransportError], requests: int
) -> None:
    _, reading = repaired(bench, small, Fail(status=status, body=answer, match=COMPOSITE, times=requests - 1))
    assert not reading.problems.counts
    assert len(bench.slept) == requests - 1


INNER = [
    (503, body("SERVER_UNAVAILABLE"), UnavailableError),
    (500, body("UNKNOWN_EXCEPTION"), UnavailableError),
    (400, body("PROCESSING_HALTED"), UnavailableError),
    (400, body("MALFORMED_QUERY"), RequestError),
    (400, body("EXCEEDED_ID_LIMIT"), RequestError),
    (400, body("INVALID_QUERY_LOCATOR"), CursorError),
    (400, body("QUERY_TIMEOUT"), TooHeavyError),
    (400, body("QUERY_TOO_COMPLICATED"), TooHeavyError),
    (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), LimitError),
    (401, body("INVALID_SESSION_ID"), AuthError),
]


@pytest.mark.parametrize(("status", "answer", "error"), INNER, ids=lambda value: str(value)[:60])
def test_a_fault_inside_a_composite_answer_is_the_same_fault(
    bench: Any, small: Any, status: int, answer: Any, error: type[TransportError]
) -> None:
    _, seen = refused(bench, small, Fail(status=status, body=answer, match="contacts", times=99, inner=True))
    assert type(seen) is error
    assert "Contact" in str(seen)


@pytest.mark.parametrize(("status", "answer", "error"), [row for row in INNER if row[0] >= 500], ids=str)
def test_one_part_of_a_call_is_repeated_without_the_others(
    bench: Any, small: Any, status: int, answer: Any, error: type[TransportError]
) -> None:
    loopback, _ = repaired(bench, small, Fail(status=status, body=answer, match="contacts", inner=True))
    assert (
        sum("FROM%20Account%20" in text or "FROM Account " in text for _, _, text in loopback.requests) == 1
    )


def test_a_hidden_object_is_not_available_and_never_empty(bench: Any, small: Any) -> None:
    answer = body("INVALID_TYPE", "sObject type 'Case' is not supported.")
    _, reading = repaired(bench, small, Fail(status=400, body=answer, match="cases", times=9, inner=True))
    (dossier,) = reading.book
    assert isinstance(dossier.cases, Unknown)
    assert dossier.cases.why is Why.NOT_PERMITTED


def test_a_missing_object_is_known_from_the_describe(bench: Any, small: Any) -> None:
    small.hidden |= {"Case", "Event", "OpportunityLineItem", "AccountHistory"}
    reading = bench.read(bench.open(bench.serve(small)))
    (dossier,) = reading.book
    assert {type(dossier.cases), type(dossier.meetings)} == {Unknown}


@pytest.mark.parametrize("name", ["Account", "User"])
def test_without_accounts_or_users_no_book_is_read(bench: Any, small: Any, name: str) -> None:
    small.hidden.add(name)
    with pytest.raises(Exception, match=f"{name} is absent"):
        bench.read(bench.open(bench.serve(small)))


def test_accounts_that_turn_out_hidden_end_the_reading(bench: Any, small: Any) -> None:
    answer = body("INVALID_TYPE", "sObject type 'Account' is not supported.")
    _, seen = refused(bench, small, Fail(status=400, body=answer, match="_accounts", times=9, inner=True))
    assert type(seen) is NotAvailableError


def no_column(name: str, entity: str) -> list[dict[str, Any]]:
    return body(
        "INVALID_FIELD",
        f"SELECT {name} ERROR at Row:1:Column:8 No such column '{name}' on entity '{entity}'.",
    )


def test_a_field_that_turns_out_hidden_is_dropped_and_told(bench: Any, small: Any) -> None:
    small.add(
        "Case",
        Id="500000000000000001",
        AccountId="001000000000000001",
        CreatedDate="2026-02-01T00:00:00.000+0000",
    )
    fail = Fail(status=400, body=no_column("Priority", "Case"), match="Priority", inner=True)
    _, reading = repaired(bench, small, fail)
    (dossier,) = reading.book
    assert dossier.cases[0].priority == Unknown(Why.NOT_PERMITTED, "Case.Priority")


@pytest.mark.parametrize("name", ["CreatedDate", "AccountId", "OwnerId", "Nowhere"])
def test_a_field_that_is_needed_and_hidden_ends_the_reading_with_its_name(
    bench: Any, small: Any, name: str
) -> None:
    fail = Fail(status=400, body=no_column(name, "Case"), match="_cases", times=9, inner=True)
    _, seen = refused(bench, small, fail)
    assert seen.facts == {"field": name, "object": "Case"}
    assert name in str(seen)


def test_a_relationship_nobody_knows_is_named(bench: Any, small: Any) -> None:
    answer = body("INVALID_FIELD", "Didn't understand relationship 'Nobody' in field path.")
    _, seen = refused(bench, small, Fail(status=400, body=answer, match="_cases", times=9, inner=True))
    assert seen.facts == {"field": "Nobody"}


def test_hidden_fields_are_dropped_one_after_the_other_as_the_org_names_them(bench: Any, small: Any) -> None:
    small.add(
        "Case",
        Id="500000000000000001",
        AccountId="001000000000000001",
        CreatedDate="2026-02-01T00:00:00.000+0000",
    )
    loopback, reading = repaired(
        bench,
        small,
        Fail(status=400, body=no_column("Priority", "Case"), match="Priority", inner=True),
        Fail(status=400, body=no_column("Subject", "Case"), match="_cases", inner=True),
        Fail(status=400, body=no_column("ContactId", "Case"), match="_cases", inner=True),
    )
    (dossier,) = reading.book
    (case,) = dossier.cases
    assert case.priority == Unknown(Why.NOT_PERMITTED, "Case.Priority")
    asked = [unquote(text) for _, _, text in loopback.requests if "FROM%20Case" in text]
    assert ["ContactId" in text.partition("FROM Case")[0] for text in asked[1:]] == [True, True, False]


def test_a_field_that_is_refused_though_nobody_asks_for_it_any_more_ends_the_reading(
    bench: Any, small: Any
) -> None:
    fail = Fail(status=400, body=no_column("Priority", "Case"), match="_cases", inner=True, times=99)
    loopback, seen = refused(bench, small, fail)
    assert seen.facts == {"field": "Priority", "object": "Case"}
    assert sum("r0_cases" in text or "_cases" in text for _, _, text in loopback.requests) == 2


def test_a_heavy_query_is_read_by_fewer_accounts_at_a_time(bench: Any, small: Any) -> None:
    for number in range(150):
        account = f"001{number + 100:015d}"
        small.add("Account", Id=account, Name=f"Customer {number}", OwnerId="005000000000000001")
        small.add(
            "Case", Id=f"500{number:015d}", AccountId=account, CreatedDate="2026-02-01T00:00:00.000+0000"
        )
    loopback = bench.serve(small)
    loopback.fail(
        Fail(status=400, body=body("QUERY_TIMEOUT"), match="Account.OwnerId", inner=True, times=1),
        Fail(status=400, body=body("QUERY_TIMEOUT"), match="r0_cases_0", inner=True, times=1),
    )
    loopback.fails[0].match = "FROM Case WHERE (Account.OwnerId"
    reading = bench.read(bench.open(loopback))
    assert sum(len(dossier.cases) for dossier in reading.book) == 150


def test_a_heavy_query_that_stays_heavy_ends_the_reading(bench: Any, small: Any) -> None:
    _, seen = refused(
        bench, small, Fail(status=400, body=body("QUERY_TIMEOUT"), match="FROM Case", times=99, inner=True)
    )
    assert type(seen) is TooHeavyError


def test_another_fault_in_a_smaller_query_ends_the_reading(bench: Any, small: Any) -> None:
    _, seen = refused(
        bench,
        small,
        Fail(status=400, body=body("QUERY_TIMEOUT"), match="FROM Case", inner=True),
        Fail(status=403, body=body("INSUFFICIENT_ACCESS"), match="FROM Case", inner=True),
    )
    assert type(seen) is NotAvailableError


def test_what_is_not_cut_down_by_account_cannot_be_read_in_parts(bench: Any, small: Any) -> None:
    _, seen = refused(
        bench, small, Fail(status=400, body=body("QUERY_TIMEOUT"), match="FROM User", times=99, inner=True)
    )
    assert type(seen) is TooHeavyError


def test_after_the_limit_of_the_day_nothing_more_is_sent(bench: Any, small: Any) -> None:
    loopback = bench.serve(small)
    adapter = bench.open(loopback)
    adapter.capabilities  # noqa: B018 - the describe
    loopback.fail(
        Fail(
            status=403, body=body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), match=COMPOSITE
        )
    )
    for _ in range(3):
        with pytest.raises(LimitError, match="used up"):
            bench.read(adapter)
    assert loopback.calls == 2
    assert bench.slept == []


def test_retry_after_is_honoured_up_to_a_cap(bench: Any, small: Any) -> None:
    repaired(bench, small, Fail(status=503, headers={"Retry-After": "7"}, match=COMPOSITE))
    assert bench.slept == [7.0]


def test_a_retry_after_beyond_the_cap_ends_the_reading_at_once(bench: Any, small: Any) -> None:
    _, seen = refused(bench, small, Fail(status=503, headers={"Retry-After": "7200"}, match=COMPOSITE))
    assert "7200 s" in str(seen)
    assert bench.slept == []


def test_the_error_id_of_a_server_fault_is_kept_for_support(bench: Any, small: Any) -> None:
    answer = body(
        "UNKNOWN_EXCEPTION",
        "An unexpected error occurred. Please include this ErrorId if you contact support: 9876543210-54321 (-987)",
    )
    _, seen = refused(bench, small, Fail(status=500, body=answer, match=COMPOSITE, times=9))
    assert seen.facts == {"ErrorId": "9876543210-54321"}


def test_a_body_cut_short_is_a_fault_of_its_page_and_repeated(bench: Any, small: Any) -> None:
    repaired(
        bench,
        small,
        Fail(status=200, body='{"compositeResponse": [', headers={"Content-Length": "5000"}, match=COMPOSITE),
    )
    assert len(bench.slept) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ('{"error":"invalid_grant","error_description":"no"}', "invalid_grant"),
        (b'[{"errorCode":"X_Y","message":"m"}]', "X_Y"),
        ("[]", ""),
        ("nonsense", ""),
        ('{"errorCode":"<script>"}', ""),
        (None, ""),
    ],
)
def test_every_shape_of_an_error_body_is_read(answer: Any, code: str) -> None:
    assert fault_of_body(400, answer).code == code


def test_no_error_carries_a_foreign_exception_with_it(bench: Any, small: Any) -> None:
    _, seen = refused(bench, small, Fail(status=0, match=COMPOSITE, times=99))
    told = "".join(traceback.format_exception(seen))
    assert seen.__cause__ is None
    assert "SELECT" not in told
    assert "OwnerId" not in told.replace("no whole", "")


@pytest.mark.parametrize("rule", SALESFORCE_FAULTS, ids=lambda rule: f"{rule.status} {rule.code}")
def test_no_row_stands_in_the_shadow_of_one_before_it(rule: Any) -> None:
    status = next(iter(rule.status), 400)
    seen = Fault(status=status, code=rule.code.replace("*", ""), detail=rule.text)
    assert salesforce_policy().classify(seen) is rule


def test_every_row_of_the_table_says_what_it_means() -> None:
    assert all(rule.meaning and issubclass(rule.error, TransportError) for rule in SALESFORCE_FAULTS)
    assert ShortReadError not in {rule.error for rule in SALESFORCE_FAULTS}  # that is found by counting
