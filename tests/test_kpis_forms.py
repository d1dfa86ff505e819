"""The forms beyond ratio, count and quantile: each against a slow computation over the raw rows, and its stated answers at the edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.engine import compute_rows
from kpis.methods.clusters import clustered_wilson, ratio_estimate
from kpis.methods.intervals import count_interval
from kpis.methods.rates import katz_ratio, p_normal, p_two_rates, rate_ratio
from kpis.methods.survival import kaplan_meier_quantile
from tests.kpis_rows import both, cell, count, day, definition, fact, plan, quantile, random_rows, table

BREAKDOWNS = [{"name": "clase", "column": "clase", "title": both("c")}]


def part(expr: str) -> dict[str, Any]:
    return {"expr": expr, "text": both("x")}


def test_a_rate_divides_events_by_exposure_with_a_poisson_interval() -> None:
    i = definition(numerator=part("sum(x)"), denominator=part("sum(monto)"), interval="rate", scale=1000, unit=both("por mil"))
    rows = [
        {"territorio": "130101", "fecha": day("2025-02-03"), "x": 12, "monto": 400.0},
        {"territorio": "130201", "fecha": day("2025-03-03"), "monto": 100.0},
    ]
    found = cell(compute_rows(plan(i), table(rows)), "13", "2025-T1")
    low, high = count_interval(12)
    assert (found["valor"], found["n"]) == (24, 12)
    assert (found["inferior"], found["superior"]) == pytest.approx((1000 * low / 500, 1000 * high / 500))


def test_no_events_is_a_rate_of_zero_and_no_exposure_is_none() -> None:
    i = definition(numerator=part("sum(x)"), denominator=part("sum(monto)"), interval="rate", scale=1)
    rows = [
        {"territorio": "13", "fecha": day("2025-02-03"), "x": 0, "monto": 50.0},
        {"territorio": "19", "fecha": day("2025-02-03"), "x": 1, "monto": 0.0},
    ]
    values = compute_rows(plan(i), table(rows))
    none = cell(values, "13", "2025-T1")
    assert (none["valor"], none["inferior"]) == (0, 0) and none["superior"] == pytest.approx(3.6889 / 50, abs=1e-5)
    assert cell(values, "19", "2025-T1")["estado"] == "sin_denominador"


def test_a_ratio_of_two_counts_may_pass_one_and_has_exact_limits() -> None:
    i = definition(numerator=part("count(*) FILTER (WHERE ok)"), denominator=part("count(*) FILTER (WHERE NOT ok)"), interval="count_ratio")
    rows = [{"territorio": "13", "fecha": day("2025-02-03"), "ok": k < 12} for k in range(20)]
    found = cell(compute_rows(plan(i), table(rows)), "13", "2025-T1")
    assert found["valor"] == 150 and found["inferior"] < 100 < found["superior"]


def relative(**more: Any) -> Any:
    return definition(
        form="relative",
        numerator=part("count(*) FILTER (WHERE ok AND clase = 'a')"),
        denominator=part("count(*) FILTER (WHERE clase = 'a')"),
        reference={"numerator": part("count(*) FILTER (WHERE ok AND clase = 'b')"), "denominator": part("count(*) FILTER (WHERE clase = 'b')")},
        interval="log_ratio",
        scale=1,
        **more,
    )


def group(name: str, hits: int, size: int) -> list[dict[str, Any]]:
    return [{"territorio": "130101", "fecha": day("2025-02-03"), "clase": name, "ok": k < hits} for k in range(size)]


def test_the_ratio_between_two_groups_with_katz_limits() -> None:
    found = cell(compute_rows(plan(relative(min_n=10)), table(group("a", 6, 20) + group("b", 20, 40))), "13", "2025-T1")
    assert (found["valor"], found["numerador"], found["denominador"], found["n"]) == (0.6, 30, 50, 20)
    assert (found["inferior"], found["superior"]) == pytest.approx(tuple(map(float, katz_ratio(6, 20, 20, 40))))
    error = np.sqrt(1 / 6 - 1 / 20 + 1 / 20 - 1 / 40)
    assert found["superior"] == pytest.approx(0.6 * np.exp(1.959964 * error), rel=1e-5)


@pytest.mark.parametrize(("rows", "state"), [
    (group("a", 6, 9) + group("b", 20, 40), "n_insuficiente"),
    (group("a", 6, 20), "sin_denominador"),
    (group("a", 6, 20) + group("b", 0, 40), "sin_denominador"),
])  # fmt: skip
def test_a_ratio_between_groups_says_why_it_is_missing(rows: list[dict[str, Any]], state: str) -> None:
    assert cell(compute_rows(plan(relative(min_n=10)), table(rows)), "13", "2025-T1")["estado"] == state


def survival(**more: Any) -> Any:
    return quantile(q=0.5, form="survival", quantile={"expr": "dias", "q": 0.5, "observed": "ok", "text": both("q")}, interval="survival", **more)


@pytest.mark.parametrize("seed", range(3))
def test_the_kaplan_meier_median_equals_the_one_of_the_raw_rows(seed: int) -> None:
    rows = random_rows(seed)
    values = compute_rows(plan(survival(breakdowns=BREAKDOWNS)), table(rows))
    own = rows[rows["territorio"].str.startswith("13")]
    dates = pd.to_datetime(own["fecha"])
    quarter = own[(dates.dt.year == 2025) & dates.dt.month.between(4, 6)]
    for category in ("", "a", "b"):
        kept = quarter[quarter["clase"] == category] if category else quarter
        slow = kaplan_meier_quantile(kept["dias"], kept["ok"], 0.5)
        found = cell(values, "13", "2025-T2", category)
        assert found["estado"] == ("no_alcanzado" if np.isnan(slow) else "publicado")
        assert found["n"] == len(kept) and (found["valor"] == slow or np.isnan(slow))


def test_with_nothing_open_the_median_is_the_ordinary_one() -> None:
    rows = [{"territorio": "13", "fecha": day("2025-02-03"), "dias": d, "ok": True} for d in (1, 2, 4, 8)]
    assert cell(compute_rows(plan(survival()), table(rows)), "13", "2025-T1")["valor"] == 3


def test_a_median_not_reached_yet_is_a_state_of_its_own() -> None:
    rows = [{"territorio": "13", "fecha": day("2025-02-03"), "dias": d, "ok": d < 3} for d in range(1, 11)]
    found = cell(compute_rows(plan(survival()), table(rows)), "13", "2025-T1")
    assert (found["estado"], found["n"]) == ("no_alcanzado", 10) and pd.isna(found["valor"])


STOCK = {"clock": {"kind": "stock", "column": "fecha"}, "periods": ["mes", "trimestre", "anio"]}


def test_a_stock_by_date_is_that_of_the_last_month() -> None:
    rows = [{"territorio": "13", "fecha": day(d), "x": n} for d, n in (("2025-10-31", 5), ("2025-11-30", 6), ("2025-12-31", 9), ("2026-01-31", 8))]
    values = compute_rows(plan(count(**STOCK)), table(rows))
    assert [cell(values, "13", p)["valor"] for p in ("2025-11", "2025-T4", "2025", "2026-01")] == [6, 9, 9, 8]
    assert "2026" not in set(values["periodo"]), "un año sin su diciembre no tiene cierre"


def test_rolling_months_end_with_the_period_and_need_a_full_window() -> None:
    months = [f"2025-{m:02d}-15" for m in range(1, 13)] + ["2026-01-15"]
    rows = [{"territorio": "13", "fecha": day(d), "x": 2**k} for k, d in enumerate(months)]
    i = count(
        clock={"kind": "flow", "column": "fecha", "window_months": 6}, periods=["mes", "trimestre"], interval="none", compare_with_year_before=False
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2025-06")["valor"] == 2**6 - 1
    assert cell(values, "13", "2025-T4")["valor"] == sum(2**k for k in range(6, 12))
    assert cell(values, "13", "2026-01")["valor"] == sum(2**k for k in range(7, 13))
    assert "2025-05" not in set(values["periodo"]) and "2026-T1" not in set(values["periodo"])


def test_the_country_counts_rows_of_another_authority_where_its_scope_says_so() -> None:
    rows = [{"territorio": "130101", "fecha": day("2025-02-03"), "ok": True, "propio": False, "dias": 4} for _ in range(10)]
    rows += [{"territorio": "190101", "fecha": day("2025-02-03"), "ok": False, "propio": True, "dias": 8} for _ in range(10)]
    values = compute_rows(plan(definition(competence="propio", competence_scope="region")), table(rows))
    assert cell(values, "13", "2025-T1")["estado"] == "competencia_minem"
    assert cell(values, "00", "2025-T1")[["numerador", "denominador"]].tolist() == [10, 20]
    narrow = compute_rows(plan(definition(competence="propio")), table(rows))
    assert cell(narrow, "00", "2025-T1")[["numerador", "denominador"]].tolist() == [0, 10]
    median = compute_rows(plan(quantile(q=0.5, competence="propio", competence_scope="region")), table(rows))
    assert cell(median, "00", "2025-T1")["valor"] == 6


def test_n_may_count_something_else_than_the_denominator() -> None:
    rows = [{"territorio": "13", "fecha": day("2025-02-03"), "ok": k < 2, "x": 3} for k in range(6)]
    i = definition(denominator=part("sum(x)"), interval="none", relevant_change=1, size=part("count(*)"), min_n=7)
    assert cell(compute_rows(plan(i), table(rows)), "13", "2025-T1")[["estado", "n"]].tolist() == ["n_insuficiente", 6]


def test_a_share_too_large_withholds_the_value() -> None:
    share = {"regla_no_superada": {"numerator": "count(*) FILTER (WHERE dudoso)", "denominator": "count(*)", "above": 0.2}}
    rows = lambda doubtful: [{"territorio": "13", "fecha": day("2025-02-03"), "ok": True, "dudoso": k < doubtful} for k in range(10)]  # noqa: E731
    i = definition(withheld_above=share)
    assert cell(compute_rows(plan(i), table(rows(2))), "13", "2025-T1")["estado"] == "publicado"
    assert cell(compute_rows(plan(i), table(rows(3))), "13", "2025-T1")["estado"] == "regla_no_superada"


def test_only_the_breakdown_where_the_whole_has_no_meaning() -> None:
    rows = [{"territorio": "13", "fecha": day("2025-02-03"), "clase": c, "dias": 5} for c in "ab" for _ in range(40)]
    values = compute_rows(plan(quantile(undivided=False, breakdowns=BREAKDOWNS)), table(rows))
    assert set(values["desglose"]) == {"clase"}


COLUMNS = {"territorio": "VARCHAR", "fecha": "DATE", "clase": "VARCHAR", "punto": "VARCHAR", "zona": "VARCHAR", "ok": "BOOLEAN", "monto": "DOUBLE"}


def clustered(stratum: str = "", **more: Any) -> Any:
    design = {"cluster": "punto", "stratum": stratum, "min_clusters": 3, **more}
    return definition(
        numerator=part("sum(monto) FILTER (WHERE ok)"), denominator=part("sum(monto)"), interval="clustered", design=design, size=part("count(*)"),
        breakdowns=BREAKDOWNS,
    )  # fmt: skip


def survey(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    size = 600
    point = draw.integers(0, 24, size)
    return pd.DataFrame({
        "territorio": draw.choice(["130101", "130201"], size), "fecha": pd.Series(np.datetime64("2025-01-01") + draw.integers(0, 90, size)).dt.date,
        "clase": draw.choice(["a", "b"], size), "punto": [f"P{p}" for p in point], "zona": [f"Z{p % 3}" for p in point],
        "ok": draw.random(size) < 0.2 + 0.5 * (point % 5 == 0), "monto": draw.uniform(1, 9, size),
    })  # fmt: skip


def slow_error(rows: pd.DataFrame, stratum: str) -> tuple[float, float]:
    """Ratio and standard error written out: linearised values, cluster by cluster."""
    x, y = rows["monto"], rows["monto"] * rows["ok"]
    ratio = y.sum() / x.sum()
    z = ((y - ratio * x) / x.sum()).groupby([rows[stratum] if stratum else pd.Series("", rows.index), rows["punto"]]).sum()
    variance = sum(len(h) / (len(h) - 1) * ((h - h.mean()) ** 2).sum() for _, h in z.groupby(level=0))
    return ratio, float(np.sqrt(variance))


@pytest.mark.parametrize("stratum", ["", "zona"])
def test_the_clustered_interval_equals_the_slow_design_based_one(stratum: str) -> None:
    rows = survey(3)
    values = compute_rows(plan(clustered(stratum), of=fact(columns=COLUMNS)), table(rows, COLUMNS))
    for category in ("", "a"):
        ratio, error = slow_error(rows[rows["clase"] == category] if category else rows, stratum)
        found = cell(values, "13", "2025-T1", category)
        size = ratio * (1 - ratio) / error**2
        z2 = 1.959963984540054**2
        centre, half = (ratio + z2 / (2 * size)) / (1 + z2 / size), np.sqrt(z2 * ratio * (1 - ratio) / size + z2**2 / (4 * size**2)) / (1 + z2 / size)
        assert found["valor"] == pytest.approx(100 * ratio)
        assert (found["inferior"], found["superior"]) == pytest.approx((100 * (centre - half), 100 * (centre + half)))


def test_too_few_clusters_or_too_much_spread_is_not_published() -> None:
    rows = survey(3)
    two = rows[rows["punto"].isin(["P1", "P2"])]
    values = compute_rows(plan(clustered(), of=fact(columns=COLUMNS)), table(two, COLUMNS))
    assert cell(values, "13", "2025-T1")["estado"] == "n_insuficiente"
    strict = compute_rows(plan(clustered(max_cv=0.01), of=fact(columns=COLUMNS)), table(rows, COLUMNS))
    assert cell(strict, "13", "2025-T1")[["estado", "n"]].tolist() == ["impreciso", 600]


def test_clusters_that_do_not_differ_count_as_one_observation_each() -> None:
    estimate = ratio_estimate([[5]], [[0]], [[50]], [[0]], [[0]], [[500]])
    low, high = clustered_wilson(estimate)
    assert estimate.error == 0 and low == 0 and high[0] == pytest.approx(0.4345, abs=1e-4)


def test_a_lonely_cluster_has_an_error_and_a_single_one_has_none() -> None:
    two = ratio_estimate([[1, 1]], [[4, 0]], [[10, 10]], [[16, 0]], [[40, 0]], [[100, 100]])
    assert two.error[0] > 0 and two.freedom[0] == 0
    assert np.isnan(ratio_estimate([[1]], [[4]], [[10]], [[16]], [[40]], [[100]]).error[0])


def test_the_exact_test_of_two_rates() -> None:
    assert p_two_rates(5, 100, 5, 100) == 1
    assert p_two_rates(2, 100, 20, 100) == pytest.approx(2 * 254 / 2**22, rel=1e-9)  # 1 + 22 + 231 of 2^22
    assert p_two_rates(0, 10, 6, 20) == pytest.approx(2 * (2 / 3) ** 6)
    assert np.isnan(p_two_rates([0, 1], [10, 0], [0, 1], [10, 10])).all()
    low, high = rate_ratio(10, 100, 40, 100)
    assert low < 4 < high and np.isnan(rate_ratio(0, 100, 4, 100)).all()


def test_a_difference_without_error_has_no_p() -> None:
    assert p_normal([0.0, 1.0, 1.96], [0.0, 0.0, 1.0]).tolist() == pytest.approx([1, np.nan, 0.05], abs=1e-4, nan_ok=True)
