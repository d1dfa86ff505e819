"""`/foro`: presentation mode. A deck of slides for a hall, chosen in the address, shown with the arrows, frozen into one file."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, published
from dashboard.language import t
from dashboard.narrative import foro_builder, foro_deck, parts

dash.register_page(__name__, path="/foro", title="Foro Regional", order=21)


def layout(lang: str = "es", publicacion: int | None = None, region: str = "", indicadores: str = "") -> list[Any]:
    snap, region = published.snapshot(publicacion), parts.known_region(region)
    wanted = foro_deck.chosen(snap, indicadores)
    slides = foro_deck.deck(snap, indicadores, region, lang)
    chips = [components.synthetic_chip(lang)] if any(s.synthetic for s in slides) else []
    return [
        *parts.banner(snap, lang, "/foro", region=region, indicadores=indicadores),
        foro_builder.opening(snap, slides, lang),
        foro_builder.region_filter(region, chips, lang),
        foro_builder.actions(snap, wanted, region, lang),
        foro_builder.chooser(snap, wanted, region, lang),
        html.Section(
            [html.H2(t("Las láminas", lang), className="figura__titulo"), foro_builder.deck_of(slides, snap.number, lang)],
            className="seccion foro-seccion",
            **{"data-guion": "foro"},
        ),
    ]
