"""The doctor: what is usable, what is missing, what that leaves open, and what a reading costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from sam_adapters.contract import BookRequest, SourceError
from sam_adapters.hubspot.doctor import ObjectState, doctor, render
from sam_adapters.testing import reference_corpus
from sam_adapters.testing.hubspot_corpus import hubspot_portal
from sam_core.values import Why


@frozen
class Rule:
    id: str
    required: tuple[str, ...]


RULES = (Rule("A-1", ("buyers",)), Rule("B-2", ("plans", "cases")))


def states(report: Any) -> dict[str, ObjectState]:
    return {one.key: one.state for one in report.objects}


def test_a_portal_that_gives_all_of_the_map_is_healthy_with_only_the_rest_unknown(
    bench: Callable[..., Any],
) -> None:
    portal, mapping = hubspot_portal(reference_corpus())
    report = doctor(bench(portal).adapter(mapping), rules=RULES)
    assert report.healthy
    assert report.not_assessable == {}
    assert {key for key, state in states(report).items() if state is ObjectState.NOT_CONFIGURED} == {
        "locations",
        "splits",
    }
    assert "Orders (orders, orders): Shipped (closed, 100%)" in render(report)


def test_missing_scopes_properties_and_objects_are_named_with_what_they_leave_open(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    at.portal.hidden.add("tickets")
    at.portal.removed.add(("deals", "hs_next_step"))
    report = doctor(
        at.adapter({"objects": {"team": {"object": "2-9", "fields": {"person_id": "p"}}}}), rules=RULES
    )
    found = {one.key: one for one in report.objects}
    assert found["tickets"].state is ObjectState.MISSING
    assert found["team"].reason == "2-9: this portal has no such object; name another in the mapping"
    assert (found["deals"].state, found["deals"].missing) == (ObjectState.PARTLY, ("hs_next_step",))
    assert report.not_assessable == {"B-2": ("cases", "plans")}
    assert report.gaps["cases"].why is Why.NOT_PERMITTED
    text = render(report)
    for line in (
        "  tickets (tickets): tickets: grant the scope tickets",
        "  deals (deals): no property hs_next_step",
        "  opportunities.next_step: not-configured (deals.hs_next_step: this portal has no such property)",
        "  B-2: lacks cases and plans",
        "  Sales (p, opportunities): Offer (40%), Won (closed, 100%), Lost (closed, 0%)",
    ):
        assert line in text.splitlines()
    assert report.healthy


@pytest.mark.parametrize("plan", ["batch", "search"])
def test_the_calls_it_foretells_for_a_book_are_the_calls_a_reading_makes(
    bench: Callable[..., Any], plan: str
) -> None:
    at = bench()
    at.hubspot.association_page = 20  # a company's links come in pages of their own
    for n in range(230):
        at.portal.add("contacts", str(5000 + n), firstname="N", lastname=str(n))
        at.portal.link("companies", "102", "contacts", str(5000 + n), (2, 1))
    report = doctor(at.adapter({"plan": plan}), "ada@example.com", rules=RULES)
    at.hubspot.requests.clear()
    adapter = at.adapter(
        {"plan": plan, "objects": {"products": {"enabled": False}, "quotas": {"enabled": False}}}
    )
    reading = adapter.read(BookRequest(manager_id="7", period=at.period))
    list(reading.book.dossiers("buyers", "sale_lines", "opportunities", "cases"))
    settings = ("owners", "account", "pipelines", "properties")
    made = {step: n for step, n in adapter.ledger.calls.items() if not step.startswith(settings)}
    assert made == {step: n for step, n in report.calls.items() if step != "settings"}
    assert {"batch read companies", "associations companies to companies"} < made.keys()  # the child company
    assert made["associations companies to contacts"] == 12
    assert report.planned == sum(report.calls.values())
    assert f"of ada@example.com: {report.planned}" in render(report)


def test_hidden_objects_cost_nothing(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.hidden |= {"tickets", "crm.objects.line_items.read", "crm.objects.deals.read"}
    calls = doctor(at.adapter(), "7", rules=RULES).calls
    assert not [step for step in calls if "tickets" in step or "deals" in step]
    assert doctor(at.adapter(), rules=RULES).pipelines == {}


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (
            "crm.objects.owners.read",
            "owners: grant the scope crm.objects.owners.read; nobody's book can be found",
        ),
        (
            "crm.objects.companies.read",
            "companies: grant the scope crm.objects.companies.read; no book can be read",
        ),
    ],
)
def test_a_portal_without_owners_or_companies_gives_no_book(
    bench: Callable[..., Any], scope: str, said: str
) -> None:
    at = bench()
    at.portal.hidden.add(scope)
    report = doctor(at.adapter(), "7", rules=RULES)
    assert not report.healthy
    assert said in report.problems[0]
    assert report.calls == {}
    assert "Needs attention before a book can be read:" in render(report)
    with pytest.raises(SourceError):
        list(at.reading().book)


def test_settings_that_do_not_fit_the_portal_are_problems(bench: Callable[..., Any]) -> None:
    report = doctor(
        bench().adapter({"owner_property": "account_manager", "order_pipelines": ["gone"]}), rules=RULES
    )
    assert report.problems == (
        "companies have no property account_manager; set hubspot.owner_property",
        "hubspot.order_pipelines: this portal has no pipeline 'gone'",
    )


def test_people_whom_the_portal_does_not_know_are_problems(bench: Callable[..., Any]) -> None:
    people = {"Ada@Example.com": {"role": "account manager"}, "8": {}, "adda@example.com": {}}
    report = doctor(bench().adapter({"people": people}), rules=RULES)
    assert report.problems == ("hubspot.people: this portal has no owner 'adda@example.com'",)


def test_an_object_beyond_the_subscription_is_said_to_be(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(
        times=9, status=403, body={"category": "FORBIDDEN"}, when=lambda r: r.kind == "feedback_submissions"
    )
    found = {one.key: one for one in doctor(at.adapter(), rules=RULES).objects}
    assert (
        found["readings"].reason
        == "feedback_submissions: not part of the subscription, or hidden from this token"
    )


def test_pipelines_that_cannot_be_read_are_a_problem(bench: Callable[..., Any]) -> None:
    at = bench()
    at.hubspot.fail(
        times=9, status=400, body={"category": "VALIDATION_ERROR"}, when=lambda r: r.name == "pipelines"
    )
    assert "the pipelines of deals cannot be read" in doctor(at.adapter(), rules=RULES).problems[0]


def test_the_standard_rules_are_judged_where_no_others_are_given(bench: Callable[..., Any]) -> None:
    assert all(rule.strip() for rule in doctor(bench().adapter()).not_assessable)


def test_nobodys_calls_are_not_counted(bench: Callable[..., Any]) -> None:
    assert "Planned API calls" not in render(doctor(bench().adapter(), rules=RULES))
    with pytest.raises(SourceError, match="no owner 'x'"):
        doctor(bench().adapter(), "x", rules=RULES)
