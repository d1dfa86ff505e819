"""`multiples`: the 26 regions' series as small panels of one scale, pilots first, the country behind each. For phones, two in a row."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, CONTEXT_SOFT, COPPER, INK, INK_2, SIGNAL, STRONG, text
from dashboard.figures.process import is_cumulative
from dashboard.figures.request import Params, is_comparable_with_country, kind, period, records
from dashboard.figures.scales import tick_labels, ticks
from dashboard.figures.timeline import middle, runs
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.periods import parse
from warehouse.territories import COUNTRY, all_territories, pilots, regions

COLUMNS, NARROW = 6, 2
ROW = 122
_TOP, _BOTTOM, _LEFT = 10, 34, 44
#: newest periods shown: more would be a smear in a panel of this size
_MOST = 60

Row = dict[Any, Any]


def multiples(snapshot: Snapshot, params: Params) -> go.Figure:
    """Six panels in a row; the region of `params.territorio` is in copper."""
    return _drawn(snapshot, params, COLUMNS)


def multiples_narrow(snapshot: Snapshot, params: Params) -> go.Figure:
    """The same, two panels in a row: names and values do not meet."""
    return _drawn(snapshot, params, NARROW)


def _drawn(snapshot: Snapshot, params: Params, columns: int) -> go.Figure:
    sheet = snapshot.sheet(params.indicador)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), category=params.categoria)
    frame = frame[frame["periodo"] <= period(snapshot, sheet, params)]
    return draw_multiples(frame, sheet, params.territorio, columns, params.lang)


def ordered(frame: pd.DataFrame) -> list[str]:
    """Codes of the panels: pilots, then the other regions by name; a department whose source does not split it stands where its regions would."""
    first = [p.codigo for p in sorted(pilots(), key=lambda p: p.codigo)]
    have = set(frame.loc[frame["estado"].eq("publicado") & frame["nivel"].eq("departamento"), "territorio"])
    rest = [r.codigo for r in regions() if not r.piloto] + sorted(have)
    return [*first, *sorted(rest, key=lambda c: formats.place(c).lower().translate(str.maketrans("áéíóú", "aeiou")))]


def height(frame: pd.DataFrame, columns: int) -> int:
    return _TOP + _BOTTOM + ROW * -(-len(ordered(frame)) // columns)


def draw_multiples(frame: pd.DataFrame, sheet: Sheet, selected: str = "", columns: int = COLUMNS, lang: str = "es") -> go.Figure:
    """The figure itself, from every territory's undivided values (or one category's) of one period kind."""
    codes = ordered(frame)
    rows = records(frame[frame["territorio"].isin([*codes, COUNTRY])])
    series = {c: sorted((r for r in rows if r["territorio"] == c), key=lambda r: r["periodo"]) for c in [*codes, COUNTRY]}
    shown = [r for c in codes for r in series[c] if sentences.is_published(r)]
    if not shown:
        return canvas.empty(t("Ninguna región tiene un valor publicado.", lang))
    periods = sorted({r["periodo"] for r in shown})[-_MOST:]
    series = {c: [r for r in s if r["periodo"] in set(periods)] for c, s in series.items()}
    low, high = _reach(series, codes, sheet)
    places = ticks(low, high, 2)
    options: dict[str, Any] = {}
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    lines = -(-len(codes) // columns)
    behind = series[COUNTRY] if is_comparable_with_country(sheet) else []
    for i, code in enumerate(codes):
        column, row = i % columns, i // columns
        x, y = f"x{i + 1 if i else ''}", f"y{i + 1 if i else ''}"
        options |= _axes(i, column, row, columns, lines, low, high, places, periods, sheet, lang)
        if not any(sentences.is_published(r) for r in series[code]) and not behind:
            # plotly draws no axes, and so no name, where nothing is drawn
            at = {"xaxis": x, "yaxis": y, "x": [middle({"periodo": periods[-1]})], "y": [low]}
            traces.append({"type": "scatter", "mode": "markers", "name": "vacio", "marker": {"opacity": 0}, "hoverinfo": "skip", **at})
        traces += _panel(series[code], behind, sheet, selected, x, y, lang)
        notes += _told(series[code], code, sheet, selected, x, y, lang)
    return canvas.sheet(traces, annotations=notes, margin={"l": _LEFT, "r": 8, "t": _TOP, "b": _BOTTOM}, **options)


def _reach(series: dict[str, list[Row]], codes: list[str], sheet: Sheet) -> tuple[float, float]:
    """From zero to the highest value of all panels: the scale they share."""
    values = [float(r["valor"]) for c in codes for r in series[c] if sentences.is_published(r)]
    return min(0.0, min(values)), max(max(values), 1e-9)


def _axes(
    i: int, column: int, row: int, columns: int, lines: int, low: float, high: float, places: list[float], periods: list[str], sheet: Sheet, lang: str
) -> dict[str, Any]:  # fmt: skip
    """Both axes of a panel; labels stand at the left column and under the last row alone."""
    name = str(i + 1) if i else ""
    gap, own = 0.022, 1 / columns
    tall = 1 / lines
    top = 1 - row * tall
    last_in_column = row == lines - 1 or (i + columns) >= 26
    begin, end = parse(periods[0]).start, parse(periods[-1]).end
    # the two years stand a little inwards, or those of neighbouring panels would touch
    inset = (end - begin) * 0.1
    ends = [(begin + inset).isoformat(), (end - inset).isoformat()] if len(periods) > 1 else [middle({"periodo": periods[-1]})]
    names = [str(begin.year), str(end.year)] if len(periods) > 1 else [str(end.year)]
    axis = canvas.next_axis if i else canvas.axis
    return {
        f"xaxis{name}": axis(
            type="date", domain=[column * own + gap / 2, (column + 1) * own - gap / 2], anchor=f"y{name}",
            range=[begin.isoformat(), end.isoformat()], tickvals=ends, ticktext=names,
            showticklabels=last_in_column, showline=True, linecolor=canvas.LINE),
        f"yaxis{name}": axis(
            domain=[top - tall * 0.84, top - tall * 0.2], anchor=f"x{name}", range=[low, high * 1.04], tickvals=places, showgrid=True,
            ticktext=tick_labels(places, sheet, lang), showticklabels=column == 0),
    }  # fmt: skip


def _panel(own: list[Row], behind: list[Row], sheet: Sheet, selected: str, x: str, y: str, lang: str) -> list[dict[str, Any]]:
    base: dict[str, Any] = {"type": "scatter", "xaxis": x, "yaxis": y, "mode": "lines"}
    traces = [
        {**base, "name": "pais", "hoverinfo": "skip", "x": [middle(r) for r in run], "y": [r["valor"] for r in run],
         "line": {"color": CONTEXT_SOFT, "width": 1.4}} for run in runs(behind)]  # fmt: skip
    if not own:
        return traces
    color = _color(own[0]["territorio"], selected)
    traces += [
        {**base, "name": own[0]["territorio"], "x": [middle(r) for r in run], "y": [r["valor"] for r in run],
         "mode": "lines" if len(run) > 1 else "markers", "marker": {"size": 5, "color": color}, "line": {"color": color, "width": 1.8},
         "hovertext": [_hover(r, sheet, lang) for r in run], "hoverinfo": "text"} for run in runs(own)]  # fmt: skip
    last = next((r for r in reversed(own) if sentences.is_published(r)), None)
    if last is not None:
        signal = bool(last["senal"]) and not is_cumulative(sheet)
        traces.append({
            **base, "name": "ultimo", "mode": "markers", "x": [middle(last)], "y": [last["valor"]], "hoverinfo": "skip", "cliponaxis": False,
            "marker": {"size": 10 if signal else 6, "symbol": "diamond" if signal else "circle", "color": SIGNAL if signal else color},
        })  # fmt: skip
    return traces


def _hover(row: Row, sheet: Sheet, lang: str) -> str:
    """Place, period and value: thousands of whole sentences would be most of the figure's bytes."""
    return f"{formats.place(row['territorio'], lang)}, {formats.period(row['periodo'], lang)}: {sentences.value(row, sheet, lang)}"


def _color(code: str, selected: str) -> str:
    if code == selected:
        return COPPER
    return STRONG if all_territories()[code].piloto else CONTEXT


def _told(own: list[Row], code: str, sheet: Sheet, selected: str, x: str, y: str, lang: str) -> list[dict[str, Any]]:
    """Name and newest value over the panel; the reason where the newest period has none."""
    pilot = all_territories()[code].piloto
    look = COPPER if code == selected else INK
    at: dict[str, Any] = {"yref": f"{y} domain", "y": 1, "yanchor": "bottom", "yshift": 2, "size": canvas.TICK}
    notes = [text(formats.place(code, lang), color=look, bold=pilot or code == selected, xref=f"{x} domain", x=0, xanchor="left", **at)]
    last = own[-1] if own else None
    if last is None:
        return notes
    if sentences.is_published(last):
        told = formats.figure(last["valor"], sheet.unit(lang), sheet.decimals, lang)
        return [*notes, text(told, color=look, xref=f"{x} domain", x=1, xanchor="right", **at)]
    never = not any(sentences.is_published(r) for r in own)
    if never:
        where: dict[str, Any] = {"xref": f"{x} domain", "x": 0.02, "xanchor": "left", "yref": f"{y} domain", "y": 0.5, "yanchor": "middle"}
        words = "<br>".join(wrapped(sentences.reason(last, lang), 20).split("<br>")[:3])
        return [*notes, text(words, color=INK_2, size=12, align="left", **where)]
    return [*notes, text(t("sin dato", lang), color=INK_2, xref=f"{x} domain", x=1, xanchor="right", **at)]
