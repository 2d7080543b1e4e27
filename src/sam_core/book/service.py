"""How well the customer is served: cases, deliveries, satisfaction, and what was done about it (RESP-6)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe

__all__ = ["Case", "Delivery", "SatisfactionReading", "ServiceAction"]


@frozen(kw_only=True)
class Case:
    """A service problem the customer brought to us.

    Attributes:
        priority: the source's own word, as the standards' ``service.case_days`` names it.
        reopened_at, escalated_at: the last time it was; ``None`` where it never was.
        service_rep_id: the Customer Service Representative on it (ORG-3).
    """

    id: str = field(validator=check.ident)
    opened_at: datetime = field(validator=check.instant)
    closed_at: datetime | None = field(
        default=None, validator=[check.optional(check.instant), check.not_before("opened_at")]
    )
    priority: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.text))
    reopened_at: Maybe[datetime | None] = field(
        default=NOT_FETCHED,
        validator=[check.maybe(check.optional(check.instant)), check.not_before("opened_at")],
    )
    escalated_at: Maybe[datetime | None] = field(
        default=NOT_FETCHED,
        validator=[check.maybe(check.optional(check.instant)), check.not_before("opened_at")],
    )
    subject: str | None = None
    location_id: str | None = field(default=None, validator=check.optional(check.ident))
    buyer_id: str | None = field(default=None, validator=check.optional(check.ident))
    service_rep_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )

    def at(self, as_of: date) -> Self | None:
        """As known at the end of that day (UTC)."""
        if self.opened_at.date() > as_of:
            return None
        later: dict[str, Any] = {
            name: None
            for name in ("closed_at", "reopened_at", "escalated_at")
            if isinstance(moment := getattr(self, name), datetime) and moment.date() > as_of
        }
        return evolve(self, **later) if later else self


@frozen(kw_only=True)
class Delivery:
    """Something promised to the customer for a day.

    Attributes:
        delivered_on: ``None`` while known to be outstanding.
    """

    id: str = field(validator=check.ident)
    ordered_on: date | None = field(default=None, validator=check.optional(check.day))
    due_on: date = field(validator=check.day)
    delivered_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.day))
    )
    location_id: str | None = field(default=None, validator=check.optional(check.ident))
    order_id: str | None = None

    def at(self, as_of: date) -> Self | None:
        """As known on that day: an order of a later day is not known, a later delivery is outstanding."""
        if self.ordered_on and self.ordered_on > as_of:
            return None
        if isinstance(self.delivered_on, date) and self.delivered_on > as_of:
            return evolve(self, delivered_on=None)
        return self


@frozen(kw_only=True)
class SatisfactionReading:
    """One answer of one respondent on one instrument (ACC-4).

    Attributes:
        instrument: ``"CSAT"``, ``"NPS"``, or the firm's own name; instruments are never mixed.
        value: the answer as given, from ``lowest`` to ``highest``.
        respondent_id: the buyer who answered.
    """

    id: str = field(validator=check.ident)
    on: date = field(validator=check.day)
    instrument: str = field(validator=check.text)
    lowest: Decimal = field(validator=check.amount)
    highest: Decimal = field(validator=check.amount)
    value: Decimal = field(validator=check.amount)
    respondent_id: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.ident))
    location_id: str | None = field(default=None, validator=check.optional(check.ident))

    @highest.validator
    def _scale(self, _: object, highest: Decimal) -> None:
        if highest <= self.lowest:
            check.refuse(self, "highest", f"{highest} is not above the lowest {self.lowest}")

    @value.validator
    def _on_scale(self, _: object, value: Decimal) -> None:
        if not self.lowest <= value <= self.highest:
            check.refuse(self, "value", f"{value} lies outside the scale {self.lowest} to {self.highest}")

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        return None if self.on > as_of else self


@frozen(kw_only=True)
class ServiceAction:
    """What one of ours did about a case, delivery, reading or renewal (RESP-6, ORG-3).

    Attributes:
        about_id: the record it answers.
        with_id: the colleague it was done with, a Customer Service Representative for one.
    """

    id: str = field(validator=check.ident)
    on: date = field(validator=check.day)
    about_id: str = field(validator=check.ident)
    by_id: str | None = field(default=None, validator=check.optional(check.ident))
    with_id: str | None = field(default=None, validator=check.optional(check.ident))
    text: str | None = None

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        return None if self.on > as_of else self
