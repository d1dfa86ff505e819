"""Funnels: how far from the target a region of its size may be by chance alone, and by chance plus the differences that all regions have.

Nothing to divide by, an unknown and a target that cannot be had give NaN limits, and the label `sin_dato`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from kpis.methods.arguments import (
    Floats,
    Interval,
    Labels,
    amounts,
    as_interval,
    fractions,
    lower_and_upper,
    numbers,
    one_of,
    part_and_whole,
    tail,
)
from kpis.methods.counts import poisson_exact

#: labels of `significance`, from the highest to the lowest
SIGNIFICANCE = ("superior_998", "superior_95", "similar", "inferior_95", "inferior_998")
UNKNOWN = "sin_dato"


def proportion_limits(n: ArrayLike, target: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Limits of the proportion of `n` cases about the target, never outside 0 to 1. NaN where n is 0.

    The normal approximation of Spiegelhalter, D. J. (2005), "Funnel plots for comparing institutional performance", Statistics in Medicine 24,
    1185-1202, as in Public Health England (2017), "Technical Guide: Funnel Plots". It is rough where fewer than 5 cases are expected on either side.
    """
    cases, centre, side = np.broadcast_arrays(amounts("n", n), fractions("target", target), tail(confidence))
    with np.errstate(divide="ignore", invalid="ignore"):
        half = -ndtri(side) * np.sqrt(centre * (1 - centre) / np.where(cases > 0, cases, np.nan))
    return as_interval(np.maximum(centre - half, 0), np.minimum(centre + half, 1))


def count_limits(expected: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
    """Limits of an observed count, as counts; over `expected` they are those of the standardised ratio. NaN where nothing is expected.

    The exact Poisson interval of the expected count, as in Spiegelhalter, D. et al. (2012), "Statistical methods for healthcare regulation: rating,
    screening and surveillance", Journal of the Royal Statistical Society A 175, 1-47, and the SHMI of NHS Digital.
    """
    counts = amounts("expected", expected)
    return poisson_exact(np.where(counts > 0, counts, np.nan), confidence)


@dataclass(frozen=True)
class Overdispersion:
    """`phi`: the mean squared z score of the groups kept, 1 where chance explains all. `tau2`: the variance between groups beyond chance, on the
    scale of the kind. `z`: the score of every group. `target`: the centre of the funnel. `groups`: how many scores `phi` is the mean of.

    Of many screens at once each is a column of one number a screen, beside `z` of screens x groups."""

    kind: str
    target: Any
    phi: Any
    tau2: Any
    groups: Any
    z: Floats

    def limits(self, expected: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
        """Limits of observed / expected (a ratio, a rate or a proportion, as the kind says), widened by `tau2`; NaN where `expected` is 0."""
        size, side = np.broadcast_arrays(amounts("expected", expected), tail(confidence))
        scale = KINDS[self.kind]
        half = -ndtri(side) * np.sqrt(scale.variance(np.where(size > 0, size, np.nan), self.target) + self.tau2)
        centre = scale.forward(np.asarray(self.target))
        return as_interval(scale.back(centre - half), scale.back(centre + half))


def overdispersion(observed: ArrayLike, expected: ArrayLike, *, kind: str, trim: float = 0.1) -> Overdispersion:
    """How much more the groups differ than chance alone would make them. One axis of groups; `trim` is the share of extreme scores tamed at each end.

    `ratio`: observed and expected counts, target 1, log scale, the extreme scores left out (SHMI). A count of 0 enters its logarithm as one half.
    `ratio_sqrt`: the same on the square-root scale, the extreme scores drawn in (winsorised). `rate`: counts and exposures, target the overall rate,
    square-root scale, winsorised. `proportion`: cases and how many there could be, target the overall proportion, arcsine scale, winsorised.
    `phi` and `tau2` are NaN below 2 groups: with nothing to compare, nothing is known of their differences. All equal gives 0 and 0.
    Spiegelhalter (2005) and Spiegelhalter et al. (2012), as above; tau2 from DerSimonian, R. and Laird, N. (1986), "Meta-analysis in clinical
    trials", Controlled Clinical Trials 7, 177-188; leaving out as in NHS Digital, "Summary Hospital-level Mortality Indicator: Methodology".
    """
    if np.ndim(observed) != 1:
        raise ValueError(f"observed must be one axis of groups; its shape is {np.shape(observed)}")
    many = overdispersions(np.asarray(observed)[np.newaxis], np.asarray(expected)[np.newaxis], kind=kind, trim=trim)
    target, phi, tau2, groups = (part.item() for part in (many.target, many.phi, many.tau2, many.groups))
    return Overdispersion(kind, target, phi, tau2, groups, many.z[0])


def overdispersions(observed: ArrayLike, expected: ArrayLike, *, kind: str, trim: float = 0.1) -> Overdispersion:
    """`overdispersion` of each row of a table of screens x groups; a group that is not in a screen is NaN there. Source: see `overdispersion`."""
    scale = KINDS[one_of("kind", kind, KINDS)]
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim must be at least 0 and below 0.5; it is {trim:g}")
    if kind == "proportion":
        events, size = part_and_whole("observed", observed, "expected", expected)
    else:
        events, size = np.broadcast_arrays(amounts("observed", observed), amounts("expected", expected))
    given = ~np.isnan(events) & (size > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = _sum(np.where(given, events, np.nan)) / _sum(np.where(given, size, np.nan))
        target = np.ones_like(pooled) if kind.startswith("ratio") else pooled
        if kind == "ratio":
            events = np.where(events == 0, 0.5, events)
        variance = scale.variance(np.where(given, size, np.nan), target)
        z = np.where(given, (scale.forward(events / size) - scale.forward(target)) / np.sqrt(variance), np.nan)
        scores, weights = scale.tame(z, np.where(given, 1 / variance, np.nan), trim)
        phi, tau2 = _between(scores, weights)
    return Overdispersion(kind, target, phi, tau2, (~np.isnan(scores)).sum(axis=-1, keepdims=True), z)


def significance(value: ArrayLike, inner: tuple[ArrayLike, ArrayLike], outer: tuple[ArrayLike, ArrayLike]) -> Labels:
    """Where each value falls: `superior_998`, `superior_95`, `similar`, `inferior_95`, `inferior_998`; `sin_dato` where it or a limit is unknown.

    `inner` and `outer` are (lower, upper) at 95 and 99.8 %: 0.025 and 0.001 on each side. On a limit is inside it. The two pairs of Public Health
    England (2017), "Technical Guide: Funnel Plots".
    """
    low, high = lower_and_upper("inner lower", inner[0], "inner upper", inner[1])
    lowest, highest = lower_and_upper("outer lower", outer[0], "outer upper", outer[1])
    shown = numbers("value", value)
    unknown = np.isnan(shown + low + high + lowest + highest)
    return np.select(
        [unknown, shown > highest, shown > high, shown < lowest, shown < low],
        [UNKNOWN, "superior_998", "superior_95", "inferior_998", "inferior_95"],
        "similar",
    )


def _sum(table: Floats) -> Floats:
    """Of each row, what is known of it."""
    return np.asarray(np.nansum(table, axis=-1, keepdims=True))


def _between(z: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """phi, and the variance between groups by the method of moments: 0 where the scores differ no more than chance makes them."""
    size = (~np.isnan(z)).sum(axis=-1, keepdims=True)
    phi = np.where(size < 2, np.nan, _sum(z**2) / size)
    spread = _sum(weights) - _sum(weights**2) / _sum(weights)
    return phi, np.maximum(0.0, (size * phi - (size - 1)) / spread)


def _leave_out(z: Floats, weights: Floats, trim: float) -> Interval:
    """Without the `trim` share of groups with the lowest scores, nor that with the highest; the number at each end is rounded down."""
    size = (~np.isnan(z)).sum(axis=-1, keepdims=True)
    cut = np.floor(size * trim + 1e-9)
    rank = np.argsort(np.argsort(z, axis=-1, kind="stable"), axis=-1)  # unknown scores come last
    kept = (rank >= cut) & (rank < size - cut)
    return np.where(kept, z, np.nan), np.where(kept, weights, np.nan)


def _draw_in(z: Floats, weights: Floats, trim: float) -> Interval:
    """Scores beyond the `trim` quantiles become those quantiles."""
    low, high = (_quantile(z, q) for q in (trim, 1 - trim))
    return np.clip(z, low, high), weights


def _quantile(table: Floats, q: float) -> Floats:
    """numpy.quantile of what is known of each row; numpy.nanquantile takes the rows one by one."""
    if not table.shape[-1]:
        return np.full((*table.shape[:-1], 1), np.nan)
    ordered = np.sort(table, axis=-1)
    place = np.maximum((~np.isnan(table)).sum(axis=-1, keepdims=True) - 1, 0) * q
    below = np.floor(place)
    low, high = (np.take_along_axis(ordered, at.astype(int), axis=-1) for at in (below, np.ceil(place)))
    share = place - below
    return np.where(share < 0.5, low + (high - low) * share, high - (high - low) * (1 - share))


@dataclass(frozen=True)
class _Scale:
    """Where chance has about the same variance whatever the value: there, back, that variance, and how extreme scores are tamed."""

    forward: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    variance: Callable[[Floats, Any], Floats]
    tame: Callable[[Floats, Floats, float], Interval]


def _quarter(size: Floats, target: Any) -> Floats:
    return 1 / (4 * size)


_LOG = _Scale(np.log, np.exp, lambda size, target: 1 / (size * target), _leave_out)
_ROOT = _Scale(np.sqrt, lambda y: np.maximum(y, 0) ** 2, _quarter, _draw_in)
_ARCSINE = _Scale(lambda p: np.arcsin(np.sqrt(p)), lambda y: np.sin(np.clip(y, 0, np.pi / 2)) ** 2, _quarter, _draw_in)
KINDS = {"ratio": _LOG, "ratio_sqrt": _ROOT, "rate": _ROOT, "proportion": _ARCSINE}
