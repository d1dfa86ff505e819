"""States of a regional fact: only the regions whose files changed are computed again, and the whole is as if computed from nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from kpis.compile import Plan, plans
from kpis.facts import load_facts
from kpis.rollup import roll_up
from kpis.states import States, StateStore
from tests.kpis_rows import both, count, definition, quantile
from warehouse import catalogue, duck
from warehouse.delta import DeltaStore, accepted_schema

CONTRACTS = catalogue.contracts()
BREAKDOWNS = [{"name": "nivel", "column": "nivel", "title": both("n")}]
SQL = "SELECT a.cod_region AS territorio, a.fecha_emision AS fecha, a.nivel, a.fecha_primera_accion IS NOT NULL AS ok, date_diff('day', a.fecha_emision, a.fecha_primera_accion) AS dias, 1 AS x FROM alertas AS a"  # fmt: skip


def rows(region: str, month: int, size: int, acted: int = 3) -> pa.Table:
    given = [
        {"alerta_id": f"A-{region}-{month}-{k}", "cod_region": region, "fecha_emision": date(2025, month, 1), "emisor": "drem", "nivel": "rojo" if k % 2 else "ambar",
         "fecha_primera_accion": date(2025, month, 2 + k) if k < acted else None, "resultado": "en_seguimiento", "entrega_region": region, "entrega_periodo": f"2025-{month:02d}"}
        for k in range(size)
    ]  # fmt: skip
    return pa.Table.from_pylist(given, schema=accepted_schema(CONTRACTS["alertas"]))


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], tuple[Plan, DeltaStore]]:
    def make(head: str) -> tuple[Plan, DeltaStore]:
        folder = tmp_path / "hechos"
        folder.mkdir(exist_ok=True)
        (folder / "hecho.sql").write_text(f"{head}{SQL}\n", encoding="utf-8")
        members = {i.id: i for i in (definition("a", breakdowns=BREAKDOWNS), count("b"), quantile("c", breakdowns=BREAKDOWNS))}
        (plan,) = plans(members, load_facts(folder, CONTRACTS))
        delta = DeltaStore(tmp_path / "delta")
        for region in ("13", "18", "19"):
            delta.replace("aceptado", "alertas", rows(region, 2, 8), [(region, "2025-02")])
        return plan, delta

    return make


def of(plan: Plan, delta: DeltaStore, folder: Path, version: int) -> States:
    return StateStore(folder, delta, CONTRACTS, {"alertas": version}).of(plan, None)


def figures(states: States) -> list[pd.DataFrame]:
    with duck.engine(threads=1) as connection:
        sums = roll_up(connection, states.plan, states.parts)
    frames = [f for s in sums for f in (s.cells.drop(columns=["avisos", "retiene"]), s.bins)]
    return [f.sort_values(list(f.columns), ignore_index=True) for f in frames]


def test_only_the_changed_region_is_computed_again(made: Callable[[str], tuple[Plan, DeltaStore]], tmp_path: Path) -> None:
    plan, delta = made("-- por region\n")
    assert of(plan, delta, tmp_path / "e", 2).places is None
    version = delta.replace("aceptado", "alertas", rows("18", 3, 5), [("18", "2025-03")])
    again = of(plan, delta, tmp_path / "e", version)
    assert again.places == ("18",)
    for left, right in zip(figures(again), figures(of(plan, delta, tmp_path / "nuevo", version)), strict=True):
        pd.testing.assert_frame_equal(left, right)
    assert of(plan, delta, tmp_path / "e", version).reused


def test_a_region_that_left_nothing_leaves_no_state(made: Callable[[str], tuple[Plan, DeltaStore]], tmp_path: Path) -> None:
    plan, delta = made("-- por region\n")
    of(plan, delta, tmp_path / "e", 2)
    version = delta.replace("aceptado", "alertas", rows("18", 2, 0), [("18", "2025-02")])
    again = of(plan, delta, tmp_path / "e", version)
    assert again.places == ("18",) and set(again.parts.base["lugar"].to_pylist()) == {"13", "19"}


def test_a_fact_that_does_not_say_so_is_computed_whole(made: Callable[[str], tuple[Plan, DeltaStore]], tmp_path: Path) -> None:
    plan, delta = made("")
    of(plan, delta, tmp_path / "e", 2)
    version = delta.replace("aceptado", "alertas", rows("18", 3, 5), [("18", "2025-03")])
    assert of(plan, delta, tmp_path / "e", version).places is None


def test_a_commit_that_changes_no_file_of_the_fact_is_no_pass(made: Callable[[str], tuple[Plan, DeltaStore]], tmp_path: Path) -> None:
    plan, delta = made("-- por region\n")
    of(plan, delta, tmp_path / "e", 2)
    version = delta.replace("aceptado", "alertas", rows("21", 4, 0), [("21", "2025-04")])
    assert of(plan, delta, tmp_path / "e", version).reused
