"""One table of paths; the numbered ones are those the official client was generated with."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from sam_adapters.contract import SourceError
from sam_adapters.hubspot.paths import DEFAULT_VERSION, PATHS, VERSIONS, Endpoint, path
from sam_adapters.testing.hubspot import route_of

NOT_IN_THE_CLIENT = {Endpoint.ACCOUNT, Endpoint.EXCHANGE_RATES}
METHODS = {Endpoint.SEARCH, Endpoint.BATCH_READ, Endpoint.ASSOCIATIONS, Endpoint.DEAL_SPLITS}


def generated_paths() -> set[str]:
    spec = find_spec("hubspot")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent / "crm"
    found = set()
    for source in root.rglob("api/*.py"):
        found |= set(re.findall(r'^ +"(/crm/v\d[^"]*)",$', source.read_text("utf-8"), re.MULTILINE))
    return {re.sub(r"\{\w+\}", "{}", one) for one in found}


def test_the_numbered_paths_are_those_of_the_clients_generated_code() -> None:
    known = generated_paths()
    ours = {
        e: re.sub(r"\{\w+\}", "{}", template)
        for e, template in PATHS["v3"].items()
        if e not in NOT_IN_THE_CLIENT
    }
    assert {endpoint for endpoint, template in ours.items() if template not in known} == set()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("endpoint", Endpoint)
def test_every_path_of_every_version_is_one_the_loopback_serves_as_the_vendor_writes_it(
    version, endpoint
) -> None:
    target = path(version, endpoint, "deals", "contacts")
    assert route_of("POST" if endpoint in METHODS else "GET", target) == endpoint.value
    numbered = "v4" if endpoint is Endpoint.ASSOCIATIONS else "v3"
    assert f"/{numbered if version == 'v3' else version}/" in f"{target}/"


def test_every_version_has_every_endpoint_and_the_default_is_one_of_them() -> None:
    assert {frozenset(column) for column in PATHS.values()} == {frozenset(Endpoint)}
    assert DEFAULT_VERSION in VERSIONS


def test_an_unknown_version_is_refused_by_name_with_the_nearest() -> None:
    with pytest.raises(SourceError, match=r"'2026-3' in the table; did you mean '2026-03'"):
        path("2026-3", Endpoint.OWNERS)


def test_names_are_quoted_so_that_none_can_leave_its_place() -> None:
    assert path("2026-09", Endpoint.LIST, "../owners?x=") == "/crm/objects/2026-09/..%2Fowners%3Fx%3D"
