from __future__ import annotations

from sam_adapters.demo import AS_OF
from sam_adapters.renderers.page import Text
from sam_adapters.renderers.terminal import render_page
from sam_adapters.renderers.whitespace import survey, whitespace_data, whitespace_page
from sam_core import Book, BookHeader, Dossier, Period, Unknown, Why
from sam_core.book import Account, Person

HEADER = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")


def test_a_customer_whose_sales_nobody_knows_is_named_with_the_reason():
    lines = Unknown(Why.NOT_PERMITTED, "table sale_lines")
    found = survey(
        Book.of(HEADER, [Dossier(account=Account(id="a", name="Alpha"), sale_lines=lines)]), as_of=AS_OF
    )
    page = whitespace_page(found, 5)
    assert "Alpha: not-permitted: table sale_lines" in render_page(page)
    texts = [block.text for block in page if isinstance(block, Text)]
    assert texts == [
        "No customer's sales are known.",
        "No open place is known where something could be sold next.",
    ]
    assert whitespace_data(found, 5)["unknown"] == {"a": "unknown (not-permitted: table sale_lines)"}


def test_one_customer_alone_has_no_line_for_all(books):
    found = survey(books.book("E-11"), as_of=AS_OF, account_id="A-01")
    text = render_page(whitespace_page(found, 1))
    assert "Hanseatic Foods" in text
    assert not any(line.startswith("All ") for line in text.splitlines())


def test_a_move_without_a_value_stays_without_one(books):
    found = survey(books.book("E-14"), as_of=AS_OF)
    moves = whitespace_data(found, 10_000)["moves"]
    assert {move["value"] for move in moves if move["owners"] < 5} == {None}
