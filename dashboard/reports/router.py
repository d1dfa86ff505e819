"""Documents served: `/region/<cod>/ficha.pdf`, its workbook and yearly evaluation, the pilots' report and the Regional Teams'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from dashboard.answers import Problem, answer, problem_response, publication_of, query_of
from dashboard.language import COMPLETE
from dashboard.published import Snapshot, snapshot
from dashboard.reports import kept, pilots_report, region_sheet, region_workbook, teams_report, yearly_report
from dashboard.workbook import XLSX
from warehouse.errors import NothingPublished, SiegemError
from warehouse.periods import parse
from warehouse.territories import regions

PDF = "application/pdf"
#: (what tells it from other documents, its file's name, how it is made)
Made = tuple[tuple[object, ...], str, Callable[[], bytes]]
Maker = Callable[[Snapshot, dict[str, str]], Made]


def over(site: str) -> APIRouter:
    """The addresses. `site`: the public address of the installation, for permanent links; "" leaves them without a host."""
    router = APIRouter()

    @router.get("/region/{cod}/ficha.pdf", include_in_schema=False)
    async def sheet(request: Request, cod: str, lang: str = "es", publicacion: str = "") -> Response:
        def make(snap: Snapshot, query: dict[str, str]) -> Made:
            code, words = _region(cod), _lang(query)
            name = f"siegem-ficha-{code}-p{snap.number}.pdf"
            return ("ficha", code, words, _said(snap, code)), name, lambda: region_sheet.region_sheet(snap, code, words, site)

        return await _answered(request, make, PDF, "lang", said=True)

    @router.get("/region/{cod}/libro.xlsx", include_in_schema=False)
    async def book(request: Request, cod: str, publicacion: str = "") -> Response:
        def make(snap: Snapshot, query: dict[str, str]) -> Made:
            code = _region(cod)
            return ("libro", code), f"siegem-libro-{code}-p{snap.number}.xlsx", lambda: region_workbook.region_workbook(snap, code)

        return await _answered(request, make, XLSX)

    @router.get("/region/{cod}/evaluacion-{anio}.pdf", include_in_schema=False)
    async def yearly(request: Request, cod: str, anio: str, lang: str = "es", publicacion: str = "") -> Response:
        def make(snap: Snapshot, query: dict[str, str]) -> Made:
            code, year, words = _region(cod), _year(anio), _lang(query)
            name = f"siegem-evaluacion-{code}-{year}-p{snap.number}.pdf"
            return ("evaluacion", code, year, words, _said(snap, code)), name, lambda: yearly_report.yearly_report(snap, code, year, words, site)

        return await _answered(request, make, PDF, "lang", said=True)

    @router.get("/informes/pilotos-{anio}.pdf", include_in_schema=False)
    async def pilots(request: Request, anio: str, desde: str = "", lang: str = "es", publicacion: str = "") -> Response:
        def make(snap: Snapshot, query: dict[str, str]) -> Made:
            year, words = _year(anio), _lang(query)
            since = _year(query["desde"]) if "desde" in query else None
            name = f"siegem-pilotos-{year}-p{snap.number}.pdf"
            return ("pilotos", year, since, words), name, lambda: pilots_report.pilots_report(snap, year, words, site, since)

        return await _answered(request, make, PDF, "lang", "desde")

    @router.get("/informes/equipos-{periodo}.pdf", include_in_schema=False)
    async def teams(request: Request, periodo: str, lang: str = "es", publicacion: str = "") -> Response:
        def make(snap: Snapshot, query: dict[str, str]) -> Made:
            code, words = parse(periodo).code, _lang(query)
            return ("equipos", code, words), f"siegem-equipos-{code}-p{snap.number}.pdf", lambda: teams_report.teams_report(snap, code, words, site)

        return await _answered(request, make, PDF, "lang")

    return router


async def _answered(request: Request, make: Maker, media: str, *allowed: str, said: bool = False) -> Response:
    """The document with its ETag, off the event loop. `said`: it carries what a region says, which may come later than the newest publication."""

    def work() -> Response:
        try:
            query = query_of(request, *allowed, "publicacion")
            snap, pinned = publication_of(query)
            what, name, document = make(snap, query)
            body = kept.document(snap, what, document)
            for_ever = pinned and not (said and snap.number == snapshot().number)
            return answer(request, body, pinned=for_ever, media=media, download=name)
        except Problem as problem:
            return problem_response(problem.status, problem.title, problem.detail)
        except NothingPublished as error:
            return problem_response(404, error.what, " ".join(x for x in (error.stands, error.cure) if x))
        except SiegemError as error:
            return problem_response(400, error.what, " ".join(x for x in (error.stands, error.cure) if x))

    return await asyncio.to_thread(work)


def _region(code: str) -> str:
    if code not in {r.codigo for r in regions()}:
        raise Problem(404, f"No existe la región «{code}».", "Escriba el código del INEI de una región, p. ej. 13 (La Libertad).")
    return code


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Problem(404, f"«{text}» no es un año.", "Escriba cuatro cifras, p. ej. 2025.")
    return int(text)


def _lang(query: dict[str, str]) -> str:
    lang = query.get("lang", "es")
    if lang not in COMPLETE:
        raise Problem(400, f"Los documentos no están en «{lang}».", "Use lang=es o lang=en.")
    return lang


def _said(snap: Snapshot, code: str) -> tuple[int, int]:
    """What tells the statements of a region from those of before: how many, and the newest."""
    said = snap.statements(code)
    return len(said), said[0].id if said else 0
