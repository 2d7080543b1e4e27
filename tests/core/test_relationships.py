from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given

from sam_core.book import BuyerRole, Influence, Meeting, MeetingMode, SatisfactionReading
from sam_core.relationships import relationship_map
from sam_core.testing import dossiers
from sam_core.values import NOT_FETCHED, Unknown

from .builders import AS_OF, buyer, day, dossier


def met(meeting_id: str, on: str, buyers=("B1",), **fields) -> Meeting:
    moment = datetime.fromisoformat(on).replace(tzinfo=UTC)
    return Meeting(id=meeting_id, held_at=moment, buyer_ids=buyers, **fields)


def of(*buyers, **collections):
    return relationship_map(
        dossier(buyers=buyers, **{"meetings": (), "readings": (), **collections}), as_of=AS_OF
    )


def test_people_stand_under_whom_they_report_to():
    found = of(
        buyer("B1"),
        buyer("B2", reports_to_id="B1"),
        buyer("B3", reports_to_id="B2"),
        buyer("B4", reports_to_id="gone"),
    )
    assert [(depth, one.buyer.id) for depth, one in found.tree()] == [
        (0, "B1"),
        (1, "B2"),
        (2, "B3"),
        (0, "B4"),
    ]
    assert found.circles == ()


def test_a_circle_is_reported_and_entered_once():
    found = of(
        buyer("B1", reports_to_id="B2"), buyer("B2", reports_to_id="B1"), buyer("B3", reports_to_id="B2")
    )
    assert found.circles == ("B1", "B2")
    assert sorted(one.buyer.id for _, one in found.tree()) == ["B1", "B2", "B3"]


def test_the_last_meeting_says_when_how_and_by_whom():
    found = of(
        buyer("B1", role=BuyerRole.CHAMPION, influence=Influence.HIGH),
        meetings=(
            met("1", "2026-01-05", mode=MeetingMode.PHONE),
            met("2", "2026-03-05", mode=MeetingMode.IN_PERSON, our_ids=("M1",)),
            met("3", "2026-12-05"),
        ),
        readings=(
            SatisfactionReading(
                id="r", on=day("2026-02-01"), instrument="NPS", lowest=Decimal(0), highest=Decimal(10),
                value=Decimal(9), respondent_id="B1",
            ),
        ),
    )  # fmt: skip
    assert str(found) == (
        "Account A1: 1 buyers\n"
        "- B1 (champion, high influence): met in person by M1 on 2026-03-05; NPS 9 of 10 on 2026-02-01"
    )
    assert found.single_threaded


def test_whom_nobody_has_met_and_whose_role_nobody_knows_is_told():
    found = of(buyer("B1"), buyer("B2", role=BuyerRole.USER), meetings=(met("1", "2026-01-05", ("B2",)),))
    assert found.never_met == ("B1",)
    assert found.role_unknown == ("B1",)
    assert "B1 (role unknown): never met" in str(found)
    assert "met on 2026-01-05" in str(found)
    assert not found.single_threaded


def test_a_meeting_that_does_not_say_who_was_there_may_have_been_theirs():
    found = of(buyer("B1"), meetings=(met("1", "2026-01-05", NOT_FETCHED),), readings=NOT_FETCHED)
    assert isinstance(found.people["B1"].last_meeting, Unknown)
    assert found.never_met == ()
    assert "nobody knows when last met" in str(found)


def test_without_meetings_nobody_can_tell():
    assert isinstance(of(buyer("B1"), meetings=NOT_FETCHED).people["B1"].last_meeting, Unknown)


def test_an_anonymous_reading_may_have_been_theirs():
    anonymous = SatisfactionReading(
        id="r",
        on=day("2026-02-01"),
        instrument="NPS",
        lowest=Decimal(0),
        highest=Decimal(10),
        value=Decimal(9),
    )
    assert isinstance(of(buyer("B1"), readings=(anonymous,)).people["B1"].last_reading, Unknown)


def test_who_left_is_not_on_the_map_and_unknown_buyers_make_no_map():
    assert of(buyer("B1", left_on=day("2026-01-01"))).people == {}
    assert relationship_map(dossier(), as_of=AS_OF) == NOT_FETCHED


@given(dossiers())
def test_everybody_is_on_the_map_once_whatever_the_reporting_lines(one):
    found = relationship_map(one, as_of=AS_OF)
    if not isinstance(found, Unknown):
        assert sorted(r.buyer.id for _, r in found.tree()) == sorted(found.people)
        assert str(found)
