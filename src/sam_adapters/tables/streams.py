# ruff: noqa: S608 - every name that enters a statement is quoted, every value is a parameter

"""Rows of canonical tables, account by account.

Each table is read through a cursor of its own, in the order of the accounts; walking them side
by side holds one account in memory, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

import duckdb
from attrs import define, field

from sam_adapters.tables.canonical import Canon, CanonTable
from sam_adapters.tables.cells import quoted
from sam_adapters.tables.reader import Row, TableReader
from sam_adapters.tables.schema import TABLES, Need

__all__ = ["Groups", "Taken", "by_account", "header_rows", "owners"]

_FETCH: Final = 4096


@define
class Taken:
    """The accounts of a book, and what is taken for granted of them.

    Attributes:
        held: the table they stand in, with ``pos``, ``account_id``, ``is_top``, ``site`` and ``buyer``.
        single_location: every account is its own only location.
        single_buyer: every account is its own only buyer.
        has_sites: some customers have accounts below them, which are their locations.
    """

    held: str
    single_location: bool = False
    single_buyer: bool = False
    has_sites: bool = False

    def filled(self, canon: CanonTable) -> frozenset[str]:
        """The columns of a table that are filled in where they are blank or not there."""
        columns = canon.table.by_name
        found = set()
        if (self.single_location or self.has_sites) and "location_id" in columns:
            found.add("location_id")
        if self.single_buyer and "buyer_id" in columns and columns["buyer_id"].need is Need.MAYBE:
            found.add("buyer_id")
        return frozenset(found)


def owners(canon: Canon, name: str) -> str:
    """SQL for the ids of a table's records, each with its account, once."""
    table = TABLES[name]
    key = quoted(table.key)
    if canon.get(name) is None:
        return "SELECT NULL AS id, NULL AS account_id WHERE false"
    if table.parent is None:
        return f"SELECT DISTINCT id, {key} AS account_id FROM canon.{quoted(name)}"
    above = owners(canon, table.parent)
    return f"SELECT DISTINCT c.id, o.account_id FROM canon.{quoted(name)} AS c JOIN ({above}) AS o ON o.id = c.{key}"


def _cells(reader: TableReader) -> str:
    sources = {"location_id": "h.site", "buyer_id": "h.buyer"}
    cells = []
    for name in reader.columns:
        own = f"t.{quoted(name)}" if name in reader.canon.columns else None
        other = sources[name] if name in reader.filled else None
        cells.append(f"coalesce({own}, {other})" if own and other else own or other or "NULL")
    return ", ".join(cells)


def by_account(canon: Canon, reader: TableReader, taken: Taken) -> str:
    """SQL for the rows of the accounts held, in their order."""
    table = reader.canon.table
    inherited = ", t._on" if table.money and not table.dated and "currency" in reader.columns else ""
    head = (
        f"SELECT h.pos, t._row, t._file, t._clean, {_cells(reader)}{inherited} FROM {reader.canon.name} AS t"
    )
    if table.name == "accounts":
        return f"{head} JOIN {taken.held} AS h ON h.account_id = t.id ORDER BY h.pos, h.is_top DESC, t.id"
    key = quoted(table.key)
    if table.parent is None:
        return f"{head} JOIN {taken.held} AS h ON h.account_id = t.{key} ORDER BY h.pos, t.rowid"
    return (
        f"{head} JOIN ({owners(canon, table.parent)}) AS o ON o.id = t.{key} "
        f"JOIN {taken.held} AS h ON h.account_id = o.account_id ORDER BY h.pos, t.rowid"
    )


def header_rows(
    canon: Canon, reader: TableReader, key: str | None = None, value: str | int | None = None
) -> list[Row]:
    """All rows of a table that belongs to the header, or those where ``key`` is ``value``."""
    cells = _cells(reader)
    where = f" WHERE {key} = ?" if key else ""
    cursor = canon.source.con.cursor()
    sql = (
        f"SELECT 0, t._row, t._file, t._clean, {cells} FROM {reader.canon.name} AS t{where} ORDER BY t.rowid"
    )
    rows: list[Row] = cursor.execute(sql, [value] if key else []).fetchall()
    return rows


@define
class Groups:
    """The rows of one query, which begin with an ascending position, taken position by position."""

    con: duckdb.DuckDBPyConnection
    sql: str
    _groups: Iterator[tuple[int, Iterator[Row]]] = field(init=False)
    _head: tuple[int, Iterator[Row]] | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._groups = groupby(self._rows(), key=itemgetter(0))
        self._head = next(self._groups, None)

    def _rows(self) -> Iterator[Row]:
        cursor = self.con.cursor()
        try:
            cursor.execute(self.sql)
            while batch := cursor.fetchmany(_FETCH):
                yield from batch
        finally:
            cursor.close()

    def take(self, position: int) -> list[Row]:
        """The rows of a position; those before it are passed over."""
        while self._head is not None and self._head[0] < position:
            self._head = next(self._groups, None)
        if self._head is None or self._head[0] > position:
            return []
        rows = list(self._head[1])
        self._head = next(self._groups, None)
        return rows

    def __iter__(self) -> Iterator[tuple[int, list[Row]]]:
        while self._head is not None:
            position, rows = self._head[0], list(self._head[1])
            self._head = next(self._groups, None)
            yield position, rows
