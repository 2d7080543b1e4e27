"""Do account plans that meet the company's standards exist in all assigned accounts? (ACC-3)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Final

from sam_core.book import BookHeader
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.measures.accountability import Accountability
from sam_core.measures.bounds import verdict_between
from sam_core.measures.coverage import PlanCoverage
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Coverage, Outcome, Unknown, Why

__all__ = ["plan_coverage"]

_NAMED: Final = 3
"""How many lacking points the sentence names; the findings name them all."""


def _share(plans: PlanCoverage) -> Measured:
    judged = plans.conforming + len(plans.failing) + len(plans.doubtful)
    return ratio(
        "plan coverage", "ACC-3", plans.conforming, judged,
        without="no plan that is asked for can be judged",
        coverage=Coverage(judged=judged, total=judged + plans.unknown),
        note=f"{plans.in_grace} accounts in grace are outside the ratio" if plans.in_grace else "",
        evidence=tuple(sorted({*plans.failing, *plans.doubtful})),
    )  # fmt: skip


def plan_coverage(
    headers: tuple[BookHeader, ...],  # noqa: ARG001  # all are asked alike
    totals: Totals,
    as_of: date,  # noqa: ARG001  # all are asked alike
    standards: Standards,
) -> Accountability:
    """ACC-3: accounts with a conforming, current plan ÷ assigned accounts, those in grace left out.

    An account whose plan fails while nobody knows since when it is assigned may be in grace: it counts
    in the number, and leaves the verdict open where it could decide it. The evidence names the accounts
    that fail.
    """
    plans, asked = totals.plans, standards.plans.coverage_met
    measured = _share(plans)
    failing = len(plans.failing) + len(plans.doubtful)
    outcome = verdict_between(
        (plans.conforming, plans.conforming + failing + plans.unknown),
        (plans.conforming + plans.unknown, plans.conforming + len(plans.failing) + plans.unknown),
        asked,
    )
    missing = []
    if outcome is Outcome.NOT_ASSESSABLE and plans.unknown:
        reason = totals.lacking("plans", f"parts of the plans of {plans.unknown} accounts")
        missing.append(Missing("plans", reason))
    if outcome is Outcome.NOT_ASSESSABLE and plans.doubtful:
        reason = Unknown(Why.BLANK, f"since when {len(plans.doubtful)} accounts are assigned")
        missing.append(Missing("assignments.start", reason))
    return Accountability(
        clause_id="ACC-3",
        measured=measured,
        target=asked,
        outcome=outcome,
        sentence=_sentence(plans),
        before=_share(totals.plans_before).value,
        details=(
            Measured(
                name="accounts in grace", clause_id="ACC-3", unit="count", value=Decimal(plans.in_grace)
            ),
        ),
        missing=tuple(missing),
        applies=bool(plans.conforming + failing + plans.unknown),
    )


def _sentence(plans: PlanCoverage) -> str:
    lacking = {**plans.failing, **plans.doubtful}
    judged = plans.conforming + len(lacking)
    if not judged:
        return "No account plan that is asked for can be judged."
    text = f"{plans.conforming} of {judged} accounts have a conforming, current plan"
    if not lacking:
        return f"{text}."
    counts = Counter(point for points in lacking.values() for point in points)
    often = sorted(counts, key=lambda point: (-counts[point], point))[:_NAMED]
    return f"{text}; most often lacking: {', '.join(f'{point} ({counts[point]})' for point in often)}."
