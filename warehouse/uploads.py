"""Uploads (*cargas*): files on their way in, then the receiver's queue. How many bytes have come is told by the disk, never here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from warehouse.database import as_utc, now, writing
from warehouse.tables import cargas

UPLOADING, QUEUED, JUDGING, JUDGED, REFUSED = "subiendo", "en_cola", "en_revision", "revisada", "no_recibida"


@dataclass(frozen=True)
class Upload:
    """One file for one table, submitter and period. `resultado`: what was found, and notes of the desk (see etl/desk)."""

    id: str
    nombre: str
    tabla: str
    cod_region: str
    periodo: str
    bytes: int
    recibidos: int
    hash: str
    estado: str
    solo_revisar: bool
    motivo: str
    remitente: str
    creada_en: datetime
    recibida_en: datetime | None
    terminada_en: datetime | None
    entrega_id: str | None
    mensaje: str
    resultado: dict[str, Any]

    @property
    def place(self) -> tuple[str, str, str]:
        return self.tabla, self.cod_region, self.periodo


_NAMES = [f.name for f in fields(Upload)]
_COLUMNS = [cargas.c[n] for n in _NAMES]


def _upload(row: Any) -> Upload:
    values: dict[str, Any] = {n: as_utc(v) if isinstance(v, datetime) else v for n, v in zip(_NAMES, row, strict=True)}
    return Upload(**values)


def begin(
    engine: Engine, place: tuple[str, str, str], name: str, size: int, *, trial: bool, reason: str = "", sender: str = "",
    notes: dict[str, Any] | None = None,
) -> Upload:  # fmt: skip
    """A new upload of which nothing has come yet."""
    made = Upload(
        secrets.token_hex(16), name[:300], *place, size, 0, "", UPLOADING, trial, reason[:2000], sender[:200], now(),
        recibida_en=None, terminada_en=None, entrega_id=None, mensaje="", resultado=notes or {},
    )  # fmt: skip
    with writing(engine).begin() as connection:
        connection.execute(insert(cargas).values(**{n: getattr(made, n) for n in _NAMES}))
    return made


def find(engine: Engine, id: str) -> Upload | None:
    with engine.connect() as connection:
        row = connection.execute(select(*_COLUMNS).where(cargas.c.id == id)).first()
    return None if row is None else _upload(row)


def queue(engine: Engine, id: str, file_hash: str) -> bool:
    """Hand a whole file to the receiver; false where somebody did it before."""
    values = {"estado": QUEUED, "hash": file_hash, "recibidos": cargas.c.bytes, "recibida_en": now()}
    with writing(engine).begin() as connection:
        done = connection.execute(update(cargas).where(cargas.c.id == id, cargas.c.estado == UPLOADING).values(**values))
    return bool(done.rowcount)


def take(engine: Engine) -> list[Upload]:
    """Everything to be judged, oldest first, marked as being judged. Call it holding the lease.

    What already was `en_revision` belonged to a receiver that died. `resultado["intentos"]` counts how often each was taken.
    """
    c = cargas.c
    with writing(engine).begin() as connection:
        rows = connection.execute(select(*_COLUMNS).where(c.estado.in_([QUEUED, JUDGING])).order_by(c.recibida_en, c.creada_en)).all()
        found = [_upload(row) for row in rows]
        for one in found:
            notes = {**one.resultado, "intentos": int(one.resultado.get("intentos", 0)) + 1}
            one.resultado.update(notes)
            connection.execute(update(cargas).where(c.id == one.id).values(estado=JUDGING, resultado=notes))
    return found


def pending(engine: Engine) -> bool:
    """Whether there is anything for the receiver to do."""
    with engine.connect() as connection:
        return connection.execute(select(cargas.c.id).where(cargas.c.estado.in_([QUEUED, JUDGING])).limit(1)).first() is not None


def ahead(engine: Engine, upload: Upload) -> int:
    """How many files wait before this one."""
    c = cargas.c
    query = select(func.count()).where(c.estado.in_([QUEUED, JUDGING]), c.recibida_en < upload.recibida_en, c.id != upload.id)
    with engine.connect() as connection:
        return int(connection.execute(query).scalar() or 0)


def note(engine: Engine, id: str, result: dict[str, Any]) -> None:
    """Keep what was found before it counts: should the receiver die now, the findings need no second judging."""
    with writing(engine).begin() as connection:
        connection.execute(update(cargas).where(cargas.c.id == id).values(resultado=result))


def finish(engine: Engine, id: str, state: str, message: str, result: dict[str, Any], submission: str | None = None) -> None:
    """Write what became of an upload: JUDGED or REFUSED."""
    values = {"estado": state, "mensaje": message, "resultado": result, "entrega_id": submission, "terminada_en": now()}
    with writing(engine).begin() as connection:
        connection.execute(update(cargas).where(cargas.c.id == id).values(**values))


def drop(engine: Engine, id: str, states: Iterable[str]) -> bool:
    """Forget an upload that is in one of `states`; false where it is not."""
    with writing(engine).begin() as connection:
        done = connection.execute(delete(cargas).where(cargas.c.id == id, cargas.c.estado.in_(list(states))))
    return bool(done.rowcount)


def old_trials(engine: Engine, before: datetime) -> list[str]:
    """Trials that ended before an instant."""
    c = cargas.c
    query = select(c.id).where(c.solo_revisar, c.estado.in_([JUDGED, REFUSED]), c.terminada_en < before)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def in_state(engine: Engine, *states: str) -> list[Upload]:
    """Uploads in any of these states, oldest first."""
    query = select(*_COLUMNS).where(cargas.c.estado.in_(states))
    with engine.connect() as connection:
        return [_upload(row) for row in connection.execute(query.order_by(cargas.c.creada_en))]


def of_place(engine: Engine, place: tuple[str, str, str], limit: int = 20) -> list[Upload]:
    """The last uploads that ended, of one table, submitter and period, newest first; trials are left out."""
    c = cargas.c
    here = select(*_COLUMNS).where(c.tabla == place[0], c.cod_region == place[1], c.periodo == place[2])
    query = here.where(c.estado.in_([JUDGED, REFUSED]), c.solo_revisar.is_(False)).order_by(c.terminada_en.desc()).limit(limit)
    with engine.connect() as connection:
        return [_upload(row) for row in connection.execute(query)]
