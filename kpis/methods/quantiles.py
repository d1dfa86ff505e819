"""Exact quantiles and their intervals from integer histograms: how often each value occurs. Histograms add up across districts, quantiles do not.

`values` is one axis of bins, in any order, a value may repeat. `counts` has the bins on its last axis; the axes before it are groups, and `q` is
broadcast against them: a table of groups x bins with one `q` gives one number per group, one histogram with several `q` gives one number per `q`.
NaN bins and fractional counts raise ValueError; a group without cases gives NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrik

from kpis.methods.arguments import Floats, Interval, as_interval, binomial_up_to, fractions, known, tail, whole_amounts

#: a tail probability equal to the one allowed, but for the last bits, counts as equal
SAME = 1 + 1e-9


def histogram_quantile(values: ArrayLike, counts: ArrayLike, q: ArrayLike) -> Floats:
    """The sample quantile with linear interpolation: what numpy.quantile and DuckDB's QUANTILE_CONT give on the expanded sample.

    Definition 7 of Hyndman, R. J. and Fan, Y. (1996), "Sample quantiles in statistical packages", The American Statistician 50, 361-365.
    """
    ordered, until = _cumulated(values, counts)
    place = (_size(until) - 1) * known("q", fractions("q", q))
    below = np.floor(place)
    low, high = _at(ordered, until, below + 1), _at(ordered, until, np.ceil(place) + 1)
    return np.asarray(low + (high - low) * (place - below))


def histogram_quantile_interval(values: ArrayLike, counts: ArrayLike, q: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Distribution-free interval of a quantile: the values at the ranks of `order_ranks`. Each bound is NaN where the sample is too small for it.

    Ties raise its coverage, never lower it. Conover, W. J. (1999), "Practical Nonparametric Statistics", 3rd ed., Wiley, section 3.2.
    """
    ordered, until = _cumulated(values, counts)
    lower, upper = order_ranks(_size(until), q, confidence)
    return as_interval(_at(ordered, until, lower), _at(ordered, until, upper))


def order_ranks(n: ArrayLike, q: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Ranks (first = 1) of the ordered values that enclose the `q` quantile of the population, with at most half of 1 - confidence on each side.

    NaN where no such rank exists: the median at 95 % needs 6 cases, the upper bound of the ninth decile 36.
    Conover (1999), as above; Thompson, W. R. (1936), "On confidence ranges for the median and other expectation distributions for populations
    of unknown distribution form", Annals of Mathematical Statistics 7, 122-128.
    """
    size, at, side = np.broadcast_arrays(whole_amounts("n", n), known("q", fractions("q", q)), tail(confidence))
    # Inverting the distribution is slow, and among many groups sizes repeat.
    asked, kind = np.unique(np.stack([size.ravel(), at.ravel(), side.ravel()]), axis=1, return_inverse=True)
    low, high = (_lowest_rank(asked[0], q, asked[2])[kind].reshape(size.shape) for q in (asked[1], 1 - asked[1]))
    lower, upper = low, size + 1 - high
    return np.where(lower >= 1, lower, np.nan), np.where(upper <= size, upper, np.nan)


def _lowest_rank(n: Floats, q: Floats, side: Floats) -> Floats:
    """The largest r with P(Binomial(n, q) <= r - 1) <= side; 0 where there is none. The inverse gives a guess, the distribution itself decides."""
    guess = np.nan_to_num(np.floor(bdtrik(side, n, q)))
    rank = np.zeros_like(n)
    for step in (-1, 0, 1, 2):
        candidate = np.clip(guess + step, 0, n)
        fits = binomial_up_to(np.maximum(candidate - 1, 0), n, q) <= side * SAME
        rank = np.where((candidate >= 1) & fits, np.maximum(rank, candidate), rank)
    return rank


def _cumulated(values: ArrayLike, counts: ArrayLike) -> tuple[Floats, Floats]:
    """The values in order, and how many cases there are up to each."""
    bins, cases = np.atleast_1d(known("values", values)), np.atleast_1d(known("counts", whole_amounts("counts", counts)))
    if bins.ndim != 1 or cases.shape[-1] != bins.size:
        raise ValueError(f"values must be one axis as long as the last axis of counts; their shapes are {bins.shape} and {cases.shape}")
    if (bins[1:] < bins[:-1]).any():  # tables are large: where they are in order already, they are not copied
        order = np.argsort(bins, kind="stable")
        bins, cases = bins[order], cases[..., order]
    return bins, np.cumsum(cases, axis=-1)


def _size(until: Floats) -> Floats:
    """Cases of each group."""
    return until[..., -1] if until.shape[-1] else np.zeros(until.shape[:-1])


def _at(ordered: Floats, until: Floats, rank: Floats) -> Floats:
    """The value that holds each rank (first = 1); NaN where the rank is NaN or the group has no such case."""
    if not ordered.size:
        return np.full(np.broadcast_shapes(until.shape[:-1], rank.shape), np.nan)
    bin_of = np.sum(until < rank[..., np.newaxis], axis=-1)
    exists = (rank >= 1) & (rank <= _size(until))
    return np.where(exists, ordered[np.minimum(bin_of, ordered.size - 1)], np.nan)
