"""Recent trends, comparisons, target attainment and reporting: what they mean, and a stated answer at every edge."""

from __future__ import annotations

import numpy as np
import pytest

from kpis.methods.compare import against_benchmark, against_target, target_attainment
from kpis.methods.reporting import indicator_value, outlier_bounds, outliers, reporting_rate, z_scores
from kpis.methods.trend import recent_trend, recent_trend_of_values

gap = np.nan
YEARS = [2022, 2023, 2024, 2025, 2026]


# --- recent trends


def test_a_steady_rise_and_fall() -> None:
    x = np.array([[100, 150, 200, 250, 300], [300, 250, 200, 150, 100], [200, 205, 198, 202, 200]])
    found = recent_trend(YEARS, x, 1000)
    assert found.label.tolist() == ["sube", "baja", "sin_tendencia"]
    assert found.judged("up").tolist() == ["mejora", "empeora", "sin_tendencia"]
    assert found.judged("down").tolist() == ["empeora", "mejora", "sin_tendencia"]
    assert found.judged("context").tolist() == ["sube", "baja", "sin_tendencia"]
    assert float(found.slope[0]) == pytest.approx(-float(found.slope[1])) and found.slope[0] > 0


def test_one_year_may_not_decide() -> None:
    """The first year alone makes this rise: without it the others fall, so it is no trend, however large the statistic."""
    found = recent_trend(YEARS, [100, 330, 320, 310, 300], 1000)
    assert found.chi2 > 9.55 and found.slope > 0
    assert found.label == "sin_tendencia"


def test_only_the_five_latest_years_count_in_any_order() -> None:
    x = dict(zip(YEARS, [100, 150, 200, 250, 300], strict=True))
    shuffled = [2026, 2020, 2023, 2022, 2025, 2024]
    found = recent_trend(shuffled, [x.get(year, 900) for year in shuffled], 1000)
    assert found.chi2 == recent_trend(YEARS, list(x.values()), 1000).chi2
    broken = [2019, 2020, 2021, 2022, 2024]
    assert recent_trend(broken, list(x.values()), 1000).label == "no_calculable"


def test_equal_exposures_give_equal_answers_to_both_tests() -> None:
    """Where proportions are small and the limits come from them, both tests see the same trend."""
    x, n = np.array([400, 450, 520, 560, 610]), np.full(5, 100_000.0)
    half = 1.96 * np.sqrt(x / n * (1 - x / n) / n)
    by_counts, by_limits = recent_trend(YEARS, x, n), recent_trend_of_values(YEARS, x / n, x / n - half, x / n + half)
    assert by_counts.label == by_limits.label == "sube"
    assert float(by_limits.chi2) == pytest.approx(float(by_counts.chi2), rel=0.1)


@pytest.mark.parametrize(
    ("years", "x", "n"),
    [
        (YEARS, [0, 10, 20, 30, 40], 100),  # nothing happened in a year
        (YEARS, [100, 90, 80, 70, 60], 100),  # everything did
        (YEARS, [0, 0, 0, 0, 0], 100),
        (YEARS, [0, 10, 20, 30, 40], [0, 100, 100, 100, 100]),
        (YEARS, [0, 0, 0, 0, 0], 0),
        (YEARS, [10, gap, 20, 30, 40], 100),
        (YEARS, [10, 20, 30, 40, 50], [100, 100, 100, 100, gap]),
        (YEARS[:4], [10, 20, 30, 40], 100),
        (YEARS[:1], [10], 100),
        ([], [], []),
    ],
)
def test_where_no_trend_of_a_proportion_can_be_told(years: list[int], x: list[float], n: object) -> None:
    found = recent_trend(years, x, n)
    assert found.label == found.judged("up") == "no_calculable"
    assert np.isnan(found.chi2) and np.isnan(found.slope)


def test_all_equal_is_no_trend() -> None:
    found = recent_trend(YEARS, 20, np.full(5, 100))
    assert found.label == "sin_tendencia" and found.chi2 == pytest.approx(0, abs=1e-20)
    level = recent_trend_of_values(YEARS, [3] * 5, [2] * 5, [4] * 5)
    assert level.label == "sin_tendencia" and level.chi2 == 0


def test_where_no_trend_of_values_can_be_told() -> None:
    value = np.arange(5.0)
    for low, high in ((value, value), (value - 1, np.where(value == 2, gap, value + 1)), (np.full(5, gap), np.full(5, gap))):
        assert recent_trend_of_values(YEARS, value, low, high).label == "no_calculable"
    assert recent_trend_of_values(YEARS, [0, 1, gap, 3, 4], value - 1, value + 1).label == "no_calculable"


def test_trends_rarely_cry_wolf() -> None:
    draws = np.random.default_rng(2)
    n = np.full((20_000, 5), 400)
    found = recent_trend(YEARS, draws.binomial(n, 0.3), n)
    assert np.mean(found.label != "sin_tendencia") < 0.004


# --- comparisons


def test_touching_is_similar() -> None:
    assert against_benchmark([2, 2], [3, 3], [3, 3.01], [4, 4], direction="up").tolist() == ["similar", "peor"]
    assert against_benchmark(5, 5, 5, direction="down") == "similar"
    assert against_benchmark([1, 6], [2, 7], 5, direction="context").tolist() == ["inferior", "superior"]
    assert against_benchmark([1, 6], [2, 7], 5, direction="down").tolist() == ["mejor", "peor"]


def test_unknown_is_said() -> None:
    assert against_benchmark([gap, 1, 1], [2, gap, 2], [5, 5, gap], direction="up").tolist() == ["sin_dato"] * 3
    assert against_target([gap, 1, 1], [5, gap, 1], direction="up").tolist() == ["sin_dato", "sin_dato", "mejor"]


# --- attainment


@pytest.mark.parametrize(
    ("accumulation", "value", "target", "baseline", "share"),
    [
        ("stock", 18, 20, None, 0.9),
        ("stock", 0, 20, None, 0),
        ("stock", 25, 20, None, 1.25),
        ("stock", 5, 0, None, gap),
        ("flow", 30, 40, None, 0.75),
        ("flow", 30, -40, None, gap),
        ("cumulative", [10, 20, 15], 60, None, 0.75),
        ("cumulative", [10, gap, 15], 60, None, gap),
        ("cumulative", [], 60, None, 0),
        ("cumulative", [10], 0, None, gap),
        ("capacity", 16, 20, 12, 0.5),
        ("capacity", 10, 20, 12, -0.25),
        ("capacity", 16, 12, 12, gap),
        ("capacity", 16, 10, 12, gap),
        ("reduction", 30, 20, 40, 0.5),
        ("reduction", 10, 0, 40, 0.75),
        ("reduction", 50, 20, 40, -0.5),
        ("reduction", 40, 40, 40, gap),
        ("reduction", 30, 50, 40, gap),
        ("reduction", gap, 20, 40, gap),
        ("reduction", 30, 20, gap, gap),
    ],
)
def test_attainment(accumulation: str, value: object, target: float, baseline: float | None, share: float) -> None:
    found = target_attainment(value, target, accumulation=accumulation, baseline=baseline)
    assert float(found) == pytest.approx(share, nan_ok=True)


def test_attainment_of_many_regions() -> None:
    found = target_attainment([[10, 20], [5, 5]], [60, 20], accumulation="cumulative")
    assert found.tolist() == [0.5, 0.5]
    assert target_attainment([30, 20], 20, accumulation="reduction", baseline=[40, 20]).tolist() == pytest.approx([0.5, gap], nan_ok=True)


# --- reporting


def test_reporting_rate() -> None:
    found = reporting_rate([5, gap, 5, 0, gap, 12], [10, 10, 0, 0, gap, 10])
    assert found.tolist() == pytest.approx([0.5, 0, gap, gap, gap, 1.2], nan_ok=True)


def test_indicator_value() -> None:
    assert float(indicator_value(3, 4)) == 0.75
    assert float(indicator_value(3, 4, 100, 365)) == 75
    assert np.isnan(indicator_value([3, gap, 3], [0, 4, gap], 100, 31)).all()
    assert indicator_value(0, 4) == 0


def test_outliers_at_the_edges() -> None:
    for method in ("z", "modified_z"):
        for values in ([4, 4, 4], [4], [], [gap, gap], [gap, 4]):
            assert np.isnan(z_scores(values, method)).all()
            assert np.isnan(outlier_bounds(values, 2, method)).all()
            assert not outliers(values, 2, method).any()
    assert outliers([[1, 2, 3, 2, 90, gap], [1, 2, 3, 2, 1, 3]], 3, "modified_z").tolist() == [[False] * 4 + [True, False], [False] * 6]
    assert np.isnan(z_scores([5, 5, 5, 9], "modified_z")).all()  # most are equal: nothing to measure with


def test_one_wild_value_hides_from_the_mean_but_not_from_the_median() -> None:
    values = [10, 11, 9, 10, 1000]
    assert not outliers(values, 2, "z").any()
    assert outliers(values, 3.5, "modified_z").tolist() == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: recent_trend([2020, 2020], [1, 2], 10), "years must be whole and each given once"),
        (lambda: recent_trend([2020.5], [1], 10), "years must be whole"),
        (lambda: recent_trend(YEARS, [1, 2], [10, 10]), "years must be one axis as long as the last one"),
        (lambda: recent_trend(YEARS, 11, np.full(5, 10)), "x must not exceed n"),
        (lambda: recent_trend_of_values(YEARS, [1] * 5, [2] * 5, [1] * 5), "lower must not exceed upper"),
        (lambda: recent_trend(YEARS, [1] * 5, [9] * 5).judged("better"), "direction must be one of up, down, context"),
        (lambda: against_benchmark(2, 1, 5, direction="up"), "lower must not exceed upper; it holds 2 and 1"),
        (lambda: against_benchmark(1, 2, 5, direction="alto"), "direction must be one of up, down, context; it is 'alto'"),
        (lambda: against_target(1, 2, direction="context"), "direction must be one of up, down"),
        (lambda: target_attainment(1, 2, accumulation="otro"), "accumulation must be one of stock, flow, cumulative, capacity, reduction"),
        (lambda: target_attainment(1, 2, accumulation="capacity"), "baseline must be given for capacity"),
        (lambda: target_attainment([-1], 2, accumulation="cumulative"), "value must not be negative"),
        (lambda: reporting_rate(-1, 2), "sent must not be negative"),
        (lambda: indicator_value(1, 2, 1, 0), "days must not be 0"),
        (lambda: outliers([1, 2], 0), "threshold must be positive"),
        (lambda: outliers([1, 2], 2, "iqr"), "method must be one of z, modified_z; it is 'iqr'"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
