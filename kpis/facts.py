"""Facts: one readable SELECT each over accepted tables, with its columns, its tables and where each column comes from.

Every fact yields `territorio`: an ubigeo of six digits, or the code of a region, department or special territory. A fact may use
the parameters `:corte`, the date that the accepted data reach, and `:inicio`, the first day of the first period delivered. A fact
whose first line is `-- por region` joins nothing across regions: the rows of one region come from that region's rows alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from kpis import grammar
from kpis.views import with_views
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.declarations import read_text, short_name
from warehouse.delta import ARROW_TYPES, accepted_schema
from warehouse.errors import DeclarationError, suggest

CUT, START = "corte", "inicio"
PARAMETERS = (CUT, START)
#: the first line of a fact that may be computed again for some regions only
REGIONAL = "-- por region"
#: the comment line of a fact that names tables it can do without: one that never came is read as empty, and the fact says what it then assumes
OPTIONAL = "-- puede faltar:"


@dataclass(frozen=True)
class Fact:
    """A fact as declared. `columns`: output column -> DuckDB type; `sources`: output column -> {(table, column)} it is made of."""

    name: str
    sql: str
    path: Path
    columns: dict[str, str]
    tables: tuple[str, ...]
    #: table -> the columns of it that the fact reads
    reads: dict[str, tuple[str, ...]]
    sources: dict[str, tuple[tuple[str, str], ...]]

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Those of `PARAMETERS` that the statement uses."""
        return frozenset(str(p.name) for p in grammar.parse_one(self.sql, self.name).find_all(exp.Placeholder))

    @property
    def uses_cut(self) -> bool:
        return CUT in self.parameters

    @property
    def regional(self) -> bool:
        """Whether each region's rows come from that region's rows alone."""
        return self.sql.lstrip().startswith(REGIONAL)

    @cached_property
    def required(self) -> frozenset[str]:
        """The tables without which there is no fact: all of them but those that may never have come."""
        spared = {t.strip() for line in self.sql.splitlines() if line.startswith(OPTIONAL) for t in line.removeprefix(OPTIONAL).split(",")}
        return frozenset(self.tables) - spared

    def at(self, cut: date | None, start: date | None = None, dialect: str = grammar.DIALECT) -> str:
        """The SQL of an engine with the dates written in."""
        return bound(grammar.parse_one(self.sql, self.name), {CUT: cut, START: start}, self.name, dialect)


def bound(tree: exp.Expr, dates: Mapping[str, date | None], name: str, dialect: str = grammar.DIALECT) -> str:
    """The statement in an engine's words, its parameters replaced by dates. Raises DeclarationError for a parameter that does not exist."""

    def fill(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        if node.name not in PARAMETERS:
            raise DeclarationError(f"kpis/facts/{name}.sql: el parámetro «:{node.name}» no existe.{suggest(str(node.name), PARAMETERS)}")
        day = dates.get(str(node.name))
        if day is None:
            raise DeclarationError(f"kpis/facts/{name}.sql: falta la fecha «:{node.name}»: ninguna entrega aceptada la da.")
        return exp.cast(exp.Literal.string(day.isoformat()), "DATE")

    return tree.transform(fill).sql(dialect)


def load_facts(folder: Path, contracts: Mapping[str, Contract], wanted: Iterable[str] | None = None) -> dict[str, Fact]:
    """The facts of `folder` by name, all or the `wanted`. Raises one DeclarationError with every fault of every file."""
    found: dict[str, Fact] = {}
    faults: list[str] = []
    names = set(wanted) if wanted is not None else None
    for path in sorted(folder.glob("*.sql")):
        if names is None or path.stem in names:
            try:
                found[path.stem] = load_fact(path, contracts)
            except DeclarationError as error:
                faults.append(error.what)
    if faults:
        raise DeclarationError("\n".join(faults), cure="Corrija los hechos y repita.")
    return found


def load_fact(path: Path, contracts: Mapping[str, Contract]) -> Fact:
    """One fact file, checked against the contracts' columns. Raises DeclarationError naming file and cause."""
    return fact_of(with_views(read_text(path), path.parent / "vistas", short_name(path)), path, contracts)


def fact_of(sql: str, path: Path, contracts: Mapping[str, Contract]) -> Fact:
    """A fact from its whole statement, views declared: what a file gives, or what a publication froze. `path` gives its name."""
    where = short_name(path)
    tree = grammar.select(sql, where)
    local = {c.alias for c in tree.find_all(exp.CTE)}
    tables = tuple(sorted({t.name for t in tree.find_all(exp.Table)} - local))
    for table in tables:
        if table not in contracts:
            raise DeclarationError(f"{where}: no hay contrato para la tabla «{table}».{suggest(table, contracts)}", cure="Corrija el nombre.")
    columns, reads, sources = _analysed(sql, path, tuple((t, table_schema(contracts[t])) for t in tables))
    if "territorio" not in columns:
        raise DeclarationError(f"{where}: falta la columna «territorio».", cure="Todo hecho da el territorio más fino que conoce.")
    return Fact(path.stem, sql, path, columns, tables, reads, sources)


_Reads = dict[str, tuple[str, ...]]
_Sources = dict[str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=64)
def _analysed(sql: str, path: Path, schemas: tuple[tuple[str, pa.Schema], ...]) -> tuple[dict[str, str], _Reads, _Sources]:
    """(columns, reads, sources) of a statement: a tenth of a second each, and always the same for the same words and tables."""
    tree = grammar.select(sql, short_name(path))
    reads, sources = _lineage(tree, {t: _types(s) for t, s in schemas}, short_name(path))
    return _describe(tree, dict(schemas), path), reads, sources


def table_schema(contract: Contract) -> pa.Schema:
    """Columns of a table as the engine reads it. Tables that the system builds carry no technical columns: nobody delivers them."""
    if contract.delivery.ambito == "sistema":
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in contract.columns])
    return accepted_schema(contract)


def _types(schema: pa.Schema) -> dict[str, str]:
    names = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.date32(): "DATE", pa.bool_(): "BOOLEAN"}
    return {f.name: names.get(f.type, "TIMESTAMPTZ") for f in schema}


def _lineage(tree: exp.Expr, schema: dict[str, dict[str, str]], where: str) -> tuple[_Reads, _Sources]:
    """What is read of each table, and the table columns behind each output column."""
    try:
        qualified = qualify(tree.copy(), schema=dict(schema), dialect=grammar.DIALECT)
    except OptimizeError as error:
        known = [c for columns in schema.values() for c in columns]
        name = _named(str(error))
        raise DeclarationError(
            f"{where}: la columna «{name}» no existe en las tablas del hecho.{suggest(name, known)}", cure="Corrija el nombre."
        ) from error
    reads: dict[str, set[str]] = {t: set() for t in schema}
    for scope in traverse_scope(qualified):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                reads[source.name].add(column.name)
    sources = {}
    for output, node in lineage(None, tree.copy(), schema, dialect=grammar.DIALECT).items():
        leaves = (n for n in node.walk() if isinstance(n.source, exp.Table))
        sources[output] = tuple(sorted({(n.source.name, n.name.split(".")[-1].strip('"')) for n in leaves}))
    return {t: tuple(sorted(c)) for t, c in reads.items()}, sources


def _named(message: str) -> str:
    """The column in sqlglot's English message, which quotes it in one of several ways, or puts it after a colon."""
    parts = message.replace('"', "'").split("'")
    return (parts[1] if len(parts) > 2 else message.rsplit(": ", 1)[-1]).split(".")[-1]


def _describe(tree: exp.Expr, schemas: dict[str, pa.Schema], path: Path) -> dict[str, str]:
    """Output columns and types, as DuckDB sees them over empty tables."""
    with duck.engine(threads=1) as connection:
        for table, schema in schemas.items():
            connection.register(table, schema.empty_table())
        try:
            rows = connection.execute(f"DESCRIBE {bound(tree, dict.fromkeys(PARAMETERS, date(2000, 1, 1)), path.stem)}").fetchall()
        except duck.Error as error:
            raise DeclarationError(f"{short_name(path)}: el motor no acepta la consulta ({str(error).splitlines()[0]}).") from error
    return {str(r[0]): str(r[1]) for r in rows}
