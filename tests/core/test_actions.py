from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from attrs import evolve

from sam_core import score
from sam_core.actions import actions
from sam_core.book import BuyerRole, Contract, Delivery
from sam_core.penetration.modes import Mode
from sam_core.values import Outcome

from .builders import AS_OF, book, buyer, day, dossier, held, line, location, offering


def listed(*dossiers, **fields):
    return actions(score(book(*dossiers, **{"offering": offering("P1", "P2"), **fields}), as_of=AS_OF))


def shrinking(name: str, before: int, now: int = 0):
    lines = (line(f"{name}-1", "2025-03-01", before), line(f"{name}-2", "2026-03-01", now))
    return dossier(
        name, sale_lines=lines if now else lines[:1], locations=(location("L1"),), buyers=(buyer("B1", role=BuyerRole.USER),),
        opportunities=(), assignments=(held(),),
    )  # fmt: skip


def test_worst_comes_first_and_the_most_money_first_among_equals():
    found = [
        a
        for a in listed(shrinking("A1", 400), shrinking("A2", 900), shrinking("A3", 900, 600))
        if "RESP-1.shrinking" in a.rule_ids
    ]
    assert [(a.subject_id, a.outcome, a.at_stake) for a in found] == [
        ("A2", Outcome.NOT_MET, Decimal(900)),
        ("A1", Outcome.NOT_MET, Decimal(400)),
        ("A3", Outcome.AT_RISK, Decimal(300)),
    ]


def test_findings_of_one_clause_and_subject_are_one_action_with_all_reasons():
    for action in listed(shrinking("A1", 400)):
        assert len(set(action.rule_ids)) == len(action.rule_ids)
        assert action.reasons
    found = listed(shrinking("A1", 400))
    keys = [(a.subject_id, clause) for a in found for clause in a.clause_ids if a.rule_ids]
    assert len(keys) == len(set(keys))


def test_findings_on_one_record_are_one_action_whatever_their_clauses():
    found = listed(shrinking("A1", 400, 300))
    for first in found:
        for second in found:
            if first is not second and first.subject_id == second.subject_id:
                assert not set(first.evidence) & set(second.evidence)


def test_a_move_that_a_finding_asks_for_is_that_action_and_stands_there_once():
    found = listed(shrinking("A1", 400, 500))
    (move,) = [a for a in found if a.move is not None and a.move.product_id == "P2"]
    assert move.move.mode is Mode.NEW_PRODUCT
    assert "RESP-2.1.pursued" in move.rule_ids
    assert any("active buyers" in reason for reason in move.reasons)


def test_moves_no_finding_asks_for_come_last():
    customers = [shrinking(f"A{n}", 100, 100) for n in range(1, 4)]
    found = listed(*customers, offering=offering("P1", "P2", "P3"))
    alone = [a.outcome is None for a in found]
    assert any(alone)
    assert alone == sorted(alone)
    assert {a.subject_name for a in found if a.outcome is None} <= {"Account A1", "Account A2", "Account A3"}


def test_what_is_overdue_comes_before_everything():
    late = shrinking("A1", 100, 100)
    late = evolve(
        late,
        contracts=(Contract(id="c", start=day("2025-01-01"), end=day("2026-07-30"), yearly_amount=Decimal(10)),),
        deliveries=tuple(Delivery(id=f"d{n}", due_on=day("2026-06-01"), delivered_on=None) for n in range(3)),
        cases=(), readings=(), service_actions=(),
    )  # fmt: skip
    found = listed(late, shrinking("A2", 900))
    overdue = [a.due_on is not None and a.due_on < AS_OF for a in found]
    assert overdue == sorted(overdue, reverse=True)


def test_an_empty_book_asks_for_nothing_of_an_account():
    assert all(action.subject_id == "M1" for action in listed())


def test_the_day_it_is_due_and_what_is_at_stake_decide_by_hand_made_findings():
    base = score(book(shrinking("A1", 400), offering=offering("P1")), as_of=AS_OF)
    finding = next(f for f in base.findings if f.rule_id == "RESP-1.shrinking")
    overdue = evolve(finding, subject_id="A7", outcome=Outcome.AT_RISK, due_on=AS_OF - timedelta(days=1))
    risky = evolve(finding, subject_id="A8", outcome=Outcome.AT_RISK, at_stake=None)
    found = actions(evolve(base, findings=(finding, overdue, risky)))
    assert [(a.subject_id, a.due_on) for a in found] == [("A7", overdue.due_on), ("A1", None), ("A8", None)]
    assert found[2].at_stake is None


def test_a_move_with_a_value_raises_what_is_at_stake():
    owners = [
        dossier(
            f"A{n}", sale_lines=tuple(line(f"{n}{p}", "2026-01-01", 2400, product_id=p, buyer_id=f"B{n}") for p in ("P1", "P2")),
            locations=(), buyers=(), opportunities=(),
        )
        for n in range(5)
    ]  # fmt: skip
    buys_one = dossier(
        "A9", sale_lines=(line("9", "2026-01-01", 2400),), locations=(), buyers=(), opportunities=()
    )
    (found,) = [a for a in listed(*owners, buys_one) if a.move is not None]
    assert found.subject_id == "A9"
    assert found.at_stake == Decimal(6) / 8 * 1200


def test_whether_there_is_a_conforming_plan_and_what_it_lacks_are_one_action():
    without = dossier("A1", sale_lines=(), plans=(), assignments=(held(),))
    (found,) = [a for a in listed(without) if "ACC-3" in a.clause_ids]
    assert found.clause_ids == ("ACC-3", "RESP-5")
    assert {rule.partition(".")[0] for rule in found.rule_ids} == {"ACC-3", "RESP-5"}


def test_a_reason_that_stands_within_another_is_not_repeated():
    base = score(book(shrinking("A1", 400), offering=offering("P1")), as_of=AS_OF)
    finding = next(f for f in base.findings if f.rule_id == "RESP-1.shrinking")
    told = [
        evolve(finding, sentence=text) for text in ("Two: it fell.", "It fell.", "it fell.", "Two: it fell.")
    ]
    (found,) = actions(evolve(base, findings=tuple(told)))
    assert found.reasons == ("Two: it fell.", "It fell.")
