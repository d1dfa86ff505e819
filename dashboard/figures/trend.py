"""`tendencia`: one territory through time with its interval, the country behind it, and holes where there is no value."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, COPPER, COPPER_BAND, INK, INK_2, NONE, PAPER, line, text
from dashboard.figures.events import events_of, label
from dashboard.figures.request import Params, home, is_comparable_with_country, kind, records
from dashboard.figures.scales import axis_ticks, ticks
from dashboard.figures.timeline import dates, middle, runs, span
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.periods import parse
from warehouse.territories import COUNTRY

#: more points than this and the intervals are a band, not whiskers
_WHISKERS = 14

Row = dict[Any, Any]


def trend(snapshot: Snapshot, params: Params) -> go.Figure:
    """The series of `params.territorio` at the kind of period asked for."""
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), category=params.categoria)
    return draw_trend(frame, sheet, home(frame, params.territorio), params.categoria, params.lang)


def draw_trend(frame: pd.DataFrame, sheet: Sheet, territory: str, category: str = "", lang: str = "es") -> go.Figure:
    """The figure itself, from every territory's values of one period kind."""
    own = _series(frame, territory)
    if not any(sentences.is_published(r) for r in own):
        return canvas.empty(t("Sin valores en ningún periodo para este territorio.", lang))
    behind = _series(frame, COUNTRY) if territory != COUNTRY and is_comparable_with_country(sheet) else []
    color, band = (INK, CONTEXT) if territory == COUNTRY else (COPPER, COPPER_BAND)
    low, high = _reach([*own, *behind], sheet)
    traces = [
        *_intervals(own, band),
        *_line(behind, CONTEXT, sheet, lang, "pais"),
        *_line(own, color, sheet, lang, "serie"),
        _absent(own, low, sheet, lang),
    ]
    shapes, notes = _events(sheet, category, own, lang)
    notes += _ends([(own, color, True), (behind, INK_2, False)], sheet, low, high, lang)
    places = ticks(low, high)
    return canvas.sheet(
        traces,
        xaxis=canvas.axis(type="date", range=span(own), **dates(own, lang)),
        yaxis=canvas.axis(range=[low - (high - low) * 0.04, max(high, places[-1]) * 1.02], showgrid=True, **axis_ticks(low, high, sheet, lang)),
        shapes=shapes, annotations=notes, margin={"l": 54, "r": 84, "t": 34, "b": 46}, hovermode="closest",
    )  # fmt: skip


def _series(frame: pd.DataFrame, territory: str) -> list[Row]:
    """The territory's rows by period, from its first value on: an absence before the series starts says nothing."""
    rows = sorted((r for r in records(frame) if r["territorio"] == territory), key=lambda r: r["periodo"])
    first = next((i for i, r in enumerate(rows) if sentences.is_published(r)), len(rows))
    return rows[first:]


def is_partial(row: Row) -> bool:
    return "serie_incompleta" in (row["avisos"] or [])


def _line(rows: list[Row], color: str, sheet: Sheet, lang: str, name: str) -> list[dict[str, Any]]:
    """One trace for each unbroken stretch; a partial period's point is hollow and its segment dotted: it is no fall."""
    found = []
    for run in runs(rows):
        found += _dotted(run, color)
        hollow = [is_partial(r) for r in run]
        size = 6 if len(rows) <= 40 or len(run) == 1 else 3
        if name == "serie":
            found.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": "puntos",
                    "x": [middle(r) for r in run],
                    "y": [r["valor"] for r in run],
                    "cliponaxis": False,
                    "marker": {
                        "size": [9 if h else size for h in hollow],
                        "color": [PAPER if h else color for h in hollow],
                        "line": {"color": color, "width": [2 if h else 0 for h in hollow]},
                    },
                    "hovertext": [wrapped(sentences.cell(r, sheet, lang)) for r in run],
                    "hoverinfo": "text",
                }
            )
        # no solid line passes over a partial period either
        for whole in runs([r for r in run if not is_partial(r)]):
            told = [wrapped(sentences.cell(r, sheet, lang)) for r in whole]
            hover = {"hoverinfo": "skip"} if name == "serie" else {"hovertext": told, "hoverinfo": "text"}
            found.insert(0, {
                "type": "scatter", "mode": "lines", "name": name, "x": [middle(r) for r in whole], "y": [r["valor"] for r in whole],
                "cliponaxis": False, "line": {"color": color, "width": 2.2 if name == "serie" else 1.8}, **hover,
            })  # fmt: skip
    return found


def _dotted(run: list[Row], color: str) -> list[dict[str, Any]]:
    """The segments that touch a partial period; `_line` leaves them out of the solid line."""
    pairs = [(a, b) for a, b in pairwise(run) if is_partial(a) or is_partial(b)]
    return [{"type": "scatter", "mode": "lines", "name": "parcial", "x": [middle(a), middle(b)], "y": [a["valor"], b["valor"]], "hoverinfo": "skip",
             "line": {"color": color, "width": 1.5, "dash": "dot"}} for a, b in pairs]  # fmt: skip


def _intervals(rows: list[Row], color: str) -> list[dict[str, Any]]:
    """Whiskers for a few points, a closed band for each stretch of many."""
    known = [r for r in rows if sentences.is_published(r) and not formats.is_missing(r["inferior"]) and not formats.is_missing(r["superior"])]
    if not known:
        return []
    if len(known) <= _WHISKERS:
        bars = {"type": "data", "symmetric": False, "thickness": 6, "width": 0, "color": color,
                "array": [r["superior"] - r["valor"] for r in known], "arrayminus": [r["valor"] - r["inferior"] for r in known]}  # fmt: skip
        return [{"type": "scatter", "mode": "markers", "name": "intervalo", "x": [middle(r) for r in known], "y": [r["valor"] for r in known],
                 "marker": {"size": 1, "color": color}, "error_y": bars, "hoverinfo": "skip", "opacity": 0.55}]  # fmt: skip
    bands = []
    for run in runs(known):
        xs = [middle(r) for r in run]
        ys = [*(r["superior"] for r in run), *(r["inferior"] for r in reversed(run))]
        bands.append({"type": "scatter", "mode": "lines", "name": "intervalo", "x": [*xs, *reversed(xs)], "y": ys, "fill": "toself",
                      "fillcolor": color, "opacity": 0.45, "line": {"width": 0, "color": NONE}, "hoverinfo": "skip"})  # fmt: skip
    return bands


def _absent(rows: list[Row], low: float, sheet: Sheet, lang: str) -> dict[str, Any]:
    """A small cross on the floor for each period without a value, which says why."""
    missing = [r for r in rows if not sentences.is_published(r)]
    return {
        "type": "scatter", "mode": "markers", "name": "sin dato", "x": [middle(r) for r in missing], "y": [low] * len(missing), "cliponaxis": False,
        "marker": {"symbol": "x-thin", "size": 8, "line": {"color": INK_2, "width": 1.5}, "color": INK_2},
        "hovertext": [wrapped(sentences.cell(r, sheet, lang)) for r in missing], "hoverinfo": "text",
    }  # fmt: skip


def _reach(rows: list[Row], sheet: Sheet) -> tuple[float, float]:
    """The vertical range: from zero, unless every value stands in the upper half of the scale; and a fifth of the highest value at least,

    or a series that hardly moves would be drawn as one that leaps.
    """
    numbers = [float(r[k]) for r in rows if sentences.is_published(r) for k in ("valor", "inferior", "superior") if not formats.is_missing(r[k])]
    low, high = min(numbers), max(numbers)
    if sheet.ficha["form"] == "count" or low < high * 0.5 or low <= 0:
        return min(0.0, low), high if high > 0 else 1.0
    return max(0.0, min(low - (high - low) * 0.15, high * 0.8)), high


def _events(sheet: Sheet, category: str, rows: list[Row], lang: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Thin named lines, or a faint band for a span, of what changes the meaning of the series within its dates."""
    first, last = parse(rows[0]["periodo"]).start, parse(rows[-1]["periodo"]).end
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for event in events_of(sheet, category):
        if not first < event.start <= last and not (event.end and first <= event.end):
            continue
        x = max(event.start, first)
        if event.end:
            shapes.append(
                {
                    "type": "rect",
                    "xref": "x",
                    "yref": "paper",
                    "x0": x.isoformat(),
                    "x1": min(event.end, last).isoformat(),
                    "y0": 0,
                    "y1": 1,
                    "fillcolor": canvas.CONTEXT_FAINT,
                    "line": {"width": 0},
                    "layer": "below",
                }
            )
        else:
            shapes.append(line(xref="x", yref="paper", x0=x.isoformat(), x1=x.isoformat(), y0=0, y1=1, width=1, color=INK_2))
        late = (x - first).days > (last - first).days / 2
        notes.append(text(label(event, lang), color=INK_2, size=canvas.TICK, xref="x", x=x.isoformat(), yref="paper", y=1, yanchor="bottom",
                          xanchor="right" if late else "left", yshift=4))  # fmt: skip
    return shapes, notes


def _ends(series: list[tuple[list[Row], str, bool]], sheet: Sheet, low: float, high: float, lang: str) -> list[dict[str, Any]]:
    """Name and last value at the end of each line, pushed apart where they would touch."""
    found = []
    taken: list[float] = []
    for rows, color, bold in series:
        last = next((r for r in reversed(rows) if sentences.is_published(r)), None)
        if last is None:
            continue
        share = (float(last["valor"]) - low) / max(high - low, 1e-12)
        shift = 0
        if any(abs(share - other) < 0.2 for other in taken):
            shift = 44 if share >= taken[0] else -44
        taken.append(share)
        told = (
            formats.with_unit(last["valor"], sheet.unit(lang), sheet.decimals, lang, short=True)
            if formats.is_percentage(sheet.unit(lang))
            else formats.number(last["valor"], sheet.decimals, lang)
        )
        name = (
            formats.place(last["territorio"], lang).replace(" ", "<br>", 1)
            if len(formats.place(last["territorio"], lang)) > 12
            else formats.place(last["territorio"], lang)
        )
        content = f"{name}<br>{told}" if not bold else f"{name}<br><b>{told}</b>"
        content += f"<br>{t('incompleto', lang)}" if bold and is_partial(last) else ""
        found.append(
            text(
                content,
                color=color,
                bold=False,
                xref="paper",
                x=1,
                xanchor="left",
                xshift=6,
                align="left",
                yref="y",
                y=last["valor"],
                yanchor="middle",
                yshift=shift,
            )
        )
    return found
