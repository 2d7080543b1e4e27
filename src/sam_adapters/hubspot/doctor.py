"""What a portal gives, what it keeps back, what that leaves open, and what a reading costs: as data, and as text."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Protocol

from attrs import field, frozen

from sam_adapters.contract import CONCEPTS
from sam_adapters.convert import Collector
from sam_adapters.faults import NotAvailableError, RequestError
from sam_adapters.hubspot.adapter import HubSpotAdapter
from sam_adapters.hubspot.gaps import entry_gap
from sam_adapters.hubspot.objects import ObjectSpec
from sam_adapters.hubspot.selling import stages
from sam_adapters.hubspot.settings import Settings, refusal
from sam_adapters.hubspot.snapshot import Snapshot, Table
from sam_core.values import Period, Unknown, Why

__all__ = ["DoctorReport", "ObjectReport", "ObjectState", "doctor", "render"]

_OWNERS: Final = ObjectSpec(key="owners", object="owners", scope="crm.objects.owners.read")
_SETTINGS: Final = ("owners", "account", "pipelines", "properties")


class ObjectState(enum.Enum):
    """How far an object can be read."""

    USABLE = "usable"
    PARTLY = "usable, some properties missing"
    MISSING = "missing or hidden"
    NOT_CONFIGURED = "not configured"


@frozen(kw_only=True)
class ObjectReport:
    """One entry of the map against the portal.

    Attributes:
        key: our name for it.
        object: its name in HubSpot; ``""`` where none is configured.
        state: how far it can be read.
        missing: properties that are mapped and that the portal has not.
        reason: why it cannot be read, and what to do about it.
    """

    key: str
    object: str
    state: ObjectState
    missing: tuple[str, ...] = ()
    reason: str = ""


@frozen(kw_only=True)
class DoctorReport:
    """The whole examination.

    Attributes:
        portal, version, plan: what was examined, and how it would be read.
        whose: whose book the calls were counted for; ``""`` where for nobody's.
        objects: every entry of the map.
        pipelines: each deal pipeline with its stages and what they stand for.
        gaps: concepts, and fields of concepts, that stay unknown, with the reason.
        not_assessable: rules that no record can be judged by, each with the concepts it lacks.
        assumptions: what the mapping takes for granted.
        calls: API calls a reading of the core objects takes, by step.
        used, allowed: calls of the day, where the portal tells.
        problems: what keeps a book from being read at all.
    """

    portal: str
    version: str
    plan: str
    whose: str = ""
    objects: tuple[ObjectReport, ...] = ()
    pipelines: Mapping[str, str] = field(factory=dict, hash=False)
    gaps: Mapping[str, Unknown] = field(factory=dict, hash=False)
    not_assessable: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    assumptions: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(factory=dict, hash=False)
    used: int | None = None
    allowed: int | None = None
    problems: tuple[str, ...] = ()

    @property
    def planned(self) -> int:
        """API calls a reading takes, all together."""
        return sum(self.calls.values())

    @property
    def healthy(self) -> bool:
        """True where a book can be read."""
        return not self.problems


class _Rule(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def required(self) -> tuple[str, ...]: ...


def doctor(
    adapter: HubSpotAdapter, manager_id: str = "", *, rules: Iterable[_Rule] | None = None
) -> DoctorReport:
    """Check the map against the portal, and count what a reading costs.

    Args:
        adapter: the adapter under examination.
        manager_id: whose book to count; nobody's where left out.
        rules: what is to be assessed; the standard rules where left out.

    Raises:
        TransportError: the portal cannot be reached, or does not let us in.
        SourceError: there is no such owner.
    """
    if rules is None:
        from sam_core.rules import standard_rules

        rules = standard_rules()
    settings = adapter.settings
    account = settings.account()
    problems = _problems(settings)
    capabilities = adapter.capabilities
    lacking = {name for name in CONCEPTS if capabilities.gap(name) is not None}
    blocked = {rule.id: tuple(sorted(lacking & set(rule.required))) for rule in rules}
    ledger = adapter.ledger
    calls = _calls(adapter, manager_id) if manager_id and not problems else {}
    pipelines, unclear = _pipelines(settings)
    if not problems:
        unclear += _strangers(settings)
    return DoctorReport(
        portal=str(account.get("portalId", "")),
        version=settings.config.api_version,
        plan=settings.config.plan,
        whose=manager_id,
        objects=tuple(_examined(settings, spec) for spec in settings.config.objects.values()),
        pipelines=pipelines,
        gaps=dict(capabilities.gaps),
        not_assessable={rule_id: names for rule_id, names in blocked.items() if names},
        assumptions=capabilities.assumptions,
        calls=calls,
        used=ledger.used,
        allowed=ledger.allowed,
        problems=(*problems, *unclear),
    )


def _problems(settings: Settings) -> list[str]:
    """What keeps any book from being read."""
    found = []
    try:
        settings.owners()
    except NotAvailableError as error:
        found.append(f"{refusal(_OWNERS, error).where}; nobody's book can be found without it")
    companies = settings.config.objects["companies"]
    gap = entry_gap(settings, companies)
    if gap is not None:
        found.append(f"{gap.where}; no book can be read without it")
    elif settings.config.owner_property not in settings.properties(companies.object):
        found.append(
            f"companies have no property {settings.config.owner_property}; set hubspot.owner_property"
        )
    return found


def _strangers(settings: Settings) -> list[str]:
    """Whom the mapping file speaks of and the portal does not know."""
    known = {str(owner.get(name) or "").casefold() for owner in settings.owners() for name in ("id", "email")}
    return [
        f"hubspot.people: this portal has no owner {name!r}"
        for name in sorted(set(settings.config.people) - known)
    ]


def _pipelines(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """Every pipeline with what its stages stand for, and what is unclear about them."""
    config = settings.config
    if entry_gap(settings, config.objects["deals"]) is not None:
        return {}, []
    try:
        pipelines = settings.pipelines(config.objects["deals"].object)
    except (NotAvailableError, RequestError) as error:
        return {}, [f"the pipelines of deals cannot be read: {error}"]
    by_id = stages(pipelines)
    shown = {}
    for pipeline in pipelines:
        words = []
        for stage in pipeline["stages"]:
            one = by_id[pipeline["id"], stage["id"]]
            sure = "?" if isinstance(one.probability, Unknown) else f"{one.probability:.0%}"
            words.append(f"{one.label} ({f'closed, {sure}' if one.closed else sure})")
        kind = "orders" if pipeline["id"] in config.order_pipelines else "opportunities"
        shown[f"{pipeline['label']} ({pipeline['id']}, {kind})"] = ", ".join(words)
    strangers = set(config.order_pipelines) - {pipeline["id"] for pipeline in pipelines}
    return shown, [f"hubspot.order_pipelines: this portal has no pipeline {p!r}" for p in sorted(strangers)]


def _calls(adapter: HubSpotAdapter, manager_id: str) -> dict[str, int]:
    """The calls for one manager's book: those that found its records, and those that would read them."""
    settings, reader = adapter.settings, adapter.settings.reader
    before = Counter(reader.planned)
    snapshot = Snapshot(settings, Collector(), adapter.owner(manager_id), Period(date.min, date.max))
    companies, objects = snapshot.companies(), settings.config.objects
    there = [key for key in ("contacts", "deals", "tickets") if entry_gap(settings, objects[key]) is None]
    linked = [(objects[key], companies.spec, snapshot.links(companies, objects[key].object)) for key in there]
    if "deals" in there:
        deals = Table(objects["deals"], frozenset())
        found = {
            i for spec, _, links in linked if spec is deals.spec for ends in links.values() for i in ends
        }
        deals.found.records.update({deal: {} for deal in found})
        if "contacts" in there:
            snapshot.links(deals, objects["contacts"].object)
        if entry_gap(settings, objects["lines"]) is None:
            linked.append((objects["lines"], deals.spec, snapshot.links(deals, objects["lines"].object)))
    steps = Counter(reader.planned) - before
    for spec, parent, links in linked:
        properties = snapshot.wanted(Table(spec, settings.properties(spec.object)))
        step, calls = reader.foretell(spec.object, parent.object, links, properties)
        steps[step] += calls
    fixed = sum(calls for step, calls in reader.planned.items() if step.startswith(_SETTINGS))
    read = {step: calls for step, calls in steps.items() if calls and not step.startswith(_SETTINGS)}
    return {"settings": fixed, **read}


def _examined(settings: Settings, spec: ObjectSpec) -> ObjectReport:
    gap = entry_gap(settings, spec)
    if gap is not None:
        idle = gap.why is Why.NOT_CONFIGURED and not spec.read
        state = ObjectState.NOT_CONFIGURED if idle else ObjectState.MISSING
        return ObjectReport(key=spec.key, object=spec.object, state=state, reason=gap.where)
    missing = tuple(spec.fields[name] for name in sorted(spec.fields) if not settings.has(spec, name))
    state = ObjectState.PARTLY if missing else ObjectState.USABLE
    return ObjectReport(key=spec.key, object=spec.object, state=state, missing=missing)


def render(report: DoctorReport) -> str:
    """The report as plain text."""
    lines = [f"HubSpot portal {report.portal}, API {report.version}, {report.plan} plan"]
    if report.used is not None:
        lines.append(f"API calls of the day: {report.used} of {report.allowed}")
    lines += ["", "Needs attention before a book can be read:"] if report.problems else []
    lines += [f"  - {problem}" for problem in report.problems]
    for state in ObjectState:
        found = [one for one in report.objects if one.state is state]
        if found:
            lines += ["", f"{state.value[0].upper()}{state.value[1:]}:"]
            lines += [f"  {_line(one)}" for one in found]
    if report.pipelines:
        lines += ["", "Deal pipelines:", *(f"  {name}: {said}" for name, said in report.pipelines.items())]
    if report.gaps:
        lines += ["", "Unknown in every record:"]
        lines += [f"  {name}: {gap.why.value} ({gap.where})" for name, gap in sorted(report.gaps.items())]
    if report.not_assessable:
        lines += ["", "Not assessable therefore:"]
        for rule, names in sorted(report.not_assessable.items()):
            lines.append(f"  {rule}: lacks {' and '.join(name.replace('_', ' ') for name in names)}")
    if report.assumptions:
        lines += ["", "Taken for granted:", *(f"  - {sentence}" for sentence in report.assumptions)]
    if report.calls:
        lines += ["", f"Planned API calls for the core of the book of {report.whose}: {report.planned}"]
        lines += [f"  {step}: {calls}" for step, calls in report.calls.items()]
    return "\n".join(lines) + "\n"


def _line(one: ObjectReport) -> str:
    name = f"{one.object} ({one.key.replace('_', ' ')})" if one.object else one.key.replace("_", " ")
    missing = f": no property {', '.join(one.missing)}" if one.missing else ""
    reason = f": {one.reason}" if one.state is ObjectState.MISSING else ""
    return f"{name}{missing}{reason}"
