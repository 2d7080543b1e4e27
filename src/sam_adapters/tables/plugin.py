"""Announces the tables adapter. DuckDB is imported when the adapter is opened, not before."""

from __future__ import annotations

from collections.abc import Callable

from sam_adapters.contract import Adapter, AdapterEntry
from sam_adapters.hookspecs import hookimpl

__all__ = ["sam_adapters"]


def _load() -> Callable[..., Adapter]:
    from sam_adapters.tables.adapter import TablesAdapter

    return TablesAdapter


@hookimpl
def sam_adapters() -> tuple[AdapterEntry, ...]:
    """One adapter, ``tables``."""
    return (
        AdapterEntry(
            name="tables",
            summary="Books out of CSV, Parquet, JSON, Excel, SQLite or DuckDB tables, with or without a mapping",
            load=_load,
            extra="sam-core[tables]",
        ),
    )
