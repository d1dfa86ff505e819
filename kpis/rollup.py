"""Stage 2: states added up by territory and period. Nothing is divided here, and no quantile is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from kpis.compile import PLACE, ROWS, TIME, Compiled, Plan
from warehouse import duck
from warehouse.indicators import Breakdown, Clock, Indicator
from warehouse.periods import Period, parse
from warehouse.territories import membership, region_of_ubigeo

#: what identifies a figure within its indicator
CELL = ["territorio", "nivel", "tipo_periodo", "periodo", "desglose", "categoria"]
#: `n`: rows scored; `ajenas`: rows of another authority; `avisos` and `retiene`: lists of names
SUMS = [*CELL, "num", "den", "n", "ajenas", "avisos", "retiene"]


@dataclass(frozen=True)
class Sums:
    """Added-up states of one indicator. `cells` has columns SUMS; `bins`, for quantiles, has CELL, `valor` and `casos`.

    `months`: the months (see `month_numbers`) in which the fact has rows at all, whatever the indicator's filter.
    """

    indicator: Indicator
    cells: pd.DataFrame
    bins: pd.DataFrame
    months: frozenset[int]


def roll_up(connection: duck.Connection, plan: Plan, states: pa.Table) -> list[Sums]:
    """The sums of every indicator of a plan, at each territory and period its definition asks for."""
    connection.register("estados", states)
    codes = [r[0] for r in connection.execute(f"SELECT DISTINCT {PLACE} FROM estados ORDER BY 1").fetchall()]
    periods = [r[0] for r in connection.execute(f"SELECT DISTINCT {TIME} FROM estados ORDER BY 1").fetchall()]
    connection.register("fino", pd.DataFrame({"fino": pd.Series(codes, dtype=str), "lugar": pd.Series([_region(c) for c in codes], dtype=str)}))
    _collapse(connection, plan)
    months = frozenset(m for code in periods for m in month_numbers(parse(code)))
    made = [_sums(connection, compiled, codes, periods, months) for compiled in plan.indicators]
    for name in ("estados", "fino"):
        connection.unregister(name)
    return made


def _region(code: str) -> str:
    """Districts and provinces go to their regional government; every other code is a place of its own."""
    return region_of_ubigeo(code) if code.isdigit() and len(code) in (4, 6) else code


def month_numbers(period: Period) -> range:
    """The months of a period, counted from year 0."""
    first = period.start.year * 12 + period.start.month - 1
    return range(first, first + period.months)


def month_end(number: int) -> date:
    """The last day of a month counted from year 0."""
    return Period(date(number // 12, number % 12 + 1, 1), "mes").end


def _collapse(connection: duck.Connection, plan: Plan) -> None:
    """Table `base`: states by region instead of district, so that what follows is small whatever the number of districts."""
    groups = ["f.lugar", f"e.{TIME}", *(f'e."b_{b}"' for b in plan.breakdowns)]
    sums = [f'sum(e."{name}") AS "{name}"' for c in plan.indicators for name in c.parts if not name.endswith("__hist")]
    joined = f"FROM estados e JOIN fino f ON f.fino = e.{PLACE}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE base AS SELECT {', '.join([*groups, f'sum(e.{ROWS}) AS {ROWS}', *sums])} {joined} GROUP BY ALL")
    for c in plan.indicators:
        if c.column("hist") in c.parts:
            each = f'SELECT {", ".join(groups)}, unnest(map_entries(e."{c.column("hist")}")) AS par {joined}'
            kept = ", ".join([f"lugar, {TIME}", *(f'"b_{b}"' for b in plan.breakdowns)])
            name = f'"barras_{c.indicator.id}"'
            bars = f"SELECT {kept}, par.key AS valor, sum(par.value) AS casos FROM ({each}) GROUP BY ALL"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {bars}")


def _sums(connection: duck.Connection, compiled: Compiled, codes: list[str], periods: list[str], months: frozenset[int]) -> Sums:
    indicator = compiled.indicator
    connection.register("lugares", _places(indicator, {_region(c) for c in codes}))
    connection.register("tiempos", _times(indicator, periods))
    splits: list[Breakdown | None] = [None] if all(b.of == "category" for b in indicator.breakdowns) else []
    splits += indicator.breakdowns
    cells = pd.concat([_cells(connection, compiled, split) for split in splits], ignore_index=True)
    bins = pd.DataFrame(columns=[*CELL, "valor", "casos"])
    if indicator.quantile is not None:
        bins = pd.concat([_bins(connection, indicator, split) for split in splits], ignore_index=True)
    for name in ("lugares", "tiempos"):
        connection.unregister(name)
    return Sums(indicator, cells, bins, months)


def _places(indicator: Indicator, codes: set[str]) -> pd.DataFrame:
    """Which territories each code counts for: all that contain it, or itself alone where figures stay as printed."""
    frame = membership(sorted(codes)).rename(columns={"fino": "lugar"})
    if indicator.rollup == "none":
        frame = frame[frame["lugar"] == frame["territorio"]]
    return frame[frame["nivel"].isin(indicator.levels)].astype(str)


def _times(indicator: Indicator, codes: list[str]) -> pd.DataFrame:
    """Which published periods each period of the states counts for, by the clock's kind."""
    rows = [(code, kind, period.code) for code in codes for kind in indicator.periods if (period := _counts_for(indicator.clock, parse(code), kind))]
    return pd.DataFrame(rows, columns=[TIME, "tipo_periodo", "publicado"]).astype(str)


def _counts_for(clock: Clock, own: Period, kind: str) -> Period | None:
    """A flow adds up; a stock is what its last part was; a printed figure stands for its own period alone."""
    if own.kind == kind:
        return own
    try:
        longer = own.within(kind)
    except ValueError:
        return None
    if clock.kind == "as_reported" or (clock.kind == "stock" and longer.end != own.end):
        return None
    return longer


def _split_sql(split: Breakdown | None, indicator: Indicator) -> tuple[str, str, str]:
    """(name, category, condition) of a breakdown in SQL; of the undivided value where None."""
    if split is not None:
        return f"'{split.name}'", f'b."b_{split.column}"', "TRUE"
    heads = [f"b.\"b_{b.column}\" = '{b.headline}'" for b in indicator.breakdowns if b.headline]
    return "''", "''", " AND ".join(heads) or "TRUE"


_JOIN = f"JOIN lugares l ON l.lugar = b.lugar JOIN tiempos t ON t.{TIME} = b.{TIME}"
_KEY = "l.territorio, l.nivel, t.tipo_periodo, t.publicado AS periodo, {name} AS desglose, {category} AS categoria"


def _cells(connection: duck.Connection, compiled: Compiled, split: Breakdown | None) -> pd.DataFrame:
    name, category, condition = _split_sql(split, compiled.indicator)
    sums = {
        part: f'sum(b."{compiled.column(part)}")' if compiled.column(part) in compiled.parts else "NULL" for part in ("num", "den", "n", "ajenas")
    }
    if split is not None and split.of == "whole":
        sums["den"] = f"sum({sums['den']}) OVER (PARTITION BY l.territorio, t.tipo_periodo, t.publicado)"
    marks = [f"aviso_{k}" for k in compiled.notices] + [f"retiene_{k}" for k in compiled.withheld]
    columns = [_KEY.format(name=name, category=category), *(f"CAST({sql} AS DOUBLE) AS {part}" for part, sql in sums.items())]
    columns += [f'CAST(sum(b."{compiled.column(m)}") AS DOUBLE) AS "{m}"' for m in marks]
    grouped = "GROUP BY l.territorio, l.nivel, t.tipo_periodo, t.publicado" + (f", {category}" if split is not None else "")
    frame = connection.execute(f"SELECT {', '.join(columns)} FROM base b {_JOIN} WHERE {condition} {grouped}").df()
    frame["avisos"] = _names(frame, "aviso_", compiled.notices)
    frame["retiene"] = _names(frame, "retiene_", compiled.withheld)
    return frame[SUMS]


def _names(frame: pd.DataFrame, prefix: str, names: tuple[str, ...]) -> pd.Series:
    """For each row the names whose count is above zero, as a tuple."""
    marked = [frame[f"{prefix}{n}"].fillna(0).to_numpy() > 0 for n in names]
    found = [tuple(n for n, hit in zip(names, hits, strict=True) if hit) for hits in zip(*marked, strict=True)] if names else [()] * len(frame)
    return pd.Series(found, index=frame.index, dtype=object)


def _bins(connection: duck.Connection, indicator: Indicator, split: Breakdown | None) -> pd.DataFrame:
    name, category, condition = _split_sql(split, indicator)
    key = _KEY.format(name=name, category=category)
    sql = (
        f'SELECT {key}, b.valor AS valor, CAST(sum(b.casos) AS BIGINT) AS casos FROM "barras_{indicator.id}" b {_JOIN} WHERE {condition} GROUP BY ALL'
    )
    return connection.execute(sql).df()
