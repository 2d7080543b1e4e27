"""Are required training and development objectives completed in the assigned time? (ACC-5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from attrs import frozen

from sam_core.book import BookHeader, TrainingObjective
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.measures.accountability import Accountability
from sam_core.measures.bounds import verdict_between
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Coverage, Maybe, Outcome, Unknown, add_months

__all__ = ["training_in_time"]


@frozen
class _Objectives:
    """Objectives due by a day, sorted by how they came out."""

    in_time: tuple[TrainingObjective, ...]
    late: tuple[TrainingObjective, ...]
    unclear: tuple[TrainingObjective, ...]

    @property
    def judged(self) -> int:
        return len(self.in_time) + len(self.late)

    @property
    def measured(self) -> Measured:
        return ratio(
            "training in time", "ACC-5", len(self.in_time), self.judged,
            without="no objective that is due can be judged",
            coverage=Coverage(judged=self.judged, total=self.judged + len(self.unclear)),
            evidence=tuple(one.id for one in self.late),
        )  # fmt: skip


def _in_time(one: TrainingObjective, as_of: date) -> Maybe[bool] | None:
    """Completed by its due day or not; ``None`` where it is not due yet."""
    if isinstance(one.due_on, Unknown):
        return one.due_on
    if one.due_on > as_of:
        return None
    if isinstance(one.completed_on, Unknown):
        return one.completed_on
    return one.completed_on is not None and one.completed_on <= one.due_on


def _sorted_out(objectives: Iterable[TrainingObjective], as_of: date) -> _Objectives:
    seen = [known for one in objectives if (known := one.at(as_of)) is not None]
    found = [(one, _in_time(one, as_of)) for one in seen]
    return _Objectives(
        tuple(one for one, done in found if done is True),
        tuple(one for one, done in found if done is False),
        tuple(one for one, done in found if isinstance(done, Unknown)),
    )


def training_in_time(
    headers: tuple[BookHeader, ...],
    totals: Totals,  # noqa: ARG001  # all are asked alike
    as_of: date,
    standards: Standards,
) -> Accountability:
    """ACC-5: the manager's objectives completed on or before their due day ÷ those due by ``as_of``.

    Late counts as late for ever. Where nothing is due it does not apply. The evidence names what was
    late or is overdue.
    """
    unknown = [h.training for h in headers if isinstance(h.training, Unknown)]
    own = [
        one
        for h in headers
        if not isinstance(h.training, Unknown)
        for one in h.training
        if one.person_id == h.manager.id
    ]
    found, asked = _sorted_out(own, as_of), standards.training.on_time_met
    total = found.judged + len(found.unclear)
    outcome = verdict_between(
        (len(found.in_time), total),
        (len(found.in_time) + len(found.unclear), total),
        asked,
    )
    missing = [Missing("training", reason) for reason in unknown[:1]]
    if outcome is Outcome.NOT_ASSESSABLE or unknown:
        outcome = Outcome.NOT_ASSESSABLE
        missing += [
            Missing(f"training.{name}", reason)
            for one in found.unclear[:1]
            for name, reason in (("due_on", one.due_on), ("completed_on", one.completed_on))
            if isinstance(reason, Unknown)
        ]
    return Accountability(
        clause_id="ACC-5",
        measured=found.measured,
        target=asked,
        outcome=outcome,
        sentence=_sentence(found, unknown),
        before=_sorted_out(own, add_months(as_of, -12)).measured.value,
        details=(
            Measured(name="objectives late or overdue", clause_id="ACC-5", unit="count", value=Decimal(len(found.late))),
        ),
        missing=tuple(missing),
        applies=bool(unknown or total),
    )  # fmt: skip


def _sentence(found: _Objectives, unknown: list[Unknown]) -> str:
    if unknown:
        return "Training objectives are not known."
    if not found.judged:
        return (
            "Nobody can tell which objectives were done in time." if found.unclear else "No objective is due."
        )
    text = f"{len(found.in_time)} of {found.judged} objectives due were completed in time"
    late = ", ".join(one.title for one in found.late)
    return f"{text}; late: {late}." if late else f"{text}."
