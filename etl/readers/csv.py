"""CSV files: encoding and separator found out, row numbers kept, a cut file recognised. Reads in pieces.

Two readers give the same table: Arrow's, fast, for files where it cannot go wrong; the standard library's for the rest
(blank lines, stray quotes, rows of another width), which tells each row apart.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from etl.readers.csv_scan import Scan, scan
from etl.readers.raw import MAX_FAULTS, Notice, RawTable, check_header, no_rows, refuse, without_blank_rows

_ROWS_A_BATCH = 20_000
_LONGEST_FIELD = 131_072
_END = "\x1ffin de siegem"
_SEPARATORS = {",": "coma", ";": "punto y coma", "\t": "tabulador"}


def read_csv(path: Path, name: str, known: Collection[str] = (), max_inflated: int = 0) -> RawTable:
    """The texts of a CSV file. Raises FileRejected for what is not a CSV, is cut short or has no rows."""
    separator = _separator(path)
    facts = scan(path, name, separator)
    header, printed = _header(path, name, facts, separator)
    table = _fast(path, facts, separator, header) if facts.plain else None
    if table is None:
        table = _careful(path, name, facts, separator, header, printed)
    if not table.cells.num_rows and not table.misaligned:
        raise no_rows(name)
    notices = (*_notices(facts, separator, table), *table.notices)
    return RawTable(table.header, table.cells, table.filas, notices, table.misaligned)


def _separator(path: Path) -> str:
    """The separator that the first line uses most, outside quotes; a comma where it uses none."""
    with path.open(encoding="latin-1", newline="") as text:  # separators and quotes are the same byte in every encoding that is read
        line = re.sub(r'"[^"]*"', "", text.readline(1 << 20))
    return max(_SEPARATORS, key=line.count)


def _header(path: Path, name: str, facts: Scan, separator: str) -> tuple[list[str], int]:
    """The names, and how many cells the header has as printed: Excel leaves separators after the last name."""
    with path.open(encoding=facts.encoding, newline="") as text:
        first = next(_records(text, separator, name), None)
    header = [cell.strip() for cell in first or []]
    if not any(header):
        raise refuse(name, "fila 1: está vacía; debe llevar los nombres de las columnas.", "Ponga la cabecera en la primera fila y envíe otra vez.")
    printed = len(header)
    while not header[-1]:
        header.pop()
    check_header(name, header, 1)
    return header, printed


def _fast(path: Path, facts: Scan, separator: str, header: list[str]) -> RawTable | None:
    """Arrow's reading; None where a row has another width than the first."""
    try:
        table = pyarrow.csv.read_csv(
            path,
            pyarrow.csv.ReadOptions(encoding=facts.encoding.removesuffix("-sig"), autogenerate_column_names=True, block_size=8 << 20),
            pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=facts.quoted),
            pyarrow.csv.ConvertOptions(column_types={f"f{i}": pa.string() for i in range(len(header))}),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_columns != len(header):
        return None
    filas = pa.array(np.arange(2, table.num_rows + 1))
    cells, filas = without_blank_rows(table.slice(1).rename_columns([str(i) for i in range(len(header))]), filas)
    return RawTable(tuple(header), cells, filas)


def _records(lines: Iterable[str], separator: str, name: str) -> Iterator[list[str]]:
    records, number = csv.reader(lines, delimiter=separator), 1
    try:
        for record in records:
            yield record
            number += 1
    except csv.Error as error:
        what = f"fila {number}: no se puede leer; una celda pasa de {_LONGEST_FIELD:,} letras o una comilla quedó sin cerrar."
        raise refuse(name, what, "Revise las comillas desde esa fila y envíe otra vez.") from error


def _careful(path: Path, name: str, facts: Scan, separator: str, header: list[str], most: int) -> RawTable:
    """The standard library's reading. A last line of our own tells whether the last quote was closed.

    `most`: cells that a row may have. One more may be an unquoted decimal comma that moved the others, even where the last is empty.
    """
    width, number, closed = len(header), 1, False
    last = (1, width)
    batches: list[pa.RecordBatch] = []
    filas: list[int] = []
    notices: list[Notice] = []
    rows: list[list[str]] = []
    with path.open(encoding=facts.encoding, newline="") as text:
        records = _records(_with_end(text), separator, name)
        next(records)
        for number, record in enumerate(records, start=2):
            closed = record == [_END]
            if closed or (record and record[-1].endswith(_END + "\n")):
                break
            if not any(cell.strip() for cell in record):
                continue
            if last[0] == 1 and separator != "," and not any(cell.strip() for cell in record[width:]):
                most = max(most, len(record))  # every row ends with a separator: no comma of a number can be behind it
            last = (number, len(record))
            if not width <= len(record) <= most or any(cell.strip() for cell in record[width:]):
                notices.append(_misaligned(number, record, width))
                if len(notices) > MAX_FAULTS:
                    break
                continue
            rows.append(record[:width])
            filas.append(number)
            if len(rows) == _ROWS_A_BATCH:
                batches.append(_batch(rows, width))
                rows = []
    batches.append(_batch(rows, width))
    if len(notices) <= MAX_FAULTS:
        _check_end(name, closed, number, last, width)
    _check_widths(name, notices, len(filas), width)
    return RawTable(tuple(header), pa.Table.from_batches(batches), pa.array(filas, pa.int64()), tuple(notices), len(notices))


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    line = "\n"
    for line in lines:
        yield line
    if not line.endswith(("\n", "\r")):
        yield "\n"
    yield _END + "\n"


def _batch(rows: list[list[str]], width: int) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return pa.record_batch([pa.array(c, pa.string()) for c in columns], names=[str(i) for i in range(width)])


def _misaligned(number: int, record: list[str], width: int) -> Notice:
    what = f"Fila {number}: tiene {len(record)} valores y la cabecera {width} columnas."
    cure = "Ponga entre comillas el texto que lleve el separador y escriba los decimales con punto."
    return Notice("error", what, cure, number)


def _check_end(name: str, closed: bool, number: int, last: tuple[int, int], width: int) -> None:
    if not closed:
        what = f"fila {number}: las comillas que se abren ahí no se cierran; el archivo está cortado o falta una comilla."
        raise refuse(name, what, "Exporte otra vez el archivo completo y envíelo.")
    if last[1] < width:
        what = f"fila {last[0]} (la última): tiene {last[1]} valores y la cabecera {width} columnas; el archivo está cortado o lleva una nota al pie."
        raise refuse(name, what, "Exporte otra vez el archivo completo, sin notas después de la última fila.")


def _check_widths(name: str, notices: list[Notice], good: int, width: int) -> None:
    if len(notices) > MAX_FAULTS or len(notices) > good:
        what = f"{len(notices):,} filas no tienen los {width} valores de la cabecera. {notices[0].mensaje}"
        raise refuse(name, what, "Revise el separador y los decimales con coma; exporte como CSV UTF-8 y envíe otra vez.")


def _notices(facts: Scan, separator: str, table: RawTable) -> Iterator[Notice]:
    cure = "Guarde como «CSV UTF-8 (delimitado por comas)»."
    if not facts.encoding.startswith("utf-8"):
        yield Notice("informativa", "El archivo está en Latin-1 (Windows-1252), no en UTF-8; se convirtió.", cure)
    if separator != ",":
        yield Notice("informativa", f"El separador es {_SEPARATORS[separator]}, no coma; se leyó así.", cure)
    if not facts.ends_with_newline and table.cells.num_rows:
        what = f"El archivo no termina con un salto de línea después de la fila {table.filas[-1]}: puede estar cortado."
        yield Notice("advertencia", what, "Compruebe que la última fila está completa.")
