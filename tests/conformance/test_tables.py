"""The tables adapter, checked with what any author of an adapter has at hand."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sam_adapters.contract import Adapter, BookRequest
from sam_adapters.tables import TablesAdapter, write_tables
from sam_adapters.testing import AdapterConformance, differences, reference_corpus

Rows = list[dict[str, str]]
MAY_BE_MISSING = {
    "assignments.start",
    "buyers.location_id",
    "cases.reopened_at",
    "contracts.yearly_amount",
    "meetings.mode",
    "opportunities.next_step",
    "readings.respondent_id",
    "sale_lines.cost",
}


def change(file: Path, hand: Callable[[Rows], Rows]) -> None:
    with file.open(encoding="utf-8", newline="") as source:
        rows = hand(list(csv.DictReader(source)))
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def drop(row: dict[str, str], column: str) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != column}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as tables, written once."""
    folder = tmp_path_factory.mktemp("tables")
    corpus = reference_corpus()
    write_tables(folder, corpus.headers, corpus.dossiers)
    return folder


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A folder of CSV files to spoil."""
    return lambda name: Path(shutil.copytree(written, tmp_path / name))


class TestTables(AdapterConformance):
    entry = "tables"

    @pytest.fixture
    def adapter(self, written: Path) -> Adapter:
        return TablesAdapter(written)

    @pytest.fixture
    def shuffled_adapter(self, copy: Callable[[str], Path]) -> Adapter:
        folder = copy("shuffled")
        for file in folder.glob("*.csv"):
            change(file, lambda rows: rows[::-1])
        return TablesAdapter(folder)

    @pytest.fixture
    def faulty_adapter(self, copy: Callable[[str], Path]) -> Adapter:
        def spoil(rows: Rows) -> Rows:
            rows[4]["revenue"] = "twelve"
            return rows

        folder = copy("faulty")
        change(folder / "sale_lines.csv", spoil)
        return TablesAdapter(folder)

    @pytest.fixture
    def adapter_without(self, copy: Callable[[str], Path]) -> Callable[[str], Adapter | None]:
        def build(field: str) -> Adapter | None:
            if field not in MAY_BE_MISSING:
                return None  # one of each kind is enough: every read opens a database anew
            table, column = field.split(".")
            folder = copy(field)
            change(folder / f"{table}.csv", lambda rows: [drop(row, column) for row in rows])
            return TablesAdapter(folder)

        return build


def test_parquet_holds_the_same_books(tmp_path: Path) -> None:
    corpus = reference_corpus()
    write_tables(tmp_path, corpus.headers, corpus.dossiers, format="parquet")
    adapter = TablesAdapter(tmp_path)
    for manager in corpus.managers:
        book = adapter.read(BookRequest(manager_id=manager.id, period=corpus.period)).book
        assert differences(corpus.expected(manager.id, adapter.capabilities), book) == []
