"""Raw scalars of foreign systems, made into the values records hold. Knows no vendor.

Two steps, so that nothing is guessed and nothing is lost:

1. A *reader* (:func:`text`, :func:`ident`, :func:`decimal`, :func:`day`, …) takes one raw scalar and a
   :class:`Format`, and gives a value or raises :class:`UnreadableError`. It is never given a blank.
2. :class:`Fields` holds one raw record and reads it field by field. It tells *missing* (the source has no
   such field), *blank* (it has, and nothing stands there) and *unreadable* apart, and reports the last.
"""

from __future__ import annotations

import enum
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn, Protocol, TypeVar

from attrs import define, field, frozen

from sam_adapters.contract import AdapterError, Effect, MappingProblem, ProblemLog, SourceError
from sam_core.errors import RecordError, suggestion
from sam_core.values import Maybe, Money, Period, Unknown, Why, check_currency

__all__ = [
    "PLACEHOLDERS",
    "PLAIN",
    "Collector",
    "ExchangeRates",
    "Fields",
    "Format",
    "LeftOutError",
    "Reader",
    "StrictReadingError",
    "UnreadableError",
    "choice",
    "day",
    "decimal",
    "flag",
    "ident",
    "idents",
    "instant",
    "is_blank",
    "millis",
    "period",
    "text",
    "whole",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=enum.Enum)

PLACEHOLDERS: Final = frozenset(
    {"#N/A", "#NA", "N/A", "NULL", "NAN", "-", "--", "\\N"}
    | {"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
)
"""What other programs write where they have no value. It is not a value, and not surely a blank."""


class UnreadableError(AdapterError, ValueError):
    """A raw scalar that cannot be read as what it should be; the message says what would be right."""


class LeftOutError(AdapterError):
    """A record has to be left out. Its problem has been reported already."""


class StrictReadingError(SourceError):
    """A strict reading met its first problem.

    Attributes:
        problem: that problem.
    """

    def __init__(self, problem: MappingProblem) -> None:
        self.problem = problem
        super().__init__(f"{problem}; a strict reading stops here")


@frozen(kw_only=True)
class Format:
    """How a source writes its scalars.

    Attributes:
        decimal_mark: what stands before the decimals.
        thousands: what stands between groups of three digits; ``""`` where nothing may.
        dates: how days are written, as in :func:`datetime.datetime.strptime`, beside ISO 8601.
        zone: the zone of moments written without an offset; ``None`` where they are refused.
        placeholders: texts, in capitals, that stand for no value and are refused.
        yes, no: words for true and false, in lower case.
    """

    decimal_mark: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ()
    zone: tzinfo | None = None
    placeholders: frozenset[str] = PLACEHOLDERS
    yes: frozenset[str] = frozenset({"true", "yes", "y", "1"})
    no: frozenset[str] = frozenset({"false", "no", "n", "0"})


PLAIN: Final = Format()
"""Decimal point, no thousands separators, ISO days, moments with an offset."""


class Reader(Protocol[T_co]):
    """Makes a value of one raw scalar that is not blank."""

    def __call__(self, raw: Any, form: Format = PLAIN) -> T_co:
        """The value.

        Raises:
            UnreadableError: it cannot be read.
        """


def is_blank(raw: object) -> bool:
    """True for ``None`` and for text with nothing in it but white space."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _refuse(problem: str) -> NoReturn:
    raise UnreadableError(problem)


def text(raw: Any, form: Format = PLAIN) -> str:
    """Text as it stands, blanks at its ends included; numbers as they are written."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        _refuse(f"{raw!r} is not a text")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # a spreadsheet knows no other numbers: 42.0 was typed 42
    written = str(raw)
    if written.strip().upper() in form.placeholders:
        _refuse(f"{written!r} stands for no value; leave it blank, or declare it a word for blank")
    return written


def ident(raw: Any, form: Format = PLAIN) -> str:
    """An id: text without the blanks at its ends, so that records find each other."""
    return text(raw, form).strip()


def idents(raw: Any, form: Format = PLAIN) -> tuple[str, ...]:
    """Ids out of a list, or out of a text that separates them by ``;``. A lone ``;`` is an empty list."""
    parts = raw if isinstance(raw, (list, tuple)) else text(raw, form).split(";")
    return tuple(ident(part, form) for part in parts if not is_blank(part))


_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def _plain_number(written: str, form: Format) -> str:
    whole_part, mark, decimals = written.partition(form.decimal_mark)
    if form.thousands and form.thousands in whole_part:
        groups = whole_part.lstrip("+-").split(form.thousands)
        if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
            return ""
        whole_part = whole_part.replace(form.thousands, "")
    if form.decimal_mark != "." and "." in whole_part + decimals:
        return ""
    return f"{whole_part}.{decimals}" if mark else whole_part


def decimal(raw: Any, form: Format = PLAIN) -> Decimal:
    """A finite decimal. A float is taken as it is written: ``0.1`` is one tenth.

    A separator nobody declared is refused: ``1,234`` is a thousand to some and one and a bit to others.
    """
    if isinstance(raw, Decimal) and raw.is_finite():
        return raw
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        _refuse(f"{raw!r} is not a number")
    written = str(raw).strip()
    plain = written if not isinstance(raw, str) else _plain_number(written, form)
    if not _NUMBER.fullmatch(plain):
        like = "1234.50".replace(".", form.decimal_mark)
        declare = "" if form.thousands else ", or declare the decimal mark and thousands separator"
        _refuse(f"{raw!r} is not a number; write it like {like}{declare}")
    try:
        return Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern admits nothing Decimal refuses
        _refuse(f"{raw!r} is not a number")


def whole(raw: Any, form: Format = PLAIN) -> int:
    """A whole number; ``3.0`` is one, ``3.5`` is not."""
    number = decimal(raw, form)
    if number != number.to_integral_value():
        _refuse(f"{raw!r} is not a whole number")
    return int(number)


def day(raw: Any, form: Format = PLAIN) -> date:
    """A day: ISO 8601, or in a declared format. A moment counts on the day it is written as.

    A moment with an offset is first brought to ``form.zone`` (UTC where none is declared).
    A text that two declared formats read as two days is refused, and so is ``03/04/2026``
    where none is declared.
    """
    if isinstance(raw, datetime):
        return (raw if raw.tzinfo is None else raw.astimezone(form.zone or UTC)).date()
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str):
        _refuse(f"{raw!r} is not a day")
    written = raw.strip()
    if re.match(r"\d{4}-\d\d-\d\d", written, re.ASCII):
        try:
            return (
                date.fromisoformat(written)
                if len(written) == 10
                else day(datetime.fromisoformat(written), form)
            )
        except (ValueError, OverflowError):
            pass
    found = {moment.date() for layout in form.dates if (moment := _strptime(written, layout)) is not None}
    if len(found) > 1:
        both = " and ".join(sorted(map(str, found)))
        _refuse(f"{raw!r} is {both} by the declared formats; declare one of them only")
    if not found:
        declared = f" or {' or '.join(form.dates)}" if form.dates else "; or declare the format of its days"
        _refuse(f"{raw!r} is not a day; write it YYYY-MM-DD{declared}")
    return found.pop()


def _strptime(written: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(written, layout)  # noqa: DTZ007 - only its day is taken
    except ValueError:
        return None


def instant(raw: Any, form: Format = PLAIN) -> datetime:
    """A moment in UTC: ISO 8601 with an offset, or without one where ``form.zone`` is declared.

    A day alone is no moment, and refused.
    """
    if isinstance(raw, datetime):
        moment = raw
    else:
        written = raw.strip() if isinstance(raw, str) else ""
        try:
            moment = datetime.fromisoformat(written) if len(written) > 10 else _refuse("")
        except ValueError:
            _refuse(f"{raw!r} is not a moment; write it like 2026-01-31T09:30:00Z")
    if moment.tzinfo is None:
        if form.zone is None:
            _refuse(f"{raw!r} has no time zone; write its offset, or declare the zone of such moments")
        moment = moment.replace(tzinfo=form.zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        _refuse(f"{raw!r} lies outside the calendar")


def millis(raw: Any, form: Format = PLAIN) -> datetime:
    """A moment in UTC, given as milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(0, UTC) + (datetime.resolution * 1000) * whole(raw, form)
    except OverflowError:
        _refuse(f"{raw!r} lies outside the calendar")


def flag(raw: Any, form: Format = PLAIN) -> bool:
    """True or false, by the words the format has for them."""
    word = str(raw).strip().lower()
    if word in form.yes:
        return True
    if word in form.no:
        return False
    return _refuse(f"{raw!r} is neither {'/'.join(sorted(form.yes))} nor {'/'.join(sorted(form.no))}")


def choice(kind: type[E]) -> Reader[E]:
    """A reader of the members of ``kind``, by value or name, whatever the capitals: ``in person``, ``IN_PERSON``."""
    members = {str(member.value).lower(): member for member in kind}
    members |= {member.name.lower().replace("_", " "): member for member in kind}

    def read(raw: Any, form: Format = PLAIN) -> E:
        word = " ".join(text(raw, form).lower().replace("_", " ").replace("-", " ").split())
        if word not in members:
            names = [member.name.lower().replace("_", " ") for member in kind]
            _refuse(f"{raw!r} is none of the {len(names)} words known here{suggestion(word, names)}")
        return members[word]

    return read


def period(raw: Any, form: Format = PLAIN) -> Period:
    """A period, as :meth:`sam_core.values.Period.parse` reads it."""
    try:
        return Period.parse(text(raw, form))
    except RecordError as error:
        _refuse(error.problem)


@define
class Collector:
    """Takes problems; a strict one raises at the first.

    Attributes:
        log: where they are kept.
        strict: raise instead.
    """

    log: ProblemLog = field(factory=ProblemLog)
    strict: bool = False

    def report(self, problem: MappingProblem) -> None:
        """Keep it.

        Raises:
            StrictReadingError: this collector is strict.
        """
        self.log.report(problem)
        if self.strict:
            raise StrictReadingError(problem)

    def absorb(self, other: ProblemLog) -> None:
        """Take over all the problems of another log, those it only counted among them.

        Raises:
            StrictReadingError: this collector is strict, and there are some.
        """
        rest = Counter(other.counts)
        for problem in other:
            self.report(problem)
            rest[problem.where, problem.field, problem.effect] -= 1
        self.log.counts.update(+rest)


@define
class Fields:
    """One raw record, read field by field.

    ====================  ==================  ==============  =====================
    asked by              missing             blank           unreadable
    ====================  ==================  ==============  =====================
    ``required``          left out, reported  the same        the same
    ``maybe``             ``missing(name)``   Unknown(BLANK)  Unknown, reported
    ``maybe_none``        ``missing(name)``   ``None``        Unknown, reported
    ``optional``          ``None``            ``None``        ``None``, reported
    ====================  ==================  ==============  =====================

    Args:
        raw: the record; a key that is not there is missing, one that holds ``None`` is blank.
        where: the file, table or object.
        record: which one: ``"row 17"``, or its id.
        collector: takes the problems.
        form: how the source writes its scalars; ``forms`` overrules it by field.
        missing: the Unknown of a field the source does not have.
    """

    raw: Mapping[str, Any]
    where: str
    record: str
    collector: Collector = field(factory=Collector)
    form: Format = PLAIN
    forms: Mapping[str, Format] = field(factory=dict)
    missing: Callable[[str], Unknown] | None = None

    def report(self, name: str, problem: str, effect: Effect = Effect.LEFT_OUT) -> None:
        """Report a problem of this record."""
        self.collector.report(
            MappingProblem(where=self.where, record=self.record, field=name, problem=problem, effect=effect)
        )

    def leave_out(self, name: str, problem: str) -> NoReturn:
        """Report why the record has to be left out, and leave it."""
        self.report(name, problem)
        raise LeftOutError(problem)

    def _read(self, name: str, read: Reader[T]) -> T:
        return read(self.raw[name], self.forms.get(name, self.form))

    def _absent(self, name: str) -> Unknown:
        if self.missing is not None:
            return self.missing(name)
        return Unknown(Why.NOT_CONFIGURED, f"{self.where}.{name}")

    def required(self, name: str, read: Reader[T]) -> T:
        """The value.

        Raises:
            LeftOutError: there is none; the problem is reported.
        """
        if name not in self.raw:
            self.leave_out(name, "it is required, and the source does not have it")
        if is_blank(self.raw[name]):
            self.leave_out(name, "it is required, and blank")
        try:
            return self._read(name, read)
        except UnreadableError as error:
            self.leave_out(name, str(error))

    def maybe(self, name: str, read: Reader[T]) -> Maybe[T]:
        """The value, or an Unknown that says why there is none."""
        if name not in self.raw:
            return self._absent(name)
        if is_blank(self.raw[name]):
            return Unknown(Why.BLANK, f"{self.where}.{name}")
        try:
            return self._read(name, read)
        except UnreadableError as error:
            self.report(name, str(error), Effect.VALUE_UNKNOWN)
            return Unknown(Why.UNREADABLE, f"{self.where}.{name}")

    def maybe_none(self, name: str, read: Reader[T]) -> Maybe[T | None]:
        """The value, ``None`` where the source says by a blank that there is none, or an Unknown."""
        if name in self.raw and is_blank(self.raw[name]):
            return None
        return self.maybe(name, read)

    def optional(self, name: str, read: Reader[T]) -> T | None:
        """The value, or ``None``: for what no clause depends on."""
        if name not in self.raw or is_blank(self.raw[name]):
            return None
        try:
            return self._read(name, read)
        except UnreadableError as error:
            self.report(name, str(error), Effect.VALUE_UNKNOWN)
            return None

    def make(self, build: Callable[[Fields], T]) -> T | None:
        """What ``build`` makes of these fields; ``None`` where the record had to be left out.

        A :class:`~sam_core.errors.RecordError` is reported as a problem of the field it names.
        """
        try:
            return build(self)
        except LeftOutError:
            return None
        except RecordError as error:
            self.report(error.field, error.problem)
            return None


@define
class ExchangeRates:
    """Dated rates into the currency of the book. A rate holds from its day until the next one's.

    Args:
        currency: the book's.
        rates: ``(currency, first day, rate)``; a rate is what one unit is worth in the book's currency,
            or, with ``per_book``, how many units one of the book's currency buys.
        per_book: see ``rates``.
    """

    currency: str
    rates: Iterable[tuple[str, date, Decimal]] = ()
    per_book: bool = False
    used: set[str] = field(factory=set, init=False)
    _dated: dict[str, list[tuple[date, Decimal]]] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        check_currency(self.currency)
        for code, start, rate in sorted(self.rates):
            check_currency(code)
            if rate <= 0:
                raise RecordError("ExchangeRate", f"{code} {start}", "rate", f"{rate} is not above nought")
            self._dated.setdefault(code, []).append((start, rate))

    def convert(self, money: Money, on: date) -> Maybe[Decimal]:
        """The amount in the book's currency at the rate of that day; an Unknown where there is no rate."""
        if money.currency == self.currency:
            return money.amount
        dated = self._dated.get(money.currency, [])
        place = bisect_right(dated, on, key=lambda entry: entry[0])
        if not place:
            return Unknown(Why.NOT_CONFIGURED, f"rate of {money.currency} to {self.currency} on {on}")
        self.used.add(money.currency)
        rate = dated[place - 1][1]
        return money.amount / rate if self.per_book else money.converted(rate, self.currency).amount

    def amount(self, raw_amount: Decimal, currency: str | None, on: date) -> Maybe[Decimal]:
        """The same, for an amount and its currency; without one it is in the book's already.

        Raises:
            UnreadableError: nobody knows that currency.
        """
        if currency is None:
            return raw_amount
        try:
            money = Money(raw_amount, currency.strip().upper())
        except RecordError as error:
            raise UnreadableError(error.problem) from None
        return self.convert(money, on)
