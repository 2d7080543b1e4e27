"""RESP-6 and ACC-4: trouble is seen before it is a loss, answered, and satisfaction stays high."""

from __future__ import annotations

from datetime import date
from typing import Final

from sam_core.book import Buyer, Case, Contract, Delivery, Location, SatisfactionReading, ServiceAction
from sam_core.findings import Judgement, Missing, Severity, at_risk, met, not_assessable, not_met
from sam_core.measured import Measured
from sam_core.measures.ratings import rating, ratings, standard_of
from sam_core.measures.signals import SignalKind, Watch
from sam_core.norms import Norms
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.values import Maybe, Outcome, Unknown, Why

__all__ = ["RULES"]


def _seen(watch: Watch, kind: SignalKind, none: str, *, breach: bool = False) -> Judgement:
    """What watching for one kind comes to: a warning is a risk, a breach of a standard is not met."""
    sighting = watch.sightings[kind]
    if sighting.outcome is Outcome.MET:
        return met(none, measured=0, expected=0)
    if sighting.outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable(f"Nobody can tell whether there is a warning: {kind.value}.", *sighting.missing)
    signals = sighting.signals
    more = f" And {len(signals) - 1} more." if len(signals) > 1 else ""
    stakes = [signal.at_stake for signal in signals if signal.at_stake is not None]
    verdict = not_met if breach else at_risk
    return verdict(
        signals[0].sentence + more,
        measured=len(signals),
        expected=0,
        evidence=tuple(dict.fromkeys(key for signal in signals for key in signal.evidence)),
        at_stake=sum(stakes[1:], stakes[0]) if stakes else None,
        due_on=min((signal.due_on for signal in signals if signal.due_on is not None), default=None),
    )


@rule(
    "RESP-6.cases",
    title="No burst of cases",
    tuned_by=(
        "service.case_window_days",
        "service.case_history_days",
        "service.case_tail",
        "service.case_prior_days",
    ),
)
def cases(cases: tuple[Case, ...], norms: Maybe[Norms], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """The number of recent cases is not improbable given the account's own rate before.

    Fails when (at risk) so many cases had less than the standard's chance: the upper tail of a Poisson
    distribution at the account's rate, drawn towards the book's by the weight of the standard's days.
    """
    return _seen(watch, SignalKind.CASES, "No unusual number of cases.")


@rule("RESP-6.overdue-case", title="Cases closed in time", tuned_by=("service.case_days",))
def overdue_case(cases: tuple[Case, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """No case stays open longer than its priority allows.

    Fails when an open case is older than the standard's days for its priority.
    """
    return _seen(watch, SignalKind.OVERDUE_CASE, "No case is open for too long.", breach=True)


@rule("RESP-6.reopened", title="Cases closed for good")
def reopened(cases: tuple[Case, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """No open case was reopened or escalated.

    Fails when (at risk) a case that was is still open.
    """
    return _seen(watch, SignalKind.REOPENED_CASE, "No open case was reopened or escalated.")


@rule("RESP-6.late", title="Deliveries as punctual as before", tuned_by=("service.late_window_days",))
def late(deliveries: tuple[Delivery, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """The share of late deliveries is not above the account's own past.

    Fails when (at risk) of the deliveries due in the recent days a larger share was late, or is outstanding
    past its day, than of all that were due before.
    """
    return _seen(watch, SignalKind.LATE, "Deliveries are not later than they used to be.")


@rule(
    "RESP-6.falling",
    title="Satisfaction holds",
    tuned_by=("service.reading_fall", "satisfaction.valid_months"),
)
def falling(readings: tuple[SatisfactionReading, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """No respondent's satisfaction falls sharply from one reading to the next on the same instrument.

    Fails when (at risk) somebody's latest valid reading lies below the one before by the standard's share of
    the scale or more.
    """
    return _seen(watch, SignalKind.FALLING, "Nobody's satisfaction has fallen sharply.")


def _renewal_near(contracts: tuple[Contract, ...], as_of: date, standards: Standards) -> bool:
    return any(
        one.in_force(as_of)
        and one.end is not None
        and (one.end - as_of).days <= standards.service.renewal_days
        for one in contracts
    )


@rule(
    "RESP-6.renewal",
    title="Renewals without trouble",
    severity=Severity.MUST,
    applies=_renewal_near,
    tuned_by=("service.renewal_days",),
)
def renewal(contracts: tuple[Contract, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """No contract comes up for renewal while an early warning of trouble stands.

    Fails when (at risk) a contract ends within the standard's days and any signal about cases, deliveries or
    falling satisfaction stands.
    """
    return _seen(watch, SignalKind.RENEWAL, "Nothing is known to be wrong before the renewal.")


@rule("RESP-6.read", title="Satisfaction read lately", tuned_by=("service.reading_months",))
def read(readings: tuple[SatisfactionReading, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """There is a recent reading of the account's satisfaction.

    Fails when the last reading is older than the standard's months, or there never was one.
    """
    return _seen(watch, SignalKind.SILENT, "Satisfaction was read lately.", breach=True)


def _somebody_known(buyers: Maybe[tuple[Buyer, ...]], locations: Maybe[tuple[Location, ...]]) -> bool:
    return isinstance(buyers, Unknown) or isinstance(locations, Unknown) or bool(buyers or locations)


@rule("RESP-6.asked", title="Everybody asked", applies=_somebody_known)
def asked(
    readings: tuple[SatisfactionReading, ...],  # noqa: ARG001  # what it rests on
    buyers: Maybe[tuple[Buyer, ...]],  # noqa: ARG001
    locations: Maybe[tuple[Location, ...]],  # noqa: ARG001
    watch: Watch,
) -> Judgement:
    """Every buyer who has not left, and somebody at every location, was asked how satisfied they are.

    Fails when (at risk) there are buyers without any reading, or locations without a reading of anybody there.
    """
    return _seen(watch, SignalKind.NEVER_ASKED, "Every buyer and every location was asked.")


def _anything_wrong(watch: Watch) -> bool:
    return any(sighting.outcome is not Outcome.MET for _, sighting in watch.trouble())


@rule("RESP-6.answered", title="Warnings answered", severity=Severity.MUST, applies=_anything_wrong)
def answered(service_actions: tuple[ServiceAction, ...], watch: Watch) -> Judgement:  # noqa: ARG001  # what it rests on
    """Every early warning of trouble is answered: an action about one of its records, logged since.

    Fails when a signal about cases, deliveries, falling satisfaction or a renewal has no such action.
    """
    signals = [signal for _, sighting in watch.trouble() for signal in sighting.signals]
    waiting = [signal for signal in signals if signal.handled is False]
    if waiting:
        stakes = [signal.at_stake for signal in waiting if signal.at_stake is not None]
        return not_met(
            f"{len(waiting)} of {len(signals)} warnings are not answered, the oldest since "
            f"{min(signal.on for signal in waiting)}: {waiting[0].sentence}",
            measured=len(signals) - len(waiting), expected=len(signals),
            evidence=tuple(dict.fromkeys(key for signal in waiting for key in signal.evidence)),
            at_stake=sum(stakes[1:], stakes[0]) if stakes else None,
        )  # fmt: skip
    missing = [one for _, sighting in watch.trouble() for one in sighting.missing]
    if missing:
        return not_assessable(
            "All warnings that can be seen are answered; some cannot be seen." if signals
            else "Nobody can tell whether there is a warning to answer.",
            *dict.fromkeys(missing),
        )  # fmt: skip
    return met(
        f"All {len(signals)} warnings are answered.", measured=len(signals), expected=len(signals),
        evidence=tuple(dict.fromkeys(key for signal in signals for key in signal.evidence)),
    )  # fmt: skip


def _rated(readings: tuple[SatisfactionReading, ...], as_of: date, standards: Standards) -> bool:
    found = ratings(readings, as_of, standards.satisfaction)
    return any(standard_of(instrument, standards.satisfaction) is not None for instrument in found)


def _told(score: Measured) -> str:
    value = score.value
    assert not isinstance(value, Unknown)  # noqa: S101  # only scores that can be told come here
    return f"{score.name} is {value:.0f}" if score.unit == "points" else f"{score.name} is {value:.0%}"


@rule(
    "ACC-4.rating",
    title="Account's rating high",
    applies=_rated,
    tuned_by=(
        "satisfaction.csat_measure", "satisfaction.csat_met", "satisfaction.nps_met", "satisfaction.valid_months",
    ),
)  # fmt: skip
def account_rating(readings: tuple[SatisfactionReading, ...], as_of: date, standards: Standards) -> Judgement:
    """An account's own ratings are at company standard, instrument by instrument.

    Fails when the latest valid answers of its respondents score below the standard of CSAT or of NPS.
    """
    rules = standards.satisfaction
    outcomes, missing, told = [], [], []
    for instrument, found in sorted(ratings(readings, as_of, rules).items()):
        floor = standard_of(instrument, rules)
        if floor is None:
            continue
        score = rating(instrument, found, rules)
        if found.anonymous:
            missing.append(
                Missing("readings.respondent_id", Unknown(Why.BLANK, f"who answered {instrument}"))
            )
            outcomes.append(Outcome.NOT_ASSESSABLE)
        elif isinstance(score.value, Unknown):
            missing.append(Missing("readings", score.value))
            outcomes.append(Outcome.NOT_ASSESSABLE)
        else:
            outcomes.append(Outcome.MET if score.value >= floor else Outcome.NOT_MET)
            told.append(_told(score))
    outcome = Outcome.all_of(outcomes)
    sentence = f"{'; '.join(told)}."
    if outcome is Outcome.NOT_ASSESSABLE:
        return not_assessable("Nobody can tell the account's rating.", *missing)
    return (met if outcome is Outcome.MET else not_met)(sentence, measured="; ".join(told))


RULES: Final = (
    cases,
    overdue_case,
    reopened,
    late,
    falling,
    renewal,
    read,
    asked,
    answered,
    account_rating,
)
