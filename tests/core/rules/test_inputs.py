"""What a rule may ask for, by name: the parts of the header and what is worked out once."""

from __future__ import annotations

from typing import Any

import pytest

from sam_core import score
from sam_core.book import HEADER_PARTS
from sam_core.rulebook import ACCOUNT_INPUTS, BOOK_INPUTS, DERIVED_INPUTS
from sam_core.totals import Totals
from sam_core.view import AccountView, BookView
from tests.core.builders import AS_OF, book, dossier, header, line, offer, opportunity, product
from tests.core.rules.judging import HIDDEN


def about(**collections: Any) -> AccountView:
    return AccountView(header=header(), as_of=AS_OF, dossier=dossier(**collections))


@pytest.mark.parametrize("part", HEADER_PARTS)
def test_a_rule_about_the_manager_may_ask_for_every_part_of_the_header(part):
    view = BookView(header=header(**{part: HIDDEN}), as_of=AS_OF, totals=Totals())
    assert part in BOOK_INPUTS
    assert getattr(view, part) is HIDDEN


def test_what_is_worked_out_is_unknown_where_what_it_comes_from_is():
    for name in DERIVED_INPUTS:
        assert name in ACCOUNT_INPUTS
        assert getattr(about(), name).why.value == "not-fetched", name
    assert about(sale_lines=(), opportunities=HIDDEN).offered_lines is HIDDEN


def test_the_signals_of_an_account_are_those_that_are_sure():
    assert about().signals == ()
    (silent,) = about(readings=(), buyers=(), locations=()).signals
    assert silent.kind.value == "no recent reading of satisfaction"


def test_an_offer_counts_for_the_offering_even_where_sales_are_unknown():
    from sam_core.book import Offering

    asked = opportunity("O", offer("o", "P1"))
    card = score(
        book(dossier(opportunities=(asked,)), offering=Offering(products=(product("P1", "F1"),))), as_of=AS_OF
    )
    assert card.totals.offered == {"F1": 1}
    sold = dossier(sale_lines=(line("1", "2026-01-01"),), opportunities=())
    assert score(book(sold), as_of=AS_OF).totals.offers_unknown == 0
