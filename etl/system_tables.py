"""The tables that SIEGEM keeps about the data themselves, written beside the delivered ones so that indicators can be computed from them.

`entregas` also has what was due and never came; `resultados_calidad` says when each failed rule was mended; `conciliaciones` holds
the newest result of each comparison. Only regional deliveries count: an indicator judges a region by what it owes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow as pa
from sqlalchemy import Engine, select

from etl.dates import due_date
from warehouse import catalogue, duck, periods, reconciliations, tables
from warehouse.contracts import Contract
from warehouse.database import writing
from warehouse.delta import ARROW_TYPES
from warehouse.errors import SiegemError
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED, accepted_versions, point_to
from warehouse.territories import regions

NOT_RECEIVED = "no_recibida"


def load(warehouse: Warehouse, today: date, working_days: list[date]) -> dict[str, int]:
    """Write the system tables whose content changed; gives the rows of each. Nothing is written before the first delivery."""
    delivered = _delivered(warehouse.engine)
    if delivered.empty:
        return {}
    contracts = catalogue.contracts()
    absent = pd.DataFrame(
        _absent(delivered, contracts, today, working_days), columns=["dataset", "cod_region", "periodo", "fecha_limite", "sintetico"]
    )
    made = {
        "entregas": _deliveries(contracts["entregas"], delivered, absent),
        "resultados_calidad": _results(contracts["resultados_calidad"], warehouse.engine, delivered),
        "conciliaciones": _reconciliations(contracts, warehouse.engine),
    }
    accepted = accepted_versions(warehouse.engine)
    for table, rows in made.items():
        if not _same(warehouse, table, accepted.get(table), rows):
            version = warehouse.delta.replace_all(table, rows)
            with writing(warehouse.engine).begin() as connection:
                point_to(connection, table, version, None, rows.num_rows)
    return {t: r.num_rows for t, r in made.items()}


def _schema(contract: Contract) -> pa.Schema:
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in contract.columns])


def _same(warehouse: Warehouse, table: str, version: int | None, rows: pa.Table) -> bool:
    """Whether the stored version has the same rows, in whatever order."""
    if version is None or warehouse.delta.rows("aceptado", table, version) != rows.num_rows:
        return False
    stored = warehouse.delta.read("aceptado", table, version).select(rows.schema.names).cast(rows.schema)
    prints = (pd.util.hash_pandas_object(t.to_pandas(), index=False).sort_values().to_numpy() for t in (stored, rows))
    return bool((next(prints) == next(prints)).all())


def _delivered(engine: Engine) -> pd.DataFrame:
    """Every regional submission ever judged, with the day in Peru on which it came."""
    e = tables.entregas.c
    query = select(
        e.entrega_id, e.tabla.label("dataset"), e.cod_region, e.periodo, e.version, e.fecha_limite, e.recibido_en, e.estado, e.filas,
        e.filas_cuarentena, e.celdas_requeridas, e.celdas_vacias, e.hash_archivo, e.sintetico, e.seq,
    ).where(e.cod_region.in_([r.codigo for r in regions()])).order_by(e.seq)  # fmt: skip
    with engine.connect() as connection:
        found = pd.read_sql(query, connection)
    came = pd.to_datetime(found["recibido_en"], utc=True).dt.tz_convert("America/Lima").dt.date
    places = ["dataset", "cod_region", "periodo"]
    accepted = found[found["estado"] != REJECTED].drop_duplicates(places, keep="last")["entrega_id"]
    return found.assign(fecha_recepcion=came, vigente=found["entrega_id"].isin(accepted))


def _absent(delivered: pd.DataFrame, contracts: dict[str, Contract], today: date, working_days: list[date]) -> Iterator[tuple[object, ...]]:
    """Deliveries due and never received, from the first period that any region delivered of each table to the last.

    A period nobody delivered is not 26 late regions: the table was not in use.
    """
    for table, own in delivered.groupby("dataset"):
        contract = contracts.get(str(table))
        if contract is None or contract.delivery.ambito != "region" or contract.delivery.periodicidad not in periods.OF_DELIVERY:
            continue
        kind = periods.OF_DELIVERY[contract.delivery.periodicidad]
        known = sorted(p for p in {_period(str(p)) for p in own["periodo"]} if p is not None and p.kind == kind)
        if not known:
            continue
        came = set(zip(own["cod_region"], own["periodo"], strict=True))
        period = known[0]
        while period <= known[-1]:
            limit = due_date(contract, period.code, working_days)
            if limit is not None and limit < today:
                for region in contract.senders:
                    if (region, period.code) not in came:
                        yield table, region, period.code, limit, contract.source.sintetico
            period = period.earlier(-period.months)


def _period(code: str) -> periods.Period | None:
    try:
        return periods.parse(code)
    except SiegemError:
        return None


def _deliveries(contract: Contract, delivered: pd.DataFrame, absent: pd.DataFrame) -> pa.Table:
    never = absent.assign(
        entrega_id=absent[["dataset", "cod_region", "periodo"]].agg("/".join, axis=1) if len(absent) else pd.Series(dtype=str),
        version=0, fecha_recepcion=None, estado=NOT_RECEIVED, filas=0, filas_cuarentena=0, celdas_requeridas=0, celdas_vacias=0,
        hash_archivo=None, vigente=False,
    )  # fmt: skip
    timed = delivered[delivered["fecha_limite"].notna()]
    schema = _schema(contract)
    parts = [pa.Table.from_pandas(f[schema.names], schema=schema, preserve_index=False) for f in (timed, never) if len(f)]
    return pa.concat_tables(parts) if parts else schema.empty_table()


_MENDED = """
WITH resultados AS (
    SELECT r.*, e.dataset, e.cod_region, e.periodo, e.version, e.fecha_recepcion, e.sintetico,
        r.estado = 'falla' AND r.severidad <> 'informativa' AS falla
    FROM r JOIN e USING (entrega_id) WHERE r.estado <> 'no_evaluable'
),
mejoras AS (
    SELECT m.entrega_id, m.regla_id, min(n.fecha_recepcion) AS fecha
    FROM resultados m JOIN resultados n
        ON n.dataset = m.dataset AND n.cod_region = m.cod_region AND n.periodo = m.periodo AND n.regla_id = m.regla_id AND n.version > m.version
    WHERE m.falla AND NOT n.falla GROUP BY ALL
)
SELECT s.entrega_id, s.regla_id, s.dataset, s.cod_region, s.dimension, s.severidad, greatest(s.filas_evaluadas, 1) AS filas_evaluadas,
    CASE WHEN NOT s.falla THEN 0 WHEN s.filas_fallidas = 0 THEN greatest(s.filas_evaluadas, 1) ELSE s.filas_fallidas END AS filas_fallidas,
    s.fecha_recepcion AS fecha_evaluacion, g.fecha AS fecha_correccion, s.sintetico
FROM resultados s LEFT JOIN mejoras g USING (entrega_id, regla_id)
"""


def _results(contract: Contract, engine: Engine, delivered: pd.DataFrame) -> pa.Table:
    """Each rule of each submission; of a failed one, the day on which a later version of the same place met it."""
    q = tables.resultados_calidad.c
    query = select(q.entrega_id, q.regla_id, q.dimension, q.severidad, q.estado, q.filas_evaluadas, q.filas_fallidas)
    with engine.connect() as connection:
        columns = list(zip(*connection.execute(query).all(), strict=True))
    names = [c.name for c in query.selected_columns]
    results = pa.table(dict(zip(names, columns, strict=True))) if columns else pa.table({n: pa.array([], pa.string()) for n in names})
    places = pa.Table.from_pandas(
        delivered[["entrega_id", "dataset", "cod_region", "periodo", "version", "fecha_recepcion", "sintetico"]], preserve_index=False
    )
    if not columns:
        return _schema(contract).empty_table()
    with duck.engine() as connection:
        connection.register("r", results)
        connection.register("e", places)
        found: pa.Table = connection.sql(_MENDED).to_arrow_table()
    return found.select(_schema(contract).names).cast(_schema(contract))


def _reconciliations(contracts: dict[str, Contract], engine: Engine) -> pa.Table:
    """The newest result of each comparison that still stands. A comparison is synthetic where any table behind it is."""
    found = reconciliations.latest(engine)
    rows = found[found["cod_region"].isin([r.codigo for r in regions()])].to_dict("records")
    for row in rows:
        period = _period(row["periodo"])
        row["fecha_periodo"] = period.end if period else None
        row["clave"] = row["clave"] or "todo"
        row["sintetico"] = any(contracts[t].source.sintetico for t in row["versiones"] if t in contracts)
    names = _schema(contracts["conciliaciones"]).names
    kept = [{n: None if r[n] is None or r[n] != r[n] else r[n] for n in names} for r in rows if r["fecha_periodo"] is not None]
    return pa.Table.from_pylist(kept, schema=_schema(contracts["conciliaciones"]))
