"""``demo``: a sample to try everything on."""

from __future__ import annotations

from pathlib import Path

import click

from sam_adapters.cli.output import Exit, Paper, output_options

__all__ = ["demo"]

_SHOWN = "E-11"


@click.command(
    epilog="""\b
Examples:
  sam-core demo
  sam-core demo sample --seed 7
  sam-core demo sample --list
"""
)
@click.argument("folder", default="sam-sample", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Another number makes another sample.")
@click.option("--list", "stories", is_flag=True, help="List what there is to see in it, and write nothing.")
@click.option("--force", is_flag=True, help="Write over the files of an earlier sample.")
@output_options()
@click.pass_context
def demo(ctx: click.Context, folder: Path, seed: int, stories: bool, force: bool, paper: Paper) -> None:
    """Write a sample book to FOLDER, then show a scorecard and its whitespace.

    Four managers, 25 customers, three years of sales, and every interesting case once.
    Two rows are wrong on purpose, so that sam-core check has something to say.
    """
    from sam_adapters.demo import AS_OF, STORIES, write_sample
    from sam_adapters.renderers.demo import stories_page
    from sam_adapters.renderers.json import plain

    if stories:
        paper.write(stories_page, lambda: [plain(story) for story in STORIES])
        return
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise click.UsageError(f"{folder} is not empty; name another folder, or add --force to write over it")
    files = write_sample(folder, seed=seed)
    click.echo(f"{len(files)} tables and the company's standards written to {folder}", err=True)
    from sam_adapters.cli.app import cli

    same = ["--manager", _SHOWN, "--as-of", AS_OF.isoformat()]
    shape = (
        ["--format", paper.format]
        if paper.path is None
        else ["--format", paper.format, "-o", str(paper.path)]
    )
    for command, more in (("scorecard", []), ("whitespace", ["--top", "5"])):
        if command == "whitespace" and (paper.path is not None or paper.format != "text"):
            break
        with cli.make_context("sam-core", [command, str(folder), *same, *more, *shape]) as sub:
            cli.invoke(sub)
        click.echo()
    if paper.path is None and paper.format == "text":
        click.echo(_next(folder))
    ctx.exit(Exit.OK)


def _next(folder: Path) -> str:
    return f"""Next:
  sam-core demo --list
  sam-core managers {folder}
  sam-core scorecard {folder} --manager E-13 --as-of 2026-09-30
  sam-core check {folder} --as-of 2026-09-30
  sam-core explain ACC-1"""
