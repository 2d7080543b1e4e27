"""Which HubSpot objects and properties are read for what: the standard map, every line of which a mapping file may change.

An entry's ``fields`` go from our names to properties of the portal. Where our name is an attribute of a core
record, the value is taken as it is; the other names are what the mapping works with. Entries without an
``object`` are for custom objects: name one in the mapping file and they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

__all__ = ["CHILD_COMPANY", "PRIMARY", "STANDARD_OBJECTS", "ObjectSpec"]

CHILD_COMPANY: Final = 13
"""Association type from a company to a child company."""
PRIMARY: Final[Mapping[str, int]] = MappingProxyType({"contacts": 2, "deals": 6, "tickets": 25})
"""Association types from a company to what it is the primary company of."""

MERGED: Final = "hs_merged_object_ids"


def _read_only(values: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(values))


@frozen(kw_only=True)
class ObjectSpec:
    """One object to read.

    Attributes:
        key: our name for it.
        object: its name or type id in HubSpot; ``""`` while none is configured.
        via: the entry it is linked to; ``""`` where it is found by ``person`` or read whole.
        fields: our field names and their properties.
        required: our names without which it is of no use.
        feeds: the concepts it provides.
        helps: the concepts it makes more exact.
        person: the property that names the owner whose records are wanted.
        enabled: False for what is read only on request.
        scope: the scope that opens it, for people.
    """

    key: str
    object: str = ""
    via: str = ""
    fields: Mapping[str, str] = field(factory=dict, converter=_read_only)
    required: frozenset[str] = frozenset()
    feeds: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    person: str = ""
    enabled: bool = True
    scope: str = "crm.objects.custom.read"

    @property
    def read(self) -> bool:
        """True where it is configured and wanted."""
        return self.enabled and bool(self.object)

    @property
    def properties(self) -> tuple[str, ...]:
        """What to ask for: every property once, in order; constants are none."""
        given = (name for name in self.fields.values() if not name.startswith("="))
        named = (self.person,) if self.person else ()
        return tuple(dict.fromkeys((*given, *named, MERGED)))

    def place(self, name: str) -> str:
        """Where one of our fields is, for people: ``"deals.amount"``."""
        return f"{self.object or self.key}.{self.fields.get(name, name)}"


def _spec(key: str, fields: str, *, object: str = "", required: str = "", **more: Any) -> ObjectSpec:
    """``fields`` lists properties, each with our name before it: ``"name=dealname"``."""
    pairs = dict(item.split("=") for item in fields.split())
    return ObjectSpec(
        key=key, object=object or key, fields=pairs, required=frozenset(required.split()), **more
    )


def _custom(key: str, required: str, via: str, *feeds: str, **more: Any) -> ObjectSpec:
    return ObjectSpec(key=key, via=via, required=frozenset(required.split()), feeds=feeds, **more)


_ENTRIES: Final = (
    _spec(
        "companies",
        "name=name segment=industry owner_id=hubspot_owner_id assigned_on=hubspot_owner_assigneddate "
        "parent_id=hs_parent_company_id children=hs_num_child_companies street=address city=city "
        "country=country contacts=num_associated_contacts deals=num_associated_deals",
        required="name",
        feeds=("locations", "assignments"),
        scope="crm.objects.companies.read",
    ),
    _spec(
        "contacts",
        "first=firstname last=lastname email=email title=jobtitle role=hs_buying_role",
        via="companies",
        feeds=("buyers",),
        helps=("sale_lines", "opportunities", "meetings", "readings"),
        scope="crm.objects.contacts.read",
    ),
    _spec(
        "deals",
        "name=dealname opened_on=createdate closes_on=closedate closed_on=closedate amount=amount "
        "currency=deal_currency_code home_amount=amount_in_home_currency stage=dealstage pipeline=pipeline "
        "probability=hs_deal_stage_probability is_closed=hs_is_closed is_won=hs_is_closed_won "
        "lead_id=hubspot_owner_id next_step=hs_next_step primary=hs_primary_associated_company contacts=num_associated_contacts "
        "line_items=hs_num_of_associated_line_items",
        via="companies",
        required="name opened_on stage pipeline",
        feeds=("opportunities", "sale_lines"),
        scope="crm.objects.deals.read",
    ),
    _spec(
        "lines",
        "product_id=hs_product_id quantity=quantity amount=amount currency=hs_line_item_currency_code "
        "unit_cost=hs_cost_of_goods_sold",
        object="line_items",
        via="deals",
        required="amount",
        feeds=("sale_lines",),
        helps=("opportunities",),
        scope="crm.objects.line_items.read",
    ),
    _spec(
        "tickets",
        "opened_at=createdate closed_at=closed_date priority=hs_ticket_priority subject=subject "
        "service_rep_id=hubspot_owner_id",
        via="companies",
        required="opened_at",
        feeds=("cases",),
        scope="tickets",
    ),
    _spec(
        "meetings",
        "held_at=hs_meeting_start_time mode=hs_activity_type subject=hs_meeting_title "
        "our_ids=hs_attendee_owner_ids our_id=hubspot_owner_id outcome=hs_meeting_outcome",
        via="companies",
        required="held_at",
        feeds=("meetings",),
        scope="crm.objects.contacts.read",
    ),
    _spec(
        "calls",
        "held_at=hs_timestamp subject=hs_call_title our_id=hubspot_owner_id outcome=hs_call_status",
        via="companies",
        required="held_at",
        helps=("meetings",),
        scope="crm.objects.contacts.read",
    ),
    _spec(
        "readings",
        "on=hs_submission_timestamp instrument=hs_survey_type value=hs_value",
        object="feedback_submissions",
        via="contacts",
        required="on instrument value",
        feeds=("readings",),
        scope="crm.objects.feedback_submissions.read",
    ),
    _spec(
        "products",
        "name=name kind=hs_product_type standard_cost=hs_cost_of_goods_sold",
        required="name",
        feeds=("offering",),
        scope="crm.objects.products.read",
    ),
    _spec(
        "quotas",
        "start=hs_start_datetime end=hs_end_datetime amount=hs_target_amount counts=hs_goal_type "
        "currency=hs_goal_target_currency_code user_id=hs_assignee_user_id",
        object="goal_targets",
        person="hubspot_owner_id",
        required="start end amount counts",
        feeds=("quotas",),
        scope="crm.objects.goals.read",
    ),
    ObjectSpec(
        key="splits",
        object="deal_splits",
        via="deals",
        helps=("sale_lines",),
        enabled=False,
        scope="crm.dealsplits.read_write",
    ),
    _custom("locations", "name", "companies"),
    _custom("assignments", "person_id", "companies", helps=("assignments",)),
    _custom("team", "person_id", "companies", "team"),
    _custom("contracts", "start", "companies", "contracts"),
    _custom("competitor_holdings", "product_id competitor", "companies", "competitor_holdings"),
    _custom("spend_estimates", "yearly_amount source on", "companies", "spend_estimates"),
    _custom("plans", "title start end", "companies", "plans"),
    _custom("sessions", "on", "plans", helps=("plans",)),
    _custom("needs", "text", "plans", helps=("plans",)),
    _custom("initiatives", "title", "plans", helps=("plans",)),
    _custom("plan_targets", "measure", "plans", helps=("plans",)),
    _custom("actions", "text", "initiatives", helps=("plans",)),
    _custom("deliveries", "due_on", "companies", "deliveries"),
    _custom("service_actions", "on about_id", "companies", "service_actions"),
    _custom("handovers", "won_on", "companies", "handovers"),
    _custom("checklist", "text", "handovers", helps=("handovers",)),
    _custom("support_requests", "role asked_on", "companies", "support_requests"),
    _custom("engagements", "role", "deals", helps=("opportunities",)),
    _custom("credits", "person_id share", "lines", helps=("sale_lines",)),
    _custom("costs", "start unit_cost", "products", helps=("offering",)),
    _custom("expectations", "start end", "", "expectations", person="hubspot_owner_id"),
    _custom("growth_goals", "start end", "", "growth_goals", person="hubspot_owner_id"),
    _custom("training", "title", "", "training", person="hubspot_owner_id"),
)

STANDARD_OBJECTS: Final[Mapping[str, ObjectSpec]] = MappingProxyType({spec.key: spec for spec in _ENTRIES})
"""The standard map, by key."""
