"""Values as people read them; exact ones are for JSON."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from sam_core.measured import Measured
from sam_core.values import Coverage, Maybe, Unknown

__all__ = ["amount", "change", "count", "coverage", "measured", "number", "share", "whole_amount"]

UNKNOWN = "?"
"""What stands for a value that nobody knows; the reason is told beside it."""


def _rounded(value: Decimal, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    text = f"{value.quantize(quantum, rounding=ROUND_HALF_EVEN):,f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def amount(value: Maybe[Decimal]) -> str:
    """Money, to the cent."""
    return UNKNOWN if isinstance(value, Unknown) else _rounded(value, 2)


def whole_amount(value: Maybe[Decimal]) -> str:
    """Money without cents, where columns are narrow."""
    return UNKNOWN if isinstance(value, Unknown) else _rounded(value, 0)


def share(value: Maybe[Decimal] | None) -> str:
    """A share as a percentage."""
    return UNKNOWN if value is None or isinstance(value, Unknown) else f"{_rounded(value * 100, 1)} %"


def number(value: Maybe[Decimal], unit: str, *, narrow: bool = False) -> str:
    """A value in its unit, as :class:`~sam_core.measured.Measured` names them."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if unit == "share":
        return share(value)
    if unit == "amount":
        return whole_amount(value) if narrow else amount(value)
    if unit == "count" and value == value.to_integral_value():
        return _rounded(value, 0)
    return _rounded(value, 1 if unit == "points" else 2)


def change(value: Maybe[Decimal], unit: str, *, narrow: bool = False) -> str:
    """A difference with its sign; of shares in percentage points."""
    if isinstance(value, Unknown):
        return UNKNOWN
    text = f"{_rounded(value * 100, 1)} pp" if unit == "share" else number(value, unit, narrow=narrow)
    return f"+{text}" if value > 0 and text.strip("0., p") else text


def measured(one: Measured, *, narrow: bool = False) -> str:
    """A measure's value in its unit."""
    return number(one.value, one.unit, narrow=narrow)


def coverage(value: Coverage) -> str:
    """How much could be judged: ``"8 of 9"``; nothing where all of it was."""
    return "" if value.judged == value.total else f"{value.judged:,} of {value.total:,}"


def count(number_of: int, one: str, many: str = "") -> str:
    """``"1 account"``, ``"3 accounts"``."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"
