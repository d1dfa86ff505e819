"""Ratios whose rows are not independent: samples of one point, findings of one inspection, people of one survey cluster.

Works on moments: for each cell (first axis) and stratum (second axis), the number of clusters m, the sums of the clusters' totals y (numerator) and
x (denominator), of their squares and of their product. Moments of disjoint sets of clusters add up; variances do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, Interval, amounts, as_interval
from kpis.methods.intervals import wilson


@dataclass(frozen=True)
class RatioEstimate:
    """`ratio`: sum y / sum x. `error`: its standard error, 0 where no cluster differs. `clusters`, and `freedom`: clusters less strata."""

    ratio: Floats
    error: Floats
    clusters: Floats
    freedom: Floats


def ratio_estimate(m: ArrayLike, y: ArrayLike, x: ArrayLike, yy: ArrayLike, xy: ArrayLike, xx: ArrayLike) -> RatioEstimate:
    """A ratio and its design-based standard error by Taylor linearisation, clusters drawn within strata with replacement.

    A stratum with a single cluster takes its distance to the mean of all clusters, which errs on the large side. NaN where x adds up to 0 and where
    there is one cluster in all. Woodruff, R. S. (1971), "A simple method for approximating the variance of a complicated estimate", Journal of the
    American Statistical Association 66, 411-414; lonely clusters as in Lumley, T. (2010), "Complex Surveys", Wiley, section 2.
    """
    m, y, x, yy, xy, xx = (np.atleast_2d(amounts(n, a)) for n, a in zip(["m", "y", "x", "yy", "xy", "xx"], (m, y, x, yy, xy, xx), strict=True))
    whole, total, clusters = y.sum(1), x.sum(1), m.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(total > 0, whole / total, np.nan)
        r, t = ratio[:, np.newaxis], total[:, np.newaxis]
        squares = np.maximum((yy - 2 * r * xy + r**2 * xx) / t**2, 0)  # of each cluster's linearised value; they add up to 0 over the cell
        centred = np.maximum(squares - ((y - r * x) / t) ** 2 / np.where(m > 0, m, np.nan), 0)
        spread = np.where(m > 1, m / (m - 1) * centred, np.where(m == 1, squares, 0))
        error = np.where(clusters > 1, np.sqrt(np.nan_to_num(spread).sum(1)), np.nan)
    return RatioEstimate(ratio, np.where(np.isnan(ratio), np.nan, error), clusters, clusters - (m > 0).sum(1))


def clustered_wilson(estimate: RatioEstimate, confidence: float = 0.95) -> Interval:
    """Score interval of a proportion at the effective sample size r (1 - r) / error^2; where clusters do not differ, that is their number.

    Korn, E. L. and Graubard, B. I. (1998), "Confidence intervals for proportions with small expected number of positive counts estimated from survey
    data", Survey Methodology 24, 193-201, with Wilson's interval in place of the exact one. Ratios above 1 are no proportion: NaN.
    """
    r = np.where(estimate.ratio > 1, np.nan, estimate.ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(estimate.error > 0, r * (1 - r) / estimate.error**2, estimate.clusters)
    size = np.where(np.isnan(estimate.error) | np.isnan(r), np.nan, np.maximum(size, 1))
    return as_interval(*wilson(np.where(np.isnan(size), np.nan, r * np.nan_to_num(size)), size, confidence))
