"""`/region`: choose a region."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats
from dashboard.language import t
from dashboard.narrative import parts
from warehouse.territories import all_territories

dash.register_page(__name__, path="/region", title="Elegir región", order=2)


def layout(lang: str = "es") -> list[Any]:
    items = []
    for code in parts.ordered_regions():
        known = all_territories()[code]
        detail = f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}"
        items.append(
            html.Li(
                components.link(
                    [html.Span(formats.place(code, lang), className="lista-movil__nombre"), html.Span(detail, className="lista-movil__pais")],
                    f"/region/{code}",
                    className="lista-movil__fila",
                )
            )
        )
    return [
        components.sentence(t("Elija una región", lang), t("Las tres regiones piloto van primero; las demás, por nombre.", lang)),
        html.Ul(items, className="lista-movil"),
    ]
