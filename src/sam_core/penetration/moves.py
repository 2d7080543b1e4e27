"""Where the next sale is: open cells as moves, valued by what comparable accounts do (RESP-2).

Move value = adoption × typical value. Adoption is the smoothed share (k+1)/(n+2) of the
active buyers of comparable accounts that own the product; typical value is the median yearly
revenue of the cells that own it. Comparable accounts are those of the same segment in the
book, the whole book where they are fewer than the standard asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from heapq import merge
from itertools import islice
from statistics import median
from typing import Final

from attrs import field, frozen

from sam_core._monoid import add_fields, merged
from sam_core.penetration.modes import Mode, Place
from sam_core.penetration.whitespace import CellStatus, Whitespace
from sam_core.standards import PenetrationStandards
from sam_core.values import Maybe, Unknown, Why

__all__ = [
    "MOVES_KEPT",
    "Benchmark",
    "Candidates",
    "Move",
    "Owners",
    "Peers",
    "Spot",
    "Valuation",
    "ranked",
    "spots",
]

MOVES_KEPT: Final = 10
"""How many moves a scorecard names."""

_Class = tuple[str | None, str]
"""Segment and product: all open cells of one class have one value."""


@frozen(kw_only=True)
class Peers:
    """How many accounts are compared, and how many buyers there are active."""

    accounts: int = 0
    active_buyers: int = 0

    def __add__(self, other: Peers) -> Peers:
        return add_fields(self, other)


@frozen(kw_only=True)
class Owners:
    """How many active buyers own a product, and what each owning cell brings in a year."""

    buyers: int = 0
    yearly_revenues: tuple[Decimal, ...] = ()

    def __add__(self, other: Owners) -> Owners:
        both = sorted(self.yearly_revenues + other.yearly_revenues)
        return Owners(buyers=self.buyers + other.buyers, yearly_revenues=tuple(both))


@frozen(kw_only=True)
class Valuation:
    """What a move of one product is worth in one segment, and why.

    Attributes:
        adoption: share of the comparable active buyers that own the product, smoothed; from 0 to 1.
        typical: median yearly revenue of an owning cell, in the book's currency.
        value: adoption × typical; unknown with too few owners.
        owners, peers: the counts behind the share.
        compared: with whom: ``"segment retail"`` or ``"the whole book"``.
    """

    adoption: Decimal
    typical: Maybe[Decimal]
    value: Maybe[Decimal]
    owners: int
    peers: int
    compared: str

    def __str__(self) -> str:
        share = f"{self.owners} of {self.peers} active buyers in {self.compared} own it"
        if isinstance(self.typical, Unknown):
            return f"{share}; {self.typical.where}"
        return f"{share} (adoption {self.adoption:.2f}) × {self.typical:,.2f} a year"


@frozen(kw_only=True)
class Benchmark:
    """What comparable accounts own: adds up over any split of the book."""

    peers: Mapping[str | None, Peers] = field(factory=dict, hash=False)
    owners: Mapping[_Class, Owners] = field(factory=dict, hash=False)

    @classmethod
    def of(cls, space: Whitespace) -> Benchmark:
        """One account's part."""
        owning: dict[str, set[str | None]] = {}
        revenues: dict[str, list[Decimal]] = {}
        for (place, product_id), cell in space.marked.items():
            if cell.status is CellStatus.OWNED:
                owning.setdefault(product_id, set()).add(place[1])
                revenues.setdefault(product_id, []).append(cell.yearly_revenue)
        return cls(
            peers={space.segment: Peers(accounts=1, active_buyers=len(space.active_buyers))},
            owners={
                (space.segment, product_id): Owners(
                    buyers=len(buyers), yearly_revenues=tuple(sorted(revenues[product_id]))
                )
                for product_id, buyers in owning.items()
            },
        )

    def __add__(self, other: Benchmark) -> Benchmark:
        return add_fields(self, other)

    @cached_property
    def _whole_book(self) -> Mapping[str, Owners]:
        whole: dict[str, Owners] = {}
        for (_, product_id), owners in self.owners.items():
            whole[product_id] = whole.get(product_id, Owners()) + owners
        return whole

    def valuation(self, segment: str | None, product_id: str, standards: PenetrationStandards) -> Valuation:
        """What a move of that product is worth in that segment."""
        own = self.peers.get(segment, Peers())
        if segment is not None and own.accounts >= standards.comparable_min:
            peers, owners = own, self.owners.get((segment, product_id), Owners())
            compared = f"segment {segment}"
        else:
            peers = sum(self.peers.values(), Peers())
            owners = self._whole_book.get(product_id, Owners())
            compared = "the whole book"
        adoption = Decimal(owners.buyers + 1) / (peers.active_buyers + 2)
        if owners.buyers < standards.owners_min:
            typical: Maybe[Decimal] = Unknown(
                Why.BLANK, f"fewer than {standards.owners_min} owners, so no typical value"
            )
            value = typical
        else:
            typical = Decimal(median(owners.yearly_revenues))
            value = adoption * typical
        return Valuation(
            adoption=adoption,
            typical=typical,
            value=value,
            owners=owners.buyers,
            peers=peers.active_buyers,
            compared=compared,
        )


Spot = tuple[str, str, str, Mode]
"""Account, location, buyer (``""`` for one to be found) and mode."""


def _spot_key(spot: Spot) -> tuple[str, str, str]:
    return spot[:3]


def _spots(space: Whitespace, product_id: str) -> Iterator[Spot]:
    for (location_id, buyer_id), mode in space.open_places(product_id):
        yield space.account_id, location_id, buyer_id or "", mode


@frozen(kw_only=True)
class Candidates:
    """The first few open cells of every segment and product, by ids; adds up over any split.

    All open cells of one class have one value, so the best moves of the book are among the first few
    of each class: no second reading is needed to name them.

    Attributes:
        first: up to :data:`MOVES_KEPT` spots of each class, in order of ids.
    """

    first: Mapping[_Class, tuple[Spot, ...]] = field(factory=dict, hash=False)

    @classmethod
    def of(cls, space: Whitespace) -> Candidates:
        """One account's part."""
        first = {
            (space.segment, product_id): tuple(islice(_spots(space, product_id), MOVES_KEPT))
            for product_id in space.products
        }
        return cls(first={key: spots for key, spots in first.items() if spots})

    def __add__(self, other: Candidates) -> Candidates:
        return Candidates(
            first=merged(
                self.first, other.first, lambda a, b: tuple(islice(merge(a, b, key=_spot_key), MOVES_KEPT))
            )
        )


@frozen(kw_only=True)
class Move:
    """The next sale that could be made: one open cell, with what it is worth.

    Attributes:
        mode: the way of penetrating the account that it would be.
        buyer_id: ``None`` where a buyer is yet to be found.
        valuation: adoption, typical value and their product, with the counts behind them.
    """

    account_id: str
    location_id: str
    buyer_id: str | None
    product_id: str
    mode: Mode
    valuation: Valuation

    @property
    def value(self) -> Maybe[Decimal]:
        """Expected yearly value in the book's currency."""
        return self.valuation.value

    @property
    def place(self) -> Place:
        """Location and buyer."""
        return self.location_id, self.buyer_id


def _rank(move: Move) -> tuple[bool, Decimal, str, str, str, str]:
    value = move.value
    valued = not isinstance(value, Unknown)
    return (
        not valued,
        Decimal(0) if isinstance(value, Unknown) else -value,
        move.account_id,
        move.location_id,
        move.buyer_id or "",
        move.product_id,
    )


def ranked(
    spots: Iterable[tuple[_Class, Spot]], benchmark: Benchmark, standards: PenetrationStandards
) -> list[Move]:
    """Moves by value, the unvalued last; ties by ids, so the ranking is stable."""
    valuations: dict[_Class, Valuation] = {}
    moves = []
    for key, (account_id, location_id, buyer_id, mode) in spots:
        if key not in valuations:
            valuations[key] = benchmark.valuation(*key, standards)
        moves.append(
            Move(
                account_id=account_id,
                location_id=location_id,
                buyer_id=buyer_id or None,
                product_id=key[1],
                mode=mode,
                valuation=valuations[key],
            )
        )
    return sorted(moves, key=_rank)


def spots(space: Whitespace) -> Iterator[tuple[_Class, Spot]]:
    """Every open cell of one account as a spot of its class."""
    for product_id in space.products:
        for spot in _spots(space, product_id):
            yield (space.segment, product_id), spot
