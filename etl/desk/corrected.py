"""The corrected-file download: the very workbook that was sent, faulty cells filled and commented, and a first sheet that lists them.

A CSV becomes a workbook of texts, so that Excel changes nothing of it. What comes back is read like any other file: the list is not data.
One thing is mended and not only marked: a RENIEC code (G-07) is replaced by INEI's of the same district, and the cell and the list say so.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from etl import references
from etl.desk.problems import Problem
from etl.desk.verdicts import MOST
from etl.headers import known_headers
from etl.readers.raw import fold
from etl.readers.xlsx_guard import workbook_parts
from warehouse.contracts import Contract
from warehouse.errors import FileRejected

#: the rule whose findings say which code is meant
RENIEC_CODES = "G-07"
LIST_SHEET, AUTHOR = "Observaciones", "SIEGEM (observación)"
#: bytes past which a workbook is not opened again here: opening takes fifty times its size
LARGEST = 12_000_000
_INFLATED = 300_000_000
_HEADER_WITHIN = 20
_FILLS = {"bloqueante": "F4B8AC", "error": "F9D3CA", "advertencia": "FBE9B7"}
_WORDS = {"bloqueante": "Impide recibir el archivo", "error": "La fila queda fuera", "advertencia": "Se usa, con aviso"}
_TITLES = ("N.º", "Fila", "Columna", "Qué se encontró", "Cómo corregirlo", "Gravedad")
_WIDTHS = (6, 8, 24, 70, 52, 26)
#: height of a line of text, in points
_LINE = 15


def corrected(path: Path, name: str, contract: Contract, findings: list[dict[str, Any]]) -> bytes:
    """The marked workbook. Raises Problem where the file cannot be opened as a table, or is too large to be opened again."""
    if path.stat().st_size > LARGEST:
        raise Problem(413, "El archivo es demasiado grande para marcarlo celda por celda.", "Use la lista de observaciones de la página.")
    told = [dict(f) for f in findings if f["gravedad"] in _WORDS]
    try:
        book = _of_csv(path) if name.lower().endswith(".csv") else _of_xlsx(path, name)
    except (FileRejected, csv.Error) as error:
        raise Problem(
            409, "El archivo no se pudo abrir como tabla, así que no hay celdas que marcar.", "Lea las observaciones de la página."
        ) from error
    sheet, header = _data_sheet(book, contract)
    places = _columns(sheet, header, contract)
    _forget_marks(sheet, header)
    if len(findings) < MOST:  # were some untold, half the file would be translated, and the rest no longer recognised
        _translate(sheet, places, told)
    cells = _mark(sheet, header, places, told)
    _list(book, sheet, told, cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _of_xlsx(path: Path, name: str) -> Workbook:
    workbook_parts(path, name, _INFLATED)  # measured before it is opened
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl cannot keep (slicers, extensions) is nobody's data
        try:
            with path.open("rb") as file:  # by its name openpyxl would refuse it: it is kept under its hash
                return load_workbook(file)
        except Exception as error:
            raise Problem(409, "El libro no se pudo abrir para marcarlo.", "Use la lista de observaciones de la página.") from error


def _of_csv(path: Path) -> Workbook:
    text = _decoded(path.read_bytes())
    first = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    book = Workbook()
    sheet = book.active
    sheet.title = "Datos"
    for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)), start=1):
        for place, value in enumerate(record, start=1):
            if value:
                _text(sheet.cell(number, place), value)
    for place in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"
    return book


def _decoded(content: bytes) -> str:
    """As the reader takes it: UTF-8, or else what Windows writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _text(cell: Cell, value: str) -> None:
    """A text as a text: never a formula, a number or a date."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    cell.number_format = "@"


def _data_sheet(book: Workbook, contract: Contract) -> tuple[Worksheet, int]:
    """The sheet whose first rows have most of the contract's headers, as the reader chooses it, and its header's row."""
    if LIST_SHEET in book.sheetnames:  # an earlier list of ours
        del book[LIST_SHEET]
    known = known_headers(contract)
    best: tuple[int, Worksheet, int] | None = None
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for number, row in enumerate(sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True), start=1):
            score = sum(fold(str(value)) in known for value in row if value is not None)
            if score and (best is None or score > best[0]):
                best = (score, sheet, number)
    return (best[1], best[2]) if best else (book.worksheets[0], 1)


def _columns(sheet: Worksheet, header: int, contract: Contract) -> dict[str, int]:
    """Column of the contract -> its place in the sheet."""
    printed = {fold(str(c.value)): c.column for c in sheet[header] if c.value is not None}
    return {c.name: printed[fold(n)] for c in contract.columns for n in reversed((c.name, *c.source_names)) if fold(n) in printed}


def _forget_marks(sheet: Worksheet, header: int) -> None:
    """Marks of an earlier round: what was mended must not look faulty."""
    for row in sheet.iter_rows(min_row=header + 1):
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()
    for cell in sheet[header]:
        if cell.comment is not None:
            cell.comment.width, cell.comment.height = 330, 150  # openpyxl forgets the size of a note it reads


def _translate(sheet: Worksheet, places: dict[str, int], findings: list[dict[str, Any]]) -> None:
    """Write INEI's code where a finding says that the cell has RENIEC's; the finding's remedy then says what was done."""
    inei = {r["ubigeo_reniec"]: r["ubigeo"] for r in references.district_rows() if r["ubigeo_reniec"]}
    for finding in findings:
        # a finding without a remedy is one of a sample, not of all the rows: half a translation would hide the rest
        if finding["regla"] != RENIEC_CODES or not finding["remedio"] or not finding["fila"] or finding["columna"] not in places:
            continue
        cell = sheet.cell(finding["fila"], places[finding["columna"]])
        before = str(cell.value).strip().zfill(6)  # Excel drops the zero of Amazonas to Cajamarca
        if before in inei:
            _text(cell, inei[before])
            finding["remedio"] = f"Este libro ya trae {inei[before]} en lugar de {before}: revíselo."


def _mark(sheet: Worksheet, header: int, places: dict[str, int], findings: list[dict[str, Any]]) -> dict[int, str]:
    """Fill and comment each faulty cell; gives finding position -> cell."""
    by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
    for position, finding in enumerate(findings):
        if finding["fila"]:
            by_cell[finding["fila"], places.get(finding["columna"], 1)].append(position)
    found: dict[int, str] = {}
    for (row, column), positions in by_cell.items():
        cell = sheet.cell(row, column)
        own = [findings[p] for p in positions]
        worst = min(own, key=lambda f: list(_FILLS).index(f["gravedad"]))
        cell.fill = PatternFill("solid", start_color=_FILLS[worst["gravedad"]])
        if row != header:
            comment = Comment("\n\n".join(f"{f['mensaje']} {f['remedio']}".strip() for f in own)[:4000], AUTHOR)
            comment.width, comment.height = 360, 40 + 60 * len(own)
            cell.comment = comment
        found |= dict.fromkeys(positions, cell.coordinate)
    return found


def _list(book: Workbook, data: Worksheet, findings: list[dict[str, Any]], cells: dict[int, str]) -> None:
    sheet = book.create_sheet(LIST_SHEET, 0)
    how_many = "1 observación" if len(findings) == 1 else f"{len(findings):,} observaciones"
    head = f"{how_many}. Corrija las celdas marcadas en la hoja «{data.title}» y envíe este mismo libro: esta hoja no se lee."
    _text(sheet.cell(1, 1), head)
    sheet.cell(1, 1).font = Font(bold=True, size=12)
    for place, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True), start=1):
        cell = sheet.cell(3, place)
        _text(cell, title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="E9ECEF")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for position, finding in enumerate(findings):
        _list_row(sheet, 4 + position, position + 1, finding, data.title, cells.get(position))
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _list_row(sheet: Worksheet, row: int, number: int, finding: dict[str, Any], data: str, target: str | None) -> None:
    sheet.cell(row, 1, number)
    if finding["fila"]:
        sheet.cell(row, 2, finding["fila"])
    for place, text in ((3, finding["columna"]), (4, finding["mensaje"]), (5, finding["remedio"]), (6, _WORDS[finding["gravedad"]])):
        _text(sheet.cell(row, place), text)
        sheet.cell(row, place).alignment = Alignment(wrap_text=True, vertical="top")
    for place in (1, 2):
        sheet.cell(row, place).alignment = Alignment(vertical="top")
    # programs other than Excel do not make room for wrapped text by themselves
    sheet.row_dimensions[row].height = _LINE * max(-(-len(t) // (_WIDTHS[p] - 4)) or 1 for p, t in ((3, finding["mensaje"]), (4, finding["remedio"])))
    if target is not None:
        quoted = data.replace("'", "''")
        link = sheet.cell(row, 2)
        link.hyperlink = f"#'{quoted}'!{target}"
        link.font = Font(underline="single", color="A0551A")
    sheet.cell(row, 6).fill = PatternFill("solid", start_color=_FILLS[finding["gravedad"]])
