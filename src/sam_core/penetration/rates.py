"""How far an account is penetrated: one name per meaning (RESP-2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from attrs import frozen

from sam_core._monoid import add_fields
from sam_core.book import SpendEstimate
from sam_core.measured import Measured, ratio
from sam_core.penetration.whitespace import CellStatus, Whitespace
from sam_core.values import Coverage, Maybe, Unknown

__all__ = ["Rates", "portfolio_of_buyer", "rates"]

_ZERO: Final = Decimal(0)


@frozen(kw_only=True)
class Rates:
    """The counts behind the penetration rates; they add up over accounts.

    Attributes:
        active_locations, known_locations: where the customer buys, of where it is.
        active_buyers, known_buyers: who buys, of who is known, both at active locations.
        owned_cells, grid_cells: cells owned, of all cells but those not eligible.
        buyers, products: active buyers, and the products each of them owns, summed.
        revenue, spend: trailing 12 months' revenue and yearly spend, of accounts whose spend is known.
        stale_estimates: accounts whose estimate is below what they buy from us alone.
        judged, asked: accounts whose locations, buyers and sales are all known, of all;
            ``estimated`` of them with a known spend.
    """

    active_locations: int = 0
    known_locations: int = 0
    active_buyers: int = 0
    known_buyers: int = 0
    owned_cells: int = 0
    grid_cells: int = 0
    buyers: int = 0
    products: int = 0
    revenue: Decimal = _ZERO
    spend: Decimal = _ZERO
    stale_estimates: int = 0
    estimated: int = 0
    judged: int = 0
    asked: int = 0

    def __add__(self, other: Rates) -> Rates:
        return add_fields(self, other)

    def measures(self) -> tuple[Measured, ...]:
        """The four penetration rates and products per buyer, each with its coverage."""
        grid = Coverage(judged=self.judged, total=self.asked)
        return (
            ratio(
                "location penetration", "RESP-2.3", self.active_locations, self.known_locations,
                without="no location is known", coverage=grid,
            ),
            ratio(
                "buyer penetration", "RESP-2.2", self.active_buyers, self.known_buyers,
                without="no buyer is known at an active location", coverage=grid,
            ),
            ratio(
                "portfolio penetration", "RESP-2.1", self.owned_cells, self.grid_cells,
                without="no cell of the grid is eligible", coverage=grid,
            ),
            ratio(
                "products per buyer", "RESP-2.1", self.products, self.buyers,
                without="no buyer is active", unit="count", coverage=grid,
            ),
            ratio(
                "spend penetration", "RESP-2", self.revenue, self.spend,
                without="no yearly spend is known",
                coverage=Coverage(judged=self.estimated, total=self.asked),
                note=f"{self.stale_estimates} spend estimates lie below our own revenue and are stale"
                if self.stale_estimates
                else "",
            ),
        )  # fmt: skip


def rates(
    space: Whitespace,
    spend_estimates: Maybe[tuple[SpendEstimate, ...]],
    trailing_revenue: Decimal,
) -> Rates:
    """One account's part.

    Args:
        space: its whitespace.
        spend_estimates: the latest one counts.
        trailing_revenue: what it bought in the last 12 months, in the book's currency.
    """
    counts = space.counts()
    owned = {
        (place[1], product_id)
        for (place, product_id), cell in space.marked.items()
        if cell.status is CellStatus.OWNED
    }
    estimate = (
        None
        if isinstance(spend_estimates, Unknown) or not spend_estimates
        else max(spend_estimates, key=lambda e: (e.on, e.id))
    )
    return Rates(
        active_locations=len(space.active_locations & space.known_locations),
        known_locations=len(space.known_locations),
        active_buyers=len(space.active_buyers & space.known_buyers_at_active),
        known_buyers=len(space.known_buyers_at_active),
        owned_cells=counts[CellStatus.OWNED],
        grid_cells=counts.total() - counts[CellStatus.NOT_ELIGIBLE],
        buyers=len(space.active_buyers),
        products=len(owned),
        revenue=trailing_revenue if estimate else _ZERO,
        spend=estimate.yearly_amount if estimate else _ZERO,
        stale_estimates=int(estimate is not None and trailing_revenue > estimate.yearly_amount),
        estimated=int(estimate is not None),
        judged=int(not space.gaps),
        asked=1,
    )


def portfolio_of_buyer(space: Whitespace, buyer_id: str) -> Measured:
    """Active products ÷ eligible products of one buyer (RESP-2.1), retired ones left out of both."""
    owned = {
        product_id
        for (place, product_id), cell in space.marked.items()
        if place[1] == buyer_id and cell.status is CellStatus.OWNED and product_id in space.eligible
    }
    return ratio(
        "portfolio penetration",
        "RESP-2.1",
        len(owned),
        len(space.eligible),
        without="no product is eligible",
    )
