from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from orchard import Serve, Tables, orchard


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves tables for as long as the test runs; gives the address."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ExitStack() as servers:

        def start(tables: Tables, **options: Any) -> str:
            return servers.enter_context(orchard(tables, **options))

        yield start
