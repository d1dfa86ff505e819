"""Exact tests: their level holds for every sample size, so that the far tails many comparisons need can be believed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import hypergeom

from kpis.methods.arguments import Floats, part_and_whole, whole_amounts


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
    hits, sizes, events, cases = a[given], m[given], (a + b)[given], (m + n)[given]
    below, above = hypergeom.cdf(hits, cases, events, sizes), hypergeom.sf(hits - 1, cases, events, sizes)
    p[given] = np.minimum(1.0, 2 * np.minimum(below, above))
    return p
