from __future__ import annotations

from decimal import Decimal

import pytest

from sam_core import Scorecard, score
from sam_core.book import Person, Quota
from sam_core.scorecard import CombinationError
from sam_core.team import team_view
from sam_core.values import Unknown

from .builders import AS_OF, YEAR, book, dossier, held, line


def card(manager: str, sold: int, *, quota: int | None = 1000, boss: str | None = "F1") -> Scorecard:
    return score(
        book(
            dossier(
                f"{manager}-A",
                sale_lines=(line("1", "2025-02-01", 100), line("2", "2026-02-01", sold)),
                assignments=(held(manager),), locations=(), buyers=(), opportunities=(),
            ),
            manager=Person(id=manager, name=f"Manager {manager}", manager_id=boss),
            **({"quotas": (Quota(id="q", period=YEAR, amount=Decimal(quota)),)} if quota else {}),
        ),
        as_of=AS_OF,
    )  # fmt: skip


def test_every_measure_stands_side_by_side_and_together():
    view = team_view([card("M2", 300), card("M1", 500, quota=None)])
    row = next(r for r in view.rows if r.name == "quota attainment")
    assert [c.header.id for c in view.cards] == ["M1", "M2"]
    assert isinstance(row.values[0], Unknown)
    assert row.values[1] == Decimal("0.3")
    revenue = next(r for r in view.rows if r.name == "revenue")
    assert (revenue.values, revenue.together) == ((500, 300), 800)


def test_a_measure_that_only_some_have_is_unknown_for_the_others():
    view = team_view([card("M1", 0), card("M2", 300)])
    row = next(r for r in view.rows if r.name.startswith("revenue by"))
    assert any(isinstance(value, Unknown) for r in view.rows for value in r.values)
    assert row.clause_id.startswith("RESP")


def test_who_stands_far_from_the_median_is_named():
    # attainments 0.50 0.51 0.52 0.53 and 0.95: median 0.52, median deviation 0.01
    sold = {"M1": 500, "M2": 510, "M3": 520, "M4": 530, "M5": 950}
    view = team_view([card(manager, amount) for manager, amount in sold.items()])
    (found,) = [o for o in view.outliers if o.measure == "quota attainment"]
    assert (found.manager_id, found.value, found.usual) == ("M5", Decimal("0.95"), Decimal("0.52"))
    assert found.distance == Decimal("0.43") / (Decimal("0.01") * Decimal("1.4826"))
    assert str(found) == "Manager M5: quota attainment 0.950 is far above the usual 0.520 (29.0 deviations)"


def test_among_few_or_equal_managers_nobody_is_an_outlier():
    assert team_view([card("M1", 1), card("M2", 1), card("M3", 900)]).outliers == ()
    equal = team_view([card(f"M{n}", 100) for n in range(1, 5)] + [card("M9", 900)])
    assert not [o for o in equal.outliers if o.measure == "quota attainment"]


def test_who_does_not_report_to_the_field_manager_is_named():
    view = team_view([card("M1", 1), card("M2", 1, boss="F2")], field_manager_id="F1")
    assert view.strangers == ("M2",)
    assert team_view([card("M1", 1)]).strangers == ()


def test_a_team_is_made_of_single_managers():
    pair = Scorecard.combined([card("M1", 1), card("M2", 1)])
    with pytest.raises(CombinationError, match="single managers"):
        team_view([pair])
