"""Account plans as records: needs, initiatives, investments, actions, sessions (RESP-5, ACC-3)."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe, Unknown

__all__ = [
    "AccountPlan",
    "Initiative",
    "InitiativeStatus",
    "Investment",
    "Need",
    "PlanAction",
    "PlanTarget",
    "PlanningSession",
]


class InitiativeStatus(enum.Enum):
    """Where an initiative stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@frozen(kw_only=True)
class PlanningSession:
    """A sitting in which the plan was made; joint when people of both sides were there."""

    id: str = field(validator=check.ident)
    on: date = field(validator=check.day)
    our_ids: Maybe[tuple[str, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.idents))
    customer_ids: Maybe[tuple[str, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.idents))


@frozen(kw_only=True)
class Need:
    """Something the customer needs, in the customer's words.

    Attributes:
        declined_reason: why we shall not serve it; ``None`` where it is not declined.
    """

    id: str = field(validator=check.ident)
    text: str = field(validator=check.text)
    declined_reason: str | None = field(default=None, validator=check.optional(check.text))


@frozen(kw_only=True)
class Investment:
    """What each side puts into an initiative, in the book's currency; nought is a decision too."""

    company: Decimal = field(validator=check.positive)
    customer: Decimal = field(validator=check.positive)


@frozen(kw_only=True)
class PlanAction:
    """A step of an initiative, with who does it and by when."""

    id: str = field(validator=check.ident)
    text: str = field(validator=check.text)
    owner_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )
    due_on: Maybe[date | None] = field(default=NOT_FETCHED, validator=check.maybe(check.optional(check.day)))
    done_on: date | None = field(default=None, validator=check.optional(check.day))

    def at(self, as_of: date) -> Self:
        """As known on that day: what was done later was still to do."""
        return evolve(self, done_on=None) if self.done_on and self.done_on > as_of else self


@frozen(kw_only=True)
class Initiative:
    """What the two sides set out to do for one or more needs.

    Attributes:
        priority: 1 is first; ``None`` where nobody has ranked it.
        investment: ``None`` where nobody has decided one.
        closed_on: the day it was done or dropped.
    """

    id: str = field(validator=check.ident)
    title: str = field(validator=check.text)
    status: InitiativeStatus = field(default=InitiativeStatus.OPEN, validator=check.choice(InitiativeStatus))
    need_ids: tuple[str, ...] = field(default=(), validator=check.idents)
    priority: Maybe[int | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.count))
    )
    investment: Maybe[Investment | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.record_type(Investment)))
    )
    actions: Maybe[tuple[PlanAction, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(PlanAction))
    )
    closed_on: date | None = field(default=None, validator=check.optional(check.day))

    def at(self, as_of: date) -> Self:
        """As known on that day: what was closed later was open."""
        known = self
        if self.closed_on and self.closed_on > as_of:
            known = evolve(known, status=InitiativeStatus.OPEN, closed_on=None)
        if not isinstance(known.actions, Unknown):
            known = evolve(known, actions=tuple(action.at(as_of) for action in known.actions))
        return known


@frozen(kw_only=True)
class PlanTarget:
    """What the plan is to reach, in a number.

    Attributes:
        value: ``None`` where the target was stated without a number.
    """

    id: str = field(validator=check.ident)
    measure: str = field(validator=check.text)
    value: Maybe[Decimal | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.amount))
    )
    unit: str | None = None
    due_on: date | None = field(default=None, validator=check.optional(check.day))


@frozen(kw_only=True)
class AccountPlan:
    """A plan made with one customer, in force from ``start`` to ``end``, both inclusive (RESP-5).

    Attributes:
        reviewed_on: days on which it was reviewed.
    """

    id: str = field(validator=check.ident)
    title: str = field(validator=check.text)
    start: date = field(validator=check.day)
    end: date = field(validator=[check.day, check.not_before("start")])
    owner_id: str | None = field(default=None, validator=check.optional(check.ident))
    reviewed_on: Maybe[tuple[date, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.days))
    sessions: Maybe[tuple[PlanningSession, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(PlanningSession))
    )
    needs: Maybe[tuple[Need, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.each(Need)))
    initiatives: Maybe[tuple[Initiative, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(Initiative))
    )
    targets: Maybe[tuple[PlanTarget, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(PlanTarget))
    )

    def at(self, as_of: date) -> Self | None:
        """As known on that day: a plan that starts later is not in force yet."""
        if self.start > as_of:
            return None
        known = self
        if not isinstance(known.reviewed_on, Unknown):
            known = evolve(known, reviewed_on=tuple(day for day in known.reviewed_on if day <= as_of))
        if not isinstance(known.sessions, Unknown):
            known = evolve(known, sessions=tuple(s for s in known.sessions if s.on <= as_of))
        if not isinstance(known.initiatives, Unknown):
            known = evolve(known, initiatives=tuple(i.at(as_of) for i in known.initiatives))
        return known
