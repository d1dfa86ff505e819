"""`/estilo`: the visual language on one page, made of the real components and tokens."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, published
from dashboard.language import t
from dashboard.narrative import metodo_samples, metodo_tokens

dash.register_page(__name__, path="/estilo", title="Guía de estilo", order=30)


def layout(lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap = published.snapshot(publicacion)
    held = [c for c in metodo_tokens.colours() if c.least >= metodo_tokens.TEXT]
    good = [c for c in held if c.holds]
    if len(good) == len(held):
        told = t("Los {n} colores con que se escribe cumplen el contraste AA en claro y en oscuro", lang).format(n=len(held))
    else:
        told = t("{k} de {n} colores con que se escribe cumplen el contraste AA en claro y en oscuro", lang).format(k=len(good), n=len(held))
    return [
        components.breadcrumbs((t("Metodología y glosario", lang), "/metodologia"), t("Guía de estilo", lang)),
        components.sentence(
            told, t("Todo lo que sigue está hecho con los componentes y la hoja de estilos del sitio: si cambian, cambia esta página.", lang)
        ),
        _switches(lang),
        metodo_samples.type_sizes(lang),
        metodo_samples.colours(lang),
        metodo_samples.marks(lang),
        metodo_samples.icons(lang),
        metodo_samples.cards(lang),
        metodo_samples.table_and_states(lang),
        components.section(t("Figura", lang), *metodo_samples.figure(snap, lang), id="figura"),
    ]


def _switches(lang: str) -> html.Div:
    """Light, dark and projector; `assets/guiones/estilo.js` listens."""
    names = [("light", t("Claro", lang)), ("dark", t("Oscuro", lang)), ("proyector", t("Proyector", lang))]
    buttons = [html.Button(word, type="button", className="filtro", **{"data-aspecto": key, "aria-pressed": "false"}) for key, word in names]
    label = html.Span(t("Ver en", lang), className="filtros__rotulo")
    return html.Div([label, *buttons], className="filtros", role="group", **{"data-guion": "estilo"})
