"""The header of a book: the manager, and all that belongs to no single customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sam_adapters.tables.cells import quoted
from sam_adapters.tables.reader import TableReader
from sam_adapters.tables.reading import Gaps, Reading
from sam_adapters.tables.schema import TABLES
from sam_adapters.tables.streams import header_rows
from sam_core.book import BookHeader, Candidate, Offering, Person, Provenance
from sam_core.values import Maybe, Unknown, Why

__all__ = ["PART_TABLES", "person_of", "read_header"]

PART_TABLES = {"offering": "products", "candidate": "candidates"}
"""The tables of those parts of a header that are not called by the name of their table."""


def read_header(reading: Reading, provenance: Provenance) -> BookHeader:
    """The part of the book that belongs to the manager."""
    canon, manager_id, gaps = reading.canon, reading.request.manager_id, _gaps(reading)

    def part(concept: str, read: Callable[[TableReader], Any]) -> Any:
        if ("book", manager_id, concept) in gaps:
            return gaps["book", manager_id, concept]
        name = PART_TABLES.get(concept, concept)
        reader = reading.reader(name, fill=False)
        return canon.absent(name) if reader is None else read(reader)

    people: Maybe[tuple[Person, ...]] = part("people", lambda reader: tuple(_all(reading, reader)))
    return BookHeader(
        manager=person_of(reading, manager_id),
        period=reading.request.period,
        currency=canon.currency,
        value_basis=canon.mapping.value_basis,
        offering=part("offering", lambda reader: Offering(products=tuple(_all(reading, reader, gaps=gaps)))),
        quotas=part("quotas", lambda reader: tuple(_all(reading, reader, "manager_id"))),
        expectations=part("expectations", lambda reader: tuple(_all(reading, reader, "manager_id"))),
        growth_goals=part("growth_goals", lambda reader: tuple(_all(reading, reader, "manager_id"))),
        training=part("training", lambda reader: tuple(_all(reading, reader, "manager_id", "person_id"))),
        people=people,
        candidate=part("candidate", lambda reader: _candidate(reading, reader, gaps)),
        policy=reading.request.policy,
        provenance=provenance,
    )


def _all(reading: Reading, reader: TableReader, *keys: str, gaps: Gaps | None = None) -> list[Any]:
    """The records of a table: all of them, or those whose first key that is filled is the manager."""
    key = ", ".join(quoted(key) for key in keys if key in reader.columns)
    rows = header_rows(reading.canon, reader, f"coalesce({key})" if key else None, reading.request.manager_id)
    parts = {}
    for child in reader.canon.table.children:
        own = reading.reader(child.name, fill=False)
        parts[child.fills] = reading.parts(
            child, own, header_rows(reading.canon, own) if own else [], gaps or {}
        )
    return reader.records(rows, parts)


def person_of(reading: Reading, person_id: str) -> Person:
    """One of ours; known by the id alone where the source says no more."""
    reader = reading.reader("people", fill=False)
    nobody = Unknown(Why.BLANK, f"people has no row for {person_id}")
    if reader is not None:
        found = reader.records(header_rows(reading.canon, reader, "id", person_id))
        if found:
            person: Person = found[0]
            return person
    else:
        nobody = reading.canon.absent("people")
    return Person(id=person_id, name=person_id, role=nobody, manager_id=nobody, supports_account_ids=nobody)


def _candidate(reading: Reading, reader: TableReader, gaps: Gaps) -> Maybe[Candidate]:
    found = _all(reading, reader, "manager_id", "id", gaps=gaps)
    if not found:
        return Unknown(Why.BLANK, f"candidates has no row for {reading.request.manager_id}")
    for other in found[1:]:
        reader.collector.report(_second(reader, other.id, found[0].id))
    candidate: Candidate = found[0]
    return candidate


def _second(reader: TableReader, given: str, taken: str) -> Any:
    from sam_adapters.contract import MappingProblem

    return MappingProblem(
        where=reader.canon.where,
        record=given,
        field="manager_id",
        problem=f"a manager is one candidate, and {taken!r} is taken already",
    )


def _gaps(reading: Reading) -> Gaps:
    """What is said not to be known of the book and of the records of its header."""
    reader = reading.reader("gaps", fill=False)
    if reader is None:
        return {}
    names = {"book", *(t.name for t in TABLES.values() if t.key != "account_id" and t.parent is None)} - {
        "accounts"
    }
    place = reader.place("table")
    return reading.gaps(reader, [row for row in header_rows(reading.canon, reader) if row[place] in names])
