"""Strategies for whole dossiers, headers and books, and the table of strategies by kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sam_core import book as records_of
from sam_core.book import COLLECTIONS, Book, BookHeader, Dossier, Offering, Provenance
from sam_core.standards import Policy, Revision
from sam_core.testing import _records as records
from sam_core.testing import _values as values
from sam_core.testing._values import currencies, kept, maybe, periods, policies, texts
from sam_core.values import Coverage, Money, Period, Unknown

__all__ = ["STRATEGIES", "books", "dossiers", "headers", "provenances"]

_OF: Final[Mapping[str, Callable[[], SearchStrategy[Any]]]] = {
    "locations": records.locations,
    "buyers": records.buyers,
    "assignments": records.assignments,
    "team": records.team_members,
    "sale_lines": records.sale_lines,
    "opportunities": records.opportunities,
    "contracts": records.contracts,
    "competitor_holdings": records.competitor_holdings,
    "spend_estimates": records.spend_estimates,
    "plans": records.account_plans,
    "cases": records.cases,
    "deliveries": records.deliveries,
    "readings": records.readings,
    "service_actions": records.service_actions,
    "meetings": records.meetings,
    "handovers": records.handovers,
    "support_requests": records.support_requests,
}
_MOST: Final = {"sale_lines": 8}


@kept
def _held(name: str) -> SearchStrategy[tuple[Any, ...]]:
    most = _MOST.get(name, 3)
    return st.lists(_OF[name](), max_size=most, unique_by=lambda record: record.id).map(tuple)


@st.composite
def dossiers(
    draw: st.DrawFn, /, account_id: SearchStrategy[str] | None = None, **pinned: SearchStrategy[Any]
) -> Dossier:
    """Dossiers whose records mostly refer to one another, of which any part may be unknown.

    Args:
        account_id: ids of the accounts.
        pinned: strategies for collections by name, in place of the usual ones:
            ``dossiers(sale_lines=st.just(()))``.
    """
    chosen = {name: draw(pinned[name] if name in pinned else maybe(_held(name))) for name in COLLECTIONS}
    return Dossier(account=draw(records.accounts(account_id)), **chosen)


def provenances() -> SearchStrategy[Provenance]:
    """Sources with and without assumptions."""
    lines = st.lists(texts(), max_size=2).map(tuple)
    return st.builds(Provenance, source=texts(), assumptions=lines, problems=st.integers(0, 9), notes=lines)


@kept
def _few(strategy: SearchStrategy[Any], most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=most, unique_by=lambda record: record.id).map(tuple)


def headers(
    period: SearchStrategy[Period] | None = None,
    currency: SearchStrategy[str] | None = None,
    offering: SearchStrategy[Any] | None = None,
    **pinned: SearchStrategy[Any],
) -> SearchStrategy[BookHeader]:
    """Headers of one manager, M1, of which any part may be unknown."""
    fields: dict[str, SearchStrategy[Any]] = {
        "manager": records.persons(st.just("M1")),
        "period": periods() if period is None else period,
        "currency": currencies() if currency is None else currency,
        "value_basis": st.sampled_from(("booked total", "annual value")),
        "offering": maybe(records.offerings()) if offering is None else offering,
        "quotas": maybe(_few(records.quotas())),
        "expectations": maybe(_few(records.expectations(), 2)),
        "growth_goals": maybe(_few(records.growth_goals(), 2)),
        "training": maybe(_few(records.training_objectives(), 4)),
        "people": maybe(_few(records.persons(), 4)),
        "candidate": maybe(records.candidates()),
        "policy": policies(),
        "provenance": provenances(),
        **pinned,
    }
    return st.builds(BookHeader, **fields)


@kept
def _usual_headers() -> SearchStrategy[BookHeader]:
    return headers()


@st.composite
def books(draw: st.DrawFn, most: int = 4, header: SearchStrategy[BookHeader] | None = None) -> Book:
    """Books of a few accounts, held in memory."""
    count = draw(st.integers(0, most))
    held = [draw(dossiers(st.just(f"A{number}"))) for number in range(1, count + 1)]
    return Book.of(draw(_usual_headers() if header is None else header), held)


STRATEGIES: Final[Mapping[type[Any], Callable[[], SearchStrategy[Any]]]] = {
    Period: values.periods,
    Money: values.monies,
    Unknown: values.unknowns,
    Coverage: values.coverages,
    Dossier: dossiers,
    BookHeader: headers,
    Book: books,
    Offering: records.offerings,
    Provenance: provenances,
    records_of.Account: records.accounts,
    records_of.AccountPlan: records.account_plans,
    records_of.Achievement: records.achievements,
    records_of.Assignment: records.assignments,
    records_of.Buyer: records.buyers,
    records_of.Candidate: records.candidates,
    records_of.Case: records.cases,
    records_of.ChecklistItem: records.checklist_items,
    records_of.CompetitorHolding: records.competitor_holdings,
    records_of.Contract: records.contracts,
    records_of.Credit: lambda: records.credits_of_a_line().flatmap(st.sampled_from),
    records_of.DatedCost: records.dated_costs,
    records_of.Degree: records.degrees,
    records_of.Delivery: records.deliveries,
    records_of.Engagement: records.engagements,
    records_of.GrowthGoal: records.growth_goals,
    records_of.Handover: records.handovers,
    records_of.HandoverStep: lambda: records.handovers().flatmap(lambda found: st.sampled_from(found.steps)),
    records_of.Initiative: records.initiatives,
    records_of.Investment: records.investments,
    records_of.Location: records.locations,
    records_of.Meeting: records.meetings,
    records_of.Need: records.needs,
    records_of.Opportunity: records.opportunities,
    records_of.OpportunityLine: records.opportunity_lines,
    records_of.Person: records.persons,
    records_of.PlanAction: records.plan_actions,
    records_of.PlanningSession: records.planning_sessions,
    records_of.PlanTarget: records.plan_targets,
    records_of.Product: records.products,
    records_of.ProfitExpectation: records.expectations,
    records_of.Quota: records.quotas,
    records_of.SaleLine: records.sale_lines,
    records_of.SatisfactionReading: records.readings,
    records_of.SellingSpell: records.selling_spells,
    records_of.ServiceAction: records.service_actions,
    records_of.SpendEstimate: records.spend_estimates,
    records_of.StageStay: lambda: records.stage_stays().flatmap(st.sampled_from),
    records_of.SupportRequest: records.support_requests,
    records_of.TeamMember: records.team_members,
    records_of.TrainingObjective: records.training_objectives,
    Policy: values.policies,
    Revision: values.revisions,
}
"""A strategy for every kind of record."""
