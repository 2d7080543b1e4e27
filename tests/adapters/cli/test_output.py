from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from sam_adapters.cli.output import Paper, progress
from sam_core import Book, BookHeader, Dossier, Period
from sam_core.book import Account, Person

from .conftest import AS_OF


def on_a_terminal(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """What a command writes to a terminal of 80 columns."""
    child, parent = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-c", "from sam_adapters.cli import main; main()", *command],
        stdout=parent,
        stderr=parent,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"} | environment,
    )
    os.close(parent)
    read = deque[bytes]()
    while True:
        try:
            block = os.read(child, 65536)
        except OSError:
            break
        if not block:
            break
        read.append(block)
    os.close(child)
    return done.wait(), b"".join(read).decode()


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_and_progress_are_for_terminals_that_want_them(folder, environment, coloured):
    code, text = on_a_terminal(["scorecard", str(folder), "--manager", "E-14", *AS_OF], environment)
    assert code == 0
    assert "Scorecard of Luca Ferri" in text
    assert ("\x1b[1mScorecard" in text) is coloured


def test_a_terminal_sets_the_width_within_reason(monkeypatch):
    paper = Paper(format="text", path=None)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for columns, width in ((20, 40), (100, 100), (400, 120)):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert paper.width == width
    assert Paper(format="text", path=Path("x")).width == 80


def test_progress_passes_the_book_on_where_nobody_looks():
    book = Book.of(BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR"), ())
    with progress("Reading") as watch:
        assert watch(book) is book


def test_progress_counts_on_standard_error(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")
    dossier = Dossier(account=Account(id="a", name="A"))
    with progress("Reading") as watch:
        assert list(watch(Book.of(header, [dossier]))) == [dossier]
    assert capsys.readouterr().out == ""


def test_a_format_that_a_report_does_not_have_is_refused(run, folder):
    result = run("managers", folder, "--format", "htm")
    assert result.exit_code == 2
    assert "there is no format 'htm' here; did you mean 'html'?" in result.stderr


def test_a_closed_pipe_ends_in_silence(folder):
    code = "from sam_adapters.cli import main; main()"
    command = f"{sys.executable} -c '{code}' explain 'RESP-*' | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "Rules like RESP-*\n"
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_named(run, folder, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("managers", folder, "-o", tmp_path / "file" / "x.txt")
    assert result.exit_code == 3
    assert "file" in result.stderr
