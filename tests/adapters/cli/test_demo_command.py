from __future__ import annotations

import json

from sam_adapters.demo import STORIES


def test_the_sample_is_written_and_shown(run, tmp_path):
    folder = tmp_path / "sample"
    result = run("demo", folder)
    assert result.exit_code == 0
    assert "Scorecard of Ines Albrecht" in result.stdout
    assert "Whitespace of Ines Albrecht" in result.stdout
    assert f"sam-core managers {folder}" in result.stdout
    assert "tables and the company's standards written to" in result.stderr
    assert (folder / "sale_lines.csv").is_file()


def test_a_folder_with_something_in_it_is_left_alone(run, tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    result = run("demo", tmp_path)
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_earlier_sample_is_written_over_when_asked(run, tmp_path):
    run("demo", tmp_path / "s", "--seed", 1)
    first = (tmp_path / "s" / "sale_lines.csv").read_bytes()
    assert run("demo", tmp_path / "s", "--seed", 2, "--force").exit_code == 0
    assert (tmp_path / "s" / "sale_lines.csv").read_bytes() != first


def test_what_there_is_to_see_is_listed_without_writing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = " ".join(run("demo", "--list").stdout.split())
    assert all(story.subject_id in text for story in STORIES)
    assert [story["text"] for story in json.loads(run("demo", "--list", "--json").stdout)] == [
        s.text for s in STORIES
    ]
    assert list(tmp_path.iterdir()) == []


def test_as_data_it_is_one_scorecard(run, tmp_path):
    result = run("demo", tmp_path / "s", "--json")
    assert json.loads(result.stdout)["accountabilities"]


def test_to_a_file_it_is_one_scorecard_too(run, tmp_path):
    run("demo", tmp_path / "s", "-o", tmp_path / "card.html")
    assert (tmp_path / "card.html").read_text(encoding="utf-8").count("<h1>") == 1
