"""Reading a whole book: one query an object, and a second way where an object asks too much at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from sam_adapters.salesforce.client import SalesforceClient, Table
from sam_adapters.salesforce.config import SalesforceConfig
from sam_adapters.salesforce.objects import Scope
from sam_adapters.salesforce.queries import Among, Everyone, Extent, Query, queries
from sam_adapters.salesforce.records import Readable
from sam_adapters.salesforce.rows import Rows
from sam_adapters.transport import NotAvailableError, RequestError, TooHeavyError, TransportError
from sam_core.values import Unknown, Why

__all__ = ["plan", "read_rows"]

_CHUNKS: Final = (100, 20)
"""Accounts a heavy query is cut down to: first so many at a time, then so many."""


def plan(
    config: SalesforceConfig,
    sources: Mapping[str, Readable],
    extent: Extent,
    *,
    levels: int,
    count: bool = False,
) -> list[Query]:
    """The queries of a reading; written to count only, where asked."""
    readable = {key: sorted(source.names) for key, source in sources.items() if source.gap is None}
    return queries(config, readable, extent, levels=levels, count=count)


def read_rows(
    client: SalesforceClient,
    config: SalesforceConfig,
    sources: Mapping[str, Readable],
    extent: Extent,
    *,
    levels: int,
) -> Rows:
    """Everything the map asks for, whole.

    A field that turns out hidden is dropped and the object read again; an object that turns out hidden is not
    available; one whose query is too heavy is read again by so many accounts at a time.

    Raises:
        TransportError: something that is needed cannot be read, or not whole.
    """
    found = dict(sources)
    tables: dict[str, Table] = {}
    again = list(found)
    heavy: dict[str, TooHeavyError] = {}
    while again:
        subset, again = {key: found[key] for key in again}, []
        for key, result in client.read(plan(config, subset, extent, levels=levels)).items():
            if isinstance(result, Table):
                tables[key] = result
            elif isinstance(result, TooHeavyError):
                heavy[key] = result
            elif isinstance(result, RequestError):
                found[key] = _without_field(
                    found[key], result
                )  # one fewer each time; the org names one at a time
                again.append(key)
            else:
                found[key] = _unavailable(found[key], result)
    if heavy:
        accounts = (
            tuple(sorted(row["id"] for row in tables["accounts"].records())) if "accounts" in tables else ()
        )
        for key, error in heavy.items():
            tables[key] = _in_parts(client, config, found[key], extent, accounts, error)
    return Rows(tables, found)


def _in_parts(
    client: SalesforceClient,
    config: SalesforceConfig,
    source: Readable,
    extent: Extent,
    accounts: tuple[str, ...],
    error: TooHeavyError,
) -> Table:
    """One object, some accounts at a time; smaller still where that was too much, and then no more."""
    spec = source.spec
    if spec.scope != Scope.ACCOUNT or not spec.account or not accounts:
        raise error
    manager_id = "" if isinstance(extent, Everyone) else extent.manager_id
    for size in _CHUNKS:
        parts = [accounts[start : start + size] for start in range(0, len(accounts), size)]
        chunked = [
            evolve(found, spec=evolve(spec, key=f"{spec.key}_{number}"))
            for number, part in enumerate(parts)
            for found in plan(config, {spec.key: source}, Among(manager_id, part), levels=0)
        ]
        results = list(client.read(chunked).values())
        if not (failed := [result for result in results if isinstance(result, TransportError)]):
            whole = [result for result in results if isinstance(result, Table)]
            rows = [row for table in whole for row in table.rows]
            return Table(whole[0].names, rows, sum(table.repeated for table in whole))
        if not isinstance(failed[0], TooHeavyError):
            raise failed[0]
        error = failed[0]
    raise error


def _without_field(source: Readable, error: RequestError) -> Readable:
    """The object without the field the org does not know; the error again where it cannot do without."""
    name = error.facts.get("field", "").rpartition(".")[2]
    paths = source.spec.fields
    dropped = {key for key in source.names if name and name in paths[key].split(".")}
    scope = f"{source.spec.account}.{source.spec.account_field}.{'.'.join(source.spec.where)}".split(".")
    if not dropped or dropped & source.spec.required or name in scope:
        raise error
    return evolve(source, names=source.names - dropped)


def _unavailable(source: Readable, error: TransportError) -> Readable:
    if not isinstance(error, NotAvailableError) or source.spec.key in ("accounts", "users"):
        raise error
    return evolve(source, gap=Unknown(Why.NOT_PERMITTED, f"{source.spec.object} is not licensed or hidden"))
