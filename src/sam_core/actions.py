"""What to do next: one ranked list per manager, out of all findings and moves.

The order is lexicographic, and nothing is weighed against anything in secret: what is overdue first; then
what a rule says must hold and does not; then what should and does not; then what is at risk; then the
moves. Within each, by the day it is due, then by the money at stake, then by ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from attrs import frozen

from sam_core.findings import Finding, Severity, SubjectKind
from sam_core.penetration import Mode, Move
from sam_core.scorecard import Scorecard
from sam_core.values import Outcome, Unknown

__all__ = ["Action", "actions"]

_CLAUSE_OF_MODE = {Mode.NEW_PRODUCT: "RESP-2.1", Mode.NEW_BUYER: "RESP-2.2", Mode.NEW_LOCATION: "RESP-2.3"}

_PLANNING = {"ACC-3", "RESP-5"}
"""Whether an account has a conforming plan, and what the plan lacks: one matter."""


@frozen(kw_only=True)
class Action:
    """One thing to do, and why.

    Attributes:
        clause_ids: the clauses it serves, the weightiest first.
        subject_kind, subject_id, subject_name: for whom.
        reasons: why: a sentence of each finding that became part of it, or how a move is valued.
        outcome: the worst outcome behind it; ``None`` for a move that no finding asks for.
        at_stake: the largest amount that hangs on it, in the book's currency, where known.
        due_on: the earliest day it is due, where known.
        evidence: ids of the records behind it.
        rule_ids: the rules that found it; ``()`` for a move.
        move: the sale to go for, where it is one.
    """

    clause_ids: tuple[str, ...]
    subject_kind: SubjectKind
    subject_id: str
    subject_name: str
    reasons: tuple[str, ...]
    outcome: Outcome | None
    at_stake: Decimal | None
    due_on: date | None
    evidence: tuple[str, ...]
    rule_ids: tuple[str, ...]
    move: Move | None = None


def actions(card: Scorecard) -> list[Action]:
    """The next best actions of a scorecard, in the order in which to take them.

    Findings of one subject that cite one clause, or rest on a common record, are one action; so are the lack of
    a conforming plan and what the plan lacks. A move for
    which a finding asks (nothing is done about this way of penetrating the account) is that action.
    """
    open_findings = sorted(card.to_fix(), key=_subject)
    names = {f.subject_id: f.subject_name for f in card.findings if f.subject_kind is SubjectKind.ACCOUNT}
    moves = {
        (m.account_id, _CLAUSE_OF_MODE[m.mode]): m for m in reversed(card.moves) if m.mode in _CLAUSE_OF_MODE
    }
    found: list[Action] = []
    for _, group in groupby(open_findings, key=_subject):
        found.extend(_from_findings(together, moves) for together in _together(group))
    asked_for = {id(one.move) for one in found}
    found.extend(
        _from_move(m, names) for m in card.moves if id(m) not in asked_for and m.mode in _CLAUSE_OF_MODE
    )
    ranks = {finding.rule_id: finding.severity for finding in open_findings}
    return sorted(found, key=lambda one: _rank(one, ranks, card.as_of))


def _subject(finding: Finding) -> tuple[str, str]:
    return finding.subject_kind.value, finding.subject_id


def _together(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of one subject, those with a common clause or record side by side."""
    groups: list[list[Finding]] = []
    for finding in findings:
        touching = [group for group in groups if any(_same(finding, other) for other in group)]
        merged = [finding, *(other for group in touching for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append(merged)
    return groups


def _same(one: Finding, other: Finding) -> bool:
    clauses = {one.clause_id, other.clause_id}
    return len(clauses) == 1 or clauses == _PLANNING or bool(set(one.evidence) & set(other.evidence))


def _distinct(sentences: Iterable[str]) -> tuple[str, ...]:
    """Each reason once; one that stands word for word within another is told by that."""
    told = tuple(dict.fromkeys(sentences))
    return tuple(one for one in told if not any(one != other and one in other for other in told))


def _weight(finding: Finding) -> tuple[bool, bool, str]:
    return (
        finding.outcome is not Outcome.NOT_MET,
        finding.severity is not Severity.MUST,
        finding.rule_id,
    )


def _from_findings(findings: list[Finding], moves: dict[tuple[str, str], Move]) -> Action:
    ordered = sorted(findings, key=_weight)
    first = ordered[0]
    clauses = tuple(dict.fromkeys(f.clause_id for f in ordered))
    move = next((moves[first.subject_id, c] for c in clauses if (first.subject_id, c) in moves), None)
    stakes = [f.at_stake for f in ordered if f.at_stake is not None]
    if move is not None and not isinstance(move.value, Unknown):
        stakes.append(move.value)
    return Action(
        clause_ids=clauses,
        subject_kind=first.subject_kind,
        subject_id=first.subject_id,
        subject_name=first.subject_name,
        reasons=_distinct(f.sentence for f in ordered) + ((str(move.valuation),) if move else ()),
        outcome=first.outcome,
        at_stake=max(stakes, default=None),
        due_on=min((f.due_on for f in ordered if f.due_on is not None), default=None),
        evidence=tuple(dict.fromkeys(record for f in ordered for record in f.evidence)),
        rule_ids=tuple(f.rule_id for f in ordered),
        move=move,
    )


def _from_move(move: Move, names: dict[str, str]) -> Action:
    return Action(
        clause_ids=(_CLAUSE_OF_MODE[move.mode],),
        subject_kind=SubjectKind.ACCOUNT,
        subject_id=move.account_id,
        subject_name=names.get(move.account_id, move.account_id),
        reasons=(str(move.valuation),),
        outcome=None,
        at_stake=None if isinstance(move.value, Unknown) else move.value,
        due_on=None,
        evidence=(),
        rule_ids=(),
        move=move,
    )


def _rank(action: Action, severities: dict[str, Severity], as_of: date) -> tuple[object, ...]:
    must = any(severities[rule_id] is Severity.MUST for rule_id in action.rule_ids)
    if action.due_on is not None and action.due_on < as_of:
        urgency = 0
    elif action.outcome is Outcome.NOT_MET:
        urgency = 1 if must else 2
    else:
        urgency = 3 if action.outcome is Outcome.AT_RISK else 4
    return (
        urgency,
        action.due_on or date.max,
        -(action.at_stake or 0),
        action.clause_ids,
        action.subject_id,
        ()
        if action.move is None
        else (action.move.location_id, action.move.buyer_id or "", action.move.product_id),
    )
