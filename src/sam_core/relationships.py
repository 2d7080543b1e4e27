"""Who is who at the customer, who reports to whom, and who of us met them last (RESP-2.2, OV-5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from attrs import frozen

from sam_core.book import Buyer, Dossier, Meeting, MeetingMode, SatisfactionReading
from sam_core.values import Maybe, Unknown

__all__ = ["Relationship", "RelationshipMap", "relationship_map"]


@frozen(kw_only=True)
class Relationship:
    """One buyer, and how near we are.

    Attributes:
        last_meeting: the latest meeting the buyer surely took part in; ``None`` for surely none,
            an Unknown where meetings are not known, or some do not say who was there.
        last_reading: the buyer's latest answer on satisfaction; ``None`` for surely none.
        reports: ids of the buyers who report to this one.
    """

    buyer: Buyer
    last_meeting: Maybe[Meeting | None]
    last_reading: Maybe[SatisfactionReading | None]
    reports: tuple[str, ...]

    def __str__(self) -> str:
        buyer = self.buyer
        role = "role unknown" if isinstance(buyer.role, Unknown) else buyer.role.value
        weight = "" if isinstance(buyer.influence, Unknown) else f", {buyer.influence.value} influence"
        return f"{buyer.name} ({role}{weight}): {_met(self.last_meeting)}{_read(self.last_reading)}"


def _met(meeting: Maybe[Meeting | None]) -> str:
    if isinstance(meeting, Unknown):
        return "nobody knows when last met"
    if meeting is None:
        return "never met"
    mode = "" if isinstance(meeting.mode, Unknown) else f" {_MODES[meeting.mode]}"
    by = (
        ""
        if isinstance(meeting.our_ids, Unknown) or not meeting.our_ids
        else f" by {', '.join(meeting.our_ids)}"
    )
    return f"met{mode}{by} on {meeting.held_at.date()}"


_MODES = {
    MeetingMode.IN_PERSON: "in person",
    MeetingMode.VIDEO: "by video",
    MeetingMode.PHONE: "by telephone",
}


def _read(reading: Maybe[SatisfactionReading | None]) -> str:
    if isinstance(reading, Unknown) or reading is None:
        return ""
    return f"; {reading.instrument} {reading.value} of {reading.highest} on {reading.on}"


@frozen(kw_only=True)
class RelationshipMap:
    """An account's buyers who are still there, with their reporting lines.

    Attributes:
        people: by buyer's id.
        top: ids of those who report to nobody known here; one of each circle is among them.
        circles: ids of buyers whose reporting line comes back to themselves.
    """

    account_name: str
    people: Mapping[str, Relationship]
    top: tuple[str, ...]
    circles: tuple[str, ...]

    @property
    def never_met(self) -> tuple[str, ...]:
        """Buyers whom surely nobody of us has met."""
        return tuple(key for key, one in self.people.items() if one.last_meeting is None)

    @property
    def role_unknown(self) -> tuple[str, ...]:
        """Buyers of whom nobody has said which part they play."""
        return tuple(key for key, one in self.people.items() if isinstance(one.buyer.role, Unknown))

    @property
    def single_threaded(self) -> bool:
        """The account hangs on one person."""
        return len(self.people) == 1

    def tree(self) -> Iterator[tuple[int, Relationship]]:
        """Everybody once, with the depth in the reporting line; a circle is entered once and never followed round."""
        seen: set[str] = set()

        def walk(buyer_id: str, depth: int) -> Iterator[tuple[int, Relationship]]:
            if buyer_id in seen:
                return
            seen.add(buyer_id)
            one = self.people[buyer_id]
            yield depth, one
            for report in one.reports:
                yield from walk(report, depth + 1)

        for buyer_id in self.top:
            yield from walk(buyer_id, 0)

    def __str__(self) -> str:
        lines = [f"{self.account_name}: {len(self.people)} buyers"]
        lines += [f"{'  ' * depth}- {one}" for depth, one in self.tree()]
        return "\n".join(lines)


def relationship_map(dossier: Dossier, *, as_of: date) -> Maybe[RelationshipMap]:
    """The relationship map of one account on one day; unknown where its buyers are."""
    known = dossier.at(as_of)
    if isinstance(known.buyers, Unknown):
        return known.buyers
    present = {buyer.id: buyer for buyer in known.buyers if buyer.left_on is None}
    reports: dict[str, list[str]] = {buyer_id: [] for buyer_id in present}
    for buyer in present.values():
        if buyer.reports_to_id in reports and buyer.reports_to_id is not None:
            reports[buyer.reports_to_id].append(buyer.id)
    circles = tuple(buyer_id for buyer_id in present if _comes_back(buyer_id, present))
    return RelationshipMap(
        account_name=known.account.name,
        people={
            buyer_id: Relationship(
                buyer=buyer,
                last_meeting=_last_meeting(buyer_id, known),
                last_reading=_last_reading(buyer_id, known),
                reports=tuple(reports[buyer_id]),
            )
            for buyer_id, buyer in present.items()
        },
        top=_top(present, circles),
        circles=circles,
    )


def _comes_back(buyer_id: str, present: Mapping[str, Buyer]) -> bool:
    current = present[buyer_id].reports_to_id
    for _ in present:
        if current == buyer_id:
            return True
        if current is None or current not in present:
            return False
        current = present[current].reports_to_id
    return False


def _top(present: Mapping[str, Buyer], circles: tuple[str, ...]) -> tuple[str, ...]:
    """Those who report to nobody present, and the first of every circle."""
    top, entered = [], set[str]()
    for buyer_id, buyer in present.items():
        if buyer.reports_to_id not in present:
            top.append(buyer_id)
        elif buyer_id in circles and buyer_id not in entered:
            top.append(buyer_id)
            current = buyer_id
            while current not in entered:
                entered.add(current)
                current = present[current].reports_to_id or current
    return tuple(top)


def _last_meeting(buyer_id: str, dossier: Dossier) -> Maybe[Meeting | None]:
    if isinstance(dossier.meetings, Unknown):
        return dossier.meetings
    unsure: Unknown | None = None
    for meeting in sorted(dossier.meetings, key=lambda m: (m.held_at, m.id), reverse=True):
        if isinstance(meeting.buyer_ids, Unknown):
            unsure = meeting.buyer_ids
        elif buyer_id in meeting.buyer_ids:
            return meeting
    return unsure


def _last_reading(buyer_id: str, dossier: Dossier) -> Maybe[SatisfactionReading | None]:
    if isinstance(dossier.readings, Unknown):
        return dossier.readings
    found = [one for one in dossier.readings if one.respondent_id == buyer_id]
    unsure = next(
        (one.respondent_id for one in dossier.readings if isinstance(one.respondent_id, Unknown)), None
    )
    return found[-1] if found else unsure
