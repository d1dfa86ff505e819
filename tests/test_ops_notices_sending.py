"""The outbox against a real mail server and a real web server: who gets what and when, and what happens when something dies."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from notices_samples import MORNING, SITE, Mailbox, build, flat, hook_server, mail_server, on_the_day, opened, text_of
from sqlalchemy import insert

from ops.notices import after_run, asking, digest, keys, letter_text, mail, outbox, quiet, reading, webhook
from ops.notices.owed import Reckoning
from warehouse import notices
from warehouse.database import writing
from warehouse.errors import SettingsError, SiegemError
from warehouse.notices import Said
from warehouse.store import Warehouse
from warehouse.tables import publicaciones
from warehouse.territories import all_territories

LIMA = ZoneInfo("America/Lima")


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("envios") / "datos"
    build(folder).engine.dispose()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    on_the_day(monkeypatch)
    shutil.copytree(made, tmp_path / "datos")
    return tmp_path / "datos"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def both(small: Callable[..., Warehouse], database_url: str) -> Callable[..., Warehouse]:
    """`small` on each database."""
    return lambda port=9, **settings: small(port, base_datos=database_url, **settings)


@pytest.fixture
def small(new_warehouse: Callable[..., Warehouse]) -> Callable[..., Warehouse]:
    """A warehouse with one publication and nothing else; `port` is its mail server's."""

    def make(port: int = 9, **settings: Any) -> Warehouse:
        told = {"sitio_url": SITE, "correo_servidor": "127.0.0.1", "correo_puerto": port, "correo_seguridad": "ninguna",
                "correo_remitente": "SIEGEM <siegem@minem.example.pe>", "avisos_clave": "clave"}  # fmt: skip
        warehouse = new_warehouse(**{**told, **settings})
        card = {
            "numero": 1,
            "creada_en": MORNING,
            "codigo": "x",
            "huella": "x",
            "versiones": {},
            "hasta_entrega": 0,
            "nuevos": 0,
            "revisados": 0,
            "retirados": 0,
        }
        with writing(warehouse.engine).begin() as connection:
            connection.execute(insert(publicaciones).values(**card, nota=""))
        return warehouse

    return make


def queued(warehouse: Warehouse, *addresses: str, region: str = "19", when: datetime = MORNING) -> list[notices.Sending]:
    """A text put in the outbox for these addresses."""
    text = Said(
        1,
        notices.DIGEST,
        region,
        "es",
        "Pasco: sin novedades — SIEGEM N.º 1",
        f"Hola. {outbox.LEAVE_MARK}\n",
        f"<p>{outbox.LEAVE_MARK}</p>",
        {"region": region},
        1,
    )
    who = [asking.subscribe(warehouse, a, [region], [notices.DIGEST], from_now=True)[0] for a in addresses]
    notices.queue(warehouse.engine, text, [(s, f"<{s.id}.{region}@minem.example.pe>", when) for s in who])
    return sorted(notices.outbox(warehouse.engine), key=lambda s: s.id)


def states(warehouse: Warehouse) -> dict[str, int]:
    return notices.counts(warehouse.engine)


# ---- the whole way


def test_every_office_receives_the_digest_of_its_region(folder: Path, box: Mailbox) -> None:
    warehouse = opened(folder, correo_puerto=box.port)
    for code in ("13", "02", "19", "00"):
        asking.subscribe(warehouse, f"mesa{code}@drem.example.pe", [code], [notices.DIGEST], from_now=True)
    done = after_run.prepare(warehouse, MORNING)
    assert done.messages == 4
    assert outbox.drain(warehouse, at(MORNING)).sent == 4
    edition, due = reading.public_edition(warehouse), Reckoning(warehouse)
    for code in ("13", "02", "19", "00"):
        [message] = box.to(f"mesa{code}@drem.example.pe")
        letter = digest.digest(edition, code, due.of(code), site=SITE)
        leave = outbox.leave_address(warehouse.settings, "correo", f"mesa{code}@drem.example.pe")
        assert message["Subject"] == letter.subject
        assert flat(text_of(message)) == flat(letter_text.text(letter, leave=leave))
        assert leave in text_of(message, "html")
        assert outbox.LEAVE_MARK not in text_of(message) + text_of(message, "html")
    [libertad] = box.to("mesa13@drem.example.pe")
    assert "44.4 % (60 de 135; intervalo de 95 %: 36.3–52.9)" in flat(text_of(libertad))
    assert "44.4 % (60 de 135; intervalo de 95 %: 36.3–52.9)" in flat(text_of(libertad, "html"))


def test_the_same_again_sends_nothing_twice(folder: Path, box: Mailbox) -> None:
    warehouse = opened(folder, correo_puerto=box.port)
    asking.subscribe(warehouse, "mesa@drem.example.pe", ["13", "19"], [notices.DIGEST, notices.ALERTS], from_now=True)
    for _ in range(3):
        after_run.prepare(warehouse, MORNING)
        outbox.drain(warehouse, at(MORNING))
    subjects = sorted(m["Subject"] for m in box.received)
    assert len(subjects) == len(set(subjects)) == 4
    assert len({m["Message-ID"] for m in box.received}) == 4


def test_who_subscribes_later_is_told_of_the_next_publication(folder: Path, box: Mailbox) -> None:
    warehouse = opened(folder, correo_puerto=box.port)
    asking.subscribe(warehouse, "nueva@drem.example.pe", ["13"], [notices.DIGEST])
    assert after_run.prepare(warehouse, MORNING).messages == 0


def test_a_publication_without_news_may_be_left_unsaid(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "digest", lambda edition, code, due, lang, site: digest_of_nothing(lang))
    for wanted, messages in ((False, 0), (True, 1)):
        warehouse = opened(folder, avisos_sin_novedad=wanted)
        asking.subscribe(warehouse, "mesa@drem.example.pe", ["13"], [notices.DIGEST], from_now=True)
        assert after_run.prepare(warehouse, MORNING).messages == messages


def digest_of_nothing(lang: str) -> Any:
    from ops.notices.letter import Letter

    return Letter(lang, "sin novedades", "t", (), (), (), ())


def test_the_chain_never_fails_for_its_notices(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = opened(folder, correo_remitente="nadie")
    asking.subscribe(warehouse, "mesa@drem.example.pe", ["13"], [notices.DIGEST], from_now=True, hours="no")
    after_run.after_run(warehouse)
    assert "SIEGEM_CORREO_REMITENTE" in capsys.readouterr().out
    monkeypatch.setattr(after_run, "prepare", lambda warehouse: 1 / 0)
    after_run.after_run(warehouse)
    assert "la publicación está hecha" in capsys.readouterr().out


# ---- the message


def test_the_message_can_be_stopped_with_one_click_and_says_it_is_automatic(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = both(box.port)
    queued(warehouse, "mesa@drem.example.pe")
    outbox.drain(warehouse, at(MORNING))
    [message] = box.received
    leave = outbox.leave_address(warehouse.settings, "correo", "mesa@drem.example.pe")
    assert message["List-Unsubscribe"] == f"<{leave}>, <mailto:siegem@minem.example.pe?subject=BAJA>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "SIEGEM <siegem@minem.example.pe>"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert leave in text_of(message)
    assert states(warehouse) == {"enviado": 1}


def test_a_message_is_plain_ascii_on_the_way(small: Callable[..., Warehouse]) -> None:
    settings = small().settings
    made = mail.message(
        settings, "a@b.pe", "Áncash — N.º 1\r\nBcc: otro@x.pe", "Año " + "ñ" * 2000, "<p>…</p>", name="<1@x>", leave="", moment=MORNING
    )
    raw = made.as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    back = message_from_bytes(raw, policy=policy.default)
    assert back["Bcc"] is None
    assert back["Subject"] == "Áncash — N.º 1 Bcc: otro@x.pe"


def test_no_space_of_a_subject_is_lost(small: Callable[..., Warehouse]) -> None:
    settings = small().settings
    for place in all_territories().values():
        for missing in ("", ", mejoró 1", ", faltan 10 entregas", ", mejoraron 12, faltan 1,095 entregas"):
            subject = f"{place.nombre}: empeoró 1 indicador{missing} — SIEGEM N.º 12"
            made = mail.message(settings, "a@b.pe", subject, "x", "x", name="<1@x>", leave="", moment=MORNING)
            raw = made.as_bytes()
            assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
            assert all(len(line) <= 78 for line in raw.split(b"\r\n") if b"=?utf-8?" in line)


def test_a_server_that_asks_for_a_name_gets_it_only_over_tls(
    small: Callable[..., Warehouse], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    if shutil.which("openssl") is None:
        pytest.skip("no está openssl: no hay con qué hacer un certificado de prueba")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, *subject],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with mail_server(tls_context=context, require_starttls=True, auth_required=True, auth_require_tls=True) as box:
        told = {"correo_seguridad": "starttls", "correo_usuario": "siegem", "correo_clave": "secreta"}
        warehouse = small(box.port, **told)
        queued(warehouse, "mesa@drem.example.pe")
        stopped = outbox.drain(warehouse, at(MORNING)).stopped
        assert "certificate verify failed" in stopped, "un certificado que nadie firmó no se cree"
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        wrong = Warehouse(warehouse.settings.model_copy(update={"correo_clave": "mala"}))
        assert "no acepta el usuario o la clave" in outbox.drain(wrong, at(MORNING)).stopped
        assert outbox.drain(warehouse, at(MORNING)).sent == 1
        assert box.users == ["siegem"]
        assert "secreta" not in repr(warehouse.settings)


def test_without_tls_nothing_is_sent_where_it_was_asked_for(small: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = small(box.port, correo_seguridad="starttls")
    queued(warehouse, "mesa@drem.example.pe")
    assert "no atiende" in outbox.drain(warehouse, at(MORNING)).stopped
    assert (box.received, states(warehouse)) == ([], {"pendiente": 1})


# ---- what can go wrong


def test_a_server_that_is_down_loses_nothing(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = both(port=9)
    queued(warehouse, "a@drem.example.pe", "b@drem.example.pe")
    for turn in range(12):
        result = outbox.drain(warehouse, at(MORNING + timedelta(minutes=turn)))
        assert (result.sent, result.failed, result.waiting) == (0, 0, 2)
        assert "127.0.0.1 no atiende" in result.stopped
    assert all(s.intentos == 0 for s in notices.outbox(warehouse.engine)), "con el servidor caído ningún mensaje gasta sus intentos"
    up = Warehouse(warehouse.settings.model_copy(update={"correo_puerto": box.port}))
    assert outbox.drain(up, at(MORNING + timedelta(hours=1))).sent == 2
    assert sorted(m["To"] for m in box.received) == ["a@drem.example.pe", "b@drem.example.pe"]


def test_one_bad_address_does_not_hold_back_the_others(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = both(box.port)
    box.refusals = {"no@drem.example.pe": ["550 no existe"], "luego@drem.example.pe": ["451 espere"]}
    queued(warehouse, "no@drem.example.pe", "luego@drem.example.pe", "si@drem.example.pe")
    result = outbox.drain(warehouse, at(MORNING))
    assert (result.sent, result.waiting, result.failed) == (1, 1, 1)
    assert not any("@" in line for line in result.told), "una dirección no va al registro"
    assert outbox.drain(warehouse, at(MORNING + timedelta(minutes=4))).sent == 0
    assert outbox.drain(warehouse, at(MORNING + timedelta(minutes=6))).sent == 1
    assert states(warehouse) == {"enviado": 2, "fallido": 1}
    assert "550 no existe" in next(s.ultimo_error for s in notices.outbox(warehouse.engine) if s.estado == "fallido")


def test_what_is_always_put_off_is_given_up_after_days(small: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse, moment = small(box.port, avisos_horas_quietas="no"), MORNING
    box.refusals = {"x@drem.example.pe": ["451 espere"] * 50}
    queued(warehouse, "x@drem.example.pe")
    while states(warehouse) == {"pendiente": 1}:
        moment = max(notices.outbox(warehouse.engine)[0].proximo_en, moment)
        outbox.drain(warehouse, at(moment))
    assert states(warehouse) == {"fallido": 1}
    assert moment - MORNING > timedelta(days=3)


_DIES = """
import os, sys
from datetime import datetime
from ops.notices import outbox
from warehouse import notices
from warehouse.settings import load
from warehouse.store import Warehouse
notices.sent = lambda *a: os.kill(os.getpid(), 9)
outbox.drain(Warehouse(load()), lambda: datetime.fromisoformat(sys.argv[1]))
"""


def test_a_kill_between_sending_and_marking_sends_once_more_with_the_same_name(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = both(box.port)
    queued(warehouse, "a@drem.example.pe", "b@drem.example.pe")
    s = warehouse.settings
    told = {"DATOS": s.datos, "BASE_DATOS": s.base_datos, "SITIO_URL": s.sitio_url, "CORREO_SERVIDOR": s.correo_servidor, "CORREO_PUERTO": box.port,
            "CORREO_SEGURIDAD": s.correo_seguridad, "CORREO_REMITENTE": s.correo_remitente, "AVISOS_CLAVE": s.avisos_clave}  # fmt: skip
    environment = os.environ | {f"SIEGEM_{k}": str(v) for k, v in told.items()}
    died = subprocess.run([sys.executable, "-c", _DIES, MORNING.isoformat()], env=environment, check=False, cwd=Path(__file__).parents[1])
    assert died.returncode == -9
    assert len(box.received) == 1
    assert states(warehouse) == {"enviando": 1, "pendiente": 1}
    assert outbox.drain(warehouse, at(MORNING + timedelta(minutes=1))).sent == 1, "lo que otro tomó no se toca todavía"
    assert outbox.drain(warehouse, at(MORNING + timedelta(minutes=16))).sent == 1
    assert states(warehouse) == {"enviado": 2}
    names = [m["Message-ID"] for m in box.to("a@drem.example.pe")]
    assert len(names) == 2
    assert len(set(names)) == 1, "el repetido se reconoce por su nombre"
    assert len(box.to("b@drem.example.pe")) == 1


def test_two_senders_at_once_send_each_once(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = both(box.port)
    queued(warehouse, *(f"d{n}@drem.example.pe" for n in range(12)))
    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(lambda _: outbox.drain(Warehouse(warehouse.settings), at(MORNING)).sent, range(3)))
    assert sum(sent) == 12
    assert len({m["To"] for m in box.received}) == len(box.received) == 12


def test_mail_that_could_not_be_stopped_is_not_sent(small: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse = small(box.port, sitio_url="")
    queued(warehouse, "mesa@drem.example.pe")
    with pytest.raises(SettingsError, match="SIEGEM_SITIO_URL"):
        outbox.drain(warehouse, at(MORNING))
    assert (box.received, states(warehouse)) == ([], {"pendiente": 1})


def test_with_mail_switched_off_it_waits(small: Callable[..., Warehouse]) -> None:
    warehouse = small(correo_servidor="")
    queued(warehouse, "mesa@drem.example.pe")
    assert outbox.drain(warehouse, at(MORNING)) == outbox.Result()
    assert states(warehouse) == {"pendiente": 1}


# ---- quiet hours


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-11-26 10:00", "2026-11-26 10:00"),
        ("2026-11-26 19:59", "2026-11-26 19:59"),
        ("2026-11-26 20:00", "2026-11-27 07:00"),
        ("2026-11-26 03:00", "2026-11-26 07:00"),
        ("2026-11-27 22:00", "2026-11-30 07:00"),  # a Friday night
        ("2026-11-28 10:00", "2026-11-30 07:00"),  # a Saturday
        ("2026-12-07 21:00", "2026-12-09 07:00"),  # before the 8th, a holiday
        ("2026-12-24 23:00", "2026-12-28 07:00"),  # Christmas is a Friday
    ],
)
def test_nobody_is_written_to_at_night_or_on_a_holiday(asked: str, allowed: str) -> None:
    holidays = {date(2026, 12, 8), date(2026, 12, 25)}
    moment = datetime.fromisoformat(asked).replace(tzinfo=LIMA).astimezone(UTC)
    found = quiet.first_moment(moment, "20-07", LIMA, lambda d: d.weekday() < 5 and d not in holidays)
    assert f"{found.astimezone(LIMA):%Y-%m-%d %H:%M}" == allowed


def test_quiet_hours_by_day_and_none() -> None:
    noon = datetime(2026, 11, 28, 13, tzinfo=LIMA)
    assert quiet.first_moment(noon, "no", LIMA, lambda d: False) == noon
    assert quiet.first_moment(noon, "12-14", LIMA, lambda d: True).hour == 14
    with pytest.raises(SiegemError, match="horas de silencio"):
        quiet.hours("20-27")


def test_the_calendar_of_the_house_has_the_holidays(folder: Path) -> None:
    working = quiet.working_days(opened(folder))
    assert [working(date(2026, 12, d)) for d in (7, 8, 9, 10, 25)] == [True, False, False, True, False]
    assert not working(date(2090, 1, 1))  # a Sunday out of the calendar's reach
    assert working(date(2090, 1, 2))


def test_mail_of_the_night_arrives_in_the_morning(both: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse, night = both(box.port), datetime(2026, 11, 26, 23, 30, tzinfo=LIMA)
    queued(warehouse, "mesa@drem.example.pe", when=night)
    assert outbox.drain(warehouse, at(night)).waiting == 1
    assert notices.outbox(warehouse.engine)[0].proximo_en == datetime(2026, 11, 27, 7, tzinfo=LIMA)
    assert notices.outbox(warehouse.engine)[0].intentos == 0
    assert outbox.drain(warehouse, at(datetime(2026, 11, 27, 6, 59, tzinfo=LIMA))).sent == 0
    assert outbox.drain(warehouse, at(datetime(2026, 11, 27, 7, tzinfo=LIMA))).sent == 1


def test_each_may_have_quiet_hours_of_its_own(small: Callable[..., Warehouse], box: Mailbox) -> None:
    warehouse, night = small(box.port), datetime(2026, 11, 26, 23, tzinfo=LIMA)
    asking.subscribe(warehouse, "guardia@minem.example.pe", ["19"], [notices.DIGEST], hours="no")
    queued(warehouse, "mesa@drem.example.pe", when=night)
    asking.subscribe(warehouse, "mesa@drem.example.pe", ["19"], [notices.DIGEST], hours="no")
    assert outbox.drain(warehouse, at(night)).sent == 1


# ---- webhooks


def test_a_webhook_is_signed_and_carries_the_figures(folder: Path) -> None:
    with hook_server(500) as hook:  # the first answer is an error: it is tried again at once
        warehouse = opened(folder, correo_servidor="")
        asking.subscribe(warehouse, hook.url, ["13"], [notices.DIGEST], from_now=True)
        after_run.prepare(warehouse, MORNING)
        night = datetime(2026, 11, 28, 23, tzinfo=LIMA)  # a machine has no night
        assert outbox.drain(warehouse, at(night)).sent == 1
    assert len(hook.received) == 2
    headers, body = hook.received[-1]
    secret = keys.webhook_secret(warehouse.settings, hook.url)
    expected = hmac.new(secret.encode(), headers["x-siegem-momento"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["x-siegem-firma"] == f"sha256={expected}"
    assert headers["x-siegem-momento"] == str(int(night.timestamp()))
    told = json.loads(body)
    assert (told["region"], told["publicacion"], told["tipo"]) == ("13", 2, "resumen")
    assert told["empeora"][0]["indicador"] == "pct_tramites_en_plazo"
    assert told["empeora"][0]["numerador"] == 60
    assert "La Libertad" in told["texto"]
    assert outbox.LEAVE_MARK not in told["texto"]


def test_a_webhook_that_wants_no_more_is_left_in_peace(small: Callable[..., Warehouse]) -> None:
    with hook_server(410) as hook:
        warehouse = small()
        queued(warehouse, hook.url)
        assert outbox.drain(warehouse, at(MORNING)).failed == 1
    [left] = notices.subscriptions(warehouse.engine)
    assert (left.activa, left.baja_por) == (False, "destino")


def test_a_webhook_that_fails_waits_and_one_that_refuses_is_given_up(small: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ATTEMPTS", 1)
    with hook_server(503, 302, 404) as hook:
        warehouse = small()
        queued(warehouse, hook.url)
        assert outbox.drain(warehouse, at(MORNING)).waiting == 1
        assert outbox.drain(warehouse, at(MORNING + timedelta(minutes=6))).failed == 1, "una redirección no se sigue"
    assert states(warehouse) == {"fallido": 1}


# ---- who may be written to


@pytest.mark.parametrize(
    "bad", ["", "x", "a@b", "a b@c.pe", "a@c.pe\nBcc: x@y.pe", "http://otro.pe/x", "https://u:c@otro.pe/x", "ftp://x.pe", "á@c.pe"]
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(SiegemError):
        asking.address(bad)


def test_a_subscription_is_checked_changed_and_ended(both: Callable[..., Warehouse]) -> None:
    warehouse = both()
    first, is_new = asking.subscribe(warehouse, "Mesa@DREM.Example.pe", ["19"], [notices.DIGEST])
    assert (first.direccion, first.desde_publicacion, is_new) == ("Mesa@drem.example.pe", 1, True)
    again, is_new = asking.subscribe(warehouse, "Mesa@drem.example.pe", ["19", "13"], [notices.ALERTS], lang="en")
    assert (again.id, again.regiones, again.tipos, again.idioma, is_new) == (first.id, ["13", "19"], ["alertas"], "en", False)
    notices.leave(warehouse.engine, first.id, "enlace")
    with pytest.raises(SiegemError, match="se dio de baja"):
        asking.subscribe(warehouse, "Mesa@drem.example.pe", ["19"], [notices.DIGEST])
    back, _ = asking.subscribe(warehouse, "Mesa@drem.example.pe", ["19"], [notices.DIGEST], again=True)
    assert (back.activa, back.baja_en) == (True, None)
    for fault in ({"places": ["99"]}, {"kinds": ["todo"]}, {"lang": "qu"}, {"hours": "25-3"}):
        asked: dict[str, Any] = {"places": ["19"], "kinds": [notices.DIGEST], **fault}
        with pytest.raises(SiegemError):
            asking.subscribe(warehouse, "otra@drem.example.pe", **asked)
    assert len(notices.subscriptions(warehouse.engine)) == 1


def test_the_key_is_made_once_and_is_for_this_account_alone(tmp_path: Path) -> None:
    settings = opened(tmp_path, avisos_clave="").settings
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: keys.key(settings), range(8)))) == 1
    assert keys.key_path(settings).stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["clave_avisos"]
