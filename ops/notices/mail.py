"""E-mail by SMTP, with the standard library: one connection for many messages, each as text and as HTML, each with its way out."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from ops.notices.failures import NeverArrives, NoService, TryLater
from warehouse.errors import SettingsError
from warehouse.settings import Settings

#: seconds that a server may stay silent
SILENCE = 20.0


class _Lines(EmailPolicy):
    """The library's policy, but for subjects: where it breaks a line before an accented word it loses the space between (CPython 3.11, 3.12)."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() != "subject":
            return super().fold(name, value)
        return f"{name}: {Header(str(value), 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii") if name.lower() == "subject" else super().fold_binary(name, value)


def sender(settings: Settings) -> Address:
    """Who the notices are from. Raises SettingsError where it is not an address."""
    name, address = parseaddr(settings.correo_remitente)
    user, _, domain = address.partition("@")
    if not user or "." not in domain:
        raise SettingsError(
            f"SIEGEM_CORREO_REMITENTE no es una dirección de correo: «{settings.correo_remitente}».",
            stands="No se envió nada; los avisos esperan.",
            cure="Póngala así: SIEGEM <siegem@minem.gob.pe>",
        )
    return Address(name or "SIEGEM", user, domain)


def message(
    settings: Settings, to: str, subject: str, text: str, html: str, *, name: str, leave: str, moment: datetime
) -> EmailMessage:  # fmt: skip
    """One notice. `name`: its Message-ID; `leave`: the https address that ends the subscription with one click (RFC 8058)."""
    made, own = EmailMessage(policy=_Lines(linesep="\r\n")), sender(settings)
    made["From"], made["To"], made["Subject"] = own, to, " ".join(subject.split())
    made["Date"], made["Message-ID"] = format_datetime(moment.astimezone(UTC)), name
    made["Auto-Submitted"] = "auto-generated"  # no out-of-office answers to a machine (RFC 3834)
    made["X-Auto-Response-Suppress"] = "All"
    if leave:
        made["List-Unsubscribe"] = f"<{leave}>, <mailto:{own.addr_spec}?subject=BAJA>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["List-ID"] = f"Avisos de SIEGEM <avisos.siegem.{own.domain}>"
    made.set_content(text, cte="quoted-printable")  # whatever servers lie between, letters and long lines arrive whole
    made.add_alternative(html, subtype="html", cte="quoted-printable")
    return made


class Postman:
    """A connection to the mail server, opened when the first message asks for it and again if it was cut."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open: smtplib.SMTP | None = None

    def send(self, letter: EmailMessage) -> None:
        """Raises NoService (nobody can be written to), NeverArrives (this one can never be), TryLater."""
        for attempt in (1, 2):
            try:
                self._connected().send_message(letter)
                return
            except smtplib.SMTPServerDisconnected as error:
                # an idle connection is cut without a word: nothing was taken, so it is tried once on a fresh one
                self._forget()
                if attempt == 2:
                    raise TryLater(f"el servidor de correo cortó la conexión ({error})") from error
            except smtplib.SMTPRecipientsRefused as error:
                code, told = next(iter(error.recipients.values()))
                self._reset()
                raise _refused(code, told) from error
            except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
                self._reset()
                raise _refused(error.smtp_code, error.smtp_error) from error
            except (smtplib.SMTPException, OSError) as error:
                self._forget()
                raise TryLater(_told(error)) from error

    def close(self) -> None:
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
        self._forget()

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise NoService(f"El servidor de correo {self.settings.correo_servidor} no atiende: {_told(error)}.") from error
        return self._open

    def _connect(self) -> smtplib.SMTP:
        s, secure = self.settings, ssl.create_default_context()
        made: smtplib.SMTP
        if s.correo_seguridad == "tls":
            made = smtplib.SMTP_SSL(s.correo_servidor, s.correo_puerto, timeout=SILENCE, context=secure)
        else:
            made = smtplib.SMTP(s.correo_servidor, s.correo_puerto, timeout=SILENCE)
        try:
            if s.correo_seguridad == "starttls":
                made.starttls(context=secure)  # raises where the server has none: a password never travels in clear
            if s.correo_usuario:
                made.login(s.correo_usuario, s.correo_clave)
        except BaseException:
            made.close()
            raise
        return made

    def _reset(self) -> None:
        if self._open is not None:
            try:
                self._open.rset()
            except (smtplib.SMTPException, OSError):
                self._forget()

    def _forget(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def _refused(code: int, told: bytes | str) -> Exception:
    """5xx is for ever, 4xx is for now (RFC 5321)."""
    text = f"{code} {told.decode('utf-8', 'replace') if isinstance(told, bytes) else told}"
    return NeverArrives(f"el servidor no lo acepta: {text}") if code >= 500 else TryLater(f"el servidor pide esperar: {text}")


def _told(error: Exception) -> str:
    """The fault without what it may quote of the session."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"no acepta el usuario o la clave ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code}"
    return str(error) or type(error).__name__
