"""A resource of the API: its address, what may be asked and what it gives, said once; from it come its route, its OpenAPI and its explanation."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.routing import Match

from dashboard import site
from dashboard.answers import Problem, problem_response
from dashboard.api.questions import Parameter, checked
from dashboard.api.reply import OPEN, Busy, Question, in_turn
from warehouse.errors import NothingPublished, SiegemError

log = logging.getLogger("siegem.dashboard")

router = APIRouter()
Work = Callable[[Question], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
TAG = "Datos publicados"
#: seconds after which one asks again where the server is busy
AGAIN = 5
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problema"}}}
_STATUS = {
    304: "No cambió desde la respuesta que se nombra en If-None-Match",
    400: "La pregunta no se entiende: el problema dice qué parámetro y qué escribir",
    404: "No existe lo que se pide, o todavía no hay publicaciones",
    429: "Demasiadas preguntas desde esta dirección: Retry-After dice cuándo volver",
    500: "Una falla del servidor, con un código para avisarla",
    503: "El servidor está ocupado: Retry-After dice cuándo volver",
}
_ETAG = {"ETag": {"description": "Nombre de estos bytes: en If-None-Match da 304 si no cambiaron", "schema": {"type": "string"}, "required": True},
         "Cache-Control": {"description": "Con «publicacion», se guarda para siempre", "schema": {"type": "string"}, "required": True}}  # fmt: skip
_LINK = {"Link": {"description": 'La página que sigue, como <dirección>; rel="next"', "schema": {"type": "string"}}}
_WAIT = {"Retry-After": {"description": "Segundos que hay que esperar", "schema": {"type": "integer"}, "required": True}}


@dataclass(frozen=True)
class Resource:
    """What is told of a resource, and what answers. `example`: a query with an answer in every publication. `media`: what it gives besides JSON."""

    path: str
    summary: str
    told: str
    asks: tuple[Parameter, ...]
    gives: type[BaseModel] | None
    media: tuple[str, ...]
    example: str
    work: Work


def documented(
    gives: type[BaseModel] | None, media: tuple[str, ...] = (), told: str = "Lo que se pide", paged: bool = False
) -> dict[int | str, dict[str, Any]]:
    """The answers of a resource, as FastAPI takes them."""
    whole: dict[str, Any] = {"description": told, "headers": {**_ETAG, **(_LINK if paged else {})}}
    whole["content"] = {m.split(";")[0]: {"schema": {"type": "string", **({"format": "binary"} if "sheet" in m else {})}} for m in media}
    if gives is not None:
        whole["model"] = gives
    found: dict[int | str, dict[str, Any]] = {200: whole, 304: {"description": _STATUS[304], "headers": _ETAG}}
    for status in (400, 404, 429, 500, 503):
        found[status] = {"description": _STATUS[status], "content": PROBLEM, **({"headers": _WAIT} if status in (429, 503) else {})}
    return found


#: in the order in which they are explained
RESOURCES: list[Resource] = []


def resource(
    path: str, summary: str, *, told: str = "", asks: tuple[Parameter, ...] = (), gives: type[BaseModel] | None = None, media: tuple[str, ...] = (),
    example: str = "", paged: bool = False, turn: bool = True,
) -> Callable[[Work], Work]:  # fmt: skip
    """Register a function as the answer of an address, for GET and HEAD. `turn`: it may take long, so few of its kind are made at once."""

    def register(work: Work) -> Work:
        RESOURCES.append(Resource(path, summary, told, asks, gives, media, example, work))

        async def endpoint(request: Request) -> Response:
            return await answered(lambda: work(Question(request, *checked(request, asks))), request, turn)

        add(
            path,
            endpoint,
            summary=summary,
            description=told,
            responses=documented(gives, media, told or summary, paged),
            parameters=[p.documented() for p in asks],
            json=gives is not None,
        )
        return work

    return register


def add(path: str, endpoint: Endpoint, *, summary: str, description: str, responses: Any, parameters: list[dict[str, Any]], json: bool) -> None:
    """A route for GET, told in OpenAPI, and the same for HEAD."""
    name = path.removeprefix("/api/v1").strip("/").translate({ord("/"): "_", ord("."): "_", ord("{"): "", ord("}"): ""}) or "inicio"
    router.add_api_route(
        path, endpoint, methods=["GET"], summary=summary, description=description, operation_id=name, responses=responses, tags=[TAG],
        openapi_extra={"parameters": parameters}, response_class=JSONResponse if json else Response,
    )  # fmt: skip
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


async def answered(make: Callable[[], Response], request: Request, turn: bool = False) -> Response:
    """What is wrong with the question, or with us, becomes a problem told in Spanish."""
    try:
        response = await (in_turn(make) if turn else asyncio.to_thread(make))
    except Problem as problem:
        response = problem_response(problem.status, problem.title, problem.detail)
    except NothingPublished as error:
        response = problem_response(404, error.what, " ".join(x for x in (error.stands, error.cure) if x))
    except SiegemError as error:
        response = problem_response(400, error.what, " ".join(x for x in (error.stands, error.cure) if x))
    except Busy:
        response = problem_response(503, "El servidor está atendiendo muchas preguntas a la vez.", f"Repita la pregunta en {AGAIN} segundos.")
        response.headers["retry-after"] = str(AGAIN)
    except Exception:
        code = secrets.token_hex(4)
        log.exception("%s falló [%s]", request.url.path, code)
        response = problem_response(500, "El servidor falló al responder.", f"Repita más tarde; si sigue, avise con el código {code}.")
    if site.is_public():
        response.headers.update(OPEN)
    return response


def _methods(request: Request) -> list[str]:
    """What may be done at the address asked for; nothing where there is none."""
    scope = {**request.scope, "method": "GET"}
    found = [r for r in router.routes if getattr(r, "path", "") not in ("/api/{rest:path}", "") and r.matches(scope)[0] is Match.FULL]
    return ["GET", "HEAD", "OPTIONS"] if found else []


async def otherwise(request: Request) -> Response:
    """Addresses that are not there, and methods that an address does not have."""
    allowed = _methods(request)
    if allowed and request.method == "OPTIONS":
        response = Response(status_code=204)
        if site.is_public():
            response.headers.update({"access-control-allow-methods": "GET, HEAD, OPTIONS", "access-control-allow-headers": "If-None-Match, Accept",
                                     "access-control-max-age": "86400"})  # fmt: skip
    elif allowed:
        response = problem_response(405, f"Esta dirección no admite {request.method}.", "Solo se lee: use GET o HEAD.")
    else:
        response = problem_response(404, f"No existe la dirección {request.url.path[:120]}.", "Vea las que hay en /api o en /api/v1/openapi.json.")
    if allowed:
        response.headers["allow"] = ", ".join(allowed)
    if site.is_public():
        response.headers.update(OPEN)
    return response
