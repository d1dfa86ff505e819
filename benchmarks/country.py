"""The whole demonstration country from nothing: 26 regions, every table, 2019-2026 — generated, loaded, checked, reconciled, published.

Usage: python -m benchmarks.country [scale]. Prints files, rows, seconds of wall and processor of each part, and peak memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from etl import demonstration
from ops import chain
from warehouse.settings import load
from warehouse.store import Warehouse


def main(scale: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start, processor = time.perf_counter(), time.process_time()
        warehouse = Warehouse(load(datos=Path(folder))).prepare()
        made = demonstration.write(warehouse.settings.inbox, scale=scale)
        written, rows = time.perf_counter() - start, sum(made.rows.values())
        what = f"{made.files:,} archivos, {rows:,} filas de {len(made.rows)} tablas, {len(made.faults)} faltas"
        print(f"generar: {what}: {written:.1f} s")
        report = chain.run(warehouse, "medicion")
        spent = time.perf_counter() - start, time.process_time() - processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        accepted = sum(o.filas_aceptadas for o in report.intake.outcomes)
        print(f"{accepted:,} filas aceptadas, {report.outcome.publication.nuevos:,} valores publicados")
        print(f"de nada a publicado: {spent[0]:.1f} s, {spent[1]:.1f} CPU s, pico de memoria {peak:.2f} GB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1)
