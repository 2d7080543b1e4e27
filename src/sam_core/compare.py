"""What changed between two scorecards of one book."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from attrs import frozen

from sam_core.findings import Finding
from sam_core.measured import difference
from sam_core.penetration.moves import Move
from sam_core.scorecard import CombinationError, Scorecard
from sam_core.values import Maybe, Outcome, Unknown, Why

__all__ = ["Comparison", "FindingChange", "MeasureChange", "compared"]

_NOT_THERE: Final = Unknown(Why.NOT_SUPPORTED, "not measured in that scorecard")


@frozen(kw_only=True)
class MeasureChange:
    """One measure then and now; unknown where it was not there or could not be told."""

    name: str
    clause_id: str
    unit: str
    before: Maybe[Decimal]
    after: Maybe[Decimal]

    @property
    def change(self) -> Maybe[Decimal]:
        """Now less then."""
        return difference(self.after, self.before)


@frozen(kw_only=True)
class FindingChange:
    """One rule on one subject then and now; ``None`` where it did not apply."""

    rule_id: str
    subject_id: str
    subject_name: str
    before: Finding | None
    after: Finding | None

    @property
    def outcomes(self) -> tuple[Outcome | None, Outcome | None]:
        """The outcome then and now."""
        return (
            self.before.outcome if self.before else None,
            self.after.outcome if self.after else None,
        )


@frozen(kw_only=True)
class Comparison:
    """What changed.

    Attributes:
        measures: those whose value differs, in the scorecard's order, accountabilities first.
        findings: those whose outcome differs, by rule and subject.
        new_moves, gone_moves: among the best ones, those that came and went.
    """

    measures: tuple[MeasureChange, ...]
    findings: tuple[FindingChange, ...]
    new_moves: tuple[Move, ...]
    gone_moves: tuple[Move, ...]


def compared(before: Scorecard, after: Scorecard) -> Comparison:
    """What changed from one scorecard to another of the same managers.

    Raises:
        CombinationError: other managers or another currency.
    """
    ids = [tuple(header.id for header in card.headers) for card in (before, after)]
    if ids[0] != ids[1] or before.currency != after.currency:
        raise CombinationError("two scorecards compare when they are of the same managers, in one currency")
    old, new = (
        {(m.clause_id, m.name): m for m in (*(a.measured for a in card.accountabilities), *card.measures)}
        for card in (before, after)
    )
    measures = tuple(
        MeasureChange(
            name=key[1],
            clause_id=key[0],
            unit=(new.get(key) or old[key]).unit,
            before=old[key].value if key in old else _NOT_THERE,
            after=new[key].value if key in new else _NOT_THERE,
        )
        for key in dict.fromkeys((*new, *old))
    )
    then = {(f.rule_id, f.subject_id): f for f in before.findings}
    now = {(f.rule_id, f.subject_id): f for f in after.findings}
    changes = []
    for key in sorted(then.keys() | now.keys()):
        one = then.get(key) or now[key]
        change = FindingChange(
            rule_id=key[0],
            subject_id=key[1],
            subject_name=one.subject_name,
            before=then.get(key),
            after=now.get(key),
        )
        if change.outcomes[0] is not change.outcomes[1]:
            changes.append(change)
    spots = [{(*m.place, m.account_id, m.product_id) for m in card.moves} for card in (before, after)]
    return Comparison(
        measures=tuple(m for m in measures if m.before != m.after),
        findings=tuple(changes),
        new_moves=tuple(m for m in after.moves if (*m.place, m.account_id, m.product_id) not in spots[0]),
        gone_moves=tuple(m for m in before.moves if (*m.place, m.account_id, m.product_id) not in spots[1]),
    )
