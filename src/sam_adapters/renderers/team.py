"""What to do next, and the scorecards of a team side by side, as pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from sam_adapters.renderers import numbers
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import Block, Column, Facts, Items, Page, Row, Section, Table, Text, toned
from sam_adapters.renderers.scorecard import head
from sam_core.actions import Action
from sam_core.charter import CHARTER
from sam_core.findings import SubjectKind
from sam_core.scorecard import Scorecard
from sam_core.team import Outlier, TeamView

__all__ = ["actions_page", "team_page"]

T = TypeVar("T")

_ABREAST: Final = 4
"""How many managers stand side by side in one table: as many as 80 columns hold."""


def actions_page(card: Scorecard, found: Sequence[Action], names: Names, top: int, problems: int = 0) -> Page:
    """The ranked list, each with its clauses, its reasons, the money and the day."""
    who = ", ".join(header.manager.name for header in card.headers)
    if not found:
        return Page(
            f"Next for {who}",
            head(card, problems),
            (Section("Actions", (Text("Nothing asks for action."),)),),
        )
    blocks: list[Block] = [
        Table(
            (
                Column("#", number=True),
                "For",
                Column("Clause", whole=True),
                Column("Verdict", whole=True),
                Column("At stake", number=True),
                Column("Due", whole=True),
            ),
            [_action(place, one, names) for place, one in enumerate(found[:top], start=1)],
            "What, and why",
        )
    ]
    if len(found) > top:
        blocks.append(Text(f"And {len(found) - top:,} more with --top."))
    return Page(f"Next for {who}", head(card, problems), (Section("Actions", blocks),))


def _action(place: int, one: Action, names: Names) -> Row:
    subject = one.subject_name
    if one.subject_kind is SubjectKind.MANAGER:
        subject = f"{subject} (manager)"
    clauses = one.clause_ids[0] + (f" +{len(one.clause_ids) - 1}" if len(one.clause_ids) > 1 else "")
    verdict = "move" if one.outcome is None else toned(one.outcome)
    stake = "" if one.at_stake is None else numbers.whole_amount(one.at_stake)
    due = one.due_on.isoformat() if one.due_on else ""
    offer = f"Offer {names.product(one.move.product_id)} to {names.where(one.move)}. " if one.move else ""
    reasons = " ".join(reason if reason.endswith(".") else f"{reason}." for reason in one.reasons)
    return Row((str(place), subject, clauses, verdict, stake, due), offer + reasons)


def team_page(view: TeamView, problems: int = 0) -> Page:
    """Verdicts and numbers of every manager beside those of all together, and who stands out."""
    sections = (
        Section("Verdicts", _verdicts(view)),
        Section("Numbers", _numbers(view)),
        Section("Who stands out", _outliers(view)),
    )
    return Page(f"Team of {len(view.cards)}", _lead(view, problems), sections)


def _abreast(items: Iterable[T]) -> Iterator[tuple[T, ...]]:
    rest = iter(items)
    while few := tuple(islice(rest, _ABREAST)):
        yield few


def _headings(view: TeamView) -> list[str]:
    """Family names where they are short and tell people apart, else numbers."""
    names = [card.header.manager.name.split()[-1] for card in view.cards]
    if len(set(names)) == len(names) and max(map(len, names), default=0) <= 12:
        return names
    return [f"#{place}" for place in range(1, len(names) + 1)]


def _lead(view: TeamView, problems: int) -> Iterator[Block]:
    yield from head(view.combined, problems)
    yield Facts(
        (
            heading,
            f"{card.header.manager.name} ({card.header.id}), {numbers.count(card.totals.accounts, 'account')}",
        )
        for heading, card in zip(_headings(view), view.cards, strict=True)
    )
    if view.strangers:
        names = [card.header.manager.name for card in view.cards if card.header.id in view.strangers]
        yield Text(f"Not known to report to the field manager asked for: {', '.join(names)}.")


def _verdicts(view: TeamView) -> Iterator[Block]:
    together = view.combined.accountabilities
    for few in _abreast(zip(_headings(view), view.cards, strict=True)):
        yield Table(
            ("Clause", *(Column(heading, whole=True) for heading, _ in few)),
            [
                Row(
                    (
                        str(CHARTER[one.clause_id]),
                        *(
                            toned(mine.outcome if mine.applies else None)
                            for _, card in few
                            for mine in card.accountabilities
                            if mine.clause_id == one.clause_id
                        ),
                    )
                )
                for one in together
            ],
        )


def _numbers(view: TeamView) -> Iterator[Block]:
    headings = _headings(view)
    for few in _abreast(range(len(headings))):
        yield Table(
            ("Measure", *(Column(headings[i], number=True) for i in few), Column("Together", number=True)),
            [
                Row(
                    (
                        row.name,
                        *(numbers.number(row.values[i], row.unit, narrow=True) for i in few),
                        numbers.number(row.together, row.unit, narrow=True),
                    )
                )
                for row in view.rows
            ],
        )


def _outliers(view: TeamView) -> Iterator[Block]:
    if not view.outliers:
        yield Text("Nobody's numbers lie far from those of the others, or there are too few to say.")
        return
    units = {row.name: row.unit for row in view.rows}
    yield Items(_outlier(one, units[one.measure]) for one in view.outliers)


def _outlier(one: Outlier, unit: str) -> str:
    side = "above" if one.value > one.usual else "below"
    value, usual = (numbers.number(amount, unit) for amount in (one.value, one.usual))
    return f"{one.clause_id}: {one.manager_name}'s {one.measure} of {value} is far {side} the usual {usual}."
