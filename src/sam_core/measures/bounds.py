"""Verdicts on a share of which only the bounds are known."""

from __future__ import annotations

from decimal import Decimal

from sam_core.values import Outcome

__all__ = ["verdict_between"]


def verdict_between(lowest: tuple[int, int], highest: tuple[int, int], asked: Decimal) -> Outcome:
    """Is a share at least what is asked, whatever is still unknown about it?

    Args:
        lowest: the smallest it can be, as numerator and denominator.
        highest: the largest it can be, likewise.
        asked: the share asked for.

    Returns:
        ``MET`` where even the smallest reaches it, ``NOT_MET`` where not even the largest does, else
        ``NOT_ASSESSABLE``; also where a denominator is nought.
    """
    (least, of_least), (most, of_most) = lowest, highest
    if of_least and least >= asked * of_least:
        return Outcome.MET
    if of_most and most < asked * of_most:
        return Outcome.NOT_MET
    return Outcome.NOT_ASSESSABLE
