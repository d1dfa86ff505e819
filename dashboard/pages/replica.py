"""`/replica`: which regions are ready to be followed as the pilots are, what each lacks first, and the steps to bring one in."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.language import t
from dashboard.narrative import parts, replica

dash.register_page(__name__, path="/replica", title="Sumar una región", order=12)


def layout(lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap = published.snapshot(publicacion)
    found = replica.read(snap, lang)
    first, below = replica.sentence(found, lang)
    synthetic = any(s.synthetic for s in snap.indicators() if s.id in replica.used_indicators())
    head = [components.breadcrumbs((t("Resumen", lang), "/"), t("Sumar una región", lang)), components.sentence(first, below)]
    if not any(r.steps for r in found):
        return [*parts.banner(snap, lang, "/replica"), *head]
    how = t("Cada paso se compara con la meta de su definición; ninguna nota los resume.", lang)
    until = formats.day(snap.publication.datos_al, lang)
    source = html.P(
        t("Calculado de lo publicado: entregas, reglas y funciones. Datos al {fecha}.", lang).format(fecha=until), className="nota region-resto"
    )
    other = t("La carga de una región nueva no cambia el programa: su código ya está en el catálogo, y sus archivos entran por Entregas con las mismas plantillas y reglas.", lang)  # fmt: skip  # noqa: E501
    return [
        *parts.banner(snap, lang, "/replica"),
        *head,
        components.filters(chips=[components.synthetic_chip(lang)] if synthetic else []),
        components.section(t("Cómo va cada región", lang), replica.table(found, lang), source, subtitle=how),
        components.section(t("Los pasos para sumar una región", lang), replica.checklist(found, snap, lang), components.note(other)),
    ]
