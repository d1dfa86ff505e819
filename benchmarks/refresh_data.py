"""The case files of the refresh benchmark: the same bytes for the same numbers, as regions deliver them.

Three years. The first two come as one file a region and year (the historical load that the contract of `tramites` allows), the
last as one file a region and month. One row in `FAULTY` breaks one of the checks. The correction is of three regions and four months.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

YEARS = (2023, 2024, 2025)
SEED = 20261126
#: nothing happens after it, so that no date is in the future whenever this runs
LAST_DAY = np.datetime64("2026-09-30")
#: one row in so many breaks a check
FAULTY = 2_000
PROCEDURES = ("TITULO_CONCESION", "DIVISION_CONCESION", "CAMBIO_SUSTANCIA", "CONSTANCIA_PPM_PMA", "BENEFICIO", "AUT_EXPLORACION", "PLAN_MINADO",
              "COM", "IGAFOM", "DIA", "MDIA", "EIASD")  # fmt: skip
REGIONS = tuple(f"{n:02d}" for n in range(1, 27))
PILOTS = ("13", "18", "19")
#: share of the country's case files, in thousandths: large and small regions, as they are
_WEIGHTS = dict(zip(REGIONS, (12, 45, 40, 90, 60, 55, 5, 65, 30, 30, 40, 50, 85, 10, 35, 8, 45, 30, 35, 40, 95, 10, 25, 5, 15, 40), strict=True))
#: who delivers again and which months: a hundredth of all rows
CORRECTED_REGIONS, CORRECTED_MONTHS = ("09", "10", "18"), (7, 8, 9, 10)
STATES = ("en_tramite", "observado", "en_opinion", "resuelto", "archivado", "desistido")
OUTCOMES = ("aprobado", "denegado", "improcedente", "abandono", "desistimiento", "silencio_positivo", "silencio_negativo")
STRATA, PERSONS, CHANNELS = ("PPM", "PMA", "GENERAL", "INFORMAL", "NA"), ("natural", "juridica", "cooperativa"), ("presencial", "virtual")
#: a case in these states is not over
OPEN = STATES[:3]


@dataclass(frozen=True)
class Delivery:
    """One file: a region's case files of a year or a month. `first` is the number of its first case."""

    region: str
    year: int
    month: int | None
    rows: int
    first: int

    @property
    def period(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"

    def name(self, version: int) -> str:
        return f"tramites_{self.region}_{self.period}_v{version}.csv"


def deliveries(cases: int, years: Sequence[int] = YEARS) -> Iterator[Delivery]:
    """Who delivers how many rows of which period; they add up to about `cases`, and no month of a region is empty."""
    whole = sum(_WEIGHTS.values())
    first = 0
    for region in REGIONS:
        monthly = max(1, round(cases * _WEIGHTS[region] / whole / (12 * len(years))))
        for year in years:
            for month in range(1, 13) if year == years[-1] else (None,):
                rows = monthly if month else 12 * monthly
                yield Delivery(region, year, month, rows, first)
                first += rows


def corrected(cases: int, years: Sequence[int] = YEARS) -> list[Delivery]:
    """The deliveries that come again."""
    return [d for d in deliveries(cases, years) if d.region in CORRECTED_REGIONS and d.month in CORRECTED_MONTHS]


def write(folder: Path, cases: int, years: Sequence[int] = YEARS) -> tuple[int, int, int]:
    """Every delivery as CSV; (files, rows, bytes)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = total = size = 0
    for delivery in deliveries(cases, years):
        files, total = files + 1, total + delivery.rows
        size += _write_csv(rows(delivery), folder / delivery.name(1))
    return files, total, size


def correct(folder: Path, cases: int, years: Sequence[int] = YEARS) -> tuple[int, int]:
    """Put the second version of the corrected deliveries in the place of the first; (files, rows). The same cases, three months later."""
    again = corrected(cases, years)
    for delivery in again:
        _write_csv(rows(delivery, version=2), folder / delivery.name(2))
        (folder / delivery.name(1)).unlink()
    return len(again), sum(d.rows for d in again)


def _write_csv(table: pa.Table, path: Path) -> int:
    with path.open("wb") as out:
        out.write((",".join(table.column_names) + "\n").encode())  # Arrow would quote the names
        pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=False, quoting_style="none"))
    return path.stat().st_size


def rows(delivery: Delivery, version: int = 1) -> pa.Table:
    """The case files of a delivery. In a second version a third of the open cases are resolved; nothing else changes."""
    size = delivery.rows
    draw = np.random.default_rng((SEED, delivery.first))
    months = np.sort(draw.integers(1, 13, size)) if delivery.month is None else np.full(size, delivery.month)
    if delivery.month is None:
        months[: min(12, size)] = np.arange(1, min(12, size) + 1)
        months.sort()
    entered = np.array([f"{delivery.year}-{m:02d}" for m in range(1, 13)], "M8[M]")[months - 1].astype("M8[D]") + draw.integers(0, 28, size)
    state = draw.choice(len(STATES), size, p=(0.12, 0.05, 0.03, 0.70, 0.06, 0.04))
    again = draw.random(size)
    if version > 1:
        state = np.where((state < len(OPEN)) & (again < 1 / 3), 3, state)
    over = state >= len(OPEN)
    admission = draw.geometric(0.18, size) - 1
    evaluation = np.minimum(draw.gamma(1.6, 22 + int(delivery.region), size).astype(int), 500)
    stopped = np.where(draw.random(size) < 0.35, draw.geometric(0.06, size), 0)
    notification = draw.geometric(0.25, size) - 1
    entity = admission + evaluation + np.where(over, notification, 0)
    citizen = entity + stopped
    decided, told = (np.minimum(entered + days * 7 // 5, LAST_DAY) for days in (admission + evaluation + stopped, citizen))
    person = draw.choice(3, size, p=(0.62, 0.30, 0.08))
    columns = {
        "expediente_id": _identifiers(delivery, size), "cod_region": pa.repeat(delivery.region, size),
        "ubigeo": pa.array([f"{delivery.region}01{n:02d}" for n in range(1, 11)]).take(pa.array(draw.integers(0, 10, size))),
        "cod_procedimiento": _pick(PROCEDURES, draw.integers(0, len(PROCEDURES), size)),
        "estrato": _pick(STRATA, draw.choice(5, size, p=(0.35, 0.2, 0.05, 0.3, 0.1))), "tipo_persona": _pick(PERSONS, person),
        "sexo_solicitante": _pick(("M", "F", "NA"), np.where(person == 0, draw.choice(2, size, p=(0.7, 0.3)), 2)),
        "canal": _pick(CHANNELS, draw.choice(2, size, p=(0.45, 0.55))), "solicitante_hash": _hashes(draw, size),
        "fecha_ingreso": pa.array(entered), "fecha_resolucion": pa.array(decided, mask=~over), "fecha_notificacion": pa.array(told, mask=~over),
        "estado": _pick(STATES, state),
        "sentido": _pick(OUTCOMES, np.where(state == 3, draw.choice(7, size, p=(0.7, 0.12, 0.08, 0.02, 0.01, 0.04, 0.03)), 3 + (state == 5)), ~over),
        "n_observaciones": pa.array(draw.geometric(0.6, size) - 1), "impugnado": pa.array(over & (draw.random(size) < 0.05)),
        "derecho_soles": pa.array(np.round(draw.gamma(2.0, 180.0, size), 2)), "plazo_dias": pa.array(draw.choice((7, 14, 30, 37, 60, 90), size)),
        "dh_ciudadano": pa.array(citizen), "dh_entidad": pa.array(entity), "dh_admision": pa.array(admission),
        "dh_evaluacion": pa.array(evaluation, mask=~over), "dh_notificacion": pa.array(notification, mask=~over),
    }  # fmt: skip
    return _with_faults(pa.table(columns), delivery.first)


def _pick(words: tuple[str, ...], at: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    return pa.array(words).take(pa.array(at, mask=missing))


def _identifiers(delivery: Delivery, size: int) -> pa.Array:
    numbers = pc.utf8_lpad(pc.cast(pa.array(np.arange(delivery.first, delivery.first + size)), pa.string()), 9, "0")
    return pc.binary_join_element_wise(f"{delivery.region}-{delivery.year}", numbers, "-")


def _hashes(draw: np.random.Generator, size: int) -> pa.Array:
    """64 hexadecimal letters a row, as offices send in place of a document's number."""
    return pa.StringArray.from_buffers(
        size, pa.py_buffer(np.arange(0, 64 * (size + 1), 64, dtype=np.int32)), pa.py_buffer(draw.bytes(32 * size).hex().encode())
    )


def _with_faults(table: pa.Table, first: int) -> pa.Table:
    """Every FAULTY-th case of the country breaks one check, five kinds in turn."""
    numbers = np.arange(first, first + table.num_rows)
    at = np.flatnonzero(numbers % FAULTY == FAULTY - 1)
    kind = numbers[at] // FAULTY % 5
    for which, (column, value) in enumerate(
        (("estado", "terminadoo"), ("fecha_resolucion", date(2010, 1, 4)), ("dh_entidad", -3), ("cod_procedimiento", "OTRO"), ("plazo_dias", 999))
    ):
        here = at[kind == which]
        if len(here):
            mask = np.zeros(table.num_rows, bool)
            mask[here] = True
            place = table.column_names.index(column)
            filled = pc.if_else(pa.array(mask), pa.scalar(value, table.schema.field(column).type), table[column])
            table = table.set_column(place, column, filled)
    return table
