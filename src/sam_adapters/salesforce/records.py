"""From a row to a core record: every attribute the map names, every problem told, nothing guessed.

What a row cannot say becomes an ``Unknown`` with its reason: not configured, not permitted, blank, unreadable. Where the
record has no place for one, the row is left out and the problem says why.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, Final, TypeVar

import attrs
from attrs import define, field, frozen

from sam_adapters.contract import Effect, MappingProblem
from sam_adapters.convert import (
    Collector,
    ExchangeRates,
    Format,
    LeftOutError,
    Reader,
    UnreadableError,
    choice,
    day,
    decimal,
    flag,
    idents,
    instant,
    is_blank,
    text,
    whole,
)
from sam_adapters.salesforce.objects import ObjectSpec
from sam_core import book
from sam_core.errors import RecordError
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Builder", "Readable", "Row", "readable_kinds", "truth"]

R = TypeVar("R", bound=attrs.AttrsInstance)
Row = Mapping[str, Any]

MONEY: Final[Mapping[type[Any], frozenset[str]]] = {
    book.SaleLine: frozenset({"revenue", "cost"}),
    book.Opportunity: frozenset({"amount"}),
    book.OpportunityLine: frozenset({"amount"}),
    book.Contract: frozenset({"yearly_amount"}),
    book.SpendEstimate: frozenset({"yearly_amount"}),
    book.Investment: frozenset({"company", "customer"}),
    book.ProfitExpectation: frozenset({"gross_profit"}),
    book.Product: frozenset({"standard_cost"}),
    book.DatedCost: frozenset({"unit_cost"}),
}
"""Which attributes are amounts of money, and are converted."""


@frozen(kw_only=True)
class Readable:
    """One object as it can be read.

    Attributes:
        spec: how it is mapped.
        names: our field names that are there.
        gap: why the object is not there at all; ``None`` where it is.
    """

    spec: ObjectSpec
    names: frozenset[str] = frozenset()
    gap: Unknown | None = None

    def lacks(self, name: str) -> Unknown | None:
        """Why a field cannot be read; ``None`` where it can."""
        if self.gap is not None:
            return self.gap
        if name not in self.spec.fields:
            return Unknown(Why.NOT_CONFIGURED, f"{self.spec.object}: {name.replace('_', ' ')}")
        return None if name in self.names else Unknown(Why.NOT_PERMITTED, self.spec.path(name))

    def reads(self, name: str) -> bool:
        """True where a field can be read."""
        return self.lacks(name) is None

    def value(self, row: Row, name: str) -> Any:
        """The raw value, or the constant that stands for it."""
        path = self.spec.fields.get(name, "")
        return path[1:] if path.startswith("=") else row.get(name)


_FORM: Final = Format(placeholders=frozenset())
"""The org's values have types; a text that looks like no value is a text."""

_READERS: Final[Mapping[Any, Reader[Any]]] = {
    str: text,
    datetime: instant,
    date: day,
    Decimal: decimal,
    bool: flag,
    int: whole,
}


@frozen
class _Kind:
    """What an attribute of a record takes."""

    base: Any
    many: bool
    none: bool
    unknown: bool
    default: bool


@cache
def readable_kinds(record: type[Any]) -> Mapping[str, _Kind]:
    """The attributes of a record that are read from one value each, and what they take."""
    attrs.resolve_types(record)
    found = {}
    for attribute in attrs.fields(record):
        options = _flat(attribute.type)
        bases = [option for option in options if option not in (Unknown, type(None))]
        base, many = bases[0], False
        if typing.get_origin(base) is tuple:
            base, many = typing.get_args(base)[0], True
        if base in _READERS or (isinstance(base, type) and issubclass(base, enum.Enum)):
            found[attribute.name] = _Kind(
                base, many, type(None) in options, Unknown in options, attribute.default is not attrs.NOTHING
            )
    return found


def _flat(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [option for part in typing.get_args(annotation) for option in _flat(part)]
    return [annotation]


@frozen
class _Plan:
    """How the attributes of a record are got from one object: what is unknown, what is missing, what is read."""

    source: Readable
    fixed: dict[str, Unknown]
    refused: dict[str, Unknown]
    reads: list[tuple[str, _Kind]]


@define
class Builder:
    """Builds records out of rows.

    Attributes:
        values: what the org's words mean, by name of the choice.
        rates: what the currencies are worth.
        places: decimal places a converted amount is rounded to, half to even.
        problems: takes what cannot be mapped.
    """

    values: Mapping[str, Mapping[str, str]]
    rates: ExchangeRates
    places: int = 2
    problems: Collector = field(factory=Collector)
    _plans: dict[tuple[type[Any], int], _Plan] = field(factory=dict, init=False, repr=False, eq=False)

    def tell(
        self, source: Readable, row: Row, name: str, problem: str, effect: Effect = Effect.LEFT_OUT
    ) -> None:
        """Take note of a problem with a row."""
        self.problems.report(
            MappingProblem(
                where=source.spec.object,
                record=str(row.get("id", "")),
                field=source.spec.fields.get(name, name),
                problem=problem,
                effect=effect,
            )
        )

    def build(
        self, record: type[R], source: Readable, row: Row, *, rate_day: date | None = None, **given: Any
    ) -> R | None:
        """One record, or ``None`` where the row had to be left out.

        Args:
            record: the class.
            source: what the row is of.
            row: raw values by our names.
            rate_day: the day whose rates money is converted at; the latest ones where not given.
            given: attributes that are known already.
        """
        plan = self._plan(record, source)
        made = {**plan.fixed, **given}
        try:
            for name, gap in plan.refused.items():
                if name not in given:
                    self._leave_out(source, row, name, f"{gap}; grant read access, or name another field")
            for name, kind in plan.reads:
                if name not in given:
                    self._attribute(record, source, row, name, kind, rate_day, made)
            return record(**made)
        except LeftOutError:
            return None
        except RecordError as error:
            self.tell(source, row, error.field, error.problem)
            return None

    def _plan(self, record: type[attrs.AttrsInstance], source: Readable) -> _Plan:
        """What to do for each attribute; worked out once for all the rows of an object."""
        found = self._plans.get((record, id(source)))
        if found is not None and found.source is source:
            return found
        plan = _Plan(source, {}, {}, [])
        for name, kind in readable_kinds(record).items():
            gap = source.lacks(name)
            if gap is None:
                plan.reads.append((name, kind))
            elif kind.unknown:
                plan.fixed[name] = gap
            elif not kind.default:
                plan.refused[name] = gap
        self._plans[record, id(source)] = plan
        return plan

    def number(self, source: Readable, row: Row, name: str) -> Decimal | None:
        """A number of the row; ``None`` where there is none, told where it cannot be read."""
        value = source.value(row, name) if source.reads(name) else None
        if is_blank(value):
            return None
        try:
            return decimal(value)
        except UnreadableError as error:
            self.tell(source, row, name, str(error), Effect.VALUE_UNKNOWN)
            return None

    def money(
        self, source: Readable, row: Row, name: str, amount: Decimal, on: date | None
    ) -> Maybe[Decimal]:
        """An amount in the currency of the book, at the rate of a day."""
        code = source.value(row, "currency") if source.reads("currency") else None
        if not code or code == self.rates.currency:
            return amount
        try:
            converted = self.rates.amount(amount, code, on or date.max)
        except UnreadableError as error:
            self.tell(source, row, "currency", str(error), Effect.VALUE_UNKNOWN)
            return Unknown(Why.UNREADABLE, source.spec.path("currency"))
        if isinstance(converted, Unknown):
            self.tell(
                source,
                row,
                name,
                f"{converted.where} is missing; add it to the org's currencies",
                Effect.VALUE_UNKNOWN,
            )
            return converted
        return converted.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_EVEN)

    def choice(
        self,
        kind: type[enum.Enum],
        source: Readable,
        row: Row,
        name: str,
        value: Any,
        effect: Effect = Effect.VALUE_UNKNOWN,
    ) -> Any:
        """What a word of the org means; an Unknown where nobody has said."""
        table = _snake(kind.__name__)
        words = self.values.get(table, {})
        word = str(value).strip()
        try:
            return choice(kind)(words.get(word.casefold(), word))
        except UnreadableError:
            if not words and effect is Effect.VALUE_UNKNOWN:
                return Unknown(Why.NOT_CONFIGURED, f"{source.spec.path(name)}: what its words mean")
        known = ", ".join(str(member.value) for member in kind)
        self.tell(
            source,
            row,
            name,
            f"nobody has said what {word!r} means; add it to salesforce.values.{table} as one of {known}",
            effect,
        )
        return Unknown(Why.UNREADABLE, source.spec.path(name))

    def _attribute(
        self,
        record: type[Any],
        source: Readable,
        row: Row,
        name: str,
        kind: _Kind,
        rate_day: date | None,
        made: dict[str, Any],
    ) -> None:
        value = source.value(row, name)
        if is_blank(value):
            if kind.none:
                made[name] = None
            elif kind.many and not kind.unknown:
                made[name] = ()
            elif kind.unknown:
                made[name] = Unknown(Why.BLANK, source.spec.path(name))
            elif not kind.default:
                self._leave_out(source, row, name, "the field is blank; fill it in, or correct the record")
            return
        try:
            made[name] = self._read(source, row, name, kind, value)
        except UnreadableError as error:
            if not kind.unknown:
                self._leave_out(source, row, name, str(error))
            self.tell(source, row, name, str(error), Effect.VALUE_UNKNOWN)
            made[name] = Unknown(Why.UNREADABLE, source.spec.path(name))
            return
        if isinstance(made[name], Unknown) and not kind.unknown:
            raise LeftOutError(str(made[name]))  # told by the reading of the word
        if name in MONEY.get(record, ()) and isinstance(made[name], Decimal):
            made[name] = self.money(source, row, name, made[name], rate_day)
            if isinstance(made[name], Unknown) and not kind.unknown:
                self._leave_out(source, row, name, "the amount is not known in the book's currency")

    def _read(self, source: Readable, row: Row, name: str, kind: _Kind, value: Any) -> Any:
        if kind.many:
            return tuple(_READERS[kind.base](part, _FORM) for part in idents(value, _FORM))
        if kind.base in _READERS:
            return _READERS[kind.base](value, _FORM)
        effect = Effect.VALUE_UNKNOWN if kind.unknown else Effect.LEFT_OUT
        return self.choice(kind.base, source, row, name, value, effect)

    def _leave_out(self, source: Readable, row: Row, name: str, problem: str) -> typing.NoReturn:
        self.tell(source, row, name, problem)
        raise LeftOutError(problem)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def truth(value: Any) -> bool:
    """True where a raw flag says so; a blank one does not."""
    return not is_blank(value) and flag(value)
