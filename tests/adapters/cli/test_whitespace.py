from __future__ import annotations

from rich.cells import cell_len

from sam_adapters.demo import sample

from .conftest import AS_OF


def test_cells_of_a_customer_partition_its_grid(data, folder):
    found = data("whitespace", folder, "--manager", "E-13", "--account", "A-18", *AS_OF)
    (one,) = found["accounts"]
    (cells,) = found["cells"]
    assert sum(one["cells"].values()) == len(cells)
    for status, count in one["cells"].items():
        assert sum(cell["status"] == status for cell in cells) == count
    places = {(cell["location_id"], cell["buyer_id"]) for cell in cells}
    products = {cell["product_id"] for cell in cells}
    assert len(cells) == len(places) * len(products)


def test_what_competitors_hold_is_not_offered_as_a_move(data, folder):
    found = data("whitespace", folder, "--manager", "E-13", "--account", "A-18", "--top", 1000, *AS_OF)
    assert not [move for move in found["moves"] if move["product_id"] == "S-RM"]
    assert len(found["moves"]) == found["moves_in_all"]


def test_moves_come_by_value_and_by_name(data, folder):
    moves = data("whitespace", folder, "--manager", "E-11", "--top", 1000, *AS_OF)["moves"]
    values = [float(move["value"]) for move in moves if move["value"] is not None]
    assert values == sorted(values, reverse=True)
    assert all(move["value"] is None for move in moves[len(values) :])
    names = {dossier.id: dossier.account.name for dossier in sample().dossiers}
    assert all(move["account"] == names[move["account_id"]] for move in moves)


def test_the_text_fits_80_columns_and_says_how_many_more_there_are(run, folder):
    text = run("whitespace", folder, "--manager", "E-11", "--top", 3, *AS_OF).stdout
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "more with --top or --json." in text


def test_no_moves_are_listed_where_none_are_asked_for(run, folder):
    text = run("whitespace", folder, "--manager", "E-11", "--top", 0, *AS_OF).stdout
    assert "Value a year" not in text


def test_an_opportunity_without_lines_is_listed_in_no_cell(run, data, folder):
    assert (
        data("whitespace", folder, "--manager", "E-13", *AS_OF)["unplaced"]["A-20-O1"]
        == "open opportunity without lines"
    )
    assert (
        "A-20-O1: open opportunity without lines"
        in run("whitespace", folder, "--manager", "E-13", "--account", "A-20", *AS_OF).stdout
    )


def test_many_things_in_no_cell_are_cut_off_in_words(run, data, folder):
    unplaced = data("whitespace", folder, "--manager", "E-14", *AS_OF)["unplaced"]
    text = run("whitespace", folder, "--manager", "E-14", *AS_OF).stdout
    assert len(unplaced) > 10
    assert f"And {len(unplaced) - 10} more: read them with --json." in text


def test_a_customer_that_is_not_in_the_book_is_refused(run, folder):
    result = run("whitespace", folder, "--manager", "E-13", "--account", "A-1", *AS_OF)
    assert result.exit_code == 2
    assert "no customer 'A-1' in this book" in result.stderr


def test_other_formats_say_the_same(run, folder):
    for kind, heading in (("markdown", "## Moves"), ("html", "<h2>Moves</h2>")):
        assert heading in run("whitespace", folder, "--manager", "E-13", "--format", kind, *AS_OF).stdout
