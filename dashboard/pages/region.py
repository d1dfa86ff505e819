"""`/region/<cod>`: one region across all indicators, three facts to say aloud, and how good its data are."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.language import t
from dashboard.narrative import cards, division, headlines, matrix, parts, quality, sentences
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import COUNTRY, all_territories

dash.register_page(__name__, path_template="/region/<cod>", title="Región", order=3)

Pair = tuple[dict[Any, Any], Sheet]


def layout(cod: str, lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap, code = published.snapshot(publicacion), parts.known_region(cod)
    if not code:
        return [
            components.empty_state(t("No existe la región «{cod}»", lang).format(cod=cod), components.link(t("Elegir una región", lang), "/region"))
        ]
    board = matrix.Board(snap, lang)
    pairs = [(board.values[s.id][code], s) for s in snap.indicators() if code in board.values.get(s.id, {})]
    # how good the data are has its own section below: the sentence and the facts are about management
    managed = [p for p in pairs if p[1].area != cards.ABOUT_DATA] or pairs
    name, known = formats.place(code, lang), all_territories()[code]
    about = f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}"
    return [
        *parts.banner(snap, lang, f"/region/{code}"),
        components.breadcrumbs((t("Resumen", lang), "/"), (t("Regiones", lang), "/region"), name),
        components.sentence(headlines.of_region(managed, name, lang), about),
        components.filters(
            components.select_filter(
                "region", t("Región", lang), code, parts.territory_options(lang, country=False), path="/region/", searchable=True
            )
        ),
        _facts(board, managed, lang),
        _table(snap, board, pairs, code, lang),
        _unknown(pairs, lang),
        quality.of_region(snap, code, lang),
    ]


def _facts(board: matrix.Board, pairs: list[Pair], lang: str) -> Any:
    """Three values worth saying: firm worsening first, then firm improvement, then the rest, of different areas where possible."""
    order = {"empeora": 0, "mejora": 1, "sube": 2, "baja": 2, "sin_diferencia": 3}
    shown = sorted((p for p in pairs if sentences.is_published(p[0])), key=lambda p: order.get(p[0]["cambio_estado"] or "", 4))
    chosen: list[Pair] = []
    for pair in [*shown, *shown]:
        if (
            len(chosen) < 3
            and pair not in chosen
            and (pair[1].area not in {s.area for _, s in chosen} or len({s.area for _, s in shown}) <= len(chosen))
        ):
            chosen.append(pair)
    return (
        components.cards(*(_fact(i + 1, row, sheet, board.values[sheet.id].get(COUNTRY), lang) for i, (row, sheet) in enumerate(chosen)))
        if chosen
        else None
    )


def _fact(place: int, row: dict[Any, Any], sheet: Sheet, country: dict[Any, Any] | None, lang: str) -> Any:
    proof = sentences.evidence(row, sheet, lang)
    label = t("Hecho {n} · {area}", lang).format(n=place, area=area_name(sheet.area, lang))
    text = [
        f"{sheet.text('short_name', lang)}: ",
        html.B(sentences.value(row, sheet, lang)),
        f"{f' ({proof})' if proof else ''}. {sentences.change(row, sheet, lang)}",
    ]
    if country is not None and sentences.is_published(country) and sheet.ficha["form"] != "count":
        text.append(" " + t("En el país, {valor}.", lang).format(valor=sentences.value(country, sheet, lang)))
    inside = [
        html.P(label, className="tarjeta__rotulo"),
        html.P(text, className="tarjeta__texto"),
        *([html.P(components.synthetic_chip(lang))] if sheet.synthetic else []),
    ]
    return components.link(inside, f"/indicador/{sheet.id}", className="tarjeta tarjeta--hecho", region=row["territorio"])


def _table(snap: Snapshot, board: matrix.Board, pairs: list[Pair], code: str, lang: str) -> Any:
    """Every indicator of the region, by area: a table on wide screens, a list on phones."""
    head = [
        t("Indicador", lang),
        t("Periodo", lang),
        formats.place(code, lang),
        formats.place(COUNTRY, lang),
        t("Cambio", lang),
        t("Últimos periodos", lang),
    ]
    numeric = (2, 3)
    body: list[Any] = []
    own, divided = {s.id: r for r, s in pairs}, {s.id for s in snap.indicators() if len(board.divided(s, code))}
    listed = [s for s in snap.indicators() if s.id in own or s.id in divided]
    for area in dict.fromkeys(s.area for s in listed):
        body.append(html.Tr(html.Th(area_name(area, lang), colSpan=len(head), scope="colgroup")))
        body += [_line(snap, board, own[s.id], s, lang) if s.id in own else _divided_line(board, s, code, lang) for s in listed if s.area == area]
    titles = [html.Th(x, scope="col", **({"className": "num"} if i in numeric else {})) for i, x in enumerate(head)]
    table = html.Table([html.Caption(t("Último periodo de cada indicador", lang)), html.Thead(html.Tr(titles)), html.Tbody(body)], className="tabla")
    return components.section(
        t("Todos los indicadores de {nombre}", lang).format(nombre=formats.place(code, lang)),
        html.Div(table, className="tabla-marco solo-ancho"), matrix.phone_list(board, code),
        subtitle=t("Junto al valor del país, solo donde son comparables. Cada ausencia dice su razón.", lang),
    )  # fmt: skip


def _divided_line(board: matrix.Board, sheet: Sheet, code: str, lang: str) -> html.Tr:
    """An indicator that has no undivided value: what its categories say here, and what they are."""
    told = f"{matrix.divided_sentence(board, sheet, code)} {division.by_what(sheet, lang)}"
    return html.Tr([html.Th(_named(sheet, code, lang), scope="row"), html.Td(told, colSpan=5)])


def _named(sheet: Sheet, code: str, lang: str) -> list[Any]:
    return [parts.indicator_link(sheet, lang, region=code), *([" ", components.synthetic_chip(lang)] if sheet.synthetic else [])]


def _line(snap: Snapshot, board: matrix.Board, row: dict[Any, Any], sheet: Sheet, lang: str) -> html.Tr:
    name = _named(sheet, row["territorio"], lang)
    period = formats.period(row["periodo"], lang)
    if not sentences.is_published(row):
        why = html.Span([components.hatch(row["estado"]), formats.NBSP + sentences.absence(row, sheet, lang)])
        return html.Tr([html.Th(name, scope="row"), html.Td(period), html.Td(why, colSpan=4)])
    country = board.values[sheet.id].get(COUNTRY)
    beside = sentences.value(country, sheet, lang) if country and sentences.is_published(country) and sheet.ficha["form"] != "count" else formats.DASH
    proof = sentences.evidence(row, sheet, lang)
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(period),
            html.Td([html.B(sentences.value(row, sheet, lang)), *([html.Small(proof)] if proof else [])], className="num"),
            html.Td(beside, className="num"),
            html.Td(parts.change_words(row, sentences.short_change(row, sheet, lang))),
            html.Td(cards.line(snap, sheet, row["territorio"], lang, selected=True) or formats.DASH),
        ]
    )


def _unknown(pairs: list[Pair], lang: str) -> Any:
    missing = [(r, s) for r, s in pairs if not sentences.is_published(r)]
    if not missing:
        return None
    items = []
    for why in dict.fromkeys(sentences.absence(r, s, lang) for r, s in missing):
        same = [(r, s) for r, s in missing if sentences.absence(r, s, lang) == why]
        names = formats.listing([s.text("short_name", lang) for _, s in same], lang)
        items.append(html.Li([components.hatch(same[0][0]["estado"], large=True), html.P([html.B(f"{names}: "), f"{why}."])]))
    return components.section(t("Lo que no sabemos", lang), html.Ul(items, className="sin-dato"))
