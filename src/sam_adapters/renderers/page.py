"""A report before it is put on paper: what is said, not how it looks.

Every report is first made into a :class:`Page`; terminal, Markdown and HTML are three ways to
print one, so they never disagree.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import field, frozen

from sam_core.values import Outcome

__all__ = [
    "Block",
    "Cell",
    "Code",
    "Column",
    "Facts",
    "Items",
    "Page",
    "Row",
    "Section",
    "Table",
    "Text",
    "Tone",
    "toned",
]


class Tone(enum.Enum):
    """How a cell feels; always said in words too, never by colour alone."""

    PLAIN = ""
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    QUIET = "quiet"


@frozen
class Cell:
    """A text with a tone."""

    text: str
    tone: Tone = Tone.PLAIN

    def __str__(self) -> str:
        return self.text


_TONES = {
    Outcome.MET: Tone.GOOD,
    Outcome.AT_RISK: Tone.WARNING,
    Outcome.NOT_MET: Tone.BAD,
    Outcome.NOT_ASSESSABLE: Tone.QUIET,
}


def toned(outcome: Outcome | None) -> Cell:
    """An outcome in its own word; ``None`` is a rule that does not apply."""
    return Cell("does not apply", Tone.QUIET) if outcome is None else Cell(outcome.value, _TONES[outcome])


@frozen
class Column:
    """One column.

    Attributes:
        number: aligned to the right, and never broken over lines.
        whole: never broken over lines although it is no number: an id, a verdict.
    """

    name: str
    number: bool = False
    whole: bool = False


def _cells(values: Iterable[str | Cell]) -> tuple[Cell, ...]:
    return tuple(value if isinstance(value, Cell) else Cell(value) for value in values)


@frozen
class Row:
    """One row; the note is a sentence about it that needs more room than a column has."""

    cells: tuple[Cell, ...] = field(converter=_cells)
    note: str = ""


def _columns(columns: Iterable[str | Column]) -> tuple[Column, ...]:
    return tuple(column if isinstance(column, Column) else Column(column) for column in columns)


def _rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(rows)


def _pairs(pairs: Iterable[tuple[str, str | Cell]]) -> tuple[tuple[str, str | Cell], ...]:
    return tuple(pairs)


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


@frozen
class Table:
    """Rows under columns; ``note`` heads the column that the rows' notes make where there is room."""

    columns: tuple[Column, ...] = field(converter=_columns)
    rows: tuple[Row, ...] = field(converter=_rows)
    note: str = "Note"

    @property
    def has_notes(self) -> bool:
        """Whether any row has something to add."""
        return any(row.note for row in self.rows)


@frozen
class Facts:
    """Names with what they stand for: the head of a report."""

    pairs: tuple[tuple[str, str | Cell], ...] = field(converter=_pairs)


@frozen
class Items:
    """A list of sentences."""

    texts: tuple[str, ...] = field(converter=_texts)


@frozen
class Text:
    """A paragraph."""

    text: str


@frozen
class Code:
    """Text that is to be taken letter by letter: a command, a file."""

    text: str


Block: TypeAlias = Table | Facts | Items | Text | Code
"""What a section is made of."""


def _blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(blocks)


@frozen
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...] = field(converter=_blocks)


def _sections(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sections)


@frozen
class Page:
    """A whole report.

    Attributes:
        title: what it is, and whose.
        lead: blocks before the first section.
    """

    title: str
    lead: tuple[Block, ...] = field(default=(), converter=_blocks)
    sections: tuple[Section, ...] = field(default=(), converter=_sections)

    def __iter__(self) -> Iterator[Block]:
        yield from self.lead
        for section in self.sections:
            yield from section.blocks
