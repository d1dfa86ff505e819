"""What was delivered and what was owed: cut-off dates, coverage, and which delivery replaced which. Read from the submissions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import pandas as pd

from kpis.rollup import month_numbers
from warehouse.contracts import Contract
from warehouse.errors import SiegemError
from warehouse.periods import OF_DELIVERY, Period, parse
from warehouse.submissions import REJECTED
from warehouse.territories import COUNTRY, PILOTS, ancestors, regions

#: contract of the tables about the deliveries themselves
REGISTER = "S01"


@dataclass(frozen=True)
class Deliveries:
    """`history` has the columns of `entregas`, every submission ever judged."""

    history: pd.DataFrame
    contracts: Mapping[str, Contract]

    @cached_property
    def in_force(self) -> pd.DataFrame:
        """The accepted version in force of each table, submitter and period."""
        accepted = self.history[self.history["estado"] != REJECTED].sort_values("seq")
        return accepted.drop_duplicates(["tabla", "cod_region", "periodo"], keep="last")

    def until(self, tables: Iterable[str]) -> date | None:
        """The latest date that the accepted data of `tables` reach; None where no delivery says.

        The register of deliveries alone reaches the day of the last one received; beside other tables it does not count.
        """
        names = list(tables)
        if names and all(t in self.contracts and self.contracts[t].contract == REGISTER for t in names):
            return self.history["recibido_en"].max().date() if len(self.history) else None
        rows = self.in_force[self.in_force["tabla"].isin(names)]
        dates = [d for d in map(_reach, rows["datos_al"], rows["periodo"], rows["recibido_en"]) if d is not None]
        return max(dates, default=None)

    def since(self, tables: Iterable[str]) -> date | None:
        """The first day of the first period delivered of `tables`; None where no delivery says."""
        rows = self.in_force[self.in_force["tabla"].isin(list(tables))]
        starts = [p.start for code in rows["periodo"].unique() if (p := _period(code)) is not None]
        return min(starts, default=None)

    def owed(self, tables: Iterable[str]) -> Owed | None:
        """The periodic deliveries that regions owe for `tables`; None where no region owes any."""
        periodic = [t for t in tables if t in self.contracts and _is_periodic(self.contracts[t])]
        rows = self.in_force[self.in_force["tabla"].isin(periodic)]
        places = [
            (t, r, parsed) for t, r, p in zip(rows["tabla"], rows["cod_region"], rows["periodo"], strict=True) if (parsed := _period(p)) is not None
        ]
        if not places:
            return None
        months = sorted({p.start for _, _, p in places})
        received: dict[str, dict[int, int]] = {}
        by_table: dict[str, dict[str, set[int]]] = {t: {} for t in periodic}
        for table, region, period in places:
            per_month = received.setdefault(region, {})
            for number in month_numbers(period):  # a historical load brings the months of its year
                per_month[number] = per_month.get(number, 0) + 1
            by_table[table].setdefault(region, set()).update(month_numbers(period))
        senders = {t: frozenset(self.contracts[t].senders) for t in periodic}
        return Owed(months[0], max(p.end for _, _, p in places), len(periodic), received, by_table, senders)

    def completeness(self, tables: Iterable[str]) -> float | None:
        """Share of the deliveries owed by all regions, from the first month delivered to the last, that were accepted."""
        owed = self.owed(tables)
        if owed is None:
            return None
        first, last = _number(owed.first), _number(owed.last)
        expected = (last - first + 1) * owed.tables * len(regions())
        return sum(sum(m.values()) for m in owed.received.values()) / expected


@dataclass(frozen=True)
class Owed:
    """Deliveries by region. `received`: region -> month number -> tables accepted, out of `tables`; one of a quarter counts for its months."""

    first: date
    last: date
    tables: int
    received: dict[str, dict[int, int]]
    #: table -> region -> months accepted
    by_table: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    #: table -> the regions that owe it; all of them where not said
    senders: dict[str, frozenset[str]] = field(default_factory=dict)

    def coverage(self, territory: str, period: Period) -> float:
        """Share of what the regions of `territory` owed for the months of `period` that was accepted; NaN where none of them owes any of it."""
        members = members_of(territory)
        months = month_numbers(period)
        if self.senders:
            owing = {t: [r for r in members if r in senders] for t, senders in self.senders.items()}
            due = sum(len(regions_) for regions_ in owing.values()) * len(months)
            came = sum(len(self.by_table[t].get(r, set()) & set(months)) for t, regions_ in owing.items() for r in regions_)
            return came / due if due else math.nan
        got = sum(self.received.get(r, {}).get(m, 0) for r in members for m in months)
        return got / (len(members) * len(months) * self.tables) if members else 0.0

    def lacks(self, territory: str, period: Period) -> bool:
        """Whether nothing came of some table that the regions of `territory` owed for `period`: a figure from the others alone would be false."""
        members, months = members_of(territory), set(month_numbers(period))
        for table, came in self.by_table.items():
            owing = [r for r in members if r in self.senders.get(table, members)]
            if owing and not any(months & came.get(r, set()) for r in owing):
                return True
        return False


@lru_cache(maxsize=512)
def members_of(territory: str) -> tuple[str, ...]:
    """The regional governments a territory is made of; itself where it is one."""
    if territory == COUNTRY:
        return tuple(r.codigo for r in regions())
    if territory == PILOTS:
        return tuple(r.codigo for r in regions() if r.piloto)
    return tuple(r.codigo for r in regions() if territory in (code for code, _ in ancestors(r.codigo)))


def _is_periodic(contract: Contract) -> bool:
    return contract.delivery.ambito == "region" and contract.delivery.periodicidad in OF_DELIVERY


def _period(code: str) -> Period | None:
    """The period a delivery is of; None for labels that are no period («unica»)."""
    try:
        return parse(code)
    except SiegemError:
        return None


def _reach(until: object, code: str, received: pd.Timestamp) -> date | None:
    """The date a delivery's data reach: what it says, else the end of its period, but never after it was received."""
    if isinstance(until, date) and not pd.isna(until):
        return until
    period = _period(code)
    return min(period.end, received.date()) if period else None


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
