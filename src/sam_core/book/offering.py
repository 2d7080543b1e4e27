"""What the firm sells: products and services, their families and their costs (OV-3, RESP-3)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen

from sam_core import _checks as check
from sam_core.book.accounts import Account
from sam_core.values import NOT_FETCHED, Maybe, Unknown

__all__ = ["DatedCost", "Offering", "Product", "ProductKind"]


class ProductKind(enum.Enum):
    """The offering is complete with both (OV-3)."""

    PRODUCT = "product"
    SERVICE = "service"


@frozen(kw_only=True, order=True)
class DatedCost:
    """What one unit costs from a day on, until the next dated cost."""

    start: date = field(validator=check.day)
    unit_cost: Decimal = field(validator=check.amount)


def _by_day(costs: Iterable[DatedCost]) -> tuple[DatedCost, ...]:
    items = check.gathered(costs)
    try:
        return tuple(sorted(items)) if isinstance(items, tuple) else items
    except TypeError:
        return items  # type: ignore[no-any-return]  # the validator names the stranger


@frozen(kw_only=True)
class Product:
    """One product or service of the offering.

    Attributes:
        family: the family it is counted under; an Unknown where nobody has said.
        segments: account segments it may be sold to; ``None`` means all.
        standard_cost: one unit's cost where no dated one and no line's own is known.
        dated_costs: costs by first day, kept in order of it.
    """

    id: str = field(validator=check.ident)
    name: str = field(validator=check.text)
    family: Maybe[str] = field(default=NOT_FETCHED, validator=check.maybe(check.text))
    kind: Maybe[ProductKind] = field(default=NOT_FETCHED, validator=check.maybe(check.choice(ProductKind)))
    introduced_on: date | None = field(default=None, validator=check.optional(check.day))
    retired_on: date | None = field(
        default=None, validator=[check.optional(check.day), check.not_before("introduced_on")]
    )
    segments: tuple[str, ...] | None = field(default=None, validator=check.optional(check.idents))
    standard_cost: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.amount))
    dated_costs: tuple[DatedCost, ...] = field(default=(), converter=_by_day, validator=check.each(DatedCost))

    def on_sale(self, on: date) -> bool:
        """Introduced by that day and not retired yet; it leaves the offering from its retirement on."""
        return (self.introduced_on is None or self.introduced_on <= on) and (
            self.retired_on is None or on < self.retired_on
        )

    def eligible_for(self, account: Account) -> bool:
        """May be sold to this account, by segment and by the account's exclusions."""
        return self.id not in account.excluded_product_ids and (
            self.segments is None or account.segment in self.segments
        )

    def dated_cost(self, on: date) -> Decimal | None:
        """One unit's cost on that day by the dated costs; ``None`` before the first of them."""
        costs = [cost.unit_cost for cost in self.dated_costs if cost.start <= on]
        return costs[-1] if costs else None


@frozen(kw_only=True)
class Offering:
    """All the firm sells. The columns of the whitespace grid."""

    products: tuple[Product, ...] = field(validator=check.each(Product))

    @cached_property
    def by_id(self) -> Mapping[Maybe[str], Product]:
        """Products by id; an Unknown finds none."""
        return {product.id: product for product in self.products}

    def on_sale(self, on: date) -> tuple[Product, ...]:
        """What can be sold on that day, in order of id."""
        return tuple(sorted((p for p in self.products if p.on_sale(on)), key=lambda p: p.id))

    def families(self, on: date) -> frozenset[str]:
        """Families with something on sale on that day; products of an unknown family count nowhere."""
        return frozenset(p.family for p in self.on_sale(on) if not isinstance(p.family, Unknown))

    def family_of(self, product_id: Maybe[str]) -> Maybe[str]:
        """The family of a product; an Unknown where the product or its family is not known."""
        if isinstance(product_id, Unknown):
            return product_id
        product = self.by_id.get(product_id)
        return product.family if product is not None else NOT_FETCHED
