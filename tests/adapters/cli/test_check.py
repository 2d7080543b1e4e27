from __future__ import annotations

import json
import shutil

import pytest
from rich.cells import cell_len

from .conftest import AS_OF


def test_the_two_wrong_rows_are_named_with_file_row_and_column(data, folder):
    problems = data("check", folder, *AS_OF)["problems"]
    assert [(one["where"], one["effect"]) for one in problems] == [
        ("cases.csv", "record left out"),
        ("deliveries.csv", "record left out"),
    ]
    rows = len((folder / "cases.csv").read_text(encoding="utf-8").splitlines())
    assert problems[0]["record"] == f"row {rows}"
    assert "A-99" in problems[0]["problem"]
    assert "due_on" in problems[1]["field"]


def test_rows_left_out_are_exit_code_4(run, folder):
    result = run("check", folder, *AS_OF)
    assert result.exit_code == 4
    assert "2 problems in the data" in result.stdout
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80


@pytest.fixture
def clean(folder, tmp_path):
    """The sample without its wrong rows."""
    path = tmp_path / "clean"
    shutil.copytree(folder, path)
    for name in ("cases", "deliveries"):
        lines = (path / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (path / f"{name}.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    return path


def test_clean_data_is_exit_code_0(run, clean):
    result = run("check", clean, *AS_OF)
    assert result.exit_code == 0
    assert "Every row could be read and used." in result.stdout


def test_a_table_that_is_not_there_is_named_with_what_waits_for_it(run, clean):
    (clean / "sale_lines.csv").unlink()
    (clean / "sale_credits.csv").unlink()
    found = json.loads(run("check", clean, "--json", *AS_OF).stdout)
    assert "sale_lines" in {gap["name"] for gap in found["gaps"]}
    assert "sale_lines" not in found["capabilities"]["provides"]
    text = " ".join(run("check", clean, *AS_OF).stdout.split())
    assert "sale lines no: " in text
    assert "table sale_lines" in text


def test_one_book_alone_can_be_checked(data, folder):
    whole = data("check", folder, *AS_OF)["judged"]["applicable"]
    part = data("check", folder, "--manager", "E-14", *AS_OF)["judged"]["applicable"]
    assert 0 < part < whole


def test_many_problems_are_counted_and_cut_off_in_words(run, clean):
    path = clean / "cases.csv"
    header, *rest = path.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("opened_at")
    cells = rest[0].split(",")
    bad = []
    for number in range(40):
        row = [*cells]
        row[0], row[header.split(",").index("id")] = cells[0], f"X{number}"
        row[place] = f"yesterday {number}"
        bad.append(",".join(row))
    path.write_text("\n".join([header, *rest, *bad]) + "\n", encoding="utf-8")
    result = run("check", clean, *AS_OF)
    assert result.exit_code == 4
    assert "40 problems in the data" in result.stdout
    assert run("check", clean, "--all", *AS_OF).stdout.count("is not a moment") == 40
    assert "And 20 more: add --all, or read them with --json." in " ".join(result.stdout.split())


def test_strict_refuses_at_the_first_problem(run, folder):
    result = run("check", folder, "--strict", *AS_OF)
    assert result.exit_code in {2, 3}
    assert "cases.csv" in result.stderr
