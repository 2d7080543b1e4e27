"""RESP-7: the rules over hand-overs as told, and the machine that makes one as it should go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sam_core.book import AssignmentRole, ChecklistItem, Handover, HandoverState, HandoverStep, advance
from sam_core.errors import RecordError
from sam_core.values import Period
from tests.core.builders import AS_OF, day, held, line

from .judging import HIDDEN, MET, NOT_MET, OPEN, evolve, ex, judged, policy

WON, KICKED_OFF, IMPLEMENTING, LIVE, TRANSFERRED = HandoverState
DEVELOPMENT = AssignmentRole.BUSINESS_DEVELOPMENT


def handover(key: str = "h", *days: str | None, **fields: Any) -> Handover:
    """Days of the states in their order; ``None`` leaves one out."""
    steps = tuple(HandoverStep(state=s, on=day(on)) for s, on in zip(HandoverState, days, strict=False) if on)
    given: dict[str, Any] = {"manager_id": "M1", "manager_named_on": day("2026-01-05"), **fields}
    return Handover(id=key, steps=steps, **given)


def of(*days: str | None, **fields: Any) -> dict[str, Any]:
    return {"handovers": (handover("h", *days, **fields),)}


# within 14, 30, 120 and 30 days
IN_TIME = ("2026-01-01", "2026-01-15", "2026-02-14", "2026-06-14")
WHOLE = ("2026-01-01", "2026-01-15", "2026-02-14", "2026-05-14", "2026-06-13")
DONE = (ChecklistItem(id="c", text="c", done_on=day("2026-06-13")),)
LATE = (*DONE, ChecklistItem(id="d", text="d", done_on=day("2026-06-14")))
OPEN_ITEM = (ChecklistItem(id="e", text="e"),)
LONG_DONE = ("2025-01-01", "2025-01-15", "2025-02-01", "2025-03-01", "2025-12-31")

EXAMPLES = (
    ex("RESP-7.owned", "by a third on the day between", MET, **of(*IN_TIME), assignments=(
        held("D", "2025-06-01", role=DEVELOPMENT, end=day("2026-02-27")), held("X", "2026-02-28", end=day("2026-02-28")),
        held("M1", "2026-03-01"))),
    ex("RESP-7.named", "named and kicked off today", MET, as_of=day("2026-01-15"), **of(*IN_TIME, manager_named_on=day("2026-01-15"))),
    ex("RESP-7.checklist", "finished and transferred today", MET, as_of=day("2026-06-13"), **of(*WHOLE, checklist=DONE)),
    # 180 days: first sold on 2026-01-02 is 179 days old on 2026-06-30
    ex("RESP-7.recorded", "on record", MET, sale_lines=(line("1", "2026-01-02"),), **of("2026-01-01"), evidence=("h",)),
    ex("RESP-7.recorded", "none", NOT_MET, sale_lines=(line("1", "2026-01-02"),), handovers=()),
    ex("RESP-7.recorded", "an older customer", None, sale_lines=(line("1", "2026-01-01"), line("2", "2026-06-01")), handovers=()),
    ex("RESP-7.recorded", "no customer yet", None, sale_lines=(), handovers=()),
    ex("RESP-7.order", "so far", MET, **of(*IN_TIME), measured=1),
    ex("RESP-7.order", "all on one day", MET, **of(*["2026-01-01"] * 5)),
    ex("RESP-7.order", "live before the kick-off", NOT_MET, **of("2026-01-01", "2026-02-01", "2026-02-02", "2026-01-15"), evidence=("h",)),
    ex("RESP-7.order", "one left out", NOT_MET, **of("2026-01-01", None, "2026-02-01")),
    ex("RESP-7.order", "done with last year, whatever its order", None, **of("2025-02-01", "2025-01-01", None, None, "2025-12-31")),
    ex("RESP-7.order", "none", None, handovers=()),
    ex("RESP-7.owned", "from one to the other", MET, **of(*IN_TIME), assignments=(
        held("D", "2025-06-01", role=DEVELOPMENT, end=day("2026-02-28")), held("M1", "2026-03-01"))),
    ex("RESP-7.owned", "a day between", NOT_MET, **of(*IN_TIME), measured=day("2026-02-28"), assignments=(
        held("D", "2025-06-01", role=DEVELOPMENT, end=day("2026-02-27")), held("M1", "2026-03-01"))),
    ex("RESP-7.owned", "not at first", NOT_MET, **of(*IN_TIME), assignments=(held("M1", "2026-01-02"),), measured=day("2026-01-01")),
    ex("RESP-7.owned", "not any more", NOT_MET, **of(*IN_TIME), assignments=(held(end=day("2026-06-29")),), measured=AS_OF),
    ex("RESP-7.owned", "nobody ever", NOT_MET, **of(*IN_TIME), assignments=()),
    ex("RESP-7.owned", "one within another", MET, **of(*IN_TIME), assignments=(
        held("M1", "2025-01-01"), held("D", "2026-01-01", end=day("2026-01-10")))),
    ex("RESP-7.owned", "one over before it began", NOT_MET, **of(*IN_TIME), assignments=(
        held("D", "2024-01-01", end=day("2025-01-01")),), measured=day("2026-01-01")),
    ex("RESP-7.owned", "since when is unknown", OPEN, **of(*IN_TIME), missing=("assignments.start",),
       assignments=(evolve(held("M1"), start=HIDDEN),)),
    ex("RESP-7.owned", "unknown since when, but surely not lately", NOT_MET, **of(*IN_TIME),
       assignments=(evolve(held("M1", end=day("2026-05-31")), start=HIDDEN),), measured=day("2026-06-01")),
    ex("RESP-7.owned", "done with last year", None, **of(*LONG_DONE), assignments=()),
    ex("RESP-7.named", "on the day", MET, **of(*IN_TIME, manager_named_on=day("2026-01-15"))),
    ex("RESP-7.named", "a day later", NOT_MET, **of(*IN_TIME, manager_named_on=day("2026-01-16")), evidence=("h",)),
    ex("RESP-7.named", "nobody", NOT_MET, **of(*IN_TIME, manager_id=None, manager_named_on=HIDDEN)),
    ex("RESP-7.named", "who is unknown", OPEN, **of(*IN_TIME, manager_id=HIDDEN), missing=("handovers.manager_id",)),
    ex("RESP-7.named", "too late, whoever it is", NOT_MET, **of(*IN_TIME, manager_id=HIDDEN, manager_named_on=day("2026-01-16"))),
    ex("RESP-7.named", "when is unknown", OPEN, **of(*IN_TIME, manager_named_on=HIDDEN), missing=("handovers.manager_named_on",)),
    ex("RESP-7.named", "named on no day", OPEN, **of(*IN_TIME, manager_named_on=None)),
    ex("RESP-7.named", "not kicked off yet", None, **of("2026-06-29", manager_id=None)),
    ex("RESP-7.named", "one not kicked off aside", MET, measured=1,
       handovers=(handover("a", "2026-06-29", manager_id=None), handover("b", *IN_TIME))),
    ex("RESP-7.checklist", "complete", MET, **of(*WHOLE, checklist=DONE), measured=1),
    ex("RESP-7.checklist", "a day late", NOT_MET, **of(*WHOLE, checklist=LATE)),
    ex("RESP-7.checklist", "an item open", NOT_MET, **of(*WHOLE, checklist=OPEN_ITEM)),
    ex("RESP-7.checklist", "none there", NOT_MET, **of(*WHOLE, checklist=())),
    ex("RESP-7.checklist", "unknown", OPEN, **of(*WHOLE), missing=("handovers.checklist",)),
    ex("RESP-7.checklist", "not transferred yet", None, **of(*IN_TIME, checklist=OPEN_ITEM)),
    ex("RESP-7.checklist", "one not transferred aside", MET, measured=1,
       handovers=(handover("a", *IN_TIME, checklist=OPEN_ITEM), handover("b", *WHOLE, checklist=DONE))),
    ex("RESP-7.pace", "each on its last day", MET, **of(*IN_TIME), measured=1),
    ex("RESP-7.pace", "all the way", MET, **of(*WHOLE)),
    ex("RESP-7.pace", "kicked off on day 15", NOT_MET, **of("2026-01-01", "2026-01-16", "2026-02-14", "2026-06-14"), evidence=("h",)),
    # live since 2026-05-30: 31 days, 30 are allowed
    ex("RESP-7.pace", "the transfer is overdue", NOT_MET, **of("2026-05-30", "2026-05-30", "2026-05-30", "2026-05-30")),
    ex("RESP-7.pace", "the transfer is due today", MET, **of("2026-05-31", "2026-05-31", "2026-05-31", "2026-05-31")),
    # a step left out has the days of both: 14 + 30
    ex("RESP-7.pace", "one left out, in the days of both", MET, **of("2026-05-01", None, "2026-06-14")),
    ex("RESP-7.pace", "one left out, and a day more", NOT_MET, **of("2026-05-01", None, "2026-06-15")),
    ex("RESP-7.pace", "by the firm's own days", NOT_MET, **of(*IN_TIME), policy=policy(handover__live_days=119)),
    ex("RESP-7.pace", "done with last year", None, **of(*LONG_DONE)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_an_overdue_step_says_when_it_was_due():
    found = judged("RESP-7.pace", **of("2026-06-01"))
    assert found.due_on == day("2026-06-15")
    assert found.sentence.endswith("KICKED_OFF has been due for 15 days.")


@pytest.mark.parametrize(
    ("problem", "start", "state", "on"),
    [
        ("LIVE cannot follow WON: KICKED_OFF is next", handover("h", "2026-01-01"), LIVE, "2026-02-01"),
        ("WON cannot follow KICKED_OFF: IMPLEMENTING is next", handover("h", "2026-01-01", "2026-01-10"), WON, "2026-02-01"),
        ("LIVE cannot follow TRANSFERRED: nothing follows it", handover("h", *WHOLE), LIVE, "2026-07-01"),
        ("would lie before the last step on 2026-01-01", handover("h", "2026-01-01"), KICKED_OFF, "2025-12-31"),
        ("name the account manager by 2026-01-04", handover("h", "2026-01-01"), KICKED_OFF, "2026-01-04"),
        ("name the account manager", handover("h", "2026-01-01", manager_id=HIDDEN), KICKED_OFF, "2026-02-01"),
        ("name the account manager", handover("h", "2026-01-01", manager_named_on=None), KICKED_OFF, "2026-02-01"),
        ("give the checklist before transferring", handover("h", *IN_TIME), TRANSFERRED, "2026-06-20"),
        ("give the checklist before transferring", handover("h", *IN_TIME, checklist=()), TRANSFERRED, "2026-06-20"),
        ("finish d, e by 2026-06-14", handover("h", *IN_TIME, checklist=(*DONE, evolve(LATE[1], done_on=day("2026-06-15")), *OPEN_ITEM)), TRANSFERRED, "2026-06-14"),
    ],
)  # fmt: skip
def test_a_step_that_is_not_allowed_is_refused_and_says_what_comes_first(problem, start, state, on):
    with pytest.raises(RecordError, match=problem) as caught:
        advance(start, state, day(on))
    assert caught.value.record_id == "h"


class HandoverMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, a hand-over that was advanced keeps RESP-7, and skips nothing."""

    @initialize(on=st.dates(date(2026, 1, 1), date(2026, 3, 1)))
    def win(self, on):
        items = tuple(ChecklistItem(id=key, text=key) for key in "ab")
        self.today = on
        self.handover = Handover(
            id="h",
            steps=(HandoverStep(state=WON, on=on),),
            manager_id=None,
            manager_named_on=None,
            checklist=items,
        )

    @rule(days=st.integers(0, 20))
    def wait(self, days):
        self.today = min(self.today + timedelta(days=days), date(2026, 12, 31))

    @rule()
    def name_manager(self):
        self.handover = evolve(self.handover, manager_id="M1", manager_named_on=self.today)

    @rule(key=st.sampled_from("ab"))
    def finish(self, key):
        items = self.handover.checklist
        self.handover = evolve(
            self.handover, checklist=tuple(evolve(i, done_on=self.today) if i.id == key else i for i in items)
        )

    @precondition(lambda self: self.handover.state is WON)
    @rule(state=st.sampled_from(HandoverState), early=st.integers(0, 2))
    def try_from_the_start(self, state, early):
        self._try(state, self.today - timedelta(days=early))

    @rule(state=st.sampled_from(HandoverState))
    def try_to_advance(self, state):
        self._try(state, self.today)

    @rule()
    def advance_to_the_next(self):
        if self.handover.state.next is not None:
            self._try(self.handover.state.next, self.today)

    def _try(self, state, on):
        before = self.handover
        allowed = (
            state is before.state.next
            and on >= max(step.on for step in before.steps)
            and (
                state is not KICKED_OFF
                or (before.manager_named_on is not None and before.manager_named_on <= on)
            )
            and (
                state is not TRANSFERRED
                or all(i.done_on is not None and i.done_on <= on for i in before.checklist)
            )
        )
        if allowed:
            self.handover = advance(before, state, on)
            assert self.handover.reached(state) == on
        else:
            with pytest.raises(RecordError):
                advance(before, state, on)

    @invariant()
    def it_keeps_the_role(self):
        states = [step.state for step in self.handover.steps]
        assert states == list(HandoverState)[: len(states)]
        # a manager named anew, or an item done again, after the fact is a change of record, not of the machine
        given = {"handovers": (self.handover,), "as_of": self.today, "period": Period.year(2026)}
        assert judged("RESP-7.order", **given).outcome is MET


TestHandoverMachine = HandoverMachine.TestCase
TestHandoverMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_handover_made_by_the_machine_keeps_every_rule_that_judges_it():
    made = handover("h", "2026-01-01", checklist=DONE)
    for state, on in zip(list(HandoverState)[1:], WHOLE[1:], strict=True):
        made = advance(made, state, day(on))
    for name in ("order", "named", "checklist", "pace"):
        assert judged(f"RESP-7.{name}", handovers=(made,)).outcome is MET
    assert made.state is TRANSFERRED
    assert made.state.next is None
