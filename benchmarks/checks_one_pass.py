"""CPU seconds of judging against the same row predicates as plain DuckDB SQL, on a table like tramites.

Usage: python benchmarks/checks_one_pass.py [rows] [submissions]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checks.batch import Batch, Place
from checks.compiled import batch_schema, compile_rules
from checks.judge import judge
from checks.lot import Lot
from checks.one_pass import opened
from etl import references
from warehouse import catalogue

TODAY = date(2026, 10, 15)
CONTRACTS = catalogue.contracts()


def table(rows: int, submissions: int) -> Batch:
    """Cases of La Libertad; one row in a hundred breaks something."""
    contract, tables = CONTRACTS["tramites"], references.tables(TODAY)
    numbers, draw = np.arange(rows), np.random.default_rng(1)
    owner = np.sort(numbers % submissions)
    districts = [r["ubigeo"] for r in tables["ref_ubigeo"].to_pylist() if r["cod_region"] == "13"]
    procedures = tables["ref_procedimientos"]["cod_procedimiento"].to_pylist()
    entered = np.datetime64("2024-01-02") + draw.integers(0, 400, rows).astype("timedelta64[D]")
    resolved = entered + np.where(draw.random(rows) < 0.99, 30, -3).astype("timedelta64[D]")

    def same(value: object) -> pa.Array:
        return pa.repeat(value, rows)

    texts = pa.array(numbers).cast(pa.string())
    columns = {
        "expediente_id": pa.array([f"13-DREM_13-2024-{n}" for n in numbers]), "cod_region": same("13"),
        "ubigeo": pa.array(districts).take(pa.array(draw.integers(0, len(districts), rows))), "numero_expediente": texts, "anio": same(2024),
        "cod_procedimiento": pa.array(procedures).take(pa.array(draw.integers(0, len(procedures), rows))), "autoridad": same("DREM_13"),
        "estrato": same("PPM"), "tipo_persona": same("juridica"), "sexo_solicitante": same("NA"), "solicitante_hash": same("a" * 64),
        "canal": same("virtual"), "fecha_ingreso": pa.array(entered), "fecha_admision": pa.nulls(rows, pa.date32()),
        "fecha_resolucion": pa.array(resolved), "fecha_notificacion": pa.array(resolved), "estado": same("resuelto"), "sentido": same("aprobado"),
        "numero_resolucion": texts, "n_observaciones": same(0), "impugnado": same(False), "derecho_tramite_soles": pa.array(draw.random(rows)),
        "entrega_id": pa.array([f"e{n}" for n in owner]), "entrega_region": same("13"), "entrega_periodo": same("2024-01"),
        "fila_origen": pa.array(numbers + 2),
    }  # fmt: skip
    schema = batch_schema(contract)
    rows_table = pa.table([columns[n] if n in columns else pa.nulls(rows, schema.field(n).type) for n in schema.names], names=schema.names).cast(
        schema
    )
    sizes = np.bincount(owner, minlength=submissions)
    arrived = datetime(2026, 1, 1, tzinfo=UTC)
    places = {f"e{n}": Place("13", f"e{n}", f"e{n}.csv", f"e{n}", None, arrived, int(size)) for n, size in enumerate(sizes)}
    return Batch(contract, rows_table, [], places, tables, TODAY)


def plain(batch: Batch) -> int:
    """The same predicates in one statement, counted; nothing else."""
    lot, rules = Lot(batch), compile_rules(batch.contract, CONTRACTS, TODAY)
    with opened(lot, rules, CONTRACTS) as run:
        joins = " ".join(dict.fromkeys(j for r in rules.row for j in r.joins))
        counts = ", ".join(f"count(*) FILTER (WHERE {r.predicate})" for r in rules.row)
        return int(sum(run.connection.sql(f"SELECT {counts} FROM lote t {joins}").to_arrow_table().to_pylist()[0].values()))


def cpu(work: Callable[[], object]) -> tuple[float, float, object]:
    """CPU and clock seconds, and what came out."""
    started, clock = time.process_time(), time.perf_counter()
    result = work()
    return time.process_time() - started, time.perf_counter() - clock, result


def main() -> None:
    """Print one line for each way, then the ratio."""
    rows, submissions = (int(a) for a in (sys.argv[1:] + ["1000000", "1000"][len(sys.argv) - 1 :])[:2])
    batch = table(rows, submissions)
    judge(table(1000, 1))  # imports
    alone, alone_clock, failures = cpu(lambda: plain(batch))
    judged, judged_clock, verdicts = cpu(lambda: judge(batch))
    assert isinstance(verdicts, dict)
    out = sum(v.filas_cuarentena for v in verdicts.values())
    print(f"{rows:,} rows, {submissions:,} submissions, {len(compile_rules(batch.contract, CONTRACTS, TODAY).row)} row predicates")
    print(f"plain DuckDB SQL   {alone:6.2f} CPU s   {alone_clock:6.2f} s   {failures:,} failures counted")
    print(f"judge()            {judged:6.2f} CPU s   {judged_clock:6.2f} s   {out:,} rows out, with their sentences")
    print(f"ratio              {judged / alone:6.2f}")


if __name__ == "__main__":
    main()
