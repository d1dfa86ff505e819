"""Runs of the chain and their steps, recorded one by one, and the lease that lets one runner at a time."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from warehouse.database import now, writing
from warehouse.errors import LeaseTaken
from warehouse.tables import arriendos, corrida_pasos, corridas

log = logging.getLogger("siegem.warehouse")
LEASE_SECONDS = 60


def holder() -> str:
    """This process, as others will read it in the lease."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def run(engine: Engine, kind: str) -> Iterator[int]:
    """Record a run of the chain; gives its number. An exception marks it failed with its sentence and goes on up."""
    with writing(engine).begin() as connection:
        number = int(connection.execute(insert(corridas).values(tipo=kind, iniciada_en=now(), estado="en_curso")).inserted_primary_key[0])  # type: ignore[index]
    state, detail = "terminada", None
    try:
        yield number
    except BaseException as error:
        state, detail = "fallida", str(error)[:2000] or type(error).__name__
        raise
    finally:
        with writing(engine).begin() as connection:
            connection.execute(update(corridas).where(corridas.c.id == number).values(estado=state, detalle=detail, terminada_en=now()))


@contextmanager
def step(engine: Engine, run_number: int, name: str, subject: str = "") -> Iterator[list[str]]:
    """Record one step of a run. Append to the list it gives to leave a detail in Spanish."""
    with writing(engine).begin() as connection:
        values = {"corrida_id": run_number, "paso": name, "objeto": subject[:200], "iniciado_en": now(), "estado": "en_curso"}
        key = int(connection.execute(insert(corrida_pasos).values(**values)).inserted_primary_key[0])  # type: ignore[index]
    notes: list[str] = []
    state = "terminado"
    try:
        yield notes
    except BaseException as error:
        state = "fallido"
        notes.append(str(error)[:1000])
        raise
    finally:
        with writing(engine).begin() as connection:
            done = {"estado": state, "detalle": " ".join(notes) or None, "terminado_en": now()}
            connection.execute(update(corrida_pasos).where(corrida_pasos.c.id == key).values(**done))


def interrupted(engine: Engine) -> list[int]:
    """Mark runs left `en_curso` by a process that died as interrupted; gives their numbers. Call it holding the lease."""
    with writing(engine).begin() as connection:
        numbers = list(connection.execute(select(corridas.c.id).where(corridas.c.estado == "en_curso")).scalars())
        if numbers:
            connection.execute(update(corridas).where(corridas.c.id.in_(numbers)).values(estado="interrumpida", terminada_en=now()))
            pending = corrida_pasos.c.corrida_id.in_(numbers) & (corrida_pasos.c.estado == "en_curso")
            connection.execute(update(corrida_pasos).where(pending).values(estado="interrumpido", terminado_en=now()))
    return numbers


@contextmanager
def lease(engine: Engine, name: str = "cadena", seconds: int = LEASE_SECONDS, patience: float = 0) -> Iterator[None]:
    """Hold the chain's lease, renewed in the background. Raises LeaseTaken where another process holds it for `patience` seconds more."""
    deadline = time.monotonic() + patience
    while True:
        try:
            _take(engine, name, seconds)
            break
        except LeaseTaken:
            if time.monotonic() >= deadline:
                raise
            time.sleep(min(1.0, patience))
    stop = Event()
    keeper = Thread(target=_keep, args=(engine, name, seconds, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(timeout=5)
        with writing(engine).begin() as connection:
            connection.execute(arriendos.delete().where(arriendos.c.nombre == name, arriendos.c.titular == holder()))


def _take(engine: Engine, name: str, seconds: int) -> None:
    until = now() + timedelta(seconds=seconds)
    free = or_(arriendos.c.vence_en < now(), arriendos.c.titular == holder())
    with writing(engine).begin() as connection:
        taken = connection.execute(update(arriendos).where(arriendos.c.nombre == name, free).values(titular=holder(), vence_en=until)).rowcount
        if taken:
            return
        owner = connection.execute(select(arriendos.c.titular).where(arriendos.c.nombre == name)).scalar()
        if owner is not None and _is_dead(owner):
            connection.execute(
                update(arriendos).where(arriendos.c.nombre == name, arriendos.c.titular == owner).values(titular=holder(), vence_en=until)
            )
            return
    if owner is None:
        try:
            with writing(engine).begin() as connection:
                connection.execute(insert(arriendos).values(nombre=name, titular=holder(), vence_en=until))
                return
        except IntegrityError:
            owner = "otro proceso"
    raise LeaseTaken(
        f"Otra corrida está en marcha ({owner}).",
        stands="El tablero sigue mostrando la última publicación.",
        cure=f"Espere a que termine; si murió, el turno se libera solo en {seconds} segundos.",
    )


def _is_dead(owner: str) -> bool:
    """Whether the holder was a process of this machine that no longer exists: no need to wait for its lease to lapse."""
    host, _, pid = owner.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _keep(engine: Engine, name: str, seconds: int, stop: Event) -> None:
    """Renew until told to stop. A database that is busy, or away for a moment, is asked again: a keeper that died would let a second runner in."""
    pause = seconds / 3
    while not stop.wait(pause):
        try:
            with writing(engine).begin() as connection:
                mine = update(arriendos).where(arriendos.c.nombre == name, arriendos.c.titular == holder())
                connection.execute(mine.values(vence_en=now() + timedelta(seconds=seconds)))
            pause = seconds / 3
        except OperationalError as error:
            log.warning("el turno «%s» no se pudo renovar (%s); se repite", name, error.orig)
            pause = min(1.0, seconds / 3)
