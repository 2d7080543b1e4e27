"""Numbers in sentences."""

from __future__ import annotations

__all__ = ["count"]


def count(number: int, one: str, many: str = "") -> str:
    """``"1 buyer"``, ``"3 buyers"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
