"""What is usual in a book: medians of stages left, and the rate of cases."""

from __future__ import annotations

from decimal import Decimal

from sam_core.book import Case, StageStay
from sam_core.norms import Norms, norms_of
from sam_core.standards import Policy
from sam_core.values import Unknown
from tests.core.builders import AS_OF, day, dossier, opportunity
from tests.core.rules.judging import HIDDEN, at


def stay(stage: str, start: str, end: str | None = None) -> StageStay:
    return StageStay(stage=stage, start=day(start), end=day(end) if end else None)


def left(key: str, *stays: StageStay):
    return opportunity(key, stays=stays)


def test_a_stage_is_usually_held_for_the_median_of_all_that_were_left():
    one = dossier(
        "A1",
        opportunities=(left("O1", stay("idea", "2026-01-10", "2026-01-20"), stay("offer", "2026-01-20")),),
    )
    two = dossier(
        "A2",
        opportunities=(left("O2", stay("idea", "2026-01-10", "2026-02-09")), opportunity("O3", stays=HIDDEN)),
    )
    found = norms_of([one, two, dossier("A3")], Policy(), AS_OF)
    assert found.stage_days == {"idea": (10, 30)}
    assert found.usual_stage_days("idea") == 20
    assert isinstance(found.usual_stage_days("offer"), Unknown)


def test_a_stage_left_later_was_still_held():
    later = dossier("A1", opportunities=(left("O1", stay("idea", "2026-01-10", "2026-07-01")),))
    assert norms_of([later], Policy(), AS_OF).stage_days == {}


def test_the_rate_of_cases_counts_the_history_of_every_account_whose_cases_are_known():
    def case(key: str, on: str) -> Case:
        return Case(id=key, opened_at=at(on))

    busy = dossier(
        "A1",
        cases=(
            case("1", "2025-12-03"),
            case("2", "2026-05-31"),
            case("3", "2025-12-02"),
            case("4", "2026-06-01"),
        ),
    )
    found = norms_of([busy, dossier("A2", cases=()), dossier("A3")], Policy(), AS_OF)
    assert (found.cases, found.case_days) == (2, 360)
    assert found.case_rate == Decimal("2.5") / 360  # half a case more: none so far is not none ever
    assert isinstance(Norms().case_rate, Unknown)
