"""Books out of plain tables: CSV, Parquet, JSON, Excel, SQLite and DuckDB, on an embedded DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sam_adapters.tables.adapter import TablesAdapter as TablesAdapter
    from sam_adapters.tables.mapping import Mapping as Mapping
    from sam_adapters.tables.mapping import MappingError as MappingError
    from sam_adapters.tables.writer import write_tables as write_tables

__all__ = ["Mapping", "MappingError", "TablesAdapter", "write_tables"]

_HOMES = {
    "TablesAdapter": "adapter",
    "Mapping": "mapping",
    "MappingError": "mapping",
    "write_tables": "writer",
}


def __getattr__(name: str) -> Any:
    """DuckDB is imported when first asked for: the plugin of this package is loaded without it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
