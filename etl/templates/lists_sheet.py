"""The sheets of lists: «Listas», hidden, that the drop-downs read; «Catálogos», where a person looks up what a code means."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from etl.templates.choices import Choice
from etl.templates.fields import Field
from etl.templates.styles import Styles

LISTS, CATALOGUE = "Listas", "Catálogos"
_HEADINGS = ("Columna", "Código", "Qué significa", "Más datos")
_WIDTHS = (26, 20, 52, 64)


@dataclass(frozen=True)
class Lists:
    """`ranges`: column -> the range of the hidden sheet with its values, as a formula. `columns`: what that sheet holds, heading and values."""

    ranges: dict[str, str]
    columns: tuple[tuple[str, tuple[str | int, ...]], ...]


def lists_of(fields: tuple[Field, ...]) -> Lists:
    """One list for each column that has choices; those with the same choices share it."""
    columns: dict[tuple[str | int, ...], str] = {}
    ranges = {}
    for field in fields:
        codes = tuple(dict.fromkeys(int(c.code) if field.column.type == "integer" else c.code for c in field.choices))
        if codes:
            columns.setdefault(codes, field.name)
            letter = xl_col_to_name(list(columns).index(codes))
            ranges[field.name] = f"={LISTS}!${letter}$2:${letter}${len(codes) + 1}"
    return Lists(ranges, tuple((name, codes) for codes, name in columns.items()))


def write_lists(book: Workbook, lists: Lists) -> None:
    """The hidden sheet."""
    sheet = book.add_worksheet(LISTS)
    sheet.hide()
    text = book.add_format({"num_format": "@"})
    for at, (name, codes) in enumerate(lists.columns):
        sheet.write_string(0, at, name)
        for row, code in enumerate(codes, start=1):
            if isinstance(code, int):
                sheet.write_number(row, at, code)
            else:
                sheet.write_string(row, at, code, text)


def write_catalogue(book: Workbook, styles: Styles, fields: tuple[Field, ...]) -> None:
    """Every code with its meaning, one below the other, to be filtered and searched. No sheet where no code needs it."""
    rows = [(f, c) for f in fields for c in f.choices if _tells(f, c)]
    if not rows:
        return
    sheet = book.add_worksheet(CATALOGUE)
    sheet.set_tab_color("#5D6773")
    sheet.hide_gridlines(2)
    for at, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, heading, styles["heading"])
    for number, (field, choice) in enumerate(rows, start=1):
        sheet.write_string(number, 0, field.name, styles["cell"])
        sheet.write_string(number, 1, choice.code, styles["code"])
        sheet.write_string(number, 2, choice.meaning, styles["cell"])
        sheet.write_string(number, 3, choice.detail, styles["cell"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(_HEADINGS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&LCatálogos&RPágina &P de &N")


def _tells(field: Field, choice: Choice) -> bool:
    return bool(choice.meaning or choice.detail) or bool(field.column.allowed)
