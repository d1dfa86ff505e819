"""The public store: one read-only SQLite file with what the public may see of every publication, and nothing else.

It has the tables of the internal database, so whatever reads publications reads it too. A new publication makes a new file beside the old one, which
replaces it by renaming: a reader sees the old one or the new one whole, and a kill leaves the old one. What is not copied cannot leak:
files received, senders, quarantined rows, messages that quote a cell, exceptions, indicators that are not for the public.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, delete, event, func, insert, select

from warehouse import publications
from warehouse.errors import StoreError
from warehouse.public_rows import COUNTS, COUNTS_OF_RULES, deliveries, index_rows, revised, sheets, statements_told, told_sources
from warehouse.public_view import public_values
from warehouse.settings import Settings
from warehouse.states import PUBLISHED
from warehouse.store import Warehouse
from warehouse.tables import (
    conciliaciones,
    corridas,
    descargos,
    dispensas,
    entregas,
    fichas,
    fuentes,
    indices,
    publicaciones,
    resultados_calidad,
    revisiones,
    valores,
)
from warehouse.value_changes import INSERTED, Changes, close
from warehouse.value_columns import VALUE_COLUMNS, with_digest

NAME = "siegem_publico.db"
#: raise it where what is copied changes and the tables do not
RULES = 2
#: read by pages and answers; `corridas` and `dispensas` only because others refer to them: both stay empty
_TABLES = (corridas, publicaciones, valores, revisiones, fichas, fuentes, indices, entregas, resultados_calidad, conciliaciones, descargos, dispensas)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PublicStore:
    """The public store of an installation, open for reading. It knows no other database: not even its address."""

    settings: Settings

    @property
    def path(self) -> Path:
        return self.settings.public_folder / NAME

    @cached_property
    def engine(self) -> Engine:
        """Each connection opens the file that is there now, as one that nobody will ever write."""
        path = self.path.resolve()
        return create_engine(
            "sqlite://", poolclass=NullPool,
            creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False),
        )  # fmt: skip


def open_public(settings: Settings) -> PublicStore:
    """Raises StoreError where nothing was published there yet."""
    found = PublicStore(settings)
    if not found.path.is_file():
        raise StoreError(
            f"No hay almacén público en {settings.public_folder}.",
            stands="Nada se mostró.",
            cure="Publique con: ./siegem publish (o diga en SIEGEM_PUBLICO dónde está la carpeta pública).",
        )
    return found


def write(warehouse: Warehouse, may_say: Callable[[str], bool] = lambda text: True, progress: Progress | None = None) -> list[int]:
    """Bring the public store up to the newest publication; gives the numbers that were added.

    `may_say`: whether a text that a person wrote may be shown (a statement that carries somebody's document is not).
    """
    target = warehouse.settings.public_folder / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    cards = {p.numero: p for p in publications.every(warehouse.engine)}
    old = _numbers(target)
    missing = sorted(set(cards) - old) if old <= set(cards) else sorted(cards)
    said = statements_told(warehouse.engine, may_say)
    if not missing and _statements_in(target) == len(said):
        return []
    with _replacing(target, keep=old <= set(cards) and bool(old)) as engine, engine.begin() as connection:
        for number in missing:
            _add(connection, warehouse.engine, number, progress)
        connection.execute(delete(descargos))
        _insert(connection, descargos, said)
    return missing


def _numbers(target: Path) -> set[int]:
    """The publications that a store holds; none where it is not there or is of another schema."""
    if not target.is_file():
        return set()
    with sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro", uri=True) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] != _version():
            return set()
        return {row[0] for row in connection.execute("SELECT numero FROM publicaciones")}


def _statements_in(target: Path) -> int:
    with sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM descargos").fetchone()[0])


@contextmanager
def _replacing(target: Path, keep: bool) -> Iterator[Engine]:
    """A copy that becomes the store when all went well."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    if keep:
        shutil.copyfile(target, draft)
    engine = create_engine(f"sqlite:///{draft.as_posix()}", poolclass=NullPool)
    event.listen(engine, "connect", _unlogged)
    try:
        _schema().create_all(engine)
        yield engine
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA user_version={_version()}")
            connection.commit()
        draft.chmod(0o444)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        engine.dispose()
        draft.unlink(missing_ok=True)


def _schema() -> MetaData:
    """The tables as the internal database has them; counts that are not told are null."""
    made = MetaData()
    for table in _TABLES:
        own = table.to_metadata(made)
        for name in {entregas: COUNTS, resultados_calidad: COUNTS_OF_RULES}.get(table, ()):
            own.c[name].nullable = True
    return made


def _version() -> int:
    """In the file's header: a store of another schema, or made by other rules, is made anew."""
    columns = [(t.name, [(c.name, str(c.type), c.nullable) for c in t.columns]) for t in _schema().sorted_tables]
    return int(hashlib.sha256(repr((RULES, columns)).encode()).hexdigest()[:7], 16)


def _unlogged(connection: Any, _record: Any) -> None:
    # nobody else has this file and a killed draft is thrown away: no journal is needed
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _add(connection: Connection, internal: Engine, number: int, progress: Progress | None) -> None:
    """What the public may see of one publication, after those before it."""
    open_sheets = sheets(internal, number)
    card = publications.get(internal, number)
    in_force = valores.c.hasta_publicacion.is_(None)
    had = set(connection.execute(select(valores.c.indicador).where(in_force).distinct()).scalars())
    connection.execute(insert(publicaciones).values({c.name: getattr(card, c.name, None) for c in publicaciones.columns} | {"corrida_id": None}))
    names = sorted(set(open_sheets) | had)
    counts = {"nuevos": 0, "retirados": 0}
    changed = _touched(internal, number) if had else set(names)
    for i, name in enumerate(names):
        if progress is not None:
            progress(name, i, len(names))
        if name not in changed and name in open_sheets:
            continue
        values = public_values(publications.values(internal, number, indicador=name)) if name in open_sheets else pd.DataFrame(columns=VALUE_COLUMNS)
        fresh, gone = _values(connection, name, values, number)
        counts["nuevos"] += fresh
        counts["retirados"] += gone
    for table, key, rows in ((fichas, "indicador", list(open_sheets.values())), (fuentes, "tabla", told_sources(internal, number)),
                             (indices, "clave", index_rows(internal, number, connection))):  # fmt: skip
        closed, new = publications.superseded(connection, table, key, rows)
        close(connection, table, closed, number)
        _insert(connection, table, [{**row, "desde_publicacion": number} for row in new])
    changes = revised(internal, number, connection)
    _insert(connection, revisiones, changes)
    for table, rows in deliveries(internal, number, connection):
        _insert(connection, table, rows)
    counted = select(valores.c.estado, func.count()).where(in_force).group_by(valores.c.estado)
    states: dict[str, int] = {str(row[0]): int(row[1]) for row in connection.execute(counted)}
    shown = states.pop(PUBLISHED, 0)
    absent = sum(states.values())
    note = f"{len(open_sheets):,} indicadores, {shown:,} valores publicados y {absent:,} ausencias con su motivo."
    connection.execute(publicaciones.update().where(publicaciones.c.numero == number).values(**counts, revisados=len(changes), nota=note))


def _touched(internal: Engine, number: int) -> set[str]:
    """Indicators of which some value changed in a publication."""
    own = (valores.c.desde_publicacion == number) | (valores.c.hasta_publicacion == number)
    with internal.connect() as connection:
        return set(connection.execute(select(valores.c.indicador).where(own).distinct()).scalars())


def _values(connection: Connection, indicator: str, values: pd.DataFrame, number: int) -> tuple[int, int]:
    """Close what is no longer so and insert what is new; gives how many appeared and how many went."""
    changes = Changes.between(connection, with_digest(values), valores.c.indicador == indicator)
    changes.store(connection, number)
    return int(changes.fresh.sum()), int(changes.gone.sum())


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), INSERTED):
        connection.execute(insert(table), rows[start : start + INSERTED])
