"""The standards over time: what the company changed, from which day, for which tier."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from attrs import field, fields_dict, frozen

from sam_core.errors import StandardsError, suggestion
from sam_core.standards._declare import Value, fault, frozen_map
from sam_core.standards.sections import DEFAULT_STANDARDS, STANDARDS, Standards, sections, split

__all__ = ["Policy", "Revision", "toml_value"]


def _by_tier(tiers: Any) -> Any:
    """Read-only, without the tiers for which nothing is said."""
    if not isinstance(tiers, Mapping):
        return tiers
    return frozen_map({tier: values for tier, values in tiers.items() if values != {}})


@frozen(kw_only=True)
class Revision:
    """What the company changed from one day on.

    Attributes:
        effective: the first day it holds.
        values: new values by dotted key.
        tiers: values by tier and dotted key, for accounts of that tier only; a tier without any is left out.

    Raises:
        StandardsError: an unknown key, or a value of the wrong type or range; it names the path.
    """

    effective: date
    values: Mapping[str, Value] = field(factory=dict, converter=frozen_map, hash=False)
    tiers: Mapping[str, Mapping[str, Value]] = field(factory=dict, converter=_by_tier, hash=False)

    def __attrs_post_init__(self) -> None:
        day: object = self.effective
        if not isinstance(day, date) or isinstance(day, datetime):
            raise StandardsError("effective", f"{day!r} is not a datetime.date")
        for path, values in self._tables():
            if not isinstance(values, Mapping):
                raise StandardsError(path or "values", f"{values!r} is not a mapping")
            prefix = f"{path}." if path else ""
            for key, value in values.items():
                split(key)
                entry = STANDARDS[key]
                problem = fault(value, entry.default, entry.low, entry.high, entry.choices)
                if problem:
                    raise StandardsError(f"{prefix}{key}", problem)

    def _tables(self) -> Iterator[tuple[str, Mapping[str, Value]]]:
        yield "", self.values
        if not isinstance(self.tiers, Mapping):
            raise StandardsError("tier", f"{self.tiers!r} is not a mapping")
        for tier, values in self.tiers.items():
            yield f"tier.{tier}", values


def _by_day(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    found = tuple(revisions)
    for one in found:
        if not isinstance(one, Revision):
            raise StandardsError("", f"{one!r} is not a Revision")
    return tuple(sorted(found, key=lambda revision: revision.effective))


@frozen
class Policy:
    """The company's standards over time: defaults, and dated revisions of them."""

    revisions: tuple[Revision, ...] = field(default=(), converter=_by_day)

    def on(self, day: date, tier: str | None = None) -> Standards:
        """The standards in force on that day, for accounts of that tier."""
        current = [revision for revision in self.revisions if revision.effective <= day]
        standards = DEFAULT_STANDARDS
        for revision in current:
            standards = standards.changed(revision.values, revision.effective)
        for revision in current:
            if tier is not None and tier in revision.tiers:
                standards = standards.changed(revision.tiers[tier], standards.effective or revision.effective)
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
        except tomllib.TOMLDecodeError as error:
            raise StandardsError("", f"not a TOML document: {error}") from None
        except (ValueError, ArithmeticError, RecursionError):
            raise StandardsError("", "a number or a nesting in it is beyond all bounds") from None
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
    known = dict(sections())
    for section, values in document.items():
        if section not in known:
            raise StandardsError(
                f"{prefix}{section}", f"there is no such section{suggestion(section, known)}"
            )
        if not isinstance(values, dict):
            raise StandardsError(f"{prefix}{section}", f"{values!r} is not a table; write [{section}]")
        for name, value in values.items():
            names = fields_dict(known[section])
            if name not in names:
                raise StandardsError(
                    f"{prefix}{section}.{name}", f"there is no such standard{suggestion(name, names)}"
                )
            flat[f"{section}.{name}"] = _typed(value, STANDARDS[f"{section}.{name}"].default)
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
    return str(value)
