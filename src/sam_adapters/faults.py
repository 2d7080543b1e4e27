"""What can go wrong on the way to a CRM, as one family of errors and as rows of a table.

Whatever the vendor, a caller meets the same errors. Their messages hold names and codes only: never an
address, a query, a body or a token.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from sam_adapters.contract import SourceError

__all__ = [
    "Action",
    "AuthError",
    "CancelledReadError",
    "CursorError",
    "Fault",
    "FaultRule",
    "FaultSeen",
    "LimitError",
    "NotAvailableError",
    "RequestError",
    "ResponseError",
    "ShortReadError",
    "TooHeavyError",
    "TransportError",
    "UnavailableError",
]


class TransportError(SourceError):
    """A request to the source came to nothing.

    Attributes:
        operation: what was being done, ``"Opportunity, page 3"``.
        status: the HTTP status; 0 where no answer came.
        code: the vendor's error code; ``""`` where it gave none.
        facts: names from the answer that are safe to tell: ``{"field": "Tier__c"}``.
        advice: what to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int = 0,
        code: str = "",
        facts: Mapping[str, str] | None = None,
        advice: str = "",
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.status = status
        self.code = code
        self.facts = dict(facts or {})
        self.advice = advice


class AuthError(TransportError):
    """The source does not know us, or no longer does."""


class LimitError(TransportError):
    """A limit of the day is used up; nothing more is sent until it is raised or renewed."""


class NotAvailableError(TransportError):
    """The source will not show this: no licence, no permission, or not there."""


class RequestError(TransportError):
    """The source refuses the request as it stands; sending it again would not help."""


class TooHeavyError(RequestError):
    """The request asks too much at once; a smaller one may pass."""


class CursorError(TransportError):
    """A page's cursor is gone; the reading has to begin anew."""


class ResponseError(TransportError):
    """The answer is not what it says it is: a web page for data, a page without rows."""


class UnavailableError(TransportError):
    """The source did not answer, or answered that it cannot, as often as it was asked."""


class ShortReadError(TransportError):
    """Fewer records came than the source said it has; a partial book is never handed on."""


class CancelledReadError(TransportError):
    """The reading was called off by its caller."""


class Action(enum.Enum):
    """What to do about a fault."""

    RETRY = "wait, then repeat"
    REFRESH = "renew the token once, then repeat"
    STOP = "stop all requests"
    RAISE = "give up"


_SAFE_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]{1,63}|[a-z][a-z_]{1,63}")
_SAFE_FACT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}")


def _safe_code(code: object) -> str:
    return code if isinstance(code, str) and _SAFE_CODE.fullmatch(code) else ""


def _safe_facts(facts: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name: value for name, value in facts.items() if _SAFE_FACT.fullmatch(value)})


@frozen(kw_only=True)
class Fault:
    """What was seen of a fault.

    Attributes:
        status: the HTTP status; 0 where no answer came.
        code: the vendor's error code; anything that does not look like one is dropped.
        detail: the vendor's own words, for the table to look at; never shown, logged or kept.
        facts: names taken from the answer; what is not a plain name is dropped.
        retry_after: seconds the source asks us to wait.
        resets_after: seconds until a limit of the day is renewed, where it is known.
    """

    status: int = 0
    code: str = field(default="", converter=_safe_code)
    detail: str = field(default="", repr=False)
    facts: Mapping[str, str] = field(factory=dict, converter=_safe_facts)
    retry_after: float | None = None
    resets_after: float | None = None

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.code}".strip() if self.status else (self.code or "no answer")


class FaultSeen(Exception):  # noqa: N818 - carried from an attempt to the policy, never shown
    """Raised by an attempt to hand its fault to the policy."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@frozen(kw_only=True)
class FaultRule:
    """One row of a fault table.

    Attributes:
        status: the statuses it is for; empty for any.
        code: shell pattern on the code, ``"INSUFFICIENT_ACCESS*"``.
        text: regular expression searched in the vendor's words.
        action: what to do.
        error: what is raised in the end.
        meaning: what it says, for people; the advice after it.
        attempts: how often at most, the first time included.
        wait: seconds before the first and before the longest repetition; doubles in between.
    """

    status: Collection[int] = ()
    code: str = "*"
    text: str = ""
    action: Action = Action.RAISE
    error: type[TransportError] = RequestError
    meaning: str
    advice: str = ""
    attempts: int = 5
    wait: tuple[float, float] = (0.5, 30.0)

    def matches(self, fault: Fault) -> bool:
        """True where this row is for that fault."""
        return (
            (not self.status or fault.status in self.status)
            and fnmatchcase(fault.code, self.code)
            and (not self.text or re.search(self.text, fault.detail, re.IGNORECASE) is not None)
        )
