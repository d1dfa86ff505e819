"""How the API answers: JSON, ETag, caching by publication, problems as sentences."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from fastapi import Request, Response

from dashboard import published
from dashboard.published import Snapshot
from dashboard.static import ASK_AGAIN, FOREVER, encoding_for
from warehouse.errors import suggest


class Problem(Exception):
    """A question that cannot be answered: what is wrong, and what to write instead."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        self.status, self.title, self.detail = status, title, detail
        super().__init__(title)


def problem_response(status: int, title: str, detail: str = "") -> Response:
    """application/problem+json (RFC 9457) in Spanish."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(orjson.dumps(body), status, media_type="application/problem+json", headers={"cache-control": "no-store"})


def query_of(request: Request, *allowed: str) -> dict[str, str]:
    """The query, empty values left out. Raises Problem on a parameter that does not exist or comes twice."""
    found: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key not in allowed:
            known = f"Se admiten: {', '.join(allowed)}." if allowed else "Esta dirección no admite parámetros."
            raise Problem(400, f"El parámetro «{key}» no existe.{suggest(key, allowed)}", known)
        if key in found:
            raise Problem(400, f"El parámetro «{key}» viene dos veces.", "Escríbalo una sola vez.")
        found[key] = value.strip()
    return {k: v for k, v in found.items() if v}


def publication_of(query: dict[str, str]) -> tuple[Snapshot, bool]:
    """The publication a query asks for, and whether it named it (then its answer never changes)."""
    asked = query.get("publicacion")
    if asked is None:
        return published.snapshot(), False
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Problem(400, f"«{asked}» no es un número de publicación.", "Escriba un número, p. ej. publicacion=1.")
    return published.snapshot(int(asked)), True


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def answer(request: Request, content: Any, *, pinned: bool, media: str = "application/json", download: str = "") -> Response:
    """200 with its ETag, or 304. `content` is bytes, or what becomes JSON. `pinned`: it may be kept for ever."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    # A strong tag names bytes on the wire, and the middleware compresses them.
    encoding = encoding_for(request.headers.get("accept-encoding", ""), media)
    etag = f'{etag_of(body)[:-1]}-{encoding or "id"}"'
    headers = {"cache-control": FOREVER if pinned else ASK_AGAIN, "etag": etag, "vary": "accept-encoding"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if download:
        headers["content-disposition"] = f'attachment; filename="{download}"'
    return Response(body, media_type=media, headers=headers)


def is_known(asked: str, etag: str) -> bool:
    """Whether an If-None-Match names this tag."""
    return bool({etag, "*"} & {tag.strip().removeprefix("W/") for tag in asked.split(",")})
