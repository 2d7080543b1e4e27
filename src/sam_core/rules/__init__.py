"""The role's clauses as rules, one module per family of clauses."""

from __future__ import annotations

from functools import cache

from sam_core.rulebook import RuleBook
from sam_core.rules import (
    focus,
    goals,
    handover,
    meetings,
    offering,
    organisation,
    penetration,
    planning,
    qualification,
    relationships,
    retention,
    selling,
    service,
)

__all__ = ["standard_rules"]


@cache
def standard_rules() -> RuleBook:
    """Every rule of the role. Immutable; extend, replace or select to make a book of your own."""
    families = (
        goals,
        retention,
        penetration,
        relationships,
        offering,
        focus,
        meetings,
        selling,
        planning,
        service,
        handover,
        organisation,
        qualification,
    )
    return RuleBook(one for family in families for one in family.RULES)
