"""What is written reads back the same, whatever the texts; plain cells and others are read alike."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sam_adapters.contract import AdapterError, BookRequest
from sam_adapters.tables import TablesAdapter, write_tables
from sam_adapters.testing import differences, reference_corpus
from sam_core.book import (
    Account,
    AccountPlan,
    Assignment,
    Book,
    BookHeader,
    Dossier,
    Initiative,
    Location,
    Offering,
    Person,
    PersonRole,
    Product,
    Provenance,
    Quota,
    SaleLine,
)
from sam_core.testing import books, texts
from sam_core.values import Period, Unknown, Why

ALWAYS_HELD = Assignment(id="held", person_id="M1", start=date(2000, 1, 1))


def read_back(
    folder: Path, header: BookHeader, **options: Any
) -> tuple[BookHeader, list[Dossier], list[str]]:
    with TablesAdapter(folder, **options) as adapter:
        reading = adapter.read(BookRequest(manager_id=header.id, period=header.period, policy=header.policy))
        dossiers = list(reading.book)
        header = evolve(reading.book.header, provenance=header.provenance)
        return header, dossiers, [str(problem) for problem in reading.problems]


def whole(book: Book) -> tuple[BookHeader, list[Dossier]]:
    """The same book, as a source can hold it: its people have one say each, its account is held."""
    header, dossiers = book.header, list(book)
    if not isinstance(header.people, Unknown):
        others = tuple(person for person in header.people if person.id != header.id)
        header = evolve(header, people=(header.manager, *others))
    return header, [evolve(d, assignments=(ALWAYS_HELD,)) for d in dossiers]


def own_ids(dossier: Dossier) -> bool:
    """In a table an initiative's id stands for one, also across plans."""
    plans = () if isinstance(dossier.plans, Unknown) else dossier.plans
    found = [i.id for p in plans if not isinstance(p.initiatives, Unknown) for i in p.initiatives]
    return len(found) == len(set(found))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(book=books(most=1), format=st.sampled_from(("csv", "parquet")))
def test_any_book_reads_back_the_same(tmp_path_factory, book, format):
    header, dossiers = whole(book)
    assume(dossiers and all(own_ids(d) for d in dossiers))
    folder = tmp_path_factory.mktemp("book")
    write_tables(folder, header, dossiers, format=format)
    given_header, given_dossiers, problems = read_back(folder, header)
    assert problems == []
    parted = differences(Book.of(header, dossiers), Book.of(given_header, given_dossiers))
    assert (given_header, given_dossiers) == (header, dossiers), parted


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(
        texts() | st.sampled_from(["-", "N/A", "?", "??", '?"', "=1+1", "@x", "a\0b", "\x01", " x ", "x\ry"])
    ),
    ids=st.lists(texts() | st.sampled_from(["-", "é", "\u00a0x", "?", "a;b", "y\r"]), unique=True),
)
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_hostile_texts_and_ids_read_back_the_same(tmp_path_factory, format, names, ids):
    folder = tmp_path_factory.mktemp("hostile")
    header = BookHeader(manager=Person(id="M1", name="Ada"), period=Period.year(2026), currency="EUR")
    places = tuple(Location(id=f"P{n}", name=name, city=name) for n, name in enumerate(names))
    lines = tuple(
        SaleLine(id=given, on=date(2026, 1, 1), revenue=Decimal(1), product_id=given, order_id=given)
        for given in ids
    )
    account = Account(id=ids[0] if ids else "a", name="x", excluded_product_ids=tuple(ids))
    dossier = Dossier(account=account, locations=places, sale_lines=lines, assignments=(ALWAYS_HELD,))
    write_tables(folder, header, [dossier], format=format)
    _, (given_back,), problems = read_back(folder, header)
    assert (given_back, problems) == (dossier, [])


def test_no_cell_begins_like_a_formula(tmp_path):
    header = BookHeader(
        manager=Person(id="M1", name="=cmd|' /C calc'!A0"), period=Period.year(2026), currency="EUR"
    )
    account = Account(id="+1", name="@SUM(A1)", segment="-2+3")
    lines = (SaleLine(id="1", on=date(2026, 1, 1), revenue=Decimal(-5)),)
    write_tables(tmp_path, header, [Dossier(account=account, sale_lines=lines, assignments=(ALWAYS_HELD,))])
    for file in tmp_path.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            for cell in (cell for row in csv.reader(opened) for cell in row):
                assert not cell.startswith(("=", "+", "@", "\t", "\r"))
                assert not cell.startswith("-") or Decimal(cell) == -5


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_books_of_several_managers_share_one_source(tmp_path, format):
    corpus = reference_corpus()
    write_tables(tmp_path, corpus.headers, corpus.dossiers, format=format)
    for header in corpus.headers:
        given_header, dossiers, problems = read_back(tmp_path, header)
        assert problems == []
        assert dossiers == list(corpus.book(header.id))
        assert given_header == header


def test_writing_again_writes_over(tmp_path):
    corpus = reference_corpus()
    for _ in range(2):
        write_tables(tmp_path, corpus.headers, corpus.dossiers)
    assert read_back(tmp_path, corpus.headers[0])[2] == []


def test_parquet_has_numbers_and_days_of_its_own(tmp_path):
    import duckdb

    corpus = reference_corpus()
    write_tables(tmp_path, corpus.headers, corpus.dossiers, format="parquet")
    with duckdb.connect() as con:
        found = con.execute(f"DESCRIBE SELECT * FROM '{tmp_path}/sale_lines.parquet'").fetchall()
    types = {row[0]: row[1] for row in found}
    assert types["on"] == "DATE"
    assert types["revenue"].startswith("DECIMAL(18,")
    assert types["id"] == "VARCHAR"


# --- what no table can hold -----------------------------------------------------------------------------


def header(**fields: Any) -> BookHeader:
    manager = fields.pop("manager", Person(id="M1", name="Ada"))
    return BookHeader(manager=manager, period=Period.year(2026), **{"currency": "EUR", **fields})


def dossier(account_id: str = "A1", **fields: Any) -> Dossier:
    return Dossier(account=Account(id=account_id, name="x"), **fields)


PRODUCT = Product(id="P1", name="Pump")
LINE = SaleLine(id="L1", on=date(2026, 1, 1), revenue=Decimal(1))


def plan(number: str) -> AccountPlan:
    return AccountPlan(
        id=number, title="x", start=date(2026, 1, 1), end=date(2026, 12, 31),
        initiatives=(Initiative(id="I1", title=number),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "dossiers", "says"),
    [
        ([], [], "there is no header"),
        ([header(), header(currency="USD")], [], "currency: the books have EUR and USD"),
        (
            [header(), header(value_basis="annual value")],
            [],
            "value_basis: the books have annual value and booked",
        ),
        ([header(people=(Person(id="M1", name="Eve"),))], [], "people: 'M1' stands for two records"),
        (
            [
                header(offering=Offering(products=(PRODUCT,))),
                header(offering=Offering(products=(evolve(PRODUCT, name="x"),))),
            ],
            [],
            "products: 'P1' stands for two records",
        ),
        ([header()], [dossier(), dossier()], "accounts: 'A1' stands for two records"),
        (
            [header()],
            [dossier("A1", sale_lines=(LINE,)), dossier("A2", sale_lines=(LINE,))],
            "sale_lines: 'L1'",
        ),
        ([header()], [dossier(plans=(plan("1"), plan("2")))], "plan_initiatives: 'I1'"),
        ([header()], [dossier(cases=Unknown(Why.BLANK, "a\0b"))], None),
        (
            [header(manager=Person(id="M1", name="x", role=Unknown(Why.BLANK, "a\0b")))],
            [],
            "a reason holds a NUL or",
        ),
    ],
)
def test_books_that_no_source_could_hold_are_refused_and_leave_nothing_behind(
    tmp_path, headers, dossiers, says
):
    folder = tmp_path / "out"
    if says is None:
        write_tables(folder, headers, dossiers)
        return
    with pytest.raises(AdapterError, match=says):
        write_tables(folder, headers, dossiers)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_table_left_from_before_is_not_mixed_in(tmp_path):
    (tmp_path / "cases.csv").write_text("account_id,id,opened_at\n")
    with pytest.raises(AdapterError, match="cases.csv is in .* already"):
        write_tables(tmp_path, header(), [dossier()])
    assert [file.name for file in tmp_path.iterdir()] == ["cases.csv"]


def test_shared_records_are_written_once(tmp_path):
    offering = Offering(products=(PRODUCT,))
    people = (Person(id="M1", name="Ada", role=PersonRole.OTHER), Person(id="M2", name="Bo"))
    quota = Quota(id="Q1", period=Period.year(2026), amount=Decimal(5))
    headers = [
        header(manager=person, people=people, offering=offering, quotas=(evolve(quota, id=person.id),))
        for person in people
    ]
    held = tuple(Assignment(id=f"h{p.id}", person_id=p.id, start=date(2020, 1, 1)) for p in people)
    write_tables(tmp_path, headers, [dossier(assignments=held)])
    for one in headers:
        found, _, problems = read_back(tmp_path, one)
        assert (found, problems) == (one, [])


# --- one cell, two ways ---------------------------------------------------------------------------------

CELLS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat(" ")),
    st.sampled_from(
        [
            "1.5",
            "-0",
            "+7",
            "007",
            "1e3",
            ".5",
            "1,5",
            "9" * 50,
            "2026-02-29",
            "0000-01-01",
            "2026-01-01 00:00:00",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_a_row_alone_reads_as_it_does_among_plain_ones(tmp_path_factory, rows):
    """Batches of plain rows take a short cut; a row that is not plain, put among them, takes it away."""
    found = []
    for odd in (False, True):
        folder = tmp_path_factory.mktemp("cells")
        (folder / "accounts.csv").write_text("id,name,manager_id\na1,One,m1\n")
        with (folder / "sale_lines.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("account_id", "id", "on", "revenue", "product_id"))
            writer.writerows(("a1", f"L{n}", *row) for n, row in enumerate(rows))
            if odd:
                writer.writerow(("a1", "odd", "2026-01-01", "1e0", ""))
        with TablesAdapter(folder, currency="EUR") as adapter:
            reading = adapter.read(BookRequest(manager_id="m1", period=Period.year(2026)))
            (dossier,) = reading.book
            lines = [line for line in dossier.sale_lines if line.id != "odd"]
            found.append((lines, [str(problem) for problem in reading.problems]))
    assert found[0] == found[1]
    assert len(lines) + sum("left out" in p for p in found[0][1]) == len(rows)


def test_the_provenance_is_of_the_tables(tmp_path):
    write_tables(tmp_path / "out", header(), [dossier(assignments=(ALWAYS_HELD,))])
    with TablesAdapter(tmp_path / "out") as adapter:
        found = adapter.read(BookRequest(manager_id="M1", period=Period.year(2026))).book.header.provenance
    assert found == Provenance(source="tables: folder out")
