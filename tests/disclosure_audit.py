"""An outsider against the public tables of indicators about persons: what linear programming proves of each small cell from all that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpis.compile import Plan
from kpis.deliveries import Deliveries
from kpis.engine import context_of
from kpis.judge import figures
from kpis.methods.disclosure import attack
from kpis.rollup import roll_up
from kpis.states import StateStore
from kpis.suppression import PUBLIC, THRESHOLD, Cube, parts_of, tables_of, with_suppression
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.indicators import Indicator
from warehouse.states import DETAIL, SHOWN


@dataclass(frozen=True)
class Audit:
    """Tables attacked, small cells in them, cells not shown, small cells recovered, and those recovered if only the small ones were hidden."""

    indicator: str
    tables: int = 0
    small: int = 0
    hidden: int = 0
    recovered: int = 0
    naked: int = 0


def audit(plans: Iterable[Plan], store: StateStore, deliveries: Deliveries, contracts: Mapping[str, Contract]) -> list[Audit]:
    """The attack on every public table of the plans' indicators about persons."""
    found = []
    for plan in plans:
        if any(c.indicator.persons and PUBLIC in c.indicator.audience for c in plan.indicators):
            states = store.of(plan, deliveries.until(plan.fact.tables), deliveries.since(plan.fact.tables))
            with duck.engine(threads=2) as connection:
                rolled = roll_up(connection, plan, states.parts)
            for sums in rolled:
                i = sums.indicator
                if i.persons and PUBLIC in i.audience:
                    found.append(audit_frame(figures(sums, context_of(plan, i, deliveries, contracts), dated=plan.dated), i))
    return found


def audit_frame(frame: pd.DataFrame, i: Indicator) -> Audit:
    """The attack on all public tables of one indicator. The outsider knows every row shown, all sums, and that nothing is negative."""
    fine = (frame["nivel"] == "region") & (frame["desglose"] != "") & ~frame["desglose"].isin(i.public_breakdowns)
    told = with_suppression(frame, i)
    assert (told.loc[fine, "supresion"] == DETAIL).all(), "un desglose por región que no es para el público"
    shown = told[~fine].reset_index(drop=True)
    counts = np.zeros(5, dtype=int)
    for rows in tables_of(shown, i):
        part = shown.iloc[rows].reset_index(drop=True)
        cube = Cube.of(part, i)
        unseen = ~cube.filled((part["supresion"] == SHOWN).to_numpy(), True)
        for amounts in parts_of(part, i):
            table = cube.table(amounts)
            little = (table.values > 0) & (table.values < THRESHOLD)
            proven = attack(table, unseen, asked=little & unseen).recovered | ~unseen
            alone = attack(table, little, asked=little).recovered
            counts += (1, little.sum(), unseen.sum(), (proven & little).sum(), (alone & little).sum())
    return Audit(i.id, *counts.tolist())
