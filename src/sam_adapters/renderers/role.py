"""Clauses, rules and standards in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sam_adapters.contract import CONCEPTS
from sam_adapters.renderers.page import Block, Column, Facts, Page, Row, Section, Table, Text
from sam_core.charter import CHARTER, Clause
from sam_core.rulebook import DERIVED_INPUTS, Rule
from sam_core.standards import Standard, Standards, catalogue, toml_value

__all__ = ["clause_page", "rule_page", "rules_page", "standard_page", "standards_toml"]


def clause_page(clause: Clause, rules: Sequence[Rule]) -> Page:
    """A clause, those below it, and the rules that judge them."""
    below = CHARTER.children(clause.id)
    sections = []
    if below:
        rows = [Row((one.id, one.title, one.wording)) for one in below]
        sections.append(
            Section("In particular", (Table((Column("Clause", whole=True), "Title", "Wording"), rows),))
        )
    sections.append(Section("Rules", _rules(rules)))
    kind = clause.kind.value.capitalize()
    return Page(f"{clause.id} {clause.title}", (Text(clause.wording), Facts((("Kind", kind),))), sections)


def _rules(rules: Sequence[Rule]) -> Iterator[Block]:
    if not rules:
        yield Text("No rule judges this clause by itself; it is measured or reported on the scorecard.")
        return
    rows = [Row((one.id, one.severity.value, one.title), f"{one.requirement} {one.failure}") for one in rules]
    yield Table(("Rule", Column("Weight", whole=True), "Title"), rows, "Requirement")


def rules_page(pattern: str, rules: Sequence[Rule]) -> Page:
    """The rules that a pattern selects."""
    return Page(f"Rules like {pattern}", _rules(rules))


def rule_page(rule: Rule) -> Page:
    """One rule: what it asks for, when it fails, what it needs, what tunes it."""
    defaults = {entry.key: entry for entry in catalogue()}
    facts = Facts(
        (
            ("Clause", str(CHARTER[rule.clause_id])),
            ("About", f"each {rule.subject_kind.value}"),
            ("Weight", rule.severity.value),
            ("Needs", ", ".join(_needs(rule)) or "nothing that a source could lack"),
            ("Declared by", rule.source),
        )
    )
    sections = [Section("Requirement", (Text(rule.requirement), Text(rule.failure)))]
    if rule.tuned_by:
        sections.append(Section("Tuned by", (_standards([defaults[key] for key in rule.tuned_by]),)))
    return Page(f"{rule.id}: {rule.title}", (facts,), sections)


def _needs(rule: Rule) -> list[str]:
    """What a source has to give, behind what follows from it."""
    roots = {root for name in rule.required for root in DERIVED_INPUTS.get(name, (name,))}
    return [name for name in CONCEPTS if name in roots]


def _standards(entries: Sequence[Standard]) -> Table:
    rows = [Row((entry.key, _shown(entry.default), entry.unit), f"{entry.meaning}.") for entry in entries]
    return Table(("Standard", "Default", "Unit"), rows, "Meaning")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def standard_page(entry: Standard, rules: Sequence[Rule]) -> Page:
    """One standard, and the rules it tunes."""
    low, high = ("open" if end is None else str(end) for end in (entry.low, entry.high))
    facts = Facts(
        (
            ("Default", _shown(entry.default)),
            ("Unit", entry.unit),
            ("Range", ", ".join(entry.choices) if entry.choices else f"{low} to {high}"),
            ("Clause", str(CHARTER[entry.clause])),
            ("Tunes", ", ".join(one.id for one in rules) or "a measure of the scorecard"),
        )
    )
    return Page(entry.key, (Text(f"{entry.meaning[:1].upper()}{entry.meaning[1:]}."), facts))


def standards_toml(standards: Standards, effective: date) -> str:
    """Every standard as a document that :meth:`~sam_core.standards.Policy.from_toml` reads back."""
    lines = [
        "# The company's standards. Change a value and every verdict follows; strike",
        "# what shall stay at its default. A later change goes below as [[revision]]",
        "# with its own effective day; [tier.A.plans] holds for accounts of tier A.",
        f"effective = {effective.isoformat()}",
    ]
    section = ""
    for entry in catalogue():
        name, _, key = entry.key.partition(".")
        if name != section:
            section = name
            lines += ["", f"[{section}]"]
        about = f"{entry.clause}: {entry.meaning} ({_range(entry)})"
        lines += ["", *textwrap.wrap(about, 78, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"{key} = {toml_value(standards.value(entry.key))}")
    return "\n".join(lines) + "\n"


def _range(entry: Standard) -> str:
    parts = [entry.unit]
    if entry.choices:
        parts.append(f"one of {', '.join(entry.choices)}")
    elif entry.low is not None and entry.high is not None:
        parts.append(f"{entry.low} to {entry.high}")
    elif entry.low is not None:
        parts.append(f"{entry.low} or more")
    return "; ".join(parts)
