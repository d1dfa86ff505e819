"""Indicators of different units carried to one scale, where more is always better. The first axis is the units compared, each column is an indicator.

NaN stays NaN and takes part in nothing. Where all known values of a column are equal, or only one is known, the column tells nobody apart: each gets
the middle of the scale (z-score 0, the mean rank), never NaN. Goalposts are the exception: they are fixed numbers, and so is their answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, known, numbers

#: what each method takes besides the direction; None: it must be given
OPTIONS: dict[str, dict[str, float | None]] = {
    "minmax": {"lower": 0, "upper": 100},
    "zscore": {},
    "rank": {},
    "percentile_rank": {"scale": 100},
    "borda": {},
    "goalposts": {"low": None, "high": None, "scale": 100},
    "distance_to_target": {"target": None, "cap": True, "scale": 100},
}


def normalise(values: ArrayLike, method: str, *, direction: ArrayLike = 1, **options: ArrayLike) -> Floats:
    """The columns of `values` on one scale; `direction` is 1 or -1 (less is better), for all columns or one for each, and so is every option.

    `minmax` (`lower`, `upper`): the worst unit gets `lower`, the best `upper`. `zscore`: standard deviation with divisor n - 1.
    `rank`: 1 for the worst, n for the best, ties share the mean of their ranks. `borda`: units it surpasses, a tie counts one half.
    `percentile_rank` (`scale`): the share of the other units it surpasses. `goalposts` (`low`, `high`, `scale`): see `goalposts`.
    `distance_to_target` (`target`, `cap`, `scale`): how much of the way from the worst unit to the target; with `cap`, never more than all of it. A
    target no better than the worst unit is one that everybody has reached: `scale`.
    OECD and JRC (2008), "Handbook on Constructing Composite Indicators: Methodology and User Guide", OECD Publishing, step 5.
    """
    if method not in OPTIONS:
        raise ValueError(f"method must be one of {', '.join(OPTIONS)}; it is {method!r}")
    column, sign = numbers("values", values), known("direction", direction)
    if not column.ndim:
        raise ValueError("values must have the units compared on their first axis; it is a single number")
    if (np.abs(sign) != 1).any():
        raise ValueError("direction must be 1 or -1")
    chosen = _chosen(method, options)
    if method == "goalposts":
        if (sign != 1).any():
            raise ValueError("direction is not read by goalposts: for less is better, low lies above high")
        return goalposts(column, **chosen)
    return METHODS[method](column * sign, chosen | {"sign": sign}) if column.shape[0] else column.copy()


def goalposts(values: ArrayLike, low: ArrayLike, high: ArrayLike, scale: ArrayLike = 100.0) -> Floats:
    """clip(scale * (x - low) / (high - low), 0, scale): `low` is worth 0, `high` is worth `scale`; where less is better `low` lies above `high`.

    Fixed goalposts: no unit moves because another one did. UNDP (2014), "Human Development Report 2014", technical note 1; Mazziotta, M. and Pareto,
    A. (2016), "On a generalized non-compensatory composite index for measuring socio-economic phenomena", Social Indicators Research 127, 983-1003.
    """
    worst, best, top = known("low", low), known("high", high), known("scale", scale)
    if (worst == best).any():
        raise ValueError("low and high must differ: between equal goalposts there is no way to go")
    score = top * (numbers("values", values) - worst) / (best - worst)  # in this order `high` itself is exactly `scale`
    return np.asarray(np.clip(score, 0, top))


def _chosen(method: str, options: dict[str, ArrayLike]) -> dict[str, Floats]:
    """The options of the method, defaults filled in. One that nobody would read is an error."""
    allowed = OPTIONS[method]
    strangers = sorted(set(options) - set(allowed))
    if strangers:
        raise ValueError(f"{method} does not read {', '.join(strangers)}; it reads {', '.join(allowed) or 'nothing but the direction'}")
    chosen = {}
    for name, default in allowed.items():
        given = options.get(name, default)
        if given is None:
            raise ValueError(f"{method} needs {name}")
        chosen[name] = known(name, given)
    return chosen


def _ends(x: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest of each column; NaN where nothing is known."""
    return np.asarray(np.fmin.reduce(x, axis=0)), np.asarray(np.fmax.reduce(x, axis=0))


def _minmax(x: Floats, chosen: dict[str, Floats]) -> Floats:
    lower, upper = chosen["lower"], chosen["upper"]
    if (lower >= upper).any():
        raise ValueError("lower must be below upper")
    low, high = _ends(x)
    flat = low == high
    share = np.where(flat, 0.5 + 0 * x, (x - low) / np.where(flat, 1, high - low))
    return np.asarray(lower + (upper - lower) * share)


def _zscore(x: Floats, chosen: dict[str, Floats]) -> Floats:
    low, high = _ends(x)
    given = ~np.isnan(x)
    n = given.sum(axis=0)
    flat = low == high  # asked of the values themselves: the standard deviation of equal fractions may miss 0 by the last bits
    centred = x - np.where(given, x, 0).sum(axis=0) / np.maximum(n, 1)
    sd = np.sqrt((np.where(given, centred, 0) ** 2).sum(axis=0) / np.maximum(n - 1, 1))
    return np.asarray(np.where(flat, 0 * x, centred / np.where(flat | (n < 2), 1, sd)))


def _midrank(x: Floats) -> Floats:
    """1 for the lowest of each column; ties share the mean of their ranks."""
    flat = x.reshape(len(x), -1)
    ranked = np.full(flat.shape, np.nan)
    for column, rank in zip(flat.T, ranked.T, strict=True):
        given = ~np.isnan(column)
        ordered = np.sort(column[given])
        rank[given] = (np.searchsorted(ordered, column[given]) + np.searchsorted(ordered, column[given], "right") + 1) / 2
    return ranked.reshape(x.shape)


def _rank(x: Floats, chosen: dict[str, Floats]) -> Floats:
    return _midrank(x)


def _borda(x: Floats, chosen: dict[str, Floats]) -> Floats:
    return _midrank(x) - 1


def _percentile_rank(x: Floats, chosen: dict[str, Floats]) -> Floats:
    others = (~np.isnan(x)).sum(axis=0) - 1
    share = np.where(others > 0, (_midrank(x) - 1) / np.maximum(others, 1), 0.5 + 0 * x)
    return np.asarray(chosen["scale"] * share)


def _distance_to_target(x: Floats, chosen: dict[str, Floats]) -> Floats:
    worst, _ = _ends(x)
    way = chosen["target"] * chosen["sign"] - worst
    reached = way <= 0
    share = np.where(reached, 1 + 0 * x, (x - worst) / np.where(reached, 1, way))
    return np.asarray(chosen["scale"] * np.where(chosen["cap"] != 0, np.minimum(share, 1), share))


METHODS = {
    "minmax": _minmax,
    "zscore": _zscore,
    "rank": _rank,
    "percentile_rank": _percentile_rank,
    "borda": _borda,
    "distance_to_target": _distance_to_target,
}
