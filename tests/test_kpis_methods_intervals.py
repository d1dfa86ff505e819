"""Intervals, held to numbers others published, to scipy where it has the method, and to what an interval must do."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from kpis.methods import intervals
from kpis.methods.multiplicity import p_two_counts

steady = settings(derandomize=True, deadline=None, database=None)
counts = st.integers(0, 5_000)
confidences = st.floats(0.5, 0.9999)


def published(name: str) -> pd.DataFrame:
    """A file of the shared conformance folder, which is not part of the project."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / name
    if not file.exists():
        pytest.skip(f"The published numbers {name} are not here: set SIEGEM_SHARED to the folder that holds conformance/.")
    return pd.read_csv(file)


def approx(expected: object, rel: float = 1e-6) -> object:
    return pytest.approx(expected, rel=rel, abs=0, nan_ok=True)


# --- published numbers

METHODS = {"Wilson": intervals.wilson, "Byars": intervals.byar, "Exact": intervals.poisson_exact}


@pytest.mark.parametrize(("method", "cases"), [("Wilson", 38), ("Byars", 33), ("Exact", 8)])
def test_conformance_of_proportions_and_counts(method: str, cases: int) -> None:
    rows = published("intervals_wilson_byar_exact.csv").query("method == @method")
    assert len(rows) == cases
    if method == "Wilson":
        lower, upper = intervals.wilson(rows.numerator, rows.denominator, rows.confidence)
        per = rows.multiplier.to_numpy()
    else:
        lower, upper = METHODS[method](rows.numerator, rows.confidence)
        per = (rows.multiplier / rows.denominator.fillna(1)).to_numpy()
    assert (lower * per).tolist() == approx(rows.lower.tolist())
    assert (upper * per).tolist() == approx(rows.upper.tolist())


def test_conformance_of_the_rule_for_counts() -> None:
    """The rates of the file choose exact or Byar by the same rule as `count_interval`."""
    rows = published("intervals_wilson_byar_exact.csv").query("method != 'Wilson' and denominator.notna()")
    lower, upper = intervals.count_interval(rows.numerator, rows.confidence)
    per = (rows.multiplier / rows.denominator).to_numpy()
    assert (lower * per).tolist() == approx(rows.lower.tolist())
    assert (upper * per).tolist() == approx(rows.upper.tolist())


@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_conformance_of_means(confidence: float, suffix: str) -> None:
    values, expected = published("mean_testdata_Mean.csv"), published("mean_testdata_Mean_results.csv").set_index("area")
    groups = dict(list(values.groupby("area")["values"])) | {"No grouping": values["values"]}
    assert set(groups) == set(expected.index)
    for area, sample in groups.items():
        lower, upper = intervals.mean_t(len(sample), sample.mean(), sample.std(), confidence)
        assert float(lower) == approx(expected.loc[area, f"lower{suffix}"])
        assert float(upper) == approx(expected.loc[area, f"upper{suffix}"])


def test_wilson_of_the_seed() -> None:
    """Concesión atípica, 8 of 858 cases: 0.5-1.8 %."""
    assert [f"{100 * limit:.1f}" for limit in intervals.wilson(8, 858)] == ["0.5", "1.8"]


@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "lower", "upper"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_1998_table_ii_method_10(x1: int, n1: int, x2: int, n2: int, lower: float, upper: float) -> None:
    assert [round(float(limit), 4) for limit in intervals.newcombe_difference(x1, n1, x2, n2)] == [lower, upper]


@pytest.mark.parametrize(("n", "ranks"), [(6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (10, (2, 9)), (20, (6, 15)), (100, (40, 61))])
def test_median_takes_the_tabled_ranks(n: int, ranks: tuple[int, int]) -> None:
    lower, upper = intervals.median_order(np.arange(n, 0, -1))
    assert (float(lower), float(upper)) == ranks


# --- the same from scipy, case by case


@steady
@given(n=st.integers(1, 5_000), share=st.floats(0, 1), confidence=confidences)
def test_wilson_is_scipys(n: int, share: float, confidence: float) -> None:
    x = round(n * share)
    theirs = stats.binomtest(x, n).proportion_ci(confidence, method="wilson")
    lower, upper = intervals.wilson(x, n, confidence)
    assert (float(lower), float(upper)) == pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-12)


@steady
@given(x1=st.integers(1, 3_000), x2=st.integers(0, 3_000), confidence=confidences)
def test_rate_ratio_change_is_scipys_clopper_pearson(x1: int, x2: int, confidence: float) -> None:
    share = stats.binomtest(x2, x1 + x2).proportion_ci(confidence, method="exact")
    lower, upper = intervals.rate_ratio_change(x1, x2, confidence)
    assert 1 + float(lower) == pytest.approx(share.low / (1 - share.low), rel=1e-8)
    assert 1 + float(upper) == pytest.approx(share.high / (1 - share.high), rel=1e-8)


@steady
@given(values=st.lists(st.integers(0, 60), min_size=1, max_size=80), confidence=st.floats(0.8, 0.999))
def test_median_order_is_scipys(values: list[int], confidence: float) -> None:
    theirs = stats.quantile_test(values, q=0, p=0.5).confidence_interval(confidence)
    lower, upper = intervals.median_order(values, confidence)
    assert [float(lower), float(upper)] == pytest.approx([theirs.low, theirs.high], nan_ok=True)


# --- what an interval must do


@steady
@given(n=st.integers(1, 5_000), share=st.floats(0, 1), m=st.integers(1, 5_000), other=st.floats(0, 1), confidence=confidences)
def test_intervals_hold_their_point(n: int, share: float, m: int, other: float, confidence: float) -> None:
    x, y = round(n * share), round(m * other)
    holds(intervals.wilson(x, n, confidence), x / n, 0, 1)
    holds(intervals.newcombe_difference(x, n, y, m, confidence), x / n - y / m, -1, 1)
    holds(intervals.poisson_exact(x, confidence), x, 0)
    holds(intervals.count_interval(x, confidence), x, 0)
    holds(intervals.mean_t(n + 1, share, other, confidence), share)
    if x:
        holds(intervals.rate_ratio_change(x, y, confidence), y / x - 1, -1)


def holds(interval: tuple[np.ndarray, np.ndarray], point: float, least: float = -np.inf, most: float = np.inf) -> None:
    lower, upper = interval
    slack = 1e-12 * max(1, abs(point))
    assert least - slack <= lower <= point + slack
    assert point - slack <= upper <= most + slack


@steady
@given(x=counts, y=counts, extra=counts, levels=st.tuples(confidences, confidences))
def test_more_confidence_is_never_narrower(x: int, y: int, extra: int, levels: tuple[float, float]) -> None:
    asked = sorted(levels)
    assume(asked[1] - asked[0] > 1e-6)
    sample = np.arange(20) ** 2
    for method, arguments in [
        (intervals.wilson, (x, x + y + 1)),
        (intervals.poisson_exact, (x,)),
        (intervals.count_interval, (x,)),
        (intervals.byar, (x + 10,)),
        (intervals.mean_t, (x + 2, y, 3.0)),
        (intervals.newcombe_difference, (x, x + y + 1, y, y + extra + 1)),
        (intervals.rate_ratio_change, (x + 1, y)),
    ]:
        lower, upper = method(*arguments, asked)
        assert lower[1] <= lower[0] and upper[0] <= upper[1], method.__name__
        assert upper[1] - lower[1] > upper[0] - lower[0], method.__name__
    narrow, wide = (intervals.median_order(sample, level) for level in asked)
    assert not wide[0] > narrow[0] and not wide[1] < narrow[1]


@steady
@given(x1=st.integers(1, 300), x2=st.integers(0, 300), confidence=st.floats(0.8, 0.999))
def test_rate_ratio_leaves_out_zero_exactly_where_its_test_rejects(x1: int, x2: int, confidence: float) -> None:
    p = float(p_two_counts(x1, x2))
    assume(abs(p - (1 - confidence)) > 1e-9)
    lower, upper = intervals.rate_ratio_change(x1, x2, confidence)
    assert (lower > 0 or upper < 0) == (p < 1 - confidence)


def test_count_interval_changes_method_at_ten() -> None:
    lower, _ = intervals.count_interval([9, 10])
    assert lower.tolist() == [float(intervals.poisson_exact(9)[0]), float(intervals.byar(10)[0])]


def test_wilson_covers_what_it_promises() -> None:
    """20 cases, rates drawn between 5 and 95 %: on average 95 % are held. The textbook interval p +- 1.96 se holds some 89 %: the test can tell."""
    draws = np.random.default_rng(20260831)
    truth = draws.uniform(0.05, 0.95, 200_000)
    x = draws.binomial(20, truth)
    lower, upper = intervals.wilson(x, 20)
    assert np.mean((lower <= truth) & (truth <= upper)) == pytest.approx(0.95, abs=0.006)
    p = x / 20
    wald = np.abs(p - truth) <= stats.norm.ppf(0.975) * np.sqrt(p * (1 - p) / 20)
    assert wald.mean() < 0.93


@pytest.mark.parametrize("rate", [2.0, 8.0, 40.0])
def test_exact_intervals_cover_at_least_what_they_promise(rate: float) -> None:
    draws = np.random.default_rng(7)
    before, now = draws.poisson(rate, 40_000), draws.poisson(1.5 * rate, 40_000)
    for (lower, upper), truth in [(intervals.poisson_exact(before), rate), (intervals.rate_ratio_change(before, now), 0.5)]:
        asked = ~np.isnan(lower)
        assert np.mean((lower[asked] <= truth) & (truth <= upper[asked])) >= 0.947


# --- edges


def test_nothing_to_divide_by_is_nan() -> None:
    for lower, upper in [
        intervals.wilson(0, 0),
        intervals.newcombe_difference(0, 0, 1, 2),
        intervals.newcombe_difference(1, 2, 0, 0),
        intervals.rate_ratio_change(0, 5),
        intervals.rate_ratio_change(0, 0),
        intervals.mean_t(0, np.nan, np.nan),
        intervals.mean_t(1, 5, 0),
        intervals.median_order([]),
        intervals.median_order([1, 2, 3, 4, 5]),
    ]:
        assert np.isnan(lower) and np.isnan(upper)


def test_the_ends_of_the_scale() -> None:
    lower, upper = intervals.wilson([0, 12], 12)
    assert lower[0] == 0 and upper[0] > 0.2 and lower[1] < 0.8 and upper[1] == 1
    assert intervals.poisson_exact(0)[0] == 0
    assert np.isnan(intervals.byar(0)[0]) and intervals.byar(0)[1] == pytest.approx(3.668, abs=1e-3)
    assert intervals.rate_ratio_change(5, 0)[0] == -1
    assert [float(limit) for limit in intervals.mean_t(5, 3, 0)] == [3, 3]


def test_broadcasting() -> None:
    lower, _ = intervals.wilson(np.arange(3)[:, None], [10, 20], 0.9)
    assert lower.shape == (3, 2)
    assert lower[2, 1] == intervals.wilson(2, 20, 0.9)[0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: intervals.wilson(11, 10), "x must not exceed n; it holds 11 of 10"),
        (lambda: intervals.wilson(1, 0), "x must not exceed n; it holds 1 of 0"),
        (lambda: intervals.wilson([2, -1], 10), "x must not be negative; the lowest given is -1"),
        (lambda: intervals.wilson(0, -1), "n must not be negative"),
        (lambda: intervals.wilson(1, np.inf), "n must be finite"),
        (lambda: intervals.wilson(1, 2, 95), "confidence must lie strictly between 0 and 1"),
        (lambda: intervals.wilson(1, 2, np.nan), "confidence must not hold NaN"),
        (lambda: intervals.byar(-2), "x must not be negative"),
        (lambda: intervals.poisson_exact(-2), "x must not be negative"),
        (lambda: intervals.count_interval(-2), "x must not be negative"),
        (lambda: intervals.mean_t(3, 1, -1), "sd must not be negative"),
        (lambda: intervals.mean_t(2.5, 1, 1), "n must be whole; it holds 2.5"),
        (lambda: intervals.newcombe_difference(1, 2, 5, 4), "x2 must not exceed n2"),
        (lambda: intervals.rate_ratio_change(1.5, 2), "x1 must be whole; it holds 1.5"),
        (lambda: intervals.rate_ratio_change(1, -2), "x2 must not be negative"),
        (lambda: intervals.median_order([1, np.nan]), "values must not hold NaN; 1 of 2"),
        (lambda: intervals.median_order([[1, 2]]), "values must be one sample on one axis"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
