"""`/indicador/<id>`: one generic page for every indicator: the value, its history, its peers, and where it comes from."""

from __future__ import annotations

from typing import Any

import dash
import pandas as pd
from dash import html

from dashboard import components, formats, published, temas
from dashboard.address import with_query
from dashboard.figures.funnel_limits import is_judged
from dashboard.figures.request import Params, home
from dashboard.figures.request import kind as kind_of
from dashboard.figures.request import period as period_of
from dashboard.language import t
from dashboard.narrative import (
    comparison_views,
    control,
    division,
    headline_cards,
    headlines,
    lineage,
    parts,
    revisions,
    sentences,
    series,
    standing,
    technical,
)
from dashboard.narrative.cards import ABOUT_DATA
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

dash.register_page(__name__, path_template="/indicador/<id>", title="Indicador", order=6)

Row = dict[Any, Any]


def layout(
    id: str, lang: str = "es", publicacion: int | None = None, region: str = "", tipo: str = "", periodo: str = "", categoria: str = ""
) -> list[Any]:  # fmt: skip
    snap = published.snapshot(publicacion)
    sheet = snap.sheet(id)
    asked = Params(id, region, periodo, tipo, categoria, lang)
    kind, period = kind_of(sheet, asked), period_of(snap, sheet, asked)
    across = snap.values(id, kind=kind, period=period, category=categoria)
    if categoria and (across.empty or region not in {"", *across["territorio"]}):  # no such category, or a province of another region
        categoria, across = "", snap.values(id, kind=kind, period=period, category="")
    whole = across if len(across) else snap.values(id, kind=kind, period=period)
    place = home(whole, region)
    params = Params(id, place if place != COUNTRY else "", period, kind, categoria, lang)
    row = parts.row_of(across, place)
    chart = control.found(snap, sheet, place, params) if len(across) else None
    trend = series.block(snap, sheet, across, place, params) if len(across) else []
    parted = division.block(snap, sheet, params, beware=not trend)
    return [
        *parts.banner(snap, lang, f"/indicador/{id}", region=region, tipo=tipo, periodo=periodo, categoria=categoria),
        components.breadcrumbs((t("Resumen", lang), "/"), _above(sheet, lang), sheet.text("short_name", lang)),
        components.sentence(_headline(snap, sheet, row, params), sheet.text("question", lang)),
        _filters(snap, sheet, params, place, whole),
        *([headline_cards.of_indicator(snap, sheet, row, params), *standing.strip(row, sheet, lang)] if row is not None else []),
        *(standing.quote(snap, sheet, row, params) if row is not None else []),
        *([control.block(snap, sheet, place, params, chart)] if chart is not None else []),
        *trend,
        *(_peers(snap, sheet, across, params, beware=not trend and not parted) if len(across) else []),
        *parted,
        *division.others(snap, sheet, params),
        *_provenance(snap, sheet, row or division.largest(snap, params), lang),
        html.Div([technical.sheet_section(sheet, lang), revisions.section(snap, sheet, place, lang)], className="columnas"),
        technical.limits_section(sheet, lang),
        revisions.permalinks(snap, sheet, params),
        _everything(sheet, lang),
    ]


def _above(sheet: Sheet, lang: str) -> tuple[str, str]:
    """The page an indicator hangs from: its theme's; those about the data, that of their quality."""
    theme = temas.home_of(sheet.id)
    if sheet.area == ABOUT_DATA or theme is None:
        return (t("Calidad", lang), "/calidad") if sheet.area == ABOUT_DATA else (t("Comparar", lang), "/comparar")
    return theme.word.of(lang), theme.path


def _everything(sheet: Sheet, lang: str) -> Any:
    """Each figure offers what it shows; here is the whole indicator."""
    told = t("Todos los valores de este indicador, de todos los periodos y divisiones:", lang)
    csv = html.A("CSV", href=components.values_url({"indicador": sheet.id}), download="")
    meanings = html.A(t("Diccionario de columnas", lang), href=with_query("/api/v1/diccionario", lang=lang if lang != "es" else ""), download="")
    return html.P([told, " ", csv, " · ", meanings], className="nota")


def _headline(snap: Snapshot, sheet: Sheet, row: Row | None, params: Params) -> str:
    """The value of the place in a sentence; for an indicator that is only a division, its largest part."""
    lang = params.lang
    if row is not None:
        return headlines.of_territory(row, sheet, lang)
    told = division.summary(snap, sheet, params)
    if told:
        return f"{told}."
    return t("«{nombre}» no tiene ningún valor publicado en este periodo.", lang).format(nombre=sheet.text("short_name", lang))


def _filters(snap: Snapshot, sheet: Sheet, params: Params, place: str, whole: pd.DataFrame) -> Any:
    lang, codes = params.lang, set(whole["territorio"])
    kinds = parts.kind_options(sheet, lang)
    places = [(c, n) for c, n in parts.territory_options(lang) if c in codes] + [
        (c, formats.place(c, lang)) for c in sorted(codes - {x for x, _ in parts.territory_options(lang)})
    ]
    groups = [
        components.select_filter("region", t("Territorio", lang), place, places, searchable=True),
        *([components.select_filter("tipo", t("Periodo por", lang), params.tipo, kinds)] if len(kinds) > 1 else []),
        components.select_filter("periodo", t("Periodo", lang), params.periodo, parts.period_options(snap, sheet, params.tipo, lang)),
    ]  # fmt: skip
    groups += _categories(snap, sheet, params, place)
    return components.filters(*groups, components.reset_link(f"/indicador/{sheet.id}", lang), chips=parts.chips(sheet, lang))


def _categories(snap: Snapshot, sheet: Sheet, params: Params, place: str) -> list[Any]:
    """The filter of categories, by breakdown where there are several. Only those of the territory shown: each region has its own provinces."""
    lang = params.lang
    rows = snap.values(sheet.id, kind=params.tipo, period=params.periodo, territory=place)
    groups: dict[str, list[tuple[str, str]]] = {}
    known: set[str] = set()
    for breakdown in sheet.breakdowns:
        own = set(rows.loc[rows["desglose"] == breakdown["name"], "categoria"]) - known - {""}
        known |= own
        if own:
            groups[division.title(breakdown, lang)] = sorted(((c, sentences.category_name(sheet, c, lang)) for c in own), key=lambda o: o[1])
    if not groups:
        return []
    one = len(groups) == 1
    title, options = next(iter(groups.items())) if one else (t("Desglose", lang), list(groups.items()))
    return [components.select_filter("categoria", title, params.categoria or None, options, searchable=not one or len(options) > 12)]


def _peers(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, params: Params, *, beware: bool) -> list[Any]:
    """The regions beside each other; where none has a value, why."""
    lang = params.lang
    if params.categoria and across["territorio"].nunique() == 1:
        return []  # a province stands beside the others of its region, in the division below
    if not (across["estado"].eq("publicado") & across["nivel"].isin(["region", "departamento"])).any():
        missing = [*parts.absences(across, sheet, lang), *(parts.warnings(snap, sheet, lang) if beware else [])]
        return [components.section(t("Por región", lang), *missing)] if missing else []
    if is_judged(across):
        return [_judged(snap, sheet, across, params, beware=beware)]
    notes = [] if beware else parts.see_beware(snap, sheet, lang)
    figures = parts.ranking("comparar", snap, sheet, across, params, headlines.figure_title(across, sheet, lang), notes=notes)
    country, missing = headlines.with_country(across, sheet, lang), parts.absences(across, sheet, lang)
    warnings = parts.warnings(snap, sheet, lang) if beware else []
    aside = [
        *([html.H2(t("El país", lang), className="lado__titulo"), html.P(country)] if country else []),
        *([html.H2(t("Cuidado al leer", lang), className="lado__titulo"), *warnings] if warnings else []),
        *([html.H2(t("Quién no tiene dato", lang), className="lado__titulo"), *missing] if missing else []),
    ]
    return [html.Div([*figures, html.Aside(aside, className="lado")], className="columnas columnas--2-1")] if aside else list(figures)


def _judged(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, params: Params, *, beware: bool) -> Any:
    """The regions beside all together: bars with the verdict of each, and the funnel that shows why."""
    lang = params.lang
    notes = components.caveats(snap, sheet, lang) if beware else parts.see_beware(snap, sheet, lang)
    ranked = comparison_views.peers(snap, sheet, across, params, notes=notes)
    drawn = comparison_views.funnel_view(snap, sheet, across, params)
    missing = parts.absences(across, sheet, lang)
    right = [*drawn, *([components.section(t("Quién no tiene dato", lang), *missing)] if missing else [])]
    return html.Div([html.Div(ranked), html.Div(right)], className="columnas")


def _provenance(snap: Snapshot, sheet: Sheet, row: Row | None, lang: str) -> list[Any]:
    boxes = lineage.boxes(snap, sheet, row, lang) if row is not None else None
    if boxes is None or row is None:
        return []
    title = t("De dónde sale {valor}", lang).format(valor=sentences.value(row, sheet, lang))
    return [components.section(title, boxes, subtitle=t("Cada paso se puede abrir. Los archivos que cuentan son los aceptados y vigentes.", lang))]
