"""A forum frozen into one file: slides, styles, type and keys inside it. It opens from a USB stick and asks nothing of any network."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from functools import lru_cache
from html import escape

from fastapi import APIRouter, Request, Response

from dashboard import fixed, formats, published
from dashboard.address import Reader, reader
from dashboard.answers import Problem, problem_response, publication_of, query_of
from dashboard.language import known, t
from dashboard.narrative import foro_builder, foro_deck, parts
from dashboard.slides.own import Own, read
from dashboard.static import ASSETS
from warehouse.errors import SiegemError

router = APIRouter()

#: style sheets that slides are drawn with; the others are of pages
_STYLES = re.compile(r"^(10|20|30|40|44|46-tables|50|70|90)")
#: nothing may be fetched, not even by mistake; the one script is told by its digest
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; script-src {script}"


@router.get(foro_builder.FROZEN, include_in_schema=False)
async def frozen(request: Request) -> Response:
    return await asyncio.to_thread(_answered, request, Own())


@router.post(foro_builder.FROZEN, include_in_schema=False)
async def frozen_with_own(request: Request) -> Response:
    """With the notes and agreements that a browser keeps inside it."""
    try:
        own = read(await request.body())
    except ValueError as error:
        return problem_response(400, "Las notas y acuerdos no se pudieron leer.", f"{error}.")
    return await asyncio.to_thread(_answered, request, own)


def _answered(request: Request, own: Own) -> Response:
    try:
        query = query_of(request, "indicadores", "region", "lang", "publicacion")
        snap, _ = publication_of(query)
    except Problem as problem:
        return problem_response(problem.status, problem.title, problem.detail)
    except SiegemError as error:
        return problem_response(404, error.what, error.cure)
    lang = known(query.get("lang"))
    page = document(snap, query.get("indicadores", ""), query.get("region", ""), lang, str(request.base_url).rstrip("/"), own)
    name = f"siegem-foro-p{snap.number}.html"
    return Response(page, media_type="text/html", headers={"content-disposition": f'attachment; filename="{name}"'})


def document(snap: published.Snapshot, indicators: str, region: str, lang: str, base: str, own: Own | None = None) -> str:
    """The whole file. `base`: where the site is, for the addresses it shows; `own`: what the presenter wrote."""
    token = reader.set(Reader(lang, snap.number, True))
    try:
        slides = foro_deck.deck(snap, indicators, parts.known_region(region), lang)
        inside = fixed.part([foro_builder.deck_of(slides, snap.number, lang)], fixed.Live()).html
    finally:
        reader.reset(token)
    title = t("Foro Regional, publicación N.º {n}", lang).format(n=snap.number)
    made = t("Congelado el {fecha}", lang).format(fecha=formats.day(snap.publication.creada_en, lang))
    script = (ASSETS / "guiones" / "foro.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    brought = escape(json.dumps({"notas": own.notes, "acuerdos": own.agreements}, ensure_ascii=False)) if own else ""
    mine = f' data-propio="{brought}"' if brought else ""
    return f"""<!DOCTYPE html>
<html lang="{lang}" data-theme="light" data-congelado>
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY.format(script=f"'sha256-{digest}'"))}">
<title>{escape(title)} · SIEGEM</title><meta name="description" content="{escape(made)}">
<style>{styles()}</style>
</head>
<body><main class="siegem-foro" id="contenido" data-sitio="{escape(base)}"{mine}><h1 class="solo-lector">{escape(title)}</h1>{inside}</main>
<script>{script}</script></body>
</html>"""


@lru_cache(maxsize=1)
def styles() -> str:
    """The style sheets as one text, with the type inside it."""
    css = "\n".join(p.read_text(encoding="utf-8") for p in sorted(ASSETS.glob("*.css")) if _STYLES.match(p.name))

    def inlined(found: re.Match[str]) -> str:
        return f"url(data:font/woff2;base64,{base64.b64encode((ASSETS / found[1]).read_bytes()).decode()})"

    return re.sub(r'url\("(fonts/[^"]+)"\)', inlined, css)
