# ruff: noqa: S608 - names are fixed here or quoted

"""The dossiers of a book: every table walked side by side with the others, account by account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from attrs import frozen

from sam_adapters.contract import Effect
from sam_adapters.tables.cells import quoted
from sam_adapters.tables.reader import Row, TableReader
from sam_adapters.tables.reading import Gaps, Reading
from sam_adapters.tables.schema import TABLES, Table
from sam_adapters.tables.streams import Groups, by_account, owners
from sam_core.book import COLLECTIONS, Account, Assignment, Buyer, Dossier, Location
from sam_core.values import Maybe, Unknown, Why

__all__ = ["ALWAYS", "dossiers", "short_assignment"]

ALWAYS: Final = date(1900, 1, 1)
"""The first day of an assignment that is taken to have lasted all along."""


@frozen
class _Member:
    """An account of the customer: first the topmost, then its sites."""

    account: Account
    row: Row


def dossiers(reading: Reading, wanted: frozenset[str]) -> Iterator[Dossier]:
    """The dossiers of the accounts held, in order of id, with the collections wanted."""
    accounts = reading.accounts
    walks = [_Walk(reading, TABLES[name]) for name in COLLECTIONS if name in wanted]
    gaps = _gap_groups(reading)
    for position, rows in Groups(
        reading.canon.source.con, by_account(reading.canon, accounts, reading.taken)
    ):
        known = reading.gaps(gaps[0], gaps[1].take(position)) if gaps is not None else {}
        members = [_Member(account, row) for row in rows for account in accounts.records([row])]
        if not members or members[0].row is not rows[0]:
            continue  # the customer itself could not be read, which is reported
        account = members[0].account
        collections = {
            walk.table.name: _collection(reading, walk, position, known, accounts, members) for walk in walks
        }
        yield Dossier(account=account, **collections)


class _Walk:
    """One table, account by account, with the tables of its parts."""

    def __init__(self, reading: Reading, table: Table) -> None:
        self.reading = reading
        self.table = table
        self.reader = reading.reader(table.name)
        self.parts = [_Walk(reading, child) for child in table.children] if self.reader else []
        lacking = next(
            (part.table.name for part in self.parts if part.reader is None and part.table.is_required), None
        )
        self.absent = reading.canon.absent(lacking or table.name)
        self.groups = None
        if self.reader is None:
            _look_at_parts(reading, table)
        if lacking is not None:
            self.reader = None
        if self.reader is not None:
            self.groups = Groups(
                reading.canon.source.con, by_account(reading.canon, self.reader, reading.taken)
            )

    def rows(self, position: int) -> list[Row]:
        """The rows of an account."""
        return self.groups.take(position) if self.groups is not None else []

    def take(self, position: int, gaps: Gaps) -> list[Any] | None:
        """The records of an account; ``None`` where there is no table of them."""
        if self.reader is None:
            return None
        return self.reader.records(self.rows(position), self._own_parts(position, gaps))

    def _own_parts(self, position: int, gaps: Gaps) -> dict[str, dict[str, Any]]:
        return {
            part.table.fills: self.reading.parts(
                part.table,
                part.reader,
                part.rows(position),
                gaps,
                part._own_parts(position, gaps),
            )
            for part in self.parts
        }


def _look_at_parts(reading: Reading, table: Table) -> None:
    """Parts of records that no table holds are orphans; looking at their tables reports them."""
    for child in table.children:
        reading.table(child.name)
        _look_at_parts(reading, child)


def _gap_groups(reading: Reading) -> tuple[TableReader, Groups] | None:
    """What nobody knows of the accounts and of their records, account by account."""
    reader, canon, held = reading.reader("gaps", fill=False), reading.canon, reading.taken.held
    if reader is None:
        return None
    cells = ", ".join(f"g.{quoted(name)}" for name in reader.columns)
    head = f"SELECT h.pos, g._row, g._file, g._clean, {cells} FROM {reader.canon.name} AS g"
    parts = [f"{head} JOIN {held} AS h ON h.account_id = g.id WHERE g.\"table\" = 'accounts'"]
    parts += [
        f"{head} JOIN ({owners(canon, table.name)}) AS o ON o.id = g.id "
        f"JOIN {held} AS h ON h.account_id = o.account_id WHERE g.\"table\" = '{table.name}'"
        for table in TABLES.values()
        if table.children and table.concept in COLLECTIONS and reading.table(table.name) is not None
    ]
    return reader, Groups(canon.source.con, f"{' UNION ALL '.join(parts)} ORDER BY 1, 2")


def _collection(
    reading: Reading, walk: _Walk, position: int, gaps: Gaps, accounts: TableReader, members: list[_Member]
) -> Maybe[tuple[Any, ...]]:
    """The records of one collection, with what follows from the accounts themselves."""
    name, account, assumed = walk.table.name, members[0].account, list[Any]()
    if name == "assignments":
        records = _assignments(reading, walk, position, accounts, members)
    else:
        records = walk.take(position, gaps)
    if name == "locations":
        assumed = [Location(id=m.account.id, name=m.account.name) for m in members]
        assumed = assumed if reading.taken.single_location else assumed[1:]
    elif name == "buyers" and reading.taken.single_buyer:
        assumed = [_buyer(reading, m.account, is_top=m is members[0]) for m in members]
    if ("accounts", account.id, name) in gaps:
        return gaps["accounts", account.id, name]
    told = {record.id for record in records or ()}
    assumed = [record for record in assumed if record.id not in told]
    return walk.absent if records is None and not assumed else (*(records or ()), *assumed)


def _buyer(reading: Reading, account: Account, *, is_top: bool) -> Buyer:
    unknown = Unknown(Why.NOT_CONFIGURED, "a buyer taken for granted")
    at_site = reading.taken.single_location or not is_top
    return Buyer(
        id=account.id,
        name=account.name,
        location_id=account.id if at_site else unknown,
        role=unknown,
        influence=unknown,
    )


def short_assignment(
    accounts: TableReader, account_id: str, values: dict[str, Any], *, always: bool
) -> Assignment | None:
    """What ``manager_id`` and ``assigned_on`` of an account say; ``None`` where nobody holds it."""
    if values.get("manager_id") is None:
        return None
    start = values.get(
        "assigned_on", Unknown(Why.NOT_CONFIGURED, f"column assigned_on of {accounts.canon.where}")
    )
    if always and isinstance(start, Unknown):
        start = ALWAYS
    return Assignment(id=f"{account_id}:{values['manager_id']}", person_id=values["manager_id"], start=start)


def _assignments(
    reading: Reading, walk: _Walk, position: int, accounts: TableReader, members: list[_Member]
) -> list[Assignment] | None:
    """Those of the topmost account, for it is the customer; who else holds one of its sites is noted."""
    top = members[0].account.id
    if walk.reader is not None:
        rows, place = walk.rows(position), walk.reader.place("account_id")
        found = walk.reader.records([row for row in rows if row[place] == top])
        others = [
            (row, walk.reader, record)
            for row in rows
            if row[place] != top
            for record in walk.reader.records([row])
        ]
    elif "manager_id" in accounts.columns:
        always = "owner_since_always" in reading.canon.mapping.assumptions
        each = [(m, accounts.values(m.row)) for m in members]
        short = [
            (m, short_assignment(accounts, m.account.id, values, always=always))
            for m, values in each
            if values
        ]
        found = [record for m, record in short if m is members[0] and record is not None]
        others = [
            (m.row, accounts, record) for m, record in short if m is not members[0] and record is not None
        ]
    else:
        return None
    holders = {record.person_id for record in found}
    for row, reader, record in others:
        if record.person_id not in holders:
            problem = f"{record.person_id!r} holds a site of {top!r}; the customer goes by the topmost account's holder"
            column = "person_id" if "person_id" in reader.columns else "manager_id"
            reader.fields(row).report(column, problem, Effect.NOTED)
    return found
