"""Period codes: 2025 · 2025-S1 · 2025-T3 · 2025-09. Sorting, containment and neighbours; no words for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import SiegemError

KINDS = ("mes", "trimestre", "semestre", "anio")
_MONTHS = {"mes": 1, "trimestre": 3, "semestre": 6, "anio": 12}
#: how often a table is delivered -> kind of period
OF_DELIVERY = {"mensual": "mes", "trimestral": "trimestre", "anual": "anio"}
_CODE = re.compile(r"^((?:19|20)\d{2})(?:-(?:(0[1-9]|1[0-2])|T([1-4])|S([12])))?\Z", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period. `end` is its last day."""

    start: date
    kind: str

    @property
    def months(self) -> int:
        return _MONTHS[self.kind]

    @property
    def end(self) -> date:
        return add_months(self.start, self.months) - timedelta(days=1)

    @property
    def code(self) -> str:
        year, index = self.start.year, (self.start.month - 1) // self.months + 1
        return {"anio": f"{year}", "semestre": f"{year}-S{index}", "trimestre": f"{year}-T{index}", "mes": f"{year}-{index:02d}"}[self.kind]

    def earlier(self, months: int = 12) -> Period:
        """The period of the same kind that starts `months` before; a year by default."""
        return Period(add_months(self.start, -months), self.kind)

    def within(self, kind: str) -> Period:
        """The period of `kind` that contains this one. Raises ValueError where `kind` is shorter."""
        size = _MONTHS[kind]
        if size < self.months:
            raise ValueError(f"{self.code} no cabe en un periodo de tipo {kind}")
        return Period(date(self.start.year, (self.start.month - 1) // size * size + 1, 1), kind)


def add_months(day: date, months: int) -> date:
    """The first day of the month `months` after that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def parse(code: str) -> Period:
    """The period a code names. Raises SiegemError telling the four forms."""
    match = _CODE.match(code)
    if match is None:
        raise SiegemError(f"«{code}» no es un periodo.", cure="Escriba 2025, 2025-S1, 2025-T3 o 2025-09.")
    year, month, quarter, half = match.groups()
    if month:
        return Period(date(int(year), int(month), 1), "mes")
    if quarter:
        return Period(date(int(year), 3 * int(quarter) - 2, 1), "trimestre")
    if half:
        return Period(date(int(year), 6 * int(half) - 5, 1), "semestre")
    return Period(date(int(year), 1, 1), "anio")


def kind_of(code: str) -> str:
    """mes, trimestre, semestre or anio."""
    return parse(code).kind


def month_numbers(period: Period) -> range:
    """The months of a period, counted from year 0."""
    first = period.start.year * 12 + period.start.month - 1
    return range(first, first + period.months)
