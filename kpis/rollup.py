"""Stage 2: states added up by territory and period. Nothing is divided here, and no quantile is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from kpis.compile import CATEGORY, PLACE, SPLIT, TIME, Compiled, Plan, added_up
from kpis.labels import PROVINCE
from kpis.onepass import Parts
from warehouse import duck
from warehouse.indicators import Breakdown, Clock, Indicator
from warehouse.periods import Period, month_numbers, parse
from warehouse.territories import membership

#: what identifies a figure within its indicator
CELL = ["territorio", "nivel", "tipo_periodo", "periodo", "desglose", "categoria"]
#: `n`: rows scored; `ajenas`: rows of another authority; `avisos` and `retiene`: lists of names
PARTS = ("num", "den", "num2", "den2", "tam", "n", "ajenas")
SUMS = [*CELL, *PARTS, "avisos", "retiene"]


@dataclass(frozen=True)
class Sums:
    """Added-up states of one indicator. `cells` has columns SUMS; `bins`, for quantiles, has CELL (as categories), `valor`, `casos` and `abiertos`;

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
    together: dict[str, list[Compiled]] = {}
    for compiled in plan.indicators:
        together.setdefault(_shape(compiled.indicator), []).append(compiled)
    made = {s.indicator.id: s for alike in together.values() for s in _sums(connection, alike, codes, periods, months)}
    for name in states.tables():
        connection.unregister(f"estado_{name}")
    return [made[compiled.indicator.id] for compiled in plan.indicators]


def month_end(number: int) -> date:
    """The last day of a month counted from year 0."""
    return Period(date(number // 12, number % 12 + 1, 1), "mes").end


def _shape(i: Indicator) -> str:
    """Indicators of one shape have their sums at the same territories, periods and categories: one query adds up all of them."""
    splits = [(b.name, b.column, b.of, b.headline) for b in i.breakdowns]
    return repr((i.levels, i.rollup, i.periods, i.clock.kind, i.clock.window_months, i.undivided, splits))


@dataclass(frozen=True)
class _Axis:
    """What one number stands for in a query in place of texts: territories with their level, or kinds of period with the period."""

    names: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame, *names: str) -> tuple[_Axis, pd.DataFrame]:
        """The axis of all columns but the first, as `names`; and the first with the number, `cual`, of the others."""
        first, *others = frame.columns
        number = frame.groupby(others, sort=True).ngroup()
        known = frame.assign(cual=number).drop_duplicates("cual").sort_values("cual")[others]
        return cls(known.set_axis(list(names), axis=1)), frame[[first]].assign(cual=number)

    def told(self, numbers: np.ndarray) -> dict[str, np.ndarray]:
        """The texts of each number, the same object wherever the text is the same: pandas' own text type makes a new one at each look."""
        return {str(c): self.names[c].to_numpy(object)[numbers] for c in self.names}

    def categories(self, numbers: np.ndarray) -> dict[str, pd.Categorical]:
        """The texts of each number as categories, which weigh a number each."""
        coded = {str(c): pd.factorize(self.names[c].to_numpy(object), sort=True) for c in self.names}
        return {c: pd.Categorical.from_codes(codes[numbers], pd.Index(known)) for c, (codes, known) in coded.items()}


@dataclass(frozen=True)
class _Grid:
    """Where sums are wanted; its two tables are known to the engine as `lugares` and `tiempos`."""

    connection: duck.Connection
    places: _Axis
    times: _Axis

    @classmethod
    def of(cls, connection: duck.Connection, indicator: Indicator, codes: list[str], periods: list[str]) -> _Grid:
        inside = places_of(indicator, set(codes))[["lugar", "territorio", "nivel"]]
        places, numbered = _Axis.of(inside, "territorio", "nivel")
        connection.register("lugares", numbered.assign(pais=inside["nivel"] == "pais", region=inside["nivel"] == "region"))
        times, numbered = _Axis.of(times_of(indicator, periods), "tipo_periodo", "periodo")
        connection.register("tiempos", numbered)
        return cls(connection, places, times)

    def keyed(self, frame: pd.DataFrame, split: Breakdown | None) -> pd.DataFrame:
        """What a query gave, with the columns CELL in place of its numbers."""
        named = {**self.places.told(frame.pop("l").to_numpy()), **self.times.told(frame.pop("t").to_numpy())}
        named["desglose"] = np.full(len(frame), split.name if split else "", dtype=object)
        named["categoria"] = frame.pop("categoria").to_numpy(object)
        return pd.DataFrame({c: named[c] for c in CELL}, dtype=object).join(frame)


def _sums(connection: duck.Connection, alike: list[Compiled], codes: list[str], periods: list[str], months: frozenset[int]) -> list[Sums]:
    """The sums of indicators of one shape."""
    indicator = alike[0].indicator
    grid = _Grid.of(connection, indicator, codes, periods)
    splits: list[Breakdown | None] = [None] if indicator.undivided and all(b.of == "category" for b in indicator.breakdowns) else []
    splits += indicator.breakdowns
    added = [_added(grid, alike, split) for split in splits]
    made = []
    for position, compiled in enumerate(alike):
        cells = pd.concat([_cells(rows, position, compiled, split) for rows, split in zip(added, splits, strict=True)], ignore_index=True)
        bins = pd.DataFrame(columns=[*CELL, "valor", "casos", "abiertos"])
        moments = pd.DataFrame()
        if compiled.indicator.quantile is not None:
            bins = _bins(grid, compiled.indicator, splits)
        if compiled.indicator.design is not None:
            moments = pd.concat([_moments(grid, compiled.indicator, split) for split in splits], ignore_index=True)
        made.append(Sums(compiled.indicator, cells, bins, months, moments))
    for name in ("lugares", "tiempos"):
        connection.unregister(name)
    return made


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
        own = " AND l.region" if split.column == PROVINCE else ""
        return f"'{split.name}'", f"b.{CATEGORY}", f"b.{SPLIT} = '{split.column}'{own}"
    heads = [f"b.{SPLIT} = '{b.column}' AND b.{CATEGORY} = '{b.headline}'" for b in indicator.breakdowns if b.headline]
    return "''", "''", heads[0] if heads else f"b.{SPLIT} = ''"


_JOIN = f"JOIN lugares l ON l.lugar = b.{PLACE} JOIN tiempos t ON t.{TIME} = b.{TIME}"
_KEY = "l.cual AS l, t.cual AS t, {category} AS categoria"


def _added(grid: _Grid, alike: list[Compiled], split: Breakdown | None) -> pd.DataFrame:
    """CELL, and the parts of every indicator in columns that begin with its position."""
    _, category, condition = _margin(split, alike[0].indicator)
    columns = [f'{sql} AS "{i}.{part}"' for i, compiled in enumerate(alike) for part, sql in _parts(compiled, split).items()]
    grouped = "GROUP BY l.cual, l.pais, t.cual" + (f", {category}" if split is not None else "")
    sql = f"SELECT {', '.join([_KEY.format(category=category), *columns])} FROM estado_base b {_JOIN} WHERE {condition} {grouped}"
    return grid.keyed(grid.connection.execute(sql).df(), split)


def _parts(compiled: Compiled, split: Breakdown | None) -> dict[str, str]:
    """The sums of the parts that an indicator has, and of the counts behind its notices, in SQL."""
    sums = {part: sql for part in PARTS if (sql := _part(compiled, part))}
    if split is not None and split.of == "whole":
        for part in {"den", "tam", "n"} & set(sums):
            sums[part] = f"sum({sums[part]}) OVER (PARTITION BY l.cual, t.cual)"
    made = {part: f"CAST({sql} AS DOUBLE)" for part, sql in sums.items()}
    return made | {m: f'CAST(sum(b."{compiled.column(m)}") AS DOUBLE)' for m in _marks(compiled)}


def _marks(compiled: Compiled) -> list[str]:
    """The counts behind notices, and behind what holds a figure back."""
    marks = [f"aviso_{k}" for k in compiled.notices] + [f"retiene_{k}" for k in compiled.withheld]
    return marks + [f"{p}_{k}" for k in compiled.indicator.withheld_above for p in ("parte", "todo")]


def _cells(added: pd.DataFrame, position: int, compiled: Compiled, split: Breakdown | None) -> pd.DataFrame:
    own = {f"{position}.{part}": part for part in (*PARTS, *_marks(compiled))}
    frame = added.reindex(columns=[*CELL, *own]).set_axis([*CELL, *own.values()], axis=1)
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
    """The sum of a part in SQL; empty where there is none. At country level rows of another authority count too where the definition says so."""
    if compiled.column(part) not in compiled.parts:
        return ""
    exact = compiled.column(part) in compiled.fractional
    own = added_up(f'b."{compiled.column(part)}"', exact)
    if compiled.indicator.competence_scope == "all" or not compiled.foreign:
        return own
    other = {"n": compiled.column("ajenas")}.get(part, compiled.column(f"{part}_x"))
    foreign = added_up(f'b."{other}"', exact)
    if part == "ajenas":
        return f"CASE WHEN l.pais THEN 0 ELSE {own} END"
    return f"CASE WHEN l.pais THEN coalesce({own}, 0) + coalesce({foreign}, 0) ELSE {own} END"


def _names(frame: pd.DataFrame, prefix: str, names: tuple[str, ...]) -> pd.Series:
    """For each row the names whose count is above zero, as a tuple."""
    hits = [frame[f"{prefix}{n}"].fillna(0).to_numpy() > 0 for n in names]
    kinds, known = pd.factorize(sum((hit.astype(np.int64) << i for i, hit in enumerate(hits)), start=np.zeros(len(frame), dtype=np.int64)))
    told = np.empty(len(known), dtype=object)
    for at, kind in enumerate(known):
        told[at] = tuple(n for i, n in enumerate(names) if kind >> i & 1)
    return pd.Series(told[kinds], index=frame.index, dtype=object)


def _bins(grid: _Grid, indicator: Indicator, splits: list[Breakdown | None]) -> pd.DataFrame:
    parts = []
    for split in splits:
        name, category, condition = _margin(split, indicator)
        sql = (
            f"SELECT {_KEY.format(category=category)}, {name} AS desglose, b.valor AS valor, CAST(sum(b.terminados) AS BIGINT) AS casos, "
            f"CAST(sum(b.abiertos) AS BIGINT) AS abiertos FROM estado_bars b {_JOIN} "
            f"WHERE b.indicador = '{indicator.id}' AND {condition} AND (NOT b.ajena OR l.pais) GROUP BY ALL"
        )
        parts.append(grid.connection.sql(sql).to_arrow_table())
    found = pa.concat_tables(parts)
    named = grid.places.categories(found["l"].to_numpy()) | grid.times.categories(found["t"].to_numpy())
    named |= {c: _categories(found[c]) for c in ("desglose", "categoria")}
    return pd.DataFrame({c: named[c] for c in CELL} | {c: found[c].to_numpy() for c in ("valor", "casos", "abiertos")})


def _categories(texts: pa.ChunkedArray) -> pd.Categorical:
    """In order, so that the same rows give the same frame."""
    coded = texts.combine_chunks().dictionary_encode()
    known, order = np.unique(coded.dictionary.to_numpy(zero_copy_only=False).astype(object), return_inverse=True)
    return pd.Categorical.from_codes(order[coded.indices.to_numpy()], pd.Index(known))


def _moments(grid: _Grid, indicator: Indicator, split: Breakdown | None) -> pd.DataFrame:
    """By cell and stratum: `con`, the clusters with cases, with the sums and products of their numerators `y` and denominators `x`; and `grupos`,

    the clusters there are: of a survey all zones visited, whatever the category, as 0 where nobody belongs to it (Lumley, T. (2010), "Complex
    Surveys", Wiley, section 2.2, estimates in subpopulations); elsewhere those with cases.
    """
    _, category, condition = _margin(split, indicator)
    totals = (
        f"SELECT {_KEY.format(category=category)}, b.estrato, b.conglomerado, sum(b.num) AS y, sum(b.den) AS x "
        f"FROM estado_clusters b {_JOIN} WHERE b.indicador = '{indicator.id}' AND {condition} GROUP BY ALL HAVING sum(b.den) > 0"
    )
    sums = "CAST(count(*) AS DOUBLE) AS con, sum(y) AS y, sum(x) AS x, sum(y * y) AS yy, sum(x * y) AS xy, sum(x * x) AS xx"
    made = grid.connection.execute(f"SELECT l, t, categoria, estrato, {sums} FROM ({totals}) GROUP BY ALL").df()
    if indicator.design is None or not indicator.design.stratum:
        return grid.keyed(made.assign(grupos=made["con"]), split)
    visited = (
        f"SELECT l.cual AS l, t.cual AS t, b.estrato, CAST(count(DISTINCT b.conglomerado) AS DOUBLE) AS grupos "
        f"FROM estado_clusters b {_JOIN} WHERE b.indicador = '{indicator.id}' AND b.{SPLIT} = '' GROUP BY ALL"
    )
    return grid.keyed(made.merge(grid.connection.execute(visited).df(), on=["l", "t", "estrato"]), split)
