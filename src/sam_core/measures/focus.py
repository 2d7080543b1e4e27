"""Does effort go where the value is? Accounts ranked, and what the first of them get (OV-4).

The value of an account is its revenue of the trailing 12 months, a loss as nought, plus its valued
whitespace: every eligible cell of the grid that is not owned, at the value of a move there. A cell that is
being worked on still counts, for an account must not fall in rank because somebody attends to it; a
product without a known value counts for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Final

from attrs import field, frozen

from sam_core.book import Dossier, Offering
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.penetration.moves import Benchmark
from sam_core.penetration.whitespace import CellStatus, Whitespace
from sam_core.standards import Standards
from sam_core.values import Coverage, Maybe, Unknown, Why

__all__ = ["Effort", "Focus", "effort", "focus"]

_ZERO: Final = Decimal(0)
_EXACT: Final = 100
"""Digits that hold any sum of values exactly, so that the order of accounts cannot matter."""


@frozen(kw_only=True)
class Effort:
    """One account's worth as far as it can be told before the book is known, and the effort it got.

    Attributes:
        segment: the account's, by which its open cells are valued.
        revenue: of the trailing 12 months, a loss as nought; in the book's currency.
        cells: eligible cells not owned: products by how many such cells they have.
        gap: why the value cannot be told in full; ``None`` where it can.
        meetings: held in the trailing 12 months.
        initiatives: open in the current plan.
    """

    segment: str | None
    revenue: Decimal
    cells: Mapping[int, tuple[str, ...]] = field(hash=False)
    gap: Missing | None
    meetings: Maybe[int]
    initiatives: Maybe[int]

    def __add__(self, other: Effort) -> Effort:
        """An account that was read twice counts once."""
        return max(self, other, key=repr)

    def value(self, worth: Mapping[str, Decimal]) -> Decimal:
        """Trailing revenue plus open cells at what a move there is worth, by product."""
        room = (
            count * sum((worth.get(product_id, _ZERO) for product_id in products), _ZERO)
            for count, products in self.cells.items()
        )
        return self.revenue + sum(room, _ZERO)


def effort(
    dossier: Dossier,
    space: Maybe[Whitespace],
    revenue: Maybe[Decimal],
    offering: Maybe[Offering],
    *,
    meetings: Maybe[int],
    initiatives: Maybe[int],
) -> Effort:
    """One account's part.

    Args:
        dossier: the account.
        space: its whitespace.
        revenue: of the trailing 12 months.
        offering: what the firm sells; without it the grid has only what was sold.
        meetings: held in the trailing 12 months.
        initiatives: open in the current plan.
    """
    return Effort(
        segment=dossier.account.segment,
        revenue=max(revenue, _ZERO) if not isinstance(revenue, Unknown) else _ZERO,
        cells=_cells(dossier, space) if not isinstance(space, Unknown) else {},
        gap=next(_gaps(dossier, space, offering), None),
        meetings=meetings,
        initiatives=initiatives,
    )


def _places(dossier: Dossier, space: Whitespace) -> frozenset[tuple[str, str | None]]:
    """Where the customer is or buys, with whom; what is only hoped for opens no place."""
    gone: set[str] = set()
    places: set[tuple[str, str | None]] = set()
    locations = {place for place in space.history.locations if place is not None}
    if not isinstance(dossier.locations, Unknown):
        locations |= {one.id for one in dossier.locations}
    if not isinstance(dossier.buyers, Unknown):
        gone = {one.id for one in dossier.buyers if one.left_on is not None}
        places = {
            (one.location_id, one.id)
            for one in dossier.buyers
            if isinstance(one.location_id, str) and one.left_on is None
        }
    for location, buyer in space.history.pairs:
        if location is not None and buyer is not None and buyer not in gone:
            places.add((location, buyer))
    staffed = {location for location, _ in places}
    return frozenset(places | {(location, None) for location in locations - staffed})


def _cells(dossier: Dossier, space: Whitespace) -> Mapping[int, tuple[str, ...]]:
    places = _places(dossier, space)
    owned: dict[str, int] = {}
    for (place, product_id), cell in space.marked.items():
        if cell.status is CellStatus.OWNED and place in places:
            owned[product_id] = owned.get(product_id, 0) + 1
    cells: dict[int, list[str]] = {}
    for product_id in space.products:
        if product_id in space.eligible and not space.never_bought:
            cells.setdefault(len(places) - owned.get(product_id, 0), []).append(product_id)
    return {count: tuple(products) for count, products in cells.items() if count}


def _gaps(dossier: Dossier, space: Maybe[Whitespace], offering: Maybe[Offering]) -> Iterator[Missing]:
    """What keeps the value from being told in full."""
    for name, value in (
        ("sale_lines", dossier.sale_lines),
        ("offering", offering),
        ("locations", dossier.locations),
        ("buyers", dossier.buyers),
    ):
        if isinstance(value, Unknown):
            yield Missing(name, value)
    for one in () if isinstance(dossier.buyers, Unknown) else dossier.buyers:
        if one.left_on is None and isinstance(one.location_id, Unknown):
            yield Missing("buyers.location_id", one.location_id)
    if not isinstance(space, Unknown) and space.history.gaps:
        yield Missing("sale_lines", Unknown(Why.BLANK, "place, buyer or product of some sales"))


@frozen(kw_only=True)
class Focus:
    """The accounts of a book by value, and what the top tier gets.

    Attributes:
        values: by account id, of those whose value can be told.
        top: the top tier: the standard's share of the accounts, and whoever is worth as much as its last.
        value: the top tier's share of all value.
        meetings, initiatives: its share of what was held and is open, of accounts where both are known.
        gap: what is not known of some account; ``None`` where everything is.
    """

    values: Mapping[str, Decimal] = field(hash=False)
    top: frozenset[str]
    value: Measured
    meetings: Measured
    initiatives: Measured
    gap: Missing | None = None

    def concentration(self, part: Measured) -> Maybe[Decimal]:
        """Share of effort ÷ share of value; 1 where effort follows value exactly."""
        if isinstance(self.value.value, Unknown):
            return self.value.value
        return part.value if isinstance(part.value, Unknown) else part.value / self.value.value


def focus(efforts: Mapping[str, Effort], benchmark: Benchmark, standards: Standards) -> Focus:
    """Rank the accounts of a book, and see what the top tier gets for its value."""
    judged = {key: one for key, one in efforts.items() if one.gap is None}
    worths = _worths(judged.values(), benchmark, standards)
    with localcontext(prec=_EXACT):
        values = {key: one.value(worths[one.segment]) for key, one in judged.items()}
        whole = sum(values.values(), _ZERO)
        top = _top(values, standards.focus.top_share)
        first = sum((values[key] for key in top), _ZERO)
    gaps = (one.gap for one in efforts.values() if one.gap is not None)
    return Focus(
        values=values,
        top=top,
        value=ratio(
            "top tier's share of value", "OV-4", first, whole,
            without="no account has a value", coverage=Coverage(judged=len(values), total=len(efforts)),
        ),
        meetings=_part("meetings", efforts, top),
        initiatives=_part("initiatives", efforts, top),
        gap=min(gaps, key=str, default=None),
    )  # fmt: skip


def _worths(
    efforts: Iterable[Effort], benchmark: Benchmark, standards: Standards
) -> dict[str | None, dict[str, Decimal]]:
    """What a move is worth, by segment and product; nought where it has no known value."""
    worths: dict[str | None, dict[str, Decimal]] = {}
    for one in efforts:
        worth = worths.setdefault(one.segment, {})
        for products in one.cells.values():
            for product_id in products:
                if product_id not in worth:
                    found = benchmark.valuation(one.segment, product_id, standards.penetration).value
                    worth[product_id] = _ZERO if isinstance(found, Unknown) else found
    return worths


def _top(values: Mapping[str, Decimal], share: Decimal) -> frozenset[str]:
    if not values:
        return frozenset()
    count = max(1, math.ceil(share * len(values)))
    last = sorted(values.values(), reverse=True)[count - 1]
    return frozenset(key for key, value in values.items() if value >= last)


def _part(name: str, efforts: Mapping[str, Effort], top: frozenset[str]) -> Measured:
    counts: dict[str, int] = {}
    for key, one in efforts.items():
        count = getattr(one, name)
        if one.gap is None and not isinstance(count, Unknown):
            counts[key] = count
    return ratio(
        f"top tier's share of {name}", "OV-4",
        sum(count for key, count in counts.items() if key in top), sum(counts.values()),
        without=f"no {name} are known", coverage=Coverage(judged=len(counts), total=len(efforts)),
    )  # fmt: skip
