"""Orchard's stand-in: a server on 127.0.0.1 that holds a corpus the way Orchard would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sam_adapters.testing import Corpus
from sam_core.values import Unknown

TOKEN = "orchard-secret-token"
PAGE = 3

Tables = dict[str, list[dict[str, Any]]]


def tables_of(corpus: Corpus) -> Tables:
    """The corpus as Orchard keeps it: flat tables, amounts as text, moments in milliseconds."""

    def plain(value: Any) -> Any:
        if isinstance(value, Unknown) or value is None:
            return None
        return (
            int(value.timestamp() * 1000)
            if isinstance(value, datetime)
            else str(getattr(value, "value", value))
        )

    def row(record: Any, **columns: str) -> dict[str, Any]:
        return {column: plain(getattr(record, name)) for column, name in {"id": "id", **columns}.items()}

    header = corpus.headers[0]
    tables: Tables = {
        "users": [row(one, name="name", job="role", boss="manager_id") for one in header.people],
        "products": [
            row(one, name="name", group="family", kind="kind", unit_cost="standard_cost")
            for one in header.offering.products
        ],
        "companies": [],
        "contacts": [],
        "sales": [],
        "tickets": [],
    }
    for dossier in corpus.dossiers:
        owner = {"owner": dossier.assignments[-1].person_id}
        company = {"company": dossier.id}
        tables["companies"].append(row(dossier.account, name="name", industry="segment", rank="tier") | owner)
        tables["contacts"] += [
            row(one, name="name", job="title", part="role", left="left_on") | company
            for one in dossier.buyers
        ]
        tables["sales"] += [
            row(
                one,
                date="on",
                net="revenue",
                product="product_id",
                contact="buyer_id",
                units="quantity",
                cost="cost",
                order="order_id",
            )
            | company
            for one in dossier.sale_lines
        ]
        tables["tickets"] += [
            row(
                one,
                opened="opened_at",
                closed="closed_at",
                priority="priority",
                title="subject",
                contact="buyer_id",
                agent="service_rep_id",
            )
            | company
            for one in dossier.cases
        ]
    return tables


@contextmanager
def orchard(tables: Tables, *, hidden: tuple[str, ...] = ()) -> Iterator[str]:
    """Serve the tables; gives the address. ``hidden`` fields, as ``"sales.cost"``, are kept back."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self._answer(401, {})
                return
            address = urlsplit(self.path)
            name, query = address.path.removeprefix("/api/"), dict(parse_qsl(address.query))
            if name == "info":
                fields = {
                    f"{table}.{column}" for table, rows in tables.items() for row in rows for column in row
                }
                self._answer(200, {"currency": "EUR", "fields": sorted(fields - set(hidden))})
                return
            if name not in tables:
                self._answer(404, {})
                return
            start = int(query.pop("after", "0"))
            chosen = [row for row in tables[name] if query.items() <= row.items()]
            page = [
                {column: value for column, value in row.items() if f"{name}.{column}" not in hidden}
                for row in chosen[start : start + PAGE]
            ]
            more = {"next": str(start + PAGE)} if start + PAGE < len(chosen) else {}
            self._answer(200, {"items": page, **more})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


Serve = Callable[..., str]
