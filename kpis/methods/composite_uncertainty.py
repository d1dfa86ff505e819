"""How far an index can be believed: its band, the levels its draws fall into, and how often one unit comes out above another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, Interval, as_interval, fractions, numbers
from kpis.methods.composite_declaration import IndexDeclaration
from kpis.methods.composite_draws import Evidence, choice_draws, value_draws
from kpis.methods.composite_point import coverage, evaluate


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """`lower` and `upper` (units) and those of the dimensions (units x dimensions): the band. `level_shares` (units x levels): share of draws in
    each. `levels`: the one level that enough draws agree on, or two adjacent ones; none where the index is not calculable. `above[a, b]`: share of
    draws in which unit a lies above unit b. `ranks` (lower and upper, the same band): NaN where there are too few units to rank.
    """

    lower: Floats
    upper: Floats
    dimension_lower: Floats
    dimension_upper: Floats
    level_shares: Floats
    levels: tuple[tuple[str, ...], ...]
    above: Floats
    ranks: Interval


def simulate(declaration: IndexDeclaration, evidence: Evidence, seed: int, strict: bool = False) -> Uncertainty:
    """Monte Carlo over the indicators and the choices together, as the declaration says. The same seed gives the same answer.

    Saisana, M., Saltelli, A. and Tarantola, S. (2005), "Uncertainty and sensitivity analysis techniques as tools for the quality assessment of
    composite indicators", Journal of the Royal Statistical Society A 168, 307-323.
    """
    how, rng = declaration.uncertainty, np.random.default_rng(seed)
    covered = coverage(declaration, evidence.values, evidence.not_submitted, strict)
    choices = choice_draws(declaration, rng, how.draws)
    dimensions, value = evaluate(declaration, covered, value_draws(declaration, evidence, rng, how.draws), choices)
    shares = level_shares(declaration, value)
    above, places = superiority(value)
    enough = covered.calculable.sum() >= declaration.ranks_from
    ranks = as_interval(*np.quantile(places if enough else np.full_like(places, np.nan), how.band, axis=0, method="inverted_cdf"))
    return Uncertainty(
        *as_interval(*np.quantile(value, how.band, axis=0)),
        *as_interval(*np.quantile(dimensions, how.band, axis=0)),
        shares,
        named_levels(declaration, shares),
        above,
        ranks,
    )


def level_shares(declaration: IndexDeclaration, value: ArrayLike) -> Floats:
    """Share of the draws (first axis) of each unit in each level; NaN where there is no value. See `simulate`."""
    drawn = numbers("value", value)
    since = np.array([level.since for level in declaration.levels])
    reached = np.stack([(drawn >= start).mean(axis=0) for start in since[1:]] or [np.zeros(drawn.shape[1:])], axis=-1)
    reached[np.asarray(np.isnan(drawn).any(axis=0))] = np.nan
    if len(since) == 1:
        return np.asarray(1 - reached)
    return np.concatenate([1 - reached[..., :1], reached[..., :-1] - reached[..., 1:], reached[..., -1:]], axis=-1)


def named_levels(declaration: IndexDeclaration, shares: ArrayLike) -> tuple[tuple[str, ...], ...]:
    """For each unit (units x levels) the level that enough of its draws agree on; otherwise the two adjacent ones that hold most draws. None where
    the shares are unknown. See `simulate`.
    """
    slugs = [level.slug for level in declaration.levels]
    named: list[tuple[str, ...]] = []
    for share in fractions("shares", shares):
        best = int(np.argmax(share))
        if np.isnan(share).any():
            named.append(())
        elif share[best] >= declaration.uncertainty.agreement - 1e-12:
            named.append((slugs[best],))
        else:
            pair = int(np.argmax(share[:-1] + share[1:]))
            named.append((slugs[pair], slugs[pair + 1]))
    return tuple(named)


def superiority(value: ArrayLike) -> Interval:
    """From draws x units: the matrix of P(a > b), and the rank of each unit in each draw (1 is the highest). NaN where a unit has no value; a tie is
    above for neither.

    Goldstein, H. and Spiegelhalter, D. J. (1996), "League tables and their limitations: statistical issues in comparisons of institutional
    performance", Journal of the Royal Statistical Society A 159, 385-443.
    """
    drawn = numbers("value", value)
    unknown = np.isnan(drawn).any(axis=0)
    above, places = np.empty((drawn.shape[1], drawn.shape[1])), np.empty(drawn.shape)
    by_unit = np.ascontiguousarray(drawn.T)
    for unit, its in enumerate(by_unit):
        over_it = by_unit > its
        above[:, unit] = over_it.mean(axis=1)
        places[:, unit] = 1 + over_it.sum(axis=0)
    above[unknown] = above[:, unknown] = places[:, unknown] = np.nan
    return above, places
