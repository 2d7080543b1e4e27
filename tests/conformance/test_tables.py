"""The tables adapter, checked with what any author of an adapter has at hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from sam_adapters.contract import Adapter
from sam_adapters.tables import TablesAdapter, write_tables
from sam_adapters.testing import AdapterConformance, Corpus

Rows = list[dict[str, str]]


def change(file: Path, hand: Callable[[Rows], Rows]) -> None:
    with file.open(encoding="utf-8", newline="") as source:
        rows = hand(list(csv.DictReader(source)))
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


class TestTables(AdapterConformance):
    entry = "tables"

    @pytest.fixture
    def folder(self, corpus: Corpus, tmp_path: Path) -> Path:
        write_tables(tmp_path / "book", corpus.headers, corpus.dossiers)
        return tmp_path / "book"

    @pytest.fixture
    def adapter(self, folder: Path) -> Adapter:
        return TablesAdapter(folder)

    @pytest.fixture
    def shuffled_adapter(self, corpus: Corpus, tmp_path: Path) -> Adapter:
        write_tables(tmp_path / "shuffled", corpus.headers, corpus.dossiers)
        for file in (tmp_path / "shuffled").glob("*.csv"):
            change(file, lambda rows: rows[::-1])
        return TablesAdapter(tmp_path / "shuffled")

    @pytest.fixture
    def faulty_adapter(self, folder: Path) -> Adapter:
        def spoil(rows: Rows) -> Rows:
            rows[4]["revenue"] = "twelve"
            return rows

        change(folder / "sale_lines.csv", spoil)
        return TablesAdapter(folder)

    @pytest.fixture
    def adapter_without(self, corpus: Corpus, tmp_path: Path) -> Callable[[str], Adapter | None]:
        def build(field: str) -> Adapter | None:
            table, column = field.split(".")
            folder = tmp_path / field
            write_tables(folder, corpus.headers, corpus.dossiers)
            file = folder / f"{table}.csv"
            if column not in file.read_text(encoding="utf-8").splitlines()[0].split(","):
                return None  # the lines of an opportunity and the like are tables of their own
            change(file, lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows])
            return TablesAdapter(folder)

        return build


class TestParquet(AdapterConformance):
    @pytest.fixture
    def adapter(self, corpus: Corpus, tmp_path: Path) -> Adapter:
        write_tables(tmp_path, corpus.headers, corpus.dossiers, format="parquet")
        return TablesAdapter(tmp_path)
