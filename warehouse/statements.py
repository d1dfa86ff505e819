"""What people say about deliveries: statements (*descargos*) of a submitter, and reminders that somebody sent. Insert-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select

from warehouse.database import as_utc, now, writing
from warehouse.errors import SiegemError
from warehouse.tables import descargos, recordatorios

#: a statement is read beside a table: longer ones belong in a letter
LONGEST = 4_000


@dataclass(frozen=True)
class Statement:
    """What a submitter says of its own data; shown beside them, never edited. `autor` is declared, not proved."""

    id: int
    tabla: str
    cod_region: str
    periodo: str
    entrega_id: str | None
    autor: str
    texto: str
    creado_en: datetime


@dataclass(frozen=True)
class Reminder:
    """A reminder that was sent. `pendientes`: [tabla, periodo, days late] of each delivery it asked for."""

    id: int
    cod_region: str
    texto: str
    pendientes: list[list[Any]]
    enviado_por: str
    enviado_en: datetime


def state(engine: Engine, place: tuple[str, str, str], author: str, text: str, submission: str | None = None) -> Statement:
    """Record a statement about a table, submitter and period. Raises SiegemError where it says nothing or nobody says it."""
    author, text = _name(author), text.strip()
    if len(text) < 10 or len(text) > LONGEST:
        raise SiegemError(
            f"Un descargo lleva entre 10 y {LONGEST:,} letras; este tiene {len(text):,}.",
            stands="No se registró nada.",
            cure="Escriba en pocas frases qué ocurrió y qué debe saber quien lee los datos.",
        )
    table, region, period = place
    stamp = now()
    values = {"tabla": table, "cod_region": region, "periodo": period, "entrega_id": submission, "autor": author, "texto": text, "creado_en": stamp}
    with writing(engine).begin() as connection:
        key = connection.execute(insert(descargos).values(**values)).inserted_primary_key
    return Statement(int(key[0]) if key else 0, table, region, period, submission, author, text, stamp)


def statements(engine: Engine, table: str = "", region: str = "", period: str = "") -> list[Statement]:
    """Statements of a place, newest first; an empty word is any."""
    d = descargos.c
    query = select(d.id, d.tabla, d.cod_region, d.periodo, d.entrega_id, d.autor, d.texto, d.creado_en)
    for column, wanted in ((d.tabla, table), (d.cod_region, region), (d.periodo, period)):
        query = query.where(column == wanted) if wanted else query
    with engine.connect() as connection:
        return [Statement(*row[:-1], as_utc(row[-1])) for row in connection.execute(query.order_by(d.id.desc()).limit(200))]


def remind(engine: Engine, region: str, text: str, pending: list[list[Any]], sender: str) -> Reminder:
    """Record that a reminder was sent to a region. Raises SiegemError where nobody sent it or it asks for nothing."""
    sender = _name(sender)
    if not pending or not text.strip():
        raise SiegemError("No hay nada pendiente que recordar a esta región.", stands="No se registró nada.")
    stamp, text = now(), text.strip()[:8000]
    values = {"cod_region": region, "texto": text, "pendientes": pending, "enviado_por": sender, "enviado_en": stamp}
    with writing(engine).begin() as connection:
        key = connection.execute(insert(recordatorios).values(**values)).inserted_primary_key
    return Reminder(int(key[0]) if key else 0, region, text, pending, sender, stamp)


def last_reminders(engine: Engine) -> dict[str, Reminder]:
    """Region -> its newest reminder."""
    r = recordatorios.c
    newest = select(func.max(r.id)).group_by(r.cod_region)
    query = select(r.id, r.cod_region, r.texto, r.pendientes, r.enviado_por, r.enviado_en).where(r.id.in_(newest))
    with engine.connect() as connection:
        return {row.cod_region: Reminder(*row[:-1], as_utc(row[-1])) for row in connection.execute(query)}


def _name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) < 3:
        raise SiegemError("Falta el nombre de quien lo firma.", stands="No se registró nada.", cure="Escriba su nombre y apellido.")
    return name[:200]
