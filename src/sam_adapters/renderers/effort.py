"""Where a manager's effort goes, and under which conditions: two sections of the scorecard (OV-4, ENV)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from sam_adapters.renderers import numbers
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import Block, Column, Row, Table, Text
from sam_adapters.renderers.remedies import reason_of
from sam_core.measures.contacts import Condition
from sam_core.scorecard import Scorecard
from sam_core.values import Maybe, Unknown

__all__ = ["conditions", "effort"]

ACCOUNTS_SHOWN: Final = 10
"""How many accounts are listed by what they are worth."""


def effort(scorecard: Scorecard, names: Names) -> Iterator[Block]:
    """OV-4 by account: the accounts worth most, and what they got."""
    focus = scorecard.focus
    ranked = sorted(focus.values, key=lambda key: (-focus.values[key], key))
    if not ranked:
        yield Text("What the accounts are worth cannot be told.")
        return
    yield Table(
        (
            "Customer",
            Column("Worth a year", number=True),
            Column("Meetings", number=True),
            Column("Initiatives", number=True),
            Column("Tier", whole=True),
        ),
        [
            Row(
                (
                    names.account(key),
                    numbers.whole_amount(focus.values[key]),
                    numbers.number(_decimal(scorecard.totals.efforts[key].meetings), "count"),
                    numbers.number(_decimal(scorecard.totals.efforts[key].initiatives), "count"),
                    "top" if key in focus.top else "",
                )
            )
            for key in ranked[:ACCOUNTS_SHOWN]
        ],
    )
    rest = len(ranked) - ACCOUNTS_SHOWN
    more = f" {numbers.count(rest, 'account')} more with --json." if rest > 0 else ""
    yield Text(
        "Worth is the revenue of 12 months and what could still be sold there; meetings are those of 12 months, "
        f"initiatives the open ones.{more}"
    )


def _decimal(value: Maybe[int]) -> Maybe[Decimal]:
    return value if isinstance(value, Unknown) else Decimal(value)


def conditions(found: Iterable[Condition]) -> Iterator[Block]:
    """ENV: what the work is done under."""
    told: set[str] = set()

    def note(value: object) -> str:
        """The reason, the first time it is given."""
        text = reason_of(value) if isinstance(value, Unknown) else ""
        new = text not in told
        told.add(text)
        return text if new else ""

    yield Text("Reported, never scored.")
    yield Table(
        (
            Column("Clause", whole=True),
            "Condition",
            Column("Value", number=True),
            Column("Judged", number=True),
        ),
        [
            Row(
                (
                    one.clause_id,
                    one.name,
                    one.value if isinstance(one.value, str) else numbers.number(one.value, one.unit),
                    numbers.coverage(one.coverage),
                ),
                note(one.value),
            )
            for one in found
        ],
    )
