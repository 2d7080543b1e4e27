"""SOQL, written and nothing else: no value enters it unquoted, no name unchecked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from sam_adapters.salesforce.config import SalesforceConfig, check_path
from sam_adapters.salesforce.objects import Condition, ObjectSpec, Scope

__all__ = [
    "MOST_RELATIONSHIPS",
    "Among",
    "Everyone",
    "Extent",
    "Owned",
    "Query",
    "held_query",
    "literal",
    "managers_query",
    "queries",
]

MOST_RELATIONSHIPS: Final = 5
"""How many relationships a path may climb."""

_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def literal(value: str | bool | int | None) -> str:
    """A value as SOQL writes it, whatever is in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else f"'{value.translate(_ESCAPES)}'"


@frozen
class Owned:
    """What one manager owns."""

    manager_id: str


@frozen
class Among:
    """What belongs to certain accounts and those below them; whose quota is still by manager.

    There is at least one: an empty list is no query.
    """

    manager_id: str
    account_ids: tuple[str, ...]


@frozen
class Everyone:
    """All the managers' books at once."""


Extent = Owned | Among | Everyone


@frozen(kw_only=True)
class Query:
    """One query and what its columns are.

    Attributes:
        spec: what it reads.
        names: our names for its columns; ``account`` is the id of the account.
        paths: their paths, in the same order.
        soql: its text.
    """

    spec: ObjectSpec
    names: tuple[str, ...]
    paths: tuple[str, ...]
    soql: str = field(repr=False)

    @property
    def key(self) -> str:
        """Our name for what it reads."""
        return self.spec.key


def levels_for(spec: ObjectSpec, levels: int) -> int:
    """How many levels of parent accounts a query on that object can look up."""
    return max(0, min(levels, MOST_RELATIONSHIPS - (spec.account.count(".") + 1 if spec.account else 0)))


def _condition(path: str, value: Condition) -> str:
    negated = path.endswith("!")
    name = check_path(path.rstrip("!"), "condition")
    if isinstance(value, tuple):
        return f"{name} {'NOT IN' if negated else 'IN'} ({', '.join(map(literal, value))})"
    return f"{name} {'!=' if negated else '='} {literal(value)}"


def _scope(spec: ObjectSpec, extent: Extent, owner: str, levels: int) -> str:
    if spec.scope == Scope.PERSON:
        return (
            ""
            if isinstance(extent, Everyone)
            else f"{spec.fields['person_id']} = {literal(extent.manager_id)}"
        )
    if spec.scope != Scope.ACCOUNT:
        return ""
    if isinstance(extent, Everyone):
        return f"{spec.account_field} != null"
    steps = [spec.account] if spec.account else []
    climbs = [[*steps, *["Parent"] * up] for up in range(levels_for(spec, levels) + 1)]
    if isinstance(extent, Owned):
        conditions = [f"{'.'.join([*climb, owner])} = {literal(extent.manager_id)}" for climb in climbs]
    else:
        ids = ", ".join(map(literal, extent.account_ids))
        parents = [".".join([*climb, "ParentId"]) for climb in climbs[:-1]]
        conditions = [f"{path} IN ({ids})" for path in (spec.account_field, *parents)]
    return f"({' OR '.join(conditions)})" if len(conditions) > 1 else conditions[0]


def query(
    spec: ObjectSpec, names: Iterable[str], extent: Extent, *, owner: str, levels: int, count: bool = False
) -> Query:
    """The query for one object.

    Args:
        spec: the object.
        names: which of its fields are there to be read.
        extent: whose.
        owner: field of the account that names its manager.
        levels: how many levels of parent accounts count.
        count: only how many there are.
    """
    columns = {name: spec.fields[name] for name in names if not spec.fields[name].startswith("=")}
    if spec.account_field and "account" not in columns:
        columns["account"] = spec.account_field
    paths = tuple(check_path(path, spec.path(name)) for name, path in columns.items())
    conditions = [
        _scope(spec, extent, owner, levels),
        *(_condition(path, value) for path, value in spec.where.items()),
    ]
    where = " AND ".join(condition for condition in conditions if condition)
    chosen = "COUNT()" if count else ", ".join(dict.fromkeys(paths))
    text = f"SELECT {chosen} FROM {check_path(spec.object, spec.key)}"  # noqa: S608 - names checked, values quoted
    text += f" WHERE {where}" if where else ""
    return Query(spec=spec, names=tuple(columns), paths=paths, soql=text)


def queries(
    config: SalesforceConfig,
    readable: Mapping[str, Sequence[str]],
    extent: Extent,
    *,
    levels: int,
    count: bool = False,
) -> list[Query]:
    """One query for each object that can be read.

    Args:
        config: the map.
        readable: our field names that are there to be read, by key of object.
        extent: whose.
        levels: how many levels of parent accounts count.
        count: only how many rows each has.
    """
    owner = config.objects["accounts"].fields["owner_id"]
    return [
        query(config.objects[key], names, extent, owner=owner, levels=levels, count=count)
        for key, names in readable.items()
    ]


def managers_query(config: SalesforceConfig, names: Sequence[str]) -> Query:
    """The users who own an account."""
    users, accounts = config.objects["users"], config.objects["accounts"]
    plain = query(users, names, Everyone(), owner="", levels=0)
    owner = check_path(accounts.fields["owner_id"], "accounts.owner_id")
    joined = f"Id IN (SELECT {owner} FROM {check_path(accounts.object, 'accounts')})"  # noqa: S608 - names checked
    select = plain.soql.partition(" WHERE ")[0]
    return Query(
        spec=users, names=plain.names, paths=plain.paths, soql=f"{select} WHERE {joined} ORDER BY Id"
    )


def held_query(spec: ObjectSpec, names: Sequence[str], manager_id: str | None) -> Query:
    """The entries that give a person accounts, by the object that says so: assignments, or a team.

    Args:
        spec: the object; its field ``person_id`` names the person.
        names: its fields that are there.
        manager_id: whose entries; ``None`` for everybody's.
    """
    where = {**spec.where, **({} if manager_id is None else {spec.fields["person_id"]: manager_id})}
    plain = query(evolve(spec, where=where, scope=Scope.ALL), names, Everyone(), owner="", levels=0)
    if "account" in plain.names:
        return plain
    path = check_path(spec.account_field, spec.key)
    soql = plain.soql.replace(" FROM ", f", {path} FROM ", 1)
    return Query(spec=spec, names=(*plain.names, "account"), paths=(*plain.paths, path), soql=soql)
