"""26 regions × 84 months of one small table, each month a file of its own: what so many submissions cost, and how many suites ran.

Usage: python -m benchmarks.many_submissions [table]. Prints submissions, rows, suite runs, seconds of wall and processor for each submission.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyarrow.csv
from sqlalchemy import func, select

from etl import references
from etl.demonstration import writing
from etl.demonstration.country import PERIOD, Region, build
from etl.demonstration.deliveries import SEED
from etl.demonstration.profiles import PROFILES
from etl.pipeline import ingest
from etl.sources import inbox
from warehouse import catalogue
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import entregas

FIRST, LAST = date(2019, 1, 1), date(2025, 12, 31)


def fill(folder: Path, table: str) -> int:
    """A file for each region and month, months without cases included; gives the rows."""
    names = catalogue.contracts()[table].column_names
    total = 0
    for code in sorted(PROFILES):
        rows = build(Region(code, SEED, FIRST, LAST)).tables[table]
        for month in (f"{y}-{m:02d}" for y in range(FIRST.year, LAST.year + 1) for m in range(1, 13)):
            own = rows.filter(pyarrow.compute.equal(rows[PERIOD], month)).drop_columns([PERIOD])
            content = writing.encoded(own, writing.Form()) if own.num_rows else writing.idle(names)
            (folder / f"{table}_{code}_{month}_v1.csv").write_bytes(content)
            total += own.num_rows
    return total


def main(table: str) -> None:
    from checks import suite

    runs = 0
    validate = suite.validate

    def counted(*arguments: object) -> object:
        nonlocal runs
        runs += 1
        return validate(*arguments)  # type: ignore[arg-type]

    suite.validate = counted  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as name:
        warehouse = Warehouse(load(datos=Path(name))).prepare()
        references.load(warehouse)
        rows = fill(warehouse.settings.inbox, table)
        wall, processor = time.perf_counter(), time.process_time()
        report = ingest(warehouse, inbox.collect(warehouse.settings.inbox))
        spent = time.perf_counter() - wall, time.process_time() - processor
        with warehouse.engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(entregas).where(entregas.c.tabla == table)).scalar_one()
        print(*report.summary(0), sep="\n")
        print(f"{count:,} entregas de «{table}», {rows:,} filas: {runs} pasada(s) de la suite, {spent[0]:.1f} s, {spent[1]:.1f} CPU s,"
              f" {1000 * spent[0] / count:.1f} ms cada una")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "productores")
