"""A scorecard as a page: who, the five accountabilities, the numbers, the clauses, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from sam_adapters.renderers import numbers
from sam_adapters.renderers.effort import conditions, effort
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import (
    Block,
    Cell,
    Column,
    Facts,
    Items,
    Page,
    Row,
    Section,
    Table,
    Text,
    Tone,
    toned,
)
from sam_adapters.renderers.remedies import reason_of, remedy
from sam_core.book import BookHeader
from sam_core.charter import CHARTER
from sam_core.findings import Finding, Missing
from sam_core.measured import Measured
from sam_core.penetration import Move
from sam_core.scorecard import Gap, Scorecard
from sam_core.values import Unknown

__all__ = ["findings_table", "gaps_table", "head", "moves_table", "scorecard_page"]

FINDINGS_SHOWN: Final = 15
"""How many findings a scorecard lists before it says how many more there are."""

_BRIDGE: Final = "bridge: "


def scorecard_page(
    scorecard: Scorecard,
    *,
    names: Names | None = None,
    findings: int | None = FINDINGS_SHOWN,
    problems: int = 0,
) -> Page:
    """The page of one manager's scorecard, or of several together.

    Args:
        scorecard: what to show.
        names: names for the ids in its moves; ids are shown where left out.
        findings: how many findings at most are listed; ``None`` for all of them.
        problems: how many problems the reading met.
    """
    known = names or Names()
    for header in scorecard.headers:
        known.add_header(header)
    for finding in scorecard.findings:
        known.accounts.setdefault(finding.subject_id, finding.subject_name)
    sections = (
        Section("Accountabilities", _accountabilities(scorecard)),
        Section("Responsibilities in numbers", _responsibilities(scorecard.measures)),
        Section("Clause by clause", _clauses(scorecard)),
        Section("To act on", _to_act_on(scorecard.to_fix(), findings)),
        Section("Best moves", _moves(scorecard, known)),
        Section("Where effort goes", effort(scorecard, known)),
        Section("Conditions of the work", conditions(scorecard.conditions)),
        Section("What to fix in the data", _to_fix(scorecard.gaps)),
    )
    return Page(f"Scorecard of {_who(scorecard.headers)}", head(scorecard, problems), sections)


def _who(headers: Sequence[BookHeader]) -> str:
    if len(headers) == 1:
        return headers[0].manager.name
    return f"{len(headers)} managers: " + ", ".join(header.manager.name for header in headers)


def head(scorecard: Scorecard, problems: int | None = 0) -> Iterator[Block]:
    """What every report of a book begins with: whose, when, out of what, on which assumptions.

    Args:
        scorecard: what is reported of.
        problems: how many problems the reading met; ``None`` where the report itself tells them.
    """
    header, totals = scorecard.header, scorecard.totals
    period, tally = header.period, scorecard.tally
    gone = (
        "ended" if period.ended(scorecard.as_of) else f"{numbers.share(period.elapsed(scorecard.as_of))} gone"
    )
    standards = scorecard.standards.effective
    faults = 0 if problems is None else problems or max(one.provenance.problems for one in scorecard.headers)
    yield Facts(
        (
            (
                "Manager" if len(scorecard.headers) == 1 else "Managers",
                ", ".join(f"{one.manager.name} ({one.manager.id})" for one in scorecard.headers),
            ),
            ("Period", f"{period}, {gone}"),
            ("As of", f"{scorecard.as_of}{_after(scorecard)}"),
            ("Accounts", f"{totals.accounts:,}, sales known of {totals.with_sales:,}"),
            ("Amounts", f"{scorecard.currency}, {header.value_basis}"),
            ("Standards", f"in force since {standards}" if standards else "documented defaults"),
            ("Source", "; ".join(dict.fromkeys(one.provenance.source for one in scorecard.headers))),
            (
                "Judged",
                f"{tally.met:,} of {tally.assessable:,} judgements met; "
                f"{tally.assessable:,} of {tally.applicable:,} could be made",
            ),
            *(
                [
                    (
                        "Problems",
                        Cell(
                            f"{numbers.count(faults, 'problem')} in the data; see sam-core check",
                            Tone.WARNING,
                        ),
                    )
                ]
                if faults
                else []
            ),
        )
    )
    notes = [n for one in scorecard.headers for n in (*one.provenance.assumptions, *one.provenance.notes)]
    if notes:
        yield Text("Taken for granted:")
        yield Items(dict.fromkeys(notes))


def _after(scorecard: Scorecard) -> str:
    """Whitespace, plans and signals are of that day, which may lie long after the sales that are counted."""
    days = (scorecard.as_of - scorecard.header.period.end).days
    return f", {numbers.count(days, 'day')} after the period" if days > 0 else ""


def _accountabilities(scorecard: Scorecard) -> Iterator[Block]:
    rows = []
    for one in scorecard.accountabilities:
        unit, clause = one.measured.unit, CHARTER[one.clause_id]
        verdict = toned(one.outcome if one.applies else None)
        values = (
            numbers.measured(one.measured, narrow=True),
            numbers.number(one.target, unit, narrow=True),
            numbers.change(one.gap, unit, narrow=True),
            numbers.change(one.trend, unit, narrow=True),
        )
        lacking = f" Lacking: {_lacking(one.missing)}." if one.missing else ""
        rows.append(Row((str(clause), *values, verdict), f"{one.sentence}{lacking}"))
    yield Table(
        (
            "Clause",
            Column("Now", number=True),
            Column("Target", number=True),
            Column("Gap", number=True),
            Column("Trend", number=True),
            Column("Verdict", whole=True),
        ),
        rows,
        "In words",
    )
    details = [
        m for one in scorecard.accountabilities for m in one.details if not isinstance(m.value, Unknown)
    ]
    if details:
        yield _measures(details)


def _lacking(missing: Iterable[Missing]) -> str:
    return "; ".join(f"{m.name} ({reason_of(m.reason)})" for m in missing)


def _responsibilities(measures: Sequence[Measured]) -> Iterator[Block]:
    yield _measures(m for m in measures if not m.name.startswith(_BRIDGE))
    bridge = [m for m in measures if m.name.startswith(_BRIDGE)]
    if bridge:
        yield Text("Where the change of revenue came from:")
        yield Table(
            ("Part", Column("Change", number=True)),
            [Row((m.name.removeprefix(_BRIDGE), numbers.change(m.value, m.unit))) for m in bridge],
        )


def _measures(measures: Iterable[Measured]) -> Table:
    told: set[str] = set()

    def note(one: Measured) -> str:
        """What a reader should know, the first time it is said."""
        text = one.value.where if isinstance(one.value, Unknown) else one.note
        new = text not in told
        told.add(text)
        return text if new or isinstance(one.value, Unknown) else ""

    return Table(
        (
            Column("Clause", whole=True),
            "Measure",
            Column("Value", number=True),
            Column("Out of", number=True),
            Column("Judged", number=True),
        ),
        [
            Row(
                (m.clause_id, m.name, numbers.measured(m), _out_of(m), numbers.coverage(m.coverage)),
                note(m),
            )
            for m in measures
        ],
    )


def _out_of(one: Measured) -> str:
    """The two numbers that were divided, where both are counts that a reader can check."""
    top, bottom = one.numerator, one.denominator
    if one.unit != "share" or top is None or bottom is None or isinstance(one.value, Unknown):
        return ""
    if (
        top >= 0
        and top == top.to_integral_value()
        and bottom == bottom.to_integral_value()
        and abs(bottom) < 100_000
    ):
        return f"{top:,.0f} of {bottom:,.0f}"
    return ""


def _clauses(scorecard: Scorecard) -> Iterator[Block]:
    rows = []
    for clause in CHARTER:
        tally = scorecard.totals.tallies.get(clause.id)
        if tally is not None and tally.applicable:
            rows.append(
                Row(
                    (
                        str(clause),
                        f"{tally.met:,}",
                        f"{tally.at_risk:,}",
                        f"{tally.not_met:,}",
                        f"{tally.not_assessable:,}",
                        numbers.share(Decimal(tally.met) / tally.assessable) if tally.assessable else "",
                        numbers.share(Decimal(tally.assessable) / tally.applicable),
                    )
                )
            )
    if not rows:
        yield Text("No rule applies to anything in this book.")
        return
    yield Table(
        (
            "Clause",
            *(
                Column(name, number=True)
                for name in ("Met", "At risk", "Not met", "Open", "Met, %", "Judged, %")
            ),
        ),
        rows,
    )


def _to_act_on(findings: Sequence[Finding], shown: int | None) -> Iterator[Block]:
    if not findings:
        yield Text("Nothing is at risk or not met.")
        return
    yield findings_table(findings[:shown])
    if shown is not None and len(findings) > shown:
        yield Text(f"And {len(findings) - shown:,} more: add --all, or read them with --json.")


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings with what hangs on them."""
    return Table(
        (
            Column("Verdict", whole=True),
            "Rule",
            "About",
            Column("At stake", number=True),
        ),
        [
            Row(
                (
                    toned(f.outcome),
                    f.rule_id,
                    f.subject_name,
                    "" if f.at_stake is None else numbers.whole_amount(f.at_stake),
                ),
                f.sentence + (f" Due {f.due_on}." if f.due_on else ""),
            )
            for f in findings
        ],
        "Why",
    )


def _moves(scorecard: Scorecard, names: Names) -> Iterator[Block]:
    if not scorecard.moves:
        yield Text("No open place is known where something could be sold next.")
        return
    yield moves_table(scorecard.moves, names)


def moves_table(moves: Iterable[Move], names: Names) -> Table:
    """Moves in their order, each with its reason."""
    return Table(
        (
            Column("#", number=True),
            "Customer",
            "Product",
            Column("Way", whole=True),
            Column("Value a year", number=True),
        ),
        [
            Row(
                (
                    str(place),
                    names.account(move.account_id),
                    names.product(move.product_id),
                    move.mode.value,
                    numbers.whole_amount(move.value),
                ),
                f"{names.where(move)}: {move.valuation}.",
            )
            for place, move in enumerate(moves, start=1)
        ],
        "To whom, and why",
    )


def _to_fix(gaps: Sequence[Gap]) -> Iterator[Block]:
    if not gaps:
        yield Text("Everything that applies could be judged.")
        return
    yield gaps_table(gaps)


def gaps_table(gaps: Iterable[Gap]) -> Table:
    """What could not be judged, the most wanted first, with the remedy."""
    return Table(
        ("Lacking", Column("Waiting", number=True), "For"),
        [
            Row(
                (gap.name, f"{gap.findings:,}", ", ".join(_families(gap.rules))),
                f"{_sentence(reason_of(gap.reason))} {remedy(gap.name, gap.reason)}",
            )
            for gap in gaps
        ],
        "What to do",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _families(rules: Iterable[str]) -> list[str]:
    """The clauses of rules, each once."""
    return sorted(
        {
            rule.rpartition(":")[2].partition(".")[0]
            if rule.count(".") < 2
            else rule.rpartition(":")[2].rpartition(".")[0]
            for rule in rules
        }
    )
