"""Everything known about one assigned customer: the unit of mapping, of rules and of parallel work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, Self

from attrs import evolve, field, fields, frozen

from sam_core import _checks as check
from sam_core.book.accounts import (
    Account,
    Assignment,
    Buyer,
    CompetitorHolding,
    Location,
    SpendEstimate,
    TeamMember,
)
from sam_core.book.handover import Handover
from sam_core.book.meetings import Meeting
from sam_core.book.planning import AccountPlan
from sam_core.book.selling import Contract, Opportunity, SaleLine, SupportRequest
from sam_core.book.service import Case, Delivery, SatisfactionReading, ServiceAction
from sam_core.values import NOT_FETCHED, Maybe, Unknown

__all__ = ["COLLECTIONS", "Dossier"]


def _order(record: Any) -> tuple[date, str]:
    """By the day it happened, then by id, so that no answer can depend on the order of arrival."""
    day = getattr(record, "on", date.min)
    return (day if isinstance(day, date) and not isinstance(day, datetime) else date.min, record.id)


_id: Final = attrgetter("id")
_line_order: Final = attrgetter("on", "id")  # what _order gives for lines, which come by the million


def _collection(records: Maybe[Iterable[Any]]) -> Maybe[tuple[Any, ...]]:
    """One order whatever the order of arrival, and a record delivered twice held once."""
    items = check.gathered(records)
    if not isinstance(items, tuple):
        return items  # type: ignore[no-any-return]  # an Unknown, or what the validator refuses
    try:
        by_id = dict(zip(map(_id, items), items, strict=True))
        if len(by_id) < len(items) and any(by_id[item.id] != item for item in items):
            return items  # the validator names the clash
        plain = type(items[0]) is SaleLine if items else False
        return tuple(sorted(by_id.values(), key=_line_order if plain else _order))
    except (AttributeError, TypeError):
        return items  # the validator names the stranger


@frozen(kw_only=True)
class Dossier:
    """One customer, with all the records that speak of it.

    Every collection is a tuple, ``()`` where there is known to be nothing, or an
    ``Unknown`` that says why nobody knows; what is left out is ``NOT_FETCHED``.
    Records are put in one order; one that comes twice unchanged is held once.

    Raises:
        RecordError: a record of the wrong kind, or two that differ under one id.
    """

    account: Account = field(validator=check.record_type(Account))
    locations: Maybe[tuple[Location, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Location))
    )
    buyers: Maybe[tuple[Buyer, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Buyer))
    )
    assignments: Maybe[tuple[Assignment, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Assignment))
    )
    team: Maybe[tuple[TeamMember, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(TeamMember))
    )
    sale_lines: Maybe[tuple[SaleLine, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(SaleLine))
    )
    opportunities: Maybe[tuple[Opportunity, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Opportunity))
    )
    contracts: Maybe[tuple[Contract, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Contract))
    )
    competitor_holdings: Maybe[tuple[CompetitorHolding, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(CompetitorHolding))
    )
    spend_estimates: Maybe[tuple[SpendEstimate, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(SpendEstimate))
    )
    plans: Maybe[tuple[AccountPlan, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(AccountPlan))
    )
    cases: Maybe[tuple[Case, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Case))
    )
    deliveries: Maybe[tuple[Delivery, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Delivery))
    )
    readings: Maybe[tuple[SatisfactionReading, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(SatisfactionReading))
    )
    service_actions: Maybe[tuple[ServiceAction, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(ServiceAction))
    )
    meetings: Maybe[tuple[Meeting, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Meeting))
    )
    handovers: Maybe[tuple[Handover, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(Handover))
    )
    support_requests: Maybe[tuple[SupportRequest, ...]] = field(
        default=NOT_FETCHED, converter=_collection, validator=check.maybe(check.each(SupportRequest))
    )

    @property
    def id(self) -> str:
        """The account's id, under which the dossier is known."""
        return self.account.id

    def at(self, as_of: date) -> Self:
        """The dossier as it was known at the end of that day: nothing later is in it."""
        changed: dict[str, Any] = {}
        for name in COLLECTIONS:
            records = getattr(self, name)
            if isinstance(records, Unknown) or (
                name == "sale_lines" and records[-1:] and records[-1].on <= as_of
            ):
                continue  # lines stand in the order of their days: the last one speaks for all
            seen = tuple(known for record in records if (known := record.at(as_of)) is not None)
            if len(seen) != len(records) or any(a is not b for a, b in zip(seen, records, strict=True)):
                changed[name] = seen
        return evolve(self, **changed) if changed else self

    def __repr__(self) -> str:
        parts = []
        for name in COLLECTIONS:
            records = getattr(self, name)
            if not isinstance(records, Unknown):
                parts.append(f"{len(records)} {name.replace('_', ' ')}")
        return f"<Dossier {self.id!r} {self.account.name}: {', '.join(parts) or 'nothing fetched yet'}>"


COLLECTIONS: Final = tuple(attribute.name for attribute in fields(Dossier) if attribute.name != "account")
"""The names of a dossier's collections, in their order."""
