"""``plan``: account plans as documents that people edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sam_adapters.cli.output import Exit, Paper, output_options, progress
from sam_adapters.cli.source import Asked, as_day, book_options, today

if TYPE_CHECKING:
    from sam_core.book import AccountPlan

__all__ = ["plan"]

_DOCUMENT: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    epilog="""\b
From a draft to a plan:
  sam-core plan draft sample --manager E-11 --account A-05 \\
      --as-of 2026-09-30 -o baltic.md
  sam-core plan check baltic.md
  sam-core plan render baltic.md --for customer -o for-baltic.md
"""
)
def plan() -> None:
    """Account plans: draft, check, diff, render.

    A plan is a document in TOML, or in Markdown with TOML as its front matter. What
    stands in [internal: ...] is left out of the customer's copy.
    """


@plan.command(
    epilog="""\b
Examples:
  sam-core plan draft sample --manager E-11 --account A-05 \\
      --as-of 2026-09-30 -o baltic.md
  sam-core plan draft sample --manager E-11 --account A-05 -o baltic.toml
"""
)
@book_options()
@click.option("--account", "account_id", required=True, metavar="ID", help="For which customer.")
@output_options(formats=False)
def draft(asked: Asked, account_id: str, paper: Paper) -> None:
    """Write a first draft out of what the book knows.

    Open service signals become candidate needs, the best moves candidate initiatives,
    and growth goals targets. A file that is there already is left alone.
    """
    from sam_adapters.contract import AdapterError
    from sam_adapters.renderers.json import plain
    from sam_core.assessment import moves
    from sam_core.errors import suggestion
    from sam_core.norms import NORM_COLLECTIONS, norms_of
    from sam_core.plans import draft_plan, dumps_plan, render_plan

    if paper.path is not None and paper.path.exists():
        raise click.UsageError(f"{paper.path} is there already; name another file, or remove it first")
    (manager,) = asked.managers()
    with progress("Reading the book of") as watch:
        book = watch(asked.reading(manager).book)
        dossiers = {dossier.id: dossier if dossier.id == account_id else None for dossier in book}
        dossier = dossiers.get(account_id)
        if dossier is None:
            raise AdapterError(f"no customer {account_id!r} in this book{suggestion(account_id, dossiers)}")
        made = draft_plan(
            dossier,
            book.header,
            as_of=asked.as_of,
            moves=moves(book, as_of=asked.as_of),
            norms=norms_of(book.dossiers(*NORM_COLLECTIONS), book.header.policy, asked.as_of),
        )
    if paper.format == "json":
        paper.text(paper.data(plain(made)))
    else:
        as_toml = paper.path is not None and paper.path.suffix == ".toml"
        paper.text(dumps_plan(made, body=None if as_toml else render_plan(made)))


@plan.command(
    epilog="""\b
Examples:
  sam-core plan check baltic.md
  sam-core plan check baltic.md --standards standards.toml --tier A
"""
)
@click.argument("document", type=_DOCUMENT)
@click.option(
    "--as-of", type=as_day, default=None, metavar="DAY", help="The day it is to hold on.  [default: today]"
)
@click.option("--standards", type=_DOCUMENT, metavar="FILE",
              help="The company's standards.  [default: our defaults]")  # fmt: skip
@click.option("--tier", metavar="NAME", help="By the standards for accounts of that tier.")
@output_options(formats=False)
@click.pass_context
def check(
    ctx: click.Context,
    document: Path,
    as_of: date | None,
    standards: Path | None,
    tier: str | None,
    paper: Paper,
) -> None:
    """Say line by line what keeps a plan from conforming.

    Exits with 1 where anything does.
    """
    from sam_adapters.renderers.json import plain
    from sam_core.plans import check_plan
    from sam_core.standards import Policy

    day = as_of or today()
    policy = Policy() if standards is None else Policy.from_toml(standards.read_text(encoding="utf-8"))
    problems = check_plan(document.read_text(encoding="utf-8"), as_of=day, standards=policy.on(day, tier))
    if paper.format == "json":
        paper.text(paper.data([plain(problem) for problem in problems]))
    elif problems:
        places = (f"{p.where}: " if p.where else "" for p in problems)
        paper.text(
            "\n".join(
                f"{document}:{p.line}: {place}{p.problem}" for p, place in zip(problems, places, strict=True)
            )
        )
    else:
        paper.text(f"{document} conforms to the standards of {day}.")
    ctx.exit(Exit.FINDINGS if problems else Exit.OK)


@plan.command(
    epilog="""\b
Examples:
  sam-core plan diff baltic-june.md baltic.md
  sam-core plan diff baltic-june.md baltic.md --json
"""
)
@click.argument("before", type=_DOCUMENT)
@click.argument("after", type=_DOCUMENT)
@output_options(formats=False)
def diff(before: Path, after: Path, paper: Paper) -> None:
    """Say what changed from one version of a plan to another, entry by entry."""
    from sam_adapters.renderers.json import plain
    from sam_core.plans import diff_plans

    changes = diff_plans(_read(before), _read(after))
    if paper.format == "json":
        paper.text(paper.data([plain(change) for change in changes]))
    else:
        paper.text("\n".join(map(str, changes)) or "Nothing changed.")


@plan.command(
    epilog="""\b
Examples:
  sam-core plan render baltic.md
  sam-core plan render baltic.md --for customer -o for-baltic.md
"""
)
@click.argument("document", type=_DOCUMENT)
@click.option("--for", "audience", type=click.Choice(["company", "customer"]), default="company", show_default=True,
              help="The customer's copy leaves out what is internal.")  # fmt: skip
@output_options(formats=False)
def render(document: Path, audience: str, paper: Paper) -> None:
    """Write a plan out as Markdown, for us or for the joint session with the customer."""
    from sam_adapters.renderers.json import plain
    from sam_core.plans import Audience, render_plan

    read = _read(document)
    if paper.format == "json":
        if audience == "customer":
            raise click.UsageError("the customer's copy is Markdown; --json would show what is internal")
        paper.text(paper.data(plain(read)))
    else:
        paper.text(render_plan(read, Audience(audience)))


def _read(path: Path) -> AccountPlan:
    from sam_adapters.contract import AdapterError
    from sam_core.plans import PlanDocumentError, loads_plan

    try:
        return loads_plan(path.read_text(encoding="utf-8"))
    except PlanDocumentError as error:
        places = "\n".join(
            f"{path}:{one.line}: {one.where + ': ' if one.where else ''}{one.problem}"
            for one in error.problems
        )
        raise AdapterError(f"this is no plan document\n{places}") from error
