"""`/comparar`: one indicator, all regions, in the view the URL names (`vista`: bars, funnel, series, before and now, pilots); or two regions."""

from __future__ import annotations

from typing import Any

import dash
import pandas as pd
from dash import html

from dashboard import components, formats, published
from dashboard.figures.request import Params
from dashboard.figures.request import kind as kind_of
from dashboard.figures.request import period as period_of
from dashboard.language import t
from dashboard.narrative import comparison, comparison_pair, comparison_views, division, headlines, parts
from dashboard.published import Sheet, Snapshot

dash.register_page(__name__, path="/comparar", title="Comparar regiones", order=1)


def layout(
    lang: str = "es", publicacion: int | None = None, indicador: str = "", periodo: str = "", tipo: str = "", region: str = "", categoria: str = "",
    vista: str = "", con: str = "",
) -> list[Any]:  # fmt: skip
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    view = vista if vista in dict(comparison_views.views()) else "barras"
    state = {"indicador": indicador, "periodo": periodo, "tipo": tipo, "region": region, "categoria": categoria}
    top = parts.banner(snap, lang, "/comparar", **state, vista=vista, con=con)
    if view == "dos":
        return [*top, *_two(snap, region, parts.known_region(con), indicador, lang)]
    sheet = snap.sheet(indicador) if indicador else headlines.main_sheet(snap)
    if sheet is None:
        return [components.empty_state(t("No hay nada que comparar", lang), t("La publicación no tiene ningún indicador con dato regional.", lang))]
    asked = Params(sheet.id, region, periodo, tipo, categoria, lang)
    params = Params(sheet.id, region, period_of(snap, sheet, asked), kind_of(sheet, asked), categoria, lang)
    frame = snap.values(sheet.id, kind=params.tipo, period=params.periodo, category=params.categoria)
    if categoria and frame.empty:
        params = Params(sheet.id, region, params.periodo, params.tipo, "", lang)
        frame = snap.values(sheet.id, kind=params.tipo, period=params.periodo, category="")
    return [
        *top,
        _opening(snap, sheet, frame, params, view),
        _filters(snap, sheet, params),
        comparison_views.switch(view, lang, **state),
        *(_body(snap, sheet, frame, params, view) if len(frame) else [division.see_parts(sheet, lang)]),
    ]


def _opening(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params, view: str) -> Any:
    if frame.empty:
        return division.opening(snap, sheet, params)
    if view == "cambio":
        return components.sentence(headlines.country_sentence(frame, sheet, params.lang), headlines.country_names(frame, sheet, params.lang))
    return components.sentence(*comparison.opening(frame, sheet, params.lang))


def _filters(snap: Snapshot, sheet: Sheet, params: Params) -> Any:
    lang, choice = params.lang, parts.kind_options(sheet, params.lang)
    regions = parts.territory_options(lang, country=False)
    return components.filters(
        components.select_filter("indicador", t("Indicador", lang), sheet.id, parts.indicator_options(snap, lang), searchable=True),
        *([components.select_filter("tipo", t("Periodo por", lang), params.tipo, choice)] if len(choice) > 1 else []),
        components.select_filter("periodo", t("Periodo", lang), params.periodo, parts.period_options(snap, sheet, params.tipo, lang)),
        *comparison.category_filter(snap, sheet, params),
        components.select_filter("region", t("Región destacada", lang), params.territorio or None, regions, searchable=True),
        components.reset_link("/comparar", lang),
        chips=parts.chips(sheet, lang),
    )


def _body(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params, view: str) -> list[Any]:
    lang = params.lang
    if view == "embudo":
        main = comparison_views.funnel_view(snap, sheet, frame, params, table=False)
        side = html.Aside(comparison_views.funnel_reading(frame, sheet, lang), className="lado")
        shown = [html.Div([*main, side], className="columnas columnas--2-1")]
        return [*shown, _all_values(frame, sheet, params), *_below(snap, sheet, frame, lang)]
    if view == "multiples":
        return [*comparison_views.multiples_view(snap, sheet, params), _all_values(frame, sheet, params), *_below(snap, sheet, frame, lang)]
    elif view == "cambio":
        main = comparison_views.change_view(snap, sheet, frame, params)
    elif view == "pilotos":
        return [*comparison_views.pilots_view(snap, sheet, params), _all_values(frame, sheet, params), *_below(snap, sheet, frame, lang)]
    else:
        main = comparison_views.bars(snap, sheet, frame, params)
    aside = html.Aside(beware(snap, sheet, frame, lang), className="lado", id="cuidado")
    return [html.Div([*main, aside], className="columnas columnas--2-1"), _all_values(frame, sheet, params)]


def _all_values(frame: pd.DataFrame, sheet: Sheet, params: Params) -> Any:
    lang = params.lang
    return components.section(
        t("Todos los valores", lang),
        parts.territory_table("comparar-tabla", frame, sheet, lang, selected=params.territorio),
        subtitle=t("Ordene por cualquier columna. Cada ausencia dice su razón.", lang),
    )


def _below(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, lang: str) -> list[Any]:
    """What to beware of, where the figure takes the whole width."""
    country, warnings, notes, missing = _caveats(snap, sheet, frame, lang)
    left, right = [*country, *notes, *missing], warnings
    if not left and not right:
        return []
    sides = [html.Div(side, className="pila pila--lado") for side in (left, right)]
    return [html.Section(sides, className="columnas", id="cuidado")]


def beware(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, lang: str) -> list[Any]:
    """What to know before quoting: caveats of the sources, reading notes, who is missing."""
    return [part for group in _caveats(snap, sheet, frame, lang) for part in group]


def _caveats(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, lang: str) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """The country's value, the caveats, the reading notes and the absences, each with its heading."""
    warnings = parts.warnings(snap, sheet, lang)
    notes = [html.Li(x.get(lang) or x["es"]) for x in sheet.ficha.get("reading", [])]
    country = headlines.with_country(frame, sheet, lang)
    missing = parts.absences(frame, sheet, lang)
    return (
        [html.H2(formats.place("00", lang), className="lado__titulo"), html.P(country.split(": ", 1)[-1])] if country else [],
        [html.H2(t("Cuidado al leer", lang), className="lado__titulo"), *warnings] if warnings else [],
        [html.H2(t("Cómo leerlo", lang), className="lado__titulo"), html.Ul(notes)] if notes else [],
        [html.H2(t("Lo que no sabemos", lang), className="lado__titulo"), *missing] if missing else [],
    )


def _two(snap: Snapshot, region: str, con: str, indicador: str, lang: str) -> list[Any]:
    """Two regions over all indicators."""
    one, other = comparison_pair.default_pair(region, con)
    found = comparison_pair.pairs(snap, one, other)
    options = parts.territory_options(lang, country=False)
    chips = [components.synthetic_chip(lang)] if any(p.sheet.synthetic for p in found) else []
    judged = comparison_pair.judged(found)
    note = t("Con {n} comparaciones, alguna puede salir distinta por azar: mire cuánto se separan, no solo cuántas.", lang)
    return [
        components.sentence(*comparison_pair.opening(found, one, other, lang)),
        components.filters(
            components.select_filter("region", t("Región", lang), one, [o for o in options if o[0] != other], searchable=True),
            components.select_filter("con", t("Con", lang), other, [o for o in options if o[0] != one], searchable=True),
            components.link(t("Intercambiar", lang), "/comparar", className="filtro", vista="dos", region=other, con=one, indicador=indicador),
            chips=chips,
        ),
        comparison_views.switch("dos", lang, indicador=indicador, region=one, con=other),
        *([html.P(note.format(n=judged), className="nota")] if judged > 1 else []),
        *comparison_pair.block(found, one, other, lang),
    ]
