"""Mapping files: TOML that lays somebody else's tables onto the canonical ones.

::

    [book]
    currency = "USD"

    [assume]
    single_location = true

    [table.sale_lines]
    from = "orderdetails"
    join = [{ table = "orders", on = "orderNumber" }]
    where = "status IN ('Shipped', 'Resolved')"
    columns = { account_id = "customerNumber", on = "orderDate", product_id = "productCode" }
    sql = { id = "orderNumber || '/' || orderLineNumber", revenue = "quantityOrdered * priceEach" }

Everything a mapping file may say is in :data:`KEYS`, from which the reference is made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from sam_adapters.contract import AdapterError
from sam_adapters.convert import PLAIN, Format
from sam_adapters.tables.files import CsvSettings
from sam_adapters.tables.schema import TABLES
from sam_adapters.tables.source import SourceSettings
from sam_core.errors import RecordError, suggestion
from sam_core.values import check_currency

__all__ = ["ASSUMPTIONS", "KEYS", "Join", "Mapping", "MappingError", "TableMapping"]

ASSUMPTIONS: Final[AbstractMapping[str, str]] = MappingProxyType(
    {
        "single_location": "Every account is taken to be its own only location.",
        "single_buyer": "Every account is taken to be its own only buyer.",
        "owner_since_always": "Whoever holds an account is taken to have held it all along.",
    }
)
"""What ``[assume]`` may declare, and the sentence it puts into the provenance of the book."""

KEYS: Final[AbstractMapping[str, AbstractMapping[str, str]]] = MappingProxyType(
    {
        "book": {
            "currency": "ISO 4217 code of the book; every amount is in it or converted to it",
            "value_basis": "what an amount means: booked total, annual value, recognised",
        },
        "assume": {
            **{name: sentence.rstrip(".").lower() for name, sentence in ASSUMPTIONS.items()},
            "also": "what else the mapping takes for granted, one sentence each",
        },
        "format": {
            "decimal": 'the decimal mark, `","`; a point where left out',
            "thousands": 'what separates groups of three digits, `"."`; nothing where left out',
            "dates": 'formats of days beside ISO 8601, `["%d/%m/%Y"]`',
            "zone": 'the time zone of moments written without one, `"Europe/Paris"`',
            "blank": 'words that stand for a blank, `["N/A", "-"]`',
            "yes": "words for true",
            "no": "words for false",
        },
        "source": {
            "encoding": 'of a text file, `"cp1252"`; UTF-8 where left out',
            "delimiter": "of a text file; found by the header where left out",
            "numbers": "columns that `sql`, `where` and `select` count with",
            "days": "columns that they compare as days",
            "format": "how those are written, as in `[format]`",
        },
        "table": {
            "from": "the source's table, or a list of them with the same columns; `*` matches",
            "join": 'tables joined to it: `{ table = "orders", on = "orderNumber" }`, or `on = { theirs = "ours" }`',
            "where": "SQL; rows that do not answer it are set aside, and counted in the provenance",
            "columns": "canonical column = the source's column",
            "constants": "canonical column = one value for all rows",
            "sql": "canonical column = SQL expression",
            "select": "a whole SELECT that gives canonical columns, instead of all of the above",
            "values": "by canonical column: the source's word = the canonical word; `*` for any other",
            "format": "by canonical column: as in `[format]`, overruling it",
        },
    }
)
"""The tables of a mapping file, the keys of each, and what they mean."""


class MappingError(AdapterError):
    """A mapping says something that cannot hold.

    Attributes:
        path: dotted path to the entry, ``"table.sale_lines.columns.on"``.
        problem: what is wrong and what would be right.
    """

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"mapping: {path}: {problem}" if path else f"mapping: {problem}")


@frozen(kw_only=True)
class Join:
    """A table joined to the first one, row by row; no row is lost for want of a partner.

    Attributes:
        table: the source's table.
        on: its columns, each with the column it has to equal.
    """

    table: str
    on: AbstractMapping[str, str]


@frozen(kw_only=True)
class TableMapping:
    """Where the rows of one canonical table come from; see :data:`KEYS` for the parts."""

    sources: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    where: str | None = None
    columns: AbstractMapping[str, str] = field(factory=dict)
    constants: AbstractMapping[str, str] = field(factory=dict)
    sql: AbstractMapping[str, str] = field(factory=dict)
    select: str | None = None
    values: AbstractMapping[str, AbstractMapping[str, str]] = field(factory=dict)
    formats: AbstractMapping[str, Format] = field(factory=dict)
    blanks: AbstractMapping[str, tuple[str, ...]] = field(factory=dict)


@frozen(kw_only=True)
class Mapping:
    """How a source is read.

    Attributes:
        currency: of the book; ``None`` where nobody has said.
        value_basis: what an amount means.
        assumptions: names of :data:`ASSUMPTIONS` that are declared.
        also: what else is taken for granted, one sentence each.
        form: how scalars are written, where no column says otherwise.
        blank: words that stand for a blank.
        sources: settings by file or table.
        tables: by canonical name; a table that is not here is looked for under its own name.
    """

    currency: str | None = None
    value_basis: str = "booked total"
    assumptions: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    form: Format = PLAIN
    blank: tuple[str, ...] = ()
    sources: AbstractMapping[str, SourceSettings] = field(factory=dict)
    tables: AbstractMapping[str, TableMapping] = field(factory=dict)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a mapping file.

        Raises:
            MappingError: as :meth:`from_toml`, or there is no such file.
        """
        try:
            return cls.from_toml(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise MappingError("", f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise MappingError("", f"{path}: not UTF-8, as TOML has to be") from None

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a mapping document.

        Raises:
            MappingError: not TOML, an unknown key (the nearest is suggested) or a wrong value, by path.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise MappingError("", f"not a TOML document: {error}") from None
        _known(document, KEYS, "")
        book = _section(document, "book")
        form, blank = _format(document.get("format", {}), "format", PLAIN)
        mapping = cls(
            currency=_text(book, "currency", "book"),
            value_basis=_text(book, "value_basis", "book") or "booked total",
            assumptions=_assumptions(_section(document, "assume")),
            also=_texts(_section(document, "assume"), "also", "assume"),
            form=form,
            blank=blank,
            sources={
                name: _source(entry, f"source.{name}", form)
                for name, entry in _tables(document, "source").items()
            },
            tables={
                name: _table(name, entry, form)
                for name, entry in _tables(document, "table", known=TABLES).items()
            },
        )
        if mapping.currency is not None:
            try:
                check_currency(mapping.currency)
            except RecordError as error:
                _refuse("book.currency", error.problem)
        return mapping


def _refuse(path: str, problem: str) -> NoReturn:
    raise MappingError(path, problem)


def _known(entry: Any, known: Iterable[str], path: str) -> None:
    if not isinstance(entry, dict):
        _refuse(path, f"{entry!r} is not a table; write [{path}]")
    for key in entry:
        if key not in known:
            _refuse(f"{path}.{key}" if path else key, f"there is no such key{suggestion(key, known)}")


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    entry: dict[str, Any] = document.get(name, {})
    _known(entry, KEYS[name], name)
    return entry


def _tables(
    document: dict[str, Any], name: str, known: Iterable[str] | None = None
) -> dict[str, dict[str, Any]]:
    entries = document.get(name, {})
    if not isinstance(entries, dict):
        _refuse(name, f"write [{name}.NAME]")
    for key, entry in entries.items():
        if known is not None and key not in known:
            _refuse(f"{name}.{key}", f"there is no such canonical table{suggestion(key, known)}")
        _known(entry, KEYS[name], f"{name}.{key}")
    return entries


def _text(entry: dict[str, Any], key: str, path: str) -> str | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        _refuse(f"{path}.{key}", f"{value!r} is not a text")
    return value


def _texts(entry: dict[str, Any], key: str, path: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        _refuse(f"{path}.{key}", f"{value!r} is not a text or a list of texts")
    return tuple(items)


def _by_name(entry: dict[str, Any], key: str, path: str) -> dict[str, str]:
    value = entry.get(key, {})
    if not isinstance(value, dict):
        _refuse(f"{path}.{key}", f"write {key} = {{ … }}")
    for name, item in value.items():
        if not isinstance(item, str):
            _refuse(f"{path}.{key}.{name}", f"{item!r} is not a text")
    return value


def _assumptions(entry: dict[str, Any]) -> frozenset[str]:
    for name in ASSUMPTIONS:
        if not isinstance(entry.get(name, False), bool):
            _refuse(f"assume.{name}", f"{entry[name]!r} is neither true nor false")
    return frozenset(name for name in ASSUMPTIONS if entry.get(name))


def _format(entry: Any, path: str, base: Format) -> tuple[Format, tuple[str, ...]]:
    _known(entry, KEYS["format"], path)
    form = evolve(
        base,
        decimal_mark=entry.get("decimal", base.decimal_mark),
        thousands=entry.get("thousands", base.thousands),
        dates=_texts(entry, "dates", path) or base.dates,
        zone=_zone(entry, path) or base.zone,
        yes=frozenset(map(str.lower, _texts(entry, "yes", path))) or base.yes,
        no=frozenset(map(str.lower, _texts(entry, "no", path))) or base.no,
    )
    for key, mark in (("decimal", form.decimal_mark), ("thousands", form.thousands)):
        if (
            not isinstance(mark, str)  # type: ignore[redundant-expr]  # TOML holds anything
            or len(mark) > 1
            or (key == "decimal" and not mark)
            or mark.isdigit()
            or mark in {"+", "-"}
        ):
            _refuse(f"{path}.{key}", f"{mark!r} is not one mark")
    if form.decimal_mark == form.thousands:
        _refuse(f"{path}.thousands", "it is the decimal mark; the two have to differ")
    return form, _texts(entry, "blank", path)


def _zone(entry: dict[str, Any], path: str) -> ZoneInfo | None:
    name = _text(entry, "zone", path)
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return _refuse(
            f"{path}.zone", f"no time zone {name!r} is known here; write one like Europe/Paris or UTC"
        )


def _source(entry: dict[str, Any], path: str, base: Format) -> SourceSettings:
    delimiter = _text(entry, "delimiter", path) if entry.get("delimiter") != "\t" else "\t"
    if delimiter is not None and len(delimiter) != 1:
        _refuse(f"{path}.delimiter", f"{delimiter!r} is not one character")
    form, _ = _format(entry.get("format", {}), f"{path}.format", base)
    return SourceSettings(
        csv=CsvSettings(encoding=_text(entry, "encoding", path), delimiter=delimiter),
        numbers=_texts(entry, "numbers", path),
        days=_texts(entry, "days", path),
        form=form,
    )


def _table(name: str, entry: dict[str, Any], form: Format) -> TableMapping:
    path = f"table.{name}"
    known = TABLES[name].by_name
    for key in ("columns", "constants", "sql", "values", "format"):
        _known(entry.get(key, {}), known, f"{path}.{key}")
    if "select" in entry and (
        other := next((k for k in entry if k not in {"select", "values", "format"}), None)
    ):
        _refuse(f"{path}.{other}", "a select says it all; take one of the two away")
    formats, blanks = {}, {}
    for column, part in entry.get("format", {}).items():
        formats[column], blanks[column] = _format(part, f"{path}.format.{column}", form)
    mapped: dict[str, str] = {}
    for key in ("columns", "constants", "sql"):
        for column in entry.get(key, {}):
            if column in mapped:
                _refuse(f"{path}.{key}.{column}", f"it is in {mapped[column]}, too; take one of the two away")
            mapped[column] = key
    mapping = TableMapping(
        sources=_texts(entry, "from", path),
        joins=_joins(entry, path),
        where=_text(entry, "where", path),
        columns=_by_name(entry, "columns", path),
        constants=_by_name(entry, "constants", path),
        sql=_by_name(entry, "sql", path),
        select=_text(entry, "select", path),
        values={
            column: _by_name(entry["values"], column, f"{path}.values") for column in entry.get("values", {})
        },
        formats=formats,
        blanks=blanks,
    )
    if mapped and not mapping.sources:
        _refuse(f"{path}.from", "say which table of the source the rows come from")
    return mapping


def _joins(entry: dict[str, Any], path: str) -> tuple[Join, ...]:
    value = entry.get("join", [])
    items = [value] if isinstance(value, dict) else value
    if not isinstance(items, list):
        _refuse(f"{path}.join", 'write join = [{ table = "orders", on = "orderNumber" }]')
    joins = []
    for index, item in enumerate(items):
        place = f"{path}.join[{index}]"
        _known(item, ("table", "on"), place)
        table, on = _text(item, "table", place), item.get("on")
        pairs = {on: on} if isinstance(on, str) else on
        if table is None or not isinstance(pairs, dict) or not pairs:
            _refuse(place, 'write { table = "orders", on = "orderNumber" }')
        joins.append(Join(table=table, on=_by_name({"on": pairs}, "on", place)))
    return tuple(joins)
