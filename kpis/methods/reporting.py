"""Who reported, which reported values are far from the rest, and indicators per year: the arithmetic of routine reporting systems."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpis.methods.arguments import Floats, Interval, amounts, as_interval, numbers, one_of

#: what makes the median absolute deviation of a normal sample its standard deviation: 0.6745 of it
NORMAL_MAD = 0.6745
METHODS = ("z", "modified_z")
DAYS_OF_YEAR = 365


def reporting_rate(sent: ArrayLike, expected: ArrayLike) -> Floats:
    """The share of the expected reports that arrived. Expected and nothing known to be sent is 0; nothing expected is NaN, never 100 %.

    More sent than expected stays above 1: it is a finding, not something to hide. World Health Organization (2017), "Data quality review: a toolkit
    for facility data quality assessment", module 1, as computed by DHIS2.
    """
    arrived, due = np.broadcast_arrays(amounts("sent", sent), amounts("expected", expected))
    return np.asarray(np.nan_to_num(arrived) / np.where(due > 0, due, np.nan))


def indicator_value(numerator: ArrayLike, denominator: ArrayLike, factor: ArrayLike = 1.0, days: ArrayLike | None = None) -> Floats:
    """numerator / denominator * factor; with `days`, the length of all its periods, carried to a year of 365 days. NaN with nothing to divide by.

    Where the length is unknown (NaN) the value is not carried: it is the period's own. Annualised indicators of DHIS2 (2024), "User guide".
    """
    whole = numbers("denominator", denominator)
    length = np.full((), np.nan) if days is None else amounts("days", days)
    if (length == 0).any():
        raise ValueError("days must not be 0")
    times = np.where(np.isnan(length), 1.0, DAYS_OF_YEAR / length)
    return np.asarray(numbers("numerator", numerator) / np.where(whole == 0, np.nan, whole) * numbers("factor", factor) * times)


def z_scores(values: ArrayLike, method: str = "z") -> Floats:
    """Distance of each value of the last axis from their centre, in spreads: NaN where they do not spread (all equal, one value), or it is unknown.

    `z`: mean and standard deviation (divisor n). `modified_z`: median and median absolute deviation over 0.6745, which one wild value does not move.
    Iglewicz, B. and Hoaglin, D. C. (1993), "How to Detect and Handle Outliers", ASQC Quality Press; as in WHO (2017), "Data quality review".
    """
    shown = np.atleast_1d(numbers("values", values))
    centre, spread = _centre(shown, method)
    return np.asarray((shown - centre[..., np.newaxis]) / spread[..., np.newaxis])


def outlier_bounds(values: ArrayLike, threshold: float, method: str = "z") -> Interval:
    """What lies outside of these is an outlier: `threshold` spreads on each side of the centre. NaN where nothing spreads: see `z_scores`."""
    centre, spread = _centre(np.atleast_1d(numbers("values", values)), method)
    if not threshold > 0:
        raise ValueError(f"threshold must be positive; it is {threshold:g}")
    return as_interval(centre - threshold * spread, centre + threshold * spread)


def outliers(values: ArrayLike, threshold: float, method: str = "z") -> NDArray[np.bool_]:
    """Which values lie outside `outlier_bounds`. Where the values do not spread and where one is unknown, none does. Source: see `z_scores`."""
    low, high = outlier_bounds(values, threshold, method)
    shown = np.atleast_1d(numbers("values", values))
    return np.asarray((shown < low[..., np.newaxis]) | (shown > high[..., np.newaxis]))


def _centre(shown: Floats, method: str) -> Interval:
    """Centre and spread of the known values of the last axis; NaN spread where there is none."""
    one_of("method", method, METHODS)
    known = np.ma.masked_invalid(shown)
    if method == "z":
        centre, spread = known.mean(axis=-1), known.std(axis=-1)
    else:
        centre = np.ma.median(known, axis=-1)
        spread = np.ma.median(np.abs(known - np.asarray(centre)[..., np.newaxis]), axis=-1) / NORMAL_MAD
    centre, spread = (np.ma.filled(np.ma.asarray(a, dtype=np.float64), np.nan) for a in (centre, spread))
    return centre, np.where(spread > 0, spread, np.nan)
