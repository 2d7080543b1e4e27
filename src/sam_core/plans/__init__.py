"""Account plans as working documents: drafted, written, read, checked, compared and shared (RESP-5)."""

from __future__ import annotations

from sam_core.plans.document import PlanDocumentError, PlanProblem, check_plan, dumps_plan, loads_plan
from sam_core.plans.draft import draft_plan
from sam_core.plans.sharing import Audience, PlanChange, diff_plans, render_plan

__all__ = [
    "Audience",
    "PlanChange",
    "PlanDocumentError",
    "PlanProblem",
    "check_plan",
    "diff_plans",
    "draft_plan",
    "dumps_plan",
    "loads_plan",
    "render_plan",
]
