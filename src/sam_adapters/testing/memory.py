"""An adapter over records at hand: the shortest one there is, for tests and for reading."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from sam_adapters.contract import CONCEPTS, BookReading, BookRequest, Capabilities, SourceError
from sam_adapters.testing.corpus import Corpus, reference_corpus
from sam_core.book import Book, Person, Provenance
from sam_core.errors import suggestion

__all__ = ["InMemoryAdapter"]


@frozen
class InMemoryAdapter:
    """Gives the books of a corpus, as far as its capabilities go.

    Attributes:
        corpus: the records.
        capabilities: what of them it gives away; all, where left out.
    """

    corpus: Corpus = field(factory=reference_corpus, repr=False)
    capabilities: Capabilities = Capabilities(provides=frozenset(CONCEPTS))

    def managers(self) -> Iterator[Person]:
        """Who has a book in the corpus."""
        for manager in self.corpus.managers:
            yield self.corpus.expected(manager.id, self.capabilities).header.manager

    def read(self, request: BookRequest) -> BookReading:
        """The book asked for.

        Raises:
            SourceError: nobody of that id has one.
        """
        known = [manager.id for manager in self.corpus.managers]
        if request.manager_id not in known:
            raise SourceError(
                f"no book of manager {request.manager_id!r}{suggestion(request.manager_id, known)}"
            )
        given = self.corpus.expected(request.manager_id, self.capabilities)
        header = evolve(
            given.header,
            period=request.period,
            policy=request.policy,
            provenance=Provenance(source="records in memory", assumptions=self.capabilities.assumptions),
        )
        return BookReading(book=Book(header, given.source))
