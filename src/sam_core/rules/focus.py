"""OV-4: effort follows value: the accounts worth most get their share of meetings and initiatives."""

from __future__ import annotations

from typing import Final

from sam_core.findings import Judgement, Missing, met, not_assessable, not_met
from sam_core.measured import Measured
from sam_core.measures.focus import Focus
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Unknown

__all__ = ["RULES"]


def _several(totals: Totals) -> bool:
    return totals.accounts > 1


def _follows(focus: Focus, part: Measured, source: str, totals: Totals, standards: Standards) -> Judgement:
    if focus.gap is not None:
        return not_assessable("The value of some account cannot be told.", focus.gap)
    if part.coverage.judged < part.coverage.total:
        unknown = part.coverage.total - part.coverage.judged
        return not_assessable(
            f"The {part.name.rpartition(' ')[2]} of some accounts are not known.",
            Missing(source, totals.lacking(source, f"parts of the {source} of {unknown} accounts")),
        )
    found = focus.concentration(part)
    if isinstance(found, Unknown):
        return not_assessable(f"Effort and value cannot be compared: {found.where}.", Missing(source, found))
    asked = standards.focus.effort_ratio_met
    sentence = (
        f"The top tier of {len(focus.top)} of {len(focus.values)} accounts has {focus.value.value:.0%} of the value "
        f"and gets {part.value:.0%} of the {part.name.rpartition(' ')[2]}."
    )
    verdict = met if found >= asked else not_met
    return verdict(sentence, measured=found, expected=asked, evidence=tuple(sorted(focus.top)))


@rule(
    "OV-4.meetings",
    title="Meetings follow value",
    applies=_several,
    tuned_by=(
        "focus.top_share",
        "focus.effort_ratio_met",
        "penetration.comparable_min",
        "penetration.owners_min",
    ),
)
def meetings(focus: Focus, totals: Totals, standards: Standards) -> Judgement:
    """The top tier of accounts, by trailing revenue and valued whitespace, gets its share of the meetings.

    Fails when its share of the meetings of 12 months, divided by its share of the value, is below the standard.
    """
    return _follows(focus, focus.meetings, "meetings", totals, standards)


@rule(
    "OV-4.initiatives",
    title="Initiatives follow value",
    applies=_several,
    tuned_by=(
        "focus.top_share",
        "focus.effort_ratio_met",
        "penetration.comparable_min",
        "penetration.owners_min",
    ),
)
def initiatives(focus: Focus, totals: Totals, standards: Standards) -> Judgement:
    """The top tier of accounts, by trailing revenue and valued whitespace, gets its share of the initiatives.

    Fails when its share of the open initiatives, divided by its share of the value, is below the standard.
    """
    return _follows(focus, focus.initiatives, "plans", totals, standards)


RULES: Final = (meetings, initiatives)
