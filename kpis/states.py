"""Stage 1 kept: mergeable states of each fact and clock as Parquet, reused while nothing they depend on changes.

The states of a plan are one folder with a manifest: what they were computed from. Where a fact is `-- por region`, only the
regions whose files changed are computed again and put in the place of the old ones.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kpis import onepass
from kpis.compile import PLACE, Plan
from kpis.facts import CUT, START, table_schema
from kpis.onepass import Input, Parts
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.delta import DeltaStore
from warehouse.errors import StoreError
from warehouse.publication_cards import digest

#: raise it when the shape of the states changes, so that old ones are not read
FORMAT = 2
_MANIFEST = "manifiesto.json"

#: what runs a pass: (plan, input) -> states
Pass = Callable[[Plan, Input], Parts]


@dataclass(frozen=True)
class States:
    """The states of one plan. `places`: the regions computed in this run, `None` for all of them; empty where all were reused."""

    plan: Plan
    parts: Parts
    places: tuple[str, ...] | None = ()

    @property
    def reused(self) -> bool:
        return self.places == ()


@dataclass
class StateStore:
    """The states of all plans, over the accepted tables at `versions`."""

    folder: Path
    delta: DeltaStore
    contracts: Mapping[str, Contract]
    versions: Mapping[str, int]
    memory: str = "2GB"
    threads: int = 2
    #: runs the passes in place of DuckDB: Spark's
    other: Pass | None = None
    _files: dict[str, list[str]] = field(default_factory=dict)

    def of(self, plan: Plan, cut: date | None, start: date | None = None) -> States:
        """The states of `plan`: those kept, or a pass over its fact for what changed."""
        path = self.folder / plan.key
        dates = {CUT: cut, START: start}
        wanted: dict[str, Any] = {
            "formato": FORMAT,
            "sentencia": digest(plan.sql() + json.dumps([plan.clusters_sql(c) for c in plan.indicators if c.indicator.design])),
            "fechas": {p: dates[p].isoformat() for p in sorted(plan.fact.parameters) if dates[p] is not None},  # type: ignore[union-attr]
            "versiones": {t: self.versions[t] for t in plan.fact.tables},
        }
        kept = _manifest(path)
        if kept and all(kept.get(k) == v for k, v in wanted.items()) and (parts := _read(path)):
            return States(plan, parts)
        wanted |= self._regions(plan)
        same = kept is not None and all(kept.get(k) == wanted[k] for k in ("formato", "sentencia", "fechas", "comunes"))
        if kept is not None and same and plan.fact.regional and (parts := _read(path)):
            before, now = kept["regiones"], wanted["regiones"]
            changed = tuple(sorted(r for r in {*before, *now} if before.get(r) != now.get(r)))
            fresh = self._compute(plan, cut, start, changed) if changed else None
            states = States(plan, _replaced(parts, fresh, changed) if fresh else parts, changed)
        else:
            states = States(plan, self._compute(plan, cut, start, None), None)
        self._write(path, states.parts, wanted)
        return states

    def forget(self, plans: tuple[Plan, ...]) -> None:
        """Remove the states of facts and clocks that no definition uses any more."""
        keys = {p.key for p in plans}
        for path in self.folder.glob("*"):
            if path.name not in keys:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _regions(self, plan: Plan) -> dict[str, Any]:
        """What the plan's rows depend on: `regiones`, by region; `comunes`, tables that are of no region."""
        by_region: dict[str, list[str]] = {}
        common = []
        for table in plan.fact.tables:
            for file in self._listed(table):
                region = _region_of(file)
                if region is None or not plan.fact.regional:
                    common.append(file)
                else:
                    by_region.setdefault(region, []).append(file)
        return {"comunes": digest(sorted(common)), "regiones": {r: digest(sorted(f)) for r, f in sorted(by_region.items())}}

    def _listed(self, table: str) -> list[str]:
        if table not in self._files:
            self._files[table] = self.delta.files("aceptado", table, self.versions[table])
        return self._files[table]

    def _compute(self, plan: Plan, cut: date | None, start: date | None, regions: tuple[str, ...] | None) -> Parts:
        if plan.fact.uses_cut and cut is None:
            raise StoreError(f"El hecho «{plan.fact.name}» necesita una fecha de corte y ninguna entrega aceptada la da.",
                             cure="Vuelva a entregar con un periodo como 2026-09.")  # fmt: skip
        tables = {
            t: ([f for f in self._listed(t) if regions is None or _region_of(f) in (None, *regions)], table_schema(self.contracts[t]))
            for t in plan.fact.tables
        }
        given = Input(tables, cut, start)
        if self.other is not None:
            return self.other(plan, given)
        with duck.engine(memory=self.memory, threads=self.threads, folders=(self.delta.root,)) as connection:
            try:
                return onepass.run(connection, plan, given)
            except duck.Error as error:
                raise StoreError(
                    f"No se pudo calcular el hecho «{plan.fact.name}»: {str(error).splitlines()[0]}",
                    stands="La última publicación sigue en pie; los datos aceptados no se tocaron.",
                    cure="Revise las tablas con: siegem doctor. Si faltó memoria, suba SIEGEM_MEMORIA_MOTOR.",
                ) from error

    def _write(self, path: Path, parts: Parts, manifest: dict[str, Any]) -> None:
        """The manifest goes last and is removed first: a folder without it is never read."""
        path.mkdir(parents=True, exist_ok=True)
        (path / _MANIFEST).unlink(missing_ok=True)
        for name, rows in parts.tables().items():
            pq.write_table(rows, path / f"{name}.parquet")
        part = path / "manifiesto.parcial"
        part.write_text(json.dumps(manifest), encoding="utf-8")
        part.replace(path / _MANIFEST)


def _region_of(file: str) -> str | None:
    """The region of a data file by its partition folder; None for tables that have none."""
    mark = "/cod_region="
    return file.split(mark, 1)[1].split("/", 1)[0] if mark in file else None


def _replaced(old: Parts, fresh: Parts, places: tuple[str, ...]) -> Parts:
    """The states of `places` from `fresh`, the others from `old`."""
    made = {}
    for name, rows in old.tables().items():
        kept = rows.filter(pc.invert(pc.is_in(rows[PLACE], pa.array(places, pa.string()))))
        made[name] = pa.concat_tables([kept, fresh.tables()[name].cast(kept.schema)])
    return Parts(**made)


def _manifest(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((path / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _read(path: Path) -> Parts | None:
    """Kept states; None where a disk fault left files that cannot be read: they are computed again."""
    try:
        return Parts(**{n: pq.read_table(path / f"{n}.parquet") for n in ("base", "bars", "clusters")})
    except (pa.ArrowInvalid, OSError):
        return None
