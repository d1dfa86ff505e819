"""`/mapa`: where, with how much beside it."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, published
from dashboard.figures import map as map_figure
from dashboard.figures.request import Params
from dashboard.figures.request import kind as kind_of
from dashboard.figures.request import period as period_of
from dashboard.language import t
from dashboard.narrative import division, headlines, parts
from dashboard.published import Sheet, Snapshot

dash.register_page(__name__, path="/mapa", title="Mapa", order=4)


def layout(lang: str = "es", publicacion: int | None = None, indicador: str = "", periodo: str = "", region: str = "") -> list[Any]:
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    sheet = snap.sheet(indicador) if indicador else headlines.main_sheet(snap)
    if sheet is None:
        return [
            components.empty_state(
                t("No hay nada que mostrar en el mapa", lang), t("La publicación no tiene ningún indicador con dato regional.", lang)
            )
        ]
    asked = Params(sheet.id, region, periodo, "", "", lang)
    params = Params(sheet.id, region, period_of(snap, sheet, asked), kind_of(sheet, asked), "", lang)
    frame = snap.values(sheet.id, kind=params.tipo, period=params.periodo, category="")
    return [
        *parts.banner(snap, lang, "/mapa", indicador=indicador, periodo=periodo, region=region),
        components.sentence(headlines.place_sentence(frame, sheet, lang), headlines.with_country(frame, sheet, lang))
        if len(frame)
        else division.opening(snap, sheet, params),
        parts.comparison_filters(snap, sheet, params, "/mapa", kinds=False),
        *(_figures(snap, sheet, frame, params) if len(frame) else [division.see_parts(sheet, lang)]),
    ]


def _figures(snap: Snapshot, sheet: Sheet, frame: Any, params: Params) -> list[Any]:
    lang = params.lang
    caveats, warnings = components.caveats(snap, sheet, lang), parts.warnings(snap, sheet, lang)
    many = t("Esta fuente tiene {n} advertencias: están al pie de la página.", lang).format(n=len(caveats))
    brief = [many] if len(caveats) > 1 else caveats
    where = components.figure_block(
        "mapa", "mapa", params, t("Dónde", lang), parts.place_subtitle(sheet, params.periodo, lang), parts.source(snap, sheet, frame, lang),
        height=map_figure.HEIGHT, lang=lang, chips=parts.chips(sheet, lang), notes=[*parts.notice_lines(frame, lang), *brief],
    )  # fmt: skip
    how_much = parts.ranking("mapa-barras", snap, sheet, frame, params, t("Cuánto", lang))
    missing = parts.absences(frame, sheet, lang)
    return [
        html.Div([where, *how_much], className="columnas"),
        html.Div([
            *([components.section(t("Lo que no sabemos", lang), *missing)] if missing else []),
            *([components.section(t("Cuidado al leer", lang), *warnings)] if len(caveats) > 1 else []),
        ], className="columnas"),
    ]  # fmt: skip
