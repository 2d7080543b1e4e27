from __future__ import annotations

import copy
import pickle

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_core.book import COLLECTIONS, Dossier
from sam_core.errors import RecordError
from sam_core.testing import dossiers, sale_lines, twice
from sam_core.values import NOT_FETCHED, Unknown

from .builders import account, day, dossier, line, location

HELD = settings(max_examples=25)


@HELD
@given(dossiers(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(given, random):
    def mixed(name):
        records = getattr(given, name)
        return records if isinstance(records, Unknown) else random.sample(records, len(records))

    again = Dossier(account=given.account, **{name: mixed(name) for name in COLLECTIONS})
    assert again == given
    assert all(getattr(again, name) == getattr(given, name) for name in COLLECTIONS)


@HELD
@given(dossiers())
def test_a_record_delivered_twice_is_held_once(given):
    assert twice(given) == given


@given(st.lists(sale_lines(), max_size=8, unique_by=lambda record: record.id))
def test_sale_lines_stand_in_the_order_of_their_days(lines):
    held = dossier(sale_lines=iter(lines)).sale_lines
    assert [(one.on, one.id) for one in held] == sorted((one.on, one.id) for one in lines)


def test_two_different_records_under_one_id_are_refused():
    lines = (line("s1", "2026-01-01", 100), line("s1", "2026-01-01", 101))
    with pytest.raises(RecordError, match="SaleLine 's1' stands there twice") as caught:
        dossier(sale_lines=lines)
    assert (caught.value.record_id, caught.value.field) == ("A1", "sale_lines")


def test_what_is_left_out_is_not_fetched_and_never_empty():
    bare = Dossier(account=account())
    assert all(getattr(bare, name) is NOT_FETCHED for name in COLLECTIONS)
    assert dossier(locations=()).locations == ()


def test_it_is_known_by_its_account_and_tells_what_it_holds():
    found = dossier(locations=(location("L1"),), sale_lines=())
    assert found.id == "A1"
    assert repr(found) == "<Dossier 'A1' Account A1: 1 locations, 0 sale lines>"
    assert repr(dossier()) == "<Dossier 'A1' Account A1: nothing fetched yet>"


def test_where_nothing_was_later_the_very_same_dossier_comes_back():
    held = dossier(sale_lines=(line("s1", "2026-01-01"),), locations=(location("L1"),))
    assert held.at(day("2026-01-01")) is held
    assert held.at(day("2025-12-31")) == evolve(held, sale_lines=())


@HELD
@given(dossiers())
def test_dossiers_can_be_hashed_copied_and_sent_to_another_process(given):
    for twin in (pickle.loads(pickle.dumps(given)), copy.deepcopy(given)):
        assert twin == given
        assert hash(twin) == hash(given)
    assert {given: 1}[evolve(given)] == 1
