"""A divided indicator: its stages one after the other as a waterfall, its chain as a funnel, or its categories as bars with interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboard import formats, temas
from dashboard.figures import cascada, embudo
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import foro_charts, sentences
from dashboard.narrative.foro_data import Categories
from dashboard.published import Snapshot
from dashboard.slides import charts, look, measure, writing
from dashboard.slides.book import Book, Line
from dashboard.slides.charts import Label, Scale
from dashboard.slides.look import Box
from dashboard.slides.page import Page, Paragraph, Run, plain

Row = dict[Any, Any]
_NAMES = 0.4


def draw(page: Page, snap: Snapshot, data: Categories, body: Box, made: datetime, about: Sequence[str]) -> None:
    """What the theme pages draw of the indicator, where they do; else its largest categories."""
    params = Params(data.sheet.id, data.region, lang=page.lang)
    stages, chain = temas.waterfall_of(data.sheet.id), temas.funnel_of(data.sheet.id)
    if stages is not None:
        found = cascada.chain(snap, params, stages)
        if found.largest is not None and _is_of(data, found.place, [s.row for s in found.steps]):
            _waterfall(page, data, found, body, made, about)
            return
    if chain is not None:
        fallen = embudo.descent(snap, params, chain)
        if fallen.entered is not None and fallen.largest is not None and _is_of(data, fallen.place, [s.row for s in fallen.stops]):
            _funnel(page, data, fallen, chain, body, made, about)
            return
    _bars(page, data, body, made, about)


def _is_of(data: Categories, place: str, rows: Sequence[Row]) -> bool:
    """Whether the stages are those that the slide's words speak of."""
    return bool(rows) and place == data.rows[0]["territorio"] and rows[0]["desglose"] == data.rows[0]["desglose"]


def _name(data: Categories, lang: str) -> str:
    return t("Gráfico: {nombre}", lang).format(nombre=data.sheet.text("short_name", lang))


def _size(names: Sequence[str], slot: float, room: float) -> float:
    """The largest size with which each name takes its room in at most two lines."""
    for size in look.SIZES:
        most = max(1, int(slot / size / 1.1))
        if all(len(measure.lines(x, size, room)) <= min(2, most) for x in names):
            return size
    return look.LEAST


def _bars(page: Page, data: Categories, body: Box, made: datetime, about: Sequence[str]) -> None:
    lang, sheet = page.lang, data.sheet
    rows = list(data.rows)[: foro_charts.CATEGORIES]
    more = len(data.rows) - len(rows)
    told = t("y una categoría más, menor", lang) if more == 1 else t("y {n} categorías más, menores", lang).format(n=more)
    body, under = Box(body.x, body.y, body.w, body.h - (28 if more else 0)), Box(body.x, body.bottom - 24, body.w, 24)
    top, low = writing.top_of(rows), writing.low_of(rows)
    names = [sentences.category_name(sheet, r["categoria"], lang) for r in rows]
    slot = min(80.0, body.h / max(len(rows), 1))
    size = _size(names, slot, body.w * _NAMES - 12)
    room = max(measure.width(writing.written(float(r["valor"]), sheet, top, lang), size, bold=True) for r in rows) + 16
    span = body.w * (1 - _NAMES)
    high = low + (top - low) * span / (span - room)
    lines = tuple(Line(n, (float(r["valor"]),), r, r["categoria"]) for n, r in zip(names, rows, strict=True))
    book = Book((sheet.text("short_name", lang),), lines, tuple(about))
    alt = t("Barras de mayor a menor: {valores}.", lang).format(
        valores="; ".join(f"{n} {sentences.value(r, sheet, lang)}" for n, r in zip(names, rows, strict=True))
    )
    chart = charts.bars(page, Box(body.x, body.y, body.w, slot * len(rows)), book, made, _name(data, lang), alt, Scale(low, high), size, _NAMES)
    series = chart.plots[0].series[0]
    charts.colored(series, [look.COPPER if i == 0 else look.CONTEXT for i in range(len(rows))])
    charts.intervals(series, book)
    beyond = [0.0 if formats.is_missing(r["superior"]) else max(0.0, float(r["superior"]) - float(r["valor"])) for r in rows]
    code = writing.code(sheet, top, lang)
    charts.labels(series, [Label(code, right=(1 - _NAMES) * b / (high - low), bold=i == 0) for i, b in enumerate(beyond)], size)
    if more:
        page.text(t("Más categorías", lang), under, [[Run(told, color=look.INK_2)]], look.LEAST)


def _waterfall(page: Page, data: Categories, found: cascada.Chain, body: Box, made: datetime, about: Sequence[str]) -> None:
    """Each stage begins where the one before ends: an empty bar before it, its own colour by who has the case."""
    lang, sheet = page.lang, data.sheet
    steps = list(found.steps)
    names = [sentences.category_name(sheet, s.row["categoria"], lang) for s in steps]
    look_of = _colors(found)
    legend = _hands(found, look_of, data, lang)
    tall = measure.height([plain(p) for p in legend], look.LEAST, body.w, bold=True) + 8 if legend else 0.0
    chart_box = Box(body.x, body.y, body.w, body.h - tall)
    slot = min(54.0, chart_box.h / len(steps))
    size = _size(names, slot, body.w * _NAMES - 12)
    top = max(s.start + float(s.row["valor"]) for s in steps if s.shown)
    room = max(measure.width(sentences.value(s.row, sheet, lang), size, bold=True) for s in steps if s.shown) + 12
    span = body.w * (1 - _NAMES)
    starts = [(s.start, float(s.row["valor"])) if s.shown else (None, None) for s in steps]
    lines = tuple(Line(n, both, s.row, s.row["categoria"], main=1) for n, both, s in zip(names, starts, steps, strict=True))
    drawn = Book((t("Antes de esta etapa", lang), sheet.text("short_name", lang)), lines, tuple(about))
    alt = t("Etapas en orden: {valores}.", lang).format(
        valores="; ".join(f"{n} {sentences.value(s.row, sheet, lang)}" for n, s in zip(names, steps, strict=True))
    )
    scale = Scale(0, top * span / (span - room))
    chart = charts.bars(page, Box(body.x, body.y, body.w, slot * len(steps)), drawn, made, _name(data, lang), alt, scale, size, _NAMES, stacked=True)
    before, own = chart.plots[0].series
    charts.colored(before, [""] * len(steps))
    charts.labels(before, [None] * len(steps), size, "")
    charts.colored(own, [look_of[s.hand.code] for s in steps])
    code, full = writing.code(sheet, top, lang), span / scale.high
    charts.labels(own, [_after(s, code, full, body.w, s is found.largest, sheet, lang, size) for s in steps], size, "ctr")
    if legend:
        page.fitted(t("Quién tiene el expediente", lang), Box(body.x, body.bottom - tall + 8, body.w, tall - 8), legend, (look.LEAST,))


def _after(step: cascada.Step, code: str, per_unit: float, wide: float, strong: bool, sheet: Any, lang: str, size: float) -> Label | None:
    """The value after the stage's bar: stacked bars know no such place, so it is moved from the middle."""
    if not step.shown:
        return None
    half = float(step.row["valor"]) * per_unit / 2
    words = measure.width(sentences.value(step.row, sheet, lang), size, bold=True) / 2
    return Label(code, right=(half + words + 6) / wide, bold=strong)


def _colors(found: cascada.Chain) -> dict[str, str]:
    others = [h.code for h, _ in found.whole if h.whose == "other"]
    other = {code: look.COPPER if i == 0 else look.COPPER_BAND for i, code in enumerate(others)}
    return {s.hand.code: {"own": look.STRONG, "applicant": look.CONTEXT}.get(s.hand.whose, other.get(s.hand.code, look.COPPER)) for s in found.steps}


def _hands(found: cascada.Chain, colors: dict[str, str], data: Categories, lang: str) -> list[Paragraph]:
    """Whose each colour is, with how much of the whole it has."""
    runs: list[Run] = []
    whole = {h.code: r for h, r in found.hands}
    for hand in dict.fromkeys(s.hand for s in found.steps):
        if runs:
            runs.append(Run("   "))
        value = f" {sentences.value(whole[hand.code], data.sheet, lang)}" if hand.code in whole else ""
        runs += [Run("■ ", color=colors[hand.code]), Run(hand.name.of(lang)), Run(value, bold=True)]
    return [runs]


def _funnel(page: Page, data: Categories, found: embudo.Descent, chain: Any, body: Box, made: datetime, about: Sequence[str]) -> None:
    """Who goes on past each stage, and who stops at it."""
    lang, sheet = page.lang, data.sheet
    rows: list[tuple[str, float | None, float | None, Row | None]] = [(chain.start.of(lang), found.entered, None, None)]
    rows += [(sentences.category_name(sheet, s.row["categoria"], lang), s.passed, s.stopped, s.row) for s in found.stops]
    if found.arrived is not None and chain.arrival is not None:
        rows.append((chain.arrival.name.of(lang), float(found.arrived["numerador"]), None, found.arrived))
    names = [n for n, *_ in rows]
    key = [[Run("■ ", color=look.CONTEXT), Run(t("pasan", lang)), Run("   ■ ", color=look.COPPER), Run(t("se detienen aquí", lang))]]
    tall = look.LEAST * measure.LEADING + 8
    slot = min(54.0, (body.h - tall) / len(rows))
    size = _size(names, slot, body.w * _NAMES - 12)
    top = float(found.entered or 1.0)
    lines = tuple(Line(n, (p, s), None, str((r or {}).get("categoria") or "")) for n, p, s, r in rows)
    book = Book((t("Pasan", lang), t("Se detienen aquí", lang)), lines, tuple(about))
    alt = t("Cadena en orden: {valores}.", lang).format(valores="; ".join(f"{n} {_stop_words(p, s, lang)}" for n, p, s, _ in rows))
    chart = charts.bars(page, Box(body.x, body.y, body.w, slot * len(rows)), book, made, _name(data, lang), alt, Scale(0, top * 1.02), size, _NAMES,
                        stacked=True)  # fmt: skip
    passing, stopping = chart.plots[0].series
    last = len(rows) - 1 if found.arrived is not None else -1
    charts.colored(passing, [look.STRONG if i == last else look.CONTEXT for i in range(len(rows))])
    largest = found.largest.row if found.largest is not None else None
    charts.colored(stopping, [look.COPPER if r is not None and r is largest else look.COPPER_BAND for *_, r in rows])
    span = body.w * (1 - _NAMES)

    def fits(value: float | None) -> bool:
        return value is not None and span * value / (top * 1.02) > measure.width(formats.number(value, 0, lang), size, bold=True) + 6

    inside = [Label("#,##0", look.SURFACE if i == last else look.INK) if fits(p) else None for i, (_, p, _, _) in enumerate(rows)]
    charts.labels(passing, inside, size, "inBase")
    charts.labels(stopping, [_inside_or_after(s, r is largest, fits(s), span / (top * 1.02), body.w, size, lang) for _, _, s, r in rows], size, "ctr")
    page.fitted(t("Leyenda", lang), Box(body.x, body.y + slot * len(rows) + 8, body.w, tall), key, (look.LEAST,))


def _inside_or_after(stopped: float | None, largest: bool, fits: bool, per_unit: float, wide: float, size: float, lang: str) -> Label | None:
    """The number on its bar, or after it where the bar is too short."""
    if stopped is None:
        return None
    if fits:
        return Label("#,##0", look.SURFACE if largest else look.INK, bold=True)
    words = measure.width(formats.number(stopped, 0, lang), size, bold=True)
    return Label("#,##0", right=(stopped * per_unit / 2 + words / 2 + 6) / wide, bold=True)


def _stop_words(passed: float | None, stopped: float | None, lang: str) -> str:
    told = [t("{n} pasan", lang).format(n=formats.number(passed, 0, lang))] if passed is not None else []
    told += [t("{n} se detienen aquí", lang).format(n=formats.number(stopped, 0, lang))] if stopped is not None else []
    return ", ".join(told) or t("sin dato", lang)
