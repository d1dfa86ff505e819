"""The visual language shown with the real components: type, colours, marks, cards, tables, figures, states."""

from __future__ import annotations

import re
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import CardText, Cell, Column
from dashboard.figures.request import Params, newest
from dashboard.figures.sparks import spark
from dashboard.language import t
from dashboard.metodo import of, prose
from dashboard.narrative import headlines, metodo_tokens, parts, sentences
from dashboard.published import Snapshot
from dashboard.static import ASSETS
from warehouse.states import PUBLISHED, STATES


def type_sizes(lang: str) -> html.Section:
    """Each size as text of that size, with its pixels on a screen of 16 px and on a projector."""
    rows = []
    bigger = {**metodo_tokens.sizes("t"), **metodo_tokens.projected()}
    for name, size in metodo_tokens.sizes("t").items():
        sample = html.Span("66.6 % de 3,152 trámites", style={"fontSize": f"var(--{name})", "lineHeight": 1.2})
        pixels = [f"{float(x.removesuffix('rem')) * root:.0f} px" for x, root in ((size, 16), (bigger[name], 24))]
        rows.append([html.Code(f"--{name}"), sample, Cell(pixels[0], size), Cell(pixels[1], bigger[name])])
    columns = [
        Column("Token"),
        Column(t("Muestra", lang), sortable=False),
        Column(t("Pantalla", lang), numeric=True),
        Column(t("Proyector", lang), numeric=True),
    ]
    told = t("Una sola letra, Source Sans 3, guardada en el sitio; las cifras tienen todas el mismo ancho.", lang)
    return components.section(t("Letra", lang), components.data_table("letras", columns, rows, told, lang=lang), id="letra")


def colours(lang: str) -> html.Section:
    """Swatches with their value in each theme and the contrast measured against the page."""
    rows = []
    for c in metodo_tokens.colours():
        swatch = html.Span(className="estilo-muestra", style={"background": f"var(--{c.name})"}, **{"aria-hidden": "true"})
        need = f"AA ≥ {c.least:g}" if c.least else t("fondo o trazo", lang)
        verdict = "" if not c.least else t("cumple", lang) if c.holds else t("no cumple", lang)
        rows.append(
            [html.Span([swatch, html.Code(f"--{c.name}")]), html.Code(c.light), Cell(f"{c.ratio_light:.1f}", c.ratio_light), html.Code(c.dark),
             Cell(f"{c.ratio_dark:.1f}", c.ratio_dark), html.Span(" · ".join(x for x in (need, verdict) if x))]
        )  # fmt: skip
    columns = [
        Column("Token"), Column(t("Claro", lang)), Column(t("Contraste", lang), numeric=True), Column(t("Oscuro", lang)),
        Column(t("Contraste", lang), numeric=True), Column("WCAG 2.2"),
    ]  # fmt: skip
    told = t("Contraste frente al fondo de la página, medido de la hoja de estilos; «sobre-cobre», frente al cobre.", lang)
    return components.section(t("Colores", lang), components.data_table("colores", columns, rows, told, dense=True, lang=lang), id="colores")


def marks(lang: str) -> html.Section:
    """Glyphs with their words, hatches with their reason, chips."""
    glyphs = [html.Li([parts.mark(m["clase"]), html.Span(of(m["texto"], lang))]) for m in prose()["marcas"]]
    hatches = [
        html.Li([components.hatch(s, large=True), html.Span(sentences.reason({"estado": s, "n": None}, lang))]) for s in STATES if s != PUBLISHED
    ]
    chips = [*components.notices(("sintetico", "serie_incompleta", "plazo_referencial"), lang), components.chip(t("propuesta", lang))]
    return components.section(
        t("Marcas", lang),
        html.Div([html.Ul(glyphs, className="metodo-marcas"), html.Ul(hatches, className="metodo-marcas")], className="columnas metodo-junto"),
        html.Div(chips, className="fila estilo-fila"),
        subtitle=t("La forma y las palabras dicen lo mismo que el color: se entiende sin él.", lang), id="marcas",
    )  # fmt: skip


def icons(lang: str) -> html.Section:
    """Every icon of the drawing file, by its name."""
    names = re.findall(r'id="i-([a-z]+)"', (ASSETS / "iconos.svg").read_text(encoding="utf-8"))
    items = [html.Li([html.Span(className=f"icono icono--{n}", **{"aria-hidden": "true"}), html.Span(n)]) for n in names]
    return components.section(t("Iconos", lang), html.Ul(items, className="estilo-iconos"), id="iconos")


def cards(lang: str) -> html.Section:
    """A card that worsens, one that cannot be told, one without a value, one that improves."""
    line = spark([72.9, 70.1, 71.4, 68.0, 66.2, 64.9, 63.0, 61.8], t("Muestra", lang))
    names = [t("Empeora", lang), t("No se afirma", lang), t("Mejora", lang), t("Sin dato", lang)]
    made = [
        CardText(names[0], "61.8", "%", t("baja 11.1 puntos: empeora", lang), "empeora", t("126 de 204 · intervalo 55.1–68.2", lang)),
        CardText(names[1], "75.0", "%", t("sin diferencia concluyente", lang), "sin_diferencia", t("6 de 8 · intervalo 40.9–92.9", lang)),
        CardText(names[2], "14", t("días", lang), t("baja 6 días: mejora", lang), "mejora", "n = 1,204"),
        CardText(names[3], sentences.reason({"estado": "n_insuficiente", "n": 4}, lang), state="n_insuficiente"),
    ]
    shown = [components.card(made[0], line=line, line_label=t("8 trimestres", lang)), *(components.card(x) for x in made[1:])]
    return components.section(t("Tarjetas", lang), components.cards(*shown), id="tarjetas", subtitle=t("Cifras inventadas, para ver la forma.", lang))


def table_and_states(lang: str) -> html.Div:
    """A table, and what stands where there is nothing."""
    columns = [Column(t("Región", lang)), Column("%", numeric=True), Column(t("Casos", lang), numeric=True)]
    rows = [
        ["La Libertad", Cell("61.8", 61.8), Cell("204", 204)],
        ["Moquegua", Cell("80.0", 80.0), Cell("1,204", 1204)],
        ["Pasco", Cell(formats.DASH), Cell(formats.DASH)],
    ]
    table = components.section(
        t("Tabla", lang),
        components.data_table("muestra", columns, rows, t("Se ordena por cualquier columna.", lang), selected=[0], lang=lang),
        id="tabla",
    )
    empty = components.empty_state(
        t("Ningún trámite cumple estos filtros", lang), t("Quite un filtro para ver más.", lang),
        html.Button(t("Restablecer filtros", lang), className="boton"), heading=html.H3,
    )  # fmt: skip
    notes = html.Div([html.P(t("Serie con quiebre", lang), className="aviso__titulo"), html.P(t("Lo anterior a mayo de 2025 no se compara.", lang))],
                     className="aviso aviso--advertencia", role="note")  # fmt: skip
    buttons = html.Div(
        [
            html.Button(t("Principal", lang), className="boton boton--principal"),
            html.Button(t("Otro", lang), className="boton"),
            html.Button(t("Llano", lang), className="boton boton--llano"),
        ],
        className="fila estilo-fila",
    )
    states = components.section(
        t("Vacío, aviso, botones", lang), empty, notes, buttons, html.Div(className="esqueleto esqueleto--texto"), id="estados"
    )
    return html.Div([table, states], className="columnas")


def figure(snap: Snapshot, lang: str) -> list[Any]:
    """A figure of the publication with everything that goes with one; nothing where no indicator has regions to compare."""
    sheet = headlines.main_sheet(snap)
    if sheet is None:
        return []
    period = newest(snap, sheet)
    frame = snap.values(sheet.id, kind=sheet.main_period, period=period, category="")
    params = Params(sheet.id, "13", period, sheet.main_period, "", lang)
    note = t("Una nota dice junto a la figura lo que hay que saber para leerla.", lang)
    return parts.ranking("muestra-figura", snap, sheet, frame, params, headlines.figure_title(frame, sheet, lang), notes=[note])
