"""Kaplan-Meier quantiles and their limits, held to R's own test, to scipy's curve, to the plain median, and to what an answer must be at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kpis.methods import intervals
from kpis.methods.survival import histogram_survival_interval, histogram_survival_quantile, kaplan_meier_quantile

steady = settings(derandomize=True, deadline=None, database=None, max_examples=150)
samples = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)
gap = np.nan

#: the sample of tests/quantile.R in R's survival package, with the quantiles it asks for
TIMES, ENDED = [9, 1, 1, 6, 6, 8, 10], [1, 1, 0, 1, 1, 0, 0]
ASKED = 1 - np.array([13 / 14, 6 / 7, 2 / 3, 0.5, 9 / 35, 0.1])


def same(found: object, expected: object) -> bool:
    return np.asarray(found).tolist() == pytest.approx(np.asarray(expected, dtype=float).tolist(), nan_ok=True)


def by_hand(sample: list[tuple[int, bool]], q: float) -> float:
    """The definition in words, step by step, with whole numbers as far as they go."""
    going_on, steps = 1.0, []
    for time in sorted({t for t, _ in sample}):
        at_risk, ended = sum(t >= time for t, _ in sample), sum(t == time and e for t, e in sample)
        if ended:
            going_on *= 1 - ended / at_risk
            steps.append((time, going_on))
    for place, (time, share) in enumerate(steps):
        if share <= 1 - q + 1e-9:
            flat = abs(share - (1 - q)) < 1e-9
            after = steps[place + 1][0] if place + 1 < len(steps) else max(t for t, _ in sample)
            return (time + after) / 2 if flat else time
    return gap


def test_quantiles_of_the_r_package() -> None:
    assert same(kaplan_meier_quantile(TIMES, ENDED, ASKED), [1, 3.5, 6, 9, 9.5, gap])
    assert same(kaplan_meier_quantile([6, 9, 8, 10], [1, 1, 0, 0], ASKED), [6, 6, 9, 9, gap, gap])
    assert same(kaplan_meier_quantile([1, 1, 6], [1, 0, 1], ASKED), [1, 1, 3.5, 6, 6, 6])


def test_it_is_found_among_the_intervals() -> None:
    assert intervals.kaplan_meier_quantile is kaplan_meier_quantile


@steady
@given(values=st.lists(st.integers(0, 1000), min_size=1, max_size=60))
def test_with_nothing_open_the_median_is_the_plain_one(values: list[int]) -> None:
    assert float(kaplan_meier_quantile(values, np.ones(len(values)), 0.5)) == np.median(values)


@steady
@given(sample=samples, q=st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1.0]))
def test_quantile_is_the_definition(sample: list[tuple[int, bool]], q: float) -> None:
    times, ended = zip(*sample, strict=True)
    assert same(kaplan_meier_quantile(times, ended, q), by_hand(sample, q))


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@steady
@given(sample=samples, q=st.sampled_from([0.25, 0.5, 0.9]), confidence=st.sampled_from([0.8, 0.95, 0.998]))
def test_limits_are_where_scipys_curve_passes(sample: list[tuple[int, bool]], q: float, confidence: float) -> None:
    """scipy gives NaN at shares 0 and 1: nothing has ended yet (the limits are 1), or the last case has (they stay where they were)."""
    ended, still = ([t for t, e in sample if e is kind] for kind in (True, False))
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=still)).sf
    band = curve.confidence_interval(confidence, method="log-log")
    with_case, crossed = sorted({t for t, _ in sample}), []
    for limit in (band.low, band.high):
        shares, before = [], 1.0
        for time in with_case:
            before = before if np.isnan(limit.evaluate(time)) else float(limit.evaluate(time))
            shares.append(before)
        crossed.append([share <= 1 - q for share in shares])
    lower = next((t for t, c in zip(with_case, crossed[0], strict=True) if c), gap)
    upper = next((t for i, t in enumerate(with_case) if all(crossed[1][i:])), gap)
    times, kinds = zip(*sample, strict=True)
    found = histogram_survival_interval(times, kinds, np.logical_not(kinds), q, confidence)
    assert same(found, [lower, upper])


@steady
@given(sample=samples, q=st.floats(0.01, 0.99))
def test_limits_hold_the_quantile(sample: list[tuple[int, bool]], q: float) -> None:
    times, ended = zip(*sample, strict=True)
    point = float(kaplan_meier_quantile(times, ended, q))
    lower, upper = histogram_survival_interval(times, ended, np.logical_not(ended), q)
    assert not lower > point and not upper < point
    wider = histogram_survival_interval(times, ended, np.logical_not(ended), q, 0.998)
    assert not wider[0] > lower and not wider[1] < upper


def test_groups_are_each_their_own_sample() -> None:
    draws = np.random.default_rng(3)
    values = draws.permutation(30)
    events, censored = draws.integers(0, 4, (2, 5, 4, 30))
    medians = histogram_survival_quantile(values, events, censored, 0.5)
    limits = histogram_survival_interval(values, events, censored, 0.5)
    assert medians.shape == limits[0].shape == limits[1].shape == (5, 4)
    for at in np.ndindex(5, 4):
        times = np.repeat(np.tile(values, 2), np.r_[events[at], censored[at]])
        ended = np.repeat([1, 0], [events[at].sum(), censored[at].sum()])
        assert same(medians[at], kaplan_meier_quantile(times, ended, 0.5))
        alone = histogram_survival_interval(times, ended, 1 - ended, 0.5)
        assert same([limits[0][at], limits[1][at]], alone)


def test_one_histogram_and_several_quantiles() -> None:
    found = histogram_survival_quantile([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 0, 0], [0.25, 0.5, 0.6])
    assert same(found, [1.5, 2.5, 3])


def test_a_value_may_repeat_and_order_does_not_matter() -> None:
    assert same(histogram_survival_quantile([5, 2, 5], [1, 1, 1], [1, 0, 2], 0.5), histogram_survival_quantile([2, 5], [1, 2], [0, 3], 0.5))


def test_leaving_the_open_cases_out_would_flatter() -> None:
    """Half are still open at 30 days: the median of those that ended is 10, the median of all is not reached."""
    times, ended = np.r_[np.full(50, 10), np.full(60, 30)], np.r_[np.ones(50), np.zeros(60)]
    assert np.median(times[ended == 1]) == 10
    assert np.isnan(kaplan_meier_quantile(times, ended, 0.5))
    assert kaplan_meier_quantile(times, ended, 0.4) == 10


def test_limits_cover_what_they_promise() -> None:
    """Geometric durations whose median is day 7, a third still open: 95 % of limits hold it; where a limit is not reached it is not passed either."""
    draws = np.random.default_rng(20260831)
    ends, leaves = draws.geometric(0.0952, (1500, 60)), draws.geometric(0.05, (1500, 60))
    ended = ends <= leaves
    days = np.arange(1, 201)
    seen = np.minimum(np.minimum(ends, leaves), 200)
    events, censored = (np.array([np.bincount(row[k], minlength=201)[1:] for row, k in zip(seen, kind, strict=True)]) for kind in (ended, ~ended))
    lower, upper = histogram_survival_interval(days, events, censored, 0.5)
    truth = int(np.ceil(np.log(0.5) / np.log(1 - 0.0952)))
    assert truth == 7
    assert 0.94 <= np.mean(~(lower > truth) & ~(upper < truth)) <= 0.985


def test_edges() -> None:
    nothing = histogram_survival_quantile([1, 2], [[0, 0], [0, 0]], [[0, 0], [3, 1]], 0.5)
    assert np.isnan(nothing).all()  # no cases; none has ended
    assert np.isnan(histogram_survival_interval([1, 2], [0, 0], [3, 1], 0.5)).all()
    assert np.isnan(kaplan_meier_quantile([], [], 0.5)) and np.isnan(histogram_survival_interval([], [], [], 0.5)).all()
    assert np.isnan(histogram_survival_quantile([], np.zeros((3, 0)), np.zeros((3, 0)), 0.5)).tolist() == [True] * 3
    assert kaplan_meier_quantile([4], [1], 0.5) == 4 and np.isnan(kaplan_meier_quantile([4], [0], 0.5))
    assert kaplan_meier_quantile([5] * 9, [1] * 9, 0.9) == 5
    assert np.isnan(histogram_survival_interval([5], [9], [0], 0.5)).all()  # all equal: the curve has no variance
    assert kaplan_meier_quantile([0, 3], [1, 1], 0) == 0 and kaplan_meier_quantile([0, 3], [1, 1], 1) == 3
    assert np.isnan(histogram_survival_interval([0, 3], [1, 1], [0, 0], [0, 1])).all()
    assert kaplan_meier_quantile([2, 2], [1, 0], 0.5) == 2  # the open case was still at risk at 2


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: kaplan_meier_quantile([1, gap], [1, 1], 0.5), "durations must not hold NaN"),
        (lambda: kaplan_meier_quantile([1, -2], [1, 1], 0.5), "durations must not be negative"),
        (lambda: kaplan_meier_quantile([1, 2], [1], 0.5), "must be one sample on one axis"),
        (lambda: kaplan_meier_quantile([1, 2], [1, 2], 0.5), "observed must lie between 0 and 1"),
        (lambda: kaplan_meier_quantile([1, 2], [1, 0.5], 0.5), "events must be whole"),
        (lambda: kaplan_meier_quantile([1, 2], [1, 1], 50), "q must lie between 0 and 1"),
        (lambda: histogram_survival_quantile([1, 2], [1, 1, 1], [0, 0], 0.5), "values must be one axis as long as"),
        (lambda: histogram_survival_quantile([1, 2], [1, -1], [0, 0], 0.5), "events must not be negative"),
        (lambda: histogram_survival_quantile([1, 2], [1, 1], [0, gap], 0.5), "censored must not hold NaN"),
        (lambda: histogram_survival_interval([1, 2], [1, 1], [0, 0], 0.5, 95), "confidence must lie strictly between"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
