"""Core records out of flat raw ones, by the records' own declarations."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar

import attrs

from sam_adapters.convert import (
    PLAIN,
    Fields,
    Format,
    Reader,
    choice,
    decimal,
    flag,
    ident,
    idents,
    instant,
    is_blank,
    millis,
    text,
    whole,
)
from sam_adapters.convert import day as written_day
from sam_core.values import Period, Unknown

__all__ = ["UTC_DAYS", "build", "day", "days", "moment", "plain_fields"]

R = TypeVar("R")


def moment(raw: Any, form: Format = PLAIN) -> datetime:
    """A moment in UTC: ISO 8601, or milliseconds since 1970, as HubSpot writes both."""
    return millis(raw, form) if str(raw).strip().lstrip("-").isdecimal() else instant(raw, form)


def day(raw: Any, form: Format = PLAIN) -> date:
    """A day, of a date or of a moment in the portal's zone; midnight UTC in milliseconds is a date."""
    if str(raw).strip().lstrip("-").isdecimal():
        at = millis(raw, form)
        return at.date() if at.time() == datetime.min.time() else written_day(at, form)
    return written_day(raw, form)


def days(raw: Any, form: Format = PLAIN) -> tuple[date, ...]:
    """Days separated by ``;``."""
    return tuple(day(part, form) for part in text(raw, form).split(";") if not is_blank(part))


_READERS: Final[Mapping[Any, Reader[Any]]] = {
    Decimal: decimal,
    date: day,
    datetime: moment,
    int: whole,
    bool: flag,
    tuple[str, ...]: idents,
    tuple[date, ...]: days,
}


def _reader(name: str, hint: Any) -> Reader[Any] | None:
    if hint is str:
        return ident if name == "id" or name.endswith("_id") else text
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return choice(hint)
    return _READERS.get(hint)


@cache
def plain_fields(record: Any) -> Mapping[str, tuple[Reader[Any], str]]:
    """A record's fields that one scalar can fill: the reader, and how :class:`Fields` is to be asked.

    A period counts as none; it is made of two.
    """
    hints = typing.get_type_hints(record)
    plain: dict[str, tuple[Reader[Any], str]] = {}
    for attribute in attrs.fields(record):
        hint = hints[attribute.name]
        union = typing.get_origin(hint) in {typing.Union, types.UnionType}
        members = set(typing.get_args(hint)) if union else {hint}
        reader = _reader(attribute.name, next(iter(members - {Unknown, type(None)})))
        if reader is None:
            continue
        if attribute.default is attrs.NOTHING:
            how = "required"
        elif Unknown in members:
            how = "maybe_none" if type(None) in members else "maybe"
        else:
            how = "optional"
        plain[attribute.name] = (reader, how)
    return plain


def build(record: type[R], fields: Fields, **given: Any) -> R:
    """The record of these fields.

    Args:
        record: its class.
        fields: the raw values, by attribute name; a record of a period takes ``start`` and ``end``.
        given: attributes that are known already.

    Raises:
        LeftOutError: a value that it cannot do without is missing; reported already.
        RecordError: the values do not fit together.
    """
    made: dict[str, Any] = dict(given)
    kind: Any = record
    for name, (reader, how) in plain_fields(kind).items():
        if name in made:
            continue
        value = getattr(fields, how)(name, reader)
        if how != "optional" or value is not None:
            made[name] = value
    if "period" not in made and any(a.name == "period" for a in attrs.fields(kind)):
        made["period"] = Period(fields.required("start", day), fields.required("end", day))
    return record(**made)


UTC_DAYS: Final = Format(zone=UTC, placeholders=frozenset())
"""For days that HubSpot keeps by UTC whatever the portal's zone, the ends of goals among them."""
