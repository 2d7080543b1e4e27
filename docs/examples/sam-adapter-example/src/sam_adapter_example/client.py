"""Talks to Orchard's JSON interface: pages, time-outs, and errors that give no secret away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from attrs import field, frozen

from sam_adapters import SourceError

__all__ = ["OrchardClient"]


@frozen
class OrchardClient:
    """Attributes:
    url: where Orchard is: ``"https://acme.orchard.example"``.
    token: its access token; never shown.
    timeout: seconds to wait for one answer.
    """

    url: str
    token: str = field(repr=False)
    timeout: float = 30.0

    def info(self) -> dict[str, Any]:
        """The currency, and the fields of each object that this token may see."""
        answer: dict[str, Any] = self._get("info")
        return answer

    def rows(self, path: str, **filters: str) -> Iterator[dict[str, Any]]:
        """All records of a collection, page after page."""
        cursor, seen = "", set[str]()
        while True:
            answer = self._get(path, **filters, **({"after": cursor} if cursor else {}))
            yield from answer["items"]
            cursor = answer.get("next") or ""
            if not cursor:
                return
            if cursor in seen:
                raise SourceError(f"Orchard: {path}: page {cursor!r} came twice; report it to Orchard")
            seen.add(cursor)

    def _get(self, path: str, **query: str) -> Any:
        request = Request(
            f"{self.url}/api/{path}?{urlencode(query)}", headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urlopen(request, timeout=self.timeout) as answer:
                return json.load(answer, parse_float=Decimal)  # an amount is never a float
        except HTTPError as error:
            error.close()
            advice = "check the token" if error.code in (401, 403) else "try again later"
            raise SourceError(f"Orchard: {path}: status {error.code}; {advice}") from None
        except (URLError, TimeoutError) as error:
            raise SourceError(f"Orchard: {path}: no answer ({error}); check the address {self.url}") from None
        except ValueError:
            raise SourceError(
                f"Orchard: {path}: the answer is not JSON; check the address {self.url}"
            ) from None
