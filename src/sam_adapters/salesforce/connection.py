"""How we get to an org: a ready client, an address with a token, or an app's credentials.

Signing in is done by simple-salesforce. Secrets come from the environment or from the caller, never from the mapping
file and never from a command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from attrs import evolve, field, fields, frozen

from sam_adapters.salesforce.client import SalesforceClient
from sam_adapters.salesforce.config import ConfigError
from sam_adapters.salesforce.faults import SALESFORCE_FAULTS
from sam_adapters.transport import AuthError, TokenSource, TransportError, TransportPolicy
from sam_core.errors import suggestion

if TYPE_CHECKING:
    import requests
    from simple_salesforce.api import Salesforce

__all__ = ["ENVIRONMENT", "ConnectionSettings", "connect", "salesforce_policy"]

_PREFIX: Final = "SAM_SALESFORCE_"
_SECRET: Final = ("access_token", "consumer_secret", "private_key")
_MANAGED: Final = "held by the transport"


def salesforce_policy(**changes: Any) -> TransportPolicy:
    """The transport policy for Salesforce; ``changes`` are fields of :class:`TransportPolicy`."""
    return TransportPolicy(**{"source": "Salesforce", "table": SALESFORCE_FAULTS, **changes})


@frozen(kw_only=True)
class ConnectionSettings:
    """Where the org is and who we are there.

    Attributes:
        instance_url: ``"https://example.my.salesforce.com"``; with ``access_token``.
        domain: the My Domain for signing in, ``"example.my"``; ``"login"`` or ``"test"`` for JWT only.
        consumer_key, consumer_secret: of the External Client App; both for client credentials.
        username, private_key, private_key_file: for JWT bearer, with ``consumer_key``.
    """

    instance_url: str = ""
    access_token: str = field(default="", repr=False)
    domain: str = ""
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    username: str = ""
    private_key: str = field(default="", repr=False)
    private_key_file: str = ""

    @classmethod
    def read(cls, document: Mapping[str, Any], environ: Mapping[str, str]) -> ConnectionSettings:
        """Settings of the table ``salesforce.connection``, and of the environment, which wins.

        Raises:
            ConfigError: an unknown setting, or a secret in the file.
        """
        names = [attribute.name for attribute in fields(cls)]
        table = document.get("salesforce", document).get("connection", {})
        for name, value in table.items():
            if name not in names:
                raise ConfigError(
                    f"salesforce.connection: there is no setting {name!r}{suggestion(name, names)}"
                )
            if name in _SECRET:
                raise ConfigError(
                    f"salesforce.connection.{name}: a secret does not belong in a file that is shared; "
                    f"set the environment variable {_PREFIX}{name.upper()}"
                )
            if not isinstance(value, str):
                raise ConfigError(f"salesforce.connection.{name}: {value!r} is not a text")
        given = {
            name: environ[_PREFIX + name.upper()] for name in names if environ.get(_PREFIX + name.upper())
        }
        return evolve(cls(), **{**table, **given})

    def client_arguments(self) -> dict[str, Any]:
        """What simple-salesforce signs in with.

        Raises:
            ConfigError: too little is set for any way of signing in.
        """
        if self.consumer_key and self.username and (self.private_key or self.private_key_file):
            key = (
                {"privatekey": self.private_key}
                if self.private_key
                else {"privatekey_file": self.private_key_file}
            )
            return {
                "username": self.username,
                "consumer_key": self.consumer_key,
                "domain": self.domain or "login",
                **key,
            }
        if self.consumer_key and self.consumer_secret and self.domain:
            return {
                "consumer_key": self.consumer_key,
                "consumer_secret": self.consumer_secret,
                "domain": self.domain,
            }
        raise ConfigError(
            "Salesforce: nothing to sign in with; set "
            f"{_PREFIX}INSTANCE_URL and {_PREFIX}ACCESS_TOKEN, or {_PREFIX}DOMAIN, {_PREFIX}CONSUMER_KEY and "
            f"{_PREFIX}CONSUMER_SECRET (client credentials), or {_PREFIX}CONSUMER_KEY, {_PREFIX}USERNAME and "
            f"{_PREFIX}PRIVATE_KEY_FILE (JWT bearer)"
        )


ENVIRONMENT: Final = tuple(_PREFIX + attribute.name.upper() for attribute in fields(ConnectionSettings))
"""The environment variables that are read."""


def connect(
    settings: ConnectionSettings,
    *,
    version: str,
    client: Salesforce | None = None,
    instance_url: str = "",
    token: str | Callable[[], str] | None = None,
    session: requests.Session | None = None,
    policy: TransportPolicy | None = None,
    bulk_above: int = 0,
) -> SalesforceClient:
    """A client whose every request is under the policy.

    Args:
        settings: used where nothing is given here.
        version: API version, where we make the client.
        client: a ready client; it is not changed, only its session and its way of signing in are used.
        instance_url: address of the org, with ``token``: an access token, or a function that gives a valid one.
        session: what to send through: proxies and certificates are its own.
        policy: the transport policy; a fresh one where none is given.
        bulk_above: rows from which an object is read by a Bulk API 2.0 job; 0 for never.

    Raises:
        ConfigError: too little is given.
        AuthError: the org does not let us in.
    """
    import requests
    from simple_salesforce.api import Salesforce

    from sam_adapters.salesforce.http import PolicyAdapter, under_policy

    given = client.session if client is not None else session or requests.Session()
    policy = policy or salesforce_policy()
    policy.table = policy.table or SALESFORCE_FAULTS
    adapter = PolicyAdapter(policy, given.get_adapter)
    ours = under_policy(given, adapter)
    more: dict[str, Any] = {
        "version": version,
        "session": ours,
        "parse_float": Decimal,
        "object_pairs_hook": dict,
    }
    address, provider = instance_url or settings.instance_url, token or settings.access_token
    if client is not None:
        address, adapter.tokens = f"https://{client.sf_instance}", _tokens_of(client, ours)
    elif address and provider:
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            raise ConfigError(
                "Salesforce: the instance address is no address of an org; it begins with https://"
            )
        fixed = isinstance(provider, str)
        adapter.tokens = TokenSource(None if fixed else provider, provider if fixed else None)  # type: ignore[arg-type]
    else:
        signed_in = _sign_in(settings.client_arguments(), more)
        address, adapter.tokens = f"https://{signed_in.sf_instance}", _tokens_of(signed_in, ours)
    return SalesforceClient(
        Salesforce(instance_url=address, session_id=_MANAGED, **more), adapter, bulk_above=bulk_above
    )


def _sign_in(arguments: Mapping[str, Any], more: Mapping[str, Any]) -> Salesforce:
    from simple_salesforce.api import Salesforce

    try:
        return Salesforce(**arguments, **more)
    except TransportError:
        raise
    except Exception as error:  # noqa: BLE001 - its words may hold what was sent; only its kind is told
        failure = type(error).__name__
    raise AuthError(
        f"Salesforce: signing in failed ({failure}); check the domain, the consumer key, the user and the private key"
    )


def _tokens_of(client: Salesforce, session: requests.Session) -> TokenSource:
    """The client's token, renewed the way the client was made but through our session."""
    login = client._salesforce_login_partial
    if login is None:
        return TokenSource(first=client.session_id)

    def renew() -> str:
        token, _instance = login.func(*login.args, **{**login.keywords, "session": session})
        return str(token)

    return TokenSource(renew, client.session_id)
