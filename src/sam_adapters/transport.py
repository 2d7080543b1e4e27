"""One policy for talking to a CRM: when to wait, repeat, refresh, stop, and what to say about it.

The policy knows no vendor and no HTTP library. An adapter gives it two things:

* a *table* of :class:`FaultRule`, first match wins, that says what each fault means and what to do;
* an *attempt*: a callable that sends one request and returns its answer, or raises
  :class:`FaultSeen` with a :class:`Fault`::

      policy = TransportPolicy(source="HubSpot", table=HUBSPOT_FAULTS)

      def attempt() -> Answer:
          answer = send(token=tokens.current())          # one request, with policy.timeout
          if answer.status >= 400:
              raise FaultSeen(Fault(status=answer.status, code=..., detail=...))
          return answer

      answer = policy.call("companies, page 3", attempt, refresh=tokens.refresh)

What leaves the policy is the answer or one of the errors of :mod:`sam_adapters.faults`, which this module
hands on: the operation's name, the status, the vendor's error code and our own advice.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn, TypeVar

import tenacity
from attrs import define, field

from sam_adapters.faults import (
    Action,
    AuthError,
    CancelledReadError,
    CursorError,
    Fault,
    FaultRule,
    FaultSeen,
    LimitError,
    NotAvailableError,
    RequestError,
    ResponseError,
    ShortReadError,
    TooHeavyError,
    TransportError,
    UnavailableError,
)

__all__ = [
    "Action",
    "AuthError",
    "CallLedger",
    "Cancellation",
    "CancelledReadError",
    "CursorError",
    "Fault",
    "FaultRule",
    "FaultSeen",
    "LimitError",
    "NotAvailableError",
    "Pace",
    "RequestError",
    "ResponseError",
    "ShortReadError",
    "TokenSource",
    "TooHeavyError",
    "TransportError",
    "TransportPolicy",
    "UnavailableError",
    "parse_retry_after",
]

_log = logging.getLogger(__name__)

T = TypeVar("T")


_NO_ANSWER: Final = FaultRule(
    status=(0,), action=Action.RETRY, error=UnavailableError, meaning="no whole answer came", attempts=4
)
_SERVER: Final = FaultRule(
    action=Action.RETRY,
    error=UnavailableError,
    meaning="the server failed",
    attempts=3,
    advice="try again later",
)
_REFUSED: Final = FaultRule(
    meaning="the request was refused", advice="see the error code in the vendor's manual"
)


@define
class CallLedger:
    """What was asked for and what came, counted.

    Attributes:
        planned: calls expected; ``None`` where nobody has said.
        calls: requests sent, by kind of operation; each counts against the vendor's limits.
        logins: requests for a token, which count against none.
        retries: how many of the calls were repetitions.
        waited: seconds spent waiting between them.
        rows: records read, by object.
        used, allowed: the vendor's own count of the day, where it tells.
    """

    planned: int | None = None
    calls: Counter[str] = field(factory=Counter)
    logins: int = 0
    retries: int = 0
    waited: float = 0.0
    rows: Counter[str] = field(factory=Counter)
    used: int | None = None
    allowed: int | None = None
    _lock: threading.Lock = field(factory=threading.Lock, repr=False, eq=False)

    @property
    def actual(self) -> int:
        """Requests sent so far."""
        return self.calls.total()

    def plan(self, calls: int) -> None:
        """Expect so many calls more."""
        with self._lock:
            self.planned = (self.planned or 0) + calls

    def count_call(self, kind: str) -> None:
        """Take note of one request."""
        with self._lock:
            self.calls[kind] += 1

    def count_login(self) -> None:
        """Take note of one request for a token."""
        with self._lock:
            self.logins += 1

    def count_rows(self, name: str, rows: int) -> None:
        """Take note of records read."""
        with self._lock:
            self.rows[name] += rows

    def count_retry(self, waited: float) -> None:
        """Take note of a repetition, and of the wait before it."""
        with self._lock:
            self.retries += 1
            self.waited += waited

    def __str__(self) -> str:
        planned = "" if self.planned is None else f" of {self.planned} planned"
        repeated = f", {self.retries} of them repeated" if self.retries else ""
        used = "" if self.used is None else f"; {self.used} of {self.allowed} calls of the day are used"
        return f"{self.actual} calls{planned}{repeated}; {self.rows.total()} rows{used}"


class Cancellation:
    """A flag that a caller may raise from another thread; waiting ends with it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Call the reading off, at the next request or in the middle of a wait."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """True once called off."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, or less where it is called off meanwhile."""
        self._event.wait(seconds)


class TokenSource:
    """The access token, renewed by one caller at a time and for all of them.

    It hides its token from ``repr`` and refuses to be pickled.

    Args:
        provider: returns a valid token; called when the first one is needed and for each renewal.
        first: a token at hand already.
    """

    def __init__(self, provider: Callable[[], str] | None = None, first: str | None = None) -> None:
        if provider is None and not first:
            raise AuthError("give an access token, or a function that provides one")
        self._provider = provider
        self._token = first
        self._lock = threading.RLock()
        self._handed = threading.local()

    def current(self) -> str:
        """The token to send with the next request of this thread."""
        with self._lock:
            if self._token is None:
                self._token = self._provide()
            self._handed.token = self._token
            return self._token

    def refresh(self) -> bool:
        """Renew the token this thread was last given, unless another thread has done so meanwhile.

        Returns:
            False where there is nothing to renew it with.
        """
        with self._lock:
            if self._token == getattr(self._handed, "token", None):
                if self._provider is None:
                    return False
                self._token = self._provide()
            return True

    def _provide(self) -> str:
        token: object = None
        failure = "returned no text"
        try:
            token = self._provider() if self._provider else None
        except TransportError:
            raise
        except Exception as error:  # noqa: BLE001 - its words may hold the secret; only its kind is told
            failure = f"failed with {type(error).__name__}"
        if isinstance(token, str) and token:
            return token
        raise AuthError(f"the token provider {failure}; it must return a valid access token")

    def __repr__(self) -> str:
        return "<TokenSource ***>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TokenSource holds a secret and cannot be pickled; build one where it is needed")


@define
class Pace:
    """Never more than so many requests in any span of time; the first ones may go out together.

    Attributes:
        limit: requests allowed in ``seconds``.
        seconds: the span.
    """

    limit: int
    seconds: float = 1.0
    _ready: float = field(default=float("-inf"), init=False)
    _booked: deque[float] = field(factory=deque, init=False, repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False, eq=False)

    def delay(self, now: float) -> float:
        """Book the next request; seconds to wait before sending it."""
        with self._lock:
            while self._booked and self._booked[0] <= now - self.seconds:
                self._booked.popleft()
            start = max(now, self._ready)
            if len(self._booked) >= self.limit:
                start = max(start, self._booked[-self.limit] + self.seconds)
            self._booked.append(start)
            return start - now


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After`` header: a number, or a date beside the answer's own; ``None`` for neither."""
    said = {name.lower(): value for name, value in headers.items()}
    value = said.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until, sent = (parsedate_to_datetime(text) for text in (value, said.get("date", "")))
        return max(0.0, (until - sent).total_seconds())
    except (TypeError, ValueError):
        return None


@define(eq=False)
class TransportPolicy:
    """Time-outs, repetition, renewal, limits and accounting of one connection. Safe to share by threads.

    Attributes:
        source: the vendor's name, for messages.
        table: what each fault means. What is in no row: no answer and 5xx are repeated where that is
            safe, the rest is refused.
        timeout: seconds to connect, and to wait for the next bytes; every request must use it.
        retry_after_cap: the longest ``Retry-After`` that is honoured; a longer one ends the reading.
        ledger: what was counted.
        cancellation: the caller's flag.
        clock, sleep, jitter: time and chance; replaced by tests.
    """

    source: str
    table: Sequence[FaultRule] = ()
    timeout: tuple[float, float] = (10.0, 120.0)
    retry_after_cap: float = 60.0
    ledger: CallLedger = field(factory=CallLedger)
    cancellation: Cancellation = field(factory=Cancellation)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] | None = None
    jitter: Callable[[], float] = random.random
    _stopped: LimitError | None = field(default=None, init=False, repr=False)
    _resets_at: float | None = field(default=None, init=False, repr=False)

    def classify(self, fault: Fault) -> FaultRule:
        """The row for a fault."""
        for rule in self.table:
            if rule.matches(fault):
                return rule
        if not fault.status:
            return _NO_ANSWER
        return _SERVER if fault.status >= 500 else _REFUSED

    def call(
        self,
        operation: str,
        attempt: Callable[[], T],
        *,
        kind: str = "",
        read: bool = True,
        counts: bool = True,
        refresh: Callable[[], bool] | None = None,
        pace: Pace | None = None,
    ) -> T:
        """Send a request as often as its faults allow.

        Args:
            operation: what is being done, for messages; no values in it.
            attempt: sends it once; returns the answer or raises :class:`FaultSeen`.
            kind: what the ledger counts it under; the operation where not given.
            read: it changes nothing, so it may be repeated. What writes is sent once only.
            counts: False for a request for a token.
            refresh: renews the token; returns False where it cannot.
            pace: keeps requests apart.

        Raises:
            TransportError: the subclass its fault's row names.
        """
        refreshed = False

        def once() -> T:
            nonlocal refreshed
            self._check(operation)
            self.wait(pace.delay(self.clock()) if pace else 0.0)
            self.ledger.count_call(kind or operation) if counts else self.ledger.count_login()
            try:
                return attempt()
            except FaultSeen as seen:
                refusal = seen
            if self.classify(refusal.fault).action is not Action.REFRESH or refreshed or refresh is None:
                raise refusal
            refreshed = True
            if not refresh():
                raise refusal
            return once()

        def repeats(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            if not isinstance(error, FaultSeen):
                return False
            rule = self.classify(error.fault)
            return (
                read
                and rule.action is Action.RETRY
                and state.attempt_number < rule.attempts
                and (error.fault.retry_after or 0.0) <= self.retry_after_cap
            )

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            fault = error.fault if isinstance(error, FaultSeen) else Fault()
            return self._book_pause(operation, fault, state.attempt_number)

        tries = tenacity.Retrying(retry=repeats, wait=pause, sleep=self.wait, reraise=True)
        try:
            return tries(once)
        except FaultSeen as seen:
            fault, attempts = seen.fault, int(tries.statistics.get("attempt_number", 1))
        # Raised here, outside the handler, so that no foreign exception with an address in it hangs on.
        error = self.failure(operation, fault, attempts=attempts, read=read)
        _log.warning("%s", error)
        raise error

    def pause(self, operation: str, fault: Fault, attempt: int) -> None:
        """Wait before a repetition that the caller makes itself: of one part of a call, for one.

        Args:
            operation: what is to be repeated.
            fault: why.
            attempt: how often it was tried so far.
        """
        self.wait(self._book_pause(operation, fault, attempt))

    def _check(self, operation: str) -> None:
        if self.cancellation.cancelled:
            raise CancelledReadError(
                f"{self.source}: {operation}: called off after {self.ledger}", operation=operation
            )
        if self._stopped is not None:
            if self._resets_at is None or self.clock() < self._resets_at:
                raise LimitError(str(self._stopped), **_parts(self._stopped))
            self._stopped = None

    def wait(self, seconds: float) -> None:
        """Sleep the policy's way; less where the reading is called off meanwhile."""
        if seconds > 0:
            (self.sleep or self.cancellation.wait)(seconds)

    def _book_pause(self, operation: str, fault: Fault, attempt: int) -> float:
        first, longest = self.classify(fault).wait
        seconds = min(longest, first * 2.0 ** (attempt - 1)) * (1 + self.jitter() / 2)
        if fault.retry_after is not None:
            seconds = fault.retry_after
        self.ledger.count_retry(seconds)
        _log.info("%s: %s: %s; repeated in %.1f s", self.source, operation, fault, seconds)
        return seconds

    def failure(
        self, operation: str, fault: Fault, *, attempts: int = 1, read: bool = True
    ) -> TransportError:
        """The error a fault comes to in the end; a limit of the day stops all further calls.

        Args:
            operation: what was being done.
            fault: what was seen.
            attempts: how often it was tried.
            read: it changes nothing.
        """
        rule = self.classify(fault)
        parts = [f"{self.source}: {operation}: {fault}: {rule.meaning}"]
        if fault.facts:
            parts.append(", ".join(f"{name} {value}" for name, value in fault.facts.items()))
        if attempts > 1:
            parts.append(f"asked {attempts} times")
        if (fault.retry_after or 0.0) > self.retry_after_cap:
            parts.append(
                f"it asks for a wait of {fault.retry_after:.0f} s; the most we wait is "
                f"{self.retry_after_cap:.0f} s"
            )
        if rule.action is Action.RETRY and not read:
            parts.append("not repeated, because it may have been carried out; look before you send it again")
        if rule.action is Action.STOP:
            parts.append(f"stopped after {self.ledger}")
        if rule.advice:
            parts.append(rule.advice)
        error = rule.error(
            "; ".join(parts),
            operation=operation,
            status=fault.status,
            code=fault.code,
            facts=fault.facts,
            advice=rule.advice,
        )
        if rule.action is Action.STOP and isinstance(error, LimitError):
            self._stopped = error
            self._resets_at = None if fault.resets_after is None else self.clock() + fault.resets_after
        return error

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TransportPolicy belongs to one process; build one where it is needed")


def _parts(error: TransportError) -> dict[str, Any]:
    return {name: getattr(error, name) for name in ("operation", "status", "code", "facts", "advice")}
