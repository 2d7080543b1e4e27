"""A manager's book: the header, and a stream of dossiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final, Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.book.dossier import COLLECTIONS, Dossier
from sam_core.book.offering import Offering
from sam_core.book.people import Candidate, Person, TrainingObjective
from sam_core.book.targets import GrowthGoal, ProfitExpectation, Quota
from sam_core.standards import Policy
from sam_core.values import NOT_FETCHED, Maybe, Period, Unknown

__all__ = ["HEADER_PARTS", "Book", "BookHeader", "Provenance"]

HEADER_PARTS: Final = (
    "offering",
    "quotas",
    "expectations",
    "growth_goals",
    "training",
    "people",
    "candidate",
)
"""The parts of a header that a source may or may not know."""


@frozen(kw_only=True)
class Provenance:
    """Where a book comes from, and what was taken for granted on the way.

    Attributes:
        source: the adapter and what it read: ``"tables: folder classicmodels"``.
        assumptions: what the mapping declared and nobody checked, one sentence each.
        problems: how many records or fields of the source could not be mapped.
        notes: what else a reader of the numbers should know, one sentence each.
    """

    source: str = "given by hand"
    assumptions: tuple[str, ...] = ()
    problems: int = 0
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class BookHeader:
    """All of a book that belongs to the manager and not to one customer.

    Attributes:
        currency: ISO 4217; every amount in the book is in it.
        value_basis: what an amount means: ``"booked total"``, ``"annual value"``, ``"recognised"``.
        people: the manager's colleagues, line managers and direct reports.
        candidate: the manager's own qualifications.
        policy: the standards in force, by day and tier.
    """

    manager: Person = field(validator=check.record_type(Person))
    period: Period = field(validator=check.record_type(Period))
    currency: str = field(validator=check.code)
    value_basis: str = field(default="booked total", validator=check.text)
    offering: Maybe[Offering] = field(default=NOT_FETCHED, validator=check.maybe(check.record_type(Offering)))
    quotas: Maybe[tuple[Quota, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.each(Quota)))
    expectations: Maybe[tuple[ProfitExpectation, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(ProfitExpectation))
    )
    growth_goals: Maybe[tuple[GrowthGoal, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(GrowthGoal))
    )
    training: Maybe[tuple[TrainingObjective, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(TrainingObjective))
    )
    people: Maybe[tuple[Person, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.each(Person)))
    candidate: Maybe[Candidate] = field(
        default=NOT_FETCHED, validator=check.maybe(check.record_type(Candidate))
    )
    policy: Policy = field(factory=Policy, validator=check.record_type(Policy))
    provenance: Provenance = field(factory=Provenance, validator=check.record_type(Provenance))

    @property
    def id(self) -> str:
        """The manager's id, under which the book is known."""
        return self.manager.id

    def at(self, as_of: date) -> Self:
        """The header as it was known at the end of that day."""
        changed: dict[str, Any] = {}
        if not isinstance(self.training, Unknown):
            changed["training"] = tuple(o for record in self.training if (o := record.at(as_of)) is not None)
        if not isinstance(self.candidate, Unknown):
            changed["candidate"] = self.candidate.at(as_of)
        return evolve(self, **changed)


@frozen(repr=False)
class Book:
    """What one manager answers for in one period.

    Iterating gives the dossiers, one at a time and as often as asked for; a book
    from an adapter reads them anew, so memory does not grow with the accounts.

    Attributes:
        header: the part that belongs to the manager.
        source: given the names of the collections wanted, streams the dossiers;
            what is not wanted may be left ``NOT_FETCHED``.
    """

    header: BookHeader
    source: Callable[[frozenset[str]], Iterable[Dossier]]

    @classmethod
    def of(cls, header: BookHeader, dossiers: Iterable[Dossier]) -> Book:
        """A book held in memory."""
        held = tuple(dossiers)
        return cls(header, lambda _: held)

    def __iter__(self) -> Iterator[Dossier]:
        return iter(self.source(frozenset(COLLECTIONS)))

    def dossiers(self, *collections: str) -> Iterator[Dossier]:
        """The dossiers, with at least the collections named (all of them where none is)."""
        return iter(self.source(frozenset(collections or COLLECTIONS)))

    def __repr__(self) -> str:
        header = self.header
        return f"<Book of {header.manager.name} ({header.id}), {header.period}, {header.currency}, {header.provenance.source}>"
