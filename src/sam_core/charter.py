"""The role of the Senior Account Manager as data: every clause, citable by id.

After the Senior Account Manager profile in the Sales Management Association's library of
sample job descriptions; the wording of every clause is this project's own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import field, frozen

from sam_core.errors import UnknownClauseError

__all__ = ["CHARTER", "Charter", "Clause", "ClauseKind"]


class ClauseKind(enum.Enum):
    """What a clause is about."""

    OVERVIEW = "overview"
    RESPONSIBILITY = "responsibility"
    ACCOUNTABILITY = "accountability"
    ORGANISATION = "organisation"
    QUALIFICATION = "qualification"
    CONDITION = "working condition"


@frozen(kw_only=True)
class Clause:
    """One clause of the role.

    Attributes:
        id: ``"RESP-2.1"``; code, findings, reports and documents cite it.
        parent_id: the clause it belongs under; ``None`` at the top.
        title: two or three words for a table.
        wording: the clause in full.
    """

    id: str
    kind: ClauseKind
    title: str
    wording: str
    parent_id: str | None = None

    def __str__(self) -> str:
        return f"{self.id} {self.title}"


@frozen(repr=False)
class Charter:
    """All clauses of a role, in their order. Look one up with ``charter["RESP-2.1"]``."""

    clauses: tuple[Clause, ...]
    _by_id: Mapping[str, Clause] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {clause.id: clause for clause in self.clauses})

    def __getitem__(self, clause_id: str) -> Clause:
        """The clause of that id.

        Raises:
            UnknownClauseError: there is none; the nearest id is suggested.
        """
        try:
            return self._by_id[clause_id]
        except KeyError:
            raise UnknownClauseError(clause_id, self._by_id) from None

    def __iter__(self) -> Iterator[Clause]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def __contains__(self, clause_id: object) -> bool:
        return clause_id in self._by_id

    def of_kind(self, kind: ClauseKind) -> tuple[Clause, ...]:
        """The clauses of one kind."""
        return tuple(clause for clause in self.clauses if clause.kind is kind)

    def children(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses right below one."""
        return tuple(clause for clause in self.clauses if clause.parent_id == self[clause_id].id)

    def lineage(self, clause_id: str) -> tuple[Clause, ...]:
        """The clause and those above it, itself first."""
        clause = self[clause_id]
        above = () if clause.parent_id is None else self.lineage(clause.parent_id)
        return (clause, *above)

    def __repr__(self) -> str:
        return f"<Charter of {len(self.clauses)} clauses>"


def _clauses(kind: ClauseKind, *entries: tuple[str, str, str]) -> tuple[Clause, ...]:
    return tuple(
        Clause(
            id=clause_id,
            kind=kind,
            title=title,
            wording=wording,
            parent_id=clause_id.rpartition(".")[0] or None,
        )
        for clause_id, title, wording in entries
    )


CHARTER: Final = Charter(
    _clauses(
        ClauseKind.OVERVIEW,
        (
            "OV-1",
            "Keep and grow",
            "Keeps and grows the firm's relationships with large customers while reaching an assigned goal "
            "for sales and for profit growth.",
        ),
        (
            "OV-2",
            "Named accounts",
            "Works a named set of assigned accounts: existing business is kept first, profitable growth is pursued second.",
        ),
        (
            "OV-3",
            "Complete offering",
            "Sells and supports the complete offering, products and services alike.",
        ),
        (
            "OV-4",
            "Focus",
            "Puts attention where the high-value, strategic growth is: accounts are ranked, effort follows the ranking.",
        ),
        ("OV-5", "Face to face", "The face-to-face meeting is the contact that matters most."),
    )
    + _clauses(
        ClauseKind.RESPONSIBILITY,
        (
            "RESP-1",
            "Retain and grow",
            "Retains and profitably grows volume, sales and profit of the assigned large customers, proactively.",
        ),
        (
            "RESP-2",
            "Penetrate accounts",
            "Penetrates assigned accounts, in three ways: any of them, also together.",
        ),
        ("RESP-2.1", "New products", "New or additional products or services to a current buyer."),
        ("RESP-2.2", "New buyers", "An additional buyer inside a location that already buys."),
        ("RESP-2.3", "New locations", "An additional location of the customer."),
        ("RESP-3", "Sell the offering", "Sells the complete offering."),
        (
            "RESP-4",
            "Lead the sale",
            "Leads the whole sales process and calls in others for solution and proposal work, as needed or as "
            "management directs.",
        ),
        (
            "RESP-5",
            "Plan jointly",
            "Develops account plans with every assigned customer, leading a joint planning process: customer needs "
            "identified, initiatives and company investments prioritised, a clear action plan.",
        ),
        (
            "RESP-6",
            "Ahead of trouble",
            "Manages satisfaction and service delivery ahead of trouble: anticipates likely service problems and "
            "monitors satisfaction.",
        ),
        (
            "RESP-7",
            "Hand-over",
            "Manages the customer's transition from Business Development during implementation.",
        ),
    )
    + _clauses(
        ClauseKind.ACCOUNTABILITY,
        ("ACC-1", "Sales quota", "Assigned sales quota is achieved."),
        ("ACC-2", "Profitability", "Assigned profitability expectation is met."),
        (
            "ACC-3",
            "Account plans",
            "Account plans that meet company standards exist in all assigned accounts.",
        ),
        ("ACC-4", "Satisfaction", "Satisfaction ratings stay high, at company standard."),
        (
            "ACC-5",
            "Training",
            "Required training and development objectives are completed in the assigned time.",
        ),
    )
    + _clauses(
        ClauseKind.ORGANISATION,
        ("ORG-1", "Reporting line", "Reports to the Field Sales Manager."),
        (
            "ORG-2",
            "Enlist resources",
            "Enlists sales specialists, implementation, service, and other sales and management resources as needed.",
        ),
        (
            "ORG-3",
            "Customer service",
            "Works closely with Customer Service Representatives on satisfaction and on solving problems.",
        ),
        ("ORG-4", "Direct reports", "May have direct reports who support named customers."),
    )
    + _clauses(
        ClauseKind.QUALIFICATION,
        ("QUAL-1", "Degree", "A four-year degree of an accredited institution."),
        (
            "QUAL-2",
            "Experience",
            "Either at least six years of business-to-business selling to large or strategic customers, or a record "
            "of achievement as an Account Manager.",
        ),
        ("QUAL-3", "Computer", "Able with a personal computer."),
    )
    + _clauses(
        ClauseKind.CONDITION,
        ("ENV-1", "Telephone work", "Spells of telephone-heavy work, sitting for long."),
        ("ENV-2", "Travel", "Travel to customers' premises."),
        ("ENV-3", "Background check", "A background check must be passed, by everybody hired."),
    )
)
"""The role, whole."""
