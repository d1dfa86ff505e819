"""The workbook of a region: its newest values, a sheet for each theme with the whole series, where they come from and what each column means."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from dashboard import formats
from dashboard.dictionary import MEANINGS
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot, area_name
from dashboard.reports import cells, rows
from dashboard.rows import COLUMNS
from warehouse.states import NOTICES

#: a text that a spreadsheet might run when somebody edits its cell or saves it as CSV
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDE = {"indicador": 30, "nombre_territorio": 18, "estado": 18, "avisos": 40, "fuente": 48, "unidad": 22}
#: shown with the indicator's decimals
_ROUNDED = ("valor", "inferior", "superior", "cambio", "cambio_inferior", "cambio_superior", "meta")
#: columns of the first sheet: title, width
_NEWEST = (
    ("Tema", 22), ("Indicador", 34), ("Identificador", 30), ("Periodo", 11), ("Valor", 12), ("Unidad", 22), ("Inferior", 10), ("Superior", 10),
    ("Casos", 10), ("Perú", 12), ("Meta", 10), ("Meta: condición", 15), ("Meta: lectura", 16), ("Cambio", 10), ("Periodo comparado", 13),
    ("Lectura del cambio", 30), ("Frente al conjunto", 24), ("Estado", 44), ("Avisos", 44), ("Fuente", 48),
)  # fmt: skip


class _Book:
    """A workbook in memory that carries the publication's date. Strings are written as strings, whatever they begin with."""

    def __init__(self, made: datetime, title: str) -> None:
        self.target = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self.book.set_properties({"title": title, "author": "SIEGEM", "created": datetime(made.year, made.month, made.day)})
        self.head = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": "dd-mm-yyyy"})
        self.guarded = self.book.add_format({"quote_prefix": True})
        self.numbers = {d: self.book.add_format({"num_format": "#,##0" + ("." + "0" * d if d else "")}) for d in range(7)}

    def write(self, sheet: Any, row: int, column: int, value: Any, digits: int | None = None) -> None:
        """One cell: numbers as numbers, dates as dates, nothing where there is nothing; a text that might be run is marked as text."""
        if value is None or value == "" or formats.is_missing(value):
            return
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, column, value, None if digits is None else self.numbers[digits])
        else:
            text = str(value)
            sheet.write_string(row, column, text, self.guarded if text.startswith(_FORMULA) else None)


def region_workbook(snap: Snapshot, region: str) -> bytes:
    """The workbook as bytes; the same publication gives the same ones."""
    name = formats.place(region)
    book = _Book(snap.publication.creada_en, f"SIEGEM · {name}")
    newest = rows.Newest.of(snap)
    _newest(book, newest, newest.of_region(region))
    sheets = {s.id: s for s in snap.indicators()}
    said = {i: {"unidad": s.unit(), "fuente": "; ".join(snap.publishers(s)), "publicacion": snap.number, "nombre_territorio": name}
            for i, s in sheets.items()}  # fmt: skip
    series = [r | said[r["indicador"]] for r in rows.series(snap, region)]
    for code in dict.fromkeys(s.area for s in sheets.values()):
        _theme(book, area_name(code)[:31], [r for r in series if sheets[r["indicador"]].area == code], sheets)
    _metadata(book, snap, region, len(series))
    _dictionary(book)
    book.book.close()
    return book.target.getvalue()


def _sheet(book: _Book, name: str, heads: list[tuple[str, float]]) -> Any:
    made = book.book.add_worksheet(name)
    made.freeze_panes(1, 0)
    made.repeat_rows(0)
    made.set_landscape()
    made.set_paper(9)  # A4
    made.fit_to_pages(1, 0)
    for place, (head, width) in enumerate(heads):
        made.write_string(0, place, head, book.head)
        made.set_column(place, place, width)
    return made


def _newest(book: _Book, newest: rows.Newest, pairs: list[tuple[rows.Row, Sheet]]) -> None:
    """The newest value of each indicator, as the sheet of paper has it; the reason where there is none."""
    made = _sheet(book, "Último periodo", list(_NEWEST))
    countries = newest.countries()
    for i, (row, sheet) in enumerate(pairs, start=1):
        for place, value in enumerate(_line(row, sheet, countries.get(sheet.id), newest.snap)):
            book.write(made, i, place, value, sheet.decimals if place in (4, 6, 7, 9, 10, 13) else None)
    made.autofilter(0, 0, len(pairs), len(_NEWEST) - 1)


def _line(row: rows.Row, sheet: Sheet, country: rows.Row | None, snap: Snapshot) -> list[Any]:
    known = sentences.is_published(row)
    beside = country["valor"] if country is not None and sentences.is_published(country) else None
    state = "publicado" if known else sentences.absence(row, sheet)
    reading = (sentences.verdict(row, sheet) or "sin comparación") if known else ""
    target: list[Any] = [None] * 3
    if known and not formats.is_missing(row["meta"]):
        target = [row["meta"], cells.in_force(sheet, row["periodo"]), cells.target_words(row, "es")]
    figures = [row["valor"], sheet.unit(), row["inferior"], row["superior"], row["n"]] if known else [None, sheet.unit(), None, None, None]
    return [
        area_name(sheet.area), sheet.text("name"), sheet.id, row["periodo"], *figures, beside, *target, row["cambio"] if known else None,
        row["periodo_comparado"] if known else None, reading, sentences.standing(row) if known else "", state,
        "; ".join(NOTICES[a][0] if a in NOTICES else a for a in row["avisos"] or []), "; ".join(snap.publishers(sheet)),
    ]  # fmt: skip


def _theme(book: _Book, name: str, series: list[dict[str, Any]], sheets: dict[str, Sheet]) -> None:
    """All values of a theme, one line each, in the columns of the API. A figure is whole; only its look is rounded."""
    made = _sheet(book, name, [(c, _WIDE.get(c, 13)) for c in COLUMNS])
    for i, row in enumerate(series, start=1):
        for place, column in enumerate(COLUMNS):
            value = row.get(column)
            if isinstance(value, list):
                value = "; ".join(NOTICES[a][0] if a in NOTICES else str(a) for a in value)
            if column == "datos_al" and value is not None:
                value = date.fromisoformat(str(value)[:10])
            digits = sheets[row["indicador"]].decimals if column in _ROUNDED else 1 if column == "cambio_relativo" else None
            book.write(made, i, place, value, digits)
    if series:
        made.autofilter(0, 0, len(series), len(COLUMNS) - 1)


def _metadata(book: _Book, snap: Snapshot, region: str, lines: int) -> None:
    card = snap.publication
    told: list[tuple[str, Any]] = [
        ("Sistema", "SIEGEM · Monitor de la Gestión Minera Descentralizada"), ("Región", f"{formats.place(region)} (código del INEI {region})"),
        ("Publicación N.º", card.numero), ("Publicada el", formats.day(card.creada_en)), ("Datos al", formats.day(card.datos_al)),
        ("Huella de la publicación", card.huella), ("Filas de las series", lines), ("Dirección", f"/region/{region}?publicacion={card.numero}"),
        ("Cómo se lee", "Una celda sin cifra lleva su razón en la columna «estado» o «Estado»: la ausencia nunca es cero."),
    ]  # fmt: skip
    if any(s.synthetic for s in snap.indicators()):
        told.append(("Aviso", formats.notice("sintetico")))
    if rows.is_internal(snap.indicators()):
        told.append(("Aviso", "Uso interno: lleva indicadores que no son públicos."))
    told += [("", ""), *((s.id, _about(snap, s)) for s in snap.indicators())]
    made = _sheet(book, "Metadatos", [("Dato", 34), ("Valor", 120)])
    for i, (name, value) in enumerate(told, start=1):
        book.write(made, i, 0, name)
        book.write(made, i, 1, value)


def _about(snap: Snapshot, sheet: Sheet) -> str:
    """What an indicator is: name, unit, what it counts, fewest cases, who publishes it."""

    def words(part: Any) -> str:
        return str(((sheet.ficha.get(part) or {}).get("text") or {}).get("es") or "")

    counted = " / ".join(x for x in (words("numerator"), words("denominator")) if x) or words("quantile")
    least = f"mínimo de casos: {sheet.ficha.get('min_n', 1)}"
    return ". ".join(x for x in (f"{sheet.text('name')} ({sheet.unit()})", counted, least, f"Fuente: {'; '.join(snap.publishers(sheet))}") if x)


def _dictionary(book: _Book) -> None:
    made = _sheet(book, "Diccionario", [("columna", 22), ("significado", 100)])
    for i, column in enumerate(COLUMNS, start=1):
        book.write(made, i, 0, column)
        book.write(made, i, 1, MEANINGS[column][0] if column in MEANINGS else "")
