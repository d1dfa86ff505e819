"""Bars as inline SVG: places beside each other, with their interval and the country's line; hatched where there is no figure.

Lengths are hundredths of the drawing's own width, so that type keeps its size on a phone and on a wide screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard import formats
from dashboard.formats import is_missing
from dashboard.narrative import sentences
from dashboard.publico.book import Row
from dashboard.publico.tags import tag
from dashboard.publico.told import why
from dashboard.published import Sheet

#: height of a bar
_THICK = 16


@dataclass(frozen=True)
class _Shape:
    """A row: its height, the base of its name, the top of its bar; where bars begin and how wide they may be, in hundredths."""

    row: int
    name: int
    bar: int
    left: int
    width: int


_BESIDE = _Shape(row=26, name=18, bar=5, left=36, width=46)
#: names that a phone has no room for beside the bars
_ABOVE = _Shape(row=48, name=17, bar=24, left=0, width=82)
#: characters of a name that fit beside the bars of a phone
_FITS = 20


@dataclass(frozen=True)
class Bar:
    """A row of the chart. `mark`: that of the place the page is about, or the country's."""

    name: str
    row: Row
    mark: str = ""


def drawing(
    bars: Sequence[Bar], sheet: Sheet, lang: str, title: str, told: str, *, line: Row | None = None, line_name: str = "", id: str = "barras"
) -> Markup:
    """The chart. `title` and `told` are what it says to those who do not see it; `line`: the row whose value crosses all bars."""
    shown = [b for b in bars if sentences.is_published(b.row)]
    top = scale(shown, line)
    shape = _ABOVE if any(len(b.name) > _FITS for b in bars) else _BESIDE
    head = 22 if line is not None else 4
    height = head + shape.row * len(bars) + 4
    parts = [_row(b, sheet, lang, top, head + shape.row * i, shape) for i, b in enumerate(bars)]
    return tag(
        "svg", tag("title", title, id=f"{id}-t"), tag("desc", told, id=f"{id}-d"),
        _line(line, line_name, top, head, head + shape.row * len(shown) + 4, shape), parts,
        cls="grafico", width="100%", height=height, role="img", aria_labelledby=f"{id}-t {id}-d", focusable="false",
    )  # fmt: skip


def scale(bars: Sequence[Bar], line: Row | None = None) -> float:
    """The value at the right end: the highest value or limit drawn."""
    found = [float(b.row[k]) for b in bars for k in ("valor", "superior") if not is_missing(b.row[k])]
    # one limit far out must not flatten all bars: it is cut at twice the highest value
    highest = max((float(b.row["valor"]) for b in bars), default=0.0)
    if line is not None and sentences.is_published(line):
        highest = max(highest, float(line["valor"]))
    return max(min(max([*found, highest], default=0.0), 2 * highest), 1e-9) * 1.02


def _x(value: float, top: float, shape: _Shape) -> str:
    return f"{shape.left + shape.width * min(max(value, 0.0), top) / top:.2f}%"


def _row(bar: Bar, sheet: Sheet, lang: str, top: float, y: int, shape: _Shape) -> Markup:
    upper, middle = y + shape.bar, y + shape.bar + _THICK // 2
    name = tag("text", bar.name, x="0", y=y + shape.name, cls="nombre")
    if not sentences.is_published(bar.row):
        hatched = tag("rect", x=f"{shape.left}%", y=upper, width="9%", height=_THICK, fill=f"url(#t-{bar.row['estado']})", cls="ausente")
        return tag("g", name, hatched, tag("text", why(bar.row, lang), x=f"{shape.left + 11}%", y=middle + 5, cls="razon"), cls="sin")
    value = float(bar.row["valor"])
    width = max(shape.width * min(max(value, 0.0), top) / top, 0.3)
    drawn = tag("rect", x=f"{shape.left}%", y=upper, width=f"{width:.2f}%", height=_THICK)
    number = tag("text", formats.figure(value, sheet.unit(lang), sheet.decimals, lang), x="100%", y=middle + 5, cls="cifra")
    return tag("g", name, drawn, _interval(bar.row, top, middle, shape), number, cls=bar.mark or None)


def _interval(row: Row, top: float, y: int, shape: _Shape) -> Markup | None:
    """A thin line with its two ends; without an end where the data do not tell the limit, or where it lies beyond the drawing."""
    if is_missing(row["inferior"]) and is_missing(row["superior"]):
        return None
    low = 0.0 if is_missing(row["inferior"]) else float(row["inferior"])
    high = top if is_missing(row["superior"]) else float(row["superior"])
    ends = [_x(v, top, shape) for v in (low, high) if v < top]
    ticks = [tag("line", x1=x, x2=x, y1=y - 4, y2=y + 4) for x in ends]
    return tag("g", tag("line", x1=_x(low, top, shape), x2=_x(high, top, shape), y1=y, y2=y), ticks, cls="margen")


def _line(row: Row | None, name: str, top: float, head: int, height: int, shape: _Shape) -> Markup | None:
    if row is None or not sentences.is_published(row):
        return None
    x = _x(float(row["valor"]), top, shape)
    return tag("g", tag("line", x1=x, x2=x, y1=head - 4, y2=height - 4), tag("text", name, x=x, y=head - 8, text_anchor="middle"), cls="pais")


def hatches() -> Markup:
    """The patterns of absences, once for each page that draws any."""
    drawn = {
        "no_reportado": ("8 8", "M-1 1L1-1M-1 9L9-1M7 9L9 7"), "n_insuficiente": ("5 5", "M1.6 2.5h1.8M2.5 1.6v1.8"),
        "no_publicable": ("8 8", "M-1 1L1-1M-1 9L9-1M7 9L9 7M-1 7L1 9M-1-1L9 9M7-1L9 1"), "competencia_minem": ("8 5", "M0 2.5H8"),
        "regla_no_superada": ("10 10", "M.5.5L4 4M5.5 5.5L9 9"), "no_desagregado": ("5 8", "M2.5 0V8"),
        "no_alcanzado": ("8 8", "M4 1.5V6.5M1.5 4H6.5"), "impreciso": ("10 6", "M0 3Q2.5 0 5 3T10 3"), "sin_registro": ("10 10", "M5 4v2"),
        "sin_denominador": ("9 9", "M2 4.5h5"),
    }  # fmt: skip
    made = [
        tag("pattern", tag("path", d=path), id=f"t-{state}", width=size.split()[0], height=size.split()[1], patternUnits="userSpaceOnUse")
        for state, (size, path) in drawn.items()
    ]
    return tag("svg", tag("defs", made), width="0", height="0", cls="tramas", aria_hidden="true", focusable="false")
