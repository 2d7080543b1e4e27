"""OV-4 by the numbers, and what meetings say of the day's work (OV-5, ENV)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core import Scorecard, assess, score
from sam_core.book import BackgroundCheck, Candidate, Meeting, MeetingMode, Offering, Person
from sam_core.measures.contacts import Contacts, contacts
from sam_core.measures.focus import Effort, focus
from sam_core.penetration.moves import Benchmark
from sam_core.rulebook import RuleBook
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.totals import Totals
from sam_core.values import Unknown
from tests.core.builders import (
    AS_OF,
    book,
    buyer,
    day,
    dossier,
    header,
    line,
    location,
    offer,
    offering,
    opportunity,
    product,
)
from tests.core.rules.judging import HIDDEN, at

STANDARDS = DEFAULT_STANDARDS


def account(key: str, *lines: Any, **fields: Any):
    given: dict[str, Any] = {
        "locations": (),
        "buyers": (),
        "sale_lines": lines,
        "meetings": (),
        "plans": (),
        **fields,
    }
    return dossier(key, **given)


def sold(key: str, product_id: str = "P1", revenue: object = 24, on: str = "2026-01-10", **fields: Any):
    return line(key, on, revenue, product_id=product_id, **fields)


def values(*dossiers: Any, products: Offering | None = None, **fields: Any) -> dict[str, Decimal]:
    return dict(
        score(book(*dossiers, offering=products or offering("P1", "P2"), **fields), as_of=AS_OF).focus.values
    )


# Five accounts own P1: 24 over the 24 active months, 12 a year each; a sixth owns P2 only.
# P1: 5 of 6 active buyers own it, adoption (5 + 1) ÷ (6 + 2) = 0.75, worth 9 a year in an open cell.
# P2: one owner of five asked for, so it has no value.
OWNERS = [account(f"A{n}", sold(f"{n}", buyer_id=f"B{n}")) for n in range(5)]
SIXTH = sold("s", "P2", 100, buyer_id="B6")


def test_an_account_is_worth_its_trailing_revenue_and_its_valued_whitespace():
    found = values(*OWNERS, account("A6", SIXTH))
    assert found["A6"] == 100 + Decimal("0.75") * 12
    assert found["A0"] == 24  # its one open cell is of P2, which has no known value


def test_every_place_and_person_that_could_still_buy_adds_a_cell():
    room = {
        "locations": (location("L1"), location("L2")),
        "buyers": (buyer("B6"), buyer("B7"), buyer("gone", left_on=day("2026-01-01"))),
    }
    # L1 with B6 and B7, and L2 with nobody known yet: three cells of P1
    assert values(*OWNERS, account("A6", SIXTH, **room))["A6"] == 100 + 3 * Decimal("0.75") * 12


def test_a_cell_being_worked_on_still_counts_and_an_offer_opens_no_place():
    offers = (
        opportunity("O", offer("o", "P1", buyer_id="B6")),
        opportunity("Q", offer("q", "P1", "L9", "B9")),
    )
    assert values(*OWNERS, account("A6", SIXTH, opportunities=offers))["A6"] == 109


def test_a_cell_owned_by_somebody_gone_is_neither_room_nor_owned():
    gone = {"buyers": (buyer("B6", left_on=day("2026-06-01")), buyer("B7"))}
    assert values(*OWNERS, account("A6", SIXTH, **gone))["A6"] == 109  # B7's cell of P1 alone


def test_a_place_that_bought_and_has_nobody_left_is_room_for_somebody_yet_to_be_found():
    assert (
        values(*OWNERS, account("A6", SIXTH, buyers=(buyer("B6", left_on=day("2026-06-01")),)))["A6"] == 109
    )


def test_an_excluded_product_and_an_account_that_never_bought_have_no_room():
    assert values(*OWNERS, account("A6", buyers=(buyer("B6"),)))["A6"] == 0
    products = Offering(products=(product("P1", segments=("retail",)), product("P2")))
    assert values(*OWNERS, account("A6", SIXTH), products=products)["A6"] == 100


def test_a_loss_counts_as_nought():
    assert values(*OWNERS, account("A6", sold("s", "P1", 24), sold("r", "P1", -100)))["A6"] == 0


def test_an_account_whose_value_cannot_be_told_stands_outside_the_ranking():
    card = score(book(*OWNERS, account("A6", SIXTH, locations=HIDDEN), offering=offering("P1")), as_of=AS_OF)
    assert "A6" not in card.focus.values
    assert card.focus.gap is not None
    assert card.focus.gap.name == "locations"
    coverage = card.measure("top tier's share of value").coverage
    assert (coverage.judged, coverage.total) == (5, 6)


def effort(revenue: int, meetings: int = 1, initiatives: int = 1) -> Effort:
    return Effort(
        segment=None, revenue=Decimal(revenue), cells={}, gap=None, meetings=meetings, initiatives=initiatives
    )


@pytest.mark.parametrize(
    ("count", "share", "top"),
    [(1, "0.2", 1), (5, "0.2", 1), (6, "0.2", 2), (10, "0.2", 2), (5, "0", 1), (5, "1", 5)],
)
def test_the_top_tier_is_its_share_of_the_accounts_rounded_up_and_never_empty(count, share, top):
    efforts = {f"A{n}": effort(n + 1) for n in range(count)}
    own = STANDARDS.changed({"focus.top_share": Decimal(share)}, AS_OF)
    found = focus(efforts, Benchmark(), own)
    assert found.top == {f"A{n}" for n in range(count - top, count)}


def test_whoever_is_worth_as_much_as_the_last_of_the_tier_belongs_to_it():
    found = focus(
        {"A": effort(10), "B": effort(10), "C": effort(5), "D": effort(1), "E": effort(1)},
        Benchmark(),
        STANDARDS,
    )
    assert found.top == {"A", "B"}
    assert found.value.value == Decimal(20) / 27
    assert found.meetings.value == Decimal(2) / 5
    assert found.concentration(found.meetings) == Decimal("0.4") / (Decimal(20) / 27)


def test_without_accounts_or_value_there_is_no_share():
    assert focus({}, Benchmark(), STANDARDS).top == frozenset()
    nothing = focus({"A": effort(0)}, Benchmark(), STANDARDS)
    assert isinstance(nothing.concentration(nothing.meetings), Unknown)


def test_an_account_read_twice_counts_once():
    assert effort(1) + effort(1) == effort(1)
    assert effort(1) + effort(2) == effort(2) + effort(1)


@given(st.permutations(range(6)))
def test_the_order_of_the_accounts_changes_nothing_to_the_last_digit(order):
    accounts = [*OWNERS, account("A6", SIXTH, buyers=tuple(buyer(f"B{n}") for n in range(7, 14)))]
    parts = [
        assess(one, header(offering=offering("P1", "P2")), as_of=AS_OF, rules=RuleBook(())).totals
        for one in accounts
    ]

    def of(totals: Totals):
        found = focus(totals.efforts, totals.benchmark, STANDARDS)
        return found.value.numerator, found.value.denominator, found.top

    assert of(Totals.sum(parts[n] for n in order)) == of(Totals.sum(parts))


# -- meetings


def meeting(key: str, on: str, mode: Any = MeetingMode.IN_PERSON, ours: Any = ("M1",)) -> Meeting:
    return Meeting(id=key, held_at=at(on), mode=mode, our_ids=ours, buyer_ids=())


PHONE, VIDEO = MeetingMode.PHONE, MeetingMode.VIDEO
YEAR_OF_MEETINGS = (
    meeting("1", "2026-06-30"), meeting("2", "2026-06-30"), meeting("3", "2026-05-04"),  # two of one day
    meeting("4", "2026-05-05", PHONE), meeting("5", "2026-05-06", VIDEO), meeting("6", "2026-05-07", HIDDEN),
    meeting("7", "2026-05-08", ours=("X",)), meeting("8", "2026-05-09", PHONE, HIDDEN), meeting("9", "2025-06-30"),
)  # fmt: skip


def test_meetings_of_the_trailing_year_are_counted_by_how_they_were_held():
    found = contacts(YEAR_OF_MEETINGS, "M1", AS_OF)
    assert (found.meetings, found.placed, found.in_person) == (8, 7, 4)
    assert (found.own, found.unclear, found.by_phone) == (5, 2, 1)
    assert set(found.travel) == {("M1", day("2026-06-30")), ("M1", day("2026-05-04"))}
    (share,) = found.measures()
    assert (share.value, share.coverage.total) == (Decimal(4) / 7, 8)
    assert contacts(HIDDEN, "M1", AS_OF) == Contacts(asked=1)


def conditions(*dossiers: Any, **fields: Any) -> dict[str, Any]:
    card = score(book(*dossiers, **fields), as_of=AS_OF)
    return {one.name: one.value for one in card.conditions}


def test_working_conditions_are_told_from_meetings_and_never_scored():
    found = conditions(
        dossier("A1", meetings=YEAR_OF_MEETINGS), dossier("A2", meetings=(meeting("x", "2026-05-04"),))
    )
    assert found["meetings by telephone"] == 1
    assert found["share of meetings by telephone"] == Decimal(1) / 6
    assert found["travel days"] == 2  # two customers seen on one day are one day of travel
    assert isinstance(found["background check of Mo"], Unknown)


def test_without_meetings_the_conditions_are_nought_and_without_knowing_unknown():
    none = conditions(dossier("A1", meetings=()))
    assert (none["meetings by telephone"], none["travel days"]) == (0, 0)
    assert isinstance(none["share of meetings by telephone"], Unknown)
    for hidden in (dossier("A1"), dossier("A1", meetings=(meeting("1", "2026-05-04", ours=HIDDEN),))):
        assert isinstance(conditions(hidden)["travel days"], Unknown)


@pytest.mark.parametrize("status", BackgroundCheck)
def test_the_background_check_is_reported_as_it_stands(status):
    candidate = Candidate(id="M1", name="Mo", background_check=status)
    assert conditions(candidate=candidate)["background check of Mo"] == status.value
    unsaid = Candidate(id="M1", name="Mo")
    assert isinstance(conditions(candidate=unsaid)["background check of Mo"], Unknown)


def test_managers_together_have_each_their_own_days_and_checks():
    cards = [
        score(book(dossier(f"A{who}", meetings=(meeting("1", "2026-05-04", ours=(who,)),)), manager=Person(id=who, name=who)), as_of=AS_OF)
        for who in ("M1", "M2")
    ]  # fmt: skip
    found = {one.name: one.value for one in Scorecard.combined(cards).conditions}
    assert found["travel days"] == 2
    assert {"background check of M1", "background check of M2"} <= set(found)
