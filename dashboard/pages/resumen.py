"""`/`: what changed, where, and how surely; every indicator of every region at a glance."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.figures import map as map_figure
from dashboard.figures.request import Params, newest
from dashboard.language import t
from dashboard.narrative import headlines, matrix, matrix_table, parts, worries
from dashboard.narrative.cards import headline_cards
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

dash.register_page(__name__, path="/", title="Resumen", order=0)


def layout(lang: str = "es", publicacion: int | None = None, region: str = "") -> list[Any]:
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    main = headlines.main_sheet(snap)
    if main is None:
        return [
            components.empty_state(
                t("Todavía no hay valores por región", lang), t("La publicación no tiene ningún indicador con dato regional.", lang)
            )
        ]
    board = matrix.Board(snap, lang)
    return [
        *parts.banner(snap, lang, "/", region=region),
        *_opening(snap, main, region, lang),
        headline_cards(snap, main, region, lang),
        worries.block(board.values, snap.indicators(), lang, region),
        _board(board, region),
        *_where(snap, main, region, lang),
    ]


def _opening(snap: Snapshot, main: Sheet, region: str, lang: str) -> list[Any]:
    """The answer in a sentence, who is meant, and the region filter with the synthetic chip."""
    frame = snap.values(main.id, kind=main.main_period, period=newest(snap, main), category="")
    choice = components.select_filter("region", t("Región", lang), region, _places(lang), searchable=True)
    return [
        components.sentence(headlines.country_sentence(frame, main, lang), parts.with_links(headlines.country_names(frame, main, lang), lang)),
        components.filters(choice, *([components.reset_link("/", lang)] if region else []), chips=parts.chips(main, lang)),
    ]


def _places(lang: str) -> list[tuple[str, str]]:
    """The country, then the regions: the summary has no view of the pilots as a group."""
    return [("", formats.place(COUNTRY, lang)), *parts.territory_options(lang, country=False)]


def _board(board: matrix.Board, region: str) -> html.Section:
    lang = board.lang
    first = region or parts.ordered_regions()[0]
    subtitle = t(
        "Último periodo de cada indicador. La forma dice el cambio frente al periodo comparado; negrita y fondo, solo si es firme y mejor o peor.",
        lang,
    )
    return components.section(
        matrix.finding(board),
        *(html.Div(x, className="solo-ancho") for x in matrix.legend(board)),
        html.P(
            t("Recorra el cuadro con el ratón o las flechas: aquí se lee cada celda.", lang),
            id="frase-celda",
            className="frase-celda solo-ancho",
            **{"aria-live": "polite"},
        ),
        html.Div(matrix_table.table(board, region), className="solo-ancho"),
        html.P(
            t("Se muestra {nombre}. Cambie de región con el filtro de arriba.", lang).format(nombre=formats.place(first, lang)),
            className="nota solo-movil",
        ),
        matrix.phone_list(board, first),
        html.P(matrix.multiplicity(board), className="nota nota--junto"),
        subtitle=subtitle,
        id="matriz",
    )


def _where(snap: Snapshot, main: Sheet, region: str, lang: str) -> list[Any]:
    """The main indicator on the map, with its ranking beside it."""
    period = newest(snap, main)
    frame = snap.values(main.id, kind=main.main_period, period=period, category="")
    params = Params(main.id, region, period, main.main_period, "", lang)
    where = components.figure_block(
        "resumen-mapa", "mapa", params, headlines.extremes(frame, main, lang), parts.place_subtitle(main, period, lang),
        parts.source(snap, main, frame, lang), height=map_figure.HEIGHT, lang=lang, chips=parts.chips(main, lang),
    )  # fmt: skip
    how_much = parts.ranking("resumen-barras", snap, main, frame, params, headlines.figure_title(frame, main, lang))
    return [html.Div([where, *how_much], className="columnas")]
