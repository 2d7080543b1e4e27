from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sam_adapters import frames
from sam_core import Book, BookHeader, Dossier, Period, moves, score
from sam_core.book import Account, Offering, Person, Product, SaleLine
from sam_core.measured import Measured
from sam_core.penetration import classify
from sam_core.values import NOT_FETCHED

AS_OF = date(2026, 6, 30)


def sold(line_id: str, day: str, revenue: str, product: str = "P1", **more) -> SaleLine:
    return SaleLine(
        id=line_id, on=date.fromisoformat(day), revenue=Decimal(revenue), product_id=product,
        location_id="L1", **{"buyer_id": "B1", "quantity": Decimal(2), **more},
    )  # fmt: skip


LINES = (sold("1", "2025-03-01", "100.50"), sold("2", "2026-03-01", "80", buyer_id=NOT_FETCHED))
BOOK = Book.of(
    BookHeader(
        manager=Person(id="M1", name="Mo"), period=Period.year(2026), currency="EUR",
        offering=Offering(products=(Product(id="P1", name="One"), Product(id="P2", name="Two"))),
    ),
    [Dossier(account=Account(id="A1", name="Acme"), sale_lines=LINES)],
)  # fmt: skip


@pytest.fixture(scope="module")
def card():
    return score(BOOK, as_of=AS_OF)


def test_findings_become_a_table_with_typed_columns(card):
    table = frames.findings(card)
    assert table.num_rows == len(card.findings)
    assert table.schema.field("due_on").type == pa.date32()
    assert table.schema.field("at_stake").type == pa.decimal128(38, 2)
    assert pa.types.is_dictionary(table.schema.field("outcome").type)
    assert table["rule_id"].to_pylist() == [finding.rule_id for finding in card.findings]
    assert frames.findings(card.findings[:1]).num_rows == 1


def test_polars_pandas_and_duckdb_take_it_through_the_capsule(card):
    table = frames.measures(card)
    assert hasattr(table, "__arrow_c_stream__")
    by_polars = pl.DataFrame(table).filter(pl.col("name") == "revenue")["value"].to_list()
    by_pandas = pd.DataFrame.from_arrow(table).set_index("name").loc["revenue", "value"]
    connection = duckdb.connect()
    connection.register("found", table)
    by_duckdb = connection.execute("select value from found where name = 'revenue'").fetchall()
    assert by_polars == [Decimal(80)]
    assert by_pandas == Decimal(80)
    assert by_duckdb == [(Decimal(80),)]


def test_an_unknown_is_null_with_its_reason_beside_it(card):
    rows = {row["name"]: row for row in frames.measures(card).to_pylist()}
    assert rows["spend penetration"]["value"] is None
    assert rows["spend penetration"]["value_unknown"] == "unknown (blank: no yearly spend is known)"
    assert rows["revenue"]["value_unknown"] is None


def test_moves_keep_their_order_and_say_why(card):
    every = moves(BOOK, as_of=AS_OF)
    assert frames.moves(card)["product_id"].to_pylist() == [move.product_id for move in card.moves]
    rows = frames.moves(every).to_pylist()
    assert rows[0]["value"] is None
    assert "fewer than 5 owners" in rows[0]["value_unknown"]
    assert rows[0]["reason"] == str(every[0].valuation)


def test_line_modes_list_all_that_hold_and_why_one_is_unclassified():
    found, _ = classify(LINES, active_months=24)
    rows = frames.line_modes(found).to_pylist()
    assert rows[0]["modes"] == ["acquisition", "new location", "new buyer", "new product"]
    assert (rows[1]["mode"], rows[1]["why"]) == ("unclassified", "unknown (blank: buyer_id)")
    assert (rows[1]["buyer_id"], rows[1]["buyer_id_unknown"]) == (None, "unknown (not-fetched)")
    assert rows[0]["revenue"] == Decimal("100.50")


def wide(value: str) -> Measured:
    return Measured(name="x", clause_id="RESP-1", unit="amount", value=Decimal(value))


def test_a_wide_number_gets_a_wide_column_and_none_is_rounded():
    exact = Decimal("1." + "3" * 50)
    table = frames.measures([wide(str(exact))])
    assert table["value"].to_pylist() == [exact]


def test_a_number_too_wide_for_arrow_is_refused_by_name():
    with pytest.raises(frames.FrameError, match="column 'value' needs 90 digits"):
        frames.measures([wide("9" * 88)])


def test_without_pyarrow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(frames.FrameError, match=r"install sam-core\[arrow\]"):
        frames.findings([])
