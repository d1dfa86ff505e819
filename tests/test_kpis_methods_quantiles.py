"""Quantiles of histograms are those of the cases they count; their intervals are the binomial ranks, no more and no fewer."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kpis.methods import quantiles

steady = settings(derandomize=True, deadline=None, database=None)
histograms = st.dictionaries(st.integers(-50, 400), st.integers(0, 30), min_size=1, max_size=25).filter(lambda h: sum(h.values()) > 0)


def expanded(histogram: dict[int, int]) -> np.ndarray:
    return np.repeat(list(histogram.keys()), list(histogram.values()))


@steady
@given(histogram=histograms, q=st.floats(0, 1))
def test_quantile_is_numpys_on_the_expanded_sample(histogram: dict[int, int], q: float) -> None:
    ours = quantiles.histogram_quantile(list(histogram), list(histogram.values()), q)
    assert float(ours) == pytest.approx(np.quantile(expanded(histogram), q), rel=1e-12, abs=1e-9)


def test_quantile_is_duckdbs() -> None:
    days = np.random.default_rng(3).integers(0, 90, 1_001)
    values, counts = np.unique(days, return_counts=True)
    shares = [0.1, 0.5, 0.9]
    sample = "SELECT quantile_cont(d, ?::DOUBLE[]) FROM (SELECT unnest(?::DOUBLE[]) AS d)"
    with duckdb.connect() as connection:
        theirs = connection.execute(sample, [shares, days.tolist()]).fetchall()[0][0]
    assert quantiles.histogram_quantile(values, counts, shares).tolist() == pytest.approx(theirs)


@steady
@given(histogram=histograms, q=st.floats(0.01, 0.99), confidence=st.floats(0.6, 0.999))
def test_interval_is_scipys_on_the_expanded_sample(histogram: dict[int, int], q: float, confidence: float) -> None:
    theirs = stats.quantile_test(expanded(histogram), q=0, p=q).confidence_interval(confidence)
    lower, upper = quantiles.histogram_quantile_interval(list(histogram), list(histogram.values()), q, confidence)
    assert [float(lower), float(upper)] == pytest.approx([theirs.low, theirs.high], nan_ok=True)


@steady
@given(n=st.integers(1, 3_000), q=st.floats(0.01, 0.99), confidence=st.floats(0.5, 0.9999))
def test_ranks_are_the_tightest_that_keep_each_tail(n: int, q: float, confidence: float) -> None:
    lower, upper = (float(rank) for rank in quantiles.order_ranks(n, q, confidence))
    tail, cases, near = (1 - confidence) / 2, stats.binom(n, q), 1e-8
    if np.isnan(lower):
        assert cases.cdf(0) > tail * (1 - near)
    else:
        assert cases.cdf(lower - 1) <= tail * (1 + near) and (lower == n or cases.cdf(lower) > tail * (1 - near))
    if np.isnan(upper):
        assert cases.sf(n - 1) > tail * (1 - near)
    else:
        assert cases.sf(upper - 1) <= tail * (1 + near) and (upper == 1 or cases.sf(upper - 2) > tail * (1 - near))


@steady
@given(histogram=histograms, q=st.floats(0.1, 0.9), confidence=st.floats(0.9, 0.999))
def test_interval_holds_the_quantile(histogram: dict[int, int], q: float, confidence: float) -> None:
    values, counts = list(histogram), list(histogram.values())
    lower, upper = quantiles.histogram_quantile_interval(values, counts, q, confidence)
    point = quantiles.histogram_quantile(values, counts, q)
    assert not lower > point + 1e-9 and not upper < point - 1e-9


def test_smallest_samples_with_an_interval() -> None:
    """Half to the power n must fall to 2.5 %: 6 cases for the median, 36 for the upper bound of the ninth decile (0.9 ** 36 = 0.0225)."""
    assert np.isnan(quantiles.order_ranks([5, 6], 0.5)).tolist() == [[True, False], [True, False]]
    lower, upper = quantiles.order_ranks([1, 35, 36], 0.9)
    assert np.isnan(lower).tolist() == [True, False, False]
    assert np.isnan(upper).tolist() == [True, True, False]


def test_equal_tails_are_treated_alike() -> None:
    """At 96.875 % each tail allows exactly 1/64, which is what 6 cases leave: both bounds exist, or neither."""
    assert [float(rank) for rank in quantiles.order_ranks(6, 0.5, 1 - 2 / 64)] == [1, 6]


def test_interval_covers_what_it_promises() -> None:
    draws = np.sort(np.random.default_rng(11).exponential(1.0, (20_000, 60)), axis=1)
    for q in (0.5, 0.9):
        lower, upper = (int(rank) - 1 for rank in quantiles.order_ranks(60, q))
        truth = -np.log(1 - q)
        held = np.mean((draws[:, lower] <= truth) & (truth <= draws[:, upper]))
        assert 0.947 <= held <= 0.99


def test_groups_shares_and_order_of_the_bins() -> None:
    values, table = [30, 10, 20], [[1, 1, 1], [0, 4, 0], [0, 0, 0]]
    assert quantiles.histogram_quantile(values, table, 0.5).tolist() == pytest.approx([20, 10, np.nan], nan_ok=True)
    assert quantiles.histogram_quantile(values, table[0], [0, 0.25, 1]).tolist() == [10, 15, 30]
    assert quantiles.histogram_quantile([5, 5, 7], [1, 1, 1], 0.5) == 5
    lower, upper = quantiles.histogram_quantile_interval(values, [[4, 4, 4], [0, 0, 0]], 0.5)
    assert lower.tolist() == pytest.approx([10, np.nan], nan_ok=True) and upper.tolist() == pytest.approx([30, np.nan], nan_ok=True)


def test_scalars_and_nothing() -> None:
    assert quantiles.histogram_quantile(12, 3, 0.5) == 12
    assert np.isnan(quantiles.histogram_quantile([], [], 0.5))
    assert all(np.isnan(limit) for limit in quantiles.histogram_quantile_interval([], [], 0.5))
    assert all(np.isnan(rank) for rank in quantiles.order_ranks(np.nan, 0.5))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: quantiles.histogram_quantile([1, 2], [1, -1], 0.5), "counts must not be negative"),
        (lambda: quantiles.histogram_quantile([1, 2], [1, 0.5], 0.5), "counts must be whole; it holds 0.5"),
        (lambda: quantiles.histogram_quantile([1, 2], [1, np.nan], 0.5), "counts must not hold NaN"),
        (lambda: quantiles.histogram_quantile([1, np.nan], [1, 1], 0.5), "values must not hold NaN"),
        (lambda: quantiles.histogram_quantile([1, 2], [1, 1, 1], 0.5), "values must be one axis as long as the last axis of counts"),
        (lambda: quantiles.histogram_quantile([1, 2], [1, 1], 50), "q must lie between 0 and 1; it holds 50"),
        (lambda: quantiles.histogram_quantile([1, 2], [1, 1], np.nan), "q must not hold NaN"),
        (lambda: quantiles.order_ranks(2.5, 0.5), "n must be whole"),
        (lambda: quantiles.order_ranks(10, 0.5, 95), "confidence must lie strictly between 0 and 1"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
