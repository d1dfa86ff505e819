"""The change against the same period of the year before, and whether it may be told.

A change is told only when its 95 % interval leaves out zero *and* it survives Benjamini-Hochberg at 5 % among all the
comparisons of its screen: one indicator, period and breakdown, every territory and category. The p values are of exact
tests, because the score test is not to be believed that far in its tails. Registers without interval
use the `relevant_change` of their definition. Nothing is compared with, or from, an incomplete period, nor across
different notices: what changed could be the data.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpis.figures import KEY, dense
from kpis.methods.exact import p_two_proportions_exact
from kpis.methods.intervals import newcombe_difference, rate_ratio_change
from kpis.methods.logrank import p_logrank
from kpis.methods.multiplicity import benjamini_hochberg, p_two_counts
from kpis.methods.quantiles import histogram_quantile
from kpis.methods.rates import p_normal, p_two_rates, rate_ratio
from kpis.methods.trend import WORDS
from kpis.rollup import Sums
from warehouse.indicators import Indicator
from warehouse.periods import parse
from warehouse.states import PUBLISHED

ALPHA = 0.05
#: of a 95 % interval
Z = 1.959963984540054
_SCREEN = ["tipo_periodo", "periodo", "desglose"]


def with_changes(frame: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """The figures of one indicator with their comparison columns filled where a comparison is fair."""
    indicator = sums.indicator
    if not indicator.compare_with_year_before or frame.empty:
        return frame
    pairs = _pairs(frame)
    if pairs.empty:
        return frame
    now, before = pairs["valor"].to_numpy(float), pairs["valor_antes"].to_numpy(float)
    low, high, p = _evidence(indicator, pairs, sums.bins)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(before != 0, 100 * (now / before - 1), np.nan)
    told = _told(indicator, pairs, now - before, relative, low, high, p)
    out = frame.copy()
    out["periodo_comparado"] = out["periodo_comparado"].astype(object)
    out["cambio_estado"] = out["cambio_estado"].astype(object)
    at = pairs.index
    filled = {
        "periodo_comparado": pairs["antes"].to_numpy(object), "cambio": now - before, "cambio_inferior": low, "cambio_superior": high,
        "cambio_relativo": relative, "cambio_estado": told,
    }  # fmt: skip
    for column, values in filled.items():
        out.loc[at, column] = values
    return out


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Published cells with the published cell of the year before, both complete and with the same notices. Index: of `frame`."""
    figures = ["numerador", "denominador", "valor", "inferior", "superior", "n", "avisos", "error"]
    fair = frame.loc[(frame["estado"] == PUBLISHED) & ~frame["avisos"].map(lambda a: "serie_incompleta" in a)]
    number, before = _numbered(fair)
    found = pd.Index(number).get_indexer(before)
    now, then = fair[found >= 0], fair[[*figures, "periodo"]].iloc[found[found >= 0]]
    pairs = now.join(then.rename(columns={"periodo": "antes", **{c: f"{c}_antes" for c in figures}}).set_index(now.index))
    return pairs[[a == b for a, b in zip(pairs["avisos"], pairs["avisos_antes"], strict=True)]]


def _numbered(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A number for the cell of each row, and that of its cell of the year before; -1 where no row is of that period."""
    own = np.zeros(len(frame), dtype=np.int64)
    for column in (c for c in KEY if c != "periodo"):
        codes, known = pd.factorize(frame[column])
        own = own * len(known) + codes
    when, periods = pd.factorize(frame["periodo"])
    earlier = pd.Index(periods).get_indexer(pd.Index([parse(code).earlier().code for code in periods]))[when]
    return own * len(periods) + when, np.where(earlier < 0, -1, own * len(periods) + earlier)


def _evidence(indicator: Indicator, pairs: pd.DataFrame, bins: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(lower, upper, p) of each change, in the indicator's unit; NaN where the form has none."""
    x, n = pairs["numerador"].to_numpy(float), pairs["denominador"].to_numpy(float)
    x0, n0 = pairs["numerador_antes"].to_numpy(float), pairs["denominador_antes"].to_numpy(float)
    none = np.full(len(pairs), np.nan)
    if indicator.interval == "wilson":
        low, high = newcombe_difference(x, n, x0, n0)
        return indicator.scale * low, indicator.scale * high, p_two_proportions_exact(x, n, x0, n0)
    if indicator.interval == "count":
        # The limits of the ratio, carried to the unit of the change by the earlier count.
        low, high = rate_ratio_change(x0, x)
        return indicator.scale * low * x0, indicator.scale * high * x0, p_two_counts(x0, x)
    if indicator.interval == "rate":
        low, high = rate_ratio(x0, n0, x, n)
        before = pairs["valor_antes"].to_numpy(float)
        return (low - 1) * before, (high - 1) * before, p_two_rates(x0, n0, x, n)
    if indicator.interval in ("count_ratio", "log_ratio"):
        return _on_log_scale(indicator, pairs)
    if indicator.interval == "clustered":
        gap = pairs["valor"].to_numpy(float) - pairs["valor_antes"].to_numpy(float)
        error = np.hypot(pairs["error"].to_numpy(float), pairs["error_antes"].to_numpy(float))
        return gap - Z * error, gap + Z * error, p_normal(gap, error)
    if indicator.interval == "order_statistic":
        return none, none, _p_quantiles(indicator, pairs, bins)
    if indicator.interval == "survival":
        return none, none, _p_survival(pairs, bins)
    return none, none, none


def _on_log_scale(indicator: Indicator, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A ratio against an earlier ratio: the difference of their logarithms is taken as normal, its limits carried back by the earlier value.

    The errors of two ratios of counts are those of Poisson counts, 1/x + 1/n; of two ratios between groups, Katz's.
    """
    now, before = pairs["valor"].to_numpy(float), pairs["valor_antes"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        if indicator.interval == "count_ratio":
            parts = ("numerador", "denominador", "numerador_antes", "denominador_antes")
            error = np.sqrt(sum(1 / pairs[c].to_numpy(float) for c in parts))
        else:
            error = np.hypot(pairs["error"].to_numpy(float), pairs["error_antes"].to_numpy(float))
        gap = np.where((now > 0) & (before > 0) & np.isfinite(error), np.log(now / before), np.nan)
        low, high = before * np.expm1(gap - Z * error), before * np.expm1(gap + Z * error)
    return low, high, p_normal(gap, error)


def _p_survival(pairs: pd.DataFrame, bins: pd.DataFrame) -> np.ndarray:
    """Whether cases of both periods end at the same pace, those still open included."""
    now = pairs.reset_index()[KEY]
    then = now.assign(periodo=pairs["antes"].to_numpy())
    both = zip(dense(bins, now), dense(bins, then), strict=True)
    return np.concatenate([p_logrank(values, ended, held, ended0, held0) for (_, values, ended, held), (_, _, ended0, held0) in both])


def _p_quantiles(indicator: Indicator, pairs: pd.DataFrame, bins: pd.DataFrame) -> np.ndarray:
    """Whether as many cases of both periods lie above the quantile of both together.

    Mood, A. M. (1950), "Introduction to the Theory of Statistics", section 16.5: the median test, at another quantile.
    """
    assert indicator.quantile is not None
    now = pairs.reset_index()[KEY]
    then = now.assign(periodo=pairs["antes"].to_numpy())
    found = []
    for (_, values, counts, _), (_, _, counts0, _) in zip(dense(bins, now), dense(bins, then), strict=True):
        common = histogram_quantile(values, counts + counts0, indicator.quantile.q)
        above = values[np.newaxis, :] > common[:, np.newaxis]
        found.append(p_two_proportions_exact((counts * above).sum(1), counts.sum(1), (counts0 * above).sum(1), counts0.sum(1)))
    return np.concatenate(found)


def _told(
    indicator: Indicator, pairs: pd.DataFrame, change: np.ndarray, relative: np.ndarray, low: np.ndarray, high: np.ndarray, p: np.ndarray
) -> np.ndarray:
    """mejora, empeora, sube, baja or sin_diferencia."""
    if indicator.interval == "none":
        points = indicator.form == "ratio" and indicator.scale == 100
        size = np.abs(change if points else np.where(np.isnan(relative) & (change != 0), np.inf, relative))
        real = size >= float(indicator.relevant_change or 0)
    else:
        survives = np.zeros(len(pairs), bool)
        screens = pairs.reset_index(drop=True).groupby(_SCREEN, sort=False).indices
        for rows in screens.values():
            survives[rows] = benjamini_hochberg(p[rows], ALPHA)
        real = survives & _apart(indicator, pairs, low, high)
    rises = WORDS[indicator.direction]
    return np.where(real & (change > 0), rises[0], np.where(real & (change < 0), rises[1], "sin_diferencia")).astype(object)


def _apart(indicator: Indicator, pairs: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether the interval of the change leaves out zero; for quantiles and medians, whether both intervals do not meet: a stricter rule."""
    if indicator.interval in ("order_statistic", "survival"):
        up = pairs["inferior"].to_numpy(float) > pairs["superior_antes"].to_numpy(float)
        down = pairs["superior"].to_numpy(float) < pairs["inferior_antes"].to_numpy(float)
        return np.asarray(up | down)
    return np.asarray((low > 0) | (high < 0))
