"""Batches for the tests of checks: the seed's table retyped, and cases of tramites that break nothing unless asked to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from checks.batch import Batch, Place
from checks.compiled import batch_schema
from checks.findings import Finding
from etl import references
from warehouse import catalogue
from warehouse.contracts import Column, Contract, Rule, RuleBody

TODAY = date(2026, 10, 15)
CONTRACTS = catalogue.contracts()

#: the seed's slide (LL+PC+MQ, DAC 2006): situation, cases, printed percentage
SEED: tuple[tuple[str, int, float], ...] = (
    ("libre", 43, 5.0), ("construccion", 46, 5.4), ("exploracion", 60, 7.0), ("explotacion", 308, 35.9), ("paralizada", 53, 6.2),
    ("sin_actividad", 248, 28.9), ("sin_dac", 92, 10.7), ("atipica", 8, 0.1), ("TOTAL", 858, 100.0),
)  # fmt: skip


def seed_rows(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The seed's rows. `changes`: situation -> columns with another value."""
    rows = [
        {"ambito": "LL+PC+MQ", "anio_dac": 2006, "situacion": s, "casos": n, "porcentaje_declarado": p, "fuente": "PERCAN", "cod_region": "PILOTO"}
        for s, n, p in SEED
    ]
    return [row | changes.get(str(row["situacion"]), {}) for row in rows]


@lru_cache(maxsize=1)
def reference_tables() -> dict[str, pa.Table]:
    """What etl hands as references."""
    return references.tables(TODAY)


def case(number: int = 1, region: str = "13", ubigeo: str = "130101", **change: Any) -> dict[str, Any]:
    """A resolved case that breaks no rule, with the changes asked for."""
    row: dict[str, Any] = {
        "expediente_id": f"{region}-DREM_{region}-2026-{number}", "cod_region": region, "ubigeo": ubigeo,
        "numero_expediente": str(number), "anio": 2026,
        "cod_procedimiento": reference_tables()["ref_procedimientos"]["cod_procedimiento"][0].as_py(), "autoridad": f"DREM_{region}",
        "estrato": "PPM", "tipo_persona": "juridica", "sexo_solicitante": "NA", "solicitante_hash": "a" * 64, "codigo_derecho": None,
        "canal": "presencial", "fecha_ingreso": date(2026, 3, 2), "fecha_admision": date(2026, 3, 4), "fecha_resolucion": date(2026, 4, 1),
        "fecha_notificacion": date(2026, 4, 6), "estado": "resuelto", "sentido": "aprobado", "numero_resolucion": "RD 1", "n_observaciones": 0,
        "impugnado": False, "resultado_impugnacion": None, "derecho_tramite_soles": 120.5,
    }  # fmt: skip
    return row | change


def place(rows: int, region: str = "13", period: str = "2026-03", **change: Any) -> Place:
    """A submission received in time, with its own bytes."""
    values: dict[str, Any] = {
        "cod_region": region, "periodo": period, "archivo": f"tabla_{region}_{period}_v1.csv", "hash": f"{region}{period}",
        "fecha_limite": None, "recibido_en": datetime(2026, 4, 10, 15, tzinfo=UTC), "filas": rows,
    }  # fmt: skip
    return Place(**(values | change))


def batch(
    contract: Contract | str,
    submissions: dict[str, list[dict[str, Any]]],
    places: dict[str, Place] | None = None,
    issues: list[Finding] | None = None,
    tables: dict[str, pa.Table] | None = None,
) -> Batch:
    """A batch of `submissions`: rows by submission, numbered from 2 as their sender sees them."""
    contract = CONTRACTS[contract] if isinstance(contract, str) else contract
    region = "00" if contract.delivery.ambito == "nacional" else "13"
    places = places or {e: place(len(rows), region) for e, rows in submissions.items()}
    schema = batch_schema(contract)
    rows = [
        dict.fromkeys(schema.names)
        | {"entrega_id": e, "entrega_region": places[e].cod_region, "entrega_periodo": places[e].periodo, "fila_origen": n}
        | row
        for e, own in submissions.items()
        for n, row in enumerate(own, start=2)
    ]
    tables = reference_tables() if tables is None else tables
    return Batch(contract, pa.Table.from_pylist(rows, schema=schema), issues or [], places, tables, TODAY)


def contract_with(columns: list[Column], rules: list[Rule] | None = None, base: str = "situacion_areas", **change: Any) -> Contract:
    """A contract of its own columns and rules, the rest as `base` has it."""
    values = {"table": "muestra", "columns": tuple(columns), "rules": tuple(rules or ()), "path": Path("etl/contracts/muestra.yml")}
    return CONTRACTS[base].model_copy(update=values | change)


def row_rule(sql: str, rule_id: str = "X-1", severity: str = "error", sentence: str = "La fila {fila} falla.", **body: Any) -> Rule:
    """A rule of a contract over rows."""
    content = {"ambito": "fila", "dimension": "coherencia", "sql": sql, "remedio": "Corrija la fila."} | body
    return Rule.model_validate({"id": rule_id, "severity": severity, "sentence": sentence, "body": RuleBody.model_validate(content)})
