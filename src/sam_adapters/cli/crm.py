"""``salesforce doctor`` and ``hubspot doctor``: what a CRM lets us read, and what that leaves open."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sam_adapters.cli.output import Exit, Paper, output_options
from sam_adapters.cli.source import SETTINGS, Source

__all__ = ["hubspot", "salesforce"]


@click.group()
def salesforce() -> None:
    """Salesforce: is the org readable, and what would a book know."""


@click.group()
def hubspot() -> None:
    """HubSpot: is the portal readable, and what would a book know."""


def _doctor(vendor: str) -> click.Command:
    @click.command(
        "doctor",
        help=f"""Describe what {vendor} gives us: objects, fields, gaps, calls.

        Secrets are taken from the environment, never from the command line. Exits with 1
        where no book can be read.
        """,
        epilog=f"""\b
Examples:
  sam-core {vendor} doctor
  sam-core {vendor} doctor --mapping {vendor}.toml --json
""",
    )
    @SETTINGS
    @click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
                  help="How its objects are laid onto ours.")  # fmt: skip
    @click.option("--manager", default="", metavar="ID", help="Count for one book only.")
    @output_options(formats=False)
    @click.pass_context
    def doctor(
        ctx: click.Context,
        settings: tuple[tuple[str, str], ...],
        mapping: Path | None,
        manager: str,
        paper: Paper,
    ) -> None:
        from sam_adapters.renderers.json import plain

        source = Source(path=None, adapter_name=vendor, settings=settings, mapping=mapping, strict=False)
        plugins = source.plugins()
        adapter: Any = source.open(plugins)
        room = import_module(f"sam_adapters.{vendor}.doctor")
        report = room.doctor(adapter, manager, rules=plugins.rule_book())
        paper.text(paper.data(plain(report)) if paper.format == "json" else room.render(report))
        ctx.exit(Exit.OK if report.healthy else Exit.FINDINGS)

    command: click.Command = doctor
    return command


salesforce.add_command(_doctor("salesforce"))
hubspot.add_command(_doctor("hubspot"))
