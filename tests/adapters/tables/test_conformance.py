"""The tables adapter keeps every promise of the contract, over CSV, Parquet, Excel and databases."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest

from sam_adapters.contract import Adapter
from sam_adapters.tables import Mapping, TablesAdapter, write_tables
from sam_adapters.testing import AdapterConformance, reference_corpus

MAPPING = Mapping.from_toml('[book]\ncurrency = "EUR"')


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The corpus as CSV and as Parquet, written once."""
    corpus, home = reference_corpus(), tmp_path_factory.mktemp("corpus")
    for form in ("csv", "parquet"):
        write_tables(home / form, corpus.headers, corpus.dossiers, format=form)
    return {"csv": home / "csv", "parquet": home / "parquet"}


def copied(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


@pytest.fixture(scope="module")
def over_csv(folders: dict[str, Path]) -> Iterator[Adapter]:
    with TablesAdapter(folders["csv"]) as adapter:
        yield adapter


@pytest.fixture(scope="module")
def over_parquet(folders: dict[str, Path]) -> Iterator[Adapter]:
    with TablesAdapter(folders["parquet"]) as adapter:
        yield adapter


@pytest.fixture(scope="module")
def over_workbook(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for file in sorted(folders["csv"].glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        for number, row in enumerate(rows_of(file), start=1):
            for place, cell in enumerate(row, start=1):
                sheet.cell(number, place).value = cell
                sheet.cell(number, place).data_type = "s" if cell else "n"
    path = tmp_path_factory.mktemp("workbook") / "corpus.xlsx"
    book.save(path)
    with TablesAdapter(path, MAPPING) as adapter:
        yield adapter


@pytest.fixture(scope="module")
def over_sqlite(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    path = tmp_path_factory.mktemp("sqlite") / "corpus.sqlite"
    con = sqlite3.connect(path)
    for file in sorted(folders["csv"].glob("*.csv")):
        header, *rows = rows_of(file)
        columns = ", ".join(f'"{name}"' for name in header)
        con.execute(f'CREATE TABLE "{file.stem}" ({columns})')
        con.executemany(f'INSERT INTO "{file.stem}" VALUES ({", ".join("?" * len(header))})', rows)
    con.commit()
    con.close()
    with TablesAdapter(path, MAPPING) as adapter:
        yield adapter


@pytest.fixture(scope="module")
def over_duckdb(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    path = tmp_path_factory.mktemp("duckdb") / "corpus.duckdb"
    with duckdb.connect(str(path)) as con:
        for file in sorted(folders["parquet"].glob("*.parquet")):
            con.execute(f"CREATE TABLE \"{file.stem}\" AS SELECT * FROM read_parquet('{file}')")
    with TablesAdapter(path, MAPPING) as adapter:
        yield adapter


class TestCsv(AdapterConformance):
    entry = "tables"

    @pytest.fixture
    def adapter(self, over_csv: Adapter) -> Adapter:
        return over_csv

    @pytest.fixture
    def shuffled_adapter(self, folders: dict[str, Path], tmp_path: Path) -> Iterator[Adapter]:
        shuffled = copied(folders["csv"], tmp_path / "shuffled")
        for file in shuffled.glob("*.csv"):
            header, *rows = rows_of(file)
            random.Random(7).shuffle(rows)
            write_rows(file, [header, *rows])
        with TablesAdapter(shuffled) as adapter:
            yield adapter

    @pytest.fixture
    def faulty_adapter(self, folders: dict[str, Path], tmp_path: Path) -> Iterator[Adapter]:
        file = copied(folders["csv"], tmp_path / "faulty") / "sale_lines.csv"
        header, first, *rest = rows_of(file)
        first[header.index("cost")] = "12,3x"
        write_rows(file, [header, first, *rest])
        with TablesAdapter(file.parent) as adapter:
            yield adapter

    @pytest.fixture
    def adapter_without(
        self, folders: dict[str, Path], tmp_path: Path
    ) -> Iterator[Callable[[str], Adapter | None]]:
        opened: list[TablesAdapter] = []

        def build(field: str) -> Adapter | None:
            table, _, column = field.partition(".")
            header, *rows = rows_of(folders["csv"] / f"{table}.csv")
            if column not in header:
                return None  # a table of its own
            if field == "assignments.start":
                return None  # the ends still tell who held an account before: more than the kit would know
            other = copied(folders["csv"], tmp_path / field)
            at = header.index(column)
            write_rows(other / f"{table}.csv", [row[:at] + row[at + 1 :] for row in (header, *rows)])
            opened.append(TablesAdapter(other))
            return opened[-1]

        yield build
        for adapter in opened:
            adapter.close()


class TestParquet(AdapterConformance):
    @pytest.fixture
    def adapter(self, over_parquet: Adapter) -> Adapter:
        return over_parquet


class TestWorkbook(AdapterConformance):
    @pytest.fixture
    def adapter(self, over_workbook: Adapter) -> Adapter:
        return over_workbook


class TestSqlite(AdapterConformance):
    @pytest.fixture
    def adapter(self, over_sqlite: Adapter) -> Adapter:
        return over_sqlite


class TestDuckDb(AdapterConformance):
    @pytest.fixture
    def adapter(self, over_duckdb: Adapter) -> Adapter:
        return over_duckdb
