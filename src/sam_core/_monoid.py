"""Adding up: mappings by key, and many things at once without growing memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from operator import add, attrgetter
from typing import Any, TypeVar

import attrs

__all__ = ["add_fields", "merged", "total"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")
A = TypeVar("A", bound=attrs.AttrsInstance)


def merged(first: Mapping[K, V], second: Mapping[K, V], add: Callable[[V, V], V]) -> Mapping[K, V]:
    """Both mappings in one; what stands under a key of both is added."""
    if not first or not second:
        return first or second
    result = dict(first)
    for key, value in second.items():
        result[key] = add(result[key], value) if key in result else value
    return result


def add_fields(first: A, second: A) -> A:
    """Two records of one kind added field by field."""
    kind = type(first)
    names, values = _fields(kind)
    return kind(
        **{
            name: merged(a, b, add) if isinstance(a, Mapping) else a + b
            for name, a, b in zip(names, values(first), values(second), strict=True)
        }
    )


@cache
def _fields(kind: type[attrs.AttrsInstance]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(attribute.name for attribute in attrs.fields(kind))
    values = attrgetter(*names)
    return names, values if len(names) > 1 else lambda record: (values(record),)


def total(items: Iterable[T], zero: T, add: Callable[[T, T], T]) -> T:
    """The sum of a stream, by halves: sums of equal size meet, so no sum is copied over and over."""
    stack: list[tuple[int, T]] = []
    for item in items:
        size, value = 1, item
        while stack and stack[-1][0] == size:
            value = add(stack.pop()[1], value)
            size *= 2
        stack.append((size, value))
    result = zero
    for _, value in stack:
        result = add(result, value)
    return result
