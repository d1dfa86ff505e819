"""Published values as an Excel workbook: numbers as numbers, dates as dates, texts never as formulas, and a sheet that says where they come from."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from dashboard import formats
from dashboard.published import Sheet, Snapshot
from dashboard.rows import COLUMNS
from warehouse.states import NOTICES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: more rows than this are no table for a person, and a workbook of them takes the server's memory
MOST = 60_000
_DATES = ("datos_al",)
_WIDE = {"indicador": 28, "nombre_territorio": 20, "categoria": 24, "avisos": 40, "fuente": 48, "unidad": 18}


def as_xlsx(snap: Snapshot, rows: list[dict[str, Any]], query: dict[str, str]) -> bytes:
    """The rows of `rows.value_rows` as a workbook. The same question gives the same bytes: it carries the publication's date, not the clock's."""
    target = io.BytesIO()
    # strings are written as strings whatever they begin with; no address becomes a link
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    made = snap.publication.creada_en
    book.set_properties({"title": "SIEGEM", "created": datetime(made.year, made.month, made.day)})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd-mm-yyyy"})
    sheet = book.add_worksheet("Valores")
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column, bold)
        sheet.set_column(place, place, _WIDE.get(column, 13))
    for i, row in enumerate(rows[:MOST], start=1):
        for place, column in enumerate(COLUMNS):
            _write(sheet, i, place, row[column], day if column in _DATES else None)
    if rows:
        sheet.autofilter(0, 0, min(len(rows), MOST), len(COLUMNS) - 1)
    notes = book.add_worksheet("Metadatos")
    notes.set_column(0, 0, 30)
    notes.set_column(1, 1, 110)
    for i, (name, told) in enumerate(_metadata(snap, rows, query)):
        notes.write_string(i, 0, name, bold)
        _write(notes, i, 1, told, None)
    book.close()
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, list):
        value = "; ".join(NOTICES[v][0] if v in NOTICES else str(v) for v in value)
    if value is None or value == "":
        return
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        value = str(value)
    if day is not None and isinstance(value, str):
        sheet.write_datetime(row, column, datetime.combine(date.fromisoformat(value[:10]), datetime.min.time()), day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _metadata(snap: Snapshot, rows: list[dict[str, Any]], query: dict[str, str]) -> list[tuple[str, Any]]:
    """What a reader of the file alone has to know: publication, filters, definition, sources, warnings."""
    asked = ", ".join(f"{k}={v}" for k, v in query.items() if k not in ("formato", "publicacion"))
    found: list[tuple[str, Any]] = [
        ("Sistema", "SIEGEM · Monitor de la Gestión Minera Descentralizada"), ("Publicación N.º", snap.number),
        ("Publicada el", formats.day(snap.publication.creada_en)), ("Datos al", formats.day(snap.publication.datos_al)),
        ("Huella de la publicación", snap.publication.huella), ("Consulta", asked or "todo"), ("Filas", len(rows)),
    ]  # fmt: skip
    if len(rows) > MOST:
        found.append(("Filas en este libro", f"{formats.number(MOST, 0)}: pida el resto en CSV, que no tiene tope"))
    sheets = [snap.sheet(i) for i in dict.fromkeys(r["indicador"] for r in rows)]
    if any(s.synthetic for s in sheets):
        found.append(("Aviso", formats.notice("sintetico")))
    found += [line for s in sheets for line in (_definition(snap, s) if len(sheets) == 1 else [(s.id, f"{s.text('name')} ({s.unit()})")])]
    found += [("", ""), *((f"Columna «{c}»", _COLUMN_WORDS[c]) for c in COLUMNS if c in _COLUMN_WORDS)]
    return found


def _definition(snap: Snapshot, sheet: Sheet) -> list[tuple[str, Any]]:
    def words(part: Any) -> str:
        return str(((part or {}).get("text") or {}).get("es") or "")

    caveats = [a.get("es", "") for r in snap.sources(sheet.tablas).values() for a in r["fuente"].get("advertencias", [])]
    told = [
        ("Indicador", sheet.text("name")), ("Pregunta", sheet.text("question")), ("Unidad", sheet.unit()),
        ("Numerador", words(sheet.ficha.get("numerator"))), ("Denominador", words(sheet.ficha.get("denominator"))),
        ("Se mide", words(sheet.ficha.get("quantile"))), ("Mínimo de casos", sheet.ficha.get("min_n", 1)),
        ("Fuente", "; ".join(snap.publishers(sheet))), ("Tablas", ", ".join(sheet.tablas)),
        *(("Cuidado al leer", x) for x in dict.fromkeys(caveats) if x),
        *(("Cómo leerlo", x.get("es", "")) for x in sheet.ficha.get("reading") or []),
    ]  # fmt: skip
    return [(name, value) for name, value in told if value not in ("", None)]


_COLUMN_WORDS = {
    "valor": "el valor publicado, en la unidad de «unidad»; vacío donde «estado» dice por qué no lo hay",
    "inferior": "límite inferior del intervalo de 95 %", "superior": "límite superior del intervalo de 95 %", "n": "casos en que se apoya",
    "estado": "publicado, o la razón por la que no hay valor", "cobertura": "parte de lo esperado que se reportó, de 0 a 1",
    "cambio": "diferencia con «periodo_comparado»", "cambio_estado": "lo que se puede decir del cambio",
    "desglose": "división a la que pertenece «categoria»; vacío en el valor sin dividir",
}  # fmt: skip
