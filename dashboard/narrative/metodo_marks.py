"""What the marks mean: changes, absences, notices, targets; what the public may see; the index in short."""

from __future__ import annotations

from collections import Counter

from dash import html

from dashboard import components, formats
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.metodo import of, prose
from dashboard.narrative import indice, parts, sentences
from dashboard.narrative.metodo_counts import Counts
from dashboard.published import Snapshot
from warehouse.states import NOTICES, PUBLISHED, STATES


def marks(snap: Snapshot, lang: str) -> html.Section:
    """Two legends: what the glyphs say, and the reason behind each hatch, with how often it occurs."""
    board = snap.matrix()
    states, notes = Counter(board["estado"]), Counter(code for found in board["avisos"] for code in found or [])
    glyphs = [html.Li([parts.mark(m["clase"]), html.Span(of(m["texto"], lang))]) for m in prose()["marcas"]]
    chips = [
        html.Li([components.notices([code], lang)[0], html.Span(_times(notes[code], lang))]) for code in NOTICES if code == "sintetico" or notes[code]
    ]
    rows = [
        [
            html.Span([components.hatch(s, large=True), sentences.reason({"estado": s, "n": None}, lang)]),
            Cell(formats.number(states[s], 0, lang), states[s]),
        ]
        for s in STATES
        if s != PUBLISHED
    ]
    return components.section(
        t("Las marcas, y por qué falta un dato", lang),
        html.Div(
            [
                html.Div(
                    [
                        html.H3(t("Formas: nunca solo el color", lang)), html.Ul(glyphs, className="metodo-marcas"),
                        html.H3(t("Avisos junto a una cifra", lang)), html.Ul(chips, className="metodo-marcas metodo-marcas--avisos"),
                    ]
                ),
                components.data_table(
                    "ausencias", [Column(t("Razón", lang)), Column(t("Celdas", lang), numeric=True)], rows,
                    t("Lo que falta no es cero: tiene su razón y su trama. Celdas del último periodo.", lang), dense=True, lang=lang,
                ),
            ],
            className="columnas metodo-junto",
        ),
        id="marcas",
    )  # fmt: skip


def _times(n: int, lang: str) -> str:
    return formats.plural(n, t("celda", lang), t("celdas", lang), lang)


def targets_and_public(found: Counts, lang: str) -> html.Div:
    """Targets with their standing, and what is not shown outside."""
    rows = [
        [html.Span(_status(k, lang), className=f"chip{'' if k == 'propuesta' else ' metodo-firme'}"), html.Div(of(text, lang)),
         Cell(formats.number(found.targets[k], 0, lang), found.targets[k])]
        for k, text in prose()["metas"].items()
    ]  # fmt: skip
    columns = [Column(t("Meta", lang)), Column(t("Qué vale", lang), sortable=False), Column(t("Hay", lang), numeric=True)]
    targets = components.section(
        t("Metas: quién las aprobó", lang),
        components.data_table("metas", columns, rows, t("Metas de las fichas de esta publicación", lang), lang=lang),
        id="metas",
    )
    about = t("{n} se dirigen también al público; {k} hablan de personas. En el último periodo, {h} no se muestran fuera por esa razón.", lang)
    if found.hidden == 0:
        about = t(
            "{n} se dirigen también al público; {k} hablan de personas. En el último periodo no hizo falta ocultar ningún valor sin desglose.", lang
        )
    told = about.format(
        n=formats.plural(found.public, t("indicador", lang), t("indicadores", lang), lang), k=found.persons,
        h=formats.plural(found.hidden, t("valor", lang), t("valores", lang), lang),
    )  # fmt: skip
    rules = html.Ul([html.Li(of(rule, lang)) for rule in prose()["publico"]])
    public = components.section(t("Qué se muestra a todos", lang), html.Div([html.P(told), rules], className="prosa"), id="publico")
    return html.Div([targets, public], className="columnas")


def _status(key: str, lang: str) -> str:
    return {"legal": t("legal", lang), "acordada": t("acordada", lang), "propuesta": t("propuesta", lang)}[key]


def index_in_short(snap: Snapshot, lang: str) -> html.Section:
    """What the index is, with the way to it; that this publication has none, where it has none."""
    reading = indice.read(snap)
    inside = [html.P(of(prose()["indice"], lang))]
    if reading is None:
        inside.append(html.P(t("Esta publicación no trae el índice.", lang)))
    else:
        names = [f"{reading.dimension_name(d['id'], lang)} ({formats.percent(d['weight'], 0, lang)})" for d in reading.dimensions]
        inside.append(html.P(t("Dimensiones y peso propuesto: {lista}.", lang).format(lista=formats.listing(names, lang))))
        inside.append(html.P(components.link(t("Ver el índice y probar otros pesos", lang), "/indice")))
    return components.section(t("El índice, en breve", lang), html.Div(inside, className="prosa"), id="indice")
