"""The Senior Account Manager's job, executable.

A :class:`~sam_core.book.Book` holds what one manager answers for; :func:`score` judges it and
returns a :class:`~sam_core.scorecard.Scorecard`; :func:`moves` says where the next sale is.
"""

from __future__ import annotations

from sam_core.assess import Assessment, assess, moves, score
from sam_core.book import Book, BookHeader, Dossier
from sam_core.charter import CHARTER, Charter, Clause
from sam_core.compare import Comparison, compared
from sam_core.errors import SamCoreError
from sam_core.findings import Finding, Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.rulebook import Rule, RuleBook, rule
from sam_core.rules import standard_rules
from sam_core.scorecard import Scorecard
from sam_core.standards import Policy, Standards
from sam_core.values import NOT_FETCHED, Coverage, Maybe, Money, Outcome, Period, Unknown, Why

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
