"""The accepted rows as pandas frames, read plainly: what was delivered, business days, case files as of a date, who was competent. No tests here."""

from __future__ import annotations

import calendar
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

REGIONS = tuple(f"{n:02d}" for n in range(1, 27))
PILOTS = ("13", "18", "19")
PLACES = (*REGIONS, "PILOTO", "00")
FOREVER = date(9999, 12, 31)


def members(place: str) -> tuple[str, ...]:
    return {"00": REGIONS, "PILOTO": PILOTS}.get(place, (place,))


def bounds(code: str) -> tuple[date, date]:
    """First and last day of 2025, 2025-T3 or 2025-09."""
    year, part = int(code[:4]), code[5:]
    first, last = (1, 12) if not part else (3 * int(part[1]) - 2, 3 * int(part[1])) if part[0] == "T" else (int(part), int(part))
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def given(value: Any) -> Any:
    """The value; None for what pandas calls missing."""
    return None if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) else value


@dataclass(eq=False)
class Accepted:
    """The accepted tables, and the register of deliveries with the columns of `entregas`."""

    read: Callable[[str], pd.DataFrame]
    history: pd.DataFrame
    _frames: dict[str, list[Any]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Any]:
        if table not in self._frames:
            self._frames[table] = list(self.read(table).itertuples(index=False))
        return self._frames[table]

    # what was delivered

    @cached_property
    def in_force(self) -> list[Any]:
        newest: dict[tuple[str, str, str], Any] = {}
        for row in self.history.sort_values("seq").itertuples():
            if row.estado != "rechazada":
                newest[str(row.tabla), str(row.cod_region), str(row.periodo)] = row
        return list(newest.values())

    @cached_property
    def _delivered(self) -> dict[tuple[str, str], list[tuple[date, date]]]:
        found = defaultdict(list)
        for row in self.in_force:
            if row.periodo[:4].isdigit() and (len(row.periodo) == 4 or row.periodo[4] == "-"):
                found[row.tabla, row.cod_region].append(bounds(row.periodo))
        return found

    def reported(self, tables: Iterable[str], place: str, start: date, end: date) -> bool:
        """Whether of each table at least one of the place's regions delivered something of the period."""
        return all(any(a <= end and b >= start for r in members(place) for a, b in self._delivered.get((t, r), ())) for t in tables)

    def cut(self, *tables: str) -> date:
        """The last day that the deliveries of those tables reach."""
        found = []
        for row in self.in_force:
            if row.tabla in tables:
                until = given(row.datos_al)
                found.append(until if until is not None else min(bounds(row.periodo)[1], row.recibido_en.date()))
        return max(found)

    # business days

    @cached_property
    def working(self) -> list[date]:
        return sorted(r.fecha for r in self.rows("ref_calendario") if r.es_habil)

    def days(self, start: date, end: date) -> int:
        """Business days after `start`, up to `end`."""
        return bisect_right(self.working, end) - bisect_right(self.working, start)

    def after(self, start: date, days: int) -> date:
        """The day on which that many business days have gone by since `start`."""
        return self.working[bisect_right(self.working, start) + days - 1]

    # case files

    @cached_property
    def stops(self) -> dict[str, list[tuple[date, date | None]]]:
        """By case file, the stretches in the applicant's hands: the only ones that stop the clock."""
        found = defaultdict(list)
        for step in self.rows("tramite_etapas"):
            if step.responsable == "administrado":
                found[step.expediente_id].append((step.fecha_inicio, given(step.fecha_fin)))
        return found

    def stopped(self, number: str, as_of: date) -> int:
        """Business days of the applicant known by `as_of`; time shared by two steps is one time."""
        stretches = sorted((a, min(b or as_of, as_of)) for a, b in self.stops.get(number, ()) if a <= as_of)
        total, reached = 0, date.min
        for a, b in stretches:
            if b > reached:
                total += self.days(max(a, reached), b)
                reached = b
        return total

    @cached_property
    def procedures(self) -> dict[str, list[Any]]:
        found = defaultdict(list)
        for p in self.rows("ref_procedimientos"):
            found[p.cod_procedimiento].append(p)
        return found

    @lru_cache(maxsize=3)  # noqa: B019
    def files(self, as_of: date) -> list[dict[str, Any]]:
        """Every case file that had entered by `as_of`, as it stood that day."""
        return [f for f in (self._file(t, as_of) for t in self.rows("tramites") if t.fecha_ingreso <= as_of) if f is not None]

    def _file(self, t: Any, as_of: date) -> dict[str, Any] | None:
        norm = [p for p in self.procedures[t.cod_procedimiento] if p.vigente_desde <= t.fecha_ingreso <= (given(p.vigente_hasta) or FOREVER)]
        if not norm:
            return None
        (norm,) = norm
        term = int(given(norm.plazo_dias) or norm.plazo_referencia_dias)
        end = given(t.fecha_notificacion) or given(t.fecha_resolucion)
        is_open = end is None or end > as_of
        stopped = self.stopped(t.expediente_id, as_of)
        citizen = self.days(t.fecha_ingreso, as_of if is_open else end)
        assert norm.tipo_dia == "habil", "the slow computation counts business days only"
        return {
            "region": t.cod_region, "entry": t.fecha_ingreso, "end": end, "open": is_open, "citizen": citizen, "entity": citizen - stopped,
            "due": self.after(t.fecha_ingreso, term + stopped), "sense": given(t.sentido), "own": t.autoridad not in ("DGFM", "DGM", "INGEMMET"),
            "familia": norm.familia, "estrato": t.estrato, "": "",
        }  # fmt: skip

    # formalisation

    def formalises(self, region: str, day: date) -> bool:
        """Whether formalisation was the regional government's on that day."""
        own = [f for f in self.rows("funciones_transferidas") if f.cod_region == region and f.funcion_id == "F07"]
        if own:
            return any(f.acreditada and f.competencia_desde <= day <= (given(f.competencia_hasta) or FOREVER) for f in own)
        # its functions never came: what its own register says of who was competent
        lost = [i.fecha_estado for i in self.rows("formalizacion") if i.cod_region == region and i.entidad_competente == "MINEM"]
        return not lost or day < min(lost)
