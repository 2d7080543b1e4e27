"""The reference pages that are written by the code they describe: the role with its rules, and the standards.

``python -m sam_adapters.renderers.reference`` rewrites them in ``docs/reference``; a test fails while they
are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from sam_core.book import BookHeader, Person
from sam_core.charter import CHARTER, Clause
from sam_core.findings import SubjectKind
from sam_core.penetration.moves import Move
from sam_core.rulebook import DERIVED_INPUTS, Rule, RuleBook
from sam_core.rules import standard_rules
from sam_core.scorecard import Scorecard
from sam_core.standards import Standard, catalogue
from sam_core.totals import Totals
from sam_core.values import Period

__all__ = ["main", "role_page", "standards_page", "write"]

_ALWAYS_THERE: Final = frozenset(
    {"account", "as_of", "header", "manager", "focus", "period", "standards", "totals", "watch"}
)
"""Inputs that no source can fail to give."""


def _blank() -> Scorecard:
    """A scorecard of nothing: it still names all it would say, and under which clause."""
    header = BookHeader(manager=Person(id="M", name="the manager"), period=Period.year(2026), currency="EUR")
    return Scorecard(headers=(header,), as_of=date(2026, 1, 1), totals=Totals())


def _measured(card: Scorecard) -> Mapping[str, list[str]]:
    """What of a scorecard, beside findings, speaks of each clause."""
    found: dict[str, list[str]] = {}
    for one in card.accountabilities:
        found.setdefault(one.clause_id, []).append(f"accountability: {one.measured.name}")
    for measure in card.measures:
        found.setdefault(measure.clause_id, []).append(f"measure: {measure.name}")
    for condition in card.conditions:
        found.setdefault(condition.clause_id, []).append(
            f"condition, reported and never scored: {condition.name}"
        )
    found.setdefault("RESP-2", []).append(f"next best moves ({Move.__name__})")
    return found


def role_page(rules: RuleBook | None = None) -> str:
    """The role clause by clause, with every rule of a rule book: what it requires, when it fails, what it needs."""
    book = standard_rules() if rules is None else rules
    measured = _measured(_blank())
    parts = [
        "# The role, clause by clause",
        "Each clause of the Senior Account Manager's role with the rules that judge it and the numbers that measure "
        "it. A rule answers *met*, *at risk*, *not met* or *not assessable*; where it has nothing to judge it does "
        "not apply. What a rule needs names the inputs without which it is not assessable.",
        "This page is written by the code: `python -m sam_adapters.renderers.reference`.",
    ]
    kind = None
    for clause in CHARTER:
        if clause.kind is not kind:
            kind = clause.kind
            parts.append(f"## {kind.value.capitalize()}")
        parts += _clause(
            clause, [one for one in book if one.clause_id == clause.id], measured.get(clause.id, ())
        )
    return "\n\n".join(parts) + "\n"


def _clause(clause: Clause, rules: Iterable[Rule], measures: Iterable[str]) -> Iterator[str]:
    yield f"### {clause.id} {clause.title}"
    yield clause.wording
    listed = "\n".join(f"- {one}" for one in measures)
    if listed:
        yield listed
    for one in rules:
        yield f"#### `{one.id}`: {one.title}"
        yield "\n".join(_facts(one))


def _facts(one: Rule) -> Iterator[str]:
    about = "each account" if one.subject_kind is SubjectKind.ACCOUNT else "the manager"
    yield f"- **Judges:** {about}; severity {one.severity.value}"
    yield f"- **Requires:** {one.requirement}"
    yield f"- **Fails:** {one.failure.removeprefix('Fails ')}"
    sources = (DERIVED_INPUTS.get(name, (name,)) for name in one.required if name not in _ALWAYS_THERE)
    needed = [f"`{name}`" for name in dict.fromkeys(name for names in sources for name in names)]
    if {"totals", "focus"} & {name for name, _ in (*one.applies_needs, *one.needs)}:
        needed.append("what it counts over all accounts")
    yield f"- **Needs:** {', '.join(needed) or 'nothing that a source may lack'}"
    where_known = [f"`{name}`" for name, takes_unknown in one.needs if takes_unknown]
    if where_known:
        yield f"- **Reads, where known:** {', '.join(where_known)}"
    if one.tuned_by:
        yield f"- **Tuned by:** {', '.join(f'[`{key}`](standards.md#{_anchor(key)})' for key in one.tuned_by)}"


def _anchor(key: str) -> str:
    """How a heading of that key is linked to."""
    return key.partition(".")[0]


def standards_page() -> str:
    """Every standard with its default, unit, clause, range and meaning, a table for each section."""
    parts = [
        "# Standards",
        "Every threshold that a rule or measure compares with, and its default. A company's own values stand in a "
        "TOML document, dated, and for a tier of accounts where they differ; what it does not name keeps its default.",
        "```toml\neffective = 2026-01-01\n\n[plans]\nreview_days = 60\n\n[tier.key.meetings]\nface_to_face_days = 30\n```",
        "This page is written by the code: `python -m sam_adapters.renderers.reference`.",
    ]
    sections: dict[str, list[Standard]] = {}
    for entry in catalogue():
        sections.setdefault(entry.key.partition(".")[0], []).append(entry)
    used: dict[str, list[str]] = {}
    for one in standard_rules():
        for key in one.tuned_by:
            used.setdefault(key, []).append(f"`{one.id}`")
    for section, entries in sections.items():
        rows = [
            "| Standard | Default | Unit | Range | Clause | Meaning | Rules |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for entry in entries:
            cells = (
                f"`{entry.key}`", _value(entry.default), entry.unit, _range(entry), entry.clause, entry.meaning,
                ", ".join(used.get(entry.key, ())),
            )  # fmt: skip
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts += [f"## {section}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _range(entry: Standard) -> str:
    if entry.choices:
        return " / ".join(entry.choices)
    if entry.low is None and entry.high is None:
        return "any"
    if entry.high is None:
        return f"{entry.low} or more"
    return f"{entry.low} to {entry.high}"


def write(folder: Path) -> list[Path]:
    """Write both pages into a folder.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {folder / "role.md": role_page(), folder / "standards.md": standards_page()}
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return list(pages)


def main(arguments: list[str] | None = None) -> None:
    """Write the pages into the folder named, or into ``docs/reference`` here."""
    given = sys.argv[1:] if arguments is None else arguments
    for path in write(Path(given[0] if given else "docs/reference")):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
