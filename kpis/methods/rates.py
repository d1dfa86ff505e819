"""Rates and ratios of independent counts: exact tests and limits, and the ratio of two proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainccinv, betaincinv, ndtr, ndtri

from kpis.methods.arguments import Floats, Interval, amounts, as_interval, binomial_up_to, part_and_whole, tail, whole_amounts


def p_two_rates(x1: ArrayLike, e1: ArrayLike, x2: ArrayLike, e2: ArrayLike) -> Floats:
    """Exact two-sided p (twice the smaller tail) that two Poisson counts with exposures e1, e2 have one rate. NaN without events or exposure.

    Given their sum, x1 is binomial with probability e1 / (e1 + e2): Przyborowski, J. and Wilenski, H. (1940), Biometrika 31, 313-323.
    """
    a, m, b, n = np.broadcast_arrays(whole_amounts("x1", x1), amounts("e1", e1), whole_amounts("x2", x2), amounts("e2", e2))
    total = np.where((a + b > 0) & (m > 0) & (n > 0), a + b, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = m / (m + n)
    below = np.where(a >= total, 1.0, binomial_up_to(np.minimum(a, np.maximum(total - 1, 0)), total, share))
    above = np.where(a == 0, 1.0, 1 - binomial_up_to(np.maximum(a - 1, 0), total, share))
    return np.where(np.isnan(total), np.nan, np.minimum(1.0, 2 * np.minimum(below, above)))


def rate_ratio(x1: ArrayLike, e1: ArrayLike, x2: ArrayLike, e2: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Exact limits of the ratio of two Poisson rates, (x2 / e2) / (x1 / e1). NaN where x1 or an exposure is 0. Source: see `p_two_rates`."""
    a, m, b, n, side = np.broadcast_arrays(whole_amounts("x1", x1), amounts("e1", e1), whole_amounts("x2", x2), amounts("e2", e2), tail(confidence))
    first, second = np.where((a > 0) & (m > 0) & (n > 0), a, np.nan), np.where(b == 0, 1.0, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = m / n
        lower = np.where(b == 0, 0 * first, betaincinv(second, first + 1, side) / betainccinv(first + 1, second, side))
        upper = betainccinv(b + 1, first, side) / betaincinv(first, b + 1, side)
        return as_interval(scale * lower, scale * upper)


def katz_ratio(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Limits of the ratio of two proportions, (x1 / n1) / (x2 / n2), on the log scale. NaN where n1, n2 or x2 is 0; from x1 = 0 the lower one is 0.

    Katz, D. et al. (1978), "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34, 469-474; half a case is added
    for the upper limit at x1 = 0, as in Walter, S. D. (1975), "The distribution of Levin's measure of attributable risk", Biometrika 62, 371-374.
    """
    a, m = part_and_whole("x1", x1, "n1", n1)
    b, n = part_and_whole("x2", x2, "n2", n2)
    a, m, b, n, side = np.broadcast_arrays(a, m, b, n, tail(confidence))
    none = (m == 0) | (n == 0) | (b == 0)
    p, q = np.where(a == 0, 0.5, a), np.where(a == 0, m + 0.5, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(none, np.nan, (p / q) / (b / n))
        half = -ndtri(side) * log_ratio_error(p, q, b, n)
        return as_interval(np.where(a == 0, 0 * ratio, ratio * np.exp(-half)), ratio * np.exp(half))


def log_ratio_error(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Floats:
    """Standard error of the logarithm of the ratio of two proportions; NaN where it is not defined. Source: see `katz_ratio`."""
    a, m, b, n = (np.asarray(v, dtype=float) for v in (x1, n1, x2, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.maximum(1 / a - 1 / m + 1 / b - 1 / n, 0))
    return np.where(np.isfinite(error), error, np.nan)


def p_normal(difference: ArrayLike, error: ArrayLike) -> Floats:
    """Two-sided p of a difference that is normal with standard error `error`. No difference gives 1; NaN where the error is 0 or unknown."""
    d, e = np.broadcast_arrays(np.asarray(difference, dtype=float), np.asarray(error, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * ndtr(-np.abs(d) / e)
    return np.where(np.isnan(d) | ~(e > 0), np.where(d == 0, 1.0, np.nan), p)
