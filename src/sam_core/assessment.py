"""From a dossier to an assessment, and from assessments to a scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from attrs import evolve, field, frozen

from sam_core.book import COLLECTIONS, Book, BookHeader, Dossier, OpportunityStatus, ProductKind, within
from sam_core.findings import Finding, SubjectKind
from sam_core.measures.conformity import conformity, current_plans, open_initiatives
from sam_core.measures.contacts import contacts
from sam_core.measures.coverage import PlanCoverage, covered, held_since
from sam_core.measures.credit import holder_by_day
from sam_core.measures.focus import Effort, effort
from sam_core.measures.ratings import Instrument, Ratings, ratings
from sam_core.measures.retention import Retention, recurring, retention
from sam_core.measures.sales import sales
from sam_core.norms import NORM_COLLECTIONS, Norms, norms_of
from sam_core.penetration.bridge import bridge
from sam_core.penetration.modes import LineMode, Mode
from sam_core.penetration.moves import Benchmark, Candidates, Move, Spot, ranked, spots
from sam_core.penetration.rates import Rates, rates
from sam_core.rulebook import RuleBook
from sam_core.rules import standard_rules
from sam_core.scorecard import Scorecard
from sam_core.totals import Absence, ModeTotal, Pipeline, Tally, Totals
from sam_core.values import NOT_FETCHED, Maybe, Period, Unknown, add_months
from sam_core.view import AccountView, BookView

__all__ = ["Assessment", "assess", "moves", "score"]


@frozen(kw_only=True)
class Assessment:
    """What is concluded about one account.

    Attributes:
        account_id: the account.
        findings: one for every rule that applies, by rule id.
        totals: its part of the scorecard's sums.
    """

    account_id: str
    findings: tuple[Finding, ...]
    totals: Totals = field(repr=False)


def assess(
    dossier: Dossier,
    header: BookHeader,
    *,
    as_of: date,
    rules: RuleBook | None = None,
    norms: Maybe[Norms] = NOT_FETCHED,
) -> Assessment:
    """Judge one account as it was known at the end of a day.

    Args:
        dossier: the account.
        header: whose book it is, over which period, in which currency, by which standards.
        as_of: nothing dated later is looked at.
        rules: the rules to apply; the standard ones where left out.
        norms: what is usual in the book; rules that compare with it are not assessable without.

    Raises:
        RuleFailure: a rule's own code raised.
    """
    view = AccountView(header=header.at(as_of), as_of=as_of, dossier=dossier.at(as_of), norms=norms)
    book = standard_rules() if rules is None else rules
    tallies: dict[str, Tally] = {}
    findings = []
    for one in book.about(SubjectKind.ACCOUNT):
        finding = one.apply(view)
        outcome = None if finding is None else finding.outcome
        tallies[one.clause_id] = tallies.get(one.clause_id, Tally()) + Tally.of(outcome)
        if finding is not None:
            findings.append(finding)
    return Assessment(account_id=dossier.id, findings=tuple(findings), totals=_totals(view, tallies))


def score(book: Book, *, as_of: date, rules: RuleBook | None = None) -> Scorecard:
    """The scorecard of a book: every dossier is read, judged, added up and let go.

    Args:
        book: header and dossiers; they are gone through twice, the first time for what is usual in
            the book, with the few collections that takes.
        as_of: nothing dated later is looked at.
        rules: the rules to apply; the standard ones where left out.
    """
    chosen = standard_rules() if rules is None else rules
    norms = norms_of(book.dossiers(*NORM_COLLECTIONS), book.header.policy, as_of)
    findings: list[Finding] = []

    def parts() -> Iterator[Totals]:
        for dossier in book:
            one = assess(dossier, book.header, as_of=as_of, rules=chosen, norms=norms)
            findings.extend(one.findings)
            yield one.totals

    totals = Totals.sum(parts())
    return concluded(book.header, totals, findings, as_of=as_of, rules=chosen)


def concluded(
    header: BookHeader, totals: Totals, findings: Iterable[Finding], *, as_of: date, rules: RuleBook
) -> Scorecard:
    """The scorecard out of the sum of assessments, wherever they were made.

    The rules about the manager are judged here, once all the sums are known.
    """
    view = BookView(header=header.at(as_of), as_of=as_of, totals=totals)
    every = list(findings)
    tallies: dict[str, Tally] = {}
    for one in rules.about(SubjectKind.MANAGER):
        finding = one.apply(view)
        outcome = None if finding is None else finding.outcome
        tallies[one.clause_id] = tallies.get(one.clause_id, Tally()) + Tally.of(outcome)
        if finding is not None:
            every.append(finding)
    return Scorecard(
        headers=(view.header,),
        as_of=as_of,
        totals=totals + Totals(tallies=tallies),
        findings=tuple(sorted(every, key=lambda f: (f.rule_id, f.subject_kind.value, f.subject_id))),
    )


def moves(book: Book, *, as_of: date) -> list[Move]:
    """Every move of a book, ranked by expected value; the unvalued last, ties by ids.

    The dossiers are gone through once, and one small record is kept for every open cell.
    """
    benchmark = Benchmark()
    found: list[tuple[tuple[str | None, str], Spot]] = []
    header = book.header.at(as_of)
    for dossier in book.dossiers("locations", "buyers", "sale_lines", "opportunities", "competitor_holdings"):
        view = AccountView(header=header, as_of=as_of, dossier=dossier.at(as_of))
        space = view.whitespace
        if not isinstance(space, Unknown):
            benchmark += Benchmark.of(space)
            found.extend(spots(space))
    return ranked(found, benchmark, header.policy.on(as_of).penetration)


def _totals(view: AccountView, tallies: dict[str, Tally]) -> Totals:
    now, before = _periods(view)
    lines = view.dossier.sale_lines
    line_modes, space = view.line_modes, view.whitespace
    pipeline = _pipeline(view)
    offered = _offered(view)
    rated, rated_before = _ratings(view, view.as_of), _ratings(view, add_months(view.as_of, -12))
    served = Totals(
        absent={
            name: Absence(accounts=1, reason=held)
            for name in COLLECTIONS
            if isinstance(held := getattr(view.dossier, name), Unknown)
        },
        plans=covered(view.account.id, view.conformity, view.held_since, view.as_of, view.standards.plans),
        plans_before=_plans_before(view),
        ratings=rated,
        ratings_before=rated_before,
        readings_known=int(not isinstance(view.dossier.readings, Unknown)),
        rated=int(bool(rated)),
        efforts={view.account.id: _effort(view)},
        contacts=contacts(view.dossier.meetings, view.manager.id, view.as_of),
    )
    recurring_part = Retention(asked=1)
    if not isinstance(view.dossier.contracts, Unknown) and now and before:
        recurring_part = recurring(view.dossier.contracts, now.end, before.end)
    if isinstance(lines, Unknown) or isinstance(line_modes, Unknown) or isinstance(space, Unknown):
        return evolve(
            served,
            accounts=1,
            retention=Retention(asked=1),
            recurring=recurring_part,
            rates=Rates(asked=1),
            pipeline=pipeline,
            offered=offered,
            offers_unknown=1,
            tallies=tallies,
        )
    holder = holder_by_day(view.dossier.assignments)
    sold_now, sold_before = (
        sales(lines, period, view.offering, view.manager.id, holder) for period in (now, before)
    )
    years = view.trailing_years
    return evolve(
        served,
        accounts=1,
        with_sales=1,
        now=sold_now,
        before=sold_before,
        modes=_modes(line_modes, now),
        retention=retention(sold_now.total.revenue, sold_before.total.revenue) if now else Retention(asked=1),
        recurring=recurring_part,
        bridge=bridge(line_modes, now, before) if now and before else Totals().bridge,
        rates=rates(
            space,
            view.dossier.spend_estimates,
            Decimal(0) if isinstance(years, Unknown) else years.now.revenue,
        ),
        offered=offered,
        offers_unknown=int(_offers_unknown(view)),
        services_sold=int(_bought_service(view, now)),
        pipeline=pipeline,
        benchmark=Benchmark.of(space),
        candidates=Candidates.of(space),
        never_bought=int(space.never_bought),
        unplaced=len(space.unplaced),
        tallies=tallies,
    )


def _plans_before(view: AccountView) -> PlanCoverage:
    """How the account stood with its plan a year before."""
    day = add_months(view.as_of, -12)
    plans, assignments = (_at(records, day) for records in (view.dossier.plans, view.dossier.assignments))
    standards = view.header.policy.on(day, view.account.tier).plans
    found = plans if isinstance(plans, Unknown) else conformity(plans, day, standards)
    since = held_since(assignments, view.manager.id, day)
    return covered(view.account.id, found, since, day, standards)


def _at(records: Maybe[tuple[Any, ...]], day: date) -> Maybe[tuple[Any, ...]]:
    """A collection as it was known at the end of an earlier day."""
    if isinstance(records, Unknown):
        return records
    return tuple(known for record in records if (known := record.at(day)) is not None)


def _ratings(view: AccountView, day: date) -> dict[Instrument, Ratings]:
    readings = view.dossier.readings
    if isinstance(readings, Unknown):
        return {}
    return ratings(readings, day, view.standards.satisfaction)


def _effort(view: AccountView) -> Effort:
    year = Period.trailing(view.as_of, 12)
    meetings, plans, years = view.dossier.meetings, view.dossier.plans, view.trailing_years
    initiatives = plans if isinstance(plans, Unknown) else open_initiatives(current_plans(plans, view.as_of))
    return effort(
        view.dossier,
        view.whitespace,
        years if isinstance(years, Unknown) else years.now.revenue,
        view.offering,
        meetings=meetings
        if isinstance(meetings, Unknown)
        else sum(1 for one in meetings if one.held_at.date() in year),
        initiatives=initiatives if isinstance(initiatives, Unknown) else len(initiatives),
    )


def _periods(view: AccountView) -> tuple[Period | None, Period | None]:
    """The period so far, and the same days of the comparable one; none before it began."""
    now = view.period.to_date(view.as_of)
    return now, now.comparable() if now else None


def _modes(line_modes: tuple[LineMode, ...], now: Period | None) -> dict[Mode, ModeTotal]:
    counts: dict[Mode, list[LineMode]] = {}
    for entry in within(line_modes, now, attrgetter("line.on")):
        counts.setdefault(entry.mode, []).append(entry)
    return {
        mode: ModeTotal(
            lines=len(entries),
            revenue=sum((entry.line.revenue for entry in entries), Decimal(0)),
            reactivated=sum(1 for entry in entries if entry.reactivated),
        )
        for mode, entries in counts.items()
    }


def _offered(view: AccountView) -> dict[str, int]:
    """The families this account was ever sold or offered."""
    offering = view.offering
    if isinstance(offering, Unknown):
        return {}
    sold = view.dossier.sale_lines
    products: set[Maybe[str]] = set() if isinstance(sold, Unknown) else {line.product_id for line in sold}
    if not isinstance(view.dossier.opportunities, Unknown):
        for opportunity in view.dossier.opportunities:
            if not isinstance(opportunity.lines, Unknown):
                products |= {line.product_id for line in opportunity.lines}
    families = {offering.family_of(product_id) for product_id in products}
    return {family: 1 for family in families if not isinstance(family, Unknown)}


def _offers_unknown(view: AccountView) -> bool:
    """Whether something may have been offered that the dossier does not tell."""
    opportunities = view.dossier.opportunities
    if isinstance(opportunities, Unknown):
        return True
    sold = view.dossier.sale_lines
    lines = [] if isinstance(sold, Unknown) else [*{line.product_id for line in sold}]
    for opportunity in opportunities:
        if isinstance(opportunity.lines, Unknown):
            return True
        lines.extend(line.product_id for line in opportunity.lines)
    return any(isinstance(product_id, Unknown) for product_id in lines)


def _bought_service(view: AccountView, now: Period | None) -> bool:
    offering, lines = view.offering, view.dossier.sale_lines
    if isinstance(offering, Unknown) or isinstance(lines, Unknown) or now is None:
        return False
    services = {p.id for p in offering.products if p.kind is ProductKind.SERVICE}
    return any(line.product_id in services and not line.is_return for line in within(lines, now))


def _pipeline(view: AccountView) -> Pipeline:
    opportunities = view.dossier.opportunities
    if isinstance(opportunities, Unknown) or view.as_of >= view.period.end:
        return Pipeline()
    ahead = Period(max(view.as_of + timedelta(days=1), view.period.start), view.period.end)
    weighted, judged, total = Decimal(0), 0, 0
    for opportunity in opportunities:
        if opportunity.status is not OpportunityStatus.OPEN or opportunity.closes_on not in ahead:
            continue
        total += 1
        if not isinstance(opportunity.amount, Unknown) and not isinstance(opportunity.probability, Unknown):
            weighted += opportunity.amount * opportunity.probability
            judged += 1
    return Pipeline(weighted=weighted, judged=judged, total=total)
