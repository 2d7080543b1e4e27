from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from sam_adapters.renderers.json import DocumentError, from_json, plain, to_json
from sam_core import Book, BookHeader, Dossier, Period, Scorecard, compared, score
from sam_core.book import Account, Person, SaleLine
from sam_core.testing import books, days
from sam_core.values import Unknown, Why

AS_OF = date(2026, 6, 30)


def card(revenue: str = "120.50") -> Scorecard:
    line = SaleLine(id="1", on=date(2026, 1, 5), product_id="P", revenue=Decimal(revenue))
    header = BookHeader(manager=Person(id="M1", name='Mo "the" Ön'), period=Period.year(2026), currency="EUR")
    return score(
        Book.of(header, [Dossier(account=Account(id="A", name="Acme"), sale_lines=(line,))]), as_of=AS_OF
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), days())
def test_whatever_a_book_holds_its_scorecard_comes_back_equal(book, as_of):
    found = score(book, as_of=as_of)
    again = from_json(to_json(found))
    assert again == found
    assert to_json(again) == to_json(found)


def test_what_follows_from_it_is_written_for_readers():
    document = json.loads(to_json(card()))
    measures = {m["name"]: m for m in document["measures"]}
    assert measures["revenue"]["value"] == "120.50"
    assert measures["net revenue retention"]["value"] == {
        "unknown": "blank",
        "where": "no customer had any revenue in the comparable period",
    }
    assert document["accountabilities"][0]["outcome"] == "not assessable"
    assert document["managers"] == [{"id": "M1", "name": 'Mo "the" Ön'}]
    assert {clause["id"] for clause in document["clauses"]} >= {"ACC-1", "RESP-2.1"}
    assert document["gaps"][0]["findings"] >= 1


def test_saved_scorecards_compare_and_combine_like_fresh_ones():
    old, new = (from_json(to_json(card(revenue))) for revenue in ("100", "150"))
    assert {m.name: m.change for m in compared(old, new).measures}["revenue"] == 50
    assert Scorecard.combined([old]).totals == card("100").totals


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not a JSON document"),
        ("[]", "format is None, and this version reads 1"),
        ('{"format": 2}', "format is 2, and this version reads 1"),
        ('{"format": 1}', "record: not an object of headers, as_of, totals, findings"),
        ('{"format": 1, "record": {"headers": []}}', "record: not an object of"),
    ],
)
def test_what_is_no_scorecard_is_refused(text, problem):
    with pytest.raises(DocumentError, match=problem):
        from_json(text)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("as_of",), "yesterday", "record.as_of: "),
        (("headers", 0, "currency"), "QQQ", "is no ISO 4217 code"),
        (("headers", 0, "manager", "name"), 7, r"record.headers.0.manager.name: 7 is no str"),
        (("totals", "accounts"), "1", "record.totals.accounts: '1' is no int"),
        (("totals", "retention", "before"), "many", "record.totals.retention.before: 'many' is no number"),
        (("totals", "retention", "odd"), 1, "odd"),
        (("findings", 0, "outcome"), "fine", "record.findings.0.outcome: "),
        (("findings", 0, "measured"), 1.5, "neither a whole number nor an object"),
        (("findings", 0, "measured"), {"mood": "x"}, "neither a whole number nor an object"),
    ],
)
def test_a_damaged_part_is_named_by_its_path(path, value, problem):
    document = json.loads(to_json(card()))
    place = document["record"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(DocumentError, match=problem):
        from_json(json.dumps(document))


def test_a_missing_part_is_named():
    document = json.loads(to_json(card()))
    del document["record"]["headers"][0]["manager"]
    with pytest.raises(DocumentError, match=r"record.headers.0.manager: 'manager' is missing"):
        from_json(json.dumps(document))


def test_any_value_of_the_library_becomes_plain():
    assert plain(Unknown(Why.BLANK, "x")) == {"unknown": "blank", "where": "x"}
    assert plain({("a", None): Decimal("1.50")}) == [[["a", None], "1.50"]]
    assert plain(frozenset({"b", "a"})) == ["a", "b"]
