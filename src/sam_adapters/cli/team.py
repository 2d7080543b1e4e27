"""``actions`` and ``team``: what to do next, and the field manager's view."""

from __future__ import annotations

from typing import Any

import click

from sam_adapters.cli.book import scored
from sam_adapters.cli.output import Paper, output_options
from sam_adapters.cli.source import Asked, book_options

__all__ = ["actions", "team"]


@click.command(
    epilog="""\b
Examples:
  sam-core actions sample --manager E-11 --as-of 2026-09-30
  sam-core actions sample --manager E-12 --as-of 2026-09-30 --top 50 --json
  sam-core actions sample --all-managers --as-of 2026-09-30 -o actions.md
"""
)
@book_options(every=True)
@click.option("--top", default=15, show_default=True, type=click.IntRange(min=1), help="How many to list.")
@output_options()
def actions(asked: Asked, top: int, paper: Paper) -> None:
    """What to do next: one ranked list over all findings and moves.

    What is overdue comes first, then what must hold and does not, then what should,
    then what is at risk, then the moves.
    """
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.team import actions_page
    from sam_core.actions import actions as ranked
    from sam_core.scorecard import Scorecard

    cards, names, problems = scored(asked)
    card = cards[0] if len(cards) == 1 else Scorecard.combined(cards)
    found = ranked(card)
    paper.write(
        lambda: actions_page(card, found, names, top, len(problems)),
        lambda: [plain(one) for one in found[:top]],
    )


@click.command(
    epilog="""\b
Examples:
  sam-core team sample --as-of 2026-09-30
  sam-core team sample --field-manager E-02 --as-of 2026-09-30
  sam-core team sample --as-of 2026-09-30 -o team.html
"""
)
@book_options(own=False)
@click.option(
    "--field-manager", metavar="ID", help="Whose reports; those of an unknown line are shown and named."
)
@output_options()
def team(asked: Asked, field_manager: str | None, paper: Paper) -> None:
    """The field manager's view: all scorecards side by side, together, and who stands out."""
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.team import team_page
    from sam_core.team import team_view

    cards, _, problems = scored(asked.reporting_to(field_manager))
    view = team_view(cards, field_manager_id=field_manager)

    def data() -> dict[str, Any]:
        return {
            "managers": [{"id": card.header.id, "name": card.header.manager.name} for card in view.cards],
            "verdicts": {
                card.header.id: {
                    one.clause_id: one.outcome.value if one.applies else None for one in card.accountabilities
                }
                for card in view.cards
            },
            "rows": [plain(row) for row in view.rows],
            "outliers": [plain(one) for one in view.outliers],
            "strangers": list(view.strangers),
        }

    paper.write(lambda: team_page(view, len(problems)), data)
