"""`/foro/laminas.pptx`: the deck of an address of `/foro`. GET gives it as published; POST puts in the notes and agreements that a browser keeps."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from fastapi import APIRouter, Request, Response

from dashboard import formats
from dashboard.answers import Problem, answer, problem_response, publication_of, query_of
from dashboard.byte_cache import ByteCache
from dashboard.language import known
from dashboard.narrative import foro_deck, parts
from dashboard.narrative.foro_builder import SLIDES
from dashboard.published import Snapshot
from dashboard.slides.own import Own, read
from warehouse.errors import SiegemError

router = APIRouter()

MEDIA = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

#: decks kept as they were asked for, some 150 kB each
_kept = ByteCache(6_000_000)


@lru_cache(maxsize=1)
def _one_at_a_time() -> asyncio.Semaphore:
    """A deck takes a processor for a second or two: who asks for another waits, and pages do not."""
    return asyncio.Semaphore(1)


@router.get(SLIDES, include_in_schema=False)
async def as_published(request: Request) -> Response:
    return await _answered(request, Own())


@router.post(SLIDES, include_in_schema=False)
async def with_own(request: Request) -> Response:
    try:
        own = read(await request.body())
    except ValueError as error:
        return problem_response(400, "Las notas y acuerdos no se pudieron leer.", f"{error}.")
    return await _answered(request, own)


async def _answered(request: Request, own: Own) -> Response:
    base = str(request.base_url).rstrip("/")
    try:
        query = query_of(request, "indicadores", "region", "lang", "publicacion")
        async with _one_at_a_time():
            snap, pinned, body = await asyncio.to_thread(_made, query, base, own)
    except Problem as problem:
        return problem_response(problem.status, problem.title, problem.detail)
    except SiegemError as error:
        return problem_response(404, error.what, error.cure)
    name = f"siegem-foro-p{snap.number}.pptx"
    if own:
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(body, media_type=MEDIA, headers=headers)
    return answer(request, body, pinned=pinned, media=MEDIA, download=name)


def _made(query: dict[str, str], base: str, own: Own) -> tuple[Snapshot, bool, bytes]:
    from dashboard.slides.file import deck  # what makes slides is loaded by who first asks for some

    snap, pinned = publication_of(query)
    chosen = ",".join(foro_deck.chosen(snap, query.get("indicadores", "")))
    region, lang = parts.known_region(query.get("region", "")), known(query.get("lang"))
    key = (snap.publication.huella, snap.number, chosen, region, lang, base, formats.style())
    found = None if own else _kept.get(key)
    if found is None:
        found = deck(snap, chosen, region, lang, base=base, own=own)
        if not own:
            _kept.put(key, found)
    return snap, pinned, found
