"""Submissions (*entregas*) and their verdicts. Insert-only: a correction is a new version of the same place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select

from warehouse.database import as_utc, now
from warehouse.tables import archivos, diferencias, entregas, resultados_calidad, tablas_aceptadas

if TYPE_CHECKING:
    import pandas as pd  # costs a quarter of a second: a run without news asks no table whole

REJECTED, ACCEPTED, WARNED = "rechazada", "aceptada", "aceptada_con_advertencias"


@dataclass(frozen=True)
class RuleResult:
    """What one rule said of one submission. `estado`: cumple, falla or no_evaluable."""

    regla_id: str
    dimension: str
    severidad: str
    estado: str
    filas_evaluadas: int
    filas_fallidas: int
    mensaje: str = ""
    muestra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """One file for one table, submitter and period, with its verdict."""

    tabla: str
    cod_region: str
    periodo: str
    version: int
    hash_archivo: str
    archivo: str
    estado: str
    filas: int
    filas_aceptadas: int
    filas_cuarentena: int
    recibido_en: datetime
    version_contrato: str
    sintetico: bool
    celdas_requeridas: int = 0
    celdas_vacias: int = 0
    fecha_limite: date | None = None
    datos_al: date | None = None
    mensaje: str = ""
    motivo: str = ""
    filas_agregadas: int = 0
    filas_cambiadas: int = 0
    filas_retiradas: int = 0
    dispensas: tuple[int, ...] = ()
    results: tuple[RuleResult, ...] = field(default=(), compare=False)

    @property
    def entrega_id(self) -> str:
        return submission_id(self.tabla, self.cod_region, self.periodo, self.version, self.hash_archivo)


def submission_id(table: str, region: str, period: str, version: int, file_hash: str) -> str:
    """The submission's identity, the same however often its file is processed again."""
    return hashlib.sha256("|".join((table, region, period, str(version), file_hash)).encode()).hexdigest()[:32]


def record_files(connection: Connection, files: list[tuple[str, str, int, str]]) -> None:
    """Note kept files: (hash, name, bytes, origin). The caller has seen that they are not noted yet."""
    stamp = now()
    rows = [{"hash": h, "nombre": name[:300], "bytes": size, "origen": origin[:500], "recibido_en": stamp} for h, name, size, origin in files]
    if rows:
        connection.execute(insert(archivos), rows)


def latest(engine: Engine, table: str | None = None) -> pd.DataFrame:
    """The newest version of each (tabla, cod_region, periodo), whatever its verdict. Columns of `entregas`."""
    newest = select(func.max(entregas.c.seq)).group_by(entregas.c.tabla, entregas.c.cod_region, entregas.c.periodo)
    query = select(entregas).where(entregas.c.seq.in_(newest))
    if table is not None:
        query = query.where(entregas.c.tabla == table)
    return _frame(engine, query.order_by(entregas.c.seq))


def history(engine: Engine) -> pd.DataFrame:
    """Every submission ever judged, oldest first, rejected ones included. Columns of `entregas`."""
    return _frame(engine, select(entregas).order_by(entregas.c.seq))


def newest(connection: Connection) -> int:
    """The number of the last submission judged that a database knows; 0 where there is none."""
    return int(connection.execute(select(func.coalesce(func.max(entregas.c.seq), 0))).scalar_one())


def _frame(engine: Engine, query: Select[Any]) -> pd.DataFrame:
    import pandas as pd

    with engine.connect() as connection:
        return pd.read_sql(query, connection)


def record(connection: Connection, submissions: Iterable[Submission], run: int | None) -> None:
    """Insert submissions with their rule results, in the caller's transaction."""
    rows, results = [], []
    stamp = now()
    for s in submissions:
        own = {f.name: getattr(s, f.name) for f in fields(s) if f.name != "results"} | {"dispensas": list(s.dispensas)}
        rows.append({**own, "entrega_id": s.entrega_id, "evaluado_en": stamp, "corrida_id": run})
        for r in s.results:
            results.append({**vars(r), "muestra": list(r.muestra), "entrega_id": s.entrega_id, "evaluado_en": stamp})
    if rows:
        connection.execute(insert(entregas), rows)
    if results:
        connection.execute(insert(resultados_calidad), results)


def accepted_counts(engine: Engine, table: str) -> dict[str, dict[str, int]]:
    """Rows of the submissions of a table in force, by submitter and period."""
    e = entregas.c
    query = select(e.cod_region, e.periodo, e.filas).where(e.tabla == table, e.estado != REJECTED).order_by(e.seq)
    found: dict[str, dict[str, int]] = {}
    with engine.connect() as connection:
        for region, period, rows in connection.execute(query):
            found.setdefault(region, {})[period] = rows
    return found


def failing(engine: Engine, table: str, rules: Iterable[str]) -> set[tuple[str, str]]:
    """Places (submitter, period) of a table whose newest version fails any of `rules`."""
    e, q = entregas.c, resultados_calidad.c
    newest = select(func.max(e.seq)).where(e.tabla == table).group_by(e.cod_region, e.periodo)
    query = select(e.cod_region, e.periodo).join(resultados_calidad, q.entrega_id == e.entrega_id)
    query = query.where(e.seq.in_(newest), q.regla_id.in_(list(rules)), q.estado == "falla")
    with engine.connect() as connection:
        return {(region, period) for region, period in connection.execute(query)}


def outdated_by(engine: Engine, table: str, parents: list[str]) -> set[tuple[str, str]]:
    """Places (submitter, period) of a table whose newest verdict is older than an acceptance of one of `parents` for the same place."""
    if not parents:
        return set()
    c, p = entregas.alias("c"), entregas.alias("p")
    newest = select(func.max(entregas.c.seq)).where(entregas.c.tabla == table).group_by(entregas.c.cod_region, entregas.c.periodo)
    same = (p.c.cod_region == c.c.cod_region) & (p.c.periodo == c.c.periodo)
    later = select(p.c.seq).where(p.c.tabla.in_(parents), same, p.c.estado != REJECTED, p.c.evaluado_en > c.c.evaluado_en).exists()
    with engine.connect() as connection:
        return {(r, when) for r, when in connection.execute(select(c.c.cod_region, c.c.periodo).where(c.c.seq.in_(newest), later))}


def newest_acceptance(engine: Engine, tables_: list[str]) -> dict[str, datetime]:
    """When each submitter last had something of the tables accepted."""
    e = entregas.c
    query = select(e.cod_region, func.max(e.evaluado_en)).where(e.tabla.in_(tables_), e.estado != REJECTED).group_by(e.cod_region)
    with engine.connect() as connection:
        return {region: as_utc(when) for region, when in connection.execute(query)} if tables_ else {}


@dataclass(frozen=True)
class Change:
    """A row that a new version adds, changes or takes away. `columnas`: changed column -> [before, after], private ones masked."""

    entrega_id: str
    tipo: str
    clave: dict[str, Any]
    columnas: dict[str, list[Any]]


def record_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Keep what new versions changed, in the caller's transaction, after their submissions."""
    rows = [asdict(c) for c in changes]
    if rows:
        connection.execute(insert(diferencias), rows)


def point_to(connection: Connection, table: str, delta_version: int, quarantine_version: int | None, rows: int) -> None:
    """Make one Delta version the accepted one; this is the commit of an acceptance."""
    connection.execute(delete(tablas_aceptadas).where(tablas_aceptadas.c.tabla == table))
    connection.execute(
        insert(tablas_aceptadas).values(
            tabla=table, delta_version=delta_version, cuarentena_version=quarantine_version, filas=rows, actualizada_en=now()
        )
    )


def accepted_versions(engine: Engine) -> dict[str, int]:
    """Table -> accepted Delta version."""
    with engine.connect() as connection:
        return {row.tabla: row.delta_version for row in connection.execute(select(tablas_aceptadas))}


def next_version(engine: Engine, place: tuple[str, str, str]) -> int:
    """The version that the next file of a place (table, region, period) takes."""
    e = entregas.c
    query = select(func.max(e.version)).where(e.tabla == place[0], e.cod_region == place[1], e.periodo == place[2])
    with engine.connect() as connection:
        return int(connection.execute(query).scalar() or 0) + 1
