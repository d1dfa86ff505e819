"""The engine: both stages for every plan, then the judgement. No average of percentages anywhere: sums first, ratio last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from kpis import onepass
from kpis.changes import with_changes
from kpis.compile import Plan
from kpis.deliveries import Deliveries
from kpis.gate import Gate
from kpis.judge import Context, figures
from kpis.judgement import with_judgement
from kpis.labels import names_of, words_of
from kpis.rollup import Sums, roll_up
from kpis.sentences import sentences
from kpis.states import StateStore
from kpis.suppression import with_suppression
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.indicators import Indicator
from warehouse.publications import VALUE_COLUMNS
from warehouse.told_before import Past
from warehouse.value_columns import FLOATS, rounded

#: significant figures of a published number: facts that add amounts up themselves may differ beyond, from one run to the next
PUBLISHED_FIGURES = 12
#: absences of a category that the undivided value tells already, or that say that there are few cases
FEW = ("n_insuficiente", "sin_registro", "sin_denominador", "no_reportado", "no_desagregado")

#: (what, done, total)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Result:
    """`values` has VALUE_COLUMNS. `passes`: the plans that needed a pass over the data; the others' states were reused."""

    values: pd.DataFrame
    passes: tuple[str, ...]


def compute(
    plans: Iterable[Plan],
    store: StateStore,
    deliveries: Deliveries,
    progress: Progress | None = None,
    gate: Gate | None = None,
    past: Past | None = None,
) -> Result:
    """Every value of every plan's indicators. `gate`: what holds figures back. `past`: what the public was told before."""
    made, passes, todo = [], [], list(plans)
    total = sum(len(p.indicators) for p in todo)
    done = 0
    names = names_of(store.delta, store.versions)
    with duck.engine(memory=store.memory, threads=store.threads) as connection:
        for plan in todo:
            if progress:
                progress(plan.fact.name, done, total)
            states = store.of(plan, deliveries.until(plan.fact.tables), deliveries.since(plan.fact.tables))
            if not states.reused:
                passes.append(plan.key)
            for sums in roll_up(connection, plan, states.parts):
                context = context_of(plan, sums.indicator, deliveries, store.contracts, gate)
                words = words_of(sums.indicator, plan.fact, store.contracts, names)
                made.append(judged(sums, context, dated=plan.dated, words=words, past=past))
            done += len(plan.indicators)
    if progress:
        progress("", done, total)
    values = pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=VALUE_COLUMNS)
    return Result(values, tuple(passes))


def context_of(plan: Plan, indicator: Indicator, deliveries: Deliveries, contracts: Mapping[str, Contract], gate: Gate | None = None) -> Context:
    """What is known of an indicator's data besides its rows."""
    tables = plan.fact.tables
    synthetic = any(contracts[t].source.sintetico for t in tables)
    needed = tables if indicator.needs is None else indicator.needs
    return Context(deliveries.until(tables), deliveries.owed(needed), ("sintetico",) if synthetic else (), gate, tuple(needed))


def judged(
    sums: Sums, context: Context, *, dated: bool, words: Mapping[str, Mapping[str, str]] | None = None, past: Past | None = None
) -> pd.DataFrame:
    """The figures of one indicator with their comparisons, verdicts and sentences."""
    earlier = past(sums.indicator.id) if past and sums.indicator.persons else None
    made = with_suppression(with_judgement(with_changes(figures(sums, context, dated=dated), sums), sums.indicator), sums.indicator, earlier)
    kept = made[_worth_keeping(made, sums.indicator)]
    whole = kept["desglose"] == ""
    # a sentence by category would be a third of the database; pages and `siegem kpi explain` make them when asked
    told = pd.Series([None] * len(kept), index=kept.index, dtype=object)
    told[whole] = sentences(kept[whole], sums.indicator, words)
    figures_ = {c: rounded(kept[c].to_numpy(dtype=float, na_value=np.nan), PUBLISHED_FIGURES) for c in FLOATS}
    return kept[VALUE_COLUMNS].assign(frase=told, **figures_)


def _worth_keeping(made: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """By month, and outside the main period, a category with few or no cases is no row: nine rows in ten would say just that."""
    panel = indicator.main_period if indicator.main_period != "mes" else ""
    return (made["desglose"] == "") | (made["tipo_periodo"] == panel) | ~made["estado"].isin(FEW)


def compute_rows(plan: Plan, rows: pa.Table, context: Context | None = None) -> pd.DataFrame:
    """Values over rows of the fact held in memory, through the same two stages: worked examples and trials."""
    with duck.engine(threads=1) as connection:
        connection.register("filas_del_hecho", rows)
        states = onepass.over(connection, plan, "SELECT * FROM filas_del_hecho")
        connection.unregister("filas_del_hecho")
        made = [judged(s, context or Context(None, None), dated=plan.dated) for s in roll_up(connection, plan, states)]
    return pd.concat(made, ignore_index=True)
