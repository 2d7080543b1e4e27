"""A page as text for a terminal, a pipe or a mail: readable at 80 columns and without colour."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Line

from sam_adapters.renderers.page import Block, Cell, Code, Column, Facts, Items, Page, Row, Table, Text, Tone
from sam_adapters.renderers.scorecard import scorecard_page
from sam_core.scorecard import Scorecard

__all__ = ["printable", "render_page", "render_terminal"]

WIDTH: Final = 80
"""What is taken where nobody says how wide the terminal is."""

_GAP: Final = 2
_NARROWEST: Final = 8
_STYLES: Final = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.WARNING: "yellow",
    Tone.BAD: "bold red",
    Tone.QUIET: "dim",
}
_JOINERS: Final = "\u200c\u200d"


def render_terminal(scorecard: Scorecard, **options: Any) -> str:
    """A scorecard as text.

    Args:
        scorecard: what to show.
        options: ``width`` and ``color`` as :func:`render_page` takes them; the rest goes to
            :func:`~sam_adapters.renderers.scorecard.scorecard_page`.
    """
    paper = {name: options.pop(name) for name in ("width", "color") if name in options}
    return render_page(scorecard_page(scorecard, **options), **paper)


def render_page(page: Page, *, width: int = WIDTH, color: bool = False) -> str:
    """Any page as text.

    Args:
        page: what to show.
        width: no line is wider, except where a single number or a command is.
        color: adds terminal colours; nothing is told by colour alone.
    """
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    paper = _Paper(console, width)
    for line in paper.page(page):
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    assert isinstance(console.file, io.StringIO)  # noqa: S101  # made above
    return console.file.getvalue()


def printable(text: str) -> str:
    """A text without what could move the cursor or turn the line around; each such sign becomes �."""
    one_line = " ".join(text.split()) if not text.isprintable() else text
    return "".join(c if c.isprintable() or c in _JOINERS else "\ufffd" for c in one_line)


class _Paper:
    """Lays blocks out in lines of a width."""

    def __init__(self, console: Console, width: int) -> None:
        self.console = console
        self.width = width

    def page(self, page: Page) -> Iterator[Line]:
        yield from self.wrapped(Line(printable(page.title), style="bold"))
        yield from self.blocks(page.lead)
        for section in page.sections:
            title = printable(section.title)
            yield Line()
            yield from self.wrapped(Line(title, style="bold"))
            yield Line("-" * min(cell_len(title), self.width), style="dim")
            yield from self.blocks(section.blocks, first=True)

    def blocks(self, blocks: tuple[Block, ...], *, first: bool = False) -> Iterator[Line]:
        for block in blocks:
            if not first:
                yield Line()
            first = False
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[Line]:
        match block:
            case Table():
                yield from self.table(block)
            case Facts():
                yield from self.facts(block)
            case Items():
                for text in block.texts:
                    yield from self.wrapped(Line(printable(text)), first="- ", rest="  ")
            case Text():
                yield from self.wrapped(Line(printable(block.text)))
            case Code():
                for text in block.text.splitlines():
                    yield Line("  " + printable(text))

    def wrapped(self, line: Line, first: str = "", rest: str = "") -> Iterator[Line]:
        lead = first
        for part in line.wrap(self.console, max(self.width - cell_len(first), _NARROWEST)) or [Line()]:
            part.rstrip()
            yield Line.assemble(lead, part)
            lead = rest

    def facts(self, facts: Facts) -> Iterator[Line]:
        margin = max((cell_len(printable(name)) for name, _ in facts.pairs), default=0) + _GAP
        for name, value in facts.pairs:
            cell = value if isinstance(value, Cell) else Cell(value)
            label = printable(name)
            yield from self.wrapped(
                _styled(cell), first=label + " " * (margin - cell_len(label)), rest=" " * margin
            )

    def table(self, table: Table) -> Iterator[Line]:
        widths = self.widths(table)
        header = Row(Cell(column.name, Tone.QUIET) for column in table.columns)
        yield from self.row(header, table.columns, widths)
        yield Line("  ".join("-" * width for width in widths), style="dim")
        for row in table.rows:
            yield from self.row(row, table.columns, widths)
            if row.note:
                yield from self.wrapped(Line(printable(row.note), style="dim"), first="    ", rest="    ")

    def row(self, row: Row, columns: tuple[Column, ...], widths: list[int]) -> Iterator[Line]:
        cells = [
            _styled(cell).wrap(self.console, width) or [Line()]
            for cell, width in zip(row.cells, widths, strict=True)
        ]
        for index in range(max(len(lines) for lines in cells)):
            whole = Line()
            for lines, column, width in zip(cells, columns, widths, strict=True):
                part = lines[index] if index < len(lines) else Line()
                part.rstrip()
                room = " " * (width - part.cell_len)
                whole.append_text(Line.assemble(room, part) if column.number else Line.assemble(part, room))
                whole.append(" " * _GAP)
            whole.rstrip()
            yield whole

    def widths(self, table: Table) -> list[int]:
        """What each column needs, the breakable ones made narrower until all fit."""
        texts = [
            [column.name, *(str(row.cells[i]) for row in table.rows)]
            for i, column in enumerate(table.columns)
        ]
        widths = [max(cell_len(printable(text)) for text in column) for column in texts]
        room = self.width - _GAP * (len(widths) - 1)
        soft = [i for i, column in enumerate(table.columns) if not column.number and not column.whole]
        for breakable in (soft, range(len(widths))):
            while sum(widths) > room:
                widest = max(breakable, key=lambda i: widths[i], default=None)
                if widest is None or widths[widest] <= _NARROWEST:
                    break
                widths[widest] -= 1
        return widths


def _styled(cell: Cell) -> Line:
    return Line(printable(cell.text), style=_STYLES[cell.tone])
