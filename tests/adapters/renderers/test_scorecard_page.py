from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from sam_adapters.demo import AS_OF, sample
from sam_adapters.renderers import Names, render_html, render_markdown, render_terminal, scorecard_page
from sam_adapters.renderers.page import Facts, Items, Table, Text
from sam_adapters.renderers.remedies import place_of, remedy
from sam_core import Book, BookHeader, Dossier, Period, Scorecard, Unknown, Why, score
from sam_core.book import Account, Offering, Person, Provenance


def table(page, section, index=0) -> Table:
    (found,) = (one for one in page.sections if one.title == section)
    return [block for block in found.blocks if isinstance(block, Table)][index]


def column(one: Table, name: str) -> list[str]:
    index = [c.name for c in one.columns].index(name)
    return [str(row.cells[index]) for row in one.rows]


def facts(page) -> dict[str, str]:
    return {
        name: str(value) for block in page.lead if isinstance(block, Facts) for name, value in block.pairs
    }


def test_the_head_says_whose_when_and_out_of_what(cards):
    card, names = cards["E-11"]
    assert facts(scorecard_page(card, names=names)) == {
        "Manager": "Ines Albrecht (E-11)",
        "Period": "2026, 74.8 % gone",
        "As of": "2026-09-30",
        "Accounts": "9, sales known of 9",
        "Amounts": "EUR, booked total",
        "Standards": "in force since 2026-01-01",
        "Source": "given by hand",
        "Judged": f"{card.tally.met} of {card.tally.assessable} judgements met; "
        f"{card.tally.assessable} of {card.tally.applicable} could be made",
    }


def test_problems_and_assumptions_are_told_at_the_head(cards):
    card, _ = cards["E-11"]
    header = evolve(
        card.header, provenance=Provenance(source="tables: x", assumptions=("A is B.",), notes=("C.",))
    )
    page = scorecard_page(evolve(card, headers=(header,)), problems=3)
    assert facts(page)["Problems"] == "3 problems in the data; see sam-core check"
    assert Items(("A is B.", "C.")) in page.lead


def test_the_accountabilities_are_those_of_the_scorecard(cards):
    card, names = cards["E-12"]
    rows = table(scorecard_page(card, names=names), "Accountabilities").rows
    for row, one in zip(rows, card.accountabilities, strict=True):
        assert str(row.cells[0]).startswith(one.clause_id)
        assert str(row.cells[-1]) == one.outcome.value
        assert row.note.startswith(one.sentence)


def test_what_does_not_apply_is_not_called_a_failure(cards):
    card, names = cards["E-14"]
    assert (
        column(table(scorecard_page(card, names=names), "Accountabilities"), "Verdict")[0] == "does not apply"
    )


def test_the_bridge_adds_up_to_the_cent(cards):
    for card, names in cards.values():
        changes = column(table(scorecard_page(card, names=names), "Responsibilities in numbers", 1), "Change")
        *parts, change = (Decimal(text.replace(",", "")) for text in changes)
        assert sum(parts) == change


def test_findings_are_cut_off_in_words_and_listed_whole_when_asked(cards):
    card, names = cards["E-11"]
    short = scorecard_page(card, names=names, findings=2)
    assert len(table(short, "To act on").rows) == 2
    (act,) = (s for s in short.sections if s.title == "To act on")
    assert act.blocks[-1] == Text(f"And {len(card.to_fix()) - 2} more: add --all, or read them with --json.")
    assert len(table(scorecard_page(card, names=names, findings=None), "To act on").rows) == len(
        card.to_fix()
    )


def test_moves_are_told_by_name(cards):
    card, names = cards["E-11"]
    moves = table(scorecard_page(card, names=names), "Best moves")
    accounts = {dossier.account.name for dossier in sample().dossiers}
    assert set(column(moves, "Customer")) <= accounts
    assert not any("E-11" in row.note or "-L1" in row.note for row in moves.rows)


def test_without_names_the_ids_serve(cards):
    card, _ = cards["E-11"]
    move = card.moves[0]
    row = table(scorecard_page(evolve(card, findings=())), "Best moves").rows[0]
    assert str(row.cells[1]) == move.account_id
    assert move.location_id in row.note


def test_three_renderings_tell_the_same_numbers(cards):
    card, names = cards["E-13"]
    page = scorecard_page(card, names=names)
    values = [str(cell) for row in table(page, "Responsibilities in numbers").rows for cell in row.cells[2:3]]
    for text in (
        render_terminal(card, names=names),
        render_markdown(card, names=names),
        render_html(card, names=names),
    ):
        assert all(value in text for value in values)


def test_an_empty_book_is_told_without_inventing_anything():
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")
    page = scorecard_page(score(Book.of(header, ()), as_of=AS_OF))
    texts = [block.text for block in page if isinstance(block, Text)]
    assert column(table(page, "Clause by clause"), "Met") == ["0"] * 7
    assert "What the accounts are worth cannot be told." in texts
    assert "Nothing is at risk or not met." in texts
    assert "No open place is known where something could be sold next." in texts


def test_what_is_not_known_names_the_table_to_add():
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")
    card = score(Book.of(header, [Dossier(account=Account(id="a", name="A"))]), as_of=AS_OF)
    fix = table(scorecard_page(card), "What to fix in the data")
    assert "sale_lines" in column(fix, "Lacking")
    assert any("Have the table sale_lines read" in row.note for row in fix.rows)


def test_all_judged_is_said_too(cards, monkeypatch):
    monkeypatch.setattr(Scorecard, "gaps", ())
    page = scorecard_page(evolve(cards["E-11"][0]))
    (found,) = (one for one in page.sections if one.title == "What to fix in the data")
    assert found.blocks == (Text("Everything that applies could be judged."),)


def test_the_accounts_worth_most_come_first_with_what_they_got(cards):
    card, names = cards["E-11"]
    shown = table(scorecard_page(card, names=names), "Where effort goes")
    worth = [Decimal(text.replace(",", "")) for text in column(shown, "Worth a year")]
    assert worth == sorted(worth, reverse=True)
    tiers = dict(zip(column(shown, "Customer"), column(shown, "Tier"), strict=True))
    assert {name for name, tier in tiers.items() if tier} == {names.account(key) for key in card.focus.top}
    meetings = dict(zip(column(shown, "Customer"), column(shown, "Meetings"), strict=True))
    assert meetings["Hanseatic Foods"] == str(card.totals.efforts["A-01"].meetings)


def test_of_many_accounts_the_first_ten_are_listed_and_the_rest_counted():
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")
    known = {"sale_lines": (), "locations": (), "buyers": ()}
    accounts = [Dossier(account=Account(id=f"a{n:02}", name=f"A{n}"), **known) for n in range(12)]
    header = evolve(header, offering=Offering(products=()))
    page = scorecard_page(score(Book.of(header, accounts), as_of=AS_OF))
    (found,) = (one for one in page.sections if one.title == "Where effort goes")
    shown, text = found.blocks
    assert column(shown, "Customer") == [f"A{n}" for n in range(10)]
    assert set(column(shown, "Meetings")) == {"?"}
    assert text.text.endswith("2 accounts more with --json.")


def test_conditions_are_reported_and_a_reason_is_given_once(cards):
    shown = table(scorecard_page(cards["E-11"][0]), "Conditions of the work")
    assert dict(zip(column(shown, "Condition"), column(shown, "Value"), strict=True)) == {
        "meetings by telephone": "14",
        "share of meetings by telephone": "17.7 %",
        "travel days": "44",
        "background check of Ines Albrecht": "passed",
    }
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2026), currency="EUR")
    away = Unknown(Why.NOT_CONFIGURED, "table meetings")
    book = Book.of(header, [Dossier(account=Account(id="a", name="A"), meetings=away)])
    shown = table(scorecard_page(score(book, as_of=AS_OF)), "Conditions of the work")
    assert [row.note for row in shown.rows] == ["not-configured: table meetings", "", "", "not-fetched"]
    assert column(shown, "Value") == ["?"] * 4


def test_a_report_from_long_after_the_period_says_so(cards):
    header = BookHeader(manager=Person(id="m", name="M"), period=Period.year(2025), currency="EUR")
    page = scorecard_page(score(Book.of(header, ()), as_of=AS_OF))
    assert facts(page)["As of"] == "2026-09-30, 273 days after the period"


@pytest.mark.parametrize(
    ("name", "why", "text"),
    [
        ("cases", Why.NOT_SUPPORTED, "Give the source the table cases."),
        ("cases", Why.NOT_PERMITTED, "Ask for permission to read the table cases."),
        ("cases", Why.NOT_CONFIGURED, "Add the table cases, or name it in the mapping."),
        ("sale_lines.cost", Why.BLANK, "Fill in the column cost of the table sale_lines where it is empty."),
        ("quotas", Why.UNREADABLE, "Mend the table quotas; sam-core check names the rows."),
        ("quotas", Why.NOT_FETCHED, "Have the table quotas read, or add it to the source."),
    ],
)
def test_every_reason_has_its_own_remedy(name, why, text):
    assert remedy(name, Unknown(why)) == text


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("opportunities.stays", "the table opportunity_stays"),
        ("plans.initiatives.actions", "the table plan_actions"),
        ("plans.initiatives.investment", "the column investment of the table plan_initiatives"),
        ("offering", "the table products"),
        ("offering.products.family", "the column family of the table products"),
        ("candidate.degrees", "the table degrees"),
        ("account.tier", "the column tier of the table accounts"),
        ("stars", "the table stars"),
        ("stars.light", "the column light of the table stars"),
    ],
)
def test_an_input_is_told_by_its_canonical_place(name, place):
    assert place_of(name) == place


def test_several_managers_stand_on_one_page(cards):
    card = Scorecard.combined(card for card, _ in cards.values())
    page = scorecard_page(card)
    assert page.title == "Scorecard of 4 managers: Ines Albrecht, Tomasz Wrona, Aisha Karim, Luca Ferri"
    assert facts(page)["Managers"].startswith("Ines Albrecht (E-11), Tomasz Wrona (E-12)")


def test_names_of_places_are_kept_by_customer():
    names = Names.of(sample().dossiers)
    assert names.location("A-01", "A-01-L1") == "Hamburg works"
    assert names.location("A-02", "A-01-L1") == "A-01-L1"
    assert names.buyer("A-01", None) == "a buyer to be found"
    assert names.person("E-99") == "E-99"
