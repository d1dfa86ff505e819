"""How much of the variance of an index comes from each thing that was not known or had to be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, Interval, numbers
from kpis.methods.composite_declaration import IndexDeclaration
from kpis.methods.composite_draws import Evidence, choice_draws, value_draws
from kpis.methods.composite_point import coverage, evaluate

FACTORS = ("datos", "pesos", "metas", "agregacion")


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """`first`: share of the variance that would vanish if the factor alone were known. `total`: share that would be left if all others were.
    Both factors x units, NaN where the index is not calculable or does not vary.
    """

    factors: tuple[str, ...]
    first: Floats
    total: Floats


def sobol(f_a: ArrayLike, f_b: ArrayLike, f_ab: ArrayLike) -> Interval:
    """First-order and total indices of each factor (or block of factors) from model outputs with the draws on their first axis: `f_a` and `f_b` of
    two independent samples, `f_ab[i]` of the first with factor i taken from the second. NaN where the output does not vary.

    They are estimates: with few draws a first-order index near 0 may come out below it. Estimators (b) and (f) of table 2 in Saltelli, A., Annoni,
    P., Azzini, I., Campolongo, F., Ratto, M. and Tarantola, S. (2010), "Variance based sensitivity analysis of model output. Design and estimator for
    the total sensitivity index", Computer Physics Communications 181, 259-270; the total index is that of Jansen, M. J. W. (1999).
    """
    a, b, ab = numbers("f_a", f_a), numbers("f_b", f_b), numbers("f_ab", f_ab)
    if a.shape != b.shape or ab.shape[1:] != a.shape:
        raise ValueError(f"f_a, f_b and each of f_ab must have one shape; they are {a.shape}, {b.shape} and {ab.shape[1:]}")
    both = np.concatenate([a, b])
    centre, variance = both.mean(axis=0), both.var(axis=0)
    flat = variance <= 1e-18 * (1 + centre**2)  # what summing in another order leaves behind is not variance
    variance = np.where(flat, np.nan, variance)
    first = ((b - centre) * (ab - a)).mean(axis=1) / variance
    total = ((a - ab) ** 2).mean(axis=1) / (2 * variance)
    return np.asarray(first), np.asarray(total)


def sensitivity(declaration: IndexDeclaration, evidence: Evidence, seed: int, strict: bool = False, draws: int | None = None) -> Sensitivity:
    """Sobol indices of the value of each unit, the factors in four blocks: the indicators, all weights, all goalposts, the mean between dimensions.

    `draws` per sample, those of the declaration if not said; the index is computed six times as often. For the estimators see `sobol`.
    """
    n, rng = draws or declaration.uncertainty.draws, np.random.default_rng(seed)
    covered = coverage(declaration, evidence.values, evidence.not_submitted, strict)
    a, b = choice_draws(declaration, rng, n), choice_draws(declaration, rng, n)
    data_a, data_b = value_draws(declaration, evidence, rng, n), value_draws(declaration, evidence, rng, n)
    with_b = (
        (data_b, a),
        (data_a, replace(a, weights=b.weights, dimension_weights=b.dimension_weights)),
        (data_a, replace(a, low=b.low, high=b.high)),
        (data_a, replace(a, geometric=b.geometric)),
    )
    f_a, f_b, *f_ab = (evaluate(declaration, covered, data, choices)[1] for data, choices in ((data_a, a), (data_b, b), *with_b))
    return Sensitivity(FACTORS, *sobol(f_a, f_b, np.stack(f_ab)))
