"""Shown percentages close to their total, and none strays from its own value by a whole step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpis.methods.display import largest_remainder

steady = settings(derandomize=True, deadline=None, database=None)
parts = st.lists(st.integers(0, 100_000) | st.floats(0, 1e6), min_size=1, max_size=30)


@steady
@given(parts=parts, decimals=st.integers(0, 3))
def test_shares_close_and_stay_near(parts: list[float], decimals: int) -> None:
    assume(sum(parts) > 1e-3)
    shown = largest_remainder(parts, decimals=decimals)
    steps = shown * 10**decimals
    assert steps == pytest.approx(np.round(steps), abs=1e-6)
    assert round(float(steps.sum())) == 100 * 10**decimals
    exact = 100 * np.asarray(parts) / np.sum(parts)
    assert (np.abs(shown - exact) < 10.0**-decimals * (1 + 1e-6)).all()
    assert (shown[np.asarray(parts) == 0] == 0).all()


@steady
@given(parts=parts)
def test_a_larger_part_is_never_shown_smaller(parts: list[float]) -> None:
    assume(sum(parts) > 1e-3)
    order = np.argsort(parts, kind="stable")
    ranked = largest_remainder(np.asarray(parts)[order][::-1])
    assert (np.diff(ranked) <= 1e-9).all()


def test_the_seed_closes() -> None:
    """Situación de las áreas, 858 cases: plain rounding happens to close, and is left as it is."""
    assert largest_remainder([43, 46, 60, 308, 53, 248, 92, 8]).tolist() == [5.0, 5.4, 7.0, 35.9, 6.2, 28.9, 10.7, 0.9]


def test_what_rounding_alone_leaves_open() -> None:
    assert largest_remainder([1, 1, 1]).tolist() == [33.4, 33.3, 33.3]
    assert largest_remainder([1, 1, 1], decimals=0).tolist() == [34, 33, 33]
    assert largest_remainder([2, 2, 2, 1], total=7, decimals=0).tolist() == [2, 2, 2, 1]
    assert largest_remainder([[1, 1, 1], [1, 0, 3]]).tolist() == [[33.4, 33.3, 33.3], [25, 0, 75]]


def test_nothing_to_share_is_nan() -> None:
    assert np.isnan(largest_remainder([0, 0])).all()
    assert np.isnan(largest_remainder([1, np.nan])).all()
    assert largest_remainder([]).tolist() == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: largest_remainder([1, -1]), "parts must not be negative"),
        (lambda: largest_remainder([1, 1], decimals=-1), "decimals must not be negative"),
        (lambda: largest_remainder([1, 1], total=99.95, decimals=1), "total must be positive and have at most 1 decimals"),
        (lambda: largest_remainder([1, 1], total=0), "total must be positive"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
