"""Regions a region can fairly be set beside: the nearest by how many procedures reach it and how many informal miners are registered there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import Cell, Column
from dashboard.figures.request import newest, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import indice, parts, sentences
from dashboard.narrative.headlines import FAVOURITE
from dashboard.published import Sheet, Snapshot

#: what makes two regions alike, each by its order of size: procedures decided in a year, registered informal miners
ALIKE = ("pct_tramites_en_plazo", "inscripciones_reinfo")
NEAREST = 4


@dataclass(frozen=True)
class Measure:
    """How large each region is in one thing; `told` is what the size counts."""

    sheet: Sheet
    period: str
    sizes: dict[str, float]


def measures(snap: Snapshot) -> list[Measure]:
    """Sizes of the regions in each of `ALIKE` that is published: cases of a rate, or a count itself."""
    known = {s.id: s for s in snap.indicators()}
    found = []
    for id in ALIKE:
        sheet = known.get(id)
        if sheet is None:
            continue
        # a whole year where it has values, else the main kind of period
        sized = (_sized(snap, sheet, kind) for kind in ("anio", sheet.main_period) if kind in sheet.periods)
        measure = next((m for m in sized if len(m.sizes) > NEAREST), None)
        if measure is not None:
            found.append(measure)
    return found


def _sized(snap: Snapshot, sheet: Sheet, kind: str) -> Measure:
    period = newest(snap, sheet, kind)
    rows = records(snap.values(sheet.id, kind=kind, period=period, category=""))
    column = "valor" if sheet.ficha["form"] == "count" else "n"
    return Measure(
        sheet, period, {r["territorio"]: float(r[column]) for r in rows if r["nivel"] == "region" and not is_missing(r[column]) and r[column] > 0}
    )


def nearest(snap: Snapshot, code: str) -> tuple[list[str], list[Measure]]:
    """The regions nearest to one, and by which measures: those in which it has a size itself."""
    used = [m for m in measures(snap) if code in m.sizes]
    if not used:
        return [], []

    def distance(other: str) -> float:
        return math.sqrt(sum(math.log(m.sizes[other] / m.sizes[code]) ** 2 for m in used))

    others = [c for c in parts.ordered_regions() if c != code and all(c in m.sizes for m in used)]
    return sorted(others, key=distance)[:NEAREST], used


def section(snap: Snapshot, reading: indice.Reading | None, code: str, lang: str) -> Any:
    """A table of the region and its nearest ones, with how they were chosen. None where nothing tells their size."""
    others, used = nearest(snap, code)
    if not others:
        return None
    rate = next((s for s in snap.indicators() if s.id == FAVOURITE), None)
    columns = [Column(t("Región", lang), sortable=False)]
    columns += [Column(f"{_counted(m, lang)}, {formats.period(m.period, lang)}", numeric=True, sortable=False) for m in used]
    heads = [f"{rate.text('short_name', lang)}, {formats.period(newest(snap, rate), lang)}"] if rate else []
    heads += [f"{t('Índice, con su banda', lang)}, {formats.period(reading.period, lang)}"] if reading else []
    columns += [Column(h, numeric=True, sortable=False) for h in heads]
    rows = [[Cell(_name(c, code, lang)), *_sizes(c, used, lang), *_rate(snap, rate, c, lang), *_index(reading, c, lang)] for c in (code, *others)]
    counted = [_counted(m, lang) for m in used]
    how = formats.listing([f"{c[0].lower()}{c[1:]}" for c in counted], lang)
    told = t("Las {n} más parecidas en {medidas} (distancia entre logaritmos). No es un orden de mérito.", lang)
    table = components.data_table("comparables", columns, rows, told.format(n=len(others), medidas=how), selected=[0], dense=True, lang=lang)
    return components.section(t("Regiones comparables", lang), table)


def _counted(measure: Measure, lang: str) -> str:
    return measure.sheet.text("short_name", lang) if measure.sheet.ficha["form"] == "count" else t("Trámites que vencían", lang)


def _name(place: str, code: str, lang: str) -> Any:
    name = formats.place(place, lang)
    return name if place == code else components.link(name, f"/region/{place}")


def _sizes(place: str, used: list[Measure], lang: str) -> list[Cell]:
    return [Cell(formats.number(m.sizes[place], 0, lang)) for m in used]


def _rate(snap: Snapshot, sheet: Sheet | None, place: str, lang: str) -> list[Cell]:
    if sheet is None:
        return []
    row = parts.row_of(snap.values(sheet.id, kind=sheet.main_period, period=newest(snap, sheet), category=""), place)
    if row is None:
        return [Cell(formats.DASH)]
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang) if sentences.is_published(row) else ""
    return [Cell([sentences.value(row, sheet, lang), *([html.Small(limits)] if limits else [])])]


def _index(reading: indice.Reading | None, place: str, lang: str) -> list[Cell]:
    if reading is None:
        return []
    result = reading.results.get(place)
    if result is None or result["valor"] is None:
        return [Cell(t("no se calcula", lang))]
    return [Cell([formats.number(result["valor"], 0, lang), html.Small(indice.band(result, lang))])]
