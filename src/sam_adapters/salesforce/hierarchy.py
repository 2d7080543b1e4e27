"""Who is one customer: account hierarchies, climbed once, with cycles and gaps told instead of looped over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from sam_adapters.contract import Effect
from sam_adapters.salesforce.records import Builder, Readable, Row

__all__ = ["Hierarchy", "climb"]


@frozen(kw_only=True)
class Hierarchy:
    """Accounts and the customers they belong to.

    Attributes:
        rows: every account, by id.
        top: the customer each account belongs to, by id; an account that is in no book here is not in it.
        members: the accounts of each customer, the customer itself first.
        depth: the longest way down from a customer.
    """

    rows: Mapping[str, Row]
    top: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    depth: int


def climb(
    rows: Mapping[str, Row], source: Readable, builder: Builder, *, level: str, owned: bool
) -> Hierarchy:
    """Find the customer of every account.

    Args:
        rows: the accounts read, by id.
        source: what they are of.
        builder: takes the problems.
        level: the standard ``customer.level``.
        owned: only what one manager's customers reach was read, so a parent that is missing but there is another's.
    """
    tops: dict[str, str | None] = {}
    depths: dict[str, int] = {}
    for account_id in sorted(rows):
        if level == "site":
            tops[account_id], depths[account_id] = account_id, 0
            continue
        path: list[str] = []
        at: Any = account_id
        while at in rows and at not in tops and at not in path:
            path.append(at)
            at = rows[at].get("parent_id")
        if at in path:
            top: str | None = min(path[path.index(at) :])
            builder.tell(
                source,
                rows[str(top)],
                "parent_id",
                f"the parents go round in a circle of {len(path) - path.index(at)} accounts; "
                "taken as one customer under the account of the lowest id; correct one of the parents",
                Effect.NOTED,
            )
            depth = 0
        elif at in tops:
            top, depth = tops[at], depths[at] + 1
        else:
            top, depth = path[-1], 0
            if at and owned and rows[path[-1]].get("parent_name"):
                top = None
            elif at:
                builder.tell(
                    source,
                    rows[path[-1]],
                    "parent_id",
                    "its parent is deleted, hidden, or in no book read here; taken as a customer of its own",
                    Effect.NOTED,
                )
        for back, member in enumerate(reversed(path)):
            tops[member], depths[member] = top, depth + back
    for account_id, found in tops.items():
        if found is None:
            builder.tell(
                source,
                rows[account_id],
                "parent_id",
                "it belongs to a customer whose owner is another manager, and is in that book; set "
                "customer.level to 'site' where each site counts for itself",
            )
    members: dict[str, list[str]] = {}
    for account_id in sorted(rows):
        if (customer := tops[account_id]) is not None:
            members.setdefault(customer, []).append(account_id)
    return Hierarchy(
        rows=rows,
        top={account_id: top for account_id, top in tops.items() if top is not None},
        members={top: (top, *(m for m in found if m != top)) for top, found in members.items()},
        depth=max((depths[a] for a, top in tops.items() if top is not None), default=0),
    )
