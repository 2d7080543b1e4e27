"""Our own people: roles, reporting lines, training, qualifications (ORG, ACC-5, QUAL, ENV)."""

from __future__ import annotations

import enum
from datetime import date
from typing import Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe, Unknown

__all__ = [
    "Achievement",
    "BackgroundCheck",
    "Candidate",
    "Degree",
    "Person",
    "PersonRole",
    "SellingSpell",
    "TrainingObjective",
]


class PersonRole(enum.Enum):
    """What one of ours is employed as."""

    SENIOR_ACCOUNT_MANAGER = "senior account manager"
    FIELD_SALES_MANAGER = "field sales manager"
    BUSINESS_DEVELOPMENT = "business development"
    SALES_SPECIALIST = "sales specialist"
    IMPLEMENTATION = "implementation"
    SERVICE = "service"
    CUSTOMER_SERVICE = "customer service representative"
    ACCOUNT_SUPPORT = "account support"
    MANAGEMENT = "management"
    OTHER = "other"


@frozen(kw_only=True)
class Person:
    """One of ours.

    Attributes:
        manager_id: whom they report to; ``None`` where known to be nobody.
        supports_account_ids: the named customers a direct report is dedicated to (ORG-4).
    """

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    role: Maybe[PersonRole] = field(default=NOT_FETCHED, validator=check.maybe(check.choice(PersonRole)))
    manager_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )
    supports_account_ids: Maybe[tuple[str, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.idents)
    )

    def at(self, as_of: date) -> Self | None:
        """Undated, so as known on any day as on another."""
        return self


@frozen(kw_only=True)
class TrainingObjective:
    """A training or development objective, with the day it is due (ACC-5)."""

    id: str = field(validator=check.ident)
    person_id: str = field(validator=check.ident)
    title: str = field(validator=check.text)
    assigned_on: date | None = field(default=None, validator=check.optional(check.day))
    due_on: Maybe[date] = field(default=NOT_FETCHED, validator=check.maybe(check.day))
    completed_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.day))
    )

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        if self.assigned_on and self.assigned_on > as_of:
            return None
        if isinstance(self.completed_on, date) and self.completed_on > as_of:
            return evolve(self, completed_on=None)
        return self


@frozen(kw_only=True)
class Degree:
    """An academic degree (QUAL-1)."""

    title: str = field(validator=check.text)
    years: Maybe[int] = field(default=NOT_FETCHED, validator=check.maybe(check.count))
    accredited: Maybe[bool] = field(default=NOT_FETCHED, validator=check.maybe(check.flag))
    awarded_on: date | None = field(default=None, validator=check.optional(check.day))


@frozen(kw_only=True)
class SellingSpell:
    """A stretch of selling experience (QUAL-2); ``end`` is ``None`` while it lasts."""

    start: date = field(validator=check.day)
    end: date | None = field(default=None, validator=[check.optional(check.day), check.not_before("start")])
    business_to_business: Maybe[bool] = field(default=NOT_FETCHED, validator=check.maybe(check.flag))
    large_customers: Maybe[bool] = field(default=NOT_FETCHED, validator=check.maybe(check.flag))


@frozen(kw_only=True)
class Achievement:
    """A recorded achievement in a role (QUAL-2)."""

    id: str = field(validator=check.ident)
    text: str = field(validator=check.text)
    on: date = field(validator=check.day)
    as_account_manager: Maybe[bool] = field(default=NOT_FETCHED, validator=check.maybe(check.flag))


class BackgroundCheck(enum.Enum):
    """Where a background check has come to (ENV-3); reported, never scored."""

    PASSED = "passed"
    PENDING = "pending"
    FAILED = "failed"


@frozen(kw_only=True)
class Candidate:
    """What is known of a candidate for the role, or of its incumbent (QUAL-1 to QUAL-3, ENV-3)."""

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    degrees: Maybe[tuple[Degree, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.each(Degree)))
    selling: Maybe[tuple[SellingSpell, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(SellingSpell))
    )
    achievements: Maybe[tuple[Achievement, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(Achievement))
    )
    able_with_computer: Maybe[bool] = field(default=NOT_FETCHED, validator=check.maybe(check.flag))
    background_check: Maybe[BackgroundCheck] = field(
        default=NOT_FETCHED, validator=check.maybe(check.choice(BackgroundCheck))
    )

    def at(self, as_of: date) -> Self:
        """As known on that day."""
        known = self
        if not isinstance(known.degrees, Unknown):
            known = evolve(
                known,
                degrees=tuple(d for d in known.degrees if d.awarded_on is None or d.awarded_on <= as_of),
            )
        if not isinstance(known.selling, Unknown):
            known = evolve(
                known,
                selling=tuple(
                    evolve(s, end=None) if s.end and s.end > as_of else s
                    for s in known.selling
                    if s.start <= as_of
                ),
            )
        if not isinstance(known.achievements, Unknown):
            known = evolve(known, achievements=tuple(a for a in known.achievements if a.on <= as_of))
        return known
