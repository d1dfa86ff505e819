"""The SQL database: SQLite in WAL mode on one machine, PostgreSQL on servers; the same code on both."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from warehouse.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def as_utc(instant: datetime) -> datetime:
    """An instant read from the database: SQLite gives it back without its zone, and it is UTC."""
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def connect(url: str) -> Engine:
    """An engine for `url`; creates SQLite's folder. PostgreSQL goes through psycopg 3."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"La base de datos «{parsed.get_backend_name()}» no se admite.", cure="Use sqlite:/// o postgresql:// en SIEGEM_BASE_DATOS.")
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy, not the driver, opens transactions
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    # A deferred transaction that reads first and writes later fails at once under a second writer instead of waiting.
    writes = connection.get_execution_options().get("siegem_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> Engine:
    """The same engine for a transaction that will write: on SQLite it takes the write lock at once and waits for it."""
    return engine.execution_options(siegem_writes=True)


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version. Raises StoreError where the database does not answer."""
    try:
        if is_current(engine):
            return  # Alembic is a tenth of what a process that serves pages weighs: it is read only where there is something to do
        from alembic import command

        with writing(engine).begin() as connection:
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(
            f"La base de datos no se pudo preparar: {_first_line(error)}",
            stands="Los datos que hubiera siguen como estaban.",
            cure="Revise SIEGEM_BASE_DATOS y que el servidor esté en marcha; luego repita.",
        ) from error


def is_current(engine: Engine) -> bool:
    """Whether the schema is at the newest migration."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == {newest()}


def newest() -> str:
    """The newest migration. Each file declares its own name and the one before, so the last is the one that nobody follows."""
    told = "\n".join(p.read_text(encoding="utf-8") for p in Path(str(files("warehouse") / "migrations" / "versions")).glob("*.py"))
    names, before = (set(re.findall(rf'^{word} = "(\w+)"', told, re.MULTILINE)) for word in ("revision", "down_revision"))
    (last,) = names - before
    return last


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("warehouse") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
