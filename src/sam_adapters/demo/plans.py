"""The sample's account plans and hand-overs: one as it should be, and one for each way it can go wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from sam_adapters.demo.cast import Spec, day
from sam_core.book import (
    AccountPlan,
    ChecklistItem,
    Handover,
    HandoverState,
    HandoverStep,
    Initiative,
    InitiativeStatus,
    Investment,
    Need,
    PlanAction,
    PlanningSession,
    PlanTarget,
)

__all__ = ["handovers", "plans"]

_CONFORMING: Final = ("A-01", "A-02", "A-06", "A-08", "A-11", "A-12", "A-18", "A-19", "A-20", "A-22")
_WRONG: Final = ("A-03", "A-04", "A-10", "A-16")


def _plan(spec: Spec, **changed: Any) -> AccountPlan:
    """A plan that conforms, unless something is changed."""
    key = f"{spec.id}-P26"
    actions = (
        PlanAction(
            id=f"{key}-I1-A1", text="Survey the pumps on site", owner_id="E-31", due_on=day("2026-06-30"),
            done_on=day("2026-06-24"),
        ),
        PlanAction(
            id=f"{key}-I1-A2", text="Agree the exchange plan", owner_id=spec.manager_id, due_on=day("2026-11-15")
        ),
    )  # fmt: skip
    plan = AccountPlan(
        id=key,
        title=f"Plan 2026 with {spec.name}",
        start=day("2026-01-01"),
        end=day("2026-12-31"),
        owner_id=spec.manager_id,
        reviewed_on=(day("2026-03-27"), day("2026-08-28")),
        sessions=(
            PlanningSession(
                id=f"{key}-S1", on=day("2026-01-20"), our_ids=(spec.manager_id, "E-31"), customer_ids=(f"{spec.id}-B1",)
            ),
        ),
        needs=(
            Need(id=f"{key}-N1", text="Fewer stops of the filling line"),
            Need(id=f"{key}-N2", text="One contact for service at all plants"),
            Need(id=f"{key}-N3", text="Consignment stock", declined_reason="Too little turnover for a store on site"),
        ),
        initiatives=(
            Initiative(
                id=f"{key}-I1", title="Exchange the oldest pumps", need_ids=(f"{key}-N1",), priority=1,
                investment=Investment(company=Decimal(4000), customer=Decimal(25000)), actions=actions,
            ),
            Initiative(
                id=f"{key}-I2", title="Maintenance under one contract", need_ids=(f"{key}-N1", f"{key}-N2"), priority=2,
                investment=Investment(company=Decimal(0), customer=Decimal(12000)),
                actions=(
                    PlanAction(
                        id=f"{key}-I2-A1", text="Offer the contract", owner_id=spec.manager_id, due_on=day("2026-10-31")
                    ),
                ),
            ),
            Initiative(
                id=f"{key}-I3", title="Train the operators", status=InitiativeStatus.DONE, need_ids=(f"{key}-N1",),
                priority=None, investment=Investment(company=Decimal(1500), customer=Decimal(0)), actions=(),
                closed_on=day("2026-05-29"),
            ),
        ),
        targets=(
            PlanTarget(
                id=f"{key}-T1", measure="revenue growth", value=Decimal("0.06"), unit="share", due_on=day("2026-12-31")
            ),
        ),
    )  # fmt: skip
    return evolve(plan, **changed)


def plans(spec: Spec) -> tuple[AccountPlan, ...]:
    """The plans of one customer; half of the customers have none."""
    if spec.id in _CONFORMING:
        return (_plan(spec),)
    if spec.id not in _WRONG:
        return ()
    plan = _plan(spec)
    key, initiatives = plan.id, plan.initiatives
    assert isinstance(initiatives, tuple)  # noqa: S101  # a plan that conforms knows them all
    assert isinstance(plan.sessions, tuple)  # noqa: S101
    assert isinstance(plan.needs, tuple)  # noqa: S101
    first, second, third = initiatives
    if spec.id == "A-03":  # stale
        return (evolve(plan, reviewed_on=(day("2026-02-12"), day("2026-04-23"))),)
    if spec.id == "A-04":  # nobody of the customer's was there
        return (evolve(plan, sessions=(evolve(plan.sessions[0], customer_ids=()),)),)
    if spec.id == "A-10":  # a need nobody serves, one priority twice, a target without a number
        return (
            evolve(
                plan,
                needs=(*plan.needs, Need(id=f"{key}-N4", text="Spare parts within a day")),
                initiatives=(first, evolve(second, priority=1), third),
                targets=(PlanTarget(id=f"{key}-T1", measure="more service business", value=None),),
            ),
        )
    late = PlanAction(  # long overdue, no investment decided, nobody does it
        id=f"{key}-I1-A2", text="Agree the exchange plan", owner_id="E-12", due_on=day("2026-08-15")
    )
    nobody = PlanAction(id=f"{key}-I2-A1", text="Offer the contract", owner_id=None, due_on=None)
    return (
        evolve(
            plan,
            initiatives=(
                evolve(first, actions=(late,)),
                evolve(second, investment=None, actions=(nobody,)),
                third,
            ),
        ),
    )


def handovers(spec: Spec) -> tuple[Handover, ...]:
    """New customers taken over: by the book, with a gap in ownership and late, or not recorded at all."""
    state = HandoverState

    def handover(
        manager: str | None, named: str | None, done: int, *steps: tuple[HandoverState, str]
    ) -> Handover:
        texts = ("Contract and prices", "Contacts and roles", "Open promises", "Service set-up")
        return Handover(
            id=f"{spec.id}-V1",
            manager_id=manager,
            manager_named_on=day(named) if named else None,
            steps=tuple(HandoverStep(state=reached, on=day(on)) for reached, on in steps),
            checklist=tuple(
                ChecklistItem(
                    id=f"{spec.id}-V1-{n}", text=text, done_on=day("2026-06-12") if n <= done else None
                )
                for n, text in enumerate(texts, start=1)
            ),
        )

    if spec.id == "A-09":
        return (
            handover(
                "E-11", "2026-04-10", 4, (state.WON, "2026-04-08"), (state.KICKED_OFF, "2026-04-16"),
                (state.IMPLEMENTING, "2026-04-29"), (state.LIVE, "2026-06-05"), (state.TRANSFERRED, "2026-06-19"),
            ),
        )  # fmt: skip
    if spec.id == "A-14":
        return (
            handover(
                "E-12", "2026-07-20", 2, (state.WON, "2026-05-06"), (state.KICKED_OFF, "2026-06-15"),
                (state.IMPLEMENTING, "2026-07-27"),
            ),
        )  # fmt: skip
    return ()
