"""Whether two groups of durations, some still open, end at the same pace: the log-rank test from histograms."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from kpis.methods.arguments import Floats, known, whole_amounts


def p_logrank(values: ArrayLike, ended1: ArrayLike, open1: ArrayLike, ended2: ArrayLike, open2: ArrayLike) -> Floats:
    """Two-sided p for each pair of groups (rows); `values` is one axis of durations, counts are groups x values. NaN without ends in either.

    Mantel, N. (1966), "Evaluation of survival data and two new rank order statistics arising in its consideration", Cancer Chemotherapy Reports 50,
    163-170; hypergeometric variance. What is open at a duration was at risk at it.
    """
    order = np.argsort(known("values", values))
    given = {"ended1": ended1, "open1": open1, "ended2": ended2, "open2": open2}
    d1, c1, d2, c2 = (np.atleast_2d(whole_amounts(name, part))[:, order] for name, part in given.items())
    risk1, risk2 = (np.cumsum((d + c)[:, ::-1], axis=1)[:, ::-1] for d, c in ((d1, c1), (d2, c2)))
    risk, ends = risk1 + risk2, d1 + d2
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(risk > 0, ends * risk1 / risk, 0)
        variance = np.where(risk > 1, ends * (risk1 / risk) * (risk2 / risk) * (risk - ends) / (risk - 1), 0)
        statistic = (d1.sum(1) - expected.sum(1)) ** 2 / variance.sum(1)
    return np.where(variance.sum(1) > 0, chdtrc(1, np.nan_to_num(statistic)), np.nan)
