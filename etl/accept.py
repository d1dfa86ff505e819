"""Verdicts become accepted rows, quarantine and submissions: one Delta commit and one SQL transaction for all of a table.

The pointer in SQL is the commit. Killed between both, the old pointer stands and the Delta commit nobody recorded is
undone before the next one, so that it can never become accepted by standing underneath.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from checks.batch import Verdict
from checks.findings import Finding
from etl.privacy import MASK, is_private, row_as_json
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.database import now, writing
from warehouse.delta import QUARANTINE_SCHEMA, accepted_schema
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED, Change, Submission, point_to, record, record_changes
from warehouse.tables import tablas_aceptadas

Judged = list[tuple[Submission, Verdict]]


def accept(warehouse: Warehouse, contract: Contract, judged: Judged, texts: pa.Table, run: int | None) -> None:
    """Store the verdicts. Of several accepted versions of one place only the last one's rows stay; a rejected one touches none.

    `texts` are the rows as they came, for quarantine.
    """
    last = {(s.cod_region, s.periodo): (s, v) for s, v in judged if s.estado != REJECTED}
    pointer = _write(warehouse, contract, list(last.values()), texts) if last else None
    with writing(warehouse.engine).begin() as connection:
        record(connection, [s for s, _ in judged], run)
        record_changes(connection, _changes(judged))
        if pointer is not None:
            point_to(connection, contract.table, *pointer)


def _changes(judged: Judged) -> Iterator[Change]:
    """Row by row what each accepted new version changes of the one it replaces."""
    for submission, verdict in judged:
        if verdict.difference is not None and submission.estado != REJECTED:
            for kind, key, columns in verdict.difference.rows:
                yield Change(submission.entrega_id, kind, key, columns)


def _write(warehouse: Warehouse, contract: Contract, accepted: Judged, texts: pa.Table) -> tuple[int, int | None, int]:
    """The Delta versions written (accepted, quarantine) and the accepted rows of the whole table."""
    delta, table, places = warehouse.delta, contract.table, [(s.cod_region, s.periodo) for s, _ in accepted]
    accepted_before, quarantine = _pointers(warehouse, table)
    delta.rewind("aceptado", table, accepted_before)
    delta.rewind("cuarentena", table, quarantine)
    loaded_at = now()
    version = delta.replace("aceptado", table, _accepted_rows(contract, accepted, loaded_at), places)
    kept_out = _quarantine_rows(contract, accepted, texts, loaded_at)
    if kept_out.num_rows or quarantine is not None:
        quarantine = delta.replace("cuarentena", table, kept_out, places)
    return version, quarantine, delta.rows("aceptado", table, version)


def _pointers(warehouse: Warehouse, table: str) -> tuple[int | None, int | None]:
    t = tablas_aceptadas.c
    with warehouse.engine.connect() as connection:
        row = connection.execute(select(t.delta_version, t.cuarentena_version).where(t.tabla == table)).first()
    return (row.delta_version, row.cuarentena_version) if row else (None, None)


def _accepted_rows(contract: Contract, accepted: Judged, loaded_at: datetime) -> pa.Table:
    schema = accepted_schema(contract)
    rows = pa.concat_tables([v.accepted for _, v in accepted], promote_options="permissive")
    rows = rows.append_column("cargado_en", pa.repeat(pa.scalar(loaded_at, schema.field("cargado_en").type), rows.num_rows))
    rows = rows.append_column("hash_fila", row_hashes(contract, rows))
    return rows.select(schema.names).cast(schema)


def row_hashes(contract: Contract, rows: pa.Table) -> pa.Array:
    """A fingerprint of each row's own columns, the same whatever file or batch it came in."""
    kept = rows.select([c.name for c in contract.columns if c.treatment != "descartar"])
    own = ", ".join(f'"{n}"' for n in kept.column_names)
    with duck.engine(in_order=True) as connection:
        connection.register("filas", kept)
        return connection.sql(f"SELECT printf('%016x', hash({own})) AS h FROM filas").to_arrow_table()["h"]


def _quarantine_rows(contract: Contract, accepted: Judged, texts: pa.Table, loaded_at: datetime) -> pa.Table:
    """Findings of severity error with a row, each with the row as it came."""
    findings = [(s, f) for s, v in accepted for f in v.findings if f.severidad == "error" and f.fila is not None]
    as_came = _rows_as_came(texts, {(f.entrega_id, f.fila) for _, f in findings})
    private = {c.name for c in contract.columns if is_private(c)}
    # a cell with somebody's document (G-13) is masked in every finding of its row
    typed: dict[tuple[str, int | None], set[str]] = {}
    for _, finding in findings:
        if finding.regla_id == "G-13":
            typed.setdefault((finding.entrega_id, finding.fila), set()).add(finding.columna)
    records = []
    for submission, finding in findings:
        hidden = private | typed.get((finding.entrega_id, finding.fila), set())
        row, shown = as_came.get((finding.entrega_id, finding.fila), {}), _masked(finding, hidden)
        records.append(
            {"entrega_id": finding.entrega_id, "cod_region": submission.cod_region, "entrega_region": submission.cod_region,
             "entrega_periodo": submission.periodo, "regla_id": finding.regla_id, "severidad": finding.severidad, "columna": finding.columna,
             "valor": shown.valor, "mensaje": shown.mensaje, "remedio": shown.remedio, "fila_json": row_as_json(contract, row, hidden),
             "fila_origen": finding.fila, "cargado_en": loaded_at}
        )  # fmt: skip
    return pa.Table.from_pylist(records, schema=QUARANTINE_SCHEMA)


def _rows_as_came(texts: pa.Table, wanted: set[tuple[str, int | None]]) -> dict[tuple[str, int | None], dict[str, object]]:
    if not wanted:
        return {}
    keys = pc.binary_join_element_wise(texts.column("entrega_id"), pc.cast(texts.column("fila_origen"), pa.string()), "|")
    rows = texts.filter(pc.is_in(keys, value_set=pa.array([f"{e}|{n}" for e, n in wanted], pa.string())))
    return {(str(row["entrega_id"]), row["fila_origen"]): row for row in rows.to_pylist()}


def _masked(finding: Finding, private: set[str]) -> Finding:
    """The finding without a private value, wherever it is quoted."""
    if finding.columna not in private or not finding.valor or finding.valor == MASK:
        return finding
    hide = (text.replace(finding.valor, MASK) for text in (finding.mensaje, finding.remedio))
    return dataclasses.replace(finding, valor=MASK, mensaje=next(hide), remedio=next(hide))
