"""Everything the core can refuse, in one small tree.

Each message says what is wrong, where, and what to do about it; the same facts
stand on the error as attributes, so a caller never has to parse a message.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = [
    "CurrencyMismatchError",
    "DuplicateRuleError",
    "RecordError",
    "RuleDeclarationError",
    "SamCoreError",
    "StandardsError",
    "TruthValueError",
    "UnknownClauseError",
    "UnknownRuleError",
    "suggestion",
]


def suggestion(given: str, known: Iterable[str]) -> str:
    """The tail of a message that offers the nearest known name, or lists the known ones.

    Returns:
        ``"; did you mean 'x'?"``, or ``"; known: a, b"`` where nothing is near.
    """
    names = sorted(known)
    near = get_close_matches(given, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names)}"


class SamCoreError(Exception):
    """Base of every error this project raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        # As it stands, not by its constructor: that takes other arguments than the message, and an error
        # must come home whole from another process.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class RecordError(SamCoreError, ValueError):
    """A record cannot be built from what it was given.

    Attributes:
        record: the kind of record, ``"SaleLine"``.
        record_id: its id, or ``""`` where the id itself is at fault.
        field: the field at fault.
        problem: what is wrong with it and what would be right.
    """

    def __init__(self, record: str, record_id: str, field: str, problem: str) -> None:
        self.record = record
        self.record_id = record_id
        self.field = field
        self.problem = problem
        name = f"{record} {record_id!r}" if record_id else record
        super().__init__(f"{name}: {field}: {problem}")


class CurrencyMismatchError(SamCoreError, ValueError):
    """Two amounts of different currencies were put together without a rate."""


class TruthValueError(SamCoreError, TypeError):
    """``bool()`` was asked of a value that has more than two states."""


class UnknownClauseError(SamCoreError, KeyError):
    """A clause id that the charter does not have."""

    def __init__(self, clause_id: str, known: Iterable[str]) -> None:
        self.clause_id = clause_id
        self.message = f"no clause {clause_id!r} in the charter{suggestion(clause_id, known)}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class UnknownRuleError(SamCoreError, KeyError):
    """A rule id or pattern that selects nothing in a rule book."""

    def __init__(self, rule_id: str, known: Iterable[str]) -> None:
        self.rule_id = rule_id
        self.message = f"no rule {rule_id!r} in this rule book{suggestion(rule_id, known)}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class RuleDeclarationError(SamCoreError, TypeError):
    """A rule was declared in a way the engine could not keep.

    Attributes:
        rule_id: the rule at fault.
        problem: what is wrong and what would be right.
    """

    def __init__(self, rule_id: str, problem: str) -> None:
        self.rule_id = rule_id
        self.problem = problem
        super().__init__(f"rule {rule_id!r}: {problem}")


class DuplicateRuleError(RuleDeclarationError):
    """Two rules share an id; the message names both sources."""

    def __init__(self, rule_id: str, first: str, second: str) -> None:
        self.sources = (first, second)
        super().__init__(
            rule_id,
            f"declared by {first} and again by {second}; rename one, or take the other's place "
            "on purpose with RuleBook.replacing",
        )


class StandardsError(SamCoreError, ValueError):
    """A standards document says something that cannot hold.

    Attributes:
        path: dotted path to the entry, ``"retention.shrinking_share"``.
        problem: what is wrong and what would be right.
    """

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"standards: {path}: {problem}" if path else f"standards: {problem}")
