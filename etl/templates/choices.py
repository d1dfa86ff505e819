"""What may be chosen in a column of a template: allowed values, yes and no, and the codes of the reference tables, with their meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from etl.sources.received import NATIONAL
from warehouse.contracts import Column, Contract
from warehouse.territories import all_territories


@dataclass(frozen=True)
class Choice:
    """A value for a cell. `meaning` and `detail` stand beside it in the catalogue, never in the cell."""

    code: str
    meaning: str = ""
    detail: str = ""


YES_OR_NO = (Choice("sí"), Choice("no"))


def choices(contract: Contract, region: str, tables: Mapping[str, pa.Table]) -> dict[str, tuple[Choice, ...]]:
    """Column -> what may be chosen, for the columns that have a list. A regional office sees its own region and districts alone."""
    found = {c.name: _of_column(contract, c, region, tables) for c in contract.columns if not c.treatment}
    return {name: options for name, options in found.items() if options}


def _of_column(contract: Contract, column: Column, region: str, tables: Mapping[str, pa.Table]) -> tuple[Choice, ...]:
    if column.allowed:
        return tuple(Choice(v, column.labels[v].es if column.labels[v].es != v else "") for v in column.allowed)
    if column.type == "boolean":
        return YES_OR_NO
    table, _, key = column.references.partition(".")
    if table in tables and tables[table].num_rows and key in tables[table].column_names:
        return _of_reference(table, key, tables[table], region)
    territory = contract.territory
    if territory.tipo == "region" and column.name == territory.columna and region != NATIONAL:
        return (Choice(region, all_territories()[region].nombre),)
    return ()


def _of_reference(table: str, key: str, rows: pa.Table, region: str) -> tuple[Choice, ...]:
    """Every row of the reference that concerns the region, by code. A code in force twice (other dates) stands twice."""
    own = (r for r in rows.to_pylist() if region == NATIONAL or r.get("cod_region") in (None, region))
    words = _WORDS.get(table, lambda row: _plain_words(row, key))
    return tuple(sorted((Choice(str(r[key]), *words(r)) for r in own if r[key] is not None), key=lambda c: (c.code, c.detail)))


def _plain_words(row: dict[str, Any], key: str) -> tuple[str, str]:
    texts = [str(v) for n, v in row.items() if n != key and isinstance(v, str) and v]
    return (texts[0] if texts else "", "; ".join(texts[1:]))


def _procedure(row: dict[str, Any]) -> tuple[str, str]:
    kind = "hábiles" if row["tipo_dia"] == "habil" else "calendario"
    if row["plazo_dias"]:
        term = f"plazo legal de {row['plazo_dias']} días {kind}"
    else:
        term = f"sin verificar: plazo referencial de {row['plazo_referencia_dias']} días {kind}"
    until = f" hasta el {row['vigente_hasta']:%d-%m-%Y}" if row["vigente_hasta"] else ""
    return row["nombre"], f"{row['familia']}; {term}; vigente desde el {row['vigente_desde']:%d-%m-%Y}{until}"


_WORDS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    "ref_ubigeo": lambda row: (row["distrito"], f"provincia de {row['provincia']}"),
    "ref_region": lambda row: (row["nombre"], row["autoridad_minera"]),
    "ref_procedimientos": _procedure,
    "ref_funciones": lambda row: (row["enunciado"], f"LOGR art. 59, literal {row['literal']}"),
}
