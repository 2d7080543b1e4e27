"""What was kept of last period's business (RESP-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import frozen

from sam_core._monoid import add_fields
from sam_core.book import Contract
from sam_core.measured import Measured, ratio
from sam_core.values import Coverage, Unknown

__all__ = ["Retention", "recurring", "retention"]

_ZERO: Final = Decimal(0)


@frozen(kw_only=True)
class Retention:
    """Sums over the customers that had revenue in the comparable period: the base.

    Attributes:
        base: how many they are; ``kept`` of them have revenue now.
        before: their revenue then; ``now`` their revenue now, a negative total as nought.
        retained: of each the smaller of the two.
        judged, asked: customers whose sales are known, of all.
    """

    base: int = 0
    kept: int = 0
    before: Decimal = _ZERO
    now: Decimal = _ZERO
    retained: Decimal = _ZERO
    judged: int = 0
    asked: int = 0

    def __add__(self, other: Retention) -> Retention:
        return add_fields(self, other)

    def measures(self, kind: str = "") -> tuple[Measured, ...]:
        """Logo, gross and net retention; ``kind`` goes before their names (``"recurring "``)."""
        without = f"no customer had {kind or 'any '}revenue in the comparable period"
        coverage = Coverage(judged=self.judged, total=self.asked)
        pairs: tuple[tuple[str, Decimal | int, Decimal | int], ...] = (
            ("logo retention", self.kept, self.base),
            ("gross revenue retention", self.retained, self.before),
            ("net revenue retention", self.now, self.before),
        )
        return tuple(
            ratio(f"{kind}{name}", "RESP-1", top, bottom, without=without, coverage=coverage)
            for name, top, bottom in pairs
        )


def retention(now: Decimal, before: Decimal) -> Retention:
    """One customer's part, from its revenue in the period and in the comparable one."""
    if before <= 0:
        return Retention(judged=1, asked=1)
    now = max(now, _ZERO)
    return Retention(
        base=1,
        kept=int(now > 0),
        before=before,
        now=now,
        retained=min(now, before),
        judged=1,
        asked=1,
    )


def recurring(contracts: Iterable[Contract], now: date, before: date) -> Retention:
    """One customer's part, from the recurring amounts of contracts in force on the two days.

    A contract in force on either day whose yearly amount is unknown leaves the customer unjudged.
    """
    sums = {now: _ZERO, before: _ZERO}
    for contract in contracts:
        for day in sums:
            if contract.in_force(day):
                if isinstance(contract.yearly_amount, Unknown):
                    return Retention(asked=1)
                sums[day] += contract.yearly_amount
    return retention(sums[now], sums[before])
