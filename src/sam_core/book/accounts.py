"""Who the customer is: account, places, people who buy, and who is assigned to it."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe

__all__ = [
    "Account",
    "Assignment",
    "AssignmentRole",
    "Buyer",
    "BuyerRole",
    "CompetitorHolding",
    "Influence",
    "Location",
    "SpendEstimate",
    "TeamMember",
]


class BuyerRole(enum.Enum):
    """What part a buyer plays in a purchase (RESP-2.2)."""

    DECISION_MAKER = "decision maker"
    CHAMPION = "champion"
    USER = "user"
    BLOCKER = "blocker"
    OTHER = "other"


class Influence(enum.Enum):
    """How much weight a buyer's word has."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AssignmentRole(enum.Enum):
    """In what part a person holds an account (RESP-7: from Business Development to the SAM)."""

    ACCOUNT_MANAGER = "account manager"
    BUSINESS_DEVELOPMENT = "business development"


@frozen(kw_only=True)
class Account:
    """One assigned customer, the ultimate parent of its hierarchy unless the standards say the site.

    Attributes:
        segment: what makes accounts comparable, ``None`` where the source has no segments.
        tier: the company's own ranking, ``None`` where it has none (OV-4); standards may differ by it.
        excluded_product_ids: products this customer may not or will never buy.
    """

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    segment: str | None = field(default=None, validator=check.optional(check.text))
    tier: str | None = field(default=None, validator=check.optional(check.text))
    excluded_product_ids: tuple[str, ...] = field(default=(), validator=check.idents)


@frozen(kw_only=True)
class Location:
    """A place of the customer that can buy (RESP-2.3)."""

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    city: str | None = None
    country: str | None = None

    def at(self, as_of: date) -> Self | None:
        """Undated, so as known on any day as on another."""
        return self


@frozen(kw_only=True)
class Buyer:
    """A person of the customer (RESP-2.1, RESP-2.2).

    Attributes:
        location_id: where the buyer sits; ``None`` means at no place in particular.
        role: part in a purchase; an Unknown where nobody has said.
        reports_to_id: another buyer's id.
        left_on: the day the buyer left the customer.
    """

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    location_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )
    title: str | None = None
    role: Maybe[BuyerRole] = field(default=NOT_FETCHED, validator=check.maybe(check.choice(BuyerRole)))
    influence: Maybe[Influence] = field(default=NOT_FETCHED, validator=check.maybe(check.choice(Influence)))
    reports_to_id: str | None = field(default=None, validator=check.optional(check.ident))
    left_on: date | None = field(default=None, validator=check.optional(check.day))

    def at(self, as_of: date) -> Self | None:
        """As known on that day: a departure still ahead has not happened."""
        return evolve(self, left_on=None) if self.left_on and self.left_on > as_of else self


@frozen(kw_only=True)
class Assignment:
    """Who holds the account, from when to when, both days inclusive.

    Attributes:
        start: first day; an Unknown where the source knows today's holder only.
        end: last day, ``None`` while it lasts.
    """

    id: str = field(validator=check.ident)
    person_id: str = field(validator=check.ident)
    role: AssignmentRole = field(
        default=AssignmentRole.ACCOUNT_MANAGER, validator=check.choice(AssignmentRole)
    )
    start: Maybe[date] = field(default=NOT_FETCHED, validator=check.maybe(check.day))
    end: date | None = field(default=None, validator=[check.optional(check.day), check.not_before("start")])

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        if isinstance(self.start, date) and self.start > as_of:
            return None
        return evolve(self, end=None) if self.end and self.end > as_of else self


@frozen(kw_only=True)
class TeamMember:
    """One of ours who works on the account beside the manager (ORG-2, ORG-4)."""

    id: str = field(validator=check.ident)
    person_id: str = field(validator=check.ident)
    role: str | None = field(default=None, validator=check.optional(check.text))
    start: date | None = field(default=None, validator=check.optional(check.day))
    end: date | None = field(default=None, validator=[check.optional(check.day), check.not_before("start")])

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        if self.start and self.start > as_of:
            return None
        return evolve(self, end=None) if self.end and self.end > as_of else self


@frozen(kw_only=True)
class CompetitorHolding:
    """A competitor's product known at the customer, in place of one of ours.

    Attributes:
        product_id: our product that it stands in for.
        location_id, buyer_id: where and with whom; ``None`` means everywhere, with everybody.
    """

    id: str = field(validator=check.ident)
    product_id: str = field(validator=check.ident)
    competitor: str = field(validator=check.text)
    location_id: str | None = field(default=None, validator=check.optional(check.ident))
    buyer_id: str | None = field(default=None, validator=check.optional(check.ident))
    seen_on: date | None = field(default=None, validator=check.optional(check.day))

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        return None if self.seen_on and self.seen_on > as_of else self


@frozen(kw_only=True)
class SpendEstimate:
    """What the customer spends in a year on what we could sell it (share of wallet).

    Attributes:
        yearly_amount: in the book's currency.
        source: who says so.
        on: when it was said.
    """

    id: str = field(validator=check.ident)
    yearly_amount: Decimal = field(validator=check.positive)
    source: str = field(validator=check.text)
    on: date = field(validator=check.day)

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        return None if self.on > as_of else self
