"""The chart of regions as plain HTML in the chart's own place: read at once, and as tall, so that nothing moves when plotly draws over it.

Rows, margins and scale are those of `figures/bars.py`. What the chart adds when it comes: ticks, changes, cases, hover texts.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import formats
from dashboard.figures import bars
from dashboard.formats import NBSP, is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet
from warehouse.territories import COUNTRY, all_territories

Row = dict[Any, Any]


def static_bars(frame: pd.DataFrame, sheet: Sheet, selected: str, lang: str, beside: str = "cambio_estado") -> html.Ol | None:
    """The rows of the chart; None where it has none. Hidden from readers of the screen: the chart's place has its label already."""
    present, absent = bars.split(frame)
    if not present:
        return None
    country = bars.country_of(frame, sheet)
    scale = 1.02 * bars.highest([*present, *([country] if country else [])])
    items = [_row(r, sheet, selected, scale, lang) for r in present]
    items.append(html.Li(html.Span(_country(country, sheet, lang)) if country else None, className="barras__pais"))
    items += [_absent(same, lang) for _, same in bars.absent_rows(absent)]
    style = {"--derecha": f"{bars.RIGHT_WIDE if any(r[beside] for r in present) else bars.RIGHT}px"}
    if country:
        style["--pais"] = f"{float(country['valor']) / scale:.4f}"
        style["--filas"] = str(len(present))
    return html.Ol(items, className="barras barras--previa", style=style, **{"aria-hidden": "true"})


def _row(row: Row, sheet: Sheet, selected: str, scale: float, lang: str) -> html.Li:
    code = row["territorio"]
    look = "--elegida" if code == selected else "--piloto" if all_territories()[code].piloto else ""
    style = {"--v": _share(row["valor"], scale)}
    if not is_missing(row["inferior"]) and not is_missing(row["superior"]):
        style |= {"--lo": _share(row["inferior"], scale), "--hi": _share(row["superior"], scale)}
    value = formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang)
    inside = [html.Span(formats.place(code, lang), className="barras__nombre"), html.Span(html.I(), className="barras__pista"),
              html.Span(value, className="barras__valor")]  # fmt: skip
    return html.Li(inside, className=f"barras__fila{' barras__fila' + look if look else ''}", style=style)


def _share(value: float, scale: float) -> str:
    return f"{100 * max(0.0, float(value)) / scale:.1f}%"


def _country(country: Row, sheet: Sheet, lang: str) -> str:
    value = formats.with_unit(country["valor"], sheet.unit(lang), sheet.decimals, lang, short=True)
    return f"{formats.place(COUNTRY, lang)} {value}"


def _absent(same: list[Row], lang: str) -> html.Li:
    row = same[0]
    who = formats.place(row["territorio"], lang) if len(same) == 1 else formats.plural(len(same), t("región", lang), t("regiones", lang), lang)
    why = sentences.reason(row if len(same) == 1 else {**row, "n": None}, lang)
    track = [html.Span(className=f"trama trama--{row['estado']}"), NBSP + why]
    return html.Li([html.Span(who, className="barras__nombre"), html.Span(track, className="barras__pista")],
                   className="barras__fila barras__fila--ausente")  # fmt: skip
