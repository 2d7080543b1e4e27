"""Deals into opportunities and sales: stages, money, who bought, where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sam_adapters.contract import BookRequest
from sam_adapters.hubspot.reader import Link
from sam_adapters.hubspot.selling import buyer_of, stages
from sam_core.book import Credit, OpportunityStatus
from sam_core.values import Unknown, Why

DECIDING = {"decision_maker", "the boss"}


def deal(at: Any, i: str, company: str = "102", **more: Any) -> None:
    given = {
        "dealname": f"Deal {i}",
        "pipeline": "p",
        "dealstage": "s1",
        "createdate": "2026-01-10T10:00:00Z",
        "amount": "1000",
    }
    at.portal.add("deals", i, **{**given, **more})
    at.portal.link("companies", company, "deals", i, (6, 5))


def line(at: Any, i: str, of: str, **more: Any) -> None:
    at.portal.add("line_items", i, **{"amount": "100", **more})
    at.portal.link("deals", of, "line_items", i, (19, 20))


WON = {"dealstage": "s2", "closedate": "2026-03-05T23:30:00Z"}


def only(at: Any, name: str, account: str = "102", **config: Any) -> Any:
    records = getattr(at.dossiers(name, **config)[account], name)
    assert len(records) == 1
    return records[0]


# -- where a deal stands -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "flags", "status", "label", "probability"),
    [
        ("s1", {}, OpportunityStatus.OPEN, "Offer", Decimal("0.4")),
        ("s1", {"hs_deal_stage_probability": "0.55"}, OpportunityStatus.OPEN, "Offer", Decimal("0.55")),
        ("s2", {}, OpportunityStatus.WON, "Won", Decimal(1)),
        ("s3", {}, OpportunityStatus.LOST, "Lost", Decimal(0)),
        (
            "gone",
            {"hs_is_closed": "true", "hs_is_closed_won": "true"},
            OpportunityStatus.WON,
            Why.BLANK,
            Why.BLANK,
        ),
        (
            "gone",
            {"hs_is_closed": "true", "hs_is_closed_won": "false"},
            OpportunityStatus.LOST,
            Why.BLANK,
            Why.BLANK,
        ),
        ("gone", {}, OpportunityStatus.OPEN, Why.BLANK, Why.BLANK),
        ("odd", {}, OpportunityStatus.LOST, "Parked", Why.BLANK),
        ("half", {"hs_is_closed_won": "true"}, OpportunityStatus.WON, "Half", Decimal("0.5")),
        ("half", {"hs_is_closed_won": "false"}, OpportunityStatus.LOST, "Half", Decimal("0.5")),
    ],
)
def test_a_deal_stands_where_its_stage_says(
    bench: Callable[..., Any], stage: str, flags: dict[str, str], status: Any, label: Any, probability: Any
) -> None:
    at = bench()
    at.portal.pipelines["deals"][0]["stages"] += [
        {"id": "odd", "label": "Parked", "metadata": {"isClosed": "true"}},
        {"id": "half", "label": "Half", "metadata": {"isClosed": "true", "probability": "0.5"}},
    ]
    deal(at, "900", dealstage=stage, closedate="2026-03-05T10:00:00Z", **flags)
    found = only(at, "opportunities")
    shown = [v.why if isinstance(v, Unknown) else v for v in (found.stage, found.probability)]
    assert [found.status, *shown] == [status, label, probability]
    assert (found.closed_on is None) == (status is OpportunityStatus.OPEN)


def test_a_deal_entered_after_it_was_won_is_opened_on_the_day_it_was_closed_and_noted(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    deal(at, "900", dealstage="s2", closedate="2025-12-01T10:00:00Z")
    reading = at.reading()
    found = next(o for d in reading.book.dossiers("opportunities") for o in d.opportunities if o.id == "900")
    assert (found.opened_on, found.closed_on) == (date(2025, 12, 1), date(2025, 12, 1))
    assert "2026-01-10 lies after it was closed" in str(next(iter(reading.problems)))


def test_days_are_days_of_the_portals_time_zone(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.zone = "Asia/Tokyo"
    deal(at, "900", **WON)
    assert only(at, "opportunities").closed_on == date(2026, 3, 6)


def test_stays_are_read_from_the_days_a_stage_was_entered_and_left(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.declare("deals", ["hs_v2_date_entered_s2", "hs_v2_date_exited_s1"])
    deal(at, "900", hs_v2_date_entered_s1="2026-01-10T10:00:00Z", hs_v2_date_exited_s1="2026-03-05T08:00:00Z",
         hs_v2_date_entered_s2="2026-03-05T08:00:00Z", **WON)  # fmt: skip
    stays = [(s.stage, s.start, s.end) for s in only(at, "opportunities").stays]
    assert stays == [("Offer", date(2026, 1, 10), date(2026, 3, 5)), ("Won", date(2026, 3, 5), None)]
    assert only(at, "opportunities", stage_history=False).stays.why is Why.NOT_CONFIGURED


def test_a_deal_without_what_it_needs_is_left_out_and_reported(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", createdate="once upon a time")
    deal(at, "901", dealstage="s2")
    reading = at.reading()
    assert {o.id for d in reading.book.dossiers("opportunities") for o in d.opportunities} == {"301"}
    assert {(p.record, p.field) for p in reading.problems} == {("900", "opened_on"), ("901", "closed_on")}


# -- sales ---------------------------------------------------------------------------------------


def test_won_deals_are_sales_line_by_line_with_cost_of_unit_cost_times_quantity(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    deal(at, "900", **WON)
    line(at, "910", "900", hs_product_id="501", quantity="4", amount="250.40", hs_cost_of_goods_sold="12.5")
    sale = only(at, "sale_lines")
    assert (sale.id, sale.on, sale.revenue, sale.quantity, sale.cost) == (
        "910",
        date(2026, 3, 5),
        Decimal("250.40"),
        4,
        50,
    )
    assert (sale.product_id, sale.order_id, sale.location_id) == ("501", "900", "102")
    assert sale.buyer_id.why is Why.BLANK


@pytest.mark.parametrize(("unit", "quantity"), [("", "4"), ("12.5", "")])
def test_a_cost_is_unknown_where_a_part_of_it_is(bench: Callable[..., Any], unit: str, quantity: str) -> None:
    at = bench()
    deal(at, "900", **WON)
    line(at, "910", "900", quantity=quantity, hs_cost_of_goods_sold=unit)
    assert only(at, "sale_lines").cost.why is Why.BLANK


def test_a_won_deal_without_lines_is_one_sale_of_an_unknown_product(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", **WON)
    sale = only(at, "sale_lines")
    assert (sale.id, sale.revenue) == ("900", 1000)
    assert {v.why for v in (sale.product_id, sale.quantity, sale.cost)} == {Why.BLANK}


def test_a_sale_without_an_amount_is_left_out_and_reported(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", **WON)
    line(at, "910", "900", amount="")
    reading = at.reading()
    assert [len(d.sale_lines) for d in reading.book.dossiers("sale_lines")] == [2, 0]
    assert ("line_items", "910", "amount") in {(p.where, p.record, p.field) for p in reading.problems}


def test_order_pipelines_hold_sales_and_no_opportunities_and_other_won_deals_count_unless_switched_off(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.pipelines["deals"].append({**at.portal.pipelines["deals"][0], "id": "orders"})
    deal(at, "900", pipeline="orders", **WON)
    deal(at, "901", **WON)
    at_once = at.dossiers("sale_lines", "opportunities", order_pipelines=["orders"])["102"]
    assert [o.id for o in at_once.opportunities] == ["901"]
    assert [s.id for s in at_once.sale_lines] == ["900", "901"]
    off = at.dossiers("sale_lines", order_pipelines=["orders"], sold=False)["102"]
    assert [s.id for s in off.sale_lines] == ["900"]


def test_deal_splits_share_out_every_line_of_the_deal(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", **WON)
    line(at, "910", "900")
    at.portal.splits["900"] = [
        {"hubspot_owner_id": "7", "hs_deal_split_percentage": "0.6"},
        {"hubspot_owner_id": "8", "hs_deal_split_percentage": "0.4"},
    ]
    objects = {"splits": {"enabled": True}}
    assert only(at, "sale_lines", objects=objects).credits == (
        Credit(person_id="7", share=Decimal("0.6")),
        Credit(person_id="8", share=Decimal("0.4")),
    )
    assert only(at, "sale_lines").credits == ()
    at.portal.hidden.add("crm.dealsplits.read_write")
    assert only(at, "sale_lines", objects=objects).credits == ()


# -- money ---------------------------------------------------------------------------------------


def rate(code: str, value: float, since: str) -> dict[str, Any]:
    return {"fromCurrencyCode": code, "toCurrencyCode": "USD", "conversionRate": value, "effectiveAt": since}


def test_amounts_in_another_currency_are_converted_as_hubspot_converted_their_deal(
    bench: Callable[..., Any],
) -> None:
    """1000 EUR counted as 1100 USD, so a line of 333.33 EUR is 366.66 USD."""
    at = bench()
    deal(at, "900", deal_currency_code="EUR", amount_in_home_currency="1100", **WON)
    line(at, "910", "900", amount="333.33", hs_line_item_currency_code="EUR")
    at.portal.rates = [rate("EUR", 9.0, "2020-01-01T00:00:00Z")]
    assert only(at, "opportunities").amount == Decimal("1100.00")
    assert only(at, "opportunities").lines[0].amount == Decimal("366.66")
    assert only(at, "sale_lines").revenue == Decimal("366.66")


def test_else_at_the_rate_of_the_day_it_was_closed(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", deal_currency_code="EUR", **WON)
    at.portal.rates = [rate("EUR", 1.25, "2026-01-01T00:00:00Z"), rate("EUR", 9.0, "2026-04-01T00:00:00Z"),
                       {**rate("EUR", 7.0, "2026-01-01T00:00:00Z"), "toCurrencyCode": "GBP"}]  # fmt: skip
    assert only(at, "sale_lines").revenue == Decimal("1250.00")


@pytest.mark.parametrize(("code", "hidden"), [("EUR", False), ("EUR", True), ("ZZZ", False)])
def test_what_cannot_be_converted_is_unknown_and_reported_and_never_summed_raw(
    bench: Callable[..., Any], code: str, hidden: bool
) -> None:
    at = bench()
    at.portal.hidden |= {"settings.currencies.read"} if hidden else set()
    deal(at, "900", deal_currency_code=code, **WON)
    line(at, "910", "900", hs_cost_of_goods_sold="1", quantity="2")
    reading = at.reading()
    dossier = next(d for d in reading.book.dossiers("sale_lines", "opportunities") if d.id == "102")
    assert dossier.sale_lines == ()
    assert isinstance(dossier.opportunities[0].amount, Unknown)
    assert any("cannot be converted" in str(p) for p in reading.problems)


def test_a_cost_in_another_currency_is_unknown(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", deal_currency_code="EUR", amount_in_home_currency="1100", **WON)
    line(at, "910", "900", hs_cost_of_goods_sold="1", quantity="2")
    assert only(at, "sale_lines").cost.why is Why.NOT_SUPPORTED


def test_no_rates_are_asked_for_where_all_is_in_one_currency(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", deal_currency_code="usd", **WON)
    only(at, "sale_lines")
    assert at.hubspot.count("exchange rates") == 0


def test_a_book_in_another_currency_than_the_companys_converts_all_of_it(bench: Callable[..., Any]) -> None:
    at = bench()
    deal(at, "900", amount_in_home_currency="1000", **WON)
    at.portal.rates = [{**rate("USD", 0.5, "2020-01-01T00:00:00Z"), "toCurrencyCode": "EUR"}]
    assert only(at, "sale_lines", currency="EUR").revenue == 500
    assert at.reading({"currency": "EUR"}).book.header.currency == "EUR"


# -- with whom, and where ------------------------------------------------------------------------


def links(**labels: str | None) -> dict[str, tuple[Link, ...]]:
    return {contact.strip("c"): (Link(3), Link(77, label)) for contact, label in labels.items()}


@pytest.mark.parametrize(
    ("linked", "buyer"),
    [
        ({}, Why.BLANK),
        (links(c1=None), "1"),
        (links(c1=None, c2=None), Why.BLANK),
        (links(c1=None, c2="Adviser"), "2"),
        (links(c1="Decision_Maker", c2="Adviser"), "1"),
        (links(c1="The Boss", c2="Decision_maker"), Why.BLANK),
        (links(c1="Adviser", c2="Lawyer", c3=None), Why.BLANK),
    ],
)
def test_the_buyer_is_whoever_decides_by_label_or_is_the_only_one_and_never_a_guess(
    linked: Any, buyer: Any
) -> None:
    found = buyer_of(linked, DECIDING)
    assert (found.why if isinstance(found, Unknown) else found) == buyer


@pytest.mark.parametrize(
    ("companies", "account", "location"),
    [
        ({"103": (6,)}, "101", "103"),
        ({"101": (6,), "103": (341,)}, "101", "103"),
        ({"101": (6,), "103": (341,), "104": (341,)}, "101", None),
        ({"101": (341,), "103": (6,), "104": (341,)}, "101", "103"),
        ({"102": (6, 341)}, "102", "102"),
        ({"101": (341,), "102": (6,)}, "102", "102"),
    ],
)
def test_a_deal_belongs_to_its_primary_company_and_to_the_place_it_is_linked_to(
    bench: Callable[..., Any], companies: dict[str, tuple[int, ...]], account: str, location: str | None
) -> None:
    at = bench()
    at.portal.add("companies", "104", name="Depot", hs_num_child_companies="0")
    at.portal.link("companies", "101", "companies", "104", (13, 14))
    at.portal.objects["companies"]["101"].properties.update(hs_num_child_companies="2")
    at.portal.add(
        "deals", "900", dealname="D", pipeline="p", createdate="2026-01-01T10:00:00Z", amount="5", **WON
    )
    for company, types in companies.items():
        for type_id in types:
            at.portal.link("companies", company, "deals", "900", (type_id, 0))
    reading = at.reading({"own_location": "auto"})
    found = {d.id: [s for s in d.sale_lines if s.id == "900"] for d in reading.book.dossiers("sale_lines")}
    assert [i for i, sales in found.items() if sales] == [account]
    sale = found[account][0]
    assert (None if isinstance(sale.location_id, Unknown) else sale.location_id) == location
    assert len(reading.problems) == 0


def test_a_deal_without_a_primary_company_is_counted_once_and_noted(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.add(
        "deals", "900", dealname="D", pipeline="p", createdate="2026-01-01T10:00:00Z", amount="5", **WON
    )
    for company in ("101", "102"):
        at.portal.link("companies", company, "deals", "900", (341, 342))
    reading = at.reading()
    sales = [s.id for d in reading.book.dossiers("sale_lines") for s in d.sale_lines]
    assert sales.count("900") == 1
    assert "none of them its primary company; counted with 101" in str(next(iter(reading.problems)))


def test_a_deal_whose_primary_company_is_elsewhere_is_left_to_its_book(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.add("deals", "900", dealname="D", pipeline="p", createdate="2026-01-01T10:00:00Z", amount="5",
                  hs_primary_associated_company="777", **WON)  # fmt: skip
    at.portal.link("companies", "101", "deals", "900", (341, 342))
    reading = at.reading()
    assert [s.id for d in reading.book.dossiers("sale_lines") for s in d.sale_lines] == ["401", "402"]
    assert "its primary company is 777" in str(next(iter(reading.problems)))


def test_hidden_contacts_or_lines_leave_unknown_what_they_tell(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.hidden |= {"crm.objects.contacts.read", "crm.objects.line_items.read"}
    dossier = at.dossiers("opportunities", "sale_lines", "buyers")["101"]
    assert {dossier.sale_lines.why, dossier.buyers.why, dossier.opportunities[0].lines.why} == {
        Why.NOT_PERMITTED
    }


def test_links_that_are_refused_leave_the_buyer_unknown(bench: Callable[..., Any]) -> None:
    at = bench()
    refused = {"category": "MISSING_SCOPES"}
    at.hubspot.fail(times=9, status=403, body=refused, when=lambda r: (r.kind, r.to) == ("deals", "contacts"))
    assert {s.buyer_id.why for s in at.dossiers("sale_lines")["101"].sale_lines} == {Why.NOT_PERMITTED}


def test_what_hidden_contacts_leave_open_is_declared_as_it_shows_in_the_records(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.hidden.add("crm.objects.contacts.read")
    adapter = at.adapter({"stage_history": False})
    gaps = adapter.capabilities.gaps
    (dossier, _) = adapter.read(BookRequest(manager_id="7", period=at.period)).book
    assert dossier.sale_lines[0].buyer_id == gaps["sale_lines.buyer_id"]
    assert dossier.opportunities[0].lines[0].buyer_id == gaps["opportunities.lines.buyer_id"]
    assert dossier.opportunities[0].stays == gaps["opportunities.stays"]


def test_stages_that_say_nothing_of_their_probability_are_kept() -> None:
    found = stages(
        [
            {
                "id": "p",
                "stages": [
                    {"id": "s", "label": "S", "metadata": {"probability": "half"}},
                    {"id": "t", "label": "T"},
                ],
            }
        ]
    )
    assert {(s.label, s.closed, s.probability.why) for s in found.values()} == {
        ("S", False, Why.BLANK),
        ("T", False, Why.BLANK),
    }
