"""The HubSpot adapter gives back the reference corpus, record for record, at every API version and by both plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sam_adapters.contract import CONCEPTS, Adapter, BookRequest
from sam_adapters.hubspot.adapter import HubSpotAdapter
from sam_adapters.hubspot.paths import VERSIONS
from sam_adapters.hubspot.plan import PLANS
from sam_adapters.testing import AdapterConformance, Corpus, differences, reference_corpus
from sam_adapters.testing.hubspot_corpus import hubspot_portal
from sam_adapters.testing.hubspot_layout import CUSTOM_OBJECTS
from sam_adapters.testing.hubspot_portal import SCOPES, Portal
from sam_core.book import COLLECTIONS
from sam_core.values import Why

WITHOUT = {
    "buyers.influence": ("contacts", "influence"),
    "buyers.role": ("contacts", "hs_buying_role"),
    "buyers.title": ("contacts", "jobtitle"),
    "sale_lines.cost": ("line_items", "line_cost"),
    "sale_lines.quantity": ("line_items", "quantity"),
    "opportunities.next_step": ("deals", "hs_next_step"),
    "opportunities.lead_id": ("deals", "hubspot_owner_id"),
    "cases.priority": ("tickets", "hs_ticket_priority"),
    "cases.escalated_at": ("tickets", "escalated_at"),
    "meetings.subject": ("meetings", "hs_meeting_title"),
    "contracts.yearly_amount": (CUSTOM_OBJECTS["contracts"], "yearly_amount"),
    "deliveries.delivered_on": (CUSTOM_OBJECTS["deliveries"], "delivered_on"),
}


def reversed_portal(portal: Portal) -> Portal:
    for kind, records in portal.objects.items():
        portal.objects[kind] = dict(reversed(records.items()))
    portal.owners.reverse()
    return portal


class TestHubSpot(AdapterConformance):
    entry = "hubspot"
    secrets = ("pat-loopback-0000",)

    @pytest.fixture
    def build(self, bench: Callable[..., Any], corpus: Corpus) -> Callable[..., HubSpotAdapter]:
        def build(change: Callable[[Portal], object] = lambda _: None, **config: Any) -> HubSpotAdapter:
            portal, mapping = hubspot_portal(corpus)
            change(portal)
            return bench(portal).adapter({**mapping, **config})

        return build

    @pytest.fixture
    def adapter(self, build: Callable[..., HubSpotAdapter]) -> Adapter:
        return build()

    @pytest.fixture
    def shuffled_adapter(self, build: Callable[..., HubSpotAdapter]) -> Adapter:
        return build(reversed_portal, plan="search")

    @pytest.fixture
    def faulty_adapter(self, build: Callable[..., HubSpotAdapter], corpus: Corpus) -> Adapter:
        line = next(d for d in corpus.dossiers).sale_lines[0].id
        return build(lambda portal: portal.objects["line_items"][line].properties.update(line_cost="a lot"))

    @pytest.fixture
    def adapter_without(self, build: Callable[..., HubSpotAdapter]) -> Callable[[str], Adapter | None]:
        def without(field: str) -> Adapter | None:
            if field not in WITHOUT:
                return None
            kind, name = WITHOUT[field]
            return build(lambda portal: portal.removed.add((kind, name)))

        return without


@pytest.fixture
def corpus() -> Corpus:
    return reference_corpus()


def books(adapter: HubSpotAdapter, corpus: Corpus) -> Iterator[list[str]]:
    for manager in corpus.managers:
        book = adapter.read(BookRequest(manager_id=manager.id, period=corpus.period)).book
        yield differences(corpus.expected(manager.id, adapter.capabilities), book)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_and_plan_gives_the_corpus_in_the_calls_planned(
    bench: Callable[..., Any], corpus: Corpus, version: str, plan: str
) -> None:
    portal, mapping = hubspot_portal(corpus)
    at = bench(portal)
    adapter = at.adapter({**mapping, "api_version": version, "plan": plan, "workers": 3})
    assert list(books(adapter, corpus)) == [[], [], []]
    assert adapter.ledger.planned == adapter.ledger.actual == len(at.hubspot.requests)
    assert {r.version for r in at.hubspot.requests} == ({"v3", "v4"} if version == "v3" else {version})


@pytest.mark.parametrize(
    "scope", sorted(set(SCOPES.values()) - {"crm.objects.companies.read", "crm.objects.owners.read"})
)
def test_a_missing_scope_makes_unknown_what_it_hides_and_leaves_the_rest(
    bench: Callable[..., Any], corpus: Corpus, scope: str
) -> None:
    portal, mapping = hubspot_portal(corpus)
    portal.hidden.add(scope)
    adapter = bench(portal).adapter(
        {**mapping, "objects": {**mapping["objects"], "splits": {"enabled": True}}}
    )
    assert list(books(adapter, corpus)) == [[], [], []]
    reasons = adapter.capabilities.gaps.values()
    if scope not in {SCOPES["currencies"], SCOPES["deal_splits"]}:
        assert any(reason.why is Why.NOT_PERMITTED and scope in reason.where for reason in reasons)


NATIVE = {
    "locations",
    "buyers",
    "assignments",
    "sale_lines",
    "opportunities",
    "cases",
    "meetings",
    "readings",
    "offering",
    "quotas",
    "people",
}


def test_without_a_mapping_file_the_standard_objects_are_provided_and_the_rest_is_not_configured(
    bench: Callable[..., Any], corpus: Corpus
) -> None:
    portal, _ = hubspot_portal(corpus)
    adapter = bench(portal).adapter()
    manager = corpus.managers[0].id
    book = adapter.read(BookRequest(manager_id=manager, period=corpus.period)).book
    capabilities = adapter.capabilities
    assert capabilities.provides == NATIVE
    dossiers = list(book)
    for concept in set(CONCEPTS) - NATIVE:
        holders = dossiers if concept in COLLECTIONS else [book.header]
        assert {getattr(holder, concept) for holder in holders} == {capabilities.gap(concept)}
        due = Why.NOT_SUPPORTED if concept == "candidate" else Why.NOT_CONFIGURED
        assert capabilities.gap(concept).why is due
    assert {d.assignments[0].person_id for d in dossiers} == {manager}
