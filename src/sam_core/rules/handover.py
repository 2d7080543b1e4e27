"""RESP-7: the customer is taken over from Business Development in order, in time and without a gap."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sam_core._words import count
from sam_core.book import Assignment, Handover, HandoverState
from sam_core.findings import Judgement, Missing, Severity, met, not_assessable, not_met
from sam_core.penetration.modes import History
from sam_core.rulebook import rule
from sam_core.standards import HandoverStandards, Standards
from sam_core.values import Outcome, Period, Unknown, Why

__all__ = ["RULES"]


def _current(handovers: tuple[Handover, ...], period: Period) -> tuple[Handover, ...]:
    """Those not done with before the period: not transferred yet, or in it."""
    done = HandoverState.TRANSFERRED
    return tuple(one for one in handovers if (day := one.reached(done)) is None or day >= period.start)


def _has_current(handovers: tuple[Handover, ...], period: Period) -> bool:
    return bool(_current(handovers, period))


def _has_reached(handovers: tuple[Handover, ...], period: Period, state: HandoverState) -> bool:
    return any(one.reached(state) is not None for one in _current(handovers, period))


def _is_new(history: History, as_of: date, standards: Standards) -> bool:
    limit = standards.handover.new_customer_days
    return bool(history.days) and (as_of - history.days[0]).days < limit


@rule(
    "RESP-7.recorded",
    title="New customer handed over",
    applies=_is_new,
    tuned_by=("handover.new_customer_days",),
)
def recorded(handovers: tuple[Handover, ...]) -> Judgement:
    """An account whose first sale is young has a hand-over on record.

    Fails when there is none.
    """
    if handovers:
        return met("The hand-over is on record.", evidence=tuple(one.id for one in handovers))
    return not_met("The account is a new customer, and no hand-over is on record.")


@rule("RESP-7.order", title="Hand-over in order", applies=_has_current)
def order(handovers: tuple[Handover, ...], period: Period) -> Judgement:
    """The states of a hand-over follow one another, none left out, their days in order.

    Fails when a state was reached before an earlier one, or one between was left out.
    """
    current = _current(handovers, period)
    faults = {}
    for one in current:
        steps = sorted(one.steps, key=lambda step: step.state.value)
        for earlier, later in pairwise(steps):
            if later.state is not earlier.state.next:
                faults[one.id] = f"{later.state.name} follows {earlier.state.name}"
            elif later.on < earlier.on:
                faults[one.id] = (
                    f"{later.state.name} on {later.on} lies before {earlier.state.name} on {earlier.on}"
                )
    if faults:
        return not_met(
            f"{len(faults)} hand-overs are out of order: {next(iter(faults.values()))}.",
            measured=len(current) - len(faults), expected=len(current), evidence=tuple(faults),
        )  # fmt: skip
    return met(f"{len(current)} hand-overs are in order.", measured=len(current), expected=len(current))


def _uncovered(stretches: list[tuple[date, date]], start: date, end: date) -> date | None:
    """The first day of a span that no stretch covers; ``None`` where all are covered."""
    day = start
    for first, last in sorted(stretches):
        if first > day:
            break
        if last >= day:
            if last >= end:
                return None
            day = last + timedelta(days=1)
    return day


@rule("RESP-7.owned", title="No gap in ownership", severity=Severity.MUST, applies=_has_current)
def owned(
    handovers: tuple[Handover, ...], assignments: tuple[Assignment, ...], period: Period, as_of: date
) -> Judgement:
    """Somebody, of Business Development or account management, holds the account every day from winning on.

    Fails when there is a day without an owner since the customer was won.
    """
    current = _current(handovers, period)
    won = min(day for one in current if (day := one.reached(HandoverState.WON)) is not None)
    sure = [(a.start, a.end or as_of) for a in assignments if not isinstance(a.start, Unknown)]
    undated = [a for a in assignments if isinstance(a.start, Unknown)]
    evidence = tuple(one.id for one in current)
    gap = _uncovered(sure, won, as_of)
    if gap is None:
        return met(f"The account had an owner every day since {won}.", evidence=evidence)
    possible = [*sure, *((won, a.end or as_of) for a in undated)]
    surely = _uncovered(possible, won, as_of)
    if surely is None:
        reason = Unknown(Why.BLANK, f"since when {undated[0].person_id} holds the account")
        return not_assessable(
            f"Nobody can tell who held the account on {gap}.",
            Missing("assignments.start", reason), evidence=evidence,
        )  # fmt: skip
    return not_met(f"Nobody held the account on {surely}.", measured=surely, evidence=evidence)


def _kicked_off(handovers: tuple[Handover, ...], period: Period) -> bool:
    return _has_reached(handovers, period, HandoverState.KICKED_OFF)


@rule("RESP-7.named", title="Manager named by the kick-off", applies=_kicked_off)
def named(handovers: tuple[Handover, ...], period: Period) -> Judgement:
    """The account manager who receives the customer is named by the day of the kick-off.

    Fails when nobody was named by then.
    """
    outcomes: dict[str, Outcome] = {}
    missing = []
    for one in _current(handovers, period):
        kick_off = one.reached(HandoverState.KICKED_OFF)
        if kick_off is None:
            continue
        who, when = one.manager_id, one.manager_named_on
        if who is None or (isinstance(when, date) and when > kick_off):
            outcomes[one.id] = Outcome.NOT_MET
        elif isinstance(who, Unknown) or not isinstance(when, date):
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
            name, value = ("manager_id", who) if isinstance(who, Unknown) else ("manager_named_on", when)
            reason = value if isinstance(value, Unknown) else Unknown(Why.BLANK, "the day it was named")
            missing.append(Missing(f"handovers.{name}", reason))
        else:
            outcomes[one.id] = Outcome.MET
    return _over(outcomes, missing, "named the account manager by the kick-off")


def _transferred(handovers: tuple[Handover, ...], period: Period) -> bool:
    return _has_reached(handovers, period, HandoverState.TRANSFERRED)


@rule("RESP-7.checklist", title="Checklist complete at transfer", applies=_transferred)
def checklist(handovers: tuple[Handover, ...], period: Period) -> Judgement:
    """There is a checklist, and it is complete on the day the customer is transferred.

    Fails when there is no checklist, or an item of it was not done by then.
    """
    outcomes: dict[str, Outcome] = {}
    missing = []
    for one in _current(handovers, period):
        transferred = one.reached(HandoverState.TRANSFERRED)
        if transferred is None:
            continue
        if isinstance(one.checklist, Unknown):
            outcomes[one.id] = Outcome.NOT_ASSESSABLE
            missing.append(Missing("handovers.checklist", one.checklist))
            continue
        done = all(item.done_on is not None and item.done_on <= transferred for item in one.checklist)
        outcomes[one.id] = Outcome.MET if one.checklist and done else Outcome.NOT_MET
    return _over(outcomes, missing, "completed the checklist by the transfer")


def _over(outcomes: dict[str, Outcome], missing: list[Missing], what: str) -> Judgement:
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    total, count = len(outcomes), len(evidence)
    if outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable(
            f"Of {count} of {total} hand-overs nobody can tell whether they {what}.",
            *dict.fromkeys(missing), evidence=evidence,
        )  # fmt: skip
    if outcome is Outcome.MET:
        return met(f"All {total} hand-overs {what}.", measured=total, expected=total, evidence=evidence)
    return not_met(
        f"{count} of {total} hand-overs have not {what}.",
        measured=total - count,
        expected=total,
        evidence=evidence,
    )


def _limit(after: HandoverState, upto: HandoverState, standards: HandoverStandards) -> int:
    """Days from one state to a later one: of all the steps between."""
    days = {
        HandoverState.KICKED_OFF: standards.kick_off_days,
        HandoverState.IMPLEMENTING: standards.implementing_days,
        HandoverState.LIVE: standards.live_days,
        HandoverState.TRANSFERRED: standards.transfer_days,
    }
    return sum(limit for state, limit in days.items() if after.value < state.value <= upto.value)


@rule(
    "RESP-7.pace",
    title="Each step within its days",
    applies=_has_current,
    tuned_by=(
        "handover.kick_off_days", "handover.implementing_days", "handover.live_days", "handover.transfer_days",
    ),
)  # fmt: skip
def pace(handovers: tuple[Handover, ...], period: Period, as_of: date, standards: Standards) -> Judgement:
    """Each step of a hand-over is taken within its days, and the step now due is not overdue.

    Fails when a step took longer than the standard allows, or has been waited for longer.
    """
    current = _current(handovers, period)
    faults: dict[str, str] = {}
    due: list[date] = []
    for one in current:
        steps = sorted(one.steps, key=lambda step: step.state.value)
        for earlier, later in pairwise(steps):
            limit = _limit(earlier.state, later.state, standards.handover)
            took = (later.on - earlier.on).days
            if took > limit:
                faults[one.id] = (
                    f"{later.state.name} came {count(took, 'day')} after {earlier.state.name}; {limit} are allowed"
                )
        following = one.state.next
        if following is not None:
            last = steps[-1].on
            limit = _limit(one.state, following, standards.handover)
            waited = (as_of - last).days
            if waited > limit:
                faults[one.id] = f"{following.name} has been due for {count(waited - limit, 'day')}"
                due.append(last + timedelta(days=limit))
    if faults:
        return not_met(
            f"{len(faults)} of {len(current)} hand-overs took too long: {next(iter(faults.values()))}.",
            measured=len(current) - len(faults), expected=len(current), evidence=tuple(faults),
            due_on=min(due, default=None),
        )  # fmt: skip
    return met(
        f"{len(current)} hand-overs took each step within its days.",
        measured=len(current),
        expected=len(current),
    )


RULES: Final = (recorded, order, owned, named, checklist, pace)
