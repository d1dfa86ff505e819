"""The rules a contract writes itself, read when the contract is loaded: a wrong one is a DeclarationError there, not at run time."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from checks.findings import Finding
from checks.lot import Lot
from checks.rules import FileRule, Lookup, Outcome, Row, RowRule
from checks.sentences import as_data, check_template, shown, words_of
from checks.totals import TOTALS
from warehouse import duck
from warehouse.contracts import Column, Contract, Rule
from warehouse.declarations import Declaration, parse, short_name
from warehouse.errors import DeclarationError, suggest

_COLUMN_OF_T = re.compile(r'\bt\.(?:"([^"]+)"|(\w+))')
_UNKNOWN_COLUMN = re.compile(r'(?:column named|column) "([^"]+)"')
_UNKNOWN_TABLE = re.compile(r"Table with name (\S+) does not exist")
_CURE = "Corrija el contrato y repita."


def contract_rules(contract: Contract, schemas: dict[str, pa.Schema], connection: duck.Connection) -> Iterator[RowRule | FileRule]:
    """Every rule of the contract, compiled against empty tables. `connection` has `lote`, empty; `schemas`: the tables rules may name."""
    for rule in contract.rules:
        if rule.body.ambito == "fila":
            yield _row_rule(contract, rule, schemas, connection)
        else:
            yield _query_rule(contract, rule, schemas, connection) if rule.body.consulta else _file_rule(contract, rule)


def _where(contract: Contract, rule: Rule) -> str:
    return f"{short_name(contract.path)}: la regla «{rule.id}»"


def _row_rule(contract: Contract, rule: Rule, schemas: dict[str, pa.Schema], connection: duck.Connection) -> RowRule:
    check_template(rule.sentence, {"fila", "columna", "valor", *contract.column_names}, _where(contract, rule))
    check_template(rule.body.remedio, {"fila", "columna", "valor", *contract.column_names}, _where(contract, rule))
    _bind(contract, rule, schemas, connection)
    columns = {c.name: c for c in contract.columns}
    words = (words_of(rule.sentence) | words_of(rule.body.remedio)) & set(columns)
    shown_column = columns.get(rule.body.columna)

    def tell(row: Row, _: Lookup) -> tuple[str, str]:
        filled = {name: shown(row[name], columns[name]) for name in words}
        filled |= {"fila": str(row["fila_origen"]), "columna": rule.body.columna}
        filled["valor"] = shown(row[rule.body.columna], shown_column) if shown_column else ""
        return rule.sentence.format_map(filled), rule.body.remedio.format_map(filled)

    named = {a or b for a, b in _COLUMN_OF_T.findall(rule.body.sql)} & set(columns)
    reads = tuple(sorted(words | ({rule.body.columna} if rule.body.columna else set())))
    return RowRule(
        rule.id, rule.id, rule.body.dimension, rule.severity, rule.body.columna, rule.body.sql, tell,
        columns=tuple(sorted(named)), reads=reads, needs=rule.body.referencias,
    )  # fmt: skip


def _bind(contract: Contract, rule: Rule, schemas: dict[str, pa.Schema], connection: duck.Connection) -> None:
    """Let DuckDB read the predicate over empty tables. Raises DeclarationError naming what it does not know."""
    found = _described(contract, rule, f"SELECT ({rule.body.sql}) AS rota FROM lote t WHERE FALSE", schemas, connection)["rota"]
    if found != "BOOLEAN":
        raise DeclarationError(f"{_where(contract, rule)} debe dar verdadero o falso y da {found}.", cure=_CURE)


def _described(contract: Contract, rule: Rule, sql: str, schemas: dict[str, pa.Schema], connection: duck.Connection) -> dict[str, str]:
    """Columns and types of a statement over empty tables. Raises DeclarationError naming what DuckDB does not know."""
    body, where = rule.body, _where(contract, rule)
    for table in body.referencias:
        if table not in schemas:
            raise DeclarationError(f"{where} se refiere a la tabla «{table}», que no existe.{suggest(table, schemas)}", cure=_CURE)
    for table in body.referencias:
        connection.register(table, schemas[table].empty_table())
    try:
        found = connection.sql(sql)
        return {str(n): str(t) for n, t in zip(found.columns, found.types, strict=True)}
    except duck.Error as error:
        raise DeclarationError(f"{where} no se puede leer: {_explained(str(error), contract, rule, schemas)}", cure=_CURE) from error
    finally:
        for table in body.referencias:
            connection.unregister(table)


def _query_rule(contract: Contract, rule: Rule, schemas: dict[str, pa.Schema], connection: duck.Connection) -> FileRule:
    """A SELECT that gives one row for each finding: `entrega_id`, `fila_origen` where a row is to blame, and the sentence's words."""
    body, where = rule.body, _where(contract, rule)
    columns = _described(contract, rule, body.consulta, schemas, connection)
    if "entrega_id" not in columns:
        raise DeclarationError(f"{where}: su consulta debe dar la columna «entrega_id».", cure=_CURE)
    for template in (rule.sentence, body.remedio):
        check_template(template, {"fila", "columna", "valor", *columns}, where)
    known = {c.name: c for c in contract.columns}

    def test(lot: Lot, con: duck.Connection) -> Outcome:
        found: pa.Table = con.sql(body.consulta).to_arrow_table()
        order = [("entrega_id", "ascending"), *([("fila_origen", "ascending")] if "fila_origen" in columns else [])]
        return Outcome(findings=tuple(_told(rule, row, known) for row in found.sort_by(order).to_pylist()))

    return FileRule(rule.id, rule.id, body.dimension, rule.severity, test, needs=body.referencias)


def _told(rule: Rule, row: Row, known: dict[str, Column]) -> Finding:
    body, fila = rule.body, row.get("fila_origen")
    value = row.get("valor", row.get(body.columna))
    words = {n: shown(v, known.get(n)) for n, v in row.items()}
    words |= {"fila": str(fila), "columna": body.columna, "valor": shown(value, known.get(body.columna))}
    shown_value = as_data(value, known.get(body.columna))
    sentence, cure = rule.sentence.format_map(words), body.remedio.format_map(words)
    return Finding(row["entrega_id"], rule.id, body.dimension, rule.severity, fila, body.columna, shown_value, sentence, cure)


def _explained(error: str, contract: Contract, rule: Rule, schemas: dict[str, pa.Schema]) -> str:
    if match := _UNKNOWN_COLUMN.search(error):
        known = {*contract.column_names, *(n for t in rule.body.referencias for n in schemas[t].names)}
        return f"la columna «{match[1]}» no existe.{suggest(match[1], known)}"
    if match := _UNKNOWN_TABLE.search(error):
        return f"la tabla «{match[1]}» no está entre sus referencias.{suggest(match[1], schemas)}"
    return error.splitlines()[0]


def _file_rule(contract: Contract, rule: Rule) -> FileRule:
    body, where = rule.body, _where(contract, rule)
    if body.prueba not in TOTALS:
        raise DeclarationError(f"{where} pide la prueba «{body.prueba}», que no existe.{suggest(body.prueba, TOTALS)}", cure=_CURE)
    total = TOTALS[body.prueba]
    parameters = parse(total.parameters, body.parametros, contract.path)
    for name in _columns(parameters):
        if name not in contract.column_names:
            raise DeclarationError(f"{where} nombra la columna «{name}», que no existe.{suggest(name, contract.column_names)}", cure=_CURE)
    check_template(rule.sentence, {"fila", "columna", "valor", *total.words}, where)
    return FileRule(
        rule.id, rule.id, body.dimension, rule.severity, lambda lot, con: total.test(contract, rule, parameters, lot, con), kind=body.prueba
    )


def _columns(parameters: Declaration) -> Iterator[str]:
    """Parameters that name columns; `total` names a category and the rest are numbers or switches."""
    values = parameters.model_dump()
    yield from values["grupo"]
    yield from (values[k] for k in ("categoria", "valor", "porcentaje") if k in values)
