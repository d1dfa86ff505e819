"""From sums to figures: value, interval, state and notices of every cell, on a complete panel. Missing is never 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kpis.deliveries import Owed
from kpis.methods.intervals import count_interval, wilson
from kpis.methods.quantiles import histogram_quantile, histogram_quantile_interval
from kpis.rollup import CELL, Sums, month_end, month_numbers
from warehouse.indicators import Indicator
from warehouse.periods import Period, add_months, parse
from warehouse.publications import VALUE_COLUMNS
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, LIMA_REGIONS, PILOTS, regions

KEY = [c for c in CELL if c != "nivel"]
#: groups of a histogram are made dense in slices of this many, so that memory stays bounded
SLICE = 2000


@dataclass(frozen=True)
class Context:
    """What is known of an indicator's data besides its rows."""

    until: date | None
    owed: Owed | None
    #: notices that hold for every value, data or not: synthetic sources
    always: tuple[str, ...] = ()


def figures(sums: Sums, context: Context, *, dated: bool) -> pd.DataFrame:
    """The complete panel of an indicator with VALUE_COLUMNS; the comparison columns are left empty."""
    indicator = sums.indicator
    cells = _with_figures(_within_window(sums.cells, indicator, context, dated), sums)
    periods = {code: parse(code) for code in cells["periodo"].unique()}
    cells["avisos"] = _notices(cells, sums, context, periods, dated)
    cells["retenido"] = [r[0] if r else "" for r in cells["retiene"]]
    frame = _panel(indicator, cells).merge(cells.drop(columns="retiene"), on=CELL, how="left")
    frame["cobertura"] = _coverage(frame, context, periods)
    frame["estado"] = _states(frame, indicator)
    frame["avisos"] = [a if isinstance(a, list) else sorted(context.always) for a in frame["avisos"]]
    frame["datos_al"] = _dates(frame, sums, context, periods)
    _blank(frame)
    frame.insert(0, "indicador", indicator.id)
    return frame.rename(columns={"num": "numerador", "den": "denominador"}).reindex(columns=VALUE_COLUMNS)


def _within_window(cells: pd.DataFrame, indicator: Indicator, context: Context, dated: bool) -> pd.DataFrame:
    """Without the periods that regional deliveries do not span whole: a cohort not yet closed is not a low figure, it is none."""
    if not dated or context.owed is None or indicator.form == "count":
        return cells
    last = context.until or context.owed.last
    keep = {c for c in cells["periodo"].unique() if (p := parse(c)).start >= context.owed.first and p.end <= last}
    return cells[cells["periodo"].isin(keep)].reset_index(drop=True)


def _with_figures(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    indicator = sums.indicator
    cells = cells.assign(filas=cells["n"].fillna(0.0))
    form = {"ratio": _ratio, "count": _count, "quantile": _quantile}[indicator.form]
    return form(cells, sums)


def _ratio(cells: pd.DataFrame, sums: Sums) -> pd.DataFrame:
    """100 * numerator / denominator with its score interval; nothing to divide by gives no value."""
    indicator = sums.indicator
    num, den = cells["num"].to_numpy(float), cells["den"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(den > 0, indicator.scale * num / den, np.nan)
    low = high = np.full(len(cells), np.nan)
    size = np.full(len(cells), np.nan)
    if indicator.interval == "wilson":
        size = np.where(np.isnan(den), 0, den)
        low, high = (indicator.scale * bound for bound in wilson(num, den))
    return cells.assign(valor=value, inferior=low, superior=high, n=size)


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
    for keys, values, counts in dense(sums.bins, cells[KEY]):
        low, high = histogram_quantile_interval(values, counts, indicator.quantile.q)
        value = histogram_quantile(values, counts, indicator.quantile.q)
        scaled = {"valor": indicator.scale * value, "inferior": indicator.scale * low, "superior": indicator.scale * high}
        parts.append(keys.assign(**scaled, n=counts.sum(axis=1)))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "valor", "inferior", "superior", "n"])
    return cells.drop(columns="n").merge(found, on=KEY, how="left")


def dense(bins: pd.DataFrame, keys: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, np.ndarray, np.ndarray]]:
    """Histograms of `keys` as tables of groups x values, in slices: (keys, values, counts). A key without cases has zeros."""
    values = np.sort(bins["valor"].unique()).astype(float)
    if not len(values):
        return
    place = pd.Series(np.arange(len(values)), index=values)
    for start in range(0, len(keys), SLICE):
        part = keys.iloc[start : start + SLICE].reset_index(drop=True)
        hit = part.assign(fila=np.arange(len(part))).merge(bins, on=KEY)
        counts = np.zeros((len(part), len(values)))
        np.add.at(counts, (hit["fila"].to_numpy(), place[hit["valor"].astype(float)].to_numpy()), hit["casos"].to_numpy(float))
        yield part, values, counts


def _panel(indicator: Indicator, cells: pd.DataFrame) -> pd.DataFrame:
    """Every territory of the indicator's levels for each period and category in which any territory has rows."""
    places: list[tuple[str, str]] = []
    for level in indicator.levels:
        places += {"region": [(r.codigo, level) for r in regions()], "departamento": [(LIMA_DEPARTMENT, level)],
                   "piloto": [(PILOTS, level)], "pais": [(COUNTRY, level)], "otro": []}[level]  # fmt: skip
    present = cells.loc[(cells["filas"] > 0) | (cells["ajenas"] > 0)]
    times = present[["tipo_periodo", "periodo", "desglose", "categoria"]].drop_duplicates()
    panel = pd.DataFrame(places, columns=["territorio", "nivel"]).merge(times, how="cross")
    other = present.loc[present["nivel"] == "otro", CELL]
    # The engine gives rows in no order: sorted, the same data give the same frame.
    return pd.concat([panel, other], ignore_index=True)[CELL].sort_values(KEY, ignore_index=True)


def _coverage(frame: pd.DataFrame, context: Context, periods: dict[str, Period]) -> np.ndarray:
    """Share of what was owed that came, for each row; NaN where regions owe nothing."""
    if context.owed is None:
        return np.full(len(frame), np.nan)
    places = frame[["territorio", "periodo"]].astype(object)
    known = {(t, p): round(context.owed.coverage(t, periods[p]), 4) for t, p in places.drop_duplicates().itertuples(index=False)}
    return np.array([known[pair] for pair in places.itertuples(index=False, name=None)], dtype=float)


def _states(frame: pd.DataFrame, indicator: Indicator) -> np.ndarray:
    """The state of each cell. The order matters: what was not owed, not delivered or not agreed comes before any arithmetic."""
    covered = frame["cobertura"].to_numpy(float)
    scored, foreign = frame["filas"].to_numpy(float) > 0, frame["ajenas"].to_numpy(float) > 0
    undelivered, ratio = covered == 0, indicator.form == "ratio"
    lima = frame["territorio"].isin(LIMA_REGIONS).to_numpy() & (indicator.source_grain == "departamento")
    withheld = frame["retenido"].fillna("").to_numpy(object)
    divisible = frame["den"].to_numpy(float) > 0
    cases: list[tuple[Any, Any]] = [
        (~scored & foreign, "competencia_minem"),
        (~scored & lima, "no_desagregado"),
        (~scored & (np.isnan(covered) | undelivered), indicator.absence),
        (~scored, "sin_denominador" if ratio else "sin_registro"),
        (undelivered, "no_reportado"),
        (withheld != "", withheld),
        (~divisible & ratio, "sin_denominador"),
        (frame["valor"].isna().to_numpy(), indicator.absence),
        # A count has no minimum: zero deaths is a figure, not a sample too small.
        ((frame["n"].to_numpy(float) < indicator.min_n) & (indicator.form != "count"), "n_insuficiente"),
    ]
    return np.select([c for c, _ in cases], [np.broadcast_to(np.asarray(s, dtype=object), len(frame)) for _, s in cases], PUBLISHED)


def _notices(cells: pd.DataFrame, sums: Sums, context: Context, periods: dict[str, Period], dated: bool) -> list[list[str]]:
    """The notices of each cell that has rows."""
    short = {code for code, period in periods.items() if _short(sums, context, period, dated)}
    lacking: list[bool] = [p in short for p in cells["periodo"].astype(object)]
    if context.owed is not None and sums.indicator.form == "count" and sums.indicator.clock.kind == "flow":
        lacking = [a or b < 1 for a, b in zip(lacking, _coverage(cells, context, periods), strict=True)]
    found = []
    for own, level, incomplete in zip(cells["avisos"], cells["nivel"].astype(object), lacking, strict=True):
        names = {*own, *context.always, *(("serie_incompleta",) if incomplete else ())}
        if level == "pais":
            names.discard("indicativo")  # which department a case belongs to does not touch the country's total
        found.append(sorted(names))
    return found


def _short(sums: Sums, context: Context, period: Period, dated: bool) -> bool:
    """Whether a flow lacks months in this period: at the source, after the cut, or because older cases were never delivered."""
    indicator, owed = sums.indicator, context.owed
    if indicator.clock.kind != "flow":
        return False
    if owed is None:
        return any(m not in sums.months for m in month_numbers(period))
    if indicator.form == "count" and context.until is not None and period.end > context.until:
        return True
    return dated and period.start < add_months(owed.first, indicator.warm_up_months)


def _dates(frame: pd.DataFrame, sums: Sums, context: Context, periods: dict[str, Period]) -> list[date | None]:
    """The date of each figure's data: the end of its period, or what the data reach where that comes first."""
    reached = [context.until] if context.until else []
    if context.owed is None and sums.months:
        reached.append(month_end(max(sums.months)))
    limit = min(reached, default=date.max)
    dates = {code: min(period.end, limit) for code, period in periods.items()}
    told = frame["estado"].isin([PUBLISHED, "n_insuficiente", "regla_no_superada", "sin_denominador"]) & (frame["filas"] > 0)
    return [dates[p] if here else None for p, here in zip(frame["periodo"].astype(object), told, strict=True)]


def _blank(frame: pd.DataFrame) -> None:
    """Cells that are not published keep n and the reason, and no figure from which the value could be worked out."""
    hidden = frame["estado"] != PUBLISHED
    frame.loc[hidden, ["valor", "inferior", "superior", "num", "den"]] = np.nan
    frame.loc[hidden & (frame["estado"] != "n_insuficiente"), "n"] = np.nan
