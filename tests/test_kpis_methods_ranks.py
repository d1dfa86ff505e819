"""Rank intervals, held to scipy's ranks, to places counted by hand and to what a league table must do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from kpis.methods.ranks import among_first, rank_intervals, ranks

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)
#: few values, so that ties are many
tables = hnp.arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 9)), elements=st.integers(0, 6).map(float))
gap = float("nan")


@steady
@given(draws=tables)
def test_ranks_are_scipys(draws: np.ndarray) -> None:
    assert ranks(draws, highest_first=False).tolist() == stats.rankdata(draws, axis=1).tolist()
    assert ranks(draws).tolist() == stats.rankdata(-draws, axis=1).tolist()


@steady
@given(draws=tables, confidence=st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_an_interval_leaves_out_no_more_than_its_tails(draws: np.ndarray, confidence: float) -> None:
    found, order, side = rank_intervals(draws, confidence), ranks(draws), (1 - confidence) / 2 + 1e-12
    assert (np.mean(order < found.lower, axis=0) <= side).all() and (np.mean(order > found.upper, axis=0) <= side).all()
    assert (np.mean(order <= found.lower, axis=0) >= side - 1e-9).all() and (np.mean(order >= found.upper, axis=0) >= side - 1e-9).all()
    assert (found.lower <= found.median).all() and (found.median <= found.upper).all()
    assert ((order == found.lower).any(axis=0) & (order == found.upper).any(axis=0)).all()


@steady
@given(draws=tables)
def test_from_the_first_or_from_the_last_is_the_same(draws: np.ndarray) -> None:
    units = draws.shape[1]
    first, last = rank_intervals(draws), rank_intervals(draws, highest_first=False)
    assert first.lower.tolist() == (units + 1 - last.upper).tolist() and first.median.tolist() == (units + 1 - last.median).tolist()
    assert first.above == pytest.approx(last.above.T)


@steady
@given(draws=tables)
def test_above_adds_up(draws: np.ndarray) -> None:
    found = rank_intervals(draws)
    assert found.above + found.above.T == pytest.approx(np.ones_like(found.above))
    assert np.diag(found.above) == pytest.approx(0.5)
    expected = 1 + found.above.sum(axis=0) - 0.5  # the mean place is one more than those above
    assert expected == pytest.approx(ranks(draws).mean(axis=0))


@steady
@given(draws=tables, places=st.integers(1, 9))
def test_the_first_places_are_all_given_out(draws: np.ndarray, places: int) -> None:
    units = draws.shape[1]
    assert among_first(draws, places).sum() == pytest.approx(min(places, units))
    if places < units:
        assert among_first(draws, places) + among_first(draws, units - places, highest_first=False) == pytest.approx(1)


def test_places_counted_by_hand() -> None:
    """Twenty worlds of three regions: A is first in 19, B in 1."""
    draws = np.array([[3, 2, 1]] * 19 + [[2, 3, 1]])
    found = rank_intervals(draws)
    assert (found.lower.tolist(), found.median.tolist(), found.upper.tolist()) == ([1, 1, 3], [1, 2, 3], [2, 2, 3])
    assert found.above.tolist() == [[0.5, 0.95, 1], [0.05, 0.5, 1], [0, 0, 0.5]]
    assert rank_intervals(draws, 0.89).upper.tolist() == [1, 2, 3]  # one world of twenty is within a tail of 5.5 %
    assert among_first(draws, 1).tolist() == [0.95, 0.05, 0]
    assert rank_intervals([[1, 0]] * 39 + [[0, 1]], 0.95).upper.tolist() == [2, 2]  # one of forty is just what a tail leaves out: it is not beyond


def test_ties_share_the_mean_of_their_places() -> None:
    draws = [[5, 5, 1, 9]]
    assert ranks(draws).tolist() == [[2.5, 2.5, 4, 1]]
    assert rank_intervals(draws).above[0].tolist() == [0.5, 0.5, 1, 0]
    assert among_first(draws, 2).tolist() == [0.5, 0.5, 0, 1]
    assert ranks([[7, 7, 7]]).tolist() == [[2, 2, 2]]


def test_an_unknown_unit_takes_no_place() -> None:
    found = rank_intervals([[gap, 3, 1], [5, 3, 1]])
    assert found.lower.tolist() == pytest.approx([gap, 1, 2], nan_ok=True) and found.upper.tolist() == pytest.approx([gap, 1, 2], nan_ok=True)
    assert np.isnan(found.above[0]).all() and np.isnan(found.above[:, 0]).all() and found.above[1, 2] == 1
    assert among_first([[gap, 3, 1]], 1).tolist() == pytest.approx([gap, 1, 0], nan_ok=True)
    assert np.isnan(rank_intervals([[gap, gap]]).median).all()


def test_one_draw_one_unit_and_none() -> None:
    assert rank_intervals([[1, 2]]).lower.tolist() == rank_intervals([[1, 2]]).upper.tolist() == [2, 1]
    alone = rank_intervals([[4], [5]])
    assert (alone.lower.tolist(), alone.upper.tolist(), alone.above.tolist()) == ([1], [1], [[0.5]])
    none = rank_intervals(np.empty((3, 0)))
    assert none.lower.shape == none.upper.shape == (0,) and none.above.shape == (0, 0) and among_first(np.empty((3, 0)), 1).shape == (0,)


def test_equal_regions_have_wide_intervals() -> None:
    """26 alike: a table of their values would still have a first and a last."""
    found = rank_intervals(np.random.default_rng(5).normal(size=(4_000, 26)))
    assert (found.lower <= 3).all() and (found.upper >= 24).all()
    assert found.above[~np.eye(26, dtype=bool)] == pytest.approx(0.5, abs=0.04)
    far = rank_intervals(np.random.default_rng(5).normal(size=(4_000, 26)) + 20 * np.arange(26))
    assert far.lower.tolist() == far.upper.tolist() == list(range(26, 0, -1))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rank_intervals([1, 2, 3]), r"draws must be draws x units, with one draw or more; their shape is \(3,\)"),
        (lambda: rank_intervals(np.empty((0, 3))), "draws must be draws x units, with one draw or more"),
        (lambda: rank_intervals([[1, np.inf]]), "draws must be finite"),
        (lambda: rank_intervals([[1, 2]], 90), "confidence must lie strictly between 0 and 1"),
        (lambda: among_first([[1, 2]], 0), "places must be whole and at least 1; it is 0"),
        (lambda: among_first([[1, 2]], 1.5), "places must be whole and at least 1; it is 1.5"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
