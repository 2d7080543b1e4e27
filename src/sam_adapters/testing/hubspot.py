"""A loopback HubSpot: the real client talks to it over a socket on 127.0.0.1.

It answers at the numbered paths and at the dated ones, keeps HubSpot's limits (pages, batch sizes, ten
thousand search rows, body length), refuses what the client's generated types would not hold, and fails on
request::

    portal = Portal()
    portal.add("companies", "101", name="Acme", hubspot_owner_id="7")
    with LoopbackHubSpot(portal) as hubspot:
        api = HubSpot(access_token=portal.token, host=hubspot.url)
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from attrs import define, field, frozen

from sam_adapters.testing.hubspot_answers import Answer, Request, answer, error
from sam_adapters.testing.hubspot_portal import Portal

__all__ = ["Fail", "LoopbackHubSpot", "Portal", "route_of"]

_DATE: Final = r"(?P<version>\d{4}-\d{2})"
_ROUTES: Final = tuple(
    (method, re.compile(pattern), name)
    for method, pattern, name in (
        ("POST", r"/crm/(?P<version>v3)/objects/deals/splits/batch/read", "deal splits"),
        ("POST", rf"/deal-splits/{_DATE}/batch/read", "deal splits"),
        ("POST", r"/crm/(?P<version>v3)/objects/(?P<kind>[^/]+)/search", "search"),
        ("POST", rf"/crm/objects/{_DATE}/(?P<kind>[^/]+)/search", "search"),
        ("POST", r"/crm/(?P<version>v3)/objects/(?P<kind>[^/]+)/batch/read", "batch read"),
        ("POST", rf"/crm/objects/{_DATE}/(?P<kind>[^/]+)/batch/read", "batch read"),
        ("GET", r"/crm/(?P<version>v3)/objects/(?P<kind>[^/]+)", "list"),
        ("GET", rf"/crm/objects/{_DATE}/(?P<kind>[^/]+)", "list"),
        (
            "POST",
            r"/crm/(?P<version>v4)/associations/(?P<kind>[^/]+)/(?P<to>[^/]+)/batch/read",
            "associations",
        ),
        ("POST", rf"/crm/associations/{_DATE}/(?P<kind>[^/]+)/(?P<to>[^/]+)/batch/read", "associations"),
        ("GET", r"/crm/(?P<version>v3)/owners/", "owners"),
        ("GET", rf"/crm/owners/{_DATE}", "owners"),
        ("GET", r"/crm/(?P<version>v3)/pipelines/(?P<kind>[^/]+)", "pipelines"),
        ("GET", rf"/crm/pipelines/{_DATE}/(?P<kind>[^/]+)", "pipelines"),
        ("GET", r"/crm/(?P<version>v3)/properties/(?P<kind>[^/]+)", "properties"),
        ("GET", rf"/crm/properties/{_DATE}/(?P<kind>[^/]+)", "properties"),
        ("GET", r"/account-info/(?P<version>v3)/details", "account"),
        ("GET", rf"/account-info/{_DATE}/details", "account"),
        ("GET", r"/settings/(?P<version>v3)/currencies/exchange-rates", "exchange rates"),
        ("GET", rf"/settings/currencies/{_DATE}/exchange-rates", "exchange rates"),
    )
)


def _routed(method: str, path: str) -> tuple[str, re.Match[str]] | None:
    found = ((name, route.fullmatch(path)) for verb, route, name in _ROUTES if verb == method)
    return next(((name, match) for name, match in found if match is not None), None)


def route_of(method: str, path: str) -> str | None:
    """The endpoint that a path leads to; ``None`` where HubSpot has no such address."""
    routed = _routed(method, path)
    return None if routed is None else routed[0]


def _encoded(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


@frozen(kw_only=True)
class Fail:
    """A failure to play instead of an answer.

    Attributes:
        status: the HTTP status.
        body: a mapping is sent as JSON, a text as a web page.
        headers: extra ones.
        when: which requests it is for.
        cut: send half of the body, then hang up.
        alter: change the real answer instead of replacing it.
    """

    status: int = 500
    body: Mapping[str, Any] | str | bytes = ""
    headers: Mapping[str, str] = field(factory=dict)
    when: Callable[[Request], bool] = lambda _: True
    cut: bool = False
    alter: Callable[[dict[str, Any]], None] | None = None


@define(eq=False)
class LoopbackHubSpot:
    """Serves a portal until its ``with`` block ends.

    Attributes:
        portal: what it serves.
        failures: played in order, each once, to the first request it is for.
        requests: every request that came.
        connections: how many connections were opened.
        association_page: links of one record sent at once; the rest has a cursor of its own.
        all_missing_is_404: answer a batch of which nothing exists with 404 instead of 207.
        limit, remaining: sent as rate headers, but never with a search.
        before: called before each answer; lets a test change the portal in mid-reading.
    """

    portal: Portal
    failures: list[Fail] = field(factory=list)
    requests: list[Request] = field(factory=list)
    connections: int = 0
    association_page: int = 500
    all_missing_is_404: bool = False
    limit: int = 190
    remaining: int = 180
    before: Callable[[Request], None] = lambda _: None
    _server: ThreadingHTTPServer | None = field(default=None, init=False, repr=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False, repr=False)

    @property
    def url(self) -> str:
        """Where it listens; goes into the client's ``host``."""
        if self._server is None:
            raise RuntimeError("the loopback HubSpot is not running; use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, times: int = 1, **what: Any) -> None:
        """Queue the same failure some times."""
        self.failures.extend(Fail(**what) for _ in range(times))

    def count(self, name: str, kind: str = "") -> int:
        """How many requests came for an endpoint (and an object)."""
        return sum(1 for r in self.requests if r.name == name and kind in {"", r.kind})

    def respond(
        self, method: str, target: str, headers: Mapping[str, str], raw: bytes
    ) -> tuple[Answer, bool]:
        """The answer to one request, and whether to cut it short."""
        split = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        routed = _routed(method, split.path)
        if routed is None:
            return Answer(404, "<html><body>404 - no such address</body></html>"), False
        name, match = routed
        parts = match.groupdict()
        body = json.loads(raw) if raw else {}
        request = Request(
            name=name,
            version=parts["version"],
            kind=parts.get("kind") or "",
            to=parts.get("to") or "",
            path=split.path,
            query=query,
            body=body,
            size=len(raw),
            agent=headers.get("User-Agent", ""),
            authorized=headers.get("Authorization") == f"Bearer {self.portal.token}",
        )
        with self._lock:
            self.requests.append(request)
            self.before(request)
            failure = next((f for f in self.failures if f.when(request)), None)
            if failure is not None:
                self.failures.remove(failure)
                if failure.alter is None and not failure.cut:
                    return Answer(failure.status, failure.body, dict(failure.headers)), False
            if request.authorized:
                reply = answer(
                    self.portal, request, self.association_page, gone_is_404=self.all_missing_is_404
                )
            else:
                reply = error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
            if failure is not None and failure.alter is not None and isinstance(reply.body, dict):
                failure.alter(reply.body)
        if name != "search" and reply.status < 400:
            reply.headers.update(
                {
                    "X-HubSpot-RateLimit-Max": str(self.limit),
                    "X-HubSpot-RateLimit-Remaining": str(self.remaining),
                    "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
                    "X-HubSpot-RateLimit-Daily": "650000",
                    "X-HubSpot-RateLimit-Daily-Remaining": str(650000 - len(self.requests)),
                }
            )
        return reply, failure is not None and failure.cut

    def __enter__(self) -> Self:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = (
                -1
            )  # head and body leave together; apart, each answer would wait for an acknowledgement

            def setup(self) -> None:
                loopback.connections += 1
                super().setup()

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply, cut = loopback.respond(self.command, self.path, dict(self.headers), raw)
                page = isinstance(reply.body, str | bytes)
                sent = reply.body if isinstance(reply.body, bytes) else _encoded(reply.body)
                self.send_response(reply.status)
                self.send_header("Content-Type", "text/html" if page else "application/json;charset=utf-8")
                self.send_header("Content-Length", str(len(sent)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent[: len(sent) // 2] if cut else sent)
                self.close_connection = self.close_connection or cut

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
