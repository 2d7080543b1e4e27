"""What a portal is set up like: read once for all its books."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import define, field

from sam_adapters.contract import SourceError
from sam_adapters.convert import ExchangeRates, Format, decimal
from sam_adapters.faults import NotAvailableError
from sam_adapters.hubspot.client import scopes_of
from sam_adapters.hubspot.config import HubSpotConfig
from sam_adapters.hubspot.objects import ObjectSpec
from sam_adapters.hubspot.paths import Endpoint
from sam_adapters.hubspot.reader import Reader
from sam_adapters.hubspot.records import day
from sam_core.values import Unknown, Why

__all__ = ["Settings", "refusal"]

T = TypeVar("T")

RATES = ObjectSpec(key="rates", object="exchange rates", scope="settings.currencies.read")


def refusal(spec: ObjectSpec, error: NotAvailableError) -> Unknown:
    """Why an object cannot be read, with what to grant."""
    if error.status == 400:
        return Unknown(
            Why.NOT_CONFIGURED, f"{spec.object}: this portal has no such object; name another in the mapping"
        )
    scopes = scopes_of(error)
    if not scopes and error.code != "MISSING_SCOPES":
        return Unknown(
            Why.NOT_PERMITTED, f"{spec.object}: not part of the subscription, or hidden from this token"
        )
    return Unknown(
        Why.NOT_PERMITTED, f"{spec.object}: grant the scope {' or '.join(scopes or (spec.scope,))}"
    )


@define(eq=False)
class Settings:
    """Reads settings on demand and keeps them.

    Attributes:
        reader: reads the portal.
        config: how it is to be read.
        refused: why entries of the map cannot be read, as far as it has come to light.
    """

    reader: Reader
    config: HubSpotConfig
    refused: dict[str, Unknown] = field(factory=dict)
    _kept: dict[Any, Any] = field(factory=dict, init=False, repr=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False, repr=False)

    def _once(self, key: Any, read: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = read()
            kept: T = self._kept[key]
            return kept

    def refuse(self, spec: ObjectSpec, error: NotAvailableError) -> Unknown:
        """Take note that an entry cannot be read."""
        self.refused[spec.key] = refusal(spec, error)
        return self.refused[spec.key]

    def account(self) -> Mapping[str, Any]:
        """The portal's currency and time zone."""

        def read() -> Mapping[str, Any]:
            account = self.reader.account()
            self.reader.client.zone = str(account.get("timeZone") or "") or None
            return account

        return self._once("account", read)

    @property
    def form(self) -> Format:
        """How the portal writes its scalars: days by its own time zone, and a blank is a null."""
        zone = str(self.account().get("timeZone") or "")
        try:
            return Format(zone=ZoneInfo(zone) if zone else None, placeholders=frozenset())
        except (KeyError, ValueError):
            raise SourceError(
                f"hubspot: this machine does not know the portal's time zone {zone!r}; install tzdata"
            ) from None

    @property
    def currency(self) -> str:
        """The currency of the books."""
        return self.config.currency or str(self.account()["companyCurrency"])

    def owners(self) -> list[dict[str, Any]]:
        """Everybody who owns or has owned records."""
        return self._once("owners", self.reader.owners)

    def pipelines(self, kind: str) -> list[dict[str, Any]]:
        """An object's pipelines with their stages."""
        return self._once(("pipelines", kind), lambda: self.reader.settings(Endpoint.PIPELINES, kind))

    def rates(self, *, fetch: bool = True) -> ExchangeRates:
        """The portal's dated exchange rates into the currency of the books; without the scope there are none.

        Args:
            fetch: False where nothing is to be converted, and no call is made.
        """

        def read() -> list[dict[str, Any]]:
            try:
                return self.reader.settings(Endpoint.EXCHANGE_RATES)
            except NotAvailableError as error:
                self.refuse(RATES, error)
                return []

        return ExchangeRates(
            self.currency,
            [
                (
                    rate["fromCurrencyCode"],
                    day(rate["effectiveAt"], self.form),
                    decimal(rate["conversionRate"]),
                )
                for rate in (self._once("rates", read) if fetch else ())
                if rate["toCurrencyCode"] == self.currency
            ],
        )

    def properties(self, kind: str) -> frozenset[str]:
        """The properties that an object of this portal has: one that it has not is never asked for."""
        return self._once(
            ("properties", kind),
            lambda: frozenset(p["name"] for p in self.reader.settings(Endpoint.PROPERTIES, kind)),
        )

    def has(self, spec: ObjectSpec, name: str) -> bool:
        """True where a field of an entry has a property in this portal, or is a constant."""
        given = spec.fields.get(name, "")
        return given.startswith("=") or (bool(given) and given in self.properties(spec.object))

    def missing(self, spec: ObjectSpec, name: str) -> Unknown:
        """Why a field of an entry has no value at all."""
        given = spec.fields.get(name)
        if given is None:
            return Unknown(Why.NOT_CONFIGURED, f"hubspot.objects.{spec.key}.fields.{name}: name its property")
        return Unknown(Why.NOT_CONFIGURED, f"{spec.object}.{given}: this portal has no such property")
