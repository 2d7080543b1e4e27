"""Findings, moves, line modes and measures as Arrow tables, for notebooks and other tools.

A table speaks the Arrow PyCapsule interface, so pandas, Polars, DuckDB and whatever else does take it as it is::

    import pandas, polars
    from sam_adapters.frames import findings

    polars.DataFrame(findings(card))
    pandas.DataFrame.from_arrow(findings(card))

An unknown is null, and the column beside it, ``<name>_unknown``, says why. Needs pyarrow: install
``sam-core[arrow]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sam_adapters.contract import AdapterError
from sam_core.findings import Finding
from sam_core.measured import Measured
from sam_core.penetration import LineMode, Move
from sam_core.scorecard import Scorecard
from sam_core.values import Unknown

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FrameError", "findings", "line_modes", "measures", "moves"]

T = TypeVar("T")

_Column = tuple[str, str, Callable[[Any], Any]]

_PRECISION: Final = 76
"""Digits of Arrow's widest decimal."""


class FrameError(AdapterError):
    """A table cannot be made: pyarrow is not installed, or a number is too wide for Arrow."""


def findings(card: Scorecard | Iterable[Finding]) -> pa.Table:
    """One row for each finding. Measured and expected values are texts: rules measure days and amounts alike."""
    rows = card.findings if isinstance(card, Scorecard) else tuple(card)
    return _table(rows, _FINDING)


def moves(card: Scorecard | Iterable[Move]) -> pa.Table:
    """One row for each move, in their order; ``value`` and ``typical`` are in the book's currency."""
    rows = card.moves if isinstance(card, Scorecard) else tuple(card)
    return _table(rows, _MOVE)


def line_modes(lines: Iterable[LineMode]) -> pa.Table:
    """One row for each won line with how it came about; ``modes`` lists all that hold."""
    return _table(tuple(lines), _LINE_MODE)


def measures(card: Scorecard | Iterable[Measured]) -> pa.Table:
    """One row for each measure with its numerator, denominator and coverage."""
    rows = card.measures if isinstance(card, Scorecard) else tuple(card)
    return _table(rows, _MEASURE)


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


_FINDING: Final[tuple[_Column, ...]] = (
    ("rule_id", "word", lambda f: f.rule_id),
    ("clause_id", "word", lambda f: f.clause_id),
    ("severity", "word", lambda f: f.severity.value),
    ("subject_kind", "word", lambda f: f.subject_kind.value),
    ("subject_id", "text", lambda f: f.subject_id),
    ("subject_name", "text", lambda f: f.subject_name),
    ("outcome", "word", lambda f: f.outcome.value),
    ("sentence", "text", lambda f: f.sentence),
    ("measured", "text", lambda f: _shown(f.measured)),
    ("expected", "text", lambda f: _shown(f.expected)),
    ("at_stake", "amount", lambda f: f.at_stake),
    ("due_on", "day", lambda f: f.due_on),
    ("evidence", "texts", lambda f: list(f.evidence)),
    ("missing", "texts", lambda f: [str(missing) for missing in f.missing]),
)

_MOVE: Final[tuple[_Column, ...]] = (
    ("account_id", "text", lambda m: m.account_id),
    ("location_id", "text", lambda m: m.location_id),
    ("buyer_id", "text", lambda m: m.buyer_id),
    ("product_id", "text", lambda m: m.product_id),
    ("mode", "word", lambda m: m.mode.value),
    ("value", "maybe", lambda m: m.value),
    ("adoption", "amount", lambda m: m.valuation.adoption),
    ("typical", "maybe", lambda m: m.valuation.typical),
    ("owners", "count", lambda m: m.valuation.owners),
    ("peers", "count", lambda m: m.valuation.peers),
    ("reason", "text", lambda m: str(m.valuation)),
)

_LINE_MODE: Final[tuple[_Column, ...]] = (
    ("line_id", "text", lambda e: e.line.id),
    ("on", "day", lambda e: e.line.on),
    ("mode", "word", lambda e: e.mode.value),
    ("modes", "texts", lambda e: [mode.value for mode in e.modes]),
    ("reactivated", "texts", lambda e: list(e.reactivated)),
    ("why", "text", lambda e: _shown(e.why)),
    ("revenue", "amount", lambda e: e.line.revenue),
    ("quantity", "maybe", lambda e: e.line.quantity),
    ("product_id", "maybe text", lambda e: e.line.product_id),
    ("location_id", "maybe text", lambda e: e.line.location_id),
    ("buyer_id", "maybe text", lambda e: e.line.buyer_id),
)

_MEASURE: Final[tuple[_Column, ...]] = (
    ("name", "text", lambda m: m.name),
    ("clause_id", "word", lambda m: m.clause_id),
    ("unit", "word", lambda m: m.unit),
    ("value", "maybe", lambda m: m.value),
    ("numerator", "amount", lambda m: m.numerator),
    ("denominator", "amount", lambda m: m.denominator),
    ("judged", "count", lambda m: m.coverage.judged),
    ("total", "count", lambda m: m.coverage.total),
    ("judged_amount", "amount", lambda m: m.coverage.judged_amount),
    ("total_amount", "amount", lambda m: m.coverage.total_amount),
    ("note", "text", lambda m: m.note),
)


def _table(rows: Sequence[Any], columns: tuple[_Column, ...]) -> pa.Table:
    try:
        import pyarrow as pa
    except ModuleNotFoundError as error:
        raise FrameError("tables need pyarrow: install sam-core[arrow]") from error
    types: dict[str, Any] = {
        "word": pa.dictionary(pa.int32(), pa.string()),
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "day": pa.date32(),
        "count": pa.int64(),
        "maybe text": pa.string(),
    }
    arrays: dict[str, Any] = {}
    for name, kind, read in columns:
        values = [read(row) for row in rows]
        reasons = [str(value) if isinstance(value, Unknown) else None for value in values]
        plain = [None if isinstance(value, Unknown) else value for value in values]
        arrays[name] = pa.array(plain, types.get(kind) or _decimal(name, plain))
        if kind.startswith("maybe"):
            arrays[f"{name}_unknown"] = pa.array(reasons, pa.string())
    return pa.table(arrays)


def _decimal(name: str, values: Sequence[Decimal | date | None]) -> Any:
    """The narrowest decimal, of at least 38 digits with two decimals, that holds every value exactly."""
    import pyarrow as pa

    whole, scale = 1, 2
    for value in values:
        if isinstance(value, Decimal):
            digits, exponent = len(value.as_tuple().digits), int(value.as_tuple().exponent)
            scale = max(scale, -exponent)
            whole = max(whole, digits + exponent)
    if whole + scale <= 38:
        return pa.decimal128(38, scale)
    if whole + scale <= _PRECISION:
        return pa.decimal256(_PRECISION, scale)
    raise FrameError(
        f"column {name!r} needs {whole + scale} digits and Arrow has {_PRECISION}; round the amounts first"
    )
