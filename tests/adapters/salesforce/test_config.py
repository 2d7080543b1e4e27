"""The mapping file: what it may say, and what it may not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sam_adapters.salesforce.config import ConfigError, SalesforceConfig, read_document
from sam_adapters.salesforce.objects import STANDARD_OBJECTS


def of(document: Any) -> SalesforceConfig:
    return SalesforceConfig.from_mapping(document)


def test_an_empty_document_is_the_standard_map() -> None:
    assert of({}) == of({"salesforce": {}}) == SalesforceConfig()
    assert dict(of({}).objects) == dict(STANDARD_OBJECTS)


def test_the_version_is_one_that_has_account_plans() -> None:
    assert float(SalesforceConfig().version) >= 62.0


def test_every_object_and_field_can_be_named_anew() -> None:
    changed = of(
        {
            "objects": {
                "cases": {"object": "Ticket__c", "account": "Firm__r", "fields": {"priority": "Urgency__c"}}
            }
        }
    )
    spec = changed.objects["cases"]
    assert (spec.object, spec.account_field, spec.fields["priority"]) == (
        "Ticket__c",
        "Firm__c",
        "Urgency__c",
    )
    assert spec.fields["subject"] == STANDARD_OBJECTS["cases"].fields["subject"]


@pytest.mark.parametrize(
    ("written", "path", "held_in"),
    [
        ("Account__r", "Account__r", "Account__c"),
        ("Account__c", "Account__r", "Account__c"),
        ("AccountId", "Account", "AccountId"),
        ("Plan__c.AccountId", "Plan__r.Account", "Plan__r.AccountId"),
    ],
)
def test_the_way_to_the_account_may_be_written_by_field_or_by_relationship(
    written: str, path: str, held_in: str
) -> None:
    spec = of({"objects": {"cases": {"account": written}}}).objects["cases"]
    assert (spec.account, spec.account_field) == (path, held_in)


def test_a_field_or_a_condition_can_be_taken_away() -> None:
    spec = of({"objects": {"contracts": {"fields": {"currency": ""}, "where": {"StatusCode": ""}}}}).objects[
        "contracts"
    ]
    assert "currency" not in spec.fields
    assert not spec.where


def test_an_object_can_be_switched_off() -> None:
    assert "cases" not in {spec.key for spec in of({"objects": {"cases": {"enabled": False}}}).specs}


def test_words_of_the_org_are_added_to_the_usual_ones() -> None:
    words = of({"values": {"buyer_role": {"Gatekeeper": "blocker"}}}).values["buyer_role"]
    assert words["gatekeeper"] == "blocker"
    assert words["decision maker"] == "decision maker"


@pytest.mark.parametrize(
    ("document", "saying"),
    [
        ({"salesforce": {"curency": "EUR"}}, "did you mean 'currency'"),
        ({"currency": "EURO"}, "salesforce.currency"),
        ({"currency": 5}, "not a text"),
        ({"version": "65"}, "version in service"),
        ({"version": "40.0"}, "version in service"),
        ({"sold": "wishes"}, "opportunities, orders, assets"),
        ({"own_location": "sometimes"}, "auto, always, never"),
        ({"book": "x"}, "auto, owner, assignments, team"),
        ({"levels": 5}, "0 to 4"),
        ({"levels": True}, "0 to 4"),
        ({"bulk_above": -1}, "0 on"),
        ({"objects": {"case": {}}}, "did you mean 'cases'"),
        ({"objects": {"cases": "Case"}}, "not a table"),
        ({"objects": []}, "not a table"),
        ({"objects": {"cases": {"objekt": "x"}}}, "did you mean 'object'"),
        ({"objects": {"cases": {"object": "Case; DROP"}}}, "no API name"),
        ({"objects": {"cases": {"account": "Account.' OR"}}}, "no API name"),
        ({"objects": {"cases": {"fields": {"priority": "(SELECT Id FROM X)"}}}}, "no API name"),
        ({"objects": {"cases": {"fields": {"priority": 3}}}}, "no API name"),
        (
            {"objects": {"cases": {"fields": {"prioritty": "P__c"}}}},
            "no field 'prioritty'; did you mean 'priority'",
        ),
        ({"objects": {"cases": {"where": {"A = 'b' OR C": "x"}}}}, "no API name"),
        ({"objects": {"cases": {"where": {"Reach__c": 1.5}}}}, "where.Reach__c: 1.5 is no condition"),
        ({"objects": {"cases": {"where": {"On__c": date(2026, 1, 1)}}}}, "is no condition"),
        ({"objects": {"cases": {"where": {"Type": []}}}}, r"where.Type: \[\] is no condition"),
        ({"objects": {"cases": {"where": {"Type": ["a", None]}}}}, "is no condition"),
        ({"objects": {"cases": {"fields": {"opened_at": ""}}}}, "'opened_at' is needed"),
        ({"objects": {"cases": {"enabled": "no"}}}, "true or false"),
        ({"objects": {"cases": {"weight": "heavy"}}}, "whole number"),
        ({"objects": {"needs": {"object": "Need__c"}}}, "lead to the account"),
        ({"objects": {"readings": {"object": "R__c", "account": "Account__r"}}}, "is needed"),
        ({"values": {"buyer_role": {"X": 3}}}, "stands for a text"),
        ({"values": {"buyer_role": "X"}}, "not a table"),
    ],
)
def test_what_cannot_hold_is_refused_by_name(document: Any, saying: str) -> None:
    with pytest.raises(ConfigError, match=saying):
        of(document)


def test_a_file_that_is_not_there_or_no_toml_is_refused_by_name(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
        read_document(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("a = = b")
    with pytest.raises(ConfigError, match=r"bad\.toml: not TOML"):
        read_document(tmp_path / "bad.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not TOML"):
        read_document(tmp_path / "bytes.toml")


@pytest.mark.parametrize("spec", STANDARD_OBJECTS.values(), ids=lambda spec: spec.key)
def test_every_entry_of_the_standard_map_can_do_its_work(spec: Any) -> None:
    assert not spec.object or spec.required <= set(spec.fields)
    assert spec.feeds or spec.helps or spec.key in ("currencies", "rates", "orders")
    assert spec.path("id").endswith((".Id", ".id"))


def test_a_whole_org_s_map_is_described_in_one_call() -> None:
    assert len({spec.object for spec in SalesforceConfig().specs}) <= 25
