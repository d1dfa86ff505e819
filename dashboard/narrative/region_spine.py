"""The spine of a region: each indicator oriented so that right is better, with the regions' range and what may be said of the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dashboard import formats
from dashboard.figures.request import is_comparable_with_country, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import COUNTRY

Row = Mapping[Any, Any]
#: regions with a value from which a range is worth drawing
ENOUGH = 5
#: how the publication words a place among the regions -> mark
_AGAINST = {"mejor": "mejora", "peor": "empeora", "similar": "sin_diferencia"}


@dataclass(frozen=True)
class Vertebra:
    """One indicator of a region. Places run from -1 to 1: the country (or, for counts, the regions' median) at 0, right is better."""

    sheet: Sheet
    row: Row
    country: Row | None
    others: tuple[float, ...]

    @property
    def shown(self) -> bool:
        return sentences.is_published(self.row)

    @property
    def centre(self) -> float | None:
        if self.country is not None:
            return float(self.country["valor"])
        return float(np.median(self.others)) if len(self.others) >= ENOUGH else None

    @cached_property
    def places(self) -> tuple[float, float, float, float] | None:
        """Lowest, quarter, three quarters and highest of the regions as places; None where too few have a value."""
        if len(self.others) < ENOUGH or self.centre is None:
            return None
        ends = [self._place(float(x)) for x in np.quantile(self.others, (0.0, 0.25, 0.75, 1.0))]
        low, quarter, three, high = sorted(ends)
        return low, quarter, three, high

    @property
    def point(self) -> float | None:
        return self._place(float(self.row["valor"])) if self.shown and self.places is not None else None

    def _place(self, value: float) -> float:
        centre = self.centre or 0.0
        reach = max((abs(x - centre) for x in self.others), default=0.0)
        sign = -1.0 if self.sheet.direction == "down" else 1.0
        return sign * (value - centre) / reach if reach else 0.0

    @property
    def against(self) -> str:
        """mejora, empeora, sin_diferencia, or "" where the publication does not judge it."""
        return _AGAINST.get(self.row["frente_al_pais"] or "", "") if self.shown else ""

    @property
    def since(self) -> str:
        """The change's state as judged, "" where it was not."""
        return (self.row["cambio_estado"] or "") if self.shown else ""


def spine(snap: Snapshot, code: str) -> list[Vertebra]:
    """Every indicator of a region that has a better and a worse side, in the order of areas."""
    found = []
    for sheet in snap.indicators():
        if sheet.direction == "context":
            continue
        frame = snap.values(sheet.id, kind=sheet.main_period, period=snap.last_period(sheet.id), category="")
        rows = {r["territorio"]: r for r in records(frame)}
        if code not in rows:
            continue
        country = rows.get(COUNTRY)
        if country is not None and not (sentences.is_published(country) and is_comparable_with_country(sheet)):
            country = None
        others = tuple(float(r["valor"]) for r in rows.values() if r["nivel"] == "region" and sentences.is_published(r))
        found.append(Vertebra(sheet, rows[code], country, others))
    return found


def by_area(bones: list[Vertebra], lang: str) -> list[tuple[str, list[Vertebra]]]:
    """(area, its indicators), in the order given."""
    return [(area_name(a, lang), [b for b in bones if b.sheet.area == a]) for a in dict.fromkeys(b.sheet.area for b in bones)]


def against_words(state: str, lang: str) -> str:
    """«mejor», «peor», «sin diferencia»; a dash where nothing was judged."""
    return {"mejora": t("mejor", lang), "empeora": t("peor", lang), "sin_diferencia": t("sin diferencia", lang)}.get(state, formats.DASH)


def since_words(state: str, lang: str) -> str:
    """«mejora», «empeora», «sin diferencia»; a dash where nothing was compared."""
    if state in ("", "sin_diferencia"):
        return t("sin diferencia", lang) if state else formats.DASH
    return sentences.direction(state, lang)


def cases(bone: Vertebra, lang: str) -> str:
    """The cases behind a value; «registro» for a complete register, which has none to speak of."""
    if sentences.is_register(bone.sheet):
        return t("registro", lang)
    n = bone.row["n"]
    return formats.DASH if is_missing(n) or bone.sheet.ficha["interval"] == "rate" else formats.number(n, 0, lang)


def figure(bone: Vertebra, row: Row | None, lang: str) -> str:
    """A value with its sign of percentage, without its unit otherwise: the name's line says it."""
    return formats.DASH if row is None else formats.figure(row["valor"], bone.sheet.unit(lang), bone.sheet.decimals, lang)


def named(bone: Vertebra, lang: str, most: int = 200) -> str:
    """The indicator with its unit, where that is not a percentage and both fit into `most` characters."""
    unit = bone.sheet.unit(lang)
    name = bone.sheet.text("short_name", lang)
    whole = name if formats.is_percentage(unit) else f"{name} ({unit.split(' (', 1)[0]})"
    return whole if len(whole) <= most else name


def tip(bone: Vertebra, lang: str) -> str:
    """The whole sentence of a value, with the regions' middle half."""
    told = sentences.cell(bone.row, bone.sheet, lang)
    if not bone.shown or len(bone.others) < ENOUGH:
        return told
    low, high = (formats.number(float(x), bone.sheet.decimals, lang) for x in np.quantile(bone.others, (0.25, 0.75)))
    middle = t("La mitad central de las regiones está entre {bajo} y {alto}.", lang)
    return f"{told} {middle.format(bajo=low, alto=high)}"


def finding(bones: list[Vertebra], name: str, lang: str) -> str:
    """«Frente al país, La Libertad es peor en 3 indicadores, mejor en 2 y no se distingue en 11»."""
    judged = [b.against for b in bones if b.against]
    if not judged:
        return t("La publicación todavía no compara a {nombre} con el país", lang).format(nombre=name)
    worse, better, same = (judged.count(s) for s in ("empeora", "mejora", "sin_diferencia"))
    if same == len(judged) == 1:
        return t("Frente al país, {nombre} no se distingue en el único indicador que se puede comparar", lang).format(nombre=name)
    if not worse and not better:
        told = t("Frente al país, {nombre} no se distingue en ninguno de los {n} indicadores que se pueden comparar", lang)
        return told.format(nombre=name, n=same)
    parts = [
        *([t("peor en {n}", lang).format(n=worse)] if worse else []),
        *([t("mejor en {n}", lang).format(n=better)] if better else []),
        *([t("no se distingue en {n}", lang).format(n=same)] if same else []),
    ]
    return t("Frente al país, {nombre} es {partes}", lang).format(nombre=name, partes=formats.listing(parts, lang))
