"""What an org gives, what it keeps back, what that leaves open, and what a reading costs: as data, and as text."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from attrs import field, frozen

from sam_adapters.contract import CONCEPTS, SourceError
from sam_adapters.salesforce.adapter import SalesforceAdapter
from sam_adapters.salesforce.bulk import bulk_calls
from sam_adapters.salesforce.client import PARTS_A_CALL, pages_of, plan_calls
from sam_adapters.salesforce.queries import Everyone
from sam_adapters.salesforce.reading import plan
from sam_adapters.salesforce.records import Readable
from sam_adapters.transport import RequestError, TooHeavyError, TransportError
from sam_core.values import Unknown, Why

__all__ = ["DoctorReport", "ObjectReport", "ObjectState", "doctor", "render"]


_IN_USE_ONLY: Final = frozenset({"currency", "is_person", "person_contact_id", "person_title"})
"""Fields that are there only where a feature is in use; without it nothing is missing."""
_FEATURES: Final = frozenset({"currencies", "rates"})


class ObjectState(enum.Enum):
    """How far an object can be read."""

    USABLE = "usable"
    PARTLY = "usable, some fields missing"
    MISSING = "missing or hidden"
    NOT_CONFIGURED = "not configured or not in use"


@frozen(kw_only=True)
class ObjectReport:
    """One entry of the map against the org.

    Attributes:
        key: our name for it.
        object: its API name; ``""`` where none is configured.
        state: how far it can be read.
        missing: paths that are mapped but absent or hidden from the user.
        reason: why it cannot be read.
        rows: how many there are to read; ``None`` where they were not counted.
    """

    key: str
    object: str
    state: ObjectState
    missing: tuple[str, ...] = ()
    reason: str = ""
    rows: int | None = None


@frozen(kw_only=True)
class DoctorReport:
    """The whole examination.

    Attributes:
        host, version: the org, and the API version spoken.
        whose: whose book the rows were counted for; ``""`` for the whole org.
        objects: every entry of the map.
        gaps: concepts, and fields of concepts, that stay unknown, with the reason.
        not_assessable: rules that no record can be judged by, each with the concepts it lacks.
        assumptions: what the mapping takes for granted.
        calls: API calls a reading takes, by step.
        used, allowed: calls of the last 24 hours, where the org tells.
        problems: what keeps a book from being read at all.
    """

    host: str
    version: str
    whose: str = ""
    objects: tuple[ObjectReport, ...] = ()
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
    adapter: SalesforceAdapter, manager_id: str = "", *, rules: Iterable[_Rule] | None = None
) -> DoctorReport:
    """Describe the org, check the map against it, and count what there is to read.

    Args:
        adapter: the adapter under examination.
        manager_id: whose book to count; the whole org where left out.
        rules: what is to be assessed; the standard rules where left out.

    Raises:
        TransportError: the org cannot be reached, or does not let us in.
        SourceError: nobody of that id has an account.
    """
    if rules is None:
        from sam_core.rules import standard_rules

        rules = standard_rules()
    sources, client = adapter.sources, adapter.client
    problems = [
        f"{gap.where}; no book can be read without it"
        for key in ("accounts", "users")
        if (gap := sources[key].gap) is not None
    ]
    calls: dict[str, int] = {"describe": -(-len({s.object for s in adapter.config.specs}) // PARTS_A_CALL)}
    counts: Mapping[str, int | TransportError] = {}
    if not problems:
        extent = adapter.extent_of(manager_id) if manager_id else Everyone()
        if extent is None:
            raise _nobody(manager_id)
        if manager_id and adapter.book_by != "owner":
            calls["who holds what"] = 1
        levels = adapter.levels("ultimate parent")
        counted = plan(adapter.config, sources, extent, levels=levels, count=True)
        counts = client.count(counted)
        if manager_id and counts.get("accounts") == 0:
            raise _nobody(manager_id)
        rows = {q.key: n if isinstance(n := counts[q.key], int) else 0 for q in counted}
        most = adapter.config.bulk_above
        jobs = {key for key, n in rows.items() if most and n > most and pages_of(n) > 1}
        sizes = [(q.spec.weight, 1 if q.key in jobs else pages_of(rows[q.key])) for q in counted]
        calls["read"] = plan_calls(sizes)
        if jobs:
            calls["bulk jobs"] = sum(bulk_calls(rows[key]) for key in jobs)
        problems += [str(count) for key, count in counts.items() if _ends_a_reading(key, count)]
    if not adapter.config.currency and sources["currencies"].gap is not None:
        problems.append(
            "an org of one currency does not tell which; set salesforce.currency in the mapping file"
        )
    capabilities = adapter.capabilities
    lacking = {name for name in CONCEPTS if capabilities.gap(name) is not None}
    blocked = {rule.id: tuple(sorted(lacking & set(rule.required))) for rule in rules}
    ledger = client.policy.ledger
    return DoctorReport(
        host=client.host,
        version=client.version,
        whose=manager_id,
        objects=tuple(_examined(key, source, counts.get(key)) for key, source in sources.items()),
        gaps=dict(capabilities.gaps),
        not_assessable={rule_id: names for rule_id, names in blocked.items() if names},
        assumptions=capabilities.assumptions,
        calls=calls,
        used=ledger.used,
        allowed=ledger.allowed,
        problems=tuple(problems),
    )


def _nobody(manager_id: str) -> SourceError:
    return SourceError(
        f"Salesforce: nobody of the id {manager_id!r} has an account that the signed-in user may see; managers() "
        "lists who has"
    )


def _ends_a_reading(key: str, count: int | TransportError) -> bool:
    """True where what the org says to a count it would say to a reading, which cannot do without."""
    if isinstance(count, TooHeavyError):
        return False  # it is read by some accounts at a time
    return isinstance(count, RequestError) or (
        key in ("accounts", "users") and isinstance(count, TransportError)
    )


def _examined(key: str, source: Readable, count: int | TransportError | None) -> ObjectReport:
    spec = source.spec
    state = ObjectState.USABLE
    reason = ""
    missing = (
        ()
        if source.gap is not None
        else tuple(spec.fields[name] for name in sorted(set(spec.fields) - source.names - _IN_USE_ONLY))
    )
    if source.gap is not None:
        idle = source.gap.why is Why.NOT_CONFIGURED or key in _FEATURES
        state = ObjectState.NOT_CONFIGURED if idle else ObjectState.MISSING
        reason = source.gap.where
    elif isinstance(count, TransportError) and not isinstance(count, TooHeavyError):
        state, reason = (
            ObjectState.MISSING,
            f"{count.code or count.status}: {count.advice or 'the query is refused'}",
        )
        reason += "".join(f" ({name} {value})" for name, value in count.facts.items())
    elif missing:
        state = ObjectState.PARTLY
    return ObjectReport(
        key=key,
        object=spec.object,
        state=state,
        missing=missing,
        reason=reason,
        rows=count if isinstance(count, int) else None,
    )


def render(report: DoctorReport) -> str:
    """The report as plain text."""
    lines = [f"Salesforce org {report.host}, API {report.version}"]
    if report.used is not None:
        lines.append(f"API calls of the last 24 hours: {report.used} of {report.allowed}")
    lines += ["", "Needs attention before a book can be read:"] if report.problems else []
    lines += [f"  - {problem}" for problem in report.problems]
    for state in (ObjectState.USABLE, ObjectState.PARTLY, ObjectState.MISSING, ObjectState.NOT_CONFIGURED):
        found = [one for one in report.objects if one.state is state]
        if found:
            lines += ["", f"{state.value[0].upper()}{state.value[1:]}:"]
            lines += [f"  {_line(one)}" for one in found]
    if report.gaps:
        lines += ["", "Unknown in every record:"]
        lines += [
            f"  {name}: {gap.why.value}{f' ({gap.where})' if gap.where else ''}"
            for name, gap in sorted(report.gaps.items())
        ]
    if report.not_assessable:
        lines += ["", "Not assessable therefore:"]
        lines += [f"  {rule}: lacks {_and(names)}" for rule, names in sorted(report.not_assessable.items())]
    if report.assumptions:
        lines += ["", "Taken for granted:", *(f"  - {sentence}" for sentence in report.assumptions)]
    whose = f"the book of {report.whose}" if report.whose else "all books of the org in one pass"
    steps = ", ".join(f"{name} {calls}" for name, calls in report.calls.items())
    lines += ["", f"Planned API calls for {whose}: {report.planned} ({steps})"]
    return "\n".join(lines) + "\n"


def _line(one: ObjectReport) -> str:
    name = f"{one.object} ({one.key.replace('_', ' ')})" if one.object else one.key.replace("_", " ")
    rows = "" if one.rows is None else f": {one.rows} rows"
    missing = f"; missing or hidden: {', '.join(one.missing)}" if one.missing else ""
    reason = f": {one.reason}" if one.reason and one.state is ObjectState.MISSING else ""
    return f"{name}{rows}{reason}{missing}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)
