"""Scores put together into one, and ordered. Weights say how much of one score another makes up for, only where the mean is arithmetic."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, amounts, known, numbers

METHODS = ("arithmetic", "geometric", "harmonic")


def aggregate(values: ArrayLike, weights: ArrayLike = 1, method: str = "arithmetic", *, floor: float | None = None) -> Floats:
    """Weighted mean over the last axis. Unknown values are dropped and the weights of the others renormalised; NaN where nothing with weight is
    known.

    Geometric and harmonic: a 0 makes the mean 0, whatever the rest; a negative value raises ValueError. With a positive `floor`, values below it
    count as it, so that a 0 weighs much but not everything. OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing,
    step 6; for the three means, Hardy, G. H., Littlewood, J. E. and Polya, G. (1934), "Inequalities", Cambridge University Press, chapter II.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; it is {method!r}")
    if floor is not None and (method == "arithmetic" or not floor > 0):
        raise ValueError("floor must be positive, and is read by the geometric and the harmonic mean only")
    x, w = np.broadcast_arrays(np.atleast_1d(numbers("values", values)), known("weights", amounts("weights", weights)))
    if method != "arithmetic":
        x = x if floor is None else np.maximum(x, floor)
        if (x < 0).any():
            raise ValueError(f"values must not be negative for the {method} mean; the lowest given is {np.nanmin(x):g}")
    counts = ~np.isnan(x) & (w > 0)
    weight = np.where(counts, w, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weight.sum(axis=-1)
        if method == "arithmetic":
            return np.asarray((weight * np.where(counts, x, 0)).sum(axis=-1) / total)
        if method == "geometric":
            return np.asarray(np.exp((weight * np.log(np.where(counts, x, 1))).sum(axis=-1, where=counts) / total))
        return np.asarray(total / (weight / np.where(counts, x, 1)).sum(axis=-1, where=counts))


def ranks(scores: ArrayLike, minimum: int = 1) -> Floats:
    """Along the first axis: 1 for the highest score; equal scores share the better rank (1, 2, 2, 4). NaN where the score is unknown, and everywhere
    where fewer than `minimum` scores are known: a list of few says more than their scores do.

    Goldstein, H. and Spiegelhalter, D. J. (1996), "League tables and their limitations: statistical issues in comparisons of institutional
    performance", Journal of the Royal Statistical Society A 159, 385-443.
    """
    score = np.atleast_1d(numbers("scores", scores))
    placed = np.full(score.shape, np.nan)
    for column, rank in zip(score.reshape(len(score), -1).T, placed.reshape(len(score), -1).T, strict=True):
        given = ~np.isnan(column)
        if given.sum() >= minimum:
            rank[given] = 1 + np.searchsorted(np.sort(-column[given]), -column[given])
    return placed
