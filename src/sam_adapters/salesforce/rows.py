"""What was read, held compactly: one tuple a row, found by account or by any other field.

A book streams out of these rows as often as it is asked for, without another call to the org. They hold no token and
no connection, and can be pickled. Memory: some 450 bytes a row, so 23 MB for a book of 50,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from sam_adapters.salesforce.client import Table
from sam_adapters.salesforce.records import Readable, Row
from sam_core.values import Unknown, Why

__all__ = ["Rows"]


@define
class Rows:
    """The tables of one reading, with what each can and cannot say.

    Attributes:
        tables: by key of object.
        sources: by key of object; also of those that were not read.
    """

    tables: Mapping[str, Table]
    sources: Mapping[str, Readable]
    _indexes: dict[tuple[str, str], dict[Any, list[tuple[Any, ...]]]] = field(
        factory=dict, init=False, repr=False
    )

    def has(self, key: str) -> bool:
        """True where the object was read."""
        return key in self.tables

    def gap(self, key: str) -> Unknown:
        """Why an object was not read."""
        found = self.sources[key].gap
        return Unknown(Why.NOT_CONFIGURED, key.replace("_", " ")) if found is None else found

    def all(self, key: str) -> Iterator[Row]:
        """Every row of an object."""
        return self.tables[key].records() if key in self.tables else iter(())

    def by(self, key: str, name: str, value: Any) -> list[Row]:
        """The rows of an object whose field ``name`` holds ``value``."""
        table = self.tables.get(key)
        if table is None or name not in table.names:
            return []
        if (key, name) not in self._indexes:
            place, index = table.names.index(name), self._indexes.setdefault((key, name), {})
            for row in table.rows:
                index.setdefault(row[place], []).append(row)
        return [dict(zip(table.names, row, strict=True)) for row in self._indexes[key, name].get(value, ())]

    def of(self, key: str, accounts: Sequence[str]) -> Iterator[Row]:
        """The rows of an object that belong to any of these accounts."""
        for account in accounts:
            yield from self.by(key, "account", account)
