"""What this package offers to sam-core. Imported whenever plugins are listed, so it imports little."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sam_adapters import Adapter, AdapterEntry, RendererEntry, hookimpl

if TYPE_CHECKING:
    from sam_core import Rule

__all__ = ["sam_adapters", "sam_renderers", "sam_rules"]


def _adapter() -> Callable[..., Adapter]:
    from sam_adapter_example.adapter import OrchardAdapter

    return OrchardAdapter


def _renderer() -> Callable[..., str]:
    from sam_adapter_example.renderer import findings_csv

    return findings_csv


@hookimpl
def sam_adapters() -> Iterable[AdapterEntry]:
    """One adapter, ``orchard``."""
    yield AdapterEntry(name="orchard", summary="Books out of the Orchard CRM", load=_adapter)


@hookimpl
def sam_rules() -> Iterable[Rule]:
    """The rules of the house."""
    from sam_adapter_example.rules import RULES

    return RULES


@hookimpl
def sam_renderers() -> Iterable[RendererEntry]:
    """One renderer, ``findings-csv``."""
    yield RendererEntry(name="findings-csv", summary="Findings as CSV, for a spreadsheet", load=_renderer)
