"""`/datos`: everything that is published, to take away: files, dictionary, licence, how to cite and how to open them."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.language import t
from dashboard.narrative import datos_parts, parts
from dashboard.opendata import folders
from dashboard.opendata.facts import Facts, facts_of


def version(publicacion: int) -> str:
    """Sizes are known when the files are made, which may be after the page was."""
    return str(folders.is_made(publicacion))


dash.register_page(__name__, path="/datos", title="Datos abiertos", order=21, version=version)


def layout(lang: str = "es", publicacion: int | None = None) -> list[Any]:
    shown = published.snapshot(publicacion)
    snap = folders.as_public(shown)
    facts = facts_of(snap, folders.base())
    return [
        *parts.banner(shown, lang, "/datos"),
        components.sentence(_headline(facts, lang), _below(facts, lang)),
        _contents(lang),
        components.section(t("Los archivos", lang), *datos_parts.files(snap.number, lang), id="archivos"),
        datos_parts.opening(snap, lang),
        datos_parts.licence(facts, lang),
        datos_parts.programs(snap, lang),
        html.Div(datos_parts.publications(lang, snap.number), className="datos-publicaciones", **{"data-guion": "datos"}),
        datos_parts.dictionary(lang),
    ]


def _headline(facts: Facts, lang: str) -> str:
    values = folders.resources(facts.number).get("valores.csv")
    n = formats.plural(facts.indicators, t("indicador", lang), t("indicadores", lang), lang)
    if values is None or values.rows is None:
        return t("Todo lo que es público se puede descargar, con su diccionario y licencia abierta: {indicadores}.", lang).format(indicadores=n)
    told = t("Todo lo que es público se puede descargar, con su diccionario y licencia abierta: {filas} de {indicadores}.", lang)
    return told.format(filas=formats.plural(values.rows, t("fila", lang), t("filas", lang), lang), indicadores=n)


def _below(facts: Facts, lang: str) -> list[Any]:
    told = t("Publicación N.º {n}, del {dia}; datos al {hasta}. Estos archivos no cambian: otra publicación trae los suyos.", lang)
    until = formats.day(facts.card.datos_al, lang)
    chips = [" ", components.synthetic_chip(lang)] if facts.synthetic else []
    return [told.format(n=facts.number, dia=formats.day(facts.card.creada_en, lang), hasta=until), *chips]


def _contents(lang: str) -> html.Nav:
    places = [
        ("archivos", t("Los archivos", lang)), ("abrir", t("Cómo abrirlos", lang)), ("licencia", t("Licencia y cita", lang)),
        ("programas", t("Para programas y portales", lang)), ("cambios", t("Publicaciones y cambios", lang)),
        ("diccionario", t("El diccionario", lang)),
    ]  # fmt: skip
    links = [html.A(word, href=f"#{place}", className="filtro") for place, word in places]
    return html.Nav(links, className="filtros metodo-contenido", **{"aria-label": t("En esta página", lang)})
