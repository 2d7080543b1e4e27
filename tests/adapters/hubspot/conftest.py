"""A loopback HubSpot with the real client talking to it, and time that passes without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("hubspot", reason="install sam-core[hubspot]")

from sam_adapters.contract import BookReading, BookRequest
from sam_adapters.hubspot.adapter import HubSpotAdapter
from sam_adapters.hubspot.client import HubSpotClient, connect
from sam_adapters.hubspot.config import HubSpotConfig
from sam_adapters.testing.hubspot import LoopbackHubSpot, Portal
from sam_adapters.transport import TransportPolicy
from sam_core.book import Dossier
from sam_core.values import Period

PERIOD = Period.year(2026)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Bench:
    """A loopback HubSpot and what talks to it."""

    def __init__(self, stack: ExitStack, portal: Portal | None = None) -> None:
        self.portal = small_portal() if portal is None else portal
        self.period = PERIOD
        self.hubspot = stack.enter_context(LoopbackHubSpot(self.portal))
        self.clock = Clock()

    def policy(self, **more: Any) -> TransportPolicy:
        return TransportPolicy(
            source="HubSpot", clock=self.clock, sleep=self.clock.sleep, jitter=lambda: 0.0, **more
        )

    def client(self, **more: Any) -> HubSpotClient:
        given = {"access_token": self.portal.token, "host": self.hubspot.url, "policy": self.policy()}
        more.setdefault("now", lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
        return connect(**{**given, **more})

    def adapter(self, config: dict[str, Any] | None = None, **more: Any) -> HubSpotAdapter:
        given = HubSpotConfig.from_mapping({"workers": 1, **(config or {})})
        return HubSpotAdapter(self.client(version=given.api_version, **more), given)

    def reading(self, config: dict[str, Any] | None = None, manager: str = "7", **more: Any) -> BookReading:
        return self.adapter(config, **more).read(BookRequest(manager_id=manager, period=PERIOD))

    def dossiers(self, *collections: str, **config: Any) -> dict[str, Dossier]:
        return {dossier.id: dossier for dossier in self.reading(config).book.dossiers(*collections)}


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    with ExitStack() as stack:
        yield lambda portal=None: Bench(stack, portal)


def small_portal() -> Portal:
    """One manager, two accounts, one of them with a child company; a deal, a ticket, people."""
    portal = Portal()
    portal.owners += [
        {
            "id": "7",
            "email": "ada@example.com",
            "firstName": "Ada",
            "lastName": "B",
            "userId": 70,
            "archived": False,
        },
        {
            "id": "8",
            "email": "bo@example.com",
            "firstName": "Bo",
            "lastName": "",
            "userId": 80,
            "archived": True,
        },
    ]
    stages = [
        {"id": "s1", "label": "Offer", "metadata": {"isClosed": "false", "probability": "0.4"}},
        {"id": "s2", "label": "Won", "metadata": {"isClosed": "true", "probability": "1.0"}},
        {"id": "s3", "label": "Lost", "metadata": {"isClosed": "true", "probability": "0.0"}},
    ]
    portal.pipelines["deals"] = [{"id": "p", "label": "Sales", "stages": stages}]
    for company, children in (("101", "1"), ("102", "0")):
        portal.add(
            "companies",
            company,
            name=f"Company {company}",
            hubspot_owner_id="7",
            hs_num_child_companies=children,
            city="Oslo",
            num_associated_contacts="0" if company == "101" else "1",
            num_associated_deals="1" if company == "101" else "0",
        )
    portal.add(
        "companies", "103", name="Plant", hubspot_owner_id="8", hs_num_child_companies="0", city="Bergen"
    )
    portal.link("companies", "101", "companies", "103", (13, 14))
    portal.add("contacts", "201", firstname="Nora", lastname="N", hs_buying_role="DECISION_MAKER;CHAMPION")
    portal.add("contacts", "202", firstname="Per", lastname="P")
    portal.link("companies", "103", "contacts", "201", (2, 1))
    portal.link("companies", "102", "contacts", "202", (2, 1))
    portal.add(
        "deals",
        "301",
        dealname="Pumps",
        pipeline="p",
        dealstage="s2",
        createdate="2026-01-02T10:00:00Z",
        closedate="2026-02-03T10:00:00Z",
        amount="300",
        hs_is_closed_won="true",
        hs_is_closed="true",
        num_associated_contacts="1",
        hs_num_of_associated_line_items="2",
        hubspot_owner_id="7",
    )
    portal.link("companies", "101", "deals", "301", (6, 5))
    portal.link("deals", "301", "contacts", "201", (3, 4))
    portal.add("products", "501", name="Pump")
    for line, amount in (("401", "100"), ("402", "200")):
        portal.add("line_items", line, hs_product_id="501", quantity="2", amount=amount)
        portal.link("deals", "301", "line_items", line, (19, 20))
    portal.add("tickets", "601", subject="Leak", createdate="2026-03-01T08:00:00Z", hs_ticket_priority="HIGH")
    portal.link("companies", "102", "tickets", "601", (25, 26))
    return portal
