"""The categories an indicator is divided into, in one territory and period."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.figures import distribution
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet, Snapshot

Row = dict[Any, Any]


def largest(snap: Snapshot, params: Params) -> Row | None:
    """The largest category of the place drawn, None where there is none."""
    rows = [r for r in records(distribution.categories(snap, params)) if sentences.is_published(r)]
    return max(rows, key=lambda r: float(r["valor"]), default=None)


def block(snap: Snapshot, sheet: Sheet, params: Params, *, beware: bool) -> list[Any]:
    """The division of the whole, for indicators that have one. `beware`: the caveats stand nowhere else yet."""
    if not sheet.breakdowns:
        return []
    lang = params.lang
    frame = distribution.categories(snap, params)
    rows = [r for r in records(frame) if sentences.is_published(r)]
    if not rows:
        return []
    place = rows[0]["territorio"]
    top = sorted(rows, key=lambda r: -float(r["valor"]))
    whole = distribution.is_whole(sheet, frame)
    title = _parts_title(top, sheet, whole, lang)
    total = rows[0]["denominador"] if whole else None
    told = (
        t("{lugar}, {periodo}: {nombre}. A la derecha, el valor y los casos.", lang)
        if sheet.ficha["form"] != "count"
        else t("{lugar}, {periodo}: {nombre}.", lang)
    )
    subtitle = told.format(lugar=formats.place(place, lang), periodo=formats.period(params.periodo, lang), nombre=sheet.text("name", lang))
    notes: list[Any] = [] if beware else parts.see_beware(snap, sheet, lang)
    if params.territorio and params.territorio != place:
        notes = [
            t("La fuente no separa los casos de {lugar}: se muestra el total de {grupo}.", lang).format(
                lugar=formats.place(params.territorio, lang), grupo=formats.place(place, lang)
            ),
            *notes,
        ]
    figure = components.figure_block(
        "distribucion",
        "distribucion",
        params,
        title,
        subtitle,
        components.source_line(snap, parts.spoken(sheet), total, lang),
        height=distribution.height(frame),
        lang=lang,
        chips=parts.chips(sheet, lang),
        notes=notes,
        how="#ficha",
        table=_category_table(top, sheet, lang),
    )
    warnings = parts.warnings(snap, sheet, lang) if beware else []
    return [html.Div([figure, parts.beware(warnings, lang)], className="columnas columnas--2-1")] if warnings else [figure]


def _parts_title(rows: list[Row], sheet: Sheet, whole: bool, lang: str) -> str:
    """The finding of a division: the two largest parts of a whole together, else the highest and the lowest category."""
    first, last = rows[0], rows[-1]
    name = distribution.category_name(sheet, first["categoria"], lang)
    if len(rows) < 2:
        return f"{name}: {sentences.value(first, sheet, lang)}"
    if whole:
        total = formats.with_unit(float(first["valor"]) + float(rows[1]["valor"]), sheet.unit(lang), sheet.decimals, lang)
        second = distribution.category_name(sheet, rows[1]["categoria"], lang)
        return t("{primera} y {segunda} suman {suma}", lang).format(primera=name, segunda=second, suma=total)
    return t("De {menor} en «{ultima}» a {mayor} en «{primera}»", lang).format(
        menor=sentences.value(last, sheet, lang),
        ultima=distribution.category_name(sheet, last["categoria"], lang),
        mayor=sentences.value(first, sheet, lang),
        primera=name,
    )


def _category_table(rows: list[Row], sheet: Sheet, lang: str) -> Any:
    columns = [
        components.Column((sheet.breakdowns[0].get("title") or {}).get(lang) or t("Categoría", lang)),
        components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        components.Column(t("Intervalo de 95 %", lang), numeric=True),
        components.Column(t("Casos", lang), numeric=True),
    ]
    cells = [
        [
            components.Cell(distribution.category_name(sheet, r["categoria"], lang)),
            components.Cell(formats.number(r["valor"], sheet.decimals, lang), r["valor"]),
            components.Cell(formats.interval(r["inferior"], r["superior"], sheet.decimals, lang) or formats.DASH, r["inferior"]),
            components.Cell(sentences.parts(r, sheet, lang) or formats.DASH, r["numerador"]),
        ]
        for r in rows
    ]
    return components.data_table("tabla-distribucion", columns, cells, sheet.text("short_name", lang), lang=lang, dense=True)
