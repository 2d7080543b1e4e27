"""What a rule may ask for: everything known of its subject on the day, and what follows from it.

The names here are the names of a rule's parameters. What follows from the records (line modes,
whitespace) is worked out once per dossier, when first asked for.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property

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
    TrainingObjective,
    within,
)
from sam_core.norms import Norms
from sam_core.penetration.modes import History, LineMode, Mode, classify
from sam_core.penetration.whitespace import Whitespace, whitespace
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import NOT_FETCHED, Maybe, Period, Unknown

__all__ = ["AccountView", "BookView", "OfferedLine"]


@frozen
class OfferedLine:
    """A line of an open opportunity, and the mode it would have if it were won the next day."""

    opportunity: Opportunity
    line: OpportunityLine
    mode: Mode


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
        return classify(lines, active_months=self.standards.penetration.active_months)

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

    def revenue(self, period: Period | None) -> Maybe[Decimal]:
        """Revenue in a period, returns included, in the book's currency."""
        lines = self.dossier.sale_lines
        if isinstance(lines, Unknown):
            return lines
        return sum((line.revenue for line in within(lines, period)), Decimal(0))


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
