"""What was sold in a period, at what profit, and to whose credit: sums that add up (ACC-1, ACC-2, RESP-1, RESP-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import add
from typing import Final

from attrs import field, frozen

from sam_core._monoid import add_fields, merged
from sam_core.book import Offering, Product, SaleLine, within
from sam_core.measures.credit import allocate, share_of
from sam_core.values import Coverage, Maybe, Period, Unknown

__all__ = ["Amounts", "Sales", "line_cost", "sales"]

_ZERO: Final = Decimal(0)


def line_cost(line: SaleLine, product: Product | None) -> tuple[Maybe[Decimal], str]:
    """What a line cost, and by which authority.

    The product's dated cost as of the sale's day comes first, then the line's own cost, then the
    product's standard cost; a unit cost needs the line's quantity.

    Args:
        line: the line.
        product: its product; ``None`` where the line does not say or the offering does not know it.

    Returns:
        The cost of all its units in the book's currency, and ``"dated"``, ``"own"``, ``"standard"`` or ``""``.
    """
    if product is not None and product.dated_costs and not isinstance(line.quantity, Unknown):
        unit_cost = product.dated_cost(line.on)
        if unit_cost is not None:
            return unit_cost * line.quantity, "dated"
    if not isinstance(line.cost, Unknown):
        return line.cost, "own"
    if product is None or isinstance(product.standard_cost, Unknown):
        return line.cost, ""
    if isinstance(line.quantity, Unknown):
        return line.quantity, ""
    return product.standard_cost * line.quantity, "standard"


@frozen(kw_only=True)
class Amounts:
    """Sums over sale lines; returns count with their sign.

    Attributes:
        revenue: in the book's currency; ``costed_revenue`` is the part whose cost is known.
        turnover: revenue without regard to sign, so that a return cannot hide what is not covered;
            ``costed_turnover`` is the part whose cost is known.
        gross_profit: revenue less cost, over the costed lines only.
        units: over the lines whose quantity is known, ``counted_lines`` of them.
        dated_costs, own_costs, standard_costs: how many lines were costed by which authority.
    """

    lines: int = 0
    revenue: Decimal = _ZERO
    costed_revenue: Decimal = _ZERO
    turnover: Decimal = _ZERO
    costed_turnover: Decimal = _ZERO
    gross_profit: Decimal = _ZERO
    units: Decimal = _ZERO
    counted_lines: int = 0
    dated_costs: int = 0
    own_costs: int = 0
    standard_costs: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return add_fields(self, other)

    @property
    def costed_lines(self) -> int:
        """Lines whose cost is known."""
        return self.dated_costs + self.own_costs + self.standard_costs

    @property
    def cost_coverage(self) -> Coverage:
        """How much of the revenue has a known cost."""
        return Coverage(
            judged=self.costed_lines,
            total=self.lines,
            judged_amount=self.costed_turnover,
            total_amount=self.turnover,
        )


@frozen(kw_only=True)
class Sales:
    """One period's sales by product family (``None`` where the family is not known).

    Attributes:
        all: everything the customers bought.
        credited: the manager's share of it.
        credit: how much of it could be credited to somebody at all.
    """

    all: Mapping[str | None, Amounts] = field(factory=dict, hash=False)
    credited: Mapping[str | None, Amounts] = field(factory=dict, hash=False)
    credit: Coverage = Coverage()

    def __add__(self, other: Sales) -> Sales:
        return add_fields(self, other)

    @property
    def total(self) -> Amounts:
        """Over all families."""
        return sum(self.all.values(), Amounts())

    @property
    def credited_total(self) -> Amounts:
        """The manager's share over all families."""
        return sum(self.credited.values(), Amounts())


class _Sum:
    """Amounts in the making: a line is added in place, not by a new record each."""

    __slots__ = (
        "costs",
        "counted",
        "gross_profit",
        "lines",
        "negative",
        "revenue",
        "uncosted",
        "uncosted_negative",
        "units",
    )

    def __init__(self) -> None:
        self.lines = self.counted = 0
        self.revenue = self.negative = self.gross_profit = self.units = _ZERO
        self.uncosted = self.uncosted_negative = _ZERO
        self.costs = {"dated": 0, "own": 0, "standard": 0}

    def add(self, revenue: Decimal, profit: Decimal | None, units: Maybe[Decimal], authority: str) -> None:
        self.lines += 1
        self.revenue += revenue
        if revenue < _ZERO:
            self.negative += revenue
        if profit is None:
            self.uncosted += revenue
            self.uncosted_negative += min(revenue, _ZERO)
        else:
            self.gross_profit += profit
            self.costs[authority] += 1
        if not isinstance(units, Unknown):
            self.units += units
            self.counted += 1

    def amounts(self) -> Amounts:
        turnover = self.revenue - 2 * self.negative
        return Amounts(
            lines=self.lines,
            revenue=self.revenue,
            costed_revenue=self.revenue - self.uncosted,
            turnover=turnover,
            costed_turnover=turnover - self.uncosted + 2 * self.uncosted_negative,
            gross_profit=self.gross_profit,
            units=self.units,
            counted_lines=self.counted,
            dated_costs=self.costs["dated"],
            own_costs=self.costs["own"],
            standard_costs=self.costs["standard"],
        )


def sales(
    lines: Sequence[SaleLine],
    period: Period | None,
    offering: Maybe[Offering],
    person_id: str,
    holder: Callable[[date], Maybe[str | None]],
) -> Sales:
    """The sales of one customer in a period, and the person's share of them.

    Args:
        lines: won lines in the order of their days; those outside ``period`` are passed over.
        period: ``None`` before the period began: then there is nothing.
        holder: who held the account on a day, from :func:`~sam_core.measures.credit.holder_by_day`.
    """
    # Most lines are wholly the person's: those are added once, and stand in both of the sums.
    own: defaultdict[str | None, _Sum] = defaultdict(_Sum)
    others: defaultdict[str | None, _Sum] = defaultdict(_Sum)
    parts: defaultdict[str | None, _Sum] = defaultdict(_Sum)
    products = {} if isinstance(offering, Unknown) else offering.by_id
    judged_others: list[Decimal] = []
    for line in within(lines, period):
        product = products.get(line.product_id)
        family = None if product is None or isinstance(product.family, Unknown) else product.family
        cost, authority = line_cost(line, product)
        profit = None if isinstance(cost, Unknown) else line.revenue - cost
        share = share_of(line, person_id, holder)
        if share == 1:
            own[family].add(line.revenue, profit, line.quantity, authority)
            continue
        others[family].add(line.revenue, profit, line.quantity, authority)
        if isinstance(share, Unknown):
            continue
        judged_others.append(abs(line.revenue))
        if share:
            part = allocate(line.revenue, line.credits)[person_id]
            profit_part = None if profit is None else allocate(profit, line.credits)[person_id]
            units = line.quantity if isinstance(line.quantity, Unknown) else line.quantity * share
            parts[family].add(part, profit_part, units, authority)
    mine = {family: one.amounts() for family, one in own.items()}
    rest = {family: one.amounts() for family, one in others.items()}
    judged, total = list(mine.values()), [*mine.values(), *rest.values()]
    return Sales(
        all=merged(mine, rest, add),
        credited=merged(mine, {family: one.amounts() for family, one in parts.items()}, add),
        credit=Coverage(
            judged=sum(one.lines for one in judged) + len(judged_others),
            total=sum(one.lines for one in total),
            judged_amount=sum((one.turnover for one in judged), _ZERO) + sum(judged_others, _ZERO),
            total_amount=sum((one.turnover for one in total), _ZERO),
        ),
    )
