"""A server on this machine that behaves as the real ones do: files with validators and parts, cut lines, layers that cannot page. No tests here."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tenacity import wait_none

from etl.sources.polite import Patience
from etl.sources.received import Received

Route = Callable[[BaseHTTPRequestHandler, dict[str, str]], None]


@dataclass
class Site:
    """`routes`: path -> what answers it («*» for any other). `seen`: path, query and headers of each request."""

    url: str = ""
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # whoever asked went away: what a limit or a cut does
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving() -> Iterator[Site]:
    """A site that answers on 127.0.0.1 while the block lasts."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            site.seen.append((parts.path, query, {k.lower(): v for k, v in self.headers.items()}))
            route = site.routes.get(parts.path) or site.routes.get("*") or status(404)
            route(self, query)

        def log_message(self, *_: object) -> None:
            return

    server = _Quiet(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def answer(body: bytes, code: int = 200, **headers: str) -> Route:
    """The same answer every time."""

    def send(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        _send(handler, code, body, {k.replace("_", "-"): v for k, v in headers.items()})

    return send


def status(code: int, **headers: str) -> Route:
    """An empty answer of one code."""
    return answer(b"", code, **headers)


def in_turn(*routes: Route) -> Route:
    """One answer after the other; the last one is repeated."""
    left = list(routes)

    def send(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler, query)

    return send


@dataclass
class File:
    """A file as a web server gives it: ETag, 304, parts, and a line that is cut after `cuts` bytes, once for each of them."""

    body: bytes
    etag: str = '"v1"'
    cuts: list[int] = field(default_factory=list)
    parts: bool = True

    def __call__(self, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        if self.etag and handler.headers.get("If-None-Match") == self.etag:
            _send(handler, 304, b"", {"ETag": self.etag})
            return
        asked = re.match(r"bytes=(\d+)-$", handler.headers.get("Range", ""))
        same = handler.headers.get("If-Range") in (None, self.etag)
        start = int(asked[1]) if asked and same and self.parts else 0
        rest = self.body[start:]
        handler.send_response(206 if start else 200)
        if self.etag:
            handler.send_header("ETag", self.etag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        if self.cuts:
            handler.wfile.write(rest[: self.cuts.pop(0)])
            handler.close_connection = True
        else:
            handler.wfile.write(rest)


@dataclass
class Layer:
    """An ArcGIS layer that cannot page: at most `maximum` rows an answer, faults told inside answers of 200.

    `hidden`: rows that the count has and the answers do not. `no_ids`: it refuses returnIdsOnly. `faults`: bodies given first.
    """

    rows: list[dict[str, Any]]
    maximum: int = 1000
    id_field: str = "OBJECTID"
    hidden: int = 0
    no_ids: bool = False
    faults: list[dict[str, Any]] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def routes(self, path: str) -> dict[str, Route]:
        return {path: self.describe, f"{path}/query": self.query}

    def describe(self, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        names = list(self.rows[0]) if self.rows else [self.id_field]
        fields = [{"name": n, "type": "esriFieldTypeOID" if n == self.id_field else "esriFieldTypeString"} for n in names]
        send_json(
            handler, {"name": "capa", "maxRecordCount": self.maximum, "fields": fields, "advancedQueryCapabilities": {"supportsPagination": False}}
        )

    def query(self, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        assert "resultOffset" not in query, "la capa no pagina"
        chosen = self._where(query["where"])
        if query.get("returnCountOnly") == "true":
            send_json(handler, {"count": len(chosen) + self.hidden})
        elif query.get("returnIdsOnly") == "true":
            ids = [r[self.id_field] for r in chosen]
            refusal = {"error": {"code": 400, "message": "Invalid or missing input parameters.", "details": []}}
            send_json(handler, refusal if self.no_ids else {"objectIdFieldName": self.id_field, "objectIds": ids[::-1]})
        elif "outStatistics" in query:
            ids = [r[self.id_field] for r in chosen]
            names = {s["statisticType"]: s["outStatisticFieldName"].upper() for s in json.loads(query["outStatistics"])}
            send_json(handler, {"features": [{"attributes": {names["min"]: min(ids), names["max"]: max(ids)}}]})
        elif self.faults:
            send_json(handler, self.faults.pop(0))
        else:
            self.ranges.append(query["where"])
            wanted = query["outFields"].split(",")
            features = [{"attributes": {n: r[n] for n in wanted}} for r in chosen[: self.maximum]]
            send_json(handler, {"features": features, "exceededTransferLimit": len(chosen) > self.maximum})

    def _where(self, text: str) -> list[dict[str, Any]]:
        bounds = re.search(rf"{self.id_field}>=(\d+) AND {self.id_field}<(\d+)$", text)
        low, high = (int(bounds[1]), int(bounds[2])) if bounds else (0, 10**12)
        return [r for r in self.rows if low <= r[self.id_field] < high]


def send_json(handler: BaseHTTPRequestHandler, body: Any) -> None:
    """A body as JSON; bytes as they are."""
    if isinstance(body, bytes):
        _send(handler, 200, body, {"Content-Type": "application/json"})
        return
    _send(handler, 200, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"})


def _send(handler: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    if code != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def no_waiting(slept: list[float] | None = None) -> Patience:
    """Patience that notes what it would have slept and does not."""
    return Patience(wait_none(), (slept if slept is not None else []).append)


def rows_of(received: Received) -> list[dict[str, str]]:
    """The rows of what a source gave, which must be no problem."""
    assert received.problem is None, str(received.problem)
    return list(csv.DictReader(io.StringIO(b"".join(received.chunks()).decode(), newline="")))
