"""What an adapter must do, and the words it uses to say what it can and what went wrong.

An adapter turns a source into a :class:`~sam_core.book.Book`. It is any object with the
three members of :class:`Adapter`; no base class is needed.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Protocol, runtime_checkable

from attrs import define, field, frozen

from sam_core.book import COLLECTIONS, HEADER_PARTS, Book, Person
from sam_core.errors import SamCoreError
from sam_core.standards import Policy
from sam_core.values import Period, Unknown, Why

__all__ = [
    "CONCEPTS",
    "CONTRACT_VERSION",
    "Adapter",
    "AdapterEntry",
    "AdapterError",
    "BookReading",
    "BookRequest",
    "Capabilities",
    "Effect",
    "MappingProblem",
    "ProblemLog",
    "RendererEntry",
    "SourceError",
]

CONTRACT_VERSION: Final = 1
"""The version of this contract; an adapter states the one it was written for."""

CONCEPTS: Final = COLLECTIONS + HEADER_PARTS
"""What a source may know: the collections of a dossier and the parts of a book's header."""


class AdapterError(SamCoreError):
    """Base of what adapters refuse; messages never hold a secret."""


class SourceError(AdapterError):
    """The source cannot be read at all: absent, refused, or not what it says it is."""


class Effect(enum.Enum):
    """What a problem did to the book."""

    LEFT_OUT = "record left out"
    VALUE_UNKNOWN = "value taken as unknown"
    NOTED = "kept, and noted"


@frozen(kw_only=True)
class MappingProblem:
    """Something in the source that could not be mapped as it stands.

    Attributes:
        where: the file, table or object: ``"sales.csv"``.
        record: which one: ``"row 17"``, or its id.
        field: the column or property; ``""`` where the whole record is at fault.
        problem: what is wrong and what to do about it, in one sentence.
        effect: what became of it.
    """

    where: str
    record: str
    field: str
    problem: str
    effect: Effect = Effect.LEFT_OUT

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.where, self.record, self.field) if part)
        return f"{place}: {self.problem} ({self.effect.value})"


@define
class ProblemLog:
    """The problems of one reading: all of them counted, the first ones kept in full.

    Attributes:
        keep: how many are kept in full, per place and field.
    """

    keep: int = 20
    kept: list[MappingProblem] = field(factory=list)
    counts: Counter[tuple[str, str, Effect]] = field(factory=Counter)
    _seen: set[int] = field(factory=set, repr=False)

    def report(self, problem: MappingProblem) -> None:
        """Take note of a problem; the same one, met again in another pass, counts once."""
        if hash(problem) in self._seen:
            return
        self._seen.add(hash(problem))
        key = (problem.where, problem.field, problem.effect)
        self.counts[key] += 1
        if self.counts[key] <= self.keep:
            self.kept.append(problem)

    def __len__(self) -> int:
        return self.counts.total()

    def __iter__(self) -> Iterator[MappingProblem]:
        return iter(self.kept)


def _frozen_gaps(gaps: Mapping[str, Unknown]) -> Mapping[str, Unknown]:
    return MappingProxyType(dict(gaps))


@frozen(kw_only=True)
class Capabilities:
    """What a source provides, at run time, in the docs and in the conformance kit alike.

    Attributes:
        provides: concepts (see :data:`CONCEPTS`) the adapter fills.
        gaps: why it cannot fill others: hidden by permission, not configured. What is in
            neither is not supported. A dotted name is one field of a concept that it does
            provide, or of the account: ``"sale_lines.cost"``, ``"plans.initiatives.investment"``,
            ``"account.tier"``.
        assumptions: what the mapping takes for granted, one sentence each.
    """

    provides: frozenset[str] = frozenset()
    gaps: Mapping[str, Unknown] = field(factory=dict, converter=_frozen_gaps, hash=False)
    assumptions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        wholes = {gap.partition(".")[0] for gap in self.gaps if not gap.startswith("account.")}
        strangers = sorted({*self.provides, *wholes} - set(CONCEPTS))
        if strangers:
            raise AdapterError(f"capabilities: {strangers[0]!r} is no concept; known: {', '.join(CONCEPTS)}")
        both = sorted(self.provides & set(self.gaps))
        if both:
            raise AdapterError(f"capabilities: {both[0]!r} is provided and a gap at once; strike one")

    def gap(self, concept: str) -> Unknown | None:
        """Why a concept, or one field of it, is not provided; ``None`` where it is."""
        whole = concept.partition(".")[0]
        if whole in self.provides or whole == "account":
            return self.gaps.get(concept)
        return self.gaps.get(whole, Unknown(Why.NOT_SUPPORTED, whole.replace("_", " ")))

    def absent(self, concepts: Iterable[str]) -> dict[str, Unknown]:
        """Why each of ``concepts`` is missing, without those that are provided: fields for a record."""
        return {name: reason for name in concepts if (reason := self.gap(name)) is not None}


@frozen(kw_only=True)
class BookRequest:
    """Which book is asked for.

    Attributes:
        manager_id: whose; as the adapter's ``managers()`` names them.
        period: the period it is judged over. Adapters read all of the history they have:
            penetration and retention need what came before.
        policy: the company's standards.
        strict: refuse the book at the first problem instead of noting it.
    """

    manager_id: str
    period: Period
    policy: Policy = field(factory=Policy)
    strict: bool = False


@frozen(kw_only=True)
class BookReading:
    """A book, and what was noticed while reading it.

    The book streams, so ``problems`` is complete once its dossiers have been gone through.
    """

    book: Book
    problems: ProblemLog = field(factory=ProblemLog)


@runtime_checkable
class Adapter(Protocol):
    """What every adapter does."""

    @property
    def capabilities(self) -> Capabilities:
        """What this source provides, as far as it is configured and permitted."""

    def managers(self) -> Iterable[Person]:
        """Who has a book in this source, in order of id."""

    def read(self, request: BookRequest) -> BookReading:
        """The book asked for.

        Raises:
            SourceError: the source cannot be read, or nobody of that id has a book in it.
        """


@frozen(kw_only=True)
class AdapterEntry:
    """How an adapter is announced: enough to list it, nothing imported yet.

    Attributes:
        name: what ``open_book`` calls it.
        summary: one line for a list.
        load: imports the adapter and returns what builds one from settings.
        extra: what to install when ``load`` fails to import, ``"sam-core[hubspot]"``.
        contract: the contract version it was written for.
        origin: who announced it; whoever loads the plugins fills this in.
    """

    name: str
    summary: str
    load: Callable[[], Callable[..., Adapter]]
    extra: str = ""
    contract: int = CONTRACT_VERSION
    origin: str = field(default="", eq=False)


@frozen(kw_only=True)
class RendererEntry:
    """How a renderer is announced: a way to show a scorecard as text.

    Attributes:
        name: what ``--format`` calls it.
        summary: one line for a list.
        load: imports the renderer and returns it: a callable that takes the scorecard, and
            options by keyword, and returns the text.
        extra: what to install when ``load`` fails to import, ``"sam-core[report]"``.
        contract: the contract version it was written for.
        origin: who announced it; whoever loads the plugins fills this in.
    """

    name: str
    summary: str
    load: Callable[[], Callable[..., str]]
    extra: str = ""
    contract: int = CONTRACT_VERSION
    origin: str = field(default="", eq=False)
