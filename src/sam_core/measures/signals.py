"""Early warnings of one account: what is about to go wrong, with evidence and strength (RESP-6)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from attrs import field, frozen

from sam_core.findings import Missing
from sam_core.values import Maybe, Outcome

__all__ = ["Sighting", "Signal", "SignalKind", "Watch", "poisson_tail"]

_ONE: Final = Decimal(1)


class SignalKind(enum.Enum):
    """What a signal warns of."""

    CASES = "unusually many cases"
    OVERDUE_CASE = "case open too long"
    REOPENED_CASE = "case reopened or escalated"
    LATE = "deliveries later than usual"
    FALLING = "satisfaction falling"
    RENEWAL = "renewal near while something is wrong"
    SILENT = "no recent reading of satisfaction"
    NEVER_ASKED = "never asked"

    @property
    def is_trouble(self) -> bool:
        """Something is wrong at the customer, rather than with our listening."""
        return self not in {SignalKind.SILENT, SignalKind.NEVER_ASKED}


@frozen(kw_only=True)
class Signal:
    """One early warning.

    Attributes:
        on: the day from which it could be seen; an answer counts from then on.
        strength: how far it goes beyond what is usual or allowed: 1 just beyond, 2 twice as far.
        evidence: ids of the records that carry it.
        sentence: what it says, for people.
        handled: whether an action about one of those records was logged on that day or later.
        at_stake: money that hangs on it in the book's currency, where known; ``due_on`` by when to act.
    """

    kind: SignalKind
    on: date
    strength: Decimal
    evidence: tuple[str, ...]
    sentence: str
    handled: Maybe[bool]
    at_stake: Decimal | None = None
    due_on: date | None = None


@frozen(kw_only=True)
class Sighting:
    """What watching for one kind of signal came to.

    Attributes:
        outcome: ``AT_RISK`` where there is a signal, ``MET`` where there surely is none.
        signals: those there surely are.
        missing: what would have to be known to tell.
    """

    outcome: Outcome
    signals: tuple[Signal, ...] = ()
    missing: tuple[Missing, ...] = ()


@frozen(kw_only=True)
class Watch:
    """All kinds of signals of one account."""

    sightings: Mapping[SignalKind, Sighting] = field(hash=False)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal there surely is, by kind, the strongest first."""
        return tuple(signal for sighting in self.sightings.values() for signal in sighting.signals)

    def trouble(self) -> Iterable[tuple[SignalKind, Sighting]]:
        """What was seen of the kinds that tell of trouble at the customer."""
        return ((kind, one) for kind, one in self.sightings.items() if kind.is_trouble)


def poisson_tail(count: int, mean: Decimal) -> Decimal:
    """P(X >= count) for X Poisson with that mean; summed upwards from ``count``, so small tails stay exact."""
    if count <= 0:
        return _ONE
    if not mean:
        return Decimal(0)
    with localcontext(prec=50):
        term = (-mean).exp()
        for i in range(1, count + 1):
            term *= mean / i
        tail, i = Decimal(0), count
        while i <= mean or term > tail.scaleb(-40):
            tail += term
            i += 1
            term *= mean / i
    return min(+tail, _ONE)
