from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings

from sam_adapters.renderers import render_html
from sam_adapters.renderers.html import render_page
from sam_adapters.renderers.page import Cell, Facts, Page, Row, Section, Table, Tone

from .pages import pages

VOID = {"meta"}


class Reader(HTMLParser):
    """Keeps the texts, the tags and what they carry; refuses what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


ALLOWED = set(
    "html head meta title style body main h1 h2 section div table thead tbody tr th td dl dt dd ul li p pre code span".split()
)


@settings(max_examples=60, deadline=None)
@given(pages)
def test_any_page_is_well_formed_and_holds_only_our_own_tags(page):
    reader = read(render_page(page))
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    assert not any(
        name in {"src", "href"} or name.startswith("on") for _, attrs in reader.tags for name in attrs
    )


@settings(max_examples=60, deadline=None)
@given(pages)
def test_every_cell_is_there_letter_by_letter(page):
    shown = "".join(read(render_page(page)).texts)
    for block in page:
        if isinstance(block, Table):
            for row in block.rows:
                for text in (*(str(cell) for cell in row.cells), row.note):
                    assert text.replace("\r\n", "\n").replace("\r", "\n").replace(
                        "\0", "\ufffd"
                    ) in shown.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def test_a_hostile_name_stays_a_name():
    page = Page("<script>alert(1)</script>", (Facts((("a", Cell('"><img src=x>', Tone.BAD)),)),))
    text = render_page(page)
    assert "<script" not in text
    assert "<img" not in text
    assert '"><img src=x>' in "".join(read(text).texts)


def test_tables_say_what_their_cells_belong_to():
    page = Page("t", (), (Section("S", (Table(("A", "B"), [Row(("x", "y"), "because")]),)),))
    tags = read(render_page(page)).tags
    assert [attrs["scope"] for tag, attrs in tags if tag == "th"] == ["col", "col", "row"]
    assert ("div", {"class": "wide", "role": "region", "aria-label": "S", "tabindex": "0"}) in tags
    assert ("td", {"colspan": "2"}) in tags


def test_a_scorecard_is_one_file_that_loads_nothing(cards):
    card, names = cards["E-11"]
    text = render_html(card, names=names)
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "Ines Albrecht" in text
