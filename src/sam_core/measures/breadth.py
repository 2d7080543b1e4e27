"""How much of the offering is sold (RESP-3, OV-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sam_core.book import Offering, ProductKind
from sam_core.measured import Measured, ratio
from sam_core.measures.sales import Amounts
from sam_core.totals import Totals
from sam_core.values import Coverage, Maybe, Unknown

__all__ = ["breadth", "concentration"]


def concentration(revenue: Mapping[str, Decimal]) -> Measured:
    """Herfindahl index of revenue over families: Σ share², from 1 ÷ families to 1.

    A family whose returns outweigh its sales has no share.
    """
    positive = [amount for amount in revenue.values() if amount > 0]
    whole = sum(positive, Decimal(0))
    squares = sum((amount * amount for amount in positive), Decimal(0))
    return ratio(
        "concentration over families", "RESP-3", squares, whole * whole,
        without="nothing was sold in the period", unit="index",
    )  # fmt: skip


def breadth(totals: Totals, offering: Maybe[Offering], as_of: date) -> tuple[Measured, ...]:
    """Share of the offering's families sold over the book, share of accounts buying a service, concentration."""
    sold: dict[str, Amounts] = {family: a for family, a in totals.now.all.items() if family is not None}
    placed = sum(a.lines for a in sold.values())
    coverage = Coverage(judged=placed, total=totals.now.total.lines)
    accounts = Coverage(judged=totals.with_sales, total=totals.accounts)
    measures = [concentration({family: a.revenue for family, a in sold.items()})]
    if not isinstance(offering, Unknown):
        families = offering.families(as_of)
        selling = {family for family, a in sold.items() if a.revenue > 0} & families
        measures.insert(
            0,
            ratio(
                "share of families sold", "RESP-3", len(selling), len(families),
                without="no family is on sale", coverage=coverage,
            ),
        )  # fmt: skip
        if any(product.kind is ProductKind.SERVICE for product in offering.on_sale(as_of)):
            measures.append(
                ratio(
                    "share of accounts buying a service", "OV-3", totals.services_sold, totals.with_sales,
                    without="no account's sales are known", coverage=accounts,
                )
            )  # fmt: skip
    return tuple(measures)
