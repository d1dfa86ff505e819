"""Value and interval of each cell, by the indicator's form: sums first, division or quantile last. Nothing is judged here.

Every function takes cells with the added-up parts and gives them back with `valor`, `inferior`, `superior` and `n`, and where a comparison needs it
`error` (standard error: of the value, or of its logarithm for ratios between groups). `x1` and `n1` keep the counts as added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kpis.methods.clusters import RatioEstimate, clustered_wilson, ratio_estimate
from kpis.methods.intervals import count_interval, rate_ratio_change, wilson
from kpis.methods.quantiles import histogram_quantile, histogram_quantile_interval
from kpis.methods.rates import katz_ratio, log_ratio_error
from kpis.methods.survival import histogram_survival_interval, histogram_survival_quantile
from kpis.rollup import CELL, Sums

KEY = [c for c in CELL if c != "nivel"]
#: groups of a histogram are made dense in slices of this many, so that memory stays bounded
SLICE = 2000


def with_figures(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The cells of an indicator with their figures. `filas`: rows scored."""
    made = _FORMS[sums.indicator.form](cells.assign(filas=cells["n"].fillna(0.0), error=np.nan, x1=cells["num"], n1=cells["den"]), sums)
    if sums.indicator.size is not None:
        made["n"] = made["tam"].fillna(0.0)
    return made


def _ratio(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """scale * numerator / denominator; nothing to divide by gives no value."""
    indicator = sums.indicator
    num, den = cells["num"].to_numpy(float), cells["den"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(den > 0, indicator.scale * num / den, np.nan)
    low = high = np.full(len(cells), np.nan)
    size = np.full(len(cells), np.nan)
    if indicator.interval == "clustered":
        return _clustered(cells.assign(valor=value, n=np.where(np.isnan(den), 0, den)), sums)
    if indicator.interval == "wilson":
        size = np.where(np.isnan(den), 0, den)
        low, high = (indicator.scale * bound for bound in wilson(num, den))
    elif indicator.interval == "rate":
        size = np.where(np.isnan(num), 0, num)
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = (np.where(den > 0, indicator.scale * bound / den, np.nan) for bound in count_interval(num))
    elif indicator.interval == "count_ratio":
        size = np.where(np.isnan(den), 0, den)
        low, high = (indicator.scale * (1 + bound) for bound in rate_ratio_change(den, num))
    return cells.assign(valor=value, inferior=low, superior=high, n=size)


def _clustered(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The design-based interval. `grupos` is the number of clusters and `cv` the coefficient of variation of each cell."""
    estimate = estimate_of(cells, sums)
    low, high = clustered_wilson(estimate)
    scale = sums.indicator.scale
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = np.where(estimate.ratio > 0, estimate.error / estimate.ratio, np.nan)
    return cells.assign(inferior=scale * low, superior=scale * high, error=scale * estimate.error, grupos=estimate.clusters, cv=cv)


def estimate_of(cells: pd.DataFrame, sums: Sums) -> RatioEstimate:
    """The ratio of each cell with its design-based error, cell by cell in their order. `clusters`: those that have cases."""
    moments = sums.moments
    strata = {s: i for i, s in enumerate(sorted(moments["estrato"].unique()))} if len(moments) else {"": 0}
    dense = {c: np.zeros((len(cells), len(strata))) for c in ("grupos", "y", "x", "yy", "xy", "xx", "con")}
    if len(moments):
        hit = cells[KEY].assign(fila=np.arange(len(cells))).merge(moments, on=KEY)
        rows, columns = hit["fila"].to_numpy(), hit["estrato"].map(strata).to_numpy()
        for name, table in dense.items():
            table[rows, columns] = hit[name].to_numpy(float)
    with_cases = dense.pop("con").sum(axis=1)
    return replace(ratio_estimate(*dense.values()), clusters=with_cases)


def _relative(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The rate of one group over that of the reference group. What is published as numerator and denominator are both rates, in percent."""
    indicator = sums.indicator
    x1, n1, x2, n2 = (cells[c].fillna(0.0).to_numpy(float) for c in ("num", "den", "num2", "den2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = np.where(n1 > 0, 100 * x1 / n1, np.nan), np.where(n2 > 0, 100 * x2 / n2, np.nan)
        value = np.where(second > 0, indicator.scale * first / second, np.nan)
    low, high = katz_ratio(x1, n1, x2, n2) if indicator.interval == "log_ratio" else (np.full(len(cells), np.nan),) * 2
    made = cells.assign(valor=value, inferior=indicator.scale * low, superior=indicator.scale * high, n=np.minimum(n1, n2))
    return made.assign(num=first, den=second, error=log_ratio_error(x1, n1, x2, n2))


def _count(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The sum itself; counts of events carry the Poisson interval of what chance alone would vary."""
    indicator = sums.indicator
    num = cells["num"].to_numpy(float)
    low = high = size = np.full(len(cells), np.nan)
    if indicator.interval == "count":
        low, high = (indicator.scale * bound for bound in count_interval(num))
        size = num
    return cells.assign(valor=indicator.scale * num, inferior=low, superior=high, n=size)


def _quantile(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The quantile of the added-up histogram with its order-statistic interval; n is the number of cases."""
    indicator = sums.indicator
    assert indicator.quantile is not None
    parts = []
    for keys, values, counts, _ in dense(sums.bins, cells[KEY]):
        low, high = histogram_quantile_interval(values, counts, indicator.quantile.q)
        value = histogram_quantile(values, counts, indicator.quantile.q)
        parts.append(_scaled(keys, indicator.scale, value, low, high, counts.sum(axis=1)))
    return _joined(cells, parts)


def _survival(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The Kaplan-Meier quantile of ended and open cases together; NaN where it is not reached yet; n counts both."""
    indicator = sums.indicator
    assert indicator.quantile is not None
    parts = []
    for keys, values, ended, still_open in dense(sums.bins, cells[KEY]):
        value = histogram_survival_quantile(values, ended, still_open, indicator.quantile.q)
        low, high = histogram_survival_interval(values, ended, still_open, indicator.quantile.q)
        parts.append(_scaled(keys, indicator.scale, value, low, high, (ended + still_open).sum(axis=1)))
    return _joined(cells, parts)


def _scaled(keys: pd.DataFrame, scale: float, value: np.ndarray, low: np.ndarray, high: np.ndarray, size: np.ndarray) -> pd.DataFrame:
    return keys.assign(valor=scale * value, inferior=scale * low, superior=scale * high, n=size)


def _joined(cells: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "valor", "inferior", "superior", "n"])
    return cells.drop(columns="n").merge(found, on=KEY, how="left")


def dense(bins: pd.DataFrame, keys: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]]:
    """Histograms of `keys` as tables of groups x values, in slices: (keys, values, counts ended, counts still open). Without cases: zeros."""
    column, known = pd.factorize(bins["valor"], sort=True)
    values = np.asarray(known, dtype=float)
    if not len(values):
        return
    row = _rows_of(bins, keys)
    order = np.argsort(row, kind="stable")
    row, column = row[order], column[order]
    cases = {name: bins[name].to_numpy(float)[order] for name in ("casos", "abiertos")}
    for start in range(0, len(keys), SLICE):
        part = keys.iloc[start : start + SLICE].reset_index(drop=True)
        here = slice(*np.searchsorted(row, (start, start + len(part))))
        made = []
        for given in cases.values():
            counts = np.zeros((len(part), len(values)))
            np.add.at(counts, (row[here] - start, column[here]), given[here])
            made.append(counts)
        yield part, values, made[0], made[1]


def _rows_of(bins: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray:
    """The row of `keys` that each bin is of; -1 where it is of none."""
    own, asked = np.zeros(len(keys), dtype=np.int64), np.zeros(len(bins), dtype=np.int64)
    for name in KEY:
        codes, known = pd.factorize(keys[name].to_numpy(object))
        column = bins[name].astype("category").cat
        place = pd.Index(known, dtype=object).get_indexer(column.categories.astype(object))[column.codes]
        own = own * len(known) + codes
        asked = np.where((asked < 0) | (place < 0), -1, asked * len(known) + place)
    return pd.Index(own).get_indexer(pd.Index(asked))


_FORMS = {"ratio": _ratio, "relative": _relative, "count": _count, "quantile": _quantile, "survival": _survival}
