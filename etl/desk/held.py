"""What is held back: rules that newest submissions break, the rows in quarantine, and the exceptions that let a rule pass."""

from __future__ import annotations

from typing import Any

import pyarrow.dataset as ds
from deltalake import DeltaTable
from sqlalchemy import func, select

from etl.desk.history import quarantine_version
from warehouse import catalogue
from warehouse.store import Warehouse
from warehouse.tables import entregas, resultados_calidad
from warehouse.waivers import NEVER, Waiver

_COLUMNS = ["entrega_id", "entrega_region", "entrega_periodo", "regla_id", "columna", "valor", "mensaje", "remedio", "fila_origen"]


def rules(warehouse: Warehouse, table: str = "", region: str = "", period: str = "") -> list[dict[str, Any]]:
    """Rules that the newest version of some delivery breaks, worst first: how many rows, of how many deliveries of which regions."""
    e, r = entregas.c, resultados_calidad.c
    newest = select(func.max(e.seq)).group_by(e.tabla, e.cod_region, e.periodo)
    for column, wanted in ((e.tabla, table), (e.cod_region, region), (e.periodo, period)):
        newest = newest.where(column == wanted) if wanted else newest
    query = (
        select(e.tabla, r.regla_id, r.severidad, e.cod_region, func.sum(r.filas_fallidas), func.count(), func.max(r.mensaje))
        .join_from(entregas, resultados_calidad, e.entrega_id == r.entrega_id)
        .where(e.seq.in_(newest), r.estado == "falla", r.severidad != "informativa")
        .group_by(e.tabla, r.regla_id, r.severidad, e.cod_region)
    )
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    with warehouse.engine.connect() as connection:
        for name, rule, severity, where, rows, files, message in connection.execute(query):
            one = found.setdefault((name, rule, severity), _rule(name, rule, severity))
            one["filas"] += int(rows or 0)
            one["entregas"] += files
            one["regiones"].append(where)
            one["ejemplo"] = one["ejemplo"] or message
    order = ("bloqueante", "error", "advertencia")
    return sorted(found.values(), key=lambda o: (order.index(o["gravedad"]) if o["gravedad"] in order else 9, -o["filas"], o["tabla"]))


def _rule(table: str, rule: str, severity: str) -> dict[str, Any]:
    contract = catalogue.contracts().get(table)
    own = next((x for x in contract.rules if x.id == rule), None) if contract else None
    return {
        "tabla": table, "titulo": contract.title.es if contract else table, "regla": rule, "gravedad": severity, "filas": 0, "entregas": 0,
        "regiones": [], "ejemplo": "", "admite_excepcion": rule not in NEVER, "sin_verificar": own.body.sin_verificar if own else "",
    }  # fmt: skip


def rows(warehouse: Warehouse, table: str, rule: str = "", region: str = "", period: str = "", limit: int = 200) -> dict[str, Any]:
    """Rows in quarantine with the sentence of each; private values were masked when they were put there."""
    version = quarantine_version(warehouse, table)
    if version is None:
        return {"total": 0, "filas": []}
    wanted = [(ds.field(n) == v) for n, v in (("regla_id", rule), ("entrega_region", region), ("entrega_periodo", period)) if v]
    condition = None
    for one in wanted:
        condition = one if condition is None else condition & one
    dataset = DeltaTable(warehouse.delta.uri("cuarentena", table), version=version).to_pyarrow_dataset()
    total = dataset.count_rows(filter=condition)
    found = dataset.head(limit, columns=_COLUMNS, filter=condition).to_pylist()
    return {"total": total, "filas": sorted(found, key=lambda r: (r["entrega_region"], r["entrega_periodo"], r["fila_origen"] or 0))}


def waiver(one: Waiver) -> dict[str, Any]:
    """An exception as it is shown."""
    names = ("id", "regla_id", "tabla", "cod_region", "periodo", "nombre", "motivo", "vence", "creada_en")
    return {n: getattr(one, n) for n in names}
