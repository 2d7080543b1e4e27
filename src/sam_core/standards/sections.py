"""The thresholds themselves, a section for each subject, with their documented defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs
from attrs import evolve, field, fields_dict, frozen

from sam_core.errors import StandardsError, suggestion
from sam_core.standards._declare import Value, standard

__all__ = [
    "DEFAULT_STANDARDS",
    "STANDARDS",
    "CustomerStandards",
    "FocusStandards",
    "HandoverStandards",
    "MeetingStandards",
    "OfferingStandards",
    "OrganisationStandards",
    "PenetrationStandards",
    "PlanStandards",
    "ProfitStandards",
    "QualificationStandards",
    "QuotaStandards",
    "RetentionStandards",
    "SatisfactionStandards",
    "SellingStandards",
    "ServiceStandards",
    "Standard",
    "Standards",
    "TrainingStandards",
    "catalogue",
    "sections",
    "split",
]


def _of(section: type[Any]) -> Any:
    return field(factory=section, validator=attrs.validators.instance_of(section))


_ONE: Final = Decimal(1)
_BUYER_ROLES: Final = ("decision maker", "champion", "user", "blocker", "other")


@frozen(kw_only=True)
class CustomerStandards:
    """What counts as one customer."""

    level: str = standard(
        "ultimate parent",
        unit="choice",
        clause="OV-2",
        choices=("ultimate parent", "site"),
        meaning="whether a customer is the top of its account hierarchy or each site for itself",
    )


@frozen(kw_only=True)
class QuotaStandards:
    """Quota attainment."""

    attainment_met: Decimal = standard(
        _ONE,
        unit="share of quota",
        clause="ACC-1",
        low=0,
        meaning="attainment of an ended period from which the quota is met",
    )
    pace_met: Decimal = standard(
        _ONE,
        unit="attainment ÷ elapsed",
        clause="ACC-1",
        low=0,
        meaning="pace of a running period from which it is on course",
    )
    pace_at_risk: Decimal = standard(
        Decimal("0.9"),
        unit="attainment ÷ elapsed",
        clause="ACC-1",
        low=0,
        meaning="pace of a running period from which it is at risk rather than not met",
    )
    coverage_min: Decimal = standard(
        Decimal("0.95"),
        unit="share of revenue",
        clause="ACC-1",
        low=0,
        high=1,
        meaning="share of the revenue whose credited person must be known for a verdict",
    )


@frozen(kw_only=True)
class ProfitStandards:
    """Profitability."""

    coverage_min: Decimal = standard(
        Decimal("0.95"),
        unit="share of revenue",
        clause="ACC-2",
        low=0,
        high=1,
        meaning="share of the revenue whose cost must be known for a verdict",
    )


@frozen(kw_only=True)
class PlanStandards:
    """When an account plan conforms."""

    coverage_met: Decimal = standard(
        _ONE,
        unit="share of accounts",
        clause="ACC-3",
        low=0,
        high=1,
        meaning="share of assigned accounts that must have a conforming plan",
    )
    grace_days: int = standard(
        90,
        unit="days",
        clause="ACC-3",
        low=0,
        meaning="days after its assignment during which an account without a plan stays outside the ratio",
    )
    review_days: int = standard(
        100,
        unit="days",
        clause="RESP-5",
        low=1,
        meaning="longest time since the plan was last reviewed",
    )
    preparation_days: int = standard(
        90,
        unit="days",
        clause="RESP-5",
        low=0,
        meaning="days before a plan begins in which a planning session already belongs to its cycle",
    )
    overdue_days: int = standard(
        30,
        unit="days",
        clause="RESP-5",
        low=0,
        meaning="longest an open action may be past its due date",
    )


@frozen(kw_only=True)
class SatisfactionStandards:
    """Satisfaction ratings."""

    csat_measure: str = standard(
        "top two boxes",
        unit="choice",
        clause="ACC-4",
        choices=("top two boxes", "mean"),
        meaning="how CSAT is summed up: share of answers in the top two boxes, or mean as a share of the scale",
    )
    csat_met: Decimal = standard(
        Decimal("0.8"),
        unit="share",
        clause="ACC-4",
        low=0,
        high=1,
        meaning="CSAT from which the rating is high",
    )
    nps_met: int = standard(
        30,
        unit="points, -100 to 100",
        clause="ACC-4",
        low=-100,
        high=100,
        meaning="NPS from which the rating is high",
    )
    sample_min: int = standard(
        5,
        unit="respondents",
        clause="ACC-4",
        low=1,
        meaning="fewest respondents in a book for a verdict",
    )
    account_share_min: Decimal = standard(
        Decimal("0.6"),
        unit="share of accounts",
        clause="ACC-4",
        low=0,
        high=1,
        meaning="share of accounts that must have a reading for a verdict",
    )
    valid_months: int = standard(
        12,
        unit="months",
        clause="ACC-4",
        low=1,
        meaning="how long a reading stands for its respondent",
    )


@frozen(kw_only=True)
class TrainingStandards:
    """Training in time."""

    on_time_met: Decimal = standard(
        _ONE,
        unit="share of objectives",
        clause="ACC-5",
        low=0,
        high=1,
        meaning="share of due objectives that must have been completed by their due date",
    )


@frozen(kw_only=True)
class RetentionStandards:
    """Keeping and growing existing business."""

    gross_met: Decimal = standard(
        Decimal("0.9"),
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        high=1,
        meaning="gross revenue retention from which a book is kept",
    )
    net_met: Decimal = standard(
        _ONE,
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        meaning="net revenue retention from which existing business grows",
    )
    shrinking_share: Decimal = standard(
        Decimal("0.10"),
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        high=1,
        meaning="fall of the trailing 12 months against the 12 before beyond which an account shrinks",
    )
    reorder_factor: Decimal = standard(
        Decimal(2),
        unit="× usual interval",
        clause="RESP-1",
        low=1,
        meaning="multiple of the usual reorder interval after which a missing order is a warning",
    )
    reorder_min_orders: int = standard(
        3,
        unit="order days",
        clause="RESP-1",
        low=2,
        meaning="fewest order days from which an account has a usual reorder interval",
    )


@frozen(kw_only=True)
class PenetrationStandards:
    """Penetration and whitespace."""

    active_months: int = standard(
        24,
        unit="months",
        clause="RESP-2",
        low=1,
        meaning="months after its last positive line during which a location, buyer or product is active",
    )
    comparable_min: int = standard(
        5,
        unit="accounts",
        clause="RESP-2",
        low=1,
        meaning="fewest accounts of a segment for comparison; below it the whole book is compared",
    )
    owners_min: int = standard(
        5,
        unit="owning buyers",
        clause="RESP-2",
        low=1,
        meaning="fewest owners of a product from which a move has a value",
    )


@frozen(kw_only=True)
class OfferingStandards:
    """Selling the complete offering."""

    families_met: Decimal = standard(
        Decimal("0.5"),
        unit="share of families",
        clause="RESP-3",
        low=0,
        high=1,
        meaning="share of the families open to an account that it should be buying from",
    )
    families_at_risk: Decimal = standard(
        Decimal("0.25"),
        unit="share of families",
        clause="RESP-3",
        low=0,
        high=1,
        meaning="share of families from which an account is at risk rather than not met",
    )


@frozen(kw_only=True)
class SellingStandards:
    """Leading the sales process."""

    stage_factor: Decimal = standard(
        Decimal("1.5"),
        unit="× median",
        clause="RESP-4",
        low=1,
        meaning="multiple of the book's median time in a stage beyond which an opportunity is stale",
    )
    stage_roles: Mapping[str, tuple[str, ...]] = standard(
        {},
        unit="roles by stage",
        clause="RESP-4",
        meaning="roles that must have been engaged once an opportunity is in that stage",
    )


@frozen(kw_only=True)
class MeetingStandards:
    """Meeting face to face."""

    key_roles: tuple[str, ...] = standard(
        ("decision maker", "champion"),
        unit="buyer roles",
        clause="OV-5",
        choices=_BUYER_ROLES,
        meaning="roles of buyers that must be met in person",
    )
    face_to_face_days: int = standard(
        90,
        unit="days",
        clause="OV-5",
        low=1,
        meaning="longest time since a key buyer was met in person",
    )
    in_person_share: Decimal = standard(
        Decimal("0.5"),
        unit="share of meetings",
        clause="OV-5",
        low=0,
        high=1,
        meaning="share of the meetings with a customer to be held in person",
    )
    contacts_min: int = standard(
        2,
        unit="active buyers",
        clause="RESP-2.2",
        low=1,
        meaning="fewest buyers an account should rest on",
    )


@frozen(kw_only=True)
class FocusStandards:
    """Attention where the growth is."""

    top_share: Decimal = standard(
        Decimal("0.2"),
        unit="share of accounts",
        clause="OV-4",
        low=0,
        high=1,
        meaning="share of the accounts, by trailing revenue and valued whitespace, that makes the top tier",
    )
    effort_ratio_met: Decimal = standard(
        Decimal("0.8"),
        unit="share of effort ÷ share of value",
        clause="OV-4",
        low=0,
        meaning="what share of effort the top tier must get for its share of value",
    )


@frozen(kw_only=True)
class ServiceStandards:
    """Service and satisfaction ahead of trouble."""

    case_window_days: int = standard(
        30,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="recent days whose cases are weighed",
    )
    case_history_days: int = standard(
        180,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="days before them that give the account's own rate",
    )
    case_tail: Decimal = standard(
        Decimal("0.01"),
        unit="probability",
        clause="RESP-6",
        low=0,
        high=1,
        meaning="upper tail below which as many cases are improbable",
    )
    case_prior_days: int = standard(
        30,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="weight of the book's own case rate, in days, as a prior for the account's",
    )
    case_days: Mapping[str, int] = standard(
        {"high": 3, "medium": 10, "low": 30},
        unit="days by priority",
        clause="RESP-6",
        low=0,
        meaning="days a case of that priority may stay open; a priority not named is not assessable",
    )
    late_window_days: int = standard(
        90,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="recent days whose deliveries are weighed against the past",
    )
    reading_fall: Decimal = standard(
        Decimal("0.25"),
        unit="share of the scale",
        clause="RESP-6",
        low=0,
        high=1,
        meaning="fall between two readings of a respondent that is a warning",
    )
    renewal_days: int = standard(
        90,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="days before a renewal in which an open signal weighs more",
    )
    reading_months: int = standard(
        12,
        unit="months",
        clause="RESP-6",
        low=1,
        meaning="longest time without any satisfaction reading",
    )


@frozen(kw_only=True)
class HandoverStandards:
    """Taking over from Business Development."""

    kick_off_days: int = standard(
        14,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from winning to the kick-off",
    )
    implementing_days: int = standard(
        30,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from the kick-off to the start of implementation",
    )
    live_days: int = standard(
        120,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from the start of implementation to going live",
    )
    transfer_days: int = standard(
        30,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from going live to the transfer",
    )
    new_customer_days: int = standard(
        180,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="age of the first sale up to which an account must have a hand-over record",
    )


@frozen(kw_only=True)
class OrganisationStandards:
    """Working with others."""

    answer_days: int = standard(
        10,
        unit="days",
        clause="ORG-2",
        low=0,
        meaning="days in which a request for support must be answered",
    )
    service_contact_days: int = standard(
        5,
        unit="days",
        clause="ORG-3",
        low=0,
        meaning="days an open problem may wait for contact with customer service",
    )
    outlier_factor: Decimal = standard(
        Decimal(3),
        unit="deviations",
        clause="ORG-1",
        low=1,
        meaning="distance from the reports' median, in scaled median absolute deviations, that names an outlier",
    )
    reports_min: int = standard(
        4,
        unit="managers",
        clause="ORG-1",
        low=3,
        meaning="fewest reports among whom an outlier is named",
    )


@frozen(kw_only=True)
class QualificationStandards:
    """Qualifications of a candidate or incumbent."""

    degree_years: int = standard(
        4,
        unit="years",
        clause="QUAL-1",
        low=0,
        meaning="length of the degree that counts",
    )
    selling_years: Decimal = standard(
        Decimal(6),
        unit="years",
        clause="QUAL-2",
        low=0,
        meaning="years of business-to-business selling to large customers",
    )
    achievements_min: int = standard(
        1,
        unit="achievements",
        clause="QUAL-2",
        low=1,
        meaning="recorded achievements as an Account Manager that make a record",
    )


@frozen(kw_only=True)
class Standards:
    """One full set of thresholds, in force on one day for one tier.

    Attributes:
        effective: the day of the latest revision in it; ``None`` for the documented defaults.
    """

    effective: date | None = None
    customer: CustomerStandards = _of(CustomerStandards)
    quota: QuotaStandards = _of(QuotaStandards)
    profit: ProfitStandards = _of(ProfitStandards)
    plans: PlanStandards = _of(PlanStandards)
    satisfaction: SatisfactionStandards = _of(SatisfactionStandards)
    training: TrainingStandards = _of(TrainingStandards)
    retention: RetentionStandards = _of(RetentionStandards)
    penetration: PenetrationStandards = _of(PenetrationStandards)
    offering: OfferingStandards = _of(OfferingStandards)
    selling: SellingStandards = _of(SellingStandards)
    meetings: MeetingStandards = _of(MeetingStandards)
    focus: FocusStandards = _of(FocusStandards)
    service: ServiceStandards = _of(ServiceStandards)
    handover: HandoverStandards = _of(HandoverStandards)
    organisation: OrganisationStandards = _of(OrganisationStandards)
    qualification: QualificationStandards = _of(QualificationStandards)

    def value(self, key: str) -> Value:
        """The value of one standard by its dotted key.

        Raises:
            StandardsError: no such key; the nearest one is suggested.
        """
        section, name = split(key)
        value: Value = getattr(getattr(self, section), name)
        return value

    def changed(self, overrides: Mapping[str, Value], effective: date) -> Standards:
        """These standards with some values replaced, by dotted key, from a day on."""
        sections: dict[str, dict[str, Value]] = {}
        for key, value in overrides.items():
            section, name = split(key)
            sections.setdefault(section, {})[name] = value
        changed: dict[str, Any] = {s: evolve(getattr(self, s), **values) for s, values in sections.items()}
        return evolve(self, effective=effective, **changed)


DEFAULT_STANDARDS: Final = Standards()
"""The documented default of every standard."""


@frozen(kw_only=True)
class Standard:
    """One entry of the catalogue: what a threshold means, and whose clause it serves.

    Attributes:
        key: dotted, ``"retention.shrinking_share"``.
        low, high: the range allowed, ``None`` for open.
        choices: the texts allowed, ``()`` for any.
    """

    key: str
    default: Value
    unit: str
    clause: str
    meaning: str
    low: Decimal | int | None
    high: Decimal | int | None
    choices: tuple[str, ...]


def sections() -> Iterator[tuple[str, type[Any]]]:
    """The sections by name, each with its class."""
    for name, attribute in fields_dict(Standards).items():
        if name != "effective":
            yield name, type(getattr(DEFAULT_STANDARDS, attribute.name))


def catalogue() -> tuple[Standard, ...]:
    """Every standard there is, in the order of the sections."""
    return tuple(
        Standard(
            key=f"{section}.{attribute.name}",
            default=getattr(getattr(DEFAULT_STANDARDS, section), attribute.name),
            **attribute.metadata,
        )
        for section, kind in sections()
        for attribute in attrs.fields(kind)
    )


STANDARDS: Final = {entry.key: entry for entry in catalogue()}
"""Every standard by its dotted key."""


def split(key: str) -> tuple[str, str]:
    """Section and name of a dotted key.

    Raises:
        StandardsError: there is no such standard; the nearest is suggested.
    """
    if key not in STANDARDS:
        raise StandardsError(key, f"there is no such standard{suggestion(key, STANDARDS)}")
    section, name = key.split(".")
    return section, name
