"""The inbox filled: which region sends which month, in which format, and when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.demonstration import faults, writing
from etl.demonstration.cases import Delivery, clock, delivery, generator
from etl.demonstration.profiles import PROFILES
from warehouse import catalogue
from warehouse.periods import Period, add_months, parse

TABLES = ("tramites", "tramite_etapas")
SEED = 20261123
UNTIL = "2026-09"
#: the file that `write_correction` sends again, right
CORRECTED = ("tramites", "13", "2026-05")


@dataclass(frozen=True)
class Summary:
    """What was written. `faults` are those that fall in the months generated; `missing`, the (region, month) never sent."""

    files: int
    cases: int
    steps: int
    faults: tuple[faults.Fault, ...]
    missing: tuple[tuple[str, str], ...]


def write(inbox: Path, *, months: int = 36, until: str = UNTIL, seed: int = SEED) -> Summary:
    """Fill `inbox` with the deliveries of the `months` that end in `until`, all as of the last day of `until`."""
    inbox.mkdir(parents=True, exist_ok=True)
    last = parse(until)
    wanted = [last.earlier(back) for back in range(months - 1, -1, -1)]
    counts = dict.fromkeys(TABLES, 0)
    files = 0
    for region, period in _sent(wanted):
        made = delivery(region, period, last.end, seed)
        if not made.cases:
            continue
        for table, rows in _spoilt(made, period):
            _send(inbox, table, region, period, rows, faults.of(table, region, period.code), seed)
            counts[table] += len(rows)
            files += 1
    codes = {p.code for p in wanted}
    return Summary(
        files,
        counts["tramites"],
        counts["tramite_etapas"],
        tuple(f for f in faults.FAULTS if f.period in codes),
        tuple(m for m in faults.MISSING if m[1] in codes),
    )


def write_correction(inbox: Path, *, until: str = UNTIL, seed: int = SEED) -> Path:
    """Put in `inbox` the second version of one file that was accepted with faults, without them; gives its path."""
    inbox.mkdir(parents=True, exist_ok=True)
    table, region, code = CORRECTED
    period = parse(code)
    made = delivery(region, period, parse(until).end, seed)
    return _send(inbox, table, region, period, made.cases, (), seed, version=2)


def _sent(periods: list[Period]) -> Iterator[tuple[str, Period]]:
    for region in sorted(PROFILES):
        for period in periods:
            if (region, period.code) not in faults.MISSING:
                yield region, period


def _spoilt(made: Delivery, period: Period) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Both tables' rows, with the faults of each applied."""
    for table in TABLES:
        for fault in faults.of(table, made.region, period.code):
            if fault.spoil is not None:
                fault.spoil(made)
    yield "tramites", made.cases
    yield "tramite_etapas", made.steps


def _send(
    inbox: Path, table: str, region: str, period: Period, rows: list[dict[str, object]], wrong: tuple[faults.Fault, ...], seed: int, version: int = 1
) -> Path:
    names = writing.header(catalogue.contracts()[table].column_names, wrong)
    draw = generator(seed, table, region, period.code, "archivo")
    chance, hour = draw.random(), draw.randint(13, 22)
    forced = next((f.form for f in wrong if f.form), "")
    book = forced == "xlsx" or (not forced and chance < 0.08)
    path = inbox / f"{table}_{region}_{period.code}_v{version}.{'xlsx' if book else 'csv'}"
    encoding = "cp1252" if chance > 0.98 else "utf-8"
    content = writing.xlsx_bytes(rows, names, wrong) if book else writing.csv_bytes(rows, names, wrong, encoding)
    writing.put(path, content, _arrival(region, period, version, hour, draw))
    return path


def _arrival(region: str, period: Period, version: int, hour: int, draw: random.Random) -> datetime:
    """When the file was left: by the tenth business day of the next month, save those that are late."""
    start = add_months(period.start, version)
    days = clock(start.year + 2)
    day = days.days[days.number(start) + faults.LATE.get((region, period.code), draw.randint(2, 9)) - 1]
    return datetime(day.year, day.month, day.day, hour, draw.randint(0, 59), tzinfo=UTC)
