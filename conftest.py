"""The documentation is run: Python blocks in order, page by page, and console blocks against the real command."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import SkipTest

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.typing import Parser

ROOT = Path(__file__).parent
DATA = ROOT.parent / "shared" / "data"
INSTALLERS = (
    "pip ",
    "python -m pip ",
    "python3 -m venv ",
    "uv ",
    "pipx ",
    "apt ",
    "apt-get ",
    "python -m venv ",
)
COMMAND = re.compile(r"^\$ (.*(?:\\\n.*)*)$", re.MULTILINE)


def setup(namespace: dict[str, Any]) -> None:
    """A directory of its own for every page, from which ``docs`` and the shared data are reached as from the project."""
    top = Path(tempfile.mkdtemp(prefix="sam-docs-"))
    work, bin_ = top / "work", top / "bin"
    work.mkdir()
    bin_.mkdir()
    (work / "docs").symlink_to(ROOT / "docs")
    if DATA.is_dir():
        (top / "shared").symlink_to(DATA.parent)
    script = bin_ / "sam-core"
    script.write_text(f"#!{sys.executable}\nfrom sam_adapters.cli import main\n\nmain()\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    namespace["__page__"] = (top, Path.cwd())
    os.chdir(work)


def teardown(namespace: dict[str, Any]) -> None:
    """Back to where we were, and nothing left behind."""
    top, before = namespace["__page__"]
    os.chdir(before)
    shutil.rmtree(top)
    namespace.clear()  # what a page held open is let go with the page


def needs_data(document: Document) -> bool:
    """The page reads data that is not there."""
    return "shared/data" in document.text and not DATA.is_dir()


def skipping(parser: Parser) -> Parser:
    """The same examples, skipped with a reason where the page's data is not there."""

    def parse(document: Document) -> Iterator[Region]:
        for region in parser(document):
            region.evaluator = absent if needs_data(document) else region.evaluator
            yield region

    return parse


def absent(_: Example) -> None:
    """Stands in for an example that cannot run here."""
    raise SkipTest(f"{DATA} is not there")


def console(example: Example) -> str | None:
    """Run the commands of one block, and compare what is shown with what came."""
    top, _ = example.document.namespace["__page__"]
    for command, shown in commands(example.parsed):
        if command.startswith(INSTALLERS):
            continue
        environment = os.environ | {
            "PATH": f"{top / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "PYTHONIOENCODING": "utf-8",
        }
        done = subprocess.run(  # noqa: S603  # what our own pages say
            ["bash", "-c", command],  # noqa: S607
            cwd=top / "work",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if difference := missing(shown, done.stdout + done.stderr):
            return f"$ {command}\n{difference}\n\nwhat came (exit code {done.returncode}):\n{done.stdout}{done.stderr}"
        if not shown and done.returncode:
            return f"$ {command}\nended with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
    return None


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block with the lines shown below it."""
    found = list(COMMAND.finditer(block))
    for match, end in zip(found, [*(m.start() for m in found[1:]), len(block)], strict=True):
        yield (
            match[1].replace("\\\n", " "),
            [line.rstrip() for line in block[match.end() : end].splitlines() if line.strip()],
        )


def missing(shown: list[str], came: str) -> str | None:
    """The first line shown that did not come in its turn; a line of ``...`` stands for any lines."""
    lines = [line.rstrip() for line in came.splitlines() if line.strip()]
    place, loose = 0, False
    for line in shown:
        if line.strip() in {"...", "…"}:
            loose = True
            continue
        if loose:
            while place < len(lines) and lines[place] != line:
                place += 1
        if place >= len(lines) or lines[place] != line:
            return f"this line did not come here: {line!r}"
        place, loose = place + 1, False
    if shown and not loose and place < len(lines):
        return f"more came than is shown, from here: {lines[place]!r}; end the block with '...' where that is meant"
    return None


pytest_collect_file = Sybil(
    parsers=[skipping(PythonCodeBlockParser()), skipping(CodeBlockParser("console", console)), SkipParser()],
    patterns=["*.md"],
    setup=setup,
    teardown=teardown,
).pytest()
