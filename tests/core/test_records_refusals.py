"""What no record takes: every field of every kind is tried with values of other types."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_core import book as records
from sam_core.book import (
    AccountPlan,
    Assignment,
    Contract,
    Credit,
    CreditKind,
    Dossier,
    Handover,
    HandoverState,
    HandoverStep,
    Opportunity,
    OpportunityStatus,
    Product,
    ProfitExpectation,
    Quota,
    SaleLine,
    SatisfactionReading,
    StageStay,
)
from sam_core.errors import RecordError
from sam_core.testing._books import STRATEGIES
from sam_core.values import NOT_FETCHED, Period, Unknown, Why

from .builders import account, day, line

KINDS = [
    kind for kind in STRATEGIES if kind.__module__.startswith("sam_core.book") and kind.__name__ != "Book"
]

DECORATION = {
    "Buyer": {"title"},
    "Case": {"subject"},
    "Delivery": {"order_id"},
    "Location": {"city", "country"},
    "Meeting": {"subject"},
    "Opportunity": {"lead_reason"},
    "PlanTarget": {"unit"},
    "Provenance": {"source", "assumptions", "problems", "notes"},
    "ServiceAction": {"text"},
}
"""Fields no clause depends on; they are shown as they come."""


class Stranger:
    """Of no kind any field takes."""


def parts(hint: Any) -> set[Any]:
    """A type's alternatives, generics by their origin."""
    if get_origin(hint) in (Union, UnionType):
        return {part for one in get_args(hint) for part in parts(one)}
    return {get_origin(hint) or hint}


def strangers(kind: type, name: str) -> list[Any]:
    """Values that the field must refuse, told from its type alone."""
    wanted = parts(get_type_hints(kind)[name])
    found: list[Any] = [Stranger(), 1.5, {}]
    found += [] if NoneType in wanted else [None]
    found += [] if Unknown in wanted else [NOT_FETCHED]
    found += ["", "  \n"] if str in wanted else ["text"]
    if Decimal in wanted:
        found += [1, "1.00", Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")]
    if date in wanted:
        found += [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01"]
    if datetime in wanted:
        elsewhere = timezone(timedelta(hours=2))
        naive = datetime(2026, 1, 1)  # that is the point
        found += [date(2026, 1, 1), naive, datetime(2026, 1, 1, tzinfo=elsewhere)]
    if bool in wanted:
        found += [0, 1]
    elif int in wanted:
        found += [True, -1]
    if tuple in wanted:
        found += [(Stranger(),), ("",), (NOT_FETCHED,)]
        found += [] if kind is Dossier or name == "dated_costs" else [[]]  # these two take any iterable
    found += [
        member.value
        for one in wanted
        if isinstance(one, type) and issubclass(one, enum.Enum)
        for member in one
    ]
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=3)
@given(data=st.data())
def test_a_field_refuses_what_is_not_of_its_kind_and_the_error_names_it(kind, data):
    record = data.draw(STRATEGIES[kind]())
    for name in attrs.fields_dict(kind).keys() - DECORATION.get(kind.__name__, set()):
        for value in strangers(kind, name):
            with pytest.raises(RecordError) as caught:
                evolve(record, **{name: value})
            error = caught.value
            assert (error.record, error.field) == (kind.__name__, name), value
            owner = getattr(record, "id", "")
            hidden = name == "id" or (kind, name) in {(Dossier, "account"), (records.BookHeader, "manager")}
            assert error.record_id == ("" if hidden else owner)
            assert error.problem


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_no_nested_id_is_used_twice(kind, data):
    record = data.draw(STRATEGIES[kind]())
    for name in attrs.fields_dict(kind):
        held = getattr(record, name)
        if not isinstance(held, tuple) or not held or not hasattr(held[0], "id"):
            continue
        twin = evolve(held[0], id=held[0].id)
        other = next(
            (f for f in ("name", "title", "text", "source", "competitor", "measure") if hasattr(twin, f)),
            None,
        )
        twice = (*held, twin if other is None or kind is not Dossier else evolve(twin, **{other: "another"}))
        if kind is Dossier and set(twice) == set(held):
            continue  # the same record delivered twice is one record
        with pytest.raises(RecordError, match="stands there twice") as caught:
            evolve(record, **{name: twice})
        assert caught.value.field == name


def credit(person_id: str, share: str, kind: CreditKind = CreditKind.REVENUE) -> Credit:
    return Credit(person_id=person_id, share=Decimal(share), kind=kind)


def chance(**fields: Any) -> Opportunity:
    return Opportunity(**{"id": "o", "name": "o", "opened_on": day("2026-02-01"), **fields})


def reading(low: str, value: str, high: str) -> SatisfactionReading:
    return SatisfactionReading(
        id="r", on=day("2026-01-01"), instrument="CSAT",
        lowest=Decimal(low), highest=Decimal(high), value=Decimal(value),
    )  # fmt: skip


WON = HandoverStep(state=HandoverState.WON, on=day("2026-01-01"))
LIVE = HandoverStep(state=HandoverState.LIVE, on=day("2026-03-01"))


@pytest.mark.parametrize(
    ("make", "field", "problem"),
    [
        (lambda: Assignment(id="a", person_id="M", start=day("2026-02-02"), end=day("2026-02-01")),
         "end", "2026-02-01 lies before start 2026-02-02"),
        (lambda: AccountPlan(id="p", title="t", start=day("2026-02-02"), end=day("2026-02-01")), "end", "lies before"),
        (lambda: Contract(id="c", start=day("2026-02-02"), end=day("2026-02-01")), "end", "lies before"),
        (lambda: Contract(id="c", start=day("2026-02-02"), cancelled_on=day("2026-02-01")),
         "cancelled_on", "lies before"),
        (lambda: Contract(id="c", start=day("2026-02-02"), yearly_amount=Decimal("-0.01")),
         "yearly_amount", "below nought"),
        (lambda: StageStay(stage="s", start=day("2026-02-02"), end=day("2026-02-01")), "end", "lies before"),
        (lambda: Product(id="p", name="p", introduced_on=day("2026-02-02"), retired_on=day("2026-02-01")),
         "retired_on", "lies before introduced_on"),
        (lambda: records.SupportRequest(id="s", role="r", asked_on=day("2026-02-02"), answered_on=day("2026-02-01")),
         "answered_on", "lies before asked_on"),
        (lambda: records.Case(id="c", opened_at=datetime(2026, 1, 2, tzinfo=UTC),
                              closed_at=datetime(2026, 1, 1, tzinfo=UTC)), "closed_at", "lies before opened_at"),
        (lambda: credit("M", "1.01"), "share", "is not a share from 0 to 1"),
        (lambda: credit("M", "-0.01"), "share", "is not a share from 0 to 1"),
        (lambda: chance(probability=Decimal("1.1")), "probability", "is not a share"),
        (lambda: Quota(id="q", period=Period.year(2026), amount=Decimal(-1)), "amount", "below nought"),
        (lambda: line("s", "2026-01-01", credits=(credit("M", "0.5"), credit("N", "0.49"))),
         "credits", "revenue shares sum to 0.99, not to exactly 1"),
        (lambda: chance(status=OpportunityStatus.WON), "closed_on", "that is won needs the day it was closed"),
        (lambda: chance(closed_on=day("2026-03-01")), "closed_on", "an open opportunity cannot have been closed"),
        (lambda: chance(status=OpportunityStatus.LOST, closed_on=day("2026-01-31")),
         "closed_on", "2026-01-31 lies before opened_on 2026-02-01"),
        (lambda: reading("5", "5", "5"), "highest", "5 is not above the lowest 5"),
        (lambda: reading("1", "6", "5"), "value", "6 lies outside the scale 1 to 5"),
        (lambda: reading("1", "0", "5"), "value", "0 lies outside the scale 1 to 5"),
        (lambda: ProfitExpectation(id="e", period=Period.year(2026)), "margin", "a gross profit, a margin, or both"),
        (lambda: Handover(id="h", steps=()), "steps", "begins with WON"),
        (lambda: Handover(id="h", steps=(LIVE,)), "steps", "begins with WON"),
        (lambda: Handover(id="h", steps=(WON, LIVE, LIVE)), "steps", "a state is reached once"),
    ],
)  # fmt: skip
def test_fields_that_contradict_each_other_are_refused(make, field, problem):
    with pytest.raises(RecordError, match=problem) as caught:
        make()
    assert caught.value.field == field


@pytest.mark.parametrize(
    "make",
    [
        lambda: Assignment(id="a", person_id="M", start=day("2026-02-01"), end=day("2026-02-01")),
        lambda: Assignment(id="a", person_id="M", end=day("2026-02-01")),
        lambda: line("s", "2026-01-01", credits=(credit("M", "0.5"), credit("N", "0.5"))),
        lambda: line("s", "2026-01-01", credits=(credit("M", "0.7", CreditKind.OVERLAY),)),
        lambda: line("s", "2026-01-01", credits=(credit("M", "1"), credit("N", "1", CreditKind.OVERLAY))),
        lambda: reading("1", "1", "5"),
        lambda: reading("1", "5", "5"),
        lambda: ProfitExpectation(id="e", period=Period.year(2026), margin=Decimal("-0.1")),
        lambda: chance(status=OpportunityStatus.WON, closed_on=day("2026-02-01")),
        lambda: Handover(id="h", steps=(LIVE, WON)),
    ],
)
def test_what_lies_on_the_edge_is_taken(make):
    assert make() == make()


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 5},
        {"on": datetime(2026, 1, 1, tzinfo=UTC)},
        {"revenue": 1.5},
        {"quantity": Decimal("NaN")},
        {"cost": 3},
        {"credits": [credit("M", "1")]},
        {"location_id": " "},
        {"order_id": ""},
    ],
)
def test_a_sale_line_is_checked_also_where_the_rest_of_it_is_plainly_right(fields):
    # Lines that are right at a glance skip the long way round: no wrong one may slip through with them.
    plain = {
        "id": "s", "on": date(2026, 1, 1), "revenue": Decimal(1), "product_id": "P", "location_id": "L",
        "buyer_id": "B", "quantity": Decimal(1),
    }  # fmt: skip
    with pytest.raises(RecordError) as caught:
        SaleLine(**(plain | fields))
    assert caught.value.field == next(iter(fields))


@pytest.mark.parametrize("given", [5, None, "", "L1", {}, {"L1": "x"}])
def test_a_collection_of_a_dossier_is_never_guessed_from_something_else(given):
    with pytest.raises(RecordError, match="is not a tuple of Location") as caught:
        Dossier(account=account(), locations=given)
    assert (caught.value.record_id, caught.value.field) == ("A1", "locations")


@pytest.mark.parametrize("stranger", [Stranger(), line("s", "2026-01-01"), type("X", (), {"id": 5})(), "L1"])
def test_a_collection_of_a_dossier_holds_its_own_kind_only(stranger):
    with pytest.raises(RecordError, match="is not a Location"):
        Dossier(account=account(), locations=[records.Location(id="L1", name="x"), stranger])


def test_an_unknown_where_a_field_cannot_be_one_is_told_as_that():
    away = Unknown(Why.NOT_SUPPORTED, "reporting lines")
    with pytest.raises(
        RecordError, match=r"reports_to_id: unknown \(not-supported: reporting lines\) is given, and"
    ):
        records.Buyer(id="B1", name="Bea", reports_to_id=away)
