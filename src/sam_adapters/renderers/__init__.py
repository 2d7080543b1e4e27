"""Ways to show a scorecard: as text, Markdown, HTML or JSON.

A report is first made into a :class:`~sam_adapters.renderers.page.Page`; each way prints the
same page, so they never disagree. JSON is exact and for machines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sam_adapters.renderers.html import render_html as render_html
    from sam_adapters.renderers.markdown import render_markdown as render_markdown
    from sam_adapters.renderers.names import Names as Names
    from sam_adapters.renderers.page import Page as Page
    from sam_adapters.renderers.scorecard import scorecard_page as scorecard_page
    from sam_adapters.renderers.terminal import render_terminal as render_terminal

__all__ = ["Names", "Page", "render_html", "render_markdown", "render_terminal", "scorecard_page"]

_WHERE = {
    "Names": "names",
    "Page": "page",
    "render_html": "html",
    "render_markdown": "markdown",
    "render_terminal": "terminal",
    "scorecard_page": "scorecard",
}


def __getattr__(name: str) -> Any:
    """A renderer is imported, with the library it needs, when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
