"""Every record as it was known on an earlier day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_core.book import (
    COLLECTIONS,
    AccountPlan,
    Assignment,
    BookHeader,
    Buyer,
    Candidate,
    Case,
    ChecklistItem,
    Contract,
    Degree,
    Delivery,
    Dossier,
    Engagement,
    Handover,
    HandoverState,
    HandoverStep,
    Initiative,
    InitiativeStatus,
    Opportunity,
    OpportunityStatus,
    PlanAction,
    PlanningSession,
    SellingSpell,
    StageStay,
    SupportRequest,
    TrainingObjective,
)
from sam_core.testing import days
from sam_core.testing._books import STRATEGIES
from sam_core.values import NOT_FETCHED, Unknown

from .builders import day

DATED = [kind for kind in STRATEGIES if hasattr(kind, "at")]

HINTS = get_type_hints(Dossier)

AHEAD = {
    ("AccountPlan", "end"),
    ("Contract", "end"),
    ("Delivery", "due_on"),
    ("Opportunity", "closes_on"),
    ("Opportunity", "next_step_on"),
    ("PlanAction", "due_on"),
    ("PlanTarget", "due_on"),
    ("TrainingObjective", "due_on"),
}
"""Days that are known before they come: terms, due dates, expectations."""


def known(record: Any, as_of: date) -> Any:
    return None if record is None else record.at(as_of)


def days_in(value: Any):
    """Every day in a record that tells what happened, with where it stands."""
    if isinstance(value, tuple):
        for item in value:
            yield from days_in(item)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            where = (type(value).__name__, field.name)
            if where in AHEAD:
                continue
            if isinstance(inner, date):
                yield where, inner.date() if isinstance(inner, datetime) else inner
            else:
                yield from days_in(inner)


def parts(record: Any) -> Any:
    """What of a record is dated: of a header, not its targets and standards, which are set ahead."""
    if not isinstance(record, BookHeader):
        return record
    return tuple(part for part in (record.training, record.candidate) if not isinstance(part, Unknown))


def test_every_record_of_a_dossier_can_be_seen_on_an_earlier_day():
    held = {
        get_args(part)[0]
        for name in COLLECTIONS
        for part in get_args(HINTS[name])
        if get_origin(part) is tuple
    }
    assert len(held) == len(COLLECTIONS)
    assert held <= set(DATED)


@pytest.mark.parametrize("kind", DATED, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data(), as_of=days())
def test_nothing_later_is_seen(kind, data, as_of):
    found = known(data.draw(STRATEGIES[kind]()), as_of)
    late = [(where, on) for where, on in days_in(parts(found)) if on > as_of]
    assert not late


@pytest.mark.parametrize("kind", DATED, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data(), first=days(), second=days())
def test_looking_back_twice_is_looking_back_to_the_earlier_day(kind, data, first, second):
    record = data.draw(STRATEGIES[kind]())
    once = known(record, min(first, second))
    assert known(known(record, first), second) == once
    assert known(once, max(first, second)) == once


@pytest.mark.parametrize("kind", DATED, ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_once_all_has_happened_everything_is_seen(kind, data):
    record = data.draw(STRATEGIES[kind]())
    assert record.at(date(2999, 1, 1)) == record


def test_a_departure_an_ending_and_a_cancellation_still_ahead_have_not_happened():
    before = day("2026-05-31")
    assert Buyer(id="b", name="b", left_on=day("2026-06-01")).at(before).left_on is None
    held = Assignment(id="a", person_id="M", start=day("2026-01-01"), end=day("2026-06-01"))
    assert held.at(before).end is None
    assert held.at(day("2025-12-31")) is None
    contract = Contract(
        id="c", start=day("2026-01-01"), end=day("2026-12-31"), cancelled_on=day("2026-06-01")
    )
    assert contract.at(before) == attrs.evolve(contract, cancelled_on=None)
    assert contract.at(day("2026-06-01")) is contract


def test_a_case_is_open_until_the_day_it_was_closed():
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    case = Case(id="c", opened_at=datetime(2026, 5, 1, tzinfo=UTC), closed_at=noon, escalated_at=noon)
    assert case.at(day("2026-05-31")) == attrs.evolve(case, closed_at=None, escalated_at=None)
    assert case.at(day("2026-06-01")) is case
    assert case.at(day("2026-04-30")) is None


def test_a_delivery_is_outstanding_until_it_came():
    delivery = Delivery(
        id="d", ordered_on=day("2026-05-01"), due_on=day("2026-05-20"), delivered_on=day("2026-06-01")
    )
    assert delivery.at(day("2026-05-31")).delivered_on is None
    assert delivery.at(day("2026-04-30")) is None


def test_a_request_is_unanswered_until_it_was_answered():
    asked = SupportRequest(
        id="s", role="r", asked_on=day("2026-05-01"), answered_on=day("2026-05-05"), answered_by_id="P"
    )
    then = asked.at(day("2026-05-04"))
    assert (then.answered_on, then.answered_by_id) == (None, None)


def test_an_objective_is_not_known_before_it_was_set_nor_completed_before_it_was():
    objective = TrainingObjective(
        id="t", person_id="M", title="t", assigned_on=day("2026-01-01"), due_on=day("2026-06-30"),
        completed_on=day("2026-06-01"),
    )  # fmt: skip
    assert objective.at(day("2025-12-31")) is None
    then = objective.at(day("2026-05-31"))
    assert (then.completed_on, then.due_on) == (None, day("2026-06-30"))


STAYS = (
    StageStay(stage="qualify", start=day("2026-01-10"), end=day("2026-02-01")),
    StageStay(stage="propose", start=day("2026-02-01"), end=day("2026-03-01")),
    StageStay(stage="won", start=day("2026-03-01")),
)
WON = Opportunity(
    id="o", name="o", opened_on=day("2026-01-10"), status=OpportunityStatus.WON, closed_on=day("2026-03-01"),
    stage="won", probability=Decimal(1), stays=STAYS,
    engagements=(Engagement(id="e1", role="r"), Engagement(id="e2", role="r", on=day("2026-02-15"))),
)  # fmt: skip


def test_an_opportunity_was_open_in_the_stage_it_was_in_before_it_was_won():
    then = WON.at(day("2026-02-10"))
    assert (then.status, then.closed_on, then.stage) == (OpportunityStatus.OPEN, None, "propose")
    assert then.stays == (STAYS[0], StageStay(stage="propose", start=day("2026-02-01")))
    assert isinstance(then.probability, Unknown)
    assert [e.id for e in then.engagements] == ["e1"]
    assert WON.at(day("2026-03-01")) is WON
    assert WON.at(day("2026-01-09")) is None


@pytest.mark.parametrize("stays", [NOT_FETCHED, ()])
def test_without_its_stages_nobody_knows_the_stage_of_an_earlier_day(stays):
    then = attrs.evolve(WON, stays=stays).at(day("2026-02-10"))
    assert isinstance(then.stage, Unknown)
    assert then.stays == stays


def test_a_plan_is_not_in_force_before_its_start_and_shows_what_was_done_by_then():
    later = day("2026-06-01")
    action = PlanAction(id="a", text="t", due_on=day("2026-05-01"), done_on=later)
    plan = AccountPlan(
        id="p", title="t", start=day("2026-01-01"), end=day("2026-12-31"),
        reviewed_on=(day("2026-03-01"), later),
        sessions=(PlanningSession(id="s1", on=day("2025-12-01")), PlanningSession(id="s2", on=later)),
        initiatives=(
            Initiative(
                id="i", title="t", status=InitiativeStatus.DONE, closed_on=later, actions=(action,)
            ),
            Initiative(id="j", title="t"),
        ),
    )  # fmt: skip
    then = plan.at(day("2026-05-31"))
    assert then.reviewed_on == (day("2026-03-01"),)
    assert [s.id for s in then.sessions] == ["s1"]
    first, second = then.initiatives
    assert (first.status, first.closed_on) == (InitiativeStatus.OPEN, None)
    assert first.actions[0] == attrs.evolve(action, done_on=None)
    assert second.actions is NOT_FETCHED
    assert plan.at(day("2025-12-31")) is None


def test_a_hand_over_shows_the_steps_taken_by_then():
    steps = [
        HandoverStep(state=HandoverState.WON, on=day("2026-01-01")),
        HandoverStep(state=HandoverState.KICKED_OFF, on=day("2026-01-10")),
    ]
    handover = Handover(
        id="h", steps=tuple(steps), manager_id="M", manager_named_on=day("2026-01-08"),
        checklist=(ChecklistItem(id="c", text="t", done_on=day("2026-01-09")),),
    )  # fmt: skip
    then = handover.at(day("2026-01-07"))
    assert then.steps == (steps[0],)
    assert (then.manager_id, then.manager_named_on) == (None, None)
    assert then.checklist[0].done_on is None
    assert handover.at(day("2026-01-10")) == handover
    assert handover.at(day("2025-12-31")) is None


def test_a_candidate_has_what_was_awarded_by_then():
    candidate = Candidate(
        id="c", name="c",
        degrees=(Degree(title="BSc"), Degree(title="MBA", awarded_on=day("2026-06-01"))),
        selling=(SellingSpell(start=day("2020-01-01"), end=day("2026-06-01")), SellingSpell(start=day("2026-06-01"))),
    )  # fmt: skip
    then = candidate.at(day("2026-05-31"))
    assert [d.title for d in then.degrees] == ["BSc"]
    assert then.selling == (SellingSpell(start=day("2020-01-01")),)
    assert then.achievements is NOT_FETCHED
