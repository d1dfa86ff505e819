"""A template filled as a person fills it in Excel. No tests here."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from etl.headers import Matched, known_headers, match
from etl.readers import read
from etl.templates.migration import Place
from warehouse.contracts import Contract

LIMIT = 200_000_000


def filled(template: bytes, contract: Contract, rows: Iterable[Mapping[str, Any]], edit: Mapping[str, str] | None = None) -> bytes:
    """The template with rows below its header; `edit`: cells of the hidden sheet changed, by the name beside them."""
    book = load_workbook(io.BytesIO(template))
    sheet = book["Datos"]
    for r, row in enumerate(rows, start=2):
        for c, column in enumerate(contract.columns, start=1):
            value = row.get(column.name)
            if value is None:
                continue
            cell = sheet.cell(r, c)
            cell.value = ("sí" if value else "no") if column.type == "boolean" else value
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            elif column.type == "string":
                cell.value, cell.data_type, cell.number_format = str(value), "s", "@"
    for name, text in (edit or {}).items():
        next(r for r in book["_siegem"].iter_rows() if r[0].value == name)[1].value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_back(folder: Path, content: bytes, contract: Contract, name: str, place: Place | None = None) -> Matched:
    """The file as the intake reads it."""
    path = folder / name
    path.write_bytes(content)
    return match(contract, read(path, name, known_headers(contract), LIMIT), name, place)
