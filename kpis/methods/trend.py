"""Whether an indicator has been rising or falling over its five latest years. The years are one axis, the last one of the numbers; others are groups.

The answer is `no_calculable`, never a guess, with fewer than five years, a year missing or unknown among the five latest, none or all of the cases in
some year, nothing to divide by, or limits that leave no width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from kpis.methods.arguments import Floats, Labels, known, lower_and_upper, numbers, one_of, part_and_whole

POINTS = 5
#: p = 0.002, one degree of freedom: 9.5495
CRITICAL = float(ndtri(0.001) ** 2)
#: half of a 95 % interval over its standard error, with the two decimals of the published method
Z95 = 1.96
#: what a rise and a fall are called, for a reader who likes what is higher, what is lower, or neither
WORDS = {"up": ("mejora", "empeora"), "down": ("empeora", "mejora"), "context": ("sube", "baja")}
LEVEL, UNKNOWN = "sin_tendencia", "no_calculable"


@dataclass(frozen=True)
class Trend:
    """`label`: `sube`, `baja`, `sin_tendencia`, `no_calculable`. `chi2`: the test's statistic. `slope`: change a year, of the logit or the value."""

    label: Labels
    chi2: Floats
    slope: Floats

    def judged(self, direction: str) -> Labels:
        """The label with `mejora` and `empeora` in place of `sube` and `baja`; `direction` is `up`, `down` or, where neither is good, `context`."""
        rising, falling = WORDS[one_of("direction", direction, WORDS)]
        return np.select([self.label == "sube", self.label == "baja"], [rising, falling], self.label)


def recent_trend(years: ArrayLike, x: ArrayLike, n: ArrayLike) -> Trend:
    """Trend of the proportion x / n: the chi-square test for linear trend, p < 0.002, and a slope of one sign whichever year is left out.

    All equal is `sin_tendencia`. Armitage, P. (1955), "Tests for linear trends in proportions and frequencies", Biometrics 11, 375-386; slopes on the
    logit scale, level and leaving out as in Public Health England, "Fingertips trend markers", public health technical guidance.
    """
    events, cases = part_and_whole("x", x, "n", n)
    t, (a, m) = _latest(years, events, cases)
    defined = np.all((a > 0) & (a < m), axis=-1, keepdims=True)
    a, m = np.where(defined, a, np.nan), np.where(defined, m, np.nan)
    pooled = a.sum(axis=-1) / m.sum(axis=-1)
    drift = (t * (a - m * pooled[..., np.newaxis])).sum(axis=-1)
    variance = pooled * (1 - pooled) * ((m * t**2).sum(axis=-1) - (m * t).sum(axis=-1) ** 2 / m.sum(axis=-1))
    return _answer(drift**2 / variance, _slopes(t, np.log(a / (m - a)), np.ones_like(a)))


def recent_trend_of_values(years: ArrayLike, value: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Trend:
    """Trend of any indicator with 95 % limits: weighted least squares, weights from the width of the limits. Source and the rest: see `recent_trend`.

    All equal is `sin_tendencia`.
    """
    low, high, centre = np.broadcast_arrays(*lower_and_upper("lower", lower, "upper", upper), numbers("value", value))
    t, (y, width) = _latest(years, centre, high - low)
    defined = np.all(~np.isnan(y) & (width > 0), axis=-1, keepdims=True)
    weight = (2 * Z95 / np.where(defined, width, np.nan)) ** 2
    slopes = _slopes(t, y, weight)
    centred = t - ((weight * t).sum(axis=-1) / weight.sum(axis=-1))[..., np.newaxis]
    return _answer(slopes[..., 0] ** 2 * (weight * centred**2).sum(axis=-1), slopes)


def _latest(years: ArrayLike, *series: Floats) -> tuple[Floats, list[Floats]]:
    """The five latest years, centred, and each series at them: NaN where a year is missing."""
    when = known("years", years)
    if when.ndim != 1 or any(s.shape[-1:] != when.shape for s in series):
        raise ValueError(f"years must be one axis as long as the last one of the numbers; its shape is {when.shape}")
    if (when % 1 != 0).any() or np.unique(when).size < when.size:
        raise ValueError("years must be whole and each given once")
    t = np.arange(POINTS, dtype=np.float64) - POINTS // 2
    found = [np.full((*s.shape[:-1], POINTS), np.nan) for s in series]
    back = when.max() - when if when.size else when
    for place in np.flatnonzero(back < POINTS):
        for old, new in zip(series, found, strict=True):
            new[..., POINTS - 1 - int(back[place])] = old[..., place]
    return t, found


def _slopes(t: Floats, y: Floats, weight: Floats) -> Floats:
    """Slopes of the weighted line through all points, then through all but each one, on a new last axis."""
    fits = np.vstack([np.ones(POINTS), 1 - np.eye(POINTS)])
    w = weight[..., np.newaxis, :] * fits
    centred = t - ((w * t).sum(axis=-1) / w.sum(axis=-1))[..., np.newaxis]
    return np.asarray((w * centred * y[..., np.newaxis, :]).sum(axis=-1) / (w * centred**2).sum(axis=-1))


def _answer(chi2: Floats, slopes: Floats) -> Trend:
    """A trend only where the test says so and no single year decides its sign."""
    clear = chi2 > CRITICAL
    rising, falling = (slopes > 0).all(axis=-1), (slopes < 0).all(axis=-1)
    label = np.select([np.isnan(chi2), clear & rising, clear & falling], [UNKNOWN, "sube", "baja"], LEVEL)
    return Trend(label, np.asarray(chi2), np.asarray(slopes[..., 0]))
