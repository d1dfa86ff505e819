"""Stage 1: mergeable states at the finest grain, one pass for each fact and clock, kept as Parquet and reused while nothing changes.

A state file is named by a digest of all that went into it: the statement, the versions of its tables and the cut-off date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kpis.compile import Plan
from kpis.facts import table_schema
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.delta import DeltaStore
from warehouse.errors import StoreError
from warehouse.publications import digest

#: raise it when the shape of the states changes, so that old files are not read
FORMAT = 1


@dataclass(frozen=True)
class States:
    """The states of one plan. `reused`: no pass over the data was needed."""

    plan: Plan
    rows: pa.Table
    reused: bool


def fingerprint(plan: Plan, versions: Mapping[str, int], cut: date | None) -> str:
    """What the states of a plan depend on, and nothing else: a fact without a cut does not change with it."""
    used = {t: versions[t] for t in plan.fact.tables}
    return digest([FORMAT, plan.sql(), used, cut if plan.fact.uses_cut else None])[:20]


@dataclass(frozen=True)
class StateStore:
    """The states of all plans, over the accepted tables at `versions`."""

    folder: Path
    delta: DeltaStore
    contracts: Mapping[str, Contract]
    versions: Mapping[str, int]
    memory: str = "2GB"
    threads: int = 2

    def of(self, plan: Plan, cut: date | None) -> States:
        """The states of `plan`: those kept, or one pass over its fact."""
        path = self.folder / f"{plan.key}.{fingerprint(plan, self.versions, cut)}.parquet"
        kept = _read(path)
        if kept is not None:
            return States(plan, kept, reused=True)
        rows = self._compute(plan, cut)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".parcial")
        pq.write_table(rows, part)
        part.replace(path)
        for old in self.folder.glob(f"{plan.key}.*"):
            if old != path:
                old.unlink(missing_ok=True)
        return States(plan, rows, reused=False)

    def forget(self, plans: tuple[Plan, ...]) -> None:
        """Remove the states of facts and clocks that no definition uses any more."""
        keys = {p.key for p in plans}
        for path in self.folder.glob("*.parquet"):
            if path.name.split(".")[0] not in keys:
                path.unlink(missing_ok=True)

    def _compute(self, plan: Plan, cut: date | None) -> pa.Table:
        if plan.fact.uses_cut and cut is None:
            raise StoreError(f"El hecho «{plan.fact.name}» necesita una fecha de corte y ninguna entrega aceptada la da.",
                             cure="Vuelva a entregar con un periodo como 2026-09.")  # fmt: skip
        with duck.engine(memory=self.memory, threads=self.threads, folders=(self.delta.root,)) as connection:
            try:
                for table in plan.fact.tables:
                    files = self.delta.files("aceptado", table, self.versions[table])
                    duck.view_of_files(connection, table, files, table_schema(self.contracts[table]))
                return connection.sql(plan.sql(cut)).to_arrow_table()
            except duck.Error as error:
                raise StoreError(
                    f"No se pudo calcular el hecho «{plan.fact.name}»: {str(error).splitlines()[0]}",
                    stands="La última publicación sigue en pie; los datos aceptados no se tocaron.",
                    cure="Revise las tablas con: siegem doctor. Si faltó memoria, suba SIEGEM_MEMORIA_MOTOR.",
                ) from error


def _read(path: Path) -> pa.Table | None:
    """A kept state; None where there is none, or where a disk fault left one that cannot be read: it is computed again."""
    try:
        return pq.read_table(path) if path.is_file() else None
    except (pa.ArrowInvalid, OSError):
        return None
