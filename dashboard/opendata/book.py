"""The values as an Excel workbook: numbers as numbers, dates as dates, a sheet for each area, and first what a reader has to know."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from dashboard.opendata.columns import VALUES, Column
from dashboard.opendata.sheet_rows import put_rows, rows_xml
from dashboard.opendata.values import Columns

#: Excel has 1,048,576 rows in a sheet; what passes goes to another
ROWS = 1_000_000
#: rows told at once
_PIECE = 5_000
_WIDE = {
    "indicador": 30, "nombre_territorio": 20, "categoria": 22, "nombre_categoria": 28, "avisos": 34, "fuente": 44, "estado": 20, "unidad": 18,
    "archivo": 18,
    "columna": 22, "codigo": 20, "significado_es": 90, "significado_en": 90, "OBS_STATUS": 12, "CONF_STATUS": 13,
}  # fmt: skip


@dataclass
class _Sheet:
    """A sheet of values being filled: its area, the library's sheet, the file of its rows, how many there are."""

    area: str
    sheet: Any
    rows: BinaryIO
    filled: int = 0


class Book:
    """A workbook being written. Rows go to disk as they come: memory does not grow with them."""

    def __init__(self, book: Any, folder: Path, most: int) -> None:
        self.book, self.folder, self.most = book, folder, most
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EFECE6"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd-mm-yyyy"})
        self.sheets: list[_Sheet] = []

    def front(self, title: str, told: list[tuple[str, str]]) -> None:
        """The first sheet: what the book is, in two columns."""
        sheet = self.book.add_worksheet("Léame")
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, title, self.title)
        for i, (name, text) in enumerate(told, start=2):
            sheet.set_row(i, 15 * (1 + len(text) // 125))
            sheet.write_string(i, 0, name, self.bold)
            sheet.write_string(i, 1, text, self.wrap)

    def table(self, name: str, columns: list[Column], batch: Columns) -> None:
        """A whole small table in a sheet of its own, for people: yes and no in words."""
        sheet = self._sheet(name, columns)
        for place, column in enumerate(columns):
            for row, value in enumerate(batch[column.name], start=1):
                if column.kind in ("integer", "number") and value is not None:
                    sheet.write_number(row, place, value)
                elif value is not None:
                    sheet.write_string(row, place, value if column.kind == "string" else "sí" if value else "no")
        sheet.autofilter(0, 0, len(batch[columns[0].name]), len(columns) - 1)

    def values(self, area: str, batch: Columns) -> None:
        """Rows of an indicator, after those of its area before it; a full sheet goes on in another."""
        total, start = len(batch["indicador"]), 0
        while start < total:
            own = self._filling(area)
            end = min(total, start + self.most - own.filled, start + _PIECE)
            own.rows.write(rows_xml(VALUES, batch, start, end, own.filled + 2).encode() + b"\n")
            own.filled += end - start
            start = end

    def _filling(self, area: str) -> _Sheet:
        """The sheet of an area that has room."""
        before = [s for s in self.sheets if s.area == area]
        if before and before[-1].filled < self.most:
            return before[-1]
        sheet = self._sheet(area if not before else f"{area} ({len(before) + 1})", VALUES)
        for place, column in enumerate(VALUES):
            if column.kind == "date":
                sheet.set_column(place, place, 13, self.day)
        self.sheets.append(_Sheet(area, sheet, (self.folder / f"{len(self.sheets)}.filas").open("wb")))
        return self.sheets[-1]

    def close(self, skeleton: Path, target: Path) -> None:
        """Finish the library's book and put the rows into it."""
        for own in self.sheets:
            own.rows.close()
            own.sheet.autofilter(0, 0, own.filled, len(VALUES) - 1)
        self.book.close()
        parts = {f"xl/worksheets/sheet{own.sheet.index + 1}.xml": (Path(own.rows.name), own.filled) for own in self.sheets}
        put_rows(skeleton, target, parts)

    def _sheet(self, name: str, columns: list[Column]) -> Any:
        sheet = self.book.add_worksheet(_allowed(name))
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDE.get(column.name, 40 if column.name.endswith(("_es", "_en")) else 13))
            sheet.write_string(0, place, column.name, self.head)
        return sheet


def _allowed(name: str) -> str:
    """A name that Excel takes for a sheet: 31 characters, none of []:*?/\\."""
    return "".join(" " if c in "[]:*?/\\" else c for c in name)[:31]


@contextmanager
def workbook(path: Path, made: date, title: str, rows: int = ROWS) -> Iterator[Book]:
    """The same rows give the same bytes: the book carries the publication's date, not the clock's. Texts stay texts, whatever they begin with."""
    folder = path.with_name(f".{path.name}.partes")
    folder.mkdir()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(folder / "armazon.xlsx"), options)
    book.set_properties({"title": title, "company": "Ministerio de Energía y Minas", "created": datetime(made.year, made.month, made.day)})
    made_book = Book(book, folder, rows)
    try:
        yield made_book
        made_book.close(folder / "armazon.xlsx", path)
    finally:
        shutil.rmtree(folder)
