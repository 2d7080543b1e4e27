"""What there is to see in the sample, case by case."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from sam_core.values import Outcome

__all__ = ["STORIES", "Story"]


@frozen
class Story:
    """One interesting case.

    Attributes:
        clause_id: the clause it is about.
        subject_id: the account or the manager to look at.
        text: what is the matter, in one sentence.
        rule_id, outcome: the rule that sees it, and what it concludes; ``None`` where it is a number.
    """

    clause_id: str
    subject_id: str
    text: str
    rule_id: str | None = None
    outcome: Outcome | None = None


STORIES: Final = (
    Story("ACC-1", "E-11", "The quota is on course, and so is a second one for services, set by quarter."),
    Story("ACC-1", "E-14", "No quota is assigned: attainment does not apply, which is not nought."),
    Story(
        "ACC-1", "A-08", "Sales are split 60 to 40 between two managers, with an overlay for a specialist."
    ),
    Story(
        "ACC-1",
        "A-12",
        "Handed from one manager to another on 1 April: each is credited with their own days.",
    ),
    Story(
        "ACC-2", "A-11", "Energy audits have no known cost: they leave the coverage of profit, not its value."
    ),
    Story("ACC-3", "A-01", "A plan that conforms in every point.", "ACC-3.conforming", Outcome.MET),
    Story(
        "ACC-3",
        "A-24",
        "Assigned seven weeks ago and without a plan: in grace, outside the ratio.",
        "ACC-3.conforming",
        Outcome.AT_RISK,
    ),
    Story("ACC-4", "E-11", "CSAT and NPS side by side, never mixed."),
    Story(
        "ACC-5",
        "E-12",
        "A training completed late counts as late for ever; another manager has one never done.",
    ),
    Story(
        "RESP-1",
        "A-04",
        "Shrinks: the last twelve months lie far below the twelve before.",
        "RESP-1.shrinking",
        Outcome.AT_RISK,
    ),
    Story(
        "RESP-1", "A-05", "Ordered every three weeks, and not since May.", "RESP-1.reorder", Outcome.AT_RISK
    ),
    Story(
        "RESP-1", "A-13", "Lost: nothing bought for more than a year.", "RESP-1.shrinking", Outcome.NOT_MET
    ),
    Story("RESP-1", "A-03", "Returns, which lower revenue and open nothing."),
    Story(
        "RESP-2.1",
        "A-01",
        "A new product, a new buyer and a new location, all in one year.",
        "RESP-2.1.pursued",
        Outcome.MET,
    ),
    Story("RESP-2.1", "A-20", "A product that had lapsed is won back: reactivated, not new."),
    Story(
        "RESP-2.2",
        "A-07",
        "The whole account hangs on a single contact.",
        "RESP-2.2.contacts",
        Outcome.NOT_MET,
    ),
    Story("RESP-2.2", "A-25", "Some sales name no buyer: unclassified, with the reason, never guessed."),
    Story(
        "RESP-2.3",
        "A-18",
        "A location that never bought, and a competitor in three products.",
        "RESP-2.3.pursued",
        Outcome.MET,
    ),
    Story("RESP-2", "A-18", "The estimate of its spend is older and smaller than what it buys: stale."),
    Story("RESP-3", "A-05", "Buys from half of the families open to it, and no service at all."),
    Story(
        "RESP-4",
        "A-04",
        "An opportunity past its closing day, without a next step.",
        "RESP-4.close-date",
        Outcome.NOT_MET,
    ),
    Story(
        "RESP-4",
        "A-08",
        "Led by a specialist, with a reason given; at A-10 without one.",
        "RESP-4.led",
        Outcome.MET,
    ),
    Story(
        "RESP-4",
        "A-10",
        "In negotiation without management, which the standards call for.",
        "RESP-4.roles",
        Outcome.NOT_MET,
    ),
    Story("RESP-4", "A-17", "Stuck in its first stage since January.", "RESP-4.stale", Outcome.NOT_MET),
    Story(
        "RESP-5", "A-03", "A plan that was last reviewed in April: stale.", "RESP-5.reviewed", Outcome.NOT_MET
    ),
    Story(
        "RESP-5",
        "A-04",
        "A joint session at which nobody of the customer's was present.",
        "RESP-5.joint",
        Outcome.NOT_MET,
    ),
    Story(
        "RESP-5",
        "A-10",
        "A need nobody serves, a priority given twice, a target without a number.",
        "RESP-5.served",
        Outcome.NOT_MET,
    ),
    Story(
        "RESP-5",
        "A-16",
        "An action six weeks overdue, no owner, no decision on investment.",
        "RESP-5.overdue",
        Outcome.NOT_MET,
    ),
    Story(
        "RESP-6",
        "A-06",
        "Seven cases in a month that usually has a third of one; its contract renews in November.",
        "RESP-6.cases",
        Outcome.AT_RISK,
    ),
    Story(
        "RESP-6",
        "A-02",
        "Deliveries that have come late since the summer, before a renewal.",
        "RESP-6.late",
        Outcome.AT_RISK,
    ),
    Story(
        "RESP-6",
        "A-11",
        "A respondent fell from 5 to 2; a case was reopened and escalated.",
        "RESP-6.falling",
        Outcome.AT_RISK,
    ),
    Story(
        "RESP-6",
        "A-18",
        "An escalation that was answered with customer service: handled.",
        "RESP-6.answered",
        Outcome.MET,
    ),
    Story(
        "RESP-6",
        "A-20",
        "Nobody was asked for more than twelve months; at A-15 never.",
        "RESP-6.read",
        Outcome.NOT_MET,
    ),
    Story("RESP-7", "A-09", "A hand-over by the book, from won to transferred.", "RESP-7.order", Outcome.MET),
    Story(
        "RESP-7",
        "A-14",
        "A hand-over with a late kick-off and three weeks in which nobody held the account.",
        "RESP-7.owned",
        Outcome.NOT_MET,
    ),
    Story(
        "RESP-7",
        "A-21",
        "First sale in July, and no record of a hand-over.",
        "RESP-7.recorded",
        Outcome.NOT_MET,
    ),
    Story("OV-4", "A-18", "A large account; compare the attention it gets with its share of the value."),
    Story(
        "OV-5", "A-16", "Key buyers nobody has met in person this year.", "OV-5.key-buyers", Outcome.NOT_MET
    ),
    Story(
        "ORG-1",
        "E-13",
        "Reports to a sales specialist; of E-14 nobody says to whom.",
        "ORG-1.reports",
        Outcome.NOT_MET,
    ),
    Story(
        "ORG-2",
        "A-04",
        "A request for help that nobody has answered since May.",
        "ORG-2.answered",
        Outcome.NOT_MET,
    ),
    Story(
        "ORG-3",
        "A-10",
        "An open case with nobody of customer service on it.",
        "ORG-3.contact",
        Outcome.NOT_MET,
    ),
    Story(
        "ORG-4",
        "E-12",
        "A direct report dedicated to a customer outside the book.",
        "ORG-4.dedicated",
        Outcome.NOT_MET,
    ),
    Story(
        "QUAL-2",
        "E-12",
        "Too few years, but a record of achievement: one branch is enough.",
        "QUAL-2.experience",
        Outcome.MET,
    ),
    Story(
        "QUAL-2",
        "E-13",
        "Too few years, and nobody knows about achievements: not assessable. No degree either.",
        "QUAL-2.experience",
        Outcome.NOT_ASSESSABLE,
    ),
    Story("ENV-3", "E-14", "A background check that is pending: reported, never scored."),
)
"""Every case, by clause."""
