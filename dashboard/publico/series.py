"""A series as inline SVG: one dot for each period, its interval as a pale bar behind, a cross where there is no figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from dashboard import formats
from dashboard.formats import is_missing
from dashboard.narrative import sentences
from dashboard.publico.book import Row
from dashboard.publico.tags import tag
from dashboard.published import Sheet

#: of the drawing: its height, where the plot begins and ends, and the share of the width that dots keep to
_HEIGHT, _TOP, _BOTTOM = 190, 34, 160
_FROM, _TO = 5.0, 86.0
#: periods drawn; the table has all
MOST = 24


def drawing(rows: Sequence[Row], sheet: Sheet, lang: str, title: str, told: str, id: str = "serie") -> Markup:
    """The chart of rows in the order of time."""
    rows = rows[-MOST:]
    shown = [r for r in rows if sentences.is_published(r)]
    told_of = whole(rows)
    top = round_top(max(float(r[k]) for r in shown for k in ("valor", "superior") if not is_missing(r[k])), formats.is_percentage(sheet.unit()))
    step = (_TO - _FROM) / max(len(rows) - 1, 1)
    x = {r["periodo"]: _FROM + step * i for i, r in enumerate(rows)}
    runs = [" ".join(f"{x[r['periodo']]:.2f},{_y(float(r['valor']), top):.1f}" for r in run) for run in _runs(rows) if len(run) > 1]
    lines = [tag("polyline", points=points, vector_effect="non-scaling-stroke") for points in runs]
    path = tag("svg", lines, viewBox=f"0 0 100 {_HEIGHT}", preserveAspectRatio="none", width="100%", height=_HEIGHT, cls="trazo")
    return tag(
        "svg", tag("title", title, id=f"{id}-t"), tag("desc", told, id=f"{id}-d"), _axis(top, sheet, lang), path,
        [_point(r, x[r["periodo"]], top, last=r is told_of[-1]) for r in rows], _ends(told_of, x, top, sheet, lang), _times(rows, x, lang),
        cls="grafico serie", width="100%", height=_HEIGHT, role="img", aria_labelledby=f"{id}-t {id}-d", focusable="false",
    )  # fmt: skip


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Figures that follow one another: no line crosses a period without one."""
    found: list[list[Row]] = [[]]
    for row in rows:
        if sentences.is_published(row):
            found[-1].append(row)
        elif found[-1]:
            found.append([])
    return found


def whole(rows: Sequence[Row]) -> list[Row]:
    """The figures whose periods are complete; all figures where none is."""
    shown = [r for r in rows if sentences.is_published(r)]
    return [r for r in shown if "serie_incompleta" not in (r["avisos"] or [])] or shown


def round_top(highest: float, percentage: bool) -> float:
    """The axis' end: the next round number; a percentage's is 100 at most where nothing passes it."""
    size = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 1.0
    found = next(size * step for step in (1, 2, 4, 5, 6, 8, 10) if size * step >= highest * 0.999)
    return min(found, 100.0) if percentage and highest <= 100 else found


def _y(value: float, top: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * max(value, 0.0) / top


def _axis(top: float, sheet: Sheet, lang: str) -> list[Markup]:
    marks = []
    for value in (0.0, top / 2, top):
        y = _y(value, top)
        label = formats.number(value, max(0, 2 - len(str(int(top)))) if top < 10 else 0, lang)
        marks.append(tag("g", tag("line", x1="0", x2="90%", y1=y, y2=y), tag("text", label, x="100%", y=y + 5), cls="eje"))
    return marks


def _point(row: Row, x: float, top: float, *, last: bool) -> Markup:
    at = f"{x:.2f}%"
    if not sentences.is_published(row):
        return tag("text", "×", x=at, y=_BOTTOM - 4, cls="aspa")
    value = float(row["valor"])
    pale = None
    if not is_missing(row["inferior"]) and not is_missing(row["superior"]):
        pale = tag(
            "line", x1=at, x2=at, y1=f"{_y(float(row['inferior']), top):.1f}", y2=f"{_y(min(float(row['superior']), top), top):.1f}", cls="margen"
        )
    open_ = " hueco" if "serie_incompleta" in (row["avisos"] or []) else ""
    return tag("g", pale, tag("circle", cx=at, cy=f"{_y(value, top):.1f}", r=6 if last else 4, cls=f"punto{open_}"), cls="ultimo" if last else None)


def _ends(shown: Sequence[Row], x: dict[str, float], top: float, sheet: Sheet, lang: str) -> list[Markup]:
    """The figures of the first and the last dot, above what is drawn of them."""
    made = []
    for i, row in enumerate({r["periodo"]: r for r in (shown[0], shown[-1])}.values()):
        highest = row["superior"] if not is_missing(row["superior"]) else row["valor"]
        y = max(_y(min(float(highest), top), top) - 10, 14)
        number = formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang)
        made.append(tag("text", number, x=f"{x[row['periodo']]:.2f}%", y=f"{y:.1f}", cls="extremo" if i == 0 else "extremo ultimo"))
    return made


def _times(rows: Sequence[Row], x: dict[str, float], lang: str) -> list[Markup]:
    first, last = rows[0]["periodo"], rows[-1]["periodo"]
    y = _HEIGHT - 8
    made = [tag("text", formats.period(first, lang), x="0", y=y, cls="tiempo")]
    if last != first:
        made.append(tag("text", formats.period(last, lang), x="90%", y=y, cls="tiempo fin"))
    return made
