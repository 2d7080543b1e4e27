"""Every address this adapter knows, in one table by API version.

The numbered versions go out of support in 2027, and each dated one lives some eighteen months;
moving on means one more column here and nothing elsewhere.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from sam_adapters.contract import SourceError
from sam_core.errors import suggestion

__all__ = ["DEFAULT_VERSION", "PATHS", "VERSIONS", "Endpoint", "path"]


class Endpoint(enum.Enum):
    """What the adapter asks HubSpot for; everything is read, nothing written."""

    SEARCH = "search"
    BATCH_READ = "batch read"
    LIST = "list"
    ASSOCIATIONS = "associations"
    DEAL_SPLITS = "deal splits"
    OWNERS = "owners"
    PIPELINES = "pipelines"
    PROPERTIES = "properties"
    ACCOUNT = "account"
    EXCHANGE_RATES = "exchange rates"


_NUMBERED: Final = {
    Endpoint.SEARCH: "/crm/v3/objects/{object}/search",
    Endpoint.BATCH_READ: "/crm/v3/objects/{object}/batch/read",
    Endpoint.LIST: "/crm/v3/objects/{object}",
    Endpoint.ASSOCIATIONS: "/crm/v4/associations/{object}/{to}/batch/read",
    Endpoint.DEAL_SPLITS: "/crm/v3/objects/deals/splits/batch/read",
    Endpoint.OWNERS: "/crm/v3/owners/",
    Endpoint.PIPELINES: "/crm/v3/pipelines/{object}",
    Endpoint.PROPERTIES: "/crm/v3/properties/{object}",
    Endpoint.ACCOUNT: "/account-info/v3/details",
    Endpoint.EXCHANGE_RATES: "/settings/v3/currencies/exchange-rates",
}


def _dated(version: str) -> Mapping[Endpoint, str]:
    return {
        Endpoint.SEARCH: f"/crm/objects/{version}/{{object}}/search",
        Endpoint.BATCH_READ: f"/crm/objects/{version}/{{object}}/batch/read",
        Endpoint.LIST: f"/crm/objects/{version}/{{object}}",
        Endpoint.ASSOCIATIONS: f"/crm/associations/{version}/{{object}}/{{to}}/batch/read",
        Endpoint.DEAL_SPLITS: f"/deal-splits/{version}/batch/read",
        Endpoint.OWNERS: f"/crm/owners/{version}",
        Endpoint.PIPELINES: f"/crm/pipelines/{version}/{{object}}",
        Endpoint.PROPERTIES: f"/crm/properties/{version}/{{object}}",
        Endpoint.ACCOUNT: f"/account-info/{version}/details",
        Endpoint.EXCHANGE_RATES: f"/settings/currencies/{version}/exchange-rates",
    }


PATHS: Final[Mapping[str, Mapping[Endpoint, str]]] = MappingProxyType(
    {"v3": _NUMBERED, "2026-03": _dated("2026-03"), "2026-09": _dated("2026-09")}
)
"""Path templates by API version; ``v3`` stands for the numbered ones, associations at v4."""

VERSIONS: Final = tuple(PATHS)
DEFAULT_VERSION: Final = "2026-09"


def path(version: str, endpoint: Endpoint, object_type: str = "", to: str = "") -> str:
    """The path of an endpoint in one API version.

    Args:
        version: one of :data:`VERSIONS`.
        endpoint: what is asked for.
        object_type: ``"deals"``, or the type id of a custom object, ``"2-4711"``.
        to: the other object type of an association.

    Raises:
        SourceError: nobody here knows that version.
    """
    try:
        template = PATHS[version][endpoint]
    except KeyError:
        raise SourceError(
            f"hubspot: no API version {version!r} in the table{suggestion(version, PATHS)}"
        ) from None
    return template.format(object=quote(object_type, safe=""), to=quote(to, safe=""))
