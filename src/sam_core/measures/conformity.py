"""Does an account plan conform to the company's standards, point by point? (RESP-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

from sam_core._words import count
from sam_core.book import AccountPlan, Initiative, InitiativeStatus, PlanAction
from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.standards import PlanStandards
from sam_core.values import Maybe, Outcome, Unknown, Why

__all__ = ["Conformity", "conformity", "current_plans", "open_initiatives"]

_WORST_FIRST: Final = (Outcome.NOT_MET, Outcome.NOT_ASSESSABLE, Outcome.AT_RISK, Outcome.MET)


@frozen(kw_only=True)
class Conformity:
    """How an account's plan stands against the company's standards, point by point.

    Attributes:
        plan_ids: the plan that is judged: of those in force, the one that began last. Several that
            began on one day are judged together, and a point holds when it holds in each.
        points: the judgement of each point, by name; a point with nothing to be judged is not there.
    """

    plan_ids: tuple[str, ...]
    points: Mapping[str, Judgement] = field(hash=False)

    @property
    def outcome(self) -> Outcome:
        """Met where every point is."""
        return Outcome.all_of(point.outcome for point in self.points.values())

    def named(self, outcome: Outcome) -> tuple[str, ...]:
        """The points that came out that way, in their order."""
        return tuple(name for name, point in self.points.items() if point.outcome is outcome)


def current_plans(plans: Iterable[AccountPlan], as_of: date) -> tuple[AccountPlan, ...]:
    """Of the plans in force on that day the one that began last; all that began on that same day."""
    in_force = [plan for plan in plans if plan.start <= as_of <= plan.end]
    latest = max((plan.start for plan in in_force), default=None)
    return tuple(plan for plan in in_force if plan.start == latest)


def open_initiatives(plans: Iterable[AccountPlan]) -> Maybe[tuple[Initiative, ...]]:
    """The initiatives of these plans that are neither done nor dropped."""
    found: list[Initiative] = []
    for plan in plans:
        if isinstance(plan.initiatives, Unknown):
            return plan.initiatives
        found.extend(_still_open(plan.initiatives))
    return tuple(found)


def conformity(plans: tuple[AccountPlan, ...], as_of: date, standards: PlanStandards) -> Conformity:
    """Judge an account's plans as known on ``as_of``; without one in force no other point is judged."""
    current = current_plans(plans, as_of)
    if not current:
        last = max((plan.end for plan in plans), default=None)
        sentence = "There is no account plan." if last is None else f"The last account plan ended on {last}."
        return Conformity(plan_ids=(), points={"in force": not_met(sentence, measured=last)})
    ids = tuple(plan.id for plan in current)
    points = {
        "in force": met(f"An account plan is in force until {current[0].end}.", evidence=ids),
    }
    for name, check in _CHECKS.items():
        found = [one for plan in current if (one := check(plan, as_of, standards)) is not None]
        if found:
            points[name] = min(found, key=lambda one: _WORST_FIRST.index(one.outcome))
    return Conformity(plan_ids=ids, points=points)


def _unknown(plan: AccountPlan, what: str, name: str, reason: Unknown) -> Judgement:
    return not_assessable(f"Nobody can tell {what}.", Missing(name, reason), evidence=(plan.id,))


def _reviewed(plan: AccountPlan, as_of: date, standards: PlanStandards) -> Judgement:
    """A plan is fresh when it begins, so its first day counts as a review."""
    days = () if isinstance(plan.reviewed_on, Unknown) else plan.reviewed_on
    last = max((plan.start, *days))
    waited = (as_of - last).days
    if waited <= standards.review_days:
        return met(
            f"Begun or last reviewed {count(waited, 'day')} ago.",
            measured=waited, expected=standards.review_days, evidence=(plan.id,),
        )  # fmt: skip
    if isinstance(plan.reviewed_on, Unknown):
        return _unknown(plan, "when the plan was last reviewed", "plans.reviewed_on", plan.reviewed_on)
    return not_met(
        f"Begun or last reviewed {count(waited, 'day')} ago, on {last}.",
        measured=waited, expected=standards.review_days, evidence=(plan.id,),
        due_on=last + timedelta(days=standards.review_days),
    )  # fmt: skip


def _somebody(ids: Maybe[tuple[str, ...]]) -> Outcome:
    if isinstance(ids, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.MET if ids else Outcome.NOT_MET


def _joint(plan: AccountPlan, _as_of: date, standards: PlanStandards) -> Judgement:
    if isinstance(plan.sessions, Unknown):
        return _unknown(plan, "who made the plan", "plans.sessions", plan.sessions)
    in_cycle = [
        session
        for session in plan.sessions
        if (plan.start - session.on).days <= standards.preparation_days and session.on <= plan.end
    ]
    sides = {s.id: Outcome.all_of((_somebody(s.our_ids), _somebody(s.customer_ids))) for s in in_cycle}
    outcome = Outcome.any_of(sides.values())
    evidence = tuple(key for key, side in sides.items() if side is outcome) or (plan.id,)
    if outcome is Outcome.MET:
        return met("People of both sides sat down to make the plan.", evidence=evidence)
    if outcome is Outcome.NOT_ASSESSABLE:
        reason = Unknown(Why.BLANK, f"who took part in session {evidence[0]}")
        return not_assessable(
            "Nobody can tell whether people of both sides were there.",
            Missing("plans.sessions", reason),
            evidence=evidence,
        )
    return not_met(
        f"None of {len(in_cycle)} planning sessions in the plan's cycle had people of both sides."
        if in_cycle
        else "There was no planning session in the plan's cycle.",
        evidence=evidence,
    )


def _needs(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement:
    if isinstance(plan.needs, Unknown):
        return _unknown(plan, "which needs were found", "plans.needs", plan.needs)
    count = len(plan.needs)
    if count:
        return met(f"The plan states {count} needs of the customer.", measured=count, expected=1)
    return not_met("The plan states no need of the customer.", measured=0, expected=1, evidence=(plan.id,))


def _served(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement | None:
    if isinstance(plan.needs, Unknown):
        return _unknown(plan, "which needs were found", "plans.needs", plan.needs)
    if not plan.needs:
        return None
    wanted = [need.id for need in plan.needs if need.declined_reason is None]
    if wanted and isinstance(plan.initiatives, Unknown):
        return _unknown(plan, "which needs are served", "plans.initiatives", plan.initiatives)
    served = {need_id for one in _kept(plan.initiatives) for need_id in one.need_ids}
    unserved = tuple(sorted(set(wanted) - served))
    if unserved:
        return not_met(
            f"{len(unserved)} of {len(plan.needs)} needs are neither served by an initiative nor declined.",
            measured=len(plan.needs) - len(unserved), expected=len(plan.needs), evidence=unserved,
        )  # fmt: skip
    return met(f"All {len(plan.needs)} needs are served or declined.", measured=len(plan.needs))


def _kept(initiatives: Maybe[tuple[Initiative, ...]]) -> tuple[Initiative, ...]:
    """Those that were not dropped; none where they are not known."""
    if isinstance(initiatives, Unknown):
        return ()
    return tuple(one for one in initiatives if one.status is not InitiativeStatus.DROPPED)


def _still_open(initiatives: tuple[Initiative, ...]) -> tuple[Initiative, ...]:
    return tuple(one for one in initiatives if one.status is InitiativeStatus.OPEN)


def _priorities(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement | None:
    if isinstance(plan.initiatives, Unknown):
        return _unknown(plan, "what comes first", "plans.initiatives", plan.initiatives)
    initiatives = _still_open(plan.initiatives)
    if not initiatives:
        return None
    unranked = [one.id for one in initiatives if one.priority is None]
    ranks = [one.priority for one in initiatives if isinstance(one.priority, int)]
    count = len(initiatives)
    evidence = tuple(unranked) or tuple(one.id for one in initiatives)
    if unranked or len(set(ranks)) < len(ranks) or any(not 1 <= rank <= count for rank in ranks):
        listed = ", ".join(map(str, sorted(ranks))) or "none"
        return not_met(
            f"The priorities of {count} open initiatives are {listed}, not 1 to {count}, each once.",
            measured=listed, expected=f"1 to {count}", evidence=evidence,
        )  # fmt: skip
    unknown = [one.priority for one in initiatives if isinstance(one.priority, Unknown)]
    if unknown:
        return _unknown(plan, "what comes first", "plans.initiatives.priority", unknown[0])
    return met(f"The {count} open initiatives are in a strict order.", measured=count, expected=count)


def _investment(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement | None:
    if isinstance(plan.initiatives, Unknown):
        return _unknown(plan, "what is invested", "plans.initiatives", plan.initiatives)
    initiatives = _kept(plan.initiatives)
    if not initiatives:
        return None
    undecided = tuple(one.id for one in initiatives if one.investment is None)
    if undecided:
        return not_met(
            f"{len(undecided)} of {len(initiatives)} initiatives have no investment decision.",
            measured=len(initiatives) - len(undecided), expected=len(initiatives), evidence=undecided,
        )  # fmt: skip
    unknown = [one.investment for one in initiatives if isinstance(one.investment, Unknown)]
    if unknown:
        return _unknown(plan, "what is invested", "plans.initiatives.investment", unknown[0])
    return met(f"All {len(initiatives)} initiatives have an investment decision.", measured=len(initiatives))


def _stated(value: object) -> Outcome:
    if isinstance(value, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.NOT_MET if value is None else Outcome.MET


def _carried(initiative: Initiative) -> Outcome:
    """Whether an initiative has a step still to do, with who does it and by when."""
    if isinstance(initiative.actions, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.any_of(
        Outcome.all_of((_stated(action.owner_id), _stated(action.due_on)))
        for action in initiative.actions
        if action.done_on is None
    )


def _actions(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement | None:
    if isinstance(plan.initiatives, Unknown):
        return _unknown(plan, "who does what", "plans.initiatives", plan.initiatives)
    initiatives = _still_open(plan.initiatives)
    if not initiatives:
        return None
    carried = {one.id: _carried(one) for one in initiatives}
    outcome = Outcome.all_of(carried.values())
    evidence = tuple(key for key, one in carried.items() if one is outcome)
    if outcome is Outcome.NOT_MET:
        return not_met(
            f"{len(evidence)} of {len(initiatives)} open initiatives have no open action with owner and due date.",
            measured=len(initiatives) - len(evidence), expected=len(initiatives), evidence=evidence,
        )  # fmt: skip
    if outcome is Outcome.NOT_ASSESSABLE:
        reason = Unknown(Why.BLANK, f"actions of initiative {evidence[0]}, their owner or due date")
        return _unknown(plan, "who does what by when", "plans.initiatives.actions", reason)
    return met(
        f"Each of {len(initiatives)} open initiatives has an open action with owner and due date.",
        measured=len(initiatives), expected=len(initiatives),
    )  # fmt: skip


def _late(action: PlanAction, as_of: date, standards: PlanStandards) -> Outcome:
    if action.done_on is not None or action.due_on is None:
        return Outcome.MET
    if isinstance(action.due_on, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.NOT_MET if (as_of - action.due_on).days > standards.overdue_days else Outcome.MET


def _overdue(plan: AccountPlan, as_of: date, standards: PlanStandards) -> Judgement | None:
    if isinstance(plan.initiatives, Unknown):
        return _unknown(plan, "which actions are overdue", "plans.initiatives", plan.initiatives)
    initiatives = _still_open(plan.initiatives)
    if not initiatives:
        return None
    actions = [a for one in initiatives if not isinstance(one.actions, Unknown) for a in one.actions]
    outcomes = {action.id: _late(action, as_of, standards) for action in actions}
    late = tuple(key for key, one in outcomes.items() if one is Outcome.NOT_MET)
    if late:
        oldest = min(a.due_on for a in actions if a.id in late and isinstance(a.due_on, date))
        return not_met(
            f"{count(len(late), 'action is', 'actions are')} overdue by more than {standards.overdue_days} days, the oldest since {oldest}.",
            measured=(as_of - oldest).days, expected=standards.overdue_days, evidence=late, due_on=oldest,
        )  # fmt: skip
    if any(isinstance(one.actions, Unknown) for one in initiatives) or (
        Outcome.NOT_ASSESSABLE in outcomes.values()
    ):
        reason = Unknown(Why.BLANK, f"actions of plan {plan.id}, or when they are due")
        return _unknown(plan, "which actions are overdue", "plans.initiatives.actions", reason)
    return met(f"No action is overdue by more than {standards.overdue_days} days.", measured=0)


def _targets(plan: AccountPlan, _as_of: date, _standards: PlanStandards) -> Judgement:
    if isinstance(plan.targets, Unknown):
        return _unknown(plan, "what is to be reached", "plans.targets", plan.targets)
    if not plan.targets:
        return not_met("The plan states no target.", measured=0, expected=1, evidence=(plan.id,))
    vague = tuple(target.id for target in plan.targets if target.value is None)
    if vague:
        return not_met(
            f"{len(vague)} of {len(plan.targets)} targets have no number.",
            measured=len(plan.targets) - len(vague), expected=len(plan.targets), evidence=vague,
        )  # fmt: skip
    unknown = [target.value for target in plan.targets if isinstance(target.value, Unknown)]
    if unknown:
        return _unknown(plan, "what is to be reached", "plans.targets.value", unknown[0])
    return met(f"All {len(plan.targets)} targets are stated with a number.", measured=len(plan.targets))


_CHECKS: Final[Mapping[str, Callable[[AccountPlan, date, PlanStandards], Judgement | None]]] = {
    "reviewed": _reviewed,
    "joint": _joint,
    "needs": _needs,
    "served": _served,
    "priorities": _priorities,
    "investment": _investment,
    "actions": _actions,
    "overdue": _overdue,
    "targets": _targets,
}
