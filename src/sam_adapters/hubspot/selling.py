"""Deals and their line items into opportunities and sales. Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from attrs import define, evolve, field, frozen

from sam_adapters.contract import Effect
from sam_adapters.convert import ExchangeRates, Fields, UnreadableError, decimal, flag, ident
from sam_adapters.hubspot.mapping import Mapper, Place
from sam_adapters.hubspot.reader import Link
from sam_adapters.hubspot.records import build, day, moment
from sam_adapters.hubspot.snapshot import Table
from sam_core.book import (
    Credit,
    Engagement,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    SaleLine,
    StageStay,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Deal", "Priced", "Seller", "Stage", "buyer_of", "stages"]

_CENT: Final = Decimal("0.01")


@frozen(kw_only=True)
class Stage:
    """One stage of a pipeline.

    Attributes:
        id: its id, unique in the portal's own pipelines.
        label: what people call it.
        closed: a deal in it is decided.
        probability: that a deal in it is won; an Unknown where the pipeline does not say.
    """

    id: str
    label: str
    closed: bool
    probability: Maybe[Decimal]


def stages(pipelines: list[dict[str, Any]]) -> dict[tuple[str, str], Stage]:
    """The stages by pipeline id and stage id."""
    found = {}
    for pipeline in pipelines:
        for stage in pipeline["stages"]:
            said = stage.get("metadata") or {}
            try:
                probability: Maybe[Decimal] = decimal(said.get("probability") or "")
            except UnreadableError:
                probability = Unknown(Why.BLANK, "pipelines.probability")
            found[pipeline["id"], stage["id"]] = Stage(
                id=stage["id"],
                label=stage["label"],
                closed=str(said.get("isClosed", "")).lower() == "true",
                probability=probability,
            )
    return found


def buyer_of(links: Mapping[str, tuple[Link, ...]], deciding: set[str]) -> Maybe[str]:
    """The contact a deal is made with: the one labelled as deciding, the one labelled at all, or the only one.

    Args:
        links: what the deal's links to contacts say, by contact.
        deciding: labels of a decision maker, in lower case.
    """
    if not links:
        return Unknown(Why.BLANK, "deals to contacts: none is linked")
    labels = {
        contact: {link.label.casefold() for link in types if link.label} for contact, types in links.items()
    }
    for candidates in (
        [c for c in labels if labels[c] & deciding],
        [c for c in labels if labels[c]],
        list(labels),
    ):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            break
    return Unknown(
        Why.BLANK, "deals to contacts: several are linked, and no label tells which of them decides"
    )


@frozen(kw_only=True)
class Deal:
    """A deal with what was found around it.

    Attributes:
        id: its id.
        place: where it belongs.
        buyer: with whom it is made.
        lines: its line items; an Unknown where they cannot be read.
    """

    id: str
    place: Place
    buyer: Maybe[str]
    lines: Maybe[tuple[Fields, ...]]


@frozen(kw_only=True)
class Priced:
    """How a deal is priced.

    Attributes:
        on: the day whose rate counts.
        currency: what its amounts are in.
        ratio: what HubSpot converted it at; ``None`` where there is nothing to tell it by.
    """

    on: date
    currency: str
    ratio: Decimal | None


@define(eq=False)
class Seller:
    """Maps the deals of one book.

    Attributes:
        mapper: maps what is around them.
        deals: the deals.
        rates: dated exchange rates.
        home: the portal's company currency.
        stages: the stages by pipeline and stage id.
        own: what line items say themselves, by the mapping file.
    """

    mapper: Mapper
    deals: Table
    rates: ExchangeRates
    home: str
    stages: dict[tuple[str, str], Stage] = field(factory=dict)
    own: frozenset[str] = frozenset()

    # -- money -----------------------------------------------------------------------------------

    def _money(self, fields: Fields, priced: Priced, currency: str) -> Maybe[Decimal]:
        """An amount in the book's currency: as HubSpot itself converted its deal, else at a dated rate."""
        amount = fields.maybe("amount", decimal)
        if isinstance(amount, Unknown) or currency == self.rates.currency:
            return amount
        if priced.ratio is not None and currency == priced.currency:
            return (amount * priced.ratio).quantize(_CENT)
        try:
            converted = self.rates.amount(amount, currency, priced.on)
        except UnreadableError as error:
            converted = Unknown(Why.UNREADABLE, str(error))
        if isinstance(converted, Unknown):
            fields.report(
                "amount", f"{currency} cannot be converted: {converted.where}", Effect.VALUE_UNKNOWN
            )
        return converted

    @staticmethod
    def _currency(fields: Fields, otherwise: str) -> str:
        return (fields.optional("currency", ident) or otherwise).upper()

    def _priced(self, deal: Fields, on: date) -> Priced:
        """How a deal is priced; one that names no currency is in the company currency."""
        amount, home = deal.optional("amount", decimal), deal.optional("home_amount", decimal)
        told = amount and home is not None and self.rates.currency == self.home
        ratio = home / amount if told and amount and home is not None else None
        return Priced(on=on, currency=self._currency(deal, self.home), ratio=ratio)

    # -- opportunities ---------------------------------------------------------------------------

    def status(self, fields: Fields) -> tuple[OpportunityStatus, Stage | None]:
        """Where a deal stands, by its stage; by its own flags where its stage is no more, or is closed and says neither."""
        key = (fields.required("pipeline", ident), fields.required("stage", ident))
        stage = self.stages.get(key)
        if stage is not None and stage.closed and stage.probability in {Decimal(0), Decimal(1)}:
            return (OpportunityStatus.WON if stage.probability == 1 else OpportunityStatus.LOST), stage
        if stage is not None and not stage.closed:
            return OpportunityStatus.OPEN, stage
        if fields.optional("is_won", flag):
            return OpportunityStatus.WON, stage
        closed = stage is not None or fields.optional("is_closed", flag)
        return (OpportunityStatus.LOST if closed else OpportunityStatus.OPEN), stage

    def is_order(self, record_id: str) -> bool:
        """A deal of a pipeline that holds orders, not opportunities."""
        return (
            self.deals.records[record_id].get(self.deals.spec.fields["pipeline"])
            in self.mapper.config.order_pipelines
        )

    def opportunity(self, deal: Deal, engagements: Maybe[tuple[Engagement, ...]]) -> Opportunity | None:
        """One deal as an opportunity."""

        def make(fields: Fields) -> Opportunity:
            status, stage = self.status(fields)
            opened = fields.required("opened_on", day)
            closed = None if status is OpportunityStatus.OPEN else fields.required("closed_on", day)
            if closed is not None and closed < opened:  # entered into HubSpot after it was decided
                problem = f"{opened} lies after it was closed; taken as opened on {closed}"
                fields.report("opened_on", problem, Effect.NOTED)
                opened = closed
            priced = self._priced(fields, closed or opened)
            return build(
                Opportunity,
                fields,
                status=status,
                stage=stage.label
                if stage
                else Unknown(Why.BLANK, f"{fields.where}.stage: no longer in its pipeline"),
                opened_on=opened,
                closed_on=closed,
                probability=self._probability(fields, stage),
                amount=self._money(fields, priced, priced.currency),
                stays=self._stays(deal.id, fields),
                engagements=engagements,
                lines=self._opportunity_lines(deal, priced),
            )

        return self.mapper.fields(self.deals, deal.id).make(make)

    @staticmethod
    def _probability(fields: Fields, stage: Stage | None) -> Maybe[Decimal]:
        """The deal's own, else its stage's."""
        own = fields.maybe("probability", decimal)
        if isinstance(own, Unknown) and own.why is not Why.UNREADABLE and stage is not None:
            return own if isinstance(stage.probability, Unknown) else stage.probability
        return own

    def _opportunity_lines(self, deal: Deal, priced: Priced) -> Maybe[tuple[OpportunityLine, ...]]:
        if isinstance(deal.lines, Unknown):
            return deal.lines

        def make(fields: Fields) -> OpportunityLine:
            amount = self._money(fields, priced, self._currency(fields, priced.currency))
            return build(OpportunityLine, fields, amount=amount, **self._whose(fields, deal))

        made = (line.make(make) for line in deal.lines)
        return tuple(line for line in made if line is not None)

    def _whose(self, fields: Fields, deal: Deal) -> dict[str, Any]:
        """A line's location and buyer: its own where the mapping names a property, else its deal's."""
        nowhere = Unknown(Why.BLANK, "deals to companies: no location")
        location: Maybe[str] = nowhere if deal.place.location is None else deal.place.location
        whose = {"location_id": location, "buyer_id": deal.buyer}
        return {name: value for name, value in whose.items() if not self._own(fields, name)}

    def _own(self, fields: Fields, name: str) -> bool:
        """True where the mapping file says that lines have this themselves."""
        return name in self.own and fields.where != self.deals.spec.object

    def _stays(self, record_id: str, fields: Fields) -> Maybe[tuple[StageStay, ...]]:
        """The stages it has been in; HubSpot keeps the latest stay in each."""
        if not self.mapper.config.stage_history:
            return Unknown(Why.NOT_CONFIGURED, "hubspot.stage_history: switch it on")
        record, stays = self.deals.records[record_id], []
        for stage in self.stages.values():
            entered = record.get(f"hs_v2_date_entered_{stage.id}")
            exited = record.get(f"hs_v2_date_exited_{stage.id}")
            if entered:
                end = day(exited, fields.form) if exited else None
                stay = StageStay(stage=stage.label, start=day(entered, fields.form), end=end)
                stays.append((moment(entered, fields.form), stay))
        return tuple(stay for _, stay in sorted(stays, key=lambda pair: pair[0]))

    # -- sales -----------------------------------------------------------------------------------

    def sales(self, deal: Deal, shares: Mapping[str, tuple[Credit, ...]]) -> Iterator[SaleLine]:
        """The lines of a won deal; one line for all of it where it has none.

        Args:
            deal: the deal.
            shares: how lines, or whole deals, are shared out, by id.
        """
        whole = self.mapper.fields(self.deals, deal.id)
        won = whole.make(
            lambda fields: (
                fields.required("closed_on", day) if self.status(fields)[0] is OpportunityStatus.WON else None
            )
        )
        if won is None or isinstance(deal.lines, Unknown):
            return
        priced = self._priced(whole, won)

        def make(fields: Fields) -> SaleLine:
            currency = self._currency(fields, priced.currency)
            revenue = self._money(fields, priced, currency)
            if isinstance(revenue, Unknown):
                fields.leave_out("amount", f"a sale without an amount in {self.rates.currency} ({revenue})")
            more = {
                "on": fields.required("on", day) if "on" in fields.raw else won,
                "order_id": fields.optional("order_id", ident) if "order_id" in fields.raw else deal.id,
                "credits": shares.get(fields.record, shares.get(deal.id, ())),
                **self._whose(fields, deal),
            }
            if not self._own(fields, "cost"):
                more["cost"] = self._cost(fields, currency)
            return build(SaleLine, fields, revenue=revenue, **more)

        made = (line.make(make) for line in deal.lines or (self._as_line(whole),))
        yield from (sale for sale in made if sale is not None)

    @staticmethod
    def _as_line(deal: Fields) -> Fields:
        """A deal without lines as its own and only line: an amount, and nothing known of what was sold."""
        return evolve(
            deal,
            raw={name: deal.raw[name] for name in ("id", "amount") if name in deal.raw},
            missing=lambda name: Unknown(Why.BLANK, f"line_items: the deal has none, so no {name}"),
        )

    def _cost(self, fields: Fields, currency: str) -> Maybe[Decimal]:
        """Unit cost times quantity; HubSpot keeps unit costs in the line's currency."""
        unit, quantity = fields.maybe("unit_cost", decimal), fields.maybe("quantity", decimal)
        if isinstance(unit, Unknown):
            return unit
        if isinstance(quantity, Unknown):
            return quantity
        if currency != self.rates.currency:
            return Unknown(Why.NOT_SUPPORTED, "line_items: a cost in another currency")
        return unit * quantity
