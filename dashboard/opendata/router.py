"""Serves the files: those of a publication for ever, those of the one in force by redirection, and both descriptions where programs look for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from dashboard import published
from dashboard.answers import answer, is_known, problem_response
from dashboard.opendata import folders
from dashboard.opendata.catalogue import on_site
from dashboard.opendata.facts import folder_path
from dashboard.opendata.layout import FILES
from dashboard.opendata.making import PACKED
from dashboard.opendata.package import at
from dashboard.opendata.resource import media_of
from dashboard.static import ASK_AGAIN, FOREVER
from warehouse.errors import NothingPublished, SiegemError

router = APIRouter()
_PATHS = {f.path for f in FILES}
#: shown by browsers, not saved
_READ = (".md", ".txt", ".json", ".jsonld", ".cff", "SHA256SUMS")
#: any site may read them: they are open data
_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


async def _told(work: Callable[[], Response]) -> Response:
    try:
        return await asyncio.to_thread(work)
    except NothingPublished as error:
        return problem_response(404, error.what, " ".join(x for x in (error.stands, error.cure) if x))
    except SiegemError as error:
        return problem_response(503, error.what, " ".join(x for x in (error.stands, error.cure) if x))


@router.api_route("/datos/descargas/vigente/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def in_force(path: str) -> Response:
    """A name that never changes: it leads to the file of the publication in force."""

    def work() -> Response:
        if path not in _PATHS:
            return _unknown(path)
        return RedirectResponse(folder_path(published.snapshot().number) + path, 302, headers={"cache-control": ASK_AGAIN, **_OPEN})

    return await _told(work)


@router.api_route("/datos/descargas/p{number:int}/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def download(request: Request, number: int, path: str) -> Response:
    def work() -> Response:
        if not path:
            return RedirectResponse(f"/datos?publicacion={number}", 303)
        if path not in _PATHS:
            return _unknown(path)
        place = folders.made(number)
        return _file(request, place, path, folders.resources(number)[path].sha256, number)

    return await _told(work)


def _unknown(path: str) -> Response:
    return problem_response(404, f"No existe el archivo «{path}».", "Vea los archivos que hay en /datos.")


def _file(request: Request, place: Path, path: str, digest: str, number: int) -> Response:
    """The bytes of a file, compressed beforehand where the reader takes that: nothing so large is compressed while somebody waits."""
    packed = place / PACKED / f"{path}.gz"
    zipped = packed.is_file() and "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{digest[:24]}-{"gzip" if zipped else "id"}"'
    # a name is saved with the publication's number, so that two of them are never taken for one another
    name = f"siegem-p{number}-{path.replace('/', '-')}"
    headers = {"cache-control": FOREVER, "etag": etag, "vary": "accept-encoding", "content-encoding": "gzip" if zipped else "identity", **_OPEN}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    kind = media_of(path)
    shown = "inline" if path.endswith(_READ) else "attachment"
    headers |= {"content-disposition": f'{shown}; filename="{name}"'}
    return FileResponse(
        packed if zipped else place / path, media_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, headers=headers
    )


def _site(request: Request) -> str:
    return folders.base() or str(request.base_url).rstrip("/")


def _document(path: str) -> Any:
    return orjson.loads((folders.made(published.snapshot().number) / path).read_bytes())


@router.get("/catalogo.jsonld", include_in_schema=False)
async def catalogue(request: Request) -> Response:
    """The catalogue of the publication in force, with this site's addresses: what a portal harvests."""

    def work() -> Response:
        body = orjson.dumps(on_site(_document("catalogo.jsonld"), _site(request)))
        return _opened(answer(request, body, pinned=False, media="application/ld+json"))

    return await _told(work)


@router.get("/datapackage.json", include_in_schema=False)
async def data_package(request: Request) -> Response:
    """The data package of the publication in force; its files are told by their addresses."""

    def work() -> Response:
        place = f"{_site(request)}{folder_path(published.snapshot().number)}"
        return _opened(answer(request, orjson.dumps(at(_document("datapackage.json"), place)), pinned=False))

    return await _told(work)


def _opened(response: Response) -> Response:
    response.headers.update(_OPEN)
    return response
