"""Every row is mapped, or reported by file, row and column; blank, missing and unreadable stay apart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sam_adapters.contract import SourceError
from sam_adapters.convert import StrictReadingError
from sam_core.book import AssignmentRole, HandoverState, OpportunityStatus
from sam_core.values import Unknown, Why

LINES = "account_id,id,on,revenue"


def revenues(dossier) -> dict[str, Decimal]:
    return {line.id: line.revenue for line in dossier.sale_lines}


# --- missing, blank, unreadable -----------------------------------------------------------------


def test_a_table_that_is_not_there_is_not_configured_and_says_what_it_takes(tables):
    dossier, problems = tables().one()
    assert dossier.cases.why is Why.NOT_CONFIGURED
    assert dossier.cases.where == "table cases is not there (it takes account_id, id, opened_at)"
    assert problems == []


def test_a_table_with_a_header_alone_is_known_to_be_empty(tables):
    dossier, problems = tables(cases="account_id,id,opened_at\n").one()
    assert (dossier.cases, problems) == ((), [])


def test_a_column_that_is_not_there_is_not_a_blank_one(tables):
    dossier, _ = tables(sale_lines=f"{LINES},cost\na1,L1,2026-01-02,5,\n").one()
    (line,) = dossier.sale_lines
    assert line.cost == Unknown(Why.BLANK, "sale_lines.cost")
    assert line.quantity == Unknown(Why.NOT_CONFIGURED, "column quantity of sale_lines.csv")
    assert line.order_id is None


def test_where_none_can_be_known_a_blank_says_none(tables):
    dossier, _ = tables(
        cases="account_id,id,opened_at,reopened_at\na1,C1,2026-01-02T09:00:00Z,\n",
        deliveries="account_id,id,due_on\na1,D1,2026-01-02\n",
    ).one()
    assert dossier.cases[0].reopened_at is None
    assert dossier.cases[0].escalated_at.why is Why.NOT_CONFIGURED
    assert dossier.deliveries[0].delivered_on.why is Why.NOT_CONFIGURED


def test_an_unreadable_value_is_unknown_and_reported_by_row_and_column(tables):
    dossier, problems = tables(sale_lines=f"{LINES},cost\na1,L1,2026-01-02,5,12x\n").one()
    assert dossier.sale_lines[0].cost == Unknown(Why.UNREADABLE, "sale_lines.cost")
    assert problems[0].startswith("sale_lines.csv, row 2, cost: '12x' is not a number")
    assert problems[0].endswith("(value taken as unknown)")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a1,L2,2026-01-02,", "revenue: it is required, and blank"),
        ("a1,L2,,5", "on: it is required, and blank"),
        ("a1,,2026-01-02,5", "id: it is required, and blank"),
        (",L2,2026-01-02,5", "account_id: it is required, and blank"),
        ("a1,L2,2026-01-02,1e", "revenue: '1e' is not a number"),
        ('a1,L2,2026-01-02,"1,234.50"', "revenue: '1,234.50' is not a number"),
        ("a1,L2,03/04/2026,5", "on: '03/04/2026' is not a day"),
        ("a1,L2,2026-02-30,5", "on: '2026-02-30' is not a day"),
        ("a1,N/A,2026-01-02,5", "id: 'N/A' stands for no value"),
        ("a1,L2,2026-01-02,#N/A", "revenue: '#N/A' is not a number"),
        ("a1,L2,2026-01-02,?", "revenue: the record needs it, and it is unknown (blank: sale_lines.revenue)"),
        ("a9,L2,2026-01-02,5", "account_id: 'a9' is not in accounts.csv"),
        ("N/A,L2,2026-01-02,5", "account_id: 'N/A' stands for no value"),
        ("a1,L2,2026-01-02", "3 cells under 4 columns, too few"),
        ("a1,L2,2026-01-02,5,6", "5 cells under 4 columns, too many"),
        ('a1,L2,2026-01-02,"5"6', "the row cannot be taken apart"),
        ("a1,L2,2026-01-02,5\0", "the row holds a NUL byte"),
    ],
)
def test_a_row_without_what_is_required_is_left_out_and_reported_the_others_stay(tables, row, says):
    built = tables(sale_lines=f"{LINES}\na1,L1,2026-01-02,1\n{row}\na1,L3,2026-01-02,3\n")
    dossier, problems = built.one()
    assert revenues(dossier) == {"L1": 1, "L3": 3}
    assert len(problems) == 1
    assert problems[0].startswith("sale_lines.csv, row 3")
    assert says in problems[0]
    assert problems[0].endswith("(record left out)")
    with pytest.raises(StrictReadingError, match="row 3"):
        built.all(strict=True)


@pytest.mark.parametrize("token", ["#N/A", "n/a", "NULL", "-", "--", "NaN", "\\N"])
def test_placeholders_are_unreadable_in_texts_and_ids_too(tables, token):
    dossier, problems = tables(
        sale_lines=f"{LINES},product_id,cost\na1,L1,2026-01-02,5,{token},{token}\n"
    ).one()
    (line,) = dossier.sale_lines
    assert line.product_id.why is line.cost.why is Why.UNREADABLE
    assert [p.split(", ")[2].partition(":")[0] for p in problems] == ["product_id", "cost"]


def test_placeholders_declared_blank_are_blank(tables):
    dossier, problems = tables(
        '[format]\nblank = ["N/A", "-"]',
        sale_lines=f"{LINES},product_id,cost\na1,L1,2026-01-02,5,N/A, - \n",
    ).one()
    (line,) = dossier.sale_lines
    assert line.product_id.why is line.cost.why is Why.BLANK
    assert problems == []


def test_an_unreadable_last_day_does_not_pass_for_a_contract_that_runs(tables):
    dossier, problems = tables(contracts="account_id,id,start,end\na1,K1,2026-01-01,someday\n").one()
    assert dossier.contracts == ()
    assert "end: 'someday' is not a day" in problems[0]


def test_an_unreadable_decoration_is_none_and_reported(tables):
    dossier, problems = tables(locations="account_id,id,name,city\na1,P1,Plant,N/A\n").one()
    assert dossier.locations[0].city is None
    assert "row 2, city" in problems[0]


def test_a_default_holds_for_a_blank_and_not_for_an_unknown_word(tables):
    dossier, problems = tables(
        opportunities="account_id,id,name,opened_on,status\n"
        "a1,O1,One,2026-01-01,\na1,O2,Two,2026-01-01,wno\na1,O3,Three,2026-01-01,OPEN\n"
    ).one()
    assert [(o.id, o.status) for o in dossier.opportunities] == [
        ("O1", OpportunityStatus.OPEN),
        ("O3", OpportunityStatus.OPEN),
    ]
    assert "row 3, status: 'wno' is none of the 3 words known here; did you mean 'won'" in problems[0]


def test_a_record_that_contradicts_itself_is_reported_by_the_field_it_names(tables):
    dossier, problems = tables(
        opportunities="account_id,id,name,opened_on,status\na1,O1,One,2026-01-01,won\n"
    ).one()
    assert dossier.opportunities == ()
    assert "row 2, closed_on: an opportunity that is won needs the day" in problems[0]


def test_a_cell_can_say_that_nobody_knows(tables):
    dossier, problems = tables(
        cases="account_id,id,opened_at,reopened_at,priority\n"
        "a1,C1,2026-01-02T09:00:00Z,?,?not-permitted: Case.Priority\n"
        "a1,C2,2026-01-02T09:00:00Z,?unreadable,?high?\n"
    ).one()
    one, two = dossier.cases
    assert one.reopened_at == Unknown(Why.BLANK, "cases.reopened_at")
    assert one.priority == Unknown(Why.NOT_PERMITTED, "Case.Priority")
    assert two.reopened_at == Unknown(Why.UNREADABLE)
    assert two.priority == "?high?"  # a text that is no marker
    assert problems == []


def test_a_text_can_be_spelled_out(tables):
    dossier, problems = tables(
        locations='account_id,id,name\na1,"?""-""","?""=1+1"""\na1,P2,"?""oops"\n',
        meetings='account_id,id,held_at,our_ids\na1,M1,2026-01-02T09:00:00Z,"?[""a;b"", ""c""]"\n',
    ).one()
    assert [(p.id, p.name) for p in dossier.locations] == [("-", "=1+1")]
    assert dossier.meetings[0].our_ids == ("a;b", "c")
    assert "begins to spell out a text, but is not JSON" in problems[0]


# --- duplicates and orphans ------------------------------------------------------------------------


def test_a_row_that_comes_twice_the_same_is_held_once_and_noted(tables):
    row = "a1,L1,2026-01-02,5\n"
    dossier, problems = tables(sale_lines=f"{LINES}\n{row}{row}").one()
    assert revenues(dossier) == {"L1": 5}
    assert problems == [
        "sale_lines.csv, row 3, id: 'L1' stands in row 2 already, just the same (kept, and noted)"
    ]


def test_another_row_under_the_same_id_is_left_out_and_reported(tables):
    dossier, problems = tables(sale_lines=f"{LINES}\na1,L1,2026-01-02,5\na1,L1,2026-01-02,6\n").one()
    assert revenues(dossier) == {"L1": 5}
    assert problems == [
        "sale_lines.csv, row 3, id: 'L1' stands in row 2 already, with other contents (record left out)"
    ]


def test_an_id_under_two_accounts_stands_for_the_first(tables):
    found, problems = tables(
        accounts="id,name,manager_id\na1,One,m1\na2,Two,m1\n",
        sale_lines=f"{LINES}\na2,L1,2026-01-02,5\na1,L1,2026-01-02,5\n",
    ).all()
    assert [revenues(d) for d in found] == [{}, {"L1": 5}]
    assert "row 3, id: 'L1' stands under another account already" in problems[0]


def test_locations_and_buyers_may_be_numbered_by_account(tables):
    found, problems = tables(
        accounts="id,name,manager_id\na1,One,m1\na2,Two,m1\n",
        locations="account_id,id,name\na1,1,Here\na2,1,There\n",
    ).all()
    assert [[p.name for p in d.locations] for d in found] == [["Here"], ["There"]]
    assert problems == []


def test_accounts_that_come_twice_stand_once(tables):
    found, problems = tables(
        accounts="id,name,manager_id\na1,One,m1\na1,One,m1\na1,Uno,m1\n,Nobody,m1\n#N/A,Lost,m1\n"
    ).all()
    assert [d.account.name for d in found] == ["One"]
    assert [p.split(", ", 1)[1].partition(":")[0] for p in problems] == [
        "row 5, id",
        "row 6, id",
        "row 3, id",
        "row 4, id",
    ]


def test_parts_find_their_records_and_orphans_are_reported(tables):
    dossier, problems = tables(
        opportunities="account_id,id,name,opened_on\na1,O1,One,2026-01-01\na1,O2,Two,2026-01-01\n",
        opportunity_lines="opportunity_id,id,amount\nO1,1,5\nO2,1,6\nO9,1,7\n",
        opportunity_stays="opportunity_id,stage,start,end\nO1,close,2026-02-01,\nO1,open,2026-01-01,2026-01-31\n",
    ).one()
    one, two = dossier.opportunities
    assert [line.amount for line in one.lines] == [5]
    assert [line.amount for line in two.lines] == [6]
    assert [stay.stage for stay in one.stays] == ["open", "close"]
    assert two.stays == ()
    assert one.engagements.why is Why.NOT_CONFIGURED
    assert problems == [
        "opportunity_lines.csv, row 4, opportunity_id: 'O9' is not in opportunities.csv (record left out)"
    ]


def test_parts_of_a_table_that_is_not_there_are_reported(tables):
    _, problems = tables(
        plans="account_id,id,title,start,end\n", plan_actions="initiative_id,id,text\nI1,1,Call\n"
    ).one()
    assert problems == [
        "plan_actions.csv, row 2, initiative_id: 'I1' is not known: there is no table plan_initiatives (record left out)"
    ]


def test_credits_that_do_not_make_a_whole_leave_the_line_out(tables):
    dossier, problems = tables(
        sale_lines=f"{LINES}\na1,L1,2026-01-02,5\na1,L2,2026-01-02,6\n",
        sale_credits="line_id,person_id,share\nL1,m1,0.5\nL1,m2,0.4\nL2,m1,1\n",
    ).one()
    assert revenues(dossier) == {"L2": 6}
    assert "row 2, credits: revenue shares sum to 0.9" in problems[0]


def test_a_plan_is_put_together_from_all_of_its_tables(tables):
    dossier, problems = tables(
        plans="account_id,id,title,start,end\na1,P1,Plan,2026-01-01,2026-12-31\n",
        plan_reviews="plan_id,on\nP1,2026-03-01\nP1,2026-02-01\n",
        plan_needs="plan_id,id,text\nP1,N1,Less waste\n",
        plan_initiatives="plan_id,id,title,need_ids,investment_company,investment_customer\n"
        "P1,I1,One,N1,100,0\nP1,I2,Two,,,\nP1,I3,Three,N1,5,\nP1,I4,Four,N1,?,\n",
        plan_actions="initiative_id,id,text,done_on\nI1,A1,Call,2026-02-02\n",
        plan_sessions="plan_id,id,on,our_ids,customer_ids\nP1,S1,2026-01-15,m1;m2,;\n",
    ).one()
    (plan,) = dossier.plans
    assert plan.reviewed_on == (date(2026, 3, 1), date(2026, 2, 1))
    one, two, three, four = plan.initiatives
    assert (one.investment.company, one.investment.customer) == (100, 0)
    assert two.investment is None
    assert three.investment.why is four.investment.why is Why.BLANK
    assert one.actions[0].done_on == date(2026, 2, 2)
    assert two.actions == ()
    assert plan.sessions[0].our_ids == ("m1", "m2")
    assert plan.sessions[0].customer_ids == ()
    assert plan.targets.why is Why.NOT_CONFIGURED
    assert problems == []


def test_initiatives_without_columns_for_it_have_an_unknown_investment(tables):
    dossier, _ = tables(
        plans="account_id,id,title,start,end\na1,P1,Plan,2026-01-01,2026-12-31\n",
        plan_initiatives="plan_id,id,title\nP1,I1,One\n",
    ).one()
    assert dossier.plans[0].initiatives[0].investment.why is Why.NOT_CONFIGURED


def test_a_hand_over_without_the_table_of_its_steps_is_unknown(tables):
    head = "account_id,id\na1,H1\n"
    dossier, _ = tables(handovers=head).one()
    assert "table handover_steps is not there" in dossier.handovers.where
    dossier, _ = tables(handovers=head, handover_steps="handover_id,state,on\nH1,Won,2026-01-01\n").one()
    assert dossier.handovers[0].reached(HandoverState.WON) == date(2026, 1, 1)


def test_gaps_tell_unknown_lists_from_empty_ones(tables):
    built = tables(
        opportunities="account_id,id,name,opened_on\na1,O1,One,2026-01-01\na1,O2,Two,2026-01-01\n",
        opportunity_lines="opportunity_id,id\n",
        cases="account_id,id,opened_at\n",
        candidates="id,name\nm1,Ada\n",
        degrees="candidate_id,title\n",
        gaps="table,id,field,why,where\naccounts,a1,cases,not-permitted,Case\nopportunities,O2,lines,not-supported,\n"
        "book,m1,quotas,not-permitted,ForecastingQuota\ncandidates,m1,degrees,not-fetched,\naccounts,a1,team,because,\n",
    )
    dossier, problems = built.one()
    assert dossier.cases == Unknown(Why.NOT_PERMITTED, "Case")
    assert [o.lines for o in dossier.opportunities] == [(), Unknown(Why.NOT_SUPPORTED)]
    header = built.read().book.header
    assert header.quotas == Unknown(Why.NOT_PERMITTED, "ForecastingQuota")
    assert header.candidate.degrees == Unknown(Why.NOT_FETCHED)
    assert problems == [
        "gaps.csv, row 6, why: 'because' is no reason; write not-permitted, not-fetched, blank … (record left out)"
    ]


# --- files ---------------------------------------------------------------------------------------------


def test_a_file_of_another_encoding_is_refused_with_the_byte_and_the_remedy(tables):
    raw = f"{LINES}\na1,L1,2026-01-02,5\n".encode() + "a1,Lü,2026-01-02,5\n".encode("cp1252")
    offset = raw.index(b"\xfc")
    with pytest.raises(
        SourceError, match=rf'sale_lines.csv: byte {offset} \(0xfc\) is not utf-8.*encoding = "cp1252"'
    ):
        tables(sale_lines=raw).one()
    for encoding in ("cp1252", "latin-1"):
        dossier, _ = tables(f'[source."sale_lines.csv"]\nencoding = "{encoding}"', sale_lines=raw).one()
        assert set(revenues(dossier)) == {"L1", "Lü"}


def test_an_accounts_file_of_another_encoding_is_refused_at_once(tables):
    with pytest.raises(SourceError, match="byte 8 "):
        tables(accounts=b"id,name,\xe4\n")


def test_an_encoding_nobody_knows_is_refused(tables):
    with pytest.raises(SourceError, match="no encoding 'cp99'"):
        tables('[source.accounts]\nencoding = "cp99"')


def test_a_half_character_at_the_end_is_named_by_its_byte(tables):
    raw = f"{LINES}\na1,L1,2026-01-02,5\na1,L2,2026-01-02,6".encode() + b"\xe2\x82"
    with pytest.raises(SourceError, match=f"byte {len(raw) - 2} "):
        tables(sale_lines=raw).one()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(tables, encoding):
    dossier, problems = tables(sale_lines=f"{LINES}\na1,L1,2026-01-02,5\n".encode(encoding)).one()
    assert (revenues(dossier), problems) == ({"L1": 5}, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_of_every_kind_are_read(tables, end, last):
    text = f"{LINES}\na1,L1,2026-01-02,5\na1,L2,2026-01-02,6" + ("\n" if last else "")
    dossier, problems = tables(sale_lines=text.replace("\n", end)).one()
    assert (revenues(dossier), problems) == ({"L1": 5, "L2": 6}, [])


def test_rows_keep_their_numbers_past_blank_and_broken_ones(tables):
    _, problems = tables(
        sale_lines=f'{LINES}\na1,L1,2026-01-02,5\n\na1,L2\n,,,\na1,"L\n3",2026-01-02,x\na1,L4,2026-01-02,y\n'
    ).one()
    assert sorted(p.split(", ")[1].partition(":")[0] for p in problems) == ["row 4", "row 6", "row 7"]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_the_delimiter_is_found_by_the_header(tables, mark):
    text = f'{LINES},order_id\na1,L1,2026-01-02,5,"x,y"\n'
    dossier, _ = tables(sale_lines=text.replace(",", mark).replace(f"x{mark}y", "x,y")).one()
    assert revenues(dossier) == {"L1": 5}


def test_a_declared_delimiter_counts(tables):
    dossier, _ = tables(
        '[source.sale_lines]\ndelimiter = ";"', sale_lines=f"{LINES}\na1,L1,2026-01-02,5\n".replace(",", ";")
    ).one()
    assert revenues(dossier) == {"L1": 5}


def test_a_tsv_is_parted_by_tabs(tables):
    dossier, _ = tables(sale_lines__tsv=f"{LINES}\na1,L1,2026-01-02,5\n".replace(",", "\t")).one()
    assert revenues(dossier) == {"L1": 5}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "accounts is not there"),
        ("\n", "there is no header"),
        ("id,name,id\n", "two columns are named 'id'"),
        ("id,name,ID\n", "two columns are named 'ID'"),
        ('"id,name\n', "row 1: the header cannot be read"),
    ],
)
def test_a_header_that_cannot_serve_is_refused(tables, content, says):
    with pytest.raises(SourceError, match=says):
        tables(accounts=content, other="x\n")


def test_a_column_nobody_knows_is_noted_with_the_nearest(tables):
    dossier, problems = tables(sale_lines=f"{LINES},prodct_id,\na1,L1,2026-01-02,5,p1,\n").one()
    assert revenues(dossier) == {"L1": 5}
    assert problems == [
        "sale_lines.csv, prodct_id: no such column is known here, so it is not read; did you mean 'product_id'? "
        "(kept, and noted)",
        "sale_lines.csv, column 6: no such column is known here, so it is not read; known: account_id, buyer_id, cost, "
        "currency, id, location_id, on, order_id, product_id, quantity, revenue (kept, and noted)",
    ]


def test_headers_are_known_whatever_their_capitals(tables):
    dossier, problems = tables(sale_lines="Account_ID, ID ,On,REVENUE\na1,L1,2026-01-02,5\n").one()
    assert (revenues(dossier), problems) == ({"L1": 5}, [])


def test_a_table_without_a_required_column_is_not_read_and_says_so(tables):
    built = tables(sale_lines="account_id,id,revenue\na1,L1,5\n")
    dossier, problems = built.one()
    assert "no column for on, which sale_lines cannot do without" in dossier.sale_lines.where
    assert problems == [
        "sale_lines.csv: it has no column for on, which sale_lines cannot do without; nothing of it is read "
        "(record left out)"
    ]
    assert "sale_lines" in built.adapter.capabilities.gaps


def test_ids_that_begin_or_end_oddly_find_each_other(tables):
    found, problems = tables(
        accounts="id,name,manager_id\n a1 ,One,m1\n\u00a0é2\u00a0,Two, m1\n",
        sale_lines=f"{LINES}\na1  ,L1,2026-01-02,5\né2,L2,2026-01-02,6\n",
    ).all()
    assert [(d.id, revenues(d)) for d in found] == [("a1", {"L1": 5}), ("é2", {"L2": 6})]
    assert problems == []


def test_the_lines_of_a_table_may_be_of_any_scripts_and_hold_line_breaks(tables):
    dossier, _ = tables(
        locations='account_id,id,name\na1,P1,"工場\r\n2号 ""süd"""\na1,P2,"\u2028=cmd|\' /C calc\'!A0"\na1,P3,"  two  "\n'
    ).one()
    assert [p.name for p in dossier.locations] == ['工場\r\n2号 "süd"', "\u2028=cmd|' /C calc'!A0", "  two  "]


# --- whose book -------------------------------------------------------------------------------------------


def test_who_holds_an_account_for_a_day_of_the_period_has_it_in_the_book(tables):
    built = tables(
        accounts="id,name\na1,One\na2,Two\na3,Three\na4,Four\na5,Five\n",
        assignments="account_id,id,person_id,role,start,end\n"
        "a1,1,m1,,2026-12-31,\na2,2,m1,,2020-01-01,2026-01-01\na3,3,m1,,,2025-12-31\n"
        "a4,4,m1,business development,2020-01-01,\na5,5,m1,,,\n",
    )
    found, _ = built.all()
    assert [d.id for d in found] == ["a1", "a2", "a5"]
    assert found[2].assignments[0].start == Unknown(Why.BLANK, "assignments.start")
    assert [d.id for d in built.read(period="2025").book] == ["a2", "a3", "a5"]
    assert built.adapter.managers()[0].id == "m1"
    assert len(built.adapter.managers()) == 1


def test_a_manager_nobody_knows_is_refused_with_the_nearest(tables):
    with pytest.raises(SourceError, match=r"nobody of id 'mary' holds an account; did you mean 'marie'\?"):
        tables(accounts="id,name,manager_id\na1,One,marie\n").all("mary")


def test_who_held_accounts_in_other_years_has_an_empty_book(tables):
    found, problems = tables(accounts="id,name,manager_id,assigned_on\na1,One,m1,2027-01-01\n").all()
    assert (found, problems) == ([], [])


def test_the_short_form_of_an_assignment(tables):
    found, _ = tables(accounts="id,name,manager_id,assigned_on\na1,One,m1,2020-01-01\na2,Two,m1,\n").all()
    starts = [a.start for d in found for a in d.assignments]
    assert starts == [date(2020, 1, 1), Unknown(Why.BLANK, "accounts.assigned_on")]
    found, _ = tables(accounts="id,name,manager_id\na1,One,m1\n").all()
    (assignment,) = found[0].assignments
    assert assignment.start == Unknown(Why.NOT_CONFIGURED, "column assigned_on of accounts.csv")
    assert (assignment.person_id, assignment.role) == ("m1", AssignmentRole.ACCOUNT_MANAGER)


def test_without_anybody_who_holds_accounts_there_are_no_books(tables):
    built = tables(accounts="id,name\na1,One\n")
    with pytest.raises(SourceError, match="add assignments.csv, or a column manager_id"):
        built.adapter.managers()


def test_the_table_of_assignments_counts_and_the_column_is_noted(tables):
    built = tables(assignments="account_id,id,person_id\na1,1,m2\n")
    reading = built.read("m2")
    assert [d.id for d in reading.book] == ["a1"]
    assert reading.book.header.provenance.notes == (
        "Who holds an account is told by assignments; accounts.manager_id is not read.",
    )


def test_accounts_that_nobody_holds_are_named(tables):
    rows = "".join(f"b{n:02},Name,\n" for n in range(22))
    notes = tables(accounts=f"id,name,manager_id\na1,One,m1\n{rows}").read().book.header.provenance.notes
    assert notes[0].startswith("22 accounts are held by nobody, and so in no book: b00, b01,")
    assert notes[0].endswith("b19 and 2 more.")
    notes = tables(accounts="id,name,manager_id\na1,One,m1\nb,Name,\n").read().book.header.provenance.notes
    assert notes == ("1 account is held by nobody, and so in no book: b.",)


def test_an_account_that_cannot_be_read_is_reported_and_its_records_passed_over(tables):
    found, problems = tables(
        accounts="id,name,manager_id\na1,,m1\na2,Two,m1\n",
        sale_lines=f"{LINES}\na1,L1,2026-01-02,5\na2,L2,2026-01-02,6\n",
    ).all()
    assert [(d.id, revenues(d)) for d in found] == [("a2", {"L2": 6})]
    assert problems == ["accounts.csv, row 2, name: it is required, and blank (record left out)"]


# --- moments ------------------------------------------------------------------------------------------------


def test_moments_come_in_utc_and_without_an_offset_need_a_zone(tables):
    rows = "account_id,id,opened_at\na1,C1,2026-07-01T12:00:00+02:00\na1,C2,2026-07-01 12:00:00\n"
    dossier, problems = tables(cases=rows).one()
    assert [c.opened_at for c in dossier.cases] == [datetime(2026, 7, 1, 10, tzinfo=UTC)]
    assert "row 3, opened_at: '2026-07-01 12:00:00' has no time zone" in problems[0]
    dossier, problems = tables('[format]\nzone = "Europe/Paris"', cases=rows).one()
    assert {c.opened_at for c in dossier.cases} == {datetime(2026, 7, 1, 10, tzinfo=UTC)}
    assert problems == []


# --- what is provided -------------------------------------------------------------------------------------


def test_capabilities_name_the_column_or_table_that_each_gap_would_take(tables):
    built = tables(
        accounts="id,name,manager_id\na1,One,m1\n",
        opportunities="account_id,id,name,opened_on,stage\n",
        plans="account_id,id,title,start,end\n",
        plan_initiatives="plan_id,id,title,priority\n",
        handovers="account_id,id\n",
        products="id,name,family\n",
        sale_lines=f"{LINES},cost\n",
    )
    capabilities = built.adapter.capabilities
    assert capabilities.provides == {"assignments", "opportunities", "plans", "offering", "sale_lines"}
    gaps = {name: gap.where for name, gap in capabilities.gaps.items()}
    assert gaps["assignments.start"] == "column assigned_on of accounts.csv"
    assert gaps["opportunities.amount"] == "column amount of opportunities"
    assert gaps["opportunities.lines"].startswith("table opportunity_lines is not there")
    assert gaps["plans.initiatives.investment"] == "column investment_company of plan_initiatives"
    assert gaps["plans.initiatives.actions"].startswith("table plan_actions is not there")
    assert gaps["offering.products.kind"] == "column kind of products"
    assert gaps["handovers"].startswith("table handover_steps is not there")
    assert gaps["quotas"].startswith("table quotas is not there")
    assert not {"opportunities.stage", "sale_lines.cost", "sale_lines.credits", "plans.title"} & set(gaps)
    assert all(gap.why is Why.NOT_CONFIGURED for gap in capabilities.gaps.values())


def test_what_is_taken_for_granted_is_no_gap(tables):
    mapping = "[assume]\nsingle_location = true\nsingle_buyer = true\nowner_since_always = true\n"
    capabilities = tables(
        mapping, accounts="id,name,manager_id\na1,One,m1\n", sale_lines=f"{LINES}\n"
    ).adapter.capabilities
    assert {"locations", "buyers", "assignments", "sale_lines"} == capabilities.provides
    assert not {"sale_lines.location_id", "sale_lines.buyer_id", "assignments.start"} & set(capabilities.gaps)
