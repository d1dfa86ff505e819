"""One plain Spanish sentence for each value: where, when, how much, of how many, and what may be said of it. Nothing that is noise.

«La Libertad, julio a setiembre de 2026: 63.4 % (36 de 57; intervalo de 95 %: 50.4 a 74.6). Sin diferencia concluyente frente al mismo trimestre
de 2025. Peor que el conjunto de las regiones. No cumple la meta legal: no llega a 100 %.»
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from kpis.judgement import target_of
from kpis.quantities import aim, amount, basis, explained, interval, value
from warehouse.indicators import Indicator
from warehouse.periods import parse
from warehouse.states import PUBLISHED, REFERENCE, STATES, is_judged
from warehouse.territories import COUNTRY, PILOTS, all_territories

__all__ = ["amount", "period_words", "sentences"]

_MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre")
_CHANGE = {"mejora": "Mejora", "empeora": "Empeora", "sube": "Sube", "baja": "Baja"}
_AMONG = {"mejor": "Mejor que el conjunto de las regiones", "peor": "Peor que el conjunto de las regiones",
          "superior": "Por encima del conjunto de las regiones", "inferior": "Por debajo del conjunto de las regiones"}  # fmt: skip
_SIGNAL = {"mejora": "Señal de mejora en la serie", "deterioro": "Señal de deterioro en la serie", "neutral_alza": "Señal de alza en la serie",
           "neutral_baja": "Señal de baja en la serie"}  # fmt: skip
_TREND = {"mejora": "Mejora sostenida en cinco años", "empeora": "Deterioro sostenido en cinco años", "sube": "Alza sostenida en cinco años",
          "baja": "Baja sostenida en cinco años"}  # fmt: skip
_WARNED = {"plazo_referencial": "el plazo es referencial, no verificado", "serie_incompleta": "la serie está incompleta y no se compara"}
#: absences that need more than their label to be understood alone, and those of which a group of regions says something else than one region
_WHY = {"regla_no_superada": "no se publica: los datos recibidos no superan una regla de calidad",
        "impreciso": "no se publica: la estimación es demasiado imprecisa", "no_publicable": "no se publica, para no identificar a nadie",
        "competencia_minem": "es competencia de MINEM", "sin_denominador": "no hubo casos entre los que dividir"}  # fmt: skip
_OF_MANY = {"no_reportado": "no reportado por las regiones", "no_desagregado": "la fuente no da la cifra del conjunto"}
GROUPS = (COUNTRY, PILOTS)


def sentences(frame: pd.DataFrame, indicator: Indicator, labels: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """The sentence of each row of the figures of one indicator, judged and compared. `labels`: breakdown -> category -> words."""
    head = _heads(frame, indicator, labels or {})
    said = [_absence(indicator, t, s, n) for t, s, n in zip(frame["territorio"], frame["estado"], frame["n"], strict=True)]
    columns = ["periodo", "valor", "numerador", "denominador", "n", "inferior", "superior", "cambio_estado", "periodo_comparado",
               "frente_al_pais", "variacion", "tendencia", "meta", "meta_estado", "avisos"]  # fmt: skip
    for at, row in zip(
        np.flatnonzero(frame["estado"] == PUBLISHED), frame.loc[frame["estado"] == PUBLISHED, columns].itertuples(index=False), strict=True
    ):
        said[at] = _figure(row, indicator)
    return [f"{h}: {s}" for h, s in zip(head, said, strict=True)]


def _heads(frame: pd.DataFrame, i: Indicator, labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    """«La Libertad, julio a setiembre de 2026», with the category where there is one: «año de inscripción 2012» where it is a bare number."""
    names = {code: _place(code) for code in frame["territorio"].unique()}
    times = {code: period_words(code) for code in frame["periodo"].unique()}
    split = frame[["desglose", "categoria"]].drop_duplicates().itertuples(index=False)
    titles = {b.name: b.title.es for b in i.breakdowns}
    words = {(d, c): f", {_category(c, titles.get(d, ''), labels.get(d, {}))}" if c else "" for d, c in split}
    rows = zip(frame["territorio"], frame["desglose"], frame["categoria"], frame["periodo"], strict=True)
    return [f"{names[t]}{words[d, c]}, {times[p]}" for t, d, c, p in rows]


def _category(code: str, title: str, labels: Mapping[str, str]) -> str:
    said = labels.get(code) or code.replace("_", " ")
    return f"{title[:1].lower()}{title[1:]} {said}" if said.isdigit() else said


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


def _absence(i: Indicator, territory: str, state: str, n: float) -> str:
    if state == PUBLISHED:
        return ""
    if state == "n_insuficiente":
        size = 0 if np.isnan(n) else int(n)
        return f"no se publica: {size:,} {'caso' if size == 1 else 'casos'} y se necesitan {i.min_n:,}."
    said = _OF_MANY.get(state) if territory in GROUPS else None
    label = said or _WHY.get(state) or STATES[state][0]
    return label[0].lower() + label[1:] + "."


def _figure(row: Any, i: Indicator) -> str:
    held = (explained(i.unit.es), basis(i, row.numerador, row.denominador, row.n), interval(row.inferior, row.superior, i.unit.es, i.decimals))
    parts = "; ".join(p for p in held if p)
    said = [f"{value(row.valor, i.unit.es, i.decimals)}{f' ({parts})' if parts else ''}"]
    change = row.cambio_estado
    certain = i.interval != "none"
    if change in _CHANGE:
        said.append(
            f"{_CHANGE[change]} {'de forma concluyente' if certain else 'en medida relevante'} frente {_to(row.periodo, row.periodo_comparado)}"
        )
    elif change == "sin_diferencia":
        said.append(f"Sin diferencia {'concluyente' if certain else 'relevante'} frente {_to(row.periodo, row.periodo_comparado)}")
    said += [words[v] for words, v in ((_AMONG, row.frente_al_pais), (_SIGNAL, row.variacion), (_TREND, row.tendencia)) if v in words]
    told = not is_judged(row.avisos) and not pd.isna(row.meta)
    if told:
        said.append(f"{_named(row.meta, row.periodo, i)} no se juzga: {_WARNED[REFERENCE]}")
    elif row.meta_estado is not None and not pd.isna(row.meta_estado):
        said.append(_goal(row.meta_estado, row.meta, row.periodo, i))
    said += [f"Aviso: {_WARNED[a]}" for a in row.avisos if a in _WARNED and not (told and a == REFERENCE)]
    return ". ".join(said) + "."


@lru_cache(maxsize=4096)
def _to(code: str, before: str) -> str:
    """«al mismo trimestre de 2025», «a setiembre de 2025», «al trimestre de abril a junio de 2026»: what a period is compared with."""
    period, earlier = parse(code), parse(before)
    if period.kind in ("mes", "anio"):
        return f"a {period_words(before)}"
    if earlier == period.earlier(12):
        return f"al mismo {period.kind} de {earlier.start.year}"
    return f"al {period.kind} de {period_words(before)}"


def _which(period: str, i: Indicator) -> str:
    """The target with who set it: one that nobody has approved is told as proposed."""
    target = target_of(i, parse(period))
    return f"la meta {target.status}" if target else "la meta"


def _named(goal: float, period: str, i: Indicator) -> str:
    which = _which(period, i)
    return f"{which[0].upper()}{which[1:]} de {aim(goal, i)}"


def _goal(state: str, goal: float, period: str, i: Indicator) -> str:
    """Whether the target is met."""
    which = _which(period, i)
    asked = aim(goal, i)
    beyond, short = ("no pasa de", "pasa de") if i.direction == "down" else ("llega a", "no llega a")
    return {"cumple": f"Cumple {which}: {beyond} {asked}", "no_cumple": f"No cumple {which}: {short} {asked}",
            "no_concluyente": f"No se puede decir si cumple {which} de {asked}"}[state]  # fmt: skip
