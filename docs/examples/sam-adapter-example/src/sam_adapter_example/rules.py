"""A rule of the house, beside the standard ones."""

from __future__ import annotations

from sam_core import Judgement, Missing, Severity, Unknown, met, not_assessable, not_met, rule
from sam_core.book import Case

__all__ = ["RULES", "tickets_have_an_agent"]


def _some_are_open(cases: tuple[Case, ...]) -> bool:
    return any(case.closed_at is None for case in cases)


@rule("orchard:RESP-6.agent", title="Tickets have an agent", severity=Severity.MUST, applies=_some_are_open)
def tickets_have_an_agent(cases: tuple[Case, ...]) -> Judgement:
    """Every open ticket has a Customer Service Representative on it.

    Fails when nobody is on an open ticket.
    """
    still_open = [case for case in cases if case.closed_at is None]
    alone = tuple(case.id for case in still_open if case.service_rep_id is None)
    if alone:
        return not_met(
            f"Nobody is on {len(alone)} open tickets.", measured=len(alone), expected=0, evidence=alone
        )
    for case in still_open:
        if isinstance(case.service_rep_id, Unknown):
            return not_assessable(
                "Nobody can tell who is on an open ticket.",
                Missing("cases.service_rep_id", case.service_rep_id),
            )
    return met("Somebody is on every open ticket.", measured=0, expected=0)


RULES = (tickets_have_an_agent,)
