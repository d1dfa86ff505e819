"""Texts of many files of one table -> one typed table, in one pass. Our names and types, no opinion about the values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from checks.findings import Finding
from etl.cells import read_column
from etl.headers import Matched
from etl.issues import Places, cell_findings, finding_of, territory_findings
from etl.privacy import hashed
from warehouse.contracts import Contract, TerritoryRule
from warehouse.territories import all_territories, region_of_department, region_of_ubigeo


@dataclass(frozen=True)
class FileTexts:
    """The texts of one submission, under the contract's names."""

    entrega_id: str
    cod_region: str
    periodo: str
    matched: Matched


@dataclass(frozen=True)
class Shaped:
    """`rows`: typed, with the territory and where each came from. `texts`: the same rows as they came, for quarantine."""

    rows: pa.Table
    texts: pa.Table
    issues: list[Finding]


def shape(contract: Contract, files: list[FileTexts], with_salt: str) -> Shaped:
    """All files as one typed table. A cell that could not be read is null and has its finding."""
    texts = pa.concat_tables([_with_origin(contract, f) for f in files])
    places = Places([(f.entrega_id, f.matched.filas) for f in files])
    issues = [finding_of(f.entrega_id, n) for f in files for n in f.matched.notices]
    columns: dict[str, pa.ChunkedArray] = {}
    for column in contract.columns:
        typed = read_column(column, texts.column(column.name))
        issues += cell_findings(column, typed, places)
        if column.treatment == "hash":
            columns[column.name] = hashed(typed.values, with_salt)
        elif column.treatment != "descartar":
            columns[column.name] = typed.values
    codes, unknown = territories_of(contract.territory, columns, texts.column("entrega_region"))
    issues += territory_findings(contract.territory, columns, unknown, places)
    columns.setdefault("cod_region", codes)
    for name in ("entrega_id", "entrega_region", "entrega_periodo", "fila_origen"):
        columns[name] = texts.column(name)
    return Shaped(pa.table(columns), texts, issues)


def _with_origin(contract: Contract, file: FileTexts) -> pa.Table:
    cells, count = file.matched.cells, file.matched.cells.num_rows
    return pa.table(
        [*cells.columns, *(pa.repeat(v, count) for v in (file.entrega_id, file.cod_region, file.periodo)), file.matched.filas],
        names=[*contract.column_names, "entrega_id", "entrega_region", "entrega_periodo", "fila_origen"],
    )


def territories_of(rule: TerritoryRule, columns: dict[str, pa.ChunkedArray], submitters: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray]:
    """The territory code of each row, and the positions of rows whose printed code is no territory of ours."""
    if rule.tipo == "ninguno":
        return submitters, np.empty(0, np.int64)
    values = pc.cast(columns[rule.columna], pa.string())
    distinct = pc.unique(values).drop_null()
    known = all_territories()
    translate: dict[str, Callable[[str], str]] = {
        "region": str, "departamento": region_of_department, "ubigeo": region_of_ubigeo, "ambito": lambda c: rule.mapa.get(c, ""),
    }  # fmt: skip
    codes = [c if c in known else None for c in map(translate[rule.tipo], distinct.to_pylist())]
    territories = pc.take(pa.array(codes, pa.string()), pc.index_in(values, value_set=distinct))
    unknown = np.flatnonzero(pc.and_(pc.is_valid(values), pc.is_null(territories)).to_numpy())
    return territories, unknown


def nothing_shaped(contract: Contract) -> Shaped:
    """No rows, with the columns they would have: every file of the table was unreadable."""
    empty = Matched(pa.table({n: pa.array([], pa.string()) for n in contract.column_names}), pa.array([], pa.int64()), (), 0)
    return shape(contract, [FileTexts("", "00", "", empty)], "")
