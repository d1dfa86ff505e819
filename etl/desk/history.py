"""What was delivered for one place: its versions, what each changed, and the receipt of each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from etl.desk.places import local, named, sender_of
from etl.desk.problems import Problem
from warehouse import catalogue
from warehouse.database import as_utc
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED
from warehouse.tables import cargas, diferencias, entregas, resultados_calidad, tablas_aceptadas
from warehouse.territories import all_territories

_SHOWN = (
    "seq", "entrega_id", "version", "estado", "archivo", "hash_archivo", "filas", "filas_aceptadas", "filas_cuarentena", "mensaje", "motivo",
    "filas_agregadas", "filas_cambiadas", "filas_retiradas", "version_contrato", "sintetico",
)  # fmt: skip


def versions(warehouse: Warehouse, place: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Every version of a delivery, newest first; `vigente` is the one whose rows are the accepted ones."""
    e = entregas.c
    query = select(entregas).where(e.tabla == place[0], e.cod_region == place[1], e.periodo == place[2]).order_by(e.version.desc())
    with warehouse.engine.connect() as connection:
        rows = connection.execute(query).all()
        ids = [r.entrega_id for r in rows]
        came = connection.execute(select(cargas.c.entrega_id, cargas.c.id).where(cargas.c.entrega_id.in_(ids)))
        uploads = {row.entrega_id: row.id for row in came}
    standing = next((r.version for r in rows if r.estado != REJECTED), None)
    return [
        {n: getattr(r, n) for n in _SHOWN}
        | {"recibido_en": as_utc(r.recibido_en), "vigente": r.version == standing, "carga": uploads.get(r.entrega_id)}
        for r in rows
    ]


def differences(warehouse: Warehouse, seq: int, start: int, count: int) -> dict[str, Any]:
    """Row by row what a version changed of the one it replaced: up to a thousand are kept; `total` counts those, the submission all."""
    row = _submission(warehouse, seq)
    d = diferencias.c
    query = select(d.tipo, d.clave, d.columnas).where(d.entrega_id == row.entrega_id).order_by(d.id)
    with warehouse.engine.connect() as connection:
        total = connection.execute(select(func.count()).where(d.entrega_id == row.entrega_id)).scalar()
        found = [dict(r) for r in connection.execute(query.offset(start).limit(count)).mappings()]
    counts = {n: getattr(row, n) for n in ("filas_agregadas", "filas_cambiadas", "filas_retiradas")}
    return {"seq": seq, **counts, "total": total, "diferencias": found}


def receipt(warehouse: Warehouse, seq: int) -> dict[str, Any]:
    """Everything that a *constancia de recepción* says. Raises Problem where there is no such submission."""
    row = _submission(warehouse, seq)
    place = (row.tabla, row.cod_region, row.periodo)
    known = [v for v in versions(warehouse, place) if v["version"] < row.version and v["estado"] != REJECTED]
    contract = catalogue.contracts().get(row.tabla)
    with warehouse.engine.connect() as connection:
        r = resultados_calidad.c
        failed = connection.execute(
            select(r.regla_id, r.severidad, r.filas_fallidas, r.mensaje)
            .where(r.entrega_id == row.entrega_id, r.estado == "falla").order_by(r.id)
        ).mappings().all()  # fmt: skip
        sender = connection.execute(select(cargas.c.remitente).where(cargas.c.entrega_id == row.entrega_id).limit(1)).scalar()
    territory = all_territories().get(row.cod_region)
    received, judged = as_utc(row.recibido_en), as_utc(row.evaluado_en)
    first = known[-1]["recibido_en"] if known else received  # a correction makes nobody late
    return {
        **{n: getattr(row, n) for n in _SHOWN},
        "tabla": row.tabla, "titulo": contract.title.es if contract else row.tabla, "contrato": contract.contract if contract else "",
        "cod_region": row.cod_region, "region": sender_of(row.cod_region), "autoridad": territory.autoridad if territory else "",
        "periodo": row.periodo, "nombre_periodo": named(row.periodo), "fecha_limite": row.fecha_limite,
        "recibido_en": received, "evaluado_en": judged,
        "recibido_lima": f"{local(warehouse, received):%d-%m-%Y %H:%M:%S}", "evaluado_lima": f"{local(warehouse, judged):%d-%m-%Y %H:%M:%S}",
        "a_tiempo": None if row.fecha_limite is None else local(warehouse, first).date() <= row.fecha_limite,
        "reemplaza": known[0]["version"] if known and row.estado != REJECTED else None,
        "reemplaza_seq": known[0]["seq"] if known and row.estado != REJECTED else None,
        "remitente": sender or "", "reglas": [dict(f) for f in failed],
    }  # fmt: skip


def _submission(warehouse: Warehouse, seq: int) -> Row[Any]:
    with warehouse.engine.connect() as connection:
        row = connection.execute(select(entregas).where(entregas.c.seq == seq)).first()
    if row is None:
        raise Problem(404, f"No existe la constancia N.º {seq}.", "Revise el número.")
    return row


def quarantine_version(warehouse: Warehouse, table: str) -> int | None:
    """Which Delta version of a table's quarantine counts."""
    with warehouse.engine.connect() as connection:
        query = select(tablas_aceptadas.c.cuarentena_version).where(tablas_aceptadas.c.tabla == table)
        found: int | None = connection.execute(query).scalar()
    return found


def seq_of(warehouse: Warehouse, submission: str) -> int | None:
    """The number of a submission's receipt."""
    with warehouse.engine.connect() as connection:
        found: int | None = connection.execute(select(entregas.c.seq).where(entregas.c.entrega_id == submission)).scalar()
    return found
