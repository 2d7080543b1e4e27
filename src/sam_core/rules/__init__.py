"""The role's clauses as rules, one module per family of clauses."""

from __future__ import annotations

from functools import cache

from sam_core.rulebook import RuleBook
from sam_core.rules import offering, penetration, retention

__all__ = ["standard_rules"]


@cache
def standard_rules() -> RuleBook:
    """Every rule of the role. Immutable; extend, replace or select to make a book of your own."""
    return RuleBook((*retention.RULES, *penetration.RULES, *offering.RULES))
