"""How the Salesforce adapter is announced; the vendor's library is imported when it is first opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sam_adapters.contract import Adapter, AdapterEntry
from sam_adapters.hookspecs import hookimpl

if TYPE_CHECKING:
    import requests
    from simple_salesforce.api import Salesforce

    from sam_adapters.salesforce.adapter import SalesforceAdapter
    from sam_adapters.salesforce.config import SalesforceConfig
    from sam_adapters.transport import TransportPolicy

__all__ = ["open_salesforce", "sam_adapters"]


def open_salesforce(
    *,
    client: Salesforce | None = None,
    instance_url: str = "",
    token: str | Callable[[], str] | None = None,
    session: requests.Session | None = None,
    mapping: SalesforceConfig | Mapping[str, Any] | str | Path | None = None,
    policy: TransportPolicy | None = None,
    environ: Mapping[str, str] | None = None,
) -> SalesforceAdapter:
    """An adapter for one org.

    Args:
        client: a ready ``simple_salesforce.Salesforce``.
        instance_url, token: or the org's address, with an access token or a function that gives a valid one.
        session: a ``requests.Session`` to send through.
        mapping: the mapping file, its path, or what was parsed from it.
        policy: time-outs, repetition and accounting; the standard policy where left out.
        environ: where settings and secrets are looked up; the process's environment where left out.

    Raises:
        ConfigError: the mapping file or a setting cannot hold, or nothing says how to sign in.
        AuthError: the org does not let us in.
    """
    from sam_adapters.salesforce.adapter import SalesforceAdapter
    from sam_adapters.salesforce.config import SalesforceConfig, read_document
    from sam_adapters.salesforce.connection import ConnectionSettings, connect

    environ = os.environ if environ is None else environ
    document: Mapping[str, Any] = {}
    if isinstance(mapping, SalesforceConfig):
        config = mapping
    else:
        chosen = environ.get("SAM_SALESFORCE_MAPPING") if mapping is None else mapping
        document = chosen if isinstance(chosen, Mapping) else read_document(chosen) if chosen else {}
        config = SalesforceConfig.from_mapping(document)
    settings = ConnectionSettings.read(document, environ)
    return SalesforceAdapter(
        connect(
            settings,
            version=config.version,
            client=client,
            instance_url=instance_url,
            token=token,
            session=session,
            policy=policy,
            bulk_above=config.bulk_above,
        ),
        config,
    )


def _load() -> Callable[..., Adapter]:
    import simple_salesforce  # noqa: F401 - says at once what is to be installed, where it is not

    return open_salesforce


@hookimpl
def sam_adapters() -> Iterable[AdapterEntry]:
    """Announce the adapter."""
    yield AdapterEntry(
        name="salesforce",
        summary="Books out of a Salesforce org, a whole book in a handful of API calls",
        load=_load,
        extra="sam-core[salesforce]",
    )
