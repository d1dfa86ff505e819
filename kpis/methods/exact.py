"""Exact tests: their level holds for every sample size, so that the far tails many comparisons need can be believed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincc, gammainc, gammaincc, gammaln

from kpis.methods.arguments import Floats, amounts, fractions, part_and_whole, whole_amounts

#: a term this small beside the sum so far no longer changes it
NEGLIGIBLE = 1e-17
#: so many terms at a time: one by one, of large samples, asking takes longer than adding
STEPS = np.arange(32)


def p_two_proportions_exact(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Floats:
    """Two-sided p of Fisher's exact test of two independent proportions: twice the smaller tail. NaN where n1 or n2 is 0.

    The score test of `multiplicity` passes its nominal level in the far tails (at rates near 0 or 1, samples of unequal size): 26 comparisons then
    name a false difference in more than 5 % of screens; this one cannot. Fisher, R. A. (1935), "The logic of inductive inference",
    Journal of the Royal Statistical Society 98, 39-82; doubling as in Agresti, A. (2013), "Categorical Data Analysis", 3rd ed., Wiley, section 3.5.
    """
    a, m = part_and_whole("x1", whole_amounts("x1", x1), "n1", whole_amounts("n1", n1))
    b, n = part_and_whole("x2", whole_amounts("x2", x2), "n2", whole_amounts("n2", n2))
    a, m, b, n = np.broadcast_arrays(a, m, b, n)
    given = ~np.isnan(a + m + b + n) & (m > 0) & (n > 0)
    p = np.full(a.shape, np.nan)
    p[given] = _smaller_tail_twice(a[given], m[given], b[given], n[given])
    return p


def p_against_target(x: ArrayLike, n: ArrayLike, target: ArrayLike) -> Floats:
    """Two-sided p that x of n came from a proportion that is `target`: twice the smaller tail of the binomial. NaN where n is 0.

    The limits of `funnel` approximate: among small groups they name several times as many as they promise. What this one names too may be believed.
    Clopper, C. J. and Pearson, E. S. (1934), "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26.
    """
    hits, size = part_and_whole("x", whole_amounts("x", x), "n", whole_amounts("n", n))
    hits, size, share = np.broadcast_arrays(hits, np.where(size > 0, size, np.nan), fractions("target", target))
    up_to = np.where(hits >= size, 1 + 0 * share, betaincc(hits + 1, np.maximum(size - hits, 1), share))
    from_there = np.where(hits == 0, 1 + 0 * share * size, betainc(np.maximum(hits, 1), size - hits + 1, share))
    return np.asarray(np.minimum(1.0, 2 * np.minimum(up_to, from_there)))


def p_against_expected(x: ArrayLike, expected: ArrayLike) -> Floats:
    """Two-sided p that a Poisson count came from what was expected: twice the smaller tail. NaN where nothing is expected.

    Garwood, F. (1936), "Fiducial limits for the Poisson distribution", Biometrika 28, 437-442.
    """
    events, mean = np.broadcast_arrays(whole_amounts("x", x), amounts("expected", expected))
    mean = np.where(mean > 0, mean, np.nan)
    from_there = np.where(events == 0, 1 + 0 * mean, gammainc(np.maximum(events, 1), mean))
    return np.asarray(np.minimum(1.0, 2 * np.minimum(gammaincc(events + 1, mean), from_there)))


def _smaller_tail_twice(a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    """The tail is summed away from the mean, where its terms only fall; the other one is what is left, the outcome itself in both."""
    lower = a * n <= b * m  # fewer than expected in the first sample; otherwise the second is the one with fewer
    hits, size, others, rest = np.where(lower, a, b), np.where(lower, m, n), np.where(lower, b, a), np.where(lower, n, m)
    itself = np.exp(_log_ways(size, hits) + _log_ways(rest, others) - _log_ways(size + rest, hits + others))
    tail, term, at = itself.copy(), itself, np.arange(itself.size)
    while at.size:
        ones, twos = hits[:, np.newaxis] - STEPS, others[:, np.newaxis] + STEPS
        falls = np.maximum(ones, 0) * np.maximum(rest[:, np.newaxis] - twos, 0) / ((size[:, np.newaxis] - ones + 1) * (twos + 1))
        terms = term[:, np.newaxis] * np.cumprod(falls, axis=1)
        tail[at] += terms.sum(axis=1)
        term = terms[:, -1]
        going = term > NEGLIGIBLE * tail[at]
        at, term, size, rest = at[going], term[going], size[going], rest[going]
        hits, others = hits[going] - STEPS.size, others[going] + STEPS.size
    return np.minimum(1.0, 2 * np.minimum(tail, 1 - tail + itself))


def _log_ways(whole: Floats, part: Floats) -> Floats:
    """The logarithm of the number of ways to choose `part` of `whole`."""
    return np.asarray(gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1))
