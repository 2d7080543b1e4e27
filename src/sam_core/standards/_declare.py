"""How one threshold is declared: default, unit, clause, meaning and range, checked on every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from attrs import Attribute, field

from sam_core.charter import CHARTER
from sam_core.errors import StandardsError

__all__ = ["FrozenMap", "Value", "fault", "frozen_map", "standard"]

K = TypeVar("K")
V = TypeVar("V")

Value: TypeAlias = Decimal | int | str | tuple[str, ...] | Mapping[str, int] | Mapping[str, tuple[str, ...]]
"""What a standard can be."""


class FrozenMap(Mapping[K, V]):
    """A mapping nobody can change. Unlike a mapping proxy it can be pickled, so it can go to another process."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)


def frozen_map(value: Any) -> Any:
    """A mapping made read-only, and those in it too; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    return FrozenMap({key: frozen_map(item) for key, item in value.items()})


def standard(
    default: Value,
    *,
    unit: str,
    clause: str,
    meaning: str,
    low: Decimal | int | None = None,
    high: Decimal | int | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """An attrs field that carries what a threshold means, and refuses values out of its range."""

    def check(_: object, attribute: Attribute[Any], value: Any) -> None:
        problem = fault(value, default, low, high, choices)
        if problem:
            raise StandardsError(attribute.name, problem)

    return field(
        default=frozen_map(default),
        converter=frozen_map,
        validator=check,
        hash=not isinstance(default, Mapping),
        metadata={
            "unit": unit,
            "clause": CHARTER[clause].id,
            "meaning": meaning,
            "low": low,
            "high": high,
            "choices": choices,
        },
    )


def fault(
    value: Any,
    default: Value,
    low: Decimal | int | None,
    high: Decimal | int | None,
    choices: tuple[str, ...],
) -> str | None:
    """What is wrong with a value, by the kind of its default; ``None`` where nothing is."""
    if isinstance(default, Decimal):
        if not isinstance(value, Decimal) or not value.is_finite():
            return f"{value!r} is not a number"
    elif isinstance(default, int):
        if not isinstance(value, int) or isinstance(value, bool):
            return f"{value!r} is not a whole number"
    elif isinstance(default, str):
        if value not in choices:
            return f"{value!r} is not one of {', '.join(choices)}"
    elif isinstance(default, tuple):
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            return f"{value!r} is not a list of texts"
        strangers = [item for item in value if choices and item not in choices]
        return f"{strangers[0]!r} is not one of {', '.join(choices)}" if strangers else None
    else:
        return _map_fault(value, default, low)
    if isinstance(value, (Decimal, int)) and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        return f"{value} lies outside {'-∞' if low is None else low} to {'∞' if high is None else high}"
    return None


def _map_fault(value: Any, default: Mapping[str, Any], low: Decimal | int | None) -> str | None:
    if not isinstance(value, Mapping):
        return f"{value!r} is not a table"
    wants_days = any(isinstance(item, int) for item in default.values())
    for key, item in value.items():
        if wants_days and (
            not isinstance(item, int) or isinstance(item, bool) or (low is not None and item < low)
        ):
            return f"{key}: {item!r} is not a whole number of {low} or more"
        if not wants_days and (
            not isinstance(item, tuple) or not all(isinstance(text, str) for text in item)
        ):
            return f"{key}: {item!r} is not a list of texts"
    return None
