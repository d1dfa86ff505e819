"""SIEGEM in the refresh benchmark, one run a process: `python -m benchmarks.refresh_ours FOLDER RUN`.

FOLDER holds the installation (see `refresh_install`), `entrada` with the files and `datos` with the stores. Prints what each part took as JSON.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from warehouse import catalogue

#: part -> [seconds of wall, of processor]
Parts = dict[str, list[float]]


def run(folder: Path, kind: str) -> dict[str, Any]:
    """One run. `refresco`: what came is loaded and the figures published; `nada`: the same without clocks, which would import the engine.

    `indicadores`, `indicadores_mas`: only the figures, with 30 or 60 ratios, over what the first load accepted.
    """
    catalogue.CONTRACTS, catalogue.FACTS = folder / "contratos", folder / "hechos"
    catalogue.DEFINITIONS = folder / ("definiciones_mas" if kind.endswith("_mas") else "definiciones")
    from warehouse.settings import load
    from warehouse.store import Warehouse

    parts: Parts = {}
    loads = kind in ("refresco", "nada")
    data = folder / ("datos" if loads else kind)
    if not loads:
        _copied(folder, data)
    warehouse = Warehouse(load(datos=data, entrada=folder / "entrada", max_mb_archivo=20_000)).prepare()
    if loads:
        _timed(parts, "carga", lambda: _load(warehouse))
        if not (folder / "base.db").exists():
            copy_database(data / "siegem.db", folder / "base.db")
    _published(warehouse, parts, clocks=kind != "nada")
    return parts


def copy_database(source: Path, target: Path) -> None:
    """With what still waits in its write-ahead log."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _copied(folder: Path, data: Path) -> None:
    """A store with the same accepted rows and no figures yet."""
    data.mkdir()
    shutil.copy(folder / "base.db", data / "siegem.db")
    (data / "delta").symlink_to(folder / "datos" / "delta")


def _load(warehouse: Any) -> None:
    from etl import pipeline, references
    from etl.sources import inbox

    references.load(warehouse)
    report = pipeline.ingest(warehouse, inbox.collect(warehouse.settings.inbox))
    rejected = [o for o in report.outcomes if o.estado == "rechazada"]
    if rejected:
        raise SystemExit(f"no se aceptó: {rejected[:3]}")


def _published(warehouse: Any, parts: Parts, *, clocks: bool) -> None:
    """The figures computed and published, each part timed by putting a clock around the engine's own functions."""
    from kpis import pipeline

    if clocks:
        _clocks(parts)
    _timed(parts, "indicadores", lambda: pipeline.compute_and_publish(warehouse))


def _clocks(parts: Parts) -> None:
    from kpis import anew, engine

    _clock(parts, "estados", engine.StateStore, "of")
    _clock(parts, "sumas", engine, "roll_up")
    _clock(parts, "juicio", engine, "judged")
    _clock(parts, "guardar", anew.publications, "publish")


def _clock(parts: Parts, name: str, owner: Any, function: str) -> None:
    inner = getattr(owner, function)
    setattr(owner, function, lambda *given, **named: _timed(parts, name, lambda: inner(*given, **named)))


def _timed(parts: Parts, name: str, work: Callable[[], Any]) -> Any:
    wall, processor = time.perf_counter(), time.process_time()
    made = work()
    spent = parts.setdefault(name, [0.0, 0.0])
    spent[0] += time.perf_counter() - wall
    spent[1] += time.process_time() - processor
    return made


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2])))
