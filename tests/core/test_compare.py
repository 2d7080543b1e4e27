from __future__ import annotations

from decimal import Decimal

import pytest

from sam_core import compared, score
from sam_core.book import Person
from sam_core.measured import difference
from sam_core.scorecard import CombinationError
from sam_core.values import Outcome, Unknown, Why

from .builders import AS_OF, book, day, dossier, line, offering


def card(*lines, as_of=AS_OF, **fields):
    one = dossier(sale_lines=lines, locations=(), buyers=(), opportunities=())
    return score(book(one, **{"offering": offering("P1", "P2"), **fields}), as_of=as_of)


FIRST, SECOND = line("1", "2025-03-01", 100), line("2", "2026-03-01", 150)


def test_a_change_from_or_to_what_is_not_known_is_not_known():
    known, away = Decimal(3), Unknown(Why.BLANK, "x")
    assert difference(known, Decimal(1)) == 2
    assert difference(away, known) is difference(known, away) is away


def test_what_changed_is_told_and_what_did_not_is_left_out():
    found = compared(card(FIRST), card(FIRST, SECOND))
    changes = {m.name: m for m in found.measures}
    assert (changes["revenue"].before, changes["revenue"].after, changes["revenue"].change) == (0, 150, 150)
    assert "location penetration" not in changes
    by_rule = {f.rule_id: f.outcomes for f in found.findings}
    assert by_rule["RESP-1.shrinking"] == (Outcome.NOT_MET, Outcome.MET)


def test_a_rule_that_did_not_apply_before_is_told_as_none():
    found = compared(card(as_of=day("2024-01-01")), card(FIRST, SECOND))
    changed = next(f for f in found.findings if f.rule_id == "RESP-1.shrinking")
    assert changed.outcomes == (None, Outcome.MET)
    assert changed.subject_name == "Account A1"


def test_moves_come_and_go():
    both = card(FIRST, line("3", "2026-01-01", product_id="P2"))
    one = card(FIRST)
    assert [m.product_id for m in compared(both, one).new_moves] == ["P2"]
    assert [m.product_id for m in compared(one, both).gone_moves] == ["P2"]


def test_a_measure_only_one_of_them_has_is_unknown_in_the_other():
    found = compared(card(FIRST), card(FIRST, SECOND))
    change = next(m for m in found.measures if m.name == "revenue by repeat")
    assert isinstance(change.before, Unknown)
    assert isinstance(change.change, Unknown)


@pytest.mark.parametrize("other", [{"manager": Person(id="M2", name="A")}, {"currency": "USD"}])
def test_scorecards_of_others_or_other_money_do_not_compare(other):
    with pytest.raises(CombinationError, match="of the same managers, in one currency"):
        compared(card(FIRST), card(FIRST, **other))
