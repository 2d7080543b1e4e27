"""What the manager is asked to reach: quotas, profit expectations, growth goals (ACC-1, ACC-2, OV-1)."""

from __future__ import annotations

import enum
from decimal import Decimal

from attrs import field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe, Period

__all__ = ["GrowthGoal", "ProfitExpectation", "Quota", "QuotaCounts"]


class QuotaCounts(enum.Enum):
    """What a quota counts."""

    REVENUE = "revenue"
    GROSS_PROFIT = "gross profit"
    UNITS = "units"


@frozen(kw_only=True)
class Quota:
    """An assigned sales quota for a period (ACC-1).

    Attributes:
        amount: in the book's currency, or units, for the whole of ``period``.
        family: the product family it is for; ``None`` for all products.
    """

    id: str = field(validator=check.ident)
    period: Period = field(validator=check.record_type(Period))
    amount: Decimal = field(validator=check.positive)
    counts: QuotaCounts = field(default=QuotaCounts.REVENUE, validator=check.choice(QuotaCounts))
    family: str | None = field(default=None, validator=check.optional(check.text))


@frozen(kw_only=True)
class ProfitExpectation:
    """What profit is expected in a period (ACC-2): an amount, a margin, or both.

    Attributes:
        gross_profit: in the book's currency, for the whole of ``period``; ``None`` where not set.
        margin: gross profit ÷ revenue; ``None`` where not set.
    """

    id: str = field(validator=check.ident)
    period: Period = field(validator=check.record_type(Period))
    gross_profit: Decimal | None = field(default=None, validator=check.optional(check.amount))
    margin: Decimal | None = field(default=None, validator=check.optional(check.amount))

    @margin.validator
    def _says_something(self, _: object, margin: Decimal | None) -> None:
        if margin is None and self.gross_profit is None:
            check.refuse(self, "margin", "an expectation states a gross profit, a margin, or both")


@frozen(kw_only=True)
class GrowthGoal:
    """By what share sales and profit are to grow over the comparable period (OV-1)."""

    id: str = field(validator=check.ident)
    period: Period = field(validator=check.record_type(Period))
    revenue_growth: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.amount))
    profit_growth: Maybe[Decimal] = field(default=NOT_FETCHED, validator=check.maybe(check.amount))
