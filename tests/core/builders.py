"""Short hands for records in examples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sam_core.book import (
    Account,
    Assignment,
    Book,
    BookHeader,
    Buyer,
    Dossier,
    Location,
    Offering,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    Person,
    Product,
    SaleLine,
)
from sam_core.values import Period

AS_OF = date(2026, 6, 30)
YEAR = Period.year(2026)


def day(text: str) -> date:
    return date.fromisoformat(text)


def money(value: object) -> Decimal:
    return Decimal(str(value))


def line(line_id: str, on: str, revenue: object = 100, **fields: Any) -> SaleLine:
    given: dict[str, Any] = {
        "product_id": "P1",
        "location_id": "L1",
        "buyer_id": "B1",
        "quantity": Decimal(1),
        **fields,
    }
    return SaleLine(id=line_id, on=day(on), revenue=money(revenue), **given)


def account(account_id: str = "A1", **fields: Any) -> Account:
    return Account(id=account_id, name=fields.pop("name", f"Account {account_id}"), **fields)


def dossier(account_id: str = "A1", *, segment: str | None = None, **collections: Any) -> Dossier:
    return Dossier(account=account(account_id, segment=segment), **collections)


def held(person_id: str = "M1", start: str = "2020-01-01", **fields: Any) -> Assignment:
    return Assignment(id=f"{person_id}-{start}", person_id=person_id, start=day(start), **fields)


def location(location_id: str) -> Location:
    return Location(id=location_id, name=location_id)


def buyer(buyer_id: str, location_id: Any = "L1", **fields: Any) -> Buyer:
    return Buyer(id=buyer_id, name=buyer_id, location_id=location_id, **fields)


def product(product_id: str, family: Any = "F", **fields: Any) -> Product:
    return Product(id=product_id, name=product_id, family=family, **fields)


def offering(*product_ids: str) -> Offering:
    return Offering(products=tuple(product(product_id) for product_id in product_ids))


def opportunity(opportunity_id: str, *lines: OpportunityLine, **fields: Any) -> Opportunity:
    given: dict[str, Any] = {"name": opportunity_id, "opened_on": day("2026-01-10"), "lines": lines, **fields}
    if given.get("status", OpportunityStatus.OPEN) is not OpportunityStatus.OPEN:
        given.setdefault("closed_on", day("2026-03-01"))
    return Opportunity(id=opportunity_id, **given)


def offer(
    line_id: str, product_id: Any = "P1", location_id: Any = "L1", buyer_id: Any = "B1"
) -> OpportunityLine:
    return OpportunityLine(id=line_id, product_id=product_id, location_id=location_id, buyer_id=buyer_id)


def header(**fields: Any) -> BookHeader:
    given: dict[str, Any] = {
        "manager": Person(id="M1", name="Mo"),
        "period": YEAR,
        "currency": "EUR",
        **fields,
    }
    return BookHeader(**given)


def book(*dossiers: Dossier, **fields: Any) -> Book:
    return Book.of(header(**fields), dossiers)
