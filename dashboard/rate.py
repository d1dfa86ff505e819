"""How much one address may ask: so many answers of the API and documents made a minute, and few long ones at once.

It stands behind the front, so what the front keeps and only sends again is not counted. Each process counts its own; a connection stays with one.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import MutableMapping
from contextlib import asynccontextmanager
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

import orjson
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from dashboard import site
from dashboard.api.reply import OPEN
from dashboard.static import FOREVER
from warehouse.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from dashboard.middleware import Asgi, Headers, Receive, Scope, Send

#: answers a minute for one address on the public site where no setting says otherwise
PUBLIC_PER_MINUTE = 600
#: long answers on their way to one address at once, and seconds that one more waits
AT_ONCE, PATIENCE = 6, 20.0
_DESK = ("/api/v1/cargas", "/api/v1/entregas", "/api/v1/avisos")
#: what takes seconds to make: tables, and documents wherever they are
_LONG, _DOCUMENTS = "/api/v1/valores", (".pdf", ".pptx", ".xlsx", "/congelado.html")
_WORD = '"api"'

Network = IPv4Network | IPv6Network


def limited(app: Asgi, per_minute: int | None, proxies: str, public: bool) -> Asgi:
    """The application with its limit: `per_minute` 0 = none, None = the public site's own. `proxies`: whose X-Forwarded-For is believed."""
    allowed = (PUBLIC_PER_MINUTE if public else 0) if per_minute is None else per_minute
    return Limited(app, allowed, trusted(proxies)) if allowed else app


def trusted(proxies: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas. Raises SettingsError."""
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in proxies.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(
            f"SIEGEM_PROXY_DE_CONFIANZA no se entiende: {error}.",
            stands="No se inició nada.",
            cure="Escriba direcciones o redes con comas, p. ej. 10.0.0.5, 192.168.10.0/24.",
        ) from error


class Limited:
    """Counts questions by address. Refuses with 429 in Spanish and says when to come back."""

    def __init__(self, app: Asgi, per_minute: int, proxies: tuple[Network, ...]) -> None:
        self.app = app
        self.item = RateLimitItemPerMinute(per_minute)
        self.proxies = proxies
        self.policy = f"{_WORD};q={per_minute};w=60".encode()
        #: made when first needed: it starts threads, which a copied process would not have
        self.limiter: SlidingWindowCounterRateLimiter | None = None
        self.turns: dict[str, tuple[asyncio.Semaphore, list[int]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        document = path.endswith(_DOCUMENTS)
        if scope["type"] != "http" or not (document or path.startswith("/api/")) or path.startswith(_DESK):
            await self.app(scope, receive, send)
            return
        if self.limiter is None:
            self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        who = address(scope, self.proxies)
        if not self.limiter.hit(self.item, who):
            await self._refuse(send, who, f"Esta dirección pasó de {self.item.amount} preguntas por minuto.")
            return
        if not (document or path.startswith(_LONG)):
            await self.app(scope, receive, self._told(send, who))
            return
        try:
            async with self._turn(who):
                await self.app(scope, receive, self._told(send, who))
        except _Late:
            await self._refuse(send, who, f"Ya van en camino {AT_ONCE} respuestas largas a esta dirección.")

    @asynccontextmanager
    async def _turn(self, who: str) -> AsyncIterator[None]:
        """One of the few long answers to an address. Raises _Late where those before it take too long."""
        turn, users = self.turns.setdefault(who, (asyncio.Semaphore(AT_ONCE), [0]))
        users[0] += 1
        try:
            try:
                await asyncio.wait_for(turn.acquire(), PATIENCE)
            except TimeoutError as error:
                raise _Late from error
            try:
                yield
            finally:
                turn.release()
        finally:
            users[0] -= 1
            if not users[0]:
                self.turns.pop(who, None)

    def _told(self, send: Send, who: str) -> Send:
        """`send` that tells what is left, except in what caches keep for everybody."""

        async def telling(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers: Headers = [(k.lower(), v) for k, v in message["headers"]]
                if FOREVER.encode() not in dict(headers).values():
                    message = {**message, "headers": [*headers, *self._left(who)[1]]}
            await send(message)

        return telling

    def _left(self, who: str) -> tuple[int, Headers]:
        """Seconds until there is more, and the headers of draft-ietf-httpapi-ratelimit-headers."""
        assert self.limiter is not None
        stats = self.limiter.get_window_stats(self.item, who)
        wait = max(1, math.ceil(stats.reset_time - time.time()))
        return wait, [(b"ratelimit-policy", self.policy), (b"ratelimit", f"{_WORD};r={max(0, stats.remaining)};t={wait}".encode())]

    async def _refuse(self, send: Send, who: str, why: str) -> None:
        wait, told = self._left(who)
        cure = f"Espere {wait} segundos. Lo que ya pidió con «publicacion» se puede guardar: no cambia. Para todo de una vez, pida formato=csv."
        body = orjson.dumps({"type": "about:blank", "title": why, "status": 429, "detail": cure})
        plain = {"content-type": "application/problem+json", "cache-control": "no-store", "retry-after": str(wait), "content-length": str(len(body))}
        plain |= OPEN if site.is_public() else {}
        await send({"type": "http.response.start", "status": 429, "headers": [*((k.encode(), v.encode()) for k, v in plain.items()), *told]})
        await send({"type": "http.response.body", "body": body})


class _Late(Exception):
    """An answer did not get its turn."""


def address(scope: Scope, proxies: tuple[Network, ...]) -> str:
    """Who asks: the peer, or the last address that is not a trusted proxy's where the peer is one. An IPv6 home is its /64."""
    peer = (scope.get("client") or ("",))[0]
    if proxies and _inside(peer, proxies):
        forwarded = b",".join(v for k, v in scope["headers"] if k.lower() == b"x-forwarded-for").decode("latin-1")
        for one in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            peer = one
            if not _inside(one, proxies):
                break
    return _home(peer)


@lru_cache(maxsize=4096)
def _inside(text: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(text)
    except ValueError:
        return False
    return any(found in network for network in networks if network.version == found.version)


@lru_cache(maxsize=4096)
def _home(text: str) -> str:
    try:
        found = ip_address(text)
    except ValueError:
        return text[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
