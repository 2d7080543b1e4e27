"""What the sample's customers bought: regular streams of orders, with what began, grew, shrank or stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from attrs import evolve, frozen

from sam_adapters.demo.cast import AS_OF, PRICES, Spec, day
from sam_core.book import Assignment, AssignmentRole, Credit, CreditKind, SaleLine
from sam_core.values import Unknown, Why

__all__ = ["Stream", "assignments", "sale_lines"]

_CENT: Final = Decimal("0.01")
_BEGIN: Final = day("2023-10-01")


@frozen
class Stream:
    """Orders of one buyer at one place, again and again.

    Attributes:
        place, buyer: numbers within the account, from 1.
        products: ids; each order takes most of them.
        every: days between orders, more or less.
        size: units of a product, more or less.
        trend: what becomes of the size from year to year.
    """

    place: int
    buyer: int
    products: tuple[str, ...]
    every: int
    size: int
    start: date = _BEGIN
    end: date = AS_OF
    trend: float = 1.0


def _s(
    place: int,
    buyer: int,
    products: str,
    every: int,
    size: int,
    start: str = "",
    end: str = "",
    trend: float = 1.0,
) -> Stream:
    return Stream(
        place,
        buyer,
        tuple(products.split()),
        every,
        size,
        day(start) if start else _BEGIN,
        day(end) if end else AS_OF,
        trend,
    )


_STREAMS: Final[dict[str, tuple[Stream, ...]]] = {
    "A-01": (
        _s(1, 1, "P-PS P-VB P-SK", 30, 9, trend=1.1),
        _s(1, 2, "P-SR S-MC", 61, 4),
        _s(2, 4, "P-PS P-VC", 45, 5),
        _s(1, 1, "P-C2", 40, 3, "2026-02-11"),
        _s(1, 3, "P-PL P-VB", 50, 3, "2026-04-14"),
        _s(3, 6, "P-PS P-VB S-CO", 45, 4, "2026-05-20"),
    ),
    "A-02": (
        _s(1, 1, "P-PL P-C1", 45, 4),
        _s(1, 2, "P-SK P-SR S-MC", 30, 6, trend=1.04),
        _s(2, 4, "P-PS P-VB", 60, 6),
    ),
    "A-03": (_s(1, 1, "P-PS P-VB", 35, 5), _s(1, 2, "P-SK S-MC", 60, 6)),
    "A-04": (
        _s(1, 1, "P-PD P-C1 P-VC", 30, 6, end="2025-08-31"),
        _s(1, 2, "P-SK P-SR", 30, 8, trend=0.75),
        _s(2, 4, "P-PD P-VC", 50, 3, trend=0.7),
    ),
    "A-05": (_s(1, 1, "P-PS P-SK P-VB", 21, 5, end="2026-05-12"),),
    "A-06": (_s(1, 1, "P-PL P-VC S-MC", 50, 3), _s(2, 3, "P-PD P-SK", 45, 3)),
    "A-07": (_s(1, 1, "P-PS P-VB P-SK", 55, 3),),
    "A-08": (_s(1, 1, "P-PD P-C1", 40, 4), _s(1, 2, "P-VC S-RM", 60, 4, "2024-07-01")),
    "A-09": (_s(1, 1, "P-PS P-VB S-CO", 40, 3, "2026-04-08"),),
    "A-10": (
        _s(1, 1, "P-PL P-VC", 30, 4),
        _s(2, 3, "P-PS P-SK S-MC", 40, 5, trend=0.95),
        _s(3, 5, "P-PL P-VC S-CO", 60, 2, "2026-03-18"),
    ),
    "A-11": (
        _s(1, 1, "P-PD P-C1 S-EA", 45, 2),
        _s(1, 2, "P-C1 P-VC", 40, 3),
        _s(2, 4, "P-PD P-SK", 40, 4, trend=0.96),
    ),
    "A-12": (_s(1, 1, "P-PL P-PD", 50, 3), _s(2, 3, "P-SK S-MC", 45, 4)),
    "A-13": (_s(1, 1, "P-PS P-VB P-SK", 28, 5, end="2025-08-20"),),
    "A-14": (_s(1, 1, "P-PL P-C1 S-CO", 45, 2, "2026-05-06"),),
    "A-15": (_s(1, 1, "P-PS P-SK", 60, 3), _s(2, 2, "P-SK", 90, 4)),
    "A-16": (_s(1, 1, "P-VC P-SK", 45, 5), _s(1, 2, "P-C1", 90, 2)),
    "A-17": (_s(1, 1, "P-PD P-SK", 60, 3),),
    "A-18": (
        _s(1, 1, "P-PL P-PS P-VB", 30, 5, trend=0.98),
        _s(1, 2, "P-SK P-SR S-MC", 30, 7),
        _s(2, 4, "P-PS P-VC", 45, 4),
        _s(1, 3, "P-PO", 60, 4, end="2025-06-20"),
    ),
    "A-19": (_s(1, 1, "P-PL P-PD P-VC", 40, 4, trend=0.93), _s(2, 3, "P-SK S-RM", 60, 6, "2024-07-01")),
    "A-20": (
        _s(1, 1, "P-PS P-VB", 35, 4),
        _s(1, 2, "P-C1", 40, 2, end="2024-01-15"),
        _s(1, 2, "P-C1", 60, 2, "2026-06-10"),
    ),
    "A-21": (_s(1, 1, "P-PD P-VC", 30, 3, "2026-07-15"),),
    "A-22": (_s(1, 1, "P-PS P-SK", 40, 4), _s(2, 3, "P-VB P-VC", 60, 5)),
    "A-23": (),
    "A-24": (_s(1, 1, "P-PD P-C1", 50, 3), _s(1, 2, "P-SK", 60, 5)),
    "A-25": (_s(1, 1, "P-PS P-VB", 60, 3), _s(1, 2, "P-SK", 70, 4)),
}
_RETURNS: Final = {"A-03": ("2025-11-18", "2026-02-24", "2026-06-16"), "A-18": ("2026-01-20",)}
_SPLIT_FROM: Final = day("2025-10-01")
_NO_BUYER: Final = "A-25"
_OWN_COST: Final = frozenset({"S-CO"})


def sale_lines(spec: Spec, random: Random) -> tuple[SaleLine, ...]:
    """All the lines of one customer."""
    lines: list[SaleLine] = []
    for number, stream in enumerate(_STREAMS[spec.id], start=1):
        lines.extend(_stream(spec, number, stream, random))
    for text in _RETURNS.get(spec.id, ()):
        lines.append(_returned(lines, day(text)))
    return tuple(lines)


def _stream(spec: Spec, number: int, stream: Stream, random: Random) -> Iterator[SaleLine]:
    on, order = stream.start + timedelta(days=random.randint(0, 5)), 0
    while on <= stream.end:
        order += 1
        years = (on - stream.start).days / 365.25
        for product in stream.products:
            if order > 1 and random.random() < 0.2:
                continue
            units = max(1, round(stream.size * stream.trend**years * random.uniform(0.7, 1.3)))
            yield _line(spec, stream, f"{spec.id}-{number}{order:03d}", product, on, units, random)
        on += timedelta(days=max(3, round(stream.every * random.uniform(0.8, 1.2))))


def _line(
    spec: Spec, stream: Stream, order: str, product: str, on: date, units: int, random: Random
) -> SaleLine:
    raised = Decimal("1.03") ** (on.year - 2023)
    discount = Decimal(random.randint(0, 8)) / 100
    revenue = (PRICES[product] * raised * (1 - discount) * units).quantize(_CENT)
    unnamed = spec.id == _NO_BUYER and random.random() < 0.3
    return SaleLine(
        id=f"{order}-{product}",
        on=on,
        revenue=revenue,
        product_id=product,
        location_id=f"{spec.id}-L{stream.place}",
        buyer_id=Unknown(Why.BLANK, "sale_lines.buyer_id") if unnamed else f"{spec.id}-B{stream.buyer}",
        quantity=Decimal(units),
        cost=(revenue * Decimal("0.66")).quantize(_CENT)
        if product in _OWN_COST
        else Unknown(Why.BLANK, "sale_lines.cost"),
        credits=_credits(spec, on),
        order_id=order,
    )


def _credits(spec: Spec, on: date) -> tuple[Credit, ...]:
    """Jade Terminal is shared with a colleague, with an overlay for the specialist on top."""
    if spec.id != "A-08" or on < _SPLIT_FROM:
        return ()
    return (
        Credit(person_id="E-11", share=Decimal("0.6")),
        Credit(person_id="E-12", share=Decimal("0.4")),
        Credit(person_id="E-31", share=Decimal("0.25"), kind=CreditKind.OVERLAY),
    )


def _returned(lines: list[SaleLine], on: date) -> SaleLine:
    """The largest line of the two months before, sent back in part."""
    recent = [line for line in lines if timedelta() < on - line.on <= timedelta(days=60) and line.revenue > 0]
    line = max(recent, key=lambda one: (one.revenue, one.id))
    assert isinstance(line.quantity, Decimal)  # noqa: S101  # every line of the sample has one
    units = (line.quantity / 3).to_integral_value() or Decimal(1)
    return evolve(
        line,
        id=f"{line.id}-R",
        on=on,
        quantity=-units,
        revenue=-(line.revenue * units / line.quantity).quantize(_CENT),
    )


_SINCE: Final = {
    "A-09": "2026-06-20",
    "A-14": "2026-07-20",
    "A-21": "2026-07-15",
    "A-24": "2026-08-10",
    "A-25": "2026-08-10",
}
_BEFORE: Final = {"A-24": "E-13", "A-25": "E-13"}


def assignments(spec: Spec) -> tuple[Assignment, ...]:
    """Who held the customer, and when."""

    def held(
        number: int, person: str, start: str, end: str | None = None, *, sold: bool = False
    ) -> Assignment:
        role = AssignmentRole.BUSINESS_DEVELOPMENT if sold else AssignmentRole.ACCOUNT_MANAGER
        last = day(end) if end else None
        return Assignment(id=f"{spec.id}-H{number}", person_id=person, role=role, start=day(start), end=last)

    if spec.id == "A-12":
        return held(1, "E-13", "2023-01-01", "2026-03-31"), held(2, "E-12", "2026-04-01")
    if spec.id == "A-09":
        return held(1, "E-21", "2026-01-15", "2026-06-19", sold=True), held(2, "E-11", "2026-04-20")
    if spec.id == "A-14":  # nobody from 1 July to 19 July
        return held(1, "E-21", "2026-02-01", "2026-06-30", sold=True), held(2, "E-12", "2026-07-20")
    if spec.id in _BEFORE:
        return held(1, _BEFORE[spec.id], "2023-01-01", "2026-08-09"), held(
            2, spec.manager_id, _SINCE[spec.id]
        )
    return (held(1, spec.manager_id, _SINCE.get(spec.id, "2023-01-01")),)
