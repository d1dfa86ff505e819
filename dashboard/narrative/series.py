"""The trend of an indicator in one territory, with its table and with what to beware of at its side."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.figures.request import Params, is_comparable_with_country, records
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = dict[Any, Any]


def block(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, place: str, params: Params) -> list[Any]:
    """The trend, with what to beware of at its side."""
    lang = params.lang
    asked = Params(params.indicador, place, "", params.tipo, params.categoria, lang)
    every = snap.values(sheet.id, kind=params.tipo, territory=place, category=params.categoria)
    shown = [r for r in records(every) if sentences.is_published(r)]
    if len(shown) < 2:
        return []
    country = snap.values(sheet.id, kind=params.tipo, territory=COUNTRY, category=params.categoria)
    behind = place != COUNTRY and is_comparable_with_country(sheet) and bool((country["estado"] == "publicado").any())
    title = _series_title(shown, sheet, place, lang)
    subtitle = (
        t("{nombre}: {unidad}. {marcas}", lang)
        .format(nombre=parts.named(sheet, every, lang), unidad=sheet.unit(lang), marcas=_marks(every, behind, lang))
        .strip()
    )
    figure = components.figure_block(
        "tendencia",
        "tendencia",
        asked,
        title,
        subtitle,
        parts.source(snap, sheet, across, lang),
        height=380,
        lang=lang,
        chips=parts.chips(sheet, lang),
        table=_series_table(every, sheet, lang),
        how="#ficha",
    )
    warnings = parts.warnings(snap, sheet, lang)
    if not warnings:
        return [figure]
    return [html.Div([figure, parts.beware(warnings, lang)], className="columnas columnas--2-1")]


def _series_title(shown: list[Row], sheet: Sheet, place: str, lang: str) -> str:
    """From the first to the last whole period, with both values."""
    whole = [r for r in sorted(shown, key=lambda r: r["periodo"]) if "serie_incompleta" not in r["avisos"]] or shown
    first, last = whole[0], whole[-1]
    return t("{lugar}: de {antes} ({desde}) a {ahora} ({hasta})", lang).format(
        lugar=sentences.where(first, sheet, lang),
        antes=formats.number(first["valor"], sheet.decimals, lang)
        if not formats.is_percentage(sheet.unit(lang))
        else sentences.value(first, sheet, lang),
        desde=formats.period(first["periodo"], lang),
        ahora=sentences.value(last, sheet, lang),
        hasta=formats.period(last["periodo"], lang),
    )


def _marks(every: pd.DataFrame, behind: bool, lang: str) -> str:
    told = []
    if every["inferior"].notna().any():
        told.append(t("Franja clara: intervalo de 95 %.", lang))
    if behind:
        told.append(t("Gris: Perú.", lang))
    if any("serie_incompleta" in (r["avisos"] or []) for r in records(every)):
        told.append(t("Punto hueco: periodo incompleto.", lang))
    if (every["estado"] != "publicado").any():
        told.append(t("Aspa: sin dato.", lang))
    return " ".join(told)


def _series_table(every: pd.DataFrame, sheet: Sheet, lang: str) -> Any:
    columns = [
        components.Column(t("Periodo", lang)),
        components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        components.Column(t("Intervalo de 95 %", lang), numeric=True),
        components.Column(t("Casos", lang), numeric=True),
        components.Column(t("Estado", lang)),
    ]
    rows = []
    for r in sorted(records(every), key=lambda r: r["periodo"], reverse=True):
        state = (
            "; ".join(formats.notice(a, lang) for a in (r["avisos"] or [])) or t("Publicado", lang)
            if sentences.is_published(r)
            else sentences.reason(r, lang)
        )
        rows.append(
            [
                components.Cell(formats.period(r["periodo"], lang), r["periodo"]),
                components.Cell(formats.figure(r["valor"], sheet.unit(lang), sheet.decimals, lang) if sentences.is_published(r) else "", r["valor"]),
                components.Cell(formats.interval(r["inferior"], r["superior"], sheet.decimals, lang) or formats.DASH, r["inferior"]),
                components.Cell(sentences.parts(r, sheet, lang) or formats.DASH, r["n"]),
                components.Cell(state, state),
            ]
        )
    return components.data_table("tabla-tendencia", columns, rows, sheet.text("short_name", lang), lang=lang, dense=True)
