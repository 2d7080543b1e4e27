"""What the sample's managers are asked to reach, what they learn, and what they bring with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sam_adapters.demo.cast import day
from sam_core.book import (
    Achievement,
    BackgroundCheck,
    Candidate,
    Degree,
    GrowthGoal,
    ProfitExpectation,
    Quota,
    QuotaCounts,
    SellingSpell,
    TrainingObjective,
)
from sam_core.values import Period, Unknown, Why

__all__ = ["targets"]

_YEARS: Final = (2025, 2026)
_QUOTAS: Final = {  # revenue by year; E-14 has none yet
    "E-11": ("1380000", "1430000"),
    "E-12": ("780000", "830000"),
    "E-13": ("1150000", "1300000"),
}
_PROFITS: Final = {"E-11": ("620000", "0.41"), "E-12": ("330000", "0.41"), "E-13": ("480000", "0.45")}
_TRAINING: Final = (
    # person, title, due, completed
    ("E-11", "Negotiating with purchasing", "2026-03-31", "2026-03-20"),
    ("E-11", "Product training C2", "2026-06-30", "2026-06-30"),
    ("E-11", "Joint account planning", "2026-11-30", None),
    ("E-12", "Negotiating with purchasing", "2026-03-31", "2026-04-17"),
    ("E-12", "Product training C2", "2026-06-30", "2026-05-28"),
    ("E-13", "Negotiating with purchasing", "2026-03-31", "2026-03-25"),
    ("E-13", "Product training C2", "2026-06-30", None),
    ("E-14", "Joint account planning", "2026-12-15", None),
)


def targets(manager_id: str, name: str) -> dict[str, Any]:
    """The parts of the header that belong to one manager."""
    return {
        "quotas": _quotas(manager_id),
        "expectations": tuple(
            ProfitExpectation(
                id=f"{manager_id}-G{year}",
                period=Period.year(year),
                gross_profit=Decimal(amount),
                margin=Decimal(margin),
            )
            for amount, margin in [_PROFITS[manager_id]]
            for year in _YEARS
        )
        if manager_id in _PROFITS
        else (),
        "growth_goals": (
            GrowthGoal(
                id=f"{manager_id}-W2026",
                period=Period.year(2026),
                revenue_growth=Decimal("0.06"),
                profit_growth=Decimal("0.05"),
            ),
        )
        if manager_id in _QUOTAS
        else (),
        "training": tuple(
            TrainingObjective(
                id=f"{manager_id}-L{number}",
                person_id=person,
                title=title,
                assigned_on=day("2026-01-05"),
                due_on=day(due),
                completed_on=day(done) if done else None,
            )
            for number, (person, title, due, done) in enumerate(_TRAINING, start=1)
            if person == manager_id
        ),
        "candidate": _candidate(manager_id, name),
    }


def _quotas(manager_id: str) -> tuple[Quota, ...]:
    """Revenue for each year; one manager has a quota for services beside it, by quarter."""
    quotas = [
        Quota(id=f"{manager_id}-Q{year}", period=Period.year(year), amount=Decimal(amount))
        for year, amount in zip(_YEARS, _QUOTAS.get(manager_id, ()), strict=False)
    ]
    if manager_id == "E-11":
        quotas += [
            Quota(
                id=f"{manager_id}-QS{quarter}",
                period=Period.parse(f"2026Q{quarter}"),
                amount=Decimal(58000),
                counts=QuotaCounts.REVENUE,
                family="Services",
            )
            for quarter in (1, 2, 3, 4)
        ]
    return tuple(quotas)


def _candidate(manager_id: str, name: str) -> Candidate:
    """Qualifications: by experience, by achievement, with gaps, with a check that is pending."""
    unknown = Unknown(Why.BLANK, "candidates")
    degree = Degree(title="Diplom-Ingenieur", years=5, accredited=True, awarded_on=day("2004-07-15"))
    spell = SellingSpell(start=day("2012-04-01"), end=None, business_to_business=True, large_customers=True)
    short = SellingSpell(start=day("2022-09-01"), end=None, business_to_business=True, large_customers=True)
    won = Achievement(
        id=f"{manager_id}-B1",
        text="Account manager of the year",
        on=day("2024-12-12"),
        as_account_manager=True,
    )
    parts: dict[str, dict[str, Any]] = {
        "E-11": {"degrees": (degree,), "selling": (spell,), "achievements": (), "able_with_computer": True},
        "E-12": {
            "degrees": (degree,),
            "selling": (short,),
            "achievements": (won,),
            "able_with_computer": True,
        },
        "E-13": {"degrees": (), "selling": (short,), "achievements": unknown, "able_with_computer": True},
        "E-14": {
            "degrees": (degree,),
            "selling": (short,),
            "achievements": (),
            "able_with_computer": unknown,
        },
    }
    passed = BackgroundCheck.PENDING if manager_id == "E-14" else BackgroundCheck.PASSED
    return Candidate(id=manager_id, name=name, background_check=passed, **parts[manager_id])
