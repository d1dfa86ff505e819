"""`cambio_regiones`: each region's earlier and present value on one line, with their intervals and the verdict on the change."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import BETTER, CONTEXT, CONTEXT_SOFT, COPPER, INK, INK_2, PAPER, WORSE, glyph, text
from dashboard.figures.request import PEERS, Params, across, kind, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY, all_territories

ROW = 25
TOP, BOTTOM, LEFT, RIGHT = 30, 10, 132, 84
_COLORS = {"mejora": BETTER, "empeora": WORSE}

Row = dict[Any, Any]
Pair = tuple[Row, Row]


def change_plot(snapshot: Snapshot, params: Params) -> go.Figure:
    """The change of every region between the period asked for and the one it is compared with."""
    sheet = snapshot.sheet(params.indicador)
    now = across(snapshot, sheet, params)
    return draw_change(now, earlier(snapshot, sheet, now, params), sheet, params.territorio, params.lang)


def earlier(snapshot: Snapshot, sheet: Sheet, now: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The values of the periods that those of `now` are compared with."""
    periods = sorted({p for p in now["periodo_comparado"] if isinstance(p, str) and p})
    if not periods:
        return now.iloc[:0]
    return snapshot.values(sheet.id, kind=kind(sheet, params), period=periods if len(periods) > 1 else periods[0], category=params.categoria)


def pairs(now: pd.DataFrame, before: pd.DataFrame) -> list[Pair]:
    """(earlier, present) of the regions and of the country that have both; the largest change to the better side of the axis first."""
    old = {(r["territorio"], r["periodo"]): r for r in records(before)}
    found = []
    for row in records(now):
        first = old.get((row["territorio"], row["periodo_comparado"]))
        if sentences.is_published(row) and row["cambio_estado"] and first is not None and sentences.is_published(first):
            found.append((first, row))
    peers = [p for p in found if p[1]["nivel"] in PEERS]
    return [*[p for p in found if p[1]["territorio"] == COUNTRY], *sorted(peers, key=lambda p: -float(p[1]["cambio"]))]


def height(found: list[Pair]) -> int:
    return TOP + BOTTOM + ROW * max(len(found), 2)


def draw_change(now: pd.DataFrame, before: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself."""
    found = pairs(now, before)
    # a country's sum of amounts is on no region's scale
    if sheet.ficha["form"] == "count":
        found = [p for p in found if p[1]["territorio"] != COUNTRY]
    if not found:
        return canvas.empty(t("No hay un periodo anterior con el que comparar.", lang))
    ends = [float(r[c]) for p in found for r in p for c in ("valor", "inferior", "superior") if not formats.is_missing(r[c])]
    low = 0.0 if min(ends) >= 0 else min(ends)
    return canvas.sheet(
        [*_intervals(found), *_points(found, sheet, selected, lang)],
        xaxis=canvas.axis(range=[low, max(ends) * 1.02 or 1.0], side="top", showgrid=True, **axis_ticks(low, max(ends) or 1.0, sheet, lang)),
        yaxis=canvas.axis(range=[len(found) - 0.4, -0.6], showticklabels=False),
        shapes=[*_joins(found, selected), *(glyph(p[1]["cambio_estado"], xref="paper", x=1, y=i, shift=72) for i, p in enumerate(found))],
        annotations=_words(found, sheet, selected, lang), margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def _color(row: Row, selected: str) -> str:
    return COPPER if row["territorio"] == selected else _COLORS.get(row["cambio_estado"], INK_2)


def _intervals(found: list[Pair]) -> list[dict[str, Any]]:
    """A pale bar for the earlier interval above the line, one for the present below it: both are seen where they overlap."""
    traces = []
    for place, name, color, shift in ((0, "intervalo antes", CONTEXT_SOFT, -0.16), (1, "intervalo ahora", CONTEXT, 0.16)):
        known = [
            (i + shift, p[place]) for i, p in enumerate(found) if not any(formats.is_missing(p[place][c]) for c in ("inferior", "superior"))
        ]  # fmt: skip
        xs: list[float | None] = []
        ys: list[float | None] = []
        for y, row in known:
            xs += [row["inferior"], row["superior"], None]
            ys += [y, y, None]
        traces.append({"type": "scatter", "mode": "lines", "name": name, "x": xs, "y": ys, "line": {"color": color, "width": 3}, "hoverinfo": "skip"})
    return traces


def _joins(found: list[Pair], selected: str) -> list[dict[str, Any]]:
    def join(i: int, a: Row, b: Row) -> dict[str, Any]:
        width = 2.2 if sentences.is_conclusive(b) else 1.2
        return canvas.line(xref="x", yref="y", x0=a["valor"], x1=b["valor"], y0=i, y1=i, color=_color(b, selected), width=width)

    return [join(i, a, b) for i, (a, b) in enumerate(found)]


def _points(found: list[Pair], sheet: Sheet, selected: str, lang: str) -> list[dict[str, Any]]:
    place = list(range(len(found)))
    colors = [_color(b, selected) for _, b in found]
    return [
        {"type": "scatter", "mode": "markers", "name": "antes", "x": [a["valor"] for a, _ in found], "y": place, "cliponaxis": False,
         "customdata": [b["territorio"] for _, b in found],
         "marker": {"size": 9, "color": [PAPER] * len(found), "line": {"width": 2, "color": colors}},
         "hovertext": [wrapped(sentences.cell(a, sheet, lang)) for a, _ in found], "hoverinfo": "text"},
        {"type": "scatter", "mode": "markers", "name": "ahora", "x": [b["valor"] for _, b in found], "y": place, "cliponaxis": False,
         "customdata": [b["territorio"] for _, b in found], "marker": {"size": 10, "color": colors},
         "hovertext": [wrapped(sentences.cell(b, sheet, lang)) for _, b in found], "hoverinfo": "text"},
    ]  # fmt: skip


def _words(found: list[Pair], sheet: Sheet, selected: str, lang: str) -> list[dict[str, Any]]:
    """Names at the left, the change at the right; a heading over it."""
    notes = []
    for i, (_, row) in enumerate(found):
        known = all_territories().get(row["territorio"])
        chosen = row["territorio"] == selected
        bold = chosen or row["territorio"] == COUNTRY or bool(known and known.piloto)
        at: dict[str, Any] = {"yref": "y", "y": i, "yanchor": "middle", "xref": "paper"}
        color = COPPER if chosen else INK
        notes.append(text(formats.place(row["territorio"], lang), color=color, bold=bold, x=0, xanchor="right", xshift=-8, **at))
        firm = sentences.is_conclusive(row)
        told = sentences.difference(row, sheet, lang).partition(formats.NBSP)[0].removesuffix("%")
        notes.append(text(told, color=color if firm else INK_2, bold=firm, x=1, xanchor="right", xshift=60, **at))
    heading = t("cambio %", lang) if sentences.is_relative(sheet) else t("cambio", lang)
    head = text(heading, color=INK_2, size=canvas.TICK, xref="paper", x=1, xanchor="right", xshift=76, yref="paper", y=1, yanchor="bottom", yshift=4)
    return [*notes, head]
