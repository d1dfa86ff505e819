"""The gate before publication: where too much of what a region delivered lies in quarantine, its figures of that period are not published.

More than one row in ten, and at least three, of a table that the indicator needs (KPI_CATALOGUE, `pct_registros_cuarentena`): what is left is not
the region's cases. It is lifted by an exception to the rule P-10 for that table, region and delivery, by name, with a reason and an end. Country and
pilot group go on: one region's bad file does not silence the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from kpis.deliveries import Deliveries
from warehouse import waivers
from warehouse.errors import SiegemError
from warehouse.periods import Period, month_numbers, parse
from warehouse.store import Warehouse
from warehouse.territories import all_territories
from warehouse.waivers import Waiver

RULE = "P-10"
LIMIT, FEWEST = 0.10, 3


@dataclass(frozen=True)
class Blocked:
    """A delivery with too much in quarantine. `waiver`: who lets it pass, if anybody does."""

    table: str
    region: str
    period: str
    rows: int
    quarantined: int
    waiver: Waiver | None

    @property
    def told(self) -> str:
        place = all_territories()[self.region].nombre if self.region in all_territories() else self.region
        said = f"{self.table}, {place}, {self.period}: {self.quarantined:,} de {self.rows:,} filas en cuarentena"
        return f"{said}. {self.waiver.told}" if self.waiver else f"{said}; sin excepción."


@dataclass(frozen=True)
class Gate:
    """Rows delivered and quarantined by table and region; what an exception covers counts as clean."""

    rows: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def _of(self) -> dict[tuple[str, str], tuple[np.ndarray, ...]]:
        columns = ["desde", "hasta", "filas", "cuarentena"]
        groups = self.rows.groupby(["tabla", "cod_region"]) if len(self.rows) else ()
        return {(str(t), str(r)): tuple(g[c].to_numpy() for c in columns) for (t, r), g in groups}

    def closed(self, tables: Sequence[str], region: str, period: Period, *, cumulative: bool) -> bool:
        """Whether any of `tables` had too much in quarantine in the period; for a stock, in all that was delivered up to it."""
        asked = tuple(tables), region, period.start, period.kind, cumulative
        if asked not in self._known:
            self._known[asked] = self._closed(tables, region, period, cumulative)
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[tuple[str, ...], str, date, str, bool], bool]:
        """Every indicator over the same tables asks the same."""
        return {}

    def _closed(self, tables: Sequence[str], region: str, period: Period, cumulative: bool) -> bool:
        first, last = month_numbers(period)[0], month_numbers(period)[-1]
        for table in tables:
            found = self._of.get((table, region))
            if found is None:
                continue
            start, end, size, bad = found
            hit = (start <= last) if cumulative else (start <= last) & (end >= first)
            quarantined = bad[hit].sum()
            if quarantined >= FEWEST and quarantined > LIMIT * size[hit].sum():
                return True
        return False


def gate_of(deliveries: Deliveries, granted: Iterable[Waiver]) -> Gate:
    """The gate over the accepted deliveries in force."""
    given = [w for w in granted if w.regla_id == RULE]
    rows = []
    for d in _regional(deliveries):
        numbers, bad = month_numbers(d.parsed), 0 if _waiver(d, given) else d.quarantined
        rows.append((d.table, d.region, numbers[0], numbers[-1], d.rows, bad))
    return Gate(pd.DataFrame(rows, columns=["tabla", "cod_region", "desde", "hasta", "filas", "cuarentena"]))


def known(warehouse: Warehouse) -> tuple[Deliveries, tuple[Waiver, ...]]:
    """The deliveries and the exceptions in force, as `blocked` takes them."""
    return Deliveries.of(warehouse), waivers.in_force(warehouse.engine, warehouse.today)


def blocked(deliveries: Deliveries, granted: Iterable[Waiver]) -> list[Blocked]:
    """Every delivery in force that closes the gate by itself, or would without its exception; worst share first."""
    given = [w for w in granted if w.regla_id == RULE]
    closing = (d for d in _regional(deliveries) if d.quarantined >= FEWEST and d.quarantined > LIMIT * d.rows)
    found = [Blocked(d.table, d.region, d.period, d.rows, d.quarantined, _waiver(d, given)) for d in closing]
    return sorted(found, key=lambda b: (-b.quarantined / b.rows, b.table, b.region, b.period))


def summary(found: Sequence[Blocked]) -> list[str]:
    """What the gate says when something is published: how much it holds back, and each exception with its name."""
    if not found:
        return ["Puerta: ninguna entrega tiene más de 10 % de sus filas en cuarentena."]
    open_ = [b for b in found if b.waiver]
    lines = [
        f"Puerta: {len(found) - len(open_):,} entregas retienen los indicadores de su región y periodo (más de 10 % de sus filas en cuarentena)."
    ]
    return lines + [f"Puerta: pasa con excepción: {b.told}" for b in open_]


class _Delivery(NamedTuple):
    table: str
    region: str
    period: str
    parsed: Period
    rows: int
    quarantined: int


def _waiver(d: _Delivery, given: Iterable[Waiver]) -> Waiver | None:
    return next((w for w in given if w.covers(RULE, d.table, d.region, d.period)), None)


def _regional(deliveries: Deliveries) -> list[_Delivery]:
    """Deliveries in force of regions that have rows; those of no period (a series) are left out."""
    regional = {t for t, c in deliveries.contracts.items() if c.delivery.ambito == "region"}
    rows = deliveries.in_force
    rows = rows[rows["tabla"].isin(regional) & (rows["filas"] > 0)]
    columns = [rows[c].tolist() for c in ("tabla", "cod_region", "periodo", "filas", "filas_cuarentena")]
    return [_Delivery(t, r, p, parsed, int(n), int(q)) for t, r, p, n, q in zip(*columns, strict=True) if (parsed := _parsed(p)) is not None]


def _parsed(code: str) -> Period | None:
    try:
        return parse(code)
    except SiegemError:
        return None
