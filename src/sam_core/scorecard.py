"""The scorecard: no magic total, but each clause with what was met, what was assessable and why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from html import escape
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from sam_core._html import number, table
from sam_core.book import BookHeader
from sam_core.charter import CHARTER, Clause
from sam_core.errors import SamCoreError
from sam_core.findings import Finding
from sam_core.measured import Measured
from sam_core.measures.accountability import Accountability
from sam_core.measures.attainment import quota_attainment
from sam_core.measures.breadth import breadth
from sam_core.measures.contacts import Condition, conditions
from sam_core.measures.focus import Focus, focus
from sam_core.measures.growth import growth
from sam_core.measures.plans import plan_coverage
from sam_core.measures.profitability import gross_profit_measures, profitability
from sam_core.measures.satisfaction import satisfaction
from sam_core.measures.training import training_in_time
from sam_core.penetration.moves import MOVES_KEPT, Move, ranked
from sam_core.standards import Standards
from sam_core.totals import Tally, Totals
from sam_core.values import Coverage, Outcome, Unknown

__all__ = ["ACCOUNTABILITIES", "ClauseReport", "CombinationError", "Gap", "Scorecard"]

ACCOUNTABILITIES: Final = (
    quota_attainment,
    profitability,
    plan_coverage,
    satisfaction,
    training_in_time,
)
"""The measures of the accountabilities, in the order of their clauses."""


class CombinationError(SamCoreError, ValueError):
    """Scorecards that cannot be added: other days, currencies or bases."""


@frozen(kw_only=True)
class Gap:
    """Something the source could not give, and how many judgements wait for it.

    Attributes:
        name: the input: ``"cases"``.
        reason: why it is not there.
        rules: the rules that wait for it.
        findings: how many findings it keeps from being judged.
    """

    name: str
    reason: Unknown
    rules: tuple[str, ...]
    findings: int


@frozen(kw_only=True)
class ClauseReport:
    """All that a scorecard says about one clause and those below it."""

    clause: Clause
    tally: Tally
    findings: tuple[Finding, ...]
    measures: tuple[Measured, ...]
    accountability: Accountability | None
    conditions: tuple[Condition, ...] = ()

    def __repr__(self) -> str:
        tally = self.tally
        return (
            f"<{self.clause}: {tally.met} of {tally.assessable} met, "
            f"{tally.assessable} of {tally.applicable} assessable>"
        )

    def _repr_html_(self) -> str:
        """For notebooks: the clause with its findings."""
        rows = ((f.outcome.value, f.rule_id, f.subject_name, f.sentence) for f in self.findings)
        return f"<p>{escape(repr(self))}</p>" + table(
            self.clause.wording, ("verdict", "rule", "about", "finding"), rows
        )


@frozen(kw_only=True, slots=False, repr=False)
class Scorecard:
    """One manager's scorecard, or several managers' together.

    Attributes:
        headers: the books it speaks of; one, unless it was combined.
        as_of: nothing dated later was looked at.
        totals: the sums over all dossiers.
        findings: by rule and subject.
    """

    headers: tuple[BookHeader, ...]
    as_of: date
    totals: Totals
    findings: tuple[Finding, ...] = field(factory=tuple)

    @property
    def header(self) -> BookHeader:
        """The first book's header: period, currency and standards are the same in all."""
        return self.headers[0]

    @property
    def currency(self) -> str:
        """ISO 4217; every amount is in it."""
        return self.header.currency

    @cached_property
    def standards(self) -> Standards:
        """The standards in force for the book as a whole."""
        return self.header.policy.on(self.as_of)

    @cached_property
    def accountabilities(self) -> tuple[Accountability, ...]:
        """The accountabilities against their targets, in the order of their clauses."""
        return tuple(
            measure(self.headers, self.totals, self.as_of, self.standards) for measure in ACCOUNTABILITIES
        )

    @cached_property
    def measures(self) -> tuple[Measured, ...]:
        """The numbers of the responsibilities: retention, growth, bridge, modes, penetration, breadth."""
        totals = self.totals
        recurring = totals.recurring.measures("recurring ") if totals.recurring.judged else ()
        return (
            *self._amounts(),
            *totals.retention.measures(),
            *recurring,
            *growth(totals.now, totals.before),
            *self._bridge(),
            *self._modes(),
            *totals.rates.measures(),
            *breadth(totals, self.header.offering, self.as_of),
            self.focus.value,
            self.focus.meetings,
            self.focus.initiatives,
            *totals.contacts.measures(),
        )

    @cached_property
    def focus(self) -> Focus:
        """The accounts by value, and what the top tier of them gets (OV-4)."""
        return focus(self.totals.efforts, self.totals.benchmark, self.standards)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions the work is done under: reported, never scored (ENV)."""
        lacking = self.totals.lacking("meetings", "how some meetings were held, or who took part")
        return conditions(self.headers, self.totals.contacts, lacking)

    def _amounts(self) -> tuple[Measured, ...]:
        now = self.totals.now.total
        accounts = Coverage(judged=self.totals.with_sales, total=self.totals.accounts)
        revenue = Measured(
            name="revenue", clause_id="RESP-1", unit="amount", value=now.revenue, coverage=accounts
        )
        return (revenue, *gross_profit_measures(now, "RESP-1"))

    def _bridge(self) -> tuple[Measured, ...]:
        bridge = self.totals.bridge
        parts = {
            "lost customers": bridge.lost,
            "contraction": bridge.contraction,
            "expansion": bridge.expansion,
            "new products": bridge.new_products,
            "new buyers": bridge.new_buyers,
            "new locations": bridge.new_locations,
            "acquisition": bridge.acquisition,
            "returns": bridge.returns,
            "revenue change": bridge.change,
        }
        return tuple(
            Measured(name=f"bridge: {name}", clause_id="RESP-1", unit="amount", value=value)
            for name, value in parts.items()
        )

    def _modes(self) -> tuple[Measured, ...]:
        clause = {
            "new product": "RESP-2.1",
            "new buyer": "RESP-2.2",
            "new location": "RESP-2.3",
            "repeat": "RESP-1",
        }
        return tuple(
            Measured(
                name=f"revenue by {mode.value}",
                clause_id=clause.get(mode.value, "RESP-2"),
                unit="amount",
                value=total.revenue,
                coverage=Coverage(judged=total.lines, total=total.lines),
            )
            for mode, total in sorted(self.totals.modes.items(), key=lambda item: item[0].value)
        )

    @cached_property
    def moves(self) -> list[Move]:
        """The best moves of the book, by expected value."""
        candidates = ((key, spot) for key, spots in self.totals.candidates.first.items() for spot in spots)
        return ranked(candidates, self.totals.benchmark, self.standards.penetration)[:MOVES_KEPT]

    def measure(self, name: str) -> Measured:
        """The measure of that name.

        Raises:
            KeyError: there is none.
        """
        return {one.name: one for one in self.measures}[name]

    def __getitem__(self, clause_id: str) -> ClauseReport:
        """What it says about a clause and those below it.

        Raises:
            UnknownClauseError: the charter has no such clause; the nearest id is suggested.
        """
        clause = CHARTER[clause_id]
        ids = {one.id for one in CHARTER if clause in CHARTER.lineage(one.id)}
        return ClauseReport(
            clause=clause,
            tally=sum((t for key, t in self.totals.tallies.items() if key in ids), Tally()),
            findings=tuple(f for f in self.findings if f.clause_id in ids),
            measures=tuple(m for m in self.measures if m.clause_id in ids),
            accountability=next((a for a in self.accountabilities if a.clause_id == clause_id), None),
            conditions=tuple(c for c in self.conditions if c.clause_id in ids),
        )

    @property
    def tally(self) -> Tally:
        """Over all clauses."""
        return sum(self.totals.tallies.values(), Tally())

    @property
    def assessability(self) -> Decimal | None:
        """Share of the applicable judgements that could be made; ``None`` where nothing applies."""
        tally = self.tally
        return Decimal(tally.assessable) / tally.applicable if tally.applicable else None

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What to fix in the data to make more of it assessable, the most wanted first."""
        waiting: dict[tuple[str, Unknown], list[str]] = {}
        for finding in self.findings:
            for missing in finding.missing:
                waiting.setdefault((missing.name, missing.reason), []).append(finding.rule_id)
        for one in self.accountabilities:
            for missing in one.missing:
                waiting.setdefault((missing.name, missing.reason), []).append(one.clause_id)
        gaps = [
            Gap(name=name, reason=reason, rules=tuple(sorted(set(rules))), findings=len(rules))
            for (name, reason), rules in waiting.items()
        ]
        return tuple(sorted(gaps, key=lambda gap: (-gap.findings, gap.name, str(gap.reason))))

    def to_fix(self) -> tuple[Finding, ...]:
        """Findings that ask for action: not met first, then at risk, the most at stake first."""
        order = {Outcome.NOT_MET: 0, Outcome.AT_RISK: 1}
        bad = [finding for finding in self.findings if finding.outcome in order]
        return tuple(
            sorted(
                bad,
                key=lambda f: (
                    order[f.outcome],
                    -(f.at_stake or 0),
                    f.severity.value,
                    f.rule_id,
                    f.subject_id,
                ),
            )
        )

    @classmethod
    def combined(cls, cards: Iterable[Scorecard]) -> Scorecard:
        """Several managers' scorecards as one, without reading a dossier again.

        Raises:
            CombinationError: none given, two of one manager, or another day, period, currency or basis.
        """
        held = sorted(cards, key=lambda card: card.header.id)
        if not held:
            raise CombinationError("no scorecard to combine; give at least one")
        first = held[0]
        headers = tuple(sorted((h for card in held for h in card.headers), key=lambda h: h.id))
        for earlier, later in pairwise(headers):
            if earlier.id == later.id:
                raise CombinationError(f"manager {later.id!r} is there twice; combine each manager once")
        for card in held[1:]:
            for name, a, b in (
                ("day", first.as_of, card.as_of),
                ("period", first.header.period, card.header.period),
                ("currency", first.currency, card.currency),
                ("value basis", first.header.value_basis, card.header.value_basis),
            ):
                if a != b:
                    raise CombinationError(
                        f"{name} {b} of {card.header.id!r} is not {a} of {first.header.id!r}; "
                        "score them alike before combining"
                    )
        return cls(
            headers=headers,
            as_of=first.as_of,
            totals=Totals.sum(card.totals for card in held),
            findings=tuple(
                sorted(
                    (f for card in held for f in card.findings),
                    key=lambda f: (f.rule_id, f.subject_kind.value, f.subject_id, f.sentence),
                )
            ),
        )

    def __repr__(self) -> str:
        who = ", ".join(header.manager.name for header in self.headers)
        tally = self.tally
        verdicts = ", ".join(f"{a.clause_id} {a.outcome.value}" for a in self.accountabilities if a.applies)
        return (
            f"<Scorecard of {who}, {self.header.period} as of {self.as_of}: {self.totals.accounts} accounts; "
            f"{verdicts}; {tally.met} of {tally.assessable} judgements met, "
            f"{tally.assessable} of {tally.applicable} assessable>"
        )

    def _repr_html_(self) -> str:
        """For notebooks: the accountabilities, what to act on, and the best moves."""
        judged = (
            (
                f"{one.clause_id} {CHARTER[one.clause_id].title}",
                number(one.measured.value, one.measured.unit),
                number(one.target, one.measured.unit),
                one.outcome.value if one.applies else "does not apply",
                one.sentence,
            )
            for one in self.accountabilities
        )
        act_on = (
            (f.outcome.value, f.rule_id, f.subject_name, f.sentence) for f in self.to_fix()[:MOVES_KEPT]
        )
        moves = (
            (m.account_id, m.product_id, m.mode.value, number(m.value, "amount"), str(m.valuation))
            for m in self.moves
        )
        return (
            f"<p>{escape(repr(self))}</p>"
            + table("Accountabilities", ("clause", "now", "target", "verdict", ""), judged)
            + table("To act on", ("verdict", "rule", "about", "finding"), act_on)
            + table("Best moves", ("account", "product", "way", "value a year", "why"), moves)
        )
