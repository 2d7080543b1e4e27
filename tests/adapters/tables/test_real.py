"""Real databases, laid out by mapping files: every line and cent of them is in the books, or told of."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sam_adapters.contract import BookRequest
from sam_adapters.tables import TablesAdapter
from sam_core.book import Dossier, PersonRole
from sam_core.values import Period

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data"
CLASSIC, NORTHWIND = DATA / "classicmodels", DATA / "northwind" / "northwind-data.sql"

needs_classic = pytest.mark.skipif(
    not CLASSIC.is_dir(), reason="the ClassicModels tables are not on this machine"
)
needs_northwind = pytest.mark.skipif(
    not NORTHWIND.is_file(), reason="the Northwind script is not on this machine"
)


def books(adapter: TablesAdapter, period: str) -> tuple[list[Dossier], list[str], list[str]]:
    """All dossiers, what could not be mapped, and the notes of one book."""
    dossiers, problems, notes = [], [], []
    for manager in adapter.managers():
        reading = adapter.read(BookRequest(manager_id=manager.id, period=Period.parse(period)))
        dossiers += list(reading.book)
        problems += [str(problem) for problem in reading.problems]
        notes = list(reading.book.header.provenance.notes)
    return dossiers, problems, notes


# --- ClassicModels ---------------------------------------------------------------------------------------


def rows(name: str) -> list[dict[str, str]]:
    with (CLASSIC / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def classic() -> Iterator[TablesAdapter]:
    with TablesAdapter(CLASSIC, ROOT / "docs" / "tutorial" / "classicmodels.toml") as adapter:
        yield adapter


@needs_classic
def test_every_sold_line_and_cent_of_classicmodels_is_in_a_book(classic):
    dossiers, problems, _ = books(classic, "2004")
    status = {row["orderNumber"]: row["status"] for row in rows("orders")}
    sold = [row for row in rows("orderdetails") if status[row["orderNumber"]] in {"Shipped", "Resolved"}]
    lines = [line for dossier in dossiers for line in dossier.sale_lines]
    assert problems == []
    assert len(lines) == len(sold)
    assert sum(x.revenue for x in lines) == sum(
        Decimal(r["quantityOrdered"]) * Decimal(r["priceEach"]) for r in sold
    )
    assert sum(x.quantity for x in lines) == sum(Decimal(r["quantityOrdered"]) for r in sold)
    assert Counter(x.product_id for x in lines) == Counter(r["productCode"] for r in sold)


@needs_classic
def test_what_of_classicmodels_is_in_no_book_is_told(classic):
    _, _, notes = books(classic, "2004")
    unheld = sorted(r["customerNumber"] for r in rows("customers") if not r["salesRepEmployeeNumber"])
    assert notes[0].startswith(f"{len(unheld)} accounts are held by nobody, and so in no book: {unheld[0]}, ")
    status = {row["orderNumber"]: row["status"] for row in rows("orders")}
    aside = sum(status[row["orderNumber"]] not in {"Shipped", "Resolved"} for row in rows("orderdetails"))
    assert f"sale_lines leaves aside {aside} rows of orderdetails.csv" in notes[1]


@needs_classic
def test_the_books_of_classicmodels_are_those_of_its_sales_representatives(classic):
    reps = {r["salesRepEmployeeNumber"] for r in rows("customers")} - {""}
    managers = classic.managers()
    assert {m.id for m in managers} == reps
    assert {m.role for m in managers} == {PersonRole.SENIOR_ACCOUNT_MANAGER}
    staff = {r["employeeNumber"]: r for r in rows("employees")}
    assert all(m.manager_id == staff[m.id]["reportsTo"] for m in managers)
    header = classic.read(BookRequest(manager_id="1370", period=Period.year(2004))).book.header
    roles = Counter(person.role for person in header.people)
    assert roles[PersonRole.FIELD_SALES_MANAGER] == sum("Manager" in r["jobTitle"] for r in staff.values())
    costs = {p.id: p.standard_cost for p in header.offering.products}
    assert costs == {r["productCode"]: Decimal(r["buyPrice"]) for r in rows("products")}


@needs_classic
def test_customers_deliveries_and_disputes_of_classicmodels_are_whole(classic):
    dossiers, _, _ = books(classic, "2004")
    held = {r["customerNumber"]: r for r in rows("customers") if r["salesRepEmployeeNumber"]}
    assert {d.id: d.account.name for d in dossiers} == {k: r["customerName"] for k, r in held.items()}
    assert all([p.id for p in d.locations] == [d.id] == [b.id for b in d.buyers] for d in dossiers)
    orders = [r for r in rows("orders") if r["status"] != "Cancelled"]
    deliveries = {x.id: x for d in dossiers for x in d.deliveries}
    assert set(deliveries) == {r["orderNumber"] for r in orders}
    for row in orders:
        due, shipped = deliveries[row["orderNumber"]].due_on, deliveries[row["orderNumber"]].delivered_on
        assert (str(due), "" if shipped is None else str(shipped)) == (
            row["requiredDate"],
            row["shippedDate"],
        )
    cases = {c.id for d in dossiers for c in d.cases}
    assert cases == {r["orderNumber"] for r in orders if r["status"] == "Disputed"}


# --- Northwind ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows of the MySQL script, as SQLite takes them."""
    path = tmp_path_factory.mktemp("northwind") / "northwind.sqlite"
    con, made = sqlite3.connect(path), set()
    for line in NORTHWIND.read_text(encoding="utf-8").splitlines():
        match = re.match(r"INSERT INTO `(\w+)` \((.*?)\) VALUES", line)
        if match is None:
            continue
        table, columns = match[1], match[2].replace("`", '"')
        if table not in made:
            made.add(table)
            con.execute(f'CREATE TABLE "{table}" ({columns})')
        con.execute(line.replace("`", '"').replace("\\'", "''").rstrip(";"))
    con.commit()
    con.close()
    return path


@needs_northwind
def test_every_sold_line_and_cent_of_northwind_is_in_a_book(northwind):
    with TablesAdapter(northwind, ROOT / "docs" / "how-to" / "northwind.toml") as adapter:
        dossiers, problems, notes = books(adapter, "2006")
        assumptions = adapter.capabilities.assumptions
    con = sqlite3.connect(northwind)
    sold = con.execute(
        "SELECT d.id, o.customer_id, substr(o.order_date, 1, 10), d.quantity, d.unit_price, d.discount "
        "FROM order_details d JOIN orders o ON o.id = d.order_id WHERE o.status_id IN (2, 3)"
    ).fetchall()
    latest = dict(
        con.execute("SELECT customer_id, employee_id FROM orders GROUP BY customer_id HAVING max(order_date)")
    )
    con.close()
    assert problems == []
    given = {x.id: (d.id, x.on, x.revenue) for d in dossiers for x in d.sale_lines}
    assert given == {
        str(i): (
            str(customer),
            date.fromisoformat(on),
            Decimal(str(n)) * Decimal(str(price)) * (1 - Decimal(str(off))),
        )
        for i, customer, on, n, price, off in sold
    }
    assert {d.id: d.assignments[0].person_id for d in dossiers} == {str(c): str(e) for c, e in latest.items()}
    assert assumptions[-1] == "A customer is held by whoever took its latest order."
    assert "order_details that are not: status_name IN ('Shipped', 'Closed')" in notes[-1]
