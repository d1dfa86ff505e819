"""What a region owes and what it owes next, by the desk's calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from etl.desk import due
from etl.desk.due import Calendar, Due
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.store import Warehouse
from warehouse.territories import COUNTRY

#: table, submitter and period
Place = tuple[str, str, str]
#: days back and ahead that a notice looks
BACK, AHEAD = 92, 10


@dataclass(frozen=True)
class Owed:
    """Deliveries that are missing (their day passed, or no version could be accepted) and those whose day comes soon; oldest day first."""

    missing: list[Due]
    soon: list[Due]


class Reckoning:
    """What every region owes, reckoned once for all notices of a run."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.today = warehouse.today
        self.calendar = Calendar(warehouse)
        self.missing: dict[str, list[Due]] = due.overdue(self.calendar, BACK)
        self.soon: dict[str, list[Due]] = _soon(self.calendar, self.today)

    def of(self, code: str) -> Owed:
        """Of a region; of all of them together for the country."""
        if code == COUNTRY:
            return Owed(_all(self.missing.values()), _all(self.soon.values()))
        return Owed(self.missing.get(code, []), self.soon.get(code, []))

    def still_missing(self, places: Iterable[Place]) -> list[Due]:
        """Of these deliveries, those of which nothing was accepted yet."""
        contracts = catalogue.contracts()
        wanted = [(contracts[table], code, period) for table, code, period in places if table in contracts]
        return [d for d in due.states(self.calendar, wanted) if d.estado in ("falta", "rechazada")] if wanted else []


def _all(found: Iterable[list[Due]]) -> list[Due]:
    return [d for items in found for d in items]


def _soon(calendar: Calendar, today: date) -> dict[str, list[Due]]:
    wanted: list[tuple[Contract, str, str]] = []
    for contract in due.delivered():
        if contract.delivery.ambito != "region" or contract.delivery.periodicidad == "unica":
            continue
        for period in due.recent_periods(contract, today):
            for code in contract.senders:
                day = calendar.due(contract, code, period)
                if day is not None and today <= day <= today + timedelta(days=AHEAD):
                    wanted.append((contract, code, period))
    found: dict[str, list[Due]] = defaultdict(list)
    for item in due.states(calendar, wanted):
        if item.estado in ("por_vencer", "rechazada"):
            found[item.cod_region].append(item)
    return {code: sorted(items, key=lambda d: (d.vence or today, d.tabla)) for code, items in found.items()}


def title(table: str, lang: str = "es") -> str:
    """A table's name as people know it."""
    contract = catalogue.contracts().get(table)
    return (contract.title.en if lang == "en" else contract.title.es) if contract else table
