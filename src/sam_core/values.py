"""The values every other module speaks in: days, money, doubt and outcomes."""

from __future__ import annotations

import calendar
import enum
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NoReturn, TypeAlias, TypeVar

from attrs import Attribute, field, frozen

from sam_core._currencies import CURRENCIES
from sam_core.errors import CurrencyMismatchError, RecordError, TruthValueError, suggestion

__all__ = [
    "NOT_FETCHED",
    "Coverage",
    "Maybe",
    "Money",
    "Outcome",
    "Period",
    "Unknown",
    "Why",
    "add_months",
    "is_known",
    "known",
]

T = TypeVar("T")


class Why(enum.Enum):
    """Why a source cannot give a value. Each reason has its own remedy."""

    NOT_SUPPORTED = "not-supported"
    NOT_PERMITTED = "not-permitted"
    NOT_CONFIGURED = "not-configured"
    NOT_FETCHED = "not-fetched"
    BLANK = "blank"
    UNREADABLE = "unreadable"


@frozen
class Unknown:
    """A value this source cannot give. Never zero, never empty, never false.

    ``None`` and ``()`` mean *known to be none*; ``Unknown`` means nobody knows.

    Args:
        why: the reason.
        where: where the value would have been, for people: ``"table cases"``.
    """

    why: Why
    where: str = ""

    def __bool__(self) -> NoReturn:
        raise TruthValueError(
            f"{self} is neither true nor false; test it with isinstance(value, Unknown) first"
        )

    def __str__(self) -> str:
        return f"unknown ({self.why.value}{': ' + self.where if self.where else ''})"


Maybe: TypeAlias = T | Unknown
"""``Maybe[date]`` is a date, or an :class:`Unknown` that says why there is none."""

NOT_FETCHED: Final = Unknown(Why.NOT_FETCHED)
"""What every field that a caller leaves out stands for."""


def is_known(value: object) -> bool:
    """True unless ``value`` is an :class:`Unknown`."""
    return not isinstance(value, Unknown)


def known(values: Iterable[Maybe[T]]) -> tuple[T, ...]:
    """Those of ``values`` that are known, in their order."""
    return tuple(value for value in values if not isinstance(value, Unknown))


class Outcome(enum.Enum):
    """What a rule or measure concludes. Four states, so it refuses ``bool()``."""

    MET = "met"
    AT_RISK = "at risk"
    NOT_MET = "not met"
    NOT_ASSESSABLE = "not assessable"

    def __bool__(self) -> NoReturn:
        raise TruthValueError(f"Outcome.{self.name} has no truth value; compare it: outcome is Outcome.MET")

    @classmethod
    def all_of(cls, outcomes: Iterable[Outcome]) -> Outcome:
        """Strong Kleene *and*: one failure decides, else one gap leaves it open.

        An empty collection is ``MET``; decide before calling whether the rule applies at all.
        """
        seen = set(outcomes)
        for outcome in (cls.NOT_MET, cls.NOT_ASSESSABLE, cls.AT_RISK):
            if outcome in seen:
                return outcome
        return cls.MET

    @classmethod
    def any_of(cls, outcomes: Iterable[Outcome]) -> Outcome:
        """Strong Kleene *or*: one success decides, else one gap leaves it open."""
        seen = set(outcomes)
        for outcome in (cls.MET, cls.NOT_ASSESSABLE, cls.AT_RISK):
            if outcome in seen:
                return outcome
        return cls.NOT_MET

    @classmethod
    def at_least(cls, count: int, outcomes: Iterable[Outcome]) -> Outcome:
        """At least ``count`` of them are met; open while the gaps could still decide it."""
        seen = list(outcomes)
        met = seen.count(cls.MET)
        if met >= count:
            return cls.MET
        return cls.NOT_ASSESSABLE if met + seen.count(cls.NOT_ASSESSABLE) >= count else cls.NOT_MET


@lru_cache(maxsize=8192)
def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier), held back to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_PERIOD_TEXT = re.compile(r"(\d{4})(?:-?([QH])(\d)|-(\d{2}))?", re.IGNORECASE)
_MONTHS_PER = {"Q": 3, "H": 6}


@frozen(order=True)
class Period:
    """A span of days, both ends inclusive. A fiscal year is just a period.

    Raises:
        RecordError: either end is no date, or ``end`` lies before ``start``.
    """

    start: date = field()
    end: date = field()

    @start.validator
    @end.validator
    def _dates(self, attribute: Attribute[date], day: object) -> None:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise RecordError("Period", "", attribute.name, f"{day!r} is not a datetime.date")

    @end.validator
    def _in_order(self, _: object, end: date) -> None:
        if end < self.start:
            raise RecordError("Period", "", "end", f"{end} lies before the start {self.start}")

    @classmethod
    def year(cls, year: int) -> Period:
        """The calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2026``, ``2026Q3``, ``2026H1``, ``2026-07`` or ``2026-01-01..2026-06-30``.

        Raises:
            RecordError: the text is none of these.
        """
        cleaned = text.strip()
        try:
            if ".." in cleaned:
                first, last = cleaned.split("..")
                return cls(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
            match = _PERIOD_TEXT.fullmatch(cleaned)
            if match is None:
                return cls._unreadable(text)
            year, kind, number, month = match.groups()
            if month:
                return cls._months(int(year), int(month), 1)
            if kind:
                length = _MONTHS_PER[kind.upper()]
                return cls._months(int(year), (int(number) - 1) * length + 1, length)
            return cls.year(int(year))
        except RecordError:
            raise
        except ValueError:
            return cls._unreadable(text)

    @staticmethod
    def _unreadable(text: str) -> NoReturn:
        raise RecordError(
            "Period",
            "",
            "text",
            f"{text!r} is not a period; write 2026, 2026Q3, 2026H1, 2026-07 or 2026-01-01..2026-06-30",
        ) from None

    @classmethod
    def _months(cls, year: int, first: int, length: int) -> Period:
        start = date(year, first, 1)
        return cls(start, add_months(start, length) - timedelta(days=1))

    @classmethod
    def trailing(cls, as_of: date, months: int) -> Period:
        """The ``months`` up to and including ``as_of``."""
        return cls(add_months(as_of, -months) + timedelta(days=1), as_of)

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def overlap(self, other: Period) -> int:
        """Number of days both periods have, 0 where they are apart."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)

    def elapsed(self, as_of: date) -> Decimal:
        """Share of the days up to ``as_of``, from 0 to 1."""
        return Decimal(min(max((as_of - self.start).days + 1, 0), self.days)) / self.days

    def ended(self, as_of: date) -> bool:
        """True from the last day on."""
        return as_of >= self.end

    def to_date(self, as_of: date) -> Period | None:
        """The part up to ``as_of``; ``None`` before the first day."""
        return None if as_of < self.start else Period(self.start, min(self.end, as_of))

    def comparable(self) -> Period:
        """The same days one year before, or as many years as it takes to lie wholly before.

        A period that ends with its month does so there too.
        """
        months = 12
        while add_months(self.end, -months) >= self.start:
            months += 12
        end = add_months(self.end, -months)
        if (self.end + timedelta(days=1)).day == 1:
            end = end.replace(day=calendar.monthrange(end.year, end.month)[1])
        return Period(add_months(self.start, -months), end)

    def __str__(self) -> str:
        if (self.start.month, self.start.day, self.end) == (1, 1, date(self.start.year, 12, 31)):
            return f"{self.start.year}"
        return f"{self.start}..{self.end}"


def check_currency(code: object) -> None:
    """Refuse what is not an ISO 4217 code."""
    if not isinstance(code, str) or code not in CURRENCIES:
        raise RecordError(
            "Money", "", "currency", f"{code!r} is no ISO 4217 code{suggestion(str(code), CURRENCIES)}"
        )


@frozen(order=False)
class Money:
    """An amount in one currency (ISO 4217). Different currencies never meet without a rate.

    Raises:
        RecordError: a float, an infinite amount, or a currency nobody knows.
    """

    amount: Decimal = field()
    currency: str = field()

    @amount.validator
    def _exact(self, _: object, amount: object) -> None:
        if not isinstance(amount, Decimal) or not amount.is_finite():
            raise RecordError("Money", "", "amount", f"{amount!r} is not a finite Decimal")

    @currency.validator
    def _known(self, _: object, code: str) -> None:
        check_currency(code)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatchError(
                f"cannot add {other.currency} to {self.currency}; convert one of them first, with a dated rate"
            )
        return Money(self.amount + other.amount, self.currency)

    def converted(self, rate: Decimal, currency: str) -> Money:
        """This amount at ``rate`` units of ``currency`` for one of its own."""
        return Money(self.amount * rate, currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@frozen(kw_only=True)
class Coverage:
    """How much of what a number speaks of could be judged; travels with every number.

    Attributes:
        judged: records that could be judged, of ``total``.
        judged_amount: their revenue in the book's currency, of ``total_amount``.
    """

    judged: int = 0
    total: int = 0
    judged_amount: Decimal = Decimal(0)
    total_amount: Decimal = Decimal(0)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            judged=self.judged + other.judged,
            total=self.total + other.total,
            judged_amount=self.judged_amount + other.judged_amount,
            total_amount=self.total_amount + other.total_amount,
        )

    @property
    def share(self) -> Decimal | None:
        """Share of the records judged; ``None`` where there is nothing to judge."""
        return Decimal(self.judged) / self.total if self.total else None

    @property
    def amount_share(self) -> Decimal | None:
        """Share of the revenue judged; ``None`` where there is no revenue."""
        return self.judged_amount / self.total_amount if self.total_amount else None
