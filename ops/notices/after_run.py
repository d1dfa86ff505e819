"""What follows a run of the chain: the register of alerts is brought up to date, what is to be said is frozen and queued, and sent if it may be.

Nothing here may fail a publication: whatever goes wrong is told and waits for the next run or for `siegem avisos enviar`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ops import screen
from ops.notices import alert_letter, conditions, digest, keys, letter_html, letter_text, outbox, quiet, reading
from ops.notices.letter import Letter
from ops.notices.owed import Reckoning
from ops.notices.reading import Edition
from warehouse import notice_alerts, notices, publications
from warehouse.database import now
from warehouse.errors import NothingPublished, SiegemError, StoreError
from warehouse.notices import ALERTS, DIGEST, Said, Subscription
from warehouse.store import Warehouse
from warehouse.territories import COUNTRY

log = logging.getLogger("siegem.avisos")


@dataclass(frozen=True)
class Queued:
    """What was queued, and what changed in the register of alerts."""

    publication: int
    messages: int
    changes: notice_alerts.Changes


def after_run(warehouse: Warehouse) -> None:
    """The chain's last step. Raises nothing."""
    try:
        done = prepare(warehouse)
        sent = outbox.drain(warehouse)
        screen.note(summary(done, sent))
    except SiegemError as error:
        screen.note(f"Avisos: {error.what} {error.cure}".strip())
    except Exception:
        log.exception("los avisos de la corrida fallaron")
        screen.note("Avisos: fallaron; la publicación está hecha. Vea el registro y repita con: siegem avisos enviar")


def summary(done: Queued, sent: outbox.Result) -> str:
    """«Avisos: 3 alertas nuevas, 1 cesó; 26 mensajes en cola; 24 enviados, 2 esperan.»"""
    c = done.changes
    told = f"Avisos: {_n(len(c.opened) + len(c.reopened), 'alerta nueva', 'alertas nuevas')}, {_n(len(c.ceased), 'cesó', 'cesaron')}; "
    told += f"{_n(done.messages, 'mensaje', 'mensajes')} a la cola; {_n(sent.sent, 'enviado', 'enviados')}"
    told += f", {_n(sent.waiting, 'espera', 'esperan')}" if sent.waiting else ""
    told += f", {_n(sent.failed, 'no llegará', 'no llegarán')}" if sent.failed else ""
    return f"{told}. {sent.stopped}".strip() if sent.stopped else f"{told}."


def _n(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def prepare(warehouse: Warehouse, moment: datetime | None = None) -> Queued:
    """Compare the register with the publication in force, and queue what is to be said. Twice changes nothing and queues nothing."""
    number = publications.latest(warehouse.engine).numero
    due = Reckoning(warehouse)
    known = [(a.objeto, a.cod_region, a.periodo) for a in notice_alerts.holding(warehouse.engine, notice_alerts.MISSING)]
    inside = reading.edition(warehouse.engine, number).now
    until = warehouse.today + timedelta(days=warehouse.settings.avisos_plazo_alertas)
    changes = notice_alerts.compare(warehouse.engine, conditions.conditions(inside, due, known), number, until)
    return Queued(number, queue(warehouse, number, due, moment or now()), changes)


def queue(warehouse: Warehouse, number: int, due: Reckoning, moment: datetime) -> int:
    """Freeze and queue what a publication says to who wants it; how many messages are new.

    The publication before is looked at too: a run killed while it queued is made whole by the next one.
    """
    if not notices.subscriptions(warehouse.engine, only_active=True):
        return 0
    box = _Box(warehouse, moment)
    try:
        earlier = [p.numero for p in publications.every(warehouse.engine) if p.numero < number][:1]
        editions = [reading.public_edition(warehouse, n) for n in (*earlier, number)]
    except (StoreError, NothingPublished) as error:
        screen.note(f"Avisos: {error.what} Se encolarán en la próxima corrida.")
        return 0
    return sum(_digests(box, edition, due) for edition in editions) + _alerts(box, editions[-1])


class _Box:
    """The outbox, with when each may receive."""

    def __init__(self, warehouse: Warehouse, moment: datetime) -> None:
        self.warehouse, self.moment, self.settings = warehouse, moment, warehouse.settings
        self.site = warehouse.settings.sitio_url.rstrip("/")
        self.zone, self.working = ZoneInfo(warehouse.settings.zona_horaria), quiet.working_days(warehouse)

    def wanted(self, kind: str, before: int) -> Iterator[tuple[tuple[str, str], list[Subscription]]]:
        """(region, language) and who wants notices of a kind about it, of those who subscribed when publication `before` was not there yet."""
        found: dict[tuple[str, str], list[Subscription]] = {}
        for s in notices.subscriptions(self.warehouse.engine, only_active=True):
            for code in s.regiones if kind in s.tipos and s.desde_publicacion < before else ():
                found.setdefault((code, s.idioma), []).append(s)
        yield from sorted(found.items())

    def put(self, said: Said, who: list[Subscription]) -> int:
        about = (said.publicacion, f"{said.tipo}{said.hasta_hecho or ''}", said.cod_region, said.idioma)
        rows = []
        for s in who:
            when = quiet.first_moment(self.moment, quiet.of(s, self.settings.avisos_horas_quietas), self.zone, self.working)
            rows.append((s, keys.message_id(self.settings, *about, s.id, _domain(self.settings.correo_remitente)), when))
        return notices.queue(self.warehouse.engine, said, rows)


def _digests(box: _Box, edition: Edition, due: Reckoning) -> int:
    total = 0
    for (code, lang), who in box.wanted(DIGEST, edition.number):
        said = notices.said(box.warehouse.engine, edition.number, code, lang)
        if said is None:
            letter = digest.digest(edition, code, due.of(code), lang, box.site)
            said = frozen(letter, edition.number, DIGEST, code) if letter.news or box.settings.avisos_sin_novedad else None
        total += box.put(said, who) if said is not None else 0
    return total


def _alerts(box: _Box, edition: Edition) -> int:
    """Who attends to alerts is told of new ones also when nothing was published: a delivery falls due on any day."""
    public, total, engine = {s.id for s in edition.now.indicators()}, 0, box.warehouse.engine
    for (code, lang), who in box.wanted(ALERTS, edition.number + 1):
        opened, last = notice_alerts.opened_since(engine, notices.told_until(engine, code, lang), edition.number)
        own = [a for a in opened if code in (COUNTRY, a.cod_region)]
        if own:
            letter = alert_letter.alert_letter(own, public, code, edition.number, lang, box.site)
            total += box.put(replace(frozen(letter, edition.number, ALERTS, code), hasta_hecho=last), who)
    return total


def frozen(letter: Letter, number: int, kind: str, code: str) -> Said:
    """A letter as it will be sent, whoever receives it: the link that ends a subscription is put in at the end."""
    text, html = letter_text.text(letter, leave=outbox.LEAVE_MARK), letter_html.html(letter, leave=outbox.LEAVE_MARK)
    return Said(number, kind, code, letter.lang, letter.subject[:300], text, html, letter.data, letter.news)


def _domain(sender: str) -> str:
    """What comes after the @ of a Message-ID: the sender's own, where there is one."""
    domain = sender.rpartition("@")[2].strip("<> ")
    return domain if domain and all(c.isalnum() or c in ".-" for c in domain) else "siegem.invalid"
