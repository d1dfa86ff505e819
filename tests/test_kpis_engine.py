"""Two stages give what one naive computation over the raw rows gives: for every form, level and period."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import compute_rows
from tests.kpis_rows import both, cell, count, day, definition, fact, plan, quantile, random_rows, table
from warehouse.territories import region_of_ubigeo

BREAKDOWNS = [{"name": "clase", "column": "clase", "title": both("c")}]
WHOLE = [{"name": "clase", "column": "clase", "of": "whole", "title": both("c")}]
MEMBERS: dict[str, Callable[[str], bool]] = {
    "13": lambda r: r == "13",
    "15": lambda r: r == "15",
    "26": lambda r: r == "26",
    "21": lambda r: r == "21",
    "PILOTO": lambda r: r in ("13", "18", "19"),
    "00": lambda r: True,
    "L15": lambda r: r in ("15", "26"),
}
PERIODS = {"2024-03": (2024, 3, 3), "2025-T2": (2025, 4, 6), "2024-S2": (2024, 7, 12), "2025": (2025, 1, 12)}


def naive(rows: pd.DataFrame, territory: str, period: str, category: str = "") -> pd.DataFrame:
    """The raw rows behind a cell."""
    year, first, last = PERIODS[period]
    dates = pd.to_datetime(rows["fecha"])
    hit = rows["territorio"].map(lambda u: MEMBERS[territory](region_of_ubigeo(u))) & (dates.dt.year == year) & dates.dt.month.between(first, last)
    return rows[hit & (rows["clase"] == category)] if category else rows[hit]


@pytest.mark.parametrize("seed", range(4))
def test_ratio_count_and_quantile_equal_the_naive_ones_everywhere(seed: int) -> None:
    rows = random_rows(seed)
    levels = ("region", "departamento", "piloto", "pais")
    ratio = definition("razon", breakdowns=BREAKDOWNS, levels=levels, filter="y > 5")
    total = count("conteo", breakdowns=BREAKDOWNS, levels=levels)
    ninth = quantile("cuantil", 0.9, breakdowns=BREAKDOWNS, levels=levels, filter="y > 5")
    values = compute_rows(plan(ratio, total, ninth), table(rows))
    for territory in MEMBERS:
        for period in PERIODS:
            for category in ("", "a", "c"):
                own = naive(rows, territory, period, category)
                kept = own[own["y"] > 5]
                where = (territory, period, category)
                if len(kept):
                    found = cell(values, *where, "razon")
                    assert (found["numerador"], found["denominador"]) == (kept["ok"].sum(), len(kept))
                    assert found["valor"] == pytest.approx(100 * kept["ok"].sum() / len(kept))
                    q = cell(values, *where, "cuantil")
                    assert (q["n"], q["valor"]) == (len(kept), pytest.approx(np.quantile(kept["dias"], 0.9)))
                if len(own):
                    assert cell(values, *where, "conteo")["valor"] == own["x"].sum()


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["130101", "180101", "150101"]), st.integers(0, 23), st.booleans(), st.integers(0, 40)), min_size=1, max_size=60
    )
)
def test_any_rows_add_up(drawn: list[tuple[str, int, bool, int]]) -> None:
    rows = [{"territorio": u, "fecha": day(f"{2024 + m // 12}-{m % 12 + 1:02d}-15"), "ok": ok, "dias": d} for u, m, ok, d in drawn]
    values = compute_rows(plan(definition("r"), quantile("q", 0.5)), table(rows))
    years = values[(values["territorio"] == "00") & (values["tipo_periodo"] == "anio")]
    ratio = years[years["indicador"] == "r"]
    assert ratio["denominador"].sum() == len(rows)
    assert ratio["numerador"].sum() == sum(ok for _, _, ok, _ in drawn)
    for _, row in years[years["indicador"] == "q"].iterrows():
        own = [d for _, m, _, d in drawn if str(2024 + m // 12) == row["periodo"]]
        assert (row["n"], row["valor"]) == (len(own), pytest.approx(np.quantile(own, 0.5)))


def test_a_region_is_not_the_mean_of_its_districts_percentages() -> None:
    """1 of 1 and 0 of 99: the mean of percentages is 50, the truth is 1."""
    rows = [{"territorio": "130101", "fecha": day("2024-01-10"), "ok": True}]
    rows += [{"territorio": "130201", "fecha": day("2024-02-10"), "ok": False} for _ in range(99)]
    values = compute_rows(plan(definition()), table(rows))
    for territory, period in (("13", "2024-T1"), ("PILOTO", "2024"), ("00", "2024-S1")):
        assert cell(values, territory, period)["valor"] == pytest.approx(1.0)


def test_shares_of_the_whole_are_of_the_whole() -> None:
    rows = [{"territorio": "13", "periodo": "2006", "clase": c, "x": n} for c, n in (("a", 8), ("b", 92), ("c", 100))]
    shares = definition(
        breakdowns=WHOLE,
        numerator={"expr": "sum(x)", "text": both("n")},
        denominator={"expr": "sum(x)", "text": both("d")},
        clock={"kind": "stock", "column": "periodo"},
        periods=["anio"],
        main_period="anio",
    )
    values = compute_rows(plan(shares), table(rows))
    assert [cell(values, "13", "2006", c)["valor"] for c in "abc"] == [4, 46, 50]
    assert cell(values, "13", "2006", "a")["denominador"] == 200
    assert not (values["categoria"] == "").any(), "un 100 % de sí mismo no dice nada"


def test_a_headline_category_stands_for_the_undivided_value() -> None:
    rows = [{"territorio": "13", "periodo": "2024-05", "clase": c, "x": n} for c, n in (("total", 10), ("a", 7), ("b", 3))]
    i = count(
        breakdowns=[{"name": "clase", "column": "clase", "headline": "total", "title": both("c")}],
        clock={"kind": "as_reported", "column": "periodo"},
        periods=["mes", "anio"],
        main_period="mes",
        interval="none",
        compare_with_year_before=False,
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2024-05")["valor"] == 10
    assert cell(values, "13", "2024-05", "a")["valor"] == 7
    assert set(values["periodo"]) == {"2024-05"}, "una cifra impresa de un mes no hace un año"


def test_a_stock_of_a_year_is_that_of_its_last_month() -> None:
    rows = [{"territorio": "13", "periodo": p, "x": n} for p, n in (("2024-11", 5), ("2024-12", 9), ("2025-03", 4))]
    i = count(
        clock={"kind": "stock", "column": "periodo"}, periods=["mes", "trimestre", "anio"], main_period="mes", interval="none", relevant_change=5
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2024")["valor"] == 9
    assert cell(values, "13", "2025-T1")["valor"] == 4
    assert "2025" not in set(values["periodo"])


def test_flows_by_period_code_add_up_to_longer_periods() -> None:
    rows = [{"territorio": "13", "periodo": f"2024-{m:02d}", "x": m} for m in range(1, 13)]
    values = compute_rows(plan(count(clock={"kind": "flow", "column": "periodo"})), table(rows))
    assert cell(values, "13", "2024")["valor"] == 78
    assert cell(values, "13", "2024-T3")["valor"] == 24


def test_rows_without_category_are_kept_apart_and_still_counted() -> None:
    rows = [{"territorio": "13", "fecha": day("2024-01-10"), "clase": c, "x": 2} for c in ("a", None)]
    values = compute_rows(plan(count(breakdowns=BREAKDOWNS)), table(rows))
    assert cell(values, "13", "2024-01")["valor"] == 4
    assert cell(values, "13", "2024-01", "sin_dato")["valor"] == 2


def test_a_sum_of_nothing_is_not_zero() -> None:
    rows = [{"territorio": "13", "fecha": day("2024-01-10"), "x": None}, {"territorio": "18", "fecha": day("2024-01-10"), "x": 0}]
    values = compute_rows(plan(count()), table(rows))
    assert cell(values, "13", "2024-01")["estado"] == "no_reportado"
    zero = cell(values, "18", "2024-01")
    assert (zero["estado"], zero["valor"], zero["inferior"]) == ("publicado", 0, 0)


def test_the_fact_may_have_no_rows() -> None:
    assert compute_rows(plan(definition(), quantile("q"), of=fact()), table([])).empty
