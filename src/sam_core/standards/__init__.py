"""The company's own thresholds: every number a rule or measure compares against.

``Standards`` is one full set, as rules see it. ``Policy`` is the history behind it: what
the company changed, from which day, for which tier of accounts. What nobody changed has the
documented default. Definitions stand in the measures reference; the clause is named on each entry.
"""

from __future__ import annotations

from sam_core.standards.policy import Policy, Revision, toml_value
from sam_core.standards.sections import (
    DEFAULT_STANDARDS,
    CustomerStandards,
    FocusStandards,
    HandoverStandards,
    MeetingStandards,
    OfferingStandards,
    OrganisationStandards,
    PenetrationStandards,
    PlanStandards,
    ProfitStandards,
    QualificationStandards,
    QuotaStandards,
    RetentionStandards,
    SatisfactionStandards,
    SellingStandards,
    ServiceStandards,
    Standard,
    Standards,
    TrainingStandards,
    catalogue,
)

__all__ = [
    "DEFAULT_STANDARDS",
    "CustomerStandards",
    "FocusStandards",
    "HandoverStandards",
    "MeetingStandards",
    "OfferingStandards",
    "OrganisationStandards",
    "PenetrationStandards",
    "PlanStandards",
    "Policy",
    "ProfitStandards",
    "QualificationStandards",
    "QuotaStandards",
    "RetentionStandards",
    "Revision",
    "SatisfactionStandards",
    "SellingStandards",
    "ServiceStandards",
    "Standard",
    "Standards",
    "TrainingStandards",
    "catalogue",
    "toml_value",
]
