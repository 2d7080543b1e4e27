from __future__ import annotations

from rich.cells import cell_len

from .conftest import AS_OF


def test_every_customer_of_the_book_has_its_map_within_80_columns(run, folder):
    text = run("relationships", folder, "--manager", "E-11", *AS_OF).stdout
    assert text.startswith("Relationships of Ines Albrecht")
    assert text.count("Last met") == 9
    assert "The account hangs on a single contact." in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_one_customer_can_be_asked_for_alone(data, folder):
    found = data("relationships", folder, "--manager", "E-11", "--account", "A-07", *AS_OF)
    assert list(found) == ["A-07"]
    assert found["A-07"]["people"]["A-07-B1"]["last_meeting"]["mode"] == "in person"


def test_a_customer_of_nobody_is_refused_with_the_nearest_one(run, folder):
    result = run("relationships", folder, "--manager", "E-11", "--account", "A-9", *AS_OF)
    assert result.exit_code == 2
    assert "no customer 'A-9' in this book; did you mean 'A-09'?" in result.stderr
