"""How long until it ends, when some cases are still open: Kaplan-Meier quantiles and their limits, from a sample or from integer histograms.

Whoever leaves the open cases out says that everything is quick. `values` is one axis of durations, in any order, a value may repeat; `events` (ended
at that duration) and `censored` (still open at it) have the durations on their last axis, the axes before it are groups, and `q` is broadcast against
them. A case still open at a duration was at risk at it. NaN and negative or fractional counts raise ValueError; a group without cases gives NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from kpis.methods.arguments import Floats, Interval, amounts, as_interval, fractions, known, tail, whole_amounts

#: two shares of a group this near are the same share, but for the last bits
SAME = 1e-10


def kaplan_meier_quantile(durations: ArrayLike, observed: ArrayLike, q: ArrayLike) -> Floats:
    """The quantile of one sample (one axis), one number for each `q`; `observed` is false where a case is still open.

    Source: see `histogram_survival_quantile`.
    """
    times, ended = known("durations", amounts("durations", durations)), known("observed", fractions("observed", observed))
    if times.ndim != 1 or times.shape != ended.shape:
        raise ValueError(f"durations and observed must be one sample on one axis; their shapes are {times.shape} and {ended.shape}")
    return histogram_survival_quantile(times, ended, 1 - ended, q)


def histogram_survival_quantile(values: ArrayLike, events: ArrayLike, censored: ArrayLike, q: ArrayLike) -> Floats:
    """The first duration by which a share `q` has ended; NaN where so many have not ended yet.

    Where exactly that share has ended for a while, the middle of that while (up to the last duration known, when nothing ends after it): with nothing
    censored the median is the ordinary one. `q` 0 gives the first duration at which something ended.
    Kaplan, E. L. and Meier, P. (1958), "Nonparametric estimation from incomplete observations", Journal of the American Statistical Association 53,
    457-481; the middle as in `quantile.survfit` of Therneau, T. M. (2024), "A Package for Survival Analysis in R".
    """
    curve, left = _curve(values, events, censored), 1 - known("q", fractions("q", q))[..., np.newaxis]
    start, reached = _first((curve.surviving <= left + SAME) & curve.begun)
    here = np.take_along_axis(np.broadcast_to(curve.surviving, (*start.shape, curve.times.size)), start[..., np.newaxis], axis=-1)
    following, again = _first((curve.events > 0) & (np.arange(curve.times.size) > start[..., np.newaxis]))
    end = np.where(again, following, curve.last)
    level = np.abs(here - left)[..., 0] <= SAME
    middle = (curve.times[start] + curve.times[np.maximum(start, end)]) / 2
    return np.where(reached, np.where(level, middle, curve.times[start]), np.nan)


def histogram_survival_interval(values: ArrayLike, events: ArrayLike, censored: ArrayLike, q: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Limits of that quantile: the durations at which the pointwise limits of the curve pass the share. Each is NaN where its limit does not.

    Both are NaN where all cases ended at one duration (the curve has no variance there: `quantiles.histogram_quantile_interval` has an answer when
    nothing is censored), and at `q` 0 and 1. At the last step to zero the limits keep those of the step before.
    Brookmeyer, R. and Crowley, J. (1982), "A confidence interval for the median survival time", Biometrics 38, 29-41, with Greenwood's variance on
    the log(-log) scale: Kalbfleisch, J. D. and Prentice, R. L. (1980), "The Statistical Analysis of Failure Time Data", Wiley, section 1.3.
    """
    curve, left = _curve(values, events, censored), 1 - known("q", fractions("q", q))[..., np.newaxis]
    low, high = _bands(curve, -ndtri(tail(confidence))[..., np.newaxis])
    asked = curve.begun & (left > 0) & (left < 1)
    passed = np.asarray((high <= left) & asked)
    settled = np.logical_and.accumulate(passed[..., ::-1], axis=-1)[..., ::-1]
    (lower, has_lower), (upper, has_upper) = _first((low <= left) & asked), _first(settled)
    return as_interval(np.where(has_lower, curve.times[lower], np.nan), np.where(has_upper, curve.times[upper], np.nan))


@dataclass(frozen=True)
class _Curve:
    """Durations in order, each once; how many ended at each, how many were at risk, the share that goes on; whether something has ended by then."""

    times: Floats
    events: Floats
    at_risk: Floats
    surviving: Floats
    begun: NDArray[np.bool_]
    #: where the last case of each group is
    last: NDArray[np.intp]


def _curve(values: ArrayLike, events: ArrayLike, censored: ArrayLike) -> _Curve:
    bins = np.atleast_1d(known("values", values))
    ended, still = (np.atleast_1d(known(name, whole_amounts(name, c))) for name, c in (("events", events), ("censored", censored)))
    if bins.ndim != 1 or ended.shape[-1] != bins.size or still.shape[-1] != bins.size:
        shapes = f"{bins.shape}, {ended.shape} and {still.shape}"
        raise ValueError(f"values must be one axis as long as the last axis of events and of censored; their shapes are {shapes}")
    if not bins.size:  # no durations: one that nobody had
        bins, ended, still = np.full(1, np.nan), *(np.zeros((*c.shape[:-1], 1)) for c in (ended, still))
    order = np.argsort(bins, kind="stable")
    times, starts = np.unique(bins[order], return_index=True)
    ended, still = np.broadcast_arrays(*(np.add.reduceat(c[..., order], starts, axis=-1) for c in (ended, still)))
    cases = ended + still
    at_risk = np.cumsum(cases[..., ::-1], axis=-1)[..., ::-1]
    surviving = np.asarray(np.cumprod(1 - ended / np.maximum(at_risk, 1), axis=-1), dtype=np.float64)
    last = times.size - 1 - np.argmax(cases[..., ::-1] > 0, axis=-1)
    return _Curve(times, ended, at_risk, surviving, np.cumsum(ended, axis=-1) > 0, last)


def _bands(curve: _Curve, z: Floats) -> Interval:
    """Pointwise limits of the curve: 1 until something ends, and at the last step to zero, which has no variance, those of the step before."""
    after = curve.at_risk - curve.events
    counted = np.where((curve.events > 0) & (after > 0), curve.events, 0.0)
    greenwood = np.cumsum(counted / np.maximum(curve.at_risk * after, 1), axis=-1)
    log_surviving = np.cumsum(np.log1p(-counted / np.maximum(curve.at_risk, 1)), axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(counted.cumsum(axis=-1) > 0, z * np.sqrt(greenwood) / -log_surviving, 0.0)
    return np.exp(log_surviving * np.exp(half)), np.exp(log_surviving * np.exp(-half))


def _first(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where the mask is true for the first time along its last axis, and whether it ever is."""
    return np.argmax(mask, axis=-1), np.any(mask, axis=-1)
