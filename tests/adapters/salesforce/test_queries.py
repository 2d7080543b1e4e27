"""What is asked of the org: nothing unquoted, nothing unknown to others who know SOQL."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sam_adapters.salesforce.capabilities import readable_objects
from sam_adapters.salesforce.client import FieldInfo
from sam_adapters.salesforce.config import ConfigError, SalesforceConfig, check_path
from sam_adapters.salesforce.objects import STANDARD_OBJECTS
from sam_adapters.salesforce.queries import (
    Among,
    Everyone,
    Owned,
    Query,
    held_query,
    literal,
    managers_query,
    queries,
    query,
)
from sam_adapters.testing.salesforce_corpus import CORPUS_MAPPING
from sam_adapters.testing.salesforce_schema import standard_org
from sam_adapters.testing.salesforce_soql import SoqlError, evaluate

DESCRIBES = Path(__file__).parents[4] / "shared" / "data" / "sf-describe"
PARSER = "@jetstreamapp/soql-parser-js"
HOSTILE = (
    "O'Brien",
    "back\\slash",
    "\\' OR Name != '",
    'say "hi"',
    "two\nlines\r\tand a tab",
    "bell\bfeed\f",
    "x') OR (Id != null",
    "'; DELETE",
    "emoji 🚰 \u2028 عربي",
    "%_{!x}@{ref.id}",
    "",
)
_texts = st.text(max_size=30) | st.sampled_from(HOSTILE)


def _all(config: SalesforceConfig, manager: str = "005000000000000001") -> list[Query]:
    """Every query this map can come to."""
    readable = {spec.key: sorted(spec.fields) for spec in config.specs}
    found = []
    for extent in (Owned(manager), Among(manager, ("001A", manager)), Everyone()):
        for levels in range(5):
            for count in (False, True):
                found += queries(config, readable, extent, levels=levels, count=count)
    found.append(managers_query(config, sorted(config.objects["users"].fields)))
    for key in ("assignments", "team"):
        spec = config.objects[key]
        if spec.object:
            found += [held_query(spec, sorted(spec.fields), who) for who in (manager, None)]
    return found


CONFIGS = {
    "standard": SalesforceConfig(currency="EUR"),
    "corpus": SalesforceConfig.from_mapping(CORPUS_MAPPING),
    "all on": SalesforceConfig.from_mapping(
        {"objects": {key: {"enabled": True} for key, spec in STANDARD_OBJECTS.items() if spec.object}}
    ),
    "conditions": SalesforceConfig.from_mapping(
        {
            "objects": {
                "cases": {
                    "where": {
                        "Priority!": ["Low's", 'a "b"'],
                        "Type": "x\\y",
                        "IsEscalated": True,
                        "Origin!": "q",
                    }
                },
                "contracts": {"where": {"StatusCode": "", "ContractTerm": 12}},
            }
        }
    ),
}


# --- an independent parser ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def soql_parser() -> Any:
    """Parses texts with the npm package, which knows nothing of this project."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are needed for the independent SOQL parser")
    home = Path(tempfile.gettempdir()) / "sam-core-soql-parser"
    home.mkdir(exist_ok=True)
    if not (home / "node_modules" / PARSER).is_dir():
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--silent", PARSER],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"the package registry does not answer: {done.stderr[-300:]}")
    script = (
        f"const {{parseQuery}} = require('{PARSER}');"
        "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map(t => { try { return parseQuery(t); } catch (e) { return {error: String(e)}; } })));"
    )

    def parse(texts: list[str]) -> list[dict[str, Any]]:
        done = subprocess.run(
            ["node", "-e", script],
            cwd=home,
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        parsed: list[dict[str, Any]] = json.loads(done.stdout)
        return parsed

    return parse


def _paths(parsed: dict[str, Any]) -> list[str]:
    return [
        ".".join([*field.get("relationships", []), field["field"]])
        for field in parsed.get("fields", [])
        if "field" in field
    ]


def _conditions(where: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = []
    while where:
        found.append(where["left"])
        where = where.get("right")
    return found


@pytest.mark.parametrize("name", CONFIGS)
def test_another_parser_reads_every_query_as_it_was_meant(soql_parser: Any, name: str) -> None:
    made = _all(CONFIGS[name])
    texts = {one.soql: one for one in made}
    for (text, one), parsed in zip(texts.items(), soql_parser(list(texts)), strict=True):
        assert "error" not in parsed, (text, parsed)
        assert parsed["sObject"] == one.spec.object
        if "COUNT()" not in text:
            assert _paths(parsed) == list(dict.fromkeys(one.paths))


def test_another_parser_finds_a_hostile_name_inside_its_quotes(soql_parser: Any) -> None:
    config = CONFIGS["standard"]
    names = [name.replace("\u2028", "") for name in HOSTILE]  # its lexer takes no line separator in a literal
    texts = [queries(config, {"contacts": ["id", "name"]}, Owned(name), levels=0)[0].soql for name in names]
    for name, parsed in zip(names, soql_parser(texts), strict=True):
        (condition,) = _conditions(parsed["where"])
        assert condition["field"] == "Account.OwnerId"
        assert condition["value"] == literal(name)


# --- recorded describes ------------------------------------------------------------------------

_FEATURES = {"CurrencyIsoCode", "IsPersonAccount", "PersonContactId", "PersonTitle"}


def _described() -> dict[str, Any]:
    if not DESCRIBES.is_dir():
        pytest.skip("the recorded describes are not here")
    found = {}
    for path in sorted(DESCRIBES.glob("*.describe.json")):
        fields = json.loads(path.read_text("utf-8"))["fields"]
        found[path.name.removesuffix(".describe.json")] = {
            one["name"]: FieldInfo(
                one["type"], one.get("relationshipName") or "", tuple(one.get("referenceTo") or ())
            )
            for one in fields
        }
    return found


def test_what_real_orgs_describe_has_every_field_the_standard_map_reads() -> None:
    described = _described()
    found = readable_objects(SalesforceConfig(currency="EUR"), described)
    checked = [source for source in found.values() if source.spec.object in described]
    assert len(checked) == 6
    for source in checked:
        assert source.gap is None, source.gap
        missing = {source.spec.fields[name] for name in set(source.spec.fields) - source.names}
        assert missing <= _FEATURES, (source.spec.object, missing)


def test_a_real_org_with_person_accounts_has_their_fields() -> None:
    described = _described()
    org = {**described, "Account": described["Account_PersonAccount"]}
    names = readable_objects(SalesforceConfig(currency="EUR"), org)["accounts"].names
    assert {"is_person", "person_contact_id", "person_title"} <= names


def test_every_field_of_every_query_on_a_described_object_is_described(soql_parser: Any) -> None:
    described = _described()
    made = {one.soql: one for one in _all(SalesforceConfig(currency="EUR")) if one.spec.object in described}
    for (text, one), parsed in zip(made.items(), soql_parser(list(made)), strict=True):
        used = _paths(parsed) + [condition["field"] for condition in _conditions(parsed.get("where"))]
        for path in used:
            at = one.spec.object
            *steps, last = path.split(".")
            for step in steps:
                if at in described:
                    info = next((f for f in described[at].values() if f.relationship == step), None)
                    assert info is not None, (text, path)
                    at = info.targets[0]
            assert at not in described or last in described[at] or last in _FEATURES, (text, path)


# --- values and names --------------------------------------------------------------------------


@given(_texts)
@settings(max_examples=150)
@example("\\")
@example("'")
def test_whatever_the_name_the_query_finds_that_name_and_no_other(name: str) -> None:
    org = standard_org()
    for number, owner in enumerate(("", "x", name, name + "'", name.swapcase())):
        org.add("Account", Id=f"001{number:015d}", Name="n", OwnerId=owner)
    spec = SalesforceConfig(currency="EUR").objects["accounts"]
    made = query(spec, ["id"], Owned(name), owner="OwnerId", levels=0)
    _, _, found = evaluate(made.soql, org.visible, org.records, org.find)
    assert {row["OwnerId"] for row in found} == {name}


@given(_texts)
@settings(max_examples=100)
def test_a_name_never_changes_the_shape_of_a_query(name: str) -> None:
    def shape(manager: str) -> list[str]:
        made = queries(CONFIGS["standard"], {"lines": ["id"]}, Owned(manager), levels=2)[0].soql
        return made.replace(literal(manager), "?").split()

    assert shape(name) == shape("x")


@given(_texts)
@settings(max_examples=60)
def test_our_quoting_is_that_of_the_client_library(name: str) -> None:
    from simple_salesforce.format import format_soql

    assert literal(name) == format_soql("{}", name)


@pytest.mark.parametrize(
    ("value", "soql"), [(None, "null"), (True, "TRUE"), (False, "FALSE"), (12, "12"), ("a", "'a'")]
)
def test_each_kind_of_value_is_written_as_soql_writes_it(value: Any, soql: str) -> None:
    assert literal(value) == soql


@given(st.text(max_size=20) | st.from_regex(r"[A-Za-z_0-9.]{1,12}", fullmatch=True))
@settings(max_examples=150)
def test_a_name_that_is_no_api_name_never_enters_a_query(name: str) -> None:
    parts = name.split(".")
    plain = name.isascii() and all(part[:1].isalpha() and part.replace("_", "").isalnum() for part in parts)
    if plain:
        assert check_path(name, "here") == name
    else:
        with pytest.raises(ConfigError, match="here"):
            check_path(name, "here")


@pytest.mark.parametrize(
    "spec", [s for s in STANDARD_OBJECTS.values() if s.object], ids=lambda spec: spec.key
)
def test_no_path_climbs_more_than_five_relationships(spec: Any) -> None:
    made = queries(
        SalesforceConfig(currency="EUR", levels=4), {spec.key: sorted(spec.fields)}, Owned("x"), levels=4
    )[0]
    words = made.soql.replace("(", " ").replace(",", " ").split()
    assert max(word.count(".") for word in words) <= 5


# --- the loopback's own SOQL -------------------------------------------------------------------

REFUSED = [
    ("SELECT Id FROM Nothing", "INVALID_TYPE"),
    ("SELECT Wrong FROM Account", "INVALID_FIELD"),
    ("SELECT Wrong.Name FROM Account", "INVALID_FIELD"),
    ("SELECT Id, Id FROM Account", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Id IN ()", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Id = 'a' AND Id = 'b' OR Id = 'c'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name = 'a\\q'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name = 'a\nb'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name =", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name = Other", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account extra", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Parent.Parent.Parent.Parent.Parent.Parent.Name = 'x'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Account)", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT Id, Name FROM User)", "MALFORMED_QUERY"),
    ("SELECT Id FROM Case WHERE Account.OwnerId IN (SELECT Id FROM User)", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE (Id IN (SELECT Id FROM User) OR Id = 'a')", "MALFORMED_QUERY"),
    (f"SELECT Id FROM Account WHERE Name = '{'x' * 4001}'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Account WHERE Name = 'x'" + " " * 100_000 + "AND", "MALFORMED_QUERY"),
    ("SELECT", "MALFORMED_QUERY"),
    ("FROM Account", "MALFORMED_QUERY"),
    ("SELECT ; FROM Account", "MALFORMED_QUERY"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=lambda value: value[:50])
def test_the_loopback_refuses_what_salesforce_refuses(text: str, code: str) -> None:
    org = standard_org()
    with pytest.raises(SoqlError) as seen:
        evaluate(text, org.visible, org.records, org.find)
    assert seen.value.code == code


MEANT = [
    ("Name = 'ACME'", "12"),
    ("OwnerId = '005a'", ""),
    ("AnnualRevenue > 5", "2"),
    ("AnnualRevenue >= 5", "12"),
    ("AnnualRevenue < 5.5", "1"),
    ("AnnualRevenue <= 7", "12"),
    ("AnnualRevenue != null", "12"),
    ("AnnualRevenue = null", "3"),
    ("Parent.Name = 'acme'", "2"),
    ("NOT Name = 'acme'", "3"),
    ("Name IN ('acme', 'x')", "12"),
    ("Name NOT IN ('acme')", "3"),
    ("(Name = 'acme' AND AnnualRevenue > 5) OR Name = 'other'", "23"),
    ("OwnerId IN (SELECT Id FROM User WHERE Name = 'ada')", "12"),
    ("Name != 'acme' LIMIT 1", "3"),
]


@pytest.mark.parametrize(("where", "found"), MEANT)
def test_the_loopback_answers_as_salesforce_would(where: str, found: str) -> None:
    org = standard_org()
    org.add("User", Id="005A", Name="Ada")
    org.add("Account", Id="1", Name="Acme", OwnerId="005A", AnnualRevenue=5)
    org.add("Account", Id="2", Name="acme", OwnerId="005A", AnnualRevenue=7, ParentId="1")
    org.add("Account", Id="3", Name="other")
    org.add("Account", Id="4", Name="acme", IsDeleted=True)
    _, _, rows = evaluate(f"SELECT Id FROM Account WHERE {where}", org.visible, org.records, org.find)
    assert "".join(row["Id"] for row in rows) == found
