"""What differs between two books, told by the path to each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import attrs
from attrs import frozen

from sam_core.book import COLLECTIONS, Book, Dossier
from sam_core.values import Unknown

__all__ = ["Difference", "compared", "differences", "strange_values", "walk"]

_PLAIN: Final = (str, int, bool, Decimal, date, datetime, type(None))
_APART: Final = frozenset({"provenance"})  # each source has its own story to tell


@frozen
class Difference:
    """One place where two books part.

    Attributes:
        concept: what of the book it is in: a collection, a part of the header, ``"account"``.
        path: the way to it: ``"dossier 101...: sale_lines[106...].cost"``.
        problem: what was expected, and what is there.
    """

    concept: str
    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def differences(expected: Book, actual: Book) -> list[str]:
    """Every difference between two books, one line each; ``[]`` where there is none.

    Two ``Unknown`` are the same when their reasons are: where a value would have been, each
    source words in its own way. Records are matched by id, so their order does not matter.
    The provenance is not compared.
    """
    return [str(difference) for difference in compared(expected, actual)]


def compared(expected: Book, actual: Book, *only: str) -> Iterator[Difference]:
    """The same as :func:`differences`, as records.

    Args:
        expected, actual: the books.
        only: the concepts to compare, all where none is named; nothing else is read of the books.
    """
    yield from _record("header", expected.header, actual.header, only)
    collections = tuple(name for name in COLLECTIONS if name in only)
    if only and not collections:
        if "account" not in only:
            return
        collections = COLLECTIONS[:1]  # whatever is asked for, each dossier brings its account
    wanted: dict[str, Dossier] = {dossier.id: dossier for dossier in expected.dossiers(*collections)}
    seen: set[str] = set()
    for dossier in actual.dossiers(*collections):
        path = f"dossier {dossier.id}"
        if dossier.id in seen:
            yield Difference("account", f"{path}: account", "comes twice")
        elif dossier.id not in wanted:
            yield Difference("account", f"{path}: account", "is not expected in this book")
        else:
            yield from _record(path, wanted[dossier.id], dossier, only)
        seen.add(dossier.id)
    for missing in sorted(wanted.keys() - seen):
        yield Difference("account", f"dossier {missing}: account", "is missing from this book")


def _record(path: str, expected: Any, actual: Any, only: tuple[str, ...]) -> Iterator[Difference]:
    for attribute in attrs.fields(type(expected)):
        name = attribute.name
        if name not in _APART and (not only or name in only):
            for below, problem in _values(name, getattr(expected, name), getattr(actual, name)):
                yield Difference(name, f"{path}: {below}", problem)


def _values(path: str, expected: Any, actual: Any) -> Iterator[tuple[str, str]]:
    if isinstance(expected, Unknown) and isinstance(actual, Unknown):
        same = expected.why is actual.why
    elif type(expected) is not type(actual):
        same = False
    elif isinstance(expected, tuple):
        yield from _tuples(path, expected, actual)
        return
    elif attrs.has(type(expected)):
        for attribute in attrs.fields(type(expected)):
            below = f"{path}.{attribute.name}"
            yield from _values(below, getattr(expected, attribute.name), getattr(actual, attribute.name))
        return
    else:
        same = expected == actual
    if not same:
        yield path, f"expected {_shown(expected)}, got {_shown(actual)}"


def _tuples(path: str, expected: tuple[Any, ...], actual: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    wanted, there = _keyed(expected), _keyed(actual)
    for key, item in wanted.items():
        if key in there:
            yield from _values(f"{path}[{key}]", item, there[key])
        else:
            yield f"{path}[{key}]", f"expected {_shown(item)}, got nothing"
    for key in sorted(there.keys() - wanted.keys()):
        yield f"{path}[{key}]", f"expected nothing, got {_shown(there[key])}"


def _keyed(items: Iterable[Any]) -> Mapping[str, Any]:
    """By id where there is one; else by place, once the items are in one order."""
    held = list(items)
    if all(hasattr(item, "id") for item in held):
        return {item.id: item for item in held}
    return {str(place): item for place, item in enumerate(sorted(held, key=repr))}


def _shown(value: Any) -> str:
    if isinstance(value, Unknown | Decimal):
        return str(value)
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every value below a record, with the path to it; ``Unknown`` is a value."""
    if isinstance(value, tuple):
        for key, item in _keyed(value).items():
            yield from walk(f"{path}[{key}]", item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from walk(f"{path}[{key}]", item)
    elif attrs.has(type(value)) and not isinstance(value, Unknown):
        for attribute in attrs.fields(type(value)):
            yield from walk(f"{path}.{attribute.name}", getattr(value, attribute.name))
    else:
        yield path, value


def strange_values(path: str, record: Any) -> list[str]:
    """Values that have no place in a record: floats, naive datetimes, types of some library."""
    found = []
    for where, value in walk(path, record):
        if isinstance(value, datetime) and value.utcoffset() is None:
            found.append(f"{where}: {value!r} is a naive datetime; attach a time zone and convert to UTC")
        elif isinstance(value, Enum | Unknown):
            continue
        elif type(value) not in _PLAIN:
            found.append(
                f"{where}: {value!r} is a {type(value).__name__}; give a str, int, bool, Decimal, date, "
                "an aware datetime or None"
            )
    return found
