# ruff: noqa: S608 - names are fixed here or quoted

"""Which account stands for which: customers are ultimate parents, or sites for themselves."""

from __future__ import annotations

from sam_adapters.contract import Effect
from sam_adapters.tables.canonical import CanonTable
from sam_adapters.tables.cells import marked
from sam_adapters.tables.source import Source

__all__ = ["build_tree"]


def build_tree(source: Source, accounts: CanonTable, *, ultimate: bool) -> str:
    """A table of ``account_id`` and ``top``, and its name.

    A link to an account that is not there, or one that comes round in a circle, is reported and
    taken as none: the account stands for itself.
    """
    con, name = source.con, f"canon.tree_{'ultimate' if ultimate else 'site'}"
    if not ultimate or "parent_id" not in accounts.columns:
        con.execute(f"CREATE TABLE {name} AS SELECT id AS account_id, id AS top FROM {accounts.name}")
        return name
    con.execute(
        f"CREATE TEMP TABLE links AS SELECT id, parent_id, _row, _file FROM {accounts.name} "
        f"WHERE parent_id IS NOT NULL AND NOT {marked('parent_id')}"  # unreadable ones the reader reports
    )
    for row, file, parent in con.execute(
        f"DELETE FROM links WHERE parent_id NOT IN (SELECT id FROM {accounts.name}) "
        "RETURNING _row, _file, parent_id"
    ).fetchall():
        problem = f"there is no account {parent!r} above it; the account stands for itself"
        accounts.report(file, row, "parent_id", problem, Effect.NOTED)
    con.execute(_closure("ring"))
    for row, file, given, parent in con.execute(
        "DELETE FROM links WHERE id IN (SELECT id FROM ring WHERE id = above) RETURNING _row, _file, id, parent_id"
    ).fetchall():
        problem = f"the accounts above {given!r} come round to it again by {parent!r}; it stands for itself"
        accounts.report(file, row, "parent_id", problem, Effect.NOTED)
    con.execute(_closure("climb"))
    con.execute(
        f"CREATE TABLE {name} AS SELECT a.id AS account_id, coalesce(c.above, a.id) AS top FROM {accounts.name} AS a "
        "LEFT JOIN (SELECT id, above FROM climb WHERE above NOT IN (SELECT id FROM links)) AS c ON c.id = a.id"
    )
    con.execute("DROP TABLE links; DROP TABLE ring; DROP TABLE climb")
    return name


def _closure(name: str) -> str:
    """Every account with all that stand above it; pairs are finite, so a circle ends, too."""
    return (
        f"CREATE TEMP TABLE {name} AS WITH RECURSIVE up(id, above) AS ("
        "SELECT id, parent_id FROM links UNION SELECT up.id, links.parent_id FROM up JOIN links ON links.id = up.above"
        ") SELECT id, above FROM up"
    )
