"""What may be said of each published value beside its change: target, place among the regions, process signal, trend.

Each verdict uses the values up to its own period and nothing later, so that what was said of a period stays said when the next one comes.

* `meta_estado`: against the target in force (legal before agreed before proposed): `cumple`, `no_cumple`, or `no_concluyente` where the interval
  holds the target. `avance_meta`: the share of it that is reached, by the indicator's accumulation type, where that is defined.
* `frente_al_pais`: a region against all regions together, by the funnel with overdispersion (DESIGN section 5). Its limits approximate: among small
  regions of one true rate they would name somebody in a fifth of the screens, so an exact test at the same level has to agree.
* `senal`, `variacion`, `aseguramiento`: the process behaviour chart of the main period. Below 13 points nothing is claimed, nor where more than half
  of the points are one value (a series at its ceiling): there most points lie on one side of the mean by construction.
* `tendencia`: the recent trend over five years, of yearly values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpis.figures import KEY
from kpis.methods.compare import WORDS, against_benchmark, against_target, target_attainment
from kpis.methods.exact import p_against_expected, p_against_target
from kpis.methods.funnel import overdispersions
from kpis.methods.spc import ENOUGH, xmr_many
from kpis.methods.trend import POINTS, recent_trend, recent_trend_of_values
from warehouse.indicators import Indicator, Target
from warehouse.periods import Period, parse
from warehouse.states import PUBLISHED, is_judged

_MET = {"mejor": "cumple", "peor": "no_cumple", "similar": "no_concluyente", "sin_dato": None}
_RANK = ("legal", "acordada", "propuesta")
#: fewer regions than this make no funnel
FUNNEL_REGIONS = 10
#: outside limits of 99.8 %
FUNNEL_ALPHA = 0.002
_SERIES = [c for c in KEY if c != "periodo"]


def with_judgement(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The figures of one indicator, comparisons included, with the columns named above."""
    out = frame.copy()
    for column in ("meta_estado", "frente_al_pais", "senal", "variacion", "aseguramiento", "tendencia"):
        out[column] = pd.Series([None] * len(out), index=out.index, dtype=object)
    out["meta"] = out["avance_meta"] = np.nan
    told = out["estado"] == PUBLISHED
    whole = told & ~out["avisos"].map(lambda a: "serie_incompleta" in a)
    if told.any():
        _targets(out, indicator, told)
        _funnels(out, indicator, whole)
        _signals(out, indicator, whole)
        _trends(out, indicator, whole)
    return out


def target_of(indicator: Indicator, period: Period) -> Target | None:
    """The target that counts for a period: in force at its end, legal before agreed before proposed."""
    given = [t for t in indicator.targets if t.since is None or t.since <= period.end]
    return min(given, key=lambda t: _RANK.index(t.status), default=None)


def value_of(target: Target, period: Period) -> float:
    """A target that grows along the year asks, of a month, its share."""
    return target.value * period.end.month / 12 if target.path == "anual_proporcional" else target.value


def _targets(out: pd.DataFrame, indicator: Indicator, told: pd.Series) -> None:
    if indicator.direction == "context":
        return
    by_period = {p: (t, value_of(t, parse(p))) for p in out["periodo"].unique() if (t := target_of(indicator, parse(p)))}
    rows = out.index[told & out["periodo"].isin(by_period)]
    if rows.empty:
        return
    value, low, high = (out.loc[rows, c].to_numpy(float) for c in ("valor", "inferior", "superior"))
    aim = out.loc[rows, "periodo"].map({p: v for p, (_, v) in by_period.items()}).to_numpy(float)
    plain = against_target(value, aim, direction=indicator.direction)
    known = ~np.isnan(low) & ~np.isnan(high)
    ends = np.where(known, low, value), np.where(known, high, value)
    cautious = against_benchmark(*ends, aim, direction=indicator.direction)
    # A value on its target meets it, also where the target is the end of the scale and no interval could lie beyond it.
    label = np.where(value == aim, "mejor", np.where(known, cautious, plain))
    judged = out.loc[rows, "avisos"].map(is_judged)
    out.loc[rows, "meta_estado"] = np.array([_MET[x] if may else None for x, may in zip(label, judged, strict=True)], dtype=object)
    out.loc[rows, "meta"] = aim
    out.loc[rows, "avance_meta"] = _attainment(indicator, out.loc[rows, "periodo"], value, aim, by_period)


def _attainment(
    indicator: Indicator, periods: pd.Series, value: np.ndarray, aim: np.ndarray, by_period: dict[str, tuple[Target, float]]
) -> np.ndarray:
    """The share of the target reached; a level where less is better has one only where the target says where it started."""
    start = periods.map({p: t.baseline for p, (t, _) in by_period.items()}).to_numpy(float, na_value=np.nan)
    kind = indicator.accumulation
    if indicator.direction == "down":
        return target_attainment(value, aim, accumulation="reduction", baseline=start)
    if kind == "cumulative":
        return target_attainment(value[:, np.newaxis], aim, accumulation=kind)
    return target_attainment(value, aim, accumulation=kind, baseline=start if kind in ("capacity", "reduction") else None)


def _funnels(out: pd.DataFrame, indicator: Indicator, whole: pd.Series) -> None:
    kind = {"wilson": "proportion", "rate": "rate"}.get(indicator.interval)
    of_whole = {b.name for b in indicator.breakdowns if b.of == "whole"}
    rows = out[whole & (out["nivel"] == "region") & ~out["desglose"].isin(of_whole)]
    if kind is None or rows.empty:
        return
    above, below = WORDS[indicator.direction]
    line, screens = pd.factorize(_screen_of(rows))
    enough = np.bincount(line, minlength=len(screens))[line] >= FUNNEL_REGIONS
    rows, line = rows[enough], line[enough]
    if rows.empty:
        return
    column, regions = pd.factorize(rows["territorio"])
    x, n = rows["numerador"].to_numpy(float), rows["denominador"].to_numpy(float)
    table = np.full((2, len(screens), len(regions)), np.nan)
    table[:, line, column] = x, n
    found = overdispersions(*table, kind=kind)
    low, high = (limit[line, column] for limit in found.limits(table[1], 1 - FUNNEL_ALPHA))
    target = found.target[line, 0]
    p = p_against_target(x, n, target) if kind == "proportion" else p_against_expected(x, n * target)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, exact = x / n, p < FUNNEL_ALPHA
    out.loc[rows.index, "frente_al_pais"] = np.select([exact & (ratio > high), exact & (ratio < low)], [above, below], "similar").astype(object)


def _screen_of(rows: pd.DataFrame) -> np.ndarray:
    """A number for what is compared together: regions in one period and category."""
    number = np.zeros(len(rows), dtype=np.int64)
    for name in ("tipo_periodo", "periodo", "desglose", "categoria"):
        codes, known = pd.factorize(rows[name])
        number = number * len(known) + codes
    return number


def _signals(out: pd.DataFrame, indicator: Indicator, whole: pd.Series) -> None:
    """The chart of each series of the main period, as it stood at each of its points.

    None of what accumulates within the year: it rises from January to December and falls in January, which no chart of a process is about.
    """
    kind = indicator.main_period
    if kind == "anio" or indicator.accumulation == "cumulative":
        return
    rows = out[whole & (out["tipo_periodo"] == kind)]
    counts = rows.groupby(_SERIES, sort=False)["periodo"].transform("size")
    rows = rows[counts >= ENOUGH]
    if rows.empty:
        return
    periods = _calendar(rows["periodo"])
    column = rows["periodo"].map({p: i for i, p in enumerate(periods)}).to_numpy()
    line, series = pd.factorize(pd.MultiIndex.from_frame(rows[_SERIES].astype(object)))
    matrix, at = np.full((len(series), len(periods)), np.nan), np.full((len(series), len(periods)), -1)
    matrix[line, column], at[line, column] = rows["valor"].to_numpy(float), rows.index.to_numpy()
    aims = np.full(matrix.shape, np.nan)
    aims[line, column] = rows["meta"].where(rows["avisos"].map(is_judged)).to_numpy(float)
    for end in range(ENOUGH, len(periods) + 1):
        judged = np.flatnonzero((at[:, end - 1] >= 0) & ((~np.isnan(matrix[:, :end])).sum(axis=1) >= ENOUGH))
        if not len(judged):
            continue
        chart = xmr_many(matrix[judged, :end], indicator.direction, targets=aims[judged, end - 1])
        here = at[judged, end - 1]
        sure = ~chart.trial & ~_piled(matrix[judged, :end])
        out.loc[here[sure], "senal"] = chart.signal[sure, -1]
        out.loc[here[sure], "variacion"] = chart.variation[sure]
        out.loc[here[sure], "aseguramiento"] = chart.assurance[sure]


def _piled(series: np.ndarray) -> np.ndarray:
    """Rows in which one value is more than half of the known points: then it is their median, and the middle ones are equal to it."""
    known = (~np.isnan(series)).sum(axis=1)
    middle = np.nanmedian(series, axis=1)
    return (series == middle[:, np.newaxis]).sum(axis=1) * 2 > known


def _calendar(periods: pd.Series) -> list[str]:
    """Every period from the first to the last: one that is missing keeps its place."""
    codes = sorted(periods.unique(), key=lambda c: parse(c).start)
    first, last = parse(codes[0]), parse(codes[-1])
    found = [first]
    while found[-1].start < last.start:
        found.append(found[-1].earlier(-first.months))
    return [p.code for p in found]


def _trends(out: pd.DataFrame, indicator: Indicator, whole: pd.Series) -> None:
    rows = out[whole & (out["tipo_periodo"] == "anio")]
    if rows.empty or indicator.interval == "none":
        return
    years = rows["periodo"].astype(int)
    span = range(int(years.min()), int(years.max()) + 1)
    line, series = pd.factorize(pd.MultiIndex.from_frame(rows[_SERIES].astype(object)))
    shape = len(series), len(span)
    at = np.full(shape, -1)
    at[line, years.to_numpy() - span[0]] = rows.index.to_numpy()
    columns = ("numerador", "denominador", "valor", "inferior", "superior")
    tables = {c: np.full(shape, np.nan) for c in columns}
    for c in columns:
        tables[c][line, years.to_numpy() - span[0]] = rows[c].to_numpy(float)
    for end in range(POINTS, len(span) + 1):
        window, when = slice(end - POINTS, end), np.array(span[end - POINTS : end])
        if indicator.interval == "wilson":
            trend = recent_trend(when, tables["numerador"][:, window], tables["denominador"][:, window])
        else:
            trend = recent_trend_of_values(when, *(tables[c][:, window] for c in ("valor", "inferior", "superior")))
        here = at[:, end - 1]
        out.loc[here[here >= 0], "tendencia"] = trend.judged(indicator.direction)[here >= 0].astype(object)
