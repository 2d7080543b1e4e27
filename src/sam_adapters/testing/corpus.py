"""The reference corpus: what every adapter must be able to give back, as far as its source knows it.

::

    from sam_adapters.testing import reference_corpus

    corpus = reference_corpus()
    book = corpus.book(corpus.managers[0].id)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import attrs
from attrs import evolve, frozen

from sam_adapters.contract import AdapterError, Capabilities
from sam_adapters.testing import reference_data as data
from sam_core.book import (
    COLLECTIONS,
    HEADER_PARTS,
    AssignmentRole,
    Book,
    BookHeader,
    Dossier,
    Person,
)
from sam_core.errors import suggestion
from sam_core.standards import Policy
from sam_core.values import NOT_FETCHED, Period, Unknown

__all__ = [
    "Corpus",
    "reference_book",
    "reference_corpus",
    "reference_dossiers",
    "reference_header",
    "restricted",
]


@frozen(kw_only=True)
class Corpus:
    """A whole small source: several managers and all of their customers.

    Attributes:
        period: the period the books are asked for.
        currency: ISO 4217.
        headers: one for each manager, in order of id.
        dossiers: every customer of the source, in order of id.
    """

    period: Period
    currency: str
    headers: tuple[BookHeader, ...]
    dossiers: tuple[Dossier, ...]

    @property
    def managers(self) -> tuple[Person, ...]:
        """Who has a book, in order of id."""
        return tuple(header.manager for header in self.headers)

    def header(self, manager_id: str, policy: Policy | None = None) -> BookHeader:
        """The header of one manager's book."""
        for header in self.headers:
            if header.id == manager_id:
                return header if policy is None else evolve(header, policy=policy)
        raise AdapterError(
            f"the corpus has no manager {manager_id!r}{suggestion(manager_id, (h.id for h in self.headers))}"
        )

    def book(self, manager_id: str, *, today_only: bool = False) -> Book:
        """One manager's book: every account assigned to the manager on some day of the period.

        Args:
            manager_id: one of :attr:`managers`.
            today_only: as a source has it that knows today's holder only: an account that was
                handed on is in the last holder's book alone.
        """
        held = (dossier for dossier in self.dossiers if self._holds(manager_id, dossier, today_only))
        return Book.of(self.header(manager_id), held)

    def expected(self, manager_id: str, capabilities: Capabilities) -> Book:
        """The book that an adapter of these capabilities must give, no more and no less.

        Where it cannot tell the end of an assignment it knows today's holders only.
        """
        today_only = any(capabilities.gap(name) is not None for name in ("assignments", "assignments.end"))
        return restricted(self.book(manager_id, today_only=today_only), capabilities)

    def _holds(self, manager_id: str, dossier: Dossier, today_only: bool) -> bool:
        return not isinstance(dossier.assignments, Unknown) and any(
            assignment.person_id == manager_id
            and assignment.role is AssignmentRole.ACCOUNT_MANAGER
            and (isinstance(assignment.start, Unknown) or assignment.start <= self.period.end)
            and (assignment.end is None or (assignment.end >= self.period.start and not today_only))
            for assignment in dossier.assignments
        )


@cache
def reference_corpus() -> Corpus:
    """The corpus: three managers, six accounts, every concept; the same records at every call."""
    people = {person.id: person for person in data.PEOPLE}
    headers = tuple(
        BookHeader(
            manager=people[manager_id],
            period=data.PERIOD,
            currency=data.CURRENCY,
            offering=data.OFFERING,
            people=data.PEOPLE,
            **targets,
        )
        for manager_id, targets in data.TARGETS.items()
    )
    dossiers = tuple(
        Dossier(
            account=account,
            **{
                name: tuple(record for owner, record in data.COLLECTIONS_OF[name] if owner == number)
                for name in COLLECTIONS
            },
        )
        for number, account in enumerate(data.ACCOUNTS, start=1)
    )
    return Corpus(period=data.PERIOD, currency=data.CURRENCY, headers=headers, dossiers=dossiers)


def reference_header(manager_id: str | None = None) -> BookHeader:
    """The header of a manager's book, the first manager's where none is named."""
    corpus = reference_corpus()
    return corpus.header(manager_id or corpus.managers[0].id)


def reference_dossiers(manager_id: str | None = None) -> tuple[Dossier, ...]:
    """The dossiers of a manager's book, the first manager's where none is named."""
    return tuple(reference_book(manager_id))


def reference_book(manager_id: str | None = None) -> Book:
    """A manager's book, the first manager's where none is named."""
    corpus = reference_corpus()
    return corpus.book(manager_id or corpus.managers[0].id)


def restricted(book: Book, capabilities: Capabilities) -> Book:
    """The book as an adapter of these capabilities must give it: what it does not provide is unknown.

    A gap in one field (``"sale_lines.cost"``) puts the gap's reason there in every record; a field
    that holds no ``Unknown``, a title or a city, gets its default. Where ``people`` are not
    provided, the manager's own role and reporting line are not either.

    Raises:
        AdapterError: a gap names a field that no record has, or one that no record can do without.
    """
    parts: dict[str, dict[tuple[str, ...], Unknown]] = {}
    for gap, reason in capabilities.gaps.items():
        whole, _, rest = gap.partition(".")
        if rest:
            parts.setdefault(whole, {})[tuple(rest.split("."))] = reason

    def blanked(holder: Any, names: Iterable[str]) -> Any:
        changed: dict[str, Any] = {}
        for name in names:
            reason = capabilities.gap(name)
            changed[name] = (
                reason if reason is not None else _without(getattr(holder, name), parts.get(name, {}))
            )
        return evolve(holder, **changed)

    manager, unknown = book.header.manager, capabilities.gap("people")
    if unknown is not None:
        manager = Person(
            id=manager.id, name=manager.name, role=unknown, manager_id=unknown, supports_account_ids=unknown
        )
    else:
        manager = _without(manager, parts.get("people", {}))
    header = evolve(blanked(book.header, HEADER_PARTS), manager=manager)
    account_gaps = parts.get("account", {})

    def dossiers(_: frozenset[str]) -> Iterator[Dossier]:
        for dossier in book:
            account = _without(dossier.account, account_gaps)
            yield evolve(blanked(dossier, COLLECTIONS), account=account)

    return Book(header, dossiers)


def _without(value: Any, fields: Mapping[tuple[str, ...], Unknown]) -> Any:
    if not fields or isinstance(value, Unknown) or value is None:
        return value
    if isinstance(value, tuple):
        return tuple(_without(record, fields) for record in value)
    deeper: dict[str, dict[tuple[str, ...], Unknown]] = {}
    changed: dict[str, Any] = {}
    known = {attribute.name: attribute for attribute in attrs.fields(type(value))}
    for (name, *rest), reason in fields.items():
        if name not in known:
            raise AdapterError(
                f"capabilities: {type(value).__name__} has no field {name!r}{suggestion(name, known)}"
            )
        if rest:
            deeper.setdefault(name, {})[tuple(rest)] = reason
        else:
            changed[name] = _default(known[name], reason, type(value))
    for name, below in deeper.items():
        if name not in changed:
            changed[name] = _without(getattr(value, name), below)
    return evolve(value, **changed)


def _default(attribute: attrs.Attribute[Any], reason: Unknown, record: type) -> Any:
    if attribute.default is attrs.NOTHING:
        raise AdapterError(
            f"capabilities: no {record.__name__} can do without its {attribute.name}; "
            "a source that has none cannot provide the concept"
        )
    return reason if attribute.default == NOT_FETCHED else attribute.default
