"""How the desk says no: application/problem+json (RFC 9457) with a Spanish sentence and its cure, whatever went wrong with a request."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from warehouse.errors import SiegemError
from warehouse.landing import TooLarge

log = logging.getLogger("siegem.desk")

_FAULTS = {
    "missing": "falta.",
    "string_too_short": "es muy corto.",
    "string_too_long": "es muy largo.",
    "date_from_datetime_parsing": "no es una fecha; escríbala así: 2026-12-31.",
    "date_parsing": "no es una fecha; escríbala así: 2026-12-31.",
    "int_parsing": "no es un número entero.",
    "json_invalid": "el cuerpo no es JSON.",
}


class Problem(Exception):
    """A request that cannot be met: what is wrong, and what to do. `headers` travel with the answer."""

    def __init__(self, status: int, title: str, detail: str = "", headers: dict[str, str] | None = None) -> None:
        self.status, self.title, self.detail, self.headers = status, title, detail, headers or {}
        super().__init__(title)


def respond(status: int, title: str, detail: str = "", headers: dict[str, str] | None = None) -> Response:
    """The problem as an answer."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(orjson.dumps(body), status, media_type="application/problem+json", headers={"cache-control": "no-store", **(headers or {})})


def of_error(error: SiegemError, status: int = 422) -> Response:
    """An operator error's three parts: the first is the title, the others say what stands and what to do."""
    return respond(413 if isinstance(error, TooLarge) else status, error.what, " ".join(x for x in (error.stands, error.cure) if x))


class DeskRoute(APIRoute):
    """A route whose faults are told as problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        bare = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await bare(request)
            except Problem as problem:
                return respond(problem.status, problem.title, problem.detail, problem.headers)
            except RequestValidationError as error:
                return respond(422, *_what_is_wrong(error))
            except SiegemError as error:
                return of_error(error)
            except HTTPException:
                raise
            except Exception:
                code = secrets.token_hex(4)
                log.exception("la mesa de partes falló en %s [%s]", request.url.path, code)
                told = f"Nada quedó a medias. Dé este código a quien lo administra: {code}"
                return respond(500, "El sistema falló al atender esta solicitud.", told)

        return handler


def _what_is_wrong(error: RequestValidationError) -> tuple[str, str]:
    told = []
    for fault in error.errors()[:5]:
        where = [str(part) for part in fault["loc"] if part not in ("body", "query", "path") and not isinstance(part, int)]
        told.append(f"«{'.'.join(where) or 'cuerpo'}»: {_FAULTS.get(fault['type'], 'no es válido.')}")
    return "La solicitud no está completa.", " ".join(told)
