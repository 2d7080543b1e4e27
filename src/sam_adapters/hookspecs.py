"""The three hooks a plugin may implement, and the marker to do it with.

A plugin is a module, announced by its package as an entry point of the group ``sam_core``::

    [project.entry-points.sam_core]
    acme = "sam_adapter_acme.plugin"

It implements any of the hooks below, marked with :data:`hookimpl`. Each returns entries or
rules, all of them at once; nothing of a source is touched before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import pluggy

from sam_adapters.contract import AdapterEntry, RendererEntry

if TYPE_CHECKING:
    from sam_core.rulebook import Rule

__all__ = ["PROJECT", "hookimpl", "hookspec", "sam_adapters", "sam_renderers", "sam_rules"]

PROJECT: Final = "sam_core"
"""The name that markers, hooks and the entry-point group share."""

hookspec = pluggy.HookspecMarker(PROJECT)
"""Marks the hooks of this module."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's implementation of a hook."""


@hookspec
def sam_adapters() -> Iterable[AdapterEntry]:
    """Announce adapters: ways to read a book out of a source.

    Example::

        from sam_adapters import AdapterEntry, hookimpl


        def _load():
            from sam_adapter_acme.adapter import AcmeAdapter

            return AcmeAdapter


        @hookimpl
        def sam_adapters():
            yield AdapterEntry(
                name="acme",
                summary="Books out of the Acme CRM",
                load=_load,
                extra="sam-adapter-acme[client]",
            )

    Returns:
        One entry for each adapter. ``load`` imports the adapter when it is first opened, so a
        library that is missing costs nobody anything until then.
    """
    return ()


@hookspec
def sam_rules() -> Iterable[Rule]:
    """Add rules to the rule book, beside the standard ones.

    Example::

        from sam_adapters import hookimpl


        @hookimpl
        def sam_rules():
            from sam_adapter_acme.rules import RULES

            return RULES

    Returns:
        The rules. Their ids begin with a vendor of your own, ``"acme:RESP-1.own"``: a rule
        without one, or with an id that is taken, is reported and left out.
    """
    return ()


@hookspec
def sam_renderers() -> Iterable[RendererEntry]:
    """Announce renderers: ways to show a scorecard.

    Example::

        from sam_adapters import RendererEntry, hookimpl


        def _load():
            def one_line(scorecard, **options):
                return repr(scorecard)

            return one_line


        @hookimpl
        def sam_renderers():
            yield RendererEntry(name="one-line", summary="The scorecard in one line", load=_load)

    Returns:
        One entry for each renderer.
    """
    return ()
