from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import evolve
from sam_adapter_example.rules import RULES

from sam_adapters.testing import reference_dossiers, reference_header
from sam_core import Outcome, RuleBook, Unknown, Why, assess
from sam_core.book import Case
from sam_core.testing import check_rule_laws

OPENED = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("agents", "outcome"),
    [
        (("128",), Outcome.MET),
        (("128", None), Outcome.NOT_MET),
        ((Unknown(Why.BLANK, "tickets.agent"),), Outcome.NOT_ASSESSABLE),
        ((Unknown(Why.BLANK, "tickets.agent"), None), Outcome.NOT_MET),
        ((), None),
    ],
)
def test_an_open_ticket_without_an_agent_is_found(
    agents: tuple[object, ...], outcome: Outcome | None
) -> None:
    cases = tuple(
        Case(id=str(number), opened_at=OPENED, service_rep_id=agent) for number, agent in enumerate(agents)
    )
    dossier = evolve(reference_dossiers()[0], cases=cases)
    found = assess(dossier, reference_header(), as_of=date(2026, 6, 30), rules=RuleBook(RULES)).findings
    assert [finding.outcome for finding in found] == ([] if outcome is None else [outcome])


def test_the_rule_keeps_the_laws() -> None:
    check_rule_laws(RULES, max_examples=25)
