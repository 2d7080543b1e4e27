from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sam_adapters.demo import AS_OF, MANAGERS, STORIES, sample, write_sample
from sam_core import CHARTER, Outcome, Unknown, score, standard_rules
from sam_core.book import COLLECTIONS, AssignmentRole, OpportunityStatus
from sam_core.measures.sales import line_cost


@pytest.fixture(scope="module")
def books():
    return sample()


@pytest.fixture(scope="module")
def dossiers(books):
    return {dossier.id: dossier for dossier in books.dossiers}


def test_one_seed_gives_one_book_and_another_seed_another():
    assert sample(3) == sample(3)
    assert sample(3) != sample(4)


def test_no_number_of_the_sample_comes_from_the_clock(books):
    days = [line.on for dossier in books.dossiers for line in dossier.sale_lines]
    assert max(days) <= AS_OF
    assert min(days) >= date(2023, 10, 1)


def test_it_is_of_the_size_promised(books):
    assert len(books.dossiers) == 25
    assert [header.id for header in books.headers] == list(MANAGERS)
    assert sum(len(dossier.sale_lines) for dossier in books.dossiers) > 1500


def test_every_collection_has_something_in_it(books):
    for name in COLLECTIONS:
        assert any(getattr(dossier, name) for dossier in books.dossiers), name


def test_every_story_cites_the_charter_and_somebody_in_the_sample(books, dossiers):
    for story in STORIES:
        assert story.clause_id in CHARTER
        assert story.subject_id in dossiers or story.subject_id in MANAGERS
        assert story.text.endswith(".")


def test_every_story_is_seen_by_the_rule_that_is_there_for_it(books):
    cards = [score(books.book(header.id), as_of=AS_OF) for header in books.headers]
    rules = {rule.id for rule in standard_rules()}
    for story in STORIES:
        if story.rule_id is not None:
            assert story.rule_id in rules
            found = {
                finding.outcome
                for card in cards
                for finding in card.findings
                if (finding.rule_id, finding.subject_id) == (story.rule_id, story.subject_id)
            }
            assert story.outcome in found, story


def test_every_id_is_used_once(books):
    for name in COLLECTIONS:
        ids = [record.id for dossier in books.dossiers for record in getattr(dossier, name)]
        assert len(set(ids)) == len(ids), name


def test_every_id_refers_to_something_that_is_there(books):
    people = {person.id for person in books.headers[0].people}
    products = {product.id for product in books.headers[0].offering.products}
    for dossier in books.dossiers:
        places = {one.id for one in dossier.locations}
        buyers = {one.id for one in dossier.buyers}
        for line in dossier.sale_lines:
            assert line.product_id in products
            assert line.location_id in places
            assert isinstance(line.buyer_id, Unknown) or line.buyer_id in buyers
        for opportunity in dossier.opportunities:
            assert opportunity.lead_id is None or opportunity.lead_id in people
            for line in opportunity.lines:
                assert (line.product_id in products, line.location_id in places, line.buyer_id in buyers) == (
                    True,
                ) * 3
        for meeting in dossier.meetings:
            assert set(meeting.our_ids) <= people
            assert set(meeting.buyer_ids) <= buyers
        for one in dossier.assignments:
            assert one.person_id in people


def test_nobody_is_sold_what_was_not_on_sale(books):
    products = books.headers[0].offering.by_id
    for dossier in books.dossiers:
        for line in dossier.sale_lines:
            assert products[line.product_id].on_sale(line.on), line.id
            assert products[line.product_id].eligible_for(dossier.account), line.id


def trailing(dossier, years_back: int) -> Decimal:
    last = AS_OF - timedelta(days=365 * years_back)
    return sum(
        (line.revenue for line in dossier.sale_lines if last - timedelta(days=365) < line.on <= last),
        Decimal(0),
    )


def test_the_customers_behave_as_their_stories_say(dossiers):
    assert trailing(dossiers["A-04"], 0) < trailing(dossiers["A-04"], 1) * Decimal("0.7")
    assert max(line.on for line in dossiers["A-05"].sale_lines) < date(2026, 5, 31)
    assert trailing(dossiers["A-13"], 0) == 0 < trailing(dossiers["A-13"], 1)
    assert sum(line.is_return for line in dossiers["A-03"].sale_lines) == 3
    assert {buyer.id for buyer in dossiers["A-07"].buyers} == {"A-07-B1"}
    assert any(isinstance(line.buyer_id, Unknown) for line in dossiers["A-25"].sale_lines)
    assert dossiers["A-23"].sale_lines == ()
    assert dossiers["A-15"].readings == ()
    estimate = dossiers["A-18"].spend_estimates[0]
    assert estimate.yearly_amount < trailing(dossiers["A-18"], 0)


def test_the_plans_fail_as_their_stories_say(dossiers):
    stale, alone, uneven, late = (dossiers[key].plans[0] for key in ("A-03", "A-04", "A-10", "A-16"))
    assert (AS_OF - max(stale.reviewed_on)).days > 100
    assert [session.customer_ids for session in alone.sessions] == [()]
    served = {need for initiative in uneven.initiatives for need in initiative.need_ids}
    assert [need.id for need in uneven.needs if need.id not in served and not need.declined_reason] == [
        "A-10-P26-N4"
    ]
    assert [i.priority for i in uneven.initiatives] == [1, 1, None]
    assert uneven.targets[0].value is None
    assert [i.investment is None for i in late.initiatives] == [False, True, False]
    assert (AS_OF - late.initiatives[0].actions[0].due_on).days > 30


def test_a_customer_handed_over_with_a_gap_had_nobody_for_days(dossiers):
    held = dossiers["A-14"].assignments
    seller, manager = sorted(held, key=lambda one: one.start)
    assert seller.role is AssignmentRole.BUSINESS_DEVELOPMENT
    assert (manager.start - seller.end).days > 1


def test_open_opportunities_add_up_to_their_lines(dossiers):
    for dossier in dossiers.values():
        for opportunity in dossier.opportunities:
            assert opportunity.amount == sum(line.amount for line in opportunity.lines)
            assert (opportunity.closed_on is None) == (opportunity.status is OpportunityStatus.OPEN)


def test_only_the_product_without_a_cost_leaves_the_coverage_of_profit(books):
    products = books.headers[0].offering.by_id
    without = {
        line.product_id
        for dossier in books.dossiers
        for line in dossier.sale_lines
        if isinstance(line_cost(line, products[line.product_id])[0], Unknown)
    }
    assert without == {"S-EA"}


def test_the_managers_come_out_differently(books):
    cards = {header.id: score(books.book(header.id), as_of=AS_OF) for header in books.headers}
    assert [cards[key]["ACC-1"].accountability.outcome for key in MANAGERS[:3]] == [
        Outcome.MET,
        Outcome.AT_RISK,
        Outcome.NOT_MET,
    ]
    assert not cards["E-14"]["ACC-1"].accountability.applies


def test_what_is_written_is_the_same_from_run_to_run(tmp_path):
    first, second = (write_sample(tmp_path / name, seed=2) for name in ("a", "b"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_two_rows_are_wrong_on_purpose_and_the_rest_is_right(tmp_path):
    write_sample(tmp_path)
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {dossier.id for dossier in sample().dossiers}
    assert [row["account_id"] for row in rows if row["account_id"] not in known] == ["A-99"]
