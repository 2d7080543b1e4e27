"""The adapter: describe the org once, read what is readable whole, and hand out books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final, NoReturn

from attrs import field, frozen

from sam_adapters.contract import CONCEPTS, BookReading, BookRequest, Capabilities, SourceError
from sam_adapters.convert import Collector
from sam_adapters.salesforce.capabilities import book_by, capabilities_of, readable_objects
from sam_adapters.salesforce.client import SalesforceClient, Table
from sam_adapters.salesforce.config import SalesforceConfig
from sam_adapters.salesforce.header import HeaderMapper, book_currency, exchange_rates
from sam_adapters.salesforce.hierarchy import Hierarchy, climb
from sam_adapters.salesforce.mapping import DossierMapper
from sam_adapters.salesforce.queries import (
    Among,
    Everyone,
    Extent,
    Owned,
    Query,
    held_query,
    levels_for,
    managers_query,
    query,
)
from sam_adapters.salesforce.reading import read_rows
from sam_adapters.salesforce.records import Builder, Readable, Row
from sam_adapters.salesforce.rows import Rows
from sam_adapters.transport import TransportError
from sam_core.book import Assignment, AssignmentRole, Book, BookHeader, Dossier, Person, Provenance
from sam_core.values import Period, Unknown

__all__ = ["SalesforceAdapter"]

_NO_CURRENCY: Final = "XXX"
"""ISO 4217 for no currency: nothing that is read is an amount."""

_MOST_ACCOUNTS: Final = 1000
"""Accounts that fit into one query, four times over, under the 100,000 characters a query may have."""

_SITE: Final = "site"
"""The value of the standard ``customer.level`` under which each account is a customer."""


@frozen(repr=False)
class _Dossiers:
    """The source of a book: maps rows that are held already, anew each time. Holds no connection and no token."""

    mapper: DossierMapper = field(repr=False)
    customers: tuple[str, ...]

    def __call__(self, wanted: frozenset[str]) -> Iterator[Dossier]:
        for customer in self.customers:
            dossier = self.mapper.dossier(customer, wanted)
            if dossier is not None:
                yield dossier


class SalesforceAdapter:
    """Books out of one Salesforce org.

    Args:
        client: reads from the org.
        config: how the org is mapped.
    """

    def __init__(self, client: SalesforceClient, config: SalesforceConfig | None = None) -> None:
        self._client = client
        self.config = config or SalesforceConfig()
        self._sources: dict[str, Readable] | None = None

    @property
    def client(self) -> SalesforceClient:
        """What reads from the org; its policy's ledger has the counts."""
        return self._client

    @property
    def sources(self) -> Mapping[str, Readable]:
        """What can be read of each object; the org is described once, with the first use."""
        if self._sources is None:
            describe = self._client.describe(spec.object for spec in self.config.specs)
            self._sources = readable_objects(self.config, describe)
        return self._sources

    @property
    def capabilities(self) -> Capabilities:
        """What this org provides to this user, as it is configured."""
        return capabilities_of(self.config, self.sources)

    def managers(self) -> tuple[Person, ...]:
        """Who has a book, in order of id; one call.

        Raises:
            SourceError: the org does not show its users or accounts.
        """
        self._needed("accounts")
        users = sorted(self._needed("users").names)
        if (by := self.book_by) == "owner":
            rows = self._fetch(managers_query(self.config, users))
        else:
            source = self._needed(by)
            everybody = query(self.config.objects["users"], users, Everyone(), owner="", levels=0)
            rows = self._fetch(held_query(source.spec, sorted(source.names), None), everybody)
        builder = self._builder(rows, self.config.currency or _NO_CURRENCY, Collector())
        people = HeaderMapper(rows, builder, {}).people()
        if by == "owner":
            return people
        holding = {
            row["person_id"]
            for row in rows.all(by)
            if by == "team" or _manages(builder, rows.sources[by], row)
        }
        return tuple(person for person in people if person.id in holding)

    @property
    def book_by(self) -> str:
        """What says whose book an account is in: ``"owner"``, ``"assignments"`` or ``"team"``."""
        return book_by(self.config, self.sources)

    def _fetch(self, *wanted: Query) -> Rows:
        """Rows of a few queries that have to succeed."""
        tables = self._client.read(wanted)
        failed = next((table for table in tables.values() if isinstance(table, TransportError)), None)
        if failed is not None:
            raise failed
        return Rows({key: table for key, table in tables.items() if isinstance(table, Table)}, self.sources)

    def extent_of(self, manager_id: str) -> Extent | None:
        """What a query is cut down to for one manager's book; ``None`` for somebody without one.

        Raises:
            SourceError: more accounts than a query can name.
        """
        if (by := self.book_by) == "owner":
            return Owned(manager_id)
        source = self._needed(by)
        rows = self._fetch(held_query(source.spec, sorted(source.names), manager_id))
        accounts = sorted({str(row["account"]) for row in rows.all(by) if row["account"]})
        if len(accounts) > _MOST_ACCOUNTS:
            raise SourceError(
                f"Salesforce: {len(accounts)} accounts are given to one person by {source.spec.object}; more than "
                f"{_MOST_ACCOUNTS} cannot be asked for at once: use export(), or set salesforce.book to 'owner'"
            )
        return Among(manager_id, tuple(accounts)) if accounts else None

    def read(self, request: BookRequest) -> BookReading:
        """One manager's book, in a handful of calls. Going through it makes no further ones.

        Raises:
            SourceError: the org cannot be read, its currency is not known, or nobody of that id owns an account.
        """
        if (extent := self.extent_of(request.manager_id)) is not None:
            for reading in self._books(request, extent):
                return reading
        raise SourceError(
            f"Salesforce: nobody of the id {request.manager_id!r} has an account that the signed-in user may see; "
            "managers() lists who has"
        )

    def export(self, request: BookRequest) -> Iterator[BookReading]:
        """Every manager's book, in order of id, out of one pass over the org.

        Args:
            request: its ``manager_id`` is not looked at.
        """
        return self._books(request, Everyone())

    def levels(self, level: str) -> int:
        """How many levels of parents a query looks up under a standard ``customer.level``."""
        return 0 if level == _SITE else self.config.levels

    def _needed(self, key: str) -> Readable:
        source = self.sources[key]
        if source.gap is not None:
            raise SourceError(
                f"Salesforce: {source.gap.where}; no book can be read without it: grant the user read access, or name "
                "another field or object in the mapping file"
            )
        return source

    def _builder(self, rows: Rows, currency: str, problems: Collector) -> Builder:
        rates, places = exchange_rates(rows, currency)
        return Builder(self.config.values, rates, places, problems)

    def _books(self, request: BookRequest, extent: Extent) -> Iterator[BookReading]:
        level = request.policy.on(request.period.end).customer.level
        self._needed("accounts")
        self._needed("users")
        rows = read_rows(self._client, self.config, self.sources, extent, levels=self.levels(level))
        currency = book_currency(rows, self.config.currency)
        if not currency:
            raise SourceError(
                "Salesforce: an org of one currency does not tell which; set salesforce.currency in the mapping file"
            )
        org = Collector(strict=request.strict)
        accounts = {row["id"]: row for row in rows.all("accounts")}
        tree = climb(
            accounts,
            rows.sources["accounts"],
            self._builder(rows, currency, org),
            level=level,
            owned=isinstance(extent, Owned),
        )
        books = self._whose(request, rows, tree, self._builder(rows, currency, Collector()))
        if not isinstance(extent, Everyone):
            books = {manager_id: own for manager_id, own in books.items() if manager_id == extent.manager_id}
        capabilities = capabilities_of(self.config, rows.sources)
        notes = (*self._notes(rows, tree, level), str(self._client.policy.ledger))
        for manager_id in sorted(books):
            problems = Collector(deepcopy(org.log), strict=request.strict)
            builder = self._builder(rows, currency, problems)
            yield self._reading(
                request, rows, tree, builder, capabilities, notes, manager_id, books[manager_id]
            )

    def _whose(
        self, request: BookRequest, rows: Rows, tree: Hierarchy, builder: Builder
    ) -> dict[str, list[str]]:
        """The customers of each manager, by id."""
        books: dict[str, list[str]] = {}
        by = self.book_by
        mapper = DossierMapper(rows, builder, tree, {})
        for customer in sorted(tree.members):
            if by == "owner":
                holders = {str(tree.rows[customer]["owner_id"] or "")}
            elif by == "team":
                holders = {str(row["person_id"]) for row in rows.of("team", tree.members[customer])}
            else:
                holders = {
                    held.person_id
                    for held in mapper.assignments(customer)
                    if held.role is AssignmentRole.ACCOUNT_MANAGER and _within(held, request.period)
                }
            for holder in holders - {""}:
                books.setdefault(holder, []).append(customer)
        return books

    def _reading(
        self,
        request: BookRequest,
        rows: Rows,
        tree: Hierarchy,
        builder: Builder,
        capabilities: Capabilities,
        notes: tuple[str, ...],
        manager_id: str,
        customers: list[str],
    ) -> BookReading:
        gaps = {name: gap for name in CONCEPTS if (gap := capabilities.gap(name)) is not None}
        parts = HeaderMapper(rows, builder, gaps, self.config.forecasting_type)
        manager = next((person for person in parts.people() if person.id == manager_id), None)
        header = BookHeader(
            manager=manager or Person(id=manager_id, name=f"user {manager_id}"),
            period=request.period,
            currency=builder.rates.currency,
            value_basis=self.config.value_basis,
            policy=request.policy,
            provenance=Provenance(
                source=f"salesforce: {self._client.host}, API {self._client.version}",
                assumptions=capabilities.assumptions,
                problems=len(builder.problems.log),
                notes=notes,
            ),
            **parts.parts(manager_id),
        )
        mapper = DossierMapper(rows, builder, tree, gaps, self.config.sold, self.config.own_location)
        source = _Dossiers(mapper, tuple(customers))
        return BookReading(book=Book(header, source), problems=builder.problems.log)

    def _notes(self, rows: Rows, tree: Hierarchy, level: str) -> Iterator[str]:
        for key, table in rows.tables.items():
            spec, reach = rows.sources[key].spec, self.levels(level)
            if table.repeated:
                yield f"{spec.object}: {table.repeated} rows came twice, on two pages, and were held once."
            if level != _SITE and spec.account_field and tree.depth > (reach := levels_for(spec, reach)):
                yield (
                    f"{spec.object}: accounts lie up to {tree.depth} levels below a customer, and a query reaches "
                    f"{reach}; what belongs to deeper ones may be missing."
                )
            elif level != _SITE and key == "accounts" and tree.depth == reach:
                yield f"Account: the hierarchy is as deep as a query reaches, {reach} levels; deeper accounts are not read."

    def __repr__(self) -> str:
        return f"<SalesforceAdapter {self._client.host}, API {self._client.version}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a SalesforceAdapter holds a connection and cannot be pickled; pickle the books it read"
        )


def _within(held: Assignment, period: Period) -> bool:
    began = isinstance(held.start, Unknown) or held.start <= period.end
    return began and (held.end is None or held.end >= period.start)


def _manages(builder: Builder, source: Readable, row: Row) -> bool:
    """True where an assignment is an account manager's; what cannot be read is told when its book is."""
    given = source.value(row, "role") if source.reads("role") else None
    if not given:
        return True
    return builder.choice(AssignmentRole, source, row, "role", given) is AssignmentRole.ACCOUNT_MANAGER
