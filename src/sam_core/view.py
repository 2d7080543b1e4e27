"""What a rule may ask for: everything known of its subject on the day, and what follows from it.

The names here are the names of a rule's parameters. What follows from the records (line modes,
whitespace) is worked out once per dossier, when first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Final

from attrs import frozen

from sam_core.book import (
    Account,
    BookHeader,
    Candidate,
    Dossier,
    GrowthGoal,
    Offering,
    Opportunity,
    OpportunityLine,
    OpportunityStatus,
    Person,
    ProfitExpectation,
    Quota,
    SaleLine,
    TrainingObjective,
    within,
)
from sam_core.measures.conformity import Conformity, conformity
from sam_core.measures.coverage import held_since
from sam_core.measures.focus import Focus, focus
from sam_core.measures.sales import line_cost
from sam_core.measures.signals import Signal, Watch
from sam_core.measures.watching import watch
from sam_core.norms import Norms, case_history
from sam_core.penetration.modes import History, LineMode, Mode, classify
from sam_core.penetration.whitespace import Whitespace, whitespace
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import NOT_FETCHED, Maybe, Period, Unknown

__all__ = ["AccountView", "BookView", "OfferedLine", "TrailingYears", "YearSales"]


@frozen
class OfferedLine:
    """A line of an open opportunity, and the mode it would have if it were won the next day."""

    opportunity: Opportunity
    line: OpportunityLine
    mode: Mode


@frozen
class YearSales:
    """One account's purchases of 12 months, returns included.

    Attributes:
        revenue: in the book's currency.
        profit: revenue less cost; unknown as soon as the cost of one line is.
        last_line_id: the latest line, as a way into the source; ``None`` without any.
    """

    revenue: Decimal
    profit: Maybe[Decimal]
    last_line_id: str | None


@frozen
class TrailingYears:
    """The trailing 12 months of one account, and the 12 before."""

    now: YearSales
    before: YearSales

    @property
    def evidence(self) -> tuple[str, ...]:
        """The last line of either year."""
        ids = (self.before.last_line_id, self.now.last_line_id)
        return tuple(line_id for line_id in ids if line_id is not None)


@frozen(kw_only=True, slots=False)
class _Shared:
    """What belongs to the book, whatever the subject."""

    header: BookHeader
    as_of: date

    @property
    def manager(self) -> Person:
        """Whose book it is."""
        return self.header.manager

    @property
    def period(self) -> Period:
        """The period the book is judged over."""
        return self.header.period

    @property
    def offering(self) -> Maybe[Offering]:
        """What the firm sells."""
        return self.header.offering

    @property
    def people(self) -> Maybe[tuple[Person, ...]]:
        """The manager's colleagues, line managers and direct reports."""
        return self.header.people


@frozen(kw_only=True, slots=False)
class AccountView(_Shared):
    """One account as a rule sees it: the dossier as known on ``as_of``, never later.

    Attributes:
        dossier: already cut at ``as_of``; its collections are inputs by their own names.
        norms: what is usual in the book.
    """

    dossier: Dossier
    norms: Maybe[Norms] = NOT_FETCHED

    @property
    def account(self) -> Account:
        """The customer."""
        return self.dossier.account

    @cached_property
    def standards(self) -> Standards:
        """The standards in force for this account's tier."""
        return self.header.policy.on(self.as_of, self.account.tier)

    @cached_property
    def _classified(self) -> Maybe[tuple[tuple[LineMode, ...], History]]:
        lines = self.dossier.sale_lines
        if isinstance(lines, Unknown):
            return lines
        return classify(lines, active_months=self.standards.penetration.active_months, in_order=True)

    @property
    def line_modes(self) -> Maybe[tuple[LineMode, ...]]:
        """Every won line with how it came about, by day and id."""
        classified = self._classified
        return classified if isinstance(classified, Unknown) else classified[0]

    @property
    def history(self) -> Maybe[History]:
        """What was won so far."""
        classified = self._classified
        return classified if isinstance(classified, Unknown) else classified[1]

    @cached_property
    def whitespace(self) -> Maybe[Whitespace]:
        """The account's grid; its ``gaps`` say what of it is not known."""
        classified = self._classified
        if isinstance(classified, Unknown):
            return classified
        return whitespace(
            self.dossier,
            *classified,
            self.offering,
            as_of=self.as_of,
            active_months=self.standards.penetration.active_months,
        )

    @cached_property
    def offered_lines(self) -> Maybe[tuple[OfferedLine, ...]]:
        """Lines of open opportunities with the mode they would have; without lines there are none."""
        history, opportunities = self.history, self.dossier.opportunities
        if isinstance(history, Unknown):
            return history
        if isinstance(opportunities, Unknown):
            return opportunities
        return tuple(
            OfferedLine(opportunity, line, _mode(line, history))
            for opportunity in opportunities
            if opportunity.status is OpportunityStatus.OPEN and not isinstance(opportunity.lines, Unknown)
            for line in opportunity.lines
        )

    @cached_property
    def conformity(self) -> Maybe[Conformity]:
        """How the account's plan stands against the standards, point by point."""
        plans = self.dossier.plans
        if isinstance(plans, Unknown):
            return plans
        return conformity(plans, self.as_of, self.standards.plans)

    @cached_property
    def held_since(self) -> Maybe[date | None]:
        """Since when the manager has held the account; ``None`` where somebody else does, or nobody."""
        return held_since(self.dossier.assignments, self.manager.id, self.as_of)

    @cached_property
    def watch(self) -> Watch:
        """Early warnings of every kind, and of which kinds nobody can tell."""
        rate = self.norms if isinstance(self.norms, Unknown) else self.norms.case_rate
        past = case_history(self.header.policy, self.account.tier, self.as_of)
        return watch(self.dossier, rate, past, self.standards, self.as_of)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The early warnings there surely are."""
        return self.watch.signals

    @cached_property
    def trailing_years(self) -> Maybe[TrailingYears]:
        """What was bought in the trailing 12 months, and in the 12 before."""
        lines = self.dossier.sale_lines
        if isinstance(lines, Unknown):
            return lines
        now = Period.trailing(self.as_of, 12)
        return TrailingYears(*(_year(within(lines, p), self.offering) for p in (now, now.comparable())))


def _year(lines: Sequence[SaleLine], offering: Maybe[Offering]) -> YearSales:
    revenue = sum(map(_revenue, lines), Decimal(0))
    products = {} if isinstance(offering, Unknown) else offering.by_id
    costs = Decimal(0)
    profit: Maybe[Decimal] = revenue
    for line in lines:
        cost, _ = line_cost(line, products.get(line.product_id))
        if isinstance(cost, Unknown):
            profit = cost
            break
        costs += cost
    else:
        profit = revenue - costs
    return YearSales(revenue, profit, lines[-1].id if lines else None)


_revenue: Final = attrgetter("revenue")


def _mode(line: OpportunityLine, history: History) -> Mode:
    location, buyer, product = (
        None if isinstance(value, Unknown) else value
        for value in (line.location_id, line.buyer_id, line.product_id)
    )
    return history.decide(location, buyer, product)[0][0]


@frozen(kw_only=True, slots=False)
class BookView(_Shared):
    """The whole book as a rule about the manager sees it.

    Attributes:
        header: already cut at ``as_of``.
        totals: the sums over all dossiers.
    """

    totals: Totals

    @cached_property
    def standards(self) -> Standards:
        """The standards in force for the book as a whole."""
        return self.header.policy.on(self.as_of)

    @cached_property
    def focus(self) -> Focus:
        """The accounts by value, and what the top tier gets."""
        return focus(self.totals.efforts, self.totals.benchmark, self.standards)

    @property
    def quotas(self) -> Maybe[tuple[Quota, ...]]:
        """Assigned sales quotas."""
        return self.header.quotas

    @property
    def expectations(self) -> Maybe[tuple[ProfitExpectation, ...]]:
        """Assigned profit expectations."""
        return self.header.expectations

    @property
    def growth_goals(self) -> Maybe[tuple[GrowthGoal, ...]]:
        """Goals for growth of sales and profit."""
        return self.header.growth_goals

    @property
    def training(self) -> Maybe[tuple[TrainingObjective, ...]]:
        """Training and development objectives."""
        return self.header.training

    @property
    def candidate(self) -> Maybe[Candidate]:
        """The manager's own qualifications."""
        return self.header.candidate
