"""Puts the sample together, and writes it as canonical tables."""

from __future__ import annotations

from random import Random
from typing import Final

from attrs import frozen

from sam_adapters.demo import plans, sales, selling, service
from sam_adapters.demo.cast import (
    ACCOUNTS,
    AS_OF,
    MANAGERS,
    OFFERING,
    PEOPLE,
    Spec,
    account,
    buyers,
    locations,
)
from sam_adapters.demo.targets import targets
from sam_core.book import Book, BookHeader, Dossier
from sam_core.standards import Policy, Revision
from sam_core.values import Period

__all__ = ["CURRENCY", "PERIOD", "POLICY", "Sample", "sample"]

CURRENCY: Final = "EUR"
PERIOD: Final = Period.year(AS_OF.year)
"""The period its books are of."""

POLICY: Final = Policy(
    (Revision(effective=PERIOD.start, values={"selling.stage_roles": selling.STAGE_ROLES}),)
)
"""The sample company's standards: the documented defaults, and who is to be called in by which stage."""


@frozen(kw_only=True)
class Sample:
    """A small company's account management.

    Attributes:
        headers: one for each manager, in order of id.
        dossiers: every customer, in order of id.
    """

    headers: tuple[BookHeader, ...]
    dossiers: tuple[Dossier, ...]

    def book(self, manager_id: str) -> Book:
        """One manager's book: the customers held by that manager on some day of the period."""
        (header,) = (one for one in self.headers if one.id == manager_id)
        return Book.of(header, (dossier for dossier in self.dossiers if _held(dossier, manager_id)))


def _held(dossier: Dossier, manager_id: str) -> bool:
    assert isinstance(dossier.assignments, tuple)  # noqa: S101  # the sample knows all of them
    return any(
        one.person_id == manager_id and (one.end is None or one.end >= PERIOD.start)
        for one in dossier.assignments
    )


def sample(seed: int = 1) -> Sample:
    """The sample of one seed; the same at every call, on every machine."""
    people = {person.id: person for person in PEOPLE}
    headers = tuple(
        BookHeader(
            manager=people[key],
            period=PERIOD,
            currency=CURRENCY,
            offering=OFFERING,
            people=PEOPLE,
            policy=POLICY,
            **targets(key, people[key].name),
        )
        for key in MANAGERS
    )
    return Sample(headers=headers, dossiers=tuple(_dossier(spec, seed) for spec in ACCOUNTS))


def _dossier(spec: Spec, seed: int) -> Dossier:
    """One customer, out of a stream of chance of its own: a change in one moves no other."""
    random = Random(f"{seed}/{spec.id}")  # noqa: S311  # a sample, no secret
    people = buyers(spec, random)
    lines = sales.sale_lines(spec, random)
    problems = service.cases(spec, random)
    return Dossier(
        account=account(spec),
        locations=locations(spec),
        buyers=people,
        assignments=sales.assignments(spec),
        team=selling.team(spec),
        sale_lines=lines,
        opportunities=selling.opportunities(spec),
        contracts=selling.contracts(spec),
        competitor_holdings=selling.competitor_holdings(spec),
        spend_estimates=selling.spend_estimates(spec),
        plans=plans.plans(spec),
        cases=problems,
        deliveries=service.deliveries(spec, lines, random),
        readings=service.readings(spec, people, random),
        service_actions=service.service_actions(spec, problems),
        meetings=service.meetings(spec, people, random),
        handovers=plans.handovers(spec),
        support_requests=selling.support_requests(spec),
    )
