"""What moves a computed index: each indicator left out in turn, and a change between two periods split by indicator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats
from kpis.methods.composite_declaration import IndexDeclaration
from kpis.methods.composite_point import Choices, Point, coverage, evaluate, mean_of_dimensions, official, table


@dataclass(frozen=True, eq=False)
class Change:
    """`total` = the sum of `indicators` + `composition`: the part that comes of what could be measured in one period only."""

    total: Floats
    indicators: Floats
    composition: Floats


def leave_one_out(declaration: IndexDeclaration, values: ArrayLike, not_submitted: ArrayLike | None = None, strict: bool = False) -> Floats:
    """The index without each indicator in turn (units x indicators), its weight given to the others of its dimension, or to the other dimensions
    where it was alone. The missing rule is that of the full index.

    Saisana, M., Saltelli, A. and Tarantola, S. (2005), "Uncertainty and sensitivity analysis techniques as tools for the quality assessment of
    composite indicators", Journal of the Royal Statistical Society A 168, 307-323.
    """
    covered, choices = coverage(declaration, values, not_submitted, strict), official(declaration)
    one_less = choices.weights * (1 - np.eye(len(declaration.indicators)))
    low, high = (np.repeat(end, len(one_less), axis=0) for end in (choices.low, choices.high))
    rows = Choices(one_less, choices.dimension_weights, low, high, choices.geometric)
    return evaluate(declaration, covered, np.nan_to_num(table(declaration, "values", values))[np.newaxis], rows)[1].T


def contributions(declaration: IndexDeclaration, before: Point, after: Point) -> Change:
    """How much of the change of the index comes from each indicator, exactly: no residual. Both points have the same units in the same order.

    Indicators are compared where both periods have them; what entered or left, and the weights that moved with it, is `composition`. Logarithmic mean
    Divisia weights between dimensions, in Ang, B. W. (2005), "The LMDI approach to decomposition analysis: a practical guide",
    Energy Policy 33, 867-871; inside a dimension the mean is linear.
    """
    if before.value.shape != after.value.shape:
        raise ValueError(f"before and after must hold the same units; they are {before.value.size} and {after.value.size}")
    belongs, geometric = declaration.belongs, official(declaration).geometric
    counted = before.coverage.counted & after.coverage.counted
    common = before.coverage.present & after.coverage.present & (counted @ belongs.T > 0)
    weights = np.where(common, declaration.weights, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = weights @ belongs
        inside = np.where(common, weights / (whole @ belongs.T), 0)
        first, last = (np.where(whole > 0, (inside * np.where(common, p.scores, 0)) @ belongs, np.nan) for p in (before, after))
        v0, v1 = (mean_of_dimensions(declaration, d, declaration.dimension_weights, geometric) for d in (first, last))
        share = np.where(whole > 0, declaration.dimension_weights, 0)
        share = share / share.sum(axis=-1, keepdims=True)
        if geometric[0]:
            share = share * _logarithmic_mean(v0, v1)[:, np.newaxis] * _log_slope(first, last, declaration.floor)
        parts = inside * (np.nan_to_num(share) @ belongs.T) * np.where(common, after.scores - before.scores, 0)
    total = after.value - before.value
    parts = np.where(np.isnan(total)[:, np.newaxis], np.nan, parts)
    return Change(total, parts, total - parts.sum(axis=-1))


def _logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """(b - a) / ln(b / a); a where both are equal."""
    same = np.isclose(a, b, rtol=1e-9, atol=0)
    return np.where(same, (a + b) / 2, (b - a) / np.where(same, 1, np.log(b / a)))


def _log_slope(a: Floats, b: Floats, floor: float) -> Floats:
    """How much ln(max(., floor)) rises from a to b for each point of b - a; where both are equal, its derivative."""
    same = np.isclose(a, b, rtol=1e-9, atol=1e-12)
    rise = np.log(np.maximum(b, floor)) - np.log(np.maximum(a, floor))
    return np.where(same, np.where(a > floor, 1 / a, 0), rise / np.where(same, 1, b - a))
