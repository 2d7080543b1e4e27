"""The public names as a caller types them. Type-checked, never run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import assert_type

import sam_core
from sam_core import (
    Assessment,
    Book,
    BookHeader,
    Dossier,
    Finding,
    Judgement,
    Maybe,
    Outcome,
    Period,
    Rule,
    RuleBook,
    Scorecard,
    Unknown,
    assess,
    met,
    moves,
    not_met,
    rule,
    score,
    standard_rules,
)
from sam_core.book import SaleLine
from sam_core.penetration import Move


@rule("acme:RESP-1.large", title="Large orders")
def large(sale_lines: tuple[SaleLine, ...]) -> Judgement:
    """An account places large orders.

    Fails when it places none.
    """
    return met("It does.") if any(line.revenue > 1000 for line in sale_lines) else not_met("It does not.")


def use(book: Book, header: BookHeader, dossier: Dossier, as_of: date) -> None:
    assert_type(large, Rule)
    rules = standard_rules().extended_with([large])
    assert_type(rules, RuleBook)
    card = score(book, as_of=as_of, rules=rules)
    assert_type(card, Scorecard)
    assert_type(card.findings, tuple[Finding, ...])
    assert_type(card.findings[0].outcome, Outcome)
    assert_type(card.measure("revenue").value, Decimal | Unknown)
    assert_type(assess(dossier, header, as_of=as_of), Assessment)
    assert_type(moves(book, as_of=as_of), list[Move])
    assert_type(Period.year(2026).comparable(), Period)
    assert_type(sam_core.CHARTER["RESP-1"].wording, str)


def known_only(values: Sequence[Maybe[Decimal]]) -> list[Decimal]:
    return [value for value in values if not isinstance(value, Unknown)]
