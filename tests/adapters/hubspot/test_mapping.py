"""Customers, people and service: what becomes of what a portal holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_adapters.contract import BookRequest, Effect, SourceError
from sam_adapters.convert import Format, StrictReadingError, UnreadableError
from sam_adapters.hubspot.records import UTC_DAYS, day, days, moment
from sam_core.book import BuyerRole, MeetingMode, ProductKind, QuotaCounts
from sam_core.values import Period, Unknown, Why

# -- scalars -------------------------------------------------------------------------------------


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_the_same_in_both_ways_hubspot_writes_it(at: datetime) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    millis = round(at.timestamp() * 1000)
    assert moment(at.isoformat().replace("+00:00", "Z")) == moment(str(millis)) == at


def test_a_date_in_milliseconds_is_that_date_in_every_zone_and_a_moment_the_zones_day() -> None:
    from zoneinfo import ZoneInfo

    new_york = Format(zone=ZoneInfo("America/New_York"))
    assert day("1767225600000", new_york) == date(2026, 1, 1)
    assert day("1767229200000", new_york) == date(2025, 12, 31)
    assert day("2026-01-01T00:00:00Z", new_york) == date(2025, 12, 31)
    assert day("2026-01-01T00:00:00Z", UTC_DAYS) == date(2026, 1, 1)
    assert days("2026-01-01; 2026-02-01;") == (date(2026, 1, 1), date(2026, 2, 1))
    with pytest.raises(UnreadableError):
        day("tomorrow")


# -- hierarchy -----------------------------------------------------------------------------------


def company(at: Any, i: str, parent: str = "", owner: str = "7", **more: Any) -> None:
    at.portal.add(
        "companies", i, **{"name": f"C{i}", "hubspot_owner_id": owner, "hs_num_child_companies": "0", **more}
    )
    if parent:
        at.portal.link("companies", parent, "companies", i, (13, 14))
        record = at.portal.objects["companies"][parent].properties
        record["hs_num_child_companies"] = str(int(record["hs_num_child_companies"]) + 1)


def test_child_companies_of_every_level_are_locations_whoever_owns_them(bench: Callable[..., Any]) -> None:
    at = bench()
    company(at, "110", "103", owner="8")
    company(at, "111", "110", owner="7")
    dossiers = at.dossiers("locations")
    assert {i: [place.id for place in d.locations] for i, d in dossiers.items()} == {
        "101": ["101", "103", "110", "111"],
        "102": ["102"],
    }


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("auto", {"101": ["101", "103"], "102": ["102"]}),
        ("always", {"101": ["101", "103"], "102": ["102"]}),
        ("never", {"101": ["103"], "102": []}),
    ],
)
def test_an_account_is_a_location_itself_as_the_mapping_says(
    bench: Callable[..., Any], own: str, expected: Any
) -> None:
    found = bench().dossiers("locations", own_location=own)
    assert {i: [place.id for place in d.locations] for i, d in found.items()} == expected


def test_an_account_with_children_and_no_address_is_no_location(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["companies"]["101"].properties.pop("city")
    assert [place.id for place in at.dossiers("locations")["101"].locations] == ["103"]


def test_no_call_is_made_for_children_where_the_parents_property_tells_all(bench: Callable[..., Any]) -> None:
    at = bench()
    company(at, "110", owner="7", hs_parent_company_id="102")
    at.portal.link("companies", "102", "companies", "110", (13, 14))
    at.portal.objects["companies"]["102"].properties["hs_num_child_companies"] = "1"
    at.portal.objects["companies"]["103"].properties.update(hubspot_owner_id="7", hs_parent_company_id="101")
    assert [place.id for place in at.dossiers("locations")["102"].locations] == ["102", "110"]
    assert not [r for r in at.hubspot.requests if (r.name, r.to) == ("associations", "companies")]


def test_a_ring_of_parents_is_one_account(bench: Callable[..., Any]) -> None:
    at = bench()
    company(at, "110", "102")
    at.portal.link("companies", "110", "companies", "102", (13, 14))
    at.portal.objects["companies"]["110"].properties["hs_num_child_companies"] = "1"
    assert set(at.dossiers("locations")) == {"101", "102"}


def test_a_company_without_a_name_is_left_out_and_reported(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["companies"]["102"].properties.pop("name")
    reading = at.reading()
    assert [d.id for d in reading.book] == ["101"]
    assert ("companies", "102", "name") in {(p.where, p.record, p.field) for p in reading.problems}


def test_an_owner_property_of_the_companys_own_decides_whose_book_it_is(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.declare("companies", ["account_manager"])
    at.portal.objects["companies"]["103"].properties["account_manager"] = "8"
    assert set(at.reading({"owner_property": "account_manager"}, "bo@example.com").book.header.id) == {"8"}
    book = at.reading({"owner_property": "account_manager"}, "8").book
    assert [d.id for d in book] == ["103"]
    with pytest.raises(SourceError, match="no property 'nobody_heard_of'"):
        list(at.reading({"owner_property": "nobody_heard_of"}).book)


def test_todays_holder_is_known_with_the_day_it_was_assigned(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["companies"]["101"].properties["hubspot_owner_assigneddate"] = "2025-05-05T10:00:00Z"
    dossiers = at.dossiers("assignments")
    assert [(a.person_id, a.start) for a in dossiers["101"].assignments] == [("7", date(2025, 5, 5))]
    assert dossiers["102"].assignments[0].start.why is Why.BLANK


def test_a_child_owned_by_nobody_has_no_holder(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.declare("companies", ["account_manager"])
    at.portal.add("companies", "130", name="C", account_manager="7", hs_num_child_companies="0")
    assert at.dossiers("assignments", owner_property="account_manager")["130"].assignments == ()


# -- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "labels", "role"),
    [
        ("END_USER", (), BuyerRole.USER),
        ("INFLUENCER;BLOCKER;END_USER", (), BuyerRole.BLOCKER),
        ("BUDGET_HOLDER", ("Champion",), BuyerRole.DECISION_MAKER),
        ("", ("Champion",), BuyerRole.CHAMPION),
        ("", ("Golf partner",), Why.BLANK),
        ("", (), Why.BLANK),
        ("WIZARD", (), Why.UNREADABLE),
        ("WIZARD;CHAMPION", (), BuyerRole.CHAMPION),
    ],
)
def test_a_buyers_role_is_by_its_property_else_by_labels(
    bench: Callable[..., Any], said: str, labels: Any, role: Any
) -> None:
    at = bench()
    at.portal.objects["contacts"]["202"].properties.pop("hs_buying_role", None)
    if said:
        at.portal.objects["contacts"]["202"].properties["hs_buying_role"] = said
    for n, label in enumerate(labels):
        at.portal.link("companies", "102", "contacts", "202", (90 + n, 80 + n), label)
    found = at.dossiers("buyers")["102"].buyers[0].role
    assert (found.why if isinstance(found, Unknown) else found) == role


def test_a_word_of_the_company_means_what_the_mapping_says(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["contacts"]["202"].properties["hs_buying_role"] = "Einkauf"
    assert (
        at.dossiers("buyers", values={"buyer_role": {"EINKAUF": "blocker"}})["102"].buyers[0].role
        is BuyerRole.BLOCKER
    )


def test_a_contact_goes_by_its_address_where_it_has_no_name_and_is_left_out_without_either(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.add("contacts", "203", email="x@example.com")
    at.portal.add("contacts", "204", jobtitle="Ghost")
    for i in ("203", "204"):
        at.portal.link("companies", "102", "contacts", i, (2, 1))
    reading = at.reading()
    assert [b.name for d in reading.book.dossiers("buyers") for b in d.buyers] == [
        "Nora N",
        "Per P",
        "x@example.com",
    ]
    assert [p.record for p in reading.problems] == ["204"]


def test_a_contact_of_two_accounts_is_a_buyer_of_both(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.link("companies", "101", "contacts", "202", (280, 279))
    dossiers = at.dossiers("buyers")
    assert [(b.id, b.location_id) for b in dossiers["101"].buyers] == [("201", "103"), ("202", "101")]
    assert [(b.id, b.location_id) for b in dossiers["102"].buyers] == [("202", "102")]


def test_people_are_all_owners_with_what_the_mapping_adds_by_id_or_address(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.owners.append({"id": "9", "email": "", "archived": False})
    people = {
        "ada@example.com": {
            "role": "senior account manager",
            "manager_id": "BO@example.com",
            "supports_account_ids": [],
        },
        "8": {"manager_id": ""},
    }
    people = {key.upper(): said for key, said in people.items()}  # an address is the same in capitals
    reading = at.reading({"people": people})
    ada, bo = reading.book.header.people
    assert (ada.role.value, ada.manager_id, ada.supports_account_ids) == ("senior account manager", "8", ())
    assert (bo.name, bo.role.why, bo.manager_id) == ("Bo", Why.NOT_CONFIGURED, None)
    assert [p.record for p in reading.problems] == ["9"]


def test_nobody_of_that_name_and_an_owner_without_a_name_have_no_book(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.owners.append({"id": "9", "email": "", "archived": False})
    with pytest.raises(SourceError, match=r"no owner 'adda@example.com'; did you mean 'ada@example.com'"):
        at.reading(manager="adda@example.com")
    with pytest.raises(SourceError, match="neither a name nor an e-mail address"):
        at.reading(manager="9")


# -- service -------------------------------------------------------------------------------------


def test_tickets_are_cases_and_who_raised_them_is_read_on_request(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.link("tickets", "601", "contacts", "202", (16, 15))
    case = at.dossiers("cases")["102"].cases[0]
    assert (case.id, case.opened_at, case.priority, case.location_id) == (
        "601",
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        "HIGH",
        "102",
    )
    assert case.buyer_id is None
    assert at.dossiers("cases", ticket_contacts=True)["102"].cases[0].buyer_id == "202"
    assert at.adapter().capabilities.gaps["cases.buyer_id"].why is Why.NOT_CONFIGURED
    at.portal.hidden.add("crm.objects.contacts.read")
    assert at.dossiers("cases", ticket_contacts=True)["102"].cases[0].buyer_id is None


def meeting(at: Any, i: str, **more: Any) -> None:
    at.portal.add("meetings", i, hs_meeting_start_time="2026-02-02T09:00:00Z", **more)
    at.portal.link("companies", "102", "meetings", i, (187, 188))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("In-person", MeetingMode.IN_PERSON),
        ("Video call", MeetingMode.VIDEO),
        ("QBR", Why.UNREADABLE),
        ("", Why.BLANK),
    ],
)
def test_how_people_met_is_by_the_configured_type(bench: Callable[..., Any], kind: str, mode: Any) -> None:
    at = bench()
    meeting(at, "701", hs_activity_type=kind)
    found = at.dossiers("meetings")["102"].meetings[0].mode
    assert (found.why if isinstance(found, Unknown) else found) == mode
    said = at.dossiers("meetings", values={"meeting_mode": {"qbr": "in person"}})["102"].meetings[0].mode
    assert (said is MeetingMode.IN_PERSON) == (kind in {"QBR", "In-person"})


def test_meetings_that_came_to_nothing_are_none_and_calls_are_by_phone(bench: Callable[..., Any]) -> None:
    at = bench()
    meeting(at, "701", hs_meeting_outcome="NO_SHOW")
    meeting(at, "702", hs_meeting_outcome="COMPLETED", hubspot_owner_id="7", hs_attendee_owner_ids="8;7")
    meeting(at, "703")
    at.portal.link("meetings", "702", "contacts", "202", (200, 199))
    at.portal.add(
        "calls", "704", hs_timestamp="1767225600000", hs_call_status="COMPLETED", hubspot_owner_id="7"
    )
    at.portal.add("calls", "705", hs_timestamp="1767225600000", hs_call_status="NO_ANSWER")
    for i in ("704", "705"):
        at.portal.link("companies", "102", "calls", i, (181, 182))
    found = {m.id: m for m in at.dossiers("meetings")["102"].meetings}
    assert set(found) == {"702", "703", "704"}
    assert (found["702"].our_ids, found["702"].buyer_ids) == (("8", "7"), ("202",))
    assert found["703"].our_ids.why is Why.BLANK
    assert (found["704"].mode, found["704"].held_at) == (MeetingMode.PHONE, datetime(2026, 1, 1, tzinfo=UTC))


def answer(at: Any, i: str, to: tuple[str, str] = ("contacts", "202"), **more: Any) -> None:
    given = {"hs_survey_type": "NPS", "hs_value": "9", "hs_submission_timestamp": "2026-03-04T05:00:00Z"}
    at.portal.add("feedback_submissions", i, **{**given, **more})
    at.portal.link(*to, "feedback_submissions", i, (97, 98))


def test_answers_keep_their_instrument_and_its_scale(bench: Callable[..., Any]) -> None:
    at = bench()
    answer(at, "801")
    answer(at, "802", hs_survey_type="CSAT", hs_value="2")
    answer(at, "803", ("tickets", "601"), hs_survey_type="CES", hs_value="7")
    answer(at, "804", hs_survey_type="NPS", hs_value="11")
    reading = at.reading({"scales": {"CSAT": [0, 2]}})
    found = next(d.readings for d in reading.book.dossiers("readings") if d.id == "102")
    assert [(r.id, r.instrument, r.lowest, r.highest, r.value) for r in found] == [
        ("801", "NPS", 0, 10, 9),
        ("802", "CSAT", 0, 2, 2),
        ("803", "CES", 1, 7, 7),
    ]
    assert [r.respondent_id for r in found[:2]] == ["202", "202"]
    assert found[2].respondent_id.why is Why.BLANK
    assert [p.record for p in reading.problems] == ["804"]


def test_an_answer_on_a_scale_nobody_has_said_is_left_out_with_what_to_do(bench: Callable[..., Any]) -> None:
    at = bench()
    answer(at, "801", hs_survey_type="CSAT")
    reading = at.reading()
    assert [d.readings for d in reading.book.dossiers("readings")] == [(), ()]
    assert "say it in hubspot.scales" in str(next(iter(reading.problems)))


def test_feedback_without_contacts_or_tickets_is_unknown_and_not_empty(bench: Callable[..., Any]) -> None:
    for scope in ("crm.objects.contacts.read", "tickets", "crm.objects.feedback_submissions.read"):
        at = bench()
        at.portal.hidden.add(scope)
        assert at.dossiers("readings")["102"].readings.why is Why.NOT_PERMITTED
    without = bench()
    without.portal.hidden.add("tickets")
    assert without.dossiers("readings", objects={"tickets": {"enabled": False}})["102"].readings == ()


# -- the header ----------------------------------------------------------------------------------


def goal(at: Any, i: str, **more: Any) -> None:
    given = {
        "hs_goal_type": "sales_quota",
        "hs_target_amount": "1000",
        "hs_start_datetime": "2026-01-01T00:00:00.000Z",
        "hs_end_datetime": "2026-03-31T23:59:59.999Z",
    }
    at.portal.add("goal_targets", i, **{**given, **more})


def test_goals_are_quotas_of_whom_they_are_assigned_to_not_of_their_author(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.zone = "America/New_York"
    goal(at, "901", hubspot_owner_id="7")
    at.portal.owners[0]["userIdIncludingInactive"] = 70
    goal(at, "902", hs_assignee_user_id="70", hs_goal_target_currency_code="EUR")
    goal(at, "903", hs_created_by_user_id="70", hubspot_owner_id="8")
    goal(at, "904", hubspot_owner_id="7", hs_goal_type="calls_made")
    at.portal.rates = [
        {
            "fromCurrencyCode": "EUR",
            "toCurrencyCode": "USD",
            "conversionRate": 1.1,
            "effectiveAt": "2025-01-01T00:00:00Z",
        }
    ]
    reading = at.reading()
    quotas = reading.book.header.quotas
    assert [(q.id, q.amount, q.period, q.counts) for q in quotas] == [
        ("901", 1000, Period.parse("2026Q1"), QuotaCounts.REVENUE),
        ("902", Decimal("1100.0"), Period.parse("2026Q1"), QuotaCounts.REVENUE),
    ]
    assert [(p.record, p.field) for p in reading.problems] == [("904", "counts")]
    assert reading.book.header.provenance.problems == 1


@pytest.mark.parametrize(
    ("more", "config", "said"),
    [
        ({"hs_goal_target_currency_code": "EUR"}, {}, "EUR cannot be converted"),
        ({"hs_goal_type": "x"}, {"values": {"quota_counts": {"x": "happiness"}}}, "none of the 3 words"),
    ],
)
def test_a_goal_that_cannot_be_read_is_left_out(
    bench: Callable[..., Any], more: Any, config: Any, said: str
) -> None:
    at = bench()
    goal(at, "901", hubspot_owner_id="7", **more)
    reading = at.reading(config)
    assert reading.book.header.quotas == ()
    assert said in str(next(iter(reading.problems)))


def test_products_are_products_or_services_by_their_type(bench: Callable[..., Any]) -> None:
    at = bench()
    for i, kind in (("502", "service"), ("503", "non_inventory"), ("504", "wizardry")):
        at.portal.add("products", i, name=i, hs_product_type=kind)
    reading = at.reading()
    kinds = {p.id: p.kind for p in reading.book.header.offering.products}
    assert (kinds["502"], kinds["503"]) == (ProductKind.SERVICE, ProductKind.PRODUCT)
    assert (kinds["501"].why, kinds["504"].why) == (Why.BLANK, Why.UNREADABLE)


def test_the_provenance_names_portal_version_plan_and_assumptions(bench: Callable[..., Any]) -> None:
    provenance = bench().reading({"plan": "search", "api_version": "2026-03"}).book.header.provenance
    assert provenance.source == "hubspot: portal 62515, API 2026-03, search plan"
    assert any("owner of today" in sentence for sentence in provenance.assumptions)


def test_training_from_a_custom_object_is_the_managers_where_nobody_is_named(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.add("2-5", "950", course="Listening", hubspot_owner_id="7")
    objects = {"training": {"object": "2-5", "fields": {"title": "course"}}}
    (one,) = at.reading({"objects": objects}).book.header.training
    assert (one.person_id, one.title, one.due_on.why) == ("7", "Listening", Why.NOT_CONFIGURED)
    objects["training"]["person"] = "trainee"
    assert at.reading({"objects": objects}).book.header.training.why is Why.NOT_CONFIGURED
    objects["training"]["object"] = "2-6"
    assert at.reading({"objects": objects}).book.header.training.why is Why.NOT_CONFIGURED


def test_plan_parts_that_are_not_configured_are_unknown(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.add("2-5", "950", title="Plan", start="2026-01-01", end="2026-12-31")
    at.portal.link("companies", "102", "2-5", "950")
    names = {n: n for n in ("title", "start", "end")}
    config = {"objects": {"plans": {"object": "2-5", "fields": names}}}
    (plan,) = at.dossiers("plans", **config)["102"].plans
    assert {plan.sessions.why, plan.needs.why, plan.initiatives.why, plan.targets.why} == {Why.NOT_CONFIGURED}
    gaps = at.adapter(config).capabilities.gaps
    assert {"plans.sessions", "plans.initiatives", "plans.reviewed_on"} <= set(gaps)


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ({}, None),
        ({"company_invests": "1"}, Why.BLANK),
        ({"company_invests": "much"}, Why.UNREADABLE),
        ({"company_invests": "1", "customer_invests": "2"}, (1, 2)),
    ],
)
def test_an_investment_is_of_both_sides_or_not_known(
    bench: Callable[..., Any], sides: Any, expected: Any
) -> None:
    at = bench()
    at.portal.add("2-5", "950", title="Plan", start="2026-01-01", end="2026-12-31")
    at.portal.link("companies", "102", "2-5", "950")
    at.portal.add("2-6", "951", title="I", **{"company_invests": "", "customer_invests": "", **sides})
    at.portal.link("2-5", "950", "2-6", "951")
    objects = {
        "plans": {"object": "2-5", "fields": {n: n for n in ("title", "start", "end")}},
        "initiatives": {
            "object": "2-6",
            "fields": {n: n for n in ("title", "company_invests", "customer_invests")},
        },
    }
    (initiative,) = at.dossiers("plans", objects=objects)["102"].plans[0].initiatives
    found = initiative.investment
    if isinstance(found, Unknown):
        found = found.why
    elif found is not None:
        found = (found.company, found.customer)
    assert found == expected


def test_locations_from_a_custom_object_take_the_place_of_companies(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.add("2-5", "950", site="Dock 3", town="Rotterdam")
    at.portal.link("companies", "102", "2-5", "950")
    objects = {"locations": {"object": "2-5", "fields": {"name": "site", "city": "town", "country": "=NL"}}}
    found = at.dossiers("locations", objects=objects)
    assert [(p.name, p.city, p.country) for p in found["102"].locations] == [("Dock 3", "Rotterdam", "NL")]
    assert found["101"].locations == ()


def test_a_collection_nobody_knows_is_refused_by_name(bench: Callable[..., Any]) -> None:
    from sam_adapters.contract import AdapterError

    with pytest.raises(AdapterError, match="no collection 'buyer'; did you mean 'buyers'"):
        bench().dossiers("buyer")


def test_a_strict_reading_stops_at_the_first_problem(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["companies"]["102"].properties.pop("name")
    with pytest.raises(StrictReadingError, match="companies, 102, name"):
        list(at.adapter().read(BookRequest(manager_id="7", period=at.period, strict=True)).book)


def test_problems_say_what_became_of_the_record(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["tickets"]["601"].properties["closed_date"] = "2020-01-01T00:00:00Z"
    at.portal.objects["line_items"]["401"].properties["quantity"] = "two"
    reading = at.reading()
    list(reading.book)
    assert {(p.record, p.field, p.effect) for p in reading.problems} == {
        ("601", "closed_at", Effect.LEFT_OUT),
        ("401", "quantity", Effect.VALUE_UNKNOWN),
    }


def test_texts_that_look_like_no_value_are_texts(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.objects["tickets"]["601"].properties.update(subject="NULL", hs_ticket_priority="N/A")
    case = at.dossiers("cases")["102"].cases[0]
    assert (case.subject, case.priority) == ("NULL", "N/A")


def test_a_time_zone_this_machine_does_not_know_ends_the_reading_with_what_to_do(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.zone = "Mars/Olympus"
    with pytest.raises(SourceError, match="'Mars/Olympus'; install tzdata"):
        at.reading()
