"""OV-5 and RESP-2.2: who is met, how, and on whom the account rests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sam_core.book import BuyerRole, Meeting, MeetingMode
from tests.core.builders import buyer, day, line

from .judging import HIDDEN, MET, NOT_MET, OPEN, at, ex, judged, policy

IN_PERSON, PHONE, VIDEO = MeetingMode.IN_PERSON, MeetingMode.PHONE, MeetingMode.VIDEO
BOSS, FRIEND, USER = BuyerRole.DECISION_MAKER, BuyerRole.CHAMPION, BuyerRole.USER


def meeting(key: str, on: str, mode: Any = IN_PERSON, buyers: Any = ("B1",), **fields: Any) -> Meeting:
    return Meeting(id=key, held_at=at(on), mode=mode, buyer_ids=buyers, our_ids=("M1",), **fields)


GONE = day("2026-01-01")
# 2026-04-01 is 90 days before 2026-06-30
LATELY, LONG_AGO = "2026-04-01", "2026-03-31"
ROLE = ("buyers.role",)

EXAMPLES = (
    ex("OV-5.key-buyers", "90 days ago", MET, buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LATELY),), measured=1),
    ex("OV-5.key-buyers", "91 days ago", NOT_MET, buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LONG_AGO),),
       measured=0, expected=1, evidence=("B1",)),
    ex("OV-5.key-buyers", "on the telephone", NOT_MET, buyers=(buyer("B1", role=FRIEND),), meetings=(meeting("m", LATELY, PHONE),)),
    ex("OV-5.key-buyers", "somebody else", NOT_MET, buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LATELY, buyers=("B2",)),)),
    ex("OV-5.key-buyers", "how is unknown", OPEN, buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LATELY, HIDDEN),), missing=("meetings",)),
    ex("OV-5.key-buyers", "with whom is unknown", OPEN, buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LATELY, buyers=HIDDEN),)),
    ex("OV-5.key-buyers", "by telephone, with whom is unknown", NOT_MET,
       buyers=(buyer("B1", role=BOSS),), meetings=(meeting("m", LATELY, PHONE, HIDDEN),)),
    ex("OV-5.key-buyers", "role unknown", OPEN, buyers=(buyer("B1"),), meetings=(), missing=ROLE),
    ex("OV-5.key-buyers", "role unknown and met: perhaps no key buyer at all", OPEN, buyers=(buyer("B1"),), meetings=(meeting("m", LATELY),)),
    ex("OV-5.key-buyers", "all met, whoever is key", MET, buyers=(buyer("B1"), buyer("B2", role=BOSS)),
       meetings=(meeting("m", LATELY, buyers=("B1", "B2")),)),
    ex("OV-5.key-buyers", "role unknown, another surely not met", NOT_MET, evidence=("B2",),
       buyers=(buyer("B1"), buyer("B2", role=BOSS)), meetings=()),
    ex("OV-5.key-buyers", "by the firm's own roles", MET, policy=policy(meetings__key_roles=("user",)),
       buyers=(buyer("B1", role=USER), buyer("B2", role=BOSS)), meetings=(meeting("m", LATELY),)),
    ex("OV-5.key-buyers", "no key buyer", None, buyers=(buyer("B1", role=USER),), meetings=()),
    ex("OV-5.key-buyers", "the only one left", None, buyers=(buyer("B1", role=BOSS, left_on=GONE),), meetings=()),
    ex("OV-5.in-person", "half of them", MET, meetings=(meeting("1", LATELY), meeting("2", LATELY, PHONE)), measured=Decimal("0.5")),
    ex("OV-5.in-person", "a third", NOT_MET, measured=Decimal(1) / 3, expected=Decimal("0.5"),
       meetings=(meeting("1", LATELY), meeting("2", LATELY, PHONE), meeting("3", LATELY, VIDEO))),
    ex("OV-5.in-person", "a third or two", OPEN, missing=("meetings.mode",),
       meetings=(meeting("1", LATELY), meeting("2", LATELY, PHONE), meeting("3", LATELY, HIDDEN))),
    ex("OV-5.in-person", "a quarter at most a half not reached", NOT_MET,
       meetings=(*(meeting(str(n), LATELY, PHONE) for n in range(3)), meeting("3", LATELY, HIDDEN))),
    ex("OV-5.in-person", "half at most, and half would do", OPEN, meetings=(meeting("1", LATELY, HIDDEN), meeting("2", LATELY, PHONE))),
    ex("OV-5.in-person", "first day of the year looked at", MET, meetings=(meeting("1", "2025-07-01"),)),
    ex("OV-5.in-person", "none in the year", None, meetings=(meeting("1", "2025-06-30"),)),
    ex("OV-5.never-met", "once by telephone", MET, buyers=(buyer("B1"),), meetings=(meeting("1", "2020-01-01", PHONE),), measured=1),
    ex("OV-5.never-met", "one of two", NOT_MET, buyers=(buyer("B1"), buyer("B2")), meetings=(meeting("1", LATELY),), evidence=("B2",), measured=1),
    ex("OV-5.never-met", "no meeting ever", NOT_MET, buyers=(buyer("B1"),), meetings=()),
    ex("OV-5.never-met", "with whom is unknown", OPEN, buyers=(buyer("B1"),), meetings=(meeting("1", LATELY, buyers=HIDDEN),), missing=("meetings.buyer_ids",)),
    ex("OV-5.never-met", "nobody there", None, buyers=(buyer("B1", left_on=GONE),), meetings=()),
    ex("RESP-2.2.contacts", "two", MET, sale_lines=(line("1", LATELY), line("2", LATELY, buyer_id="B2")), buyers=(),
       measured=2, evidence=("B1", "B2")),
    ex("RESP-2.2.contacts", "one", NOT_MET, sale_lines=(line("1", LATELY, 70), line("2", LATELY, 30)), buyers=(),
       measured=1, expected=2, evidence=("B1",), at_stake=100),
    ex("RESP-2.2.contacts", "the second has left", NOT_MET, sale_lines=(line("1", LATELY), line("2", LATELY, buyer_id="B2")),
       buyers=(buyer("B2", left_on=GONE),), evidence=("B1",)),
    ex("RESP-2.2.contacts", "both have left", NOT_MET, sale_lines=(line("1", LATELY),), buyers=(buyer("B1", left_on=GONE),), measured=0),
    # 24 months before 2026-06-30
    ex("RESP-2.2.contacts", "the second bought too long ago", NOT_MET, at_stake=100, buyers=(),
       sale_lines=(line("1", LATELY), line("2", "2024-06-30", buyer_id="B2"))),
    ex("RESP-2.2.contacts", "the second just in time", MET, buyers=(), sale_lines=(line("1", LATELY), line("2", "2024-07-01", buyer_id="B2"))),
    ex("RESP-2.2.contacts", "one and somebody", OPEN, sale_lines=(line("1", LATELY), line("2", LATELY, buyer_id=HIDDEN)), buyers=(),
       measured=1, missing=("sale_lines.buyer_id",)),
    ex("RESP-2.2.contacts", "two and somebody", MET, buyers=(),
       sale_lines=(line("1", LATELY), line("2", LATELY, buyer_id="B2"), line("3", LATELY, buyer_id=HIDDEN))),
    ex("RESP-2.2.contacts", "nothing at stake after returns", NOT_MET, at_stake=None, buyers=(),
       sale_lines=(line("1", LATELY), line("2", LATELY, -100))),
    ex("RESP-2.2.contacts", "three asked for, two there", NOT_MET, policy=policy(meetings__contacts_min=3), buyers=(), measured=2,
       sale_lines=(line("1", LATELY), line("2", LATELY, buyer_id="B2"))),
    ex("RESP-2.2.contacts", "buys nothing", None, sale_lines=(line("1", "2024-06-30"),), buyers=()),
    ex("RESP-2.2.roles", "both", MET, buyers=(buyer("B1", role=BOSS), buyer("B2", role=FRIEND), buyer("B3")), measured=2),
    ex("RESP-2.2.roles", "no champion", NOT_MET, buyers=(buyer("B1", role=BOSS),), measured=1, expected=2),
    ex("RESP-2.2.roles", "the champion has left", NOT_MET, buyers=(buyer("B1", role=BOSS), buyer("B2", role=FRIEND, left_on=GONE))),
    ex("RESP-2.2.roles", "perhaps a champion", OPEN, buyers=(buyer("B1", role=BOSS), buyer("B2")), missing=ROLE, evidence=("B2",)),
    ex("RESP-2.2.roles", "nobody there", None, buyers=()),
    ex("RESP-2.2.roles", "no role is key", None, buyers=(buyer("B1"),), policy=policy(meetings__key_roles=())),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_an_account_that_hangs_on_one_person_says_so():
    found = judged("RESP-2.2.contacts", sale_lines=(line("1", LATELY),), buyers=())
    assert found.sentence == "The account rests on a single active buyer."
    nobody = judged("RESP-2.2.contacts", sale_lines=(line("1", LATELY),), buyers=(buyer("B1", left_on=GONE),))
    assert nobody.sentence == "The account rests on no buyer who is still there."


def test_only_the_first_few_are_named():
    many = tuple(buyer(f"B{n}", role=BOSS) for n in range(5))
    for rule in ("OV-5.key-buyers", "OV-5.never-met"):
        assert judged(rule, buyers=many, meetings=()).sentence.endswith("B0, B1, B2 and others.")
