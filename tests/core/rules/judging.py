"""Examples of rules: a book in a few words, the outcome, and what was measured."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from attrs import evolve, frozen

from sam_core import Finding, Outcome, Unknown, Why, assess, standard_rules
from sam_core.book import COLLECTIONS, HEADER_PARTS, Dossier
from sam_core.findings import SubjectKind
from sam_core.norms import Norms
from sam_core.rulebook import DERIVED_INPUTS, RuleBook
from sam_core.standards import Policy, Revision
from sam_core.totals import Totals
from sam_core.view import AccountView, BookView
from tests.core.builders import AS_OF, account, header

MET, AT_RISK, NOT_MET, OPEN = Outcome.MET, Outcome.AT_RISK, Outcome.NOT_MET, Outcome.NOT_ASSESSABLE
HIDDEN: Final = Unknown(Why.NOT_PERMITTED, "table hidden")
_ANY: Final = object()


def at(text: str) -> datetime:
    """Noon of a day."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def policy(**values: Any) -> Policy:
    """Standards changed from long ago, keys written with two underscores for the dot."""
    changed = {key.replace("__", "."): value for key, value in values.items()}
    return Policy((Revision(effective=date(2000, 1, 1), values=changed),))


def view(rule_id: str, given: dict[str, Any]) -> AccountView | BookView:
    """The subject of a rule: collections, header fields, ``norms``, ``as_of`` and ``account`` by their names."""
    given = dict(given)
    as_of = given.pop("as_of", AS_OF)
    norms = given.pop("norms", HIDDEN)
    who = given.pop("account", account())
    totals = given.pop("totals", None)
    others = given.pop("dossiers", ())
    collections = {name: given.pop(name) for name in COLLECTIONS if name in given}
    book = header(**given)
    if standard_rules()[rule_id].subject_kind is SubjectKind.ACCOUNT:
        dossier = Dossier(account=who, **collections).at(as_of)
        return AccountView(header=book.at(as_of), as_of=as_of, dossier=dossier, norms=norms)
    if totals is None:
        held = others or (Dossier(account=who, **collections),)
        parts = (assess(one, book, as_of=as_of, rules=RuleBook(()), norms=norms) for one in held)
        totals = Totals.sum(part.totals for part in parts)
    return BookView(header=book.at(as_of), as_of=as_of, totals=totals)


def judged(rule_id: str, **given: Any) -> Finding | None:
    """The finding of one rule on one subject."""
    return standard_rules()[rule_id].apply(view(rule_id, given))


@frozen
class Example:
    """A rule, what it is given, and what it must conclude; ``None`` where it does not apply."""

    rule_id: str
    name: str
    outcome: Outcome | None
    given: dict[str, Any]
    measured: Any = _ANY
    expected: Any = _ANY
    evidence: Any = _ANY
    at_stake: Any = _ANY
    missing: Any = _ANY

    def __str__(self) -> str:
        return (
            f"{self.rule_id} {'does not apply' if self.outcome is None else self.outcome.value}: {self.name}"
        )

    def holds(self) -> None:
        """The rule concludes what the example says."""
        found = judged(self.rule_id, **self.given)
        if self.outcome is None:
            assert found is None, found
            return
        assert found is not None
        assert found.outcome is self.outcome, found
        assert found.sentence
        assert found.sentence.endswith(".")
        if self.outcome is OPEN:
            assert found.missing, "what is missing must be said"
        for name in ("measured", "expected", "evidence", "at_stake"):
            wanted = getattr(self, name)
            if wanted is not _ANY:
                assert getattr(found, name) == wanted, (name, found)
        if self.missing is not _ANY:
            assert tuple(one.name for one in found.missing) == self.missing

    def without(self, name: str) -> Finding | None:
        """The same with one input hidden."""
        return judged(self.rule_id, **{**self.given, name: HIDDEN})


def ex(rule_id: str, name: str, outcome: Outcome | None, **given: Any) -> Example:
    """An example; ``measured``, ``expected``, ``evidence``, ``at_stake`` and ``missing`` are what it must say."""
    says = {
        k: given.pop(k) for k in ("measured", "expected", "evidence", "at_stake", "missing") if k in given
    }
    return Example(rule_id, name, outcome, given, **says)


def sources(rule_id: str) -> list[str]:
    """What of a source a rule cannot do without."""
    names: list[str] = []
    for name in standard_rules()[rule_id].required:
        names.extend(DERIVED_INPUTS.get(name, (name,)))
    return [name for name in dict.fromkeys(names) if name in (*COLLECTIONS, *HEADER_PARTS, "norms")]


__all__ = [
    "AT_RISK", "HIDDEN", "MET", "NOT_MET", "OPEN", "Example", "Norms", "at", "evolve", "ex", "judged", "policy",
    "sources", "view",
]  # fmt: skip
