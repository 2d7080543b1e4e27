from __future__ import annotations

from decimal import Decimal

from rich.cells import cell_len

from .conftest import AS_OF


def test_a_change_is_the_later_number_less_the_earlier(data, folder):
    june, september = (
        data("scorecard", folder, "--manager", "E-11", "--as-of", day) for day in ("2026-06-30", "2026-09-30")
    )
    change = data("compare", folder, "--manager", "E-11", "--since", "2026-06-30", *AS_OF)
    (revenue,) = [m for m in change["measures"] if m["name"] == "revenue"]
    for card, side in ((june, "before"), (september, "after")):
        (one,) = [m for m in card["measures"] if m["name"] == "revenue"]
        assert Decimal(one["value"]) == Decimal(revenue[side])


def test_only_what_turned_is_listed(data, folder):
    change = data("compare", folder, "--manager", "E-12", "--since", "2026-03-31", *AS_OF)
    for one in change["findings"]:
        before, after = (one[side] and one[side]["outcome"] for side in ("before", "after"))
        assert before != after


def test_two_saved_scorecards_say_what_two_days_say(run, data, folder, tmp_path):
    for day in ("2026-06-30", "2026-09-30"):
        run("scorecard", folder, "--manager", "E-11", "--as-of", day, "-o", tmp_path / f"{day}.json")
    saved = data("compare", "--before", tmp_path / "2026-06-30.json", "--after", tmp_path / "2026-09-30.json")
    assert saved == data("compare", folder, "--manager", "E-11", "--since", "2026-06-30", *AS_OF)


def test_the_text_fits_80_columns(run, folder):
    text = run("compare", folder, "--manager", "E-11", "--since", "2026-06-30", *AS_OF).stdout
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "What changed for Ines Albrecht" in text


def test_nothing_changed_is_said(run, folder):
    text = run(
        "compare", folder, "--manager", "E-14", "--since", "2026-09-29", "--period", "2025", *AS_OF
    ).stdout
    assert text.count("None.") >= 2


def test_wrong_usage_is_told(run, folder):
    assert "--since DAY" in run("compare", folder, "--manager", "E-11", *AS_OF).stderr
    assert "--before FILE" in run("compare").stderr
    later = run("compare", folder, "--manager", "E-11", "--since", "2026-10-01", *AS_OF)
    assert later.exit_code == 2
    assert "is not before --as-of" in later.stderr
