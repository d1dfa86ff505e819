"""`/indice`: the index of regional performance. First the profiles with their bands, then the reader's own weights; never a ranking."""

from __future__ import annotations

from typing import Any

import dash

from dashboard import components, formats, published
from dashboard.address import with_query
from dashboard.language import t
from dashboard.narrative import indice, indice_views, indice_weights, parts, region_sections

dash.register_page(__name__, path="/indice", title="Índice de Desempeño Regional", order=9)


def layout(lang: str = "es", publicacion: int | None = None, periodo: str = "", region: str = "", pesos: str = "") -> list[Any]:
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    reading = indice.read(snap, periodo)
    if reading is None:
        why = t("Todavía no se publican indicadores de suficientes dimensiones para calcularlo.", lang)
        return [components.empty_state(t("Esta publicación no trae el Índice de Desempeño Regional", lang), why)]
    first, below = indice_views.opening(reading, lang)
    chips = [components.synthetic_chip(lang)] if region_sections.is_synthetic(reading, snap) else []
    subtitle = t("Puntaje de 0 a 100 y banda de {n} %, {periodo}; a la derecha, las siete dimensiones en la misma escala.", lang)
    when = formats.period(reading.period, lang)
    below_title = f"{subtitle.format(n=indice.BAND, periodo=when)} {indice_views.how_pairs_are_told_apart(lang)}"
    profiles = components.figure_block(
        "idr", "", {}, indice_views.pairs_told_apart(reading, lang), below_title,
        t("Fuente: SIEGEM, Índice de Desempeño Regional · {periodo}", lang).format(periodo=when),
        body=indice_views.profiles(reading, region, lang), table=indice_views.table(reading, lang), how="#definicion", lang=lang,
        csv=with_query("/api/v1/indice.csv", periodo=reading.period, publicacion=snap.number),
        chips=chips,
    )  # fmt: skip
    explorer = indice_weights.explorer(reading, pesos, lang)
    told = t("Los pesos de las siete dimensiones son una propuesta. Pruebe otros: la nota se vuelve a calcular con los puntajes publicados de cada dimensión.", lang)  # fmt: skip  # noqa: E501
    return [
        *parts.banner(snap, lang, "/indice", periodo=periodo, region=region),
        components.breadcrumbs((t("Resumen", lang), "/"), t("Índice de Desempeño Regional", lang)),
        components.sentence(first, below),
        components.filters(
            components.select_filter("periodo", t("Periodo", lang), reading.period, _periods(snap, lang)),
            components.select_filter(
                "region", t("Región destacada", lang), region or None, parts.territory_options(lang, country=False), searchable=True
            ),
            components.reset_link("/indice", lang),
        ),
        profiles,
        components.section(t("¿Y si pesaran distinto?", lang), *explorer, subtitle=told, id="pesos"),
        indice_views.sensitivity(reading, {s.id: s for s in snap.indicators()}, lang),
        indice_views.definition(reading, snap, lang),
    ]


def _periods(snap: published.Snapshot, lang: str) -> list[tuple[str, str]]:
    return [(p, formats.period(p, lang)) for p in reversed(snap.index_periods(indice.INDEX))]
