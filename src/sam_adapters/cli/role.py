"""``explain`` and ``standards``: the role and the company's thresholds, in words."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from sam_adapters.cli.output import Paper, output_options
from sam_adapters.cli.source import as_day, today

__all__ = ["explain", "standards"]


@click.command(
    epilog="""\b
Examples:
  sam-core explain ACC-1
  sam-core explain RESP-1.shrinking
  sam-core explain retention.shrinking_share
  sam-core explain "RESP-2*"
"""
)
@click.argument("what", metavar="CLAUSE-OR-RULE")
@output_options()
def explain(what: str, paper: Paper) -> None:
    """What a clause asks for and which rules judge it; what a rule needs and when it fails.

    Also explains a standard by its key.
    """
    from sam_adapters.plugins import load_plugins
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.role import clause_page, rule_page, rules_page, standard_page
    from sam_core.charter import CHARTER
    from sam_core.errors import UnknownClauseError
    from sam_core.standards import catalogue

    rules = load_plugins().rule_book()
    clauses = {clause.id.casefold(): clause for clause in CHARTER}
    by_id = {one.id.casefold(): one for one in rules}
    keys = {entry.key: entry for entry in catalogue()}
    asked = what.casefold()
    if asked in clauses:
        clause = clauses[asked]
        under = [one for one in CHARTER if clause in CHARTER.lineage(one.id)]
        own = [one for one in rules if one.clause_id in {c.id for c in under}]
        paper.write(
            lambda: clause_page(clause, own),
            lambda: plain(clause) | {"rules": [_rule_data(one) for one in own]},
        )
    elif asked in by_id:
        paper.write(lambda: rule_page(by_id[asked]), lambda: _rule_data(by_id[asked]))
    elif asked in keys:
        entry = keys[asked]
        tuned = [one for one in rules if entry.key in one.tuned_by]
        paper.write(
            lambda: standard_page(entry, tuned), lambda: plain(entry) | {"rules": [one.id for one in tuned]}
        )
    elif any(sign in what for sign in "*?["):
        chosen = [one for one in rules if fnmatchcase(one.id, what) or fnmatchcase(one.clause_id, what)]
        if not chosen:
            raise UnknownClauseError(what, [*clauses, *by_id])
        paper.write(lambda: rules_page(what, chosen), lambda: [_rule_data(one) for one in chosen])
    else:
        raise UnknownClauseError(
            what, [*(clause.id for clause in CHARTER), *(one.id for one in rules), *keys]
        )


def _rule_data(one: Any) -> dict[str, Any]:
    """A rule without its code."""
    return {
        "id": one.id,
        "clause_id": one.clause_id,
        "title": one.title,
        "severity": one.severity.value,
        "about": one.subject_kind.value,
        "requirement": one.requirement,
        "failure": one.failure,
        "needs": list(one.required),
        "tuned_by": list(one.tuned_by),
        "source": one.source,
    }


@click.command(
    epilog="""\b
Examples:
  sam-core standards > standards.toml
  sam-core standards -o sample/standards.toml --effective 2026-01-01
  sam-core standards --from standards.toml --as-of 2026-09-30 --tier A
"""
)
@click.option("--from", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Show what a file of standards comes to.")  # fmt: skip
@click.option(
    "--as-of", type=as_day, default=None, metavar="DAY", help="The day they hold on.  [default: today]"
)
@click.option("--tier", metavar="NAME", help="For accounts of that tier.")
@click.option("--effective", type=as_day, default=None, metavar="DAY",
              help="The first day the file is to hold.  [default: 1 January of --as-of]")  # fmt: skip
@output_options(formats=False)
def standards(
    path: Path | None, as_of: date | None, tier: str | None, effective: date | None, paper: Paper
) -> None:
    """Every threshold with its value, unit, clause and meaning, as a file to change and use."""
    from sam_adapters.renderers.json import plain
    from sam_adapters.renderers.role import standards_toml
    from sam_core.standards import Policy, catalogue

    day = as_of or today()
    policy = Policy() if path is None else Policy.from_toml(path.read_text(encoding="utf-8"))
    current = policy.on(day, tier)
    if paper.format == "json":
        rows = [
            plain(entry) | {"value": plain(evolve(entry, default=current.value(entry.key)))["default"]}
            for entry in catalogue()
        ]
        paper.text(paper.data(rows))
    else:
        paper.text(standards_toml(current, effective or date(day.year, 1, 1)))
