"""`/api/v1/openapi.json`: the API as it is, for programs that write clients."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI, Request, Response

from dashboard.answers import answer
from dashboard.api.models import Problema
from dashboard.api.resource import TAG, answered, router

_ABOUT = """Valores publicados de la gestión minera descentralizada del Perú.

* Toda respuesta nombra su publicación. Con `publicacion=N` no cambia nunca: se puede citar y guardar para siempre.
* Donde no hay valor, `estado` dice por qué. Lo que falta nunca es 0.
* Los errores son application/problem+json (RFC 9457), en español: qué pasa y qué escribir.
* ETag e If-None-Match dan 304 donde nada cambió. HEAD vale en todas las direcciones.
* Datos con licencia CC BY 4.0. Ejemplos en Python, R y curl: /api
"""


def told(server: FastAPI) -> dict[str, Any]:
    """The document of an application: the routes it has, and what they share. Made once."""
    document = server.openapi()
    if "Problema" not in document.setdefault("components", {}).setdefault("schemas", {}):
        document["info"] |= {
            "title": "SIEGEM", "version": "1", "description": _ABOUT, "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        }  # fmt: skip
        document["tags"] = [{"name": TAG, "description": "Lo que sale de las publicaciones; solo se lee"}]
        document["components"]["schemas"]["Problema"] = Problema.model_json_schema()
    return document


async def openapi(request: Request) -> Response:
    return await answered(lambda: answer(request, orjson.dumps(told(request.app), option=orjson.OPT_INDENT_2), pinned=False), request)


for _method in ("GET", "HEAD"):
    router.add_api_route("/api/v1/openapi.json", openapi, methods=[_method], include_in_schema=False)
