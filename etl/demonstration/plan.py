"""The activity plan of each year, quarter by quarter, and the critical conditions around it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl.demonstration.columns import pick, where
from etl.demonstration.country import PERIOD, Region

#: activity, unit, yearly goal, soles a year, weight, phase
_ACTIVITIES = (
    ("A1_recursos_publicos", "informes", 4, 40_000, 0.10, "diagnostico"),
    ("A2_eval_formalizacion", "expedientes", 120, 180_000, 0.20, "evaluacion"),
    ("A3_metodologia_lb", "encuestas", 200, 150_000, 0.15, "sistematizacion_informacion"),
    ("A4_foro_regional", "sesiones", 4, 60_000, 0.10, "implementacion"),
    ("A5_vacios_normativos", "propuestas", 6, 35_000, 0.10, "definicion_procesos"),
    ("A6_equipos_regionales", "meses de equipo", 12, 240_000, 0.15, "implementacion"),
    ("A7_sistema_informacion", "módulos", 5, 130_000, 0.12, "implementacion"),
    ("A8_fpe_mpe", "talleres", 12, 90_000, 0.08, "sistematizacion_replica"),
)
#: share of the goal that an ordinary region has by the end of each quarter
_PATH = np.array([0.17, 0.42, 0.68, 0.96])
#: condition, usual probability and impact, a fact, a measure
_CONDITIONS = (
    ("CC1_cambios_politicos", 3, 4, "Cambio de gerente regional en el trimestre", "Reunión de empalme con la nueva gerencia"),
    ("CC2_continuidad_descentralizacion", 2, 3, "Norma que modifica competencias mineras en debate", "Opinión técnica enviada al MINEM"),
    ("CC3_coordinacion_mem_gr", 3, 3, "Consultas al MINEM sin respuesta en el trimestre", "Mesa técnica mensual con el MINEM"),
    ("CC4_involucramiento_contrapartes", 2, 4, "Contraparte sin personal asignado al plan", "Designación de un responsable por resolución"),
    ("CC5_involucramiento_actores", 3, 3, "Asociaciones ausentes en el último taller", "Visita a las asociaciones del distrito"),
)
#: the condition that keeps its scores three quarters and moves in the fourth
_STEADY = 1
_LIMIT = 15


def plan(region: Region) -> pa.Table:
    """The rows of `plan_actividades`: cumulative progress against the year's goal."""
    years, quarter = _quarters(region)
    draw = region.draw("plan")
    number, each = len(_ACTIVITIES), len(years)
    at, when = np.tile(np.arange(number), each), np.repeat(np.arange(each), number)
    year, part = years[when], quarter[when]
    goal = np.array([a[2] for a in _ACTIVITIES], float)[at]
    budget = np.array([a[3] for a in _ACTIVITIES], float)[at] * (0.6 + region.profile.volume / 60)
    # One pace a year for each activity: physical and financial progress stay near each other.
    distinct = np.arange(int(years.min()), int(years.max()) + 1)
    pace = np.clip(1.22 - 0.35 * region.profile.pace + draw.normal(0, 0.06, (len(distinct), number)), 0.5, 1.12)
    gap = draw.uniform(-0.13, 0.13, (len(distinct), number))
    done = _PATH[part - 1] * pace[year - distinct[0], at]
    spent = np.clip(done + gap[year - distinct[0], at] * _PATH[part - 1], 0.02, 1.02)
    return pa.table(
        {
            "actividad_id": pick([a[0] for a in _ACTIVITIES], at),
            "cod_region": pa.repeat(region.code, len(at)),
            "anio": pa.array(year),
            "trimestre": pa.array(part),
            "fase": pick([a[5] for a in _ACTIVITIES], at),
            "meta_fisica": pa.array(goal),
            "avance_fisico": pa.array(np.round(goal * done, 1)),
            "unidad_medida": pick([a[1] for a in _ACTIVITIES], at),
            "presupuesto_soles": pa.array(np.round(budget, 2)),
            "ejecucion_soles": pa.array(np.round(budget * spent, 2)),
            "ponderador": pick([a[4] for a in _ACTIVITIES], at),
            PERIOD: pick([f"{y}-T{q}" for y, q in zip(years.tolist(), quarter.tolist(), strict=True)], when),
        }
    )


def conditions(region: Region) -> pa.Table:
    """The rows of `condiciones_criticas`: scores that move, so that none looks copied for ever."""
    years, quarter = _quarters(region)
    draw = region.draw("condiciones")
    number, each = len(_CONDITIONS), len(years)
    at, when = np.tile(np.arange(number), each), np.repeat(np.arange(each), number)
    usual = np.array([(c[1], c[2]) for c in _CONDITIONS])[at]
    worse = int(region.profile.pace > 0.9)
    chance = np.clip(usual[:, 0] + worse + draw.integers(-1, 2, len(at)), 1, 5)
    # The impact never stands still: every other quarter it is one step away.
    impact = np.clip(usual[:, 1] + (years[when] * 4 + quarter[when]) % 2, 1, 5)
    steady = at == _STEADY
    chance = np.where(steady, usual[:, 0], chance)
    impact = np.where(steady, usual[:, 1] + (quarter[when] == 4), impact)
    grave = chance * impact >= _LIMIT
    acts = grave | (draw.random(len(at)) < 0.3)
    return pa.table(
        {
            "condicion_id": pick([c[0] for c in _CONDITIONS], at),
            "cod_region": pa.repeat(region.code, len(at)),
            "anio": pa.array(years[when]),
            "trimestre": pa.array(quarter[when]),
            "probabilidad": pa.array(chance),
            "impacto": pa.array(impact),
            "evidencia": pick([c[3] for c in _CONDITIONS], at),
            "medida": where(acts, pick([c[4] for c in _CONDITIONS], at)),
            "responsable": where(acts, pa.array(["Gerencia Regional de Energía y Minas"] * len(at))),
            PERIOD: pick([f"{y}-T{q}" for y, q in zip(years.tolist(), quarter.tolist(), strict=True)], when),
        }
    )


def _quarters(region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Year and number of each quarter from the first day to the last."""
    first = 4 * region.first.year + (region.first.month - 1) // 3
    last = 4 * region.until.year + (region.until.month - 1) // 3
    number = np.arange(first, last + 1)
    return number // 4, number % 4 + 1
