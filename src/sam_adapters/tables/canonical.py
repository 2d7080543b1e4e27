# ruff: noqa: S608 - names and texts are quoted; a mapping's SQL is let in only as part of one SELECT

"""Canonical tables in the working database, out of the source's own by way of a mapping.

Here rows are judged among each other: rows without an account, rows of accounts that are not
there, ids that stand under two accounts. What a single row says is for the reader to judge.
"""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from fnmatch import fnmatchcase
from typing import Any, Final

import duckdb
from attrs import define, evolve, field

from sam_adapters.contract import Effect, MappingProblem, ProblemLog, SourceError
from sam_adapters.convert import Format, UnreadableError, ident
from sam_adapters.tables.cells import MARK, cell, literal, marked, quoted, spelled
from sam_adapters.tables.mapping import Mapping, MappingError, TableMapping
from sam_adapters.tables.schema import TABLES, Kind, Need, Table
from sam_adapters.tables.source import RawTable, Source
from sam_core.errors import suggestion
from sam_core.values import Unknown, Why

__all__ = ["Canon", "CanonTable", "needs_one_owner"]

_PER_ACCOUNT: Final = frozenset({"locations", "buyers"})
"""Their ids need to be unique within an account only: a ship-to number, a contact of two firms."""


def needs_one_owner(table: Table) -> bool:
    """True where an id may not stand under two owners: it would count twice, and its parts have two homes."""
    of_account = table.key == "account_id" and table.name not in _PER_ACCOUNT
    return "id" in table.by_name and (of_account or table.name == "plan_initiatives")


@define
class CanonTable:
    """One canonical table, loaded.

    Attributes:
        where: what people call the source of its rows.
        columns: the canonical columns it has.
        labels: what the source calls a column, where it is called otherwise.
        forms: how a column is written, where not as usual.
        rows: how many there are.
        aside: how many rows the mapping's ``where`` set aside.
        many: rows come from several files, so each says its own.
        raws: the source's tables behind it.
        problems: what was found among the rows.
    """

    table: Table
    where: str
    columns: tuple[str, ...]
    labels: AbstractMapping[str, str]
    forms: AbstractMapping[str, Format]
    many: bool = False
    raws: tuple[RawTable, ...] = ()
    rows: int = 0
    aside: int = 0
    problems: ProblemLog = field(factory=ProblemLog)

    @property
    def name(self) -> str:
        """Its name in the working database."""
        return f"canon.{quoted(self.table.name)}"

    def label(self, column: str) -> str:
        """What the source calls a column, and what we do."""
        label = self.labels.get(column, column)
        return column if label == column else f"{label} ({column})"

    def report(
        self, where: str | None, row: int, column: str, problem: str, effect: Effect = Effect.LEFT_OUT
    ) -> None:
        """Report a row."""
        self.problems.report(
            MappingProblem(
                where=where or self.where,
                record=f"row {row}",
                field=self.label(column),
                problem=problem,
                effect=effect,
            )
        )


@define
class _Plan:
    """Where the rows of a canonical table come from, as SQL."""

    where: str
    relation: str
    condition: str = ""
    expressions: dict[str, str] = field(factory=dict)
    labels: dict[str, str] = field(factory=dict)
    many: bool = False
    raws: list[RawTable] = field(factory=list)


@define
class Canon:
    """All canonical tables of a source, loaded when first asked for.

    Attributes:
        refused: tables of a canonical name that cannot be read as such, and why.
    """

    source: Source
    mapping: Mapping
    currency: str
    _tables: dict[str, CanonTable | None] = field(factory=dict, init=False)
    _plans: dict[str, _Plan | None] = field(factory=dict, init=False)
    _why_not: dict[str, Unknown] = field(factory=dict, init=False)
    refused: dict[str, MappingProblem] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for name, mapped in self.mapping.tables.items():
            for given in (*mapped.sources, *(join.table for join in mapped.joins)):
                if not self._matching(given):
                    path = f"table.{name}.{'from' if given in mapped.sources else 'join'}"
                    raise MappingError(
                        path, f"the source has no table {given!r}{suggestion(given, self.source.tables)}"
                    )

    def columns(self, name: str) -> tuple[str, ...] | None:
        """The columns a table has, without loading its rows; ``None`` where there is no such table."""
        plan = self._plan(TABLES[name])
        return None if plan is None else tuple(plan.expressions)

    def _home(self, name: str) -> RawTable | TableMapping | None:
        mapped = self.mapping.tables.get(name)
        if mapped is not None and (mapped.sources or mapped.select):
            return mapped
        return next((raw for title, raw in self.source.tables.items() if title.lower() == name), None)

    def get(self, name: str) -> CanonTable | None:
        """A table, loaded; ``None`` where the source does not have it."""
        if name not in self._tables:
            self._tables[name] = None  # a table asked for while it is being loaded is not there yet
            self._tables[name] = self._load(TABLES[name])
        return self._tables[name]

    def absent(self, name: str) -> Unknown:
        """Why there is nothing of a table."""
        if name in self._why_not:
            return self._why_not[name]
        needed = ", ".join(c.name for c in TABLES[name].columns if c.need is Need.REQUIRED)
        return Unknown(Why.NOT_CONFIGURED, f"table {name} is not there (it takes {needed})")

    def _plan(self, table: Table) -> _Plan | None:
        """Where the rows of a table come from; ``None`` where the source has none, or none of use."""
        if table.name not in self._plans:
            home, plan = self._home(table.name), None
            if isinstance(home, TableMapping):
                plan = self._mapped_plan(table, home)
            elif home is not None:
                plan = self._own_plan(table, home)
            required = [c.name for c in table.columns if c.need is Need.REQUIRED]
            missing = [name for name in required if plan is not None and name not in plan.expressions]
            if missing and plan is not None:
                problem = f"no column for {', '.join(missing)}, which {table.name} cannot do without"
                if isinstance(home, TableMapping):
                    raise MappingError(f"table.{table.name}", problem)
                self._refuse_table(table, plan.where, problem)
                plan = None
            self._plans[table.name] = plan
        return self._plans[table.name]

    def _load(self, table: Table) -> CanonTable | None:
        plan = self._plan(table)
        if plan is None:
            return None
        mapped = self.mapping.tables.get(table.name, TableMapping())
        canon = CanonTable(
            table=table,
            where=plan.where,
            columns=tuple(c.name for c in table.columns if c.name in plan.expressions),
            labels=plan.labels,
            forms={},
            many=plan.many,
            raws=tuple(plan.raws),
        )
        self._create(canon, plan, mapped)
        self._judge(canon)
        return canon

    def _refuse_table(self, table: Table, where: str, problem: str) -> None:
        self._why_not[table.name] = Unknown(Why.NOT_CONFIGURED, f"{where} has {problem}")
        self.refused[table.name] = MappingProblem(
            where=where, record="", field="", problem=f"it has {problem}; nothing of it is read"
        )

    # --- where rows come from ------------------------------------------------------------------

    def _own_plan(self, table: Table, raw: RawTable) -> _Plan:
        """A table of the source that is canonical by its name."""
        raw = self.source.table(raw.name)
        plan = _Plan(raw.where, f"raw.{quoted(raw.name)}", raws=[raw])
        for column in raw.columns:
            name = column.lower()
            if name in table.by_name:
                plan.expressions[name] = quoted(column)
            else:
                problem = f"no such column is known here, so it is not read{suggestion(name, table.by_name)}"
                raw.report(0, problem, column, Effect.NOTED)
        return plan

    def _matching(self, given: str) -> list[str]:
        return [name for name in self.source.tables if fnmatchcase(name.lower(), given.lower())]

    def _mapped_plan(self, table: Table, mapped: TableMapping) -> _Plan:
        if mapped.select is not None:
            return self._selected_plan(table, mapped.select)
        names = [name for given in mapped.sources for name in self._matching(given)]
        raws = [self.source.table(name) for name in names]
        alias = quoted(raws[0].name) if len(raws) == 1 else "rows"
        if len(raws) == 1:
            relation = f"(SELECT *, NULL AS _file FROM raw.{quoted(raws[0].name)}) AS {alias}"
        else:
            parts = (f"SELECT *, {literal(raw.where)} AS _file FROM raw.{quoted(raw.name)}" for raw in raws)
            relation = f"({' UNION ALL BY NAME '.join(parts)}) AS {alias}"
        scope = [(alias, tuple(dict.fromkeys(column for raw in raws for column in raw.columns)))]
        for index, join in enumerate(mapped.joins):
            path = f"table.{table.name}.join[{index}].on"
            raw = self.source.table(self._matching(join.table)[0])
            other, name = [(quoted(raw.name), raw.columns)], quoted(raw.name)
            keys, pairs, same = [], [], ["_row"]
            for place, (theirs, ours) in enumerate(join.on.items()):
                reference = self._reference(theirs, other, path)
                keys.append(f"{_joinable(reference)} AS {quoted(f'_key {place}')}")
                pairs.append(
                    f"{name}.{quoted(f'_key {place}')} = {_joinable(self._reference(ours, scope, path))}"
                )
                if (
                    theirs.lower() == ours.lower()
                ):  # one name for one value, so SQL need not ask which is meant
                    same.append(reference.partition(".")[2])
            joined = f"SELECT * EXCLUDE ({', '.join(same)}), {', '.join(keys)} FROM raw.{name} AS {name}"
            relation += f" LEFT JOIN ({joined}) AS {name} ON {' AND '.join(pairs)}"
            scope.append((name, tuple(c for c in raw.columns if quoted(c) not in same)))
            raws.append(raw)
        plan = _Plan(
            ", ".join(dict.fromkeys(raw.where for raw in raws[: len(names)])),
            relation,
            many=len(names) > 1,
            raws=raws,
        )
        for column, given in mapped.columns.items():
            plan.expressions[column] = self._reference(given, scope, f"table.{table.name}.columns.{column}")
            plan.labels[column] = given
        for column, text in mapped.constants.items():
            plan.expressions[column] = literal(text)
        self._mentioned(" ".join((*mapped.sql.values(), mapped.where or "")))
        for column, sql in mapped.sql.items():
            plan.expressions[column] = f"({sql}\n)"
            self._try(f"SELECT ({sql}\n) FROM {relation} LIMIT 0", f"table.{table.name}.sql.{column}", scope)
        if mapped.where is not None:
            plan.condition = f"({mapped.where}\n)"
            self._try(
                f"SELECT 1 FROM {relation} WHERE ({mapped.where}\n) LIMIT 0",
                f"table.{table.name}.where",
                scope,
            )
        return plan

    def _selected_plan(self, table: Table, select: str) -> _Plan:
        path = f"table.{table.name}.select"
        raws = self._mentioned(select)
        scope = [(quoted(raw.name), raw.columns) for raw in raws]
        self._try(select, path, scope)
        given = [row[0] for row in self.source.con.execute(f"DESCRIBE {select}").fetchall()]
        row = "_row" if "_row" in given else "row_number() OVER () AS _row"
        plan = _Plan(
            f"select for {table.name}", f"(SELECT NULL AS _file, {row}, * FROM ({select}\n))", raws=raws
        )
        for column in given:
            if column in table.by_name:
                plan.expressions[column] = quoted(column)
            elif column != "_row":
                raise MappingError(
                    path, f"{table.name} has no column {column!r}{suggestion(column, table.by_name)}"
                )
        return plan

    def _mentioned(self, sql: str) -> list[RawTable]:
        """Tables that a piece of SQL may be about, loaded."""
        return [self.source.table(name) for name in self.source.tables if name.lower() in sql.lower()]

    @staticmethod
    def _reference(given: str, scope: list[tuple[str, tuple[str, ...]]], path: str) -> str:
        """A column of the source, as ``column`` or ``table.column``; the first table that has it counts."""
        for alias, columns in scope:
            for column in columns:
                if given.lower() in {column.lower(), f"{alias.strip(chr(34))}.{column}".lower()}:
                    return f"{alias}.{quoted(column)}"
        known = [column for _, columns in scope for column in columns]
        raise MappingError(
            path, f"the source has no column {given!r}{suggestion(given, known)}; it has {', '.join(known)}"
        )

    def _try(self, sql: str, path: str, scope: list[tuple[str, tuple[str, ...]]]) -> None:
        """Refuse what is not one SELECT, or cannot be carried out, by its path in the mapping."""
        try:
            statements = self.source.con.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise MappingError(path, "only an expression or a SELECT can stand here")
            self.source.con.execute(f"EXPLAIN {sql}").fetchall()
        except duckdb.Error as error:
            has = "; ".join(f"{alias.strip(chr(34))} has {', '.join(columns)}" for alias, columns in scope)
            raise MappingError(path, f"{str(error).splitlines()[0]}; {has}") from None

    # --- creating --------------------------------------------------------------------------------

    def _create(self, canon: CanonTable, plan: _Plan, mapped: TableMapping) -> None:
        con, table = self.source.con, canon.table
        taken = ", ".join(f"{plan.expressions[c]} AS {quoted(c)}" for c in canon.columns)
        file = "_file" if plan.labels or plan.many or "_file" in plan.relation else "NULL AS _file"
        inner = f"SELECT _row, {file}, {taken} FROM {plan.relation}"
        types = {row[0].lower(): row[1] for row in con.execute(f"DESCRIBE {inner}").fetchall()}
        worded = ", ".join(self._worded(c, types[c], table, mapped) for c in canon.columns)
        canon.forms = {
            c: self._form(types[c], mapped.formats.get(c, self.mapping.form)) for c in canon.columns
        }
        cells = ", ".join(
            f"{cell(c, table.by_name[c], canon.forms[c])} AS {quoted(c)}" for c in canon.columns
        )
        filled = f"concat({', '.join(quoted(c) for c in canon.columns)}) <> ''"
        where = f" WHERE {plan.condition}" if plan.condition else ""
        try:
            con.execute(
                f"CREATE TABLE {canon.name} AS SELECT *, {self._clean(canon)} AS _clean FROM ("
                f"SELECT _row, _file, {cells} FROM (SELECT _row, _file, {worded} FROM ({inner}{where})) "
                f"WHERE {filled})"
            )
            if plan.condition:
                total = con.execute(f"SELECT count(*) FROM {plan.relation}").fetchall()[0][0]
                kept = con.execute(f"SELECT count(*) FROM {plan.relation}{where}").fetchall()[0][0]
                canon.aside = total - kept
        except duckdb.Error as error:
            raise SourceError(f"{canon.where}: table {table.name}: {str(error).splitlines()[0]}") from None

    @staticmethod
    def _form(kind: str, form: Format) -> Format:
        """Numbers and days that SQL has typed or reckoned are plain, however the source writes its own."""
        if kind == "VARCHAR" or kind.endswith("[]"):
            return form
        return evolve(form, decimal_mark=".", thousands="", dates=())

    def _worded(self, column: str, kind: str, table: Table, mapped: TableMapping) -> str:
        """The cell as text, its words for blanks and its own vocabulary translated."""
        name = quoted(column)
        if kind.endswith("[]"):
            text = f"CASE WHEN len({name}) = 0 THEN ';' ELSE array_to_string({name}, ';') END"
        else:
            text = f"CAST({name} AS VARCHAR)"
        blanks = dict.fromkeys((*self.mapping.blank, *mapped.blanks.get(column, ())), "NULL")
        words = {word: literal(canonical) for word, canonical in mapped.values.get(column, {}).items()}
        other = words.pop("*", text)
        cases = "".join(
            f" WHEN {literal(word)} THEN {result}" for word, result in {**blanks, **words}.items()
        )
        if not cases:
            return (
                f"{text} AS {name}" if other == text else f"CASE WHEN {text} <> '' THEN {other} END AS {name}"
            )
        return f"CASE trim({text}){cases} WHEN '' THEN NULL ELSE {other} END AS {name}"

    def _clean(self, canon: CanonTable) -> str:
        """True for a row whose every cell is plain, with nothing missing and nothing to convert."""
        tests = [f"NOT contains(concat({', '.join(quoted(c) for c in canon.columns)}), {literal(MARK)})"]
        required = [c.name for c in canon.table.columns if c.need is Need.REQUIRED]
        tests += [f"{quoted(name)} IS NOT NULL" for name in required]
        if "currency" in canon.columns:
            tests.append(f"coalesce(currency = {literal(self.currency)}, true)")
        return " AND ".join(tests)

    # --- judging rows among each other -----------------------------------------------------------

    def _judge(self, canon: CanonTable) -> None:
        con, table = self.source.con, canon.table
        for name in canon.columns:
            if table.by_name[name].kind is Kind.ID:
                self._read_ids(canon, name)
        if table.key and table.by_name[table.key].need is Need.REQUIRED:
            key = quoted(table.key)
            self._leave_out(canon, f"{key} IS NULL", table.key, lambda _: "it is required, and blank")
            self._leave_out(canon, marked(key), table.key, lambda row: _why_unreadable(row[2][1:]))
        if table.name == "accounts":
            self._judge_accounts(canon)
        parent = "accounts" if table.key == "account_id" else table.parent
        if parent is not None:
            self._judge_orphans(canon, parent)
        if needs_one_owner(table):
            self._judge_strays(canon)
        if table.money and not table.dated and table.parent:
            self._inherit_currency(canon, table.parent)
        canon.rows = con.execute(f"SELECT count(*) FROM {canon.name}").fetchall()[0][0]

    def _read_ids(self, canon: CanonTable, column: str) -> None:
        """Bring ids that are readable, but not plain, to the form in which records find each other."""
        name = quoted(column)
        odd = self.source.con.execute(
            f"SELECT DISTINCT {name} FROM {canon.name} WHERE {marked(name)}"
        ).fetchall()
        for (raw,) in odd:
            try:
                plain = spelled(raw[1:]) if raw.startswith(f"{MARK}?") else ident(raw[1:])
            except UnreadableError:
                continue
            if isinstance(plain, str) and plain.strip():
                self.source.con.execute(f"UPDATE {canon.name} SET {name} = ? WHERE {name} = ?", [plain, raw])

    def _leave_out(self, canon: CanonTable, condition: str, column: str, problem: Any) -> None:
        """Report the rows that answer a condition, and take them out."""
        con = self.source.con
        rows = con.execute(
            f"SELECT _row, _file, {quoted(column)}, rowid FROM {canon.name} WHERE {condition} ORDER BY rowid"
        ).fetchall()
        for row in rows:
            canon.report(row[1], row[0], column, problem(row))
        if rows:
            con.execute(
                f"DELETE FROM {canon.name} WHERE rowid IN (SELECT unnest(?))", [[row[3] for row in rows]]
            )

    def _judge_orphans(self, canon: CanonTable, parent: str) -> None:
        above = self.get(parent)
        key = quoted(canon.table.key)
        if above is None:
            self._leave_out(
                canon,
                "true",
                canon.table.key,
                lambda row: f"{row[2]!r} is not known: there is no table {parent}",
            )
            return
        condition = f"{key} NOT IN (SELECT id FROM {above.name} WHERE id IS NOT NULL)"
        self._leave_out(canon, condition, canon.table.key, lambda row: f"{row[2]!r} is not in {above.where}")

    def _judge_accounts(self, canon: CanonTable) -> None:
        """Accounts are what all else hangs on, so each id is made to stand for one row here."""
        con = self.source.con
        self._leave_out(canon, "id IS NULL", "id", lambda _: "it is required, and blank")
        self._leave_out(canon, marked("id"), "id", lambda row: _why_unreadable(row[2][1:]))
        columns = ", ".join(quoted(c) for c in canon.columns)
        con.execute(
            f"CREATE TEMP TABLE twins AS SELECT rowid AS r, id, _row, _file, hash({columns}) AS h, "
            f"first_value(hash({columns})) OVER same AS h1, first_value(_row) OVER same AS r1, "
            f"row_number() OVER same AS n FROM {canon.name} WINDOW same AS (PARTITION BY id ORDER BY rowid)"
        )
        for row, file, given, first, same in con.execute(
            "SELECT _row, _file, id, r1, h = h1 FROM twins WHERE n > 1 ORDER BY r"
        ).fetchall():
            if same:
                canon.report(
                    file, row, "id", f"{given!r} stands in row {first} already, just the same", Effect.NOTED
                )
            else:
                canon.report(file, row, "id", f"{given!r} stands in row {first} already, with other contents")
        con.execute(f"DELETE FROM {canon.name} WHERE rowid IN (SELECT r FROM twins WHERE n > 1)")
        con.execute("DROP TABLE twins")

    def _judge_strays(self, canon: CanonTable) -> None:
        """Take out what :func:`needs_one_owner` speaks of, but for the first of them."""
        key = quoted(canon.table.key)
        condition = (
            f"id IN (SELECT id FROM {canon.name} GROUP BY id HAVING count(DISTINCT {key}) > 1) AND {key} <> "
            f"(SELECT arg_min(o.{key}, o.rowid) FROM {canon.name} AS o WHERE o.id = {canon.name}.id)"
        )
        owner = canon.table.key.removesuffix("_id")
        self._leave_out(
            canon,
            condition,
            "id",
            lambda row: f"{row[2]!r} stands under another {owner} already; an id stands for one record",
        )

    def _inherit_currency(self, canon: CanonTable, parent: str) -> None:
        """Lines of an opportunity are in its currency, at the rate of its day."""
        above = self.get(parent)
        if above is None:
            return
        con, key = self.source.con, quoted(canon.table.key)
        days = [f"p.{quoted(c)}" for c in above.table.dated if c in above.columns]
        days = [f"CASE WHEN NOT {marked(day)} THEN {day} END" for day in days]
        if "currency" not in canon.columns and "currency" not in above.columns:
            return
        con.execute(f"ALTER TABLE {canon.name} ADD COLUMN _on VARCHAR")
        con.execute(
            f"UPDATE {canon.name} AS t SET _on = coalesce({', '.join(days)}) "
            f"FROM {above.name} AS p WHERE p.id = t.{key}"
        )
        if "currency" not in canon.columns:
            con.execute(f"ALTER TABLE {canon.name} ADD COLUMN currency VARCHAR")
            con.execute(
                f"UPDATE {canon.name} AS t SET currency = p.currency FROM {above.name} AS p WHERE p.id = t.{key}"
            )
            canon.columns = (*canon.columns, "currency")
            con.execute(f"UPDATE {canon.name} SET _clean = _clean AND {self._clean(canon)}")


def _joinable(column: str) -> str:
    """Keys meet as texts, without the blanks around them; a blank meets nothing."""
    return f"nullif(trim(CAST({column} AS VARCHAR)), '')"


def _why_unreadable(text: str) -> str:
    try:
        ident(text)
    except UnreadableError as error:
        return str(error)
    return f"{text!r} is not an id"
