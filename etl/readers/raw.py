"""What a reader gives: texts by position, the header as printed, and what it noticed on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.readers.xlsx_template import TemplateIdentity
from warehouse.errors import FileRejected

#: past this many faulty rows or cells the fault is the file's, and one sentence says it better than thousands
MAX_FAULTS = 10_000
MAX_COLUMNS = 500


@dataclass(frozen=True)
class Notice:
    """Something seen in a file. `columna` is the header as printed; a notice of `error` sends its row to quarantine."""

    severity: str
    mensaje: str
    remedio: str = ""
    fila: int | None = None
    columna: str = ""
    valor: str = ""
    regla: str = "G-01"
    dimension: str = "esquema"


@dataclass(frozen=True)
class RawTable:
    """Texts of a file. `cells` has one column a header, named by position; `filas` the sender's row numbers (header = 1, usually).

    `misaligned` counts rows left out because their values do not fall under the header; each has its notice.
    `template`: what our template says of itself, where the file is one. `as_dates`: by column, the sender's row numbers of the
    cells that a workbook keeps as a date or an hour: in a column of text that is Excel's doing, not the sender's.
    """

    header: tuple[str, ...]
    cells: pa.Table
    filas: pa.Array
    notices: tuple[Notice, ...] = ()
    misaligned: int = 0
    template: TemplateIdentity | None = None
    as_dates: Mapping[int, np.ndarray] = field(default_factory=dict)


class Unreadable(FileRejected):
    """A file that cannot be taken as a table, with the global rule it breaks."""

    def __init__(self, what: str, cure: str, rule: str) -> None:
        self.rule = rule
        super().__init__(what, stands="Los últimos datos aceptados siguen vigentes; los bytes recibidos se conservan.", cure=cure)


def refuse(name: str, what: str, cure: str, rule: str = "G-01") -> Unreadable:
    """A sentence about the whole file; `what` goes on after its name."""
    return Unreadable(f"{name}: {what}", cure, rule)


@lru_cache(maxsize=1 << 14)  # the same few headers come in thousands of files
def fold(text: str) -> str:
    """A header without case, accents, spaces or signs: «Año DAC» and «anio_dac» differ, «Fecha Ingreso» and «fecha_ingreso» do not."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


#: what a sender writes in the first data cell when the period had no cases
NOTHING_HAPPENED = "SIN MOVIMIENTO"


def declares_nothing(raw: RawTable) -> bool:
    """Whether the only data row says that there is nothing to send: «SIN MOVIMIENTO» in its first cell and the rest empty."""
    if raw.cells.num_rows != 1 or raw.misaligned or not raw.cells.num_columns:
        return False
    first, *rest = (str(column[0].as_py() or "") for column in raw.cells.columns)
    return fold(first) == fold(NOTHING_HAPPENED) and not any(text.strip() for text in rest)


def no_rows(name: str) -> Unreadable:
    """A header with nothing below it: nobody can tell an empty period from an export that failed."""
    cure = f"Envíe el archivo con sus filas; si en el periodo no hubo casos, escriba «{NOTHING_HAPPENED}» en la primera celda bajo la cabecera."
    return refuse(name, "solo trae la cabecera; no hay filas de datos.", cure)


def without_blank_rows(cells: pa.Table, filas: pa.Array) -> tuple[pa.Table, pa.Array]:
    """Rows with at least one cell filled, with their numbers."""
    blank: pa.ChunkedArray | None = None
    for column in cells.columns:
        empty = pc.equal(pc.utf8_trim_whitespace(column), "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return cells, filas
    kept = pc.invert(blank)
    if isinstance(kept, pa.ChunkedArray):
        kept = kept.combine_chunks()
    return cells.filter(kept), filas.filter(kept)


def check_header(name: str, header: list[str], row: int) -> None:
    """Refuse a header that is too wide or that has a name twice. Raises Unreadable."""
    if len(header) > MAX_COLUMNS:
        raise refuse(name, f"la cabecera tiene {len(header):,} columnas.", f"Envíe solo las columnas de la plantilla (menos de {MAX_COLUMNS}).")
    seen: dict[str, int] = {}
    for position, text in enumerate(header, start=1):
        if fold(text) and fold(text) in seen:
            first = seen[fold(text)]
            raise refuse(
                name, f"fila {row}: la columna «{text}» está dos veces (posiciones {first} y {position}).", "Deje una sola y envíe otra vez."
            )
        seen[fold(text)] = position
