"""The company's own thresholds: every number a rule or measure compares against.

``Standards`` is one full set, as rules see it. ``Policy`` is the history behind it: what
the company changed, from which day, for which tier of accounts. What nobody changed has the
documented default. Definitions stand in the measures reference; the clause is named on each entry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import attrs
from attrs import Attribute, evolve, field, fields_dict, frozen

from sam_core.charter import CHARTER
from sam_core.errors import StandardsError, suggestion

__all__ = [
    "DEFAULT_STANDARDS",
    "CustomerStandards",
    "FocusStandards",
    "HandoverStandards",
    "MeetingStandards",
    "OfferingStandards",
    "OrganisationStandards",
    "PenetrationStandards",
    "PlanStandards",
    "Policy",
    "ProfitStandards",
    "QualificationStandards",
    "QuotaStandards",
    "RetentionStandards",
    "Revision",
    "SatisfactionStandards",
    "SellingStandards",
    "ServiceStandards",
    "Standard",
    "Standards",
    "TrainingStandards",
    "catalogue",
]

Value = Decimal | int | str | tuple[str, ...] | Mapping[str, int] | Mapping[str, tuple[str, ...]]


def _frozen_map(value: Any) -> Any:
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


def _standard(
    default: Value,
    *,
    unit: str,
    clause: str,
    meaning: str,
    low: Decimal | int | None = None,
    high: Decimal | int | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    def check(_: object, attribute: Attribute[Any], value: Any) -> None:
        problem = _fault(value, default, low, high, choices)
        if problem:
            raise StandardsError(attribute.name, problem)

    return field(
        default=_frozen_map(default),
        converter=_frozen_map,
        validator=check,
        hash=not isinstance(default, Mapping),
        metadata={
            "unit": unit,
            "clause": CHARTER[clause].id,
            "meaning": meaning,
            "low": low,
            "high": high,
            "choices": choices,
        },
    )


def _fault(
    value: Any,
    default: Value,
    low: Decimal | int | None,
    high: Decimal | int | None,
    choices: tuple[str, ...],
) -> str | None:
    """What is wrong with a value, by the kind of its default; ``None`` where nothing is."""
    if isinstance(default, Decimal):
        if not isinstance(value, Decimal) or not value.is_finite():
            return f"{value!r} is not a number"
    elif isinstance(default, int):
        if not isinstance(value, int) or isinstance(value, bool):
            return f"{value!r} is not a whole number"
    elif isinstance(default, str):
        if value not in choices:
            return f"{value!r} is not one of {', '.join(choices)}"
    elif isinstance(default, tuple):
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            return f"{value!r} is not a list of texts"
        strangers = [item for item in value if choices and item not in choices]
        return f"{strangers[0]!r} is not one of {', '.join(choices)}" if strangers else None
    else:
        return _map_fault(value, default, low)
    if isinstance(value, (Decimal, int)) and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        return f"{value} lies outside {'-∞' if low is None else low} to {'∞' if high is None else high}"
    return None


def _map_fault(value: Any, default: Mapping[str, Any], low: Decimal | int | None) -> str | None:
    if not isinstance(value, Mapping):
        return f"{value!r} is not a table"
    wants_days = any(isinstance(item, int) for item in default.values())
    for key, item in value.items():
        if wants_days and (
            not isinstance(item, int) or isinstance(item, bool) or (low is not None and item < low)
        ):
            return f"{key}: {item!r} is not a whole number of {low} or more"
        if not wants_days and (
            not isinstance(item, tuple) or not all(isinstance(text, str) for text in item)
        ):
            return f"{key}: {item!r} is not a list of texts"
    return None


def _of(section: type[Any]) -> Any:
    return field(factory=section, validator=attrs.validators.instance_of(section))


_ONE: Final = Decimal(1)
_BUYER_ROLES: Final = ("decision maker", "champion", "user", "blocker", "other")


@frozen(kw_only=True)
class CustomerStandards:
    """What counts as one customer."""

    level: str = _standard(
        "ultimate parent",
        unit="choice",
        clause="OV-2",
        choices=("ultimate parent", "site"),
        meaning="whether a customer is the top of its account hierarchy or each site for itself",
    )


@frozen(kw_only=True)
class QuotaStandards:
    """Quota attainment."""

    attainment_met: Decimal = _standard(
        _ONE,
        unit="share of quota",
        clause="ACC-1",
        low=0,
        meaning="attainment of an ended period from which the quota is met",
    )
    pace_met: Decimal = _standard(
        _ONE,
        unit="attainment ÷ elapsed",
        clause="ACC-1",
        low=0,
        meaning="pace of a running period from which it is on course",
    )
    pace_at_risk: Decimal = _standard(
        Decimal("0.9"),
        unit="attainment ÷ elapsed",
        clause="ACC-1",
        low=0,
        meaning="pace of a running period from which it is at risk rather than not met",
    )
    coverage_min: Decimal = _standard(
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

    coverage_min: Decimal = _standard(
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

    coverage_met: Decimal = _standard(
        _ONE,
        unit="share of accounts",
        clause="ACC-3",
        low=0,
        high=1,
        meaning="share of assigned accounts that must have a conforming plan",
    )
    grace_days: int = _standard(
        90,
        unit="days",
        clause="ACC-3",
        low=0,
        meaning="days after its assignment during which an account without a plan stays outside the ratio",
    )
    review_days: int = _standard(
        100,
        unit="days",
        clause="RESP-5",
        low=1,
        meaning="longest time since the plan was last reviewed",
    )
    overdue_days: int = _standard(
        30,
        unit="days",
        clause="RESP-5",
        low=0,
        meaning="longest an open action may be past its due date",
    )


@frozen(kw_only=True)
class SatisfactionStandards:
    """Satisfaction ratings."""

    csat_measure: str = _standard(
        "top two boxes",
        unit="choice",
        clause="ACC-4",
        choices=("top two boxes", "mean"),
        meaning="how CSAT is summed up: share of answers in the top two boxes, or mean as a share of the scale",
    )
    csat_met: Decimal = _standard(
        Decimal("0.8"),
        unit="share",
        clause="ACC-4",
        low=0,
        high=1,
        meaning="CSAT from which the rating is high",
    )
    nps_met: int = _standard(
        30,
        unit="points, -100 to 100",
        clause="ACC-4",
        low=-100,
        high=100,
        meaning="NPS from which the rating is high",
    )
    sample_min: int = _standard(
        5,
        unit="respondents",
        clause="ACC-4",
        low=1,
        meaning="fewest respondents in a book for a verdict",
    )
    account_share_min: Decimal = _standard(
        Decimal("0.6"),
        unit="share of accounts",
        clause="ACC-4",
        low=0,
        high=1,
        meaning="share of accounts that must have a reading for a verdict",
    )
    valid_months: int = _standard(
        12,
        unit="months",
        clause="ACC-4",
        low=1,
        meaning="how long a reading stands for its respondent",
    )


@frozen(kw_only=True)
class TrainingStandards:
    """Training in time."""

    on_time_met: Decimal = _standard(
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

    gross_met: Decimal = _standard(
        Decimal("0.9"),
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        high=1,
        meaning="gross revenue retention from which a book is kept",
    )
    net_met: Decimal = _standard(
        _ONE,
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        meaning="net revenue retention from which existing business grows",
    )
    shrinking_share: Decimal = _standard(
        Decimal("0.10"),
        unit="share of revenue",
        clause="RESP-1",
        low=0,
        high=1,
        meaning="fall of the trailing 12 months against the 12 before beyond which an account shrinks",
    )
    reorder_factor: Decimal = _standard(
        Decimal(2),
        unit="× usual interval",
        clause="RESP-1",
        low=1,
        meaning="multiple of the usual reorder interval after which a missing order is a warning",
    )
    reorder_min_orders: int = _standard(
        3,
        unit="order days",
        clause="RESP-1",
        low=2,
        meaning="fewest order days from which an account has a usual reorder interval",
    )


@frozen(kw_only=True)
class PenetrationStandards:
    """Penetration and whitespace."""

    active_months: int = _standard(
        24,
        unit="months",
        clause="RESP-2",
        low=1,
        meaning="months after its last positive line during which a location, buyer or product is active",
    )
    comparable_min: int = _standard(
        5,
        unit="accounts",
        clause="RESP-2",
        low=1,
        meaning="fewest accounts of a segment for comparison; below it the whole book is compared",
    )
    owners_min: int = _standard(
        5,
        unit="owning buyers",
        clause="RESP-2",
        low=1,
        meaning="fewest owners of a product from which a move has a value",
    )


@frozen(kw_only=True)
class OfferingStandards:
    """Selling the complete offering."""

    families_met: Decimal = _standard(
        Decimal("0.5"),
        unit="share of families",
        clause="RESP-3",
        low=0,
        high=1,
        meaning="share of the families open to an account that it should be buying from",
    )
    families_at_risk: Decimal = _standard(
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

    stage_factor: Decimal = _standard(
        Decimal("1.5"),
        unit="× median",
        clause="RESP-4",
        low=1,
        meaning="multiple of the book's median time in a stage beyond which an opportunity is stale",
    )
    stage_roles: Mapping[str, tuple[str, ...]] = _standard(
        {},
        unit="roles by stage",
        clause="RESP-4",
        meaning="roles that must have been engaged once an opportunity is in that stage",
    )


@frozen(kw_only=True)
class MeetingStandards:
    """Meeting face to face."""

    key_roles: tuple[str, ...] = _standard(
        ("decision maker", "champion"),
        unit="buyer roles",
        clause="OV-5",
        choices=_BUYER_ROLES,
        meaning="roles of buyers that must be met in person",
    )
    face_to_face_days: int = _standard(
        90,
        unit="days",
        clause="OV-5",
        low=1,
        meaning="longest time since a key buyer was met in person",
    )
    in_person_share: Decimal = _standard(
        Decimal("0.5"),
        unit="share of meetings",
        clause="OV-5",
        low=0,
        high=1,
        meaning="share of the meetings with a customer to be held in person",
    )
    contacts_min: int = _standard(
        2,
        unit="active buyers",
        clause="RESP-2.2",
        low=1,
        meaning="fewest buyers an account should rest on",
    )


@frozen(kw_only=True)
class FocusStandards:
    """Attention where the growth is."""

    top_share: Decimal = _standard(
        Decimal("0.2"),
        unit="share of accounts",
        clause="OV-4",
        low=0,
        high=1,
        meaning="share of the accounts, by trailing revenue and valued whitespace, that makes the top tier",
    )
    effort_ratio_met: Decimal = _standard(
        Decimal("0.8"),
        unit="share of effort ÷ share of value",
        clause="OV-4",
        low=0,
        meaning="what share of effort the top tier must get for its share of value",
    )


@frozen(kw_only=True)
class ServiceStandards:
    """Service and satisfaction ahead of trouble."""

    case_window_days: int = _standard(
        30,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="recent days whose cases are weighed",
    )
    case_history_days: int = _standard(
        180,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="days before them that give the account's own rate",
    )
    case_tail: Decimal = _standard(
        Decimal("0.01"),
        unit="probability",
        clause="RESP-6",
        low=0,
        high=1,
        meaning="upper tail below which as many cases are improbable",
    )
    case_prior_days: int = _standard(
        30,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="weight of the book's own case rate, in days, as a prior for the account's",
    )
    case_days: Mapping[str, int] = _standard(
        {"high": 3, "medium": 10, "low": 30},
        unit="days by priority",
        clause="RESP-6",
        low=0,
        meaning="days a case of that priority may stay open; a priority not named is not assessable",
    )
    late_window_days: int = _standard(
        90,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="recent days whose deliveries are weighed against the past",
    )
    reading_fall: Decimal = _standard(
        Decimal("0.25"),
        unit="share of the scale",
        clause="RESP-6",
        low=0,
        high=1,
        meaning="fall between two readings of a respondent that is a warning",
    )
    renewal_days: int = _standard(
        90,
        unit="days",
        clause="RESP-6",
        low=1,
        meaning="days before a renewal in which an open signal weighs more",
    )
    reading_months: int = _standard(
        12,
        unit="months",
        clause="RESP-6",
        low=1,
        meaning="longest time without any satisfaction reading",
    )


@frozen(kw_only=True)
class HandoverStandards:
    """Taking over from Business Development."""

    kick_off_days: int = _standard(
        14,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from winning to the kick-off",
    )
    implementing_days: int = _standard(
        30,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from the kick-off to the start of implementation",
    )
    live_days: int = _standard(
        120,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from the start of implementation to going live",
    )
    transfer_days: int = _standard(
        30,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="days from going live to the transfer",
    )
    new_customer_days: int = _standard(
        180,
        unit="days",
        clause="RESP-7",
        low=0,
        meaning="age of the first sale up to which an account must have a hand-over record",
    )


@frozen(kw_only=True)
class OrganisationStandards:
    """Working with others."""

    answer_days: int = _standard(
        10,
        unit="days",
        clause="ORG-2",
        low=0,
        meaning="days in which a request for support must be answered",
    )
    service_contact_days: int = _standard(
        5,
        unit="days",
        clause="ORG-3",
        low=0,
        meaning="days an open problem may wait for contact with customer service",
    )


@frozen(kw_only=True)
class QualificationStandards:
    """Qualifications of a candidate or incumbent."""

    degree_years: int = _standard(
        4,
        unit="years",
        clause="QUAL-1",
        low=0,
        meaning="length of the degree that counts",
    )
    selling_years: Decimal = _standard(
        Decimal(6),
        unit="years",
        clause="QUAL-2",
        low=0,
        meaning="years of business-to-business selling to large customers",
    )
    achievements_min: int = _standard(
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
        section, name = _split(key)
        value: Value = getattr(getattr(self, section), name)
        return value

    def _with(self, overrides: Mapping[str, Value], effective: date) -> Standards:
        sections: dict[str, dict[str, Value]] = {}
        for key, value in overrides.items():
            section, name = _split(key)
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


def _sections() -> Iterator[tuple[str, type[Any]]]:
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
        for section, kind in _sections()
        for attribute in attrs.fields(kind)
    )


_KEYS: Final = {entry.key: entry for entry in catalogue()}


def _split(key: str) -> tuple[str, str]:
    if key not in _KEYS:
        raise StandardsError(key, f"there is no such standard{suggestion(key, _KEYS)}")
    section, name = key.split(".")
    return section, name


@frozen(kw_only=True)
class Revision:
    """What the company changed from one day on.

    Attributes:
        effective: the first day it holds.
        values: new values by dotted key.
        tiers: values by tier and dotted key, for accounts of that tier only.

    Raises:
        StandardsError: an unknown key, or a value of the wrong type or range; it names the path.
    """

    effective: date
    values: Mapping[str, Value] = field(factory=dict, converter=_frozen_map, hash=False)
    tiers: Mapping[str, Mapping[str, Value]] = field(factory=dict, converter=_frozen_map, hash=False)

    def __attrs_post_init__(self) -> None:
        for prefix, values in (("", self.values), *((f"tier.{t}.", v) for t, v in self.tiers.items())):
            for key, value in values.items():
                _split(key)
                entry = _KEYS[key]
                problem = _fault(value, entry.default, entry.low, entry.high, entry.choices)
                if problem:
                    raise StandardsError(f"{prefix}{key}", problem)


def _by_day(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    return tuple(sorted(revisions, key=lambda revision: revision.effective))


@frozen
class Policy:
    """The company's standards over time: defaults, and dated revisions of them."""

    revisions: tuple[Revision, ...] = field(default=(), converter=_by_day)

    def on(self, day: date, tier: str | None = None) -> Standards:
        """The standards in force on that day, for accounts of that tier."""
        current = [revision for revision in self.revisions if revision.effective <= day]
        standards = DEFAULT_STANDARDS
        for revision in current:
            standards = standards._with(revision.values, revision.effective)
        for revision in current:
            if tier is not None and tier in revision.tiers:
                standards = standards._with(revision.tiers[tier], standards.effective or revision.effective)
        return standards

    @classmethod
    def from_toml(cls, text: str) -> Policy:
        """Read a standards document.

        Top-level tables are sections and hold from ``effective`` on (a date, required
        as soon as anything is changed); ``[tier.NAME.section]`` is for one tier;
        ``[[revision]]`` holds the same again with its own ``effective``.

        Raises:
            StandardsError: not TOML, an unknown key (with the nearest known), a wrong type or range, by path.
        """
        try:
            document = tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, ArithmeticError) as error:
            raise StandardsError("", f"not a TOML document: {error}") from None
        later = document.pop("revision", [])
        if not isinstance(later, list) or not all(isinstance(entry, dict) for entry in later):
            raise StandardsError("revision", "write each revision as [[revision]]")
        first = _revision(document, "")
        rest = [_revision(entry, f"revision[{index}]", required=True) for index, entry in enumerate(later)]
        return cls(tuple(revision for revision in (first, *rest) if revision is not None))

    def to_toml(self) -> str:
        """The revisions as a document that :meth:`from_toml` reads back to the same policy."""
        parts: list[str] = []
        for revision in self.revisions:
            parts.append(f"[[revision]]\neffective = {revision.effective.isoformat()}\n")
            parts.extend(_tables("revision.", revision.values))
            for tier, values in sorted(revision.tiers.items()):
                parts.extend(_tables(f"revision.tier.{_quoted(tier)}.", values))
        return "\n".join(parts)


def _revision(document: dict[str, Any], path: str, *, required: bool = False) -> Revision | None:
    """One revision out of a table; ``None`` where the table is empty."""
    if not document and not required:
        return None
    effective = document.pop("effective", None)
    tiers = document.pop("tier", {})
    prefix = f"{path}." if path else ""
    values = _flat(document, prefix)
    if not isinstance(tiers, dict):
        raise StandardsError(f"{prefix}tier", "write [tier.NAME.section]")
    by_tier = {tier: _flat(entry, f"{prefix}tier.{tier}.") for tier, entry in tiers.items()}
    if not isinstance(effective, date) or isinstance(effective, datetime):
        raise StandardsError(f"{prefix}effective", "say from which day this holds: effective = 2026-01-01")
    try:
        return Revision(effective=effective, values=values, tiers=by_tier)
    except StandardsError as error:
        raise StandardsError(f"{prefix}{error.path}", error.problem) from None


def _flat(document: Any, prefix: str) -> dict[str, Value]:
    """Dotted keys out of a table of sections, each value brought to the type of its default."""
    if not isinstance(document, dict):
        raise StandardsError(prefix.rstrip("."), "write a table of sections")
    flat: dict[str, Value] = {}
    sections = dict(_sections())
    for section, values in document.items():
        if section not in sections:
            raise StandardsError(
                f"{prefix}{section}", f"there is no such section{suggestion(section, sections)}"
            )
        if not isinstance(values, dict):
            raise StandardsError(f"{prefix}{section}", f"{values!r} is not a table; write [{section}]")
        for name, value in values.items():
            names = fields_dict(sections[section])
            if name not in names:
                raise StandardsError(
                    f"{prefix}{section}.{name}", f"there is no such standard{suggestion(name, names)}"
                )
            flat[f"{section}.{name}"] = _typed(value, _KEYS[f"{section}.{name}"].default)
    return flat


def _typed(value: Any, default: Value) -> Any:
    """TOML has no Decimal for ``1`` and no tuple: bring both to what the default is."""
    if isinstance(default, Decimal) and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    return value


def _tables(prefix: str, values: Mapping[str, Value]) -> Iterator[str]:
    by_section: dict[str, list[str]] = {}
    for key, value in sorted(values.items()):
        section, name = key.split(".")
        by_section.setdefault(section, []).append(f"{name} = {toml_value(value)}\n")
    for section, lines in by_section.items():
        yield f"[{prefix}{section}]\n" + "".join(lines)


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\"}


def _quoted(text: str) -> str:
    body = "".join(
        _ESCAPES.get(c, f"\\u{ord(c):04x}" if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text
    )
    return f'"{body}"'


def toml_value(value: object) -> str:
    """One value as TOML writes it."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{_quoted(key)} = {toml_value(item)}" for key, item in sorted(value.items()))
            + "}"
        )
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
