from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sam_adapters.renderers.names import Names
from sam_adapters.renderers.page import Table, Text
from sam_adapters.renderers.relationships import relationships_page
from sam_core.book import (
    Account,
    Buyer,
    BuyerRole,
    Dossier,
    Influence,
    Location,
    Meeting,
    MeetingMode,
    Person,
    SatisfactionReading,
)
from sam_core.relationships import relationship_map
from sam_core.values import Unknown, Why

AS_OF = date(2026, 6, 30)
AWAY = Unknown(Why.NOT_CONFIGURED, "table x")


def shown(**collections):
    one = Dossier(account=Account(id="A", name="Mill"), **collections)
    names = Names.of([one])
    names.people["M"] = "Ada"
    page = relationships_page(
        {"A": relationship_map(one, as_of=AS_OF)}, Person(id="M", name="Ada"), AS_OF, names
    )
    (section,) = page.sections
    assert section.title == "Mill"
    return section.blocks


def rows(blocks):
    (table,) = (one for one in blocks if isinstance(one, Table))
    return [([str(cell) for cell in row.cells], row.note) for row in table.rows]


def remarks(blocks):
    return [one.text for one in blocks if isinstance(one, Text)]


def test_who_is_who_who_reports_to_whom_and_who_of_us_met_them_last():
    boss = Buyer(
        id="B1", name="Bea", title="Head", role=BuyerRole.DECISION_MAKER, influence=Influence.HIGH, location_id="L1"
    )  # fmt: skip
    user = Buyer(id="B2", name="Cid", role=AWAY, influence=AWAY, location_id=AWAY, reports_to_id="B1")
    met = Meeting(
        id="V", held_at=datetime(2026, 6, 1, tzinfo=UTC), mode=MeetingMode.PHONE, our_ids=("M",), buyer_ids=("B1",)
    )  # fmt: skip
    read = SatisfactionReading(
        id="R", on=date(2026, 5, 1), instrument="CSAT", lowest=Decimal(1), highest=Decimal(5), value=Decimal(4),
        respondent_id="B1",
    )  # fmt: skip
    blocks = shown(
        buyers=(boss, user), locations=(Location(id="L1", name="Ulm"),), meetings=(met,), readings=(read,)
    )
    assert rows(blocks) == [
        (
            ["Bea", "decision maker", "high", "2026-06-01", "CSAT 4 of 5, 2026-05-01"],
            "Head; Ulm; last meeting: phone, Ada",
        ),
        (["· Cid", "?", "?", "never", "never asked"], ""),
    ]
    assert remarks(blocks) == [
        "1 buyer was never met.",
        "Of 1 buyer nobody has said which part they play.",
    ]


def test_what_is_not_known_is_not_told_as_never():
    blocks = shown(
        buyers=(Buyer(id="B1", name="Bea", role=BuyerRole.USER, location_id=None),),
        meetings=AWAY,
        readings=AWAY,
    )
    assert rows(blocks) == [(["Bea", "user", "?", "?", "?"], "")]
    assert remarks(blocks) == ["The account hangs on a single contact."]


def test_a_meeting_that_does_not_say_how_or_by_whom_tells_its_day_alone():
    met = Meeting(
        id="V", held_at=datetime(2026, 6, 1, tzinfo=UTC), mode=AWAY, our_ids=AWAY, buyer_ids=("B1",)
    )
    one = Buyer(id="B1", name="Bea", role=BuyerRole.USER, location_id=None)
    assert rows(shown(buyers=(one,), meetings=(met,), readings=())) == [
        (["Bea", "user", "?", "2026-06-01", "never asked"], "")
    ]


def test_a_circle_of_reporting_lines_is_told():
    one, two = (
        Buyer(id=key, name=key, role=BuyerRole.USER, reports_to_id=other)
        for key, other in (("B1", "B2"), ("B2", "B1"))
    )
    said = remarks(shown(buyers=(one, two), meetings=(), readings=()))
    assert said[-1] == "Reporting lines go round in a circle: B1, B2."


def test_nobody_and_nobody_knows_are_two_things():
    assert remarks(shown(buyers=())) == ["No buyer is known."]
    assert remarks(shown(buyers=AWAY)) == ["Nobody knows its buyers: not-configured: table x."]
