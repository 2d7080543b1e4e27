from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sam_adapters.renderers import render_markdown
from sam_adapters.renderers.markdown import escaped, render_page
from sam_adapters.renderers.page import Code, Column, Page, Row, Section, Table

from .pages import pages

reader = MarkdownIt("commonmark", {"html": True}).enable("table")


def texts(markdown: str) -> list[str]:
    return [
        "".join(child.content for child in token.children or () if child.type == "text")
        for token in reader.parse(markdown)
        if token.type == "inline"
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(r"abc*_[]<>|~#`\&;!-+.1)( ", max_size=20))
def test_a_text_in_a_table_is_read_as_it_was_written(text):
    page = Page("t", (Table(("A", "B"), [Row((text, "end"))]),))
    *_, shown, end = texts(render_page(page))
    assert (shown, end) == (" ".join(text.split()), "end")


@settings(max_examples=60, deadline=None)
@given(pages)
def test_no_page_makes_tags_or_links(page):
    kinds = {
        child.type for token in reader.parse(render_page(page)) for child in (token, *(token.children or ()))
    }
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}


def test_numbers_are_aligned_to_the_right_and_notes_get_a_column():
    table = Table(("A", Column("N", number=True)), [Row(("x", "1"), "because"), Row(("y", "2"))], "Why")
    assert render_page(Page("t", (), (Section("S", (table,)),))) == (
        "# t\n\n## S\n\n| A | N | Why |\n| --- | ---: | --- |\n| x | 1 | because |\n| y | 2 |  |\n"
    )


def test_a_command_with_backticks_gets_a_longer_fence():
    assert "````\n```x```\n````" in render_page(Page("t", (Code("```x```"),)))


def test_line_breaks_become_spaces():
    assert escaped("a\nb | c") == r"a b \| c"


def test_a_scorecard_has_a_heading_for_every_section(cards):
    card, names = cards["E-12"]
    headings = [line for line in render_markdown(card, names=names).splitlines() if line.startswith("#")]
    assert headings == [
        "# Scorecard of Tomasz Wrona",
        "## Accountabilities",
        "## Responsibilities in numbers",
        "## Clause by clause",
        "## To act on",
        "## Best moves",
        "## Where effort goes",
        "## Conditions of the work",
        "## What to fix in the data",
    ]
