"""A plain judge for tests: reads a table as its contract says and runs its row rules, without the machinery under test."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import catalogue
from warehouse.contracts import Column, Contract
from warehouse.delta import accepted_schema

CONTRACTS = catalogue.contracts()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def as_contract(column: Column, text: str) -> object:
    text = column.equivalences.get(text, text)
    if text == "":
        return None
    if column.type == "boolean":
        return text == "true"
    return {"integer": int, "number": float}.get(column.type, str)(text)


def broken(table: str, rows: list[dict[str, object]], **others: list[dict[str, object]]) -> dict[str, list[int]]:
    """Row rule -> positions of the rows that break it. `others`: rows of the tables that the rules read."""
    connection = duckdb.connect()
    connection.execute("CREATE MACRO hoy() AS current_date")
    named: dict[str, list[dict[str, object]]] = {t: [] for r in CONTRACTS[table].rules if r.body.sql for t in r.body.referencias if t in CONTRACTS}
    for name, content in (named | others | {table: rows}).items():
        schema = accepted_schema(CONTRACTS[name])
        filled = [dict.fromkeys(schema.names) | {"entrega_id": "e", "fila_origen": i} | row for i, row in enumerate(content)]
        connection.register(name, pa.Table.from_pylist(filled, schema=schema))
    connection.execute(f'CREATE VIEW lote AS SELECT * FROM "{table}"')
    found = {}
    for rule in (r for r in CONTRACTS[table].rules if r.body.sql):
        hits = connection.execute(f'SELECT t.fila_origen FROM "{table}" t WHERE ({rule.body.sql}) ORDER BY 1').fetchall()
        if hits:
            found[rule.id] = [h[0] for h in hits]
    return found


def check_values(contract: Contract, rows: list[dict[str, object]]) -> None:
    """Key, required cells, allowed values, limits and patterns, judged plainly."""
    keys = [tuple(r[k] for k in contract.key) for r in rows]
    assert len(set(keys)) == len(keys) > 0
    for column in contract.columns:
        values = [r[column.name] for r in rows]
        present = [v for v in values if v is not None]
        assert not column.required or len(present) == len(values), column.name
        assert not column.allowed or set(map(str, present)) <= set(column.allowed), column.name
        assert not column.pattern or all(re.search(column.pattern, str(v)) for v in present), column.name
        for value in present:
            assert column.minimum is None or float(str(value)) >= column.minimum, column.name
            assert column.maximum is None or float(str(value)) <= column.maximum, column.name
