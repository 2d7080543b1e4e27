"""Rows of canonical tables, made into records.

Most rows are plain throughout and become records column by column. Any other goes cell by cell
through :mod:`sam_adapters.convert`, as does every row of a batch in which a record refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, Final

from attrs import define, field, fields_dict, frozen

from sam_adapters.contract import Effect, MappingProblem
from sam_adapters.convert import (
    PLAIN,
    Collector,
    ExchangeRates,
    Fields,
    Format,
    UnreadableError,
    is_blank,
)
from sam_adapters.tables.canonical import CanonTable
from sam_adapters.tables.cells import MARK, constructor, reader, spelled
from sam_adapters.tables.schema import Column, Kind, Need
from sam_core.book import Investment, QuotaCounts, SaleLine
from sam_core.errors import RecordError
from sam_core.values import Maybe, Period, Unknown, Why

__all__ = ["MARKER", "Row", "TableReader", "unknown_of"]

Row = tuple[Any, ...]
"""``(position, row number, file or None, plain throughout, *cells)``, then what conversion needs."""

_HEAD: Final = 4
_CLEAN: Final = itemgetter(3)
_ID: Final = attrgetter("id")

MARKER: Final = re.compile(rf"\?({'|'.join(why.value for why in Why)})?(?:: (.*))?", re.DOTALL)
"""A cell that says that nobody knows: ``?``, ``?not-permitted``, ``?not-permitted: Case.Priority``."""

_FACTS: Final = frozenset({Kind.DAY, Kind.INSTANT, Kind.AMOUNT, Kind.COUNT, Kind.CHOICE, Kind.PERIOD})
"""Kinds of which a blank says something, so that an unreadable one must not pass for a blank."""

_SPELLED: Final = {Kind.TEXT: '?"', Kind.ID: '?"', Kind.IDS: "?["}
_MISSING: Final = object()


def unknown_of(text: str, where: str) -> Unknown | None:
    """The Unknown that a marker stands for; ``None`` where the text is no marker."""
    match = MARKER.fullmatch(text)
    if match is None:
        return None
    why, place = match.groups()
    if why is None:
        return Unknown(Why.BLANK, where) if place is None else None
    return Unknown(Why(why), place or "")


@frozen
class _Cell:
    """One column as it is read here."""

    column: Column
    place: int
    build: Callable[[str], Any] | None
    read: Callable[[Any, Format], Any]
    form: Format
    blank: Any


@define
class TableReader:
    """Makes records of the rows of one canonical table.

    Args:
        canon: the table.
        collector: takes the problems.
        rates: for amounts in other currencies.
        form: how cells are written where the table does not say.
        filled: columns the table may lack but the query gives: a location taken for granted.
    """

    canon: CanonTable
    collector: Collector
    rates: ExchangeRates
    form: Format = PLAIN
    filled: frozenset[str] = frozenset()
    columns: tuple[str, ...] = field(init=False)
    _cells: tuple[_Cell, ...] = field(init=False)
    _constants: dict[str, Any] = field(init=False)
    _finish: Callable[[Fields, dict[str, Any]], None] | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        table = self.canon.table
        self.columns = tuple(
            c.name for c in table.columns if c.name in self.canon.columns or c.name in self.filled
        )
        self._cells = tuple(
            _Cell(
                column=table.by_name[name],
                place=_HEAD + index,
                build=constructor(table.by_name[name]),
                read=reader(table.by_name[name]),
                form=self.canon.forms.get(name, self.form),
                blank=self._blank(table.by_name[name]),
            )
            for index, name in enumerate(self.columns)
        )
        self._constants = {
            c.name: self._absent(c)
            for c in table.columns
            if c.in_record and c.name not in self.columns and c.need in {Need.MAYBE, Need.MAYBE_NONE}
        }
        self._finish = _FINISHERS.get(table.name)

    def _absent(self, column: Column) -> Unknown:
        return Unknown(Why.NOT_CONFIGURED, f"column {column.name} of {self.canon.where}")

    def _blank(self, column: Column) -> Any:
        """What a blank cell means; a column the table lacks is not a blank one."""
        if column.need is Need.MAYBE:
            if column.name not in self.canon.columns:
                return self._absent(column)
            return Unknown(Why.BLANK, f"{self.canon.table.name}.{column.name}")
        return column.default

    def place(self, column: str) -> int:
        """Where a column stands in a row."""
        return _HEAD + self.columns.index(column)

    def records(self, rows: Sequence[Row], parts: Mapping[str, Mapping[str, Any]] | None = None) -> list[Any]:
        """The records of some rows, in their order, without those that had to be left out.

        Args:
            rows: as :mod:`sam_adapters.tables.streams` gives them.
            parts: by field, what belongs to the record of an id; ``""`` for any other id.
        """
        return self._distinct(*self._made(rows, parts or {})) if rows else []

    def records_by_key(
        self, rows: Sequence[Row], parts: Mapping[str, Mapping[str, Any]] | None = None
    ) -> dict[str, list[Any]]:
        """The same, by what they belong to."""
        if not rows:
            return {}
        place = self.place(self.canon.table.key)
        grouped: dict[str, tuple[list[Row], list[Any]]] = {}
        for row, record in zip(*self._made(rows, parts or {}), strict=True):
            mine = grouped.setdefault(row[place], ([], []))
            mine[0].append(row)
            mine[1].append(record)
        return {key: self._distinct(*mine) for key, mine in grouped.items()}

    def _made(
        self, rows: Sequence[Row], parts: Mapping[str, Mapping[str, Any]]
    ) -> tuple[Sequence[Row], list[Any]]:
        if self._finish is None and self.canon.table.record is not None and all(map(_CLEAN, rows)):
            try:
                return rows, self._all_at_once(rows, parts)
            except (RecordError, ValueError, ArithmeticError, KeyError):
                pass  # one of them is at fault: find out which, row by row
        found, kept = [], []
        for row in rows:
            record = self._one(row, parts)
            if record is not None:
                found.append(record)
                kept.append(row)
        return kept, found

    def _all_at_once(self, rows: Sequence[Row], parts: Mapping[str, Mapping[str, Any]]) -> list[Any]:
        columns = list(zip(*rows, strict=True))
        names: list[str] = []
        values: list[Iterable[Any]] = []
        for each in self._cells:
            if not each.column.in_record:
                continue
            names.append(each.column.name)
            cells, build, blank = columns[each.place], each.build, each.blank
            if each.column.need is not Need.REQUIRED and None in cells:
                if build is None:
                    values.append([blank if cell is None else cell for cell in cells])
                else:
                    values.append([blank if cell is None else build(cell) for cell in cells])
            else:
                values.append(cells if build is None else map(build, cells))
        if parts:
            ids = columns[self.place("id")]
            for name, by_id in parts.items():
                names.append(name)
                other = by_id[""]
                values.append([by_id.get(i, other) for i in ids])
        make, constants = self.canon.table.record or dict, self._constants
        if make is SaleLine:
            given = dict(zip(names, map(tuple, values), strict=True))
            return SaleLine.from_columns(given | {k: (v,) * len(rows) for k, v in constants.items()})
        return [make(**dict(zip(names, row, strict=True)), **constants) for row in zip(*values, strict=True)]

    def _one(self, row: Row, parts: Mapping[str, Mapping[str, Any]]) -> Any:
        fields = self.fields(row)
        return fields.make(lambda fields: self._build(fields, row, parts))

    def values(self, row: Row) -> dict[str, Any] | None:
        """All values of a row by column, keys among them; ``None`` where one had to leave it out."""
        return self.fields(row).make(
            lambda fields: {
                each.column.name: self._value(fields, each, row[each.place]) for each in self._cells
            }
        )

    def fields(self, row: Row) -> Fields:
        """The row as fields to report by."""
        return _Fields(
            raw={},
            where=row[2] or self.canon.where,
            record=f"row {row[1]}",
            collector=self.collector,
            label=self.canon.label,
        )

    def _build(self, fields: Fields, row: Row, parts: Mapping[str, Mapping[str, Any]]) -> Any:
        table = self.canon.table
        values = {each.column.name: self._value(fields, each, row[each.place]) for each in self._cells}
        if "currency" in values and table.money:
            self._convert(fields, values, row[-1] if len(row) > _HEAD + len(self._cells) else None)
        if self._finish is not None:
            self._finish(fields, values)
        if table.record is None:
            return values
        for name, by_id in parts.items():
            values[name] = by_id.get(values["id"], by_id[""])
        for column in table.columns:
            if not column.in_record:
                values.pop(column.name, None)
        return table.record(**values, **self._constants)

    def _value(self, fields: Fields, each: _Cell, cell: str | None) -> Any:
        column, need = each.column, each.column.need
        marked = cell is not None and cell.startswith(MARK)
        if cell is not None and not marked and column.kind in {Kind.TEXT, Kind.ID}:
            return cell
        text = cell[1:] if cell is not None and marked else cell
        if text is not None and marked and text.startswith("?"):
            if text.startswith(_SPELLED.get(column.kind, "\0")):
                return self._spelled(fields, column, text)
            unknown = unknown_of(text, f"{self.canon.table.name}.{column.name}")
            if unknown is not None:
                if _decides(column):
                    fields.leave_out(column.name, f"the record needs it, and it is {unknown}")
                return column.default if need is Need.OPTIONAL else unknown
        if text is None or is_blank(text):
            if need is Need.REQUIRED:
                fields.leave_out(column.name, "it is required, and blank")
            return each.blank
        try:
            # a cell that is plain has been brought to the plain form already
            return each.read(text, each.form if marked else PLAIN)
        except UnreadableError as error:
            if _decides(column):
                fields.leave_out(column.name, str(error))
            fields.report(column.name, str(error), Effect.VALUE_UNKNOWN)
            if need is Need.OPTIONAL:
                return column.default
            return Unknown(Why.UNREADABLE, f"{self.canon.table.name}.{column.name}")

    def _spelled(self, fields: Fields, column: Column, text: str) -> Any:
        try:
            value = spelled(text)
        except UnreadableError as error:
            fields.leave_out(column.name, str(error))
        return tuple(value) if isinstance(value, list) else value

    def _convert(self, fields: Fields, values: dict[str, Any], inherited_day: str | None) -> None:
        """Bring amounts to the book's currency, at the rate of the row's day."""
        table, currency = self.canon.table, values["currency"]
        if currency is None or values.get("counts") is QuotaCounts.UNITS:
            return
        days = [_day_of(values.get(name)) for name in table.dated]
        if inherited_day is not None:
            days.append(date.fromisoformat(inherited_day))
        on = next((day for day in days if day is not None), None)
        for name in table.money:
            amount = values.get(name)
            if not isinstance(amount, Decimal):
                continue
            try:
                converted = self._converted(amount, currency, on)
            except UnreadableError as error:
                fields.leave_out("currency", str(error))
            if isinstance(converted, Unknown):
                problem = f"{amount} {currency}: there is no {converted.where}; add it to exchange_rates"
                if table.by_name[name].need is not Need.MAYBE:
                    fields.leave_out(name, problem)
                fields.report(name, problem, Effect.VALUE_UNKNOWN)
            values[name] = converted

    def _converted(self, amount: Decimal, currency: str, on: date | None) -> Maybe[Decimal]:
        if on is None and currency.strip().upper() != self.rates.currency:
            return Unknown(Why.NOT_CONFIGURED, f"day to convert {currency} at")
        return self.rates.amount(amount, currency, on or date.min)

    def _distinct(self, rows: Sequence[Row], records: list[Any]) -> list[Any]:
        """One record for an id: the same again is held once, another under the same id is left out."""
        table = self.canon.table
        if table.record is None or "id" not in fields_dict(table.record):
            return records
        ids = list(map(_ID, records))
        if len(set(ids)) == len(ids):
            return records
        seen: dict[str, tuple[Any, Row]] = {}
        for row, record in zip(rows, records, strict=True):
            first = seen.setdefault(record.id, (record, row))
            if first[0] is record:
                continue
            place = f"{record.id!r} stands in row {first[1][1]} already"
            if first[0] == record:
                self.fields(row).report("id", f"{place}, just the same", Effect.NOTED)
            else:
                self.fields(row).report("id", f"{place}, with other contents")
        return [record for record, _ in seen.values()]


@define
class _Fields(Fields):
    """Fields that are reported by the names the source has for them."""

    label: Callable[[str], str] = str

    def report(self, name: str, problem: str, effect: Effect = Effect.LEFT_OUT) -> None:
        self.collector.report(
            MappingProblem(
                where=self.where, record=self.record, field=self.label(name), problem=problem, effect=effect
            )
        )


def _decides(column: Column) -> bool:
    """True where a record cannot be without a readable cell: taking it for a blank would be a guess."""
    return column.need is Need.REQUIRED or (
        column.need is Need.OPTIONAL and (column.kind in _FACTS or column.name == "currency")
    )


def _day_of(value: Any) -> date | None:
    if isinstance(value, Period):
        return value.start
    return value if isinstance(value, date) else None


def _investment(_: Fields, values: dict[str, Any]) -> None:
    """Two columns make one investment; both blank, and nobody has decided one."""
    sides = [values.get(f"investment_{side}", _MISSING) for side in ("company", "customer")]
    if _MISSING in sides:
        values["investment"] = Unknown(
            Why.NOT_CONFIGURED, "columns investment_company and investment_customer"
        )
        return
    unknown = next((side for side in sides if isinstance(side, Unknown)), None)
    if unknown is not None:
        values["investment"] = unknown
    elif sides == [None, None]:
        values["investment"] = None
    elif None in sides:
        values["investment"] = Unknown(Why.BLANK, "plan_initiatives.investment")
    else:
        values["investment"] = Investment(company=sides[0], customer=sides[1])


_FINISHERS: Final[Mapping[str, Callable[[Fields, dict[str, Any]], None]]] = {"plan_initiatives": _investment}
