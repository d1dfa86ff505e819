"""Cells whose kept number is not what the sender wrote: each is told by its place. Nothing is mended here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.readers.raw import MAX_FAULTS, Notice, refuse
from etl.readers.xlsx_sheet import SheetFacts, column_letter

#: Excel keeps fifteen figures of a number and turns the rest into zeros
MOST_KEPT = 1e15


def cell_notice(row: int, header: str, what: str, cure: str) -> Notice:
    """A cell that cannot be taken as it stands."""
    return Notice("error", f"Fila {row}, «{header}»: {what}", cure, row, header, regla="G-03")


def unfaithful_numbers(name: str, facts: SheetFacts, rows: list[list[Any]], at: int, header: list[str]) -> Iterator[Notice]:
    """Numbers too long for Excel, and percentages. `at`: position of the header. Raises Unreadable where they are too many."""
    told = 0
    for row, column in facts.percents:
        if at + 1 < row <= len(rows) and column <= len(header) and isinstance(value := rows[row - 1][column - 1], float):
            told += 1
            what = f"la celda {column_letter(column)}{row} está en formato de porcentaje: se ve «{value * 100:g} %» y Excel guarda {value!r}."
            yield cell_notice(row, header[column - 1], what, f"Cambie el formato de la celda a número y escriba {value * 100:g} o {value!r}.")
    for number, row_cells in enumerate(rows[at + 1 :], start=at + 2):
        for column, value in enumerate(row_cells[: len(header)], start=1):
            if isinstance(value, float) and abs(value) >= MOST_KEPT:
                told += 1
                where = f"{column_letter(column)}{number}"
                what = f"la celda {where} trae un número de más de quince cifras ({value:.15g}); Excel cambia las demás por ceros."
                yield cell_notice(number, header[column - 1], what, "Dé formato de texto a la celda y escriba otra vez el número completo.")
            if told > MAX_FAULTS:
                what = f"tiene más de {MAX_FAULTS:,} celdas en porcentaje o con números de más de quince cifras (la última, en la fila {number})."
                raise refuse(name, what, "Cambie el formato de esas columnas, escriba otra vez sus valores y envíe el archivo.")
