"""The sheet «Datos»: the contract's names in the first row, cells that keep what is typed, and drop-downs that help to type it."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from etl.readers.raw import NOTHING_HAPPENED
from etl.readers.xlsx_template import DATA_SHEET
from etl.templates.fields import Field
from etl.templates.lists_sheet import Lists
from etl.templates.styles import Styles
from warehouse.contracts import Contract

#: rows with drop-downs and marks; the formats of a column have no end
LAST_ROW = 20_000
_TITLE, _MESSAGE = 32, 255
_NARROW, _WIDE = 12, 34


def write_data(book: Workbook, styles: Styles, contract: Contract, fields: tuple[Field, ...], lists: Lists, footer: str) -> None:
    """The header and, for each column, its width, its format, its list or limits. No row of data, not even an example."""
    sheet = book.add_worksheet(DATA_SHEET)
    sheet.set_tab_color("#A0551A")
    sheet.set_row(0, 36)
    sheet.set_comments_author("SIEGEM")
    for at, field in enumerate(fields):
        sheet.set_column(at, at, _width(field), styles.column(field.column))
        sheet.write_string(0, at, field.name, styles["required" if field.required else "optional"])
        sheet.write_comment(0, at, _comment(field), {"width": 330, "height": 150, "font_size": 10, "color": "#F6EADF"})
        options = _validation(field, lists)
        if options is not None:
            # the first cell may also say that nothing happened: it asks before letting that in, and does not forbid it
            sheet.data_validation(1, at, LAST_ROW, at, {**options, "error_type": "warning" if at == 0 else "stop"})
    _marks(sheet, styles, contract, fields)
    sheet.freeze_panes(1, 1 if fields[0].column.key else 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{footer}&RPágina &P de &N")


def _width(field: Field) -> float:
    longest = max((len(c.code) for c in field.choices), default=0)
    usual = {"date": 12, "integer": 10, "number": 14}.get(field.column.type, min(len(field.example), 24))
    return min(max(len(field.name) * 1.15 + 2, longest + 4, usual + 2, _NARROW), _WIDE)


def _comment(field: Field) -> str:
    lines = ["OBLIGATORIA" if field.required else "Opcional: déjela vacía si no tiene el dato", field.column.description, field.how]
    if field.example:
        lines.append(f"Ejemplo: {field.example}")
    if field.column.unverified:
        lines.append(f"Sin verificar: {field.column.unverified}")
    return "\n".join(line for line in lines if line)


def _validation(field: Field, lists: Lists) -> dict[str, Any] | None:
    """What the cell lets in, with its message. Pasting goes around it: the system looks at everything again."""
    column = field.column
    rule: dict[str, Any]
    if field.name in lists.ranges:
        rule = {"validate": "list", "source": lists.ranges[field.name]}
    elif column.treatment:
        return None
    elif column.type == "date":
        rule = _days(field)
    elif column.type in ("integer", "number"):
        rule = _between("integer" if column.type == "integer" else "decimal", column.minimum, column.maximum)
    elif field.digits:
        rule = {
            "validate": "length",
            "criteria": "==",
            "value": field.digits,
            "input_title": _cut(field.name, _TITLE),
            "input_message": field.how[:_MESSAGE],
        }
    else:
        return None
    return {**rule, "error_title": _cut(field.name, _TITLE), "error_message": _cut(_error(field), _MESSAGE)}


def _days(field: Field) -> dict[str, Any]:
    kind = field.column.dates
    first = date(1900, 1, 2) if kind in ("antiguas", "libres") else date(2002, 1, 1)
    message = "Escriba la fecha como acostumbra su Excel y compruebe que se vea año-mes-día, p. ej. " + (field.example or "2026-03-14") + "."
    return {
        "validate": "date", "criteria": "between", "minimum": first,
        "maximum": date(2100, 12, 31) if kind in ("futuras", "libres") else "=TODAY()",
        "input_title": _cut(field.name, _TITLE), "input_message": _cut(message, _MESSAGE),
    }  # fmt: skip


def _between(kind: str, low: float | None, high: float | None) -> dict[str, Any]:
    return {"validate": kind, "criteria": "between", "minimum": -1e14 if low is None else low, "maximum": 1e14 if high is None else high}


def _error(field: Field) -> str:
    if field.choices:
        shown = ", ".join(dict.fromkeys(c.code for c in field.choices))
        return (
            f"Elija un valor de la lista: {shown}." if len(shown) < 180 else "Elija un valor de la lista; vea qué significa en la hoja «Catálogos»."
        )
    return f"{field.how} Si no tiene el dato, deje la celda vacía." if not field.required else field.how


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _marks(sheet: Worksheet, styles: Styles, contract: Contract, fields: tuple[Field, ...]) -> None:
    """Required cells still empty in a row that has begun are hatched; a key that stands twice is bold."""
    last = xl_col_to_name(len(fields) - 1)
    for at, field in enumerate(fields):
        letter = xl_col_to_name(at)
        if field.required:
            formula = f'=AND(COUNTA($A2:${last}2)>0,$A2<>"{NOTHING_HAPPENED}",LEN(TRIM({letter}2))=0)'
            sheet.conditional_format(1, at, LAST_ROW, at, {"type": "formula", "criteria": formula, "format": styles["missing"]})
        if contract.key == (field.name,):
            sheet.conditional_format(1, at, LAST_ROW, at, {"type": "duplicate", "format": styles["repeated"]})
