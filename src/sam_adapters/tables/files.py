"""Rows out of files that the embedded database cannot read by itself, or not carefully enough.

Every reader here yields ``(row number, cells)``; what it cannot read it reports by row. Rows are
numbered as a spreadsheet numbers them: the header is row 1, and a record is one row even where a
quoted cell holds line breaks. Rows of JSON and of databases have no header and begin with 1.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from attrs import frozen

from sam_adapters.contract import SourceError

__all__ = [
    "CsvSettings",
    "csv_header",
    "csv_is_regular",
    "csv_rows",
    "json_rows",
    "sheet_names",
    "sheet_rows",
    "sqlite_rows",
    "sqlite_tables",
]

Cells = Sequence[str | None]
Report = Callable[[int, str], None]

_CHUNK: Final = 1 << 20
_DELIMITERS: Final = ",;\t|"
_BETWEEN: Final = re.compile(r"[\s,]*")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@frozen(kw_only=True)
class CsvSettings:
    """How a text file is written.

    Attributes:
        encoding: ``None`` for UTF-8, or what the file's byte-order mark says.
        delimiter: ``None`` for the one of ``, ; tab |`` that parts the header into most columns.
    """

    encoding: str | None = None
    delimiter: str | None = None


def _encoding(path: Path, settings: CsvSettings) -> str:
    if settings.encoding is not None:
        return settings.encoding
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for mark, name in _BOMS if start.startswith(mark)), "utf-8")


def _check_encoding(path: Path, encoding: str) -> None:
    """Name the first byte that is not of the encoding: a decoder in mid-stream does not know where it is."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise SourceError(
            f"{path.name}: there is no encoding {encoding!r}; write utf-8, cp1252, latin-1 …"
        ) from None
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                start = getattr(error, "start", 0)
                place = offset - len(pending) + start
                found = (pending + chunk)[start : start + 1].hex() or "nothing"
                raise SourceError(
                    f"{path.name}: byte {place} (0x{found}) is not {encoding}; if the file is written in "
                    f'another encoding, say so in the mapping: [source."{path.name}"] encoding = "cp1252"'
                ) from None
            if not chunk:
                return
            offset += len(chunk)


def _open(path: Path, encoding: str) -> IO[str]:
    return path.open(encoding=encoding, newline="")


def csv_header(path: Path, settings: CsvSettings) -> tuple[list[str], str]:
    """The header's names as they stand, and the delimiter.

    Raises:
        SourceError: the file is empty, or not of its encoding.
    """
    encoding = _encoding(path, settings)
    try:
        with _open(path, encoding) as file:
            if settings.delimiter:
                return next(
                    csv.reader(file, delimiter=settings.delimiter, strict=True), []
                ), settings.delimiter
            line = file.readline()
            parted = {mark: next(csv.reader([line], delimiter=mark), []) for mark in _DELIMITERS}
            delimiter = max(_DELIMITERS, key=lambda mark: len(parted[mark]))
            file.seek(0)
            return next(csv.reader(file, delimiter=delimiter, strict=True), []), delimiter
    except (UnicodeError, LookupError):
        _check_encoding(path, encoding)
        raise
    except csv.Error as error:
        raise SourceError(f"{path.name}: row 1: the header cannot be read: {error}") from None


def csv_is_regular(path: Path, settings: CsvSettings, delimiter: str) -> bool:
    """True where the database reads the file as :func:`csv_rows` would, as far as bytes can tell.

    It skips blank lines, drops blanks around quotes and lets NUL pass, all without a word.
    """
    if _encoding(path, settings) not in {"utf-8", "utf-8-sig"}:
        return False
    mark = delimiter.encode()
    irregular = (b"\0", b"\n\n", b"\n\r", mark + b' "', b'" ' + mark)
    with path.open("rb") as file:
        tail = b"\n"
        while chunk := file.read(_CHUNK):
            chunk = tail + chunk
            if any(sign in chunk for sign in irregular):
                return False
            tail = chunk[-2:]
    return True


def csv_rows(
    path: Path, settings: CsvSettings, delimiter: str, width: int, report: Report
) -> Iterator[tuple[int, Cells]]:
    """The rows under the header, with every one that does not fit it reported by number."""
    encoding = _encoding(path, settings)
    _check_encoding(path, encoding)
    with _open(path, encoding) as file:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(rows, None)
            except csv.Error as error:
                report(number, f"the row cannot be taken apart ({error}); look for a stray quotation mark")
                continue
            if cells is None:
                return
            if number == 1 or not cells:
                continue
            if len(cells) != width:
                wrong = "too few" if len(cells) < width else "too many"
                meant = "a line break" if len(cells) < width else repr(delimiter)
                report(
                    number,
                    f"{len(cells)} cells under {width} columns, {wrong}; quote cells that hold {meant}",
                )
            elif any("\0" in cell for cell in cells):
                report(number, "the row holds a NUL byte; export it again, as text")
            else:
                yield number, cells


def _scalar(value: Any) -> str | None:
    """A cell as text; nothing is rounded on the way."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(Decimal(value))
    return str(value)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str | None]]:
    """Nested objects as ``outer.inner``; lists of scalars with ``;`` between."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        scalars = not any(isinstance(item, (dict, list)) for item in value)
        joined = ";".join(_scalar(item) or "" for item in value) or ";"
        yield path, joined if scalars else json.dumps(value, ensure_ascii=False)
    else:
        yield path, _scalar(value)


def json_rows(path: Path, report: Report) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The objects of a list, or one object a line; numbers keep the digits they are written with.

    Raises:
        SourceError: the file is neither, or not UTF-8.
    """
    _check_encoding(path, "utf-8-sig")
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    with path.open(encoding="utf-8-sig") as file:
        objects = _array(file, decoder, path) if _begins_with_bracket(file) else _lines(file, decoder, report)
        for number, found in objects:
            if isinstance(found, dict):
                yield number, dict(_flat(found))
            else:
                report(number, f"{str(found)[:40]!r} is not an object; write {{…}} for each record")


def _begins_with_bracket(file: IO[str]) -> bool:
    start = ""
    while not start and (chunk := file.read(64)):
        start = chunk.lstrip()
    file.seek(0)
    return start.startswith("[")


def _lines(file: IO[str], decoder: json.JSONDecoder, report: Report) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            yield number, decoder.decode(line.strip())
        except ValueError as error:
            report(number, f"not JSON: {error}")


def _array(file: IO[str], decoder: json.JSONDecoder, path: Path) -> Iterator[tuple[int, Any]]:
    """The items of one long list, a chunk of the file in memory at a time."""
    text = file.read(_CHUNK)
    place, number = text.index("[") + 1, 0
    while True:
        between = _BETWEEN.match(text, place)
        place = between.end() if between is not None else place
        if text.startswith("]", place):
            return
        try:
            found, end = decoder.raw_decode(text, place)
            if end == len(text):
                raise ValueError("it may go on in the next chunk")  # noqa: TRY301
        except ValueError as error:
            more = file.read(_CHUNK)
            if not more:
                raise SourceError(f"{path.name}: record {number + 1} is not JSON: {error}") from None
            text, place = text[place:] + more, 0
            continue
        number, place = number + 1, end
        yield number, found


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook.

    Raises:
        SourceError: it is not an Excel workbook.
    """
    book = _workbook(path)
    with closing(book):
        return list(book.sheetnames)


def _workbook(path: Path) -> Any:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SourceError(f"{path.name}: not an Excel workbook (.xlsx): {error}") from None


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, Cells]]:
    """The rows of a sheet, its header among them as row 1, without the blanks at their ends."""
    book = _workbook(path)
    with closing(book):
        for number, cells in enumerate(book[sheet].iter_rows(values_only=True), start=1):
            row = [_scalar(cell) for cell in cells]
            while row and row[-1] is None:
                row.pop()
            if row or number == 1:
                yield number, row


def _sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = bytes
    return connection


def sqlite_tables(path: Path) -> dict[str, list[str]]:
    """The tables and views of a SQLite database, with their columns.

    Raises:
        SourceError: it is not a SQLite database.
    """
    try:
        with closing(_sqlite(path)) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                "ESCAPE '\\' ORDER BY name"
            ).fetchall()
            return {
                name.decode(): [
                    column.decode()
                    for (column,) in connection.execute(
                        "SELECT name FROM pragma_table_info(?)", (name.decode(),)
                    )
                ]
                for (name,) in names
            }
    except sqlite3.Error as error:
        raise SourceError(f"{path.name}: not a SQLite database: {error}") from None


def sqlite_rows(path: Path, table: str, report: Report) -> Iterator[tuple[int, Cells]]:
    """The rows of a SQLite table, in its own order; text that is not UTF-8 is reported by row."""
    quoted = table.replace('"', '""')
    with closing(_sqlite(path)) as connection:
        rows = connection.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - the name is the database's own
        names = [column[0] for column in rows.description]
        for number, row in enumerate(rows, start=1):
            try:
                cells = [cell.decode() if isinstance(cell, bytes) else _scalar(cell) for cell in row]
            except UnicodeDecodeError:
                at = next(i for i, cell in enumerate(row) if isinstance(cell, bytes) and not _is_utf8(cell))
                report(
                    number,
                    f"column {names[at]} holds bytes that are not UTF-8 text; leave it out of the table",
                )
                continue
            if any(cell is not None and "\0" in cell for cell in cells):
                report(number, "the row holds a NUL byte; export it again, as text")
            else:
                yield number, cells


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
