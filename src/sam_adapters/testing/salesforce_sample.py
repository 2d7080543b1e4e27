"""A large book for measuring: two hundred customers, told by multiplication and the same at every call."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sam_adapters.testing.salesforce import Org
from sam_adapters.testing.salesforce_schema import standard_org

__all__ = ["SAMPLE_MANAGER", "SAMPLE_ROWS", "sample_org"]

SAMPLE_MANAGER: Final = "005000000000000001"
SAMPLE_ROWS: Final = {
    "Account": 200,
    "Contact": 4_000,
    "Opportunity": 5_000,
    "OpportunityLineItem": 15_000,
    "Case": 3_000,
    "OpportunityContactRole": 10_000,
    "AccountContactRelation": 4_000,
    "AccountTeamMember": 600,
    "Task": 4_000,
    "Event": 2_000,
    "ForecastingQuota": 50,
    "AccountPlan": 200,
    "User": 50,
    "Product2": 300,
    "Asset": 2_000,
    "Period": 12,
}
"""Rows by object, sixteen of them."""


def _id(prefix: str, number: int) -> str:
    return f"{prefix}{number:015d}"


def sample_org() -> Org:
    """An org with :data:`SAMPLE_ROWS`, all of one manager."""
    org = standard_org()
    rows = SAMPLE_ROWS

    def account(number: int) -> str:
        return _id("001", number % rows["Account"] + 1)

    def deal(number: int) -> str:
        return _id("006", number % rows["Opportunity"] + 1)

    def contact(number: int) -> str:
        return _id("003", number % rows["Contact"] + 1)

    for n in range(rows["User"]):
        org.add(
            "User",
            Id=_id("005", n + 1),
            Name=f"User {n}",
            UserType="Standard",
            ManagerId=SAMPLE_MANAGER if n else None,
        )
    for n in range(rows["Product2"]):
        org.add(
            "Product2", Id=_id("01t", n + 1), Name=f"Product {n}", Family=f"Family {n % 7}", IsActive=True
        )
    for n in range(rows["Period"]):
        day = f"2026-{n + 1:02d}"
        org.add(
            "Period", Id=_id("026", n + 1), StartDate=f"{day}-01", EndDate=f"{day}-28", IsForecastPeriod=True
        )
    for n in range(rows["ForecastingQuota"]):
        org.add(
            "ForecastingQuota",
            Id=_id("0J9", n + 1),
            QuotaOwnerId=SAMPLE_MANAGER,
            StartDate=f"2026-{n % 12 + 1:02d}-01",
            PeriodId=_id("026", n % 12 + 1),
            QuotaAmount=Decimal(10_000 + n),
            IsAmount=True,
        )
    for n in range(rows["Account"]):
        org.add(
            "Account",
            Id=account(n),
            Name=f"Customer {n}",
            OwnerId=SAMPLE_MANAGER,
            Industry="Steel",
            ShippingCity="Ulm",
        )
        org.add(
            "AccountPlan",
            Id=_id("0Pl", n + 1),
            AccountId=account(n),
            Name=f"Plan {n}",
            StartDate="2026-01-01",
            EndDate="2026-12-31",
        )
    for n in range(rows["AccountTeamMember"]):
        org.add(
            "AccountTeamMember", Id=_id("01M", n + 1), AccountId=account(n), UserId=_id("005", n % 50 + 1)
        )
    for n in range(rows["Contact"]):
        org.add("Contact", Id=contact(n), AccountId=account(n), Name=f"Contact {n}")
        org.add(
            "AccountContactRelation",
            Id=_id("07k", n + 1),
            AccountId=account(n),
            ContactId=contact(n),
            IsDirect=True,
            IsActive=True,
        )
    for n in range(rows["Opportunity"]):
        org.add(
            "Opportunity",
            Id=deal(n),
            AccountId=account(n),
            Name=f"Deal {n}",
            CreatedDate="2025-11-01T08:00:00.000+0000",
            CloseDate=f"2026-{n % 12 + 1:02d}-15",
            StageName="Closed Won" if n % 2 else "Proposal",
            IsClosed=bool(n % 2),
            IsWon=bool(n % 2),
            Amount=Decimal(900 + n),
            Probability=Decimal(50),
            OwnerId=SAMPLE_MANAGER,
        )
    for n in range(rows["OpportunityLineItem"]):
        org.add(
            "OpportunityLineItem",
            Id=_id("00k", n + 1),
            OpportunityId=deal(n),
            Product2Id=_id("01t", n % 300 + 1),
            Quantity=Decimal(n % 9 + 1),
            TotalPrice=Decimal(n % 1000) + Decimal("0.25"),
        )
    for n in range(rows["OpportunityContactRole"]):
        org.add(
            "OpportunityContactRole",
            Id=_id("00K", n + 1),
            OpportunityId=deal(n),
            ContactId=contact(n % 200),
            Role="Decision Maker",
            IsPrimary=n < rows["Opportunity"],
        )
    for n in range(rows["Case"]):
        org.add(
            "Case",
            Id=_id("500", n + 1),
            AccountId=account(n),
            CreatedDate="2026-03-01T09:00:00.000+0000",
            Priority="High",
            OwnerId=_id("00G", 1),
        )
    for n in range(rows["Event"]):
        org.add(
            "Event",
            Id=_id("00U", n + 1),
            AccountId=account(n),
            StartDateTime="2026-02-02T10:00:00.000+0000",
            IsChild=False,
            OwnerId=SAMPLE_MANAGER,
            WhoId=contact(n),
        )
    for n in range(rows["Task"]):
        org.add(
            "Task",
            Id=_id("00T", n + 1),
            AccountId=account(n),
            TaskSubtype="Call",
            IsClosed=True,
            CompletedDateTime="2026-02-03T10:00:00.000+0000",
            OwnerId=SAMPLE_MANAGER,
        )
    for n in range(rows["Asset"]):
        org.add(
            "Asset",
            Id=_id("02i", n + 1),
            AccountId=account(n),
            Product2Id=_id("01t", n % 300 + 1),
            Name=f"Asset {n}",
            IsCompetitorProduct=n % 10 == 0,
        )
    return org
