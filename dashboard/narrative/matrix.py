"""What the scorecard matrix (region × indicator) says: its rows, its title and legend, and one region of it as a list for phones."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import Params, newest, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import division, sentences
from dashboard.narrative.parts import mark, ordered_regions
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.states import PUBLISHED, STATES
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, LIMA_REGIONS, PILOTS

Row = dict[Any, Any]


class Board:
    """The rows of a publication's matrix, once read: indicator -> territory -> value."""

    def __init__(self, snapshot: Snapshot, lang: str) -> None:
        self.snapshot, self.lang = snapshot, lang
        self.values: dict[str, dict[str, Row]] = {}
        for row in records(snapshot.matrix()):
            self.values.setdefault(row["indicador"], {})[row["territorio"]] = row

    def parts(self, sheet: Sheet, place: str = "") -> str:
        """What the categories of an indicator say in a place, else in the country or the pilots, as a sentence; empty where they have no value."""
        told = division.summary(self.snapshot, sheet, Params(sheet.id, place, lang=self.lang))
        return f"{told}." if told else ""

    def divided(self, sheet: Sheet, place: str = "") -> pd.DataFrame:
        """The categories of a region, or of all of them, where the indicator has no undivided value and its source tells them apart."""
        if sheet.id in self.values:
            return pd.DataFrame()
        frame = self.snapshot.values(sheet.id, kind=sheet.main_period, period=newest(self.snapshot, sheet))
        return frame[(frame["territorio"] == place if place else frame["nivel"] == "region") & (frame["estado"] != "no_desagregado")]

    def sheets(self, synthetic: bool) -> list[Sheet]:
        return [s for s in self.snapshot.indicators() if s.synthetic == synthetic]

    def regional(self) -> list[Row]:
        """Every regional cell, absences included."""
        codes = set(ordered_regions())
        return [r for rows in self.values.values() for c, r in rows.items() if c in codes]


def finding(board: Board) -> str:
    """The matrix's title: how many values, how many firm changes, which way."""
    lang = board.lang
    shown = [r for r in board.regional() if sentences.is_published(r)]
    judged = [r for r in shown if r["cambio_estado"]]
    moved = [r for r in judged if sentences.is_conclusive(r)]
    if not moved:
        return t("De {n} valores regionales con dato, ninguno muestra un cambio firme", lang).format(n=formats.number(len(shown), 0, lang))
    counts = {s: sum(1 for r in moved if r["cambio_estado"] == s) for s in ("empeora", "mejora", "sube", "baja")}
    told = formats.listing([f"{n} {sentences.direction(s, lang, many=n != 1)}" for s, n in counts.items() if n], lang)
    pattern = (
        t("De {n} valores regionales con dato, {k} cambiaron de forma firme: {partes}", lang)
        if len(moved) != 1
        else t("De {n} valores regionales con dato, {k} cambió de forma firme: {partes}", lang)
    )
    return pattern.format(n=formats.number(len(shown), 0, lang), k=len(moved), partes=told)


def multiplicity(board: Board) -> str:
    """What the control for many comparisons means here, with the number of comparisons. It is made within each indicator."""
    judged = sum(1 for r in board.regional() if sentences.is_published(r) and r["cambio_estado"])
    first = t("Este cuadro hace {n} comparaciones a la vez.", board.lang).format(n=formats.number(judged, 0, board.lang))
    rule = t("Un cambio se marca solo si su intervalo excluye el cero y si, entre todas las comparaciones de su indicador y periodo, resiste el control de Benjamini–Hochberg al 5 %:", board.lang)  # fmt: skip  # noqa: E501
    meaning = t("de cada 100 marcas se espera que a lo sumo 5 se deban al azar.", board.lang)
    register = t("En registros completos, sin intervalo, se marca el cambio que la ficha declara relevante.", board.lang)
    return f"{first} {rule} {meaning} {register}"


def legend(board: Board) -> list[html.Div]:
    """Marks and hatches that occur, the hatches with how many cells they cover."""
    lang, rows = board.lang, board.regional()
    changes = {r["cambio_estado"] for r in rows if sentences.is_published(r)}
    items = [
        html.Span([mark(s), sentences.direction(s, lang)], className="leyenda__item") for s in ("mejora", "empeora", "sube", "baja") if s in changes
    ]
    items.append(html.Span(t("sin marca: sin diferencia concluyente o sin comparación", lang), className="leyenda__item"))
    if any(not is_missing(r["cobertura"]) for r in rows):
        items.append(html.Span([html.Span(className="leyenda__barra"), t("tasa de reporte", lang)], className="leyenda__item"))
        items.append(
            html.Span([html.Span(className="leyenda__barra leyenda__barra--bajo"), t("reporte menor de 80 %", lang)], className="leyenda__item")
        )
    counts = {s: sum(1 for r in rows if r["estado"] == s) for s in STATES if s != PUBLISHED}
    without = [
        html.Span([components.hatch(s), f"{sentences.reason({'estado': s, 'n': None}, lang)} ({n})"], className="leyenda__item")
        for s, n in counts.items()
        if n
    ]
    second = [html.Div([html.Span(t("Sin dato porque:", lang), className="leyenda__rotulo"), *without], className="leyenda")] if without else []
    return [html.Div(items, className="leyenda"), *second]


def without_country(lang: str) -> str:
    return t("esta publicación trae sus valores por región y ninguno del país", lang)


def of_lima(rows: dict[str, Row], sheet: Sheet, code: str, lang: str) -> str:
    """What is known of Lima as a department, for the cells of its two governments."""
    whole = rows.get(LIMA_DEPARTMENT)
    if code not in LIMA_REGIONS or whole is None or not sentences.is_published(whole):
        return ""
    return " " + t("Lima como departamento: {valor}.", lang).format(valor=sentences.value(whole, sheet, lang))


def group_value(board: Board, sheet: Sheet, rows: dict[str, Row]) -> str:
    """The country's or the pilots' value; for an indicator that is only a division, what its categories say."""
    lang = board.lang
    for code in (COUNTRY, PILOTS):
        row = rows.get(code)
        if row is not None and sentences.is_published(row):
            return f"{division.place_name(code, lang)}, {formats.period(row['periodo'], lang)}: {_proved(row, sheet, lang)}."
    return board.parts(sheet)


def _proved(row: Row, sheet: Sheet, lang: str) -> str:
    parts = sentences.parts(row, sheet, lang)
    return f"{sentences.value(row, sheet, lang)}{f' ({parts})' if parts else ''}"


def phone_list(board: Board, region: str) -> html.Ul:
    """The matrix's column of one region, one line for each indicator."""
    lang = board.lang
    items: list[Any] = []
    for sheets, invented in ((board.sheets(False), False), (board.sheets(True), True)):
        for area in dict.fromkeys(s.area for s in sheets):
            head = [area_name(area, lang), " ", *([components.synthetic_chip(lang)] if invented else [])]
            items.append(html.Li(head, className="lista-movil__area"))
            items += [html.Li(_phone_row(board, s, region)) for s in sheets if s.area == area]
    return html.Ul(items, className="lista-movil solo-movil")


def divided_sentence(board: Board, sheet: Sheet, region: str) -> str:
    """What the categories of a region say, for an indicator without an undivided value; else why they say nothing."""
    rows = board.divided(sheet, region)
    if (rows["estado"] == PUBLISHED).any():
        return board.parts(sheet, region)
    why = sentences.absence(records(rows.head(1))[0], sheet, board.lang)
    return f"{why[0].upper()}{why[1:]}."


def _phone_row(board: Board, sheet: Sheet, region: str) -> html.A:
    lang, rows = board.lang, board.values.get(sheet.id, {})
    row = rows.get(region)
    name = html.Span(sheet.text("short_name", lang), className="lista-movil__nombre")
    target = address(f"/indicador/{sheet.id}", region=region)
    if len(board.divided(sheet, region)):
        told = html.Span(divided_sentence(board, sheet, region), className="lista-movil__frase")
        return html.A([name, html.Span(), told], href=target, className="lista-movil__fila")
    if row is None or not sentences.is_published(row):
        state = row["estado"] if row else str(sheet.ficha["absence"])
        why = sentences.absence(row, sheet, lang) if row else sentences.reason({"estado": state, "n": None}, lang)
        known = group_value(board, sheet, rows) or of_lima(rows, sheet, region, lang).strip()
        told = html.Span([f"{why[0].upper()}{why[1:]}. ", known], className="lista-movil__frase")
        hatch = html.Span(components.hatch(state), className="lista-movil__valor")
        return html.A([name, hatch, told], href=target, className="lista-movil__fila lista-movil__fila--ausente")
    change = row["cambio_estado"] or ""
    tone = f" lista-movil__fila--{change}" if change in ("mejora", "empeora") else ""
    colour = change if change in ("mejora", "empeora") else "sin-diferencia"
    words = html.Span(
        [*([mark(change)] if change else []), sentences.change(row, sheet, lang)], className=f"lista-movil__frase cambio cambio--{colour}"
    )
    country = rows.get(COUNTRY)
    beside = f"{formats.place(COUNTRY, lang)} {sentences.value(country, sheet, lang)}" if country and sentences.is_published(country) else ""
    return html.A(
        [name, html.Span(sentences.value(row, sheet, lang), className="lista-movil__valor"), words, html.Span(beside, className="lista-movil__pais")],
        href=target, className=f"lista-movil__fila{tone}",
    )  # fmt: skip
