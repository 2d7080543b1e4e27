"""What holds of modes, bridge, whitespace and moves, whatever was sold."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import product as every_way
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sam_core.book import SaleLine
from sam_core.penetration.bridge import bridge
from sam_core.penetration.modes import NEW_MODES, Mode, classify
from sam_core.penetration.moves import Benchmark, Candidates, spots
from sam_core.penetration.rates import portfolio_of_buyer, rates
from sam_core.penetration.whitespace import CellStatus, whitespace
from sam_core.standards import DEFAULT_STANDARDS
from sam_core.testing import days, dossiers, offerings, periods, sale_lines
from sam_core.values import NOT_FETCHED, Unknown, add_months

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 20)
FIELDS = ("location_id", "buyer_id", "product_id")
ACTIVE = 24
WIDENING = (Mode.ACQUISITION, *NEW_MODES, Mode.REPEAT)
TWO = ("1", "2")


def lines(most: int = 8, on: Any = None):
    """Lines of one customer, on few days and in few cells, so that they meet."""
    return st.lists(
        sale_lines(products=TWO, places=TWO, people=TWO, on=days(FIRST, LAST) if on is None else on),
        max_size=most,
        unique_by=lambda one: one.id,
    )


def known_lines(most: int = 8):
    """The same with nothing left unsaid."""

    def said(one: SaleLine) -> SaleLine:
        return evolve(one, **{f: "1" for f in FIELDS if isinstance(getattr(one, f), Unknown)})

    return lines(most).map(lambda found: [said(one) for one in found])


def modes(found, months: int = ACTIVE):
    return {entry.line.id: entry.mode for entry in classify(found, active_months=months)[0]}


def plainly(line: SaleLine, earlier: list[SaleLine]) -> Mode:
    """The definition, word for word, for lines that say everything."""
    if line.is_return:
        return Mode.RETURN
    won = [one for one in earlier if one.on < line.on and not one.is_return]
    at_place = [one for one in won if one.location_id == line.location_id]
    by_buyer = [one for one in at_place if one.buyer_id == line.buyer_id]
    if not won:
        return Mode.ACQUISITION
    if not at_place:
        return Mode.NEW_LOCATION
    if not by_buyer:
        return Mode.NEW_BUYER
    return Mode.REPEAT if any(one.product_id == line.product_id for one in by_buyer) else Mode.NEW_PRODUCT


def worlds(found: list[SaleLine]):
    """Every way in which the unsaid could have been: any id there is, or one of two never heard of."""
    gaps = [(n, f) for n, one in enumerate(found) for f in FIELDS if isinstance(getattr(one, f), Unknown)]
    ids = {f: sorted({getattr(one, f) for one in found if isinstance(getattr(one, f), str)}) for f in FIELDS}
    for values in every_way(*([*ids[f], "new", "other"] for _, f in gaps)):
        world = list(found)
        for (n, f), value in zip(gaps, values, strict=True):
            world[n] = evolve(world[n], **{f: value})
        yield world


@given(known_lines())
def test_every_line_has_the_mode_of_the_definition(found):
    assert modes(found) == {one.id: plainly(one, found) for one in found}


@given(known_lines(3), st.sets(st.tuples(st.integers(0, 2), st.sampled_from(FIELDS)), max_size=4))
def test_a_line_is_classified_exactly_where_all_that_could_have_been_agrees(found, gaps):
    found = [evolve(one, **{f: NOT_FETCHED for at, f in gaps if at == n}) for n, one in enumerate(found)]
    could = {one.id: set() for one in found}
    for world in worlds(found):
        for one in world:
            could[one.id].add(plainly(one, world))
    expected = {key: seen.pop() if len(seen) == 1 else Mode.UNCLASSIFIED for key, seen in could.items()}
    assert modes(found) == expected


@given(lines(), st.randoms(use_true_random=False))
def test_every_line_has_one_mode_whatever_the_order_of_arrival(found, random):
    entries, history = classify(found, active_months=ACTIVE)
    assert Counter(entry.line.id for entry in entries) == Counter(one.id for one in found)
    for entry in entries:
        assert entry.mode is entry.modes[0]
        assert (entry.mode is Mode.RETURN) == entry.line.is_return
        assert (entry.why is not None) == (entry.mode is Mode.UNCLASSIFIED)
        assert len(set(entry.modes)) == len(entry.modes)
    again = classify(random.sample(found, len(found)), active_months=ACTIVE)
    assert again == (entries, history)


@given(lines(), days(FIRST, LAST))
def test_what_comes_later_never_changes_a_mode(found, as_of):
    now = modes(found)
    then = modes([one for one in found if one.on <= as_of])
    assert then.items() <= now.items()


@given(lines(), st.data())
def test_lines_of_one_day_do_not_see_each_other(found, data):
    if found:
        gone = data.draw(st.sampled_from(found))
        rest = [one for one in found if one is not gone]
        now, without = modes(found), modes(rest)
        assert all(now[one.id] is without[one.id] for one in rest if one.on <= gone.on)


@given(known_lines(), known_lines(1))
def test_more_history_moves_a_mode_only_towards_repeat(found, earlier):
    added = [evolve(one, id="earlier", on=FIRST - timedelta(days=1)) for one in earlier]
    before, after = modes(found), modes([*added, *found])
    for one in found:
        if before[one.id] is Mode.RETURN:
            assert after[one.id] is Mode.RETURN
        else:
            assert WIDENING.index(after[one.id]) >= WIDENING.index(before[one.id])


@given(lines(), st.data())
def test_learning_what_a_line_left_unsaid_never_changes_a_mode_that_was_told(found, data):
    def learnt(one: SaleLine) -> SaleLine:
        gaps = [f for f in FIELDS if isinstance(getattr(one, f), Unknown)]
        return evolve(one, **{f: data.draw(st.sampled_from((*TWO, "3"))) for f in gaps})

    before, after = modes(found), modes([learnt(one) for one in found])
    for key, mode in before.items():
        assert mode in (Mode.UNCLASSIFIED, after[key])


@given(known_lines(), st.integers(1, 36))
def test_only_what_was_won_before_and_lapsed_is_won_back(found, months):
    spread = [evolve(one, on=FIRST + (one.on - FIRST) * 60) for one in found]
    for entry in classify(spread, active_months=months)[0]:
        one, since = entry.line, add_months(entry.line.on, -months)
        won = [x for x in spread if x.on < one.on and not x.is_return]
        same = {
            "location": [x for x in won if x.location_id == one.location_id],
            "buyer": [x for x in won if (x.location_id, x.buyer_id) == (one.location_id, one.buyer_id)],
            "product": [x for x in won if all(getattr(x, f) == getattr(one, f) for f in FIELDS)],
        }
        lapsed = tuple(name for name, lines in same.items() if lines and max(x.on for x in lines) <= since)
        assert entry.reactivated == (() if one.is_return else lapsed)


# Bridge


@given(lines(on=days(date(2023, 1, 1), date(2025, 12, 31))), periods())
def test_the_bridge_is_exact_to_the_last_digit(found, period):
    before = period.comparable()
    entries, _ = classify(found, active_months=ACTIVE)
    built = bridge(entries, period, before)
    assert built.now == sum(one.revenue for one in found if one.on in period)
    assert built.before == sum(one.revenue for one in found if one.on in before)
    parts = (
        built.lost, built.contraction, built.expansion, built.new_products, built.new_buyers,
        built.new_locations, built.acquisition, built.returns,
    )  # fmt: skip
    assert sum(parts) == built.change == built.now - built.before
    assert built.lost <= 0
    assert built.contraction <= 0 <= built.expansion
    assert min(built.new_products, built.new_buyers, built.new_locations, built.acquisition) >= 0


# Whitespace


@st.composite
def spaces(draw):
    """A whitespace with the dossier, the offering and the day it is of."""
    as_of = draw(days())
    dossier = draw(
        dossiers(
            **{
                name: st.just(NOT_FETCHED)
                for name in (
                    "assignments", "team", "contracts", "plans", "cases", "deliveries", "readings",
                    "service_actions", "meetings", "handovers", "support_requests",
                )
            }
        )
    ).at(as_of)  # fmt: skip
    offering = draw(offerings() | st.just(NOT_FETCHED))
    months = draw(st.sampled_from((1, 12, 24)))
    sold = () if isinstance(dossier.sale_lines, Unknown) else dossier.sale_lines
    space = whitespace(
        dossier, *classify(sold, active_months=months), offering, as_of=as_of, active_months=months
    )
    return space, dossier, offering, as_of, months


@given(spaces())
def test_every_cell_of_the_grid_has_exactly_one_status(given):
    space, dossier, offering, as_of, _ = given
    cells = list(space.cells())
    assert len({(c.location_id, c.buyer_id, c.product_id) for c in cells}) == len(cells)
    assert len(cells) == len(space.places) * len(space.products)
    assert space.counts() == Counter(cell.status for cell in cells)
    assert all(space.status(c.location_id, c.buyer_id, c.product_id) is c.status for c in cells)
    assert {c.account_id for c in cells} <= {dossier.id}
    if not isinstance(offering, Unknown):
        assert list(space.products) == [product.id for product in offering.on_sale(as_of)]


@given(spaces())
def test_a_cell_is_owned_exactly_where_something_was_won_in_it_of_late(given):
    space, dossier, _, as_of, months = given
    sold = () if isinstance(dossier.sale_lines, Unknown) else dossier.sale_lines
    last: dict[tuple[Any, ...], date] = {}
    for one in sold:
        key = tuple(getattr(one, f) for f in FIELDS)
        if not one.is_return and all(isinstance(part, str) for part in key):
            last[key] = max(one.on, last.get(key, one.on))
    won = {key: on > add_months(as_of, -months) for key, on in last.items() if key[2] in space.products}
    cells = {(c.location_id, c.buyer_id, c.product_id): c for c in space.cells()}
    assert won.keys() <= cells.keys()
    for key, cell in cells.items():
        assert (cell.status is CellStatus.OWNED) == won.get(key, False)
        if cell.status is CellStatus.LAPSED:
            assert won[key] is False
        if cell.status is not CellStatus.OWNED:
            assert cell.yearly_revenue == 0


@given(spaces())
def test_nothing_known_is_dropped_from_the_grid(given):
    space, dossier, _, _, _ = given
    if not isinstance(dossier.locations, Unknown):
        assert {one.id for one in dossier.locations} <= space.known_locations
    if not isinstance(dossier.buyers, Unknown):
        here = {
            (b.location_id, b.id) for b in dossier.buyers if isinstance(b.location_id, str) and not b.left_on
        }
        assert here <= set(space.places)
    for name in ("locations", "buyers", "sale_lines"):
        value = getattr(dossier, name)
        assert not isinstance(value, Unknown) or value in space.gaps
    if not isinstance(dossier.opportunities, Unknown):
        bare = {o.id for o in dossier.opportunities if o.closed_on is None and o.lines == ()}
        assert bare <= space.unplaced.keys()
    if not isinstance(dossier.sale_lines, Unknown):
        vague = {s.id for s in dossier.sale_lines if any(isinstance(getattr(s, f), Unknown) for f in FIELDS)}
        assert vague <= space.unplaced.keys()


@given(spaces())
def test_moves_are_the_open_cells_of_those_who_bought_before(given):
    space = given[0]
    found = [(spot[1], spot[2] or None, key[1]) for key, spot in spots(space)]
    if space.never_bought:
        assert found == []
        assert space.room == space.reach == {}
        return
    assert set(found) == {
        (c.location_id, c.buyer_id, c.product_id) for c in space.cells() if c.status is CellStatus.OPEN
    }
    assert Counter(spot[3] for _, spot in spots(space)) == space.room
    assert space.room.keys() <= {*NEW_MODES, Mode.UNCLASSIFIED}
    assert sum(space.room.values()) <= sum(space.reach.values()) <= len(space.places) * len(space.eligible)


@given(spaces())
def test_penetration_rates_lie_between_nought_and_one(given):
    space, dossier, *_ = given
    found = rates(space, dossier.spend_estimates, Decimal(0))
    assert 0 <= found.active_locations <= found.known_locations
    assert 0 <= found.active_buyers <= found.known_buyers
    assert 0 <= found.owned_cells <= found.grid_cells
    for buyer_id in space.active_buyers:
        share = portfolio_of_buyer(space, buyer_id).value
        assert isinstance(share, Unknown) or 0 <= share <= 1


@given(spaces(), spaces(), spaces())
def test_benchmarks_and_candidates_add_up_in_any_order(first, second, third):
    for part in (Benchmark, Candidates):
        a, b, c = (part.of(space) for space, *_ in (first, second, third))
        assert (a + b) + c == a + (b + c)
        assert a + b == b + a
        assert a + part() == a


@given(
    st.lists(spaces(), max_size=3), st.sampled_from((None, "large", "small")), st.sampled_from(("P1", "P2"))
)
def test_a_move_is_worth_a_share_of_what_it_typically_brings(given, segment, product_id):
    total = sum((Benchmark.of(space) for space, *_ in given), Benchmark())
    lenient = evolve(DEFAULT_STANDARDS.penetration, owners_min=1, comparable_min=1)
    found = total.valuation(segment, product_id, lenient)
    assert 0 < found.adoption < 1 or found.owners > found.peers
    if not isinstance(found.value, Unknown):
        assert found.value == found.adoption * found.typical
        assert found.owners >= 1
    strict = total.valuation(segment, product_id, evolve(lenient, owners_min=99))
    assert isinstance(strict.value, Unknown)
