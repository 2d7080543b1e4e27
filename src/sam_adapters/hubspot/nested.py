"""Records that hold records of their own: plans with initiatives and actions, hand-overs with checklists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from attrs import frozen

from sam_adapters.convert import Fields, decimal
from sam_adapters.hubspot.mapping import Mapper
from sam_adapters.hubspot.plan import in_order
from sam_adapters.hubspot.records import build, day
from sam_adapters.hubspot.snapshot import Snapshot, Table
from sam_core.book import (
    AccountPlan,
    ChecklistItem,
    Handover,
    HandoverState,
    HandoverStep,
    Initiative,
    Investment,
    Need,
    PlanAction,
    PlanningSession,
    PlanTarget,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = ["Nested"]

R = TypeVar("R")

_STEPS: Final = tuple((state, f"{state.name.lower()}_on") for state in HandoverState)


@frozen
class Nested:
    """Maps what custom objects below custom objects hold.

    Attributes:
        snapshot: what was read, and reads the rest.
        mapper: maps single records.
    """

    snapshot: Snapshot
    mapper: Mapper

    def under(self, key: str, parent: Table, record: type[R]) -> Callable[[str], Maybe[tuple[R, ...]]]:
        """What makes the records of an entry below one record of its parent."""
        return self._under(key, parent, lambda fields: build(record, fields))

    def _under(
        self, key: str, parent: Table, make: Callable[[Fields], R]
    ) -> Callable[[str], Maybe[tuple[R, ...]]]:
        table = self.snapshot.table(key)
        if isinstance(table, Unknown):
            return lambda _: table
        below = table.under(parent)

        def of_parent(parent_id: str) -> tuple[R, ...]:
            found = (self.mapper.fields(table, i).make(make) for i in in_order(below.get(parent_id, {})))
            return tuple(one for one in found if one is not None)

        return of_parent

    def plan(self, table: Table) -> Callable[[str], AccountPlan | None]:
        """What makes an account plan."""
        sessions = self.under("sessions", table, PlanningSession)
        needs = self.under("needs", table, Need)
        targets = self.under("plan_targets", table, PlanTarget)
        initiatives = self._initiatives(table)

        def make(plan: str) -> AccountPlan | None:
            parts: dict[str, Any] = {
                "sessions": sessions(plan),
                "needs": needs(plan),
                "targets": targets(plan),
                "initiatives": initiatives(plan),
            }
            return self.mapper.flat(AccountPlan, table, plan, **parts)

        return make

    def _initiatives(self, plans: Table) -> Callable[[str], Maybe[tuple[Initiative, ...]]]:
        table = self.snapshot.table("initiatives")
        if isinstance(table, Unknown):
            return lambda _: table
        actions = self.under("actions", table, PlanAction)
        return self._under(
            "initiatives",
            plans,
            lambda fields: build(
                Initiative, fields, investment=_investment(fields), actions=actions(fields.record)
            ),
        )

    def handover(self, table: Table) -> Callable[[str], Handover | None]:
        """What makes a hand-over; each step has a property with its day."""
        checklist = self.under("checklist", table, ChecklistItem)

        def make(fields: Fields) -> Handover:
            days = ((state, fields.optional(name, day)) for state, name in _STEPS)
            steps = tuple(HandoverStep(state=state, on=on) for state, on in days if on is not None)
            return build(Handover, fields, steps=steps, checklist=checklist(fields.record))

        return lambda handover: self.mapper.fields(table, handover).make(make)


def _investment(fields: Fields) -> Maybe[Investment | None]:
    """What both sides put in; ``None`` where nothing stands on either side."""
    sides = [fields.maybe_none(f"{side}_invests", decimal) for side in ("company", "customer")]
    unknown = next((side for side in sides if isinstance(side, Unknown)), None)
    if unknown is not None:
        return unknown
    company, customer = sides
    if company is None and customer is None:
        return None
    if isinstance(company, Unknown) or isinstance(customer, Unknown) or company is None or customer is None:
        return Unknown(Why.BLANK, f"{fields.where}: the investment of one side only")
    return Investment(company=company, customer=customer)
