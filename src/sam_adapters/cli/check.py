"""``check``: is this data fit for a verdict?"""

from __future__ import annotations

from typing import Any

import click

from sam_adapters.cli.book import scored
from sam_adapters.cli.output import Exit, Paper, output_options
from sam_adapters.cli.source import Asked, book_options
from sam_adapters.contract import Effect

__all__ = ["check"]


@click.command(
    epilog="""\b
Examples:
  sam-core check sample --as-of 2026-09-30
  sam-core check exports --mapping exports.toml --json > problems.json
  sam-core check exports || echo "mend the rows first"
"""
)
@book_options(every=True)
@click.option("--all", "every", is_flag=True, help="List every problem, not the first ones only.")
@output_options()
@click.pass_context
def check(ctx: click.Context, asked: Asked, every: bool, paper: Paper) -> None:
    """Is this data fit: problems by row, what cannot be judged and why, what to add.

    SOURCE is a folder or a file of tables. All its books are checked where --manager
    names none. Exits with 4 where rows were left out or values could not be read.
    """
    from attrs import evolve

    from sam_adapters.renderers.check import check_page
    from sam_adapters.renderers.json import plain
    from sam_core.scorecard import Scorecard

    asked = evolve(asked, all_managers=asked.manager is None)
    cards, _, problems = scored(asked)
    card = cards[0] if len(cards) == 1 else Scorecard.combined(cards)
    capabilities = asked.adapter.capabilities

    def data() -> dict[str, Any]:
        return {
            "problems": [plain(problem) for problem in problems],
            "counts": [
                {"where": where, "field": field, "effect": effect.value, "count": count}
                for (where, field, effect), count in sorted(problems.counts.items(), key=str)
            ],
            "judged": {"assessable": card.tally.assessable, "applicable": card.tally.applicable},
            "gaps": [plain(gap) for gap in card.gaps],
            "capabilities": {
                "provides": sorted(capabilities.provides),
                "gaps": {name: plain(gap) for name, gap in sorted(capabilities.gaps.items())},
                "assumptions": list(capabilities.assumptions),
            },
        }

    paper.write(lambda: check_page(card, problems, capabilities, every=every), data)
    if any(effect is not Effect.NOTED for _, _, effect in problems.counts):
        ctx.exit(Exit.DATA)
