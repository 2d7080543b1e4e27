"""Talking to HubSpot: the official client for token, host and connections; our own policy for the rest.

The client's low level is used on purpose. Its typed methods know the numbered paths only, turn a web page
into an empty answer, and drop what they do not know; its retries sleep for hours and skip every POST.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any, Final, NoReturn

from attrs import define, field

from sam_adapters.contract import SourceError
from sam_adapters.faults import Fault, FaultSeen, NotAvailableError
from sam_adapters.hubspot.faults import HUBSPOT_FAULTS, read_fault
from sam_adapters.hubspot.paths import DEFAULT_VERSION, Endpoint, path
from sam_adapters.transport import Pace, TokenSource, TransportPolicy

__all__ = ["Bucket", "HubSpotClient", "connect", "operation_of", "scopes_of"]

_GENERAL: Final = (171, 10.0)
"""Nine tenths of the 190 calls in ten seconds that Professional and Enterprise have."""
_SEARCH: Final = (4, 1.0)
"""One below the five searches a second that all apps of an account share."""


@define
class Bucket(Pace):
    """A pace that learns its limit and its span from what HubSpot says.

    Attributes:
        share: the part of HubSpot's limit that we take.
    """

    share: float = 0.9

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """Take over the limit that HubSpot names, and slow down where others have used most of it."""
        said = {name.lower(): value for name, value in headers.items()}
        try:
            most = int(said["x-hubspot-ratelimit-max"])
            span = int(said["x-hubspot-ratelimit-interval-milliseconds"]) / 1000
            left = int(said["x-hubspot-ratelimit-remaining"])
        except (KeyError, ValueError):
            return
        with self._lock:
            self.limit, self.seconds = max(1, int(most * self.share)), span
            if left <= most * (1 - self.share):
                self._ready = max(self._ready, now) + span / self.limit


@contextmanager
def _quiet_globals() -> Iterator[None]:
    """The client's configuration sets the level of foreign loggers; put everything back as it was."""
    levels = {name: logging.getLogger(name).level for name in _foreign()}
    debug = HTTPConnection.debuglevel
    try:
        yield
    finally:
        HTTPConnection.debuglevel = debug
        for name in _foreign():
            logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


def _foreign() -> list[str]:
    return ["urllib3", *(n for n in logging.root.manager.loggerDict if n.split(".")[0] == "hubspot")]


@define(eq=False)
class HubSpotClient:
    """One connection to one portal; safe to share by threads.

    Attributes:
        api: the official client's low level, kept, because each access to the client would open
            connections of its own.
        tokens: where the bearer token comes from.
        version: the API version, a column of the path table.
        policy: time-outs, repetition, limits and accounting.
        general, search: the two token buckets.
        now: the time of day, for limits that end at the portal's midnight.
        zone: the portal's time zone, once known.
    """

    api: Any = field(repr=False)
    tokens: TokenSource
    version: str = DEFAULT_VERSION
    policy: TransportPolicy = field(factory=lambda: TransportPolicy(source="HubSpot", table=HUBSPOT_FAULTS))
    general: Bucket = field(factory=lambda: Bucket(*_GENERAL))
    search: Bucket = field(factory=lambda: Bucket(*_SEARCH))
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    zone: str | None = None

    def call(
        self,
        endpoint: Endpoint,
        object_type: str = "",
        to: str = "",
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The decoded answer of one endpoint, a batch's partial answer (207) included.

        Raises:
            TransportError: as :data:`HUBSPOT_FAULTS` says.
        """
        method = "GET" if body is None else "POST"
        target = path(self.version, endpoint, object_type, to)
        operation = operation_of(endpoint, object_type, to)
        bucket = self.search if endpoint is Endpoint.SEARCH else self.general

        def attempt() -> dict[str, Any]:
            status, headers, text = self._send(method, target, query, body)
            self.general.learn(headers, self.policy.clock())
            self._learn_daily(headers)
            if status >= 300:
                if status == 404 and endpoint is Endpoint.BATCH_READ and "OBJECT_NOT_FOUND" in text:
                    return {
                        "results": []
                    }  # nothing of the batch exists; an address that is gone says so otherwise
                raise FaultSeen(read_fault(status, text, headers, self.now(), self.zone))
            return _decoded(endpoint, text)

        return self.policy.call(operation, attempt, kind=operation, refresh=self.tokens.refresh, pace=bucket)

    def _send(
        self, method: str, target: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None
    ) -> tuple[int, Mapping[str, str], str]:
        import urllib3

        token = (
            self.tokens.current()
        )  # goes with this request alone: threads share the client and its settings
        failure: Fault
        try:
            answer = self.api.api_client.call_api(
                target,
                method,
                query_params=list((query or {}).items()),
                header_params={
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {token}",
                },
                body=dict(body) if body is not None else None,
                auth_settings=[],
                response_types_map={},
                _return_http_data_only=True,
                _preload_content=False,
                _request_timeout=self.policy.timeout,
            )
            return int(answer.status), answer.headers, answer.data.decode("utf-8", "replace")
        except urllib3.exceptions.HTTPError as error:
            told = getattr(error, "reason", None) or error
            failure = Fault(
                code="TLS" if isinstance(told, urllib3.exceptions.SSLError) else _plain(type(told).__name__)
            )
        except Exception as error:
            refused = _refusal(error)
            if refused is None:
                raise
            if refused.status:
                return int(refused.status), dict(refused.headers or {}), _text(refused.body)
            failure = Fault(code="TLS")
        raise FaultSeen(failure)

    def _learn_daily(self, headers: Mapping[str, str]) -> None:
        allowed, left = (
            headers.get("X-HubSpot-RateLimit-Daily"),
            headers.get("X-HubSpot-RateLimit-Daily-Remaining"),
        )
        if allowed and left and allowed.isdecimal() and left.isdecimal():
            ledger = self.policy.ledger
            ledger.allowed, ledger.used = int(allowed), int(allowed) - int(left)

    def __repr__(self) -> str:
        return f"<HubSpotClient, API version {self.version}, {self.policy.ledger}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a HubSpotClient holds a token and cannot be pickled; build one where it is needed")


def _decoded(endpoint: Endpoint, text: str) -> dict[str, Any]:
    """The answer as data; what is not what the endpoint promises is a fault, not an empty answer."""
    try:
        answer = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise FaultSeen(Fault(status=200, code="NOT_JSON")) from None
    if not isinstance(answer, dict):
        raise FaultSeen(Fault(status=200, code="NOT_JSON"))
    promised = "companyCurrency" if endpoint is Endpoint.ACCOUNT else "results"
    if promised not in answer or (promised == "results" and not isinstance(answer["results"], list)):
        raise FaultSeen(Fault(status=200, code="NO_RESULTS"))
    if endpoint is Endpoint.SEARCH and not isinstance(answer.get("total"), int):
        raise FaultSeen(Fault(status=200, code="NO_TOTAL"))
    if promised == "results" and not answer["results"] and (answer.get("paging") or {}).get("next"):
        raise FaultSeen(Fault(status=200, code="EMPTY_PAGE"))
    return answer


def _refusal(error: BaseException) -> Any:
    """The exception that carries the status, whichever sub-package it is of, or fails while being read."""
    seen: BaseException | None = error
    while seen is not None:
        if hasattr(seen, "status") and hasattr(seen, "headers"):
            return seen
        seen = seen.__context__
    return None


def _text(body: object) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")


def _plain(name: str) -> str:
    """``ReadTimeoutError`` as a code: ``read_timeout_error``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")


def operation_of(endpoint: Endpoint, object_type: str = "", to: str = "") -> str:
    """What a call does, in words: ``"associations deals to contacts"``."""
    return " ".join(filter(None, (endpoint.value, object_type, to and f"to {to}")))


def scopes_of(error: NotAvailableError) -> tuple[str, ...]:
    """The scopes HubSpot says are missing; it sometimes names others than the one that would help."""
    return tuple(value for name, value in error.facts.items() if name.startswith("scope"))


def connect(
    *,
    access_token: str | None = None,
    token_provider: Callable[[], str] | None = None,
    client: Any = None,
    host: str | None = None,
    **settings: Any,
) -> HubSpotClient:
    """Build a connection.

    Args:
        access_token: a service key's or private app's token.
        token_provider: returns a valid token; asked again when one has expired.
        client: a ready ``hubspot.HubSpot``; its token, host and other settings are taken over.
        host: another address than HubSpot's own.
        settings: attributes of :class:`HubSpotClient`.

    Raises:
        SourceError: there is no token, or the client library's debug mode is on, which prints it.
    """
    import hubspot
    from urllib3.util import Retry

    given = (
        {} if client is None else {name: value for name, value in client.config.items() if value is not None}
    )
    if given.pop("debug", False):
        raise SourceError("hubspot: the client's debug mode prints the access token; switch it off")
    first = access_token or given.pop("access_token", None)
    if not first and token_provider is None:
        raise SourceError(
            "hubspot: no access token; set HUBSPOT_ACCESS_TOKEN, or give access_token, token_provider or client"
        )
    if host:
        given["host"] = host
    off = Retry(total=0, raise_on_redirect=False, raise_on_status=False, respect_retry_after_header=False)
    policy = settings.setdefault("policy", TransportPolicy(source="HubSpot"))
    policy.table = policy.table or HUBSPOT_FAULTS
    with _quiet_globals():
        api = hubspot.HubSpot(**{**given, "access_token": "", "retry": off}).crm.objects.basic_api
    return HubSpotClient(api=api, tokens=TokenSource(token_provider, first), **settings)
