from __future__ import annotations

import copy
import pickle

import pytest

import sam_core.errors
from sam_core.errors import (
    CurrencyMismatchError,
    DuplicateRuleError,
    RecordError,
    RuleDeclarationError,
    SamCoreError,
    StandardsError,
    TruthValueError,
    UnknownClauseError,
    UnknownRuleError,
    suggestion,
)
from sam_core.rulebook import RuleFailure
from sam_core.scorecard import CombinationError

ERRORS = (
    CombinationError("no scorecard to combine"),
    CurrencyMismatchError("cannot add USD to EUR"),
    DuplicateRuleError("RESP-1.x", "here", "there"),
    RecordError("SaleLine", "s1", "revenue", "it is a float"),
    RuleDeclarationError("RESP-1.x", "no docstring"),
    RuleFailure("RESP-1.x", "A1", "it raised"),
    SamCoreError("anything"),
    StandardsError("quota.pace_met", "it is no number"),
    TruthValueError("neither"),
    UnknownClauseError("RESP1", ["RESP-1"]),
    UnknownRuleError("RESP-1.y", ["RESP-1.x"]),
)


def test_every_error_of_the_tree_is_tried_here():
    named = {getattr(sam_core.errors, name) for name in sam_core.errors.__all__ if name != "suggestion"}
    assert named <= {type(error) for error in ERRORS}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_comes_home_whole_from_another_process(error, protocol):
    for twin in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)
        assert twin.args == error.args


def test_one_base_catches_them_all():
    assert all(isinstance(error, SamCoreError) for error in ERRORS)


def test_an_error_about_a_record_names_record_id_field_and_problem():
    error = RecordError("SaleLine", "s1", "revenue", "it is a float")
    assert str(error) == "SaleLine 's1': revenue: it is a float"
    assert (error.record, error.record_id, error.field, error.problem) == (
        "SaleLine",
        "s1",
        "revenue",
        "it is a float",
    )
    assert str(RecordError("SaleLine", "", "id", "it is blank")) == "SaleLine: id: it is blank"


def test_an_error_about_standards_names_the_path_where_there_is_one():
    assert str(StandardsError("quota.pace_met", "no")) == "standards: quota.pace_met: no"
    assert str(StandardsError("", "not TOML")) == "standards: not TOML"


def test_a_twice_declared_rule_names_both_sources():
    error = DuplicateRuleError("RESP-1.x", "ours.rules", "theirs.rules")
    assert error.sources == ("ours.rules", "theirs.rules")
    assert "ours.rules and again by theirs.rules" in str(error)
    assert error.rule_id == "RESP-1.x"


def test_what_is_not_there_is_a_key_error_that_reads_like_a_sentence():
    for error in (UnknownClauseError("RESP1", ["RESP-1"]), UnknownRuleError("RESP1", ["RESP-1"])):
        assert isinstance(error, KeyError)
        assert str(error).endswith("; did you mean 'RESP-1'?")
        assert not str(error).startswith('"')


def test_a_suggestion_offers_the_nearest_or_lists_what_there_is():
    assert suggestion("sale_line", ["sale_lines", "buyers"]) == "; did you mean 'sale_lines'?"
    assert suggestion("x", ["sale_lines", "buyers"]) == "; known: buyers, sale_lines"


def test_every_public_name_is_listed_before_it_is_loaded():
    assert set(dir(sam_core)) >= set(sam_core.__all__)
    with pytest.raises(AttributeError, match="module 'sam_core' has no attribute 'scorecrad'"):
        sam_core.scorecrad  # noqa: B018
