"""When each file comes, in which format, and which never came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from etl.demonstration.fault_catalogue import Fault
from etl.demonstration.working_days import working_days
from etl.demonstration.writing import Form
from warehouse import periods
from warehouse.contracts import Contract

#: the first year whose months and quarters came one by one; what is older came as one file a year, in the January of this one
REGULAR_FROM = 2024
#: share of the files that are workbooks, of those short enough for an office to keep them in Excel, and share in Latin-1
_BOOKS, _LONGEST_BOOK, _LATIN = 0.09, 400, 0.02

#: deliveries that never came: (table, or * for all that the region owes for that period, region, period)
MISSING: tuple[tuple[str, str, str], ...] = (
    ("*", "24", "2026-08"), ("*", "24", "2026-09"), ("*", "16", "2026-09"), ("*", "25", "2025-12"), ("*", "24", "2026-T3"),
    ("muestras", "17", "2026-T2"), ("supervisiones", "09", "2025-T4"), ("personal_drem", "01", "2026-T1"), ("alertas", "22", "2026-06"),
)  # fmt: skip

#: deliveries that came late (rule G-11), with the business day after the period's end on which they came
LATE: dict[tuple[str, str, str], int] = {
    ("*", "25", "2026-06"): 18, ("*", "16", "2026-07"): 15, ("*", "17", "2026-08"): 14, ("*", "10", "2026-03"): 16,
    ("*", "17", "2025-T4"): 21, ("supervisiones", "03", "2026-T1"): 24, ("productores", "21", "2026-04"): 13,
}  # fmt: skip


def is_missing(table: str, region: str, period: str) -> bool:
    """Whether the delivery never came."""
    return ("*", region, period) in MISSING or (table, region, period) in MISSING


def is_historical(contract: Contract, period: str) -> bool:
    """Whether it is one of the years loaded at the start, once and for all."""
    return int(period[:4]) < REGULAR_FROM


def regular_periods(contract: Contract, until: date) -> Iterator[str]:
    """The periods that a region delivers one by one, up to `until`; none of what a national body sends, or what is due once a year."""
    kind = {"mensual": "mes", "trimestral": "trimestre"}.get(contract.delivery.periodicidad)
    owed = contract.delivery.plazo_dia_habil is not None or contract.delivery.plazo_dias is not None  # what is sent on change owes nothing
    if kind is None or contract.delivery.ambito != "region" or not owed:
        return
    period = periods.Period(date(REGULAR_FROM, 1, 1), kind)
    while period.end <= until:
        yield period.code
        period = period.earlier(-period.months)


def form_of(contract: Contract, region: str, period: str, rows: int, wrong: tuple[Fault, ...], seed: int) -> Form:
    """Format and encoding, with what is the matter with the file as a whole."""
    own = next((f.archivo for f in wrong if f.archivo is not None and not f.archivo.dias_tarde), None)
    chance = _chance(seed, contract.table, region, period, "formato")
    book = rows <= _LONGEST_BOOK and chance < _BOOKS
    if own is not None:
        book = bool(own.formula or own.combinadas) or (book and not (own.truncado or own.utf16 or own.fechas or own.decimal))
    encoding = "cp1252" if chance > 1 - _LATIN and not (own and own.utf16) else "utf-8"
    return Form("xlsx" if book else "csv", encoding, own) if own is not None else Form("xlsx" if book else "csv", encoding)


def arrival(contract: Contract, region: str, period: str, version: int, wrong: tuple[Fault, ...], seed: int, punctual: bool = False) -> datetime:
    """When the file was left: within its time, save those that are late and the history, which came all at once."""
    chance = _chance(seed, contract.table, region, period, "llegada", version)
    own_days = next((f.archivo.dias_tarde for f in wrong if f.archivo is not None and f.archivo.dias_tarde), 0)
    if is_historical(contract, period) and contract.delivery.periodicidad != "anual":
        day = working_days(REGULAR_FROM + 2).nth_after(date(REGULAR_FROM - 1, 12, 31), 2 + int(6 * chance))
    else:
        end = periods.parse(period).end
        day = _due(contract, end) + timedelta(days=own_days) if own_days else _usual(contract, region, period, end, chance, punctual)
    day = periods.add_months(day, version - 1) + timedelta(days=day.day - 1) if version > 1 else day
    minute = int(600 * _chance(seed, contract.table, region, period, "hora"))
    return datetime(day.year, day.month, day.day, 13 + minute // 60, minute % 60, tzinfo=UTC)


def _due(contract: Contract, end: date) -> date:
    nth, days = contract.delivery.plazo_dia_habil, contract.delivery.plazo_dias
    return working_days(end.year + 2).nth_after(end, nth) if nth else end + timedelta(days=days or 30)


def _usual(contract: Contract, region: str, period: str, end: date, chance: float, punctual: bool) -> date:
    late = 0 if punctual else LATE.get((contract.table, region, period), LATE.get(("*", region, period), 0))
    calendar, nth = working_days(end.year + 2), contract.delivery.plazo_dia_habil
    if late:
        return calendar.nth_after(end, late)
    if nth:
        return calendar.nth_after(end, min(nth, 2 + int(max(nth - 2, 1) * chance)))
    days = contract.delivery.plazo_dias or 30
    return end + timedelta(days=int(days * (0.85 + 0.13 * chance)))


def _chance(*parts: object) -> float:
    """A number in [0, 1) that belongs to the parts, always the same."""
    digest = hashlib.blake2b("-".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
