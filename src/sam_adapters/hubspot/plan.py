"""How many calls a reading takes, and how ids are put together so that they are few.

Two plans. ``batch`` reads records by id, a hundred a call: what it shows is what is there. ``search``
reads them by their links, two hundred a call, and reads by id what the search index does not know yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from attrs import frozen

__all__ = [
    "ASSOCIATION_INPUTS",
    "BATCH_INPUTS",
    "LIST_ROWS",
    "PLANS",
    "SEARCH_BODY",
    "SEARCH_ROWS",
    "CallPlan",
    "Portfolio",
    "chunks",
    "in_order",
    "pack",
    "pages",
]

PLANS: Final = ("batch", "search")
BATCH_INPUTS: Final = 100
ASSOCIATION_INPUTS: Final = 1000
SEARCH_ROWS: Final = 200
SEARCH_IDS: Final = 100
SEARCH_BODY: Final = 3000
LIST_ROWS: Final = 100

T = TypeVar("T")


def pages(rows: int, size: int) -> int:
    """Calls for so many rows."""
    return -(-rows // size)


def chunks(items: Sequence[T], size: int) -> tuple[Sequence[T], ...]:
    """The items in order, so many at a time."""
    return tuple(items[start : start + size] for start in range(0, len(items), size))


def pack(
    rows: Mapping[str, int], *, ids: int = SEARCH_IDS, most: int = SEARCH_ROWS
) -> tuple[tuple[str, ...], ...]:
    """Put parents together so that the records linked to them fill a page and never more than one.

    A parent with more records than a page has stands alone; parents without records are left out.

    Args:
        rows: how many records are linked to each parent.
        ids: parents in one search, at most.
        most: records in one search, at most.
    """
    packed: list[tuple[str, ...]] = [(parent,) for parent, count in rows.items() if count > most]
    waiting: dict[int, list[str]] = {}
    for parent, count in sorted(rows.items(), reverse=True):
        if 0 < count <= most:
            waiting.setdefault(count, []).append(parent)
    while waiting:
        held: list[str] = []
        room = most
        for count in sorted(waiting, reverse=True):  # the largest that still fits, again and again
            while count <= room and len(held) < ids and waiting[count]:
                held.append(waiting[count].pop())
                room -= count
            if not waiting[count]:
                del waiting[count]
        packed.append(tuple(held))
    return tuple(packed)


@frozen(kw_only=True)
class Portfolio:
    """How much there is of what a book is read from.

    Attributes:
        companies: owned companies, child companies among them.
        contacts, deals, lines, tickets: records linked to them.
    """

    companies: int
    contacts: int = 0
    deals: int = 0
    lines: int = 0
    tickets: int = 0


@frozen(kw_only=True)
class CallPlan:
    """The calls of one reading, step by step.

    Attributes:
        name: ``"batch"`` or ``"search"``.
        steps: what is done, and the calls it takes.
    """

    name: str
    steps: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """All calls together."""
        return sum(calls for _, calls in self.steps)

    @classmethod
    def of(cls, name: str, there: Portfolio) -> CallPlan:
        """The calls for the five core objects; a search plan's is what it takes when pages can be filled.

        Raises:
            ValueError: there is no plan of that name.
        """
        if name not in PLANS:
            raise ValueError(f"{name!r} is no plan; choose one of {', '.join(PLANS)}")
        size = BATCH_INPUTS if name == "batch" else SEARCH_ROWS
        linked = pages(there.companies, ASSOCIATION_INPUTS)
        below = pages(there.deals, ASSOCIATION_INPUTS)
        rows = {
            "contacts": there.contacts,
            "deals": there.deals,
            "tickets": there.tickets,
            "line_items": there.lines,
        }
        return cls(
            name=name,
            steps=(
                ("search companies", max(1, pages(there.companies, SEARCH_ROWS))),
                *((f"associations companies to {kind}", linked) for kind in ("contacts", "deals", "tickets")),
                *((f"associations deals to {kind}", below) for kind in ("line_items", "contacts")),
                *(
                    (f"{'batch read' if name == 'batch' else 'search'} {kind}", pages(n, size))
                    for kind, n in rows.items()
                ),
            ),
        )

    def __str__(self) -> str:
        width = max(len(step) for step, _ in self.steps)
        lines = [f"{step:<{width}}  {calls:>6}" for step, calls in (*self.steps, ("total", self.total))]
        return "\n".join(lines)


def in_order(ids: Iterable[str]) -> list[str]:
    """Ids without repetition, in order of number, so that two readings ask alike."""
    return sorted(set(ids), key=lambda i: (len(i), i))
