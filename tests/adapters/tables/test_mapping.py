"""A mapping lays foreign tables onto the canonical ones, and a mistake in it is named by its path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sam_adapters.contract import SourceError
from sam_adapters.tables import Mapping, MappingError, TablesAdapter
from sam_adapters.tables.dossiers import ALWAYS
from sam_core.book import PersonRole, ProductKind
from sam_core.values import Unknown, Why

HEADS = "OrderNo,Customer,Date,Status\n1,C 1,31.01.2026,Shipped\n2,C 1,01.02.2026,Open\n3,C 1,01.03.2026,shipped\n"
LINES = 'OrderNo,Pos,Qty,Price\n 1 ,1,2,"1.000,25"\n1,2,1,"9,99"\n2,1,5,1\n4,1,5,1\n'
ORDERS = """
[book]
currency = "EUR"

[format]
decimal = ","
thousands = "."

[source.lines]
numbers = ["Qty", "Price"]

[table.accounts]
from = "customers"
columns = { id = "No", name = "Name", manager_id = "Rep" }

[table.sale_lines]
from = "lines"
join = { table = "heads", on = "OrderNo" }
where = "lower(heads.Status) = 'shipped'"
columns = { account_id = "Customer", on = "Date", quantity = "Qty", order_id = "lines.OrderNo" }
constants = { product_id = "P1" }
sql = { id = "trim(OrderNo) || '/' || Pos", revenue = "Qty * Price" }

[table.sale_lines.format.on]
dates = "%d.%m.%Y"
"""
CUSTOMERS = "No,Name,Rep\nC 1,One,m1\n"


def test_lines_of_a_foreign_source_come_out_by_join_filter_and_reckoning(tables):
    built = tables(ORDERS, accounts="", customers=CUSTOMERS, heads=HEADS, lines=LINES)
    dossier, problems = built.one()
    assert [(x.id, x.on, x.revenue, x.quantity, x.product_id, x.order_id) for x in dossier.sale_lines] == [
        ("1/1", date(2026, 1, 31), Decimal("2000.50"), 2, "P1", "1"),
        ("1/2", date(2026, 1, 31), Decimal("9.99"), 1, "P1", "1"),
    ]
    assert problems == []
    (note,) = built.read().book.header.provenance.notes
    assert (
        note == "sale_lines leaves aside 2 rows of lines.csv that are not: lower(heads.Status) = 'shipped'."
    )


def test_a_number_sql_cannot_count_with_is_reported_and_the_row_left_out(tables):
    lines = LINES.replace('"9,99"', "9.99").replace(',1,2,"1', ',1,#N/A,"1')
    dossier, problems = tables(ORDERS, accounts="", customers=CUSTOMERS, heads=HEADS, lines=lines).one()
    assert dossier.sale_lines == ()
    assert [p.partition(" is ")[0] for p in problems] == [
        "lines.csv, row 2, Qty: '#N/A'",
        "lines.csv, row 3, Price: '9.99'",
        "lines.csv, row 2, revenue: it",
        "lines.csv, row 3, revenue: it",
    ]


def test_numbers_written_with_an_exponent_are_named_as_such(tables):
    lines = "OrderNo,Pos,Qty,Price\n1,1,1e2,1\n"
    _, problems = tables(ORDERS, accounts="", customers=CUSTOMERS, heads=HEADS, lines=lines).one()
    assert "'1e2' is written in a way SQL cannot count with" in problems[0]


def test_numbers_too_long_for_sql_are_refused(tables):
    with pytest.raises(SourceError, match="more than 38 digits"):
        tables(
            ORDERS,
            accounts="",
            customers=CUSTOMERS,
            heads=HEADS,
            lines=f"OrderNo,Pos,Qty,Price\n1,1,1,{'9' * 39}\n",
        ).one()


def test_days_can_be_compared_once_they_are_named(tables):
    mapping = r"""
[source.sales]
days = ["when"]
[table.sale_lines]
from = "sales"
where = "\"when\" >= DATE '2026-02-01'"
columns = { account_id = "who", id = "no", on = "when", revenue = "what" }
"""
    dossier, problems = tables(
        mapping, sales="who,no,when,what\na1,1,2026-01-31,5\na1,2,2026-02-01,6\na1,3,soon,7\n"
    ).one()
    assert [line.id for line in dossier.sale_lines] == ["2"]
    assert "sales.csv, row 4, when: 'soon' is not a day" in problems[0]


def test_several_files_make_one_table_and_rows_are_told_apart_by_file(tables):
    mapping = """
[table.sale_lines]
from = ["sales_*"]
columns = { account_id = "a", id = "i", on = "d", revenue = "r" }
"""
    dossier, problems = tables(
        mapping,
        sales_2025="a,i,d,r\na1,1,2025-01-01,5\na1,2,2025-01-01,x\n",
        sales_2026="i,a,d,r\n3,a1,2026-01-01,7\n4,a1,2026-01-01,y\n",
    ).one()
    assert [line.id for line in dossier.sale_lines] == ["1", "3"]
    assert [p.partition(": ")[0] for p in problems] == [
        "sales_2025.csv, row 3, r (revenue)",
        "sales_2026.csv, row 3, r (revenue)",
    ]


def test_words_are_translated_and_any_other_word_too(tables):
    mapping = """
[table.people]
from = "staff"
columns = { id = "no", name = "name", role = "job" }
values.role = { "Rep" = "senior account manager", "*" = "other" }
"""
    built = tables(mapping, staff="no,name,job\nm1,Ada,Rep\nm2,Bo,Chef\nm3,Cy,\n")
    ada, bo, cy = built.read().book.header.people
    assert (ada.role, bo.role) == (PersonRole.SENIOR_ACCOUNT_MANAGER, PersonRole.OTHER)
    assert cy.role == Unknown(Why.BLANK, "people.role")
    assert built.adapter.managers() == (ada,)


def test_a_value_map_without_a_catch_all_lets_canonical_words_through(tables):
    mapping = """
[table.products]
from = "items"
columns = { id = "no", name = "no", kind = "k" }
values.kind = { "S" = "service" }
format.kind = { blank = "?" }
"""
    header = tables(mapping, items="no,k\n1,S\n2,product\n3,?\n4,X\n").read().book.header
    kinds = [p.kind for p in header.offering.products]
    assert kinds[:2] == [ProductKind.SERVICE, ProductKind.PRODUCT]
    assert [k.why for k in kinds[2:]] == [Why.BLANK, Why.UNREADABLE]


def test_a_whole_select_gives_canonical_columns(tables):
    mapping = """
[table.assignments]
select = '''
    SELECT who AS account_id, 'x' || who AS id, arg_max(rep, day) AS person_id FROM visits GROUP BY who
'''
"""
    dossier, _ = tables(mapping, visits="who,rep,day\na1,m0,2025-01-01\na1,m1,2026-01-01\n").one()
    (assignment,) = dossier.assignments
    assert (assignment.id, assignment.person_id) == ("xa1", "m1")


def test_a_select_may_tell_the_rows_of_the_source(tables):
    mapping = "[table.sale_lines]\nselect = \"SELECT _row, a AS account_id, i AS id, d AS 'on', r AS revenue FROM s\""
    _, problems = tables(mapping, s="a,i,d,r\na1,1,2026-01-01,5\na1,2,2026-01-01,x\n").one()
    assert "select for sale_lines, row 3, revenue: 'x' is not a number" in problems[0]


def test_several_date_formats_are_read_one_by_one(tables):
    mapping = '[format]\ndates = ["%d/%m/%Y", "%m/%d/%Y", "%d. %B %Y"]\n'
    rows = "account_id,id,on,revenue\na1,1,13/04/2026,1\na1,2,03/04/2026,2\na1,3,5. May 2026,3\n"
    dossier, problems = tables(mapping, sale_lines=rows).one()
    assert {x.id: x.on for x in dossier.sale_lines} == {"1": date(2026, 4, 13), "3": date(2026, 5, 5)}
    assert "row 3, on: '03/04/2026' is 2026-03-04 and 2026-04-03 by the declared formats" in problems[0]


def test_a_format_for_python_alone_is_read_row_by_row(tables):
    rows = "account_id,id,on,revenue\na1,1,5. May 2026,3\n"
    dossier, problems = tables('[format]\ndates = "%d. %B %Y"\n', sale_lines=rows).one()
    assert (dossier.sale_lines[0].on, problems) == (date(2026, 5, 5), [])


# --- what is taken for granted ---------------------------------------------------------------------


def test_every_assumption_is_told_and_taken(tables):
    mapping = """
[assume]
single_location = true
single_buyer = true
owner_since_always = true
also = ["The moon is made of cheese."]
"""
    built = tables(
        mapping,
        accounts="id,name,manager_id\na1,One,m1\n",
        sale_lines="account_id,id,on,revenue,location_id\na1,1,2026-01-01,5,\na1,2,2026-01-01,5,P9\n",
        cases="account_id,id,opened_at\na1,C1,2026-01-02T09:00:00Z\n",
    )
    dossier, _ = built.one()
    assert [(p.id, p.name) for p in dossier.locations] == [("a1", "One")]
    (buyer,) = dossier.buyers
    assert (buyer.id, buyer.name, buyer.location_id) == ("a1", "One", "a1")
    assert isinstance(buyer.role, Unknown)
    assert [(x.location_id, x.buyer_id) for x in dossier.sale_lines] == [("a1", "a1"), ("P9", "a1")]
    assert dossier.cases[0].location_id == "a1"
    assert dossier.cases[0].buyer_id is None  # of no buyer in particular
    assert dossier.assignments[0].start == ALWAYS
    told = built.read().book.header.provenance.assumptions
    assert told == built.adapter.capabilities.assumptions
    assert told == (
        "Every account is taken to be its own only location.",
        "Every account is taken to be its own only buyer.",
        "Whoever holds an account is taken to have held it all along.",
        "The moon is made of cheese.",
    )


def test_what_the_tables_say_of_an_assumed_place_or_buyer_is_kept(tables):
    mapping = "[assume]\nsingle_location = true\nsingle_buyer = true\n"
    dossier, _ = tables(
        mapping,
        locations="account_id,id,name,city\na1,a1,One,Rome\n",
        buyers="account_id,id,name,location_id\na1,a1,Ada,\n",
    ).one()
    assert [p.city for p in dossier.locations] == ["Rome"]
    assert [(b.name, b.location_id) for b in dossier.buyers] == [("Ada", "a1")]


def test_a_buyer_taken_for_granted_without_a_place_is_at_an_unknown_one(tables):
    dossier, _ = tables("[assume]\nsingle_buyer = true\n").one()
    assert isinstance(dossier.buyers[0].location_id, Unknown)


def test_a_mapping_beside_the_tables_is_taken_by_itself(tables):
    built = tables(mapping__toml='[book]\ncurrency = "USD"\nvalue_basis = "annual value"\n', currency=None)
    header = built.read().book.header
    with TablesAdapter(built.folder) as adapter:
        assert adapter.mapping.currency == "USD"
    assert (header.currency, header.value_basis) == ("USD", "annual value")


def test_without_a_currency_there_is_no_book(tables):
    with pytest.raises(SourceError, match="in which currency"):
        tables(currency=None)


# --- mistakes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("[book", "", "not a TOML document"),
        ("[bok]", "bok", "did you mean 'book'"),
        ("book = 1", "book", "is not a table"),
        ('[book]\ncurency = "EUR"', "book.curency", "did you mean 'currency'"),
        ('[book]\ncurrency = "EURO"', "book.currency", "no ISO 4217 code"),
        ("[book]\ncurrency = 5", "book.currency", "5 is not a text"),
        ("[assume]\nsingle_locaton = true", "assume.single_locaton", "did you mean 'single_location'"),
        ('[assume]\nsingle_buyer = "yes"', "assume.single_buyer", "neither true nor false"),
        ("table = 1", "table", "write [table.NAME]"),
        ("[table.sale_line]", "table.sale_line", "did you mean 'sale_lines'"),
        ("[table.sale_lines]\nfrm = 1", "table.sale_lines.frm", "did you mean 'from'"),
        ("[table.sale_lines]\nfrom = 1", "table.sale_lines.from", "is not a text or a list of texts"),
        ('[table.cases]\nfrom = "x"\ncolumns = { ids = "y" }', "table.cases.columns.ids", "no such key"),
        ('[table.cases]\nfrom = "x"\ncolumns = { id = 5 }', "table.cases.columns.id", "5 is not a text"),
        ('[table.cases]\ncolumns = { id = "y" }', "table.cases.from", "say which table"),
        (
            '[table.cases]\nfrom = "x"\ncolumns = { id = "y" }\nsql = { id = "z" }',
            "table.cases.sql.id",
            "it is in columns, too",
        ),
        ('[table.cases]\nselect = "SELECT 1"\nfrom = "x"', "table.cases.from", "a select says it all"),
        ("[table.cases]\nvalues = { priority = 5 }", "table.cases.values.priority", "write priority"),
        ("[table.cases]\njoin = 5", "table.cases.join", "write join"),
        ('[table.cases]\njoin = { table = "x" }', "table.cases.join[0]", "write { table"),
        ('[table.cases]\njoin = [{ tabel = "x" }]', "table.cases.join[0].tabel", "did you mean 'table'"),
        ('[format]\ndecimal = ".."', "format.decimal", "not one mark"),
        ('[format]\ndecimal = ""', "format.decimal", "not one mark"),
        ("[format]\nthousands = 5", "format.thousands", "not one mark"),
        ('[format]\nthousands = "."', "format.thousands", "the two have to differ"),
        ('[format]\nzone = "Mars/Base"', "format.zone", "no time zone 'Mars/Base'"),
        ('[source.x]\ndelimiter = ";;"', "source.x.delimiter", "not one character"),
        ("[source]\nx = 1", "source.x", "is not a table"),
    ],
)
def test_a_mistake_is_named_by_its_path_with_what_would_be_right(text, path, says):
    with pytest.raises(MappingError) as caught:
        Mapping.from_toml(text)
    assert caught.value.path == path
    assert says in caught.value.problem
    assert str(caught.value).startswith(f"mapping: {path}: " if path else "mapping: ")


@pytest.mark.parametrize(
    ("entry", "path", "says"),
    [
        ('from = "sale"', "from", "did you mean 'sales'"),
        ('from = "sales"\njoin = { table = "nowhere", on = "a" }', "join", "no table 'nowhere'"),
        ('from = "sales"\njoin = { table = "accounts", on = "a" }', "join[0].on", "it has id, name"),
        (
            'from = "sales"\ncolumns = { id = "x" }',
            "columns.id",
            "no column 'x'; known: a, d, i, r; it has a, i, d, r",
        ),
        ('from = "sales"\nsql = { id = "nope" }', "sql.id", "sales has a, i, d, r"),
        (
            'from = "sales"\nsql = { id = "1); DROP TABLE held.sales; SELECT (1" }',
            "sql.id",
            "only an expression",
        ),
        ('from = "sales"\nwhere = "d = "', "where", "syntax error"),
        ('from = "sales"\nwhere = "nope = 1"', "where", "sales has a, i, d, r"),
        ('from = "sales"\ncolumns = { id = "i" }', "", "no column for account_id, on, revenue"),
        ('select = "SELECT i AS idd FROM sales"', "select", "did you mean 'id'"),
        ('select = "DELETE FROM sales"', "select", "only an expression or a SELECT"),
        ('select = "SELECT 1; SELECT 2"', "select", "only an expression or a SELECT"),
        (
            "select = \"SELECT * FROM read_csv('/etc/passwd')\"",
            "select",
            "file system operations are disabled",
        ),
        ("select = \"SELECT * FROM 'https://example.com/x.parquet'\"", "select", ""),
    ],
)
def test_a_mistake_about_the_source_says_what_the_source_has(tables, entry, path, says):
    built = None
    with pytest.raises(MappingError) as caught:
        built = tables(f"[table.sale_lines]\n{entry}\n", sales="a,i,d,r\na1,1,2026-01-01,5\n")
        built.one()
    assert caught.value.path == ("table.sale_lines." + path).rstrip(".")
    assert says in caught.value.problem
    if built is not None:
        built.adapter._source.table("sales")
        assert built.adapter._source.con.execute("SELECT count(*) FROM raw.sales").fetchall() == [(1,)]


def test_a_column_to_count_with_has_to_be_there(tables):
    with pytest.raises(Exception, match="accounts.csv has no column 'nam'; did you mean 'name'"):
        tables('[source.accounts]\nnumbers = ["nam"]')


def test_a_select_that_fails_on_the_rows_is_refused_with_its_table(tables):
    mapping = "[table.cases]\nselect = \"SELECT 'a1' AS account_id, 'x' AS id, CAST(name AS INTEGER) AS opened_at FROM accounts\""
    with pytest.raises(SourceError, match="table cases"):
        tables(mapping).one()


def test_a_mapping_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(MappingError, match="No such file"):
        Mapping.from_file(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(MappingError, match="not UTF-8"):
        Mapping.from_file(tmp_path / "bad.toml")
