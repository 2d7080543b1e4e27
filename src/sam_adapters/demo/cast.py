"""Who and what there is in the sample: our people, what we sell, the customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from attrs import frozen

from sam_core.book import (
    Account,
    Buyer,
    BuyerRole,
    DatedCost,
    Influence,
    Location,
    Offering,
    Person,
    PersonRole,
    Product,
    ProductKind,
)
from sam_core.values import Maybe, Unknown, Why

__all__ = [
    "ACCOUNTS",
    "AS_OF",
    "MANAGERS",
    "OFFERING",
    "PEOPLE",
    "PRICES",
    "Spec",
    "account",
    "buyers",
    "day",
    "locations",
]

AS_OF: Final = date(2026, 9, 30)
"""The day the sample is of; every date in it is fixed relative to this one."""

MANAGERS: Final = ("E-11", "E-12", "E-13", "E-14")
"""The four account managers."""


def day(text: str) -> date:
    """``"2026-03-01"``."""
    return date.fromisoformat(text)


_ROLE = PersonRole
_NOBODY_SAYS: Final = Unknown(Why.BLANK, "people.manager_id")
_PEOPLE: Final[tuple[tuple[str, str, PersonRole, Maybe[str | None], tuple[str, ...]], ...]] = (
    ("E-01", "Carla Weiss", _ROLE.MANAGEMENT, None, ()),
    ("E-02", "Helga Strand", _ROLE.FIELD_SALES_MANAGER, "E-01", ()),
    ("E-11", "Ines Albrecht", _ROLE.SENIOR_ACCOUNT_MANAGER, "E-02", ()),
    ("E-12", "Tomasz Wrona", _ROLE.SENIOR_ACCOUNT_MANAGER, "E-02", ()),
    ("E-13", "Aisha Karim", _ROLE.SENIOR_ACCOUNT_MANAGER, "E-31", ()),
    ("E-14", "Luca Ferri", _ROLE.SENIOR_ACCOUNT_MANAGER, _NOBODY_SAYS, ()),
    ("E-21", "Bo Lindqvist", _ROLE.BUSINESS_DEVELOPMENT, "E-01", ()),
    ("E-31", "Sanna Oja", _ROLE.SALES_SPECIALIST, "E-01", ()),
    ("E-41", "Ivo Marek", _ROLE.IMPLEMENTATION, "E-01", ()),
    ("E-51", "Petra Hahn", _ROLE.SERVICE, "E-01", ()),
    ("E-61", "Nils Bruun", _ROLE.CUSTOMER_SERVICE, "E-51", ()),
    ("E-62", "Yara Costa", _ROLE.CUSTOMER_SERVICE, "E-51", ()),
    ("E-71", "Mia Thoma", _ROLE.ACCOUNT_SUPPORT, "E-11", ("A-01", "A-02")),
    ("E-72", "Jan Kowal", _ROLE.ACCOUNT_SUPPORT, "E-12", ("A-10", "A-18")),
)
PEOPLE: Final = tuple(
    Person(id=key, name=name, role=role, manager_id=boss, supports_account_ids=accounts)
    for key, name, role, boss, accounts in _PEOPLE
)

_PRODUCT, _SERVICE = ProductKind.PRODUCT, ProductKind.SERVICE
_PRODUCTS: Final[tuple[tuple[str, str, str, ProductKind, str, str | None], ...]] = (
    # id, name, family, kind, list price, standard cost
    ("P-PS", "Pump, small", "Pumps", _PRODUCT, "1450", "905"),
    ("P-PL", "Pump, large", "Pumps", _PRODUCT, "3900", "2510"),
    ("P-PD", "Dosing pump", "Pumps", _PRODUCT, "2150", "1240"),
    ("P-PO", "Pump, old series", "Pumps", _PRODUCT, "1200", "860"),
    ("P-VB", "Ball valve", "Valves", _PRODUCT, "260", "148"),
    ("P-VC", "Control valve", "Valves", _PRODUCT, "840", "470"),
    ("P-C1", "Controller C1", "Controls", _PRODUCT, "1900", "1010"),
    ("P-C2", "Controller C2", "Controls", _PRODUCT, "2900", "1420"),
    ("P-SK", "Seal kit", "Spare parts", _PRODUCT, "95", "38"),
    ("P-SR", "Rotor set", "Spare parts", _PRODUCT, "410", "190"),
    ("S-MC", "Maintenance contract", "Services", _SERVICE, "1250", "640"),
    ("S-CO", "Commissioning", "Services", _SERVICE, "1600", "1050"),
    ("S-RM", "Remote monitoring", "Services", _SERVICE, "480", "120"),
    ("S-EA", "Energy audit", "Consulting", _SERVICE, "2800", None),
)
PRICES: Final = {key: Decimal(price) for key, _, _, _, price, _ in _PRODUCTS}
"""List prices by product."""

_DATED_COSTS: Final = {
    "P-PS": (("2023-01-01", "880"), ("2025-01-01", "905"), ("2026-07-01", "940")),
    "P-PL": (("2023-01-01", "2440"), ("2026-01-01", "2590")),
}
_LIFE: Final = {
    "P-PO": (None, day("2025-07-01")),
    "P-C2": (day("2025-03-01"), None),
    "S-RM": (day("2024-06-01"), None),
}
_ONLY_FOR: Final = {"P-PD": ("Chemicals", "Water")}
OFFERING: Final = Offering(
    products=tuple(
        Product(
            id=key,
            name=name,
            family=family,
            kind=kind,
            introduced_on=_LIFE.get(key, (None, None))[0],
            retired_on=_LIFE.get(key, (None, None))[1],
            segments=_ONLY_FOR.get(key),
            standard_cost=Unknown(Why.BLANK, "products.standard_cost") if cost is None else Decimal(cost),
            dated_costs=tuple(
                DatedCost(start=day(start), unit_cost=Decimal(unit))
                for start, unit in _DATED_COSTS.get(key, ())
            ),
        )
        for key, name, family, kind, _, cost in _PRODUCTS
    )
)


@frozen
class Spec:
    """One customer in a line.

    Attributes:
        towns: one location in each.
        staff: how many buyers sit at each location.
    """

    id: str
    name: str
    segment: str
    tier: str
    manager_id: str
    towns: tuple[str, ...]
    staff: tuple[int, ...]


def _spec(number: int, name: str, segment: str, tier: str, manager: int, towns: str, staff: str) -> Spec:
    return Spec(
        f"A-{number:02d}",
        name,
        segment,
        tier,
        f"E-{manager}",
        tuple(towns.split()),
        tuple(int(count) for count in staff.split()),
    )


ACCOUNTS: Final = (
    _spec(1, "Hanseatic Foods", "Food", "A", 11, "Hamburg Bremen Rostock", "3 2 1"),
    _spec(2, "Elbe Dairies", "Food", "A", 11, "Dresden Magdeburg", "3 2"),
    _spec(3, "Nordmark Brewery", "Food", "B", 11, "Flensburg", "2"),
    _spec(4, "Weser Chemicals", "Chemicals", "A", 11, "Minden Nienburg", "3 2"),
    _spec(5, "Baltic Paper", "Paper", "B", 11, "Stralsund", "2"),
    _spec(6, "Kiel Water Board", "Water", "B", 11, "Kiel Plön", "2 1"),
    _spec(7, "Lübeck Sugar", "Food", "C", 11, "Lübeck", "1"),
    _spec(8, "Jade Terminal", "Chemicals", "B", 11, "Wilhelmshaven", "2"),
    _spec(9, "Föhr Sea Foods", "Food", "C", 11, "Wyk", "2"),
    _spec(10, "Oder Paper Mills", "Paper", "A", 12, "Schwedt Frankfurt Guben", "2 2 1"),
    _spec(11, "Spree Pharma", "Chemicals", "A", 12, "Berlin Cottbus", "3 2"),
    _spec(12, "Lausitz Water", "Water", "B", 12, "Bautzen Görlitz", "2 1"),
    _spec(13, "Havel Bakeries", "Food", "B", 12, "Potsdam", "2"),
    _spec(14, "Mecklenburg Starch", "Food", "B", 12, "Schwerin", "2"),
    _spec(15, "Usedom Resorts", "Water", "C", 12, "Heringsdorf Zinnowitz", "1 1"),
    _spec(16, "Neisse Glass", "Chemicals", "C", 12, "Zittau", "2"),
    _spec(17, "Uckermark Biogas", "Water", "C", 12, "Prenzlau", "2"),
    _spec(18, "Main Breweries", "Food", "A", 13, "Frankfurt Hanau Würzburg", "3 2 1"),
    _spec(19, "Taunus Springs", "Water", "A", 13, "Wiesbaden Limburg", "2 2"),
    _spec(20, "Rhön Dairy", "Food", "B", 13, "Fulda", "2"),
    _spec(21, "Kinzig Chemicals", "Chemicals", "B", 13, "Gelnhausen", "2"),
    _spec(22, "Spessart Paper", "Paper", "B", 13, "Aschaffenburg Lohr", "2 1"),
    _spec(23, "Odenwald Juice", "Food", "C", 13, "Erbach", "2"),
    _spec(24, "Isar Cosmetics", "Chemicals", "B", 14, "München", "2"),
    _spec(25, "Lech Textiles", "Paper", "C", 14, "Augsburg", "2"),
)
"""The customers, in order of id."""


def account(spec: Spec) -> Account:
    """The account; one of them may not buy old pumps."""
    excluded = ("P-PL",) if spec.id == "A-07" else ()
    return Account(
        id=spec.id, name=spec.name, segment=spec.segment, tier=spec.tier, excluded_product_ids=excluded
    )


def locations(spec: Spec) -> tuple[Location, ...]:
    """One in every town."""
    return tuple(
        Location(
            id=f"{spec.id}-L{n}", name=f"{town} plant" if n > 1 else f"{town} works", city=town, country="DE"
        )
        for n, town in enumerate(spec.towns, start=1)
    )


_GIVEN: Final = (
    "Anna Bernd Clara Dirk Elif Felix Greta Hauke Irena Jonas Katja Lars Merle Nina Olaf Paula Ralf Selma Tarek "
    "Ulla Viktor Wiebke Xenia Yusuf Zoe"
).split()
_FAMILY: Final = (
    "Adler Brandt Clasen Dorn Ebert Fink Gerlach Hansen Iversen Jansen Kramer Lorenz Mertens Nowak Otte Petersen "
    "Quast Reimers Sievers Timm Ulrich Vogt Wulf Zander"
).split()
_POSTS: Final = (
    ("Head of Production", BuyerRole.DECISION_MAKER, Influence.HIGH),
    ("Maintenance Lead", BuyerRole.CHAMPION, Influence.MEDIUM),
    ("Purchaser", BuyerRole.USER, Influence.MEDIUM),
    ("Quality Manager", BuyerRole.BLOCKER, Influence.LOW),
)
_NOBODY_KNOWS: Final = frozenset({"A-05", "A-15"})


def buyers(spec: Spec, random: Random) -> tuple[Buyer, ...]:
    """The people at each location: a head of production first, who reports to the one of the first location."""
    found: list[Buyer] = []
    for place, staff in enumerate(spec.staff, start=1):
        for post in range(staff):
            number = len(found) + 1
            title, role, influence = _POSTS[post]
            silent = spec.id in _NOBODY_KNOWS and post > 0
            found.append(
                Buyer(
                    id=f"{spec.id}-B{number}",
                    name=f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}",
                    location_id=f"{spec.id}-L{place}",
                    title=title,
                    role=Unknown(Why.BLANK, "buyers.role") if silent else role,
                    influence=Unknown(Why.BLANK, "buyers.influence") if silent else influence,
                    reports_to_id=f"{spec.id}-B1" if number > 1 else None,
                    left_on=day("2026-05-31") if (spec.id, number) == ("A-04", 3) else None,
                )
            )
    return tuple(found)
