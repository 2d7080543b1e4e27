from __future__ import annotations

from sam_adapters.demo import MANAGERS


def test_everybody_with_a_book_is_listed_with_post_and_line(run, folder):
    lines = run("managers", folder).stdout.splitlines()
    assert lines[0] == "4 managers with a book"
    assert [line.split()[0] for line in lines[4:]] == list(MANAGERS)
    assert lines[4].split("  ")[-1] == "E-02"
    assert lines[7].endswith("?")  # nobody says whom Luca Ferri reports to


def test_the_same_as_data(data, folder):
    people = data("managers", folder)
    assert [person["id"] for person in people] == list(MANAGERS)
    assert people[3]["manager_id"]["unknown"] == "blank"


def test_nobody_is_said(run, tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name,manager_id\nA,Alpha,\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('[book]\ncurrency = "EUR"\n', encoding="utf-8")
    assert "Nobody has a book in this source" in run("managers", tmp_path).stdout
    result = run("scorecard", tmp_path)
    assert result.exit_code == 2
    assert "nobody has a book in this source" in result.stderr
