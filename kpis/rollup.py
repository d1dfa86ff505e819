"""Stage 2: states added up by territory and period. Nothing is divided here, and no quantile is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from kpis.compile import CATEGORY, PLACE, SPLIT, TIME, Compiled, Plan, added_up
from kpis.labels import PROVINCE
from kpis.onepass import Parts
from warehouse import duck
from warehouse.indicators import Breakdown, Clock, Indicator
from warehouse.periods import Period, parse
from warehouse.territories import membership

#: what identifies a figure within its indicator
CELL = ["territorio", "nivel", "tipo_periodo", "periodo", "desglose", "categoria"]
#: `n`: rows scored; `ajenas`: rows of another authority; `avisos` and `retiene`: lists of names
PARTS = ("num", "den", "num2", "den2", "tam", "n", "ajenas")
SUMS = [*CELL, *PARTS, "avisos", "retiene"]


@dataclass(frozen=True)
class Sums:
    """Added-up states of one indicator. `cells` has columns SUMS; `bins`, for quantiles, has CELL, `valor`, `casos` and `abiertos`;

    `moments`, for clustered ones, has CELL and, by stratum, the number of clusters with the sums and products of their totals.
    `months`: the months (see `month_numbers`) in which the fact has rows at all, whatever the indicator's filter.
    """

    indicator: Indicator
    cells: pd.DataFrame
    bins: pd.DataFrame
    months: frozenset[int]
    moments: pd.DataFrame = field(default_factory=pd.DataFrame)


def roll_up(connection: duck.Connection, plan: Plan, states: Parts) -> list[Sums]:
    """The sums of every indicator of a plan, at each territory and period its definition asks for."""
    for name, rows in states.tables().items():
        connection.register(f"estado_{name}", rows)
    codes = [r[0] for r in connection.execute(f"SELECT DISTINCT {PLACE} FROM estado_base ORDER BY 1").fetchall()]
    periods = [r[0] for r in connection.execute(f"SELECT DISTINCT {TIME} FROM estado_base ORDER BY 1").fetchall()]
    months = frozenset(m for code in periods for m in month_numbers(parse(code)))
    made = [_sums(connection, compiled, codes, periods, months) for compiled in plan.indicators]
    for name in states.tables():
        connection.unregister(f"estado_{name}")
    return made


def month_numbers(period: Period) -> range:
    """The months of a period, counted from year 0."""
    first = period.start.year * 12 + period.start.month - 1
    return range(first, first + period.months)


def month_end(number: int) -> date:
    """The last day of a month counted from year 0."""
    return Period(date(number // 12, number % 12 + 1, 1), "mes").end


def _sums(connection: duck.Connection, compiled: Compiled, codes: list[str], periods: list[str], months: frozenset[int]) -> Sums:
    indicator = compiled.indicator
    connection.register("lugares", places_of(indicator, set(codes)))
    connection.register("tiempos", times_of(indicator, periods))
    splits: list[Breakdown | None] = [None] if indicator.undivided and all(b.of == "category" for b in indicator.breakdowns) else []
    splits += indicator.breakdowns
    cells = pd.concat([_cells(connection, compiled, split) for split in splits], ignore_index=True)
    bins = pd.DataFrame(columns=[*CELL, "valor", "casos", "abiertos"])
    moments = pd.DataFrame()
    if indicator.quantile is not None:
        bins = pd.concat([_bins(connection, indicator, split) for split in splits], ignore_index=True)
    if indicator.design is not None:
        moments = pd.concat([_moments(connection, indicator, split) for split in splits], ignore_index=True)
    for name in ("lugares", "tiempos"):
        connection.unregister(name)
    return Sums(indicator, cells, bins, months, moments)


def places_of(indicator: Indicator, codes: set[str]) -> pd.DataFrame:
    """Which territories each code counts for: all that contain it, or itself alone where figures stay as printed."""
    frame = membership(sorted(codes)).rename(columns={"fino": "lugar"})
    if indicator.rollup == "none":
        frame = frame[frame["lugar"] == frame["territorio"]]
    return frame[frame["nivel"].isin(indicator.levels)].astype(str)


def times_of(indicator: Indicator, codes: list[str]) -> pd.DataFrame:
    """Which published periods each period of the states counts for, by the clock's kind."""
    if indicator.clock.window_months:
        rows = _rolling(indicator, codes)
    else:
        rows = [
            (code, kind, period.code) for code in codes for kind in indicator.periods if (period := _counts_for(indicator.clock, parse(code), kind))
        ]
    return pd.DataFrame(rows, columns=[TIME, "tipo_periodo", "publicado"]).astype(str)


def _rolling(indicator: Indicator, codes: list[str]) -> list[tuple[str, str, str]]:
    """Each month counts for every period whose window, the months that end with it, holds it. Only windows that the data fill."""
    window = indicator.clock.window_months or 0
    numbers = {month_numbers(parse(code))[0]: code for code in codes}
    first, last = min(numbers, default=0), max(numbers, default=-1)
    rows: list[tuple[str, str, str]] = []
    for kind in indicator.periods:
        ends = {month_numbers(p)[-1]: p.code for n in range(first, last + 1) if (p := Period(date(n // 12, n % 12 + 1, 1), "mes").within(kind))}
        for end, code in sorted(ends.items()):
            if end <= last and end - window + 1 >= first:
                rows += [(numbers[n], kind, code) for n in range(end - window + 1, end + 1) if n in numbers]
    return rows


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


def _margin(split: Breakdown | None, indicator: Indicator) -> tuple[str, str, str]:
    """(name, category, condition) of a breakdown in SQL; of the undivided value where None."""
    if split is not None:
        # the provinces of the whole country are no breakdown of it
        own = " AND l.nivel = 'region'" if split.column == PROVINCE else ""
        return f"'{split.name}'", f"b.{CATEGORY}", f"b.{SPLIT} = '{split.column}'{own}"
    heads = [f"b.{SPLIT} = '{b.column}' AND b.{CATEGORY} = '{b.headline}'" for b in indicator.breakdowns if b.headline]
    return "''", "''", heads[0] if heads else f"b.{SPLIT} = ''"


_JOIN = f"JOIN lugares l ON l.lugar = b.{PLACE} JOIN tiempos t ON t.{TIME} = b.{TIME}"
_KEY = "l.territorio, l.nivel, t.tipo_periodo, t.publicado AS periodo, {name} AS desglose, {category} AS categoria"
_GROUP = "GROUP BY l.territorio, l.nivel, t.tipo_periodo, t.publicado"


def _cells(connection: duck.Connection, compiled: Compiled, split: Breakdown | None) -> pd.DataFrame:
    name, category, condition = _margin(split, compiled.indicator)
    sums = {part: _part(compiled, part) for part in PARTS}
    if split is not None and split.of == "whole":
        for part in ("den", "tam", "n"):
            sums[part] = f"sum({sums[part]}) OVER (PARTITION BY l.territorio, t.tipo_periodo, t.publicado)"
    marks = [f"aviso_{k}" for k in compiled.notices] + [f"retiene_{k}" for k in compiled.withheld]
    marks += [f"{p}_{k}" for k in compiled.indicator.withheld_above for p in ("parte", "todo")]
    columns = [_KEY.format(name=name, category=category), *(f"CAST({sql} AS DOUBLE) AS {part}" for part, sql in sums.items())]
    columns += [f'CAST(sum(b."{compiled.column(m)}") AS DOUBLE) AS "{m}"' for m in marks]
    grouped = _GROUP + (f", {category}" if split is not None else "")
    frame = connection.execute(f"SELECT {', '.join(columns)} FROM estado_base b {_JOIN} WHERE {condition} {grouped}").df()
    frame["avisos"] = _names(frame, "aviso_", compiled.notices)
    above = {k: frame[f"parte_{k}"].fillna(0) > s.above * frame[f"todo_{k}"].fillna(0) for k, s in compiled.indicator.withheld_above.items()}
    for state, over in above.items():
        frame[f"retiene_{state}"] = frame.get(f"retiene_{state}", 0) + over.astype(float)
    frame["retiene"] = _names(frame, "retiene_", tuple(dict.fromkeys([*compiled.withheld, *above])))
    return _with_zeros(frame[SUMS]) if split is not None and split.of == "whole" else frame[SUMS]


def _with_zeros(frame: pd.DataFrame) -> pd.DataFrame:
    """A category without cases where the whole has some is a true 0 of n, wherever the period has the category at all."""
    place, when = ["territorio", "nivel", "tipo_periodo", "periodo", "desglose"], ["tipo_periodo", "periodo", "desglose"]
    wholes = frame.drop_duplicates(place)[[*place, "den", "tam", "n"]]
    full = wholes.merge(frame[[*when, "categoria"]].drop_duplicates(), on=when)
    absent = full.merge(frame[[*place, "categoria"]], on=[*place, "categoria"], how="left", indicator=True)["_merge"] == "left_only"
    none = pd.Series([()] * int(absent.sum()), dtype=object)
    zeros = full[absent.to_numpy()].reset_index(drop=True).assign(num=0.0, ajenas=0.0, avisos=none, retiene=none)
    return pd.concat([frame, zeros.reindex(columns=SUMS)], ignore_index=True) if len(zeros) else frame


def _part(compiled: Compiled, part: str) -> str:
    """The sum of a part in SQL. At country level rows of another authority count too where the definition says so."""
    if compiled.column(part) not in compiled.parts:
        return "NULL"
    exact = compiled.column(part) in compiled.fractional
    own = added_up(f'b."{compiled.column(part)}"', exact)
    if compiled.indicator.competence_scope == "all" or not compiled.foreign:
        return own
    other = {"n": compiled.column("ajenas")}.get(part, compiled.column(f"{part}_x"))
    foreign = added_up(f'b."{other}"', exact)
    if part == "ajenas":
        return f"CASE WHEN l.nivel = 'pais' THEN 0 ELSE {own} END"
    return f"CASE WHEN l.nivel = 'pais' THEN coalesce({own}, 0) + coalesce({foreign}, 0) ELSE {own} END"


def _names(frame: pd.DataFrame, prefix: str, names: tuple[str, ...]) -> pd.Series:
    """For each row the names whose count is above zero, as a tuple."""
    marked = [frame[f"{prefix}{n}"].fillna(0).to_numpy() > 0 for n in names]
    found = [tuple(n for n, hit in zip(names, hits, strict=True) if hit) for hits in zip(*marked, strict=True)] if names else [()] * len(frame)
    return pd.Series(found, index=frame.index, dtype=object)


def _bins(connection: duck.Connection, indicator: Indicator, split: Breakdown | None) -> pd.DataFrame:
    name, category, condition = _margin(split, indicator)
    key = _KEY.format(name=name, category=category)
    sql = (
        f"SELECT {key}, b.valor AS valor, CAST(sum(b.terminados) AS BIGINT) AS casos, CAST(sum(b.abiertos) AS BIGINT) AS abiertos "
        f"FROM estado_bars b {_JOIN} WHERE b.indicador = '{indicator.id}' AND {condition} AND (NOT b.ajena OR l.nivel = 'pais') GROUP BY ALL"
    )
    return connection.execute(sql).df()


def _moments(connection: duck.Connection, indicator: Indicator, split: Breakdown | None) -> pd.DataFrame:
    """By cell and stratum: `con`, the clusters with cases, with the sums and products of their numerators `y` and denominators `x`; and `grupos`,

    the clusters there are: of a survey all zones visited, whatever the category, as 0 where nobody belongs to it (Lumley, T. (2010), "Complex
    Surveys", Wiley, section 2.2, estimates in subpopulations); elsewhere those with cases.
    """
    name, category, condition = _margin(split, indicator)
    totals = (
        f"SELECT {_KEY.format(name=name, category=category)}, b.estrato, b.conglomerado, sum(b.num) AS y, sum(b.den) AS x "
        f"FROM estado_clusters b {_JOIN} WHERE b.indicador = '{indicator.id}' AND {condition} GROUP BY ALL HAVING sum(b.den) > 0"
    )
    sums = "CAST(count(*) AS DOUBLE) AS con, sum(y) AS y, sum(x) AS x, sum(y * y) AS yy, sum(x * y) AS xy, sum(x * x) AS xx"
    made = connection.execute(f"SELECT {', '.join(CELL)}, estrato, {sums} FROM ({totals}) GROUP BY ALL").df()
    if indicator.design is None or not indicator.design.stratum:
        return made.assign(grupos=made["con"])
    place = ["territorio", "tipo_periodo", "periodo", "estrato"]
    visited = (
        f"SELECT l.territorio, t.tipo_periodo, t.publicado AS periodo, b.estrato, CAST(count(DISTINCT b.conglomerado) AS DOUBLE) AS grupos "
        f"FROM estado_clusters b {_JOIN} WHERE b.indicador = '{indicator.id}' AND b.{SPLIT} = '' GROUP BY ALL"
    )
    return made.merge(connection.execute(visited).df(), on=place)
