"""Watching one account for early warnings: a look at cases, deliveries, readings and renewals (RESP-6)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from sam_core._words import count
from sam_core.book import (
    Buyer,
    Case,
    Contract,
    Delivery,
    Dossier,
    Location,
    SatisfactionReading,
    ServiceAction,
)
from sam_core.findings import Missing
from sam_core.measures.ratings import Instrument, by_respondent
from sam_core.measures.signals import Sighting, Signal, SignalKind, Watch, poisson_tail
from sam_core.standards import Standards
from sam_core.values import Maybe, Outcome, Period, Unknown, Why, add_months

__all__ = ["watch"]

_ONE: Final = Decimal(1)

_Answered: TypeAlias = Callable[[tuple[str, ...], date], Maybe[bool]]
"""Whether a signal with that evidence, of that day, was answered."""


def _answers(actions: Maybe[tuple[ServiceAction, ...]]) -> _Answered:
    if isinstance(actions, Unknown):
        return lambda _evidence, _on: actions
    latest: dict[str, date] = {}
    for action in actions:
        latest[action.about_id] = max(action.on, latest.get(action.about_id, action.on))

    def answered(evidence: tuple[str, ...], on: date) -> bool:
        return any(latest[key] >= on for key in evidence if key in latest)

    return answered


def watch(
    dossier: Dossier, case_rate: Maybe[Decimal], past: Period, standards: Standards, as_of: date
) -> Watch:
    """Watch one account for every kind of signal.

    Args:
        dossier: as known on ``as_of``.
        case_rate: cases an account of the book usually opens in a day.
        past: the days that give the account's own rate; the days after it are the recent ones.
        standards: those in force for its tier.
        as_of: the day of judging.
    """
    answered = _answers(dossier.service_actions)
    cases, readings = dossier.cases, dossier.readings
    seen: dict[SignalKind, Sighting] = {}
    if isinstance(cases, Unknown):
        unknown = _lacking("cases", cases)
        seen |= dict.fromkeys((SignalKind.CASES, SignalKind.OVERDUE_CASE, SignalKind.REOPENED_CASE), unknown)
    else:
        seen[SignalKind.CASES] = _improbable(cases, case_rate, past, standards, as_of, answered)
        seen[SignalKind.OVERDUE_CASE] = _overdue(cases, standards, as_of, answered)
        seen[SignalKind.REOPENED_CASE] = _reopened(cases, answered)
    seen[SignalKind.LATE] = (
        _lacking("deliveries", dossier.deliveries)
        if isinstance(dossier.deliveries, Unknown)
        else _late(dossier.deliveries, standards, as_of, answered)
    )
    if isinstance(readings, Unknown):
        seen |= dict.fromkeys(
            (SignalKind.FALLING, SignalKind.SILENT, SignalKind.NEVER_ASKED), _lacking("readings", readings)
        )
    else:
        seen[SignalKind.FALLING] = _falling(readings, standards, as_of, answered)
        seen[SignalKind.SILENT] = _silent(readings, dossier.account.id, standards, as_of, answered)
        seen[SignalKind.NEVER_ASKED] = _never_asked(
            readings, dossier.buyers, dossier.locations, as_of, answered
        )
    before = [seen[kind] for kind in SignalKind if kind in seen and kind.is_trouble]
    seen[SignalKind.RENEWAL] = (
        _lacking("contracts", dossier.contracts)
        if isinstance(dossier.contracts, Unknown)
        else _renewal(dossier.contracts, before, standards, as_of, answered)
    )
    return Watch(sightings={kind: seen[kind] for kind in SignalKind})


def _lacking(name: str, reason: Unknown) -> Sighting:
    return Sighting(outcome=Outcome.NOT_ASSESSABLE, missing=(Missing(name, reason),))


def _sighted(signals: Iterable[Signal], missing: Iterable[Missing] = ()) -> Sighting:
    """Signals decide; without one, whatever is missing leaves it open."""
    found = tuple(sorted(signals, key=lambda one: (-one.strength, one.evidence)))
    lacking = tuple(dict.fromkeys(missing))
    if found:
        return Sighting(outcome=Outcome.AT_RISK, signals=found)
    return Sighting(outcome=Outcome.NOT_ASSESSABLE if lacking else Outcome.MET, missing=lacking)


def _improbable(
    cases: tuple[Case, ...],
    case_rate: Maybe[Decimal],
    past: Period,
    standards: Standards,
    as_of: date,
    answered: _Answered,
) -> Sighting:
    """Cases of the recent window against the account's own rate before it.

    The rate is the posterior mean under a gamma prior that holds the book's rate with the weight of the
    standard's days: (own cases + book rate × prior days) ÷ (own days + prior days).
    """
    service = standards.service
    recent = tuple(one for one in cases if past.end < one.opened_at.date() <= as_of)
    if not recent:
        return Sighting(outcome=Outcome.MET)
    if isinstance(case_rate, Unknown):
        return _lacking("norms", case_rate)
    own = sum(1 for one in cases if one.opened_at.date() in past)
    prior = service.case_prior_days
    expected = (own + case_rate * prior) / (past.days + prior) * service.case_window_days
    tail = poisson_tail(len(recent), expected)
    if tail >= service.case_tail:
        return Sighting(outcome=Outcome.MET)
    counts = range(1, len(recent) + 1)
    usual = counts[
        bisect_left(counts, True, key=lambda count: poisson_tail(count, expected) < service.case_tail)
    ]
    evidence = tuple(sorted(one.id for one in recent))
    on = max(one.opened_at.date() for one in recent)
    return _sighted(
        [
            Signal(
                kind=SignalKind.CASES,
                on=on,
                strength=Decimal(len(recent)) / usual,
                evidence=evidence,
                sentence=f"{count(len(recent), 'case')} in {service.case_window_days} days "
                f"where {_at_least(expected, '.2f')} are usual: a chance of {_at_least(tail, '.2%')}.",
                handled=answered(evidence, on),
            )
        ]
    )


def _at_least(value: Decimal, spec: str) -> str:
    """Never a nought for what is only small."""
    least = {".2f": Decimal("0.01"), ".2%": Decimal("0.0001")}[spec]
    return format(value, spec) if value >= least else f"less than {format(least, spec)}"


def _overdue(cases: tuple[Case, ...], standards: Standards, as_of: date, answered: _Answered) -> Sighting:
    allowed = {name.casefold(): days for name, days in standards.service.case_days.items()}
    signals, missing = [], []
    for one in cases:
        if one.closed_at is not None:
            continue
        days = None if isinstance(one.priority, Unknown) else allowed.get(one.priority.casefold())
        if isinstance(one.priority, Unknown):
            missing.append(Missing("cases.priority", one.priority))
        elif days is None:
            reason = Unknown(Why.NOT_CONFIGURED, f"service.case_days has no priority {one.priority!r}")
            missing.append(Missing("cases.priority", reason))
        if days is None:
            continue
        opened = one.opened_at.date()
        age = (as_of - opened).days
        if age > days:
            on = opened + timedelta(days=days + 1)
            signals.append(
                Signal(
                    kind=SignalKind.OVERDUE_CASE,
                    on=on,
                    strength=Decimal(age) / max(days, 1),
                    evidence=(one.id,),
                    sentence=f"Case {one.id} of priority {one.priority} is open for {count(age, 'day')}; {days} are allowed.",
                    handled=answered((one.id,), on),
                )
            )
    return _sighted(signals, missing)


def _reopened(cases: tuple[Case, ...], answered: _Answered) -> Sighting:
    signals, missing = [], []
    for one in cases:
        if one.closed_at is not None:
            continue
        moments = {"reopened": one.reopened_at, "escalated": one.escalated_at}
        days = {
            word: moment.date()
            for word, moment in moments.items()
            if moment is not None and not isinstance(moment, Unknown)
        }
        if days:
            on = max(days.values())
            signals.append(
                Signal(
                    kind=SignalKind.REOPENED_CASE,
                    on=on,
                    strength=Decimal(len(days)),
                    evidence=(one.id,),
                    sentence=f"Case {one.id} is open and was {' and '.join(days)}, last on {on}.",
                    handled=answered((one.id,), on),
                )
            )
        missing += [
            Missing(f"cases.{word}_at", moment)
            for word, moment in moments.items()
            if isinstance(moment, Unknown)
        ]
    return _sighted(signals, missing)


def _lateness(one: Delivery, as_of: date) -> Maybe[bool]:
    """Delivered after its day, or outstanding past it."""
    if one.due_on >= as_of:
        return False
    if isinstance(one.delivered_on, Unknown):
        return one.delivered_on
    return one.delivered_on is None or one.delivered_on > one.due_on


def _late(
    deliveries: tuple[Delivery, ...], standards: Standards, as_of: date, answered: _Answered
) -> Sighting:
    """The share of recent deliveries that were late, against that of all before: bounds where some are unknown."""
    window = standards.service.late_window_days
    due = [(one, _lateness(one, as_of)) for one in deliveries if one.due_on <= as_of]
    recent = [(one, late) for one, late in due if (as_of - one.due_on).days < window]
    past = [late for one, late in due if (as_of - one.due_on).days >= window]
    surely = [one for one, late in recent if late is True]
    unclear = [late for _, late in recent if isinstance(late, Unknown)]
    unclear_past = [late for late in past if isinstance(late, Unknown)]
    late_past = past.count(True)
    if not surely and not unclear:
        return Sighting(outcome=Outcome.MET)
    if not past:
        return _lacking("deliveries", Unknown(Why.BLANK, f"none was due before the last {window} days"))
    # shares compared crosswise, so that no division rounds
    if len(surely) * len(past) > (late_past + len(unclear_past)) * len(recent):
        on = max(min(one.due_on + timedelta(days=1), as_of) for one in surely)
        evidence = tuple(sorted(one.id for one in surely))
        share, usual = Decimal(len(surely)) / len(recent), Decimal(late_past) / len(past)
        smoothed = Decimal(late_past + 1) / (len(past) + 2)
        signal = Signal(
            kind=SignalKind.LATE,
            on=on,
            strength=max(share / smoothed, _ONE),
            evidence=evidence,
            sentence=f"{len(surely)} of {len(recent)} deliveries of the last {window} days were late ({share:.0%}); "
            f"{usual:.0%} of those before.",
            handled=answered(evidence, on),
        )
        return _sighted([signal])
    if (len(surely) + len(unclear)) * len(past) <= late_past * len(recent):
        return Sighting(outcome=Outcome.MET)
    return _sighted([], [Missing("deliveries.delivered_on", late) for late in (*unclear, *unclear_past)])


def _falling(
    readings: tuple[SatisfactionReading, ...], standards: Standards, as_of: date, answered: _Answered
) -> Sighting:
    since = add_months(as_of, -standards.satisfaction.valid_months)
    anonymous = {
        Instrument.of(one): one.respondent_id for one in readings if isinstance(one.respondent_id, Unknown)
    }
    asked = standards.service.reading_fall
    signals = []
    for instrument, people in by_respondent(readings).items():
        if instrument in anonymous:
            continue
        for person, answers in people.items():
            if len(answers) < 2 or answers[-1][0] <= since:
                continue
            (_, before), (on, now) = answers[-2:]
            fall = (before - now) / (instrument.highest - instrument.lowest)
            if fall > 0 and fall >= asked:
                evidence = tuple(
                    sorted(
                        one.id
                        for one in readings
                        if one.respondent_id == person and Instrument.of(one) == instrument and one.on == on
                    )
                )
                signals.append(
                    Signal(
                        kind=SignalKind.FALLING,
                        on=on,
                        strength=fall / asked if asked else _ONE,
                        evidence=evidence,
                        sentence=f"{person} went from {before:f} to {now:f} in {instrument}.",
                        handled=answered(evidence, on),
                    )
                )
    return _sighted(signals, [Missing("readings.respondent_id", reason) for reason in anonymous.values()])


def _silent(
    readings: tuple[SatisfactionReading, ...],
    account_id: str,
    standards: Standards,
    as_of: date,
    answered: _Answered,
) -> Sighting:
    months = standards.service.reading_months
    last = max((one.on for one in readings), default=None)
    if last is not None and last > add_months(as_of, -months):
        return Sighting(outcome=Outcome.MET)
    on = as_of if last is None else min(add_months(last, months), as_of)
    evidence = (account_id, *sorted(one.id for one in readings if one.on == last))
    sentence = "Satisfaction was never read." if last is None else f"The last reading is of {last}."
    signal = Signal(
        kind=SignalKind.SILENT,
        on=on,
        strength=_ONE,
        evidence=evidence,
        sentence=sentence,
        handled=answered(evidence, on),
    )
    return _sighted([signal])


def _never_asked(
    readings: tuple[SatisfactionReading, ...],
    buyers: Maybe[tuple[Buyer, ...]],
    locations: Maybe[tuple[Location, ...]],
    as_of: date,
    answered: _Answered,
) -> Sighting:
    """Buyers who never answered, and locations where nobody ever did."""
    missing = [
        Missing(name, value)
        for name, value in (("buyers", buyers), ("locations", locations))
        if isinstance(value, Unknown)
    ]
    nameless = next((r.respondent_id for r in readings if isinstance(r.respondent_id, Unknown)), None)
    people = () if isinstance(buyers, Unknown) else buyers
    asked = {one.respondent_id for one in readings if isinstance(one.respondent_id, str)}
    silent = [one.id for one in people if one.left_on is None and one.id not in asked]
    heard = {one.location_id for one in readings if one.location_id is not None}
    placeless: Unknown | None = buyers if isinstance(buyers, Unknown) and asked else None
    for one in people:
        if one.id in asked and isinstance(one.location_id, Unknown):
            placeless = one.location_id
        elif one.id in asked and isinstance(one.location_id, str):
            heard.add(one.location_id)
    places = [] if isinstance(locations, Unknown) else [one.id for one in locations if one.id not in heard]
    if nameless is not None and (silent or places):
        missing.append(Missing("readings.respondent_id", nameless))
        silent, places = [], []
    if placeless is not None and places:
        missing.append(Missing("buyers.location_id", placeless))
        places = []
    evidence = (*sorted(silent), *sorted(places))
    if not evidence:
        return _sighted([], missing)
    signal = Signal(
        kind=SignalKind.NEVER_ASKED,
        on=as_of,
        strength=_ONE,
        evidence=evidence,
        sentence=f"{_unasked(len(silent), len(places))} never asked how satisfied they are.",
        handled=answered(evidence, as_of),
    )
    return _sighted([signal])


def _unasked(buyers: int, locations: int) -> str:
    told = [count(n, one) for n, one in ((buyers, "buyer"), (locations, "location")) if n]
    return f"{' and '.join(told)} {'was' if buyers + locations == 1 else 'were'}"


def _renewal(
    contracts: tuple[Contract, ...],
    before: list[Sighting],
    standards: Standards,
    as_of: date,
    answered: _Answered,
) -> Sighting:
    days = standards.service.renewal_days
    near = [
        (one, one.end)
        for one in contracts
        if one.in_force(as_of) and one.end is not None and (one.end - as_of).days <= days
    ]
    standing = [signal for sighting in before for signal in sighting.signals]
    missing = [one for sighting in before for one in sighting.missing] if near else []
    if not standing:
        return _sighted([], missing)
    first = min(signal.on for signal in standing)
    signals = []
    for one, end in near:
        on = min(max(end - timedelta(days=days), first), as_of)
        signals.append(
            Signal(
                kind=SignalKind.RENEWAL,
                on=on,
                strength=Decimal(len(standing)),
                evidence=(one.id, *sorted({key for signal in standing for key in signal.evidence})),
                sentence=f"Contract {one.id} comes up for renewal on {end} while {count(len(standing), 'signal stands', 'signals stand')}.",
                handled=answered((one.id,), on),
                at_stake=None if isinstance(one.yearly_amount, Unknown) else one.yearly_amount,
                due_on=end,
            )
        )
    return _sighted(signals)
