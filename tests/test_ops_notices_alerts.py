"""The register of alerts: opened once, closed by a person, opened again if it comes back; its notice, its commands, and the way out of notices."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from notices_samples import MORNING, SITE, Mailbox, build, flat, mail_server, on_the_day, opened, text_of
from public_sample import INTERNAL
from sqlalchemy import update
from starlette.testclient import TestClient
from typer.testing import CliRunner

from dashboard.app import create_app
from ops import cli, schedule
from ops.notices import after_run, asking, conditions, keys, outbox, reading
from ops.notices.owed import Reckoning
from ops.server import application_of
from warehouse import notice_alerts, notices, public_store
from warehouse.database import writing
from warehouse.errors import SiegemError
from warehouse.notice_alerts import CLOSED, OPEN, Condition
from warehouse.store import Warehouse
from warehouse.tables import valores

DUE = date(2026, 12, 6)
SIGNAL = Condition("senal|x|19", "senal", "x", "", "19", "2026-09", "X: siete periodos seguidos en baja.")
MISSING = Condition("falta|tramites|19|2026-10", "falta", "tramites", "", "19", "2026-10", "Trámites, oct. 2026: no ha llegado.")


@pytest.fixture
def engine(new_warehouse: Callable[..., Warehouse], database_url: str) -> Any:
    return new_warehouse(base_datos=database_url).engine


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alertas") / "datos"
    warehouse = build(folder)
    at = (valores.c.territorio == "19", valores.c.tipo_periodo == "trimestre", valores.c.periodo == "2026-T3", valores.c.categoria == "")
    told = {"variacion": "deterioro", "senal": "siete_abajo"}
    with writing(warehouse.engine).begin() as connection:  # one signal that the public sees, one that it does not
        connection.execute(update(valores).where(*at, valores.c.indicador == "pct_tramites_en_plazo").values(**told))
        last = (valores.c.territorio == "19", valores.c.indicador == INTERNAL)
        connection.execute(update(valores).where(*last).values(**told))
    warehouse.engine.dispose()
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


def what(engine: Any, id: int) -> list[str]:
    return [e.hecho for e in notice_alerts.events(engine, id)]


def test_an_alert_lives_as_its_condition_and_its_people_make_it(engine: Any) -> None:
    first = notice_alerts.compare(engine, [SIGNAL, MISSING], 1, DUE)
    assert len(first.opened) == 2
    assert notice_alerts.compare(engine, [SIGNAL, MISSING], 1, DUE) == notice_alerts.Changes(), "dos veces lo mismo no cambia nada"
    number = next(a.id for a in notice_alerts.alerts(engine) if a.tipo == "senal")

    taken = notice_alerts.assign(engine, number, " Rosa  Quispe ", date(2026, 12, 1))
    assert (taken.estado, taken.responsable, taken.vence) == ("atendida", "Rosa Quispe", date(2026, 12, 1))
    over = notice_alerts.compare(engine, [MISSING], 2, DUE)
    assert over.ceased == (number,)
    [ended] = notice_alerts.alerts(engine, ids=[number])
    assert ended.ceso_en is not None
    assert ended.estado == "atendida", "cesó, y alguien tiene que cerrarla"
    closed = notice_alerts.close(engine, number, "Se pidió a la DREM el detalle; era un cambio de norma.", "Rosa Quispe")
    assert (closed.estado, closed.cerrada_por) == (CLOSED, "Rosa Quispe")

    again = notice_alerts.compare(engine, [replace(SIGNAL, periodo="2026-11"), MISSING], 3, DUE)
    assert again.reopened == (number,)
    [back] = notice_alerts.alerts(engine, ids=[number])
    assert (back.estado, back.reaperturas, back.responsable, back.periodo, back.ceso_en, back.cierre) == (OPEN, 1, "", "2026-11", None, "")
    assert what(engine, number) == ["abierta", "asignada", "ceso", "cerrada", "reabierta"]
    assert [e.texto for e in notice_alerts.events(engine, number) if e.hecho == "cerrada"] == [
        "Se pidió a la DREM el detalle; era un cambio de norma."
    ]


def test_one_that_is_closed_while_it_holds_stays_closed(engine: Any) -> None:
    [number] = notice_alerts.compare(engine, [SIGNAL], 1, DUE).opened
    notice_alerts.close(engine, number, "Se explicó en la reunión del 3.", "Rosa Quispe")
    assert notice_alerts.compare(engine, [replace(SIGNAL, frase="X: sigue en baja.")], 2, DUE) == notice_alerts.Changes()
    with pytest.raises(SiegemError, match="ya la cerró Rosa Quispe"):
        notice_alerts.close(engine, number, "Se explicó en la reunión del 3.", "Otra Persona")
    with pytest.raises(SiegemError, match="ya la cerró"):
        notice_alerts.assign(engine, number, "Otra Persona", DUE)


def test_what_ended_and_came_back_before_anybody_closed_it_goes_on(engine: Any) -> None:
    [number] = notice_alerts.compare(engine, [SIGNAL], 1, DUE).opened
    notice_alerts.compare(engine, [], 2, DUE)
    assert notice_alerts.compare(engine, [SIGNAL], 3, DUE) == notice_alerts.Changes()
    assert what(engine, number) == ["abierta", "ceso", "volvio"]


def test_what_is_too_old_opens_nothing_and_ends_nothing(engine: Any) -> None:
    old = replace(MISSING, opens=False)
    assert notice_alerts.compare(engine, [old], 1, DUE).opened == ()
    [number] = notice_alerts.compare(engine, [MISSING], 1, DUE).opened
    assert notice_alerts.compare(engine, [old], 2, DUE).ceased == ()
    assert notice_alerts.alerts(engine, ids=[number])[0].ceso_en is None


@pytest.mark.parametrize(("text", "by"), [("corto", "Rosa Quispe"), ("Se hizo lo que tocaba.", " a ")])
def test_nobody_closes_without_saying_what_and_who(engine: Any, text: str, by: str) -> None:
    [number] = notice_alerts.compare(engine, [SIGNAL], 1, DUE).opened
    with pytest.raises(SiegemError):
        notice_alerts.close(engine, number, text, by)
    with pytest.raises(SiegemError, match="No hay una alerta"):
        notice_alerts.close(engine, number + 9, "Se hizo lo que tocaba.", "Rosa Quispe")


def test_conditions_are_signals_missing_deliveries_and_serious_checks(folder: Path) -> None:
    warehouse = opened(folder)
    found = list(conditions.conditions(reading.edition(warehouse.engine, 2).now, Reckoning(warehouse)))
    signals = {c.objeto for c in found if c.tipo == "senal"}
    assert signals == {"pct_tramites_en_plazo", INTERNAL}, "quien atiende dentro de la casa ve también lo interno"
    assert sum(c.tipo == "falta" for c in found) == 1095
    rules = [c for c in found if c.tipo == "regla"]
    assert {c.regla for c in rules} == {"G-06"}
    assert all("DNI" not in c.frase and "ruc" not in c.frase for c in found), "ninguna frase cita una celda"
    assert len({c.clave for c in found}) == len(found)


def test_a_missing_delivery_goes_on_being_missing_when_it_is_old(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = opened(folder)
    after_run.prepare(warehouse, MORNING)
    [august] = [a for a in notice_alerts.alerts(warehouse.engine, region="19") if a.clave == "falta|alertas|19|2026-08"]
    on_the_day(monkeypatch, date(2027, 5, 3))
    after_run.prepare(warehouse, MORNING)
    [later] = notice_alerts.alerts(warehouse.engine, ids=[august.id])
    assert later.ceso_en is None


def test_who_attends_is_told_of_new_alerts_once_and_of_nothing_internal(folder: Path, box: Mailbox) -> None:
    warehouse = opened(folder, correo_puerto=box.port)
    asking.subscribe(warehouse, "odicr@minem.example.pe", ["19"], [notices.ALERTS])
    for _ in range(2):
        after_run.prepare(warehouse, MORNING)
        outbox.drain(warehouse, lambda: MORNING)
    [message] = box.received
    text = flat(text_of(message))
    held = notice_alerts.alerts(warehouse.engine, region="19")
    assert message["Subject"] == f"Pasco: {len(held)} alertas nuevas — SIEGEM N.º 2"
    assert "Trámites en plazo, jul.–set. 2026: siete periodos seguidos bajo su media. Atender hasta el 06-12-2026." in text
    assert "Además: 1 sobre indicadores internos" in text
    assert INTERNAL not in text
    assert f"{SITE}/avisos?region=19" in text
    # the register goes on between publications: what is opened on another day is told on that day
    fresh = Condition("senal|pct_tramites_en_plazo|19|z", "senal", "pct_tramites_en_plazo", "", "19", "2026-T3", "Otra señal de Pasco.")
    known = [Condition(a.clave, a.tipo, a.objeto, a.regla, a.cod_region, a.periodo, a.frase) for a in notice_alerts.alerts(warehouse.engine)]
    notice_alerts.compare(warehouse.engine, [*known, fresh], 2, DUE)
    after_run.queue(warehouse, 2, Reckoning(warehouse), MORNING)
    outbox.drain(warehouse, lambda: MORNING)
    assert [m["Subject"] for m in box.received[1:]] == ["Pasco: 1 alerta nueva — SIEGEM N.º 2"]


# ---- the way out


@pytest.fixture
def client(folder: Path) -> TestClient:
    return TestClient(application_of(opened(folder)))


def test_a_link_only_asks_and_its_button_ends_it(folder: Path, client: TestClient) -> None:
    warehouse = opened(folder)
    made, _ = asking.subscribe(warehouse, "mesa@drem.example.pe", ["19"], [notices.DIGEST], from_now=True)
    after_run.prepare(warehouse, MORNING)
    link = outbox.leave_address(warehouse.settings, made.canal, made.direccion).removeprefix(SITE)
    asked = client.get(link)
    assert asked.status_code == 200
    assert "¿Dejar de recibir los avisos?" in asked.text
    assert "m***@drem.example.pe" in asked.text
    assert "mesa@" not in asked.text
    assert asked.headers["cache-control"] == "no-store"
    assert notices.subscriptions(warehouse.engine)[0].activa, "los filtros de correo abren los enlaces: abrir no es decidir"
    # what a mail program sends by itself (RFC 8058)
    done = client.post(link, content="List-Unsubscribe=One-Click", headers={"content-type": "application/x-www-form-urlencoded"})
    assert done.status_code == 200
    assert "no recibirá más avisos" in done.text
    [left] = notices.subscriptions(warehouse.engine)
    assert (left.activa, left.baja_por) == (False, "enlace")
    assert notices.counts(warehouse.engine) == {"cancelado": 1}
    assert "no recibirá más avisos" in client.get(link).text
    assert client.post(link, data={"volver": "1"}).status_code == 200
    assert notices.subscriptions(warehouse.engine)[0].activa


def test_after_the_key_is_lost_new_links_work(folder: Path, box: Mailbox) -> None:
    old = opened(folder, correo_puerto=box.port)
    asking.subscribe(old, "mesa@drem.example.pe", ["19"], [notices.DIGEST], from_now=True)
    after_run.prepare(old, MORNING)
    other = opened(folder, correo_puerto=box.port, avisos_clave="otra clave")
    assert outbox.drain(other, lambda: MORNING).sent == 1
    tokens = [keys.token_hash(keys.leave_token(w.settings, "correo", "mesa@drem.example.pe")) for w in (old, other)]
    assert [notices.of_token(other.engine, t) is not None for t in tokens] == [False, True]


def test_a_link_of_nobody_says_so(client: TestClient) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, f"{outbox.LEAVE}{'0' * 40}", content="")
        assert answer.status_code == 404
        assert "no es de ninguna suscripción" in answer.text


def test_the_database_keeps_no_token(folder: Path) -> None:
    warehouse = opened(folder)
    asking.subscribe(warehouse, "mesa@drem.example.pe", ["19"], [notices.DIGEST])
    token = keys.leave_token(warehouse.settings, "correo", "mesa@drem.example.pe")
    warehouse.engine.dispose()
    assert token.encode() not in b"".join(p.read_bytes() for p in folder.glob("siegem.db*"))
    assert notices.of_token(warehouse.engine, keys.token_hash(token)) is not None


# ---- the register over the web


def test_the_register_is_attended_to_over_the_web(folder: Path, client: TestClient) -> None:
    after_run.prepare(opened(folder), MORNING)
    base = "/api/v1/avisos/alertas"
    found = client.get(base, params={"region": "19"}).json()
    assert (found["total"], found["pasadas"]) == (found["sin_responsable"], 0)
    assert {a["region"] for a in found["alertas"]} == {"Pasco"}
    signals = client.get(base, params={"region": "19", "tipo": "senal"}).json()
    assert signals["alertas"][0]["enlace"].startswith("/indicador/")
    number = signals["alertas"][0]["id"]
    taken = client.post(f"{base}/{number}/asignar", json={"responsable": "Rosa Quispe", "vence": "2026-12-01", "por": "Juan Ríos"})
    assert (taken.status_code, taken.json()["estado"], taken.json()["vence"]) == (200, "atendida", "2026-12-01")
    short = client.post(f"{base}/{number}/cerrar", json={"hecho": "listo", "por": "Rosa Quispe"})
    assert (short.status_code, short.json()["title"]) == (422, "Una alerta se cierra diciendo qué se hizo.")
    closed = client.post(f"{base}/{number}/cerrar", json={"hecho": "Se pidió el detalle a la DREM.", "por": "Rosa Quispe"})
    assert closed.json()["estado"] == "cerrada"
    facts = client.get(f"{base}/{number}").json()["hechos"]
    assert [(f["hecho"], f["quien"]) for f in facts] == [("abierta", ""), ("asignada", "Juan Ríos"), ("cerrada", "Rosa Quispe")]
    assert client.get(base, params={"region": "19", "estado": "cerradas"}).json()["total"] == 1
    assert client.get(base, params={"estado": "cesaron"}).json()["total"] == 0
    assert client.get(f"{base}/999999").status_code == 404
    assert client.get(base, params={"estado": "x"}).status_code == 422
    other = {"sec-fetch-site": "cross-site"}
    assert client.post(f"{base}/{number}/cerrar", json={}, headers=other).status_code == 403


def test_the_page_is_of_the_house_alone(folder: Path, client: TestClient) -> None:
    assert 'data-mesa="avisos"' in client.get("/avisos").text
    site = TestClient(create_app(public_store.open_public(opened(folder).settings), public=True))
    assert site.get("/avisos").status_code == 404
    assert site.get("/api/v1/avisos/alertas").status_code == 404


# ---- commands


def run(folder: Path, *words: str, **more: str) -> Any:
    told = {"SIEGEM_DATOS": str(folder), "SIEGEM_SITIO_URL": SITE, "SIEGEM_AVISOS_CLAVE": "una clave de prueba", **more}
    return CliRunner().invoke(cli.app, ["avisos", *words], env=told)


def test_the_commands_do_the_whole_round(folder: Path, box: Mailbox) -> None:
    mail = {"SIEGEM_CORREO_SERVIDOR": "127.0.0.1", "SIEGEM_CORREO_PUERTO": str(box.port), "SIEGEM_CORREO_SEGURIDAD": "ninguna",
            "SIEGEM_CORREO_REMITENTE": "SIEGEM <siegem@minem.example.pe>"}  # fmt: skip
    told = run(folder, "suscribir", "mesa@drem.example.pe", "--region", "19", "--desde-ya", "--horas-quietas", "no", "--nombre", "DREM Pasco")
    assert "Suscripción N.º 1 registrada: correo, resumen de 19 (es, silencio no), DREM Pasco." in told.output
    assert "mesa@drem.example.pe" in run(folder, "suscripciones").output
    seen = run(folder, "vista-previa", "--region", "19", "--html", str(folder / "p.html"))
    assert "Asunto: Pasco: faltan 43 entregas — SIEGEM N.º 2" in seen.output
    assert "<!doctype html>" in (folder / "p.html").read_text()
    sent = run(folder, "enviar", **mail)
    assert "1 enviado." in sent.output, sent.output
    assert box.received[0]["Subject"] == "Pasco: faltan 43 entregas — SIEGEM N.º 2"
    assert "0 mensajes esperan ahora" in run(folder, "enviar", "--simular").output
    assert "1 enviado." in run(folder, "envios").output

    listed = run(folder, "alertas", "--region", "19").output
    assert "N.º 1 " in listed
    assert "abierta, sin responsable, vence el 06-12-2026" in listed
    assert "la atiende Rosa Quispe" in run(folder, "asignar", "1", "--responsable", "Rosa Quispe", "--hasta", "2026-12-03").output
    assert "cerrada por Rosa Quispe" in run(folder, "cerrar", "1", "--nombre", "Rosa Quispe", "--hecho", "Se conversó con la DREM.").output
    assert "Se conversó con la DREM." in run(folder, "alerta", "1").output
    assert "dada de baja" in run(folder, "baja", "mesa@drem.example.pe").output
    assert "Nadie recibe avisos" in run(folder, "suscripciones").output
    hook = run(folder, "suscribir", "https://chat.example.pe/x", "--region", "00", "--tipo", "alertas").output
    assert keys.webhook_secret(opened(folder).settings, "https://chat.example.pe/x") in hook


def test_the_scheduler_sends_what_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[str] = []
    monkeypatch.setattr("ops.notices.outbox.drain", lambda warehouse: turned.append(str(warehouse.settings.datos)))
    monkeypatch.setenv("SIEGEM_DATOS", str(folder))
    schedule.send_notices()
    assert turned == [str(folder)]
    scheduler = schedule.start(opened(folder, avisos_minutos=7).settings)
    assert "0:07:00" in str(scheduler.get_job(schedule.NOTICES).trigger)
    scheduler.shutdown(wait=True)
