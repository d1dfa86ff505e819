"""`perfil`: the seven dimensions of the index for one region, with its band, last year's mark and the median of the regions."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import COPPER, COPPER_BAND, HATCH, INK, INK_2, NONE, PAPER, PATTERN, text
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import indice
from dashboard.narrative.indice import Reading
from dashboard.published import Snapshot

ROW = 56
TOP, BOTTOM, LEFT, RIGHT = 66, 44, 172, 176


def profile(snapshot: Snapshot, params: Params) -> go.Figure:
    """The profile of `params.territorio` at `params.periodo`, the newest where there is none."""
    reading = indice.read(snapshot, params.periodo)
    if reading is None or params.territorio not in reading.results:
        return canvas.empty(t("Esta publicación no tiene el índice de esta región.", params.lang))
    return draw_profile(reading, params.territorio, params.lang)


def height(reading: Reading) -> int:
    return TOP + BOTTOM + ROW * len(reading.dimensions)


def draw_profile(reading: Reading, place: str, lang: str = "es") -> go.Figure:
    """The figure itself."""
    result = reading.results[place]
    ids = [d["id"] for d in reading.dimensions]
    found = [indice.dimension(result, i) for i in ids]
    known = [(y, d) for y, d in enumerate(found) if d is not None and d["valor"] is not None]
    silent = set(range(len(ids))) - {row for row, _ in known}
    without = [(y, next(iter(indice.states_of(reading, result, ids[y])), "")) for y in sorted(silent)]
    notes = [*_levels(reading, lang), *(note for y, i in enumerate(ids) for note in _labels(reading, result, i, y, lang))]
    earlier = _earlier(reading, place, ids, lang)
    boxes, words = _key(bool(earlier), place, lang)
    return canvas.sheet(
        [_bands(known, lang), *_absent(without), _medians(reading, ids, lang), *earlier, _points(known, reading, place, lang)],
        xaxis=canvas.axis(range=[-1, 101], side="top", showgrid=True, tickvals=[0, *(x["since"] for x in reading.sheet["levels"][1:]), 100]),
        yaxis=canvas.axis(range=[len(ids) - 0.4, -0.6], showticklabels=False),
        annotations=[*notes, *words], shapes=boxes, bargap=0.5, barmode="overlay", margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def _key(earlier: bool, place: str, lang: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ring: tuple[dict[str, Any], str] = ({"type": "circle", "fillcolor": PAPER, "line": {"width": 1.6, "color": INK}}, t("hace un año", lang))
    told: list[tuple[str | dict[str, Any], str]] = [
        (COPPER_BAND, t("banda de {n} %", lang).format(n=indice.BAND)),
        ({"fillcolor": INK, "inset": 4, "line": {"width": 0}}, t("mediana de las regiones", lang)),
        *([ring] if earlier else []),
        ({"type": "circle", "fillcolor": COPPER, "line": {"width": 0}}, formats.place(place, lang)),
    ]
    return canvas.key(told, 2, drop=6, color=INK_2)


def _bands(known: list[tuple[int, dict[str, Any]]], lang: str) -> dict[str, Any]:
    return {
        "type": "bar", "orientation": "h", "name": t("banda de {n} %", lang).format(n=indice.BAND), "width": 0.34,
        "y": [y for y, _ in known], "base": [d["inferior"] for _, d in known], "x": [d["superior"] - d["inferior"] for _, d in known],
        "marker": {"color": COPPER_BAND, "line": {"width": 0}}, "hoverinfo": "skip",
    }  # fmt: skip


def _absent(rows: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """A strip over the whole scale, in the hatch of its reason, where a dimension has no score."""
    if not rows:
        return []
    shapes = [PATTERN.get(state, "/") for _, state in rows]
    pattern = {"shape": shapes, "fgcolor": HATCH, "bgcolor": NONE, "fillmode": "replace", "size": 5, "solidity": 0.2}
    return [
        {
            "type": "bar", "orientation": "h", "name": "sin dato", "width": 0.22, "hoverinfo": "skip",
            "y": [y for y, _ in rows], "x": [100] * len(rows), "marker": {"color": NONE, "line": {"width": 0}, "pattern": pattern},
        }
    ]  # fmt: skip


def _medians(reading: Reading, ids: list[str], lang: str) -> dict[str, Any]:
    told = [(y, m) for y, i in enumerate(ids) if (m := reading.median_of(i)) is not None]
    tips = [t("Mediana de las regiones: {n}", lang).format(n=formats.number(m, 0, lang)) for _, m in told]
    return {
        "type": "scatter", "mode": "markers", "name": t("mediana de las regiones", lang), "x": [m for _, m in told], "y": [y for y, _ in told],
        "marker": {"symbol": "line-ns", "size": 22, "color": INK, "line": {"width": 2, "color": INK}}, "hovertext": tips, "hoverinfo": "text",
    }  # fmt: skip


def _earlier(reading: Reading, place: str, ids: list[str], lang: str) -> list[dict[str, Any]]:
    """Where the region stood a year before, where that was published."""
    before = reading.before.get(place)
    told = [(y, d["valor"]) for y, i in enumerate(ids) if (d := indice.dimension(before, i)) is not None and d["valor"] is not None]
    if not told:
        return []
    name = t("hace un año", lang)
    return [
        {
            "type": "scatter", "mode": "markers", "name": name, "x": [v for _, v in told], "y": [y for y, _ in told],
            "marker": {"symbol": "circle", "size": 11, "color": PAPER, "line": {"width": 1.6, "color": INK}},
            "hovertext": [f"{name}: {formats.number(v, 0, lang)}" for _, v in told], "hoverinfo": "text", "cliponaxis": False,
        }
    ]  # fmt: skip


def _points(known: list[tuple[int, dict[str, Any]]], reading: Reading, place: str, lang: str) -> dict[str, Any]:
    tips = []
    for _, d in known:
        told = f"{reading.dimension_name(d['id'], lang, short=False)}: {formats.number(d['valor'], 0, lang)} {indice.band(d, lang)}."
        extra = t("Con dato en {parte} de su peso.", lang).format(parte=formats.share(d["peso_cubierto"], 0, lang))
        tips.append(wrapped(f"{told} {extra}"))
    return {
        "type": "scatter", "mode": "markers", "name": formats.place(place, lang), "x": [d["valor"] for _, d in known], "y": [y for y, _ in known],
        "marker": {"symbol": "circle", "size": 13, "color": COPPER, "line": {"width": 1.5, "color": PAPER}}, "hovertext": tips, "hoverinfo": "text",
        "cliponaxis": False,
    }  # fmt: skip


def _levels(reading: Reading, lang: str) -> list[dict[str, Any]]:
    """The names of the levels over their stretch of the scale, by turns below and above: neighbours are wider than their stretches."""
    starts = [x["since"] for x in reading.sheet["levels"]]
    place: dict[str, Any] = {"xref": "x", "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": "center", "color": INK_2, "size": 12}
    ends = zip(reading.sheet["levels"], starts, [*starts[1:], 100], strict=True)
    return [
        text(reading.level_name(x["slug"], lang), x=(a + b) / 2, xshift=8 * (b == 100), yshift=26 + 17 * (i % 2), **place)
        for i, (x, a, b) in enumerate(ends)
    ]


def _labels(reading: Reading, result: indice.Result, id: str, y: int, lang: str) -> list[dict[str, Any]]:
    """The dimension at the left; score, band and level at the right, or the reason where there is none."""
    at: dict[str, Any] = {"xref": "paper", "yref": "y", "y": y, "yanchor": "middle"}
    name = text(wrapped(reading.dimension_name(id, lang), 21), x=0, xanchor="right", xshift=-10, align="right", **at)
    d = indice.dimension(result, id)
    right: dict[str, Any] = {"x": 1, "xanchor": "left", "xshift": 10, "align": "left", **at}
    if d is None or d["valor"] is None:
        why = indice.why_not(reading, result, id, lang)
        return [name, text(wrapped(why[:1].upper() + why[1:], 27), color=INK_2, size=canvas.TICK, **right)]
    levels = wrapped(indice.level_words(reading, indice.levels_touched(reading, d["inferior"], d["superior"]), lang), 26)
    return [name, text(f"<b>{formats.number(d['valor'], 0, lang)}</b> {indice.band(d, lang)}<br>{levels}", size=canvas.TICK, **right)]
