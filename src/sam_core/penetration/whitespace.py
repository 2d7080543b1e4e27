"""The whitespace of one account: the grid location × buyer × product, and what each cell is (RESP-2)."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Final

from attrs import frozen

from sam_core.book import Dossier, Offering, OpportunityStatus, Product, within
from sam_core.penetration.modes import History, LineMode, Mode, Place
from sam_core.values import Maybe, Period, Unknown, add_months

__all__ = ["Cell", "CellStatus", "Whitespace", "whitespace"]


class CellStatus(enum.Enum):
    """What a cell of the grid is, in order of precedence."""

    OWNED = "owned"
    PIPELINE = "pipeline"
    COMPETITOR = "competitor"
    LOST = "lost"
    LAPSED = "lapsed"
    OPEN = "open"
    NOT_ELIGIBLE = "not eligible"


_RANK: Final = {status: rank for rank, status in enumerate(CellStatus)}
_CONTESTED: Final = frozenset({CellStatus.PIPELINE, CellStatus.COMPETITOR, CellStatus.LOST})


@frozen(kw_only=True)
class Cell:
    """One cell: a product that a buyer at a location owns, or might.

    Attributes:
        buyer_id: ``None`` for a buyer yet to be found at a location where none is known.
        yearly_revenue: what an owned cell brings in a year, in the book's currency, averaged over
            the months during which a purchase counts as active; else nought.
        evidence: ids of the records that made it what it is.
    """

    account_id: str
    location_id: str
    buyer_id: str | None
    product_id: str
    status: CellStatus
    yearly_revenue: Decimal = Decimal(0)
    evidence: tuple[str, ...] = ()


_CELL_FIELDS: Final = ("location_id", "buyer_id", "product_id")

_Key = tuple[Place, str]


@frozen(kw_only=True)
class Whitespace:
    """One account's grid. Open cells are implied, so a wide grid costs nothing until it is walked.

    Attributes:
        places: rows: every known location with every known buyer there.
        products: columns: what is on sale, in order of id.
        eligible: those of them that this account may buy.
        marked: the cells that are not simply open or not eligible.
        unplaced: opportunities and sale lines that name no cell, by id, with the reason: listed, not dropped.
        gaps: what of the grid itself is unknown: locations or buyers not fetched.
        never_bought: nothing was ever won here; a first sale is acquisition, not penetration.
        active_locations, active_buyers: won from within the active months; a buyer also where the place is unknown.
        known_locations, known_buyers_at_active: what the two penetration rates divide by.
        history: what was won so far.
    """

    account_id: str
    segment: str | None
    places: tuple[Place, ...]
    products: tuple[str, ...]
    eligible: frozenset[str]
    marked: Mapping[_Key, Cell]
    unplaced: Mapping[str, str]
    gaps: tuple[Unknown, ...]
    never_bought: bool
    active_locations: frozenset[str]
    active_buyers: frozenset[str]
    known_locations: frozenset[str]
    known_buyers_at_active: frozenset[str]
    history: History

    def status(self, location_id: str, buyer_id: str | None, product_id: str) -> CellStatus:
        """What one cell of the grid is."""
        cell = self.marked.get(((location_id, buyer_id), product_id))
        if cell is not None:
            return cell.status
        return CellStatus.OPEN if product_id in self.eligible else CellStatus.NOT_ELIGIBLE

    def cells(self) -> Iterator[Cell]:
        """Every cell of the grid, by place and product."""
        for place in self.places:
            for product_id in self.products:
                cell = self.marked.get((place, product_id))
                yield cell or Cell(
                    account_id=self.account_id,
                    location_id=place[0],
                    buyer_id=place[1],
                    product_id=product_id,
                    status=self.status(*place, product_id),
                )

    def counts(self) -> Counter[CellStatus]:
        """How many cells are of each status; they add up to places × products."""
        counts = Counter(cell.status for cell in self.marked.values())
        marked_ineligible = sum(1 for (_, product_id) in self.marked if product_id not in self.eligible)
        ineligible = len(self.places) * (len(self.products) - len(self.eligible)) - marked_ineligible
        counts[CellStatus.NOT_ELIGIBLE] += ineligible
        counts[CellStatus.OPEN] += len(self.places) * len(self.products) - counts.total()
        return +counts

    def open_places(self, product_id: str) -> Iterator[tuple[Place, Mode]]:
        """Places where a product could still be sold, in order, with the mode its sale would have.

        Nothing where the account never bought: its first sale is acquisition.
        """
        if self.never_bought or product_id not in self.eligible:
            return
        for place in self.places:
            if (place, product_id) not in self.marked:
                yield place, self.mode(place, product_id)

    def mode(self, place: Place, product_id: str) -> Mode:
        """The mode a sale in that open cell would have; a buyer yet to be found is a new buyer."""
        return self._decided(place, product_id) if self.history.gaps else self._place_modes[place]

    def _decided(self, place: Place, product_id: str) -> Mode:
        location_id, buyer_id = place
        if buyer_id is None and location_id in self.history.locations:
            return Mode.NEW_BUYER
        return self.history.decide(location_id, buyer_id, product_id)[0][0]

    @cached_property
    def _place_modes(self) -> Mapping[Place, Mode]:
        """Where nothing was left unsaid, all open cells of a place have one mode."""
        return {place: self._decided(place, "") for place in self.places}

    @cached_property
    def room(self) -> Mapping[Mode, int]:
        """How many open cells there are, by the mode a sale there would have."""
        if self.never_bought:
            return {}
        if self.history.gaps:
            return Counter(mode for p in self.products for _, mode in self.open_places(p))
        taken = Counter(place for place, product_id in self.marked if product_id in self.eligible)
        room: Counter[Mode] = Counter()
        for place, mode in self._place_modes.items():
            room[mode] += len(self.eligible) - taken[place]
        return +room

    @cached_property
    def reach(self) -> Mapping[Mode, int]:
        """How many cells something could still be sold into, by the mode the sale would have.

        Beside the open ones, those that are pursued, that a competitor holds, and that were lost.
        """
        if self.never_bought:
            return {}
        reach: Counter[Mode] = Counter() if self.history.gaps else Counter(self.room)
        for (place, product_id), cell in self.marked.items():
            if cell.status in _CONTESTED and product_id in self.eligible:
                reach[self._surely(place, product_id)] += 1
        for product_id in self.products if self.history.gaps else ():
            reach.update(self._surely(place, product_id) for place, _ in self.open_places(product_id))
        return +reach

    def _surely(self, place: Place, product_id: str) -> Mode:
        """The mode of a sale there; unclassified where the buyer yet to be found may be one who bought unnamed."""
        unnamed = (place[0], None) in self.history.pairs or None in self.history.locations
        return Mode.UNCLASSIFIED if place[1] is None and unnamed else self._decided(place, product_id)


def whitespace(
    dossier: Dossier,
    lines: tuple[LineMode, ...],
    history: History,
    offering: Maybe[Offering],
    *,
    as_of: date,
    active_months: int,
) -> Whitespace:
    """The whitespace of one account on one day.

    Args:
        dossier: the account, as known on ``as_of``.
        lines, history: its won lines, classified.
        offering: what the firm sells; where unknown, the products seen in the dossier serve.
        active_months: how long a purchase keeps its cell owned, and a lost opportunity its cell lost.
    """
    since = add_months(as_of, -active_months)
    products = _products(dossier, lines, offering, as_of)
    on_sale = {product.id for product in products}
    marks = _Marks(dossier.account.id, on_sale)
    unplaced: dict[str, str] = {}
    _mark_sales(marks, unplaced, dossier, history, Period.trailing(as_of, active_months), active_months)
    _mark_opportunities(marks, unplaced, dossier, since)
    places, gaps = _places(dossier, lines, marks)
    _mark_competitors(marks, dossier, places)
    active_locations = frozenset(k for k, line in history.locations.items() if k and line.on > since)
    return Whitespace(
        account_id=dossier.account.id,
        segment=dossier.account.segment,
        places=places,
        products=tuple(sorted(on_sale)),
        eligible=frozenset(p.id for p in products if p.eligible_for(dossier.account)),
        marked=marks.cells,
        unplaced=unplaced,
        gaps=gaps,
        never_bought=not history.locations,
        active_locations=active_locations,
        active_buyers=frozenset(b for (_, b), line in history.pairs.items() if b and line.on > since),
        known_locations=frozenset(location for location, _ in places),
        known_buyers_at_active=frozenset(b for location, b in places if b and location in active_locations),
        history=history,
    )


class _Marks:
    """The cells marked so far; of two claims on a cell the one of higher precedence stays."""

    def __init__(self, account_id: str, on_sale: set[str]) -> None:
        self.account_id = account_id
        self.on_sale = on_sale
        self.cells: dict[_Key, Cell] = {}

    def add(
        self,
        place: Place,
        product_id: str,
        status: CellStatus,
        evidence: tuple[str, ...],
        yearly_revenue: Decimal = Decimal(0),
    ) -> None:
        if product_id not in self.on_sale:
            return
        key = (place, product_id)
        present = self.cells.get(key)
        if present is not None and _RANK[present.status] < _RANK[status]:
            return
        if present is not None and present.status is status:
            evidence = tuple(sorted({*present.evidence, *evidence}))
        self.cells[key] = Cell(
            account_id=self.account_id,
            location_id=place[0],
            buyer_id=place[1],
            product_id=product_id,
            status=status,
            yearly_revenue=yearly_revenue,
            evidence=evidence,
        )


def _products(
    dossier: Dossier, lines: tuple[LineMode, ...], offering: Maybe[Offering], as_of: date
) -> tuple[Product, ...]:
    if not isinstance(offering, Unknown):
        return offering.on_sale(as_of)
    seen = {entry.line.product_id for entry in lines if not isinstance(entry.line.product_id, Unknown)}
    if not isinstance(dossier.opportunities, Unknown):
        for opportunity in dossier.opportunities:
            if not isinstance(opportunity.lines, Unknown):
                seen |= {o.product_id for o in opportunity.lines if not isinstance(o.product_id, Unknown)}
    return tuple(Product(id=product_id, name=product_id) for product_id in sorted(seen))


def _mark_sales(
    marks: _Marks, unplaced: dict[str, str], dossier: Dossier, history: History, window: Period, months: int
) -> None:
    lines = () if isinstance(dossier.sale_lines, Unknown) else dossier.sale_lines
    for line in lines if history.gaps else ():
        if (
            isinstance(line.location_id, Unknown)
            or isinstance(line.buyer_id, Unknown)
            or isinstance(line.product_id, Unknown)
        ):
            missing = [name for name in _CELL_FIELDS if isinstance(getattr(line, name), Unknown)]
            unplaced[line.id] = f"sold, but {' and '.join(missing)} not known"
    revenue: dict[tuple[Maybe[str], Maybe[str], Maybe[str]], Decimal] = {}
    nought = Decimal(0)
    for line in within(lines, window):
        key = (line.location_id, line.buyer_id, line.product_id)
        revenue[key] = revenue.get(key, nought) + line.revenue
    for (location, buyer, product), last in history.cells.items():
        if location is None or buyer is None or product is None:
            continue
        owned = last.on in window
        marks.add(
            (location, buyer),
            product,
            CellStatus.OWNED if owned else CellStatus.LAPSED,
            (last.id,),
            revenue[location, buyer, product] * 12 / months if owned else Decimal(0),
        )


def _mark_opportunities(marks: _Marks, unplaced: dict[str, str], dossier: Dossier, since: date) -> None:
    if isinstance(dossier.opportunities, Unknown):
        return
    for opportunity in dossier.opportunities:
        is_open = opportunity.status is OpportunityStatus.OPEN
        if opportunity.status is OpportunityStatus.WON or (
            opportunity.closed_on is not None and opportunity.closed_on <= since
        ):
            continue
        if isinstance(opportunity.lines, Unknown) or not opportunity.lines:
            if is_open:
                unplaced[opportunity.id] = "open opportunity without lines"
            continue
        for line in opportunity.lines:
            location, buyer, product = line.location_id, line.buyer_id, line.product_id
            if isinstance(location, Unknown) or isinstance(buyer, Unknown) or isinstance(product, Unknown):
                if is_open:
                    unplaced[line.id] = f"line of open opportunity {opportunity.id} names no cell"
                continue
            status = CellStatus.PIPELINE if is_open else CellStatus.LOST
            marks.add((location, buyer), product, status, (opportunity.id,))


_place_of: Final = attrgetter("line.location_id", "line.buyer_id")


def _places(
    dossier: Dossier, lines: tuple[LineMode, ...], marks: _Marks
) -> tuple[tuple[Place, ...], tuple[Unknown, ...]]:
    """Every known location with its known buyers; a location without one has a buyer yet to be found."""
    pairs: set[Place] = {place for place, _ in marks.cells}
    locations = {location for location, _ in pairs}
    gaps = tuple(
        value
        for value in (dossier.locations, dossier.buyers, dossier.sale_lines)
        if isinstance(value, Unknown)
    )
    for location, buyer in set(map(_place_of, lines)):
        if not isinstance(location, Unknown):
            locations.add(location)
            if not isinstance(buyer, Unknown):
                pairs.add((location, buyer))
    if not isinstance(dossier.locations, Unknown):
        locations |= {location.id for location in dossier.locations}
    if not isinstance(dossier.buyers, Unknown):
        gone = {buyer.id for buyer in dossier.buyers if buyer.left_on is not None}
        pairs = {
            (location, buyer)
            for location, buyer in pairs
            if buyer not in gone or _has_mark(marks, location, buyer)
        }
        for person in dossier.buyers:
            if isinstance(person.location_id, str) and person.left_on is None:
                pairs.add((person.location_id, person.id))
                locations.add(person.location_id)
    staffed = {location for location, _ in pairs}
    vacant: set[Place] = {(location, None) for location in locations - staffed}
    return tuple(sorted(pairs | vacant, key=lambda place: (place[0], place[1] or ""))), gaps


def _has_mark(marks: _Marks, location: str, buyer: str | None) -> bool:
    return any(place == (location, buyer) for place, _ in marks.cells)


def _mark_competitors(marks: _Marks, dossier: Dossier, places: tuple[Place, ...]) -> None:
    if isinstance(dossier.competitor_holdings, Unknown):
        return
    for holding in dossier.competitor_holdings:
        for place in places:
            if holding.location_id in (None, place[0]) and holding.buyer_id in (None, place[1]):
                marks.add(place, holding.product_id, CellStatus.COMPETITOR, (holding.id,))
