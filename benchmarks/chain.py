"""The whole way against its floor: files of the demonstration to a publication, beside plain DuckDB reading the same CSV files.

Run: python -m benchmarks.chain [months] [todo]. With «todo», every table of the country and not only cases and their steps.
Prints seconds of wall and of processor, and the ratio; never a test.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb

from etl import demonstration
from ops import chain
from warehouse.settings import load
from warehouse.store import Warehouse

FLOOR = """
SELECT t.cod_region, date_trunc('quarter', t.fecha_ingreso) AS trimestre,
    count(*) AS n, count(*) FILTER (t.estado = 'resuelto') AS resueltos, sum(e.n) AS etapas
FROM read_csv('{inbox}/tramites_*_v1.csv', union_by_name = true, ignore_errors = true, types = {{'cod_region': 'VARCHAR', 'fecha_ingreso': 'DATE'}}) t
LEFT JOIN (
    SELECT expediente_id, count(*) AS n FROM read_csv('{inbox}/tramite_etapas_*_v1.csv', union_by_name = true, ignore_errors = true) GROUP BY 1
) e USING (expediente_id) GROUP BY ALL
"""


def timed(what: str, action: object) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    action()  # type: ignore[operator]
    spent = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:<58}{spent[0]:>8.1f} s {spent[1]:>8.1f} CPU s")
    return spent


def main(months: int, everything: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(load(datos=Path(folder))).prepare()
        inbox = warehouse.settings.inbox
        tables = None if everything else ("tramites", "tramite_etapas")
        summary = demonstration.write(inbox, months=months, tables=tables)
        print(f"{summary.files:,} archivos, {sum(summary.rows.values()):,} filas de {len(summary.rows)} tablas")
        floor = timed("piso: DuckDB lee los mismos CSV y agrupa", lambda: duckdb.sql(FLOOR.format(inbox=inbox)).fetchall())
        first = timed("cadena: recibir, revisar, aceptar, calcular, publicar", lambda: chain.run(warehouse, "medicion"))
        timed("cadena otra vez, sin novedades", lambda: chain.run(warehouse, "medicion"))
        demonstration.write_correction(inbox)
        timed("cadena con un archivo corregido", lambda: chain.run(warehouse, "medicion"))
        print(f"razón cadena / piso: {first[1] / floor[1]:.1f} en CPU, {first[0] / floor[0]:.1f} en tiempo")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 36, "todo" in sys.argv[2:])
