"""`comparar_barras`: regions by value, each with its interval; those without a value stand below with their reason."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.figures import canvas
from dashboard.figures.canvas import CONTEXT, CONTEXT_SOFT, COPPER, HATCH, INK, INK_2, NONE, PATTERN, STRONG, glyph, line, text
from dashboard.figures.request import PEERS, Params, across, is_comparable_with_country, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import STATES
from warehouse.territories import COUNTRY, all_territories

ROW = 25
TOP, BOTTOM, LEFT, RIGHT = 30, 10, 136, 76
#: with a change column
RIGHT_WIDE = 146
#: more regions than this without a value for one reason are told in one row
_TOGETHER = 4

Row = dict[Any, Any]


def compare_bars(snapshot: Snapshot, params: Params) -> go.Figure:
    """Bars of the regions at one period. The region of `params.territorio` is in copper."""
    return draw_bars(across(snapshot, snapshot.sheet(params.indicador), params), snapshot.sheet(params.indicador), params.territorio, params.lang)


def peer_bars(snapshot: Snapshot, params: Params) -> go.Figure:
    """The same with, at the right, the cases and what the publication says of each region beside all together (`frente_al_pais`)."""
    sheet = snapshot.sheet(params.indicador)
    return draw_bars(across(snapshot, sheet, params), sheet, params.territorio, params.lang, beside="frente_al_pais")


def height(frame: pd.DataFrame) -> int:
    """Pixels the figure needs for `frame`, for the page to keep free."""
    present, absent = split(frame)
    return TOP + BOTTOM + ROW * (len(present) + len(absent_rows(absent)) + 1)


def split(frame: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Rows with a value, highest first, and rows without; the country, the pilots and what belongs to no region apart."""
    rows = [r for r in records(frame) if r["nivel"] in PEERS]
    shown = [r for r in rows if sentences.is_published(r)]
    present = sorted(shown, key=lambda r: (r["nivel"] == "otro", -float(r["valor"]), formats.place(r["territorio"])))
    absent = [r for r in rows if not sentences.is_published(r) and r["nivel"] == "region"]
    order = list(STATES)
    return present, sorted(absent, key=lambda r: (order.index(r["estado"]), formats.place(r["territorio"])))


def draw_bars(frame: pd.DataFrame, sheet: Sheet, selected: str = "", lang: str = "es", beside: str = "cambio_estado") -> go.Figure:
    """The figure itself, from the values of one period; `beside`: the verdict that stands at the right."""
    present, absent = split(frame)
    if not present and not absent:
        return canvas.empty(t("No hay valores para este periodo.", lang))
    below = absent_rows(absent)
    rows = len(present) + 1 + len(below)
    country = country_of(frame, sheet) if present else None
    with_change = any(r[beside] for r in present)
    high = highest([*present, *([country] if country else [])])
    notes, shapes = _names(present, selected, lang), []
    notes += _values(present, sheet, selected, with_change, lang, beside) + _reasons(below, len(present) + 1, lang)
    shapes += _glyphs(present, beside) if with_change else []
    if country is not None:
        notes.append(_country_name(country, sheet, high, len(present), lang))
        shapes.append(line(xref="x", yref="y", x0=country["valor"], x1=country["valor"], y0=-0.6, y1=len(present) - 0.35, dash="4px,3px"))
    return canvas.sheet(
        [_bars(present, sheet, selected, lang), *_swatches(below, high, len(present) + 1)],
        xaxis=canvas.axis(range=[0, high * 1.02], side="top", showgrid=True, **axis_ticks(0, high, sheet, lang)),
        yaxis=canvas.axis(range=[rows - 0.4, -0.6], showticklabels=False),
        annotations=notes, shapes=shapes, bargap=0.36, barmode="overlay",
        margin={"l": LEFT, "r": RIGHT_WIDE if with_change else RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def country_of(frame: pd.DataFrame, sheet: Sheet) -> Row | None:
    """The country's row where it has a value that regions can stand beside."""
    if not is_comparable_with_country(sheet):
        return None
    return next((r for r in records(frame) if r["territorio"] == COUNTRY and sentences.is_published(r)), None)


def _bars(present: list[Row], sheet: Sheet, selected: str, lang: str) -> dict[str, Any]:
    def reach(row: Row, side: str) -> float:
        return 0.0 if formats.is_missing(row[side]) else abs(float(row[side]) - float(row["valor"]))

    return {
        "type": "bar", "orientation": "h", "name": "valores",
        "y": list(range(len(present))), "x": [r["valor"] for r in present], "customdata": [r["territorio"] for r in present],
        "marker": {"color": [_color(r, selected) for r in present], "line": {"width": 0}},
        "error_x": {
            "type": "data", "symmetric": False, "array": [reach(r, "superior") for r in present],
            "arrayminus": [reach(r, "inferior") for r in present], "thickness": 1.5, "width": 3, "color": INK,
            "visible": any(not formats.is_missing(r["inferior"]) for r in present),
        },
        "hovertext": [wrapped(sentences.cell(r, sheet, lang)) for r in present], "hoverinfo": "text",
    }  # fmt: skip


def _color(row: Row, selected: str) -> str:
    if row["territorio"] == selected:
        return COPPER
    if row["nivel"] != "region":
        return CONTEXT_SOFT
    return STRONG if all_territories()[row["territorio"]].piloto else CONTEXT


def _name(code: str, selected: str, lang: str) -> dict[str, Any]:
    known = all_territories().get(code)
    chosen = code == selected
    return {"content": formats.place(code, lang), "color": COPPER if chosen else INK, "bold": chosen or bool(known and known.piloto)}


def _names(present: list[Row], selected: str, lang: str) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"xref": "paper", "x": 0, "yref": "y", "xanchor": "right", "xshift": -8, "yanchor": "middle"}
    return [text(**_name(r["territorio"], selected, lang), y=i, **place) for i, r in enumerate(present)]


def _values(present: list[Row], sheet: Sheet, selected: str, with_change: bool, lang: str, beside: str) -> list[dict[str, Any]]:
    """The column of values at the right, and the column of changes, or of cases, where there is one, each under its heading."""
    place: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "right", "yanchor": "middle"}
    found = []
    for i, row in enumerate(present):
        look = _name(row["territorio"], selected, lang)
        told = formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang)
        found.append(text(told, color=look["color"], bold=look["bold"], yref="y", y=i, xshift=68, **place))
        if beside != "cambio_estado":
            cases = row["denominador"] if formats.is_missing(row["n"]) else row["n"]
            found.append(text(sentences.amount(cases, lang), color=INK_2, size=canvas.TICK, yref="y", y=i, xshift=118, **place))
        elif with_change and row["cambio_estado"]:
            firm = sentences.is_conclusive(row)
            told = _bare(sentences.difference(row, sheet, lang))
            found.append(text(told, color=INK if firm else INK_2, bold=firm, yref="y", y=i, xshift=126, **place))
    heading: dict[str, Any] = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4, "xref": "paper", "x": 1, "xanchor": "right"}
    unit = "%" if formats.is_percentage(sheet.unit(lang)) else sheet.unit(lang)
    if len(unit) <= 12:
        found.append(text(unit, color=INK_2, size=canvas.TICK, xshift=68, **heading))
    if beside != "cambio_estado":
        found.append(text("n", color=INK_2, size=canvas.TICK, xshift=118, **heading))
    elif with_change:
        found.append(
            text(t("cambio %", lang) if sentences.is_relative(sheet) else t("cambio", lang), color=INK_2, size=canvas.TICK, xshift=140, **heading)
        )
    return found


def _bare(told: str) -> str:
    """A change without its unit, which the heading or the subtitle says."""
    return told.partition(formats.NBSP)[0].removesuffix("%")


#: verdict beside all regions -> the mark of a change that looks the same
PLACE_GLYPH = {"mejor": "mejora", "peor": "empeora", "superior": "sube", "inferior": "baja", "similar": "sin_diferencia"}


def _glyphs(present: list[Row], beside: str) -> list[dict[str, Any]]:
    marks = [(i, PLACE_GLYPH.get(r[beside], str(r[beside]))) for i, r in enumerate(present) if r[beside]]
    return [glyph(mark, xref="paper", x=1, y=i, shift=138) for i, mark in marks]


def _country_name(country: Row, sheet: Sheet, high: float, place: int, lang: str) -> dict[str, Any]:
    told = f"{formats.place(COUNTRY, lang)} {formats.with_unit(country['valor'], sheet.unit(lang), sheet.decimals, lang, short=True)}"
    side = "left" if float(country["valor"]) < high * 0.25 else "right" if float(country["valor"]) > high * 0.75 else "center"
    return text(told, bold=True, xref="x", x=country["valor"], yref="y", y=place, yanchor="middle", xanchor=side)


def absent_rows(absent: list[Row]) -> list[tuple[str, list[Row]]]:
    """(row key, regions) of the rows below: one region each, or all of a state together where they are many."""
    found: list[tuple[str, list[Row]]] = []
    for state in dict.fromkeys(r["estado"] for r in absent):
        same = [r for r in absent if r["estado"] == state]
        found += [(state, same)] if len(same) > _TOGETHER else [(r["territorio"], [r]) for r in same]
    return found


def _swatches(below: list[tuple[str, list[Row]]], high: float, first: int) -> list[dict[str, Any]]:
    """A hatched box, bare where there is nothing to count, for each row without a value, of one width."""
    if not below:
        return []
    bare = [same[0]["estado"] in canvas.BARE for _, same in below]
    shapes = ["" if plain else PATTERN.get(same[0]["estado"], "/") for plain, (_, same) in zip(bare, below, strict=True)]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "name": "sin dato",
            "y": [first + i for i in range(len(below))],
            "x": [high * 0.1] * len(below),
            "width": 0.5,
            "customdata": [same[0]["territorio"] if len(same) == 1 else "" for _, same in below],
            "hoverinfo": "skip",
            "marker": {
                "color": NONE,
                "line": {"width": [0.8 if plain else 0 for plain in bare], "color": HATCH},
                "pattern": {"shape": shapes, "fgcolor": HATCH, "bgcolor": NONE, "fillmode": "replace", "size": 5, "solidity": 0.25},
            },
        }
    ]


def _reasons(below: list[tuple[str, list[Row]]], first: int, lang: str) -> list[dict[str, Any]]:
    found = []
    for i, (_, same) in enumerate(below):
        row, y = same[0], first + i
        who = formats.place(row["territorio"], lang) if len(same) == 1 else formats.plural(len(same), t("región", lang), t("regiones", lang), lang)
        why = sentences.reason(row, lang) if len(same) == 1 else sentences.reason({**row, "n": None}, lang)
        found.append(text(who, color=INK_2, xref="paper", x=0, xanchor="right", xshift=-8, yref="y", y=y, yanchor="middle"))
        found.append(text(why, color=INK_2, xref="paper", x=0.1, xanchor="left", xshift=8, yref="y", y=y, yanchor="middle"))
    return found


def highest(rows: list[Row]) -> float:
    tops = [float(r[side]) for r in rows for side in ("valor", "superior") if not formats.is_missing(r[side])]
    return max([t_ for t_ in tops if t_ > 0], default=1.0)


def wrapped(sentence: str, width: int = 52) -> str:
    """A hover text broken into lines."""
    lines, now = [], ""
    for word in sentence.split(" "):
        if now and len(now) + 1 + len(word) > width:
            lines.append(now)
            now = word
        else:
            now = f"{now} {word}".strip()
    return "<br>".join([*lines, now])
