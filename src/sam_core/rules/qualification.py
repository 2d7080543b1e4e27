"""QUAL-1 to QUAL-3: whether a candidate, or the incumbent, has what the role asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sam_core.book import Candidate, Degree, SellingSpell
from sam_core.findings import Finding, Judgement, Missing, Severity, met, not_assessable, not_met
from sam_core.rulebook import rule
from sam_core.standards import DEFAULT_STANDARDS, Standards
from sam_core.values import Maybe, Outcome, Unknown, Why, add_months

__all__ = ["RULES", "assess_candidate"]


def _said(value: Maybe[bool]) -> Outcome:
    if isinstance(value, Unknown):
        return Outcome.NOT_ASSESSABLE
    return Outcome.MET if value else Outcome.NOT_MET


def _counts(degree: Degree, years: int) -> Outcome:
    long_enough = degree.years if isinstance(degree.years, Unknown) else degree.years >= years
    return Outcome.all_of((_said(long_enough), _said(degree.accredited)))


@rule(
    "QUAL-1.degree",
    title="Four-year degree",
    severity=Severity.MUST,
    tuned_by=("qualification.degree_years",),
)
def degree(candidate: Candidate, standards: Standards) -> Judgement:
    """The candidate has a degree of the standard's years from an accredited institution.

    Fails when no degree is both long enough and accredited.
    """
    years = standards.qualification.degree_years
    if isinstance(candidate.degrees, Unknown):
        return not_assessable("The degrees are not known.", Missing("candidate.degrees", candidate.degrees))
    outcomes = {one.title: _counts(one, years) for one in candidate.degrees}
    outcome = Outcome.any_of(_counts(one, years) for one in candidate.degrees)
    evidence = tuple(title for title, one in outcomes.items() if one is outcome)
    if outcome is Outcome.MET:
        return met(f"Has {evidence[0]}.", expected=f"{years} years, accredited", evidence=evidence)
    if outcome is Outcome.NOT_ASSESSABLE:
        reason = Unknown(Why.BLANK, f"length or accreditation of {evidence[0]}")
        return not_assessable(
            f"Nobody can tell whether {evidence[0]} counts.",
            Missing("candidate.degrees", reason),
            evidence=evidence,
        )
    return not_met(
        f"None of {len(outcomes)} degrees has {years} years at an accredited institution.",
        measured=len(outcomes), expected=f"{years} years, accredited", evidence=evidence,
    )  # fmt: skip


def _years(spells: Iterable[SellingSpell], as_of: date) -> Decimal:
    """Years covered by spells, a day counted once however many cover it; anniversaries make whole years."""
    stretches = sorted((one.start, (one.end or as_of) + timedelta(days=1)) for one in spells)
    merged: list[tuple[date, date]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return sum((_between(start, end) for start, end in merged), Decimal(0))


def _between(start: date, end: date) -> Decimal:
    """Years from a day to a later one: whole ones by the calendar, the rest by days of its year."""
    whole = end.year - start.year
    while add_months(start, 12 * whole) > end:
        whole -= 1
    last, following = add_months(start, 12 * whole), add_months(start, 12 * (whole + 1))
    return whole + Decimal((end - last).days) / (following - last).days


def _selling(candidate: Candidate, as_of: date, asked: Decimal) -> tuple[Outcome, str]:
    """QUAL-2 (a): years of selling to large customers, business to business."""
    if isinstance(candidate.selling, Unknown):
        return Outcome.NOT_ASSESSABLE, "selling experience is not known"
    fits: dict[Outcome, list[SellingSpell]] = {
        Outcome.MET: [],
        Outcome.NOT_ASSESSABLE: [],
        Outcome.NOT_MET: [],
    }
    for spell in candidate.selling:
        fits[Outcome.all_of((_said(spell.business_to_business), _said(spell.large_customers)))].append(spell)
    sure = _years(fits[Outcome.MET], as_of)
    possible = _years([*fits[Outcome.MET], *fits[Outcome.NOT_ASSESSABLE]], as_of)
    told = f"{sure:.1f} of {asked:f} years of such selling are sure"
    if sure >= asked:
        return Outcome.MET, told
    if possible >= asked:
        return Outcome.NOT_ASSESSABLE, f"{told}, {possible:.1f} are possible"
    return Outcome.NOT_MET, told


def _record(candidate: Candidate, asked: int) -> tuple[Outcome, str, tuple[str, ...]]:
    """QUAL-2 (b): a record of achievement as an Account Manager."""
    if isinstance(candidate.achievements, Unknown):
        return Outcome.NOT_ASSESSABLE, "achievements are not known", ()
    said = {one.id: _said(one.as_account_manager) for one in candidate.achievements}
    sure = tuple(key for key, one in said.items() if one is Outcome.MET)
    told = f"{len(sure)} of {asked} achievements as an account manager are on record"
    return Outcome.at_least(asked, said.values()), told, sure


@rule(
    "QUAL-2.experience",
    title="Experience or achievement",
    severity=Severity.MUST,
    tuned_by=("qualification.selling_years", "qualification.achievements_min"),
)
def experience(candidate: Candidate, as_of: date, standards: Standards) -> Judgement:
    """Either enough years of selling to large customers, or a record of achievement as an Account Manager.

    Fails when both branches are known and neither holds; one that surely holds is enough.
    """
    asked = standards.qualification
    selling, years = _selling(candidate, as_of, asked.selling_years)
    record, achieved, evidence = _record(candidate, asked.achievements_min)
    outcome = Outcome.any_of((selling, record))
    sentence = f"(a) {years}; (b) {achieved}."
    if outcome is Outcome.NOT_ASSESSABLE:
        reason = Unknown(Why.BLANK, "what would decide it")
        missing = []
        for name, branch, value in (
            ("selling", selling, candidate.selling),
            ("achievements", record, candidate.achievements),
        ):
            if branch is Outcome.NOT_ASSESSABLE:
                missing.append(Missing(f"candidate.{name}", value if isinstance(value, Unknown) else reason))
        return not_assessable(sentence, *missing, evidence=evidence)
    return (met if outcome is Outcome.MET else not_met)(sentence, evidence=evidence)


@rule("QUAL-3.computer", title="Able with a computer")
def computer(candidate: Candidate) -> Judgement:
    """The candidate is able with a personal computer.

    Fails when it is known that they are not.
    """
    able = candidate.able_with_computer
    if isinstance(able, Unknown):
        return not_assessable("Nobody has said.", Missing("candidate.able_with_computer", able))
    return met("Able with a personal computer.") if able else not_met("Not able with a personal computer.")


RULES: Final = (degree, experience, computer)


def assess_candidate(
    candidate: Candidate, *, as_of: date, standards: Standards = DEFAULT_STANDARDS
) -> tuple[Finding, ...]:
    """Judge a candidate by QUAL-1 to QUAL-3, without a book.

    Conditions of work and the background check are no qualifications, and are not looked at.

    Args:
        candidate: what is known of them.
        as_of: nothing dated later is looked at.
        standards: the thresholds in force.
    """
    inputs = {"candidate": candidate.at(as_of), "as_of": as_of, "standards": standards}
    return tuple(
        one.finding(one.judge(**{name: inputs[name] for name, _ in one.needs}), candidate.id, candidate.name)
        for one in RULES
    )
