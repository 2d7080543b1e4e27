from __future__ import annotations

import copy
import pickle
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from sam_core.charter import CHARTER
from sam_core.errors import StandardsError
from sam_core.standards import (
    DEFAULT_STANDARDS,
    Policy,
    QuotaStandards,
    Revision,
    ServiceStandards,
    Standards,
    catalogue,
    toml_value,
)
from sam_core.testing import days, policies, revisions, standards_documents, texts
from sam_core.testing._values import _settings

from .builders import day

KEYS = {entry.key for entry in catalogue()}
FIRST = day("2026-01-01")


@contextmanager
def refused(path: str, problem: str = "."):
    with pytest.raises(StandardsError, match=problem) as caught:
        yield
    assert caught.value.path == path


# The catalogue


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.key)
def test_every_standard_says_what_it_means_in_which_unit_and_for_whose_clause(entry):
    assert entry.meaning
    assert entry.unit
    assert entry.clause in CHARTER
    assert DEFAULT_STANDARDS.value(entry.key) == entry.default
    if entry.low is not None and isinstance(entry.default, (Decimal, int)):
        assert entry.default >= entry.low
    if entry.high is not None:
        assert entry.default <= entry.high
    if isinstance(entry.default, str):
        assert entry.default in entry.choices


def test_the_catalogue_lists_every_value_of_every_section_once():
    listed = [entry.key for entry in catalogue()]
    assert len(set(listed)) == len(listed)
    sections = {attribute.name for attribute in fields(Standards)} - {"effective"}
    assert set(listed) == {
        f"{section}.{attribute.name}"
        for section in sections
        for attribute in fields(type(getattr(DEFAULT_STANDARDS, section)))
    }


# Values and ranges


def test_a_value_out_of_its_range_is_refused_wherever_it_is_given():
    with refused("pace_met", "lies outside 0 to ∞"):
        QuotaStandards(pace_met=Decimal("-0.1"))
    with refused("coverage_min", "lies outside 0 to 1"):
        QuotaStandards(coverage_min=Decimal("1.1"))
    with refused("case_days", "high: -1 is not a whole number of 0 or more"):
        ServiceStandards(case_days={"high": -1})


WRONG = {
    "quota.pace_met": (1, 0.9, "0.9", None, Decimal("NaN"), Decimal("Infinity"), ()),
    "plans.review_days": (Decimal(100), 1.5, True, "100", None),
    "satisfaction.nps_met": (-101, 101),
    "customer.level": ("Site", "", 1, None),
    "meetings.key_roles": ("champion", ["champion"], ("boss",), (1,), None),
    "service.case_days": ({"high": 1.5}, {"high": True}, {"high": "3"}, 3, (), None),
    "selling.stage_roles": ({"close": "champion"}, {"close": ["champion"]}, {"close": (1,)}, 3, None),
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG.items() for value in values]
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_key_and_by_its_tier(key, value):
    with refused(key):
        Revision(effective=FIRST, values={key: value})
    with refused(f"tier.A.{key}"):
        Revision(effective=FIRST, tiers={"A": {key: value}})
    with pytest.raises(StandardsError):
        DEFAULT_STANDARDS.changed({key: value}, FIRST)


def test_an_unknown_key_is_refused_with_the_nearest():
    with refused("retention.shrinkin_share", "did you mean 'retention.shrinking_share'"):
        DEFAULT_STANDARDS.value("retention.shrinkin_share")
    with refused("quota.pace", "there is no such standard"):
        Revision(effective=FIRST, values={"quota.pace": Decimal(1)})


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("effective", {"effective": None}),
        ("effective", {"effective": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("values", {"values": 5}),
        ("tier", {"tiers": 5}),
        ("tier.A", {"tiers": {"A": 5}}),
    ],
)
def test_a_revision_of_another_shape_is_refused(path, given):
    with refused(path):
        Revision(**{"effective": FIRST, **given})


def test_a_policy_holds_revisions_only():
    with refused("", "is not a Revision"):
        Policy(({"effective": FIRST},))


@given(revisions())
def test_what_was_handed_over_cannot_change_a_standard_later(revision):
    given = {"case": {"high": 1}}
    own = Revision(effective=FIRST, values={"service.case_days": given["case"]})
    given["case"]["high"] = 99
    assert own.values == {"service.case_days": {"high": 1}}
    for mapping in (revision.values, revision.tiers, *revision.tiers.values()):
        with pytest.raises(TypeError):
            mapping["quota.pace_met"] = Decimal(0)


@given(policies(), days())
def test_standards_can_be_compared_hashed_copied_and_sent_to_another_process(policy, on):
    for value in (policy, policy.on(on), DEFAULT_STANDARDS):
        for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
            assert twin == value
            assert hash(twin) == hash(value)
            assert repr(twin) == repr(value)


# What holds when


@given(days(), st.text())
def test_where_nobody_changed_anything_the_documented_defaults_hold(on, tier):
    assert Policy().on(on, tier) == Standards()


@given(policies(), days(), st.sampled_from((None, "A", "B", "nobody's")))
def test_on_a_day_every_standard_is_the_latest_that_was_set_by_then_the_tiers_own_first(policy, on, tier):
    found = policy.on(on, tier)
    current = [revision for revision in policy.revisions if revision.effective <= on]
    for key in KEYS:
        of_all = [r.values[key] for r in current if key in r.values]
        of_tier = [r.tiers[tier][key] for r in current if key in r.tiers.get(tier, {})]
        latest = (of_tier or of_all or [DEFAULT_STANDARDS.value(key)])[-1]
        assert found.value(key) == latest
    assert found.effective == (current[-1].effective if current else None)


@given(st.lists(revisions(), max_size=3, unique_by=lambda revision: revision.effective), st.randoms())
def test_revisions_are_kept_in_the_order_of_their_days(found, random):
    assert Policy(tuple(found)) == Policy(tuple(random.sample(found, len(found))))


def test_a_tier_for_which_nothing_is_said_is_left_out():
    assert Revision(effective=FIRST, tiers={"A": {}}) == Revision(effective=FIRST)


@given(_settings(), days())
def test_changing_standards_changes_those_and_no_others(overrides, on):
    changed = DEFAULT_STANDARDS.changed(overrides, on)
    assert all(changed.value(key) == overrides.get(key, DEFAULT_STANDARDS.value(key)) for key in KEYS)
    assert changed.effective == on
    assert evolve(changed, effective=None).changed({}, on) == changed


# TOML


@given(policies())
def test_a_policy_written_as_toml_reads_back_the_same(policy):
    assert Policy.from_toml(policy.to_toml()) == policy


@given(standards_documents())
def test_a_document_means_what_it_says_also_after_it_was_written_anew(text):
    assert Policy.from_toml(Policy.from_toml(text).to_toml()) == Policy.from_toml(text)


@pytest.mark.parametrize("value", ["1E+5000", "1E-9", "0E-10", "1.50", "100000000000000000000.01"])
def test_any_decimal_survives_the_document(value):
    policy = Policy((Revision(effective=FIRST, values={"quota.pace_met": Decimal(value)}),))
    assert Policy.from_toml(policy.to_toml()) == policy


@given(texts(), texts(), st.integers(0, 99))
def test_any_name_of_a_tier_or_priority_survives_the_document(tier, priority, number):
    policy = Policy((Revision(effective=FIRST, tiers={tier: {"service.case_days": {priority: number}}}),))
    assert Policy.from_toml(policy.to_toml()) == policy


DOCUMENT = """
effective = 2026-01-01

[quota]
pace_met = 1                     # a whole number where a share is meant

[meetings]
key_roles = ["decision maker"]

[tier."A+".meetings]
face_to_face_days = 30

[[revision]]
effective = 2026-07-01
[revision.quota]
pace_met = 0.95
[revision.service]
case_days = { high = 1, "très urgent" = 0 }
[revision.tier."A+".quota]
coverage_min = 1e-1
"""


def test_a_document_is_read_by_day_and_tier():
    policy = Policy.from_toml(DOCUMENT)
    assert [revision.effective for revision in policy.revisions] == [FIRST, day("2026-07-01")]
    assert policy.on(day("2025-12-31")) == DEFAULT_STANDARDS
    spring, autumn = day("2026-03-01"), day("2026-09-01")
    assert policy.on(spring).quota.pace_met == 1
    assert policy.on(spring).meetings.key_roles == ("decision maker",)
    assert policy.on(spring).meetings.face_to_face_days == 90
    assert policy.on(spring, "A+").meetings.face_to_face_days == 30
    assert policy.on(autumn, "A+").meetings.face_to_face_days == 30
    assert policy.on(autumn).quota.pace_met == Decimal("0.95")
    assert policy.on(autumn).service.case_days == {"high": 1, "très urgent": 0}
    assert policy.on(autumn, "A+").quota.coverage_min == Decimal("0.1")
    assert policy.on(autumn).quota.coverage_min == Decimal("0.95")


def test_an_empty_document_changes_nothing():
    assert Policy.from_toml("# as it comes\n") == Policy()
    assert Policy().to_toml() == ""


HEAD = "effective = 2026-01-01\n"


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("", "= 1", "not a TOML document"),
        ("", f"{HEAD}x = {'[' * 9999}", "beyond all bounds"),
        ("", f"{HEAD}[quota]\npace_met = {'9' * 5000}", "beyond all bounds"),
        ("", f"{HEAD}[quota]\npace_met = 1e{'9' * 30}", "beyond all bounds"),
        ("effective", "[quota]\npace_met = 1", "effective = 2026-01-01"),
        ("effective", "effective = 2026-01-01T00:00:00Z\n[quota]\npace_met = 1", "effective = 2026-01-01"),
        ("effective", "effective = 'soon'", "effective = 2026-01-01"),
        ("quotas", f"{HEAD}[quotas]\npace_met = 1", "did you mean 'quota'"),
        ("quota.pace_mt", f"{HEAD}[quota]\npace_mt = 1", "did you mean 'pace_met'"),
        ("quota", f"{HEAD}quota = 1", r"1 is not a table; write \[quota\]"),
        ("quota.pace_met", f"{HEAD}[quota]\npace_met = 'high'", "is not a number"),
        ("quota.pace_met", f"{HEAD}[quota]\npace_met = true", "is not a number"),
        ("quota.pace_met", f"{HEAD}[quota]\npace_met = nan", "is not a number"),
        ("quota.pace_met", f"{HEAD}[quota]\npace_met = -inf", "is not a number"),
        ("quota.pace_met", f"{HEAD}[quota.pace_met]\nx = 1", "is not a number"),
        ("quota.coverage_min", f"{HEAD}[quota]\ncoverage_min = 95", "lies outside 0 to 1"),
        ("plans.review_days", f"{HEAD}[plans]\nreview_days = 1.5", "is not a whole number"),
        ("customer.level", f"{HEAD}[customer]\nlevel = 'top'", "is not one of ultimate parent, site"),
        ("meetings.key_roles", f"{HEAD}[meetings]\nkey_roles = [['user']]", "is not a list of texts"),
        ("service.case_days", f"{HEAD}[service.case_days]\nhigh = 0.5", "high: .* is not a whole number"),
        ("tier", f"{HEAD}tier = 1", r"write \[tier.NAME.section\]"),
        ("tier.A", f"{HEAD}[tier]\nA = 1", "write a table of sections"),
        ("tier.A.quota.pace_met", f"{HEAD}[tier.A.quota]\npace_met = -1", "lies outside 0 to ∞"),
        ("tier.A.quota", f"{HEAD}[tier.A]\nquota = 1", "is not a table"),
        ("revision", "revision = 1", r"write each revision as \[\[revision\]\]"),
        ("revision", "revision = [1]", r"write each revision as \[\[revision\]\]"),
        ("revision[0].effective", "[[revision]]", "effective = 2026-01-01"),
        ("revision[1].quota.pace_met", f"[[revision]]\n{HEAD}[[revision]]\n{HEAD}[revision.quota]\npace_met = -1",
         "lies outside"),
        ("revision[0].tier.A.quota.pace", f"[[revision]]\n{HEAD}[revision.tier.A.quota]\npace = 1", "did you mean"),
    ],
)  # fmt: skip
def test_a_fault_in_a_document_is_named_by_its_path(path, text, problem):
    with refused(path, problem):
        Policy.from_toml(text)


SECTIONS = st.sampled_from(
    [*sorted({key.partition(".")[0] for key in KEYS}), "tier", "revision", "effective", "Ü"]
)
NAMES = st.sampled_from(sorted(key.partition(".")[2] for key in KEYS)) | texts()
VALUES = st.recursive(
    st.integers() | st.decimals() | st.booleans() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def anything(value) -> str:
    """Any value as TOML, whatever the standards would say to it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(anything, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_value(key)} = {anything(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Decimal) and not value.is_finite():
        return "inf" if value.is_infinite() else "nan"
    return toml_value(value)


@given(st.lists(st.tuples(SECTIONS, NAMES, VALUES), max_size=3), st.booleans())
def test_any_toml_is_standards_or_a_standards_error(entries, dated):
    lines = [f"{toml_value(a)}.{toml_value(b)} = {anything(value)}" for a, b, value in entries]
    with suppress(StandardsError):
        assert Policy.from_toml("\n".join([HEAD if dated else "", *lines])).on(FIRST)


@given(st.text())
def test_any_text_is_standards_or_a_standards_error(text):
    with suppress(StandardsError):
        assert Policy.from_toml(text).on(FIRST)
