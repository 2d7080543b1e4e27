"""Who is who at a customer as a page: roles, reporting lines, who of us met them last (RESP-2.2, OV-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sam_adapters.renderers import numbers
from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import Block, Column, Facts, Page, Row, Section, Table, Text
from sam_adapters.renderers.remedies import reason_of
from sam_core.book import Person
from sam_core.relationships import Relationship, RelationshipMap
from sam_core.values import Maybe, Unknown

__all__ = ["relationships_page"]


def relationships_page(
    maps: Mapping[str, Maybe[RelationshipMap]], manager: Person, as_of: date, names: Names
) -> Page:
    """The relationship maps of some customers.

    Args:
        maps: by account id, what :func:`~sam_core.relationships.relationship_map` made.
        manager: whose customers they are.
        as_of: the day they are of.
        names: names of customers, places and our own people.
    """
    lead = Facts((("Manager", f"{manager.name} ({manager.id})"), ("As of", as_of.isoformat())))
    sections = [Section(names.account(key), _customer(key, one, names)) for key, one in maps.items()]
    return Page(f"Relationships of {manager.name}", (lead,), sections)


def _customer(account_id: str, found: Maybe[RelationshipMap], names: Names) -> Iterator[Block]:
    if isinstance(found, Unknown):
        yield Text(f"Nobody knows its buyers: {reason_of(found)}.")
        return
    if not found.people:
        yield Text("No buyer is known.")
        return
    yield Table(
        (
            "Buyer",
            Column("Role", whole=True),
            Column("Influence", whole=True),
            Column("Last met", whole=True),
            "Satisfaction",
        ),
        [_row(account_id, depth, one, names) for depth, one in found.tree()],
    )
    yield from map(Text, _remarks(found))


def _row(account_id: str, depth: int, one: Relationship, names: Names) -> Row:
    buyer, meeting = one.buyer, one.last_meeting
    role, influence = (
        numbers.UNKNOWN if isinstance(value, Unknown) else value.value
        for value in (buyer.role, buyer.influence)
    )
    met, how = numbers.UNKNOWN, ""
    if meeting is None:
        met = "never"
    elif not isinstance(meeting, Unknown):
        met = meeting.held_at.date().isoformat()
        mode = "" if isinstance(meeting.mode, Unknown) else meeting.mode.value
        ours = () if isinstance(meeting.our_ids, Unknown) else tuple(map(names.person, meeting.our_ids))
        how = ", ".join(part for part in (mode, *ours) if part)
    reading = one.last_reading
    asked = numbers.UNKNOWN if isinstance(reading, Unknown) else "never asked"
    if reading is not None and not isinstance(reading, Unknown):
        asked = f"{reading.instrument} {reading.value} of {reading.highest}, {reading.on}"
    known = buyer.location_id is not None and not isinstance(buyer.location_id, Unknown)
    place = names.location(account_id, str(buyer.location_id)) if known else ""
    told = [text for text in (buyer.title or "", place, how and f"last meeting: {how}") if text]
    return Row((f"{'· ' * depth}{buyer.name}", role, influence, met, asked), "; ".join(told))


def _remarks(found: RelationshipMap) -> Iterable[str]:
    if found.single_threaded:
        yield "The account hangs on a single contact."
    if found.never_met:
        yield f"{numbers.count(len(found.never_met), 'buyer was', 'buyers were')} never met."
    if found.role_unknown:
        yield f"Of {numbers.count(len(found.role_unknown), 'buyer')} nobody has said which part they play."
    if found.circles:
        yield f"Reporting lines go round in a circle: {', '.join(found.circles)}."
