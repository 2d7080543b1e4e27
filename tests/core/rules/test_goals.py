"""OV-1, OV-2, OV-4 and RESP-1 over the book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sam_core.book import GrowthGoal, Meeting, MeetingMode, Offering
from sam_core.values import NOT_FETCHED, Period
from tests.core.builders import YEAR, buyer, day, dossier, held, line, location, product

from .judging import AT_RISK, HIDDEN, MET, NOT_MET, OPEN, at, ex, judged, policy
from .test_planning import initiative, plan


def goal(revenue: Any = HIDDEN, profit: Any = HIDDEN, key: str = "g", period: Period = YEAR) -> GrowthGoal:
    wanted = [Decimal(value) if isinstance(value, str) else value for value in (revenue, profit)]
    return GrowthGoal(id=key, period=period, revenue_growth=wanted[0], profit_growth=wanted[1])


def sold(before: object, now: object, key: str = "A1", **fields: Any):
    """Revenue in March of last year and of this, at half of it in cost."""
    lines = tuple(
        line(f"{key}-{on}", on, amount, cost=Decimal(str(amount)) / 2, **fields)
        for on, amount in (("2025-03-01", before), ("2026-03-01", now))
        if amount
    )
    return dossier(key, sale_lines=lines)


def book(*dossiers: Any, **fields: Any) -> dict[str, Any]:
    return {"dossiers": dossiers, **fields}


ENDED = day("2026-12-31")
GOAL = {"growth_goals": (goal("0.1", "0.1"),)}

FIRST = tuple(line(on, on, 100) for on in ("2025-01-01", "2026-01-01"))
EXAMPLES = (
    ex("OV-2.kept", "on the first day", MET, **book(dossier(sale_lines=FIRST)), as_of=day("2026-01-01")),
    ex("OV-1.sales", "on the first day", MET, **book(dossier(sale_lines=FIRST)), as_of=day("2026-01-01"), growth_goals=(goal("0"),)),
    ex("OV-2.assigned", "to the manager", MET, assignments=(held(),), measured="M1"),
    ex("OV-2.assigned", "to somebody else", NOT_MET, assignments=(held("M2"),), measured="M2", expected="M1"),
    ex("OV-2.assigned", "to nobody any more", NOT_MET, assignments=(held(end=day("2026-06-29")),), measured=None),
    ex("OV-2.assigned", "to two at once", OPEN, assignments=(held(), held("M2")), missing=("assignments",)),
    # GRR: the smaller of then and now, over then; 900 of 1000 kept
    ex("OV-2.kept", "nine tenths", MET, **book(sold(500, 400), sold(500, 700, "A2")), measured=Decimal("0.9")),
    ex("OV-2.kept", "a little less, the year running", AT_RISK, **book(sold(1000, 899)), expected=Decimal("0.9"), at_stake=101),
    ex("OV-2.kept", "a little less, the year over", NOT_MET, **book(sold(1000, 899)), as_of=ENDED),
    # 0.9 × 0.9 = 0.81 is the margin of risk
    ex("OV-2.kept", "much less, the year running", NOT_MET, **book(sold(1000, 809)), at_stake=191),
    ex("OV-2.kept", "just within the margin", AT_RISK, **book(sold(1000, 810))),
    ex("OV-2.kept", "some sales unknown", OPEN, **book(sold(1000, 1000), dossier("A2")), missing=("sale_lines",)),
    ex("OV-2.kept", "no business before", None, **book(sold(0, 1000))),
    ex("OV-2.kept", "not begun", None, **book(sold(1000, 0)), as_of=day("2025-12-31")),
    ex("RESP-1.growing", "as much as before", MET, **book(sold(500, 400), sold(500, 600, "A2")), measured=1),
    ex("RESP-1.growing", "new customers do not count", AT_RISK, **book(sold(1000, 950), sold(0, 500, "A2")), at_stake=50),
    ex("RESP-1.growing", "a little less, the year over", NOT_MET, **book(sold(1000, 999)), as_of=ENDED),
    ex("RESP-1.growing", "some sales unknown", OPEN, **book(dossier("A2")), missing=("sale_lines",)),
    ex("RESP-1.growing", "no business before", None, **book(sold(0, 1000))),
    ex("OV-1.sales", "by a tenth", MET, **book(sold(1000, 1100)), **GOAL, measured=Decimal("0.1"), expected=Decimal("0.1")),
    # 1100 × 0.9 = 990 is the margin of risk
    ex("OV-1.sales", "by less, the year running", AT_RISK, **book(sold(1000, 990)), **GOAL, at_stake=110),
    ex("OV-1.sales", "by less, the year over", NOT_MET, **book(sold(1000, 1099)), **GOAL, as_of=ENDED),
    ex("OV-1.sales", "much less", NOT_MET, **book(sold(1000, 989)), **GOAL),
    ex("OV-1.sales", "the highest of two", AT_RISK, **book(sold(1000, 1100)), growth_goals=(goal("0.1"), goal("0.2", key="h")), expected=Decimal("0.2")),
    ex("OV-1.sales", "goal unknown", OPEN, **book(sold(1000, 1100)), growth_goals=(goal(),), missing=("growth_goals.revenue_growth",)),
    ex("OV-1.sales", "one goal unknown, another missed for good", NOT_MET, **book(sold(1000, 1000)), as_of=ENDED, growth_goals=(goal("0.1"), goal(key="h"))),
    ex("OV-1.sales", "one goal unknown, another reached", OPEN, **book(sold(1000, 1100)), growth_goals=(goal("0.1"), goal(key="h"))),
    ex("OV-1.sales", "some sales unknown", OPEN, **book(sold(1000, 1100), dossier("A2")), **GOAL, missing=("sale_lines",)),
    ex("OV-1.sales", "nothing to grow from", OPEN, **book(sold(0, 1100)), **GOAL, missing=("sale_lines",)),
    ex("OV-1.sales", "for another period", None, **book(sold(1000, 1100)), growth_goals=(goal("0.1", period=Period.year(2025)),)),
    ex("OV-1.sales", "no goal", None, **book(sold(1000, 1100)), growth_goals=()),
    ex("OV-1.sales", "not begun", None, **book(sold(1000, 1100)), **GOAL, as_of=day("2025-12-31")),
    ex("OV-1.profit", "by a tenth", MET, **book(sold(1000, 1100)), **GOAL, measured=Decimal("0.1")),
    ex("OV-1.profit", "by less, the year running", AT_RISK, **book(sold(1000, 990)), **GOAL, at_stake=55),
    ex("OV-1.profit", "much less", NOT_MET, **book(sold(1000, 500)), **GOAL),
    ex("OV-1.profit", "a cost unknown", OPEN, **book(dossier(sale_lines=(line("1", "2026-03-01"), line("2", "2025-03-01", cost=Decimal(1))))), **GOAL,
       missing=("sale_lines.cost",)),
    ex("OV-1.profit", "goal unknown", OPEN, **book(sold(1000, 1100)), growth_goals=(goal("0.1"),), missing=("growth_goals.profit_growth",)),
    ex("OV-1.profit", "sold at no profit before", OPEN, **GOAL, **book(dossier(sale_lines=(line("1", "2025-03-01", 10, cost=Decimal(10)),)))),
    ex("OV-1.profit", "no goal", None, **book(sold(1000, 1100)), growth_goals=()),
)  # fmt: skip


def account(key: str, revenue: int, meetings: Any = 0, initiatives: Any = 0, **fields: Any):
    """One place, one buyer, one product owned: no room, so that revenue alone is its value."""
    met = meetings
    if isinstance(meetings, int):
        met = tuple(
            Meeting(
                id=f"{key}{n}", held_at=at("2026-03-01"), mode=MeetingMode.PHONE, our_ids=(), buyer_ids=()
            )
            for n in range(meetings)
        )
    plans = initiatives
    if isinstance(initiatives, int):
        plans = (plan(f"p{key}", initiatives=tuple(initiative(f"{key}{n}") for n in range(initiatives))),)
    given: dict[str, Any] = {
        "sale_lines": (line(key, "2026-01-10", revenue, location_id=f"L{key}", buyer_id=f"B{key}"),),
        "locations": (location(f"L{key}"),), "buyers": (buyer(f"B{key}", f"L{key}"),), "opportunities": (),
        "meetings": met, "plans": plans, **fields,
    }  # fmt: skip
    return dossier(key, **given)


SOLD: dict[str, Any] = {"offering": Offering(products=(product("P1"),))}


def five(top: int, rest: int, **fields: Any) -> dict[str, Any]:
    """One account worth 600 and four worth 100 each: the first is the top tier, with 0.6 of the value."""
    accounts = [account("A0", 600, **{"meetings": top, "initiatives": top, **fields})]
    accounts += [account(f"A{n}", 100, rest, rest) for n in range(1, 5)]
    return book(*accounts, **SOLD)


FOCUS = (
    # 12 of 25 meetings are 0.48 of them, for 0.6 of the value: exactly four fifths
    ex("OV-4.meetings", "four fifths of its share", MET, measured=Decimal("0.8"), **SOLD, **book(
        account("A0", 600, 12), account("A1", 100, 4), *(account(f"A{n}", 100, 3) for n in range(2, 5)))),
    # 6 of 10 meetings for 0.6 of the value: exactly its share; 12 of 25 is 0.48, four fifths of it
    *(ex(rule, "its share", MET, **five(6, 1), measured=1, evidence=("A0",)) for rule in ("OV-4.meetings", "OV-4.initiatives")),
    *(ex(rule, "more than its share", MET, **five(5, 0), measured=Decimal(1) / Decimal("0.6")) for rule in ("OV-4.meetings", "OV-4.initiatives")),
    *(ex(rule, "a third", NOT_MET, **five(2, 1), measured=Decimal(2) / 6 / Decimal("0.6"), expected=Decimal("0.8")) for rule in ("OV-4.meetings", "OV-4.initiatives")),
    *(ex(rule, "nothing at all to share out", OPEN, **five(0, 0)) for rule in ("OV-4.meetings", "OV-4.initiatives")),
    *(ex(rule, "the only account", None, **book(account("A1", 10), **SOLD)) for rule in ("OV-4.meetings", "OV-4.initiatives")),
    ex("OV-4.meetings", "less, where less will do", MET, **five(2, 1), policy=policy(focus__effort_ratio_met=Decimal("0.5"))),
    ex("OV-4.meetings", "meetings of one unknown", OPEN, **five(6, 1, meetings=HIDDEN), missing=("meetings",)),
    ex("OV-4.initiatives", "plans of one unknown", OPEN, **five(6, 1, initiatives=HIDDEN), missing=("plans",)),
    ex("OV-4.meetings", "sales of one unknown", OPEN, **five(6, 1, sale_lines=NOT_FETCHED), missing=("sale_lines",)),
    ex("OV-4.meetings", "places of one unknown", OPEN, **five(6, 1, locations=HIDDEN), missing=("locations",)),
    ex("OV-4.meetings", "buyers of one unknown", OPEN, **five(6, 1, buyers=HIDDEN), missing=("buyers",)),
    ex("OV-4.meetings", "the place of a buyer unknown", OPEN, **five(6, 1, buyers=(buyer("B", HIDDEN),)), missing=("buyers.location_id",)),
    ex("OV-4.meetings", "who bought is unknown", OPEN, **five(6, 1, sale_lines=(line("1", "2026-01-10", buyer_id=HIDDEN),)), missing=("sale_lines",)),
    ex("OV-4.meetings", "nobody knows what is sold", OPEN, **{**five(6, 1), "offering": HIDDEN}, missing=("offering",)),
    ex("OV-4.meetings", "no account has a value", OPEN, **book(account("A1", -5), account("A2", -5), **SOLD)),
    # all worth the same: all are the top tier, and get everything for everything
    ex("OV-4.meetings", "all alike", MET, **book(*(account(f"A{n}", 100, 1) for n in range(5)), **SOLD), measured=1),
)  # fmt: skip

EXAMPLES = (*EXAMPLES, *FOCUS)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_the_top_tier_and_its_shares_are_told():
    assert judged("OV-4.meetings", **five(2, 1)).sentence == (
        "The top tier of 1 of 5 accounts has 60% of the value and gets 33% of the meetings."
    )
