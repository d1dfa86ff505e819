"""The reader's own weights: the published dimensions put together again by the published rule. Not the index, and always said so."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.narrative import indice
from dashboard.narrative.indice import Reading
from dashboard.narrative.parts import ordered_regions
from kpis.methods.composite_aggregate import aggregate

#: a dimension below this counts as it: the floor of the published rule
FLOOR = 1.0
#: what one step of a weight is, and the most one may be
STEP, MOST = 5, 100
#: smaller differences than this are no difference in the figures they are told with
_SAME = 0.5


def official(reading: Reading) -> tuple[int, ...]:
    """The weights of the definition."""
    return tuple(round(d["weight"]) for d in reading.dimensions)


def parse(asked: str, reading: Reading) -> tuple[int, ...] | None:
    """The weights of a URL («15,25,10,20,10,10,10»): a whole number from 0 to 100 for each dimension, one of them above 0; else None."""
    pieces = asked.split(",")
    if len(pieces) != len(reading.dimensions) or not all(p.strip().isdigit() and int(p) <= MOST for p in pieces):
        return None
    found = tuple(int(p) for p in pieces)
    return found if any(found) else None


def recomputed(reading: Reading, weights: tuple[int, ...]) -> dict[str, float | None]:
    """Region -> the mean of its dimensions with these weights; None where the published index is not calculable either."""
    ids = [d["id"] for d in reading.dimensions]
    made: dict[str, float | None] = {}
    for code, result in reading.results.items():
        scores = [np.nan if (d := indice.dimension(result, i)) is None or d["valor"] is None or not d["cuenta"] else float(d["valor"]) for i in ids]
        value = float(aggregate(np.array([scores]), np.array(weights, dtype=float), "geometric", floor=FLOOR)[0])
        made[code] = None if result["valor"] is None or np.isnan(value) else value
    return made


def explorer(reading: Reading, asked: str, lang: str) -> list[Any]:
    """The controls, and what the index would be with the weights of the URL."""
    chosen = parse(asked, reading) if asked else None
    weights = chosen or official(reading)
    wrong = (
        [components.note(t("Los pesos de la dirección no se entienden: se muestran los de la definición.", lang))] if asked and chosen is None else []
    )
    controls = html.Ol([_control(reading, weights, place, lang) for place in range(len(weights))], className="pesos")
    equal = ",".join("10" for _ in weights)
    presets = html.P(
        [
            html.Span(t("Empezar de:", lang), className="filtros__rotulo"),
            _link(t("pesos de la definición", lang), "", reading, "filtro" + ("" if chosen else " filtro--elegido")),
            _link(t("pesos iguales", lang), equal, reading, "filtro" + (" filtro--elegido" if asked == equal else "")),
        ],
        className="filtros",
    )
    if chosen is None or chosen == official(reading):
        return [*wrong, presets, controls, html.P(t("Mueva un peso para ver la nota de cada región con él.", lang), className="nota region-resto")]
    return [*wrong, presets, controls, *_result(reading, chosen, lang)]


def _link(text: str, weights: str, reading: Reading, className: str, label: str = "") -> html.A:
    where = address("/indice", pesos=weights, periodo=reading.period) + "#pesos"
    return html.A(text, href=where, className=className, **{"data-navegar": "", **({"aria-label": label} if label else {})})


def _control(reading: Reading, weights: tuple[int, ...], place: int, lang: str) -> html.Li:
    """A weight with a link for one step less and one more; its share of all weights."""
    name = reading.dimension_name(reading.dimensions[place]["id"], lang)

    def moved(by: int) -> html.Span | html.A:
        other = tuple(w + by if i == place else w for i, w in enumerate(weights))
        sign = "+" if by > 0 else formats.MINUS
        if not 0 <= other[place] <= MOST or not any(other):
            return html.Span(sign, className="pesos__paso pesos__paso--fin", **{"aria-hidden": "true"})
        label = t("Más peso a {nombre}", lang) if by > 0 else t("Menos peso a {nombre}", lang)
        return _link(sign, ",".join(map(str, other)), reading, "pesos__paso", label.format(nombre=name))

    share = weights[place] / sum(weights)
    told = f"{weights[place]} ({formats.share(share, 0, lang)})"
    bar = html.Span(className="progreso", style={"--parte": f"{share:.0%}"})
    silent = all((d := indice.dimension(r, reading.dimensions[place]["id"])) is None or d["valor"] is None for r in reading.results.values())
    about = [html.Small(t("sin dato en este periodo: su peso se reparte", lang))] if silent else []
    return html.Li([html.Span([name, *about], className="pesos__nombre"), moved(-STEP), html.B(told, className="pesos__valor"), moved(STEP), bar])


def _result(reading: Reading, weights: tuple[int, ...], lang: str) -> list[Any]:
    own = recomputed(reading, weights)
    columns = [
        Column(t("Región", lang)),
        Column(t("Publicado", lang), numeric=True),
        Column(t("Banda", lang), numeric=True),
        Column(t("Con sus pesos", lang), numeric=True),
        Column(t("Diferencia", lang), numeric=True),
        Column(t("Lectura", lang)),
    ]
    rows = [row for code in ordered_regions() if (row := _row(reading, code, own.get(code), lang))]
    caption = t("Con los pesos del lector. No es el índice publicado y no tiene banda: los sorteos no se repiten aquí.", lang)
    table = components.data_table("pesos-tabla", columns, rows, caption, dense=True, lang=lang)
    return [html.P(_told(reading, own, lang), className="aviso aviso--info"), table]


def _row(reading: Reading, code: str, value: float | None, lang: str) -> list[Cell] | None:
    result = reading.results.get(code)
    if result is None or value is None:
        return None
    change = value - result["valor"]
    outside = not result["inferior"] <= value <= result["superior"]
    levels = indice.level_words(reading, indice.levels_touched(reading, value, value), lang)
    told = t("{nivel}; fuera de la banda publicada", lang).format(nivel=levels) if outside else levels
    return [
        Cell(components.link(formats.place(code, lang), f"/region/{code}"), formats.place(code, lang)),
        Cell(formats.number(result["valor"], 1, lang), result["valor"]),
        Cell(formats.interval(result["inferior"], result["superior"], 0, lang), result["inferior"]),
        Cell(html.B(formats.number(value, 1, lang)), value),
        Cell(formats.number(change, 1, lang, sign=True), change),
        Cell(told),
    ]


def _told(reading: Reading, own: dict[str, float | None], lang: str) -> str:
    """How far the reader's weights move the scores, and whether any leaves its published band."""
    known = {c: v for c, v in own.items() if v is not None}
    changes = {c: v - reading.results[c]["valor"] for c, v in known.items()}
    if not changes or max(abs(x) for x in changes.values()) < _SAME:
        return t("Con estos pesos ninguna nota cambia medio punto.", lang)
    low, high = (formats.number(f(changes.values()), 1, lang, sign=True) for f in (min, max))
    outside = sum(1 for c, v in known.items() if not reading.results[c]["inferior"] <= v <= reading.results[c]["superior"])
    first = t("Pesos del lector: las notas cambian entre {bajo} y {alto} puntos", lang).format(bajo=low, alto=high)
    if not outside:
        return first + t("; ninguna sale de su banda publicada.", lang)
    return first + (t("; una sale de su banda publicada.", lang) if outside == 1 else t("; {n} salen de su banda publicada.", lang).format(n=outside))
