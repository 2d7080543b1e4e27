"""From rows to the part of a book that belongs to the manager: offering, quotas, people, training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from attrs import AttrsInstance, define

from sam_adapters.contract import Effect
from sam_adapters.convert import ExchangeRates, UnreadableError, day
from sam_adapters.salesforce.records import Builder, Row, truth
from sam_adapters.salesforce.rows import Rows
from sam_core.book import (
    Achievement,
    Candidate,
    DatedCost,
    Degree,
    GrowthGoal,
    Offering,
    Person,
    Product,
    ProfitExpectation,
    Quota,
    QuotaCounts,
    SellingSpell,
    TrainingObjective,
)
from sam_core.errors import RecordError
from sam_core.values import Maybe, Period, Unknown, Why, check_currency

__all__ = ["HeaderMapper", "book_currency", "exchange_rates"]

R = TypeVar("R", bound=AttrsInstance)


def book_currency(rows: Rows, configured: str) -> str:
    """The currency a book is kept in: as configured, else the org's corporate one; ``""`` where neither is known."""
    corporate = next((row["code"] for row in rows.all("currencies") if truth(row["corporate"])), "")
    return configured or corporate


def exchange_rates(rows: Rows, currency: str) -> tuple[ExchangeRates, int]:
    """The org's rates into a currency, and the decimal places of that currency.

    Salesforce says how many units one of the corporate currency buys, from a day until the next rate's; where no
    dated rate holds, the rate without a date does. A code nobody knows any more has no rate here: an amount in it is
    told where it stands.
    """
    steps: dict[str, dict[date, Decimal]] = {}
    places = 2
    for row in rows.all("currencies"):
        if row["rate"]:
            steps.setdefault(row["code"], {})[date.min] = Decimal(row["rate"])
        if row["code"] == currency and row.get("places") is not None:
            places = int(row["places"])
    for row in rows.all("rates"):
        if row["rate"]:
            steps.setdefault(row["code"], {})[max(day(row["start"]), date.min)] = Decimal(row["rate"])
    base = steps.get(currency, {})
    found = []
    for code, own in steps.items():
        for start in {*own, *base}:
            mine, ours = _at(own, start), _at(base, start)
            if code != currency and _known(code) and mine and ours:
                found.append((code, start, mine / ours))
    return ExchangeRates(currency, found, per_book=True), places


def _known(code: str) -> bool:
    try:
        check_currency(code)
    except RecordError:
        return False
    return True


def _at(steps: Mapping[date, Decimal], on: date) -> Decimal | None:
    days = [start for start in steps if start <= on]
    return steps[max(days)] if days else None


@define
class HeaderMapper:
    """Maps what belongs to the managers.

    Attributes:
        rows: what was read.
        build: builds records and takes problems.
        gaps: why a part is not provided, by its name.
        forecasting_type: whose quotas count; ``""`` where there is one only.
    """

    rows: Rows
    build: Builder
    gaps: Mapping[str, Unknown]
    forecasting_type: str = ""

    def parts(self, manager_id: str) -> dict[str, Any]:
        """The parts of one manager's header, by name."""
        makers: dict[str, Callable[[], Any]] = {
            "offering": self.offering,
            "quotas": lambda: self._quotas(manager_id),
            "expectations": lambda: self._periods(ProfitExpectation, "expectations", manager_id),
            "growth_goals": lambda: self._periods(GrowthGoal, "growth_goals", manager_id),
            "training": lambda: self._own(TrainingObjective, "training", manager_id),
            "people": self.people,
            "candidate": lambda: self._candidate(manager_id),
        }
        return {name: self.gaps[name] if name in self.gaps else make() for name, make in makers.items()}

    def people(self) -> tuple[Person, ...]:
        """All of our people, in order of id."""
        source = self.rows.sources["users"]
        made = (self.build.build(Person, source, row) for row in self.rows.all("users"))
        return tuple(sorted((person for person in made if person is not None), key=lambda person: person.id))

    def offering(self) -> Offering:
        """All that is or was sold."""
        source, made = self.rows.sources["products"], []
        for row in self.rows.all("products"):
            given: dict[str, Any] = {}
            if "retired_on" not in source.spec.fields and "active" in row and not truth(row["active"]):
                given["retired_on"] = day(row["changed_on"]) if row.get("changed_on") else None
            costs = (
                self.build.build(DatedCost, self.rows.sources["costs"], cost)
                for cost in self.rows.by("costs", "product_id", row["id"])
            )
            given["dated_costs"] = tuple(cost for cost in costs if cost is not None)
            made.append(self.build.build(Product, source, row, **given))
        return Offering(products=tuple(sorted((p for p in made if p is not None), key=lambda p: p.id)))

    def _own(self, record: type[R], key: str, manager_id: str) -> tuple[R, ...]:
        source = self.rows.sources[key]
        made = (self.build.build(record, source, row) for row in self._rows(key, manager_id))
        return _sorted(item for item in made if item is not None)

    def _rows(self, key: str, manager_id: str) -> list[Row]:
        return self.rows.by(key, "person_id", manager_id)

    def _periods(self, record: type[R], key: str, manager_id: str) -> tuple[R, ...]:
        source = self.rows.sources[key]
        made = (
            self.build.build(record, source, row, rate_day=period.start, period=period)
            for row in self._rows(key, manager_id)
            if (period := self._period(key, row, row.get("start"), row.get("end"))) is not None
        )
        return _sorted(item for item in made if item is not None)

    def _period(self, key: str, row: Row, start: Any, end: Any) -> Period | None:
        try:
            return Period(day(start), day(end))
        except (UnreadableError, RecordError, TypeError) as error:
            self.build.tell(self.rows.sources[key], row, "end", f"its period cannot be told: {error}")
            return None

    def _quotas(self, manager_id: str) -> Maybe[tuple[Quota, ...]]:
        source = self.rows.sources["quotas"]
        rows = self._rows("quotas", manager_id)
        if self.forecasting_type:
            rows = [row for row in rows if row.get("forecasting_type") == self.forecasting_type]
        kinds = {row.get("forecasting_type") for row in rows}
        if len(kinds) > 1:
            self.build.tell(
                source,
                rows[0],
                "forecasting_type",
                f"quotas of {len(kinds)} forecasting types would be counted twice; set salesforce.forecasting_type to one",
                Effect.VALUE_UNKNOWN,
            )
            return Unknown(Why.NOT_CONFIGURED, "salesforce.forecasting_type")
        ends = {row["id"]: row for row in self.rows.all("periods")}
        made: list[Quota | None] = []
        for row in rows:
            whole = ends.get(row.get("period_id"), {})
            period = self._period(
                "quotas", row, row.get("start") or whole.get("start"), row.get("end") or whole.get("end")
            )
            if period is not None:
                made.append(self._quota(row, period))
        return _sorted(quota for quota in made if quota is not None)

    def _quota(self, row: Row, period: Period) -> Quota | None:
        source = self.rows.sources["quotas"]
        given: dict[str, Any] = {"period": period}
        if (
            "counts" not in source.spec.fields
            and row.get("is_amount") is not None
            and not truth(row["is_amount"])
        ):
            given["counts"] = QuotaCounts.UNITS
            row = {**row, "amount": row.get("units")}
        quota = self.build.build(Quota, source, row, rate_day=period.start, **given)
        if quota is None or quota.counts is QuotaCounts.UNITS:
            return quota
        amount = self.build.money(source, row, "amount", quota.amount, period.start)
        if isinstance(amount, Unknown):
            self.build.tell(source, row, "amount", "the amount is not known in the book's currency")
            return None
        return self.build.build(Quota, source, row, **given, amount=amount)

    def _candidate(self, manager_id: str) -> Maybe[Candidate]:
        rows = self._rows("candidates", manager_id)
        if not rows:
            return Unknown(Why.BLANK, f"{self.rows.sources['candidates'].spec.object}: none for the manager")
        parts: dict[str, Any] = {}
        for name, record in (("degrees", Degree), ("selling", SellingSpell), ("achievements", Achievement)):
            if not self.rows.has(name):
                parts[name] = self.rows.gap(name)
                continue
            source = self.rows.sources[name]
            made = (self.build.build(record, source, row) for row in self._rows(name, manager_id))
            parts[name] = tuple(item for item in made if item is not None)
        found = self.build.build(Candidate, self.rows.sources["candidates"], rows[0], **parts)
        return found if found is not None else Unknown(Why.UNREADABLE, "the manager's candidate record")


def _sorted(records: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(records, key=lambda record: record.id))  # type: ignore[attr-defined]
