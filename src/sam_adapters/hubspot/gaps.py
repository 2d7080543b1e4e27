"""What a portal provides, as it is configured and permitted: the adapter's capabilities."""

from __future__ import annotations

from typing import Final

from sam_adapters.contract import Capabilities
from sam_adapters.faults import NotAvailableError
from sam_adapters.hubspot.objects import ObjectSpec
from sam_adapters.hubspot.settings import Settings
from sam_core.values import Unknown, Why

__all__ = ["ASSUMPTIONS", "capabilities_of", "entry_gap"]

ASSUMPTIONS: Final = (
    "A company belongs to the book of its owner of today; HubSpot's search does not tell who owned it before.",
    "A deal, ticket or meeting linked to several accounts belongs to its primary company.",
    "A deal is made with its contact labelled as deciding, with the one labelled at all, or with its only one.",
    "Amounts in another currency are converted as HubSpot converted their deal, else at the dated exchange rate.",
    "Of each stage of a deal HubSpot keeps the latest stay.",
    "What was changed in the last moments before the reading may not yet be in HubSpot's search.",
)

_NEEDED: Final = {
    "locations": ("companies",),
    "assignments": ("companies",),
    "buyers": ("contacts",),
    "opportunities": ("deals",),
    "sale_lines": ("deals", "lines"),
    "cases": ("tickets",),
    "meetings": ("meetings",),
    "readings": ("contacts", "readings"),
    "offering": ("products",),
    "people": (),
    **{
        name: (name,)
        for name in (
            "team contracts competitor_holdings spend_estimates plans deliveries service_actions handovers "
            "support_requests quotas expectations growth_goals training"
        ).split()
    },
}
"""The entries of the map without which a concept is unknown."""

_FIELDS: Final = {
    "buyers": ("contacts", "", "title role influence reports_to_id left_on"),
    "assignments": ("companies", "", "start=assigned_on"),
    "opportunities": ("deals", "", "closes_on amount lead_id lead_reason next_step next_step_on"),
    "sale_lines": ("lines", "", "product_id quantity"),
    "opportunities.lines": ("lines", "", "product_id"),
    "cases": ("tickets", "", "closed_at priority reopened_at escalated_at subject service_rep_id"),
    "meetings": ("meetings", "", "mode subject"),
    "readings": ("readings", "", "location_id"),
    "offering": ("products", "products.", "family kind introduced_on retired_on segments standard_cost"),
    "quotas": ("quotas", "", "family"),
    "team": ("team", "", "role start end"),
    "contracts": ("contracts", "", "end yearly_amount product_id location_id cancelled_on"),
    "competitor_holdings": ("competitor_holdings", "", "location_id buyer_id seen_on"),
    "deliveries": ("deliveries", "", "ordered_on delivered_on location_id order_id"),
    "service_actions": ("service_actions", "", "by_id with_id text"),
    "support_requests": ("support_requests", "", "opportunity_id answered_on answered_by_id"),
    "plans": ("plans", "", "owner_id reviewed_on"),
    "plans.sessions": ("sessions", "", "our_ids customer_ids"),
    "plans.needs": ("needs", "", "declined_reason"),
    "plans.targets": ("plan_targets", "", "value unit due_on"),
    "plans.initiatives": ("initiatives", "", "status need_ids priority investment=company_invests closed_on"),
    "plans.initiatives.actions": ("actions", "", "owner_id due_on done_on"),
    "opportunities.engagements": ("engagements", "", "person_id on"),
    "handovers": ("handovers", "", "opportunity_id manager_id manager_named_on"),
    "handovers.checklist": ("checklist", "", "done_on"),
    "expectations": ("expectations", "", "gross_profit margin"),
    "growth_goals": ("growth_goals", "", "revenue_growth profit_growth"),
    "training": ("training", "", "assigned_on due_on completed_on"),
}
"""Which entry fills the fields of a concept, what stands before their names, and their names (=ours in the map)."""

_PARTS: Final = {
    "opportunities.engagements": "engagements",
    "opportunities.lines": "lines",
    "plans.sessions": "sessions",
    "plans.needs": "needs",
    "plans.targets": "plan_targets",
    "plans.initiatives": "initiatives",
    "plans.initiatives.actions": "actions",
    "handovers.checklist": "checklist",
}
"""Fields that hold records of an entry of their own."""


def entry_gap(settings: Settings, spec: ObjectSpec) -> Unknown | None:
    """Why an entry of the map cannot be read; ``None`` where it can, as far as its properties tell."""
    if not spec.read:
        return Unknown(Why.NOT_CONFIGURED, f"hubspot.objects.{spec.key}: name its object in the mapping file")
    if spec.key in settings.refused:
        return settings.refused[spec.key]
    above = entry_gap(settings, settings.config.objects[spec.via]) if spec.via else None
    if above is not None:
        return above
    try:
        settings.properties(spec.object)
    except NotAvailableError as error:
        return settings.refuse(spec, error)
    return None


def capabilities_of(settings: Settings) -> Capabilities:
    """What can be read of this portal; asks once for the properties of each object in the map."""
    config = settings.config
    objects = config.objects
    needed = dict(_NEEDED)
    if objects["tickets"].read:  # some answers are known by their ticket only
        needed["readings"] += ("tickets",)
    for own in ("locations", "assignments"):
        if objects[own].read:
            needed[own] = (own,)
    provides, gaps = set[str](), dict[str, Unknown]()
    for concept, keys in needed.items():
        reasons = [gap for key in keys if (gap := entry_gap(settings, objects[key])) is not None]
        if reasons:
            gaps[concept] = reasons[0]
        else:
            provides.add(concept)
    for name, key in _PARTS.items():
        if name.split(".", 1)[0] in provides and (gap := entry_gap(settings, objects[key])) is not None:
            gaps[name] = gap
    for name, (key, before, names) in _FIELDS.items():
        if name.split(".", 1)[0] not in provides or any(
            name == part or name.startswith(f"{part}.") for part in gaps if "." in part
        ):
            continue
        custom = name == "assignments" and objects[name].read
        spec = objects[name] if custom else objects[key]
        for entry in names.split():
            field_name, _, ours = entry.partition("=")
            ours = field_name if custom else ours or field_name
            if not settings.has(spec, ours):
                gaps[f"{name}.{before}{field_name}"] = settings.missing(spec, ours)
    gaps.update(_special(settings, provides))
    return Capabilities(provides=frozenset(provides), gaps=gaps, assumptions=ASSUMPTIONS)


def _special(settings: Settings, provides: set[str]) -> dict[str, Unknown]:
    """Gaps that follow from more than one property."""
    config, gaps = settings.config, dict[str, Unknown]()
    objects = config.objects
    if "opportunities" in provides and not config.stage_history:
        gaps["opportunities.stays"] = Unknown(Why.NOT_CONFIGURED, "hubspot.stage_history: switch it on")
    if "assignments" in provides and not objects["assignments"].read:
        gaps["assignments.end"] = Unknown(Why.NOT_SUPPORTED, "companies: who owned them before")
    if "sale_lines" in provides:
        cost = "cost" if "cost" in objects["lines"].fields else "unit_cost"
        if not settings.has(objects["lines"], cost):
            gaps["sale_lines.cost"] = settings.missing(objects["lines"], cost)
        if not objects["splits"].read and entry_gap(settings, objects["credits"]) is not None:
            gaps["sale_lines.credits"] = Unknown(
                Why.NOT_CONFIGURED, "hubspot.objects.splits.enabled: switch it on"
            )
    if "offering" in provides and entry_gap(settings, objects["costs"]) is not None:
        gaps["offering.products.dated_costs"] = Unknown(
            Why.NOT_CONFIGURED, "hubspot.objects.costs: name its object"
        )
    contacts = entry_gap(settings, objects["contacts"])
    if "cases" in provides and (contacts is not None or not config.ticket_contacts):
        off = Unknown(Why.NOT_CONFIGURED, "hubspot.ticket_contacts: switch it on")
        gaps["cases.buyer_id"] = off if contacts is None else contacts
    if contacts is not None:
        for concept, name in (
            ("sale_lines", "buyer_id"),
            ("opportunities", "lines.buyer_id"),
            ("meetings", "buyer_ids"),
        ):
            if (
                concept in provides
                and f"{concept}.{name}" not in gaps
                and not settings.has(objects["lines"], name.rpartition(".")[2])
            ):
                gaps[f"{concept}.{name}"] = contacts
    for name in ("role", "manager_id", "supports_account_ids"):
        if not any(name in person for person in config.people.values()):
            gaps[f"people.{name}"] = Unknown(Why.NOT_CONFIGURED, f"hubspot.people: say each one's {name}")
    return gaps
