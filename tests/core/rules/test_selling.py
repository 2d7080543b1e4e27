"""RESP-4 and ORG-2: who leads, who is called in, and what has gone stale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sam_core.book import Engagement, OpportunityStatus, StageStay, SupportRequest
from tests.core.builders import AS_OF, day, opportunity

from .judging import AT_RISK, HIDDEN, MET, NOT_MET, OPEN, Norms, ex, judged, policy

WON = OpportunityStatus.WON
ROLES = policy(selling__stage_roles={"proposal": ("Specialist", "legal"), "idea": ()})
NORMS = Norms(stage_days={"proposal": (10, 20, 90), "closing": (7,)})


def chances(*fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "opportunities": tuple(
            opportunity(f"O{number}", name=f"Deal {number}", **{"amount": Decimal(100), **one})
            for number, one in enumerate(fields, start=1)
        )
    }


def engaged(*roles: str) -> tuple[Engagement, ...]:
    return tuple(Engagement(id=role, role=role) for role in roles)


def stay(stage: str, start: str, end: str | None = None) -> StageStay:
    return StageStay(stage=stage, start=day(start), end=day(end) if end else None)


def request(key: str = "r", asked: str = "2026-05-01", answered: Any = None, **fields: Any) -> SupportRequest:
    on = day(answered) if isinstance(answered, str) else answered
    return SupportRequest(id=key, role="implementation", asked_on=day(asked), answered_on=on, **fields)


DECIDED = chances({"status": WON, "lead_id": None, "closes_on": day("2026-01-01")})
BY = ("support_requests.answered_on",)

EXAMPLES = (
    ex("RESP-4.led", "by the manager", MET, **chances({"lead_id": "M1"}), measured=1),
    ex("RESP-4.led", "by another for a reason", MET, **chances({"lead_id": "X", "lead_reason": "speaks Thai"})),
    ex("RESP-4.led", "leader unknown, but a reason", MET, **chances({"lead_id": HIDDEN, "lead_reason": "on leave"})),
    ex("RESP-4.led", "by another", NOT_MET, **chances({"lead_id": "X"}, {"lead_id": "M1"}),
       measured=1, expected=2, evidence=("O1",), at_stake=100),
    ex("RESP-4.led", "by nobody", NOT_MET, **chances({"lead_id": None, "amount": HIDDEN}), at_stake=None),
    ex("RESP-4.led", "unknown", OPEN, **chances({"lead_id": HIDDEN}, {"lead_id": "M1"}), missing=("opportunities.lead_id",)),
    ex("RESP-4.led", "one unknown, another surely not", NOT_MET, **chances({"lead_id": HIDDEN}, {"lead_id": None}), evidence=("O2",)),
    ex("RESP-4.led", "decided ones aside", None, **DECIDED),
    ex("RESP-4.led", "none", None, opportunities=()),
    ex("RESP-4.roles", "both engaged", MET, policy=ROLES, **chances({"stage": "proposal", "engagements": engaged("specialist", "Legal")})),
    ex("RESP-4.roles", "one lacking", NOT_MET, policy=ROLES, evidence=("O1",),
       **chances({"stage": "proposal", "engagements": engaged("legal")}, {"stage": "idea", "engagements": ()})),
    ex("RESP-4.roles", "nobody knows who is engaged", OPEN, policy=ROLES, **chances({"stage": "proposal"}),
       missing=("opportunities.engagements",)),
    ex("RESP-4.roles", "stage unknown", OPEN, policy=ROLES, **chances({"engagements": engaged("specialist", "legal")}),
       missing=("opportunities.stage",)),
    ex("RESP-4.roles", "stage unknown, another surely lacks", NOT_MET, policy=ROLES, evidence=("O2",),
       **chances({}, {"stage": "proposal", "engagements": ()})),
    ex("RESP-4.roles", "no stage in question asks for any", None, policy=ROLES, **chances({"stage": "idea"})),
    ex("RESP-4.roles", "by default no stage asks for any", None, **chances({"stage": "proposal"})),
    ex("RESP-4.next-step", "today", MET, **chances({"next_step": "call", "next_step_on": AS_OF})),
    ex("RESP-4.next-step", "yesterday", AT_RISK, **chances({"next_step": "call", "next_step_on": day("2026-06-29")}), at_stake=100),
    ex("RESP-4.next-step", "none", NOT_MET, **chances({"next_step": None, "next_step_on": HIDDEN})),
    ex("RESP-4.next-step", "no date", NOT_MET, **chances({"next_step": "call", "next_step_on": None})),
    ex("RESP-4.next-step", "date unknown", OPEN, **chances({"next_step": "call"}), missing=("opportunities.next_step_on",)),
    ex("RESP-4.next-step", "past, the step unknown", OPEN, **chances({"next_step_on": day("2026-06-29")})),
    ex("RESP-4.next-step", "nothing open", None, **DECIDED),
    ex("RESP-4.close-date", "today", MET, **chances({"closes_on": AS_OF})),
    ex("RESP-4.close-date", "yesterday", NOT_MET, **chances({"closes_on": day("2026-06-29")}, {"closes_on": None}), evidence=("O1",)),
    ex("RESP-4.close-date", "none", AT_RISK, **chances({"closes_on": None}), measured=0, expected=1),
    ex("RESP-4.close-date", "unknown", OPEN, **chances({}), missing=("opportunities.closes_on",)),
    ex("RESP-4.close-date", "nothing open", None, **DECIDED),
    # the median of 10, 20 and 90 is 20; 1.5 times that is 30 days, so from 2026-05-31 on
    ex("RESP-4.stale", "30 days", MET, norms=NORMS, **chances({"stays": (stay("proposal", "2026-05-31"),)})),
    ex("RESP-4.stale", "31 days", NOT_MET, norms=NORMS, **chances({"stays": (stay("proposal", "2026-05-30"),)}), at_stake=100),
    ex("RESP-4.stale", "long in a stage it has left", MET, norms=NORMS,
       **chances({"stays": (stay("proposal", "2026-01-10", "2026-06-25"), stay("closing", "2026-06-25"))})),
    ex("RESP-4.stale", "a longer allowance", MET, norms=NORMS, policy=policy(selling__stage_factor=Decimal(2)),
       **chances({"stays": (stay("proposal", "2026-05-30"),)})),
    ex("RESP-4.stale", "a stage nobody ever left", OPEN, norms=NORMS, **chances({"stays": (stay("idea", "2026-01-10"),)})),
    ex("RESP-4.stale", "stages unknown", OPEN, norms=NORMS, **chances({}), missing=("opportunities.stays",)),
    ex("RESP-4.stale", "in no stage at all", OPEN, norms=NORMS, **chances({"stays": ()})),
    ex("RESP-4.stale", "nothing open", None, norms=NORMS, **DECIDED),
    # ten days by default: asked on the 1st, answered on the 11th
    ex("ORG-2.answered", "on the last day", MET, support_requests=(request(answered="2026-05-11"),), measured=1),
    ex("ORG-2.answered", "a day late", NOT_MET, support_requests=(request(answered="2026-05-12"),), measured=0, evidence=("r",)),
    ex("ORG-2.answered", "not at all", NOT_MET, support_requests=(request(asked="2026-06-19"),)),
    ex("ORG-2.answered", "not yet", MET, support_requests=(request(asked="2026-06-20"),)),
    ex("ORG-2.answered", "not yet, or nobody knows", MET, support_requests=(request(asked="2026-06-20", answered=HIDDEN),)),
    ex("ORG-2.answered", "nobody knows", OPEN, support_requests=(request(answered=HIDDEN),), missing=BY),
    ex("ORG-2.answered", "one nobody knows, another surely late", NOT_MET, evidence=("s",),
       support_requests=(request(answered=HIDDEN), request("s"))),
    ex("ORG-2.answered", "still open from last year", NOT_MET, support_requests=(request(asked="2025-12-01"),)),
    ex("ORG-2.answered", "open from last year, or not", OPEN, support_requests=(request(asked="2025-12-01", answered=HIDDEN),)),
    ex("ORG-2.answered", "settled last year, beside one of this", MET, measured=1,
       support_requests=(request(asked="2025-01-01", answered="2025-06-01"), request("s", answered="2026-05-02"))),
    ex("ORG-2.answered", "settled before the period", None, support_requests=(request(asked="2025-01-01", answered="2025-06-01"),)),
    ex("ORG-2.answered", "none asked", None, support_requests=()),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_only_the_first_few_are_named():
    found = judged("RESP-4.led", **chances(*[{"lead_id": None}] * 5))
    assert found.sentence.endswith("Deal 1, Deal 2, Deal 3 and others.")
    assert (len(found.evidence), found.at_stake) == (5, 500)
    assert judged("RESP-4.led", **chances(*[{"lead_id": None}] * 3)).sentence.endswith("Deal 2, Deal 3.")


def test_a_request_still_waiting_says_by_when_it_was_due():
    assert judged("ORG-2.answered", support_requests=(request(asked="2026-06-01"),)).due_on == day(
        "2026-06-11"
    )
    late = judged("ORG-2.answered", support_requests=(request(answered="2026-06-01"),))
    assert late.due_on is None
    assert "of implementation" in late.sentence
