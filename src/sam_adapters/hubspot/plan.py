"""How many calls a reading takes, and how ids are put together so that they are few.

Two plans. ``batch`` reads records by id, a hundred a call: what it shows is what is there. ``search``
reads them by their links, two hundred a call, and reads by id what the search index does not know yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

__all__ = [
    "ASSOCIATION_INPUTS",
    "BATCH_INPUTS",
    "LIST_ROWS",
    "PLANS",
    "SEARCH_BODY",
    "SEARCH_ROWS",
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


def in_order(ids: Iterable[str]) -> list[str]:
    """Ids without repetition, in order of number, so that two readings ask alike."""
    return sorted(set(ids), key=lambda i: (len(i), i))
