"""A plan as a text that people edit: TOML, or Markdown with TOML as its front matter.

What is left out is not fetched. ``{}`` says that there is known to be nothing: no owner, no investment
decided. ``{unknown = "blank", where = "..."}`` says why nobody knows. The body of a Markdown document is
a reading copy and is not read back.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from sam_core.book import AccountPlan
from sam_core.errors import RecordError, SamCoreError, suggestion
from sam_core.measures.conformity import conformity
from sam_core.standards import Standards, toml_value
from sam_core.values import Outcome, Unknown, Why

__all__ = ["FENCE", "PlanDocumentError", "PlanProblem", "check_plan", "dumps_plan", "loads_plan"]

FENCE: Final = "+++"
"""What front matter stands between."""

_Path = tuple[str | int, ...]


@frozen(order=True)
class PlanProblem:
    """Something in a plan document that is to be mended.

    Attributes:
        line: where it stands, from 1.
        where: the entry: ``"initiatives[2].priority"``.
        problem: what is wrong and what would be right.
    """

    line: int
    where: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.where + ': ' if self.where else ''}{self.problem}"


class PlanDocumentError(SamCoreError, ValueError):
    """A text that is no plan; all that is wrong with it is in :attr:`problems`, by line."""

    def __init__(self, problems: tuple[PlanProblem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[PlanDocumentError], tuple[tuple[PlanProblem, ...]]]:
        return type(self), (self.problems,)


def dumps_plan(plan: AccountPlan, *, body: str | None = None) -> str:
    """A plan as a document.

    Args:
        plan: the plan.
        body: the reading copy, for a Markdown document; TOML alone where left out.
    """
    text = "\n".join(_table(plan, ())).strip() + "\n"
    return text if body is None else f"{FENCE}\n{text}{FENCE}\n\n{body.strip()}\n"


def _table(record: Any, path: tuple[str, ...]) -> Iterator[str]:
    """The plain keys of a record first, then its tables: TOML wants them in that order."""
    nested = []
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        if _is_records(value):
            nested.append((field.name, value))
        elif line := _line(type(record), field.name, value):
            yield line
    for name, values in nested:
        for item in values:
            yield ""
            yield f"[[{'.'.join((*path, name))}]]"
            yield from _table(item, (*path, name))


def _is_records(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and attrs.has(type(value[0]))


def _hint(kind: type[Any], name: str) -> Any:
    return get_type_hints(kind)[name]


def _line(kind: type[Any], name: str, value: Any) -> str:
    if isinstance(value, Unknown):
        if value == Unknown(Why.NOT_FETCHED):
            return ""
        return f"{name} = {{unknown = {toml_value(value.why.value)}, where = {toml_value(value.where)}}}"
    if value is None:
        return f"{name} = {{}}" if Unknown in get_args(_hint(kind, name)) else ""
    return f"{name} = {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return toml_value(value.value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    if attrs.has(type(value)):
        return "{" + ", ".join(f"{k} = {_written(v)}" for k, v in attrs.asdict(value).items()) + "}"
    return value.isoformat() if isinstance(value, date) else toml_value(value)


def loads_plan(text: str) -> AccountPlan:
    """Read a plan document.

    Raises:
        PlanDocumentError: it is none; every problem is told with its line.
    """
    toml, offset = _front_matter(text)
    try:
        document = tomllib.loads(toml, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else toml.count("\n") + 1
        raise PlanDocumentError((PlanProblem(line + offset, "", f"not TOML: {error}"),)) from None
    reading = _Reading(_Lines(toml, offset))
    plan = reading.record(AccountPlan, document, ())
    if reading.problems:
        raise PlanDocumentError(tuple(reading.problems))
    assert isinstance(plan, AccountPlan)  # noqa: S101  # without problems the record was built
    return plan


def _front_matter(text: str) -> tuple[str, int]:
    """The TOML of a document, and how many lines stand before it."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].strip() != FENCE:
        return text.removeprefix("\ufeff"), 0
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return "".join(lines[1:index]), 1
    raise PlanDocumentError((PlanProblem(1, "", f"the front matter does not end; write {FENCE} below it"),))


_HEADER: Final = re.compile(r"\s*\[\[?\s*([\w.\- \"']+?)\s*\]\]?")
_KEY: Final = re.compile(r"\s*([\w\-]+|\"[^\"]*\"|'[^']*')\s*[.=]")


class _Lines:
    """On which line an entry of a TOML text stands, as near as its headers and keys tell."""

    def __init__(self, toml: str, offset: int) -> None:
        self._at: dict[_Path, int] = {(): 1 + offset}
        counts: dict[_Path, int] = {}
        path: _Path = ()
        for number, line in enumerate(toml.splitlines(), start=1 + offset):
            if header := _HEADER.fullmatch(line.partition("#")[0].rstrip()):
                path = self._enter(header.group(1), line.lstrip().startswith("[["), counts)
                self._at.setdefault(path, number)
            elif key := _KEY.match(line):
                self._at.setdefault((*path, key.group(1).strip("\"'")), number)

    @staticmethod
    def _enter(name: str, is_item: bool, counts: dict[_Path, int]) -> _Path:
        path: _Path = ()
        parts = [part.strip().strip("\"'") for part in name.split(".")]
        for depth, part in enumerate(parts):
            path = (*path, part)
            last = depth == len(parts) - 1
            if last and is_item:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, path: _Path) -> int:
        """The line of an entry, or of the nearest one around it."""
        while path not in self._at:
            path = path[:-1]
        return self._at[path]


class _Reading:
    """Makes records of tables, and gathers all problems instead of stopping at the first."""

    def __init__(self, lines: _Lines) -> None:
        self.lines = lines
        self.problems: list[PlanProblem] = []

    def note(self, path: _Path, problem: str) -> None:
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        self.problems.append(PlanProblem(self.lines.of(path), where, problem))

    def record(self, kind: type[Any], table: Any, path: _Path) -> Any:
        """A record of that kind, or ``None`` after its problems were noted."""
        if not isinstance(table, Mapping):
            self.note(path, f"{table!r} is not a table")
            return None
        before = len(self.problems)
        fields = attrs.fields_dict(kind)
        for key in table.keys() - fields.keys():
            self.note((*path, key), f"there is no such entry{suggestion(key, fields)}")
        given = {
            key: self.value(_hint(kind, key), table[key], (*path, key)) for key in fields if key in table
        }
        for name, field in fields.items():
            if field.default is attrs.NOTHING and name not in table:
                self.note(path, f"{name!r} is missing")
        if len(self.problems) > before:
            return None
        try:
            return kind(**given)
        except RecordError as error:
            self.note((*path, error.field), error.problem)
            return None

    def value(self, hint: Any, value: Any, path: _Path) -> Any:
        """What an entry says, as its field wants it."""
        parts = get_args(hint) if get_origin(hint) is not tuple else ()
        if Unknown in parts and isinstance(value, dict):
            if not value and NoneType in parts:
                return None
            if "unknown" in value:
                return self.unknown(value, path)
        inner = next((part for part in parts if part not in (Unknown, NoneType)), hint)
        return self.known(inner, value, path)

    def unknown(self, value: dict[str, Any], path: _Path) -> Unknown | None:
        reasons = {why.value: why for why in Why}
        reason, where = value.get("unknown"), value.get("where", "")
        if reason not in reasons or not isinstance(where, str) or value.keys() - {"unknown", "where"}:
            self.note(path, f'write {{unknown = "...", where = "..."}}, with one of {", ".join(reasons)}')
            return None
        return Unknown(reasons[reason], where)

    def known(self, kind: Any, value: Any, path: _Path) -> Any:
        if get_origin(kind) is tuple:
            return self.several(get_args(kind)[0], value, path)
        if attrs.has(kind):
            return self.record(kind, value, path)
        if issubclass(kind, enum.Enum):
            return self.choice(kind, value, path)
        if kind is Decimal and type(value) is int:
            return Decimal(value)
        wrong = type(value) is not kind or isinstance(value, datetime)
        if wrong:
            self.note(path, f"{value!r} is not {_WORDS[kind]}")
        return None if wrong else value

    def several(self, kind: Any, value: Any, path: _Path) -> Any:
        if not isinstance(value, list):
            self.note(path, f"{value!r} is not a list")
            return None
        return tuple(self.known(kind, item, (*path, index)) for index, item in enumerate(value))

    def choice(self, kind: type[enum.Enum], value: Any, path: _Path) -> Any:
        members = {member.value: member for member in kind}
        if not isinstance(value, str) or value not in members:
            self.note(path, f"{value!r} is not one of {', '.join(members)}")
            return None
        return members[value]


_WORDS: Final = {
    str: "a text",
    int: "a whole number",
    Decimal: "a number",
    date: "a day; write it like 2026-01-31",
}

_SECTION_OF: Final = {
    "in force": "end",
    "reviewed": "reviewed_on",
    "joint": "sessions",
    "needs": "needs",
    "served": "needs",
    "priorities": "initiatives",
    "investment": "initiatives",
    "actions": "initiatives",
    "overdue": "initiatives",
    "targets": "targets",
}


def check_plan(text: str, *, as_of: date, standards: Standards) -> tuple[PlanProblem, ...]:
    """What keeps a plan document from conforming to the company's standards, line by line.

    A document that cannot be read has the problems of its reading; one that can, a problem for each
    point of conformity (RESP-5) that is not met or cannot be told. Nothing at all: it conforms.
    """
    try:
        plan = loads_plan(text)
    except PlanDocumentError as error:
        return error.problems
    toml, offset = _front_matter(text)
    lines = _Lines(toml, offset)
    known = plan.at(as_of)
    plans = () if known is None else (known,)
    found = conformity(plans, as_of, standards.plans)
    problems: list[PlanProblem] = []
    for name, judgement in found.points.items():
        if judgement.outcome is Outcome.MET:
            continue
        spots = list(_spots(plan, judgement.evidence)) or [(_SECTION_OF[name],)]
        problems.extend(PlanProblem(lines.of(spot), name, judgement.sentence) for spot in spots)
    return tuple(sorted(problems))


def _spots(plan: AccountPlan, evidence: tuple[str, ...]) -> Iterator[_Path]:
    """Where the records named as evidence stand in the document; the plan itself is no place to point to."""
    for name in ("sessions", "needs", "initiatives", "targets"):
        records = getattr(plan, name)
        if isinstance(records, Unknown):
            continue
        for index, record in enumerate(records):
            if record.id in evidence:
                yield (name, index)
            actions = getattr(record, "actions", ())
            if not isinstance(actions, Unknown):
                for number, action in enumerate(actions):
                    if action.id in evidence:
                        yield (name, index, "actions", number)
