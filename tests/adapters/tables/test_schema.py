"""The canonical tables hold all that records hold, and the page about them says what they are."""

from __future__ import annotations

import runpy
import sys
import warnings
from pathlib import Path

import attrs
import pytest

from sam_adapters.contract import CONCEPTS
from sam_adapters.tables.header import PART_TABLES
from sam_adapters.tables.mapping import KEYS
from sam_adapters.tables.reference import page
from sam_adapters.tables.schema import TABLES, Kind, Need

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "tables.md"
RECORDS = [table for table in TABLES.values() if table.record is not None]


@pytest.mark.parametrize("table", RECORDS, ids=lambda table: table.name)
def test_every_field_of_a_record_has_its_column_or_its_table(table):
    fields = {field.name for field in attrs.fields(table.record)}
    columns = {column.name for column in table.columns if column.in_record}
    parts = {child.fills for child in table.children}
    apart = {"investment"} if table.name == "plan_initiatives" else set()
    assert columns | parts | apart == fields
    assert not columns & parts


def test_every_concept_has_its_table():
    assert {PART_TABLES.get(concept, concept) for concept in CONCEPTS} <= set(TABLES)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_can_be_explained_and_belongs_somewhere(table):
    assert table.meaning
    assert all(column.meaning for column in table.columns)
    assert (table.key or None) in {None, *table.by_name}
    assert table.parent is None or table.fills in {f.name for f in attrs.fields(TABLES[table.parent].record)}
    assert set(table.money) <= set(table.by_name)
    assert all((column.choices is not None) == (column.kind is Kind.CHOICE) for column in table.columns)


def test_what_is_required_is_what_a_record_cannot_be_without():
    needs = {c.name: c.need for c in TABLES["sale_lines"].columns}
    assert [name for name, need in needs.items() if need is Need.REQUIRED] == [
        "account_id",
        "id",
        "on",
        "revenue",
    ]
    assert needs["cost"] is Need.MAYBE
    assert TABLES["cases"].by_name["reopened_at"].need is Need.MAYBE_NONE
    assert TABLES["handover_steps"].is_required
    assert not TABLES["opportunity_lines"].is_required


def test_the_page_about_the_tables_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run python -m sam_adapters.tables.reference docs/reference/tables.md"
    )


def test_the_page_names_every_table_column_and_key():
    text = page()
    for table in TABLES.values():
        assert f"### `{table.name}`" in text
        assert all(f"| `{column.name}` |" in text for column in table.columns)
    assert all(f"| `{key}` |" in text for keys in KEYS.values() for key in keys)


def test_the_page_is_written_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["reference", str(tmp_path / "tables.md")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the module is imported above already
        runpy.run_module("sam_adapters.tables.reference", run_name="__main__")
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == page()
