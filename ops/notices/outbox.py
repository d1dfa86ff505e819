"""Sending what waits in the outbox: each row is taken, sent and marked; what fails waits longer each time, and nothing is lost.

At least once: whoever is killed between sending and marking sends that one message again, fifteen minutes later, with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ops.notices import keys, mail, quiet, webhook
from ops.notices.failures import Failure, Gone, NeverArrives, NoService
from warehouse import notices
from warehouse.database import now
from warehouse.errors import SettingsError
from warehouse.notices import MAIL, WEBHOOK, Sending
from warehouse.settings import Settings
from warehouse.store import Warehouse

log = logging.getLogger("siegem.avisos")

#: minutes until the next attempt, by how many there were; then it is given up
WAITS = (5, 15, 60, 180, 360, 720, 720, 1440, 1440, 1440)
#: where the desk's router ends a subscription
LEAVE = "/api/v1/avisos/baja/"


@dataclass
class Result:
    """What a round of sending did. `stopped`: why no more mail could be sent; `told`: one line for each sending that did not arrive."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    stopped: str = ""
    told: list[str] = field(default_factory=list)


def can_mail(settings: Settings) -> bool:
    return bool(settings.correo_servidor)


def check(settings: Settings) -> None:
    """Raises SettingsError where mail could be sent and could not be stopped by who receives it."""
    mail.sender(settings)
    if not settings.sitio_url:
        raise SettingsError(
            "Falta SIEGEM_SITIO_URL: sin la dirección del sitio, los avisos no llevarían el enlace para darse de baja.",
            stands="No se envió nada; los avisos esperan.",
            cure="Póngala tal como la abren las regiones, p. ej.: SIEGEM_SITIO_URL=https://siegem.minem.gob.pe",
        )


def leave_address(settings: Settings, channel: str, address: str) -> str:
    """The link that ends a subscription."""
    return f"{settings.sitio_url.rstrip('/')}{LEAVE}{keys.leave_token(settings, channel, address)}"


def drain(warehouse: Warehouse, clock: Callable[[], datetime] = now) -> Result:
    """Send everything whose time has come. Raises SettingsError where there is mail to send and it is set up wrongly."""
    settings, result = warehouse.settings, Result()
    channels = (MAIL, WEBHOOK) if can_mail(settings) else (WEBHOOK,)
    found = notices.due(warehouse.engine, clock(), channels)
    if not found:
        return result
    zone, working, postman = ZoneInfo(settings.zona_horaria), quiet.working_days(warehouse), mail.Postman(settings)
    try:
        for sending in found:
            who, moment = sending.suscripcion, clock()
            if who.canal == MAIL:
                check(settings)
                if result.stopped:
                    result.waiting += 1
                    continue
            if not notices.take(warehouse.engine, sending.id, moment):
                continue  # another process has it
            if not who.activa:
                notices.cancel(warehouse.engine, sending.id, "Baja.")
                continue
            allowed = quiet.first_moment(moment, quiet.of(who, settings.avisos_horas_quietas), zone, working)
            if allowed > moment:
                notices.postpone(warehouse.engine, sending.id, allowed, counted=False)
                result.waiting += 1
                continue
            _deliver(warehouse, sending, postman, clock, result)
    finally:
        postman.close()
    return result


def _deliver(warehouse: Warehouse, sending: Sending, postman: mail.Postman, clock: Callable[[], datetime], result: Result) -> None:
    """Send one that was taken, and write what became of it."""
    engine, who = warehouse.engine, sending.suscripcion
    try:
        _send(warehouse, sending, postman, clock())
    except NoService as error:
        notices.postpone(engine, sending.id, clock(), str(error), counted=False)
        result.stopped, result.waiting = str(error), result.waiting + 1
    except NeverArrives as error:
        notices.fail(engine, sending.id, str(error))
        if isinstance(error, Gone):
            notices.leave(engine, who.id, "destino")
        _tell(result, sending, str(error), given_up=True)
    except Failure as error:
        if sending.intentos >= len(WAITS):
            notices.fail(engine, sending.id, str(error))
            _tell(result, sending, str(error), given_up=True)
        else:
            notices.postpone(engine, sending.id, clock() + timedelta(minutes=WAITS[sending.intentos]), str(error))
            _tell(result, sending, str(error), given_up=False)
    except Exception as error:  # a fault of ours in one notice must not hold back the others
        log.exception("el envío %s falló", sending.id)
        notices.postpone(engine, sending.id, clock() + timedelta(minutes=60), f"falla interna: {type(error).__name__}")
        _tell(result, sending, "falla interna", given_up=False)
    else:
        notices.sent(engine, sending.id, clock())
        result.sent += 1


def _tell(result: Result, sending: Sending, why: str, *, given_up: bool) -> None:
    """By number: an address is nobody's business in a log."""
    result.failed += given_up
    result.waiting += not given_up
    what = "no se enviará" if given_up else "se reintentará"
    line = f"Envío N.º {sending.id} a la suscripción N.º {sending.suscripcion.id}: {why}; {what}."
    result.told.append(line)
    log.warning(line)


def _send(warehouse: Warehouse, sending: Sending, postman: mail.Postman, moment: datetime) -> None:
    said, who, settings = sending.dicho, sending.suscripcion, warehouse.settings
    if who.canal == WEBHOOK:
        body = webhook.body_of(said.tipo, said.asunto, said.texto.replace(LEAVE_MARK, ""), said.datos)
        webhook.send(settings, who.direccion, body, sending.mensaje_id, moment)
        return
    known = keys.token_hash(keys.leave_token(settings, who.canal, who.direccion))
    if notices.of_token(warehouse.engine, known) is None:  # the key was lost, and there is another
        notices.renew_token(warehouse.engine, who.id, known)
    leave = leave_address(settings, who.canal, who.direccion)
    text, html = (part.replace(LEAVE_MARK, leave) for part in (said.texto, said.html))
    postman.send(mail.message(settings, who.direccion, said.asunto, text, html, name=sending.mensaje_id, leave=leave, moment=moment))


#: stands in a frozen text where each receiver's own link goes
LEAVE_MARK = "https://siegem.invalid/baja"
