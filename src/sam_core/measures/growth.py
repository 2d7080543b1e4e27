"""Growth of units, revenue and gross profit against the comparable period (RESP-1, OV-1)."""

from __future__ import annotations

from decimal import Decimal

from sam_core.measured import Measured, ratio
from sam_core.measures.sales import Sales
from sam_core.values import Coverage

__all__ = ["growth"]


def growth(now: Sales, before: Sales) -> tuple[Measured, ...]:
    """Revenue, gross profit and unit growth: (now − before) ÷ before.

    Unknown where there was nothing before. Gross profit and units speak of the lines whose cost and
    quantity are known; their coverage says how many those are.
    """
    a, b = now.total, before.total

    def grown(name: str, this: Decimal, last: Decimal, coverage: Coverage) -> Measured:
        return ratio(
            f"{name} growth", "RESP-1", this - last, last,
            without=f"no {name} in the comparable period", coverage=coverage,
        )  # fmt: skip

    every = a.lines + b.lines
    return (
        grown("revenue", a.revenue, b.revenue, Coverage(judged=every, total=every)),
        grown("gross profit", a.gross_profit, b.gross_profit, a.cost_coverage + b.cost_coverage),
        grown("unit", a.units, b.units, Coverage(judged=a.counted_lines + b.counted_lines, total=every)),
    )
