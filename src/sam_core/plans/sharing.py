"""What changed between two versions of a plan, and how a plan reads for us and for the customer (RESP-5)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import attrs
from attrs import frozen

from sam_core.book import AccountPlan, Initiative, PlanTarget
from sam_core.values import Maybe, Unknown

__all__ = ["INTERNAL_TARGETS", "Audience", "PlanChange", "diff_plans", "render_plan"]


class Audience(enum.Enum):
    """For whom a plan is written out."""

    COMPANY = "company"
    CUSTOMER = "customer"


INTERNAL_TARGETS: Final = ("margin", "profit", "score", "signal", "share of wallet", "spend", "whitespace")
"""Words in a target's measure that make it internal: what we earn, and how we judge the customer."""

_INTERNAL: Final = re.compile(r"\s*\[internal:(?:[^\[\]]|\[[^\[\]]*\])*\]")


@frozen
class PlanChange:
    """One entry that differs between two versions; ``None`` where it is not there.

    Attributes:
        where: ``"initiatives[i1].priority"``: records are found by id, not by their place.
    """

    where: str
    before: object
    after: object

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.where}: {_said(self.after)}"
        if self.after is None:
            return f"- {self.where}: {_said(self.before)}"
        return f"~ {self.where}: {_said(self.before)} -> {_said(self.after)}"


def diff_plans(old: AccountPlan, new: AccountPlan) -> tuple[PlanChange, ...]:
    """What changed from one version of a plan to another, by entry; nothing where they are equal."""
    before, after = dict(_entries(old, "")), dict(_entries(new, ""))
    return tuple(
        PlanChange(where, before.get(where), after.get(where))
        for where in dict.fromkeys((*before, *after))
        if before.get(where) != after.get(where)
    )


def _entries(record: Any, path: str) -> Iterator[tuple[str, object]]:
    for field in attrs.fields(type(record)):
        value, where = getattr(record, field.name), f"{path}{field.name}"
        if isinstance(value, tuple) and value and attrs.has(type(value[0])):
            for item in value:
                yield from _entries(item, f"{where}[{item.id}].")
        elif value is not None:
            yield where, value


def _said(value: object) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(map(_said, value)) or "none"
    return str(value)


def render_plan(plan: AccountPlan, audience: Audience = Audience.COMPANY) -> str:
    """A plan as Markdown.

    The customer's copy leaves out what is internal: texts in ``[internal: ...]``, and targets about what we earn
    or how we judge the customer.
    """
    outside = audience is Audience.CUSTOMER

    def text(value: str) -> str:
        shown = _INTERNAL.sub("", value).strip() if outside else value
        return " ".join(shown.split()) or "(to be agreed)"

    lines = [f"# {text(plan.title)}", "", f"In force from {plan.start} to {plan.end}.", ""]
    lines += _section("Needs", plan.needs, lambda need: _need(need, text))
    lines += _section("Initiatives", _in_order(plan.initiatives), lambda one: _initiative(one, text))
    shown = plan.targets
    if outside and not isinstance(shown, Unknown):
        shown = tuple(target for target in shown if not _is_internal(target))
    lines += _section("Targets", shown, lambda target: [f"- {text(target.measure)}: {_number(target)}"])
    lines += _section("Sessions", plan.sessions, lambda one: [f"- {one.on}{_people(one)}"])
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, records: Maybe[tuple[Any, ...]], entry: Any) -> list[str]:
    if isinstance(records, Unknown):
        body = [f"Not known ({records.why.value})."]
    else:
        body = [line for record in records for line in entry(record)] or ["None yet."]
    return [f"## {title}", "", *body, ""]


def _need(need: Any, text: Any) -> list[str]:
    declined = f" Declined: {text(need.declined_reason)}" if need.declined_reason else ""
    return [f"- {text(need.text)}{declined}"]


def _in_order(initiatives: Maybe[tuple[Initiative, ...]]) -> Maybe[tuple[Initiative, ...]]:
    """By priority; what nobody has ranked comes last."""
    if isinstance(initiatives, Unknown):
        return initiatives
    ranks = {i.id: i.priority if isinstance(i.priority, int) else None for i in initiatives}
    return tuple(sorted(initiatives, key=lambda i: (ranks[i.id] is None, ranks[i.id] or 0, i.id)))


def _initiative(one: Initiative, text: Any) -> list[str]:
    rank = f"{one.priority}. " if isinstance(one.priority, int) else ""
    lines = [f"### {rank}{text(one.title)}", "", f"Status: {one.status.value}."]
    if isinstance(one.investment, Unknown) or one.investment is None:
        lines.append("Investment: not decided.")
    else:
        lines.append(
            f"Investment: ours {one.investment.company:,.2f}, the customer's {one.investment.customer:,.2f}."
        )
    actions = () if isinstance(one.actions, Unknown) else one.actions
    for action in actions:
        mark = "x" if action.done_on else " "
        due = f", due {action.due_on}" if isinstance(action.due_on, date) else ""
        owner = f" ({action.owner_id})" if isinstance(action.owner_id, str) else ""
        lines.append(f"- [{mark}] {text(action.text)}{owner}{due}")
    return [*lines, ""]


def _is_internal(target: PlanTarget) -> bool:
    return any(word in target.measure.casefold() for word in INTERNAL_TARGETS)


def _number(target: PlanTarget) -> str:
    if isinstance(target.value, Unknown) or target.value is None:
        return "no number yet"
    unit = f" {target.unit}" if target.unit else ""
    due = f" by {target.due_on}" if target.due_on else ""
    return f"{target.value:,.2f}{unit}{due}"


def _people(session: Any) -> str:
    ours, theirs = (
        "not known" if isinstance(ids, Unknown) else ", ".join(ids) or "nobody"
        for ids in (session.our_ids, session.customer_ids)
    )
    return f": for us {ours}; for the customer {theirs}"
