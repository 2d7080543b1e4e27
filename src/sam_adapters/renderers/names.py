"""Names for the ids in a report: moves and findings carry ids, people read names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, field

from sam_core.book import Book, BookHeader, Dossier
from sam_core.penetration import Move
from sam_core.values import Unknown

__all__ = ["Names"]


@define
class Names:
    """Names by id. Filled while a book is read; what it does not know it calls by its id.

    Attributes:
        locations, buyers: by the account's id and their own, which need to be unique within it only.
    """

    accounts: dict[str, str] = field(factory=dict)
    locations: dict[tuple[str, str], str] = field(factory=dict)
    buyers: dict[tuple[str, str], str] = field(factory=dict)
    products: dict[str, str] = field(factory=dict)
    people: dict[str, str] = field(factory=dict)

    def watching(self, book: Book) -> Book:
        """The same book; the names of all that is read from it are kept here."""
        self.add_header(book.header)

        def source(collections: frozenset[str]) -> Iterator[Dossier]:
            for dossier in book.source(collections):
                self.add(dossier)
                yield dossier

        return Book(book.header, source)

    def add_header(self, header: BookHeader) -> None:
        """Names of people and of what the firm sells."""
        self.people[header.manager.id] = header.manager.name
        if not isinstance(header.people, Unknown):
            self.people.update((person.id, person.name) for person in header.people)
        if not isinstance(header.offering, Unknown):
            self.products.update((product.id, product.name) for product in header.offering.products)

    def add(self, dossier: Dossier) -> None:
        """Names of one customer, its places and its people."""
        self.accounts[dossier.id] = dossier.account.name
        if not isinstance(dossier.locations, Unknown):
            self.locations.update(((dossier.id, one.id), one.name) for one in dossier.locations)
        if not isinstance(dossier.buyers, Unknown):
            self.buyers.update(((dossier.id, one.id), one.name) for one in dossier.buyers)

    def account(self, account_id: str) -> str:
        """The customer's name."""
        return self.accounts.get(account_id, account_id)

    def location(self, account_id: str, location_id: str) -> str:
        """The place's name."""
        return self.locations.get((account_id, location_id), location_id)

    def buyer(self, account_id: str, buyer_id: str | None) -> str:
        """The buyer's name, or that there is one to find."""
        if buyer_id is None:
            return "a buyer to be found"
        return self.buyers.get((account_id, buyer_id), buyer_id)

    def product(self, product_id: str) -> str:
        """The product's name."""
        return self.products.get(product_id, product_id)

    def person(self, person_id: str) -> str:
        """The name of one of ours."""
        return self.people.get(person_id, person_id)

    def where(self, move: Move) -> str:
        """Buyer and place of a move in words."""
        return f"{self.buyer(move.account_id, move.buyer_id)}, {self.location(move.account_id, move.location_id)}"

    @classmethod
    def of(cls, dossiers: Iterable[Dossier]) -> Names:
        """The names in some dossiers."""
        names = cls()
        for dossier in dossiers:
            names.add(dossier)
        return names
