"""``plugins`` and ``new-adapter``: what is installed, and how to add to it."""

from __future__ import annotations

from pathlib import Path

import click

from sam_adapters.cli.output import Exit, Paper, output_options

__all__ = ["new_adapter", "plugins"]


@click.command(
    epilog="""\b
Examples:
  sam-core plugins
  sam-core plugins --json
  sam-core plugins --strict || echo "a plugin has a problem"
"""
)
@click.option("--strict", is_flag=True, help="Exit with 1 if any plugin has a problem.")
@output_options()
@click.pass_context
def plugins(ctx: click.Context, strict: bool, paper: Paper) -> None:
    """What is installed: adapters, rules, renderers; from where, and what is wrong."""
    from sam_adapters.plugins import load_plugins
    from sam_adapters.renderers.plugins import plugins_page

    found = load_plugins()
    paper.write(lambda: plugins_page(found), lambda: list(found.describe()))
    if strict and found.problems:
        ctx.exit(Exit.FINDINGS)


@click.command(
    "new-adapter",
    epilog="""\b
Examples:
  sam-core new-adapter acme
  sam-core new-adapter acme-crm --into ~/work
""",
)
@click.argument("name")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="FOLDER",
              help="Where to make it.  [default: here]")  # fmt: skip
def new_adapter(name: str, into: Path) -> None:
    """Write the skeleton of an adapter package.

    Its tests run at once, and say what to fill in.
    """
    from sam_adapters.scaffold import write_skeleton

    target = write_skeleton(name, into)
    click.echo(f"""{target} is there. Next:
  cd {target}
  python -m pip install -e '.[test]'
  python -m pytest""")
