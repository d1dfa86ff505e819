"""The steps of a composite index: held to scipy where it has the method, to their definition elsewhere, and to a stated answer at every edge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from kpis.methods import (
    composite,
    composite_aggregate,
    composite_change,
    composite_draws,
    composite_normalise,
    composite_point,
    composite_sensitivity,
    composite_treatment,
    composite_uncertainty,
)

steady = settings(derandomize=True, deadline=None, database=None)
amounts = st.integers(-1_000, 1_000).map(lambda whole: whole / 8)
columns = arrays.arrays(np.float64, st.integers(2, 12), elements=amounts | st.just(float("nan")))
METHODS = {
    "minmax": {},
    "zscore": {},
    "rank": {},
    "percentile_rank": {},
    "borda": {},
    "goalposts": {"low": 0, "high": 50},
    "distance_to_target": {"target": 60},
}


def test_every_method_names_its_published_source() -> None:
    modules = (composite, composite_aggregate, composite_normalise, composite_treatment, composite_point, composite_change)
    for module in (*modules, composite_draws, composite_uncertainty, composite_sensitivity):
        for name, method in vars(module).items():
            if (
                callable(method)
                and getattr(method, "__module__", "") == module.__name__
                and not name.startswith("_")
                and not isinstance(method, type)
            ):
                says = method.__doc__ or ""
                named = any(f"({year})" in says for year in range(1900, 2030)) or "see `" in says.lower()
                assert named or (module, name) == (composite_point, "table"), f"{module.__name__}.{name} names no source"


# --- normalising


@steady
@given(column=columns)
def test_normalising_keeps_the_order_and_what_is_unknown(column: np.ndarray) -> None:
    for method, options in METHODS.items():
        score = composite.normalise(column, method, **options)
        assert np.isnan(score).tolist() == np.isnan(column).tolist()
        known = ~np.isnan(column)
        assert np.isfinite(score[known]).all()
        ordered = score[known][np.argsort(column[known])]
        assert (np.diff(ordered) >= -1e-9).all(), method


@steady
@given(column=columns)
def test_less_is_better_is_the_same_of_the_opposite(column: np.ndarray) -> None:
    for method, options in METHODS.items():
        if method == "goalposts":
            opposite = composite.normalise(-column, method, low=0, high=-50)
            assert opposite.tolist() == pytest.approx(composite.normalise(column, method, **options).tolist(), nan_ok=True)
        elif method != "distance_to_target":
            np.testing.assert_array_equal(composite.normalise(column, method, direction=-1), composite.normalise(-column, method))
    falling = composite.normalise(column, "distance_to_target", direction=-1, target=-60)
    np.testing.assert_array_equal(falling, composite.normalise(-column, "distance_to_target", target=60))


@steady
@given(column=columns)
def test_ranks_and_z_scores_are_scipys(column: np.ndarray) -> None:
    known = column[~np.isnan(column)]
    of = {m: composite.normalise(column, m)[~np.isnan(column)] for m in ("rank", "borda", "percentile_rank", "zscore")}
    assert of["rank"].tolist() == stats.rankdata(known).tolist()
    assert of["borda"].tolist() == [sum(k < x for k in known) + (sum(k == x for k in known) - 1) / 2 for x in known]
    if len(known) > 1:
        assert of["percentile_rank"].tolist() == pytest.approx((100 * (stats.rankdata(known) - 1) / (len(known) - 1)).tolist())
        if np.ptp(known):
            assert of["zscore"].tolist() == pytest.approx(stats.zscore(known, ddof=1).tolist())


def test_by_hand() -> None:
    column = [10, 20, None, 40]
    assert composite.normalise(column, "minmax", lower=1).tolist() == pytest.approx([1, 34, np.nan, 100], nan_ok=True)
    assert composite.normalise(column, "minmax", direction=-1).tolist() == pytest.approx([100, 200 / 3, np.nan, 0], nan_ok=True)
    assert composite.normalise(column, "distance_to_target", target=30).tolist() == pytest.approx([0, 50, np.nan, 100], nan_ok=True)
    assert composite.normalise(column, "distance_to_target", target=30, cap=False).tolist() == pytest.approx([0, 50, np.nan, 150], nan_ok=True)
    falling = composite.normalise(column, "distance_to_target", target=25, direction=-1)
    assert falling.tolist() == pytest.approx([100, 100, np.nan, 0], nan_ok=True)
    assert composite.normalise(column, "percentile_rank", scale=1).tolist() == pytest.approx([0, 0.5, np.nan, 1], nan_ok=True)


def test_goalposts_rising_and_falling() -> None:
    rising = composite.goalposts([20, 30, 62.5, 95, 120, None], 30, 95)
    assert rising.tolist() == pytest.approx([0, 0, 50, 100, 100, np.nan], nan_ok=True)
    falling = composite.normalise([90, 80, 42.5, 5, 0], "goalposts", low=80, high=5)
    assert falling.tolist() == [0, 0, 50, 100, 100]
    assert composite.goalposts(42.5, 80, 5, scale=1) == 0.5
    assert composite.goalposts([99.0], 80, 99).tolist() == [100], "the goal itself is the full score, to the last bit"


def test_columns_take_their_own_options() -> None:
    table = [[30, 60], [95, 5]]
    assert composite.normalise(table, "goalposts", low=[30, 60], high=[95, 5]).tolist() == [[0, 0], [100, 100]]
    assert composite.normalise(table, "minmax", direction=[1, -1]).tolist() == [[0, 0], [100, 100]]
    assert composite.normalise(pd.DataFrame(table), "rank").tolist() == [[1, 2], [2, 1]]


@pytest.mark.parametrize("column", [[0.1, 0.1, 0.1, np.nan], [7, np.nan], [1 / 3] * 7])
def test_a_column_that_tells_nobody_apart_gets_the_middle(column: list[float]) -> None:
    known = sum(not np.isnan(x) for x in column)
    middle = {"minmax": 50, "zscore": 0, "rank": (known + 1) / 2, "borda": (known - 1) / 2, "percentile_rank": 50}
    for method, expected in middle.items():
        score = composite.normalise(column, method)
        assert score.tolist() == [pytest.approx(np.nan if np.isnan(x) else expected, nan_ok=True) for x in column], method
    assert composite.normalise([3, 3, np.nan], "distance_to_target", target=9)[:2].tolist() == [0, 0]
    assert composite.normalise([3, 3, np.nan], "distance_to_target", target=3)[:2].tolist() == [100, 100]


@pytest.mark.filterwarnings("error")
def test_nothing_known_and_nobody_to_compare() -> None:
    for method, options in METHODS.items():
        assert np.isnan(composite.normalise([[np.nan, 1], [np.nan, 2]], method, **options)[:, 0]).all()
        assert composite.normalise(np.empty((0, 3)), method, **options).shape == (0, 3)


# --- aggregating


@steady
@given(
    values=arrays.arrays(np.float64, (3, 4), elements=st.integers(1, 800).map(lambda n: n / 8)),
    weights=arrays.arrays(np.float64, 4, elements=st.integers(1, 9)),
)
def test_the_means_are_scipys(values: np.ndarray, weights: np.ndarray) -> None:
    assert composite.aggregate(values, weights).tolist() == pytest.approx(np.average(values, axis=1, weights=weights).tolist())
    assert composite.aggregate(values, weights, "geometric").tolist() == pytest.approx(stats.gmean(values, axis=1, weights=weights).tolist())
    assert composite.aggregate(values, weights, "harmonic").tolist() == pytest.approx(stats.hmean(values, axis=1, weights=weights).tolist())


def test_missing_values_leave_their_weight_to_the_others() -> None:
    for method in composite_aggregate.METHODS:
        full = composite.aggregate([20, 60], [1, 3], method)
        assert composite.aggregate([20, np.nan, 60], [1, 5, 3], method) == full
        assert composite.aggregate([20, 0, 60], [1, 0, 3], method) == full, "no weight, no part"
        assert np.isnan(composite.aggregate([np.nan, np.nan], [1, 2], method))
        assert np.isnan(composite.aggregate([5, np.nan], [0, 2], method))


@pytest.mark.filterwarnings("error")
def test_a_zero_under_the_geometric_and_the_harmonic_mean() -> None:
    for method in ("geometric", "harmonic"):
        assert composite.aggregate([0, 90], [1, 9], method) == 0
        assert composite.aggregate([0, 90], [1, 9], method, floor=1) == composite.aggregate([1, 90], [1, 9], method)
        assert composite.aggregate([-4, 90], [1, 9], method, floor=1) == composite.aggregate([1, 90], [1, 9], method)
    assert composite.aggregate([-4, 4], 1) == 0


def test_the_worked_check_of_the_catalogue() -> None:
    dimensions, weights = [70, 55, None, 60, 80, 90, 40], [15, 25, 10, 20, 10, 10, 10]
    assert round(float(composite.aggregate(dimensions, weights, "geometric", floor=1)), 1) == 62.0
    assert round(float(composite.aggregate(dimensions, weights)), 1) == 63.6


def test_ranks() -> None:
    assert composite.ranks([30, 50, np.nan, 50, 10]).tolist() == pytest.approx([3, 1, np.nan, 1, 4], nan_ok=True)
    assert np.isnan(composite.ranks([1, 2, 3, np.nan], minimum=4)).all()
    assert composite.ranks([[1, 2], [3, 1]]).tolist() == [[2, 1], [1, 2]]


# --- treating


@steady
@given(column=arrays.arrays(np.float64, st.integers(4, 30), elements=amounts))
def test_skewness_and_kurtosis_are_scipys(column: np.ndarray) -> None:
    if np.ptp(column):
        assert float(composite.skewness(column)) == pytest.approx(stats.skew(column, bias=False), rel=1e-9, abs=1e-9)
        assert float(composite.kurtosis(column)) == pytest.approx(stats.kurtosis(column, bias=False), rel=1e-9, abs=1e-9)
    else:
        assert composite.skewness(column) == composite.kurtosis(column) == 0


@pytest.mark.filterwarnings("error")
def test_few_values_and_equal_values_pass_untreated() -> None:
    table = np.array([[1.0, 0.1, np.nan], [50.0, 0.1, np.nan], [2.0, 0.1, 3.0]])
    treated = composite.treat(table)
    np.testing.assert_array_equal(treated.values, table)
    assert treated.passes.all() and not treated.winsorised.any()
    assert np.isnan(treated.kurtosis).tolist() == [True, True, True]


@pytest.mark.parametrize("side", [1, -1])
def test_one_stray_becomes_the_next_value(side: int) -> None:
    column = side * np.array([*np.arange(30.0), 400.0, np.nan])
    treated = composite.treat(column[:, None])
    assert treated.winsorised.tolist() == [1] and not treated.logged[0] and treated.passes[0]
    assert treated.values[:-1, 0].tolist() == [*column[:30], column[29]] and np.isnan(treated.values[-1, 0])


@pytest.mark.parametrize("side", [1, -1])
def test_too_many_strays_take_the_logarithm(side: int) -> None:
    column = side * np.exp(np.linspace(0, 12, 60))
    assert composite.treat(column[:, None]).winsorised.tolist() == [4], "four would do"
    treated = composite.treat(column[:, None], max_winsorised=3)
    assert treated.logged[0] and not treated.winsorised[0] and treated.passes[0]
    assert (np.diff(treated.values[:, 0]) * side > 0).all(), "the order is kept"
    assert abs(treated.skewness[0]) < 2


def test_winsorise_by_hand() -> None:
    assert composite.winsorise([5, 1, np.nan, 9, 7], 2).tolist() == pytest.approx([5, 1, np.nan, 5, 5], nan_ok=True)
    assert composite.winsorise([1, 2], 2).tolist() == [1, 2]


def test_denominate_screen_and_impute() -> None:
    np.testing.assert_array_equal(composite.denominate([[6, 8], [5, None]], [[2, 1], [0, 1]]), [[3, 8], [np.nan, np.nan]])
    assert composite.screen([[1, None, 3], [1, 2, 3]], 2 / 3).tolist() == [True, True]
    assert composite.screen([[1, None, 3], [1, 2, 3]], 0.9).tolist() == [False, True]
    imputed = composite.impute_group_mean([[1, None], [3, None], [None, 5], [None, 7]], ["costa", "costa", "costa", "sierra"])
    np.testing.assert_array_equal(imputed, [[1, 5], [3, 5], [2, 5], [np.nan, 7]])


# --- edges


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: composite.normalise([1], "maxmin"), "method must be one of minmax, .*; it is 'maxmin'"),
        (lambda: composite.normalise([1], "minmax", low=3), "minmax does not read low; it reads lower, upper"),
        (lambda: composite.normalise([1], "goalposts", low=3), "goalposts needs high"),
        (lambda: composite.normalise([1], "goalposts", low=3, high=3), "low and high must differ"),
        (lambda: composite.normalise([1], "goalposts", low=3, high=5, direction=-1), "direction is not read by goalposts"),
        (lambda: composite.normalise([1], "goalposts", low=np.nan, high=5), "low must not hold NaN"),
        (lambda: composite.normalise([1], "rank", direction=0), "direction must be 1 or -1"),
        (lambda: composite.normalise([1], "minmax", lower=100), "lower must be below upper"),
        (lambda: composite.normalise([np.inf], "rank"), "values must be finite"),
        (lambda: composite.normalise(3, "rank"), "values must have the units compared on their first axis"),
        (lambda: composite.aggregate([1], 1, "median"), "method must be one of arithmetic"),
        (lambda: composite.aggregate([1], -1), "weights must not be negative"),
        (lambda: composite.aggregate([1], np.nan), "weights must not hold NaN"),
        (lambda: composite.aggregate([1, -3], 1, "geometric"), "values must not be negative for the geometric mean; the lowest given is -3"),
        (lambda: composite.aggregate([1], 1, floor=1), "floor must be positive, and is read by"),
        (lambda: composite.aggregate([1], 1, "geometric", floor=0), "floor must be positive"),
        (lambda: composite.denominate([1], [-1]), "denominators must not be negative"),
        (lambda: composite.screen([1, 2]), "values must be a table of units x indicators"),
        (lambda: composite.screen([[1]], 90), "minimum must lie between 0 and 1"),
        (lambda: composite.impute_group_mean([[1], [2]], ["a"]), "groups must name one group for each unit"),
        (lambda: composite.winsorise([1], -1), "values must be one column and n not negative"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
