from __future__ import annotations

from decimal import Decimal

import pytest

from sam_core import Period, Scorecard, assess, score, standard_rules
from sam_core.assessment import concluded
from sam_core.book import (
    Contract,
    Offering,
    OpportunityStatus,
    Person,
    ProductKind,
    ProfitExpectation,
    Quota,
)
from sam_core.errors import UnknownClauseError
from sam_core.findings import Missing
from sam_core.penetration.modes import Mode
from sam_core.scorecard import CombinationError
from sam_core.totals import Absence, Pipeline, Tally, Totals
from sam_core.values import NOT_FETCHED, Outcome, Unknown, Why

from .builders import (
    AS_OF,
    YEAR,
    book,
    day,
    dossier,
    header,
    held,
    line,
    money,
    offer,
    offering,
    opportunity,
    product,
)

QUOTA = Quota(id="q", period=YEAR, amount=Decimal(1000))


def two_years(name: str = "A1", before: int = 400, now: int = 600):
    return dossier(
        name,
        sale_lines=(
            line(f"{name}-1", "2025-03-01", before, cost=money(before) / 2),
            line(f"{name}-2", "2026-03-01", now, cost=money(now) / 2),
        ),
        locations=(),
        buyers=(),
        opportunities=(),
        assignments=(held(),),
    )


def card(*dossiers, as_of=AS_OF, **fields) -> Scorecard:
    return score(book(*(dossiers or (two_years(),)), **fields), as_of=as_of)


def test_the_numbers_of_a_small_book_are_those_of_a_hand():
    found = card(two_years("A1", 400, 600), two_years("A2", 100, 0 + 30), dossier("A3"))
    value = {m.name: m.value for m in found.measures}
    assert value["revenue"] == 630
    assert value["gross profit"] == 315
    assert value["gross margin"] == Decimal("0.5")
    assert value["logo retention"] == 1
    assert value["gross revenue retention"] == Decimal(430) / 500
    assert value["net revenue retention"] == Decimal(630) / 500
    assert value["revenue growth"] == Decimal(130) / 500
    assert value["bridge: revenue change"] == 130
    assert found.measure("revenue").coverage.judged == 2
    assert found.measure("revenue").coverage.total == 3
    assert found.measure("net revenue retention").coverage.total == 3


def test_a_running_quota_is_judged_by_its_pace():
    found = card(quotas=(QUOTA,)).accountabilities[0]
    assert found.measured.value == Decimal("0.6")
    assert found.outcome is Outcome.MET  # 0.6 after 181 of 365 days
    assert found.target == Decimal(181) / 365
    assert {m.name: m.value for m in found.details}["remaining amount"] == 400


@pytest.mark.parametrize(
    ("quota", "outcome"), [(1209, Outcome.MET), (1300, Outcome.AT_RISK), (1400, Outcome.NOT_MET)]
)
def test_pace_has_a_margin_of_risk(quota, outcome):
    # 600 sold; pace 1 at 600 × 365 ÷ 181 = 1209.9…, pace 0.9 at 1344.4…
    assert (
        card(quotas=(Quota(id="q", period=YEAR, amount=Decimal(quota)),)).accountabilities[0].outcome
        is outcome
    )


@pytest.mark.parametrize(("quota", "outcome"), [(600, Outcome.MET), (601, Outcome.NOT_MET)])
def test_an_ended_period_is_compared_plainly(quota, outcome):
    found = card(quotas=(Quota(id="q", period=YEAR, amount=Decimal(quota)),), as_of=day("2026-12-31"))
    assert found.accountabilities[0].outcome is outcome


def test_before_the_period_there_is_nothing_to_judge():
    found = card(quotas=(QUOTA,), as_of=day("2025-12-31"))
    assert found.accountabilities[0].outcome is Outcome.NOT_ASSESSABLE
    assert found.accountabilities[0].sentence == "The period has not begun."
    assert found.measure("revenue").value == 0
    assert isinstance(found.measure("net revenue retention").value, Unknown)


def test_the_trend_holds_attainment_against_the_same_days_of_the_year_before():
    last = Quota(id="q0", period=Period.year(2025), amount=Decimal(800))
    found = card(quotas=(QUOTA, last)).accountabilities[0]
    assert found.before == Decimal("0.5")
    assert found.trend == Decimal("0.1")
    assert found.gap == Decimal("0.6") - Decimal(181) / 365


def test_a_clause_reports_its_tally_findings_and_measures_with_those_below_it():
    found = card(offering=offering("P1"))
    report = found["RESP-2"]
    assert {f.clause_id for f in report.findings} <= {"RESP-2", "RESP-2.1", "RESP-2.2", "RESP-2.3"}
    assert "location penetration" in {m.name for m in report.measures}
    assert repr(found["RESP-1"]).startswith("<RESP-1 Retain and grow: ")
    assert found["ACC-1"].accountability is found.accountabilities[0]
    with pytest.raises(UnknownClauseError, match="did you mean 'RESP-1'"):
        found["RESP1"]


def test_gaps_say_what_to_fix_and_how_much_waits_for_it():
    gaps = {gap.name: gap for gap in card(two_years("A1"), dossier("A2")).gaps}
    assert "RESP-3.breadth" in gaps["offering"].rules
    assert gaps["quotas"].rules == ("ACC-1",)


def test_assessability_counts_what_could_be_judged_of_what_applies():
    found = card()
    tally = found.tally
    assert found.assessability == Decimal(tally.assessable) / tally.applicable
    assert Scorecard(headers=(header(),), as_of=AS_OF, totals=Totals()).assessability is None


def test_findings_to_fix_come_worst_first_and_the_most_at_stake_first():
    found = card(two_years("A1", 400, 0), two_years("A2", 900, 100), two_years("A3", 500, 0))
    order = [(f.outcome, f.subject_id) for f in found.to_fix() if f.rule_id == "RESP-1.shrinking"]
    assert order == [(Outcome.NOT_MET, "A3"), (Outcome.NOT_MET, "A1"), (Outcome.AT_RISK, "A2")]


def test_any_split_of_a_book_gives_the_same_scorecard():
    parts = [two_years(f"A{n}", 100 * n, 70 * n) for n in range(1, 8)]
    whole = card(*parts)
    rules = standard_rules()
    from sam_core.norms import norms_of

    norms = norms_of(parts, header().policy, AS_OF)
    ones = [assess(d, header(), as_of=AS_OF, rules=rules, norms=norms) for d in reversed(parts)]
    halves = Totals.sum(a.totals for a in ones[:3]) + Totals.sum(a.totals for a in ones[3:])
    again = concluded(header(), halves, (f for a in ones for f in a.findings), as_of=AS_OF, rules=rules)
    assert again == whole


def test_scorecards_of_managers_combine_without_reading_a_dossier():
    mine = card(two_years("A1"), quotas=(QUOTA,))
    hers = score(
        book(
            dossier("A2", sale_lines=(line("x", "2026-02-01", 300),), assignments=(held("M2"),)),
            manager=Person(id="M2", name="Ann"),
            quotas=(Quota(id="q2", period=YEAR, amount=Decimal(500)),),
        ),
        as_of=AS_OF,
    )
    team = Scorecard.combined([hers, mine])
    assert [h.id for h in team.headers] == ["M1", "M2"]
    assert team.accountabilities[0].measured.value == Decimal(900) / 1500
    assert team.totals.accounts == 2
    assert len(team.findings) == len(mine.findings) + len(hers.findings)
    assert "Mo, Ann" in repr(team)


@pytest.mark.parametrize(
    ("problem", "other"),
    [
        ("there is twice", {}),
        (
            "currency USD of 'M2' is not EUR of 'M1'",
            {"manager": Person(id="M2", name="A"), "currency": "USD"},
        ),
        ("period 2025", {"manager": Person(id="M2", name="A"), "period": Period.year(2025)}),
        ("value basis", {"manager": Person(id="M2", name="A"), "value_basis": "recognised"}),
    ],
)
def test_unlike_scorecards_do_not_combine(problem, other):
    with pytest.raises(CombinationError, match=problem.replace("there is twice", "is there twice")):
        Scorecard.combined([card(), card(**other)])


def test_nothing_does_not_combine():
    with pytest.raises(CombinationError, match="at least one"):
        Scorecard.combined([])


def test_scorecards_of_different_days_do_not_combine():
    with pytest.raises(CombinationError, match="day 2026-07-01"):
        Scorecard.combined([card(), card(as_of=day("2026-07-01"), manager=Person(id="M2", name="A"))])


def test_a_measure_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        card().measure("penetration")


def test_recurring_retention_stands_beside_that_of_sales_and_is_never_merged():
    contracts = (
        Contract(
            id="c1", start=day("2025-01-01"), yearly_amount=Decimal(100), cancelled_on=day("2026-02-01")
        ),
        Contract(id="c2", start=day("2025-01-01"), yearly_amount=Decimal(300)),
        Contract(id="c3", start=day("2026-01-01"), end=day("2026-12-31"), yearly_amount=Decimal(50)),
    )
    found = card(dossier(sale_lines=(), contracts=contracts))
    assert found.measure("recurring gross revenue retention").value == Decimal(350) / 400
    assert found.measure("recurring net revenue retention").value == Decimal(350) / 400
    assert isinstance(found.measure("net revenue retention").value, Unknown)
    blank = card(dossier(contracts=(Contract(id="c", start=day("2025-01-01")),)))
    assert "recurring net revenue retention" not in {m.name for m in blank.measures}


def test_the_pipeline_counts_what_closes_in_what_is_left_of_the_period():
    chances = (
        opportunity("O1", closes_on=day("2026-07-01"), amount=Decimal(100), probability=Decimal("0.5")),
        opportunity("O2", closes_on=day("2026-12-31"), amount=Decimal(100)),
        opportunity("O3", closes_on=day("2027-01-01"), amount=Decimal(100), probability=Decimal(1)),
        opportunity("O4", closes_on=AS_OF, amount=Decimal(100), probability=Decimal(1)),
        opportunity("O5", closes_on=NOT_FETCHED),
        opportunity("O6", status=OpportunityStatus.WON, closes_on=day("2026-08-01")),
    )
    given = dossier(sale_lines=(), opportunities=chances)
    assert card(given).totals.pipeline == Pipeline(weighted=Decimal(50), judged=1, total=2)
    assert card(given, as_of=day("2026-12-31")).totals.pipeline == Pipeline()


def test_modes_and_offers_are_counted_for_the_book():
    sold = Offering(
        products=(
            product("P1", "F1"),
            product("P2", "F2", kind=ProductKind.SERVICE),
            product("P3", NOT_FETCHED),
        )
    )
    found = card(
        dossier(
            sale_lines=(
                line("1", "2023-01-01"),
                line("2", "2026-01-01"),
                line("3", "2026-01-02", product_id="P2"),
            ),
            opportunities=(opportunity("O", offer("o", "P3")),),
        ),
        dossier(
            "A2",
            sale_lines=(line("4", "2025-01-01", product_id=NOT_FETCHED),),
            opportunities=(opportunity("O2", lines=NOT_FETCHED),),
        ),
        offering=sold,
    )
    assert found.totals.modes[Mode.REPEAT].reactivated == 1
    assert found.totals.modes[Mode.NEW_PRODUCT].revenue == 100
    assert found.totals.offered == {"F1": 1, "F2": 1}
    assert found.totals.offers_unknown == 1
    assert found.totals.services_sold == 1
    assert found.measure("share of families sold").value == 1
    assert found.measure("share of accounts buying a service").value == Decimal(1) / 2
    assert found.measure("concentration over families").value == Decimal(1) / 2


def test_a_tally_keeps_what_does_not_apply_apart():
    tally = Tally.of(None) + Tally.of(Outcome.MET) + Tally.of(Outcome.NOT_ASSESSABLE)
    assert (tally.not_applicable, tally.assessable, tally.applicable) == (1, 1, 2)


def test_profitability_needs_every_expectation_met():
    wanted = ProfitExpectation(id="e", period=YEAR, gross_profit=Decimal(600), margin=Decimal("0.5"))
    found = card(expectations=(wanted,)).accountabilities[1]
    assert found.outcome is Outcome.MET  # 300 against 600 × 181 ÷ 365, margin 0.5
    assert found.target == Decimal(600) * (Decimal(181) / 365)
    dearer = ProfitExpectation(id="e", period=YEAR, margin=Decimal("0.51"))
    assert card(expectations=(dearer,)).accountabilities[1].outcome is Outcome.NOT_MET


def test_in_a_notebook_it_is_a_page_of_tables_with_every_name_escaped():
    nasty = dossier("A1", sale_lines=(line("1", "2025-03-01", 100),), locations=(), buyers=())
    from attrs import evolve

    nasty = evolve(nasty, account=evolve(nasty.account, name="<script>alert(1)</script>"))
    found = card(nasty, quotas=(QUOTA,), offering=offering("P1", "P2"))
    html = found._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "ACC-1 Sales quota" in html
    assert html.count("<table>") == 3
    assert "<td>?</td>" in html
    report = found["RESP-1"]._repr_html_()
    assert "RESP-1.shrinking" in report
    assert "&lt;script&gt;" in report
    assert "does not apply" in card(two_years(), quotas=())._repr_html_()


def test_what_no_account_gives_is_asked_for_once_with_the_reason_of_the_source():
    away, gone = Unknown(Why.NOT_CONFIGURED, "table plans"), Unknown(Why.NOT_PERMITTED, "object Survey")
    accounts = [dossier(name, plans=away, readings=gone, meetings=away) for name in ("A1", "A2")]
    found = card(*accounts, people=(), training=())
    assert found.totals.absent["plans"] == Absence(accounts=2, reason=away)
    assert found["ACC-3"].accountability.missing == (Missing("plans", away),)
    assert found["ACC-4"].accountability.missing == (Missing("readings", gone),)
    assert {one.reason for fix in found.findings for one in fix.missing if one.name == "meetings"} == {away}


def test_of_several_reasons_one_is_named_whichever_account_comes_first():
    first, second = Unknown(Why.NOT_CONFIGURED, "table plans"), Unknown(Why.NOT_FETCHED, "")
    accounts = [dossier("A1", plans=second), dossier("A2", plans=first), dossier("A3", plans=())]
    for order in (accounts, accounts[::-1]):
        assert card(*order).totals.absent["plans"] == Absence(accounts=2, reason=first)


def test_what_is_known_of_every_account_lacks_only_parts():
    assert Totals().lacking("plans", "parts") == Unknown(Why.BLANK, "parts")
