"""`mapa`: the 26 regions as filled outlines in five steps; who has no value is hatched; small regions get a marker."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats, geography
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import COPPER, HATCH, INK, INK_2, PAPER, PATTERN, text
from dashboard.figures.request import Params, across, records
from dashboard.figures.scales import scale
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import LIMA_DEPARTMENT, LIMA_REGIONS, all_territories

HEIGHT = 600
STEPS = 5
#: longitude and latitude drawn: the country with sea at its left for names
_WEST, _EAST, _SOUTH, _NORTH = -86.4, -68.2, -18.9, 0.6
_SMALL_AT = {"07": (-79.6, -11.75), "26": (-79.5, -12.65)}
_LIMA_AT = (-79.6, -13.55)

Row = dict[Any, Any]


def region_map(snapshot: Snapshot, params: Params) -> go.Figure:
    """The map of one period; the region of `params.territorio` is outlined in copper."""
    sheet = snapshot.sheet(params.indicador)
    return draw_map(across(snapshot, sheet, params), sheet, params.territorio, params.lang)


def breaks(values: list[float]) -> list[float]:
    """Lower limits of the steps after the first: quantiles, each once. Fewer steps where there are few different values."""
    ordered = sorted(values)
    found: list[float] = []
    for i in range(1, STEPS):
        limit = ordered[min(len(ordered) - 1, math.ceil(i * len(ordered) / STEPS))] if ordered else 0.0
        if limit > ordered[0] and (not found or limit > found[-1]):
            found.append(limit)
    return found


def color_of(value: float, limits: list[float]) -> str:
    """The step's colour, spread over the whole scale where there are fewer steps."""
    place = bisect.bisect_right(limits, value)
    return canvas.MAP[round(place * (STEPS - 1) / len(limits))] if limits else canvas.MAP[2]


def draw_map(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself, from the values of one period."""
    rows = {r["territorio"]: r for r in records(frame)}
    shown = {c: r for c, r in rows.items() if sentences.is_published(r) and (r["nivel"] == "region" or c == LIMA_DEPARTMENT)}
    if not shown:
        return canvas.empty(t("Ninguna región tiene un valor para este periodo.", lang))
    limits = breaks([float(r["valor"]) for r in shown.values()])
    traces = [_region(code, rows.get(code), limits, sheet, lang) for code in geography.codes()]
    if selected in geography.codes():
        traces.append(_outline(selected))
    notes = _small(rows, sheet, selected, lang) + _labels(rows, sheet, selected, lang)
    traces.append(_markers(rows, limits, sheet, selected, lang))
    if LIMA_DEPARTMENT in shown:
        notes.append(_label(_told(rows[LIMA_DEPARTMENT], sheet, lang), geography.centre("15"), _LIMA_AT, INK, bold=True))
    legend_shapes, legend_notes = _legend(shown, rows, limits, sheet, lang)
    return canvas.sheet(
        traces,
        xaxis=canvas.axis(range=[_WEST, _EAST], visible=False, constrain="domain"),
        yaxis=canvas.axis(
            range=[_SOUTH, _NORTH],
            visible=False,
            scaleanchor="x",
            scaleratio=1 / math.cos(math.radians(9.2)),
            constrain="domain",
            constraintoward="top",
        ),
        annotations=[*notes, *legend_notes],
        shapes=legend_shapes,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        hovermode="closest",
    )


def _ring_points(code: str) -> tuple[list[float | None], list[float | None]]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for ring in geography.rings(code):
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [p[0] for p in ring]
        ys += [p[1] for p in ring]
    return xs, ys


def _region(code: str, row: Row | None, limits: list[float], sheet: Sheet, lang: str) -> dict[str, Any]:
    """One region: a step's colour, or its absence's hatch."""
    xs, ys = _ring_points(code)
    told = sentences.cell(row, sheet, lang) if row else f"{formats.place(code, lang)}: {t('sin dato', lang)}."
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": code,
        "x": xs,
        "y": ys,
        "fill": "toself",
        "hoveron": "fills",
        "hoverinfo": "text",
        "text": wrapped(told),
        "line": {"color": PAPER, "width": 1},
        "connectgaps": False,
    }
    if row is not None and sentences.is_published(row):
        return {**trace, "fillcolor": color_of(float(row["valor"]), limits)}
    if row is not None and row["estado"] in canvas.BARE:
        return {**trace, "fillcolor": PAPER, "line": {"color": HATCH, "width": 0.8}}
    shape = PATTERN.get(row["estado"], "/") if row else "/"
    hatch = {"shape": shape, "fgcolor": HATCH, "bgcolor": PAPER, "fillmode": "replace", "size": 6, "solidity": 0.16}
    return {**trace, "fillcolor": PAPER, "fillpattern": hatch, "line": {"color": HATCH, "width": 0.8}}


def _outline(code: str) -> dict[str, Any]:
    xs, ys = _ring_points(code)
    return {"type": "scatter", "mode": "lines", "name": "elegida", "x": xs, "y": ys, "line": {"color": COPPER, "width": 3}, "hoverinfo": "skip"}


def _markers(rows: dict[str, Row], limits: list[float], sheet: Sheet, selected: str, lang: str) -> dict[str, Any]:
    """Squares for what is too small to see, and a dot at Lima where only the department's value is known."""
    codes = [*(c for c in geography.SMALL if c in rows), *([LIMA_DEPARTMENT] if _has(rows, LIMA_DEPARTMENT) else [])]
    places = [geography.centre("15" if c == LIMA_DEPARTMENT else c) for c in codes]
    return {
        "type": "scatter", "mode": "markers", "name": "marcas", "x": [p[0] for p in places], "y": [p[1] for p in places],
        "customdata": codes,
        "marker": {
            "opacity": 1,
            "symbol": ["circle" if c == LIMA_DEPARTMENT else "square" for c in codes], "size": [13 if c == LIMA_DEPARTMENT else 9 for c in codes],
            "color": [color_of(float(rows[c]["valor"]), limits) if _has(rows, c) else PAPER for c in codes],
            "line": {"color": [COPPER if c == selected else INK for c in codes], "width": [3 if c == selected else 1.2 for c in codes]},
        },
        "hovertext": [wrapped(sentences.cell(rows[c], sheet, lang)) for c in codes], "hoverinfo": "text",
    }  # fmt: skip


def _has(rows: dict[str, Row], code: str) -> bool:
    return code in rows and sentences.is_published(rows[code])


def _told(row: Row, sheet: Sheet, lang: str) -> str:
    name = (
        formats.place(row["territorio"], lang)
        .replace("Metropolitana", "Metrop.")
        .replace(" (departamento)", " (dep.)")
        .replace(" (department)", " (dep.)")
    )
    if sentences.is_published(row):
        return f"{name} {formats.figure(row['valor'], sheet.unit(lang), sheet.decimals, lang)}"
    if row["estado"] in canvas.BARE:
        return f"{name} {formats.DASH}"
    return f"{name} ({_brief(row['estado'], lang)})"


def _brief(state: str, lang: str) -> str:
    """An absence in one or two words: there is little sea."""
    told = {
        "no_reportado": t("no reportó", lang),
        "n_insuficiente": t("n insuf.", lang),
        "no_publicable": t("reservado", lang),
        "competencia_minem": "MINEM",
        "regla_no_superada": t("en revisión", lang),
        "no_desagregado": t("sin desglose", lang),
        "no_alcanzado": t("no alcanzado", lang),
        "impreciso": t("impreciso", lang),
    }
    return told.get(state, t("sin dato", lang))


def _label(content: str, at: tuple[float, float], to: tuple[float, float], color: str, *, bold: bool = False) -> dict[str, Any]:
    """A name at `to` with a thin leader to `at`."""
    anchor = "right" if to[0] < at[0] else "left"
    note = text(
        content,
        color=color,
        bold=bold,
        size=canvas.TICK,
        xref="x",
        yref="y",
        x=at[0],
        y=at[1],
        axref="x",
        ayref="y",
        ax=to[0],
        ay=to[1],
        xanchor=anchor,
    )
    return {**note, "showarrow": True, "arrowhead": 0, "arrowwidth": 0.9, "arrowcolor": color, "standoff": 2}


def _small(rows: dict[str, Row], sheet: Sheet, selected: str, lang: str) -> list[dict[str, Any]]:
    found = []
    for code in geography.SMALL:
        if code in rows and not (code in LIMA_REGIONS and _has(rows, LIMA_DEPARTMENT)):
            chosen = code == selected
            found.append(_label(_told(rows[code], sheet, lang), geography.centre(code), _SMALL_AT[code], COPPER if chosen else INK_2, bold=chosen))
    return found


#: where the pilots on the coast are named
_PILOT_AT = {"13": (-80.7, -8.3), "18": (-72.9, -18.35)}
#: latitude and the longitude where the sea begins, north to south
_COAST = (
    (-3.4, -80.6),
    (-4.3, -81.5),
    (-6.0, -81.4),
    (-7.0, -80.2),
    (-9.0, -79.0),
    (-11.0, -78.0),
    (-12.5, -77.4),
    (-14.5, -76.6),
    (-16.0, -74.8),
    (-17.0, -72.8),
    (-18.3, -71.4),
)
#: points of a leader that are looked at to learn whether it crosses a neighbour
_PROBES = 40
#: points of an outline tried for it, the nearest to the name first
_TRIES = 40


def _labels(rows: dict[str, Row], sheet: Sheet, selected: str, lang: str) -> list[dict[str, Any]]:
    """The pilots and the selected region: in the sea where a leader reaches them over no other region, else on their own ground."""
    wanted = dict.fromkeys([*(c for c, k in all_territories().items() if k.piloto), *([selected] if selected in geography.codes() else [])])
    found = []
    for code in wanted:
        if code in geography.SMALL or code not in rows:
            continue
        at, told = geography.centre(code), _told(rows[code], sheet, lang)
        color = COPPER if code == selected else INK
        sea = _PILOT_AT.get(code) or _at_sea(at)
        shore = _shore(code, sea)
        if shore is not None:
            found.append(_label(told, shore, sea, color, bold=True))
        else:
            found.append(text(told, color=color, bold=True, size=canvas.TICK, xref="x", yref="y", x=at[0], y=at[1], bgcolor=PAPER, borderpad=2))
    return found


def _shore(code: str, sea: tuple[float, float]) -> tuple[float, float] | None:
    """Where a leader from the sea touches the region without crossing another, a little inland; None where it cannot."""
    outline = sorted((p for ring in geography.rings(code) for p in ring), key=lambda p: (p[0] - sea[0]) ** 2 + (p[1] - sea[1]) ** 2)
    east, north = geography.centre(code)
    inland = ((x + (east - x) * 0.12, y + (north - y) * 0.12) for x, y in outline[:_TRIES])
    return next((p for p in inland if _is_free(code, p, sea)), None)


def _is_free(code: str, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a straight line between both points crosses no region but `code`."""
    others = [ring for c in geography.codes() if c != code for ring in geography.rings(c)]
    line = [(start[0] + (end[0] - start[0]) * i / _PROBES, start[1] + (end[1] - start[1]) * i / _PROBES) for i in range(_PROBES + 1)]
    return not any(_inside(p, ring) for p in line for ring in others)


def _inside(point: tuple[float, float], ring: Sequence[tuple[float, float]]) -> bool:
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0):
            odd = not odd
    return odd


def _at_sea(at: tuple[float, float]) -> tuple[float, float]:
    """The free place off the coast nearest to the region's latitude."""
    taken = [y for _, y in [*_PILOT_AT.values(), *_SMALL_AT.values(), _LIMA_AT]]
    tries = sorted((at[1] + i * 0.15 for i in range(-40, 41)), key=lambda y: abs(y - at[1]))
    y = next((y for y in tries if all(abs(y - other) >= 0.8 for other in taken)), at[1])
    shore = _COAST[0][1]
    for (top, x0), (bottom, x1) in pairwise(_COAST):
        if bottom <= y <= top:
            shore = x0 + (x1 - x0) * (top - y) / (top - bottom)
    return min(shore, at[0]) - 0.7, y


def _legend(
    shown: dict[str, Row], rows: dict[str, Row], limits: list[float], sheet: Sheet, lang: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Steps with their limits at the lower left, where there is sea; the hatch and how many it covers last."""
    top = max(abs(float(r["valor"])) for r in shown.values())
    percent = formats.is_percentage(sheet.unit(lang))
    divisor, word = (1.0, "") if percent else scale(top, lang)
    digits = _digits_apart(limits, divisor, sheet.decimals if divisor == 1 else 1)

    def told(value: float) -> str:
        return formats.number(value / divisor, digits, lang)

    entries = [(color_of(low, limits), span) for low, span in _spans(limits, min(float(r["valor"]) for r in shown.values()), told, lang)]
    without = [c for c in geography.codes() if not _has(rows, c)]
    bare = sum(1 for c in without if c in rows and rows[c]["estado"] in canvas.BARE)
    absent = len(without) - bare
    below = [*([("", t("sin dato ({n})", lang).format(n=absent))] if absent else []),
             *([(PAPER, t("sin casos ({n})", lang).format(n=bare))] if bare else [])]  # fmt: skip
    unit = sheet.unit(lang) if not word else t("{miles} de {unidad}", lang).format(miles=word, unidad=sheet.unit(lang))
    title = text(
        unit,
        color=INK_2,
        size=canvas.TICK,
        bold=True,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xanchor="left",
        yanchor="bottom",
        yshift=22 * (len(entries) + len(below)) + 6,
    )
    shapes, notes = [], [title]
    order = [*below, *reversed(entries)]
    for i, (color, span) in enumerate(order):
        shapes.append(_box(color, i))
        notes.append(
            text(
                span, color=INK_2, size=canvas.TICK, xref="paper", yref="paper", x=0, y=0, xanchor="left", yanchor="bottom", xshift=30, yshift=22 * i
            )
        )
    return shapes, notes


def _digits_apart(limits: list[float], divisor: float, digits: int) -> int:
    """The fewest decimals with which no limit reads as zero or as its neighbour."""
    for more in range(digits, digits + 4):
        read = [round(x / divisor, more) for x in limits]
        if len(set(read)) == len(read) and all(r or not x for r, x in zip(read, limits, strict=True)):
            return more
    return digits


def _spans(limits: list[float], least: float, told: Callable[[float], str], lang: str) -> list[tuple[float, str]]:
    """Each step's lower value and its range in words; the ranges touch, the last and the first are open."""
    if not limits:
        return [(least, told(least))]
    between = [(low, t("{desde} a {hasta}", lang).format(desde=told(low), hasta=told(high))) for low, high in pairwise(limits)]
    first = (least, t("menos de {limite}", lang).format(limite=told(limits[0])))
    return [first, *between, (limits[-1], t("{limite} o más", lang).format(limite=told(limits[-1])))]


def _box(color: str, place: int) -> dict[str, Any]:
    """A legend box; an empty colour is the hatch, drawn as three strokes since shapes know no pattern."""
    low = 22 * place + 3
    base = {"xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 0, "layer": "above"}
    if color:
        return {
            **base,
            "type": "rect",
            "x0": 0,
            "x1": 22,
            "y0": low,
            "y1": low + 13,
            "fillcolor": color,
            "line": {"width": 0.8, "color": HATCH} if color == PAPER else {"width": 0.6, "color": canvas.LINE},
        }
    strokes = "".join(f"M {x} {low} L {x + 8} {low + 13} " for x in (0, 7, 14))
    frame = f"M 0 {low} L 22 {low} L 22 {low + 13} L 0 {low + 13} Z "
    return {**base, "type": "path", "path": (frame + strokes).strip(), "line": {"width": 0.9, "color": HATCH}}
