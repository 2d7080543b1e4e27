"""One book, three sources, one scorecard."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

pytest.importorskip("hubspot", reason="install sam-core[hubspot]")
pytest.importorskip("simple_salesforce", reason="install sam-core[salesforce]")

from sam_adapters.contract import Adapter, BookRequest
from sam_adapters.hubspot.adapter import HubSpotAdapter
from sam_adapters.hubspot.client import connect
from sam_adapters.hubspot.config import HubSpotConfig
from sam_adapters.renderers.json import to_json
from sam_adapters.salesforce.plugin import open_salesforce
from sam_adapters.tables import TablesAdapter, write_tables
from sam_adapters.testing import Corpus, reference_corpus, restricted
from sam_adapters.testing.hubspot import LoopbackHubSpot
from sam_adapters.testing.hubspot_corpus import hubspot_portal
from sam_adapters.testing.salesforce import LoopbackSalesforce
from sam_adapters.testing.salesforce_corpus import CORPUS_MAPPING, corpus_org
from sam_core import score
from sam_core.book import Book, Provenance

AS_OF = date(2026, 9, 30)


def by_tables(corpus: Corpus, folder: Path) -> Adapter:
    write_tables(folder, corpus.headers, corpus.dossiers)
    return TablesAdapter(folder)


def by_salesforce(corpus: Corpus, stack: ExitStack) -> Adapter:
    loopback = stack.enter_context(LoopbackSalesforce(corpus_org(corpus)))
    return open_salesforce(
        instance_url=loopback.url, token=loopback.org.token, session=loopback.session(), environ={},
        mapping=CORPUS_MAPPING,
    )  # fmt: skip


def by_hubspot(corpus: Corpus, stack: ExitStack) -> Adapter:
    portal, mapping = hubspot_portal(corpus)
    loopback = stack.enter_context(LoopbackHubSpot(portal))
    config = HubSpotConfig.from_mapping({"workers": 1, **mapping})
    client = connect(access_token=portal.token, host=loopback.url, version=config.api_version)
    return HubSpotAdapter(client, config)


def without_places(value: Any) -> Any:
    """A document without the words each source has for the place where something is missing."""
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items() if key != "where"}
    return sorted(map(without_places, value), key=json.dumps) if isinstance(value, list) else value


def test_the_same_book_gives_the_same_scorecard_whatever_it_was_read_from(tmp_path):
    corpus = reference_corpus()
    manager = corpus.headers[0]
    with ExitStack() as stack:
        adapters = {
            "tables": by_tables(corpus, tmp_path),
            "salesforce": by_salesforce(corpus, stack),
            "hubspot": by_hubspot(corpus, stack),
        }
        request = BookRequest(manager_id=manager.id, period=manager.period, policy=manager.policy)
        books = {name: adapter.read(request).book for name, adapter in adapters.items()}
        known = [adapter.capabilities for adapter in adapters.values()]
        documents: dict[str, Any] = {}
        for name, book in books.items():
            for capabilities in known:
                book = restricted(book, capabilities)  # noqa: PLW2901  # what all three can know
            header = evolve(book.header, provenance=Provenance())
            card = score(Book.of(header, list(book)), as_of=AS_OF)
            documents[name] = without_places(json.loads(to_json(card)))
    for part in ("accountabilities", "measures", "clauses", "moves", "gaps"):
        assert documents["tables"][part] == documents["salesforce"][part] == documents["hubspot"][part], part
    assert documents["tables"] == documents["salesforce"] == documents["hubspot"]
