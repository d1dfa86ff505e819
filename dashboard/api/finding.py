"""What is beside the API of data: whether the server is well, and the search box."""

from __future__ import annotations

import asyncio
import logging

import orjson
from fastapi import Response
from fastapi.responses import RedirectResponse

from dashboard import destinations, published
from dashboard.address import Reader, with_query
from dashboard.api.resource import router
from dashboard.language import known
from warehouse.errors import NothingPublished

log = logging.getLogger("siegem.dashboard")


@router.get("/salud", include_in_schema=False)
async def health() -> Response:
    """Whether the database answers and which publication is shown; 503 where it does not."""

    def work() -> Response:
        try:
            numero = max((p.numero for p in published.every()), default=None)
        except Exception:
            log.exception("la comprobación de salud falló")
            return Response(orjson.dumps({"estado": "falla", "base_datos": False}), 503, media_type="application/json")
        body = {"estado": "bien", "base_datos": True, "publicacion": numero}
        return Response(orjson.dumps(body), media_type="application/json", headers={"cache-control": "no-store"})

    return await asyncio.to_thread(work)


def _destinations(lang: str, number: int | None = None) -> list[destinations.Destination]:
    try:
        snap = published.snapshot(number)
    except NothingPublished:  # regions can still be gone to
        snap = None
    return destinations.every(snap, Reader(known(lang), number or 0, number is not None))


@router.get("/ir", include_in_schema=False)
async def go(q: str = "", lang: str = "es") -> Response:
    """The search box, without JavaScript or with a word that is no whole name: to the nearest page, indicator, region or province."""

    def work() -> Response:
        path, _, mark = destinations.NOT_FOUND.partition("#")
        nowhere = with_query(path, lang=lang if known(lang) != "es" else "") + f"#{mark}"
        return RedirectResponse(destinations.find(q, _destinations(lang)) or nowhere, 303)

    return await asyncio.to_thread(work)


@router.get("/ir/lista", include_in_schema=False)
async def destinations_list(lang: str = "es", publicacion: str = "") -> Response:
    """What the search box suggests besides what the page carries, asked for when it is first used."""

    def work() -> Response:
        number = int(publicacion) if publicacion.isascii() and publicacion.isdigit() and len(publicacion) < 10 else None
        body = orjson.dumps(_destinations(lang, number))
        return Response(body, media_type="application/json", headers={"cache-control": "private, max-age=300"})

    return await asyncio.to_thread(work)
