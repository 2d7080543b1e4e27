"""The reference page of the tables adapter, out of the data it goes by.

``python -m sam_adapters.tables.reference docs/reference/tables.md`` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sam_adapters.tables.cells import word_of
from sam_adapters.tables.mapping import KEYS
from sam_adapters.tables.schema import TABLES, Column, Kind, Need, Table

__all__ = ["page"]

_INTRODUCTION = """\
# Tables

The `tables` adapter reads books out of plain tables. A source is one of:

| source | tables in it |
| --- | --- |
| a folder | its files: `.csv`, `.tsv`, `.parquet`, `.json`, `.ndjson`, `.xlsx` (a sheet each where there are several) |
| a workbook `.xlsx` | its sheets |
| a SQLite database `.sqlite`, `.db` | its tables and views |
| a DuckDB database `.duckdb`, `.db` | its tables and views |

A source is only ever read. The working database lives in memory (`memory_limit`, 1 GB where left out), goes
to a folder of its own on disk when that is not enough, and reaches neither the network nor any other file.

Tables named and laid out as below are read as they are. Anything else takes a [mapping](#mapping-files). The sample
company is such a folder:

```console
$ sam-core demo exports --output sample.txt
```

```python
from sam_adapters import open_book

reading = open_book("tables", path="exports", currency="EUR", manager="E-11", period="2026")
```

The currency is the one thing tables do not say. It is given as above, or in `[book] currency` of a mapping;
a folder may bring its mapping along as `mapping.toml`.

## What a cell may hold

| kind | read | refused, and reported |
| --- | --- | --- |
| text | as it stands | `#N/A`, `N/A`, `NULL`, `NaN`, `-`, `--`, `\\N`, a spreadsheet's `#REF!` and its like |
| id | without the blanks at its ends | the same |
| ids | `a;b;c`; a lone `;` is an empty list | the same |
| number | `1234.50`, `-3`, `1.5e3` | `1,234.50`, `1.234,50` unless declared; `12 %` |
| day | `2026-03-04`, a moment (its day) | `03/04/2026` unless the format is declared |
| moment | `2026-03-04T09:30:00Z`, any offset | without an offset unless the zone is declared |
| true or false | `true`/`yes`/`y`/`1`, `false`/`no`/`n`/`0` | anything else |
| one of | the words given, whatever the capitals | any other word |
| period | `2026`, `2026Q3`, `2026H1`, `2026-07`, `2026-01-01..2026-06-30` | anything else |

Three things are kept apart, for they are not the same: a **column** that is not there is *not configured*; a
**blank** cell means what its column says below; a cell that **cannot be read** is reported by file, row and
column, and its value is *unreadable*. Where a value is required, or a blank would say something it should not
(a last day, a state), the row is left out, and that is reported, too. Nothing is ever taken for nought.

A cell can also say that nobody knows: `?`, or `?not-permitted`, or `?not-permitted: Case.Priority`. A text that
would be taken for something else is spelled out in quotation marks after a question mark, as in JSON: `?"-"`
is the text `-`, `?"=SUM(A1)"` a text no spreadsheet will run. `write_tables` writes such cells by itself.

Rows are numbered as a spreadsheet does it: the header is row 1. Rows of databases, JSON and Parquet begin with 1.

## Whose book

An account is in the books of all who hold it, as its account manager, on any day of the period; a first day
that nobody knows counts. Who holds what is told by the table `assignments` or, where there is none, by
`manager_id` and `assigned_on` of `accounts`. Accounts that nobody holds are counted and named in the provenance.

Where the standards say that a customer is the *ultimate parent* (`customer.level`, the default), accounts with a
`parent_id` become locations of the account at the top, under their own id, and what is known of them is known of
that location. A parent that is not there, or a circle, is reported, and the account stands for itself.

## Twice, and nowhere

A row that comes twice just the same is held once, and noted. A second row with other contents under one id is
left out, and reported, as is a row of an account, a plan or an opportunity that is not there. Ids of locations
and buyers are unique within an account, ids of parts within what they are part of, all others in their table.

## Amounts in other currencies

Tables with amounts take a column `currency`. Rows in a currency other than the book's are converted at the rate
of `exchange_rates` that holds on the row's day. What cannot be converted is unknown, or the row is left out.
"""

_MAPPINGS = """\
## Mapping files

A mapping is a TOML file that lays foreign tables onto the canonical ones. A table it does not name is looked for
under its own name. Two whole examples: [ClassicModels](../tutorial/classicmodels.toml) and
[Northwind](../how-to/northwind.md).

SQL in a mapping is DuckDB's: one expression or one SELECT, over the source's tables by their names. Cells of text
files, workbooks and SQLite are texts; name the columns to count with in `[source.NAME] numbers`, and they become
exact decimals. A mistake is reported by its path in the file, with what the source does have.
"""

_TITLES = {
    "book": "`[book]`",
    "assume": "`[assume]`: what is taken for granted; each shows in the provenance",
    "format": "`[format]`: how cells are written",
    "source": '`[source.NAME]`: a file or table of the source, `[source."sales.csv"]`',
    "table": "`[table.NAME]`: a canonical table",
}


def _kind(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return "one of " + ", ".join(f"`{word_of(member)}`" for member in column.choices or ())
    return str(column.kind.value)


def _need(column: Column) -> str:
    return f"**{column.need.value}**" if column.need is Need.REQUIRED else str(column.need.value)


def _table(table: Table) -> Iterator[str]:
    yield f"### `{table.name}`\n\n{table.meaning}\n\n"
    if table.money and table.dated:
        yield f"Amounts are converted at the rate of {' or '.join(f'`{c}`' for c in table.dated)}.\n\n"
    yield "| column | holds | need | meaning |\n| --- | --- | --- | --- |\n"
    for column in table.columns:
        yield f"| `{column.name}` | {_kind(column)} | {_need(column)} | {column.meaning} |\n"
    yield "\n"


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, "\n## The tables\n\n"]
    for table in TABLES.values():
        parts.extend(_table(table))
    parts.append(_MAPPINGS)
    for name, keys in KEYS.items():
        parts.append(f"\n### {_TITLES[name]}\n\n| key | meaning |\n| --- | --- |\n")
        parts.extend(f"| `{key}` | {meaning} |\n" for key, meaning in keys.items())
    return "".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
