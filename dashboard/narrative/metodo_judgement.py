"""How a figure is made, in five steps, and how a difference is judged: each with a small drawing."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import Column
from dashboard.drawing import Mark, diamond, dot, line, svg, words
from dashboard.language import t
from dashboard.metodo import of, prose
from dashboard.narrative.metodo_counts import Counts, indicators
from dashboard.published import Snapshot

#: size of a drawing in its own units
W, H = 320, 150


def steps(snap: Snapshot, found: Counts, lang: str) -> html.Section:
    """The five boxes, with the publication's own counts."""
    filled = {
        "entregas": formats.plural(found.deliveries, t("entrega", lang), t("entregas", lang), lang),
        "aceptadas": formats.plural(found.rows, t("fila", lang), t("filas", lang), lang),
        "cuarentena": formats.number(found.quarantined, 0, lang),
        "indicadores": indicators(found.indicators, lang),
        "valores": formats.plural(found.published, t("celda", lang), t("celdas", lang), lang),
        "ausencias": formats.number(found.absent, 0, lang),
        "comparados": formats.number(found.compared, 0, lang),
        "firmes": formats.number(found.firm, 0, lang),
        "numero": snap.number,
        "fecha": formats.day(snap.publication.creada_en, lang),
        "revisados": formats.plural(snap.publication.revisados, t("valor revisado", lang), t("valores revisados", lang), lang),
    }
    boxes = []
    for place, step in enumerate(prose()["pasos"], start=1):
        path = step["ruta"]
        href = {"href": path} if path.startswith("#") else {"href": components.link("", path).href, "data-navegar": ""}
        told = of(step["texto"], lang).format(**filled)
        inside = [html.Span(t("Paso {n}", lang).format(n=place), className="linaje__rotulo"), html.B(of(step["titulo"], lang)), html.Span(told)]
        boxes.append(html.Li(html.A(inside, **href), className="linaje__paso"))
    return components.section(
        t("Cómo se hace una cifra", lang), html.Ol(boxes, className="linaje metodo-pasos"), id="pasos",
        subtitle=t("Cinco pasos, con las cuentas de esta publicación. La misma entrada da siempre la misma cifra, hasta el último decimal.", lang),
    )  # fmt: skip


def differences(snap: Snapshot, lang: str) -> html.Section:
    """Four cards with a drawing each, and the table of intervals by form."""
    cards = []
    for card in prose()["diferencias"]:
        picture = _DRAWINGS[card["clave"]](of(card["dibujo"], lang), lang)
        cards.append(html.Article([html.H3(of(card["titulo"], lang)), html.Div(picture, className="metodo-dibujo"), html.P(of(card["texto"], lang))]))
    return components.section(
        t("Cuándo se dice que algo es distinto", lang), html.Div(cards, className="metodo-cartas"), _intervals(snap, lang), id="diferencias",
        subtitle=t("Afirmar de más señalaría a una región por azar; por eso cada afirmación pasa por estas pruebas.", lang),
    )  # fmt: skip


def _intervals(snap: Snapshot, lang: str) -> html.Div:
    used = Counter(str(s.ficha["interval"]) for s in snap.indicators())
    rows = [
        [of(x["que"], lang), html.Span(of(x["como"], lang)), components.Cell(formats.number(used[key], 0, lang), used[key])]
        for key, x in prose()["intervalos"].items()
        if used[key]
    ]
    columns = [Column(t("Qué se mide", lang)), Column(t("Intervalo de 95 %", lang)), Column(t("Indicadores", lang), numeric=True)]
    return components.data_table("intervalos", columns, rows, t("El intervalo que lleva cada forma de indicador", lang), dense=True, lang=lang)


def _interval(label: str, lang: str) -> Mark:
    marks = [Mark("line", x1="14", x2="306", y1="126", y2="126", className="dibujo__eje")]
    for x, low, high, name in ((150, 100, 200, "dibujo__base"), (182, 120, 244, "dibujo__base"), (60, 40, 80, "dibujo__cobre")):
        y = {150: 34, 182: 62, 60: 96}[x]
        marks += [Mark("line", x1=f"{low}", x2=f"{high}", y1=f"{y}", y2=f"{y}", className=f"{name}-linea")]
        marks += [Mark("line", x1=f"{e}", x2=f"{e}", y1=f"{y - 6}", y2=f"{y + 6}", className=f"{name}-linea") for e in (low, high)]
        marks.append(dot(x, y, name, 4.5))
    marks += [
        words(306, 24, t("se cruzan", lang), "end"),
        words(92, 101, t("queda lejos", lang)),
        words(306, 144, "100 %", "end"),
        words(14, 144, "0 %"),
    ]
    return svg(W, H, *marks, label=label)


def _many(label: str, lang: str) -> Mark:
    heights = [125, 122, 117, 84, 72, 66, 50, 38, 33, 24]
    marks = [Mark("line", x1="24", x2="310", y1="126", y2="126", className="dibujo__eje"), line([(24, 126), (310, 72)], "dibujo__limite")]
    marks += [dot(40 + i * 27, y, "dibujo__cobre" if i < 3 else "dibujo__suave", 4.5) for i, y in enumerate(heights)]
    return svg(W, H, *marks, words(24, 144, t("se afirman", lang)), words(310, 144, t("no se afirman", lang), "end"),
               words(24, 18, t("valor p", lang)), label=label)  # fmt: skip


def _funnel(label: str, lang: str) -> Mark:
    upper = [(24 + x, 74 - 46 * math.sqrt(30 / (x + 30))) for x in range(0, 290, 10)]
    lower = [(x, 148 - y) for x, y in upper]
    inside = [(50, 52), (66, 96), (84, 70), (104, 88), (122, 64), (146, 80), (170, 70), (196, 77), (228, 72), (262, 75), (58, 78), (98, 60)]
    marks = [line([(24, 74), (310, 74)], "dibujo__eje"), line(upper, "dibujo__limite"), line(lower, "dibujo__limite")]
    marks += [dot(x, y, "dibujo__suave") for x, y in inside]
    marks += [diamond(180, 104, "dibujo__senal"), words(194, 118, t("fuera", lang)), words(310, 144, t("más casos →", lang), "end")]
    return svg(W, H, *marks, label=label)


def _series(label: str, lang: str) -> Mark:
    values = [78, 84, 70, 76, 88, 72, 80, 66, 84, 76, 70, 82, 74, 24]
    points = [(24 + i * 19.5, float(y)) for i, y in enumerate(values)]
    marks = [line([(24, y), (282, y)], name) for y, name in ((42, "dibujo__limite"), (76, "dibujo__eje"), (110, "dibujo__limite"))]
    marks += [line(points, "dibujo__trazo"), *(dot(x, y, "dibujo__base", 2.5) for x, y in points[:-1]), diamond(*points[-1], "dibujo__senal")]
    marks += [
        words(264, 22, t("señal", lang), "end"),
        words(286, 80, t("media", lang)),
        words(24, 36, t("límite", lang)),
        words(24, 144, t("meses →", lang)),
    ]
    return svg(W, H, *marks, label=label)


_DRAWINGS: dict[str, Any] = {"intervalo": _interval, "muchas": _many, "embudo": _funnel, "serie": _series}
