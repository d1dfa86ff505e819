"""Two publications side by side: what the first one showed is known for good, and must not give away what the second one hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.methods.disclosure import attack
from kpis.pipeline import compute_and_publish
from kpis.replay import replay
from kpis.suppression import THRESHOLD, Cube, parts_of, remembered, tables_of, with_suppression
from tests import kpis_tables as put
from tests.kpis_rows import count, definition, random_rows
from tests.test_kpis_public import PERSONS, STOCK, cases, judged
from warehouse import catalogue, publications
from warehouse.indicators import Indicator
from warehouse.states import DETAIL, SHOWN
from warehouse.store import Warehouse
from warehouse.told_before import TOLD, told_before
from warehouse.value_columns import KEY

KINDS: dict[str, dict[str, Any]] = {
    "flujo": {},
    "por_region": {"public_breakdowns": ["clase"]},
    "existencia": STOCK,
    "conteo": {"form": "count"},
}


def indicator(more: dict[str, Any]) -> Indicator:
    given = {**PERSONS, **more}
    return count(**{k: v for k, v in given.items() if k != "form"}) if more.get("form") else definition(**given)


def told(*frames: pd.DataFrame) -> pd.DataFrame:
    """What the readers of those publications know, as `warehouse.told_before` gives it."""
    rows = pd.concat(frames)
    rows = rows[rows["supresion"].isin([SHOWN, "persona", "cruce"])]
    return rows[[*KEY, *TOLD]].assign(mostrado=rows["supresion"] == SHOWN)


def recovered(told_rows: pd.DataFrame, other: pd.DataFrame, i: Indicator) -> int:
    """Small cells of one publication that follow from all it shows and from those cells of the other that are still the same."""
    shown = told_rows[told_rows["supresion"] != DETAIL].reset_index(drop=True)
    elsewhere, _ = remembered(shown, told(other))
    found = 0
    for rows in tables_of(shown, i):
        part = shown.iloc[rows].reset_index(drop=True)
        cube = Cube.of(part, i)
        unseen = ~cube.filled((part["supresion"] == SHOWN).to_numpy() | elsewhere[rows], True)
        for amounts in parts_of(part, i):
            table = cube.table(amounts)
            little = (table.values > 0) & (table.values < THRESHOLD)
            found += int(((attack(table, unseen, asked=little & unseen).recovered | ~unseen) & little).sum())
    return found


def two_publications(seed: int, more: dict[str, Any]) -> tuple[Indicator, pd.DataFrame, pd.DataFrame]:
    """Figures until the third quarter of the last year, and of all with some late and some withdrawn rows."""
    i, rows = indicator(more), random_rows(seed, 800 if more is STOCK else 400)
    rows["ok"] = np.random.default_rng(seed).random(len(rows)) < 0.4
    if i.clock.kind == "stock":
        rows["fecha"] = (pd.to_datetime(rows["fecha"]) + pd.offsets.MonthEnd(0)).dt.date
    early = (rows["fecha"] < rows["fecha"].max() - timedelta(days=91)).to_numpy()
    chance = np.random.default_rng(seed + 1).random(len(rows))
    return i, judged(i, rows[early & (chance > 0.01)]), judged(i, rows[~early | (chance < 0.99)])


@pytest.mark.parametrize(("kind", "seed"), [("flujo", 0), ("flujo", 1), ("por_region", 0), ("existencia", 0), ("conteo", 0), ("conteo", 1)])
def test_two_publications_together_give_nothing_away(kind: str, seed: int) -> None:
    i, first, second = two_publications(seed, KINDS[kind])
    then = with_suppression(first, i)
    now = with_suppression(second, i, told(then))
    assert remembered(now, told(then))[0].any(), "nada sigue igual: la prueba no probaría nada"
    assert recovered(now, then, i) == 0 and recovered(then, now, i) == 0


def test_each_publication_by_itself_would_not_do() -> None:
    naked = 0
    for kind in ("flujo", "conteo"):
        i, first, second = two_publications(0, KINDS[kind])
        then, now = with_suppression(first, i), with_suppression(second, i)
        naked += recovered(now, then, i) + recovered(then, now, i)
    assert naked > 0


def test_a_cell_that_is_the_same_keeps_its_decision() -> None:
    for kind in ("existencia", "conteo"):
        i, first, second = two_publications(1, KINDS[kind])
        then = with_suppression(first, i)
        now = with_suppression(second, i, told(then))
        again = with_suppression(second, i, told(then, now))
        assert (now["supresion"] == again["supresion"]).all(), "publicar dos veces lo mismo cambia lo que se oculta"
        was = then.set_index(KEY)["supresion"]
        same, kept = remembered(now, told(then))
        assert (now.loc[same, "supresion"] == SHOWN).all() and now.loc[kept, "supresion"].isin(["persona", "cruce"]).all()
        assert (was.reindex(pd.MultiIndex.from_frame(now.loc[same, KEY])) == SHOWN).all()


def test_the_new_total_covers_and_not_the_months_that_were_shown() -> None:
    i = definition(**{**PERSONS, "breakdowns": [], "periods": ["mes", "trimestre"], "main_period": "mes"})
    before = [r for place in ("210101", "040101") for month in (1, 2) for r in cases(place, 15, 30, month=month)]
    late = cases("210101", 3, 30, month=3) + cases("040101", 15, 30, month=3)
    then = with_suppression(judged(i, before), i)
    assert (then.loc[then["estado"] == "publicado", "supresion"] == SHOWN).all()
    alone, now = (
        with_suppression(judged(i, before + late), i, past).set_index(["territorio", "periodo"])["supresion"] for past in (None, told(then))
    )
    assert now["21", "2025-03"] == "persona" and now["21", "2025-T1"] == "cruce"
    assert {now[p, m] for p in ("21", "04", "00") for m in ("2025-01", "2025-02")} == {SHOWN}
    assert alone["21", "2025-03"] == "persona"


def test_a_revised_cell_is_decided_anew() -> None:
    i = definition(**{**PERSONS, "breakdowns": [], "periods": ["trimestre"]})
    whole = cases("210101", 15, 30) + cases("040101", 15, 30) + cases("130101", 15, 30)
    then = with_suppression(judged(i, whole), i)
    less = cases("210101", 3, 30) + cases("040101", 15, 30) + cases("130101", 15, 30)
    now = with_suppression(judged(i, less), i, told(then)).set_index("territorio")["supresion"]
    assert now["21"] == "persona" and now["00"] == "cruce", "el total también cambió: es lo único que puede cubrir"
    assert now["04"] == now["13"] == SHOWN


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_the_chain_remembers_what_it_published(new_warehouse: Callable[..., Warehouse], database_url: str) -> None:
    warehouse = new_warehouse(base_datos=database_url)
    deaths = catalogue.indicators()["muertes_accidentes_mineros"].model_copy(update={"persons": True, "audience": ("mem", "publico")})
    put.situation(warehouse)

    def marks(version: int, *rows: tuple[str, int, int]) -> dict[tuple[str, str], str]:
        put.fatalities(warehouse, list(rows), version=version)
        number = compute_and_publish(warehouse, definitions={deaths.id: deaths}).publication.numero
        assert number == version and replay(warehouse, number).same
        found = publications.values(warehouse.engine, number)
        found = found[found["estado"] == "publicado"]
        return {(r.territorio, r.periodo): r.supresion for r in found.itertuples()}

    before = [("02", 2020, 7), ("21", 2020, 8), ("02", 2021, 12)]
    first = marks(1, ("13", 2020, 9), *before)
    assert set(first.values()) == {SHOWN}
    second = marks(2, ("13", 2020, 3), *before)
    assert second["13", "2020"] == "persona" and second["00", "2020"] == "cruce" and second["02", "2020"] == second["21", "2020"] == SHOWN
    third = marks(3, ("13", 2020, 3), *before, ("13", 2022, 30))
    assert {k: third[k] for k in second} == second, "lo que sigue igual se muestra u oculta igual"
    known = told_before(warehouse.engine, before=3)(deaths.id)
    here = known[(known["territorio"] == "13") & (known["periodo"] == "2020")]
    assert sorted(zip(here["valor"], here["mostrado"], strict=True)) == [(3.0, False), (9.0, True)]
    assert replay(warehouse, 1).same and replay(warehouse, 2).same
