"""`/calidad`: may these figures be quoted today? Freshness, deliveries, findings and quarantine."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published, site
from dashboard.language import t
from dashboard.narrative import agreement, parts, quality, quality_rules
from dashboard.published import Snapshot

dash.register_page(__name__, path="/calidad", title="Calidad de los datos", order=5)


def layout(lang: str = "es", publicacion: int | None = None, tabla: str = "") -> list[Any]:
    snap = published.snapshot(publicacion)
    tables = _delivered(snap)
    table = tabla if tabla in snap.sources() else (tables[0] if tables else "")
    return [
        *parts.banner(snap, lang, "/calidad", tabla=tabla),
        components.sentence(quality.sentence(snap, lang), _seal(snap, lang)),
        quality.verdict(snap, agreement.differing(snap), lang),
        _contents(lang),
        *([scores] if (scores := agreement.cards(snap, lang)) is not None else []),
        components.section(
            t("¿Qué tan recientes son los datos?", lang),
            quality.sources(snap, lang),
            subtitle=t("Cada fuente con la fecha de sus datos, sus filas y lo que hay que saber de ella.", lang),
        ),
        components.section(
            t("¿Quién entregó?", lang),
            _chooser(snap, table, lang),
            quality.deliveries(snap, table, lang) if table else html.P(t("Ninguna tabla se entrega por región.", lang)),
            *_to_the_desk(lang),
            subtitle=t("Una entrega tarde o rechazada no detiene a las demás regiones; la última aceptada sigue vigente.", lang),
            id="entregas",
        ),
        html.Div(
            [
                components.section(
                    t("Reglas no superadas", lang),
                    quality_rules.findings(snap, tabla if tabla in snap.sources() else "", lang),
                    subtitle=t("La fila que falla va a cuarentena con su razón y su remedio; no se pierde.", lang),
                    id="hallazgos",
                ),
                components.section(
                    t("Entregas rechazadas", lang),
                    quality.rejected(snap, lang),
                    subtitle=t("Su versión anterior, si la hay, sigue en pie.", lang),
                    id="rechazadas",
                ),
            ],
            className="columnas",
        ),
        components.section(
            t("¿Las fuentes coinciden entre sí?", lang),
            agreement.reconciliations(snap, lang),
            subtitle=t("Se guardan los dos valores y su diferencia; ninguna fuente se corrige con la otra.", lang),
            id="conciliaciones",
        ),
        components.section(
            t("Excepciones", lang),
            agreement.exceptions(snap, lang),
            subtitle=t("Reglas que alguien aceptó como están, con su nombre y su motivo. Se siguen evaluando y diciendo.", lang),
            id="excepciones",
        ),
    ]


def _contents(lang: str) -> html.Nav:
    """Where each part is: the sources alone fill several screens."""
    places = [
        ("entregas", t("¿Quién entregó?", lang)), ("hallazgos", t("Reglas no superadas", lang)), ("rechazadas", t("Entregas rechazadas", lang)),
        ("conciliaciones", t("¿Las fuentes coinciden entre sí?", lang)), ("excepciones", t("Excepciones", lang)),
    ]  # fmt: skip
    links = [html.A(word, href=f"#{place}", className="filtro") for place, word in places]
    return html.Nav(links, className="filtros metodo-contenido", **{"aria-label": t("En esta página", lang)})


def _delivered(snap: Snapshot) -> list[str]:
    """Tables that regions deliver, those with most deliveries first."""
    return [str(table) for table in quality.owed(snap).groupby("tabla")["n"].sum().sort_values(ascending=False, kind="stable").index]


def _seal(snap: Snapshot, lang: str) -> str:
    card = snap.publication
    told = t("Publicación N.º {n} del {fecha}, con datos al {corte}.", lang).format(
        n=card.numero, fecha=formats.day(card.creada_en, lang), corte=formats.day(card.datos_al, lang)
    )
    if card.completitud is not None:
        told += " " + t("Se recibió {parte} de las entregas esperadas.", lang).format(parte=formats.share(card.completitud, 0, lang))
    if card.revisados:
        told += " " + formats.plural(card.revisados, t("valor fue revisado", lang), t("valores fueron revisados", lang), lang) + "."
    return told


def _chooser(snap: Snapshot, table: str, lang: str) -> Any:
    rows = snap.sources()
    options = sorted(((name, quality.table_title(rows[name], lang)) for name in _delivered(snap) if name in rows), key=lambda o: o[1])
    return components.filters(components.select_filter("tabla", t("Tabla", lang), table or None, options))


def _to_the_desk(lang: str) -> list[Any]:
    """Where files are sent and followed, and what each region lacks to be followed whole; the public site has no desk."""
    desk = [(t("Enviar un archivo", lang), "/entregas"), (t("Seguimiento", lang), "/entregas/seguimiento")]
    links = [*([] if site.is_public() else desk), (t("Qué le falta a cada región para el seguimiento completo", lang), "/replica")]
    return [html.P([x for place, (word, path) in enumerate(links) for x in (*([" · "] if place else []), components.link(word, path))])]
