"""The Senior Account Manager's job, executable.

A :class:`~sam_core.book.Book` holds what one manager answers for; :func:`score` judges it and
returns a :class:`~sam_core.scorecard.Scorecard`; :func:`moves` says where the next sale is.

The public names are loaded when first asked for, so that a tool which imports this package for
one of its commands does not pay for it in all the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sam_core.assessment import Assessment, assess, moves, score
    from sam_core.book import Book, BookHeader, Dossier
    from sam_core.charter import CHARTER, Charter, Clause
    from sam_core.compare import Comparison, compared
    from sam_core.errors import SamCoreError
    from sam_core.findings import Finding, Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
    from sam_core.rulebook import Rule, RuleBook, rule
    from sam_core.rules import standard_rules
    from sam_core.rules.qualification import assess_candidate
    from sam_core.scorecard import Scorecard
    from sam_core.standards import Policy, Standards
    from sam_core.values import NOT_FETCHED, Coverage, Maybe, Money, Outcome, Period, Unknown, Why

_HOME = {
    "assessment": ("Assessment", "assess", "moves", "score"),
    "book": ("Book", "BookHeader", "Dossier"),
    "charter": ("CHARTER", "Charter", "Clause"),
    "compare": ("Comparison", "compared"),
    "errors": ("SamCoreError",),
    "findings": (
        "Finding",
        "Judgement",
        "Missing",
        "Severity",
        "at_risk",
        "met",
        "not_assessable",
        "not_met",
    ),
    "rulebook": ("Rule", "RuleBook", "rule"),
    "rules": ("standard_rules",),
    "rules.qualification": ("assess_candidate",),
    "scorecard": ("Scorecard",),
    "standards": ("Policy", "Standards"),
    "values": ("NOT_FETCHED", "Coverage", "Maybe", "Money", "Outcome", "Period", "Unknown", "Why"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "CHARTER",
    "NOT_FETCHED",
    "Assessment",
    "Book",
    "BookHeader",
    "Charter",
    "Clause",
    "Comparison",
    "Coverage",
    "Dossier",
    "Finding",
    "Judgement",
    "Maybe",
    "Missing",
    "Money",
    "Outcome",
    "Period",
    "Policy",
    "Rule",
    "RuleBook",
    "SamCoreError",
    "Scorecard",
    "Severity",
    "Standards",
    "Unknown",
    "Why",
    "assess",
    "assess_candidate",
    "at_risk",
    "compared",
    "met",
    "moves",
    "not_assessable",
    "not_met",
    "rule",
    "score",
    "standard_rules",
]


def __getattr__(name: str) -> Any:
    """A public name, from the module it lives in."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'sam_core' has no attribute {name!r}")
    value = getattr(import_module(f"sam_core.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__file__", "__name__", "__path__"]
