"""How a won line came about: new location, new buyer, new product, or more of the same (RESP-2).

A line is judged against what was won strictly before its day, so lines of one day never
depend on an order. The first answer that holds is the mode:

1. nothing won from the customer before: ``ACQUISITION``, Business Development's work;
2. nothing won at its location before: ``NEW_LOCATION`` (RESP-2.3);
3. nothing won from its buyer there before: ``NEW_BUYER`` (RESP-2.2);
4. its product not won from that buyer there before: ``NEW_PRODUCT`` (RESP-2.1);
5. otherwise ``REPEAT`` (RESP-1's business).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Final

from attrs import define, field, frozen

from sam_core._bulk import made
from sam_core.book import SaleLine
from sam_core.values import Unknown, Why, add_months

__all__ = ["NEW_MODES", "History", "LineMode", "Mode", "Place", "classify"]


class Mode(enum.Enum):
    """The one way a line is counted, in order of precedence."""

    ACQUISITION = "acquisition"
    NEW_LOCATION = "new location"
    NEW_BUYER = "new buyer"
    NEW_PRODUCT = "new product"
    REPEAT = "repeat"
    RETURN = "return"
    UNCLASSIFIED = "unclassified"


NEW_MODES: Final = (Mode.NEW_LOCATION, Mode.NEW_BUYER, Mode.NEW_PRODUCT)
"""The three ways to penetrate an account, the widest first."""

_FROM_ACQUISITION: Final = (Mode.ACQUISITION, *NEW_MODES)
_FROM_BUYER: Final = (Mode.NEW_BUYER, Mode.NEW_PRODUCT)
_FROM_PRODUCT: Final = (Mode.NEW_PRODUCT,)
_REPEAT: Final = (Mode.REPEAT,)
_RETURN: Final = (Mode.RETURN,)
_UNCLASSIFIED: Final = (Mode.UNCLASSIFIED,)

Key = str | None
"""An id, or ``None`` where the line does not say."""

_Cell = tuple[Key, Key, Key]

Place = tuple[str, str | None]
"""A location and a buyer there; ``None`` for a buyer yet to be found."""


@frozen
class LineMode:
    """A won line and how it came about.

    Attributes:
        modes: all the modes that hold, the widest first; the first is the one it counts under.
        reactivated: what had lapsed and was won again: ``"location"``, ``"buyer"``, ``"product"``.
        why: why it is unclassified, else ``None``.
    """

    line: SaleLine
    modes: tuple[Mode, ...]
    reactivated: tuple[str, ...] = ()
    why: Unknown | None = None

    @property
    def mode(self) -> Mode:
        """The primary mode."""
        return self.modes[0]


@define
class History:
    """What was won so far, by place and product, with the last line of it.

    Attributes:
        locations, pairs, cells: the last line won by location, by location and buyer, by
            location, buyer and product; ``None`` in a key stands for what a line did not say.
        days: the days on which something was won, in order.
        gaps: whether any line, a return too, left one of the three unsaid.
    """

    locations: dict[Key, SaleLine] = field(factory=dict)
    pairs: dict[tuple[Key, Key], SaleLine] = field(factory=dict)
    cells: dict[_Cell, SaleLine] = field(factory=dict)
    days: list[date] = field(factory=list)
    gaps: bool = False

    def add_day(self, won: Iterable[tuple[SaleLine, _Cell]]) -> None:
        """Take what was won on one day into the history; days come in their order."""
        line = None
        for line, cell in won:
            self.locations[cell[0]] = line
            self.pairs[cell[:2]] = line
            self.cells[cell] = line
        if line is not None:
            self.days.append(line.on)

    def decide(self, location: Key, buyer: Key, product: Key) -> tuple[tuple[Mode, ...], Unknown | None]:
        """The modes a sale of ``product`` to ``buyer`` at ``location`` would have, the next day.

        Returns:
            The modes, the primary one first, and why it is ``UNCLASSIFIED`` where it is. Where an
            earlier line does not say its place, buyer or product, it may have been this very one:
            then newness cannot be claimed.
        """
        if not self.locations:
            return _FROM_ACQUISITION, None
        if location is None:
            return _UNCLASSIFIED, Unknown(Why.BLANK, "location_id")
        if location not in self.locations:
            if None in self.locations:
                return _UNCLASSIFIED, Unknown(Why.BLANK, "location_id of an earlier line")
            return NEW_MODES, None
        if buyer is None:
            return _UNCLASSIFIED, Unknown(Why.BLANK, "buyer_id")
        if (location, buyer) not in self.pairs:
            if self.gaps and any(
                pair in self.pairs for pair in ((location, None), (None, buyer), (None, None))
            ):
                return _UNCLASSIFIED, Unknown(Why.BLANK, "buyer_id or location_id of an earlier line")
            return _FROM_BUYER, None
        if product is None:
            return _UNCLASSIFIED, Unknown(Why.BLANK, "product_id")
        if (location, buyer, product) not in self.cells:
            if self.gaps and self._could_have_been(location, buyer, product):
                return _UNCLASSIFIED, Unknown(
                    Why.BLANK, "product_id, buyer_id or location_id of an earlier line"
                )
            return _FROM_PRODUCT, None
        return _REPEAT, None

    def _could_have_been(self, location: str, buyer: str, product: str) -> bool:
        return any(
            (place, person, thing) in self.cells
            for place in (location, None)
            for person in (buyer, None)
            for thing in (product, None)
        )

    def lapsed(self, cell: _Cell, since: date) -> tuple[str, ...]:
        """Which of location, buyer and product had been won before, and not after ``since``."""
        lines = (
            ("location", self.locations.get(cell[0])),
            ("buyer", self.pairs.get(cell[:2])),
            ("product", self.cells.get(cell)),
        )
        return tuple(name for name, line in lines if line is not None and line.on <= since)


def classify(
    lines: Iterable[SaleLine], *, active_months: int, in_order: bool = False
) -> tuple[tuple[LineMode, ...], History]:
    """Every line with its mode, and the history they add up to.

    Args:
        lines: one customer's won lines, in any order.
        active_months: after so many months without a win a location, buyer or product has lapsed;
            winning it again is flagged as reactivated, and is not new.
        in_order: the lines come by day and id already, as a dossier keeps them.

    Returns:
        The line modes, by day and id, and the history after the last line.
    """
    ordered = tuple(lines) if in_order else tuple(sorted(lines, key=_by_day))
    history = History()
    modes: list[tuple[Mode, ...]] = []
    reactivated: list[tuple[str, ...]] = []
    reasons: list[Unknown | None] = []
    today: list[tuple[SaleLine, _Cell]] = []
    day, since = date.min, date.min
    for line in ordered:
        if line.on != day:
            history.add_day(today)
            today = []
            day = line.on
            since = _months_before(day, active_months)
        location, buyer, product = line.location_id, line.buyer_id, line.product_id
        cell = (
            None if isinstance(location, Unknown) else location,
            None if isinstance(buyer, Unknown) else buyer,
            None if isinstance(product, Unknown) else product,
        )
        mode: tuple[Mode, ...] = _REPEAT
        again: tuple[str, ...] = ()
        why: Unknown | None = None
        unsaid = None in cell
        if unsaid:
            history.gaps = True
        if line.is_return:
            mode = _RETURN
        else:
            today.append((line, cell))
            last = None if unsaid else history.cells.get(cell)
            if last is None or last.on <= since:  # else the most usual: bought there before, and lately
                mode, why = history.decide(*cell)
                if why is None and mode is not NEW_MODES and mode is not _FROM_ACQUISITION:
                    again = history.lapsed(cell, since)
        modes.append(mode)
        reactivated.append(again)
        reasons.append(why)
    history.add_day(today)
    columns = {"line": ordered, "modes": modes, "reactivated": reactivated, "why": reasons}
    return tuple(made(LineMode, len(ordered), columns)), history


_by_day: Final = attrgetter("on", "id")


@lru_cache(maxsize=8192)
def _months_before(day: date, months: int) -> date:
    return add_months(day, -months)
