"""What the publication says of one value beside its change, each in words with its mark: place among the regions, signal, trend, target.

And the sentence to quote, with the address that never changes.
"""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import with_query
from dashboard.figures.bars import PLACE_GLYPH
from dashboard.figures.process import is_cumulative, signal_words
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import is_judged
from warehouse.territories import COUNTRY

Row = dict[Any, Any]


def place_words(row: Row, lang: str = "es") -> str:
    """How a region stands beside all together; "" where it was not judged."""
    return {
        "mejor": t("mejor que el conjunto de las regiones", lang),
        "peor": t("peor que el conjunto de las regiones", lang),
        "superior": t("más alto que el conjunto de las regiones", lang),
        "inferior": t("más bajo que el conjunto de las regiones", lang),
        "similar": t("no se distingue del conjunto de las regiones", lang),
    }.get(row["frente_al_pais"] or "", "")


def target_words(row: Row, lang: str = "es") -> str:
    """How a value stands beside its target; "" where there is none in force."""
    if not formats.is_missing(row["meta"]) and not is_judged(row["avisos"]):
        return t("no se juzga: el plazo es referencial, no verificado", lang)
    return {
        "cumple": t("alcanza la meta", lang),
        "no_cumple": t("no alcanza la meta", lang),
        "no_concluyente": t("no concluyente: el intervalo contiene la meta", lang),
    }.get(row["meta_estado"] or "", "")


def trend_words(row: Row, lang: str = "es") -> str:
    return {
        "mejora": t("mejora en cinco años", lang), "empeora": t("empeora en cinco años", lang), "sube": t("sube en cinco años", lang),
        "baja": t("baja en cinco años", lang), "sin_tendencia": t("sin tendencia en cinco años", lang),
        "no_calculable": t("no se puede calcular con los datos que hay", lang),
    }.get(row["tendencia"] or "", "")  # fmt: skip


_TREND_GLYPH = {"sin_tendencia": "sin_diferencia", "no_calculable": ""}


def strip(row: Row, sheet: Sheet, lang: str = "es") -> list[Any]:
    """The verdicts that the publication made of this value beside its change and its target, in a row; nothing where it made none."""
    if not sentences.is_published(row):
        return []
    signal = None if is_cumulative(sheet) else row["senal"]
    found = [
        (t("Entre las regiones", lang), PLACE_GLYPH.get(row["frente_al_pais"] or "", ""), place_words(row, lang)),
        (t("Señal en la serie", lang), "senal" if signal else "sin_diferencia",
         signal_words(signal, lang) if signal else t("ninguna: variación habitual", lang) if signal == "" else ""),
        (t("Tendencia", lang), _TREND_GLYPH.get(row["tendencia"] or "", row["tendencia"] or ""), trend_words(row, lang)),
    ]  # fmt: skip
    items = [
        html.Div([html.Dt(name), html.Dd([*([components.glyph(kind)] if kind else []), words])], className="lecturas__dato")
        for name, kind, words in found if words]  # fmt: skip
    return [html.Dl(items, className="lecturas")] if items else []


def quote(snap: Snapshot, sheet: Sheet, row: Row, params: Params) -> list[Any]:
    """The published sentence of the value as it may be quoted, with its permanent address."""
    lang = params.lang
    told = row["frase"] if lang == "es" and row["frase"] else sentences.cell(row, sheet, lang)
    if not told or not sentences.is_published(row):
        return []
    state = {"region": row["territorio"] if row["territorio"] != COUNTRY else "", "tipo": params.tipo if params.tipo != sheet.main_period else ""}
    state |= {"periodo": row["periodo"], "categoria": row["categoria"], "lang": "" if lang == "es" else lang}
    href = with_query(f"/indicador/{sheet.id}", **state, publicacion=snap.number)
    link = html.A(t("enlace permanente", lang), href=href)
    name = f"{sentences.quoted(sheet.text('name', lang), lang)}. " if row["frase"] == told else ""
    source = t("SIEGEM, publicación N.º {n} del {fecha}", lang).format(n=snap.number, fecha=formats.day(snap.publication.creada_en, lang))
    return [
        html.Div(
            [
                html.Span(t("Para citar", lang), className="filtros__rotulo"),
                html.Blockquote([name, told, " ", html.Span([f"({source}; ", link, ")"], className="tenue")], className="cita", id="cita"),
            ],
            className="para-citar",
        )
    ]
