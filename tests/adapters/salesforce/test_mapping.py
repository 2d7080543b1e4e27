"""From rows to records: what each part of an org becomes, by examples worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sam_adapters.contract import BookRequest, Effect, SourceError
from sam_adapters.convert import StrictReadingError
from sam_adapters.salesforce.config import SalesforceConfig
from sam_adapters.salesforce.objects import STANDARD_OBJECTS
from sam_adapters.salesforce.records import Readable
from sam_adapters.testing.salesforce import Fail
from sam_adapters.transport import NotAvailableError
from sam_core.book import (
    AssignmentRole,
    BuyerRole,
    Credit,
    CreditKind,
    MeetingMode,
    OpportunityStatus,
    QuotaCounts,
)
from sam_core.values import Period, Unknown, Why

ME, BOB = "005000000000000001", "005000000000000002"
TOP, LEEDS = "001000000000000001", "001000000000000002"
NORA, PETE = "003000000000000001", "003000000000000002"
PUMP = "01t000000000000001"
DEAL = "006000000000000001"


@pytest.fixture
def org(small: Any) -> Any:
    """The small org with a buyer, a product and a won opportunity at the account in Leeds."""
    fill(small)
    return small


def fill(org: Any) -> None:
    org.add("User", Id=BOB, Name="Bob", UserType="Standard", ManagerId=ME)
    org.add("Contact", Id=NORA, AccountId=LEEDS, Name="Nora", Title="Head of purchasing")
    org.add("Contact", Id=PETE, AccountId=TOP, Name="Pete", ReportsToId=NORA)
    org.add("Product2", Id=PUMP, Name="Pump", Family="Pumps", IsActive=True)
    deal(org, DEAL, IsWon=True, IsClosed=True)


def deal(org: Any, record_id: str, **values: Any) -> None:
    usual = {
        "AccountId": LEEDS,
        "Name": "Pumps",
        "CreatedDate": "2026-01-05T23:30:00.000+0000",
        "CloseDate": "2026-03-31",
        "StageName": "Closed Won",
        "IsClosed": False,
        "IsWon": False,
        "Amount": Decimal("1000.00"),
        "Probability": Decimal(100),
        "OwnerId": ME,
    }
    org.add("Opportunity", Id=record_id, **{**usual, **values})


def line(org: Any, number: int, **values: Any) -> None:
    usual = {
        "OpportunityId": DEAL,
        "Product2Id": PUMP,
        "Quantity": Decimal(2),
        "TotalPrice": Decimal("500.50"),
    }
    org.add("OpportunityLineItem", Id=f"00k{number:015d}", **{**usual, **values})


def role(org: Any, number: int, contact: str = NORA, **values: Any) -> None:
    usual = {"OpportunityId": DEAL, "ContactId": contact, "Role": "Decision Maker", "IsPrimary": False}
    org.add("OpportunityContactRole", Id=f"00K{number:015d}", **{**usual, **values})


def book(bench: Any, org: Any, mapping: Any = None, **more: Any) -> Any:
    return bench.read(bench.open(bench.serve(org), mapping), **more)


def one(bench: Any, org: Any, mapping: Any = None, **more: Any) -> tuple[Any, list[str]]:
    reading = book(bench, org, mapping, **more)
    (dossier,) = reading.book
    return dossier, [str(problem) for problem in reading.problems]


# --- what was sold -----------------------------------------------------------------------------------


def test_a_line_of_a_won_opportunity_is_a_sale(bench: Any, org: Any) -> None:
    line(org, 1)
    role(org, 1, IsPrimary=True)
    dossier, problems = one(bench, org)
    (sale,) = dossier.sale_lines
    assert (sale.on, sale.revenue, sale.quantity, sale.product_id) == (
        date(2026, 3, 31),
        Decimal("500.50"),
        2,
        PUMP,
    )
    assert (sale.buyer_id, sale.location_id, sale.order_id) == (NORA, LEEDS, DEAL)
    assert sale.cost == Unknown(Why.NOT_CONFIGURED, "OpportunityLineItem: cost")
    assert problems == []


def test_amounts_are_exact_and_never_pass_through_a_float(bench: Any, org: Any) -> None:
    line(org, 1, TotalPrice=Decimal("90071992547409.93"))  # a double would make .94 of it
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].revenue == Decimal("90071992547409.93")


def test_a_won_opportunity_without_lines_is_one_sale_of_no_known_product(bench: Any, org: Any) -> None:
    dossier, _ = one(bench, org)
    (sale,) = dossier.sale_lines
    assert (sale.revenue, sale.order_id) == (Decimal("1000.00"), DEAL)
    assert sale.product_id.why is Why.BLANK


def test_where_lines_are_hidden_the_product_is_not_permitted(bench: Any, org: Any) -> None:
    org.hidden.add("OpportunityLineItem")
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].product_id.why is Why.NOT_PERMITTED
    assert dossier.opportunities[0].lines.why is Why.NOT_PERMITTED


def test_what_is_open_or_lost_is_not_sold(bench: Any, org: Any) -> None:
    deal(org, "006000000000000002")
    deal(org, "006000000000000003", IsClosed=True)
    dossier, _ = one(bench, org)
    assert [sale.order_id for sale in dossier.sale_lines] == [DEAL]
    assert [d.status for d in dossier.opportunities] == [
        OpportunityStatus.WON,
        OpportunityStatus.OPEN,
        OpportunityStatus.LOST,
    ]


def test_a_won_opportunity_without_an_amount_is_told(bench: Any, org: Any) -> None:
    deal(org, "006000000000000002", IsClosed=True, IsWon=True, Amount=None)
    dossier, problems = one(bench, org)
    assert len(dossier.sale_lines) == 1
    assert any("006000000000000002, Amount" in problem for problem in problems)


def test_orders_may_count_as_sold(bench: Any, org: Any) -> None:
    org.add(
        "Order",
        Id="801",
        AccountId=LEEDS,
        EffectiveDate="2026-02-02",
        StatusCode="Activated",
        BillToContactId=NORA,
    )
    org.add("Order", Id="802", AccountId=LEEDS, EffectiveDate="2026-02-02", StatusCode="Draft")
    for number, order in ((1, "801"), (2, "802")):
        org.add(
            "OrderItem", Id=f"80{number}i", OrderId=order, Product2Id=PUMP, Quantity=1, TotalPrice=Decimal(70)
        )
    dossier, _ = one(bench, org, {"currency": "EUR", "sold": "orders"})
    (sale,) = dossier.sale_lines
    assert (sale.on, sale.revenue, sale.buyer_id, sale.location_id) == (date(2026, 2, 2), 70, NORA, LEEDS)


def test_assets_may_count_as_sold(bench: Any, org: Any) -> None:
    base = {
        "AccountId": LEEDS,
        "Product2Id": PUMP,
        "ContactId": NORA,
        "Quantity": 1,
        "IsCompetitorProduct": False,
    }
    org.add("Asset", Id="02i1", Name="Pump 1", PurchaseDate="2025-05-05", Price=Decimal(90), **base)
    org.add("Asset", Id="02i2", Name="Pump 2", InstallDate="2025-06-06", Price=Decimal(80), **base)
    org.add("Asset", Id="02i3", Name="Pump 3", Price=Decimal(80), **base)
    org.add("Asset", Id="02i4", Name="Rival", Price=Decimal(80), **{**base, "IsCompetitorProduct": True})
    dossier, problems = one(bench, org, {"currency": "EUR", "sold": "assets"})
    assert [(s.on, s.revenue) for s in dossier.sale_lines] == [(date(2025, 5, 5), 90), (date(2025, 6, 6), 80)]
    assert [h.competitor for h in dossier.competitor_holdings] == ["Rival"]
    assert any("02i3" in problem for problem in problems)


# --- who bought --------------------------------------------------------------------------------------


def test_of_several_contacts_the_primary_one_bought(bench: Any, org: Any) -> None:
    line(org, 1)
    role(org, 1, PETE)
    role(org, 2, NORA, IsPrimary=True)
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].buyer_id == NORA


def test_the_only_contact_bought_even_if_not_primary(bench: Any, org: Any) -> None:
    role(org, 1, PETE)
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].buyer_id == PETE


def test_of_two_contacts_none_primary_nobody_is_guessed(bench: Any, org: Any) -> None:
    role(org, 1, PETE)
    role(org, 2, NORA)
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].buyer_id.why is Why.BLANK


def test_without_roles_the_opportunity_s_contact_bought(bench: Any, org: Any) -> None:
    org.records["Opportunity"][0]["ContactId"] = PETE
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].buyer_id == PETE


def test_a_role_of_a_deleted_contact_is_told_and_the_buyer_unknown(bench: Any, org: Any) -> None:
    org.records["Contact"][0]["IsDeleted"] = True
    role(org, 1, NORA, IsPrimary=True)
    dossier, problems = one(bench, org)
    assert dossier.sale_lines[0].buyer_id.why is Why.NOT_PERMITTED
    assert any("deleted, hidden, or of another customer" in problem for problem in problems)


def test_where_roles_are_hidden_the_buyer_is_not_permitted(bench: Any, org: Any) -> None:
    org.hidden |= {"OpportunityContactRole"}
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].buyer_id.why is Why.NOT_PERMITTED
    assert dossier.buyers[0].role.why is Why.NOT_PERMITTED


# --- how credit is shared ----------------------------------------------------------------------------


def split(org: Any, number: int, person: str, percent: str, kind: str = "validated") -> None:
    for name, whole in (("validated", True), ("overlay", False), ("second", True)):
        if not any(row["Id"] == name for row in org.records["OpportunitySplitType"]):
            org.add("OpportunitySplitType", Id=name, MasterLabel=name, IsTotalValidated=whole)
    org.add(
        "OpportunitySplit",
        Id=f"1sp{number}",
        OpportunityId=DEAL,
        SplitOwnerId=person,
        SplitPercentage=Decimal(percent),
        SplitTypeId=kind,
    )


def test_splits_become_credits(bench: Any, org: Any) -> None:
    split(org, 1, ME, "66.67")
    split(org, 2, BOB, "33.33")
    split(org, 3, BOB, "50", "overlay")
    dossier, _ = one(bench, org)
    assert dossier.sale_lines[0].credits == (
        Credit(person_id=ME, share=Decimal("0.6667")),
        Credit(person_id=BOB, share=Decimal("0.3333")),
        Credit(person_id=BOB, share=Decimal("0.5"), kind=CreditKind.OVERLAY),
    )


@pytest.mark.parametrize(
    ("percents", "saying"),
    [((("60", "validated"),), "sum to 60"), ((("100", "validated"), ("100", "second")), "2 split types")],
)
def test_splits_that_do_not_make_a_whole_are_told_and_not_used(
    bench: Any, org: Any, percents: Any, saying: str
) -> None:
    for number, (percent, kind) in enumerate(percents):
        split(org, number, ME, percent, kind)
    dossier, problems = one(bench, org)
    assert dossier.sale_lines[0].credits == ()
    assert any(saying in problem for problem in problems)


# --- opportunities -----------------------------------------------------------------------------------


def test_an_opportunity_is_mapped_field_by_field(bench: Any, org: Any) -> None:
    deal(
        org,
        "006000000000000002",
        StageName="Proposal",
        Probability=Decimal(60),
        NextStep="Visit",
        Amount=None,
    )
    line(org, 1, OpportunityId="006000000000000002")
    dossier, _ = one(bench, org)
    found = dossier.opportunities[1]
    assert (found.opened_on, found.closes_on, found.closed_on) == (date(2026, 1, 5), date(2026, 3, 31), None)
    assert (found.stage, found.probability, found.next_step, found.lead_id) == (
        "Proposal",
        Decimal("0.6"),
        "Visit",
        ME,
    )
    assert found.amount.why is Why.BLANK
    assert found.lines[0].amount == Decimal("500.50")
    assert found.stays.why is Why.NOT_CONFIGURED


def test_an_imported_opportunity_opened_on_the_day_it_was_closed(bench: Any, org: Any) -> None:
    org.records["Opportunity"][0]["CreatedDate"] = "2026-06-01T00:00:00.000+0000"
    reading = book(bench, org)
    (dossier,) = reading.book
    assert dossier.opportunities[0].opened_on == date(2026, 3, 31)
    assert [problem.effect for problem in reading.problems] == [Effect.NOTED]


def test_stages_make_stays_where_they_are_asked_for(bench: Any, org: Any) -> None:
    for number, (stage, day) in enumerate((("A", "01-05"), ("A", "01-07"), ("B", "02-01"), ("C", "03-31"))):
        org.add(
            "OpportunityHistory",
            Id=f"008{number}",
            OpportunityId=DEAL,
            StageName=stage,
            CreatedDate=f"2026-{day}T10:00:00.000+0000",
        )
    dossier, _ = one(bench, org, {"currency": "EUR", "objects": {"stages": {"enabled": True}}})
    assert [
        (s.stage, s.start.isoformat(), s.end and s.end.isoformat()) for s in dossier.opportunities[0].stays
    ] == [
        ("A", "2026-01-05", "2026-02-01"),
        ("B", "2026-02-01", "2026-03-31"),
        ("C", "2026-03-31", None),
    ]


def test_who_was_called_in_comes_from_the_opportunity_team(bench: Any, org: Any) -> None:
    org.add(
        "OpportunityTeamMember",
        Id="00q1",
        OpportunityId=DEAL,
        UserId=BOB,
        TeamMemberRole="Sales engineer",
        CreatedDate="2026-02-02T10:00:00.000+0000",
    )
    dossier, _ = one(bench, org)
    (engagement,) = dossier.opportunities[0].engagements
    assert (engagement.role, engagement.person_id, engagement.on) == ("Sales engineer", BOB, date(2026, 2, 2))


# --- buyers ------------------------------------------------------------------------------------------


def test_a_buyer_sits_where_the_contact_s_account_is_a_location(bench: Any, org: Any) -> None:
    dossier, _ = one(bench, org)
    assert {b.id: b.location_id for b in dossier.buyers} == {NORA: LEEDS, PETE: None}
    assert dossier.buyers[1].reports_to_id == NORA


def test_the_weightiest_of_several_roles_counts(bench: Any, org: Any) -> None:
    role(org, 1, NORA, Role="Business User")
    role(org, 2, NORA, Role="Executive Sponsor")
    org.add(
        "AccountContactRelation", Id="07k1", AccountId=LEEDS, ContactId=NORA, Roles="Evaluator;Economic Buyer"
    )
    dossier, _ = one(bench, org)
    assert dossier.buyers[0].role is BuyerRole.DECISION_MAKER
    assert dossier.buyers[1].role.why is Why.BLANK


def test_a_role_nobody_explained_is_told_with_what_to_write(bench: Any, org: Any) -> None:
    role(org, 1, NORA, Role="Gatekeeper")
    dossier, problems = one(bench, org)
    assert dossier.buyers[0].role.why is Why.UNREADABLE
    assert any(
        "'Gatekeeper'" in problem and "salesforce.values.buyer_role" in problem for problem in problems
    )
    dossier, problems = one(
        bench, org, {"currency": "EUR", "values": {"buyer_role": {"Gatekeeper": "blocker"}}}
    )
    assert dossier.buyers[0].role is BuyerRole.BLOCKER
    assert problems == []


def test_a_related_contact_of_another_account_is_a_buyer_too(bench: Any, org: Any) -> None:
    org.add("Account", Id="001000000000000099", Name="Consultants", OwnerId=BOB)
    org.add(
        "Contact", Id="003000000000000099", AccountId="001000000000000099", Name="Connie", Title="Adviser"
    )
    org.add("AccountContactRelation", Id="07k1", AccountId=TOP, ContactId="003000000000000099", IsActive=True)
    dossier, _ = one(bench, org)
    assert [(b.name, b.title) for b in dossier.buyers][-1] == ("Connie", "Adviser")


def test_a_relation_that_ended_says_when_the_buyer_left(bench: Any, org: Any) -> None:
    org.add(
        "AccountContactRelation",
        Id="07k1",
        AccountId=LEEDS,
        ContactId=NORA,
        IsActive=False,
        EndDate="2026-02-28",
    )
    dossier, _ = one(bench, org)
    assert dossier.buyers[0].left_on == date(2026, 2, 28)


def test_a_person_account_is_its_own_buyer(bench: Any, make_small: Any) -> None:
    org = make_small(person_accounts=True)
    org.add(
        "Account",
        Id="001000000000000009",
        Name="Pia Private",
        OwnerId=ME,
        IsPersonAccount=True,
        PersonContactId="003000000000000009",
        PersonTitle="Dr",
    )
    person = next(d for d in book(bench, org).book if d.account.name == "Pia Private")
    assert [(b.id, b.name, b.title, b.location_id) for b in person.buyers] == [
        ("003000000000000009", "Pia Private", "Dr", "001000000000000009")
    ]
    org.add("Contact", Id="003000000000000009", AccountId="001000000000000009", Name="Pia Private")
    person = next(d for d in book(bench, org).book if d.account.name == "Pia Private")
    assert len(person.buyers) == 1


# --- customers and locations ---------------------------------------------------------------------------


def test_accounts_below_a_customer_are_its_locations(bench: Any, org: Any) -> None:
    dossier, _ = one(bench, org)
    assert [(p.id, p.name, p.city) for p in dossier.locations] == [(LEEDS, "Acme Leeds", "Leeds")]


@pytest.mark.parametrize(
    ("own", "address", "places"),
    [
        ("auto", None, [LEEDS]),
        ("auto", "Ulm", [TOP, LEEDS]),
        ("always", None, [TOP, LEEDS]),
        ("never", "Ulm", [LEEDS]),
    ],
)
def test_a_customer_s_own_account_is_a_location_as_configured(
    bench: Any, org: Any, own: str, address: str | None, places: list[str]
) -> None:
    org.records["Account"][0]["BillingCity"] = address
    dossier, _ = one(bench, org, {"currency": "EUR", "own_location": own})
    assert [place.id for place in dossier.locations] == places
    assert own == "never" or not address or dossier.locations[0].city == "Ulm"


def test_a_customer_without_accounts_below_is_its_own_location(bench: Any, org: Any) -> None:
    org.add("Account", Id="001000000000000009", Name="Lone", OwnerId=ME)
    lone = next(d for d in book(bench, org).book if d.account.name == "Lone")
    assert [place.id for place in lone.locations] == ["001000000000000009"]


def test_under_the_level_site_each_account_is_a_customer(bench: Any, org: Any) -> None:
    reading = book(bench, org, level="site")
    assert [d.id for d in reading.book] == [TOP, LEEDS]
    assert [place.id for place in list(reading.book)[1].locations] == [LEEDS]


def test_locations_may_be_an_object_of_their_own(bench: Any, org: Any) -> None:
    org.define("Site__c", Account__c="Account", Name="string", City__c="string")
    org.add("Site__c", Id="a01", Account__c=TOP, Name="Gate 1", City__c="Ulm")
    mapping = {"object": "Site__c", "account": "Account__r", "fields": {"name": "Name", "city": "City__c"}}
    dossier, _ = one(bench, org, {"currency": "EUR", "objects": {"locations": mapping}})
    assert [(p.id, p.name, p.city) for p in dossier.locations] == [("a01", "Gate 1", "Ulm")]
    assert dossier.sale_lines[0].location_id.why is Why.BLANK


def test_parents_that_go_round_in_a_circle_are_told_and_not_looped_over(bench: Any, org: Any) -> None:
    org.records["Account"][0]["ParentId"] = LEEDS
    reading = book(bench, org)
    (dossier,) = reading.book
    assert dossier.id == TOP
    assert any("circle of 2 accounts" in str(problem) for problem in reading.problems)


def test_an_account_under_another_manager_s_customer_is_in_that_book(bench: Any, org: Any) -> None:
    org.add("Account", Id="001000000000000050", Name="Group", OwnerId=BOB)
    org.add("Account", Id="001000000000000051", Name="Group Ulm", OwnerId=ME, ParentId="001000000000000050")
    reading = book(bench, org)
    assert [d.id for d in reading.book] == [TOP]
    assert any("001000000000000051" in str(p) and "another manager" in str(p) for p in reading.problems)
    theirs = book(bench, org, manager_id=BOB)
    assert [place.name for d in theirs.book for place in d.locations] == ["Group Ulm"]


def test_an_account_whose_parent_is_deleted_is_a_customer_of_its_own(bench: Any, org: Any) -> None:
    org.add("Account", Id="001000000000000050", Name="Gone", OwnerId=ME, IsDeleted=True)
    org.add("Account", Id="001000000000000051", Name="Orphan", OwnerId=ME, ParentId="001000000000000050")
    reading = book(bench, org)
    assert [d.account.name for d in reading.book] == ["Acme", "Orphan"]
    assert any("deleted, hidden" in str(problem) for problem in reading.problems)


def test_a_hierarchy_deeper_than_queries_reach_is_noted(bench: Any, org: Any) -> None:
    org.add("Account", Id="001000000000000003", Name="Gate", OwnerId=ME, ParentId=LEEDS)
    notes = book(bench, org, {"currency": "EUR", "levels": 1}).book.header.provenance.notes
    assert any("up to 2 levels below" in note for note in notes)
    notes = book(bench, org, {"currency": "EUR", "levels": 2}).book.header.provenance.notes
    assert any("as deep as a query reaches" in note for note in notes)
    notes = book(bench, org, {"currency": "EUR", "levels": 4}).book.header.provenance.notes
    assert not any("levels" in note for note in notes)


# --- who holds an account ------------------------------------------------------------------------------


def owner_change(org: Any, number: int, old: str | None, new: str, day: str) -> None:
    for part, values in enumerate(((old, new), ("Somebody", "Somebody else"))):
        org.add(
            "AccountHistory",
            Id=f"017{number}{part}",
            AccountId=TOP,
            Field="Owner",
            OldValue=values[0],
            NewValue=values[1],
            CreatedDate=f"{day}T08:00:00.000+0000",
        )


def test_changes_of_owner_date_the_assignments(bench: Any, org: Any) -> None:
    owner_change(org, 2, "005000000000000003", ME, "2026-04-01")
    owner_change(org, 1, BOB, "005000000000000003", "2025-06-01")
    dossier, _ = one(bench, org)
    assert [(a.person_id, str(a.start)[:10], a.end and a.end.isoformat()) for a in dossier.assignments] == [
        (BOB, "unknown (b", "2025-06-01"),
        ("005000000000000003", "2025-06-01", "2026-04-01"),
        (ME, "2026-04-01", None),
    ]
    assert {a.role for a in dossier.assignments} == {AssignmentRole.ACCOUNT_MANAGER}


@pytest.mark.parametrize(("hidden", "why"), [(False, Why.BLANK), (True, Why.NOT_PERMITTED)])
def test_without_a_change_the_start_is_unknown_and_says_why(
    bench: Any, org: Any, hidden: bool, why: Why
) -> None:
    org.hidden |= {"AccountHistory"} if hidden else set()
    (assignment,) = one(bench, org)[0].assignments
    assert (assignment.person_id, assignment.start.why) == (ME, why)


def test_a_history_that_does_not_end_with_today_s_owner_is_not_believed_to_the_end(
    bench: Any, org: Any
) -> None:
    owner_change(org, 1, ME, BOB, "2026-04-01")
    assert [a.person_id for a in one(bench, org)[0].assignments] == [ME, ME]


def test_a_book_may_go_by_the_account_team(bench: Any, org: Any) -> None:
    org.add("AccountTeamMember", Id="01M1", AccountId=TOP, UserId=BOB, TeamMemberRole="Manager")
    adapter = bench.open(bench.serve(org), {"currency": "EUR", "book": "team"})
    assert [person.id for person in adapter.managers()] == [BOB]
    (dossier,) = bench.read(adapter, BOB).book
    assert (dossier.id, [m.role for m in dossier.team]) == (TOP, ["Manager"])
    assert [place.id for place in dossier.locations] == [LEEDS]
    with pytest.raises(SourceError, match="nobody of the id"):
        bench.read(adapter, ME)


def test_more_accounts_than_a_query_can_name_are_refused_with_a_way_out(bench: Any, org: Any) -> None:
    for number in range(1001):
        org.add("AccountTeamMember", Id=f"01M{number}", AccountId=f"001{number + 5000:015d}", UserId=BOB)
    adapter = bench.open(bench.serve(org), {"currency": "EUR", "book": "team"})
    with pytest.raises(SourceError, match=r"export\(\)"):
        bench.read(adapter, BOB)


@pytest.mark.parametrize("by", ["owner", "team", "assignments"])
def test_one_pass_gives_every_manager_s_book(bench: Any, org: Any, by: str) -> None:
    org.add("Account", Id="001000000000000050", Name="Group", OwnerId=BOB)
    org.add("AccountTeamMember", Id="01M1", AccountId="001000000000000050", UserId=BOB)
    org.add("AccountTeamMember", Id="01M2", AccountId=TOP, UserId=ME)
    org.define("Held__c", Account__c="Account", Person__c="User", Role__c="string", End__c="date")
    org.add("Held__c", Id="h1", Account__c=TOP, Person__c=ME)
    org.add("Held__c", Id="h2", Account__c="001000000000000050", Person__c=BOB, Role__c="account manager")
    org.add("Held__c", Id="h3", Account__c=TOP, Person__c=BOB, Role__c="business development")
    org.add("Held__c", Id="h4", Account__c=TOP, Person__c=BOB, End__c="2025-12-31")
    fields = {"person_id": "Person__c", "role": "Role__c", "end": "End__c"}
    objects = {"assignments": {"object": "Held__c", "account": "Account__r", "fields": fields}}
    adapter = bench.open(bench.serve(org), {"currency": "EUR", "book": by, "objects": objects})
    books = {
        reading.book.header.id: reading
        for reading in adapter.export(BookRequest(manager_id="", period=Period.year(2026)))
    }
    assert {who: [d.id for d in reading.book] for who, reading in books.items()} == {
        ME: [TOP],
        BOB: ["001000000000000050"],
    }
    assert [person.id for person in adapter.managers()] == [ME, BOB]


# --- service, meetings, plans ----------------------------------------------------------------------------


def test_a_case_in_a_queue_has_no_representative(bench: Any, org: Any) -> None:
    usual = {"AccountId": LEEDS, "CreatedDate": "2026-02-01T10:00:00.000+0100", "Priority": "High"}
    org.add("Case", Id="500000000000000001", OwnerId="00G000000000000001", **usual)
    org.add("Case", Id="500000000000000002", OwnerId=BOB, ContactId=NORA, **usual)
    dossier, _ = one(bench, org)
    assert [case.service_rep_id for case in dossier.cases] == [None, BOB]
    assert dossier.cases[0].opened_at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert dossier.cases[0].location_id == LEEDS
    assert dossier.cases[0].reopened_at.why is Why.NOT_CONFIGURED


def test_events_and_calls_are_meetings(bench: Any, org: Any) -> None:
    org.add(
        "Event",
        Id="00U1",
        AccountId=LEEDS,
        StartDateTime="2026-02-02T10:00:00.000Z",
        IsChild=False,
        OwnerId=ME,
        WhoId=NORA,
        EventSubtype="Visit",
    )
    org.add(
        "Event",
        Id="00U2",
        AccountId=LEEDS,
        StartDateTime=None,
        ActivityDate="2026-02-03",
        IsChild=False,
        EventSubtype="Event",
    )
    org.add("Event", Id="00U3", AccountId=LEEDS, StartDateTime="2026-02-02T10:00:00.000Z", IsChild=True)
    org.add(
        "Task",
        Id="00T1",
        AccountId=LEEDS,
        ActivityDate="2026-02-05",
        TaskSubtype="Call",
        IsClosed=True,
        OwnerId=BOB,
    )
    org.add("Task", Id="00T2", AccountId=LEEDS, ActivityDate="2026-02-05", TaskSubtype="Email", IsClosed=True)
    dossier, problems = one(
        bench, org, {"currency": "EUR", "values": {"meeting_mode": {"Visit": "in person"}}}
    )
    assert [m.id for m in dossier.meetings] == ["00T1", "00U1", "00U2"]
    call, visit, all_day = dossier.meetings
    assert (call.mode, call.our_ids, call.held_at) == (
        MeetingMode.PHONE,
        (BOB,),
        datetime(2026, 2, 5, tzinfo=UTC),
    )
    assert (visit.mode, visit.our_ids, visit.buyer_ids, visit.location_id) == (
        MeetingMode.IN_PERSON,
        (ME,),
        (NORA,),
        LEEDS,
    )
    assert all_day.held_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert all_day.mode.why is Why.UNREADABLE
    assert any("'Event'" in problem for problem in problems)


def test_a_mode_nobody_configured_is_not_a_problem_but_unknown(bench: Any, org: Any) -> None:
    org.add(
        "Event",
        Id="00U1",
        AccountId=LEEDS,
        StartDateTime="2026-02-02T10:00:00.000Z",
        IsChild=False,
        EventSubtype="Event",
    )
    dossier, problems = one(bench, org)
    assert dossier.meetings[0].mode.why is Why.NOT_CONFIGURED
    assert problems == []


def test_a_plan_has_its_objectives_and_measures(bench: Any, org: Any) -> None:
    org.add(
        "AccountPlan",
        Id="0P1",
        AccountId=TOP,
        Name="2026",
        StartDate="2026-01-01",
        EndDate="2026-12-31",
        OwnerId=ME,
    )
    org.add("AccountPlan", Id="0P2", AccountId=TOP, Name="No dates")
    org.add("AccountPlanObjective", Id="0O1", AccountPlanId="0P1", Name="New pumps", Status="In Progress")
    org.add("AccountPlanObjective", Id="0O2", AccountPlanId="0P1", Name="Old pumps", Status="Closed")
    org.add(
        "AccountPlanObjectiveMeasure",
        Id="0M1",
        AccountPlanObjectiveId="0O1",
        Name="Revenue",
        TargetValue="70000.50",
        ValueType="Currency",
    )
    dossier, problems = one(bench, org)
    (plan,) = dossier.plans
    assert [(i.title, i.status.value) for i in plan.initiatives] == [
        ("New pumps", "open"),
        ("Old pumps", "done"),
    ]
    assert [(t.measure, t.value, t.unit) for t in plan.targets] == [
        ("Revenue", Decimal("70000.50"), "Currency")
    ]
    assert plan.initiatives[0].investment.why is plan.needs.why is Why.NOT_CONFIGURED
    assert any("0P2, StartDate: the field is blank" in problem for problem in problems)


def test_contracts_and_assets_of_competitors(bench: Any, org: Any) -> None:
    org.add(
        "Contract", Id="800a", AccountId=LEEDS, StartDate="2026-01-01", EndDate=None, StatusCode="Activated"
    )
    org.add("Contract", Id="800b", AccountId=LEEDS, StartDate="2026-01-01", StatusCode="Draft")
    org.add(
        "Asset",
        Id="02i1",
        AccountId=LEEDS,
        Product2Id=PUMP,
        Name="Rival pump",
        IsCompetitorProduct=True,
        InstallDate="2026-01-09",
    )
    dossier, _ = one(bench, org)
    (contract,), (holding,) = dossier.contracts, dossier.competitor_holdings
    assert (contract.id, contract.end, contract.location_id) == ("800a", None, LEEDS)
    assert (holding.competitor, holding.product_id, holding.location_id, holding.seen_on) == (
        "Rival pump",
        PUMP,
        LEEDS,
        date(2026, 1, 9),
    )


# --- what belongs to the manager -------------------------------------------------------------------------


def quota(org: Any, number: int, **values: Any) -> None:
    if not org.records["Period"]:
        org.add("Period", Id="026a", StartDate="2026-01-01", EndDate="2026-03-31", IsForecastPeriod=True)
    usual = {
        "QuotaOwnerId": ME,
        "StartDate": "2026-01-01",
        "PeriodId": "026a",
        "QuotaAmount": Decimal(100),
        "IsAmount": True,
        "ForecastingTypeId": "f1",
    }
    org.add("ForecastingQuota", Id=f"0J9{number}", **{**usual, **values})


def test_quotas_have_the_dates_of_their_periods(bench: Any, org: Any) -> None:
    quota(org, 1, ProductFamily="Pumps")
    quota(org, 2, IsAmount=False, QuotaAmount=None, QuotaQuantity=Decimal(40))
    quota(org, 3, QuotaOwnerId=BOB)
    first, second = book(bench, org).book.header.quotas
    assert (str(first.period), first.amount, first.counts, first.family) == (
        "2026-01-01..2026-03-31",
        100,
        QuotaCounts.REVENUE,
        "Pumps",
    )
    assert (second.amount, second.counts) == (40, QuotaCounts.UNITS)


def test_a_quota_without_its_period_is_told(bench: Any, org: Any) -> None:
    quota(org, 1, PeriodId=None)
    reading = book(bench, org)
    assert reading.book.header.quotas == ()
    assert any("its period cannot be told" in str(problem) for problem in reading.problems)


def test_quotas_of_two_forecasting_types_are_not_added_up(bench: Any, org: Any) -> None:
    quota(org, 1)
    quota(org, 2, ForecastingTypeId="f2")
    reading = book(bench, org)
    assert reading.book.header.quotas == Unknown(Why.NOT_CONFIGURED, "salesforce.forecasting_type")
    assert any("counted twice" in str(problem) for problem in reading.problems)
    chosen = book(bench, org, {"currency": "EUR", "forecasting_type": "f2"})
    assert [q.id for q in chosen.book.header.quotas] == ["0J92"]


def test_a_product_that_is_not_active_left_when_it_was_last_changed(bench: Any, org: Any) -> None:
    org.add(
        "Product2", Id="01t2", Name="Old", IsActive=False, LastModifiedDate="2025-07-01T00:00:00.000+0000"
    )
    products = book(bench, org).book.header.offering.by_id
    assert (products["01t2"].retired_on, products[PUMP].retired_on) == (date(2025, 7, 1), None)
    assert products["01t2"].family.why is Why.BLANK


def test_people_have_their_managers(bench: Any, org: Any) -> None:
    header = book(bench, org).book.header
    assert [(p.id, p.manager_id) for p in header.people] == [(ME, None), (BOB, ME)]
    assert header.manager.name == "Ada"
    assert header.manager.role.why is Why.BLANK


def test_a_manager_who_is_no_standard_user_is_named_by_id(bench: Any, org: Any) -> None:
    org.records["User"][0]["UserType"] = "AutomatedProcess"
    assert book(bench, org).book.header.manager.name == f"user {ME}"


def test_a_candidate_of_whom_nothing_is_recorded_is_unknown(bench: Any, org: Any) -> None:
    org.define("Candidate__c", Person__c="User", Name="string")
    objects = {"candidates": {"object": "Candidate__c", "fields": {"person_id": "Person__c", "name": "Name"}}}
    header = book(bench, org, {"currency": "EUR", "objects": objects}).book.header
    assert header.candidate.why is Why.BLANK
    org.add("Candidate__c", Id="c1", Person__c=ME, Name="Ada")
    header = book(bench, org, {"currency": "EUR", "objects": objects}).book.header
    assert (header.candidate.name, header.candidate.degrees.why) == ("Ada", Why.NOT_CONFIGURED)


# --- money -----------------------------------------------------------------------------------------------


@pytest.fixture
def many_currencies(make_small: Any) -> Any:
    org = make_small(currencies=True)
    fill(org)
    for code, rate, corporate in (
        ("EUR", "1", True),
        ("USD", "1.25", False),
        ("JPY", "160", False),
        ("GBP", "0", False),
    ):
        org.add(
            "CurrencyType",
            Id=code,
            IsoCode=code,
            ConversionRate=Decimal(rate),
            IsCorporate=corporate,
            DecimalPlaces=2,
        )
    for number, (start, end, rate) in enumerate(
        (("2026-01-01", "2026-03-01", "1.20"), ("2026-03-01", "9999-12-31", "1.10"))
    ):
        org.add(
            "DatedConversionRate",
            Id=f"dcr{number}",
            IsoCode="USD",
            ConversionRate=Decimal(rate),
            StartDate=start,
            NextStartDate=end,
        )
    return org


def test_amounts_are_converted_at_the_rate_of_their_day(bench: Any, many_currencies: Any) -> None:
    org = many_currencies
    org.records["Opportunity"][0]["CurrencyIsoCode"] = "USD"
    line(org, 1, TotalPrice=Decimal("110.00"))
    deal(
        org,
        "006000000000000002",
        IsWon=True,
        IsClosed=True,
        CloseDate="2026-02-28",
        Amount=Decimal(120),
        CurrencyIsoCode="USD",
    )
    deal(org, "006000000000000003", Amount=Decimal(16000), CurrencyIsoCode="JPY")
    deal(org, "006000000000000004", Amount=Decimal(7), CurrencyIsoCode="EUR")
    reading = book(bench, org, {})
    (dossier,) = reading.book
    assert reading.book.header.currency == "EUR"  # the corporate one
    assert [sale.revenue for sale in dossier.sale_lines] == [Decimal("100.00"), Decimal("100.00")]
    assert [d.amount for d in dossier.opportunities][2:] == [Decimal("100.00"), 7]
    assert any("converted" in sentence for sentence in reading.book.header.provenance.assumptions)


def test_a_day_before_the_first_dated_rate_has_the_undated_one(bench: Any, many_currencies: Any) -> None:
    deal(
        many_currencies,
        "006000000000000002",
        CloseDate="2025-12-31",
        Amount=Decimal(125),
        CurrencyIsoCode="USD",
    )
    dossier, _ = one(bench, many_currencies, {})
    assert dossier.opportunities[1].amount == Decimal("100.00")


def test_a_book_may_be_kept_in_another_currency_than_the_corporate_one(
    bench: Any, many_currencies: Any
) -> None:
    deal(
        many_currencies,
        "006000000000000002",
        CloseDate="2026-03-31",
        Amount=Decimal(100),
        CurrencyIsoCode="EUR",
    )
    deal(
        many_currencies,
        "006000000000000003",
        CloseDate="2026-03-31",
        Amount=Decimal(16000),
        CurrencyIsoCode="JPY",
    )
    dossier, _ = one(bench, many_currencies, {"currency": "USD"})
    assert [d.amount for d in dossier.opportunities][1:] == [Decimal("110.00"), Decimal("110.00")]


def test_a_book_kept_in_a_currency_the_org_has_no_rate_for_knows_no_amount(
    bench: Any, many_currencies: Any
) -> None:
    deal(many_currencies, "006000000000000002", Amount=Decimal(100), CurrencyIsoCode="USD")
    deal(many_currencies, "006000000000000003", Amount=Decimal(100), CurrencyIsoCode="SEK")
    dossier, problems = one(bench, many_currencies, {"currency": "SEK"})
    assert isinstance(dossier.opportunities[1].amount, Unknown)
    assert dossier.opportunities[2].amount == 100
    assert any("rate of USD to SEK" in problem for problem in problems)


def test_amounts_of_custom_objects_are_in_their_own_currency_too(bench: Any, many_currencies: Any) -> None:
    org = many_currencies
    org.define(
        "Spend__c",
        Account__c="Account",
        Amount__c="currency",
        On__c="date",
        CurrencyIsoCode="picklist",
    )
    org.add(
        "Spend__c",
        Id="a01",
        Account__c=TOP,
        Amount__c=Decimal(110),
        On__c="2026-03-31",
        CurrencyIsoCode="USD",
    )
    fields = {"yearly_amount": "Amount__c", "on": "On__c", "source": "=customer"}
    spend = {"object": "Spend__c", "account": "Account__c", "fields": fields}
    dossier, problems = one(bench, org, {"objects": {"spend_estimates": spend}})
    assert not problems
    assert [estimate.yearly_amount for estimate in dossier.spend_estimates] == [Decimal("100.00")]


@pytest.mark.parametrize("code", ["GBP", "CHF", "ZZZ"])
def test_an_amount_without_a_rate_is_unknown_and_never_added_raw(
    bench: Any, many_currencies: Any, code: str
) -> None:
    many_currencies.records["Opportunity"][0]["CurrencyIsoCode"] = code
    dossier, problems = one(bench, many_currencies, {})
    assert isinstance(dossier.opportunities[0].amount, Unknown)
    assert dossier.sale_lines == ()  # a sale without its revenue is no sale line; it is told
    assert any("left out" in problem for problem in problems)


def test_a_quota_without_a_rate_is_left_out_and_told(bench: Any, many_currencies: Any) -> None:
    quota(many_currencies, 1, CurrencyIsoCode="USD")
    quota(many_currencies, 2, CurrencyIsoCode="CHF")
    reading = book(bench, many_currencies, {})
    assert [q.amount for q in reading.book.header.quotas] == [Decimal("83.33")]  # 100 ÷ 1.20
    assert any("0J92" in str(problem) for problem in reading.problems)


def test_an_investment_is_converted_or_unknown(bench: Any, many_currencies: Any) -> None:
    org = many_currencies
    org.define("AccountPlanObjective", Us__c="currency", Them__c="currency", CurrencyIsoCode="picklist")
    org.add("AccountPlan", Id="0P1", AccountId=TOP, Name="2026", StartDate="2026-01-01", EndDate="2026-12-31")
    sides = {"Us__c": Decimal(11), "Them__c": Decimal(22)}
    for number, code in enumerate(("USD", "CHF")):
        org.add(
            "AccountPlanObjective",
            Id=f"0O{number}",
            AccountPlanId="0P1",
            Name="x",
            CurrencyIsoCode=code,
            **sides,
        )
    org.add("AccountPlanObjective", Id="0O9", AccountPlanId="0P1", Name="x", Us__c=Decimal(1))
    fields = {"investment_company": "Us__c", "investment_customer": "Them__c"}
    dossier, _ = one(bench, org, {"objects": {"initiatives": {"fields": fields}}})
    first, second, third = (i.investment for i in dossier.plans[0].initiatives)
    assert (first.company, first.customer) == (Decimal("10.00"), Decimal("20.00"))
    assert isinstance(second, Unknown)
    assert third is None


def test_an_org_of_one_currency_must_be_told_which(bench: Any, org: Any) -> None:
    with pytest.raises(SourceError, match=r"set salesforce\.currency"):
        book(bench, org, {})


# --- what cannot be read ---------------------------------------------------------------------------------


def test_an_unreadable_value_is_told_by_object_record_and_field(bench: Any, org: Any) -> None:
    org.records["Opportunity"][0]["Probability"] = "often"
    line(org, 1, Quantity="some")
    dossier, problems = one(bench, org)
    assert dossier.opportunities[0].probability.why is Why.UNREADABLE
    assert dossier.sale_lines[0].quantity.why is Why.UNREADABLE
    assert any(problem.startswith(f"Opportunity, {DEAL}, Probability: ") for problem in problems)


def test_a_record_that_cannot_be_is_left_out_and_told(bench: Any, org: Any) -> None:
    org.records["Opportunity"][0]["CreatedDate"] = "yesterday"
    org.records["Contact"][0]["Name"] = None
    line(org, 1, TotalPrice=None)
    dossier, problems = one(bench, org)
    assert (dossier.opportunities, [b.id for b in dossier.buyers], dossier.sale_lines) == ((), [PETE], ())
    assert sum("left out" in problem for problem in problems) == 3


def test_an_account_that_cannot_be_is_left_out_and_told(bench: Any, org: Any) -> None:
    org.records["Account"][0]["Name"] = None
    reading = book(bench, org)
    assert list(reading.book) == []
    assert any("Account, 001000000000000001, Name" in str(problem) for problem in reading.problems)


def test_a_strict_reading_stops_at_the_first_problem(bench: Any, org: Any) -> None:
    org.records["Contact"][0]["Name"] = None
    with pytest.raises(StrictReadingError, match="Contact"):
        list(book(bench, org, strict=True).book)


def test_a_handover_with_a_day_that_is_none_keeps_its_other_steps(bench: Any, org: Any) -> None:
    org.define("Handover__c", Account__c="Account", Won__c="date", Live__c="date")
    org.add("Handover__c", Id="h1", Account__c=TOP, Won__c="2026-01-01", Live__c="soon")
    fields = {"won_on": "Won__c", "live_on": "Live__c"}
    objects = {"handovers": {"object": "Handover__c", "account": "Account__r", "fields": fields}}
    dossier, problems = one(bench, org, {"currency": "EUR", "objects": objects})
    assert [step.on for step in dossier.handovers[0].steps] == [date(2026, 1, 1)]
    assert dossier.handovers[0].checklist.why is Why.NOT_CONFIGURED
    assert any("h1, Live__c" in problem for problem in problems)


def test_a_constant_may_stand_for_a_field(bench: Any, org: Any) -> None:
    org.define("Survey__c", Account__c="Account", On__c="date", Score__c="double")
    org.add("Survey__c", Id="s1", Account__c=LEEDS, On__c="2026-02-01", Score__c=Decimal(4))
    fields = {"on": "On__c", "value": "Score__c", "instrument": "=CSAT", "lowest": "=1", "highest": "=5"}
    objects = {"readings": {"object": "Survey__c", "account": "Account__r", "fields": fields}}
    dossier, _ = one(bench, org, {"currency": "EUR", "objects": objects})
    (answer,) = dossier.readings
    assert (answer.instrument, answer.lowest, answer.value, answer.highest) == ("CSAT", 1, 4, 5)


def test_fields_that_are_hidden_are_unknown_and_say_which(bench: Any, org: Any) -> None:
    org.add(
        "Case",
        Id="500000000000000001",
        AccountId=LEEDS,
        CreatedDate="2026-02-01T10:00:00.000Z",
        Priority="High",
    )
    del org.fields["Case"]["Priority"]
    dossier, _ = one(bench, org)
    assert dossier.cases[0].priority == Unknown(Why.NOT_PERMITTED, "Case.Priority")


def test_a_status_nobody_explained_leaves_its_record_out_and_never_takes_a_default(
    bench: Any, org: Any
) -> None:
    org.add("AccountPlan", Id="0P1", AccountId=TOP, Name="2026", StartDate="2026-01-01", EndDate="2026-12-31")
    org.add("AccountPlanObjective", Id="0O1", AccountPlanId="0P1", Name="x", Status="Paused")
    dossier, problems = one(bench, org)
    assert dossier.plans[0].initiatives == ()
    assert any("'Paused'" in problem and "left out" in problem for problem in problems)


def test_a_currency_nobody_knows_does_not_stop_the_others(bench: Any, many_currencies: Any) -> None:
    many_currencies.add("CurrencyType", Id="XTS", IsoCode="QQQ", ConversionRate=Decimal(2), IsCorporate=False)
    many_currencies.add("CurrencyType", Id="nil", IsoCode="SEK", ConversionRate=None, IsCorporate=False)
    deal(many_currencies, "006000000000000002", Amount=Decimal(110), CurrencyIsoCode="USD")
    dossier, _ = one(bench, many_currencies, {})
    assert dossier.opportunities[1].amount == Decimal("100.00")


def test_a_credit_without_a_share_is_told(bench: Any, org: Any) -> None:
    split(org, 1, ME, "100")
    org.records["OpportunitySplit"][0]["SplitPercentage"] = None
    dossier, problems = one(bench, org)
    assert dossier.sale_lines[0].credits == ()
    assert any("without a number" in problem for problem in problems)


@pytest.mark.parametrize("percent", ["half", "120"])
def test_a_share_that_is_none_is_told(bench: Any, org: Any, percent: str) -> None:
    split(org, 1, ME, "100")
    org.records["OpportunitySplit"][0]["SplitPercentage"] = percent
    dossier, problems = one(bench, org)
    assert dossier.sale_lines[0].credits == ()
    assert any("OpportunitySplit, 1sp1" in problem for problem in problems)


def test_an_object_whose_way_to_the_account_is_hidden_is_not_available(bench: Any, org: Any) -> None:
    del org.fields["OpportunityLineItem"]["OpportunityId"]
    dossier, _ = one(bench, org)
    assert dossier.opportunities[0].lines == Unknown(
        Why.NOT_PERMITTED, "OpportunityLineItem.OpportunityId is absent or hidden"
    )


def test_a_relationship_that_is_hidden_takes_its_field_with_it(bench: Any, org: Any) -> None:
    del org.fields["User"]["UserRoleId"]
    header = book(bench, org).book.header
    assert header.people[0].role == Unknown(Why.NOT_PERMITTED, "User.UserRole.Name")


def test_what_an_unreadable_object_lacks_is_the_object() -> None:
    gap = Unknown(Why.NOT_PERMITTED, "Case is hidden")
    source = Readable(spec=STANDARD_OBJECTS["cases"], gap=gap)
    assert source.lacks("priority") is gap
    assert not source.reads("priority")


def test_an_entry_may_name_the_field_of_its_account_itself(bench: Any, org: Any) -> None:
    org.add("AccountTeamMember", Id="01M1", AccountId=TOP, UserId=BOB, TeamMemberRole="Manager")
    mapping = {"currency": "EUR", "book": "team", "objects": {"team": {"fields": {"account": "AccountId"}}}}
    adapter = bench.open(bench.serve(org), mapping)
    assert [d.id for d in bench.read(adapter, BOB).book] == [TOP]


def test_managers_that_cannot_be_asked_for_are_an_error(bench: Any, org: Any) -> None:
    loopback = bench.serve(org)
    adapter = bench.open(loopback)
    answer = [{"errorCode": "INVALID_TYPE", "message": "sObject type 'User' is not supported."}]
    loopback.fail(Fail(status=400, body=answer, match="FROM User", inner=True))
    with pytest.raises(NotAvailableError):
        adapter.managers()


def test_a_field_hidden_and_then_a_query_too_heavy_still_gives_the_book(bench: Any, org: Any) -> None:
    org.add("Case", Id="500000000000000001", AccountId=LEEDS, CreatedDate="2026-02-01T10:00:00.000Z")
    loopback = bench.serve(org)
    hidden = [{"errorCode": "INVALID_FIELD", "message": "No such column 'Priority' on entity 'Case'"}]
    loopback.fail(
        Fail(status=400, body=hidden, match="Priority", inner=True),
        Fail(status=400, body=[{"errorCode": "QUERY_TIMEOUT"}], match="FROM Case", inner=True),
    )
    (dossier,) = bench.read(bench.open(loopback)).book
    assert len(dossier.cases) == 1


def test_a_mapping_may_be_given_ready_made(bench: Any, org: Any) -> None:
    config = SalesforceConfig(currency="USD")
    assert book(bench, org, config).book.header.currency == "USD"


def test_where_amounts_are_hidden_what_is_sold_is_told_and_left_out(bench: Any, org: Any) -> None:
    del org.fields["Opportunity"]["Amount"]
    dossier, problems = one(bench, org)
    assert dossier.sale_lines == ()
    assert dossier.opportunities[0].amount == Unknown(Why.NOT_PERMITTED, "Opportunity.Amount")
    assert any("not-permitted" in problem and "grant read access" in problem for problem in problems)
