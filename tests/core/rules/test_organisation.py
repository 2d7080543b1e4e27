"""ORG-1, ORG-3 and ORG-4: whom the manager reports to, works with, and is supported by."""

from __future__ import annotations

from typing import Any

import pytest

from sam_core.book import Case, Person, PersonRole, ServiceAction
from sam_core.values import NOT_FETCHED
from tests.core.builders import dossier

from .judging import HIDDEN, MET, NOT_MET, OPEN, at, ex, judged, policy

FIELD, SERVICE, SPECIALIST = (
    PersonRole.FIELD_SALES_MANAGER,
    PersonRole.CUSTOMER_SERVICE,
    PersonRole.SALES_SPECIALIST,
)


def person(key: str, above: Any = None, role: Any = NOT_FETCHED, supports: Any = NOT_FETCHED) -> Person:
    return Person(id=key, name=f"Name {key}", manager_id=above, role=role, supports_account_ids=supports)


def case(key: str = "c", opened: str = "2026-06-01", closed: str | None = None, rep: Any = None) -> Case:
    return Case(id=key, opened_at=at(opened), closed_at=at(closed) if closed else None, service_rep_id=rep)


def did(about: str, by: str | None = None, with_: str | None = None) -> ServiceAction:
    return ServiceAction(
        id=f"{about}-{by}-{with_}", on=at("2026-06-02").date(), about_id=about, by_id=by, with_id=with_
    )


def me(above: Any) -> Person:
    return person("M1", above)


BOOK = {"dossiers": (dossier("A1"), dossier("A2"))}
CSR = person("S", role=SERVICE)

EXAMPLES = (
    ex("ORG-1.reports", "to a Field Sales Manager", MET, manager=me("F"), people=(person("F", role=FIELD),),
       measured="field sales manager", evidence=("F",)),
    ex("ORG-1.reports", "to somebody else", NOT_MET, manager=me("F"), people=(person("F", role=SPECIALIST),), measured="sales specialist"),
    ex("ORG-1.reports", "to nobody", NOT_MET, manager=me(None)),
    ex("ORG-1.reports", "to themselves", NOT_MET, manager=me("M1"), evidence=("M1",)),
    ex("ORG-1.reports", "to whom is unknown", OPEN, manager=me(HIDDEN), people=(), missing=("people.manager_id",)),
    ex("ORG-1.reports", "colleagues unknown", OPEN, manager=me("F"), missing=("people",)),
    ex("ORG-1.reports", "to somebody not listed", OPEN, manager=me("F"), people=(), missing=("people.role",)),
    ex("ORG-1.reports", "role unknown", OPEN, manager=me("F"), people=(person("F"),), missing=("people.role",)),
    ex("ORG-1.line", "two above", MET, manager=me("F"), people=(person("F", "D"), person("D")), measured=3, evidence=("M1", "F", "D")),
    ex("ORG-1.line", "one above, beyond the listed", MET, manager=me("F"), people=(), measured=2),
    ex("ORG-1.line", "in a circle through the manager", NOT_MET, manager=me("F"), people=(person("F", "D"), person("D", "M1"))),
    ex("ORG-1.line", "in a circle above", NOT_MET, manager=me("F"), people=(person("F", "D"), person("D", "F")), evidence=("M1", "F", "D")),
    ex("ORG-1.line", "to themselves, whoever the colleagues are", NOT_MET, manager=me("M1")),
    ex("ORG-1.line", "colleagues unknown", OPEN, manager=me("F"), missing=("people",)),
    ex("ORG-1.line", "broken off by an unknown", OPEN, manager=me("F"), people=(person("F", HIDDEN),), missing=("people.manager_id",)),
    ex("ORG-1.line", "unknown from the start", OPEN, manager=me(HIDDEN), people=()),
    ex("ORG-1.line", "reports to nobody", None, manager=me(None)),
    # 2026-06-25 is 5 days before 2026-06-30
    ex("ORG-3.contact", "open for five days", MET, cases=(case(opened="2026-06-25"),), measured=1),
    ex("ORG-3.contact", "open for six", NOT_MET, cases=(case(opened="2026-06-24"),), service_actions=(), people=(), evidence=("c",)),
    ex("ORG-3.contact", "a representative on it", MET, cases=(case(rep="S"),)),
    ex("ORG-3.contact", "done with one", MET, cases=(case(),), service_actions=(did("c", "M1", "S"),), people=(CSR,)),
    ex("ORG-3.contact", "done by one, whoever is on it", MET, cases=(case(rep=HIDDEN),), service_actions=(did("c", "S"),), people=(CSR,)),
    ex("ORG-3.contact", "done by another", NOT_MET, cases=(case(),), service_actions=(did("c", "X"),), people=(person("X", role=SPECIALIST),)),
    ex("ORG-3.contact", "done about another case", NOT_MET, cases=(case(),), service_actions=(did("d", "S"),), people=(CSR,)),
    ex("ORG-3.contact", "done by somebody of unknown role", OPEN, cases=(case(),), service_actions=(did("c", "X"),), people=(person("X"),)),
    ex("ORG-3.contact", "done by somebody not listed", OPEN, cases=(case(),), service_actions=(did("c", "X"),), people=()),
    ex("ORG-3.contact", "colleagues unknown", OPEN, cases=(case(),), service_actions=(did("c", "X"),), missing=("people",)),
    ex("ORG-3.contact", "actions unknown", OPEN, cases=(case(),), people=(), missing=("service_actions",)),
    ex("ORG-3.contact", "who is on it is unknown", OPEN, cases=(case(rep=HIDDEN),), service_actions=(), people=(), missing=("cases.service_rep_id",)),
    ex("ORG-3.contact", "one unknown, another surely not", NOT_MET, cases=(case(rep=HIDDEN), case("d")), service_actions=(), people=(), evidence=("d",)),
    ex("ORG-3.contact", "sooner by the firm's own standard", NOT_MET, cases=(case(opened="2026-06-25"),), service_actions=(), people=(),
       policy=policy(organisation__service_contact_days=4)),
    ex("ORG-3.contact", "no open case", None, cases=(case(closed="2026-06-02"),)),
    ex("ORG-4.dedicated", "to two of the book", MET, people=(person("R", "M1", supports=("A1", "A2")),), measured=1, **BOOK),
    ex("ORG-4.dedicated", "to one outside", NOT_MET, people=(person("R", "M1", supports=("A1", "B9")),), evidence=("R",), **BOOK),
    ex("ORG-4.dedicated", "to nobody", NOT_MET, people=(person("R", "M1", supports=()),), **BOOK),
    ex("ORG-4.dedicated", "to whom is unknown", OPEN, people=(person("R", "M1"),), missing=("people.supports_account_ids",), **BOOK),
    ex("ORG-4.dedicated", "perhaps no direct report", OPEN, people=(person("R", HIDDEN, supports=("A1",)),), missing=("people.manager_id",), **BOOK),
    ex("ORG-4.dedicated", "perhaps one, in the book in any case", MET, measured=1,
       people=(person("R", "M1", supports=("A1",)), person("Q", HIDDEN, supports=("A2",))), **BOOK),
    ex("ORG-4.dedicated", "perhaps one outside", OPEN, people=(person("R", "M1", supports=("A1",)), person("Q", HIDDEN, supports=("B9",))), **BOOK),
    ex("ORG-4.dedicated", "perhaps one, another surely outside", NOT_MET, evidence=("R",),
       people=(person("R", "M1", supports=("B9",)), person("Q", HIDDEN, supports=())), **BOOK),
    ex("ORG-4.dedicated", "another's report aside", MET, measured=1, people=(person("R", "M1", supports=("A1",)), person("Q", "X", supports=())), **BOOK),
    ex("ORG-4.dedicated", "no direct report", None, people=(person("R", "X"), person("M1", HIDDEN)), **BOOK),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example):
    example.holds()


def test_the_manager_listed_among_the_people_is_no_report_of_their_own():
    people = (person("M1", "M1", supports=()), person("R", "M1", supports=("A1",)))
    assert judged("ORG-4.dedicated", people=people, **BOOK).measured == 1


def test_a_circle_is_shown_step_by_step():
    found = judged("ORG-1.line", manager=me("F"), people=(person("F", "M1"),))
    assert found.sentence == "The reporting line runs in a circle: M1 → F → M1."
