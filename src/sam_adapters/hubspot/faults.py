"""What each fault of HubSpot means and what to do about it, as the rows of one table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sam_adapters.faults import (
    Action,
    AuthError,
    Fault,
    FaultRule,
    LimitError,
    NotAvailableError,
    ResponseError,
    TooHeavyError,
    UnavailableError,
)
from sam_adapters.transport import parse_retry_after

__all__ = ["HUBSPOT_FAULTS", "read_fault", "until_midnight"]

HUBSPOT_FAULTS: Final = (
    FaultRule(
        status=(200,),
        action=Action.RETRY,
        error=ResponseError,
        meaning="the answer is not what HubSpot promises",
        attempts=2,
        advice="a proxy or a maintenance page may have answered in its place; try again later",
    ),
    FaultRule(
        status=(0,),
        code="TLS",
        error=AuthError,
        meaning="no safe connection",
        advice="check certificates and proxy",
    ),
    FaultRule(
        status=(400,),
        text="infer object type",
        error=NotAvailableError,
        meaning="this portal has no such object",
        advice="check the object's name or type id in the mapping",
    ),
    FaultRule(
        status=(400,),
        meaning="the request is not valid",
        advice="check the mapping with: sam-core hubspot doctor",
    ),
    FaultRule(
        status=(401,),
        action=Action.REFRESH,
        error=AuthError,
        meaning="the token is not accepted",
        advice="create a new service key or renew the access token",
    ),
    FaultRule(
        status=(403,),
        code="MISSING_SCOPES",
        error=NotAvailableError,
        meaning="a scope is missing",
        advice="grant it to the service key or private app",
    ),
    FaultRule(
        status=(403,),
        error=NotAvailableError,
        meaning="not allowed",
        advice="the subscription, a permission or sensitive-data setting does not allow it",
    ),
    FaultRule(
        status=(404,),
        meaning="there is no such address",
        advice="check the API version and the object's name in the mapping",
    ),
    FaultRule(status=(409,), meaning="it conflicts with what is there"),
    FaultRule(status=(414,), error=TooHeavyError, meaning="the address is too long"),
    FaultRule(
        status=(423,),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="locked by a large operation",
        wait=(2, 20),
    ),
    FaultRule(
        status=(429,),
        code="DAILY",
        action=Action.STOP,
        error=LimitError,
        meaning="the calls of the day are used up",
        advice="read again after midnight in the portal's time zone",
    ),
    FaultRule(
        status=(429,),
        code="SECONDLY",
        action=Action.RETRY,
        error=UnavailableError,
        meaning="too many searches in a second",
        attempts=8,
        wait=(1, 8),
    ),
    FaultRule(
        status=(429,),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="too many calls in ten seconds",
        attempts=8,
        wait=(10, 20),
    ),
    FaultRule(
        status=(477,),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="the portal is being moved to another data centre",
        attempts=2,
        wait=(60, 60),
        advice="try again when the move is over",
    ),
    FaultRule(
        status=(502, 504),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="it took HubSpot too long",
        attempts=5,
        wait=(3, 30),
        advice="try again later",
    ),
    FaultRule(
        status=(524,),
        action=Action.RETRY,
        error=TooHeavyError,
        meaning="it took HubSpot too long",
        attempts=2,
        wait=(1, 5),
    ),
    FaultRule(
        status=(525, 526, 530),
        error=AuthError,
        meaning="the connection or the token is malformed",
        advice="check that the token was copied whole, and the proxy",
    ),
    FaultRule(
        status=(500, 503, 521, 522, 523),
        action=Action.RETRY,
        error=UnavailableError,
        meaning="HubSpot failed",
        attempts=5,
        wait=(1, 30),
        advice="try again later",
    ),
)
"""First match wins; what is in no row follows the transport: 5xx repeated, the rest refused."""


def until_midnight(now: datetime, zone: str | None) -> float | None:
    """Seconds until the portal's next midnight; ``None`` where its time zone is not known."""
    try:
        local = now.astimezone(ZoneInfo(zone)) if zone else None
    except (KeyError, ValueError):
        return None
    if local is None:
        return None
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp() - now.timestamp()


def read_fault(
    status: int, body: str, headers: Mapping[str, str], now: datetime, zone: str | None = None
) -> Fault:
    """What an answer of HubSpot says about its failure; a body that is no JSON says nothing."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    code = said.get("policyName") or said.get("category") or said.get("errorType") or ""
    return Fault(
        status=status,
        code=str(code),
        detail=str(said.get("message", "")),
        facts={f"scope {n}": scope for n, scope in enumerate(dict.fromkeys(_scopes(said)), 1)},
        retry_after=parse_retry_after(headers),
        resets_after=until_midnight(now, zone) if code == "DAILY" else None,
    )


def _scopes(said: Mapping[str, Any]) -> Iterator[str]:
    for place in (said, *(said.get("errors") or ())):
        context = place.get("context") if isinstance(place, dict) else None
        if isinstance(context, dict):
            for key in ("requiredGranularScopes", "requiredScopes", "missingScopes"):
                yield from (str(scope) for scope in context.get(key) or ())
