"""`/comparar`: one indicator and period, all regions: bars with intervals, the sortable table, and what to beware of."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.figures.request import Params
from dashboard.figures.request import kind as kind_of
from dashboard.figures.request import period as period_of
from dashboard.language import t
from dashboard.narrative import division, headlines, parts
from dashboard.published import Sheet, Snapshot

dash.register_page(__name__, path="/comparar", title="Comparar regiones", order=1)


def layout(lang: str = "es", publicacion: int | None = None, indicador: str = "", periodo: str = "", tipo: str = "", region: str = "") -> list[Any]:
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    sheet = snap.sheet(indicador) if indicador else headlines.main_sheet(snap)
    if sheet is None:
        return [components.empty_state(t("No hay nada que comparar", lang), t("La publicación no tiene ningún indicador con dato regional.", lang))]
    asked = Params(sheet.id, region, periodo, tipo, "", lang)
    params = Params(sheet.id, region, period_of(snap, sheet, asked), kind_of(sheet, asked), "", lang)
    frame = snap.values(sheet.id, kind=params.tipo, period=params.periodo, category="")
    return [
        *parts.banner(snap, lang, "/comparar", indicador=indicador, periodo=periodo, tipo=tipo, region=region),
        components.sentence(headlines.country_sentence(frame, sheet, lang), headlines.country_names(frame, sheet, lang))
        if len(frame)
        else division.opening(snap, sheet, params),
        parts.comparison_filters(snap, sheet, params, "/comparar", kinds=True),
        *(_body(snap, sheet, frame, params) if len(frame) else [division.see_parts(sheet, lang)]),
    ]


def _body(snap: Snapshot, sheet: Sheet, frame: Any, params: Params) -> list[Any]:
    lang = params.lang
    figure = parts.ranking("comparar", snap, sheet, frame, params, headlines.figure_title(frame, sheet, lang), table=False)
    return [
        html.Div([*figure, html.Aside(beware(snap, sheet, frame, lang), className="lado")], className="columnas columnas--2-1"),
        components.section(
            t("Todos los valores", lang),
            parts.territory_table("comparar-tabla", frame, sheet, lang, selected=params.territorio),
            subtitle=t("Ordene por cualquier columna. Cada ausencia dice su razón.", lang),
        ),
    ]


def beware(snap: Snapshot, sheet: Sheet, frame: Any, lang: str) -> list[Any]:
    """What to know before quoting: caveats of the sources, reading notes, who is missing."""
    warnings = parts.warnings(snap, sheet, lang)
    notes = [html.Li(x.get(lang) or x["es"]) for x in sheet.ficha.get("reading", [])]
    country = headlines.with_country(frame, sheet, lang)
    missing = parts.absences(frame, sheet, lang)
    return [
        *([html.H2(formats.place("00", lang), className="lado__titulo"), html.P(country.split(": ", 1)[-1])] if country else []),
        *([html.H2(t("Cuidado al leer", lang), className="lado__titulo"), *warnings] if warnings else []),
        *([html.H2(t("Cómo leerlo", lang), className="lado__titulo"), html.Ul(notes)] if notes else []),
        *([html.H2(t("Lo que no sabemos", lang), className="lado__titulo"), *missing] if missing else []),
    ]
