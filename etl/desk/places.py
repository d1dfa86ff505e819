"""Which deliveries there can be: table, submitter and period, checked before a byte is sent; and their names in Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import PurePath
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from etl.desk.problems import Problem
from etl.sources.received import NATIONAL, SERIES
from warehouse import catalogue, periods
from warehouse.contracts import Contract
from warehouse.errors import SiegemError, suggest
from warehouse.store import Warehouse
from warehouse.territories import regions, territory

_BAD = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]+")
_SUFFIXES = (".xlsx", ".csv")


@dataclass(frozen=True)
class Place:
    """A delivery that can be: a table that somebody sends, its submitter, and a period code or «serie»."""

    contract: Contract
    region: str
    period: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.contract.table, self.region, self.period


def place(table: str, region: str, period: str, today: date) -> Place:
    """The delivery that is meant. Raises Problem saying which of the three is wrong."""
    contracts = catalogue.contracts()
    contract = contracts.get(table)
    if contract is None:
        raise Problem(422, f"No existe la tabla «{table[:60]}».{suggest(table, contracts)}", "Elíjala en la lista.")
    if contract.delivery.ambito == "sistema":
        raise Problem(422, f"La tabla «{table}» la arma el sistema; nadie la entrega.", "Elija otra tabla.")
    national = contract.delivery.ambito == "nacional"
    if region not in (NATIONAL, *(r.codigo for r in regions())):
        raise Problem(422, f"«{region[:10]}» no es un gobierno regional.", "Use el código del INEI, de 01 a 26, o 00 si la entidad es nacional.")
    if national != (region == NATIONAL):
        whose = "la entrega una entidad nacional" if national else "la entrega cada gobierno regional"
        raise Problem(422, f"La tabla «{contract.title.es}» {whose}.", "Elija la entidad que corresponde.")
    _check_period(period, national, today)
    return Place(contract, region, period)


def _check_period(period: str, national: bool, today: date) -> None:
    if period == SERIES:
        if not national:
            raise Problem(422, "Una región entrega periodo por periodo, no la serie entera.", "Elija el periodo.")
        return
    try:
        start = periods.parse(period).start
    except SiegemError as error:
        raise Problem(422, error.what[:200], error.cure) from error
    if start > today:
        raise Problem(422, f"El periodo {named(period)} todavía no empieza.", "Elija un periodo que ya haya empezado.")


def file_name(given: str) -> str:
    """A name that is only a name. Raises Problem where its kind is not one we read."""
    name = _BAD.sub("_", PurePath(given.replace("\\", "/")).name).strip(" .")[-200:]
    suffix = PurePath(name).suffix.lower()
    if suffix in (".xls", ".xlsm", ".xlsb", ".ods"):
        raise Problem(415, f"«{name}» es un libro {suffix}, que no se lee.", "En Excel: Guardar como → Libro de Excel (.xlsx), y envíe ese archivo.")
    if suffix not in _SUFFIXES:
        raise Problem(415, f"«{name or 'el archivo'}» no es un libro de Excel ni un CSV.", "Envíe la plantilla llena (.xlsx) o un CSV UTF-8.")
    return name


@lru_cache(maxsize=1)
def _months() -> dict[int, str]:
    return {int(k): str(v) for k, v in get_month_names("abbreviated", locale="es_PE").items()}


def named(period: str) -> str:
    """«set. 2026», «jul.–set. 2026», «2026», «serie completa»."""
    if period == SERIES:
        return "serie completa"
    found = periods.parse(period)
    first, last = _months()[found.start.month], _months()[found.end.month]
    if found.kind == "anio":
        return found.code
    return f"{first if found.kind == 'mes' else f'{first}–{last}'} {found.start.year}"


def sender_of(region: str) -> str:
    """«Gobierno Regional de La Libertad», or who sends what is national."""
    return "Entidad nacional" if region == NATIONAL else territory(region).nombre


def today_of(warehouse: Warehouse) -> date:
    """Today where the offices are."""
    return warehouse.today


def local(warehouse: Warehouse, stamp: datetime) -> datetime:
    """An instant on the clocks of the offices."""
    return stamp.astimezone(ZoneInfo(warehouse.settings.zona_horaria))
