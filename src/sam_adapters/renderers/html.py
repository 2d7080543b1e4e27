"""A page as one HTML file: nothing is loaded from elsewhere, it prints well and reads well aloud."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from sam_adapters.renderers.page import Block, Cell, Code, Facts, Items, Page, Row, Table, Text, Tone
from sam_adapters.renderers.scorecard import scorecard_page
from sam_core.scorecard import Scorecard

__all__ = ["render_html", "render_page"]

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d8dde4; --paper: #fff; --band: #f5f7fa;
  --good: #1a6b3c; --warning: #8a5200; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a0a9b6; --line: #3a4350; --paper: #14181e;
  --band: #1b2129; --good: #6fd39a; --warning: #f0b35a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 66rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; min-width: 60%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: .85em; }
tbody th { color: inherit; font-size: inherit; font-weight: 400; }
.number { text-align: right; padding-left: 1rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.whole { white-space: nowrap; } .number + .whole { padding-left: 1rem; }
.noted > * { border-bottom: 0; padding-bottom: 0; }
.note td { color: var(--soft); font-size: .92em; padding-top: 0; }
.good { color: var(--good); font-weight: 600; } .warning { color: var(--warning); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; } .quiet { color: var(--soft); }
pre { background: var(--band); padding: .6rem .8rem; overflow-x: auto; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } .noted { break-after: avoid; } .wide { overflow: visible; } thead { display: table-header-group; } }
"""


def render_html(scorecard: Scorecard, **options: Any) -> str:
    """A scorecard as HTML; the options are those of :func:`~sam_adapters.renderers.scorecard.scorecard_page`."""
    return render_page(scorecard_page(scorecard, **options))


def render_page(page: Page) -> str:
    """Any page as a whole HTML document."""
    title = escape(page.title)
    body = [f"<h1>{title}</h1>", *_blocks(page.lead, page.title)]
    for section in page.sections:
        body += [
            f"<section>\n<h2>{escape(section.title)}</h2>",
            *_blocks(section.blocks, section.title),
            "</section>",
        ]
    content = "\n".join(body)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    )


def _blocks(blocks: tuple[Block, ...], title: str) -> Iterator[str]:
    for block in blocks:
        match block:
            case Table():
                yield from _table(block, title)
            case Facts():
                yield "<dl>"
                for name, value in block.pairs:
                    yield f"<dt>{escape(name)}</dt><dd>{_text(value if isinstance(value, Cell) else Cell(value))}</dd>"
                yield "</dl>"
            case Items():
                yield "<ul>"
                yield from (f"<li>{escape(text)}</li>" for text in block.texts)
                yield "</ul>"
            case Text():
                yield f"<p>{escape(block.text)}</p>"
            case Code():
                yield f"<pre><code>{escape(block.text)}</code></pre>"


def _text(cell: Cell) -> str:
    text = escape(cell.text)
    return text if cell.tone is Tone.PLAIN else f'<span class="{cell.tone.value}">{text}</span>'


def _table(table: Table, title: str) -> Iterator[str]:
    kinds = ["number" if c.number else "whole" if c.whole else "" for c in table.columns]
    classes = [f' class="{kind}"' if kind else "" for kind in kinds]
    yield f'<div class="wide" role="region" aria-label="{escape(title)}" tabindex="0"><table>\n<thead><tr>'
    yield from (
        f'<th scope="col"{kind}>{escape(column.name)}</th>'
        for column, kind in zip(table.columns, classes, strict=True)
    )
    yield "</tr></thead>\n<tbody>"
    for row in table.rows:
        yield from _row(row, classes)
    yield "</tbody>\n</table></div>"


def _row(row: Row, classes: list[str]) -> Iterator[str]:
    first, *rest = ((_text(cell), kind) for cell, kind in zip(row.cells, classes, strict=True))
    cells = f'<th scope="row"{first[1]}>{first[0]}</th>' + "".join(
        f"<td{kind}>{text}</td>" for text, kind in rest
    )
    yield f'<tr class="noted">{cells}</tr>' if row.note else f"<tr>{cells}</tr>"
    if row.note:
        yield f'<tr class="note"><td colspan="{len(classes)}">{escape(row.note)}</td></tr>'
