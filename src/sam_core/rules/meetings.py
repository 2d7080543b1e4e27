"""OV-5: the customer is met, and the people who decide are met face to face."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from sam_core.book import Buyer, Meeting, MeetingMode
from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Maybe, Outcome, Period, Unknown, Why

__all__ = ["RULES"]


def _there(buyer: Buyer, meeting: Meeting) -> Outcome:
    if isinstance(meeting.buyer_ids, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.MET if buyer.id in meeting.buyer_ids else Outcome.NOT_MET


def _in_person(meeting: Meeting) -> Outcome:
    if isinstance(meeting.mode, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.MET if meeting.mode is MeetingMode.IN_PERSON else Outcome.NOT_MET


def _is_key(buyer: Buyer, standards: Standards) -> Maybe[bool]:
    if isinstance(buyer.role, Unknown):
        return buyer.role
    return buyer.role.value in standards.meetings.key_roles


def _may_have_key_buyers(buyers: tuple[Buyer, ...], standards: Standards) -> bool:
    return any(one.left_on is None and _is_key(one, standards) is not False for one in buyers)


@rule(
    "OV-5.key-buyers",
    title="Key buyers met in person",
    applies=_may_have_key_buyers,
    tuned_by=("meetings.key_roles", "meetings.face_to_face_days"),
)
def key_buyers(
    buyers: tuple[Buyer, ...], meetings: tuple[Meeting, ...], as_of: date, standards: Standards
) -> Judgement:
    """Every buyer in a key role was met face to face lately.

    Fails when a key buyer was in no meeting in person within the standard's days.
    """
    days = standards.meetings.face_to_face_days
    lately = [one for one in meetings if (as_of - one.held_at.date()).days <= days]
    outcomes: dict[str, Outcome] = {}
    unsure: dict[str, Outcome] = {}
    missing = []
    for buyer in buyers:
        key = _is_key(buyer, standards)
        if buyer.left_on is not None or key is False:
            continue
        seen = Outcome.any_of(Outcome.all_of((_there(buyer, one), _in_person(one))) for one in lately)
        if isinstance(key, Unknown):
            missing.append(Missing("buyers.role", key))
            unsure[buyer.id] = seen
            continue
        if seen is Outcome.NOT_ASSESSABLE:
            reason = Unknown(Why.BLANK, "how some meetings were held, or who was there")
            missing.append(Missing("meetings", reason))
        outcomes[buyer.id] = seen
    if not outcomes or any(seen is not Outcome.MET for seen in unsure.values()):
        outcomes |= dict.fromkeys(unsure, Outcome.NOT_ASSESSABLE)
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    total = len(outcomes)
    if outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable(
            f"Of {len(evidence)} of {total} buyers nobody can tell whether they are key and were met in person.",
            *dict.fromkeys(missing), evidence=evidence,
        )  # fmt: skip
    if outcome is Outcome.MET:
        return met(
            f"All {total} key buyers were met in person within {days} days.", measured=total, expected=total
        )
    names = ", ".join(one.name for one in buyers if one.id in evidence[:3]) + (
        " and others" if evidence[3:] else ""
    )
    return not_met(
        f"{len(evidence)} of {total} key buyers were not met in person within {days} days: {names}.",
        measured=total - len(evidence), expected=total, evidence=evidence,
    )  # fmt: skip


def _of_the_year(meetings: tuple[Meeting, ...], as_of: date) -> list[Meeting]:
    year = Period.trailing(as_of, 12)
    return [one for one in meetings if one.held_at.date() in year]


def _met_this_year(meetings: tuple[Meeting, ...], as_of: date) -> bool:
    return bool(_of_the_year(meetings, as_of))


@rule(
    "OV-5.in-person",
    title="Meetings in person",
    applies=_met_this_year,
    tuned_by=("meetings.in_person_share",),
)
def in_person(meetings: tuple[Meeting, ...], as_of: date, standards: Standards) -> Judgement:
    """Enough of the meetings of the trailing 12 months were held in person.

    Fails when their share stays below the standard even if all of unknown kind were in person.
    """
    held = _of_the_year(meetings, as_of)
    modes = [_in_person(one) for one in held]
    sure, unclear, total = modes.count(Outcome.MET), modes.count(Outcome.NOT_ASSESSABLE), len(held)
    asked = standards.meetings.in_person_share
    share = Decimal(sure) / total
    sentence = f"{sure} of {total} meetings of the last 12 months were in person ({share:.0%})."
    if sure >= asked * total:
        return met(sentence, measured=share, expected=asked)
    if sure + unclear >= asked * total:
        reason = Unknown(Why.BLANK, f"how {unclear} meetings were held")
        return not_assessable(
            f"{sure} of {total} meetings were surely in person, and of {unclear} nobody can tell.",
            Missing("meetings.mode", reason), measured=share, expected=asked,
        )  # fmt: skip
    return not_met(sentence, measured=share, expected=asked)


def _has_buyers(buyers: tuple[Buyer, ...]) -> bool:
    return any(one.left_on is None for one in buyers)


@rule("OV-5.never-met", title="Everybody met once", applies=_has_buyers)
def never_met(buyers: tuple[Buyer, ...], meetings: tuple[Meeting, ...]) -> Judgement:
    """Every buyer who has not left was in a meeting at least once, of whatever kind.

    Fails when there are buyers whom nobody has ever met.
    """
    present = [one for one in buyers if one.left_on is None]
    outcomes = {buyer.id: Outcome.any_of(_there(buyer, one) for one in meetings) for buyer in present}
    outcome = Outcome.all_of(outcomes.values())
    evidence = tuple(key for key, one in outcomes.items() if one is outcome)
    total = len(present)
    if outcome is Outcome.MET:
        return met(f"All {total} buyers were met at least once.", measured=total, expected=total)
    if outcome is Outcome.NOT_ASSESSABLE:
        reason = Unknown(Why.BLANK, "who of the customer was in some meetings")
        return not_assessable(
            f"Of {len(evidence)} of {total} buyers nobody can tell whether they were ever met.",
            Missing("meetings.buyer_ids", reason), evidence=evidence,
        )  # fmt: skip
    names = ", ".join(one.name for one in present if one.id in evidence[:3]) + (
        " and others" if evidence[3:] else ""
    )
    return not_met(
        f"{len(evidence)} of {total} buyers were never met: {names}.",
        measured=total - len(evidence), expected=total, evidence=evidence,
    )  # fmt: skip


RULES: Final = (key_buyers, in_person, never_met)
