"""What an org shows a user of what the map asks for, and what each gap leaves unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import AttrsInstance, frozen

from sam_adapters.contract import CONCEPTS, Capabilities
from sam_adapters.salesforce.client import Describe
from sam_adapters.salesforce.config import SalesforceConfig
from sam_adapters.salesforce.objects import ObjectSpec
from sam_adapters.salesforce.records import Readable, readable_kinds
from sam_adapters.transport import TransportError
from sam_core import book
from sam_core.values import Unknown, Why

__all__ = ["book_by", "capabilities_of", "readable_objects"]


def _missing(describe: Mapping[str, Describe | TransportError], object_name: str, path: str) -> str:
    """The first step of a path that is not there; ``""`` where all are, as far as they were described."""
    at = object_name
    *steps, last = path.split(".")
    for step in steps:
        fields = describe.get(at)
        if fields is None or isinstance(fields, TransportError):
            return ""  # beyond what was described: the query itself will tell
        found = next((info for info in fields.values() if info.relationship == step), None)
        if found is None:
            return f"{at}.{step}"
        at = found.targets[0] if len(found.targets) == 1 else ""
    fields = describe.get(at)
    return f"{at}.{last}" if isinstance(fields, Mapping) and last not in fields else ""


def _scope_paths(spec: ObjectSpec, owner: str) -> Iterator[str]:
    yield from (path.rstrip("!") for path in spec.where)
    if spec.account_field:
        yield spec.account_field
        yield f"{spec.account}.{owner}" if spec.account else owner


def readable_objects(
    config: SalesforceConfig, describe: Mapping[str, Describe | TransportError]
) -> dict[str, Readable]:
    """What of the map can be read in this org, and why the rest cannot."""
    found: dict[str, Readable] = {}
    owner = config.objects["accounts"].fields["owner_id"]
    for key, spec in config.objects.items():
        fields = describe.get(spec.object)
        if not (spec.object and spec.enabled):
            gap = Unknown(Why.NOT_CONFIGURED, spec.object or key.replace("_", " "))
            found[key] = Readable(spec=spec, gap=gap)
            continue
        if isinstance(fields, TransportError):
            gap = Unknown(Why.NOT_PERMITTED, f"{spec.object} is absent, not licensed, or hidden")
            found[key] = Readable(spec=spec, gap=gap)
            continue
        names = frozenset(
            name
            for name, path in spec.fields.items()
            if path.startswith("=") or not _missing(describe, spec.object, path)
        )
        needed = [f"{spec.object}.{spec.fields[name]}" for name in sorted(spec.required - names)]
        needed += [
            step for path in _scope_paths(spec, owner) if (step := _missing(describe, spec.object, path))
        ]
        found[key] = Readable(
            spec=spec,
            names=names,
            gap=Unknown(Why.NOT_PERMITTED, f"{needed[0]} is absent or hidden") if needed else None,
        )
    return found


@frozen
class _Made:
    """Where the records of a concept, or of a part of one, come from.

    ``derived`` attributes are worked out where the map names no field for them.
    """

    record: type[AttrsInstance]
    key: str
    derived: frozenset[str] = frozenset()


def _made(record: type[AttrsInstance], key: str, derived: str = "") -> _Made:
    return _Made(record, key, frozenset(derived.split()))


_MADE: Final[Mapping[str, _Made]] = {
    "account": _made(book.Account, "accounts"),
    "buyers": _made(book.Buyer, "contacts", "role location_id"),
    "team": _made(book.TeamMember, "team"),
    "opportunities": _made(book.Opportunity, "opportunities", "status closed_on"),
    "opportunities.lines": _made(book.OpportunityLine, "lines", "buyer_id location_id"),
    "opportunities.engagements": _made(book.Engagement, "engagements"),
    "contracts": _made(book.Contract, "contracts", "location_id"),
    "spend_estimates": _made(book.SpendEstimate, "spend_estimates"),
    "plans": _made(book.AccountPlan, "plans"),
    "plans.sessions": _made(book.PlanningSession, "sessions"),
    "plans.needs": _made(book.Need, "needs"),
    "plans.initiatives": _made(book.Initiative, "initiatives"),
    "plans.initiatives.actions": _made(book.PlanAction, "actions"),
    "plans.targets": _made(book.PlanTarget, "plan_targets"),
    "cases": _made(book.Case, "cases", "location_id"),
    "deliveries": _made(book.Delivery, "deliveries"),
    "readings": _made(book.SatisfactionReading, "readings"),
    "service_actions": _made(book.ServiceAction, "service_actions"),
    "meetings": _made(book.Meeting, "events", "our_ids buyer_ids location_id"),
    "handovers": _made(book.Handover, "handovers"),
    "handovers.checklist": _made(book.ChecklistItem, "checklist"),
    "support_requests": _made(book.SupportRequest, "support_requests"),
    "offering.products": _made(book.Product, "products", "retired_on"),
    "offering.products.dated_costs": _made(book.DatedCost, "costs"),
    "quotas": _made(book.Quota, "quotas", "counts"),
    "expectations": _made(book.ProfitExpectation, "expectations"),
    "growth_goals": _made(book.GrowthGoal, "growth_goals"),
    "training": _made(book.TrainingObjective, "training"),
    "people": _made(book.Person, "users"),
    "candidate": _made(book.Candidate, "candidates"),
    "candidate.degrees": _made(book.Degree, "degrees"),
    "candidate.selling": _made(book.SellingSpell, "selling"),
    "candidate.achievements": _made(book.Achievement, "achievements"),
}


def _where_made(config: SalesforceConfig, sources: Mapping[str, Readable]) -> dict[str, _Made]:
    made = dict(_MADE)
    sold = {
        "opportunities": _made(book.SaleLine, "lines", "on revenue location_id buyer_id order_id"),
        "orders": _made(book.SaleLine, "orders", "location_id"),
        "assets": _made(book.SaleLine, "assets", "revenue location_id"),
    }
    made["sale_lines"] = sold[config.sold]
    for name, record, fallback in (
        ("locations", book.Location, _made(book.Location, "accounts", "city country")),
        ("assignments", book.Assignment, _made(book.Assignment, "accounts", "person_id role start end")),
        (
            "competitor_holdings",
            book.CompetitorHolding,
            _made(book.CompetitorHolding, "assets", "competitor location_id"),
        ),
    ):
        made[name] = _made(record, name) if sources[name].gap is None else fallback
    return made


def book_by(config: SalesforceConfig, sources: Mapping[str, Readable]) -> str:
    """What says whose book an account is in: ``"owner"``, ``"assignments"`` or ``"team"``."""
    if config.book != "auto":
        return config.book
    return "assignments" if sources["assignments"].gap is None else "owner"


def capabilities_of(config: SalesforceConfig, sources: Mapping[str, Readable]) -> Capabilities:
    """What this org provides to this user under this map, and why not the rest."""
    provides: set[str] = set()
    gaps: dict[str, Unknown] = {}
    for concept in CONCEPTS:
        feeding = [source for source in sources.values() if concept in source.spec.feeds]
        if any(source.gap is None for source in feeding):
            provides.add(concept)
        else:
            reasons = sorted(
                (s.gap for s in feeding if s.gap is not None),
                key=lambda gap: gap.why is not Why.NOT_PERMITTED,
            )
            gaps[concept] = reasons[0] if reasons else Unknown(Why.NOT_CONFIGURED, concept.replace("_", " "))
    for place, made in _where_made(config, sources).items():
        whole, _, part = place.partition(".")
        if whole not in provides and whole != "account":
            continue
        if part and any(place.startswith(f"{gap}.") for gap in gaps):
            continue
        source = sources[made.key]
        if source.gap is not None:
            if part:
                gaps[place] = source.gap
            continue
        for name in readable_kinds(made.record):
            gap = source.lacks(name)
            if gap is not None and not (name in made.derived and name not in source.spec.fields):
                gaps[f"{place}.{name}"] = gap
    if "opportunities" in provides and sources["stages"].gap is not None:
        gaps["opportunities.stays"] = sources["stages"].gap
    if sources["assignments"].gap is not None and (history := sources["owner_history"].gap) is not None:
        gaps["assignments.start"] = history
    if "plans.initiatives" not in gaps and "plans" in provides:
        lacking = [sources["initiatives"].lacks(f"investment_{side}") for side in ("company", "customer")]
        if (first := next((gap for gap in lacking if gap is not None), None)) is not None:
            gaps["plans.initiatives.investment"] = first
    return Capabilities(
        provides=frozenset(provides), gaps=gaps, assumptions=tuple(_assumptions(config, sources))
    )


def _assumptions(config: SalesforceConfig, sources: Mapping[str, Readable]) -> Iterator[str]:
    yield {
        "owner": "A customer is in the book of whoever owns its account today.",
        "assignments": "A customer is in the book of everybody who was its account manager in the period.",
        "team": "A customer is in the book of everybody in its account team today.",
    }[book_by(config, sources)]
    if sources["locations"].gap is not None:
        yield "Each account below a customer is a location of it."
        yield {
            "auto": "A customer's own account is a location where it has an address or no accounts below it.",
            "always": "A customer's own account is a location.",
            "never": "A customer's own account is no location.",
        }[config.own_location]
    if sources["assignments"].gap is not None:
        yield "The owner of an account is its account manager; who held it before is known as far as its history goes."
    if config.sold == "opportunities":
        yield "A line of a won opportunity is sold on the opportunity's close date."
        yield "A won opportunity without lines is sold as one line of no known product."
    if config.sold == "assets":
        yield "An asset that is not a competitor's was sold at its price on the day it was bought or else installed."
    if config.sold == "opportunities" and "buyer_id" not in sources["lines"].spec.fields:
        yield "The buyer of a line is the opportunity's primary contact role, else its only one, else its contact."
    if "role" not in sources["contacts"].spec.fields:
        yield "Of several contact roles the weightiest counts: decision maker, champion, blocker, user, other."
    if "retired_on" not in sources["products"].spec.fields and sources["products"].gap is None:
        yield "A product that is not active left the offering on the day it was last changed."
    if "our_ids" not in sources["events"].spec.fields and sources["events"].gap is None:
        yield "The owner of an event and the contact it names are those who met."
    if sources["calls"].gap is None:
        yield "A closed task of the kind call is a meeting by telephone, at midnight UTC where it has a day only."
    if sources["currencies"].gap is None:
        yield "Amounts in other currencies are converted at the org's rate of their day, else at its undated rate."
