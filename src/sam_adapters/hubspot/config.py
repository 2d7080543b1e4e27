"""The mapping file: what a company's portal calls things, and what counts as what.

Everything has a standard value; a file only says what differs::

    [hubspot]
    plan = "search"
    own_location = "never"

    [hubspot.objects.contacts.fields]
    influence = "influence_level"

    [hubspot.objects.plans]
    object = "2-1174301"
    fields = { title = "plan_name", start = "valid_from", end = "valid_to" }

    [hubspot.values.buyer_role]
    procurement = "blocker"

    [hubspot.people."ada@example.com"]
    role = "senior account manager"
    manager_id = "grace@example.com"

A field that begins with ``=`` is a constant; an empty one is not read. There is no place for a token here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, fields, frozen, has

from sam_adapters.contract import AdapterError
from sam_adapters.hubspot.objects import STANDARD_OBJECTS, ObjectSpec
from sam_adapters.hubspot.paths import DEFAULT_VERSION, VERSIONS
from sam_adapters.hubspot.plan import PLANS
from sam_core import book
from sam_core.errors import RecordError, suggestion
from sam_core.values import check_currency

__all__ = ["TOKEN_VARIABLE", "ConfigError", "HubSpotConfig"]

TOKEN_VARIABLE: Final = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the access token."""

_PROPERTY: Final = re.compile(r"[a-z][a-z0-9_]*")
_OBJECT: Final = re.compile(r"[a-zA-Z0-9_-]+")
_CHOICES: Final = {"api_version": VERSIONS, "plan": PLANS, "own_location": ("auto", "always", "never")}
_SECRETS: Final = {"access_token", "token", "api_key", "client_secret"}

_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "buyer_role": {
        "decision_maker": "decision maker",
        "budget_holder": "decision maker",
        "champion": "champion",
        "executive_sponsor": "champion",
        "end_user": "user",
        "blocker": "blocker",
        "influencer": "other",
        "legal_and_compliance": "other",
        "other": "other",
    },
    "meeting_mode": {
        "in-person": "in person",
        "in person": "in person",
        "on-site": "in person",
        "video call": "video",
        "video": "video",
        "phone call": "phone",
        "phone": "phone",
    },
    "not_held": {"canceled": "", "no_show": "", "rescheduled": "", "busy": "", "no_answer": "", "failed": ""},
    "quota_counts": {"sales_quota": "revenue", "revenue": "revenue"},
    "product_kind": {"inventory": "product", "non_inventory": "product", "service": "service"},
}
_SCALES: Final = {"NPS": (Decimal(0), Decimal(10)), "CES": (Decimal(1), Decimal(7))}


_NAMES: Final = frozenset(
    {a.name for kind in vars(book).values() if isinstance(kind, type) and has(kind) for a in fields(kind)}
    | {name for spec in STANDARD_OBJECTS.values() for name in (*spec.fields, *spec.required)}
    | set("implementing_on kicked_off_on live_on transferred_on company_invests customer_invests".split())
)
"""What a field may be called on our side: the attributes of the records, and what the mapping works with."""


class ConfigError(AdapterError):
    """The mapping file, or a setting, says something that cannot hold; the message names the entry."""


def _words(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    names = {*_VALUES, *given}
    return MappingProxyType(
        {
            name: MappingProxyType(
                {
                    word.casefold(): value
                    for word, value in {**_VALUES.get(name, {}), **given.get(name, {})}.items()
                }
            )
            for name in names
        }
    )


def _scales(given: Mapping[str, tuple[Decimal, Decimal]]) -> Mapping[str, tuple[Decimal, Decimal]]:
    return MappingProxyType({**_SCALES, **given})


def _frozen(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(given))


def _people(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType({name.casefold(): person for name, person in given.items()})


@frozen(kw_only=True)
class HubSpotConfig:
    """How a portal is read.

    Attributes:
        api_version: a column of the path table.
        plan: ``"batch"`` reads by id, ``"search"`` takes fewer calls and is checked against the ids.
        currency: what a book is kept in; ``""`` takes the portal's company currency.
        value_basis: what an amount means.
        owner_property: the company property that says whose book it is in.
        own_location: when a company is a location itself: ``"auto"`` where it has an address or no child
            companies, ``"always"`` or ``"never"``.
        order_pipelines: deal pipelines that hold orders: won deals in them are sales and no opportunities.
        sold: True where won deals of the other pipelines are sales, too.
        ticket_contacts: also read who raised a ticket, at one call for a thousand tickets.
        stage_history: also read when a deal entered and left each stage.
        workers: calls under way at once.
        objects: the map, by key.
        values: by name of a choice, what the portal's words mean, in lower case.
        scales: lowest and highest answer by survey type.
        people: what the portal does not know of its owners, by owner id or e-mail address, in lower case.
    """

    api_version: str = DEFAULT_VERSION
    plan: str = "batch"
    currency: str = ""
    value_basis: str = "booked total"
    owner_property: str = "hubspot_owner_id"
    own_location: str = "auto"
    order_pipelines: tuple[str, ...] = field(default=(), converter=tuple)
    sold: bool = True
    ticket_contacts: bool = False
    stage_history: bool = True
    workers: int = 4
    objects: Mapping[str, ObjectSpec] = field(default=STANDARD_OBJECTS, converter=_frozen)
    values: Mapping[str, Mapping[str, str]] = field(factory=dict, converter=_words)
    scales: Mapping[str, tuple[Decimal, Decimal]] = field(factory=dict, converter=_scales)
    people: Mapping[str, Mapping[str, Any]] = field(factory=dict, converter=_people)

    def __attrs_post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ConfigError(
                    f"hubspot.{name}: {getattr(self, name)!r} is not one of {', '.join(choices)}"
                )
        for name in ("sold", "ticket_contacts", "stage_history"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(f"hubspot.{name}: {getattr(self, name)!r} is neither true nor false")
        for name in ("currency", "value_basis", "owner_property"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(f"hubspot.{name}: {getattr(self, name)!r} is not a text")
        if not all(isinstance(pipeline, str) for pipeline in self.order_pipelines):
            raise ConfigError("hubspot.order_pipelines: give the ids of pipelines, as texts")
        _check_property(self.owner_property, "hubspot.owner_property")
        workers: object = self.workers
        if not isinstance(workers, int) or isinstance(workers, bool) or not 1 <= workers <= 16:
            raise ConfigError(f"hubspot.workers: {workers!r} is not a whole number from 1 to 16")
        if self.currency:
            try:
                check_currency(self.currency)
            except RecordError as error:
                raise ConfigError(f"hubspot.currency: {error.problem}") from None

    @classmethod
    def from_mapping(cls, document: Mapping[str, Any]) -> HubSpotConfig:
        """Read a parsed document; its table ``hubspot`` where it has one.

        Raises:
            ConfigError: it names what is unknown, or a value that cannot hold.
        """
        table = dict(_table(document.get("hubspot", document), "hubspot"))
        if secrets := _SECRETS & set(table):
            raise ConfigError(
                f"hubspot.{min(secrets)}: a mapping file is no place for a secret; set {TOKEN_VARIABLE}"
            )
        objects = dict(STANDARD_OBJECTS)
        for key, changes in _table(table.pop("objects", {}), "hubspot.objects").items():
            if key not in objects:
                raise ConfigError(f"hubspot.objects: there is no entry {key!r}{suggestion(key, objects)}")
            objects[key] = _changed(objects[key], _table(changes, f"hubspot.objects.{key}"))
        values = _table(table.pop("values", {}), "hubspot.values")
        for name, words in values.items():
            if not all(isinstance(value, str) for value in _table(words, f"hubspot.values.{name}").values()):
                raise ConfigError(f"hubspot.values.{name}: every word stands for a text")
        scales = {
            name: _scale(ends, name)
            for name, ends in _table(table.pop("scales", {}), "hubspot.scales").items()
        }
        people = _table(table.pop("people", {}), "hubspot.people")
        for name, person in people.items():
            for key in _table(person, f"hubspot.people.{name}"):
                if key not in {"role", "manager_id", "supports_account_ids"}:
                    raise ConfigError(f"hubspot.people.{name}: there is no setting {key!r}")
        known = {attribute.name for attribute in fields(cls)} - {"objects", "values", "scales", "people"}
        for name in table:
            if name not in known:
                raise ConfigError(f"hubspot: there is no setting {name!r}{suggestion(name, known)}")
        return cls(objects=objects, values=values, scales=scales, people=people, **table)

    @classmethod
    def from_toml(cls, path: str | Path) -> HubSpotConfig:
        """Read a TOML file.

        Raises:
            ConfigError: it cannot be read, or says something that cannot hold.
        """
        try:
            return cls.from_mapping(tomllib.loads(Path(path).read_text("utf-8")))
        except OSError as error:
            raise ConfigError(f"mapping file {path}: {error.strerror or 'cannot be read'}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"mapping file {path}: not TOML: {error}") from None

    @property
    def specs(self) -> tuple[ObjectSpec, ...]:
        """The objects to read."""
        return tuple(spec for spec in self.objects.values() if spec.read)


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: {value!r} is not a table")
    return value


def _check_property(name: object, where: str) -> str:
    if not isinstance(name, str) or not _PROPERTY.fullmatch(name):
        raise ConfigError(
            f"{where}: {name!r} is no property name; write its internal name, like 'renewal_date'"
        )
    return name


def _scale(ends: object, name: str) -> tuple[Decimal, Decimal]:
    if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(end, int) for end in ends):
        raise ConfigError(f"hubspot.scales.{name}: give the lowest and highest answer, like [1, 5]")
    return Decimal(ends[0]), Decimal(ends[1])


def _changed(spec: ObjectSpec, changes: Mapping[str, Any]) -> ObjectSpec:
    where = f"hubspot.objects.{spec.key}"
    known = ("object", "fields", "enabled", "person", "scope")
    for name in changes:
        if name not in known:
            raise ConfigError(f"{where}: there is no setting {name!r}{suggestion(name, known)}")
    made: dict[str, Any] = {name: changes[name] for name in ("enabled", "scope") if name in changes}
    if not isinstance(made.get("enabled", True), bool):
        raise ConfigError(f"{where}.enabled: {made['enabled']!r} is neither true nor false")
    if "object" in changes:
        if not isinstance(changes["object"], str) or not _OBJECT.fullmatch(changes["object"]):
            raise ConfigError(f"{where}.object: {changes['object']!r} is no object; write one like '2-4711'")
        made["object"] = changes["object"]
    if "person" in changes:
        made["person"] = _check_property(changes["person"], f"{where}.person")
    renamed = dict(spec.fields)
    for name, given in _table(changes.get("fields", {}), f"{where}.fields").items():
        if name not in _NAMES:
            raise ConfigError(f"{where}.fields: we have no field {name!r}{suggestion(name, _NAMES)}")
        if given == "":
            renamed.pop(name, None)
        elif isinstance(given, str) and given.startswith("="):
            renamed[name] = given
        else:
            renamed[name] = _check_property(given, f"{where}.fields.{name}")
    changed = evolve(spec, fields=renamed, **made)
    missing = sorted(changed.required - set(changed.fields))
    if changed.read and missing:
        raise ConfigError(f"{where}.fields: {missing[0]!r} is needed; name the property it is in")
    return changed
