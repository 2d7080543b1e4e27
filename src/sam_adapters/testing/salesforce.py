"""A loopback Salesforce: the real simple-salesforce talks to it over a socket on 127.0.0.1.

It evaluates SOQL for real, serves pages with locators, Composite calls, describes, sign-in and Bulk 2.0 queries, counts
calls as Salesforce does, and fails on request::

    org = Org()
    org.define("Account", Name="string", OwnerId="User", ParentId="Account")
    org.add("Account", Id="001000000000000001", Name="Acme", OwnerId="005000000000000001")
    with LoopbackSalesforce(org) as loopback:
        adapter = open_salesforce(instance_url=loopback.url, token=org.token, session=loopback.session(), environ={})
"""

from __future__ import annotations

import csv
import io
import json
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import define, field

from sam_adapters.testing.salesforce_soql import Field, SoqlError, evaluate

if TYPE_CHECKING:
    import requests

__all__ = ["Fail", "LoopbackSalesforce", "Org"]

_TYPES: Final = (
    "string",
    "boolean",
    "date",
    "datetime",
    "double",
    "currency",
    "percent",
    "int",
    "id",
    "picklist",
    "textarea",
)
_RESERVED: Final = ("Id", "IsDeleted", "attributes")


@define
class Org:
    """What the loopback holds.

    Attributes:
        fields: by object, every field the user may see.
        records: by object.
        token: the access token that is accepted.
        page: rows of a page; a function of the page's number may give fewer.
        used, allowed: the calls of the day.
        hidden: objects that are there but that the user may not see.
    """

    fields: dict[str, dict[str, Field]] = field(factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(factory=dict)
    token: str = "00D-loopback!token"  # noqa: S105 - of the loopback only
    page: Callable[[int], int] = lambda number: 2000  # noqa: ARG005
    used: int = 100
    allowed: int = 15_000
    hidden: set[str] = field(factory=set)
    _by_id: dict[str, dict[str, dict[str, Any]]] = field(factory=dict, repr=False)

    def define(self, name: str, /, **fields: str) -> None:
        """Add an object, or fields to one.

        Args:
            name: its API name.
            fields: type by name; the name of an object makes a reference to it. The relationship is named as
                Salesforce does: ``AccountId`` makes ``Account``, ``Plan__c`` makes ``Plan__r``.
        """
        known = self.fields.setdefault(name, {"Id": Field("id"), "IsDeleted": Field("boolean")})
        for one, kind in fields.items():
            if kind in _TYPES:
                known[one] = Field(kind)
            else:
                relationship = one[:-1] + "r" if one.endswith("__c") else one.removesuffix("Id")
                known[one] = Field("reference", relationship, kind)
        self.records.setdefault(name, [])

    def add(self, name: str, /, **values: Any) -> None:
        """Add a record; every value needs a field."""
        strangers = set(values) - set(self.fields[name])
        if strangers:
            raise ValueError(f"{name} has no field {min(strangers)}")
        self.records[name].append(values)
        self._by_id.setdefault(name, {})[values["Id"]] = values

    def find(self, name: str, record_id: Any) -> Mapping[str, Any] | None:
        """A record that may be seen, by id."""
        found = self._by_id.get(name, {}).get(record_id)
        return None if found is None or found.get("IsDeleted") or name in self.hidden else found

    @property
    def visible(self) -> dict[str, dict[str, Field]]:
        """The objects the user may see."""
        return {name: fields for name, fields in self.fields.items() if name not in self.hidden}


@define
class Fail:
    """A fault to answer with.

    Attributes:
        status: the HTTP status; 0 cuts the connection.
        body: text as it is, anything else as JSON.
        headers: further headers.
        match: what the path and body of the request must contain.
        times: how often; it counts down.
        delay: seconds before anything is answered.
        inner: replaces the answer of the one part of a Composite call whose reference or address contains ``match``.
        change: called with the parsed answer of such a part, or of a whole call, to spoil it.
    """

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(factory=dict)
    match: str = ""
    times: int = 1
    delay: float = 0.0
    inner: bool = False
    change: Callable[[Any], Any] | None = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who hangs up; anything else is a defect and told."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class LoopbackSalesforce:
    """Serves an org on 127.0.0.1 for as long as the ``with`` lasts.

    Args:
        org: what it holds.
        certificate: a file with a certificate and its key; with it the address is what it says, and :meth:`session`
            is not needed by who trusts the certificate.

    Attributes:
        org: what it holds.
        fails: faults still to be answered with, the first that matches first.
        requests: every request so far: method, path and body.
        tokens_given: how often somebody signed in.
    """

    def __init__(self, org: Org, certificate: str | Path | None = None) -> None:
        self.org = org
        self.fails: list[Fail] = []
        self.requests: list[tuple[str, str, str]] = []
        self.tokens_given = 0
        self.locators: dict[str, tuple[str, list[str], list[dict[str, Any]], int, int]] = {}
        self.jobs: dict[str, dict[str, str]] = {}
        self.lock = threading.RLock()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                loopback.serve(self)

            do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address to give to a client, whose session has to be :meth:`session` where there is no certificate."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def calls(self) -> int:
        """Requests that count against the org's limit."""
        return sum(not path.startswith("/services/oauth2") for _, path, _ in self.requests)

    def session(self) -> requests.Session:
        """A session that reaches the loopback whatever https address it is asked for."""
        import requests
        from requests.adapters import HTTPAdapter

        port = self.port

        class ToLoopback(HTTPAdapter):
            def send(
                self, request: requests.PreparedRequest, *args: Any, **options: Any
            ) -> requests.Response:
                parts = urlsplit(str(request.url))
                request.url = parts._replace(scheme="http", netloc=f"127.0.0.1:{port}").geturl()
                return super().send(request, *args, **options)

        session = requests.Session()
        session.trust_env = False
        session.mount("https://", ToLoopback())
        return session

    def fail(self, *fails: Fail) -> None:
        """Answer with these faults from now on."""
        self.fails += fails

    def _failing(self, text: str, *, inner: bool) -> Fail | None:
        for fail in self.fails:
            if fail.inner is inner and fail.match in text:
                fail.times -= 1
                if not fail.times:
                    self.fails.remove(fail)
                return fail
        return None

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        with self.lock:
            self.requests.append((handler.command, handler.path, body))
            fail = self._failing(handler.path + body, inner=False)
            if fail is not None and fail.status == 0:
                handler.close_connection = True
                handler.connection.close()
                return
            if fail is not None and fail.change is None:
                status, answer, headers = fail.status, fail.body, dict(fail.headers)
            else:
                status, answer, headers = self._answer(handler, body)
                if fail is not None and fail.change is not None:
                    answer = fail.change(answer)
        if fail is not None and fail.delay:
            time.sleep(fail.delay)
        handler.close_connection = handler.close_connection or "Content-Length" in headers
        text = answer if isinstance(answer, str) else _dumps(answer)
        kind = "text/html" if text.lstrip().startswith("<") else "application/json;charset=UTF-8"
        payload = text.encode()
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(payload)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(payload)

    def _answer(self, handler: BaseHTTPRequestHandler, body: str) -> tuple[int, Any, dict[str, str]]:
        path = handler.path
        if path.startswith("/services/oauth2/token"):
            if handler.headers.get("Authorization", "").startswith("Bearer"):
                return 400, {"error": "invalid_request", "error_description": "no token belongs here"}, {}
            self.tokens_given += 1
            return 200, {"access_token": self.org.token, "instance_url": self.url}, {}
        if handler.headers.get("Authorization") != f"Bearer {self.org.token}":
            return 401, _error("INVALID_SESSION_ID", "Session expired or invalid"), {}
        self.org.used += 1
        usage = {"Sforce-Limit-Info": f"api-usage={self.org.used}/{self.org.allowed}"}
        resource = re.sub(r"^/services/data/v\d+\.0/", "", path)
        if resource == "composite" and handler.command == "POST":
            status, answer = self._composite(json.loads(body))
        elif resource.startswith("jobs/query"):
            status, answer, more = self._bulk(handler.command, resource, body)
            usage |= more
        else:
            status, answer = self._resource(resource)
        return status, answer, usage

    def _composite(self, payload: Mapping[str, Any]) -> tuple[int, Any]:
        parts = payload["compositeRequest"]
        queries = [part for part in parts if re.search(r"/query(All)?[/?]", part["url"])]
        if len(parts) > 25 or len(queries) > 5 or len({part["referenceId"] for part in parts}) < len(parts):
            return 400, _error("LIMIT_EXCEEDED", "too many subrequests, or a reference twice")
        answers = []
        for part in parts:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", part["referenceId"]):
                return 400, _error("INVALID_ID_FIELD", "invalid reference id")
            resource = re.sub(r"^/services/data/v\d+\.0/", "", part["url"])
            fail = self._failing(part["referenceId"] + unquote(part["url"]), inner=True)
            if fail is not None and fail.change is None:
                status, answer = fail.status, fail.body
            else:
                status, answer = self._resource(resource)
                if fail is not None and fail.change is not None:
                    answer = fail.change(answer)
            answers.append(
                {
                    "body": answer,
                    "httpHeaders": {},
                    "httpStatusCode": status,
                    "referenceId": part["referenceId"],
                }
            )
        if payload.get("allOrNone") and any(answer["httpStatusCode"] >= 400 for answer in answers):
            halted = _error("PROCESSING_HALTED", "The transaction was rolled back since another part failed.")
            for answer in answers:
                if answer["httpStatusCode"] < 400:
                    answer["httpStatusCode"], answer["body"] = 400, halted
        return 200, {"compositeResponse": answers}

    def _resource(self, resource: str) -> tuple[int, Any]:
        parts = urlsplit(resource)
        if match := re.fullmatch(r"sobjects/(\w+)/describe/?", parts.path):
            return self._describe(match[1])
        if parts.path in ("query", "queryAll"):
            return self._query(parse_qs(parts.query)["q"][0], every=parts.path == "queryAll")
        if match := re.fullmatch(r"query/([\w-]+)", parts.path):
            if match[1] not in self.locators:
                return 404, _error("INVALID_QUERY_LOCATOR", "invalid query locator")
            return 200, self._page(*self.locators[match[1]])
        return 404, _error("NOT_FOUND", "The requested resource does not exist")

    def _describe(self, name: str) -> tuple[int, Any]:
        if name not in self.org.visible:
            return 404, _error("NOT_FOUND", "The requested resource does not exist")
        fields = [
            {
                "name": one,
                "type": info.type,
                "relationshipName": info.relationship or None,
                "referenceTo": [info.target] if info.target else [],
            }
            for one, info in self.org.fields[name].items()
        ]
        return 200, {"name": name, "queryable": True, "fields": fields}

    def _query(self, soql: str, *, every: bool) -> tuple[int, Any]:
        try:
            name, paths, found = evaluate(
                soql, self.org.visible, self.org.records, self.org.find, every=every
            )
        except SoqlError as error:
            return 400, _error(error.code, str(error))
        if not paths:
            return 200, {"totalSize": len(found), "done": True, "records": []}
        return 200, self._page(name, paths, found, 0, 1)

    def _page(self, name: str, paths: list[str], found: list[dict[str, Any]], start: int, number: int) -> Any:
        end = start + min(2000, self.org.page(number))
        answer: dict[str, Any] = {
            "totalSize": len(found),
            "done": end >= len(found),
            "records": [self._shape(name, paths, row) for row in found[start:end]],
        }
        if end < len(found):
            locator = f"01gLOOPBACK{len(self.locators):05d}-{end}"
            self.locators[locator] = (name, paths, found, end, number + 1)
            answer["nextRecordsUrl"] = f"/services/data/v65.0/query/{locator}"
        return answer

    def _shape(self, name: str, paths: list[str], row: Mapping[str, Any]) -> dict[str, Any]:
        shaped: dict[str, Any] = {"attributes": {"type": name}}
        below: dict[str, list[str]] = {}
        for path in paths:
            first, _, rest = path.partition(".")
            if rest:
                below.setdefault(first, []).append(rest)
            else:
                shaped[first] = row.get(first)
        for relationship, rests in below.items():
            key, info = next(
                (k, f) for k, f in self.org.fields[name].items() if f.relationship == relationship
            )
            other = self.org.find(info.target, row.get(key))
            shaped[relationship] = None if other is None else self._shape(info.target, rests, other)
        return shaped

    def _bulk(self, method: str, resource: str, body: str) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(resource)
        if method == "POST":
            job = f"750LOOPBACK{len(self.jobs):05d}"
            self.jobs[job] = json.loads(body)
            return 200, {"id": job, "state": "UploadComplete"}, {}
        match = re.fullmatch(r"jobs/query/(\w+)(/results)?", parts.path)
        if match is None or match[1] not in self.jobs:
            return 404, _error("NOT_FOUND", "no such job"), {}
        if method == "DELETE":
            del self.jobs[match[1]]
            return 204, "", {}
        asked = self.jobs[match[1]]
        every = asked["operation"] == "queryAll"
        name, paths, found = evaluate(
            asked["query"], self.org.visible, self.org.records, self.org.find, every=every
        )
        if not match[2]:
            return 200, {"id": match[1], "state": "JobComplete", "numberRecordsProcessed": len(found)}, {}
        options = parse_qs(parts.query)
        start = int(options.get("locator", ["0"])[0])
        end = start + min(int(options.get("maxRecords", ["50000"])[0]), self.org.page(1) * 10)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(paths)
        for row in found[start:end]:
            shaped = self._shape(name, paths, row)
            writer.writerow([_cell(shaped, path) for path in paths])
        more = {
            "Content-Type": "text/csv",
            "Sforce-Locator": str(end) if end < len(found) else "null",
            "Sforce-NumberOfRecords": str(len(found[start:end])),
        }
        return 200, text.getvalue(), more


def _cell(record: Any, path: str) -> str:
    for step in path.split("."):
        record = record.get(step) if record else None
    if record is None:
        return ""
    return str(record).lower() if isinstance(record, bool) else str(record)


def _error(code: str, message: str) -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code}]


_NUMBER: Final = re.compile(r'"\\u0000([^"]+)"')


def _dumps(answer: Any) -> str:
    """JSON in which a ``Decimal`` is a number, digit for digit."""
    return _NUMBER.sub(r"\1", json.dumps(answer, default=lambda number: f"\0{number}"))
