"""A territory through time with its interval, the country behind it; gaps stay gaps, and their reasons stand in the workbook and below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx.util import Pt

from dashboard import formats
from dashboard.figures.request import is_comparable_with_country, records
from dashboard.language import t
from dashboard.narrative import foro_charts, sentences
from dashboard.narrative.foro_data import Series
from dashboard.slides import absences, charts, look, measure, writing
from dashboard.slides.book import Book, Line
from dashboard.slides.charts import Label, Scale
from dashboard.slides.look import Box
from dashboard.slides.page import Page, Paragraph, Run, plain, rgb
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: names of periods that fit under a line
_NAMES = 5
_SIZE = 20.0
_WORDS = 200.0


def draw(page: Page, data: Series, body: Box, made: datetime, about: Sequence[str]) -> None:
    lang, sheet = page.lang, data.sheet
    assert data.frame is not None
    by = {p: {r["periodo"]: r for r in records(data.frame[data.frame["territorio"] == p])} for p in dict.fromkeys((data.place, COUNTRY))}
    periods = sorted(data.frame["periodo"].unique())[-foro_charts.PERIODS :]
    gaps = [by[data.place][p] for p in periods if p in by[data.place] and not sentences.is_published(by[data.place][p])]
    told = _gaps(gaps, lang)
    below = measure.height([plain(x) for x in told], look.LEAST, body.w, bold=True) + 6 if told else 0.0
    body, under = Box(body.x, body.y, body.w, body.h - below), Box(body.x, body.bottom - below + 6, body.w, below)
    behind = is_comparable_with_country(sheet)  # a country's count is the regions' sum: on its scale they are all zero
    places = [p for p in by if p == data.place or (behind and any(sentences.is_published(r) for r in by[p].values()))]
    lines = tuple(
        Line(formats.period(p, lang), tuple(_value(by[x].get(p)) for x in places), by[data.place].get(p), p)
        for p in periods
    )  # fmt: skip
    book = Book(tuple(formats.place(p, lang) for p in places), lines, tuple(about))
    shown = [r for x in places for r in by[x].values() if sentences.is_published(r) and r["periodo"] in periods]
    low, high, step = foro_charts.span([float(v) for v in _ends(shown, data.place)], sheet)
    top = writing.top_of(shown)
    alt = t("{lugar} en {n} periodos: {valores}.", lang).format(
        lugar=formats.place(data.place, lang), n=len(periods),
        valores="; ".join(f"{formats.period(p, lang)} {sentences.value(by[data.place][p], sheet, lang)}" for p in periods if p in by[data.place]),
    )  # fmt: skip
    chart = charts.lines(page, body, book, made, t("Gráfico: {nombre}", lang).format(nombre=sheet.text("short_name", lang)), alt,
                         Scale(low, high, step, writing.code(sheet, top, lang)), _SIZE, _WORDS / body.w)  # fmt: skip
    charts.skip(chart, max(1, -(-len(periods) // _NAMES)))
    _dressed(chart, book, [by[p] for p in places], periods, data, (low, high), body, top, lang)
    if told:
        page.fitted(t("Sin dato", lang), under, told, (look.LEAST,))


def _value(row: Row | None) -> float | None:
    return float(row["valor"]) if row is not None and sentences.is_published(row) else None


def _ends(rows: Sequence[Row], place: str) -> list[float]:
    """Values, and limits of the territory whose interval is drawn."""
    return [
        float(r[k])
        for r in rows
        for k in (("valor", "inferior", "superior") if r["territorio"] == place else ("valor",))
        if not formats.is_missing(r[k])
    ]


def _dressed(
    chart: Any, book: Book, rows: list[dict[str, Row]], periods: list[str], data: Series, ends: tuple[float, float], body: Box, top: float, lang: str
) -> None:  # fmt: skip
    """Copper before grey, a label at each line's last point, apart from each other."""
    last = [next((i for i in range(len(periods) - 1, -1, -1) if _value(x.get(periods[i])) is not None), None) for x in rows]
    heights = [(float(x[periods[i]]["valor"]) - ends[0]) / (ends[1] - ends[0]) if i is not None else 0.0 for x, i in zip(rows, last, strict=True)]
    apart = 52.0 / (body.h * 0.8)
    down = [0.0] * len(rows)
    if len(rows) == 2 and abs(heights[0] - heights[1]) < apart:
        push = (apart - abs(heights[0] - heights[1])) / 2 * 0.8
        down = [-push, push] if heights[0] >= heights[1] else [push, -push]
    for i, series in enumerate(chart.plots[0].series):
        color = look.COPPER if i == 0 else look.STRONG
        series.smooth = False
        series.format.line.color.rgb = rgb(color)
        series.format.line.width = Pt(3.5 if i == 0 else 2)
        series.marker.size = 7 if i == 0 else 4
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(color)
        series.marker.format.line.fill.background()
        if i == 0:
            charts.intervals(series, book, color=look.COPPER_BAND, vertical=True, width=3)
        label = Label(writing.code(data.sheet, top, lang), color, 0.004, down[i], series_name=True, bold=i == 0)
        charts.labels(series, [label if j == last[i] else None for j in range(len(periods))], _SIZE, "r")


def _gaps(rows: Sequence[Row], lang: str) -> list[Paragraph]:
    found: list[Paragraph] = []
    for state, same in absences.grouped(rows):
        names = formats.listing([formats.period(r["periodo"], lang) for r in same], lang)
        found.append([Run(f"{absences.reason(state, lang)}: ", bold=True), Run(f"{names}.")])
    return found
