from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from sam_adapters.renderers import render_terminal
from sam_adapters.renderers.page import (
    Cell,
    Code,
    Column,
    Facts,
    Items,
    Page,
    Row,
    Section,
    Table,
    Text,
    Tone,
)
from sam_adapters.renderers.terminal import printable, render_page

from .pages import pages, tables, words

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(pages)
def test_any_page_is_text_without_control_characters(page):
    text = render_page(page)
    bad = [c for c in text if unicodedata.category(c) in {"Cc", "Cf"} and c not in "\n\u200c\u200d"]
    assert bad == []


@settings(max_examples=60, deadline=None)
@given(tables(words, soft=True), st.integers(60, 120))
def test_no_line_of_a_table_that_may_be_broken_is_wider_than_the_paper(table, width):
    lines = render_page(Page("t", (table,)), width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=4), st.integers(20, 90))
def test_breaking_lines_loses_no_letter(texts, width):
    page = Page("", (Items(texts), Text(" ".join(texts))))
    text = render_page(page, width=width)
    assert squeezed(text.replace("- ", "")).count("a") == 2 * "".join(texts).count("a")


@settings(max_examples=60, deadline=None)
@given(words, st.integers(10, 60))
def test_a_table_of_one_column_holds_the_whole_text_however_narrow(text, width):
    shown = render_page(Page("", (Table((Column("c"),), [Row((text,))]),)), width=width)
    assert squeezed(text) in squeezed(shown)


def test_numbers_end_in_one_column():
    table = Table(("Name", Column("Amount", number=True)), [Row(("a", "1,234.50")), Row(("bb", "7.00"))])
    lines = render_page(Page("", (table,))).splitlines()
    assert [line.index("0", -1) for line in lines if line.endswith("0")] == [13, 13]


def test_a_note_stands_below_its_row_in_full():
    table = Table(("Name",), [Row(("a",), "word " * 30)])
    text = render_page(Page("", (table,)), width=40)
    assert text.count("word") == 30
    assert all(line.startswith("    ") for line in text.splitlines() if "word" in line)


def test_a_name_that_could_move_the_cursor_is_disarmed():
    hostile = "\x1b[2J\x07 Bank\u202egnol\u200d"
    assert printable(hostile) == "\ufffd[2J\ufffd Bank\ufffdgnol\u200d"
    assert printable("two\nlines\tof") == "two lines of"


def test_markup_in_a_name_is_shown_and_not_obeyed():
    text = render_page(Page("[bold]x[/bold] :smile:", (Facts((("a", "[red]b"),)),)), color=True)
    assert "[bold]x[/bold] :smile:" in ESCAPE.sub("", text)
    assert "[red]b" in text


def test_colour_is_used_only_where_asked_for_and_says_nothing_alone():
    page = Page("t", (Facts((("verdict", Cell("not met", Tone.BAD)),)),))
    plain, coloured = render_page(page), render_page(page, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    assert ESCAPE.sub("", coloured) == plain


def test_a_command_is_never_broken():
    page = Page("", (), (Section("Next", (Code("sam-core " + "x" * 100),)),))
    assert "  sam-core " + "x" * 100 in render_page(page).splitlines()


def test_wide_letters_count_twice():
    table = Table(("A", "B"), [Row(("工場", "x")), Row(("ab", "y"))])
    lines = render_page(Page("", (table,))).splitlines()[-2:]
    assert [cell_len(line[: line.index(end)]) for line, end in zip(lines, "xy", strict=True)] == [6, 6]


@pytest.mark.parametrize("manager", ["E-11", "E-12", "E-13", "E-14"])
@pytest.mark.parametrize("width", [80, 100])
def test_a_scorecard_fits_the_width(cards, manager, width):
    card, names = cards[manager]
    text = render_terminal(card, names=names, width=width, findings=None)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert not any(line != line.rstrip() for line in text.splitlines())
