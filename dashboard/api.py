"""The REST API over publications: /api/v1. Every answer names its publication; errors are Spanish sentences with a cure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard import destinations, dictionary, published
from dashboard.address import Reader, with_query
from dashboard.answers import Problem, answer, problem_response, publication_of, query_of
from dashboard.figure_bytes import figure_bytes, many_figures
from dashboard.index_rows import index_csv, index_rows
from dashboard.language import known
from dashboard.narrative import matrix_sentences
from dashboard.published import NOT_MET
from dashboard.rows import as_csv, indicator_rows, plain, territory_rows, value_rows
from dashboard.workbook import XLSX, as_xlsx
from warehouse.errors import NothingPublished, SiegemError

log = logging.getLogger("siegem.dashboard")
router = APIRouter()

Work = Callable[[Request], Response]


async def _in_thread(work: Work, request: Request) -> Response:
    """Run an answer off the event loop; what is wrong with the question becomes a problem, told in Spanish."""
    try:
        return await asyncio.to_thread(work, request)
    except Problem as problem:
        return problem_response(problem.status, problem.title, problem.detail)
    except NothingPublished as error:
        return problem_response(404, error.what, " ".join(x for x in (error.stands, error.cure) if x))
    except SiegemError as error:
        return problem_response(400, error.what, " ".join(x for x in (error.stands, error.cure) if x))


@router.get("/api/v1/publicaciones", summary="Publicaciones, de la más nueva a la más antigua")
async def publications(request: Request) -> Response:
    def work(request: Request) -> Response:
        query_of(request)
        keys = ("numero", "creada_en", "datos_al", "completitud", "nuevos", "revisados", "retirados", "nota", "codigo", "huella")
        cards = [{k: getattr(p, k) for k in keys} for p in published.every()]
        return answer(request, {"publicaciones": cards}, pinned=False)

    return await _in_thread(work, request)


@router.get("/api/v1/indicadores", summary="Fichas de los indicadores")
async def indicators(request: Request, publicacion: str = "", indicador: str = "") -> Response:
    def work(request: Request) -> Response:
        query = query_of(request, "publicacion", "indicador")
        snap, pinned = publication_of(query)
        return answer(request, {"publicacion": snap.number, "indicadores": indicator_rows(snap, query.get("indicador"))}, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/api/v1/territorios", summary="Territorios con su código del INEI y su nivel")
async def territories(request: Request) -> Response:
    def work(request: Request) -> Response:
        query_of(request)
        return answer(request, {"territorios": territory_rows()}, pinned=False)

    return await _in_thread(work, request)


@router.get("/api/v1/valores", summary="Valores publicados, en JSON, CSV o XLSX")
async def values(
    request: Request, indicador: str = "", territorio: str = "", tipo: str = "", periodo: str = "", desde: str = "", hasta: str = "",
    desglose: str = "", categoria: str = "", publicacion: str = "", formato: str = "json",
) -> Response:  # fmt: skip
    def work(request: Request) -> Response:
        query = query_of(
            request, "indicador", "territorio", "tipo", "periodo", "desde", "hasta", "desglose", "categoria", "publicacion", "formato", "lang"
        )
        if query.get("formato", "json") not in ("json", "csv", "xlsx"):
            raise Problem(400, f"El formato «{query['formato']}» no existe.", "Use formato=json, formato=csv o formato=xlsx.")
        snap, pinned = publication_of(query)
        rows = value_rows(snap, query)
        place = query.get("territorio", "").replace(",", "-")
        name = "-".join(x for x in ("siegem", query.get("indicador", "valores"), place, f"p{snap.number}") if x)
        if query.get("formato") == "xlsx":
            return answer(request, as_xlsx(snap, rows, query), pinned=pinned, media=XLSX, download=f"{name}.xlsx")
        if query.get("formato") == "csv":
            return answer(request, as_csv(rows), pinned=pinned, media="text/csv; charset=utf-8", download=f"{name}.csv")
        return answer(request, {"publicacion": snap.number, "valores": rows}, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/api/v1/revisiones", summary="Valores publicados que cambiaron, con su motivo")
async def revisions(request: Request, indicador: str = "", territorio: str = "", publicacion: str = "") -> Response:
    def work(request: Request) -> Response:
        query = query_of(request, "indicador", "territorio", "publicacion")
        snap, pinned = publication_of(query)
        if query.get("indicador"):
            snap.sheet(query["indicador"])
        frame = snap.revisions(indicador=query.get("indicador"), territorio=query.get("territorio")).drop(columns="id")
        # `publicacion` of a row is the one that made the revision
        return answer(request, {"publicacion": snap.number, "revisiones": plain(frame)}, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/api/v1/calidad", summary="Resultados de las reglas de calidad y entregas")
async def quality(request: Request, tabla: str = "", region: str = "", regla: str = "", estado: str = "", publicacion: str = "") -> Response:
    def work(request: Request) -> Response:
        query = query_of(request, "tabla", "region", "regla", "estado", "publicacion")
        snap, pinned = publication_of(query)
        filters = {"tabla": query.get("tabla"), "cod_region": query.get("region"), "regla_id": query.get("regla"), "estado": query.get("estado")}
        # without a filter, what people have to look at: the rules that were met are most of hundreds of thousands of rows
        results = snap.quality(**(filters if any(filters.values()) else {"estado": list(NOT_MET)}))
        sent = snap.submissions([query["tabla"]] if query.get("tabla") else None, query.get("region"), only_current=True)
        body = {"publicacion": snap.number, "completitud": snap.publication.completitud, "resultados": plain(results), "entregas": plain(sent)}
        return answer(request, body, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/api/v1/figuras", summary="Varias figuras en una respuesta: cada «de» es el nombre de una y su consulta")
async def figures(request: Request) -> Response:
    return await _in_thread(many_figures, request)


@router.get("/api/v1/figuras/{nombre}", summary="Una figura de Plotly, ya serializada")
async def figure(
    request: Request, nombre: str, indicador: str = "", territorio: str = "", periodo: str = "", tipo: str = "", categoria: str = "",
    lang: str = "es", publicacion: str = "",
) -> Response:  # fmt: skip
    return await _in_thread(lambda request: figure_bytes(request, nombre), request)


@router.get(matrix_sentences.PATH, summary="Lo que dice cada celda del cuadro de mando: el país y las regiones, en ese orden")
async def board(request: Request, lang: str = "es", publicacion: str = "") -> Response:
    def work(request: Request) -> Response:
        query = query_of(request, "lang", "publicacion")
        snap, pinned = publication_of(query)
        return answer(request, {"publicacion": snap.number, "frases": matrix_sentences.told(snap, known(query.get("lang")))}, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/api/v1/indice", summary="Índice de Desempeño Regional por región y dimensión")
@router.get("/api/v1/indice.csv", summary="Lo mismo, en CSV")
async def index(request: Request, periodo: str = "", territorio: str = "", publicacion: str = "") -> Response:
    def work(request: Request) -> Response:
        query = query_of(request, "periodo", "territorio", "publicacion")
        snap, pinned = publication_of(query)
        rows = index_rows(snap, query)
        if request.url.path.endswith(".csv"):
            return answer(request, index_csv(rows), pinned=pinned, media="text/csv; charset=utf-8", download=f"siegem-indice-p{snap.number}.csv")
        return answer(request, {"publicacion": snap.number, "indice": rows}, pinned=pinned)

    return await _in_thread(work, request)


@router.get("/salud", include_in_schema=False)
async def health(request: Request) -> Response:
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


@router.get("/api/v1/diccionario", summary="Qué significa cada columna de las descargas, en CSV")
async def dictionary_of_columns(lang: str = "es") -> Response:
    headers = {"content-disposition": 'attachment; filename="siegem_diccionario.csv"'}
    return Response(dictionary.as_csv(known(lang)), media_type="text/csv; charset=utf-8", headers=headers)


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
async def destinations_list(lang: str = "es", publicacion: int | None = None) -> Response:
    """What the search box suggests besides what the page carries, asked for when it is first used."""

    def work() -> Response:
        body = orjson.dumps(_destinations(lang, publicacion))
        return Response(body, media_type="application/json", headers={"cache-control": "private, max-age=300"})

    return await asyncio.to_thread(work)


@router.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"], include_in_schema=False)
async def unknown(rest: str) -> Response:
    return problem_response(404, f"No existe la dirección /api/{rest}.", "Vea las que hay en /api/v1/openapi.json.")
