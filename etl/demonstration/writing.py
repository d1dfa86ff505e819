"""Rows into the bytes an office would send: CSV in UTF-8 or Latin-1, or a workbook. The same rows give the same bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import xlsxwriter

from etl.demonstration.fault_catalogue import FileFault
from etl.readers.raw import NOTHING_HAPPENED

_CREATED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC).replace(tzinfo=None)  # xlsxwriter writes it as UTC and takes no zone
#: from here on Arrow writes numbers with an exponent, which people do not read
_PLAIN = 1e10
_NOTHING_WRONG = FileFault()


@dataclass(frozen=True)
class Form:
    """How a file is written. `wrong`: what is the matter with it as a whole."""

    suffix: str = "csv"
    encoding: str = "utf-8"
    wrong: FileFault = _NOTHING_WRONG


def encoded(rows: pa.Table, form: Form) -> bytes:
    """The file's bytes."""
    wrong = form.wrong
    table = _with_header(_with_cells(rows, wrong), wrong)
    content = _workbook(table, wrong) if form.suffix == "xlsx" else _csv(table, form.encoding)
    if wrong.utf16:
        content = content.decode(form.encoding).encode("utf-16")
    return _cut(content) if wrong.truncado else content


def idle(columns: Sequence[str]) -> bytes:
    """The file of a period in which nothing happened."""
    return f"{','.join(columns)}\n{NOTHING_HAPPENED}{',' * (len(columns) - 1)}\n".encode()


def put(path: Path, content: bytes, arrived: datetime) -> None:
    """Write the file with its time of arrival, which is the one the inbox reads."""
    path.write_bytes(content)
    os.utime(path, (arrived.timestamp(), arrived.timestamp()))


def _with_cells(rows: pa.Table, wrong: FileFault) -> pa.Table:
    rows = rows.slice(0, 0) if wrong.solo_cabecera else rows
    for at, field in enumerate(rows.schema):
        new = _cells(rows.column(at), field.type, wrong)
        if new is not None:
            rows = rows.set_column(at, pa.field(field.name, new.type), new)
    return rows


def _cells(column: pa.ChunkedArray, kind: pa.DataType, wrong: FileFault) -> pa.ChunkedArray | pa.Array | None:
    """The column as it is written where that is not as it is."""
    if wrong.fechas and pa.types.is_date(kind):
        return pc.strftime(column, "%d/%m/%Y")
    if not pa.types.is_floating(kind):
        return None
    largest = pc.max(pc.abs(column)).as_py() or 0
    if not wrong.decimal and largest < _PLAIN:
        return None
    texts = [None if v is None else f"{v:.2f}" for v in column.to_pylist()]
    return pa.array([t and (t.replace(".", ",") if wrong.decimal else t) for t in texts], pa.string())


def _with_header(rows: pa.Table, wrong: FileFault) -> pa.Table:
    if wrong.sin_columna:
        rows = rows.drop_columns([wrong.sin_columna])
    if wrong.columna_extra:
        rows = rows.append_column(wrong.columna_extra, pa.array([f"nota {n + 1}" for n in range(rows.num_rows)]))
    return rows.rename_columns([wrong.cabecera.get(n, n) for n in rows.column_names])


def _csv(rows: pa.Table, encoding: str) -> bytes:
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(rows, buffer)
    content = buffer.getvalue()
    return content if encoding == "utf-8" else content.decode().encode(encoding)


def _cut(content: bytes) -> bytes:
    """The bytes up to the middle of a line past half of the file, after its first separator."""
    line = content.index(b"\n", content.index(b"\n", len(content) // 2 - 1)) + 1 if content.count(b"\n") > 3 else content.index(b"\n") + 1
    return content[: content.index(b",", line) + 2]


def _workbook(rows: pa.Table, wrong: FileFault) -> bytes:
    """A workbook of one sheet, dates as Excel's dates and codes as text."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED, "title": "Dato sintético de demostración"})
    iso = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("datos")
    sheet.write_row(0, 0, rows.column_names)
    for at, field in enumerate(rows.schema):
        write = _cell_writer(sheet, field.type, iso)
        for row, value in enumerate(rows.column(at).to_pylist(), start=1):
            if value is not None:
                write(row, at, value)
    if wrong.formula:
        value = float(rows[wrong.formula][0].as_py() or 0)
        sheet.write_formula(1, rows.column_names.index(wrong.formula), f"={value - 100:.2f}+100", None, value)
    if wrong.combinadas:
        sheet.merge_range(1, 0, 2, 0, str(rows.column(0)[0].as_py()))
    book.close()
    return buffer.getvalue()


def _cell_writer(sheet: Any, kind: pa.DataType, iso: Any) -> Callable[[int, int, Any], Any]:
    if pa.types.is_date(kind):
        return lambda row, at, value: sheet.write_datetime(row, at, value, iso)
    if pa.types.is_boolean(kind):
        return lambda row, at, value: sheet.write_string(row, at, "true" if value else "false")
    if pa.types.is_string(kind):
        return sheet.write_string
    return sheet.write_number
