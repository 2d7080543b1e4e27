# ruff: noqa: S608 - names and texts are quoted where they enter a statement

"""Cells in SQL: which of them stand plainly written, and the values of those in Python.

The database sorts the cells of millions of rows; it decides nothing. A cell that is *plain* comes
out in one normal form, which a single constructor call turns into its value. Any other cell comes
out as it stood, marked with :data:`MARK`, and goes through :mod:`sam_adapters.convert`, which has
the last word. For a plain cell both ways give the same value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import duckdb

from sam_adapters import convert
from sam_adapters.convert import PLAIN, Format, UnreadableError
from sam_adapters.tables.schema import Column, Kind
from sam_core.values import Period

__all__ = [
    "MARK",
    "cell",
    "constructor",
    "literal",
    "marked",
    "number_type",
    "plain_day",
    "plain_number",
    "plain_type",
    "quoted",
    "reader",
    "spelled",
    "word_of",
]

MARK: Final = "\ufdd0"
"""Stands before a cell that is not plain: a code point that Unicode keeps out of texts, for uses like this one."""

_ODD: Final = f"{MARK}?\x7f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_DATE_PARTS: Final = {"%d": r"\d{1,2}", "%m": r"\d{1,2}", "%Y": r"\d{4}"}


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def marked(cell: str) -> str:
    """SQL for: this cell was found not to be plain."""
    return f"starts_with({cell}, {literal(MARK)})"


def plain_number(cell: str, form: Format) -> str:
    """SQL for the number in a text, with a decimal point and nothing else; NULL where it is not plain."""
    mark, groups = re.escape(form.decimal_mark), re.escape(form.thousands)
    whole = rf"(\d+|\d{{1,3}}({groups}\d{{3}})+)" if groups else r"\d+"
    pattern = literal(rf"[+-]?{whole}({mark}\d+)?")
    plain = f"replace({cell}, {literal(form.thousands)}, '')" if groups else cell
    if form.decimal_mark != ".":
        plain = f"replace({plain}, {literal(form.decimal_mark)}, '.')"
    return f"CASE WHEN regexp_full_match({cell}, {pattern}) THEN {plain} END"


def plain_day(cell: str, form: Format) -> str:
    """SQL for the day in a text as YYYY-MM-DD; NULL where it is not plain."""
    iso = r"'\d{4}-\d{2}-\d{2}([ T]00:00:00(\.0+)?)?'"
    cases = (
        f"WHEN regexp_full_match({cell}, {iso}) AND TRY_CAST(left({cell}, 10) AS DATE) IS NOT NULL "
        f"THEN left({cell}, 10)"
    )
    if len(form.dates) == 1:
        (layout,) = form.dates
        pattern = "".join(_DATE_PARTS.get(part, re.escape(part)) for part in re.split("(%.)", layout))
        if "%" not in pattern:  # the two libraries agree on these parts; the others are for Python alone
            moment = f"try_strptime({cell}, {literal(layout)})"
            cases += (
                f" WHEN regexp_full_match({cell}, {literal(pattern)}) AND {moment} IS NOT NULL "
                f"THEN strftime({moment}, '%Y-%m-%d')"
            )
    return f"CASE {cases} END"


def _plain_text(cell: str, form: Format, *, both_ends: bool) -> str:
    last = f" AND {cell}[-1] > ' ' AND NOT contains({literal(_ODD)}, {cell}[-1])" if both_ends else ""
    words = ", ".join(literal(word) for word in sorted(form.placeholders))
    known = f" AND upper({cell}) NOT IN ({words})" if words else ""
    return (
        f"CASE WHEN {cell}[1] > ' ' AND NOT contains({literal(_ODD)}, {cell}[1]){last}{known} THEN {cell} END"
    )


def _plain_word(cell: str, words: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(normal)}" for word, normal in words.items())
    return f"CASE lower({cell}) {cases} END"


def _members(column: Column) -> dict[str, Any]:
    return {word_of(member): member for member in column.choices or ()}


def word_of(member: Any) -> str:
    """How a member of an enumeration is written in a cell."""
    return member.value if isinstance(member.value, str) else str(member.name.lower().replace("_", " "))


def _plain(cell: str, column: Column, form: Format) -> str:
    match column.kind:
        case Kind.AMOUNT:
            return plain_number(cell, form)
        case Kind.COUNT:
            return rf"CASE WHEN regexp_full_match({cell}, '\d{{1,18}}') THEN {cell} END"
        case Kind.DAY:
            return plain_day(cell, form)
        case Kind.INSTANT:
            moment = r"'\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00|\+00:00)'"
            return f"CASE WHEN regexp_full_match({cell}, {moment}) THEN {cell} END"
        case Kind.FLAG:
            return _plain_word(
                cell, {**dict.fromkeys(sorted(form.yes), "true"), **dict.fromkeys(sorted(form.no), "false")}
            )
        case Kind.CHOICE:
            return _plain_word(cell, {word: word for word in _members(column)})
        case Kind.ID:
            return _plain_text(cell, form, both_ends=True)
        case _:
            return _plain_text(cell, form, both_ends=False)


def cell(name: str, column: Column, form: Format) -> str:
    """SQL for one cell of a canonical column, out of a column of texts.

    NULL for a blank, the normal form of a plain cell, or MARK and the cell as it stands.
    """
    x = quoted(name)
    plain = [_plain(x, column, form)]
    if column.kind is Kind.ID:  # blanks around an id are common enough in exports to be taken off here
        plain.append(_plain(f"trim({x})", column, form))
    return f"CASE WHEN {x} <> '' THEN coalesce({', '.join(plain)}, {literal(MARK)} || {x}) END"


def spelled(text: str) -> Any:
    """What ``?"…"`` and ``?[…]`` spell out as JSON: texts that would else be taken for something other.

    Raises:
        UnreadableError: what follows the question mark is not JSON.
    """
    if not text.startswith(('?"', "?[")):
        return None
    try:
        return json.loads(text[1:])
    except ValueError:
        raise UnreadableError(f"{text!r} begins to spell out a text, but is not JSON after its '?'") from None


def number_type(con: duckdb.DuckDBPyConnection, relation: str, plain: str) -> str | None:
    """The decimal type with room for all numbers of a column, and the product of two; ``None`` where none has."""
    whole, decimals = con.execute(
        f"SELECT coalesce(max(length(ltrim(split_part(n, '.', 1), '+-'))), 1), "
        f"coalesce(max(length(split_part(n, '.', 2))), 0) FROM (SELECT {plain} AS n FROM {relation})"
    ).fetchall()[0]
    return f"DECIMAL({max(18, whole + decimals)}, {decimals})" if whole + decimals <= 38 else None


_SQL_TYPES: Final = {
    Kind.DAY: "DATE",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.FLAG: "BOOLEAN",
    Kind.COUNT: "BIGINT",
}


def plain_type(con: duckdb.DuckDBPyConnection, relation: str, column: Column) -> str:
    """The SQL type of a column of texts, if every cell of it is plain; else text."""
    x = quoted(column.name)
    plain = _plain(x, column, PLAIN)
    odd = con.execute(f"SELECT count(*) FROM {relation} WHERE {x} IS NOT NULL AND ({plain}) IS NULL")
    if odd.fetchall() != [(0,)]:
        return "VARCHAR"
    if column.kind is Kind.AMOUNT:
        return number_type(con, relation, plain) or "VARCHAR"
    return _SQL_TYPES.get(column.kind, "VARCHAR")


_READERS: Final[dict[Kind, convert.Reader[Any]]] = {
    Kind.TEXT: convert.text,
    Kind.ID: convert.ident,
    Kind.IDS: convert.idents,
    Kind.DAY: convert.day,
    Kind.INSTANT: convert.instant,
    Kind.AMOUNT: convert.decimal,
    Kind.COUNT: convert.whole,
    Kind.FLAG: convert.flag,
    Kind.PERIOD: convert.period,
}


def reader(column: Column) -> convert.Reader[Any]:
    """What reads a cell of this column that is not plain."""
    return convert.choice(column.choices) if column.choices is not None else _READERS[column.kind]


_CONSTRUCTORS: Final[dict[Kind, Callable[[str], Any] | None]] = {
    Kind.TEXT: None,
    Kind.ID: None,
    Kind.IDS: lambda text: convert.idents(text, PLAIN),
    Kind.DAY: date.fromisoformat,
    Kind.INSTANT: datetime.fromisoformat,
    Kind.AMOUNT: Decimal,
    Kind.COUNT: int,
    Kind.FLAG: {"true": True, "false": False}.__getitem__,
    Kind.PERIOD: Period.parse,
}


def constructor(column: Column) -> Callable[[str], Any] | None:
    """What makes the value of a plain cell; ``None`` where the text is the value."""
    return _members(column).__getitem__ if column.choices is not None else _CONSTRUCTORS[column.kind]
