# ruff: noqa: S608 - names are fixed here or quoted

"""Writes books out as canonical tables, which read back to the same books."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Final, Literal, Self

import duckdb
from attrs import define, field

from sam_adapters.contract import AdapterError
from sam_adapters.convert import PLACEHOLDERS
from sam_adapters.tables.adapter import MAPPING_FILE
from sam_adapters.tables.canonical import needs_one_owner
from sam_adapters.tables.cells import literal, plain_type, quoted, word_of
from sam_adapters.tables.header import PART_TABLES
from sam_adapters.tables.schema import TABLES, Column, Kind, Need, Table
from sam_core.book import COLLECTIONS, HEADER_PARTS, BookHeader, Dossier
from sam_core.standards import toml_value
from sam_core.values import Period, Unknown, Why

__all__ = ["write_tables"]

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

_SHARED: Final = frozenset({"people", "products"})
"""What the books of several managers have in common."""

_LEFT: Final = frozenset({"currency", "accounts.parent_id", "accounts.manager_id", "accounts.assigned_on"})
"""Columns with nothing to hold: a book is in one currency, its accounts at the top and assigned by the table."""


def write_tables(
    folder: str | Path,
    headers: BookHeader | Iterable[BookHeader],
    dossiers: Iterable[Dossier],
    *,
    format: Literal["csv", "parquet"] = "csv",
) -> None:
    """Write books of one source as canonical tables, one file each, with a mapping that says the currency.

    Args:
        folder: made where it is not there; files of the same names are written over.
        headers: one for each manager.
        dossiers: every customer once, whoever holds it.
        format: of the files.

    Raises:
        AdapterError: the books are not of one source: two currencies, one id for two records; or
            the folder holds a table that is not written over, and would be read as one of them.
    """
    folder = Path(folder)
    found = (headers,) if isinstance(headers, BookHeader) else tuple(headers)
    if not found:
        raise AdapterError("there is no header to write; a book has one")
    for name in ("currency", "value_basis"):
        values = sorted({getattr(header, name) for header in found})
        if len(values) > 1:
            raise AdapterError(
                f"{name}: the books have {' and '.join(values)}; write them into a folder each"
            )
    folder.mkdir(parents=True, exist_ok=True)
    with _Writer(folder, format) as writer:
        for header in found:
            writer.header(header)
        for dossier in dossiers:
            writer.dossier(dossier)
    mapping = "".join(
        f"{key} = {toml_value(getattr(found[0], key))}\n" for key in ("currency", "value_basis")
    )
    (folder / MAPPING_FILE).write_text(f"[book]\n{mapping}", encoding="utf-8")


def _text(text: str, *, is_id: bool) -> str:
    """Text as it stands, or quoted where a reader, or a spreadsheet, would take it for something else."""
    special = (
        not text.strip()
        or text.startswith(("?", *_FORMULAS))
        or text.strip().upper() in PLACEHOLDERS
        or "\0" in text
        or "\r" in text  # the csv library leaves it unquoted where lines end otherwise
        or (is_id and text != text.strip())
    )
    return f"?{json.dumps(text, ensure_ascii=False)}" if special else text


def _list(items: tuple[str, ...]) -> str:
    if any(";" in item or _text(item, is_id=True) != item for item in items):
        return f"?{json.dumps(items, ensure_ascii=False)}"
    return ";".join(items) or ";"


def _cell(value: Any, column: Column, table: Table) -> str:
    if isinstance(value, Unknown):
        if column.need is Need.MAYBE and value == Unknown(Why.BLANK, f"{table.name}.{column.name}"):
            return ""
        return f"?{value.why.value}{': ' + value.where if value.where else ''}"
    if value is None or (value == column.default and column.kind is Kind.IDS):
        return ""
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return word_of(value)
        case str():
            return _text(value, is_id=column.kind is Kind.ID)
        case tuple():
            return _list(value)
        case Decimal():
            return f"{value:f}"
        case date() | datetime():
            return value.isoformat()
        case Period():
            return f"{value.start}..{value.end}"
        case _:
            return str(value)


@define
class _Writer:
    """The open files of one folder, each made when first written to."""

    folder: Path
    format: str
    _files: ExitStack = field(factory=ExitStack)
    _rows: dict[str, Any] = field(factory=dict)
    _scratch: Path = field(init=False)
    _shared: dict[tuple[str, str], Any] = field(factory=dict)
    _written: set[tuple[str, str]] = field(factory=set)

    def __enter__(self) -> Self:
        self._scratch = Path(mkdtemp(prefix="sam-core-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()
        try:
            if kind is None:
                self._move()
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _move(self) -> None:
        """All files at once, when the last row is written: a book that fails half-way leaves nothing behind."""
        written = {f"{name}.{self.format}" for name in self._rows}
        for file in self.folder.iterdir():
            if file.stem in TABLES and file.suffix != ".toml" and file.name not in written:
                raise AdapterError(
                    f"{file.name} is in {self.folder} already, and would be read as well; take it away"
                )
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
            con.execute("SET TimeZone = 'UTC'")
            for name in self._rows:
                source = self._scratch / f"{name}.csv"
                table, columns = TABLES[name], self._columns(TABLES[name])
                _check_ids(con, source, table, columns)
                if self.format == "parquet":
                    _to_parquet(con, source, table, columns)
        for name in self._rows:
            shutil.move(self._scratch / f"{name}.{self.format}", self.folder / f"{name}.{self.format}")

    @staticmethod
    def _columns(table: Table) -> list[str]:
        return [c.name for c in table.columns if not _LEFT & {c.name, f"{table.name}.{c.name}"}]

    def table(self, name: str) -> Any:
        """The rows of a table; from now on it is there, with or without rows."""
        if name not in self._rows:
            file = self._files.enter_context(
                (self._scratch / f"{name}.csv").open("w", encoding="utf-8", newline="")
            )
            self._rows[name] = csv.writer(file, lineterminator="\n")
            self._rows[name].writerow(self._columns(TABLES[name]))
        return self._rows[name]

    def row(self, name: str, values: dict[str, Any]) -> None:
        """One row."""
        table = TABLES[name]
        cells = [_cell(values.get(c), table.by_name[c], table) for c in self._columns(table)]
        if any("\0" in cell or "\r" in cell for cell in cells):
            raise AdapterError(f"{name}: {values.get('id', '')!r}: a reason holds a NUL or a carriage return")
        self.table(name).writerow(cells)

    def record(self, name: str, record: Any, **keys: str) -> None:
        """A record and all of its parts."""
        table = TABLES[name]
        values = {**keys, **{c.name: getattr(record, c.name) for c in table.columns if c.in_record}}
        if name == "plan_initiatives":
            values |= _sides(record.investment)
        if name in _SHARED:
            known = self._shared.setdefault((name, record.id), record)
            if known != record:
                raise _two_records(name, record.id)
            if known is not record or (name, record.id) in self._written:
                return
            self._written.add((name, record.id))
        self.row(name, values)
        for child in table.children:
            self._parts(child, getattr(record, child.fills), record, table)

    def _parts(self, child: Table, parts: Any, record: Any, table: Table) -> None:
        if isinstance(parts, Unknown):
            self.gap(table.name, record.id, child.fills, parts)
            return
        if parts or table.default_of(child.fills) != ():
            self.table(child.name)
        for part in parts:
            if child.record is None:
                self.row(child.name, {child.key: record.id, "on": part})
            else:
                self.record(child.name, part, **{child.key: record.id})

    def gap(self, table: str, record_id: str, name: str, unknown: Unknown) -> None:
        """What nobody knows."""
        values = {"table": table, "id": record_id, "field": name, "why": unknown.why.value}
        self.row("gaps", {**values, "where": unknown.where or None})

    def header(self, header: BookHeader) -> None:
        """All parts of a header."""
        self.record("people", header.manager)
        for part in HEADER_PARTS:
            found, name = getattr(header, part), PART_TABLES.get(part, part)
            if isinstance(found, Unknown):
                self.gap("book", header.id, part, found)
                continue
            self.table(name)
            if part == "candidate":
                self.record(name, found, manager_id=header.id)
            elif part == "offering":
                for product in found.products:
                    self.record(name, product)
            else:
                keys = {} if part == "people" else {"manager_id": header.id}
                for record in found:
                    self.record(name, record, **keys)

    def dossier(self, dossier: Dossier) -> None:
        """An account with all its collections."""
        account = dossier.account
        self.row("accounts", {c: getattr(account, c, None) for c in TABLES["accounts"].by_name})
        for name in COLLECTIONS:
            records = getattr(dossier, name)
            if isinstance(records, Unknown):
                self.gap("accounts", account.id, name, records)
                continue
            for needed in (name, *(child.name for child in TABLES[name].children if child.is_required)):
                self.table(needed)
            for record in records:
                self.record(name, record, account_id=account.id)


def _sides(investment: Any) -> dict[str, Any]:
    if investment is None or isinstance(investment, Unknown):
        return {"investment_company": investment, "investment_customer": investment}
    return {"investment_company": investment.company, "investment_customer": investment.customer}


def _two_records(name: str, record_id: str) -> AdapterError:
    return AdapterError(f"{name}: {record_id!r} stands for two records; in a table an id stands for one")


def _written(source: Path, columns: list[str]) -> str:
    texts = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in columns)
    return (
        f"read_csv({literal(str(source))}, auto_detect = false, header = true, columns = {{{texts}}}, "
        f"quote = '\"', escape = '\"', delim = ',', max_line_size = {1 << 24})"
    )


def _check_ids(con: duckdb.DuckDBPyConnection, source: Path, table: Table, columns: list[str]) -> None:
    """Refuse what the reader would have to: an id in two accounts, or an account twice."""
    if "id" not in columns or not (needs_one_owner(table) or table.name == "accounts"):
        return
    many = "count(*)" if table.name == "accounts" else f"count(DISTINCT {quoted(table.key)})"
    for (record_id,) in con.execute(
        f"SELECT id FROM {_written(source, columns)} GROUP BY id HAVING {many} > 1 ORDER BY id"
    ).fetchall():
        raise _two_records(table.name, record_id)


def _to_parquet(con: duckdb.DuckDBPyConnection, source: Path, table: Table, columns: list[str]) -> None:
    """Numbers as decimals, days as dates, wherever a whole column is what it should be."""
    target = source.with_suffix(".parquet")
    con.execute(f"CREATE OR REPLACE TABLE t AS SELECT * FROM {_written(source, columns)}")
    typed = ", ".join(
        f"CAST({quoted(c)} AS {plain_type(con, 't', table.by_name[c])}) AS {quoted(c)}" for c in columns
    )
    con.execute(f"COPY (SELECT {typed} FROM t ORDER BY rowid) TO {literal(str(target))} (FORMAT parquet)")
