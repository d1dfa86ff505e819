"""A template as bytes: instructions, data, catalogues, lists, and the hidden sheet by which it is recognised when it comes back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime

import pyarrow as pa
from xlsxwriter import Workbook

from etl.readers.xlsx_template import IDENTITY_SHEET
from etl.sources.received import NATIONAL
from etl.templates import places
from etl.templates.data_sheet import write_data
from etl.templates.fields import fields
from etl.templates.identity import made_from
from etl.templates.instructions_sheet import write_instructions
from etl.templates.lists_sheet import lists_of, write_catalogue, write_lists
from etl.templates.styles import Styles
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.territories import territory

_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ASK = "Al equipo del MINEM que administra SIEGEM (ODICR); diga el nombre del archivo, la fila y la columna."


def template_bytes(contract: Contract, region: str, period: str, tables: Mapping[str, pa.Table], today: date, version: int = 1) -> bytes:
    """The template of a table for whom and when it is delivered. The same arguments give the same bytes.

    `tables`: the reference tables, as `etl.references.tables` gives them. `version`: of the file it will be sent as.
    Raises SiegemError where that region does not deliver that table for that period.
    """
    places.check_place(contract, region, period)
    titles = {name: c.title.es for name, c in catalogue.contracts().items()} | {contract.table: contract.title.es}
    columns = fields(contract, region, period, tables, titles)
    buffer = io.BytesIO()
    book = Workbook(buffer, _SAFE)
    book.set_properties({"title": contract.title.es, "author": "SIEGEM", "created": datetime(today.year, today.month, today.day)})
    styles = Styles(book)
    where = f"{places.region_words(region)}, {places.period_words(period)}"
    subtitle = f"{where} · contrato {contract.contract}, versión {contract.version}"
    write_instructions(book, styles, contract, columns, (contract.title.es, subtitle), _facts(contract, region, period, tables, version), today)
    lists = lists_of(columns)
    write_data(book, styles, contract, columns, lists, f"{contract.table} · {where}")
    write_catalogue(book, styles, columns)
    write_lists(book, lists)
    _write_identity(book, contract, region, period)
    book.close()
    return buffer.getvalue()


def _facts(contract: Contract, region: str, period: str, tables: Mapping[str, pa.Table], version: int) -> list[tuple[str, str]]:
    office = contract.delivery.responsable or ("" if region == NATIONAL else territory(region).autoridad)
    found = [
        ("Quién la entrega", office),
        ("Región", f"{region} · {places.region_words(region)}"),
        ("Periodo", f"{period} · {places.period_words(period)}"),
        ("Fecha límite", places.due_words(contract, period, tables)),
        ("Nombre del archivo", places.file_name(contract, region, period, version)),
        ("A quién preguntar", _ASK),
    ]
    return [(label, text) for label, text in found if text]


def _write_identity(book: Workbook, contract: Contract, region: str, period: str) -> None:
    sheet = book.add_worksheet(IDENTITY_SHEET)
    sheet.very_hidden()
    for row, (name, text) in enumerate(made_from(contract, region, period).cells()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, text)
