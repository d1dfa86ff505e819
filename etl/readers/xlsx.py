"""XLSX workbooks: values by calamine, after the file was measured and its sheets looked through without opening them whole.

A formula's stored result is not the sender's data, merged cells hide values, serial dates lose their meaning: each is said by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from etl.readers.raw import MAX_FAULTS, Notice, RawTable, check_header, fold, no_rows, refuse, without_blank_rows
from etl.readers.xlsx_cells import MOST_KEPT, cell_notice, unfaithful_numbers
from etl.readers.xlsx_guard import workbook_parts
from etl.readers.xlsx_sheet import SheetFacts, column_letter, look_through, overlap
from etl.readers.xlsx_template import DATA_SHEET, IDENTITY_SHEET, OTHER_SHEETS, TemplateIdentity, identity_of

#: title lines above the header that are looked over for it
_HEADER_WITHIN = 20
_TIMES = (date, time, timedelta)
_EDITED = Notice(
    "informativa", "La hoja oculta de la plantilla fue cambiada y no se tomó en cuenta.", "Use la plantilla tal como la descargó.", regla="G-02"
)


def read_xlsx(path: Path, name: str, known: Collection[str] = (), max_inflated: int = 1 << 30) -> RawTable:
    """The texts of the first sheet that carries the header. Raises FileRejected."""
    parts = workbook_parts(path, name, max_inflated)
    try:
        return _read(path, name, known, parts, max_inflated)
    except CalamineError as error:
        raise refuse(name, "el libro de Excel está dañado.", "Ábralo en Excel, guárdelo otra vez como .xlsx y envíelo.") from error
    except BaseException as error:
        # A panic of the Rust reader derives from BaseException and has no importable name; a damaged file must not end the run.
        if type(error).__name__ != "PanicException":
            raise
        raise refuse(name, "el libro de Excel está dañado.", "Ábralo en Excel, guárdelo otra vez como .xlsx y envíelo.") from error


def _read(path: Path, name: str, known: Collection[str], parts: dict[str, str], max_inflated: int) -> RawTable:
    best: tuple[int, str, SheetFacts, list[list[Any]], int] | None = None
    with CalamineWorkbook.from_path(path) as book:
        template, edited = _template(book, path, name, parts, max_inflated)
        for sheet in _sheets(book, parts, template):
            facts = look_through(path, parts[sheet], name, max_inflated)
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            score, at = _find_header(rows, known)
            if at is not None and (best is None or score > best[0]):
                best = (score, sheet, facts, rows, at)
            if best is not None and best[0] and best[0] * 2 >= sum(_text(c) != "" for c in best[3][best[4]]):
                break
    if best is None:
        raise refuse(name, "el libro está vacío.", "Llene la plantilla, guárdela y envíela otra vez.")
    table = _table(name, best[2], best[3], best[4])
    return replace(table, template=template, notices=(*((_EDITED,) if edited else ()), *table.notices))


def _template(book: CalamineWorkbook, path: Path, name: str, parts: dict[str, str], max_inflated: int) -> tuple[TemplateIdentity | None, bool]:
    """What the hidden sheet says the template is, and whether somebody edited it."""
    if IDENTITY_SHEET not in parts or IDENTITY_SHEET not in book.sheet_names:
        return None, False
    look_through(path, parts[IDENTITY_SHEET], name, max_inflated)
    found = identity_of(book.get_sheet_by_name(IDENTITY_SHEET).to_python())
    return found, found is None


def _sheets(book: CalamineWorkbook, parts: dict[str, str], template: TemplateIdentity | None) -> list[str]:
    """The sheets where the table may be: of a template «Datos» alone, unless somebody renamed it."""
    visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible and s.typ == SheetTypeEnum.WorkSheet and s.name in parts]
    if template is None:
        return visible
    return [DATA_SHEET] if DATA_SHEET in visible else [n for n in visible if n not in OTHER_SHEETS]


def _find_header(rows: list[list[Any]], known: Collection[str]) -> tuple[int, int | None]:
    """How many known names the best of the first rows has, and which row; the first that is not blank where none has any."""
    filled = [i for i, row in enumerate(rows[:_HEADER_WITHIN]) if any(_text(c) for c in row)]
    scores = {i: sum(fold(_text(c)) in known for c in rows[i]) for i in filled}
    at = max(filled, key=lambda i: scores[i], default=None)
    return (scores[at], at) if at is not None else (0, None)


def _table(name: str, facts: SheetFacts, rows: list[list[Any]], at: int) -> RawTable:
    header = [_text(c).strip() for c in rows[at]]
    while header and not header[-1]:
        header.pop()
    _refuse_merged(name, facts, at + 1, len(header))
    check_header(name, header, at + 1)
    body = rows[at + 1 :]
    columns = list(zip(*(row[: len(header)] for row in body), strict=True)) if body else [()] * len(header)
    texts = [_column(c, _places_shown(facts, at + 2, i)) for i, c in enumerate(columns, start=1)]
    cells, filas = without_blank_rows(pa.table(texts, names=[str(i) for i in range(len(header))]), pa.array(np.arange(at + 2, at + 2 + len(body))))
    if not cells.num_rows:
        raise no_rows(name)
    notices = (*_notices(name, facts, at + 1, header), *unfaithful_numbers(name, facts, rows, at, header))
    dates = {i: np.flatnonzero([isinstance(v, _TIMES) for v in c]) + at + 2 for i, c in enumerate(columns) if any(isinstance(v, _TIMES) for v in c)}
    return RawTable(tuple(header), cells, filas, notices, as_dates=dates)


def _places_shown(facts: SheetFacts, first_row: int, column: int) -> dict[int, int]:
    """Position in the column -> figures that its format shows, zeros put in front."""
    return {row - first_row: width for row, width in facts.padded.get(column, {}).items() if row >= first_row}


def _refuse_merged(name: str, facts: SheetFacts, header_row: int, width: int) -> None:
    for merged in facts.merged:
        if overlap(merged, header_row, width):
            first = merged.partition(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            where = "en la cabecera" if int(first) <= header_row else "en los datos"
            what = f"fila {first}: las celdas {merged} están combinadas {where}; no se sabe a qué columna o fila pertenece el valor."
            raise refuse(name, what, "En Excel: seleccione el rango, «Descombinar celdas», llene cada celda y envíe otra vez.")


def _notices(name: str, facts: SheetFacts, header_row: int, header: list[str]) -> Iterator[Notice]:
    if header_row > 1:
        what = f"La cabecera está en la fila {header_row}; no se leyeron las {header_row - 1} filas anteriores."
        yield Notice("informativa", what, "Deje la cabecera en la primera fila.", header_row)
    inside = [(r, c) for r, c in facts.formulas if r >= header_row and c <= len(header)]
    if inside and inside[0][0] == header_row:
        cell = f"{column_letter(inside[0][1])}{header_row}"
        raise refuse(name, f"fila {header_row}: la cabecera {cell} es una fórmula.", "Escriba el nombre de la columna como texto.")
    if len(inside) > MAX_FAULTS:
        what = (
            f"tiene más de {MAX_FAULTS:,} fórmulas (la primera en {column_letter(inside[0][1])}{inside[0][0]}); su resultado guardado no es un dato."
        )
        raise refuse(name, what, "Seleccione todo, copie y «Pegado especial > Valores»; guarde y envíe otra vez.")
    for row, column in inside:
        what = f"la celda {column_letter(column)}{row} es una fórmula; el resultado guardado no es un dato del remitente."
        yield cell_notice(row, header[column - 1], what, "Copie la celda y pegue como valor.")
    for row, column in facts.errors:
        if row > header_row and column <= len(header):
            what = f"la celda {column_letter(column)}{row} tiene un error de Excel (#N/D, #¡REF!, #¡DIV/0!…)."
            yield cell_notice(row, header[column - 1], what, "Escriba el valor, o deje la celda vacía si no se conoce.")


def _column(values: tuple[Any, ...], padded: dict[int, int]) -> pa.Array:
    if all(type(v) is str for v in values):
        return pa.array(values, pa.string())
    texts = [_text(v) for v in values]
    for at, width in padded.items():
        # a code shown as 0042: the sender sees the zeros, the file does not keep them
        if texts[at].isdecimal():
            texts[at] = texts[at].zfill(width)
    return pa.array(texts, pa.string())


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV: 858.0 is 858, a midnight is a date."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < MOST_KEPT else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
