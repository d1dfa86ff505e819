"""The baseline survey: rounds of 2019, 2022 and 2025 in some regions, in zones drawn by strata, with half of the units asked again.

A scale under 1 leaves it as it is: a smaller sample would estimate nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from etl.demonstration.columns import pick, where
from etl.demonstration.country import PERIOD, Region, conformed
from warehouse import catalogue

_ROUNDS = (2019, 2022, 2025)
#: share of units on gold, of those that use mercury in the first round, and of these that burn in the open
_SURVEYED = {
    "13": (0.82, 0.60, 0.60), "18": (0.68, 0.62, 0.62), "19": (0.62, 0.64, 0.66), "04": (0.80, 0.62, 0.58), "05": (0.84, 0.62, 0.60),
    "17": (0.97, 0.90, 0.72), "21": (0.92, 0.84, 0.68),
}  # fmt: skip
_LAST_SURVEY_DAY = (10, 31)
_ZONES, _UNITS_A_ZONE = 25, 6
#: units in the frame where no registration is known
_FRAME = 500
_STRATA = ("concentracion_alta", "concentracion_media", "dispersa")
_ZONE_SHARES = (0.4, 0.36, 0.24)
_LABOURS = ("subterranea", "tajo", "aluvial", "relave", "planta")
_MINERALS = ("oro", "cobre", "polimetalico", "no_metalico", "otro")
_STANDINGS = ("formal", "en_proceso", "informal")
_JOBS = ("extraccion", "pallaqueo", "procesamiento", "transporte", "servicios", "comercio", "no_trabaja")
_IDLE = len(_JOBS) - 1
#: what men, women and minors do
_MEN, _WOMEN, _MINORS = (0.5, 0.03, 0.16, 0.12, 0.07, 0.05, 0.07), (0.06, 0.3, 0.08, 0.01, 0.2, 0.15, 0.2), (0.05, 0.07, 0.02, 0.02, 0.03, 0.03, 0.78)
_HARM = np.array([0.85, 0.55, 0.7, 0.35, 0.05, 0.03, 0.0])
_PAY = np.array([1_500.0, 720, 1_350, 1_250, 900, 850, 0])
#: share of the answers to a question that are missing
_SILENT = 0.03


@dataclass(frozen=True)
class Units:
    """What does not change of a unit from one round to the next, one entry a unit."""

    ids: np.ndarray
    zone: np.ndarray
    labour: np.ndarray
    mineral: np.ndarray

    def take(self, at: np.ndarray) -> Units:
        return Units(*(values[at] for values in vars(self).values()))


@dataclass(frozen=True)
class Zones:
    """Primary sampling units: stratum and district of each."""

    stratum: np.ndarray
    district: np.ndarray


def make(region: Region) -> dict[str, pa.Table]:
    """Units and people of every round whose field work is over."""
    units, people = [], []
    if region.code in _SURVEYED:
        zones, panel = _zones(region), None
        for year in _ROUNDS:
            if region.first <= date(year, 1, 1) and date(year, *_LAST_SURVEY_DAY) <= region.until:
                panel = _sampled(region, zones, panel, year)
                weights = _weights(region, zones, panel, year)
                units.append(_unit_rows(region, zones, panel, weights, year))
                people.append(_people_rows(region, panel, weights, year))
    return {"lb_unidades": _together("lb_unidades", units), "lb_personas": _together("lb_personas", people)}


def _together(table: str, rounds: list[pa.Table]) -> pa.Table:
    if rounds:
        return pa.concat_tables(rounds)
    names = (*catalogue.contracts()[table].column_names, PERIOD)
    return conformed(table, pa.table({name: pa.nulls(0) for name in names}))


def _frame(region: Region, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Districts and the units that the frame has in each at the end of the year: those registered for formalisation."""
    rows = region.tables.get("formalizacion")
    if rows is not None and rows.num_rows:
        known = rows["fecha_inscripcion"].to_numpy().astype("datetime64[Y]").astype(int) + 1970 <= year
        districts, counts = np.unique(rows["ubigeo"].to_numpy(zero_copy_only=False)[known].astype(str), return_counts=True)
        if len(districts):
            order = np.argsort(-counts, kind="stable")
            return districts[order], counts[order]
    districts, shares = region.districts
    return districts, np.maximum(1, _FRAME * shares)


def _zones(region: Region) -> Zones:
    """Drawn once for all rounds, where the frame of the first one has more units more often."""
    draw = region.draw("zonas")
    districts, counts = _frame(region, _ROUNDS[0])
    level = np.searchsorted((0.45, 0.8), (np.cumsum(counts) - counts / 2) / counts.sum())
    stratum, district = [], []
    for index, share in enumerate(_ZONE_SHARES):
        own = np.flatnonzero(level == index) if (level == index).any() else np.arange(len(districts))
        many = max(2, round(_ZONES * share * max(region.scale, 1.0)))
        stratum += [index] * many
        # Every district of the stratum once before any is drawn again: the survey reaches as many as it can.
        first = draw.permutation(own)[:many]
        again = draw.choice(own, many - len(first), p=counts[own] / counts[own].sum())
        district += [*districts[first], *districts[again]]
    return Zones(np.array(stratum), np.array(district, object))


def _sampled(region: Region, zones: Zones, before: Units | None, year: int) -> Units:
    """Six units a zone: half of those of the round before and as many new ones."""
    draw, gold = region.draw("unidades", year), _SURVEYED[region.code][0]
    kept = before.take(np.arange(1, len(before.ids), 2)) if before is not None else None
    fresh = _UNITS_A_ZONE if kept is None else _UNITS_A_ZONE // 2
    zone = np.repeat(np.arange(len(zones.stratum)), fresh)
    count = len(zone)
    ids = np.array([f"{region.code}-U{year % 100}-{n:04d}" for n in range(1, count + 1)], object)
    alluvial = (0.04, 0.05, 0.78, 0.08, 0.05) if region.code == "17" else (0.58, 0.14, 0.08, 0.1, 0.1)
    rest = (1 - gold) / 4
    new = Units(ids, zone, draw.choice(len(_LABOURS), count, p=alluvial), draw.choice(len(_MINERALS), count, p=[gold, *[rest] * 4]))
    if kept is None:
        return new
    both = Units(*(np.concatenate([vars(kept)[k], vars(new)[k]]) for k in vars(new)))
    return both.take(np.argsort(both.zone, kind="stable"))


def _weights(region: Region, zones: Zones, units: Units, year: int) -> np.ndarray:
    """Units of the frame that each one stands for, calibrated to it."""
    districts, counts = _frame(region, year)
    stratum = zones.stratum[units.zone]
    stratum_of = dict(zip(zones.district.tolist(), zones.stratum.tolist(), strict=True))
    at = np.array([stratum_of.get(d, len(_STRATA) - 1) for d in districts.tolist()])
    total = np.bincount(at, counts, len(_STRATA))
    raw = (total / np.bincount(stratum, minlength=len(_STRATA)))[stratum] * region.draw("pesos", year).lognormal(0, 0.15, len(units.ids))
    weights: np.ndarray = np.round(np.maximum(raw * counts.sum() / raw.sum(), 0.05), 2)
    return weights


def _unit_rows(region: Region, zones: Zones, units: Units, weights: np.ndarray, year: int) -> pa.Table:
    draw, count = region.draw("respuestas de unidades", year), len(units.ids)
    _, mercury, burning = _SURVEYED[region.code]
    later = _ROUNDS.index(year)
    gold = units.mineral == 0
    uses = gold & (draw.random(count) < mercury - 0.05 * later)
    burns, retort = draw.random(count) < burning - 0.04 * later, draw.random(count) < 0.25 + 0.08 * later
    grams = np.round(np.maximum(15, draw.lognormal(5.6, 0.7, count)), 1)
    kilograms = np.round(grams / 1_000 * np.clip(draw.lognormal(0.6, 0.4, count), 0.4, 9), 3)
    formal = 0.08 + 0.05 * later
    day = np.datetime64(f"{year}-06-03") + draw.integers(0, 140, count)
    return pa.table(
        {
            "unidad_lb_id": pa.array(units.ids, pa.string()),
            "ronda": pa.repeat(year, count),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(zones.district[units.zone], pa.string()),
            "estrato_muestral": pick(_STRATA, zones.stratum[units.zone]),
            "upm": pa.array([f"{region.code}-Z{n + 1:03d}" for n in units.zone.tolist()]),
            "tipo_labor": pick(_LABOURS, units.labour),
            "condicion": pick(_STANDINGS, draw.choice(3, count, p=[formal, 0.52, 0.48 - formal])),
            "mineral": pick(_MINERALS, units.mineral),
            "usa_mercurio": pa.array(uses),
            "quema_abierta": where(uses, burns),
            "usa_retorta": where(_answered(uses, draw), retort),
            "mercurio_kg_mes": where(_answered(uses, draw), kilograms),
            "oro_g_mes": where(_answered(gold, draw), grams),
            "relave_contenido": where(_answered(np.ones(count, bool), draw), draw.random(count) < 0.4 + 0.05 * later),
            "distancia_agua_m": where(_answered(np.ones(count, bool), draw), np.round(draw.gamma(1.6, 260, count)) + 5),
            "factor_expansion": pa.array(weights),
            "fecha_encuesta": pa.array(day),
            PERIOD: pa.repeat(str(year), count),
        }
    )


def _answered(asked: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Those of `asked` that answered: all but one in thirty."""
    quiet = draw.permutation(np.flatnonzero(asked))[: int(_SILENT * asked.sum())]
    answered = asked.copy()
    answered[quiet] = False
    return answered


def _people_rows(region: Region, units: Units, weights: np.ndarray, year: int) -> pa.Table:
    """From three to five people a unit, each standing for as many of those who live from it."""
    draw = region.draw("respuestas de personas", year)
    each = draw.integers(3, 6, len(units.ids))
    unit = np.repeat(np.arange(len(units.ids)), each)
    count = len(unit)
    number = np.arange(count) - np.repeat(np.cumsum(each) - each, each) + 1
    crew = draw.gamma(9, 1, len(units.ids)) + 1
    minor = draw.random(count) < 0.13
    woman = draw.random(count) < np.where(minor, 0.49, 0.31)
    age = np.where(minor, draw.integers(5, 18, count), np.clip(np.round(draw.normal(37, 11, count)), 18, 79)).astype(int)
    job = np.select(
        [minor & ((age < 12) | (draw.random(count) < 0.25)), minor, woman],
        [_IDLE, draw.choice(len(_JOBS), count, p=_MINORS), draw.choice(len(_JOBS), count, p=_WOMEN)], draw.choice(len(_JOBS), count, p=_MEN),
    )  # fmt: skip
    works, adult = job != _IDLE, ~minor
    hours = np.round(np.clip(np.where(minor, draw.normal(15, 6, count), draw.normal(47, 10, count)), 4, 96))
    pay = np.round(_PAY[job] * draw.lognormal(0, 0.35, count) * np.where(woman, 0.82, 1.0) * np.where(minor, 0.4, 1.0), -1)
    owner = draw.random(count) < np.where(woman, 0.11, 0.24)
    harm, school = draw.random(count) < _HARM[job], draw.random(count) < np.where(works, 0.78, 0.95)
    # A minor's work is always asked about whether it is dangerous.
    told = (works & minor) | _answered(works & adult, draw)
    return pa.table(
        {
            "persona_lb_id": pa.array([f"{u}-{n}" for u, n in zip(units.ids[unit].tolist(), number.tolist(), strict=True)]),
            "ronda": pa.repeat(year, count),
            "unidad_lb_id": pa.array(units.ids[unit], pa.string()),
            "cod_region": pa.repeat(region.code, count),
            "sexo": pick(("M", "F"), woman.astype(int)),
            "edad": pa.array(age),
            "ocupacion": pick(_JOBS, job),
            "horas_semana": where(_answered(works, draw), hours),
            "ingreso_mensual": where(_answered(works & adult, draw) | (works & minor), pay),
            "es_titular_o_socio": where(_answered(works & adult, draw), owner),
            "labor_peligrosa": where(told, harm),
            "asiste_escuela": where(_answered(minor, draw), school),
            "factor_expansion": pa.array(np.round(np.maximum(weights[unit] * (crew / each)[unit], 0.05), 2)),
            PERIOD: pa.repeat(str(year), count),
        }
    )
