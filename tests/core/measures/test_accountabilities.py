"""ACC-3, ACC-4 and ACC-5: plans in all accounts, satisfaction by instrument, training in time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sam_core import Scorecard, score
from sam_core.book import Person, TrainingObjective
from sam_core.measures.bounds import verdict_between
from sam_core.measures.conformity import conformity
from sam_core.measures.coverage import covered, held_since
from sam_core.measures.ratings import Instrument, Ratings, by_respondent, rating, ratings
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.totals import Totals
from sam_core.values import Unknown
from tests.core.builders import AS_OF, book, day, dossier, header, held
from tests.core.rules.judging import HIDDEN, MET, NOT_MET, OPEN, policy
from tests.core.rules.test_planning import plan
from tests.core.rules.test_service import nps, reading

STANDARDS = DEFAULT_STANDARDS


# -- verdicts between bounds


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.sampled_from(("0", "0.5", "0.9", "1")))
def test_a_verdict_holds_whatever_the_unknown_ones_turn_out_to_be(good, bad, unknown, asked):
    total = good + bad + unknown
    found = verdict_between((good, total), (good + unknown, total), Decimal(asked))
    possible = {(good + more) >= Decimal(asked) * total for more in range(unknown + 1) if total}
    assert found is ({True: MET, False: NOT_MET}[possible.pop()] if len(possible) == 1 else OPEN)


# -- ACC-3


def planned(key: str, **fields: Any):
    return dossier(key, **{"plans": (plan(f"p{key}"),), "assignments": (held(),), **fields})


def coverage(*dossiers: Any, as_of=AS_OF, **fields: Any):
    return score(book(*dossiers, **fields), as_of=as_of).accountabilities[2]


FAILING = {"plans": (plan("x", targets=(), needs=()),)}
IN_GRACE = {"assignments": (held(start="2026-04-02"),)}


def test_plan_coverage_is_conforming_plans_over_accounts_outside_their_grace():
    found = coverage(planned("A1"), planned("A2", **FAILING), planned("A3", plans=(), **IN_GRACE))
    assert (found.measured.value, found.outcome, found.target) == (Decimal("0.5"), NOT_MET, 1)
    assert found.measured.evidence == ("A2",)
    assert found.measured.note == "1 accounts in grace are outside the ratio"
    assert [one.value for one in found.details] == [1]
    assert found.sentence == (
        "1 of 2 accounts have a conforming, current plan; most often lacking: needs (1), targets (1)."
    )
    assert coverage(planned("A1"), planned("A3", plans=(), **IN_GRACE)).outcome is MET


def test_every_failing_account_is_listed_with_what_its_plan_lacks():
    card = score(book(planned("A1"), planned("A2", **FAILING), planned("A3", plans=())), as_of=AS_OF)
    assert {f.subject_id: f.sentence for f in card["ACC-3"].findings if f.outcome is NOT_MET} == {
        "A2": "Lacking: needs, targets.", "A3": "Lacking: in force.",
    }  # fmt: skip
    assert card.totals.plans.failing == {"A2": ("needs", "targets"), "A3": ("in force",)}


def test_a_plan_nobody_can_judge_leaves_it_open_unless_another_surely_fails():
    unknown = planned("A2", plans=HIDDEN)
    found = coverage(planned("A1"), unknown)
    assert (found.measured.value, found.outcome) == (1, OPEN)
    assert (found.measured.coverage.judged, found.measured.coverage.total) == (1, 2)
    assert [one.name for one in found.missing] == ["plans"]
    assert coverage(planned("A1"), unknown, planned("A3", **FAILING)).outcome is NOT_MET
    lower = policy(plans__coverage_met=Decimal("0.5"))
    assert coverage(planned("A1"), unknown, policy=lower).outcome is MET


def test_a_failing_plan_of_an_account_assigned_nobody_knows_when_may_be_in_grace():
    found = coverage(planned("A1"), planned("A2", plans=(), assignments=HIDDEN))
    assert (found.measured.value, found.outcome) == (Decimal("0.5"), OPEN)
    assert [one.name for one in found.missing] == ["assignments.start"]
    assert coverage(planned("A1"), planned("A2", assignments=HIDDEN)).outcome is MET
    assert coverage(planned("A1", **FAILING), planned("A2", plans=(), assignments=HIDDEN)).outcome is NOT_MET


def test_with_all_accounts_in_grace_it_does_not_apply_and_with_none_judged_there_is_no_number():
    assert coverage(planned("A1", **IN_GRACE)).applies is False
    found = coverage(planned("A1", plans=HIDDEN))
    assert isinstance(found.measured.value, Unknown)
    assert found.sentence == "No account plan that is asked for can be judged."
    assert coverage(planned("A1")).sentence == "1 of 1 accounts have a conforming, current plan."


def test_the_trend_holds_plan_coverage_against_the_year_before():
    last_year = plan("old", start="2025-01-01", end="2025-12-31", reviewed_on=(day("2025-05-01"),))
    session = evolve(last_year.sessions[0], on=day("2024-12-01"))
    action = evolve(last_year.initiatives[0].actions[0], due_on=day("2025-12-01"), done_on=day("2026-01-01"))
    initiative = evolve(last_year.initiatives[0], actions=(action,))
    then = evolve(last_year, sessions=(session,), initiatives=(initiative,))
    assert coverage(planned("A1", plans=(then,))).before == 1
    assert coverage(planned("A1", plans=(then,))).measured.value == 0
    assert isinstance(coverage(planned("A1", plans=HIDDEN)).before, Unknown)
    assert isinstance(coverage(planned("A1", assignments=(held(start="2025-06-01"),))).before, Unknown)


def test_an_account_is_held_since_the_first_day_without_a_break():
    def since(*spells: Any, who: str = "M1"):
        return held_since(spells, who, AS_OF)

    assert since(held(start="2024-01-01", end=day("2025-12-31")), held(start="2026-01-01")) == day(
        "2024-01-01"
    )
    assert since(held(start="2024-01-01", end=day("2025-12-30")), held(start="2026-01-01")) == day(
        "2026-01-01"
    )
    assert since(held(start="2024-01-01"), held(start="2025-01-01", end=day("2025-06-30"))) == day(
        "2024-01-01"
    )
    assert since(held(start="2024-01-01", end=day("2026-06-29"))) is None
    assert since(held("X")) is None
    assert since() is None
    assert held_since(HIDDEN, "M1", AS_OF) is HIDDEN
    undated = evolve(held(), start=HIDDEN, id="u")
    assert since(undated) is HIDDEN
    assert since(evolve(undated, end=day("2025-12-31")), held(start="2026-01-01")) is HIDDEN
    assert since(evolve(undated, end=day("2025-12-30")), held(start="2026-01-01")) == day("2026-01-01")


def test_an_account_that_was_handed_on_is_in_nobodys_ratio_here():
    gone = covered("A1", conformity((), AS_OF, STANDARDS.plans), None, AS_OF, STANDARDS.plans)
    assert (gone.released, gone.failing, gone.unknown) == (1, {}, 0)


def test_sums_of_plan_coverage_add_up():
    one = covered(
        "A1", conformity((plan(),), AS_OF, STANDARDS.plans), day("2020-01-01"), AS_OF, STANDARDS.plans
    )
    other = covered("A2", HIDDEN, day("2020-01-01"), AS_OF, STANDARDS.plans)
    assert (one + other).conforming == (one + other).unknown == 1


# -- ACC-4


def rated(*dossiers: Any, **fields: Any):
    return score(book(*dossiers, **fields), as_of=AS_OF).accountabilities[3]


def answers(*values: object, key: str = "A1", on: str = "2026-05-01"):
    """One reading of CSAT on 1 to 5 from each of as many respondents."""
    return dossier(
        key, readings=tuple(reading(f"{key}{n}", on, v, f"{key}B{n}") for n, v in enumerate(values))
    )


def test_csat_is_the_share_in_the_top_two_boxes():
    found = rated(answers(5, 4, 3, key="A1"), answers(4, 4, key="A2"))
    assert (found.measured.value, found.target, found.outcome) == (Decimal("0.8"), Decimal("0.8"), MET)
    assert found.measured.name == "CSAT on 1 to 5"
    assert found.sentence == "CSAT on 1 to 5 is 80.0% of 5 respondents against 80.0%."
    assert rated(answers(5, 4, 3, 3, 4)).outcome is NOT_MET


def test_csat_may_be_the_mean_as_a_share_of_the_scale():
    own = policy(satisfaction__csat_measure="mean")
    found = rated(answers(5, 4, 3, 2, 1), policy=own)
    assert found.measured.value == Decimal("0.5")
    assert found.measured.note == "mean as a share of the scale"


def test_nps_is_promoters_less_detractors_in_points():
    given = dossier("A1", readings=tuple(nps(str(n), v, f"B{n}") for n, v in enumerate((10, 9, 9, 8, 7, 6))))
    found = rated(given)
    assert (found.measured.value, found.measured.unit, found.target) == (Decimal(200) / 6, "points", 30)
    assert found.outcome is MET
    assert found.sentence == "NPS on 0 to 10 is 33 of 6 respondents against 30."


def test_instruments_are_never_mixed_and_each_must_reach_its_standard():
    five = answers(5, 5, 5, 5, 5)
    scores = tuple(nps(f"n{n}", 0, f"B{n}") for n in range(5))
    both = evolve(five, readings=(*five.readings, *scores))
    found = rated(both)
    assert found.measured.name == "CSAT on 1 to 5"
    assert found.outcome is NOT_MET
    assert [one.value for one in found.details] == [-100, 1]
    seven = tuple(reading(f"s{n}", "2026-05-01", 5, f"B{n}", top=7) for n in range(5))
    assert (
        rated(evolve(five, readings=(*five.readings, *seven))).outcome is NOT_MET
    )  # 5 of 7 is not in the top two


def test_the_firms_own_instrument_is_shown_and_not_judged():
    pulse = tuple(reading(f"p{n}", "2026-05-01", 1, f"B{n}", "Pulse") for n in range(5))
    five = answers(5, 5, 5, 5, 5)
    found = rated(evolve(five, readings=(*five.readings, *pulse)))
    assert found.outcome is MET
    assert {one.name: one.value for one in found.details}["Pulse on 1 to 5"] == 0
    alone = rated(dossier("A1", readings=pulse))
    assert (alone.outcome, alone.measured.name) == (OPEN, "satisfaction")
    assert alone.sentence == "No rating that has a standard can be told."


def test_one_reading_a_respondent_the_latest_within_twelve_months():
    old, new = reading("1", "2026-01-01", 1), reading("2", "2026-02-01", 5)
    stale = reading("3", "2025-06-30", 1, "B2")
    found = ratings((old, new, stale), AS_OF, STANDARDS.satisfaction)
    (only,) = found.values()
    assert (only.respondents, only.top, only.points) == (1, 1, 5)
    assert ratings((new,), day("2026-02-01"), STANDARDS.satisfaction)
    assert not ratings((new,), day("2026-01-31"), STANDARDS.satisfaction)


def test_too_few_respondents_or_too_few_accounts_leave_it_open():
    few = rated(answers(5, 5, 5, 5))
    assert few.outcome is OPEN
    assert "4 respondents, 5 are asked for" in few.missing[0].reason.where
    five = answers(5, 5, 5, 5, 5)
    silent = [dossier(f"S{n}", readings=()) for n in range(2)]
    assert (
        rated(five, silent[0], policy=policy(satisfaction__account_share_min=Decimal("0.5"))).outcome is MET
    )
    narrow = rated(five, silent[0])
    assert narrow.outcome is OPEN
    assert "50% of the accounts have a valid reading, 60% are asked for" in narrow.missing[0].reason.where
    assert rated(five, answers(5, key="A2"), silent[0]).outcome is MET  # two of three


def test_nobodys_answers_count_nowhere_but_in_coverage():
    five = answers(5, 5, 5, 5, 5)
    nameless = reading("x", "2026-05-01", 1, HIDDEN)
    found = rated(evolve(five, readings=(*five.readings, nameless)))
    assert (found.measured.value, found.measured.coverage.total) == (1, 6)
    alone = rated(dossier("A1", readings=(nameless,)))
    assert isinstance(alone.measured.value, Unknown)
    assert alone.missing[0].reason.where == "CSAT on 1 to 5: nobody known has answered"


def test_no_reading_known_is_another_thing_than_none_there():
    hidden, none = rated(dossier("A1")), rated(dossier("A1", readings=()))
    assert hidden.missing[0].reason.why.value == "not-fetched"
    assert none.missing[0].reason.where == "there is no valid reading of CSAT or NPS"
    assert rated().applies is False


def test_a_scale_without_boxes_and_an_nps_of_another_scale_have_no_score():
    two = Instrument("CSAT", Decimal(0), Decimal(1))
    assert isinstance(rating(two, Ratings(respondents=3, top=3), STANDARDS.satisfaction).value, Unknown)
    five = Instrument("nps", Decimal(1), Decimal(5))
    assert isinstance(rating(five, Ratings(respondents=3), STANDARDS.satisfaction).value, Unknown)


def test_a_scale_written_in_another_way_is_the_same():
    one = Instrument("CSAT", Decimal("1.0"), Decimal(10))
    assert one == Instrument("CSAT", Decimal(1), Decimal("1E+1"))
    assert str(one) == "CSAT on 1 to 10"


def test_of_two_answers_of_one_day_the_lower_counts():
    two = (reading("1", "2026-05-01", 4), reading("2", "2026-05-01", 2))
    (people,) = by_respondent(two).values()
    assert people == {"B1": [(day("2026-05-01"), 2)]}
    assert by_respondent(reversed(two)) == by_respondent(two)


def test_accounts_under_standard_are_listed_even_where_the_book_passes():
    card = score(book(answers(5, 5, 5, 5, 5, 5), answers(1, key="A2")), as_of=AS_OF)
    assert card.accountabilities[3].outcome is MET
    assert [f.subject_id for f in card["ACC-4"].findings if f.outcome is NOT_MET] == ["A2"]


def test_the_trend_holds_satisfaction_against_the_year_before():
    before = answers(5, 1, on="2025-05-01")
    now = answers(5, 5, 5, 5, 5, key="N")
    found = rated(evolve(before, readings=(*before.readings, *now.readings)))
    assert (found.before, found.trend) == (Decimal("0.5"), Decimal("0.5"))
    assert isinstance(rated(now).before, Unknown)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=8))
def test_any_split_of_the_accounts_gives_the_same_ratings(pairs):
    accounts = [answers(*[value] * (count + 1), key=f"A{n}") for n, (value, count) in enumerate(pairs)]
    whole = score(book(*accounts), as_of=AS_OF).totals
    halves = [score(book(*part), as_of=AS_OF).totals for part in (accounts[::2], accounts[1::2])]
    assert Totals.sum(reversed(halves)).ratings == whole.ratings


# -- ACC-5


def objective(
    key: str, due: Any = "2026-03-31", done: Any = None, who: str = "M1", **fields: Any
) -> TrainingObjective:
    days = [day(value) if isinstance(value, str) else value for value in (due, done)]
    return TrainingObjective(
        id=key, person_id=who, title=f"Course {key}", due_on=days[0], completed_on=days[1], **fields
    )


def trained(*objectives: TrainingObjective, as_of=AS_OF, **fields: Any):
    return Scorecard(
        headers=(header(training=objectives, **fields),), as_of=as_of, totals=Totals()
    ).accountabilities[4]


@pytest.mark.parametrize(
    ("done", "outcome"),
    [("2026-03-31", MET), ("2026-04-01", NOT_MET), (None, NOT_MET), ("2026-07-01", NOT_MET), (HIDDEN, OPEN)],
)
def test_an_objective_is_in_time_on_its_due_day_and_late_for_ever_after(done, outcome):
    assert trained(objective("a", done=done)).outcome is outcome


def test_training_in_time_over_what_was_due():
    found = trained(
        objective("a", done="2026-03-01"), objective("b", done="2026-05-01"), objective("c", due="2026-07-01"),
        objective("d", who="X"), objective("e", assigned_on=day("2026-07-01")), objective("f", done="2025-01-01"),
    )  # fmt: skip
    assert (found.measured.value, found.target, found.outcome) == (Decimal(2) / 3, 1, NOT_MET)
    assert found.measured.evidence == ("b",)
    assert [one.value for one in found.details] == [1]
    assert found.sentence == "2 of 3 objectives due were completed in time; late: Course b."
    lower = policy(training__on_time_met=Decimal("0.6"))
    late_enough = trained(objective("a", done="2026-03-01"), objective("b", done="2026-05-01"), policy=lower)
    assert late_enough.outcome is NOT_MET
    assert (
        trained(objective("a", done="2026-03-01")).sentence == "1 of 1 objectives due were completed in time."
    )


def test_due_today_and_not_done_is_not_in_time():
    assert trained(objective("a", due="2026-06-30")).outcome is NOT_MET
    assert trained(objective("a", due="2026-06-30", done="2026-06-30")).outcome is MET


def test_unknown_objectives_leave_it_open_only_where_they_could_matter():
    done = objective("a", done="2026-03-01")
    undated = trained(done, objective("b", due=HIDDEN, done="2026-01-01"))
    assert undated.outcome is OPEN
    assert [one.name for one in undated.missing] == ["training.due_on"]
    assert (undated.measured.coverage.judged, undated.measured.coverage.total) == (1, 2)
    both = trained(objective("b", due=HIDDEN, done=HIDDEN))
    assert [one.name for one in both.missing] == ["training.due_on", "training.completed_on"]
    assert both.sentence == "Nobody can tell which objectives were done in time."
    assert trained(objective("l"), objective("b", done=HIDDEN)).outcome is NOT_MET
    ahead = trained(done, objective("b", due="2026-12-31", done=HIDDEN))
    assert ahead.outcome is MET
    assert (
        trained(
            done, objective("b", done=HIDDEN), policy=policy(training__on_time_met=Decimal("0.5"))
        ).outcome
        is MET
    )


def test_nothing_due_does_not_apply_and_unknown_training_is_open():
    assert trained().applies is False
    assert trained(objective("a", due="2026-07-01")).sentence == "No objective is due."
    hidden = Scorecard(headers=(header(training=HIDDEN),), as_of=AS_OF, totals=Totals()).accountabilities[4]
    assert (hidden.outcome, hidden.applies, hidden.sentence) == (
        OPEN,
        True,
        "Training objectives are not known.",
    )
    assert [one.name for one in hidden.missing] == ["training"]


def test_the_trend_holds_training_against_what_was_due_a_year_before():
    found = trained(objective("a", due="2025-03-31", done="2025-04-01"), objective("b", done="2026-03-01"))
    assert (found.before, found.measured.value) == (0, Decimal("0.5"))


def test_of_several_managers_each_counts_their_own():
    cards = [
        score(book(manager=Person(id=who, name=who), training=(objective("a", done=done, who=who), objective("b", who="X"))), as_of=AS_OF)
        for who, done in (("M1", "2026-03-01"), ("M2", None))
    ]  # fmt: skip
    assert Scorecard.combined(cards).accountabilities[4].measured.value == Decimal("0.5")
