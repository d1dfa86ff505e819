"""The public site served: pages at their addresses, at /en and at /p/<n>; their styles; search; sitemap and robots.

Included before the application's own pages. What names an older publication never changes and is kept for ever by whoever asks.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from threading import Lock

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard import published
from dashboard.answers import answer, etag_of, is_known
from dashboard.middleware import do_not_keep
from dashboard.opendata import folders
from dashboard.publico import catalogue, frame, home, search, sitemap
from dashboard.publico.book import Book
from dashboard.publico.here import PREFIXES, Here
from dashboard.static import FOREVER
from warehouse.errors import NothingPublished

router = APIRouter()

#: books kept in memory
_KEPT = 3
#: a page runs nothing and loads its own styles and type alone; «self» lets its optional script be
_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; manifest-src 'self'; base-uri 'none'; "
           "form-action 'self'; frame-ancestors {who}")  # fmt: skip
_MEDIA = {"css": "text/css; charset=utf-8", "woff2": "font/woff2", "js": "text/javascript; charset=utf-8"}

#: without its last slash this address is the application's own page of a province
_INTERACTIVE = ("/provincia/{name}",)

_books: OrderedDict[tuple[int, str], Book] = OrderedDict()
_lock = Lock()


def book(number: int | None = None) -> Book:
    """A publication's book, the one in force where None. Raises NothingPublished."""
    snap = published.snapshot(number)
    key = (snap.number, snap.publication.huella)
    with _lock:
        found = _books.get(key)
        if found is None or found.snap is not snap:
            found = _books[key] = Book(snap, _before(snap.number))
        _books.move_to_end(key)
        while len(_books) > _KEPT:
            _books.popitem(last=False)
        return found


def _before(number: int) -> published.Snapshot | None:
    if number <= 1:
        return None
    try:
        return published.snapshot(number - 1)
    except NothingPublished:
        return None


def base() -> str:
    """Where the site is. Never what a request says of it: answers are kept and shared."""
    return folders.base()


def headers(embedded: bool) -> dict[str, str]:
    """Only an embedded chart may stand in a frame of another site."""
    made = {"content-security-policy": _POLICY.format(who="*" if embedded else "'none'")}
    return made | ({"cross-origin-resource-policy": "cross-origin", "x-frame-options": "ALLOWALL"} if embedded else {})


async def _page(request: Request, page: str, lang: str, number: int | None = None) -> Response:
    def work() -> Response:
        try:
            own = book(number)
        except NothingPublished as error:
            return _nothing(error, page, lang, number)
        here = Here(own, page, lang, pinned=number is not None, base=base())
        text, status = catalogue.text(here)
        settled = number is not None and number < published.snapshot().number
        if status != 200:
            made = Response(text, status, media_type="text/html; charset=utf-8", headers={"cache-control": "no-store"})
        else:
            made = answer(request, text.encode(), pinned=settled, media="text/html; charset=utf-8")
        made.headers.update(headers(page.startswith("/insertar/")))
        return made

    return await asyncio.to_thread(work)


def _nothing(error: NothingPublished, page: str, lang: str, number: int | None) -> Response:
    """There is no such publication, which a page of the one in force says; or none at all."""
    known = {**headers(page.startswith("/insertar/")), "cache-control": "no-store"}
    try:
        here = Here(book(), "/", lang, base=base())
    except NothingPublished:
        return Response(frame.bare(error.what, lang), 503, media_type="text/html; charset=utf-8", headers={**known, "retry-after": "600"})
    return Response(frame.document(here, search.not_found(here, number)), 404, media_type="text/html; charset=utf-8", headers=known)


def _languages(path: str) -> list[tuple[str, str]]:
    return [(lang, f"{before}{path}") for lang, before in PREFIXES.items()]


def _register(template: str, page: str) -> None:
    """A page's routes: in each language, of the publication in force and of one that is named. Without its last slash it is sent on."""

    def live(lang: str):  # type: ignore[no-untyped-def]
        async def show(request: Request) -> Response:
            return await _page(request, page.format(**request.path_params), lang)

        return show

    def named(lang: str):  # type: ignore[no-untyped-def]
        async def show(request: Request, numero: int) -> Response:
            return await _page(request, page.format(**request.path_params), lang, numero)

        return show

    for lang, path in _languages(template):
        router.add_api_route(path, live(lang), methods=["GET", "HEAD"], include_in_schema=False)
        router.add_api_route(f"/p/{{numero:int}}{path}", named(lang), methods=["GET", "HEAD"], include_in_schema=False)
        bare = [p.rstrip("/") for p in (path, f"/p/{{numero:int}}{path}") if len(p) > 1]
        for one in [p for p in bare if p not in _INTERACTIVE]:
            router.add_api_route(one, _slash, methods=["GET", "HEAD"], include_in_schema=False)


async def _slash(request: Request) -> Response:
    # the path as it came, from the root of this site alone: «//otro» would leave it
    path = "/" + request.url.path.strip("/") + "/"
    return RedirectResponse(f"{path}?{request.url.query}" if request.url.query else path, 308)


for _template in ("/", "/no-sabemos/", "/cambios/", "/descargas/", "/acerca/", "/lugar/{name}/", "/provincia/{name}/", "/tema/{name}/",
                  "/pregunta/{name}/",
                  "/insertar/{name}/"):  # fmt: skip
    _register(_template, _template)


async def _search(request: Request, lang: str, number: int | None) -> Response:
    def work() -> Response:
        here = Here(book(number), "/buscar/", lang, pinned=number is not None, base=base())
        wanted = " ".join(request.query_params.get("q", "").split())[:80]
        if not wanted:
            return RedirectResponse(here.link("/"), 303)
        path = search.sure(search.find(here.book, wanted, lang))
        if path:
            return RedirectResponse(here.link(path), 303)
        do_not_keep()  # as many answers as there are words
        made = search.page(here, wanted)
        text = frame.document(here, made)
        return Response(text, made.status, media_type="text/html; charset=utf-8", headers={**headers(False), "cache-control": "no-cache"})

    try:
        return await asyncio.to_thread(work)
    except NothingPublished:
        return RedirectResponse("/", 303)


def _searches(lang: str, path: str) -> None:
    async def live(request: Request) -> Response:
        return await _search(request, lang, None)

    async def named(request: Request, numero: int) -> Response:
        return await _search(request, lang, numero)

    router.add_api_route(path, live, methods=["GET"], include_in_schema=False)
    router.add_api_route(f"/p/{{numero:int}}{path}", named, methods=["GET"], include_in_schema=False)


for _lang, _path in [*_languages("/buscar"), *_languages("/buscar/")]:
    _searches(_lang, _path)


@router.get("/publico/{name}", include_in_schema=False)
async def file(request: Request, name: str, v: str = "") -> Response:
    """Styles, type and the optional script; kept for ever under the address that names their content."""
    body = frame.files().get(f"publico/{name}")
    if body is None:
        return Response("No existe ese archivo.", 404, media_type="text/plain; charset=utf-8")
    if name.endswith(".woff2"):  # compressed already; style sheets name it without its content
        tag = etag_of(body)
        known = {"cache-control": FOREVER, "etag": tag}
        return (
            Response(status_code=304, headers=known)
            if is_known(request.headers.get("if-none-match", ""), tag)
            else Response(body, media_type="font/woff2", headers=known)
        )
    return answer(request, body, pinned=v == frame.version(f"publico/{name}"), media=_MEDIA[name.rpartition(".")[2]])


@router.get("/sitemap.xml", include_in_schema=False)
async def site_map(request: Request) -> Response:
    def work() -> Response:
        if not base():
            do_not_keep()  # made with the host that was asked for: of no use to another reader
        return answer(request, sitemap.sitemap(book(), base() or str(request.base_url).rstrip("/")).encode(), pinned=False, media="application/xml")

    try:
        made = await asyncio.to_thread(work)
    except NothingPublished:
        return Response(status_code=404)
    made.headers["cache-control"] = "no-cache" if base() else "no-store"
    return made


@router.get("/robots.txt", include_in_schema=False)
async def robots(request: Request) -> Response:
    return answer(request, sitemap.robots(base()).encode(), pinned=False, media="text/plain; charset=utf-8")


__all__ = ["book", "home", "router"]
