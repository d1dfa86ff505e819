"""One plain Spanish sentence for each value: where, when, how much, of how many, and what may be said of it. Nothing that is noise.

«La Libertad, julio a setiembre de 2026: 63.4 % (36 de 57; intervalo de 95 %: 50.4 a 74.6). Sin diferencia concluyente con julio a setiembre de 2025.
Peor que el conjunto de las regiones. No llega a la meta de 100 %.»
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from warehouse.indicators import Indicator
from warehouse.periods import parse
from warehouse.states import PUBLISHED, STATES
from warehouse.territories import all_territories

_MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre")
_CHANGE = {"mejora": "Mejora", "empeora": "Empeora", "sube": "Sube", "baja": "Baja"}
_AMONG = {"mejor": "Mejor que el conjunto de las regiones", "peor": "Peor que el conjunto de las regiones",
          "superior": "Por encima del conjunto de las regiones", "inferior": "Por debajo del conjunto de las regiones"}  # fmt: skip
_SIGNAL = {"mejora": "Señal de mejora en la serie", "deterioro": "Señal de deterioro en la serie", "neutral_alza": "Señal de alza en la serie",
           "neutral_baja": "Señal de baja en la serie"}  # fmt: skip
_TREND = {"mejora": "Mejora sostenida en cinco años", "empeora": "Deterioro sostenido en cinco años", "sube": "Alza sostenida en cinco años",
          "baja": "Baja sostenida en cinco años"}  # fmt: skip
_WARNED = {"plazo_referencial": "plazo referencial, no verificado", "serie_incompleta": "serie incompleta: no se compara"}


def sentences(frame: pd.DataFrame, indicator: Indicator, labels: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """The sentence of each row of the figures of one indicator, judged and compared. `labels`: breakdown -> category -> words."""
    head = _heads(frame, labels or {})
    said = [_absence(indicator, s, n) for s, n in zip(frame["estado"], frame["n"], strict=True)]
    columns = ["valor", "numerador", "denominador", "n", "inferior", "superior", "cambio_estado", "periodo_comparado", "frente_al_pais", "variacion",
               "tendencia", "meta", "meta_estado", "avisos"]  # fmt: skip
    for at, row in zip(
        np.flatnonzero(frame["estado"] == PUBLISHED), frame.loc[frame["estado"] == PUBLISHED, columns].itertuples(index=False), strict=True
    ):
        said[at] = _figure(row, indicator)
    return [f"{h}: {s}" for h, s in zip(head, said, strict=True)]


def _heads(frame: pd.DataFrame, labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    """«La Libertad, julio a setiembre de 2026», with the category where there is one."""
    names = {code: _place(code) for code in frame["territorio"].unique()}
    times = {code: period_words(code) for code in frame["periodo"].unique()}
    split = frame[["desglose", "categoria"]].drop_duplicates().itertuples(index=False)
    words = {(d, c): f", {labels.get(d, {}).get(c, c.replace('_', ' '))}" if c else "" for d, c in split}
    rows = zip(frame["territorio"], frame["desglose"], frame["categoria"], frame["periodo"], strict=True)
    return [f"{names[t]}{words[d, c]}, {times[p]}" for t, d, c, p in rows]


@lru_cache(maxsize=512)
def _place(code: str) -> str:
    found = all_territories().get(code)
    return found.nombre if found else code


@lru_cache(maxsize=4096)
def period_words(code: str) -> str:
    """«2026», «julio a setiembre de 2026», «setiembre de 2026»."""
    period = parse(code)
    first, last, year = _MONTHS[period.start.month - 1], _MONTHS[period.end.month - 1], period.start.year
    if period.kind == "anio":
        return str(year)
    return f"{first} de {year}" if period.kind == "mes" else f"{first} a {last} de {year}"


def amount(quantity: float, decimals: int) -> str:
    """1,234.5: the separators that MEM and MEF print. A value that is not the whole never rounds to it: 99.996 is 99.9."""
    text = f"{quantity:,.{decimals}f}"
    if text == f"{100:.{decimals}f}" and quantity < 100:
        return f"{100 - 10**-decimals:.{decimals}f}"
    return text


def _absence(indicator: Indicator, state: str, n: float) -> str:
    if state == PUBLISHED:
        return ""
    if state == "n_insuficiente":
        size = 0 if np.isnan(n) else int(n)
        return f"no se publica: {size:,} {'caso' if size == 1 else 'casos'} y se necesitan {indicator.min_n:,}."
    label = STATES[state][0]
    return label[0].lower() + label[1:] + "."


def _figure(row: Any, i: Indicator) -> str:
    value, low, high = row.valor, row.inferior, row.superior
    parts = []
    if i.form == "ratio" and i.scale == 100 and not np.isnan(row.denominador):
        parts.append(f"{_count(row.numerador)} de {_count(row.denominador)}")
    elif i.form in ("quantile", "survival"):
        parts.append(f"{_count(row.n)} casos")
    if not np.isnan(low) and not np.isnan(high):
        parts.append(f"intervalo de 95 %: {amount(low, i.decimals)} a {amount(high, i.decimals)}")
    said = [f"{amount(value, i.decimals)} {i.unit.es}" + (f" ({'; '.join(parts)})" if parts else "")]
    change, before = row.cambio_estado, row.periodo_comparado
    conclusive = "de forma concluyente" if i.interval != "none" else "en medida relevante"
    if change in _CHANGE:
        said.append(f"{_CHANGE[change]} {conclusive} frente a {period_words(before)}")
    elif change == "sin_diferencia":
        said.append(f"Sin diferencia {'concluyente' if i.interval != 'none' else 'relevante'} con {period_words(before)}")
    said += [words[v] for words, v in ((_AMONG, row.frente_al_pais), (_SIGNAL, row.variacion), (_TREND, row.tendencia)) if v in words]
    if row.meta_estado is not None and not pd.isna(row.meta_estado):
        said.append(_goal(row.meta_estado, row.meta, i))
    said += [f"Aviso: {_WARNED[a]}" for a in row.avisos if a in _WARNED]
    return ". ".join(said) + "."


def _count(quantity: float) -> str:
    return amount(quantity, 0 if float(quantity).is_integer() or abs(quantity) >= 1000 else 1)


def _goal(state: str, goal: float, i: Indicator) -> str:
    aim = f"{amount(goal, 0 if float(goal).is_integer() else i.decimals)} {i.unit.es}"
    beyond = "no pasa de" if i.direction == "down" else "llega a"
    short = "pasa de" if i.direction == "down" else "no llega a"
    return {"cumple": f"Cumple: {beyond} {aim}", "no_cumple": f"No cumple: {short} {aim}",
            "no_concluyente": f"No se puede decir si cumple la meta de {aim}"}[state]  # fmt: skip
