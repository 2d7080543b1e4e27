"""Strategies for records. What refers to something else takes the ids it may refer to.

Strategies are built once and kept: a dossier asks for them hundreds of times.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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
from sam_core.testing._values import (
    amounts,
    days,
    idents,
    kept,
    maybe,
    moments,
    periods,
    shares,
    texts,
    unknowns,
)

__all__ = [
    "account_plans",
    "accounts",
    "achievements",
    "assignments",
    "buyers",
    "candidates",
    "cases",
    "checklist_items",
    "competitor_holdings",
    "contracts",
    "credits_of_a_line",
    "dated_costs",
    "degrees",
    "deliveries",
    "engagements",
    "expectations",
    "growth_goals",
    "handovers",
    "initiatives",
    "investments",
    "locations",
    "meetings",
    "needs",
    "offerings",
    "opportunities",
    "opportunity_lines",
    "persons",
    "plan_actions",
    "plan_targets",
    "planning_sessions",
    "products",
    "quotas",
    "readings",
    "sale_lines",
    "selling_spells",
    "service_actions",
    "spend_estimates",
    "stage_stays",
    "support_requests",
    "team_members",
    "training_objectives",
]

Ids = tuple[str, ...]

PEOPLE: Ids = ("M1", "M2", "S1")
PRODUCTS: Ids = ("P1", "P2", "P3")
LOCATIONS: Ids = ("L1", "L2", "L3")
BUYERS: Ids = ("B1", "B2", "B3")
SEGMENTS: Ids = ("large", "small")
TIERS: Ids = ("A", "B")
STAGES: Ids = ("qualify", "propose", "close")
FAMILIES: Ids = ("F1", "F2", "F3")
OPPORTUNITIES: Ids = ("O1", "O2", "O3")
TROUBLES: Ids = ("T1", "T2", "T3")
"""Ids that cases, deliveries, readings and contracts share, so that an action is often about one of them."""


@kept
def _one_of(ids: Ids) -> SearchStrategy[str]:
    """Mostly an id that is there, sometimes one that is not."""
    return st.sampled_from((*ids, *ids, *ids, "elsewhere"))


@kept
def _own(ids: Ids) -> SearchStrategy[str]:
    """An id that others may refer to, or any."""
    return st.sampled_from(ids) | idents()


@kept
def _or_none(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


@kept
def _several(strategy: SearchStrategy[Any], most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    """A few records, no id twice."""
    return st.lists(strategy, max_size=most, unique_by=lambda record: record.id).map(tuple)


@kept
def _some(ids: Ids) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(_one_of(ids), max_size=3, unique=True).map(tuple)


@kept
def _spans() -> SearchStrategy[tuple[date, date | None]]:
    """A first day and a last one, or none while it lasts."""
    return st.tuples(days(), _or_none(st.integers(0, 900))).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + timedelta(days=pair[1]))
    )


def _spanning(
    record: type[Any], /, first: str = "start", last: str = "end", **fields: Any
) -> SearchStrategy[Any]:
    return st.builds(
        lambda span, given: record(**{first: span[0], last: span[1], **given}),
        _spans(),
        st.fixed_dictionaries(fields),
    )


@kept
def accounts(ids: SearchStrategy[str] | None = None) -> SearchStrategy[Account]:
    """Accounts with and without segment and tier."""
    return st.builds(
        Account,
        id=idents() if ids is None else ids,
        name=texts(),
        segment=_or_none(st.sampled_from(SEGMENTS)),
        tier=_or_none(st.sampled_from(TIERS)),
        excluded_product_ids=_some(PRODUCTS),
    )


@kept
def locations(ids: Ids = LOCATIONS) -> SearchStrategy[Location]:
    """Places of the customer."""
    return st.builds(
        Location, id=_one_of(ids), name=texts(), city=_or_none(texts()), country=_or_none(texts())
    )


@kept
def buyers(ids: Ids = BUYERS, places: Ids = LOCATIONS) -> SearchStrategy[Buyer]:
    """People of the customer."""
    return st.builds(
        Buyer,
        id=_one_of(ids),
        name=texts(),
        location_id=maybe(_or_none(_one_of(places))),
        title=_or_none(texts()),
        role=maybe(st.sampled_from(BuyerRole)),
        influence=maybe(st.sampled_from(Influence)),
        reports_to_id=_or_none(_one_of(ids)),
        left_on=_or_none(days()),
    )


@kept
def assignments(people: Ids = PEOPLE) -> SearchStrategy[Assignment]:
    """Who held the account; since when is not always known."""
    fields: dict[str, Any] = {
        "id": idents(),
        "person_id": _one_of(people),
        "role": st.sampled_from(AssignmentRole),
    }
    return _spanning(Assignment, **fields) | st.builds(
        Assignment, **fields, start=unknowns(), end=_or_none(days())
    )


@kept
def team_members(people: Ids = PEOPLE) -> SearchStrategy[TeamMember]:
    """Colleagues on the account."""
    return _spanning(TeamMember, id=idents(), person_id=_one_of(people), role=_or_none(texts()))


@kept
def competitor_holdings(
    products: Ids = PRODUCTS, places: Ids = LOCATIONS, people: Ids = BUYERS
) -> SearchStrategy[CompetitorHolding]:
    """Competitors' products, at one place or everywhere."""
    return st.builds(
        CompetitorHolding,
        id=idents(),
        product_id=_one_of(products),
        competitor=texts(),
        location_id=_or_none(_one_of(places)),
        buyer_id=_or_none(_one_of(people)),
        seen_on=_or_none(days()),
    )


@kept
def spend_estimates() -> SearchStrategy[SpendEstimate]:
    """Yearly spend as somebody put it."""
    return st.builds(SpendEstimate, id=idents(), yearly_amount=amounts(0), source=texts(), on=days())


@kept
def dated_costs() -> SearchStrategy[DatedCost]:
    """What a unit costs from a day on."""
    return st.builds(DatedCost, start=days(), unit_cost=amounts(0, 1000))


@kept
def products(ids: SearchStrategy[str] | None = None) -> SearchStrategy[Product]:
    """Products and services, some not introduced yet, some retired."""
    fields = {
        "id": _one_of(PRODUCTS) if ids is None else ids,
        "name": texts(),
        "family": maybe(st.sampled_from(FAMILIES)),
        "kind": maybe(st.sampled_from(ProductKind)),
        "segments": _or_none(st.lists(st.sampled_from(SEGMENTS), unique=True).map(tuple)),
        "standard_cost": maybe(amounts(0, 1000)),
        "dated_costs": st.lists(dated_costs(), max_size=2, unique_by=lambda cost: cost.start).map(tuple),
    }
    retired = _spanning(Product, "introduced_on", "retired_on", **fields)
    return st.builds(Product, **fields, introduced_on=_or_none(days())) | retired


@kept
def offerings() -> SearchStrategy[Offering]:
    """A few products, some of them the ones that lines name."""
    return _several(products(), 4).map(lambda found: Offering(products=found))


@st.composite
def credits_of_a_line(draw: st.DrawFn, /, people: Ids = PEOPLE) -> tuple[Credit, ...]:
    """How a line is shared out: revenue shares sum to exactly 1, overlays to anything."""
    holders = draw(st.lists(_one_of(people), min_size=1, max_size=3, unique=True))
    parts = [Decimal(draw(st.integers(0, 33))) / 100 for _ in holders[1:]]
    revenue = [
        Credit(person_id=who, share=share)
        for who, share in zip(holders, [Decimal(1) - sum(parts), *parts], strict=True)
    ]
    overlay = draw(
        st.lists(
            st.builds(Credit, person_id=_one_of(people), share=shares(), kind=st.just(CreditKind.OVERLAY)),
            max_size=2,
        )
    )
    return (*revenue, *overlay)


@kept
def sale_lines(
    ids: SearchStrategy[str] | None = None,
    products: Ids = PRODUCTS,
    places: Ids = LOCATIONS,
    people: Ids = BUYERS,
    on: SearchStrategy[date] | None = None,
) -> SearchStrategy[SaleLine]:
    """Won lines, returns among them; what a line does not say is unknown."""
    quantities: SearchStrategy[Decimal] = st.integers(-3, 9).map(Decimal)
    return st.builds(
        SaleLine,
        id=idents() if ids is None else ids,
        on=days() if on is None else on,
        revenue=amounts(-10_000, 100_000),
        product_id=maybe(_one_of(products)),
        location_id=maybe(_one_of(places)),
        buyer_id=maybe(_one_of(people)),
        quantity=maybe(quantities),
        cost=maybe(amounts(0, 10_000)),
        credits=st.just(()) | credits_of_a_line(),
        order_id=_or_none(idents()),
    )


@kept
def contracts(products: Ids = PRODUCTS, places: Ids = LOCATIONS) -> SearchStrategy[Contract]:
    """Recurring business, running, ended, or cancelled before its term."""
    return st.builds(
        lambda span, after, given: Contract(
            start=span[0],
            end=span[1],
            cancelled_on=None if after is None else span[0] + timedelta(days=after),
            **given,
        ),
        _spans(),
        _or_none(st.integers(0, 600)),
        st.fixed_dictionaries(
            {
                "id": _own(TROUBLES),
                "yearly_amount": maybe(amounts(0)),
                "product_id": _or_none(_one_of(products)),
                "location_id": _or_none(_one_of(places)),
            }
        ),
    )


@kept
def opportunity_lines(
    products: Ids = PRODUCTS, places: Ids = LOCATIONS, people: Ids = BUYERS
) -> SearchStrategy[OpportunityLine]:
    """What an opportunity is for, as far as it says."""
    return st.builds(
        OpportunityLine,
        id=idents(),
        product_id=maybe(_one_of(products)),
        location_id=maybe(_one_of(places)),
        buyer_id=maybe(_one_of(people)),
        amount=maybe(amounts(0)),
    )


@kept
def engagements(people: Ids = PEOPLE) -> SearchStrategy[Engagement]:
    """Roles called in."""
    return st.builds(
        Engagement, id=idents(), role=texts(), person_id=_or_none(_one_of(people)), on=maybe(days())
    )


@st.composite
def stage_stays(draw: st.DrawFn) -> tuple[StageStay, ...]:
    """The stages of one opportunity, one after the other, the last one going on."""
    stages = draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=3))
    start = draw(days())
    stays = []
    for stage in stages[:-1]:
        end = start + timedelta(days=draw(st.integers(0, 200)))
        stays.append(StageStay(stage=stage, start=start, end=end))
        start = end
    return (*stays, StageStay(stage=stages[-1], start=start))


@st.composite
def opportunities(
    draw: st.DrawFn,
    /,
    products: Ids = PRODUCTS,
    places: Ids = LOCATIONS,
    buyers: Ids = BUYERS,
    people: Ids = PEOPLE,
) -> Opportunity:
    """Opportunities open, won and lost, with and without lines."""
    opened = draw(days())
    status = draw(st.sampled_from(OpportunityStatus))
    closed = None if status is OpportunityStatus.OPEN else opened + timedelta(days=draw(st.integers(0, 700)))
    return Opportunity(
        id=draw(_own(OPPORTUNITIES)),
        name=draw(texts()),
        opened_on=opened,
        status=status,
        closed_on=closed,
        stage=draw(maybe(st.sampled_from(STAGES))),
        closes_on=draw(maybe(_or_none(days()))),
        amount=draw(maybe(amounts(0))),
        probability=draw(maybe(shares())),
        lead_id=draw(maybe(_or_none(_one_of(people)))),
        lead_reason=draw(_or_none(texts())),
        next_step=draw(maybe(_or_none(texts()))),
        next_step_on=draw(maybe(_or_none(days()))),
        stays=draw(maybe(stage_stays())),
        engagements=draw(maybe(_several(engagements(people), 2))),
        lines=draw(maybe(_several(opportunity_lines(products, places, buyers)))),
    )


@kept
def support_requests(people: Ids = PEOPLE) -> SearchStrategy[SupportRequest]:
    """Requests for help, answered or not."""
    fields = {
        "id": idents(),
        "role": texts(),
        "opportunity_id": _or_none(_own(OPPORTUNITIES)),
        "answered_by_id": _or_none(_one_of(people)),
    }
    return _spanning(SupportRequest, "asked_on", "answered_on", **fields) | st.builds(
        SupportRequest, **fields, asked_on=days(), answered_on=unknowns()
    )


@kept
def planning_sessions(people: Ids = PEOPLE, buyers: Ids = BUYERS) -> SearchStrategy[PlanningSession]:
    """Sittings of one side or of both."""
    return st.builds(
        PlanningSession,
        id=idents(),
        on=days(),
        our_ids=maybe(_some(people)),
        customer_ids=maybe(_some(buyers)),
    )


@kept
def needs() -> SearchStrategy[Need]:
    """Needs, some declined."""
    return st.builds(
        Need,
        id=st.sampled_from(("N1", "N2", "N3")),
        text=texts(),
        declined_reason=_or_none(texts()),
    )


@kept
def investments() -> SearchStrategy[Investment]:
    """Amounts of both sides."""
    return st.builds(Investment, company=amounts(0), customer=amounts(0))


@kept
def plan_actions(people: Ids = PEOPLE) -> SearchStrategy[PlanAction]:
    """Steps with and without owner and day."""
    return st.builds(
        PlanAction,
        id=idents(),
        text=texts(),
        owner_id=maybe(_or_none(_one_of(people))),
        due_on=maybe(_or_none(days())),
        done_on=_or_none(days()),
    )


@st.composite
def initiatives(draw: st.DrawFn, /, people: Ids = PEOPLE) -> Initiative:
    """Initiatives open, done and dropped; only closed ones have a closing day."""
    status = draw(st.sampled_from(InitiativeStatus))
    return Initiative(
        id=draw(idents()),
        title=draw(texts()),
        status=status,
        need_ids=draw(_some(("N1", "N2", "N3"))),
        priority=draw(maybe(_or_none(st.integers(0, 4)))),
        investment=draw(maybe(_or_none(investments()))),
        actions=draw(maybe(_several(plan_actions(people)))),
        closed_on=None if status is InitiativeStatus.OPEN else draw(_or_none(days())),
    )


@kept
def plan_targets() -> SearchStrategy[PlanTarget]:
    """Targets with a number and without."""
    return st.builds(
        PlanTarget,
        id=idents(),
        measure=texts(),
        value=maybe(_or_none(amounts())),
        unit=_or_none(texts()),
        due_on=_or_none(days()),
    )


@kept
def account_plans(people: Ids = PEOPLE, buyers: Ids = BUYERS) -> SearchStrategy[AccountPlan]:
    """Plans of any state of repair."""
    return st.builds(
        lambda start, length, given: AccountPlan(start=start, end=start + timedelta(days=length), **given),
        days(),
        st.integers(0, 900),
        st.fixed_dictionaries(
            {
                "id": idents(),
                "title": texts(),
                "owner_id": _or_none(_one_of(people)),
                "reviewed_on": maybe(st.lists(days(), max_size=3).map(tuple)),
                "sessions": maybe(_several(planning_sessions(people, buyers), 2)),
                "needs": maybe(_several(needs())),
                "initiatives": maybe(_several(initiatives(people))),
                "targets": maybe(_several(plan_targets(), 2)),
            }
        ),
    )


def _later(moment: datetime, hours: int) -> datetime:
    return moment + timedelta(hours=hours)


@st.composite
def cases(draw: st.DrawFn, /, places: Ids = LOCATIONS, buyers: Ids = BUYERS, people: Ids = PEOPLE) -> Case:
    """Cases open and closed, reopened and escalated."""
    opened = draw(moments())
    after = st.integers(0, 9000).map(lambda hours: _later(opened, hours))
    return Case(
        id=draw(_own(TROUBLES)),
        opened_at=opened,
        closed_at=draw(_or_none(after)),
        priority=draw(maybe(st.sampled_from(("high", "medium", "low", "odd")))),
        reopened_at=draw(maybe(_or_none(after))),
        escalated_at=draw(maybe(_or_none(after))),
        subject=draw(_or_none(texts())),
        location_id=draw(_or_none(_one_of(places))),
        buyer_id=draw(_or_none(_one_of(buyers))),
        service_rep_id=draw(maybe(_or_none(_one_of(people)))),
    )


@kept
def deliveries(places: Ids = LOCATIONS) -> SearchStrategy[Delivery]:
    """Deliveries in time, late and outstanding."""
    return st.builds(
        Delivery,
        id=_own(TROUBLES),
        ordered_on=_or_none(days()),
        due_on=days(),
        delivered_on=maybe(_or_none(days())),
        location_id=_or_none(_one_of(places)),
        order_id=_or_none(idents()),
    )


@st.composite
def readings(draw: st.DrawFn, /, buyers: Ids = BUYERS, places: Ids = LOCATIONS) -> SatisfactionReading:
    """Answers on scales of several kinds."""
    instrument, low, high = draw(
        st.sampled_from((("CSAT", 1, 5), ("CSAT", 1, 10), ("NPS", 0, 10), ("mood", 0, 100)))
    )
    return SatisfactionReading(
        id=draw(_own(TROUBLES)),
        on=draw(days()),
        instrument=instrument,
        lowest=Decimal(low),
        highest=Decimal(high),
        value=Decimal(draw(st.integers(low, high))),
        respondent_id=draw(maybe(_one_of(buyers))),
        location_id=draw(_or_none(_one_of(places))),
    )


@kept
def service_actions(
    people: Ids = PEOPLE, about: SearchStrategy[str] | None = None
) -> SearchStrategy[ServiceAction]:
    """What was done about something."""
    return st.builds(
        ServiceAction,
        id=idents(),
        on=days(),
        about_id=_own(TROUBLES) if about is None else about,
        by_id=_or_none(_one_of(people)),
        with_id=_or_none(_one_of(people)),
        text=_or_none(texts()),
    )


@kept
def meetings(people: Ids = PEOPLE, buyers: Ids = BUYERS, places: Ids = LOCATIONS) -> SearchStrategy[Meeting]:
    """Meetings in person, by video and by telephone."""
    return st.builds(
        Meeting,
        id=idents(),
        held_at=moments(),
        mode=maybe(st.sampled_from(MeetingMode)),
        our_ids=maybe(_some(people)),
        buyer_ids=maybe(_some(buyers)),
        location_id=_or_none(_one_of(places)),
        subject=_or_none(texts()),
    )


@kept
def checklist_items() -> SearchStrategy[ChecklistItem]:
    """Items done and not."""
    return st.builds(ChecklistItem, id=idents(), text=texts(), done_on=_or_none(days()))


@st.composite
def handovers(draw: st.DrawFn, /, people: Ids = PEOPLE) -> Handover:
    """Hand-overs by the book and against it: any states, on any days, in any order."""
    later = draw(st.lists(st.sampled_from(list(HandoverState)[1:]), unique=True))
    steps = [HandoverStep(state=state, on=draw(days())) for state in (HandoverState.WON, *later)]
    return Handover(
        id=draw(idents()),
        steps=tuple(draw(st.permutations(steps))),
        opportunity_id=draw(_or_none(_own(OPPORTUNITIES))),
        manager_id=draw(maybe(_or_none(_one_of(people)))),
        manager_named_on=draw(maybe(_or_none(days()))),
        checklist=draw(maybe(_several(checklist_items()))),
    )


@kept
def persons(ids: SearchStrategy[str] | None = None, people: Ids = PEOPLE) -> SearchStrategy[Person]:
    """Our own people, who report to one another in any way, in circles too."""
    return st.builds(
        Person,
        id=_one_of(people) if ids is None else ids,
        name=texts(),
        role=maybe(st.sampled_from(PersonRole)),
        manager_id=maybe(_or_none(_one_of(people))),
        supports_account_ids=maybe(_some(("A1", "A2"))),
    )


@kept
def training_objectives(people: Ids = PEOPLE) -> SearchStrategy[TrainingObjective]:
    """Objectives met in time, late, and not at all."""
    return st.builds(
        TrainingObjective,
        id=idents(),
        person_id=_one_of(people),
        title=texts(),
        assigned_on=_or_none(days()),
        due_on=maybe(days()),
        completed_on=maybe(_or_none(days())),
    )


@kept
def degrees() -> SearchStrategy[Degree]:
    """Degrees of any length."""
    return st.builds(
        Degree,
        title=texts(),
        years=maybe(st.integers(0, 8)),
        accredited=maybe(st.booleans()),
        awarded_on=_or_none(days()),
    )


@kept
def selling_spells() -> SearchStrategy[SellingSpell]:
    """Stretches of selling, overlapping or not."""
    return _spanning(
        SellingSpell, business_to_business=maybe(st.booleans()), large_customers=maybe(st.booleans())
    )


@kept
def achievements() -> SearchStrategy[Achievement]:
    """Achievements, some as an account manager."""
    return st.builds(
        Achievement, id=idents(), text=texts(), on=days(), as_account_manager=maybe(st.booleans())
    )


@kept
def candidates(ids: SearchStrategy[str] | None = None) -> SearchStrategy[Candidate]:
    """What is known of somebody's qualifications."""
    return st.builds(
        Candidate,
        id=idents() if ids is None else ids,
        name=texts(),
        degrees=maybe(st.lists(degrees(), max_size=2).map(tuple)),
        selling=maybe(st.lists(selling_spells(), max_size=3).map(tuple)),
        achievements=maybe(_several(achievements(), 2)),
        able_with_computer=maybe(st.booleans()),
        background_check=maybe(st.sampled_from(BackgroundCheck)),
    )


@kept
def quotas() -> SearchStrategy[Quota]:
    """Quotas of every kind, for all products or one family."""
    return st.builds(
        Quota,
        id=idents(),
        period=periods(),
        amount=amounts(0),
        counts=st.sampled_from(QuotaCounts),
        family=_or_none(st.sampled_from(FAMILIES)),
    )


@kept
def expectations() -> SearchStrategy[ProfitExpectation]:
    """Expected amounts, margins, or both."""
    margins = st.decimals(-1, 1, places=3)
    fields: dict[str, SearchStrategy[Any]] = {"id": idents(), "period": periods()}
    return st.builds(
        ProfitExpectation, **fields, gross_profit=amounts(), margin=_or_none(margins)
    ) | st.builds(ProfitExpectation, **fields, margin=margins)


@kept
def growth_goals() -> SearchStrategy[GrowthGoal]:
    """Goals for growth."""
    growth = maybe(st.decimals(-1, 2, places=3))
    return st.builds(GrowthGoal, id=idents(), period=periods(), revenue_growth=growth, profit_growth=growth)
