"""The group of commands, and how it fails: one message, an exit code that says what kind it was."""

from __future__ import annotations

import traceback
from importlib import import_module
from typing import Any, Final

import click

from sam_adapters.cli.output import Exit
from sam_adapters.contract import SourceError
from sam_core.errors import SamCoreError

__all__ = ["cli"]

_HOME: Final = {
    "demo": "demo",
    "scorecard": "book",
    "whitespace": "book",
    "relationships": "book",
    "check": "check",
    "managers": "book",
    "actions": "team",
    "team": "team",
    "compare": "compare",
    "plan": "plan",
    "explain": "role",
    "standards": "role",
    "plugins": "extend",
    "new-adapter": "extend",
    "salesforce": "crm",
    "hubspot": "crm",
}
"""The commands, in the order of the help, and the module each lives in."""


class _Fault(click.ClickException):
    """One of our errors on its way to the user."""

    def __init__(self, error: Exception, exit_code: int) -> None:
        super().__init__(str(error))
        self.exit_code = int(exit_code)  # type: ignore[misc]  # click declares it for the class, and reads it off the error


class Commands(click.Group):
    """Commands that are imported when they are run, and errors told without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of the help."""
        return list(_HOME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them."""
        if cmd_name not in _HOME:
            return None
        module = import_module(f"sam_adapters.cli.{_HOME[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As ever; a mistyped name is answered with the nearest one."""
        from sam_core.errors import suggestion

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(
                f"there is no command {args[0]!r}{suggestion(args[0], _HOME)}", ctx
            ) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what we refuse becomes one message."""
        try:
            return super().invoke(ctx)
        except SamCoreError as error:
            code = Exit.SOURCE if isinstance(error, SourceError) else Exit.USAGE
            if ctx.meta.get("sam_core.verbose"):
                click.echo(traceback.format_exc(), err=True, nl=False)
            raise _Fault(error, code) from error
        except OSError as error:
            if error.filename is None:  # a closed pipe, which click knows how to end with
                raise
            raise _Fault(OSError(f"{error.filename}: {error.strerror}"), Exit.SOURCE) from error


@click.group(
    cls=Commands,
    help="""The Senior Account Manager's job, executable.

    Reads a manager's book out of tables or a CRM and shows the scorecard, where the
    next sale is, and what to do about it.

    \b
    Begin here:
      sam-core demo sample
      sam-core scorecard sample --manager E-11 --as-of 2026-09-30
    """,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="""\b
Exit codes:
  0  all went well
  1  something came out as asked about with --fail-on
  2  wrong usage: an option, a standard, a mapping
  3  the source cannot be read
  4  check found rows or values that could not be used
""",
)
@click.version_option(package_name="sam-core", message="sam-core %(version)s")
def cli() -> None:
    """The command ``sam-core``."""
