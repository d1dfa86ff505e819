"""Notices: who asked for them (*suscripciones*), what was said (*textos*) and what is to be sent (*envíos*).

A sending is at least once: a row is taken, sent, and then marked. Whoever is killed between the last two leaves it taken; after TAKEN
it is sent again under the same Message-ID, which lets mail programs and webhooks know it for the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, func, insert, or_, select, update

from warehouse.database import as_utc, now, writing
from warehouse.errors import SiegemError
from warehouse.notice_tables import avisos_envios, avisos_suscripciones, avisos_textos
from warehouse.tables import publicaciones

MAIL, WEBHOOK = "correo", "webhook"
DIGEST, ALERTS = "resumen", "alertas"
PENDING, SENDING, SENT, FAILED, CANCELLED = "pendiente", "enviando", "enviado", "fallido", "cancelado"
#: after so long whoever took a row is dead: far more than any sending may last
TAKEN = timedelta(minutes=15)


@dataclass(frozen=True)
class Subscription:
    """Somebody who asked for notices. `regiones`: codes, ["00"] for the whole country; `horas_quietas`: "" the installation's, "no" none."""

    id: int
    canal: str
    direccion: str
    nombre: str
    regiones: list[str]
    tipos: list[str]
    idioma: str
    horas_quietas: str
    activa: bool
    desde_publicacion: int
    creada_en: datetime
    baja_en: datetime | None
    baja_por: str


@dataclass(frozen=True)
class Said:
    """What is said of one publication to one place, whoever receives it. `novedades`: how many things are new in it.

    `hasta_hecho`: of alerts, the last event of the register that it tells; 0 for a digest.
    """

    publicacion: int
    tipo: str
    cod_region: str
    idioma: str
    asunto: str
    texto: str
    html: str
    datos: dict[str, Any]
    novedades: int
    hasta_hecho: int = 0


@dataclass(frozen=True)
class Sending:
    """One message to one subscriber, with the text it carries."""

    id: int
    suscripcion: Subscription
    dicho: Said
    mensaje_id: str
    estado: str
    intentos: int
    proximo_en: datetime
    enviado_en: datetime | None
    ultimo_error: str


_OWN = [avisos_suscripciones.c[f.name] for f in fields(Subscription)]
_SAID = [avisos_textos.c[f.name] for f in fields(Said)]
_E = avisos_envios.c
_OF_SENDING = [_E.id, _E.mensaje_id, _E.estado, _E.intentos, _E.proximo_en, _E.enviado_en, _E.ultimo_error]


def _plain(row: Iterable[Any]) -> list[Any]:
    return [as_utc(v) if isinstance(v, datetime) else v for v in row]


def _utc(moment: datetime) -> datetime:
    """As SQLite must be given it: it forgets the zone."""
    return moment.astimezone(UTC)


def subscribe(engine: Engine, values: dict[str, Any], token_hash: str, *, again: bool = False, from_now: bool = False) -> tuple[Subscription, bool]:
    """Record a subscription, or change the one of that address; also whether it is new. `values`: columns that people choose.

    `from_now`: the publication in force is sent too; otherwise the next one is the first. Raises
    SiegemError where that address left by itself, unless `again` says that it asked to come back.
    """
    s, stamp = avisos_suscripciones.c, now()
    with writing(engine).begin() as connection:
        known = connection.execute(select(s.id, s.baja_en).where(s.canal == values["canal"], s.direccion == values["direccion"])).first()
        if known is not None and known.baja_en is not None and not again:
            raise SiegemError(
                f"{values['direccion']} se dio de baja el {as_utc(known.baja_en):%d-%m-%Y}.",
                stands="No se le enviará nada.",
                cure="Si pidió volver a recibirlos, añada --volver.",
            )
        last = connection.execute(select(func.max(publicaciones.c.numero))).scalar() or 0
        first = max(last - 1, 0) if from_now else last
        fresh = {**values, "activa": True, "ficha_huella": token_hash, "baja_en": None, "baja_por": ""}
        if known is None:
            connection.execute(insert(avisos_suscripciones).values(**fresh, creada_en=stamp, desde_publicacion=first))
        else:
            back = {"desde_publicacion": first} if known.baja_en is not None or from_now else {}
            connection.execute(update(avisos_suscripciones).where(s.id == known.id).values(**fresh, **back))
        row = connection.execute(select(*_OWN).where(s.canal == values["canal"], s.direccion == values["direccion"])).one()
    return Subscription(*_plain(row)), known is None


def subscriptions(engine: Engine, *, only_active: bool = False) -> list[Subscription]:
    query = select(*_OWN).order_by(avisos_suscripciones.c.id)
    if only_active:
        query = query.where(avisos_suscripciones.c.activa)
    with engine.connect() as connection:
        return [Subscription(*_plain(row)) for row in connection.execute(query)]


def of_token(engine: Engine, token_hash: str) -> Subscription | None:
    """The subscription that a token ends."""
    with engine.connect() as connection:
        row = connection.execute(select(*_OWN).where(avisos_suscripciones.c.ficha_huella == token_hash)).first()
    return None if row is None else Subscription(*_plain(row))


def renew_token(engine: Engine, id: int, token_hash: str) -> None:
    """Take the token of another key: links made with the one that was lost stop working, those that are sent from now on work."""
    with writing(engine).begin() as connection:
        connection.execute(update(avisos_suscripciones).where(avisos_suscripciones.c.id == id).values(ficha_huella=token_hash))


def leave(engine: Engine, id: int, how: str) -> None:
    """End a subscription and cancel what still waited for it. Again changes nothing."""
    s = avisos_suscripciones.c
    with writing(engine).begin() as connection:
        connection.execute(update(avisos_suscripciones).where(s.id == id, s.activa).values(activa=False, baja_en=now(), baja_por=how))
        connection.execute(update(avisos_envios).where(_E.suscripcion_id == id, _E.estado == PENDING).values(estado=CANCELLED, ultimo_error="Baja."))


def come_back(engine: Engine, id: int) -> None:
    """Undo a subscription's end: whoever holds its token pressed the button by mistake. What was cancelled stays so."""
    with writing(engine).begin() as connection:
        connection.execute(update(avisos_suscripciones).where(avisos_suscripciones.c.id == id).values(activa=True, baja_en=None, baja_por=""))


def said(engine: Engine, publication: int, region: str, lang: str) -> Said | None:
    """The digest that was frozen already for a publication and place."""
    t = avisos_textos.c
    query = select(*_SAID).where(t.publicacion == publication, t.tipo == DIGEST, t.cod_region == region, t.idioma == lang)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else Said(*row)


def told_until(engine: Engine, region: str, lang: str) -> int:
    """The last event of the register of alerts that was told to a place; 0 where none was."""
    t = avisos_textos.c
    query = select(func.max(t.hasta_hecho)).where(t.tipo == ALERTS, t.cod_region == region, t.idioma == lang)
    with engine.connect() as connection:
        return int(connection.execute(query).scalar() or 0)


def queue(engine: Engine, text: Said, wanted: Iterable[tuple[Subscription, str, datetime]]) -> int:
    """Freeze a text and put it in the outbox for (subscription, Message-ID, not before); how many are new. The same again adds nothing."""
    t = avisos_textos.c
    same = ("publicacion", "tipo", "cod_region", "idioma", "hasta_hecho")
    where = and_(*(t[name] == getattr(text, name) for name in same))
    stamp = now()
    with writing(engine).begin() as connection:
        number = connection.execute(select(t.id).where(where)).scalar()
        if number is None:
            values = {f.name: getattr(text, f.name) for f in fields(Said)}
            key = connection.execute(insert(avisos_textos).values(**values, creado_en=stamp)).inserted_primary_key
            number = int(key[0]) if key else 0
        there = set(connection.execute(select(_E.suscripcion_id).where(_E.texto_id == number)).scalars())
        rows = [
            {"suscripcion_id": s.id, "texto_id": number, "mensaje_id": name, "estado": PENDING, "intentos": 0, "proximo_en": _utc(when),
             "creado_en": stamp, "ultimo_error": ""}
            for s, name, when in wanted if s.id not in there
        ]  # fmt: skip
        if rows:
            connection.execute(insert(avisos_envios), rows)
    return len(rows)


def _sendings(engine: Engine, *where: Any, limit: int) -> list[Sending]:
    query = (
        select(*_OF_SENDING, *_OWN, *_SAID)
        .join_from(avisos_envios, avisos_suscripciones, _E.suscripcion_id == avisos_suscripciones.c.id)
        .join(avisos_textos, _E.texto_id == avisos_textos.c.id)
    )
    with engine.connect() as connection:
        rows = [_plain(r) for r in connection.execute(query.where(*where).order_by(_E.id.desc() if not where else _E.id).limit(limit))]
    first, second = len(_OF_SENDING), len(_OF_SENDING) + len(_OWN)
    return [Sending(r[0], Subscription(*r[first:second]), Said(*r[second:]), *r[1:first]) for r in rows]


def due(engine: Engine, moment: datetime, channels: Iterable[str] = (MAIL, WEBHOOK), limit: int = 1000) -> list[Sending]:
    """What is to be sent now, oldest first: what waits, and what somebody took and did not live to finish."""
    moment = _utc(moment)
    left = and_(_E.estado == SENDING, _E.tomado_en < moment - TAKEN)
    now_or_left = or_(and_(_E.estado == PENDING, _E.proximo_en <= moment), left)
    return _sendings(engine, now_or_left, avisos_suscripciones.c.canal.in_(list(channels)), limit=limit)


def outbox(engine: Engine, limit: int = 200) -> list[Sending]:
    """The last sendings, newest first."""
    return _sendings(engine, limit=limit)


def counts(engine: Engine) -> dict[str, int]:
    """State -> how many sendings."""
    with engine.connect() as connection:
        return {state: int(n) for state, n in connection.execute(select(_E.estado, func.count()).group_by(_E.estado))}


def take(engine: Engine, id: int, moment: datetime) -> bool:
    """Make a sending one's own; false where another process was first, or its subscriber left meanwhile."""
    moment = _utc(moment)
    free = or_(_E.estado == PENDING, and_(_E.estado == SENDING, _E.tomado_en < moment - TAKEN))
    with writing(engine).begin() as connection:
        mine = connection.execute(
            update(avisos_envios).where(_E.id == id, free).values(estado=SENDING, tomado_en=moment, intentos=_E.intentos + 1)
        )  # fmt: skip
    return bool(mine.rowcount)


def sent(engine: Engine, id: int, moment: datetime) -> None:
    _mark(engine, id, estado=SENT, enviado_en=_utc(moment), ultimo_error="")


def postpone(engine: Engine, id: int, when: datetime, error: str = "", *, counted: bool = True) -> None:
    """Put a sending back for later. Not `counted`: nothing is wrong with it (quiet hours, no server), so it was no attempt."""
    again = {} if counted else {"intentos": _E.intentos - 1}
    _mark(engine, id, estado=PENDING, proximo_en=_utc(when), ultimo_error=error[:500], **again)


def fail(engine: Engine, id: int, error: str) -> None:
    """Give a sending up: it can never arrive."""
    _mark(engine, id, estado=FAILED, ultimo_error=error[:500])


def _mark(engine: Engine, id: int, **values: Any) -> None:
    with writing(engine).begin() as connection:
        connection.execute(update(avisos_envios).where(_E.id == id).values(tomado_en=None, **values))


def cancel(engine: Engine, id: int, why: str) -> None:
    """Give a sending up because nobody wants it any more."""
    _mark(engine, id, estado=CANCELLED, ultimo_error=why)
