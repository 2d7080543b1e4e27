"""Reading records, links and settings, so that nothing is missed and every call is announced.

Whatever is asked for by id is checked by id: a record that was merged answers under its new id, one that
was archived is looked for among the archived, one the search index does not know yet is read directly, and
what is still missing then is handed back with the reason.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from sam_adapters.faults import ShortReadError, TooHeavyError
from sam_adapters.hubspot.client import HubSpotClient, operation_of
from sam_adapters.hubspot.objects import MERGED
from sam_adapters.hubspot.paths import Endpoint
from sam_adapters.hubspot.plan import (
    ASSOCIATION_INPUTS,
    BATCH_INPUTS,
    LIST_ROWS,
    SEARCH_BODY,
    SEARCH_IDS,
    SEARCH_ROWS,
    chunks,
    in_order,
    pack,
    pages,
)

__all__ = ["Found", "Link", "Links", "Reader"]

T = TypeVar("T")
R = TypeVar("R")

Links = dict[str, dict[str, tuple["Link", ...]]]
"""By the id linked from, then by the id linked to: what the link says."""

_OWNERS: Final = 500
_SEARCHED: Final = {"contacts", "deals", "tickets", "line_items"}
_SINGULAR: Final = {"companies": "company", "deals": "deal", "contacts": "contact", "tickets": "ticket"}


@frozen
class Link:
    """One association type of a link; labels are renamed, type ids are not."""

    type_id: int
    label: str | None = None


@define
class Found:
    """What came of reading records by id.

    Attributes:
        records: properties by id.
        now: the id that a merged record answers to today, by the id that was asked for.
        lost: what could not be read, and why.
    """

    records: dict[str, Mapping[str, str | None]] = field(factory=dict)
    now: dict[str, str] = field(factory=dict)
    lost: dict[str, str] = field(factory=dict)

    def add(self, other: Found) -> None:
        """Take another finding in; what it says was merged away is no longer a record of its own."""
        self.records.update(other.records)
        self.now.update(other.now)
        self.lost.update(other.lost)
        for survivor, record in other.records.items():
            for gone in (record.get(MERGED) or "").split(";"):
                if gone != survivor and self.records.pop(gone, None) is not None:
                    self.now[gone] = survivor


@define(eq=False)
class Reader:
    """Reads one portal.

    Attributes:
        client: the connection.
        workers: calls under way at once.
        by_search: read records by their links through search, then the missing ones by id.
        planned: the calls announced so far, by what they do.
    """

    client: HubSpotClient
    workers: int = 4
    by_search: bool = False
    planned: Counter[str] = field(factory=Counter, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def _plan(self, calls: int, endpoint: Endpoint, kind: str = "", to: str = "") -> None:
        """Announce calls before they are made."""
        with self._lock:
            self.planned[operation_of(endpoint, kind, to)] += calls
        self.client.policy.ledger.plan(calls)

    def _each(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        if self.workers == 1 or len(items) < 2:
            return [work(item) for item in items]
        with ThreadPoolExecutor(min(self.workers, len(items))) as pool:
            return list(pool.map(work, items))

    # -- records ---------------------------------------------------------------------------------

    def records(self, kind: str, ids: Iterable[str], properties: Sequence[str]) -> Found:
        """Records by id, a hundred a call; merged, archived and missing ones accounted for."""
        found, doubtful = self._batch(kind, in_order(ids), properties)
        if doubtful:  # refused for a reason that may pass
            again, still = self._batch(kind, doubtful, properties)
            if still:
                raise _refused_twice(f"batch read {kind}", len(still))
            found.add(again)
        missing = [i for i in in_order(ids) if i not in found.records and i not in found.now]
        if missing:
            archived, _ = self._batch(kind, missing, properties, archived=True)
            found.lost = {
                i: "is in the recycle bin; restore it, or remove what still points to it"
                if i in archived.records or i in archived.now
                else "cannot be read: deleted for good, or hidden from this token"
                for i in missing
            }
        self.client.policy.ledger.count_rows(kind, len(found.records))
        return found

    def _batch(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], *, archived: bool = False
    ) -> tuple[Found, list[str]]:
        parts = chunks(ids, BATCH_INPUTS)
        self._plan(len(parts), Endpoint.BATCH_READ, kind)
        wanted = list(dict.fromkeys((*properties, MERGED)))

        def read(part: Sequence[str]) -> dict[str, Any]:
            body = {"inputs": [{"id": i} for i in part], "properties": wanted}
            query = {"archived": "true"} if archived else None
            return self.client.call(Endpoint.BATCH_READ, kind, body=body, query=query)

        found, doubtful = Found(), []
        for part, answer in zip(parts, self._each(read, parts), strict=True):
            rows = {row["id"]: row["properties"] for row in answer["results"]}
            asked = set(part)
            for survivor in rows.keys() - asked:
                gone = (rows[survivor].get(MERGED) or "").split(";")
                found.now.update({i: survivor for i in gone if i in asked and i not in rows})
            found.records.update(rows)
            doubtful += [
                i
                for problem in _doubts(answer)
                for i in (problem.get("context") or {}).get("ids") or ()
                if i in asked
            ]
        return found, doubtful

    def linked(self, kind: str, parent: str, links: Links, properties: Sequence[str]) -> Found:
        """The records that ``links`` lead to, by id or by search."""
        wanted = in_order(i for targets in links.values() for i in targets)
        rows = {i: len(targets) for i, targets in links.items()}
        parts = self._searches(kind, parent, rows, properties)
        if parts is None:
            return self.records(kind, wanted, properties)
        self._plan(_rows_calls(rows, parts), Endpoint.SEARCH, kind)
        name = f"associations.{_SINGULAR[parent]}"

        def read(part: Sequence[str]) -> list[dict[str, Any]]:
            expected = pages(sum(rows[i] for i in part), SEARCH_ROWS)
            return list(
                self.search(
                    kind,
                    [{"propertyName": name, "operator": "IN", "values": list(part)}],
                    properties,
                    expected,
                )
            )

        found = Found()
        for answer in self._each(read, parts):
            found.records.update({row["id"]: row["properties"] for row in answer})
        self.client.policy.ledger.count_rows(kind, len(found.records))
        for late in found.records.keys() - set(
            wanted
        ):  # linked since the links were read: the next reading's
            del found.records[late]
        if missing := [i for i in wanted if i not in found.records]:
            found.add(self.records(kind, missing, properties))
        return found

    def _searches(
        self, kind: str, parent: str, rows: Mapping[str, int], properties: Sequence[str]
    ) -> Sequence[Sequence[str]] | None:
        """The parents of each search; ``None`` where records are read by id, or a search would not hold even one."""
        if not self.by_search or parent not in _SINGULAR or kind not in _SEARCHED:
            return None
        longest = max((len(i) for i in rows), default=1) + 4
        fixed = 400 + sum(len(name) + 4 for name in properties)
        ids = min(SEARCH_IDS, (SEARCH_BODY - fixed) // longest)
        return pack(rows, ids=ids) if ids > 0 else None

    def foretell(self, kind: str, parent: str, links: Links, properties: Sequence[str]) -> tuple[str, int]:
        """What :meth:`linked` would do, and in how many calls."""
        rows = {i: len(targets) for i, targets in links.items()}
        parts = self._searches(kind, parent, rows, properties)
        if parts is None:
            ids = {i for targets in links.values() for i in targets}
            return operation_of(Endpoint.BATCH_READ, kind), pages(len(ids), BATCH_INPUTS)
        return operation_of(Endpoint.SEARCH, kind), _rows_calls(rows, parts)

    def search(
        self,
        kind: str,
        filters: Sequence[Mapping[str, Any]],
        properties: Sequence[str],
        planned: int = 0,
        *,
        either: Sequence[Mapping[str, Any]] = (),
    ) -> Iterator[dict[str, Any]]:
        """All that pass the filters, in order of id, by windows: no page is ever counted from the start.

        Args:
            kind: the object.
            filters: all of them have to pass.
            properties: what to read.
            planned: calls announced already.
            either: another set of filters that will do as well.

        Raises:
            ShortReadError: twice fewer rows came than HubSpot itself counted.
        """
        last, limit, calls = "", SEARCH_ROWS, 0
        while True:
            window = [{"propertyName": "hs_object_id", "operator": "GT", "value": last}] if last else []
            body = {
                "filterGroups": [{"filters": [*group, *window]} for group in (filters, either) if group],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": list(dict.fromkeys((*properties, MERGED))),
                "limit": limit,
            }
            calls += 1
            self._plan(1 if calls > planned else 0, Endpoint.SEARCH, kind)
            try:
                answer = self.client.call(Endpoint.SEARCH, kind, body=body)
                if len(answer["results"]) < min(limit, answer["total"]):
                    self._plan(1, Endpoint.SEARCH, kind)
                    answer = self.client.call(Endpoint.SEARCH, kind, body=body)
            except TooHeavyError:
                if limit <= SEARCH_ROWS // 16:
                    raise
                limit //= 2
                continue
            rows, total = answer["results"], answer["total"]
            if len(rows) < min(limit, total):
                raise ShortReadError(
                    f"HubSpot: search {kind}: {len(rows)} rows came of {min(limit, total)}, twice; a partial book "
                    "is not handed on; try again later",
                    operation=f"search {kind}",
                )
            yield from rows
            if total <= len(rows):
                return
            last = rows[-1]["id"]

    def holders(self, kind: str, name: str, owners: Sequence[str]) -> set[str]:
        """Which owners have records: by asking for each, or by going through the records, whatever is less."""
        held = [{"propertyName": name, "operator": "HAS_PROPERTY"}]
        self._plan(1, Endpoint.SEARCH, kind)
        if pages(self._total(kind, held), SEARCH_ROWS) <= len(owners):
            return {str(row["properties"].get(name)) for row in self.search(kind, held, [name])}
        self._plan(len(owners), Endpoint.SEARCH, kind)
        return {
            o for o in owners if self._total(kind, [{"propertyName": name, "operator": "EQ", "value": o}])
        }

    def _total(self, kind: str, filters: Sequence[Mapping[str, Any]]) -> int:
        body = {"filterGroups": [{"filters": list(filters)}], "properties": [], "limit": 1}
        return int(self.client.call(Endpoint.SEARCH, kind, body=body)["total"])

    def whole(self, kind: str, properties: Sequence[str]) -> Found:
        """Every record of an object, a hundred a call."""
        found, after = Found(), ""
        while True:
            query = {
                "limit": str(LIST_ROWS),
                "properties": ",".join(properties),
                **({"after": after} if after else {}),
            }
            self._plan(1, Endpoint.LIST, kind)
            answer = self.client.call(Endpoint.LIST, kind, query=query)
            found.records.update({row["id"]: row["properties"] for row in answer["results"]})
            after = _next(answer)
            if not after:
                self.client.policy.ledger.count_rows(kind, len(found.records))
                return found

    # -- links -----------------------------------------------------------------------------------

    def links(self, kind: str, ids: Iterable[str], to: str) -> Links:
        """What records are linked to, a thousand records a call, each record's further pages followed."""
        links: Links = {}
        pending = [{"id": i} for i in in_order(ids)]
        repeated = False

        def read(part: Sequence[Mapping[str, str]]) -> dict[str, Any]:
            return self.client.call(Endpoint.ASSOCIATIONS, kind, to, body={"inputs": list(part)})

        while pending:
            parts = chunks(pending, ASSOCIATION_INPUTS)
            self._plan(len(parts), Endpoint.ASSOCIATIONS, kind, to)
            pending, refused = [], []
            for answer in self._each(read, parts):
                for one in answer["results"]:
                    targets = links.setdefault(one["from"]["id"], {})
                    for target in one["to"]:
                        types = tuple(Link(t["typeId"], t.get("label")) for t in target["associationTypes"])
                        targets[str(target["toObjectId"])] = types
                    if after := _next(one):
                        pending.append({"id": one["from"]["id"], "after": after})
                refused += [
                    i
                    for problem in answer.get("errors") or ()
                    if problem.get("subCategory") != "crm.associations.NO_ASSOCIATIONS_FOUND"
                    for i in (problem.get("context") or {}).get("fromObjectId") or ()
                ]
            if refused and repeated:
                raise _refused_twice(f"associations {kind} to {to}", len(refused))
            repeated = repeated or bool(refused)
            pending += [{"id": i} for i in refused]
        return links

    def splits(self, deals: Iterable[str]) -> dict[str, list[Mapping[str, str]]]:
        """How deals are shared out, by deal; those without splits are not in it."""
        parts = chunks(in_order(deals), BATCH_INPUTS)
        self._plan(len(parts), Endpoint.DEAL_SPLITS)

        def read(part: Sequence[str]) -> dict[str, Any]:
            return self.client.call(Endpoint.DEAL_SPLITS, body={"inputs": [{"id": i} for i in part]})

        answers = self._each(read, parts)
        for place, part in enumerate(parts):
            if _doubts(answers[place]):  # without its splits, a deal would be credited to its owner alone
                self._plan(1, Endpoint.DEAL_SPLITS)
                answers[place] = read(part)
                if doubts := _doubts(answers[place]):
                    raise _refused_twice("deal splits", len(doubts))
        return {
            one["id"]: [s["properties"] for s in one["splits"]]
            for answer in answers
            for one in answer["results"]
        }

    # -- settings --------------------------------------------------------------------------------

    def account(self) -> dict[str, Any]:
        """The portal's currency and time zone."""
        self._plan(1, Endpoint.ACCOUNT)
        return self.client.call(Endpoint.ACCOUNT)

    def owners(self) -> list[dict[str, Any]]:
        """Everybody who owns or has owned records."""
        owners: list[dict[str, Any]] = []
        for archived in ("false", "true"):
            after = ""
            while True:
                query = {"limit": str(_OWNERS), "archived": archived, **({"after": after} if after else {})}
                self._plan(1, Endpoint.OWNERS)
                answer = self.client.call(Endpoint.OWNERS, query=query)
                owners += answer["results"]
                after = _next(answer)
                if not after:
                    break
        return owners

    def settings(self, endpoint: Endpoint, kind: str = "") -> list[dict[str, Any]]:
        """Pipelines or properties of an object, or the exchange rates, to the last page."""
        results: list[dict[str, Any]] = []
        after = ""
        while True:
            self._plan(1, endpoint, kind)
            answer = self.client.call(endpoint, kind, query={"after": after} if after else None)
            results += answer["results"]
            after = _next(answer)
            if not after:
                return results


def _rows_calls(rows: Mapping[str, int], parts: Sequence[Sequence[str]]) -> int:
    return sum(pages(sum(rows[i] for i in part), SEARCH_ROWS) for part in parts)


def _doubts(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a batch refused for another reason than that it is not there."""
    return [error for error in answer.get("errors") or () if error.get("category") != "OBJECT_NOT_FOUND"]


def _refused_twice(operation: str, records: int) -> ShortReadError:
    return ShortReadError(
        f"HubSpot: {operation}: {records} records were refused twice; a partial book is not handed on; "
        "try again later",
        operation=operation,
    )


def _next(answer: Mapping[str, Any]) -> str:
    return str(((answer.get("paging") or {}).get("next") or {}).get("after") or "")
