"""A page as Markdown: for a wiki, a mail, a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sam_adapters.renderers.page import Block, Code, Facts, Items, Page, Table, Text
from sam_adapters.renderers.scorecard import scorecard_page
from sam_core.scorecard import Scorecard

__all__ = ["escaped", "render_markdown", "render_page"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~#])")


def render_markdown(scorecard: Scorecard, **options: Any) -> str:
    """A scorecard as Markdown; the options are those of :func:`~sam_adapters.renderers.scorecard.scorecard_page`."""
    return render_page(scorecard_page(scorecard, **options))


def render_page(page: Page) -> str:
    """Any page as Markdown."""
    parts = [f"# {escaped(page.title)}", *_blocks(page.lead)]
    for section in page.sections:
        parts += [f"## {escaped(section.title)}", *_blocks(section.blocks)]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text on one line that Markdown takes as it stands."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _blocks(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Table():
                yield _table(block)
            case Facts():
                yield "\n".join(
                    f"- **{escaped(name)}:** {escaped(str(value))}" for name, value in block.pairs
                )
            case Items():
                yield "\n".join(f"- {escaped(text)}" for text in block.texts)
            case Text():
                yield escaped(block.text)
            case Code():
                fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
                yield f"{fence}\n{block.text}\n{fence}"


def _table(table: Table) -> str:
    names = [column.name for column in table.columns]
    marks = ["---:" if column.number else "---" for column in table.columns]
    if table.has_notes:
        names.append(table.note)
        marks.append("---")
    lines = [_line(escaped(name) for name in names), _line(marks)]
    for row in table.rows:
        cells = [str(cell) for cell in row.cells] + ([row.note] if table.has_notes else [])
        lines.append(_line(escaped(cell) for cell in cells))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
