"""Cells that read well and may not be what the sender wrote: only the column's type and its neighbours tell. Asked, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.privacy import MASK, is_private
from etl.readers.raw import MAX_FAULTS, Notice, RawTable, refuse
from warehouse.contracts import Column, Contract

#: 1.234,56 or 10,5: somebody writes decimals with a comma
_DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$"
#: 1.234: thousands for whoever writes decimals with a comma; 0.234 is never thousands
_MAYBE_THOUSANDS = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"


def doubts(contract: Contract, raw: RawTable, found: Mapping[str, int], name: str) -> Iterator[Notice]:
    """Notices of doubtful cells. `found`: column of the contract -> position in the file. Raises Unreadable where they are too many."""
    for column in contract.columns:
        if column.name not in found or column.treatment == "descartar":
            continue
        at = found[column.name]
        if column.type == "string" and at in raw.as_dates:
            yield from _told(column, raw, at, _positions_of(raw.filas, raw.as_dates[at]), _AS_DATE, name)
        elif column.type == "number":
            yield from _told(column, raw, at, _maybe_thousands(raw.cells.column(at)), _THOUSANDS, name)


_AS_DATE = ("Excel cambió por fecha u hora lo que se escribió («{valor}»).", "Dé formato de texto a la celda y escriba otra vez el dato.")
_THOUSANDS = (
    "«{valor}» puede llevar punto decimal o de miles: en la misma columna hay números con coma decimal.",
    "Escriba {entero} si son miles, y en toda la columna los decimales con punto.",
)


def _maybe_thousands(texts: pa.ChunkedArray) -> np.ndarray:
    if not pc.any(pc.match_substring(texts, ",")).as_py():
        return np.empty(0, np.int64)
    clean = pc.utf8_trim_whitespace(texts)
    if not pc.any(pc.match_substring_regex(clean, _DECIMAL_COMMA)).as_py():
        return np.empty(0, np.int64)
    return np.flatnonzero(pc.match_substring_regex(clean, _MAYBE_THOUSANDS).to_numpy())


def _positions_of(filas: pa.Array, rows: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.isin(filas.to_numpy(zero_copy_only=False), rows))


def _told(column: Column, raw: RawTable, at: int, positions: np.ndarray, words: tuple[str, str], name: str) -> Iterator[Notice]:
    what, cure = words
    header = raw.header[at]
    for count, position in enumerate(positions.tolist()):
        fila, text = raw.filas[position].as_py(), str(raw.cells.column(at)[position]).strip()
        valor = MASK if is_private(column) else text[:60]
        said = {"valor": valor, "entero": MASK if is_private(column) else text.replace(".", "")}
        if count == MAX_FAULTS:
            raise refuse(
                name, f"la columna «{header}» tiene más de {MAX_FAULTS:,} celdas dudosas: {what.format(**said)}", cure.format(**said), "G-03"
            )
        yield Notice("error", f"Fila {fila}, «{header}»: {what.format(**said)}", cure.format(**said), fila, header, valor, regla="G-03")
