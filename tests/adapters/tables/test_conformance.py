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
from sam_adapters.testing import AdapterConformance, Corpus


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


class TestCsv(AdapterConformance):
    entry = "tables"

    @pytest.fixture
    def folder(self, corpus: Corpus, tmp_path: Path) -> Path:
        write_tables(tmp_path / "corpus", corpus.headers, corpus.dossiers)
        return tmp_path / "corpus"

    @pytest.fixture
    def adapter(self, folder: Path) -> Iterator[Adapter]:
        with TablesAdapter(folder) as adapter:
            yield adapter

    @pytest.fixture
    def shuffled_adapter(self, folder: Path, tmp_path: Path) -> Iterator[Adapter]:
        shuffled = tmp_path / "shuffled"
        shuffled.mkdir()
        (shuffled / "mapping.toml").write_bytes((folder / "mapping.toml").read_bytes())
        for file in folder.glob("*.csv"):
            header, *rows = rows_of(file)
            random.Random(7).shuffle(rows)
            write_rows(shuffled / file.name, [header, *rows])
        with TablesAdapter(shuffled) as adapter:
            yield adapter

    @pytest.fixture
    def faulty_adapter(self, folder: Path) -> Iterator[Adapter]:
        file = folder / "sale_lines.csv"
        header, first, *rest = rows_of(file)
        first[header.index("cost")] = "12,3x"
        write_rows(file, [header, first, *rest])
        with TablesAdapter(folder) as adapter:
            yield adapter

    @pytest.fixture
    def adapter_without(self, folder: Path, tmp_path: Path) -> Iterator[Callable[[str], Adapter | None]]:
        opened: list[TablesAdapter] = []

        def build(field: str) -> Adapter | None:
            table, _, column = field.partition(".")
            header, *rows = rows_of(folder / f"{table}.csv")
            if column not in header:
                return None  # a table of its own
            if field == "assignments.start":
                return None  # the ends still tell who held an account before: more than the kit would know
            other = tmp_path / field
            other.mkdir()
            for file in folder.iterdir():
                (other / file.name).write_bytes(file.read_bytes())
            at = header.index(column)
            write_rows(other / f"{table}.csv", [row[:at] + row[at + 1 :] for row in (header, *rows)])
            opened.append(TablesAdapter(other))
            return opened[-1]

        yield build
        for adapter in opened:
            adapter.close()


class TestParquet(AdapterConformance):
    @pytest.fixture
    def adapter(self, corpus: Corpus, tmp_path: Path) -> Iterator[Adapter]:
        write_tables(tmp_path, corpus.headers, corpus.dossiers, format="parquet")
        with TablesAdapter(tmp_path) as adapter:
            yield adapter


MAPPING = Mapping.from_toml('[book]\ncurrency = "EUR"')


class TestWorkbook(AdapterConformance):
    @pytest.fixture
    def adapter(self, corpus: Corpus, tmp_path: Path) -> Iterator[Adapter]:
        write_tables(tmp_path / "csv", corpus.headers, corpus.dossiers)
        book = openpyxl.Workbook()
        book.remove(book.active)
        for file in sorted((tmp_path / "csv").glob("*.csv")):
            sheet = book.create_sheet(file.stem)
            for number, row in enumerate(rows_of(file), start=1):
                for place, cell in enumerate(row, start=1):
                    sheet.cell(number, place).value = cell
                    sheet.cell(number, place).data_type = "s" if cell else "n"
        book.save(tmp_path / "corpus.xlsx")
        with TablesAdapter(tmp_path / "corpus.xlsx", MAPPING) as adapter:
            yield adapter


class TestSqlite(AdapterConformance):
    @pytest.fixture
    def adapter(self, corpus: Corpus, tmp_path: Path) -> Iterator[Adapter]:
        write_tables(tmp_path / "csv", corpus.headers, corpus.dossiers)
        con = sqlite3.connect(tmp_path / "corpus.sqlite")
        for file in sorted((tmp_path / "csv").glob("*.csv")):
            header, *rows = rows_of(file)
            con.execute(
                f'CREATE TABLE "{file.stem}" ({", ".join(map(chr(34).__add__, header)).replace(",", chr(34) + ",")}")'
            )
            con.executemany(f'INSERT INTO "{file.stem}" VALUES ({", ".join("?" * len(header))})', rows)
        con.commit()
        con.close()
        with TablesAdapter(tmp_path / "corpus.sqlite", MAPPING) as adapter:
            yield adapter


class TestDuckDb(AdapterConformance):
    @pytest.fixture
    def adapter(self, corpus: Corpus, tmp_path: Path) -> Iterator[Adapter]:
        write_tables(tmp_path / "parquet", corpus.headers, corpus.dossiers, format="parquet")
        with duckdb.connect(str(tmp_path / "corpus.duckdb")) as con:
            for file in sorted((tmp_path / "parquet").glob("*.parquet")):
                con.execute(f"CREATE TABLE \"{file.stem}\" AS SELECT * FROM read_parquet('{file}')")
        with TablesAdapter(tmp_path / "corpus.duckdb", MAPPING) as adapter:
            yield adapter
