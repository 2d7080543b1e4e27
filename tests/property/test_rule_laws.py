"""The laws of rules, put to all standard rules: at once on whole books, and clause by clause on what a clause reads."""

from __future__ import annotations

from itertools import groupby

import pytest

from sam_core import standard_rules
from sam_core.testing import check_rule_laws

BY_CLAUSE = {
    clause: tuple(rules)
    for clause, rules in groupby(
        sorted(standard_rules(), key=lambda one: one.clause_id), key=lambda one: one.clause_id
    )
}


def test_all_rules_keep_the_laws_at_once():
    check_rule_laws(standard_rules(), max_examples=15)


@pytest.mark.parametrize("clause", BY_CLAUSE)
def test_the_rules_of_a_clause_keep_the_laws(clause):
    check_rule_laws(BY_CLAUSE[clause], max_examples=10)
