"""`/region`: choose a region, seeing of each how many indicators moved firmly and how sure its level is; never an order of merit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.language import t
from dashboard.narrative import cards, indice, matrix, parts, region_changes, region_sections
from warehouse.territories import all_territories

dash.register_page(__name__, path="/region", title="Elegir región", order=2)


def layout(lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap = published.snapshot(publicacion)
    board, reading = matrix.Board(snap, lang), indice.read(snap)
    managed = [s for s in snap.indicators() if s.area != cards.ABOUT_DATA]
    pairs = {code: region_sections.pairs_of(board.values, managed, code) for code in parts.ordered_regions()}
    moved = {code: {s: len(region_changes.firm(own, s)) for s in ("empeora", "mejora")} for code, own in pairs.items()}
    items = [html.Li(_region(moved[code], reading, code, lang)) for code in moved]
    told = [t("En cuántos indicadores de gestión cambió cada una de forma concluyente, en el último periodo de cada indicador.", lang)]
    if reading is not None:
        level = t("Junto a cada nombre, su nivel en el Índice de Desempeño Regional ({periodo}), que no es un ranking.", lang)
        told.append(level.format(periodo=formats.period(reading.period, lang)))
    told.append(t("Las tres regiones piloto van primero; las demás, por nombre.", lang))
    chips = [components.synthetic_chip(lang)] if any(s.synthetic for s in managed) else []
    return [
        *parts.banner(snap, lang, "/region"),
        components.sentence(_answer(moved, lang), " ".join(told)),
        *([components.filters(chips=chips)] if chips else []),
        html.Ul(items, className="lista-movil regiones"),
    ]


def _answer(moved: Mapping[str, Mapping[str, int]], lang: str) -> str:
    """How many regions changed firmly in anything: what the list below shows of each. `moved`: region -> direction -> indicators."""
    worse, better = (sum(1 for counts in moved.values() if counts[s]) for s in ("empeora", "mejora"))
    told = t("{peor} de {total} regiones empeoran en algún indicador y {mejor} mejoran en alguno. Elija una.", lang)
    if min(worse, better) < 2:
        return t("Elija una región", lang)
    return told.format(peor=worse, mejor=better, total=len(moved))


def _region(counts: Mapping[str, int], reading: indice.Reading | None, code: str, lang: str) -> html.A:
    """One line: who answers, what moved firmly, and the level of the index with its doubt."""
    known = all_territories()[code]
    about = f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}"
    marks: list[Any] = []
    for state, pattern in (("empeora", t("empeora en {n}", lang)), ("mejora", t("mejora en {n}", lang))):
        if counts[state]:
            marks.append(html.Span([parts.mark(state), pattern.format(n=counts[state])], className=f"cambio cambio--{state}"))
    if not marks:
        marks.append(html.Span([parts.mark("sin_diferencia"), t("sin cambios firmes", lang)], className="cambio"))
    result = reading.results.get(code) if reading else None
    level = indice.level_words(reading, result["niveles"], lang) if reading and result and result["niveles"] else ""
    if reading and not level:
        level = t("sin índice", lang)
    inside = [
        html.Span(formats.place(code, lang), className="lista-movil__nombre"), html.Span(level, className="lista-movil__pais"),
        html.Span(about, className="lista-movil__frase tenue"), html.Span(marks, className="regiones__marcas"),
    ]  # fmt: skip
    return components.link(inside, f"/region/{code}", className="lista-movil__fila")
