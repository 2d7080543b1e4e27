"""The in-memory adapter keeps every promise, with all the optional fixtures an author can write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from sam_adapters.contract import (
    Adapter,
    AdapterError,
    BookReading,
    BookRequest,
    Capabilities,
    MappingProblem,
)
from sam_adapters.testing import AdapterConformance, Corpus, InMemoryAdapter
from sam_core.book import Book
from sam_core.values import Unknown, Why


class Faulty(InMemoryAdapter):
    """Finds the first sale line of the first account unreadable."""

    def read(self, request: BookRequest) -> BookReading:
        reading = super().read(request)
        bad = self.corpus.dossiers[0].id
        problem = MappingProblem(
            where="sale_lines", record=bad, field="revenue", problem="'abc' is no number"
        )

        def source(wanted: frozenset[str]):
            for dossier in reading.book.source(wanted):
                if dossier.id != bad:
                    yield dossier
                    continue
                if request.strict:
                    raise AdapterError(str(problem))
                reading.problems.report(problem)
                yield evolve(dossier, sale_lines=dossier.sale_lines[1:])

        return BookReading(book=Book(reading.book.header, source), problems=reading.problems)


class TestInMemory(AdapterConformance):
    secrets = ("hunter2",)

    @pytest.fixture
    def adapter(self, corpus: Corpus) -> Adapter:
        return InMemoryAdapter(corpus)

    @pytest.fixture
    def shuffled_adapter(self, corpus: Corpus) -> Adapter:
        headers = tuple(evolve(header, people=header.people[::-1]) for header in corpus.headers)
        return InMemoryAdapter(evolve(corpus, headers=headers, dossiers=corpus.dossiers[::-1]))

    @pytest.fixture
    def faulty_adapter(self, corpus: Corpus) -> Adapter:
        return Faulty(corpus)

    @pytest.fixture
    def adapter_without(self, corpus: Corpus) -> Callable[[str], Adapter | None]:
        def build(field: str) -> Adapter | None:
            if field == "sale_lines.cost":
                return None
            whole = InMemoryAdapter(corpus).capabilities
            return InMemoryAdapter(corpus, evolve(whole, gaps={field: Unknown(Why.NOT_PERMITTED, field)}))

        return build


class TestAPoorSource(AdapterConformance):
    """Fewer concepts, gaps inside of others, and no dated assignments."""

    @pytest.fixture
    def adapter(self, corpus: Corpus) -> Adapter:
        hidden = Unknown(Why.NOT_PERMITTED, "hidden")
        capabilities = Capabilities(
            provides=frozenset({"sale_lines", "buyers", "plans", "offering"}),
            gaps={
                "cases": hidden,
                "sale_lines.cost": hidden,
                "plans.initiatives.investment": Unknown(Why.NOT_SUPPORTED, "investments"),
                "account.tier": Unknown(Why.NOT_CONFIGURED, "tiers"),
            },
        )
        return InMemoryAdapter(corpus, capabilities)
