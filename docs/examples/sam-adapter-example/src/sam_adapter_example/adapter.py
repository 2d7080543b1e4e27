"""Maps Orchard's records to a book, and says what Orchard does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar

from attrs import field, frozen

from sam_adapter_example.client import OrchardClient
from sam_adapters import BookReading, BookRequest, Capabilities, ProblemLog, SourceError
from sam_adapters.convert import Collector, Fields, choice, day, decimal, ident, millis, text
from sam_core.book import (
    HEADER_PARTS,
    Account,
    Book,
    BookHeader,
    Buyer,
    BuyerRole,
    Case,
    Dossier,
    Offering,
    Person,
    PersonRole,
    Product,
    ProductKind,
    Provenance,
    SaleLine,
)
from sam_core.errors import suggestion
from sam_core.values import NOT_FETCHED, Unknown, Why

__all__ = ["OrchardAdapter"]

T = TypeVar("T")

PROVIDES: Final = frozenset({"buyers", "sale_lines", "cases", "offering", "people"})

NOT_IN_ORCHARD: Final = (
    "account.excluded_product_ids",
    "buyers.location_id",
    "buyers.influence",
    "buyers.reports_to_id",
    "cases.reopened_at",
    "cases.escalated_at",
    "cases.location_id",
    "offering.products.introduced_on",
    "offering.products.retired_on",
    "offering.products.segments",
    "offering.products.dated_costs",
    "people.supports_account_ids",
    "sale_lines.location_id",
    "sale_lines.credits",
)
"""Fields of concepts that Orchard does provide, for which it has no place."""

SEEN_BY_PERMISSION: Final = {
    "buyers.role": "contacts.part",
    "cases.priority": "tickets.priority",
    "cases.service_rep_id": "tickets.agent",
    "offering.products.standard_cost": "products.unit_cost",
    "sale_lines.buyer_id": "sales.contact",
    "sale_lines.cost": "sales.cost",
    "sale_lines.product_id": "sales.product",
    "sale_lines.quantity": "sales.units",
}
"""Fields that an administrator of Orchard may hide from a token."""


@frozen(slots=False)
class OrchardAdapter:
    """Reads books out of Orchard.

    Attributes:
        url: where Orchard is: ``"https://acme.orchard.example"``.
        token: its access token; never shown.
        timeout: seconds to wait for one answer.
    """

    url: str
    token: str = field(repr=False)
    timeout: float = 30.0

    @cached_property
    def client(self) -> OrchardClient:
        """The connection."""
        return OrchardClient(self.url, self.token, self.timeout)

    @cached_property
    def _info(self) -> Mapping[str, Any]:
        return self.client.info()

    @cached_property
    def capabilities(self) -> Capabilities:
        """What Orchard provides, as far as this token may see it."""
        gaps = {name: Unknown(Why.NOT_SUPPORTED, f"Orchard has no {name}") for name in NOT_IN_ORCHARD}
        for name, place in SEEN_BY_PERMISSION.items():
            if place not in self._info["fields"]:
                gaps[name] = Unknown(Why.NOT_PERMITTED, place)
        return Capabilities(
            provides=PROVIDES,
            gaps=gaps,
            assumptions=("An account has been its present owner's all along: Orchard keeps no history.",),
        )

    def managers(self) -> list[Person]:
        """Whoever owns a company, in order of id."""
        owners = {row["owner"] for row in self.client.rows("companies")}
        return sorted((one for one in self._people(Collector()) if one.id in owners), key=lambda one: one.id)

    def read(self, request: BookRequest) -> BookReading:
        """The book of one owner.

        Raises:
            SourceError: nobody of that id owns a company, or Orchard does not answer.
        """
        known = {person.id: person for person in self.managers()}
        if request.manager_id not in known:
            raise SourceError(
                f"Orchard: {request.manager_id!r} owns no company{suggestion(request.manager_id, known)}"
            )
        problems = ProblemLog()
        collector = Collector(problems, strict=request.strict)
        header = BookHeader(
            manager=known[request.manager_id],
            period=request.period,
            policy=request.policy,
            currency=self._info["currency"],
            people=self._people(collector),
            offering=Offering(products=self._all("products", _product, collector)),
            provenance=Provenance(source=f"orchard: {self.url}", assumptions=self.capabilities.assumptions),
            **self._absent(HEADER_PARTS),
        )

        def dossiers(wanted: frozenset[str]) -> Iterator[Dossier]:
            for row in self.client.rows("companies", owner=request.manager_id):
                dossier = self._fields("companies", row, collector).make(
                    lambda company: self._dossier(company, wanted, collector)
                )
                if dossier is not None:
                    yield dossier

        return BookReading(book=Book(header, dossiers), problems=problems)

    def _dossier(self, company: Fields, wanted: frozenset[str], collector: Collector) -> Dossier:
        account = Account(
            id=company.required("id", ident),
            name=company.required("name", text),
            segment=company.optional("industry", text),
            tier=company.optional("rank", text),
        )
        mapped: dict[str, tuple[str, Callable[[Fields], Any]]] = {
            "buyers": ("contacts", _buyer),
            "sale_lines": ("sales", _sale_line),
            "cases": ("tickets", _case),
        }
        collections: dict[str, Any] = {
            name: self._all(path, build, collector, company=account.id) if name in wanted else NOT_FETCHED
            for name, (path, build) in mapped.items()
        }
        return Dossier(account=account, **collections, **self._absent(wanted))

    def _absent(self, concepts: Iterable[str]) -> dict[str, Any]:
        """What Orchard does not provide, each with the reason the capabilities give."""
        return {**self.capabilities.absent(concepts)}

    def _people(self, collector: Collector) -> tuple[Person, ...]:
        return self._all("users", _person, collector)

    def _all(
        self, path: str, build: Callable[[Fields], T], collector: Collector, **filters: str
    ) -> tuple[T, ...]:
        rows = self.client.rows(path, **filters)
        made = (self._fields(path, row, collector).make(build) for row in rows)
        return tuple(record for record in made if record is not None)

    def _fields(self, path: str, row: Mapping[str, Any], collector: Collector) -> Fields:
        return Fields(
            raw=row,
            where=path,
            record=str(row.get("id", "without an id")),
            collector=collector,
            missing=lambda name: Unknown(Why.NOT_PERMITTED, f"{path}.{name}"),
        )


def _not_in_orchard(name: str) -> Unknown:
    return Unknown(Why.NOT_SUPPORTED, f"Orchard has no {name}")


def _person(user: Fields) -> Person:
    return Person(
        id=user.required("id", ident),
        name=user.required("name", text),
        role=user.maybe("job", choice(PersonRole)),
        manager_id=user.maybe_none("boss", ident),
        supports_account_ids=_not_in_orchard("people.supports_account_ids"),
    )


def _product(product: Fields) -> Product:
    return Product(
        id=product.required("id", ident),
        name=product.required("name", text),
        family=product.maybe("group", text),
        kind=product.maybe("kind", choice(ProductKind)),
        standard_cost=product.maybe("unit_cost", decimal),
    )


def _buyer(contact: Fields) -> Buyer:
    return Buyer(
        id=contact.required("id", ident),
        name=contact.required("name", text),
        title=contact.optional("job", text),
        role=contact.maybe("part", choice(BuyerRole)),
        left_on=contact.optional("left", day),
        location_id=_not_in_orchard("buyers.location_id"),
        influence=_not_in_orchard("buyers.influence"),
    )


def _sale_line(sale: Fields) -> SaleLine:
    return SaleLine(
        id=sale.required("id", ident),
        on=sale.required("date", day),
        revenue=sale.required("net", decimal),
        product_id=sale.maybe("product", ident),
        buyer_id=sale.maybe("contact", ident),
        quantity=sale.maybe("units", decimal),
        cost=sale.maybe("cost", decimal),
        order_id=sale.optional("order", ident),
        location_id=_not_in_orchard("sale_lines.location_id"),
    )


def _case(ticket: Fields) -> Case:
    return Case(
        id=ticket.required("id", ident),
        opened_at=ticket.required("opened", millis),
        closed_at=ticket.optional("closed", millis),
        priority=ticket.maybe("priority", text),
        subject=ticket.optional("title", text),
        buyer_id=ticket.optional("contact", ident),
        service_rep_id=ticket.maybe_none("agent", ident),
        reopened_at=_not_in_orchard("cases.reopened_at"),
        escalated_at=_not_in_orchard("cases.escalated_at"),
    )
