"""The mapping file: what it may say, and how it says what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sam_adapters.hubspot.config import ConfigError, HubSpotConfig
from sam_adapters.hubspot.objects import STANDARD_OBJECTS

WRONG = {
    "a setting nobody knows": ({"plans": "batch"}, r"no setting 'plans'; did you mean 'plan'"),
    "a plan nobody knows": ({"plan": "fast"}, "'fast' is not one of batch, search"),
    "a version nobody knows": ({"api_version": "2019-01"}, "'2019-01' is not one of v3, 2026-03, 2026-09"),
    "an own_location nobody knows": ({"own_location": "maybe"}, "auto, always, never"),
    "a flag that is none": ({"sold": "yes"}, "hubspot.sold: 'yes' is neither true nor false"),
    "a text that is none": ({"value_basis": 3}, "hubspot.value_basis: 3 is not a text"),
    "a currency that is none": ({"currency": "EURO"}, "hubspot.currency: 'EURO' is no ISO 4217 code"),
    "too many workers": ({"workers": 99}, "99 is not a whole number from 1 to 16"),
    "workers that are true": ({"workers": True}, "from 1 to 16"),
    "a property that is none": ({"owner_property": "Owner Name"}, "'Owner Name' is no property name"),
    "pipelines that are numbers": ({"order_pipelines": [3]}, "order_pipelines: give the ids"),
    "a token": ({"access_token": "pat-secret"}, "no place for a secret; set HUBSPOT_ACCESS_TOKEN"),
    "an entry nobody knows": ({"objects": {"deal": {}}}, r"no entry 'deal'; did you mean 'deals'"),
    "an entry that is no table": ({"objects": {"deals": 3}}, "hubspot.objects.deals: 3 is not a table"),
    "a setting of an entry nobody knows": ({"objects": {"deals": {"field": {}}}}, "did you mean 'fields'"),
    "an object that is none": ({"objects": {"plans": {"object": "2/3"}}}, "'2/3' is no object"),
    "enabled that is no flag": ({"objects": {"splits": {"enabled": 1}}}, "enabled: 1 is neither"),
    "a field that is none": ({"objects": {"deals": {"fields": {"name": "x; DROP"}}}}, "is no property name"),
    "a field we do not have": (
        {"objects": {"contacts": {"fields": {"influense": "x"}}}},
        "no field 'influense'; did you mean 'influence'",
    ),
    "a needed field left away": ({"objects": {"deals": {"fields": {"name": ""}}}}, "'name' is needed"),
    "a custom object without what it needs": ({"objects": {"plans": {"object": "2-1"}}}, "'end' is needed"),
    "a person that is no property": ({"objects": {"quotas": {"person": "A B"}}}, "is no property name"),
    "words that are no texts": ({"values": {"buyer_role": {"x": 3}}}, "every word stands for a text"),
    "a scale of one end": ({"scales": {"CSAT": [5]}}, r"like \[1, 5\]"),
    "a scale of words": ({"scales": {"CSAT": ["low", "high"]}}, r"like \[1, 5\]"),
    "people with a setting nobody knows": ({"people": {"7": {"boss": "8"}}}, "no setting 'boss'"),
    "no table at all": ({"hubspot": 5}, "hubspot: 5 is not a table"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_hold_is_named_with_what_would(name: str) -> None:
    document, message = WRONG[name]
    with pytest.raises(ConfigError, match=message):
        HubSpotConfig.from_mapping(document)


def test_the_secret_in_a_file_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        HubSpotConfig.from_mapping({"access_token": "pat-secret"})
    assert "pat-secret" not in str(caught.value)


def test_an_empty_file_is_the_standard_map() -> None:
    config = HubSpotConfig.from_mapping({"hubspot": {}})
    assert config == HubSpotConfig()
    assert config.objects == STANDARD_OBJECTS
    assert {spec.key for spec in config.specs} == {
        *"companies contacts deals lines tickets meetings calls readings products quotas".split()
    }


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "hubspot.toml"
    file.write_text(
        """
        [hubspot]
        plan = "search"
        [hubspot.objects.contacts.fields]
        influence = "influence_level"
        title = ""
        [hubspot.objects.plans]
        object = "2-1174301"
        fields = { title = "plan_name", start = "valid_from", end = "valid_to", owner_id = "=7" }
        [hubspot.values.buyer_role]
        Procurement = "blocker"
        [hubspot.scales]
        CSAT = [1, 5]
        """,
        "utf-8",
    )
    config = HubSpotConfig.from_toml(file)
    assert config.plan == "search"
    contacts, plans = config.objects["contacts"], config.objects["plans"]
    assert contacts.fields["influence"] == "influence_level"
    assert contacts.place("influence") == "contacts.influence_level"
    assert "title" not in contacts.fields
    assert plans.properties == ("plan_name", "valid_from", "valid_to", "hs_merged_object_ids")
    assert config.values["buyer_role"]["procurement"] == "blocker"
    assert config.values["buyer_role"]["champion"] == "champion"
    assert config.scales == {
        "NPS": (Decimal(0), Decimal(10)),
        "CES": (Decimal(1), Decimal(7)),
        "CSAT": (Decimal(1), Decimal(5)),
    }


@pytest.mark.parametrize(("text", "message"), [(b"plan = ", "not TOML"), (b"\xff", "not TOML")])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(text)
    with pytest.raises(ConfigError, match=f"broken.toml: {message}"):
        HubSpotConfig.from_toml(file)
    with pytest.raises(ConfigError, match=r"absent\.toml: No such file"):
        HubSpotConfig.from_toml(tmp_path / "absent.toml")


def test_the_adapter_takes_a_path_a_mapping_or_a_config(bench: Callable[..., Any], tmp_path: Path) -> None:
    from sam_adapters.hubspot.adapter import open_hubspot

    file = tmp_path / "hubspot.toml"
    file.write_text('[hubspot]\nplan = "search"\n', "utf-8")
    at = bench()
    for mapping in (file, str(file), {"plan": "search"}, HubSpotConfig(plan="search")):
        adapter = open_hubspot(access_token=at.portal.token, host=at.hubspot.url, mapping=mapping)
        assert adapter.settings.config.plan == "search"


def test_the_file_shown_to_administrators_holds() -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "hubspot.md"
    block = page.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    config = HubSpotConfig.from_mapping(tomllib.loads(block))
    assert config.objects["initiatives"].fields["company_invests"] == "our_share"
    assert config.order_pipelines == ("87654321",)


def test_every_scope_of_the_map_is_named_to_administrators() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "hubspot.md").read_text("utf-8")
    assert [spec.scope for spec in STANDARD_OBJECTS.values() if f"`{spec.scope}`" not in page] == []
