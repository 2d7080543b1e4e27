"""The mapping file under which the org of the reference corpus gives the corpus back, as parsed data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from sam_core.book import (
    Achievement,
    Assignment,
    Candidate,
    ChecklistItem,
    CompetitorHolding,
    Degree,
    Delivery,
    GrowthGoal,
    HandoverState,
    Need,
    PlanAction,
    PlanningSession,
    ProfitExpectation,
    SatisfactionReading,
    SellingSpell,
    ServiceAction,
    SpendEstimate,
    SupportRequest,
    TrainingObjective,
)

__all__ = [
    "CORPUS_MAPPING",
    "OWN_OBJECTS",
    "STANDARD_CHANGES",
    "STEP_FIELDS",
    "api_name",
    "object_name",
    "own_fields",
]


def api_name(name: str) -> str:
    """``due_on`` as ``Due_On__c``."""
    return "_".join(part.capitalize() for part in name.split("_")) + "__c"


OWN_OBJECTS: Final[Mapping[str, tuple[type[Any], str, Mapping[str, str]]]] = {
    # key: record, path of relationships to the account, references of the object beside its own fields
    "assignments": (Assignment, "Account__r", {"Account__c": "Account"}),
    "competitor_holdings": (CompetitorHolding, "Account__r", {"Account__c": "Account"}),
    "spend_estimates": (SpendEstimate, "Account__r", {"Account__c": "Account"}),
    "deliveries": (Delivery, "Account__r", {"Account__c": "Account"}),
    "readings": (SatisfactionReading, "Account__r", {"Account__c": "Account"}),
    "service_actions": (ServiceAction, "Account__r", {"Account__c": "Account"}),
    "support_requests": (SupportRequest, "Account__r", {"Account__c": "Account"}),
    "needs": (Need, "Plan_Id__r.Account", {"Plan_Id__c": "AccountPlan"}),
    "sessions": (PlanningSession, "Plan_Id__r.Account", {"Plan_Id__c": "AccountPlan"}),
    "actions": (
        PlanAction,
        "Initiative_Id__r.AccountPlan.Account",
        {"Initiative_Id__c": "AccountPlanObjective"},
    ),
    "checklist": (ChecklistItem, "Handover_Id__r.Account__r", {"Handover_Id__c": "Handover__c"}),
    "expectations": (ProfitExpectation, "", {"Person_Id__c": "User"}),
    "growth_goals": (GrowthGoal, "", {"Person_Id__c": "User"}),
    "training": (TrainingObjective, "", {"Person_Id__c": "User"}),
    "candidates": (Candidate, "", {"Person_Id__c": "User"}),
    "degrees": (Degree, "", {"Person_Id__c": "User"}),
    "selling": (SellingSpell, "", {"Person_Id__c": "User"}),
    "achievements": (Achievement, "", {"Person_Id__c": "User"}),
}
_NESTED: Final = frozenset({"id", "period", "degrees", "selling", "achievements"})


def object_name(key: str) -> str:
    """API name of the custom object for an entry of the map."""
    return key.removesuffix("s").capitalize() + "__c"


def own_fields(record: type[Any]) -> list[str]:
    """The attributes of a record that have a field of their own."""
    return [attribute.name for attribute in attrs.fields(record) if attribute.name not in _NESTED]


def _own_entry(key: str) -> dict[str, Any]:
    record, account, references = OWN_OBJECTS[key]
    names = own_fields(record) + [name[:-3].lower() for name in references if name != "Account__c"]
    if record in (ProfitExpectation, GrowthGoal):
        names += ["start", "end"]
    entry: dict[str, Any] = {
        "object": object_name(key),
        "fields": {name: api_name(name) for name in dict.fromkeys(names)},
    }
    return {**entry, "account": account} if account else entry


STEP_FIELDS: Final = {state: f"{state.name.lower()}_on" for state in HandoverState}
STANDARD_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "accounts": {"fields": {"tier": "Tier__c", "excluded_product_ids": "Excluded__c"}},
    "contacts": {"fields": {"role": "Role__c", "influence": "Influence__c", "left_on": "Left_On__c"}},
    "team": {"fields": {"start": "Start__c", "end": "End__c"}},
    "opportunities": {
        "fields": {
            "closes_on": "Closes_On__c",
            "lead_reason": "Lead_Reason__c",
            "lead_id": "Lead__c",
            "next_step_on": "Next_Step_On__c",
        }
    },
    "lines": {"fields": {"location_id": "Location__c", "buyer_id": "Buyer__c"}},
    "engagements": {"fields": {"on": "On__c"}},
    "stages": {
        "enabled": True,
        "object": "Stage__c",
        "account": "Opportunity__r.Account",
        "fields": {"opportunity_id": "Opportunity__c", "stage": "Name", "on": "Start__c"},
    },
    "orders": {
        "fields": {
            "on": "ServiceDate",
            "location_id": "Location__c",
            "buyer_id": "Buyer__c",
            "cost": "Cost__c",
        }
    },
    "credits": {
        "object": "Credit__c",
        "account": "Line__r.Order.Account",
        "fields": {
            "line_id": "Line__c",
            "person_id": "Person__c",
            "percent": "Percent__c",
            "kind": "Kind__c",
        },
    },
    "contracts": {
        "fields": {
            "yearly_amount": "Yearly__c",
            "product_id": "Product__c",
            "location_id": "Location__c",
            "cancelled_on": "Cancelled_On__c",
        }
    },
    "cases": {
        "fields": {
            "reopened_at": "Reopened_At__c",
            "escalated_at": "Escalated_At__c",
            "location_id": "Location__c",
            "service_rep_id": "Rep__c",
        }
    },
    "events": {
        "fields": {
            "mode": "Mode__c",
            "our_ids": "Our_Ids__c",
            "buyer_ids": "Buyer_Ids__c",
            "location_id": "Location__c",
        }
    },
    "plans": {"fields": {"owner_id": "Owner_Id__c", "reviewed_on": "Reviewed_On__c"}},
    "initiatives": {
        "fields": {
            "need_ids": "Need_Ids__c",
            "priority": "Priority__c",
            "closed_on": "Closed_On__c",
            "investment_company": "Company_Pays__c",
            "investment_customer": "Customer_Pays__c",
        }
    },
    "plan_targets": {
        "object": "Target__c",
        "account": "Plan__r.Account",
        "fields": {
            "plan_id": "Plan__c",
            "measure": "Measure__c",
            "value": "Value__c",
            "unit": "Unit__c",
            "due_on": "Due_On__c",
        },
    },
    "handovers": {
        "object": "Handover__c",
        "account": "Account__r",
        "fields": {
            name: api_name(name)
            for name in (*STEP_FIELDS.values(), "opportunity_id", "manager_id", "manager_named_on")
        },
    },
    "products": {
        "fields": {
            "kind": "Kind__c",
            "introduced_on": "Introduced_On__c",
            "retired_on": "Retired_On__c",
            "segments": "Segments__c",
            "standard_cost": "Standard_Cost__c",
        }
    },
    "costs": {
        "object": "Cost__c",
        "fields": {"product_id": "Product__c", "start": "Start__c", "unit_cost": "Unit_Cost__c"},
    },
    "quotas": {"fields": {"counts": "Counts__c"}},
    "users": {"fields": {"role": "Title", "supports_account_ids": "Supports__c"}},
}

CORPUS_MAPPING: Final[Mapping[str, Any]] = {
    "currency": "EUR",
    "sold": "orders",
    "objects": {**STANDARD_CHANGES, **{key: _own_entry(key) for key in OWN_OBJECTS}},
}
"""The mapping file, parsed, under which the org of :func:`corpus_org` gives the corpus back."""
