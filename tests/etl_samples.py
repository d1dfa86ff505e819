"""A tiny contract of its own, files of every bad kind made on the spot, and a warehouse to bring them to. No tests here."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import xlsxwriter

from etl.pipeline import ingest
from etl.report import Outcome, Report
from etl.sources import inbox
from warehouse.contracts import Contract, load_contract
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions

TODAY = date(2026, 11, 20)
HEADER = ["codigo", "cod_region", "fecha", "monto", "casos", "grave", "estado", "documento"]
#: one region's month, every cell right
GOOD = [
    ["A-1", "13", "2026-03-02", "10.5", "3", "true", "abierto", "41234567"],
    ["A-2", "13", "2026-03-09", "1200", "0", "false", "cerrado", "41234568"],
    ["A-3", "13", "2026-03-31", "0.25", "12", "si", "abierto", ""],
]

_CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: visitas
name: Visitas
version: 1.0.0
status: active
description: {purpose: Tabla de prueba}
customProperties:
  - {property: contrato, value: T01}
  - {property: titulo_en, value: Visits}
  - property: fuente
    value: {publicador: {es: Prueba, en: Test}, titulo: {es: Prueba, en: Test}, sintetico: true}
  - {property: territorio, value: {columna: cod_region, tipo: region}}
  - {property: entrega, value: {ambito: region, periodicidad: mensual, plazo_dia_habil: 10}}
schema:
  - name: visitas
    physicalType: table
    properties:
      - {name: codigo, logicalType: string, required: true, primaryKey: true}
      - {name: cod_region, logicalType: string, required: true}
      - {name: fecha, logicalType: date, required: true, physicalName: fecha_visita}
      - {name: monto, logicalType: number}
      - {name: casos, logicalType: integer}
      - {name: grave, logicalType: boolean}
      - name: estado
        logicalType: string
        enum: [{value: abierto}, {value: cerrado}, {value: NA}]
        customProperties: [{property: equivalencias, value: {EN CURSO: abierto}}]
      - {name: documento, logicalType: string, classification: restringida, customProperties: [{property: tratamiento, value: hash}]}
"""


def contract(folder: Path, **changes: str) -> Contract:
    """The tiny contract, with texts of it changed."""
    text = _CONTRACT
    for old, new in changes.items():
        text = text.replace(old.replace("__", " "), new)
    path = folder / "visitas.yml"
    path.write_text(text, encoding="utf-8")
    return load_contract(path)


def csv_bytes(rows: list[list[str]], header: list[str] | None = None, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    lines = [separator.join(line) for line in [HEADER if header is None else header, *rows]]
    return ("\n".join(lines) + "\n").encode(encoding)


def with_cell(row: int, column: str, value: str) -> list[list[str]]:
    """GOOD with one cell changed; `row` as the sender sees it (header = 1)."""
    rows = [list(r) for r in GOOD]
    rows[row - 2][HEADER.index(column)] = value
    return rows


def xlsx_bytes(rows: list[list[object]], *, formula: str = "", merge: str = "", sheets: tuple[str, ...] = ("Datos",)) -> bytes:
    """A workbook with the table in its last sheet. `formula`: a cell that gets one; `merge`: a range that is merged."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name in sheets[:-1]:
        book.add_worksheet(name).write(0, 0, "Instrucciones")
    sheet = book.add_worksheet(sheets[-1])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            else:
                sheet.write(r, c, value)
    if formula:
        sheet.write_formula(formula, "=1+1", None, 2)
    if merge:
        sheet.merge_range(merge, "combinada")
    book.close()
    return buffer.getvalue()


def bomb(megabytes: int, *, lying: bool = False) -> bytes:
    """A workbook whose sheet inflates to `megabytes`; a lying one declares a tenth in its directory."""
    source, buffer = zipfile.ZipFile(io.BytesIO(xlsx_bytes([HEADER]))), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for part in source.infolist():
            if part.filename == "xl/worksheets/sheet1.xml":
                with out.open(part.filename, "w") as sheet:
                    for _ in range(megabytes):
                        sheet.write(b" " * 1_000_000)
            else:
                out.writestr(part.filename, source.read(part.filename))
    content = bytearray(buffer.getvalue())
    if lying:
        real, said = (megabytes * 1_000_000).to_bytes(4, "little"), (megabytes * 100_000).to_bytes(4, "little")
        content = bytearray(bytes(content).replace(real, said))
    return bytes(content)


def warehouse(folder: Path, **settings: object) -> Warehouse:
    """A prepared warehouse under `folder`, on SQLite unless told otherwise."""
    return Warehouse(load(**{"datos": folder / "datos", "base_datos": "", **settings})).prepare()


def put(house: Warehouse, name: str, content: bytes) -> Path:
    """A file left in the inbox."""
    path = house.settings.inbox / name
    path.write_bytes(content)
    return path


def bring(house: Warehouse, *contracts: Contract) -> Report:
    """One round over the inbox."""
    known = {c.table: c for c in contracts}
    return ingest(house, inbox.collect(house.settings.inbox, known), contracts=known, today=TODAY)


def only(report: Report) -> Outcome:
    (outcome,) = report.outcomes
    return outcome


def accepted(house: Warehouse, table: str = "visitas") -> list[dict[str, object]]:
    """The accepted rows, as the database points to them."""
    version = accepted_versions(house.engine).get(table)
    rows = house.delta.read("aceptado", table, version).to_pylist() if version is not None else []
    return sorted(rows, key=lambda r: (r["entrega_region"], r["entrega_periodo"], r["fila_origen"]))
