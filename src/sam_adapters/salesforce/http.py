"""Where simple-salesforce's requests meet the transport policy.

The client takes a ``requests.Session``; a :class:`PolicyAdapter` mounted on it sees every request the client makes, so
each has a time-out, the current token, and is repeated only where that is safe. No request is sent around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

import requests
from requests.adapters import BaseAdapter

from sam_adapters.salesforce.faults import NOT_DATA, fault_of_body
from sam_adapters.transport import Fault, FaultSeen, TokenSource, TransportPolicy

__all__ = ["PolicyAdapter", "under_policy"]

_USAGE: Final = re.compile(r"\bapi-usage=(\d+)/(\d+)")
_SIGN_IN: Final = ("/services/oauth2/", "/services/Soap/")


class PolicyAdapter(BaseAdapter):
    """Sends a session's requests under a policy.

    Args:
        policy: what to do about faults; its ledger counts.
        route: gives what really sends to an address: ``get_adapter`` of the caller's session.
        tokens: the access token; ``None`` until signing in has given one.
    """

    def __init__(
        self, policy: TransportPolicy, route: Callable[[str], BaseAdapter], tokens: TokenSource | None = None
    ) -> None:
        super().__init__()
        self.policy = policy
        self.route = route
        self.tokens = tokens
        self.operation = ""
        self.kind = ""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request as often as the policy says."""
        path = request.path_url
        signing_in = path.startswith(_SIGN_IN)
        tokens = None if signing_in else self.tokens
        read = signing_in or request.method == "GET" or path.partition("?")[0].endswith("/composite")

        def attempt() -> requests.Response:
            if tokens is not None:
                request.headers["Authorization"] = f"Bearer {tokens.current()}"
            try:
                response: requests.Response = self.route(request.url or "").send(
                    request,
                    stream=stream,
                    timeout=self.policy.timeout if timeout is None else timeout,
                    verify=verify,
                    cert=cert,
                    proxies=proxies,
                )
                body = response.content  # read here, so that a body cut short is a fault of this attempt
            except requests.RequestException as error:
                raise FaultSeen(Fault(code=_network_code(error))) from None
            self._note_usage(response.headers)
            if not 200 <= response.status_code < 300:  # a redirect too: the token follows to no other address
                raise FaultSeen(fault_of_body(response.status_code, body, response.headers))
            if not signing_in and body and not _is_data(response):
                raise FaultSeen(Fault(status=response.status_code, code=NOT_DATA))
            return response

        return self.policy.call(
            "sign-in" if signing_in else self.operation or _operation(path),
            attempt,
            kind="sign-in" if signing_in else self.kind or "other",
            read=read,
            counts=not signing_in,
            refresh=tokens.refresh if tokens is not None else None,
        )

    def close(self) -> None:
        """Nothing to close: what really sends belongs to the caller's session."""

    def _note_usage(self, headers: Mapping[str, str]) -> None:
        if match := _USAGE.search(headers.get("Sforce-Limit-Info", "")):
            self.policy.ledger.used, self.policy.ledger.allowed = int(match[1]), int(match[2])

    def __repr__(self) -> str:
        return f"<PolicyAdapter for {self.policy.source}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PolicyAdapter holds a token and cannot be pickled; build one where it is needed")


def under_policy(session: requests.Session, adapter: PolicyAdapter) -> requests.Session:
    """A session of ours that sends by the caller's: same proxies, certificates and headers; theirs stays as it is."""
    ours = requests.Session()
    for name in ("headers", "proxies", "verify", "cert", "trust_env", "cookies"):
        setattr(ours, name, getattr(session, name))
    ours.adapters.clear()  # no way out but through the policy
    ours.mount("https://", adapter)
    return ours


def _network_code(error: requests.RequestException) -> str:
    """``ReadTimeout`` as ``READ_TIMEOUT``; whatever is wrong with a certificate as ``TLS``."""
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).upper()


def _is_data(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind.endswith("json") or kind == "text/csv"


def _operation(path: str) -> str:
    """The resource without its version, ids and query: nothing of the data is in it."""
    parts = path.partition("?")[0].strip("/").split("/")
    return "/".join(part for part in parts[3:5] if part.isalpha()) or "request"
