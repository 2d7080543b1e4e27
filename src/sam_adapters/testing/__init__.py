"""For whoever writes an adapter: the reference corpus, and the kit that checks against it.

The corpus needs nothing but the core. The kit, :class:`AdapterConformance`, is for pytest
and comes with the extra ``sam-core[testing]``.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sam_adapters.testing.comparison import Difference, differences
from sam_adapters.testing.corpus import (
    Corpus,
    reference_book,
    reference_corpus,
    reference_dossiers,
    reference_header,
    restricted,
)
from sam_adapters.testing.memory import InMemoryAdapter

if TYPE_CHECKING:
    from sam_adapters.testing.conformance import AdapterConformance as AdapterConformance

__all__ = [
    "AdapterConformance",
    "Corpus",
    "Difference",
    "InMemoryAdapter",
    "differences",
    "reference_book",
    "reference_corpus",
    "reference_dossiers",
    "reference_header",
    "restricted",
]

if find_spec("pytest") is not None:  # its asserts explain themselves, wherever the class is derived from
    import pytest

    pytest.register_assert_rewrite("sam_adapters.testing.conformance")


def __getattr__(name: str) -> Any:
    """The kit is imported when first asked for, so that the corpus serves without pytest."""
    if name != "AdapterConformance":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from sam_adapters.testing.conformance import AdapterConformance
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        raise ImportError("the conformance kit needs pytest: install sam-core[testing]") from error
    return AdapterConformance
