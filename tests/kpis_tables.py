"""Accepted tables written straight to the warehouse, for tests of the engine that need no ETL: no file, no check, no quarantine."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from etl import references
from warehouse import catalogue, submissions
from warehouse.database import writing
from warehouse.delta import accepted_schema
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, Submission
from warehouse.territories import region_of_department

NOW = datetime(2026, 10, 5, 15, tzinfo=UTC)


def deliver(
    warehouse: Warehouse, table: str, places: dict[tuple[str, str], Sequence[dict[str, Any]]], *, version: int = 1, until: date | None = None
) -> None:
    """Accept the rows of several (submitter, period) places of one table in one commit. `cod_region` is taken from each row, else the submitter."""
    contract = catalogue.contracts()[table]
    schema = accepted_schema(contract)
    made, rows = [], []
    for (region, period), own in places.items():
        s = Submission(
            tabla=table, cod_region=region, periodo=period, version=version, hash_archivo=_hash(table, region, period, version),
            archivo=f"{table}_{region}_{period}_v{version}.csv", estado=ACCEPTED, filas=len(own), filas_aceptadas=len(own), filas_cuarentena=0,
            recibido_en=NOW, version_contrato=contract.version, sintetico=contract.source.sintetico, datos_al=until,
        )  # fmt: skip
        made.append(s)
        technical = {"cod_region": region, "entrega_id": s.entrega_id, "entrega_region": region, "entrega_periodo": period, "cargado_en": NOW,
                     "estado_registro": "valido"}  # fmt: skip
        rows += [{**technical, "fila_origen": i + 2, "hash_fila": f"{i:016x}", **row} for i, row in enumerate(own)]
    delta = warehouse.delta.replace("aceptado", table, pa.Table.from_pylist(rows, schema=schema), list(places))
    with writing(warehouse.engine).begin() as connection:
        submissions.record(connection, made, None)
        submissions.point_to(connection, table, delta, None, warehouse.delta.rows("aceptado", table, delta))


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def by_department(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `cod_department` kept where ETL keeps them: Lima's as L15."""
    return [{**r, "cod_region": region_of_department(r["cod_departamento"])} for r in rows]


SITUATIONS = {
    "libre": 43,
    "construccion": 46,
    "exploracion": 60,
    "explotacion": 308,
    "paralizada": 53,
    "sin_actividad": 248,
    "sin_dac": 92,
    "atipica": 8,
    "TOTAL": 858,
}


def situation(warehouse: Warehouse, counts: dict[str, int] | None = None, version: int = 1) -> None:
    """The seed's table of 858 cases, its printed total included."""
    own = [
        {"ambito": "LL+PC+MQ", "cod_region": "PILOTO", "anio_dac": 2006, "situacion": s, "casos": n, "fuente": "lámina"}
        for s, n in (counts or SITUATIONS).items()
    ]
    deliver(warehouse, "situacion_areas", {("PILOTO", "2006"): own}, version=version)


def fatalities(warehouse: Warehouse, rows: Iterable[tuple[str, int, int]], version: int = 1) -> None:
    """(department, year, deaths)."""
    own = by_department({"cod_departamento": d, "anio": y, "muertes": n} for d, y, n in rows)
    deliver(warehouse, "accidentes_mortales", {("00", "2025"): own}, version=version)


def conflicts(warehouse: Warehouse, rows: Iterable[tuple[str, str, str, int, str]]) -> None:
    """(department, month, measure, cases, source)."""
    own = by_department({"cod_departamento": d, "periodo": p, "medida": m, "casos": n, "fuente_url": u} for d, p, m, n, u in rows)
    deliver(warehouse, "conflictos_reportados", {("00", "2026"): own})


def production(warehouse: Warehouse, rows: Iterable[tuple[str, str, int, int, float]], version: int = 1) -> None:
    """(department, metal, year, month, amount)."""
    own = by_department(
        {"cod_departamento": d, "mineral": m, "unidad": {"oro": "g_f", "plata": "kg_f"}.get(m, "tm_f"), "estrato": "GENERAL", "anio": y, "mes": k,
         "produccion": a, "unidades_declarantes": 1, "unidades_productoras": 1}
        for d, m, y, k, a in rows
    )  # fmt: skip
    deliver(warehouse, "produccion_metalica", {("00", "2025"): own}, version=version)


UBIGEOS = {"13": ("130101", "130201"), "15": ("150201",), "18": ("180101",), "19": ("190101",), "26": ("150101",), "21": ("210101",)}


def cases(region: str, month: str, size: int, seed: int = 7) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(case files, steps) that entered in a month; some open, some withdrawn, some stopped by the applicant, some of DGFM. Dates may pass the cut."""
    draw = random.Random(f"{seed}|{region}|{month}")
    start = date.fromisoformat(f"{month}-01")
    files, steps = [], []
    for i in range(size):
        entry = start + timedelta(days=draw.randint(0, 27))
        procedure = draw.choice(["TITULO_CONCESION", "CAMBIO_SUSTANCIA", "DIVISION_CONCESION"])
        end = entry + timedelta(days=draw.randint(5, 120)) if draw.random() < 0.85 else None
        outcome = draw.choice(["aprobado", "denegado", "desistimiento"]) if end else None
        authority = "DGFM" if draw.random() < 0.1 else f"DREM_{region}"
        number = f"{region}-{authority}-{entry.year}-{month[5:]}{i:04d}"
        files.append(
            {"expediente_id": number, "ubigeo": draw.choice(UBIGEOS.get(region, (f"{region}0101",))), "numero_expediente": f"{i}", "anio": entry.year,
             "cod_procedimiento": procedure, "autoridad": authority, "estrato": "PPM", "tipo_persona": "juridica", "sexo_solicitante": "NA",
             "solicitante_hash": "0" * 64, "fecha_ingreso": entry, "fecha_notificacion": end, "fecha_resolucion": end,
             "estado": "resuelto" if end else "en_tramite", "sentido": outcome, "n_observaciones": 0, "impugnado": False}
        )  # fmt: skip
        if draw.random() < 0.4:
            stop = entry + timedelta(days=draw.randint(1, 20))
            steps.append({"expediente_id": number, "secuencia": 1, "etapa": "subsanacion", "responsable": "administrado", "fecha_inicio": stop,
                          "fecha_fin": stop + timedelta(days=draw.randint(1, 30)) if draw.random() < 0.9 else None})  # fmt: skip
        steps.append(
            {
                "expediente_id": number,
                "secuencia": 2,
                "etapa": "evaluacion_tecnica",
                "responsable": "entidad",
                "fecha_inicio": entry,
                "fecha_fin": end,
            }
        )
    return files, steps


def case_files(
    warehouse: Warehouse, regions: Iterable[str], months: Iterable[str], size: int = 30, *, skip: Iterable[tuple[str, str]] = (), version: int = 1
) -> None:
    """Monthly deliveries of both case tables for each region and month, with the references they need."""
    references.load(warehouse, date(2026, 10, 5))
    gone, files, steps = set(skip), {}, {}
    for region in regions:
        for month in months:
            if (region, month) not in gone:
                files[region, month], steps[region, month] = cases(region, month, size)
    deliver(warehouse, "tramites", files, version=version)
    deliver(warehouse, "tramite_etapas", steps, version=version)


def months(first: str, count: int) -> list[str]:
    """Month codes, `count` of them from `first`."""
    return [str(p) for p in pd.period_range(first, periods=count, freq="M")]


def official(folder: Path, name: str) -> pd.DataFrame:
    """An official series as it came, codes as text."""
    return pd.read_csv(folder / "data" / f"{name}.csv", dtype={"dep_code": str})
