"""Scorecards as JSON, to be read by other programs and to be read back.

A document has two parts. ``record`` is what the scorecard is made of, and :func:`from_json` restores an equal
scorecard from it. The rest is what follows from it, worked out for readers who do not run this library:
accountabilities, measures, clauses, moves and gaps.

Decimals are strings, days and moments ISO 8601, enumerations their values. An unknown is an object,
``{"unknown": "blank", "where": "..."}``. A mapping whose keys are not texts is a list of pairs.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError, ClassValidationError

from sam_core.charter import CHARTER
from sam_core.errors import SamCoreError
from sam_core.findings import Measure
from sam_core.scorecard import Scorecard
from sam_core.standards import Policy
from sam_core.values import Unknown, Why

__all__ = ["FORMAT", "DocumentError", "from_json", "plain", "to_json"]

FORMAT: Final = 1
"""The version of the document; a reader refuses any other."""

_SEQUENCES: Final[tuple[Any, ...]] = (tuple, list, dict, frozenset)

_PARTS: Final = ("headers", "as_of", "totals", "findings")


class DocumentError(SamCoreError, ValueError):
    """A text that is no scorecard of this format; the message says where it stops being one."""


def plain(value: Any) -> Any:
    """Any record or value of the library as JSON knows it: texts, numbers, lists and objects."""
    return _converter().unstructure(value)


def to_json(card: Scorecard, *, indent: int | None = 2) -> str:
    """A scorecard as a document that :func:`from_json` reads back."""
    document = {
        "format": FORMAT,
        "managers": [{"id": h.id, "name": h.manager.name} for h in card.headers],
        "period": str(card.header.period),
        "as_of": card.as_of,
        "currency": card.currency,
        "accountabilities": [
            plain(one) | {"gap": plain(one.gap), "trend": plain(one.trend)} for one in card.accountabilities
        ],
        "measures": card.measures,
        "clauses": [
            {"id": clause.id, "title": clause.title} | plain(card[clause.id].tally) for clause in CHARTER
        ],
        "moves": card.moves,
        "gaps": card.gaps,
        "record": {part: getattr(card, part) for part in _PARTS},
    }
    return json.dumps(plain(document), indent=indent, ensure_ascii=False)


def from_json(text: str) -> Scorecard:
    """The scorecard that :func:`to_json` wrote, equal to it.

    Raises:
        DocumentError: not JSON, another format, or a part that cannot be read; it says which.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DocumentError(f"not a JSON document: {error}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise DocumentError(
            f"format is {found!r}, and this version reads {FORMAT}; write the scorecard anew with --json"
        )
    record = document.get("record")
    if not isinstance(record, dict) or set(record) != set(_PARTS):
        raise DocumentError(f"record: not an object of {', '.join(_PARTS)}")
    try:
        return _converter().structure(record, Scorecard)
    except BaseValidationError as error:
        raise DocumentError(_place(error)) from error


def _place(error: BaseException, path: str = "record") -> str:
    """The path to the innermost fault, and what is wrong there."""
    if isinstance(error, BaseValidationError):
        inner = error.exceptions[0]
        note = next(iter(getattr(inner, "__notes__", ())), "")
        name = getattr(note, "name" if isinstance(error, ClassValidationError) else "index", "")
        return _place(inner, f"{path}.{name}" if name != "" else path)
    if isinstance(error, KeyError):
        return f"{path}: {error.args[0]!r} is missing"
    return f"{path}: {error}"


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) in _SEQUENCES or kind in (*_SEQUENCES, object, Any)


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _is_maybe(kind: Any) -> bool:
    return _is_union(kind) and Unknown in get_args(kind)


def _rest(kind: Any, gone: type[Any]) -> Any:
    return Union[tuple(part for part in get_args(kind) if part is not gone)]  # noqa: UP007  # built from a list


def _is_pairs(kind: Any) -> bool:
    return get_origin(kind) is Mapping and get_args(kind)[0] is not str


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: _decimal(value))
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_unstructure_hook(
        Unknown, lambda value: {"unknown": value.why.value, "where": value.where}
    )
    converter.register_structure_hook(
        Unknown, lambda value, _: Unknown(Why(value["unknown"]), value["where"])
    )
    converter.register_unstructure_hook(Policy, Policy.to_toml)
    converter.register_structure_hook(Policy, lambda value, _: Policy.from_toml(value))
    converter.register_structure_hook_func(lambda kind: kind == Measure, lambda value, _: _measure(value))
    converter.register_structure_hook_factory(_is_maybe, lambda kind: _maybe_hook(converter, kind))
    converter.register_structure_hook_factory(_is_pairs, lambda kind: _pairs_hook(converter, kind))
    for exact in (str, bool, int):
        converter.register_structure_hook(exact, _exactly)
    for shape in (_is_maybe, _is_union, _is_pairs, _is_sequence):
        converter.register_unstructure_hook_func(shape, lambda value: _any_out(converter, value))
    converter.register_unstructure_hook_func(lambda kind: kind == Measure, _measure_out)
    return converter


def _exactly(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        raise DocumentError(f"{value!r} is no {kind.__name__}")
    return value


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(_exactly(value, str))
    except InvalidOperation:
        raise DocumentError(f"{value!r} is no number") from None


def _measure_out(value: Any) -> Any:
    """A text alone may be a number, a day or a text: say which."""
    if value is None or isinstance(value, int):
        return value
    kind = "decimal" if isinstance(value, Decimal) else "text" if isinstance(value, str) else "day"
    return {kind: str(value)}


def _measure(value: Any) -> Measure:
    if value is None or type(value) is int:
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, written),) = value.items()
        readers: dict[str, Callable[[Any], Measure]] = {
            "decimal": _decimal,
            "text": lambda text: str(_exactly(text, str)),
            "day": date.fromisoformat,
        }
        if kind in readers:
            return readers[kind](written)
    raise DocumentError(f"{value!r} is neither a whole number nor an object of decimal, text or day")


def _maybe_hook(converter: Converter, kind: Any) -> Callable[[Any, Any], Any]:
    rest = _rest(kind, Unknown)

    def read(value: Any, _: Any) -> Any:
        if isinstance(value, dict) and "unknown" in value:
            return converter.structure(value, Unknown)
        if value is None and NoneType in get_args(rest):
            return None
        inner = _rest(rest, NoneType) if _is_union(rest) else rest
        return converter.structure(value, inner)

    return read


def _pairs_hook(converter: Converter, kind: Any) -> Callable[[Any, Any], Any]:
    key_kind, value_kind = get_args(kind)

    def read(value: Any, _: Any) -> Any:
        pairs = value.items() if isinstance(value, dict) else value
        return {
            converter.structure(key, key_kind): converter.structure(item, value_kind) for key, item in pairs
        }

    return read


def _any_out(converter: Converter, value: Any) -> Any:
    """By what the value is, where its type does not say."""
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _any_out(converter, item) for key, item in value.items()}
        pairs = [[_any_out(converter, key), _any_out(converter, item)] for key, item in value.items()]
        return sorted(pairs, key=lambda pair: json.dumps(pair[0]))
    if isinstance(value, (tuple, list, frozenset)):
        items = [_any_out(converter, item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if isinstance(value, enum.Enum):
        return value.value
    if attrs.has(type(value)) or isinstance(value, (Decimal, date)):
        return converter.unstructure(value)
    return value
