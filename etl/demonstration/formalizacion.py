"""The formalisation register as it is delivered, and the requirements of each registration."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import month_codes, pick, where
from etl.demonstration.coordinates import some_points
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.inscripciones import ACTIVE, SUSPENDED, Register, register
from etl.demonstration.profiles import FORMALISATION_LEAVES
from etl.demonstration.requisitos import chains

_STATES = ("vigente", "suspendido", "excluido", "cancelado", "formalizado")
_RELATIONS = ("titular", "cesion", "contrato_explotacion", "sin_acuerdo", "area_libre")
_SITUATIONS = ("construccion", "exploracion", "explotacion", "paralizada", "sin_actividad", "sin_dac", "atipica", "libre")
_NO_DAC, _ODD, _FREE = 5, 6, 7
_MINERALS = ("oro", "cobre", "polimetalico", "no_metalico", "otro")
_GOLD, _COPPER = (0.74, 0.08, 0.08, 0.08, 0.02), (0.44, 0.38, 0.10, 0.06, 0.02)
_COPPER_REGIONS = ("03", "05", "08", "11", "12")
#: Ley 32537, when locations began to be put right
_VALIDATION = np.datetime64("2026-01-05")
_NEVER = np.datetime64("NaT", "D")


def make(region: Region) -> dict[str, pa.Table]:
    """Registrations until the last day, and the requirements of those still alive or with a case."""
    cases = region.tables["tramites"]
    cases = cases.filter(pc.equal(cases["cod_procedimiento"], "IGAFOM")).combine_chunks()
    enrolled = register(region, cases)
    rows = _rows(region, enrolled)
    return {"formalizacion": rows, "formalizacion_requisitos": chains(region, enrolled, rows, cases)}


def _rows(region: Region, enrolled: Register) -> pa.Table:
    draw, count = region.draw("inscritos"), len(enrolled)
    people, who = region.informal_miners, enrolled.person
    rights, at = region.tables["derechos_mineros"], pa.array(enrolled.right, mask=enrolled.right < 0)
    days = np.maximum(enrolled.enrolled, np.datetime64(region.first))
    situation, year = _situation(region, enrolled, days)
    checked = _validated(region, enrolled)
    minerals = _COPPER if region.code in _COPPER_REGIONS else _GOLD
    zone, east, north = some_points(region.code, count, draw)
    located = draw.random(count) < 0.9
    number = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 6, "0")
    place = pc.coalesce(rights["ubigeo"].combine_chunks().take(at), pa.array(region.some_districts(count, draw)))
    by_ministry = enrolled.since >= np.datetime64(FORMALISATION_LEAVES)
    return pa.table(
        {
            "inscripcion_id": pc.binary_join_element_wise("INS", region.code, number, "-"),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": place,
            "estado_reinfo": pick(_STATES, enrolled.state),
            "fecha_inscripcion": pa.array(enrolled.enrolled),
            "fecha_estado": pa.array(enrolled.since),
            "actividad": pick(("explotacion", "beneficio", "ambas"), draw.choice(3, count, p=[0.72, 0.08, 0.20])),
            "mineral": pick(_MINERALS, draw.choice(5, count, p=minerals)),
            "estrato": pick(("PMA", "PPM"), (draw.random(count) < np.where(people.kind[who] == "natural", 0.18, 0.6)).astype(int)),
            "tipo_persona": pa.array(people.kind[who]),
            "sexo": pa.array(people.sex[who]),
            "titular_hash": pa.array(people.hashes[who], pa.string()),
            "codigo_derecho": rights["codigo_derecho"].combine_chunks().take(at),
            "relacion_derecho": pick(_RELATIONS, enrolled.relation),
            "situacion_area": pick(_SITUATIONS, situation),
            "anio_dac": pa.array(year),
            "ubicacion_validada": pa.array(~np.isnat(checked)),
            "fecha_validacion": where(~np.isnat(checked), checked),
            "fecha_formalizacion": where(~np.isnat(enrolled.formal), enrolled.formal),
            "entidad_competente": pick(("GR", "MINEM"), by_ministry.astype(int)),
            "trabajadores_h": pa.array(1 + draw.poisson(4.2, count)),
            "trabajadores_m": pa.array(draw.poisson(draw.uniform(0.4, 1.5), count)),
            "zona_utm": where(located, zone),
            "este": where(located, east),
            "norte": where(located, north),
            PERIOD: month_codes(days),
        }
    )


def _situation(region: Region, enrolled: Register, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the last statement (DAC) due before each delivery says of its right, and the year of that statement."""
    rights, stated = region.tables["derechos_mineros"], region.tables["declaracion_dac"]
    years = stated["anio"].to_numpy()
    first, last = int(years.min(initial=9999)), int(years.max(initial=0))
    year = days.astype("datetime64[Y]").astype(np.int64) + 1969
    if not len(years):
        return np.where(enrolled.right < 0, _FREE, _NO_DAC), year
    said = np.full((rights.num_rows + 1, last - first + 1), _NO_DAC)
    row = pc.index_in(stated["codigo_derecho"], value_set=rights["codigo_derecho"].combine_chunks()).to_numpy()
    code = pc.index_in(stated["situacion"], value_set=pa.array(_SITUATIONS[:_NO_DAC])).fill_null(_NO_DAC).to_numpy()
    said[row, years - first] = code
    year = np.clip(year, first, last)
    odd = region.draw("concesiones atipicas").random(len(year)) < 0.009
    found = np.where(odd, _ODD, said[enrolled.right, year - first])
    return np.where(enrolled.right < 0, _FREE, found), year


def _validated(region: Region, enrolled: Register) -> np.ndarray:
    """The day on which the place of each was checked: few before the law of 2025, many of those still enrolled after it."""
    draw, last, count = region.draw("validaciones"), np.datetime64(region.until), len(enrolled)
    early = np.where(draw.random(count) < 0.08, enrolled.enrolled + draw.integers(20, 400, count), _NEVER)
    alive = np.isin(enrolled.state, (ACTIVE, SUSPENDED))
    law = np.maximum(_VALIDATION, enrolled.enrolled) + np.minimum(draw.exponential(70, count), 240).astype(np.int64)
    law = np.where(alive & (draw.random(count) < draw.uniform(0.3, 0.92)), law, _NEVER)
    day = np.fmin(np.fmin(early, law), enrolled.formal)
    return np.where(day <= last, day, _NEVER)
