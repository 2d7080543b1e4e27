"""Bulk API 2.0, for objects so large that pages of two thousand do not pay.

A job costs a few calls whatever its size, and some seconds at least. Its rows come as CSV, in which a blank text and a
null are the same; both are taken as blank.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sam_adapters.salesforce.queries import Query
from sam_adapters.transport import ResponseError, ShortReadError, TransportError, UnavailableError

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

    from sam_adapters.salesforce.http import PolicyAdapter

__all__ = ["BULK_PAGE", "bulk_calls", "read_bulk"]

BULK_PAGE: Final = 50_000
"""Rows asked for at once."""
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_PATIENCE: Final = 3600.0
"""Seconds a job may take."""


def bulk_calls(rows: int) -> int:
    """Calls a job takes that is ready when first looked at: create, look, results, delete."""
    return 3 + max(1, -(-rows // BULK_PAGE))


def read_bulk(sf: Salesforce, adapter: PolicyAdapter, query: Query) -> list[tuple[Any, ...]]:
    """The rows of a query, read by a job that is deleted afterwards.

    Raises:
        TransportError: the job failed, took too long, or gave fewer rows than it says it has.
    """
    adapter.operation, adapter.kind = f"{query.spec.object}, bulk job", "bulk"
    operation = "queryAll" if query.spec.archived else "query"
    try:
        created = _json(sf, "POST", "jobs/query", {"operation": operation, "query": query.soql})
        job = f"jobs/query/{created['id']}"
        try:
            state = _finished(sf, adapter, job)
            rows = _results(sf, query, job)
        finally:
            with suppress(TransportError):  # the rows are there; the org itself deletes a job after a week
                sf.session.request("DELETE", sf.base_url + job)
    finally:
        adapter.operation = adapter.kind = ""
    expected = int(state.get("numberRecordsProcessed", -1))
    if len(rows) != expected:
        raise ShortReadError(
            f"Salesforce: {query.spec.object}, bulk job: {len(rows)} of {expected} rows came; nothing of this reading "
            "is used; read again, or set salesforce.bulk_above to 0",
            operation=query.spec.object,
        )
    return rows


def _json(sf: Salesforce, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    headers = {"Content-Type": "application/json"}
    response = sf.session.request(
        method, sf.base_url + path, headers=headers, data=json.dumps(body) if body is not None else None
    )
    try:
        answer = response.json()
    except ValueError:
        answer = None  # not parsed; raised below, so that the body does not hang on
    if not isinstance(answer, Mapping) or "id" not in answer:
        raise ResponseError("Salesforce: bulk job: the answer names no job", operation="bulk job")
    return answer


def _finished(sf: Salesforce, adapter: PolicyAdapter, job: str) -> Mapping[str, Any]:
    policy, waited, turn = adapter.policy, 0.0, 0
    while True:
        state = _json(sf, "GET", job)
        if state.get("state") == "JobComplete":
            return state
        if state.get("state") in ("Failed", "Aborted"):
            raise UnavailableError(
                f"Salesforce: {adapter.operation}: it {str(state['state']).lower()} in the org; set "
                "salesforce.bulk_above to 0 to read by pages",
                operation=adapter.operation,
            )
        if waited >= _PATIENCE:
            raise UnavailableError(
                f"Salesforce: {adapter.operation}: not ready after {waited:.0f} s",
                operation=adapter.operation,
            )
        seconds = _WAITS[min(turn, len(_WAITS) - 1)]
        policy.wait(seconds)
        waited, turn = waited + seconds, turn + 1


def _results(sf: Salesforce, query: Query, job: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    locator = ""
    while True:
        more = {"maxRecords": str(BULK_PAGE), **({"locator": locator} if locator else {})}
        response = sf.session.request(
            "GET", f"{sf.base_url}{job}/results", params=more, headers={"Accept": "text/csv"}
        )
        response.encoding = "utf-8"
        reader = csv.reader(io.StringIO(response.text, newline=""))
        header = [name.casefold() for name in next(reader, [])]
        wanted = [path.casefold() for path in query.paths]
        if set(header) != set(wanted):
            raise ResponseError(
                f"Salesforce: {query.spec.object}, bulk job: the columns are not those asked for",
                operation=query.spec.object,
            )
        places = [header.index(path) for path in wanted]
        rows += [tuple(row[place] or None for place in places) for row in reader]
        locator = response.headers.get("Sforce-Locator") or "null"
        if locator == "null":
            return rows
