"""Talking to the org: describes, and whole objects read in a handful of Composite calls.

A Composite call holds up to five queries or next pages and counts as one call. The reader keeps a queue of objects: each
call takes the five with most left to read, so long objects begin early and no call goes out half empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from attrs import define, field, frozen

from sam_adapters.salesforce.bulk import bulk_calls, read_bulk
from sam_adapters.salesforce.faults import fault_of_body
from sam_adapters.salesforce.queries import Query
from sam_adapters.transport import (
    Action,
    CursorError,
    Fault,
    NotAvailableError,
    RequestError,
    ResponseError,
    ShortReadError,
    TooHeavyError,
    TransportError,
    TransportPolicy,
)

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

    from sam_adapters.salesforce.http import PolicyAdapter

__all__ = [
    "PAGE",
    "QUERIES_A_CALL",
    "Describe",
    "FieldInfo",
    "SalesforceClient",
    "Table",
    "pages_of",
    "plan_calls",
]

PAGE: Final = 2000
"""Most rows of a page; the server may give fewer."""
QUERIES_A_CALL: Final = 5
PARTS_A_CALL: Final = 25
_UNSTARTED: Final = 1.5
"""Pages an object not begun is taken for: more urgent than one known last page, less than a long rest."""


@frozen
class FieldInfo:
    """What a describe says of a field.

    Attributes:
        type: Salesforce's type, ``"currency"``.
        relationship: name of the relationship it makes; ``""`` for none.
        targets: objects it can refer to.
    """

    type: str
    relationship: str
    targets: tuple[str, ...]


Describe = Mapping[str, FieldInfo]
"""The fields of an object that the user may see, by name."""


@define
class Table:
    """The rows of one object, as tuples in the order of their columns.

    Attributes:
        names: our names of the columns.
        rows: the records, one of an id.
        repeated: how many came twice, on two pages, and were held once.
    """

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(factory=list)
    repeated: int = 0

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows as mappings by our names."""
        for row in self.rows:
            yield dict(zip(self.names, row, strict=True))


@define
class _Stream:
    """One query on its way to be read whole."""

    query: Query
    page_size: int = PAGE
    total: int | None = None
    next_url: str = ""
    by_id: dict[str, tuple[Any, ...]] = field(factory=dict)
    served: int = 0
    repeated: int = 0
    restarts: int = 0
    tries: int = 0
    page: int = 1

    @property
    def pages_left(self) -> float:
        if self.total is None:
            return _unstarted(self.query.spec.weight)
        return max(1, -(-(self.total - self.served) // self.page_size))

    @property
    def operation(self) -> str:
        return f"{self.query.spec.object}, page {self.page}"

    def restart(self) -> None:
        self.total, self.next_url, self.by_id, self.served, self.page = None, "", {}, 0, 1
        self.repeated, self.restarts = 0, self.restarts + 1


def _next_batch(queue: Sequence[Any], left: Callable[[Any], float]) -> list[Any]:
    """The most urgent few; one picker for the plan and for the reading, so that they agree."""
    return sorted(queue, key=left, reverse=True)[:QUERIES_A_CALL]


@define(eq=False)
class _Rest:
    weight: int
    left: int
    begun: bool


def pages_of(rows: int) -> int:
    """Pages that so many rows come in; nothing is a page too."""
    return max(1, -(-rows // PAGE))


def plan_calls(pages: Sequence[tuple[int, int]], *, begun: bool = False) -> int:
    """How many Composite calls read objects of so many pages.

    Args:
        pages: weight and number of pages of each, in the order of the queries.
        begun: their sizes are known already; else each is only known once its first page has come.
    """
    queue = [_Rest(weight, left, begun) for weight, left in pages]
    calls = 0
    while queue:
        calls += 1
        for rest in _next_batch(queue, lambda rest: rest.left if rest.begun else _unstarted(rest.weight)):
            rest.left, rest.begun = rest.left - 1, True
        queue = [rest for rest in queue if rest.left]
    return calls


def _unstarted(weight: int) -> float:
    return _UNSTARTED + weight / 1000


class SalesforceClient:
    """Reads whole objects through a ready simple-salesforce client.

    Args:
        sf: the client; its session sends through ``adapter``.
        adapter: the policy adapter mounted on it.
        bulk_above: rows from which an object is read by a Bulk API 2.0 job; 0 for never.
    """

    def __init__(self, sf: Salesforce, adapter: PolicyAdapter, *, bulk_above: int = 0) -> None:
        self._sf = sf
        self._adapter = adapter
        self._bulk_above = bulk_above

    @property
    def policy(self) -> TransportPolicy:
        """What is done about faults, and what was counted."""
        return self._adapter.policy

    @property
    def host(self) -> str:
        """The instance's host name."""
        return str(self._sf.sf_instance)

    @property
    def version(self) -> str:
        """The API version spoken."""
        return str(self._sf.sf_version)

    def describe(self, objects: Iterable[str]) -> dict[str, Describe | TransportError]:
        """What the user may see of these objects; the error where that is nothing."""
        found: dict[str, Describe | TransportError] = {}
        names = list(dict.fromkeys(objects))
        for start in range(0, len(names), PARTS_A_CALL):
            chunk = names[start : start + PARTS_A_CALL]
            self.policy.ledger.plan(1)
            answers = self._whole(
                [(f"sobjects/{name}/describe", name) for name in chunk],
                "describe",
                f"describe of {len(chunk)} objects",
            )
            for name, (status, body) in zip(chunk, answers, strict=True):
                if status >= 400:
                    fault = fault_of_body(status, body)
                    error = self.policy.failure(f"describe of {name}", fault)
                    if not isinstance(error, NotAvailableError):
                        raise error
                    found[name] = error
                elif not isinstance(body, Mapping) or not isinstance(body.get("fields"), list):
                    raise ResponseError(
                        f"Salesforce: the describe of {name} has no fields", operation="describe"
                    )
                else:
                    found[name] = {
                        item["name"]: FieldInfo(
                            item.get("type", ""),
                            item.get("relationshipName") or "",
                            tuple(item.get("referenceTo") or ()),
                        )
                        for item in body["fields"]
                    }
        return found

    def count(self, queries: Sequence[Query]) -> dict[str, int | TransportError]:
        """How many rows queries written to count would read, by key; the error of one that is refused.

        Raises:
            TransportError: anything else went wrong.
        """
        counts: dict[str, int | TransportError] = {}
        for start in range(0, len(queries), QUERIES_A_CALL):
            chunk = queries[start : start + QUERIES_A_CALL]
            self.policy.ledger.plan(1)
            answers = self._whole([(_query_path(q), q.key) for q in chunk], "count", "counting rows")
            for query, (status, body) in zip(chunk, answers, strict=True):
                operation = f"counting {query.spec.object}"
                if status >= 400:
                    error = self.policy.failure(operation, fault_of_body(status, body))
                    if not isinstance(error, NotAvailableError | RequestError):
                        raise error
                    counts[query.key] = error
                elif isinstance(body, Mapping) and isinstance(body.get("totalSize"), int):
                    counts[query.key] = body["totalSize"]
                else:
                    raise ResponseError(
                        f"Salesforce: {operation}: the answer holds no number", operation=operation
                    )
        return counts

    def read(self, queries: Sequence[Query]) -> dict[str, Table | TransportError]:
        """Read every query whole, in as few calls as they can be.

        Returns:
            By key: the rows, or the error of an object that is not available, asks for a field that is not, or
            is too heavy to be read in one piece.

        Raises:
            TransportError: anything else went wrong; no part of the rows is handed on.
        """
        queue = [_Stream(query) for query in queries]
        done: dict[str, Table | TransportError] = {}
        ledger = self.policy.ledger
        calls, planned = 0, False
        while queue:
            batch = _next_batch(queue, lambda stream: stream.pages_left)
            answers = self._composite(
                [(stream.next_url or _query_path(stream.query), stream.query.key) for stream in batch],
                "read",
                ", ".join(stream.operation for stream in batch),
            )
            calls += 1
            for stream, (status, body) in zip(batch, answers, strict=True):
                try:
                    finished = self._take(stream, status, body)
                except (NotAvailableError, TooHeavyError) as error:
                    done[stream.query.key] = error
                    queue.remove(stream)
                except RequestError as error:
                    if error.code != "INVALID_FIELD":
                        raise
                    done[stream.query.key] = error
                    queue.remove(stream)
                else:
                    if finished is None and self._bulk_above and (stream.total or 0) > self._bulk_above:
                        finished = self._bulk(stream)
                    if finished is not None:
                        done[stream.query.key] = finished
                        queue.remove(stream)
                        ledger.count_rows(stream.query.spec.object, len(finished.rows))
            if not planned and all(stream.total is not None for stream in queue):
                planned = True
                left = [(stream.query.spec.weight, int(stream.pages_left)) for stream in queue]
                ledger.plan(calls + plan_calls(left, begun=True))
        return done

    def _take(self, stream: _Stream, status: int, body: Any) -> Table | None:
        """Add a page to its stream; the table once it is whole."""
        if status >= 400:
            self._inner_fault(stream, fault_of_body(status, body))
            return None
        if (
            not isinstance(body, Mapping)
            or not isinstance(body.get("records"), list)
            or not isinstance(body.get("totalSize"), int)
            or not isinstance(body.get("done"), bool)
        ):
            raise ResponseError(
                f"Salesforce: {stream.operation}: the answer holds no rows; a proxy in between may have changed it",
                operation=stream.operation,
            )
        records, drifted, held = body["records"], False, len(stream.by_id)
        if stream.total is None:
            stream.total = body["totalSize"]
            if records and not body["done"]:
                stream.page_size = len(records)
        else:
            drifted = body["totalSize"] != stream.total
        stream.served += len(records)
        for record in records:
            row = tuple(_value(record, path, stream) for path in stream.query.paths)
            record_id = record.get("Id")
            if not isinstance(record_id, str) or not record_id:
                raise ResponseError(
                    f"Salesforce: {stream.operation}: a row has no Id", operation=stream.operation
                )
            if record_id in stream.by_id:
                stream.repeated += 1
            stream.by_id[record_id] = row  # of two deliveries the later one is the fresher
        came = f"{len(stream.by_id)} of {stream.total} rows came"
        if drifted:
            self._again(stream, f"the number of rows changed from {stream.total} to {body['totalSize']}")
        elif body["done"] and len(stream.by_id) != stream.total:
            self._again(stream, came)
        elif body["done"]:
            return Table(stream.query.names, list(stream.by_id.values()), stream.repeated)
        elif not (next_url := _relative(body.get("nextRecordsUrl"))) or len(stream.by_id) == held:
            self._again(stream, f"{came}, and no way to the next page")
        else:
            stream.next_url = next_url
            stream.page, stream.tries = stream.page + 1, 0
        return None

    def _bulk(self, stream: _Stream) -> Table:
        """The whole of an object by a job, in place of its further pages."""
        self.policy.ledger.plan(bulk_calls(stream.total or 0))
        rows = read_bulk(self._sf, self._adapter, stream.query)
        place = stream.query.paths.index("Id")
        return Table(stream.query.names, list({row[place]: row for row in rows}.values()))

    def _again(self, stream: _Stream, problem: str) -> None:
        """Read an object anew, once; a second failure is the reader's to know."""
        if stream.restarts:
            raise ShortReadError(
                f"Salesforce: {stream.operation}: {problem}, twice over; nothing of this reading is used; "
                "read again when the org is quieter",
                operation=stream.operation,
            )
        stream.restart()

    def _inner_fault(self, stream: _Stream, fault: Fault) -> None:
        rule = self.policy.classify(fault)
        stream.tries += 1
        if rule.error is CursorError and not stream.restarts:
            stream.restart()
        elif rule.action is Action.RETRY and stream.tries < rule.attempts:
            self.policy.pause(stream.operation, fault, stream.tries)
        else:
            raise self.policy.failure(stream.operation, fault, attempts=stream.tries)

    def _whole(self, parts: Sequence[tuple[str, str]], kind: str, operation: str) -> list[tuple[int, Any]]:
        """The same as a call, with the parts whose fault passes asked for again."""
        answers, tries = self._composite(parts, kind, operation), 1
        while True:
            faults = {
                n: fault_of_body(status, body) for n, (status, body) in enumerate(answers) if status >= 400
            }
            rules = {n: self.policy.classify(fault) for n, fault in faults.items()}
            again = [n for n, rule in rules.items() if rule.action is Action.RETRY and tries < rule.attempts]
            if not again:
                return answers
            self.policy.pause(operation, faults[again[0]], tries)
            fresh = self._composite([parts[n] for n in again], kind, operation)
            for n, answer in zip(again, fresh, strict=True):
                answers[n] = answer
            tries += 1

    def _composite(
        self, parts: Sequence[tuple[str, str]], kind: str, operation: str
    ) -> list[tuple[int, Any]]:
        """Send parts as one call; status and body of each, in order."""
        base = f"/services/data/v{self._sf.sf_version}/"
        payload = {
            "allOrNone": False,
            "compositeRequest": [
                {"method": "GET", "url": base + path, "referenceId": f"r{number}_{name}"}
                for number, (path, name) in enumerate(parts)
            ],
        }
        self._adapter.operation, self._adapter.kind = operation, kind
        try:
            answer = self._sf.restful("composite", method="POST", data=json.dumps(payload))
        except ValueError:
            answer = None  # not parsed; raised below, so that the body does not hang on
        finally:
            self._adapter.operation = self._adapter.kind = ""
        items = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
        wanted = [part["referenceId"] for part in payload["compositeRequest"]]  # type: ignore[attr-defined]
        by_reference = {
            item.get("referenceId"): item
            for item in (items if isinstance(items, list) else ())
            if isinstance(item, Mapping)
        }
        if set(by_reference) != set(wanted):
            raise ResponseError(
                f"Salesforce: {operation}: asked for {len(wanted)} parts, {len(by_reference)} came",
                operation=operation,
            )
        return [
            (int(by_reference[name].get("httpStatusCode") or 0), by_reference[name].get("body"))
            for name in wanted
        ]


def _query_path(query: Query) -> str:
    return f"{'queryAll' if query.spec.archived else 'query'}?q={quote(query.soql, safe='')}"


def _relative(url: object) -> str:
    """A locator without host and version, so that nobody's answer sends our token elsewhere; ``""`` for none."""
    return url.rpartition("/services/data/")[2].partition("/")[2] if isinstance(url, str) else ""


def _value(record: Mapping[str, Any], path: str, stream: _Stream) -> Any:
    value: Any = record
    for step in path.split("."):
        if value is None:
            return None
        try:
            value = value[step]
        except (KeyError, TypeError):
            value = stream
            break
    if value is stream:
        raise ResponseError(
            f"Salesforce: {stream.operation}: a row came without {path}, which was asked for; check how the mapping "
            "file writes it, capitals too",
            operation=stream.operation,
        )
    if isinstance(value, Mapping | list):
        raise ResponseError(
            f"Salesforce: {stream.operation}: {path} holds rows or parts of its own, which would be cut short; "
            "name a plain field in the mapping file",
            operation=stream.operation,
        )
    return value
