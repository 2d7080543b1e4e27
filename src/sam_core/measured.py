"""A number that knows where it comes from."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from sam_core.values import Coverage, Maybe, Unknown, Why

__all__ = ["Measured", "difference", "ratio"]


@frozen(kw_only=True)
class Measured:
    """A measure of a book, with what it was made of.

    Attributes:
        name: one name per meaning: ``"gross revenue retention"``.
        clause_id: the clause it serves.
        unit: ``"share"``, ``"amount"`` (the book's currency), ``"count"``, ``"points"`` or ``"index"``.
        value: unknown with its reason where there is no denominator, or nothing to count.
        numerator, denominator: what was divided; ``None`` where nothing was.
        coverage: how much of what it speaks of could be judged.
        evidence: ids of records that carry it.
        note: one plain sentence a reader should know, or ``""``.
    """

    name: str
    clause_id: str
    unit: str
    value: Maybe[Decimal]
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    coverage: Coverage = Coverage()
    evidence: tuple[str, ...] = ()
    note: str = ""


def ratio(
    name: str,
    clause_id: str,
    numerator: Decimal | int,
    denominator: Decimal | int,
    *,
    without: str,
    unit: str = "share",
    coverage: Coverage | None = None,
    evidence: tuple[str, ...] = (),
    note: str = "",
) -> Measured:
    """``numerator`` ÷ ``denominator``; unknown, saying ``without``, where the denominator is nought or less."""
    value: Maybe[Decimal] = (
        Decimal(numerator) / denominator if denominator > 0 else Unknown(Why.BLANK, without)
    )
    return Measured(
        name=name,
        clause_id=clause_id,
        unit=unit,
        value=value,
        numerator=Decimal(numerator),
        denominator=Decimal(denominator),
        coverage=coverage or Coverage(),
        evidence=evidence,
        note=note,
    )


def difference(first: Maybe[Decimal], second: Maybe[Decimal]) -> Maybe[Decimal]:
    """``first`` less ``second``; unknown for the reason of whichever is."""
    if isinstance(first, Unknown):
        return first
    return second if isinstance(second, Unknown) else first - second
