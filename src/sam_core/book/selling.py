"""What was sold, what is being sold, and what runs under contract."""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from operator import attrgetter
from typing import Any, Final, Self, TypeVar

from attrs import NOTHING, evolve, field, fields, frozen

from sam_core import _checks as check
from sam_core._bulk import made
from sam_core.values import NOT_FETCHED, Maybe, Period, Unknown

__all__ = [
    "Contract",
    "Credit",
    "CreditKind",
    "Engagement",
    "Opportunity",
    "OpportunityLine",
    "OpportunityStatus",
    "SaleLine",
    "StageStay",
    "SupportRequest",
    "within",
]


T = TypeVar("T")

_NOUGHT: Final = Decimal(0)


class CreditKind(enum.Enum):
    """Revenue credits share out a line; overlay credits come on top and enter no total."""

    REVENUE = "revenue"
    OVERLAY = "overlay"


@frozen(kw_only=True)
class Credit:
    """One person's share of a sale line."""

    person_id: str = field(validator=check.ident)
    share: Decimal = field(validator=check.share)
    kind: CreditKind = field(default=CreditKind.REVENUE, validator=check.choice(CreditKind))


@frozen(kw_only=True)
class SaleLine:
    """One won line: who bought what, where, on which day, for how much.

    A return or credit note has a negative quantity or revenue.

    Attributes:
        on: the day of the sale.
        revenue: in the book's currency, on the book's value basis.
        cost: the line's own cost, all units together.
        credits: how the line is shared out; ``()`` where nothing says so, and then it is
            credited to whoever was assigned on its day. Revenue shares sum to exactly 1.
    """

    id: str
    on: date
    revenue: Decimal
    product_id: Maybe[str] = NOT_FETCHED
    location_id: Maybe[str] = NOT_FETCHED
    buyer_id: Maybe[str] = NOT_FETCHED
    quantity: Maybe[Decimal] = NOT_FETCHED
    cost: Maybe[Decimal] = NOT_FETCHED
    credits: tuple[Credit, ...] = ()
    order_id: str | None = None

    def __attrs_post_init__(self) -> None:
        # A book holds lines by the million: what is plainly right is seen at a glance, and only the rest
        # goes through the checks that name the field.
        if not self._plain():
            check.fields(self, _LINE_CHECKS)

    def _plain(self) -> bool:
        for value in (self.product_id, self.location_id, self.buyer_id):
            if type(value) is not Unknown and (type(value) is not str or not value.strip()):
                return False
        for number in (self.quantity, self.cost):
            if type(number) is not Unknown and (type(number) is not Decimal or not number.is_finite()):
                return False
        return (
            type(self.id) is str
            and bool(self.id.strip())
            and type(self.on) is date
            and type(self.revenue) is Decimal
            and self.revenue.is_finite()
            and self.credits == ()
            and (self.order_id is None or (type(self.order_id) is str and bool(self.order_id.strip())))
        )

    @classmethod
    def from_columns(cls, columns: Mapping[str, Sequence[Any]]) -> list[Self]:
        """Many lines at once, from columns of equal length by field name; what is left out has its default.

        The same as one construction a row, with each check made once a column.

        Raises:
            RecordError: as a single line would; it names the first line at fault.
            ValueError: columns of different lengths.
        """
        plain = columns.keys() >= _REQUIRED and len(set(map(len, columns.values()))) == 1
        if not plain or not all(name in _PLAIN and _PLAIN[name](values) for name, values in columns.items()):
            return [
                cls(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
            ]
        rest = {name: repeat(default) for name, default in _DEFAULTS.items() if name not in columns}
        return made(cls, len(columns["id"]), {**columns, **rest})

    @property
    def is_return(self) -> bool:
        """A return or credit note: negative revenue or quantity."""
        quantity = self.quantity
        return self.revenue < _NOUGHT or (not isinstance(quantity, Unknown) and quantity < _NOUGHT)

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        return None if self.on > as_of else self


def _whole(line: SaleLine, _: object, credits: tuple[Credit, ...]) -> None:
    shares = [credit.share for credit in credits if credit.kind is CreditKind.REVENUE]
    if shares and sum(shares) != 1:
        check.refuse(line, "credits", f"revenue shares sum to {sum(shares)}, not to exactly 1")


def _texts(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= {str} and all(map(str.strip, values))


def _maybe_texts(values: Sequence[Any]) -> bool:
    return _texts(values) or _texts([value for value in values if type(value) is not Unknown])


def _numbers(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= {Decimal} and all(map(Decimal.is_finite, values))


def _maybe_numbers(values: Sequence[Any]) -> bool:
    return _numbers(values) or _numbers([value for value in values if type(value) is not Unknown])


_PLAIN: Final[Mapping[str, Callable[[Sequence[Any]], bool]]] = {
    "id": _texts,
    "on": lambda values: set(map(type, values)) <= {date},
    "revenue": _numbers,
    "product_id": _maybe_texts,
    "location_id": _maybe_texts,
    "buyer_id": _maybe_texts,
    "quantity": _maybe_numbers,
    "cost": _maybe_numbers,
    "credits": lambda values: values.count(()) == len(values),
    "order_id": lambda values: _texts([value for value in values if value is not None]),
}
"""By field, whether a whole column is plainly right."""

_DEFAULTS: Final = {a.name: a.default for a in fields(SaleLine)}
_REQUIRED: Final = frozenset(name for name, default in _DEFAULTS.items() if default is NOTHING)

_LINE_CHECKS: Final[Mapping[str, tuple[check.Validator, ...]]] = {
    "id": (check.ident,),
    "on": (check.day,),
    "revenue": (check.amount,),
    "product_id": (check.maybe(check.ident),),
    "location_id": (check.maybe(check.ident),),
    "buyer_id": (check.maybe(check.ident),),
    "quantity": (check.maybe(check.amount),),
    "cost": (check.maybe(check.amount),),
    "credits": (check.each(Credit), _whole),
    "order_id": (check.optional(check.text),),
}


def within(
    lines: Sequence[T], period: Period | None, day: Callable[[T], date] = attrgetter("on")
) -> Sequence[T]:
    """Those of a period, out of lines in the order of their days, as a dossier keeps them."""
    if period is None:
        return ()
    return lines[bisect_left(lines, period.start, key=day) : bisect_right(lines, period.end, key=day)]


@frozen(kw_only=True)
class Contract:
    """Recurring business: a contract or subscription (recurring retention, renewals).

    Attributes:
        end: last day of the term, the day it comes up for renewal; ``None`` for open-ended.
        yearly_amount: the recurring amount of a year, in the book's currency.
        cancelled_on: the first day without it, where it was ended before its term.
    """

    id: str = field(validator=check.ident)
    start: date = field(validator=check.day)
    end: date | None = field(default=None, validator=[check.optional(check.day), check.not_before("start")])
    yearly_amount: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.positive))
    product_id: str | None = field(default=None, validator=check.optional(check.ident))
    location_id: str | None = field(default=None, validator=check.optional(check.ident))
    cancelled_on: date | None = field(
        default=None, validator=[check.optional(check.day), check.not_before("start")]
    )

    def in_force(self, on: date) -> bool:
        """Runs on that day."""
        return (
            self.start <= on
            and (self.end is None or on <= self.end)
            and (self.cancelled_on is None or on < self.cancelled_on)
        )

    def at(self, as_of: date) -> Self | None:
        """As known on that day: the term is known ahead, a cancellation still to come is not."""
        if self.start > as_of:
            return None
        return evolve(self, cancelled_on=None) if self.cancelled_on and self.cancelled_on > as_of else self


class OpportunityStatus(enum.Enum):
    """Where an opportunity has come to."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@frozen(kw_only=True)
class OpportunityLine:
    """One product inside an opportunity, and for whom it is meant."""

    id: str = field(validator=check.ident)
    product_id: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.ident))
    location_id: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.ident))
    buyer_id: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.ident))
    amount: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.amount))


@frozen(kw_only=True)
class Engagement:
    """A role called into an opportunity (RESP-4, ORG-2).

    Attributes:
        on: the day the role came in; an Unknown where only its presence is known.
    """

    id: str = field(validator=check.ident)
    role: str = field(validator=check.text)
    person_id: str | None = field(default=None, validator=check.optional(check.ident))
    on: Maybe[date] = field(default=NOT_FETCHED, validator=check.maybe(check.day))


@frozen(kw_only=True)
class StageStay:
    """A stage an opportunity has been in, from a day to a day (``None`` while it lasts)."""

    stage: str = field(validator=check.text)
    start: date = field(validator=check.day)
    end: date | None = field(default=None, validator=[check.optional(check.day), check.not_before("start")])


@frozen(kw_only=True)
class Opportunity:
    """A sale in the making, or one that was won or lost (RESP-4).

    Attributes:
        closes_on: the expected closing day.
        closed_on: the day it was won or lost; ``None`` while open.
        amount: in the book's currency.
        lead_id: who leads it; ``None`` where known to be nobody.
        lead_reason: why somebody other than the account manager leads it.
        next_step, next_step_on: what happens next, and when; ``None`` where known to be nothing.
        stays: the stages so far, the present one last.
    """

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    opened_on: date = field(validator=check.day)
    status: OpportunityStatus = field(
        default=OpportunityStatus.OPEN, validator=check.choice(OpportunityStatus)
    )
    stage: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.text))
    closes_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.day))
    )
    closed_on: date | None = field(default=None, validator=check.optional(check.day))
    amount: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.amount))
    probability: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.share))
    lead_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )
    lead_reason: str | None = None
    next_step: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.text))
    )
    next_step_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.day))
    )
    stays: Maybe[tuple[StageStay, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(StageStay))
    )
    engagements: Maybe[tuple[Engagement, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(Engagement))
    )
    lines: Maybe[tuple[OpportunityLine, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(OpportunityLine))
    )

    @closed_on.validator
    def _closed_when_decided(self, _: object, closed_on: date | None) -> None:
        if closed_on is None and self.status is not OpportunityStatus.OPEN:
            check.refuse(
                self, "closed_on", f"an opportunity that is {self.status.value} needs the day it was closed"
            )
        if closed_on is not None and self.status is OpportunityStatus.OPEN:
            check.refuse(self, "closed_on", "an open opportunity cannot have been closed; set the status")
        if closed_on is not None and closed_on < self.opened_on:
            check.refuse(self, "closed_on", f"{closed_on} lies before opened_on {self.opened_on}")

    def at(self, as_of: date) -> Self | None:
        """As known on that day; what was decided later was open, its stage then only known from its stays."""
        if self.opened_on > as_of:
            return None
        known, stays = self, self.stays
        if not isinstance(stays, Unknown):
            stays = tuple(
                evolve(stay, end=None) if stay.end and stay.end > as_of else stay
                for stay in stays
                if stay.start <= as_of
            )
        closed_later = self.closed_on is not None and self.closed_on > as_of
        if closed_later:
            known = evolve(
                known,
                status=OpportunityStatus.OPEN,
                closed_on=None,
                probability=Unknown(NOT_FETCHED.why, "the probability on an earlier day"),
            )
        if closed_later or stays != self.stays:
            stage: Maybe[str] = Unknown(NOT_FETCHED.why, "the stage on an earlier day")
            if not isinstance(stays, Unknown) and stays:
                stage = stays[-1].stage
            known = evolve(known, stays=stays, stage=stage)
        if not isinstance(known.engagements, Unknown) and any(
            isinstance(e.on, date) and e.on > as_of for e in known.engagements
        ):
            kept = tuple(e for e in known.engagements if isinstance(e.on, Unknown) or e.on <= as_of)
            known = evolve(known, engagements=kept)
        return known


@frozen(kw_only=True)
class SupportRequest:
    """The manager asked another function for help (ORG-2).

    Attributes:
        role: whom it asks for: ``"sales specialist"``, ``"implementation"``.
        answered_on, answered_by_id: ``None`` while nobody has answered.
    """

    id: str = field(validator=check.ident)
    role: str = field(validator=check.text)
    asked_on: date = field(validator=check.day)
    opportunity_id: str | None = field(default=None, validator=check.optional(check.ident))
    answered_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=[check.maybe(check.optional(check.day)), check.not_before("asked_on")]
    )
    answered_by_id: str | None = field(default=None, validator=check.optional(check.ident))

    def at(self, as_of: date) -> Self | None:
        """As known on that day."""
        if self.asked_on > as_of:
            return None
        if isinstance(self.answered_on, date) and self.answered_on > as_of:
            return evolve(self, answered_on=None, answered_by_id=None)
        return self
