"""How a company could keep in HubSpot what HubSpot has no object or property for: custom ones, and a mapping file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sam_adapters.testing.hubspot_portal import Portal
from sam_core.book import QuotaCounts
from sam_core.values import Unknown

__all__ = ["CORPUS_MAPPING", "CUSTOM_OBJECTS", "GOALS", "NATIVE_FIELDS", "STAGES", "Layout", "moment", "said"]

CUSTOM_OBJECTS: Final = {
    key: f"2-{1000 + number}"
    for number, key in enumerate(
        (
            "assignments team contracts competitor_holdings spend_estimates plans sessions needs initiatives plan_targets "
            "actions deliveries service_actions handovers checklist support_requests engagements credits costs "
            "expectations growth_goals training"
        ).split()
    )
}
_FIELDS: Final[dict[str, str]] = {
    "assignments": "person_id role start end",
    "team": "person_id role start end",
    "contracts": "start end yearly_amount product_id location_id cancelled_on",
    "competitor_holdings": "product_id competitor location_id buyer_id seen_on",
    "spend_estimates": "yearly_amount source on",
    "plans": "title start end owner_id reviewed_on",
    "sessions": "on our_ids customer_ids",
    "needs": "text declined_reason",
    "initiatives": "title status need_ids priority company_invests customer_invests closed_on",
    "plan_targets": "measure value unit due_on",
    "actions": "text owner_id due_on done_on",
    "deliveries": "ordered_on due_on delivered_on location_id order_id",
    "service_actions": "on about_id by_id with_id text",
    "handovers": "won_on kicked_off_on implementing_on live_on transferred_on opportunity_id manager_id manager_named_on",
    "checklist": "text done_on",
    "support_requests": "role asked_on opportunity_id answered_on answered_by_id",
    "engagements": "role person_id on",
    "credits": "person_id share kind",
    "costs": "start unit_cost",
    "expectations": "start end gross_profit margin",
    "growth_goals": "start end revenue_growth profit_growth",
    "training": "person_id title assigned_on due_on completed_on",
}
NATIVE_FIELDS: Final[dict[str, dict[str, str]]] = {
    "companies": {"tier": "tier", "excluded_product_ids": "excluded_products"},
    "contacts": {"influence": "influence", "reports_to_id": "reports_to", "left_on": "left_on"},
    "deals": {
        "closes_on": "expected_close",
        "lead_reason": "lead_reason",
        "next_step_on": "next_step_on",
    },
    "lines": {
        "on": "sold_on",
        "cost": "line_cost",
        "buyer_id": "line_buyer",
        "location_id": "line_location",
    },
    "tickets": {"reopened_at": "reopened_at", "escalated_at": "escalated_at"},
    "readings": {"lowest": "scale_lowest", "highest": "scale_highest", "location_id": "place"},
    "products": {
        "family": "family",
        "introduced_on": "introduced_on",
        "retired_on": "retired_on",
        "segments": "segments",
    },
    "quotas": {"family": "family"},
}
STAGES: Final = (
    # id, label, closed, probability ("" where the pipeline does not say)
    ("idea", "Qualification", False, ""),
    ("qualification", "Qualification", False, "0.1"),
    ("solution", "Solution", False, "0.25"),
    ("proposal", "Proposal", False, "0.6"),
    ("won", "Closed won", True, "1.0"),
    ("lost", "Closed lost", True, "0.0"),
)
GOALS: Final = {
    QuotaCounts.REVENUE: "sales_quota",
    QuotaCounts.GROSS_PROFIT: "margin_goal",
    QuotaCounts.UNITS: "unit_goal",
}

CORPUS_MAPPING: Final[Mapping[str, Any]] = {
    "own_location": "never",
    "order_pipelines": ["orders"],
    "sold": False,
    "ticket_contacts": True,
    "objects": {
        **{key: {"fields": fields} for key, fields in NATIVE_FIELDS.items()},
        **{
            key: {"object": o, "fields": {n: n for n in _FIELDS[key].split()}}
            for key, o in CUSTOM_OBJECTS.items()
        },
    },
    "values": {"quota_counts": {goal: counts.value for counts, goal in GOALS.items()}},
}
"""What a mapping file for the portal says, but for its people, whom :func:`hubspot_portal` adds."""


def said(value: Any) -> str:
    """A value as HubSpot keeps it: a text, blank where there is none."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return ";".join(said(item) for item in value) or ";"
    return str(value)


def moment(day: date) -> str:
    """Noon of a day, which is that day in most time zones."""
    return f"{day}T12:00:00.000Z"


class Layout:
    """A portal in the making.

    Args:
        currency: its company currency.
    """

    def __init__(self, currency: str) -> None:
        self.portal = Portal(currency=currency)
        self._last = 900_000_000_000_000_000
        for key, kind in CUSTOM_OBJECTS.items():
            self.portal.declare(kind, [*_FIELDS[key].split(), "hubspot_owner_id"])
        for kind in ("companies", "contacts", "deals", "tickets", "products"):
            self.portal.declare(kind, NATIVE_FIELDS[kind].values())

    def custom(self, key: str, record: Any, to: str = "", to_id: str = "", **more: Any) -> None:
        """A record of a custom object, linked to what it belongs to."""
        self._last += 1
        record_id = getattr(record, "id", None) or str(self._last)
        values = {name: getattr(record, name) for name in _FIELDS[key].split() if hasattr(record, name)}
        kind = CUSTOM_OBJECTS[key]
        self.portal.add(kind, record_id, **{name: said(value) for name, value in {**values, **more}.items()})
        if to:
            self.portal.link(kind, record_id, to, to_id)
