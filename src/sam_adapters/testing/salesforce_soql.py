"""A small SOQL, evaluated for real: what a query means, told independently of whoever wrote the query.

It knows ``SELECT`` of fields and ``COUNT()``, ``WHERE`` with comparisons, ``IN``, semi-joins, ``AND``, ``OR`` and
``NOT``, ``ORDER BY`` and ``LIMIT``, and refuses what Salesforce refuses: unknown fields and relationships, paths over
five relationships, empty lists, ``AND`` beside ``OR`` without brackets, more than two semi-joins, a field twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, field, frozen

__all__ = ["Field", "SoqlError", "evaluate"]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"""
    r"""|(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,))"""
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_LONGEST: Final = 100_000
_LONGEST_LITERAL: Final = 4_000


class SoqlError(Exception):
    """What Salesforce answers to a query it refuses."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@frozen
class Field:
    """A field as a describe tells it.

    Attributes:
        type: Salesforce's type.
        relationship: name of the relationship a reference makes.
        target: the object it refers to.
    """

    type: str = "string"
    relationship: str = ""
    target: str = ""


Org = Mapping[str, Mapping[str, Field]]
Find = Callable[[str, Any], Mapping[str, Any] | None]
Test = Callable[[Mapping[str, Any]], bool]


def _malformed(message: str) -> SoqlError:
    return SoqlError("MALFORMED_QUERY", message)


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > _LONGEST:
        raise _malformed("the query is too long")
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _malformed(f"unexpected token at {at}")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return found


def _unquoted(literal: str) -> str:
    inner = literal[1:-1]
    if len(inner) > _LONGEST_LITERAL:
        raise _malformed("a string in the WHERE clause is too long")

    def plain(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise _malformed(f"illegal string literal: \\{match[1]}")
        return _ESCAPES[match[1]]

    if "\n" in inner or "\r" in inner:
        raise _malformed("line breaks not allowed in string literals")
    return re.sub(r"\\(.)", plain, inner)


@define
class _Parser:
    """Reads one query against one object after another."""

    org: Org
    rows: Mapping[str, list[dict[str, Any]]]
    find: Find
    tokens: list[tuple[str, str]]
    at: int = 0
    joins: int = field(default=0)
    every: bool = False

    def peek(self) -> str:
        return (
            self.tokens[self.at][1].upper()
            if self.at < len(self.tokens) and self.tokens[self.at][0] != "string"
            else ""
        )

    def take(self, kind: str = "", value: str = "") -> str:
        if self.at >= len(self.tokens):
            raise _malformed("unexpected end of query")
        found, text = self.tokens[self.at]
        if (kind and found != kind) or (value and text.upper() != value):
            raise _malformed(f"unexpected token: {text}")
        self.at += 1
        return text

    def accept(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def select(self, outer: str = "") -> tuple[str, list[str], list[dict[str, Any]]]:
        self.take("name", "SELECT")
        paths: list[str] = []
        if self.accept("COUNT"):
            self.take("sign", "(")
            self.take("sign", ")")
        else:
            paths.append(self.take("name"))
            while self.accept(","):
                paths.append(self.take("name"))
        self.take("name", "FROM")
        source = self.take("name")
        if source not in self.org:
            raise SoqlError("INVALID_TYPE", f"sObject type '{source}' is not supported.")
        if source == outer:
            raise _malformed("the inner and outer selects must be of different objects")
        for path in paths:
            self.reference(source, path)
        if len(set(paths)) < len(paths):
            raise _malformed("duplicate field selected")
        keep: Test = bool  # a record is never empty
        if self.accept("WHERE"):
            keep = self.condition(source, top=not outer)
        aside = () if self.every else ("IsDeleted", "IsArchived")
        rows = self.rows.get(source, [])
        found = [row for row in rows if not any(row.get(flag) for flag in aside) and keep(row)]
        if self.accept("ORDER"):
            self.take("name", "BY")
            path = self.take("name")
            get = self.reference(source, path)
            found.sort(key=lambda row: str(get(row)))
        if self.accept("LIMIT"):
            found = found[: int(self.take("number"))]
        return source, paths, found

    def condition(self, source: str, *, top: bool) -> Test:
        tests, words = [self.term(source, top=top)], set()
        while self.peek() in ("AND", "OR"):
            words.add(self.take().upper())
            tests.append(self.term(source, top=top and words == {"AND"}))
        if len(words) > 1:
            raise _malformed("AND and OR side by side need brackets")
        every = words != {"OR"}
        return lambda row: all(t(row) for t in tests) if every else any(t(row) for t in tests)

    def term(self, source: str, *, top: bool) -> Test:
        if self.accept("NOT"):
            inner = self.term(source, top=False)
            return lambda row: not inner(row)
        if self.accept("("):
            inner = self.condition(source, top=False)
            self.take("sign", ")")
            return inner
        path = self.take("name")
        get, kind = self.reference(source, path), self.kind(source, path)
        if self.peek() in ("IN", "NOT"):
            negated = self.accept("NOT")
            self.take("name", "IN")
            self.take("sign", "(")
            options = self.options(source, path, top=top)
            self.take("sign", ")")
            folded = {_fold(option, kind) for option in options}
            return lambda row: (_fold(get(row), kind) in folded) is not negated
        sign = self.take("sign")
        wanted = _fold(self.literal(), kind)
        return lambda row: _compare(sign, _fold(get(row), kind), wanted)

    def options(self, source: str, path: str, *, top: bool) -> list[Any]:
        if self.peek() == "SELECT":
            self.joins += 1
            if not top or self.joins > 2 or "." in path:
                raise _malformed(
                    "semi join sub-selects are only supported at the top level, on a field of its own"
                )
            _, paths, found = self.select(outer=source)
            if len(paths) != 1:
                raise _malformed("a semi join selects one field")
            return [row.get(paths[0]) for row in found if row.get(paths[0]) is not None]
        values = [self.literal()]
        while self.accept(","):
            values.append(self.literal())
        return values

    def literal(self) -> Any:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "string":
            return _unquoted(text)
        if kind == "number":
            return float(text) if "." in text else int(text)
        words = {"NULL": None, "TRUE": True, "FALSE": False}
        if kind != "name" or text.upper() not in words:
            raise _malformed(f"unexpected token: {text or 'end of query'}")
        return words[text.upper()]

    def kind(self, source: str, path: str) -> str:
        at = source
        steps = path.split(".")
        for step in steps[:-1]:
            at = next(f.target for f in self.org[at].values() if f.relationship == step)
        return self.org[at][steps[-1]].type

    def reference(self, source: str, path: str) -> Callable[[Mapping[str, Any]], Any]:
        steps = path.split(".")
        if len(steps) - 1 > 5:
            raise _malformed("a relationship path is limited to five levels")
        at, hops = source, []
        for step in steps[:-1]:
            made = next(((name, f) for name, f in self.org[at].items() if f.relationship == step), None)
            if made is None or made[1].target not in self.org:
                raise SoqlError("INVALID_FIELD", f"Didn't understand relationship '{step}' in field path.")
            hops.append((made[0], made[1].target))
            at = made[1].target
        last = steps[-1]
        if last not in self.org[at]:
            raise SoqlError(
                "INVALID_FIELD",
                f"SELECT {path} FROM {source} ERROR at Row:1:Column:8 No such column '{last}' on entity '{at}'. "  # noqa: S608 - no query
                "If you are attempting to use a custom field, be sure to append the '__c'.",
            )

        def get(row: Mapping[str, Any]) -> Any:
            here: Mapping[str, Any] | None = row
            for name, target in hops:
                here = self.find(target, here.get(name)) if here else None
            return here.get(last) if here else None

        return get


def _fold(value: Any, kind: str) -> Any:
    """Text is compared without regard to capitals, ids with; a flag is never blank."""
    if kind == "boolean":
        return bool(value)
    return value.casefold() if isinstance(value, str) and kind not in ("id", "reference") else value


def _compare(sign: str, left: Any, right: Any) -> bool:
    if sign == "=":
        return bool(left == right)
    if sign in ("!=", "<>"):
        return bool(left != right)
    if left is None or right is None:
        return False
    return bool(
        {
            "<": lambda: left < right,
            ">": lambda: left > right,
            "<=": lambda: left <= right,
            ">=": lambda: left >= right,
        }[sign]()
    )


def evaluate(
    text: str, org: Org, rows: Mapping[str, list[dict[str, Any]]], find: Find, *, every: bool = False
) -> tuple[str, list[str], list[dict[str, Any]]]:
    """Run a query.

    Args:
        text: the SOQL.
        org: fields of every object the user may see.
        rows: their records.
        find: a record by object and id, where the user may see it.
        every: also what is deleted or archived.

    Returns:
        The object, the paths selected (none for a count), and the records that match.

    Raises:
        SoqlError: with the code Salesforce gives.
    """
    parser = _Parser(org, rows, find, _tokens(text), every=every)
    result = parser.select()
    if parser.at < len(parser.tokens):
        raise _malformed(f"unexpected token: {parser.tokens[parser.at][1]}")
    return result
