"""What to do about what is lacking: which table or column of the canonical ones to add or to fill."""

from __future__ import annotations

from typing import Final

from sam_adapters.tables.schema import TABLES, Table
from sam_core.values import Unknown, Why

__all__ = ["place_of", "reason_of", "remedy"]

_REMEDIES: Final = {
    Why.NOT_SUPPORTED: "Give the source {}.",
    Why.NOT_PERMITTED: "Ask for permission to read {}.",
    Why.NOT_CONFIGURED: "Add {}, or name it in the mapping.",
    Why.NOT_FETCHED: "Have {} read, or add it to the source.",
    Why.BLANK: "Fill in {} where it is empty.",
    Why.UNREADABLE: "Mend {}; sam-core check names the rows.",
}


def place_of(name: str) -> str:
    """The canonical place of an input: ``"opportunities.stays"`` is the table ``opportunity_stays``."""
    concept, *path = name.split(".")
    table = _table_of(concept)
    if table is None:
        return f"the table {concept}" if not path else f"the column {path[-1]} of the table {concept}"
    for part in path:
        child = next((one for one in table.children if one.fills == part), None)
        if child is not None:
            table = child
        elif part != table.name:
            return f"the column {part} of the table {table.name}"
    return f"the table {table.name}"


def _table_of(concept: str) -> Table | None:
    name = "accounts" if concept == "account" else concept
    return next((table for table in TABLES.values() if table.concept == name and table.parent is None), None)


def reason_of(unknown: Unknown) -> str:
    """Why something is not known, in words: ``"blank: cost of 10 sale lines"``."""
    return f"{unknown.why.value}: {unknown.where}" if unknown.where else unknown.why.value


def remedy(name: str, reason: Unknown) -> str:
    """What to do about it, in one sentence."""
    return _REMEDIES[reason.why].format(place_of(name))
