"""One dossier's numbers, made so that a book's are their sum: any split gives the same scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from attrs import field, frozen

from sam_core._monoid import add_fields, total
from sam_core.measures.contacts import Contacts
from sam_core.measures.coverage import PlanCoverage
from sam_core.measures.focus import Effort
from sam_core.measures.ratings import Instrument, Ratings
from sam_core.measures.retention import Retention
from sam_core.measures.sales import Sales
from sam_core.penetration.bridge import Bridge
from sam_core.penetration.modes import Mode
from sam_core.penetration.moves import Benchmark, Candidates
from sam_core.penetration.rates import Rates
from sam_core.values import Outcome, Unknown, Why

__all__ = ["Absence", "ModeTotal", "Pipeline", "Tally", "Totals"]

_ZERO: Final = Decimal(0)


@frozen(kw_only=True)
class ModeTotal:
    """Lines and revenue of one mode in the period; ``reactivated`` of them won back."""

    lines: int = 0
    revenue: Decimal = _ZERO
    reactivated: int = 0

    def __add__(self, other: ModeTotal) -> ModeTotal:
        return add_fields(self, other)


@frozen(kw_only=True)
class Pipeline:
    """Open opportunities expected to close in what is left of the period.

    Attributes:
        weighted: Σ amount × probability of those where both are known, ``judged`` of ``total``.
    """

    weighted: Decimal = _ZERO
    judged: int = 0
    total: int = 0

    def __add__(self, other: Pipeline) -> Pipeline:
        return add_fields(self, other)


@frozen(kw_only=True)
class Absence:
    """A collection that is not known, of how many accounts, and why: of several reasons the first in their order."""

    accounts: int
    reason: Unknown

    def __add__(self, other: Absence) -> Absence:
        reasons = (self.reason, other.reason)
        first = min(reasons, key=lambda reason: (reason.why.value, reason.where))
        return Absence(accounts=self.accounts + other.accounts, reason=first)


@frozen(kw_only=True)
class Tally:
    """How often a clause's rules came out which way; what does not apply is counted apart."""

    met: int = 0
    at_risk: int = 0
    not_met: int = 0
    not_assessable: int = 0
    not_applicable: int = 0

    def __add__(self, other: Tally) -> Tally:
        return add_fields(self, other)

    @classmethod
    def of(cls, outcome: Outcome | None) -> Tally:
        """One outcome; ``None`` for a rule that does not apply."""
        return cls(**{outcome.name.lower() if outcome is not None else "not_applicable": 1})

    @property
    def assessable(self) -> int:
        """Outcomes that could be judged."""
        return self.met + self.at_risk + self.not_met

    @property
    def applicable(self) -> int:
        """All outcomes of rules that apply."""
        return self.assessable + self.not_assessable


@frozen(kw_only=True)
class Totals:
    """Everything a scorecard needs of the dossiers.

    Attributes:
        accounts: how many; ``with_sales`` of them with known sales.
        absent: by name, the collections that are not known of every account.
        now, before: sales of the period so far, and of the comparable period.
        modes: lines of the period by primary mode (RESP-2).
        retention, recurring: what was kept, by sales and by contracts (RESP-1).
        offered: accounts to which a family was sold or offered at any time, by family (RESP-3).
        offers_unknown: accounts that may have been offered what their dossier does not tell.
        services_sold: accounts that bought a service in the period (OV-3).
        never_bought: accounts that never bought: winning them is acquisition.
        unplaced: opportunities and lines that name no cell of the grid.
        plans, plans_before: how accounts stand with their plans, now and a year before (ACC-3).
        ratings, ratings_before: satisfaction by instrument, now and a year before (ACC-4).
        readings_known: accounts whose readings are known; ``rated`` of them with a valid one.
        efforts: by account id, what it may be worth and what effort it got (OV-4).
        contacts: meetings of the trailing 12 months (OV-5, ENV-1, ENV-2).
        tallies: outcomes by clause.
    """

    accounts: int = 0
    with_sales: int = 0
    absent: Mapping[str, Absence] = field(factory=dict, hash=False)
    now: Sales = Sales()
    before: Sales = Sales()
    modes: Mapping[Mode, ModeTotal] = field(factory=dict, hash=False)
    retention: Retention = Retention()
    recurring: Retention = Retention()
    bridge: Bridge = Bridge()
    rates: Rates = Rates()
    offered: Mapping[str, int] = field(factory=dict, hash=False)
    offers_unknown: int = 0
    services_sold: int = 0
    pipeline: Pipeline = Pipeline()
    benchmark: Benchmark = Benchmark()
    candidates: Candidates = Candidates()
    never_bought: int = 0
    unplaced: int = 0
    plans: PlanCoverage = PlanCoverage()
    plans_before: PlanCoverage = PlanCoverage()
    ratings: Mapping[Instrument, Ratings] = field(factory=dict, hash=False)
    ratings_before: Mapping[Instrument, Ratings] = field(factory=dict, hash=False)
    readings_known: int = 0
    rated: int = 0
    efforts: Mapping[str, Effort] = field(factory=dict, hash=False)
    contacts: Contacts = Contacts()
    tallies: Mapping[str, Tally] = field(factory=dict, hash=False)

    def __add__(self, other: Totals) -> Totals:
        return add_fields(self, other)

    def lacking(self, name: str, otherwise: str) -> Unknown:
        """Why a collection is not known of every account; where it is, something in it must be blank."""
        absence = self.absent.get(name)
        return Unknown(Why.BLANK, otherwise) if absence is None else absence.reason

    @classmethod
    def sum(cls, parts: Iterable[Totals]) -> Totals:
        """The sum of a stream of them, in whatever order they come."""
        return total(parts, cls(), lambda a, b: a + b)
