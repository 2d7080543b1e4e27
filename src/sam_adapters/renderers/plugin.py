"""Announces the built-in renderers by the same door as a stranger's."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from sam_adapters.contract import RendererEntry
from sam_adapters.hookspecs import hookimpl

__all__ = ["sam_renderers"]


def _loader(module: str, function: str) -> Callable[[], Callable[..., str]]:
    def load() -> Callable[..., str]:
        found: Callable[..., str] = getattr(import_module(f"sam_adapters.renderers.{module}"), function)
        return found

    return load


_RENDERERS = tuple(
    RendererEntry(name=name, summary=summary, load=_loader(module, function), extra="sam-core[cli]")
    for name, module, function, summary in (
        ("text", "terminal", "render_terminal", "The scorecard as text for a terminal, a pipe or a mail"),
        ("markdown", "markdown", "render_markdown", "The scorecard as Markdown"),
        ("html", "html", "render_html", "The scorecard as one HTML file that prints well"),
    )
)


@hookimpl
def sam_renderers() -> tuple[RendererEntry, ...]:
    """Text, Markdown and HTML."""
    return _RENDERERS
