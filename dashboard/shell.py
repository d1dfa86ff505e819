"""The page around the pages: head, header, navigation. Written by the server, so it is seen before any script runs."""

from __future__ import annotations

from contextvars import ContextVar
from html import escape
from typing import Any

from dashboard import bookmarks, components, destinations, formats, icon, navigation, published, site
from dashboard.address import Reader, with_query
from dashboard.guard import Made
from dashboard.language import t
from dashboard.navigation import SECTIONS as SECTIONS
from dashboard.navigation import keep
from dashboard.published import Snapshot
from dashboard.static import BUNDLE, Static
from warehouse.errors import SiegemError

#: completeness under which the seal warns
WHOLE = 0.9

#: the page being asked for: (path, query, page made), set by the middleware before Dash writes the index
asked: ContextVar[tuple[str, dict[str, str], Made] | None] = ContextVar("siegem_asked", default=None)


def _seal(snap: Snapshot | None, who: Reader) -> str:
    if snap is None:
        return f'<span class="sello sello--viejo"><span class="sello__texto"><b>{t("Sin publicaciones todavía", who.lang)}</b></span></span>'
    card, lang = snap.publication, who.lang
    warned = (card.completitud or 0) < WHOLE or not snap.quality(estado="falla").empty
    number = t("Publicación N.º {n}", lang).format(n=card.numero)
    parts = [t("Datos al {fecha}", lang).format(fecha=formats.day(card.datos_al, lang))]
    ring = ""
    if card.completitud is not None:
        whole = formats.share(card.completitud, 0, lang)
        parts.append(t("completitud {parte}", lang).format(parte=whole))
        ring = f'<span class="sello__anillo" style="--parte:{card.completitud:.0%}"><span>{whole}</span></span>'
    if warned:
        parts.append(t("con advertencias", lang))
    if who.pinned:
        parts.append(t("elegida en la dirección", lang))
    return (
        f'<a class="sello{" sello--advertencia" if warned else ""}" href="{escape(keep("/calidad", who))}" data-navegar '
        f'data-publicacion="{card.numero}">{ring}'
        f'<span class="sello__texto"><b>{number} · {formats.day(card.creada_en, lang)}</b><span>{" · ".join(parts)}</span></span></a>'
    )


def _search(snap: Snapshot | None, who: Reader) -> str:
    hint = t("Dato, tema o lugar", who.lang)
    options = "".join(f'<option value="{escape(name)}" data-ruta="{escape(path)}">' for name, path in destinations.offered(snap, who))
    rest = keep("/ir/lista", who)
    hidden = f'<input type="hidden" name="lang" value="{who.lang}">' if who.lang != "es" else ""
    return (
        f'<form class="buscador" id="formulario-buscador" action="/ir" method="get" role="search">{hidden}'
        f'<input id="buscador" name="q" class="buscador__entrada" type="search" list="buscador-lista" autocomplete="off" '
        f'placeholder="{hint}" aria-label="{hint}"><datalist id="buscador-lista" data-resto="{escape(rest)}">{options}</datalist><kbd>/</kbd></form>'
    )


def _languages(path: str, query: dict[str, str], lang: str) -> str:
    def one(code: str) -> str:
        href = with_query(path, **{**query, "lang": "" if code == "es" else code})
        current = ' aria-current="true"' if code == lang else ""
        return f'<a href="{escape(href)}" hreflang="{code}" lang="{code}" data-idioma="{code}"{current}>{code.upper()}</a>'

    return f'<nav class="idioma" aria-label="{t("Idioma", lang)}">{one("es")} · {one("en")}</nav>'


def _header(snap: Snapshot | None, path: str, query: dict[str, str], who: Reader) -> str:
    name = t("Monitor de la Gestión Minera Descentralizada", who.lang)
    home = "" if site.is_public() else " data-navegar"  # the public first page is none of Dash's
    return (
        f'<header class="cabecera"><a class="cabecera__marca" href="{escape(keep("/", who))}"{home}><b>SIEGEM</b><span>{name}</span></a>'
        f"{_seal(snap, who)}"
        f'<div class="cabecera__fin">{_search(snap, who)}{_languages(path, query, who.lang)}{bookmarks.opener(snap, who)}'
        f'<button class="tema-boton" id="boton-tema" type="button"><span class="icono icono--luna" aria-hidden="true"></span>'
        f'<span class="tema-boton__texto">{t("Cambiar tema", who.lang)}</span></button></div></header>'
    )


def _without_scripts(lang: str) -> str:
    text = t("Sin JavaScript se leen los textos y tablas de esta página, pero no los gráficos. Los mismos datos están en:", lang)
    links = "".join(f'<li><a href="{href}">{href}</a></li>' for href in ("/api/v1/indicadores", "/api/v1/valores?formato=csv", "/api/v1/calidad"))
    return f'<noscript><div class="aviso aviso--info" role="note"><p>{text}</p><ul>{links}</ul></div></noscript>'


class Shell:
    """Writes the index for the address being asked for."""

    def __init__(self, static: Static) -> None:
        self.static = static

    def write(self, pieces: dict[str, Any]) -> str:
        path, query, made = asked.get() or ("/", {}, Made([components.skeleton()], "SIEGEM", 200, Reader()))
        who = made.reader
        try:
            snap = published.snapshot(who.publication or None)
        except SiegemError:  # nothing is published yet: the page itself says so
            snap = None
        first = snap.indicators()[0].id if snap is not None and snap.indicators() else ""
        url = self.static.url
        own = [name for name in self.static.scripts() if name != "00-tema.js"]
        scripts = "".join(f'<script src="{url(name)}"></script>' for name in ("vendor/regenerator-runtime.min.js", *own))
        about = t("Indicadores de la gestión minera descentralizada del Perú, con su fuente, su fecha y su intervalo.", who.lang)
        foot = f'{t("Ministerio de Energía y Minas", who.lang)} · <a href="/datos">{t("Datos abiertos", who.lang)}</a> · <a href="/api">API</a>'
        return f"""<!DOCTYPE html>
<html lang="{who.lang}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(made.title)}</title>
<meta name="description" content="{about}">
<script src="{url("00-tema.js")}"></script>
<link rel="stylesheet" href="{url(BUNDLE)}">
<link rel="icon" href="{icon.DATA}" type="{icon.MEDIA}">
{pieces["css"]}
</head>
<body>
<a class="salto" href="#contenido">{t("Ir al contenido", who.lang)}</a>
<div class="siegem-app">
{_header(snap, path, query, who)}
<nav class="riel" aria-label="{t("Secciones", who.lang)}">{navigation.rail(path, who, first)}</nav>
<main class="contenido" id="contenido" tabindex="-1">{_without_scripts(who.lang)}
<div id="previa">{made.html}</div>
{pieces["app_entry"]}</main>
<nav class="barra-inferior" aria-label="{t("Secciones", who.lang)}">{navigation.bar(path, who, first)}</nav>
<footer class="pie-pagina">SIEGEM · {foot}</footer>
</div>
<div hidden>{pieces["config"]}{scripts}{pieces["scripts"]}{pieces["renderer"]}</div>
</body>
</html>"""
