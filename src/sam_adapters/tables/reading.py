"""What the header and the dossiers of one reading share: tables, rates, gaps and problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import define, field

from sam_adapters.contract import BookRequest, Effect, SourceError
from sam_adapters.convert import Collector, ExchangeRates
from sam_adapters.tables.canonical import Canon, CanonTable
from sam_adapters.tables.reader import Row, TableReader, unknown_of
from sam_adapters.tables.schema import TABLES, Table
from sam_adapters.tables.streams import Taken, header_rows
from sam_core.errors import RecordError
from sam_core.values import Unknown

__all__ = ["Gaps", "Reading"]

Gaps = Mapping[tuple[str, str, str], Unknown]
"""What nobody knows, by table, id and field."""


@define(eq=False)
class Reading:
    """One reading of one manager's book.

    Attributes:
        canon: the tables.
        request: which book.
        collector: takes the problems.
        taken: the accounts held, and what is taken for granted of them.
        rates: for amounts in other currencies.
    """

    canon: Canon
    request: BookRequest
    collector: Collector
    taken: Taken
    rates: ExchangeRates = field(init=False)
    _merged: set[str] = field(factory=set, init=False)
    _absorbed: set[int] = field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        self.rates = ExchangeRates(self.canon.currency)
        self.rates = self._read_rates()

    def table(self, name: str) -> CanonTable | None:
        """A table; what was found among its rows goes into the problems of this reading, once."""
        table = self.canon.get(name)
        if name in self.canon.refused:
            self.collector.report(self.canon.refused[name])
        if table is not None and name not in self._merged:
            self._merged.add(name)
            for problems in (*(raw.problems for raw in table.raws), table.problems):
                if id(problems) not in self._absorbed:
                    self._absorbed.add(id(problems))
                    self.collector.absorb(problems)
        return table

    def reader(self, name: str, *, fill: bool = True) -> TableReader | None:
        """The reader of a table, with what is taken for granted filled in; ``None`` where there is no table."""
        table = self.table(name)
        if table is None:
            return None
        filled = self.taken.filled(table) if fill else frozenset()
        return TableReader(table, self.collector, self.rates, self.canon.mapping.form, filled)

    @property
    def accounts(self) -> TableReader:
        """The reader of the one table there must be."""
        found = self.reader("accounts", fill=False)
        if found is None:
            raise SourceError(self.canon.absent("accounts").where)
        return found

    def _read_rates(self) -> ExchangeRates:
        reader = self.reader("exchange_rates", fill=False)
        if reader is None:
            return self.rates
        found: dict[tuple[str, date], tuple[Any, Row]] = {}
        for row in header_rows(self.canon, reader):
            for values in reader.records([row]):
                fields, key = reader.fields(row), (values["currency"].strip().upper(), values["start"])
                try:
                    ExchangeRates(self.canon.currency, [(*key, values["rate"])])
                except RecordError as error:
                    fields.report(error.field, error.problem)
                    continue
                rate, first = found.setdefault(key, (values["rate"], row))
                if first is not row:
                    problem = f"the rate of {key[0]} from {key[1]} stands in row {first[1]} already"
                    fields.report(
                        "start", problem, Effect.NOTED if rate == values["rate"] else Effect.LEFT_OUT
                    )
        return ExchangeRates(self.canon.currency, [(*key, rate) for key, (rate, _) in found.items()])

    def gaps(self, reader: TableReader, rows: Iterable[Row]) -> dict[tuple[str, str, str], Unknown]:
        """Rows of the table ``gaps``."""
        found = {}
        for row in rows:
            for values in reader.records([row]):
                place = f": {values['where']}" if values.get("where") else ""
                gap = unknown_of(f"?{values['why']}{place}", "")
                if gap is None:
                    problem = f"{values['why']!r} is no reason; write not-permitted, not-fetched, blank …"
                    reader.fields(row).report("why", problem)
                else:
                    found[values["table"], values["id"], values["field"]] = gap
        return found

    def parts(
        self,
        table: Table,
        reader: TableReader | None,
        rows: list[Row],
        gaps: Gaps,
        own_parts: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """What the rows of a table are to each parent; under ``""`` what any other parent has of it."""
        above = TABLES[str(table.parent)]
        own_gaps = {
            key: gap for (name, key, at), gap in gaps.items() if (name, at) == (above.name, table.fills)
        }
        if reader is None:
            return {
                "": () if above.default_of(table.fills) == () else self.canon.absent(table.name),
                **own_gaps,
            }
        found = reader.records_by_key(rows, own_parts)
        if table.record is None:
            found = {key: [values["on"] for values in days] for key, days in found.items()}
        if table.fills == "stays":  # the present stage comes last, whatever the order of the rows
            found = {key: sorted(stays, key=lambda stay: stay.start) for key, stays in found.items()}
        return {"": (), **{key: tuple(records) for key, records in found.items()}, **own_gaps}
