"""Rules as values: declared with their clause, checked when declared, applied by one engine.

A rule's parameters are its needed inputs, by name (see :mod:`sam_core.view`). Where one of
them is unknown the engine answers ``NOT_ASSESSABLE`` with what is missing, and the body never
runs; a parameter annotated ``Maybe[...]`` opts in to seeing the ``Unknown`` itself.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from sam_core.book import COLLECTIONS, Dossier
from sam_core.charter import CHARTER
from sam_core.errors import (
    DuplicateRuleError,
    RuleDeclarationError,
    SamCoreError,
    UnknownRuleError,
    suggestion,
)
from sam_core.findings import Finding, Judgement, Missing, Severity, SubjectKind, not_assessable
from sam_core.standards import catalogue
from sam_core.values import Unknown
from sam_core.view import AccountView, BookView

__all__ = ["ACCOUNT_INPUTS", "BOOK_INPUTS", "DERIVED_INPUTS", "Rule", "RuleBook", "RuleFailure", "rule"]


class RuleFailure(SamCoreError):  # noqa: N818  # it is the rule's failure, reported as such
    """A rule's body raised instead of judging; names rule and subject, the cause is chained."""

    def __init__(self, rule_id: str, subject_id: str, problem: str) -> None:
        self.rule_id = rule_id
        self.subject_id = subject_id
        super().__init__(
            f"rule {rule_id!r} failed on {subject_id!r}: {problem}; mend the rule, or leave it out with RuleBook.without"
        )


def _properties(view: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in reversed(view.__mro__):
        for name, member in vars(kind).items():
            getter = getattr(member, "fget", None) or getattr(member, "func", None)
            if getter is not None and not name.startswith("_"):
                found[name] = typing.get_type_hints(getter)["return"]
        hints = typing.get_type_hints(kind) if attrs.has(kind) else {}
        found.update({name: hint for name, hint in hints.items() if name in _FIELDS})
    return found


_FIELDS: Final = ("header", "as_of", "norms", "totals", "dossier")


def _account_inputs() -> Mapping[str, Any]:
    hints = typing.get_type_hints(Dossier)
    return MappingProxyType(_properties(AccountView) | {name: hints[name] for name in COLLECTIONS})


ACCOUNT_INPUTS: Final = _account_inputs()
"""What a rule about an account may ask for: names and types."""

BOOK_INPUTS: Final = MappingProxyType(_properties(BookView))
"""What a rule about the manager may ask for: names and types."""

_RULE_ID: Final = re.compile(
    r"(?:(?P<vendor>[a-z][a-z0-9-]*):)?(?P<clause>[A-Z]+-\d+(?:\.\d+)?)\.(?P<name>[a-z][a-z0-9-]*)"
)
_STANDARD_KEYS: Final = frozenset(entry.key for entry in catalogue())

Body = Callable[..., Judgement]
Predicate = Callable[..., bool]


def _known_part(hint: Any) -> Any:
    """A type without ``Unknown``."""
    parts = [part for part in typing.get_args(hint) if part is not Unknown]
    if Unknown not in typing.get_args(hint):
        return hint
    return typing.Union[tuple(parts)]  # noqa: UP007  # built from a list, which the | form cannot be


def _checked_needs(
    rule_id: str, function: Callable[..., Any], inputs: Mapping[str, Any]
) -> tuple[tuple[str, bool], ...]:
    """Names of the inputs a function needs, each with whether it takes an Unknown."""
    hints = typing.get_type_hints(function)
    needs = []
    for name in inspect.signature(function).parameters:
        if name not in inputs:
            raise RuleDeclarationError(rule_id, f"there is no input {name!r}{suggestion(name, inputs)}")
        if name not in hints:
            raise RuleDeclarationError(
                rule_id, f"input {name!r} has no type; annotate it as {_known_part(inputs[name])}"
            )
        takes_unknown = hints[name] == inputs[name] and Unknown in typing.get_args(inputs[name])
        if not takes_unknown and hints[name] != _known_part(inputs[name]):
            raise RuleDeclarationError(
                rule_id,
                f"input {name!r} is {inputs[name]}, not {hints[name]}; annotate it as {_known_part(inputs[name])}",
            )
        needs.append((name, takes_unknown))
    return tuple(needs)


@frozen(kw_only=True)
class Rule:
    """One requirement of a clause, executable. Declare it with :func:`rule`.

    Attributes:
        id: ``"RESP-1.shrinking"``; a foreign rule has a vendor before it, ``"acme:RESP-1.own"``.
        clause_id: the clause it cites.
        title: a few words for a table.
        severity: how much hangs on it.
        subject_kind: whether it judges an account or the manager; told from its inputs.
        needs: its inputs, each with whether it takes an ``Unknown``.
        tuned_by: keys of the standards it reads.
        requirement, failure: its docstring's first paragraph, and the one that begins "Fails".
        source: where it was declared.
    """

    id: str
    clause_id: str
    title: str
    severity: Severity
    subject_kind: SubjectKind
    needs: tuple[tuple[str, bool], ...]
    tuned_by: tuple[str, ...]
    requirement: str
    failure: str
    source: str
    judge: Body = field(repr=False)
    applies: Predicate | None = field(default=None, repr=False)
    applies_needs: tuple[tuple[str, bool], ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the inputs without which it is not assessable."""
        every = (*self.applies_needs, *self.needs)
        return tuple(dict.fromkeys(name for name, takes_unknown in every if not takes_unknown))

    def apply(self, view: AccountView | BookView) -> Finding | None:
        """Judge one subject.

        Returns:
            A finding, or ``None`` where the rule does not apply to this subject.

        Raises:
            RuleFailure: the rule's own code raised, or returned something else than a judgement.
        """
        subject = view.account if isinstance(view, AccountView) else view.manager
        try:
            judgement = self._judgement(view)
        except Exception as error:
            raise RuleFailure(self.id, subject.id, repr(error)) from error
        if judgement is None:
            return None
        if not isinstance(judgement, Judgement):
            raise RuleFailure(self.id, subject.id, f"it returned {judgement!r} instead of a Judgement")
        return self.finding(judgement, subject.id, subject.name)

    def finding(self, judgement: Judgement, subject_id: str, subject_name: str) -> Finding:
        """A judgement of this rule as a finding about somebody."""
        return Finding(
            rule_id=self.id,
            clause_id=self.clause_id,
            severity=self.severity,
            subject_kind=self.subject_kind,
            subject_id=subject_id,
            subject_name=subject_name,
            **{f.name: getattr(judgement, f.name) for f in attrs.fields(Judgement)},
        )

    def _judgement(self, view: AccountView | BookView) -> Judgement | None:
        if self.applies is not None:
            inputs, missing = _inputs(view, self.applies_needs)
            if missing:
                return _lacking(missing)
            if not self.applies(**inputs):
                return None
        inputs, missing = _inputs(view, self.needs)
        return _lacking(missing) if missing else self.judge(**inputs)


def _lacking(missing: tuple[Missing, ...]) -> Judgement:
    names = " and ".join(m.name.replace("_", " ") for m in missing)
    return not_assessable(f"Nobody can tell without {names}.", *missing)


def _inputs(
    view: AccountView | BookView, needs: tuple[tuple[str, bool], ...]
) -> tuple[dict[str, Any], tuple[Missing, ...]]:
    inputs: dict[str, Any] = {}
    missing: list[Missing] = []
    for name, takes_unknown in needs:
        holder = view.dossier if isinstance(view, AccountView) and name in COLLECTIONS else view
        value = inputs[name] = getattr(holder, name)
        if isinstance(value, Unknown) and not takes_unknown:
            missing.extend(_roots(view, name, value))
    return inputs, tuple(missing)


DERIVED_INPUTS: Final = {
    "line_modes": ("sale_lines",),
    "history": ("sale_lines",),
    "trailing_years": ("sale_lines",),
    "whitespace": ("sale_lines",),
    "offered_lines": ("sale_lines", "opportunities"),
    "conformity": ("plans",),
    "held_since": ("assignments",),
}
"""Inputs that are worked out, with the collections of the source they are worked out from."""


def _roots(view: AccountView | BookView, name: str, value: Unknown) -> Iterator[Missing]:
    """What of the source is missing behind a missing input: people can add a table, not a derivation."""
    if name not in DERIVED_INPUTS or not isinstance(view, AccountView):
        yield Missing(name, value)
        return
    for root in DERIVED_INPUTS[name]:
        records = getattr(view.dossier, root)
        if isinstance(records, Unknown):
            yield Missing(root, records)


def rule(
    rule_id: str,
    *,
    title: str,
    severity: Severity = Severity.SHOULD,
    applies: Predicate | None = None,
    tuned_by: tuple[str, ...] = (),
) -> Callable[[Body], Rule]:
    """Declare a rule; the decorated name becomes a :class:`Rule` value.

    Args:
        rule_id: ``CLAUSE.name``, with ``vendor:`` before it in a package of your own.
        title: a few words for a table.
        severity: how much hangs on it.
        applies: a predicate over inputs; where it is false the rule does not apply.
        tuned_by: keys of the standards that the body reads.

    Raises:
        RuleDeclarationError: the id has another shape, its clause is not in the charter, an input has
            no such name or another type, a standard does not exist, or the docstring lacks its
            requirement or its "Fails when ..." paragraph.
    """
    shape = _RULE_ID.fullmatch(rule_id)
    if shape is None:
        raise RuleDeclarationError(
            rule_id, "write its id as CLAUSE.name, or vendor:CLAUSE.name: 'acme:RESP-1.own'"
        )
    clause_id = shape["clause"]
    if clause_id not in CHARTER:
        known = [clause.id for clause in CHARTER]
        raise RuleDeclarationError(
            rule_id, f"clause {clause_id!r} is not in the charter{suggestion(clause_id, known)}"
        )
    for key in tuned_by:
        if key not in _STANDARD_KEYS:
            raise RuleDeclarationError(
                rule_id, f"there is no standard {key!r}{suggestion(key, _STANDARD_KEYS)}"
            )

    def declare(body: Body) -> Rule:
        names = {
            *inspect.signature(body).parameters,
            *(inspect.signature(applies).parameters if applies else ()),
        }
        about_account = bool(names - BOOK_INPUTS.keys())
        inputs = ACCOUNT_INPUTS if about_account else BOOK_INPUTS
        paragraphs = [" ".join(p.split()) for p in inspect.cleandoc(body.__doc__ or "").split("\n\n")]
        failure = next((p for p in paragraphs if p.startswith("Fails")), "")
        if not paragraphs[0] or not failure:
            raise RuleDeclarationError(
                rule_id, "its docstring needs the requirement first, and a paragraph that begins 'Fails when'"
            )
        return Rule(
            id=rule_id,
            clause_id=clause_id,
            title=title,
            severity=severity,
            subject_kind=SubjectKind.ACCOUNT if about_account else SubjectKind.MANAGER,
            needs=_checked_needs(rule_id, body, inputs),
            tuned_by=tuned_by,
            requirement=paragraphs[0],
            failure=failure,
            source=f"{body.__module__}.{body.__qualname__}",
            judge=body,
            applies=applies,
            applies_needs=_checked_needs(rule_id, applies, inputs) if applies else (),
        )

    return declare


def _by_id(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda one: one.id))


@frozen(repr=False)
class RuleBook:
    """An immutable set of rules, by id.

    Raises:
        DuplicateRuleError: two rules share an id; both sources are named.
    """

    rules: tuple[Rule, ...] = field(converter=_by_id)

    @rules.validator
    def _unique(self, _: object, rules: tuple[Rule, ...]) -> None:
        for first, second in pairwise(rules):
            if first.id == second.id:
                raise DuplicateRuleError(first.id, first.source, second.source)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            UnknownRuleError: there is none; the nearest id is suggested.
        """
        for one in self.rules:
            if one.id == rule_id:
                return one
        raise UnknownRuleError(rule_id, (one.id for one in self.rules))

    def extended_with(self, rules: Iterable[Rule]) -> RuleBook:
        """These rules and others."""
        return RuleBook((*self.rules, *rules))

    def replacing(self, rule_id: str, replacement: Rule) -> RuleBook:
        """These rules with another one in a rule's place, under that rule's id."""
        self[rule_id]
        return RuleBook(evolve(replacement, id=rule_id) if one.id == rule_id else one for one in self.rules)

    def without(self, *patterns: str) -> RuleBook:
        """These rules less those that a pattern selects; patterns as in :meth:`select`."""
        gone = {one.id for one in self.select(*patterns)}
        return RuleBook(one for one in self.rules if one.id not in gone)

    def select(self, *patterns: str) -> RuleBook:
        """The rules whose id or clause matches a pattern such as ``"RESP-2*"``.

        Raises:
            UnknownRuleError: a pattern that selects nothing.
        """
        chosen: dict[str, Rule] = {}
        for pattern in patterns:
            found = [
                one
                for one in self.rules
                if fnmatchcase(one.id, pattern) or fnmatchcase(one.clause_id, pattern)
            ]
            if not found:
                raise UnknownRuleError(pattern, (one.id for one in self.rules))
            chosen.update({one.id: one for one in found})
        return RuleBook(chosen.values())

    def about(self, kind: SubjectKind) -> tuple[Rule, ...]:
        """The rules about accounts, or those about the manager."""
        return tuple(one for one in self.rules if one.subject_kind is kind)

    def __repr__(self) -> str:
        return f"<RuleBook of {len(self.rules)} rules>"
