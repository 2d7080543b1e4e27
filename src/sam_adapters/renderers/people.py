"""Who has a book, as a page."""

from __future__ import annotations

from collections.abc import Sequence

from sam_adapters.renderers import numbers
from sam_adapters.renderers.page import Column, Page, Row, Table, Text
from sam_core.book import Person
from sam_core.values import Unknown

__all__ = ["managers_page"]


def managers_page(people: Sequence[Person]) -> Page:
    """The managers of a source, with their post and whom they report to."""
    if not people:
        return Page("Managers", (Text("Nobody has a book in this source; give its accounts a manager."),))
    rows = [Row((person.id, person.name, _role(person), _boss(person))) for person in people]
    table = Table((Column("Id", whole=True), "Name", "Post", "Reports to"), rows)
    return Page(numbers.count(len(people), "manager with a book", "managers with a book"), (table,))


def _role(person: Person) -> str:
    return numbers.UNKNOWN if isinstance(person.role, Unknown) else person.role.value


def _boss(person: Person) -> str:
    if isinstance(person.manager_id, Unknown):
        return numbers.UNKNOWN
    return person.manager_id or "nobody"
