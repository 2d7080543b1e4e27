"""The command ``sam-core``: a thin driver over the core and the adapters."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; says what to install where its libraries are missing."""
    try:
        from sam_adapters.cli.app import cli
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich", "pluggy"}:
            raise
        sys.exit(f"sam-core needs {error.name} on the command line; install sam-core[cli]")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old terminal shows a ? for what it lacks
    cli(prog_name="sam-core")
