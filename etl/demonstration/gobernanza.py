"""The institutional registers of a region: functions, Forum agreements, legal gaps, activity plan, critical conditions, reports of the teams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration import funciones
from etl.demonstration.columns import pick, quarter_codes, where
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.plan import conditions, plan
from warehouse.territories import pilots

_NEVER = np.datetime64("NaT", "D")
_KINDS = ("politica_regional", "norma", "presupuesto", "coordinacion", "capacitacion")
_AGREED = (
    "Aprobar la política regional de pequeña minería y minería artesanal",
    "Incorporar los procedimientos mineros al TUPA",
    "Asignar presupuesto para la supervisión de la pequeña minería",
    "Instalar la mesa técnica con el MINEM",
    "Capacitar al personal en evaluación ambiental",
)
_PROOFS = (
    "Ordenanza Regional publicada", "Resolución que modifica el TUPA", "Nota presupuestal aprobada", "Acta de la mesa técnica",
    "Lista de asistencia y notas",
)  # fmt: skip
#: what a gap is about, with the function and the procedure it touches
_GAPS = (
    ("Plazo de evaluación del plan de minado", "F05", "PLAN_MINADO", "DS de procedimientos mineros"),
    ("Requisitos de la concesión de beneficio para PMA", "F04", "BENEFICIO", "Reglamento de concesiones"),
    ("Competencia sobre la formalización en trámite", "F07", "IGAFOM", "DS 009-2025-EM"),
    ("Opinión técnica sin plazo para quien opina", "F08", "DIA", "Reglamento de protección ambiental"),
    ("Escala de multas de la pequeña minería", "F12", None, "DL 1101"),
    ("Planes de cierre de la pequeña minería", "F09", None, None),
    ("Certificado de operación minera y control de explosivos", "F06", "COM", "Reglamento de explosivos"),
)  # fmt: skip


def make(region: Region) -> dict[str, pa.Table]:
    """Six tables; the reports are those of the pilot regions' teams."""
    made = {
        "funciones_transferidas": funciones.make(region),
        "foro_acuerdos": _agreements(region),
        "vacios_normativos": _gaps(region),
        "plan_actividades": plan(region),
        "condiciones_criticas": conditions(region),
    }
    if region.code in {p.codigo for p in pilots()}:
        made["informes_er"] = _reports(region)
    return made


def quarters(region: Region) -> np.ndarray:
    """First months of the quarters from the first day to the last."""
    first, last = (int(np.datetime64(d, "M").astype(int)) // 3 for d in (region.first, region.until))
    return (np.arange(first, last + 1) * 3).astype("datetime64[M]")


def _spread(region: Region, name: str, each: tuple[int, int], days: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Some things in each quarter: the day of each, and its number within the quarter; none after the last day."""
    draw = region.draw(name)
    starts = quarters(region).astype("datetime64[D]")
    starts = np.maximum(starts, np.datetime64(region.first))
    counts = np.maximum(1, np.round(draw.integers(each[0], each[1] + 1, len(starts)) * region.scale)).astype(int)
    quarter = np.repeat(np.arange(len(starts)), counts)
    day = np.minimum(starts[quarter] + draw.integers(*days, len(starts))[quarter], np.datetime64(region.until))
    return day, np.arange(len(quarter)) - np.repeat(np.cumsum(counts) - counts, counts) + 1


def _ids(region: Region, day: np.ndarray, number: np.ndarray, mark: str) -> pa.Array:
    """13-2026T1-A02."""
    quarter = pc.replace_substring(quarter_codes(day), "-", "")
    count = pc.utf8_lpad(pa.array(number).cast(pa.string()), 2, "0")
    return pc.binary_join_element_wise(region.code, quarter, pc.binary_join_element_wise(mark, count, ""), "-")


def _after(day: np.ndarray, low: int, high: int, draw: np.random.Generator) -> np.ndarray:
    return day + draw.integers(low, high, len(day))


def _agreements(region: Region) -> pa.Table:
    draw = region.draw("acuerdos")
    day, number = _spread(region, "sesiones", (2, 4), (10, 75))
    count, last = len(day), np.datetime64(region.until)
    kind = draw.integers(0, len(_KINDS), count)
    limit = _after(day, 60, 365, draw)
    kept = draw.random(count) < np.clip(1.1 - 0.45 * region.profile.pace, 0.45, 0.92)
    done = np.where(kept, day + ((limit - day).astype(int) * draw.uniform(0.4, 1.15, count)).astype(int), _NEVER)
    fulfilled = ~np.isnat(done) & (done <= last)
    state = np.where(fulfilled, "cumplido", np.where(limit < last, "incumplido", np.where(draw.random(count) < 0.55, "en_ejecucion", "pendiente")))
    quarter = quarter_codes(day)
    return pa.table(
        {
            "acuerdo_id": _ids(region, day, number, "A"),
            "cod_region": pa.repeat(region.code, count),
            "sesion": pc.binary_join_element_wise("Sesión", quarter, " "),
            "fecha_sesion": pa.array(day),
            "tipo": pick(_KINDS, kind),
            "descripcion": pick(_AGREED, kind),
            "responsable": _choice(("GR", "MEM", "AMBOS", "OTRO"), (0.52, 0.22, 0.22, 0.04), count, draw),
            "fecha_limite": pa.array(limit),
            "fecha_cumplimiento": where(fulfilled, done),
            "estado": pa.array(state),
            "evidencia": pick(_PROOFS, np.where(fulfilled, kind, -1)),
            PERIOD: quarter,
        }
    )


def _gaps(region: Region) -> pa.Table:
    draw = region.draw("vacios")
    day, number = _spread(region, "vacios por trimestre", (1, 2), (3, 80))
    count, last = len(day), np.datetime64(region.until)
    subject = draw.integers(0, len(_GAPS), count)
    proposed, closed = _after(day, 20, 400, draw), _after(day, 420, 1_500, draw)
    has_proposal = (proposed <= last) & (draw.random(count) < 0.7)
    solved = has_proposal & (closed <= last) & (draw.random(count) < 0.6)
    dismissed = ~solved & (closed <= last) & (draw.random(count) < 0.15)
    under_way = has_proposal & (draw.random(count) < 0.4)
    state = np.select(
        [solved, dismissed, under_way, has_proposal], ["resuelto", "descartado", "en_tramite_normativo", "con_propuesta"], "identificado"
    )
    affected = draw.integers(0, 40, count)
    return pa.table(
        {
            "vacio_id": _ids(region, day, number, "V"),
            "cod_region": pa.repeat(region.code, count),
            "funcion_id": pick([g[1] for g in _GAPS], subject),
            "cod_procedimiento": pick([g[2] for g in _GAPS], subject),
            "tipo": _choice(("ausencia", "contradiccion", "desactualizacion", "superposicion_competencia"), (0.34, 0.2, 0.3, 0.16), count, draw),
            "tema": pick([g[0] for g in _GAPS], subject),
            "norma_afectada": pick([g[3] for g in _GAPS], subject),
            "fecha_identificacion": pa.array(day),
            "prioridad": _choice(("alta", "media", "baja"), (0.3, 0.45, 0.25), count, draw),
            "expedientes_afectados": where(draw.random(count) < 0.8, affected),
            "estado": pa.array(state),
            "fecha_propuesta": where(has_proposal, proposed),
            "fecha_cierre": where(solved | dismissed, closed),
            "norma_que_resuelve": pick(("Norma de demostración que lo resuelve",), np.where(solved, 0, -1)),
            PERIOD: quarter_codes(day),
        }
    )


def _reports(region: Region) -> pa.Table:
    """One to each addressee each quarter, due 20 days after it ends; nobody has reports of a quarter that has not ended."""
    draw = region.draw("informes")
    starts = quarters(region)
    ended = starts[(starts + 3).astype("datetime64[D]") <= np.datetime64(region.until) + 1]
    starts = ended if len(ended) else starts[:1]
    addressees = ("GR", "MEM", "AMBOS")
    day = np.repeat(starts.astype("datetime64[D]"), len(addressees))
    to = np.tile(np.arange(len(addressees)), len(starts))
    count, last = len(day), np.datetime64(region.until)
    limit = np.repeat((starts + 3).astype("datetime64[D]"), len(addressees)) + 19
    sent = limit + np.round(draw.normal(-4 + 12 * (region.profile.pace - 0.6), 6, count)).astype(int)
    delivered = (sent <= last) & (draw.random(count) < 0.95)
    use = draw.choice(["usado_en_decision", "leido", "sin_uso"], count, p=[0.35, 0.45, 0.2])
    code = pc.replace_substring(quarter_codes(day), "-", "")
    return pa.table(
        {
            "informe_id": pc.binary_join_element_wise(region.code, code, pick(addressees, to), "-"),
            "cod_region": pa.repeat(region.code, count),
            "periodo": quarter_codes(day),
            "destinatario": pick(addressees, to),
            "fecha_limite": pa.array(limit),
            "fecha_entrega": where(delivered, sent),
            "uso": pa.array(np.where(delivered, use, "no_reportado")),
            PERIOD: quarter_codes(day),
        }
    )


def _choice(values: Sequence[str], shares: Sequence[float], count: int, draw: np.random.Generator) -> pa.Array:
    return pick(values, draw.choice(len(values), count, p=list(shares)))
