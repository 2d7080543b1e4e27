"""The hand-over of a won customer from Business Development to the account manager (RESP-7)."""

from __future__ import annotations

import enum
from datetime import date
from typing import Self

from attrs import evolve, field, frozen

from sam_core import _checks as check
from sam_core.values import NOT_FETCHED, Maybe, Unknown

__all__ = ["ChecklistItem", "Handover", "HandoverState", "HandoverStep", "advance"]


class HandoverState(enum.Enum):
    """The five states, in their order."""

    WON = 1
    KICKED_OFF = 2
    IMPLEMENTING = 3
    LIVE = 4
    TRANSFERRED = 5

    @property
    def next(self) -> HandoverState | None:
        """The one state that may follow; ``None`` after the last."""
        return None if self is HandoverState.TRANSFERRED else HandoverState(self.value + 1)


@frozen(kw_only=True)
class HandoverStep:
    """A state was reached on a day."""

    state: HandoverState = field(validator=check.choice(HandoverState))
    on: date = field(validator=check.day)


@frozen(kw_only=True)
class ChecklistItem:
    """One thing the receiver must have before the customer is transferred."""

    id: str = field(validator=check.ident)
    text: str = field(validator=check.text)
    done_on: date | None = field(default=None, validator=check.optional(check.day))

    def at(self, as_of: date) -> Self:
        """As known on that day."""
        return evolve(self, done_on=None) if self.done_on and self.done_on > as_of else self


@frozen(kw_only=True)
class Handover:
    """One hand-over, as the source tells it: whether it went by the book is for RESP-7 to say.

    Attributes:
        steps: the states reached, each once; kept as told, even out of order.
        manager_id: the account manager named to receive; ``None`` where known to be nobody yet.
        manager_named_on: the day of it.
    """

    id: str = field(validator=check.ident)
    steps: tuple[HandoverStep, ...] = field(validator=check.each(HandoverStep))
    opportunity_id: str | None = field(default=None, validator=check.optional(check.ident))
    manager_id: Maybe[str | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.ident))
    )
    manager_named_on: Maybe[date | None] = field(
        default=NOT_FETCHED, validator=check.maybe(check.optional(check.day))
    )
    checklist: Maybe[tuple[ChecklistItem, ...]] = field(
        default=NOT_FETCHED, validator=check.maybe(check.each(ChecklistItem))
    )

    @steps.validator
    def _begins_once_each(self, _: object, steps: tuple[HandoverStep, ...]) -> None:
        states = [step.state for step in steps]
        if HandoverState.WON not in states:
            check.refuse(self, "steps", "a hand-over begins with WON; give the day it was won")
        if len(set(states)) < len(states):
            check.refuse(self, "steps", "a state is reached once; give each state one day")

    def reached(self, state: HandoverState) -> date | None:
        """The day that state was reached, ``None`` while it has not been."""
        return next((step.on for step in self.steps if step.state is state), None)

    @property
    def state(self) -> HandoverState:
        """The furthest state reached."""
        return max((step.state for step in self.steps), key=lambda state: state.value)

    def at(self, as_of: date) -> Self | None:
        """As known on that day; ``None`` before it was won."""
        steps = tuple(step for step in self.steps if step.on <= as_of)
        if not any(step.state is HandoverState.WON for step in steps):
            return None
        known = evolve(self, steps=steps)
        if isinstance(known.manager_named_on, date) and known.manager_named_on > as_of:
            known = evolve(known, manager_named_on=None, manager_id=None)
        if not isinstance(known.checklist, Unknown):
            known = evolve(known, checklist=tuple(item.at(as_of) for item in known.checklist))
        return known


def advance(handover: Handover, state: HandoverState, on: date) -> Handover:
    """The hand-over one state further, as it should go.

    States follow one another without a gap, never backwards in time. Kicking off needs an account manager
    named by that day; transferring needs a checklist, complete by that day.

    Args:
        handover: as it stands.
        state: the state reached.
        on: the day it was reached.

    Raises:
        RecordError: the step is not allowed; says what has to come first.
    """
    present = handover.state
    if state is not present.next:
        then = "nothing follows it" if present.next is None else f"{present.next.name} is next"
        check.refuse(handover, "steps", f"{state.name} cannot follow {present.name}: {then}")
    last = max(step.on for step in handover.steps)
    if on < last:
        check.refuse(handover, "steps", f"{state.name} on {on} would lie before the last step on {last}")
    if state is HandoverState.KICKED_OFF:
        named = handover.manager_named_on
        if not isinstance(handover.manager_id, str) or not isinstance(named, date) or named > on:
            check.refuse(handover, "manager_id", f"name the account manager by {on} before kicking off")
    if state is HandoverState.TRANSFERRED:
        if isinstance(handover.checklist, Unknown) or not handover.checklist:
            check.refuse(handover, "checklist", "give the checklist before transferring")
        open_items = [i.id for i in handover.checklist if i.done_on is None or i.done_on > on]
        if open_items:
            check.refuse(handover, "checklist", f"finish {', '.join(open_items)} by {on} before transferring")
    return evolve(handover, steps=(*handover.steps, HandoverStep(state=state, on=on)))
