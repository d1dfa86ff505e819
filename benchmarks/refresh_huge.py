"""More case files than are worth writing as CSV: put down as the load would leave them, in Parquet by region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from benchmarks.refresh_data import Delivery, deliveries, rows
from benchmarks.refresh_kpis import CHECKS
from benchmarks.refresh_ours import copy_database
from warehouse import catalogue
from warehouse.database import writing
from warehouse.delta import accepted_schema
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, Submission, point_to, record

#: rows made at once
_SLICE = 1_000_000
_NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)


def write_accepted(folder: Path, cases: int) -> int:
    """Accepted rows of the installation in `folder`, without those that break a check; gives how many. The long hash stays empty."""
    catalogue.CONTRACTS = folder / "contratos"
    from etl import references

    warehouse = Warehouse(load(datos=folder / "datos")).prepare()
    references.load(warehouse)
    schema, uri, total = accepted_schema(catalogue.contracts()["tramites"]), warehouse.delta.uri("aceptado", "tramites"), 0
    made = list(deliveries(cases))
    for delivery in made:
        for part in _slices(delivery):
            good = _accepted(rows(part), part, schema)
            total += good.num_rows
            write_deltalake(uri, good, partition_by=["cod_region"], mode="append")
    with writing(warehouse.engine).begin() as connection:
        record(connection, [_submission(d) for d in made], None)
        point_to(connection, "tramites", DeltaTable(uri).version(), None, total)
    copy_database(folder / "datos" / "siegem.db", folder / "base.db")
    return total


def _slices(delivery: Delivery) -> Iterator[Delivery]:
    for start in range(0, delivery.rows, _SLICE):
        yield replace(delivery, rows=min(_SLICE, delivery.rows - start), first=delivery.first + start)


def _accepted(table: pa.Table, delivery: Delivery, schema: pa.Schema) -> pa.Table:
    bad = " OR ".join(f"coalesce({c}, FALSE)" for c in CHECKS.values())
    with duckdb.connect() as connection:
        connection.register("filas", table)
        good = connection.sql(f"SELECT * FROM filas WHERE NOT ({bad})").to_arrow_table()
    added = {"entrega_id": delivery.name(1), "entrega_region": delivery.region, "entrega_periodo": delivery.period, "fila_origen": 2,
             "cargado_en": _NOW, "estado_registro": "valido", "hash_fila": "", "solicitante_hash": ""}  # fmt: skip
    columns = [pa.repeat(pa.scalar(added[f.name], f.type), good.num_rows) if f.name in added else good[f.name].cast(f.type) for f in schema]
    return pa.table(columns, schema=schema)


def _submission(delivery: Delivery) -> Submission:
    name = delivery.name(1)
    return Submission("tramites", delivery.region, delivery.period, 1, name, name, ACCEPTED, delivery.rows, delivery.rows, 0, _NOW, "1.0.0", True,
                      datos_al=date(delivery.year, delivery.month or 12, 28))  # fmt: skip
