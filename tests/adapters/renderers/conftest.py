"""Scorecards to render, and pages drawn at random."""

from __future__ import annotations

import pytest

from sam_adapters.demo import AS_OF, sample
from sam_adapters.renderers import Names
from sam_core import Scorecard, score


@pytest.fixture(scope="session")
def books():
    return sample()


@pytest.fixture(scope="session")
def cards(books) -> dict[str, tuple[Scorecard, Names]]:
    found = {}
    for header in books.headers:
        names = Names()
        found[header.id] = (score(names.watching(books.book(header.id)), as_of=AS_OF), names)
    return found
