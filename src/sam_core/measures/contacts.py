"""How and how often the customer is met, and what that means for the day's work (OV-5, ENV-1, ENV-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from sam_core._monoid import add_fields
from sam_core.book import BookHeader, Meeting, MeetingMode
from sam_core.measured import Measured, ratio
from sam_core.values import Coverage, Maybe, Period, Unknown, Why

__all__ = ["Condition", "Contacts", "conditions", "contacts"]


@frozen(kw_only=True)
class Contacts:
    """Meetings of the trailing 12 months; they add up over accounts.

    Attributes:
        meetings: all of them, by whomever of ours; ``placed`` of them say how they were held.
        in_person: of those, the ones held face to face.
        own: meetings of which it is known how they were held and that the manager took part;
            ``unclear`` are those of which it is not known.
        by_phone: of ``own``, those by telephone.
        travel: meetings in person of ``own``, by manager and day.
        judged, asked: accounts whose meetings are known, of all.
    """

    meetings: int = 0
    placed: int = 0
    in_person: int = 0
    own: int = 0
    unclear: int = 0
    by_phone: int = 0
    travel: Mapping[tuple[str, date], int] = field(factory=dict, hash=False)
    judged: int = 0
    asked: int = 0

    def __add__(self, other: Contacts) -> Contacts:
        return add_fields(self, other)

    def measures(self) -> tuple[Measured, ...]:
        """The share of meetings held in person, of those that say how they were held."""
        return (
            ratio(
                "share of meetings in person", "OV-5", self.in_person, self.placed,
                without="no meeting of the last 12 months says how it was held",
                coverage=Coverage(judged=self.placed, total=self.meetings),
            ),
        )  # fmt: skip


def contacts(meetings: Maybe[Iterable[Meeting]], manager_id: str, as_of: date) -> Contacts:
    """One account's part."""
    if isinstance(meetings, Unknown):
        return Contacts(asked=1)
    year = Period.trailing(as_of, 12)
    held = placed = in_person = own = unclear = by_phone = 0
    travel: dict[tuple[str, date], int] = {}
    for one in meetings:
        day = one.held_at.date()
        if day not in year:
            continue
        held += 1
        if not isinstance(one.mode, Unknown):
            placed += 1
            in_person += one.mode is MeetingMode.IN_PERSON
        if isinstance(one.our_ids, Unknown):
            unclear += 1
        elif manager_id in one.our_ids:
            unclear += isinstance(one.mode, Unknown)
            own += not isinstance(one.mode, Unknown)
            by_phone += one.mode is MeetingMode.PHONE
            if one.mode is MeetingMode.IN_PERSON:
                travel[manager_id, day] = travel.get((manager_id, day), 0) + 1
    return Contacts(
        meetings=held,
        placed=placed,
        in_person=in_person,
        own=own,
        unclear=unclear,
        by_phone=by_phone,
        travel=travel,
        judged=1,
        asked=1,
    )


@frozen(kw_only=True)
class Condition:
    """A condition the work is done under: reported, never scored (ENV).

    Attributes:
        value: a number in ``unit``, or a word; unknown with its reason.
        coverage: of how many meetings it could be told.
    """

    clause_id: str
    name: str
    unit: str
    value: Maybe[Decimal | str]
    coverage: Coverage = Coverage()


def conditions(headers: tuple[BookHeader, ...], found: Contacts, lacking: Unknown) -> tuple[Condition, ...]:
    """Telephone load and travel of the trailing 12 months, and where each background check stands.

    Args:
        headers: of one book, or of several together.
        found: the meetings of all accounts.
        lacking: why no more is known of meetings, where nothing can be told.
    """
    coverage = Coverage(judged=found.own, total=found.own + found.unclear)
    told = found.own or (found.judged and not found.unclear)

    def number(clause_id: str, name: str, unit: str, value: Maybe[Decimal]) -> Condition:
        return Condition(
            clause_id=clause_id, name=name, unit=unit, value=value if told else lacking, coverage=coverage
        )

    share: Maybe[Decimal] = Unknown(Why.BLANK, "no meeting was held")
    if found.own:
        share = Decimal(found.by_phone) / found.own
    return (
        number("ENV-1", "meetings by telephone", "count", Decimal(found.by_phone)),
        number("ENV-1", "share of meetings by telephone", "share", share),
        number("ENV-2", "travel days", "count", Decimal(len(found.travel))),
        *(
            Condition(
                clause_id="ENV-3",
                name=f"background check of {header.manager.name}",
                unit="status",
                value=_check(header),
            )
            for header in headers
        ),
    )


def _check(header: BookHeader) -> Maybe[str]:
    if isinstance(header.candidate, Unknown):
        return header.candidate
    found = header.candidate.background_check
    return found if isinstance(found, Unknown) else found.value
