"""What an org gives, what it keeps back, what that leaves open, and what a reading costs."""

from __future__ import annotations

from typing import Any

import pytest

from sam_adapters.contract import SourceError
from sam_adapters.salesforce.doctor import ObjectState, doctor, render
from sam_adapters.testing.salesforce import Fail
from sam_adapters.testing.salesforce_corpus import CORPUS_MAPPING
from sam_adapters.transport import RequestError
from sam_core.values import Why

ME = "005000000000000001"


def states(report: Any) -> dict[str, ObjectState]:
    return {one.key: one.state for one in report.objects}


def test_a_whole_org_is_healthy(bench: Any, corpus_adapter: Any) -> None:
    report = doctor(corpus_adapter)
    assert report.healthy
    assert not report.gaps
    assert not report.not_assessable
    assert ObjectState.MISSING not in states(report).values()


def test_what_is_hidden_is_told_with_what_it_leaves_open(bench: Any, small: Any) -> None:
    small.hidden.add("Case")
    del small.fields["Contact"]["Title"]
    report = doctor(bench.open(bench.serve(small)), ME)
    assert states(report)["cases"] is ObjectState.MISSING
    assert states(report)["contacts"] is ObjectState.PARTLY
    assert states(report)["readings"] is ObjectState.NOT_CONFIGURED
    assert states(report)["currencies"] is ObjectState.NOT_CONFIGURED
    assert report.gaps["cases"].why is Why.NOT_PERMITTED
    contacts = next(one for one in report.objects if one.key == "contacts")
    assert (contacts.missing, contacts.rows) == (("Title",), 0)
    lacking = {rule for rule, names in report.not_assessable.items() if "cases" in names}
    assert lacking
    text = render(report)
    assert "Case (cases): Case is absent, not licensed, or hidden" in text
    assert "missing or hidden: Title" in text
    assert all(rule in text for rule in lacking)


def test_the_plan_is_printed_and_kept(bench: Any, small: Any) -> None:
    loopback = bench.serve(small)
    report = doctor(bench.open(loopback), ME)
    assert f"Planned API calls for the book of {ME}: {report.planned} (describe 1, read 5)" in render(report)
    before = loopback.calls
    bench.read(bench.open(loopback))
    assert loopback.calls - before == report.planned
    assert f"{report.used} of 15000" in render(report)


def test_bulk_jobs_are_planned_too(bench: Any, small: Any) -> None:
    for number in range(2100):
        small.add("Contact", Id=f"003{number:015d}", AccountId="001000000000000001", Name=f"Contact {number}")
    small.add("Contract", Id="800", AccountId="001000000000000001", StatusCode="Activated")
    loopback = bench.serve(small)
    mapping = {"currency": "EUR", "bulk_above": 1}
    report = doctor(bench.open(loopback, mapping), ME)
    assert report.calls["bulk jobs"] == 4  # create, look, results, delete; the two accounts come on one page
    before = loopback.calls
    bench.read(bench.open(loopback, mapping))
    assert loopback.calls - before == report.planned


def test_without_a_manager_the_whole_org_is_planned(bench: Any, small: Any) -> None:
    report = doctor(bench.open(bench.serve(small)))
    assert "all books of the org in one pass" in render(report)
    assert report.whose == ""


def test_a_book_by_assignments_costs_one_call_more(
    bench: Any, corpus_adapter: Any, corpus_loopback: Any
) -> None:
    manager = corpus_adapter.managers()[0].id
    report = doctor(corpus_adapter, manager)
    assert report.calls["who holds what"] == 1
    assert report.calls["describe"] == 2
    before = corpus_loopback.calls
    bench.read(bench.open(corpus_loopback, CORPUS_MAPPING), manager)
    assert corpus_loopback.calls - before == report.planned


def test_a_manager_nobody_knows_is_refused(corpus_adapter: Any) -> None:
    with pytest.raises(SourceError, match="nobody of the id 'x'"):
        doctor(corpus_adapter, "x")


def test_what_keeps_every_book_from_being_read_comes_first(bench: Any, small: Any) -> None:
    small.hidden.add("Account")
    report = doctor(bench.open(bench.serve(small), {}), ME)
    assert not report.healthy
    assert len(report.problems) == 2
    text = render(report)
    assert "Account is absent" in text
    assert "set salesforce.currency" in text


def test_a_query_the_org_refuses_is_told_with_its_code(bench: Any, small: Any) -> None:
    loopback = bench.serve(small)
    answer = [{"errorCode": "INVALID_FIELD", "message": "No such column 'Parent' on entity 'Case'"}]
    loopback.fail(Fail(status=400, body=answer, match="COUNT() FROM Case", inner=True))
    report = doctor(bench.open(loopback), ME)
    assert states(report)["cases"] is ObjectState.MISSING
    assert "INVALID_FIELD" in render(report)
    assert "field Parent" in render(report)
    assert not report.healthy  # a reading would be refused the same way
    assert "counting Case: HTTP 400 INVALID_FIELD" in report.problems[0]
    with pytest.raises(RequestError, match="INVALID_FIELD"):
        loopback.fail(Fail(status=400, body=answer, match="FROM Case", inner=True))
        bench.read(bench.open(loopback))


@pytest.mark.parametrize(
    ("code", "name", "healthy", "state"),
    [
        ("INVALID_TYPE", "Case", True, ObjectState.MISSING),
        ("INVALID_TYPE", "Account", False, ObjectState.MISSING),
        ("QUERY_TIMEOUT", "Case", True, ObjectState.USABLE),
    ],
)
def test_what_the_org_says_to_a_count_is_what_it_would_say_to_a_reading(
    bench: Any, small: Any, code: str, name: str, healthy: bool, state: ObjectState
) -> None:
    loopback = bench.serve(small)
    fault = {"status": 400, "body": [{"errorCode": code, "message": ""}], "inner": True}
    loopback.fail(Fail(match=f"COUNT() FROM {name} ", **fault))
    report = doctor(bench.open(loopback), ME)
    assert report.healthy is healthy
    assert next(one.state for one in report.objects if one.object == name) is state
    if healthy and state is ObjectState.MISSING:
        before = loopback.calls
        loopback.fail(Fail(match=f"FROM {name} ", **fault))
        bench.read(bench.open(loopback))
        assert loopback.calls - before == report.planned
