"""`distribucion`: the categories of a breakdown as bars with interval, each with its cases, largest first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, COPPER, INK, INK_2, text
from dashboard.figures.request import Params, kind, period, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY, PILOTS

ROW = 40
TOP, BOTTOM, RIGHT = 30, 12, 112
#: room for the names: at most two lines of so many characters
LEFT, WIDE, NAME = 128, 168, 24
#: phones leave some 80 pixels between names and values: with more labels than these they meet
_TICKS = 3


def distribution(snapshot: Snapshot, params: Params) -> go.Figure:
    """The categories of one territory at one period; the category of `params.categoria` is in copper."""
    sheet = snapshot.sheet(params.indicador)
    frame = categories(snapshot, params)
    return draw_distribution(frame, sheet, params.categoria, params.lang)


def categories(snapshot: Snapshot, params: Params) -> pd.DataFrame:
    """The rows drawn: one territory's categories of one breakdown; of two breakdowns they never mix.

    The breakdown is that of the category asked for, else the first one with a value in the territory asked for. Provinces have values only within
    their region. A territory without any is told by the country or by the group of pilots, and the page says so.
    """
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), period=period(snapshot, sheet, params))
    split = frame[frame["categoria"] != ""]
    own = split.loc[split["categoria"] == params.categoria, "desglose"]
    names = [str(own.iloc[0])] if len(own) else [str(b["name"]) for b in sheet.breakdowns]
    for place in dict.fromkeys((params.territorio or COUNTRY, COUNTRY, PILOTS)):
        for name in names:
            found = split[(split["desglose"] == name) & (split["territorio"] == place)]
            if (found["estado"] == PUBLISHED).any():
                return found
    return split.iloc[:0]


def is_whole(sheet: Sheet, frame: pd.DataFrame) -> bool:
    """Whether the categories are shares of one whole, rather than each a rate of its own."""
    names = set(frame["desglose"])
    return any(b["name"] in names and b.get("of") == "whole" for b in sheet.breakdowns)


def height(frame: pd.DataFrame) -> int:
    return TOP + BOTTOM + ROW * max(len(frame), 2)


def draw_distribution(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself, from one territory's categories."""
    rows = sorted(records(frame), key=lambda r: -float(r["valor"]) if sentences.is_published(r) else 1.0)
    shown = [r for r in rows if sentences.is_published(r)]
    if not shown:
        return canvas.empty(t("No hay categorías con dato para este periodo.", lang))
    top = max(float(r[k]) for r in shown for k in ("valor", "superior") if not formats.is_missing(r[k]))
    return canvas.sheet(
        [_bars(shown, sheet, selected, lang)],
        xaxis=canvas.axis(range=[0, top * 1.02], side="top", showgrid=True, **_few_labels(axis_ticks(0, top, sheet, lang))),
        yaxis=canvas.axis(range=[len(rows) - 0.5, -0.5], showticklabels=False),
        annotations=[note for i, row in enumerate(rows) for note in _labels(i, row, sheet, selected, is_whole(sheet, frame), lang)],
        bargap=0.42, margin={"l": _left(rows, sheet, lang), "r": RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def _few_labels(axis: dict[str, Any]) -> dict[str, Any]:
    """Every tick keeps its line; where there are many, every second one its label."""
    told = axis["ticktext"]
    return axis if len(told) <= _TICKS else {**axis, "ticktext": [x if i % 2 == 0 else "" for i, x in enumerate(told)]}


def _name(sheet: Sheet, category: str, lang: str) -> str:
    """A category's name in one line or two; what is longer is cut, and whole in the hover text."""
    lines = wrapped(sentences.category_name(sheet, category, lang), NAME).split("<br>")
    return "<br>".join(lines if len(lines) < 3 else [lines[0], f"{lines[1][: NAME - 1].rstrip()}…"])


def _left(rows: list[dict[Any, Any]], sheet: Sheet, lang: str) -> int:
    longest = max(len(line) for r in rows for line in _name(sheet, r["categoria"], lang).split("<br>"))
    return LEFT if longest <= 17 else WIDE


def _bars(shown: list[dict[Any, Any]], sheet: Sheet, selected: str, lang: str) -> dict[str, Any]:
    with_limits = any(not formats.is_missing(r["inferior"]) for r in shown)
    return {
        "type": "bar", "orientation": "h", "name": "categorias", "y": list(range(len(shown))), "x": [r["valor"] for r in shown],
        "customdata": [r["categoria"] for r in shown],
        "marker": {"color": [COPPER if r["categoria"] == selected else CONTEXT for r in shown]},
        "error_x": {
            "type": "data", "symmetric": False, "visible": with_limits, "thickness": 1.5, "width": 3, "color": INK,
            "array": [0 if formats.is_missing(r["superior"]) else r["superior"] - r["valor"] for r in shown],
            "arrayminus": [0 if formats.is_missing(r["inferior"]) else r["valor"] - r["inferior"] for r in shown],
        },
        "hovertext": [wrapped(sentences.cell(r, sheet, lang)) for r in shown], "hoverinfo": "text",
    }  # fmt: skip


def _labels(place: int, row: dict[Any, Any], sheet: Sheet, selected: str, whole: bool, lang: str) -> list[dict[str, Any]]:
    """Name at the left; value and cases at the right, or the reason where there is no value."""
    chosen = row["categoria"] == selected
    color = COPPER if chosen else INK
    at: dict[str, Any] = {"yref": "y", "y": place, "yanchor": "middle", "xref": "paper"}
    name = text(_name(sheet, row["categoria"], lang), align="right", color=color, bold=chosen, x=0, xanchor="right", xshift=-8, **at)
    if not sentences.is_published(row):
        return [name, text(sentences.reason(row, lang), color=INK_2, x=0, xanchor="left", xshift=6, **at)]
    unit = sheet.unit(lang)
    figure = sentences.value(row, sheet, lang) if formats.is_percentage(unit) else formats.number(row["valor"], sheet.decimals, lang)
    value = text(figure, color=color, bold=True, x=1, xanchor="right", xshift=64, **at)
    cases = row["numerador"] if whole else row["n"]
    if cases is None or sheet.ficha["form"] == "count":
        return [name, value]
    return [name, value, text(formats.number(cases, 0, lang), color=INK_2, size=canvas.TICK, x=1, xanchor="right", xshift=108, **at)]
