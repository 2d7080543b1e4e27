"""The corpus, laid out as an org and read back through the real client, is the corpus."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sam_adapters.contract import Adapter
from sam_adapters.testing import AdapterConformance, Corpus
from sam_adapters.testing.salesforce import Org
from sam_adapters.testing.salesforce_corpus import CORPUS_MAPPING, corpus_org

HIDDEN = {
    "buyers.role": ("Contact", "Role__c"),
    "buyers.influence": ("Contact", "Influence__c"),
    "sale_lines.cost": ("OrderItem", "Cost__c"),
    "sale_lines.quantity": ("OrderItem", "Quantity"),
    "sale_lines.product_id": ("OrderItem", "Product2Id"),
    "opportunities.stage": ("Opportunity", "StageName"),
    "opportunities.amount": ("Opportunity", "Amount"),
    "opportunities.probability": ("Opportunity", "Probability"),
    "opportunities.lead_id": ("Opportunity", "Lead__c"),
    "opportunities.next_step": ("Opportunity", "NextStep"),
    "opportunities.next_step_on": ("Opportunity", "Next_Step_On__c"),
    "contracts.yearly_amount": ("Contract", "Yearly__c"),
    "cases.priority": ("Case", "Priority"),
    "cases.reopened_at": ("Case", "Reopened_At__c"),
    "deliveries.delivered_on": ("Deliverie__c", "Delivered_On__c"),
    "readings.respondent_id": ("Reading__c", "Respondent_Id__c"),
    "meetings.mode": ("Event", "Mode__c"),
}


class TestSalesforce(AdapterConformance):
    secrets = ("00D-loopback!token",)
    entry = "salesforce"

    @pytest.fixture
    def adapter(self, corpus: Corpus, bench: Any) -> Adapter:
        return bench.open(bench.serve(corpus_org(corpus)), CORPUS_MAPPING)

    @pytest.fixture
    def shuffled_adapter(self, corpus: Corpus, bench: Any) -> Adapter:
        org = corpus_org(corpus)
        for rows in org.records.values():
            random.Random(4).shuffle(rows)
        return bench.open(bench.serve(org), CORPUS_MAPPING)

    @pytest.fixture
    def faulty_adapter(self, corpus: Corpus, bench: Any) -> Adapter:
        org = corpus_org(corpus)
        org.records["OrderItem"][3]["Quantity"] = "a dozen"
        return bench.open(bench.serve(org), CORPUS_MAPPING)

    @pytest.fixture
    def adapter_without(self, corpus: Corpus, bench: Any) -> Callable[[str], Adapter | None]:
        def build(field: str) -> Adapter | None:
            place = HIDDEN.get(field)
            return (
                None
                if place is None
                else bench.open(bench.serve(_hiding(corpus_org(corpus), *place)), CORPUS_MAPPING)
            )

        return build


def _hiding(org: Org, name: str, field: str) -> Org:
    del org.fields[name][field]
    return org


def test_the_corpus_mapping_is_plain_toml_data() -> None:
    def plain(value: Any) -> bool:
        if isinstance(value, Mapping):
            return all(isinstance(key, str) and plain(one) for key, one in value.items())
        return isinstance(value, str | bool | int)

    assert plain(CORPUS_MAPPING)
