"""The map on a slide: regions in classes of value, each with its span and its regions by name: no colour has to be told from another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats, geography
from dashboard.drawing import Mark, svg
from dashboard.figures import canvas
from dashboard.figures.map import STEPS, breaks
from dashboard.figures.request import records
from dashboard.figures.scales import scale
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet
from warehouse.states import STATES
from warehouse.territories import LIMA_DEPARTMENT

Row = dict[Any, Any]

WIDTH, HEIGHT = 300.0, 430.0


@dataclass(frozen=True)
class Class:
    """A class of values: its step of the colour scale (1 the lightest), its span in words, the territories in it, highest first."""

    step: int
    span: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Classes:
    """The classes, highest first, and who has no value by reason in the order of legends."""

    classes: tuple[Class, ...]
    absent: tuple[tuple[str, tuple[Row, ...]], ...]
    unit: str
    #: writes a value in that unit
    told: Callable[[float], str]

    def named(self, row: Row, lang: str) -> str:
        """«Pasco 61.8»."""
        return f"{formats.place(row['territorio'], lang)} {self.told(float(row['valor']))}"

    def step(self, code: str) -> int:
        """The step of a territory, 0 where it has no value."""
        return next((c.step for c in self.classes for r in c.rows if r["territorio"] == code), 0)

    def state(self, code: str) -> str:
        return next((state for state, rows in self.absent for r in rows if r["territorio"] == code), "")


def classes(frame: pd.DataFrame, sheet: Sheet, lang: str) -> Classes:
    """Fifths of the values, fewer where few are different; Lima counts as a department where only that has a value."""
    rows = records(frame)
    shown = [r for r in rows if sentences.is_published(r) and (r["nivel"] == "region" or r["territorio"] == LIMA_DEPARTMENT)]
    shown.sort(key=lambda r: -float(r["valor"]))
    absent = [r for r in rows if r["nivel"] == "region" and not sentences.is_published(r)]
    by_reason = tuple((s, tuple(r for r in absent if r["estado"] == s)) for s in STATES if any(r["estado"] == s for r in absent))
    limits = breaks([float(r["valor"]) for r in shown])
    found = []
    told, unit = _writer(shown, limits, sheet, lang)
    ends = [None, *limits, None]
    for place, (low, high) in enumerate(pairwise(ends)):
        own = [r for r in shown if (low is None or float(r["valor"]) >= low) and (high is None or float(r["valor"]) < high)]
        step = 1 + round(place * (STEPS - 1) / len(limits)) if limits else (STEPS + 1) // 2
        found.append(Class(step, _span(low, high, own, told, lang), tuple(own)))
    return Classes(tuple(c for c in reversed(found) if c.rows), by_reason, unit, told)


def _writer(shown: Sequence[Row], limits: list[float], sheet: Sheet, lang: str) -> tuple[Callable[[float], str], str]:
    """How limits are written, and in which unit: thousands and millions are said in the unit."""
    percent = formats.is_percentage(sheet.unit(lang))
    divisor, word = (1.0, "") if percent else scale(max((abs(float(r["valor"])) for r in shown), default=0.0), lang)
    digits = sheet.decimals if divisor == 1 else 1
    while digits < 4 and len({round(x / divisor, digits) for x in limits}) < len(limits):
        digits += 1
    unit = t("{miles} de {unidad}", lang).format(miles=word, unidad=sheet.unit(lang)) if word else sheet.unit(lang)
    return lambda value: formats.number(value / divisor, digits, lang), unit


def _span(low: float | None, high: float | None, own: Sequence[Row], told: Any, lang: str) -> str:
    if low is None and high is None:
        return str(told(float(own[0]["valor"]))) if own else ""
    if low is None:
        return t("menos de {limite}", lang).format(limite=told(high))
    return (
        t("{limite} o más", lang).format(limite=told(low)) if high is None else t("{desde} a {hasta}", lang).format(desde=told(low), hasta=told(high))
    )


def drawing(frame: pd.DataFrame, sheet: Sheet, selected: str, lang: str) -> html.Div:
    """The map at the left, the classes with their regions at the right."""
    found = classes(frame, sheet, lang)
    rows = {r["territorio"]: r for r in records(frame)}
    hatch = f"foro-trama-{sheet.id}"
    strokes = Mark("path", d="M-1 1L1-1M-1 9L9-1M7 9L9 7", className="foro-mapa__trazo")
    pattern = Mark("pattern", [strokes], id=hatch, width="8", height="8", patternUnits="userSpaceOnUse")
    shapes = [_region(code, rows.get(code), found, sheet, hatch, lang) for code in geography.codes()]
    if selected in geography.codes():
        shapes.append(Mark("path", d=geography.svg_path(selected, WIDTH, HEIGHT), className="foro-mapa__elegida", vector_effect="non-scaling-stroke"))
    shapes += [_marker(code, found) for code in geography.SMALL]
    if found.step(LIMA_DEPARTMENT):
        x, y = geography.project(geography.centre("15"), WIDTH, HEIGHT)
        shapes.append(Mark("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="6", className=f"foro-mapa__{found.step(LIMA_DEPARTMENT)} foro-mapa__marca"))
    label = t("Mapa de las 26 regiones: {nombre}", lang).format(nombre=sheet.text("short_name", lang))
    return html.Div([svg(WIDTH, HEIGHT, Mark("defs", [pattern]), *shapes, label=label, name="foro-mapa__dibujo"), _legend(found, selected, lang)],
                    className="foro__ancho foro-mapa")  # fmt: skip


def _region(code: str, row: Row | None, found: Classes, sheet: Sheet, hatch: str, lang: str) -> Mark:
    told = sentences.cell(row, sheet, lang) if row else f"{formats.place(code, lang)}: {t('sin dato', lang)}."
    step = found.step(code)
    bare = found.state(code) in canvas.BARE
    look = {"className": f"foro-mapa__{step}"} if step else {"className": "foro-mapa__sin", **({} if bare else {"fill": f"url(#{hatch})"})}
    outline = geography.svg_path(code, WIDTH, HEIGHT)
    return Mark("path", [Mark("title", told)], d=outline, fill_rule="evenodd", vector_effect="non-scaling-stroke", **look)


def _marker(code: str, found: Classes) -> Mark:
    """A square for what is too small to be seen."""
    x, y = geography.project(geography.centre(code), WIDTH, HEIGHT)
    return Mark(
        "rect", x=f"{x - 4:.1f}", y=f"{y - 4:.1f}", width="8", height="8", className=f"foro-mapa__{found.step(code) or 'sin'} foro-mapa__marca"
    )


def _legend(found: Classes, selected: str, lang: str) -> html.Dl:
    items: list[Any] = [html.Dt(html.B(found.unit), className="foro-mapa__unidad")]
    for one in found.classes:
        names = [x for r in one.rows for x in (", ", html.B(found.named(r, lang)) if r["territorio"] == selected else found.named(r, lang))][1:]
        items += [html.Dt([html.I(className=f"foro-mapa__caja foro-mapa__caja--{one.step}"), html.B(one.span)]), html.Dd(names)]
    for state, rows in found.absent:
        without = formats.listing([formats.place(r["territorio"], lang) for r in rows], lang)
        reason = html.Dt([components.hatch(state, large=True), html.B(formats.state(state, None, lang))])
        items.append(html.Div([reason, html.Dd(without)], className="foro-mapa__falta"))  # on one line: a slide may have six reasons
    return html.Dl(items, className="foro-mapa__leyenda")
