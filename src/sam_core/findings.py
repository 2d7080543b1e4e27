"""What a rule concludes, and what stands in a report because of it."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from attrs import frozen

from sam_core.values import Outcome, Unknown

__all__ = [
    "Finding",
    "Judgement",
    "Measure",
    "Missing",
    "Severity",
    "SubjectKind",
    "at_risk",
    "met",
    "not_assessable",
    "not_met",
]

Measure: TypeAlias = Decimal | int | str | date | None
"""A measured or expected value as a finding shows it."""


class Severity(enum.Enum):
    """How much hangs on a rule."""

    MUST = "must"
    SHOULD = "should"


class SubjectKind(enum.Enum):
    """Whom a finding is about."""

    ACCOUNT = "account"
    MANAGER = "manager"


@frozen
class Missing:
    """An input that a rule needed and the source could not give.

    Attributes:
        name: the input, ``"sale_lines"`` or ``"sale_lines.cost"``.
        reason: why it is not there.
    """

    name: str
    reason: Unknown

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@frozen(kw_only=True)
class Judgement:
    """What a rule's body returns: an outcome with its reasons.

    Build one with :func:`met`, :func:`at_risk`, :func:`not_met` or :func:`not_assessable`.

    Attributes:
        sentence: one plain sentence for people.
        measured, expected: what was found, and what the standard asks.
        evidence: ids of the records that carry the conclusion.
        missing: what was lacking, where nothing could be concluded.
        at_stake: money that hangs on it, in the book's currency, where known.
        due_on: the day by which something should be done about it, where known.
    """

    outcome: Outcome
    sentence: str
    measured: Measure = None
    expected: Measure = None
    evidence: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    at_stake: Decimal | None = None
    due_on: date | None = None


def met(
    sentence: str, *, measured: Measure = None, expected: Measure = None, evidence: tuple[str, ...] = ()
) -> Judgement:
    """The requirement is met."""
    return Judgement(
        outcome=Outcome.MET, sentence=sentence, measured=measured, expected=expected, evidence=evidence
    )


def at_risk(
    sentence: str,
    *,
    measured: Measure = None,
    expected: Measure = None,
    evidence: tuple[str, ...] = (),
    at_stake: Decimal | None = None,
    due_on: date | None = None,
) -> Judgement:
    """The requirement still holds, or nearly, and will not for long."""
    return Judgement(
        outcome=Outcome.AT_RISK,
        sentence=sentence,
        measured=measured,
        expected=expected,
        evidence=evidence,
        at_stake=at_stake,
        due_on=due_on,
    )


def not_met(
    sentence: str,
    *,
    measured: Measure = None,
    expected: Measure = None,
    evidence: tuple[str, ...] = (),
    at_stake: Decimal | None = None,
    due_on: date | None = None,
) -> Judgement:
    """The requirement is not met."""
    return Judgement(
        outcome=Outcome.NOT_MET,
        sentence=sentence,
        measured=measured,
        expected=expected,
        evidence=evidence,
        at_stake=at_stake,
        due_on=due_on,
    )


def not_assessable(
    sentence: str,
    *missing: Missing,
    measured: Measure = None,
    expected: Measure = None,
    evidence: tuple[str, ...] = (),
) -> Judgement:
    """Nobody can tell; ``missing`` says what is lacking and why."""
    return Judgement(
        outcome=Outcome.NOT_ASSESSABLE,
        sentence=sentence,
        measured=measured,
        expected=expected,
        evidence=evidence,
        missing=missing,
    )


@frozen(kw_only=True)
class Finding:
    """A rule's judgement of one account, or of the manager.

    Attributes:
        rule_id: the rule that was applied.
        clause_id: the clause it cites.
        subject_id, subject_name: whom it is about.
    """

    rule_id: str
    clause_id: str
    severity: Severity
    subject_kind: SubjectKind
    subject_id: str
    subject_name: str
    outcome: Outcome
    sentence: str
    measured: Measure = None
    expected: Measure = None
    evidence: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    at_stake: Decimal | None = None
    due_on: date | None = None

    def __str__(self) -> str:
        return f"{self.outcome.value.upper()} {self.rule_id} {self.subject_name}: {self.sentence}"
