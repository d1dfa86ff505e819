"""Rows into a file as an office would send it: CSV in UTF-8 or Latin-1, or a workbook. The same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from etl.demonstration.cases import Row
from etl.demonstration.faults import Fault

_CREATED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC).replace(tzinfo=None)  # xlsxwriter writes it as UTC and takes no zone


def header(columns: tuple[str, ...], faults: tuple[Fault, ...]) -> dict[str, str]:
    """Column -> the name it gets in the file; a column that a fault leaves out is not there."""
    names = {c: c for c in columns}
    for fault in faults:
        if fault.header is not None:
            column, name = fault.header
            names = {c: (name if c == column else n) for c, n in names.items() if name or c != column}
    return names


def csv_bytes(rows: list[Row], names: dict[str, str], faults: tuple[Fault, ...], encoding: str) -> bytes:
    """A comma-separated file."""
    slashes, commas = any(f.latin_dates for f in faults), any(f.decimal_comma for f in faults)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(names.values())
    out.writerows([_text(row[c], slashes, commas) for c in names] for row in rows)
    return text.getvalue().encode(encoding)


def _text(value: Any, slashes: bool, commas: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if slashes else value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",") if commas else f"{value:.2f}"
    return str(value)


def xlsx_bytes(rows: list[Row], names: dict[str, str], faults: tuple[Fault, ...]) -> bytes:
    """A workbook of one sheet, dates as Excel's dates and codes as text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _CREATED, "title": "Dato sintético de demostración"})
    iso = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("datos")
    sheet.write_row(0, 0, list(names.values()))
    for r, row in enumerate(rows, start=1):
        for c, column in enumerate(names):
            value = row[column]
            if isinstance(value, date):
                sheet.write_datetime(r, c, datetime(value.year, value.month, value.day), iso)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(r, c, value)
            elif value is not None:
                sheet.write_string(r, c, _text(value, False, False))
    if any(f.formula for f in faults):
        fee = float(rows[0]["derecho_tramite_soles"])
        sheet.write_formula(1, list(names).index("derecho_tramite_soles"), f"={fee - 100:.2f}+100", None, fee)
    book.close()
    return buffer.getvalue()


def put(path: Path, content: bytes, arrived: datetime) -> None:
    """Write the file with its time of arrival, which is the one the inbox reads."""
    path.write_bytes(content)
    os.utime(path, (arrived.timestamp(), arrived.timestamp()))
