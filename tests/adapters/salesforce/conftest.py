"""A loopback org and the real client speaking to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("simple_salesforce", reason="install sam-core[salesforce]")

from sam_adapters.contract import BookReading, BookRequest
from sam_adapters.salesforce.adapter import SalesforceAdapter
from sam_adapters.salesforce.connection import salesforce_policy
from sam_adapters.salesforce.plugin import open_salesforce
from sam_adapters.testing import reference_corpus
from sam_adapters.testing.salesforce import LoopbackSalesforce, Org
from sam_adapters.testing.salesforce_corpus import CORPUS_MAPPING, corpus_org
from sam_adapters.testing.salesforce_schema import standard_org
from sam_core.standards import Policy, Revision
from sam_core.values import Period

ME = "005000000000000001"
YEAR = Period.year(2026)


class Bench:
    """Opens adapters on loopback orgs, with a clock that only counts."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.running: list[LoopbackSalesforce] = []

    def serve(self, org: Org) -> LoopbackSalesforce:
        loopback = LoopbackSalesforce(org).__enter__()
        self.running.append(loopback)
        return loopback

    def policy(self, **changes: Any) -> Any:
        now = [0.0]

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            now[0] += seconds

        return salesforce_policy(
            **{"sleep": sleep, "clock": lambda: now[0], "jitter": lambda: 0.0, **changes}
        )

    def open(self, loopback: LoopbackSalesforce, mapping: Any = None, **more: Any) -> SalesforceAdapter:
        settings: dict[str, Any] = {
            "instance_url": loopback.url,
            "token": loopback.org.token,
            "session": loopback.session(),
            "policy": self.policy(),
            "environ": {},
            "mapping": {"currency": "EUR"} if mapping is None else mapping,
        }
        return open_salesforce(**{**settings, **more})

    def read(
        self, adapter: SalesforceAdapter, manager_id: str = ME, level: str = "ultimate parent", **more: Any
    ) -> BookReading:
        revision = Revision(effective=YEAR.start, values={"customer.level": level})
        request = BookRequest(manager_id=manager_id, period=YEAR, policy=Policy((revision,)), **more)
        return adapter.read(request)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    for loopback in made.running:
        loopback.__exit__(None, None, None)


@pytest.fixture
def small() -> Org:
    """One manager, one customer with one account below it."""
    return small_org()


@pytest.fixture
def make_small() -> Callable[..., Org]:
    return small_org


def small_org(**features: bool) -> Org:
    org = standard_org(**features)
    org.add("User", Id=ME, Name="Ada", UserType="Standard")
    org.add("Account", Id="001000000000000001", Name="Acme", OwnerId=ME, Industry="Steel")
    org.add(
        "Account",
        Id="001000000000000002",
        Name="Acme Leeds",
        OwnerId=ME,
        ParentId="001000000000000001",
        ShippingCity="Leeds",
    )
    return org


@pytest.fixture
def corpus_loopback(bench: Bench) -> LoopbackSalesforce:
    return bench.serve(corpus_org(reference_corpus()))


@pytest.fixture
def corpus_adapter(bench: Bench, corpus_loopback: LoopbackSalesforce) -> SalesforceAdapter:
    return bench.open(corpus_loopback, CORPUS_MAPPING)
