"""What is due and what came of it, reminders, statements, exceptions, quarantine: as the analyst and the officer are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from etl.desk import api, due, places
from tests import etl_samples
from tests.browser import serving
from tests.desk_samples import contracts
from tests.etl_samples import GOOD, csv_bytes, put, with_cell
from warehouse import catalogue
from warehouse.database import now, writing
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, REJECTED
from warehouse.tables import entregas, recordatorios
from warehouse.territories import regions

#: the day the desk thinks it is; March was due on 16-04, and April on 15-05
TODAY = date(2026, 5, 20)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("mesa")
    monkeypatch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    for module in (places, due):
        monkeypatch.setattr(module, "today_of", lambda warehouse: TODAY)
    yield etl_samples.warehouse(folder)


@pytest.fixture
def client(house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr("etl.desk.due.due_date", fixed)
    app = FastAPI()
    app.include_router(api.router(house))
    with serving(app) as base, httpx.Client(base_url=base, timeout=30) as made:
        yield made


def fixed(contract: Any, period: str, working: list[date]) -> date | None:
    """The fifteenth of the month that follows: no calendar is loaded here."""
    start = due.periods.parse(period)
    return start.end + timedelta(days=15)


def submit(house: Warehouse, region: str, period: str, *, state: str = ACCEPTED, version: int = 1, day: date = date(2026, 4, 10)) -> None:
    values = {
        "entrega_id": f"{region}{period}{version}", "tabla": "visitas", "cod_region": region, "periodo": period, "version": version, "estado": state,
        "hash_archivo": f"{region}{period}{version}".ljust(64, "0"), "archivo": "visitas.csv", "recibido_en": datetime(day.year, day.month, day.day, 15, tzinfo=UTC),
        "evaluado_en": now(), "filas": 3, "filas_aceptadas": 0 if state == REJECTED else 3, "filas_cuarentena": 0, "celdas_requeridas": 9,
        "celdas_vacias": 0, "version_contrato": "1.0.0", "sintetico": True, "mensaje": "Faltan columnas." if state == REJECTED else "3 filas aceptadas.",
    }  # fmt: skip
    with writing(house.engine).begin() as connection:
        connection.execute(insert(entregas).values(**values))


def states_of(client: httpx.Client, period: str) -> dict[str, dict[str, Any]]:
    return {d["cod_region"]: d for d in client.get("/api/v1/entregas/seguimiento", params={"periodo": period}).json()["entregas"]}


def test_follow_up_opens_on_the_newest_month_that_ended_and_was_begun(client: httpx.Client, house: Warehouse) -> None:
    def begun() -> str:
        return str(client.get("/api/v1/entregas/opciones").json()["mes_iniciado"])

    assert begun() == ""
    for place, period in (("01", "2026-02"), ("02", "2026-01"), ("03", "2026-T1"), ("04", "2026"), ("00", "2026-03"), ("05", f"{TODAY:%Y-%m}")):
        submit(house, place, period)
    assert begun() == "2026-02"  # neither the nation's, nor other kinds of period, nor the month that is still running


def test_each_delivery_is_in_one_state(client: httpx.Client, house: Warehouse) -> None:
    submit(house, "01", "2026-03")
    submit(house, "02", "2026-03", day=date(2026, 4, 20))
    submit(house, "03", "2026-03", state=REJECTED)
    submit(house, "04", "2026-03")
    submit(house, "04", "2026-03", version=2, day=date(2026, 5, 2))  # a correction makes nobody late
    submit(house, "05", "2026-03")
    submit(house, "05", "2026-03", version=2, state=REJECTED, day=date(2026, 5, 2))
    found = states_of(client, "2026-03")
    assert len(found) == 26
    assert {r: (found[r]["estado"], found[r]["dias"]) for r in ("01", "02", "03", "04", "05", "06")} == {
        "01": ("recibida", 0), "02": ("tarde", 5), "03": ("rechazada", 35), "04": ("recibida", 0), "05": ("recibida", 0), "06": ("falta", 35),
    }  # fmt: skip
    assert (found["04"]["version"], found["04"]["ultima_rechazada"]) == (2, False)
    assert (found["05"]["version"], found["05"]["ultima_rechazada"]) == (1, True)
    assert {d["estado"] for d in states_of(client, "2026-05").values()} == {"en_curso"}


def test_a_period_that_ended_and_is_not_due_yet_owes_nothing(client: httpx.Client, house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "today_of", lambda warehouse: date(2026, 5, 15))
    assert {d["estado"] for d in states_of(client, "2026-04").values()} == {"por_vencer"}
    monkeypatch.setattr("etl.desk.due.due_date", lambda *given: None)
    assert {d["estado"] for d in states_of(client, "2026-03").values()} <= {"falta", "sin_plazo"}


def test_the_officer_sees_first_what_must_be_done(client: httpx.Client, house: Warehouse) -> None:
    submit(house, "13", "2026-02", state=REJECTED)
    submit(house, "13", "2026-03")
    found = client.get("/api/v1/entregas/pendientes", params={"region": "13"}).json()["entregas"]
    assert [(d["periodo"], d["estado"]) for d in found][:3] == [("2026-02", "rechazada"), ("2026-04", "falta"), ("2026-01", "falta")]
    assert [d["estado"] for d in found][-1] == "recibida"
    assert client.get("/api/v1/entregas/pendientes", params={"region": "99"}).status_code == 404


def test_deadlines_of_the_calendar_of_deliveries_count_first(house: Warehouse) -> None:
    calendar = due.Calendar(house)
    contract = catalogue.contracts()["visitas"]
    assert calendar.fresh().due(contract, "13", "2026-03") is None  # nothing is loaded
    calendar._named["visitas", "13", "2026-03"] = date(2026, 4, 1)
    assert calendar.due(contract, "13", "2026-03") == date(2026, 4, 1)


def test_reminders_are_one_letter_a_region_and_are_noted_once_sent(client: httpx.Client, house: Warehouse) -> None:
    for region in regions():
        for period in ("2026-01", "2026-02", "2026-03", "2026-04"):
            if (region.codigo, period) not in (("13", "2026-04"), ("19", "2026-04"), ("19", "2026-03")):
                submit(house, region.codigo, period)
    submit(house, "19", "2026-03", state=REJECTED)
    made = client.get("/api/v1/entregas/recordatorios").json()["recordatorios"]
    assert [(r["region"], [(d["periodo"], d["estado"]) for d in r["pendientes"]]) for r in made] == [
        ("19", [("2026-03", "rechazada"), ("2026-04", "falta")]), ("13", [("2026-04", "falta")]),
    ]  # fmt: skip
    text = made[0]["texto"]
    assert "DREMH Pasco" in text and "2 entregas de datos pendientes" in text
    assert "- Visitas, abr. 2026: venció el 15-05-2026 (hace 5 días)." in text
    assert "- Visitas, mar. 2026: llegó la versión 1 y no se pudo aceptar; venció el 15-04-2026 (hace 35 días). Faltan columnas." in text
    assert "una entrega de datos pendiente" in made[1]["texto"] and made[0]["ultimo"] is None

    assert client.post("/api/v1/entregas/recordatorios", json={"region": "19", "enviado_por": " "}).status_code == 422
    assert client.post("/api/v1/entregas/recordatorios", json={"region": "01", "enviado_por": "Ana Torres"}).status_code == 409
    assert client.post("/api/v1/entregas/recordatorios", json={"region": "19", "enviado_por": "Ana  Torres "}).status_code == 201
    again = client.get("/api/v1/entregas/recordatorios").json()["recordatorios"][0]
    assert again["ultimo"]["enviado_por"] == "Ana Torres" and again["ultimo"]["enviado_en"].endswith("+00:00")
    with house.engine.connect() as connection:
        assert connection.execute(recordatorios.select()).one().pendientes == [["visitas", "2026-03", 35], ["visitas", "2026-04", 5]]


def test_a_statement_is_kept_with_author_and_date_and_never_edited(client: httpx.Client) -> None:
    body = {"tabla": "visitas", "region": "13", "periodo": "2026-03", "autor": "Rosa Quispe", "texto": "Dos evaluadores cesaron en marzo."}
    assert client.post("/api/v1/entregas/descargos", json=body).status_code == 201
    assert client.post("/api/v1/entregas/descargos", json={**body, "texto": "Plazas en concurso."}).status_code == 201
    said = client.get("/api/v1/entregas/descargos", params={"region": "13"}).json()["descargos"]
    assert [(s["autor"], s["texto"]) for s in said] == [("Rosa Quispe", "Plazas en concurso."), ("Rosa Quispe", "Dos evaluadores cesaron en marzo.")]
    here = client.get("/api/v1/entregas/historia", params={"tabla": "visitas", "region": "13", "periodo": "2026-03"}).json()
    assert len(here["descargos"]) == 2 and here["versiones"] == []
    assert client.get("/api/v1/entregas/descargos", params={"region": "18"}).json() == {"descargos": []}
    for wrong, word in (
        ({"texto": "corto"}, "entre 10 y"),
        ({"autor": "R"}, "nombre"),
        ({"region": "00"}, "gobierno regional"),
        ({"otra": 1}, "no es válido"),
    ):
        answer = client.post("/api/v1/entregas/descargos", json={**body, **wrong})
        assert answer.status_code == 422 and word in answer.json()["title"] + answer.json()["detail"]
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.request(method, "/api/v1/entregas/descargos").status_code == 405


def test_an_exception_is_granted_by_name_shown_and_withdrawn(client: httpx.Client) -> None:
    body = {
        "regla": "G-10",
        "tabla": "visitas",
        "region": "13",
        "periodo": "",
        "nombre": "Ana Torres",
        "motivo": "Se cerró la oficina en marzo",
        "vence": "2999-12-31",
    }
    assert client.post("/api/v1/entregas/excepciones", json={**body, "regla": "G-13"}).json()["title"] == "La regla G-13 no admite excepciones."
    assert client.post("/api/v1/entregas/excepciones", json={**body, "nombre": ""}).status_code == 422
    assert "no es una fecha" in client.post("/api/v1/entregas/excepciones", json={**body, "vence": "mañana"}).json()["detail"]
    granted = client.post("/api/v1/entregas/excepciones", json=body)
    assert granted.status_code == 201
    shown = client.get("/api/v1/entregas/excepciones").json()
    assert [(w["regla_id"], w["nombre"], w["motivo"], w["vence"]) for w in shown["excepciones"]] == [
        ("G-10", "Ana Torres", "Se cerró la oficina en marzo.", "2999-12-31")
    ]
    assert "G-13" in shown["sin_excepcion"]
    assert client.delete(f"/api/v1/entregas/excepciones/{granted.json()['id']}").status_code == 200
    assert client.get("/api/v1/entregas/excepciones").json()["excepciones"] == []
    assert client.delete(f"/api/v1/entregas/excepciones/{granted.json()['id']}").status_code == 422


def test_quarantine_is_shown_by_rule_with_private_values_masked(client: httpx.Client, house: Warehouse) -> None:
    contract = catalogue.contracts()["visitas"]
    rows = with_cell(3, "fecha", "31-02-2026")
    put(house, "visitas_13_2026-03_v1.csv", csv_bytes(rows))
    put(house, "visitas_18_2026-03_v1.csv", csv_bytes([["M" + r[0], "18", *r[2:]] for r in with_cell(2, "monto", "mucho")]))
    etl_samples.bring(house, contract)
    found = client.get("/api/v1/entregas/reglas", params={"tabla": "visitas"}).json()["reglas"]
    (broken,) = [r for r in found if r["regla"] == "G-03"]
    assert (broken["filas"], broken["entregas"], sorted(broken["regiones"]), broken["admite_excepcion"]) == (2, 2, ["13", "18"], False)
    held = client.get("/api/v1/entregas/cuarentena", params={"tabla": "visitas", "regla": "G-03"}).json()
    assert held["total"] == 2 and [(f["entrega_region"], f["fila_origen"], f["columna"]) for f in held["filas"]] == [
        ("13", 3, "fecha"),
        ("18", 2, "monto"),
    ]
    only = client.get("/api/v1/entregas/cuarentena", params={"tabla": "visitas", "region": "18"}).json()
    assert only["total"] == 1
    assert not {d for r in GOOD if (d := r[-1])} & {str(v) for f in held["filas"] for v in f.values()}
    assert client.get("/api/v1/entregas/cuarentena", params={"tabla": "nada"}).status_code == 404


def test_options_name_what_can_be_delivered(client: httpx.Client) -> None:
    told = client.get("/api/v1/entregas/opciones").json()
    assert [t["tabla"] for t in told["tablas"]] == ["visitas"] and len(told["regiones"]) == 26
    assert told["tablas"][0]["periodos"][:3] == ["2026-05", "2026-04", "2026-03"]
    assert told["periodos"]["trimestre"][0] == "2026-T2" and told["periodos"]["anio"][0] == "2026"


def test_every_route_is_in_the_openapi_document(house: Warehouse) -> None:
    app = FastAPI()
    app.include_router(api.router(house))
    paths = app.openapi()["paths"]
    assert {"post", "options"} <= set(paths["/api/v1/cargas"]) and {"get", "head", "patch", "delete"} <= set(paths["/api/v1/cargas/{id}"])
    assert len([p for p in paths if p.startswith("/api/v1/entregas/")]) >= 12
    assert all(work.get("summary") for path in paths.values() for work in path.values())


def test_a_fault_of_ours_is_told_with_a_code_and_nothing_else(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("secreto interno")

    monkeypatch.setattr("etl.desk.held.rules", broken)
    answer = client.get("/api/v1/entregas/reglas")
    assert answer.status_code == 500 and answer.headers["content-type"] == "application/problem+json"
    assert "secreto" not in answer.text and "código" in answer.json()["detail"]
