"""A HubSpot portal in memory: records, links, owners, pipelines, scopes, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import define, field

__all__ = ["SCOPES", "STANDARD_PROPERTIES", "Portal", "Record"]

SCOPES: Final = {
    "companies": "crm.objects.companies.read",
    "contacts": "crm.objects.contacts.read",
    "deals": "crm.objects.deals.read",
    "line_items": "crm.objects.line_items.read",
    "products": "crm.objects.products.read",
    "tickets": "tickets",
    "goal_targets": "crm.objects.goals.read",
    "feedback_submissions": "crm.objects.feedback_submissions.read",
    "meetings": "crm.objects.contacts.read",
    "calls": "crm.objects.contacts.read",
    "owners": "crm.objects.owners.read",
    "deal_splits": "crm.dealsplits.read_write",
    "currencies": "settings.currencies.read",
}
"""The scope that opens each kind of record; custom objects have one of their own."""

STANDARD_PROPERTIES: Final = {
    "companies": "name domain hubspot_owner_id hs_parent_company_id hs_num_child_companies type industry "
    "address city state zip country num_associated_contacts num_associated_deals "
    "hubspot_owner_assigneddate createdate",
    "contacts": "firstname lastname email jobtitle phone hs_buying_role hubspot_owner_id associatedcompanyid "
    "createdate",
    "deals": "dealname amount deal_currency_code amount_in_home_currency closedate createdate dealstage pipeline "
    "hs_is_closed hs_is_closed_won hs_deal_stage_probability hubspot_owner_id dealtype hs_next_step "
    "num_associated_contacts hs_num_of_associated_line_items hs_primary_associated_company",
    "line_items": "name hs_product_id hs_sku quantity price amount discount hs_line_item_currency_code "
    "hs_cost_of_goods_sold createdate",
    "products": "name hs_sku price hs_product_type hs_cost_of_goods_sold createdate",
    "tickets": "subject hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category createdate "
    "closed_date hubspot_owner_id",
    "meetings": "hs_meeting_title hs_meeting_start_time hs_meeting_end_time hs_meeting_outcome hs_activity_type "
    "hs_attendee_owner_ids hs_meeting_location hs_timestamp hubspot_owner_id",
    "calls": "hs_call_title hs_call_direction hs_call_status hs_call_duration hs_timestamp hubspot_owner_id",
    "goal_targets": "hs_goal_name hs_goal_type hs_target_amount hs_goal_target_currency_code hs_start_datetime "
    "hs_end_datetime hs_milestone hubspot_owner_id hs_assignee_user_id hs_created_by_user_id",
    "feedback_submissions": "hs_survey_type hs_value hs_submission_timestamp hs_survey_name hs_survey_id "
    "hs_survey_channel hs_response_group hs_sentiment hs_content",
}
"""The properties every portal has, per object, beside those every object has."""

_EVERYWHERE: Final = "hs_object_id hs_createdate hs_lastmodifieddate hs_merged_object_ids"
_SINGULAR: Final = {"companies": "company", "line_items": "line_item", "deals": "deal", "contacts": "contact"}


@define
class Record:
    """One record: its id, its properties as HubSpot keeps them (texts), and whether it is in the bin."""

    id: str
    properties: dict[str, str]
    archived: bool = False


@define
class Portal:
    """All a loopback HubSpot knows.

    Attributes:
        token: what it accepts as a bearer token.
        hidden: scopes the token has not been granted.
        lagging: records that the search index does not know yet, as (type, id).
        dated_links: links by (from type, to type), then from id, then to id: list of (type id, label).
        merged: ids that were merged away, as (type, id), and the id that took their place.
        removed: properties that were deleted, as (object, name).
        zone, currency, rates, owners, pipelines, splits: the account's settings.
    """

    token: str = "pat-loopback-0000"  # noqa: S105 - a loopback's own
    hidden: set[str] = field(factory=set)
    removed: set[tuple[str, str]] = field(factory=set)
    lagging: set[tuple[str, str]] = field(factory=set)
    objects: dict[str, dict[str, Record]] = field(factory=dict)
    links: dict[tuple[str, str], dict[str, dict[str, list[tuple[int, str | None]]]]] = field(factory=dict)
    merged: dict[tuple[str, str], str] = field(factory=dict)
    owners: list[dict[str, Any]] = field(factory=list)
    pipelines: dict[str, list[dict[str, Any]]] = field(factory=dict)
    splits: dict[str, list[dict[str, str]]] = field(factory=dict)
    custom_properties: dict[str, set[str]] = field(factory=dict)
    zone: str = "UTC"
    currency: str = "USD"
    rates: list[dict[str, Any]] = field(factory=list)

    def add(self, kind: str, record_id: str, /, **properties: str | None) -> Record:
        """Put a record in; ``None`` and ``""`` are blanks, and unknown properties become custom ones."""
        given = {name: value for name, value in properties.items() if value not in (None, "")}
        record = Record(record_id, {"hs_object_id": record_id, **given})
        self.objects.setdefault(kind, {})[record_id] = record
        self.declare(kind, set(properties) - self.properties(kind))
        return record

    def declare(self, kind: str, properties: Iterable[str]) -> None:
        """Create custom properties, and the custom object itself where it is new."""
        self.objects.setdefault(kind, {})
        self.custom_properties.setdefault(kind, set()).update(properties)

    def properties(self, kind: str) -> set[str]:
        """The names of an object's properties."""
        standard = f"{STANDARD_PROPERTIES.get(kind, '')} {_EVERYWHERE}".split()
        names = {*standard, *self.custom_properties.get(kind, ())}
        return {name for name in names if (kind, name) not in self.removed}

    def knows(self, kind: str) -> bool:
        """True for an object of this portal."""
        return kind in STANDARD_PROPERTIES or kind in self.objects

    def scope(self, kind: str) -> str:
        """The scope that opens an object."""
        return SCOPES.get(kind, "crm.objects.custom.read")

    def link(
        self,
        kind: str,
        record_id: str,
        to: str,
        to_id: str,
        type_ids: tuple[int, int] = (0, 0),
        label: str | None = None,
    ) -> None:
        """Link two records, both ways, each way with its own type id."""
        for a, a_id, b, b_id, type_id in (
            (kind, record_id, to, to_id, type_ids[0]),
            (to, to_id, kind, record_id, type_ids[1]),
        ):
            types = self.links.setdefault((a, b), {}).setdefault(a_id, {}).setdefault(b_id, [])
            if (type_id, label) not in types:
                types.append((type_id, label))

    def linked(self, kind: str, record_id: str, to: str) -> dict[str, list[tuple[int, str | None]]]:
        """What a record is linked to; a merged or archived record has no links."""
        alive = self.objects.get(to, {})
        found = self.links.get((kind, to), {}).get(record_id, {})
        return {i: types for i, types in found.items() if i in alive and not alive[i].archived}

    def archive(self, kind: str, record_id: str) -> None:
        """Put a record into the bin; its links are gone with it."""
        self.objects[kind][record_id].archived = True
        for (a, _b), links in self.links.items():
            if a == kind:
                links.pop(record_id, None)

    def merge(self, kind: str, first: str, second: str, into: str) -> Record:
        """Merge two records into a new one, as HubSpot does it: a new id, and the links move over."""
        old = [self.objects[kind].pop(record_id) for record_id in (first, second)]
        earlier = (
            before for one in old for before in one.properties.get("hs_merged_object_ids", "").split(";")
        )
        gone = [first, second, *(before for before in earlier if before)]
        properties = {**old[1].properties, **old[0].properties}
        properties["hs_merged_object_ids"] = ";".join(sorted(set(gone)))
        record = self.add(kind, into, **{k: v for k, v in properties.items() if k != "hs_object_id"})
        for record_id in gone:
            self.merged[kind, record_id] = into
        for (a, b), links in list(self.links.items()):
            if a == kind:
                for record_id in (first, second):
                    for other, types in links.pop(record_id, {}).items():
                        links.setdefault(into, {}).setdefault(other, []).extend(types)
            if b == kind:
                for targets in links.values():
                    for record_id in (first, second):
                        if record_id in targets:
                            targets.setdefault(into, []).extend(targets.pop(record_id))
        return record

    def now_called(self, kind: str, record_id: str) -> str:
        """The id a record answers to since it was merged."""
        while (kind, record_id) in self.merged:
            record_id = self.merged[kind, record_id]
        return record_id

    @staticmethod
    def plural(name: str) -> str:
        """The object behind ``associations.company``."""
        return next((plural for plural, singular in _SINGULAR.items() if singular == name), f"{name}s")
