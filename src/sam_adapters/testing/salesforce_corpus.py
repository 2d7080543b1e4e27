"""The reference corpus laid out as a Salesforce org, with the mapping file that reads it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sam_adapters.testing.corpus import Corpus
from sam_adapters.testing.salesforce import Org
from sam_adapters.testing.salesforce_corpus_mapping import (
    CORPUS_MAPPING,
    OWN_OBJECTS,
    STANDARD_CHANGES,
    STEP_FIELDS,
    api_name,
    object_name,
    own_fields,
)
from sam_adapters.testing.salesforce_schema import standard_org
from sam_core.book import Dossier, OpportunityStatus
from sam_core.values import Period, Unknown

__all__ = ["CORPUS_MAPPING", "corpus_org"]


def _raw(value: Any) -> Any:
    """A value as Salesforce sends it."""
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return ";".join(str(_raw(item)) for item in value) or ";"
    return value


def _type(values: Iterable[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} and kinds:
        return "boolean"
    return "double" if kinds and kinds <= {Decimal, int} else "string"


def _percent(share: Any) -> Any:
    return None if isinstance(share, Unknown) else share * 100


class _Loader:
    """Adds records, and the fields they need."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.serial = 0

    def next_id(self) -> str:
        self.serial += 1
        return f"900{self.serial:015d}"

    def add(self, name: str, references: Mapping[str, str] | None = None, /, **values: Any) -> None:
        raw = {key: _raw(value) for key, value in values.items()}
        fields = self.org.fields.get(name, {})
        self.org.define(name, **(references or {}))
        self.org.define(
            name,
            **{
                key: _type([value])
                for key, value in raw.items()
                if key not in fields and key not in (references or {}) and key != "Id"
            },
        )
        self.org.add(name, **raw)

    def own(self, key: str, record: Any, record_id: str, links: Mapping[str, Any]) -> None:
        """A record of one of the custom objects, field by field."""
        kind, _, references = OWN_OBJECTS[key]
        values = {api_name(name): getattr(record, name) for name in own_fields(kind)}
        self.add(object_name(key), references, Id=record_id, **{**values, **links})


def corpus_org(corpus: Corpus) -> Org:
    """An org that holds the corpus."""
    org = standard_org()
    load = _Loader(org)
    for key, (kind, _, references) in OWN_OBJECTS.items():
        dates = dict.fromkeys(map(api_name, own_fields(kind)), "string")
        org.define(object_name(key), **{**dates, **references})
    for key in ("expectations", "growth_goals"):
        org.define(object_name(key), Start__c="date", End__c="date")
    for name, links in (
        ("Stage__c", {"Opportunity__c": "Opportunity", "Name": "string", "Start__c": "date"}),
        (
            "Credit__c",
            {"Line__c": "OrderItem", "Person__c": "User", "Percent__c": "double", "Kind__c": "string"},
        ),
        ("Target__c", {"Plan__c": "AccountPlan"}),
        ("Handover__c", {"Account__c": "Account"}),
        ("Cost__c", {"Product__c": "Product2", "Start__c": "date", "Unit_Cost__c": "double"}),
    ):
        org.define(name, **links)
    for entry in STANDARD_CHANGES.items():
        _define_mapped(org, *entry)
    first = corpus.headers[0]
    _people(load, first.people)
    _offering(load, first.offering)
    for header in corpus.headers:
        _targets(load, header)
    for dossier in corpus.dossiers:
        _customer(load, dossier)
    return org


def _define_mapped(org: Org, key: str, entry: Mapping[str, Any]) -> None:
    from sam_adapters.salesforce.objects import STANDARD_OBJECTS

    name = entry.get("object") or STANDARD_OBJECTS[key].object
    known = org.fields.get(name, {})
    org.define(name, **{path: "string" for path in entry["fields"].values() if path not in known})


def _people(load: _Loader, people: Any) -> None:
    for person in people:
        load.add(
            "User",
            Id=person.id,
            Name=person.name,
            Title=person.role,
            ManagerId=person.manager_id,
            Supports__c=person.supports_account_ids,
            UserType="Standard",
            IsActive=True,
        )


def _offering(load: _Loader, offering: Any) -> None:
    for product in offering.products:
        load.add(
            "Product2",
            Id=product.id,
            Name=product.name,
            Family=product.family,
            IsActive=product.retired_on is None,
            Kind__c=product.kind,
            Introduced_On__c=product.introduced_on,
            Retired_On__c=product.retired_on,
            Segments__c=product.segments,
            Standard_Cost__c=product.standard_cost,
        )
        for cost in product.dated_costs:
            load.add(
                "Cost__c",
                Id=load.next_id(),
                Product__c=product.id,
                Start__c=cost.start,
                Unit_Cost__c=cost.unit_cost,
            )


def _targets(load: _Loader, header: Any) -> None:
    periods: dict[Period, str] = {}
    person = {"Person_Id__c": header.id}
    for quota in header.quotas:
        if quota.period not in periods:
            periods[quota.period] = load.next_id()
            load.add(
                "Period",
                Id=periods[quota.period],
                StartDate=quota.period.start,
                EndDate=quota.period.end,
                IsForecastPeriod=True,
            )
        load.add(
            "ForecastingQuota",
            Id=quota.id,
            QuotaOwnerId=header.id,
            StartDate=quota.period.start,
            PeriodId=periods[quota.period],
            QuotaAmount=quota.amount,
            IsAmount=True,
            ProductFamily=quota.family,
            Counts__c=quota.counts,
        )
    for key in ("expectations", "growth_goals"):
        for goal in getattr(header, key):
            span = {"Start__c": goal.period.start, "End__c": goal.period.end}
            load.own(key, goal, goal.id, {**span, **person})
    for objective in header.training:
        load.own("training", objective, objective.id, {})
    load.own("candidates", header.candidate, header.candidate.id, person)
    for key in ("degrees", "selling", "achievements"):
        for part in getattr(header.candidate, key):
            load.own(key, part, getattr(part, "id", "") or load.next_id(), person)


def _customer(load: _Loader, dossier: Dossier) -> None:
    account = dossier.account
    held: Any = dossier.assignments
    managers = [a for a in held if a.end is None]
    load.add(
        "Account",
        Id=account.id,
        Name=account.name,
        OwnerId=managers[-1].person_id,
        Industry=account.segment,
        Tier__c=account.tier,
        Excluded__c=account.excluded_product_ids or None,
    )
    collections: Any = dossier
    for place in collections.locations:
        load.add(
            "Account",
            Id=place.id,
            Name=place.name,
            ParentId=account.id,
            OwnerId=managers[-1].person_id,
            ShippingCity=place.city,
            ShippingCountry=place.country,
        )
    for buyer in collections.buyers:
        load.add(
            "Contact",
            Id=buyer.id,
            Name=buyer.name,
            AccountId=buyer.location_id or account.id,
            Title=buyer.title,
            ReportsToId=buyer.reports_to_id,
            Role__c=buyer.role,
            Influence__c=buyer.influence,
            Left_On__c=buyer.left_on,
        )
    for key in OWN_OBJECTS:
        if key in (
            "assignments",
            "competitor_holdings",
            "spend_estimates",
            "deliveries",
            "readings",
            "service_actions",
            "support_requests",
        ):
            for record in getattr(dossier, key):
                load.own(key, record, record.id, {"Account__c": account.id})
    for member in collections.team:
        load.add(
            "AccountTeamMember",
            Id=member.id,
            AccountId=account.id,
            UserId=member.person_id,
            TeamMemberRole=member.role,
            Start__c=member.start,
            End__c=member.end,
        )
    _sold(load, account.id, collections.sale_lines)
    for deal in collections.opportunities:
        _opportunity(load, account.id, deal)
    for contract in collections.contracts:
        load.add(
            "Contract",
            Id=contract.id,
            AccountId=account.id,
            StartDate=contract.start,
            EndDate=contract.end,
            StatusCode="Activated",
            Yearly__c=contract.yearly_amount,
            Product__c=contract.product_id,
            Location__c=contract.location_id,
            Cancelled_On__c=contract.cancelled_on,
        )
    for plan in collections.plans:
        _plan(load, account.id, plan)
    for case in collections.cases:
        load.add(
            "Case",
            Id=case.id,
            AccountId=account.id,
            ContactId=case.buyer_id,
            Subject=case.subject,
            Priority=case.priority,
            CreatedDate=case.opened_at,
            ClosedDate=case.closed_at,
            IsClosed=case.closed_at is not None,
            Rep__c=case.service_rep_id,
            Reopened_At__c=case.reopened_at,
            Escalated_At__c=case.escalated_at,
            Location__c=case.location_id,
        )
    for meeting in collections.meetings:
        load.add(
            "Event",
            Id=meeting.id,
            AccountId=account.id,
            Subject=meeting.subject,
            StartDateTime=meeting.held_at,
            IsChild=False,
            Mode__c=meeting.mode,
            Our_Ids__c=meeting.our_ids,
            Buyer_Ids__c=meeting.buyer_ids,
            Location__c=meeting.location_id,
        )
    for handover in collections.handovers:
        _handover(load, account.id, handover)


def _sold(load: _Loader, account_id: str, lines: Any) -> None:
    orders: set[str] = set()
    for line in lines:
        if line.order_id not in orders:
            orders.add(line.order_id)
            load.add(
                "Order", Id=line.order_id, AccountId=account_id, EffectiveDate=line.on, StatusCode="Activated"
            )
        load.add(
            "OrderItem",
            Id=line.id,
            OrderId=line.order_id,
            Product2Id=line.product_id,
            Quantity=line.quantity,
            TotalPrice=line.revenue,
            ServiceDate=line.on,
            Location__c=line.location_id,
            Buyer__c=line.buyer_id,
            Cost__c=line.cost,
        )
        for credit in line.credits:
            load.add(
                "Credit__c",
                Id=load.next_id(),
                Line__c=line.id,
                Person__c=credit.person_id,
                Percent__c=credit.share * 100,
                Kind__c=credit.kind,
            )


def _opportunity(load: _Loader, account_id: str, deal: Any) -> None:
    load.add(
        "Opportunity",
        Id=deal.id,
        AccountId=account_id,
        Name=deal.name,
        CreatedDate=datetime.fromisoformat(f"{deal.opened_on}T12:00:00"),
        StageName=deal.stage,
        CloseDate=deal.closed_on or (None if isinstance(deal.closes_on, Unknown) else deal.closes_on),
        Closes_On__c=deal.closes_on,
        IsClosed=deal.status is not OpportunityStatus.OPEN,
        IsWon=deal.status is OpportunityStatus.WON,
        Amount=deal.amount,
        Probability=_percent(deal.probability),
        Lead__c=deal.lead_id,
        Lead_Reason__c=deal.lead_reason,
        NextStep=deal.next_step,
        Next_Step_On__c=deal.next_step_on,
    )
    for stay in deal.stays:
        load.add("Stage__c", Id=load.next_id(), Opportunity__c=deal.id, Name=stay.stage, Start__c=stay.start)
    for engagement in deal.engagements:
        load.add(
            "OpportunityTeamMember",
            Id=engagement.id,
            OpportunityId=deal.id,
            UserId=engagement.person_id,
            TeamMemberRole=engagement.role,
            On__c=engagement.on,
        )
    for line in deal.lines:
        load.add(
            "OpportunityLineItem",
            Id=line.id,
            OpportunityId=deal.id,
            Product2Id=line.product_id,
            TotalPrice=line.amount,
            Location__c=line.location_id,
            Buyer__c=line.buyer_id,
        )


def _plan(load: _Loader, account_id: str, plan: Any) -> None:
    load.add(
        "AccountPlan",
        Id=plan.id,
        AccountId=account_id,
        Name=plan.title,
        StartDate=plan.start,
        EndDate=plan.end,
        Owner_Id__c=plan.owner_id,
        Reviewed_On__c=plan.reviewed_on,
    )
    link = {"Plan_Id__c": plan.id}
    for session in plan.sessions:
        load.own("sessions", session, session.id, link)
    for need in plan.needs:
        load.own("needs", need, need.id, link)
    for initiative in plan.initiatives:
        investment = initiative.investment
        load.add(
            "AccountPlanObjective",
            Id=initiative.id,
            AccountPlanId=plan.id,
            Name=initiative.title,
            Status=initiative.status,
            Need_Ids__c=initiative.need_ids or None,
            Priority__c=initiative.priority,
            Closed_On__c=initiative.closed_on,
            Company_Pays__c=investment.company if investment else None,
            Customer_Pays__c=investment.customer if investment else None,
        )
        for action in initiative.actions:
            load.own("actions", action, action.id, {"Initiative_Id__c": initiative.id})
    for target in plan.targets:
        load.add(
            "Target__c",
            Id=target.id,
            Plan__c=plan.id,
            Measure__c=target.measure,
            Value__c=target.value,
            Unit__c=target.unit,
            Due_On__c=target.due_on,
        )


def _handover(load: _Loader, account_id: str, handover: Any) -> None:
    steps = {api_name(STEP_FIELDS[step.state]): step.on for step in handover.steps}
    load.add(
        "Handover__c",
        Id=handover.id,
        Account__c=account_id,
        **steps,
        Opportunity_Id__c=handover.opportunity_id,
        Manager_Id__c=handover.manager_id,
        Manager_Named_On__c=handover.manager_named_on,
    )
    for item in handover.checklist:
        load.own("checklist", item, item.id, {"Handover_Id__c": handover.id})
