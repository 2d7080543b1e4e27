from __future__ import annotations

import tomllib
from datetime import date

import pytest

from sam_core import CHARTER, Policy, standard_rules
from sam_core.standards import DEFAULT_STANDARDS, catalogue


@pytest.mark.parametrize("clause", [clause.id for clause in CHARTER])
def test_every_clause_is_explained_in_its_wording(run, clause):
    result = run("explain", clause.lower())
    assert result.exit_code == 0
    assert " ".join(CHARTER[clause].wording.split()) in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("rule", [rule.id for rule in standard_rules()])
def test_every_rule_is_explained_with_what_tunes_it(run, rule):
    one = standard_rules()[rule]
    text = " ".join(run("explain", rule).stdout.split())
    assert one.requirement in text
    assert one.failure in text
    assert all(key in text for key in one.tuned_by)


def test_a_clause_lists_the_rules_of_those_below_it(data):
    found = data("explain", "RESP-2")
    assert {rule["clause_id"] for rule in found["rules"]} >= {"RESP-2.1", "RESP-2.2"}


def test_a_standard_names_the_rules_it_tunes(data, run):
    found = data("explain", "retention.shrinking_share")
    assert "RESP-1.shrinking" in found["rules"]
    assert "0.10" in run("explain", "retention.shrinking_share").stdout


def test_standards_of_every_kind_are_explained(run):
    for entry in catalogue():
        assert entry.unit in " ".join(run("explain", entry.key).stdout.split())


def test_a_pattern_selects_rules(data, run):
    assert {rule["clause_id"] for rule in data("explain", "RESP-2.*")} <= {"RESP-2.1", "RESP-2.2", "RESP-2.3"}
    assert "Rules like RESP-1*" in run("explain", "RESP-1*").stdout


@pytest.mark.parametrize(
    ("what", "near"), [("ACC-11", "ACC-1"), ("RESP-1.shrinkin", "RESP-1.shrinking"), ("XYZ*", "")]
)
def test_what_nobody_knows_is_answered_with_the_nearest(run, what, near):
    result = run("explain", what)
    assert result.exit_code == 2
    assert near in result.stderr


def test_the_standards_written_are_read_back_as_they_were(run):
    text = run("standards", "--effective", "2026-01-01").stdout
    policy = Policy.from_toml(text)
    current = policy.on(date(2026, 1, 1))
    assert [current.value(e.key) for e in catalogue()] == [
        DEFAULT_STANDARDS.value(e.key) for e in catalogue()
    ]
    assert current.effective == date(2026, 1, 1)


def test_every_standard_is_written_with_clause_meaning_and_unit(run):
    text = " ".join(run("standards").stdout.replace("# ", " ").split())
    for entry in catalogue():
        assert f"{entry.clause}: {entry.meaning} ({entry.unit}" in text


def test_the_file_holds_from_the_first_of_january_where_nobody_says_otherwise(run):
    assert tomllib.loads(run("standards", "--as-of", "2027-05-05").stdout)["effective"] == date(2027, 1, 1)


def test_a_file_of_standards_is_shown_as_it_holds_for_a_tier(data, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("effective = 2026-01-01\n[tier.A.plans]\ngrace_days = 30\n", encoding="utf-8")
    for tier, days in ((("--tier", "A"), 30), ((), 90)):
        rows = {row["key"]: row for row in data("standards", "--from", path, *tier, "--as-of", "2026-06-01")}
        assert rows["plans.grace_days"]["value"] == days


def test_the_standards_can_be_written_to_a_file(run, tmp_path):
    path = tmp_path / "standards.toml"
    assert run("standards", "-o", path).stderr == f"written to {path}\n"
    assert Policy.from_toml(path.read_text(encoding="utf-8")).revisions
