"""Confidence intervals: each gives (lower, upper), float arrays of the broadcast shape of its arguments; proportions as fractions, counts as counts.

NaN in gives NaN out, and so does nothing to divide by. Negative amounts, more cases than there could be, infinity and a confidence outside (0, 1)
raise ValueError. A pandas Series is read by position: its index does not take part. The intervals of counts and of standardised rates, and the
quantile of durations still open, have their own files and are found here too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainccinv, betaincinv, ndtri, stdtrit

from kpis.methods.arguments import Interval, amounts, as_interval, known, numbers, part_and_whole, tail, whole_amounts
from kpis.methods.counts import byar, count_interval, poisson_exact
from kpis.methods.quantiles import histogram_quantile_interval
from kpis.methods.standardisation import dsr
from kpis.methods.survival import kaplan_meier_quantile

__all__ = [
    "byar",
    "count_interval",
    "dsr",
    "kaplan_meier_quantile",
    "mean_t",
    "median_order",
    "newcombe_difference",
    "poisson_exact",
    "rate_ratio_change",
    "wilson",
]


def wilson(x: ArrayLike, n: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Score interval of the proportion x / n; NaN where n is 0. It is never empty at 0 of n nor at n of n.

    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 209-212.
    """
    events, cases, side = np.broadcast_arrays(*part_and_whole("x", x, "n", n), tail(confidence))
    z2 = ndtri(side) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = events / cases
        half = np.sqrt(z2 * (z2 + 4 * events * (1 - p)))
        upper = (2 * events + z2 + half) / (2 * (cases + z2))
        lower = p * events / ((cases + z2) * upper)  # the product of both roots is known: no digits are lost at small p
    return as_interval(np.where(events == 0, 0 * p, np.minimum(lower, p)), np.where(events == cases, p, np.clip(upper, p, 1)))


def rate_ratio_change(x1: ArrayLike, x2: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Relative change x2 / x1 - 1 from a first count to a second (-1 is -100 %), both independent, Poisson, of equal exposure. NaN where x1 is 0.

    Given their sum, x2 is binomial: exact limits of Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of
    the binomial", Biometrika 26, 404-413, carried to the ratio by Przyborowski, J. and Wilenski, H. (1940), "Homogeneity of results in testing
    samples from Poisson series", Biometrika 31, 313-323. It leaves out 0 exactly where `multiplicity.p_two_counts` is below 1 - confidence.
    """
    first, second, side = np.broadcast_arrays(whole_amounts("x1", x1), whole_amounts("x2", x2), tail(confidence))
    a, b = np.where(first == 0, np.nan, first), np.where(second == 0, 1.0, second)
    lower = np.where(second == 0, 0 * a, betaincinv(b, a + 1, side) / betainccinv(a + 1, b, side))
    upper = betainccinv(second + 1, a, side) / betaincinv(a, second + 1, side)
    return as_interval(lower - 1, upper - 1)


def newcombe_difference(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Difference x1 / n1 - x2 / n2 of two independent proportions: for a change over time the present comes first. NaN where n1 or n2 is 0.

    Method 10 (score limits, no continuity correction) of Newcombe, R. G. (1998), "Interval estimation for the difference between independent
    proportions: comparison of eleven methods", Statistics in Medicine 17, 873-890.
    """
    a, m = part_and_whole("x1", x1, "n1", n1)
    b, n = part_and_whole("x2", x2, "n2", n2)
    low1, high1 = wilson(a, m, confidence)
    low2, high2 = wilson(b, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = a / m, b / n
    difference = p1 - p2
    return as_interval(difference - np.hypot(p1 - low1, high2 - p2), difference + np.hypot(high1 - p1, p2 - low2))


def mean_t(n: ArrayLike, mean: ArrayLike, sd: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Student's interval of a mean, from the number of values, their mean and their standard deviation (divisor n - 1). NaN below 2 values.

    Student (1908), "The probable error of a mean", Biometrika 6, 1-25.
    """
    size, centre, spread, side = np.broadcast_arrays(whole_amounts("n", n), numbers("mean", mean), amounts("sd", sd), tail(confidence))
    enough = np.where(size >= 2, size, np.nan)
    half = -stdtrit(enough - 1, side) * spread / np.sqrt(enough)
    return as_interval(centre - half, centre + half)


def median_order(values: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Distribution-free interval of the median of one sample (one axis); both limits NaN below 6 values at 95 %.

    NaN among the values raises ValueError: a case still open is not a missing value. Source: see `quantiles.histogram_quantile_interval`.
    """
    sample = known("values", values)
    if sample.ndim != 1:
        raise ValueError(f"values must be one sample on one axis; its shape is {sample.shape}")
    return histogram_quantile_interval(sample, np.ones_like(sample), 0.5, confidence)
