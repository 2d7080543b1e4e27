"""The standard objects of a Salesforce org with every sales feature switched on: fields, types and references.

Names and types are those of the vendor's object reference; a multi-currency org has ``CurrencyIsoCode`` besides.
"""

from __future__ import annotations

from typing import Final

from sam_adapters.testing.salesforce import Org

__all__ = ["CURRENCY_OBJECTS", "standard_org"]

_SCHEMA: Final = """
User: Name string, Email string, IsActive boolean, ManagerId User, UserRoleId UserRole, UserType picklist, Title string
UserRole: Name string, ParentRoleId UserRole
Account: Name string, ParentId Account, OwnerId User, Type picklist, Industry picklist, Rating picklist,
    ShippingStreet textarea, ShippingCity string, ShippingCountry string, BillingStreet textarea, BillingCity string,
    BillingCountry string, AnnualRevenue currency, CreatedDate datetime, SystemModstamp datetime
AccountHistory: AccountId Account, Field picklist, OldValue string, NewValue string, CreatedDate datetime
Contact: AccountId Account, Name string, FirstName string, LastName string, Title string, Department string,
    Email string, ReportsToId Contact, OwnerId User
AccountContactRelation: AccountId Account, ContactId Contact, Roles string, IsDirect boolean, IsActive boolean,
    StartDate date, EndDate date
AccountTeamMember: AccountId Account, UserId User, TeamMemberRole picklist
Opportunity: AccountId Account, Name string, StageName picklist, Amount currency, Probability percent, CloseDate date,
    Type picklist, NextStep string, IsClosed boolean, IsWon boolean, ForecastCategoryName picklist, OwnerId User,
    ContactId Contact, CreatedDate datetime, LastStageChangeDate datetime
OpportunityLineItem: OpportunityId Opportunity, Product2Id Product2, Quantity double, UnitPrice currency,
    TotalPrice currency, Discount percent, ServiceDate date
OpportunityContactRole: OpportunityId Opportunity, ContactId Contact, Role picklist, IsPrimary boolean
OpportunitySplitType: MasterLabel string, IsTotalValidated boolean
OpportunitySplit: OpportunityId Opportunity, SplitOwnerId User, SplitPercentage percent, SplitTypeId OpportunitySplitType
OpportunityTeamMember: OpportunityId Opportunity, UserId User, TeamMemberRole picklist, CreatedDate datetime
OpportunityHistory: OpportunityId Opportunity, StageName picklist, CreatedDate datetime
Product2: Name string, ProductCode string, Family picklist, IsActive boolean, LastModifiedDate datetime
Order: AccountId Account, EffectiveDate date, Status picklist, StatusCode picklist, BillToContactId Contact
OrderItem: OrderId Order, Product2Id Product2, Quantity double, UnitPrice currency, TotalPrice currency,
    ServiceDate date
Asset: AccountId Account, ContactId Contact, Product2Id Product2, Name string, Quantity double, Price currency,
    Status picklist, InstallDate date, PurchaseDate date, UsageEndDate date, IsCompetitorProduct boolean
Contract: AccountId Account, StartDate date, EndDate date, ContractTerm int, Status picklist, StatusCode picklist
Case: AccountId Account, ContactId Contact, CaseNumber string, Subject string, Status picklist, Priority picklist,
    Origin picklist, Type picklist, IsClosed boolean, IsEscalated boolean, CreatedDate datetime, ClosedDate datetime,
    OwnerId User
Event: AccountId Account, WhoId Contact, Subject string, StartDateTime datetime, EndDateTime datetime,
    ActivityDate date, IsChild boolean, EventSubtype picklist, OwnerId User, IsArchived boolean
Task: AccountId Account, WhoId Contact, Subject string, Status picklist, ActivityDate date,
    CompletedDateTime datetime, TaskSubtype picklist, IsClosed boolean, OwnerId User, IsArchived boolean
AccountPlan: AccountId Account, Name string, StartDate date, EndDate date, Status picklist, OwnerId User
AccountPlanObjective: AccountPlanId AccountPlan, Name string, Status picklist, StartDate date, EndDate date
AccountPlanObjectiveMeasure: AccountPlanObjectiveId AccountPlanObjective, Name string, TargetValue string,
    CurrentValue string, ValueType picklist
Period: Type picklist, StartDate date, EndDate date, IsForecastPeriod boolean
ForecastingQuota: QuotaOwnerId User, StartDate date, PeriodId Period, QuotaAmount currency, QuotaQuantity double,
    IsAmount boolean, ProductFamily picklist, ForecastingTypeId string
"""

_CURRENCIES: Final = """
CurrencyType: IsoCode picklist, ConversionRate double, DecimalPlaces int, IsActive boolean, IsCorporate boolean
DatedConversionRate: IsoCode picklist, ConversionRate double, StartDate date, NextStartDate date
"""

CURRENCY_OBJECTS: Final = (
    "Account Opportunity OpportunityLineItem Product2 OrderItem Asset Contract ForecastingQuota".split()
)
"""The objects that tell their currency in a multi-currency org."""

_PERSON_ACCOUNTS: Final = {
    "IsPersonAccount": "boolean",
    "PersonContactId": "Contact",
    "PersonTitle": "string",
}


def _define(org: Org, schema: str) -> None:
    for line in schema.replace(",\n", ",").strip().splitlines():
        name, _, rest = line.partition(":")
        org.define(name, **dict(item.split() for item in rest.split(",")))


def standard_org(*, currencies: bool = False, person_accounts: bool = False) -> Org:
    """An org with the standard objects and no records.

    Args:
        currencies: more than one is in use.
        person_accounts: they are enabled.
    """
    org = Org()
    _define(org, _SCHEMA)
    if currencies:
        _define(org, _CURRENCIES)
        for name in CURRENCY_OBJECTS:
            org.define(name, CurrencyIsoCode="picklist")
    if person_accounts:
        org.define("Account", **_PERSON_ACCOUNTS)
    return org
