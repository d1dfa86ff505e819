"""Which mining functions each region has, since when and by which way: intervals of competence, with the loss of F07 in 2025."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from etl.demonstration.country import PERIOD, Region
from etl.demonstration.profiles import FORMALISATION_LEAVES
from warehouse.periods import Period

FUNCTIONS = tuple(f"F{n:02d}" for n in range(1, 14))
FORMALISATION = "F07"
#: functions that leave no act in the other registers: only these may stay without accreditation, so that nobody acts without it
_LEFT_BEHIND = ("F01", "F09", "F13")
#: agreements (CMI) of the functions to be strengthened end and are renewed on these days: invented
_RENEWALS = (date(2020, 1, 1), date(2024, 1, 1))
#: Moquegua received its functions «por potenciar»; La Libertad was «apto» in most
_FIT = {"18": 0.0, "13": 0.9}
_UNITS = ("Dirección de Minería", "Dirección de Asuntos Ambientales Mineros", "Dirección de Fiscalización Minera", "Oficina de Planeamiento")

Interval = dict[str, Any]


def make(region: Region) -> pa.Table:
    """The rows of `funciones_transferidas`, each in the delivery of the quarter in which it began or became known."""
    draw = region.draw("funciones")
    received = date(2006, 7, 1) + timedelta(days=int(draw.integers(0, 900)))
    rows: list[Interval] = []
    for function in FUNCTIONS:
        rows += [_told(region, function, i, draw) for i in _intervals(region, function, received, draw) if i["competencia_desde"] <= region.until]
    for row in rows:
        if row["competencia_hasta"] is not None and row["competencia_hasta"] >= region.until:
            row["competencia_hasta"] = None  # what has not happened by the last day nobody knows
    return pa.Table.from_pylist(rows)


def _intervals(region: Region, function: str, received: date, draw: np.random.Generator) -> list[Interval]:
    fit = draw.random() < _FIT.get(region.code, 0.65)
    late = function in _LEFT_BEHIND and draw.random() < 0.55
    since = received
    found: list[Interval] = []
    if late:
        since = region.first + timedelta(days=int(draw.integers(400, 3_400)))
        found.append(_interval(received, since, "no_acreditada"))
    if function == FORMALISATION:
        return [
            _interval(since, FORMALISATION_LEAVES, "apto" if fit else "por_potenciar_cmi"),
            _interval(FORMALISATION_LEAVES, None, "no_acreditada"),
        ]
    if fit:
        return [*found, _interval(since, None, "apto")]
    cuts = [since, *(d for d in _RENEWALS if d > since), None]
    return [*found, *(_interval(a, b, "por_potenciar_cmi") for a, b in pairwise(cuts) if a is not None)]


def _interval(since: date, until: date | None, way: str) -> Interval:
    """Up to the day before `until`."""
    return {"competencia_desde": since, "competencia_hasta": until - timedelta(days=1) if until else None, "via_acreditacion": way}


def _told(region: Region, function: str, interval: Interval, draw: np.random.Generator) -> Interval:
    since, way = interval["competencia_desde"], interval["via_acreditacion"]
    quarter = Period(max(since, region.first).replace(day=1), "mes").within("trimestre")
    left = function == FORMALISATION and since == FORMALISATION_LEAVES
    norms = {"apto": f"R.M. de acreditación de {since.year} (demostración)", "por_potenciar_cmi": f"Convenio marco de {since.year} (demostración)"}
    accredited = way != "no_acreditada"
    return {
        "cod_region": region.code, "funcion_id": function, **interval, "acreditada": accredited,
        "norma_transferencia": "DS 009-2025-EM" if left else norms.get(way), "en_rof": accredited or bool(draw.random() < 0.4),
        "en_tupa": accredited and bool(draw.random() < 0.85), "unidad_responsable": str(draw.choice(_UNITS)) if accredited else None,
        PERIOD: quarter.code,
    }  # fmt: skip
