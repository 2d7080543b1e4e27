"""The corpus is complete, fixed and hostile; comparing finds what differs and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import sam_core.book
from sam_adapters.contract import CONCEPTS, AdapterError, Capabilities
from sam_adapters.testing import (
    differences,
    reference_book,
    reference_corpus,
    reference_dossiers,
    reference_header,
    restricted,
)
from sam_adapters.testing.comparison import strange_values, walk
from sam_core.book import COLLECTIONS, HEADER_PARTS, Account, Book, Dossier
from sam_core.values import NOT_FETCHED, Unknown, Why

CORPUS = reference_corpus()
EVERYTHING = Capabilities(provides=frozenset(CONCEPTS))


def all_records() -> Iterator[Any]:
    def below(value: Any) -> Iterator[Any]:
        if isinstance(value, tuple):
            for item in value:
                yield from below(item)
        elif attrs.has(type(value)) and not isinstance(value, Unknown):
            yield value
            for attribute in attrs.fields(type(value)):
                yield from below(getattr(value, attribute.name))

    yield from below((*CORPUS.headers, *CORPUS.dossiers))


def all_values() -> Iterator[tuple[str, Any]]:
    for record in (*CORPUS.headers, *CORPUS.dossiers):
        yield from walk(record.id, record)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_concept_is_filled_somewhere(concept: str) -> None:
    holders = CORPUS.headers if concept in HEADER_PARTS else CORPUS.dossiers
    values = [getattr(holder, concept) for holder in holders]
    assert not any(isinstance(value, Unknown) for value in values)
    assert any(value != () for value in values)


def test_every_kind_of_record_is_there() -> None:
    kinds = {k for k in vars(sam_core.book).values() if isinstance(k, type) and attrs.has(k)} - {Book}
    assert kinds <= {type(record) for record in all_records()}


def test_every_member_of_every_enumeration_is_there() -> None:
    kinds = [k for k in vars(sam_core.book).values() if isinstance(k, type) and issubclass(k, enum.Enum)]
    used = {value for _, value in all_values() if isinstance(value, enum.Enum)}
    assert kinds
    assert [member for kind in kinds for member in kind if member not in used] == []


def test_every_field_that_cannot_be_none_is_blank_somewhere_and_no_other() -> None:
    """To most sources a blank and a none look alike, so no field is both."""
    seen: dict[tuple[type, str], set[str]] = {}
    for record in all_records():
        for attribute in attrs.fields(type(record)):
            value = getattr(record, attribute.name)
            kind = "unknown" if isinstance(value, Unknown) else "none" if value in (None, ()) else "value"
            seen.setdefault((type(record), attribute.name), set()).add(kind)
    assert [place for place, kinds in seen.items() if {"unknown", "none"} <= kinds] == []
    assert {"sale_lines", "buyers"} <= {name for _, name in seen}
    assert len([place for place, kinds in seen.items() if "unknown" in kinds]) >= 20


def test_every_optional_field_has_a_value_somewhere() -> None:
    filled: dict[tuple[str, str], bool] = {}
    for record in all_records():
        for attribute in attrs.fields(type(record)):
            value = getattr(record, attribute.name)
            place = (type(record).__name__, attribute.name)
            there = not isinstance(value, Unknown) and value not in (None, ())
            filled[place] = filled.get(place, False) or there
    own = {
        ("Standards", "effective"),
        ("Policy", "revisions"),
        ("Provenance", "assumptions"),
        ("Provenance", "notes"),
    }
    assert {place for place, there in filled.items() if not there} - own == set()


def test_no_value_is_merely_not_fetched() -> None:
    assert [path for path, value in all_values() if value == NOT_FETCHED] == []


def test_ids_are_18_digits_that_a_double_cannot_hold() -> None:
    ids = {record.id for record in all_records() if hasattr(record, "id")}
    assert len(ids) > 150
    assert all(len(i) == 18 and i.isdigit() and i[0] != "0" for i in ids)
    assert any(int(float(i)) != int(i) for i in ids)


def test_no_two_records_of_different_kinds_share_an_id() -> None:
    own = {
        "BookHeader": "Person",
        "Candidate": "Person",
        "Dossier": "Account",
    }  # each is known by its person or account
    kinds: dict[str, set[str]] = {}
    for record in all_records():
        if hasattr(record, "id"):
            kind = type(record).__name__
            kinds.setdefault(record.id, set()).add(own.get(kind, kind))
    assert [i for i, names in kinds.items() if len(names) > 1] == []


def test_references_lead_to_records() -> None:
    ids = {record.id for record in all_records() if hasattr(record, "id")}
    orders = {value for path, value in all_values() if path.endswith(".order_id")}
    refers = [
        (path, value)
        for path, value in all_values()
        if isinstance(value, str) and len(value) == 18 and value.isdigit() and not path.endswith(".id")
    ]
    assert refers
    assert [refer for refer in refers if refer[1] not in ids | orders] == []


def test_texts_are_hostile() -> None:
    texts = " ".join(value for _, value in all_values() if isinstance(value, str))
    for hostile in (
        "'",
        '"',
        "\n",
        "\\",
        ";",
        "--",
        "=1+1",
        "%",
        "\t",
        "\u2028",
        "🏽",
        "ا",
        "ה",
        "工",
        "\u0303",
        "Null",
    ):
        assert hostile in texts


def test_two_managers_share_the_account_that_was_handed_on() -> None:
    first, second, third = (
        {dossier.id for dossier in CORPUS.book(manager.id)} for manager in CORPUS.managers
    )
    assert len(first) == 5
    assert len(first & second) == 1
    assert len(third) == 1
    assert not third & (first | second)
    today = {dossier.id for dossier in CORPUS.book(CORPUS.managers[0].id, today_only=True)}
    assert today == first - second


def test_the_corpus_is_the_same_at_every_call() -> None:
    assert reference_corpus() is reference_corpus()
    assert reference_header().id == CORPUS.managers[0].id
    assert reference_header(CORPUS.managers[1].id).id == CORPUS.managers[1].id
    assert [d.id for d in reference_dossiers()] == [d.id for d in reference_book()]
    with pytest.raises(AdapterError, match="the corpus has no manager 'x'"):
        reference_header("x")


def test_a_corpus_by_hand_whose_assignments_nobody_knows_gives_empty_books() -> None:
    stripped = evolve(CORPUS, dossiers=tuple(Dossier(account=d.account) for d in CORPUS.dossiers))
    assert list(stripped.book(CORPUS.managers[0].id)) == []


def test_it_holds_about_forty_sale_lines_with_returns_and_splits() -> None:
    lines = [line for dossier in CORPUS.dossiers for line in dossier.sale_lines]  # type: ignore[union-attr]
    assert 40 <= len(lines) <= 45
    assert any(line.is_return for line in lines)
    assert any(len(line.credits) > 1 for line in lines)


# --- comparing --------------------------------------------------------------------------------


def test_a_book_does_not_differ_from_itself() -> None:
    assert differences(reference_book(), reference_book()) == []


def changed(book: Book, **fields: Any) -> Book:
    first, *rest = book
    return Book.of(book.header, [evolve(first, **fields), *rest])


def test_a_difference_is_told_by_the_path_to_the_record() -> None:
    book = reference_book()
    lines = next(iter(book)).sale_lines
    assert not isinstance(lines, Unknown)
    blank = evolve(lines[0], cost=Unknown(Why.BLANK, "x"))
    account = next(iter(book)).id
    assert differences(book, changed(book, sale_lines=(blank, *lines[1:]))) == [
        f"dossier {account}: sale_lines[{lines[0].id}].cost: expected 6000.50, got unknown (blank: x)"
    ]


def test_records_too_few_and_too_many_are_told() -> None:
    book = reference_book()
    lines = next(iter(book)).sale_lines
    assert not isinstance(lines, Unknown)
    [less] = differences(book, changed(book, sale_lines=lines[1:]))
    [more] = differences(changed(book, sale_lines=lines[1:]), book)
    assert f"sale_lines[{lines[0].id}]: expected SaleLine(" in less
    assert less.endswith("got nothing")
    assert "expected nothing, got SaleLine(" in more


def test_accounts_too_few_too_many_and_twice_are_told() -> None:
    book = reference_book()
    first, *rest = book
    other = Dossier(account=Account(id="other", name="Other"))
    assert differences(book, Book.of(book.header, rest)) == [
        f"dossier {first.id}: account: is missing from this book"
    ]
    assert differences(book, Book.of(book.header, [first, *rest, other])) == [
        "dossier other: account: is not expected in this book"
    ]
    assert differences(book, Book.of(book.header, [first, first, *rest])) == [
        f"dossier {first.id}: account: comes twice"
    ]


def test_an_unknown_differs_by_its_reason_not_by_its_place() -> None:
    book = reference_book()
    one, same, other = (
        changed(book, cases=Unknown(why, where))
        for why, where in ((Why.BLANK, "a"), (Why.BLANK, "b"), (Why.NOT_FETCHED, "a"))
    )
    assert differences(one, same) == []
    assert len(differences(one, other)) == 1
    assert len(differences(one, book)) == 1


def test_the_order_of_a_headers_records_does_not_matter_and_provenance_is_not_compared() -> None:
    book = reference_book()
    assert not isinstance(book.header.people, Unknown)
    provenance = evolve(book.header.provenance, source="elsewhere")
    header = evolve(book.header, people=book.header.people[::-1], provenance=provenance)
    assert differences(book, Book(header, book.source)) == []


@settings(max_examples=30)
@given(st.data())
def test_any_one_changed_field_of_a_record_is_found(data: st.DataObject) -> None:
    book = reference_book()
    dossiers = list(book)
    index = data.draw(st.integers(0, len(dossiers) - 1))
    filled = [name for name in COLLECTIONS if getattr(dossiers[index], name)]
    name = data.draw(st.sampled_from(filled))
    records = list(getattr(dossiers[index], name))
    place = data.draw(st.integers(0, len(records) - 1))
    maybe = [a.name for a in attrs.fields(type(records[place])) if a.default == NOT_FETCHED]
    if not maybe:
        del records[place]
    else:
        records[place] = evolve(
            records[place], **{data.draw(st.sampled_from(maybe)): Unknown(Why.UNREADABLE, "x")}
        )
    dossiers[index] = evolve(dossiers[index], **{name: tuple(records)})
    assert len(differences(book, Book.of(book.header, dossiers))) == 1


def test_strange_values_are_told_by_path() -> None:
    class Text(str):
        __slots__ = ()

    account = Account(id="1", name=Text("sub"))
    found = strange_values("account", account)
    assert found == [
        "account.name: 'sub' is a Text; give a str, int, bool, Decimal, date, an aware datetime or None"
    ]
    assert "naive" in strange_values("x", datetime(2026, 1, 1))[0]
    assert strange_values("x", 0.5)[0].startswith("x: 0.5 is a float")
    assert strange_values("x", (Decimal(1), Unknown(Why.BLANK, "x"), {"k": "v"}.copy())) == []


# --- restricting ------------------------------------------------------------------------------


def test_all_capabilities_restrict_nothing() -> None:
    assert differences(reference_book(), restricted(reference_book(), EVERYTHING)) == []


def test_what_is_not_provided_becomes_unknown_for_the_reason_declared() -> None:
    hidden = Unknown(Why.NOT_PERMITTED, "cases")
    book = restricted(reference_book(), Capabilities(provides=frozenset({"buyers"}), gaps={"cases": hidden}))
    for dossier in book:
        assert dossier.cases == hidden
        assert dossier.plans == Unknown(Why.NOT_SUPPORTED, "plans")
        assert not isinstance(dossier.buyers, Unknown)
    assert book.header.people == Unknown(Why.NOT_SUPPORTED, "people")
    assert book.header.manager.role == Unknown(Why.NOT_SUPPORTED, "people")


def test_a_gap_in_a_field_reaches_every_record_however_deep() -> None:
    gap = Unknown(Why.NOT_CONFIGURED, "somewhere")
    fields = (
        "sale_lines.cost",
        "sale_lines.order_id",
        "plans.initiatives.investment",
        "plans.sessions",
        "account.tier",
    )
    fields += (
        "people.role",
        "offering.products.family",
        "plans.initiatives.actions",
        "plans.sessions.our_ids",
    )
    book = restricted(reference_book(), evolve(EVERYTHING, gaps=dict.fromkeys(fields, gap)))
    first = next(iter(book))
    assert {line.cost for line in first.sale_lines} == {gap}  # type: ignore[union-attr]
    assert {line.order_id for line in first.sale_lines} == {None}  # type: ignore[union-attr]
    [plan] = first.plans  # type: ignore[misc]
    assert plan.sessions == gap
    assert {initiative.investment for initiative in plan.initiatives} == {gap}  # type: ignore[union-attr]
    assert first.account.tier is None
    assert book.header.manager.role == gap
    assert {product.family for product in book.header.offering.products} == {gap}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ("sale_lines.costs", "SaleLine has no field 'costs'; did you mean 'cost'?"),
        ("sale_lines.revenue", "no SaleLine can do without its revenue"),
        ("plans.initiatives.prio", "Initiative has no field 'prio'"),
        ("account.size", "Account has no field 'size'"),
    ],
)
def test_a_gap_that_no_record_can_have_is_refused(gap: str, said: str) -> None:
    with pytest.raises(AdapterError) as refused:
        list(restricted(reference_book(), evolve(EVERYTHING, gaps={gap: Unknown(Why.BLANK, gap)})))
    assert said in str(refused.value)


def test_without_dated_assignments_an_account_is_in_the_last_holders_book_only() -> None:
    first, second = CORPUS.managers[:2]
    blind = Capabilities(provides=frozenset(CONCEPTS) - {"assignments"})
    assert len(list(CORPUS.expected(first.id, blind))) == 4
    assert len(list(CORPUS.expected(second.id, blind))) == 1
    assert len(list(CORPUS.expected(first.id, EVERYTHING))) == 5
    gap = Unknown(Why.NOT_SUPPORTED, "dates")
    for field, accounts in (("start", 5), ("end", 4)):  # who ended in the period has held it in the period
        dated = evolve(EVERYTHING, gaps={f"assignments.{field}": gap})
        assert len(list(CORPUS.expected(first.id, dated))) == accounts
