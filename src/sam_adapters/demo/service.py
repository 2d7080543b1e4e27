"""How the sample's customers are served: cases, deliveries, satisfaction, meetings, and what was done about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from sam_adapters.demo.cast import AS_OF, Spec, day
from sam_core.book import (
    Buyer,
    BuyerRole,
    Case,
    Delivery,
    Meeting,
    MeetingMode,
    SaleLine,
    SatisfactionReading,
    ServiceAction,
)
from sam_core.values import Unknown, Why

__all__ = ["cases", "deliveries", "meetings", "readings", "service_actions"]

_SUBJECTS: Final = (
    "Seal leaks",
    "Wrong part delivered",
    "Invoice unclear",
    "Controller restarts",
    "Noise in bearing",
)
_BURST: Final = "A-06"
_LATE: Final = "A-02"


def _at(on: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), tzinfo=UTC)


def cases(spec: Spec, random: Random) -> tuple[Case, ...]:
    """One every few months; at one customer seven in the last month; elsewhere one that hangs."""
    found: list[Case] = []

    def add(opened: date, days: int | None, priority: str, **more: Any) -> None:
        number = len(found) + 1
        usual = {"reopened_at": None, "escalated_at": None, "service_rep_id": random.choice(("E-61", "E-62"))}
        fields: dict[str, Any] = usual | more
        found.append(
            Case(
                id=f"{spec.id}-C{number:02d}",
                opened_at=_at(opened, 8, random.randint(0, 59)),
                closed_at=None if days is None else _at(opened + timedelta(days=days), 16),
                priority=priority,
                subject=random.choice(_SUBJECTS),
                location_id=f"{spec.id}-L{random.randint(1, len(spec.towns))}",
                **fields,
            )
        )

    on = day("2025-10-01") + timedelta(days=random.randint(0, 60))
    while on < AS_OF - timedelta(days=35):
        add(on, random.randint(1, 4), random.choice(("low", "medium")))
        on += timedelta(days=random.randint(60, 120))
    if spec.id == _BURST:
        for gap in (27, 22, 18, 12, 9, 5, 2):
            add(AS_OF - timedelta(days=gap), 2 if gap > 5 else None, "medium")
    if spec.id == "A-10":
        add(day("2026-09-14"), None, "high", service_rep_id=None)
    if spec.id == "A-11":
        add(
            day("2026-08-20"),
            None,
            "medium",
            reopened_at=_at(day("2026-09-07")),
            escalated_at=_at(day("2026-09-10")),
        )
    if spec.id == "A-18":
        add(day("2026-09-24"), None, "medium", escalated_at=_at(day("2026-09-25")))
    return tuple(found)


def deliveries(spec: Spec, lines: tuple[SaleLine, ...], random: Random) -> tuple[Delivery, ...]:
    """One for every order of the last two years; at one customer the latest ones come late."""
    found: dict[str, Delivery] = {}
    for line in sorted(lines, key=lambda one: (one.on, one.id)):
        order = line.order_id
        if order is None or order in found or line.is_return or line.on < day("2024-10-01"):
            continue
        due = line.on + timedelta(days=14)
        slow = spec.id == _LATE and line.on >= day("2026-06-20")
        late = random.randint(4, 11) if slow else (random.choice((1, 3)) if random.random() < 0.05 else 0)
        came = due + timedelta(days=late - (0 if late else random.randint(0, 4)))
        found[order] = Delivery(
            id=f"{order}-D",
            ordered_on=line.on,
            due_on=due,
            delivered_on=came if came <= AS_OF else None,
            location_id=line.location_id if isinstance(line.location_id, str) else None,
            order_id=order,
        )
    return tuple(found.values())


_NEVER_ASKED: Final = frozenset({"A-15", "A-21", "A-23"})
_FALLEN: Final = {"A-11": 1, "A-06": 1}


def readings(spec: Spec, people: tuple[Buyer, ...], random: Random) -> tuple[SatisfactionReading, ...]:
    """CSAT every half year of most buyers, NPS once a year of some; at one customer a steep fall."""
    if spec.id in _NEVER_ASKED:
        return ()
    found: list[SatisfactionReading] = []

    def add(on: date, instrument: str, highest: int, value: int, who: Buyer) -> None:
        found.append(
            SatisfactionReading(
                id=f"{spec.id}-Q{len(found) + 1:02d}",
                on=on,
                instrument=instrument,
                lowest=Decimal(1 if instrument == "CSAT" else 0),
                highest=Decimal(highest),
                value=Decimal(value),
                respondent_id=who.id,
                location_id=who.location_id if isinstance(who.location_id, str) else None,
            )
        )

    last = 2025 if spec.id == "A-20" else 2026  # nobody has asked this one for a year
    for number, who in enumerate(people):
        if number % 3 == 2:
            continue
        base = random.choice((4, 4, 5, 5, 3))
        fallen = spec.id in _FALLEN and number < _FALLEN[spec.id]
        for on in (
            day(f"{last - 1}-03-10"),
            day(f"{last - 1}-08-25"),
            day(f"{last}-02-24"),
            day(f"{last}-09-08"),
        ):
            if last == 2025 and on > day("2025-09-01"):
                continue
            steep = fallen and on >= day("2026-09-01")
            base = min(5, base + (random.random() < 0.1))  # elsewhere nobody falls
            add(on, "CSAT", 5, 2 if steep else 5 if fallen else base, who)
        if number % 2 == 0:
            unhappy = spec.id in {"A-11", "A-06"}
            add(
                day(f"{last}-04-20"), "NPS", 10, 4 if unhappy else random.choice((7, 8, 9, 9, 9, 10, 10)), who
            )
    return tuple(found)


def service_actions(spec: Spec, problems: tuple[Case, ...]) -> tuple[ServiceAction, ...]:
    """What was done about the escalation at one customer; elsewhere nothing was."""
    if spec.id != "A-18":
        return ()
    about = next(one for one in problems if isinstance(one.escalated_at, datetime))
    return (
        ServiceAction(
            id=f"{spec.id}-S1",
            on=day("2026-09-28"),
            about_id=about.id,
            by_id="E-13",
            with_id="E-61",
            text="Called the plant with customer service; part sent by courier",
        ),
    )


_UNMET: Final = frozenset({"A-05", "A-13", "A-16", "A-22", "A-23"})
_REMOTE: Final = frozenset({"A-15", "A-17"})


def meetings(spec: Spec, people: tuple[Buyer, ...], random: Random) -> tuple[Meeting, ...]:
    """Every month or two with somebody; some customers are never visited, some are only called."""
    found: list[Meeting] = []
    here = {person.id: person for person in people}
    key = [p.id for p in people if p.role in {BuyerRole.DECISION_MAKER, BuyerRole.CHAMPION}]
    manager, gap = spec.manager_id, {"A": 18, "B": 40, "C": 70}[spec.tier]
    on = day("2026-01-12") + timedelta(days=random.randint(0, 20))
    count = 0
    while on <= AS_OF + timedelta(days=14):  # the last ones are still ahead
        in_person = spec.id not in _UNMET | _REMOTE and random.random() < 0.65
        who = key[count % len(key)] if key else people[0].id
        location = here[who].location_id
        found.append(
            Meeting(
                id=f"{spec.id}-M{count + 1:02d}",
                held_at=_at(on, 10),
                mode=MeetingMode.IN_PERSON
                if in_person
                else random.choice((MeetingMode.VIDEO, MeetingMode.PHONE)),
                our_ids=(manager,) if random.random() < 0.8 else (manager, "E-31"),
                buyer_ids=(who,),
                location_id=location if in_person and isinstance(location, str) else None,
                subject=random.choice(("Quarterly review", "Delivery plan", "New line", "Follow-up")),
            )
        )
        count += 1
        on += timedelta(days=max(5, round(gap * random.uniform(0.8, 1.2))))
    if spec.id == "A-22":  # met, but nobody noted how
        found[0] = Meeting(
            id=found[0].id,
            held_at=found[0].held_at,
            mode=Unknown(Why.BLANK, "meetings.mode"),
            our_ids=found[0].our_ids,
            buyer_ids=found[0].buyer_ids,
        )
    return tuple(found)
