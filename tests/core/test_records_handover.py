from __future__ import annotations

from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import ChecklistItem, Handover, HandoverState, HandoverStep, advance
from sam_core.errors import RecordError
from sam_core.testing import days, handovers
from sam_core.values import NOT_FETCHED

from .builders import day

WON, KICKED_OFF, IMPLEMENTING, LIVE, TRANSFERRED = HandoverState


def step(state: HandoverState, on: str) -> HandoverStep:
    return HandoverStep(state=state, on=day(on))


def handover(*steps: HandoverStep, **fields) -> Handover:
    given = {"manager_id": "M1", "manager_named_on": day("2026-01-02"), "checklist": ITEMS, **fields}
    return Handover(id="h", steps=(step(WON, "2026-01-01"), *steps), **given)


ITEMS = (ChecklistItem(id="c1", text="contacts", done_on=day("2026-01-03")),)


def test_the_five_states_follow_one_another():
    assert [state.next for state in HandoverState] == [KICKED_OFF, IMPLEMENTING, LIVE, TRANSFERRED, None]


@given(handovers())
def test_its_state_is_the_furthest_reached_and_every_state_has_its_day(found):
    reached = {state: found.reached(state) for state in HandoverState}
    assert reached[WON] is not None
    assert found.state is max((s for s, on in reached.items() if on), key=lambda s: s.value)
    assert sorted(on for on in reached.values() if on) == sorted(one.on for one in found.steps)


@given(st.lists(days(), min_size=5, max_size=5).map(sorted))
def test_a_hand_over_by_the_book_goes_through_all_five_states(on):
    found = Handover(
        id="h", steps=(HandoverStep(state=WON, on=on[0]),), manager_id="M1", manager_named_on=on[0],
        checklist=(ChecklistItem(id="c", text="t", done_on=on[0]),),
    )  # fmt: skip
    for state, when in zip(list(HandoverState)[1:], on[1:], strict=True):
        found = advance(found, state, when)
        assert found.state is state
        assert found.reached(state) == when
    assert all(a.on <= b.on for a, b in pairwise(found.steps))


@pytest.mark.parametrize(
    ("given", "state", "on", "field", "problem"),
    [
        (handover(), IMPLEMENTING, "2026-01-05", "steps",
         "IMPLEMENTING cannot follow WON: KICKED_OFF is next"),
        (handover(), WON, "2026-01-05", "steps", "WON cannot follow WON: KICKED_OFF is next"),
        (handover(step(TRANSFERRED, "2026-02-01")), KICKED_OFF, "2026-02-05", "steps", "nothing follows it"),
        (handover(), KICKED_OFF, "2025-12-31", "steps", "before the last step on 2026-01-01"),
        (handover(), KICKED_OFF, "2026-01-01", "manager_id", "name the account manager by 2026-01-01"),
        (handover(manager_id=None), KICKED_OFF, "2026-01-05", "manager_id", "name the account manager"),
        (handover(manager_id=NOT_FETCHED), KICKED_OFF, "2026-01-05", "manager_id", "name the account manager"),
        (handover(manager_named_on=None), KICKED_OFF, "2026-01-05", "manager_id", "name the account manager"),
        (handover(step(LIVE, "2026-01-04"), checklist=()), TRANSFERRED, "2026-01-05", "checklist",
         "give the checklist"),
        (handover(step(LIVE, "2026-01-04"), checklist=NOT_FETCHED), TRANSFERRED, "2026-01-05", "checklist",
         "give the checklist"),
        (handover(step(LIVE, "2026-01-01")), TRANSFERRED, "2026-01-02", "checklist",
         "finish c1 by 2026-01-02"),
        (handover(step(LIVE, "2026-01-04"), checklist=(evolve(ITEMS[0], done_on=None),)), TRANSFERRED,
         "2026-01-05", "checklist", "finish c1 by 2026-01-05"),
    ],
)  # fmt: skip
def test_a_step_that_is_not_allowed_says_what_has_to_come_first(given, state, on, field, problem):
    with pytest.raises(RecordError, match=problem) as caught:
        advance(given, state, day(on))
    assert (caught.value.record_id, caught.value.field) == ("h", field)


def test_what_is_done_on_the_very_day_is_in_time():
    found = handover(manager_named_on=day("2026-01-05"))
    assert advance(found, KICKED_OFF, day("2026-01-05")).state is KICKED_OFF
    live = handover(step(LIVE, "2026-01-03"))
    assert advance(live, TRANSFERRED, day("2026-01-03")).state is TRANSFERRED
