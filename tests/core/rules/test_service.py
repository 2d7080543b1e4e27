"""RESP-6 and ACC-4: warnings, whether they are answered, and the account's own rating."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sam_core.book import Case, Contract, Delivery, SatisfactionReading, ServiceAction
from sam_core.measures.signals import SignalKind, poisson_tail
from tests.core.builders import AS_OF, buyer, day, location, money

from .judging import AT_RISK, HIDDEN, MET, NOT_MET, OPEN, Norms, at, ex, judged, policy, view


def case(key: str, opened: str, closed: str | None = None, **fields: Any) -> Case:
    given: dict[str, Any] = {"priority": "low", "reopened_at": None, "escalated_at": None, **fields}
    return Case(id=key, opened_at=at(opened), closed_at=at(closed) if closed else None, **given)


def delivery(key: str, due: str, delivered: Any = None) -> Delivery:
    on = day(delivered) if isinstance(delivered, str) else delivered
    return Delivery(id=key, due_on=day(due), delivered_on=on)


def reading(
    key: str, on: str, value: object, who: Any = "B1", instrument: str = "CSAT", top: int = 5, **fields: Any
):
    lowest = Decimal(0 if instrument == "NPS" else 1)
    return SatisfactionReading(
        id=key, on=day(on), instrument=instrument, lowest=lowest, highest=Decimal(top), value=money(value),
        respondent_id=who, **fields,
    )  # fmt: skip


def nps(key: str, value: object, who: Any = "B1", on: str = "2026-05-01"):
    return reading(key, on, value, who, "NPS", 10)


def contract(key: str = "c", end: str | None = "2026-08-01", **fields: Any) -> Contract:
    return Contract(id=key, start=day("2025-08-02"), end=day(end) if end else None, **fields)


def did(about: str, on: str) -> ServiceAction:
    return ServiceAction(id=f"{about}-{on}", on=day(on), about_id=about)


def recent(count: int) -> tuple[Case, ...]:
    return tuple(case(f"C{n}", "2026-06-10", "2026-06-11") for n in range(count))


# One case of its own in the 180 days before; the book has one a hundred account-days.
# (1 + 0.01 × 30) ÷ (180 + 30) × 30 = 0.1857 expected: 2 cases have a chance of 1.53 %, 3 of 0.09 %.
NORMS = Norms(cases=36, case_days=3600)
PAST = case("old", "2026-02-01", "2026-02-02")
OLD = case("old", "2026-05-01")  # open for 60 days, 30 are allowed
FINE: dict[str, Any] = {
    "cases": (),
    "deliveries": (),
    "readings": (),
    "contracts": (),
    "service_actions": (),
    "norms": NORMS,
}
LATE = (delivery("l", "2026-06-01", "2026-06-05"), delivery("p", "2026-01-01", "2026-01-01"))
FALL = (reading("1", "2026-01-01", 5), reading("2", "2026-06-01", 4))
DELIVERED = ("deliveries.delivered_on",)

EXAMPLES = (
    # on the edges of the windows: five on the last day of the past are usual there, three on either end of the recent days are not
    ex("RESP-6.cases", "on the last day of the past", MET, norms=NORMS, cases=tuple(case(f"c{n}", "2026-05-31", "2026-05-31") for n in range(5))),
    *(ex("RESP-6.cases", f"on {on}", AT_RISK, norms=NORMS, cases=tuple(case(f"c{n}", on, on) for n in range(3))) for on in ("2026-06-01", "2026-06-30")),
    ex("RESP-6.cases", "no chance is below nought", MET, cases=recent(1), norms=Norms(cases=0, case_days=180), policy=policy(service__case_tail=Decimal(0))),
    ex("RESP-6.late", "half now, one due today among them", MET, deliveries=(
        *LATE, delivery("t", "2026-06-30"), delivery("r", "2026-01-01", "2026-01-09"))),
    ex("RESP-6.late", "the 91st day back belongs to the past alone", MET, deliveries=(delivery("l", "2026-04-01", "2026-05-01"), LATE[1])),
    ex("RESP-6.late", "the 91st day back belongs to the past", MET, deliveries=(
        delivery("k", "2026-04-01", "2026-05-01"), LATE[0], delivery("q", "2026-06-01", "2026-06-01"))),
    ex("RESP-6.falling", "no fall is no warning even where any is", MET, policy=policy(service__reading_fall=Decimal(0)),
       readings=(FALL[0], reading("2", "2026-06-01", 5))),
    ex("RESP-6.asked", "a place whose only buyer left unasked", AT_RISK, readings=FALL, evidence=("L2",),
       buyers=(buyer("B1"), buyer("B2", "L2", left_on=AS_OF)), locations=(location("L1"), location("L2"))),
    ex("RESP-6.renewal", "of those near and in force only", AT_RISK, measured=2, **{**FINE, "deliveries": LATE, "contracts": (
        contract("a"), contract("b", "2026-09-28"), contract("c", "2026-09-29"), contract("d", None),
        contract("e", cancelled_on=day("2026-06-01")))}),
    ex("RESP-6.cases", "none", MET, cases=(), norms=NORMS, measured=0),
    ex("RESP-6.cases", "none lately, whatever is usual", MET, cases=(PAST,)),
    ex("RESP-6.cases", "two, a chance of 1.5 %", MET, cases=(PAST, *recent(2)), norms=NORMS),
    ex("RESP-6.cases", "three, a chance of 0.1 %", AT_RISK, cases=(PAST, *recent(3)), norms=NORMS, measured=1, evidence=("C0", "C1", "C2")),
    ex("RESP-6.cases", "two, if 2 % are improbable", AT_RISK, cases=(PAST, *recent(2)), norms=NORMS, policy=policy(service__case_tail=Decimal("0.02"))),
    # 30 days at (0 + ½) ÷ 3600 a day for 30 of 210 days: 0.0006; at (0 + ½) ÷ 180: 0.0119, a chance of 1.18 %
    ex("RESP-6.cases", "one where there never was any in a whole book", AT_RISK, cases=recent(1), norms=Norms(cases=0, case_days=3600)),
    ex("RESP-6.cases", "one, the first of a book too small to tell", MET, cases=recent(1), norms=Norms(cases=0, case_days=180)),
    # the recent window is 2026-06-01 to 2026-06-30, the history 2025-12-03 to 2026-05-31
    ex("RESP-6.cases", "on the days beside the windows", MET, norms=NORMS, cases=(
        case("a", "2026-05-31", "2026-05-31"), case("b", "2025-12-02", "2025-12-02"))),
    ex("RESP-6.cases", "usual rate unknown", OPEN, cases=recent(1), missing=("norms",)),
    ex("RESP-6.cases", "no case known in the book", OPEN, cases=recent(1), norms=Norms(), missing=("norms",)),
    ex("RESP-6.overdue-case", "open for 30 days", MET, cases=(case("c", "2026-05-31"),), measured=0),
    ex("RESP-6.overdue-case", "open for 31 days", NOT_MET, cases=(case("c", "2026-05-30"),), measured=1, evidence=("c",)),
    ex("RESP-6.overdue-case", "as long, but closed", MET, cases=(case("c", "2026-05-30", "2026-06-30"),)),
    ex("RESP-6.overdue-case", "high is shorter, in whatever letters", NOT_MET, cases=(case("c", "2026-06-26", priority="HIGH"),)),
    ex("RESP-6.overdue-case", "priority unknown", OPEN, cases=(case("c", "2026-05-30", priority=HIDDEN),), missing=("cases.priority",)),
    ex("RESP-6.overdue-case", "priority nobody named", OPEN, cases=(case("c", "2026-05-30", priority="urgent"),), missing=("cases.priority",)),
    ex("RESP-6.overdue-case", "one unknown, another surely", NOT_MET, evidence=("d",),
       cases=(case("c", "2026-05-30", priority=HIDDEN), case("d", "2026-05-30"))),
    ex("RESP-6.reopened", "neither", MET, cases=(case("c", "2026-06-20"),)),
    ex("RESP-6.reopened", "reopened", AT_RISK, cases=(case("c", "2026-06-20", reopened_at=at("2026-06-22")),), evidence=("c",)),
    ex("RESP-6.reopened", "escalated, the other unknown", AT_RISK, cases=(case("c", "2026-06-20", reopened_at=HIDDEN, escalated_at=at("2026-06-22")),)),
    ex("RESP-6.reopened", "closed since", MET, cases=(case("c", "2026-06-20", "2026-06-25", reopened_at=at("2026-06-22")),)),
    ex("RESP-6.reopened", "unknown", OPEN, cases=(case("c", "2026-06-20", reopened_at=HIDDEN),), missing=("cases.reopened_at",)),
    ex("RESP-6.late", "half now, half before", MET, deliveries=(
        *LATE, delivery("q", "2026-06-01", "2026-06-01"), delivery("r", "2026-01-01", "2026-01-09"))),
    ex("RESP-6.late", "all now, none before", AT_RISK, deliveries=LATE, measured=1, evidence=("l",)),
    ex("RESP-6.late", "outstanding since yesterday", AT_RISK, deliveries=(delivery("l", "2026-06-29"), LATE[1])),
    ex("RESP-6.late", "due today", MET, deliveries=(delivery("l", "2026-06-30"), LATE[1])),
    ex("RESP-6.late", "due tomorrow", MET, deliveries=(delivery("l", "2026-07-01"),)),
    # 2026-04-01 is the 91st day back: already the past
    ex("RESP-6.late", "late in the past", MET, deliveries=(delivery("l", "2026-04-01", "2026-05-01"),)),
    ex("RESP-6.late", "no past to compare with", OPEN, deliveries=LATE[:1], missing=("deliveries",)),
    ex("RESP-6.late", "unknown", OPEN, deliveries=(delivery("l", "2026-06-01", HIDDEN), LATE[1]), missing=DELIVERED),
    ex("RESP-6.late", "unknown, but never worse than before", MET, deliveries=(
        delivery("l", "2026-06-01", HIDDEN), delivery("p", "2026-01-01", "2026-01-03"))),
    ex("RESP-6.late", "late, the past unknown", OPEN, deliveries=(LATE[0], delivery("p", "2026-01-01", HIDDEN)), missing=DELIVERED),
    ex("RESP-6.late", "late, the past unknown in part", AT_RISK, deliveries=(LATE[0], LATE[1], delivery("q", "2026-01-01", HIDDEN))),
    ex("RESP-6.late", "none", MET, deliveries=()),
    # a quarter of the scale of 1 to 5 is one point
    ex("RESP-6.falling", "by a quarter of the scale", AT_RISK, readings=FALL, measured=1, evidence=("2",)),
    ex("RESP-6.falling", "by less", MET, readings=(FALL[0], reading("2", "2026-06-01", "4.1"))),
    ex("RESP-6.falling", "and up again", MET, readings=(*FALL, reading("3", "2026-06-10", 5))),
    ex("RESP-6.falling", "on another instrument", MET, readings=(FALL[0], reading("2", "2026-06-01", 1, top=7))),
    ex("RESP-6.falling", "somebody else", MET, readings=(FALL[0], reading("2", "2026-06-01", 1, "B2"))),
    ex("RESP-6.falling", "more than a year ago", MET, readings=(reading("1", "2024-01-01", 5), reading("2", "2025-06-30", 1))),
    ex("RESP-6.falling", "of two on a day the lower counts", AT_RISK, readings=(*FALL, reading("3", "2026-06-01", 5)), evidence=("2", "3")),
    ex("RESP-6.falling", "any fall at all", AT_RISK, policy=policy(service__reading_fall=Decimal(0)),
       readings=(FALL[0], reading("2", "2026-06-01", "4.9"))),
    ex("RESP-6.falling", "of somebody unknown", OPEN, readings=(*FALL, reading("3", "2026-03-01", 4, HIDDEN)), missing=("readings.respondent_id",)),
    ex("RESP-6.falling", "unknown on one instrument, sure on another", AT_RISK,
       readings=(*FALL, nps("3", 4, HIDDEN)), evidence=("2",)),
    ex("RESP-6.renewal", "nothing wrong", MET, **{**FINE, "contracts": (contract(),)}, measured=0),
    ex("RESP-6.renewal", "deliveries late", AT_RISK, **{**FINE, "contracts": (contract(yearly_amount=Decimal(900)),), "deliveries": LATE},
       at_stake=900, evidence=("c", "l")),
    ex("RESP-6.renewal", "deliveries late, worth unknown", AT_RISK, **{**FINE, "contracts": (contract(),), "deliveries": LATE}, at_stake=None),
    ex("RESP-6.renewal", "late, though the cases are unknown", AT_RISK, **{**FINE, "contracts": (contract(),), "deliveries": LATE, "cases": HIDDEN}),
    ex("RESP-6.renewal", "cases unknown", OPEN, **{**FINE, "contracts": (contract(),), "cases": HIDDEN}, missing=("cases",)),
    ex("RESP-6.renewal", "a lack of readings is no trouble", MET, **{**FINE, "contracts": (contract(),), "buyers": (buyer("B1"),)}),
    # 2026-09-28 is 90 days ahead
    ex("RESP-6.renewal", "90 days ahead", MET, **{**FINE, "contracts": (contract(end="2026-09-28"),)}),
    ex("RESP-6.renewal", "91 days ahead", None, **{**FINE, "contracts": (contract(end="2026-09-29"),)}),
    ex("RESP-6.renewal", "over", None, **{**FINE, "contracts": (contract(end="2026-06-29"), contract("d", end=None))}),
    ex("RESP-6.read", "a year ago, less a day", MET, readings=(reading("1", "2025-07-01", 3),)),
    ex("RESP-6.read", "a year ago", NOT_MET, readings=(reading("1", "2025-06-30", 3),), evidence=("A1", "1")),
    ex("RESP-6.read", "never", NOT_MET, readings=(), evidence=("A1",)),
    ex("RESP-6.asked", "everybody, at every place", MET, readings=FALL, buyers=(buyer("B1"),), locations=(location("L1"),)),
    ex("RESP-6.asked", "one buyer not", AT_RISK, readings=FALL, buyers=(buyer("B1"), buyer("B2")), locations=(), evidence=("B2",)),
    ex("RESP-6.asked", "one buyer not, but gone", MET, readings=FALL, buyers=(buyer("B1"), buyer("B2", left_on=AS_OF)), locations=()),
    ex("RESP-6.asked", "one place not", AT_RISK, readings=FALL, buyers=(buyer("B1"),), locations=(location("L1"), location("L2")), evidence=("L2",)),
    ex("RESP-6.asked", "a place by the reading's own word", MET, readings=(reading("1", "2026-01-01", 5, location_id="L1"),),
       buyers=(buyer("B1", None),), locations=(location("L1"),)),
    ex("RESP-6.asked", "a place, by somebody of unknown place", OPEN, readings=FALL, buyers=(buyer("B1", HIDDEN),), locations=(location("L1"),),
       missing=("buyers.location_id",)),
    ex("RESP-6.asked", "nobody knows who answered", OPEN, readings=(reading("1", "2026-01-01", 5, HIDDEN),), buyers=(buyer("B1"),), locations=(),
       missing=("readings.respondent_id",)),
    ex("RESP-6.asked", "places unknown, but a buyer surely not", AT_RISK, readings=(), buyers=(buyer("B1"),)),
    ex("RESP-6.asked", "places unknown", OPEN, readings=FALL, buyers=(buyer("B1"),), missing=("locations",)),
    ex("RESP-6.asked", "buyers unknown, so also where they are", OPEN, readings=FALL, locations=(location("L1"),), missing=("buyers", "buyers.location_id")),
    ex("RESP-6.asked", "buyers unknown, and nobody answered", AT_RISK, readings=(), locations=(location("L1"),), evidence=("L1",)),
    ex("RESP-6.asked", "nobody to ask", None, readings=(), buyers=(), locations=()),
    ex("RESP-6.answered", "since", MET, **{**FINE, "deliveries": LATE, "service_actions": (did("l", "2026-06-02"),)}, measured=1, evidence=("l",)),
    ex("RESP-6.answered", "too early", NOT_MET, **{**FINE, "deliveries": LATE, "service_actions": (did("l", "2026-06-01"),)}, measured=0),
    ex("RESP-6.answered", "about something else", NOT_MET, **{**FINE, "deliveries": LATE, "service_actions": (did("x", "2026-06-02"),)}),
    ex("RESP-6.answered", "not at all, with a renewal near", NOT_MET,
       **{**FINE, "deliveries": LATE, "contracts": (contract(yearly_amount=Decimal(900)),)}, at_stake=900, expected=2),
    ex("RESP-6.answered", "one answered, cases unknown", OPEN,
       **{**FINE, "deliveries": LATE, "cases": HIDDEN, "service_actions": (did("l", "2026-06-02"),)}, missing=("cases",)),
    ex("RESP-6.answered", "nothing seen, cases unknown", OPEN, **{**FINE, "cases": HIDDEN}, missing=("cases",)),
    ex("RESP-6.answered", "nothing wrong", None, **FINE),
    ex("ACC-4.rating", "4 of 5 in the top two boxes", MET, measured="CSAT on 1 to 5 is 80%",
       readings=tuple(reading(str(n), "2026-05-01", value, f"B{n}") for n, value in enumerate((4, 5, 4, 5, 3)))),
    ex("ACC-4.rating", "3 of 4", NOT_MET, readings=tuple(reading(str(n), "2026-05-01", value, f"B{n}") for n, value in enumerate((4, 5, 4, 3)))),
    ex("ACC-4.rating", "the latest of each", MET, readings=(reading("1", "2026-01-01", 1), reading("2", "2026-02-01", 5))),
    ex("ACC-4.rating", "mean of the scale", MET, policy=policy(satisfaction__csat_measure="mean", satisfaction__csat_met=Decimal("0.5")),
       readings=(reading("1", "2026-05-01", 3),), measured="CSAT on 1 to 5 is 50%"),
    # 2 promoters less 1 detractor of 4: 25 points, 30 are asked for
    ex("ACC-4.rating", "NPS of 25", NOT_MET, readings=tuple(nps(str(n), v, f"B{n}") for n, v in enumerate((9, 10, 8, 6))), measured="NPS on 0 to 10 is 25"),
    ex("ACC-4.rating", "high on one, low on the other", NOT_MET, readings=(reading("1", "2026-05-01", 5), nps("2", 0))),
    ex("ACC-4.rating", "somebody unknown answered", OPEN, readings=(reading("1", "2026-05-01", 5), reading("2", "2026-05-01", 5, HIDDEN)), missing=("readings.respondent_id",)),
    ex("ACC-4.rating", "NPS on another scale", OPEN, readings=(reading("1", "2026-05-01", 5, instrument="NPS"),), missing=("readings",)),
    ex("ACC-4.rating", "the firm's own instrument aside", MET, readings=(reading("1", "2026-05-01", 5), reading("2", "2026-05-01", 1, instrument="Pulse"))),
    ex("ACC-4.rating", "only the firm's own", None, readings=(reading("2", "2026-05-01", 1, instrument="Pulse"),)),
    ex("ACC-4.rating", "too old", None, readings=(reading("1", "2025-06-30", 5),)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.decimals(0, 40, places=3))
def test_the_poisson_tail_is_that_of_scipy(count, mean):
    ours, theirs = float(poisson_tail(count, mean)), float(stats.poisson.sf(count - 1, float(mean)))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-300)


@settings(max_examples=100, deadline=None)
@given(
    own=st.integers(0, 12), book=st.integers(0, 400), accounts=st.integers(1, 20), count=st.integers(0, 8),
    tail=st.sampled_from(("0.001", "0.01", "0.05")),
)  # fmt: skip
def test_the_warning_of_cases_agrees_with_scipy(own, book, accounts, count, tail):
    days = 180 * accounts
    cases = tuple(case(f"P{n}", "2026-02-01", "2026-02-02") for n in range(own)) + recent(count)
    found = judged(
        "RESP-6.cases", cases=cases, norms=Norms(cases=book, case_days=days),
        policy=policy(service__case_tail=Decimal(tail)),
    )  # fmt: skip
    # a gamma prior of 30 days' weight at the book's rate; its posterior mean is the account's rate
    posterior = stats.gamma(a=own + 30 * (book + 0.5) / days, scale=1 / (180 + 30))
    chance = stats.poisson.sf(count - 1, 30 * posterior.mean())
    if abs(chance - float(tail)) > 1e-12:
        assert (found.outcome is AT_RISK) == (chance < float(tail))


def watched(**given: Any):
    return view("RESP-6.cases", given).watch


def test_a_signal_says_how_far_it_goes_since_when_and_whether_it_was_answered():
    (one,) = watched(cases=(OLD,), service_actions=(did("old", "2026-06-01"),)).signals
    assert (one.kind, one.on, one.strength) == (SignalKind.OVERDUE_CASE, day("2026-06-01"), Decimal(2))
    assert one.handled is True
    (one,) = watched(cases=(OLD,), service_actions=(did("old", "2026-05-31"),)).signals
    assert one.handled is False
    (one,) = watched(cases=(OLD,)).signals
    assert one.handled is not True
    assert one.handled is not False


def test_the_strength_of_a_burst_is_measured_by_the_count_that_would_just_be_improbable():
    signal = watched(cases=(PAST, *recent(6)), norms=NORMS).sightings[SignalKind.CASES].signals[0]
    assert signal.strength == 2  # three would have been enough
    assert signal.on == day("2026-06-10")
    assert "6 cases in 30 days where 0.19 are usual: a chance of less than 0.01%." in signal.sentence


def test_what_is_only_small_is_not_called_nought():
    signal = (
        watched(cases=recent(1), norms=Norms(cases=0, case_days=3600)).sightings[SignalKind.CASES].signals[0]
    )
    assert signal.sentence == "1 case in 30 days where less than 0.01 are usual: a chance of 0.06%."


def test_the_strength_of_the_others_by_hand():
    def of(kind, **given):
        return watched(**given).sightings[kind].signals[0]

    fall = of(SignalKind.FALLING, readings=(FALL[0], reading("2", "2026-06-01", 3)))
    assert fall.strength == 2  # half of the scale, a quarter is the standard
    twice = case("c", "2026-06-20", reopened_at=at("2026-06-22"), escalated_at=at("2026-06-24"))
    both = of(SignalKind.REOPENED_CASE, cases=(twice,))
    assert (both.strength, both.on) == (2, day("2026-06-24"))
    assert "reopened and escalated" in both.sentence
    late = of(SignalKind.LATE, deliveries=LATE)
    assert late.strength == 3  # all of them late, against (0 + 1) ÷ (1 + 2)
    assert late.on == day("2026-06-02")
    renewal = of(SignalKind.RENEWAL, cases=(OLD,), deliveries=LATE, contracts=(contract(),))
    assert (renewal.strength, renewal.due_on) == (2, day("2026-08-01"))
    assert renewal.on == day("2026-06-01")  # the first signal came after the renewal was near


def test_the_strongest_warning_speaks_and_the_others_are_counted():
    found = judged("RESP-6.overdue-case", cases=(OLD, case("older", "2026-01-01")))
    assert found.sentence.startswith("Case older")
    assert found.sentence.endswith("And 1 more.")
    assert found.evidence == ("older", "old")


def test_a_single_warning_speaks_for_itself():
    found = judged("RESP-6.overdue-case", cases=(OLD,))
    assert found.sentence == "Case old of priority low is open for 60 days; 30 are allowed."


def test_several_renewals_add_up():
    given = {
        **FINE,
        "deliveries": LATE,
        "contracts": (
            contract("c", yearly_amount=Decimal(1)),
            contract("d", "2026-07-01", yearly_amount=Decimal(2)),
        ),
    }
    found = judged("RESP-6.renewal", **given)
    assert (found.at_stake, found.due_on) == (3, day("2026-07-01"))


def test_every_kind_is_watched_and_nothing_known_means_nothing_said():
    watch = watched()
    assert set(watch.sightings) == set(SignalKind)
    assert watch.signals == ()
    assert all(sighting.missing for sighting in watch.sightings.values())
