"""``scorecard``, ``whitespace``, ``relationships`` and ``managers``: a book as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sam_adapters.cli.output import Exit, Paper, output_options, progress
from sam_adapters.cli.source import Asked, Source, book_options, merged, source_options
from sam_core.values import Outcome

if TYPE_CHECKING:
    from sam_adapters.contract import ProblemLog
    from sam_adapters.renderers.names import Names
    from sam_core.scorecard import Scorecard

__all__ = ["managers", "relationships", "scorecard", "scored", "whitespace"]

_FAIL_ON = {"not-met": Outcome.NOT_MET, "at-risk": Outcome.AT_RISK, "not-assessable": Outcome.NOT_ASSESSABLE}


def scored(asked: Asked) -> tuple[list[Scorecard], Names, ProblemLog]:
    """The scorecards of the books that are meant, the names read on the way, and the problems met."""
    from sam_adapters.renderers.names import Names
    from sam_core.assessment import score

    names, cards, logs = Names(), [], []
    with progress("Reading the book of") as watch:
        for _, reading in asked.readings():
            book = names.watching(watch(reading.book))
            cards.append(score(book, as_of=asked.as_of, rules=asked.rules))
            logs.append(reading.problems)
    return cards, names, merged(logs)


@click.command(
    epilog="""\b
Examples:
  sam-core scorecard sample --manager E-11 --as-of 2026-09-30
  sam-core scorecard sample --all-managers --period 2026Q3 --json
  sam-core scorecard exports --mapping exports.toml -o card.html
  sam-core scorecard sample --manager E-13 --fail-on not-met \\
    --clause ACC-1 && echo fine
"""
)
@book_options(every=True)
@click.option("--all", "every", is_flag=True, help="List every finding, not the first ones only.")
@click.option("--fail-on", multiple=True, type=click.Choice(list(_FAIL_ON)),
              help="Exit with 1 if an accountability comes out so; repeatable.")  # fmt: skip
@click.option("--clause", "clauses", multiple=True, type=click.Choice([f"ACC-{n}" for n in range(1, 6)]),
              help="The accountability --fail-on looks at; repeatable.  [default: all]")  # fmt: skip
@output_options()
@click.pass_context
def scorecard(
    ctx: click.Context,
    asked: Asked,
    every: bool,
    fail_on: tuple[str, ...],
    clauses: tuple[str, ...],
    paper: Paper,
) -> None:
    """The scorecard: five accountabilities, the numbers, what to act on.

    SOURCE is a folder or a file of tables.
    """
    from sam_adapters import open_renderer
    from sam_adapters.renderers.scorecard import FINDINGS_SHOWN, scorecard_page
    from sam_core.scorecard import Scorecard

    cards, names, problems = scored(asked)
    card = cards[0] if len(cards) == 1 else Scorecard.combined(cards)
    options: dict[str, Any] = {
        "names": names,
        "problems": len(problems),
        "findings": None if every else FINDINGS_SHOWN,
    }
    if paper.is_own:
        paper.write(lambda: scorecard_page(card, **options), lambda: _json(card))
    else:
        paper.text(open_renderer(paper.format, plugins=asked.plugins)(card, **options))
    outcomes = {_FAIL_ON[name] for name in fail_on}
    judged = [
        one for one in card.accountabilities if one.applies and (not clauses or one.clause_id in clauses)
    ]
    if any(one.outcome in outcomes for one in judged):
        ctx.exit(Exit.FINDINGS)


def _json(card: Scorecard) -> str:
    from sam_adapters.renderers.json import to_json

    return to_json(card)


@click.command(
    epilog="""\b
Examples:
  sam-core whitespace sample --manager E-11 --as-of 2026-09-30
  sam-core whitespace sample --manager E-13 --account A-18
  sam-core whitespace sample --manager E-11 --top 50 --json
"""
)
@book_options()
@click.option("--account", "account_id", metavar="ID", help="One customer's grid, place by place.")
@click.option(
    "--top", default=20, show_default=True, type=click.IntRange(min=0), help="How many moves to list."
)
@output_options()
def whitespace(asked: Asked, account_id: str | None, top: int, paper: Paper) -> None:
    """Where the next sale is: the grid of every customer, and moves by value.

    SOURCE is a folder or a file of tables.
    """
    from sam_adapters.renderers.whitespace import survey, whitespace_data, whitespace_page

    (manager,) = asked.managers()
    with progress("Reading the book of") as watch:
        reading = asked.reading(manager)
        found = survey(watch(reading.book), as_of=asked.as_of, account_id=account_id)
    if account_id is not None and not found.spaces:
        _stranger(account_id, found.names)
    paper.write(lambda: whitespace_page(found, top), lambda: whitespace_data(found, top))


def _stranger(account_id: str, names: Names) -> NoReturn:
    from sam_adapters.contract import AdapterError
    from sam_core.errors import suggestion

    raise AdapterError(f"no customer {account_id!r} in this book{suggestion(account_id, names.accounts)}")


@click.command(
    epilog="""\b
Examples:
  sam-core relationships sample --manager E-11 --as-of 2026-09-30
  sam-core relationships sample --manager E-11 --account A-07
"""
)
@book_options()
@click.option("--account", "account_id", metavar="ID", help="One customer alone.")
@output_options()
def relationships(asked: Asked, account_id: str | None, paper: Paper) -> None:
    """Who is who at each customer: roles, reporting lines, who was met last.

    SOURCE is a folder or a file of tables.
    """
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.names import Names
    from sam_adapters.renderers.relationships import relationships_page
    from sam_core.relationships import relationship_map

    (manager,) = asked.managers()
    names = Names()
    with progress("Reading the book of") as watch:
        book = names.watching(watch(asked.reading(manager).book))
        wanted = ("locations", "buyers", "meetings", "readings")
        maps = {
            one.id: relationship_map(one, as_of=asked.as_of)
            for one in book.dossiers(*wanted)
            if account_id in (None, one.id)
        }
    if account_id is not None and not maps:
        _stranger(account_id, names)
    paper.write(
        lambda: relationships_page(maps, manager, asked.as_of, names),
        lambda: {key: plain(one) for key, one in maps.items()},
    )


@click.command(
    epilog="""\b
Examples:
  sam-core managers sample
  sam-core managers exports --mapping exports.toml --json
"""
)
@source_options
@output_options()
def managers(source: Source, paper: Paper) -> None:
    """Who has a book in this source.

    SOURCE is a folder or a file of tables.
    """
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.people import managers_page

    people = tuple(source.open().managers())

    def data() -> Iterator[Any]:
        yield from (plain(person) for person in people)

    paper.write(lambda: managers_page(people), lambda: list(data()))
