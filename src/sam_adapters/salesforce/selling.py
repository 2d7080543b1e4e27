"""Opportunities and what was sold: who bought, where, and how the credit is shared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from attrs import define, evolve, field

from sam_adapters.contract import Effect
from sam_adapters.convert import UnreadableError, day, is_blank
from sam_adapters.salesforce.records import Builder, Readable, Row, truth
from sam_adapters.salesforce.rows import Rows
from sam_core.book import (
    Credit,
    CreditKind,
    Engagement,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    SaleLine,
    StageStay,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Customer", "Selling"]


@define
class Customer:
    """What the lines of one customer refer to.

    Attributes:
        accounts: its accounts, itself first.
        places: the accounts among them that are locations.
        buyers: ids of its buyers.
    """

    accounts: tuple[str, ...]
    places: frozenset[str]
    buyers: frozenset[str]

    def place(self, source: Readable, row: Row) -> Maybe[str]:
        """Where a row belongs, by its account."""
        account = row.get("account")
        return account if account in self.places else Unknown(Why.BLANK, f"{source.spec.object}: a location")


@define
class Selling:
    """Maps the selling objects of one customer after another."""

    rows: Rows
    build: Builder
    sold: str
    _as_sale: dict[str, Readable] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        amounts = {"lines": "amount", "opportunities": "amount", "assets": "price"}
        self._as_sale = {key: _renamed(self.rows.sources[key], name) for key, name in amounts.items()}

    def opportunities(self, customer: Customer) -> tuple[Opportunity, ...]:
        """Opportunities with their lines, stays and engagements."""
        made = (self._opportunity(row, customer) for row in self.rows.of("opportunities", customer.accounts))
        return tuple(record for record in made if record is not None)

    def sale_lines(self, customer: Customer) -> tuple[SaleLine, ...]:
        """What was sold, by what the configuration counts as sold."""
        if self.sold == "orders":
            return self._ordered(customer)
        return self._assets(customer) if self.sold == "assets" else self._won(customer)

    def _opportunity(self, row: Row, customer: Customer) -> Opportunity | None:
        source = self.rows.sources["opportunities"]
        status = _status(row)
        closed_on = self._day(source, row, "closed_on") if status is not OpportunityStatus.OPEN else None
        opened_on = self._day(source, row, "opened_on")
        if opened_on and closed_on and closed_on < opened_on:
            self.build.tell(
                source,
                row,
                "opened_on",
                "it was created after it was closed, as imported records are; taken as opened on the day it was closed",
                Effect.NOTED,
            )
            opened_on = closed_on
        given: dict[str, Any] = {"status": status, "closed_on": closed_on}
        if opened_on:
            given["opened_on"] = opened_on
        if (probability := self.build.number(source, row, "probability")) is not None:
            given["probability"] = probability / 100
        deal = row["id"]
        rate_day = self._day(source, row, "closes_on") or closed_on
        given["lines"] = self._many("lines", deal, lambda s, r: self._line(s, r, row, customer, rate_day))
        given["engagements"] = self._many(
            "engagements", deal, lambda s, r: self.build.build(Engagement, s, r)
        )
        given["stays"] = self._stays(deal)
        return self.build.build(Opportunity, source, row, rate_day=rate_day, **given)

    def _many(self, key: str, deal: str, make: Any) -> Maybe[tuple[Any, ...]]:
        if not self.rows.has(key):
            return self.rows.gap(key)
        source = self.rows.sources[key]
        found = (make(source, row) for row in self.rows.by(key, "opportunity_id", deal))
        return tuple(record for record in found if record is not None)

    def _stays(self, deal: str) -> Maybe[tuple[StageStay, ...]]:
        source = self.rows.sources["stages"]
        if not self.rows.has("stages"):
            return self.rows.gap("stages")
        steps: list[tuple[date, str, date | None]] = []
        ordered = sorted(
            self.rows.by("stages", "opportunity_id", deal), key=lambda row: (str(row["on"]), row["id"])
        )
        for row in ordered:
            on = self._day(source, row, "on")
            if on and row["stage"] and (not steps or steps[-1][1] != row["stage"]):
                steps.append((on, row["stage"], None))
        if not steps:
            return ()
        ends: list[date | None] = [following[0] for _, following in pairwise(steps)]
        return tuple(
            StageStay(stage=stage, start=start, end=end)
            for (start, stage, _), end in zip(steps, [*ends, None], strict=True)
        )

    def _line(
        self, source: Readable, row: Row, deal: Row, customer: Customer, on: date | None
    ) -> OpportunityLine | None:
        merged = {**row, "currency": row.get("currency") or deal.get("currency")}
        return self.build.build(
            OpportunityLine, source, merged, rate_day=on, **self._who(source, row, deal, customer)
        )

    def _who(self, source: Readable, row: Row, deal: Row, customer: Customer) -> dict[str, Any]:
        """Buyer and location of a line: its own where the map names fields for them, else the opportunity's."""
        given: dict[str, Any] = {}
        if "buyer_id" not in source.spec.fields:
            given["buyer_id"] = self._buyer_of(deal, customer)
        if "location_id" not in source.spec.fields:
            given["location_id"] = customer.place(self.rows.sources["opportunities"], deal)
        return given

    def _buyer_of(self, deal: Row, customer: Customer) -> Maybe[str]:
        """The primary contact role, else the only one, else the opportunity's contact."""
        source = self.rows.sources["contact_roles"]
        roles = [
            row for row in self.rows.by("contact_roles", "opportunity_id", deal["id"]) if row["contact_id"]
        ]
        primary = [row for row in roles if truth(row.get("primary"))]
        chosen = primary[:1] or (roles if len(roles) == 1 else [])
        contact = chosen[0]["contact_id"] if chosen else (deal.get("contact_id") if not roles else None)
        if not contact:
            if source.gap is not None and not deal.get("contact_id"):
                return source.gap
            return Unknown(Why.BLANK, "the opportunity's primary contact role")
        if contact not in customer.buyers:
            self.build.tell(
                source if chosen else self.rows.sources["opportunities"],
                chosen[0] if chosen else deal,
                "contact_id",
                "the contact is deleted, hidden, or of another customer; the buyer is taken as unknown",
                Effect.VALUE_UNKNOWN,
            )
            return Unknown(Why.NOT_PERMITTED, f"{source.spec.object}: the contact")
        return str(contact)

    def _won(self, customer: Customer) -> tuple[SaleLine, ...]:
        made: list[SaleLine | None] = []
        source = self.rows.sources["opportunities"]
        lines = self.rows.sources["lines"]
        for deal in self.rows.of("opportunities", customer.accounts):
            if (
                _status(deal) is not OpportunityStatus.WON
                or (on := self._day(source, deal, "closed_on")) is None
            ):
                continue
            common: dict[str, Any] = {"on": on, "order_id": deal["id"], "credits": self._split(deal["id"])}
            found = self.rows.by("lines", "opportunity_id", deal["id"])
            for row in found:
                who = self._who(lines, row, deal, customer)
                merged = {
                    **row,
                    "revenue": row.get("amount"),
                    "currency": row.get("currency") or deal.get("currency"),
                }
                made.append(
                    self.build.build(SaleLine, self._as_sale["lines"], merged, rate_day=on, **common, **who)
                )
            if not found:
                none = Unknown(Why.BLANK, "OpportunityLineItem: none on the opportunity")
                none = none if self.rows.has("lines") else self.rows.gap("lines")
                who = {
                    "buyer_id": self._buyer_of(deal, customer),
                    "location_id": customer.place(source, deal),
                    "product_id": none,
                    "quantity": none,
                }
                whole = {**deal, "revenue": deal.get("amount")}
                made.append(
                    self.build.build(
                        SaleLine, self._as_sale["opportunities"], whole, rate_day=on, **common, **who
                    )
                )
        return tuple(line for line in made if line is not None)

    def _ordered(self, customer: Customer) -> tuple[SaleLine, ...]:
        source = self.rows.sources["orders"]
        made = []
        for row in self.rows.of("orders", customer.accounts):
            given: dict[str, Any] = {"credits": self._credits(self.rows.by("credits", "line_id", row["id"]))}
            if "location_id" not in source.spec.fields:
                given["location_id"] = customer.place(source, row)
            made.append(
                self.build.build(SaleLine, source, row, rate_day=self._day(source, row, "on"), **given)
            )
        return tuple(line for line in made if line is not None)

    def _assets(self, customer: Customer) -> tuple[SaleLine, ...]:
        source = self.rows.sources["assets"]
        made = []
        for row in self.rows.of("assets", customer.accounts):
            if truth(row.get("competitor")):
                continue
            merged = {**row, "on": row.get("on") or row.get("seen_on"), "revenue": row.get("price")}
            given = (
                {} if "location_id" in source.spec.fields else {"location_id": customer.place(source, row)}
            )
            made.append(
                self.build.build(
                    SaleLine,
                    self._as_sale["assets"],
                    merged,
                    rate_day=self._day(source, merged, "on"),
                    **given,
                )
            )
        return tuple(line for line in made if line is not None)

    def _split(self, deal: str) -> tuple[Credit, ...]:
        rows = self.rows.by("splits", "opportunity_id", deal)
        validated = {row.get("type") for row in rows if truth(row.get("revenue"))}
        if len(validated) > 1:
            self.build.tell(
                self.rows.sources["splits"],
                rows[0],
                "type",
                f"{len(validated)} split types share out the whole of an opportunity; narrow salesforce.objects.splits.where to one",
                Effect.VALUE_UNKNOWN,
            )
            return ()
        return self._credits(
            [
                {
                    **row,
                    "kind": CreditKind.REVENUE.value
                    if truth(row.get("revenue"))
                    else CreditKind.OVERLAY.value,
                }
                for row in rows
            ],
            "splits",
        )

    def _credits(self, rows: list[Row], key: str = "credits") -> tuple[Credit, ...]:
        source = self.rows.sources[key]
        made: list[Credit] = []
        for row in rows:
            percent = self.build.number(source, row, "percent")
            kind = self.build.choice(
                CreditKind, source, row, "kind", row.get("kind") or CreditKind.REVENUE.value
            )
            if percent is None or isinstance(kind, Unknown):
                self.build.tell(
                    source, row, "percent", "a share without a number or a known kind; correct it"
                )
                continue
            credit = self.build.build(Credit, source, row, share=percent / 100, kind=kind)
            made += [credit] if credit is not None else []
        total = sum((c.share for c in made if c.kind is CreditKind.REVENUE), Decimal(0))
        if any(c.kind is CreditKind.REVENUE for c in made) and total != 1:
            self.build.tell(
                source,
                rows[0],
                "percent",
                f"the revenue shares sum to {total * 100} %, not to 100 %; credited to whoever held the account",
                Effect.VALUE_UNKNOWN,
            )
            return ()
        return tuple(made)

    def _day(self, source: Readable, row: Row, name: str) -> date | None:
        if not source.reads(name) or is_blank(source.value(row, name)):
            return None
        try:
            return day(source.value(row, name))
        except UnreadableError:
            return None  # told when the record is built


def _renamed(source: Readable, amount: str) -> Readable:
    """The source with its amount under the name a sale line has for it."""
    fields = {**source.spec.fields, "revenue": source.spec.fields.get(amount, "")}
    return evolve(
        source,
        spec=evolve(source.spec, fields=fields),
        names=source.names | ({"revenue"} if amount in source.names else set()),
    )


def _status(row: Row) -> OpportunityStatus:
    if not truth(row.get("is_closed")):
        return OpportunityStatus.OPEN
    return OpportunityStatus.WON if truth(row.get("is_won")) else OpportunityStatus.LOST
