"""What is done to raw indicators before they are normalised: denominating, screening of units, imputation, treatment of outliers. The first axis is
the units, each column an indicator. For relative indices over many units; an index with fixed goalposts needs none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpis.methods.arguments import Floats, amounts, fractions, numbers

Bools = NDArray[np.bool_]
#: the shift before the logarithm, as a share of the range of the column
LOG_SHIFT = 0.01


@dataclass(frozen=True)
class Treated:
    """`values` after treatment. For each column: units winsorised, whether the logarithm was taken, skewness and kurtosis after, and whether it
    passes.
    """

    values: Floats
    winsorised: NDArray[np.int64]
    logged: Bools
    skewness: Floats
    kurtosis: Floats
    passes: Bools


def denominate(values: ArrayLike, denominators: ArrayLike) -> Floats:
    """values / denominators, broadcast; NaN where the denominator is 0 or unknown.

    OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing, step 2 (scaling variables by an appropriate size measure).
    """
    by = amounts("denominators", denominators)
    return np.asarray(numbers("values", values) / np.where(by == 0, np.nan, by))


def screen(values: ArrayLike, minimum: float = 0.9) -> Bools:
    """Which units have at least the share `minimum` of their values known, and may stay.

    OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing, step 3 (case deletion).
    """
    table, share = _table(values), float(fractions("minimum", minimum))
    return np.asarray((~np.isnan(table)).mean(axis=1) >= share - 1e-12)


def impute_group_mean(values: ArrayLike, groups: ArrayLike) -> Floats:
    """Unknown values replaced by the mean of the known ones in the same column and group; NaN stays where the group has none.

    It lends one unit the performance of others: never for the regional index, whose rule is to leave out and say so.
    OECD and JRC (2008), "Handbook on Constructing Composite Indicators", OECD Publishing, step 3 (unconditional mean imputation).
    """
    table = _table(values)
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if group.shape != table.shape[:1]:
        raise ValueError(f"groups must name one group for each unit; their shapes are {group.shape} and {table.shape}")
    member = (group == np.arange(len(names))[:, np.newaxis]).astype(np.float64)
    given = ~np.isnan(table)
    with np.errstate(invalid="ignore"):
        means = (member @ np.where(given, table, 0)) / (member @ given)
    return np.where(given, table, means[group])


def skewness(values: ArrayLike) -> Floats:
    """Of each column, adjusted for sample size (G1); 0 where all are equal, NaN below 3 values.

    Joanes, D. N. and Gill, C. A. (1998), "Comparing measures of sample skewness and kurtosis", The Statistician 47, 183-189.
    """
    n, m2, m3, _ = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        g1 = np.where(m2 > 0, m3 / m2**1.5, 0)
        return np.asarray(np.where(n >= 3, g1 * np.sqrt(n * (n - 1)) / (n - 2), np.nan))


def kurtosis(values: ArrayLike) -> Floats:
    """Excess kurtosis of each column, adjusted for sample size (G2); 0 where all are equal, NaN below 4 values.

    Joanes, D. N. and Gill, C. A. (1998), "Comparing measures of sample skewness and kurtosis", The Statistician 47, 183-189.
    """
    n, m2, _, m4 = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
        return np.asarray(np.where(n >= 4, np.where(m2 > 0, adjusted, 0), np.nan))


def treat(values: ArrayLike, max_skewness: float = 2.0, max_kurtosis: float = 3.5, max_winsorised: int = 5) -> Treated:
    """Each column whose skewness AND kurtosis pass their limits is winsorised on its long side, one more unit at a time, until it no longer does;
    where `max_winsorised` units are not enough, the logarithm of the untouched column is taken instead, mirrored for a long left side.

    The n most extreme values become the next one. The logarithm is of x - min + 1 % of the range, and keeps the order. OECD and JRC (2008), "Handbook
    on Constructing Composite Indicators", OECD Publishing, step 5; the limits and the sequence are those of Becker, W. et al. (2019), "COIN Tool User
    Guide", EUR 29899 EN, Publications Office of the European Union.
    """
    table = _table(values).copy()
    winsorised, logged = np.zeros(table.shape[1], dtype=np.int64), np.zeros(table.shape[1], dtype=np.bool_)

    def strays(x: Floats) -> Bools:
        return np.asarray((np.abs(skewness(x)) > max_skewness) & (kurtosis(x) > max_kurtosis))

    for column in np.flatnonzero(strays(table)):
        raw = table[:, column].copy()
        side = np.sign(skewness(raw))
        for n in range(1, max_winsorised + 1):
            trial = winsorise(raw * side, n) * side
            if not strays(trial):
                table[:, column], winsorised[column] = trial, n
                break
        else:
            table[:, column], logged[column] = side * _shifted_log(raw * side), True
    return Treated(table, winsorised, logged, skewness(table), kurtosis(table), ~strays(table))


def winsorise(values: ArrayLike, n: int) -> Floats:
    """The n highest known values of one column become the next highest. With n values or fewer, nothing changes.

    Dixon, W. J. (1960), "Simplified estimation from censored normal samples", Annals of Mathematical Statistics 31, 385-391.
    """
    column = numbers("values", values)
    if column.ndim != 1 or n < 0:
        raise ValueError(f"values must be one column and n not negative; they are {column.shape} and {n}")
    ordered = np.sort(column[~np.isnan(column)])
    return np.minimum(column, ordered[-1 - n]) if ordered.size > n else column.copy()


def _shifted_log(x: Floats) -> Floats:
    low, high = np.fmin.reduce(x), np.fmax.reduce(x)
    return np.asarray(np.log(x - low + LOG_SHIFT * (high - low)))


def _table(values: ArrayLike) -> Floats:
    table = numbers("values", values)
    if table.ndim != 2:
        raise ValueError(f"values must be a table of units x indicators; its shape is {table.shape}")
    return table


def _moments(values: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Number of known values and central moments 2, 3, 4 of each column; the moments are exactly 0 where all are equal."""
    x = np.atleast_1d(numbers("values", values))
    given = ~np.isnan(x)
    n = given.sum(axis=0).astype(np.float64)
    size = np.maximum(n, 1)
    flat = np.fmin.reduce(x, axis=0) == np.fmax.reduce(x, axis=0)
    centred = np.where(given & ~flat, x - np.where(given, x, 0).sum(axis=0) / size, 0)
    m2, m3, m4 = (np.asarray((centred**power).sum(axis=0) / size) for power in (2, 3, 4))
    return n, m2, m3, m4
