"""`espina`: each indicator of a region on its own scale, right is better; the regions' range and middle half, and the verdicts in words."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import (
    BETTER,
    CONTEXT_FAINT,
    CONTEXT_SOFT,
    COPPER,
    GRID,
    HATCH,
    INK,
    INK_2,
    INK_3,
    NONE,
    PAPER,
    PATTERN,
    WORSE,
    line,
    text,
)
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import region_spine, sentences
from dashboard.narrative.region_spine import Vertebra
from dashboard.published import Snapshot
from warehouse.territories import COUNTRY

ROW = 30
TOP, BOTTOM = 48, 40
#: where columns stand, in parts of the width: end of cases, of the region's value, of the country's; the spine; each verdict's mark
CASES, OWN, COUNTRYS, SPINE, MARKS = 0.305, 0.382, 0.438, (0.45, 0.765), (0.787, 0.9)
#: longest name that stays within its column
NAME = 42
#: one text: what, where across, row, side it grows to, colour
Word = tuple[str, float, float, str, str]


def spine(snapshot: Snapshot, params: Params) -> go.Figure:
    """The spine of `params.territorio`: every indicator with a better side at its newest whole period."""
    return draw_spine(region_spine.spine(snapshot, params.territorio), params.territorio, params.lang)


def height(bones: list[Vertebra]) -> int:
    return TOP + BOTTOM + ROW * (len(bones) + len({b.sheet.area for b in bones}))


def across(place: float) -> float:
    """A place between -1 and 1 as a part of the figure's width."""
    return (SPINE[0] + SPINE[1]) / 2 + place * (SPINE[1] - SPINE[0]) / 2.12


def draw_spine(bones: list[Vertebra], place: str, lang: str = "es") -> go.Figure:
    """The figure itself."""
    if not bones:
        return canvas.empty(t("Ningún indicador de esta región tiene un lado mejor y uno peor.", lang))
    at: list[tuple[float, Vertebra]] = []
    heads: list[tuple[float, str]] = []
    y = 0.0
    for area, members in region_spine.by_area(bones, lang):
        heads.append((y, area))
        at += [(y + 1 + i, bone) for i, bone in enumerate(members)]
        y += 1 + len(members)
    words: list[Word] = [(f"<b>{area}</b>", 0, row, "middle right", INK) for row, area in heads]
    words += [word for row, bone in at for word in _words(row, bone, lang)]
    drawn = [(row, bone) for row, bone in at if bone.shown and bone.places is not None]
    shapes = [line(xref="paper", yref="y", x0=0, x1=1, y0=row + 0.5, y1=row + 0.5, color=GRID, width=1, layer="below") for row, _ in at]
    shapes += [canvas.arrow(side, x=x, y=1, shift=6 * -side, rise=16) for side, x in zip((-1, 1), SPINE, strict=True)]
    return canvas.sheet(
        [_range(drawn, 0, 3, CONTEXT_FAINT, t("mínimo a máximo", lang)), _range(drawn, 1, 2, CONTEXT_SOFT, t("mitad central de las regiones", lang)),
         _centre(drawn), *_absent(at), _points(drawn, place, lang), *_texts(words), _marks(at)],
        xaxis=canvas.axis(range=[0, 1], showticklabels=False),
        yaxis=canvas.axis(range=[y - 0.4, -0.6], showticklabels=False),
        annotations=_header(place, lang), shapes=shapes, bargap=0.5, barmode="overlay", margin={"l": 0, "r": 0, "t": TOP, "b": BOTTOM},
        showlegend=True, legend={"orientation": "h", "x": SPINE[0], "y": 0, "yanchor": "top", "font": {"size": canvas.TICK, "color": INK_2}},
    )  # fmt: skip


def _header(place: str, lang: str) -> list[dict[str, Any]]:
    top: dict[str, Any] = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 8, "size": canvas.TICK}
    middle = (SPINE[0] + SPINE[1]) / 2
    name = wrapped(formats.place(place, lang).replace("Metropolitana", "Metrop."), 10)
    longest = max(map(len, name.split("<br>")))  # a long one leaves room to the cases at its left
    return [
        text(t("Indicador", lang), color=INK_2, x=0, xanchor="left", **top),
        text("n", color=INK_2, x=CASES, xanchor="right", **top),
        text(name, color=COPPER, bold=True, x=OWN, xanchor="right", xshift=10 * (longest > 9), align="right", **top),
        text(formats.place(COUNTRY, lang), color=INK_2, x=COUNTRYS, xanchor="right", **top),
        text(t("peor", lang), color=INK_2, x=SPINE[0], xanchor="left", xshift=18, **top),
        text(formats.place(COUNTRY, lang), bold=True, x=middle, xanchor="center", **top),
        text(t("mejor", lang), color=INK_2, x=SPINE[1], xanchor="right", xshift=-18, **top),
        text(t("frente al Perú", lang), color=INK_2, x=MARKS[0] - 0.008, xanchor="left", **top),
        text(t("hace un año", lang), color=INK_2, x=MARKS[1] - 0.008, xanchor="left", **top),
    ]


def _words(row: float, bone: Vertebra, lang: str) -> list[Word]:
    """The texts of one line; the reason in the place of the spine where there is no value."""
    name = region_spine.named(bone, lang, most=NAME)
    told: list[Word] = [(name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…", 0, row, "middle right", INK)]
    country = region_spine.figure(bone, bone.country, lang)
    told.append((country, COUNTRYS, row, "middle left", INK_2))
    if not bone.shown:
        return [*told, (sentences.reason(bone.row, lang), SPINE[0] + 0.045, row, "middle right", INK_2)]
    told += [
        (region_spine.cases(bone, lang), CASES, row, "middle left", INK_2),
        (f"<b>{region_spine.figure(bone, bone.row, lang)}</b>", OWN, row, "middle left", INK),
        _verdict(region_spine.against_words(bone.against, lang), bone.against, MARKS[0], row),
        _verdict(region_spine.since_words(bone.since, lang), bone.since, MARKS[1], row),
    ]
    return told


def _verdict(told: str, state: str, x: float, row: float) -> Word:
    strong = state in ("mejora", "empeora")
    color = {"mejora": BETTER, "empeora": WORSE}.get(state, INK_2)
    return f"<b>{told}</b>" if strong else told, x + 0.006, row, "middle right", color


def _texts(words: list[Word]) -> list[dict[str, Any]]:
    """All words as one trace: hundreds of notes would be slow to draw."""
    return [
        {
            "type": "scatter", "mode": "text", "showlegend": False, "hoverinfo": "skip", "cliponaxis": False,
            "x": [w[1] for w in words], "y": [w[2] for w in words], "text": [w[0] for w in words], "textposition": [w[3] for w in words],
            "textfont": {"size": canvas.TEXT, "color": [w[4] for w in words]},
        }
    ]  # fmt: skip


def _range(drawn: list[tuple[float, Vertebra]], low: int, high: int, color: str, name: str) -> dict[str, Any]:
    ends = [bone.places or (0.0, 0.0, 0.0, 0.0) for _, bone in drawn]
    return {
        "type": "bar", "orientation": "h", "name": name, "width": 0.44, "y": [row for row, _ in drawn], "base": [across(e[low]) for e in ends],
        "x": [across(e[high]) - across(e[low]) for e in ends], "marker": {"color": color, "line": {"width": 0}}, "hoverinfo": "skip",
    }  # fmt: skip


def _centre(drawn: list[tuple[float, Vertebra]]) -> dict[str, Any]:
    """The country's line, broken where a reason stands in its place."""
    rows = [row for row, _ in drawn]
    return {
        "type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip", "line": {"color": INK, "width": 1.4},
        "x": [x for _ in rows for x in (across(0), across(0), None)], "y": [y for row in rows for y in (row - 0.5, row + 0.5, None)],
    }  # fmt: skip


def _absent(at: list[tuple[float, Vertebra]]) -> list[dict[str, Any]]:
    """A small hatched box for each line without a value."""
    rows = [(row, bone.row["estado"]) for row, bone in at if not bone.shown]
    if not rows:
        return []
    bare = [state in canvas.BARE for _, state in rows]
    pattern = {
        "shape": ["" if b else PATTERN.get(s, "/") for b, (_, s) in zip(bare, rows, strict=True)],
        "fgcolor": HATCH, "bgcolor": NONE, "fillmode": "replace", "size": 5, "solidity": 0.25,
    }  # fmt: skip
    marker = {"color": NONE, "line": {"width": [0.8 if b else 0 for b in bare], "color": HATCH}, "pattern": pattern}
    return [
        {
            "type": "bar", "orientation": "h", "name": "sin dato", "showlegend": False, "width": 0.44, "hoverinfo": "skip", "marker": marker,
            "y": [row for row, _ in rows], "base": [SPINE[0]] * len(rows), "x": [0.035] * len(rows),
        }
    ]  # fmt: skip


def _points(drawn: list[tuple[float, Vertebra]], place: str, lang: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": formats.place(place, lang),
        "x": [across(bone.point or 0.0) for _, bone in drawn], "y": [row for row, _ in drawn],
        "customdata": [bone.sheet.id for _, bone in drawn],
        "marker": {"symbol": "circle", "size": 12, "color": COPPER, "line": {"width": 1.5, "color": PAPER}},
        "hovertext": [wrapped(region_spine.tip(bone, lang)) for _, bone in drawn], "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip


def _marks(at: list[tuple[float, Vertebra]]) -> dict[str, Any]:
    """▲ ▼ ● before each verdict."""
    symbols = {"mejora": "triangle-up", "empeora": "triangle-down", "sin_diferencia": "circle"}
    colors = {"mejora": BETTER, "empeora": WORSE}
    found = [(x, row, s) for row, bone in at for x, s in zip(MARKS, (bone.against, bone.since), strict=True) if s in symbols]
    return {
        "type": "scatter", "mode": "markers", "showlegend": False, "hoverinfo": "skip", "cliponaxis": False,
        "x": [x for x, _, _ in found], "y": [row for _, row, _ in found],
        "marker": {
            "opacity": 1, "symbol": [symbols[s] for _, _, s in found], "size": [10 if s in colors else 6 for _, _, s in found],
            "color": [colors.get(s, INK_3) for _, _, s in found], "line": {"width": 0},
        },
    }  # fmt: skip
