from __future__ import annotations

import csv
import io
from datetime import date

from orchard import TOKEN, Serve, tables_of

from sam_adapters import open_book, open_renderer
from sam_adapters.plugins import load_plugins
from sam_adapters.testing import reference_corpus
from sam_core import Outcome, score


def test_from_the_crm_to_a_spreadsheet_by_name_alone(serve: Serve) -> None:
    corpus = reference_corpus()
    plugins = load_plugins()
    assert not [problem for problem in plugins.problems if problem.source.plugin == "orchard"]
    reading = open_book(
        "orchard",
        manager=corpus.managers[0].id,
        period="2026",
        url=serve(tables_of(corpus)),
        token=TOKEN,
    )
    scorecard = score(reading.book, as_of=date(2026, 6, 30), rules=plugins.rule_book())
    mine = [finding for finding in scorecard.findings if finding.rule_id == "orchard:RESP-6.agent"]
    assert [finding.outcome for finding in mine] == [Outcome.NOT_MET]  # case 2 is open, and nobody is on it
    assert len(reading.problems) == 0

    text = open_renderer("findings-csv")(scorecard)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {"orchard:RESP-6.agent"} <= {row["rule"] for row in rows}
    assert {row["outcome"] for row in rows} <= {"not met", "at risk"}
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
