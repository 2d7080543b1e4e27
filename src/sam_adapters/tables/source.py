"""A folder, a workbook or a database, as raw tables in a working database of our own.

The working database lives in memory and spills into a folder of its own when it has to. It can
read the source and that folder, and nothing else: no network, no extension, no other file.
"""

# ruff: noqa: S608 - names and texts are quoted where they enter a statement

from __future__ import annotations

import csv
import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import duckdb
from attrs import define, field, frozen

from sam_adapters.contract import AdapterError, Effect, MappingProblem, ProblemLog, SourceError
from sam_adapters.convert import PLAIN, Format, UnreadableError, day, decimal
from sam_adapters.tables import files
from sam_adapters.tables.cells import literal, number_type, plain_day, plain_number, quoted
from sam_adapters.tables.files import CsvSettings
from sam_core.errors import suggestion

__all__ = ["RawTable", "Source", "SourceSettings"]

_TEXT: Final = {".csv": None, ".tsv": "\t", ".tab": "\t"}
_JSON: Final = (".json", ".ndjson", ".jsonl")
_SQLITE: Final = (".sqlite", ".sqlite3", ".db3")
_DUCKDB: Final = (".duckdb", ".ddb")
_EXCEL: Final = (".xlsx", ".xlsm")
_LINE: Final = 1 << 24
_NO_NULL: Final = "\x01no cell holds this"


@frozen(kw_only=True)
class SourceSettings:
    """What a mapping says of one file or table.

    Attributes:
        csv: encoding and delimiter of a text file.
        numbers: columns to be made exact numbers, for SQL to count with.
        days: columns to be made days, likewise.
        form: how those are written.
    """

    csv: CsvSettings = CsvSettings()
    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    form: Format = PLAIN


@define
class RawTable:
    """A table of the source; in the working database once it is loaded.

    Attributes:
        name: what mappings call it.
        where: what people call it: ``"sales.csv"``.
        columns: as the source names them; known once it is loaded.
        problems: what of it could not be read.
    """

    name: str
    where: str
    load: Callable[[RawTable], None] = field(repr=False)
    columns: tuple[str, ...] = ()
    loaded: bool = False
    bridged: bool = False
    problems: ProblemLog = field(factory=ProblemLog)

    def report(self, row: int, problem: str, column: str = "", effect: Effect = Effect.LEFT_OUT) -> None:
        """Report a row, or with 0 the table as a whole."""
        record = f"row {row}" if row else ""
        self.problems.report(
            MappingProblem(where=self.where, record=record, field=column, problem=problem, effect=effect)
        )


@define(eq=False)
class Source:
    """The raw tables of one folder, workbook or database.

    Args:
        path: the folder or file.
        settings: by file or table name.
        memory_limit: how much the working database may hold before it spills, ``"1GB"``.

    Raises:
        SourceError: there is no such thing, it is of no known kind, or two files claim one name.
    """

    path: Path
    settings: Mapping[str, SourceSettings] = field(factory=dict)
    memory_limit: str = "1GB"
    tables: dict[str, RawTable] = field(factory=dict, init=False)
    description: str = field(default="", init=False)
    con: duckdb.DuckDBPyConnection = field(init=False, repr=False)
    _scratch: Path = field(init=False, repr=False)
    _finalizer: weakref.finalize[..., Any] = field(init=False, repr=False)
    _bridges: int = field(default=0, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.path.exists():
            raise SourceError(f"{self.path}: there is no such folder or file")
        self._scratch = Path(mkdtemp(prefix="sam-core-"))
        self.con = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": self.memory_limit,
                "temp_directory": str(self._scratch),
                "preserve_insertion_order": "true",
                "python_enable_replacements": "false",
                "disabled_optimizers": "in_clause",  # it makes a join of every list of words a cell is compared with
            },
        )
        self._finalizer = weakref.finalize(self, _clean_up, self.con, self._scratch)
        try:
            self._discover()
            self._lock()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give back memory and disk. Books read from here cannot be gone through afterwards."""
        self._finalizer()

    def _lock(self) -> None:
        home = self.path if self.path.is_dir() else self.path.parent
        allowed = ", ".join(literal(f"{folder.resolve()}/") for folder in (home, self._scratch))
        self.con.execute("CREATE SCHEMA raw; CREATE SCHEMA held; CREATE SCHEMA canon; SET TimeZone = 'UTC'")
        self.con.execute("SET search_path = 'raw'")
        self.con.execute(f"SET allowed_directories = [{allowed}]")
        self.con.execute("SET enable_external_access = false")
        self.con.execute("SET lock_configuration = true")

    # --- what there is ---------------------------------------------------------------------

    def _discover(self) -> None:
        if self.path.is_dir():
            self.description = f"folder {self.path.name or self.path}"
            for file in sorted(self.path.iterdir()):
                if file.is_file() and not file.name.startswith((".", "~$")):
                    self._discover_file(file, alone=False)
            if not self.tables:
                raise SourceError(
                    f"{self.path}: no table in this folder; known are .csv, .tsv, .parquet, .json, .ndjson, .xlsx"
                )
        else:
            self.description = f"file {self.path.name}"
            if not self._discover_file(self.path, alone=True):
                raise SourceError(
                    f"{self.path.name}: neither a table nor a database; known are .csv, .tsv, .parquet, .json, "
                    ".ndjson, .xlsx, .sqlite and .duckdb"
                )

    def _discover_file(self, file: Path, *, alone: bool) -> bool:
        ending = file.suffix.lower()
        if ending in _TEXT:
            self._add(file.stem, file.name, partial(self._load_csv, file=file))
        elif ending == ".parquet":
            self._add(file.stem, file.name, partial(self._load_parquet, file=file))
        elif ending in _JSON:
            self._add(file.stem, file.name, partial(self._load_json, file=file))
        elif ending in _EXCEL:
            self._discover_workbook(file, alone=alone)
        elif alone and (ending in _SQLITE or (ending == ".db" and _is_sqlite(file))):
            for name, columns in files.sqlite_tables(file).items():
                self._add(
                    name,
                    f"{file.name}:{name}",
                    partial(self._load_sqlite, file=file, columns=columns),
                )
        elif alone and (ending in _DUCKDB or ending == ".db"):
            self._attach(file)
        else:
            return False
        return True

    def _discover_workbook(self, file: Path, *, alone: bool) -> None:
        names = files.sheet_names(file)
        for name in names:
            table_name = file.stem if len(names) == 1 and not alone else name
            where = file.name if len(names) == 1 else f"{file.name}:{name}"
            self._add(table_name, where, partial(self._load_sheet, file=file, sheet=name))

    def _add(self, name: str, where: str, load: Callable[[RawTable], None]) -> None:
        name = name.strip()
        for other in self.tables.values():
            if other.name.lower() == name.lower():
                raise SourceError(f"{where} and {other.where} are both table {name!r}; take one of them away")
        self.tables[name] = RawTable(name, where, load)

    def table(self, name: str) -> RawTable:
        """A table, loaded.

        Raises:
            SourceError: there is none of that name, or it cannot be read.
        """
        found = self.tables.get(name)
        if found is None:
            raise SourceError(f"{self.description}: no table {name!r}{suggestion(name, self.tables)}")
        if not found.loaded:
            try:
                found.load(found)
            except duckdb.Error as error:
                raise SourceError(f"{found.where}: cannot be read: {_first_line(error)}") from None
            self._type_columns(found)
            found.loaded = True
        return found

    def settings_of(self, table: RawTable) -> SourceSettings:
        """What the mapping says of a table, under its name or its file's."""
        for name in (table.where, table.name):
            if name in self.settings:
                return self.settings[name]
        return SourceSettings()

    # --- loading, one way for each kind ------------------------------------------------------

    def _load_csv(self, table: RawTable, file: Path) -> None:
        settings = self.settings_of(table).csv
        header, delimiter = files.csv_header(file, settings)
        table.columns = _named(table, header)
        if files.csv_is_regular(file, settings, delimiter) and self._load_regular(table, file, delimiter):
            return
        rows = files.csv_rows(file, settings, delimiter, len(header), table.report)
        self._load_rows(table, rows)

    def _load_regular(self, table: RawTable, file: Path, delimiter: str) -> bool:
        """The quick way, for a file without a single fault; any fault sends it down the careful one."""
        try:
            self._create(table, self._csv_relation(file, len(table.columns), delimiter), row="rowid + 2")
        except duckdb.Error:
            return False
        return True

    def _csv_relation(self, file: Path, width: int, delimiter: str) -> str:
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
        return (
            f"read_csv({literal(str(file.resolve()))}, auto_detect = false, header = true, "
            f"columns = {{{columns}}}, delim = {literal(delimiter)}, quote = '\"', escape = '\"', "
            f"nullstr = {literal(_NO_NULL)}, strict_mode = true, max_line_size = {_LINE})"
        )

    def _create(self, table: RawTable, relation: str, *, row: str) -> None:
        columns = ", ".join(f"c{i} AS {quoted(name)}" for i, name in enumerate(table.columns))
        name = quoted(table.name)
        self.con.execute(f"CREATE TABLE held.{name} AS SELECT {columns} FROM {relation}")
        self.con.execute(f"CREATE VIEW raw.{name} AS SELECT {row} AS _row, * FROM held.{name}")

    def _load_rows(self, table: RawTable, rows: Iterable[tuple[int, Sequence[str | None]]]) -> None:
        """Rows that came through Python, by way of a file the database can read without a doubt."""
        self._bridges += 1
        bridge = self._scratch / f"bridge-{self._bridges}.csv"
        with bridge.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(["_row", *table.columns])
            writer.writerows((number, *cells) for number, cells in rows)
        names = ", ".join(f"c{i + 1} AS {quoted(name)}" for i, name in enumerate(table.columns))
        relation = self._csv_relation(bridge, len(table.columns) + 1, ",")
        self.con.execute(
            f"CREATE TABLE raw.{quoted(table.name)} AS "
            f"SELECT CAST(c0 AS BIGINT) AS _row{', ' if names else ''}{names} FROM {relation}"
        )
        bridge.unlink()
        table.bridged = True

    def _load_json(self, table: RawTable, file: Path) -> None:
        seen: dict[str, int] = {}
        for _, record in files.json_rows(file, lambda *_: None):
            for name in record:
                seen.setdefault(name, len(seen))
        table.columns = _named(table, list(seen)) if seen else ()  # no record, and so no column
        records = files.json_rows(file, table.report)
        self._load_rows(table, self._without_nul(table, records, list(seen)))

    @staticmethod
    def _without_nul(
        table: RawTable, records: Iterable[tuple[int, dict[str, str | None]]], names: list[str]
    ) -> Iterator[tuple[int, list[str | None]]]:
        for number, record in records:
            cells = [record.get(name) for name in names]
            if any(cell is not None and ("\0" in cell or not _is_unicode(cell)) for cell in cells):
                table.report(number, "the record holds a NUL or half a character; export it again")
            else:
                yield number, cells

    def _load_sheet(self, table: RawTable, file: Path, sheet: str) -> None:
        rows = files.sheet_rows(file, sheet)
        _, header = next(rows, (1, []))
        table.columns = _named(table, [name or "" for name in header])
        self._load_rows(table, self._squared(table, rows))

    @staticmethod
    def _squared(
        table: RawTable, rows: Iterable[tuple[int, Sequence[str | None]]]
    ) -> Iterator[tuple[int, Sequence[str | None]]]:
        width = len(table.columns)
        for number, cells in rows:
            if len(cells) > width:
                table.report(number, f"{len(cells)} cells under {width} columns; give every column a name")
            else:
                yield number, [*cells, *([None] * (width - len(cells)))]

    def _load_sqlite(self, table: RawTable, file: Path, columns: list[str]) -> None:
        table.columns = _named(table, columns)
        self._load_rows(table, files.sqlite_rows(file, table.name, table.report))

    def _load_parquet(self, table: RawTable, file: Path) -> None:
        relation = f"read_parquet({literal(str(file.resolve()))}, file_row_number = true)"
        names = [row[0] for row in self.con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
        table.columns = _named(table, [name for name in names if name != "file_row_number"])
        self.con.execute(
            f"CREATE VIEW raw.{quoted(table.name)} AS SELECT file_row_number + 1 AS _row, "
            f"* EXCLUDE (file_row_number) FROM {relation}"
        )

    def _attach(self, file: Path) -> None:
        try:
            self.con.execute(f"ATTACH {literal(str(file.resolve()))} AS source (READ_ONLY, TYPE duckdb)")
        except duckdb.Error as error:
            raise SourceError(f"{file.name}: not a DuckDB database: {_first_line(error)}") from None
        found = self.con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'source' "
            "ORDER BY ALL"
        ).fetchall()
        for schema, name in found:
            title = name if schema == "main" else f"{schema}.{name}"
            home = f"source.{quoted(schema)}.{quoted(name)}"
            self._add(title, f"{file.name}:{title}", partial(self._load_attached, home=home))

    def _load_attached(self, table: RawTable, home: str) -> None:
        names = [row[0] for row in self.con.execute(f"DESCRIBE SELECT * FROM {home}").fetchall()]
        table.columns = _named(table, names)
        self.con.execute(
            f"CREATE VIEW raw.{quoted(table.name)} AS SELECT row_number() OVER () AS _row, * FROM {home}"
        )

    # --- typed columns, for SQL to count with --------------------------------------------------

    def _type_columns(self, table: RawTable) -> None:
        settings = self.settings_of(table)
        texts = {
            column: f"trim(CAST({quoted(column)} AS VARCHAR))"
            for column in (*settings.numbers, *settings.days)
        }
        for column in texts:
            if column not in table.columns:
                raise AdapterError(
                    f"mapping: source.{table.name}: {table.where} has no column {column!r}"
                    f"{suggestion(column, table.columns)}"
                )
        if not texts:
            return
        typed = {}
        for column in settings.numbers:
            plain = plain_number(texts[column], settings.form)
            self._report_unplain(table, column, plain, settings.form, decimal)
            room = number_type(self.con, f"raw.{quoted(table.name)}", plain)
            if room is None:
                raise SourceError(
                    f"{table.where}: {column}: numbers of more than 38 digits are too long for SQL"
                )
            typed[column] = f"CAST({plain} AS {room})"
        for column in settings.days:
            plain = plain_day(texts[column], settings.form)
            self._report_unplain(table, column, plain, settings.form, day)
            typed[column] = f"CAST({plain} AS DATE)"
        name, home = quoted(table.name), quoted(f"typed {table.name}")
        columns = ", ".join(f"{typed.get(c, quoted(c))} AS {quoted(c)}" for c in table.columns)
        self.con.execute(f"CREATE TABLE held.{home} AS SELECT _row, {columns} FROM raw.{name}")
        kind = "TABLE" if table.bridged else "VIEW"
        self.con.execute(f"DROP {kind} raw.{name}")
        self.con.execute(f"CREATE VIEW raw.{name} AS SELECT * FROM held.{home}")

    def _report_unplain(
        self, table: RawTable, column: str, plain: str, form: Format, read: Callable[[Any, Format], Any]
    ) -> None:
        cell = quoted(column)
        faults = self.con.execute(
            f"SELECT _row, CAST({cell} AS VARCHAR) FROM raw.{quoted(table.name)} "
            f"WHERE trim(CAST({cell} AS VARCHAR)) <> '' AND ({plain}) IS NULL ORDER BY _row"
        )
        while rows := faults.fetchmany(1000):
            for row, raw in rows:
                try:
                    read(raw, form)
                    problem = f"{raw!r} is written in a way SQL cannot count with"
                except UnreadableError as error:
                    problem = str(error)
                table.report(row, problem, column, Effect.VALUE_UNKNOWN)


def _clean_up(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    con.close()
    shutil.rmtree(scratch, ignore_errors=True)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(16) == b"SQLite format 3\0"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(table: RawTable, header: Sequence[str]) -> tuple[str, ...]:
    """Every column under one name of its own.

    Raises:
        SourceError: there is no header, or two columns share a name.
    """
    if not any(name.strip() for name in header):
        raise SourceError(f"{table.where}: there is no header; the first row names the columns")
    names: dict[str, str] = {}
    for place, given in enumerate(header, start=1):
        name = given.strip() or f"column {place}"
        if name.lower() in names:
            raise SourceError(f"{table.where}: two columns are named {name!r}; give each a name of its own")
        names[name.lower()] = name
    return tuple(names.values())
