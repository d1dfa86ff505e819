"""`embudo_estadistico`: the regions by value and size about their common value, with limits of 95 and 99.8 % that allow for overdispersion."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas, labels
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import BETTER, CONTEXT, COPPER, INK, INK_2, PAPER, STRONG, WORSE, line, text
from dashboard.figures.funnel_limits import DIFFERENT, Funnel, funnel
from dashboard.figures.request import Params, across
from dashboard.figures.scales import axis_ticks, scale, ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import all_territories

HEIGHT = 460
#: what the names are placed for: rather narrow, as what fits there fits on a wide screen too
_WIDTH, _TALL = 320.0, 370.0
#: letters of a line of the axis' name that a phone has room for; it has two lines
_LONGEST = 40
#: sizes this many times apart are drawn on a logarithmic axis, or the small regions would be one heap
_FAR = 25

#: what the publication tells apart carries its mark: ▲ better, ▼ worse; higher or lower without being either stays a dark point
_SYMBOLS = {"mejor": "triangle-up", "peor": "triangle-down"}
_COLORS = {"mejor": BETTER, "peor": WORSE, "superior": INK, "inferior": INK}

#: names cross the limits: a breath of paper behind them
_HALO = "var:papel/0.75"

Row = dict[Any, Any]


def funnel_plot(snapshot: Snapshot, params: Params) -> go.Figure:
    """The funnel of one period; the region of `params.territorio` is in copper."""
    sheet = snapshot.sheet(params.indicador)
    return draw_funnel(across(snapshot, sheet, params), sheet, params.territorio, params.lang)


def draw_funnel(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself, from the values of one period."""
    found = funnel(frame, sheet)
    if found is None:
        return canvas.empty(t("Este indicador no tiene embudo en este periodo.", lang))
    sizes = np.array([float(r["denominador"]) for r in found.rows])
    wide = sizes.max() / sizes.min() > _FAR
    grid = np.geomspace(sizes.min() * 0.8, sizes.max() * 1.1, 90) if wide else np.linspace(max(sizes.min() * 0.6, 1e-9), sizes.max() * 1.06, 90)
    curves = {c: found.curve(grid, c) for c in (0.95, 0.998)}
    values = [float(r["valor"]) for r in found.rows]
    low, high = _reach(values, found, curves[0.998], sheet)
    x_range = [math.log10(grid[0]), math.log10(grid[-1])] if wide else [0 if not wide and sizes.min() < sizes.max() / 3 else grid[0], grid[-1]]
    spots = _spots(found, selected, x_range, wide, low, high, lang)
    titles = _titles(sheet, lang)
    return canvas.sheet(
        [*_curves(grid, curves), _points(found, sheet, selected, lang)],
        xaxis=canvas.axis(range=x_range, type="log" if wide else "linear", **_size_ticks(grid, wide, lang)),
        yaxis=canvas.axis(range=[low, high], showgrid=True, **axis_ticks(low, high, sheet, lang)),
        shapes=[line(xref="paper", x0=0, x1=1, yref="y", y0=found.centre, y1=found.centre, color=INK, width=1.4),
                canvas.arrow(1, x=1, y=0, shift=-6, rise=-36)],
        annotations=[*_line_names(found, sheet, curves, low, high, lang), *_names(found, spots, selected, wide), *titles],
        margin={"l": 50, "r": 74, "t": 30, "b": 52 + 16 * titles[-1]["text"].count("<br>")},
    )  # fmt: skip


def _reach(values: list[float], found: Funnel, outer: tuple[np.ndarray, np.ndarray], sheet: Sheet) -> tuple[float, float]:
    """High enough for every point, and for the limits as far as they do not flatten the rest."""
    least, most = min([*values, found.centre]), max([*values, found.centre])
    span = (most - least) or max(most, 1.0)
    low, high = max(float(np.nanmin(outer[0])), least - span * 0.6), min(float(np.nanmax(outer[1])), most + span * 0.6)
    low, high = min(low, least) - span * 0.06, max(high, most) + span * 0.06
    if sheet.ficha["interval"] == "wilson":
        return max(low, -2.0), min(high, 102.0)
    return max(low, -span * 0.04), high


def _curves(grid: np.ndarray, curves: dict[float, tuple[np.ndarray, np.ndarray]]) -> list[dict[str, Any]]:
    dash = {0.95: "5px,4px", 0.998: "1.5px,3px"}
    return [
        {"type": "scatter", "mode": "lines", "name": f"limite {c * 100:g}", "x": grid.tolist(), "y": side.tolist(), "hoverinfo": "skip",
         "line": {"color": INK_2, "width": 1.3, "dash": dash[c]}} for c, pair in curves.items() for side in pair]  # fmt: skip


def _is_told(row: Row, beyond: int, selected: str) -> bool:
    return bool(beyond) or row["territorio"] == selected or row["frente_al_pais"] in DIFFERENT


def _points(found: Funnel, sheet: Sheet, selected: str, lang: str) -> dict[str, Any]:
    colors, sizes, symbols = [], [], []
    for row, beyond in zip(found.rows, found.beyond, strict=True):
        pilot = all_territories()[row["territorio"]].piloto
        chosen = row["territorio"] == selected
        way = row["frente_al_pais"]
        colors.append(COPPER if chosen else _COLORS.get(way, INK if beyond else STRONG if pilot else CONTEXT))
        symbols.append(_SYMBOLS.get(way, "circle"))
        sizes.append(13 if way in _SYMBOLS else 12 if chosen else 10 if beyond or pilot else 8)
    return {
        "type": "scatter", "mode": "markers", "name": "regiones", "x": [r["denominador"] for r in found.rows], "y": [r["valor"] for r in found.rows],
        "customdata": [r["territorio"] for r in found.rows], "cliponaxis": False,
        "marker": {"opacity": 1, "size": sizes, "color": colors, "symbol": symbols, "line": {"width": 1, "color": PAPER}},
        "hovertext": [wrapped(f"{sentences.cell(r, sheet, lang)} {place_words(r, sheet, b, lang)}")
                      for r, b in zip(found.rows, found.beyond, strict=True)], "hoverinfo": "text",
    }  # fmt: skip


def place_words(row: Row, sheet: Sheet, beyond: int, lang: str = "es") -> str:
    """How a region stands among all, in a sentence."""
    if row["frente_al_pais"] in DIFFERENT:
        return t("Fuera de los límites de 99.8 %: se distingue del conjunto.", lang)
    if beyond:
        return t("Fuera de los límites de 95 %: merece mirarse, no basta para afirmar diferencia.", lang)
    return t("Dentro de los límites: no se distingue del conjunto.", lang)


def _spots(found: Funnel, selected: str, x_range: list[float], wide: bool, low: float, high: float, lang: str) -> list[labels.Spot]:
    def across_(value: float) -> float:
        at = math.log10(value) if wide else value
        return (at - x_range[0]) / (x_range[1] - x_range[0]) * _WIDTH

    pairs = list(zip(found.rows, found.beyond, strict=True))
    return [
        labels.Spot(
            across_(float(r["denominador"])), (float(r["valor"]) - low) / (high - low) * _TALL,
            formats.place(r["territorio"], lang) if _is_told(r, b, selected) or all_territories()[r["territorio"]].piloto else "",
        ) for r, b in pairs]  # fmt: skip


def _names(found: Funnel, spots: list[labels.Spot], selected: str, wide: bool) -> list[dict[str, Any]]:
    notes = []
    for row, beyond, spot, side in zip(found.rows, found.beyond, spots, labels.sides(spots, _WIDTH, _TALL), strict=True):
        if not spot.name:
            continue
        x = math.log10(float(row["denominador"])) if wide else row["denominador"]
        color = COPPER if row["territorio"] == selected else INK if beyond else INK_2
        bold = row["territorio"] == selected or row["frente_al_pais"] in DIFFERENT
        notes.append(text(spot.name, color=color, bold=bold, size=canvas.TICK, xref="x", x=x, yref="y", y=row["valor"], bgcolor=_HALO,
                          **labels.anchors(side)))  # fmt: skip
    return notes


def _line_names(
    found: Funnel, sheet: Sheet, curves: dict[float, tuple[np.ndarray, np.ndarray]], low: float, high: float, lang: str
) -> list[dict[str, Any]]:  # fmt: skip
    """The limits and the centre, named at their right end. A limit that leaves the picture is not named."""
    at: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yref": "y", "yanchor": "middle", "align": "left"}
    centre = formats.with_unit(found.centre, sheet.unit(lang), sheet.decimals, lang, short=True) if formats.is_percentage(sheet.unit(lang)) else (
        formats.number(found.centre, sheet.decimals, lang))  # fmt: skip
    notes = [text(f"{t('Conjunto', lang)}<br><b>{centre}</b>", **at, y=found.centre)]
    gap = (high - low) * 0.06
    for side in (0, 1):
        ends = {c: float(curves[c][side][-1]) for c in curves}
        for c, name in ((0.998, formats.percent(99.8, 1, lang)), (0.95, formats.percent(95, 0, lang))):
            near = c == 0.95 and abs(ends[0.95] - ends[0.998]) < gap
            if low <= ends[c] <= high and not near and abs(ends[c] - found.centre) > gap * 1.4:
                notes.append(text(name, color=INK_2, size=canvas.TICK, **at, y=ends[c]))
    return notes


def _size_ticks(grid: np.ndarray, wide: bool, lang: str) -> dict[str, Any]:
    """Round sizes, at 1, 2 and 5 of each power of ten where the axis is logarithmic."""
    if wide:
        powers = range(math.floor(math.log10(grid[0])), math.ceil(math.log10(grid[-1])) + 1)
        steps = (1,) if len(powers) > 3 else (1, 3)
        places = [m * 10.0**p for p in powers for m in steps if grid[0] <= m * 10.0**p <= grid[-1]]
    else:
        places = ticks(0, float(grid[-1]))
    told = []
    for place in places:
        divisor, _ = scale(place, lang)
        short = {1e6: t("mill.", lang), 1e3: t("mil", lang)}.get(divisor, "")
        number = formats.number(place / divisor, 0 if float(place / divisor).is_integer() else 1, lang)
        told.append(f"{number}{formats.NBSP}{short}" if short else number)
    return {"tickvals": places, "ticktext": told}


def _titles(sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    of = (sheet.ficha.get("denominator") or {}).get("text") or {}
    words = str(of.get(lang) or of.get("es") or t("casos", lang))
    words = re.split(r"[:;,(]", words)[0].strip()
    lines = wrapped(words, _LONGEST).split("<br>")
    words = "<br>".join(lines if len(lines) <= 2 else [lines[0], f"{lines[1]}…"])
    at: dict[str, Any] = {"xref": "paper", "yref": "paper", "color": INK_2, "size": canvas.TICK}
    return [
        text(sheet.unit(lang), x=0, xanchor="left", xshift=-46, y=1, yanchor="bottom", yshift=8, **at),
        text(words, align="right", x=1, xanchor="right", y=0, yanchor="top", xshift=-18, yshift=-26, **at),
    ]
