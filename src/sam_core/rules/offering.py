"""RESP-3 and OV-3: the complete offering is sold, products and services alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final

from sam_core.book import Account, Offering, Product, ProductKind, SaleLine, within
from sam_core.findings import Judgement, Missing, at_risk, met, not_assessable, not_met
from sam_core.penetration.modes import LineMode, Mode
from sam_core.rulebook import rule
from sam_core.standards import Standards
from sam_core.totals import Totals
from sam_core.values import Outcome, Period, Unknown, Why

__all__ = ["RULES"]


def _eligible(offering: Offering, account: Account, as_of: date) -> tuple[Product, ...]:
    return tuple(product for product in offering.on_sale(as_of) if product.eligible_for(account))


_day: Final = attrgetter("line.on")


def _active_lines(modes: tuple[LineMode, ...], as_of: date, standards: Standards) -> list[SaleLine]:
    window = Period.trailing(as_of, standards.penetration.active_months)
    return [entry.line for entry in within(modes, window, _day) if entry.modes[0] is not Mode.RETURN]


def _sold_to(account: Account, offering: Offering, as_of: date, sale_lines: tuple[SaleLine, ...]) -> bool:
    return bool(sale_lines) and bool(_eligible(offering, account, as_of))


@rule(
    "RESP-3.breadth",
    title="Families bought",
    applies=_sold_to,
    tuned_by=("offering.families_met", "offering.families_at_risk", "penetration.active_months"),
)
def breadth(
    account: Account, offering: Offering, line_modes: tuple[LineMode, ...], as_of: date, standards: Standards
) -> Judgement:
    """An account buys from enough of the product families that are open to it.

    Fails when the share of families with an active purchase stays below both standards; at risk between
    the two.
    """
    products = _eligible(offering, account, as_of)
    nameless = [p.family for p in products if isinstance(p.family, Unknown)]
    if nameless:
        return not_assessable(
            "Some products have no known family.", Missing("offering.products.family", nameless[0])
        )
    families = {product.family for product in products}
    active = _active_lines(line_modes, as_of, standards)
    products_bought = {line.product_id for line in active}
    bought = set(map(offering.family_of, products_bought)) & families
    unknown = [one for one in active if type(one.product_id) is Unknown]
    share = Decimal(len(bought)) / len(families)
    asked = standards.offering.families_met
    missing = sorted(str(family) for family in families - bought)
    sentence = f"Buys from {len(bought)} of {len(families)} families open to it" + (
        f"; not from {', '.join(missing[:5])}{' and others' if missing[5:] else ''}." if missing else "."
    )
    if share >= asked:
        return met(sentence, measured=share, expected=asked)
    if unknown:
        reason = Unknown(Why.BLANK, f"product_id of {unknown[0].id}")
        return not_assessable(
            "Some purchases do not say which product.", Missing("sale_lines.product_id", reason),
            measured=share, expected=asked,
        )  # fmt: skip
    verdict = at_risk if share >= standards.offering.families_at_risk else not_met
    return verdict(sentence, measured=share, expected=asked)


def _services(offering: Offering, account: Account, as_of: date) -> tuple[Product, ...]:
    return tuple(p for p in _eligible(offering, account, as_of) if p.kind is not ProductKind.PRODUCT)


def _services_open_to(
    account: Account, offering: Offering, as_of: date, sale_lines: tuple[SaleLine, ...]
) -> bool:
    return bool(sale_lines) and bool(_services(offering, account, as_of))


@rule(
    "OV-3.services",
    title="Services bought",
    applies=_services_open_to,
    tuned_by=("penetration.active_months",),
)
def services(
    account: Account, offering: Offering, line_modes: tuple[LineMode, ...], as_of: date, standards: Standards
) -> Judgement:
    """An account to which services are open buys at least one of them.

    Fails when services are open to the account and none of its active purchases is one.
    """
    kinds = {product.id: product.kind for product in _services(offering, account, as_of)}
    active = _active_lines(line_modes, as_of, standards)
    known = {product_id for product_id, kind in kinds.items() if kind is ProductKind.SERVICE}
    bought = [line.id for line in active if line.product_id in known]
    if bought:
        return met(
            f"{len(bought)} active purchases are services.",
            measured=len(bought),
            expected=1,
            evidence=tuple(bought[-1:]),
        )
    outcomes = []
    for product_id in {line.product_id for line in active}:
        kind = product_id if isinstance(product_id, Unknown) else kinds.get(product_id)
        outcomes.append(Outcome.NOT_ASSESSABLE if isinstance(kind, Unknown) else Outcome.NOT_MET)
    unsure = [kind for kind in kinds.values() if isinstance(kind, Unknown)]
    if Outcome.any_of(outcomes) is Outcome.NOT_ASSESSABLE or len(unsure) == len(kinds):
        reason = Unknown(Why.BLANK, "kind of some product, or product_id of some purchase")
        return not_assessable(
            "Nobody can tell which purchases are services.", Missing("offering.products.kind", reason)
        )
    return not_met("Services are open to this account, and it buys none.", measured=0, expected=1)


def _has_something_to_sell(offering: Offering, as_of: date) -> bool:
    return bool(offering.on_sale(as_of))


@rule("RESP-3.offered", title="Every family offered", applies=_has_something_to_sell)
def offered(offering: Offering, totals: Totals, as_of: date) -> Judgement:
    """Every product family has been sold or offered to at least one account of the book.

    Fails when there are families that no sale and no opportunity of any account ever named.
    """
    families = offering.families(as_of)
    never = sorted(families - totals.offered.keys())
    nameless = [p.family for p in offering.products if isinstance(p.family, Unknown)]
    if nameless:
        return not_assessable(
            f"{len(nameless)} products have no known family.",
            Missing("offering.products.family", nameless[0]),
        )
    if not never:
        return met(
            f"All {len(families)} families have been sold or offered.",
            measured=len(families),
            expected=len(families),
        )
    if totals.offers_unknown:
        name = "opportunities" if "opportunities" in totals.absent else "opportunities.lines"
        reason = totals.lacking("opportunities", f"what was offered to {totals.offers_unknown} accounts")
        return not_assessable(
            f"{len(never)} families are in no known sale or offer, and not all offers are known.",
            Missing(name, reason), measured=len(families) - len(never), expected=len(families),
        )  # fmt: skip
    return not_met(
        f"Never offered: {', '.join(never)}.", measured=len(families) - len(never), expected=len(families)
    )


RULES: Final = (breadth, services, offered)
