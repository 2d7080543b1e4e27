"""Books out of a HubSpot portal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sam_adapters.contract import BookReading, BookRequest, Capabilities, SourceError
from sam_adapters.convert import Collector
from sam_adapters.hubspot.client import HubSpotClient, connect
from sam_adapters.hubspot.config import TOKEN_VARIABLE, HubSpotConfig
from sam_adapters.hubspot.dossiers import DossierMaker
from sam_adapters.hubspot.gaps import ASSUMPTIONS, capabilities_of
from sam_adapters.hubspot.header import HeaderMaker, people
from sam_adapters.hubspot.reader import Reader
from sam_adapters.hubspot.settings import Settings
from sam_adapters.hubspot.snapshot import Snapshot
from sam_adapters.transport import CallLedger, TransportPolicy
from sam_core.book import Book, BookHeader, Dossier, Person, Provenance
from sam_core.errors import suggestion

__all__ = ["HubSpotAdapter", "open_hubspot"]


class HubSpotAdapter:
    """Reads books out of one portal.

    A book reads what is asked of it when it is first asked, and keeps it: going through it again
    makes no calls.

    Args:
        client: the connection.
        config: how the portal is read.
    """

    def __init__(self, client: HubSpotClient, config: HubSpotConfig | None = None) -> None:
        self._config = config or HubSpotConfig()
        self._client = client
        reader = Reader(client, workers=self._config.workers, by_search=self._config.plan == "search")
        self.settings = Settings(reader, self._config)

    @property
    def ledger(self) -> CallLedger:
        """The calls so far, planned and made."""
        return self._client.policy.ledger

    def calls(self) -> str:
        """What was planned and what was made, step by step, for people."""
        planned, made = self.settings.reader.planned, self.ledger.calls
        steps = [*dict.fromkeys((*planned, *made))]
        width = max((len(step) for step in steps), default=5)
        lines = [f"{'calls':<{width}}  planned  made"]
        lines += [f"{step:<{width}}  {planned[step]:>7}  {made[step]:>4}" for step in steps]
        return "\n".join([*lines, f"{'all':<{width}}  {planned.total():>7}  {made.total():>4}"])

    @property
    def capabilities(self) -> Capabilities:
        """What this portal provides; the first time it asks for the properties of the objects in the map."""
        return capabilities_of(self.settings)

    def managers(self) -> tuple[Person, ...]:
        """Whoever owns companies today, in order of id."""
        everybody = people(self.settings, Collector())
        spec = self._config.objects["companies"]
        reader, name = self.settings.reader, self._config.owner_property
        held = reader.holders(spec.object, name, [person.id for person in everybody])
        return tuple(person for person in everybody if person.id in held)

    def read(self, request: BookRequest) -> BookReading:
        """The book asked for.

        Args:
            request: its ``manager_id`` is an owner's id or e-mail address.

        Raises:
            SourceError: the portal cannot be read, or there is no such owner.
        """
        owner = self.owner(request.manager_id)
        collector = Collector(strict=request.strict)
        everybody = people(self.settings, collector)
        manager = next((person for person in everybody if person.id == str(owner["id"])), None)
        if manager is None:
            raise SourceError(f"hubspot: owner {owner['id']} has neither a name nor an e-mail address")
        snapshot = Snapshot(self.settings, collector, owner, request.period)
        parts = HeaderMaker(snapshot, collector).parts()
        portal = self.settings.account().get("portalId", "")
        header = BookHeader(
            manager=manager,
            period=request.period,
            currency=self.settings.currency,
            value_basis=self._config.value_basis,
            policy=request.policy,
            provenance=Provenance(
                source=f"hubspot: portal {portal}, API {self._client.version}, {self._config.plan} plan",
                assumptions=ASSUMPTIONS,
                problems=len(collector.log),
            ),
            **parts,
        )
        maker = DossierMaker(snapshot, collector)

        def source(wanted: frozenset[str]) -> Iterator[Dossier]:
            return maker.dossiers(wanted)

        return BookReading(book=Book(header, source), problems=collector.log)

    def owner(self, manager: str) -> Mapping[str, Any]:
        """The owner of an id or e-mail address, as HubSpot tells it.

        Raises:
            SourceError: there is none.
        """
        asked = manager.casefold()
        owners = self.settings.owners()
        for owner in owners:
            if str(owner["id"]) == manager or str(owner.get("email", "")).casefold() == asked:
                return owner
        known = [str(owner.get("email") or owner["id"]) for owner in owners]
        raise SourceError(f"hubspot: no owner {manager!r}{suggestion(manager, known)}")

    def __repr__(self) -> str:
        return f"<HubSpotAdapter: {self._client!r}>"


def open_hubspot(
    *,
    access_token: str | None = None,
    token_provider: Callable[[], str] | None = None,
    client: Any = None,
    mapping: HubSpotConfig | Mapping[str, Any] | str | Path | None = None,
    host: str | None = None,
    policy: TransportPolicy | None = None,
) -> HubSpotAdapter:
    """The adapter, as ``open_book("hubspot", …)`` builds it.

    Args:
        access_token: of a service key or private app; the environment variable
            ``HUBSPOT_ACCESS_TOKEN`` where neither it nor one of the next two is given.
        token_provider: returns a valid token; asked again when one has expired.
        client: a ready ``hubspot.HubSpot``.
        mapping: the mapping file, its path, or what was parsed from it.
        host: another address than HubSpot's own.
        policy: time-outs, limits of waiting, and the caller's means to call a reading off.

    Raises:
        SourceError: there is no token.
        ConfigError: the mapping says something that cannot hold.
    """
    if isinstance(mapping, HubSpotConfig):
        config = mapping
    elif isinstance(mapping, str | Path):
        config = HubSpotConfig.from_toml(mapping)
    else:
        config = HubSpotConfig.from_mapping(mapping or {})
    if client is None and token_provider is None:
        access_token = access_token or os.environ.get(TOKEN_VARIABLE)
    connection = connect(
        access_token=access_token,
        token_provider=token_provider,
        client=client,
        host=host,
        version=config.api_version,
        **({} if policy is None else {"policy": policy}),
    )
    return HubSpotAdapter(connection, config)
