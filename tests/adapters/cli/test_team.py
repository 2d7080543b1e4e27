from __future__ import annotations

import pytest
from rich.cells import cell_len

from sam_adapters.demo import AS_OF as DAY
from sam_adapters.demo import MANAGERS, sample
from sam_core import Scorecard, score
from sam_core.actions import actions
from sam_core.team import team_view

from .conftest import AS_OF


@pytest.fixture(scope="module")
def cards():
    books = sample()
    return {header.id: score(books.book(header.id), as_of=DAY) for header in books.headers}


def test_actions_are_those_of_the_scorecard_in_their_order(data, folder, cards):
    expected = [(one.subject_id, list(one.clause_ids), list(one.rule_ids)) for one in actions(cards["E-12"])]
    found = data("actions", folder, "--manager", "E-12", "--top", 1000, *AS_OF)
    assert [(one["subject_id"], one["clause_ids"], one["rule_ids"]) for one in found] == expected


def test_actions_say_what_to_offer_to_whom_and_how_many_more_there_are(run, folder, cards):
    text = run("actions", folder, "--manager", "E-11", "--top", 30, *AS_OF).stdout
    assert "Offer " in text
    assert f"And {len(actions(cards['E-11'])) - 30} more with --top." in text
    assert "Ines Albrecht (manager)" in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_actions_of_all_books_are_one_list(data, folder, cards):
    found = data("actions", folder, "--all-managers", "--top", 10000, *AS_OF)
    assert len(found) == len(actions(Scorecard.combined(cards.values())))


def test_a_book_without_anything_to_do_says_so(run, tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name,manager_id\nA,Alpha,M\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('[book]\ncurrency = "EUR"\n', encoding="utf-8")
    assert "Nothing asks for action." in run("actions", tmp_path, *AS_OF).stdout


def test_the_team_stands_side_by_side_and_together(data, folder, cards):
    view = team_view(cards.values())
    found = data("team", folder, *AS_OF)
    assert [one["id"] for one in found["managers"]] == list(MANAGERS)
    assert [row["name"] for row in found["rows"]] == [row.name for row in view.rows]
    assert found["verdicts"]["E-13"]["ACC-1"] == "not met"
    assert found["verdicts"]["E-14"]["ACC-1"] is None
    assert [one["manager_id"] for one in found["outliers"]] == [one.manager_id for one in view.outliers]


def test_the_team_fits_80_columns_by_family_names(run, folder):
    text = run("team", folder, *AS_OF).stdout
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert any(
        line.split() == ["Clause", "Albrecht", "Wrona", "Karim", "Ferri"] for line in text.splitlines()
    )
    assert "far " in text


def test_a_field_manager_sees_own_reports_and_those_of_an_unknown_line(run, data, folder):
    found = data("team", folder, "--field-manager", "E-02", *AS_OF)
    assert [one["id"] for one in found["managers"]] == ["E-11", "E-12", "E-14"]
    assert found["strangers"] == ["E-14"]
    text = " ".join(run("team", folder, "--field-manager", "E-02", *AS_OF).stdout.split())
    assert "Not known to report to the field manager asked for: Luca Ferri." in text


def test_a_field_manager_without_reports_is_refused(run, tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name,manager_id\nA,Alpha,M\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,name,manager_id\nM,Mia,B\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('[book]\ncurrency = "EUR"\n', encoding="utf-8")
    result = run("team", tmp_path, "--field-manager", "C", *AS_OF)
    assert result.exit_code == 2
    assert "nobody with a book in this source reports to 'C'" in result.stderr


def test_more_managers_than_stand_abreast_get_a_table_more_and_numbers_for_like_names(run, tmp_path):
    rows = "".join(f"A{n},Account {n},M{n}\n" for n in range(6))
    people = "".join(f"M{n},Manager {n} Same,\n" for n in range(6))
    (tmp_path / "accounts.csv").write_text(f"id,name,manager_id\n{rows}", encoding="utf-8")
    (tmp_path / "people.csv").write_text(f"id,name,manager_id\n{people}", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('[book]\ncurrency = "EUR"\n', encoding="utf-8")
    lines = run("team", tmp_path, *AS_OF).stdout.splitlines()
    assert [line.split() for line in lines if line.startswith("Clause")] == [
        ["Clause", "#1", "#2", "#3", "#4"],
        ["Clause", "#5", "#6"],
    ]
    assert "Nobody's numbers lie far from those of the others, or there are too few to say." in " ".join(
        " ".join(lines).split()
    )
