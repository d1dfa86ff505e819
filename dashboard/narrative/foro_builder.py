"""Preparing a forum: what to do with the slides, and which indicators they show, all of it in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address, with_query
from dashboard.drawing import Mark
from dashboard.language import t
from dashboard.narrative import foro_sheet, foro_slides, parts
from dashboard.narrative.foro_slides import IN_MAP, IN_TIME, Slide, split_item
from dashboard.published import Sheet, Snapshot, area_name

#: where the frozen file is made
FROZEN = "/foro/congelado.html"
#: where the slides are made for PowerPoint and LibreOffice
SLIDES = "/foro/laminas.pptx"


def opening(snap: Snapshot, slides: Sequence[Slide], lang: str) -> html.Div:
    """How many slides are ready, of which publication, and the keys."""
    card = snap.publication
    told = t("{n} láminas listas para el Foro, con la publicación N.º {numero} congelada", lang).format(n=len(slides), numero=card.numero)
    keys = t("Flechas, espacio o un toque: avanzar. p: notas. a: anotar un acuerdo. f: pantalla completa. Esc: volver a las láminas.", lang)
    return components.sentence(told, f"{t('Datos al {fecha}', lang).format(fecha=formats.day(card.datos_al, lang))}. {keys}")


def actions(snap: Snapshot, wanted: Sequence[str], region: str, lang: str) -> html.Div:
    """Present, take away as slides or as one page, print; the region filter stands beside."""

    def file(path: str) -> str:
        asked = with_query(path, indicadores=",".join(wanted), region=region, lang="" if lang == "es" else lang, publicacion=snap.number)
        return asked.replace("%2C", ",").replace("%7E", "~")

    # `data-llevar`: the browser puts its notes and agreements into the file
    buttons = [
        html.A(t("Presentar", lang), href="#lamina-1", className="boton boton--principal", **{"data-foro": "presentar"}),
        html.A(t("Descargar PPTX", lang), href=file(SLIDES), download="", className="boton", **{"data-llevar": ""}),
        html.A(t("Congelar: un archivo para la memoria USB", lang), href=file(FROZEN), download="", className="boton", **{"data-llevar": ""}),
        html.Button(t("Imprimir o guardar en PDF", lang), type="button", className="boton", **{"data-foro": "imprimir-todo"}),
    ]
    told = t("Los dos archivos llevan sus notas (tecla p) y los acuerdos anotados en este navegador. Los gráficos del PPTX se pueden editar.", lang)
    return html.Div([html.Div(buttons, className="fila foro-acciones"), html.P(told, className="nota")])


def region_filter(region: str, chips: Sequence[Any], lang: str) -> html.Div:
    places = [("", t("Las 26 regiones", lang)), *parts.territory_options(lang, country=False)]
    return components.filters(components.select_filter("region", t("Región destacada", lang), region, places, searchable=True), chips=chips)


def chooser(snap: Snapshot, wanted: Sequence[str], region: str, lang: str) -> html.Details:
    """The chosen indicators in their order, then all of them by area with a box each; a link carries the choice (`assets/guiones/foro.js`)."""
    names = {s.id: s.text("short_name", lang) for s in snap.indicators()}
    found = [_chosen(i, list(wanted), names, region, lang) for i in range(len(wanted))]
    ready = (
        [html.Ol(found, className="foro-elegidos")]
        if found
        else [html.P(t("Sin elegir nada se muestra el recorrido habitual.", lang), className="nota")]
    )
    groups: dict[str, list[Sheet]] = {}
    for sheet in snap.indicators():
        groups.setdefault(sheet.area, []).append(sheet)
    own = {split_item(w)[0] for w in wanted}
    boxes = [html.Fieldset([html.Legend(area_name(a, lang)), *(_box(s, s.id in own, lang) for s in x)]) for a, x in groups.items()]
    go = html.A(
        t("Ver las láminas", lang), href=_link(wanted, region), className="boton boton--principal",
        **{"data-navegar": "", "data-elegidos": ",".join(wanted), "data-base": _link([], region)},
    )  # fmt: skip
    back = (
        [html.A(t("Volver al recorrido habitual", lang), href=_link([], region), className="boton boton--llano", **{"data-navegar": ""})]
        if wanted
        else []
    )
    every = html.Details([html.Summary(t("Añadir o quitar", lang)), html.Div(boxes, className="foro-cajas")], open=not wanted)
    inside = html.Div([*ready, html.Div([go, *back], className="fila"), every])
    title = t("Elegir los indicadores ({n} elegidos)", lang).format(n=len(wanted)) if wanted else t("Elegir los indicadores", lang)
    return html.Details([html.Summary(html.B(title)), inside], className="plegable foro-elegir", open=bool(wanted))


def _link(wanted: Sequence[str], region: str) -> str:
    return address("/foro", indicadores=",".join(wanted), region=region).replace("%2C", ",")


def _box(sheet: Sheet, on: bool, lang: str) -> html.Label:
    shape = {"checked": True} if on else {}
    return html.Label([Mark("input", type="checkbox", value=sheet.id, **shape), html.Span(sheet.text("short_name", lang))])


def _chosen(at: int, wanted: list[str], names: dict[str, str], region: str, lang: str) -> html.Li:
    """A chosen one, with links to move it, take it out, or show it another way."""
    item = wanted[at]
    id, how = split_item(item)
    moves = []
    if at:
        moves.append((t("antes", lang), [*wanted[: at - 1], item, wanted[at - 1], *wanted[at + 1 :]]))
    if at + 1 < len(wanted):
        moves.append((t("después", lang), [*wanted[:at], wanted[at + 1], item, *wanted[at + 2 :]]))
    ways = {"": t("ver por región", lang), IN_MAP: t("ver en el mapa", lang), IN_TIME: t("ver en el tiempo", lang)}
    moves += [(word, [*wanted[:at], id + way, *wanted[at + 1 :]]) for way, word in ways.items() if way != how and id + way not in wanted]
    moves.append((t("quitar", lang), [*wanted[:at], *wanted[at + 1 :]]))
    links = [html.A(word, href=_link(x, region), **{"data-navegar": "", "aria-label": f"{names[id]}: {word}"}) for word, x in moves]
    shown = {IN_TIME: t("en el tiempo", lang), IN_MAP: t("en el mapa", lang)}.get(how, "")
    return html.Li([html.Span([names[id], *([f" · {shown}"] if shown else [])]), html.Span(links, className="foro-elegidos__mover")])


def controls(lang: str) -> html.Div:
    """What can be pressed while presenting; every key has its button."""
    keys = [
        ("atras", "←", t("Anterior", lang)), ("adelante", "→", t("Siguiente", lang)), ("notas", "p", t("Notas", lang)),
        ("anotar", "a", t("Acuerdo", lang)), ("pantalla", "f", t("Pantalla completa", lang)), ("salir", "Esc", t("Láminas", lang)),
    ]  # fmt: skip
    made = [html.Button([html.Kbd(k), html.Span(word)], type="button", title=word, **{"data-foro": action}) for action, k, word in keys]
    return html.Div(made, className="foro-mando", role="toolbar", **{"aria-label": t("Presentación", lang)})


def deck_of(slides: Sequence[Slide], number: int, lang: str) -> html.Div:
    """The slides with their controls and the form of agreements."""
    framed = [foro_slides.frame(s, i, len(slides), number, lang) for i, s in enumerate(slides, start=1)]
    return html.Div([html.Div(framed, className="foro-laminas"), controls(lang), foro_sheet.dialog(lang)])
