"""RESP-4 and ORG-2: the account manager leads each sale, calls in others in time, and lets none go stale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sam_core.book import Opportunity, OpportunityStatus, Person, StageStay, SupportRequest
from sam_core.findings import Judgement, Missing, at_risk, met, not_assessable, not_met
from sam_core.norms import Norms
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Outcome, Period, Unknown, Why

__all__ = ["RULES"]


def _open(opportunities: tuple[Opportunity, ...]) -> tuple[Opportunity, ...]:
    return tuple(one for one in opportunities if one.status is OpportunityStatus.OPEN)


def _has_open(opportunities: tuple[Opportunity, ...]) -> bool:
    return bool(_open(opportunities))


def _amount(opportunities: Iterable[Opportunity]) -> Decimal | None:
    """What hangs on them: the amounts that are known."""
    amounts = [one.amount for one in opportunities if not isinstance(one.amount, Unknown)]
    return sum(amounts, Decimal(0)) if amounts else None


def _each(
    outcomes: dict[str, Outcome],
    opportunities: tuple[Opportunity, ...],
    *,
    good: str,
    bad: str,
    missing: Iterable[Missing],
    nearly: str = "",
    due_on: date | None = None,
) -> Judgement:
    """One judgement over all open opportunities, with those that decide it as evidence."""
    outcome = Outcome.all_of(outcomes.values())
    carrying = [one for one in opportunities if outcomes[one.id] is outcome]
    evidence = tuple(one.id for one in carrying)
    total, count = len(opportunities), len(carrying)
    names = ", ".join(one.name for one in carrying[:3]) + (" and others" if count > 3 else "")
    if outcome is Outcome.MET:
        return met(f"All {total} open opportunities {good}.", measured=total, expected=total)
    if outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable(
            f"Of {count} of {total} open opportunities nobody can tell: {names}.",
            *dict.fromkeys(missing),
            evidence=evidence,
        )
    text, verdict = (bad, not_met) if outcome is Outcome.NOT_MET else (nearly, at_risk)
    return verdict(
        f"{count} of {total} open opportunities {text}: {names}.",
        measured=total - count, expected=total, evidence=evidence, at_stake=_amount(carrying), due_on=due_on,
    )  # fmt: skip


@rule("RESP-4.led", title="Led by the manager", applies=_has_open)
def led(opportunities: tuple[Opportunity, ...], manager: Person) -> Judgement:
    """Every open opportunity is led by the account manager, or a reason says why by somebody else.

    Fails when somebody else, or nobody, leads one and no reason is given.
    """
    chances, outcomes, missing = _open(opportunities), {}, []
    for one in chances:
        if one.lead_reason is not None or one.lead_id == manager.id:
            outcomes[one.id] = Outcome.MET
        elif isinstance(one.lead_id, Unknown):
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
            missing.append(Missing("opportunities.lead_id", one.lead_id))
        else:
            outcomes[one.id] = Outcome.NOT_MET
    return _each(
        outcomes, chances, good="are led by the account manager or by another for a reason",
        bad="are led by another or by nobody, without a reason", missing=missing,
    )  # fmt: skip


def _asks_for_roles(opportunities: tuple[Opportunity, ...], standards: Standards) -> bool:
    """Some open opportunity is, or may be, in a stage that asks for roles."""
    stages = {stage for stage, roles in standards.selling.stage_roles.items() if roles}
    return bool(stages) and any(
        isinstance(one.stage, Unknown) or one.stage in stages for one in _open(opportunities)
    )


def _lacking_roles(one: Opportunity, roles: Iterable[str]) -> list[str]:
    engaged = set()
    if not isinstance(one.engagements, Unknown):
        engaged = {engagement.role.casefold() for engagement in one.engagements}
    return [role for role in roles if role.casefold() not in engaged]


@rule(
    "RESP-4.roles",
    title="Others called in",
    applies=_asks_for_roles,
    tuned_by=("selling.stage_roles",),
)
def roles(opportunities: tuple[Opportunity, ...], standards: Standards) -> Judgement:
    """The roles that a stage requires are engaged once an opportunity is in that stage.

    Fails when an open opportunity is in a stage that requires a role nobody of which was engaged.
    """
    required = {stage: roles for stage, roles in standards.selling.stage_roles.items() if roles}
    chances, outcomes, missing = [], {}, []
    for one in _open(opportunities):
        stage, engagements = one.stage, one.engagements
        if isinstance(stage, Unknown):
            missing.append(Missing("opportunities.stage", stage))
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
        elif stage not in required:
            continue
        else:
            lacking = _lacking_roles(one, required[stage])
            if lacking and isinstance(engagements, Unknown):
                missing.append(Missing("opportunities.engagements", engagements))
                outcomes[one.id] = Outcome.NOT_ASSESSABLE
            else:
                outcomes[one.id] = Outcome.NOT_MET if lacking else Outcome.MET
        chances.append(one)
    return _each(
        outcomes, tuple(chances), good="in a stage that requires roles have them engaged",
        bad="lack a role that their stage requires", missing=missing,
    )  # fmt: skip


@rule("RESP-4.next-step", title="Next step", applies=_has_open)
def next_step(opportunities: tuple[Opportunity, ...], as_of: date) -> Judgement:
    """Every open opportunity has a next step with a date.

    Fails when one has no next step or no date for it; at risk when that date is past.
    """
    chances, outcomes, missing = _open(opportunities), {}, []
    for one in chances:
        parts = []
        for name, value in (("next_step", one.next_step), ("next_step_on", one.next_step_on)):
            if isinstance(value, Unknown):
                missing.append(Missing(f"opportunities.{name}", value))
                parts.append(Outcome.NOT_ASSESSABLE)
            elif isinstance(value, date) and value < as_of:
                parts.append(Outcome.AT_RISK)
            else:
                parts.append(Outcome.NOT_MET if value is None else Outcome.MET)
        outcomes[one.id] = Outcome.all_of(parts)
    return _each(
        outcomes, chances, good="have a next step with a date ahead",
        bad="have no next step, or no date for it", nearly="have a next step whose date is past",
        missing=missing,
    )  # fmt: skip


@rule("RESP-4.close-date", title="Close date ahead", applies=_has_open)
def close_date(opportunities: tuple[Opportunity, ...], as_of: date) -> Judgement:
    """No open opportunity is past the day it was expected to close.

    Fails when the expected closing day of one has gone by; at risk when one has none.
    """
    chances, outcomes, missing = _open(opportunities), {}, []
    for one in chances:
        if isinstance(one.closes_on, Unknown):
            missing.append(Missing("opportunities.closes_on", one.closes_on))
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
        elif one.closes_on is None:
            outcomes[one.id] = Outcome.AT_RISK
        else:
            outcomes[one.id] = Outcome.NOT_MET if one.closes_on < as_of else Outcome.MET
    return _each(
        outcomes, chances, good="are expected to close today or later",
        bad="are past their expected closing day", nearly="have no expected closing day", missing=missing,
    )  # fmt: skip


def _present_stay(stays: tuple[StageStay, ...]) -> StageStay | None:
    lasting = [stay for stay in stays if stay.end is None]
    return max(lasting, key=lambda stay: (stay.start, stay.stage), default=None)


@rule("RESP-4.stale", title="No stage held too long", applies=_has_open, tuned_by=("selling.stage_factor",))
def stale(
    opportunities: tuple[Opportunity, ...], norms: Norms, as_of: date, standards: Standards
) -> Judgement:
    """No open opportunity stays in a stage much longer than is usual in the book: the median of all left.

    Fails when one has held its stage longer than the standard's factor allows.
    """
    chances, outcomes, missing = _open(opportunities), {}, []
    for one in chances:
        stays = one.stays
        stay = None if isinstance(stays, Unknown) else _present_stay(stays)
        if stay is None:
            blank = Unknown(Why.BLANK, f"the present stage of {one.id}")
            missing.append(Missing("opportunities.stays", stays if isinstance(stays, Unknown) else blank))
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
            continue
        usual = norms.usual_stage_days(stay.stage)
        if isinstance(usual, Unknown):
            missing.append(Missing("opportunities.stays", usual))
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
            continue
        held = (as_of - stay.start).days
        too_long = held > usual * standards.selling.stage_factor
        outcomes[one.id] = Outcome.NOT_MET if too_long else Outcome.MET
    return _each(
        outcomes, chances, good="move at the usual pace", bad="have held their stage too long", missing=missing
    )  # fmt: skip


def _answer(one: SupportRequest, period: Period, as_of: date, days: int) -> Outcome | None:
    """Whether a request was answered in time; ``None`` for one long answered before the period."""
    answered = one.answered_on
    if isinstance(answered, Unknown) and one.asked_on not in period:
        return Outcome.NOT_ASSESSABLE
    if isinstance(answered, date):
        if one.asked_on not in period:
            return None
        return Outcome.MET if (answered - one.asked_on).days <= days else Outcome.NOT_MET
    if (as_of - one.asked_on).days <= days:
        return Outcome.MET
    return Outcome.NOT_ASSESSABLE if isinstance(answered, Unknown) else Outcome.NOT_MET


def _asked(support_requests: tuple[SupportRequest, ...], period: Period) -> bool:
    return any(one.asked_on in period or not isinstance(one.answered_on, date) for one in support_requests)


@rule("ORG-2.answered", title="Support answered", applies=_asked, tuned_by=("organisation.answer_days",))
def answered(
    support_requests: tuple[SupportRequest, ...], period: Period, as_of: date, standards: Standards
) -> Judgement:
    """Requests for support made in the period, and older ones still open, are answered in time.

    Fails when one was answered late, or is unanswered past the standard's days.
    """
    days = standards.organisation.answer_days
    found = {one.id: (one, _answer(one, period, as_of, days)) for one in support_requests}
    outcomes = {key: outcome for key, (_, outcome) in found.items() if outcome is not None}
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    carrying = [found[key][0] for key in evidence]
    total = len(outcomes)
    if outcome is Outcome.MET:
        return met(f"All {total} requests for support were answered in time.", measured=total, expected=total)
    if outcome is Outcome.NOT_ASSESSABLE:
        reasons = [one.answered_on for one in carrying if isinstance(one.answered_on, Unknown)]
        return not_assessable(
            f"Of {len(evidence)} of {total} requests nobody can tell whether they were answered.",
            *dict.fromkeys(Missing("support_requests.answered_on", reason) for reason in reasons),
            evidence=evidence,
        )
    waiting = [one for one in carrying if one.answered_on is None]
    asked = ", ".join(sorted({one.role for one in carrying}))
    return not_met(
        f"{len(evidence)} of {total} requests for support were not answered within {days} days, of {asked}.",
        measured=total - len(evidence), expected=total, evidence=evidence,
        due_on=min((one.asked_on + timedelta(days=days) for one in waiting), default=None),
    )  # fmt: skip


RULES: Final = (led, roles, next_step, close_date, stale, answered)
