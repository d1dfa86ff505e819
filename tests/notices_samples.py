"""What tests of notices are made with: the public sample with its calendar, a real mail server and a real web server of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import update

from etl import references
from ops import public
from tests import public_sample
from warehouse.database import writing
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import publicaciones, resultados_calidad

#: a Thursday at ten in the morning in Lima
MORNING = datetime(2026, 11, 26, 15, tzinfo=UTC)
TODAY = date(2026, 11, 26)
#: when the sample's publications were made, and its deliveries judged: between them
PUBLISHED = (datetime(2026, 7, 20, 15, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC))
JUDGED = datetime(2026, 10, 8, 15, tzinfo=UTC)
SITE = "https://siegem.example.pe"


def build(folder: Path) -> Warehouse:
    """The public sample, its public store and the calendar of what is due."""
    warehouse = public_sample.build(folder)
    with writing(warehouse.engine).begin() as connection:
        for number, made in enumerate(PUBLISHED, start=1):
            connection.execute(update(publicaciones).where(publicaciones.c.numero == number).values(creada_en=made))
        connection.execute(update(resultados_calidad).values(evaluado_en=JUDGED))
    references.load(warehouse, TODAY)
    public.refresh(warehouse)
    return warehouse


def opened(folder: Path, **settings: Any) -> Warehouse:
    """A warehouse with mail switched on; `settings` on top."""
    told = {"datos": folder, "sitio_url": SITE, "correo_servidor": "127.0.0.1", "correo_seguridad": "ninguna", "correo_puerto": 9,
            "correo_remitente": "SIEGEM <siegem@minem.example.pe>", "avisos_clave": "una clave de prueba"}  # fmt: skip
    return Warehouse(load(**{**told, **settings}))


def on_the_day(monkeypatch: pytest.MonkeyPatch, day: date = TODAY) -> None:
    monkeypatch.setattr(Warehouse, "today", property(lambda self: day))


@dataclass
class Mailbox:
    """What a mail server received. `refusals`: recipient -> answers given before it is taken, for ever where the last is 5xx."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        waiting = self.refusals.get(address, [])
        if waiting:
            return waiting[0] if waiting[0].startswith("5") else waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = (data.login, data.password) == (b"siegem", b"secreta")
        self.users += [data.login.decode()] if good else []
        return AuthResult(success=good, handled=False)

    def to(self, address: str) -> list[EmailMessage]:
        return [m for m in self.received if m["To"] == address]


@contextmanager
def mail_server(port: int = 0, **options: Any) -> Iterator[Mailbox]:
    """A real SMTP server of this machine. `options`: of aiosmtpd's controller (tls_context, auth_required...)."""
    box = Mailbox()
    more = {"authenticator": box.authenticate} if options.get("auth_required") else {}
    controller = Controller(box, hostname="127.0.0.1", port=port or _free_port(), **more, **options)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def flat(text: str) -> str:
    """Text in one line, with plain spaces: how it was broken does not matter."""
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@dataclass
class Hook:
    """What a web server received, and what it answers in turn; 204 when that is used up."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def hook_server(*answers: int) -> Iterator[Hook]:
    """A real web server of this machine that takes POSTs."""
    hook = Hook(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.received.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(hook.answers.pop(0) if hook.answers else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    hook.url = f"http://127.0.0.1:{server.server_port}/avisos"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
