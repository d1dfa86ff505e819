"""Errors put into clean rows: which rows each one spoils, and what they say afterwards."""

from __future__ import annotations

import atexit
import re
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa

from etl import references
from etl.demonstration.fault_catalogue import Fault
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.errors import SiegemError

_WORD = re.compile(r"\w+")
_SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}


class Pointless(SiegemError):
    """An error that finds no row to spoil, or that cannot be computed over these rows. `fault`: its id."""

    def __init__(self, fault: Fault, why: str) -> None:
        self.fault = fault.id
        what = f"La falta «{fault.id}» ({fault.tabla}, {fault.region}, {fault.periodo}) no se puede poner: {why}."
        super().__init__(what, cure="Corrija la falta.")


@dataclass(frozen=True)
class Spoilt:
    """`rows` as they are written (a column with free text is all text) and, by error, the positions that findings must name."""

    rows: pa.Table
    hits: dict[str, np.ndarray]


def spoil(contract: Contract, rows: pa.Table, faults: Collection[Fault], others: Mapping[str, pa.Table]) -> Spoilt:
    """The rows with every error put in; cells turned into free text last, because nothing can be computed with them.

    `others`: clean tables that the errors may look into. Raises Pointless.
    """
    hits: dict[str, np.ndarray] = {}
    for fault in sorted((f for f in faults if f.archivo is None), key=lambda f: bool(f.texto)):
        rows, hits[fault.id] = _with(contract, rows, fault, others)
    return Spoilt(rows, hits | {f.id: _rows_of_file_fault(rows, f) for f in faults if f.archivo is not None})


def _with(contract: Contract, rows: pa.Table, fault: Fault, others: Mapping[str, pa.Table]) -> tuple[pa.Table, np.ndarray]:
    matching, values = _chosen(contract, rows, fault, others)
    if fault.quita:
        kept = np.ones(rows.num_rows, bool)
        kept[matching[: fault.quita]] = False
        return rows.filter(pa.array(kept)), np.empty(0, np.int64)
    if fault.repite:
        return _repeated(rows, fault, matching, values)
    return _changed(rows, fault, matching, values), matching


def _rows_of_file_fault(rows: pa.Table, fault: Fault) -> np.ndarray:
    """Where the fault is of cells: those of its column that are filled; of a formula, the first row."""
    if fault.archivo is None or not fault.archivo.of_every_row:
        return np.empty(0, np.int64)
    if fault.archivo.formula:
        return np.zeros(1, np.int64)
    return np.flatnonzero(rows[fault.columna].is_valid().to_numpy())


@lru_cache(maxsize=1)
def _connection() -> duck.Connection:
    """One for the errors of all deliveries: opening it takes longer than what each asks of it."""
    closing = ExitStack()
    atexit.register(closing.close)
    return closing.enter_context(duck.engine(threads=1))


def _chosen(contract: Contract, rows: pa.Table, fault: Fault, others: Mapping[str, pa.Table]) -> tuple[np.ndarray, pa.Table]:
    """Positions of the rows to spoil and, for each, the new values of the changed columns."""
    connection = _connection()
    types = {c.name: _SQL_TYPES[c.type] for c in contract.columns}
    words = set(_WORD.findall(" ".join([fault.donde, *fault.cambio.values()])))
    tables = {n: _references().get(n, others.get(n)) for n in words & ({*others} | {*_references()})}
    tables["filas"] = rows.append_column("fila_", pa.array(np.arange(rows.num_rows)))
    for name, table in tables.items():
        connection.register(name, table)
    try:
        found = connection.sql(f"SELECT fila_ FROM filas t WHERE ({fault.donde}) ORDER BY fila_").to_arrow_table()["fila_"].to_numpy()
        chosen = found if fault.quita or not fault.filas else found[: fault.filas]
        if not len(chosen):
            raise Pointless(fault, f"ninguna fila de la entrega cumple «{fault.donde}»")
        connection.register("elegidas_", pa.table({"fila_": pa.array(chosen)}))
        new = "".join(f', CAST(({value}) AS {types[column]}) AS "{column}"' for column, value in fault.cambio.items())
        values = connection.sql(
            f"SELECT t.fila_{new} FROM (SELECT * FROM filas WHERE fila_ IN (SELECT fila_ FROM elegidas_)) t ORDER BY t.fila_"
        ).to_arrow_table()
    except duck.Error as error:
        raise Pointless(fault, str(error).splitlines()[0]) from error
    except KeyError as error:
        raise Pointless(fault, f"no existe la columna {error}") from error
    finally:
        for name in tables:
            connection.unregister(name)
    return chosen, values.drop_columns(["fila_"])


@lru_cache(maxsize=1)
def _references() -> dict[str, pa.Table]:
    return references.tables(date(2026, 11, 23))


def _changed(rows: pa.Table, fault: Fault, positions: np.ndarray, values: pa.Table) -> pa.Table:
    mask = np.zeros(rows.num_rows, bool)
    mask[positions] = True
    for column in values.column_names:
        new = values[column].cast(rows.schema.field(column).type)
        rows = _set(rows, column, pa.compute.replace_with_mask(rows[column].combine_chunks(), pa.array(mask), new.combine_chunks()))
    for column, text in fault.texto.items():
        as_text = rows[column].cast(pa.string()).combine_chunks()
        rows = _set(rows, column, pa.compute.replace_with_mask(as_text, pa.array(mask), pa.scalar(text)))
    return rows


def _set(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    at = rows.column_names.index(column)
    return rows.set_column(at, pa.field(column, values.type), values)


def _repeated(rows: pa.Table, fault: Fault, positions: np.ndarray, values: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """Each chosen row followed by its copies; the change, if there is one, is the copies'. The hits are the first copies."""
    copies = np.ones(rows.num_rows, np.int64)
    copies[positions] += fault.repite
    source = np.repeat(np.arange(rows.num_rows), copies)
    first = np.cumsum(copies)[positions] - fault.repite
    longer = rows.take(pa.array(source))
    if not (fault.cambio or fault.texto):
        return longer, first
    of_copies = (first[:, None] + np.arange(fault.repite)).ravel()
    order = pa.array(np.repeat(np.arange(len(positions)), fault.repite))
    return _changed(longer, fault, of_copies, values.take(order)), first
