"""What is not known of an index, drawn at random: the indicators, from what is known of each, and the choices of whoever built it.

Every draw is one whole world: the choices are the same for all units, so that two units can be compared draw by draw. Indicators are drawn
independently of each other. The same generator in the same state gives the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from kpis.methods.arguments import Floats, amounts, known, numbers, part_and_whole, tail
from kpis.methods.composite_declaration import IndexDeclaration
from kpis.methods.composite_point import Choices, official, table

Generator = np.random.Generator


@dataclass(frozen=True, eq=False)
class Evidence:
    """`values`, and what is known of how exact they are: tables of units x indicators in the order of the declaration, NaN where there is nothing.

    `events` and `exposure`: x and n of a proportion, events and exposure of a rate. `lower` and `upper`: limits at `confidence`. `draws`: by id of
    the indicator, draws x units from outside (a bootstrap); they come first, then the declared distribution, then the limits. A value with none of
    them is taken as exact. `not_submitted` marks the missing values that are missing because nothing was sent.
    """

    values: Floats
    events: Floats | None = None
    exposure: Floats | None = None
    lower: Floats | None = None
    upper: Floats | None = None
    draws: dict[str, Floats] = field(default_factory=dict)
    not_submitted: NDArray[np.bool_] | None = None
    confidence: float = 0.95


def beta_draws(rng: Generator, x: ArrayLike, n: ArrayLike, draws: int) -> Floats:
    """Draws (on the first axis) of the proportion behind x of n, from its posterior under Jeffreys' prior: Beta(x + 1/2, n - x + 1/2).

    Brown, L. D., Cai, T. T. and DasGupta, A. (2001), "Interval estimation for a binomial proportion", Statistical Science 16, 101-133.
    """
    events, cases = part_and_whole("x", known("x", x), "n", known("n", n))
    return rng.beta(events + 0.5, cases - events + 0.5, (draws, *events.shape))


def gamma_draws(rng: Generator, events: ArrayLike, exposure: ArrayLike, draws: int) -> Floats:
    """Draws (on the first axis) of the rate behind a count over an exposure, from its posterior under Jeffreys' prior: Gamma(events + 1/2) /
    exposure.

    Brown, L. D., Cai, T. T. and DasGupta, A. (2003), "Interval estimation in exponential families", Statistica Sinica 13, 19-49.
    """
    count, over = np.broadcast_arrays(known("events", amounts("events", events)), known("exposure", exposure))
    if (over <= 0).any():
        raise ValueError(f"exposure must be positive; the lowest given is {over.min():g}")
    return np.asarray(rng.standard_gamma(count + 0.5, (draws, *count.shape)) / over)


def interval_draws(rng: Generator, values: ArrayLike, lower: ArrayLike, upper: ArrayLike, draws: int, confidence: float = 0.95) -> Floats:
    """Normal draws (on the first axis) around the value; where the limits are not symmetrical each half has the width of its own, so that the value
    is the median and the limits are the quantiles they claim to be. NaN limits: the value itself, in every draw.

    For the normal, BIPM (2008), "Evaluation of measurement data: Supplement 1 to the Guide to the expression of uncertainty in measurement",
    JCGM 101, section 6.4; the two halves are our own extension of it.
    """
    value, low, high = np.broadcast_arrays(known("values", values), numbers("lower", lower), numbers("upper", upper))
    if ((low > value) | (high < value)).any():
        raise ValueError("lower must not exceed the value, nor the value upper")
    width = np.nan_to_num(np.stack([value - low, high - value]) / -ndtri(tail(confidence)))
    z = rng.standard_normal((draws, *value.shape))
    return np.asarray(value + z * np.where(z < 0, width[0], width[1]))


def dirichlet_weights(rng: Generator, weights: ArrayLike, spread: float, draws: int) -> Floats:
    """Weights that add up to 1 in each draw (draws x weights), with the given ones as their mean. The weighted mean of their squared coefficients of
    variation is spread squared: around 25 %, the small ones vary more and the large ones less.

    Kotz, S., Balakrishnan, N. and Johnson, N. L. (2000), "Continuous Multivariate Distributions", volume 1, 2nd ed., Wiley, chapter 49.
    """
    centre = known("weights", amounts("weights", weights))
    centre = centre / centre.sum()
    if spread == 0 or centre.size == 1:
        return np.repeat(centre[np.newaxis], draws, axis=0)
    concentration = (centre.size - 1) / spread**2 - 1
    if not (spread > 0 and concentration > 0):
        raise ValueError(f"spread must lie between 0 and {np.sqrt(centre.size - 1):g} for {centre.size} weights; it is {spread:g}")
    raw = rng.standard_gamma(concentration * centre, (draws, centre.size))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def choice_draws(declaration: IndexDeclaration, rng: Generator, draws: int) -> Choices:
    """Weights of indicators and dimensions, goalposts and mean, varied as the declaration says. A goalpost moves by a share of the way between both,
    uniformly: a share of its own value would leave one at 0 where it is, and let one of 80 to 99 pass the other.

    Saisana, M., Saltelli, A. and Tarantola, S. (2005), "Uncertainty and sensitivity analysis techniques as tools for the quality assessment of
    composite indicators", Journal of the Royal Statistical Society A 168, 307-323.
    """
    how, declared = declaration.uncertainty, official(declaration)
    inside = [dirichlet_weights(rng, [i.weight for i in dimension.indicators], how.weights_spread, draws) for dimension in declaration.dimensions]
    between = dirichlet_weights(rng, declaration.dimension_weights, how.weights_spread, draws)
    way = declared.high - declared.low
    low, high = (end + way * rng.uniform(-how.goalposts_shift, how.goalposts_shift, (draws, way.size)) for end in (declared.low, declared.high))
    geometric = (rng.random(draws) < how.other_mean) != declared.geometric
    return Choices(np.concatenate(inside, axis=1), between, low, high, geometric)


def value_draws(declaration: IndexDeclaration, evidence: Evidence, rng: Generator, draws: int) -> Floats:
    """Values drawn (draws x units x indicators), 0 where the value is missing; see `Evidence` for what they are drawn from."""
    values = table(declaration, "values", evidence.values)
    strangers = sorted(set(evidence.draws) - set(declaration.indicator_ids))
    if strangers:
        raise ValueError(f"draws are given for {', '.join(strangers)}, which {declaration.id} does not have")
    empty = np.full(values.shape, np.nan)
    events, exposure, lower, upper = (
        empty if given is None else table(declaration, name, given)
        for name, given in (("events", evidence.events), ("exposure", evidence.exposure), ("lower", evidence.lower), ("upper", evidence.upper))
    )
    drawn = np.zeros((draws, *values.shape))
    for j, indicator in enumerate(declaration.indicators):
        given = ~np.isnan(values[:, j])
        if indicator.id in evidence.draws:
            drawn[:, given, j] = _resampled(rng, indicator.id, evidence.draws[indicator.id], given, draws)
            continue
        counted = given & (exposure[:, j] > 0) & ~np.isnan(events[:, j]) & (indicator.distribution != "interval")
        x, n = events[counted, j], exposure[counted, j]
        if not np.allclose(indicator.scale * x / n, values[counted, j], rtol=0.01, atol=indicator.scale / 2000):
            raise ValueError(f"values of {indicator.id} must be {indicator.scale:g} * events / exposure")
        draw = beta_draws if indicator.distribution == "beta" else gamma_draws
        drawn[:, counted, j] = indicator.scale * draw(rng, x, n, draws)
        rest = given & ~counted
        drawn[:, rest, j] = interval_draws(rng, values[rest, j], lower[rest, j], upper[rest, j], draws, evidence.confidence)
    return drawn


def _resampled(rng: Generator, name: str, handed: ArrayLike, given: NDArray[np.bool_], draws: int) -> Floats:
    """Draws from outside for the units whose value is known; as many as asked for, whole rows, so that units drawn together stay together."""
    rows = numbers(f"draws of {name}", handed)
    if rows.ndim != 2 or rows.shape[1] != given.size or not rows.shape[0]:
        raise ValueError(f"draws of {name} must be draws x {given.size} units; their shape is {rows.shape}")
    rows = known(f"draws of {name}, where the value is given,", rows[:, given])
    return rows if len(rows) == draws else rows[rng.integers(len(rows), size=draws)]
