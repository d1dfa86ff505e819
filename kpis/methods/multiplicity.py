"""Tests of one difference, and how many of many may be believed. Which comparisons form a family is the caller's decision, not this module's."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from kpis.methods.arguments import Floats, binomial_up_to, fractions, open_fractions, part_and_whole, whole_amounts


def benjamini_hochberg(p: ArrayLike, alpha: float = 0.05) -> NDArray[np.bool_]:
    """Which p values are rejected at false discovery rate `alpha`; the whole array, of any shape, is one family. NaN is neither counted nor rejected.

    Benjamini, Y. and Hochberg, Y. (1995), "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
    Journal of the Royal Statistical Society B 57, 289-300.
    """
    values, level = fractions("p", p), float(open_fractions("alpha", alpha))
    ordered = np.sort(values[~np.isnan(values)])
    passing = ordered[ordered <= level * np.arange(1, ordered.size + 1) / ordered.size] if ordered.size else ordered
    return np.asarray(values <= (passing[-1] if passing.size else -1.0))


def p_two_proportions(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Floats:
    """Two-sided p of the score (pooled z) test of two independent proportions. NaN where n1 or n2 is 0; 1 where all or none happened in both.

    It and the Newcombe interval may disagree near the border: "conclusive" asks for both. Fleiss, J. L., Levin, B. and Paik, M. C. (2003),
    "Statistical Methods for Rates and Proportions", 3rd ed., Wiley, section 3.1, without continuity correction.
    """
    a, m = part_and_whole("x1", x1, "n1", n1)
    b, n = part_and_whole("x2", x2, "n2", n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (a + b) / (m + n)
        difference = np.abs(a / m - b / n)
        z = difference / np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    return np.asarray(2 * ndtr(-np.where(difference == 0, 0.0, z)))


def p_two_counts(x1: ArrayLike, x2: ArrayLike) -> Floats:
    """Exact two-sided p of two independent Poisson counts of equal exposure: given their sum, binomial with one half. NaN where both are 0.

    Przyborowski, J. and Wilenski, H. (1940), "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 313-323.
    """
    first, second = np.broadcast_arrays(whole_amounts("x1", x1), whole_amounts("x2", x2))
    total = np.where(first + second == 0, np.nan, first + second)
    return np.asarray(np.minimum(1.0, 2 * binomial_up_to(np.minimum(first, second), total, 0.5)))
