"""`/metodologia`: how these figures are made, whether they may be trusted, and what the words mean."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, published
from dashboard.language import t
from dashboard.narrative import metodo_judgement, metodo_lists, metodo_marks, parts
from dashboard.narrative.metodo_counts import below, counts, headline

dash.register_page(__name__, path="/metodologia", title="Metodología y glosario", order=20)


def layout(lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap = published.snapshot(publicacion)
    found = counts(snap)
    return [
        *parts.banner(snap, lang, "/metodologia"),
        components.sentence(headline(found, snap.number, lang), below(found, lang)),
        _contents(lang),
        metodo_judgement.steps(snap, found, lang),
        metodo_judgement.differences(snap, lang),
        metodo_marks.marks(snap, lang),
        metodo_marks.targets_and_public(found, lang),
        metodo_marks.index_in_short(snap, lang),
        metodo_lists.by_area(snap, lang),
        metodo_lists.sources(snap, lang),
        metodo_lists.words(lang),
        metodo_lists.publications(lang),
    ]


def _contents(lang: str) -> html.Nav:
    """Where each part is."""
    places = [
        ("pasos", t("Cómo se hace una cifra", lang)), ("diferencias", t("Cuándo se dice que algo es distinto", lang)),
        ("marcas", t("Marcas y ausencias", lang)), ("metas", t("Metas", lang)), ("publico", t("Qué se muestra a todos", lang)),
        ("indice", t("El índice, en breve", lang)), ("indicadores", t("Todos los indicadores", lang)), ("fuentes", t("Las fuentes", lang)),
        ("glosario", t("Glosario y siglas", lang)), ("publicaciones", t("Las publicaciones", lang)),
    ]  # fmt: skip
    links = [html.A(word, href=f"#{place}", className="filtro") for place, word in places]
    return html.Nav(links, className="filtros metodo-contenido", **{"aria-label": t("En esta página", lang)})
