"""Whether data is fit, as a page: problems, coverage, what to add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sam_adapters.contract import CONCEPTS, Capabilities, Effect, ProblemLog
from sam_adapters.renderers import numbers
from sam_adapters.renderers.page import Block, Cell, Column, Items, Page, Row, Section, Table, Text, Tone
from sam_adapters.renderers.remedies import reason_of
from sam_adapters.renderers.scorecard import gaps_table, head
from sam_core.scorecard import Scorecard

__all__ = ["check_page"]

PROBLEMS_SHOWN: Final = 20

_TONES: Final = {Effect.LEFT_OUT: Tone.BAD, Effect.VALUE_UNKNOWN: Tone.WARNING, Effect.NOTED: Tone.QUIET}


def check_page(
    card: Scorecard, problems: ProblemLog, capabilities: Capabilities, *, every: bool = False
) -> Page:
    """What was wrong, row by row; what could be judged; what is lacking.

    Args:
        card: the scorecard of the books that were read, together.
        problems: what the reading met.
        capabilities: what the source provides.
        every: list all the problems that were kept in full.
    """
    sections = (
        Section("Problems", _problems(problems, None if every else PROBLEMS_SHOWN)),
        Section("How much could be judged", _coverage(card)),
        Section("What stays open, and what to add", _gaps(card)),
        Section("What the source provides", _provided(capabilities)),
    )
    return Page("Is this data fit?", head(card, None), sections)


def _problems(problems: ProblemLog, shown: int | None) -> Iterator[Block]:
    if not len(problems):
        yield Text("Every row could be read and used.")
        return
    yield Text(f"{numbers.count(len(problems), 'problem')} in the data, by place:")
    counts = sorted(problems.counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1]))
    yield Table(
        ("Where", "Field", Column("Problems", number=True), "Effect"),
        [
            Row((where, field or "the whole row", f"{count:,}", Cell(effect.value, _TONES[effect])))
            for (where, field, effect), count in counts
        ],
    )
    kept = list(problems)[:shown]
    yield Items(str(problem) for problem in kept)
    if len(problems) > len(kept):
        yield Text(f"And {len(problems) - len(kept):,} more: add --all, or read them with --json.")


def _coverage(card: Scorecard) -> Iterator[Block]:
    tally = card.tally
    yield Text(
        f"{tally.assessable:,} of {numbers.count(tally.applicable, 'judgement')} could be made "
        f"({numbers.share(card.assessability)})."
    )
    partial = [m for m in card.measures if m.coverage.judged < m.coverage.total]
    if partial:
        yield Text("Numbers that speak of a part only:")
        yield Table(
            ("Measure", Column("Judged", number=True)),
            [Row((m.name, numbers.coverage(m.coverage))) for m in partial],
        )


def _gaps(card: Scorecard) -> Iterator[Block]:
    if card.gaps:
        yield gaps_table(card.gaps)
    else:
        yield Text("Nothing: everything that applies could be judged.")


def _provided(capabilities: Capabilities) -> Iterator[Block]:
    rows = []
    for concept in CONCEPTS:
        gap = capabilities.gap(concept)
        state = Cell("yes", Tone.GOOD) if gap is None else Cell(f"no: {gap.why.value}", Tone.QUIET)
        parts = [f"without {key.partition('.')[2]} ({reason_of(why)})" for key, why in sorted(capabilities.gaps.items())
                 if key.startswith(f"{concept}.")]  # fmt: skip
        rows.append(Row((concept.replace("_", " "), state), "; ".join(parts)))
    yield Table(("Concept", "Provided"), rows)
