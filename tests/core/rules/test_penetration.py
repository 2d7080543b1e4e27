"""RESP-1 by account, RESP-2, RESP-3 and OV-3: kept, penetrated in three ways, and sold the whole offering."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sam_core.book import Offering, OpportunityStatus, ProductKind
from sam_core.values import NOT_FETCHED
from tests.core.builders import (
    account,
    buyer,
    day,
    dossier,
    line,
    location,
    offer,
    offering,
    opportunity,
    product,
)

from .judging import AT_RISK, HIDDEN, MET, NOT_MET, OPEN, ex, judged, policy

SERVICE, GOODS = ProductKind.SERVICE, ProductKind.PRODUCT

# The trailing 12 months are 2025-07-01 to 2026-06-30, the 12 before 2024-07-01 to 2025-06-30.
THEN, NOW = "2025-06-30", "2025-07-01"


def years(before: object, now: object, /, **costs: Any) -> dict[str, Any]:
    lines = [line("b", THEN, before, cost=Decimal(str(costs.get("before", 0))))]
    if now is not None:
        lines.append(line("n", NOW, now, cost=Decimal(str(costs.get("now", 0)))))
    return {"sale_lines": tuple(lines)}


def ordered(*days: str) -> dict[str, Any]:
    return {"sale_lines": tuple(line(on, on) for on in days)}


RETENTION = (
    ex("RESP-1.shrinking", "as much", MET, **years(100, 100), measured=1, expected=Decimal("0.9"), evidence=("b", "n")),
    ex("RESP-1.shrinking", "a tenth less", MET, **years(100, 90)),
    ex("RESP-1.shrinking", "a little more than a tenth less", AT_RISK, **years(100, "89.99"), at_stake=Decimal("10.01")),
    ex("RESP-1.shrinking", "nothing", NOT_MET, **years(100, None), measured=0, at_stake=100, evidence=("b",)),
    ex("RESP-1.shrinking", "only returns", NOT_MET, **years(100, -5)),
    ex("RESP-1.shrinking", "a fifth less, where that is allowed", MET, **years(100, 80), policy=policy(retention__shrinking_share=Decimal("0.2"))),
    ex("RESP-1.shrinking", "bought nothing before", None, sale_lines=(line("n", NOW),)),
    # every 30 days; twice that is 60: the last on 2026-05-01 is 60 days ago
    ex("RESP-1.reorder", "60 days ago", MET, **ordered("2026-03-02", "2026-04-01", "2026-05-01"), measured=60, expected=60, evidence=("2026-05-01",)),
    ex("RESP-1.reorder", "61 days ago", AT_RISK, **ordered("2026-03-01", "2026-03-31", "2026-04-30"), measured=61, at_stake=300),
    ex("RESP-1.reorder", "later still, where that is usual", MET, **ordered("2026-03-01", "2026-03-31", "2026-04-30"), policy=policy(retention__reorder_factor=Decimal(3))),
    ex("RESP-1.reorder", "too few orders", None, **ordered("2026-03-01", "2026-03-31")),
    ex("RESP-1.reorder", "long ago, nothing at stake", AT_RISK, **ordered("2020-03-01", "2020-03-31", "2020-04-30"), at_stake=None),
    ex("RESP-1.profit", "a tenth less", MET, **years(100, 100, before=50, now=55), measured=45, expected=45),
    ex("RESP-1.profit", "more than a tenth less", AT_RISK, **years(100, 100, before=50, now=56), measured=44, at_stake=6),
    ex("RESP-1.profit", "at a loss after a profit", NOT_MET, **years(100, 100, before=50, now=101), measured=-1),
    # a loss of 10 may grow by a tenth, to 11
    ex("RESP-1.profit", "a larger loss after a loss", AT_RISK, **years(100, 100, before=110, now=112), expected=-11),
    ex("RESP-1.profit", "cost of now unknown", OPEN, missing=("sale_lines.cost",), sale_lines=(line("b", THEN, cost=Decimal(1)), line("n", NOW))),
    ex("RESP-1.profit", "cost of then unknown", OPEN, missing=("sale_lines.cost",), sale_lines=(line("b", THEN), line("n", NOW, cost=Decimal(1)))),
    ex("RESP-1.profit", "cost by the product's standard", MET, sale_lines=(line("b", THEN), line("n", NOW)), measured=60,
       offering=Offering(products=(product("P1", standard_cost=Decimal(40)),))),
    ex("RESP-1.profit", "bought nothing before", None, sale_lines=()),
)  # fmt: skip

TWO = offering("P1", "P2")
ONE = offering("P1")
BOUGHT = (line("1", "2025-01-10"),)  # P1, by B1, at L1
ROOM: dict[str, Any] = {
    "sale_lines": BOUGHT,
    "opportunities": (),
    "buyers": (),
    "locations": (),
    "offering": offering("P1", "P2", "P3"),
}
MORE_BUYERS = {**ROOM, "offering": ONE, "buyers": (buyer("B1"), buyer("B2"), buyer("B3"))}
MORE_PLACES = {**ROOM, "offering": ONE, "locations": (location("L1"), location("L2"), location("L3"))}
IN_2026 = "2026-02-01"
WAYS = {
    "RESP-2.1.pursued": (ROOM, {"product_id": "P2"}, offer("o", "P2"), {"buyer_id": HIDDEN, "product_id": "P9"}),
    "RESP-2.2.pursued": (MORE_BUYERS, {"buyer_id": "B2"}, offer("o", buyer_id="B2"), {"product_id": HIDDEN}),
    "RESP-2.3.pursued": (MORE_PLACES, {"location_id": "L2", "buyer_id": "B2"}, offer("o", location_id="L2", buyer_id="B2"), {"buyer_id": HIDDEN}),
}  # fmt: skip


def pursued(rule: str):
    given, new, offered, unsaid = WAYS[rule]
    yield ex(
        rule,
        "won in the period",
        MET,
        **{**given, "sale_lines": (*BOUGHT, line("2", IN_2026, **new))},
        measured=1,
        evidence=("2",),
    )
    yield ex(
        rule, "being won", MET, **{**given, "opportunities": (opportunity("O", offered),)}, evidence=("O",)
    )
    yield ex(rule, "neither", NOT_MET, **given, measured=0, expected=1)
    yield ex(
        rule,
        "won before the period",
        NOT_MET,
        **{**given, "sale_lines": (*BOUGHT, line("2", "2025-12-31", **new))},
    )
    yield ex(
        rule,
        "an opportunity without lines",
        OPEN,
        **{**given, "opportunities": (opportunity("O", lines=HIDDEN),)},
        missing=("opportunities.lines",),
    )
    yield ex(
        rule,
        "a decided one without lines",
        NOT_MET,
        **{**given, "opportunities": (opportunity("O", lines=HIDDEN, status=OpportunityStatus.LOST),)},
    )
    yield ex(
        rule,
        "a line that does not say enough",
        OPEN,
        **{**given, "opportunities": (opportunity("O", offer("o", buyer_id=HIDDEN)),)},
        missing=("opportunities.lines",),
    )
    yield ex(
        rule,
        "a sale that does not say enough",
        OPEN,
        **{**given, "sale_lines": (*BOUGHT, line("2", IN_2026, **unsaid))},
        missing=("sale_lines",),
    )
    yield ex(rule, "no customer yet", None, **{**given, "sale_lines": ()})
    none = {**ROOM, "offering": ONE}
    yield ex(rule, "no room", None, **none)
    won = opportunity("O", lines=HIDDEN, status=OpportunityStatus.WON)
    yield ex(rule, "no room, and nobody says what was won", None, **{**none, "opportunities": (won,)})
    lost = opportunity("O", lines=HIDDEN, status=OpportunityStatus.LOST)
    yield ex(rule, "no room, unless in what was lost", OPEN, **{**none, "opportunities": (lost,)})
    yield ex(
        rule,
        "the last room is being sold into",
        MET,
        **{**none, "opportunities": (opportunity("O", offered),)},
    )


FAMILIES = Offering(
    products=(product("P1", "F1"), product("P2", "F2"), product("P3", "F3"), product("P4", "F4"))
)
KINDS = Offering(products=(product("P1", kind=GOODS), product("P2", kind=SERVICE)))
GIVEN = {"sale_lines": BOUGHT}

BREADTH = (
    ex("RESP-3.breadth", "half of four", MET, offering=FAMILIES, sale_lines=(*BOUGHT, line("2", IN_2026, product_id="P2")), measured=Decimal("0.5")),
    ex("RESP-3.breadth", "a quarter", AT_RISK, offering=FAMILIES, **GIVEN, measured=Decimal("0.25"), expected=Decimal("0.5")),
    ex("RESP-3.breadth", "none, for too long", NOT_MET, offering=FAMILIES, sale_lines=(line("1", "2024-06-30"),), measured=0),
    ex("RESP-3.breadth", "of those open to it", MET, offering=FAMILIES, **GIVEN, account=account(excluded_product_ids=("P3", "P4"))),
    ex("RESP-3.breadth", "a family unknown", OPEN, offering=Offering(products=(product("P1", HIDDEN),)), **GIVEN, missing=("offering.products.family",)),
    ex("RESP-3.breadth", "what was bought is unknown", OPEN, offering=FAMILIES, sale_lines=(line("1", IN_2026, product_id=HIDDEN),), missing=("sale_lines.product_id",)),
    ex("RESP-3.breadth", "enough, whatever else was bought", MET, offering=FAMILIES,
       sale_lines=(*BOUGHT, line("2", IN_2026, product_id="P2"), line("3", IN_2026, product_id=HIDDEN))),
    ex("RESP-3.breadth", "bought nothing ever", None, offering=FAMILIES, sale_lines=()),
    ex("RESP-3.breadth", "nothing open to it", None, offering=FAMILIES, **GIVEN, account=account(excluded_product_ids=("P1", "P2", "P3", "P4"))),
    ex("OV-3.services", "one", MET, offering=KINDS, sale_lines=(line("1", IN_2026, product_id="P2"),), measured=1, evidence=("1",)),
    ex("OV-3.services", "none", NOT_MET, offering=KINDS, **GIVEN, measured=0),
    ex("OV-3.services", "one, returned since", NOT_MET, offering=KINDS, sale_lines=(line("1", IN_2026, -1, product_id="P2"),)),
    ex("OV-3.services", "what was bought is unknown", OPEN, offering=KINDS, sale_lines=(line("1", IN_2026, product_id=HIDDEN),), missing=("offering.products.kind",)),
    ex("OV-3.services", "kinds unknown", OPEN, offering=Offering(products=(product("P1"),)), **GIVEN),
    ex("OV-3.services", "no service on sale", None, offering=Offering(products=(product("P1", kind=GOODS),)), **GIVEN),
    ex("OV-3.services", "bought nothing ever", None, offering=KINDS, sale_lines=()),
    ex("RESP-3.offered", "each to somebody", MET, offering=TWO, measured=1, dossiers=(
        dossier("A1", sale_lines=BOUGHT, opportunities=()), dossier("A2", sale_lines=(), opportunities=(opportunity("O", offer("o", "P2")),)))),
    ex("RESP-3.offered", "two never", NOT_MET, offering=FAMILIES, measured=2, expected=4, dossiers=(
        dossier("A1", sale_lines=BOUGHT, opportunities=(opportunity("O", offer("o", "P2")),)),)),
    ex("RESP-3.offered", "one never, offers unknown", OPEN, offering=FAMILIES, dossiers=(dossier("A1", sale_lines=BOUGHT),), missing=("opportunities",)),
    ex("RESP-3.offered", "one never, what was offered unknown", OPEN, offering=FAMILIES, missing=("opportunities.lines",), dossiers=(
        dossier("A1", sale_lines=BOUGHT, opportunities=(opportunity("O", lines=HIDDEN),)),)),
    ex("RESP-3.offered", "all, though offers are unknown", MET, offering=ONE, dossiers=(dossier("A1", sale_lines=BOUGHT),)),
    ex("RESP-3.offered", "a family unknown", OPEN, missing=("offering.products.family",),
       offering=Offering(products=(product("P1", "F1"), product("P2", NOT_FETCHED))), dossiers=(dossier("A1", sale_lines=BOUGHT, opportunities=()),)),
    ex("RESP-3.offered", "nothing on sale", None, offering=Offering(products=(product("P1", retired_on=day("2020-01-01")),))),
)  # fmt: skip

EXAMPLES = (*RETENTION, *(one for rule in WAYS for one in pursued(rule)), *BREADTH)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_the_families_not_bought_are_named_five_at_most():
    many = Offering(products=tuple(product(f"P{n}", f"F{n}") for n in range(1, 8)))
    found = judged("RESP-3.breadth", offering=many, sale_lines=BOUGHT)
    assert found.sentence == "Buys from 1 of 7 families open to it; not from F2, F3, F4, F5, F6 and others."
