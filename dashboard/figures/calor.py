"""`calor`: regions by the categories of a breakdown, or by the last periods, with the value written in each cell and each absence hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import quantiles
from typing import Any

import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import BARE, COPPER, HATCH, INK, INK_2, LINE, MAP, NONE, PATTERN, text
from dashboard.figures.request import Params, kind, period, records
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from dashboard.temas.declaration import PERIODS
from warehouse.territories import COUNTRY, all_territories

ROW, LEFT, BOTTOM = 26, 136, 40
#: room for headings: of periods, which take two lines, and of categories
TOP_OF_PERIODS, TOP = 46, 76
#: periods shown, the newest last
LAST = 12
#: four steps whose written value can be read on them in both themes: (ground, ink)
STEPS = ((MAP[0], INK), (MAP[1], INK), (MAP[2], INK), (MAP[4], canvas.PAPER))

Row = dict[Any, Any]


@dataclass(frozen=True)
class Grid:
    """Rows of territories, columns of categories or periods, and the published row of each cell."""

    places: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Row]
    #: whether the columns are periods
    in_time: bool
    period: str

    @property
    def shown(self) -> list[Row]:
        """The regions' cells with a value."""
        return [r for r in self.cells.values() if sentences.is_published(r) and r["territorio"] != COUNTRY]


def heat(snapshot: Snapshot, params: Params) -> go.Figure:
    """`params.categoria` names the breakdown whose categories are the columns; `periodos` or nothing, the last periods."""
    return draw_heat(grid(snapshot, params), snapshot.sheet(params.indicador), params.territorio, params.lang)


def grid(snapshot: Snapshot, params: Params) -> Grid:
    """The country first, then the regions, those with the highest values above."""
    sheet = snapshot.sheet(params.indicador)
    when, wanted = period(snapshot, sheet, params), kind(sheet, params)
    in_time = params.categoria in ("", PERIODS)
    if in_time:
        codes = [p for p in snapshot.periods(sheet.id, wanted) if p <= when][-LAST:]
        rows = [r for r in records(snapshot.values(sheet.id, kind=wanted, category="")) if r["periodo"] in codes]
        columns, key = tuple(codes), "periodo"
    else:
        rows = [r for r in records(snapshot.values(sheet.id, kind=wanted, period=when)) if r["desglose"] == params.categoria]
        columns, key = tuple(sorted({r["categoria"] for r in rows})), "categoria"
    cells = {(r["territorio"], r[key]): r for r in rows if r["nivel"] in ("pais", "region")}
    return Grid(_order(cells, columns), columns, cells, in_time, when)


def _order(cells: dict[tuple[str, str], Row], columns: Sequence[str]) -> tuple[str, ...]:
    known = {place for place, _ in cells}

    def level(place: str) -> tuple[bool, bool, float, str]:
        own = [float(r["valor"]) for c in columns if (r := cells.get((place, c))) is not None and sentences.is_published(r)]
        last = own[-1:] if len(columns) == LAST else own
        return (place != COUNTRY, not own, -sum(last) / len(last) if last else 0.0, formats.place(place))

    return tuple(sorted(known, key=level))


def top(found: Grid) -> int:
    return TOP_OF_PERIODS if found.in_time else TOP


def height(found: Grid) -> int:
    return top(found) + BOTTOM + ROW * (len(found.places) + 0.5 * (COUNTRY in found.places)).__ceil__()


def limits(found: Grid) -> list[float]:
    """Lower limits of the steps after the first: each value where there are few, else quarters of the regions' values, each once."""
    values = sorted(float(r["valor"]) for r in found.shown)
    if len(set(values)) <= len(STEPS):
        return sorted(set(values))[1:]
    return sorted({v for v in quantiles(values, n=4, method="inclusive") if v > values[0]})


def step(value: float, bounds: list[float]) -> tuple[str, str]:
    """Ground and ink of a value."""
    place = sum(value >= b for b in bounds)
    return STEPS[min(round(place * 3 / max(len(bounds), 1)), 3)] if bounds else STEPS[1]


def draw_heat(found: Grid, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself."""
    if not found.shown:
        return canvas.empty(t("No hay valores para este periodo.", lang))
    bounds = limits(found)
    y = _levels(found)
    cells = [_cell(found.cells.get((p, c)), y[p], i, bounds, sheet, lang) for p in found.places for i, c in enumerate(found.columns)]
    notes = [_place(p, y[p], selected, lang) for p in found.places]
    notes += [_head(i, c, found, sheet, lang) for i, c in enumerate(found.columns)]
    notes += _reasons(found, y, lang)
    boxes, told = canvas.key(_steps(found, bounds, sheet, lang), len(STEPS), drop=8, color=INK_2)
    return canvas.sheet(
        [_bars([c for c in cells if c is not None])],
        xaxis=canvas.axis(range=[0, len(found.columns)], visible=False), yaxis=canvas.axis(range=[max(y.values()) + 0.6, -0.6], visible=False),
        annotations=[*notes, *told], shapes=[*boxes, *_chosen(found, y, selected)], barmode="overlay",
        margin={"l": LEFT, "r": 8, "t": top(found), "b": BOTTOM},
    )  # fmt: skip


def _levels(found: Grid) -> dict[str, float]:
    """Where each territory stands; the country apart from the regions by half a row."""
    gap = 0.5 if COUNTRY in found.places else 0.0
    return {p: i + (gap if p != COUNTRY else 0.0) for i, p in enumerate(found.places)}


def _cell(row: Row | None, y: float, x: int, bounds: list[float], sheet: Sheet, lang: str) -> tuple[Any, ...] | None:
    """(y, x, ground, ink, pattern, text, hover, territory) of a cell; None where the source has no row."""
    if row is None:
        return None
    hover = wrapped(sentences.cell(row, sheet, lang))
    if not sentences.is_published(row):
        return (y, x, NONE, INK_2, "" if row["estado"] in BARE else PATTERN.get(row["estado"], "/"), "", hover, row["territorio"])
    ground, ink = (canvas.CONTEXT_FAINT, INK) if row["territorio"] == COUNTRY else step(float(row["valor"]), bounds)
    return (y, x, ground, ink, "", formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), hover, row["territorio"])


def _bars(cells: list[tuple[Any, ...]]) -> dict[str, Any]:
    y, x, ground, ink, pattern, told, hover, whose = (list(column) for column in zip(*cells, strict=True))
    return {
        "type": "bar", "orientation": "h", "name": "celdas", "y": y, "base": [v + 0.02 for v in x], "x": [0.96] * len(x), "width": 0.92,
        "customdata": whose,
        "marker": {
            "color": ground, "line": {"width": [0.8 if g == NONE and not p else 0 for g, p in zip(ground, pattern, strict=True)], "color": LINE},
            "pattern": {"shape": pattern, "fgcolor": HATCH, "bgcolor": NONE, "fillmode": "overlay", "size": 5, "solidity": 0.25},
        },
        "text": told, "textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "constraintext": "none",
        "insidetextfont": {"size": canvas.TICK, "color": ink}, "hovertext": hover, "hoverinfo": "text",
    }  # fmt: skip


def _place(code: str, y: float, selected: str, lang: str) -> dict[str, Any]:
    known = all_territories().get(code)
    strong = code in (selected, COUNTRY) or bool(known and known.piloto)
    return text(
        formats.place(code, lang), color=COPPER if code == selected else INK, bold=strong, xref="paper", x=0, xanchor="right", xshift=-8, yref="y",
        y=y, yanchor="middle",
    )  # fmt: skip


def _reasons(found: Grid, y: dict[str, float], lang: str) -> list[dict[str, Any]]:
    """The reason in words over a row that has no value at all for one reason."""
    made = []
    for place in found.places:
        own = [r for c in found.columns if (r := found.cells.get((place, c))) is not None]
        if own and not any(sentences.is_published(r) for r in own) and len({r["estado"] for r in own}) == 1:
            why = sentences.reason({**own[0], "n": None}, lang)
            at: dict[str, Any] = {"xref": "x", "x": len(found.columns) / 2, "xanchor": "center", "yref": "y", "y": y[place], "yanchor": "middle"}
            made.append(text(why, color=INK_2, bgcolor=canvas.PAPER, **at))
    return made


def _head(place: int, code: str, found: Grid, sheet: Sheet, lang: str) -> dict[str, Any]:
    """A column's heading in lines that its width can hold."""
    told = formats.period(code, lang) if found.in_time else sentences.category_name(sheet, code, lang)
    lines = wrapped(told, 8 if found.in_time else max(10, min(22, 90 // len(found.columns)))).split("<br>")
    shown = "<br>".join(lines if len(lines) < 5 else [*lines[:3], f"{lines[3]}…"])
    return text(shown, color=INK_2, size=12, xref="x", x=place + 0.5, xanchor="center", yref="paper", y=1, yanchor="bottom", yshift=4, align="center")


def _chosen(found: Grid, y: dict[str, float], selected: str) -> list[dict[str, Any]]:
    """A copper outline around the chosen region's row."""
    if selected not in y or selected == COUNTRY:
        return []
    at = {"x0": 0, "x1": len(found.columns), "y0": y[selected] - 0.5, "y1": y[selected] + 0.5}
    return [{"type": "rect", "xref": "x", "yref": "y", **at, "fillcolor": NONE, "line": {"color": COPPER, "width": 2}, "layer": "above"}]


def _steps(found: Grid, bounds: list[float], sheet: Sheet, lang: str) -> list[tuple[str, str]]:
    """The ground of each step and what it spans: «1.0–5.2», or the value itself where there are few. A whole number is in one span: «0», «1–2»."""
    values = sorted(float(r["valor"]) for r in found.shown)
    if len(set(values)) <= len(STEPS):
        spans = [(v, v) for v in dict.fromkeys(values)]
    elif sheet.decimals or not all(v.is_integer() for v in values):
        spans = list(pairwise([values[0], *bounds, values[-1]]))
    else:
        first = [ceil(b) for b in (values[0], *bounds)]
        spans = [(low, high) for low, high in zip(first, [*(b - 1 for b in first[1:]), values[-1]], strict=True) if low <= high]
    return [(step(low, bounds)[0], _span(low, high, sheet, lang)) for low, high in spans]


def _span(low: float, high: float, sheet: Sheet, lang: str) -> str:
    return formats.interval(low, high, sheet.decimals, lang) if low < high else formats.figure(low, sheet.unit(lang), sheet.decimals, lang)
