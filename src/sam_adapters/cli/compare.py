"""``compare``: what changed between two days, or between two saved scorecards."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sam_adapters.cli.output import Paper, output_options, progress
from sam_adapters.cli.source import Asked, as_day, book_options

if TYPE_CHECKING:
    from sam_adapters.renderers.names import Names
    from sam_core.scorecard import Scorecard

__all__ = ["compare"]

_SAVED = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  sam-core compare sample --manager E-11 --since 2026-06-30 --as-of 2026-09-30
  sam-core scorecard sample --manager E-11 --as-of 2026-06-30 -o june.json
  sam-core scorecard sample --manager E-11 --as-of 2026-09-30 -o sept.json
  sam-core compare --before june.json --after sept.json
"""
)
@book_options(optional=True)
@click.option(
    "--since", type=as_day, default=None, metavar="DAY", help="The earlier day; the later one is --as-of."
)
@click.option("--before", type=_SAVED, metavar="FILE", help="A scorecard saved with --json.")
@click.option("--after", type=_SAVED, metavar="FILE", help="A later one of the same manager.")
@output_options()
def compare(
    asked: Asked | None, since: date | None, before: Path | None, after: Path | None, paper: Paper
) -> None:
    """What changed: measures, verdicts, moves.

    Either SOURCE on two days, or two scorecards that were saved with --json.
    """
    from sam_adapters.renderers.compare import comparison_page
    from sam_adapters.renderers.json import plain
    from sam_core.compare import compared

    cards, names = _days(asked, since) if before is None or after is None else _saved(before, after)
    change = compared(*cards)
    paper.write(lambda: comparison_page(*cards, change, names), lambda: plain(change))


def _days(asked: Asked | None, since: date | None) -> tuple[tuple[Scorecard, Scorecard], Names]:
    if asked is None or since is None:
        raise click.UsageError("give SOURCE with --since DAY, or --before FILE and --after FILE")
    from sam_adapters.renderers.names import Names
    from sam_core.assessment import score

    if since >= asked.as_of:
        raise click.UsageError(f"--since {since} is not before --as-of {asked.as_of}")
    names = Names()
    (manager,) = asked.managers()
    with progress("Reading the book of") as watch:
        earlier, later = (
            score(names.watching(watch(asked.reading(manager, day).book)), as_of=day, rules=asked.rules)
            for day in (since, asked.as_of)
        )
    return (earlier, later), names


def _saved(before: Path, after: Path) -> tuple[tuple[Scorecard, Scorecard], Names]:
    from sam_adapters.renderers.json import from_json
    from sam_adapters.renderers.names import Names

    earlier, later = (from_json(path.read_text(encoding="utf-8")) for path in (before, after))
    return (earlier, later), Names()
