"""The sheet every figure is drawn on: colours by name, fonts, margins, small marks. No data here.

Colours are strings "var:<token>": the browser puts in the theme's colour, so one cached figure serves light and dark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

PAPER, SURFACE = "var:papel", "var:superficie"
INK, INK_2, INK_3 = "var:tinta", "var:tinta-2", "var:tinta-3"
LINE, GRID = "var:linea", "var:rejilla"
COPPER, COPPER_BAND = "var:cobre", "var:cobre-banda"
BETTER, WORSE, SIGNAL = "var:mejora", "var:empeora", "var:senal"
STRONG, CONTEXT, CONTEXT_SOFT, CONTEXT_FAINT = "var:contexto-0", "var:contexto-1", "var:contexto-2", "var:contexto-3"
HATCH = "var:trama"
MAP = ("var:mapa-1", "var:mapa-2", "var:mapa-3", "var:mapa-4", "var:mapa-5")
NONE = "rgba(0,0,0,0)"

TEXT, TICK = 14, 13

#: the hatch of each absence, as in the matrix
PATTERN = {
    "no_reportado": "/",
    "n_insuficiente": ".",
    "no_publicable": "x",
    "competencia_minem": "-",
    "regla_no_superada": "\\",
    "no_desagregado": "|",
    "no_alcanzado": "+",
    "impreciso": ".",
}
#: absences with nothing to count: bare ground with its outline, no hatch
BARE = ("sin_registro", "sin_denominador")

_AXIS: dict[str, Any] = {
    "showgrid": False, "zeroline": False, "showline": False, "fixedrange": True, "automargin": False, "tickangle": 0,
    "tickfont": {"size": TICK, "color": INK_2}, "gridcolor": GRID, "ticks": "",
}  # fmt: skip


def axis(**options: Any) -> dict[str, Any]:
    """An axis with nothing drawn but its tick labels; `options` add to it."""
    return {**_AXIS, **options}


def next_axis(**options: Any) -> dict[str, Any]:
    """The second or a later axis of a figure: without colours, which plotly checks there and the theme gives by itself."""
    plain = {k: v for k, v in axis(**options).items() if k not in ("gridcolor", "linecolor", "tickfont")}
    return {**plain, "tickfont": {"size": TICK}}


def text(content: str, *, color: str = INK, size: int = TEXT, bold: bool = False, **place: Any) -> dict[str, Any]:
    """An annotation without arrow, anchored where `place` says."""
    shown = f"<b>{content}</b>" if bold else content
    return {"text": shown, "showarrow": False, "font": {"size": size, "color": color}, "borderpad": 0, **place}


def line(**place: Any) -> dict[str, Any]:
    """A thin straight line in ink; `place` holds the ends, their references and what differs."""
    style = {"color": place.pop("color", INK), "width": place.pop("width", 1.2), "dash": place.pop("dash", "solid")}
    return {"type": "line", "line": style, "layer": "above", **place}


#: corners in pixels around (0, 0), y upwards
_GLYPHS = {
    "mejora": ((-5, -4), (5, -4), (0, 5)),
    "empeora": ((-5, 4), (5, 4), (0, -5)),
    "sube": ((-1, -5), (1, -5), (1, 0), (5, 0), (0, 5), (-5, 0), (-1, 0)),
    "baja": ((-1, 5), (1, 5), (1, 0), (5, 0), (0, -5), (-5, 0), (-1, 0)),
    "sin_diferencia": ((-3, 0), (-2, 2), (0, 3), (2, 2), (3, 0), (2, -2), (0, -3), (-2, -2)),
}
_GLYPH_COLORS = {"mejora": BETTER, "empeora": WORSE}


def glyph(change: str, *, x: Any, y: Any, xref: str = "x", yref: str = "y", shift: float = 0.0) -> dict[str, Any]:
    """The mark of a change (▲ ▼ ●) as a shape of fixed size, `shift` pixels to the right of x. No font needs to have it."""
    corners = [f"{a + shift:g} {b:g}" for a, b in _GLYPHS[change]]
    path = f"M {' L '.join(corners)} Z"
    return {**_fixed(x, y, xref, yref), "type": "path", "path": path, "fillcolor": _GLYPH_COLORS.get(change, INK_3), "line": {"width": 0}}


def arrow(side: int, *, x: float, y: float, shift: float, rise: float) -> dict[str, Any]:
    """A thin arrow to the right (1) or the left (-1) in the second ink, its middle `shift` and `rise` pixels from a place of the paper."""
    head, tail = shift + 6 * side, shift - 6 * side
    path = f"M{tail:g} {rise:g}L{head:g} {rise:g}M{head - 4 * side:g} {rise + 3:g}L{head:g} {rise:g}L{head - 4 * side:g} {rise - 3:g}"
    return {**_fixed(x, y), "type": "path", "path": path, "line": {"width": 1.2, "color": INK_2}}


#: a square of a key and the space around it, pitch of its lines, and rough width of a letter, in pixels
_SQUARE, _BEFORE, _AFTER, _PITCH, _LETTER = 10, 5, 14, 18, 6.0


def key(
    entries: Sequence[tuple[str | dict[str, Any], str]], columns: int, *, shift: float = 0.0, drop: float = 0.0, color: str = INK
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shapes and words of a key under the plot: (mark, what it means), `columns` to a line, from its lower left corner in pixels.

    A mark is the colour of a square, or how another shape differs from it. It is drawn: as a letter each machine would take it from another font.
    """
    wide = [max(len(re.sub("<[^>]+>", "", told)) for _, told in entries[c::columns]) for c in range(min(columns, len(entries)))]
    boxes, words = [], []
    for i, (mark, told) in enumerate(entries):
        left = shift + sum(_SQUARE + _BEFORE + _AFTER + _LETTER * w for w in wide[: i % columns])
        middle = -drop - _PITCH * (i // columns + 0.5)
        own: dict[str, Any] = dict(mark) if isinstance(mark, dict) else {"fillcolor": mark}
        inset = own.pop("inset", 0)
        at = {"x0": left + inset, "x1": left + _SQUARE - inset, "y0": middle - _SQUARE / 2, "y1": middle + _SQUARE / 2}
        boxes.append({**_fixed(0, 0), "type": "rect", **at, "line": {"width": 0.6, "color": LINE}, **own})
        place: dict[str, Any] = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0, "yanchor": "middle"}
        words.append(text(told, color=color, size=TICK, xshift=left + _SQUARE + _BEFORE, yshift=middle, **place))
    return boxes, words


def _fixed(x: Any, y: Any, xref: str = "paper", yref: str = "paper") -> dict[str, Any]:
    """What a shape needs whose sizes are pixels from a place, y upwards."""
    return {"xref": xref, "yref": yref, "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": x, "yanchor": y, "layer": "above"}


def sheet(traces: list[dict[str, Any]], **layout: Any) -> go.Figure:
    """A figure of plain traces. Plotly's own validation is left to the tests: it does not know our colour names."""
    base: dict[str, Any] = {
        "template": {"layout": {}},
        "paper_bgcolor": NONE, "plot_bgcolor": NONE, "showlegend": False, "autosize": True, "hovermode": "closest", "dragmode": False,
        "font": {"family": '"Source Sans 3 Variable", "Source Sans 3", "Segoe UI", Arial, sans-serif', "size": TEXT, "color": INK_2},
        "hoverlabel": {"bgcolor": SURFACE, "bordercolor": LINE, "align": "left", "font": {"size": TEXT, "color": INK}},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "xaxis": axis(), "yaxis": axis(),
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": {**base, **layout}}, _validate=False)


def empty(sentence: str) -> go.Figure:
    """A figure that says why it is empty."""
    note = text(sentence, xref="paper", yref="paper", x=0.5, y=0.5, color=INK_2, size=TEXT + 1)
    return sheet([], xaxis=axis(visible=False), yaxis=axis(visible=False), annotations=[note])
