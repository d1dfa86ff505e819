"""The cards of publications: which one is in force, and what each was made of. Without the values, so that asking whether there is news imports no

pandas, which costs a quarter of a second.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from warehouse.database import as_utc
from warehouse.errors import NothingPublished
from warehouse.tables import publicaciones


@dataclass(frozen=True)
class Publication:
    """A publication's card."""

    numero: int
    creada_en: datetime
    datos_al: date | None
    codigo: str
    huella: str
    versiones: dict[str, int]
    hasta_entrega: int
    completitud: float | None
    nuevos: int
    revisados: int
    retirados: int
    nota: str


@dataclass(frozen=True)
class Outcome:
    """`publication` is the one in force afterwards; `changed` is False where there was nothing new to publish."""

    publication: Publication
    changed: bool


def digest(content: Any) -> str:
    """SHA-256 of a JSON-able content, keys in order: the fingerprint of sheets, sources and publications."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def card(row: Any) -> Publication:
    return Publication(**{f: row[f] for f in Publication.__dataclass_fields__ if f != "creada_en"}, creada_en=as_utc(row["creada_en"]))


def last(connection: Connection) -> Publication | None:
    row = connection.execute(select(publicaciones).order_by(publicaciones.c.numero.desc()).limit(1)).mappings().first()
    return card(row) if row else None


def latest(engine: Engine) -> Publication:
    """The publication in force. Raises NothingPublished."""
    with engine.connect() as connection:
        found = last(connection)
    if found is None:
        raise NothingPublished("Todavía no hay ninguna publicación.", cure="Cree una con: ./siegem demo")
    return found


def get(engine: Engine, number: int) -> Publication:
    """One publication by number. Raises NothingPublished naming the numbers there are."""
    with engine.connect() as connection:
        row = connection.execute(select(publicaciones).where(publicaciones.c.numero == number)).mappings().first()
        newest = last(connection)
    if row is None:
        known = f"Hay publicaciones de la 1 a la {newest.numero}." if newest else "No hay ninguna todavía."
        raise NothingPublished(f"No existe la publicación {number}.", stands=known, cure="Vea la lista con: siegem publicaciones")
    return card(row)


def on_day(engine: Engine, day: date) -> Publication:
    """The publication that was in force at the end of `day`, in UTC. Raises NothingPublished."""
    limit = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=UTC)
    with engine.connect() as connection:
        query = select(publicaciones).where(publicaciones.c.creada_en <= limit).order_by(publicaciones.c.numero.desc()).limit(1)
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NothingPublished(f"El {day:%d-%m-%Y} todavía no había ninguna publicación.", cure="Vea la lista con: siegem publicaciones")
    return card(row)


def every(engine: Engine) -> list[Publication]:
    """All publications, newest first."""
    with engine.connect() as connection:
        return [card(r) for r in connection.execute(select(publicaciones).order_by(publicaciones.c.numero.desc())).mappings()]
