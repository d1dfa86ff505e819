"""The sentence a page opens with, and what must be said under it: how many regions moved, which, and how surely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.figures.request import newest, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

#: the indicator the summary speaks of when it is published
FAVOURITE = "pct_tramites_en_plazo"
_NAMED = 6

Row = dict[Any, Any]


@dataclass(frozen=True)
class Movement:
    """How the regions moved between two periods, for one indicator."""

    rows: tuple[Row, ...]

    @property
    def shown(self) -> list[Row]:
        return [r for r in self.rows if sentences.is_published(r)]

    @property
    def absent(self) -> list[Row]:
        return [r for r in self.rows if not sentences.is_published(r)]

    @property
    def compared(self) -> list[Row]:
        return [r for r in self.shown if not is_missing(r["cambio"]) and r["cambio_estado"]]

    def firm(self, *states: str) -> list[Row]:
        """Regions whose change the publication calls one of `states`, largest change first."""
        found = [r for r in self.compared if r["cambio_estado"] in states]
        return sorted(found, key=lambda r: -abs(float(r["cambio"])))

    def moving(self, sign: int) -> list[Row]:
        return [r for r in self.compared if float(r["cambio"]) * sign > 0]


def movement(frame: pd.DataFrame) -> Movement:
    """The regions' movement from the values of one period."""
    return Movement(tuple(r for r in records(frame) if r["nivel"] == "region"))


def main_sheet(snapshot: Snapshot) -> Sheet | None:
    """The indicator the summary speaks of: the favourite, else the first with a comparison, else the first with a regional value."""
    shown = None
    for sheet in sorted(snapshot.indicators(), key=lambda s: s.id != FAVOURITE):
        moved = movement(snapshot.values(sheet.id, kind=sheet.main_period, period=newest(snapshot, sheet), category=""))
        if moved.compared:
            return sheet
        shown = shown or (sheet if moved.shown else None)
    return shown


def title(sheet: Sheet, lang: str = "es") -> str:
    """The indicator's full name for a sentence, without what it explains in brackets; a median or a percentile is always said."""
    name = sheet.text("name", lang)
    return name if sheet.ficha["form"] in ("quantile", "survival") else name.split(" (", 1)[0]


def names(rows: Iterable[Row], lang: str = "es") -> str:
    """«La Libertad, Puno y Áncash», at most six and how many more."""
    places = [formats.place(r["territorio"], lang) for r in rows]
    more = len(places) - _NAMED
    if more <= 0:
        return formats.listing(places, lang)
    return formats.listing([*places[:_NAMED], t("{n} más", lang).format(n=more)], lang)


def _side(moved: Movement, sheet: Sheet) -> tuple[int, str, str]:
    """Which way to tell: (sign of the change, state if firm, state of the other way). The way with more firm changes; the worse one on a tie."""
    up = {"up": "mejora", "down": "empeora", "context": "sube"}[sheet.direction]
    down = {"up": "empeora", "down": "mejora", "context": "baja"}[sheet.direction]
    counts = {s: (len(moved.firm(s)), bool(moved.firm(s)) and s == "empeora", len(moved.moving(1 if s == up else -1))) for s in (up, down)}
    first = max((down, up) if up != "empeora" else (up, down), key=lambda s: counts[s])
    return (1, up, down) if first == up else (-1, down, up)


def country_sentence(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """«Entre julio y setiembre de 2026, 8 de 23 regiones comparables están peor que hace un año en «…»; la diferencia es concluyente en 4.»"""
    moved = movement(frame)
    name = title(sheet, lang)
    if not moved.shown:
        return t("Ninguna región tiene un valor publicado de «{nombre}»; cada una tiene su razón.", lang).format(nombre=name)
    when = formats.in_period(moved.shown[0]["periodo"], lang)
    when = when[0].upper() + when[1:]
    if not moved.compared:
        told = t("{cuando}, {regiones} tienen un valor de «{nombre}»; no hay un periodo anterior con el que comparar.", lang)
        if len(moved.shown) == 1:
            told = t("{cuando}, {regiones} tiene un valor de «{nombre}»; no hay un periodo anterior con el que comparar.", lang)
        return told.format(cuando=when, regiones=_regions(len(moved.shown), lang), nombre=name)
    if len(moved.compared) == 1:
        return of_territory(moved.compared[0], sheet, lang)
    sign, state, _ = _side(moved, sheet)
    moving, firm = moved.moving(sign), moved.firm(state)
    que = sentences.than_before(moved.compared[0], lang)
    body = _way(state, len(moving), lang).format(cuando=when, k=len(moving), m=len(moved.compared), nombre=name, que=que)
    return f"{body}; {_how_sure(len(firm), sentences.is_register(sheet), lang)}." if moving else f"{body}."


def _way(state: str, moving: int, lang: str) -> str:
    """The sentence's pattern for several, one or no region moving that way."""
    if moving > 1:
        return {
            "empeora": t("{cuando}, {k} de {m} regiones comparables están peor {que} en «{nombre}»", lang),
            "mejora": t("{cuando}, {k} de {m} regiones comparables están mejor {que} en «{nombre}»", lang),
            "sube": t("{cuando}, {k} de {m} regiones comparables tienen más {que} en «{nombre}»", lang),
            "baja": t("{cuando}, {k} de {m} regiones comparables tienen menos {que} en «{nombre}»", lang),
        }[state]
    if moving == 1:
        return {
            "empeora": t("{cuando}, {k} de {m} regiones comparables está peor {que} en «{nombre}»", lang),
            "mejora": t("{cuando}, {k} de {m} regiones comparables está mejor {que} en «{nombre}»", lang),
            "sube": t("{cuando}, {k} de {m} regiones comparables tiene más {que} en «{nombre}»", lang),
            "baja": t("{cuando}, {k} de {m} regiones comparables tiene menos {que} en «{nombre}»", lang),
        }[state]
    return {
        "empeora": t("{cuando}, ninguna de las {m} regiones comparables está peor {que} en «{nombre}»", lang),
        "mejora": t("{cuando}, ninguna de las {m} regiones comparables está mejor {que} en «{nombre}»", lang),
        "sube": t("{cuando}, ninguna de las {m} regiones comparables tiene más {que} en «{nombre}»", lang),
        "baja": t("{cuando}, ninguna de las {m} regiones comparables tiene menos {que} en «{nombre}»", lang),
    }[state]


def _regions(n: int, lang: str) -> str:
    return formats.plural(n, t("región", lang), t("regiones", lang), lang)


def _how_sure(firm: int, register: bool, lang: str) -> str:
    if register:
        return t("el cambio es relevante en {n}", lang).format(n=firm) if firm else t("en ninguna el cambio es relevante", lang)
    return t("la diferencia es concluyente en {n}", lang).format(n=firm) if firm else t("en ninguna la diferencia es concluyente", lang)


def country_names(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """«Son La Libertad, Puno y Áncash. Solo Arequipa mejora de forma concluyente. 3 regiones no tienen dato, cada una con su razón.»"""
    moved = movement(frame)
    told = []
    if moved.compared:
        _, state, other = _side(moved, sheet)
        firm, against = moved.firm(state), moved.firm(other)
        if firm:
            told.append((t("Es {nombres}.", lang) if len(firm) == 1 else t("Son {nombres}.", lang)).format(nombres=names(firm, lang)))
        told.append(_against(against, other, sentences.is_register(sheet), lang))
        told.append(_uncompared([r for r in moved.shown if r not in moved.compared], lang))
    told.append(without(moved.absent, lang))
    return " ".join(x for x in told if x)


def _against(rows: list[Row], state: str, register: bool, lang: str) -> str:
    how = t("con un cambio relevante", lang) if register else t("de forma concluyente", lang)
    none = {"mejora": t("Ninguna mejora {como}.", lang), "empeora": t("Ninguna empeora {como}.", lang),
            "sube": t("Ninguna sube {como}.", lang), "baja": t("Ninguna baja {como}.", lang)}  # fmt: skip
    one = {"mejora": t("Solo {nombres} mejora {como}.", lang), "empeora": t("Solo {nombres} empeora {como}.", lang),
           "sube": t("Solo {nombres} sube {como}.", lang), "baja": t("Solo {nombres} baja {como}.", lang)}  # fmt: skip
    many = {"mejora": t("{nombres} mejoran {como}.", lang), "empeora": t("{nombres} empeoran {como}.", lang),
            "sube": t("{nombres} suben {como}.", lang), "baja": t("{nombres} bajan {como}.", lang)}  # fmt: skip
    words = none if not rows else one if len(rows) == 1 else many
    return words[state].format(nombres=names(rows, lang), como=how)


def _uncompared(rows: list[Row], lang: str) -> str:
    if not rows:
        return ""
    pattern = (
        t("{nombres} tiene dato, pero no un periodo anterior con el que comparar.", lang)
        if len(rows) == 1
        else t("{nombres} tienen dato, pero no un periodo anterior con el que comparar.", lang)
    )
    return pattern.format(nombres=names(rows, lang))


def without(rows: list[Row], lang: str) -> str:
    if not rows:
        return t("Las 26 regiones tienen dato.", lang)
    if len(rows) == 1:
        why = sentences.reason(rows[0], lang)
        return t("{nombre} no tiene dato: {razon}.", lang).format(nombre=formats.place(rows[0]["territorio"], lang), razon=why)
    return t("{n} regiones no tienen dato, cada una con su razón.", lang).format(n=len(rows))


def figure_title(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """The finding of a comparison: where the firm changes are; else who stands highest and lowest, if anyone can be told apart."""
    moved = movement(frame)
    if moved.compared:
        _, state, _ = _side(moved, sheet)
        firm = moved.firm(state)
        register = sentences.is_register(sheet)
        if firm:
            verb = sentences.direction(state, lang, many=len(firm) > 1)
            how = t("con un cambio relevante", lang) if register else t("de forma concluyente", lang)
            return f"{verb[0].upper()}{verb[1:]} {how}: {names(firm, lang)}"
    return extremes(frame, sheet, lang)


def extremes(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """«De 9.1 % en Cusco a 71.4 % en Piura», with all who share an end as it is written, and whether intervals of both ends meet."""
    shown = sorted(movement(frame).shown, key=lambda r: float(r["valor"]))
    if not shown:
        return t("Ninguna región tiene un valor publicado", lang)
    if len(shown) == 1:
        return f"{formats.place(shown[0]['territorio'], lang)}: {sentences.value(shown[0], sheet, lang)}"
    low, high = _alike(shown, shown[0], sheet, lang), _alike(shown, shown[-1], sheet, lang)
    least, most = sentences.value(shown[0], sheet, lang), sentences.value(shown[-1], sheet, lang)
    if len(low) == len(shown):
        return t("{n} regiones con el mismo valor: {valor}", lang).format(n=len(shown), valor=least)
    told = t("De {menor} en {region_menor} a {mayor} en {region_mayor}", lang).format(
        menor=least, region_menor=_who(low, lang), mayor=most, region_mayor=_who(high, lang)
    )
    if any(_meet(a, b) for a in low for b in high):
        return told + t("; sus intervalos se cruzan: no se afirma diferencia", lang)
    return told


def _alike(rows: list[Row], one: Row, sheet: Sheet, lang: str) -> list[Row]:
    """Those whose value is written as that of `one`, by name: readers see no difference between them."""
    told = sentences.value(one, sheet, lang)
    return sorted((r for r in rows if sentences.value(r, sheet, lang) == told), key=lambda r: formats.place(r["territorio"], lang))


def _who(rows: list[Row], lang: str) -> str:
    """Up to three names, else how many."""
    return names(rows, lang) if len(rows) <= 3 else _regions(len(rows), lang)


def _meet(low: Row, high: Row) -> bool:
    if is_missing(low["superior"]):
        return not is_missing(low["inferior"])  # the upper limit is not told yet: it may be anywhere above
    return not is_missing(high["inferior"]) and float(low["superior"]) >= float(high["inferior"])


def of_territory(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """The sentence of one value as a page's title: «La Libertad, en 2026: 61.8 % en «…», 11.1 puntos menos que hace un año; …»"""
    place, when = sentences.where(row, sheet, lang), formats.in_period(row["periodo"], lang)
    name = title(sheet, lang)
    if not sentences.is_published(row):
        told = t("{lugar} no tiene un valor de «{nombre}» {cuando}: {razon}.", lang)
        return told.format(lugar=place, nombre=name, cuando=when, razon=sentences.absence(row, sheet, lang))
    start = t("{lugar}, {cuando}: {valor} en «{nombre}»", lang).format(lugar=place, cuando=when, valor=sentences.value(row, sheet, lang), nombre=name)
    if is_missing(row["cambio"]) or is_missing(row["periodo_comparado"]):
        return f"{start}."
    if sentences.is_unmoved(row, sheet):
        return t("{inicio}, lo mismo {que}.", lang).format(inicio=start, que=sentences.than_before(row, lang))
    more = t("más", lang) if float(row["cambio"]) > 0 else t("menos", lang)
    amount = sentences.difference(row, sheet, lang, sign=False)
    return t("{inicio}, {cuanto} {mas} {que}; {seguro}.", lang).format(
        inicio=start, cuanto=amount, mas=more, que=sentences.than_before(row, lang), seguro=_surety(row, sheet, lang)
    )  # fmt: skip


def _surety(row: Row, sheet: Sheet, lang: str) -> str:
    rising = float(row["cambio"]) > 0
    if sentences.is_register(sheet):
        return t("el cambio es relevante", lang) if sentences.is_conclusive(row) else t("el cambio no es relevante", lang)
    if sentences.is_conclusive(row):
        return t("la subida es concluyente", lang) if rising else t("la caída es concluyente", lang)
    return t("la diferencia no es concluyente", lang)


def of_region(rows: list[tuple[Row, Sheet]], place: str, lang: str = "es") -> str:
    """How one region stands across its indicators, counting firm changes only."""
    shown = [(r, s) for r, s in rows if sentences.is_published(r)]
    if not shown:
        return t("{lugar} todavía no tiene ningún valor publicado; cada ausencia tiene su razón.", lang).format(lugar=place)
    worse = sum(1 for r, _ in shown if r["cambio_estado"] == "empeora")
    better = sum(1 for r, _ in shown if r["cambio_estado"] == "mejora")
    total = _indicators(len(shown), lang)
    if not worse and not better:
        return t("{lugar} no muestra ninguna mejora ni caída firme en {total} con dato.", lang).format(lugar=place, total=total)
    if worse and better:
        return t("De {total} con dato, {lugar} empeora en {peor} y mejora en {mejor}.", lang).format(
            lugar=place, total=total, peor=worse, mejor=better
        )
    one = (
        t("De {total} con dato, {lugar} empeora en {n} y no mejora en ninguno.", lang)
        if worse
        else t("De {total} con dato, {lugar} mejora en {n} y no empeora en ninguno.", lang)
    )
    return one.format(lugar=place, total=total, n=worse or better)


def _indicators(n: int, lang: str) -> str:
    return formats.plural(n, t("indicador", lang), t("indicadores", lang), lang)


def with_country(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """The country's own value in a sentence, for under a title; nothing where it has none."""
    row = next((r for r in records(frame) if r["territorio"] == COUNTRY), None)
    if row is None or not sentences.is_published(row):
        return ""
    proof = sentences.evidence(row, sheet, lang)
    told = f"{formats.place(COUNTRY, lang)}: {sentences.value(row, sheet, lang)}{f' ({proof})' if proof else ''}."
    return f"{told} {sentences.change(row, sheet, lang)}" if not is_missing(row["cambio"]) else told


def place_sentence(frame: pd.DataFrame, sheet: Sheet, lang: str = "es") -> str:
    """Where the highest values are: «En 2025, los valores más altos de «…» están en Áncash, Arequipa y Cusco.»"""
    shown = sorted(movement(frame).shown, key=lambda r: -float(r["valor"]))
    name = title(sheet, lang)
    if not shown:
        return t("Ninguna región tiene un valor publicado de «{nombre}»; cada una tiene su razón.", lang).format(nombre=name)
    when = formats.in_period(shown[0]["periodo"], lang)
    when = when[0].upper() + when[1:]
    if len(shown) < 6:
        told = (
            t("{cuando}, {n} de 26 regiones tienen un valor de «{nombre}».", lang)
            if len(shown) > 1
            else t("{cuando}, solo {lugar} tiene un valor de «{nombre}».", lang)
        )
        return told.format(cuando=when, n=len(shown), nombre=name, lugar=formats.place(shown[0]["territorio"], lang))
    told = t("{cuando}, los valores más altos de «{nombre}» están en {nombres}.", lang)
    first = [r for r in shown if float(r["valor"]) > float(shown[3]["valor"])][:3] or _alike(shown, shown[0], sheet, lang)
    if len(first) == 1:
        told = t("{cuando}, el valor más alto de «{nombre}» está en {nombres}.", lang)
    return told.format(cuando=when, nombre=name, nombres=_who(first, lang))
