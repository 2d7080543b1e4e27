from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings

from sam_core.book import COLLECTIONS, HEADER_PARTS, Book, BookHeader, Person, Provenance
from sam_core.errors import RecordError
from sam_core.standards import Policy
from sam_core.testing import books, headers
from sam_core.values import NOT_FETCHED

from .builders import YEAR, dossier, header, line

HELD = settings(max_examples=30)


@HELD
@given(headers())
def test_headers_can_be_hashed_copied_and_sent_to_another_process(given):
    for twin in (pickle.loads(pickle.dumps(given)), copy.deepcopy(given)):
        assert twin == given
        assert hash(twin) == hash(given)


def test_a_header_left_alone_says_that_nothing_was_fetched():
    found = header()
    assert found.id == "M1"
    assert all(getattr(found, name) is NOT_FETCHED for name in HEADER_PARTS)
    assert (found.policy, found.provenance) == (Policy(), Provenance())


@pytest.mark.parametrize("code", ["EURO", "", "eur", None, ["EUR"]])
def test_a_book_is_in_a_currency_that_the_world_knows(code):
    with pytest.raises(RecordError, match="is no ISO 4217 code") as caught:
        BookHeader(manager=Person(id="M1", name="Mo"), period=YEAR, currency=code)
    assert (caught.value.record, caught.value.record_id, caught.value.field) == (
        "BookHeader",
        "M1",
        "currency",
    )


@HELD
@given(books())
def test_a_book_is_read_as_often_as_asked_for(book):
    first = list(book)
    assert list(book) == first
    assert list(book.dossiers()) == first
    assert list(book.dossiers("sale_lines")) == first


def test_a_source_is_told_which_collections_are_wanted():
    asked = []

    def source(collections):
        asked.append(collections)
        return [dossier(sale_lines=(line("s", "2026-01-01"),))]

    book = Book(header(), source)
    assert [one.id for one in book.dossiers("cases", "plans")] == ["A1"]
    assert [one.id for one in book] == [one.id for one in book.dossiers()] == ["A1"]
    assert asked == [{"cases", "plans"}, set(COLLECTIONS), set(COLLECTIONS)]


def test_a_book_says_whose_it_is_over_which_period_in_which_currency_and_from_where():
    book = Book.of(header(provenance=Provenance(source="tables: folder x")), [])
    assert repr(book) == "<Book of Mo (M1), 2026, EUR, tables: folder x>"
