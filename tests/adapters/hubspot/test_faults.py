"""Each row of the fault catalogue: what is repeated, how long is waited, what is raised in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from time import sleep
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sam_adapters.faults import (
    AuthError,
    CancelledReadError,
    Fault,
    FaultRule,
    LimitError,
    NotAvailableError,
    RequestError,
    ResponseError,
    TooHeavyError,
    TransportError,
    UnavailableError,
)
from sam_adapters.hubspot.faults import HUBSPOT_FAULTS, read_fault, until_midnight
from sam_adapters.hubspot.paths import Endpoint
from sam_adapters.transport import TransportPolicy

BATCH: dict[str, Any] = {"inputs": [{"id": "201"}], "properties": ["email"]}
LIMIT = {"status": "error", "message": "You have reached your limit.", "errorType": "RATE_LIMIT"}
SCOPES = {
    "status": "error",
    "category": "MISSING_SCOPES",
    "errors": [{"message": "m", "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]}}],
}
PAGE = "<html><body>We are down for maintenance</body></html>"


def invalid(message: str) -> dict[str, str]:
    return {"status": "error", "category": "VALIDATION_ERROR", "message": message}


# status, body, headers, the error in the end, requests made, seconds waited in all
CATALOGUE: dict[str, tuple[int, Any, dict[str, str], type[TransportError], int, float]] = {
    "a property that is not there": (400, invalid("Property x does not exist"), {}, RequestError, 1, 0),
    "more than 10,000": (400, invalid("paging beyond 10000"), {}, RequestError, 1, 0),
    "an unknown object": (400, invalid("Unable to infer object type from: x"), {}, NotAvailableError, 1, 0),
    "a bad token": (401, {"category": "INVALID_AUTHENTICATION"}, {}, AuthError, 1, 0),
    "an expired token": (401, {"category": "EXPIRED_AUTHENTICATION"}, {}, AuthError, 1, 0),
    "401 from a proxy": (401, PAGE, {}, AuthError, 1, 0),
    "a missing scope": (403, SCOPES, {}, NotAvailableError, 1, 0),
    "another 403": (403, {"category": "FORBIDDEN"}, {}, NotAvailableError, 1, 0),
    "no such address": (404, PAGE, {}, RequestError, 1, 0),
    "a conflict": (409, {"category": "CONFLICT"}, {}, RequestError, 1, 0),
    "an address too long": (414, PAGE, {}, TooHeavyError, 1, 0),
    "an unknown 4xx": (418, {}, {}, RequestError, 1, 0),
    "locked": (423, {"message": "locked"}, {}, UnavailableError, 5, 2 + 4 + 8 + 16),
    "429 secondly": (429, {**LIMIT, "policyName": "SECONDLY"}, {}, UnavailableError, 8, 1 + 2 + 4 + 8 * 4),
    "429 ten-secondly": (
        429,
        {**LIMIT, "policyName": "TEN_SECONDLY_ROLLING"},
        {},
        UnavailableError,
        8,
        10 + 20 * 6,
    ),
    "429 with a wait": (
        429,
        {**LIMIT, "policyName": "TEN_SECONDLY_ROLLING"},
        {"Retry-After": "3"},
        UnavailableError,
        8,
        3 * 7,
    ),
    "429 with hours to wait": (429, LIMIT, {"Retry-After": "21600"}, UnavailableError, 1, 0),
    "429 daily": (429, {**LIMIT, "policyName": "DAILY"}, {}, LimitError, 1, 0),
    "477 for a day": (477, {}, {"Retry-After": "86400"}, UnavailableError, 1, 0),
    "477 for half a minute": (477, {}, {"Retry-After": "30"}, UnavailableError, 2, 30),
    "500": (500, {"message": "internal"}, {}, UnavailableError, 5, 1 + 2 + 4 + 8),
    "502": (502, PAGE, {}, UnavailableError, 5, 3 + 6 + 12 + 24),
    "503": (503, PAGE, {}, UnavailableError, 5, 1 + 2 + 4 + 8),
    "504": (504, PAGE, {}, UnavailableError, 5, 3 + 6 + 12 + 24),
    "521": (521, PAGE, {}, UnavailableError, 5, 1 + 2 + 4 + 8),
    "522": (522, PAGE, {}, UnavailableError, 5, 1 + 2 + 4 + 8),
    "523": (523, PAGE, {}, UnavailableError, 5, 1 + 2 + 4 + 8),
    "524": (524, PAGE, {}, TooHeavyError, 2, 1),
    "525": (525, PAGE, {}, AuthError, 1, 0),
    "526": (526, PAGE, {}, AuthError, 1, 0),
    "530": (530, PAGE, {}, AuthError, 1, 0),
    "an unknown 5xx": (599, PAGE, {}, UnavailableError, 3, 0.5 + 1),
    "a redirect": (302, "", {"Location": "https://example.com/"}, RequestError, 1, 0),
    "a web page with status 200": (200, PAGE, {}, ResponseError, 2, 0.5),
    "a list with status 200": (200, "[]", {}, ResponseError, 2, 0.5),
    "no results": (200, {"status": "COMPLETE"}, {}, ResponseError, 2, 0.5),
    "a list in json with status 200": (200, [], {}, ResponseError, 2, 0.5),
    "results that are none": (200, {"results": None}, {}, ResponseError, 2, 0.5),
    "an empty page with more to come": (
        200,
        {"results": [], "paging": {"next": {"after": "5"}}},
        {},
        ResponseError,
        2,
        0.5,
    ),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_fault_is_repeated_waited_for_and_raised_as_the_catalogue_says(
    bench: Callable[..., Any], name: str
) -> None:
    status, body, headers, error, requests, waited = CATALOGUE[name]
    at = bench()
    client = at.client()
    at.hubspot.fail(times=99, status=status, body=body, headers=headers)
    with pytest.raises(TransportError) as caught:
        client.call(Endpoint.BATCH_READ, "contacts", body=BATCH)
    assert type(caught.value) is error
    assert caught.value.operation == "batch read contacts"
    assert caught.value.status == status
    assert len(at.hubspot.requests) == requests
    assert sum(at.clock.slept) == pytest.approx(waited)
    assert client.policy.ledger.retries == requests - 1


@pytest.mark.parametrize("name", [n for n, row in CATALOGUE.items() if row[4] > 1])
def test_what_passes_is_repeated_until_it_has_passed_post_requests_too(
    bench: Callable[..., Any], name: str
) -> None:
    status, body, headers, *_ = CATALOGUE[name]
    at = bench()
    at.hubspot.fail(status=status, body=body, headers=headers)
    answer = at.client().call(Endpoint.BATCH_READ, "contacts", body=BATCH)
    assert [row["id"] for row in answer["results"]] == ["201"]
    assert len(at.hubspot.requests) == 2


def test_an_answer_cut_short_is_asked_for_again(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(cut=True)
    assert len(at.client().call(Endpoint.BATCH_READ, "contacts", body=BATCH)["results"]) == 1
    assert len(at.hubspot.requests) == 2


def test_an_error_in_latin_1_keeps_its_status(bench: Callable[..., Any]) -> None:
    """The client fails to decode it; what failed is still told."""
    at = bench()
    at.hubspot.fail(times=9, status=403, body="\N{POUND SIGN} verboten".encode("latin-1"))
    with pytest.raises(NotAvailableError):
        at.client().call(Endpoint.BATCH_READ, "contacts", body=BATCH)


def test_a_peer_that_says_nothing_is_given_up_in_the_time_allowed(bench: Callable[..., Any]) -> None:
    at = bench()
    client = at.client()
    client.policy.timeout = (0.2, 0.01)
    at.hubspot.before = lambda _: sleep(0.03)
    with pytest.raises(UnavailableError, match="read_timeout_error: no whole answer came; asked 4 times"):
        client.call(Endpoint.OWNERS)


def test_nobody_listening_is_an_error_of_the_family(bench: Callable[..., Any]) -> None:
    client = bench().client(host="http://127.0.0.1:9")
    with pytest.raises(UnavailableError, match="owners"):
        client.call(Endpoint.OWNERS)


def test_a_connection_that_is_not_safe_is_refused_at_once(bench: Callable[..., Any]) -> None:
    at = bench()
    with pytest.raises(AuthError, match="TLS: no safe connection"):
        at.client(host=at.hubspot.url.replace("http:", "https:")).call(Endpoint.OWNERS)


@pytest.mark.parametrize(("raised", "seen"), [("status 0", AuthError), ("a bug", KeyError)])
def test_what_the_client_raises_without_a_status_is_a_matter_of_the_connection_or_a_bug(
    bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, raised: str, seen: type[Exception]
) -> None:
    from hubspot.crm.companies.exceptions import (
        ApiException,  # another sub-package's tree than the one in use
    )

    client = bench().client()
    problem = ApiException(status=0, reason="certificate") if raised == "status 0" else KeyError("x")

    def fails(*_: Any, **__: Any) -> None:
        raise problem

    monkeypatch.setattr(client.api.api_client, "call_api", fails)
    with pytest.raises(seen):
        client.call(Endpoint.OWNERS)


@pytest.mark.parametrize(
    "package", ["companies", "contacts", "deals", "tickets", "line_items", "associations.v4", "owners"]
)
def test_the_error_of_any_sub_package_becomes_one_of_our_family(
    bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    from importlib import import_module

    exceptions = import_module(f"hubspot.crm.{package}.exceptions")
    problem = exceptions.ForbiddenException(status=403, reason="Forbidden")
    problem.body, problem.headers = '{"category": "MISSING_SCOPES"}', {"X": "y"}
    client = bench().client()

    def fails(*_: Any, **__: Any) -> None:
        raise problem

    monkeypatch.setattr(client.api.api_client, "call_api", fails)
    with pytest.raises(NotAvailableError, match="MISSING_SCOPES"):
        client.call(Endpoint.OWNERS)


def test_a_batch_of_which_nothing_exists_is_an_answer_whatever_its_status(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.all_missing_is_404 = True
    body = {"inputs": [{"id": "999"}], "properties": []}
    assert at.client().call(Endpoint.BATCH_READ, "contacts", body=body)["results"] == []


def test_a_token_that_expired_is_renewed_once_and_the_call_repeated(bench: Callable[..., Any]) -> None:
    at = bench()
    tokens = iter(["old", at.portal.token])
    client = at.client(access_token=None, token_provider=lambda: next(tokens))
    assert client.call(Endpoint.OWNERS)["results"]
    assert [r.authorized for r in at.hubspot.requests] == [False, True]


def test_a_token_that_stays_bad_is_renewed_no_second_time(bench: Callable[..., Any]) -> None:
    at = bench()
    given: list[str] = []

    def provide() -> str:
        given.append(f"bad-{len(given)}")
        return given[-1]

    with pytest.raises(AuthError, match="create a new service key"):
        at.client(access_token=None, token_provider=provide).call(Endpoint.OWNERS)
    assert len(given) == 2
    assert len(at.hubspot.requests) == 2


def test_the_limit_of_the_day_stops_every_further_call_until_the_portals_midnight(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    client = at.client(zone="America/New_York")  # it is 07:00 there, 17 hours before midnight
    at.hubspot.fail(status=429, body={**LIMIT, "policyName": "DAILY"})
    for _ in range(3):
        with pytest.raises(LimitError, match="after midnight in the portal's time zone"):
            client.call(Endpoint.OWNERS)
    assert len(at.hubspot.requests) == 1
    at.clock.seconds += 17 * 3600 - 1
    with pytest.raises(LimitError):
        client.call(Endpoint.OWNERS)
    at.clock.seconds += 2
    assert client.call(Endpoint.OWNERS)["results"]


def test_a_storm_of_429_passes_with_waiting_and_without_loss(bench: Callable[..., Any]) -> None:
    """Every single call is refused twice before it passes."""
    at, quiet = bench(), bench()
    refused: Counter[str] = Counter()

    def stormy(request: Any, search: bool) -> bool:
        key = repr((request.path, request.query, request.body))
        hit = (request.name == "search") == search and refused[key] < 2
        refused[key] += hit
        return hit

    for policy, search in (("SECONDLY", True), ("TEN_SECONDLY_ROLLING", False)):
        body = {**LIMIT, "policyName": policy}
        at.hubspot.fail(times=200, status=429, body=body, when=lambda r, search=search: stormy(r, search))
    stormy_reading, calm = at.reading({"plan": "search"}), quiet.reading({"plan": "search"})
    assert list(stormy_reading.book) == list(calm.book)
    searches, others = (
        quiet.hubspot.count("search"),
        len(quiet.hubspot.requests) - quiet.hubspot.count("search"),
    )
    assert len(at.hubspot.requests) == 3 * len(quiet.hubspot.requests)
    assert sum(at.clock.slept) >= searches * (1 + 2) + others * (10 + 20)


def test_a_search_that_is_too_slow_is_asked_for_smaller_pages(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(
        times=2, status=524, body=PAGE, when=lambda r: r.name == "search" and r.kind == "companies"
    )
    assert set(at.dossiers("buyers")) == {"101", "102"}
    assert [r.body["limit"] for r in at.hubspot.requests if r.name == "search" and r.kind == "companies"] == [
        200,
        200,
        100,
    ]


def test_smaller_pages_are_followed_to_the_end_and_a_full_last_one_is_the_last(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    for n in range(198):
        at.portal.add(
            "companies", str(10_000 + n), name=str(n), hubspot_owner_id="7", hs_num_child_companies="0"
        )
    assert len(at.dossiers("locations")) == 200
    assert at.hubspot.count("search", "companies") == 1
    at.hubspot.fail(
        times=2, status=524, body=PAGE, when=lambda r: r.name == "search" and r.kind == "companies"
    )
    assert len(at.dossiers("locations")) == 200
    assert at.hubspot.count("search", "companies") == 1 + 2 + 2


def test_a_search_that_stays_too_slow_is_given_up(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(
        times=99, status=524, body=PAGE, when=lambda r: r.name == "search" and r.kind == "companies"
    )
    with pytest.raises(TooHeavyError):
        at.dossiers("buyers")


def test_a_reading_that_was_called_off_makes_no_further_call(bench: Callable[..., Any]) -> None:
    at = bench()
    client = at.client()
    client.policy.cancellation.cancel()
    with pytest.raises(CancelledReadError):
        client.call(Endpoint.OWNERS)
    assert at.hubspot.requests == []


@pytest.mark.parametrize("rule", HUBSPOT_FAULTS, ids=lambda rule: f"{rule.status} {rule.code} {rule.text}")
def test_no_row_stands_in_the_shadow_of_one_before_it(rule: FaultRule) -> None:
    policy = TransportPolicy(source="HubSpot", table=HUBSPOT_FAULTS)
    for status in rule.status:
        code = rule.code.replace("*", "")
        assert policy.classify(Fault(status=status, code=code, detail=rule.text)) is rule


def test_what_hubspot_says_of_scopes_is_told_and_anything_else_is_not() -> None:
    body = (
        '{"category":"MISSING_SCOPES","message":"ada@example.com may not","context":{"missingScopes":["a.b"]},'
        '"errors":[{"context":{"requiredScopes":["c.d","a.b"]}},{"context":null},"odd"]}'
    )
    fault = read_fault(403, body, {"retry-after": "x"}, datetime(2026, 1, 1, tzinfo=UTC))
    assert dict(fault.facts) == {"scope 1": "a.b", "scope 2": "c.d"}
    assert "ada" not in repr(fault)
    assert fault.retry_after is None


@given(st.text(max_size=60), st.integers(400, 599))
@example("[]", 500)
def test_no_body_however_odd_hides_the_status(body: str, status: int) -> None:
    assert read_fault(status, body, {}, datetime(2026, 1, 1, tzinfo=UTC)).status == status


@given(st.integers(0, 4_000_000_000))
def test_midnight_is_at_most_a_day_and_an_hour_away(second: int) -> None:
    now = datetime.fromtimestamp(second, UTC)
    seconds = until_midnight(now, "Europe/Berlin")
    assert seconds is not None
    assert 0 < seconds <= 25 * 3600


def test_midnight_of_an_unknown_zone_is_not_known() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert until_midnight(now, None) is None
    assert until_midnight(now, "Mars/Olympus") is None
