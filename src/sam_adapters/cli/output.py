"""How a command answers: on paper of the right width, in the format asked for, with an exit code."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import frozen

from sam_core.errors import suggestion

if TYPE_CHECKING:
    from sam_adapters.renderers.page import Page
    from sam_core.book import Book

__all__ = ["Exit", "Paper", "output_options", "progress"]

_WIDTH: Final = 80
_WIDEST: Final = 120
_FORMATS: Final = ("text", "markdown", "html", "json")


class Exit(IntEnum):
    """What the command's exit code says."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    SOURCE = 3
    DATA = 4


@frozen(kw_only=True)
class Paper:
    """Where and how an answer is written.

    Attributes:
        format: text, markdown, html, json, or the name of a plugin's renderer.
        path: a file; ``None`` for standard output.
    """

    format: str
    path: Path | None

    @property
    def is_own(self) -> bool:
        """One of the formats every report has."""
        return self.format in _FORMATS

    def write(self, page: Callable[[], Page], data: Callable[[], Any]) -> None:
        """One report, as a page or as data."""
        self.text(self.rendered(page, data))

    def rendered(self, page: Callable[[], Page], data: Callable[[], Any]) -> str:
        """The text of one report in the format asked for."""
        if not self.is_own:
            raise click.UsageError(
                f"there is no format {self.format!r} here{suggestion(self.format, _FORMATS)}"
            )
        if self.format == "json":
            return self.data(data())
        if self.format == "markdown":
            from sam_adapters.renderers import markdown

            return markdown.render_page(page())
        if self.format == "html":
            from sam_adapters.renderers import html

            return html.render_page(page())
        from sam_adapters.renderers import terminal

        return terminal.render_page(page(), width=self.width, color=self.color)

    @staticmethod
    def data(value: Any) -> str:
        """Data as JSON; a text is JSON already."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2) + "\n"

    def text(self, text: str) -> None:
        """A text as it stands, to the file or to standard output."""
        if self.path is None:
            click.echo(text, nl=not text.endswith("\n"), color=self.color)
        else:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(text, encoding="utf-8")
            click.echo(f"written to {self.path}", err=True)

    @property
    def _on_terminal(self) -> bool:
        return self.path is None and sys.stdout.isatty()

    @property
    def width(self) -> int:
        """The terminal's width within reason; 80 columns where there is none."""
        if not self._on_terminal:
            return _WIDTH
        return max(40, min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDEST))

    @property
    def color(self) -> bool:
        """Only on a terminal that wants it."""
        return self._on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["sam_core.verbose"] = value


def output_options(*, formats: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options ``--format``, ``--json``, ``--output`` and ``--verbose``; gives the command a ``paper``."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(as_json: bool, output: Path | None, format_: str = "text", **rest: Any) -> Any:
            ending = {".md": "markdown", ".html": "html", ".json": "json"}.get(
                output.suffix if output else ""
            )
            chosen = "json" if as_json else (format_ or ending or "text")
            return command(paper=Paper(format=chosen, path=output), **rest)

        run.__doc__, run.__name__ = command.__doc__, command.__name__
        run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
        run = click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_verbose,
                           help="Show a traceback with an error.")(run)  # fmt: skip
        run = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                           help="Write to a file; its ending tells the format.")(run)  # fmt: skip
        run = click.option("--json", "as_json", is_flag=True, help="Exact data for machines.")(run)
        if formats:
            run = click.option("--format", "format_", default="", metavar="NAME",
                               help=f"{', '.join(_FORMATS)}, or a plugin's renderer.")(run)  # fmt: skip
        return run

    return decorate


@contextmanager
def progress(what: str) -> Iterator[Callable[[Book], Book]]:
    """Tells on standard error how many accounts have been read; nothing where that is no terminal."""
    from sam_core.book import Book

    if not sys.stderr.isatty():
        yield lambda book: book
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,} accounts"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def watched(book: Book) -> Book:
            task = bar.add_task(f"{what} {book.header.manager.name}", total=None)

            def source(collections: frozenset[str]) -> Iterator[Any]:
                bar.reset(task)
                for dossier in book.source(collections):
                    yield dossier
                    bar.advance(task)

            return Book(book.header, source)

        yield watched
