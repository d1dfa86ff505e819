"""Benjamini-Hochberg is its definition; the two tests are the textbook ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kpis.methods import multiplicity

steady = settings(derandomize=True, deadline=None, database=None)
#: many small ones, else hardly anything is ever rejected
p_values = st.one_of(st.floats(0, 1), st.floats(0, 0.05), st.just(float("nan")))


def by_definition(p: list[float], alpha: float) -> list[bool]:
    """The k smallest are rejected, k the largest rank at which p(k) <= k * alpha / m."""
    known = sorted(value for value in p if not np.isnan(value))
    ranks = [k for k, value in enumerate(known, start=1) if value <= alpha * k / len(known)]
    return [bool(ranks) and value <= known[ranks[-1] - 1] for value in p]


@steady
@given(p=st.lists(p_values, max_size=40), alpha=st.floats(0.001, 0.5))
def test_bh_is_its_definition(p: list[float], alpha: float) -> None:
    assert multiplicity.benjamini_hochberg(p, alpha).tolist() == by_definition(p, alpha)


@steady
@given(p=st.lists(st.floats(0, 1) | st.floats(0, 0.05), min_size=1, max_size=40))
def test_bh_is_scipys(p: list[float]) -> None:
    adjusted = stats.false_discovery_control(p)
    border = np.abs(adjusted - 0.05) < 1e-12
    ours = multiplicity.benjamini_hochberg(p)
    assert ours[~border].tolist() == (adjusted <= 0.05)[~border].tolist()


def test_bh_1995_example() -> None:
    """The fifteen tests of the article: four are rejected, where Bonferroni keeps three; and the step is up, not down."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert multiplicity.benjamini_hochberg(p).tolist() == [True] * 4 + [False] * 11
    assert multiplicity.benjamini_hochberg([0.04, 0.03, 0.045]).tolist() == [True, True, True]


def test_bh_nan_is_not_counted() -> None:
    assert multiplicity.benjamini_hochberg([0.02, np.nan, 0.6]).tolist() == [True, False, False]
    assert multiplicity.benjamini_hochberg([0.02, 0.7, 0.6]).tolist() == [False, False, False]
    assert multiplicity.benjamini_hochberg([np.nan, np.nan]).tolist() == [False, False]
    assert multiplicity.benjamini_hochberg([]).tolist() == []
    assert multiplicity.benjamini_hochberg([[0.001, 0.9], [np.nan, 0.002]]).tolist() == [[True, False], [False, True]]


def test_bh_keeps_its_rate() -> None:
    """26 regions with equal true rates: any difference is named in at most 5 % of screens."""
    draws = np.random.default_rng(26)
    before, now = draws.binomial(120, 0.6, (2, 4_000, 26))
    p = multiplicity.p_two_proportions(now, 120, before, 120)
    named = [multiplicity.benjamini_hochberg(screen).any() for screen in p]
    assert 0.02 < np.mean(named) <= 0.06
    assert np.mean((p < 0.05).any(axis=1)) > 0.5, "without the correction most screens name something"


@steady
@given(n1=st.integers(1, 800), n2=st.integers(1, 800), share1=st.floats(0, 1), share2=st.floats(0, 1))
def test_two_proportions_is_the_chi_square_of_the_table(n1: int, n2: int, share1: float, share2: float) -> None:
    x1, x2 = round(n1 * share1), round(n2 * share2)
    ours = float(multiplicity.p_two_proportions(x1, n1, x2, n2))
    if x1 + x2 in (0, n1 + n2):
        assert ours == 1
    else:
        table = [[x1, n1 - x1], [x2, n2 - x2]]
        assert ours == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-6, abs=1e-14)


@steady
@given(x1=st.integers(0, 2_000), x2=st.integers(0, 2_000))
def test_two_counts_is_scipys_binomial_test(x1: int, x2: int) -> None:
    ours = float(multiplicity.p_two_counts(x1, x2))
    if x1 + x2 == 0:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(stats.binomtest(x1, x1 + x2).pvalue, rel=1e-8, abs=1e-300)


def test_undefined_is_nan_and_shapes_are_kept() -> None:
    assert np.isnan(multiplicity.p_two_proportions([0, 1], [0, 2], [1, 0], [2, 0])).all()
    assert np.isnan(multiplicity.p_two_counts([0, np.nan], [0, 4])).all()
    assert multiplicity.p_two_counts(0, 5).shape == () and multiplicity.p_two_proportions(1, 2, 1, 2).shape == ()
    assert multiplicity.benjamini_hochberg(0.01).shape == ()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: multiplicity.benjamini_hochberg([0.1, 1.2]), "p must lie between 0 and 1; it holds 1.2"),
        (lambda: multiplicity.benjamini_hochberg([0.1], 5), "alpha must lie strictly between 0 and 1"),
        (lambda: multiplicity.p_two_proportions(3, 2, 1, 2), "x1 must not exceed n1; it holds 3 of 2"),
        (lambda: multiplicity.p_two_proportions(1, 2, -1, 2), "x2 must not be negative"),
        (lambda: multiplicity.p_two_counts(1, 2.5), "x2 must be whole; it holds 2.5"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
