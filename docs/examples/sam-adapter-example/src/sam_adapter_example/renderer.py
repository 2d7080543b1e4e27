"""The findings of a scorecard as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from sam_core import Outcome, Scorecard

__all__ = ["findings_csv"]


def findings_csv(scorecard: Scorecard, **_: Any) -> str:
    """One row for every finding that is not met or at risk, in the order of the scorecard."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("outcome", "rule", "subject", "sentence", "evidence"))
    for finding in scorecard.findings:
        if finding.outcome in (Outcome.NOT_MET, Outcome.AT_RISK):
            writer.writerow(
                _harmless(cell)
                for cell in (
                    finding.outcome.value,
                    finding.rule_id,
                    finding.subject_name,
                    finding.sentence,
                    " ".join(finding.evidence),
                )
            )
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet, not shown."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
