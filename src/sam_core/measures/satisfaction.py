"""Do satisfaction ratings stay high, at company standard? (ACC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sam_core.book import BookHeader
from sam_core.findings import Missing
from sam_core.measured import Measured, ratio
from sam_core.measures.accountability import Accountability
from sam_core.measures.ratings import Instrument, Ratings, rating, standard_of
from sam_core.standards import SatisfactionStandards, Standards
from sam_core.totals import Totals
from sam_core.values import Coverage, Maybe, Outcome, Unknown, Why

__all__ = ["satisfaction"]


def _scores(
    found: Mapping[Instrument, Ratings], standards: SatisfactionStandards
) -> list[tuple[Instrument, Measured]]:
    """Scores of all instruments, those with a standard first."""
    return [
        (instrument, rating(instrument, found[instrument], standards))
        for instrument in sorted(found, key=lambda i: (standard_of(i, standards) is None, i.kind, i))
    ]


def satisfaction(
    headers: tuple[BookHeader, ...],  # noqa: ARG001  # all are asked alike
    totals: Totals,
    as_of: date,  # noqa: ARG001  # all are asked alike
    standards: Standards,
) -> Accountability:
    """ACC-4: each instrument for itself, never mixed.

    Every instrument with a standard must reach it, on a sample and over a share of the accounts that the
    standards call enough. The firm's own instruments are shown and not judged.
    """
    rules = standards.satisfaction
    scores = _scores(totals.ratings, rules)
    judged = [(i, m, asked) for i, m in scores if (asked := standard_of(i, rules)) is not None]
    accounts = ratio(
        "share of accounts with a reading", "ACC-4", totals.rated, totals.accounts, without="there is no account",
        coverage=Coverage(judged=totals.readings_known, total=totals.accounts),
    )  # fmt: skip
    lacking = _lacking(totals, [m for _, m, _ in judged], accounts, rules)
    outcomes = [
        Outcome.MET if m.value >= asked else Outcome.NOT_MET
        for _, m, asked in judged
        if not isinstance(m.value, Unknown)
    ]
    target: Maybe[Decimal]
    if judged:
        instrument, headline, target = judged[0]
        before = {i: m.value for i, m in _scores(totals.ratings_before, rules)}.get(
            instrument, Unknown(Why.BLANK, "nobody had answered it a year before")
        )
    else:
        target = before = Unknown(Why.BLANK, "there is no valid reading of CSAT or NPS")
        headline = Measured(name="satisfaction", clause_id="ACC-4", unit="share", value=target)
    return Accountability(
        clause_id="ACC-4",
        measured=headline,
        target=target,
        outcome=Outcome.NOT_ASSESSABLE if lacking else Outcome.all_of(outcomes),
        sentence=_sentence(judged),
        before=before,
        details=(*(m for _, m in scores if m is not headline), accounts),
        missing=tuple(lacking),
        applies=bool(totals.accounts),
    )


def _lacking(
    totals: Totals, judged: list[Measured], accounts: Measured, standards: SatisfactionStandards
) -> list[Missing]:
    """Why no verdict can be given, if so."""
    if not totals.readings_known:
        return [Missing("readings", totals.lacking("readings", "there is no account"))]
    if not judged:
        return [Missing("readings", Unknown(Why.BLANK, "there is no valid reading of CSAT or NPS"))]
    reasons = []
    for one in judged:
        if isinstance(one.value, Unknown):
            reasons.append(f"{one.name}: {one.value.where}")
        elif one.coverage.judged < standards.sample_min:
            reasons.append(
                f"{one.name}: {one.coverage.judged} respondents, {standards.sample_min} are asked for"
            )
    if not isinstance(accounts.value, Unknown) and accounts.value < standards.account_share_min:
        reasons.append(
            f"{accounts.value:.0%} of the accounts have a valid reading, {standards.account_share_min:.0%} are asked for"
        )
    return [Missing("readings", Unknown(Why.BLANK, reason)) for reason in reasons]


def _sentence(judged: list[tuple[Instrument, Measured, Decimal]]) -> str:
    parts = []
    for _, one, asked in judged:
        if isinstance(one.value, Unknown):
            continue
        values = (one.value, asked)
        score, floor = (f"{v:.0f}" if one.unit == "points" else f"{v:.1%}" for v in values)
        parts.append(f"{one.name} is {score} of {one.coverage.judged} respondents against {floor}")
    return f"{'; '.join(parts)}." if parts else "No rating that has a standard can be told."
