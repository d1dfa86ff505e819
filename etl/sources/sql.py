"""Any SQL database that SQLAlchemy reaches: one SELECT, read only, streamed as the contract's CSV.

That nothing is written is held three times: the statement is parsed and must be one query without anything that changes or
locks; the transaction is opened read only where the database has such a thing; and nothing is ever committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlglot
from pydantic import field_validator
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlglot import exp

from etl.sources.feed import Job
from etl.sources.received import SERIES, Received
from etl.sources.rows import as_csv
from warehouse import periods
from warehouse.declarations import Declaration
from warehouse.errors import SiegemError

_ROWS_A_TIME = 2_000
_CHANGES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into, exp.Lock, exp.Copy, exp.Set,
    exp.Pragma, exp.Attach, exp.Detach, exp.Transaction, exp.Commit, exp.Rollback, exp.TruncateTable, exp.Use, exp.Grant,
)  # fmt: skip
#: functions of databases that act on the server, its files or its sessions, or read outside the database
_ACTS = ("pg_", "lo_", "dblink", "load_extension", "readfile", "writefile", "xp_", "sys_exec", "set_config", "query_to_xml", "nextval", "setval")


class Options(Declaration):
    """`consulta`: one SELECT; its column names are the contract's. It may bind :periodo, :desde and :hasta (the period's first and last day)."""

    consulta: str

    @field_validator("consulta")
    @classmethod
    def _only_reads(cls, query: str) -> str:
        fault = why_not(query)
        if fault:
            raise ValueError(fault)
        return query


def why_not(query: str) -> str:
    """Why a text is not one query that only reads; empty where it is."""
    try:
        statements = [s for s in sqlglot.parse(query, dialect="postgres") if s is not None]
    except (sqlglot.errors.SqlglotError, RecursionError):
        return "no se puede leer como SQL"
    if len(statements) != 1:
        return "debe ser una sola sentencia SELECT"
    if not isinstance(statements[0], exp.Query) or isinstance(statements[0], exp.Table):
        return "debe ser una consulta (SELECT)"
    for node in statements[0].walk():
        if isinstance(node, _CHANGES):
            return f"solo puede leer: «{node.key.upper()}» cambia o bloquea datos"
        if isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            if name.startswith(_ACTS):
                return f"no puede llamar a «{name}»"
    return ""


def collect(job: Job[Options]) -> Iterator[Received]:
    """The query's rows, landed as CSV. Raises SourceError."""
    engine = _engine(job)
    try:
        with engine.connect() as connection:
            _read_only(connection)
            landed = job.keep(f"{job.id}.csv", _rows(job, connection))
    except SQLAlchemyError as error:
        # The driver's own words may name hosts and users: only what kind of fault it was is said.
        cause = type(getattr(error, "orig", None) or error).__name__
        what = f"la base de datos no respondió a la consulta ({cause})"
        raise job.problem(what, f"Pruebe la consulta con la misma cuenta, y revise la dirección en {job.feed.conexion}.") from None
    finally:
        engine.dispose()
    yield job.received(job.feed.tabla, landed.path, origin=f"base de datos de {job.feed.conexion}")


def _engine(job: Job) -> Engine:
    address = job.secret(job.feed.conexion)
    try:
        url = make_url(address)
        # SQLite makes the file it is asked to open: a misspelt path would be an empty database.
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise job.problem(f"no existe el archivo SQLite que dice {job.feed.conexion}", "Corrija la ruta y repita.")
        return create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        cure = "Escríbala como postgresql+psycopg://usuario:clave@servidor/base, e instale el controlador de esa base si falta."
        raise job.problem(f"{job.feed.conexion} no es la dirección de una base de datos que se pueda abrir", cure) from None


def _read_only(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("SET LOCAL statement_timeout = '15min'"))
    elif connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA query_only = ON"))


def _rows(job: Job[Options], connection: Connection) -> Iterator[bytes]:
    query = text(job.options.consulta)
    wanted = {p.name for p in sqlglot.parse_one(job.options.consulta, dialect="postgres").find_all(exp.Placeholder)}
    bound = {name: value for name, value in _period(job).items() if name in wanted}
    strange = wanted - set(bound)
    if strange:
        what = f"la consulta pide {', '.join(f':{n}' for n in sorted(strange))}"
        raise job.problem(what, "Solo puede pedir :periodo, :desde y :hasta, y la fuente debe declarar un «periodo».")
    result = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_A_TIME).execute(query, bound)
    yield from as_csv(list(result.keys()), ([_cell(v) for v in row] for part in result.partitions(_ROWS_A_TIME) for row in part))


def _period(job: Job) -> dict[str, object]:
    if job.feed.periodo == SERIES:
        return {"periodo": SERIES}
    try:
        period = periods.parse(job.feed.periodo)
    except SiegemError as error:
        raise job.problem(error.what.rstrip("."), error.cure) from error
    return {"periodo": period.code, "desde": period.start, "hasta": period.end}


def _cell(value: Any) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
