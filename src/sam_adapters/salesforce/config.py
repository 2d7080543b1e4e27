"""The mapping file: what a company's org calls things, and what counts as what.

Everything has a standard value; a file only says what differs::

    [salesforce]
    currency = "EUR"

    [salesforce.objects.readings]
    object = "Survey_Answer__c"
    account = "Account__r"
    fields = { on = "Answered__c", value = "Score__c", instrument = "=CSAT", lowest = "=1", highest = "=5" }

    [salesforce.values.buyer_role]
    "Executive Sponsor" = "champion"

A field that begins with ``=`` is a constant; an empty one is not read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, fields, frozen, has

from sam_adapters.contract import AdapterError
from sam_adapters.salesforce.objects import NOWHERE, STANDARD_OBJECTS, ObjectSpec, Scope
from sam_core import book
from sam_core.errors import RecordError, suggestion
from sam_core.values import check_currency

__all__ = ["ConfigError", "SalesforceConfig", "check_path", "read_document"]

_PATH: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_VERSION: Final = re.compile(r"\d{2,3}\.0")
_OLDEST: Final = 41

_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "buyer_role": {
        "Decision Maker": "decision maker",
        "Economic Decision Maker": "decision maker",
        "Economic Buyer": "decision maker",
        "Executive Sponsor": "champion",
        "Business User": "user",
        "Influencer": "other",
        "Evaluator": "other",
        "Technical Buyer": "other",
    },
    "initiative_status": {
        "New": "open",
        "Not Started": "open",
        "In Progress": "open",
        "Active": "open",
        "Closed": "done",
        "Completed": "done",
    },
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sold": ("opportunities", "orders", "assets"),
    "own_location": ("auto", "always", "never"),
    "book": ("auto", "owner", "assignments", "team"),
}


_NAMES: Final = frozenset(
    {a.name for kind in vars(book).values() if isinstance(kind, type) and has(kind) for a in fields(kind)}
    | {name for spec in STANDARD_OBJECTS.values() for name in (*spec.fields, *spec.required)}
    | set(
        "account implementing_on kicked_off_on live_on transferred_on investment_company investment_customer".split()
    )
)
"""What a field may be called on our side: the attributes of the records, and what the mapping works with."""


class ConfigError(AdapterError):
    """The mapping file, or a setting, says something that cannot hold; the message names the entry."""


def check_path(path: object, where: str) -> str:
    """An API name, or several joined by dots; nothing else may enter a query.

    Raises:
        ConfigError: it is something else.
    """
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise ConfigError(f"{where}: {path!r} is no API name; write one like 'Tier__c' or 'Account.Tier__c'")
    return path


def _values(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """The usual words with a company's own over them, in lower case; plain, because books that hold them are pickled."""
    both = {name: {**_VALUES.get(name, {}), **given.get(name, {})} for name in (*_VALUES, *given)}
    return {name: {text.casefold(): value for text, value in words.items()} for name, words in both.items()}


def _objects(objects: Mapping[str, ObjectSpec]) -> Mapping[str, ObjectSpec]:
    return MappingProxyType(dict(objects))


@frozen(kw_only=True)
class SalesforceConfig:
    """How an org is read.

    Attributes:
        version: API version; account plans need 62.0 or later.
        currency: what a book is kept in; ``""`` takes the corporate currency of a multi-currency org.
        value_basis: what an amount means.
        sold: what counts as sold: ``"opportunities"`` won, activated ``"orders"`` or ``"assets"``.
        own_location: when an account is a location itself: ``"auto"`` where it has an address or no child
            accounts, ``"always"`` or ``"never"``.
        book: whose book an account is in: its ``"owner"``'s, of those ``"assignments"`` name in the period, or of
            those in its ``"team"``; ``"auto"`` is by assignments where their object is configured, else by owner.
        levels: how many levels of parent accounts a query looks up.
        forecasting_type: id of the forecasting type whose quotas count; ``""`` where there is one only.
        bulk_above: rows from which an object is read through Bulk API 2.0; 0 for never.
        objects: the map, by key.
        values: by name of a choice, what the org's words mean, in lower case.
    """

    version: str = "65.0"
    currency: str = ""
    value_basis: str = "booked total"
    sold: str = "opportunities"
    own_location: str = "auto"
    book: str = "auto"
    levels: int = 3
    forecasting_type: str = ""
    bulk_above: int = 0
    objects: Mapping[str, ObjectSpec] = field(default=STANDARD_OBJECTS, converter=_objects)
    values: Mapping[str, Mapping[str, str]] = field(factory=dict, converter=_values)

    def __attrs_post_init__(self) -> None:
        for name in (
            "version",
            "currency",
            "value_basis",
            "sold",
            "own_location",
            "book",
            "forecasting_type",
        ):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(f"salesforce.{name}: {getattr(self, name)!r} is not a text")
        if not _VERSION.fullmatch(self.version) or float(self.version) < _OLDEST:
            raise ConfigError(
                f"salesforce.version: {self.version!r} is no version in service; write one from '{_OLDEST}.0' on, like '65.0'"
            )
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ConfigError(
                    f"salesforce.{name}: {getattr(self, name)!r} is not one of {', '.join(choices)}"
                )
        if self.currency:
            try:
                check_currency(self.currency)
            except RecordError as error:
                raise ConfigError(f"salesforce.currency: {error.problem}") from None
        for name, most in (("levels", 4), ("bulk_above", None)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0 or (most and value > most):
                limit = f"0 to {most}" if most else "0 on"
                raise ConfigError(f"salesforce.{name}: {value!r} is not a whole number from {limit}")

    @classmethod
    def from_mapping(cls, document: Mapping[str, Any]) -> SalesforceConfig:
        """Read a parsed document; its table ``salesforce`` where it has one.

        Raises:
            ConfigError: it names what is unknown, or a value that cannot hold.
        """
        table = dict(_table(document.get("salesforce", document), ""))
        _table(table.pop("connection", {}), "connection")
        objects: dict[str, ObjectSpec] = dict(STANDARD_OBJECTS)
        for key, changes in _table(table.pop("objects", {}), "objects").items():
            if key not in objects:
                raise ConfigError(f"salesforce.objects: there is no entry {key!r}{suggestion(key, objects)}")
            objects[key] = _changed(objects[key], _table(changes, f"objects.{key}"))
        values = _table(table.pop("values", {}), "values")
        for name, words in values.items():
            if not all(isinstance(value, str) for value in _table(words, f"values.{name}").values()):
                raise ConfigError(f"salesforce.values.{name}: every word stands for a text")
        known = {attribute.name for attribute in fields(cls)} - {"objects", "values"}
        for name in table:
            if name not in known:
                raise ConfigError(f"salesforce: there is no setting {name!r}{suggestion(name, known)}")
        config = cls(objects=objects, values=values, **table)
        return config._with_sold()

    def _with_sold(self) -> SalesforceConfig:
        if self.sold == "opportunities":
            return self
        chosen = self.objects[self.sold]
        changed = {
            "opportunities": evolve(self.objects["opportunities"], feeds=("opportunities",)),
            self.sold: evolve(chosen, enabled=True, feeds=(*chosen.feeds, "sale_lines")),
        }
        return evolve(self, objects={**self.objects, **changed})

    @property
    def specs(self) -> tuple[ObjectSpec, ...]:
        """The objects to read."""
        return tuple(spec for spec in self.objects.values() if spec.enabled and spec.object)


def read_document(path: str | Path) -> Mapping[str, Any]:
    """Parse a mapping file.

    Raises:
        ConfigError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"mapping file {path}: {error.strerror or 'cannot be read'}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"mapping file {path}: not TOML: {error}") from None


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{f'salesforce.{where}'.rstrip('.')}: {value!r} is not a table")
    return value


def _relationships(path: str) -> str:
    """A path of relationships, also where it names their fields: ``Account__c`` leads by ``Account__r``."""
    return ".".join(
        step[:-1] + "r" if step.endswith("__c") else step.removesuffix("Id") for step in path.split(".")
    )


def _changed(spec: ObjectSpec, changes: Mapping[str, Any]) -> ObjectSpec:
    where = f"salesforce.objects.{spec.key}"
    known = ("object", "fields", "where", "enabled", "account", "weight")
    for name in changes:
        if name not in known:
            raise ConfigError(f"{where}: there is no setting {name!r}{suggestion(name, known)}")
    made: dict[str, Any] = {name: changes[name] for name in ("enabled", "weight") if name in changes}
    if not isinstance(made.get("enabled", True), bool) or not isinstance(made.get("weight", 1), int):
        raise ConfigError(f"{where}: enabled is true or false, and weight a whole number")
    if "object" in changes:
        made["object"] = check_path(changes["object"], f"{where}.object")
    if "account" in changes:
        made["account"] = _relationships(check_path(changes["account"], f"{where}.account"))
    renamed = dict(spec.fields)
    for name, path in _table(changes.get("fields", {}), f"objects.{spec.key}.fields").items():
        if name not in _NAMES:
            raise ConfigError(f"{where}.fields: we have no field {name!r}{suggestion(name, _NAMES)}")
        if path == "":
            renamed.pop(name, None)
        elif isinstance(path, str) and path.startswith("="):
            renamed[name] = path
        else:
            renamed[name] = check_path(path, f"{where}.fields.{name}")
    conditions = dict(spec.where)
    for path, value in _table(changes.get("where", {}), f"objects.{spec.key}.where").items():
        check_path(path.rstrip("!"), f"{where}.where")
        options = value if isinstance(value, list) else [value]
        if not options or not all(isinstance(option, str | bool | int) for option in options):
            raise ConfigError(
                f"{where}.where.{path}: {value!r} is no condition; give a text, a whole number, true or false, or a "
                "list of them"
            )
        if value == "":
            conditions.pop(path, None)
        else:
            conditions[path] = tuple(value) if isinstance(value, list) else value
    changed = evolve(spec, fields={"id": "Id", **renamed}, where=conditions, **made)
    if changed.object and changed.scope == Scope.ACCOUNT and changed.account == NOWHERE:
        raise ConfigError(
            f"{where}.account: give the relationships that lead to the account, like 'Plan__r.Account__r'"
        )
    missing = sorted(changed.required - set(changed.fields))
    if changed.object and changed.enabled and missing:
        raise ConfigError(f"{where}.fields: {missing[0]!r} is needed; name the field it is in")
    return changed
