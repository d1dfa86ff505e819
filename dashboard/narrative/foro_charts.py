"""Charts of the forum, drawn by the server: bars in HTML and a line in SVG, so that they need no script, no network and no library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html

from dashboard import formats
from dashboard.drawing import Mark, dot, line, svg
from dashboard.figures.request import records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet
from warehouse.territories import COUNTRY

Row = dict[Any, Any]

#: categories that fit a slide, and periods of a line
CATEGORIES, PERIODS = 8, 24


def region_bars(frame: pd.DataFrame, sheet: Sheet, selected: str, lang: str) -> html.Div:
    """Every region in two columns, highest first; those without a value last, with the reason."""
    bars = parts.plain_bars(frame, sheet, selected, lang)
    bars.className = "barras foro-regiones"
    bars.style = {"--filas": (len(bars.children) + 1) // 2}
    return html.Div(bars, className="foro__ancho")


def category_bars(rows: Sequence[Row], sheet: Sheet, lang: str) -> html.Ol:
    """The largest categories, the first one in copper; how many more there are."""
    shown = list(rows)[:CATEGORIES]
    top = max([float(r[k]) for r in shown for k in ("valor", "superior") if not is_missing(r[k])], default=0.0) or 1.0
    items = [_category(r, sheet, top, i == 0, lang) for i, r in enumerate(shown)]
    more = len(rows) - len(shown)
    if more > 0:
        told = t("y una categoría más, menor", lang) if more == 1 else t("y {n} categorías más, menores", lang).format(n=more)
        items.append(
            html.Li(
                [html.Span(className="barras__nombre"), html.Span(told, className="barras__pista")], className="barras__fila barras__fila--ausente"
            )
        )
    return html.Ol(items, className="barras barras--grande")


def _category(row: Row, sheet: Sheet, top: float, first: bool, lang: str) -> html.Li:
    style = {"--v": f"{100 * max(0.0, float(row['valor'])) / top:.1f}%"}
    if not is_missing(row["inferior"]) and not is_missing(row["superior"]):
        style |= {"--lo": f"{100 * float(row['inferior']) / top:.1f}%", "--hi": f"{100 * float(row['superior']) / top:.1f}%"}
    name = sentences.category_name(sheet, row["categoria"], lang)
    return html.Li(
        [html.Span(name, className="barras__nombre"), html.Span(html.I(), className="barras__pista"),
         html.Span(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), className="barras__valor")],
        className=f"barras__fila{' barras__fila--elegida' if first else ''}", style=style,
    )  # fmt: skip


def series(frame: pd.DataFrame, sheet: Sheet, place: str, lang: str) -> html.Div:
    """A territory through time with its interval; the country in grey behind it. Gaps stay gaps."""
    periods = sorted(frame["periodo"].unique())[-PERIODS:]
    own, behind = _by_period(frame, place), _by_period(frame, COUNTRY) if place != COUNTRY else {}
    values = [found[p][k] for found in (own, behind) for p in periods if p in found for k in ("valor", "inferior", "superior")]
    low, high, step = span([float(v) for v in values if not is_missing(v)], sheet)

    def at(i: int, value: float) -> tuple[float, float]:
        return 100 * i / max(len(periods) - 1, 1), 100 - 100 * (value - low) / (high - low)

    band = [at(i, float(own[p]["superior"])) for i, p in enumerate(periods) if _has(own, p, "superior")]
    band += [at(i, float(own[p]["inferior"])) for i, p in reversed(list(enumerate(periods))) if _has(own, p, "inferior")]
    ticks = [low + i * step for i in range(round((high - low) / step) + 1)]
    heights = [round(at(0, v)[1], 2) for v in ticks]
    marks = [Mark("line", x1="0", x2="100", y1=f"{y}", y2=f"{y}", className="foro-serie__regla", vector_effect="non-scaling-stroke") for y in heights]
    if len(band) > 4:
        marks.append(Mark("polygon", points=" ".join(f"{x:g},{y:g}" for x, y in band), className="foro-serie__banda"))
    marks += [line(run, "foro-serie__pais") for run in _runs(behind, periods, at)]
    marks += [line(run, "foro-serie__propia") for run in _runs(own, periods, at)]
    last = next((i for i in range(len(periods) - 1, -1, -1) if _has(own, periods[i], "valor")), None)
    labels = [_label(0, y, formats.number(v, _digits(step), lang), "eje") for v, y in zip(ticks, heights, strict=True)]
    labels += [_label(at(i, low)[0], 100, formats.period(periods[i], lang), _edge(i, len(periods))) for i in _ticks(len(periods))]
    if last is not None:
        x, y = at(last, float(own[periods[last]]["valor"]))
        labels.append(_label(x, y, f"{formats.place(place, lang)} {sentences.value(own[periods[last]], sheet, lang)}", "propia"))
        marks.append(dot(x, y, "foro-serie__punto", 0.01))
        if _has(behind, periods[last], "valor"):
            beside = at(last, float(behind[periods[last]]["valor"]))[1]
            apart = beside if abs(beside - y) > 14 else y + (14 if beside >= y else -14)
            labels.append(_label(x, apart, f"{formats.place(COUNTRY, lang)} {sentences.value(behind[periods[last]], sheet, lang)}", "pais"))
    told = t("{lugar} en {n} periodos, de {desde} a {hasta}", lang).format(
        lugar=formats.place(place, lang), n=len(periods), desde=formats.period(periods[0], lang), hasta=formats.period(periods[-1], lang)
    )
    return html.Div(
        [html.Div(svg(100, 100, *marks, label=told, name="foro-serie__trazos", stretched=True), className="foro-serie__lienzo"), *labels],
        className="foro-serie",
    )


def _by_period(frame: pd.DataFrame, place: str) -> dict[str, Row]:
    return {r["periodo"]: r for r in records(frame[frame["territorio"] == place]) if sentences.is_published(r)}


def _has(found: dict[str, Row], period: str, key: str) -> bool:
    return period in found and not is_missing(found[period][key])


def span(known: list[float], sheet: Sheet) -> tuple[float, float, float]:
    """Ends and step of the scale, in round numbers: from zero, unless all values lie far above it; a percentage ends at 100."""
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = 0.0 if low < 0.6 * high else low
    rough = max((high - low) / 4, 1e-9)
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(k * ten for k in (1, 2, 2.5, 5, 10) if k * ten >= rough)
    low, top = math.floor(low / step) * step, math.ceil(high / step) * step
    if formats.is_percentage(sheet.unit()) and high <= 100:
        top = min(top, 100.0)
    return low, top if top > low else low + step, step


def _digits(step: float) -> int:
    """Decimals that the marks of a scale need."""
    return 0 if float(step).is_integer() else 1 if float(10 * step).is_integer() else 2


def _ticks(n: int) -> list[int]:
    """The first and last place, and those between that leave room for their words."""
    return sorted({0, n - 1} | ({n // 2} if n > 8 else set()))


def _edge(i: int, n: int) -> str:
    """How the name of a period is placed: the first and the last stay within the drawing."""
    return "primero" if i == 0 else "ultimo" if i == n - 1 else "periodo"


def _runs(found: dict[str, Row], periods: Sequence[str], at: Any) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of points."""
    runs: list[list[tuple[float, float]]] = [[]]
    for i, p in enumerate(periods):
        if _has(found, p, "valor"):
            runs[-1].append(at(i, float(found[p]["valor"])))
        elif runs[-1]:
            runs.append([])
    return [r for r in runs if len(r) > 1]


def _label(x: float, y: float, text: str, kind: str) -> html.Span:
    return html.Span(text, className=f"foro-serie__rotulo foro-serie__rotulo--{kind}", style={"--x": f"{x:.1f}%", "--y": f"{y:.1f}%"})
