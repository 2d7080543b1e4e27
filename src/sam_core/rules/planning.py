"""RESP-5 and ACC-3: an account plan made jointly, kept up, and concrete enough to be carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from sam_core.findings import Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.measures.conformity import Conformity
from sam_core.measures.coverage import in_grace
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Maybe, Outcome, Unknown

__all__ = ["RULES"]


def _judged(point: str) -> Callable[..., bool]:
    """There is a plan in force, and something in it that the point can be judged by."""

    def applies(conformity: Conformity) -> bool:
        return point in conformity.points

    return applies


@rule("RESP-5.in-force", title="A plan is in force", severity=Severity.MUST)
def in_force(conformity: Conformity) -> Judgement:
    """An account has an account plan in force.

    Fails when no plan's days include the day of judging. Of several in force the one that began last is
    judged in all further points; they do not apply where there is none.
    """
    return conformity.points["in force"]


@rule(
    "RESP-5.reviewed",
    title="Plan reviewed",
    applies=_judged("reviewed"),
    tuned_by=("plans.review_days",),
)
def reviewed(conformity: Conformity) -> Judgement:
    """The plan was reviewed lately; its first day counts as a review.

    Fails when its last review is older than the standard allows.
    """
    return conformity.points["reviewed"]


@rule(
    "RESP-5.joint",
    title="Plan made jointly",
    severity=Severity.MUST,
    applies=_judged("joint"),
    tuned_by=("plans.preparation_days",),
)
def joint(conformity: Conformity) -> Judgement:
    """The plan was made in a planning session with at least one person of each side, in the plan's cycle.

    Fails when no session between the start of preparation and the plan's end had people of both sides.
    """
    return conformity.points["joint"]


@rule("RESP-5.needs", title="Needs identified", applies=_judged("needs"))
def needs(conformity: Conformity) -> Judgement:
    """The plan states at least one need of the customer.

    Fails when it states none.
    """
    return conformity.points["needs"]


@rule("RESP-5.served", title="Needs served or declined", applies=_judged("served"))
def served(conformity: Conformity) -> Judgement:
    """Every need is served by an initiative that was not dropped, or declined with a reason.

    Fails when a need is neither.
    """
    return conformity.points["served"]


@rule("RESP-5.priorities", title="Initiatives in order", applies=_judged("priorities"))
def priorities(conformity: Conformity) -> Judgement:
    """The priorities of the open initiatives are 1 to n, each once.

    Fails when one has no priority, two share one, or a number is skipped.
    """
    return conformity.points["priorities"]


@rule("RESP-5.investment", title="Investment decided", applies=_judged("investment"))
def investment(conformity: Conformity) -> Judgement:
    """Every initiative that was not dropped has an investment decision of both sides; nought is one.

    Fails when an initiative has none.
    """
    return conformity.points["investment"]


@rule("RESP-5.actions", title="Actions with owner and date", applies=_judged("actions"))
def actions(conformity: Conformity) -> Judgement:
    """Every open initiative has an open action with an owner and a due date.

    Fails when an open initiative has no such action; one that is done needs none.
    """
    return conformity.points["actions"]


@rule(
    "RESP-5.overdue",
    title="No action long overdue",
    applies=_judged("overdue"),
    tuned_by=("plans.overdue_days",),
)
def overdue(conformity: Conformity) -> Judgement:
    """No open action of an open initiative is long past its due date.

    Fails when one is overdue by more than the standard allows.
    """
    return conformity.points["overdue"]


@rule("RESP-5.targets", title="Targets in numbers", applies=_judged("targets"))
def targets(conformity: Conformity) -> Judgement:
    """The plan states its targets with numbers.

    Fails when it states no target, or one without a number.
    """
    return conformity.points["targets"]


@rule(
    "ACC-3.conforming",
    title="Conforming plan",
    severity=Severity.MUST,
    tuned_by=("plans.grace_days", "plans.review_days", "plans.preparation_days", "plans.overdue_days"),
)
def conforming(
    conformity: Conformity, held_since: Maybe[date | None], as_of: date, standards: Standards
) -> Judgement:
    """An assigned account has a current plan that conforms in every point.

    Fails when a point of RESP-5 is not met, and the account is no longer in grace; at risk while it is.
    """
    lacking = conformity.named(Outcome.NOT_MET)
    total = len(conformity.points)
    if not lacking:
        unclear = [point for point in conformity.points.values() if point.outcome is Outcome.NOT_ASSESSABLE]
        if unclear:
            return not_assessable(
                f"{len(unclear)} of {total} points of the plan cannot be judged.",
                *(missing for point in unclear for missing in point.missing),
                evidence=conformity.plan_ids,
            )
        return met(
            f"All {total} points of the plan are met.",
            measured=total,
            expected=total,
            evidence=conformity.plan_ids,
        )
    sentence = f"Lacking: {', '.join(lacking)}."
    if isinstance(held_since, Unknown):
        return not_assessable(
            f"{sentence} Nobody can tell whether the account is still in grace.",
            Missing("assignments.start", held_since),
            measured=total - len(lacking), expected=total, evidence=conformity.plan_ids,
        )  # fmt: skip
    if held_since is not None and in_grace(held_since, as_of, standards.plans):
        until = held_since + timedelta(days=standards.plans.grace_days)
        return at_risk(
            f"{sentence} In grace until {until}.",
            measured=total - len(lacking), expected=total, evidence=conformity.plan_ids, due_on=until,
        )  # fmt: skip
    return not_met(sentence, measured=total - len(lacking), expected=total, evidence=conformity.plan_ids)


RULES: Final = (
    in_force,
    reviewed,
    joint,
    needs,
    served,
    priorities,
    investment,
    actions,
    overdue,
    targets,
    conforming,
)
