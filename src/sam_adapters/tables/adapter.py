# ruff: noqa: S608 - names are fixed here or quoted, values are parameters

"""The adapter: books out of plain tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from attrs import evolve

from sam_adapters.contract import (
    CONCEPTS,
    BookReading,
    BookRequest,
    Capabilities,
    Effect,
    ProblemLog,
    SourceError,
)
from sam_adapters.convert import Collector
from sam_adapters.tables.canonical import Canon, CanonTable
from sam_adapters.tables.cells import marked
from sam_adapters.tables.dossiers import dossiers, short_assignment
from sam_adapters.tables.header import PART_TABLES, person_of, read_header
from sam_adapters.tables.hierarchy import build_tree
from sam_adapters.tables.mapping import ASSUMPTIONS, Mapping
from sam_adapters.tables.reader import TableReader
from sam_adapters.tables.reading import Reading
from sam_adapters.tables.schema import TABLES, Need, Table
from sam_adapters.tables.source import Source
from sam_adapters.tables.streams import Taken, header_rows
from sam_core.book import Assignment, AssignmentRole, Book, Person, Provenance
from sam_core.errors import suggestion
from sam_core.values import Period, Unknown, Why, check_currency

__all__ = ["MAPPING_FILE", "TablesAdapter"]

MAPPING_FILE: Final = "mapping.toml"
"""The mapping that a folder brings along."""

_NAMED: Final = 20


class TablesAdapter:
    """Reads books out of a folder of tables, a workbook or a database.

    Args:
        path: a folder of CSV, TSV, Parquet, JSON, NDJSON and Excel files, or one workbook, one
            SQLite or one DuckDB database.
        mapping: a mapping, or the path of a mapping file; where left out, the folder's own
            ``mapping.toml``, and without that the tables are taken to be canonical.
        currency: ISO 4217 code of the books, where no mapping says it.
        memory_limit: how much the working database may hold in memory before it goes to disk.

    Raises:
        SourceError: the source cannot be read, has no accounts, or its currency is not known.
        MappingError: the mapping says something that cannot hold.
    """

    def __init__(
        self,
        path: str | Path,
        mapping: Mapping | str | Path | None = None,
        *,
        currency: str | None = None,
        memory_limit: str = "1GB",
    ) -> None:
        path = Path(path)
        own = path / MAPPING_FILE
        if mapping is None and own.is_file():
            mapping = own
        if not isinstance(mapping, Mapping):
            mapping = Mapping() if mapping is None else Mapping.from_file(Path(mapping))
        if currency is not None:
            check_currency(currency)
            mapping = evolve(mapping, currency=currency)
        if mapping.currency is None:
            raise SourceError(
                f'{path.name}: in which currency? Say so in {MAPPING_FILE}: [book] currency = "EUR", '
                'or give currency="EUR"'
            )
        self._source = Source(path, mapping.sources, memory_limit)
        self._canon = Canon(self._source, mapping, mapping.currency)
        accounts = self._canon.get("accounts")
        if accounts is None:
            raise SourceError(
                f"{self._source.description}: {self._canon.absent('accounts').where}; "
                "add it, or lay the tables there are onto ours in a mapping file"
            )
        self._accounts: CanonTable = accounts
        self._trees: dict[bool, tuple[str, ProblemLog]] = {}
        self._readings = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back memory and disk; books read from here cannot be gone through afterwards."""
        self._source.close()

    def __repr__(self) -> str:
        return f"<TablesAdapter {self._source.description}>"

    @property
    def mapping(self) -> Mapping:
        """The mapping in force."""
        return self._canon.mapping

    @property
    def capabilities(self) -> Capabilities:
        """What the tables there are provide, and which table or column each of the others would take."""
        gaps: dict[str, Unknown] = {}
        for concept in CONCEPTS:
            name = PART_TABLES.get(concept, concept)
            lacking = self._lacking(TABLES[name])
            if lacking is None:
                path = f"{concept}.products" if concept == "offering" else concept
                gaps |= {f"{path}.{at}": gap for at, gap in self._fields_lacking(TABLES[name])}
            elif not self._follows(concept):
                gaps[concept] = lacking
        told = {"assigned_on"} & set(
            self._accounts.columns
        ) or "owner_since_always" in self.mapping.assumptions
        if self._canon.columns("assignments") is None and "assignments" not in gaps and not told:
            gaps["assignments.start"] = _not_told("assigned_on", self._accounts.where)
        return Capabilities(
            provides=frozenset(CONCEPTS) - frozenset(gaps), gaps=gaps, assumptions=self._assumptions()
        )

    def _lacking(self, table: Table) -> Unknown | None:
        """The table that a concept would take; ``None`` where all it needs is there."""
        for name in (table.name, *(child.name for child in table.children if child.is_required)):
            if self._canon.columns(name) is None:
                return self._canon.absent(name)
        return None

    def _fields_lacking(self, table: Table) -> Iterator[tuple[str, Unknown]]:
        """Fields of records that are there, for which there is no column or no table."""
        columns = self._canon.columns(table.name) or ()
        taken = {"location_id": "single_location", "buyer_id": "single_buyer"}
        for column in table.columns:
            if column.name in columns or column.need not in {Need.MAYBE, Need.MAYBE_NONE}:
                continue
            if column.in_record and taken.get(column.name) not in self.mapping.assumptions:
                yield column.name, _not_told(column.name, table.name)
        if table.name == "plan_initiatives" and not {"investment_company", "investment_customer"} <= set(
            columns
        ):
            yield "investment", _not_told("investment_company", table.name)
        for child in table.children:
            if self._canon.columns(child.name) is not None:
                yield from ((f"{child.fills}.{at}", gap) for at, gap in self._fields_lacking(child))
            elif table.default_of(child.fills) != ():
                yield child.fills, self._canon.absent(child.name)

    def _follows(self, concept: str) -> bool:
        """True for what follows from the accounts alone."""
        columns, declared = self._accounts.columns, self.mapping.assumptions
        return (
            (concept == "assignments" and "manager_id" in columns)
            or (concept == "locations" and ("single_location" in declared or "parent_id" in columns))
            or (concept == "buyers" and "single_buyer" in declared)
        )

    def _assumptions(self) -> tuple[str, ...]:
        declared = (sentence for name, sentence in ASSUMPTIONS.items() if name in self.mapping.assumptions)
        return (*declared, *self.mapping.also)

    # --- whose -------------------------------------------------------------------------------------

    def managers(self) -> tuple[Person, ...]:
        """Everybody who holds or held an account as its account manager, in order of id."""
        request = BookRequest(manager_id="", period=Period.year(1970))
        reading = Reading(self._canon, request, Collector(), Taken(held=""))
        return tuple(person_of(reading, person_id) for person_id in self._holders(reading))

    def _holders(self, reading: Reading) -> list[str]:
        assignments = reading.reader("assignments", fill=False)
        if assignments is None:
            if "manager_id" not in self._accounts.columns:
                raise SourceError(
                    f"{self._source.description}: nobody says who holds the accounts; "
                    "add assignments.csv, or a column manager_id to accounts"
                )
            sql = f"SELECT DISTINCT manager_id FROM {self._accounts.name} WHERE {_is_id('manager_id')} ORDER BY 1"
            return [person for (person,) in self._source.con.execute(sql).fetchall()]
        role = "role" if "role" in assignments.columns else "NULL"
        sql = (
            f"SELECT person_id, min(rowid) FROM {assignments.canon.name} "
            f"WHERE {_is_id('person_id')} GROUP BY person_id, {role}"
        )
        rows = self._source.con.execute(sql).fetchall()
        return sorted({person for person, row in rows if self._is_manager(assignments, row)})

    def _is_manager(self, reader: TableReader, rowid: int) -> bool:
        rows = header_rows(self._canon, reader, "t.rowid", rowid)
        return any(record.role is AssignmentRole.ACCOUNT_MANAGER for record in reader.records(rows))

    def _held_accounts(self, reading: Reading) -> list[str]:
        """The accounts that the manager holds on some day of the period, whatever stands above them."""
        manager, period = reading.request.manager_id, reading.request.period
        assignments = reading.reader("assignments", fill=False)
        if assignments is not None:
            rows = header_rows(self._canon, assignments, "person_id", manager)
            held = assignments.records_by_key(rows)
        else:
            accounts, always = reading.accounts, "owner_since_always" in self.mapping.assumptions
            rows = header_rows(self._canon, accounts, "manager_id", manager)
            found = [values for row in rows if (values := accounts.values(row)) is not None]
            held = {
                values["id"]: [short_assignment(accounts, values["id"], values, always=always)]
                for values in found
            }
        return sorted(key for key, records in held.items() if any(_in_period(r, period) for r in records))

    # --- reading -----------------------------------------------------------------------------------

    def read(self, request: BookRequest) -> BookReading:
        """One manager's book.

        Raises:
            SourceError: nobody of that id holds or held an account, or a table cannot be read.
            StrictReadingError: the request is strict, and something could not be mapped.
        """
        collector = Collector(strict=request.strict)
        self._readings += 1
        held = f"canon.held_{self._readings}"
        reading = Reading(self._canon, request, collector, Taken(held=held))
        holders = self._holders(reading)
        if request.manager_id not in holders:
            raise SourceError(
                f"{self._source.description}: nobody of id {request.manager_id!r} holds an account"
                f"{suggestion(request.manager_id, holders)}"
            )
        reading.table("accounts")
        ultimate = request.policy.on(request.period.start).customer.level == "ultimate parent"
        tree = self._tree(reading, ultimate=ultimate)
        sites = self._hold(reading, tree)
        reading.taken = evolve(
            reading.taken,
            single_location="single_location" in self.mapping.assumptions,
            single_buyer="single_buyer" in self.mapping.assumptions,
            has_sites=sites > 0,
        )
        provenance = Provenance(
            source=f"tables: {self._source.description}",
            assumptions=self._assumptions(),
            notes=self._notes(reading, tree, sites),
        )
        header = read_header(reading, provenance)
        self._report_targets_of_nobody(reading, holders)
        header = evolve(header, provenance=evolve(provenance, problems=len(collector.log)))
        return BookReading(
            book=Book(header, lambda wanted: dossiers(reading, wanted)), problems=collector.log
        )

    def _report_targets_of_nobody(self, reading: Reading, holders: list[str]) -> None:
        """Targets of managers without a book are in no book."""
        for name in ("quotas", "expectations", "growth_goals"):
            table = reading.table(name)
            if table is not None:
                scratch = evolve(table, problems=ProblemLog())
                for row, file, person in self._source.con.execute(
                    f"SELECT _row, _file, manager_id FROM {table.name} "
                    "WHERE manager_id NOT IN (SELECT unnest(?)) ORDER BY rowid",
                    [holders],
                ).fetchall():
                    scratch.report(file, row, "manager_id", f"nobody of id {person!r} holds an account")
                reading.collector.absorb(scratch.problems)

    def _tree(self, reading: Reading, *, ultimate: bool) -> str:
        if ultimate not in self._trees:
            problems = ProblemLog()
            scratch = evolve(self._accounts, problems=problems)
            self._trees[ultimate] = (build_tree(self._source, scratch, ultimate=ultimate), problems)
        name, problems = self._trees[ultimate]
        reading.collector.absorb(problems)
        return name

    def _hold(self, reading: Reading, tree: str) -> int:
        """Write down the accounts of the book, each at the place of its topmost one; how many are sites."""
        con, held, mine = self._source.con, reading.taken.held, self._held_accounts(reading)
        single, buyer = (
            "true" if name in self.mapping.assumptions else "false"
            for name in ("single_location", "single_buyer")
        )
        con.execute(
            f"CREATE TABLE {held} AS SELECT dense_rank() OVER (ORDER BY top) AS pos, account_id, "
            f"account_id = top AS is_top, CASE WHEN account_id <> top OR {single} THEN account_id END AS site, "
            f"CASE WHEN {buyer} THEN account_id END AS buyer FROM {tree} WHERE top IN (SELECT unnest(?))",
            [mine],
        )
        rows = con.execute(
            f"SELECT t.account_id, t.top, a._row, a._file FROM {tree} AS t JOIN {self._accounts.name} AS a "
            "ON a.id = t.account_id WHERE t.account_id IN (SELECT unnest(?)) AND t.top NOT IN (SELECT unnest(?)) "
            "ORDER BY a.rowid",
            [mine, mine],
        ).fetchall()
        scratch = evolve(self._accounts, problems=ProblemLog())
        for account_id, top, row, file in rows:
            problem = (
                f"{account_id!r} is a site of {top!r}, which {reading.request.manager_id!r} does not hold; assign "
                'the topmost account, or set customer.level = "site" in the standards'
            )
            scratch.report(file, row, "id", problem, Effect.NOTED)
        reading.collector.absorb(scratch.problems)
        return int(con.execute(f"SELECT count(*) FROM {held} WHERE NOT is_top").fetchall()[0][0])

    def _notes(self, reading: Reading, tree: str, sites: int) -> tuple[str, ...]:
        notes = []
        by_table = self._canon.columns("assignments") is not None
        if by_table and "manager_id" in self._accounts.columns:
            notes.append("Who holds an account is told by assignments; accounts.manager_id is not read.")
        unheld = self._unheld(tree)
        if unheld:
            more = f" and {len(unheld) - _NAMED} more" if len(unheld) > _NAMED else ""
            are = "account is" if len(unheld) == 1 else "accounts are"
            notes.append(
                f"{len(unheld)} {are} held by nobody, and so in no book: {', '.join(unheld[:_NAMED])}{more}."
            )
        if sites:
            are = "account is taken as a location" if sites == 1 else "accounts are taken as locations"
            notes.append(f"{sites} {are} of the customer at the top of its hierarchy.")
        if self._canon.columns("exchange_rates") is not None:
            notes.append(
                f"Amounts in other currencies are converted to {self._canon.currency} at the dated rates of exchange_rates."
            )
        for name, mapped in self.mapping.tables.items():
            table = reading.table(name) if mapped.where else None
            if table is not None and mapped.where is not None:
                notes.append(
                    f"{name} leaves aside {table.aside} rows of {table.where} that are not: {' '.join(mapped.where.split())}."
                )
        return tuple(notes)

    def _unheld(self, tree: str) -> list[str]:
        assignments = self._canon.get("assignments")
        if assignments is not None:
            managed = f"SELECT account_id FROM {assignments.name}"
        else:
            managed = f"SELECT id FROM {self._accounts.name} WHERE {_is_id('manager_id')}"
        rows = self._source.con.execute(
            f"SELECT account_id FROM {tree} WHERE account_id = top AND account_id NOT IN ({managed}) ORDER BY 1"
        ).fetchall()
        return [account_id for (account_id,) in rows]


def _not_told(column: str, where: str) -> Unknown:
    return Unknown(Why.NOT_CONFIGURED, f"column {column} of {where}")


def _is_id(column: str) -> str:
    return f"{column} IS NOT NULL AND NOT {marked(column)}"


def _in_period(record: Assignment | None, period: Period) -> bool:
    return (
        record is not None
        and record.role is AssignmentRole.ACCOUNT_MANAGER
        and (isinstance(record.start, Unknown) or record.start <= period.end)
        and (record.end is None or record.end >= period.start)
    )
