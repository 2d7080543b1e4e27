"""From last period's revenue to this one's, split to the cent (RESP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Final

from attrs import frozen

from sam_core._monoid import add_fields
from sam_core.book import within
from sam_core.penetration.modes import NEW_MODES, LineMode, Mode
from sam_core.values import Period

__all__ = ["Bridge", "bridge"]

_ZERO: Final = Decimal(0)


@frozen(kw_only=True)
class Bridge:
    """The change of revenue between two periods, in parts that add up to it exactly.

    All amounts in the book's currency. Lost customers and contraction are nought or
    negative, expansion nought or positive. The three new parts and acquisition are the
    revenue of the period's lines of those modes; expansion and contraction compare, cell by
    cell (location, buyer, product), the remaining lines with the comparable period.

    Attributes:
        before, now: revenue of the comparable period and of the period, returns included.
        lost: customers that bought then and bought nothing now.
        returns: change of returns and credit notes.
    """

    before: Decimal = _ZERO
    now: Decimal = _ZERO
    lost: Decimal = _ZERO
    contraction: Decimal = _ZERO
    expansion: Decimal = _ZERO
    new_products: Decimal = _ZERO
    new_buyers: Decimal = _ZERO
    new_locations: Decimal = _ZERO
    acquisition: Decimal = _ZERO
    returns: Decimal = _ZERO

    def __add__(self, other: Bridge) -> Bridge:
        return add_fields(self, other)

    @property
    def change(self) -> Decimal:
        """Revenue now less revenue before: the sum of all the parts."""
        return self.now - self.before


_day = attrgetter("line.on")


def bridge(lines: Sequence[LineMode], now: Period, before: Period) -> Bridge:
    """The bridge of one customer.

    Args:
        lines: all of the customer's lines, classified, in the order of their days.
        now: the period, so far as it has come.
        before: the comparable period.
    """
    sums = dict.fromkeys((*NEW_MODES, Mode.ACQUISITION), _ZERO)
    returns_now = returns_before = bought_now = bought_before = _ZERO
    cells: dict[tuple[object, object, object], Decimal] = {}
    for entry in within(lines, now, _day):
        line, mode = entry.line, entry.mode
        if mode is Mode.RETURN:
            returns_now += line.revenue
            continue
        bought_now += line.revenue
        if mode in sums:
            sums[mode] += line.revenue
        else:
            cell = (line.location_id, line.buyer_id, line.product_id)
            cells[cell] = cells.get(cell, _ZERO) + line.revenue
    for entry in within(lines, before, _day):
        line = entry.line
        if entry.mode is Mode.RETURN:
            returns_before += line.revenue
            continue
        bought_before += line.revenue
        cell = (line.location_id, line.buyer_id, line.product_id)
        cells[cell] = cells.get(cell, _ZERO) - line.revenue
    lost = not bought_now and bool(bought_before)
    changes = list(cells.values())
    return Bridge(
        before=bought_before + returns_before,
        now=bought_now + returns_now,
        lost=-bought_before if lost else _ZERO,
        contraction=_ZERO if lost else sum((c for c in changes if c < 0), _ZERO),
        expansion=_ZERO if lost else sum((c for c in changes if c > 0), _ZERO),
        new_products=sums[Mode.NEW_PRODUCT],
        new_buyers=sums[Mode.NEW_BUYER],
        new_locations=sums[Mode.NEW_LOCATION],
        acquisition=sums[Mode.ACQUISITION],
        returns=returns_now - returns_before,
    )
