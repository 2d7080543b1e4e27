"""The canonical tables, as data: what reads them, writes them and documents them goes by this alone.

A column that fills a field of a record takes its kind and its need from the record's own
annotations, so the two cannot drift apart; only its meaning is written here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen

from sam_core import book
from sam_core.values import Period, Unknown

__all__ = ["TABLES", "Column", "Kind", "Need", "Table"]


class Kind(enum.Enum):
    """What stands in a cell; the value says it for people."""

    TEXT = "text"
    ID = "id"
    IDS = "ids, separated by `;`"
    DAY = "day"
    INSTANT = "moment with a time zone"
    AMOUNT = "number"
    COUNT = "whole number"
    FLAG = "true or false"
    CHOICE = "one of"
    PERIOD = "period"


class Need(enum.Enum):
    """What a missing column and a blank cell mean; the value says it for people."""

    REQUIRED = "required"
    MAYBE = "blank: not known"
    MAYBE_NONE = "blank: known to be none"
    OPTIONAL = "optional"


_KINDS: Final = {
    date: Kind.DAY,
    datetime: Kind.INSTANT,
    Decimal: Kind.AMOUNT,
    int: Kind.COUNT,
    bool: Kind.FLAG,
    Period: Kind.PERIOD,
}


@frozen(kw_only=True)
class Column:
    """One column of a canonical table.

    Attributes:
        meaning: one line for people.
        choices: the enumeration of a :attr:`Kind.CHOICE`.
        default: what a blank means where ``need`` is ``OPTIONAL``.
        in_record: fills the record's field of the same name.
    """

    name: str
    kind: Kind
    need: Need
    meaning: str
    choices: type[enum.Enum] | None = None
    default: Any = None
    in_record: bool = True


@frozen(kw_only=True)
class Table:
    """One canonical table.

    Attributes:
        concept: the collection or the part of the header that it fills or adds to.
        record: what a row becomes; ``None`` where it becomes a value of its parent.
        key: the column that says what a row belongs to: ``account_id``, ``manager_id``, a parent's id.
        parent: the table ``key`` points to; ``None`` where that is the account or the manager.
        fills: the field of the parent's record it fills.
        money: columns that hold amounts; converted where there is a column ``currency``.
        dated: columns that say at which day's rate, the first known one counting.
    """

    name: str
    meaning: str
    concept: str
    columns: tuple[Column, ...]
    record: type[Any] | None = None
    key: str = ""
    parent: str | None = None
    fills: str = ""
    money: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    by_name: Mapping[str, Column] = field(init=False, repr=False, eq=False)

    @by_name.default
    def _index(self) -> Mapping[str, Column]:
        return MappingProxyType({column.name: column for column in self.columns})

    def default_of(self, name: str) -> Any:
        """What a field of the record is where it is left out; ``attrs.NOTHING`` where it cannot be."""
        return attrs.NOTHING if self.record is None else attrs.fields_dict(self.record)[name].default

    @property
    def is_required(self) -> bool:
        """True for parts without which the record they belong to cannot be."""
        return self.parent is not None and TABLES[self.parent].default_of(self.fills) is attrs.NOTHING

    @property
    def children(self) -> tuple[Table, ...]:
        """The tables whose rows belong to rows of this one."""
        return tuple(table for table in TABLES.values() if table.parent == self.name)


def _column(record: type[Any], name: str, meaning: str) -> Column:
    attribute = attrs.fields_dict(record)[name]
    hint = get_type_hints(record)[name]
    options = set(get_args(hint)) if get_origin(hint) in {Union, UnionType} else {hint}
    maybe, none = Unknown in options, type(None) in options
    (kind,) = options - {Unknown, type(None)}
    if maybe:
        need = Need.MAYBE_NONE if none else Need.MAYBE
    else:
        need = Need.REQUIRED if attribute.default is attrs.NOTHING else Need.OPTIONAL
    choices = kind if isinstance(kind, type) and issubclass(kind, enum.Enum) else None
    if choices is not None:
        found = Kind.CHOICE
    elif get_origin(kind) is tuple:
        found = Kind.IDS
    elif kind is str:
        found = Kind.ID if name == "id" or name.endswith("_id") else Kind.TEXT
    else:
        found = _KINDS[kind]
    default = attribute.default if need is Need.OPTIONAL else None
    return Column(name=name, kind=found, need=need, meaning=meaning, choices=choices, default=default)


def _key(name: str, meaning: str, *, kind: Kind = Kind.ID, need: Need = Need.REQUIRED) -> Column:
    return Column(name=name, kind=kind, need=need, meaning=meaning, in_record=False)


def _table(name: str, meaning: str, record: type[Any], /, *keys: Column, **rest: Any) -> Table:
    """A table of ``record``: its key columns, then a column for each field named in ``rest`` by its meaning."""
    options = {k: rest.pop(k) for k in ("concept", "parent", "fills", "money", "dated") if k in rest}
    columns = [*keys, *(_column(record, k, v) for k, v in rest.items())]
    if options.get("money"):
        columns.append(_CURRENCY)
    options.setdefault("concept", name)
    key = keys[0].name if keys else ""
    return Table(name=name, meaning=meaning, record=record, columns=tuple(columns), key=key, **options)


_ACCOUNT: Final = _key("account_id", "the account it belongs to")
_MANAGER: Final = _key("manager_id", "the account manager whose book it belongs to")
_CURRENCY: Final = _key(
    "currency",
    "ISO 4217 code of its amounts; converted by `exchange_rates`; blank: the book's",
    kind=Kind.TEXT,
    need=Need.OPTIONAL,
)
_ID: Final = "its id, the same whenever it is delivered"
_PLACE: Final = "the location"
_END: Final = "its last day; blank while it lasts"


def _tables() -> Iterator[Table]:
    b = book
    yield Table(
        name="accounts",
        meaning="The customers. The one table there must be.",
        concept="accounts",
        record=b.Account,
        columns=(
            _column(b.Account, "id", _ID),
            _column(b.Account, "name", "its name"),
            _column(b.Account, "segment", "what makes accounts comparable; blank: none"),
            _column(b.Account, "tier", "the company's ranking of it; blank: none"),
            _column(b.Account, "excluded_product_ids", "products it may not or will never buy"),
            _key("parent_id", "the account above it; blank: none", need=Need.OPTIONAL),
            _key(
                "manager_id",
                "who holds it, where there is no table `assignments`; blank: nobody",
                need=Need.OPTIONAL,
            ),
            _key(
                "assigned_on",
                "the first day of that; blank: not known",
                kind=Kind.DAY,
                need=Need.MAYBE,
            ),
        ),
    )
    yield _table(
        "people",
        "Our own people. Without it, managers are known by their id alone.",
        b.Person,
        id=_ID,
        name="full name",
        role="what the person is employed as",
        manager_id="whom the person reports to",
        supports_account_ids="the customers a direct report is dedicated to; a lone `;`: none",
    )
    yield _table(
        "locations",
        "Places of the customers that can buy.",
        b.Location,
        _ACCOUNT,
        id=_ID,
        name="its name",
        city="the town",
        country="the country",
    )
    yield _table(
        "buyers",
        "People of the customers.",
        b.Buyer,
        _ACCOUNT,
        id=_ID,
        name="full name",
        location_id="where the buyer sits; blank: at no place in particular",
        title="what the customer calls the post",
        role="part played in a purchase",
        influence="weight of the buyer's word",
        reports_to_id="another buyer",
        left_on="the day the buyer left the customer",
    )
    yield _table(
        "assignments",
        "Who holds which account, from when to when.",
        b.Assignment,
        _ACCOUNT,
        id=_ID,
        person_id="one of ours",
        role="in what part; blank: account manager",
        start="first day",
        end=_END,
    )
    yield _table(
        "team",
        "Those of ours who work on an account beside its manager.",
        b.TeamMember,
        _ACCOUNT,
        id=_ID,
        person_id="one of ours",
        role="as what",
        start="first day",
        end=_END,
    )
    yield _table(
        "products",
        "What the firm sells.",
        b.Product,
        concept="offering",
        id=_ID,
        name="its name",
        family="the family it is counted under",
        kind="product or service",
        introduced_on="first day on sale",
        retired_on="first day off sale",
        segments="account segments it may be sold to; blank: all",
        standard_cost="one unit's cost, in the book's currency, where nothing better is known",
    )
    yield _table(
        "product_costs",
        "What one unit of a product costs from a day on.",
        b.DatedCost,
        _key("product_id", "the product"),
        concept="offering",
        parent="products",
        fills="dated_costs",
        money=("unit_cost",),
        dated=("start",),
        start="first day of it",
        unit_cost="one unit's cost",
    )
    yield _table(
        "sale_lines",
        "What was sold, line by line. A return has a negative quantity or revenue.",
        b.SaleLine,
        _ACCOUNT,
        money=("revenue", "cost"),
        dated=("on",),
        id=_ID,
        on="the day of the sale",
        revenue="what the line earns, on the book's value basis",
        product_id="the product",
        location_id=_PLACE,
        buyer_id="the buyer",
        quantity="how many units",
        cost="the line's own cost, all units together",
        order_id="the order it is part of",
    )
    yield _table(
        "sale_credits",
        "How a sale line is shared out. A line without any is credited to whoever held the account.",
        b.Credit,
        _key("line_id", "the sale line"),
        concept="sale_lines",
        parent="sale_lines",
        fills="credits",
        person_id="one of ours",
        share="from 0 to 1; the revenue shares of a line sum to 1",
        kind="blank: revenue",
    )
    yield _table(
        "opportunities",
        "Sales in the making, won or lost.",
        b.Opportunity,
        _ACCOUNT,
        money=("amount",),
        dated=("closed_on", "closes_on", "opened_on"),
        id=_ID,
        name="its name",
        opened_on="the day it was opened",
        status="blank: open",
        stage="the company's own word for how far it has come",
        closes_on="the day it is expected to close",
        closed_on="the day it was won or lost; blank while open",
        amount="what it is worth",
        probability="from 0 to 1",
        lead_id="who leads it; blank: nobody",
        lead_reason="why somebody other than the account manager leads it",
        next_step="what happens next; blank: nothing",
        next_step_on="when it does",
    )
    yield _table(
        "opportunity_lines",
        "The products inside an opportunity, in its currency.",
        b.OpportunityLine,
        _key("opportunity_id", "the opportunity"),
        concept="opportunities",
        parent="opportunities",
        fills="lines",
        money=("amount",),
        id=_ID,
        product_id="the product",
        location_id="the location it is meant for",
        buyer_id="the buyer it is meant for",
        amount="what it is worth",
    )
    yield _table(
        "opportunity_stays",
        "The stages an opportunity has been in.",
        b.StageStay,
        _key("opportunity_id", "the opportunity"),
        concept="opportunities",
        parent="opportunities",
        fills="stays",
        stage="the stage",
        start="first day in it",
        end=_END,
    )
    yield _table(
        "engagements",
        "The roles called into an opportunity.",
        b.Engagement,
        _key("opportunity_id", "the opportunity"),
        concept="opportunities",
        parent="opportunities",
        fills="engagements",
        id=_ID,
        role="the role",
        person_id="who filled it",
        on="the day the role came in",
    )
    yield _table(
        "contracts",
        "Recurring business.",
        b.Contract,
        _ACCOUNT,
        money=("yearly_amount",),
        dated=("start",),
        id=_ID,
        start="first day",
        end="last day of the term; blank: open-ended",
        yearly_amount="the recurring amount of a year",
        product_id="the product; blank: none in particular",
        location_id="the location; blank: none in particular",
        cancelled_on="the first day without it, where it was ended early",
    )
    yield _table(
        "competitor_holdings",
        "Competitors' products known at a customer.",
        b.CompetitorHolding,
        _ACCOUNT,
        id=_ID,
        product_id="our product that it stands in for",
        competitor="whose it is",
        location_id="where; blank: everywhere",
        buyer_id="with whom; blank: with everybody",
        seen_on="the day it was seen",
    )
    yield _table(
        "spend_estimates",
        "What a customer spends in a year on what we could sell it.",
        b.SpendEstimate,
        _ACCOUNT,
        money=("yearly_amount",),
        dated=("on",),
        id=_ID,
        yearly_amount="the amount",
        source="who says so",
        on="when it was said",
    )
    yield _table(
        "plans",
        "Account plans.",
        b.AccountPlan,
        _ACCOUNT,
        id=_ID,
        title="its title",
        start="first day in force",
        end="last day in force",
        owner_id="whose plan it is",
    )
    yield Table(
        name="plan_reviews",
        meaning="The days on which a plan was reviewed.",
        concept="plans",
        key="plan_id",
        parent="plans",
        fills="reviewed_on",
        columns=(
            _key("plan_id", "the plan"),
            _key("on", "the day of the review", kind=Kind.DAY),
        ),
    )
    yield _table(
        "plan_sessions",
        "The sittings in which a plan was made.",
        b.PlanningSession,
        _key("plan_id", "the plan"),
        concept="plans",
        parent="plans",
        fills="sessions",
        id=_ID,
        on="the day",
        our_ids="those of ours who were there; a lone `;`: none",
        customer_ids="those of the customer who were there; a lone `;`: none",
    )
    yield _table(
        "plan_needs",
        "What the customer needs.",
        b.Need,
        _key("plan_id", "the plan"),
        concept="plans",
        parent="plans",
        fills="needs",
        id=_ID,
        text="in the customer's words",
        declined_reason="why it will not be served; blank: it is not declined",
    )
    initiatives = _table(
        "plan_initiatives",
        "What the two sides set out to do.",
        b.Initiative,
        _key("plan_id", "the plan"),
        concept="plans",
        parent="plans",
        fills="initiatives",
        id=_ID,
        title="its title",
        status="blank: open",
        need_ids="the needs it serves",
        priority="1 is first; blank: nobody has ranked it",
        closed_on="the day it was done or dropped",
    )
    investment = "puts into it, in the book's currency; both blank: nobody has decided"
    yield attrs.evolve(
        initiatives,
        columns=(
            *initiatives.columns,
            *(
                Column(
                    name=f"investment_{side}",
                    kind=Kind.AMOUNT,
                    need=Need.MAYBE_NONE,
                    meaning=f"what the {side} {investment}",
                    in_record=False,
                )
                for side in ("company", "customer")
            ),
        ),
    )
    yield _table(
        "plan_actions",
        "The steps of an initiative.",
        b.PlanAction,
        _key("initiative_id", "the initiative"),
        concept="plans",
        parent="plan_initiatives",
        fills="actions",
        id=_ID,
        text="what is to be done",
        owner_id="who does it; blank: nobody",
        due_on="by when; blank: by no day",
        done_on="the day it was done",
    )
    yield _table(
        "plan_targets",
        "What a plan is to reach, in numbers.",
        b.PlanTarget,
        _key("plan_id", "the plan"),
        concept="plans",
        parent="plans",
        fills="targets",
        id=_ID,
        measure="what is measured",
        value="the number; blank: stated without one",
        unit="its unit",
        due_on="by when",
    )
    yield _table(
        "cases",
        "Service problems the customers brought to us.",
        b.Case,
        _ACCOUNT,
        id=_ID,
        opened_at="when it was brought",
        closed_at="when it was closed; blank while open",
        priority="the company's own word, as the standards name it",
        reopened_at="the last time it was reopened; blank: never",
        escalated_at="the last time it was escalated; blank: never",
        subject="what it is about",
        location_id=_PLACE,
        buyer_id="the buyer",
        service_rep_id="the customer service representative on it; blank: nobody",
    )
    yield _table(
        "deliveries",
        "What was promised for a day.",
        b.Delivery,
        _ACCOUNT,
        id=_ID,
        ordered_on="the day of the order",
        due_on="the day it was promised for",
        delivered_on="the day it came; blank: outstanding",
        location_id=_PLACE,
        order_id="the order it is part of",
    )
    yield _table(
        "readings",
        "Answers to questions about satisfaction.",
        b.SatisfactionReading,
        _ACCOUNT,
        id=_ID,
        on="the day",
        instrument="CSAT, NPS, or the company's own name for it",
        lowest="the lowest answer there could be",
        highest="the highest answer there could be",
        value="the answer",
        respondent_id="the buyer who answered",
        location_id=_PLACE,
    )
    yield _table(
        "service_actions",
        "What ours did about a case, a delivery, a reading or a renewal.",
        b.ServiceAction,
        _ACCOUNT,
        id=_ID,
        on="the day",
        about_id="the record it answers",
        by_id="who did it",
        with_id="the colleague it was done with",
        text="what was done",
    )
    yield _table(
        "meetings",
        "Meetings with the customers, held or still ahead.",
        b.Meeting,
        _ACCOUNT,
        id=_ID,
        held_at="when",
        mode="how people met",
        our_ids="those of ours who took part; a lone `;`: none",
        buyer_ids="the buyers who took part; a lone `;`: none",
        location_id=_PLACE,
        subject="what it was about",
    )
    yield _table(
        "handovers",
        "Hand-overs of won customers from business development.",
        b.Handover,
        _ACCOUNT,
        id=_ID,
        opportunity_id="the opportunity that was won",
        manager_id="the account manager named to receive; blank: nobody yet",
        manager_named_on="the day of it",
    )
    yield _table(
        "handover_steps",
        "The states a hand-over has reached; one of them is `won`.",
        b.HandoverStep,
        _key("handover_id", "the hand-over"),
        concept="handovers",
        parent="handovers",
        fills="steps",
        state="the state",
        on="the day it was reached",
    )
    yield _table(
        "handover_checklist",
        "What the receiver must have before the customer is transferred.",
        b.ChecklistItem,
        _key("handover_id", "the hand-over"),
        concept="handovers",
        parent="handovers",
        fills="checklist",
        id=_ID,
        text="the thing",
        done_on="the day it was done; blank: still to do",
    )
    yield _table(
        "support_requests",
        "Calls for help from other functions.",
        b.SupportRequest,
        _ACCOUNT,
        id=_ID,
        role="whom it asks for",
        asked_on="the day",
        opportunity_id="the opportunity it is for",
        answered_on="the day of the answer; blank: nobody has answered",
        answered_by_id="who answered",
    )
    yield _table(
        "quotas",
        "Assigned sales quotas.",
        b.Quota,
        _MANAGER,
        money=("amount",),
        dated=("period",),
        id=_ID,
        period="2026, 2026Q3, 2026H1, 2026-07 or 2026-01-01..2026-06-30",
        amount="for the whole period",
        counts="blank: revenue",
        family="the product family it is for; blank: all",
    )
    yield _table(
        "expectations",
        "Profit expected of a manager: an amount, a margin, or both.",
        b.ProfitExpectation,
        _MANAGER,
        money=("gross_profit",),
        dated=("period",),
        id=_ID,
        period="as in `quotas`",
        gross_profit="for the whole period",
        margin="gross profit ÷ revenue",
    )
    yield _table(
        "growth_goals",
        "By what share sales and profit are to grow.",
        b.GrowthGoal,
        _MANAGER,
        id=_ID,
        period="as in `quotas`",
        revenue_growth="0.08 for 8 %",
        profit_growth="0.08 for 8 %",
    )
    yield _table(
        "training",
        "Training and development objectives.",
        b.TrainingObjective,
        _key(
            "manager_id",
            "the account manager whose book it belongs to; blank: the person's own",
            need=Need.OPTIONAL,
        ),
        id=_ID,
        person_id="who is to be trained",
        title="in what",
        assigned_on="since when",
        due_on="by when",
        completed_on="the day it was completed; blank: it is not",
    )
    yield _table(
        "candidates",
        "The managers' own qualifications.",
        b.Candidate,
        _key("manager_id", "the account manager; blank: the same as `id`", need=Need.OPTIONAL),
        concept="candidate",
        id=_ID,
        name="full name",
        able_with_computer="works with a computer",
        background_check="where it has come to",
    )
    yield _table(
        "degrees",
        "Academic degrees.",
        b.Degree,
        _key("candidate_id", "the candidate"),
        concept="candidate",
        parent="candidates",
        fills="degrees",
        title="the degree",
        years="years of study",
        accredited="from an accredited institution",
        awarded_on="the day",
    )
    yield _table(
        "selling_spells",
        "Stretches of selling experience.",
        b.SellingSpell,
        _key("candidate_id", "the candidate"),
        concept="candidate",
        parent="candidates",
        fills="selling",
        start="first day",
        end=_END,
        business_to_business="sold to businesses",
        large_customers="sold to large customers",
    )
    yield _table(
        "achievements",
        "Recorded achievements.",
        b.Achievement,
        _key("candidate_id", "the candidate"),
        concept="candidate",
        parent="candidates",
        fills="achievements",
        id=_ID,
        text="what it was",
        on="the day",
        as_account_manager="achieved as an account manager",
    )
    yield Table(
        name="exchange_rates",
        meaning="What one unit of a currency is worth in the book's, from a day until the next.",
        concept="exchange_rates",
        columns=(
            _key("currency", "ISO 4217 code", kind=Kind.TEXT),
            _key("start", "first day of the rate", kind=Kind.DAY),
            _key("rate", "units of the book's currency for one of this", kind=Kind.AMOUNT),
        ),
    )
    yield Table(
        name="gaps",
        meaning="What nobody knows of one record: a list that is not empty but unknown.",
        concept="gaps",
        columns=(
            _key("table", "the record's table, or `book`", kind=Kind.TEXT),
            _key("id", "the record's id, or the manager's"),
            _key("field", "the list: `cases` of an account, `lines` of an opportunity", kind=Kind.TEXT),
            _key("why", "the reason, as `not-permitted`", kind=Kind.TEXT),
            _key("where", "where it would have been", kind=Kind.TEXT, need=Need.OPTIONAL),
        ),
    )


TABLES: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in _tables()})
"""All canonical tables by name, in the order of the documentation."""
