"""What is being sold to the sample's customers, what runs under contract, what others sell them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sam_adapters.demo.cast import PRICES, Spec, day
from sam_core.book import (
    CompetitorHolding,
    Contract,
    Engagement,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    SpendEstimate,
    StageStay,
    SupportRequest,
    TeamMember,
)

__all__ = [
    "STAGE_ROLES",
    "competitor_holdings",
    "contracts",
    "opportunities",
    "spend_estimates",
    "support_requests",
    "team",
]

_STAGES: Final = ("qualified", "proposal", "negotiation")
_CHANCE: Final = {"qualified": Decimal("0.2"), "proposal": Decimal("0.5"), "negotiation": Decimal("0.75")}
STAGE_ROLES: Final = {"proposal": ("sales specialist",), "negotiation": ("sales specialist", "management")}
"""Who has to be called in by which stage, in the sample's standards."""

_STATUS = OpportunityStatus


def _deal(
    account: str,
    number: int,
    name: str,
    lines: str,
    stages: str,
    *,
    closes: str | None = "2026-11-30",
    closed: str | None = None,
    status: OpportunityStatus = _STATUS.OPEN,
    lead: str | None = "",
    reason: str | None = None,
    step: str | None = "Send the offer",
    step_on: str | None = "2026-10-12",
    roles: str = "",
) -> Opportunity:
    """One opportunity; ``lines`` are ``place/buyer/product×units``, ``stages`` the first day of each stage."""
    key = f"{account}-O{number}"
    parts = []
    for index, text in enumerate(lines.split(), start=1):
        where, _, what = text.rpartition("/")
        place, _, buyer = where.partition("/")
        product, _, units = what.partition("×")
        parts.append(
            OpportunityLine(
                id=f"{key}-{index}",
                product_id=product,
                location_id=f"{account}-L{place}",
                buyer_id=f"{account}-B{buyer}",
                amount=PRICES[product] * int(units),
            )
        )
    days = [day(text) for text in stages.split()]
    over = day(closed) if closed else None
    ends: list[date | None] = [*days[1:], over]
    stays = tuple(
        StageStay(stage=stage, start=start, end=end)
        for stage, start, end in zip(_STAGES, days, ends, strict=False)
    )
    last = stays[-1].stage
    is_open = status is _STATUS.OPEN
    return Opportunity(
        id=key,
        name=name,
        opened_on=days[0],
        status=status,
        stage=last if is_open else status.value,
        closes_on=day(closes) if closes else None,
        closed_on=over,
        amount=sum((line.amount for line in parts if isinstance(line.amount, Decimal)), Decimal(0)),
        probability=_CHANCE[last] if is_open else Decimal(int(status is _STATUS.WON)),
        lead_id=lead,
        lead_reason=reason,
        next_step=step if is_open else None,
        next_step_on=day(step_on) if step_on and step and is_open else None,
        stays=stays,
        engagements=tuple(
            Engagement(id=f"{key}-E{index}", role=role.replace("_", " "), person_id=who, on=day(on))
            for index, (role, who, on) in enumerate((text.split("/") for text in roles.split()), start=1)
        ),
        lines=tuple(parts),
    )


_ROLES: Final = "sales_specialist/E-31/2026-07-20"
_BOTH: Final = f"{_ROLES} management/E-02/2026-08-15"


def opportunities(spec: Spec) -> tuple[Opportunity, ...]:
    """Open ones as they should be and as they should not, won ones, lost ones, one without lines."""
    me = spec.manager_id
    deals = {
        "A-01": (
            _deal("A-01", 1, "Controls for Bremen", "2/4/P-C2×6", "2026-07-06 2026-08-03 2026-08-31", lead=me, roles=_BOTH),
            _deal("A-01", 2, "Rostock start-up", "3/6/P-PS×12 3/6/S-CO×3", "2026-02-02 2026-03-02 2026-04-06",
                  lead=me, status=_STATUS.WON, closed="2026-05-18", closes="2026-05-20", roles=_BOTH),
        ),
        "A-02": (
            _deal("A-02", 1, "Remote monitoring", "1/1/S-RM×12 2/4/S-RM×8", "2026-08-10 2026-09-07", lead=me, roles=_ROLES),
            _deal("A-02", 2, "Rotor sets 2025", "2/4/P-SR×10", "2025-03-03 2025-04-07", lead=me,
                  status=_STATUS.LOST, closed="2025-06-02", closes="2025-05-30"),
        ),
        "A-04": (  # past its date, no next step
            _deal("A-04", 1, "Dosing retrofit", "1/1/P-PD×8 1/2/P-C2×4", "2026-03-16 2026-04-20", lead=me,
                  closes="2026-08-31", step=None),
        ),
        "A-06": (_deal("A-06", 1, "Plön controllers", "2/3/P-C1×3", "2026-09-07", lead=me),),
        "A-08": (  # led by the specialist, with a reason
            _deal("A-08", 1, "Monitoring of the terminal", "1/1/S-RM×40", "2026-08-03 2026-09-01", lead="E-31",
                  reason="Remote monitoring is sold by the specialist on this site", roles=_ROLES),
        ),
        "A-10": (  # in negotiation without management; led by a colleague without a reason
            _deal("A-10", 1, "Guben line two", "3/5/P-PL×6 3/5/S-CO×2", "2026-05-11 2026-06-08 2026-07-13", lead="E-31",
                  roles=_ROLES),
        ),
        "A-11": (_deal("A-11", 1, "Seal kits on call", "1/1/P-SK×120", "2026-08-24 2026-09-14", lead=me, roles=_ROLES),),
        "A-13": (
            _deal("A-13", 1, "Win back Potsdam", "1/1/P-PS×10", "2025-09-01 2025-10-06", lead=me, status=_STATUS.LOST,
                  closed="2025-12-01", closes="2025-11-30"),
        ),
        "A-17": (  # stuck in its stage since January
            _deal("A-17", 1, "Second digester", "1/1/P-PD×5 1/2/P-VC×10", "2026-01-12", lead=me, closes="2026-12-15"),
        ),
        "A-18": (
            _deal("A-18", 1, "Hanau maintenance", "2/4/S-MC×12", "2026-06-29 2026-08-10 2026-09-08", lead=me, roles=_BOTH),
            _deal("A-18", 2, "Würzburg first order", "3/6/P-PS×8", "2026-08-31", lead=me, closes="2027-02-15"),
        ),
        "A-19": (
            _deal("A-19", 1, "Energy audit", "1/1/S-EA×2", "2026-07-27 2026-08-31", lead=me, roles=_ROLES),
            _deal("A-19", 2, "Limburg valves", "2/3/P-VC×20", "2026-01-05 2026-02-09", lead=me, status=_STATUS.LOST,
                  closed="2026-04-13", closes="2026-04-10"),
        ),
        "A-20": (_deal("A-20", 1, "New fermenter", "", "2026-09-14", lead=me),),  # no lines yet
        "A-23": (_deal("A-23", 1, "First order", "1/1/P-PS×4", "2026-08-17 2026-09-21", lead="E-21",
                       reason="Business Development leads until the first order", roles=_ROLES),),
        "A-24": (_deal("A-24", 1, "Controllers", "1/2/P-C2×3", "2026-09-01", lead=None),),
    }  # fmt: skip
    return deals.get(spec.id, ())


def contracts(spec: Spec) -> tuple[Contract, ...]:
    """Maintenance and monitoring; one comes up for renewal soon, one was cancelled."""
    rows = {
        "A-01": (("2024-01-01", None, "26400", "S-MC", None),),
        "A-02": (("2023-12-01", "2026-11-30", "31200", "S-MC", None),),
        "A-06": (("2024-11-15", "2026-11-14", "12600", "S-MC", None),),
        "A-08": (("2024-07-01", "2027-06-30", "9600", "S-RM", None),),
        "A-10": (("2024-03-01", "2027-02-28", "18000", "S-MC", None),),
        "A-11": (("2024-01-01", None, "14400", "S-MC", "2026-04-01"),),
        "A-18": (("2023-06-01", None, "33600", "S-MC", None), ("2026-02-01", None, "8640", "S-RM", None)),
        "A-19": (("2024-07-01", "2026-12-31", "11520", "S-RM", None),),
    }
    return tuple(
        Contract(
            id=f"{spec.id}-K{number}",
            start=day(start),
            end=day(end) if end else None,
            yearly_amount=Decimal(yearly),
            product_id=product,
            location_id=f"{spec.id}-L1",
            cancelled_on=day(cancelled) if cancelled else None,
        )
        for number, (start, end, yearly, product, cancelled) in enumerate(rows.get(spec.id, ()), start=1)
    )


def competitor_holdings(spec: Spec) -> tuple[CompetitorHolding, ...]:
    """What others are known to have placed."""
    rows = {
        "A-04": (("P-C2", "Rivalon", None),),
        "A-18": (("P-C1", "Rivalon", "L1"), ("P-C2", "Rivalon", "L1"), ("S-RM", "Datapump", None)),
        "A-22": (("P-PL", "Pumpo", "L2"),),
    }
    return tuple(
        CompetitorHolding(
            id=f"{spec.id}-X{number}",
            product_id=product,
            competitor=who,
            location_id=f"{spec.id}-{place}" if place else None,
            seen_on=day("2026-03-03"),
        )
        for number, (product, who, place) in enumerate(rows.get(spec.id, ()), start=1)
    )


def spend_estimates(spec: Spec) -> tuple[SpendEstimate, ...]:
    """What they spend a year, for the larger ones; one estimate is older and smaller than what we sell."""
    rows = {
        "A-01": ("2400000", "customer's purchasing", "2026-02-10"),
        "A-02": ("900000", "annual report", "2025-11-04"),
        "A-04": ("1300000", "customer's purchasing", "2025-09-22"),
        "A-10": ("1600000", "trade statistics", "2026-01-15"),
        "A-18": ("250000", "note in the file", "2021-05-12"),
        "A-19": ("700000", "customer's purchasing", "2026-04-28"),
    }
    if spec.id not in rows:
        return ()
    amount, source, on = rows[spec.id]
    return (SpendEstimate(id=f"{spec.id}-W1", yearly_amount=Decimal(amount), source=source, on=day(on)),)


def support_requests(spec: Spec) -> tuple[SupportRequest, ...]:
    """Help that was asked for: answered in time, answered late, not answered."""

    def asked(
        role: str, on: str, opportunity: int | None, days: int | None, who: str | None
    ) -> SupportRequest:
        return SupportRequest(
            id=f"{spec.id}-R1",
            role=role,
            asked_on=day(on),
            opportunity_id=f"{spec.id}-O{opportunity}" if opportunity else None,
            answered_on=None if days is None else day(on) + timedelta(days=days),
            answered_by_id=who,
        )

    requests = {
        "A-01": asked("sales specialist", "2026-07-13", 1, 3, "E-31"),
        "A-04": asked("sales specialist", "2026-05-04", 1, None, None),
        "A-10": asked("management", "2026-08-17", 1, None, None),
        "A-14": asked("implementation", "2026-05-11", None, 24, "E-41"),
        "A-18": asked("service", "2026-08-24", 1, 2, "E-51"),
    }
    return (requests[spec.id],) if spec.id in requests else ()


def team(spec: Spec) -> tuple[TeamMember, ...]:
    """Account support where there is some, and customer service for all."""
    support = {"A-01": "E-71", "A-02": "E-71", "A-10": "E-72"}
    members = [
        TeamMember(id=f"{spec.id}-T1", person_id="E-61", role="customer service", start=day("2024-01-01"))
    ]
    if spec.id in support:
        members.append(
            TeamMember(
                id=f"{spec.id}-T2",
                person_id=support[spec.id],
                role="account support",
                start=day("2025-01-01"),
            )
        )
    return tuple(members)
