"""`control`: a territory's series as a process behaviour chart: mean, natural limits, marked points, and the moving range below."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas, labels
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT_FAINT, COPPER, INK, INK_2, PAPER, SIGNAL, line, text
from dashboard.figures.process import Process, process, signal_words
from dashboard.figures.request import Params, home, kind, period, records
from dashboard.figures.scales import axis_ticks
from dashboard.figures.timeline import dates, middle, runs, span
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

HEIGHT = 470
#: the two panels share the width: values above, moving ranges below
_ABOVE, _BELOW = (0.36, 1.0), (0.0, 0.2)
#: marked points that are named in the picture; all are told beside it
_NAMED = 3

Row = dict[Any, Any]


def control(snapshot: Snapshot, params: Params) -> go.Figure:
    """The chart of `params.territorio` up to the period asked for."""
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), category=params.categoria)
    place = home(frame, params.territorio)
    rows = [r for r in records(frame) if r["territorio"] == place]
    found = process(rows, sheet, period(snapshot, sheet, params))
    if found is None:
        return canvas.empty(t("Con menos de 13 periodos completos no se dibujan límites.", params.lang))
    return draw_control(found, sheet, params.lang)


def draw_control(found: Process, sheet: Sheet, lang: str = "es") -> go.Figure:
    """The figure itself."""
    values = [float(r["valor"]) for r in found.rows]
    low, high = min([found.lower, *values]), max([found.upper, *values])
    pad = (high - low) * 0.08 or 1.0
    floor = 0.0 if low >= 0 and low - pad < 0 else low - pad
    known = [x for x in found.ranges if x is not None]
    top = max([found.range_limit, *known]) * 1.1
    return canvas.sheet(
        [*_ranges(found, sheet, lang), *_series(found, sheet, lang)],
        xaxis=canvas.axis(type="date", range=span(list(found.rows)), anchor="y2", **dates(list(found.rows), lang)),
        yaxis=canvas.axis(domain=list(_ABOVE), range=[floor, high + pad], showgrid=True, **axis_ticks(low, high, sheet, lang)),
        yaxis2=canvas.next_axis(domain=list(_BELOW), range=[0, top], showgrid=True, anchor="x", **axis_ticks(0, top, sheet, lang, 2)),
        shapes=_shapes(found), annotations=[*_side(found, sheet, (floor, high + pad), lang), *_marks(found, sheet, lang), *_headings(sheet, lang)],
        margin={"l": 54, "r": 112, "t": 30, "b": 46},
    )  # fmt: skip


def _series(found: Process, sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    color = INK if found.rows[0]["territorio"] == COUNTRY else COPPER
    traces: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "name": "serie", "x": [middle(r) for r in run], "y": [r["valor"] for r in run], "hoverinfo": "skip",
         "cliponaxis": False, "line": {"color": color, "width": 2}} for run in runs(list(found.rows))]  # fmt: skip
    marked = {r["periodo"]: s for r, s in found.flagged}
    plain = [r for r in found.rows if r["periodo"] not in marked]
    size = 7 if len(found.rows) <= 40 else 4
    traces.append({
        "type": "scatter", "mode": "markers", "name": "puntos", "x": [middle(r) for r in plain], "y": [r["valor"] for r in plain],
        "cliponaxis": False,
        "marker": {"size": size, "color": color, "line": {"width": 1 if size > 4 else 0, "color": PAPER}},
        "hovertext": [wrapped(sentences.cell(r, sheet, lang)) for r in plain], "hoverinfo": "text",
    })  # fmt: skip
    flagged = [r for r in found.rows if r["periodo"] in marked]
    big = 8 if found.restless else 12 if len(found.rows) <= 40 else 9
    if flagged:
        traces.append({
            "type": "scatter", "mode": "markers", "name": "senales", "x": [middle(r) for r in flagged], "y": [r["valor"] for r in flagged],
            "cliponaxis": False, "customdata": [marked[r["periodo"]] for r in flagged],
            "marker": {"symbol": "diamond", "size": big, "color": SIGNAL, "line": {"width": 1, "color": PAPER}},
            "hovertext": [wrapped(f"{t('Señal', lang)}: {signal_words(marked[r['periodo']], lang)}. {sentences.cell(r, sheet, lang)}")
                          for r in flagged], "hoverinfo": "text",
        })  # fmt: skip
    return traces


def _ranges(found: Process, sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    """The change from one period to the next, whatever its sign."""
    known = [(r, x) for r, x in zip(found.rows, found.ranges, strict=True) if x is not None]
    told = t("{periodo}: cambia {cuanto} frente al periodo anterior", lang)
    amounts = [formats.change(x, sheet.unit(lang), sheet.decimals, lang).lstrip(f"+{formats.MINUS}") for _, x in known]
    return [{
        "type": "scatter", "mode": "lines+markers", "name": "rango movil", "yaxis": "y2", "x": [middle(r) for r, _ in known],
        "y": [x for _, x in known], "cliponaxis": False, "line": {"color": INK_2, "width": 1.4}, "marker": {"size": 4, "color": INK_2},
        "hovertext": [told.format(periodo=formats.period(r["periodo"], lang), cuanto=a) for (r, _), a in zip(known, amounts, strict=True)],
        "hoverinfo": "text",
    }]  # fmt: skip


def _shapes(found: Process) -> list[dict[str, Any]]:
    whole: dict[str, Any] = {"xref": "paper", "x0": 0, "x1": 1}
    band = {"type": "rect", "yref": "y", "y0": found.lower, "y1": found.upper, "fillcolor": CONTEXT_FAINT, "line": {"width": 0}, "layer": "below"}
    return [
        {**whole, **band},
        line(**whole, yref="y", y0=found.mean, y1=found.mean, color=INK_2, width=1.4),
        line(**whole, yref="y", y0=found.upper, y1=found.upper, color=INK_2, dash="4px,3px"),
        line(**whole, yref="y", y0=found.lower, y1=found.lower, color=INK_2, dash="4px,3px"),
        line(**whole, yref="y2", y0=found.range_limit, y1=found.range_limit, color=INK_2, dash="4px,3px"),
    ]


def _side(found: Process, sheet: Sheet, reach: tuple[float, float], lang: str) -> list[dict[str, Any]]:
    """The names of the lines at their right end."""

    def told(value: float) -> str:
        return formats.number(value, max(sheet.decimals, 1), lang)

    at: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yanchor": "middle", "align": "left", "size": canvas.TICK}
    bound = f" {t('(tope)', lang)}"
    names = [
        (found.lower, f"{t('Límite inferior', lang)}<br>{told(found.lower)}{bound if found.floor else ''}", INK_2),
        (found.mean, f"{t('Media', lang)}<br>{told(found.mean)}", INK),
        (found.upper, f"{t('Límite superior', lang)}<br>{told(found.upper)}{bound if found.ceiling else ''}", INK_2),
    ]
    tall = (_ABOVE[1] - _ABOVE[0]) * (HEIGHT - 76) / (reach[1] - reach[0])
    apart = labels.spread([value * tall for value, _, _ in names], [36.0] * len(names))
    notes = [
        text(name, color=color, yref="y", y=value, yshift=place - value * tall, **at)
        for (value, name, color), place in zip(names, apart, strict=True)
    ]  # fmt: skip
    limit = text(f"{t('Límite', lang)} {told(found.range_limit)}", color=INK_2, yref="y2", y=found.range_limit, **at)
    return [*notes, limit]


def _marks(found: Process, sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    """The newest marked points outside a limit with period and value, as far as they stand apart; the rest is told beside the figure."""
    if found.restless:
        return []
    outside: list[Row] = []
    for row in [r for r, s in reversed(found.flagged) if s.startswith("fuera")]:
        if all(abs(found.rows.index(row) - found.rows.index(r)) > len(found.rows) / 6 for r in outside):
            outside.append(row)
    notes = []
    late = len(found.rows) * 0.75
    for row in outside[:_NAMED]:
        above = float(row["valor"]) > found.mean
        place = found.rows.index(row)
        side = "right" if place > late else "left" if place < len(found.rows) * 0.15 else "center"
        told = f"{formats.period(row['periodo'], lang)}: {formats.figure(row['valor'], sheet.unit(lang), sheet.decimals, lang)}"
        shift = {"right": (-10, 0), "left": (10, 0), "center": (0, 8 if above else -22)}[side]
        at: dict[str, Any] = {"xref": "x", "x": middle(row), "yref": "y", "y": row["valor"], "xanchor": side, "xshift": shift[0], "yshift": shift[1]}
        notes.append(text(told, color=SIGNAL, bold=True, size=canvas.TICK, yanchor="bottom" if side == "center" else "middle", **at))
    return notes


def _headings(sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    at: dict[str, Any] = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -46, "yref": "paper", "yanchor": "bottom", "size": canvas.TICK}
    unit = t("puntos", lang) if formats.is_percentage(sheet.unit(lang)) else sheet.unit(lang)
    lower = t("Cambio de un periodo a otro, {unidad} (rango móvil)", lang).format(unidad=unit)
    return [text(sheet.unit(lang), color=INK_2, y=1, yshift=8, **at), text(lower, color=INK_2, y=_BELOW[1], yshift=8, **at)]
