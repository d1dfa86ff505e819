"""Stage 1 on DuckDB: one pass over a fact gives every aggregate of its indicators by place, period and all breakdowns at once;

what is kept are its margins (undivided, and each breakdown alone), which is all that figures need, and far smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from kpis.compile import CATEGORY, PLACE, ROWS, SPLIT, TIME, Compiled, Plan, added_up
from warehouse import duck

#: parts that are histograms: (of ends seen, of rows still open, of rows of another authority)
HISTOGRAMS = {"hist": (False, False), "cens": (True, False), "hist_x": (False, True), "cens_x": (True, True)}

BAR_COLUMNS = pa.schema(
    [("indicador", pa.string()), (PLACE, pa.string()), (TIME, pa.string()), (SPLIT, pa.string()), (CATEGORY, pa.string()), ("ajena", pa.bool_()),
     ("valor", pa.int64()), ("terminados", pa.int64()), ("abiertos", pa.int64())]
)  # fmt: skip
CLUSTER_COLUMNS = pa.schema(
    [("indicador", pa.string()), (PLACE, pa.string()), (TIME, pa.string()), (SPLIT, pa.string()), (CATEGORY, pa.string()), ("estrato", pa.string()),
     ("conglomerado", pa.string()), ("num", pa.float64()), ("den", pa.float64())]
)  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """Mergeable states of a plan. `base`: one row for each place, period and category; `bars`: histograms; `clusters`: sums by cluster."""

    base: pa.Table
    bars: pa.Table
    clusters: pa.Table

    def tables(self) -> dict[str, pa.Table]:
        return {"base": self.base, "bars": self.bars, "clusters": self.clusters}


@dataclass(frozen=True)
class Input:
    """Where a pass reads: table -> (Parquet files, schema of an empty table)."""

    tables: Mapping[str, tuple[list[str], pa.Schema]]
    cut: date | None
    start: date | None


def run(connection: duck.Connection, plan: Plan, given: Input) -> Parts:
    """The states of a plan over accepted files."""
    for table, (files, empty) in given.tables.items():
        duck.view_of_files(connection, table, files, empty)
    return over(connection, plan, plan.fact.at(given.cut, given.start))


def over(connection: duck.Connection, plan: Plan, fact: str) -> Parts:
    """The states of a plan over the SELECT `fact`."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE pasada AS {plan.sql(source=fact, without=plan.histograms)}")
    base = connection.sql(_base(plan)).to_arrow_table()
    connection.execute("DROP TABLE pasada")
    bars = _histograms(connection, plan, fact) if plan.histograms else BAR_COLUMNS.empty_table()
    clustered = [c for c in plan.indicators if c.indicator.design is not None]
    clusters = CLUSTER_COLUMNS.empty_table()
    if clustered:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW hecho AS {fact}")
        each = [f"SELECT '{c.indicator.id}' AS indicador, * FROM ({plan.clusters_sql(c, split)})" for c in clustered for split in splits(c)]
        clusters = connection.sql(" UNION ALL ".join(each)).to_arrow_table().cast(CLUSTER_COLUMNS)
    return Parts(base, bars, clusters)


def _histograms(connection: duck.Connection, plan: Plan, fact: str) -> pa.Table:
    """How often each value occurs, by grouping on the value: a third of what DuckDB's histogram() costs, and it may spill to disk."""
    columns = ", ".join(f'{sql} AS "{name}"' for name, sql in (plan.keys | plan.histograms).items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE contadas AS SELECT {columns} FROM ({fact}) AS hecho WHERE {plan.rows}")
    found = [connection.sql(sql).to_arrow_table().cast(BAR_COLUMNS) for c in plan.indicators if (sql := _bars(plan, c))]
    connection.execute("DROP TABLE contadas")
    return pa.concat_tables(found)


def splits(compiled: Compiled) -> list[str]:
    """The columns an indicator is divided by, once each, after the undivided whole."""
    return ["", *dict.fromkeys(b.column for b in compiled.indicator.breakdowns)]


def sums(plan: Plan) -> list[str]:
    """State columns that are numbers."""
    return [name for c in plan.indicators for name in c.parts if name.rsplit("__", 1)[1] not in HISTOGRAMS]


def total(name: str, plan: Plan) -> str:
    """The sum of a state column, exact whatever the order."""
    return added_up(f'"{name}"', any(name in c.fractional for c in plan.indicators))


def _base(plan: Plan) -> str:
    added = ", ".join(f'{total(name, plan)} AS "{name}"' for name in [ROWS, *sums(plan)])
    return " UNION ALL ".join(f"SELECT {_margin(split)}, {added} FROM pasada GROUP BY ALL" for split in ["", *plan.breakdowns])


def _margin(split: str) -> str:
    category = f'"b_{split}"' if split else "''"
    return f"{PLACE}, {TIME}, '{split}' AS {SPLIT}, {category} AS {CATEGORY}"


def _bars(plan: Plan, compiled: Compiled) -> str:
    """The histograms of an indicator as rows; empty where it has none."""
    held = [part for part in HISTOGRAMS if compiled.column(part) in compiled.parts]
    if not held:
        return ""
    kept = ", ".join([PLACE, TIME, *(f'"b_{b}"' for b in plan.breakdowns)])
    pieces = []
    for part in held:
        still_open, foreign = HISTOGRAMS[part]
        counts = "0 AS terminados, count(*) AS abiertos" if still_open else "count(*) AS terminados, 0 AS abiertos"
        column = f'"{compiled.column(part)}"'
        pieces.append(
            f"SELECT {kept}, {str(foreign).upper()} AS ajena, {column} AS valor, {counts} FROM contadas WHERE {column} IS NOT NULL GROUP BY ALL"
        )
    rows = " UNION ALL ".join(pieces)
    margins = [
        f"SELECT '{compiled.indicator.id}' AS indicador, {_margin(split)}, ajena, valor, CAST(sum(terminados) AS BIGINT) AS terminados, "
        f"CAST(sum(abiertos) AS BIGINT) AS abiertos FROM barras_{compiled.indicator.id} GROUP BY ALL"
        for split in splits(compiled)
    ]
    return f"WITH barras_{compiled.indicator.id} AS ({rows}) {' UNION ALL '.join(margins)}"
