"""Figures as bytes: made once for a publication and its parameters, serialised and compressed once, then only sent."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson
from fastapi import Request, Response

from dashboard import formats
from dashboard.answers import Problem, answer, etag_of, is_known, publication_of, query_of
from dashboard.byte_cache import ByteCache
from dashboard.figures import FIGURES, OF_REGION, Params
from dashboard.language import LANGUAGES
from dashboard.published import Snapshot
from dashboard.static import ASK_AGAIN, FOREVER, compressed, encoding_for
from warehouse.errors import SiegemError, suggest
from warehouse.periods import KINDS, parse
from warehouse.territories import territory

PARAMETERS = ("indicador", "territorio", "periodo", "tipo", "categoria", "lang", "publicacion")
#: figures packed, and the forms of those that were sent alone, by (publication, name, parameters, encoding)
_cache = ByteCache(5_000_000)
#: figures in one answer
MOST = 24


def figure_bytes(request: Request, name: str) -> Response:
    """The figure asked for: 200, 304, or a Problem that says which parameter is wrong."""
    query = query_of(request, *PARAMETERS)
    snap, pinned = publication_of(query)
    key, body = _made(snap, query, name)
    encoding = encoding_for(request.headers.get("accept-encoding", ""), "application/json")
    return _send(request, body, key, encoding, pinned)


def many_figures(request: Request) -> Response:
    """Figures of one publication in one answer, in the order asked: what a page needs at once. One that cannot be made is told by its status.

    Each `de` is a figure's name and its own query: `mapa?indicador=produccion_cobre`.
    """
    wanted = request.query_params.getlist("de")
    if not 0 < len(wanted) <= MOST:
        raise Problem(400, f"Se piden entre 1 y {MOST} figuras con «de».", "P. ej. de=mapa?indicador=produccion_cobre, codificado.")
    snap, pinned = publication_of({k: v for k, v in request.query_params.items() if k == "publicacion" and v})
    return answer(request, b'{"figuras":[' + b",".join(_told(snap, one) for one in wanted) + b"]}", pinned=pinned)


def _told(snap: Snapshot, asked: str) -> bytes:
    name, _, query = asked.partition("?")
    try:
        return _made(snap, {k: v for k, v in parse_qsl(query) if k in PARAMETERS}, name)[1]
    except Problem as problem:
        return orjson.dumps({"estado": problem.status, "titulo": problem.title})
    except SiegemError as error:
        return orjson.dumps({"estado": 404, "titulo": error.what})


def _made(snap: Snapshot, query: dict[str, str], name: str) -> tuple[tuple[object, ...], bytes]:
    """(key, body) of a figure; made once."""
    if name not in FIGURES:
        raise Problem(404, f"No existe la figura «{name}».{suggest(name, FIGURES)}", f"Hay: {', '.join(sorted(FIGURES))}.")
    params = _params(snap, query, name)
    key = (snap.publication.huella, snap.number, formats.style(), name, params)

    def make() -> bytes:
        return orjson.dumps(FIGURES[name](snap, params).to_plotly_json(), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)

    return key, _cache.once(key, make)


def _send(request: Request, body: bytes, key: tuple[object, ...], encoding: str, pinned: bool) -> Response:
    tag = f'{etag_of(body)[:-1]}-{encoding or "id"}"'
    headers = {"etag": tag, "vary": "accept-encoding", "cache-control": FOREVER if pinned else ASK_AGAIN}
    if is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if encoding:
        small = _cache.get((*key, encoding))
        if small is None:
            small = compressed(body, encoding, 9)
            _cache.put((*key, encoding), small)
        return Response(small, media_type="application/json", headers={**headers, "content-encoding": encoding})
    return Response(body, media_type="application/json", headers=headers)


def _params(snap: Snapshot, query: dict[str, str], name: str) -> Params:
    """Parameters, each checked: an unknown word is told with the likely one. Raises Problem, SiegemError, NothingPublished."""
    indicator = query.get("indicador", "" if name in OF_REGION else None)
    if indicator is None:
        raise Problem(400, "Falta el parámetro «indicador».", "Vea los indicadores en /api/v1/indicadores.")
    if indicator:
        snap.sheet(indicator)
    kind, lang = query.get("tipo", ""), query.get("lang", "es")
    if kind and kind not in KINDS:
        raise Problem(400, f"El tipo de periodo «{kind}» no existe.{suggest(kind, KINDS)}", f"Use uno de: {', '.join(KINDS)}.")
    if lang not in LANGUAGES:
        raise Problem(400, f"El idioma «{lang}» no existe.", "Use lang=es o lang=en.")
    period, place = query.get("periodo", ""), query.get("territorio", "")
    if period:
        parse(period)
    if place:
        try:
            territory(place)
        except SiegemError as error:
            raise Problem(404, error.what, error.cure) from error
    return Params(indicator, place, period, kind, query.get("categoria", ""), lang)
