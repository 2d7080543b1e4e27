"""From rows to dossiers: pure, and as often as asked for. No call to the org is made from here on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from attrs import define, field

from sam_adapters.contract import Effect
from sam_adapters.convert import UnreadableError, day
from sam_adapters.salesforce.hierarchy import Hierarchy
from sam_adapters.salesforce.records import Builder, Row, truth
from sam_adapters.salesforce.rows import Rows
from sam_adapters.salesforce.selling import Customer, Selling
from sam_core.book import (
    Account,
    AccountPlan,
    Assignment,
    Buyer,
    BuyerRole,
    Case,
    ChecklistItem,
    CompetitorHolding,
    Contract,
    Delivery,
    Dossier,
    Handover,
    HandoverState,
    HandoverStep,
    Initiative,
    Investment,
    Location,
    Meeting,
    MeetingMode,
    Need,
    PlanAction,
    PlanningSession,
    PlanTarget,
    SatisfactionReading,
    ServiceAction,
    SpendEstimate,
    SupportRequest,
    TeamMember,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = ["DossierMapper"]

_WEIGHT: Final = (
    BuyerRole.DECISION_MAKER,
    BuyerRole.CHAMPION,
    BuyerRole.BLOCKER,
    BuyerRole.USER,
    BuyerRole.OTHER,
)
"""Of several roles one contact has had, the first of these counts."""

_QUEUE: Final = "00G"
"""How the id of a queue begins; no person works under it."""

_STEPS: Final[Mapping[str, HandoverState]] = {
    "won_on": HandoverState.WON,
    "kicked_off_on": HandoverState.KICKED_OFF,
    "implementing_on": HandoverState.IMPLEMENTING,
    "live_on": HandoverState.LIVE,
    "transferred_on": HandoverState.TRANSFERRED,
}


@define
class DossierMapper:
    """Maps one customer after another.

    Attributes:
        rows: what was read.
        build: builds records and takes problems.
        tree: who is one customer.
        gaps: why a collection is not provided, by its name.
        sold, own_location: as configured.
    """

    rows: Rows
    build: Builder
    tree: Hierarchy
    gaps: Mapping[str, Unknown]
    sold: str = "opportunities"
    own_location: str = "auto"
    _selling: Selling = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._selling = Selling(self.rows, self.build, self.sold)

    def dossier(self, customer_id: str, wanted: frozenset[str]) -> Dossier | None:
        """One customer with the collections wanted; ``None`` where its account had to be left out."""
        row = self.tree.rows[customer_id]
        account = self.build.build(Account, self.rows.sources["accounts"], row)
        if account is None:
            return None
        accounts = self.tree.members[customer_id]
        places = frozenset(a for a in accounts if self._is_place(a, accounts))
        buyers: Maybe[tuple[Buyer, ...]] = self.gaps.get("buyers", ())
        if not isinstance(buyers, Unknown):
            buyers = self._buyers(accounts, places)
        known = frozenset() if isinstance(buyers, Unknown) else frozenset(buyer.id for buyer in buyers)
        customer = Customer(accounts, places, known)
        makers: dict[str, Callable[[], Iterable[Any]]] = {
            "locations": lambda: self._locations(customer),
            "buyers": lambda: () if isinstance(buyers, Unknown) else buyers,
            "assignments": lambda: self._assignments(row, accounts),
            "team": lambda: self._each(TeamMember, "team", accounts),
            "sale_lines": lambda: self._selling.sale_lines(customer),
            "opportunities": lambda: self._selling.opportunities(customer),
            "contracts": lambda: self._dated(Contract, "contracts", customer, "start"),
            "competitor_holdings": lambda: self._holdings(customer),
            "spend_estimates": lambda: self._dated(SpendEstimate, "spend_estimates", customer, "on"),
            "plans": lambda: self._plans(accounts),
            "cases": lambda: self._cases(customer),
            "deliveries": lambda: self._each(Delivery, "deliveries", accounts),
            "readings": lambda: self._each(SatisfactionReading, "readings", accounts),
            "service_actions": lambda: self._each(ServiceAction, "service_actions", accounts),
            "meetings": lambda: self._meetings(customer),
            "handovers": lambda: self._handovers(accounts),
            "support_requests": lambda: self._each(SupportRequest, "support_requests", accounts),
        }
        made: dict[str, Any] = {}
        for name, make in makers.items():
            if name in self.gaps:
                made[name] = self.gaps[name]
            elif name in wanted:
                made[name] = tuple(make())
        return Dossier(account=account, **made)

    def _each(self, record: type[Any], key: str, accounts: tuple[str, ...]) -> list[Any]:
        source = self.rows.sources[key]
        made = (self.build.build(record, source, row) for row in self.rows.of(key, accounts))
        return [item for item in made if item is not None]

    def _dated(self, record: type[Any], key: str, customer: Customer, name: str) -> list[Any]:
        """Records with money in them, converted at the rate of their own day."""
        source, made = self.rows.sources[key], []
        for row in self.rows.of(key, customer.accounts):
            given: dict[str, Any] = {}
            if (
                key == "contracts"
                and "location_id" not in source.spec.fields
                and row.get("account") in customer.places
            ):
                given["location_id"] = row["account"]
            made.append(self.build.build(record, source, row, rate_day=_day(row.get(name)), **given))
        return [item for item in made if item is not None]

    def _is_place(self, account_id: str, accounts: tuple[str, ...]) -> bool:
        if self.rows.has("locations"):
            return False
        if account_id != accounts[0] or self.own_location == "always":
            return True
        if self.own_location == "never":
            return False
        row = self.tree.rows[account_id]
        parts = (
            row.get(f"{kind}_{part}")
            for kind in ("shipping", "billing")
            for part in ("street", "city", "country")
        )
        return len(accounts) == 1 or any(parts)

    def _locations(self, customer: Customer) -> list[Location]:
        if self.rows.has("locations"):
            return self._each(Location, "locations", customer.accounts)
        source, made = self.rows.sources["accounts"], []
        for account_id in customer.accounts:
            if account_id in customer.places:
                row = self.tree.rows[account_id]
                kind = (
                    "shipping"
                    if any(row.get(f"shipping_{p}") for p in ("street", "city", "country"))
                    else "billing"
                )
                given = {"city": row.get(f"{kind}_city"), "country": row.get(f"{kind}_country")}
                made.append(self.build.build(Location, source, row, **given))
        return [item for item in made if item is not None]

    def _buyers(self, accounts: tuple[str, ...], places: frozenset[str]) -> tuple[Buyer, ...]:
        source, related = self.rows.sources["contacts"], self.rows.sources["account_contacts"]
        relations = list(self.rows.of("account_contacts", accounts))
        left: dict[str, date] = {}
        for relation in relations:
            if not truth(relation.get("active", True)) and (end := _day(relation.get("end"))):
                left[relation["contact_id"]] = end
        rows: dict[str, tuple[Any, Row]] = {
            row["id"]: (source, row) for row in self.rows.of("contacts", accounts)
        }
        for relation in relations:
            if relation["contact_id"] and relation["contact_id"] not in rows:
                rows[relation["contact_id"]] = (related, {**relation, "id": relation["contact_id"]})
        made = []
        for contact_id, (origin, row) in rows.items():
            given: dict[str, Any] = {}
            if "role" not in source.spec.fields:
                given["role"] = self._role(contact_id, relations)
            if "location_id" not in source.spec.fields:
                given["location_id"] = row.get("account") if row.get("account") in places else None
            if "left_on" not in source.spec.fields and contact_id in left:
                given["left_on"] = left[contact_id]
            made.append(self.build.build(Buyer, origin, row, **given))
        made += [self._person(a, places) for a in accounts if self._is_person(a) not in (None, *rows)]
        return tuple(buyer for buyer in made if buyer is not None)

    def _is_person(self, account_id: str) -> str | None:
        """The contact of a person account; ``None`` where it is a company."""
        row = self.tree.rows[account_id]
        return row.get("person_contact_id") if truth(row.get("is_person")) else None

    def _person(self, account_id: str, places: frozenset[str]) -> Buyer | None:
        row = self.tree.rows[account_id]
        none = Unknown(Why.BLANK, "a person account: no contact record of its own")
        return self.build.build(
            Buyer,
            self.rows.sources["accounts"],
            row,
            id=row["person_contact_id"],
            title=row.get("person_title"),
            role=none,
            influence=none,
            location_id=account_id if account_id in places else None,
        )

    def _role(self, contact_id: str, relations: list[Row]) -> Maybe[BuyerRole]:
        roles, relation_source = self.rows.sources["contact_roles"], self.rows.sources["account_contacts"]
        found: list[Any] = [
            self.build.choice(BuyerRole, roles, row, "role", row["role"])
            for row in self.rows.by("contact_roles", "contact_id", contact_id)
            if row.get("role")
        ]
        for row in relations:
            if row["contact_id"] == contact_id and row.get("roles"):
                found += [
                    self.build.choice(BuyerRole, relation_source, row, "roles", word)
                    for word in row["roles"].split(";")
                ]
        known: list[BuyerRole] = [role for role in found if not isinstance(role, Unknown)]
        if known:
            return min(known, key=_WEIGHT.index)
        if found:
            unknown: Unknown = found[0]
            return unknown
        return (
            Unknown(Why.BLANK, "OpportunityContactRole.Role")
            if self.rows.has("contact_roles")
            else self.rows.gap("contact_roles")
        )

    def assignments(self, customer_id: str) -> list[Assignment]:
        """Who holds and held a customer."""
        return self._assignments(self.tree.rows[customer_id], self.tree.members[customer_id])

    def _assignments(self, row: Row, accounts: tuple[str, ...]) -> list[Assignment]:
        if self.rows.has("assignments"):
            return self._each(Assignment, "assignments", accounts)
        owner, account_id = str(row.get("owner_id") or ""), row["id"]
        changes = sorted(
            (
                change
                for change in self.rows.by("owner_history", "account", account_id)
                if _is_user(change.get("new"))
            ),
            key=lambda change: (str(change["on"]), change["id"]),
        )
        spells: list[tuple[str, Any, Any]] = []
        for place, change in enumerate(changes):
            on = day(change["on"])
            if place == 0 and _is_user(change.get("old")):
                spells.append(
                    (change["old"], Unknown(Why.BLANK, "AccountHistory: before its first entry"), on)
                )
            elif spells:
                spells[-1] = (*spells[-1][:2], on)
            spells.append((change["new"], on, None))
        if not spells or spells[-1][0] != owner:
            since = Unknown(Why.BLANK, "AccountHistory: when the owner took it over")
            if not self.rows.has("owner_history"):
                since = self.rows.gap("owner_history")
            spells = [*spells[:-1], (owner, since, None)]
        source = self.rows.sources["accounts"]
        made = (
            self.build.build(
                Assignment,
                source,
                {**row, "id": f"{account_id}-{number}"},
                person_id=person,
                start=start,
                end=end,
            )
            for number, (person, start, end) in enumerate(spells)
        )
        return [item for item in made if item is not None]

    def _holdings(self, customer: Customer) -> list[CompetitorHolding]:
        if self.rows.has("competitor_holdings"):
            return self._each(CompetitorHolding, "competitor_holdings", customer.accounts)
        source, made = self.rows.sources["assets"], []
        for row in self.rows.of("assets", customer.accounts):
            if truth(row.get("competitor")):
                place = row.get("account")
                made.append(
                    self.build.build(
                        CompetitorHolding,
                        source,
                        row,
                        competitor=row.get("name"),
                        location_id=place if place in customer.places else None,
                    )
                )
        return [item for item in made if item is not None]

    def _cases(self, customer: Customer) -> list[Case]:
        source, made = self.rows.sources["cases"], []
        for row in self.rows.of("cases", customer.accounts):
            given: dict[str, Any] = {}
            if str(row.get("service_rep_id") or "").startswith(_QUEUE):
                given["service_rep_id"] = None
            if "location_id" not in source.spec.fields and row.get("account") in customer.places:
                given["location_id"] = row["account"]
            made.append(self.build.build(Case, source, row, **given))
        return [item for item in made if item is not None]

    def _meetings(self, customer: Customer) -> list[Meeting]:
        made = []
        for key in ("events", "calls"):
            source = self.rows.sources[key]
            for row in self.rows.of(key, customer.accounts):
                given: dict[str, Any] = {} if key == "events" else {"mode": MeetingMode.PHONE}
                if not row.get("held_at") and (on := _day(row.get("all_day_on"))):
                    given["held_at"] = datetime.combine(on, time(), UTC)
                if "our_ids" not in source.spec.fields and row.get("our_id"):
                    given["our_ids"] = (row["our_id"],)
                if "buyer_ids" not in source.spec.fields and row.get("who_id") in customer.buyers:
                    given["buyer_ids"] = (row["who_id"],)
                if "location_id" not in source.spec.fields and row.get("account") in customer.places:
                    given["location_id"] = row["account"]
                made.append(self.build.build(Meeting, source, row, **given))
        return [item for item in made if item is not None]

    def _plans(self, accounts: tuple[str, ...]) -> list[AccountPlan]:
        source, made = self.rows.sources["plans"], []
        for row in self.rows.of("plans", accounts):
            parts: dict[str, Any] = {
                "sessions": self._parts(PlanningSession, "sessions", "plan_id", row),
                "needs": self._parts(Need, "needs", "plan_id", row),
                "targets": self._parts(PlanTarget, "plan_targets", "plan_id", row),
                "initiatives": self._parts(Initiative, "initiatives", "plan_id", row, self._initiative),
            }
            made.append(self.build.build(AccountPlan, source, row, **parts))
        return [item for item in made if item is not None]

    def _parts(
        self,
        record: type[Any],
        key: str,
        link: str,
        owner: Row,
        more: Callable[[Row], dict[str, Any]] | None = None,
    ) -> Maybe[tuple[Any, ...]]:
        """The records of a part that belong to one owner; why there are none to read, where there are not."""
        if not self.rows.has(key):
            return self.rows.gap(key)
        source = self.rows.sources[key]
        made = (
            self.build.build(record, source, row, **(more(row) if more else {}))
            for row in self.rows.by(key, link, owner["id"])
        )
        return tuple(item for item in made if item is not None)

    def _initiative(self, row: Row) -> dict[str, Any]:
        given: dict[str, Any] = {"actions": self._parts(PlanAction, "actions", "initiative_id", row)}
        source = self.rows.sources["initiatives"]
        for name in ("investment_company", "investment_customer"):
            if (gap := source.lacks(name)) is not None:
                return {**given, "investment": gap}
        company = self.build.number(source, row, "investment_company")
        customer = self.build.number(source, row, "investment_customer")
        given["investment"] = None
        if company is not None and customer is not None:
            sides = [
                self.build.money(source, row, "investment", amount, None) for amount in (company, customer)
            ]
            unknown = next((side for side in sides if isinstance(side, Unknown)), None)
            given["investment"] = (
                self.build.build(Investment, source, row, company=sides[0], customer=sides[1])
                if unknown is None
                else unknown
            )
        return given

    def _handovers(self, accounts: tuple[str, ...]) -> list[Handover]:
        source, made = self.rows.sources["handovers"], []
        for row in self.rows.of("handovers", accounts):
            steps = []
            for name, state in _STEPS.items():
                if not row.get(name):
                    continue
                if (on := _day(row[name])) is not None:
                    steps.append(HandoverStep(state=state, on=on))
                else:
                    self.build.tell(source, row, name, "this is not a day", Effect.VALUE_UNKNOWN)
            checklist = self._parts(ChecklistItem, "checklist", "handover_id", row)
            made.append(self.build.build(Handover, source, row, steps=tuple(steps), checklist=checklist))
        return [item for item in made if item is not None]


def _day(value: Any) -> date | None:
    try:
        return day(value) if value else None
    except UnreadableError:
        return None


def _is_user(value: Any) -> bool:
    """Each change of owner is kept twice, once by name and once by id; the id is what counts."""
    return isinstance(value, str) and len(value) in (15, 18) and value.isalnum()
