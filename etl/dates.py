"""When a submission is due, and up to which day its data reach."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from etl.sources.received import SERIES
from warehouse import periods
from warehouse.contracts import Contract


def business_days(calendar: pa.Table | None) -> list[date]:
    """The working days of `ref_calendario` in order; empty where it is not loaded."""
    if calendar is None:
        return []
    return sorted(calendar.filter(pc.field("es_habil")).column("fecha").to_pylist())


def due_date(contract: Contract, periodo: str, working: list[date]) -> date | None:
    """The contract's nth working day, or its calendar days, after the period's end; None where it sets none or the calendar does not reach.

    A longer period than the contract's own (a year of a monthly table) is a historical load, and has no deadline.
    """
    nth, days = contract.delivery.plazo_dia_habil, contract.delivery.plazo_dias
    if (nth is None and days is None) or periodo == SERIES or is_historical(contract, periodo):
        return None
    end = periods.parse(periodo).end
    if nth is None:
        return end + timedelta(days=days or 0)
    at = bisect_right(working, end) + nth - 1
    # further away than two months the calendar has a hole, or does not reach
    return working[at] if at < len(working) and working[at] <= end + timedelta(days=62) else None


def is_historical(contract: Contract, periodo: str) -> bool:
    """Whether a delivery brings several of the contract's periods at once."""
    own = {"mensual": 1, "trimestral": 3, "anual": 12}.get(contract.delivery.periodicidad)
    return own is not None and periodo != SERIES and periods.parse(periodo).months > own


def data_until(contract: Contract, periodo: str, rows: pa.Table, received: date) -> date | None:
    """The last day the data speak of: the delivery's own period, or the newest period in the rows of a national series.

    Never after the day they were received or the date of the source: a year that has not ended yet is known only so far.
    """
    own = periods.parse(periodo).end if periodo != SERIES else None
    found = own if contract.delivery.ambito == "region" else (_newest(contract, rows) or own)
    limits = [d for d in (found, received, contract.source.fecha) if d is not None]
    return min(limits) if found is not None else contract.source.fecha


def _newest(contract: Contract, rows: pa.Table) -> date | None:
    names = set(contract.column_names)
    if not rows.num_rows:
        return None
    if {"anio", "mes"} <= names:
        months = pc.max(pc.add(pc.multiply(rows.column("anio"), 12), pc.subtract(rows.column("mes"), 1))).as_py()
        return None if months is None else periods.parse(f"{months // 12}-{months % 12 + 1:02d}").end
    if "periodo" in names:
        codes = pc.unique(rows.column("periodo")).drop_null().to_pylist()
        return max((_end(c) for c in codes if _end(c)), default=None)  # type: ignore[type-var]
    year = next((c.name for c in contract.columns if c.type == "integer" and c.name.startswith("anio")), None)
    last = pc.max(rows.column(year)).as_py() if year else None
    return None if last is None or not 1 <= last <= 9998 else date(last, 12, 31)


def _end(code: str) -> date | None:
    """The end of a period code or of an ISO date; None for anything else."""
    try:
        return date.fromisoformat(code) if len(code) == 10 else periods.parse(code).end
    except (ValueError, periods.SiegemError):
        return None
