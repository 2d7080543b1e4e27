from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from rich.cells import cell_len

from sam_adapters.demo import MANAGERS

from .conftest import AS_OF


@pytest.fixture(scope="module")
def sql(folder):
    """The tables of the sample, asked directly."""
    con = duckdb.connect()
    for name in (
        "sale_lines",
        "sale_credits",
        "assignments",
        "products",
        "product_costs",
        "quotas",
        "accounts",
    ):
        con.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_csv('{folder / name}.csv', all_varchar = true, nullstr = '')"
        )
    yield con
    con.close()


MINE = """
    SELECT l.*, CAST(l.revenue AS DECIMAL(18, 2)) AS money FROM sale_lines l
    WHERE l.account_id IN (
        SELECT account_id FROM assignments
        WHERE person_id = $manager AND coalesce(role, 'account manager') = 'account manager'
          AND (start IS NULL OR CAST(start AS DATE) <= $end)
          AND ("end" IS NULL OR CAST("end" AS DATE) >= $first))
      AND CAST(l."on" AS DATE) BETWEEN $first AND least($end, DATE '2026-09-30')
"""


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize(
    ("period", "first", "end"),
    [("2026", "2026-01-01", "2026-12-31"), ("2026Q2", "2026-04-01", "2026-06-30")],
)
def test_revenue_is_what_plain_sql_makes_of_the_files_to_the_cent(
    sql, data, folder, manager, period, first, end
):
    (expected,) = sql.execute(
        f"SELECT coalesce(sum(money), 0) FROM ({MINE})", {"manager": manager, "first": first, "end": end}
    ).fetchone()
    card = data("scorecard", folder, "--manager", manager, "--period", period, *AS_OF)
    assert Decimal(measure(card, "revenue")["value"]) == expected


@pytest.mark.parametrize("manager", MANAGERS[:3])
def test_credit_follows_splits_and_the_holder_of_the_day(sql, data, folder, manager):
    (expected,) = sql.execute(
        f"""
        WITH mine AS ({MINE}),
        held AS (
            SELECT m.id, m.money, a.person_id FROM mine m JOIN assignments a ON a.account_id = m.account_id
            WHERE coalesce(a.role, 'account manager') = 'account manager'
              AND CAST(a.start AS DATE) <= CAST(m."on" AS DATE)
              AND (a."end" IS NULL OR CAST(a."end" AS DATE) >= CAST(m."on" AS DATE))
        ),
        shared AS (
            SELECT m.id, m.money, CAST(c.share AS DECIMAL(9, 4)) AS share, c.person_id
            FROM mine m JOIN sale_credits c ON c.line_id = m.id WHERE coalesce(c.kind, 'revenue') = 'revenue'
        )
        SELECT (SELECT coalesce(sum(round(money * share, 2)), 0) FROM shared WHERE person_id = $manager)
             + (SELECT coalesce(sum(money), 0) FROM held
                WHERE person_id = $manager AND id NOT IN (SELECT id FROM shared))
        """,
        {"manager": manager, "first": "2026-01-01", "end": "2026-12-31"},
    ).fetchone()
    quota = sql.execute(
        "SELECT CAST(amount AS DECIMAL(18, 2)) FROM quotas WHERE manager_id = ? AND period = '2026-01-01..2026-12-31' AND family IS NULL",
        [manager],
    ).fetchone()[0]
    card = data("scorecard", folder, "--manager", manager, *AS_OF)
    (one,) = [a for a in card["accountabilities"] if a["clause_id"] == "ACC-1"]
    assert Decimal(one["measured"]["numerator"]) == pytest.approx(expected, abs=Decimal("0.5"))
    assert Decimal(one["measured"]["denominator"]) == quota


def measure(card, name):
    (one,) = [m for m in card["measures"] if m["name"] == name]
    return one


def test_the_text_fits_80_columns_when_piped_and_has_no_colour(run, folder):
    result = run("scorecard", folder, "--manager", "E-11", *AS_OF, "--all")
    assert result.exit_code == 0
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_sections_come_in_their_order(run, folder):
    text = run("scorecard", folder, "--manager", "E-12", *AS_OF).stdout
    titles = ["Scorecard of Tomasz Wrona", "Accountabilities", "Responsibilities in numbers", "Clause by clause",
              "To act on", "Best moves",
              "Where effort goes", "Conditions of the work", "What to fix in the data"]  # fmt: skip
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_a_manager_is_found_by_name_too(run, folder):
    assert "Scorecard of Luca Ferri" in run("scorecard", folder, "--manager", "luca ferri", *AS_OF).stdout


def test_several_books_ask_whose_is_meant_and_list_them(run, folder):
    result = run("scorecard", folder, *AS_OF)
    assert result.exit_code == 2
    assert "this source has 4 books" in result.stderr
    assert all(f"--manager {manager}" in result.stderr for manager in MANAGERS)


def test_an_unknown_manager_is_refused_with_the_nearest(run, folder):
    result = run("scorecard", folder, "--manager", "E11", *AS_OF)
    assert result.exit_code == 2
    assert "no manager 'E11' in this source; did you mean 'E-11'?" in result.stderr


def test_all_books_together_are_the_sum_of_each(data, folder):
    whole = data("scorecard", folder, "--all-managers", *AS_OF)
    parts = [data("scorecard", folder, "--manager", manager, *AS_OF) for manager in MANAGERS]
    assert Decimal(measure(whole, "revenue")["value"]) == sum(
        Decimal(measure(p, "revenue")["value"]) for p in parts
    )


@pytest.mark.parametrize(
    ("manager", "outcomes", "code"),
    [
        ("E-11", ["not-met"], 0),
        ("E-12", ["not-met"], 0),
        ("E-12", ["at-risk"], 1),
        ("E-13", ["not-met"], 1),
        ("E-13", ["not-met", "at-risk"], 1),
    ],
)
def test_the_exit_code_says_what_was_asked_about(run, folder, tmp_path, manager, outcomes, code):
    flags = [flag for outcome in outcomes for flag in ("--fail-on", outcome)]
    result = run("scorecard", folder, "--manager", manager, *AS_OF, *flags, "--clause", "ACC-1")
    assert result.exit_code == code


def test_nothing_after_the_day_is_looked_at(data, folder):
    early = data("scorecard", folder, "--manager", "E-11", "--as-of", "2026-03-31")
    quarter = data("scorecard", folder, "--manager", "E-11", "--period", "2026Q1", *AS_OF)
    assert measure(early, "revenue")["value"] == measure(quarter, "revenue")["value"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("card.html", "<!DOCTYPE html>"),
        ("card.md", "# Scorecard of"),
        ("card.json", "{"),
        ("card.txt", "Scorecard of"),
    ],
)
def test_the_ending_of_the_file_tells_the_format(run, folder, tmp_path, name, start):
    path = tmp_path / "new" / name
    result = run("scorecard", folder, "--manager", "E-11", *AS_OF, "-o", path)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == f"written to {path}\n"
    assert path.read_text(encoding="utf-8").startswith(start)


def test_a_format_nobody_knows_is_refused(run, folder):
    result = run("scorecard", folder, "--manager", "E-11", *AS_OF, "--format", "htm")
    assert result.exit_code == 2
    assert "htm" in result.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--period", "2026Q9"), "is not a period"),
        (("--as-of", "30.9.2026"), "is not a day; write 2026-09-30"),
        (("--manager", "E-11", "--all-managers"), "exclude each other"),
        (("--set", "access_token=abc"), "looks like a secret"),
        (("--set", "x"), "is not key=value"),
        (("--adapter", "tabels"), "did you mean 'tables'?"),
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(run, folder, flags, message):
    result = run("scorecard", folder, *AS_OF, *flags)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_without_a_source_it_says_where_to_begin(run):
    result = run("scorecard")
    assert result.exit_code == 2
    assert "sam-core demo" in result.stderr


def test_a_source_that_cannot_be_read_is_exit_code_3(run, tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name\n", encoding="utf-8")
    result = run("scorecard", tmp_path, *AS_OF)
    assert result.exit_code == 3
    assert "currency" in result.stderr


def test_verbose_shows_where_an_error_came_from(run, tmp_path):
    result = run("scorecard", tmp_path, *AS_OF, "--verbose")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr


def test_the_standards_beside_the_tables_are_used_and_can_be_replaced(run, folder, tmp_path):
    text = run("scorecard", folder, "--manager", "E-11", *AS_OF).stdout
    assert "in force since 2026-01-01" in text
    own = tmp_path / "own.toml"
    own.write_text("effective = 2026-09-01\n[quota]\npace_met = 1.2\n", encoding="utf-8")
    result = run("scorecard", folder, "--manager", "E-11", *AS_OF, "--standards", own)
    assert "in force since 2026-09-01" in result.stdout
    assert "89.8 %" in result.stdout  # 1.2 × 273 ÷ 365


def test_a_wrong_standard_is_named_by_its_path(run, folder, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("effective = 2026-09-01\n[quota]\npace_mett = 1.2\n", encoding="utf-8")
    result = run("scorecard", folder, "--manager", "E-11", *AS_OF, "--standards", own)
    assert result.exit_code == 2
    assert "quota.pace_mett" in result.stderr
    assert "pace_met" in result.stderr
