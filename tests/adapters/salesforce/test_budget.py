"""A whole book in a handful of calls, and as many as were planned."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_adapters.contract import BookRequest
from sam_adapters.salesforce.client import pages_of, plan_calls
from sam_adapters.salesforce.doctor import doctor
from sam_adapters.salesforce.objects import STANDARD_OBJECTS
from sam_adapters.testing.salesforce import Org
from sam_adapters.testing.salesforce_sample import SAMPLE_MANAGER, SAMPLE_ROWS, sample_org
from sam_core.values import Period

CORE = ("accounts", "contacts", "opportunities", "lines", "cases")


@cache
def _sample() -> Org:
    return sample_org()


def _only(objects: tuple[str, ...]) -> dict[str, Any]:
    """A mapping that reads these objects, by API name."""
    off = {
        key: {"enabled": False}
        for key, spec in STANDARD_OBJECTS.items()
        if spec.object and spec.object not in objects
    }
    return {"currency": "EUR", "objects": off}


def _calls(bench: Any, mapping: dict[str, Any], org: Org | None = None) -> tuple[int, Any, Any]:
    loopback = bench.serve(org or _sample())
    adapter = bench.open(loopback, mapping)
    adapter.capabilities  # noqa: B018 - the describe
    described = loopback.calls
    reading = adapter.read(BookRequest(manager_id=SAMPLE_MANAGER, period=Period.year(2026)))
    return loopback.calls - described, adapter, reading


def test_the_five_core_objects_of_the_sample_book_take_eight_calls(bench: Any) -> None:
    core = tuple(STANDARD_OBJECTS[key].object for key in CORE)
    calls, adapter, reading = _calls(
        bench, _only((*core, "User"))
    )  # with the users, without whom nobody is named
    assert calls <= 8
    assert adapter.client.policy.ledger.rows["OpportunityLineItem"] == 15_000
    assert len(list(reading.book.dossiers("cases"))) == 200
    assert not reading.problems.counts


def test_sixteen_objects_take_no_more_than_twelve_calls_and_one_describe(bench: Any) -> None:
    calls, adapter, _ = _calls(bench, _only(tuple(SAMPLE_ROWS)))
    ledger = adapter.client.policy.ledger
    assert calls <= 12
    assert ledger.calls["describe"] == 1
    assert {name: ledger.rows[name] for name in SAMPLE_ROWS} == SAMPLE_ROWS
    assert ledger.planned == ledger.actual == calls + 1


def test_the_whole_standard_map_stays_within_the_same_budget(bench: Any) -> None:
    calls, adapter, _ = _calls(bench, {"currency": "EUR"})
    assert calls <= 12
    assert adapter.client.policy.ledger.planned == adapter.client.policy.ledger.actual


def test_the_doctor_plans_what_the_reading_then_takes(bench: Any) -> None:
    loopback = bench.serve(_sample())
    report = doctor(bench.open(loopback), SAMPLE_MANAGER)
    before = loopback.calls
    bench.open(loopback).read(BookRequest(manager_id=SAMPLE_MANAGER, period=Period.year(2026)))
    assert report.planned == loopback.calls - before


def test_going_through_a_book_again_makes_no_call(bench: Any, corpus_adapter: Any) -> None:
    reading = bench.read(corpus_adapter, corpus_adapter.managers()[0].id)
    ledger = corpus_adapter.client.policy.ledger
    before = ledger.actual
    assert list(reading.book) == list(reading.book)
    assert ledger.actual == before
    assert any(f"{before} calls of {before} planned" in note for note in reading.book.header.provenance.notes)


def test_smaller_pages_cost_more_calls_and_lose_nothing(bench: Any, make_small: Any) -> None:
    org = make_small()
    for number in range(450):
        org.add("Contact", Id=f"003{number:015d}", AccountId="001000000000000001", Name=f"Contact {number}")
    org.page = lambda number: 199 if number == 1 else 37
    _, adapter, reading = _calls(bench, {"currency": "EUR"}, org)
    (dossier,) = reading.book
    assert len(dossier.buyers) == 450
    assert adapter.client.policy.ledger.rows["Contact"] == 450


def test_every_manager_s_book_comes_out_of_one_pass(bench: Any) -> None:
    loopback = bench.serve(_sample())
    adapter = bench.open(loopback)
    books = list(adapter.export(BookRequest(manager_id="", period=Period.year(2026))))
    assert [reading.book.header.id for reading in books] == [SAMPLE_MANAGER]
    assert loopback.calls <= 13


_SIZES = st.lists(st.tuples(st.integers(1, 100), st.integers(1, 12)), max_size=20)


@given(_SIZES)
@settings(max_examples=60)
def test_no_call_goes_out_half_empty_while_there_is_more_to_read(sizes: list[tuple[int, int]]) -> None:
    pages = [count for _, count in sizes]
    lowest = max([math.ceil(sum(pages) / 5), *pages, 0])
    graham = math.ceil(sum(pages) / 5 + 0.8 * max(pages, default=0))  # of any schedule that fills its calls
    assert lowest <= plan_calls(sizes) <= graham
    assert lowest <= plan_calls(sizes, begun=True) <= plan_calls(sizes) + 1


@given(_SIZES)
@settings(max_examples=60)
def test_where_the_weights_tell_the_sizes_the_plan_beats_strict_waves(sizes: list[tuple[int, int]]) -> None:
    pages = sorted((count for _, count in sizes), reverse=True)
    waves = sum(math.ceil(sum(p >= wave for p in pages) / 5) for wave in range(1, max(pages, default=0) + 1))
    assert plan_calls([(count * 10, count) for count in pages]) <= max(waves, 0) + 1


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (2000, 1), (2001, 2), (15_000, 8)])
def test_pages_hold_two_thousand_rows_and_an_empty_object_costs_one(rows: int, pages: int) -> None:
    assert pages_of(rows) == pages


def test_an_empty_reading_needs_no_call() -> None:
    assert plan_calls([]) == 0
