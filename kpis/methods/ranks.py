"""How sure a place in a league table is: ranks of simulated values, not of the published ones.

Goldstein, H. and Spiegelhalter, D. J. (1996), "League tables and their limitations: statistical issues in comparisons of institutional performance",
Journal of the Royal Statistical Society A 159, 385-443. The draws (posterior, bootstrap or Monte Carlo) are the caller's, one row a simulated world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, numbers, tail

#: a share of the draws equal to the tail allowed, but for the last bits, counts as equal
SAME = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Places of the units, 1 the first; NaN for a unit with an unknown draw, which takes no place from the others."""

    lower: Floats
    median: Floats
    upper: Floats
    #: units x units: the probability that the one of the row stands above the one of the column, a tie counting one half; 0.5 with itself
    above: Floats


def rank_intervals(draws: ArrayLike, confidence: float = 0.9, *, highest_first: bool = True) -> RankIntervals:
    """Interval and median of the place of each unit from draws x units; 0.9 leaves out at most 5 % of the draws on each side, never more.

    The limits are places that were drawn, not interpolated: the same read from the first place and from the last. The median of an even number of
    draws is the mean of the middle two.
    """
    order, above = _ranked(draws, highest_first)
    order.sort(axis=0)
    beyond = max(math.ceil(len(order) * float(tail(confidence)) * SAME), 1)
    return RankIntervals(order[beyond - 1], np.median(order, axis=0), order[len(order) - beyond], above)


def ranks(draws: ArrayLike, *, highest_first: bool = True) -> Floats:
    """The place of each unit in each draw, 1 the first. Those that tie share the mean of their places: 1, 2.5, 2.5, 4."""
    return _ranked(draws, highest_first)[0]


def among_first(draws: ArrayLike, places: int, *, highest_first: bool = True) -> Floats:
    """The probability of each unit to be among the first so many; those that tie across the border share what is left. NaN as in `rank_intervals`.

    Turned round (`highest_first=False`) it is the probability to be among the last.
    """
    if places < 1 or places % 1:
        raise ValueError(f"places must be whole and at least 1; it is {places}")
    order = ranks(draws, highest_first=highest_first)
    alike = np.array([(order == column[:, np.newaxis]).sum(axis=1) for column in order.T], dtype=np.float64).T.reshape(order.shape)
    best = order - (alike - 1) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.clip((places - best + 1) / alike, 0, 1).mean(axis=0))


def _ranked(draws: ArrayLike, highest_first: bool) -> tuple[Floats, Floats]:
    """Places by draw and unit, and who stands above whom. A unit with any unknown draw is NaN in both."""
    given = numbers("draws", draws)
    if given.ndim != 2 or not len(given):
        raise ValueError(f"draws must be draws x units, with one draw or more; their shape is {given.shape}")
    value = given if highest_first else -given
    unknown = np.isnan(value).any(axis=0)
    value = np.where(unknown, np.nan, value)
    order, above = np.empty_like(value), np.empty((value.shape[1],) * 2)
    for unit, column in enumerate(value.T):
        higher, lower = value > column[:, np.newaxis], value < column[:, np.newaxis]
        alike = value == column[:, np.newaxis]
        order[:, unit] = higher.sum(axis=1) + (alike.sum(axis=1) + 1) / 2
        above[unit] = lower.mean(axis=0) + alike.mean(axis=0) / 2
    order[:, unknown] = np.nan
    above[unknown] = above[:, unknown] = np.nan
    return order, above
