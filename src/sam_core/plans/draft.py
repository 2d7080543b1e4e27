"""A first draft of a plan, from what the book knows (RESP-5).

A draft is not a plan: nobody has ranked or paid for anything in it, and no customer has seen it. It names
candidates, and the checks say what is still to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sam_core.book import AccountPlan, BookHeader, Dossier, GrowthGoal, Initiative, Need, PlanTarget
from sam_core.norms import Norms
from sam_core.penetration import Mode, Move
from sam_core.values import NOT_FETCHED, Maybe, Unknown, add_months
from sam_core.view import AccountView

__all__ = ["CANDIDATES", "draft_plan"]

CANDIDATES: Final = 5
"""How many moves a draft takes up."""

_WAYS: Final = {
    Mode.NEW_PRODUCT: "Bring {product} to {buyer} at {place}",
    Mode.NEW_BUYER: "Win {buyer} at {place} as a buyer, with {product}",
    Mode.NEW_LOCATION: "Open {place}, with {product} for {buyer}",
}


def draft_plan(
    dossier: Dossier,
    header: BookHeader,
    *,
    as_of: date,
    moves: Iterable[Move] = (),
    norms: Maybe[Norms] = NOT_FETCHED,
) -> AccountPlan:
    """A plan for the year from ``as_of`` on.

    Open service signals become candidate needs, the account's best moves candidate initiatives, and the
    growth goals of the book targets. What is internal in a text stands in ``[internal: ...]``.

    Args:
        dossier: the account.
        header: its manager's book.
        as_of: the day of the draft.
        moves: ranked, as :func:`sam_core.moves` gives them; those of other accounts are passed over.
        norms: what is usual in the book, so that unusual cases are seen.
    """
    view = AccountView(header=header.at(as_of), as_of=as_of, dossier=dossier.at(as_of), norms=norms)
    own = [move for move in moves if move.account_id == dossier.id and move.mode in _WAYS][:CANDIDATES]
    return AccountPlan(
        id=f"draft-{dossier.id}-{as_of}",
        title=f"Plan with {dossier.account.name}",
        start=as_of,
        end=add_months(as_of, 12) - timedelta(days=1),
        owner_id=header.id,
        reviewed_on=(),
        sessions=(),
        needs=tuple(
            Need(id=f"need-{number}", text=f"[internal: {signal.kind.value}: {signal.sentence}]")
            for number, signal in enumerate((s for s in view.signals if s.handled is not True), start=1)
        ),
        initiatives=tuple(_initiative(number, move, view) for number, move in enumerate(own, start=1)),
        targets=_targets(view),
    )


def _initiative(number: int, move: Move, view: AccountView) -> Initiative:
    title = _WAYS[move.mode].format(
        product=_product(view, move.product_id),
        buyer=_name(view.dossier.buyers, move.buyer_id, "a buyer yet to be found"),
        place=_name(view.dossier.locations, move.location_id, move.location_id),
    )
    return Initiative(
        id=f"initiative-{number}",
        title=f"{title} [internal: {move.valuation}]",
        priority=None,
        investment=None,
        actions=(),
    )


def _product(view: AccountView, product_id: str) -> str:
    product = None if isinstance(view.offering, Unknown) else view.offering.by_id.get(product_id)
    return product.name if product else product_id


def _name(records: Maybe[tuple[object, ...]], record_id: str | None, otherwise: str) -> str:
    if record_id is None or isinstance(records, Unknown):
        return record_id or otherwise
    return next(
        (str(getattr(r, "name", "")) for r in records if getattr(r, "id", None) == record_id), record_id
    )


def _targets(view: AccountView) -> tuple[PlanTarget, ...]:
    goals, years = view.header.growth_goals, view.trailing_years
    if isinstance(goals, Unknown) or isinstance(years, Unknown):
        return ()
    current = [goal for goal in goals if view.as_of in goal.period]
    found = []
    for goal in current:
        for measure, growth, base in _goals(goal, years.now.revenue, years.now.profit):
            if not isinstance(growth, Unknown) and not isinstance(base, Unknown):
                value = (base * (1 + growth)).quantize(Decimal("0.01"))
                found.append(
                    PlanTarget(
                        id=f"target-{measure.replace(' ', '-')}-{goal.id}", measure=measure, value=value,
                        unit=f"{view.header.currency} in 12 months", due_on=goal.period.end,
                    )
                )  # fmt: skip
    return tuple(found)


def _goals(
    goal: GrowthGoal, revenue: Decimal, profit: Maybe[Decimal]
) -> tuple[tuple[str, Maybe[Decimal], Maybe[Decimal]], ...]:
    return (("revenue", goal.revenue_growth, revenue), ("gross profit", goal.profit_growth, profit))
