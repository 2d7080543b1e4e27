"""Every kind of source gives the same rows; what is none is refused; nothing else is reached."""

from __future__ import annotations

import gc
import json
import sqlite3
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from sam_adapters.contract import AdapterEntry, BookRequest, SourceError
from sam_adapters.tables import TablesAdapter
from sam_adapters.tables.plugin import sam_adapters
from sam_adapters.tables.source import Source
from sam_core.values import Period, Why

COLUMNS = ("account_id", "id", "on", "revenue", "quantity", "product_id")
ROWS = [("a1", "L1", "2026-01-02", "1234.50", "2", "p1"), ("a1", "L2", "2026-01-03", "0.10", None, "p;2")]


def book(path: Path, **options: object):
    with TablesAdapter(path, currency="EUR", **options) as adapter:
        reading = adapter.read(BookRequest(manager_id="m1", period=Period.year(2026)))
        (dossier,) = reading.book
        return dossier, [str(problem) for problem in reading.problems]


def check_lines(dossier) -> None:
    one, two = dossier.sale_lines
    assert (one.id, one.on, one.revenue, one.quantity, one.product_id) == (
        "L1", date(2026, 1, 2), Decimal("1234.50"), 2, "p1",
    )  # fmt: skip
    assert (two.id, two.revenue, two.product_id) == ("L2", Decimal("0.10"), "p;2")
    assert two.quantity.why is Why.BLANK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "src"
    made.mkdir()
    (made / "accounts.csv").write_text("id,name,manager_id\na1,One,m1\n")
    return made


# --- kinds of files -----------------------------------------------------------------------------------


def test_json_lists_and_lines_are_read_with_every_digit(folder):
    records = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    text = json.dumps(records).replace('"1234.50"', "1234.50").replace('"2"', "2")
    (folder / "sale_lines.json").write_text(f"\ufeff \n{text}", encoding="utf-8")
    check_lines(book(folder)[0])
    (folder / "sale_lines.json").unlink()
    (folder / "sale_lines.ndjson").write_text("\n\n".join(map(json.dumps, records)))
    check_lines(book(folder)[0])


def test_json_nests_and_lists_are_laid_flat(folder):
    meetings = [
        {
            "account_id": "a1",
            "id": 7,
            "held_at": "2026-01-02T09:00:00Z",
            "our_ids": ["m1", "m2"],
            "buyer_ids": [],
        },
        {"account_id": "a1", "id": 8, "held_at": None, "extra": {"deep": True}, "odd": [{"x": 1}]},
    ]
    (folder / "meetings.json").write_text(json.dumps(meetings))
    dossier, problems = book(folder)
    (meeting,) = dossier.meetings
    assert (meeting.id, meeting.our_ids, meeting.buyer_ids) == ("7", ("m1", "m2"), ())
    assert [p.partition(":")[0] for p in problems] == [
        "meetings.json, extra.deep",
        "meetings.json, odd",
        "meetings.json, row 2, held_at",
    ]


def test_what_is_wrong_in_json_is_reported_by_record(folder):
    (folder / "sale_lines.jsonl").write_text(
        '{"account_id": "a1", "id": "1", "on": "2026-01-02", "revenue": 5}\n{"id": \n[1]\n'
        '{"account_id": "a1", "id": "2", "on": "2026-01-02", "revenue": 5, "product_id": "a\\u0000b"}\n'
        '{"account_id": "a1", "id": "3", "on": "2026-01-02", "revenue": 5, "product_id": "\\ud800"}\n'
    )
    dossier, problems = book(folder)
    assert [line.id for line in dossier.sale_lines] == ["1"]
    assert [p.partition(":")[0] for p in problems] == [f"sale_lines.jsonl, row {n}" for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("text", ['[{"id": 1}, {"id": ', "[1, nonsense", "[tru"])
def test_a_json_list_that_breaks_off_is_refused(folder, text):
    (folder / "cases.json").write_text(text)
    with pytest.raises(SourceError, match="cases.json: record . is not JSON"):
        book(folder)


def test_a_long_json_list_is_read_chunk_by_chunk(folder, monkeypatch):
    monkeypatch.setattr("sam_adapters.tables.files._CHUNK", 16)
    records = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    (folder / "sale_lines.json").write_text(json.dumps(records, indent=3))
    check_lines(book(folder)[0])
    (folder / "cases.json").write_text("[12345678901234567890]")
    _, problems = book(folder)
    assert problems == [
        "cases.json: it has no column for account_id, id, opened_at, which cases cannot do without; nothing of it is "
        "read (record left out)"
    ]


def test_a_json_file_without_records_has_no_columns(folder):
    (folder / "cases.json").write_text("[]")
    dossier, _ = book(folder)
    assert "cases.json has no column for account_id" in dossier.cases.where


def test_parquet_keeps_its_own_types(folder):
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES ('a1', 'L1', DATE '2026-01-02', 1234.50::DECIMAL(9,2), 2.0::DOUBLE, "
            "'p1'), ('a1', 'L2', DATE '2026-01-03', 0.10, NULL, 'p;2')) AS t(account_id, id, \"on\", revenue, quantity, product_id)"
        )
        con.execute(f"COPY t TO '{folder}/sale_lines.parquet'")
        con.execute(
            "CREATE TABLE m AS SELECT 'a1' AS account_id, 1 AS id, TIMESTAMPTZ '2026-01-02 10:00:00+01' AS held_at, "
            "['m1', 'm2'] AS our_ids, [] AS buyer_ids, 'in person' AS mode"
        )
        con.execute(f"COPY m TO '{folder}/meetings.parquet'")
    dossier, problems = book(folder)
    check_lines(dossier)
    (meeting,) = dossier.meetings
    assert (meeting.held_at.isoformat(), meeting.our_ids, meeting.buyer_ids) == (
        "2026-01-02T09:00:00+00:00", ("m1", "m2"), (),
    )  # fmt: skip
    assert problems == []


def test_workbooks_give_days_numbers_and_errors_as_they_are(folder):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(COLUMNS)
    sheet.append(("a1", "L1", datetime(2026, 1, 2), 1234.5, 2, "p1"))
    sheet.append((None,) * 6)
    sheet.append(("a1", "L2", date(2026, 1, 3), 0.1, None, "p;2"))
    sheet.append(("a1", 3, date(2026, 1, 3), "#N/A", True, None))
    sheet.append(("a1", 4, date(2026, 1, 3), 1, 1, "p", "what is this"))
    made.save(folder / "sale_lines.xlsx")
    dossier, problems = book(folder)
    check_lines(dossier)
    assert problems[0].startswith("sale_lines.xlsx, row 6: 7 cells under 6 columns")
    assert problems[1].startswith("sale_lines.xlsx, row 5, revenue: '#N/A' is not a number")


def test_a_workbook_of_several_sheets_is_several_tables(folder):
    made = openpyxl.Workbook()
    made.active.title = "sale_lines"
    made.active.append(COLUMNS)
    for row in ROWS:
        made.active.append(row)
    made.create_sheet("cases").append(("account_id", "id", "opened_at"))
    made.save(folder / "more.xlsx")
    dossier, _ = book(folder)
    check_lines(dossier)
    assert dossier.cases == ()
    (folder / "cases.csv").write_text("account_id,id,opened_at\n")
    with pytest.raises(SourceError, match="more.xlsx:cases and cases.csv are both table 'cases'"):
        book(folder)


def sqlite_source(path: Path) -> Path:
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE accounts (id TEXT, name TEXT, manager_id TEXT)")
    con.execute("INSERT INTO accounts VALUES ('a1', 'One', 'm1')")
    con.execute("CREATE TABLE lines (account_id, id, on_, revenue REAL, quantity INTEGER, product_id)")
    con.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    con.execute(
        "CREATE VIEW sale_lines AS SELECT account_id, id, on_ AS 'on', revenue, quantity, product_id FROM lines"
    )
    con.commit()
    con.close()
    return path


@pytest.mark.parametrize("name", ["x.sqlite", "x.db"])
def test_a_sqlite_database_is_read_tables_and_views(tmp_path, name):
    dossier, problems = book(sqlite_source(tmp_path / name))
    check_lines(dossier)
    assert problems == []


def test_text_in_sqlite_that_is_not_utf8_is_reported_by_row(tmp_path):
    path = sqlite_source(tmp_path / "x.sqlite")
    con = sqlite3.connect(path)
    con.execute("INSERT INTO lines VALUES ('a1', 'L3', '2026-01-04', 1, 1, CAST(x'ff41' AS TEXT))")
    con.execute("INSERT INTO lines VALUES ('a1', 'L4', '2026-01-04', 1, 1, 'a' || char(0))")
    con.commit()
    con.close()
    dossier, problems = book(path)
    check_lines(dossier)
    assert [p.partition(";")[0] for p in problems] == [
        "x.sqlite:sale_lines, row 3: column product_id holds bytes that are not UTF-8 text",
        "x.sqlite:sale_lines, row 4: the row holds a NUL byte",
    ]


@pytest.mark.parametrize("name", ["x.duckdb", "x.db"])
def test_a_duckdb_database_is_read_and_never_written(tmp_path, name):
    path = tmp_path / name
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE accounts AS SELECT 'a1' AS id, 'One' AS name, 'm1' AS manager_id")
        con.execute(
            "CREATE SCHEMA crm; CREATE TABLE crm.lines(account_id TEXT, id TEXT, d DATE, revenue DECIMAL(9,2), "
            "quantity INT, product_id TEXT)"
        )
        con.executemany("INSERT INTO crm.lines VALUES (?, ?, ?, ?, ?, ?)", ROWS)
        con.execute('CREATE VIEW sale_lines AS SELECT * EXCLUDE d, d AS "on" FROM crm.lines')
    before = path.read_bytes()
    with TablesAdapter(path, currency="EUR") as adapter:
        assert "crm.lines" in adapter._source.tables
        with pytest.raises(duckdb.Error, match="read-only"):
            adapter._source.con.execute("DROP TABLE source.main.accounts")
    dossier, _ = book(path)
    check_lines(dossier)
    assert path.read_bytes() == before


# --- what is no source ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none", None, "there is no such folder or file"),
        ("x.txt", b"", "neither a table nor a database"),
        ("x.xlsx", b"no zip", "not an Excel workbook"),
        ("x.sqlite", b"SQLite format 3\0 and no more", "not a SQLite database"),
        ("x.duckdb", b"no database" * 999, "not a DuckDB database"),
        ("accounts.parquet", b"no parquet", "accounts.parquet: cannot be read"),
    ],
)
def test_what_is_no_source_is_refused_by_name(tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        book(tmp_path / name)


def test_a_folder_without_tables_is_refused(tmp_path):
    (tmp_path / "readme.txt").write_text("")
    (tmp_path / ".hidden.csv").write_text("x")
    with pytest.raises(SourceError, match="no table in this folder"):
        book(tmp_path)


def test_two_files_for_one_table_are_refused(folder):
    (folder / "Accounts.tsv").write_text("id\n")
    with pytest.raises(SourceError, match=r"accounts.csv and Accounts.tsv are both table 'accounts'"):
        book(folder)


def test_one_file_alone_is_a_source(folder):
    dossier, _ = book(folder / "accounts.csv")
    assert dossier.sale_lines.why is Why.NOT_CONFIGURED


# --- what is reached and what is left -------------------------------------------------------------------


def test_nothing_but_the_source_can_be_read_and_nothing_be_loaded(folder, tmp_path):
    (tmp_path / "secret.csv").write_text("x\n1\n")
    source = Source(folder)
    for sql in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"SELECT * FROM read_text('{folder}/../secret.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/x.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '99GB'",
    ):
        with pytest.raises(duckdb.Error):
            source.con.execute(sql)
    source.close()


def test_closing_and_forgetting_leave_nothing_behind(folder):
    source = Source(folder)
    scratch = source._scratch
    source.table("accounts")
    assert scratch.is_dir()
    source.close()
    source.close()
    assert not scratch.exists()
    adapter = TablesAdapter(folder, currency="EUR")
    scratch = adapter._source._scratch
    del adapter, source
    gc.collect()
    assert not scratch.exists()


def test_a_source_that_is_refused_leaves_nothing_behind(tmp_path, monkeypatch):
    made: list[Path] = []
    monkeypatch.setattr("sam_adapters.tables.source.mkdtemp", lambda prefix: _made(made, tmp_path / prefix))
    with pytest.raises(SourceError):
        Source(tmp_path)
    assert not made[0].exists()


def _made(made: list[Path], path: Path) -> str:
    path.mkdir()
    made.append(path)
    return str(path)


def test_a_table_that_is_asked_for_by_a_wrong_name_is_refused_with_the_nearest(folder):
    source = Source(folder)
    with pytest.raises(SourceError, match="no table 'account'; did you mean 'accounts'"):
        source.table("account")
    source.close()


def test_the_plugin_announces_the_adapter_without_importing_the_database():
    code = (
        "import sys\nfrom sam_adapters.tables.plugin import sam_adapters\n"
        "sam_adapters()\nassert 'duckdb' not in sys.modules and 'openpyxl' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    (entry,) = sam_adapters()
    assert isinstance(entry, AdapterEntry)
    assert (entry.name, entry.extra, entry.load()) == ("tables", "sam-core[tables]", TablesAdapter)


def test_the_package_has_no_other_names():
    import sam_adapters.tables

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sam_adapters.tables.nothing


def test_the_adapter_shows_where_it_reads(folder):
    adapter = TablesAdapter(str(folder), currency="EUR")
    assert repr(adapter) == "<TablesAdapter folder src>"
    adapter.close()


# --- streaming ------------------------------------------------------------------------------------------


def test_only_the_tables_asked_for_are_read(folder):
    (folder / "sale_lines.csv").write_text("account_id,id,on,revenue\na1,L1,2026-01-02,5\n")
    (folder / "cases.csv").write_bytes(b"account_id,id,opened_at\n\xff\n")
    with TablesAdapter(folder, currency="EUR") as adapter:
        reading = adapter.read(BookRequest(manager_id="m1", period=Period.year(2026)))
        for _ in range(2):
            (dossier,) = reading.book.dossiers("sale_lines")
            assert len(dossier.sale_lines) == 1
            assert dossier.cases.why is Why.NOT_FETCHED
        with pytest.raises(SourceError, match="cases.csv: byte"):
            list(reading.book)


def test_many_accounts_are_walked_side_by_side_and_each_keeps_its_own(folder, monkeypatch):
    monkeypatch.setattr("sam_adapters.tables.streams._FETCH", 3)
    ids = [f"a{n:03}" for n in range(50)]
    (folder / "accounts.csv").write_text(
        "id,name,manager_id\n" + "".join(f"{i},N,m1\n" for i in reversed(ids))
    )
    (folder / "sale_lines.csv").write_text(
        "account_id,id,on,revenue\n"
        + "".join(f"{i},{i}-{n},2026-01-0{n + 1},{n}\n" for n in range(7) for i in ids[::2])
    )
    (folder / "cases.csv").write_text(
        "account_id,id,opened_at\n" + "".join(f"{i},{i},2026-01-01T00:00:00Z\n" for i in ids[::5])
    )
    with TablesAdapter(folder, currency="EUR") as adapter:
        found = list(adapter.read(BookRequest(manager_id="m1", period=Period.year(2026))).book)
    assert [d.id for d in found] == ids
    for number, dossier in enumerate(found):
        assert {line.id.partition("-")[0] for line in dossier.sale_lines} <= {dossier.id}
        assert len(dossier.sale_lines) == (7 if number % 2 == 0 else 0)
        assert len(dossier.cases) == (1 if number % 5 == 0 else 0)
