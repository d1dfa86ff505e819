"""One ASGI middleware in front of all: static files, page rendering before the index, security headers, compression, no websocket.

What cannot have changed since it was last sent is sent again from here, before any router: figures and data that name their publication, and
pages, whose answers hold for a publication and a day. What writes must come from our own pages, or from no page at all, and bring no more
than a form's worth; pieces of files pass.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Hashable, Iterable, MutableMapping
from contextvars import ContextVar
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from dashboard.byte_cache import ByteCache
from dashboard.static import ASK_AGAIN, FOREVER, Static, compressed, encoding_for

log = logging.getLogger("siegem.dashboard")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

#: answers smaller than this travel as they are
SMALL = 600
#: largest body of a request; pieces of files are measured by who receives them
LARGEST = 1_000_000
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PIECES = "/api/v1/cargas/"
#: where Dash's browser side asks for a page, and what such a question names
_CALLBACKS = "/_dash-update-component"
_OF_PAGES = b'"output":".._pages_content.children'
#: longest question for a page that is remembered
_QUESTION = 4_000

#: set by the front for each answer it would keep; emptied by whoever makes an answer that must not be sent again (`do_not_keep`)
_keeping: ContextVar[list[bool] | None] = ContextVar("siegem_keeping", default=None)


def do_not_keep() -> None:
    """Say that the answer being made holds for this once: a page that failed, or that has something living in it."""
    kept = _keeping.get()
    if kept is not None:
        kept.clear()


_SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "x-frame-options": "DENY",
}


def policy(script_hashes: list[str]) -> str:
    """The Content Security Policy, with the hashes of Dash's inline scripts."""
    return "; ".join(
        [
            "default-src 'none'", f"script-src 'self' {' '.join(script_hashes)}", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
            "font-src 'self' data:", "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
        ]
    )  # fmt: skip


class Front:
    """`prepare(path, query)` renders a page before its index is written and gives the HTTP status; None for what is no page."""

    def __init__(
        self, app: Asgi, static: Static, script_hashes: list[str], prepare: Callable[[str, dict[str, str]], Awaitable[int | None]],
        stamp: Callable[[], Hashable] = lambda: None, outside: Callable[[str], bool] = lambda path: False,
        plain: Callable[[str], bool] = lambda path: False,
    ) -> None:  # fmt: skip
        """`stamp`: what pages hold for (publication and day); None = nothing is remembered of them.

        `outside`: addresses of routers, no pages of Dash; `plain`: those of them that are pages too and hold for the same.
        """
        self.app = app
        self.static = static
        self.prepare = prepare
        self.stamp = stamp
        self.outside, self.plain = outside, plain
        self.headers: Headers = [(k.encode(), v.encode()) for k, v in {**_SECURITY, "content-security-policy": policy(script_hashes)}.items()]
        self.answers = ByteCache(2_000_000)
        #: whole answers: (path, query or question, encoding, what they hold for) -> body, and their headers beside
        self.final = ByteCache(6_000_000)
        self.final_headers: dict[Hashable, Headers] = {}
        self.first: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            self.first = asyncio.create_task(self._first_page())
            await self.app(scope, receive, send)
            return
        asked = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        path, method, accept = scope["path"], scope["method"], asked.get("accept-encoding", "")
        refused = _refusal(method, path, asked) if method in _WRITES else None
        if refused is not None:
            await self._refuse(*refused, send)
            return
        if path.startswith(("/assets/", "/_dash-component-suites/")):
            await self._file(path, method, accept, asked.get("if-none-match", ""), send)
            return
        is_page = method == "GET" and not path.startswith(("/api/", "/_dash-")) and not self.outside(path)
        key, receive = await self._key(scope, receive, accept, is_page or (method == "GET" and self.plain(path)))
        if key is not None and await self._repeated(key, asked.get("if-none-match", ""), send):
            return
        token = _keeping.set([True])
        try:
            status = await self.prepare(path, dict(parse_qsl(scope["query_string"].decode("latin-1")))) if is_page else None
            await self.app(scope, receive, _Answer(self, send, accept, status, key))
        finally:
            _keeping.reset(token)

    async def _first_page(self) -> None:
        """Make the summary when the server starts, so that no reader waits for it."""
        try:
            await self.prepare("/", {})
        except Exception:
            log.exception("el resumen no se pudo preparar al arrancar")

    async def warm(self, addresses: Iterable[str]) -> None:
        """Make pages with their figures as if somebody had asked for them, before this process is copied."""
        for address in addresses:
            try:
                html = await self._asked(address, "")
                await self._asked(address, "br")  # what a browser will be sent
                for figure in re.findall(rb'data-figura="([^"]+)"', html):
                    await self._asked(unescape(figure.decode()), "")
            except Exception:
                log.exception("%s no se pudo preparar al arrancar", address)

    async def _asked(self, address: str, encoding: str) -> bytes:
        parts, body = urlsplit(address), b""

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal body
            body += message.get("body", b"")

        await self({
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": parts.path,
            "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "", "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80), "headers": [(b"host", b"127.0.0.1"), (b"accept-encoding", encoding.encode())],
        }, receive, send)  # fmt: skip
        return body

    async def _key(self, scope: Scope, receive: Receive, accept: str, is_page: bool) -> tuple[Hashable | None, Receive]:
        """The name under which an answer may be kept, None where it may not; and `receive` as it was before the question was read."""
        path, query = scope["path"], scope["query_string"]
        encoding = encoding_for(accept, "text/")
        if is_page:
            stamp = self.stamp()
            return (None if stamp is None else (path, query, encoding, stamp)), receive
        if scope["method"] == "GET":
            return ((path, query, encoding, "") if path.startswith("/api/v1/") and b"publicacion=" in query else None), receive
        if path != _CALLBACKS:
            return None, receive
        first = await receive()
        question = b"" if first.get("more_body") else first.get("body", b"")
        stamp = self.stamp() if len(question) < _QUESTION and _OF_PAGES in question else None
        return (None if stamp is None else (path, question, encoding, stamp)), _again(first, receive)

    async def _refuse(self, status: int, title: str, detail: str, send: Send) -> None:
        body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
        headers = [*self.headers, (b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), (b"connection", b"close")]
        await _whole(send, status, [*headers, (b"content-length", str(len(body)).encode())], body)

    async def _repeated(self, key: Hashable, known: str, send: Send) -> bool:
        """Send again what is kept: nothing is asked of the application."""
        body, headers = self.final.get(key), self.final_headers.get(key)
        if body is None or headers is None:
            return False
        if known:
            tag = dict(headers).get(b"etag", b"").decode("latin-1")
            if tag and tag in known:
                await _whole(send, 304, [h for h in headers if h[0] not in (b"content-length", b"content-encoding")], b"")
                return True
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return True

    def keep(self, key: Hashable, headers: Headers, body: bytes) -> None:
        """Keep an answer if it says of itself that it never changes, or if it is a page's and nobody has said otherwise."""
        stamped = isinstance(key, tuple) and key[3] != ""
        if not _keeping.get() if stamped else dict(headers).get(b"cache-control") != FOREVER.encode():
            return
        self.final.put(key, body)
        self.final_headers[key] = headers
        if len(self.final_headers) > 20_000:
            self.final_headers = {k: v for k, v in self.final_headers.items() if self.final.get(k) is not None}

    async def _file(self, path: str, method: str, accept: str, known: str, send: Send) -> None:
        asset = self.static.asset(path) if method in ("GET", "HEAD") else None
        if asset is None:
            await _whole(send, 404, [*self.headers, (b"content-type", b"text/plain; charset=utf-8")], b"No existe ese archivo.")
            return
        encoding = encoding_for(accept, asset.media)
        tag = f'{asset.etag[:-1]}-{encoding}"' if encoding else asset.etag
        headers = [*self.headers, (b"content-type", _with_charset(asset.media).encode()), (b"etag", tag.encode()), (b"vary", b"accept-encoding"),
                   (b"cache-control", (FOREVER if asset.immutable else ASK_AGAIN).encode())]  # fmt: skip
        if known == tag:
            await _whole(send, 304, headers, b"")
            return
        body = self.static.encoded(asset, encoding)
        headers += [(b"content-encoding", encoding.encode())] if encoding else []
        await _whole(send, 200, [*headers, (b"content-length", str(len(body)).encode())], b"" if method == "HEAD" else body)

    def compress(self, body: bytes, encoding: str) -> bytes:
        """A dynamic answer, compressed quickly; the same bytes are compressed once."""
        key = (encoding, hashlib.sha256(body).digest())
        found = self.answers.get(key)
        if found is None:
            found = compressed(body, encoding, 5)
            self.answers.put(key, found)
        return found


class _Answer:
    """`send` that adds the headers, corrects the status of a page and compresses what is text."""

    def __init__(self, front: Front, send: Send, accept: str, status: int | None, key: Hashable | None) -> None:
        self.front, self.send, self.accept, self.status, self.key = front, send, accept, status, key
        self.start: MutableMapping[str, Any] = {}
        self.body = b""
        self.passing = False
        self.pieces = 0

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self.passing:
            self.pieces += 1
            if self.key is not None and self.start["status"] == 200 and not message.get("more_body") and self.pieces == 1:
                self.front.keep(self.key, self.start["headers"], message.get("body", b""))
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._end()

    async def _begin(self, message: MutableMapping[str, Any]) -> None:
        given = {k.lower(): v for k, v in message["headers"]}
        if message["status"] == 204:
            given.pop(b"content-type", None)
            self.start = {**message, "headers": [*given.items(), *((k, v) for k, v in self.front.headers if k not in given)]}
            self.passing = True
            await self.send(self.start)
            return
        # A callback's answer comes without a type: it is JSON.
        given.setdefault(b"content-type", b"application/json")
        given.setdefault(b"cache-control", ASK_AGAIN.encode())
        given.pop(b"server", None)
        headers = [*given.items(), *((k, v) for k, v in self.front.headers if k not in given)]
        status = self.status if self.status is not None and message["status"] == 200 else message["status"]
        self.start = {**message, "status": status, "headers": headers}
        self.passing = b"content-encoding" in given or not encoding_for(self.accept, given[b"content-type"].decode("latin-1")) or status == 304
        if self.passing:
            await self.send(self.start)

    async def _end(self) -> None:
        headers: Headers = [(k, v) for k, v in self.start["headers"] if k != b"content-length"]
        body = self.body
        if len(body) > SMALL:
            kind = dict(headers)[b"content-type"].decode("latin-1")
            encoding = encoding_for(self.accept, kind)
            tag = (b"etag", b'"' + hashlib.sha256(body).hexdigest()[:20].encode() + b"-" + encoding.encode() + b'"')
            body = self.front.compress(body, encoding)
            headers = [h for h in headers if h[0] != b"vary"]
            headers += [] if any(h[0] == b"etag" for h in headers) else [tag]
            headers += [(b"content-encoding", encoding.encode()), (b"vary", b"accept-encoding")]
        headers.append((b"content-length", str(len(body)).encode()))
        if self.key is not None and self.start["status"] == 200:
            self.front.keep(self.key, headers, body)
        await self.send({**self.start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _again(first: MutableMapping[str, Any], receive: Receive) -> Receive:
    """`receive` that gives the message already read before what follows."""
    waiting = [first]

    async def told() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return told


def _refusal(method: str, path: str, asked: dict[str, str]) -> tuple[int, str, str] | None:
    """Why a write is not let in: it comes from a page of another site, or brings too much. Browsers tell the site; others need not."""
    site, origin = asked.get("sec-fetch-site", ""), asked.get("origin", "")
    if site not in ("", "same-origin", "none") or (not site and origin and urlsplit(origin).netloc != asked.get("host", "")):
        return 403, "La solicitud viene de otro sitio.", "Abra la página en este mismo sistema y repita."
    if path.startswith(_PIECES) and (method == "PATCH" or "x-http-method-override" in asked):
        return None
    length = asked.get("content-length", "0" if "transfer-encoding" not in asked else "")
    if not length.isdecimal():
        return 411, "Falta el tamaño de la solicitud.", "Envíe Content-Length."
    if int(length) > LARGEST:
        return 413, f"La solicitud pasa de {LARGEST // 1000:,} kB.", "Los archivos se envían por partes; vea /api/v1/openapi.json."
    return None


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


async def _whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
