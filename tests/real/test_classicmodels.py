"""Every representative's numbers for every year, against plain SQL straight from the CSV files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

import duckdb
import pytest

from sam_adapters import Adapter, open_adapter, open_book
from sam_core import Period, Scorecard, moves, score
from sam_core.penetration.modes import Mode
from sam_core.values import Unknown

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "classicmodels"
MAPPING = ROOT / "docs" / "tutorial" / "classicmodels.toml"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the ClassicModels tables are not on this machine")

YEARS = (2003, 2004, 2005)
REPS = (1165, 1166, 1188, 1216, 1286, 1323, 1337, 1370, 1401, 1501, 1504, 1611, 1612, 1621, 1702)
ACTIVE_MONTHS = 24

# What is sold: everything but what was cancelled, disputed, on hold or not shipped yet.
LINES = """
    create or replace view lines as
    select o.orderNumber || '-' || d.orderLineNumber as id, c.salesRepEmployeeNumber::int as rep,
           c.customerNumber as customer, o.orderDate::date as day, d.productCode as product, p.productLine as family,
           d.quantityOrdered::decimal(18, 4) as units,
           d.quantityOrdered::decimal(18, 4) * d.priceEach::decimal(18, 4) as revenue,
           d.quantityOrdered::decimal(18, 4) * p.buyPrice::decimal(18, 4) as cost
    from orders o join orderdetails d using (orderNumber) join customers c using (customerNumber)
         join products p using (productCode)
    where o.status in ('Shipped', 'Resolved') and c.salesRepEmployeeNumber is not null
"""

MODES = """
    select rep, mode, sum(revenue), count(*) from (
        select rep, revenue, day, case
            when day = min(day) over (partition by customer) then 'acquisition'
            when day = min(day) over (partition by customer, product) then 'new product'
            else 'repeat' end as mode
        from lines where day <= $end)
    where day between $start and $end group by rep, mode
"""

RETENTION = """
    with years as (
        select rep, customer,
               sum(revenue) filter (day between $start and $end) as now,
               sum(revenue) filter (day between $start_before and $end_before) as before
        from lines group by rep, customer)
    select rep, count(*), count(now), sum(least(coalesce(now, 0), before)), sum(coalesce(now, 0)), sum(before)
    from years where before > 0 group by rep
"""

SALES = """
    select rep, sum(revenue), sum(revenue - cost), sum(units) from lines
    where day between $start and $end group by rep
"""

OWNED = """
    select rep, customer, product, sum(revenue) * 12 / 24 from lines
    where day <= $as_of and day > $as_of - interval 24 month group by rep, customer, product
"""


@pytest.fixture(scope="module")
def sql() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in ("orders", "orderdetails", "customers", "products"):
        connection.execute(
            f"create table {table} as select * from read_csv('{DATA / table}.csv', all_varchar = true)"
        )
    connection.execute(LINES)
    return connection


def period_of(year: int) -> tuple[Period, date]:
    """The year, and the day it is looked at: its last, or the last day of the data."""
    return Period.year(year), min(date(year, 12, 31), date(2005, 5, 31))


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    return open_adapter("tables", path=DATA, mapping=MAPPING)


@pytest.fixture(scope="module")
def cards(adapter) -> dict[tuple[int, int], Scorecard]:
    found = {}
    for rep in REPS:
        for year in YEARS:
            period, as_of = period_of(year)
            reading = open_book(adapter, manager=str(rep), period=period)
            found[rep, year] = score(reading.book, as_of=as_of)
    return found


def days(year: int) -> dict[str, date]:
    period, as_of = period_of(year)
    now = Period(period.start, as_of)
    return {
        "start": now.start, "end": now.end,
        "start_before": now.start.replace(year=year - 1), "end_before": now.end.replace(year=year - 1),
    }  # fmt: skip


def rows(sql: duckdb.DuckDBPyConnection, query: str, **given: object) -> list[tuple]:
    named = {key: value for key, value in given.items() if f"${key}" in query}
    return sql.execute(query, named).fetchall()


@pytest.mark.parametrize("year", YEARS)
def test_revenue_profit_and_units_are_those_of_plain_sql_to_the_cent(sql, cards, year):
    by_rep = {row[0]: row[1:] for row in rows(sql, SALES, **days(year))}
    assert len(by_rep) >= len(REPS) - 1  # one of them sold nothing in the first months of 2005
    for rep in REPS:
        total = cards[rep, year].totals.now.total
        assert (total.revenue, total.gross_profit, total.units) == by_rep.get(rep, (0, 0, 0))
        assert total.costed_lines == total.lines


@pytest.mark.parametrize("year", YEARS[1:])
def test_retention_is_that_of_plain_sql(sql, cards, year):
    by_rep = {row[0]: row[1:] for row in rows(sql, RETENTION, **days(year))}
    for rep in REPS:
        card = cards[rep, year]
        if rep not in by_rep:  # nobody bought from them in the comparable months
            assert isinstance(card.measure("net revenue retention").value, Unknown)
            continue
        base, kept, retained, now, before = by_rep[rep]
        assert card.measure("logo retention").value == Decimal(kept) / base
        assert card.measure("gross revenue retention").value == retained / before
        assert card.measure("net revenue retention").value == now / before


def test_the_first_year_has_nothing_to_be_compared_with(cards):
    assert all(isinstance(cards[rep, 2003].measure("net revenue retention").value, Unknown) for rep in REPS)


@pytest.mark.parametrize("year", YEARS)
def test_modes_are_those_of_plain_sql(sql, cards, year):
    expected: dict[int, dict[str, tuple[Decimal, int]]] = {}
    for rep, mode, revenue, count in rows(sql, MODES, **days(year)):
        expected.setdefault(rep, {})[mode] = (revenue, count)
    for rep in REPS:
        found = {mode.value: (t.revenue, t.lines) for mode, t in cards[rep, year].totals.modes.items()}
        assert found == expected.get(rep, {})


@pytest.mark.parametrize("rep", REPS)
def test_whitespace_and_its_best_move_are_those_of_plain_sql(sql, cards, adapter, rep):
    period, as_of = period_of(2005)
    cells = [row[1:] for row in rows(sql, OWNED, as_of=as_of) if row[0] == rep]
    rates = cards[rep, 2005].totals.rates
    query = "select customerNumber, country from customers where salesRepEmployeeNumber = ?"
    country = dict(sql.execute(query, [str(rep)]).fetchall())
    products = {row[0] for row in sql.execute("select productCode from products").fetchall()}
    assert rates.owned_cells == len(cells)
    assert rates.grid_cells == len(country) * len(products)

    bought = {row[0] for row in sql.execute("select customer from lines where rep = ?", [rep]).fetchall()}
    owned = {(customer, product) for customer, product, _ in cells}
    ever = {
        (r[0], r[1])
        for r in sql.execute("select customer, product from lines where rep = ?", [rep]).fetchall()
    }
    expected = []
    for customer in bought:
        alike = {one for one in country if country[one] == country[customer]}
        peers = alike if len(alike) >= 5 else set(country)
        active = {one for one, _, _ in cells if one in peers}
        for product in products:
            years = [yearly for one, p, yearly in cells if p == product and one in peers]
            if len(years) >= 5 and (customer, product) not in ever:
                value = (Decimal(len(years) + 1) / (len(active) + 2)) * Decimal(median(years))
                expected.append((-value, str(customer), product))
    assert owned <= ever
    reading = open_book(adapter, manager=str(rep), period=period)
    found = [
        (-move.value, move.account_id, move.product_id)
        for move in moves(reading.book, as_of=as_of)
        if not isinstance(move.value, Unknown)
    ]
    assert [(round(v, 9), a, p) for v, a, p in found] == [(round(v, 9), a, p) for v, a, p in sorted(expected)]
    assert all(move.mode is Mode.NEW_PRODUCT for move in cards[rep, 2005].moves)


def test_two_years_of_all_managers_together_are_the_sum_of_each(cards):
    team = Scorecard.combined(cards[rep, 2004] for rep in REPS)
    assert team.totals.now.total.revenue == sum(cards[rep, 2004].totals.now.total.revenue for rep in REPS)
    assert len(team.headers) == len(REPS)
