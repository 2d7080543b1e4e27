"""A folder of tables out of a few lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from sam_adapters.contract import BookReading, BookRequest
from sam_adapters.tables import Mapping, TablesAdapter
from sam_core.book import Dossier
from sam_core.standards import Policy
from sam_core.values import Period

ACCOUNTS = "id,name,manager_id,assigned_on\na1,One,m1,2020-01-01\n"


@define
class Tables:
    """A folder, an adapter over it, and what it gave."""

    folder: Path
    adapter: TablesAdapter

    def read(self, manager: str = "m1", period: str = "2026", **options: Any) -> BookReading:
        return self.adapter.read(BookRequest(manager_id=manager, period=Period.parse(period), **options))

    def all(
        self, manager: str = "m1", *, policy: str = "", **options: Any
    ) -> tuple[list[Dossier], list[str]]:
        """The dossiers, and the problems as people see them."""
        reading = self.read(manager, policy=Policy.from_toml(policy), **options)
        found = list(reading.book)
        return found, [str(problem) for problem in reading.problems]

    def one(self, **options: Any) -> tuple[Dossier, list[str]]:
        """The one dossier there is, and the problems."""
        (found,), problems = self.all(**options)
        return found, problems


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Callable[..., Tables]]:
    """Writes files and opens them: ``tables(cases="id,…", mapping="[book] …")``."""
    opened: list[TablesAdapter] = []

    def build(mapping: str = "", /, currency: str | None = "EUR", **files: str | bytes) -> Tables:
        folder = tmp_path / f"source{len(opened)}"
        folder.mkdir()
        for name, content in {"accounts": ACCOUNTS, **files}.items():
            file = folder / (name.replace("__", ".") if "__" in name else f"{name}.csv")
            raw = content.encode() if isinstance(content, str) else content
            if raw:
                file.write_bytes(raw)
        made = Mapping.from_toml(mapping) if mapping else None
        adapter = TablesAdapter(folder, made, currency=currency)
        opened.append(adapter)
        return Tables(folder, adapter)

    yield build
    for adapter in opened:
        adapter.close()
