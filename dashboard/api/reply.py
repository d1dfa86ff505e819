"""How a resource answers: bytes made once for a publication and a question, headers for caches and programs, long tables as they are made."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import brotli
import orjson
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from dashboard import formats, published, site
from dashboard.address import with_query
from dashboard.answers import Problem, answer, etag_of, is_known
from dashboard.byte_cache import ByteCache
from dashboard.published import Snapshot
from dashboard.static import ASK_AGAIN, encoding_for
from warehouse.errors import NothingPublished

JSON, CSV = "application/json", "text/csv; charset=utf-8"
#: says what FOREVER says in other words: the front keeps answers that say FOREVER, and one of a hundred megabytes is not to be kept
STREAMED_FOREVER = "public, immutable, max-age=31536000"
#: answers made at once in a process, so that odd questions leave threads for pages; seconds one waits for its turn
AT_ONCE, PATIENCE = 3, 20.0
#: bytes of the largest answer that is kept
KEPT = 2_000_000
LICENSE = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
#: what pages of other sites may do with the public API: read it, with its headers
OPEN = {
    "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin",
    "access-control-expose-headers": "ETag, Link, Content-Location, Content-Disposition, Retry-After, RateLimit, RateLimit-Policy",
}  # fmt: skip

_made = ByteCache(16_000_000)
_gates: WeakKeyDictionary[Any, asyncio.Semaphore] = WeakKeyDictionary()


class Busy(Exception):
    """Too many answers are being made: ask again in some seconds."""


@dataclass(frozen=True)
class Made:
    """An answer's content (bytes, or what becomes JSON) and the headers that belong to it."""

    content: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Question:
    """A checked question, with the publication it is about."""

    request: Request
    query: Mapping[str, str]
    path: Mapping[str, str]

    @property
    def pinned(self) -> bool:
        return "publicacion" in self.query

    @cached_property
    def snap(self) -> Snapshot:
        """The publication asked for, or the one in force. Raises Problem, NothingPublished."""
        if not self.pinned:
            return published.snapshot()
        try:
            return published.snapshot(int(self.query["publicacion"]))
        except NothingPublished as error:
            raise Problem(404, error.what, f"{error.stands} Vea la lista en /api/v1/publicaciones.".strip()) from error

    def number(self, name: str, otherwise: int) -> int:
        return int(self.query.get(name, otherwise))

    def address(self, **changed: Any) -> str:
        """This question's address with its publication in it, which makes its answer one that never changes."""
        return with_query(self.request.url.path, **{**self.query, "publicacion": self.snap.number, **changed})

    def kept(self) -> Response | None:
        """The answer to this question as it was made before: nothing is asked of the store."""
        found = _made.get(self._name())
        if found is None:
            return None
        head, _, body = found.partition(b"\n")
        return self._sent(body, **orjson.loads(head))

    def reply(self, make: Callable[[], Made], *, media: str = JSON, download: str = "") -> Response:
        """200 or 304, made once for its publication and question."""
        before = self.kept()
        if before is not None:
            return before
        made = make()
        body = made.content if isinstance(made.content, bytes) else orjson.dumps(made.content)
        if len(body) < KEPT:
            head = orjson.dumps({"media": media, "download": download, "headers": made.headers})
            _made.put(self._name(), head + b"\n" + body)
        return self._sent(body, media, download, made.headers)

    def _sent(self, body: bytes, media: str, download: str, headers: dict[str, str]) -> Response:
        return self._told(answer(self.request, body, pinned=self.pinned, media=media, download=download), headers)

    def _name(self) -> tuple[object, ...]:
        """What an answer depends on, besides how it travels."""
        card = self.snap.publication
        asked = tuple(sorted((k, v) for k, v in self.query.items() if k != "publicacion"))
        return (card.huella, card.numero, card.creada_en, card.codigo, formats.style(), site.is_public(), self.request.url.path, asked)

    def stream(self, pieces: Callable[[], Iterator[bytes]], *, media: str, download: str) -> Response:
        """A table too long to be held whole, sent as it is made. Its tag names the publication and the question, which say what it holds."""
        encoding = encoding_for(self.request.headers.get("accept-encoding", ""), media)
        tag = f'{etag_of(repr(self._name()).encode())[:-1]}-{encoding or "id"}"'
        headers = {"etag": tag, "vary": "accept-encoding", "cache-control": STREAMED_FOREVER if self.pinned else ASK_AGAIN}
        if is_known(self.request.headers.get("if-none-match", ""), tag):
            return self._told(Response(status_code=304, headers=headers), {"link": LICENSE})
        headers |= {"content-disposition": f'attachment; filename="{download}"'} | ({"content-encoding": encoding} if encoding else {})
        found = iter(()) if self.request.method == "HEAD" else _compressed(pieces(), encoding)
        return self._told(StreamingResponse(_in_turn(found), media_type=media, headers=headers), {"link": LICENSE})

    def _told(self, response: Response, headers: dict[str, str]) -> Response:
        response.headers.update(headers)
        if not self.pinned:
            response.headers["content-location"] = self.address()
        return response


def _compressed(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "br":
        brotlied = brotli.Compressor(quality=4)
        for piece in pieces:
            yield brotlied.process(piece) + brotlied.flush()
        yield brotlied.finish()
    elif encoding == "gzip":
        zipped = zlib.compressobj(5, wbits=31)
        for piece in pieces:
            yield zipped.compress(piece)
        yield zipped.flush()
    else:
        yield from pieces


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made in its turn among other answers: a slow reader holds nobody up."""
    while True:
        async with gate():
            piece = await asyncio.to_thread(next, pieces, None)
        if piece is None:
            return
        if piece:
            yield piece


def gate() -> asyncio.Semaphore:
    """The turnstile of this loop: it is made where it is used, after a fork."""
    loop = asyncio.get_running_loop()
    return _gates.setdefault(loop, asyncio.Semaphore(AT_ONCE))


async def in_turn(work: Callable[[], Response]) -> Response:
    """Make an answer off the loop when it is its turn. Raises Busy where that takes too long."""
    turn = gate()
    if turn.locked():
        try:
            await asyncio.wait_for(turn.acquire(), PATIENCE)
        except TimeoutError as error:
            raise Busy from error
    else:
        await turn.acquire()
    try:
        return await asyncio.to_thread(work)
    finally:
        turn.release()
