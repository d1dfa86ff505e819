"""Rates made comparable between populations of different make-up: each stratum's rate, weighted by a standard population."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, Interval, amounts, as_interval, known
from kpis.methods.counts import BYAR_FROM, byar


def dsr_value(x: ArrayLike, n: ArrayLike, weights: ArrayLike) -> Floats:
    """Directly standardised rate, sum(w * x / n) / sum(w) over the strata of the last axis, per unit of `n`. NaN as in `dsr`. Source: see `dsr`."""
    events, _, rate = _standardised(x, n, weights)
    return np.where(events >= BYAR_FROM, rate, np.nan)


def dsr(x: ArrayLike, n: ArrayLike, weights: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Limits of the directly standardised rate: Byar's limits of the events of all strata, scaled to the variance of the weighted sum.

    NaN below 10 events in all, where the approximation does not hold, and where a stratum that weighs is unknown or has nobody in it. A stratum of
    weight 0 takes no part. `x` may exceed `n` (events per year lived), and `weights` need not add up to anything.
    Dobson, A. J., Kuulasmaa, K., Eberle, E. and Scherer, J. (1991), "Confidence intervals for weighted sums of Poisson parameters", Statistics in
    Medicine 10, 457-462; Byar's limits and the least of 10 events as in Public Health England (2018), "Technical Guide: Confidence Intervals".
    """
    events, variance, rate = _standardised(x, n, weights)
    enough = np.where(events >= BYAR_FROM, events, np.nan)
    lower, upper = byar(enough, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(variance / enough)
    return as_interval(rate + scale * (lower - enough), rate + scale * (upper - enough))


def _standardised(x: ArrayLike, n: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Events of the strata that weigh, and the standardised rate with its variance, where events are Poisson in each stratum."""
    given = (np.atleast_1d(a) for a in (amounts("x", x), amounts("n", n), known("weights", amounts("weights", weights))))
    events, people, weight = np.broadcast_arrays(*given)
    weighs = weight > 0
    people = np.where(people > 0, people, np.nan)
    whole = weight.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        rate = np.where(weighs, weight * events / people, 0.0).sum(axis=-1) / whole
        variance = np.where(weighs, weight**2 * events / people**2, 0.0).sum(axis=-1) / whole**2
    return np.where(weighs, events, 0.0).sum(axis=-1), variance, rate
