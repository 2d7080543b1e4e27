"""Which Salesforce objects and fields are read for what: the standard map, every line of which a mapping file may change.

An entry's ``fields`` go from our names to paths in the org. Where our name is an attribute of a core record, the value
is taken as it is; the other names are what the mapping works with. Entries without an ``object`` are for custom objects:
name one in the mapping file and they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

__all__ = ["NOWHERE", "STANDARD_OBJECTS", "Condition", "ObjectSpec", "Scope"]

NOWHERE: Final = "?"
"""The account path of an entry that has no usual one; a mapping file has to give it."""

Condition = str | bool | int | None | tuple[str, ...]


def _copied(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(values)  # a plain one, because books that hold it are pickled


class Scope:
    """How an object is cut down to one manager's book."""

    ACCOUNT = "account"
    """By the owner of its account; ``account`` is the relationship path to it."""
    PERSON = "person"
    """By the user in its field ``person_id``."""
    ALL = "all"
    """Not at all: it belongs to the whole company."""


@frozen(kw_only=True)
class ObjectSpec:
    """One object to read.

    Attributes:
        key: our name for it.
        object: its API name; ``""`` while none is configured.
        fields: our field names and their paths.
        scope: how it is cut down, one of :class:`Scope`.
        account: path of relationships to the account, ``"Opportunity.Account"``; ``""`` on Account itself.
        required: our names without which it is of no use.
        feeds: the concepts it provides.
        helps: the concepts it makes more exact.
        where: further conditions by path; a tuple means any of; ``!`` after the path means not.
        enabled: False for what is read only on request.
        weight: how long it usually is beside the others; the longest are begun first.
        archived: the org puts old records aside, where a plain query does not find them; they are read too.
    """

    key: str
    object: str = ""
    fields: Mapping[str, str] = field(factory=dict, converter=_copied)
    scope: str = Scope.ACCOUNT
    account: str = "Account"
    required: frozenset[str] = frozenset({"id"})
    feeds: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    where: Mapping[str, Condition] = field(factory=dict, converter=_copied)
    enabled: bool = True
    weight: int = 1
    archived: bool = False

    @property
    def account_field(self) -> str:
        """Path of the field that holds the account's id; ``""`` where the object has none."""
        if self.scope != Scope.ACCOUNT:
            return ""
        if not self.account:
            return "Id"
        head, _, last = self.account.rpartition(".")
        name = last[:-3] + "__c" if last.endswith("__r") else last + "Id"
        return f"{head}.{name}" if head else name

    def path(self, name: str) -> str:
        """Where one of our fields is, for people: ``"Case.Priority"``."""
        return f"{self.object or self.key}.{self.fields.get(name, name)}"


def _spec(key: str, sobject: str, fields: str, **more: Any) -> ObjectSpec:
    """``fields`` lists paths, each with our name before it: ``"id=Id name=Name"``."""
    pairs = dict(item.split("=") for item in fields.split())
    required = frozenset(more.pop("required", "id").split())
    return ObjectSpec(key=key, object=sobject, fields={"id": "Id", **pairs}, required=required, **more)


def _custom(key: str, required: str, *feeds: str, **more: Any) -> ObjectSpec:
    return ObjectSpec(key=key, required=frozenset(("id " + required).split()), feeds=feeds, **more)


_CURRENCY: Final[Mapping[str, str]] = {"currency": "CurrencyIsoCode"}
"""What every object of a multi-currency org has."""

_ENTRIES: Final = (
    _spec(
        "accounts",
        "Account",
        "name=Name parent_id=ParentId parent_name=Parent.Name owner_id=OwnerId segment=Industry currency=CurrencyIsoCode "
        "shipping_street=ShippingStreet shipping_city=ShippingCity shipping_country=ShippingCountry "
        "billing_street=BillingStreet billing_city=BillingCity billing_country=BillingCountry "
        "is_person=IsPersonAccount person_contact_id=PersonContactId person_title=PersonTitle",
        account="",
        required="id name owner_id",
        feeds=("locations", "assignments"),
        weight=30,
    ),
    _spec(
        "owner_history",
        "AccountHistory",
        "on=CreatedDate old=OldValue new=NewValue",
        where={"Field": "Owner"},
        required="id on old new",
        helps=("assignments",),
    ),
    _spec(
        "contacts",
        "Contact",
        "name=Name title=Title reports_to_id=ReportsToId",
        required="id name",
        feeds=("buyers",),
        weight=60,
    ),
    _spec(
        "account_contacts",
        "AccountContactRelation",
        "contact_id=ContactId name=Contact.Name title=Contact.Title roles=Roles direct=IsDirect active=IsActive end=EndDate",
        required="id contact_id",
        helps=("buyers",),
        weight=50,
    ),
    _spec(
        "team",
        "AccountTeamMember",
        "person_id=UserId role=TeamMemberRole",
        required="id person_id",
        feeds=("team",),
    ),
    _spec(
        "opportunities",
        "Opportunity",
        "name=Name opened_on=CreatedDate stage=StageName closes_on=CloseDate closed_on=CloseDate amount=Amount "
        "probability=Probability lead_id=OwnerId next_step=NextStep is_closed=IsClosed is_won=IsWon "
        "contact_id=ContactId currency=CurrencyIsoCode",
        required="id name opened_on closed_on is_closed is_won",
        feeds=("opportunities", "sale_lines"),
        weight=80,
    ),
    _spec(
        "lines",
        "OpportunityLineItem",
        "opportunity_id=OpportunityId product_id=Product2Id quantity=Quantity amount=TotalPrice "
        "currency=CurrencyIsoCode",
        account="Opportunity.Account",
        required="id opportunity_id amount",
        helps=("sale_lines", "opportunities"),
        weight=100,
    ),
    _spec(
        "contact_roles",
        "OpportunityContactRole",
        "opportunity_id=OpportunityId contact_id=ContactId role=Role primary=IsPrimary",
        account="Opportunity.Account",
        required="id opportunity_id contact_id",
        helps=("sale_lines", "opportunities", "buyers"),
        weight=90,
    ),
    _spec(
        "splits",
        "OpportunitySplit",
        "opportunity_id=OpportunityId person_id=SplitOwnerId percent=SplitPercentage type=SplitTypeId revenue=SplitType.IsTotalValidated",
        account="Opportunity.Account",
        required="id opportunity_id person_id percent revenue",
        helps=("sale_lines",),
    ),
    _spec(
        "engagements",
        "OpportunityTeamMember",
        "opportunity_id=OpportunityId person_id=UserId role=TeamMemberRole on=CreatedDate",
        account="Opportunity.Account",
        required="id opportunity_id role",
        helps=("opportunities",),
    ),
    _spec(
        "stages",
        "OpportunityHistory",
        "opportunity_id=OpportunityId stage=StageName on=CreatedDate",
        account="Opportunity.Account",
        required="id opportunity_id stage on",
        helps=("opportunities",),
        enabled=False,
    ),
    _spec(
        "orders",
        "OrderItem",
        "order_id=OrderId on=Order.EffectiveDate product_id=Product2Id quantity=Quantity revenue=TotalPrice "
        "buyer_id=Order.BillToContactId currency=CurrencyIsoCode",
        account="Order.Account",
        where={"Order.StatusCode": "Activated"},
        required="id on revenue",
        enabled=False,
        weight=95,
    ),
    _spec(
        "assets",
        "Asset",
        "product_id=Product2Id buyer_id=ContactId quantity=Quantity price=Price on=PurchaseDate seen_on=InstallDate "
        "competitor=IsCompetitorProduct name=Name currency=CurrencyIsoCode",
        required="id product_id competitor name",
        feeds=("competitor_holdings",),
        weight=40,
    ),
    _spec(
        "contracts",
        "Contract",
        "start=StartDate end=EndDate currency=CurrencyIsoCode",
        where={"StatusCode": "Activated"},
        required="id start end",
        feeds=("contracts",),
    ),
    _spec(
        "cases",
        "Case",
        "opened_at=CreatedDate closed_at=ClosedDate priority=Priority subject=Subject buyer_id=ContactId "
        "service_rep_id=OwnerId",
        required="id opened_at closed_at",
        feeds=("cases",),
        weight=45,
    ),
    _spec(
        "events",
        "Event",
        "held_at=StartDateTime all_day_on=ActivityDate mode=EventSubtype subject=Subject our_id=OwnerId who_id=WhoId",
        where={"IsChild": False, "IsDeleted": False},
        required="id held_at",
        archived=True,
        feeds=("meetings",),
        weight=35,
    ),
    _spec(
        "calls",
        "Task",
        "held_at=CompletedDateTime all_day_on=ActivityDate subject=Subject our_id=OwnerId who_id=WhoId",
        where={"TaskSubtype": "Call", "IsClosed": True, "IsDeleted": False},
        required="id held_at",
        archived=True,
        helps=("meetings",),
        weight=55,
    ),
    _spec(
        "plans",
        "AccountPlan",
        "title=Name start=StartDate end=EndDate owner_id=OwnerId",
        required="id title start end",
        feeds=("plans",),
    ),
    _spec(
        "initiatives",
        "AccountPlanObjective",
        "plan_id=AccountPlanId title=Name status=Status currency=CurrencyIsoCode",
        account="AccountPlan.Account",
        required="id plan_id title",
        helps=("plans",),
    ),
    _spec(
        "plan_targets",
        "AccountPlanObjectiveMeasure",
        "plan_id=AccountPlanObjective.AccountPlanId measure=Name value=TargetValue unit=ValueType",
        account="AccountPlanObjective.AccountPlan.Account",
        required="id plan_id measure",
        helps=("plans",),
    ),
    _custom("needs", "plan_id text", helps=("plans",), account=NOWHERE),
    _custom("sessions", "plan_id on", helps=("plans",), account=NOWHERE),
    _custom("actions", "initiative_id text", helps=("plans",), account=NOWHERE),
    _custom("locations", "name", helps=("locations",)),
    _custom("assignments", "person_id", helps=("assignments",)),
    _custom("competitor_holdings", "product_id competitor", "competitor_holdings"),
    _custom("spend_estimates", "yearly_amount source on", "spend_estimates", fields=_CURRENCY),
    _custom("deliveries", "due_on", "deliveries"),
    _custom("readings", "on value", "readings"),
    _custom("service_actions", "on about_id", "service_actions"),
    _custom("handovers", "won_on", "handovers"),
    _custom("credits", "line_id person_id percent", helps=("sale_lines",), account=NOWHERE),
    _custom("checklist", "handover_id text", helps=("handovers",), account=NOWHERE),
    _custom("support_requests", "role asked_on", "support_requests"),
    _spec(
        "products",
        "Product2",
        "name=Name family=Family active=IsActive changed_on=LastModifiedDate currency=CurrencyIsoCode",
        scope=Scope.ALL,
        required="id name",
        feeds=("offering",),
    ),
    _custom("costs", "product_id start unit_cost", helps=("offering",), scope=Scope.ALL, fields=_CURRENCY),
    _spec(
        "quotas",
        "ForecastingQuota",
        "person_id=QuotaOwnerId start=StartDate period_id=PeriodId amount=QuotaAmount units=QuotaQuantity "
        "is_amount=IsAmount family=ProductFamily forecasting_type=ForecastingTypeId currency=CurrencyIsoCode",
        scope=Scope.PERSON,
        required="id person_id start amount",
        feeds=("quotas",),
    ),
    _spec(
        "periods",
        "Period",
        "start=StartDate end=EndDate",
        scope=Scope.ALL,
        where={"IsForecastPeriod": True},
        required="id start end",
        helps=("quotas",),
    ),
    _custom("expectations", "person_id start end", "expectations", scope=Scope.PERSON, fields=_CURRENCY),
    _custom("growth_goals", "person_id start end", "growth_goals", scope=Scope.PERSON),
    _custom("training", "person_id title", "training", scope=Scope.PERSON),
    _custom("candidates", "person_id name", "candidate", scope=Scope.PERSON),
    _custom("degrees", "person_id title", helps=("candidate",), scope=Scope.PERSON),
    _custom("selling", "person_id start", helps=("candidate",), scope=Scope.PERSON),
    _custom("achievements", "person_id text on", helps=("candidate",), scope=Scope.PERSON),
    _spec(
        "users",
        "User",
        "name=Name manager_id=ManagerId role=UserRole.Name",
        scope=Scope.ALL,
        where={"UserType": "Standard"},
        required="id name",
        feeds=("people",),
    ),
    _spec(
        "currencies",
        "CurrencyType",
        "code=IsoCode rate=ConversionRate corporate=IsCorporate places=DecimalPlaces",
        scope=Scope.ALL,
        required="id code rate corporate",
    ),
    _spec(
        "rates",
        "DatedConversionRate",
        "code=IsoCode rate=ConversionRate start=StartDate next=NextStartDate",
        scope=Scope.ALL,
        required="id code rate start next",
    ),
)

STANDARD_OBJECTS: Final[Mapping[str, ObjectSpec]] = MappingProxyType({spec.key: spec for spec in _ENTRIES})
"""The standard map, by key."""
