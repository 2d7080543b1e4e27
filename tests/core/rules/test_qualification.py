"""QUAL-1 to QUAL-3, within a book and without one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import Achievement, Candidate, Degree, SellingSpell
from sam_core.rules.qualification import assess_candidate
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.values import Outcome
from tests.core.builders import AS_OF, day

from .judging import HIDDEN, MET, NOT_MET, OPEN, ex, judged, policy


def who(**fields: Any) -> dict[str, Any]:
    return {"candidate": Candidate(id="K", name="Kim", **fields)}


def degree(years: Any = 4, accredited: Any = True, title: str = "BSc", **fields: Any) -> Degree:
    return Degree(title=title, years=years, accredited=accredited, **fields)


def spell(start: str, end: str | None = None, b2b: Any = True, large: Any = True) -> SellingSpell:
    return SellingSpell(
        start=day(start), end=day(end) if end else None, business_to_business=b2b, large_customers=large
    )


def achieved(key: str = "a", as_manager: Any = True, on: str = "2024-01-01") -> Achievement:
    return Achievement(id=key, text=key, on=day(on), as_account_manager=as_manager)


ENOUGH, SHORT, VAGUE = spell("2020-07-01"), spell("2020-07-02"), spell("2010-01-01", large=HIDDEN)
BRANCHES = {"known true": Outcome.MET, "known false": Outcome.NOT_MET, "unknown": Outcome.NOT_ASSESSABLE}
SELLING = {"known true": (ENOUGH,), "known false": (SHORT,), "unknown": HIDDEN}
RECORD = {"known true": (achieved(),), "known false": (), "unknown": HIDDEN}

EXAMPLES = (
    ex("QUAL-2.experience", "six years without a break between two places", MET,
       **who(selling=(spell("2019-07-01", "2020-01-15"), spell("2020-01-16", "2025-06-30")), achievements=())),
    ex("QUAL-2.experience", "six years, to whom is unknown", OPEN,
       **who(selling=(spell("2020-07-01", large=HIDDEN),), achievements=()), missing=("candidate.selling",)),
    ex("QUAL-1.degree", "four years, accredited", MET, **who(degrees=(degree(),)), evidence=("BSc",)),
    ex("QUAL-1.degree", "three years", NOT_MET, **who(degrees=(degree(3),))),
    ex("QUAL-1.degree", "not accredited", NOT_MET, **who(degrees=(degree(accredited=False),))),
    ex("QUAL-1.degree", "none", NOT_MET, **who(degrees=()), measured=0),
    ex("QUAL-1.degree", "not awarded yet", NOT_MET, **who(degrees=(degree(awarded_on=day("2026-07-01")),))),
    ex("QUAL-1.degree", "length unknown", OPEN, **who(degrees=(degree(HIDDEN),)), missing=("candidate.degrees",)),
    ex("QUAL-1.degree", "length unknown, surely not accredited", NOT_MET, **who(degrees=(degree(HIDDEN, accredited=False),))),
    ex("QUAL-1.degree", "one unknown, another counts", MET, **who(degrees=(degree(HIDDEN), degree(5, title="MSc"))), evidence=("MSc",)),
    ex("QUAL-1.degree", "unknown", OPEN, **who(), missing=("candidate.degrees",)),
    ex("QUAL-1.degree", "three years, where the firm asks for three", MET, **who(degrees=(degree(3),)), policy=policy(qualification__degree_years=3)),
    # six years to the day on 2026-06-30: from 2020-07-01
    ex("QUAL-2.experience", "six years", MET, **who(selling=(ENOUGH,), achievements=())),
    ex("QUAL-2.experience", "six years less a day", NOT_MET, **who(selling=(SHORT,), achievements=())),
    ex("QUAL-2.experience", "three and three, a year apart", MET, **who(selling=(
        spell("2018-01-01", "2020-12-31"), spell("2022-01-01", "2024-12-31")), achievements=())),
    ex("QUAL-2.experience", "the same years twice count once", NOT_MET, **who(selling=(
        spell("2020-01-01", "2022-12-31"), spell("2021-01-01", "2023-12-31"), spell("2021-06-01", "2021-07-01")), achievements=())),
    ex("QUAL-2.experience", "to small customers", NOT_MET, **who(selling=(spell("2010-01-01", large=False),), achievements=())),
    ex("QUAL-2.experience", "to whom is unknown", OPEN, **who(selling=(VAGUE,), achievements=()), missing=("candidate.selling",)),
    ex("QUAL-2.experience", "to whom is unknown, too short in any case", NOT_MET, **who(selling=(spell("2024-01-01", large=HIDDEN),), achievements=())),
    ex("QUAL-2.experience", "an achievement as account manager", MET, **who(selling=(), achievements=(achieved(),)), evidence=("a",)),
    ex("QUAL-2.experience", "as something else", NOT_MET, **who(selling=(), achievements=(achieved(as_manager=False),))),
    ex("QUAL-2.experience", "in the future", NOT_MET, **who(selling=(), achievements=(achieved(on="2026-07-01"),))),
    ex("QUAL-2.experience", "as what is unknown", OPEN, **who(selling=(), achievements=(achieved(as_manager=HIDDEN),)), missing=("candidate.achievements",)),
    ex("QUAL-2.experience", "two asked for, one there", NOT_MET, **who(selling=(), achievements=(achieved(),)), policy=policy(qualification__achievements_min=2)),
    ex("QUAL-3.computer", "able", MET, **who(able_with_computer=True)),
    ex("QUAL-3.computer", "not able", NOT_MET, **who(able_with_computer=False)),
    ex("QUAL-3.computer", "unknown", OPEN, **who(), missing=("candidate.able_with_computer",)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


@pytest.mark.parametrize("selling", BRANCHES)
@pytest.mark.parametrize("record", BRANCHES)
def test_either_branch_is_enough_and_an_unknown_one_leaves_it_open(selling, record):
    """Strong Kleene *or*, written out as a table of its own."""
    table = {
        ("known true", "known true"): MET, ("known true", "known false"): MET, ("known true", "unknown"): MET,
        ("known false", "known true"): MET, ("known false", "known false"): NOT_MET, ("known false", "unknown"): OPEN,
        ("unknown", "known true"): MET, ("unknown", "known false"): OPEN, ("unknown", "unknown"): OPEN,
    }  # fmt: skip
    found = judged("QUAL-2.experience", **who(selling=SELLING[selling], achievements=RECORD[record]))
    assert found.outcome is table[selling, record]
    unknown = [
        f"candidate.{n}" for n, b in (("selling", selling), ("achievements", record)) if b == "unknown"
    ]
    assert [m.name for m in found.missing] == (unknown if found.outcome is OPEN else [])


def test_both_branches_are_told():
    found = judged("QUAL-2.experience", **who(selling=(spell("2023-07-01"),), achievements=(achieved(),)))
    assert found.sentence == (
        "(a) 3.0 of 6 years of such selling are sure; (b) 1 of 1 achievements as an account manager are on record."
    )


@given(st.integers(1, 11), st.integers(0, 27), st.booleans())
def test_years_to_the_day_are_whole_years_wherever_they_begin(years, shift, less_a_day):
    start = day("2012-02-01").replace(day=1 + shift)
    end = start.replace(year=start.year + years)
    last = end.fromordinal(end.toordinal() - (2 if less_a_day else 1))
    found = judged(
        "QUAL-2.experience",
        **who(selling=(spell(start.isoformat(), last.isoformat()),), achievements=()),
        policy=policy(qualification__selling_years=Decimal(years)),
    )
    assert found.outcome is (NOT_MET if less_a_day else MET)


def test_a_candidate_is_assessed_without_a_book():
    candidate = who(degrees=(degree(),), achievements=(achieved(on="2026-07-01"),), selling=())["candidate"]
    found = {one.rule_id: one for one in assess_candidate(candidate, as_of=AS_OF)}
    assert {key: one.outcome for key, one in found.items()} == {
        "QUAL-1.degree": MET, "QUAL-2.experience": NOT_MET, "QUAL-3.computer": OPEN,
    }  # fmt: skip
    assert found["QUAL-1.degree"].subject_id == "K"
    assert found["QUAL-1.degree"].subject_name == "Kim"
    later = {one.rule_id: one.outcome for one in assess_candidate(candidate, as_of=day("2026-07-01"))}
    assert later["QUAL-2.experience"] is MET


def test_its_standards_may_be_the_firms_own():
    candidate = who(degrees=(degree(3),))["candidate"]
    own = DEFAULT_STANDARDS.changed({"qualification.degree_years": 3}, AS_OF)
    assert assess_candidate(candidate, as_of=AS_OF, standards=own)[0].outcome is MET
