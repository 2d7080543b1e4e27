"""Satisfaction readings by instrument: one a respondent, the latest; sums that add up (ACC-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import field, frozen

from sam_core._monoid import add_fields
from sam_core.book import SatisfactionReading
from sam_core.measured import Measured, ratio
from sam_core.standards import SatisfactionStandards
from sam_core.values import Coverage, Unknown, Why, add_months

__all__ = ["Instrument", "Ratings", "by_respondent", "rating", "ratings", "standard_of"]

_ZERO: Final = Decimal(0)


def _plain(value: Decimal) -> Decimal:
    """The same number in one spelling, so that a scale has one name."""
    return value.normalize() + 0


@frozen(order=True)
class Instrument:
    """What was asked, on which scale: readings of another scale are of another instrument."""

    name: str
    lowest: Decimal = field(converter=_plain)
    highest: Decimal = field(converter=_plain)

    @classmethod
    def of(cls, reading: SatisfactionReading) -> Instrument:
        """The instrument of a reading."""
        return cls(reading.instrument, reading.lowest, reading.highest)

    @property
    def kind(self) -> str:
        """``"csat"``, ``"nps"``, or the firm's own name in lower case; the first two have a standard."""
        return self.name.casefold()

    @property
    def boxes(self) -> Decimal:
        """How many whole answers the scale has."""
        return self.highest - self.lowest + 1

    def __str__(self) -> str:
        return f"{self.name} on {self.lowest:f} to {self.highest:f}"


@frozen(kw_only=True)
class Ratings:
    """The latest valid answers of one instrument; they add up over accounts.

    Attributes:
        respondents: people who answered; ``points`` is the sum of their answers.
        top: answers in the top two boxes; ``promoters`` and ``detractors`` those of 9 to 10 and 0 to 6.
        anonymous: valid answers of nobody knows whom: counted nowhere, for they may be a second one.
    """

    respondents: int = 0
    points: Decimal = _ZERO
    top: int = 0
    promoters: int = 0
    detractors: int = 0
    anonymous: int = 0

    def __add__(self, other: Ratings) -> Ratings:
        return add_fields(self, other)


def by_respondent(
    readings: Iterable[SatisfactionReading],
) -> dict[Instrument, dict[str, list[tuple[date, Decimal]]]]:
    """Every respondent's answers by day, per instrument; of several on one day the lowest counts."""
    days: dict[Instrument, dict[str, dict[date, Decimal]]] = {}
    for one in readings:
        if not isinstance(one.respondent_id, Unknown):
            own = days.setdefault(Instrument.of(one), {}).setdefault(one.respondent_id, {})
            own[one.on] = min(one.value, own.get(one.on, one.value))
    return {
        instrument: {person: sorted(own.items()) for person, own in people.items()}
        for instrument, people in days.items()
    }


def ratings(
    readings: Iterable[SatisfactionReading], as_of: date, standards: SatisfactionStandards
) -> dict[Instrument, Ratings]:
    """One account's part: of each respondent the latest answer of the months in which it is valid."""
    since = add_months(as_of, -standards.valid_months)
    valid = [one for one in readings if since < one.on <= as_of]
    found: dict[Instrument, Ratings] = {}
    for instrument, people in by_respondent(valid).items():
        answers = [own[-1][1] for own in people.values()]
        found[instrument] = Ratings(
            respondents=len(answers),
            points=sum(answers, _ZERO),
            top=sum(1 for answer in answers if answer >= instrument.highest - 1),
            promoters=sum(1 for answer in answers if answer >= 9),
            detractors=sum(1 for answer in answers if answer <= 6),
        )
    for one in valid:
        if isinstance(one.respondent_id, Unknown):
            key = Instrument.of(one)
            found[key] = found.get(key, Ratings()) + Ratings(anonymous=1)
    return found


def rating(instrument: Instrument, found: Ratings, standards: SatisfactionStandards) -> Measured:
    """The score of an instrument.

    NPS: 100 × (promoters − detractors) ÷ respondents, on a scale of 0 to 10. Any other: the share of answers
    in the top two boxes, or their mean as a share of the scale, as the standards choose.
    """
    name, count = str(instrument), found.respondents
    coverage = Coverage(judged=count, total=count + found.anonymous)
    without = "nobody known has answered"
    if instrument.kind == "nps":
        if instrument.lowest != 0 or instrument.highest != 10:
            return _undefined(name, "points", "NPS is defined on a scale of 0 to 10", coverage)
        balance = 100 * (found.promoters - found.detractors)
        return ratio(name, "ACC-4", balance, count, without=without, unit="points", coverage=coverage)
    if standards.csat_measure == "mean":
        top, bottom = (
            found.points - count * instrument.lowest,
            count * (instrument.highest - instrument.lowest),
        )
        return ratio(
            name,
            "ACC-4",
            top,
            bottom,
            without=without,
            coverage=coverage,
            note="mean as a share of the scale",
        )
    if instrument.boxes <= 2:
        return _undefined(name, "share", "a scale of two answers has no top two boxes below all", coverage)
    return ratio(
        name, "ACC-4", found.top, count, without=without, coverage=coverage, note="share in the top two boxes"
    )


def _undefined(name: str, unit: str, why: str, coverage: Coverage) -> Measured:
    reason = Unknown(Why.UNREADABLE, why)
    return Measured(name=name, clause_id="ACC-4", unit=unit, value=reason, coverage=coverage)


def standard_of(instrument: Instrument, standards: SatisfactionStandards) -> Decimal | None:
    """The score from which a rating is high; ``None`` for an instrument of the firm's own."""
    return {"csat": standards.csat_met, "nps": Decimal(standards.nps_met)}.get(instrument.kind)
