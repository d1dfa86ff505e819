"""From figures to judged figures: state and notices of every cell, on a complete panel. Missing is never 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kpis.deliveries import Owed
from kpis.figures import with_figures
from kpis.gate import Gate
from kpis.labels import PROVINCE
from kpis.rollup import CELL, Sums, month_end
from warehouse.indicators import Indicator
from warehouse.periods import Period, add_months, month_numbers, parse
from warehouse.publications import VALUE_COLUMNS
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, LIMA_REGIONS, PILOTS, regions

#: what comparisons need and is not published
WORKING = ["error", "x1", "n1", "num2", "den2", "filas"]


@dataclass(frozen=True)
class Context:
    """What is known of an indicator's data besides its rows."""

    until: date | None
    owed: Owed | None
    #: notices that hold for every value, data or not: synthetic sources
    always: tuple[str, ...] = ()
    #: what holds figures back, and the tables it is asked about
    gate: Gate | None = None
    tables: tuple[str, ...] = ()


def figures(sums: Sums, context: Context, *, dated: bool) -> pd.DataFrame:
    """The complete panel of an indicator with VALUE_COLUMNS and WORKING; the comparison columns are left empty."""
    indicator = sums.indicator
    cells = with_figures(_within_window(sums.cells, indicator, context, dated), sums)
    periods = {code: parse(code) for code in cells["periodo"].unique()}
    cells["avisos"] = _notices(cells, sums, context, periods, dated)
    cells["retenido"] = _of_each(cells["retiene"], lambda names: names[0] if names else "")
    frame = _panel(indicator, cells.drop(columns="retiene"))
    owing = {code: _owing(indicator, period) for code, period in periods.items()}
    frame["cobertura"], frame["falta"] = _delivered(frame, context, owing)
    frame["estado"] = _held_back(_states(frame, indicator), frame, indicator, context, periods)
    without = sorted(context.always)
    frame["avisos"] = [a if isinstance(a, list) else without for a in frame["avisos"]]
    frame["datos_al"] = _dates(frame, sums, context, periods)
    _blank(frame)
    frame.insert(0, "indicador", indicator.id)
    return frame.rename(columns={"num": "numerador", "den": "denominador"}).reindex(columns=[*VALUE_COLUMNS, *WORKING])


def _within_window(cells: pd.DataFrame, indicator: Indicator, context: Context, dated: bool) -> pd.DataFrame:
    """Without the periods that regional deliveries do not span whole: a cohort not yet closed is not a low figure, it is none."""
    if not dated or context.owed is None or indicator.form == "count":
        return cells
    last = context.until or context.owed.last
    keep = {c for c in cells["periodo"].unique() if (p := parse(c)).start >= context.owed.first and p.end <= last}
    return cells[cells["periodo"].isin(keep)].reset_index(drop=True)


def _panel(indicator: Indicator, cells: pd.DataFrame) -> pd.DataFrame:
    """The cells in order, and an empty one for every territory of the indicator's levels in each period and category in which any has rows.

    Two thirds of a panel are absences, so it is complete where people compare: undivided, and by category in the main period. Elsewhere a
    category without rows has no row. A province is a category of its own region alone.
    """
    places: list[tuple[str, str]] = []
    for level in indicator.levels:
        places += {"region": [(r.codigo, level) for r in regions()], "departamento": [(LIMA_DEPARTMENT, level)],
                   "piloto": [(PILOTS, level)], "pais": [(COUNTRY, level)], "otro": []}[level]  # fmt: skip
    present = ((cells["filas"] > 0) | (cells["ajenas"] > 0)).to_numpy()
    provinces = cells["desglose"].isin([b.name for b in indicator.breakdowns if b.column == PROVINCE])
    wide = present & ((cells["desglose"] == "") | ((cells["tipo_periodo"] == indicator.main_period) & ~provinces)).to_numpy()
    listed = pd.concat([pd.DataFrame(places, columns=CELL[:2], dtype=object), cells[CELL[:2]]], ignore_index=True)
    where, territories = _ranked(listed)
    when, times = _ranked(cells[CELL[2:]])
    # Each cell is one number, in the order of its key: joining and sorting millions of texts takes longer than all the arithmetic.
    number = where[len(places) :] * len(times) + when
    complete = where[: len(places), np.newaxis] * len(times) + np.unique(when[wide])
    whole = np.unique(np.concatenate([complete.ravel(), number[present]]))
    at, rest = np.divmod(whole, max(len(times), 1))
    filled = cells.drop(columns=CELL).reset_index(drop=True).reindex(pd.Index(number).get_indexer(whole))
    parts = territories.iloc[at], times.iloc[rest], filled
    return pd.concat([part.reset_index(drop=True) for part in parts], axis=1)


def _ranked(frame: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The place of each row among the different ones in order, and those."""
    number = np.zeros(len(frame), dtype=np.int64)
    for column in frame:
        codes, known = pd.factorize(frame[column], sort=True)
        number = number * len(known) + codes
    _, first, rank = np.unique(number, return_index=True, return_inverse=True)
    return rank, frame.iloc[first].reset_index(drop=True)


def _of_each(column: pd.Series, told: Callable[[Any], Any]) -> pd.Series:
    """What is told of each value, once for all that are equal: of notices there are few kinds."""
    kinds, known = pd.factorize(column.to_numpy(object))
    made = np.empty(len(known), dtype=object)
    for at, value in enumerate(known):
        made[at] = told(value)
    return pd.Series(made[kinds], index=column.index, dtype=object)


def _owing(indicator: Indicator, period: Period) -> Period:
    """The period whose deliveries a figure needs: of a stock, the last month, because the deliveries before are part of what it counts anyway."""
    return Period(date(period.end.year, period.end.month, 1), "mes") if indicator.clock.kind == "stock" else period


def _delivered(frame: pd.DataFrame, context: Context, owing: dict[str, Period]) -> tuple[np.ndarray, np.ndarray]:
    """For each row the share of what was owed that came, NaN where regions owe nothing; and whether nothing came of a table that it needs."""
    owed = context.owed
    if owed is None:
        return np.full(len(frame), np.nan), np.zeros(len(frame), dtype=bool)
    share, lacks = _asked(frame, lambda t, p: owed.delivered(t, owing[p])).reshape(-1, 2).T
    known, kind = np.unique(share, return_inverse=True)
    return np.array([round(s, 4) for s in known], dtype=float)[kind], lacks > 0


def _asked(frame: pd.DataFrame, question: Callable[[str, str], Any]) -> np.ndarray:
    """The answer for the territory and period of each row, asked once for each pair."""
    where, places = pd.factorize(frame["territorio"].to_numpy(object))
    when, times = pd.factorize(frame["periodo"].to_numpy(object))
    pairs, known = pd.factorize(where * len(times) + when)
    return np.array([question(places[k // len(times)], times[k % len(times)]) for k in known])[pairs]


def _states(frame: pd.DataFrame, indicator: Indicator) -> np.ndarray:
    """The state of each cell. The order matters: what was not owed, not delivered or not agreed comes before any arithmetic."""
    covered = frame["cobertura"].to_numpy(float)
    scored, foreign = frame["filas"].to_numpy(float) > 0, frame["ajenas"].to_numpy(float) > 0
    undelivered, ratio = frame["falta"].to_numpy(bool), indicator.form in ("ratio", "relative")
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
        ((frame["n"].to_numpy(float) < indicator.min_n) & _has_minimum(indicator), "n_insuficiente"),
        (frame["valor"].isna().to_numpy() & (indicator.form == "survival"), "no_alcanzado"),
        (frame["valor"].isna().to_numpy(), indicator.absence),
    ]
    if indicator.design is not None:
        # a clustered value needs clusters, not only rows
        cases.insert(-3, (~(frame["grupos"].to_numpy(float) >= indicator.design.min_clusters), "n_insuficiente"))
        if indicator.design.max_cv is not None:
            cases.append((frame["cv"].to_numpy(float) > indicator.design.max_cv, "impreciso"))
    return np.select([c for c, _ in cases], [np.broadcast_to(np.asarray(s, dtype=object), len(frame)) for _, s in cases], PUBLISHED)


def _held_back(states: np.ndarray, frame: pd.DataFrame, indicator: Indicator, context: Context, periods: dict[str, Period]) -> np.ndarray:
    """The states after the gate: a region with too much in quarantine has no figure in that period."""
    gate, tables = context.gate, context.tables
    if gate is None:
        return states
    rows = np.flatnonzero((states == PUBLISHED) & (frame["nivel"] == "region").to_numpy())
    stock = indicator.clock.kind == "stock"
    closed = _asked(frame.iloc[rows], lambda t, p: gate.closed(tables, t, periods[p], cumulative=stock)).astype(bool)
    out = states.copy()
    out[rows[closed]] = "regla_no_superada"
    return out


def _has_minimum(indicator: Indicator) -> bool:
    """Counts and rates of events have none, unless the definition says what n is: zero deaths is a figure, not a sample too small."""
    return indicator.size is not None or not (indicator.form == "count" or indicator.interval == "rate")


def _notices(cells: pd.DataFrame, sums: Sums, context: Context, periods: dict[str, Period], dated: bool) -> pd.Series:
    """The notices of each cell that has rows."""
    short = {code for code, period in periods.items() if _short(sums, context, period, dated)}
    lacking = cells["periodo"].isin(short).to_numpy()
    if context.owed is not None and sums.indicator.form == "count" and sums.indicator.clock.kind == "flow":
        lacking = lacking | (_delivered(cells, context, periods)[0] < 1)
    of_country = (cells["nivel"] == "pais").to_numpy()

    def told(kind: tuple[tuple[str, ...], bool, bool]) -> list[str]:
        own, incomplete, country = kind
        names = {*own, *context.always, *(("serie_incompleta",) if incomplete else ())}
        # which department a case belongs to does not touch the country's total
        return sorted(names - {"indicativo"} if country else names)

    kinds = pd.Series(list(zip(cells["avisos"], lacking, of_country, strict=True)), index=cells.index, dtype=object)
    return _of_each(kinds, told)


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
    told = frame["estado"].isin([PUBLISHED, "n_insuficiente", "regla_no_superada", "sin_denominador", "no_alcanzado", "impreciso"]) & (
        frame["filas"] > 0
    )
    return [dates[p] if here else None for p, here in zip(frame["periodo"].astype(object), told, strict=True)]


def _blank(frame: pd.DataFrame) -> None:
    """Cells that are not published keep n and the reason, and no figure from which the value could be worked out."""
    hidden = frame["estado"] != PUBLISHED
    frame.loc[hidden, ["valor", "inferior", "superior", "num", "den"]] = np.nan
    frame.loc[hidden & ~frame["estado"].isin(["n_insuficiente", "no_alcanzado", "impreciso"]), "n"] = np.nan
