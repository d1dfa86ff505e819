"""An index computed: which dimensions and units may be, and the value with its dimensions.

Tables are units x indicators in the order of the declaration; NaN is a missing value. What is missing is never imputed: weights are renormalised over
what there is, as long as the missing rule lets them be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpis.methods.arguments import Floats, numbers
from kpis.methods.composite_declaration import SCALE, IndexDeclaration
from kpis.methods.composite_normalise import goalposts

Bools = NDArray[np.bool_]
REQUIRED_MISSING, TOO_FEW = "dimension_requerida_ausente", "pocas_dimensiones"


@dataclass(frozen=True)
class Reason:
    """Why a unit has no index. `dimension_requerida_ausente`: the share of internal weight `found` in `dimension` is below `needed`;
    `pocas_dimensiones`: `found` dimensions where `needed` are asked for.
    """

    code: str
    dimension: str | None
    found: float
    needed: float


@dataclass(frozen=True, eq=False)
class Coverage:
    """What there is to compute with. `present`: indicators with a score. `silent`: those whose score is 0 because nothing was submitted (strict
    mode). `shares`: internal weight present in each dimension. `counted`: dimensions with enough of it. `reasons`: empty where the index is
    calculable.
    """

    present: Bools
    silent: Bools
    shares: Floats
    counted: Bools
    reasons: tuple[tuple[Reason, ...], ...]

    @property
    def calculable(self) -> Bools:
        return np.array([not reasons for reasons in self.reasons], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Choices:
    """What is chosen in an index, one row for each draw: internal weights, weights of dimensions, goalposts, and whether the mean is geometric."""

    weights: Floats
    dimension_weights: Floats
    low: Floats
    high: Floats
    geometric: Bools


@dataclass(frozen=True, eq=False)
class Point:
    """`scores` (units x indicators), `dimensions` (units x dimensions) and `value` (units): NaN where missing or not calculable."""

    scores: Floats
    dimensions: Floats
    value: Floats
    coverage: Coverage


def table(declaration: IndexDeclaration, name: str, given: ArrayLike) -> Floats:
    """The argument as a table of units x indicators."""
    values = numbers(name, given)
    if values.ndim != 2 or values.shape[1] != len(declaration.indicators):
        raise ValueError(f"{name} must be units x {len(declaration.indicators)} indicators; its shape is {values.shape}")
    return values


def coverage(declaration: IndexDeclaration, values: ArrayLike, not_submitted: ArrayLike | None = None, strict: bool = False) -> Coverage:
    """What may be computed under the missing rule. In strict mode what was not submitted is present, with score 0: silence does not
    pay. A dimension that gets its share in this way counts again, with what was submitted and those zeros.

    OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing, step 3.
    """
    known = ~np.isnan(table(declaration, "values", values))
    unsent = np.zeros_like(known) if not_submitted is None else np.broadcast_to(np.asarray(not_submitted, dtype=np.bool_), known.shape)
    if (unsent & known).any():
        raise ValueError(f"not_submitted must mark missing values only; {(unsent & known).sum()} of those marked are given")
    silent = unsent & strict
    present = known | silent
    shares = (present * declaration.weights) @ declaration.belongs
    counted = shares >= declaration.minimum_share - 1e-9
    reasons = tuple(_reasons(declaration, share, count) for share, count in zip(shares, counted, strict=True))
    return Coverage(present, silent, shares, counted, reasons)


def _reasons(declaration: IndexDeclaration, shares: Floats, counted: Bools) -> tuple[Reason, ...]:
    missing = [
        Reason(REQUIRED_MISSING, dimension.id, float(share), declaration.minimum_share)
        for dimension, share, enough in zip(declaration.dimensions, shares, counted, strict=True)
        if dimension.required and not enough
    ]
    if counted.sum() < declaration.minimum_dimensions:
        missing.append(Reason(TOO_FEW, None, int(counted.sum()), declaration.minimum_dimensions))
    return tuple(missing)


def official(declaration: IndexDeclaration) -> Choices:
    """The choices as declared, as one draw; see `Choices`."""
    low, high = (np.array([[getattr(indicator, end) for indicator in declaration.indicators]]) for end in ("low", "high"))
    geometric = np.array([declaration.aggregation == "geometric"])
    return Choices(declaration.weights[np.newaxis], declaration.dimension_weights[np.newaxis], low, high, geometric)


def evaluate(declaration: IndexDeclaration, covered: Coverage, values: Floats, choices: Choices) -> tuple[Floats, Floats]:
    """Dimensions (draws x units x dimensions) and index (draws x units) of each draw. `values` (draws x units x indicators) may hold anything finite
    where `covered` says missing or silent. OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing, steps 5 and 6.
    """
    belongs, weights = declaration.belongs, choices.weights[:, np.newaxis]
    scores = goalposts(values, choices.low[:, np.newaxis], choices.high[:, np.newaxis], SCALE)
    scores *= covered.present & ~covered.silent
    scores *= weights
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = (covered.present * weights) @ belongs
        dimensions = np.where(covered.counted, (scores @ belongs) / whole, np.nan)
        value = mean_of_dimensions(declaration, dimensions, choices.dimension_weights[:, np.newaxis], choices.geometric[:, np.newaxis])
    return dimensions, np.where(covered.calculable, value, np.nan)


def mean_of_dimensions(declaration: IndexDeclaration, dimensions: Floats, weights: Floats, geometric: Bools) -> Floats:
    """The last axis put together, geometric or arithmetic draw by draw, over the dimensions known; see `composite_aggregate.aggregate`."""
    given = ~np.isnan(dimensions)
    weight = np.where(given, weights, 0)
    total = weight.sum(axis=-1)
    filled = np.where(given, dimensions, declaration.floor)
    arithmetic = (weight * filled).sum(axis=-1) / total
    if not geometric.any():
        return np.asarray(arithmetic)
    return np.where(geometric, np.exp((weight * np.log(np.maximum(filled, declaration.floor))).sum(axis=-1) / total), arithmetic)


def point(declaration: IndexDeclaration, values: ArrayLike, not_submitted: ArrayLike | None = None, strict: bool = False) -> Point:
    """The index at its official choices, of values taken as exact; see `evaluate` and, for the missing rule and the strict mode, `coverage`."""
    covered, choices, given = coverage(declaration, values, not_submitted, strict), official(declaration), table(declaration, "values", values)
    dimensions, value = evaluate(declaration, covered, np.nan_to_num(given)[np.newaxis], choices)
    scores = np.where(covered.silent, 0.0, goalposts(given, choices.low, choices.high, SCALE))
    return Point(scores, dimensions[0], value[0], covered)
