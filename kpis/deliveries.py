"""What was delivered and what was owed: cut-off dates, coverage, and which delivery replaced which. Read from the submissions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import pandas as pd

from warehouse import catalogue, submissions
from warehouse.contracts import Contract
from warehouse.errors import SiegemError
from warehouse.periods import OF_DELIVERY, Period, month_numbers, parse
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED
from warehouse.territories import COUNTRY, PILOTS, ancestors, regions

#: contract of the tables about the deliveries themselves
REGISTER = "S01"


@dataclass(frozen=True)
class Deliveries:
    """`history` has the columns of `entregas`, every submission ever judged."""

    history: pd.DataFrame
    contracts: Mapping[str, Contract]

    @classmethod
    def of(cls, warehouse: Warehouse) -> Deliveries:
        """Those known now."""
        return cls(submissions.history(warehouse.engine), catalogue.contracts())

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
        """The periodic deliveries that regions owe for `tables`; None where no region owes any. Asked by every indicator, so kept."""
        periodic = tuple(sorted(t for t in tables if t in self.contracts and _is_periodic(self.contracts[t])))
        if periodic not in self._owed:
            self._owed[periodic] = self._count(periodic)
        return self._owed[periodic]

    @cached_property
    def _owed(self) -> dict[tuple[str, ...], Owed | None]:
        return {}

    def _count(self, periodic: tuple[str, ...]) -> Owed | None:
        rows = self.in_force[self.in_force["tabla"].isin(periodic)]
        came: dict[str, dict[str, set[int]]] = {t: {} for t in periodic}
        periods = []
        for table, region, code in zip(rows["tabla"], rows["cod_region"], rows["periodo"], strict=True):
            period = _period(code)
            if period is not None:
                periods.append(period)
                came[table].setdefault(region, set()).update(month_numbers(period))  # a historical load brings the months of its year
        if not periods:
            return None
        senders = {t: frozenset(self.contracts[t].senders) for t in periodic}
        return Owed(min(p.start for p in periods), max(p.end for p in periods), came, senders)

    def completeness(self, tables: Iterable[str]) -> float | None:
        """Share of the monthly deliveries owed by all regions, from the first month delivered to the last, that were accepted."""
        owed = self.owed(t for t in tables if t in self.contracts and self.contracts[t].delivery.periodicidad == "mensual")
        if owed is None:
            return None
        expected = (_number(owed.last) - _number(owed.first) + 1) * len(owed.came) * len(regions())
        return sum(len(months) for by_region in owed.came.values() for months in by_region.values()) / expected


@dataclass(frozen=True)
class Owed:
    """Deliveries of regions. `came`: table -> region -> months accepted, one of a quarter counting for its three; `senders`: table -> who owes it."""

    first: date
    last: date
    came: Mapping[str, Mapping[str, set[int]]]
    senders: Mapping[str, frozenset[str]]

    def coverage(self, territory: str, period: Period) -> float:
        """Share of what the regions of `territory` owed for the months of `period` that was accepted; NaN where none of them owes any of it."""
        return self.delivered(territory, period)[0]

    def lacks(self, territory: str, period: Period) -> bool:
        """Whether nothing came of some table that the regions of `territory` owed for `period`: a figure from the others alone would be false."""
        return self.delivered(territory, period)[1]

    def delivered(self, territory: str, period: Period) -> tuple[float, bool]:
        """`coverage` and `lacks`, kept: every indicator that needs the same tables asks for the same ones."""
        asked = territory, period.start, period.kind
        if asked not in self._known:
            months = set(month_numbers(period))
            owing = self._owing(territory)
            got = {t: [len(self.came[t].get(r, set()) & months) for r in members] for t, members in owing.items()}
            due = sum(map(len, owing.values())) * len(months)
            self._known[asked] = sum(map(sum, got.values())) / due if due else math.nan, any(came and not any(came) for came in got.values())
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[str, date, str], tuple[float, bool]]:
        return {}

    def _owing(self, territory: str) -> dict[str, list[str]]:
        """Table -> the regions of `territory` that owe it."""
        return {t: [r for r in members_of(territory) if r in senders] for t, senders in self.senders.items()}


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
