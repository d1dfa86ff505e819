"""Bars of the regions with the country's among them, in one or two charts of one scale; beside them who has no value and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard import formats
from dashboard.figures import bars as bar_figure
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.foro_data import Regions
from dashboard.slides import absences, charts, look, measure, writing
from dashboard.slides.book import Book, Line
from dashboard.slides.charts import Label, Scale
from dashboard.slides.look import Box
from dashboard.slides.page import Page
from warehouse.territories import COUNTRY, all_territories

Row = dict[Any, Any]
#: heights of a bar with its gap that are tried, tallest first; the last ones only where the slide has long notices too
_SLOTS = tuple(range(36, 14, -1))
#: under this height of a bar what is missing may be told smaller too
_TIGHT = 19
#: so many bars stand in one chart, with what is missing beside it
_ALONE = 10
#: between the end of an interval and its value, as a part of the chart's width
_APART = 0.008


@dataclass(frozen=True)
class Plan:
    """How many bars in the first and the second chart, how tall each, and the size of what is missing in words."""

    first: int
    second: int
    slot: float
    words: float


def bars_of(data: Regions) -> tuple[list[Row], list[Row]]:
    """Rows with a bar, highest first, the country among them where it is on their scale; rows without a value."""
    present, absent = bar_figure.split(data.across)
    country = bar_figure.country_of(data.across, data.sheet)
    if country is not None:
        present = sorted([*present, country], key=lambda r: -float(r["valor"]))
    return present, absent


def plan(count: int, told: Sequence[str], body: Box) -> Plan:
    """The tallest bars with which everything fits in two columns."""
    column = body.halves()[0].w
    for slot in _SLOTS:
        rows = int(body.h / slot)
        for words in (*look.SIZES, *((16.0, 14.0, 13.0) if slot < _TIGHT else ())) if told else (look.HALL,):
            below = measure.height(told, words, column, bold=True, gap=4) + 10 if told else 0.0
            right = max(0, int((body.h - below) / slot)) if below <= body.h else -1
            if right < 0:
                continue
            if count <= min(rows, _ALONE):
                return Plan(count, 0, slot, words)
            if count <= rows + right:
                first = min(rows, max(math.ceil((count + below / slot) / 2), count - right))
                return Plan(first, count - first, slot, words)
    rows = int(body.h / _SLOTS[-1])
    return Plan(min(rows, count), max(0, count - rows), body.h / max(rows, 1), 13.0)


def draw(page: Page, data: Regions, body: Box, made: datetime, about: Sequence[str]) -> None:
    """The charts in their columns, what is missing under the second."""
    lang = page.lang
    present, absent = bars_of(data)
    told = absences.paragraphs(absent, lang)
    found = plan(len(present), ["".join(r.text for r in p) for p in told], body)
    left, right = body.halves() if found.second or told else (body, body)
    _chart(page, data, present[: found.first], present, Box(left.x, left.y, left.w, found.first * found.slot), found.slot, made, about)
    y = right.y
    if found.second:
        _chart(page, data, present[found.first :], present, Box(right.x, right.y, right.w, found.second * found.slot), found.slot, made, about)
        y += found.second * found.slot + 10
    if told:
        page.fitted(t("Sin dato", lang), right.below(y), told, [s for s in (*look.SIZES, 16.0, 14.0, 13.0) if s <= found.words], gap=4)


def _chart(page: Page, data: Regions, rows: list[Row], every: list[Row], box: Box, slot: float, made: datetime, about: Sequence[str]) -> None:
    lang, sheet = page.lang, data.sheet
    size = max(13.0, min(look.HALL, math.floor(slot * 0.86)))
    top, low = writing.top_of(every), writing.low_of(every)
    names = max(measure.width(formats.place(r["territorio"], lang), size) for r in every) + 12
    room = max(measure.width(writing.written(float(r["valor"]), sheet, top, lang, writing.mark(r)[0]), size) for r in every) + 14
    left = min(0.55, names / box.w)
    span = box.w * (1 - left)
    high = low + (top - low) * span / max(span - room, span * 0.3)
    lines = tuple(Line(formats.place(r["territorio"], lang), (float(r["valor"]),), r, r["territorio"]) for r in rows)
    book = Book((sheet.text("short_name", lang),), lines, tuple(about))
    told = t("Barras de mayor a menor: {valores}.", lang).format(
        valores="; ".join(f"{x.name} {sentences.value(r, sheet, lang)}" for x, r in zip(lines, rows, strict=True))
    )
    chart = charts.bars(page, box, book, made, t("Gráfico: {nombre}", lang).format(nombre=sheet.text("short_name", lang)), told,
                        Scale(low, high), size, left)  # fmt: skip
    series = chart.plots[0].series[0]
    charts.colored(series, [_color(r, data.selected) for r in rows], lambda i: look.INK if rows[i]["territorio"] == COUNTRY else "")
    charts.intervals(series, book, color=look.INK)
    charts.labels(series, [_label(r, data, top, high - low, 1 - left, lang) for r in rows], size)


def _color(row: Row, selected: str) -> str:
    if row["territorio"] == COUNTRY:
        return look.SURFACE
    if row["territorio"] == selected:
        return look.COPPER
    if row["nivel"] != "region":
        return look.CONTEXT_SOFT
    return look.STRONG if all_territories()[row["territorio"]].piloto else look.CONTEXT


def _label(row: Row, data: Regions, top: float, span: float, part: float, lang: str) -> Label:
    """The value after the end of its interval, with the mark of a firm change."""
    mark, color = writing.mark(row)
    beyond = 0.0 if formats.is_missing(row["superior"]) else max(0.0, float(row["superior"]) - float(row["valor"]))
    strong = row["territorio"] in (data.selected, COUNTRY)
    return Label(writing.code(data.sheet, top, lang, mark), color, part * beyond / span + _APART, bold=strong)


def key(data: Regions, lang: str) -> str:
    """How to read the bars, in one line."""
    rows = bars_of(data)[0]
    told = [t("línea fina: intervalo de 95 %", lang)] if any(not formats.is_missing(r["inferior"]) for r in rows) else []
    earlier = next((r["periodo_comparado"] for r in rows if sentences.is_conclusive(r)), None)
    if earlier:
        pattern = t("▲ mejora y ▼ empeora de forma concluyente frente a {periodo}", lang)
        if sentences.is_register(data.sheet):
            pattern = t("▲ mejora y ▼ empeora, cambio relevante frente a {periodo}", lang)
        if data.sheet.direction == "context":
            pattern = t("↑ sube y ↓ baja, con un cambio que se puede afirmar, frente a {periodo}", lang)
        told.append(pattern.format(periodo=formats.period(earlier, lang)))
    if any(r["territorio"] == COUNTRY for r in rows):
        told.append(t("barra blanca: Perú", lang))
    if data.selected:
        told.append(t("cobre: {lugar}", lang).format(lugar=formats.place(data.selected, lang)))
    told.append(t("gris oscuro: pilotos", lang))
    text = " · ".join(told)
    return f"{text[:1].upper()}{text[1:]}."
