"""Raw records into core records: customers, people, service. Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from attrs import define, field

from sam_adapters.contract import Effect
from sam_adapters.convert import (
    Collector,
    Fields,
    Format,
    choice,
    decimal,
    ident,
    idents,
    is_blank,
    text,
)
from sam_adapters.hubspot.config import HubSpotConfig
from sam_adapters.hubspot.objects import PRIMARY
from sam_adapters.hubspot.plan import in_order
from sam_adapters.hubspot.reader import Link, Links
from sam_adapters.hubspot.records import build, day, moment
from sam_adapters.hubspot.settings import Settings
from sam_adapters.hubspot.snapshot import Table
from sam_core.book import (
    Account,
    Assignment,
    Buyer,
    BuyerRole,
    Case,
    Location,
    Meeting,
    MeetingMode,
    SatisfactionReading,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Mapper", "Place"]

R = TypeVar("R")

_ROLES = (BuyerRole.DECISION_MAKER, BuyerRole.CHAMPION, BuyerRole.BLOCKER, BuyerRole.USER, BuyerRole.OTHER)


@define
class Place:
    """Where in the book a record belongs.

    Attributes:
        account: the account's id.
        location: the location's id; ``None`` where it is at none in particular.
    """

    account: str
    location: str | None = None


@define(eq=False)
class Mapper:
    """Maps the records of one book.

    Attributes:
        settings: the portal's settings.
        collector: takes the problems.
        companies: the companies of the book.
        parents: the company above each, as far as it is in the book.
        members: the companies of each account, itself among them, in order of number.
    """

    settings: Settings
    collector: Collector
    companies: Table
    form: Format = field(init=False)
    parents: dict[str, str] = field(init=False)
    members: dict[str, list[str]] = field(init=False)
    _places: dict[str, bool] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.form = self.settings.form
        below = self.companies.under(self.companies)
        self.parents = {child: above for above in in_order(below) for child in below[above] if child != above}
        self.members = {}
        for company in in_order(self.companies.records):
            self.members.setdefault(self.root(company), []).append(company)

    @property
    def config(self) -> HubSpotConfig:
        """How the portal is read."""
        return self.settings.config

    def fields(self, table: Table, record_id: str) -> Fields:
        """One raw record by our names."""
        spec, record = table.spec, table.records[record_id]
        raw: dict[str, Any] = {"id": record_id}
        for name, given in spec.fields.items():
            if given.startswith("="):
                raw[name] = given[1:]
            elif given in table.known:
                raw[name] = record.get(given)
        return Fields(
            raw,
            spec.object,
            record_id,
            self.collector,
            self.form,
            missing=lambda name: self.settings.missing(spec, name),
        )

    def word(self, choices: str, said: str) -> str | None:
        """What a word of the portal means; ``None`` where nobody has said."""
        return self.config.values.get(choices, {}).get(said.casefold())

    # -- the customers ---------------------------------------------------------------------------

    def root(self, company: str) -> str:
        """The account a company belongs to: the topmost company above it in the book."""
        seen = {company}
        while (above := self.parents.get(company)) is not None and above not in seen:
            seen.add(above)
            company = above
        return min(seen) if above is not None else company  # a ring has no top; its first member serves

    def accounts(self) -> list[str]:
        """The ids of the accounts, in order of number."""
        return in_order(self.members)

    def account(self, company: str) -> Account | None:
        """One account."""
        return self.fields(self.companies, company).make(lambda fields: build(Account, fields))

    def is_location(self, company: str) -> bool:
        """A child company is one; an account as the mapping says."""
        if company not in self._places:
            self._places[company] = self._is_location(company)
        return self._places[company]

    def _is_location(self, company: str) -> bool:
        if self.root(company) != company or self.config.own_location == "always":
            return True
        fields = self.fields(self.companies, company)
        placed = any(not is_blank(fields.raw.get(name)) for name in ("street", "city", "country"))
        return self.config.own_location == "auto" and (placed or self.members[company] == [company])

    def locations(self, account: str) -> Iterator[Location]:
        """The places of an account."""
        for company in self.members.get(account, ()):
            if self.is_location(company):
                made = self.fields(self.companies, company).make(lambda fields: build(Location, fields))
                if made is not None:
                    yield made

    def assignments(self, account: str) -> Iterator[Assignment]:
        """Today's holder; HubSpot has the day it was assigned, not who held it before."""

        def holder(fields: Fields) -> Assignment | None:
            person = fields.optional("owner_id", ident)
            if person is None:
                return None
            return Assignment(id=f"{account}-owner", person_id=person, start=fields.maybe("assigned_on", day))

        made = self.fields(self.companies, account).make(holder)
        if made is not None:
            yield made

    def places(self, table: Table, links: Links | None = None) -> dict[str, list[Place]]:
        """Where each record belongs: with its primary company, or with all it is linked to (contacts)."""
        linked: dict[str, dict[str, tuple[Link, ...]]] = {}
        for company, targets in table.under(self.companies, links).items():
            for record_id, types in targets.items():
                linked.setdefault(record_id, {})[company] = types
        return {record_id: self._placed(table, record_id, to) for record_id, to in linked.items()}

    def _placed(self, table: Table, record_id: str, to: Mapping[str, tuple[Link, ...]]) -> list[Place]:
        kind = table.spec.object
        primary = [c for c in to if any(link.type_id == PRIMARY.get(kind) for link in to[c])]
        accounts = in_order(self.root(company) for company in to)
        if kind != "contacts":
            if self._elsewhere(table, record_id, primary):
                return []
            if len(accounts) > 1:
                accounts = [
                    self._one_of(accounts, table, record_id, primary or in_order(to)[:1], bool(primary))
                ]
        places = []
        for account in accounts:
            here = [c for c in in_order(to) if self.root(c) == account and self.is_location(c)]
            below = [c for c in here if c != account] or here
            chosen = below if len(below) == 1 else [c for c in below if c in primary]
            places.append(Place(account, chosen[0] if len(chosen) == 1 else None))
        return places

    def _elsewhere(self, table: Table, record_id: str, primary: list[str]) -> bool:
        """True for a deal whose primary company is in somebody else's book."""
        home = table.records[record_id].get(table.spec.fields.get("primary", ""))
        if primary or not home or self.companies.now(home) in self.companies.records:
            return False
        self.fields(table, record_id).report(
            "primary", f"its primary company is {home}, which is not in this book"
        )
        return True

    def _one_of(
        self, accounts: list[str], table: Table, record_id: str, chosen: list[str], sure: bool
    ) -> str:
        """The account of the primary company; where none is primary, the first, and a note."""
        kept = self.root(chosen[0])
        if not sure:
            problem = (
                f"linked to {len(accounts)} accounts, none of them its primary company; counted with {kept}"
            )
            self.fields(table, record_id).report("associations", problem, Effect.NOTED)
        return kept

    # -- the people who buy ----------------------------------------------------------------------

    def buyer(self, table: Table, record_id: str, place: Place, labels: tuple[str, ...]) -> Buyer | None:
        """One contact; its role by its own property, else by the labels of its links."""

        def make(fields: Fields) -> Buyer:
            names = (fields.optional("first", text), fields.optional("last", text))
            name = " ".join(part for part in names if part) or fields.optional("email", text)
            if name is None:
                fields.leave_out("first", "a contact without a name or an e-mail address; give it one")
            more: dict[str, Any] = {"role": self._role(fields, labels)}
            if "location_id" not in fields.raw:
                more["location_id"] = place.location
            return build(Buyer, fields, name=name, **more)

        return self.fields(table, record_id).make(make)

    def _role(self, fields: Fields, labels: tuple[str, ...]) -> Maybe[BuyerRole]:
        said = fields.maybe("role", idents)
        if isinstance(said, Unknown):
            known = [word for label in labels if (word := self.word("buyer_role", label)) is not None]
            if not known:
                return said
        else:
            known = [self.word("buyer_role", word) or word for word in said]
        roles = set()
        for word in known:
            try:
                roles.add(choice(BuyerRole)(word, self.form))
            except ValueError as error:
                fields.report(
                    "role", f"{error}; say what it means in hubspot.values.buyer_role", Effect.VALUE_UNKNOWN
                )
        if not roles:
            return Unknown(Why.UNREADABLE, fields.where + ".role")
        return next(role for role in _ROLES if role in roles)

    # -- service ---------------------------------------------------------------------------------

    def case(self, table: Table, record_id: str, place: Place, buyer: str | None) -> Case | None:
        """One ticket."""
        return self.fields(table, record_id).make(
            lambda fields: build(Case, fields, location_id=place.location, buyer_id=buyer)
        )

    def meeting(
        self, table: Table, record_id: str, place: Place, buyers: Maybe[tuple[str, ...]]
    ) -> Meeting | None:
        """One meeting or call; ``None`` for one that came to nothing."""
        call = table.spec.key == "calls"

        def make(fields: Fields) -> Meeting | None:
            outcome = fields.optional("outcome", text)
            if outcome is not None and self.word("not_held", outcome) is not None:
                return None
            ours = fields.maybe("our_ids", idents) if "our_ids" in fields.raw else ()
            owner = fields.optional("our_id", ident)
            known = () if isinstance(ours, Unknown) else ours
            together = tuple(dict.fromkeys((*known, *((owner,) if owner else ()))))
            mode: Maybe[MeetingMode] = MeetingMode.PHONE if call else self._mode(fields)
            return build(
                Meeting,
                fields,
                held_at=fields.required("held_at", moment),
                mode=mode,
                our_ids=together
                or (ours if isinstance(ours, Unknown) else Unknown(Why.BLANK, f"{fields.where}.our_ids")),
                buyer_ids=buyers,
                location_id=place.location,
            )

        return self.fields(table, record_id).make(make)

    def _mode(self, fields: Fields) -> Maybe[MeetingMode]:
        said = fields.maybe("mode", text)
        if isinstance(said, Unknown):
            return said
        word = self.word("meeting_mode", said)
        if word is None:
            fields.report(
                "mode",
                f"nobody has said how people met by {said!r}; say it in hubspot.values.meeting_mode",
                Effect.VALUE_UNKNOWN,
            )
            return Unknown(Why.UNREADABLE, f"{fields.where}.mode")
        return choice(MeetingMode)(word, self.form)

    def reading(self, table: Table, record_id: str, respondent: Maybe[str]) -> SatisfactionReading | None:
        """One answer; its scale from the record, else from the configured scales, by survey type."""

        def make(fields: Fields) -> SatisfactionReading:
            instrument = fields.required("instrument", text)
            lowest, highest = fields.optional("lowest", decimal), fields.optional("highest", decimal)
            if lowest is None or highest is None:
                scale = self.config.scales.get(instrument)
                if scale is None:
                    fields.leave_out(
                        "instrument", f"nobody has said the scale of {instrument!r}; say it in hubspot.scales"
                    )
                lowest, highest = scale
            given = {} if "respondent_id" in fields.raw else {"respondent_id": respondent}
            return build(SatisfactionReading, fields, lowest=lowest, highest=highest, **given)

        return self.fields(table, record_id).make(make)

    # -- anything flat ---------------------------------------------------------------------------

    def flat(self, record: type[R], table: Table, record_id: str, **given: Any) -> R | None:
        """A record that one raw record fills, as the mapping file says."""
        return self.fields(table, record_id).make(lambda fields: build(record, fields, **given))
