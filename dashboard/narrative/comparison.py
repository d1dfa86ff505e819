"""What a comparison of the regions says: who stands apart from all together, conclusively, and who only deserves a look."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from dashboard import components, formats
from dashboard.figures.funnel_limits import DIFFERENT, Funnel, funnel, is_judged
from dashboard.figures.process import is_cumulative
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import division, headlines, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = dict[Any, Any]


def opening(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> tuple[str, str]:
    """The page's sentence and what stands under it: by the place among the regions where that was judged, by the change otherwise."""
    if not is_judged(frame):
        return headlines.country_sentence(frame, sheet, lang), headlines.country_names(frame, sheet, lang)
    moved = headlines.movement(frame)
    judged = [r for r in moved.shown if r["frente_al_pais"]]
    apart = [r for r in judged if r["frente_al_pais"] in DIFFERENT]
    when = formats.in_period(judged[0]["periodo"], lang)
    name = headlines.title(sheet, lang) + _of(frame, sheet, lang)
    who = headlines.names(apart, lang)
    if not apart:
        told = t("{cuando}, ninguna de las {n} regiones con dato se distingue de forma concluyente del conjunto en «{nombre}».", lang)
    elif len(apart) == 1:
        told = t("{cuando}, de {n} regiones con dato solo {quienes} se distingue de forma concluyente del conjunto en «{nombre}».", lang)
    else:
        told = t("{cuando}, {k} de {n} regiones con dato se distinguen de forma concluyente del conjunto en «{nombre}»: {quienes}.", lang)
    under = [_ways(apart, lang), *_near(funnel(frame, sheet), lang), headlines.without(moved.absent, lang)]
    said = told.format(cuando=when[0].upper() + when[1:], n=len(judged), k=len(apart), nombre=name, quienes=who)
    return said, " ".join(x for x in under if x)


def _of(frame: pd.DataFrame, sheet: Sheet, lang: str) -> str:
    category = next(iter(frame["categoria"]), "")
    return f" ({sentences.category_name(sheet, category, lang)})" if category else ""


def _ways(apart: list[Row], lang: str) -> str:
    """«Está mejor Arequipa. Está peor Puno.»"""
    one = {"mejor": t("Está mejor {quienes}.", lang), "peor": t("Está peor {quienes}.", lang),
           "superior": t("Está más alto en {quienes}.", lang), "inferior": t("Está más bajo en {quienes}.", lang)}  # fmt: skip
    many = {"mejor": t("Están mejor {quienes}.", lang), "peor": t("Están peor {quienes}.", lang),
            "superior": one["superior"], "inferior": one["inferior"]}  # fmt: skip
    told = []
    for way in DIFFERENT:
        same = [r for r in apart if r["frente_al_pais"] == way]
        if same:
            told.append((one if len(same) == 1 else many)[way].format(quienes=headlines.names(same, lang)))
    return " ".join(told)


def _near(found: Funnel | None, lang: str) -> list[str]:
    """Those outside 95 % that the publication does not tell apart."""
    near = [r for r in found.named if r["frente_al_pais"] not in DIFFERENT] if found else []
    if not near:
        return []
    told = (
        t("{quienes} sale del límite de 95 %: merece mirarse, no basta para afirmar diferencia.", lang)
        if len(near) == 1
        else t("{quienes} salen del límite de 95 %: merecen mirarse, no basta para afirmar diferencia.", lang)
    )
    return [told.format(quienes=headlines.names(near, lang))]


def peers_title(frame: pd.DataFrame, place: str, lang: str = "es") -> str:
    """«La Libertad no se distingue del conjunto; 2 regiones sí: Puno y Arequipa»; without a chosen region, only who does."""
    rows = [r for r in headlines.movement(frame).shown if r["frente_al_pais"]]
    own = next((r for r in rows if r["territorio"] == place), None)
    others = [r for r in rows if r["frente_al_pais"] in DIFFERENT and r is not own]
    who = headlines.names(others, lang)
    if own is None:
        if not others:
            return t("Ninguna región se distingue del conjunto", lang)
        told = t("Solo {quienes} se distingue del conjunto", lang) if len(others) == 1 else t("Se distinguen del conjunto: {quienes}", lang)
        return told.format(quienes=who)
    name = formats.place(place, lang)
    if own["frente_al_pais"] in DIFFERENT:
        start = {
            "mejor": t("{lugar} está mejor que el conjunto", lang), "peor": t("{lugar} está peor que el conjunto", lang),
            "superior": t("{lugar} está más alto que el conjunto", lang), "inferior": t("{lugar} está más bajo que el conjunto", lang),
        }[own["frente_al_pais"]].format(lugar=name)  # fmt: skip
        return start + (t("; también se distinguen: {quienes}", lang).format(quienes=who) if others else t("; ninguna otra se distingue", lang))
    start = t("{lugar} no se distingue del conjunto", lang).format(lugar=name)
    return start + (t("; sí: {quienes}", lang).format(quienes=who) if others else t("; ninguna otra tampoco", lang))


def beyond_the_line(frame: pd.DataFrame, lang: str = "es") -> list[str]:
    """Why a region whose interval misses the country's value may not stand apart; nothing where no reader can ask it."""
    rows = records(frame)
    country = next((float(r["valor"]) for r in rows if r["territorio"] == COUNTRY and sentences.is_published(r)), None)
    if country is None or not any(r["frente_al_pais"] == "similar" and _misses(r, country) for r in rows):
        return []
    return [t("Que un intervalo no incluya el valor del país no basta: las regiones varían entre sí más que por azar, y solo se distingue la que sale de esa variación.", lang)]  # fmt: skip  # noqa: E501


def _misses(row: Row, value: float) -> bool:
    low, high = row["inferior"], row["superior"]
    return not formats.is_missing(low) and not formats.is_missing(high) and not float(low) <= value <= float(high)


def funnel_title(found: Funnel, lang: str = "es") -> str:
    """«Descontado el tamaño, 2 regiones salen de lo esperable: …»"""
    apart = found.different
    who = headlines.names(apart or found.named, lang)
    if len(apart) == 1:
        return t("Descontado el tamaño, solo {quienes} sale de lo esperable", lang).format(quienes=who)
    if apart:
        return t("Descontado el tamaño, {n} regiones salen de lo esperable: {quienes}", lang).format(n=len(apart), quienes=who)
    near = len(found.named)
    if near == 1:
        return t("Descontado el tamaño, ninguna región se distingue; solo {quienes} merece mirarse", lang).format(quienes=who)
    if near:
        return t("Descontado el tamaño, ninguna región se distingue; {n} merecen mirarse", lang).format(n=near)
    return t("Descontado el tamaño, ninguna región sale de lo esperable", lang)


def category_filter(snap: Snapshot, sheet: Sheet, params: Params) -> list[Any]:
    """The choice of a category to compare the regions by: those with a value in two regions or more; provinces have one region each."""
    lang = params.lang
    if not sheet.breakdowns:
        return []
    rows = snap.values(sheet.id, kind=params.tipo, period=params.periodo)
    rows = rows[rows["nivel"].eq("region") & rows["estado"].eq("publicado") & rows["categoria"].ne("")]
    spread = rows.drop_duplicates(["desglose", "categoria", "territorio"])
    counts = Counter(zip(spread["desglose"].tolist(), spread["categoria"].tolist(), strict=True))
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    known: set[str] = set()
    for breakdown in sheet.breakdowns:
        own = [str(c) for (d, c), n in counts.items() if d == breakdown["name"] and n > 1 and c not in known]
        known |= set(own)
        if own:
            named = sorted(((c, sentences.category_name(sheet, c, lang)) for c in own), key=lambda o: o[1])
            groups.append((division.title(breakdown, lang), named))
    if not groups:
        return []
    options: list[Any] = [("", t("Todas", lang)), *(groups if len(groups) > 1 else groups[0][1])]
    return [components.select_filter("categoria", t("Categoría", lang), params.categoria, options, searchable=True)]


def signals(frame: pd.DataFrame, sheet: Sheet) -> list[Row]:
    """Regions whose newest period is a signal in their own series; none where the series grows by construction."""
    if is_cumulative(sheet):
        return []
    return [r for r in records(frame) if r["nivel"] == "region" and sentences.is_published(r) and r["senal"]]
