"""What the public sees of indicators about persons: nothing small, and nothing from which it could be worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis import onepass
from kpis.engine import compute_rows
from kpis.judge import Context, figures
from kpis.rollup import roll_up
from kpis.suppression import Cube, tables_of, with_suppression
from tests.disclosure_audit import audit_frame
from tests.kpis_rows import both, cell, count, day, definition, plan, random_rows, table
from warehouse import duck
from warehouse.indicators import Indicator
from warehouse.public_view import public_values
from warehouse.publications import VALUE_COLUMNS

BREAKDOWNS = [{"name": "clase", "column": "clase", "title": both("c")}]
STOCK = {"clock": {"kind": "stock", "column": "fecha"}, "periods": ["trimestre", "anio"]}
PERSONS = {"persons": True, "audience": ["mem", "publico"], "breakdowns": BREAKDOWNS, "periods": ["trimestre", "anio"]}


def judged(i: Indicator, rows: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """Figures with the counts behind them, as suppression takes them."""
    of = plan(i)
    with duck.engine(threads=1) as connection:
        connection.register("filas", table(rows))
        (sums,) = roll_up(connection, of, onepass.over(connection, of, "SELECT * FROM filas"))
    return figures(sums, Context(None, None), dated=True)


def sparse_rows(seed: int) -> pd.DataFrame:
    """Few cases a place, period and class, so that small cells are many."""
    rows = random_rows(seed, 200)
    rows["ok"] = np.random.default_rng(seed).random(len(rows)) < 0.3
    return rows


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "more",
    [{}, {"public_breakdowns": ["clase"]}, STOCK, {"form": "count"}, {"min_n": 10}],
    ids=["flujo", "por_region", "existencia", "conteo", "minimo"],
)
def test_the_outsider_recovers_nothing(seed: int, more: dict[str, Any]) -> None:
    given = {**PERSONS, **more}
    i = count(**{k: v for k, v in given.items() if k != "form"}) if more.get("form") else definition(**given)
    rows = sparse_rows(seed)
    if i.clock.kind == "stock":
        rows["fecha"] = (pd.to_datetime(rows["fecha"]) + pd.offsets.MonthEnd(0)).dt.date
    found = audit_frame(judged(i, rows), i)
    assert found.small > 0 and found.recovered == 0, found


def test_hiding_the_small_cells_alone_would_not_do() -> None:
    found = [audit_frame(judged(i := definition(**PERSONS, public_breakdowns=["clase"]), sparse_rows(s)), i) for s in range(2)]
    assert sum(f.naked for f in found) > 0, "la prueba podría fallar"


def case(place: str, ok: bool, kind: str = "a", month: int = 2) -> dict[str, Any]:
    return {"territorio": place, "fecha": day(f"2025-{month:02d}-03"), "ok": ok, "clase": kind}


def cases(place: str, hits: int, size: int, kind: str = "a", month: int = 2) -> list[dict[str, Any]]:
    return [case(place, k < hits, kind, month) for k in range(size)]


def marks(i: Indicator, rows: list[dict[str, Any]], period: str = "2025-T1") -> dict[str, Any]:
    frame = with_suppression(judged(i, rows), i)
    own = frame[(frame["periodo"] == period) & (frame["desglose"] == "")]
    return dict(zip(own["territorio"], own["supresion"], strict=True))


def test_one_to_four_of_either_side_is_small_and_has_company() -> None:
    quarterly = definition(**{**PERSONS, "periods": ["trimestre"]})
    rows = cases("130101", 3, 30) + cases("190101", 27, 30) + cases("210101", 15, 30) + cases("180101", 0, 30) + cases("040101", 15, 33)
    found = marks(quarterly, rows)
    assert (found["13"], found["19"]) == ("persona", "persona"), "tres que sí, y tres que no"
    assert found["18"] == "", "cero de treinta no habla de nadie"
    assert "cruce" not in (found["18"],) and found["01"] == "ausencia"


def test_of_two_regions_one_small_cell_hides_the_other_or_the_country() -> None:
    found = marks(definition(**{**PERSONS, "periods": ["trimestre"]}), cases("210101", 3, 30) + cases("040101", 15, 30))
    assert found["21"] == "persona" and "cruce" in (found["04"], found["00"])


def test_internal_indicators_carry_no_mark_and_those_not_about_persons_are_shown_whole() -> None:
    rows = cases("130101", 3, 30)
    assert set(marks(definition(persons=True, audience=["mem"]), rows).values()) == {None}
    assert marks(definition(audience=["publico"]), rows)["13"] == ""


def test_weighted_samples_count_the_persons_asked() -> None:
    i = definition(**{**PERSONS, "breakdowns": [], "periods": ["trimestre"]}, numerator={"expr": "sum(monto) FILTER (WHERE ok)", "text": both("n")},
                   denominator={"expr": "sum(monto)", "text": both("d")}, interval="none", relevant_change=1, size={"expr": "count(*)", "text": both("s")})  # fmt: skip
    rows = [{**r, "monto": 1.7} for r in cases("130101", 2, 30) + cases("210101", 1, 3)]
    found = marks(i, rows)
    assert (found["13"], found["21"]) != ("", "") and found["21"] == "persona"


def test_the_public_row_is_whole_or_empty_and_never_tells_an_earlier_hidden_one() -> None:
    i = definition(**{**PERSONS, "periods": ["anio"], "main_period": "anio"})
    rows = [
        {**r, "fecha": day(f"{y}-{m:02d}-03")}
        for y, hits in ((2024, 3), (2025, 60))
        for m in range(1, 13)
        for r in cases("130101", hits if m == 1 else 0, 100 if m == 1 else 8)
    ]
    rows += [{**r, "fecha": day(f"{y}-{m:02d}-03")} for y in (2024, 2025) for m in range(1, 13) for r in cases("210101", 20, 40)]
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2025")["cambio"] > 0
    public = public_values(values)
    assert list(public.columns) == VALUE_COLUMNS
    now, then = cell(public, "13", "2025"), cell(public, "13", "2024")
    assert then["estado"] == "no_publicable" and pd.isna(then["valor"]) and pd.isna(then["denominador"]) and pd.isna(then["frase"])
    assert now["estado"] == "publicado" and now["valor"] > 0
    assert pd.isna(now["cambio"]) and pd.isna(now["periodo_comparado"]) and pd.isna(now["cambio_estado"])


def test_absences_are_public_without_their_n_and_detail_has_no_row() -> None:
    i = definition(**PERSONS, min_n=10)
    values = compute_rows(plan(i), table(cases("130101", 3, 7) + cases("210101", 20, 40) + cases("040101", 20, 40)))
    public = public_values(values)
    small = cell(public, "13", "2025-T1")
    assert (small["estado"], pd.isna(small["n"])) == ("n_insuficiente", True)
    assert set(public.loc[public["nivel"] == "region", "desglose"]) == {""}
    assert public_values(values.assign(supresion=None)).empty


def test_the_cube_knows_the_sums_that_anybody_can_do() -> None:
    frame = judged(definition(**PERSONS), sparse_rows(1))
    (rows,) = tables_of(frame, definition(**PERSONS))
    cube = Cube.of(frame.iloc[rows], definition(**PERSONS))
    relations = cube.table(frame["n1"].fillna(0).to_numpy()).relations
    places, _, pairs = cube.shape
    assert relations.matrix.shape[0] > places * pairs, "también meses, trimestres y años"
