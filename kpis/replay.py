"""A past publication computed again, from the table versions, definitions and facts it names: it must give the same values, bit by bit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kpis.deliveries import Deliveries
from kpis.engine import Progress, compute
from kpis.gate import gate_of
from kpis.stamp import code_version
from kpis.states import StateStore
from kpis.thaw import thawed
from warehouse import catalogue, publications, submissions, waivers
from warehouse.publications import FIGURES, KEY, Publication
from warehouse.store import Warehouse
from warehouse.told_before import told_before


@dataclass(frozen=True)
class Replay:
    """`values`: computed again, VALUE_COLUMNS. `different`: KEY of those that are not the same, with `que`: which columns."""

    publication: Publication
    values: pd.DataFrame
    different: pd.DataFrame
    #: the program that made it, where it is not the installed one: then a difference may be the program's
    other_code: str | None

    @property
    def same(self) -> bool:
        return self.different.empty


def replay(warehouse: Warehouse, number: int, progress: Progress | None = None) -> Replay:
    """Compute publication `number` again and compare. Raises NothingPublished, or StoreError where a table version is gone.

    Raises SiegemError where this program cannot read its definitions any more.
    """
    made = publications.get(warehouse.engine, number)
    sheets = publications.sheets(warehouse.engine, number)
    contracts = catalogue.contracts()
    history = submissions.history(warehouse.engine)
    deliveries = Deliveries(history[history["seq"] <= made.hasta_entrega], contracts)
    with tempfile.TemporaryDirectory() as folder:
        chosen = thawed(sheets, contracts)
        store = StateStore(Path(folder), warehouse.delta, contracts, made.versiones, warehouse.settings.memoria_motor)
        granted = waivers.in_force_at(warehouse.engine, made.creada_en)
        past = told_before(warehouse.engine, before=number)
        values = compute(chosen, store, deliveries, progress, gate_of(deliveries, granted), past).values
    different = differences(publications.values(warehouse.engine, number), values)
    return Replay(made, values, different, made.codigo if made.codigo != code_version() else None)


def differences(published: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """The values of two frames that are not identical: KEY and `que`."""
    both = published.merge(computed, on=KEY, how="outer", suffixes=("_a", "_b"), indicator=True)
    told = pd.Series("", index=both.index, dtype=object)
    told[both["_merge"] == "left_only"] = "solo publicado"
    told[both["_merge"] == "right_only"] = "solo calculado"
    paired = both["_merge"] == "both"
    for column in FIGURES:
        unlike = paired & ~_alike(both[f"{column}_a"], both[f"{column}_b"])
        told[unlike] = told[unlike].where(told[unlike] == "", told[unlike] + ", ") + column
    return both.loc[told != "", KEY].assign(que=told[told != ""])


def _alike(a: pd.Series, b: pd.Series) -> pd.Series:
    """Whether two columns hold the same, absences included; numbers to the last bit."""
    left, right = (s.map(lambda v: "+".join(v) if isinstance(v, list) else None if v is None or v != v else v).astype(object) for s in (a, b))
    return (left == right) | (left.isna() & right.isna())
