from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam_core import moves, score
from sam_core.book import (
    AccountPlan,
    Case,
    GrowthGoal,
    Initiative,
    InitiativeStatus,
    Investment,
    Need,
    PlanAction,
    PlanningSession,
    PlanTarget,
)
from sam_core.norms import norms_of
from sam_core.plans import (
    Audience,
    PlanDocumentError,
    check_plan,
    diff_plans,
    draft_plan,
    dumps_plan,
    loads_plan,
    render_plan,
)
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.testing import account_plans
from sam_core.values import NOT_FETCHED, Unknown, Why

from .builders import AS_OF, YEAR, book, buyer, day, dossier, header, line, location, offering

SMALL = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

GOOD = AccountPlan(
    id="plan-1",
    title="Plan with Acme",
    start=day("2026-01-01"),
    end=day("2026-12-31"),
    owner_id="M1",
    reviewed_on=(day("2026-06-01"),),
    sessions=(PlanningSession(id="s1", on=day("2026-01-10"), our_ids=("M1",), customer_ids=("B1",)),),
    needs=(
        Need(id="n1", text="Fewer stops"),
        Need(id="n2", text="Cheaper", declined_reason="Not at this volume"),
    ),
    initiatives=(
        Initiative(
            id="i1",
            title="Second line [internal: margin 40 [high]]",
            need_ids=("n1",),
            priority=1,
            investment=Investment(company=Decimal(1000), customer=Decimal(0)),
            actions=(PlanAction(id="a1", text="Survey", owner_id="M1", due_on=day("2026-07-15")),),
        ),
    ),
    targets=(
        PlanTarget(
            id="t1", measure="uptime", value=Decimal("99.5"), unit="percent", due_on=day("2026-12-31")
        ),
        PlanTarget(id="t2", measure="Gross margin", value=Decimal(40)),
    ),
)


def checked(plan: AccountPlan, as_of: date = AS_OF) -> list[str]:
    return [str(p) for p in check_plan(dumps_plan(plan), as_of=as_of, standards=DEFAULT_STANDARDS)]


@SMALL
@given(account_plans())
def test_whatever_a_plan_holds_it_comes_back_equal_from_both_formats(plan):
    assert loads_plan(dumps_plan(plan)) == plan
    assert loads_plan(dumps_plan(plan, body=render_plan(plan))) == plan


@SMALL
@given(account_plans(), st.sampled_from(Audience))
def test_every_plan_renders_and_differs_from_itself_in_nothing(plan, audience):
    assert render_plan(plan, audience).startswith("# ")
    assert diff_plans(plan, plan) == ()


@SMALL
@given(account_plans(), st.data())
def test_a_damaged_document_gives_lines_and_never_a_crash(plan, data):
    text = dumps_plan(plan)
    lines = text.splitlines()
    spot = data.draw(st.integers(0, len(lines) - 1))
    lines[spot] = data.draw(
        st.one_of(
            st.text(max_size=20), st.just(lines[spot] + "x"), st.just("odd = 1"), st.just(lines[spot][::-1])
        )
    )
    damaged = "\n".join(lines)
    try:
        loads_plan(damaged)
    except PlanDocumentError as error:
        assert error.problems
        assert all(1 <= problem.line <= damaged.count("\n") + 2 for problem in error.problems)


@SMALL
@given(st.text(max_size=80))
def test_any_text_at_all_is_a_plan_or_has_its_problems_told(text):
    with pytest.raises(PlanDocumentError):
        loads_plan(text)


def test_every_problem_is_told_at_once_with_its_line_and_entry():
    text = """id = "p"
title = 7
start = 2026-01-01
end = "soon"
reviewd_on = []
needs = 3

[[initiatives]]
id = "i1"
title = "x"
status = "sleeping"
priority = 1.5

[[initiatives]]
id = "i2"
title = "y"
investment = {company = 1, customer = "two"}
actions = [{id = "a1", text = "z", due_on = {unknown = "mood"}}, 4]
"""
    with pytest.raises(PlanDocumentError) as caught:
        loads_plan(text)
    assert [(p.line, p.where, p.problem.split(";")[0]) for p in caught.value.problems] == [
        (2, "title", "7 is not a text"),
        (4, "end", "'soon' is not a day"),
        (5, "reviewd_on", "there is no such entry"),
        (6, "needs", "3 is not a list"),
        (11, "initiatives[1].status", "'sleeping' is not one of open, done, dropped"),
        (12, "initiatives[1].priority", "Decimal('1.5') is not a whole number"),
        (17, "initiatives[2].investment.customer", "'two' is not a number"),
        (18, "initiatives[2].actions[1].due_on",
         'write {unknown = "...", where = "..."}, with one of not-supported, not-permitted, not-configured, '
         "not-fetched, blank, unreadable"),
        (18, "initiatives[2].actions[2]", "4 is not a table"),
    ]  # fmt: skip
    assert "did you mean 'reviewed_on'?" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id = ", "line 1: not TOML"),
        ('id = "p"\nid = "q"\n', "not TOML"),
        ("+++\nid = 'p'\n", "line 1: the front matter does not end"),
        ("+++\nid = 7\n+++\n", "line 2: id: 7 is not a text"),
        ("", "line 1: 'id' is missing"),
        (
            'id = "p"\ntitle = "t"\nstart = 2026-02-01\nend = 2026-01-01\n',
            "line 4: end: 2026-01-01 lies before start",
        ),
        (
            'id = "p"\ntitle = "t"\nstart = 2026-02-01T10:00:00\nend = 2026-03-01\n',
            "line 3: start: .* is not a day",
        ),
        ('id = "p"\n[needs]\nid = "n"\n', "needs: .* is not a list"),
    ],
)
def test_each_kind_of_fault_names_its_line(text, problem):
    with pytest.raises(PlanDocumentError, match=problem):
        loads_plan(text)


def test_what_is_left_out_is_not_fetched_and_empty_braces_say_that_there_is_none():
    text = 'id = "p"\ntitle = "t"\nstart = 2026-01-01\nend = 2026-12-31\n[[initiatives]]\nid = "i"\ntitle = "x"\n'
    one = loads_plan(text + "priority = {}\ninvestment = {unknown = 'blank', where = 'column Budget'}\n")
    assert one.needs == NOT_FETCHED
    assert one.initiatives[0].priority is None
    assert one.initiatives[0].investment == Unknown(Why.BLANK, "column Budget")


def test_a_plan_that_conforms_has_no_problems():
    assert checked(GOOD) == []


def test_each_point_that_does_not_conform_is_named_at_its_line():
    first = GOOD.initiatives[0]
    bad = evolve(GOOD, initiatives=(first, evolve(first, id="i2", priority=1, investment=None)))
    text = dumps_plan(bad)
    found = check_plan(text, as_of=AS_OF, standards=DEFAULT_STANDARDS)
    second = text.splitlines().index('id = "i2"')
    assert {p.where for p in found} == {"priorities", "investment"}
    assert next(p.line for p in found if p.where == "investment") == second


def test_a_plan_out_of_force_is_told_at_its_end_and_one_to_come_too():
    assert checked(evolve(GOOD, end=day("2026-03-01")))[0].startswith("line 4: in force")
    assert checked(GOOD, day("2025-06-30"))[0].startswith("line 4: in force")


def test_what_nobody_knows_is_a_problem_too():
    assert [p for p in checked(evolve(GOOD, targets=NOT_FETCHED)) if "targets" in p]


def test_an_unreadable_document_has_the_problems_of_its_reading():
    (problem,) = check_plan("x", as_of=AS_OF, standards=DEFAULT_STANDARDS)
    assert problem.problem.startswith("not TOML")


def test_two_versions_differ_by_record_and_entry():
    first = GOOD.initiatives[0]
    new = evolve(
        GOOD,
        title="Plan with Acme, second year",
        initiatives=(evolve(first, status=InitiativeStatus.DONE, closed_on=AS_OF),),
        needs=GOOD.needs[:1],
    )
    assert [str(change) for change in diff_plans(GOOD, new)] == [
        "~ title: Plan with Acme -> Plan with Acme, second year",
        "- needs[n2].id: n2",
        "- needs[n2].text: Cheaper",
        "- needs[n2].declined_reason: Not at this volume",
        "~ initiatives[i1].status: open -> done",
        "+ initiatives[i1].closed_on: 2026-06-30",
    ]
    (reviewed,) = diff_plans(GOOD, evolve(GOOD, reviewed_on=()))
    assert str(reviewed) == "~ reviewed_on: 2026-06-01 -> none"


def test_the_customers_copy_leaves_out_what_is_internal():
    ours, theirs = render_plan(GOOD), render_plan(GOOD, Audience.CUSTOMER)
    assert "[internal: margin 40 [high]]" in ours
    assert "Gross margin" in ours
    assert "internal" not in theirs
    assert "margin" not in theirs.casefold()
    assert "### 1. Second line\n" in theirs
    assert "- uptime: 99.50 percent by 2026-12-31" in theirs
    assert "- Cheaper Declined: Not at this volume" in theirs
    assert "- [ ] Survey (M1), due 2026-07-15" in theirs
    assert "Investment: ours 1,000.00, the customer's 0.00." in theirs
    assert "- 2026-01-10: for us M1; for the customer B1" in theirs


def test_what_is_not_there_yet_is_said():
    text = render_plan(
        evolve(GOOD, needs=NOT_FETCHED, targets=(PlanTarget(id="t", measure="x", value=None),), sessions=())
    )
    assert "Not known (not-fetched)." in text
    assert "- x: no number yet" in text
    assert "None yet." in text


def customer(number: int, *products: str):
    name = f"A{number}"
    sold = tuple(line(f"{name}-{p}", "2026-01-01", 240, product_id=p) for p in products)
    cases = (
        Case(
            id=f"{name}-c",
            opened_at=datetime(2026, 1, 2, tzinfo=UTC),
            priority="high",
            reopened_at=None,
            escalated_at=None,
        ),
    )
    return dossier(
        name, sale_lines=sold, locations=(location("L1"), location("L2")), buyers=(buyer("B1"),), cases=cases,
        service_actions=(), deliveries=(), readings=(), contracts=(),
    )  # fmt: skip


def test_a_draft_names_signals_as_needs_moves_as_initiatives_and_goals_as_targets():
    goal = GrowthGoal(id="g", period=YEAR, revenue_growth=Decimal("0.1"))
    parts = [customer(n, "P1", "P2") for n in range(1, 6)] + [customer(6, "P1")]
    held = book(*parts, offering=offering("P1", "P2"), growth_goals=(goal,))
    found = draft_plan(
        parts[-1], held.header, as_of=AS_OF, moves=moves(held, as_of=AS_OF),
        norms=norms_of(held, held.header.policy, AS_OF),
    )  # fmt: skip
    assert any("case open too long" in need.text for need in found.needs)
    assert any(
        i.title.startswith("Bring P2 to B1 at L1 [internal: 5 of 6 active buyers") for i in found.initiatives
    )
    assert {i.title.split(" [")[0] for i in found.initiatives} >= {
        "Open L2, with P1 for a buyer yet to be found"
    }
    assert [(t.measure, t.value) for t in found.targets] == [("revenue", Decimal("264.00"))]
    assert (found.start, found.end) == (AS_OF, day("2027-06-29"))
    assert loads_plan(dumps_plan(found)) == found
    assert checked(found)  # a draft is not a plan yet, and the checks say why
    assert "active buyers" not in render_plan(found, Audience.CUSTOMER)


def test_a_draft_of_an_account_nobody_knows_anything_about_is_empty_and_honest():
    found = draft_plan(dossier(), header(), as_of=AS_OF)
    assert (found.needs, found.initiatives, found.targets) == ((), (), ())
    assert "None yet." in render_plan(found)


def test_a_draft_without_names_uses_ids():
    goal = GrowthGoal(id="g", period=YEAR)
    bare = dossier(sale_lines=(line("1", "2026-01-01"),))
    held = book(bare, customer(2, "P1", "P2"), offering=offering("P1", "P2"), growth_goals=(goal,))
    (first, *_) = draft_plan(bare, held.header, as_of=AS_OF, moves=moves(held, as_of=AS_OF)).initiatives
    assert first.title.startswith("Bring P2 to B1 at L1")
    assert score(held, as_of=AS_OF)


def test_an_overdue_action_is_named_at_its_own_line_where_the_check_names_it():
    first = GOOD.initiatives[0]
    late = evolve(first.actions[0], id="late", due_on=day("2026-02-01"))
    text = dumps_plan(evolve(GOOD, initiatives=(evolve(first, actions=(first.actions[0], late)),)))
    (problem,) = check_plan(text, as_of=AS_OF, standards=DEFAULT_STANDARDS)
    assert problem.where == "overdue"
    assert text.splitlines()[problem.line - 1] in {"[[initiatives]]", "[[initiatives.actions]]"}
    unknown = evolve(GOOD, initiatives=(evolve(first, actions=NOT_FETCHED),))
    assert {p.split(": ")[1] for p in checked(unknown)} <= {"actions", "overdue"}
