"""The categories an indicator is divided into, in one territory and period."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.figures import distribution
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import headlines, parts, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY, PILOTS, pilots

Row = dict[Any, Any]


def largest(snap: Snapshot, params: Params) -> Row | None:
    """The largest category of the place drawn, None where there is none."""
    return next(iter(_shown(distribution.categories(snap, params))), None)


def _shown(frame: pd.DataFrame) -> list[Row]:
    """The categories with a value, largest first."""
    return records(frame[frame["estado"] == PUBLISHED].dropna(subset="valor").sort_values("valor", ascending=False, kind="stable"))


def summary(snap: Snapshot, sheet: Sheet, params: Params) -> str:
    """«Perú, jul.–set. 2026: de 1.0 días en «Recepción» a 15.0 días en «Opinión del MINEM»»; of a whole, its largest part. Empty without values."""
    frame = distribution.categories(snap, params)
    rows, lang = _shown(frame), params.lang
    if not rows:
        return ""
    told = _span(rows, sheet, distribution.is_whole(sheet, frame), lang)
    place, when = place_name(rows[0]["territorio"], lang), formats.period(rows[0]["periodo"], lang)
    return f"{place}, {when}: {told}"


def place_name(code: str, lang: str) -> str:
    """A territory's name; the names of its regions for the group of pilots."""
    names = [formats.place(c.codigo, lang) for c in sorted(pilots(), key=lambda p: p.codigo)]
    return formats.listing(names, lang) if code == PILOTS else formats.place(code, lang)


def _span(rows: list[Row], sheet: Sheet, whole: bool, lang: str) -> str:
    """The largest part of a whole; else the lowest and the highest of the categories."""
    if whole:
        proof = sentences.parts(rows[0], sheet, lang)
        return t("la parte mayor es «{categoria}», {valor}", lang).format(
            categoria=sentences.category_name(sheet, rows[0]["categoria"], lang), valor=sentences.value(rows[0], sheet, lang)
        ) + (f" ({proof})" if proof else "")
    return _range(rows, sheet, lang)


def opening(snap: Snapshot, sheet: Sheet, params: Params) -> Any:
    """The sentence of a page that compares regions, for an indicator that has no value of a region to compare."""
    lang, told = params.lang, summary(snap, sheet, params)
    how = by_what(sheet, lang)
    head = t("«{nombre}» no tiene un valor único: {como}", lang).format(nombre=headlines.title(sheet, lang), como=f"{how[0].lower()}{how[1:]}")
    return components.sentence(head, f"{told}." if told else None)


def see_parts(sheet: Sheet, lang: str) -> Any:
    """The way from such a page to the categories."""
    told = t("Este indicador solo se publica por categorías.", lang)
    return html.P([told, " ", components.link(t("Ver sus categorías", lang), f"/indicador/{sheet.id}")], className="aviso aviso--info")


def by_what(sheet: Sheet, lang: str) -> str:
    """What an indicator without an undivided value is published by: «Se publica por etapa y por entidad que opina.»"""
    names = formats.listing([f"{t('por', lang)} {x[0].lower()}{x[1:]}" for x in (title(b, lang) for b in sheet.breakdowns)], lang)
    return t("Se publica {desgloses}.", lang).format(desgloses=names)


def title(breakdown: dict[str, Any], lang: str) -> str:
    return (breakdown.get("title") or {}).get(lang) or str(breakdown["name"]).replace("_", " ")


def block(snap: Snapshot, sheet: Sheet, params: Params, *, beware: bool) -> list[Any]:
    """The division of the whole, for indicators that have one. `beware`: the caveats stand nowhere else yet."""
    if not sheet.breakdowns:
        return []
    lang = params.lang
    frame = distribution.categories(snap, params)
    top = _shown(frame)
    if not top:
        return []
    place = top[0]["territorio"]
    whole = distribution.is_whole(sheet, frame)
    finding = _parts_title(top, sheet, whole, lang)
    total = top[0]["denominador"] if whole else None
    told = (
        t("{lugar}, {periodo}: {nombre}. A la derecha, el valor y los casos.", lang)
        if sheet.ficha["form"] != "count"
        else t("{lugar}, {periodo}: {nombre}.", lang)
    )
    subtitle = told.format(lugar=formats.place(place, lang), periodo=formats.period(params.periodo, lang), nombre=sheet.text("name", lang))
    notes: list[Any] = [] if beware else parts.see_beware(snap, sheet, lang)
    if (params.territorio or COUNTRY) != place:
        notes = [_elsewhere(snap, sheet, params, place), *notes]
    figure = components.figure_block(
        "distribucion",
        "distribucion",
        params,
        finding,
        subtitle,
        components.source_line(snap, parts.spoken(sheet), total, lang),
        height=distribution.height(frame),
        lang=lang,
        chips=parts.chips(sheet, lang),
        notes=notes,
        how="#ficha",
        csv=components.values_url(_drawn(top[0], sheet, params)),
        table=_category_table(top, sheet, lang),
    )
    warnings = parts.warnings(snap, sheet, lang) if beware else []
    return [html.Div([figure, parts.beware(warnings, lang)], className="columnas columnas--2-1")] if warnings else [figure]


def _drawn(row: Row, sheet: Sheet, params: Params) -> dict[str, str]:
    """The filters that give the categories drawn, and no others."""
    return {"indicador": sheet.id, "tipo": params.tipo, "periodo": params.periodo, "territorio": row["territorio"], "desglose": row["desglose"]}


def others(snap: Snapshot, sheet: Sheet, params: Params) -> list[Any]:
    """The breakdowns that the first figure does not show, each as bars that need no chart, two beside each other."""
    lang, shown = params.lang, set(distribution.categories(snap, params)["desglose"])
    frame = snap.values(sheet.id, kind=params.tipo or sheet.main_period, period=params.periodo, territory=params.territorio or COUNTRY)
    blocks = []
    for breakdown in sheet.breakdowns:
        name = str(breakdown["name"])
        rows = [] if name in shown else _shown(frame[frame["desglose"] == name])
        if len(rows) < 2:
            continue
        shown.add(name)
        told = t("{desglose}. {lugar}, {periodo}: {unidad}.", lang).format(
            desglose=title(breakdown, lang), lugar=place_name(rows[0]["territorio"], lang), periodo=formats.period(params.periodo, lang),
            unidad=sheet.unit(lang),
        )  # fmt: skip
        whole = breakdown.get("of") == "whole"
        blocks.append(components.figure_block(
            f"desglose-{name}", "distribucion", params, _parts_title(rows, sheet, whole, lang), told,
            components.source_line(snap, parts.spoken(sheet), rows[0]["denominador"] if whole else None, lang),
            body=_bars(rows, sheet, params, lang), lang=lang, chips=parts.chips(sheet, lang), how="#ficha",
            csv=components.values_url(_drawn(rows[0], sheet, params)),
        ))  # fmt: skip
    if not blocks:
        return []
    return [components.section(t("Por otras divisiones", lang), html.Div(blocks, className="columnas desgloses"))]


#: categories shown at once; the rest are folded
_BARS = 8


def _bars(rows: list[Row], sheet: Sheet, params: Params, lang: str) -> html.Div:
    top = max([float(r[k]) for r in rows for k in ("valor", "superior") if not formats.is_missing(r[k])], default=0.0) or 1.0
    items = [_bar(r, sheet, params, top, lang) for r in rows]
    if len(items) <= _BARS + 2:
        return html.Div(html.Ol(items, className="barras barras--categorias"))
    more = html.Summary(t("Ver las otras {n}", lang).format(n=len(items) - _BARS))
    rest = html.Details([more, html.Ol(items[_BARS:], className="barras barras--categorias")], className="figura__tabla")
    return html.Div([html.Ol(items[:_BARS], className="barras barras--categorias"), rest])


def _bar(row: Row, sheet: Sheet, params: Params, top: float, lang: str) -> html.Li:
    """One category: its name leads to the page of that category alone."""
    style = {"--v": f"{100 * max(0.0, float(row['valor'])) / top:.1f}%"}
    if not formats.is_missing(row["inferior"]) and not formats.is_missing(row["superior"]):
        style |= {"--lo": f"{100 * max(0.0, float(row['inferior'])) / top:.1f}%", "--hi": f"{100 * float(row['superior']) / top:.1f}%"}
    name = sentences.category_name(sheet, row["categoria"], lang)
    state = {"region": params.territorio, "tipo": params.tipo if params.tipo != sheet.main_period else "", "periodo": params.periodo}
    chosen = " barras__fila--elegida" if row["categoria"] == params.categoria else ""
    return html.Li(
        [html.Span(components.link(name, f"/indicador/{sheet.id}", **state, categoria=row["categoria"]), className="barras__nombre"),
         html.Span(html.I(), className="barras__pista"),
         html.Span(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), className="barras__valor"),
         html.Span(sentences.parts(row, sheet, lang), className="barras__casos")],
        className=f"barras__fila{chosen}", style=style, title=sentences.cell(row, sheet, lang),
    )  # fmt: skip


def _elsewhere(snap: Snapshot, sheet: Sheet, params: Params, place: str) -> str:
    """Why the figure is of another territory than the page."""
    lang, wanted = params.lang, params.territorio or COUNTRY
    every = snap.values(sheet.id, kind=params.tipo or sheet.main_period, period=params.periodo, territory=wanted)
    states = set(every["estado"]) - {PUBLISHED, "no_desagregado"}
    if not states:
        told = t("La fuente no separa los casos de {lugar}: se muestra el total de {grupo}.", lang)
        return told.format(lugar=formats.place(wanted, lang), grupo=formats.place(place, lang))
    why = sentences.reason({"estado": min(states), "n": None}, lang)
    return t("{lugar} no tiene un valor por categorías ({razon}): se muestra {grupo}.", lang).format(
        lugar=formats.place(wanted, lang), razon=why, grupo=formats.place(place, lang)
    )


def _parts_title(rows: list[Row], sheet: Sheet, whole: bool, lang: str) -> str:
    """The finding of a division: the two largest parts of a whole together, else the highest and the lowest category."""
    first = rows[0]
    name = sentences.category_name(sheet, first["categoria"], lang)
    if len(rows) < 2:
        return f"{name}: {sentences.value(first, sheet, lang)}"
    if whole:
        total = formats.with_unit(float(first["valor"]) + float(rows[1]["valor"]), sheet.unit(lang), sheet.decimals, lang)
        second = sentences.category_name(sheet, rows[1]["categoria"], lang)
        return t("{primera} y {segunda} suman {suma}", lang).format(primera=name, segunda=second, suma=total)
    told = _range(rows, sheet, lang)
    return f"{told[0].upper()}{told[1:]}"


def _range(rows: list[Row], sheet: Sheet, lang: str) -> str:
    """«de 1.0 días hábiles en «Recepción» a 15.0 días hábiles en «Opinión externa»»."""
    first, last = rows[0], rows[-1]
    name, low, high = sentences.category_name(sheet, first["categoria"], lang), *(sentences.value(r, sheet, lang) for r in (last, first))
    if len(rows) < 2:
        return f"{sentences.quoted(name, lang)}, {high}"
    if low == high:
        return t("{n} categorías con el mismo valor: {valor}", lang).format(n=len(rows), valor=low)
    return t("de {menor} en «{ultima}» a {mayor} en «{primera}»", lang).format(
        menor=low, ultima=sentences.category_name(sheet, last["categoria"], lang), mayor=high, primera=name
    )


def _category_table(rows: list[Row], sheet: Sheet, lang: str) -> Any:
    own = next((b for b in sheet.breakdowns if b["name"] == rows[0]["desglose"]), sheet.breakdowns[0])
    columns = [
        components.Column(title(own, lang)),
        components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        components.Column(t("Intervalo de 95 %", lang), numeric=True),
        components.Column(t("Casos", lang), numeric=True),
    ]
    cells = [
        [
            components.Cell(sentences.category_name(sheet, r["categoria"], lang)),
            components.Cell(formats.figure(r["valor"], sheet.unit(lang), sheet.decimals, lang), r["valor"]),
            components.Cell(formats.interval(r["inferior"], r["superior"], sheet.decimals, lang) or formats.DASH, r["inferior"]),
            components.Cell(sentences.parts(r, sheet, lang) or formats.DASH, r["numerador"]),
        ]
        for r in rows
    ]
    return components.data_table("tabla-distribucion", columns, cells, sheet.text("short_name", lang), lang=lang, dense=True)
