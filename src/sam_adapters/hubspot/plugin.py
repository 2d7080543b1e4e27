"""Announces the HubSpot adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sam_adapters.contract import Adapter, AdapterEntry
from sam_adapters.hookspecs import hookimpl

__all__ = ["sam_adapters"]


def _load() -> Callable[..., Adapter]:
    import hubspot  # noqa: F401 - so that a missing library is missed here, where the remedy is named

    from sam_adapters.hubspot.adapter import open_hubspot

    return open_hubspot


@hookimpl
def sam_adapters() -> Iterable[AdapterEntry]:
    """The one entry."""
    yield AdapterEntry(
        name="hubspot",
        summary="Books out of a HubSpot portal, through its API",
        load=_load,
        extra="sam-core[hubspot]",
    )
