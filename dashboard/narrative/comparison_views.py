"""The views of `/comparar`, each one figure with its evidence: bars, funnel, small multiples, before and now, pilots and the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures import bars as bar_chart
from dashboard.figures import cambio, embudo_estadistico, multiples, pilotos_resto
from dashboard.figures.funnel_limits import FUNNEL_REGIONS, KINDS, funnel, is_judged
from dashboard.figures.process import is_cumulative
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import comparison, headlines, parts, sentences
from dashboard.narrative.static_bars import static_bars
from dashboard.published import Sheet, Snapshot
from warehouse.territories import PILOTS, pilots, regions

Row = dict[Any, Any]


def views(lang: str = "es") -> list[tuple[str, str]]:
    """(value in the URL, its name)."""
    return [
        ("barras", t("Barras", lang)), ("embudo", t("Embudo", lang)), ("multiples", t("Series", lang)), ("cambio", t("Antes y ahora", lang)),
        ("pilotos", t("Pilotos y resto", lang)), ("dos", t("Dos regiones", lang)),
    ]  # fmt: skip


def switch(chosen: str, lang: str, **state: Any) -> html.Nav:
    """The views as links: each keeps the indicator, the period and the region."""
    links = [
        html.A(
            name, href=address("/comparar", **state, vista=view if view != "barras" else ""), className="vistas__enlace",
            **{"data-navegar": "", **({"aria-current": "page"} if view == chosen else {})},
        ) for view, name in views(lang)]  # fmt: skip
    return html.Nav(links, className="vistas", **{"aria-label": t("Vistas", lang)})


def bars(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params) -> list[Any]:
    """By the place among the regions where that was judged, as the sentence over it; by the change otherwise."""
    if is_judged(frame):
        return peers(snap, sheet, frame, params, table=False)
    return list(parts.ranking("comparar", snap, sheet, frame, params, headlines.figure_title(frame, sheet, params.lang), table=False))


def peers(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params, *, notes: Sequence[Any] = (), table: bool = True) -> list[Any]:
    """The regions with, at the right of each, its cases and whether it stands apart from all together; a plain list on phones."""
    lang = params.lang
    told = t("{nombre}: {unidad}, {periodo}. Línea fina: intervalo de 95 %. Línea de guiones: {pais}. La marca compara cada región con todas.", lang)
    plainly = t("{nombre}: {unidad}, {periodo}. Línea fina: intervalo de 95 %. La marca compara cada región con todas.", lang)
    words = {"nombre": parts.named(sheet, frame, lang), "unidad": sheet.unit(lang), "periodo": formats.period(params.periodo, lang)}
    subtitle = {"comparar": told.format(**words, pais=formats.place("00", lang)), "comparar-movil": plainly.format(**words)}
    notes = [*comparison.beyond_the_line(frame, lang), *parts.notice_lines(frame, lang), *notes]
    about: dict[str, Any] = {"lang": lang, "chips": parts.chips(sheet, lang), "notes": notes}
    source = parts.source(snap, sheet, frame, lang)
    title = comparison.peers_title(frame, params.territorio, lang)
    blocks = []
    plain = parts.plain_bars(frame, sheet, params.territorio, lang, "frente_al_pais")
    first = static_bars(frame, sheet, params.territorio, lang, "frente_al_pais")
    shapes: list[tuple[str, str, dict[str, Any]]] = [
        ("comparar", "figura solo-ancho", {"height": bar_chart.height(frame), "first": first}),
        ("comparar-movil", "figura solo-movil", {"body": plain}),
    ]
    for id, shape, more in shapes:
        listed = parts.territory_table(f"tabla-{id}", frame, sheet, lang, selected=params.territorio) if table else None
        block = components.figure_block(id, "frente_al_pais", params, title, subtitle[id], source, table=listed, **more, **about)
        block.className = shape
        blocks.append(block)
    return blocks


def funnel_view(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params, *, table: bool = True, id: str = "embudo") -> list[Any]:
    """The funnel plot; where the indicator has none, why."""
    lang = params.lang
    found = funnel(frame, sheet)
    if found is None:
        return [components.empty_state(t("Sin embudo para este indicador", lang), why_no_funnel(sheet, lang), heading=html.H2)]
    phi = found.found.phi
    spread = (
        t("ajustados por sobredispersión (φ = {phi})", lang).format(phi=formats.number(phi, 1, lang))
        if found.found.tau2 > 0
        else t("sin sobredispersión que descontar (φ = {phi})", lang).format(phi=formats.number(phi, 1, lang))
    )
    told = t("{nombre}: {unidad}, {periodo}. Límites de 95 % y 99.8 % en torno al conjunto, {ajuste}. Los pilotos llevan siempre su nombre.", lang)
    subtitle = told.format(
        nombre=parts.named(sheet, frame, lang), unidad=sheet.unit(lang), periodo=formats.period(params.periodo, lang), ajuste=spread
    )
    rows = frame[frame["nivel"].isin(["region", "pais"])]
    return [components.figure_block(
        id, "embudo_estadistico", params, comparison.funnel_title(found, lang), subtitle, parts.source(snap, sheet, frame, lang),
        height=embudo_estadistico.HEIGHT, lang=lang, chips=parts.chips(sheet, lang), notes=parts.notice_lines(frame, lang),
        table=parts.territory_table(f"tabla-{id}", rows, sheet, lang, selected=params.territorio) if table else None,
    )]  # fmt: skip


def funnel_reading(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> list[Any]:
    """How to read the funnel, and who stands outside its limits."""
    found = funnel(frame, sheet)
    if found is None:
        return []
    items = []
    for row in found.named:
        kind = {"mejor": "mejora", "peor": "empeora"}.get(row["frente_al_pais"], "sin_diferencia")
        beyond = found.beyond[found.rows.index(row)]
        told = embudo_estadistico.place_words(row, sheet, beyond, lang)
        name = f"{formats.place(row['territorio'], lang)}, {sentences.value(row, sheet, lang)} ({sentences.parts(row, sheet, lang)}): "
        items.append(html.Li([components.glyph(kind), html.Span([html.B(name), f"{told[0].lower()}{told[1:]}"])]))
    who = [html.Ul(items, className="senales")] if items else [html.P(t("Ninguna región.", lang))]
    return [
        html.H2(t("Fuera de los límites", lang), className="lado__titulo"), *who,
        html.H2(t("Cómo se lee", lang), className="lado__titulo"),
        html.P(t("Con pocos casos el azar mueve mucho el valor: por eso los límites se abren a la izquierda.", lang)),
        html.P(t("Los límites ya descuentan cuánto difieren todas las regiones entre sí, no solo el azar.", lang)),
        html.P(t("Solo fuera de 99.8 %, y si una prueba exacta coincide, se afirma que una región se distingue.", lang)),
    ]  # fmt: skip


def why_no_funnel(sheet: Sheet, lang: str = "es") -> str:
    if str(sheet.ficha["interval"]) not in KINDS:
        return t("El embudo compara proporciones y tasas, con los casos en que se apoyan. Este indicador no es una de ellas: vea las barras.", lang)
    return t("Hacen falta al menos {n} regiones con un valor completo en el periodo.", lang).format(n=FUNNEL_REGIONS)


def multiples_view(snap: Snapshot, sheet: Sheet, params: Params) -> list[Any]:
    """The 26 series, in six columns on wide screens and three on phones."""
    lang = params.lang
    frame = snap.values(sheet.id, kind=params.tipo, category=params.categoria)
    frame = frame[frame["periodo"] <= params.periodo]
    now = frame[frame["periodo"] == params.periodo]
    flagged = comparison.signals(now, sheet)
    told = t("{nombre}: {unidad}. Una sola escala; gris: {pais}. Pilotos primero.", lang).format(
        nombre=parts.named(sheet, now, lang), unidad=sheet.unit(lang), pais=formats.place("00", lang)
    )
    if sheet.ficha["form"] == "count":
        told = t("{nombre}: {unidad}. Una sola escala. Pilotos primero.", lang).format(nombre=parts.named(sheet, now, lang), unidad=sheet.unit(lang))
    told += t(" Rombo: el último periodo es una señal en su propia serie.", lang) if flagged else ""
    blocks = []
    for id, name, columns, shape in (("multiples", "multiples", multiples.COLUMNS, "figura solo-ancho"),
                                     ("multiples-movil", "multiples_movil", multiples.NARROW, "figura solo-movil")):  # fmt: skip
        block = components.figure_block(
            id, name, params, _signals_title(flagged, now, sheet, lang), told, parts.source(snap, sheet, now, lang),
            height=multiples.height(frame, columns), lang=lang, chips=parts.chips(sheet, lang), notes=parts.see_beware(snap, sheet, lang),
        )  # fmt: skip
        block.className = shape
        blocks.append(block)
    return blocks


def _signals_title(flagged: list[Row], now: pd.DataFrame, sheet: Sheet, lang: str) -> str:
    judged = [r for r in records(now) if r["nivel"] == "region" and r["senal"] is not None]
    if not judged or is_cumulative(sheet):
        return headlines.extremes(now, sheet, lang)
    if not flagged:
        return t("Ninguna región se sale de su propia variación habitual", lang)
    who = headlines.names(flagged, lang)
    if len(flagged) == 1:
        return t("Solo {quienes} se sale de su propia variación habitual", lang).format(quienes=who)
    return t("{n} regiones se salen de su propia variación habitual: {quienes}", lang).format(n=len(flagged), quienes=who)


def change_view(snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params) -> list[Any]:
    """Each region before and now."""
    lang = params.lang
    before = cambio.earlier(snap, sheet, frame, params)
    found = cambio.pairs(frame, before)
    if not found:
        told = t("Ninguna región tiene un periodo anterior con el que comparar.", lang)
        return [components.empty_state(t("Sin un antes", lang), told, heading=html.H2)]
    was = formats.period(found[0][1]["periodo_comparado"], lang)
    told = t("{nombre}: {unidad}. Círculo hueco: {antes}; lleno: {ahora}.", lang).format(
        nombre=parts.named(sheet, frame, lang), unidad=sheet.unit(lang), antes=was, ahora=formats.period(params.periodo, lang)
    )
    if any(not formats.is_missing(r["inferior"]) for r in records(frame)):
        told += " " + t("Franjas: intervalos de 95 % (arriba antes, abajo ahora).", lang)
    return [components.figure_block(
        "cambio", "cambio_regiones", params, headlines.figure_title(frame, sheet, lang), told, parts.source(snap, sheet, frame, lang),
        height=cambio.height(found), lang=lang, chips=parts.chips(sheet, lang), notes=parts.notice_lines(frame, lang),
        table=_change_table(found, sheet, lang, params.territorio),
    )]  # fmt: skip


def _change_table(found: list[cambio.Pair], sheet: Sheet, lang: str, selected: str) -> Any:
    unit = sheet.unit(lang)
    columns = [
        components.Column(t("Territorio", lang)), components.Column(f"{t('Antes', lang)} ({unit})", numeric=True),
        components.Column(f"{t('Ahora', lang)} ({unit})", numeric=True), components.Column(t("Cambio", lang), numeric=True),
        components.Column(t("Lectura", lang)),
    ]  # fmt: skip
    rows = [
        [
            components.Cell(formats.place(b["territorio"], lang)),
            components.Cell(formats.figure(a["valor"], unit, sheet.decimals, lang), a["valor"]),
            components.Cell(formats.figure(b["valor"], unit, sheet.decimals, lang), b["valor"]),
            components.Cell(sentences.difference(b, sheet, lang), b["cambio"]),
            components.Cell(parts.change_words(b, sentences.verdict(b, sheet, lang)), b["cambio_estado"]),
        ] for a, b in found]  # fmt: skip
    chosen = [i for i, (_, b) in enumerate(found) if b["territorio"] == selected]
    return components.data_table("tabla-cambio", columns, rows, sheet.text("short_name", lang), selected=chosen, lang=lang, dense=True)


def pilots_view(snap: Snapshot, sheet: Sheet, params: Params) -> list[Any]:
    """The pilots against the spread of the other regions, with what that does not prove."""
    lang = params.lang
    frame = snap.values(sheet.id, kind=params.tipo, category=params.categoria)
    frame = frame[frame["periodo"] <= params.periodo]
    now = frame[frame["periodo"] == params.periodo]
    rest = [s for s in pilotos_resto.spreads(frame) if s.row["periodo"] == params.periodo]
    if not rest:
        told = t("Hacen falta al menos {n} regiones no piloto con dato en el periodo.", lang).format(n=pilotos_resto.LEAST)
        return [components.empty_state(t("Sin resto con el que comparar", lang), told, heading=html.H2)]
    others = len(regions()) - len(pilots())
    told = t("{nombre}: {unidad}. Franja: la mitad central de las otras {n} regiones; guiones: su mediana.", lang).format(
        nombre=parts.named(sheet, now, lang), unidad=sheet.unit(lang), n=others
    )
    figure = components.figure_block(
        "pilotos", "pilotos_resto", params, pilots_title(now, rest[0], sheet, lang), told, parts.source(snap, sheet, now, lang),
        height=pilotos_resto.HEIGHT, lang=lang, chips=parts.chips(sheet, lang),
    )  # fmt: skip
    caveats = [
        t("Las regiones piloto no se eligieron al azar: que estén mejor o peor que el resto no mide el efecto de ningún programa.", lang),
        t("La mediana da el mismo peso a cada región, tenga diez trámites o mil. No es el valor del país.", lang),
        t("Tres regiones contra veintitrés: el resto varía mucho entre sí, y esa franja es lo que hay que mirar antes que la distancia.", lang),
    ]
    aside = [html.H2(t("Qué no se puede decir", lang), className="lado__titulo"), *(html.P(x) for x in caveats)]
    return [html.Div([figure, html.Aside(aside, className="lado")], className="columnas columnas--2-1")]


def pilots_title(now: pd.DataFrame, rest: pilotos_resto.Spread, sheet: Sheet, lang: str = "es") -> str:
    """Which pilots stand outside the middle half of the others in the newest period; a difference only where the interval leaves their median out."""
    rows = [r for r in records(now) if r["territorio"] in {p.codigo for p in pilots()} and sentences.is_published(r)]
    group = next((r for r in records(now) if r["territorio"] == PILOTS and sentences.is_published(r)), None)
    middle = formats.with_unit(rest.median, sheet.unit(lang), sheet.decimals, lang, short=True)
    if group is not None and sheet.ficha["form"] != "count":
        told = t("Pilotos juntos: {valor}; mediana del resto: {mediana}", lang).format(valor=sentences.value(group, sheet, lang), mediana=middle)
        if is_within(group, rest.median):
            return told + t("; el intervalo la contiene: no se afirma diferencia", lang)
        return told
    inside = [r for r in rows if rest.low <= float(r["valor"]) <= rest.high]
    if rows and len(inside) == len(rows):
        return t("Los pilotos están en la mitad central del resto (mediana {mediana})", lang).format(mediana=middle)
    out = [r for r in rows if r not in inside]
    return t("Fuera de la mitad central del resto: {quienes} (mediana {mediana})", lang).format(quienes=headlines.names(out, lang), mediana=middle)


def is_within(row: Row, value: float) -> bool:
    if formats.is_missing(row["inferior"]) or formats.is_missing(row["superior"]):
        return False
    return float(row["inferior"]) <= value <= float(row["superior"])
