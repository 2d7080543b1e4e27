"""Meetings held with the customer (OV-5), and what they say of travel and telephone (ENV-1, ENV-2)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Self

from attrs import field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe

__all__ = ["Meeting", "MeetingMode"]


class MeetingMode(enum.Enum):
    """How people met."""

    IN_PERSON = "in person"
    VIDEO = "video"
    PHONE = "phone"


@frozen(kw_only=True)
class Meeting:
    """A meeting that was held, or is to be held when its day is still ahead.

    Attributes:
        our_ids, buyer_ids: who took part, of each side.
    """

    id: str = field(validator=check.ident)
    held_at: datetime = field(validator=check.instant)
    mode: Maybe[MeetingMode] = field(default=NOT_FETCHED, validator=check.maybe(check.choice(MeetingMode)))
    our_ids: Maybe[tuple[str, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.idents))
    buyer_ids: Maybe[tuple[str, ...]] = field(default=NOT_FETCHED, validator=check.maybe(check.idents))
    location_id: str | None = field(default=None, validator=check.optional(check.ident))
    subject: str | None = None

    def at(self, as_of: date) -> Self | None:
        """As known at the end of that day (UTC)."""
        return None if self.held_at.date() > as_of else self
