"""The workbook inside a chart: what the chart draws, and beside it limits, cases, code and state of each value."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from dashboard.formats import is_missing
from dashboard.narrative import sentences

SHEET = "Datos"
#: columns that follow the series of a chart
EXTRA = ("Inferior", "Superior", "Hacia arriba", "Hacia abajo", "n", "Código", "Estado")


@dataclass(frozen=True)
class Line:
    """A row: its name, the numbers of the series (None where there is none), and the published row it comes from."""

    name: str
    values: tuple[float | None, ...]
    row: dict[Any, Any] | None = None
    code: str = ""
    #: which of the values the limits belong to
    main: int = 0

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Limits of the published interval."""
        if self.row is None or not sentences.is_published(self.row):
            return None, None
        low, high = (None if is_missing(self.row[k]) else float(self.row[k]) for k in ("inferior", "superior"))
        return low, high

    @property
    def reach(self) -> tuple[float | None, float | None]:
        """How far the interval goes above and below the value."""
        low, high = self.limits
        at = self.values[self.main]
        if at is None:
            return None, None
        return None if high is None else high - at, None if low is None else at - low


@dataclass(frozen=True)
class Book:
    """The numbers of a chart. `series`: the names of its series."""

    series: tuple[str, ...]
    lines: tuple[Line, ...]
    #: whole sentences for a second sheet: what it is, source, publication
    about: tuple[str, ...] = ()

    @property
    def has_interval(self) -> bool:
        return any(v is not None for x in self.lines for v in x.reach)

    def reference(self, name: str) -> str:
        """The cells of one of EXTRA, as formulas of charts name them."""
        column = chr(ord("B") + len(self.series) + EXTRA.index(name))
        return f"{SHEET}!${column}$2:${column}${len(self.lines) + 1}"

    def bytes(self, made: datetime) -> bytes:
        """The same numbers give the same bytes. Texts are never formulas."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        book.set_properties({"title": "SIEGEM", "created": datetime(made.year, made.month, made.day)})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(SHEET)
        sheet.set_column(0, 0, 28)
        for i, head in enumerate(("", *self.series, *EXTRA)):
            sheet.write_string(0, i, head, bold)
        for i, line in enumerate(self.lines, start=1):
            self._row(sheet, i, line)
        notes = book.add_worksheet("Metadatos")
        notes.set_column(0, 0, 110)
        for i, told in enumerate(self.about):
            notes.write_string(i, 0, told)
        book.close()
        return target.getvalue()

    def _row(self, sheet: Any, i: int, line: Line) -> None:
        sheet.write_string(i, 0, line.name)
        after = 1 + len(self.series)
        row = line.row or {}
        n = row["n"] if row and sentences.is_published(row) else None
        _numbers(sheet, i, 1, line.values)
        _numbers(sheet, i, after, line.limits)
        first, low, high = (f"{chr(ord('A') + c)}{i + 1}" for c in (1 + line.main, after, after + 1))
        for column, formula, value in ((after + 2, f"={high}-{first}", line.reach[0]), (after + 3, f"={first}-{low}", line.reach[1])):
            if value is not None:
                sheet.write_formula(i, column, formula, None, value)
        _numbers(sheet, i, after + 4, (None if is_missing(n) else n,))
        sheet.write_string(i, after + 5, line.code)
        sheet.write_string(i, after + 6, str(row.get("estado") or ""))


def _numbers(sheet: Any, row: int, column: int, values: Sequence[float | None]) -> None:
    for i, value in enumerate(values):
        if value is not None:
            sheet.write_number(row, column + i, value)
