"""The errors on purpose: a catalogue of what is wrong in which file, and the rule that must catch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from etl import references
from etl.demonstration.cases import Delivery, Row
from etl.demonstration.profiles import MINISTRY, authority

Scope = Literal["fila", "archivo"]


@dataclass(frozen=True)
class Fault:
    """One error. `scope` archivo: the whole file is rejected. `form` forces the file's format where the error needs one."""

    name: str
    table: str
    region: str
    period: str
    rule: str
    scope: Scope
    story: str
    spoil: Callable[[Delivery], None] | None = None
    header: tuple[str, str] | None = None  # a column and the name it is given instead; empty = the column is left out
    form: Literal["", "csv", "xlsx"] = ""
    latin_dates: bool = False
    decimal_comma: bool = False
    formula: bool = False


def of(table: str, region: str, period: str) -> tuple[Fault, ...]:
    """The faults of one file."""
    return tuple(f for f in FAULTS if (f.table, f.region, f.period) == (table, region, period))


def _closed(delivery: Delivery) -> list[Row]:
    return [c for c in delivery.cases if c["estado"] == "resuelto"]


def _resolution_before_entry(delivery: Delivery) -> None:
    for case in _closed(delivery)[:3]:
        case["fecha_resolucion"] = case["fecha_ingreso"] - timedelta(days=20)


def _no_notification(delivery: Delivery) -> None:
    for case in _closed(delivery)[3:9]:
        case["fecha_notificacion"] = None


def _reniec_codes(delivery: Delivery) -> None:
    # The silent trap: RENIEC's 1802xx of Daniel Alcides Carrión are all valid INEI codes of General Sánchez Cerro, Moquegua.
    reniec = {r["ubigeo"]: r["ubigeo_reniec"] for r in references.district_rows()}
    for case in delivery.cases:
        if case["ubigeo"].startswith("1902"):
            case["ubigeo"] = reniec[case["ubigeo"]]


def _unknown_district(delivery: Delivery) -> None:
    delivery.cases[0]["ubigeo"] = "219901"


def _repeated_case(delivery: Delivery) -> None:
    delivery.cases.insert(1, dict(delivery.cases[0]))


def _no_resolution_number(delivery: Delivery) -> None:
    for case in _closed(delivery)[:2]:
        case["numero_resolucion"] = None


def _notified_in_the_future(delivery: Delivery) -> None:
    case = _closed(delivery)[0]
    case["fecha_notificacion"] = date(case["fecha_notificacion"].year + 10, 3, 2)


def _wrong_authority(delivery: Delivery) -> None:
    own = authority(delivery.region)
    for row in (*delivery.cases, *delivery.steps):
        row["expediente_id"] = row["expediente_id"].replace(f"-{MINISTRY}-", f"-{own}-")
        if row.get("autoridad") == MINISTRY:
            row["autoridad"] = own


def _step_ends_before_start(delivery: Delivery) -> None:
    for step in [s for s in delivery.steps if s["etapa"] == "evaluacion_tecnica" and s["fecha_fin"]][:4]:
        step["fecha_fin"] = step["fecha_inicio"] - timedelta(days=7)


def _no_giver(delivery: Delivery) -> None:
    for step in [s for s in delivery.steps if s["entidad_opinante"]][:3]:
        step["entidad_opinante"] = None


FAULTS: tuple[Fault, ...] = (
    Fault("fechas_en_desorden", "tramites", "13", "2026-05", "C01-COH-1B", "fila",
          "Tres expedientes con la resolución fechada antes del ingreso", _resolution_before_entry),
    Fault("sin_notificacion", "tramites", "13", "2026-05", "C01-COM-1", "fila",
          "Seis expedientes resueltos sin fecha de notificación", _no_notification),
    Fault("ubigeo_reniec", "tramites", "19", "2026-03", "G-07", "fila",
          "Los distritos de Daniel Alcides Carrión con su código del RENIEC (1802xx)", _reniec_codes),
    Fault("ubigeo_desconocido", "tramites", "21", "2026-02", "G-06", "fila", "Un ubigeo que no existe", _unknown_district),
    Fault("coma_decimal", "tramites", "05", "2026-01", "G-03", "fila",
          "Los derechos de trámite con coma decimal", form="csv", decimal_comma=True),
    Fault("fechas_dia_mes", "tramites", "12", "2025-11", "G-03", "fila",
          "Todas las fechas como dd/mm/aaaa", form="csv", latin_dates=True),
    Fault("expediente_repetido", "tramites", "20", "2026-04", "G-04", "archivo", "Un expediente escrito dos veces", _repeated_case),
    Fault("cabecera_renombrada", "tramites", "06", "2025-12", "G-02", "archivo",
          "La columna fecha_ingreso llamada «f. mesa de partes»", header=("fecha_ingreso", "f. mesa de partes")),
    Fault("columna_ausente", "tramites", "09", "2026-07", "G-02", "archivo", "El archivo no trae la columna estado", header=("estado", "")),
    Fault("formula", "tramites", "04", "2026-06", "G-03", "fila", "Una fórmula en el derecho de trámite", form="xlsx", formula=True),
    Fault("sin_numero_de_resolucion", "tramites", "11", "2026-04", "C01-COH-2A", "fila",
          "Dos expedientes resueltos sin número de resolución", _no_resolution_number),
    Fault("notificado_en_el_futuro", "tramites", "22", "2026-05", "G-08", "fila",
          "Una notificación fechada diez años después", _notified_in_the_future),
    Fault("autoridad_no_competente", "tramites", "03", "2025-08", "C01-COH-6", "fila",
          "Expedientes de formalización posteriores al 18-05-2025 a nombre de la DREM", _wrong_authority),
    Fault("etapa_al_reves", "tramite_etapas", "08", "2026-05", "C01-COH-3A", "fila",
          "Cuatro etapas que terminan antes de empezar", _step_ends_before_start),
    Fault("sin_entidad_opinante", "tramite_etapas", "17", "2026-02", "C01-COM-2", "fila",
          "Tres opiniones externas sin decir de qué entidad", _no_giver),
)  # fmt: skip

#: deliveries that never came (region, period): both tables
MISSING: tuple[tuple[str, str], ...] = (("24", "2026-08"), ("24", "2026-09"), ("16", "2026-09"), ("25", "2025-12"))

#: deliveries that came after the due date, with the business day of the following month on which they came (rule G-11)
LATE: dict[tuple[str, str], int] = {("25", "2026-06"): 18, ("16", "2026-07"): 15, ("17", "2026-08"): 14, ("10", "2026-03"): 16}
