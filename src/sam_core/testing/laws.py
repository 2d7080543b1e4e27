"""The laws every rule keeps, whoever wrote it, and the transformations that put them to the test.

``check_rule_laws`` draws books and raises ``AssertionError`` with the rule, the law and the book
that breaks it, made small by Hypothesis. A test of a rule of one's own is one line::

    def test_my_rules_keep_the_laws():
        check_rule_laws(MY_RULES)
"""

from __future__ import annotations

import random as chance
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar, get_args, get_type_hints

import attrs
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from sam_core.assessment import assess
from sam_core.book import COLLECTIONS, HEADER_PARTS, BookHeader, Dossier
from sam_core.findings import SubjectKind
from sam_core.norms import Norms, norms_of
from sam_core.rulebook import DERIVED_INPUTS, Rule, RuleBook
from sam_core.standards import Policy
from sam_core.testing._books import dossiers, headers
from sam_core.testing._values import days, kept
from sam_core.totals import Totals
from sam_core.values import NOT_FETCHED, Outcome, Unknown
from sam_core.view import AccountView, BookView

__all__ = [
    "check_rule_laws",
    "forget",
    "forgettable",
    "renamed",
    "scaled",
    "shuffled",
    "twice",
]

T = TypeVar("T")
Path = tuple[str | int, ...]

_MONEY: Final = frozenset({
    "amount", "company", "cost", "customer", "gross_profit", "revenue", "standard_cost", "unit_cost", "yearly_amount",
})  # fmt: skip
_IN_ORDER: Final = frozenset({"stays"})


def _mapped(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """A value with every field of every record in it changed by name."""
    changed = change(name, value)
    if changed is not value:
        return changed
    if attrs.has(type(value)) and type(value).__module__.startswith("sam_core.book"):
        fields = {f.name: _mapped(getattr(value, f.name), change, f.name) for f in attrs.fields(type(value))}
        return evolve(value, **{name: new for name, new in fields.items() if new is not getattr(value, name)})
    if isinstance(value, tuple):
        items = tuple(_mapped(item, change, name) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def shuffled(dossier: Dossier, random: chance.Random) -> Dossier:
    """The same records in another order, inside plans and opportunities too."""

    def change(name: str, value: Any) -> Any:
        if isinstance(value, tuple) and name not in _IN_ORDER:
            items = [_mapped(item, change) for item in value]
            random.shuffle(items)
            return tuple(items)
        return value

    mixed: Dossier = _mapped(dossier, change)
    return mixed


def twice(dossier: Dossier) -> Dossier:
    """Every record delivered a second time."""
    held = {name: getattr(dossier, name) for name in COLLECTIONS}
    return evolve(dossier, **{n: v + v for n, v in held.items() if not isinstance(v, Unknown)})


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def _ids(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if _is_id(name):
            yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _ids(item, name)
    elif attrs.has(type(value)) and type(value).__module__.startswith("sam_core.book"):
        for f in attrs.fields(type(value)):
            yield from _ids(getattr(value, f.name), f.name)


def renamed(header: BookHeader, dossier: Dossier) -> tuple[BookHeader, Dossier]:
    """Every id replaced by another, one for one, so that their order is turned round."""
    known = sorted({*_ids(header), *_ids(dossier)}, reverse=True)
    new = {old: f"id-{number:04}" for number, old in enumerate(known)}

    def change(name: str, value: Any) -> Any:
        return new[value] if isinstance(value, str) and _is_id(name) else value

    return _mapped(header, change), _mapped(dossier, change)


def scaled(header: BookHeader, dossier: Dossier, factor: Decimal) -> tuple[BookHeader, Dossier]:
    """All money multiplied by a factor above nought; units and shares stay."""

    def change(name: str, value: Any) -> Any:
        return value * factor if isinstance(value, Decimal) and name in _MONEY else value

    return _mapped(header, change), _mapped(dossier, change)


@kept
def _unknowable(kind: Any) -> frozenset[str]:
    return frozenset(name for name, hint in get_type_hints(kind).items() if Unknown in get_args(hint))


def forgettable(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths to all that is known in a record and might not be."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from forgettable(item, (*path, index))
    elif attrs.has(type(value)) and type(value).__module__.startswith("sam_core.book"):
        for f in attrs.fields(type(value)):
            inner = getattr(value, f.name)
            if isinstance(inner, Unknown) or (f.name == "quantity" and inner < 0):
                continue  # without the quantity that makes it a return, a line would be another line
            if f.name in _unknowable(type(value)):
                yield (*path, f.name)
            yield from forgettable(inner, (*path, f.name))


def forget(value: T, path: Path) -> T:
    """The same, with what stands at the path unknown."""
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        items: list[Any] = list(value)  # type: ignore[call-overload]  # an index stands for a tuple
        items[first] = forget(items[first], rest)
        return tuple(items)  # type: ignore[return-value]  # a tuple came, a tuple goes
    inner = forget(getattr(value, first), rest) if rest else NOT_FETCHED
    return evolve(value, **{first: inner})  # type: ignore[misc]  # records are attrs classes


class _Bench:
    """One rule, one header, one day, fixed norms: everything but the dossier stands still."""

    def __init__(self, rule: Rule, as_of: date, norms: Norms) -> None:
        self.rule = rule
        self.as_of = as_of
        self.norms = norms

    def outcome(self, header: BookHeader, *found: Dossier) -> Outcome | None:
        """The outcome, or ``None`` where the rule does not apply."""
        if self.rule.subject_kind is SubjectKind.ACCOUNT:
            view: AccountView | BookView = AccountView(
                header=header.at(self.as_of),
                as_of=self.as_of,
                dossier=found[0].at(self.as_of),
                norms=self.norms,
            )
        else:
            parts = (assess(d, header, as_of=self.as_of, rules=RuleBook(()), norms=self.norms) for d in found)
            totals = Totals.sum(part.totals for part in parts)
            view = BookView(header=header.at(self.as_of), as_of=self.as_of, totals=totals)
        finding = self.rule.apply(view)
        return None if finding is None else finding.outcome

    def expect(self, law: str, expected: Outcome | None, actual: Outcome | None) -> None:
        """Refuse a rule that broke a law."""
        if expected is not actual:
            raise AssertionError(f"rule {self.rule.id!r}: {law}: {_name(expected)} became {_name(actual)}")


def _name(outcome: Outcome | None) -> str:
    return "does not apply" if outcome is None else outcome.value


def _later(dossier: Dossier, other: Dossier, as_of: date) -> Dossier:
    """The dossier with those records of another that are not known yet on the day."""
    added: dict[str, Any] = {}
    for name in COLLECTIONS:
        held, more = getattr(dossier, name), getattr(other, name)
        if isinstance(held, Unknown) or isinstance(more, Unknown):
            continue
        ids = {record.id for record in held}
        added[name] = held + tuple(r for r in more if r.id not in ids and r.at(as_of) is None)
    return evolve(dossier, **added)


_READ: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in (*COLLECTIONS, *HEADER_PARTS)},
    **DERIVED_INPUTS,
    "trailing_years": ("sale_lines", "offering"),
    "whitespace": ("sale_lines", "offering", "locations", "buyers", "opportunities", "competitor_holdings"),
    **dict.fromkeys(("account", "as_of", "manager", "period", "standards"), ()),
}
"""What an input is read from, where that is not the whole book."""


def _unread(rules: Iterable[Rule]) -> frozenset[str]:
    """The parts of a book that none of the rules can see: to draw them would only take time."""
    needs = {name for rule in rules for name, _ in (*rule.applies_needs, *rule.needs)}
    if not needs <= _READ.keys():
        return frozenset()
    return frozenset((*COLLECTIONS, *HEADER_PARTS)) - {part for name in needs for part in _READ[name]}


def _paths(rule: Rule, known: Mapping[str | int, list[Path]]) -> SearchStrategy[set[Path]]:
    """A few paths to what is known, half of them to what the rule asks for; a part's first path is the whole of it."""
    needs = {name for name, _ in (*rule.applies_needs, *rule.needs)}
    asked = known.keys() & {part for name in needs for part in _READ.get(name, ())}
    parts = [st.sampled_from(sorted(names, key=str)) for names in (asked, known.keys()) if names]
    if not parts:
        return st.just(set())
    return st.sets(
        st.one_of(parts).flatmap(lambda name: st.just(known[name][0]) | st.sampled_from(known[name])),
        min_size=1,
        max_size=3,
    )


def _unforeseen(header: BookHeader, as_of: date) -> BookHeader:
    """The header without the standards that are to hold from a later day on."""
    current = (revision for revision in header.policy.revisions if revision.effective <= as_of)
    return evolve(header, policy=Policy(tuple(current)))


def check_rule_laws(rules: Rule | Iterable[Rule], *, max_examples: int = 50, shrink: bool = True) -> None:
    """Put rules to the test of all the laws.

    The laws: order of records and of accounts is irrelevant; a record delivered twice counts once;
    nothing dated after the day matters; another account changes nothing; the same input gives the
    same answer; renaming ids and scaling all money change no outcome; learning more never turns a
    verdict into another, nor does a rule that does not apply begin to; nothing a book can hold makes
    a rule crash.

    Args:
        rules: one rule, or many.
        max_examples: how many books are drawn.
        shrink: make a failing book small before showing it, which may take minutes.

    Raises:
        AssertionError: a law is broken; the message names rule and law, Hypothesis shows the book.
        RuleFailure: a rule crashed.
    """
    try:
        _laws((rules,) if isinstance(rules, Rule) else tuple(rules), max_examples, shrink=shrink)
    except Flaky as error:
        raise AssertionError("the same book was judged differently when it was looked at again") from error


def _laws(chosen: tuple[Rule, ...], max_examples: int, *, shrink: bool) -> None:
    unread = _unread(chosen)
    nothing: dict[str, Any] = {name: st.just(NOT_FETCHED) for name in unread}
    accounts = dossiers(**{name: nothing[name] for name in COLLECTIONS if name in nothing})
    managers = headers(**{str(name): nothing[name] for name in HEADER_PARTS if name in nothing})

    @settings(
        max_examples=max_examples,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)[: 4 if shrink else 3],
    )
    @given(header=managers, dossier=accounts, other=accounts, as_of=days(), data=st.data())
    def hold(header: BookHeader, dossier: Dossier, other: Dossier, as_of: date, data: st.DataObject) -> None:
        norms = norms_of([dossier, other], header.policy, as_of)
        mixed = shuffled(dossier, data.draw(st.randoms(use_true_random=False)))
        doubled = twice(dossier)
        extended = _unforeseen(header, as_of), _later(dossier, other, as_of)
        new_names = renamed(header, dossier)
        richer = scaled(header, dossier, Decimal(data.draw(st.sampled_from((2, 10, 1000)))))
        known: dict[str | int, list[Path]] = {}
        for path in forgettable((header, dossier)):
            known.setdefault(path[1], []).append(path)
        for one in chosen:
            bench = _Bench(one, as_of, norms)
            outcome = bench.outcome(header, dossier)
            if one.subject_kind is SubjectKind.ACCOUNT:
                bench.outcome(header, other)
                bench.expect("another account changes nothing", outcome, bench.outcome(header, dossier))
            elif other.id != dossier.id:
                both = bench.outcome(header, dossier, other)
                bench.expect("order of accounts is irrelevant", both, bench.outcome(header, other, dossier))
            bench.expect("the same input gives the same answer", outcome, bench.outcome(header, dossier))
            bench.expect("order of records is irrelevant", outcome, bench.outcome(header, mixed))
            bench.expect("a record delivered twice counts once", outcome, bench.outcome(header, doubled))
            bench.expect("nothing after as_of matters", outcome, bench.outcome(*extended))
            bench.expect("renaming ids changes no outcome", outcome, bench.outcome(*new_names))
            bench.expect("scaling all money changes no outcome", outcome, bench.outcome(*richer))
            poorer: tuple[BookHeader, Dossier] = (header, dossier)
            for path in sorted(data.draw(_paths(one, known)), key=len, reverse=True):
                poorer = forget(poorer, path)
            before = bench.outcome(*poorer)
            if before is not Outcome.NOT_ASSESSABLE:
                bench.expect("learning more never reverses a verdict", before, outcome)

    hold()
