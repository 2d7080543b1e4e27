"""How many accounts have a conforming plan: the sums behind it (ACC-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from sam_core._monoid import add_fields
from sam_core.book import Assignment, AssignmentRole
from sam_core.measures.conformity import Conformity
from sam_core.standards import PlanStandards
from sam_core.values import Maybe, Outcome, Unknown

__all__ = ["PlanCoverage", "covered", "held_since", "in_grace"]


def held_since(assignments: Maybe[tuple[Assignment, ...]], person_id: str, as_of: date) -> Maybe[date | None]:
    """Since when a person has held the account as its manager, without a break.

    Returns:
        The first day; ``None`` where the person does not hold it on ``as_of``; unknown where the
        source does not say since when.
    """
    if isinstance(assignments, Unknown):
        return assignments
    own = [a for a in assignments if a.role is AssignmentRole.ACCOUNT_MANAGER and a.person_id == person_id]
    dated = [(a.end or as_of, a.start) for a in own if not isinstance(a.start, Unknown)]
    since: date | None = None
    for end, start in sorted(dated, reverse=True):
        if end >= as_of if since is None else (since - end).days <= 1:
            since = start if since is None else min(start, since)
    for a in own:
        end = a.end or as_of
        if isinstance(a.start, Unknown) and (end >= as_of if since is None else (since - end).days <= 1):
            return a.start
    return since


def in_grace(since: Maybe[date | None], as_of: date, standards: PlanStandards) -> bool:
    """Assigned so recently that no plan is asked for yet."""
    return isinstance(since, date) and (as_of - since).days < standards.grace_days


@frozen(kw_only=True)
class PlanCoverage:
    """How accounts stand with their plans; adds up over any split of the book.

    Attributes:
        conforming: accounts with a conforming, current plan.
        failing: the others, by account id, each with the points its plan lacks.
        in_grace: accounts assigned too recently to be counted.
        released: accounts that the manager does not hold any more; their plans are another's.
        doubtful: as ``failing``, where nobody knows since when the account is assigned.
        unknown: accounts whose plan nobody can judge.
    """

    conforming: int = 0
    failing: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    in_grace: int = 0
    released: int = 0
    doubtful: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    unknown: int = 0

    def __add__(self, other: PlanCoverage) -> PlanCoverage:
        return add_fields(self, other)


def covered(
    account_id: str,
    found: Maybe[Conformity],
    since: Maybe[date | None],
    as_of: date,
    standards: PlanStandards,
) -> PlanCoverage:
    """One account's part.

    Args:
        account_id: the account.
        found: how its plan stands.
        since: since when the manager has held it, from :func:`held_since`.
        as_of: the day of judging.
        standards: those of the account's tier.
    """
    if since is None:
        return PlanCoverage(released=1)
    if in_grace(since, as_of, standards):
        return PlanCoverage(in_grace=1)
    if isinstance(found, Unknown) or found.outcome is Outcome.NOT_ASSESSABLE:
        return PlanCoverage(unknown=1)
    if found.outcome is Outcome.MET:
        return PlanCoverage(conforming=1)
    lacking = {account_id: found.named(Outcome.NOT_MET)}
    return PlanCoverage(doubtful=lacking) if isinstance(since, Unknown) else PlanCoverage(failing=lacking)
