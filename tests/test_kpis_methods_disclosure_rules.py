"""Which cells are sensitive, and what a published ratio gives away."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.methods.disclosure import concentrated, numerators, small_counts

steady = settings(derandomize=True, deadline=None, database=None)


def test_small_counts_are_one_to_four() -> None:
    found = small_counts([0, 1, 4, 5, 6, np.nan])
    assert found.cells.tolist() == [False, True, True, False, False, False]
    assert found.above.tolist() == [0, 4, 4, 0, 0, 0] and found.below.tolist() == [0] * 6
    assert found.reason.tolist() == ["", "threshold", "threshold", "", "", ""]
    assert small_counts([1, 2], 3).above.tolist() == [2, 2]
    assert small_counts([1, 4], width=1).above.tolist() == [4, 1]
    assert small_counts([1, 4], width=20).above.tolist() == [20, 20]


def test_three_holders_and_none_above_eighty_per_cent() -> None:
    largest = [[90, 5, 5], [80, 10, 10], [60, 40, np.nan], [100, np.nan, np.nan], [0, 0, 0], [np.nan] * 3]
    found = concentrated([100, 100, 100, 100, 0, np.nan], holders=[3, 3, 2, 1, 0, np.nan], contributions=largest)
    assert found.cells.tolist() == [True, False, True, True, False, False]
    assert found.reason.tolist() == ["dominance", "", "holders", "holders", "", ""]
    assert found.above.tolist() == pytest.approx([12.5, 0, 25, 25, 0, 0])
    assert found.below.tolist() == found.above.tolist()


def test_two_largest_above_three_quarters() -> None:
    found = concentrated([100, 100], contributions=[[40, 30, 30], [50, 30, 20]], n=2, k=0.75)
    assert found.cells.tolist() == [False, True]
    assert found.above[1] == pytest.approx(80 / 0.75 - 100)


def test_the_second_could_estimate_the_first() -> None:
    """100 = 60 + 35 + 5: the second knows that the first has 60 to 65, within 10 %. With 30 + 10 it is 60 to 70: not within."""
    found = concentrated([100, 100], contributions=[[60, 35, 5], [60, 30, 10]], p=0.1)
    assert found.reason.tolist() == ["p_percent", ""]
    assert found.above[0] == pytest.approx(1)


def test_two_rules_together() -> None:
    either = small_counts([2, 9, 9]) | concentrated([2, 9, 9], holders=[1, 1, 5])
    assert either.reason.tolist() == ["threshold", "holders", ""]
    assert either.above.tolist() == pytest.approx([4, 2.25, 0])
    assert not concentrated([2, 9]).cells.any()


@steady
@given(st.lists(st.floats(0.01, 1000), min_size=2, max_size=6), st.floats(0.05, 0.95))
def test_far_enough_is_where_the_rule_no_longer_breaks(shares: list[float], k: float) -> None:
    total = sum(shares)
    found = concentrated([total], contributions=[shares], k=k)
    assert found.cells[0] == (max(shares) > k * total)
    if found.cells[0]:
        assert max(shares) / (total + found.above[0]) == pytest.approx(k)


# --- ratios


def rounded(share: Fraction, decimals: int, how: str) -> Fraction:
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return Fraction(exact.quantize(Decimal(1).scaleb(-decimals), rounding=how))


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_numerators_are_those_that_round_to_the_ratio(decimals: int) -> None:
    for cases in [1, 3, 7, 8, 12, 40, 200, 858]:
        ways = [[rounded(Fraction(100 * x, cases), decimals, how) for x in range(2 * cases + 1)] for how in (ROUND_HALF_UP, ROUND_HALF_DOWN)]
        shown = sorted({ratio for way in ways for ratio in way[: cases + 1]})
        first, last = numerators([float(ratio) for ratio in shown], cases, decimals)
        for ratio, low, high in zip(shown, first, last, strict=True):
            fitting = [x for x in range(2 * cases + 1) if ratio in (ways[0][x], ways[1][x])]
            assert (low, high) == (fitting[0], fitting[-1]), (ratio, cases)


def test_a_ratio_over_few_cases_is_its_numerator() -> None:
    """33.3 % of 12 cases is 4 of them; 0.9 % of 858 is 8; 12 % of 858, without decimals, is 99 to 107."""
    first, last = numerators([33.3, 0.9], [12, 858])
    assert first.tolist() == [4, 8] and last.tolist() == [4, 8]
    assert [float(end) for end in numerators(12, 858, decimals=0)] == [99, 107]
    assert [float(end) for end in numerators(2.5, 2000, decimals=1, per=1000)] == [5, 5]


def test_no_ratio_no_numerator() -> None:
    first, last = numerators([np.nan, 10, 10, 33.3, 150], [10, 0, np.nan, 10, 2])
    assert np.isnan(first[:4]).all() and np.isnan(last[:4]).all()
    assert (first[4], last[4]) == (3, 3)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: small_counts([1.5]), "values must be whole"),
        (lambda: small_counts([1], 2.5), "threshold must be whole, and at least 2; it is 2.5"),
        (lambda: concentrated([1], holders=[1], k=80), "k must lie strictly between 0 and 1"),
        (lambda: concentrated([1], contributions=[[0.5]], p=0.1), r"contributions must be \(1,\) and at least 2 along one axis more"),
        (lambda: concentrated([1], contributions=[1]), r"contributions must be \(1,\) and at least 1 along one axis more"),
        (lambda: concentrated([1], contributions=[[2]]), "contributions must not exceed their cell; they are 2 of 1"),
        (lambda: numerators(33.33, 12), "published must have 1 decimals at most; it holds 33.33"),
        (lambda: numerators(33.3, 12, decimals=-1), "decimals and per must be whole"),
        (lambda: numerators(1e12, 1e9), "published, in units of its last decimal, times denominator"),
        (lambda: numerators(50, 2.5), "denominator must be whole"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
