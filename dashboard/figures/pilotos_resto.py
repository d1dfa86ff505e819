"""`pilotos_resto`: the pilots through time against the spread of the other regions: their middle half as a band, their median as a line.

Nothing is added up here: the values of the pilots, of the group and of every other region are the published ones; the median of the others is that of
the regions that have a value in the period, and is told as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas, labels
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT_FAINT, COPPER, INK, INK_2, NONE, PAPER, STRONG, text
from dashboard.figures.request import Params, kind, period, records
from dashboard.figures.scales import axis_ticks
from dashboard.figures.timeline import dates, middle, runs, span
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import PILOTS, pilots, regions

HEIGHT = 420
#: fewer other regions than this in a period have no spread worth a band
LEAST = 8

Row = dict[Any, Any]


@dataclass(frozen=True)
class Spread:
    """The other regions in one period: how many have a value, their median, and the ends of their middle half."""

    row: Row
    n: int
    median: float
    low: float
    high: float


def pilots_plot(snapshot: Snapshot, params: Params) -> go.Figure:
    """The pilots and the others up to the period asked for; the pilot of `params.territorio` is in copper."""
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), category=params.categoria)
    frame = frame[frame["periodo"] <= period(snapshot, sheet, params)]
    return draw_pilots(frame, sheet, params.territorio, params.lang)


def spreads(frame: pd.DataFrame) -> list[Spread]:
    """The others by period, oldest first, where enough of them have a whole value."""
    others = {r.codigo for r in regions() if not r.piloto}
    by_period: dict[str, list[Row]] = {}
    for row in records(frame[frame["territorio"].isin(others)]):
        if sentences.is_published(row) and "serie_incompleta" not in (row["avisos"] or []):
            by_period.setdefault(row["periodo"], []).append(row)
    found = []
    for code in sorted(by_period):
        values = sorted(float(r["valor"]) for r in by_period[code])
        if len(values) < LEAST:
            continue
        low, _, high = quantiles(values, n=4, method="inclusive")
        found.append(Spread(by_period[code][0], len(values), float(median(values)), low, high))
    return found


def own_series(frame: pd.DataFrame, code: str) -> list[Row]:
    return sorted((r for r in records(frame[frame["territorio"] == code]) if sentences.is_published(r)), key=lambda r: r["periodo"])


def draw_pilots(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es") -> go.Figure:
    """The figure itself."""
    rest = spreads(frame)
    series = {p.codigo: own_series(frame, p.codigo) for p in pilots()}
    group = own_series(frame, PILOTS) if sheet.ficha["form"] != "count" else []
    shown = [r for s in [*series.values(), group] for r in s]
    if not rest or not shown:
        return canvas.empty(t("Faltan regiones con dato para comparar los pilotos con el resto.", lang))
    rows = sorted([*shown, *(s.row for s in rest)], key=lambda r: r["periodo"])
    rows = [*{r["periodo"]: r for r in rows}.values()]
    values = [float(r["valor"]) for r in shown] + [x for s in rest for x in (s.low, s.high)]
    low, high = min(0.0, min(values)), max(values) or 1.0
    if sheet.ficha["form"] != "count" and min(values) > high * 0.5:
        low = max(0.0, min(values) - (high - min(values)) * 0.15)
    ends: list[tuple[float, str, str, bool]] = []
    traces = _band(rest)
    hover = [_told(s, sheet, lang) for s in rest]
    traces.append(_line([s.row for s in rest], [s.median for s in rest], INK_2, "mediana", 1.8, hover, dash="5px,3px"))
    ends.append((rest[-1].median, t("Mediana<br>del resto", lang), INK_2, False))
    for code, own in series.items():
        color = COPPER if code == selected else STRONG
        for run in runs(own):
            traces.append(_line(run, [r["valor"] for r in run], color, code, 1.4, [wrapped(sentences.cell(r, sheet, lang)) for r in run]))
        if own:
            ends.append((float(own[-1]["valor"]), formats.place(code, lang), color, code == selected))
    for run in runs(group):
        traces.append(_line(run, [r["valor"] for r in run], INK, "grupo", 3.0, [wrapped(sentences.cell(r, sheet, lang)) for r in run]))
    if group:
        ends.append((float(group[-1]["valor"]), t("Los tres<br>juntos", lang), INK, True))
    return canvas.sheet(
        traces,
        xaxis=canvas.axis(type="date", range=span(rows), **dates(rows, lang)),
        yaxis=canvas.axis(range=[low, high * 1.04], showgrid=True, **axis_ticks(low, high, sheet, lang)),
        annotations=_end_names(ends, low, high * 1.04), margin={"l": 54, "r": 104, "t": 14, "b": 46},
    )  # fmt: skip


def _band(rest: Sequence[Spread]) -> list[dict[str, Any]]:
    xs = [middle(s.row) for s in rest]
    return [{
        "type": "scatter", "mode": "lines", "name": "mitad central", "x": [*xs, *reversed(xs)],
        "y": [*(s.high for s in rest), *(s.low for s in reversed(rest))],
        "fill": "toself", "fillcolor": CONTEXT_FAINT, "line": {"width": 0, "color": NONE}, "hoverinfo": "skip",
    }]  # fmt: skip


def _line(rows: list[Row], values: list[float], color: str, name: str, width: float, told: list[str], dash: str = "solid") -> dict[str, Any]:
    mode = "lines+markers" if len(rows) < 3 or (width > 2 and len(rows) < 40) else "lines"
    return {
        "type": "scatter", "mode": mode, "name": name, "x": [middle(r) for r in rows], "y": values,
        "line": {"color": color, "width": width, "dash": dash}, "marker": {"size": 6, "color": color, "line": {"width": 1, "color": PAPER}},
        "hovertext": told, "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip


def _told(spread: Spread, sheet: Sheet, lang: str) -> str:
    words = t("{periodo}: mediana de {n} regiones no piloto, {valor}; la mitad está entre {bajo} y {alto}", lang)
    amounts = [formats.with_unit(x, sheet.unit(lang), sheet.decimals, lang, short=True) for x in (spread.median, spread.low, spread.high)]
    return wrapped(words.format(periodo=formats.period(spread.row["periodo"], lang), n=spread.n, valor=amounts[0], bajo=amounts[1], alto=amounts[2]))


def _end_names(ends: list[tuple[float, str, str, bool]], low: float, high: float) -> list[dict[str, Any]]:
    """Names at the right end, pushed apart where their lines end close together."""
    tall = HEIGHT - 60
    order = sorted(ends, key=lambda e: e[0])
    places = labels.spread([(e[0] - low) / (high - low) * tall for e in order], [18.0 * (1 + e[1].count("<br>")) for e in order])
    at: dict[str, Any] = {"align": "left", "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "yref": "y", "yanchor": "middle"}
    return [
        text(name, color=color, bold=bold, size=canvas.TICK, y=value, yshift=place - (value - low) / (high - low) * tall, **at)
        for (value, name, color, bold), place in zip(order, places, strict=True)
    ]
