from __future__ import annotations

from collections.abc import Callable

import pytest
from orchard import TOKEN, Serve, tables_of
from sam_adapter_example.adapter import SEEN_BY_PERMISSION, OrchardAdapter

from sam_adapters import Adapter
from sam_adapters.testing import AdapterConformance, Corpus


class TestOrchard(AdapterConformance):
    entry = "orchard"
    secrets = (TOKEN,)

    @pytest.fixture
    def adapter(self, corpus: Corpus, serve: Serve) -> Adapter:
        return OrchardAdapter(serve(tables_of(corpus)), TOKEN)

    # The rest is optional, and worth having.

    @pytest.fixture
    def shuffled_adapter(self, corpus: Corpus, serve: Serve) -> Adapter:
        tables = {name: rows[::-1] for name, rows in tables_of(corpus).items()}
        return OrchardAdapter(serve(tables), TOKEN)

    @pytest.fixture
    def faulty_adapter(self, corpus: Corpus, serve: Serve) -> Adapter:
        tables = tables_of(corpus)
        tables["sales"][4]["net"] = "twelve"
        return OrchardAdapter(serve(tables), TOKEN)

    @pytest.fixture
    def adapter_without(self, corpus: Corpus, serve: Serve) -> Callable[[str], Adapter | None]:
        def build(field: str) -> Adapter | None:
            if field not in SEEN_BY_PERMISSION:
                return None
            return OrchardAdapter(serve(tables_of(corpus), hidden=(SEEN_BY_PERMISSION[field],)), TOKEN)

        return build
