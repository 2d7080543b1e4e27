"""The loopback refuses what HubSpot, or the types of its client, would refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sam_adapters.faults import NotAvailableError, RequestError
from sam_adapters.hubspot.paths import Endpoint
from sam_adapters.testing.hubspot import LoopbackHubSpot, Portal
from sam_adapters.testing.hubspot_wire import wire_problem

MODELS = "hubspot.crm.objects.models"
SEARCH = "PublicObjectSearchRequest"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            {
                "limit": 5,
                "properties": ["a"],
                "filterGroups": [{"filters": [{"propertyName": "a", "operator": "EQ", "value": "1"}]}],
            },
            None,
        ),
        ({"limit": "5"}, "PublicObjectSearchRequest.limit: str is no int"),
        ({"limit": True}, "PublicObjectSearchRequest.limit: bool is no int"),
        ({"properties": "a"}, "PublicObjectSearchRequest.properties: str is no list"),
        ({"properties": ["a", 1]}, r"PublicObjectSearchRequest.properties\[1\]: int is no str"),
        ({"filter_groups": []}, "PublicObjectSearchRequest has no 'filter_groups'"),
        ({"filterGroups": ["x"]}, r"filterGroups\[0\]: str is no FilterGroup"),
        ({"filterGroups": [{"filters": [{"values": [1]}]}]}, r"filters\[0\].values\[0\]: int is no str"),
    ],
)
def test_a_body_is_checked_against_the_generated_model(body: Any, problem: str | None) -> None:
    import re

    found = wire_problem(MODELS, SEARCH, body)
    assert (found is None) if problem is None else re.search(problem, found or "")


def test_flags_are_checked_too() -> None:
    assert wire_problem(MODELS, "SimplePublicObject", {"archived": True}) is None
    assert (
        wire_problem(MODELS, "SimplePublicObject", {"archived": "true"})
        == "SimplePublicObject.archived: str is no bool"
    )


def inputs(count: int) -> dict[str, Any]:
    return {"inputs": [{"id": str(n)} for n in range(count)]}


@pytest.mark.parametrize(
    ("endpoint", "kind", "to", "body"),
    [
        (Endpoint.BATCH_READ, "contacts", "", {**inputs(101), "properties": []}),
        (Endpoint.BATCH_READ, "contacts", "", {"inputs": [{"id": 1}]}),
        (Endpoint.ASSOCIATIONS, "companies", "contacts", inputs(1001)),
        (Endpoint.DEAL_SPLITS, "", "", inputs(101)),
        (Endpoint.SEARCH, "contacts", "", {"limit": 201}),
        (Endpoint.SEARCH, "contacts", "", {"limit": 200, "after": "9801"}),
        (Endpoint.SEARCH, "contacts", "", {"properties": ["x" * 3000]}),
        (Endpoint.SEARCH, "contacts", "", {"filterGroups": [{"filters": []}] * 6}),
        (
            Endpoint.SEARCH,
            "contacts",
            "",
            {"filterGroups": [{"filters": [{"propertyName": "unheard_of", "operator": "EQ", "value": "1"}]}]},
        ),
    ],
)
def test_what_is_over_a_limit_is_refused(
    bench: Callable[..., Any], endpoint: Endpoint, kind: str, to: str, body: Any
) -> None:
    with pytest.raises(RequestError, match="VALIDATION_ERROR"):
        bench().client().call(endpoint, kind, to, body=body)


@pytest.mark.parametrize(("kind", "query"), [("contacts", {"limit": "101"}), ("", {"limit": "501"})])
def test_pages_over_the_limit_are_refused(
    bench: Callable[..., Any], kind: str, query: dict[str, str]
) -> None:
    with pytest.raises(RequestError):
        bench().client().call(Endpoint.LIST if kind else Endpoint.OWNERS, kind, query=query)


def test_objects_nobody_knows_are_refused(bench: Callable[..., Any]) -> None:
    client = bench().client()
    with pytest.raises(NotAvailableError):
        client.call(Endpoint.LIST, "2-99", query={})
    with pytest.raises(NotAvailableError):
        client.call(Endpoint.ASSOCIATIONS, "contacts", "2-99", body=inputs(1))


def test_addresses_nobody_knows_are_not_found(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.hubspot.respond("GET", "/crm/v7/owners", {}, b"")[0].status == 404


def test_archived_records_are_listed_only_when_asked_for(bench: Callable[..., Any]) -> None:
    at = bench()
    at.portal.archive("contacts", "201")
    listed = [
        at.client().call(Endpoint.LIST, "contacts", query={"archived": a})["results"]
        for a in ("false", "true")
    ]
    assert [[row["id"] for row in rows] for rows in listed] == [["202"], ["201"]]


def test_searches_carry_no_rate_headers_and_offsets_page_them(bench: Callable[..., Any]) -> None:
    at = bench()
    client = at.client()
    first = client.call(
        Endpoint.SEARCH,
        "contacts",
        body={"limit": 1, "sorts": [{"propertyName": "lastname", "direction": "ASCENDING"}]},
    )
    assert (first["total"], first["paging"]["next"]["after"]) == (2, "1")
    assert client.policy.ledger.allowed is None
    linked = {"propertyName": "associations.company", "operator": "EQ", "value": "103"}
    found = client.call(Endpoint.SEARCH, "contacts", body={"filterGroups": [{"filters": [linked]}]})
    assert [row["id"] for row in found["results"]] == ["201"]


def test_an_operator_it_does_not_play_is_no_silent_answer() -> None:
    from sam_adapters.testing.hubspot_answers import Request, answer

    portal = Portal()
    portal.add("contacts", "1", lastname="a")
    body = {
        "filterGroups": [
            {"filters": [{"propertyName": "lastname", "operator": "CONTAINS_TOKEN", "value": "a"}]}
        ]
    }
    request = Request(
        name="search",
        version="v3",
        kind="contacts",
        to="",
        path="",
        query={},
        body=body,
        size=9,
        agent="",
        authorized=True,
    )
    with pytest.raises(NotImplementedError, match="CONTAINS_TOKEN"):
        answer(portal, request, 10)


def test_it_has_an_address_only_while_it_runs() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = LoopbackHubSpot(Portal()).url
