"""The header of a book: our people, what we sell, what the manager is asked to reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import evolve

from sam_adapters.convert import Collector, Fields, UnreadableError, choice, decimal, text
from sam_adapters.hubspot.mapping import Mapper
from sam_adapters.hubspot.plan import in_order
from sam_adapters.hubspot.records import UTC_DAYS, build, day
from sam_adapters.hubspot.settings import Settings
from sam_adapters.hubspot.snapshot import Snapshot, Table
from sam_core.book import (
    DatedCost,
    GrowthGoal,
    Offering,
    Person,
    Product,
    ProductKind,
    ProfitExpectation,
    Quota,
    QuotaCounts,
    TrainingObjective,
)
from sam_core.values import Maybe, Period, Unknown, Why

__all__ = ["HeaderMaker", "people"]

R = TypeVar("R")


def people(settings: Settings, collector: Collector) -> tuple[Person, ...]:
    """Everybody who owns or has owned records, in order of id, with what the mapping file adds."""
    owners = settings.owners()
    by_email = {
        str(owner.get("email", "")).casefold(): str(owner["id"]) for owner in owners if owner.get("email")
    }

    def make(owner: Mapping[str, Any]) -> Person | None:
        more = settings.config.people
        said = more.get(str(owner["id"])) or more.get(str(owner.get("email") or "").casefold()) or {}
        raw: dict[str, Any] = {"id": str(owner["id"]), **said}
        if "manager_id" in raw:
            raw["manager_id"] = by_email.get(str(raw["manager_id"]).casefold(), raw["manager_id"])
        raw["name"] = " ".join(p for p in (owner.get("firstName"), owner.get("lastName")) if p) or owner.get(
            "email"
        )

        def missing(name: str) -> Unknown:
            return Unknown(Why.NOT_CONFIGURED, f"hubspot.people: say each one's {name}")

        return Fields(raw, "owners", raw["id"], collector, settings.form, missing=missing).make(
            lambda fields: build(Person, fields)
        )

    made = (make(owner) for owner in owners)
    return tuple(sorted((one for one in made if one is not None), key=lambda p: (len(p.id), p.id)))


class HeaderMaker:
    """Makes the header of one manager's book.

    Args:
        snapshot: reads what belongs to the manager.
        collector: takes the problems.
    """

    def __init__(self, snapshot: Snapshot, collector: Collector) -> None:
        self._snapshot = snapshot
        self._collector = collector
        self._settings = snapshot.settings
        self._mapper = Mapper(
            snapshot.settings, collector, Table(snapshot.config.objects["companies"], frozenset())
        )

    def parts(self) -> dict[str, Any]:
        """What a header says beside the manager, the period and the standards."""
        return {
            "offering": self._offering(),
            "quotas": self._all("quotas", self._quota),
            "expectations": self._all("expectations", lambda fields: build(ProfitExpectation, fields)),
            "growth_goals": self._all("growth_goals", lambda fields: build(GrowthGoal, fields)),
            "training": self._all("training", self._training),
            "people": people(self._settings, self._collector),
            "candidate": Unknown(Why.NOT_SUPPORTED, "candidate"),
        }

    def _all(self, key: str, make: Any) -> Maybe[tuple[Any, ...]]:
        table = self._snapshot.table(key)
        if isinstance(table, Unknown):
            return table
        made = (self._mapper.fields(table, i).make(make) for i in in_order(table.records))
        return tuple(one for one in made if one is not None)

    def _training(self, fields: Fields) -> TrainingObjective:
        given = {} if "person_id" in fields.raw else {"person_id": str(self._snapshot.owner["id"])}
        return build(TrainingObjective, fields, **given)

    def _quota(self, fields: Fields) -> Quota:
        """A goal; the ends of goals are days by UTC, whatever the portal's time zone."""
        said = fields.required("counts", text)
        word = self._mapper.word("quota_counts", said)
        if word is None:
            fields.leave_out(
                "counts",
                f"nobody has said what a goal of the type {said!r} counts; say it in hubspot.values.quota_counts",
            )
        try:
            counts = choice(QuotaCounts)(word)
        except UnreadableError as error:
            fields.leave_out("counts", str(error))
        period = Period(
            day(fields.required("start", text), UTC_DAYS), day(fields.required("end", text), UTC_DAYS)
        )
        amount = fields.required("amount", decimal)
        currency = (fields.optional("currency", text) or "").upper()
        if counts is not QuotaCounts.UNITS and currency and currency != self._settings.currency:
            converted = self._settings.rates().amount(amount, currency, period.start)
            if isinstance(converted, Unknown):
                fields.leave_out("amount", f"{currency} cannot be converted: {converted.where}")
            amount = converted
        return build(Quota, fields, period=period, amount=amount, counts=counts)

    def _offering(self) -> Maybe[Offering]:
        table = self._snapshot.table("products")
        if isinstance(table, Unknown):
            return table
        costs = self._snapshot.table("costs")
        below = {} if isinstance(costs, Unknown) else costs.under(table)

        def dated(product: str) -> tuple[DatedCost, ...]:
            if isinstance(costs, Unknown):
                return ()
            made = (self._mapper.flat(DatedCost, costs, i) for i in in_order(below.get(product, {})))
            return tuple(cost for cost in made if cost is not None)

        def make(fields: Fields) -> Product:
            kind = fields.maybe("kind", text)
            read: Maybe[ProductKind]
            if isinstance(kind, Unknown):
                read = kind
            else:
                fields = evolve(
                    fields, raw={**fields.raw, "kind": self._mapper.word("product_kind", kind) or kind}
                )
                read = fields.maybe("kind", choice(ProductKind))
            return build(Product, fields, kind=read, dated_costs=dated(fields.record))

        made = (self._mapper.fields(table, i).make(make) for i in in_order(table.records))
        return Offering(products=tuple(product for product in made if product is not None))
