"""Small tables for notebooks. Everything is escaped: names come from other people's systems."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from sam_core.values import Maybe, Unknown

__all__ = ["number", "table"]


def table(caption: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """One table with a caption; cells are escaped text."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def number(value: Maybe[Decimal], unit: str) -> str:
    """A measured value as people write it; a question mark where nobody knows."""
    if isinstance(value, Unknown):
        return "?"
    return f"{value:.1%}" if unit == "share" else f"{value:,.2f}"
