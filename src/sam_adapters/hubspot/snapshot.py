"""What was read of a portal for one book, each part once, when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from attrs import define, field

from sam_adapters.contract import Effect, MappingProblem, SourceError
from sam_adapters.convert import Collector, Fields, choice
from sam_adapters.faults import NotAvailableError
from sam_adapters.hubspot.config import HubSpotConfig
from sam_adapters.hubspot.objects import CHILD_COMPANY, ObjectSpec
from sam_adapters.hubspot.reader import Found, Link, Links, Reader
from sam_adapters.hubspot.records import day
from sam_adapters.hubspot.settings import Settings
from sam_core.book import AssignmentRole
from sam_core.values import Period, Unknown, Why

__all__ = ["Snapshot", "Table"]

T = TypeVar("T")

_COUNTED: Final = {
    ("companies", "contacts"): "contacts",
    ("companies", "deals"): "deals",
    ("deals", "contacts"): "contacts",
    ("deals", "line_items"): "line_items",
}
"""Where HubSpot itself counts links, and our name of the count: no links though there should be some."""


@define(eq=False)
class Table:
    """The records of one entry of the map.

    Attributes:
        spec: the entry.
        known: the properties that the portal has.
        found: the records, and what became of those that were not found.
        links: how they were reached: by parent id, then by their own.
    """

    spec: ObjectSpec
    known: frozenset[str]
    found: Found = field(factory=Found)
    links: Links = field(factory=dict)

    @property
    def records(self) -> Mapping[str, Mapping[str, str | None]]:
        """Properties by id."""
        return self.found.records

    def now(self, record_id: str) -> str:
        """The id a record answers to since it was merged."""
        return self.found.now.get(record_id, record_id)

    def under(self, parent: Table, links: Links | None = None) -> dict[str, dict[str, tuple[Link, ...]]]:
        """What belongs to each parent, both under the ids of today; what is lost is left out."""
        found: dict[str, dict[str, tuple[Link, ...]]] = {}
        for parent_id, targets in (self.links if links is None else links).items():
            for record_id, types in targets.items():
                if (now := self.now(record_id)) in self.records:
                    mine = found.setdefault(parent.now(parent_id), {})
                    mine[now] = (*mine.get(now, ()), *types)
        return found


@define(eq=False)
class Snapshot:
    """Reads on demand and keeps what it read; asking again makes no calls.

    Attributes:
        settings: the portal's settings, shared by all books.
        collector: takes the problems.
        owner: whose book it is.
        period: the period it is asked for.
    """

    settings: Settings
    collector: Collector
    owner: Mapping[str, Any]
    period: Period
    _kept: dict[Any, Any] = field(factory=dict, init=False, repr=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False, repr=False)

    def _once(self, key: Any, read: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = read()
            kept: T = self._kept[key]
            return kept

    # -- records ---------------------------------------------------------------------------------

    @property
    def reader(self) -> Reader:
        """Reads the portal."""
        return self.settings.reader

    @property
    def config(self) -> HubSpotConfig:
        """What to read."""
        return self.settings.config

    def table(self, key: str) -> Table | Unknown:
        """The records of an entry, or why there are none."""
        return self._once(("table", key), lambda: self._table(self.config.objects[key]))

    def companies(self) -> Table:
        """The companies of the book, without which there is none."""
        return self._once("companies", lambda: self._companies(self.config.objects["companies"]))

    def _table(self, spec: ObjectSpec) -> Table | Unknown:
        if not spec.read:
            return Unknown(
                Why.NOT_CONFIGURED, f"hubspot.objects.{spec.key}: name its object in the mapping file"
            )
        if spec.key == "companies":
            return self.companies()
        parent = self.table(spec.via) if spec.via else None
        if isinstance(parent, Unknown):
            return parent
        try:
            table = Table(spec, self.settings.properties(spec.object))
            wanted = self.wanted(table)
            if parent is not None:
                self._linked(table, parent, wanted)
            elif spec.person and spec.person not in table.known:
                return Unknown(
                    Why.NOT_CONFIGURED, f"{spec.object}: it has no property {spec.person}; name the owner's"
                )
            elif spec.person:
                table.found = self._of_person(spec, wanted)
            else:
                table.found = self.reader.whole(spec.object, wanted)
        except NotAvailableError as error:
            return self.settings.refuse(spec, error)
        self._report_lost(table)
        return table

    def wanted(self, table: Table) -> list[str]:
        """The properties to ask for: those of the map that the portal has."""
        names = list(table.spec.properties)
        if table.spec.key == "deals" and self.config.stage_history:
            stages = [stage["id"] for p in self.settings.pipelines("deals") for stage in p["stages"]]
            names += [f"hs_v2_date_{how}_{stage}" for stage in stages for how in ("entered", "exited")]
        return [name for name in names if name in table.known]

    def _linked(self, table: Table, parent: Table, wanted: list[str]) -> None:
        table.links = self.links(parent, table.spec.object)
        if table.spec.key == "readings" and not isinstance(tickets := self.table("tickets"), Unknown):
            extra = self.links(tickets, table.spec.object)
            table.found = self.reader.linked(table.spec.object, "", {**table.links, **extra}, wanted)
        else:
            table.found = self.reader.linked(table.spec.object, parent.spec.object, table.links, wanted)

    def links(self, table: Table, to: str) -> Links:
        """What a table's records are linked to; where HubSpot counts links and sends none, they are looked for."""
        return self._once(("links", table.spec.key, to), lambda: self._links(table, to))

    def _links(self, table: Table, to: str) -> Links:
        links = self.reader.links(table.spec.object, table.records, to)
        count = table.spec.fields.get(_COUNTED.get((table.spec.key, to), ""), "")
        doubtful = [i for i in table.records if not links.get(i) and _positive(table.records[i].get(count))]
        if doubtful:  # merged since it was read: its links went over to another id
            again = self.reader.records(table.spec.object, doubtful, self.wanted(table))
            table.found.add(Found(again.records, again.now))
            if survivors := set(again.now.values()):
                links.update(self.reader.links(table.spec.object, survivors, to))
                self._relink(table, survivors, to)
        return links

    def _relink(self, table: Table, survivors: set[str], done: str) -> None:
        """Look for the other links of what was merged, too, and read what is new behind them."""
        earlier = [key[2] for key in self._kept if key[:2] == ("links", table.spec.key) and key[2] != done]
        for to in earlier:
            fresh = self.reader.links(table.spec.object, survivors, to)
            self._kept["links", table.spec.key, to].update(fresh)
            below = self._kept.get(
                ("table", next((k for k, s in self.config.objects.items() if s.object == to), ""))
            )
            if isinstance(below, Table) and below.spec.via == table.spec.key:
                unread = (
                    {i for found in fresh.values() for i in found} - set(below.records) - set(below.found.now)
                )
                below.found.add(self.reader.records(to, unread, self.wanted(below)) if unread else Found())

    def splits(self) -> dict[str, list[Mapping[str, str]]]:
        """How deals are shared out among our people; nothing where that is not switched on."""
        spec, deals = self.config.objects["splits"], self.table("deals")
        if not spec.read or isinstance(deals, Unknown):
            return {}

        def read() -> dict[str, list[Mapping[str, str]]]:
            try:
                return self.reader.splits(deals.records)
            except NotAvailableError as error:
                self.settings.refuse(spec, error)
                return {}

        return self._once("splits", read)

    def _companies(self, spec: ObjectSpec) -> Table:
        """The manager's companies, and the child companies below them whoever owns those."""
        table = Table(spec, self.settings.properties(spec.object))
        wanted = self.wanted(table)
        own = (
            self._assigned(table, wanted)
            if self.config.objects["assignments"].read
            else self._owned(table, wanted)
        )
        table.found.add(own)
        parent_of, count = spec.fields.get("parent_id", ""), spec.fields.get("children", "")
        level = dict(table.records)
        while level:
            seen = dict.fromkeys(level, 0)
            for record_id, record in table.records.items():
                above = record.get(parent_of)
                if above in seen and above != record_id:
                    seen[above] += 1
                    table.links.setdefault(above, {}).setdefault(record_id, (Link(CHILD_COMPANY),))
            unseen = [i for i in level if str(level[i].get(count)) != str(seen[i])]
            children: Links = {
                above: {
                    i: types for i, types in targets.items() if any(t.type_id == CHILD_COMPANY for t in types)
                }
                for above, targets in (
                    self.reader.links(spec.object, unseen, spec.object) if unseen else {}
                ).items()
            }
            for above, targets in children.items():
                table.links.setdefault(above, {}).update(targets)
            new = {i for targets in children.values() for i in targets} - set(table.records)
            below = self.reader.records(spec.object, new, wanted) if new else Found()
            level = {i: r for i, r in below.records.items() if i not in table.records}
            table.found.add(below)
        self.reader.client.policy.ledger.count_rows(spec.object, len(table.records))
        self._report_lost(table)
        return table

    def _owned(self, table: Table, wanted: list[str]) -> Found:
        """Whom the manager owns today."""
        name = self.config.owner_property
        if name not in table.known:
            raise SourceError(f"hubspot: companies have no property {name!r} that could name an owner")
        mine = [{"propertyName": name, "operator": "EQ", "value": self.owner["id"]}]
        rows = self.reader.search(table.spec.object, mine, wanted)
        return Found({row["id"]: row["properties"] for row in rows})

    def _assigned(self, table: Table, wanted: list[str]) -> Found:
        """Whom the manager was assigned to in the period, by the custom object that keeps assignments."""
        spec = self.config.objects["assignments"]
        person = spec.fields["person_id"]
        mine = [{"propertyName": person, "operator": "EQ", "value": self.owner["id"]}]
        rows = self.reader.search(spec.object, mine, spec.properties)
        held = [row["id"] for row in rows if self._holds(spec, row["properties"])]
        links = self.reader.links(spec.object, held, table.spec.object)
        return self.reader.records(
            table.spec.object, {i for targets in links.values() for i in targets}, wanted
        )

    def _holds(self, spec: ObjectSpec, record: Mapping[str, str | None]) -> bool:
        """An account manager's assignment that overlaps the period; one that cannot be read is kept."""
        fields = Fields(
            {name: record.get(given) for name, given in spec.fields.items()},
            spec.object,
            str(record.get("hs_object_id")),
            form=self.settings.form,
        )
        role = fields.optional("role", choice(AssignmentRole)) or AssignmentRole.ACCOUNT_MANAGER
        start, end = fields.optional("start", day), fields.optional("end", day)
        return (
            role is AssignmentRole.ACCOUNT_MANAGER
            and (start is None or start <= self.period.end)
            and (end is None or end >= self.period.start)
        )

    def _of_person(self, spec: ObjectSpec, wanted: list[str]) -> Found:
        mine = [{"propertyName": spec.person, "operator": "EQ", "value": self.owner["id"]}]
        user, user_id = spec.fields.get("user_id", ""), self.owner.get("userIdIncludingInactive")
        other = [{"propertyName": user, "operator": "EQ", "value": str(user_id)}] if user and user_id else []
        rows = self.reader.search(spec.object, mine, wanted, either=other)
        return Found({row["id"]: row["properties"] for row in rows})

    def _report_lost(self, table: Table) -> None:
        for record_id, why in table.found.lost.items():
            self.collector.report(
                MappingProblem(
                    where=table.spec.object,
                    record=record_id,
                    field="",
                    problem=f"it {why}",
                    effect=Effect.LEFT_OUT,
                )
            )


def _positive(count: object) -> bool:
    text = str(count or "").strip()
    return text.isdecimal() and int(text) > 0
