"""What is installed, as a page."""

from __future__ import annotations

from sam_adapters.plugins import Plugins
from sam_adapters.renderers import numbers
from sam_adapters.renderers.page import Cell, Items, Page, Row, Section, Table, Text, Tone

__all__ = ["plugins_page"]


def plugins_page(plugins: Plugins) -> Page:
    """Every plugin with what it offers, and what is wrong with it."""
    rows = [
        Row(
            (
                source.plugin,
                source.provider,
                ", ".join(
                    f"{kind.removesuffix('s')} {name}" for kind, name in plugins.offered.get(source, ())
                )
                or "nothing",
                Cell("problem", Tone.BAD)
                if any(p.source == source for p in plugins.problems)
                else Cell("fine", Tone.GOOD),
            )
        )
        for source in plugins.sources
    ]
    sections = [
        Section("Plugins", (Table(("Plugin", "From", "Offers", "State"), rows) if rows else Text("None."),))
    ]
    entries = [
        Row((kind, name, entry.summary), entry.extra and f"needs {entry.extra}")
        for kind, offered in (("adapter", plugins.adapters), ("renderer", plugins.renderers))
        for name, entry in offered.items()
    ]
    if entries:
        sections.append(Section("What they add", (Table(("Kind", "Name", "What it is"), entries),)))
    if plugins.problems:
        sections.append(Section("What is wrong", (Items(str(problem) for problem in plugins.problems),)))
    return Page(numbers.count(len(plugins.sources), "plugin"), (), sections)
