"""The register of alerts: conditions that SIEGEM sees (a signal, a delivery that is missing, a check that fails) and what people did about each.

A condition has one alert for ever. It is opened by itself, closed only by a person who says what was done, and opened again if the condition
ended and came back. A condition that ended is marked (`ceso_en`) and its alert stays until somebody closes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, case, insert, select, update

from warehouse.database import as_utc, now, writing
from warehouse.errors import SiegemError
from warehouse.notice_tables import avisos_alertas, avisos_alertas_hechos

SIGNAL, MISSING, RULE = "senal", "falta", "regla"
KINDS = (SIGNAL, MISSING, RULE)
OPEN, ATTENDED, CLOSED = "abierta", "atendida", "cerrada"
STATES = (OPEN, ATTENDED, CLOSED)


@dataclass(frozen=True)
class Condition:
    """Something that holds now. `clave` names it and never changes; `frase` tells it and may.

    Not `opens`: too old to trouble anybody with, but an alert that there is about it goes on.
    """

    clave: str
    tipo: str
    objeto: str
    regla: str
    cod_region: str
    periodo: str
    frase: str
    opens: bool = True


@dataclass(frozen=True)
class Alert:
    """An alert of the register. `ceso_en`: since when its condition no longer holds."""

    id: int
    clave: str
    tipo: str
    objeto: str
    regla: str
    cod_region: str
    periodo: str
    frase: str
    desde_publicacion: int
    responsable: str
    vence: date | None
    estado: str
    abierta_en: datetime
    ceso_en: datetime | None
    cierre: str
    cerrada_por: str
    cerrada_en: datetime | None
    reaperturas: int


@dataclass(frozen=True)
class Event:
    """One thing that happened to an alert; nobody's name where SIEGEM did it, or where nobody said who."""

    hecho: str
    quien: str
    texto: str
    publicacion: int
    ocurrido_en: datetime


@dataclass(frozen=True)
class Changes:
    """What a comparison with the conditions of the moment changed: ids of alerts."""

    opened: tuple[int, ...] = ()
    reopened: tuple[int, ...] = ()
    ceased: tuple[int, ...] = ()


_A = avisos_alertas.c
_OWN = [_A[f.name] for f in fields(Alert)]


def _alert(row: Iterable[Any]) -> Alert:
    values: list[Any] = [as_utc(v) if isinstance(v, datetime) else v for v in row]
    return Alert(*values)


def compare(engine: Engine, conditions: Iterable[Condition], publication: int, due: date) -> Changes:
    """Open, open again or mark as over, so that the register says what holds now. `due`: of those opened. The same again changes nothing."""
    wanted = {c.clave: c for c in conditions}
    opened, reopened, ceased = [], [], []
    with writing(engine).begin() as connection:
        known = {a.clave: a for a in map(_alert, connection.execute(select(*_OWN).with_for_update()))}
        for key, condition in wanted.items():
            before = known.get(key)
            if before is None and condition.opens:
                opened.append(_open(connection, condition, publication, due))
            elif before is None:
                continue
            elif before.ceso_en is None:
                if (before.frase, before.periodo) != (condition.frase, condition.periodo):
                    _set(connection, before.id, frase=condition.frase, periodo=condition.periodo)
            else:
                told: dict[str, Any] = {"frase": condition.frase, "periodo": condition.periodo, "ceso_en": None}
                if before.estado == CLOSED:
                    told |= {"estado": OPEN, "reaperturas": before.reaperturas + 1, "vence": due, "responsable": "",
                             "cierre": "", "cerrada_por": "", "cerrada_en": None}  # fmt: skip
                    reopened.append(before.id)
                _set(connection, before.id, **told)
                _note(connection, before.id, "reabierta" if before.estado == CLOSED else "volvio", publication, text=condition.frase)
        for key, alert in known.items():
            if alert.ceso_en is None and key not in wanted:
                _set(connection, alert.id, ceso_en=now())
                _note(connection, alert.id, "ceso", publication)
                ceased.append(alert.id)
    return Changes(tuple(opened), tuple(reopened), tuple(ceased))


def _open(connection: Connection, condition: Condition, publication: int, due: date) -> int:
    told = {k: v for k, v in vars(condition).items() if k != "opens"}
    values = {**told, "desde_publicacion": publication, "vence": due, "estado": OPEN, "abierta_en": now(), "reaperturas": 0}
    key = connection.execute(insert(avisos_alertas).values(**values)).inserted_primary_key
    number = int(key[0]) if key else 0
    _note(connection, number, "abierta", publication, text=condition.frase)
    return number


def _set(connection: Connection, id: int, **values: Any) -> None:
    connection.execute(update(avisos_alertas).where(_A.id == id).values(**values))


def _note(connection: Connection, id: int, what: str, publication: int, who: str = "", text: str = "") -> None:
    row = {"alerta_id": id, "hecho": what, "quien": who, "texto": text, "publicacion": publication, "ocurrido_en": now()}
    connection.execute(insert(avisos_alertas_hechos).values(**row))


def assign(engine: Engine, id: int, owner: str, due: date, by: str = "") -> Alert:
    """Give an alert an owner and a due date. Raises SiegemError where it is closed, or nobody is named."""
    owner = _name(owner, "de quien la atenderá")
    told = f"{owner}, hasta el {due:%d-%m-%Y}"
    return _change(engine, id, "asignada", " ".join(by.split())[:200], told, responsable=owner, vence=due, estado=ATTENDED)


def close(engine: Engine, id: int, text: str, by: str) -> Alert:
    """Close an alert with what was done. Raises SiegemError where it is closed already, nothing is said, or nobody says it."""
    by, text = _name(by, "de quien la cierra"), text.strip()
    if len(text) < 10:
        raise SiegemError(
            "Una alerta se cierra diciendo qué se hizo.", stands="La alerta sigue abierta.", cure="Escriba qué se hizo, en al menos diez letras."
        )
    return _change(engine, id, "cerrada", by, text[:4000], estado=CLOSED, cierre=text[:4000], cerrada_por=by, cerrada_en=now())


def _change(engine: Engine, id: int, what: str, who: str, text: str, **values: Any) -> Alert:
    with writing(engine).begin() as connection:
        found = connection.execute(select(*_OWN).where(_A.id == id).with_for_update()).first()
        if found is None:
            raise SiegemError(f"No hay una alerta con el número {id}.", cure="Vea las que hay con: siegem avisos alertas")
        alert = _alert(found)
        if alert.estado == CLOSED:
            when = f"{alert.cerrada_en:%d-%m-%Y}" if alert.cerrada_en else ""
            raise SiegemError(f"La alerta N.º {id} ya la cerró {alert.cerrada_por} el {when}: {alert.cierre}", stands="No se cambió nada.")
        _set(connection, id, **values)
        _note(connection, id, what, alert.desde_publicacion, who, text)
        return _alert(connection.execute(select(*_OWN).where(_A.id == id)).one())


def _name(text: str, whose: str) -> str:
    name = " ".join(text.split())[:200]
    if len(name) < 3:
        raise SiegemError(f"Falta el nombre {whose}.", stands="No se cambió nada.", cure="Escriba su nombre y apellido.")
    return name


def holding(engine: Engine, kind: str) -> list[Alert]:
    """Alerts of a kind whose condition holds as far as the register knows, closed ones too."""
    with engine.connect() as connection:
        return [_alert(r) for r in connection.execute(select(*_OWN).where(_A.tipo == kind, _A.ceso_en.is_(None)))]


def alerts(engine: Engine, *, region: str = "", states: Iterable[str] = (OPEN, ATTENDED), ids: Iterable[int] | None = None) -> list[Alert]:
    """Alerts, those due first on top; an empty region is any. `ids`: these and no others, whatever their state."""
    wanted = None if ids is None else set(ids)
    query = select(*_OWN) if wanted is not None else select(*_OWN).where(_A.estado.in_(list(states)))
    if region:
        query = query.where(_A.cod_region == region)
    order = case({OPEN: 0, ATTENDED: 1}, value=_A.estado, else_=2)
    with engine.connect() as connection:
        found = [_alert(r) for r in connection.execute(query.order_by(_A.vence.is_(None), _A.vence, order, _A.cod_region, _A.id))]
    return [a for a in found if wanted is None or a.id in wanted]


def opened_since(engine: Engine, event: int, publication: int) -> tuple[list[Alert], int]:
    """Alerts opened, or opened again, after an event of the register and not over since; and the last such event.

    With 0 for the event, those of one publication: nobody is told everything that ever was.
    """
    h = avisos_alertas_hechos.c
    query = select(h.alerta_id, h.id).where(h.hecho.in_(("abierta", "reabierta")), h.id > event)
    query = query if event else query.where(h.publicacion == publication)
    with engine.connect() as connection:
        found = connection.execute(query).all()
    if not found:
        return [], event
    still = [a for a in alerts(engine, ids={row.alerta_id for row in found}) if a.estado != CLOSED and a.ceso_en is None]
    return still, max(row.id for row in found)


def events(engine: Engine, id: int) -> list[Event]:
    """What happened to an alert, oldest first."""
    h = avisos_alertas_hechos.c
    query = select(h.hecho, h.quien, h.texto, h.publicacion, h.ocurrido_en).where(h.alerta_id == id).order_by(h.id)
    with engine.connect() as connection:
        return [Event(*r[:-1], as_utc(r[-1])) for r in connection.execute(query)]
