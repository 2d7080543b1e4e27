"""A book's whitespace as a page: the grid of each customer, and the moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from attrs import frozen

from sam_adapters.renderers import numbers
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import (
    Block,
    Cell,
    Column,
    Facts,
    Items,
    Page,
    Row,
    Section,
    Table,
    Text,
    Tone,
)
from sam_adapters.renderers.remedies import reason_of
from sam_adapters.renderers.scorecard import moves_table
from sam_core.assessment import moves
from sam_core.book import Book, BookHeader
from sam_core.penetration import CellStatus, Move, Whitespace
from sam_core.values import Unknown
from sam_core.view import AccountView

__all__ = ["Survey", "survey", "whitespace_data", "whitespace_page"]

_NEEDED: Final = ("locations", "buyers", "sale_lines", "opportunities", "competitor_holdings")
_SHOWN: Final = (
    CellStatus.OWNED,
    CellStatus.PIPELINE,
    CellStatus.COMPETITOR,
    CellStatus.LOST,
    CellStatus.LAPSED,
    CellStatus.OPEN,
)


@frozen(kw_only=True)
class Survey:
    """The whitespace of a book on a day.

    Attributes:
        counts: cells by status, by account id.
        spaces: the whole grid of the one customer asked for; empty where none was.
        moves: all of them, by value.
        unplaced: what names no cell, by record id, with the reason.
        unknown: accounts whose sales nobody knows, with the reason.
    """

    header: BookHeader
    as_of: date
    names: Names
    counts: dict[str, Counter[CellStatus]]
    spaces: tuple[Whitespace, ...]
    moves: tuple[Move, ...]
    unplaced: dict[str, str]
    unknown: dict[str, Unknown]


def survey(book: Book, *, as_of: date, account_id: str | None = None) -> Survey:
    """Go through a book, or one customer of it, and note the state of every cell."""
    names = Names()
    counts: dict[str, Counter[CellStatus]] = {}
    spaces: list[Whitespace] = []
    unplaced: dict[str, str] = {}
    unknown: dict[str, Unknown] = {}
    header = book.header.at(as_of)
    for dossier in names.watching(book).dossiers(*_NEEDED):
        if account_id not in {None, dossier.id}:
            continue
        space = AccountView(header=header, as_of=as_of, dossier=dossier.at(as_of)).whitespace
        if isinstance(space, Unknown):
            unknown[dossier.id] = space
            continue
        counts[dossier.id] = space.counts()
        unplaced.update(space.unplaced)
        if account_id is not None:
            spaces.append(space)
    found = (move for move in moves(book, as_of=as_of) if account_id in {None, move.account_id})
    return Survey(
        header=header,
        as_of=as_of,
        names=names,
        counts=counts,
        spaces=tuple(spaces),
        moves=tuple(found),
        unplaced=unplaced,
        unknown=unknown,
    )


def whitespace_page(found: Survey, top: int) -> Page:
    """The grid in numbers, the one asked for place by place, and the first moves."""
    header = found.header
    lead = Facts(
        (
            ("Manager", f"{header.manager.name} ({header.manager.id})"),
            ("As of", found.as_of.isoformat()),
            ("Amounts", f"{header.currency} a year, {header.value_basis}"),
            ("Source", header.provenance.source),
        )
    )
    sections = [Section("The grid", _grid(found))]
    sections += [
        Section(found.names.account(space.account_id), _places(space, found.names)) for space in found.spaces
    ]
    sections.append(Section("Moves", _moves(found, top)))
    if found.unplaced:
        shown = [f"{key}: {reason}" for key, reason in list(found.unplaced.items())[:_UNPLACED_SHOWN]]
        more = len(found.unplaced) - len(shown)
        blocks: list[Block] = [Items(shown)]
        if more:
            blocks.append(Text(f"And {more:,} more: read them with --json."))
        sections.append(Section("In no cell", blocks))
    if found.unknown:
        reasons = Items(
            f"{found.names.account(key)}: {reason_of(reason)}" for key, reason in found.unknown.items()
        )
        sections.append(Section("Not known", (reasons,)))
    return Page(f"Whitespace of {header.manager.name}", (lead,), sections)


_UNPLACED_SHOWN: Final = 10


def _grid(found: Survey) -> Iterator[Block]:
    if not found.counts:
        yield Text("No customer's sales are known.")
        return
    total: Counter[CellStatus] = sum(found.counts.values(), Counter())
    rows = [_grid_row(found.names.account(key), counts) for key, counts in found.counts.items()]
    if len(rows) > 1:
        rows.append(_grid_row("All", total))
    names = (Column(status.value.capitalize(), number=True) for status in _SHOWN)
    yield Table(("Customer", *names), rows)
    ineligible = total[CellStatus.NOT_ELIGIBLE]
    cells = "a cell is a product with a buyer at a location"
    yield Text(
        f"Here {cells}; {numbers.count(ineligible, 'further one is', 'further ones are')} not eligible."
    )


def _grid_row(name: str, counts: Counter[CellStatus]) -> Row:
    return Row((name, *(f"{counts[status]:,}" if counts[status] else "" for status in _SHOWN)))


_TONES: Final = {
    CellStatus.OWNED: Tone.GOOD,
    CellStatus.COMPETITOR: Tone.BAD,
    CellStatus.LOST: Tone.BAD,
    CellStatus.LAPSED: Tone.WARNING,
}


def _places(space: Whitespace, names: Names) -> Iterator[Block]:
    rows = []
    by_place: dict[tuple[str, str | None], dict[CellStatus, list[str]]] = {}
    for cell in space.cells():
        by_place.setdefault((cell.location_id, cell.buyer_id), {}).setdefault(cell.status, []).append(
            cell.product_id
        )
    for (location_id, buyer_id), statuses in by_place.items():
        for status in _SHOWN:
            if status in statuses:
                products = "; ".join(names.product(product_id) for product_id in statuses[status])
                state = Cell(status.value, _TONES.get(status, Tone.PLAIN))
                rows.append(
                    Row(
                        (
                            names.location(space.account_id, location_id),
                            names.buyer(space.account_id, buyer_id),
                            state,
                            products,
                        )
                    )
                )
    yield Table(("Location", "Buyer", Column("State", whole=True), "Products"), rows)


def _moves(found: Survey, top: int) -> Iterator[Block]:
    if not found.moves:
        yield Text("No open place is known where something could be sold next.")
        return
    valued = sum(1 for move in found.moves if not isinstance(move.value, Unknown))
    if top:
        yield moves_table(found.moves[:top], found.names)
    hidden = len(found.moves) - top
    tail = f"; {hidden:,} more with --top or --json" if hidden > 0 else ""
    yield Text(f"{numbers.count(len(found.moves), 'move')}, {valued:,} of them with a value{tail}.")


def whitespace_data(found: Survey, top: int) -> dict[str, Any]:
    """The same as data; ``top`` moves, ids and names."""
    names = found.names
    return {
        "manager": {"id": found.header.manager.id, "name": found.header.manager.name},
        "as_of": found.as_of.isoformat(),
        "currency": found.header.currency,
        "accounts": [
            {"id": key, "name": names.account(key), "cells": {s.value: counts[s] for s in CellStatus}}
            for key, counts in found.counts.items()
        ],
        "cells": [_cell_data(space, names) for space in found.spaces],
        "moves": [_move_data(move, names) for move in found.moves[:top]],
        "moves_in_all": len(found.moves),
        "unplaced": found.unplaced,
        "unknown": {key: str(reason) for key, reason in found.unknown.items()},
    }


def _cell_data(space: Whitespace, names: Names) -> list[dict[str, Any]]:
    return [
        {
            "account_id": cell.account_id,
            "location_id": cell.location_id,
            "location": names.location(cell.account_id, cell.location_id),
            "buyer_id": cell.buyer_id,
            "buyer": names.buyer(cell.account_id, cell.buyer_id),
            "product_id": cell.product_id,
            "product": names.product(cell.product_id),
            "status": cell.status.value,
            "yearly_revenue": f"{cell.yearly_revenue:f}",
            "evidence": list(cell.evidence),
        }
        for cell in space.cells()
    ]


def _move_data(move: Move, names: Names) -> dict[str, Any]:
    worth = move.valuation
    return {
        "account_id": move.account_id,
        "account": names.account(move.account_id),
        "location_id": move.location_id,
        "location": names.location(move.account_id, move.location_id),
        "buyer_id": move.buyer_id,
        "buyer": names.buyer(move.account_id, move.buyer_id),
        "product_id": move.product_id,
        "product": names.product(move.product_id),
        "mode": move.mode.value,
        "value": None if isinstance(move.value, Unknown) else f"{move.value:f}",
        "adoption": f"{worth.adoption:f}",
        "typical": None if isinstance(worth.typical, Unknown) else f"{worth.typical:f}",
        "owners": worth.owners,
        "peers": worth.peers,
        "compared": worth.compared,
        "reason": str(worth),
    }
