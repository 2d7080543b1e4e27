"""attrs validators for records: strict on types, and they name record and field.

A validator here is given the half-built record, so it can name the id: every
record declares ``id`` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, NoReturn

import attrs
from attrs import Attribute

from sam_core.errors import RecordError
from sam_core.values import Unknown

__all__ = [
    "Validator",
    "amount",
    "choice",
    "code",
    "count",
    "day",
    "days",
    "each",
    "fields",
    "flag",
    "gathered",
    "ident",
    "idents",
    "instant",
    "maybe",
    "not_before",
    "optional",
    "positive",
    "record_type",
    "refuse",
    "share",
    "text",
]

Validator = Callable[[Any, "Attribute[Any]", Any], None]


def refuse(record: object, field: str, problem: str) -> NoReturn:
    """Raise the error that names this record and field."""
    record_id = getattr(record, "id", "") if field != "id" else ""
    value = getattr(record, field, None)
    if isinstance(value, Unknown) and problem.startswith(repr(value)):
        problem = (
            f"{value} is given, and this field cannot be unknown; leave it out where there is nothing to say"
        )
    raise RecordError(type(record).__name__, str(record_id), field, problem)


def fields(record: Any, checks: Mapping[str, tuple[Validator, ...]]) -> None:
    """Check a record's fields by name, in the order given."""
    for attribute in attrs.fields(type(record)):
        for validator in checks.get(attribute.name, ()):
            validator(record, attribute, getattr(record, attribute.name))


def gathered(value: Any) -> Any:
    """An iterable's items as a tuple; anything else as it is, for the validator to refuse."""
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        return value
    return tuple(value)


def ident(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        refuse(record, attribute.name, f"{value!r} is not an id; give a text that is not blank")


text = ident


def idents(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A tuple of ids."""
    if not isinstance(value, tuple):
        refuse(record, attribute.name, f"{value!r} is not a tuple of ids")
    for item in value:
        ident(record, attribute, item)


def day(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A date, not a datetime."""
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(record, attribute.name, f"{value!r} is not a datetime.date")


def days(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A tuple of dates."""
    if not isinstance(value, tuple):
        refuse(record, attribute.name, f"{value!r} is not a tuple of dates")
    for item in value:
        day(record, attribute, item)


def instant(record: object, attribute: Attribute[Any], value: Any) -> None:
    """An aware datetime in UTC."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        refuse(
            record,
            attribute.name,
            f"{value!r} is not an aware datetime; attach a time zone and convert to UTC",
        )
    if value.utcoffset() != timedelta(0):
        refuse(record, attribute.name, f"{value!r} is not in UTC; call .astimezone(datetime.UTC) first")


def amount(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A finite Decimal of either sign."""
    if not isinstance(value, Decimal) or not value.is_finite():
        refuse(record, attribute.name, f"{value!r} is not a finite Decimal; amounts are never float")


def positive(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A finite Decimal, nought or more."""
    amount(record, attribute, value)
    if value < 0:
        refuse(record, attribute.name, f"{value} is below nought")


def share(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A Decimal from 0 to 1."""
    amount(record, attribute, value)
    if not 0 <= value <= 1:
        refuse(record, attribute.name, f"{value} is not a share from 0 to 1")


def count(record: object, attribute: Attribute[Any], value: Any) -> None:
    """An int, nought or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        refuse(record, attribute.name, f"{value!r} is not a whole number of nought or more")


def flag(record: object, attribute: Attribute[Any], value: Any) -> None:
    """True or False."""
    if not isinstance(value, bool):
        refuse(record, attribute.name, f"{value!r} is neither True nor False")


def code(record: object, attribute: Attribute[Any], value: Any) -> None:
    """A currency code of ISO 4217."""
    from sam_core.values import check_currency

    try:
        check_currency(value)
    except RecordError as error:
        refuse(record, attribute.name, error.problem)


def choice(kind: type[Any]) -> Validator:
    """A member of the enumeration ``kind``."""

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, kind):
            known = ", ".join(f"{kind.__name__}.{member.name}" for member in kind)
            refuse(record, attribute.name, f"{value!r} is not one of {known}")

    return check


def record_type(kind: type[Any]) -> Validator:
    """An instance of the record ``kind``."""

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, kind):
            refuse(record, attribute.name, f"{value!r} is not a {kind.__name__}")

    return check


_id = attrgetter("id")


def each(kind: type[Any]) -> Validator:
    """A tuple of ``kind``; where they have ids, no id twice."""
    has_id = "id" in kind.__annotations__

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, tuple):
            refuse(record, attribute.name, f"{value!r} is not a tuple of {kind.__name__}")
        if has_id and {kind}.issuperset(map(type, value)) and len(set(map(_id, value))) == len(value):
            return  # what is plainly right is seen at a glance
        seen: set[str] = set()
        for item in value:
            if not isinstance(item, kind):
                refuse(record, attribute.name, f"{item!r} is not a {kind.__name__}")
            item_id = getattr(item, "id", None)
            if item_id is not None:
                if item_id in seen:
                    refuse(record, attribute.name, f"{kind.__name__} {item_id!r} stands there twice")
                seen.add(item_id)

    return check


def maybe(inner: Validator) -> Validator:
    """What ``inner`` accepts, or an Unknown."""

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, Unknown):
            inner(record, attribute, value)

    return check


def optional(inner: Validator) -> Validator:
    """What ``inner`` accepts, or None for *known to be none*."""

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        if value is not None:
            inner(record, attribute, value)

    return check


def not_before(earlier: str) -> Validator:
    """Not before the field ``earlier``, where both are known."""

    def check(record: object, attribute: Attribute[Any], value: Any) -> None:
        first = getattr(record, earlier)
        if isinstance(first, date) and isinstance(value, date) and value < first:
            refuse(record, attribute.name, f"{value} lies before {earlier} {first}")

    return check
