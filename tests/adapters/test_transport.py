"""One policy for every CRM: what is repeated, what is not, and what is told."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam_adapters.contract import SourceError
from sam_adapters.transport import (
    Action,
    AuthError,
    CallLedger,
    Cancellation,
    CancelledReadError,
    Fault,
    FaultRule,
    FaultSeen,
    LimitError,
    Pace,
    RequestError,
    ShortReadError,
    TokenSource,
    TransportError,
    TransportPolicy,
    UnavailableError,
    parse_retry_after,
)

SECRET = "eyJhbGciOi-secret"
TABLE = (
    FaultRule(
        status=(401,), action=Action.REFRESH, error=AuthError, meaning="not known", advice="sign in again"
    ),
    FaultRule(code="DAILY", action=Action.STOP, error=LimitError, meaning="used up"),
    FaultRule(
        status=(429,),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="too fast",
        attempts=3,
        wait=(1.0, 8.0),
    ),
    FaultRule(
        status=(403,), text="slow down", action=Action.RETRY, error=UnavailableError, meaning="too fast"
    ),
    FaultRule(status=(403,), error=RequestError, meaning="not allowed"),
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy(clock: Clock) -> TransportPolicy:
    return TransportPolicy(
        source="Acme", table=TABLE, clock=lambda: clock.now, sleep=clock.sleep, jitter=lambda: 0.0
    )


def failing(*faults: Fault | None) -> Callable[[], str]:
    left = list(faults)

    def attempt() -> str:
        fault = left.pop(0) if left else None
        if fault is not None:
            raise FaultSeen(fault)
        return "answer"

    return attempt


BUSY = Fault(status=429)


def test_an_answer_is_handed_on_and_counted(policy: TransportPolicy) -> None:
    assert policy.call("accounts, page 1", failing(), kind="read") == "answer"
    assert policy.ledger.calls == {"read": 1}


def test_what_passes_is_repeated_with_waits_that_double(policy: TransportPolicy, clock: Clock) -> None:
    assert policy.call("accounts", failing(BUSY, BUSY)) == "answer"
    assert clock.slept == [1.0, 2.0]
    assert (policy.ledger.actual, policy.ledger.retries, policy.ledger.waited) == (3, 2, 3.0)


def test_what_does_not_pass_ends_in_the_error_of_its_row(policy: TransportPolicy) -> None:
    with pytest.raises(UnavailableError, match="Acme: accounts: HTTP 429: too fast; asked 3 times"):
        policy.call("accounts", failing(BUSY, BUSY, BUSY, BUSY))


def test_what_writes_is_sent_once_only(policy: TransportPolicy) -> None:
    with pytest.raises(UnavailableError, match="may have been carried out"):
        policy.call("a new task", failing(BUSY), read=False)
    assert policy.ledger.actual == 1


def test_jitter_lengthens_a_wait_by_half_of_it_at_most(policy: TransportPolicy, clock: Clock) -> None:
    policy.jitter = lambda: 1.0
    policy.call("accounts", failing(BUSY))
    assert clock.slept == [1.5]


@pytest.mark.parametrize(
    ("fault", "error", "calls"),
    [
        (Fault(status=418), RequestError, 1),
        (Fault(status=599), UnavailableError, 3),
        (Fault(code="READ_TIMEOUT"), UnavailableError, 4),
        (Fault(status=403, detail="please SLOW DOWN"), UnavailableError, 5),
        (Fault(status=403, detail="no"), RequestError, 1),
    ],
    ids=str,
)
def test_the_first_row_that_matches_counts_and_the_rest_has_defaults(
    policy: TransportPolicy, fault: Fault, error: type[TransportError], calls: int
) -> None:
    with pytest.raises(error) as seen:
        policy.call("accounts", failing(*[fault] * 9))
    assert type(seen.value) is error
    assert policy.ledger.actual == calls


def test_retry_after_takes_the_place_of_our_own_wait(policy: TransportPolicy, clock: Clock) -> None:
    policy.call("accounts", failing(Fault(status=429, retry_after=11.0)))
    assert clock.slept == [11.0]


def test_a_retry_after_over_the_cap_is_not_waited_for(policy: TransportPolicy, clock: Clock) -> None:
    with pytest.raises(UnavailableError, match="wait of 21600 s; the most we wait is 60 s"):
        policy.call("accounts", failing(Fault(status=429, retry_after=21_600.0)))
    assert clock.slept == []


SENT = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After": "-1"}, 0.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:29:30 GMT", "Date": SENT}, 90.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:00:00 GMT", "Date": SENT}, 0.0),
        ({"Retry-After": SENT}, None),  # a date says nothing to who does not know what time it is there
        ({"Retry-After": "Wed, 21 Oct 2026 07:29:30 -0000", "Date": SENT}, None),
        ({"Retry-After": "soon", "Date": SENT}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
    ids=str,
)
def test_retry_after_is_read_as_seconds(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers) == seconds


# --- the limit of the day -----------------------------------------------------------------------


def test_a_limit_of_the_day_stops_everything_after_it(policy: TransportPolicy) -> None:
    for _ in range(3):
        with pytest.raises(LimitError, match="stopped after 1 calls"):
            policy.call("accounts", failing(Fault(status=429, code="DAILY")))
    assert policy.ledger.actual == 1


def test_a_limit_whose_renewal_is_known_opens_again_then(policy: TransportPolicy, clock: Clock) -> None:
    with pytest.raises(LimitError):
        policy.call("accounts", failing(Fault(status=429, code="DAILY", resets_after=100.0)))
    clock.now = 99.0
    with pytest.raises(LimitError):
        policy.call("accounts", failing())
    clock.now = 100.0
    assert policy.call("accounts", failing()) == "answer"


# --- the token -----------------------------------------------------------------------------------

EXPIRED = Fault(status=401)


def test_a_refused_token_is_renewed_once_and_the_request_repeated(policy: TransportPolicy) -> None:
    given = iter(["first", "second"])
    tokens = TokenSource(lambda: next(given))
    sent: list[str] = []

    def attempt() -> str:
        sent.append(tokens.current())
        if sent[-1] == "first":
            raise FaultSeen(EXPIRED)
        return "answer"

    assert policy.call("accounts", attempt, refresh=tokens.refresh) == "answer"
    assert sent == ["first", "second"]


def test_a_second_refusal_ends_the_reading(policy: TransportPolicy) -> None:
    renewed: list[int] = []
    with pytest.raises(AuthError, match="sign in again"):
        policy.call("accounts", failing(EXPIRED, EXPIRED, EXPIRED), refresh=lambda: renewed.append(1) is None)
    assert len(renewed) == 1


@pytest.mark.parametrize("refresh", [None, lambda: False])
def test_without_a_way_to_renew_a_refusal_ends_the_reading(policy: TransportPolicy, refresh: Any) -> None:
    refusal = Fault(status=401, code="EXPIRED_AUTHENTICATION")
    with pytest.raises(AuthError, match="HTTP 401 EXPIRED_AUTHENTICATION") as seen:
        policy.call("accounts", failing(refusal), refresh=refresh)
    assert seen.value.code == refusal.code  # the vendor's own word, and nobody else's
    assert policy.ledger.actual == 1


def test_many_threads_renew_a_token_once() -> None:
    made: list[str] = []
    barrier = threading.Barrier(8)

    def provide() -> str:
        made.append("x")
        return f"token-{len(made)}"

    tokens = TokenSource(provide)

    def work(_: int) -> str:
        stale = tokens.current()
        barrier.wait()
        assert tokens.refresh()
        assert tokens.current() != stale
        return tokens.current()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(8))) == {"token-2"}
    assert len(made) == 2


def test_a_fixed_token_cannot_be_renewed() -> None:
    tokens = TokenSource(first="fixed")
    assert tokens.current() == "fixed"
    assert not tokens.refresh()


def test_a_token_source_needs_something_to_give() -> None:
    with pytest.raises(AuthError):
        TokenSource()


def _leaky() -> str:
    raise ValueError(f"bad key {SECRET}")


def _refused() -> str:
    raise AuthError("the app is blocked")


@pytest.mark.parametrize(
    ("provider", "saying"),
    [
        (_leaky, "failed with ValueError"),
        (lambda: "", "returned no text"),
        (lambda: None, "returned no text"),
        (_refused, "blocked"),
    ],
)
def test_a_provider_that_fails_is_told_without_its_words(provider: Any, saying: str) -> None:
    with pytest.raises(AuthError, match=saying) as seen:
        TokenSource(provider).current()
    assert SECRET not in str(seen.value)
    assert seen.value.__cause__ is seen.value.__context__ is None


def test_nothing_that_holds_a_token_can_be_pickled_or_shows_it(policy: TransportPolicy) -> None:
    tokens = TokenSource(first=SECRET)
    assert SECRET not in repr(tokens)
    for thing in (tokens, policy):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


# --- calling off, pacing, counting -----------------------------------------------------------------


def test_a_reading_that_is_called_off_sends_nothing_more(policy: TransportPolicy) -> None:
    policy.call("accounts", failing())
    policy.cancellation.cancel()
    with pytest.raises(CancelledReadError, match="called off after 1 calls"):
        policy.call("accounts", failing())
    assert policy.ledger.actual == 1


def test_calling_off_ends_a_wait() -> None:
    cancellation = Cancellation()
    policy = TransportPolicy(source="Acme", table=TABLE, cancellation=cancellation, jitter=lambda: 0.0)

    def attempt() -> str:
        cancellation.cancel()
        raise FaultSeen(Fault(status=429, retry_after=50.0))

    with pytest.raises(CancelledReadError):
        policy.call("accounts", attempt)
    assert cancellation.cancelled


@given(st.integers(1, 20), st.floats(0.5, 20), st.lists(st.floats(0, 3), min_size=1, max_size=60))
@settings(max_examples=60)
def test_a_pace_never_lets_more_through_than_it_says(limit: int, seconds: float, gaps: list[float]) -> None:
    pace, now, sent = Pace(limit, seconds), 0.0, []
    for gap in gaps:
        now += gap
        now += pace.delay(now)
        sent.append(now)
    for first, last in zip(sent, sent[limit:], strict=False):
        assert last - first >= seconds - 1e-6


def test_a_pace_holds_nobody_back_who_keeps_to_it() -> None:
    pace = Pace(3, 10.0)
    assert [pace.delay(now) for now in (0.0, 1.0, 2.0, 10.0, 11.0, 12.0)] == [0.0] * 6
    assert [pace.delay(now) for now in (12.0, 13.0, 14.0)] == [8.0, 8.0, 8.0]


def test_a_pace_makes_the_policy_wait(policy: TransportPolicy, clock: Clock) -> None:
    pace = Pace(1, 10.0)
    for _ in range(3):
        policy.call("search", failing(), pace=pace)
    assert clock.slept == [10.0, 10.0]


def test_the_ledger_says_what_was_planned_and_what_was_done() -> None:
    ledger = CallLedger()
    assert str(ledger) == "0 calls; 0 rows"
    ledger.plan(2)
    ledger.count_call("read")
    ledger.count_rows("Account", 7)
    ledger.count_retry(1.5)
    ledger.count_login()
    ledger.used, ledger.allowed = 5, 15_000
    assert (
        str(ledger)
        == "1 calls of 2 planned, 1 of them repeated; 7 rows; 5 of 15000 calls of the day are used"
    )
    assert ledger.logins == 1


def test_a_request_for_a_token_counts_against_no_limit(policy: TransportPolicy) -> None:
    policy.call("sign-in", failing(), counts=False)
    assert (policy.ledger.actual, policy.ledger.logins) == (0, 1)


def test_a_caller_that_repeats_by_itself_waits_and_counts_the_same_way(
    policy: TransportPolicy, clock: Clock
) -> None:
    policy.pause("accounts", BUSY, 2)
    assert clock.slept == [2.0]
    assert policy.ledger.retries == 1


# --- what is told ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [SECRET, "a b", "", 7, None, "<html>", "X" * 90])
def test_what_does_not_look_like_a_code_is_dropped(code: Any) -> None:
    assert Fault(code=code).code == ""


def test_what_does_not_look_like_a_name_is_dropped() -> None:
    fault = Fault(facts={"field": "Tier__c", "where": "Name = 'x'"})
    assert dict(fault.facts) == {"field": "Tier__c"}


def test_a_fault_never_shows_the_vendor_s_words(
    policy: TransportPolicy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fault = Fault(
        status=403, code="FORBIDDEN", detail=f"token {SECRET} slow down", facts={"field": "Tier__c"}
    )
    with pytest.raises(UnavailableError) as seen:
        policy.call("accounts", failing(*[fault] * 9))
    shown = [str(seen.value), repr(seen.value), repr(fault), str(fault), caplog.text, str(FaultSeen(fault))]
    shown.append(pickle.dumps(seen.value).decode("latin-1"))
    assert not any(SECRET in text for text in shown)
    assert "field Tier__c" in str(seen.value)
    assert "repeated in" in caplog.text


def test_errors_keep_their_parts_through_a_pickle(policy: TransportPolicy) -> None:
    with pytest.raises(RequestError) as seen:
        policy.call("accounts", failing(Fault(status=403, code="NO", facts={"field": "X"})))
    copy = pickle.loads(pickle.dumps(seen.value))
    assert (type(copy), str(copy), vars(copy)) == (RequestError, str(seen.value), vars(seen.value))


def test_all_of_it_is_one_family() -> None:
    assert issubclass(TransportError, SourceError)
    assert issubclass(ShortReadError, TransportError)


def test_an_error_of_the_attempt_itself_is_left_alone(policy: TransportPolicy) -> None:
    def attempt() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        policy.call("accounts", attempt)
    assert policy.ledger.actual == 1
