"""What a loopback HubSpot answers: one function per endpoint, over a portal in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field, frozen

from sam_adapters.testing.hubspot_portal import SCOPES, Portal, Record
from sam_adapters.testing.hubspot_wire import wire_problem

__all__ = ["Answer", "Request", "answer", "error"]

_MOMENT: Final = "2026-01-02T03:04:05.678Z"
_BODIES: Final = {
    "search": ("hubspot.crm.objects.models", "PublicObjectSearchRequest"),
    "batch read": ("hubspot.crm.objects.models", "BatchReadInputSimplePublicObjectId"),
    "associations": ("hubspot.crm.associations.v4.models", "BatchInputPublicFetchAssociationsBatchRequest"),
    "deal splits": ("hubspot.crm.objects.deal_splits.models", "BatchInputPublicObjectId"),
}
_NEEDS: Final = {"deal splits": "deal_splits", "owners": "owners", "exchange rates": "currencies"}


@frozen(kw_only=True)
class Request:
    """One request, as it came."""

    name: str
    version: str
    kind: str
    to: str
    path: str
    query: Mapping[str, str]
    body: dict[str, Any]
    size: int
    agent: str
    authorized: bool


@define
class Answer:
    """One answer; a text is sent as a web page."""

    status: int
    body: Any
    headers: dict[str, str] = field(factory=dict)


def error(status: int, category: str, message: str, **more: Any) -> Answer:
    """An error in HubSpot's shape."""
    body = {"status": "error", "message": message, "correlationId": "0-0", "category": category, **more}
    return Answer(status, body)


def answer(portal: Portal, request: Request, page: int, *, gone_is_404: bool = False) -> Answer:
    """The answer of a healthy HubSpot."""
    if request.kind and request.name != "pipelines" and not portal.knows(request.kind):
        return error(400, "VALIDATION_ERROR", f"Unable to infer object type from: {request.kind}")
    scope = SCOPES[_NEEDS[request.name]] if request.name in _NEEDS else portal.scope(request.kind)
    if scope in portal.hidden and (request.kind or request.name in _NEEDS):
        return error(
            403,
            "MISSING_SCOPES",
            "This app hasn't been granted all required scopes to make this call.",
            errors=[{"message": "required", "context": {"requiredGranularScopes": [scope]}}],
        )
    if request.name in _BODIES and (
        problem := wire_problem(*_BODIES[request.name], _without_sorts(request.body))
    ):
        return error(400, "VALIDATION_ERROR", f"Invalid input JSON: {problem}")
    if request.name == "search":
        return _search(portal, request)
    if request.name == "batch read":
        return _batch(portal, request, gone_is_404=gone_is_404)
    if request.name == "associations":
        return _associations(portal, request, page)
    if request.name == "list":
        return _list(portal, request)
    return _settings(portal, request)


def _without_sorts(body: dict[str, Any]) -> dict[str, Any]:
    """The generated type says texts; the vendor's guide sorts by objects, and both are taken."""
    return {name: value for name, value in body.items() if name != "sorts"}


def _shown(record: Record, wanted: list[str], known: set[str]) -> dict[str, Any]:
    names = [name for name in wanted if name in known]  # an unknown property is left out without a word
    properties = {name: record.properties.get(name) for name in [*names, "hs_object_id"]}
    return {
        "id": record.id,
        "properties": properties,
        "createdAt": _MOMENT,
        "updatedAt": _MOMENT,
        "archived": record.archived,
    }


def _invalid(message: str) -> Answer:
    return error(400, "VALIDATION_ERROR", message)


def _search(portal: Portal, request: Request) -> Answer:
    body, kind = request.body, request.kind
    groups = body.get("filterGroups", [])
    if request.size > 3000:
        return _invalid("The request body is too long; it must not exceed 3000 characters.")
    if len(groups) > 5 or any(len(g["filters"]) > 6 for g in groups) or len(body.get("sorts", ())) > 1:
        return _invalid("Too many filter groups, filters or sorts.")
    limit, offset = body.get("limit", 10), int(body.get("after", 0))
    if limit > 200 or offset + limit > 10_000:
        return _invalid("Invalid limit or paging: at most 200 a page and 10000 in total.")
    known = portal.properties(kind)
    for group in groups:
        group["filters"].sort(key=lambda condition: condition["operator"] != "GT")  # the cheapest first
        for condition in group["filters"]:
            name = condition["propertyName"]
            if not name.startswith("associations.") and name not in known:
                return _invalid(f"There was a problem with the request: no property {name}")
    rows = [
        record
        for record in _candidates(portal, kind, groups)
        if not record.archived
        and (kind, record.id) not in portal.lagging
        and (not groups or any(all(_passes(portal, kind, record, f) for f in g["filters"]) for g in groups))
    ]
    sort = next(iter(body.get("sorts", ())), None)
    name = sort["propertyName"] if isinstance(sort, dict) else "hs_object_id"
    key = (
        (lambda r: (0, int(r.id)))
        if name == "hs_object_id"
        else (lambda r: (1, r.properties.get(name) or ""))
    )
    rows.sort(key=key)
    shown = [_shown(record, body.get("properties", []), known) for record in rows[offset : offset + limit]]
    reply: dict[str, Any] = {"total": len(rows), "results": shown}
    if offset + limit < len(rows):
        reply["paging"] = {"next": {"after": str(offset + limit)}}
    return Answer(200, reply)


def _candidates(portal: Portal, kind: str, groups: list[dict[str, Any]]) -> list[Record]:
    """Only what a filter by association can reach, where every group has one."""
    records = portal.objects.get(kind, {})
    reached: set[str] = set()
    for group in groups:
        linked = next((f for f in group["filters"] if f["propertyName"].startswith("associations.")), None)
        if linked is None:
            return list(records.values())
        other = portal.plural(linked["propertyName"].removeprefix("associations."))
        for value in linked.get("values") or [linked["value"]]:
            reached.update(portal.linked(other, value, kind))
    return [records[i] for i in reached if i in records] if groups else list(records.values())


def _passes(portal: Portal, kind: str, record: Record, condition: dict[str, Any]) -> bool:
    name, operator = condition["propertyName"], condition["operator"]
    values = condition.get("values") or [condition.get("value")]
    if name.startswith("associations."):
        linked = portal.linked(kind, record.id, portal.plural(name.removeprefix("associations.")))
        return any(value in linked for value in values)
    held = record.properties.get(name)
    if operator == "HAS_PROPERTY":
        return held is not None
    if operator in {"EQ", "IN"}:
        return held in values
    if operator == "GT":
        return held is not None and int(held) > int(values[0])
    raise NotImplementedError(f"the loopback does not play the operator {operator}")


def _batch(portal: Portal, request: Request, *, gone_is_404: bool) -> Answer:
    inputs = [item["id"] for item in request.body["inputs"]]
    if not 0 < len(inputs) <= 100:
        return _invalid(f"Batch size {len(inputs)}: 1 to 100 inputs are allowed.")
    archived = request.query.get("archived") == "true"
    known, kept = portal.properties(request.kind), portal.objects.get(request.kind, {})
    found: dict[str, Record] = {}
    missing = []
    for asked in inputs:
        record = kept.get(portal.now_called(request.kind, asked))
        if record is not None and record.archived == archived:
            found[record.id] = record
        else:
            missing.append(asked)
    if missing and not found and gone_is_404:
        return error(404, "OBJECT_NOT_FOUND", "resource not found")
    results = [_shown(record, request.body.get("properties", []), known) for record in found.values()]
    reply = {"status": "COMPLETE", "results": results, "startedAt": _MOMENT, "completedAt": _MOMENT}
    if not missing:
        return Answer(200, reply)
    problem = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": missing},
    }
    return Answer(207, {**reply, "numErrors": 1, "errors": [problem]})


def _associations(portal: Portal, request: Request, page: int) -> Answer:
    inputs = request.body["inputs"]
    if not 0 < len(inputs) <= 1000:
        return _invalid(f"Batch size {len(inputs)}: 1 to 1000 inputs are allowed.")
    if not portal.knows(request.to):
        return _invalid(f"Unable to infer object type from: {request.to}")
    if portal.scope(request.to) in portal.hidden:
        scope = portal.scope(request.to)
        context = {"requiredGranularScopes": [scope]}
        return error(403, "MISSING_SCOPES", "scopes", errors=[{"message": "required", "context": context}])
    results, problems = [], []
    for item in inputs:
        linked = sorted(
            portal.linked(request.kind, item["id"], request.to).items(), key=lambda pair: int(pair[0])
        )
        start = int(item.get("after", 0))
        if not linked:
            problems.append(
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                    "message": "nothing is associated",
                    "context": {"fromObjectId": [item["id"]]},
                }
            )
            continue
        to = [
            {
                "toObjectId": other,
                "associationTypes": [
                    {
                        "category": "USER_DEFINED" if label else "HUBSPOT_DEFINED",
                        "typeId": type_id,
                        "label": label,
                    }
                    for type_id, label in types
                ],
            }
            for other, types in linked[start : start + page]
        ]
        one: dict[str, Any] = {"from": {"id": item["id"]}, "to": to}
        if start + page < len(linked):
            one["paging"] = {"next": {"after": str(start + page)}}
        results.append(one)
    reply: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if not problems:
        return Answer(200, reply)
    return Answer(207, {**reply, "numErrors": len(problems), "errors": problems})


def _list(portal: Portal, request: Request) -> Answer:
    limit, after = int(request.query.get("limit", 10)), int(request.query.get("after", 0))
    if limit > 100:
        return _invalid("limit must be at most 100")
    archived = request.query.get("archived") == "true"
    wanted = request.query.get("properties", "").split(",")
    known = portal.properties(request.kind)
    kept = portal.objects.get(request.kind, {}).values()
    rows = sorted((r for r in kept if r.archived == archived and int(r.id) >= after), key=lambda r: int(r.id))
    reply: dict[str, Any] = {"results": [_shown(record, wanted, known) for record in rows[:limit]]}
    if len(rows) > limit:
        reply["paging"] = {"next": {"after": rows[limit].id}}
    return Answer(200, reply)


def _settings(portal: Portal, request: Request) -> Answer:
    if request.name == "owners":
        archived = request.query.get("archived") == "true"
        limit, after = int(request.query.get("limit", 100)), int(request.query.get("after", 0))
        if limit > 500:
            return _invalid("limit must be at most 500")
        owners = [owner for owner in portal.owners if owner.get("archived", False) == archived]
        reply: dict[str, Any] = {"results": owners[after : after + limit]}
        if after + limit < len(owners):
            reply["paging"] = {"next": {"after": str(after + limit)}}
        return Answer(200, reply)
    if request.name == "pipelines":
        return Answer(200, {"results": portal.pipelines.get(request.kind, [])})
    if request.name == "properties":
        names = sorted(portal.properties(request.kind))
        return Answer(200, {"results": [{"name": n, "label": n, "type": "string"} for n in names]})
    if request.name == "exchange rates":
        after = int(request.query.get("after", 0))
        rates: dict[str, Any] = {"results": portal.rates[after : after + 100]}
        if after + 100 < len(portal.rates):
            rates["paging"] = {"next": {"after": str(after + 100)}}
        return Answer(200, rates)
    if request.name == "account":
        return Answer(
            200,
            {
                "portalId": 62515,
                "timeZone": portal.zone,
                "companyCurrency": portal.currency,
                "accountType": "STANDARD",
            },
        )
    inputs = [item["id"] for item in request.body["inputs"]]
    if not 0 < len(inputs) <= 100:
        return _invalid(f"Batch size {len(inputs)}: 1 to 100 inputs are allowed.")
    results = [
        {
            "id": deal,
            "splits": [
                {
                    "id": f"{deal}{n}",
                    "properties": split,
                    "createdAt": _MOMENT,
                    "updatedAt": _MOMENT,
                    "archived": False,
                }
                for n, split in enumerate(portal.splits[deal])
            ],
        }
        for deal in inputs
        if deal in portal.splits
    ]
    return Answer(200, {"status": "COMPLETE", "results": results})
