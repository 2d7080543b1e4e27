"""What there is to see in the sample, as a page."""

from __future__ import annotations

from sam_adapters.demo import AS_OF, STORIES
from sam_adapters.renderers.page import Column, Page, Row, Table, Text

__all__ = ["stories_page"]


def stories_page() -> Page:
    """Every case, by clause, with the customer or manager to look at."""
    rows = [Row((story.clause_id, story.subject_id, story.text)) for story in STORIES]
    return Page(
        "What there is to see in the sample",
        (
            Text(f"Everything in it is as of {AS_OF}; give that day with --as-of."),
            Table((Column("Clause", whole=True), Column("Look at", whole=True), "What is the matter"), rows),
        ),
    )
