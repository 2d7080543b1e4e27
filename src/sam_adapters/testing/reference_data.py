"""The records of the reference corpus, written out: small, complete, and the same for ever.

Three managers, six accounts. Every concept, every member of every enumeration, and texts
that break careless readers. A field that may be *none* is never blank here, for to most
sources the two look alike; a field that cannot be none is blank (``Unknown``) somewhere.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sam_core.book import (
    Account,
    AccountPlan,
    Achievement,
    Assignment,
    AssignmentRole,
    BackgroundCheck,
    Buyer,
    BuyerRole,
    Candidate,
    Case,
    ChecklistItem,
    CompetitorHolding,
    Contract,
    Credit,
    CreditKind,
    DatedCost,
    Degree,
    Delivery,
    Engagement,
    GrowthGoal,
    Handover,
    HandoverState,
    HandoverStep,
    Influence,
    Initiative,
    InitiativeStatus,
    Investment,
    Location,
    Meeting,
    MeetingMode,
    Need,
    Offering,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    Person,
    PersonRole,
    PlanAction,
    PlanningSession,
    PlanTarget,
    Product,
    ProductKind,
    ProfitExpectation,
    Quota,
    QuotaCounts,
    SaleLine,
    SatisfactionReading,
    SellingSpell,
    ServiceAction,
    SpendEstimate,
    StageStay,
    SupportRequest,
    TeamMember,
    TrainingObjective,
)
from sam_core.values import Period, Unknown, Why

__all__ = ["ACCOUNTS", "COLLECTIONS_OF", "CURRENCY", "OFFERING", "PEOPLE", "PERIOD", "TARGETS"]

CURRENCY: Final = "EUR"
PERIOD: Final = Period.year(2026)

_KINDS: Final = (
    "account location buyer assignment team sale opportunity opportunity_line engagement contract competitor "
    "spend plan session need initiative action target case delivery reading service_action meeting handover "
    "checklist support product person quota expectation goal training achievement order"
).split()


def _id(kind: str, number: int) -> str:
    """18 digits, too many for a double; the first three tell the kind."""
    return f"{101 + _KINDS.index(kind)}{number:015d}"


def _ids(kind: str, *numbers: int) -> tuple[str, ...]:
    return tuple(_id(kind, number) for number in numbers)


def _blank(field: str) -> Unknown:
    return Unknown(Why.BLANK, field)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- our own people ---------------------------------------------------------------------------

_R = PersonRole
_PEOPLE: Final[tuple[tuple[int, str, PersonRole | None, int | None, tuple[int, ...]], ...]] = (
    (1, "Ada Brandt", _R.SENIOR_ACCOUNT_MANAGER, 4, ()),
    (2, "Jo\u0303ao D'Ávila", _R.SENIOR_ACCOUNT_MANAGER, 4, ()),  # the first tilde is a combining one
    (3, "Łucja Ź\u0307ak-O'Neill", _R.SENIOR_ACCOUNT_MANAGER, 4, ()),
    (4, "Frieda Sommer", _R.FIELD_SALES_MANAGER, 5, ()),
    (5, "Max Null", _R.MANAGEMENT, None, ()),
    (6, "Bo Dev; DROP TABLE people;--", _R.BUSINESS_DEVELOPMENT, 5, ()),
    (7, "Sia Special", _R.SALES_SPECIALIST, 5, ()),
    (8, "Ima Plement", _R.IMPLEMENTATION, 5, ()),
    (9, "Serge Vice", _R.SERVICE, 5, ()),
    (10, "Cus Tomer", _R.CUSTOMER_SERVICE, 9, ()),
    (11, "Sue Port", _R.ACCOUNT_SUPPORT, 1, (1, 2)),
    (12, "Otto Other", _R.OTHER, 5, ()),
    (13, "No Role", None, 5, ()),
)
PEOPLE: Final = tuple(
    Person(
        id=_id("person", number),
        name=name,
        role=_blank("people.role") if role is None else role,
        manager_id=None if boss is None else _id("person", boss),
        supports_account_ids=_ids("account", *accounts),
    )
    for number, name, role, boss, accounts in _PEOPLE
)

# --- what we sell -----------------------------------------------------------------------------

OFFERING: Final = Offering(
    products=(
        Product(
            id=_id("product", 1),
            name="Pump, small",
            family="Pumps",
            kind=ProductKind.PRODUCT,
            introduced_on=_day("2018-03-01"),
            standard_cost=Decimal("640.10"),
            dated_costs=(
                DatedCost(start=_day("2024-01-01"), unit_cost=Decimal("600.05")),
                DatedCost(start=_day("2026-01-01"), unit_cost=Decimal("655.55")),
            ),
        ),
        Product(
            id=_id("product", 2),
            name='Pump 2" (50 mm), "large"',
            family="Pumps",
            kind=ProductKind.PRODUCT,
            standard_cost=Decimal(1300),
        ),
        Product(
            id=_id("product", 3),
            name="Valve, bronze",
            family="Valves, fittings & co.",
            kind=ProductKind.PRODUCT,
            segments=("Utilities", "Food & drink"),
            standard_cost=Decimal("12.345"),
        ),
        Product(
            id=_id("product", 4),
            name="Service, yearly",
            family="Services",
            kind=ProductKind.SERVICE,
            standard_cost=Decimal(0),
        ),
        Product(
            id=_id("product", 5),
            name="Training day",
            family="Services",
            kind=ProductKind.SERVICE,
            introduced_on=_day("2026-02-01"),
            standard_cost=_blank("products.standard_cost"),
        ),
        Product(
            id=_id("product", 6),
            name="Pump, old",
            family="Pumps",
            kind=ProductKind.PRODUCT,
            introduced_on=_day("2010-01-01"),
            retired_on=_day("2025-07-01"),
            standard_cost=Decimal("500.00"),
        ),
        Product(
            id=_id("product", 7),
            name="Part without a family",
            family=_blank("products.family"),
            kind=_blank("products.kind"),
            standard_cost=Decimal("1.10"),
        ),
    )
)

# --- what the managers are asked to reach, and what is known of themselves --------------------

TARGETS: Final[dict[str, dict[str, Any]]] = {
    _id("person", 1): {
        "quotas": (
            Quota(id=_id("quota", 1), period=Period.parse("2026H1"), amount=Decimal(150000)),
            Quota(id=_id("quota", 2), period=Period.parse("2026H2"), amount=Decimal("180000.50")),
            Quota(
                id=_id("quota", 3),
                period=PERIOD,
                amount=Decimal(60000),
                counts=QuotaCounts.GROSS_PROFIT,
            ),
            Quota(
                id=_id("quota", 4),
                period=PERIOD,
                amount=Decimal(40),
                counts=QuotaCounts.UNITS,
                family="Pumps",
            ),
        ),
        "expectations": (
            ProfitExpectation(
                id=_id("expectation", 1),
                period=PERIOD,
                gross_profit=Decimal(90000),
                margin=Decimal("0.325"),
            ),
        ),
        "growth_goals": (
            GrowthGoal(
                id=_id("goal", 1),
                period=PERIOD,
                revenue_growth=Decimal("0.08"),
                profit_growth=_blank("growth_goals.profit_growth"),
            ),
            GrowthGoal(
                id=_id("goal", 2),
                period=Period.parse("2026H2"),
                revenue_growth=Decimal("0.1"),
                profit_growth=Decimal("0.125"),
            ),
        ),
        "training": (
            TrainingObjective(
                id=_id("training", 1),
                person_id=_id("person", 1),
                title="Negotiation, part 2",
                assigned_on=_day("2026-01-10"),
                due_on=_day("2026-04-30"),
                completed_on=_day("2026-04-30"),
            ),
            TrainingObjective(
                id=_id("training", 2),
                person_id=_id("person", 1),
                title="Safety on site",
                due_on=_day("2026-05-31"),
                completed_on=_day("2026-06-02"),
            ),
            TrainingObjective(
                id=_id("training", 3),
                person_id=_id("person", 1),
                title="Finance for account managers",
                assigned_on=_day("2026-02-01"),
                due_on=_day("2026-11-30"),
                completed_on=None,
            ),
            TrainingObjective(
                id=_id("training", 4),
                person_id=_id("person", 1),
                title="Languages",
                due_on=_blank("training.due_on"),
                completed_on=None,
            ),
        ),
        "candidate": Candidate(
            id=_id("person", 1),
            name="Ada Brandt",
            degrees=(
                Degree(title="B.Eng. (Hons)", years=4, accredited=True, awarded_on=_day("2012-07-20")),
                Degree(
                    title="Certificate",
                    years=_blank("degrees.years"),
                    accredited=_blank("degrees.accredited"),
                ),
            ),
            selling=(
                SellingSpell(
                    start=_day("2013-01-01"),
                    end=_day("2016-12-31"),
                    business_to_business=True,
                    large_customers=False,
                ),
                SellingSpell(start=_day("2017-01-01"), business_to_business=True, large_customers=True),
            ),
            achievements=(
                Achievement(
                    id=_id("achievement", 1),
                    text="Account Manager of the year",
                    on=_day("2023-12-15"),
                    as_account_manager=True,
                ),
            ),
            able_with_computer=True,
            background_check=BackgroundCheck.PENDING,
        ),
    },
    _id("person", 2): {
        "quotas": (Quota(id=_id("quota", 5), period=PERIOD, amount=Decimal("99999.99")),),
        "expectations": (ProfitExpectation(id=_id("expectation", 2), period=PERIOD, margin=Decimal("0.3")),),
        "growth_goals": (),
        "training": (
            TrainingObjective(
                id=_id("training", 5),
                person_id=_id("person", 2),
                title="Product launch",
                assigned_on=_day("2026-01-15"),
                due_on=_day("2026-03-31"),
                completed_on=_day("2026-03-01"),
            ),
        ),
        "candidate": Candidate(
            id=_id("person", 2),
            name="Jo\u0303ao D'Ávila",
            degrees=(),
            selling=(
                SellingSpell(start=_day("2019-06-01"), business_to_business=True, large_customers=True),
            ),
            achievements=(),
            able_with_computer=_blank("candidates.able_with_computer"),
            background_check=BackgroundCheck.PASSED,
        ),
    },
    _id("person", 3): {
        "quotas": (),
        "expectations": (),
        "growth_goals": (),
        "training": (),
        "candidate": Candidate(
            id=_id("person", 3),
            name="Łucja Ź\u0307ak-O'Neill",
            degrees=(),
            selling=(),
            achievements=(),
            able_with_computer=False,
            background_check=BackgroundCheck.FAILED,
        ),
    },
}

# --- the customers ----------------------------------------------------------------------------

ACCOUNTS: Final = (
    Account(id=_id("account", 1), name="Waterworks North AG", segment="Utilities", tier="A"),
    Account(
        id=_id("account", 2),
        name='O\'Brien & "Söhne" GmbH; DELETE FROM accounts WHERE 1=1;--',
        segment="Food & drink",
        tier="A",
        excluded_product_ids=_ids("product", 6, 7),
    ),
    Account(id=_id("account", 3), name="مصنع الألبان الحديث", segment="Food & drink", tier="B"),
    Account(id=_id("account", 4), name="=1+1 🚰 Rohr\\Leitung {{name}} 100%_", segment=None, tier=None),
    Account(
        id=_id("account", 5), name="Handed Over Ltd, formerly ‘Passed On’", segment="Utilities", tier="B"
    ),
    Account(id=_id("account", 6), name="0012E5", segment="Utilities", tier="C"),
)

_LOCATIONS: Final = (
    # account, number, name, city, country
    (1, 1, "Plant North", "Hamburg", "DE"),
    (1, 2, "Plant South", "München", "DE"),
    (1, 3, "Head office\u2028(second line)", "Hamburg", "DE"),
    (2, 4, 'Brewery, "old" town', "Cork", "IE"),
    (2, 5, "Depot", "None", "IE"),
    (3, 6, "המפעל הראשי", "חיפה", "IL"),
    (3, 7, "工場2号", "大阪", "JP"),
    (4, 8, "Lager\tWest", "Köln", "DE"),
    (5, 9, "Works", "Leeds", "GB"),
    (6, 10, "Only place", None, None),
)
_B, _I = BuyerRole, Influence
_BUYERS: Final[tuple[tuple[Any, ...], ...]] = (
    # account, number, name, location (0: none in particular), title, role, influence, reports to, left
    (1, 1, "Nora Null", 1, "Head of purchasing", _B.DECISION_MAKER, _I.HIGH, None, None),
    (1, 2, "Peter Plant", 1, "Plant engineer", _B.USER, _I.MEDIUM, 1, None),
    (1, 3, "Greta Gone", 2, None, _B.CHAMPION, _I.HIGH, 1, "2026-02-28"),
    (1, 4, "Hans O'Hara", 2, "Buyer\\Planner", None, None, 1, None),
    (2, 5, "Siobhán Ní Bhriain", 4, "Owner", _B.DECISION_MAKER, _I.HIGH, None, None),
    (2, 6, "Blocky McBlock", 4, "CFO", _B.BLOCKER, _I.HIGH, 5, None),
    (2, 7, 'Zoë "Zee" Zimmer', 5, "Clerk, part-time", _B.OTHER, _I.LOW, 5, None),
    (3, 8, "أمل الحداد", 6, "مديرة المشتريات", _B.DECISION_MAKER, _I.HIGH, None, None),
    (3, 9, "👩🏽‍🔧 Yuki", 7, None, _B.CHAMPION, _I.MEDIUM, 8, None),
    (4, 10, "' OR Name LIKE '%", 8, "-- comment", _B.USER, _I.LOW, None, None),
    (5, 11, "Lee D'Arcy", 9, "Works manager", _B.DECISION_MAKER, _I.HIGH, None, None),
    (6, 12, "Solo Buyer", 0, "Everything", _B.DECISION_MAKER, _I.MEDIUM, None, None),
)
_A = AssignmentRole
_ASSIGNMENTS: Final[tuple[tuple[Any, ...], ...]] = (
    # account, number, person, role, start, end
    (1, 1, 1, _A.ACCOUNT_MANAGER, "2020-01-01", None),
    (2, 2, 6, _A.BUSINESS_DEVELOPMENT, "2025-01-15", "2025-12-31"),
    (2, 3, 1, _A.ACCOUNT_MANAGER, "2026-01-01", None),
    (3, 4, 1, _A.ACCOUNT_MANAGER, "2023-05-01", None),
    (4, 5, 1, _A.ACCOUNT_MANAGER, "2026-05-15", None),
    (5, 6, 1, _A.ACCOUNT_MANAGER, "2021-01-01", "2026-03-31"),
    (5, 7, 2, _A.ACCOUNT_MANAGER, "2026-04-01", None),
    (6, 8, 3, _A.ACCOUNT_MANAGER, "2025-01-01", None),
)

_SALES: Final = """
# account number day      product location buyer quantity revenue    cost      order   ("?" is a blank)
1  1  2024-03-14  1  1  1   10    12000.00   6000.50    1
1  2  2024-03-14  2  1  1   2     5200.20    2600.00    1
1  3  2024-09-30  1  1  2   5     6100.10    3000.25    2
1  4  2025-01-02  1  1  1   12    14640.00   7200.60    3
1  5  2025-01-02  4  1  1   1     2400.00    0          3
1  6  2025-04-17  6  1  2   3     2999.97    1500.00    4
1  7  2025-08-08  2  2  3   4     10400.40   5200.00    5
1  8  2025-12-31  4  2  3   1     2400.00    0          6
1  9  2026-01-01  1  1  1   14    17500.70   9177.70    7
1  10 2026-01-01  4  1  1   1     2520.00    0          7
1  11 2026-02-10  2  2  3   2     5300.10    2600.00    8
1  12 2026-02-27  2  2  3   -1    -2650.05   -1300.00   8
1  13 2026-03-20  3  2  4   250   6250.25    3086.25    9
1  14 2026-04-01  5  1  2   2.5   3000.00    ?          10
1  15 2026-06-30  3  1  2   100   2500.10    1234.50    11
1  16 2026-07-01  1  1  1   3     3750.15    1966.65    12
2  17 2025-06-01  3  4  5   400   9800.80    4938.00    13
2  18 2025-10-15  3  4  5   400   9800.80    4938.00    14
2  19 2026-01-20  3  4  6   380   9500.00    4691.10    15
2  20 2026-02-14  1  4  5   1     1299.99    655.55     16
2  21 2026-03-03  3  5  7   120   3000.00    1481.40    17
2  22 2026-05-05  4  4  5   1     1800.00    0          18
2  23 2026-08-19  2  5  7   1     2700.10    1300.00    19
3  24 2024-05-20  1  6  8   6     7500.60    3600.30    20
3  25 2024-11-11  2  6  8   1     2600.10    1300.00    21
3  26 2025-02-28  1  6  8   6     7500.60    3600.30    22
3  27 2025-07-07  7  7  9   1000  1999.99    1100.00    23
3  28 2026-01-31  1  6  8   2     2500.20    1311.10    24
3  29 2026-04-04  7  7  ?   500   1000.01    550.00     25
3  30 2026-05-09  ?  6  8   1     450.45     ?          26
3  31 2026-06-15  1  ?  8   ?     1250.10    655.55     27
4  32 2026-05-20  2  8  10  1     2700.00    1300.00    28
4  33 2026-06-01  3  8  10  40    1000.00    493.80     29
5  34 2024-02-29  2  9  11  3     7800.30    3900.00    30
5  35 2025-03-01  2  9  11  3     7800.30    3900.00    31
5  36 2026-02-28  2  9  11  3     7950.30    3900.00    32
5  37 2026-04-01  4  9  11  1     1800.00    0          33
5  38 2026-06-10  2  9  11  -1    -2650.10   -1300.00   34
6  39 2025-05-05  1  10 12  2     2500.00    1200.10    35
6  40 2026-05-05  1  10 12  2     2600.00    1311.10    36
6  41 2026-05-06  4  10 12  1     1234567.89 0.01       36
"""
_CREDITS: Final = {
    9: ((1, "0.7", CreditKind.REVENUE), (6, "0.3", CreditKind.REVENUE), (7, "1", CreditKind.OVERLAY)),
    19: ((1, "0.6667", CreditKind.REVENUE), (6, "0.3333", CreditKind.REVENUE)),
    36: ((1, "1", CreditKind.REVENUE),),
}


def _sale(row: str) -> tuple[int, SaleLine]:
    account, number, day, product, location, buyer, quantity, revenue, cost, order = row.split()

    def refer(kind: str, text: str) -> Any:
        return _blank(f"sale_lines.{kind}_id") if text == "?" else _id(kind, int(text))

    def amount(name: str, text: str) -> Any:
        return _blank(f"sale_lines.{name}") if text == "?" else Decimal(text)

    shares = (
        Credit(person_id=_id("person", person), share=Decimal(share), kind=kind)
        for person, share, kind in _CREDITS.get(int(number), ())
    )
    return int(account), SaleLine(
        id=_id("sale", int(number)),
        on=_day(day),
        revenue=Decimal(revenue),
        product_id=refer("product", product),
        location_id=refer("location", location),
        buyer_id=refer("buyer", buyer),
        quantity=amount("quantity", quantity),
        cost=amount("cost", cost),
        credits=tuple(shares),
        order_id=_id("order", int(order)),
    )


def _stays(*stays: tuple[str, str, str | None]) -> tuple[StageStay, ...]:
    return tuple(
        StageStay(stage=stage, start=_day(start), end=None if end is None else _day(end))
        for stage, start, end in stays
    )


_OPPORTUNITIES: Final = (
    (
        1,
        Opportunity(
            id=_id("opportunity", 1),
            name="Renewal of pumps, south",
            opened_on=_day("2026-02-01"),
            stage="Proposal",
            closes_on=_day("2026-09-30"),
            amount=Decimal("26000.50"),
            probability=Decimal("0.6"),
            lead_id=_id("person", 1),
            next_step='Call Hans; ask for "the list"\nthen send the offer',
            next_step_on=_day("2026-07-10"),
            stays=_stays(
                ("Qualification", "2026-02-01", "2026-03-15"),
                ("Solution", "2026-03-15", "2026-06-01"),
                ("Proposal", "2026-06-01", None),
            ),
            engagements=(
                Engagement(
                    id=_id("engagement", 1),
                    role="solution engineer",
                    person_id=_id("person", 7),
                    on=_day("2026-04-02"),
                ),
                Engagement(id=_id("engagement", 2), role="legal", on=_blank("engagements.on")),
            ),
            lines=(
                OpportunityLine(
                    id=_id("opportunity_line", 1),
                    product_id=_id("product", 2),
                    location_id=_id("location", 2),
                    buyer_id=_id("buyer", 4),
                    amount=Decimal("20800.40"),
                ),
                OpportunityLine(
                    id=_id("opportunity_line", 2),
                    product_id=_id("product", 4),
                    location_id=_blank("opportunity_lines.location_id"),
                    buyer_id=_blank("opportunity_lines.buyer_id"),
                    amount=_blank("opportunity_lines.amount"),
                ),
            ),
        ),
    ),
    (
        1,
        Opportunity(
            id=_id("opportunity", 2),
            name="Idea without anything",
            opened_on=_day("2026-06-20"),
            stage="Qualification",
            closes_on=None,
            amount=_blank("opportunities.amount"),
            probability=_blank("opportunities.probability"),
            lead_id=None,
            next_step=None,
            next_step_on=None,
            stays=(),
            engagements=(),
            lines=(),
        ),
    ),
    (
        1,
        Opportunity(
            id=_id("opportunity", 3),
            name="Pumps 2026",
            opened_on=_day("2025-10-01"),
            status=OpportunityStatus.WON,
            stage="Closed won",
            closes_on=_day("2026-01-01"),
            closed_on=_day("2026-01-01"),
            amount=Decimal("20020.70"),
            probability=Decimal(1),
            lead_id=_id("person", 1),
            next_step=None,
            next_step_on=None,
            stays=_stays(
                ("Proposal", "2025-10-01", "2026-01-01"),
                ("Closed won", "2026-01-01", None),
            ),
            engagements=(),
            lines=(
                OpportunityLine(
                    id=_id("opportunity_line", 3),
                    product_id=_id("product", 1),
                    location_id=_id("location", 1),
                    buyer_id=_id("buyer", 1),
                    amount=Decimal("17500.70"),
                ),
            ),
        ),
    ),
    (
        2,
        Opportunity(
            id=_id("opportunity", 4),
            name="L'offre d'été",
            opened_on=_day("2026-01-05"),
            status=OpportunityStatus.LOST,
            stage="Closed lost",
            closes_on=_day("2026-04-15"),
            closed_on=_day("2026-04-20"),
            amount=Decimal("5400.20"),
            probability=Decimal(0),
            lead_id=_id("person", 7),
            lead_reason="The specialist knows the machine",
            next_step=None,
            next_step_on=None,
            stays=(),
            engagements=(),
            lines=(
                OpportunityLine(
                    id=_id("opportunity_line", 4),
                    product_id=_id("product", 2),
                    location_id=_id("location", 5),
                    buyer_id=_id("buyer", 7),
                    amount=Decimal("5400.20"),
                ),
            ),
        ),
    ),
    (
        3,
        Opportunity(
            id=_id("opportunity", 5),
            name="صفقة جديدة",
            opened_on=_day("2026-03-01"),
            stage="Solution",
            closes_on=_day("2026-05-31"),
            amount=Decimal(12000),
            probability=Decimal("0.25"),
            lead_id=_id("person", 1),
            next_step="Visit",
            next_step_on=_day("2026-05-01"),
            stays=_stays(("Solution", "2026-03-01", None)),
            engagements=(),
            lines=(),
        ),
    ),
    (
        4,
        Opportunity(
            id=_id("opportunity", 7),
            name="First order",
            opened_on=_day("2026-02-02"),
            status=OpportunityStatus.WON,
            stage="Closed won",
            closes_on=_day("2026-05-31"),
            closed_on=_day("2026-05-15"),
            amount=Decimal("2700.00"),
            probability=Decimal(1),
            lead_id=_id("person", 6),
            next_step=None,
            next_step_on=None,
            stays=(),
            engagements=(),
            lines=(),
        ),
    ),
    (
        5,
        Opportunity(
            id=_id("opportunity", 6),
            name="Second line",
            opened_on=_day("2026-05-02"),
            stage="Qualification",
            closes_on=_day("2026-12-31"),
            amount=Decimal(9000),
            probability=Decimal("0.1"),
            lead_id=_id("person", 2),
            next_step="Site walk",
            next_step_on=_day("2026-07-15"),
            stays=(),
            engagements=(),
            lines=(),
        ),
    ),
)

_PLAN: Final = AccountPlan(
    id=_id("plan", 1),
    title="Waterworks 2026, jointly",
    start=_day("2026-01-01"),
    end=_day("2026-12-31"),
    owner_id=_id("person", 1),
    reviewed_on=(_day("2026-03-31"), _day("2026-06-30")),
    sessions=(
        PlanningSession(
            id=_id("session", 1),
            on=_day("2025-12-10"),
            our_ids=_ids("person", 1, 8),
            customer_ids=_ids("buyer", 1, 2),
        ),
    ),
    needs=(
        Need(id=_id("need", 1), text='Fewer stops, "zero" by December;\nsee annex <script>alert(1)</script>'),
        Need(id=_id("need", 2), text="Lower price", declined_reason="Margin is at its floor"),
    ),
    initiatives=(
        Initiative(
            id=_id("initiative", 1),
            title="Exchange the old pumps",
            need_ids=_ids("need", 1),
            priority=1,
            investment=Investment(company=Decimal(5000), customer=Decimal("12000.50")),
            actions=(
                PlanAction(
                    id=_id("action", 1),
                    text="Survey of plant south",
                    owner_id=_id("person", 8),
                    due_on=_day("2026-03-15"),
                    done_on=_day("2026-03-10"),
                ),
                PlanAction(
                    id=_id("action", 2),
                    text="Order, at last",
                    owner_id=_id("buyer", 1),
                    due_on=_day("2026-09-01"),
                ),
                PlanAction(id=_id("action", 3), text="Nobody's, no day", owner_id=None, due_on=None),
            ),
        ),
        Initiative(
            id=_id("initiative", 2),
            title="Training of the night shift",
            status=InitiativeStatus.DONE,
            need_ids=_ids("need", 1, 2),
            priority=2,
            investment=Investment(company=Decimal(0), customer=Decimal(0)),
            actions=(),
            closed_on=_day("2026-05-30"),
        ),
        Initiative(
            id=_id("initiative", 3),
            title="New colour",
            status=InitiativeStatus.DROPPED,
            priority=None,
            investment=None,
            actions=(),
            closed_on=_day("2026-02-02"),
        ),
    ),
    targets=(
        PlanTarget(
            id=_id("target", 1),
            measure="revenue",
            value=Decimal(70000),
            unit="EUR",
            due_on=_day("2026-12-31"),
        ),
        PlanTarget(id=_id("target", 2), measure="goodwill", value=None),
    ),
)

_H = HandoverState
COLLECTIONS_OF: Final[dict[str, tuple[tuple[int, Any], ...]]] = {
    "locations": tuple(
        (account, Location(id=_id("location", number), name=name, city=city, country=country))
        for account, number, name, city, country in _LOCATIONS
    ),
    "buyers": tuple(
        (
            account,
            Buyer(
                id=_id("buyer", number),
                name=name,
                location_id=_id("location", location) if location else None,
                title=title,
                role=role or _blank("buyers.role"),
                influence=influence or _blank("buyers.influence"),
                reports_to_id=_id("buyer", boss) if boss else None,
                left_on=_day(left) if left else None,
            ),
        )
        for account, number, name, location, title, role, influence, boss, left in _BUYERS
    ),
    "assignments": tuple(
        (
            account,
            Assignment(
                id=_id("assignment", number),
                person_id=_id("person", person),
                role=role,
                start=_day(start),
                end=_day(end) if end else None,
            ),
        )
        for account, number, person, role, start, end in _ASSIGNMENTS
    ),
    "team": (
        (
            1,
            TeamMember(
                id=_id("team", 1), person_id=_id("person", 11), role="support", start=_day("2025-01-01")
            ),
        ),
        (
            1,
            TeamMember(
                id=_id("team", 2),
                person_id=_id("person", 8),
                role="implementation",
                start=_day("2025-06-01"),
                end=_day("2026-03-31"),
            ),
        ),
        (2, TeamMember(id=_id("team", 3), person_id=_id("person", 10))),
    ),
    "sale_lines": tuple(_sale(row) for row in _SALES.strip().splitlines() if not row.startswith("#")),
    "opportunities": _OPPORTUNITIES,
    "contracts": (
        (
            1,
            Contract(
                id=_id("contract", 1),
                start=_day("2025-01-01"),
                end=_day("2026-12-31"),
                yearly_amount=Decimal("2520.00"),
                product_id=_id("product", 4),
                location_id=_id("location", 1),
            ),
        ),
        (
            1,
            Contract(
                id=_id("contract", 2),
                start=_day("2025-07-01"),
                end=_day("2026-06-30"),
                yearly_amount=Decimal(2400),
                product_id=_id("product", 4),
                location_id=_id("location", 2),
                cancelled_on=_day("2026-05-01"),
            ),
        ),
        (
            2,
            Contract(
                id=_id("contract", 3), start=_day("2026-05-05"), yearly_amount=_blank("contracts.yearly")
            ),
        ),
    ),
    "competitor_holdings": (
        (
            2,
            CompetitorHolding(
                id=_id("competitor", 1),
                product_id=_id("product", 2),
                competitor='Rival & Co; "the best"',
                location_id=_id("location", 4),
                buyer_id=_id("buyer", 6),
                seen_on=_day("2026-02-02"),
            ),
        ),
        (3, CompetitorHolding(id=_id("competitor", 2), product_id=_id("product", 4), competitor="In-house")),
    ),
    "spend_estimates": (
        (
            1,
            SpendEstimate(
                id=_id("spend", 1),
                yearly_amount=Decimal(250000),
                source="Annual report, p. 12",
                on=_day("2026-01-30"),
            ),
        ),
        (
            2,
            SpendEstimate(
                id=_id("spend", 2), yearly_amount=Decimal("80000.80"), source="Buyer", on=_day("2026-03-03")
            ),
        ),
    ),
    "plans": (
        (1, _PLAN),
        (
            2,
            AccountPlan(
                id=_id("plan", 2),
                title="Draft",
                start=_day("2026-04-01"),
                end=_day("2027-03-31"),
                reviewed_on=(),
                sessions=(),
                needs=(),
                initiatives=(),
                targets=(),
            ),
        ),
    ),
    "cases": (
        (
            1,
            Case(
                id=_id("case", 1),
                opened_at=_at("2026-01-12T08:15:00"),
                closed_at=_at("2026-01-14T16:45:30"),
                priority="High",
                reopened_at=_at("2026-01-13T09:00:00"),
                escalated_at=_at("2026-01-13T09:05:00"),
                subject='Leak; "again"\nsecond line, with comma',
                location_id=_id("location", 2),
                buyer_id=_id("buyer", 4),
                service_rep_id=_id("person", 10),
            ),
        ),
        (
            1,
            Case(
                id=_id("case", 2),
                opened_at=_at("2026-06-29T23:59:59"),
                priority="Low",
                reopened_at=None,
                escalated_at=None,
                subject="null & void",
                service_rep_id=None,
            ),
        ),
        (
            3,
            Case(
                id=_id("case", 3),
                opened_at=_at("2026-03-29T01:30:00"),
                closed_at=_at("2026-03-29T02:30:00"),
                priority=_blank("cases.priority"),
                reopened_at=None,
                escalated_at=None,
                service_rep_id=_id("person", 10),
            ),
        ),
    ),
    "deliveries": (
        (
            1,
            Delivery(
                id=_id("delivery", 1),
                ordered_on=_day("2026-01-01"),
                due_on=_day("2026-01-15"),
                delivered_on=_day("2026-01-15"),
                location_id=_id("location", 1),
                order_id=_id("order", 7),
            ),
        ),
        (
            1,
            Delivery(
                id=_id("delivery", 2),
                ordered_on=_day("2026-03-20"),
                due_on=_day("2026-04-03"),
                delivered_on=_day("2026-04-09"),
                location_id=_id("location", 2),
                order_id=_id("order", 9),
            ),
        ),
        (2, Delivery(id=_id("delivery", 3), due_on=_day("2026-06-15"), delivered_on=None)),
    ),
    "readings": (
        (
            1,
            SatisfactionReading(
                id=_id("reading", 1),
                on=_day("2026-02-01"),
                instrument="CSAT",
                lowest=Decimal(1),
                highest=Decimal(5),
                value=Decimal(4),
                respondent_id=_id("buyer", 1),
                location_id=_id("location", 1),
            ),
        ),
        (
            1,
            SatisfactionReading(
                id=_id("reading", 2),
                on=_day("2026-05-01"),
                instrument="NPS",
                lowest=Decimal(0),
                highest=Decimal(10),
                value=Decimal(9),
                respondent_id=_id("buyer", 2),
            ),
        ),
        (
            2,
            SatisfactionReading(
                id=_id("reading", 3),
                on=_day("2026-04-01"),
                instrument="House scale",
                lowest=Decimal(-2),
                highest=Decimal(2),
                value=Decimal("-0.5"),
                respondent_id=_id("buyer", 5),
            ),
        ),
        (
            3,
            SatisfactionReading(
                id=_id("reading", 4),
                on=_day("2026-03-01"),
                instrument="CSAT",
                lowest=Decimal(1),
                highest=Decimal(5),
                value=Decimal(2),
                respondent_id=_blank("readings.respondent_id"),
            ),
        ),
    ),
    "service_actions": (
        (
            1,
            ServiceAction(
                id=_id("service_action", 1),
                on=_day("2026-01-13"),
                about_id=_id("case", 1),
                by_id=_id("person", 1),
                with_id=_id("person", 10),
                text="Asked for a second engineer",
            ),
        ),
        (2, ServiceAction(id=_id("service_action", 2), on=_day("2026-06-16"), about_id=_id("delivery", 3))),
    ),
    "meetings": (
        (
            1,
            Meeting(
                id=_id("meeting", 1),
                held_at=_at("2026-01-20T09:30:00"),
                mode=MeetingMode.IN_PERSON,
                our_ids=_ids("person", 1, 7),
                buyer_ids=_ids("buyer", 1, 2),
                location_id=_id("location", 1),
                subject="Year's start",
            ),
        ),
        (
            1,
            Meeting(
                id=_id("meeting", 2),
                held_at=_at("2026-07-03T23:30:00"),
                mode=MeetingMode.VIDEO,
                our_ids=_ids("person", 1),
                buyer_ids=_ids("buyer", 4),
            ),
        ),
        (
            2,
            Meeting(
                id=_id("meeting", 3),
                held_at=_at("2026-03-05T14:00:00"),
                mode=MeetingMode.PHONE,
                our_ids=_ids("person", 1),
                buyer_ids=_ids("buyer", 5),
            ),
        ),
        (
            5,
            Meeting(
                id=_id("meeting", 4),
                held_at=_at("2026-04-22T00:00:00"),
                mode=_blank("meetings.mode"),
                our_ids=_ids("person", 2),
                buyer_ids=(),
            ),
        ),
    ),
    "handovers": (
        (
            2,
            Handover(
                id=_id("handover", 1),
                steps=tuple(
                    HandoverStep(state=state, on=_day(day))
                    for state, day in (
                        (_H.WON, "2025-06-01"),
                        (_H.KICKED_OFF, "2025-06-10"),
                        (_H.IMPLEMENTING, "2025-07-01"),
                        (_H.LIVE, "2025-11-15"),
                        (_H.TRANSFERRED, "2026-01-01"),
                    )
                ),
                manager_id=_id("person", 1),
                manager_named_on=_day("2025-10-01"),
                checklist=(
                    ChecklistItem(
                        id=_id("checklist", 1), text="Contract, signed", done_on=_day("2025-12-01")
                    ),
                    ChecklistItem(id=_id("checklist", 2), text="Open issues\nlist"),
                ),
            ),
        ),
        (
            4,
            Handover(
                id=_id("handover", 2),
                opportunity_id=_id("opportunity", 7),
                steps=(HandoverStep(state=_H.WON, on=_day("2026-05-15")),),
                manager_id=None,
                manager_named_on=None,
                checklist=(),
            ),
        ),
    ),
    "support_requests": (
        (
            1,
            SupportRequest(
                id=_id("support", 1),
                role="sales specialist",
                asked_on=_day("2026-03-30"),
                opportunity_id=_id("opportunity", 1),
                answered_on=_day("2026-04-02"),
                answered_by_id=_id("person", 7),
            ),
        ),
        (
            1,
            SupportRequest(
                id=_id("support", 2), role="implementation", asked_on=_day("2026-06-25"), answered_on=None
            ),
        ),
    ),
}
"""The records of every collection, each with the number of its account."""
