"""What is due, until when, and what came of it. Deadlines are the contract's, or those of `ref_calendario_entregas` where it names one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import func, select

from etl.dates import business_days, due_date
from etl.desk.places import local, named, today_of
from etl.sources.received import NATIONAL, SERIES
from warehouse import catalogue, periods
from warehouse.contracts import Contract
from warehouse.database import as_utc
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED, accepted_versions
from warehouse.tables import entregas
from warehouse.territories import regions

#: recibida: accepted in time; tarde: accepted after its day; rechazada: came, and none of its versions was accepted; falta: its day
#: passed; por_vencer: the period ended and its day has not come; en_curso: the period has not ended; sin_plazo: nobody set a day
STATES = ("recibida", "tarde", "rechazada", "falta", "por_vencer", "en_curso", "sin_plazo")
#: periods of each kind that the desk shows back from today
BACK = {"mes": 12, "trimestre": 6, "anio": 3}
_MONTHS = {"mes": 1, "trimestre": 3, "anio": 12}


@dataclass(frozen=True)
class Due:
    """One delivery that is or was due. `dias`: days late (of its arrival, or until today where nothing was accepted); 0 where not late."""

    tabla: str
    cod_region: str
    periodo: str
    nombre_periodo: str
    vence: date | None
    estado: str
    dias: int
    version: int = 0
    seq: int | None = None
    recibido_en: datetime | None = None
    filas: int = 0
    filas_cuarentena: int = 0
    mensaje: str = ""
    #: the last version was rejected though an earlier one stands
    ultima_rechazada: bool = False

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Calendar:
    """Deadlines of one installation, read once for each version of the tables they come from."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._lock = Lock()
        self._versions: tuple[int | None, int | None] | None = None
        self._working: list[date] = []
        self._named: dict[tuple[str, str, str], date] = {}
        self._computed: dict[tuple[str, str], date | None] = {}

    def due(self, contract: Contract, region: str, period: str) -> date | None:
        """The last day to deliver; None where the contract sets none or the calendar is not loaded."""
        named = self._named.get((contract.table, region, period))
        if named is not None:
            return named
        key = (contract.table, period)
        if key not in self._computed:
            self._computed[key] = due_date(contract, period, self._working)
        return self._computed[key]

    def fresh(self) -> Calendar:
        """Itself, with the calendar that is accepted now."""
        found = accepted_versions(self.warehouse.engine)
        versions = (found.get("ref_calendario"), found.get("ref_calendario_entregas"))
        with self._lock:
            if versions != self._versions:
                delta = self.warehouse.delta
                self._working = business_days(delta.read("aceptado", "ref_calendario", versions[0]) if versions[0] is not None else None)
                self._named = {}
                if versions[1] is not None:
                    rows = delta.read("aceptado", "ref_calendario_entregas", versions[1])
                    columns = (rows.column(n).to_pylist() for n in ("dataset", "cod_region", "periodo", "fecha_limite"))
                    self._named = {(table, region, period): day for table, region, period, day in zip(*columns, strict=True)}
                self._versions, self._computed = versions, {}
        return self


def delivered(region: str = "") -> list[Contract]:
    """Contracts that somebody sends; those of one submitter where it is named."""
    found = [c for c in catalogue.contracts().values() if c.delivery.ambito != "sistema"]
    wanted = "nacional" if region == NATIONAL else "region"
    return [c for c in found if not region or c.delivery.ambito == wanted]


def recent_periods(contract: Contract, today: date, back: int | None = None) -> list[str]:
    """Periods of a contract that began, newest first; a whole series for what comes once."""
    kind = periods.OF_DELIVERY.get(contract.delivery.periodicidad)
    if kind is None:
        return [SERIES] if contract.delivery.ambito == "nacional" else [str(today.year - n) for n in range(BACK["anio"])]
    return recent(kind, today, back or BACK[kind])


def recent(kind: str, today: date, back: int) -> list[str]:
    """The last `back` periods of a kind that began, newest first."""
    now = periods.Period(date(today.year, today.month, 1), "mes").within(kind)
    return [now.earlier(n * _MONTHS[kind]).code for n in range(back)]


def newest_begun(calendar: Calendar) -> str:
    """The newest month that has ended and of which a region delivered something; "" where there is none."""
    today, c = today_of(calendar.warehouse), entregas.c
    # letters of other kinds (2026-T3) come after digits: they are no month before this one
    query = select(func.max(c.periodo)).where(c.periodo.like("____-__"), c.periodo < f"{today:%Y-%m}")
    with calendar.warehouse.engine.connect() as connection:
        return str(connection.execute(query.where(c.cod_region.in_([r.codigo for r in regions()]))).scalar() or "")


def states(calendar: Calendar, wanted: Iterable[tuple[Contract, str, str]]) -> list[Due]:
    """What became of each (contract, submitter, period)."""
    wanted = list(wanted)
    versions = _versions(calendar.warehouse, {p for _, _, p in wanted}, {c.table for c, _, _ in wanted})
    today = today_of(calendar.warehouse)
    return [_state(calendar, c, r, p, versions.get((c.table, r, p), []), today) for c, r, p in wanted]


def _versions(warehouse: Warehouse, wanted: set[str], tables: set[str]) -> dict[tuple[str, str, str], list[Any]]:
    e = entregas.c
    query = select(
        e.tabla, e.cod_region, e.periodo, e.version, e.seq, e.estado, e.recibido_en, e.filas, e.filas_cuarentena, e.mensaje
    ).where(e.periodo.in_(wanted), e.tabla.in_(tables)).order_by(e.version)  # fmt: skip
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    with warehouse.engine.connect() as connection:
        for row in connection.execute(query):
            found[row.tabla, row.cod_region, row.periodo].append(row)
    return found


def _state(calendar: Calendar, contract: Contract, region: str, period: str, versions: list[Any], today: date) -> Due:
    due = calendar.due(contract, region, period)
    good = [v for v in versions if v.estado != REJECTED]
    last = (good or versions)[-1] if versions else None
    if good:
        # in time is when the first good one came: a correction makes nobody late
        arrived = local(calendar.warehouse, as_utc(good[0].recibido_en)).date()
        state = "tarde" if due and arrived > due else "recibida"
    else:
        arrived, state = today, "rechazada" if versions else _not_come(period, due, today)
    late = max((arrived - due).days, 0) if due else 0
    told: dict[str, Any] = {}
    if last is not None:
        told = {n: getattr(last, n) for n in ("version", "seq", "filas", "filas_cuarentena", "mensaje")} | {"recibido_en": as_utc(last.recibido_en)}
    refused = bool(good) and versions[-1].estado == REJECTED
    return Due(contract.table, region, period, named(period), due, state, late, **told, ultima_rechazada=refused)


def _not_come(period: str, due: date | None, today: date) -> str:
    if due and today > due:
        return "falta"
    if period != SERIES and periods.parse(period).end >= today:
        return "en_curso"
    return "por_vencer" if due else "sin_plazo"


def of_region(calendar: Calendar, region: str) -> list[Due]:
    """Every delivery of a submitter that was due lately or is due next: what needs doing first, and of what is late the newest first."""
    today = today_of(calendar.warehouse)
    wanted = [(c, region, p) for c in delivered(region) if c.delivery.periodicidad != "unica" for p in recent_periods(c, today)]
    rank = {"rechazada": 0, "falta": 1, "por_vencer": 2, "en_curso": 3, "sin_plazo": 4, "tarde": 5, "recibida": 5}

    def urgency(item: Due) -> tuple[int, int, str]:
        day = (item.vence or today).toordinal()
        return rank[item.estado], -day if item.estado in ("falta", "tarde", "recibida") else day, item.tabla

    return sorted(states(calendar.fresh(), wanted), key=urgency)


def of_period(calendar: Calendar, period: str) -> list[Due]:
    """Every regional delivery of one period."""
    kind = periods.kind_of(period)
    asked = [c for c in delivered() if c.delivery.ambito == "region" and periods.OF_DELIVERY.get(c.delivery.periodicidad) == kind]
    return states(calendar.fresh(), [(c, code, period) for c in asked for code in c.senders])


def overdue(calendar: Calendar, days: int) -> dict[str, list[Due]]:
    """Region -> what it owes: its day passed within the last `days` and nothing was accepted."""
    today = today_of(calendar.warehouse)
    calendar.fresh()
    since = today - timedelta(days=days)
    wanted = []
    for contract in delivered():
        if contract.delivery.ambito != "region" or contract.delivery.periodicidad == "unica":
            continue
        for period in recent_periods(contract, today):
            wanted += [
                (contract, code, period)
                for code in contract.senders
                if (due := calendar.due(contract, code, period)) is not None and since <= due < today
            ]
    found: dict[str, list[Due]] = defaultdict(list)
    for item in states(calendar, wanted):
        if item.estado in ("falta", "rechazada"):
            found[item.cod_region].append(item)
    return {code: sorted(items, key=lambda d: (d.vence or today, d.tabla)) for code, items in found.items()}
