"""What is around every page: head, way about, foot with the permanent link."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from dashboard import formats, icon
from dashboard.publico import bars
from dashboard.publico.here import PREFIXES, Here
from dashboard.publico.tags import link, tag, together
from dashboard.static import ASSETS

STYLES, TYPE, FILTER = "publico/estilo.css", "publico/letra.woff2", "publico/filtro.js"
LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.es"


@dataclass(frozen=True)
class Page:
    """What a page is, before its frame."""

    title: str
    description: str
    body: Markup
    #: structured data for search engines (schema.org)
    data: dict[str, Any] = field(default_factory=dict)
    #: the site's one optional script, which filters lists of places
    filter: bool = False
    status: int = 200
    #: nothing around it: it stands inside another site's page
    bare: bool = False
    #: there is such a page of every publication
    lasting: bool = True
    #: from where its relative links count, for a page that a server gives at any address
    root: str = ""


@lru_cache(maxsize=1)
def files() -> dict[str, bytes]:
    """What pages load, by the name it has in the site."""
    own = Path(__file__).parent
    return {
        STYLES: (own / "estilo.css").read_bytes(),
        TYPE: (ASSETS / "fonts" / "source-sans-3-latin-wght-normal.woff2").read_bytes(),
        FILTER: (own / "filtro.js").read_bytes(),
    }


@lru_cache(maxsize=4)
def version(name: str) -> str:
    """What changes in a file's address when the file does."""
    return hashlib.sha256(files()[name]).hexdigest()[:10]


def document(here: Here, page: Page) -> str:
    """The whole page as text."""
    body = together(bars.hatches() if "url(#t-" in page.body else None, page.body if page.bare else _around(here, page))
    return (
        f"<!DOCTYPE html>\n{tag('html', tag('head', _head(here, page)), tag('body', body, cls='inserto' if page.bare else None), lang=here.lang)}\n"
    )


def bare(told: str, lang: str) -> str:
    """A page where nothing is published yet: it has nothing to lead to."""
    head = together(
        tag("meta", charset="utf-8"), tag("meta", name="viewport", content="width=device-width, initial-scale=1"), tag("title", "SIEGEM"),
        tag("link", rel="icon", href=icon.DATA, type=icon.MEDIA), tag("link", rel="stylesheet", href=f"/{STYLES}?v={version(STYLES)}"),
    )  # fmt: skip
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), tag('body', tag('main', tag('h1', told))), lang=lang)}\n"


def _head(here: Here, page: Page) -> Markup:
    title = page.title if page.title.endswith("SIEGEM") else f"{page.title} · SIEGEM"
    social = {"og:title": page.title, "og:description": page.description, "og:type": "website", "og:site_name": "SIEGEM",
              "og:locale": "en_US" if here.lang == "en" else "es_PE", "og:url": here.canonical()}  # fmt: skip
    return together(
        tag("meta", charset="utf-8"), tag("base", href=page.root) if page.root else None,
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light" if page.bare else "light dark"), tag("title", title),
        tag("meta", name="description", content=page.description),
        tag("link", rel="canonical", href=here.canonical()) if page.status == 200 and page.lasting else tag("meta", name="robots", content="noindex"),
        [tag("link", rel="alternate", hreflang=lang, href=here.link(lang=lang, pinned=False)) for lang in PREFIXES] if page.status == 200 else None,
        [tag("meta", property=k, content=v) for k, v in social.items()],
        tag("link", rel="icon", href=icon.DATA, type=icon.MEDIA), tag("link", rel="stylesheet", href=f"{here.file(STYLES)}?v={version(STYLES)}"),
        tag("script", src=f"{here.file(FILTER)}?v={version(FILTER)}", defer=True) if page.filter else None, _structured(page.data),
    )  # fmt: skip


def _structured(data: dict[str, Any]) -> Markup | None:
    """schema.org as JSON-LD: data, never run. No text in it can end the element."""
    if not data:
        return None
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return tag("script", Markup(text), type="application/ld+json")  # noqa: S704 - «<» cannot be in it


def _around(here: Here, page: Page) -> Markup:
    return together(
        None if page.root else link(here.t("Ir al contenido"), "#contenido", cls="saltar"), _header(here, page.status == 200),
        tag("main", _older(here), page.body, id="contenido"), _footer(here, page),
    )  # fmt: skip


def _header(here: Here, there: bool) -> Markup:
    """`there`: whether the page is one of the site's, which the way about then marks."""
    card = here.snap.publication
    told = here.t("Publicación {n} · datos al {fecha}").format(n=card.numero, fecha=formats.day(card.datos_al, here.lang))
    name = tag("p", link("SIEGEM", here.link("/"), cls="nombre-sitio"), tag("small", told))
    tongues = [
        tag("b", lang.upper(), aria_current="true") if lang == here.lang
        else link(lang.upper(), here.link(lang=lang), hreflang=lang, lang=lang, title={"es": "Español", "en": "English"}[lang])
        for lang in PREFIXES
    ]  # fmt: skip
    pages = (("/", here.t("Inicio")), ("/no-sabemos/", here.t("Lo que no sabemos")), ("/cambios/", here.t("Qué cambió")),
             ("/descargas/", here.t("Descargar datos")), ("/acerca/", here.t("Acerca de")))  # fmt: skip
    ways = [tag("li", link(word, here.link(path), aria_current="page" if there and path == here.page else None)) for path, word in pages]
    languages = tag("p", together(tongues[0], " · ", tongues[1]), cls="idiomas", aria_label=here.t("Idioma"), role="group")
    return tag("header", tag("div", name, languages, cls="alto"), tag("nav", tag("ul", ways), aria_label=here.t("Secciones")))


def _older(here: Here) -> Markup | None:
    """On a permanent link: which publication it shows for ever, and where the one in force is."""
    if not here.pinned:
        return None
    made = here.t("Así se publicó el {fecha} (publicación N.º {n}). Esta dirección siempre mostrará lo mismo.")
    text = made.format(fecha=formats.day(here.snap.publication.creada_en, here.lang), n=here.number)
    return tag("p", text, " ", link(here.t("Ver lo más reciente"), here.link(pinned=False)), cls="fijada")


def _footer(here: Here, page: Page) -> Markup:
    quoted = here.whole(pinned=True) if here.base or not here.static else here.address(pinned=True)
    permanent = None
    if page.status == 200 and page.lasting:
        permanent = tag("p", tag("b", here.t("Enlace permanente")), ": ", link(quoted, here.link(pinned=True), cls="direccion"))
    licence = link("CC BY 4.0", LICENCE, rel="license noopener")
    office = here.t("Ministerio de Energía y Minas del Perú. SIEGEM: sistema de información y evaluación de la gestión pública minera.")
    return tag("footer", permanent, tag("p", here.t("Licencia de los datos"), ": ", licence, ". ", link(here.t("Cómo citar y reportar un error"),
               here.link("/acerca/")), "."), tag("p", office))  # fmt: skip


def interactive(here: Here, path: str, **query: str) -> Markup | None:
    """The way to the same thing with filters and maps: only where the application is served too."""
    if here.static:
        return None
    from dashboard.address import with_query

    asked = {**query, "lang": "en" if here.lang == "en" else "", "publicacion": here.number if here.pinned else ""}
    return tag("p", link(here.t("Explorar de forma interactiva"), with_query(path, **asked)), cls="mas")
