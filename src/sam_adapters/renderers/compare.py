"""What changed between two scorecards, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sam_adapters.renderers import numbers
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import Block, Column, Facts, Page, Row, Section, Table, Text, toned
from sam_adapters.renderers.scorecard import moves_table
from sam_core.compare import Comparison, FindingChange, MeasureChange
from sam_core.findings import Finding
from sam_core.penetration import Move
from sam_core.scorecard import Scorecard
from sam_core.values import Outcome

__all__ = ["comparison_page"]

_ORDER = {Outcome.NOT_MET: 0, Outcome.AT_RISK: 1, Outcome.NOT_ASSESSABLE: 2, Outcome.MET: 3, None: 4}


def comparison_page(before: Scorecard, after: Scorecard, change: Comparison, names: Names) -> Page:
    """Measures that moved, verdicts that turned, moves that came and went."""
    for card in (before, after):
        for header in card.headers:
            names.add_header(header)
    who = ", ".join(header.manager.name for header in after.headers)
    lead = Facts(
        (
            ("From", f"{before.as_of}, period {before.header.period}"),
            ("To", f"{after.as_of}, period {after.header.period}"),
            ("Amounts", f"{after.currency}, {after.header.value_basis}"),
        )
    )
    sections = (
        Section("Verdicts that turned", _findings(change.findings)),
        Section("Numbers that moved", _measures(change.measures)),
        Section("New among the best moves", _moves(change.new_moves, names)),
        Section("No longer among them", _moves(change.gone_moves, names)),
    )
    return Page(f"What changed for {who}", (lead,), sections)


def _findings(changes: Sequence[FindingChange]) -> Iterator[Block]:
    if not changes:
        yield Text("None.")
        return
    ranked = sorted(changes, key=lambda one: (_ORDER[one.outcomes[1]], one.rule_id, one.subject_id))
    yield Table(
        ("Rule", "About", Column("Was", whole=True), Column("Is", whole=True)),
        [
            Row(
                (one.rule_id, one.subject_name, *(toned(outcome) for outcome in one.outcomes)),
                _sentence(one.after),
            )
            for one in ranked
        ],
        "Why",
    )


def _sentence(finding: Finding | None) -> str:
    return finding.sentence if finding is not None else ""


def _measures(changes: Sequence[MeasureChange]) -> Iterator[Block]:
    if not changes:
        yield Text("None.")
        return
    rows = [
        Row(
            (
                one.name,
                numbers.number(one.before, one.unit),
                numbers.number(one.after, one.unit),
                numbers.change(one.change, one.unit),
            )
        )
        for one in changes
    ]
    columns = (Column(name, number=True) for name in ("Was", "Is", "Change"))
    yield Table(("Measure", *columns), rows)


def _moves(moves: Sequence[Move], names: Names) -> Iterator[Block]:
    if moves:
        yield moves_table(moves, names)
    else:
        yield Text("None.")
