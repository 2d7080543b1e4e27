"""ORG-1, ORG-3 and ORG-4: whom the manager reports to, works with, and is supported by."""

from __future__ import annotations

from datetime import date
from typing import Final

from sam_core.book import Case, Person, PersonRole, ServiceAction
from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Maybe, Outcome, Unknown, Why

__all__ = ["RULES"]


def _by_id(people: Maybe[tuple[Person, ...]], manager: Person) -> dict[str, Person]:
    listed = () if isinstance(people, Unknown) else people
    return {one.id: one for one in listed} | {manager.id: manager}


@rule("ORG-1.reports", title="Reports to the Field Sales Manager")
def reports(manager: Person, people: Maybe[tuple[Person, ...]]) -> Judgement:
    """The account manager reports to a Field Sales Manager.

    Fails when the manager reports to nobody, to themselves, or to somebody in another role.
    """
    above = manager.manager_id
    if isinstance(above, Unknown):
        return not_assessable(
            "Nobody can tell whom the manager reports to.", Missing("people.manager_id", above)
        )
    if above is None:
        return not_met(f"{manager.name} reports to nobody.", expected=PersonRole.FIELD_SALES_MANAGER.value)
    if above == manager.id:
        return not_met(f"{manager.name} reports to themselves.", evidence=(above,))
    if isinstance(people, Unknown):
        return not_assessable("Nobody can tell what the superior is employed as.", Missing("people", people))
    superior = _by_id(people, manager).get(above)
    role = Unknown(Why.BLANK, f"{above} is not among the people") if superior is None else superior.role
    if isinstance(role, Unknown):
        return not_assessable(
            "Nobody can tell what the superior is employed as.", Missing("people.role", role)
        )
    verdict = met if role is PersonRole.FIELD_SALES_MANAGER else not_met
    name = above if superior is None else superior.name
    return verdict(
        f"{manager.name} reports to {name}, {role.value}.",
        measured=role.value, expected=PersonRole.FIELD_SALES_MANAGER.value, evidence=(above,),
    )  # fmt: skip


def _has_superior(manager: Person) -> bool:
    return manager.manager_id is not None


@rule("ORG-1.line", title="Reporting line without a circle", applies=_has_superior)
def line(manager: Person, people: Maybe[tuple[Person, ...]]) -> Judgement:
    """The reporting line leads upwards to somebody who reports to nobody here.

    Fails when it comes back to somebody already in it.
    """
    known = _by_id(people, manager)
    seen = [manager.id]
    above = manager.manager_id
    while isinstance(above, str):
        if above in seen:
            return not_met(
                f"The reporting line runs in a circle: {' → '.join([*seen, above])}.", evidence=tuple(seen)
            )
        if above not in known and isinstance(people, Unknown):
            return not_assessable("Nobody can tell who is above the superior.", Missing("people", people))
        seen.append(above)
        above = known[above].manager_id if above in known else None
    if isinstance(above, Unknown):
        return not_assessable(
            f"Nobody can tell whom {seen[-1]} reports to.",
            Missing("people.manager_id", above),
            evidence=tuple(seen),
        )
    return met(
        f"The reporting line has {len(seen)} steps and ends.", measured=len(seen), evidence=tuple(seen)
    )


def _is_service(person_id: str | None, people: Maybe[tuple[Person, ...]]) -> Outcome:
    """Whether somebody is a Customer Service Representative."""
    if person_id is None:
        return Outcome.NOT_MET
    if isinstance(people, Unknown):
        return Outcome.NOT_ASSESSABLE
    role = next((one.role for one in people if one.id == person_id), None)
    if role is None or isinstance(role, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.MET if role is PersonRole.CUSTOMER_SERVICE else Outcome.NOT_MET


def _in_contact(
    case: Case, actions: Maybe[tuple[ServiceAction, ...]], people: Maybe[tuple[Person, ...]]
) -> Outcome:
    if isinstance(case.service_rep_id, str):
        return Outcome.MET
    if isinstance(actions, Unknown):
        return Outcome.NOT_ASSESSABLE
    ways = [
        _is_service(person_id, people)
        for action in actions
        if action.about_id == case.id
        for person_id in (action.by_id, action.with_id)
    ]
    return Outcome.any_of(
        [*ways, *([Outcome.NOT_ASSESSABLE] if isinstance(case.service_rep_id, Unknown) else [])]
    )


def _has_open_case(cases: tuple[Case, ...]) -> bool:
    return any(one.closed_at is None for one in cases)


@rule(
    "ORG-3.contact",
    title="Customer service on open problems",
    applies=_has_open_case,
    tuned_by=("organisation.service_contact_days",),
)
def contact(
    cases: tuple[Case, ...],
    service_actions: Maybe[tuple[ServiceAction, ...]],
    people: Maybe[tuple[Person, ...]],
    as_of: date,
    standards: Standards,
) -> Judgement:
    """On every open problem there is contact with a Customer Service Representative before long.

    Fails when a case is open past the standard's days, no representative is on it, and no action about it was
    done by or with one.
    """
    days = standards.organisation.service_contact_days
    outcomes = {
        one.id: Outcome.MET
        if (as_of - one.opened_at.date()).days <= days
        else _in_contact(one, service_actions, people)
        for one in cases
        if one.closed_at is None
    }
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    total, count = len(outcomes), len(evidence)
    if outcome is Outcome.MET:
        return met(
            f"All {total} open cases are young or with customer service.", measured=total, expected=total
        )
    if outcome is Outcome.NOT_ASSESSABLE:
        if isinstance(service_actions, Unknown):
            lacking = Missing("service_actions", service_actions)
        elif isinstance(people, Unknown):
            lacking = Missing("people", people)
        else:
            lacking = Missing("cases.service_rep_id", Unknown(Why.BLANK, f"who is on case {evidence[0]}"))
        return not_assessable(
            f"Of {count} of {total} open cases nobody can tell whether customer service is on them.",
            lacking, evidence=evidence,
        )  # fmt: skip
    return not_met(
        f"{count} of {total} open cases wait for more than {days} days without customer service.",
        measured=total - count, expected=total, evidence=evidence,
    )  # fmt: skip


def _may_have_reports(people: tuple[Person, ...], manager: Person) -> bool:
    return any(
        one.id != manager.id and (isinstance(one.manager_id, Unknown) or one.manager_id == manager.id)
        for one in people
    )


@rule("ORG-4.dedicated", title="Direct reports on named customers", applies=_may_have_reports)
def dedicated(people: tuple[Person, ...], manager: Person, totals: Totals) -> Judgement:
    """Every direct report is dedicated to named customers, all of them of this book.

    Fails when a direct report supports no named customer, or one outside the book.
    """
    outcomes: dict[str, Outcome] = {}
    unsure: dict[str, Outcome] = {}
    missing = []
    for one in people:
        own: Maybe[bool] = (
            one.manager_id if isinstance(one.manager_id, Unknown) else one.manager_id == manager.id
        )
        if own is False or one.id == manager.id:
            continue
        named = one.supports_account_ids
        if isinstance(named, Unknown):
            missing.append(Missing("people.supports_account_ids", named))
            inside = Outcome.NOT_ASSESSABLE
        else:
            inside = Outcome.MET if named and totals.efforts.keys() >= set(named) else Outcome.NOT_MET
        if isinstance(own, Unknown):
            unsure[one.id] = inside
            missing.append(Missing("people.manager_id", own))
        else:
            outcomes[one.id] = inside
    if not outcomes or any(inside is not Outcome.MET for inside in unsure.values()):
        outcomes |= dict.fromkeys(unsure, Outcome.NOT_ASSESSABLE)
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    total, count = len(outcomes), len(evidence)
    if outcome is Outcome.MET:
        return met(
            f"All {total} direct reports support named customers of the book.", measured=total, expected=total
        )
    if outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable(
            f"Of {count} people nobody can tell whether they report to {manager.name} and whom they support.",
            *dict.fromkeys(missing), evidence=evidence,
        )  # fmt: skip
    return not_met(
        f"{count} direct reports support no named customer, or one outside the book.",
        measured=total - count, expected=total, evidence=evidence,
    )  # fmt: skip


RULES: Final = (reports, line, contact, dedicated)
