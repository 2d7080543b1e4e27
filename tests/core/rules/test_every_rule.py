"""What holds of all rules: each has its examples, and none judges without what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

import sam_core
from sam_core import Outcome, standard_rules
from sam_core.charter import CHARTER
from sam_core.findings import SubjectKind
from sam_core.scorecard import Scorecard
from sam_core.standards import catalogue
from sam_core.totals import Totals
from tests.core.builders import AS_OF, header

from . import (
    test_goals,
    test_handover,
    test_meetings,
    test_organisation,
    test_penetration,
    test_planning,
    test_qualification,
    test_selling,
    test_service,
)
from .judging import HIDDEN, sources

SRC = Path(sam_core.__file__).parents[1]
MODULES = (
    test_goals, test_handover, test_meetings, test_organisation, test_penetration, test_planning,
    test_qualification, test_selling, test_service,
)  # fmt: skip
EXAMPLES = [example for module in MODULES for example in module.EXAMPLES]
RULES = {one.id: one for one in standard_rules()}


def of(rule_id):
    return [example for example in EXAMPLES if example.rule_id == rule_id]


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_has_an_example_met_one_that_is_not_and_one_where_it_does_not_apply(rule_id):
    outcomes = {example.outcome for example in of(rule_id)}
    assert Outcome.MET in outcomes
    assert outcomes & {Outcome.AT_RISK, Outcome.NOT_MET}
    if RULES[rule_id].applies is not None:
        assert None in outcomes


@pytest.mark.parametrize(("rule_id", "source"), [(key, source) for key in RULES for source in sources(key)])
def test_without_a_needed_input_it_is_not_assessable_and_says_so(rule_id, source):
    met = next(example for example in of(rule_id) if example.outcome is Outcome.MET)
    found = met.without(source)
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert (source, HIDDEN) in [(one.name, one.reason) for one in found.missing]


def test_every_clause_is_bound_and_every_rule_cites_one():
    """A clause is bound to rules, to measures, or to a section of the report."""
    card = Scorecard(headers=(header(),), as_of=AS_OF, totals=Totals())
    bound = {one.clause_id for one in standard_rules()}
    assert bound <= {clause.id for clause in CHARTER}
    bound |= {one.clause_id for one in (*card.accountabilities, *card.measures, *card.conditions)}
    assert [clause.id for clause in CHARTER if clause.id not in bound] == []


def test_the_working_conditions_have_a_report_and_no_rule():
    assert {one.clause_id for one in standard_rules()} & {"ENV-1", "ENV-2", "ENV-3"} == set()
    card = Scorecard(headers=(header(),), as_of=AS_OF, totals=Totals())
    assert {one.clause_id for one in card.conditions} == {"ENV-1", "ENV-2", "ENV-3"}
    assert [one.name for one in card["ENV-2"].conditions] == ["travel days"]


def test_every_accountability_is_measured_in_the_order_of_the_clauses():
    card = Scorecard(headers=(header(),), as_of=AS_OF, totals=Totals())
    assert [one.clause_id for one in card.accountabilities] == [f"ACC-{n}" for n in range(1, 6)]


def test_rules_name_only_standards_that_exist_and_every_standard_has_somebody_who_reads_it():
    keys = {entry.key for entry in catalogue()}
    used = {key for one in standard_rules() for key in one.tuned_by}
    assert used <= keys
    texts = [
        path.read_text(encoding="utf-8") for path in SRC.rglob("*.py") if path.parent.name != "standards"
    ]
    unread = [key for key in keys - used if not any(f".{key.partition('.')[2]}" in text for text in texts)]
    assert unread == []


def test_every_kind_of_subject_has_rules():
    assert {one.subject_kind for one in standard_rules()} == {SubjectKind.ACCOUNT, SubjectKind.MANAGER}
