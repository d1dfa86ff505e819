"""`distribucion`: the categories of a breakdown as bars with interval, each with its cases, largest first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, COPPER, INK, INK_2, text
from dashboard.figures.request import Params, home, kind, period, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import PUBLISHED

ROW = 40
TOP, BOTTOM, LEFT, RIGHT = 30, 12, 128, 112


def distribution(snapshot: Snapshot, params: Params) -> go.Figure:
    """The categories of one territory at one period; the category of `params.categoria` is in copper."""
    sheet = snapshot.sheet(params.indicador)
    frame = categories(snapshot, params)
    return draw_distribution(frame, sheet, params.categoria, params.lang)


def categories(snapshot: Snapshot, params: Params) -> pd.DataFrame:
    """The rows drawn: those with a category, of the territory asked for or the first that has any."""
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), period=period(snapshot, sheet, params))
    split = frame[(frame["categoria"] != "") & (frame["desglose"] == breakdown_of(sheet, frame, params.categoria))]
    known = split[split["estado"] == PUBLISHED]
    # A source that only gives a group's total has nothing to draw for its regions: the group is drawn, and the page says so.
    return split[split["territorio"] == home(known if len(known) else split, params.territorio)] if len(split) else split


def breakdown_of(sheet: Sheet, frame: pd.DataFrame, category: str = "") -> str:
    """The breakdown the category belongs to, the first declared where none is asked for: categories of two never mix."""
    own = frame.loc[(frame["categoria"] == category) & (frame["categoria"] != ""), "desglose"]
    return str(own.iloc[0]) if len(own) else str(sheet.breakdowns[0]["name"]) if sheet.breakdowns else ""


def is_whole(sheet: Sheet, frame: pd.DataFrame) -> bool:
    """Whether the categories are shares of one whole, rather than each a rate of its own."""
    names = set(frame["desglose"])
    return any(b["name"] in names and b.get("of") == "whole" for b in sheet.breakdowns)


def height(frame: pd.DataFrame) -> int:
    return TOP + BOTTOM + ROW * max(len(frame), 2)


def category_name(sheet: Sheet, category: str, lang: str = "es") -> str:
    """A category as people read it, from the frozen definition; its slug without underscores where it has no label."""
    for breakdown in sheet.breakdowns:
        label = (breakdown.get("labels") or {}).get(category)
        if label:
            return str(label.get(lang) or label["es"])
    plain = category.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def draw_distribution(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself, from one territory's categories."""
    rows = sorted(records(frame), key=lambda r: -float(r["valor"]) if sentences.is_published(r) else 1.0)
    shown = [r for r in rows if sentences.is_published(r)]
    if not shown:
        return canvas.empty(t("No hay categorías con dato para este periodo.", lang))
    top = max(float(r[k]) for r in shown for k in ("valor", "superior") if not formats.is_missing(r[k]))
    return canvas.sheet(
        [_bars(shown, sheet, selected, lang)],
        xaxis=canvas.axis(range=[0, top * 1.02], side="top", showgrid=True, **axis_ticks(0, top, sheet, lang)),
        yaxis=canvas.axis(range=[len(rows) - 0.5, -0.5], showticklabels=False),
        annotations=[note for i, row in enumerate(rows) for note in _labels(i, row, sheet, selected, is_whole(sheet, frame), lang)],
        bargap=0.42, margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


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
        "hovertext": [wrapped(f"{category_name(sheet, r['categoria'], lang)}. {sentences.cell(r, sheet, lang)}") for r in shown], "hoverinfo": "text",
    }  # fmt: skip


def _labels(place: int, row: dict[Any, Any], sheet: Sheet, selected: str, whole: bool, lang: str) -> list[dict[str, Any]]:
    """Name at the left; value and cases at the right, or the reason where there is no value."""
    color = COPPER if row["categoria"] == selected else INK
    at: dict[str, Any] = {"yref": "y", "y": place, "yanchor": "middle", "xref": "paper"}
    name = text(category_name(sheet, row["categoria"], lang), color=color, bold=row["categoria"] == selected, x=0, xanchor="right", xshift=-8, **at)
    if not sentences.is_published(row):
        return [name, text(sentences.reason(row, lang), color=INK_2, x=0, xanchor="left", xshift=6, **at)]
    figure = sentences.value(row, sheet, lang) if formats.is_percentage(sheet.unit(lang)) else formats.number(row["valor"], sheet.decimals, lang)
    value = text(figure, color=color, bold=True, x=1, xanchor="right", xshift=64, **at)
    cases = row["numerador"] if whole else row["n"]
    if cases is None or sheet.ficha["form"] == "count":
        return [name, value]
    return [name, value, text(formats.number(cases, 0, lang), color=INK_2, size=canvas.TICK, x=1, xanchor="right", xshift=108, **at)]
