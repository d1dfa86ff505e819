"""One load of case files with all its checks, beside the same load with the checks written as plain DuckDB SQL.

Usage: python -m benchmarks.load_with_checks [rows]

Both land, read, shape and accept the same files of the demonstration (26 regions, every delivery of `tramites`), each in a process
of its own. The plain one asks the same predicates in one statement and splits good rows from bad: no sentences, no cures, no
file rules, no Great Expectations. Prints seconds of wall and processor, peak memory, and the ratio.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

#: case files that the demonstration has at scale 1 from 2019 to 2026
AT_SCALE_1 = 61_700


def plain_judge(batch: object, known_hashes: Mapping[str, tuple[str, str]] | None = None) -> dict[str, object]:
    """The same predicates as one SQL statement; rows that break an error or blocking one are left out."""
    from checks.batch import Batch, Verdict
    from checks.compiled import compile_rules
    from checks.lot import POSITION, Lot
    from checks.one_pass import opened
    from warehouse import catalogue
    from warehouse.submissions import WARNED

    assert isinstance(batch, Batch)
    contracts = catalogue.contracts()
    lot, rules = Lot(batch), compile_rules(batch.contract, contracts, batch.today)
    with opened(lot, rules, contracts) as run:
        sound = [r for r in rules.row if not run.missing.intersection(r.needs)]
        joins = " ".join(dict.fromkeys(j for r in sound for j in r.joins))
        bad = " OR ".join(f"coalesce(({r.predicate}), FALSE)" for r in sound if r.severity in ("error", "bloqueante"))
        counts = ", ".join(f"count(*) FILTER (WHERE {r.predicate})" for r in sound)
        run.connection.sql(f"SELECT {counts} FROM lote t {joins}").to_arrow_table()
        out = run.connection.sql(f"SELECT t.{POSITION} FROM lote t {joins} WHERE {bad}").to_arrow_table()[POSITION].to_numpy()
    kept = np.ones(lot.rows.num_rows, bool)
    kept[out] = False
    rows = lot.rows.append_column("estado_registro", pa.repeat("valido", lot.rows.num_rows))
    made = {}
    for code, entrega_id in enumerate(lot.ids):
        start, size = int(lot.starts[code]), lot.size(code)
        good = rows.slice(start, size).filter(pa.array(kept[start : start + size]))
        made[entrega_id] = Verdict(entrega_id, WARNED, good, [], (), size, good.num_rows, size - good.num_rows, 0, 0, "")
    return made


def load(folder: Path, kind: str) -> dict[str, float]:
    """Load the inbox of `folder` into a store of its own; what it took and what was accepted."""
    from etl import intake, pipeline, references
    from etl.sources import inbox
    from warehouse import submissions
    from warehouse.settings import load as settings
    from warehouse.store import Warehouse

    if kind == "plain":
        intake.judge = plain_judge  # type: ignore[assignment]
    else:
        from checks import suite  # noqa: F401 - its import (Great Expectations) is the same for one row as for a million
    warehouse = Warehouse(settings(datos=folder / kind, entrada=folder / "entrada")).prepare()
    references.load(warehouse)
    parents = [r for r in inbox.collect(warehouse.settings.inbox) if r.table != "tramites"]
    pipeline.ingest(warehouse, parents)
    own = [r for r in inbox.collect(warehouse.settings.inbox) if r.table == "tramites"]
    wall, processor = time.perf_counter(), time.process_time()
    report = pipeline.ingest(warehouse, own)
    spent = time.perf_counter() - wall, time.process_time() - processor
    version = submissions.accepted_versions(warehouse.engine)["tramites"]
    accepted = DeltaTable(warehouse.delta.uri("aceptado", "tramites"), version=version).count()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"wall": spent[0], "cpu": spent[1], "peak": peak, "rows": sum(o.filas for o in report.outcomes), "accepted": accepted}


def main(rows: int) -> None:
    from etl import demonstration

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scale = rows / AT_SCALE_1
        made = demonstration.write(folder / "entrada", tables=("tramites",), months=None, scale=scale, faults=scale >= 1)
        print(f"{made.files:,} archivos")
        found = {}
        for kind in ("plain", "siegem"):
            command = [sys.executable, "-m", "benchmarks.load_with_checks", "--hijo", str(folder), kind]
            answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            found[kind] = json.loads(answer.stdout.splitlines()[-1])
        for kind, title in (("plain", "carga con las reglas en SQL"), ("siegem", "carga con todas sus reglas")):
            f = found[kind]
            print(
                f"{title:<32}{f['rows']:>12,.0f} filas{f['wall']:>8.1f} s{f['cpu']:>8.1f} CPU s{f['peak']:>7.2f} GB{f['accepted']:>12,.0f} aceptadas"
            )
        print(f"razón                           {found['siegem']['wall'] / found['plain']['wall']:.2f} en tiempo, "
              f"{found['siegem']['cpu'] / found['plain']['cpu']:.2f} en CPU")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hijo"]:
        print(json.dumps(load(Path(sys.argv[2]), sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
