"""What holds of every scorecard, whatever the book."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_core import Scorecard, assess, moves, score, standard_rules
from sam_core.assessment import concluded
from sam_core.book import Book, Person, Quota, QuotaCounts
from sam_core.charter import CHARTER
from sam_core.compare import compared
from sam_core.measures.attainment import attainment, prorated
from sam_core.norms import norms_of
from sam_core.testing import amounts, books, days, dossiers, headers, idents, periods, sale_lines, shuffled
from sam_core.totals import Totals
from sam_core.values import Coverage, Outcome, Period, Unknown

FEW = settings(max_examples=15)
RULES = standard_rules()


def value_of(card: Scorecard, name: str):
    value = card.measure(name).value
    return None if isinstance(value, Unknown) else value


@FEW
@given(books(), days())
def test_a_scorecard_can_be_read_whole(book, as_of):
    card = score(book, as_of=as_of)
    assert repr(card).startswith("<Scorecard of ")
    assert [a.clause_id for a in card.accountabilities] == ["ACC-1", "ACC-2", "ACC-3", "ACC-4", "ACC-5"]
    assert card.assessability is None or 0 <= card.assessability <= 1
    assert {f.outcome for f in card.to_fix()} <= {Outcome.NOT_MET, Outcome.AT_RISK}
    for clause in CHARTER:
        assert repr(card[clause.id]).startswith(f"<{clause.id} ")
    for measure in (*card.measures, *(a.measured for a in card.accountabilities)):
        assert isinstance(measure.value, Unknown) or measure.value.is_finite()
        assert measure.coverage.judged <= measure.coverage.total
        assert measure.clause_id in CHARTER
    same = compared(card, card)
    assert (same.measures, same.findings, same.new_moves, same.gone_moves) == ((), (), (), ())


@FEW
@given(books(), days())
def test_every_finding_is_of_a_rule_and_a_subject_and_says_what_is_missing(book, as_of):
    card = score(book, as_of=as_of)
    subjects = {dossier.id for dossier in book} | {book.header.id}
    for finding in card.findings:
        assert RULES[finding.rule_id].clause_id == finding.clause_id
        assert finding.subject_id in subjects
        assert finding.sentence
        if finding.outcome is Outcome.NOT_ASSESSABLE:
            assert finding.missing or finding.sentence
    counted = card.tally
    assert counted.applicable == len(card.findings)
    assert counted.met == sum(f.outcome is Outcome.MET for f in card.findings)


@FEW
@given(books(), days(), st.randoms(use_true_random=False))
def test_any_split_of_a_book_in_any_order_gives_the_same_scorecard(book, as_of, random):
    whole = score(book, as_of=as_of)
    held = list(book)
    random.shuffle(held)
    norms = norms_of([shuffled(dossier, random) for dossier in held], book.header.policy, as_of)
    parts = [assess(d, book.header, as_of=as_of, rules=RULES, norms=norms) for d in held]
    sums = [part.totals for part in parts]
    while len(sums) > 1:  # add any two neighbours, in any order
        at = random.randrange(len(sums) - 1)
        pair = sums[at : at + 2]
        random.shuffle(pair)
        sums[at : at + 2] = [pair[0] + pair[1]]
    findings = [finding for part in parts for finding in part.findings]
    total = sums[0] if sums else Totals()
    assert concluded(book.header, total, findings, as_of=as_of, rules=RULES) == whole


@FEW
@given(headers(), st.lists(dossiers(), min_size=3, max_size=3), days())
def test_totals_add_up_in_any_order_and_nothing_adds_nothing(header, found, as_of):
    a, b, c = (assess(dossier, header, as_of=as_of, rules=RULES).totals for dossier in found)
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Totals() == Totals() + a == a


@FEW
@given(books(), days())
def test_what_is_not_known_yet_changes_nothing(book, as_of):
    then = Book.of(book.header.at(as_of), [dossier.at(as_of) for dossier in book])
    assert score(then, as_of=as_of).totals == score(book, as_of=as_of).totals
    assert score(then, as_of=as_of).findings == score(book, as_of=as_of).findings


@FEW
@given(books(), days())
def test_the_scorecard_names_the_best_of_all_the_moves(book, as_of):
    every = moves(book, as_of=as_of)
    assert score(book, as_of=as_of).moves == every[:10]


@FEW
@given(books(), days())
def test_revenue_by_mode_sums_to_revenue(book, as_of):
    totals = score(book, as_of=as_of).totals
    assert sum(mode.revenue for mode in totals.modes.values()) == totals.now.total.revenue
    assert sum(mode.lines for mode in totals.modes.values()) == totals.now.total.lines


@FEW
@given(books(), days())
def test_the_bridge_leads_from_last_periods_revenue_to_this_ones(book, as_of):
    totals = score(book, as_of=as_of).totals
    bridge = totals.bridge
    parts = (
        bridge.lost, bridge.contraction, bridge.expansion, bridge.new_products, bridge.new_buyers,
        bridge.new_locations, bridge.acquisition, bridge.returns,
    )  # fmt: skip
    assert bridge.before + sum(parts) == bridge.now
    assert (bridge.before, bridge.now) == (totals.before.total.revenue, totals.now.total.revenue)
    assert bridge.lost <= 0
    assert bridge.contraction <= 0 <= bridge.expansion


@FEW
@given(books(), days())
def test_gross_retention_lies_between_nought_and_one_and_never_above_net(book, as_of):
    card = score(book, as_of=as_of)
    gross, net, logo = (
        value_of(card, f"{name} retention") for name in ("gross revenue", "net revenue", "logo")
    )
    assert (gross is None) == (net is None)
    if gross is not None:
        assert 0 <= gross <= 1
        assert gross <= net
        assert 0 <= logo <= 1


@FEW
@given(books(), days())
def test_penetration_rates_lie_between_nought_and_one(book, as_of):
    card = score(book, as_of=as_of)
    for name in ("location penetration", "buyer penetration", "portfolio penetration"):
        rate = value_of(card, name)
        assert rate is None or 0 <= rate <= 1
    for name in ("products per buyer", "spend penetration"):
        assert (value_of(card, name) or 0) >= 0 or card.totals.rates.revenue < 0


@FEW
@given(books(), days(), idents().map(lambda name: Person(id=f"x-{name}", name=name)))
def test_scorecards_of_managers_combine_in_any_order(book, as_of, other):
    mine = score(book, as_of=as_of)
    theirs = score(Book.of(evolve(book.header, manager=other), list(book)), as_of=as_of)
    team = Scorecard.combined([mine, theirs])
    assert team == Scorecard.combined([theirs, mine])
    assert team.totals == mine.totals + theirs.totals
    assert len(team.findings) == len(mine.findings) + len(theirs.findings)


YEAR = Period.year(2025)


@FEW
@given(st.lists(sale_lines(on=days(YEAR.start, YEAR.end)), min_size=1, max_size=5, unique_by=lambda x: x.id),
       amounts(0), days(YEAR.start, YEAR.end), st.data())  # fmt: skip
def test_selling_more_never_lowers_attainment(lines, more, as_of, data):
    chosen = data.draw(st.sampled_from(lines))
    quota = Quota(id="q", period=YEAR, amount=Decimal(1000), counts=QuotaCounts.REVENUE)
    header = data.draw(headers(period=st.just(YEAR), quotas=st.just((quota,))))
    given = data.draw(dossiers(sale_lines=st.just(())))

    def attained(*sold):
        card = score(Book.of(header, [evolve(given, sale_lines=sold)]), as_of=as_of)
        return card.accountabilities[0].measured.value

    richer = evolve(chosen, revenue=chosen.revenue + more)
    assert attained(*(richer if one is chosen else one for one in lines)) >= attained(*lines)


@given(amounts(0), amounts(), amounts(0))
def test_attainment_rises_with_revenue_and_has_no_cap(quota, credited, more):
    if quota:
        assert attainment(credited + more, quota) >= attainment(credited, quota)
        assert attainment(quota * 3, quota) == 3
    else:
        assert isinstance(attainment(credited, quota), Unknown)


@given(amounts(0), periods(), periods(), days())
def test_a_quota_falls_into_periods_by_their_days(amount, over, within, cut):
    assert 0 <= prorated(amount, over, within) <= amount
    assert prorated(amount, over, over) == amount
    if over.start <= cut < over.end:
        parts = (Period(over.start, cut), Period(cut + timedelta(days=1), over.end))
        assert abs(sum(prorated(amount, over, part) for part in parts) - amount) < Decimal("1e-15")


@FEW
@given(books(), days())
def test_coverage_says_how_many_accounts_a_number_speaks_of(book, as_of):
    card = score(book, as_of=as_of)
    accounts = len(list(book))
    assert card.totals.accounts == accounts
    known = sum(not isinstance(dossier.sale_lines, Unknown) for dossier in book)
    assert card.measure("revenue").coverage == Coverage(judged=known, total=accounts)
    assert card.totals.retention.asked == card.totals.rates.asked == accounts
