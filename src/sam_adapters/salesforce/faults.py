"""What Salesforce's faults mean, and what to do about each: one row a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from sam_adapters.transport import (
    Action,
    AuthError,
    CursorError,
    Fault,
    FaultRule,
    LimitError,
    NotAvailableError,
    RequestError,
    ResponseError,
    TooHeavyError,
    UnavailableError,
    parse_retry_after,
)

__all__ = ["NOT_DATA", "SALESFORCE_FAULTS", "fault_of_body"]

NOT_DATA: Final = "NOT_DATA"
"""Our code for an answer with status 200 that is no JSON."""

_RETRY: Final[Any] = {"action": Action.RETRY, "error": UnavailableError}

SALESFORCE_FAULTS: Final[tuple[FaultRule, ...]] = (
    FaultRule(
        status=(0,),
        code="TLS",
        error=AuthError,
        meaning="no safe connection",
        advice="check certificates and proxy",
    ),
    FaultRule(
        status=(401,),
        code="INVALID_SESSION_ID",
        action=Action.REFRESH,
        error=AuthError,
        meaning="the session has expired or was revoked",
        advice="sign in again, and check that the app's refresh policy and the user are still active",
    ),
    FaultRule(
        status=(401,),
        error=AuthError,
        meaning="the access token was not accepted",
        advice="check the instance address, the token, and any proxy in between",
    ),
    FaultRule(
        code="invalid_*",
        error=AuthError,
        meaning="the sign-in was refused",
        advice="use an External Client App with client credentials (its own My Domain and a run-as user) or JWT bearer",
    ),
    FaultRule(
        code="unsupported_grant_type",
        error=AuthError,
        meaning="this way of signing in is switched off",
        advice="enable client credentials or JWT bearer in the External Client App",
    ),
    FaultRule(
        code="INVALID_OPERATION",
        error=AuthError,
        meaning="this way of signing in is no longer served",
        advice="use an External Client App with client credentials or JWT bearer",
    ),
    FaultRule(
        status=(403,),
        code="REQUEST_LIMIT_EXCEEDED",
        text="concurrent",
        meaning="too many long requests run at once",
        attempts=4,
        wait=(10.0, 60.0),
        **_RETRY,
    ),
    FaultRule(
        code="REQUEST_LIMIT_EXCEEDED",
        action=Action.STOP,
        error=LimitError,
        meaning="the calls of the last 24 hours are used up",
        advice="wait until older calls drop out of the window, or have the limit raised",
    ),
    FaultRule(
        code="API_CURRENTLY_DISABLED",
        error=NotAvailableError,
        meaning="the API is switched off for this org",
        advice="ask Salesforce support",
    ),
    FaultRule(
        code="API_*DISABLED*",
        error=NotAvailableError,
        meaning="the API is not enabled for this org or user",
        advice="give the user the permission 'API Enabled'; some editions have no API",
    ),
    FaultRule(
        status=(400, 403, 404),
        code="INSUFFICIENT_ACCESS*",
        error=NotAvailableError,
        meaning="the user may not see this",
        advice="grant read access in a permission set",
    ),
    FaultRule(status=(403,), code="CANNOT_*", error=NotAvailableError, meaning="the user may not do this"),
    FaultRule(
        code="INVALID_TYPE",
        error=NotAvailableError,
        meaning="the object is not there, not licensed, or hidden from the user",
        advice="grant read access to it, or leave it out in the mapping file",
    ),
    FaultRule(
        code="INVALID_FIELD",
        error=RequestError,
        meaning="a field or relationship is not there, or hidden from the user",
        advice="grant read access to the field, or name another in the mapping file",
    ),
    FaultRule(
        code="MALFORMED_QUERY",
        meaning="the query is malformed",
        advice="check the conditions in the mapping file; if there are none, report this as a defect",
    ),
    FaultRule(code="QUERY_TIMEOUT", error=TooHeavyError, meaning="the query ran too long"),
    FaultRule(code="QUERY_TOO_COMPLICATED", error=TooHeavyError, meaning="the query is too complicated"),
    FaultRule(
        status=(400, 404),
        code="INVALID_QUERY_LOCATOR",
        error=CursorError,
        meaning="the cursor of a page is gone",
    ),
    FaultRule(code="EXCEEDED_ID_LIMIT", meaning="this object gives no further pages"),
    FaultRule(code="UNABLE_TO_LOCK_ROW", meaning="a row is locked", attempts=5, wait=(0.5, 10.0), **_RETRY),
    FaultRule(
        code="PROCESSING_HALTED", meaning="held back by the fault of another part", attempts=3, **_RETRY
    ),
    FaultRule(
        code="UNSUPPORTED_API_VERSION",
        meaning="this API version is retired",
        advice="set salesforce.version to one in service",
    ),
    FaultRule(
        status=(301, 302, 303, 307, 308),
        meaning="it sends us to another address, which we do not follow with a token",
        advice="set the address, or the domain, of the org's own My Domain",
    ),
    FaultRule(
        status=(410,),
        meaning="this API version or resource is retired",
        advice="set salesforce.version to one in service",
    ),
    FaultRule(
        status=(404,),
        error=NotAvailableError,
        meaning="there is no such resource or API version",
        advice="check salesforce.version against the versions the org serves",
    ),
    FaultRule(
        status=(414, 431),
        meaning="the address is too long",
        advice="report this as a defect; queries travel in the body",
    ),
    FaultRule(
        status=(406, 420),
        meaning="the edge has no route to the org yet",
        attempts=5,
        wait=(5.0, 60.0),
        **_RETRY,
    ),
    FaultRule(status=(429,), meaning="too many requests at once", attempts=5, wait=(2.0, 60.0), **_RETRY),
    FaultRule(
        status=(500,),
        meaning="the server failed",
        advice="give the ErrorId to Salesforce support if it stays",
        attempts=3,
        wait=(1.0, 20.0),
        **_RETRY,
    ),
    FaultRule(status=(502, 503, 504), meaning="the server is busy or in maintenance", attempts=5, **_RETRY),
    FaultRule(
        status=(200,),
        code=NOT_DATA,
        action=Action.RETRY,
        error=ResponseError,
        meaning="a web page came instead of data",
        advice="the org may be in maintenance, or a proxy in between asks for a sign-in",
        attempts=2,
        wait=(2.0, 10.0),
    ),
)

_COLUMN: Final = re.compile(r"No such column '([\w.]+)' on (?:entity|sobject of type) '?(\w+)'?")
_RELATION: Final = re.compile(r"Didn't understand relationship '(\w+)'")
_ERROR_ID: Final = re.compile(r"\b(\d{6,12}-\d{1,8})\b")


def fault_of_body(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Fault:
    """The fault in an error's body, in any of the shapes Salesforce gives it.

    Args:
        status: the HTTP status.
        body: text, or what was parsed from it.
        headers: the headers that came with it.
    """
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    first = body[0] if isinstance(body, list) and body else body
    code = detail = ""
    if isinstance(first, Mapping):
        code = str(first.get("errorCode") or first.get("error") or "")
        detail = str(first.get("message") or first.get("error_description") or "")
    facts: dict[str, str] = {}
    if match := _COLUMN.search(detail):
        facts = {"field": match[1], "object": match[2]}
    elif match := _RELATION.search(detail):
        facts = {"field": match[1]}
    elif code == "UNKNOWN_EXCEPTION" and (match := _ERROR_ID.search(detail)):
        facts = {"ErrorId": match[1]}
    return Fault(
        status=status,
        code=code,
        detail=detail,
        facts=facts,
        retry_after=parse_retry_after(headers or {}),
    )
