"""One of the five accountabilities, measured against its target (ACC)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from sam_core.findings import Missing
from sam_core.measured import Measured, difference
from sam_core.values import Maybe, Outcome

__all__ = ["Accountability"]


@frozen(kw_only=True)
class Accountability:
    """A measure by which the manager is judged.

    Attributes:
        clause_id: ``"ACC-1"`` to ``"ACC-5"``.
        measured: the headline number.
        target: what it is held against, in the same unit; unknown where none is known.
        outcome: the verdict by the standards in force.
        sentence: one plain sentence for people.
        before: the same number for the comparable period.
        details: the further numbers behind it.
        missing: what was lacking, where nothing could be concluded.
        applies: false where there is nothing to be judged by: no quota assigned, nothing due.
    """

    clause_id: str
    measured: Measured
    target: Maybe[Decimal]
    outcome: Outcome
    sentence: str
    before: Maybe[Decimal]
    details: tuple[Measured, ...] = ()
    missing: tuple[Missing, ...] = ()
    applies: bool = True

    @property
    def gap(self) -> Maybe[Decimal]:
        """Measured less target: negative is short of it."""
        return difference(self.measured.value, self.target)

    @property
    def trend(self) -> Maybe[Decimal]:
        """Measured less the same for the comparable period."""
        return difference(self.measured.value, self.before)
