"""RESP-5 and ACC-3, point by point."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sam_core.book import (
    AccountPlan,
    Initiative,
    InitiativeStatus,
    Investment,
    Need,
    PlanAction,
    PlanningSession,
    PlanTarget,
)
from sam_core.measures.conformity import conformity, current_plans, open_initiatives
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.values import NOT_FETCHED, Outcome
from tests.core.builders import AS_OF, day, held

from .judging import AT_RISK, HIDDEN, MET, NOT_MET, OPEN, ex, judged

STANDARDS = DEFAULT_STANDARDS.plans


def action(key: str = "a", **fields: Any) -> PlanAction:
    return PlanAction(id=key, text=key, **{"owner_id": "M1", "due_on": day("2026-07-15"), **fields})


def initiative(key: str = "i", **fields: Any) -> Initiative:
    given: dict[str, Any] = {
        "need_ids": ("n",),
        "priority": 1,
        "investment": Investment(company=Decimal(0), customer=Decimal(0)),
        "actions": (action(),),
        **fields,
    }
    return Initiative(id=key, title=key, **given)


def plan(key: str = "p", start: str = "2026-01-01", end: str = "2026-12-31", **fields: Any) -> AccountPlan:
    """A plan that conforms in every point on the last of June 2026."""
    given: dict[str, Any] = {
        "reviewed_on": (day("2026-05-01"),),
        "sessions": (PlanningSession(id="s", on=day("2025-12-01"), our_ids=("M1",), customer_ids=("B1",)),),
        "needs": (Need(id="n", text="n"), Need(id="d", text="d", declined_reason="out of reach")),
        "initiatives": (initiative(),),
        "targets": (PlanTarget(id="t", measure="revenue", value=Decimal(100)),),
        **fields,
    }
    return AccountPlan(id=key, title=key, start=day(start), end=day(end), **given)


def of(**fields: Any) -> dict[str, Any]:
    return {"plans": (plan(**fields),)}


def session(
    key: str = "s", on: str = "2026-02-01", ours: Any = ("M1",), theirs: Any = ("B1",)
) -> PlanningSession:
    return PlanningSession(id=key, on=day(on), our_ids=ours, customer_ids=theirs)


DONE, DROPPED = InitiativeStatus.DONE, InitiativeStatus.DROPPED
NONE = {"plans": ()}

EXAMPLES = (
    ex("RESP-5.in-force", "its first day counts", MET, **of(start="2026-06-30")),
    ex("RESP-5.joint", "on the last day of the cycle", MET, **of(end="2026-06-30", sessions=(session(on="2026-06-30"),))),
    ex("RESP-5.priorities", "shared by two, which are named", NOT_MET, evidence=("a", "b"),
       **of(initiatives=(initiative("a"), initiative("b")))),
    ex("RESP-5.overdue", "an older one that is done aside", NOT_MET, measured=31, evidence=("a",), **of(initiatives=(initiative(actions=(
        action(due_on=day("2026-05-30")), action("b", due_on=day("2026-01-30"), done_on=day("2026-02-01")))),))),
    ex("RESP-5.in-force", "its days include today", MET, **of(), evidence=("p",)),
    ex("RESP-5.in-force", "its last day counts", MET, **of(end="2026-06-30")),
    ex("RESP-5.in-force", "it ended yesterday", NOT_MET, **of(end="2026-06-29"), measured=day("2026-06-29")),
    ex("RESP-5.in-force", "it begins tomorrow", NOT_MET, **of(start="2026-07-01"), measured=None),
    ex("RESP-5.in-force", "there never was one", NOT_MET, **NONE),
    # 2026-03-22 is 100 days before 2026-06-30
    ex("RESP-5.reviewed", "100 days ago", MET, **of(reviewed_on=(day("2026-03-22"),)), measured=100, expected=100),
    ex("RESP-5.reviewed", "101 days ago", NOT_MET, **of(reviewed_on=(day("2026-03-21"),)), measured=101),
    ex("RESP-5.reviewed", "never, begun 180 days ago", NOT_MET, **of(reviewed_on=()), measured=180),
    ex("RESP-5.reviewed", "never, but begun lately", MET, **of(start="2026-06-01", reviewed_on=()), measured=29),
    ex("RESP-5.reviewed", "begun lately, reviews unknown", MET, **of(start="2026-06-01", reviewed_on=HIDDEN)),
    ex("RESP-5.reviewed", "reviews unknown", OPEN, **of(reviewed_on=HIDDEN), missing=("plans.reviewed_on",)),
    ex("RESP-5.reviewed", "no plan", None, **NONE),
    ex("RESP-5.joint", "both sides there", MET, **of(), evidence=("s",)),
    # 2025-10-03 is 90 days before 2026-01-01
    ex("RESP-5.joint", "first day of preparation", MET, **of(sessions=(session(on="2025-10-03"),))),
    ex("RESP-5.joint", "before preparation", NOT_MET, **of(sessions=(session(on="2025-10-02"),))),
    ex("RESP-5.joint", "nobody of the customer", NOT_MET, **of(sessions=(session(theirs=()),)), evidence=("s",)),
    ex("RESP-5.joint", "nobody of ours", NOT_MET, **of(sessions=(session(ours=()),))),
    ex("RESP-5.joint", "no session", NOT_MET, **of(sessions=())),
    ex("RESP-5.joint", "sides in two sessions", NOT_MET, **of(sessions=(session("1", ours=()), session("2", theirs=())))),
    ex("RESP-5.joint", "one of two", MET, **of(sessions=(session("1", theirs=HIDDEN), session("2"))), evidence=("2",)),
    ex("RESP-5.joint", "who was there unknown", OPEN, **of(sessions=(session(theirs=HIDDEN),)), missing=("plans.sessions",)),
    ex("RESP-5.joint", "none of ours decides", NOT_MET, **of(sessions=(session(ours=(), theirs=HIDDEN),))),
    ex("RESP-5.joint", "sessions unknown", OPEN, **of(sessions=HIDDEN), missing=("plans.sessions",)),
    ex("RESP-5.joint", "no plan", None, **NONE),
    ex("RESP-5.needs", "two", MET, **of(), measured=2),
    ex("RESP-5.needs", "none", NOT_MET, **of(needs=()), measured=0),
    ex("RESP-5.needs", "unknown", OPEN, **of(needs=HIDDEN), missing=("plans.needs",)),
    ex("RESP-5.needs", "no plan", None, **NONE),
    ex("RESP-5.served", "served and declined", MET, **of(), measured=2),
    ex("RESP-5.served", "neither", NOT_MET, **of(initiatives=(initiative(need_ids=()),)), measured=1, evidence=("n",)),
    ex("RESP-5.served", "by a dropped one", NOT_MET, **of(initiatives=(initiative(status=DROPPED),))),
    ex("RESP-5.served", "by one that is done", MET, **of(initiatives=(initiative(status=DONE),))),
    ex("RESP-5.served", "all declined, initiatives unknown", MET,
       **of(initiatives=HIDDEN, needs=(Need(id="n", text="n", declined_reason="no"),))),
    ex("RESP-5.served", "initiatives unknown", OPEN, **of(initiatives=HIDDEN), missing=("plans.initiatives",)),
    ex("RESP-5.served", "needs unknown", OPEN, **of(needs=HIDDEN)),
    ex("RESP-5.served", "no need stated", None, **of(needs=())),
    ex("RESP-5.priorities", "one", MET, **of(), measured=1),
    ex("RESP-5.priorities", "1 and 2, a done one aside", MET, measured=2, **of(initiatives=(
        initiative("a", priority=2), initiative("b"), initiative("c", status=DONE, priority=2)))),
    ex("RESP-5.priorities", "shared", NOT_MET, **of(initiatives=(initiative("a"), initiative("b"))), measured="1, 1"),
    ex("RESP-5.priorities", "skipped", NOT_MET, **of(initiatives=(initiative(priority=2),)), expected="1 to 1"),
    ex("RESP-5.priorities", "nought", NOT_MET, **of(initiatives=(initiative(priority=0),))),
    ex("RESP-5.priorities", "unranked", NOT_MET, **of(initiatives=(initiative(priority=None),)), evidence=("i",), measured="none"),
    ex("RESP-5.priorities", "one unknown", OPEN, missing=("plans.initiatives.priority",),
       **of(initiatives=(initiative("a"), initiative("b", priority=HIDDEN)))),
    ex("RESP-5.priorities", "one unknown, another surely wrong", NOT_MET,
       **of(initiatives=(initiative("a", priority=3), initiative("b", priority=HIDDEN)))),
    ex("RESP-5.priorities", "initiatives unknown", OPEN, **of(initiatives=HIDDEN)),
    ex("RESP-5.priorities", "nothing open", None, **of(initiatives=(initiative(status=DONE),))),
    ex("RESP-5.investment", "nought is a decision", MET, **of(), measured=1),
    ex("RESP-5.investment", "none decided", NOT_MET, **of(initiatives=(initiative(investment=None),)), evidence=("i",)),
    ex("RESP-5.investment", "a dropped one needs none", None, **of(initiatives=(initiative(status=DROPPED, investment=None),))),
    ex("RESP-5.investment", "unknown", OPEN, missing=("plans.initiatives.investment",),
       **of(initiatives=(initiative(investment=HIDDEN),))),
    ex("RESP-5.investment", "unknown beside none", NOT_MET, measured=1,
       **of(initiatives=(initiative("a", investment=HIDDEN), initiative("b", investment=None)))),
    ex("RESP-5.investment", "initiatives unknown", OPEN, **of(initiatives=HIDDEN)),
    ex("RESP-5.actions", "owner and date", MET, **of(), measured=1),
    ex("RESP-5.actions", "no owner", NOT_MET, **of(initiatives=(initiative(actions=(action(owner_id=None),)),)), evidence=("i",)),
    ex("RESP-5.actions", "no date", NOT_MET, **of(initiatives=(initiative(actions=(action(due_on=None),)),))),
    ex("RESP-5.actions", "only a done one", NOT_MET, **of(initiatives=(initiative(actions=(action(done_on=day("2026-02-01")),)),))),
    ex("RESP-5.actions", "none", NOT_MET, **of(initiatives=(initiative(actions=()),))),
    ex("RESP-5.actions", "owner unknown", OPEN, missing=("plans.initiatives.actions",),
       **of(initiatives=(initiative(actions=(action(owner_id=HIDDEN),)),))),
    ex("RESP-5.actions", "owner unknown, date missing", NOT_MET,
       **of(initiatives=(initiative(actions=(action(owner_id=HIDDEN, due_on=None),)),))),
    ex("RESP-5.actions", "actions unknown", OPEN, **of(initiatives=(initiative(actions=HIDDEN),))),
    ex("RESP-5.actions", "initiatives unknown", OPEN, **of(initiatives=HIDDEN)),
    ex("RESP-5.actions", "nothing open", None, **of(initiatives=())),
    # 2026-05-31 is 30 days before 2026-06-30
    ex("RESP-5.overdue", "by 30 days", MET, **of(initiatives=(initiative(actions=(action(due_on=day("2026-05-31")),)),)), measured=0),
    ex("RESP-5.overdue", "by 31 days", NOT_MET, measured=31, evidence=("a",),
       **of(initiatives=(initiative(actions=(action(due_on=day("2026-05-30")),)),))),
    ex("RESP-5.overdue", "done in the end", MET,
       **of(initiatives=(initiative(actions=(action(due_on=day("2026-01-30"), done_on=day("2026-06-01")),)),))),
    ex("RESP-5.overdue", "without a date it cannot be late", MET, **of(initiatives=(initiative(actions=(action(due_on=None),)),))),
    ex("RESP-5.overdue", "date unknown", OPEN, **of(initiatives=(initiative(actions=(action(due_on=HIDDEN),)),))),
    ex("RESP-5.overdue", "actions unknown", OPEN, **of(initiatives=(initiative(actions=HIDDEN),))),
    ex("RESP-5.overdue", "initiatives unknown", OPEN, **of(initiatives=HIDDEN)),
    ex("RESP-5.overdue", "nothing open", None, **of(initiatives=())),
    ex("RESP-5.targets", "with a number", MET, **of(), measured=1),
    ex("RESP-5.targets", "without", NOT_MET, **of(targets=(PlanTarget(id="t", measure="m", value=None),)), evidence=("t",)),
    ex("RESP-5.targets", "none", NOT_MET, **of(targets=())),
    ex("RESP-5.targets", "number unknown", OPEN, missing=("plans.targets.value",),
       **of(targets=(PlanTarget(id="t", measure="m", value=HIDDEN),))),
    ex("RESP-5.targets", "unknown", OPEN, **of(targets=HIDDEN), missing=("plans.targets",)),
    ex("RESP-5.targets", "no plan", None, **NONE),
    ex("ACC-3.conforming", "in all ten points", MET, **of(), assignments=(held(),), measured=10),
    ex("ACC-3.conforming", "assignment unknown matters not", MET, **of(), measured=10),
    ex("ACC-3.conforming", "one point lacking", NOT_MET, **of(targets=()), assignments=(held(),), measured=9, expected=10),
    # 2026-04-01 is 90 days before 2026-06-30, 2026-04-02 is 89
    ex("ACC-3.conforming", "in grace", AT_RISK, **NONE, assignments=(held(start="2026-04-02"),), measured=0),
    ex("ACC-3.conforming", "grace over", NOT_MET, **NONE, assignments=(held(start="2026-04-01"),)),
    ex("ACC-3.conforming", "held by somebody else", NOT_MET, **NONE, assignments=(held("M2"),)),
    ex("ACC-3.conforming", "grace unknown", OPEN, **NONE, missing=("assignments.start",)),
    ex("ACC-3.conforming", "a point unknown", OPEN, **of(targets=HIDDEN), assignments=(held(),), missing=("plans.targets",)),
    ex("ACC-3.conforming", "a point unknown, another lacking", NOT_MET, **of(targets=HIDDEN, needs=()), assignments=(held(),)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_of_several_plans_in_force_the_one_that_began_last_is_judged():
    old, new = plan("old", start="2025-07-01", end="2026-12-31", targets=()), plan("new")
    found = conformity((old, new), AS_OF, STANDARDS)
    assert (found.plan_ids, found.outcome) == (("new",), Outcome.MET)
    assert current_plans((old, new), day("2025-12-31")) == (old,)


def test_plans_that_began_on_one_day_are_judged_together_and_the_worse_answer_counts():
    good, bad, vague = plan("good"), plan("bad", targets=()), plan("vague", targets=NOT_FETCHED)
    assert conformity((good, bad, vague), AS_OF, STANDARDS).points["targets"].outcome is Outcome.NOT_MET
    assert conformity((good, vague), AS_OF, STANDARDS).points["targets"].outcome is Outcome.NOT_ASSESSABLE
    assert conformity((bad, good), AS_OF, STANDARDS).named(Outcome.NOT_MET) == ("targets",)


def test_open_initiatives_are_counted_over_the_current_plans_and_unknown_where_one_is():
    one = plan(initiatives=(initiative("a"), initiative("b", status=DONE)))
    assert [i.id for i in open_initiatives((one,))] == ["a"]
    assert open_initiatives((one, plan("q", initiatives=HIDDEN))) is HIDDEN
    assert open_initiatives(()) == ()


def test_a_breach_says_by_when_something_should_have_been_done():
    assert judged("RESP-5.reviewed", **of(reviewed_on=(day("2026-03-01"),))).due_on == day("2026-06-09")
    late = of(initiatives=(initiative(actions=(action(due_on=day("2026-05-01")),)),))
    assert judged("RESP-5.overdue", **late).due_on == day("2026-05-01")
    in_grace = judged("ACC-3.conforming", plans=(), assignments=(held(start="2026-06-01"),))
    assert in_grace.due_on == day("2026-08-30")


def test_the_plan_lacks_are_named_together():
    found = judged("ACC-3.conforming", **of(needs=(), targets=()), assignments=(held(),))
    assert found.sentence == "Lacking: needs, targets."
    assert found.measured == 7  # of nine points: without a need, none can be served or not
    assert found.expected == 9
