"""The connection: reused, paced by what HubSpot says, without traces in globals, without secrets in sight."""

from __future__ import annotations

import io
import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from http.client import HTTPConnection
from typing import Any

import pytest

from sam_adapters.contract import BookRequest, SourceError
from sam_adapters.faults import TransportError
from sam_adapters.hubspot.adapter import open_hubspot
from sam_adapters.hubspot.client import Bucket, connect
from sam_adapters.hubspot.config import TOKEN_VARIABLE
from sam_adapters.hubspot.faults import HUBSPOT_FAULTS
from sam_adapters.hubspot.paths import Endpoint
from sam_adapters.transport import TransportPolicy

SECRET = "pat-eu1-5ecret-5ecret-5ecret"


def test_one_connection_serves_a_whole_reading(bench: Callable[..., Any]) -> None:
    at = bench()
    list(at.reading().book)
    assert len(at.hubspot.requests) > 30
    assert at.hubspot.connections == 1


def test_every_request_carries_the_official_clients_name_and_the_token(bench: Callable[..., Any]) -> None:
    at = bench()
    list(at.reading().book)
    assert all(r.agent.startswith("hubspot-api-client-python") and r.authorized for r in at.hubspot.requests)


def test_a_token_goes_with_its_own_request_whatever_another_thread_has_set_meanwhile(
    bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench()
    at.portal.token = SECRET
    client = at.client()
    low = client.api.api_client
    assert SECRET not in repr(vars(low.configuration))
    real = low.call_api

    def disturbed(*given: Any, **more: Any) -> Any:
        low.configuration.access_token = "stale"
        return real(*given, **more)

    monkeypatch.setattr(low, "call_api", disturbed)
    assert client.call(Endpoint.OWNERS)["results"]


def test_levels_of_foreign_loggers_and_debug_output_are_as_they_were() -> None:
    names = ("urllib3", "hubspot", "hubspot.crm.objects", "hubspot.crm.companies")
    before = {name: logging.getLogger(name).level for name in names}
    logging.getLogger("urllib3").setLevel(logging.INFO)
    HTTPConnection.debuglevel, debug = 3, HTTPConnection.debuglevel
    try:
        connect(access_token=SECRET)
        assert logging.getLogger("urllib3").level == logging.INFO
        assert HTTPConnection.debuglevel == 3
        assert {n: logging.getLogger(n).level for n in names[1:]} == {n: before[n] for n in names[1:]}
    finally:
        HTTPConnection.debuglevel = debug
        logging.getLogger("urllib3").setLevel(before["urllib3"])


def test_the_clients_own_retries_are_off_whatever_a_ready_client_was_given(bench: Callable[..., Any]) -> None:
    import hubspot
    from urllib3.util import Retry

    at = bench()
    ready = hubspot.HubSpot(
        access_token=at.portal.token, host=at.hubspot.url, retry=Retry(5, status_forcelist=(500,))
    )
    client = connect(client=ready, policy=at.policy())
    at.hubspot.fail(times=99, status=429, body={}, headers={"Retry-After": "7200"})
    with pytest.raises(TransportError, match="asks for a wait of 7200 s; the most we wait is 60 s"):
        client.call(Endpoint.OWNERS)
    assert len(at.hubspot.requests) == 1
    assert client.policy.table is HUBSPOT_FAULTS


def test_a_client_in_debug_mode_is_refused_because_it_prints_the_token() -> None:
    import hubspot

    with pytest.raises(SourceError, match="prints the access token"):
        connect(client=hubspot.HubSpot(access_token=SECRET, debug=True))


def test_without_a_token_it_says_where_one_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(SourceError, match=TOKEN_VARIABLE):
        open_hubspot()


def test_the_token_is_taken_from_the_environment(
    bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench()
    monkeypatch.setenv(TOKEN_VARIABLE, at.portal.token)
    adapter = open_hubspot(host=at.hubspot.url, mapping={"hubspot": {"plan": "search"}}, policy=at.policy())
    assert [person.id for person in adapter.managers()] == ["7", "8"]


# -- pace ----------------------------------------------------------------------------------------


def test_calls_keep_to_the_limit_that_hubspot_names(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.limit, at.hubspot.remaining = 100, 90
    client = at.client()
    stamps = []
    for _ in range(300):
        client.call(Endpoint.ACCOUNT)
        stamps.append(at.clock.seconds)
    windows = [sum(1 for other in stamps if start <= other < start + 10) for start in stamps]
    assert (client.general.limit, client.general.seconds) == (90, 10.0)
    assert max(windows[100:]) <= 91
    assert client.policy.ledger.allowed == 650000


def test_searches_have_a_bucket_of_their_own_of_four_a_second(bench: Callable[..., Any]) -> None:
    at = bench()
    client = at.client()
    body = {"filterGroups": [], "properties": [], "limit": 1}
    start = at.clock.seconds
    for _ in range(40):
        client.call(Endpoint.SEARCH, "deals", body=body)
    assert at.clock.seconds - start >= (40 - 4) / 4
    waited = at.clock.seconds
    client.call(Endpoint.ACCOUNT)
    assert at.clock.seconds == waited


def test_a_bucket_slows_down_where_others_have_used_most_of_the_limit() -> None:
    bucket = Bucket(171, 10.0)
    assert bucket.delay(0.0) == 0.0
    names = ("Max", "Interval-Milliseconds", "Remaining")
    bucket.learn(
        {f"X-HubSpot-RateLimit-{n}": v for n, v in zip(names, ("190", "10000", "3"), strict=True)}, 0.0
    )
    assert bucket.delay(0.0) > 0.0
    assert bucket.limit == 171


@pytest.mark.parametrize("headers", [{}, {"X-HubSpot-RateLimit-Max": "many"}])
def test_a_bucket_learns_nothing_from_answers_that_say_nothing(headers: dict[str, str]) -> None:
    bucket = Bucket(171, 10.0)
    bucket.learn(headers, 0.0)
    assert (bucket.limit, bucket.seconds) == (171, 10.0)


# -- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure", [None, (401, {}), (403, {}), (500, "<html>"), (200, "<html>"), (429, {"policyName": "DAILY"})]
)
def test_no_token_shows_in_logs_errors_output_texts_or_pickles(
    bench: Callable[..., Any], caplog: Any, failure: Any
) -> None:
    at = bench()
    at.portal.token = SECRET
    caplog.set_level(logging.DEBUG)
    shown = io.StringIO()
    seen: list[str] = []
    with redirect_stdout(shown), redirect_stderr(shown):
        adapter = at.adapter()
        if failure is not None:
            echo = {"message": f"Bearer {SECRET}"}
            body = {**failure[1], **echo} if isinstance(failure[1], dict) else f"{failure[1]}{SECRET}"
            at.hubspot.fail(times=99, status=failure[0], body=body, headers={"X-Echo": SECRET})
        try:
            reading = adapter.read(BookRequest(manager_id="7", period=at.period))
            seen += [repr(reading), *(repr(dossier) for dossier in reading.book)]
        except TransportError as error:
            assert failure is not None
            seen += [
                *traceback.format_exception(error),
                repr(vars(error)),
                repr(error.args),
                repr(pickle.dumps(error)),
            ]
        seen += [
            repr(adapter),
            str(adapter),
            repr(adapter.ledger),
            adapter.calls(),
            repr(adapter.settings.reader),
        ]
    for thing in (adapter, adapter.settings.reader.client, adapter.settings.reader.client.tokens):
        with pytest.raises(TypeError):
            pickle.dumps(thing)
    seen += [shown.getvalue(), caplog.text, *(str(vars(record)) for record in caplog.records)]
    assert caplog.records
    assert [text for text in seen if "5ecret" in text] == []


def test_messages_hold_no_names_or_addresses_of_people(bench: Callable[..., Any], caplog: Any) -> None:
    at = bench()
    caplog.set_level(logging.DEBUG)
    at.hubspot.fail(status=400, body={"message": "nora@example.com"}, when=lambda r: r.name == "batch read")
    with pytest.raises(TransportError) as caught:
        at.dossiers("buyers")
    assert "@" not in str(caught.value)
    assert "@" not in caplog.text


# -- cost of an import ---------------------------------------------------------------------------


def test_announcing_the_adapter_imports_no_vendor_library() -> None:
    code = "import sys, sam_adapters.hubspot.plugin as p; e = list(p.sam_adapters()); print(e[0].name, 'hubspot' in sys.modules, 'urllib3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["hubspot", "False", "False"]


def test_the_entry_builds_an_adapter(bench: Callable[..., Any]) -> None:
    from sam_adapters.hubspot.plugin import sam_adapters

    at = bench()
    entry = next(iter(sam_adapters()))
    adapter = entry.load()(
        access_token=at.portal.token, host=at.hubspot.url, policy=TransportPolicy(source="HubSpot")
    )
    assert (
        adapter.read(BookRequest(manager_id="ADA@example.com", period=at.period)).book.header.manager.id
        == "7"
    )
