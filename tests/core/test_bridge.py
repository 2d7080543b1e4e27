from __future__ import annotations

from decimal import Decimal

from sam_core.penetration.bridge import Bridge, bridge
from sam_core.penetration.modes import classify
from sam_core.values import Period

from .builders import line

NOW, BEFORE = Period.year(2026), Period.year(2025)


def of(*lines):
    return bridge(classify(lines, active_months=24)[0], NOW, BEFORE)


def parts(b: Bridge) -> Decimal:
    return (
        b.lost
        + b.contraction
        + b.expansion
        + b.new_products
        + b.new_buyers
        + b.new_locations
        + b.acquisition
        + b.returns
    )


def test_each_part_is_what_a_hand_would_make_of_it():
    b = of(
        line("1", "2025-03-01", 100),  # P1, bought again for less
        line("2", "2025-03-02", 40, product_id="P2"),  # bought again for more
        line("3", "2025-04-01", -10),  # returned last year
        line("4", "2026-01-01", 70),
        line("5", "2026-01-02", 55, product_id="P2"),
        line("6", "2026-02-01", 7, product_id="P3"),
        line("7", "2026-02-02", 8, buyer_id="B2"),
        line("8", "2026-02-03", 9, location_id="L2"),
        line("9", "2026-05-01", -4),
    )
    assert b == Bridge(
        before=Decimal(130),
        now=Decimal(145),
        lost=Decimal(0),
        contraction=Decimal(-30),
        expansion=Decimal(15),
        new_products=Decimal(7),
        new_buyers=Decimal(8),
        new_locations=Decimal(9),
        acquisition=Decimal(0),
        returns=Decimal(6),
    )
    assert parts(b) == b.change == Decimal(15)


def test_a_customer_that_bought_and_buys_no_more_is_lost_to_the_cent():
    b = of(line("1", "2025-03-01", "99.99"), line("2", "2025-04-01", "0.02"))
    assert b.lost == Decimal("-100.01") == b.change
    assert b.contraction == b.expansion == 0


def test_a_customer_won_in_the_period_is_acquisition():
    assert of(line("1", "2026-03-01", 12)).acquisition == Decimal(12)


def test_lines_outside_both_periods_count_for_the_history_alone():
    b = of(line("1", "2020-01-01", 5), line("2", "2026-01-01", 7))
    assert (b.expansion, b.before, b.acquisition) == (Decimal(7), Decimal(0), Decimal(0))


def test_a_return_in_neither_period_changes_nothing():
    assert of(line("1", "2020-01-01", -5)) == Bridge()


def test_bridges_of_customers_add_up():
    a, b = of(line("1", "2026-03-01", 12)), of(line("1", "2025-03-01", 30))
    assert (a + b).change == Decimal(-18) == parts(a + b)
