"""Dossiers out of what was read of a portal: who belongs to whom, account by account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final, TypeVar

from sam_adapters.contract import AdapterError
from sam_adapters.convert import Collector, Fields, decimal, ident
from sam_adapters.faults import NotAvailableError
from sam_adapters.hubspot.mapping import Mapper, Place
from sam_adapters.hubspot.nested import Nested
from sam_adapters.hubspot.plan import in_order
from sam_adapters.hubspot.selling import Deal, Seller, buyer_of, stages
from sam_adapters.hubspot.settings import refusal
from sam_adapters.hubspot.snapshot import Snapshot, Table
from sam_core.book import (
    COLLECTIONS,
    Assignment,
    BuyerRole,
    CompetitorHolding,
    Contract,
    Credit,
    Delivery,
    Dossier,
    Engagement,
    Location,
    ServiceAction,
    SpendEstimate,
    SupportRequest,
    TeamMember,
)
from sam_core.errors import suggestion
from sam_core.values import Maybe, Unknown, Why

__all__ = ["DossierMaker"]

R = TypeVar("R")

_FLAT: Final[dict[str, type[Any]]] = {
    "team": TeamMember,
    "contracts": Contract,
    "competitor_holdings": CompetitorHolding,
    "spend_estimates": SpendEstimate,
    "deliveries": Delivery,
    "service_actions": ServiceAction,
    "support_requests": SupportRequest,
}
"""Collections that custom objects linked to companies fill, one record for one."""


class DossierMaker:
    """Makes the dossiers of one book; what it needs is read when the first of them asks for it.

    Args:
        snapshot: what was read, and reads the rest.
        collector: takes the problems.
    """

    def __init__(self, snapshot: Snapshot, collector: Collector) -> None:
        self._snapshot = snapshot
        self._collector = collector
        self._config = snapshot.config
        self._renamed = 0

    def dossiers(self, wanted: frozenset[str]) -> Iterator[Dossier]:
        """The dossiers, in order of number, with the collections wanted."""
        makers = {name: self._maker(name) for name in sorted(wanted)}
        while len(self._companies.found.now) > self._renamed:  # companies were merged while this was read
            self._renamed = len(self._companies.found.now)
            makers = {name: self._maker(name) for name in sorted(wanted)}
        filled = {name: maker for name, maker in makers.items() if not isinstance(maker, Unknown)}
        gaps = {name: maker for name, maker in makers.items() if isinstance(maker, Unknown)}
        mapper = self._mapper
        for company in mapper.accounts():
            account = mapper.account(company)
            if account is not None:
                yield Dossier(
                    account=account, **gaps, **{name: make(company) for name, make in filled.items()}
                )

    def _maker(self, name: str) -> Callable[[str], Maybe[tuple[Any, ...]]] | Unknown:
        if name in _FLAT:
            return self._flat(name, _FLAT[name])
        if name not in self._makers:
            raise AdapterError(f"a dossier has no collection {name!r}{suggestion(name, COLLECTIONS)}")
        return self._makers[name]()

    @cached_property
    def _makers(self) -> dict[str, Callable[[], Callable[[str], Maybe[tuple[Any, ...]]] | Unknown]]:
        return {
            "locations": self._locations,
            "assignments": self._assignments,
            "buyers": self._buyers,
            "opportunities": self._opportunities,
            "sale_lines": self._sale_lines,
            "cases": self._cases,
            "meetings": self._meetings,
            "readings": self._readings,
            "plans": self._plans,
            "handovers": self._handovers,
        }

    @cached_property
    def _companies(self) -> Table:
        return self._snapshot.companies()

    @property
    def _mapper(self) -> Mapper:
        return Mapper(self._snapshot.settings, self._collector, self._companies)

    def _by_account(self, table: Table) -> dict[str, list[tuple[str, Place]]]:
        """The records of each account with their places."""
        found: dict[str, list[tuple[str, Place]]] = {}
        for record_id, places in self._mapper.places(table).items():
            for place in places:
                found.setdefault(place.account, []).append((record_id, place))
        for records in found.values():
            records.sort(key=lambda pair: (len(pair[0]), pair[0]))
        return found

    def _each(self, table: Table, make: Callable[[str, Place], R | None]) -> Callable[[str], tuple[R, ...]]:
        mine = self._by_account(table)
        return lambda account: tuple(
            made for record_id, place in mine.get(account, ()) if (made := make(record_id, place)) is not None
        )

    def _flat(self, name: str, record: type[Any]) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table = self._snapshot.table(name)
        if isinstance(table, Unknown):
            return table
        mapper = self._mapper
        return self._each(table, lambda record_id, _: mapper.flat(record, table, record_id))

    def _targets(self, table: Table, to: str) -> dict[str, dict[str, tuple[Any, ...]]] | Unknown:
        """What each record is linked to, by the targets' ids of today."""
        target = self._snapshot.table(to)
        if isinstance(target, Unknown):
            return target
        try:
            links = self._snapshot.links(table, target.spec.object)
        except NotAvailableError as error:
            return refusal(target.spec, error)
        return {
            table.now(record_id): {target.now(i): types for i, types in found.items()}
            for record_id, found in links.items()
        }

    # -- customers -------------------------------------------------------------------------------

    def _locations(self) -> Callable[[str], tuple[Location, ...]] | Unknown:
        if self._config.objects["locations"].read:
            return self._flat("locations", Location)
        mapper = self._mapper
        return lambda account: tuple(mapper.locations(account))

    def _assignments(self) -> Callable[[str], tuple[Assignment, ...]] | Unknown:
        if self._config.objects["assignments"].read:
            return self._flat("assignments", Assignment)
        mapper = self._mapper
        return lambda account: tuple(mapper.assignments(account))

    def _buyers(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table = self._snapshot.table("contacts")
        if isinstance(table, Unknown):
            return table
        mapper, labels = self._mapper, self._labels(table)
        return self._each(
            table, lambda record_id, place: mapper.buyer(table, record_id, place, labels.get(record_id, ()))
        )

    def _labels(self, table: Table) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for targets in table.under(self._companies).values():
            for record_id, types in targets.items():
                found.setdefault(record_id, []).extend(link.label for link in types if link.label)
        return {record_id: tuple(labels) for record_id, labels in found.items()}

    # -- selling ---------------------------------------------------------------------------------

    def _seller(self) -> Seller | Unknown:
        deals, lines = self._snapshot.table("deals"), self._snapshot.table("lines")
        if isinstance(deals, Unknown):
            return deals
        settings = self._snapshot.settings
        home = str(settings.account()["companyCurrency"])
        foreign = any(
            (record.get(table.spec.fields.get("currency", "")) or home).upper() != settings.currency
            for table in (deals, lines)
            if isinstance(table, Table)
            for record in table.records.values()
        )
        return Seller(
            self._mapper,
            deals,
            settings.rates(fetch=foreign),
            home,
            stages(settings.pipelines(deals.spec.object)),
            frozenset(self._config.objects["lines"].fields),
        )

    def _deals(self, seller: Seller) -> Callable[[str, Place], Deal]:
        """What puts together all that belongs to a deal."""
        table, mapper, buyers = self._snapshot.table("lines"), self._mapper, self._buyers_of(seller)
        below = {} if isinstance(table, Unknown) else table.under(seller.deals)

        def lines(deal: str) -> Maybe[tuple[Fields, ...]]:
            if isinstance(table, Unknown):
                return table
            return tuple(mapper.fields(table, line) for line in in_order(below.get(deal, {})))

        return lambda deal, place: Deal(id=deal, place=place, buyer=buyers(deal), lines=lines(deal))

    def _buyers_of(self, seller: Seller) -> Callable[[str], Maybe[str]]:
        targets = self._targets(seller.deals, "contacts")
        if isinstance(targets, Unknown):
            return lambda _: targets
        roles = self._config.values["buyer_role"]
        deciding = {word for word, role in roles.items() if role == BuyerRole.DECISION_MAKER.value}
        return lambda deal: buyer_of(targets.get(deal, {}), deciding)

    def _opportunities(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        seller = self._seller()
        if isinstance(seller, Unknown):
            return seller
        whole = self._deals(seller)
        engaged = self._nested.under("engagements", seller.deals, Engagement)
        return self._each(
            seller.deals,
            lambda deal, place: (
                None if seller.is_order(deal) else seller.opportunity(whole(deal, place), engaged(deal))
            ),
        )

    def _sale_lines(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        seller = self._seller()
        if isinstance(seller, Unknown):
            return seller
        lines = self._snapshot.table("lines")
        if isinstance(lines, Unknown):
            return lines
        whole, shares = self._deals(seller), self._credits(lines)
        mine = self._by_account(seller.deals)
        return lambda account: tuple(
            sale
            for deal, place in mine.get(account, ())
            if self._config.sold or seller.is_order(deal)
            for sale in seller.sales(whole(deal, place), shares)
        )

    def _credits(self, lines: Table) -> dict[str, tuple[Credit, ...]]:
        """How deals are shared out by HubSpot's splits, and lines by a custom object."""
        shares: dict[str, tuple[Credit, ...]] = {}

        def make(fields: Fields) -> Credit:
            share = fields.required("hs_deal_split_percentage", decimal)
            return Credit(person_id=fields.required("hubspot_owner_id", ident), share=share)

        for deal, parts in self._snapshot.splits().items():
            made = [Fields(part, "deal_splits", deal, self._collector).make(make) for part in parts]
            shares[deal] = tuple(credit for credit in made if credit is not None)
        of_line = self._nested.under("credits", lines, Credit)
        for line in lines.records:
            own = of_line(line)
            if not isinstance(own, Unknown) and own:
                shares[line] = own
        return shares

    # -- service ---------------------------------------------------------------------------------

    def _cases(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table = self._snapshot.table("tickets")
        if isinstance(table, Unknown):
            return table
        mapper = self._mapper
        contacts = self._targets(table, "contacts") if self._config.ticket_contacts else {}

        def make(ticket: str, place: Place) -> Any:
            linked = {} if isinstance(contacts, Unknown) else contacts.get(ticket, {})
            return mapper.case(table, ticket, place, next(iter(in_order(linked)), None))

        return self._each(table, make)

    def _meetings(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table, calls = self._snapshot.table("meetings"), self._snapshot.table("calls")
        if isinstance(table, Unknown):
            return table
        made = [self._meetings_of(t) for t in (table, calls) if isinstance(t, Table)]
        return lambda account: tuple(meeting for make in made for meeting in make(account))

    def _meetings_of(self, table: Table) -> Callable[[str], tuple[Any, ...]]:
        mapper, contacts = self._mapper, self._targets(table, "contacts")

        def make(record_id: str, place: Place) -> Any:
            met = contacts if isinstance(contacts, Unknown) else tuple(in_order(contacts.get(record_id, {})))
            return mapper.meeting(table, record_id, place, met)

        return self._each(table, make)

    def _readings(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        """Through the contact who answered, else through the ticket it was about."""
        table, contacts = self._snapshot.table("readings"), self._snapshot.table("contacts")
        if isinstance(table, Unknown):
            return table
        if isinstance(contacts, Unknown):
            return contacts
        tickets = self._snapshot.table("tickets")
        if isinstance(tickets, Unknown) and self._config.objects["tickets"].read:
            return tickets  # some answers are known by their ticket only
        mapper = self._mapper
        respondents: dict[str, tuple[str, Maybe[str]]] = {}
        for parent in (tickets, contacts):
            if isinstance(parent, Unknown):
                continue
            places = mapper.places(parent)
            answers = table.under(parent, self._snapshot.links(parent, table.spec.object))
            for record_id, found in answers.items():
                for answer in found if places.get(record_id) else ():
                    blank = Unknown(Why.BLANK, f"{table.spec.object} to contacts")
                    whose = record_id if parent is contacts else blank
                    respondents[answer] = (places[record_id][0].account, whose)
        mine: dict[str, list[str]] = {}
        for answer in in_order(respondents):
            mine.setdefault(respondents[answer][0], []).append(answer)
        return lambda account: tuple(
            made
            for answer in mine.get(account, ())
            if (made := mapper.reading(table, answer, respondents[answer][1])) is not None
        )

    # -- plans and hand-overs --------------------------------------------------------------------

    @property
    def _nested(self) -> Nested:
        return Nested(self._snapshot, self._mapper)

    def _plans(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table = self._snapshot.table("plans")
        if isinstance(table, Unknown):
            return table
        make = self._nested.plan(table)
        return self._each(table, lambda record_id, _: make(record_id))

    def _handovers(self) -> Callable[[str], tuple[Any, ...]] | Unknown:
        table = self._snapshot.table("handovers")
        if isinstance(table, Unknown):
            return table
        make = self._nested.handover(table)
        return self._each(table, lambda record_id, _: make(record_id))
