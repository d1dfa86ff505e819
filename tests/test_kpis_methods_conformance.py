"""Survival, standardised rates, funnels, trends, comparisons and reporting, held to the numbers that others published."""

from __future__ import annotations

import calendar
import inspect
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.methods import compare, counts, exact, funnel, intervals, quantiles, reporting, standardisation, survival, trend

NOT_HERE = "The published numbers {} are not here: set SIEGEM_SHARED to the folder that holds conformance/."


def published(name: str) -> Any:
    """A file of the shared conformance folder, which is not part of the project: a table, or what the JSON holds."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / name
    if not file.exists():
        pytest.skip(NOT_HERE.format(name))
    return json.loads(file.read_text(encoding="utf-8")) if file.suffix == ".json" else pd.read_csv(file)


def cases(name: str, *methods: str) -> list[dict[str, Any]]:
    found = [c for c in published(name)["cases"] if not methods or c["method"] in methods]
    assert found
    return found


def gap(value: float | None) -> float:
    return np.nan if value is None else float(value)


# --- directly standardised rates (PHEindicatormethods)

#: European Standard Population 2013 in 19 bands (Eurostat, 2013), which those rates are standardised to
ESP_2013 = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]


@pytest.mark.parametrize("per", [10_000, 100_000])
@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_standardised_rates(per: int, confidence: float, suffix: str) -> None:
    strata = published("dsr_isr_testdata_multiarea.csv").fillna({"count": 0})
    expected = published("dsr_isr_testresults_DSR.csv")
    expected = expected[expected["statistic"].isin([f"dsr per {per}"]) & ~expected["area"].str.contains("nonind")].set_index("area")
    for area in ("testdata_big", "testdata_small"):
        rows = strata[strata["area"] == area]
        lower, upper = intervals.dsr(rows["count"], rows["pop"], ESP_2013, confidence)
        value = standardisation.dsr_value(rows["count"], rows["pop"], ESP_2013)
        assert per * float(value) == pytest.approx(expected.loc[area, "value"], rel=1e-6)
        assert per * float(lower) == pytest.approx(expected.loc[area, f"lower{suffix}"], rel=1e-6)
        assert per * float(upper) == pytest.approx(expected.loc[area, f"upper{suffix}"], rel=1e-6)


def test_a_standardised_rate_of_nine_events_has_no_value() -> None:
    strata = published("dsr_isr_testdata_multiarea.csv").fillna({"count": 0})
    tiny = strata[strata["area"] == "testdata_tiny"]
    results = published("dsr_isr_testresults_DSR.csv")
    assert results.loc[results["area"] == "testdata_tiny", "value"].isna().all()
    assert tiny["count"].sum() == 9
    assert np.isnan(standardisation.dsr_value(tiny["count"], tiny["pop"], ESP_2013))
    assert np.isnan(intervals.dsr(tiny["count"], tiny["pop"], ESP_2013)).all()


# --- funnels (the PHE tool's data; FunnelPlotR)

SIGNIFICANCE = {
    "superior_998": "High (0.001)",
    "superior_95": "High (0.025)",
    "similar": "Not significant",
    "inferior_95": "Low (0.025)",
    "inferior_998": "Low (0.001)",
}


def test_significance_of_303_areas() -> None:
    areas = published("funnel/proportion_inputs_expected_significance.csv")
    assert len(areas) == 303
    target = areas["numerator"].sum() / areas["denominator"].sum()
    inner, outer = (funnel.proportion_limits(areas["denominator"], target, confidence) for confidence in (0.95, 0.998))
    labels = funnel.significance(areas["numerator"] / areas["denominator"], inner, outer)
    assert [SIGNIFICANCE[label] for label in labels] == areas["significance"].tolist()


@pytest.mark.parametrize(("confidence", "low", "high"), [(0.95, "l95", "u95"), (0.998, "l998", "u998")])
def test_limits_of_a_proportion(confidence: float, low: str, high: str) -> None:
    areas = published("funnel/proportion_sample17.csv")
    lower, upper = funnel.proportion_limits(areas["denominator"], areas["average"], confidence)
    assert lower.tolist() == pytest.approx(areas[low].tolist(), rel=1e-9)
    assert upper.tolist() == pytest.approx(areas[high].tolist(), rel=1e-9)


@pytest.mark.parametrize(("confidence", "low", "high"), [(0.95, "ll95", "ul95"), (0.998, "ll998", "ul998")])
def test_limits_of_a_count(confidence: float, low: str, high: str) -> None:
    """The file shows seven digits."""
    rows = published("funnelplotr/poisson_limits_test_expected.csv")
    lower, upper = funnel.count_limits(rows["denominator"], confidence)
    assert (lower / rows["denominator"]).tolist() == pytest.approx(rows[low].tolist(), rel=1e-6)
    assert (upper / rows["denominator"]).tolist() == pytest.approx(rows[high].tolist(), rel=1e-6)


FUNNELS = {"F01_six_groups_SR_SHMI.csv": 6, "F04_medpar_SR_SHMI.csv": 44}


@pytest.mark.parametrize("name", FUNNELS)
def test_overdispersion(name: str) -> None:
    rows = published(f"funnelplotr/{name}")
    found = funnel.overdispersion(rows["numerator"], rows["denominator"], kind="ratio")
    kept = rows["Wuzscore"].dropna()
    assert found.groups == len(kept) == FUNNELS[name]
    assert found.z.tolist() == pytest.approx(rows["Uzscore"].tolist(), rel=1e-6)
    assert found.phi == pytest.approx((kept**2).mean(), rel=1e-6)
    assert found.tau2 == pytest.approx(((np.log(rows["OD95UCL"]) / 1.959964) ** 2 - 1 / rows["denominator"]).mean(), rel=1e-6)
    for confidence, column in ((0.95, "95"), (0.998, "99")):
        plain = [limit / rows["denominator"] for limit in funnel.count_limits(rows["denominator"], confidence)]
        wide = found.limits(rows["denominator"], confidence)
        for limits, (low, high) in ((plain, (f"LCL{column}", f"UCL{column}")), (wide, (f"OD{column}LCL", f"OD{column}UCL"))):
            assert list(limits[0]) == pytest.approx(rows[low].tolist(), rel=1e-6)
            assert list(limits[1]) == pytest.approx(rows[high].tolist(), rel=1e-6)


def test_outliers_of_medpar() -> None:
    """25 of 54 hospitals lie outside of what chance gives, 9 outside of chance and the differences that all have."""
    rows = published("funnelplotr/F04_medpar_SR_SHMI.csv")
    size, ratio = rows["denominator"], rows["numerator"] / rows["denominator"]
    found = funnel.overdispersion(rows["numerator"], size, kind="ratio")
    plain = [tuple(limit / size for limit in funnel.count_limits(size, c)) for c in (0.95, 0.998)]
    wide = [found.limits(size, c) for c in (0.95, 0.998)]
    for (inner, outer), kind, outside in ((plain, "unadj", 25), (wide, "od", 9)):
        labels = funnel.significance(ratio, inner, outer)
        beyond = np.char.endswith(labels, "_998")
        assert beyond.sum() == outside
        assert beyond.tolist() == (rows[f"outlier998_{kind}"] == 1).tolist()
        assert (labels != "similar").tolist() == (rows[f"outlier95_{kind}"] == 1).tolist()


def test_outliers_of_medpar_before_rounding() -> None:
    rows = published("funnelplotr/medpar_input_by_hospital.csv")
    found = funnel.overdispersion(rows["numerator"], rows["denominator"], kind="ratio")
    lower, upper = found.limits(rows["denominator"], 0.998)
    ratio = rows["numerator"] / rows["denominator"]
    assert ((ratio < lower) | (ratio > upper)).sum() == 9


# --- recent trends (fingertips-open, FingertipsNext)

TRENDS = {"Increasing": "sube", "Decreasing": "baja", "NoChange": "sin_tendencia", "CannotBeCalculated": "no_calculable"}
JUDGED = {
    "DecreasingAndGettingWorse": ("up", "empeora"),
    "IncreasingAndGettingWorse": ("down", "empeora"),
    "DecreasingAndGettingBetter": ("down", "mejora"),
}


@pytest.mark.parametrize("id_", [f"T{i:02}" for i in range(1, 11)])
def test_recent_trends(id_: str) -> None:
    case = next(c for c in cases("fingertips_trend_cases.json") if c["id"] == id_)
    points = pd.DataFrame(case["data"]).astype({"lower95": float, "upper95": float})
    if case["method"] == "proportion":
        found = trend.recent_trend(points["year"], points["count"], points["denominator"])
    else:
        found = trend.recent_trend_of_values(points["year"], points["value"], points["lower95"], points["upper95"])
    assert found.label == TRENDS[case["recomputed"]]
    if case["recomputed_chi2"] is None:
        assert np.isnan(found.chi2)
    else:
        assert float(found.chi2) == pytest.approx(case["recomputed_chi2"], abs=0.005)
        assert float(found.slope) == pytest.approx(case["recomputed_slopes"][0], rel=1e-6)
    if case["expected_chi2_rounded"]:
        assert float(found.chi2) == pytest.approx(case["expected_chi2_rounded"], abs=0.005)
    if case["expected"] in JUDGED:
        direction, word = JUDGED[case["expected"]]
        assert found.judged(direction) == word
    assert pytest.approx(9.54953570608324, rel=1e-9) == trend.CRITICAL


def test_the_trap_of_the_trend_without_limits() -> None:
    """T06: no limits were stored, and the original answers "no change" where nothing could be calculated."""
    case = next(c for c in cases("fingertips_trend_cases.json") if c["id"] == "T06")
    points = pd.DataFrame(case["data"]).astype({"lower95": float, "upper95": float})
    found = trend.recent_trend_of_values(points["year"], points["value"], points["lower95"], points["upper95"])
    assert found.label == "no_calculable"


# --- better, similar, worse (fingertips-open)

COMPARED = {"mejor": "better", "similar": "similar", "peor": "worse", "superior": "higher", "inferior": "lower", "sin_dato": None}
GOOD = {"low_is_good": "down", "high_is_good": "up"}
COMPARISONS = "fingertips_comparison_cases.json"


@pytest.mark.parametrize(("confidence", "key"), [(0.95, "expected_95"), (0.998, "expected_998")])
def test_against_control_limits(confidence: float, key: str) -> None:
    for case in cases(COMPARISONS, "spc_proportion", "spc_rate_poisson"):
        value, benchmark, n = case["value"] / case["unit"], case["comparator"] / case["unit"], case["denominator"]
        if case["method"] == "spc_proportion":
            limits = funnel.proportion_limits(n, benchmark, confidence)
        else:
            value, limits = value * n, funnel.count_limits(benchmark * n, confidence)
        label = compare.against_benchmark(value, value, *limits, direction=GOOD[case["polarity"]])
        assert COMPARED[str(label)] == case[key], case["id"]


def test_against_another_interval() -> None:
    for case in cases(COMPARISONS, "double_overlapping_ci"):
        ours, theirs = ([gap(v) for v in case[side][1:]] for side in ("data", "comparator"))
        label = compare.against_benchmark(*ours, *theirs, direction="context")
        assert COMPARED[str(label)] == case["expected"], case["id"]
        low_is_good = compare.against_benchmark(*ours, *theirs, direction="down")
        assert COMPARED[str(low_is_good)] == {"higher": "worse", "lower": "better"}.get(case["expected"], case["expected"])


def test_against_a_target() -> None:
    for case in cases(COMPARISONS, "single_value_target"):
        label = compare.against_target(case["value"], case["target"], direction=GOOD[case["polarity"]])
        assert COMPARED[str(label)] == case["expected"], case["id"]
    for case in cases(COMPARISONS, "single_value_target_using_ci"):
        label = compare.against_benchmark(gap(case["lower95"]), gap(case["upper95"]), case["target"], direction=GOOD[case["polarity"]])
        assert COMPARED[str(label)] == case["expected"], case["id"]


def test_quintile_bounds() -> None:
    (case,) = cases(COMPARISONS, "quintile_bounds")
    bounds = quantiles.histogram_quantile(np.arange(1, 51), np.ones(50), np.linspace(0, 1, 6))
    assert bounds.tolist() == pytest.approx(case["expected"])


# --- routine reporting (dhis2-core)

REPORTING = "dhis2_outliers_and_reporting_rates.json"


def test_outliers() -> None:
    for case in cases(REPORTING):
        method = {"Z_SCORE": "z", "MOD_Z_SCORE": "modified_z"}[case["algorithm"]]
        values, threshold = np.array(case["values"], dtype=float), case["threshold"]
        found = reporting.outliers(values, threshold, method)
        assert sorted(values[found]) == sorted(case["expected_outliers"]), case["id"]
        if "z" in case:
            assert abs(reporting.z_scores(values, method)[found]).tolist() == pytest.approx([case["z"]], abs=0.01)
            lower, upper = reporting.outlier_bounds(values, threshold, method)
            assert [float(lower), float(upper)] == pytest.approx([case["lower"], case["upper"]], abs=0.01)


def test_reporting_rates() -> None:
    for case in published(REPORTING)["reporting_rates"]:
        if "periods" in case:
            expected = case["expected_per_period"] * case["periods"]
        elif "period" in case:
            expected = case["expected_per_day"] * calendar.monthrange(*map(int, case["period"].split("-")))[1]
        else:
            expected = gap(case["expected_reports"])
        rate = 100 * float(reporting.reporting_rate(gap(case["actual"]), expected))
        assert rate == pytest.approx(gap(case["REPORTING_RATE"]), abs=0.01, nan_ok=True), case["id"]


def test_indicator_values() -> None:
    for case in cases("dhis2_indicator_cases.json"):
        days = gap(case.get("days")) if case.get("annualized") else None
        value = reporting.indicator_value(gap(case["numerator"]), case["denominator"], case["factor"], days)
        assert float(value) == pytest.approx(gap(case["value"]), abs=0.01, nan_ok=True)
        if "effective_factor" in case:
            factor = reporting.indicator_value(1, 1, case["factor"], days)
            assert float(factor) == pytest.approx(case["effective_factor"], abs=0.01)


# --- the house's own rule


@pytest.mark.parametrize("module", [compare, counts, exact, funnel, reporting, standardisation, survival, trend])
def test_every_method_names_its_published_source(module: Any) -> None:
    methods = [m for n, m in vars(module).items() if inspect.isfunction(m) and m.__module__ == module.__name__ and not n.startswith("_")]
    assert methods
    for method in methods:
        says = method.__doc__ or ""
        assert any(f"({year})" in says for year in range(1900, 2030)) or "see `" in says, f"{module.__name__}.{method.__name__} names no source"
